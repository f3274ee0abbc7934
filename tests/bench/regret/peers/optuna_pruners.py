"""Optuna's TPE with its pruners, for learning curves: every epoch is reported, and the pruner may
stop the trial."""
import math

import optuna

from peers import Method
from peers.optuna_samplers import Optuna
from problems.curves import EPOCHS


class Pruned(Optuna):
    def __init__(self, task, seed, pruner):
        super().__init__(task, optuna.samplers.TPESampler(seed=seed))
        self._study.pruner = pruner
        self._stopped: set[int] = set()

    def report(self, trial, epoch, value):
        trial.key.report(value, epoch)
        if epoch < EPOCHS and trial.key.should_prune():
            self._stopped.add(trial.key.number)
            return True
        return False

    def tell(self, trial, value):
        if trial.key.number in self._stopped and math.isfinite(value):
            self._study.tell(trial.key, state=optuna.trial.TrialState.PRUNED)
        else:
            super().tell(trial, value)


def hyperband(task, seed):
    return Pruned(task, seed, optuna.pruners.HyperbandPruner(1, EPOCHS, 3))


def halving(task, seed):
    return Pruned(task, seed, optuna.pruners.SuccessiveHalvingPruner(1, 3))


def median(task, seed):
    return Pruned(task, seed, optuna.pruners.MedianPruner())


def is_curves(task):
    return task.block == "mf"


def methods(version):
    return [Method("optuna-tpe-hyperband", version, hyperband, is_curves),
            Method("optuna-tpe-halving", version, halving, is_curves),
            Method("optuna-tpe-median", version, median, is_curves)]
