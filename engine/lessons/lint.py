"""Does a lesson teach what it says? Everything the format refuses, and whether its exercises hold water.

Authors and the project's own checks run the same rules: those of `engine.lessons.lint_rules` over each
lesson, and here those over a pack, whose ids are its own and whose translations agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from engine.errors import LessonError, Problem
from engine.lessons.format import read_lesson
from engine.lessons.lesson import Block, Lesson, Prose
from engine.lessons.library import base_of, lesson_files, shown_path
from engine.lessons.lint_rules import RULES
from engine.notation import to_text
from engine.text import Text, verbatim


class Report(msgspec.Struct, frozen=True):
    """What was found in so many lessons: what must be mended, and what could be better."""

    lessons: int
    problems: tuple[Problem, ...]
    advice: tuple[Problem, ...]


def check(paths: Sequence[Path]) -> Report:
    """Every mistake of the lessons at `paths` (files, folders, packs), with its file and line."""
    found: list[Problem] = []
    count = 0
    for path in paths:
        lessons, problems = _read(path, found)
        count += problems + len(lessons)
        found += _across(path, lessons)
        for lesson in lessons.values():
            found += check_lesson(lesson)
    return Report(
        count,
        tuple(problem for problem in found if not problem.advice),
        tuple(problem for problem in found if problem.advice),
    )


def check_lesson(lesson: Lesson) -> list[Problem]:
    """What the rules find in one lesson that the format could read."""
    found = [problem for rule in RULES for problem in rule(lesson)]
    return sorted(found, key=lambda problem: problem.line)


def _read(path: Path, found: list[Problem]) -> tuple[dict[PurePosixPath, Lesson], int]:
    """The lessons of a pack that can be read, and how many cannot; their problems are added to `found`."""
    lessons: dict[PurePosixPath, Lesson] = {}
    unread = 0
    try:
        for place, language, text in lesson_files(path):
            try:
                lessons[place] = read_lesson(text, shown_path(path, place), language)
            except LessonError as error:
                unread += 1
                found += error.problems
    except LessonError as error:
        unread += len(error.problems)
        found += error.problems or [Problem(str(path), 1, error.what)]
    if not lessons and not unread and not found:
        found.append(Problem(str(path), 1, Text("There is no lesson here.")))
    return lessons, unread


# -- rules over several files ----------------------------------------------------------------------------


def _across(path: Path, lessons: Mapping[PurePosixPath, Lesson]) -> Iterator[Problem]:
    """Ids belong to one lesson of a pack, and its translations have them, and all its blocks, in common."""
    first: dict[str, PurePosixPath] = {}
    originals: dict[PurePosixPath, Lesson] = {}
    for place, lesson in sorted(lessons.items(), key=lambda item: (item[1].language != "en", item[0])):
        base = base_of(place)
        if first.setdefault(lesson.id, base) != base:
            words = {"id": lesson.id, "path": verbatim(shown_path(path, first[lesson.id]))}
            yield Problem(lesson.path, 1, Text("The id {id} is taken by {path}.", words))
        original = originals.setdefault(base, lesson)
        if original is not lesson:
            yield from _translation(original, lesson)


def _translation(original: Lesson, translated: Lesson) -> Iterator[Problem]:
    """A translation says the same with other words: same id, steps and blocks, same pictures and answers."""
    other = {"path": verbatim(original.path)}
    if original.id != translated.id:
        yield Problem(translated.path, 1, Text("The id must be that of {path}.", other))
    if len(original.steps) != len(translated.steps):
        counts = {"ours": len(translated.steps), "theirs": len(original.steps), **other}
        what = Text("There are {ours} steps here, and {theirs} in {path}.", counts)
        yield Problem(translated.path, 1, what)
        return
    for ours, theirs in zip(translated.steps, original.steps, strict=True):
        blocks, others = (
            [block for block in step.blocks if not isinstance(block, Prose)] for step in (ours, theirs)
        )
        for block, counterpart in zip(blocks, others, strict=False):
            if _skeleton(block) != _skeleton(counterpart):
                words = {**other, "line": counterpart.line}
                yield Problem(
                    translated.path, block.line, Text("This block differs from line {line} of {path}.", words)
                )
        if len(blocks) != len(others):
            words = {"ours": len(blocks), "theirs": len(others), **other}
            yield Problem(
                translated.path,
                ours.line,
                Text("This step has {ours} blocks, and in {path} it has {theirs}.", words),
            )


def _skeleton(block: Block) -> object:
    """What a translation leaves as it is: all of a block but its words and its line."""
    kept: dict[str, object] = {"kind": type(block).__name__}
    for name in block.__struct_fields__:
        value = getattr(block, name)
        if name in ("line", "ask", "why", "caption", "markdown", "title"):
            continue
        if name == "hints":
            value = len(value)
        elif name == "wrong":
            value = [wrong.answer for wrong in value]
        elif name == "options":
            value = list(value)
        elif name == "check":
            value = to_text(value)
        kept[name] = value
    return kept
