"""Generations of the cmaes package, for tests/algorithms/cmaes_test.cc.

usage: pip install cmaes==0.13.1 && python cma.py > cma.inc
"""

import numpy as np
from cmaes import CMA


def row(values):
    return "{" + ", ".join(repr(float(x)) for x in values) + "}"


print("// Made by cma.py. Per run: mean, sigma, and each generation: its points, the best first, and")
print("// the mean, sigma and covariance that follow from it.")
for dimensions, population in ((2, 6), (5, 9), (10, 10)):
    start = np.linspace(0.2, 0.8, dimensions)
    cma = CMA(mean=start, sigma=0.3, seed=dimensions, population_size=population)
    print("{" + row(start) + ", 0.3, {")
    for _ in range(8):
        points = [cma.ask() for _ in range(population)]
        losses = [float(np.sum(10 ** np.arange(dimensions) * (x - 0.4) ** 2)) for x in points]
        cma.tell(list(zip(points, losses)))
        ranked = [points[i] for i in np.argsort(losses, kind="stable")]
        print("{{" + ",\n".join(row(x) for x in ranked) + "},")
        print(row(cma._mean) + ", " + repr(float(cma._sigma)) + ",")
        print(row(cma._C.flatten()) + "},")
    print("}},")
