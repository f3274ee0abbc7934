"""bbob and bbob-mixint of the COCO platform (Hansen et al. 2021), through coco-experiment."""
from __future__ import annotations

import functools
import os
import tempfile
from typing import Callable

import cocoex
import numpy as np

from space import integer, number
from task import Outcome, Task


def tasks(block: str, suite: str, dimension: int, trials: int) -> dict[str, Callable[[], Task]]:
    return {f"f{function:02}_d{dimension}":
            functools.partial(task, block, suite, function, dimension, trials)
            for function in range(1, 25)}


def low() -> dict[str, Callable[[], Task]]:
    return tasks("bbob-lo", "bbob", 5, 200)


def high() -> dict[str, Callable[[], Task]]:
    return tasks("bbob-hi", "bbob", 20, 200)


def mixed() -> dict[str, Callable[[], Task]]:
    return tasks("mixint", "bbob-mixint", 5, 100)


def task(block: str, suite: str, function: int, dimension: int, trials: int) -> Task:
    problem = load(suite, function, dimension)
    names = [f"x{i}" for i in range(dimension)]
    # COCO lists the integer variables first; their bounds are whole numbers.
    space = tuple((integer if i < problem.number_of_integer_variables else number)(
        name, float(problem.lower_bounds[i]), float(problem.upper_bounds[i]))
        for i, name in enumerate(names))

    def evaluate(values, _noise):
        value = float(problem(np.array([values[name] for name in names], float)))
        return Outcome(value, value)

    return Task(block, f"f{function:02}_d{dimension}", space, trials, optimum_of(problem), evaluate,
                absolute_targets=True)


def load(suite: str, function: int, dimension: int, instance: int = 1):
    # The suite owns its problems, so it must outlive them.
    owner = cocoex.Suite(suite, "", f"instance_indices: {instance} dimensions: {dimension} "
                                    f"function_indices: {function}")
    problem = owner.get_problem(0)
    _OWNERS.append(owner)
    return problem


_OWNERS: list = []


def optimum_of(problem) -> float:
    """COCO tells its optimum only through a file in the working folder."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            problem._best_parameter("print")
            best = np.loadtxt("._bbob_problem_best_parameter.txt")
        finally:
            os.chdir(here)
    return float(problem(np.atleast_1d(best)))
