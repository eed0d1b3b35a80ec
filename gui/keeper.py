"""What a learner does goes into the profile: noted at once, written a little later, beside the window.

Only facts are noted (a step seen, an answer as typed, a lesson completed), so that undo takes back what is on
screen and never what was learned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from engine.actions import OpenLesson
from engine.errors import GradusError
from engine.lessons.lesson import Lesson
from engine.lessons.scoring import Answer
from engine.progress import Attempt, LessonProgress
from engine.review import is_review, origin
from engine.scene import Scene, make_scene, scene_values
from engine.session import SessionState
from engine.storage import Profile
from gui.jobs import Response, Worker

DELAY = 1_000
"""Milliseconds from a change to its writing."""

RETRY = 20_000
"""Milliseconds to the next try when the disk or another window was in the way."""

LONGEST_PLACE = 4_000


class Keeper(QObject):
    """Notes what happens in the session, and saves the profile."""

    noticed = Signal(list)
    """Texts that the learner should read once."""

    progressed = Signal()
    """A lesson's progress is another."""

    def __init__(self, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.profile = profile
        self._worker = Worker("profile", self)
        self._worker.finished.connect(self._saved)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._save)

    def note(self, new: SessionState, old: SessionState) -> None:
        """Note what the change from `old` to `new` says about the learner's progress."""
        lesson = new.lesson
        if lesson is None:
            return
        arrived = old.lesson is not lesson or old.step != new.step
        reviewing = is_review(lesson)
        if arrived and not reviewing:
            self.profile.visit(lesson.id, str(new.step))
        if new.answers is not old.answers and old.lesson is lesson:
            self._note_answers(lesson, new.answers, old.answers)
        if arrived or new.answers is not old.answers:
            finished = len(new.done) == len(lesson.steps) and not reviewing
            if finished and not self.profile.lesson(lesson.id).done:
                self.profile.finish(lesson.id)
            self.progressed.emit()
            self.save_soon()

    def change(self, **choices: object) -> None:
        """Choose settings, by their names in `Settings`."""
        self.profile.change(**choices)
        self.save_soon()

    def reset(self, lesson: str | None = None) -> None:
        """Forget the progress of one lesson, or of all."""
        self.profile.reset(lesson)
        self.progressed.emit()
        self.save_soon()

    def save_soon(self) -> None:
        """Write what changed when nothing has changed for a moment."""
        if self.profile.unsaved:
            self._timer.start(DELAY)

    def say_notices(self) -> None:
        """Hand on what the profile has to say."""
        notices = self.profile.take_notices()
        if notices:
            self.noticed.emit(notices)

    def close(self) -> None:
        """Write for the last time."""
        self._timer.stop()
        self._worker.close()
        self.profile.close()

    def _save(self) -> None:
        self._worker.ask(self.profile.save)

    def _saved(self, response: Response) -> None:
        self.say_notices()
        if response.error is not None:
            raise response.error
        if not response.result:
            self._timer.start(RETRY)

    def _note_answers(self, lesson: Lesson, new: Mapping[str, Answer], old: Mapping[str, Answer]) -> None:
        for name, answer in new.items():
            before = old.get(name, Answer(variant=answer.variant))
            home, exercise = origin(lesson, name)
            if answer.seen and not before.seen:
                self.profile.answer(home, exercise, answer.given, "shown", answer.variant)
            if answer.outcome != "open" and _given(answer) != _given(before):
                self.profile.answer(home, exercise, answer.given, answer.outcome, answer.variant)


def _given(answer: Answer) -> tuple[object, ...]:
    """What makes an answer another one: hints and what was shown do not."""
    return answer.given, answer.outcome, answer.tries, answer.variant


def resumed(
    lesson: Lesson, progress: LessonProgress, step: int | None = None, hide_answers: bool = False
) -> OpenLesson:
    """`lesson` as the learner left it, or at `step`. With `hide_answers`, one that was shown is not any more.

    An exercise that was ever answered rightly is answered rightly, with the numbers it had then.
    """
    visited = {int(name) for name in progress.steps if name.isdigit() and int(name) < len(lesson.steps)}
    if step is None:
        step = int(progress.last_step) if progress.last_step.isdigit() else 0
    answers: dict[str, Answer] = {}
    for exercise, attempts in progress.answers.items():
        right = [attempt for attempt in attempts if attempt.verdict == "right"]
        variant = (right or attempts)[-1].variant
        answer = _resumed([one for one in attempts if one.variant == variant], variant)
        answers[exercise] = msgspec.structs.replace(answer, seen=answer.seen and not hide_answers)
    return OpenLesson(lesson, min(step, len(lesson.steps) - 1), answers, frozenset(visited), hide_answers)


def _resumed(attempts: Sequence[Attempt], variant: int) -> Answer:
    """What stands after these attempts at one variant."""
    judged = [attempt for attempt in attempts if attempt.verdict != "shown"]
    right = [attempt for attempt in judged if attempt.verdict == "right"]
    newest = (right or judged)[-1] if judged else None
    return Answer(
        given=newest.typed if newest else "",
        outcome=newest.verdict if newest and newest.verdict != "shown" else "open",
        tries=sum(attempt.verdict == "wrong" for attempt in judged),
        seen=len(judged) < len(attempts),
        variant=variant,
    )


def written_place(pack: str, state: SessionState, lesson: str) -> str:
    """Where the learner is, in the one line that a profile keeps.

    A lesson of a pack; and, while exploring, the scene beside the lesson to go back to.
    """
    place: dict[str, Any] = {"pack": pack, "lesson": lesson}
    if state.lesson is None and state.scene is not None:
        place["scene"] = state.scene.name
        place["values"] = scene_values(state.scene)
    written = json.dumps(place, ensure_ascii=False)
    if len(written) > LONGEST_PLACE:  # a picture with much data in it: the lesson beside it is remembered
        written = json.dumps({"pack": pack, "lesson": lesson}, ensure_ascii=False)
    return written if len(written) <= LONGEST_PLACE else ""


def read_place(written: str) -> dict[str, Any]:
    """What `written_place` wrote; empty if it is not that."""
    try:
        place = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return place if isinstance(place, dict) else {}


def placed_scene(place: Mapping[str, Any]) -> Scene | None:
    """The scene that a place names, with the learner's values; None if it names none that can be."""
    values = place.get("values", {})
    if not isinstance(place.get("scene"), str) or not isinstance(values, dict):
        return None
    try:
        return make_scene(place["scene"], values)
    except GradusError:
        return None
