"""How far a learner is in a course: units and lessons with what is done, what was missed, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from engine.lessons.lesson import LessonSummary, Pack
from engine.notebook import Missed
from engine.progress import Progress

Standing = Literal["new", "begun", "done"]


class LessonStanding(NamedTuple):
    """One lesson. seen: steps of it that were on show; missed: exercises of it in the notebook."""

    lesson: LessonSummary
    standing: Standing
    seen: int
    missed: int


class UnitStanding(NamedTuple):
    """One unit, and its lessons in order."""

    title: str
    lessons: tuple[LessonStanding, ...]

    @property
    def done(self) -> int:
        """How many of its lessons are done."""
        return sum(one.standing == "done" for one in self.lessons)


class Overview(NamedTuple):
    """A whole course. following: the lesson to go on with; None where all are done."""

    units: tuple[UnitStanding, ...]
    following: LessonStanding | None

    def lessons(self) -> tuple[LessonStanding, ...]:
        """All lessons, in order."""
        return tuple(lesson for unit in self.units for lesson in unit.lessons)

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(unit.done for unit in self.units)


def overview(pack: Pack, progress: Progress, missed: Iterable[Missed]) -> Overview:
    """Where a learner with this record stands in a pack.

    To go on with: the lesson they were in last if it is not done, else the first one not done after it,
    else the first one not done at all.
    """
    misses: dict[str, int] = {}
    for one in missed:
        misses[one.lesson] = misses.get(one.lesson, 0) + 1
    units = tuple(
        UnitStanding(unit.title, tuple(_standing(lesson, progress, misses) for lesson in unit.lessons))
        for unit in pack.units
    )
    lessons = [lesson for unit in units for lesson in unit.lessons]
    last = max(range(len(lessons)), key=lambda place: _last_time(lessons[place], progress), default=0)
    ahead = [one for one in (*lessons[last:], *lessons[:last]) if one.standing != "done"]
    return Overview(units, ahead[0] if ahead else None)


def _standing(lesson: LessonSummary, progress: Progress, misses: dict[str, int]) -> LessonStanding:
    record = progress.lessons.get(lesson.id)
    if record is None:
        return LessonStanding(lesson, "new", 0, 0)
    seen = sum(step.isdigit() and int(step) < len(lesson.steps) for step in record.steps)
    standing: Standing = "done" if record.done else "begun" if seen else "new"
    return LessonStanding(lesson, standing, seen, misses.get(lesson.id, 0))


def _last_time(one: LessonStanding, progress: Progress) -> float:
    record = progress.lessons.get(one.lesson.id)
    return record.last_time if record is not None else 0.0
