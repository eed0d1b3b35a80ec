"""The shape of a lesson file: front matter, steps, prose and raw blocks, each with its line.

What the words in a block mean is not known here; `engine.lessons.blocks` reads them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from engine.suggestions import did_you_mean
from engine.text import Text, verbatim

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

Report = Callable[[int, Text], None]
"""Takes note of a mistake: the line in the file, and what it is."""

FORMAT = 1
MAX_CHARACTERS = 60_000
MAX_LINES = 3_000
MAX_STEPS = 60
MAX_BLOCKS = 400

CODE_SAMPLES = ("python", "text")
"""Fences of these names are prose: code to be read."""

_FRONT_MATTER = re.compile(r"\A\s*^\+\+\+[ \t]*\n(?P<body>.*?)^\+\+\+[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_TOML_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)")
_BEFORE_STEPS = Text("This stands before the first step. Begin a step with a line such as # Predict.")
_CLOSING_FENCE = re.compile(r"(?:`{3,}|~{3,})\s*")


class RawBlock(msgspec.Struct, frozen=True, eq=False):
    """A fence: its kind, what stands after the kind, the text in it, and the line where it begins."""

    kind: str
    argument: str
    body: str
    line: int


class RawProse(msgspec.Struct, frozen=True, eq=False):
    """Markdown between blocks."""

    markdown: str
    line: int


class RawStep(msgspec.Struct, frozen=True, eq=False):
    """A heading and what stands under it."""

    title: str
    line: int
    parts: Sequence[RawProse | RawBlock]


class FrontMatter(msgspec.Struct, frozen=True, eq=False):
    """The table between the `+++` lines: its values, its text, and the line of its first key."""

    values: Mapping[str, Any]
    body: str
    line: int
    end: int


@cache
def markdown_parser() -> MarkdownIt:
    """CommonMark with tables and formulas. HTML is recognised here so that it can be refused by its line."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.dollarmath.index import math_inline_dollar

    formula = math_inline_dollar(allow_space=False, allow_digits=False)

    def inline_formula(state: StateInline, silent: bool) -> bool:
        """The plugin's rule, which takes the last letter of a text for the one before its first."""
        source = state.src
        state.src = source if state.pos else source + "\n"
        try:
            return formula(state, silent)
        finally:
            state.src = source

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # A title is a line with #; and \\$ must stay apart from the $ that opens a formula.
    parser.disable(["lheading", "text_join"])
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
    parser.inline.ruler.at("math_inline", inline_formula)
    return parser


@cache
def _outline_parser() -> MarkdownIt:
    """The same, as far as headings and fences: what stands within a paragraph is left alone."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable(["lheading", "inline", "text_join"])


def normalized(text: str) -> str:
    """The text with every line ended by a line feed, and without the mark that some editors put first."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def front_matter(text: str, report: Report) -> FrontMatter | None:
    """The front matter of a normalized text; None, and a report, where it cannot be read."""
    found = _FRONT_MATTER.match(text)
    if found is None:
        report(1, Text("A lesson begins with a line +++, keys such as id and title, and a line +++."))
        return None
    line = text.count("\n", 0, found.start("body")) + 1
    values = toml_values(found["body"], line, report)
    if values is None:
        return None
    return FrontMatter(values, found["body"], line, end=text.count("\n", 0, found.end()))


def toml_values(body: str, first_line: int, report: Report) -> dict[str, Any] | None:
    """The table that `body` describes; None, and a report with the line, where it is no TOML."""
    try:
        return tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.fullmatch(str(error))
        what = found["what"] if found else str(error)
        inside = int(found["line"]) if found and found["line"] else max(1, len(body.splitlines()))
        report(
            first_line + inside - 1,
            Text(
                "This cannot be read ({reason}). Write key = value, a line each, words in quotes.",
                {"reason": verbatim(what)},
            ),
        )
    except RecursionError:
        report(first_line, Text("This is nested too deeply."))
    return None


def key_line(body: str, first_line: int, key: str, nth: int = 0) -> int:
    """The line of the file where the `nth` `key =` or `[key]` of a block stands; its first if nowhere."""
    pattern = _key_pattern(key)
    count = 0
    for number, line in enumerate(body.split("\n")):
        found = len(pattern.findall(line))
        if count + found > nth:
            return first_line + number
        count += found
    return first_line


@lru_cache(maxsize=256)  # re's own memory is soon full, and a lesson has the same keys over and over
def _key_pattern(key: str) -> re.Pattern[str]:
    written = rf"""(?:"{re.escape(key)}"|'{re.escape(key)}'|{re.escape(key)})"""
    return re.compile(rf"(?:^|[{{,.\s]){written}\s*[=.]|^\s*\[+\s*{written}\s*[\].]")


def outline_titles(text: str) -> tuple[str, ...]:
    """The titles of the steps of a normalized text, by a glance at its lines: for the outline of a course."""
    titles: list[str] = []
    fence = ""
    for line in text.split("\n"):
        marker = line[:3]
        if fence:
            fence = "" if marker == fence and _CLOSING_FENCE.fullmatch(line) else fence
        elif marker in ("```", "~~~"):
            fence = marker
        elif line.startswith("# "):
            titles.append(line[2:].strip().rstrip("#").strip())
    return tuple(titles)


def split_steps(text: str, skipped: int, report: Report) -> list[RawStep]:
    """The steps of a normalized text whose first `skipped` lines are front matter."""
    lines = text.split("\n")
    body = "\n".join([""] * skipped + lines[skipped:])
    steps: list[RawStep] = []
    parts: list[RawProse | RawBlock] = []
    start = skipped

    def add_prose(stop: int) -> None:
        first, last = start, stop
        while first < last and not lines[first].strip():
            first += 1
        if first == last:
            return
        if not steps:
            report(first + 1, _BEFORE_STEPS)
            return
        parts.append(RawProse("\n".join(lines[first:last]).rstrip(), first + 1))

    for token, title in _landmarks(body):
        assert token.map is not None
        add_prose(token.map[0])
        start = token.map[1]
        if token.type == "heading_open":
            parts = []
            steps.append(RawStep(title, token.map[0] + 1, parts))
        else:
            block = _raw_block(token, lines, report)
            if not steps:
                report(block.line, _BEFORE_STEPS)
            parts.append(block)
    add_prose(len(lines))
    _check_size(steps, report)
    return steps[:MAX_STEPS]


def _landmarks(body: str) -> Iterator[tuple[Token, str]]:
    """The tokens that divide a lesson: headings of the first level (with their words) and blocks."""
    tokens = _outline_parser().parse(body)
    for place, token in enumerate(tokens):
        if token.level:
            continue
        if token.type == "heading_open" and token.tag == "h1":
            yield token, tokens[place + 1].content
        elif token.type == "fence" and token.info.strip() not in CODE_SAMPLES:
            yield token, ""


def _raw_block(token: Token, lines: Sequence[str], report: Report) -> RawBlock:
    assert token.map is not None
    first, stop = token.map
    closing = lines[stop - 1].strip()
    if stop - first < 2 or set(closing) != set(token.markup) or len(closing) < len(token.markup):
        report(first + 1, Text("This block is never closed. Close it with a line of its own: ```"))
    kind, _, argument = token.info.strip().partition(" ")
    return RawBlock(kind, argument.strip(), token.content, first + 1)


def _check_size(steps: Sequence[RawStep], report: Report) -> None:
    if not steps:
        report(1, Text("This lesson has no steps. Begin each with a line such as # Predict."))
    if len(steps) > MAX_STEPS:
        report(steps[MAX_STEPS].line, Text("A lesson has at most {limit} steps.", {"limit": MAX_STEPS}))
    parts = [part for step in steps for part in step.parts]
    if len(parts) > MAX_BLOCKS:
        report(parts[MAX_BLOCKS].line, Text("A lesson has at most {limit} blocks.", {"limit": MAX_BLOCKS}))


def nearest(word: str, known: Sequence[str]) -> Text:
    """What to say after a word that is not known: the one it resembles, or all there are."""
    return _nearest(word[:40], tuple(known))


@lru_cache(maxsize=256)
def _nearest(word: str, known: tuple[str, ...]) -> Text:
    return did_you_mean(word, known) or Text("There are: {names}.", {"names": list(known)})
