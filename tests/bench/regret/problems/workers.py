"""Simulated workers: functions of block A and tables of block E with 4, 8 and 32 trials at a time.
How long a trial takes is drawn anew for each (log-normal), or follows from its value."""
from __future__ import annotations

import dataclasses
import functools
from typing import Callable

import numpy as np

from problems import bbob, tab
from task import Task

FUNCTIONS = (1, 8, 15, 21)
TABLES = ("hpobench_vehicle", "nasbench201_cifar100")
WORKERS = (8, 4, 32)
TRIALS = 200


def tasks() -> dict[str, Callable[[], Task]]:
    plain = {name: load for name, load in bbob.low().items()
             if int(name[1:3]) in FUNCTIONS}
    plain |= {name: load for name, load in tab.tasks().items() if name in TABLES}
    return {f"{name}@{workers}": functools.partial(_task, name, load, workers)
            for workers in WORKERS for name, load in plain.items()}


def log_normal(_values, _outcome, noise: np.random.Generator) -> float:
    return float(np.exp(0.5 * noise.standard_normal()))


def by_value(task: Task) -> Callable:
    """Good trials take up to four times as long as bad ones, as larger models do."""
    scale = float(task.random_gap(1))

    def duration(_values, outcome, noise):
        goodness = 1 / (1 + (outcome.true - task.optimum) / scale)
        return float((0.5 + 1.5 * goodness) * np.exp(0.2 * noise.standard_normal()))

    return duration


def _task(name: str, load: Callable[[], Task], workers: int) -> Task:
    task = load()
    duration = by_value(task) if name.startswith(("f08", "f21", "nas")) else log_normal
    return dataclasses.replace(task, block="async", name=f"{name}@{workers}", trials=TRIALS,
                               workers=workers, duration=duration)
