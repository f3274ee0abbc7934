"""The suites of each room (rooms.json), and how they are built and run on a copy of the sources."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import tempfile
import time

BUILD_SECONDS_MAX = 1200
# Bytes that a flipped loop may take before it fails; no test needs an eighth of them.
MEMORY_MAX = 8 << 30
# A process namespace, where the kernel allows one: a flipped kill() reaches no other process, and none stays behind.
APART = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", '"$@"; exit $?', "sh"]


class Trouble(Exception):
    """No flip can be judged, for instance because the sources do not build or pass without one."""


class Suites:
    """Builds and runs the suites on the copy `tree`, whose digest is `digest`."""

    def __init__(self, rooms_file, tree, digest):
        table = json.loads(pathlib.Path(rooms_file).read_text())
        self._table = table
        self._tree = tree
        self._digest = digest
        self._times_file = tree.folder.parent / "times.json"
        self._apart = APART if _works([*APART, "true"]) else []
        # Outside of a namespace: ninja ends its compilers, which are in groups of their own, on SIGTERM only.
        self._ends = (signal.SIGKILL,) if self._apart else (signal.SIGTERM, signal.SIGKILL)

    def of(self, file):
        """The suites of the room of a file, and the wider ones: (list, list), or None if the file has no room."""
        rooms = [room for room in self._table["rooms"] if file.startswith(room + "/")]
        if not rooms:
            return None
        room = self._table["rooms"][max(rooms, key=len)]
        return room["suites"], room["wider"]

    def prepare(self, suite):
        """Builds it and runs it once without a flip, or raises Trouble."""
        if suite in self._times():
            return
        if self._table["configure"] and not (self._tree.folder / "build").exists():
            self._must(self._table["configure"], "configure")
        self._must([*self._table["build"], *self._targets(suite)], f"build {suite}")
        start = time.monotonic()
        self._must([*self._table["test"], f"^{suite}$"], f"run {suite} without a flip")
        self._note_time(suite, time.monotonic() - start)

    def builds(self, suite):
        """True if the suite compiles with the copy as it is now."""
        status, _ = self._run([*self._table["build"], *self._targets(suite)], BUILD_SECONDS_MAX)
        return status == 0

    def failure_of(self, suite):
        """Runs a suite that is built. None if it passes; otherwise the first test that failed, or that it did not end."""
        seconds = self._table["seconds"] + 3 * self._times()[suite]
        status, output = self._run([*self._table["test"], f"^{suite}$"], seconds)
        if status == 0:
            return None
        if status is None:
            return "it did not end"
        failed = re.search(r"^\s*[0-9]+ - (\S.*) \(\S.*\)$", output, re.MULTILINE)  # as ctest lists them
        return failed[1] if failed else f"exit status {status}"

    def _targets(self, suite):
        return self._table["targets"].get(suite, [suite])

    def _must(self, command, doing):
        status, output = self._run(command, BUILD_SECONDS_MAX)
        if status != 0:
            raise Trouble(f"{doing} in {self._tree.folder}: "
                          f"{'it did not end' if status is None else f'exit status {status}'}\n{output[-3000:]}")

    def _run(self, command, seconds):
        """Returns the exit status, or None after `seconds`, and the output. Leaves no process behind."""
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen([*self._apart, *command], cwd=self._tree.folder, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                                       preexec_fn=_limit_memory)
            try:
                status = process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                _end(process, self._ends)
            output.seek(0)
            return status, output.read().decode(errors="replace")

    def _times(self):
        """Seconds of each suite that passed without a flip on these very sources."""
        stored = json.loads(self._times_file.read_text()) if self._times_file.exists() else {}
        return stored.get("suites", {}) if stored.get("tree") == self._digest else {}

    def _note_time(self, suite, seconds):
        self._times_file.write_text(json.dumps({"tree": self._digest, "suites": {**self._times(), suite: seconds}}))


def _works(command):
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))


def _end(process, numbers):
    for number in numbers:
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
    process.wait()
