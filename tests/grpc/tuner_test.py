"""Ask and tell over hone.v1.Tuner, by grpcio: what a worker in another language sees."""
import json
import os
import queue
import signal
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import grpc
from grpc import StatusCode
from hone_api.v1 import tuner_pb2 as tuner
from service import StoreServer, run

SECONDS = 20
ROOT = Path(__file__).resolve().parents[2]


def manifest(name="study", algorithm="random", metric="loss", goal="minimize", **spec):
    return json.dumps({
        "apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment", "metadata": {"name": name},
        "spec": {"objective": {"type": goal, "objectiveMetricName": metric},
                 "algorithm": {"algorithmName": algorithm,
                               "algorithmSettings": [{"name": "random_state", "value": "7"}]},
                 "parameters": [{"name": "x", "parameterType": "double",
                                 "feasibleSpace": {"min": "0", "max": "1"}}], **spec}})


class Client:
    """A worker: its requests to one study."""

    def __init__(self, server, study="study", name="worker"):
        self.stub, self.study, self.name = server.tuner, study, name

    def create(self, **spec):
        spec.setdefault("name", self.study.split("/")[-1])
        return self.stub.CreateStudy(tuner.CreateStudyRequest(manifest=manifest(**spec)),
                                     timeout=SECONDS)

    def ask(self, count=1, client=None, timeout=SECONDS):
        request = tuner.AskRequest(study=self.study, count=count, client_id=client or self.name)
        return self.stub.Ask(request, timeout=timeout)

    def ask_later(self, client):
        """A call that waits."""
        request = tuner.AskRequest(study=self.study, count=1, client_id=client)
        return self.stub.Ask.future(request, timeout=SECONDS)

    def tell(self, number, failed=None, **metrics):
        return self.stub.Tell(tuner.TellRequest(study=self.study, trial=number, metrics=metrics,
                                                failed=failed), timeout=SECONDS)

    def report(self, number, step, **metrics):
        return self.stub.ReportIntermediate(
            tuner.ReportIntermediateRequest(study=self.study, trial=number, step=step,
                                            metrics=metrics), timeout=SECONDS)

    def get(self):
        return self.stub.GetStudy(tuner.GetStudyRequest(study=self.study), timeout=SECONDS)

    def trials(self, **query):
        return self.stub.ListTrials(tuner.ListTrialsRequest(study=self.study, **query),
                                    timeout=SECONDS)

    def best(self):
        return self.stub.GetBestTrial(tuner.GetBestTrialRequest(study=self.study),
                                      timeout=SECONDS)


class WithStore(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = Path(folder.name) / "hone.db"

    def serve(self, *flags):
        return StoreServer(self.store, *flags)

    def assertError(self, code, words, call, *arguments, **options):
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        self.assertRegex(caught.exception.details(), words or ".*")


class AskAndTell(WithStore):
    def test_a_loop_finds_the_best_trial(self):
        with self.serve() as server:
            client = Client(server)
            client.create(algorithm="tpe", maxTrialCount=30)
            told = {}
            while trials := client.ask().trials:
                x = float(trials[0].parameters["x"])
                told[trials[0].number] = (x - 0.3) ** 2
                client.tell(trials[0].number, loss=told[trials[0].number])

            self.assertEqual(sorted(told), list(range(1, 31)))
            study, best = client.get(), client.best()
            self.assertEqual(study.state, tuner.STUDY_SUCCEEDED)
            self.assertEqual(best.number, min(told, key=told.get))
            self.assertEqual(study.best_value, min(told.values()))
            self.assertEqual(best.metrics[0].latest, min(told.values()))

    def test_a_client_that_asks_again_gets_what_it_has_not_told(self):
        with self.serve() as server:
            client = Client(server)
            client.create()
            first = client.ask(2).trials
            self.assertEqual(client.ask(2).trials, first)
            other = client.ask(1, client="another").trials
            self.assertEqual([t.number for t in other], [3])
            client.tell(1, loss=0.5)
            self.assertEqual([t.number for t in client.ask(3).trials], [2, 4, 5])
            self.assertEqual({t.client_id for t in client.ask(3).trials}, {"worker"})

    def test_telling_again_changes_nothing_and_contradicting_is_an_error(self):
        with self.serve() as server:
            client = Client(server)
            client.create()
            client.ask(2)
            first = client.tell(1, loss=0.5)
            self.assertEqual(client.tell(1, loss=0.5), first)
            self.assertError(StatusCode.FAILED_PRECONDITION, "trial 1: has ended already",
                             client.tell, 1, loss=0.25)
            self.assertError(StatusCode.FAILED_PRECONDITION, "trial 1: has ended already",
                             client.tell, 1, failed="no")
            failed = client.tell(2, failed="out of memory")
            self.assertEqual(failed.state, tuner.TRIAL_FAILED)
            self.assertEqual(failed.message, "out of memory")
            self.assertEqual(client.tell(2, failed="out of memory"), failed)
            self.assertEqual(client.get().failed_trials, 1)

    def test_reports_are_kept_once_and_make_up_the_result(self):
        with self.serve() as server:
            client = Client(server)
            client.create(goal="maximize", metric="accuracy")
            client.ask()
            for step, value in (1, 0.5), (2, 0.75), (2, 0.75), (1, 0.5), (3, 0.625):
                self.assertFalse(client.report(1, step, accuracy=value).should_stop)
            metric = client.tell(1).metrics[0]
            self.assertEqual((metric.latest, metric.min, metric.max), (0.625, 0.5, 0.75))
            self.assertEqual(client.get().best_value, 0.75)

    def test_what_is_not_finite_is_kept_and_never_wins(self):
        with self.serve() as server:
            client = Client(server)
            client.create()
            client.ask(3)
            client.tell(1, loss=float("nan"))
            client.tell(2, loss=float("-inf"))
            self.assertError(StatusCode.NOT_FOUND, "no trial has ended with a finite objective",
                             client.best)
            client.tell(3, loss=2)
            self.assertEqual(client.best().number, 3)

    def test_a_hopeless_trial_is_told_to_stop(self):
        with self.serve() as server:
            client = Client(server)
            client.create(earlyStopping={"algorithmName": "medianstop", "algorithmSettings": [
                {"name": "min_trials_required", "value": "3"},
                {"name": "start_step", "value": "2"}]})
            for number in client.ask(3).trials:
                for step in 1, 2, 3:
                    client.report(number.number, step, loss=0.1 * number.number)
                client.tell(number.number)
            client.ask()
            self.assertFalse(client.report(4, 1, loss=9).should_stop)
            verdict = client.report(4, 2, loss=9)
            self.assertTrue(verdict.should_stop)
            self.assertIn("medianstop", verdict.message)
            self.assertEqual(client.tell(4).state, tuner.TRIAL_EARLY_STOPPED)


class Waiting(WithStore):
    def test_an_ask_waits_for_the_trial_that_makes_room(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1, maxTrialCount=9)
            client.ask()
            waiting = client.ask_later("another")
            client.ask()  # whether or not the other Ask has arrived, both wait
            self.assertFalse(waiting.done())
            client.tell(1, loss=1)
            self.assertEqual([t.number for t in waiting.result().trials], [2])

    def test_a_wait_ends_with_its_deadline_and_loses_no_trial(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1, maxTrialCount=9)
            client.ask()
            self.assertError(StatusCode.DEADLINE_EXCEEDED, "", client.ask, client="another",
                             timeout=0.2)
            client.tell(1, loss=1)
            # The server may have given this client trial 2 before it noticed that the Ask was
            # cancelled.
            self.assertEqual([t.number for t in client.ask(client="another").trials], [2])

    def test_a_waiting_ask_is_answered_when_the_study_ends(self):
        with self.serve() as server:
            client = Client(server)
            client.create(maxTrialCount=1)
            client.ask()
            waiting = client.ask_later("another")
            client.tell(1, loss=1)
            self.assertEqual(waiting.result().state, tuner.STUDY_SUCCEEDED)
            self.assertEqual(len(waiting.result().trials), 0)

    def test_the_goal_ends_the_study_and_stops_what_runs(self):
        with self.serve() as server:
            client = Client(server)
            client.stub.CreateStudy(tuner.CreateStudyRequest(manifest=manifest(
                objective={"type": "minimize", "objectiveMetricName": "loss", "goal": 0.1})))
            client.ask(2)
            client.tell(1, loss=0.05)
            self.assertTrue(client.report(2, 1, loss=3).should_stop)
            self.assertEqual(client.tell(2, loss=3).state, tuner.TRIAL_SUCCEEDED)
            self.assertEqual(client.ask().state, tuner.STUDY_SUCCEEDED)


class Stream(WithStore):
    def test_a_busy_worker_uses_one_stream(self):
        with self.serve() as server:
            client = Client(server)
            client.create(maxTrialCount=200)
            requests = queue.Queue()
            replies = client.stub.Work(iter(requests.get, None), timeout=SECONDS)
            requests.put(tuner.WorkRequest(id=0, ask=tuner.AskRequest(
                study="study", count=8, client_id="busy")))
            seen, ended = set(), False
            for reply in replies:
                self.assertFalse(reply.HasField("error"), reply)
                if reply.HasField("ask"):
                    new = [t.number for t in reply.ask.trials if t.number not in seen]
                    seen.update(new)
                    for number in new:
                        requests.put(tuner.WorkRequest(id=number, tell=tuner.TellRequest(
                            study="study", trial=number, metrics={"loss": number})))
                    ended = not reply.ask.trials
                elif reply.id == max(seen):
                    requests.put(tuner.WorkRequest(id=0, ask=tuner.AskRequest(
                        study="study", count=8, client_id="busy")))
                if ended:
                    requests.put(None)
            self.assertEqual(seen, set(range(1, 201)))
            self.assertEqual(client.best().number, 1)

    def test_a_reply_that_waits_holds_up_no_other_and_an_error_ends_nothing(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1)
            client.ask()
            requests = queue.Queue()
            replies = client.stub.Work(iter(requests.get, None), timeout=SECONDS)
            requests.put(tuner.WorkRequest(id=1, ask=tuner.AskRequest(
                study="study", count=1, client_id="other")))
            requests.put(tuner.WorkRequest(id=2))
            requests.put(tuner.WorkRequest(id=3, tell=tuner.TellRequest(
                study="study", trial=77, metrics={"loss": 1})))
            requests.put(tuner.WorkRequest(id=4, report=tuner.ReportIntermediateRequest(
                study="study", trial=1, step=1, metrics={"loss": 1})))
            first = [next(replies) for _ in range(3)]
            self.assertEqual([r.id for r in first], [2, 3, 4])
            self.assertEqual([r.error.code for r in first], [3, 5, 0])
            client.tell(1, loss=1)
            last = next(replies)
            self.assertEqual((last.id, last.ask.trials[0].number), (1, 2))
            requests.put(None)
            self.assertEqual(list(replies), [])

    def test_a_worker_that_goes_away_leaves_nothing_waiting(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1)
            client.ask()
            requests = queue.Queue()
            replies = client.stub.Work(iter(requests.get, None))
            requests.put(tuner.WorkRequest(id=1, ask=tuner.AskRequest(
                study="study", count=1, client_id="gone")))
            requests.put(tuner.WorkRequest(id=2))
            self.assertEqual(next(replies).id, 2)
            replies.cancel()
            requests.put(None)
            client.tell(1, loss=1)
            # The client gets trial 2 now, or got it before the server noticed the cancellation.
            self.assertEqual([t.number for t in client.ask(client="gone").trials], [2])
            self.assertEqual(server.stop(), 0)


class Lasting(WithStore):
    def test_nothing_is_lost_when_the_server_is_killed_between_any_two_calls(self):
        calls = []
        for survives in True, False:
            self.store = self.store.with_name(f"{survives}.db")
            server, said = self.serve(), []

            def step(call):
                nonlocal server
                said.append(call(Client(server)))
                if not survives:
                    server.stop(signal.SIGKILL)
                    server = self.serve()

            step(lambda c: c.create(algorithm="tpe", maxTrialCount=14))
            for number in range(1, 15):
                step(lambda c: c.ask())
                step(lambda c, n=number: c.report(n, 1, loss=n))
                step(lambda c, n=number: c.tell(n, loss=abs(n - 5)))
            step(lambda c: c.ask())
            step(lambda c: c.best())
            server.stop()
            calls.append(said)
        survivor, killed = calls
        for one in survivor + killed:
            one.ClearField("labels") if isinstance(one, tuner.Trial) else None
        self.assertEqual(survivor[0].study, killed[0].study)
        self.assertEqual([one.number for one in (survivor[-1], killed[-1])], [5, 5])
        for mine, other in zip(survivor[3::3], killed[3::3]):
            self.assertEqual(mine, other)

    def test_a_study_is_an_ordinary_experiment(self):
        with self.serve() as server:
            client = Client(server)
            client.create(maxTrialCount=5)
            client.ask(2)
            client.tell(1, loss=0.5)
            there = json.loads(run("--store", server.store, "get", "experiments", "-o",
                                   "json").stdout)
            trials = json.loads(run("--store", server.store, "get", "trials", "study", "-o",
                                    "json").stdout)
            word = run("--store", server.store, "describe", "study")
            beside = run("--store", server.store, "run", "--minimize", "loss", "-p",
                         "x=uniform:0..1", "-n", "1", "--", "/bin/echo", "loss={x}")
        self.assertEqual(word.returncode, 0, word.stderr)
        self.assertIn("Running", word.stdout)
        self.assertIn("study", json.dumps(there))
        self.assertIn("study-1", json.dumps(trials))
        self.assertEqual(beside.returncode, 0, beside.stderr)
        self.assertRegex(beside.stderr, r"the store is in use by pid \d+ \(.*serve.*\), which runs the trials")
        csv = run("--store", str(self.store), "export", "study", "-o", "csv")
        self.assertEqual(csv.returncode, 0, csv.stderr)
        self.assertEqual(len(csv.stdout.splitlines()), 3)

    def test_an_ask_is_told_of_stop_and_resume(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1)
            client.ask()
            waiting = client.ask_later("another")
            self.assertEqual(run("--store", server.store, "stop", "study").returncode, 0)
            self.assertEqual(waiting.result().state, tuner.STUDY_SUSPENDED)
            self.assertEqual(client.tell(1, loss=1).state, tuner.TRIAL_SUCCEEDED)
            self.assertEqual(client.ask().state, tuner.STUDY_SUSPENDED)
            client.create(parallelTrialCount=1)  # creating an existing study does not resume it
            self.assertEqual(client.ask().state, tuner.STUDY_SUSPENDED)
            resumed = run("--store", server.store, "resume", "study")
            self.assertEqual(resumed.returncode, 0, resumed.stderr)
            self.assertEqual([t.number for t in client.ask().trials], [2])
            self.assertEqual(run("--store", server.store, "delete", "study").returncode, 0)
            self.assertError(StatusCode.NOT_FOUND, "study", client.tell, 2, loss=1)
            client.create()
            self.assertError(StatusCode.NOT_FOUND, "has no trial 2", client.tell, 2, loss=1)
            self.assertEqual([t.number for t in client.ask().trials], [1])

    def test_a_waiting_ask_is_told_to_retry_when_the_server_stops(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1)
            client.ask()
            waiting = client.ask_later("another")
            with self.assertRaises(grpc.FutureTimeoutError):
                waiting.result(timeout=0.5)
            self.assertEqual(server.terminate(), 0)
            self.assertEqual(waiting.code(), StatusCode.UNAVAILABLE)
            self.assertNotIn("Cancelling", waiting.details())  # as for a call that is cancelled

    def test_a_stream_that_is_open_when_the_server_stops_may_tell(self):
        with self.serve() as server:
            client = Client(server)
            client.create(parallelTrialCount=1)
            client.ask()
            waiting = client.ask_later("another")
            requests = queue.Queue()
            replies = client.stub.Work(iter(requests.get, None), timeout=SECONDS)
            requests.put(tuner.WorkRequest(id=1))
            next(replies)
            os.kill(server.pid, signal.SIGTERM)
            self.assertEqual(waiting.code(), StatusCode.UNAVAILABLE)  # the signal has arrived
            requests.put(tuner.WorkRequest(id=2, tell=tuner.TellRequest(
                study="study", trial=1, metrics={"loss": 0.5})))
            self.assertEqual(next(replies).tell.state, tuner.TRIAL_SUCCEEDED)
            requests.put(None)
            self.assertEqual(list(replies), [])
            self.assertEqual(server.wait(), 0)
        best = json.loads(run("--store", str(self.store), "best", "study", "-o", "json").stdout)
        self.assertEqual(best["value"], 0.5)

    def test_a_study_that_is_created_again_is_opened(self):
        with self.serve() as server:
            client = Client(server)
            client.create(maxTrialCount=1)
            client.ask()
            client.tell(1, loss=1)
            self.assertEqual(client.create(maxTrialCount=1).trials, 1)
            self.assertEqual(len(client.ask().trials), 0)
            client.create(maxTrialCount=3)
            self.assertEqual([t.number for t in client.ask().trials], [2])
            self.assertError(StatusCode.ALREADY_EXISTS, "exists already and differs.*objective",
                             client.create, maxTrialCount=3, metric="another")

    def test_namespaces_do_not_mix(self):
        with self.serve() as server:
            texts = [manifest().replace('"name": "study"', f'"name": "study", "namespace": "{n}"', 1)
                     for n in ("one", "two")]
            for text in texts:
                server.tuner.CreateStudy(tuner.CreateStudyRequest(manifest=text))
            one, two = Client(server, "one/study"), Client(server, "two/study")
            one.ask(3)
            one.tell(2, loss=1)
            self.assertEqual((one.get().trials, two.get().trials), (3, 0))
            listed = server.tuner.ListStudies(tuner.ListStudiesRequest(namespace="two"))
            self.assertEqual([s.study for s in listed.studies], ["two/study"])

    def test_studies_are_listed_in_pages(self):
        def names(**request):
            page = server.tuner.ListStudies(tuner.ListStudiesRequest(**request))
            return [study.study for study in page.studies], page.next

        with self.serve() as server:
            for name in "a", "b", "c":
                server.tuner.CreateStudy(tuner.CreateStudyRequest(manifest=manifest(name)))

            self.assertEqual(names(), (["default/a", "default/b", "default/c"], ""))
            self.assertEqual(names(limit=2), (["default/a", "default/b"], "default/b"))
            self.assertEqual(names(limit=2, after="default/b"), (["default/c"], ""))
            self.assertEqual(names(namespace="default", after="a", limit=1),
                             (["default/b"], "default/b"))


class Refusals(WithStore):
    def test_wrong_requests_name_the_field(self):
        with self.serve() as server:
            client = Client(server)
            client.create()
            client.ask()
            for words, call in {
                    "count: is 0, must be from 1": lambda: client.ask(0),
                    "count: is 1001": lambda: client.ask(1001),
                    "client_id: must be a name": lambda: client.ask(client="a\nb"),
                    "study: must be": lambda: Client(server, "a/b/c").ask(),
                    "trial: must be": lambda: client.tell(0, loss=1),
                    "metrics: must have the objective": lambda: client.tell(1),
                    'metrics: "los" is no metric.*did you mean "loss"': lambda: client.tell(
                        1, los=1),
                    "step: is -1": lambda: client.report(1, -1, loss=1),
                    "limit: is -1": lambda: client.trials(limit=-1),
                    "limit: is 1001": lambda: server.tuner.ListStudies(
                        tuner.ListStudiesRequest(limit=1001)),
                    "after: must be": lambda: server.tuner.ListStudies(
                        tuner.ListStudiesRequest(after="a/b/c")),
                    "states: 9 is no state": lambda: client.trials(states=[9])}.items():
                with self.subTest(words):
                    self.assertError(StatusCode.INVALID_ARGUMENT, words, call)
            for call in (lambda: client.tell(2, loss=1), lambda: client.report(2, 1, loss=1),
                         lambda: Client(server, "none").ask(), Client(server, "none").get):
                self.assertError(StatusCode.NOT_FOUND, "", call)
            self.assertEqual(client.get().running_trials, 1)

    def test_wrong_manifests_are_refused_with_all_their_faults(self):
        with self.serve() as server:
            client = Client(server)
            for words, text in {
                    "manifest: must be one Experiment, and has 0": "",
                    "manifest: 1:2: the text ends too early": "{",
                    "spec.objective: Required value.*; spec: Required value": '{"apiVersion": "kubeflow.org/v1beta1", '
                    '"kind": "Experiment", "metadata": {"name": "a"}, "spec": {}}',
                    "take out what has no effect: spec.maxTrials": manifest(maxTrials=7),
                    "spec.trialTemplate: Forbidden": manifest(trialTemplate={}),
                    "algorithmName.*did you mean": manifest(algorithm="randm")}.items():
                with self.subTest(words):
                    self.assertError(StatusCode.INVALID_ARGUMENT, words, client.stub.CreateStudy,
                                     tuner.CreateStudyRequest(manifest=text))

    def test_an_experiment_that_hone_runs_is_not_for_clients(self):
        run("--store", str(self.store), "run", "--minimize", "loss", "-p", "x=uniform:0..1", "-n",
            "1", "--name", "own", "--", "/bin/echo", "loss={x}")
        with self.serve() as server:
            client = Client(server, "own")
            self.assertError(StatusCode.FAILED_PRECONDITION, "has a trialTemplate", client.ask)
            self.assertEqual(client.best().number, 1)
            self.assertEqual(len(client.trials().trials), 1)

    def test_tokens_are_asked_for_by_every_call(self):
        tokens = self.store.with_name("tokens")
        tokens.write_text("a-token-of-enough-length\n")
        with self.serve("--tokens", str(tokens)) as server:
            client = Client(server)
            calls = [client.create, client.ask, client.get, client.trials, client.best,
                     lambda: client.tell(1, loss=1), lambda: client.report(1, 1, loss=1),
                     lambda: next(client.stub.Work(iter([])))]
            for call in calls:
                self.assertError(StatusCode.UNAUTHENTICATED, "", call)
            for _ in range(500):  # cancelled before they are refused
                client.stub.Work(iter([])).cancel()
            self.assertError(StatusCode.UNAUTHENTICATED, "", client.get)


class Example(WithStore):
    def test_finds_the_minimum_with_two_workers(self):
        words = ["/usr/bin/python3", str(ROOT / "examples/ask-and-tell/tune.py"), "--server"]
        with self.serve() as server:
            workers = [subprocess.Popen([*words, server.address, "--name", name], text=True,
                                        stdout=subprocess.PIPE) for name in ("first", "second")]
            printed = [worker.communicate(timeout=100)[0] for worker in workers]
            self.assertEqual([worker.returncode for worker in workers], [0, 0])
            self.assertEqual(len("".join(printed).splitlines()), 40 + 2)
            self.assertLess(Client(server, "curve").get().best_value, 0.4)


class Many(WithStore):
    def test_eight_clients_share_a_study_without_a_trial_twice(self):
        with self.serve() as server:
            Client(server).create(algorithm="tpe", maxTrialCount=400)
            mine = [[] for _ in range(8)]

            def work(index):
                client = Client(server, name=f"worker-{index}")
                while trials := client.ask().trials:
                    mine[index].append(trials[0].number)
                    client.report(trials[0].number, 1, loss=1)
                    client.tell(trials[0].number, loss=float(trials[0].parameters["x"]))

            threads = [threading.Thread(target=work, args=[i]) for i in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(sum(mine, [])), list(range(1, 401)))
            pages, after = [], 0
            while True:
                page = Client(server).trials(limit=150, after=after)
                pages += [t.number for t in page.trials]
                after = page.next
                if not after:
                    break
            self.assertEqual(pages, list(range(1, 401)))


if __name__ == "__main__":
    unittest.main()
