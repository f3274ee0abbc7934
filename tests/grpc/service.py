"""A `hone suggestion` or `hone serve` under test, and helpers that send the requests of Katib's controller. The
transport is grpcio's, independent of our code."""
from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import grpc
from hone_api.v1beta1 import api_pb2 as api
from hone_api.v1beta1 import api_pb2_grpc as stubs
from hone_api.v1 import tuner_pb2_grpc

PROGRAM = os.environ["HONE_PROGRAM"]
TYPES = {"double": api.DOUBLE, "int": api.INT, "discrete": api.DISCRETE,
         "categorical": api.CATEGORICAL}
DISTRIBUTIONS = {"uniform": api.UNIFORM, "logUniform": api.LOG_UNIFORM, "normal": api.NORMAL,
                 "logNormal": api.LOG_NORMAL}
LIMITS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


class Server:
    """One server in its own process, on a free port of loopback. The `with` block ends it."""

    def __init__(self, command, *flags, listen="127.0.0.1:0", **process):
        """`process`: arguments of subprocess.Popen; without `listen` the server prints its address."""
        where = ["--listen", listen] if listen else []
        # When the tests run in a pod, the service must not behave as if it were in that pod.
        process.setdefault("env", {name: value for name, value in os.environ.items()
                                   if not name.startswith("KUBERNETES_")})
        self._process = subprocess.Popen([PROGRAM, command, *where, *flags], stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True, **process)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(self._process.communicate()[1])
        self.address = line.split()[-1]
        self.pid = self._process.pid
        self.channel = grpc.insecure_channel(self.address, options=LIMITS)
        self.said = ""  # its stderr, once it has ended

    def next_address(self):
        """The addresses of a server that listens on several."""
        return self._process.stdout.readline().split()[-1]

    def memory(self) -> float:
        """The peak so far, in MiB; with sanitizers it is several times as much."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        times = 5 if os.environ["HONE_SANITIZE"] else 1
        return int(status.split("VmHWM:")[1].split()[0]) / 1024 / times

    def stop(self, number=signal.SIGTERM) -> int:
        self.channel.close()
        return self.terminate(number)

    def terminate(self, number=signal.SIGTERM) -> int:
        """Ends the server while clients are connected."""
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Waits until the server has ended by itself."""
        self.said = self._process.communicate(timeout=30)[1]
        return self._process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self._process.poll() is None:
            self.stop(signal.SIGKILL)


class Service(Server):
    """`hone suggestion`"""

    def __init__(self, *flags, **options):
        super().__init__("suggestion", *flags, **options)

    @property
    def suggestion(self):
        return stubs.SuggestionStub(self.channel)

    @property
    def early_stopping(self):
        return stubs.EarlyStoppingStub(self.channel)


class StoreServer(Server):
    """`hone serve`"""

    def __init__(self, store, *flags, **options):
        super().__init__("serve", "--store", str(store), *flags, **options)
        self.store = str(store)

    @property
    def tuner(self):
        return tuner_pb2_grpc.TunerStub(self.channel)

    @property
    def db_manager(self):
        return stubs.DBManagerStub(self.channel)

    @property
    def early_stopping(self):
        return stubs.EarlyStoppingStub(self.channel)


def run(*words, timeout=30) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=timeout,
                          check=False)


def algorithms() -> list[dict]:
    return [one for one in json.loads(run("get", "algorithms", "-o", "json").stdout)
            if one["kind"] == "search"]


def parameter(name, kind, **space):
    distribution = space.pop("distribution", None)
    return api.ParameterSpec(
        name=name, parameter_type=TYPES[kind],
        feasible_space=api.FeasibleSpace(
            distribution=DISTRIBUTIONS.get(distribution, api.DISTRIBUTION_UNSPECIFIED), **space))


def experiment(algorithm, parameters=(), settings=None, name="test", metric="loss",
               goal=api.MINIMIZE, **spec):
    return api.Experiment(name=name, spec=api.ExperimentSpec(
        algorithm=api.AlgorithmSpec(
            algorithm_name=algorithm,
            algorithm_settings=[api.AlgorithmSetting(name=n, value=str(v))
                                for n, v in (settings or {}).items()]),
        objective=api.ObjectiveSpec(type=goal, objective_metric_name=metric),
        parameter_specs=api.ExperimentSpec.ParameterSpecs(parameters=parameters), **spec))


class Controller:
    """Acts like Katib's controller with one experiment: keeps the trials, asks for more."""

    def __init__(self, wanted: api.Experiment):
        self.experiment = wanted
        self.trials: list[api.Trial] = []
        self.suggested = 0

    def request(self, count: int) -> api.GetSuggestionsRequest:
        return api.GetSuggestionsRequest(
            experiment=self.experiment, trials=self.trials, current_request_number=count,
            total_request_number=self.suggested + count)

    def ask(self, service: Service, count: int, timeout=30):
        return service.suggestion.GetSuggestions(self.request(count), timeout=timeout)

    def take(self, reply) -> list[api.Trial]:
        """Turns suggestions into running trials."""
        taken = []
        for one in reply.parameter_assignments:
            self.suggested += 1
            taken.append(api.Trial(
                name=one.trial_name or f"{self.experiment.name}-{self.suggested:05d}",
                spec=api.TrialSpec(
                    objective=self.experiment.spec.objective, labels=one.labels,
                    parameter_assignments=api.TrialSpec.ParameterAssignments(
                        assignments=one.assignments)),
                status=api.TrialStatus(condition=api.TrialStatus.RUNNING,
                                       start_time="2026-01-01T00:00:00Z")))
        self.trials += taken
        return self.trials[-len(taken):] if taken else []

    def end(self, trial: api.Trial, value=None, condition=api.TrialStatus.SUCCEEDED):
        trial.status.condition = condition
        if value is not None:
            metric = self.experiment.spec.objective.objective_metric_name
            trial.status.observation.metrics.add(name=metric, value=str(value))


def values(one) -> dict[str, str]:
    """The values of a trial, or of the assignments of one answer."""
    where = one.spec.parameter_assignments if isinstance(one, api.Trial) else one
    return {a.name: a.value for a in where.assignments}
