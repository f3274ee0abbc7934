"""Densities of Optuna's Parzen estimator, for tests/algorithms/parzen_test.cc.

usage: pip install optuna==5.0.0 && python parzen.py > parzen.inc
"""

import functools

import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters

# Of kernels at the same position the older comes first.
np.argsort = functools.partial(np.argsort, kind="stable")

SPACE = {
    "x0": FloatDistribution(-2, 3),
    "x1": FloatDistribution(1e-4, 1, log=True),
    "x2": IntDistribution(1, 6),
    "x3": IntDistribution(1, 100, log=True),
    "x4": CategoricalDistribution(["a", "b", "c"]),
}


def draw(random, count):
    return {
        "x0": random.uniform(-2, 3, count),
        "x1": np.exp(random.uniform(np.log(1e-4), 0, count)),
        "x2": random.integers(1, 7, count).astype(float),
        "x3": np.floor(np.exp(random.uniform(0, np.log(100), count))),
        "x4": random.integers(0, 3, count).astype(float),
    }


def rows(values):
    table = np.array([values[name] for name in SPACE]).T
    return ",\n".join("{" + ", ".join(repr(float(x)) for x in row) + "}" for row in table)


def weights(count):
    newest = 25
    if count < newest:
        return np.ones(count)
    return np.concatenate([np.linspace(1 / count, 1, count - newest), np.ones(newest)])


print("// Made by parzen.py. Trials, points, and the log density at each point.")
for count in (1, 12, 60):
    random = np.random.default_rng(count)
    trials = draw(random, count)
    points = draw(random, 8)
    estimator = _ParzenEstimator(
        trials,
        SPACE,
        _ParzenEstimatorParameters(
            prior_weight=1.0,
            consider_magic_clip=True,
            consider_endpoints=False,
            weights=weights,
            multivariate=True,
        ),
    )
    logs = estimator.log_pdf(points)
    print("{{" + rows(trials) + "},\n{" + rows(points) + "},\n{")
    print(", ".join(repr(float(x)) for x in logs) + "}},")
