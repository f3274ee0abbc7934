"""The scores of section "Scores" of README.md. Every function is pure."""
from __future__ import annotations

import numpy as np
from scipy import stats

FLOOR = 1e-9
BOOTSTRAP = 10_000


def expand(steps, total: int, start: float) -> np.ndarray:
    """Best-so-far at 1 ... total from the points where it changed; `start` before the first."""
    best = np.full(total, float(start))
    for at, gap in steps:
        best[int(np.ceil(at)) - 1:] = gap
    return best


def normalised(final_gaps, random_gap: float) -> float:
    """100 for the optimum, 0 for one random trial or worse: bayesmark's scale."""
    return 100 * (1 - min(1.0, float(np.mean(final_gaps)) / random_gap))


def anytime(best: np.ndarray, targets: np.ndarray) -> float:
    """The share of targets that are reached, mean over the trials."""
    ordered = np.sort(targets)
    reached = len(ordered) - np.searchsorted(ordered, best, side="left")
    return float(np.mean(reached) / len(ordered))


def log_ratio(final_gap: float, random_gap_then: float, scale: float) -> float:
    """log10 of the gap over random's at the same trial; both not below 1e-9 of `scale`."""
    return float(np.log10(max(final_gap, FLOOR * scale) / max(random_gap_then, FLOOR * scale)))


def ranks(values) -> np.ndarray:
    """Ranks; 1 is the smallest, equal values share their mean rank."""
    return stats.rankdata(values, method="average")


def bootstrap(differences, seed: int = 1) -> tuple[float, float, float]:
    """The mean, and its 95 % bootstrap interval over tasks."""
    differences = np.asarray(differences, float)
    generator = np.random.default_rng(seed)
    drawn = generator.integers(len(differences), size=(BOOTSTRAP, len(differences)))
    low, high = np.quantile(differences[drawn].mean(axis=1), [0.025, 0.975])
    return float(differences.mean()), float(low), float(high)


def wilcoxon(differences) -> float:
    """p of the two-sided signed-rank test; 1 if all differences are 0."""
    differences = np.asarray(differences, float)
    if not np.any(differences):
        return 1.0
    return float(stats.wilcoxon(differences, zero_method="wilcox").pvalue)


def holm(p_values) -> np.ndarray:
    """p values adjusted for multiple comparisons (Holm 1979)."""
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = highest
    return adjusted
