"""The printed report, and docs/benchmarks.md with its plots."""
from __future__ import annotations

import datetime
import functools
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import plot
import table

# The method that is compared with all others: the first of these that has results.
LEADS = ("hone-auto", "hone-bayesianoptimization", "hone-multivariate-tpe")

HEAD = """# Benchmarks of the search algorithms

Printed by `tests/bench/regret/run`; do not edit. All methods saw the same objective values, seeds and budgets, with one
thread each, on the same machine. {where}

- **score**: 100 for the optimum, 0 for no better than one random trial (bayesmark's scale), of the recommended trial.
- **anytime**: the share of 51 targets (10² … 10⁻⁸ on bbob functions, 1 … 10⁻⁶ of random's gap elsewhere) that is reached,
  mean over the trials.
- **log-ratio**: log₁₀ of the final gap over that of random search; lower is better.
- **rank**: by the final gap, among the methods of the table.
- **ms per trial**: ask and tell together, processor time.
- Intervals are 95 % bootstrap intervals over tasks; p is of Wilcoxon's signed-rank test on the tasks' anytime scores, after
  Holm. Methods that have not run all tasks say how many, and are compared on those that both have.
- `optuna-auto` is `optuna-gp` on numeric tasks up to 250 trials and `optuna-tpe` with choices or conditions, by its own
  rule; it has a row only where it is something else.
"""


@dataclass(frozen=True)
class BlockResults:
    block: object
    tasks: dict
    seeds: int | None  # None: all that are stored
    found: list[dict]

    @functools.cached_property
    def units(self) -> list[dict]:
        """The units of the selected tasks and seeds."""
        return [u for u in self.found if u["task"] in self.tasks and "too_slow_at" not in u
                and (self.seeds is None or u["seed"] < self.seeds)]

    @functools.cached_property
    def slow(self) -> list[str]:
        return sorted({u["method"] for u in self.found if "too_slow_at" in u})

    @functools.cached_property
    def scores(self) -> dict:
        return {} if self.is_latency else table.score_block(self.tasks, self.units)

    @property
    def is_latency(self) -> bool:
        return self.block.name == "latency"


def section(one: BlockResults, wanted_lead: str | None) -> list[str]:
    block = one.block
    lines = [f"## {block.letter} `{block.name}`: {block.title}", ""]
    if one.is_latency:
        return lines + table.latency_table(one.units)
    lines += table.block_table(one.scores, len(one.tasks))
    if one.slow:
        lines += ["", f"Too slow for some or all tasks: {', '.join(one.slow)}."]
    lead = next((n for n in ([wanted_lead] if wanted_lead else LEADS) if n in one.scores), None)
    compared = table.comparison_table(one.scores, lead) if lead else []
    return lines + ([""] + compared if compared else [])


def overall(found: list[BlockResults]) -> list[str]:
    by_block = {one.block.letter: one.scores for one in found if one.scores}
    if len(by_block) < 2:
        return []
    return ["## Overall", "", "Ranks of all blocks together, each block with equal weight.", "",
            *table.overall_table(by_block)]


def text(found: list[BlockResults], lead: str | None) -> str:
    parts = ["\n".join(section(one, lead)) for one in found]
    return "\n\n".join([*parts, "\n".join(overall(found))])


def machine() -> str:
    return (f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}, "
            f"{datetime.date.today().isoformat()}.")


def write_docs(docs: Path, found: list[BlockResults], lead: str | None) -> None:
    parts = [HEAD.format(where=machine()), "\n".join(overall(found))]
    for one in found:
        lines = section(one, lead)
        if not one.is_latency:
            path = Path("benchmarks") / f"{one.block.name}.svg"
            plot.write_plot(docs / path, one.block, one.tasks, one.units)
            lines[1:1] = ["", f"![share of targets reached by trial]({path})"]
        parts.append("\n".join(lines))
    (docs / "benchmarks.md").write_text("\n\n".join(p for p in parts if p) + "\n")
