#!/usr/bin/env python3
"""Tunes a function in its own loop: asks `hone serve` for trials and tells it their results.
README.md describes how to run it. Several of them, each with its own name, share the work. One that
is killed and started again continues with its trial.
"""
import argparse
import json
import math

import grpc
from hone_api.v1 import tuner_pb2 as tuner
from hone_api.v1 import tuner_pb2_grpc as services

STUDY = {
    "apiVersion": "kubeflow.org/v1beta1",
    "kind": "Experiment",
    "metadata": {"name": "curve"},
    "spec": {
        "objective": {"type": "minimize", "objectiveMetricName": "loss"},
        "algorithm": {"algorithmName": "auto"},
        "earlyStopping": {"algorithmName": "medianstop"},
        "maxTrialCount": 40,
        "parameters": [
            {"name": "rate", "parameterType": "double",
             "feasibleSpace": {"min": "0.001", "max": "1", "distribution": "logUniform"}},
            {"name": "layers", "parameterType": "int", "feasibleSpace": {"min": "1", "max": "6"}},
        ]}}


def train(parameters):
    """The loss after each of ten epochs; replace it by your training."""
    rate, layers = float(parameters["rate"]), int(parameters["layers"])
    floor = (math.log10(rate) + 1.5) ** 2 + 0.1 * abs(layers - 3)
    for epoch in range(1, 11):
        yield epoch, floor + 2 / epoch


def run(stub, trial):
    for epoch, loss in train(trial.parameters):
        verdict = stub.ReportIntermediate(tuner.ReportIntermediateRequest(
            study="curve", trial=trial.number, step=epoch, metrics={"loss": loss}), timeout=60)
        if verdict.should_stop:
            break
    return stub.Tell(tuner.TellRequest(study="curve", trial=trial.number), timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="127.0.0.1:6789")
    parser.add_argument("--name", default="worker", help="the same whenever this worker starts")
    options = parser.parse_args()
    with grpc.insecure_channel(options.server) as channel:
        stub = services.TunerStub(channel)
        stub.CreateStudy(tuner.CreateStudyRequest(manifest=json.dumps(STUDY)), timeout=60)
        ask = tuner.AskRequest(study="curve", count=1, client_id=options.name)
        while trials := stub.Ask(ask, timeout=60).trials:
            told = run(stub, trials[0])
            print(f"{told.name}: {tuner.TrialState.Name(told.state)}", flush=True)
        best = stub.GetBestTrial(tuner.GetBestTrialRequest(study="curve"), timeout=60)
        print("best:", dict(best.parameters), f"loss={best.metrics[0].min:.4f}")


if __name__ == "__main__":
    main()
