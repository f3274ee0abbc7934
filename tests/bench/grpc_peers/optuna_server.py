"""Optuna's gRPC storage proxy before a storage that has a study of `trials` ended trials. Prints a
line when they are there; exit code 3 if that takes longer than `seconds`.

usage: optuna_server.py PORT STORAGE PARAMETERS TRIALS SECONDS     STORAGE: memory, or a file"""
import random
import sys
import time

import optuna
from optuna.distributions import FloatDistribution

port, storage_name = int(sys.argv[1]), sys.argv[2]
parameters, trials, seconds = (int(word) for word in sys.argv[3:6])
optuna.logging.disable_default_handler()
space = {f"parameter-{i}": FloatDistribution(0, 1) for i in range(parameters)}
storage = (optuna.storages.InMemoryStorage() if storage_name == "memory"
           else optuna.storages.RDBStorage(f"sqlite:///{storage_name}"))
study = optuna.create_study(storage=storage, study_name="bench")
end = time.monotonic() + seconds
for _ in range(trials):
    point = {name: random.random() for name in space}
    study.add_trial(optuna.trial.create_trial(
        params=point, distributions=space, value=sum((x - 0.4) ** 2 for x in point.values())))
    if time.monotonic() > end:
        sys.exit(3)
print("ready", flush=True)
optuna.storages.run_grpc_proxy_server(storage, host="127.0.0.1", port=port)
