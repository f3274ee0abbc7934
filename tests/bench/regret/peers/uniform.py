"""random: uniform draws, the yardstick."""
import numpy as np

from harness import Trial
from peers import Method
from space import draw


class Uniform:
    def __init__(self, task, seed):
        self._space = task.space
        self._generator = np.random.default_rng(seed)

    def ask(self, count):
        return [Trial(None, draw(self._space, self._generator)) for _ in range(count)]

    def tell(self, trial, value):
        pass


def methods(_version):
    return [Method("random", "1", Uniform, suits=lambda task: task.block != "latency")]
