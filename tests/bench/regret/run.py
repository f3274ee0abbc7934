"""The command: runs units that are missing, then prints the tables. README.md has the options."""
from __future__ import annotations

import argparse
import functools
import sys
import time
import unittest
from pathlib import Path

import peers
import problems
import report
import small
from peers import hone
from results import Key, Results

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]


def words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("--blocks", type=words, help="letters or names, e.g. A,tab (default: all)")
    parser.add_argument("--methods", type=words, default=[],
                        help="names or beginnings, e.g. hone,optuna-tpe (default: all)")
    parser.add_argument("--tasks", type=words, default=[], help="parts of task names")
    parser.add_argument("--seeds", type=int, help="so many seeds instead of each block's number")
    parser.add_argument("--budget-minutes", type=float, default=240)
    parser.add_argument("--unit-seconds", type=float, default=240,
                        help="what a method may think on one task, in all (default: 240)")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bench_ask_tell")
    parser.add_argument("--results", type=Path, default=ROOT / "build/regret/results")
    parser.add_argument("--read", type=Path, action="append", default=[],
                        help="a folder of results that are read too, e.g. another clone's")
    parser.add_argument("--lead", help="the method that is compared with all others")
    parser.add_argument("--tables-only", action="store_true", help="run nothing")
    parser.add_argument("--docs", action="store_true",
                        help="write docs/benchmarks.md and its plots; a run of everything does")
    parser.add_argument("--small", action="store_true",
                        help="Hone alone on a few tasks, against stored peers; can fail")
    parser.add_argument("--store", action="store_true", help="store the peers for --small")
    parser.add_argument("--test", action="store_true", help="run the unit tests of the mathematics")
    return parser.parse_args()


def is_wanted(name: str, parts: list[str]) -> bool:
    return not parts or any(name == part or name.startswith(part + "-") for part in parts)


def load_methods(options) -> list:
    methods = [] if options.small else peers.load_peers()
    if options.program.exists():
        methods = hone.methods(options.program) + methods
    elif options.small or any(name.startswith("hone") for name in options.methods):
        raise SystemExit(f"{options.program} does not exist: build bench_ask_tell, or give --program")
    return [method for method in methods if is_wanted(method.name, options.methods)]


def tasks_of(block, options) -> dict:
    """name -> loader of each selected task. Each task is loaded once."""
    return {name: functools.cache(load) for name, load in block.tasks().items()
            if (not options.tasks or any(part in name for part in options.tasks))
            and (not options.small or name in block.small)}


def seeds_of(block, options) -> int:
    return options.seeds or (block.small_seeds if options.small else block.seeds)


def run_missing(blocks, methods, options, results: Results) -> None:
    """`blocks`: (block, its tasks) each."""
    deadline = time.monotonic() + 60 * options.budget_minutes
    for block, tasks in blocks:
        units = [(seed, name, load, method) for seed in range(seeds_of(block, options))
                 for name, load in tasks.items() for method in methods
                 if seed < method.seeds_max]
        for seed, name, load, method in units:
            key = Key(block.name, name, seed, method.name, method.version)
            if results.has(key):
                continue
            if time.monotonic() > deadline:
                print("the budget is spent: run again to go on", file=sys.stderr)
                return
            run_one(key, block, load(), method, options, results)


def run_one(key: Key, block, task, method, options, results: Results) -> None:
    if not method.suits(task) or method.same_as(task):
        return
    start = time.monotonic()
    optimiser = None
    try:
        optimiser = method.make(task, key.seed)
        unit = block.run(task, optimiser, key.seed, options.unit_seconds)
    except Exception as error:  # an error of a peer must not end the run; it is shown, not hidden
        print(f"{key.task} seed {key.seed} {key.method}: {type(error).__name__}: "
              f"{str(error)[:300]}", file=sys.stderr)
        return
    finally:
        if hasattr(optimiser, "close"):
            optimiser.close()
    results.add(vars(key) | unit)
    reached = ("too slow" if "too_slow_at" in unit
               else f"gap {unit['steps'][-1][1]:.4g}" if "steps" in unit
               else f"{unit['ask_ms']['median']} ms")
    print(f"{key.block} {key.task} seed {key.seed} {key.method}: {reached}, "
          f"{time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)


def main() -> int:
    options = read_options()
    if options.test:
        found = unittest.defaultTestLoader.discover(str(FOLDER), pattern="*_test.py")
        return 0 if unittest.TextTestRunner().run(found).wasSuccessful() else 1
    blocks = problems.find(options.blocks)
    if options.small:
        blocks = [block for block in blocks if block.small]
    methods = load_methods(options)
    results = Results(options.results, [small.STORED, *options.read])
    if options.store:
        small.store(blocks, results)
        return 0
    with_tasks = [(block, tasks_of(block, options)) for block in blocks]
    if not options.tables_only:
        run_missing(with_tasks, methods, options, results)
    versions = {method.name: method.version for method in methods}
    # The stored peers have more seeds than the small run, which makes their scores more precise.
    found = [report.BlockResults(block, tasks, None if options.small else seeds_of(block, options),
                                 results.of(block.name, versions)) for block, tasks in with_tasks]
    found = [one for one in found if one.units]
    print(report.text(found, options.lead))
    if options.small:
        failures = small.check({one.block.name: one.scores for one in found})
        for line in failures:
            print("NOT AS EXPECTED: " + line)
        return 1 if failures else 0
    is_whole = not (options.blocks or options.methods or options.tasks or options.seeds)
    if options.docs or (is_whole and not options.tables_only):
        report.write_docs(ROOT / "docs", found, options.lead)
    return 0


if __name__ == "__main__":
    sys.exit(main())
