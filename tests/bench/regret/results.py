"""Results on disk: one JSON line per unit, in one file per block. A unit is identified by its task,
seed, method and the method's version, so that a run continues where it stopped."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Key:
    block: str
    task: str
    seed: int
    method: str
    version: str


class Results:
    def __init__(self, folder: Path, read_also: list[Path] = ()):
        self._folder = folder
        self._units: dict[Key, dict] = {}
        for place in [*read_also, folder]:
            for path in sorted(place.glob("*.jsonl")):
                self._read(path)

    def _read(self, path: Path) -> None:
        for line in path.read_text().splitlines():
            try:
                unit = json.loads(line)
            except json.JSONDecodeError:
                continue  # an incomplete line, written when a run was stopped
            self._units[key_of(unit)] = unit

    def has(self, key: Key) -> bool:
        return key in self._units

    def add(self, unit: dict) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with open(self._folder / f"{unit['block']}.jsonl", "a") as file:
            file.write(json.dumps(unit, separators=(",", ":")) + "\n")
        self._units[key_of(unit)] = unit

    def of(self, block: str, versions: dict[str, str]) -> list[dict]:
        """The units of a block. `versions`: for these methods only the given version counts."""
        return [unit for key, unit in self._units.items()
                if key.block == block and versions.get(key.method, key.version) == key.version]


def key_of(unit: dict) -> Key:
    return Key(unit["block"], unit["task"], unit["seed"], unit["method"], unit["version"])
