"""The blocks and their tasks. Sizes are chosen so that a full run of
all methods fits in four hours on two cores; README.md says what was left out for that."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from problems import bbob, noisy, tab


@dataclass(frozen=True)
class Block:
    letter: str
    name: str
    title: str
    tasks: Callable[[], dict]  # name -> function that loads the task
    seeds: int
    # Indices into tasks() that the small run takes, and its seeds.
    small: tuple[slice | None, int] = (None, 0)


BLOCKS = [
    Block("A", "bbob-lo", "24 smooth, ill-conditioned and multimodal functions, d = 5",
          bbob.low, 2, (slice(0, 24, 3), 1)),
    Block("B", "bbob-hi", "the same functions, d = 20", bbob.high, 1),
    Block("C", "mixint", "24 functions of ints and floats, d = 5", bbob.mixed, 2),
    Block("D", "noisy", "noise on bbob functions; the recommended point is scored without it",
          noisy.tasks, 5),
    Block("E", "tab", "15 tables of trained networks", tab.tasks, 5, (slice(0, 15, 3), 5)),
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
