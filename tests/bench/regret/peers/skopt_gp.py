"""scikit-optimize: Optimizer with its Gaussian process as it comes."""
import warnings

import skopt
from skopt.space import Categorical, Integer, Real

from harness import Trial
from peers import Method

warnings.filterwarnings("ignore", message="The objective has been evaluated")


def dimension(parameter):
    prior = "log-uniform" if parameter.log else "uniform"
    if parameter.kind == "cat":
        return Categorical(list(parameter.values), name=parameter.name)
    if parameter.kind == "int":
        return Integer(int(parameter.low), int(parameter.high), prior=prior, name=parameter.name)
    return Real(parameter.low, parameter.high, prior=prior, name=parameter.name)


class Skopt:
    def __init__(self, task, seed):
        self._space = task.space
        self._optimizer = skopt.Optimizer([dimension(p) for p in task.space], random_state=seed,
                                          n_jobs=1)

    def ask(self, count):
        return [self._trial(x) for x in self._optimizer.ask(n_points=count)]

    def _trial(self, x):
        values = {p.name: str(v) if p.kind == "cat" else int(v) if p.kind == "int" else float(v)
                  for p, v in zip(self._space, x)}
        return Trial(x, values)

    def tell(self, trial, value):
        self._optimizer.tell(trial.key, value)


def suits(task):
    """Its fits take seconds from 100 trials on: within four hours it can run only one block."""
    return task.block == "tab"


def methods(version):
    return [Method("skopt-gp", version, Skopt, suits, seeds_max=1)]
