"""Computes tables from units: the score of each method on each task, and comparisons of methods."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

import score


@dataclass(frozen=True)
class TaskScores:
    """A method on one task, over its seeds."""
    score: float
    auc: float
    log_ratio: float
    final_gaps: dict[int, float]  # by seed
    aucs: dict[int, float]  # by seed
    ask_ms: float
    # The anytime score over simulated time, where there is any.
    by_clock: float | None = None


CLOCK_STEPS = 200


def score_task(task, units: list[dict], horizon: float | None) -> TaskScores:
    """`horizon`: the simulated time up to which all methods are compared."""
    random_gap = float(task.random_gap(1))
    random_then = float(task.random_gap(task.full_trials))
    bests = {u["seed"]: score.expand(u["steps"], u["trials"], random_gap) for u in units}
    finals = {seed: float(best[-1]) for seed, best in bests.items()}
    aucs = {seed: score.anytime(best, task.targets) for seed, best in bests.items()}
    by_clock = horizon and float(np.mean([
        score.anytime(on_clock(u["clock_steps"], horizon, random_gap), task.targets)
        for u in units]))
    return TaskScores(
        score.normalised(list(finals.values()), random_gap), float(np.mean(list(aucs.values()))),
        float(np.mean([score.log_ratio(f, random_then, random_gap) for f in finals.values()])),
        finals, aucs, float(np.mean([u["ask_ms"]["mean"] for u in units])), by_clock)


def on_clock(steps, horizon: float, start: float) -> np.ndarray:
    """Best-so-far at equal steps of simulated time."""
    scaled = [(max(at / horizon * CLOCK_STEPS, 1), gap) for at, gap in steps if at <= horizon]
    return score.expand(scaled, CLOCK_STEPS, start)


def group(units: list[dict]) -> dict[tuple[str, str], list[dict]]:
    """By method and task."""
    grouped = defaultdict(list)
    for unit in units:
        grouped[unit["method"], unit["task"]].append(unit)
    return grouped


def score_block(tasks: dict, units: list[dict]) -> dict[str, dict[str, TaskScores]]:
    """method -> task -> scores."""
    wanted = {unit["task"] for unit in units} & set(tasks)
    loaded = {name: tasks[name]() for name in wanted}
    horizons: dict[str, float] = {}
    for unit in units:
        if "clock" in unit:
            horizons[unit["task"]] = min(unit["clock"], horizons.get(unit["task"], np.inf))
    scores: dict = defaultdict(dict)
    for (method, name), of_task in group(units).items():
        if name in wanted:
            scores[method][name] = score_task(loaded[name], of_task, horizons.get(name))
    return dict(scores)


def mean_ranks(scores) -> dict[str, dict[str, float]]:
    """method -> task -> its rank by the final gap, mean over the seeds, among the methods that ran
    them."""
    by_unit = defaultdict(dict)
    for method, tasks in scores.items():
        for task, of_task in tasks.items():
            for seed, gap in of_task.final_gaps.items():
                by_unit[task, seed][method] = gap
    ranks: dict = defaultdict(lambda: defaultdict(list))
    for (task, _), gaps in by_unit.items():
        for method, rank in zip(gaps, score.ranks(list(gaps.values()))):
            ranks[method][task].append(rank)
    return {m: {t: float(np.mean(r)) for t, r in tasks.items()} for m, tasks in ranks.items()}


def block_table(scores, task_count: int) -> list[str]:
    """Markdown, best anytime score first. Methods that lack tasks say how many they have."""
    ranks = mean_ranks(scores)
    rows = []
    has_clock = any(v.by_clock is not None for tasks in scores.values() for v in tasks.values())
    for method, tasks in scores.items():
        values = list(tasks.values())
        clock = f" {np.mean([v.by_clock for v in values]):.3f} |" if has_clock else ""
        mean = {k: float(np.mean([getattr(v, k) for v in values]))
                for k in ("score", "auc", "log_ratio", "ask_ms")}
        name = method if len(values) == task_count else f"{method} ({len(values)} tasks)"
        seeds = max(len(v.final_gaps) for v in values)
        rows.append((len(values) < task_count, -mean["auc"],
                     f"| {name} | {mean['score']:.2f} | {mean['auc']:.3f} | "
                     f"{mean['log_ratio']:+.2f} | {np.mean(list(ranks[method].values())):.2f} | "
                     f"{mean['ask_ms']:.3g} | {seeds} |" + clock))
    head = ["| method | score | anytime | log-ratio | rank | ms per trial | seeds |"
            + (" anytime by clock |" if has_clock else ""),
            "|---|--:|--:|--:|--:|--:|--:|" + ("--:|" if has_clock else "")]
    return head + [row for *_, row in sorted(rows)]


def comparison_table(scores, lead: str) -> list[str]:
    """Compares the lead with every other method on the tasks that both have."""
    rows = []
    for other in scores:
        common = sorted(set(scores[lead]) & set(scores[other]))
        if other == lead or len(common) < 2:
            continue
        ours, theirs = scores[lead], scores[other]
        by_score = [ours[t].score - theirs[t].score for t in common]
        by_auc = [ours[t].auc - theirs[t].auc for t in common]
        wins = sum(d > 0 for d in by_auc)
        losses = sum(d < 0 for d in by_auc)
        rows.append((other, score.bootstrap(by_score), score.bootstrap(by_auc), wins, losses,
                     score.wilcoxon(by_auc)))
    adjusted = score.holm([row[-1] for row in rows])
    lines = [f"| {lead} against | score [95 %] | anytime [95 %] | tasks won : lost | p (Holm) |",
             "|---|--:|--:|--:|--:|"]
    for (other, by_score, by_auc, wins, losses, _), p in zip(rows, adjusted):
        lines.append(f"| {other} | {interval(by_score, 2)} | {interval(by_auc, 3)} | "
                     f"{wins} : {losses} | {p:.3f} |")
    return lines if rows else []


# The method that each method is compared with, beside the fastest.
COUNTERPARTS = {"hone-tpe": "optuna-tpe", "hone-bayesianoptimization": "optuna-gp"}


def latency_table(units: list[dict]) -> list[str]:
    """Milliseconds, one column per number of trials; then the comparison of methods."""
    found = {(u["method"], *_space_and_size(u)): u for u in units}
    lines = ["Milliseconds: the median ask (the longest) + the median tell.", ""]
    lines += _by_size(found, "method", sorted({u["method"] for u in units}), _milliseconds)
    together = {key: u["ask_ms"]["median"] + u["tell_ms"]["median"] for key, u in found.items()}
    fastest: dict = {}
    for (_, space, size), ms in together.items():
        fastest[space, size] = min(ms, fastest.get((space, size), np.inf))
    lines += ["", "Ask and tell together, as a multiple of the fastest method here.", ""]
    lines += _by_size({key: ms / fastest[key[1:]] for key, ms in together.items()},
                      "method", sorted({u["method"] for u in units}), _factor)
    shares = {(f"{ours} / {theirs}", space, size): together[ours, space, size] / ms
              for ours, theirs in COUNTERPARTS.items()
              for (method, space, size), ms in together.items()
              if method == theirs and (ours, space, size) in together}
    if shares:
        lines += ["", "The same, as a share of a counterpart.", ""]
        lines += _by_size(shares, "methods", sorted({pair for pair, *_ in shares}), _factor)
    return lines


def _space_and_size(unit: dict) -> tuple[str, int]:
    space, _, size = unit["task"].partition("@")
    return space, int(size)


def _milliseconds(unit: dict) -> str:
    ask = unit["ask_ms"]
    return f"{ask['median']:.3g} ({ask['max']:.3g}) + {unit['tell_ms']['median']:.2g}"


def _factor(factor: float) -> str:
    return f"{factor:.2g}" if factor < 100 else f"{factor:.0f}"


def _by_size(found: dict, head: str, names: list[str], show) -> list[str]:
    """A table of values by (name, space, size): a line per name and space, a column per size."""
    sizes = sorted({size for *_, size in found})
    lines = [f"| {head} | space | " + " | ".join(f"n = {n:,}" for n in sizes) + " |",
             "|---|---|" + "--:|" * len(sizes)]
    for name in names:
        for space in sorted({space for of, space, _ in found if of == name}):
            cells = [show(found[name, space, n]) if (name, space, n) in found else ""
                     for n in sizes]
            lines.append(f"| {name} | {space} | {' | '.join(cells)} |")
    return lines


def interval(found, digits: int) -> str:
    mean, low, high = found
    return f"{mean:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"


def overall_table(by_block: dict[str, dict]) -> list[str]:
    """Mean rank with equal weight for every block, and its bootstrap interval over tasks. Only
    methods that ran all tasks of a block are ranked in it."""
    collected = defaultdict(dict)
    for block, scores in by_block.items():
        task_count = max(len(tasks) for tasks in scores.values())
        whole = {m: tasks for m, tasks in scores.items() if len(tasks) == task_count}
        for method, ranks in mean_ranks(whole).items():
            collected[method][block] = (np.array(list(ranks.values())), len(whole))
    rows = []
    for method, blocks in collected.items():
        # The share of methods that rank better, because blocks have different numbers of methods.
        shares = [(r - 1) / max(n - 1, 1) for r, n in blocks.values()]
        generator = np.random.default_rng(1)
        drawn = np.mean([s[generator.integers(len(s), size=(score.BOOTSTRAP, len(s)))].mean(axis=1)
                         for s in shares], axis=0)
        low, high = np.quantile(drawn, [0.025, 0.975])
        mean = np.mean([s.mean() for s in shares])
        rows.append((-len(blocks), mean, f"| {method} | {100 * mean:.0f} % [{100 * low:.0f}, "
                     f"{100 * high:.0f}] | {' '.join(sorted(blocks))} |"))
    return ["| method | methods that do better [95 %] | blocks |", "|---|--:|---|"] + [
        row for *_, row in sorted(rows)]
