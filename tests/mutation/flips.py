"""Finds the places of C++ code where one operator or constant can be flipped. A scanner of tokens, not a parser: our
code is formatted by clang-format, which puts blanks around a binary operator and none around a template's brackets, a
reference, a pointer or a sign. Whether a flip compiles is for the compiler to say.
"""
import hashlib
import re
from dataclasses import dataclass

OPERATORS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
    "+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+=",
}
STEPS = {"++": "--", "--": "++"}
WORDS = {"true": "false", "false": "true"}
# Of the standard library.
FUNCTIONS = {"min": "max", "max": "min", "min_element": "max_element", "max_element": "min_element",
             "lower_bound": "upper_bound", "upper_bound": "lower_bound", "all_of": "any_of", "any_of": "all_of"}
# The compiler alone evaluates the parentheses behind these words.
COMPILE_TIME = {"static_assert", "noexcept", "decltype", "sizeof", "alignas"}

TOKEN = re.compile(r"""
    (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<directive>\#(?:\\\n|[^\n])*)
  | (?P<string>(?:u8|[uUL])?(?:R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"|"(?:\\.|[^"\\\n])*"))
  | (?P<number>\.?[0-9](?:[eEpP][+-]|'?[0-9a-zA-Z_.])*)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<character>'(?:\\.|[^'\\\n])+')
  | (?P<blank>\s+)
  | (?P<mark><=>|<<=|>>=|->|\+\+|--|&&|\|\||<<|>>|::|[<>=!+\-*/%&|^]=|.)
""", re.DOTALL | re.VERBOSE)


@dataclass(frozen=True)
class Flip:
    """One place of a file, with its text before and after."""

    file: str
    line: int
    offset: int
    before: str
    after: str
    source: str  # its line, without the blanks around it
    place: str  # tells it from all others of the file, also when lines above it come or go

    def apply(self, text):
        return text[:self.offset] + self.after + text[self.offset + len(self.before):]

    def rank(self, seed):
        """All places in the order of their ranks are in a random order, which a change elsewhere leaves as it is."""
        return hashlib.sha256(f"{seed} {self.file} {self.place}".encode()).hexdigest()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


def find_flips(file, text):
    """All flips of one file, from its top."""
    tokens = _code_tokens(text)
    with_text = _statements_with(tokens, lambda each: each.kind == "string" or each.text == "to_string")
    constants = _statements_with(tokens, lambda each: each.text == "constexpr")
    lines = text.split("\n")
    seen = {}
    flips = []
    for i, token in enumerate(tokens):
        after = _flipped(text, tokens, i)
        if after is None:
            continue
        if token.text in ("+", "+=") and i in with_text:  # texts have no `-`
            continue
        if token.kind == "number" and i in constants and next_is_alike(token.text):
            continue
        line = text.count("\n", 0, token.start)
        source = lines[line].strip()
        key = f"{source} {token.text}"
        seen[key] = seen.get(key, 0) + 1
        flips.append(Flip(file, line + 1, token.start, token.text, after, source, f"{key} {seen[key]}"))
    return flips


def _code_tokens(text):
    """The tokens of code that runs: without comments, directives, and parentheses behind COMPILE_TIME words."""
    tokens = []
    depth = 0  # of the parentheses of a static_assert and its like
    for match in TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "delimiter" else "string"
        if kind in ("comment", "directive", "blank"):
            continue
        token = _Token(kind, match.group(), match.start())
        if depth > 0 or (token.text == "(" and tokens and tokens[-1].text in COMPILE_TIME):
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            continue
        tokens.append(token)
    return tokens


def _statements_with(tokens, is_wanted):
    """The numbers of all tokens of the statements in which there is such a token."""
    found = set()
    start = 0
    for i, token in enumerate(tokens):
        if token.text in (";", "{", "}"):
            if any(is_wanted(each) for each in tokens[start:i]):
                found.update(range(start, i))
            start = i + 1
    return found


def _flipped(text, tokens, i):
    """The text in place of the token, or None if it is not to be flipped."""
    token = tokens[i]
    before = [each.text for each in tokens[max(0, i - 4):i]]
    if before and before[-1] == "operator":
        return None
    if token.kind == "number":
        is_pure_virtual = before[-1:] == ["="] and before[-2:-1] in ([")"], ["const"], ["override"])
        return None if is_pure_virtual else next_number(token.text)
    if token.kind == "word":
        return FUNCTIONS.get(token.text) if before[-2:] == ["std", "::"] else WORDS.get(token.text)
    if token.kind != "mark":
        return None
    if token.text == "!":
        return ""
    if token.text in STEPS:
        return STEPS[token.text]
    stands_free = text[token.start - 1:token.start].isspace() and text[token.end:token.end + 1].isspace()
    return OPERATORS.get(token.text) if stands_free else None


def next_number(literal):
    """The literal of a number that is larger by one, or twice as large where one is too little; None if it is read
    as no number."""
    match = re.fullmatch(r"(0[xX][0-9a-fA-F']+|[0-9][0-9']*)((?:[uUlLzZ]|_?[a-z])*)", literal)
    if match:
        digits = match[1].replace("'", "")
        if digits[:2] in ("0x", "0X"):
            return f"{int(digits, 16) + 1:#x}{match[2]}"
        if len(digits) > 1 and digits[0] == "0":
            return f"0{int(digits, 8) + 1:o}{match[2]}"
        return f"{int(digits) + 1}{match[2]}"
    match = re.fullmatch(r"([0-9']*\.?[0-9']*(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)", literal)
    if not match:
        return None
    value = float(match[1].replace("'", ""))
    return f"{value + 1 if value + 1 != value else value * 2!r}{match[2]}"


def next_is_alike(literal):
    """True for numbers of ten and more: whether a bound is 500 or 501 matters to nobody, and a test of it would only
    repeat the number."""
    digits = re.match(r"[0-9']*", literal)[0].replace("'", "")
    return literal[:2] in ("0x", "0X") or len(digits) > 1 or "e" in literal.lower()
