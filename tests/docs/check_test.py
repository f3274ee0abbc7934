"""The checker of the documentation itself: mistakes that it must find, and pages that it must accept."""
import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

import check
import page
import shape

BUILD = pathlib.Path(os.environ["HONE_BUILD"])


def verdict_of(text):
    """The counts and the output of the checker for a page."""
    counts = check.Counts()
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
        path = pathlib.Path(folder) / "page.md"
        path.write_text(text)
        check.check_page(path, BUILD, counts)
    return counts, printed.getvalue()


class Checker(unittest.TestCase):
    def test_finds_a_command_that_fails_with_its_line(self):
        counts, printed = verdict_of("# A page\n\n```\ntrue\nhone gte experiments\ntrue\n```\n")

        self.assertEqual(counts.failed, 1)
        self.assertIn("page.md:4: ", printed)
        self.assertIn("failed: hone gte experiments", printed)

    def test_finds_a_failure_within_a_pipe(self):
        counts, _ = verdict_of("```\nhone get trials nobody | cat\n```\n")

        self.assertEqual(counts.failed, 1)

    def test_finds_output_of_another_shape(self):
        counts, printed = verdict_of("```\n$ hone version\nhone version 0.1.0\n```\n")

        self.assertEqual(counts.failed, 1)
        self.assertIn("the page shows 'hone version 0.1.0'", printed)

    def test_lets_pass_what_is_right_and_counts_it(self):
        counts, printed = verdict_of("```\nhone version\nhone get algorithms\n```\n\n```\n$ hone version\nhone 9.9.9\n```\n")

        self.assertEqual((counts.run, counts.failed, printed), (3, 0, ""))

    def test_runs_a_page_in_one_folder_with_the_files_that_it_shows(self):
        counts, printed = verdict_of("<!-- docs: file train.sh -->\n```python\necho loss=$1\n```\n\n"
                                     "```\ncp train.sh mine.sh\n```\n\n```\n$ sh mine.sh 3\nloss=7\n```\n")

        self.assertEqual((counts.run, counts.failed, printed), (2, 0, ""))

    def test_names_what_is_skipped_and_why(self):
        counts, printed = verdict_of("<!-- docs: skip: needs root -->\n```\nfalse\n```\n")

        self.assertEqual((counts.run, counts.skipped, counts.failed), (0, 1, 0))
        self.assertIn("page.md:2: needs root", printed)

    def test_refuses_to_skip_without_a_reason_and_marks_that_it_does_not_know(self):
        for mark in ("skip", "skip: ", "ignore: boring"):
            with self.assertRaises(page.PageError, msg=mark):
                verdict_of(f"<!-- docs: {mark} -->\n```\nfalse\n```\n")

    def test_ends_a_server_that_has_said_where_it_listens(self):
        good, _ = verdict_of("<!-- docs: server -->\n```\n$ hone suggestion\nlistening on 127.0.0.1:6789\n```\n")
        bad, _ = verdict_of("<!-- docs: server -->\n```\n$ hone suggestion\nserving on 127.0.0.1:6789\n```\n")

        self.assertEqual((good.run, good.failed, bad.failed), (1, 0, 1))

    def test_does_not_wait_for_a_server_that_says_nothing(self):
        with mock.patch.object(check, "SECONDS_MAX", 0.1):
            counts, printed = verdict_of("<!-- docs: server -->\n```\n$ sleep 600 #\nlistening on 127.0.0.1:6789\n```\n")

        self.assertEqual(counts.failed, 1)
        self.assertIn("has not printed what the page shows and ended within 0.1 s", printed)

    def test_lets_no_page_pass_of_which_nothing_is_run(self):
        for text in ("Words.\n", "```yaml\na: 1\n```\n", "<!-- docs: file a.yaml -->\n```yaml\na: 1\n```\n"):
            with self.assertRaisesRegex(check.Failure, "has no commands", msg=text):
                verdict_of(text)

    def test_lists_blocks_of_pages_that_have_commands_and_nothing_else(self):
        reference = check.REPOSITORY / "docs" / "reference" / "algorithms.md"
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), mock.patch("sys.argv", ["check.py", "--list", str(reference)]):
            self.assertEqual(check.main(), 0)
        self.assertEqual(printed.getvalue(), "")

        with contextlib.redirect_stdout(printed):
            check.list_page(check.REPOSITORY / "README.md")
        self.assertRegex(printed.getvalue(), r"README\.md:\d+: skip ")

    def test_sees_the_commands_of_the_guide_and_the_examples_of_help(self):
        guide = check.REPOSITORY / "docs" / "guide"
        first = page.read_page((guide / "first-experiment.md").read_text())
        examples = page.help_examples((guide / "cli.md").read_text())

        self.assertGreaterEqual(sum(c.lines() for block in first for c in block.commands), 9)
        self.assertGreaterEqual(len(examples), 30)
        self.assertIn("hone run experiment.yaml", [block.commands[0].text for block in examples])


class Reference(unittest.TestCase):
    def test_of_the_command_line_is_what_the_program_prints(self):
        printed = subprocess.run([BUILD / "hone", "reference"], capture_output=True, text=True, check=True).stdout

        self.assertEqual((check.REPOSITORY / "docs" / "guide" / "cli.md").read_text(), printed,
                         "write it anew: build/release/hone reference > docs/guide/cli.md")


class Shape(unittest.TestCase):
    def same(self, shown, printed):
        return not shape.first_difference(shown.split("\n"), printed.split("\n"))

    def test_is_that_of_the_same_words_with_other_numbers_times_and_names(self):
        self.assertTrue(self.same("trial digits-l8jlm-39  0.94  2m05s", "trial  digits-ab3d9-7 -1.2e-05 12ms"))
        self.assertFalse(self.same("trial digits-l8jlm-39", "trial tune-l8jlm-39"))
        self.assertFalse(self.same("accuracy 0.94", "accuracy none"))

    def test_counts_lines_that_are_missing_or_too_many(self):
        self.assertFalse(self.same("a\nb", "a"))
        self.assertFalse(self.same("a", "a\nb"))

    def test_skips_at_dots(self):
        self.assertTrue(self.same("a\n...\nd", "a\nb\nc\nd"))
        self.assertTrue(self.same("a\n...", "a\nb\nc"))
        self.assertTrue(self.same("a 1 ...", "a 2 b c"))
        self.assertFalse(self.same("a\n...\nd\ne", "a\nb\nd\nc"))


if __name__ == "__main__":
    unittest.main()
