"""Finds the commands, files and outputs of a Markdown page.

A fenced block without a language, or with `sh`, is run. Where it has lines that begin with "$ ", those are
commands and the lines below each are its output. Blocks of other languages are ignored. A comment on the line above a
block changes its meaning:

    <!-- docs: skip: REASON -->   not run; the reason is printed and the block is counted
    <!-- docs: file NAME -->      the text of a file, whatever its language
    <!-- docs: server -->         a server, which is ended once it has printed the output on the page
    <!-- docs: any WORD... -->    words of its output that may differ
"""
import dataclasses
import re

SHELL_LANGUAGES = ("", "sh")
FENCE = re.compile(r"^\s*```(\w*)\s*$")
MARK = re.compile(r"^<!-- docs: (skip|file|server|any)\b:? ?(.*?) ?-->$")


class PageError(Exception):
    """A page that cannot be parsed, with the line and the reason."""


@dataclasses.dataclass
class Command:
    """A command, and its output lines on the page: None if the page shows none."""
    line: int
    text: str
    output: list = None

    def lines(self):
        """The number of commands, if each has a line of its own."""
        return len([line for line in self.text.replace("\\\n", "").split("\n") if line.strip()])


@dataclasses.dataclass
class Block:
    line: int
    kind: str  # run, skip, file, server
    commands: list
    text: str = ""
    argument: str = ""  # of its mark


def read_page(text):
    """The blocks of a page that are run, skipped or written to files, in their order."""
    blocks = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if not fence:
            at += 1
            continue
        end = _end_of_block(lines, at)
        mark = MARK.match(lines[at - 1]) if at else None
        if at and "<!-- docs:" in lines[at - 1] and not mark:
            raise PageError(f"line {at}: this mark is not known: {lines[at - 1]}")
        block = _make_block(fence[1], mark, lines[at + 1:end], at + 1)
        if block:
            blocks.append(block)
        at = end + 1
    return blocks


def _end_of_block(lines, start):
    for end in range(start + 1, len(lines)):
        if FENCE.match(lines[end]):
            return end
    raise PageError(f"line {start + 1}: this block does not end")


def _make_block(language, mark, lines, number):
    kind, argument = (mark[1], mark[2]) if mark else ("run", "")
    if kind == "skip" and not argument:
        raise PageError(f"line {number - 1}: skip needs a reason")
    text = "\n".join(lines) + "\n"
    if kind == "file":
        return Block(number, kind, [], text, argument)
    if language not in SHELL_LANGUAGES and kind != "skip":
        return None
    commands = _commands_of(lines, number + 1)
    if kind == "skip":
        return Block(number, kind, commands, text, argument)
    return Block(number, "server" if kind == "server" else "run", commands, text, argument)


def _commands_of(lines, number):
    if not any(line.startswith("$ ") for line in lines):
        return [Command(number, "\n".join(lines))]
    commands = []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            commands.append(Command(number + offset, line[2:], []))
        elif not commands:
            raise PageError(f"line {number + offset}: output stands above the first command")
        elif commands[-1].text.endswith("\\"):
            commands[-1].text += "\n" + line
        else:
            commands[-1].output.append(line)
    return commands


def help_examples(text):
    """The examples of every --help in the page of the command line, one block each."""
    blocks = []
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if line in ("Examples:", "Usage:"):
            inside = line == "Examples:"
        elif inside and line.startswith("  # "):
            blocks.append(Block(number, "run", [Command(number + 1, "")], argument=line[4:]))
        elif inside and line.strip():
            command = blocks[-1].commands[0]
            command.text += ("\n" if command.text else "") + line.strip()
    return blocks
