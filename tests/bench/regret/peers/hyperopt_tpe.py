"""hyperopt: tpe.suggest as it comes."""
import logging
import math

import hyperopt
import numpy as np
from hyperopt import hp, tpe

from harness import Trial
from peers import Method

logging.getLogger("hyperopt").setLevel(logging.ERROR)


def expression(parameter, children):
    """`children`: value of a choice -> the parameters that exist with it."""
    name = parameter.name
    if parameter.kind == "cat":
        return hp.choice(name, [{"": value} | tree(children.get((name, value), []), children)
                                for value in parameter.values])
    if parameter.kind == "int" and parameter.log:
        return hp.qloguniform(name, math.log(parameter.low - 0.5 + 1e-9),
                              math.log(parameter.high + 0.5 - 1e-9), 1)
    if parameter.kind == "int":
        return hp.uniformint(name, int(parameter.low), int(parameter.high))
    if parameter.log:
        return hp.loguniform(name, math.log(parameter.low), math.log(parameter.high))
    return hp.uniform(name, parameter.low, parameter.high)


def tree(parameters, children):
    return {parameter.name: expression(parameter, children) for parameter in parameters}


def flatten(found, parameters, values):
    """The result of space_eval as one flat dictionary of legal values."""
    for name, value in found.items():
        if not name:
            continue
        if isinstance(value, dict):
            values[name] = value[""]
            flatten(value, parameters, values)
            continue
        parameter = parameters[name]
        value = min(max(float(value), parameter.low), parameter.high)
        values[name] = int(value) if parameter.kind == "int" else value
    return values


class Hyperopt:
    def __init__(self, task, seed):
        children: dict = {}
        for parameter in task.space:
            if parameter.active_when:
                parent, wanted = parameter.active_when
                for value in wanted:
                    children.setdefault((parent, value), []).append(parameter)
        self._parameters = {p.name: p for p in task.space}
        self._space = tree([p for p in task.space if not p.active_when], children)
        self._domain = hyperopt.Domain(lambda _: 0, self._space)
        self._trials = hyperopt.Trials()
        self._generator = np.random.default_rng(seed)

    def ask(self, count):
        asked = []
        for number in self._trials.new_trial_ids(count):
            document = tpe.suggest([number], self._domain, self._trials,
                                   int(self._generator.integers(2**31 - 1)))[0]
            self._trials.insert_trial_docs([document])
            self._trials.refresh()
            drawn = {k: v[0] for k, v in document["misc"]["vals"].items() if v}
            found = hyperopt.space_eval(self._space, drawn)
            asked.append(Trial(number, flatten(found, self._parameters, {})))
        return asked

    def tell(self, trial, value):
        document = next(d for d in reversed(self._trials._dynamic_trials) if d["tid"] == trial.key)
        ok = math.isfinite(value)
        document["result"] = {"status": "ok", "loss": value} if ok else {"status": "fail"}
        document["state"] = hyperopt.JOB_STATE_DONE
        self._trials.refresh()


def can_be_said(task):
    """hyperopt cannot use a parameter in several branches; prefilled studies are not supported."""
    return task.block != "latency" and all(
        len(p.active_when[1]) == 1 for p in task.space if p.active_when)


def methods(version):
    return [Method("hyperopt-tpe", version, Hyperopt, suits=can_be_said)]
