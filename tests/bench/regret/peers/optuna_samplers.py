"""Optuna: TPESampler, GPSampler and CmaEsSampler as they come, and OptunaHub's AutoSampler by its
documented rule: optunahub would fetch its code from GitHub."""
import math
import warnings

import optuna

from harness import Trial
from peers import Method
from space import has_choices, has_conditions, is_active

AUTO_GP_TRIALS = 250

optuna.logging.set_verbosity(optuna.logging.WARNING)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


class Optuna:
    def __init__(self, task, sampler):
        self._space = task.space
        self._study = optuna.create_study(sampler=sampler)

    def ask(self, count):
        trials = []
        for _ in range(count):
            trial = self._study.ask()
            values = {}
            for parameter in self._space:
                if is_active(parameter, values):
                    values[parameter.name] = suggest(trial, parameter)
            trials.append(Trial(trial, values))
        return trials

    def tell(self, trial, value):
        if math.isfinite(value):
            self._study.tell(trial.key, value)
        else:
            self._study.tell(trial.key, state=optuna.trial.TrialState.FAIL)

    def prefill(self, points, values):
        distributions = {p.name: distribution(p) for p in self._space}
        self._study.add_trials([
            optuna.trial.create_trial(params=point, distributions=distributions, value=value)
            for point, value in zip(points, values)])


def distribution(parameter):
    if parameter.kind == "cat":
        return optuna.distributions.CategoricalDistribution(parameter.values)
    if parameter.kind == "int":
        return optuna.distributions.IntDistribution(int(parameter.low), int(parameter.high),
                                                    log=parameter.log)
    return optuna.distributions.FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def suggest(trial, parameter):
    if parameter.kind == "cat":
        return trial.suggest_categorical(parameter.name, parameter.values)
    if parameter.kind == "int":
        return trial.suggest_int(parameter.name, int(parameter.low), int(parameter.high),
                                 log=parameter.log)
    return trial.suggest_float(parameter.name, parameter.low, parameter.high, log=parameter.log)


def tpe(task, seed):
    return Optuna(task, optuna.samplers.TPESampler(seed=seed))


def gp(task, seed):
    return Optuna(task, optuna.samplers.GPSampler(seed=seed))


def cmaes(task, seed):
    # Optuna's documentation recommends the margin for ints, which otherwise freeze.
    ints = any(p.kind == "int" for p in task.space)
    return Optuna(task, optuna.samplers.CmaEsSampler(seed=seed, with_margin=ints))


class Auto(Optuna):
    """Choices or conditions: TPE. Else GP for 250 trials, then CMA-ES warm-started from them."""

    def __init__(self, task, seed):
        super().__init__(task, optuna.samplers.GPSampler(seed=seed))
        self._seed = seed
        self._is_gp = True

    def ask(self, count):
        if self._is_gp and len(self._study.trials) >= AUTO_GP_TRIALS:
            first = self._study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
            self._study.sampler = optuna.samplers.CmaEsSampler(seed=self._seed,
                                                               source_trials=first)
            self._is_gp = False
        return super().ask(count)


def same_as_auto(task):
    if has_choices(task.space) or has_conditions(task.space):
        return "optuna-tpe"
    return "optuna-gp" if task.trials <= AUTO_GP_TRIALS else ""


def is_bearable(task, trials):
    """False for prefilled studies that would take minutes per suggestion."""
    return task.block != "latency" or task.size <= trials


def methods(version):
    return [
        Method("optuna-tpe", version, tpe, suits=lambda task: is_bearable(task, 10_000)),
        Method("optuna-gp", version, gp,
               suits=lambda task: is_bearable(task, 1_000) and not has_conditions(task.space),
               seeds_max=2),
        Method("optuna-cmaes", version, cmaes,
               suits=lambda task: is_bearable(task, 10_000) and not has_choices(task.space)),
        Method("optuna-auto", version, Auto, same_as=same_as_auto),
    ]
