"""The methods: one adapter per library, `make(task, seed) -> optimiser` with ask(n) -> trials and
tell(trial, value). A method may refuse a task (`suits`), and may be identical to another method on
a task (`same_as`)."""
from __future__ import annotations

import importlib
import importlib.metadata
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Method:
    name: str
    version: str
    make: Callable  # (task, seed) -> optimiser
    suits: Callable = lambda task: True
    # The name of the method whose run would be identical on the task, or "".
    same_as: Callable = lambda task: ""
    # A slow method takes fewer seeds than the block has.
    seeds_max: int = 1_000


# Module -> the package that it needs. If a package is not installed, its methods are left out.
MODULES = {
    "uniform": "numpy",
    "optuna_samplers": "optuna",
    "optuna_pruners": "optuna",
    "hyperopt_tpe": "hyperopt",
    "pycma": "cma",
    "skopt_gp": "scikit-optimize",
    "smac_facades": "smac",
    "vizier_gp": "google-vizier",
}


def load_peers() -> list[Method]:
    methods = []
    for name, package in MODULES.items():
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
        methods += importlib.import_module(f"peers.{name}").methods(version)
    return methods
