"""bench_ask_tell, the program that the harness talks to: its answers to wrong requests. Build it
first."""
import unittest
from pathlib import Path

from peers.hone import Program

PATH = Path(__file__).resolve().parents[3] / "build/release/bench_ask_tell"
STUDY = {"algorithm": "random", "seed": 1,
         "parameters": [{"name": "x", "parameterType": "double",
                         "feasibleSpace": {"min": "0", "max": "1"}}]}


class Protocol(unittest.TestCase):
    def setUp(self):
        self.program = Program(PATH)
        self.addCleanup(self.program.close)

    def refuses(self, request, words):
        with self.assertRaisesRegex(RuntimeError, words):
            self.program.say(request)

    def test_wants_a_study_and_a_rule_before_a_report(self):
        report = {"report": {"ordinal": 1, "step": 1, "value": 2}}

        self.refuses(report, "report: open a study first")
        self.refuses({"open": STUDY | {"stopping": "nobody"}}, "stopping: must be one of")
        self.refuses({"open": STUDY | {"stopping": 7}}, "stopping: must be one of")
        self.program.say({"open": STUDY})
        self.refuses(report, "open the study with a stopping rule")

    def test_says_what_is_wrong_with_a_report(self):
        self.program.say({"open": STUDY | {"stopping": "medianstop"}})
        self.program.say({"ask": 1})
        good = {"ordinal": 1, "step": 1, "value": 2}
        for wrong, words in [({"ordinal": -1}, "ordinal: must be"),
                             ({"ordinal": 2}, "trial 2 is not running"),
                             ({"step": 1.5}, "step: must be"), ({"step": 2**63}, "step: must be"),
                             ({"value": "2"}, "value"), ({"value": None}, "value")]:
            self.refuses({"report": good | wrong}, words)
        for report in 5, [1], "x", None:
            self.refuses({"report": report}, "report: needs")

        self.assertFalse(self.program.say({"report": good})["stop"])

    def test_a_trial_goes_on_after_it_was_told_wrongly(self):
        self.program.say({"open": STUDY})
        self.program.say({"ask": 1})

        self.refuses({"tell": {"ordinal": 1}}, "tell: needs")
        self.refuses({"tell": {"ordinal": 2, "assignments": {"x": 0.5}}}, "tell: needs")
        self.program.say({"tell": {"ordinal": 1, "value": 2}})
        self.refuses({"tell": {"ordinal": 1, "value": 2}}, "trial 1 is not running")

        self.assertEqual(self.program.say({"ask": 1})["trials"][0]["ordinal"], 2)


if __name__ == "__main__":
    unittest.main()
