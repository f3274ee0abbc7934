"""A search space in plain words, and its Katib-shaped form for Hone."""
from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: str  # float, int or cat
    low: float = 0
    high: float = 0
    log: bool = False
    values: tuple[str, ...] = ()
    # (parent's name, the parent's values with which this parameter exists)
    active_when: tuple[str, tuple[str, ...]] | None = None

    def at(self, share: float):
        """The value at `share` in [0, 1) of the parameter's distribution."""
        if self.kind == "cat":
            return self.values[int(share * len(self.values))]
        low, high = (self.low, self.high) if self.kind == "float" else (self.low - 0.5, self.high + 0.5)
        if self.log:
            value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        else:
            value = low + share * (high - low)
        if self.kind == "int":
            return int(min(max(round(value), self.low), self.high))
        return min(max(value, self.low), self.high)

    def read(self, text: str):
        return text if self.kind == "cat" else int(text) if self.kind == "int" else float(text)


def number(name, low, high, log=False, when=None) -> Parameter:
    return Parameter(name, "float", low, high, log, (), when)


def integer(name, low, high, log=False, when=None) -> Parameter:
    return Parameter(name, "int", low, high, log, (), when)


def choice(name, values, when=None) -> Parameter:
    return Parameter(name, "cat", values=tuple(values), active_when=when)


def is_active(parameter: Parameter, values: dict) -> bool:
    """`values` must hold the parameters before this one: parents come first."""
    if parameter.active_when is None:
        return True
    parent, wanted = parameter.active_when
    return parent in values and str(values[parent]) in wanted


def draw(space, generator) -> dict:
    """A uniform random point; one number a parameter, also where it is not active."""
    values = {}
    for parameter, share in zip(space, generator.random(len(space))):
        if is_active(parameter, values):
            values[parameter.name] = parameter.at(share)
    return values


def has_conditions(space) -> bool:
    return any(p.active_when for p in space)


def has_choices(space) -> bool:
    return any(p.kind == "cat" for p in space)


def to_katib(space) -> list[dict]:
    return [_spec(parameter) for parameter in space]


def _spec(parameter: Parameter) -> dict:
    if parameter.kind == "cat":
        spec = {"name": parameter.name, "parameterType": "categorical",
                "feasibleSpace": {"list": list(parameter.values)}}
    else:
        kind, show = ("int", lambda x: str(int(x))) if parameter.kind == "int" else ("double", repr)
        feasible = {"min": show(parameter.low), "max": show(parameter.high)}
        if parameter.log:
            feasible["distribution"] = "logUniform"
        spec = {"name": parameter.name, "parameterType": kind, "feasibleSpace": feasible}
    if parameter.active_when:
        parent, values = parameter.active_when
        spec["activeWhen"] = {"parent": parent, "values": list(values)}
    return spec
