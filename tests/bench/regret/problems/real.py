"""Real training runs under the protocol of the black-box challenge of 2020: 64 trials one at a time,
and 16 batches of 8."""
from __future__ import annotations

import functools
from typing import Callable

from problems import models
from task import Outcome, Task

PAIRS = [("svm", "digits"), ("forest", "breast_cancer"), ("boosting", "diabetes"),
         ("mlp", "wine"), ("knn", "breast_cancer"), ("linear", "diabetes")]


def tasks() -> dict[str, Callable[[], Task]]:
    return {f"{model}_{data}@{workers}": functools.partial(_task, model, data, workers)
            for model, data in PAIRS for workers in (1, 8)}


def _task(model: str, data: str, workers: int) -> Task:
    def evaluate(values, _noise):
        value = models.loss(model, data, values)
        return Outcome(value, value)

    return Task("real", f"{model}_{data}@{workers}", tuple(models.SPACES[model]),
                64 if workers == 1 else 128, models.BEST_KNOWN[model, data], evaluate,
                workers=workers, in_batches=workers > 1, pool_size=100)
