"""Algorithms outside Hone: hone run asks a service that this test implements."""
import json
import os
import subprocess
import tempfile
import threading
import unittest
from concurrent import futures
from pathlib import Path

import grpc
from grpc import StatusCode
from service import PROGRAM, Service, api, stubs

ROOT = Path(__file__).resolve().parents[2]


class Algorithm(stubs.SuggestionServicer):
    """Replies with the result of `answer(request, context)`: one dict of values per suggestion."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        self.labels = {"mine": "yes"}
        self.writes = lambda request: {}  # returns the settings to write into the reply
        self._lock = threading.Lock()

    def ValidateAlgorithmSettings(self, request, context):
        for setting in request.experiment.spec.algorithm.algorithm_settings:
            if setting.name == "bad":
                context.abort(StatusCode.INVALID_ARGUMENT, "bad: is not a setting of mine")
        return api.ValidateAlgorithmSettingsReply()

    def GetSuggestions(self, request, context):
        with self._lock:
            self.requests.append(request)
        reply = api.GetSuggestionsReply()
        for values in self.answer(request, context):
            one = reply.parameter_assignments.add()
            pairs = values.items() if isinstance(values, dict) else values
            for name, value in pairs:
                if name == "trial_name":
                    one.trial_name = value
                else:
                    one.assignments.add(name=name, value=str(value))
            one.labels.update(self.labels)
        for name, value in self.writes(request).items():
            reply.algorithm.algorithm_settings.add(name=name, value=value)
        return reply


def fine(request, _context):
    first = request.total_request_number - request.current_request_number
    return [{"x": 0.25 * ((first + i) % 4), "n": 1 + i} for i in range(request.current_request_number)]


class World:
    """A folder with a store, a hone.yaml, and the service that it names."""

    def __init__(self, answer, **extra):
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name)
        self.algorithm = Algorithm(answer)
        self._server = grpc.server(futures.ThreadPoolExecutor(4))
        stubs.add_SuggestionServicer_to_server(self.algorithm, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        entry = {"name": "mine", "address": f"127.0.0.1:{self.port}", "deadlineSeconds": 20} | extra
        (self.path / "hone.yaml").write_text(json.dumps({"algorithms": [entry]}))

    def hone(self, *words, timeout=60):
        return subprocess.run(
            [PROGRAM, "--store", self.path / "s.db", "--config", self.path / "hone.yaml", *words],
            capture_output=True, text=True, timeout=timeout, check=False, cwd=self.path)

    def run(self, *flags, trials=6, name="e", command="echo loss={x} {n}"):
        return self.hone("run", "--name", name, "--minimize", "loss", "-p", "x=uniform:0..1",
                         "-p", "n=int:1..9", "--algorithm", "mine", "-n", str(trials),
                         *(() if "-j" in flags else ("-j", "2")), *flags, "--", "sh", "-c", command)

    def trials(self):
        return json.loads(self.hone("get", "trials", "e", "-o", "json").stdout)["items"]

    def condition(self):
        listed = json.loads(self.hone("get", "experiments", "-o", "json").stdout)["items"]
        return listed[0]["status"]["conditions"][-1]

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._server.stop(None)
        self._folder.cleanup()


class RightAnswers(unittest.TestCase):
    def test_become_trials(self):
        with World(fine) as world:
            ended = world.run("--set", "good=1")

            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(len(world.trials()), 6)
            last = world.algorithm.requests[-1]
            self.assertEqual(last.experiment.spec.algorithm.algorithm_settings[0].name, "good")
            self.assertEqual(last.experiment.spec.max_trial_count, 6)
            known = [t for t in last.trials if t.status.condition == api.TrialStatus.SUCCEEDED]
            self.assertTrue(known)
            for trial in known:
                values = {a.name: a.value for a in trial.spec.parameter_assignments.assignments}
                self.assertEqual(float(trial.status.observation.metrics[0].value),
                                 float(values["x"]))
                self.assertEqual(trial.spec.labels["mine"], "yes")

    def test_that_are_off_a_step_by_rounding_are_put_on_it(self):
        with World(lambda r, c: [{"x": 0.1 * 3, "n": "4.0"}] * r.current_request_number) as world:
            ended = world.run()

            self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_of_a_hone_server_equal_those_of_hone_itself(self):
        with Service() as service, World(fine) as world:
            entry = {"name": "tpe", "address": service.address}
            (world.path / "hone.yaml").write_text(json.dumps({"algorithms": [entry]}))
            ended = world.hone(
                "run", "--name", "e", "--minimize", "loss", "-p", "x=uniform:0..1", "--algorithm", "tpe", "-n", "12",
                "--", "sh", "-c", "echo loss={x}")

            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(len(world.trials()), 12)

    def test_are_there_before_a_slot_is_free(self):
        def running(request):
            return sum(t.status.condition == api.TrialStatus.RUNNING for t in request.trials)

        for prefetch, wanted in (True, [0, 1, 1, 1]), (False, [0, 0, 0, 0]):
            with self.subTest(prefetch), World(fine, prefetch=prefetch) as world:
                ended = world.run("-j", "1", trials=4)

                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assertEqual([running(r) for r in world.algorithm.requests], wanted)
                self.assertEqual([r.total_request_number for r in world.algorithm.requests],
                                 [1, 2, 3, 4])

    def test_may_want_to_see_the_last_result_first(self):
        def one_by_one(request, context):
            if any(t.status.condition == api.TrialStatus.RUNNING for t in request.trials):
                context.abort(StatusCode.FAILED_PRECONDITION, "a trial runs")
            return fine(request, context)

        with World(one_by_one) as world:
            ended = world.run("-j", "1", trials=12)

            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(len(world.trials()), 12)

    def test_go_on_after_the_service_was_away(self):
        attempts = []

        def moody(request, context):
            attempts.append(1)
            if len(attempts) in (1, 3):
                context.abort(StatusCode.UNAVAILABLE, "not now")
            return fine(request, context)

        with World(moody) as world:
            self.assertEqual(world.run().returncode, 0)
            self.assertEqual(len(world.trials()), 6)

    def test_may_be_fewer_for_a_while(self):
        """Katib's hyperopt gives one of three suggestions after a restart."""
        counts = []

        def hesitant(request, context):
            counts.append(request.current_request_number)
            if len(counts) == 2:
                (world.path / "asked").touch()
                return []
            return fine(request, context)[:1] if len(counts) < 5 else fine(request, context)

        with World(hesitant) as world:
            ended = world.run("-j", "3", trials=9, command=(
                f"until [ -e {world.path}/asked ]; do sleep 0.01; done; echo loss={{x}} {{n}}"))

            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(len(world.trials()), 9)
            self.assertEqual(counts[:2], [3, 3])  # as many as may run at once, twice

    def test_may_name_their_trials(self):
        """Katib's pbt identifies its trials only by these names."""
        given = []

        def naming(request, context):
            for trial in request.trials:
                if trial.name not in given or "hone.dev/trial-name" in trial.spec.labels:
                    context.abort(StatusCode.UNKNOWN, f"unknown trial {trial.name}")
            answers = fine(request, context)
            for answer in answers:
                given.append(f"mine-{len(given)}-of-many")
                answer["trial_name"] = given[-1]
            return answers

        with World(naming) as world:
            ended = world.run(trials=6)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            ended = world.hone("resume", "e", "--trials", "9")

            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(len(world.trials()), 9)

    def test_may_be_of_an_algorithm_that_has_another_name_there(self):
        with World(fine, algorithm="theirs") as world:
            ended = world.run()

            self.assertEqual(ended.returncode, 0, ended.stderr)
            names = {r.experiment.spec.algorithm.algorithm_name for r in world.algorithm.requests}
            self.assertEqual(names, {"theirs"})

    def test_bring_settings_that_outlive_the_process(self):
        """Katib's hyperband stores its state in the settings."""
        def settings(request):
            return {s.name: s.value for s in request.experiment.spec.algorithm.algorithm_settings}

        def count(request):
            return settings(request) | {"stand": str(int(settings(request).get("stand", 0)) + 1)}

        with World(fine) as world:
            world.algorithm.writes = count
            self.assertEqual(world.run("--set", "own=x", trials=4).returncode, 0)
            self.assertEqual(world.hone("resume", "e", "--trials", "8").returncode, 0)

            stands = [settings(request).get("stand") for request in world.algorithm.requests]
            self.assertEqual(stands, [None, *map(str, range(1, len(stands)))])
            self.assertTrue(all(settings(r)["own"] == "x" for r in world.algorithm.requests))
            for request in world.algorithm.requests:
                for trial in request.trials:
                    self.assertEqual(dict(trial.spec.labels), {"mine": "yes"})

    def test_bring_no_more_settings_than_can_be_kept(self):
        with World(fine) as world:
            world.algorithm.writes = lambda request: {"stand": "9" * 262_144}

            self.assertEqual(world.run().returncode, 3)
            self.assertIn("algorithm_settings of 262156 bytes, more than 262144", world.condition()["message"])
            self.assertEqual(world.trials(), [])

    def test_end_a_space_that_the_service_says_has_ended(self):
        def three(request, context):
            if request.total_request_number > 3:
                context.abort(StatusCode.OUT_OF_RANGE, "no more")
            return fine(request, context)

        with World(three) as world:
            ended = world.run()

            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(len(world.trials()), 3)

    def test_of_the_examples_find_the_minimum(self):
        python = "/usr/bin/python3", str(ROOT / "examples/custom-algorithm/annealing.py"), "--listen"
        for example in python, (os.environ["HONE_EXAMPLE"],):
            with self.subTest(example[0]), World(fine) as world:
                with subprocess.Popen([*example, "127.0.0.1:0"], stdout=subprocess.PIPE,
                                      text=True) as service:
                    self.addCleanup(service.kill)
                    entry = {"name": "other", "address": service.stdout.readline().split()[-1]}
                    (world.path / "hone.yaml").write_text(json.dumps({"algorithms": [entry]}))
                    ended = world.hone(
                        "run", "--name", "e", "--minimize", "loss", "-p", "x=uniform:0..1",
                        "-p", "n=int:1..9", "-p", "w=a,b,c", "--algorithm", "other", "-n", "40",
                        "--", "awk", "-v", "x={x}", "-v", "n={n}", "-v", "w={w}",
                        'BEGIN { print "loss=" (x - 0.3) ^ 2 + (n - 4) ^ 2 / 100 + (w != "b") }')
                    service.kill()
                self.assertEqual(ended.returncode, 0, ended.stderr)
                best = json.loads(world.hone("best", "e", "-o", "json").stdout)
                self.assertLess(best["value"], 0.05)


class WrongAnswers(unittest.TestCase):
    """Each gives the experiment a condition with the reason, and creates no trial."""

    CASES = {
        "too many": (lambda r, c: fine(r, c) * 2, "gave 4 suggestions where 2 were asked for"),
        "none": (lambda r, c: [], "gave 0 suggestions where 2 were asked for"),
        "above the range": (lambda r, c: [{"x": 1.5, "n": 1}] * 2, 'gave "1.5" for parameter "x"'),
        "not on a step": (lambda r, c: [{"x": 1, "n": 1.5}] * 2, 'gave "1.5" for parameter "n"'),
        "not a number": (lambda r, c: [{"x": "nan", "n": 1}] * 2, 'gave "nan" for parameter "x"'),
        "text": (lambda r, c: [{"x": "high", "n": 1}] * 2, 'gave "high" for parameter "x"'),
        "missing": (lambda r, c: [{"x": 1}] * 2, 'gave no value for parameter "n"'),
        "unknown": (lambda r, c: [{"x": 1, "n": 1, "z": 1}] * 2, 'gave a value for "z"'),
        "twice": (lambda r, c: [[("x", 1), ("x", 0), ("n", 1)]] * 2, "gave two values"),
        "code": (lambda r, c: [{"x": "0; touch owned", "n": 1}] * 2, "outside its feasible space"),
        "a placeholder": (lambda r, c: [{"x": "${trialParameters.n}", "n": 1}] * 2, "outside"),
        "a line": (lambda r, c: [{"x": "1\n- evil", "n": 1}] * 2, "outside its feasible space"),
        "endless text": (lambda r, c: [{"x": "1" * 10**6, "n": 1}] * 2, "outside"),
    }

    def test_give_a_clear_condition_and_never_a_trial(self):
        for case, (answer, words) in self.CASES.items():
            with self.subTest(case), World(answer) as world:
                ended = world.run()
                condition = world.condition()
                self.assertEqual(ended.returncode, 3, ended.stderr)
                self.assertEqual((condition["type"], condition["status"]), ("Failed", "True"))
                self.assertIn(words, condition["message"])
                self.assertIn(f"algorithm mine, asked at 127.0.0.1:{world.port}",
                              condition["message"])
                self.assertEqual(world.trials(), [])
                self.assertFalse((world.path / "owned").exists())

    def test_labels_without_a_bound_are_refused(self):
        for labels, words in (({str(i): "" for i in range(65)}, "gave 65 labels, more than 64"),
                              ({"long": "x" * 5000}, "gave a label of 5004 bytes")):
            with self.subTest(words), World(fine) as world:
                world.algorithm.labels = labels
                self.assertEqual(world.run().returncode, 3)
                self.assertIn(words, world.condition()["message"])
                self.assertEqual(world.trials(), [])

    def test_settings_that_the_service_refuses_fail_at_once(self):
        with World(fine) as world:
            ended = world.run("--set", "bad=1")

            self.assertEqual(ended.returncode, 3)
            self.assertIn("bad: is not a setting of mine", world.condition()["message"])

    def test_that_never_come_end_with_the_deadline(self):
        release = threading.Event()

        def slow(_request, _context):
            release.wait(60)
            return []

        with World(slow, deadlineSeconds=0.2) as world:
            ended = world.run()
            release.set()

            self.assertEqual(ended.returncode, 3)
            self.assertIn("after 5 attempts", world.condition()["message"])

    def test_of_an_unreachable_service_name_it_at_once(self):
        with World(fine, address="127.0.0.1:1") as world:
            ended = world.run()
            reason = "cannot connect to 127.0.0.1:1 (Connection refused)"

            self.assertEqual(ended.returncode, 3)
            self.assertIn(f"warning: algorithm mine: {reason}; asking again", ended.stderr)
            self.assertIn(f"after 5 attempts: {reason}", world.condition()["message"])
            self.assertNotRegex(ended.stderr, r"(?m)^[DIWE]\d{4} ")

    def test_of_a_service_that_crashes_again_and_again(self):
        def crash(_request, _context):
            raise RuntimeError("boom")

        with World(crash) as world:
            self.assertEqual(world.run().returncode, 3)
            self.assertIn("after 5 attempts: Exception calling application: boom",
                          world.condition()["message"])

    def test_do_not_hold_up_an_interrupt(self):
        release = threading.Event()
        with World(lambda r, c: release.wait(60) or []) as world:
            running = subprocess.Popen(
                [PROGRAM, "--store", world.path / "s.db", "--config", world.path / "hone.yaml",
                 "run", "--minimize", "loss", "-p", "x=uniform:0..1", "--algorithm", "mine", "-n", "4", "--", "echo", "{x}"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=world.path)
            while not world.algorithm.requests:
                self.assertIsNone(running.poll())
            running.terminate()
            running.communicate(timeout=30)
            release.set()

            self.assertIn(running.returncode, (0, 130, 143))


class Registration(unittest.TestCase):
    def test_says_what_is_wrong_with_the_file(self):
        with World(fine) as world:
            for text, words in [
                    ("algorithms: [{name: a}]", "algorithms[0].address"),
                    ("algorithms: [{address: 'h:1'}]", "algorithms[0].name"),
                    ("algorithms: [{name: a, address: 'http://h:1'}]", "must be host:port"),
                    ("algorithms: [{name: a, address: 'h:80000'}]", "from 1 to 65535"),
                    ("algorithms: [{name: a, address: 'h:0'}]", "from 1 to 65535"),
                    ("algorithms: [{name: a, address: 'h'}]", "has no port: h:6789"),
                    ("algorithms: [{name: a, address: '::1'}]", "[::1]:6789"),
                    ("algorithms: [{name: a, address: 'h:1', deadlineSeconds: 0}]", "must be above 0"),
                    ("algorithms: [{name: a, address: 'h:1', tls: {cert: c}}]", "tls.key"),
                    ("algorithms: [{name: a, address: 'h:1', adress: 1}]", "adress"),
                    ("algorithms: [{name: a, address: 'h:1'}, {name: a, address: 'h:2'}]", "twice"),
                    ("algorithms: {", "hone.yaml")]:
                (world.path / "hone.yaml").write_text(text)
                ended = world.run()
                self.assertEqual(ended.returncode, 2, text)
                self.assertIn(words, ended.stderr)
                self.assertNotIn("ignored", ended.stderr)

    def test_offers_registered_names_for_a_misspelt_one(self):
        with World(fine) as world:
            ended = world.hone("run", "--minimize", "loss", "-p", "x=uniform:0..1", "--algorithm", "mune", "-n", "4",
                               "--", "echo", "{x}")

            self.assertEqual(ended.returncode, 2)
            self.assertIn('did you mean "mine"', ended.stderr)

    def test_is_needed_again_to_resume(self):
        with World(fine) as world:
            world.run(trials=4)
            (world.path / "hone.yaml").write_text("")
            ended = world.hone("resume", "e", "--trials", "6")

            self.assertEqual(ended.returncode, 1)
            self.assertIn("no service is registered for it", ended.stderr)


if __name__ == "__main__":
    unittest.main()
