"""pycma: from the centre with sigma 0.3 of the range, restarted with twice the population when it
stops. It learns by generations: when a whole population has ended."""
import warnings

import numpy as np

from harness import Trial
from peers import Method
from space import has_choices, has_conditions

with warnings.catch_warnings():  # it warns that it cannot plot
    warnings.simplefilter("ignore")
    import cma
warnings.filterwarnings("ignore", module="cma")


class Pycma:
    def __init__(self, task, seed):
        self._space = task.space
        self._seed = seed
        self._restarts = 0
        self._start()

    def _start(self):
        ints = [i for i, p in enumerate(self._space) if p.kind == "int"]
        size = 4 + int(3 * np.log(len(self._space)))
        # An int is scaled so that its steps are 1, as pycma wants.
        self._scale = np.array([p.high - p.low if p.kind == "int" else 1.0 for p in self._space])
        self._evolution = cma.CMAEvolutionStrategy(
            list(0.5 * self._scale), 0.3,
            {"bounds": [[0.0] * len(self._space), list(self._scale)], "seed": self._seed + 1
             + 1000 * self._restarts, "popsize": size * 2**self._restarts, "verbose": -9,
             "CMA_stds": list(self._scale), "integer_variables": ints})
        self._ended = []

    def ask(self, count):
        trials = []
        for _ in range(count):
            x = self._evolution.ask(1)[0]
            trials.append(Trial((self._restarts, x), self._values(x)))
        return trials

    def _values(self, x):
        values = {}
        for parameter, place, scale in zip(self._space, x, self._scale):
            if parameter.kind == "int":
                values[parameter.name] = int(min(max(round(place), 0), scale) + parameter.low)
            else:
                values[parameter.name] = parameter.at(min(max(place, 0.0), 1.0))
        return values

    def tell(self, trial, value):
        run, x = trial.key
        if run != self._restarts:
            return  # drawn before the restart
        self._ended.append((x, value))
        if len(self._ended) >= self._evolution.popsize:
            self._evolution.tell(*map(list, zip(*self._ended)))
            self._ended = []
            if self._evolution.stop():
                self._restarts += 1
                self._start()


def suits(task):
    if task.block == "latency":
        return False
    return len(task.space) > 1 and not has_choices(task.space) and not has_conditions(task.space)


def methods(version):
    return [Method("pycma", version, Pycma, suits)]
