"""The command: runs units that are missing, then prints the tables. README.md has the options."""
from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import peers
import peers.hone
import problems
import table
from harness import run_unit
from results import Key, Results

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
LEADS = ("hone-auto", "hone-bayesianoptimization", "hone-multivariate-tpe")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    words = lambda text: [word for word in text.split(",") if word]
    parser.add_argument("--blocks", type=words, help="letters or names, e.g. A,tab (default: all)")
    parser.add_argument("--methods", type=words, default=[],
                        help="names or beginnings, e.g. hone,optuna-tpe (default: all)")
    parser.add_argument("--tasks", type=words, default=[], help="parts of task names")
    parser.add_argument("--seeds", type=int, help="at most so many of each block's seeds")
    parser.add_argument("--budget-minutes", type=float, default=240)
    parser.add_argument("--unit-seconds", type=float, default=240,
                        help="what a method may think on one task, in all (default: 240)")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bench_ask_tell")
    parser.add_argument("--results", type=Path, default=ROOT / "build/regret/results")
    parser.add_argument("--read", type=Path, action="append", default=[],
                        help="a folder of results that are read too, e.g. another clone's")
    parser.add_argument("--lead", help="the method that is compared with all others")
    parser.add_argument("--tables-only", action="store_true", help="run nothing")
    parser.add_argument("--test", action="store_true", help="run the unit tests of the mathematics")
    return parser.parse_args()


def is_wanted(name: str, parts: list[str]) -> bool:
    return not parts or any(name == part or name.startswith(part + "-") for part in parts)


def load_methods(options) -> list:
    methods = peers.load_peers()
    if options.program.exists():
        methods = peers.hone.methods(options.program) + methods
    elif any(name.startswith("hone") for name in options.methods):
        raise SystemExit(f"{options.program} does not exist: build bench_ask_tell, or give --program")
    return [method for method in methods if is_wanted(method.name, options.methods)]


def units_of(block, methods, options):
    """(task name, loader, seed, method), cheap and comparable first: seed by seed."""
    for seed in range(min(block.seeds, options.seeds or block.seeds)):
        for name, load in block.tasks().items():
            if not options.tasks or any(part in name for part in options.tasks):
                for method in methods:
                    yield name, load, seed, method


def run_missing(blocks, methods, options, results: Results) -> None:
    deadline = time.monotonic() + 60 * options.budget_minutes
    for block in blocks:
        for name, load, seed, method in units_of(block, methods, options):
            key = Key(block.name, name, seed, method.name, method.version)
            if results.has(key):
                continue
            if time.monotonic() > deadline:
                print("the budget is spent: run again to go on", file=sys.stderr)
                return
            run_one(key, load(), method, options, results)


def run_one(key: Key, task, method, options, results: Results) -> None:
    if not method.suits(task) or method.same_as(task):
        return
    start = time.monotonic()
    optimiser = None
    try:
        optimiser = method.make(task, key.seed)
        unit = run_unit(task, optimiser, key.seed, options.unit_seconds)
    except Exception as error:  # a peer's fault must not end the run; it is shown, not hidden
        print(f"{key.task} {key.seed} {key.method}: {type(error).__name__}: {error}",
              file=sys.stderr)
        return
    finally:
        if hasattr(optimiser, "close"):
            optimiser.close()
    results.add(vars(key) | unit)
    reached = f"gap {unit['steps'][-1][1]:.4g}" if "steps" in unit else "too slow"
    print(f"{key.block} {key.task} seed {key.seed} {key.method}: {reached}, "
          f"{time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)


def print_tables(blocks, options, results: Results, versions: dict[str, str]) -> None:
    by_block = {}
    for block in blocks:
        tasks = {n: load for n, load in block.tasks().items()
                 if not options.tasks or any(part in n for part in options.tasks)}
        units = [u for u in results.of(block.name, versions)
                 if u["seed"] < (options.seeds or block.seeds)]
        slow = sorted({u["method"] for u in units if "steps" not in u})
        scores = table.score_block(tasks, [u for u in units if "steps" in u])
        if not scores:
            continue
        by_block[block.letter] = scores
        print(f"\n### {block.letter} `{block.name}`: {block.title}\n")
        print("\n".join(table.block_table(scores, len(tasks))))
        if slow:
            print(f"\nToo slow for some or all tasks: {', '.join(slow)}.")
        lead = next((n for n in ([options.lead] if options.lead else LEADS) if n in scores), None)
        if lead and len(scores) > 1:
            print("\n" + "\n".join(table.comparison_table(scores, lead)))
    if len(by_block) > 1:
        print("\n### Overall\n\n" + "\n".join(table.overall_table(by_block)))


def main() -> int:
    options = read_options()
    blocks = problems.find(options.blocks)
    methods = load_methods(options)
    results = Results(options.results, options.read)
    if not options.tables_only:
        run_missing(blocks, methods, options, results)
    print_tables(blocks, options, results, {m.name: m.version for m in methods})
    return 0


if __name__ == "__main__":
    sys.exit(main())
