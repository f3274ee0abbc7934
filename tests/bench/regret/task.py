"""A task: a space, an objective that is the same for all methods, and the scales of its score."""
from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Callable

import numpy as np

from space import draw

BBOB_TARGETS = 10.0 ** np.linspace(2, -8, 51)
RELATIVE_TARGETS = 10.0 ** np.linspace(0, -6, 51)


@dataclass(frozen=True)
class Outcome:
    observed: float  # the value that the optimiser gets
    true: float  # the value that is scored; equal unless the task is noisy


@dataclass(frozen=True)
class Task:
    block: str
    name: str
    space: tuple
    trials: int
    optimum: float
    # (values, generator of the noise of this trial) -> Outcome
    evaluate: Callable[[dict, np.random.Generator], Outcome]
    # Targets of the anytime score are absolute gaps, or shares of random's median gap.
    absolute_targets: bool = False
    workers: int = 1
    # Ask only when no worker is busy.
    in_batches: bool = False
    # (values, outcome, generator) -> simulated seconds
    duration: Callable[[dict, Outcome, np.random.Generator], float] | None = None
    pool_size: int = 2000

    def noise(self, seed: int, trial: int) -> np.random.Generator:
        """A function of the seed and the trial's number alone, so the same for every method."""
        return np.random.Generator(np.random.Philox(key=[seed, trial]))

    @functools.cached_property
    def pool(self) -> np.ndarray:
        """Gaps of random points, ascending."""
        generator = np.random.Generator(np.random.Philox(key=[7, 1]))
        gaps = [self.evaluate(draw(self.space, generator), self.noise(0, i)).true - self.optimum
                for i in range(self.pool_size)]
        return np.sort(gaps)

    def random_gap(self, trials) -> np.ndarray:
        """The median of random search's gap after so many trials: P(min > g) = 1/2."""
        return np.quantile(self.pool, 1 - 0.5 ** (1 / np.asarray(trials, float)))

    @property
    def full_trials(self) -> float:
        """The budget as a number of fully trained trials."""
        return self.trials

    @functools.cached_property
    def targets(self) -> np.ndarray:
        return BBOB_TARGETS if self.absolute_targets else RELATIVE_TARGETS * self.random_gap(1)
