"""One suggestion and the result of its trial over gRPC, by the length of the history: what a Python
client waits for, encoding and decoding included. The first call after the history has been made,
with which most read all of it, is not counted. usage: see run."""
from __future__ import annotations

import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import grpc
import optuna
from optuna.distributions import FloatDistribution
from hone_api.v1beta1 import api_pb2_grpc as stubs
from service import LIMITS, Controller, Service, experiment, parameter

PARAMETERS = 10
HISTORY_SECONDS = 60
FOLDER = pathlib.Path(__file__).parent


class NotMeasured(Exception):
    """The message gives the reason."""


def loss(values) -> float:
    return sum((float(value) - 0.4) ** 2 for value in values)


class KatibsProtocol:
    """Every request carries the whole history, as from Katib's controller."""

    def __init__(self, channel, algorithm: str, trials: int, batch: int):
        self._stub = stubs.SuggestionStub(channel)
        self._controller = Controller(experiment(
            algorithm,
            [parameter(f"parameter-{i}", "double", min="0", max="1") for i in range(PARAMETERS)],
            name="bench"))
        end = time.monotonic() + HISTORY_SECONDS
        while len(self._controller.trials) < trials:
            self._suggest(min(batch, trials - len(self._controller.trials)))
            if time.monotonic() > end:
                raise NotMeasured(f"too slow: {len(self._controller.trials)} trials in "
                                  f"{HISTORY_SECONDS} s")

    def _suggest(self, count: int) -> float:
        request = self._controller.request(count)
        start = time.perf_counter()
        reply = self._stub.GetSuggestions(request, timeout=HISTORY_SECONDS)
        seconds = time.perf_counter() - start
        for trial in self._controller.take(reply):
            assignments = trial.spec.parameter_assignments.assignments
            self._controller.end(trial, loss(one.value for one in assignments))
        return seconds

    def step(self) -> float:
        return self._suggest(1)


class OptunaProxy:
    """The sampler runs in the client and reads the history through the proxy, new trials only."""

    def __init__(self, port: int, sampler):
        storage = optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=port)
        storage.wait_server_ready(timeout=30)
        self._study = optuna.load_study(storage=storage, study_name="bench", sampler=sampler)
        self._space = {f"parameter-{i}": FloatDistribution(0, 1) for i in range(PARAMETERS)}

    def step(self) -> float:
        start = time.perf_counter()
        trial = self._study.ask(self._space)
        self._study.tell(trial, loss(trial.params.values()))
        return time.perf_counter() - start


class Process:
    """A server that prints a line when it is ready, and that line. The `with` block ends it."""

    def __init__(self, *command, cwd=None):
        # Katib's clone must not import our generated messages.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        self._process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=environment,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                         text=True)
        self.line = self._process.stdout.readline().strip()
        if not self.line:
            code = self._process.wait()
            raise NotMeasured(f"too slow: no history in {HISTORY_SECONDS} s" if code == 3
                              else f"failed: the server ended with exit code {code}")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._process.kill()
        self._process.communicate()


def hone(algorithm):
    def measure(trials, calls, seconds):
        with Service() as service:
            return median(KatibsProtocol(service.channel, algorithm, trials, 500), calls, seconds)
    return measure


def katib(algorithm, clone):
    def measure(trials, calls, seconds):
        with Process(os.environ["KATIB_PYTHON"], FOLDER / "katib_server.py", cwd=clone) as server:
            with grpc.insecure_channel(f"127.0.0.1:{server.line}", options=LIMITS) as channel:
                return median(KatibsProtocol(channel, algorithm, trials, 50), calls, seconds)
    return measure


def optuna_proxy(make_sampler, is_in_memory):
    def measure(trials, calls, seconds):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            storage = "memory" if is_in_memory else f"{folder}/study.db"
            with Process(sys.executable, FOLDER / "optuna_server.py", port, storage, PARAMETERS,
                         trials, HISTORY_SECONDS):
                return median(OptunaProxy(port, make_sampler(seed=1)), calls, seconds)
    return measure


def median(contestant, calls: int, seconds: float) -> float:
    contestant.step()
    times = []
    end = time.monotonic() + seconds
    while len(times) < calls and time.monotonic() < end:
        times.append(contestant.step())
    return statistics.median(times)


def contestants(clone):
    samplers = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}
    for name, sampler in samplers.items():
        yield f"`hone suggestion`, `{name}`", hone(name)
        yield f"Optuna's proxy, in memory, {sampler.__name__}", optuna_proxy(sampler, True)
        yield f"Optuna's proxy, SQLite, {sampler.__name__}", optuna_proxy(sampler, False)
        if clone:
            yield f"Katib's service, `{name}`", katib(name, clone)


def cell(measure, trials, calls, seconds) -> str:
    try:
        milliseconds = measure(trials, calls, seconds) * 1000
        return f"{milliseconds:.3g}" if milliseconds < 1000 else f"{milliseconds:,.0f}"
    except NotMeasured as error:
        return str(error)
    except grpc.RpcError as error:
        return f"failed: {error.code().name}"


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--katib", type=pathlib.Path, help="a clone of kubeflow/katib")
    words.add_argument("--sizes", default="0,100,1000,10000")
    words.add_argument("--seconds", type=float, default=20, help="at most, a cell")
    words.add_argument("--calls", type=int, default=20, help="at most, a cell")
    given = words.parse_args()
    optuna.logging.disable_default_handler()
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    sizes = [int(size) for size in given.sizes.split(",")]
    print("<!-- table peers -->")
    print("| median, ms | " + " | ".join(f"n = {size:,}" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name, measure in contestants(given.katib):
        print(f"| {name} |", end="", flush=True)
        for size in sizes:
            print(f" {cell(measure, size, given.calls, given.seconds)} |", end="", flush=True)
        print(flush=True)


if __name__ == "__main__":
    main()
