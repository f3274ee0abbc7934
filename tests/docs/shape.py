"""Compares the output of a command with that on a page, ignoring differences between runs: numbers, times, random
names, the widths of columns. A line "..." in the page stands for any lines, and "..." at the end of a line for the rest
of it."""
import re

NUMBER = r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
UNITS = r"(?:ms|us|µs|ns|s|m|h|d|MB|GB|KB|%)?"
TIMES = re.compile(rf"\b(?:\d+[dhms]){{2,}}(?:\d+s)?\b|{NUMBER}{UNITS}(?![\w])")
DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?")
RANDOM_NAME = re.compile(r"-[a-z0-9]{5}(?=[-/. ,:\"']|$)")


def shape_of(line, any_words=()):
    """`line` with every variable part replaced."""
    line = DATE.sub("<time>", line.rstrip())
    line = RANDOM_NAME.sub("-<name>", line)
    line = TIMES.sub("<number>", line)
    for word in any_words:
        line = re.sub(rf"\b{re.escape(word)}\b", "<word>", line)
    return re.sub(r"\s+", " ", line)


def first_difference(shown, printed, any_words=()):
    """A sentence about the first line that differs; empty if the output has the shape that is shown."""
    return _compare([line for line in shown], [line for line in printed], any_words)


def _compare(shown, printed, any_words):
    while shown and not shown[-1].strip():
        shown = shown[:-1]
    while printed and not printed[-1].strip():
        printed = printed[:-1]
    reached = 0
    for index, line in enumerate(shown):
        if line.strip() == "...":
            return _find_rest(shown[index + 1:], printed[reached:], any_words)
        if reached == len(printed):
            return f"the page goes on with {line!r}, and nothing more was printed"
        if not _is_like(line, printed[reached], any_words):
            return f"the page shows {line!r}, and this was printed: {printed[reached]!r}"
        reached += 1
    if reached < len(printed):
        return f"the page ends, and this was printed: {printed[reached]!r}"
    return ""


def _find_rest(shown, printed, any_words):
    """After "...": finds the output line from which on the rest of the page matches."""
    if not any(line.strip() for line in shown):
        return ""
    difference = f"the page goes on with {shown[0]!r}, and no such line was printed"
    for start in range(len(printed) + 1):
        rest = _compare(shown, printed[start:], any_words)
        if not rest:
            return ""
        if start < len(printed) and _is_like(shown[0], printed[start], any_words):
            difference = rest
    return difference


def _is_like(shown, printed, any_words):
    wanted = shape_of(shown, any_words)
    got = shape_of(printed, any_words)
    if wanted.endswith("..."):
        return got.startswith(wanted[:-3].rstrip())
    return wanted == got
