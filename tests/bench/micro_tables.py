"""The tables of single steps in docs/performance.md, from the JSON that bench_micro wrote with --benchmark_out. Of
several repetitions the median counts.

usage: micro_tables.py [FILE]    without a file nothing was measured, and each cell says so
"""
import collections
import json
import statistics
import sys

TPE_SIZES = (100, 1000, 10_000, 100_000)
GAUSSIAN_SIZES = (100, 200, 500, 1000, 10_000)
# The text in place of a missing figure.
NOT_MEASURED = "not measured"


class Measured:
    """Values by name of benchmark and counter; a benchmark that did not run has none."""

    def __init__(self, document):
        values = collections.defaultdict(list)
        for run in document["benchmarks"]:
            if run.get("run_type") != "aggregate":
                for key in ("cpu_time", "real_time", "p50_us", "p99_us", "MB", "items_per_second"):
                    if key in run:
                        values[self._plain_name(run["name"]), key].append(run[key] * self._unit(key, run))
        self._values = {name: statistics.median(list_) for name, list_ in values.items()}

    @staticmethod
    def _plain_name(name):
        return "/".join(part for part in name.split("/") if not part.startswith(("iterations:", "repeats:")))

    @staticmethod
    def _unit(key, run):
        """Times in microseconds."""
        return {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}[run["time_unit"]] if key.endswith("_time") else 1

    def of(self, name, key="cpu_time"):
        return self._values.get((name, key))


def short(value):
    """Rounded to two significant digits: 0.046, 5.6, 43, 1,200."""
    if value is None:
        return NOT_MEASURED
    if value >= 100:
        rounded = float(f"{value:.2g}")
        return f"{rounded:,.0f}"
    text = f"{value:.2g}"
    return f"{float(text):.6f}".rstrip("0").rstrip(".") if "e" in text else text


def print_table(name, columns, rows):
    print(f"\n<!-- table {name} -->")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def print_steps(measured):
    def judge(rule):
        rate = measured.of(f"Judge/{rule}/100000", "items_per_second")
        return 1e6 / rate if rate else None

    steps = [
        ("read a manifest of 1 KB", measured.of("ReadManifest")),
        ("parse a line that has a metric", measured.of("ParseLine")),
        ("render a trial", measured.of("Render")),
        ("decide on a pass with two running trials", measured.of("Decide")),
        ("suggest, `random` (bar: 20 µs)", measured.of("Suggest/random")),
        ("suggest, `sobol` (bar: 20 µs)", measured.of("Suggest/sobol")),
        ("suggest, `grid` (bar: 20 µs)", measured.of("Suggest/grid")),
        ("decide on a rung of `asha` among 1,000 trials (bar: 3 µs)", measured.of("RungDecision/1000")),
        ("... among 1,000,000", measured.of("RungDecision/1000000")),
        ("judge a report among 100,000 trials, `medianstop`", judge("medianstop")),
        ("... `asha-stop`", judge("asha_stop")),
        ("commit: a trial ends, the next begins", measured.of("Commit/real_time", "real_time")),
    ]
    print_table("steps", ("part of the work", "µs on one thread"), [(what, short(value)) for what, value in steps])


def print_asks(measured, name, sizes, rows):
    """Each row: its label, the benchmark, the counter, and the divisor."""
    columns = (f"`{name}`", *(f"n = {size:,}" for size in sizes))
    lines = []
    for what, benchmark, key, divisor in rows:
        values = [measured.of(f"AskAndTell/{benchmark}/{size}", key) for size in sizes]
        lines.append((what, *(short(None if value is None else value / divisor) for value in values)))
    print_table(name, columns, lines)


def print_tables(measured):
    print_steps(measured)
    print_asks(measured, "tpe", TPE_SIZES, [
        ("mixed, spread, ms (bar: 0.05, 0.15, 0.7, 0.7)", "tpe", "p50_us", 1000),
        ("... p99, ms", "tpe", "p99_us", 1000),
        ("... with 32 running trials, ms", "tpe_32_running", "p50_us", 1000),
        ("... memory, MB (bar: 100)", "tpe", "MB", 1),
        ("mixed, all within 0.01 of the optimum, ms", "tpe_converged", "p50_us", 1000),
        ("floats, all within 0.01, ms", "tpe_floats_converged", "p50_us", 1000),
    ])
    print_asks(measured, "cmaes", TPE_SIZES, [("median, ms (bar: 0.02)", "cmaes", "p50_us", 1000)])
    print_asks(measured, "bayesianoptimization", GAUSSIAN_SIZES, [
        ("median, ms (bar: 5, 10, 25, 30, 30)", "bayesianoptimization", "p50_us", 1000),
        ("p99, ms (bar: at most 10 times the median)", "bayesianoptimization", "p99_us", 1000),
        ("median with 32 running trials, ms (bar: 1.5 times that without)", "bayesianoptimization_32_running",
         "p50_us", 1000),
    ])


def main():
    document = {"benchmarks": []}
    if len(sys.argv) > 1:
        with open(sys.argv[1], encoding="utf-8") as file:
            document = json.load(file)
    print_tables(Measured(document))


if __name__ == "__main__":
    main()
