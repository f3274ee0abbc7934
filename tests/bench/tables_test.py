"""Checks of docs/performance.md and of the stored costs of a trial."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

import micro_tables
import put_tables

sys.path.insert(0, str(pathlib.Path(__file__).parent / "trial_cost"))
import count  # noqa: E402

DOCUMENT = ["# Times", "<!-- table steps -->", "| step | µs |", "|---|---|", "| parse 1 line | 3.4 |", "", "Words."]


class Tables(unittest.TestCase):
    def test_replace_the_tables_of_their_name_and_nothing_else(self):
        output = ["2 cores", "<!-- table steps -->", "| step | ns |", "|---|---|", "| parse | 7 |", "| run | 8 |"]

        self.assertEqual(put_tables.put(DOCUMENT, output),
                         ["# Times", "<!-- table steps -->", "| step | ns |", "|---|---|", "| parse | 7 |", "| run | 8 |",
                          "", "Words."])

    def test_without_a_place_in_the_document_are_an_error(self):
        with self.assertRaisesRegex(ValueError, "table other"):
            put_tables.put(DOCUMENT, ["<!-- table other -->", "| a |"])

    def test_have_the_same_form_with_other_numbers(self):
        output = ["<!-- table steps -->", "| step | µs |", "|---|---|", "| parse 1,000 line | 9 |"]

        self.assertEqual(list(put_tables.differences(DOCUMENT, output)), [])

    def test_differ_where_a_row_a_column_or_a_table_is_another(self):
        row = ["<!-- table steps -->", "| step | µs |", "|---|---|", "| render 1 line | 9 |"]
        column = ["<!-- table steps -->", "| step | bar | µs |", "|---|---|---|", "| parse 1 line | | 9 |"]
        table = ["<!-- table jumps -->", "| step | µs |"]

        for output in (row, column, table):
            self.assertEqual(len(list(put_tables.differences(DOCUMENT, output))), 1, output)

    def test_of_single_steps_show_the_middle_of_repetitions(self):
        measured = micro_tables.Measured({"benchmarks": [
            {"name": "Render", "cpu_time": time, "real_time": 1.0, "time_unit": "ns"} for time in (1000.0, 3000.0, 1700.0)]})

        self.assertEqual(micro_tables.short(measured.of("Render")), "1.7")
        self.assertEqual([micro_tables.short(value) for value in (0.0456, 1234.0, 5.0)], ["0.046", "1,200", "5"])

    def test_of_single_steps_say_what_was_not_measured(self):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            micro_tables.print_tables(micro_tables.Measured({"benchmarks": []}))

        rows = [line for line in printed.getvalue().split("\n") if line.startswith("| ")]
        values = [cell.strip() for row in rows for cell in row.split("|")[2:-1]]
        self.assertEqual({value for value in values if not value.startswith(("n = ", "µs"))}, {"not measured"})

    def test_that_are_missing_in_the_output_are_an_error_unless_of_another_program(self):
        document = [*DOCUMENT, "<!-- table peers -->", "| a |", "|---|", "| old |"]
        output = ["<!-- table steps -->", "| step |", "|---|", "| new |"]

        with self.assertRaisesRegex(ValueError, "table peers: the output has none"):
            put_tables.put(document, output)
        self.assertIn("| old |", put_tables.put(document, output, ["peers"]))
        with self.assertRaisesRegex(ValueError, "table steps"):
            put_tables.put(document, output[:0], ["peers"])


class Cost(unittest.TestCase):
    stored = {"true": {"all": 50.0, "writes of pages": 13.0, "opened": 0.0, "synced": 0.0}}

    def complaints(self, *calls, opened=0.0):
        counts = [{"true": {"all": one, "writes of pages": 13.0, "opened": opened, "synced": 0.0}} for one in calls]
        return list(count.complaints(self.stored, counts))

    def test_may_differ_a_little(self):
        self.assertEqual(self.complaints(51.0) + self.complaints(49.0), [])

    def test_may_differ_much_in_some_counts_but_not_in_all(self):
        self.assertEqual(self.complaints(60.0, 40.0), [])
        self.assertEqual(len(self.complaints(60.0, 54.0) + self.complaints(40.0, 44.0)), 2)

    def test_of_more_calls_is_a_complaint_that_says_of_which(self):
        self.assertIn("opened 0.0 -> 4.0; make it cheaper", self.complaints(54.0, opened=4.0)[0])

    def test_of_far_fewer_calls_is_to_be_stored(self):
        self.assertIn("store the new figure", self.complaints(40.0)[0])

    def test_is_that_of_runs_that_end_as_their_workload_does(self):
        true, echo = list(count.WORKLOADS.values())[:2]
        with tempfile.TemporaryDirectory() as folder:
            hone = pathlib.Path(folder) / "hone"
            for workload, right, wrong in ((true, 3, 0), (echo, 0, 3)):
                with self.subTest(workload), self.tracing():
                    hone.write_text(f"#!/bin/sh\nexit {right}\n")
                    hone.chmod(0o755)
                    self.assertIn("execve", count.trace(str(hone), workload, 1))
                    hone.write_text(f"#!/bin/sh\nexit {wrong}\n")
                    with self.assertRaisesRegex(RuntimeError, f"exit code {wrong}, and not {right}"):
                        count.trace(str(hone), workload, 1)

    @contextlib.contextmanager
    def tracing(self):
        try:
            yield
        except (count.CannotTrace, FileNotFoundError) as error:
            self.skipTest(f"strace cannot trace here: {error}")

    def test_that_is_not_stored_is_a_complaint(self):
        self.assertEqual(len(list(count.complaints({}, [self.stored]))), 1)


if __name__ == "__main__":
    unittest.main()
