"""Hone: every algorithm that bench_ask_tell lists, in a process of its own."""
import functools
import hashlib
import json
import math
import subprocess

import fidelity
from harness import Trial
from peers import Method
from problems.curves import EPOCHS
from space import choice, has_conditions, integer, number, to_katib

# A grid of a continuous space does not exist.
LEFT_OUT = ("grid",)
SEED_STEP = 1_000_003
# Trials of a prefilled study in one line: the reader takes so many nodes.
PREFILL = 2_000
# What algorithms that train in steps are told.
STEPPED = {"resource_name": fidelity.RESOURCE, "r_l": EPOCHS, "r_min": 1, "eta": 3}


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

    def __init__(self, path, entry, task, seed):
        self._program = Program(path)
        space = task.space
        is_stepped = fidelity.is_stepped(entry["settings"])
        if is_stepped:
            space += (integer(fidelity.RESOURCE, 1, EPOCHS),)
        self._space = {p.name: p for p in space}
        self.measured = 0.0
        self._program.say({"open": {
            "algorithm": entry["name"], "parameters": to_katib(space),
            "settings": [{"name": n, "value": str(v)} for n, v in STEPPED.items() if is_stepped],
            "seed": SEED_STEP * (seed + 1), "parallel_trials": task.workers,
            "max_trials": 0 if task.block == "mf" else task.trials}})

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

    def prefill(self, points, values):
        trials = [{"assignments": {n: str(v) for n, v in point.items()}, "value": value}
                  for point, value in zip(points, values)]
        for start in range(0, len(trials), PREFILL):
            self._program.say({"tell": trials[start:start + PREFILL]})

    def close(self):
        self._program.close()


def suits(entry, conditions, task) -> bool:
    """What trains in steps is for learning curves, and for nothing else. Populations whose
    hyperparameters change on the way have no place in a table of curves."""
    if entry["has_parents"]:
        return task.block == "mf" and fidelity.is_stepped(entry["settings"])
    return conditions or not has_conditions(task.space)


def knows_conditions(path) -> bool:
    """Whether this build has conditional parameters."""
    space = (choice("a", ("x", "y")), number("b", 0.0, 1.0, when=("a", ("x",))))
    program = Program(path)
    try:
        program.say({"open": {"algorithm": "random", "parameters": to_katib(space)}})
    except RuntimeError:
        return False
    finally:
        program.close()
    return True


def catalogue(path) -> list[dict]:
    program = Program(path)
    listed = program.say({"list": True})["algorithms"]
    program.close()
    return listed


def methods(path) -> list[Method]:
    with open(path, "rb") as file:
        version = hashlib.sha256(file.read()).hexdigest()[:12]
    made = []
    conditions = knows_conditions(path)
    for entry in catalogue(path):
        if entry["name"] not in LEFT_OUT:
            made.append(Method(f"hone-{entry['name']}", version,
                               functools.partial(Hone, path, entry),
                               functools.partial(suits, entry, conditions)))
    return made
