#!/usr/bin/env python3
"""Simulated annealing as a service that hone (or Katib) asks for points: a complete algorithm in one
file. README.md describes how to run it.

Every request carries the whole history, so the service keeps no state and may be restarted at any
time.
"""
import argparse
import math
import random
from concurrent import futures

import grpc
from hone_api.v1beta1 import api_pb2 as api
from hone_api.v1beta1 import api_pb2_grpc as services

NUMBERS = (api.DOUBLE, api.INT)


def draw(parameter, generator):
    space = parameter.feasible_space
    if parameter.parameter_type not in NUMBERS:
        return generator.choice(list(space.list))
    return write(parameter, generator.uniform(float(space.min), float(space.max)))


def move(parameter, value, reach, generator):
    """A neighbour of a value; `reach` is a share of the range."""
    space = parameter.feasible_space
    if parameter.parameter_type not in NUMBERS:
        return draw(parameter, generator) if generator.random() < reach else value
    low, high = float(space.min), float(space.max)
    moved = float(value) + generator.gauss(0, reach * (high - low))
    return write(parameter, min(max(moved, low), high))


def write(parameter, number):
    """Formats a number as text; a number with a step is rounded to it."""
    space = parameter.feasible_space
    step = float(space.step) if space.step else 1.0 if parameter.parameter_type == api.INT else 0
    if step:
        low = float(space.min)
        number = low + step * math.floor((number - low) / step + 0.5)
        number = min(number, low + step * math.floor((float(space.max) - low) / step))
    return str(int(number)) if parameter.parameter_type == api.INT else repr(number)


def losses(request):
    """(loss, values) of every trial that has ended with a value, in the order of their names."""
    sign = -1 if request.experiment.spec.objective.type == api.MAXIMIZE else 1
    metric = request.experiment.spec.objective.objective_metric_name
    for trial in sorted(request.trials, key=lambda t: (len(t.name), t.name)):
        values = {a.name: a.value for a in trial.spec.parameter_assignments.assignments}
        for one in trial.status.observation.metrics:
            if trial.status.condition == api.TrialStatus.SUCCEEDED and one.name == metric:
                yield sign * float(one.value), values


class Annealing(services.SuggestionServicer):
    def ValidateAlgorithmSettings(self, request, context):
        for setting in request.experiment.spec.algorithm.algorithm_settings:
            if setting.name != "seed" or not setting.value.isdigit():
                context.abort(grpc.StatusCode.INVALID_ARGUMENT,
                              f"{setting.name}={setting.value}: the only setting is seed, an "
                              "integer >= 0")
        return api.ValidateAlgorithmSettingsReply()

    def GetSuggestions(self, request, context):
        settings = {s.name: s.value for s in request.experiment.spec.algorithm.algorithm_settings}
        parameters = request.experiment.spec.parameter_specs.parameters
        known = list(losses(request))
        done = len(known) / max(request.experiment.spec.max_trial_count, len(known) + 1)
        current = None
        for i, (loss, values) in enumerate(known):
            temperature = 0.1 * (1 - done) + 1e-9
            if current is None or loss < current[0] or \
                    random.Random(i).random() < math.exp((current[0] - loss) / temperature):
                current = loss, values
        reply = api.GetSuggestionsReply()
        first = request.total_request_number - request.current_request_number
        for number in range(first, request.total_request_number):
            generator = random.Random(f"{settings.get('seed', 0)} {number}")
            answer = reply.parameter_assignments.add()
            for parameter in parameters:
                value = (draw(parameter, generator) if current is None else
                         move(parameter, current[1][parameter.name], 0.3 * (1 - done), generator))
                answer.assignments.add(name=parameter.name, value=value)
        return reply


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:6790", help="host:port")
    server = grpc.server(futures.ThreadPoolExecutor(4),
                         options=[("grpc.max_receive_message_length", -1)])
    services.add_SuggestionServicer_to_server(Annealing(), server)
    address = parser.parse_args().listen
    port = server.add_insecure_port(address)
    server.start()
    print(f"listening on {address.rsplit(':', 1)[0]}:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
