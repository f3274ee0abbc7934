"""Noise on bbob functions. Optimisers get noisy values; the recommended trial is scored without."""
from __future__ import annotations

import functools
from typing import Callable

import numpy as np

from problems import bbob
from task import Outcome, Task

DIMENSION = 5
TRIALS = 200

# The models of Hansen, Finck, Ros, Auger 2009, "Noisy functions definitions", section 2: each takes
# the gap to the optimum and gives a noisy gap.


def gaussian(beta: float) -> Callable:
    return lambda gap, noise: gap * np.exp(beta * noise.standard_normal())


def cauchy(alpha: float, probability: float) -> Callable:
    def add(gap, noise):
        hits = noise.random() < probability
        tail = noise.standard_normal() / (abs(noise.standard_normal()) + 1e-199)
        return gap + alpha * max(0.0, 1000 + hits * tail)

    return add


def heavy_tail(gap, noise):
    """y + 0.1 Cauchy, so that occasional measurements are useless outliers."""
    return gap + 0.1 * noise.standard_cauchy()


# Name, the bbob function without noise, the noise.
MODELS = [
    ("f101_sphere_gauss", 1, gaussian(0.01)),
    ("f103_sphere_cauchy", 1, cauchy(0.01, 0.05)),
    ("f107_sphere_severe", 1, gaussian(1)),
    ("f113_step_severe", 7, gaussian(1)),
    ("f116_ellipsoid_severe", 10, gaussian(1)),
    ("f122_schaffer_severe", 17, gaussian(1)),
    ("f125_griewank_severe", 19, gaussian(1)),
    ("f128_gallagher_severe", 21, gaussian(1)),
    ("f1_heavy_tail", 1, heavy_tail),
    ("f8_heavy_tail", 8, heavy_tail),
    ("f15_heavy_tail", 15, heavy_tail),
    ("f20_heavy_tail", 20, heavy_tail),
]


def tasks() -> dict[str, Callable[[], Task]]:
    return {f"{name}_d{DIMENSION}": functools.partial(_task, name, function, model)
            for name, function, model in MODELS}


def _task(name: str, function: int, model: Callable) -> Task:
    plain = bbob.task("noisy", "bbob", function, DIMENSION, TRIALS)

    def evaluate(values, noise):
        true = plain.evaluate(values, noise).true
        return Outcome(plain.optimum + model(true - plain.optimum, noise), true)

    return Task("noisy", f"{name}_d{DIMENSION}", plain.space, TRIALS, plain.optimum, evaluate,
                absolute_targets=True)
