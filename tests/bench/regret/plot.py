"""Plots as SVG, written by hand: the share of targets reached, by trial, one line a method."""
from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np

import score

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 200, 30, 50
COLOURS = ("#0b6e99", "#d9480f", "#2b8a3e", "#862e9c", "#c2255c", "#5c940d", "#1864ab", "#a61e4d",
           "#087f5b", "#e67700", "#495057", "#7048e8")
POINTS = 200


def reached_by_trial(tasks: dict, units: list[dict]) -> dict[str, np.ndarray]:
    """method -> share of the targets reached at POINTS equal steps of the budget; tasks and seeds
    have equal weight."""
    loaded: dict = {}
    lines = defaultdict(list)
    for unit in units:
        if unit["task"] not in loaded:
            loaded[unit["task"]] = tasks[unit["task"]]()
        task = loaded[unit["task"]]
        best = score.expand(unit["steps"], unit["trials"], float(task.random_gap(1)))
        places = np.linspace(0, unit["trials"] - 1, POINTS).astype(int)
        ordered = np.sort(task.targets)
        reached = 1 - np.searchsorted(ordered, best[places], side="left") / len(ordered)
        lines[unit["method"]].append(reached)
    return {method: np.mean(found, axis=0) for method, found in lines.items()}


def svg(title: str, x_label: str, total: int, lines: dict[str, np.ndarray]) -> str:
    order = sorted(lines, key=lambda m: -lines[m][-1])
    highest = max(line.max() for line in lines.values())
    tick = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if step * 6 >= highest)
    top = tick * max(1, math.ceil(highest / tick))
    x = lambda share: LEFT + share * (WIDTH - LEFT - RIGHT)
    y = lambda value: HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             f'font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="18" font-size="14">{title}</text>']
    for i in range(round(top / tick) + 1):
        at = y(i * tick)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{i * tick:.2f}</text>')
    for i in range(6):
        parts.append(f'<text x="{x(i / 5):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
                     f'{total * i // 5}</text>')
    parts.append(f'<text x="{x(0.5):.1f}" y="{HEIGHT - 12}" text-anchor="middle">{x_label}</text>'
                 f'<text transform="translate(16 {y(top / 2):.1f}) rotate(-90)" '
                 f'text-anchor="middle">share of targets reached</text>')
    for i, method in enumerate(order):
        colour = COLOURS[i % len(COLOURS)]
        dash = "" if method.startswith("hone-") else ' stroke-dasharray="5 3"'
        path = "L".join(f"{x(j / (POINTS - 1)):.1f} {y(v):.1f}" for j, v in enumerate(lines[method]))
        at = TOP + 14 + 17 * i
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'
                     f'<path d="M{WIDTH - RIGHT + 12} {at - 4}h24" stroke="{colour}" '
                     f'stroke-width="1.8"{dash}/><text x="{WIDTH - RIGHT + 42}" y="{at}">'
                     f'{method}</text>')
    return "\n".join([*parts, "</svg>", ""])


def write_plot(path: Path, block, tasks: dict, units: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    total = max(unit["trials"] for unit in units)
    label = "epochs spent" if block.name == "mf" else "trials"
    path.write_text(svg(f"{block.letter} {block.name}: {block.title}", label, total,
                        reached_by_trial(tasks, units)))
