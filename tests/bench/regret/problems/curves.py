"""Learning curves, one value an epoch up to 81: three tables of trained models (made by
make_curves.py, stored in curves.npz) and a synthetic one whose curves cross and bloom late. The
budget is 50 full trainings, in epochs. The recommended configuration is the one with the best value
that was seen, at whatever epoch; its value when fully trained is scored."""
from __future__ import annotations

import functools
from pathlib import Path
from typing import Callable

import numpy as np

from space import integer
from task import Task

EPOCHS = 81
BUDGET = 50 * EPOCHS
FILE = Path(__file__).parent / "curves.npz"
WORKERS = (1, 4)


class Curves(Task):
    """A task whose trials have a length. `table`: one axis a parameter, the last one epochs - 1."""

    @functools.cached_property
    def table(self) -> np.ndarray:
        return self.evaluate.table

    @property
    def full_trials(self) -> float:
        return self.trials / EPOCHS

    @functools.cached_property
    def pool(self) -> np.ndarray:
        return np.sort(self.table[..., -1].ravel() - self.optimum)


def tasks() -> dict[str, Callable[[], Task]]:
    with np.load(FILE) as stored:
        names = list(stored)
    loads = {name: functools.partial(_stored, name) for name in names}
    loads["late_bloomers"] = late_bloomers
    return {f"{name}@{workers}": functools.partial(_task, name, load, workers)
            for workers in WORKERS for name, load in loads.items()}


def _stored(name: str) -> np.ndarray:
    with np.load(FILE) as stored:
        return stored[name].astype(float) / 65535  # losses are errors: shares of 1


def late_bloomers() -> np.ndarray:
    """The better a configuration ends, the slower it is, and values are noisy: 8 x 8 x 8 of them."""
    generator = np.random.Generator(np.random.Philox(key=[5, 81]))
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 8)] * 3, indexing="ij"), axis=-1)
    best = np.array([0.7, 0.3, 0.6])
    end = 0.05 + 0.4 * np.sqrt(((grid - best) ** 2).sum(axis=-1)) + 0.02 * generator.random((8,) * 3)
    pace = 0.2 + 6 * end**1.5  # a share of the rest, an epoch in ten
    epochs = np.arange(1, EPOCHS + 1) / 10
    curves = end[..., None] + (1 - end[..., None]) * np.exp(-pace[..., None] * epochs)
    return np.clip(curves + 0.01 * generator.standard_normal(curves.shape), 0, 1)


class _Lookup:
    def __init__(self, table: np.ndarray):
        self.table = table

    def __call__(self, values, _noise):
        raise TypeError("a trial of this block has a length: use curve()")


def _task(name: str, load: Callable[[], np.ndarray], workers: int) -> Curves:
    table = load()
    space = tuple(integer(f"p{i}", 0, size - 1) for i, size in enumerate(table.shape[:-1]))
    return Curves("mf", f"{name}@{workers}", space, BUDGET, float(table[..., -1].min()),
                  _Lookup(table), workers=workers)


def curve(task: Curves, values: dict) -> np.ndarray:
    return task.table[tuple(values[p.name] for p in task.space)]
