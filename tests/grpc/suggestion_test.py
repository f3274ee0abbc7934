"""api.v1.beta1.Suggestion, as Katib's controller sees it."""
import contextlib
import json
import signal
import tempfile
import unittest
from pathlib import Path

import grpc
from grpc import StatusCode
from service import Controller, Service, algorithms, api, experiment, parameter, values

CASES = json.loads((Path(__file__).parent / "settings_cases.json").read_text())


def all_kinds():
    """Every type, with and without step, in every distribution."""
    spaces = [parameter("words", "categorical", list=["cat1", "cat2", "cat3"]),
              parameter("list", "discrete", list=["3", "2", "6"])]
    for kind in "double", "int":
        for step in "", "2", "0.8", "0.01":
            for distribution in None, "uniform", "logUniform", "normal", "logNormal":
                spaces.append(parameter(f"{kind}-{step}-{distribution}", kind, min="5", max="64",
                                        step=step, distribution=distribution))
    return spaces


def read(words: list[str]):
    spaces = []
    for i, text in enumerate(words):
        kind, low, high, *step = text.split()
        spaces.append(parameter(f"param-{i}", kind, min=low, max=high, step="".join(step)))
    return spaces


def network(**changes):
    """Operations as in Katib's examples: eleven candidates in three layers."""
    sizes = {"filter_size": ["3", "5", "7"], "num_filter": ["32", "48", "64"], "stride": ["1"]}
    convolution = api.Operation(operation_type="convolution")
    for name, choices in sizes.items():
        convolution.parameter_specs.parameters.append(
            parameter(name, "categorical", list=choices))
    reduction = api.Operation(operation_type="reduction")
    reduction.parameter_specs.parameters.append(
        parameter("pool_size", "discrete", list=["2", "3"]))
    graph = {"num_layers": 3, "input_sizes": [32, 32, 3], "output_sizes": [10]} | changes
    return api.NasConfig(graph_config=api.GraphConfig(**graph), operations=api.NasConfig.Operations(
        operation=[convolution, reduction]))


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)

    def test_are_judged_as_by_katibs_services(self):
        for case in CASES:
            wanted = experiment(case["algorithm"], read(case.get("parameters", [])),
                                case.get("settings"), max_trial_count=case.get("max", 0))
            with self.subTest(case["case"]):
                request = api.ValidateAlgorithmSettingsRequest(experiment=wanted)
                if "details" not in case and "begins" not in case:
                    self.service.suggestion.ValidateAlgorithmSettings(request, timeout=10)
                    continue
                with self.assertRaises(grpc.RpcError) as caught:
                    self.service.suggestion.ValidateAlgorithmSettings(request, timeout=10)
                self.assertEqual(caught.exception.code(), StatusCode.INVALID_ARGUMENT)
                details = caught.exception.details()
                self.assertEqual(details[:len(case.get("begins", details))],
                                 case.get("details", case.get("begins")))

    def test_are_judged_at_the_first_question_too(self):
        controller = Controller(experiment("tpe", read(["double 0 1"]), {"gamma": "1.5"}))

        with self.assertRaises(grpc.RpcError) as caught:
            controller.ask(self.service, 1)

        self.assertEqual(caught.exception.details(), "gamma should be in the range of (0, 1)")


class Answers(unittest.TestCase):
    """The shapes of Katib's tests of its optuna, hyperopt, skopt, goptuna and hyperband services."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)

    def check_space(self, spaces, answer):
        given = values(answer)
        self.assertEqual(sorted(given), sorted(p.name for p in spaces))
        for p in spaces:
            text, space = given[p.name], p.feasible_space
            if space.list:
                self.assertIn(text, space.list)
            else:
                self.assertTrue(float(space.min) <= float(text) <= float(space.max), (p, text))

    def test_are_two_for_two_with_and_without_history(self):
        spaces = all_kinds()
        for algorithm, settings in [
                ("tpe", {"n_startup_trials": 20, "n_ei_candidates": 10, "random_state": 71}),
                ("tpe", {"random_state": 10, "gamma": 0.25, "prior_weight": 1.0,
                         "n_EI_candidates": 24}),
                ("multivariate-tpe", {"n_startup_trials": 20, "random_state": 71}),
                ("cmaes", {"restart_strategy": "ipop", "sigma": 2, "random_state": 71}),
                ("random", {"random_state": 71}), ("sobol", {}),
                ("bayesianoptimization", {"random_state": 10})]:
            with self.subTest(algorithm):
                controller = Controller(experiment(algorithm, spaces, settings, metric="",
                                                   goal=api.MAXIMIZE))
                for value in "435", "123":
                    reply = controller.ask(self.service, 2)
                    self.assertEqual(len(reply.parameter_assignments), 2)
                    for answer in reply.parameter_assignments:
                        self.check_space(spaces, answer)
                    for trial in controller.take(reply):
                        # As in Katib's test, only the trial states the name of its objective.
                        trial.spec.objective.objective_metric_name = "metric-2"
                        trial.status.condition = api.TrialStatus.SUCCEEDED
                        trial.status.observation.metrics.add(name="metric-1", value="1")
                        trial.status.observation.metrics.add(name="metric-2", value=value)

    def test_come_though_foreign_trials_are_in_the_history(self):
        """Katib's optuna and goptuna services fail on trials that they did not suggest."""
        spaces = [parameter("param-1", "int", min="1", max="5"),
                  parameter("param-2", "categorical", list=["cat1", "cat2"])]
        for algorithm in "tpe", "random", "bayesianoptimization":
            controller = Controller(experiment(algorithm, spaces, metric="metric-2"))
            for name, number, word in ("test-asfjh", "2", "cat1"), ("test-234hs", "9", "dog"):
                trial = controller.trials
                trial.append(api.Trial(name=name))
                for key, value in ("param-1", number), ("param-2", word):
                    trial[-1].spec.parameter_assignments.assignments.add(name=key, value=value)
                controller.end(trial[-1], 5643)

            self.assertEqual(len(controller.ask(self.service, 2).parameter_assignments), 2)

    def test_hyperbands_resource_need_not_be_a_parameter(self):
        controller = Controller(experiment(
            "hyperband", read(["int 1 5", "double 1 5"]),
            {"r_l": 10, "resource_name": "--num-epochs"}, goal=api.MAXIMIZE))

        reply = controller.ask(self.service, 2)

        self.assertEqual(len(reply.parameter_assignments), 2)
        for answer in reply.parameter_assignments:
            self.assertIn(int(values(answer)["--num-epochs"]), range(1, 11))

    def test_hyperbands_resource_is_a_parameter_when_settings_are_validated(self):
        """Otherwise no trial could receive it."""
        for name, is_right in ("epochs", True), ("epoch", False):
            wanted = experiment("hyperband", [parameter("epochs", "int", min="1", max="9")],
                                {"r_l": 9, "resource_name": name})
            call = api.ValidateAlgorithmSettingsRequest(experiment=wanted)
            if is_right:
                self.service.suggestion.ValidateAlgorithmSettings(call, timeout=10)
                continue
            with self.assertRaisesRegex(grpc.RpcError, 'did you mean "epochs"'):
                self.service.suggestion.ValidateAlgorithmSettings(call, timeout=10)

    def test_hyperband_goes_on_beyond_its_first_rung(self):
        """Katib's service returns 3 when 9 are requested, and Katib's controller drops them."""
        controller = Controller(experiment(
            "hyperband", read(["double 0 1"]), {"r_l": 9, "resource_name": "epochs", "eta": 3}))
        seen = set()
        for _ in range(12):
            for trial in controller.take(controller.ask(self.service, 9)):
                given = values(trial)
                seen.add(int(given["epochs"]))
                controller.end(trial, float(given["param-0"]))

        self.assertEqual(seen, {1, 3, 9})
        self.assertTrue(any("hone.dev/parent" in trial.spec.labels for trial in controller.trials))

    def test_the_end_of_a_grid_is_told_as_an_end(self):
        """Katib's grid without maxTrialCount fails for ever with the error of a library."""
        controller = Controller(experiment("grid", read(["int 1 5"])))
        for _ in range(5):
            for trial in controller.take(controller.ask(self.service, 1)):
                controller.end(trial, 1)

        with self.assertRaises(grpc.RpcError) as caught:
            controller.ask(self.service, 1)

        self.assertEqual(caught.exception.code(), StatusCode.OUT_OF_RANGE)
        self.assertIn("the search space has no others", caught.exception.details())
        self.assertEqual({values(t)["param-0"] for t in controller.trials}, set("12345"))

    def test_are_exactly_as_many_as_were_asked_for(self):
        controller = Controller(experiment("random", read(["double 0 1"])))
        for count in 0, 1, 7, 1000:
            reply = controller.ask(self.service, count)
            self.assertEqual(len(reply.parameter_assignments), count)
            controller.take(reply)

    def test_name_what_is_wrong_with_a_question(self):
        fine = Controller(experiment("random", read(["double 0 1"])))
        for change, words in [
                ({"current_request_number": -1}, "current_request_number: is -1"),
                ({"current_request_number": 10_001}, "must be from 0 to 10000"),
                ({"total_request_number": 2_000_000_000}, "total_request_number: there would be")]:
            request = fine.request(1)
            for name, value in change.items():
                setattr(request, name, value)
            with self.subTest(words), self.assertRaisesRegex(grpc.RpcError, words):
                self.service.suggestion.GetSuggestions(request, timeout=10)
        fine.experiment.name = "counts"
        for total in -2**31, -1, 0:
            request = fine.request(2)
            request.total_request_number = total
            reply = self.service.suggestion.GetSuggestions(request, timeout=10)
            self.assertEqual(len(reply.parameter_assignments), 2)
        aimless = Controller(experiment("random", read(["double 0 1"]), goal=api.UNKNOWN))
        with self.assertRaisesRegex(grpc.RpcError, "objective.type: must be"):
            aimless.ask(self.service, 1)
        with self.assertRaisesRegex(grpc.RpcError, "needs parameters"):
            Controller(experiment("random")).ask(self.service, 1)


class Architectures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)

    def test_of_enas_are_lists_and_the_network_that_they_mean(self):
        controller = Controller(experiment("enas", nas_config=network(), goal=api.MAXIMIZE))
        for turn in range(3):
            reply = controller.ask(self.service, 2)
            self.assertEqual(len(reply.parameter_assignments), 2)
            for trial in controller.take(reply):
                layers = json.loads(values(trial)["architecture"])
                self.assertEqual([len(layer) for layer in layers], [1, 2, 3])
                self.assertTrue(all(0 <= layer[0] < 11 and set(layer[1:]) <= {0, 1}
                                    for layer in layers))
                meant = json.loads(values(trial)["nn_config"].replace("'", '"'))
                self.assertEqual((meant["num_layers"], meant["input_sizes"]), (3, [32, 32, 3]))
                for operation, *_skips in layers:
                    self.assertEqual(meant["embedding"][str(operation)]["opt_id"], operation)
                controller.end(trial, turn)

    def test_of_darts_are_settings_for_one_long_trial_every_time(self):
        """Katib's service fails at the second request."""
        controller = Controller(experiment("darts", settings={"num_epochs": 3},
                                           nas_config=network()))
        answers = []
        for _ in range(3):
            for trial in controller.take(controller.ask(self.service, 1)):
                answers.append(values(trial))
                controller.end(trial, 1)

        self.assertEqual(answers[0], answers[2])
        settings = json.loads(answers[0]["algorithm-settings"].replace("'", '"'))
        self.assertEqual((settings["num_epochs"], settings["w_momentum"]), ("3", 0.9))
        self.assertEqual(answers[0]["num-layers"], "3")
        self.assertIn("convolution_3x3", answers[0]["search-space"])

    def test_that_cannot_be_searched_are_refused(self):
        for algorithm, changes, settings, words in [
                ("enas", {"num_layers": 0}, {}, "numLayers"),
                ("enas", {"input_sizes": []}, {}, "inputSizes"),
                ("darts", {"num_layers": 0}, {}, "numLayers"),
                ("enas", {}, {"controller_hidden_size": 0}, "controller_hidden_size"),
                ("darts", {}, {"batch_size": 0}, "batch_size"),
                ("bobyqa", {}, {}, "spec.nasConfig")]:
            wanted = experiment(algorithm, settings=settings, nas_config=network(**changes))
            with self.subTest(algorithm, words=words), self.assertRaises(grpc.RpcError) as caught:
                self.service.suggestion.ValidateAlgorithmSettings(
                    api.ValidateAlgorithmSettingsRequest(experiment=wanted), timeout=10)
            self.assertEqual(caught.exception.code(), StatusCode.INVALID_ARGUMENT)
            self.assertIn(words, caught.exception.details())


class History(unittest.TestCase):
    """The service keeps no state that is not in the request."""

    SPACES = [parameter("x", "double", min="0", max="1", step="0.05"),
              parameter("y", "double", min="0.01", max="1", step="0.05"),
              parameter("epochs", "int", min="1", max="27")]
    STEPPED = {"resource_name": "epochs", "r_l": 27}
    SETTINGS = {"hyperband": STEPPED, "asha": STEPPED, "bohb": STEPPED,
                "pbt": {"suggestion_trial_dir": "/data", "n_population": 5,
                        "truncation_threshold": 0.4}}

    @staticmethod
    def conduct(controller, reply, turn):
        """Trials end out of order; some fail, some are stopped, some still run."""
        controller.take(reply)
        running = [t for t in controller.trials if t.status.condition == api.TrialStatus.RUNNING]
        for i, trial in enumerate(reversed(running)):
            value = sum(len(v) + v.count("1") for v in values(trial).values())
            if (turn + i) % 5 == 1:
                controller.end(trial, condition=api.TrialStatus.FAILED)
            elif (turn + i) % 7 == 2:
                controller.end(trial, value, api.TrialStatus.EARLYSTOPPED)
            elif (turn + i) % 3 != 2:
                controller.end(trial, value)

    def test_a_server_that_is_killed_after_every_call_answers_the_same(self):
        for algorithm in (entry["name"] for entry in algorithms()):
            wanted = experiment(algorithm, self.SPACES, self.SETTINGS.get(algorithm))
            if algorithm in ("enas", "darts"):
                wanted = experiment(algorithm, nas_config=network())
            controller = Controller(wanted)
            with self.subTest(algorithm), Service() as steady:
                for turn in range(9):
                    try:
                        reply = controller.ask(steady, 3)
                    except grpc.RpcError as error:  # a rung may have to wait for running trials
                        self.assertEqual(error.code(), StatusCode.FAILED_PRECONDITION)
                        reply = error.details()
                    with Service() as new:
                        try:
                            again = controller.ask(new, 3)
                        except grpc.RpcError as error:
                            again = error.details()
                    self.assertEqual(reply, again, f"{algorithm}, turn {turn}")
                    self.conduct(controller, reply if not isinstance(reply, str)
                                 else api.GetSuggestionsReply(), turn)

    def test_a_question_that_is_repeated_has_the_same_answer(self):
        with Service() as service:
            controller = Controller(experiment("tpe", self.SPACES))
            for turn in range(6):
                first = controller.ask(service, 3)
                other = controller.ask(service, 2)
                self.assertEqual(first, controller.ask(service, 3))
                self.assertEqual(list(first.parameter_assignments)[:1],
                                 list(other.parameter_assignments)[:1])
                self.conduct(controller, first, turn)

    def test_points_stay_taken_though_their_trials_are_left_out(self):
        """Katib sends no trial whose metrics are unavailable."""
        space = [parameter("a", "int", min="1", max="4"),
                 parameter("b", "categorical", list=["x", "y", "z"])]
        for algorithm in "grid", "random", "sobol", "tpe", "bayesianoptimization":
            for restarts in False, True:
                with self.subTest(algorithm, restarts=restarts), Service() as steady:
                    controller = Controller(experiment(algorithm, space))
                    points = set()
                    for turn in range(12):
                        with Service() if restarts else contextlib.nullcontext(steady) as service:
                            trial, = controller.take(controller.ask(service, 1))
                        points.add(tuple(values(trial).items()))
                        if turn % 4 == 0:
                            controller.trials.remove(trial)
                        controller.end(trial, turn)
                    self.assertEqual(len(points), 12)
                    with self.assertRaisesRegex(grpc.RpcError, "has no others"):
                        controller.ask(steady, 1)

    def test_a_trial_that_cannot_be_read_leaves_nothing_behind(self):
        call = "/api.v1.beta1.Suggestion/GetSuggestions"
        with Service() as service, Service() as other:
            controller = Controller(experiment("tpe", self.SPACES))
            for turn in range(4):
                self.conduct(controller, controller.ask(service, 3), turn)
                broken = controller.request(3).SerializeToString() + b"\x12\x02\xff\xff"
                with self.assertRaisesRegex(grpc.RpcError, "is no message of kind"):
                    service.channel.unary_unary(call)(broken, timeout=10)
                self.assertEqual(controller.ask(service, 3), controller.ask(other, 3))

    def test_equal_names_in_two_places_do_not_mix(self):
        with Service() as service, Service() as alone:
            here, there = (Controller(experiment("tpe", self.SPACES)) for _ in range(2))
            reference = Controller(experiment("tpe", self.SPACES))
            for turn in range(8):
                for controller, best in (here, 0.0), (there, 1.0):
                    for trial in controller.take(controller.ask(service, 3)):
                        controller.end(trial, abs(float(values(trial)["x"]) - best))
                for trial in reference.take(reference.ask(alone, 3)):
                    reference.end(trial, abs(float(values(trial)["x"]) - 1.0))

            self.assertEqual([values(t) for t in there.trials],
                             [values(t) for t in reference.trials])
            self.assertNotEqual([values(t) for t in here.trials],
                                [values(t) for t in there.trials])

    def test_the_order_in_which_trials_and_labels_come_makes_no_difference(self):
        with Service() as service, Service() as other:
            controller = Controller(experiment("bayesianoptimization", self.SPACES))
            for turn in range(8):
                reply = controller.ask(service, 3)
                shuffled = Controller(controller.experiment)
                shuffled.suggested = controller.suggested
                for trial in reversed(controller.trials):
                    copy = api.Trial()
                    copy.CopyFrom(trial)
                    copy.spec.labels.clear()
                    for name in sorted(trial.spec.labels, reverse=turn % 2 == 0):
                        copy.spec.labels[name] = trial.spec.labels[name]
                    shuffled.trials.append(copy)
                self.assertEqual(reply, shuffled.ask(other, 3))
                self.conduct(controller, reply, turn)

    def test_trials_without_labels_are_known_by_their_start(self):
        with Service() as service, Service() as other:
            controller = Controller(experiment("tpe", self.SPACES))
            for turn in range(6):
                reply = controller.ask(service, 3)
                self.assertEqual(reply, controller.ask(other, 3))
                for i, trial in enumerate(controller.take(reply)):
                    trial.spec.labels.clear()
                    trial.status.start_time = f"2026-01-01T00:0{turn}:0{i}Z"
                    controller.end(trial, float(values(trial)["x"]))
                controller.trials.reverse()


class Checkpoints(unittest.TestCase):
    """Checkpoints of trials that continue others: folders of the suggestion's volume in Katib."""

    def test_of_a_generation_begin_as_their_parents_whenever_the_service_is_killed(self):
        settings = {"suggestion_trial_dir": "/data", "n_population": 5,
                    "truncation_threshold": 0.5}
        wanted = experiment("pbt", [parameter("x", "double", min="0", max="1")], settings)
        with tempfile.TemporaryDirectory() as folder:
            controller = Controller(wanted)
            for _ in range(3):
                with Service("--checkpoints", folder) as service:
                    reply = controller.ask(service, 5)
                    service.stop(signal.SIGKILL)
                with Service("--checkpoints", folder) as service:
                    self.assertEqual(controller.ask(service, 5), reply)
                for one, trial in zip(reply.parameter_assignments, controller.take(reply)):
                    saved = Path(folder) / "test" / one.trial_name / "saved"
                    if parent := one.labels.get("hone.dev/parent"):
                        self.assertEqual(saved.read_text(), f"by test-{parent}")
                    saved.write_text(f"by {one.trial_name}")
                    controller.end(trial, values(trial)["x"])

            self.assertTrue(any("hone.dev/parent" in t.spec.labels for t in controller.trials))
            self.assertEqual(len({trial.name for trial in controller.trials}), 15)

    def test_are_not_made_where_there_is_no_volume(self):
        wanted = experiment("pbt", [parameter("x", "double", min="0", max="1")],
                            {"n_population": 5, "truncation_threshold": 0.5,
                             "suggestion_trial_dir": "/data"})
        with Service() as service:
            reply = Controller(wanted).ask(service, 5)

        self.assertEqual({one.trial_name for one in reply.parameter_assignments}, {""})


if __name__ == "__main__":
    unittest.main()
