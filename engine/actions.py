"""Everything a learner, or the window on their behalf, can do to a session: what `reduce` understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.figure import Figure, View
from engine.lessons.lesson import Lesson
from engine.lessons.scoring import Answer
from engine.scene import Scene


class OpenLesson(msgspec.Struct, frozen=True, eq=False):
    """Open a lesson where the learner left it."""

    lesson: Lesson
    step: int = 0
    answers: Mapping[str, Answer] = {}
    visited: frozenset[int] = frozenset()
    hide_answers: bool = False
    """Whether the administrator wants no answer to be shown before it is given."""


class Explore(msgspec.Struct, frozen=True, eq=False):
    """Leave the lesson and play with a scene."""

    scene: Scene


class GoTo(msgspec.Struct, frozen=True):
    """Show another step of the lesson; beyond its ends nothing happens."""

    step: int


class SetParameters(msgspec.Struct, frozen=True, eq=False):
    """The learner sets parameters. Equal `gesture`s in a row are one entry in the history."""

    values: Mapping[str, Any]
    gesture: str = ""


class Look(msgspec.Struct, frozen=True, eq=False):
    """The figure of a heavy scene has been computed, beside the window: goals are judged by it."""

    scene: Scene
    figure: Figure


class Seek(msgspec.Struct, frozen=True):
    """The transport stands at `position` in [0, 1]: a frame, not something the learner changed."""

    position: float


class SetView(msgspec.Struct, frozen=True):
    """The learner zooms or pans a panel; None brings back its own view."""

    panel: str
    view: View | None


class GiveAnswer(msgspec.Struct, frozen=True):
    """The learner hands in an answer, as typed, or the key of an option."""

    exercise: str
    given: str


class OpenHint(msgspec.Struct, frozen=True):
    """One more rung of the ladder of hints."""

    exercise: str


class ShowAnswer(msgspec.Struct, frozen=True):
    """Give up: the answer is shown, and marked as seen."""

    exercise: str


class Draw(msgspec.Struct, frozen=True):
    """The learner draws: the sketch so far, as `engine.sketches` writes it. Gestures as in SetParameters."""

    exercise: str
    given: str
    gesture: str = ""


class TryAnother(msgspec.Struct, frozen=True):
    """The same exercise with other numbers."""

    exercise: str


class ResetStep(msgspec.Struct, frozen=True):
    """Put the picture back to what the step began with. Answers stay."""


class Undo(msgspec.Struct, frozen=True):
    """Take back the newest change."""


class Redo(msgspec.Struct, frozen=True):
    """Bring back what was undone last."""


Action = (
    OpenLesson
    | Explore
    | GoTo
    | SetParameters
    | Look
    | Seek
    | SetView
    | GiveAnswer
    | OpenHint
    | ShowAnswer
    | Draw
    | TryAnother
    | ResetStep
    | Undo
    | Redo
)
