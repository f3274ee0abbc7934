#!/usr/bin/env python3
"""Flips one operator or constant at a time and runs the suites of its room: a good suite notices.

Flipped are < <= > >= == != && || + - * / += -= ++ --, a `!` (it goes), true and false, std::min and std::max and their
like, and numbers (n becomes n + 1), in code that runs: not in comments, texts, directives and static_asserts, nor
numbers of ten and more in the definition of a constexpr. Each place of the folder is as likely as any other.

A flip counts as noticed if a suite of its room, as rooms.json has them, fails, or does not end in 30 s and three times
its time. If none does, the wider suites of rooms.json run too: a flip that only they notice is said to be so, and counts
as not noticed. A flip that does not compile is not counted; the next place takes its turn.

Flips are made in a copy of the sources (--build), never in the sources. The copy is restored after each flip and compared
with the sources at each start. Each suite first runs once without a flip, and again when the sources have changed.

examples:
  tests/mutation/run.py --folder controller/decide --flips 12 --seed 1
  tests/mutation/run.py --folder db --flips 50 --seed 1 --minutes 4            as many as begin within 4 minutes, ...
  tests/mutation/run.py --folder db --flips 50 --seed 1 --minutes 4 --skip 9   ... and on with the ninth place
  tests/mutation/run.py --folder db --flips 1 --seed 1 --skip 4                one of them again, after its test is written
  tests/mutation/run.py --folder db --flips 12 --seed 1 --list                 only says which

exit status: 0 all were noticed, 1 some were not, 2 usage, or the sources do not build or pass without a flip
"""
import argparse
import json
import pathlib
import signal
import sys
import time

import flips
import suites
import tree

HERE = pathlib.Path(__file__).resolve().parent


def main():
    arguments = parse_arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell's background job ignores SIGINT
        signal.signal(number, _end)
    try:
        found = places(arguments.source, arguments.folder, arguments.seed)
        if arguments.skip >= len(found):
            raise suites.Trouble(f"--skip {arguments.skip}: {arguments.folder} has {len(found)} places")
        if arguments.list:
            for flip in found[arguments.skip:arguments.skip + arguments.flips]:
                print(f"{describe(flip)}    {flip.source}")
            return 0
        return run(arguments, found)
    except (suites.Trouble, OSError, ValueError) as trouble:
        print(f"{pathlib.Path(sys.argv[0]).name}: {trouble}", file=sys.stderr)
        return 2


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True, help="a folder of code, from the root of the sources")
    parser.add_argument("--flips", type=_positive, default=12, metavar="N", help="how many are counted (12)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ones (1)")
    parser.add_argument("--skip", type=_natural, default=0, metavar="N", help="leaves out the first places of the seed")
    parser.add_argument("--minutes", type=float, metavar="M", help="begins no flip later than that")
    parser.add_argument("--build", metavar="DIR", help="where the copy is and is built (build/mutation)")
    parser.add_argument("--json", action="store_true", help="prints the result as JSON, and its progress on stderr")
    parser.add_argument("--list", action="store_true", help="prints the first places of the seed and runs nothing")
    parser.add_argument("--source", metavar="DIR", type=pathlib.Path, default=HERE.parent.parent,
                        help="the root of the sources (of this script)")
    parser.add_argument("--rooms", metavar="FILE", default=HERE / "rooms.json", help="the suites of each room")
    arguments = parser.parse_args()
    arguments.folder = arguments.folder.strip("/")
    arguments.build = pathlib.Path(arguments.build or arguments.source / "build" / "mutation")
    return arguments


def places(source, folder, seed):
    """All flips of a folder, in the order of the seed."""
    found = []
    for path in source.joinpath(folder).rglob("*"):
        if path.suffix in (".cc", ".h"):
            found += flips.find_flips(str(path.relative_to(source)), path.read_text())
    if not found:
        raise suites.Trouble(f"--folder {folder}: there is nothing to flip in {source / folder}")
    return sorted(found, key=lambda flip: flip.rank(seed))


def run(arguments, found):
    copy = tree.Tree(arguments.source, arguments.build / "tree")
    judge = suites.Suites(arguments.rooms, copy, copy.sync())
    progress = sys.stderr if arguments.json else sys.stdout
    began = time.monotonic()
    results = []
    tried = arguments.skip
    while tried < len(found) and sum(each["verdict"] != "refused" for each in results) < arguments.flips:
        if arguments.minutes is not None and time.monotonic() - began > 60 * arguments.minutes:
            break
        result = judge_flip(found[tried], judge, copy)
        tried += 1
        results.append({"place": tried, **result})
        print(line_of(results[-1]), file=progress, flush=True)
    return report(arguments, results, tried)


def judge_flip(flip, judge, copy):
    """Builds and tests one flip; returns its entry of the result."""
    result = {"file": flip.file, "line": flip.line, "before": flip.before, "after": flip.after, "source": flip.source}
    of_room = judge.of(flip.file)
    if of_room is None:
        raise suites.Trouble(f"{flip.file}: no room of rooms.json holds it: give it its suites")
    for verdict, names in zip(("noticed", "wider"), of_room):
        for suite in names:
            judge.prepare(suite)
            with copy.flipped(flip):
                if not judge.builds(suite):
                    return {**result, "verdict": "refused", "suite": suite}
                failure = judge.failure_of(suite)
            if failure is not None:
                return {**result, "verdict": verdict, "suite": suite, "test": failure}
    return {**result, "verdict": "survived"}


def describe(flip):
    return f"{flip.file}:{flip.line}: {flip.before} -> {flip.after or 'nothing'}"


def line_of(result):
    verdict = {
        "noticed": "noticed by {suite}: {test}",
        "wider": "NOT NOTICED by its room, but by {suite}: {test}",
        "survived": "NOT NOTICED",
        "refused": "does not compile ({suite})",
    }[result["verdict"]].format(**result)
    line = "{place}. {file}:{line}: ".format(**result) + f"{result['before']} -> {result['after'] or 'nothing'}: {verdict}"
    return line if result["verdict"] in ("noticed", "refused") else f"{line}\n       {result['source']}"


def report(arguments, results, tried):
    counts = {verdict: sum(each["verdict"] == verdict for each in results)
              for verdict in ("noticed", "wider", "survived", "refused")}
    total = len(results) - counts["refused"]
    if arguments.json:
        print(json.dumps({"folder": arguments.folder, "seed": arguments.seed, "skip": arguments.skip, "next": tried,
                          "flips": total, **counts, "results": results}, indent=2))
    else:
        print(f"{arguments.folder}, seed {arguments.seed}, places {arguments.skip + 1} to {tried}: "
              f"{counts['noticed']} of {total} flips were noticed"
              f" ({counts['wider']} by wider suites only; {counts['refused']} more did not compile)")
    return 0 if counts["noticed"] == total else 1


def _natural(text):
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _positive(text):
    if _natural(text) == 0:
        raise argparse.ArgumentTypeError("must be positive")
    return int(text)


def _end(number, _frame):
    """Ends the program by an exception, so that the copy is restored on the way out."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
