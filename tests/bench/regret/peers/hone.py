"""Hone: every algorithm that bench_ask_tell lists, in a process of its own."""
import hashlib
import json
import math
import subprocess

from harness import Trial
from peers import Method
from space import has_conditions, to_katib

# Orders and enumerations are no search by results; grids of continuous spaces do not exist.
LEFT_OUT = ("grid",)
SEED_STEP = 1_000_003


class Program:
    """The line protocol. One process serves one study after the other."""

    def __init__(self, path):
        self._process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, bufsize=1)

    def say(self, request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"bench_ask_tell ended with {self._process.wait()}")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(f"bench_ask_tell: {reply['error']}")
        return reply

    def close(self):
        self._process.stdin.close()
        self._process.wait()


class Hone:
    """`measured` is what the last call cost, in seconds, without the protocol."""

    def __init__(self, path, algorithm, task, seed, settings=()):
        self._program = Program(path)
        self._space = {p.name: p for p in task.space}
        self.measured = 0.0
        self._program.say({"open": {
            "algorithm": algorithm, "parameters": to_katib(task.space),
            "settings": [{"name": n, "value": str(v)} for n, v in settings],
            "seed": SEED_STEP * (seed + 1), "max_trials": task.trials,
            "parallel_trials": task.workers}})

    def ask(self, count):
        reply = self._program.say({"ask": count})
        self.measured = (reply["suggest_us"] + reply["observe_us"]) * 1e-6
        return [Trial(t["ordinal"],
                      {n: self._space[n].read(v) for n, v in t["assignments"].items()},
                      t["parent"]) for t in reply["trials"]]

    def tell(self, trial, value):
        end = {"value": value} if math.isfinite(value) else {"failed": True}
        reply = self._program.say({"tell": {"ordinal": trial.key} | end})
        self.measured = reply["observe_us"] * 1e-6

    def close(self):
        self._program.close()


def catalogue(path) -> list[dict]:
    program = Program(path)
    listed = program.say({"list": True})["algorithms"]
    program.close()
    return listed


def methods(path) -> list[Method]:
    with open(path, "rb") as file:
        version = hashlib.sha256(file.read()).hexdigest()[:12]
    made = []
    for entry in catalogue(path):
        name = entry["name"]
        if name not in LEFT_OUT:
            made.append(Method(f"hone-{name}", version,
                               lambda task, seed, name=name: Hone(path, name, task, seed),
                               suits=lambda task, entry=entry: not entry["has_parents"]))
    return made
