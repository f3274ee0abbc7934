"""Runs every command of a page of the documentation as a reader would: in the order of the page, in an empty home, in
a folder that looks like a clone with a release build. page.py defines the contents of a page, shape.py the comparison
of output.

usage: check.py --build FOLDER PAGE...    runs them
       check.py --list PAGE...            prints what would be run, one line per block; nothing without commands

before/NAME.sh, if there is one, runs before the page NAME.md: it creates what the page presupposes, a training script
or an experiment of some name. The examples of --help, in docs/guide/cli.md, each start from that state.
"""
import argparse
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

import page as pages
import shape

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
# A timeout only: no block takes a tenth of it.
SECONDS_MAX = 600
PROGRAMS = ("hone", "digits_train")


class Failure(Exception):
    """A mistake in a page."""


class Clone:
    """A temporary home with a folder like a clone after the release build. For one page; `close` removes it."""

    def __init__(self, build, before):
        self._home = pathlib.Path(tempfile.mkdtemp(prefix="hone-docs-"))
        self._as_made = pathlib.Path(f"{self._home}-as-made")
        self.folder = self._home / "hone"
        release = self.folder / "build" / "release"
        release.mkdir(parents=True)
        for program in PROGRAMS:
            release.joinpath(program).symlink_to(build / program)
        for name in ("examples", "proto"):
            self.folder.joinpath(name).symlink_to(REPOSITORY / name)
        self._environment = {
            "HOME": str(self._home),
            "PATH": f"{release}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        self._servers = []
        if before and before.exists():
            self.run(before.read_text())
        shutil.copytree(self._home, self._as_made, symlinks=True)

    def reset(self):
        """Restores the initial state."""
        shutil.rmtree(self._home)
        shutil.copytree(self._as_made, self._home, symlinks=True)

    def close(self):
        for server in self._servers:
            server.kill()
            server.wait()
        shutil.rmtree(self._home, ignore_errors=True)
        shutil.rmtree(self._as_made, ignore_errors=True)

    def run(self, text):
        """Runs shell text; returns its output. The first failing command ends it."""
        # Prints which line of a block failed.
        shell = ["bash", "-e", "-o", "pipefail", "-c", """trap 'echo "failed: $BASH_COMMAND"' ERR; """ + text]
        if "completion zsh" in text:
            shell = ["zsh", "-f", "-e", "-c", text]
        elif "completion fish" in text and "|" in text:
            shell = ["fish", "--no-config", "-c", text]
        done = subprocess.run(shell, cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_MAX, check=False)
        printed = done.stdout.decode(errors="replace").replace(self._environment["HOME"], "~")
        if done.returncode != 0:
            raise Failure(f"exit code {done.returncode}\n{_indent(printed)}")
        return printed

    def serve(self, command):
        """Starts a server on free ports, waits until it has printed the page's output, and then ends it."""
        shown = command.output or ["listening on ..."]
        text = re.sub(r"--listen \S+:6789", "--listen 127.0.0.1:0", command.text)
        if "--listen" not in text:
            text += " --listen 127.0.0.1:0" * len(shown)
        server = subprocess.Popen(["bash", "-c", "exec " + text], cwd=self.folder, env=self._environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  start_new_session=True)
        self._servers.append(server)
        with _deadline_of(server) as is_over:
            printed = [server.stdout.readline().decode() for _ in shown]
            server.send_signal(signal.SIGTERM)
            rest, _ = server.communicate()
        if is_over.is_set():
            raise Failure(f"has not printed what the page shows and ended within {SECONDS_MAX} s\n"
                          f"{_indent(''.join(printed) + rest.decode())}")
        difference = shape.first_difference(shown, [line.rstrip("\n") for line in printed])
        if difference or server.returncode != 0:
            raise Failure(f"{difference or 'exit code ' + str(server.returncode)}\n"
                          f"{_indent(''.join(printed) + rest.decode())}")


@contextlib.contextmanager
def _deadline_of(server):
    """Kills a server and its child processes after SECONDS_MAX. Yields an event that is set by the timeout."""
    is_over = threading.Event()

    def end():
        is_over.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)

    timer = threading.Timer(SECONDS_MAX, end)
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


def _indent(text):
    return "".join(f"    | {line}\n" for line in text.splitlines()[-40:])


def check_block(block, clone):
    """Runs a block. Raises Failure with the failing command."""
    if block.kind == "file":
        (clone.folder / block.argument).write_text(block.text)
        return
    for command in block.commands:
        try:
            if block.kind == "server" or re.match(r"hone (serve|suggestion)\b", command.text):
                clone.serve(command)
                continue
            printed = clone.run(command.text)
            if command.output is not None:
                difference = shape.first_difference(command.output, printed.splitlines(), block.argument.split())
                if difference:
                    raise Failure(f"{difference}\n{_indent(printed)}")
        except (Failure, subprocess.TimeoutExpired) as failure:
            raise Failure(f"{command.line}: {command.text}\n  {failure}") from failure


class Counts:
    def __init__(self):
        self.run = 0
        self.skipped = 0
        self.failed = 0


def blocks_of(path):
    text = path.read_text()
    return pages.help_examples(text) if path.name == "cli.md" else pages.read_page(text)


def check_page(path, build, counts):
    """Runs a page, and prints its failures and skipped blocks."""
    name = path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
    before = HERE / "before" / (path.stem + ".sh")
    is_help = path.name == "cli.md"
    blocks = blocks_of(path)
    if not any(block.commands for block in blocks):
        raise Failure("has no commands; a page without them is not to be registered as a test")
    clone = None
    try:
        for block in blocks:
            if block.kind == "skip":
                counts.skipped += 1
                print(f"skipped {name}:{block.line}: {block.argument}")
                continue
            if clone is None:
                clone = Clone(build, before)
            try:
                check_block(block, clone)
                counts.run += sum(command.lines() for command in block.commands)
            except Failure as failure:
                counts.failed += 1
                print(f"failed {name}:{failure}")
            if is_help:
                clone.reset()
    finally:
        if clone is not None:
            clone.close()


def list_page(path):
    blocks = blocks_of(path)
    for block in blocks if any(block.commands for block in blocks) else []:
        print(f"{path.name}:{block.line}: {block.kind} {block.argument}")


def main():
    parser = argparse.ArgumentParser(usage="check.py (--build FOLDER | --list) PAGE...")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--build", type=pathlib.Path)
    what.add_argument("--list", action="store_true")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if options.list:
        for path in options.pages:
            list_page(path.resolve())
        return 0
    counts = Counts()
    for path in options.pages:
        try:
            check_page(path.resolve(), options.build.resolve(), counts)
        except (pages.PageError, Failure) as error:
            counts.failed += 1
            print(f"failed {path}: {error}")
    print(f"{counts.run} commands run, {counts.skipped} blocks skipped, {counts.failed} failed")
    return 1 if counts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
