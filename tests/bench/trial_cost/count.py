#!/usr/bin/env python3
"""Counts the system calls that a trial costs: those of the thread of `hone run` that decides, commits, starts trials
and reads their output, listed by strace, without calls that wait. Such a count depends on no clock and hardly on the
machine: repeated runs differ by 2 %, with `auto` by 5 %. So CI can compare it with stored.json, where a benchmark could
only print a time.

usage: count.py --table                the table of docs/performance.md, from stored.json
       count.py --check HONE           fails if a trial costs more than is stored, or so much less that the new
                                       figure should be stored. Ends with 77 where strace may not trace
       count.py --store HONE           stores what a trial costs now
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import typing

STORED = pathlib.Path(__file__).parent / "stored.json"
# Relative to the stored figure. A line that is read before its process has ended costs a few more
# calls than one that is read together with the end; the kernel's scheduling decides, slightly
# differently in each run.
TOLERANCE = 0.05
# If the count is lower by more than this, the stored figure is out of date.
STALE = 0.1
# The number of trials that end at the same moment and share a commit varies between runs, most with
# `auto`. The median of this many counts is stored; a trial counts as dearer if the minimum is
# higher, and as cheaper if the maximum is lower.
COUNTS = 3
# The number of waits depends on which trials end at the same moment.
WAITS = ("epoll_wait", "futex", "restart_syscall")
# Two runs of different length: their difference excludes the start and the end of the program.
SHORT, LONG = 100, 300
EXIT_CANNOT_RUN = 77
# The exit codes of `hone run` when each trial has reported the objective, and when all have
# succeeded without it.
EXIT_OK, EXIT_WITHOUT_RESULT = 0, 3


class Workload(typing.NamedTuple):
    """The arguments of a run, and its exit code if it succeeds: with another one the counts mean nothing."""
    words: list
    exit_code: int = EXIT_OK
    # Number of files in the folder of the run, which are shown to each trial.
    files: int = 0


RANDOM_ECHO = ["--algorithm=random", "--", "/bin/echo", "loss={x}"]
WORKLOADS = {
    "`/bin/true` with `random`": Workload(["--algorithm=random", "--", "/bin/true", "{x}"], EXIT_WITHOUT_RESULT),
    "`/bin/echo` with `random`, with its log and a metric": Workload(RANDOM_ECHO),
    "... with `auto`, the default": Workload(["--", "/bin/echo", "loss={x}"]),
    "... in a folder of 20 files": Workload(RANDOM_ECHO, files=20),
}
# Kinds of calls with a column of their own: writes to the store, and those for starting a process
# and its log.
KINDS = {"all": None, "writes of pages": "pwrite64", "opened": "openat", "synced": "fdatasync"}


class CannotTrace(Exception):
    """strace is missing, or may not trace."""


def trace(hone, workload, trials):
    """The number of each system call in one run."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        calls = pathlib.Path(folder) / "calls"
        here = pathlib.Path(folder) / "here"
        here.mkdir()
        for number in range(workload.files):
            (here / f"file-{number}").write_text("of the user\n")
        command = ["strace", "-f", "-qq", "-s", "0", "-o", str(calls), hone, "--store", f"{folder}/s.db", "run", "--quiet",
                   "--name=cost", "--minimize=loss", "--param=x=uniform:0..1", "--seed=1", f"--trials={trials}",
                   *workload.words]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=here,
                              check=False)
        if not calls.exists() or "PTRACE" in done.stdout:
            raise CannotTrace(done.stdout.strip())
        if done.returncode != workload.exit_code:
            raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}, and not {workload.exit_code}\n"
                               f"{done.stdout}")
        return calls_of_starter(calls)


def calls_of_starter(path):
    """The number of each system call of the thread that starts trials, in a list of all calls of all threads."""
    threads = collections.defaultdict(collections.Counter)
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if call := re.match(r"(\d+)\s+(\w+)\(", line):
                threads[call[1]][call[2]] += 1
    return max(threads.values(), key=lambda counts: counts["clone3"] + counts["clone"] + counts["vfork"])


def cost_of(hone, workload):
    """Calls per trial, by column."""
    short, long = trace(hone, workload, SHORT), trace(hone, workload, LONG)

    def calls(kind):
        names = [kind] if kind else [name for name in long if name not in WAITS]
        return sum(long.get(name, 0) - short.get(name, 0) for name in names) / (LONG - SHORT)

    return {column: round(calls(kind), 1) + 0.0 for column, kind in KINDS.items()}  # a small loss is 0, not -0


def count(hone):
    try:
        return {name: cost_of(hone, workload) for name, workload in WORKLOADS.items()}
    except FileNotFoundError as error:
        raise CannotTrace("strace is not installed; `./setup --tests` installs it") from error


def ranked(counts):
    """The costs of each workload in several counts, in ascending order."""
    return {workload: sorted((one[workload] for one in counts), key=lambda costs: costs["all"]) for workload in counts[0]}


def complaints(stored, counts):
    """A sentence for each workload whose calls differ from the stored ones."""
    for workload, costs in ranked(counts).items():
        least, most = costs[0], costs[-1]
        if workload not in stored:
            yield f"a trial of {workload} costs {least['all']} system calls, and nothing is stored"
            continue
        was = stored[workload]["all"]
        if least["all"] > was * (1 + TOLERANCE):
            yield (f"a trial of {workload} costs {least['all']} system calls, and {was} are stored: "
                   f"{causes(stored[workload], least)}")
        elif most["all"] < was * (1 - STALE):
            yield f"a trial of {workload} costs {most['all']} system calls, and {was} are stored: store the new figure"


def causes(was, now):
    more = [f"{column} {was[column]} -> {now[column]}" for column in KINDS if now[column] > was[column]]
    return ", ".join(more) + "; make it cheaper, or store the new figure and say why"


def print_table(stored):
    print("\n<!-- table system-calls -->")
    print("| system calls a trial, on the thread that runs them | " + " | ".join(KINDS) + " |")
    print("|---|" + "---|" * len(KINDS))
    for workload, costs in stored.items():
        print(f"| {workload} | " + " | ".join(f"{costs[column]:g}" for column in KINDS) + " |")


def main():
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    if sys.argv[1:] == ["--table"]:
        print_table(stored)
        return 0
    if len(sys.argv) != 3 or sys.argv[1] not in ("--check", "--store"):
        print(__doc__.split("\n\n", 1)[1], file=sys.stderr)
        return 2
    try:
        hone = str(pathlib.Path(sys.argv[2]).resolve())
        counts = [count(hone)]
        while len(counts) < COUNTS and (sys.argv[1] == "--store" or list(complaints(stored, counts))):
            counts.append(count(hone))
    except CannotTrace as error:
        print(f"count.py: cannot count system calls here: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    if sys.argv[1] == "--store":
        middle = {workload: costs[COUNTS // 2] for workload, costs in ranked(counts).items()}
        STORED.write_text(json.dumps(middle, indent=2) + "\n")
        return 0
    found = list(complaints(stored, counts))
    for sentence in found:
        print(sentence)
    if found:
        print("To store it: tests/bench/trial_cost/count.py --store build/release/hone, then tests/bench/run.sh --write")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
