"""Who may do what: three callers of two namespaces, and one of both, on one connection to one `hone serve`."""
import unittest

import grpc
from grpc import StatusCode
from hone_api.v1 import tuner_pb2 as tuner
from hone_api.v1 import tuner_pb2_grpc
from service import StoreServer, api, experiment, parameter, stubs
from tuner_test import SECONDS, Client, WithStore, manifest

FILE = """# callers of the test
token-of-alice-0123 name=alice namespaces=team-a role=write
token-of-bob-012345 name=bob namespaces=team-b role=write
token-of-rita-01234 name=rita namespaces=team-a role=read
token-of-ingo-01234 name=ingo namespaces=team-a role=ingest
token-of-both-01234 name=both namespaces=team-a,team-c role=read
token-that-may-all-0
"""
TOKENS = {name: line.split()[0] for line in FILE.splitlines()[1:-1]
          for name in [line.split()[1].removeprefix("name=")]} | {"all": "token-that-may-all-0"}


class Shows(grpc.UnaryUnaryClientInterceptor, grpc.StreamStreamClientInterceptor):
    """Adds a token to each call."""

    def __init__(self, token):
        self.header = [("authorization", f"Bearer {token}")]

    def intercept_unary_unary(self, continuation, details, request):
        return continuation(details._replace(metadata=self.header), request)

    def intercept_stream_stream(self, continuation, details, requests):
        return continuation(details._replace(metadata=self.header), requests)


class Caller:
    """What a client with a token can say; all share the connection of the server under test."""

    def __init__(self, server, token):
        channel = grpc.intercept_channel(server.channel, Shows(token))
        self.tuner = tuner_pb2_grpc.TunerStub(channel)
        self.db_manager = stubs.DBManagerStub(channel)
        self.suggestion = stubs.SuggestionStub(channel)
        self.early_stopping = stubs.EarlyStoppingStub(channel)

    def create(self, study):
        namespace, name = study.split("/")
        text = manifest(name).replace('"metadata": {', f'"metadata": {{"namespace": "{namespace}", ')
        self.tuner.CreateStudy(tuner.CreateStudyRequest(manifest=text), timeout=SECONDS)

    def names(self, **request):
        page = self.tuner.ListStudies(tuner.ListStudiesRequest(**request), timeout=SECONDS)
        return [study.study for study in page.studies], page.next

    def report(self, trial, value="0.75"):
        log = api.ObservationLog(metric_logs=[api.MetricLog(
            time_stamp="2026-01-01T00:00:00.5Z", metric=api.Metric(name="loss", value=value))])
        self.db_manager.ReportObservationLog(
            api.ReportObservationLogRequest(trial_name=trial, observation_log=log), timeout=SECONDS)

    def read(self, trial):
        reply = self.db_manager.GetObservationLog(
            api.GetObservationLogRequest(trial_name=trial), timeout=SECONDS)
        return [row.metric.value for row in reply.observation_log.metric_logs]

    def delete(self, trial):
        self.db_manager.DeleteObservationLog(
            api.DeleteObservationLogRequest(trial_name=trial), timeout=SECONDS)

    def stop(self, trial):
        self.early_stopping.SetTrialStatus(api.SetTrialStatusRequest(trial_name=trial),
                                           timeout=SECONDS)

    def bar(self, *trials):
        wanted = experiment("random", early_stopping=api.EarlyStoppingSpec(
            algorithm_name="medianstop", algorithm_settings=[
                api.EarlyStoppingSetting(name="min_trials_required", value="1")]))
        status = api.TrialStatus(condition=api.TrialStatus.SUCCEEDED)
        request = api.GetEarlyStoppingRulesRequest(
            experiment=wanted, trials=[api.Trial(name=name, status=status) for name in trials])
        reply = self.early_stopping.GetEarlyStoppingRules(request, timeout=SECONDS)
        return [rule.value for rule in reply.early_stopping_rules]

    def validate(self):
        wanted = experiment("random", [parameter("x", "double", min="0", max="1")])
        self.suggestion.ValidateAlgorithmSettings(
            api.ValidateAlgorithmSettingsRequest(experiment=wanted), timeout=SECONDS)


def reads(caller, study):
    """Each call that tells of a study."""
    client = Client(caller, study)
    return [client.get, client.trials, client.best]


def writes(caller, study):
    """Each call that changes a study, other than by reporting."""
    client = Client(caller, study)
    return [lambda: caller.create(study), client.ask, lambda: client.tell(1, loss=1),
            lambda: caller.stop(f"{study}-1")]


def reports(caller, study):
    return [lambda: Client(caller, study).report(1, 1, loss=0.5),
            lambda: caller.report(f"{study}-1")]


class Callers(WithStore):
    def setUp(self):
        super().setUp()
        tokens = self.store.with_name("callers")
        tokens.write_text(FILE)
        server = StoreServer(self.store, "--tokens", str(tokens))
        self.addCleanup(server.__exit__)
        self.server = server
        for name, token in TOKENS.items():
            setattr(self, name, Caller(server, token))
        self.alice.create("team-a/study")
        self.bob.create("team-b/study")
        for caller, study in (self.alice, "team-a/study"), (self.bob, "team-b/study"):
            Client(caller, study).ask(2)

    def test_see_their_own_studies_and_none_of_others(self):
        self.assertEqual(self.alice.names(), (["team-a/study"], ""))
        self.assertEqual(self.rita.names(namespace="team-a"), (["team-a/study"], ""))
        self.assertEqual(self.bob.names(), (["team-b/study"], ""))
        self.assertEqual(self.all.names(), (["team-a/study", "team-b/study"], ""))
        self.assertEqual(Client(self.rita, "team-a/study").get().trials, 2)
        for call in [*reads(self.alice, "team-b/study"), *writes(self.alice, "team-b/study"),
                     *reports(self.alice, "team-b/study"),
                     lambda: self.alice.names(namespace="team-b"),
                     lambda: self.alice.read("team-b/study-1"),
                     lambda: self.alice.delete("team-b/study-1"),
                     lambda: self.alice.bar("team-b/study-1")]:
            self.assertError(StatusCode.NOT_FOUND, 'namespace "team-b": caller "alice"', call)
        self.assertEqual(Client(self.bob, "team-b/study").get().trials, 2)
        self.assertEqual(self.bob.read("team-b/study-1"), [])

    def test_hear_the_same_of_what_others_have_and_of_what_nobody_has(self):
        said = []
        for study in "team-b/study", "team-b/none":
            with self.assertRaises(grpc.RpcError) as caught:
                Client(self.alice, study).get()
            said.append((caught.exception.code(), caught.exception.details()))

        self.assertEqual(said[0], said[1])

    def test_that_name_no_namespace_mean_default(self):
        words = 'namespace "default": caller "alice" has none of that name; it has namespace team-a'
        for call in [lambda: self.alice.tuner.CreateStudy(
                         tuner.CreateStudyRequest(manifest=manifest())),
                     Client(self.alice, "study").get, lambda: self.alice.report("study-1")]:
            self.assertError(StatusCode.NOT_FOUND, words, call)

    def test_with_role_read_change_nothing(self):
        words = 'namespace "team-a": caller "rita" has role read, and needs role '
        for call in writes(self.rita, "team-a/study")[:-1]:
            self.assertError(StatusCode.PERMISSION_DENIED, words + "write", call)
        for call in [writes(self.rita, "team-a/study")[-1], self.rita.validate,
                     lambda: self.rita.bar("team-a/study-1")]:
            self.assertError(StatusCode.PERMISSION_DENIED, "rita.*needs role write", call)
        for call in reports(self.rita, "team-a/study"):
            self.assertError(StatusCode.PERMISSION_DENIED, words + "ingest", call)
        self.assertError(StatusCode.PERMISSION_DENIED, words + "write", self.rita.delete,
                         "team-a/other-1")
        self.assertEqual(Client(self.rita, "team-a/study").get().running_trials, 2)
        self.assertEqual(self.rita.read("team-a/study-1"), [])

    def test_with_role_ingest_report_and_do_nothing_else(self):
        for call in reports(self.ingo, "team-a/study"):
            call()
        for call in [*reads(self.ingo, "team-a/study"), *writes(self.ingo, "team-a/study"),
                     self.ingo.names, lambda: self.ingo.names(namespace="team-a"),
                     lambda: self.ingo.read("team-a/study-1"),
                     lambda: self.ingo.delete("team-a/study-1"),
                     self.ingo.validate, lambda: self.ingo.bar("team-a/study-1")]:
            self.assertError(StatusCode.PERMISSION_DENIED, 'caller "ingo" has role ingest', call)
        self.assertCountEqual(self.alice.read("team-a/study-1"), ["0.5", "0.75"])

    def test_with_role_write_do_all_of_it_in_their_namespace(self):
        client = Client(self.alice, "team-a/study")
        client.report(1, 1, loss=0.25)
        client.tell(1)
        self.alice.stop("team-a/study-2")
        self.alice.report("team-a/other-1", "7")
        self.alice.validate()

        self.assertEqual(client.best().number, 1)
        self.assertEqual(client.trials(states=[tuner.TRIAL_EARLY_STOPPED]).trials[0].number, 2)
        self.assertEqual(self.alice.bar("team-a/study-1"), ["0.25"])
        self.assertEqual(self.alice.read("team-a/other-1"), ["7"])
        self.alice.delete("team-a/other-1")
        self.assertEqual(self.alice.read("team-a/other-1"), [])

    def test_get_no_bar_that_was_made_for_another_caller(self):
        client = Client(self.bob, "team-b/study")
        client.tell(1, loss=0.25)
        self.assertEqual(self.bob.bar("team-b/study-1"), ["0.25"])

        self.assertError(StatusCode.NOT_FOUND, "", self.alice.bar, "team-b/study-1")

    def test_without_a_token_that_is_known_are_not_let_in(self):
        for token in "token-of-nobody-01", "token-of-alice-0123x":
            stranger = Caller(self.server, token)
            for call in [*reads(stranger, "team-a/study"), *writes(stranger, "team-a/study"),
                         *reports(stranger, "team-a/study"), stranger.names, stranger.validate,
                         lambda: next(stranger.tuner.Work(iter([])))]:
                self.assertError(StatusCode.UNAUTHENTICATED, "token is not one", call)

    def test_of_one_connection_do_not_mix(self):
        for _ in range(20):
            self.assertEqual(self.alice.names()[0], ["team-a/study"])
            self.assertEqual(self.bob.names()[0], ["team-b/study"])
            self.assertError(StatusCode.PERMISSION_DENIED, "ingo", self.ingo.names)

    def test_of_a_stream_may_do_what_they_may_in_calls(self):
        requests = [tuner.WorkRequest(id=1, ask=tuner.AskRequest(
                        study="team-a/study", count=2, client_id="worker")),
                    tuner.WorkRequest(id=2, report=tuner.ReportIntermediateRequest(
                        study="team-a/study", trial=1, step=1, metrics={"loss": 1})),
                    tuner.WorkRequest(id=3, tell=tuner.TellRequest(
                        study="team-b/study", trial=1, metrics={"loss": 1}))]

        def codes(caller):
            return {reply.id: reply.error.code
                    for reply in caller.tuner.Work(iter(requests), timeout=SECONDS)}

        denied, absent = StatusCode.PERMISSION_DENIED.value[0], StatusCode.NOT_FOUND.value[0]
        self.assertEqual(codes(self.alice), {1: 0, 2: 0, 3: absent})
        self.assertEqual(codes(self.rita), {1: denied, 2: denied, 3: absent})
        self.assertEqual(codes(self.ingo), {1: denied, 2: 0, 3: absent})

    def test_of_several_namespaces_get_pages_of_these(self):
        for study in "team-a/a", "team-b/a", "team-c/a", "team-c/b":
            self.all.create(study)

        pages, after = [], ""
        while True:
            names, after = self.both.names(limit=1, after=after)
            pages += names
            if not after:
                break
        self.assertEqual(pages, ["team-a/a", "team-a/study", "team-c/a", "team-c/b"])
        self.assertEqual(self.both.names(), (pages, ""))
        self.assertEqual(self.both.names(limit=2), (pages[:2], "team-a/study"))
        self.assertEqual(self.both.names(after="team-b/a"), (pages[2:], ""))
        self.assertEqual(self.both.names(namespace="team-c", limit=1), (["team-c/a"], "team-c/a"))


class Anyone(WithStore):
    def test_may_do_everything_where_no_caller_is_named(self):
        for flags in [], ["--insecure"]:
            with self.subTest(flags), StoreServer(self.store, *flags) as server:
                for token in "", "token-of-nobody-01":
                    caller = Caller(server, token)
                    caller.create("team-a/study")
                    client = Client(caller, "team-a/study")
                    number = client.ask().trials[0].number
                    client.tell(number, loss=1)
                    caller.report("team-b/other-1")
                    caller.delete("team-b/other-1")
                    self.assertEqual(caller.names(), (["team-a/study"], ""))


if __name__ == "__main__":
    unittest.main()
