"""A lesson file, read: every formula and parameter in it checked, every mistake reported with its line.

`docs/lessons.md` describes the format for those who write lessons. The work is shared among neighbours:
`source` finds steps and blocks, `keys` takes a block's keys one by one, `blocks` knows each kind of block,
`folding` the picture that each step starts from, `prose` what may stand in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.errors import LessonError, Problem
from engine.lessons.blocks import BUILDERS, PICTURE
from engine.lessons.folding import Folding
from engine.lessons.keys import Keys, identifier, text, whole
from engine.lessons.lesson import Block, Exercise, Lesson, LessonSummary, Prose, Step
from engine.lessons.prose import check_markdown
from engine.lessons.reading import Reading
from engine.lessons.source import (
    FORMAT,
    MAX_CHARACTERS,
    MAX_LINES,
    FrontMatter,
    RawBlock,
    RawProse,
    RawStep,
    front_matter,
    nearest,
    normalized,
    outline_titles,
    split_steps,
)
from engine.text import Text, verbatim

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Head(msgspec.Struct, frozen=True):
    """What the front matter says."""

    id: str
    title: str
    minutes: int = 0
    summary: str = ""


def read_lesson(text: str, path: str, language: str = "en") -> Lesson:
    """The lesson that a file holds.

    text: the file's content; path: its name, for people; language: the one it is written in.
    Raises LessonError with all its problems, in the order of the file.
    """
    problems = _Problems(path)
    text = normalized(text)
    front, head = _opened(text, problems)
    check_markdown(head.summary, front.line, (), problems.report)
    raw_steps = split_steps(text, front.end, problems.report)
    reading = Reading(problems.report, Folding(problems.report))
    steps = tuple(_step(number, raw, reading) for number, raw in enumerate(raw_steps))
    problems.raise_if_any()
    return Lesson(
        id=head.id,
        title=head.title,
        language=language,
        steps=steps,
        minutes=head.minutes,
        path=path,
        summary=head.summary,
    )


def summarize(text: str, path: str, language: str = "en") -> LessonSummary:
    """What the outline shows of a lesson: its front matter and the titles of its steps, read at a glance.

    Raises LessonError with what keeps the front matter from being read.
    """
    problems = _Problems(path)
    plain = normalized(text)
    _, head = _opened(plain, problems)
    problems.raise_if_any()
    return LessonSummary(
        id=head.id,
        title=head.title,
        language=language,
        minutes=head.minutes,
        summary=head.summary,
        steps=outline_titles(plain),
        path=path,
        source=text,
    )


class _Problems:
    """The mistakes found so far."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: set[tuple[int, str]] = set()
        self.problems: list[Problem] = []

    def report(self, line: int, what: Text) -> None:
        if (line, str(what)) not in self.found:
            self.found.add((line, str(what)))
            self.problems.append(Problem(self.path, line, what))

    def raise_if_any(self) -> None:
        if self.problems:
            ordered = tuple(sorted(self.problems, key=lambda problem: problem.line))
            what = Text("This lesson has mistakes: {count}.", {"count": len(ordered)})
            remedy = Text("Line {line}: {what}", {"line": ordered[0].line, "what": ordered[0].what})
            raise LessonError(what, ordered, remedy)


def _opened(text: str, problems: _Problems) -> tuple[FrontMatter, Head]:
    """The front matter, after what would make reading on pointless."""
    if len(text) > MAX_CHARACTERS:
        problems.report(1, Text("A lesson has at most {limit} characters.", {"limit": MAX_CHARACTERS}))
        problems.raise_if_any()
    if text.count("\n") > MAX_LINES:
        problems.report(MAX_LINES, Text("A lesson has at most {limit} lines.", {"limit": MAX_LINES}))
        problems.raise_if_any()
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        problems.report(line, Text("There is a control character in this line. This may be no text file."))
        problems.raise_if_any()
    front = front_matter(text, problems.report)
    if front is None:
        problems.raise_if_any()
    assert front is not None
    return front, _head(front, problems)


def _head(front: FrontMatter, problems: _Problems) -> Head:
    keys = Keys(front.body, front.line, problems.report, known=(), values=front.values)
    if _is_newer(front.values):
        keys.fault(
            "format",
            Text(
                "This lesson is written in format {theirs}, and this Gradus reads format {ours}. "
                "A newer Gradus can open it.",
                {"theirs": front.values["format"], "ours": FORMAT},
            ),
        )
        problems.raise_if_any()
    version = keys.take("format", whole, 0)
    if "format" in keys and version != FORMAT:
        keys.fault("format", Text("format: write {line}.", {"line": verbatim(f"format = {FORMAT}")}))
    head = Head(
        id=keys.take("id", identifier, ""),
        title=keys.take("title", text, ""),
        minutes=keys.optional("minutes", whole) or 0,
        summary=keys.optional("summary", text) or "",
    )
    keys.finish()
    return head


def _is_newer(values: Mapping[str, Any]) -> bool:
    version = values.get("format")
    return isinstance(version, int) and not isinstance(version, bool) and version > FORMAT


def _step(number: int, raw: RawStep, reading: Reading) -> Step:
    """Read a step: first what makes its picture, then what speaks of it."""
    reading.step = number
    reading.folding.begin_step()
    if not raw.title.strip():
        reading.report(raw.line, Text("This step has no title."))
    built: dict[int, Block] = {}
    for picture in (True, False):
        for place, part in enumerate(raw.parts):
            is_picture = isinstance(part, RawBlock) and part.kind in PICTURE
            if is_picture == picture:
                block = _block(part, reading)
                if block is not None:
                    built[place] = block
    if not raw.parts:
        reading.report(raw.line, Text("There is nothing in this step."))
    blocks = tuple(built[place] for place in sorted(built))
    return Step(raw.title, raw.line, blocks, reading.folding.setting)


def _block(part: RawProse | RawBlock, reading: Reading) -> Block | None:
    if isinstance(part, RawProse):
        check_markdown(part.markdown, part.line, reading.folding.known(), reading.report)
        return Prose(part.markdown, part.line)
    build = BUILDERS.get(part.kind)
    if build is None:
        words = {"kind": verbatim(part.kind[:40] or "```"), "remedy": nearest(part.kind, tuple(BUILDERS))}
        reading.report(part.line, Text("There is no block {kind}. {remedy}", words))
        return None
    block = build(part, reading)
    if isinstance(block, Exercise) and block.id:
        reading.exercises.setdefault(block.id, (reading.step, block))
    return block
