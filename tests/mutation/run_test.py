"""The script that flips operators, on a room of one file with a suite of one program."""
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import flips

RUN = pathlib.Path(__file__).resolve().with_name("run.py")
COMPILER = os.environ.get("CXX", "c++")

# Three comparisons, the last of which nothing looks at.
CLAMP = """// if (1 < 2) is no code
int Clamp(int number, int most) {
  return number > most ? most : number;
}
bool IsEven(int number) {
  return number % 2 == 0;
}
bool IsForgotten(int number) {
  return number != 7;
}
"""
SUITE = """#include "room/clamp.cc"
int main() {
  while (IsEven(21) && IsEven(6)) {  // for ever if 2 becomes 3
  }
  const bool is_right = Clamp(5, 3) == 3 && Clamp(2, 3) == 2 && IsEven(4);
  return is_right ? 0 : 1;
}
"""


class Sources:
    """A temporary folder with sources, which `rooms` are built and run."""

    def __init__(self, test_command="./suite"):
        self._folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._folder.name)
        for name, text in (("room/clamp.cc", CLAMP), ("suite.cc", SUITE)):
            self.path.joinpath(name).parent.mkdir(exist_ok=True)
            self.path.joinpath(name).write_text(text)
        self.rooms = self.path / "rooms.json"
        self.rooms.write_text(json.dumps({
            "configure": [],
            "build": ["sh", "-c", f"{shlex.quote(COMPILER)} -I. -o suite suite.cc"],
            "test": ["sh", "-c", test_command],
            "targets": {},
            "seconds": 15,  # one flip below never ends; no other comes near it on a busy machine
            "rooms": {"room": {"suites": ["suite"], "wider": []}},
        }))

    def command(self, *more):
        return [sys.executable, "-B", RUN, "--source", self.path, "--rooms", self.rooms, "--folder", "room", *more]

    def run(self, *more):
        return subprocess.run(self.command(*more), capture_output=True, text=True, check=False, timeout=300)

    def copy(self):
        return (self.path / "build/mutation/tree/room/clamp.cc").read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()


class Run(unittest.TestCase):
    def test_tells_flips_that_are_noticed_from_one_that_is_not(self):
        with Sources() as sources:
            done = sources.run("--flips", "99", "--json")
            result = json.loads(done.stdout)
            verdicts = {f"{each['before']} {each['line']}": each["verdict"] for each in result["results"]}

            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(verdicts["== 6"], "noticed")
            self.assertEqual(verdicts["!= 9"], "survived")
            self.assertIn("room/clamp.cc:6: 2 -> 3: noticed by suite: it did not end", done.stderr)
            self.assertEqual(result["flips"], result["noticed"] + result["survived"])
            self.assertIn("room/clamp.cc:9: != -> ==: NOT NOTICED", done.stderr)

    def test_leaves_the_sources_and_the_copy_as_they_were(self):
        with Sources() as sources:
            sources.run("--flips", "2")

            self.assertEqual(sources.path.joinpath("room/clamp.cc").read_text(), CLAMP)
            self.assertEqual(sources.copy(), CLAMP)

    def test_makes_the_copy_right_when_it_is_interrupted(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            # Passes without a flip; with one, it says so and ends never.
            with Sources('cmp -s room/clamp.cc ../../../room/clamp.cc || { touch ../flipped; sleep 1000; }') as sources:
                process = subprocess.Popen(sources.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self._wait_for(sources.path / "build/mutation/flipped", process)
                process.send_signal(number)

                self.assertEqual(process.wait(timeout=60), 128 + number)
                self.assertEqual(sources.copy(), CLAMP)
                self.assertEqual(sources.path.joinpath("room/clamp.cc").read_text(), CLAMP)

    def test_makes_a_copy_right_in_which_a_flip_was_left(self):
        with Sources() as sources:
            sources.run("--flips", "1")
            copy = sources.path / "build/mutation/tree/room/clamp.cc"
            copy.write_text(CLAMP.replace("==", "!="))
            done = sources.run("--flips", "1")

            self.assertNotEqual(done.returncode, 2, done.stderr)
            self.assertEqual(sources.copy(), CLAMP)

    def test_goes_on_where_it_ended(self):
        with Sources() as sources:
            whole = sources.run("--flips", "4", "--list").stdout.splitlines()
            parts = [sources.run("--flips", "2", "--list", "--skip", skip).stdout for skip in ("0", "2")]

            self.assertEqual("".join(parts).splitlines(), whole)

    def test_judges_nothing_by_a_suite_that_fails_by_itself(self):
        with Sources("exit 3") as sources:
            done = sources.run()

            self.assertEqual(done.returncode, 2)
            self.assertIn("run suite without a flip", done.stderr)

    def test_says_what_is_wrong_with_a_folder(self):
        with Sources() as sources:
            done = sources.run("--folder", "nowhere")

            self.assertEqual(done.returncode, 2)
            self.assertIn("--folder nowhere: there is nothing to flip", done.stderr)

    def _wait_for(self, path, process):
        while not path.exists():
            self.assertIsNone(process.poll(), "it ended before it had flipped anything")
            time.sleep(0.01)


def flipped(text):
    return [f"{flip.before} -> {flip.after}" for flip in flips.find_flips("a.cc", text)]


class Places(unittest.TestCase):
    def test_are_operators_and_constants_of_code(self):
        self.assertEqual(flipped("if (!a && b <= 2.5) { ++n; return std::min(x, y) * true; }"),
                         ["! -> ", "&& -> ||", "<= -> <", "2.5 -> 3.5", "++ -> --", "min -> max", "* -> /", "true -> false"])

    def test_are_none_in_texts_comments_and_what_the_compiler_evaluates(self):
        for text in ('f("a < b", R"(1 < 2)", \'<\');', "// a < b\n/* 1 */", "#define A 1 < \\\n 2\n", "static_assert(1 < 2);",
                     "template <typename T> void F(std::vector<T>&& a, T* b);", "bool operator<(T) = 0;",
                     "virtual int F() const = 0;", 'text = "a" + b + std::to_string(c);'):
            self.assertEqual(flipped(text), [], text)

    def test_leave_out_bounds_that_nobody_counts(self):
        self.assertEqual(flipped("constexpr int kMost = 500; constexpr int kFirst = 1; f(500);"),
                         ["1 -> 2", "500 -> 501"])

    def test_keep_their_order_when_other_lines_come(self):
        lines = [f"bool F{i}() {{ return a{i} < b{i}; }}\n" for i in range(20)]
        ranked = [flip.source for flip in sorted(flips.find_flips("a.cc", "".join(lines)), key=lambda each: each.rank(1))]
        with_more = flips.find_flips("a.cc", "// a comment\n" + "".join(lines[:10] + ["bool G() { return c > d; }\n"] + lines[10:]))
        again = [flip.source for flip in sorted(with_more, key=lambda each: each.rank(1))]

        again.remove("bool G() { return c > d; }")
        self.assertEqual(again, ranked)

    def test_keep_the_base_and_the_kind_of_a_number(self):
        numbers = {"9": "10", "1'000": "1001", "0644": "0645", "0xff": "0x100", "2U": "3U", "5ms": "6ms", "0.5F": "1.5F",
                   "1e300": "2e+300"}
        self.assertEqual({number: flips.next_number(number) for number in numbers}, numbers)


if __name__ == "__main__":
    unittest.main()
