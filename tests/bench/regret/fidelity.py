"""Runs one unit of the block of learning curves: trials have a length in epochs, may be continued by
a child (Hone's advancing algorithms) or be stopped at an epoch (pruners of the peers). Simulated
workers share a budget of epochs."""
from __future__ import annotations

import heapq
import math

from harness import Steps, round_to, summary, timed
from problems.curves import EPOCHS, Curves, curve

RESOURCE = "epochs"


def is_stepped(settings: list[str]) -> bool:
    """Whether an algorithm of Hone with these settings gives its trials a length."""
    return "resource_name" in settings


class _Recommended:
    """The configuration with the best value seen, scored by its value when fully trained."""

    def __init__(self, task: Curves):
        self._task, self._best = task, math.inf
        self.steps = Steps()
        self.values: dict = {}

    def see(self, spent: int, values: dict, observed: float, final: float) -> None:
        if observed < self._best:
            self._best, self.values = observed, values
            self.steps.add(max(spent, 1), round_to(max(final - self._task.optimum, 0.0)))


def run_curves(task: Curves, optimiser, _seed: int, seconds_max: float = math.inf) -> dict:
    """`optimiser` may have report(trial, epoch, value) -> stop?; its trials may have a `parent` and
    the value "epochs", their last epoch. Without either every trial is trained in full."""
    spent, asked, clock = 0, 0, 0.0
    running: list = []
    reached: dict[int, int] = {}
    found = _Recommended(task)
    seconds: list[float] = []
    has_news = True  # since the last ask: without new results, asking again is useless
    while sum(seconds) <= seconds_max:
        wanted = task.workers - len(running)
        if spent < task.trials and wanted > 0 and has_news:
            has_news = False
            for trial in timed(optimiser, seconds, "ask", wanted):
                asked += 1
                start = reached.get(trial.parent, 0)
                epochs = int(trial.values.get(RESOURCE, EPOCHS))
                reached[asked] = epochs
                heapq.heappush(running, (clock, asked, trial, start, epochs))
        if not running or spent >= task.trials:
            return {"trials": task.trials, "steps": found.steps.changes, "best": found.values,
                    "started": asked, "ask_ms": summary(seconds, asked)}
        clock, number, trial, start, epochs = heapq.heappop(running)
        values = curve(task, trial.values)
        if start < epochs:  # one more epoch
            spent += 1
            observed = float(values[start])
            found.see(spent, trial.values, observed, float(values[-1]))
            if hasattr(optimiser, "report"):
                epochs = start + 1 if timed(optimiser, seconds, "report", trial, start + 1,
                                            observed) else epochs
            heapq.heappush(running, (clock + 1, number, trial, start + 1, epochs))
        else:
            timed(optimiser, seconds, "tell", trial, float(values[max(epochs, 1) - 1]))
            has_news = True
    return {"trials": task.trials, "too_slow_at": asked, "ask_ms": summary(seconds, asked)}
