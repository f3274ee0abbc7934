"""api.v1.beta1.EarlyStopping, with a DBManager of the test's own behind it."""
import http.server
import json
import os
import ssl
import statistics
import subprocess
import tempfile
import threading
import unittest
from concurrent import futures
from pathlib import Path

import grpc
from grpc import StatusCode
from service import Service, api, experiment, parameter, stubs


class Observations(stubs.DBManagerServicer):
    """A DBManager with the given logs."""

    def __init__(self, logs):
        self.logs = logs
        self.asked = []
        self.answers = threading.Event()  # calls are answered only while it is set
        self.answers.set()
        self._lock = threading.Lock()

    def GetObservationLog(self, request, _context):
        with self._lock:
            self.asked.append(request.trial_name)
        self.answers.wait(30)
        values = self.logs[request.trial_name]
        return api.GetObservationLogReply(observation_log=api.ObservationLog(metric_logs=[
            api.MetricLog(metric=api.Metric(name=request.metric_name, value=str(v)))
            for v in values]))


class Manager:
    def __init__(self, logs):
        self.observations = Observations(logs)
        self._server = grpc.server(futures.ThreadPoolExecutor(2))
        stubs.add_DBManagerServicer_to_server(self.observations, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.observations.answers.set()
        self._server.stop(None)


def spec(name, **settings):
    return api.EarlyStoppingSpec(algorithm_name=name, algorithm_settings=[
        api.EarlyStoppingSetting(name=n, value=v) for n, v in settings.items()])


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service("--db-manager", "any")
        cls.addClassCleanup(cls.service.stop)

    def begin(self, manager, logs, goal=api.MAXIMIZE, service=None, **settings):
        wanted = experiment("random", goal=goal, metric="accuracy",
                            early_stopping=spec("medianstop", **settings))
        trials = [api.Trial(name=name, status=api.TrialStatus(condition=api.TrialStatus.SUCCEEDED))
                  for name in logs]
        trials.append(api.Trial(name="runs", status=api.TrialStatus(
            condition=api.TrialStatus.RUNNING)))
        return (service or self.service).early_stopping.GetEarlyStoppingRules.future(
            api.GetEarlyStoppingRulesRequest(experiment=wanted, trials=trials,
                                             db_manager_address=manager), timeout=20)

    def ask(self, *question, **more):
        return self.begin(*question, **more).result()

    def test_have_the_texts_of_katibs_medianstop(self):
        for stopping, details in [
                (spec("medianstop", min_trials_required="2", start_step="5"), None),
                (spec("unknown"), "unknown algorithm name unknown"),
                (spec("medianstop", unknown_conf="100"),
                 "unknown setting unknown_conf for algorithm medianstop"),
                (spec("medianstop", min_trials_required="0"),
                 "min_trials_required must be greater than zero (>0)"),
                (spec("medianstop", start_step="0"),
                 "start_step must be greater or equal than one (>=1)")]:
            request = api.ValidateEarlyStoppingSettingsRequest(early_stopping=stopping)
            with self.subTest(details):
                if details is None:
                    self.service.early_stopping.ValidateEarlyStoppingSettings(request, timeout=10)
                    continue
                with self.assertRaises(grpc.RpcError) as caught:
                    self.service.early_stopping.ValidateEarlyStoppingSettings(request, timeout=10)
                self.assertEqual(caught.exception.code(), StatusCode.INVALID_ARGUMENT)
                self.assertEqual(caught.exception.details(), details)

    def test_that_cannot_be_told_beforehand_are_refused(self):
        request = api.ValidateEarlyStoppingSettingsRequest(early_stopping=spec("plateau"))

        with self.assertRaisesRegex(grpc.RpcError, "decides while a trial runs"):
            self.service.early_stopping.ValidateEarlyStoppingSettings(request, timeout=10)

    def test_of_nothing_are_none(self):
        reply = self.service.early_stopping.GetEarlyStoppingRules(api.GetEarlyStoppingRulesRequest(
            experiment=api.Experiment(name="test"),
            trials=[api.Trial(name="test-asfjh"), api.Trial(name="test-234hs")],
            db_manager_address="katib-db-manager.kubeflow:6789"), timeout=10)

        self.assertEqual(list(reply.early_stopping_rules), [])

    def test_are_a_median_of_the_means_of_the_first_values(self):
        """Katib's rule uses the mean of the means, and divides by zero when a log is empty."""
        logs = {"a": [0.1, 0.3, 9], "b": [0.5, 0.5, 9], "c": [0.9, 0.7, 9], "empty": [],
                "text": ["nan", "what"]}
        with Manager(logs) as manager:
            for goal, comparison in (api.MAXIMIZE, api.LESS), (api.MINIMIZE, api.GREATER):
                reply = self.ask(manager.address, logs, goal, min_trials_required="3",
                                 start_step="2")
                (rule,) = reply.early_stopping_rules
                self.assertEqual(float(rule.value), statistics.median([0.2, 0.5, 0.8]))
                self.assertEqual((rule.name, rule.comparison, rule.start_step),
                                 ("accuracy", comparison, 2))

    def test_wait_for_enough_trials_and_read_each_but_once(self):
        logs = {"p": [1], "q": [2]}
        with Manager(logs) as manager:
            self.assertEqual(len(self.ask(manager.address, logs).early_stopping_rules), 0)
            logs["r"] = [4]
            self.assertEqual(self.ask(manager.address, logs).early_stopping_rules[0].value, "2")

            self.assertEqual(sorted(manager.observations.asked), ["p", "q", "r"])

    def test_say_that_the_db_manager_is_unreachable(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.ask("127.0.0.1:1", {"z": []})

        self.assertEqual(caught.exception.code(), StatusCode.UNAVAILABLE)
        self.assertIn("reading the observations of trial z", caught.exception.details())

    def test_are_read_of_many_trials(self):
        logs = {f"many-{i}": [i] for i in range(101)}
        with Manager(logs) as manager:
            self.assertEqual(self.ask(manager.address, logs).early_stopping_rules[0].value, "50")

    def test_that_wait_for_a_slow_log_do_not_delay_other_calls(self):
        logs = {f"slow-{i}": [i] for i in range(3)}
        with Manager(logs) as manager:
            manager.observations.answers.clear()
            waiting = [self.begin(manager.address, logs) for _ in range(20)]
            self.service.suggestion.GetSuggestions(api.GetSuggestionsRequest(
                experiment=experiment("random", [parameter("x", "double", min="0", max="1")]),
                current_request_number=1, total_request_number=1), timeout=10)
            self.assertFalse(any(one.done() for one in waiting))

            manager.observations.answers.set()
            for one in waiting:
                self.assertEqual(one.result().early_stopping_rules[0].value, "1")

    def test_come_from_the_only_manager_that_the_server_may_ask(self):
        logs = {name: [1] for name in "uvw"}
        with Manager(logs) as manager, Service("--db-manager", manager.address) as service:
            reply = self.ask("127.0.0.1:1", logs, service=service)

            self.assertEqual(reply.early_stopping_rules[0].value, "1")

    def test_are_asked_of_no_manager_that_only_a_request_names(self):
        logs = {name: [1] for name in "uvw"}
        with Manager(logs) as manager, Service() as service:
            with self.assertRaises(grpc.RpcError) as caught:
                self.ask(manager.address, logs, service=service)

            self.assertEqual(caught.exception.code(), StatusCode.FAILED_PRECONDITION)
            self.assertIn("--db-manager", caught.exception.details())
            self.assertEqual(manager.observations.asked, [])

    def test_need_a_manager_at_an_address_that_can_be_one(self):
        with self.assertRaisesRegex(grpc.RpcError, 'db_manager_address: "nowhere" has no port'):
            self.ask("nowhere", {"z": []})

    def test_are_not_set_on_trials_that_live_elsewhere(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.service.early_stopping.SetTrialStatus(
                api.SetTrialStatusRequest(trial_name="test-1"), timeout=10)

        self.assertEqual(caught.exception.code(), StatusCode.UNIMPLEMENTED)


class ClusterApi(http.server.BaseHTTPRequestHandler):
    """The part of a cluster's API that reads a Trial and sets its status. It replies like kube-apiserver 1.34 to the
    same requests."""

    def do_GET(self):
        self.answer(self.path.split("/")[-1], lambda trial: None)

    def do_PATCH(self):
        patch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.patches.append((self.path, dict(self.headers), patch))
        name = self.path.removesuffix("/status").split("/")[-1]
        if self.server.another_writes:
            self.server.another_writes -= 1
            self.server.trials[name]["metadata"]["resourceVersion"] += "0"

        def change(trial):
            if patch["metadata"]["resourceVersion"] != trial["metadata"]["resourceVersion"]:
                return 409, "the object has been modified"
            trial["metadata"]["resourceVersion"] += "1"
            trial.setdefault("status", {}).update(patch["status"])
            return None

        self.answer(name, change)

    def answer(self, name, change):
        trial = self.server.trials.get(name)
        refusal = self.server.refusal
        if not refusal:
            refusal = change(trial) if trial else (404, f'trials.kubeflow.org "{name}" not found')
        self.send_response(refusal[0] if refusal else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"message": refusal[1]} if refusal else trial).encode())

    def log_message(self, *_words):
        pass


class Cluster:
    """The service account of a pod, and the API that it gives access to."""

    def __init__(self, names="IP:127.0.0.1"):
        self._folder = tempfile.TemporaryDirectory()
        self.account = Path(self._folder.name)
        self.make_authority(names)
        (self.account / "token").write_text("secret")
        (self.account / "namespace").write_text("team")
        self.api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ClusterApi)
        self.api.patches = []
        self.api.another_writes = 0  # patches before which another writer changes the trial
        self.api.trials = {"known": {"metadata": {"name": "known", "resourceVersion": "7"}}}
        self.set_conditions("Created", "Running")
        self.api.refusal = None  # status and message of a refusal of all requests
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.account / "ca.crt", self.account / "key")
        self.api.socket = tls.wrap_socket(self.api.socket, server_side=True)
        threading.Thread(target=self.api.serve_forever, daemon=True).start()
        self.environment = os.environ | {"KUBERNETES_SERVICE_HOST": "127.0.0.1",
                                         "KUBERNETES_SERVICE_PORT": str(self.api.server_port)}

    def make_authority(self, names):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key", "-out", "ca.crt",
                        "-subj", "/CN=cluster", "-addext", f"subjectAltName={names}"],
                       cwd=self.account, check=True, capture_output=True)

    def set_conditions(self, *types):
        self.api.trials["known"]["status"] = {
            "conditions": [{"type": one, "status": "True"} for one in types]}

    def conditions(self):
        return [one["type"] for one in self.api.trials["known"]["status"]["conditions"]]

    def service(self):
        return Service("--service-account", str(self.account), env=self.environment)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.api.shutdown()
        self.api.server_close()
        self._folder.cleanup()


class TrialsOfACluster(unittest.TestCase):
    """`hone suggestion` in a pod, as Katib's early stopping service."""

    def set(self, service, trial):
        service.early_stopping.SetTrialStatus(api.SetTrialStatusRequest(trial_name=trial),
                                              timeout=20)

    def expect(self, service, code, words):
        with self.assertRaisesRegex(grpc.RpcError, words) as caught:
            self.set(service, "known")
        self.assertEqual(caught.exception.code(), code)

    def test_get_the_condition_that_katibs_controller_looks_for(self):
        with Cluster() as cluster, cluster.service() as service:
            self.set(service, "known")

        (path, headers, patch), = cluster.api.patches
        self.assertEqual(path, "/apis/kubeflow.org/v1beta1/namespaces/team/trials/known/status")
        self.assertEqual(headers["Authorization"], "Bearer secret")
        self.assertEqual(headers["Content-Type"], "application/merge-patch+json")
        condition = patch["status"]["conditions"][-1]
        self.assertEqual({k: condition[k] for k in ("type", "status", "reason")},
                         {"type": "EarlyStopped", "status": "True", "reason": "TrialEarlyStopped"})
        self.assertEqual(cluster.conditions(), ["Created", "Running", "EarlyStopped"])

    def test_get_it_before_their_controller_has_seen_them(self):
        for status in None, {"observation": {}}:
            with self.subTest(status), Cluster() as cluster, cluster.service() as service:
                del cluster.api.trials["known"]["status"]
                if status:
                    cluster.api.trials["known"]["status"] = status
                self.set(service, "known")

                self.assertEqual(cluster.conditions(), ["EarlyStopped"])

    def test_that_have_ended_are_left_as_they_are(self):
        for ending in "Succeeded", "Failed", "Killed", "MetricsUnavailable", "EarlyStopped":
            with self.subTest(ending), Cluster() as cluster, cluster.service() as service:
                cluster.set_conditions("Created", ending)
                self.set(service, "known")

                self.assertEqual(cluster.api.patches, [])

    def test_are_read_anew_when_another_writer_was_faster(self):
        with Cluster() as cluster, cluster.service() as service:
            cluster.api.another_writes = 4
            self.set(service, "known")
            self.assertEqual(cluster.conditions(), ["Created", "Running", "EarlyStopped"])

            cluster.set_conditions("Created")
            cluster.api.another_writes = 100
            self.expect(service, StatusCode.UNAVAILABLE, "409.*has been modified")
            self.assertEqual(cluster.conditions(), ["Created"])
        self.assertEqual(len(cluster.api.patches), 10)

    def test_that_are_none_are_told(self):
        for trial, words in [({"status": {"conditions": []}}, "is no Trial: .*metadata"),
                             ({"status": {"conditions": [7]}}, "is no Trial: "),
                             (["nothing"], "is no Trial: ")]:
            with self.subTest(trial), Cluster() as cluster, cluster.service() as service:
                cluster.api.trials["known"] = trial
                self.expect(service, StatusCode.UNAVAILABLE, words)
                self.assertEqual(cluster.api.patches, [])

    def test_that_are_not_there_are_an_error_with_the_clusters_words(self):
        with Cluster() as cluster, cluster.service() as service:
            with self.assertRaises(grpc.RpcError) as caught:
                self.set(service, "unknown")

        self.assertEqual(caught.exception.code(), StatusCode.NOT_FOUND)
        self.assertEqual(caught.exception.details(),
                         "setting the status of trial unknown in namespace team: the cluster answered 404: "
                         'trials.kubeflow.org "unknown" not found')

    def test_are_not_named_by_a_path(self):
        with Cluster() as cluster, cluster.service() as service:
            for name in "../pods/x", "..", ".", "known/", "known?x=y", "Known", "-known", "":
                with self.subTest(name), self.assertRaises(grpc.RpcError) as caught:
                    self.set(service, name)
                self.assertEqual(caught.exception.code(), StatusCode.INVALID_ARGUMENT)
        self.assertEqual(cluster.api.patches, [])

    def test_are_not_sent_to_a_server_with_another_certificate(self):
        with Cluster("IP:127.0.0.2") as cluster, cluster.service() as service:
            self.expect(service, StatusCode.UNAVAILABLE, "ca.crt: IP address mismatch")

        self.assertEqual(cluster.api.patches, [])

    def test_need_the_authority_that_the_cluster_has_and_each_error_is_its_own(self):
        with Cluster() as cluster, cluster.service() as service:
            authority = cluster.account / "ca.crt"
            right = authority.read_text()
            cluster.make_authority("IP:127.0.0.1")
            self.expect(service, StatusCode.UNAVAILABLE, "certificate does not fit .*/ca.crt: ")
            authority.write_text("nonsense")
            self.expect(service, StatusCode.UNAVAILABLE, "ca.crt: no certificate or crl found")
            authority.unlink()
            self.expect(service, StatusCode.UNAVAILABLE, "ca.crt: No such file or directory")
            self.assertEqual(cluster.api.patches, [])

            authority.write_text(right)
            self.set(service, "known")

    def test_name_the_trial_that_the_account_may_not_change(self):
        for status, message in [(401, "Unauthorized"), (403, "cannot patch resource trials/status")]:
            with self.subTest(status), Cluster() as cluster, cluster.service() as service:
                cluster.api.refusal = status, message
                self.expect(service, StatusCode.PERMISSION_DENIED,
                            f"trial known in namespace team: .*{status}.*{message}")

    def test_are_told_with_the_token_that_the_cluster_has_renewed(self):
        with Cluster() as cluster, cluster.service() as service:
            (cluster.account / "token").unlink()
            self.expect(service, StatusCode.INVALID_ARGUMENT, "token: No such file or directory")
            (cluster.account / "token").write_text("renewed\n")
            self.set(service, "known")

        (_path, headers, _patch), = cluster.api.patches
        self.assertEqual(headers["Authorization"], "Bearer renewed")


if __name__ == "__main__":
    unittest.main()
