"""A learner's work on one lesson as a file for a teacher: every answer as it was typed, and its verdict."""

from __future__ import annotations

import re
import time
from itertools import count
from pathlib import Path

import msgspec

from engine.errors import StorageError
from engine.lessons.lesson import Lesson
from engine.progress import LessonProgress, clean
from engine.safe_files import write_atomically
from engine.text import Text, verbatim

FORMAT = 1
LONGEST_NAME = 100
"""Characters of a learner's name."""


class HandIn(msgspec.Struct, frozen=True):
    """What the file holds, as JSON. Times are seconds since 1970, and `date` is one that people can read.

    steps: how many the lesson has, and exercises: the names of those in it, in their order.
    progress: what the learner's own profile keeps of the lesson.
    """

    name: str
    lesson: str
    title: str
    language: str
    steps: int
    exercises: tuple[str, ...]
    progress: LessonProgress
    time: float
    date: str
    format: int = FORMAT


def work_on(lesson: Lesson, progress: LessonProgress, name: str, now: float) -> HandIn:
    """The work of the learner called `name` on `lesson`, handed in at `now`, in seconds since 1970."""
    return HandIn(
        name=clean(name).strip()[:LONGEST_NAME],
        lesson=lesson.id,
        title=lesson.title,
        language=lesson.language,
        steps=len(lesson.steps),
        exercises=tuple(exercise.id for step in lesson.steps for exercise in step.exercises()),
        progress=progress,
        time=now,
        date=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now)),
    )


def hand_in(work: HandIn, folder: Path) -> Path:
    """Write the work into `folder`, whole or not at all, beside what is there, and return its path.

    Raises StorageError where that cannot be done.
    """
    content = msgspec.json.format(msgspec.json.encode(work), indent=1)
    try:
        path = _free_path(folder, work)
        write_atomically(path, content)
    except OSError as error:
        words = {"folder": verbatim(str(folder)), "why": verbatim(error.strerror or str(error))}
        what = Text("Your work cannot be put into {folder}: {why}.", words)
        remedy = Text("It is kept in your profile. Tell whoever looks after this computer.")
        raise StorageError(what, folder, remedy) from error
    return path


def _free_path(folder: Path, work: HandIn) -> Path:
    """A name that says whose work it is, on what, and when; without letters that some file system refuses.

    Nothing is overwritten: who hands in again, or has the same name, gets another file.
    """
    date = re.sub(r"\D", "", work.date)
    parts = [re.sub(r"[^\w-]+", " ", part).strip()[:60] for part in (work.name, work.lesson, date)]
    stem = " ".join(part for part in parts if part)
    for number in count(1):
        path = folder / (f"{stem} {number}.json" if number > 1 else f"{stem}.json")
        if not path.exists():
            return path
    raise AssertionError("count never ends")
