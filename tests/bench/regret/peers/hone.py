"""Hone: every algorithm that bench_ask_tell lists, in a process of its own; on learning curves also
its default algorithm with each of its stopping rules."""
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

# A grid cannot search a continuous space; the others search only architectures.
LEFT_OUT = ("darts", "enas", "grid")
# The algorithm that is combined with stopping rules.
DEFAULT = "auto"
SEED_STEP = 1_000_003
# Maximum number of trials of a prefilled study per line: the JSON reader limits the number of
# nodes.
PREFILL = 2_000
# Settings for algorithms that train in steps.
STEPPED = {"resource_name": fidelity.RESOURCE, "r_l": EPOCHS, "r_min": 1, "eta": 3}


class Program:
    """The line protocol. One process serves one study after another."""

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
    """`measured` is the time of the last call in seconds, without the protocol."""

    def __init__(self, path, entry, task, seed, rule=None):
        self._program = Program(path)
        space = task.space
        is_stepped = fidelity.is_stepped(entry["settings"])
        if is_stepped:
            space += (integer(fidelity.RESOURCE, 1, EPOCHS),)
        self._space = {p.name: p for p in space}
        self.measured = 0.0
        self._stopped: set[int] = set()
        if rule is not None:
            self.report = self._report
        self._program.say({"open": ({"stopping": rule} if rule else {}) | {
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

    def _report(self, trial, epoch, value):
        reply = self._program.say({"report": {"ordinal": trial.key, "step": epoch, "value": value}})
        self.measured = reply["report_us"] * 1e-6
        if reply["stop"] and epoch < EPOCHS:
            self._stopped.add(trial.key)
            return True
        return False

    def tell(self, trial, value):
        end = {"value": value} if math.isfinite(value) else {"failed": True}
        if trial.key in self._stopped:
            end["stopped"] = True
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
    """Algorithms that train in steps suit learning curves only. Population based training changes
    hyperparameters during a trial, which a table of curves does not cover."""
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


def catalogue(path) -> tuple[list[dict], list[str]]:
    """Algorithms and stopping rules."""
    program = Program(path)
    listed = program.say({"list": True})
    program.close()
    return listed["algorithms"], listed["rules"]


def is_curves(task) -> bool:
    return task.block == "mf"


def methods(path) -> list[Method]:
    with open(path, "rb") as file:
        version = hashlib.sha256(file.read()).hexdigest()[:12]
    made = []
    conditions = knows_conditions(path)
    entries, rules = catalogue(path)
    for entry in entries:
        if entry["name"] not in LEFT_OUT:
            made.append(Method(f"hone-{entry['name']}", version,
                               functools.partial(Hone, path, entry),
                               functools.partial(suits, entry, conditions)))
        if entry["name"] == DEFAULT:
            made += [Method(f"hone-{DEFAULT}-{rule}", version,
                            functools.partial(Hone, path, entry, rule=rule), is_curves)
                     for rule in rules]
    return made
