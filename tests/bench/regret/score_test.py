"""Known answers of the scores."""
import contextlib
import io
import json
import pathlib
import tempfile
import unittest
import unittest.mock

import numpy as np

import score
import small
import table
from space import integer
from task import Outcome, Task


def line_task(trials=4):
    """One int from 0 to 9 whose value is its gap."""
    return Task("test", "line", (integer("x", 0, 9),), trials, 0.0,
                lambda values, _: Outcome(values["x"], values["x"]))


def unit(method, seed, steps, trials=4):
    return {"method": method, "task": "line", "seed": seed, "trials": trials, "steps": steps,
            "ask_ms": {"mean": 1.0, "max": 1.0}}


class Latency(unittest.TestCase):
    def test_methods_are_held_against_the_fastest_and_their_counterpart(self):
        def timed(method, size, ask, tell):
            return {"method": method, "task": f"float5@{size}",
                    "ask_ms": {"median": ask, "max": 3 * ask}, "tell_ms": {"median": tell}}

        lines = table.latency_table([
            timed("hone-tpe", 100, 0.08, 0.02), timed("optuna-tpe", 100, 3.0, 1.0),
            timed("hone-tpe", 1000, 0.1, 0.1)])

        self.assertIn("| hone-tpe | float5 | 0.08 (0.24) + 0.02 | 0.1 (0.3) + 0.1 |", lines)
        self.assertIn("| optuna-tpe | float5 | 40 |  |", lines)
        self.assertIn("| hone-tpe / optuna-tpe | float5 | 0.025 |", lines)


class Expand(unittest.TestCase):
    def test_repeats_the_best_until_it_changes(self):
        best = score.expand([[2, 5.0], [4, 1.0]], 5, 9.0)

        self.assertEqual(best.tolist(), [9, 5, 5, 1, 1])


class Normalised(unittest.TestCase):
    def test_is_100_at_the_optimum_and_0_at_one_random_trial(self):
        self.assertEqual(score.normalised([0.0, 0.0], 3.0), 100)
        self.assertEqual(score.normalised([3.0], 3.0), 0)
        self.assertEqual(score.normalised([30.0], 3.0), 0)

    def test_takes_the_mean_of_the_seeds_before_it_clips(self):
        self.assertEqual(score.normalised([0.0, 1.5], 3.0), 75)


class Anytime(unittest.TestCase):
    def test_counts_targets_that_are_reached_exactly(self):
        self.assertEqual(score.anytime(np.array([10.0, 1.0]), np.array([10.0, 1.0])), 0.75)

    def test_is_0_if_no_target_is_reached(self):
        self.assertEqual(score.anytime(np.array([11.0, 11.0]), np.array([10.0, 1.0])), 0)


class LogRatio(unittest.TestCase):
    def test_is_the_logarithm_of_the_quotient(self):
        self.assertAlmostEqual(score.log_ratio(0.01, 1.0, 1.0), -2)

    def test_has_a_floor_below_which_gaps_are_equal(self):
        self.assertAlmostEqual(score.log_ratio(0.0, 1.0, 1.0), -9)
        self.assertAlmostEqual(score.log_ratio(0.0, 0.0, 5.0), 0)


class Ranks(unittest.TestCase):
    def test_of_equals_are_shared(self):
        self.assertEqual(score.ranks([3.0, 1.0, 1.0]).tolist(), [3, 1.5, 1.5])


class Bootstrap(unittest.TestCase):
    def test_has_no_width_without_spread(self):
        self.assertEqual(score.bootstrap([2.0, 2.0, 2.0]), (2, 2, 2))

    def test_agrees_with_the_normal_interval_of_many_values(self):
        values = np.random.default_rng(0).standard_normal(1000)

        mean, low, high = score.bootstrap(values)

        self.assertAlmostEqual(mean, values.mean())
        half = 1.96 * values.std() / np.sqrt(1000)
        self.assertAlmostEqual(low, values.mean() - half, delta=0.003)
        self.assertAlmostEqual(high, values.mean() + half, delta=0.003)


class Wilcoxon(unittest.TestCase):
    def test_of_five_wins_is_the_smallest_that_five_can_have(self):
        self.assertAlmostEqual(score.wilcoxon([1, 2, 3, 4, 5]), 2 / 2**5)

    def test_is_1_if_nothing_differs(self):
        self.assertEqual(score.wilcoxon([0, 0, 0]), 1)


class Holm(unittest.TestCase):
    def test_multiplies_the_smallest_by_the_count_and_never_goes_down(self):
        # Holm 1979: 0.01 * 4, 0.03 * 3, max(0.09, 0.04 * 2), 0.05 * 1 held at 0.09.
        adjusted = score.holm([0.01, 0.04, 0.03, 0.05])

        np.testing.assert_allclose(adjusted, [0.04, 0.09, 0.09, 0.09])


class RandomGap(unittest.TestCase):
    def test_of_one_trial_is_the_median_and_falls_with_the_trials(self):
        task = line_task()

        self.assertAlmostEqual(float(task.random_gap(1)), 4.5, delta=0.6)
        self.assertEqual(float(task.random_gap(100)), 0)

    def test_after_two_trials_is_what_half_of_all_pairs_reach(self):
        task = line_task()
        pairs = np.random.default_rng(0).choice(task.pool, size=(20_000, 2)).min(axis=1)

        self.assertAlmostEqual(float(task.random_gap(2)), float(np.median(pairs)), delta=1)


class Tables(unittest.TestCase):
    def scores(self):
        tasks = {"line": line_task}
        return table.score_block(tasks, [unit("good", 0, [[1, 1.0], [3, 0.0]]),
                                         unit("bad", 0, [[1, 9.0]])])

    def test_rank_the_smaller_gap_first(self):
        ranks = table.mean_ranks(self.scores())

        self.assertEqual(ranks, {"good": {"line": 1.0}, "bad": {"line": 2.0}})

    def test_list_every_method_the_lost_ones_too(self):
        lines = table.block_table(self.scores(), 1)

        self.assertEqual(len(lines), 4)
        self.assertIn("| good | 100.00 |", lines[2])
        self.assertIn("| bad | 0.00 |", lines[3])

    def test_compare_on_equal_simulated_time(self):
        # Found after 1 of 2 seconds: the second half of the time counts.
        best = table.on_clock([[1.0, 0.0]], 2.0, 9.0)

        self.assertEqual(int((best == 0).sum()), table.CLOCK_STEPS // 2 + 1)


class Noise(unittest.TestCase):
    def test_is_twice_the_standard_error_of_the_difference(self):
        theirs = np.array([0.1, 0.2, 0.3, 0.4, 0.5])

        noise = small.noise_of(np.array([0.3]), theirs)

        self.assertAlmostEqual(noise, 2 * np.std(theirs, ddof=1) * np.sqrt(1 + 1 / 5))


class Small(unittest.TestCase):
    def failures(self, ours, theirs):
        units = [unit("hone-x", seed, [[1, gap]]) for seed, gap in enumerate(ours)]
        units += [unit("peer-x", seed, [[1, gap]]) for seed, gap in enumerate(theirs)]
        scores = table.score_block({"line": line_task}, units)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump([{"block": "b", "method": "hone-x", "peer": "peer-x"}], file)
            file.flush()
            with unittest.mock.patch.object(small, "EXPECTATIONS", pathlib.Path(file.name)), \
                    contextlib.redirect_stdout(io.StringIO()):
                return small.check({"b": scores})

    def test_passes_what_is_as_good_as_the_peer(self):
        self.assertEqual(self.failures([0.01], [0.01, 0.01, 0.01]), [])

    def test_passes_what_seeds_explain(self):
        self.assertEqual(self.failures([0.02], [0.01, 0.001, 0.1]), [])

    def test_names_the_method_that_is_below_its_peer(self):
        failures = self.failures([1.0], [0.01, 0.01, 0.01])

        self.assertEqual(len(failures), 1)
        self.assertIn("hone-x", failures[0])

    def test_fails_without_results(self):
        self.assertEqual(self.failures([], [0.01]), ["b: hone-x has no results"])


if __name__ == "__main__":
    unittest.main()
