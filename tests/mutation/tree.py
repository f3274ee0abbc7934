"""A copy of the sources, in which flips are made and built. The sources are never touched, so that no end of the run, not
even SIGKILL, can leave a flip in them.
"""
import contextlib
import hashlib
import os
import pathlib
import shutil

NOT_COPIED = {".git", "build"}


class Tree:
    """The copy. Used by one process at a time."""

    def __init__(self, source, folder):
        self.source = pathlib.Path(source).resolve()
        self.folder = pathlib.Path(folder).resolve()

    def sync(self):
        """Makes the copy equal to the sources, and returns their digest. A file that is equal keeps its time, so that it
        is not compiled again; a file in which a killed run left a flip is not equal."""
        files = self._files_of(self.source)
        for file in self._files_of(self.folder) - files:
            self.folder.joinpath(file).unlink()
        digest = hashlib.sha256()
        for file in sorted(files):
            content = self.source.joinpath(file).read_bytes()
            digest.update(f"{file} {len(content)}\n".encode() + content)
            copy = self.folder / file
            if not copy.exists() or copy.read_bytes() != content:
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.source / file, copy)
                copy.chmod(self.source.joinpath(file).stat().st_mode)
        return digest.hexdigest()

    @contextlib.contextmanager
    def flipped(self, flip):
        """The copy has the flip while the block runs. Afterwards the file is restored with a new time: newer than the
        objects that were compiled from the flip."""
        path = self.folder / flip.file
        text = path.read_text()
        try:
            path.write_text(flip.apply(text))
            yield
        finally:
            path.write_text(text)

    def _files_of(self, folder):
        """Relative paths of all files, without the history, build folders and the copy itself."""
        found = set()
        for root, folders, names in os.walk(folder):
            if pathlib.Path(root) == folder:  # .git is a file in a worktree
                folders[:] = [name for name in folders if name not in NOT_COPIED]
                names = [name for name in names if name not in NOT_COPIED]
            folders[:] = [name for name in folders
                          if name != "__pycache__" and pathlib.Path(root, name) != self.folder]
            found.update(os.path.relpath(os.path.join(root, name), folder) for name in names)
        return found
