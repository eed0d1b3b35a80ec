"""A review: a lesson made of exercises that were missed, each beside its picture and with other numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.actions import OpenLesson
from engine.lessons.lesson import Lesson, Step
from engine.lessons.scoring import Answer
from engine.notebook import Missed

ID = "review"
"""The id of the lesson that a review is; a pack's own lesson of that name is another, with a path."""

LONGEST = 8
"""Exercises in one review."""

_JOINT = "/"  # no id has one


def review(missed: Sequence[Missed], lessons: Mapping[str, Lesson], title: str) -> OpenLesson | None:
    """Ask these again, in order; those whose lesson or exercise is gone are left out. None if all are."""
    steps: list[Step] = []
    answers: dict[str, Answer] = {}
    for one in missed:
        step = _step(one, lessons)
        if step is not None and len(steps) < LONGEST:
            steps.append(step)
            answers[_name(one)] = Answer(variant=one.variant + 1)
    if not steps:
        return None
    return OpenLesson(Lesson(ID, title, "", tuple(steps)), answers=answers)


def is_review(lesson: Lesson | None) -> bool:
    """Whether this lesson is a review."""
    return lesson is not None and lesson.id == ID and not lesson.path


def origin(lesson: Lesson, exercise: str) -> tuple[str, str]:
    """The lesson and the exercise that an answer belongs to, in a review or not."""
    if not is_review(lesson):
        return lesson.id, exercise
    name, _, exercise = exercise.partition(_JOINT)
    return name, exercise


def _step(missed: Missed, lessons: Mapping[str, Lesson]) -> Step | None:
    lesson = lessons.get(missed.lesson)
    for step in lesson.steps if lesson is not None else ():
        for exercise in step.exercises():
            if exercise.id == missed.exercise:
                assert lesson is not None
                renamed = msgspec.structs.replace(exercise, id=_name(missed))
                return Step(lesson.title, step.line, (renamed,), step.setting)
    return None


def _name(missed: Missed) -> str:
    return missed.lesson + _JOINT + missed.exercise
