"""The calls of users of Katib's Python SDK, unchanged except for the address. service.py cannot be imported here: the
SDK has its own messages, and Python can register those of api.v1.beta1 only once."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import grpc
from kubeflow import katib
from kubeflow.katib.utils import utils
from hone_api.v1 import tuner_pb2 as tuner
from hone_api.v1 import tuner_pb2_grpc

SECONDS = 20


class Sdk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = subprocess.Popen(
            [os.environ["HONE_PROGRAM"], "serve", "--listen", "127.0.0.1:0", "--store",
             str(Path(folder.name) / "hone.db")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.stop)
        self.address = self.server.stdout.readline().split()[-1]
        # The constructor looks for a cluster, which the calls of this test do not need.
        self.client = katib.KatibClient.__new__(katib.KatibClient)
        self.client.namespace = "default"

    def stop(self):
        self.server.terminate()
        self.assertEqual(self.server.wait(timeout=30), 0)
        self.server.stdout.close()

    def report(self, trial, **metrics):
        """Like the code of a trial, whose pod has this variable and a file with the namespace."""
        with mock.patch.dict(os.environ, {"KATIB_TRIAL_NAME": trial}), \
                mock.patch.object(utils, "get_current_k8s_namespace", return_value="default"):
            katib.report_metrics(metrics, db_manager_address=self.address, timeout=SECONDS)

    def metrics(self, trial):
        return [(log.metric.name, log.metric.value) for log in self.client.get_trial_metrics(
            trial, namespace="default", db_manager_address=self.address, timeout=SECONDS)]

    def test_reports_metrics_and_reads_them(self):
        self.report("random-abcde", loss=0.5, accuracy=0.9)
        self.report("random-abcde", loss=0.25)

        self.assertEqual(sorted(self.metrics("random-abcde")),
                         [("accuracy", "0.9"), ("loss", "0.25"), ("loss", "0.5")])
        self.assertEqual(self.metrics("another"), [])

    def test_stamps_have_the_time(self):
        self.report("timed", loss=1)

        (log,) = self.client.get_trial_metrics("timed", "default", self.address, SECONDS)
        self.assertRegex(log.time_stamp, r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d")

    def test_reports_for_a_trial_of_a_study(self):
        channel = grpc.insecure_channel(self.address)
        self.addCleanup(channel.close)
        stub = tuner_pb2_grpc.TunerStub(channel)
        stub.CreateStudy(tuner.CreateStudyRequest(manifest=json.dumps({
            "apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment",
            "metadata": {"name": "study"},
            "spec": {"objective": {"type": "minimize", "objectiveMetricName": "loss"},
                     "algorithm": {"algorithmName": "random"},
                     "parameters": [{"name": "x", "parameterType": "double",
                                     "feasibleSpace": {"min": "0", "max": "1"}}]}})),
            timeout=SECONDS)
        asked = stub.Ask(tuner.AskRequest(study="study", client_id="sdk", count=1), timeout=SECONDS)

        self.report("study-1", loss=0.125)

        self.assertEqual(self.metrics("study-1"), [("loss", "0.125")])
        told = stub.Tell(tuner.TellRequest(study="study", trial=asked.trials[0].number),
                         timeout=SECONDS)
        self.assertEqual(told.metrics[0].latest, 0.125)

    def test_says_why_a_report_is_refused(self):
        with self.assertRaisesRegex(RuntimeError, "trial_name"):
            self.report("", loss=1)


if __name__ == "__main__":
    unittest.main()
