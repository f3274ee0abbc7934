"""SMAC3: its facade for hyperparameters (random forest) as it comes, every configuration run once."""
import tempfile

from ConfigSpace import (Categorical, ConfigurationSpace, EqualsCondition, Float, InCondition,
                         Integer)
from smac import HyperparameterOptimizationFacade, Scenario
from smac.runhistory.dataclasses import TrialValue

from harness import Trial
from peers import Method


def declare(parameter):
    if parameter.kind == "cat":
        return Categorical(parameter.name, list(parameter.values))
    if parameter.kind == "int":
        return Integer(parameter.name, (int(parameter.low), int(parameter.high)), log=parameter.log)
    return Float(parameter.name, (parameter.low, parameter.high), log=parameter.log)


def conditions(space, names):
    for parameter in space:
        if parameter.active_when:
            parent, values = parameter.active_when
            child = names[parameter.name]
            yield (EqualsCondition(child, names[parent], values[0]) if len(values) == 1
                   else InCondition(child, names[parent], list(values)))


class Smac:
    def __init__(self, task, seed):
        self._space = task.space
        names = {p.name: declare(p) for p in task.space}
        configurations = ConfigurationSpace(seed=seed)
        configurations.add(*names.values())
        for condition in conditions(task.space, names):
            configurations.add(condition)
        self._folder = tempfile.TemporaryDirectory()
        scenario = Scenario(configurations, deterministic=True, n_trials=task.trials, seed=seed,
                            output_directory=self._folder.name)
        facade = HyperparameterOptimizationFacade
        self._smac = facade(scenario, lambda config, seed=0: 0.0, overwrite=True,
                            logging_level=False,
                            intensifier=facade.get_intensifier(scenario, max_config_calls=1))

    def ask(self, count):
        asked = []
        for _ in range(count):
            trial = self._smac.ask()
            found = dict(trial.config)
            asked.append(Trial(trial, {p.name: self._plain(p, found[p.name])
                                       for p in self._space if p.name in found}))
        return asked

    @staticmethod
    def _plain(parameter, value):
        return str(value) if parameter.kind == "cat" else (
            int(value) if parameter.kind == "int" else float(value))

    def tell(self, trial, value):
        self._smac.tell(trial.key, TrialValue(cost=value))

    def close(self):
        self._folder.cleanup()


def suits(task):
    """It writes its whole history to disk with every trial."""
    return task.block not in ("latency", "mf") and task.trials <= 200


def methods(version):
    return [Method("smac-hpo", version, Smac, suits, seeds_max=1)]
