"""Access control of `hone suggestion`, and its robustness."""
import os
import resource
import select
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import grpc
from grpc import StatusCode
from service import LIMITS, Controller, Service, api, experiment, parameter, run, stubs

SPACE = [parameter("x", "double", min="0", max="1")]
VALID = api.ValidateAlgorithmSettingsRequest(experiment=experiment("random", SPACE))
TOKEN = "a-token-of-enough-length"


def validate(channel, **options):
    return stubs.SuggestionStub(channel).ValidateAlgorithmSettings(VALID, timeout=20, **options)


def skip_unless_free(test, family, host, port):
    try:
        with socket.socket(family) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((host, port))
    except OSError as error:
        test.skipTest(f"needs {host} port {port}, which this machine does not give: {error}")


def varint(text: bytes) -> bytes:
    """A length-delimited field 1 of a message."""
    return b"\x0a" + bytes([len(text)]) + text


def health(channel, name):
    """grpc.health.v1.Health/Check without its generated code."""
    reply = channel.unary_unary("/grpc.health.v1.Health/Check")(varint(name.encode()), timeout=10)
    return {b"\x08\x01": "SERVING", b"\x08\x02": "NOT_SERVING"}.get(reply, reply)


class Manners(unittest.TestCase):
    def test_health_knows_the_names_that_katib_probes(self):
        with Service() as service:
            for name in "", "manager.v1beta1.Suggestion", "api.v1.beta1.EarlyStopping":
                self.assertEqual(health(service.channel, name), "SERVING")
            with self.assertRaises(grpc.RpcError) as caught:
                health(service.channel, "another.Service")
            self.assertEqual(caught.exception.code(), StatusCode.NOT_FOUND)

    def test_reflection_lists_the_services(self):
        call = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
        with Service() as service:
            replies = service.channel.stream_stream(call)(iter([b"\x3a\x00"]), timeout=10)
            listed = next(iter(replies))

        for name in b"api.v1.beta1.Suggestion", b"api.v1.beta1.EarlyStopping":
            self.assertIn(name, listed)

    def test_sigterm_ends_it_with_exit_code_0(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with Service() as service:
                validate(service.channel)
                self.assertEqual(service.stop(number), 0)

    def test_an_address_that_is_taken_is_an_error_that_names_it(self):
        with Service() as service:
            second = run("suggestion", "--listen", service.address)

        self.assertEqual(second.returncode, 1)
        self.assertEqual(second.stderr,
                         f"error: listening on {service.address}: Address already in use\n")

    def test_an_address_that_is_none_is_an_error_that_says_what_would_be_right(self):
        for command in "suggestion", "serve":
            for address, words in [("127.0.0.1:80000", "from 0 (any free one) to 65535"),
                                   ("127.0.0.1", "has no port: 127.0.0.1:6789"),
                                   (":99999", "names no host"),
                                   ("::1", "[::1]:6789"),
                                   ("unix:here", "unix:/path")]:
                for flag in "--listen", "--db-manager":
                    with self.subTest(f"{command} {flag} {address}"):
                        ended = run("--store", "/nowhere/s.db", command, flag, address)
                        self.assertEqual(ended.returncode, 2)
                        self.assertIn(f'error: {flag}: "{address}" ', ended.stderr)
                        self.assertIn("to 65535" if flag == "--db-manager" and "65535" in words
                                      else words, ended.stderr)

    def test_listens_on_several_addresses(self):
        skip_unless_free(self, socket.AF_INET6, "::1", 0)
        with Service("--listen", "[::1]:0") as service:
            second = grpc.insecure_channel(service.next_address())

            validate(service.channel)
            validate(second)

    def test_prints_no_log_of_a_library(self):
        with Service(*self.tls()) as service:
            with self.assertRaises(grpc.RpcError):
                validate(service.channel)
            service.terminate()

            self.assertEqual(service.said.splitlines()[1:], ["ended"])

    def tls(self):
        """With TLS a caller in clear text gets an error."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key", "-out", "cert",
                        "-subj", "/CN=a"], cwd=folder.name, check=True, capture_output=True)
        return "--tls-cert", f"{folder.name}/cert", "--tls-key", f"{folder.name}/key"

    def test_takes_the_place_of_a_socket_that_a_killed_one_has_left(self):
        with tempfile.TemporaryDirectory() as folder:
            where = f"unix:{folder}/hone.sock"
            with Service(listen=where) as killed:
                self.assertIn("already in use", run("suggestion", "--listen", where).stderr)
                killed.stop(signal.SIGKILL)
            with Service(listen=where) as service:
                validate(service.channel)

    def test_in_a_pod_two_servers_share_katibs_ports(self):
        """Katib runs early stopping in its own container beside that of the suggestions."""
        for port in 6788, 6789:
            skip_unless_free(self, socket.AF_INET, "0.0.0.0", port)
        pod = os.environ | {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
        with Service(listen=None, env=pod) as one, Service(listen=None, env=pod) as other:
            for service in one, other:
                self.assertEqual(service.address, "0.0.0.0:6789")
                self.assertEqual(service.next_address(), "0.0.0.0:6788")
            for port in 6788, 6789:
                validate(grpc.insecure_channel(f"127.0.0.1:{port}"))

    def test_listens_on_a_socket_of_the_file_system(self):
        with tempfile.TemporaryDirectory() as folder:
            with Service(listen=f"unix:{folder}/hone.sock") as service:
                validate(service.channel)


class Doors(unittest.TestCase):
    """Which callers are admitted."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        (cls.folder / "tokens").write_text(f"# of the test\nanother-token-of-length\n{TOKEN}\n")
        cls.make("ca", "-x509", "-subj", "/CN=ca")
        for name in "server", "client":
            cls.make(name, "-subj", f"/CN={name}")
            (cls.folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
            cls.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem",
                        "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names",
                        "-out", f"{name}.pem")

    @classmethod
    def openssl(cls, *words):
        subprocess.run(["openssl", *words], cwd=cls.folder, check=True, capture_output=True)

    @classmethod
    def make(cls, name, *words):
        out = f"{name}.pem" if "-x509" in words else f"{name}.csr"
        cls.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", f"{name}.key", "-out", out, *words)

    def flags(self, **files):
        return [word for flag, name in files.items()
                for word in ("--" + flag.replace("_", "-"), str(self.folder / name))]

    def read(self, name):
        return (self.folder / name).read_bytes()

    def secure(self, service, **credentials):
        return grpc.secure_channel(service.address, grpc.ssl_channel_credentials(
            root_certificates=self.read("ca.pem"), **credentials))

    def refuses(self, code, channel, **options):
        with self.assertRaises(grpc.RpcError) as caught:
            validate(channel, **options)
        self.assertEqual(caught.exception.code(), code)

    def test_open_for_a_caller_with_a_token(self):
        with Service(*self.flags(tokens="tokens")) as service:
            validate(service.channel, metadata=[("authorization", f"Bearer {TOKEN}")])
            for metadata in [], [("authorization", TOKEN)], [("authorization", "Bearer ")], \
                    [("authorization", f"Bearer {TOKEN}x")], [("authorization", f"Basic {TOKEN}")]:
                self.refuses(StatusCode.UNAUTHENTICATED, service.channel, metadata=metadata)
            controller = Controller(experiment("random", SPACE))
            with self.assertRaises(grpc.RpcError) as caught:
                controller.ask(service, 1)
            self.assertEqual(caught.exception.code(), StatusCode.UNAUTHENTICATED)
            self.assertEqual(health(service.channel, ""), "SERVING")

    def test_open_for_tokens_over_tls(self):
        with Service(*self.flags(tls_cert="server.pem", tls_key="server.key",
                                 tokens="tokens")) as service:
            channel = self.secure(service)
            validate(channel, metadata=[("authorization", f"Bearer {TOKEN}")])
            self.refuses(StatusCode.UNAUTHENTICATED, channel)
            self.assertEqual(health(channel, ""), "SERVING")

    def test_open_for_tokens_of_a_file_with_other_ends_of_lines(self):
        (self.folder / "crlf").write_bytes(f"# of the test\r\n\r\n{TOKEN} \r\n".encode())
        with Service(*self.flags(tokens="crlf")) as service:
            validate(service.channel, metadata=[("authorization", f"Bearer {TOKEN}")])

    def test_open_over_tls_alone_if_there_is_a_certificate(self):
        with Service(*self.flags(tls_cert="server.pem", tls_key="server.key")) as service:
            validate(self.secure(service))
            self.refuses(StatusCode.UNAVAILABLE, service.channel)

    def test_open_for_certificates_that_the_authority_has_signed(self):
        with Service(*self.flags(tls_cert="server.pem", tls_key="server.key",
                                 client_ca="ca.pem")) as service:
            validate(self.secure(service, private_key=self.read("client.key"),
                                 certificate_chain=self.read("client.pem")))
            self.refuses(StatusCode.UNAVAILABLE, self.secure(service))

    def test_open_for_certificates_that_the_file_names(self):
        (self.folder / "callers").write_text(
            f"certificate=client namespaces=team-a role=write\n{TOKEN}\n")
        with Service(*self.flags(tls_cert="server.pem", tls_key="server.key", client_ca="ca.pem",
                                 tokens="callers")) as service:
            known, other = (self.secure(service, private_key=self.read(f"{name}.key"),
                                        certificate_chain=self.read(f"{name}.pem"))
                            for name in ("client", "server"))
            validate(known)
            self.refuses(StatusCode.UNAUTHENTICATED, other)
            validate(other, metadata=[("authorization", f"Bearer {TOKEN}")])
            self.refuses(StatusCode.UNAUTHENTICATED, known,
                         metadata=[("authorization", f"Bearer {TOKEN}x")])

    def test_give_a_certificate_the_role_that_the_file_says(self):
        (self.folder / "callers").write_text("certificate=client namespaces=* role=ingest\n")
        with Service(*self.flags(tls_cert="server.pem", tls_key="server.key", client_ca="ca.pem",
                                 tokens="callers")) as service:
            known = self.secure(service, private_key=self.read("client.key"),
                                certificate_chain=self.read("client.pem"))
            with self.assertRaises(grpc.RpcError) as caught:
                validate(known)
            self.assertEqual(caught.exception.code(), StatusCode.PERMISSION_DENIED)
            self.assertEqual(caught.exception.details(),
                             'caller "client" has role ingest, and needs role write')

    def test_do_not_open_to_the_world_by_oversight(self):
        for flags, words in [
                ([], "can be reached from other machines"),
                (self.flags(tokens="tokens"), "would cross the network in clear text")]:
            ended = run("suggestion", "--listen", "0.0.0.0:0", *flags)
            self.assertEqual(ended.returncode, 1, words)
            self.assertRegex(ended.stderr, words)
        for name in "127.example.com:0", "localhost.example.com:0":
            self.assertIn("can be reached from other machines",
                          run("suggestion", "--listen", name).stderr)
        with Service("--insecure", listen="0.0.0.0:0") as service:
            validate(grpc.insecure_channel("127.0.0.1:" + service.address.split(":")[-1]))

    def test_say_which_file_is_wrong(self):
        (self.folder / "owner").write_text(f"# callers\n{TOKEN} name=a namespaces=b role=owner\n")
        (self.folder / "signed").write_text("certificate=client namespaces=a role=read\n")
        for flags, words in [
                (self.flags(tls_cert="server.pem"), "--tls-key: is needed"),
                (self.flags(client_ca="ca.pem"), "--client-ca: needs --tls-cert"),
                (self.flags(tls_cert="nothing", tls_key="server.key"), "--tls-cert: reading"),
                (self.flags(tls_cert="tokens", tls_key="server.key"), "is no PEM file"),
                (self.flags(tokens="nothing"), "--tokens: reading .*nothing: No such file"),
                (self.flags(tokens="server.csr"), "--tokens: .*server.csr: line 1: token: "),
                (self.flags(tokens="owner"), "--tokens: .*owner: line 2: role: is \"owner\", "
                                             "must be ingest, read, write or admin"),
                (self.flags(tokens="signed"), "--tokens: names callers by certificates, and needs "
                                              "--client-ca")]:
            ended = run("suggestion", "--listen", "127.0.0.1:0", *flags)
            self.assertEqual(ended.returncode, 1, words)
            self.assertRegex(ended.stderr, words)


class SlowReader:
    """A proxy to a server that reads replies in small sips, which keep the connection alive, until read() is called,
    and nothing after stop_sipping()."""

    def __init__(self, address):
        self._server = address
        self._sips = True
        self._reads = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        try:
            while True:
                caller, _ = self._listener.accept()
                server = self._connect()
                self._sockets += [caller, server]
                threading.Thread(target=self._pass, args=(caller, server, lambda: None),
                                 daemon=True).start()
                threading.Thread(target=self._pass, args=(server, caller, self._wait),
                                 daemon=True).start()
        except OSError:
            pass  # the server has closed the connection

    def _connect(self):
        host, port = self._server.split(":")
        if host != "unix":
            return socket.create_connection((host, int(port)))
        server = socket.socket(socket.AF_UNIX)
        server.connect(port)
        return server

    def wait_until_given_up(self, milliseconds):
        """True when the server has dropped the last connection."""
        server = self._sockets[-1]
        if server.family != socket.AF_UNIX:
            # Without keep-alive, the system does not notice that the server has dropped a peer that
            # reads nothing.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        broken = select.poll()
        broken.register(server, 0)
        return bool(broken.poll(milliseconds))

    @staticmethod
    def _pass(source, target, wait):
        try:
            target.sendall(source.recv(4096))  # the settings of HTTP/2, which both sides send
            wait()
            while data := source.recv(1 << 16):
                target.sendall(data)
                wait()
        except OSError:
            pass

    def _wait(self):
        while not self._reads.wait(2) and not self._sips:
            pass

    def stop_sipping(self):
        self._sips = False

    def read(self):
        self._reads.set()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._reads.set()
        for one in self._sockets:
            one.close()


class Burdens(unittest.TestCase):
    """Misbehaving callers: the server keeps running, and its memory is bounded."""

    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.__exit__)

    def test_many_idle_connections(self):
        count = int(os.environ.get("HONE_CONNECTIONS", "1000"))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        host, port = self.service.address.split(":")
        idle = []
        self.addCleanup(lambda: [one.close() for one in idle])
        for _ in range(count):
            idle.append(socket.create_connection((host, int(port)), timeout=20))

        validate(self.service.channel)

        self.assertLess(self.service.memory(), 64 + count * 0.1)

    def test_giant_messages(self):
        call = self.service.channel.unary_unary("/api.v1.beta1.Suggestion/GetSuggestions")
        with self.assertRaises(grpc.RpcError) as caught:
            call(b"\x0a" * (257 << 20), timeout=60)
        self.assertEqual(caught.exception.code(), StatusCode.RESOURCE_EXHAUSTED)
        with self.assertRaises(grpc.RpcError) as caught:
            call(b"\xff" * (1 << 20), timeout=60)
        self.assertEqual(caught.exception.code(), StatusCode.INVALID_ARGUMENT)

        validate(self.service.channel)

    def test_huge_metadata(self):
        with self.assertRaises(grpc.RpcError) as caught:
            validate(self.service.channel, metadata=[("x-large", "x" * 100_000)])
        self.assertEqual(caught.exception.code(), StatusCode.RESOURCE_EXHAUSTED)

        validate(grpc.insecure_channel(self.service.address))

    def test_calls_that_are_given_up(self):
        controller = Controller(experiment("tpe", SPACE))
        for trial in controller.take(controller.ask(self.service, 2000)):
            controller.end(trial, 1)
        for _ in range(20):
            pending = self.service.suggestion.GetSuggestions.future(controller.request(100))
            pending.cancel()

        self.assertEqual(len(controller.ask(self.service, 2).parameter_assignments), 2)

    def test_bytes_that_are_no_http(self):
        host, port = self.service.address.split(":")
        for junk in b"\x00" * 4096, b"GET / HTTP/1.1\r\n\r\n", os.urandom(65536), b"PRI * HTTP/2.0":
            with socket.create_connection((host, int(port)), timeout=20) as raw:
                try:
                    raw.sendall(junk)
                    raw.settimeout(1)
                    raw.recv(1 << 16)
                except OSError:
                    pass

        validate(self.service.channel)

    def test_callers_that_do_not_read(self):
        controller = Controller(experiment("random", SPACE))
        with SlowReader(self.service.address) as slow:
            channel = grpc.insecure_channel(slow.address, options=LIMITS)
            pending = [stubs.SuggestionStub(channel).GetSuggestions.future(
                controller.request(10_000)) for _ in range(32)]
            for _ in range(100):
                validate(self.service.channel)
            self.assertFalse(any(one.done() for one in pending))
            self.assertLess(self.service.memory(), 512)

            slow.read()
            for one in pending:
                self.assertEqual(len(one.result(timeout=100).parameter_assignments), 10_000)
            channel.close()

    def test_many_experiments_at_once(self):
        failures = []

        def tune(number):
            controller = Controller(experiment("tpe", SPACE, name=f"experiment-{number}"))
            try:
                for _ in range(10):
                    for trial in controller.take(controller.ask(self.service, 5, timeout=60)):
                        controller.end(trial, number)
            except grpc.RpcError as error:
                failures.append(error.details())

        threads = [threading.Thread(target=tune, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(failures, [])

    def test_a_kill_in_the_middle_of_a_call(self):
        controller = Controller(experiment("tpe", SPACE))
        reply = controller.ask(self.service, 200)
        pending = self.service.suggestion.GetSuggestions.future(controller.request(200), timeout=60)
        self.service.stop(signal.SIGKILL)
        self.assertIsNotNone(pending.exception() or pending.result())

        with Service() as again:
            self.assertEqual(reply, controller.ask(again, 200))

    def test_a_hundred_thousand_trials_of_history(self):
        controller = Controller(experiment("random", SPACE))
        for _ in range(10):
            for trial in controller.take(controller.ask(self.service, 1000)):
                controller.end(trial, 1)
        copies = list(controller.trials)
        for trial in copies * 9:  # copies without new numbers, since those are taken
            controller.trials.append(trial)
            controller.suggested += 1

        self.assertEqual(len(controller.ask(self.service, 3, 120).parameter_assignments), 3)
        self.assertLess(self.service.memory(), 1024)


if __name__ == "__main__":
    unittest.main()
