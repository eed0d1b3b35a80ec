"""The mistake notebook: what a learner missed, and when to ask it again. Read off the record, kept nowhere.

An exercise is missed when an answer to it was wrong, or was shown. Each right answer since then makes the
wait before the next asking longer; after the last of `WAITS` it is learned, and leaves the notebook.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.progress import Attempt, Progress

MINUTE, DAY = 60.0, 86_400.0
WAITS = (0.0, 10 * MINUTE, DAY, 4 * DAY)
"""Seconds from the last attempt to the next asking, after 0, 1, 2, … right answers in a row."""


class Missed(NamedTuple):
    """One exercise in the notebook.

    variant: the numbers it was asked with last. due: when to ask it again, in seconds since 1970.
    """

    lesson: str
    exercise: str
    variant: int
    due: float


def notebook(progress: Progress) -> tuple[Missed, ...]:
    """Every exercise that was missed and is not yet learned, the one longest due first."""
    found = [
        Missed(lesson, exercise, attempts[-1].variant, due)
        for lesson, record in progress.lessons.items()
        for exercise, attempts in record.answers.items()
        if attempts and (due := _due(attempts)) is not None
    ]
    return tuple(sorted(found, key=lambda missed: (missed.due, missed.lesson, missed.exercise)))


def due_at(missed: tuple[Missed, ...], now: float) -> tuple[Missed, ...]:
    """Those that are to be asked by now."""
    return tuple(one for one in missed if one.due <= now)


def _due(attempts: tuple[Attempt, ...]) -> float | None:
    """When to ask again; None where nothing was missed, or enough was right since."""
    right_since = 0
    missed = False
    for attempt in attempts:
        if attempt.verdict in ("wrong", "shown"):
            missed, right_since = True, 0
        elif attempt.verdict == "right":
            right_since += 1
    if not missed or right_since >= len(WAITS):
        return None
    return attempts[-1].time + WAITS[right_since]
