"""Block L: milliseconds of ask and of tell in studies that already have n trials. Points are random,
values the sum of squares of their places in the ranges; median of 15 rounds."""
from __future__ import annotations

import numpy as np

from harness import round_to, timed
from space import choice, integer, number
from task import Outcome, Task

ROUNDS = 15
SIZES = (100, 1_000, 10_000, 100_000)
SPACES = {
    "float5": tuple(number(f"x{i}", 0.0, 1.0) for i in range(5)),
    "float10": tuple(number(f"x{i}", 0.0, 1.0) for i in range(10)),
    "float20": tuple(number(f"x{i}", 0.0, 1.0) for i in range(20)),
    "mixed10": tuple(number(f"x{i}", 0.0, 1.0) if i % 4 == 0
                     else integer(f"x{i}", 0, 9) if i % 4 == 1
                     else choice(f"x{i}", ("a", "b", "c")) if i % 4 == 2
                     else number(f"x{i}", 1e-5, 1.0, log=True) for i in range(10)),
}


class Prefilled(Task):
    """A task of 15 rounds after `size` random trials."""

    @property
    def size(self) -> int:
        return int(self.name.rpartition("@")[2])

    def history(self) -> tuple[list[dict], list[float]]:
        shares = np.random.default_rng(3).random((self.size, len(self.space)))
        points = [{p.name: p.at(s) for p, s in zip(self.space, row)} for row in shares]
        return points, ((shares - 0.5) ** 2).sum(axis=1).tolist()


def tasks() -> dict:
    return {f"{name}@{size}": lambda name=name, space=space, size=size: Prefilled(
        "latency", f"{name}@{size}", space, size + ROUNDS, 0.0, _value_of(space))
        for size in SIZES for name, space in SPACES.items()}


def _value_of(space):
    def evaluate(values, noise):
        del values
        value = float(((noise.random(len(space)) - 0.5) ** 2).sum())
        return Outcome(value, value)

    return evaluate


def run_latency(task: Prefilled, optimiser, seed: int, seconds_max: float) -> dict:
    """Fewer rounds, but three at least, if they would take longer than `seconds_max`."""
    optimiser.prefill(*task.history())
    asks: list[float] = []
    tells: list[float] = []
    for i in range(ROUNDS):
        if i >= 3 and sum(asks) > seconds_max:
            break
        trial = timed(optimiser, asks, "ask", 1)[0]
        timed(optimiser, tells, "tell", trial, task.evaluate(trial.values, task.noise(seed, i)).true)
    return {"trials": task.size,
            "ask_ms": {"median": round_to(1000 * float(np.median(asks)), 4),
                       "max": round_to(1000 * max(asks), 4)},
            "tell_ms": {"median": round_to(1000 * float(np.median(tells)), 4)}}
