"""The small run: Hone alone, compared with stored trajectories of the peers. Fails if a method is
worse than the peer of its family by more than noise."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np

import table

FOLDER = Path(__file__).resolve().parent
STORED = FOLDER / "stored"
EXPECTATIONS = FOLDER / "expectations.json"
# The noise of the anytime score between seeds, used where too few seeds are stored to estimate it.
NOISE_MIN = 0.01
STORED_KEYS = ("block", "task", "seed", "method", "version", "trials", "steps", "clock",
               "clock_steps", "ask_ms", "tell_ms")


def store(blocks, results) -> None:
    """Stores the peers' trajectories on the tasks of the small run."""
    STORED.mkdir(exist_ok=True)
    for block in blocks:
        units = [{k: u[k] for k in STORED_KEYS if k in u} for u in results.of(block.name, {})
                 if u["task"] in block.small and not u["method"].startswith("hone-")
                 and "too_slow_at" not in u]
        if units:
            lines = sorted(json.dumps(unit, separators=(",", ":")) for unit in units)
            (STORED / f"{block.name}.jsonl").write_text("\n".join(lines) + "\n")


def by_seed(scores: dict[str, table.TaskScores], tasks) -> np.ndarray:
    """The block's anytime score for each seed that all tasks have."""
    seeds = set.intersection(*(set(scores[task].aucs) for task in tasks))
    return np.array([np.mean([scores[task].aucs[seed] for task in tasks]) for seed in sorted(seeds)])


def noise_of(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Twice the standard error of the difference, from the spread of the peer's seeds."""
    if len(theirs) < 3:
        return 2 * NOISE_MIN
    spread = float(np.std(theirs, ddof=1))
    return max(NOISE_MIN, 2 * spread * float(np.sqrt(1 / len(ours) + 1 / len(theirs))))


def check(by_block: dict[str, dict]) -> list[str]:
    """One line for every expectation that is not met. `by_block`: name of the block -> scores."""
    failures = []
    for expected in json.loads(EXPECTATIONS.read_text()):
        block, method, peer = expected["block"], expected["method"], expected["peer"]
        scores = by_block.get(block, {})
        if method not in scores or peer not in scores:
            failures.append(f"{block}: {method if method not in scores else peer} has no results")
            continue
        tasks = sorted(set(scores[method]) & set(scores[peer]))
        ours, theirs = by_seed(scores[method], tasks), by_seed(scores[peer], tasks)
        bound = float(theirs.mean()) - noise_of(ours, theirs)
        line = (f"{block}: {method} has {ours.mean():.3f}, {peer} {theirs.mean():.3f}, "
                f"bound {bound:.3f}")
        if ours.mean() < bound:
            failures.append(line)
        else:
            print("as expected: " + line)
    return failures
