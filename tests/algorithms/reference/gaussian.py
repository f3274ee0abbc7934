"""A Gaussian process of scikit-learn, for tests/algorithms/gaussian_process_test.cc.

usage: pip install scikit-learn==1.9.1 && python gaussian.py > gaussian.inc
"""

import numpy as np
from scipy.special import gammaln
from scipy.stats import gamma
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

JITTER = 1e-9


def row(values):
    return "{" + ", ".join(repr(float(x)) for x in values) + "}"


def rows(matrix):
    return "{" + ",\n".join(row(x) for x in matrix) + "}"


print("// Made by gaussian.py. Each: 1 / length^2, scale, noise, points, values, queries, means and")
print("// variances there, and what belongs to the fit: -log posterior and its gradient over the")
print("// logarithms of weights, scale and noise.")
random = np.random.default_rng(1)
for axes, count, scale, noise in ((1, 5, 0.7, 1e-3), (3, 20, 1.5, 1e-2), (6, 40, 1.0, 1e-5)):
    weights = 10 ** random.uniform(-1, 1, axes)
    points = random.uniform(size=(count, axes))
    values = np.sin(5 * points).sum(axis=1) + 0.1 * random.normal(size=count)
    values = (values - values.mean()) / values.std()
    kernel = ConstantKernel(scale) * Matern(1 / np.sqrt(weights), nu=2.5)
    process = GaussianProcessRegressor(
        kernel + WhiteKernel(noise), alpha=JITTER * scale, optimizer=None
    ).fit(points, values)
    queries = random.uniform(size=(6, axes))
    means, deviations = process.predict(queries, return_std=True)
    likelihood, slopes = process.log_marginal_likelihood(process.kernel_.theta, eval_gradient=True)
    # The derivative for the scale: scikit-learn's does not scale the jitter.
    prior = gamma.logpdf(scale, 2) + gamma.logpdf(noise, 1.1, scale=1 / 30)
    prior -= 1.1 * np.log(30) - gammaln(1.1) + 0.1 * np.sum(5 * np.log1p(weights / 5) + 1 / weights)
    gradient = np.concatenate(
        (
            slopes[1:-1] / 2 + 0.1 * (weights / (1 + weights / 5) - 1 / weights),
            [-slopes[0] + scale - 1, -slopes[-1] + 30 * noise - 0.1],
        )
    )
    print("{" + row(weights) + f", {scale}, {noise},")
    print(rows(points) + ",")
    print(row(values) + ",")
    print(rows(queries) + ",")
    print(row(means) + ",")
    print(row(deviations**2 - noise) + ",")
    print(repr(float(-likelihood - prior - count / 2 * np.log(2 * np.pi))) + ",")
    print(row(gradient) + "},")
