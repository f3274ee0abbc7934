"""Runs one unit: a method on a task with a seed. Workers are simulated, so is the clock."""
from __future__ import annotations

import heapq
import math
import time
from dataclasses import dataclass

from space import is_active
from task import Task


@dataclass
class Trial:
    """A trial that an optimiser proposes. Only the optimiser interprets `key`."""
    key: object
    values: dict
    parent: int = 0  # the ordinal whose training this one continues, 0 if none


class Steps:
    """Best-so-far as the points where it changed."""

    def __init__(self):
        self.changes: list[list[float]] = []

    def add(self, at: float, gap: float) -> None:
        if not self.changes or self.changes[-1][1] != gap:
            if self.changes and self.changes[-1][0] == at:
                self.changes.pop()
            self.changes.append([at, gap])


def round_to(value: float, digits: int = 6) -> float:
    return float(f"{value:.{digits}g}")


def run_unit(task: Task, optimiser, seed: int, seconds_max: float = math.inf) -> dict:
    """The unit's result: the true gap of the recommended trial (the best that was observed) after
    every ended trial, and the optimiser's time. If that time exceeds `seconds_max` in total, the
    timeout is the only result."""
    clock, asked, ended = 0.0, 0, 0
    running: list = []
    by_trial, by_time = Steps(), Steps()
    seconds: list[float] = []
    best_observed = math.inf
    best: dict = {}
    while ended < task.trials:
        if sum(seconds) > seconds_max:
            return {"trials": task.trials, "too_slow_at": ended, "ask_ms": summary(seconds, ended)}
        wanted = min(task.workers - len(running), task.trials - asked)
        if running and task.in_batches:
            wanted = 0
        trials = timed(optimiser, seconds, "ask", wanted) if wanted > 0 else []
        for trial in trials:
            asked += 1
            check(task.space, trial.values)
            noise = task.noise(seed, asked)
            outcome = task.evaluate(trial.values, noise)
            took = task.duration(trial.values, outcome, noise) if task.duration else 1.0
            heapq.heappush(running, (clock + took, asked, trial, outcome))
        if not running:
            break  # the space has no more points
        clock, _, trial, outcome = heapq.heappop(running)
        timed(optimiser, seconds, "tell", trial, outcome.observed)
        ended += 1
        if outcome.observed < best_observed or not best:
            best_observed, best = outcome.observed, {"true": outcome.true, "values": trial.values}
        gap = round_to(max(best["true"] - task.optimum, 0.0))
        by_trial.add(ended, gap)
        by_time.add(round_to(clock), gap)
    result = {"trials": task.trials, "steps": by_trial.changes, "best": best["values"],
              "ask_ms": summary(seconds, ended)}
    if task.duration:
        result |= {"clock": round_to(clock), "clock_steps": by_time.changes}
    return result


def check(space, values: dict) -> None:
    """A point must have the parameters that are active in it, and no others: an optimiser that does
    not know conditions would otherwise be scored on something else."""
    active: dict = {}
    for parameter in space:
        if is_active(parameter, active):
            if parameter.name not in values:
                raise ValueError(f"the point has no {parameter.name}, which is active")
            active[parameter.name] = values[parameter.name]
    if len(active) != len(values):
        raise ValueError(f"the point has {', '.join(sorted(set(values) - set(active)))}, "
                         "which is not active")


def timed(optimiser, seconds: list[float], call: str, *arguments):
    """Processor time of this process's thread alone, so that other load on the machine does not
    count. An optimiser in another process measures its own time and stores it in `measured`."""
    start = time.process_time()
    answer = getattr(optimiser, call)(*arguments)
    took = time.process_time() - start
    seconds.append(getattr(optimiser, "measured", took))
    return answer


def summary(seconds: list[float], trials: int) -> dict:
    """Milliseconds per trial for ask and tell together, and the slowest single call."""
    return {"mean": round_to(1000 * sum(seconds) / max(trials, 1), 4),
            "max": round_to(1000 * max(seconds, default=0), 4)}
