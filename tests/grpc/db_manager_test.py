"""api.v1.beta1.DBManager of `hone serve`, as Katib's sidecars and its SDK use it."""
import json
import signal
import tempfile
import unittest
from pathlib import Path

import grpc
from grpc import StatusCode
from hone_api.v1 import tuner_pb2 as tuner
from service import StoreServer, api, run

SECONDS = 20
ZERO_TIME = "0001-01-01T00:00:00Z"


def log(*rows):
    return api.ObservationLog(metric_logs=[
        api.MetricLog(time_stamp=time, metric=api.Metric(name=name, value=str(value)))
        for time, name, value in rows])


def minute(number):
    return f"2026-01-01T00:{number:02d}:00Z"


class WithServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = Path(folder.name) / "hone.db"
        self.start()
        self.addCleanup(lambda: self.server.__exit__())

    def start(self):
        self.server = StoreServer(self.store)

    def report(self, trial, *rows):
        request = api.ReportObservationLogRequest(trial_name=trial, observation_log=log(*rows))
        self.server.db_manager.ReportObservationLog(request, timeout=SECONDS)

    def get(self, trial, metric="", start="", end=""):
        request = api.GetObservationLogRequest(trial_name=trial, metric_name=metric,
                                               start_time=start, end_time=end)
        reply = self.server.db_manager.GetObservationLog(request, timeout=SECONDS)
        return [(r.time_stamp, r.metric.name, r.metric.value)
                for r in reply.observation_log.metric_logs]

    def delete(self, trial):
        self.server.db_manager.DeleteObservationLog(
            api.DeleteObservationLogRequest(trial_name=trial), timeout=SECONDS)

    def study(self, name="study", trials=2):
        spec = {"objective": {"type": "minimize", "objectiveMetricName": "loss"},
                "algorithm": {"algorithmName": "random"},
                "parameters": [{"name": "x", "parameterType": "double",
                                "feasibleSpace": {"min": "0", "max": "1"}}]}
        self.server.tuner.CreateStudy(tuner.CreateStudyRequest(manifest=json.dumps({
            "apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment",
            "metadata": {"name": name}, "spec": spec})), timeout=SECONDS)
        self.server.tuner.Ask(tuner.AskRequest(study=name, count=trials, client_id="a"),
                              timeout=SECONDS)

    def tell(self, trial, **metrics):
        return self.server.tuner.Tell(tuner.TellRequest(study="study", trial=trial,
                                                        metrics=metrics), timeout=SECONDS)

    def assertCode(self, code, words, call, *arguments):
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        self.assertRegex(caught.exception.details(), words)


class TrialsOfOthers(WithServer):
    def test_are_reported_read_and_deleted(self):
        rows = [(minute(i), "loss", 1 / (i + 1)) for i in range(4)] + [(minute(1), "lr", "x")]
        self.report("katib-7fk2b", *rows)
        written = [(t, n, str(v)) for t, n, v in rows]
        self.assertEqual(self.get("katib-7fk2b"),
                         [written[0], written[1], written[4], *written[2:4]])
        self.assertEqual(self.get("katib-7fk2b", "loss", minute(1), minute(2)), written[1:3])
        self.assertEqual(self.get("another"), [])
        self.delete("katib-7fk2b")
        self.delete("katib-7fk2b")
        self.assertEqual(self.get("katib-7fk2b"), [])

    def test_are_kept_once_however_often_and_through_a_kill(self):
        rows = [(ZERO_TIME, "loss", 0.5), (ZERO_TIME, "loss", 0.5), (minute(3), "loss", 0.25)]
        for life in range(3):
            for _ in range(2):
                self.report("katib-7fk2b", *rows)
            self.assertEqual(len(self.get("katib-7fk2b")), 3, life)
            self.server.stop(signal.SIGKILL)
            self.start()
        self.assertEqual([t for t, _, _ in self.get("katib-7fk2b")],
                         [ZERO_TIME, ZERO_TIME, minute(3)])

    def test_keep_rows_without_a_time(self):
        for value in 0.5, 0.5, 0.25, 0.5:
            self.report("katib-7fk2b", ("", "loss", value))
        rows = self.get("katib-7fk2b")
        self.assertEqual([value for _, _, value in rows], ["0.5", "0.25", "0.5"])
        self.assertEqual(rows, sorted(rows))

    def test_are_refused_with_the_field_that_is_wrong(self):
        for words, trial, row in (("trial_name", "", (minute(1), "a", 1)),
                                  (r"metric_logs\[0\].metric.name", "t", (minute(1), "", 1)),
                                  (r"metric_logs\[0\].time_stamp", "t", ("today", "a", 1))):
            self.assertCode(StatusCode.INVALID_ARGUMENT, words, self.report, trial, row)
        self.assertCode(StatusCode.INVALID_ARGUMENT, "start_time", self.get, "t", "", "now")


class TrialsOfStudies(WithServer):
    def test_are_what_their_clients_report(self):
        self.study()
        self.report("study-2", (minute(1), "loss", 0.5), (minute(2), "loss", 0.25))
        self.report("study-2", (minute(1), "loss", 0.5), (minute(2), "loss", 0.25))
        self.server.tuner.ReportIntermediate(tuner.ReportIntermediateRequest(
            study="study", trial=2, step=9, metrics={"loss": 0.125}), timeout=SECONDS)
        self.assertEqual(self.tell(2).metrics[0].min, 0.125)
        self.assertEqual([value for _, _, value in self.get("default/study-2")],
                         ["0.5", "0.25", "0.125"])
        self.assertCode(StatusCode.FAILED_PRECONDITION, "has ended already", self.report,
                        "study-2", (minute(3), "loss", 1))
        self.report("study-2", (minute(2), "loss", 0.25))  # a repeated report adds nothing
        self.assertCode(StatusCode.FAILED_PRECONDITION, "hone delete", self.delete, "study-2")
        self.assertCode(StatusCode.NOT_FOUND, "has no trial 3", self.report, "study-3",
                        (minute(1), "loss", 1))

    def test_of_a_study_that_is_made_again_are_other_trials(self):
        for _ in range(2):
            self.study()
            self.report("study-1", (ZERO_TIME, "loss", 0.5))
            self.assertEqual(len(self.get("study-1")), 1)
            self.assertEqual(self.tell(1).metrics[0].latest, 0.5)
            deleted = run("--store", str(self.store), "delete", "study")
            self.assertEqual(deleted.returncode, 0, deleted.stderr)

    def test_end_early_by_set_trial_status(self):
        self.study()
        self.report("study-1", (minute(1), "loss", 3))
        stop = self.server.early_stopping.SetTrialStatus
        for _ in range(2):
            stop(api.SetTrialStatusRequest(trial_name="study-1"), timeout=SECONDS)
        listed = self.server.tuner.ListTrials(tuner.ListTrialsRequest(study="study"))
        self.assertEqual([t.state for t in listed.trials],
                         [tuner.TRIAL_EARLY_STOPPED, tuner.TRIAL_RUNNING])
        self.assertCode(StatusCode.NOT_FOUND, "there is no trial", stop,
                        api.SetTrialStatusRequest(trial_name="none-1"))

    def test_that_hone_has_run_can_be_read(self):
        self.server.stop()
        ended = run("--store", str(self.store), "run", "--minimize", "loss", "-p",
                    "x=uniform:0..1", "-n", "1", "--name", "own", "--", "/bin/echo", "loss={x}")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.start()
        self.assertEqual([name for _, name, _ in self.get("own-1")], ["loss"])
        self.assertCode(StatusCode.FAILED_PRECONDITION, "has a trialTemplate", self.report,
                        "own-1", (minute(1), "loss", 1))


class Rules(WithServer):
    def test_of_early_stopping_read_what_was_reported_here(self):
        experiment = api.Experiment(name="katib", spec=api.ExperimentSpec(
            objective=api.ObjectiveSpec(type=api.MAXIMIZE, objective_metric_name="acc"),
            early_stopping=api.EarlyStoppingSpec(
                algorithm_name="medianstop", algorithm_settings=[
                    api.EarlyStoppingSetting(name="min_trials_required", value="3"),
                    api.EarlyStoppingSetting(name="start_step", value="2")])))
        trials = []
        for i in range(3):
            name = f"katib-{i}a"
            self.report(name, (minute(1), "acc", i), (minute(2), "acc", i))
            trials.append(api.Trial(name=name, status=api.TrialStatus(
                condition=api.TrialStatus.SUCCEEDED)))
        reply = self.server.early_stopping.GetEarlyStoppingRules(
            api.GetEarlyStoppingRulesRequest(experiment=experiment, trials=trials,
                                             db_manager_address=self.server.address),
            timeout=SECONDS)
        rule = reply.early_stopping_rules[0]
        self.assertEqual((rule.name, rule.value, rule.comparison, rule.start_step),
                         ("acc", "1", api.LESS, 2))


if __name__ == "__main__":
    unittest.main()
