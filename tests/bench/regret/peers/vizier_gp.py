"""OSS Vizier: its default algorithm, GP-UCB-PE with the Eagle optimiser."""
import math

import jax
from vizier import algorithms as vza
from vizier import pyvizier as vz
from vizier._src.algorithms.designers.gp_ucb_pe import VizierGPUCBPEBandit

from harness import Trial
from peers import Method
from space import has_conditions


class Vizier:
    def __init__(self, task, seed):
        self._space = task.space
        problem = vz.ProblemStatement()
        root = problem.search_space.root
        for parameter in task.space:
            scale = vz.ScaleType.LOG if parameter.log else vz.ScaleType.LINEAR
            if parameter.kind == "cat":
                root.add_categorical_param(parameter.name, list(parameter.values))
            elif parameter.kind == "int":
                root.add_int_param(parameter.name, int(parameter.low), int(parameter.high),
                                   scale_type=scale)
            else:
                root.add_float_param(parameter.name, parameter.low, parameter.high,
                                     scale_type=scale)
        problem.metric_information.append(
            vz.MetricInformation("loss", goal=vz.ObjectiveMetricGoal.MINIMIZE))
        self._designer = VizierGPUCBPEBandit(problem, rng=jax.random.PRNGKey(seed))
        self._running: dict[int, vz.Trial] = {}
        self._asked = 0

    def ask(self, count):
        asked = []
        for suggestion in self._designer.suggest(count):
            self._asked += 1
            trial = suggestion.to_trial(self._asked)
            self._running[self._asked] = trial
            values = {p.name: trial.parameters[p.name].value for p in self._space}
            asked.append(Trial(self._asked, {
                p.name: int(values[p.name]) if p.kind == "int" else values[p.name]
                for p in self._space}))
        self._update([])
        return asked

    def tell(self, trial, value):
        ended = self._running.pop(trial.key)
        if math.isfinite(value):
            ended.complete(vz.Measurement({"loss": value}))
        else:
            ended.complete(vz.Measurement(), infeasibility_reason="failed")
        self._update([ended])

    def _update(self, ended):
        self._designer.update(vza.CompletedTrials(ended),
                              vza.ActiveTrials(list(self._running.values())))


def suits(task):
    """It takes seconds per suggestion: within four hours it can run only two blocks."""
    return task.block in ("tab", "mixint") and not has_conditions(task.space)


def methods(version):
    return [Method("vizier-gp", version, Vizier, suits, seeds_max=1)]
