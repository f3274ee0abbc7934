"""Exhausted resources: descriptors, memory, patience. The server keeps running, and no client gets more than its
share."""
import json
import os
import resource
import signal
import socket
import tempfile
import threading
import unittest
from pathlib import Path

import grpc
from grpc import StatusCode
from hone_api.v1 import tuner_pb2 as tuner
from server_test import TOKEN, SlowReader, validate
from service import LIMITS, Service, StoreServer, tuner_pb2_grpc

METHOD = "/api.v1.beta1.Suggestion/GetSuggestions"


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=20)


class Descriptors(unittest.TestCase):
    def test_that_have_come_back_are_used_again(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

        with Service(preexec_fn=limit) as service:
            idle = [connect(service.address) for _ in range(178)]
            for one in idle:
                one.close()

            validate(service.channel, wait_for_ready=True)

    def test_are_left_for_the_store_while_connections_take_all_others(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

        with tempfile.TemporaryDirectory() as folder, \
                StoreServer(Path(folder) / "s.db", preexec_fn=limit) as server:
            server.tuner.ListStudies(tuner.ListStudiesRequest(), timeout=20)
            idle = [connect(server.address) for _ in range(178)]

            Study(server, 3)

            for one in idle:
                one.close()


class Study:
    """A study whose trials are large: they have a parameter of 60,000 bytes."""

    def __init__(self, server, trials):
        self.name = "large"
        spec = {"objective": {"type": "minimize", "objectiveMetricName": "loss"},
                "algorithm": {"algorithmName": "random"},
                "parameters": [{"name": "x", "parameterType": "double",
                                "feasibleSpace": {"min": "0", "max": "1"}},
                               {"name": "long", "parameterType": "categorical",
                                "feasibleSpace": {"list": ["a" * 60_000, "b" * 60_000]}}]}
        server.tuner.CreateStudy(tuner.CreateStudyRequest(manifest=json.dumps(
            {"apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment",
             "metadata": {"name": self.name}, "spec": spec})), timeout=20)
        for first in range(0, trials, 20):
            asked = server.tuner.Ask(tuner.AskRequest(
                study=self.name, client_id=f"worker-{first}", count=min(20, trials - first)),
                timeout=60)
            assert asked.trials


class Memory(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = StoreServer(Path(folder.name) / "s.db")
        self.addCleanup(self.server.__exit__)

    def unread(self, server, calls=128):
        """A slow reader of the replies, 1 MiB each, of that many calls on one connection. It reads little by little."""
        slow = SlowReader(server.address)
        self.addCleanup(slow.__exit__)
        channel = grpc.insecure_channel(slow.address, options=LIMITS)
        self.addCleanup(channel.close)
        request = tuner.ListTrialsRequest(study="large", limit=17)
        for _ in range(calls):
            call = tuner_pb2_grpc.TunerStub(channel).ListTrials.future(request)
            self.addCleanup(call.cancel)
        return slow

    def read_a_page(self, server):
        return server.tuner.ListTrials(tuner.ListTrialsRequest(study="large"), timeout=60)

    def exhaust(self, server):
        """Slow readers with as many unread replies as the server has room for. They read a little until the room is
        full: on a busy machine building the replies takes longer than the server's timeout for a caller that reads
        nothing."""
        readers = [self.unread(server)]
        for _ in range(100):
            try:
                self.read_a_page(server)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), StatusCode.RESOURCE_EXHAUSTED)
                for reader in readers:
                    reader.stop_sipping()
                return readers[0]
            # The page may have used the last room just as another reply was refused. With fewer
            # calls all replies could fit into the system's socket buffers.
            readers.append(self.unread(server, calls=16))
        return self.fail("the server has room for every reply")

    def test_of_unread_replies_has_a_bound_and_is_freed(self):
        for listen in "127.0.0.1:0", "unix:{}/socket":
            with self.subTest(listen), tempfile.TemporaryDirectory() as folder, \
                    StoreServer(Path(folder) / "s.db", listen=listen.format(folder)) as server:
                Study(server, 20)
                slow = self.exhaust(server)
                server.tuner.GetStudy(tuner.GetStudyRequest(study="large"), timeout=20)

                self.assertTrue(slow.wait_until_given_up(60_000))
                self.expect_room(server)
                self.assertLess(server.memory(), 240)  # 167 was measured

    def expect_room(self, server):
        for _ in range(1000):  # gRPC ends the calls of that connection one by one
            try:
                self.assertTrue(self.read_a_page(server).trials)
                return
            except grpc.RpcError as error:
                self.assertEqual(error.code(), StatusCode.RESOURCE_EXHAUSTED)
        self.fail("there is no room for a large reply")

    def test_of_unread_replies_does_not_delay_the_end_of_the_server(self):
        with tempfile.TemporaryDirectory() as folder, \
                StoreServer(Path(folder) / "s.db", listen=f"unix:{folder}/socket") as server:
            Study(server, 20)
            self.exhaust(server)

            self.assertEqual(server.terminate(), 0)

    def test_of_waiting_calls_does_not_delay_the_end_of_the_server(self):
        """7,680 calls, which would be a minute's work, and whose replies the client does not read."""
        for listen in "127.0.0.1:0", "unix:{}/socket":
            with self.subTest(listen), tempfile.TemporaryDirectory() as folder, \
                    StoreServer(Path(folder) / "s.db", listen=listen.format(folder)) as server:
                Study(server, 20)
                for _ in range(60):
                    self.unread(server)

                self.assertEqual(server.terminate(), 0)

    def test_of_a_page_has_a_bound(self):
        Study(self.server, 100)
        after, numbers, pages = 0, [], 0
        while True:
            page = self.server.tuner.ListTrials(
                tuner.ListTrialsRequest(study="large", after=after), timeout=20)
            self.assertLess(page.ByteSize(), 2 << 20)
            numbers += [trial.number for trial in page.trials]
            pages += 1
            after = page.next
            if after == 0:
                break

        self.assertEqual(numbers, list(range(1, 101)))
        self.assertGreater(pages, 4)

    def test_is_not_spent_on_a_message_that_unpacks(self):
        call = self.server.channel.unary_unary(METHOD)
        with self.assertRaises(grpc.RpcError) as caught:
            call(b"\x0a" * (200 << 20), compression=grpc.Compression.Gzip, timeout=60)

        self.assertEqual(caught.exception.code(), StatusCode.UNIMPLEMENTED)
        self.assertLess(self.server.memory(), 64)  # 21 was measured

    def test_is_not_spent_on_messages_of_strangers(self):
        with tempfile.NamedTemporaryFile("w") as tokens:
            tokens.write(TOKEN)
            tokens.flush()
            with Service("--tokens", tokens.name) as service:
                call = service.channel.unary_unary(METHOD)
                with self.assertRaises(grpc.RpcError) as caught:
                    call(os.urandom(200 << 20), timeout=60)

                self.assertEqual(caught.exception.code(), StatusCode.UNAUTHENTICATED)
                self.assertLess(service.memory(), 64)  # 21 was measured

    def test_of_messages_that_never_end_has_a_bound(self):
        with Service() as service:
            senders = [grpc.insecure_channel(service.address, options=LIMITS + [
                ("grpc.use_local_subchannel_pool", 1)]) for _ in range(8)]
            message = bytes(250 << 20)
            sending = [one.unary_unary(METHOD).future(message, timeout=60) for one in senders]
            for one in sending:
                self.assertIsNotNone(one.exception())

            validate(service.channel, wait_for_ready=True)
            self.assertLess(service.memory(), 2400)  # 1565 was measured


class Patience(unittest.TestCase):
    def open_stream(self, server):
        """A stream that sends nothing and does not end."""
        waits = threading.Event()

        def requests():
            waits.wait(60)
            yield from ()

        stream = server.tuner.Work(requests())
        self.addCleanup(waits.set)
        server.tuner.ListStudies(tuner.ListStudiesRequest(), timeout=20)
        return stream

    def test_ends_with_the_second_signal(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with tempfile.TemporaryDirectory() as folder, \
                    StoreServer(Path(folder) / "s.db") as server:
                stream = self.open_stream(server)
                os.kill(server.pid, number)
                while True:  # until the server refuses connections: then it has handled the signal
                    try:
                        connect(server.address).close()
                    except OSError:
                        break

                self.assertEqual(server.terminate(number), -number)
                del stream


if __name__ == "__main__":
    unittest.main()
