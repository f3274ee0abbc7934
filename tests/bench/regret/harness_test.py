"""The harness keeps its rules: budgets, workers, epochs and noise."""
import unittest

import numpy as np

import fidelity
from harness import Trial, check, run_unit
from problems import cond
from problems.curves import EPOCHS, Curves, _Lookup
from results import Key, Results
from score import expand
from space import choice, draw, integer, is_active, number, to_katib
from task import Outcome, Task


class Counting:
    """Proposes 0, 1, 2 ... and records how many trials ran at once."""

    def __init__(self, end=1000):
        self.next, self.out, self.most, self.told, self.end = 0, 0, 0, [], end

    def ask(self, count):
        count = min(count, self.end - self.next)
        trials = [Trial(None, {"x": self.next + i}) for i in range(count)]
        self.next += count
        self.out += count
        self.most = max(self.most, self.out)
        return trials

    def tell(self, trial, value):
        self.out -= 1
        self.told.append(value)


def task(trials=6, **more):
    return Task("test", "t", (integer("x", 0, 9),), trials, 0.0,
                lambda values, _: Outcome(9.0 - values["x"], 9.0 - values["x"]), **more)


class RunUnit(unittest.TestCase):
    def test_tells_every_trial_and_keeps_the_best_so_far(self):
        optimiser = Counting()

        unit = run_unit(task(), optimiser, 0)

        self.assertEqual(optimiser.told, [9, 8, 7, 6, 5, 4])
        self.assertEqual(expand(unit["steps"], 6, 0).tolist(), [9, 8, 7, 6, 5, 4])
        self.assertEqual(unit["best"], {"x": 5})

    def test_keeps_all_workers_busy_and_no_more(self):
        optimiser = Counting()

        unit = run_unit(task(12, workers=4, duration=lambda v, o, n: 2.0), optimiser, 0)

        self.assertEqual(optimiser.most, 4)
        self.assertEqual(unit["clock"], 6.0)  # 12 trials of 2 seconds on 4 workers

    def test_asks_for_a_batch_only_when_no_worker_is_busy(self):
        asked = []
        optimiser = Counting()
        ask = optimiser.ask
        optimiser.ask = lambda count: asked.append(count) or ask(count)

        run_unit(task(12, workers=4, in_batches=True), optimiser, 0)

        self.assertEqual(asked, [4, 4, 4])

    def test_ends_when_the_space_does(self):
        optimiser = Counting(end=3)

        unit = run_unit(task(), optimiser, 0)

        self.assertEqual(len(optimiser.told), 3)
        self.assertEqual(unit["steps"][-1], [3, 7.0])

    def test_scores_what_was_recommended_not_what_was_told(self):
        deceptive = Task("test", "t", (integer("x", 0, 9),), 3, 0.0,
                         lambda values, _: Outcome(-values["x"], values["x"]))

        unit = run_unit(deceptive, Counting(), 0)

        self.assertEqual(unit["steps"], [[1, 0.0], [2, 1.0], [3, 2.0]])

    def test_gives_up_on_a_method_that_is_too_slow(self):
        optimiser = Counting()
        optimiser.measured = 10.0

        unit = run_unit(task(), optimiser, 0, seconds_max=15)

        self.assertEqual(unit["too_slow_at"], 1)


class Advancing(Counting):
    """Trains configuration 0 for 3 epochs, then continues it to 9."""

    def ask(self, count):
        self.next += 1
        return [Trial(None, {"x": 0, "epochs": 3 if self.next == 1 else 9},
                      parent=0 if self.next == 1 else 1)]


class RunCurves(unittest.TestCase):
    def curves(self, budget):
        table = np.tile(np.linspace(1, 0, EPOCHS), (10, 1))
        return Curves("mf", "c", (integer("x", 0, 9),), budget, 0.0, _Lookup(table))

    def test_without_a_length_trains_in_full(self):
        optimiser = Counting()

        unit = fidelity.run_curves(self.curves(2 * EPOCHS), optimiser, 0)

        self.assertEqual(unit["started"], 2)
        self.assertEqual(optimiser.told, [0.0])

    def test_a_child_pays_only_for_its_own_epochs(self):
        optimiser = Advancing()

        fidelity.run_curves(self.curves(10), optimiser, 0)

        # 3 epochs, then 6 more; the tenth belongs to the third trial.
        self.assertEqual(len(optimiser.told), 2)
        self.assertAlmostEqual(optimiser.told[1], 1 - 8 / (EPOCHS - 1))

    def test_a_trial_that_is_stopped_pays_no_further(self):
        optimiser = Counting()
        optimiser.report = lambda trial, epoch, value: epoch == 4

        unit = fidelity.run_curves(self.curves(40), optimiser, 0)

        self.assertEqual(unit["started"], 10)


class Spaces(unittest.TestCase):
    def test_draw_only_what_is_active(self):
        space = (choice("a", ("x", "y")), number("b", 0.0, 1.0, when=("a", ("x",))))
        generator = np.random.default_rng(0)

        for _ in range(20):
            values = draw(space, generator)
            self.assertEqual("b" in values, values["a"] == "x")

    def test_are_checked_for_what_is_active(self):
        space = (choice("a", ("x", "y")), number("b", 0.0, 1.0, when=("a", ("x",))))

        check(space, {"a": "x", "b": 0.5})
        check(space, {"a": "y"})
        for wrong in ({"a": "x"}, {"a": "y", "b": 0.5}):
            with self.assertRaises(ValueError):
                check(space, wrong)

    def test_are_written_in_katibs_words(self):
        spec = to_katib((number("lr", 1e-3, 1.0, log=True),))

        self.assertEqual(spec, [{"name": "lr", "parameterType": "double", "feasibleSpace": {
            "min": "0.001", "max": "1.0", "distribution": "logUniform"}}])

    def test_of_ints_give_both_ends_their_share(self):
        parameter = integer("n", 1, 4)

        self.assertEqual([parameter.at(s) for s in (0, 0.24, 0.26, 0.99)], [1, 1, 2, 4])


class Trees(unittest.TestCase):
    def test_reach_their_optimum_and_nothing_below(self):
        generator = np.random.default_rng(1)
        for index in range(cond.TREES):
            tree = cond.Tree(index)
            branch = min(tree.offset, key=tree.offset.get)
            best = {"model": branch}
            for parameter in tree.space[1:]:
                if is_active(parameter, best):
                    best[parameter.name] = tree._best[parameter.name]

            self.assertEqual(tree.value(best), 0)
            self.assertTrue(all(tree.value(draw(tree.space, generator)) > 0 for _ in range(200)))


class Noise(unittest.TestCase):
    def test_follows_from_the_seed_and_the_trial_alone(self):
        first = task().noise(3, 7).standard_normal(4)

        np.testing.assert_array_equal(first, task().noise(3, 7).standard_normal(4))
        self.assertFalse(np.array_equal(first, task().noise(3, 8).standard_normal(4)))


class Stored(unittest.TestCase):
    def test_results_survive_a_line_that_was_cut(self):
        import tempfile
        from pathlib import Path
        with tempfile.TemporaryDirectory() as folder:
            unit = {"block": "b", "task": "t", "seed": 0, "method": "m", "version": "1"}
            Results(Path(folder)).add(unit)
            with open(Path(folder) / "b.jsonl", "a") as file:
                file.write('{"block":"b","ta')

            self.assertTrue(Results(Path(folder)).has(Key("b", "t", 0, "m", "1")))


if __name__ == "__main__":
    unittest.main()
