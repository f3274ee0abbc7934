"""Conditional spaces. Six synthetic trees, each a choice between four models with children of their
own and a known optimum, and the choice between real scikit-learn models."""
from __future__ import annotations

import functools
from typing import Callable

import numpy as np

from problems import models
from space import Parameter, choice, integer, number
from task import Outcome, Task

TRIALS = 150
TREES = 6
BRANCHES = ("a", "b", "c", "d")


def tasks() -> dict[str, Callable[[], Task]]:
    trees = {f"tree{i}": functools.partial(_tree_task, i) for i in range(TREES)}
    return trees | {f"models_{name}": functools.partial(_models_task, name)
                    for name in ("wine", "digits")}


class Tree:
    """Every number of a tree is a function of its index. The value of a point is the weighted sum
    of the distances (0 ... 1) of its active parameters from their optimum, plus the offset of the
    chosen branch: 0 for the best one, which is not the one that is best on average."""

    def __init__(self, index: int):
        self._generator = np.random.Generator(np.random.Philox(key=[index, 20]))
        self.space: list[Parameter] = [choice("model", BRANCHES)]
        self._best: dict[str, object] = {}
        self._weight: dict[str, float] = {}
        for i in range(1 + index % 2):
            self._add(f"shared{i}", 0, None)
        # The branch with offset 0 is steep: a random point in it looks bad.
        order = self._generator.permutation(len(BRANCHES))
        self.offset = dict(zip((BRANCHES[i] for i in order), (0.0, 0.05, 0.1, 0.3)))
        self._steep = dict(zip((BRANCHES[i] for i in order), (3.0, 1.0, 0.7, 0.5)))
        for branch in BRANCHES:
            for i in range(self._generator.integers(2, 4 + index % 3)):
                self._add(f"{branch}{i}", i, ("model", (branch,)), self._steep[branch])
        self._nest(BRANCHES[order[0]])

    def _add(self, name, kind, when, steep=1.0):
        best = self._generator.uniform(0.1, 0.9)
        parameter = (
            number(name, 1e-5, 1.0, log=True, when=when) if kind % 4 == 0
            else integer(name, 1, 30, when=when) if kind % 4 == 1
            else choice(name, ("p", "q", "r"), when) if kind % 4 == 2
            else number(name, -2.0, 2.0, when=when))
        self.space.append(parameter)
        self._best[name] = parameter.at(best)
        self._weight[name] = steep * self._generator.uniform(0.3, 1.0)

    def _nest(self, branch):
        """One level deeper in the best branch: a switch, and a number that only "on" has."""
        self.space.append(choice("switch", ("off", "on"), ("model", (branch,))))
        self._best["switch"], self._weight["switch"] = "on", 0.2
        self._add("nested", 3, ("switch", ("on",)))

    def value(self, values: dict) -> float:
        total = self.offset[values["model"]]
        for parameter in self.space[1:]:
            if parameter.name in values:
                total += self._weight[parameter.name] * self._distance(parameter, values)
        return total

    def _distance(self, parameter, values) -> float:
        at, best = values[parameter.name], self._best[parameter.name]
        if parameter.kind == "cat":
            return 0.0 if at == best else 0.5
        scale = np.log if parameter.log else float
        range_ = scale(parameter.high) - scale(parameter.low)
        apart = abs(scale(at) - scale(best)) / range_
        return float(apart + 0.3 * np.sin(6 * np.pi * apart) ** 2 * min(1.0, 4 * apart)) / 1.3


def _tree_task(index: int) -> Task:
    tree = Tree(index)

    def evaluate(values, _noise):
        value = tree.value(values)
        return Outcome(value, value)

    return Task("cond", f"tree{index}", tuple(tree.space), TRIALS, 0.0, evaluate)


def _models_task(data: str) -> Task:
    space = [choice("model", list(models.CHOICE))]
    for model in models.CHOICE:
        for parameter in models.SPACES[model]:
            space.append(Parameter(f"{model}_{parameter.name}", parameter.kind, parameter.low,
                                   parameter.high, parameter.log, parameter.values,
                                   ("model", (model,))))

    def evaluate(values, _noise):
        model = values["model"]
        own = {k.removeprefix(model + "_"): v for k, v in values.items() if k != "model"}
        value = models.loss(model, data, own)
        return Outcome(value, value)

    return Task("cond", f"models_{data}", tuple(space), TRIALS, models.BEST_KNOWN["choice", data],
                evaluate, pool_size=100)
