"""The blocks and their tasks. Sizes are chosen so that a full run of all methods fits in four hours
on two cores; README.md says what was left out for that."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import fidelity
import harness
import latency
from problems import bbob, cond, curves, noisy, real, tab, workers

SMALL_FUNCTIONS = tuple(f"f{i:02}_d5" for i in range(1, 25, 3))
SMALL_TABLES = ("hpobench_vehicle", "hpobench_credit_g", "hpolib_protein_structure",
                "hpolib_slice_localization", "nasbench201_cifar100")


@dataclass(frozen=True)
class Block:
    letter: str
    name: str
    title: str
    tasks: Callable[[], dict]  # name -> function that loads the task
    seeds: int
    # The tasks and seeds of the small run.
    small: tuple[str, ...] = ()
    small_seeds: int = 1
    # (task, optimiser, seed, seconds_max) -> unit
    run: Callable = harness.run_unit


BLOCKS = [
    Block("A", "bbob-lo", "24 smooth, ill-conditioned and multimodal functions, d = 5", bbob.low, 2,
          SMALL_FUNCTIONS),
    Block("B", "bbob-hi", "the same functions, d = 20", bbob.high, 1),
    Block("C", "mixint", "24 functions of ints and floats, d = 5", bbob.mixed, 2),
    Block("D", "noisy", "noise on bbob functions; the recommended point is scored without it",
          noisy.tasks, 5),
    Block("E", "tab", "15 tables of trained networks", tab.tasks, 5, SMALL_TABLES, 5),
    Block("F", "cond", "conditional spaces: six trees, and two choices between models", cond.tasks,
          5, ("tree0", "tree1"), 3),
    Block("G", "real", "scikit-learn models trained live, 64 trials and 16 batches of 8",
          real.tasks, 2),
    Block("H", "async", "4, 8 and 32 simulated workers", workers.tasks, 2,
          ("f01_d5@8", "f08_d5@8", "f15_d5@8", "f21_d5@8"), 2),
    Block("I", "mf", "learning curves of 81 epochs, a budget of 50 full trainings", curves.tasks, 10,
          ("mlp_digits@1",), 5, run=fidelity.run_curves),
    Block("L", "latency", "milliseconds of ask and tell after n trials", latency.tasks, 1,
          tuple(f"{space}@{n}" for space in ("float5", "float10", "mixed10")
                for n in (100, 1_000, 10_000)), run=latency.run_latency),
]


def find(names: list[str] | None) -> list[Block]:
    if not names:
        return BLOCKS
    known = {key: block for block in BLOCKS for key in (block.letter, block.name)}
    missing = [name for name in names if name not in known]
    if missing:
        raise SystemExit(f"unknown block {missing[0]}: there are "
                         + ", ".join(f"{b.letter} ({b.name})" for b in BLOCKS))
    return [known[name] for name in names]
