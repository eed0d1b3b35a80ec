"""The mistake notebook as the window has it: the lessons it needs are read beside the window, then opened."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from engine.actions import OpenLesson
from engine.errors import LessonError
from engine.lessons.lesson import Lesson, LessonSummary
from engine.lessons.library import open_lesson
from engine.notebook import Missed, due_at, notebook
from engine.review import LONGEST, review
from engine.storage import Profile
from engine.words import _
from gui.course import Course
from gui.jobs import Response, Worker


class Notebook(QObject):
    """What was missed in the lessons at hand, and the review that asks it again."""

    ready = Signal(object)
    """An OpenLesson: the review."""

    said = Signal(str)
    """Why there is none."""

    def __init__(self, profile: Profile, course: Course, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._course = course
        self._worker = Worker("review", self)
        self._worker.finished.connect(self._read)

    def missed(self) -> tuple[Missed, ...]:
        """What is in the notebook, of lessons at hand, the one longest due first."""
        return tuple(one for one in notebook(self._profile.progress) if self._course.find(one.lesson))

    def due(self) -> tuple[Missed, ...]:
        """What is to be asked now."""
        return due_at(self.missed(), time.time())

    def practise(self) -> None:
        """Ask again what is due; if nothing is, what will be."""
        asked = (self.due() or self.missed())[:LONGEST]
        found = {one.lesson: self._course.summary(self._course.find(one.lesson)) for one in asked}
        summaries = {name: summary for name, summary in found.items() if summary is not None}
        title = _("Once more")
        self._worker.ask(lambda: _review(asked, summaries, title))

    def close(self) -> None:
        """End its thread."""
        self._worker.close()

    def _read(self, response: Response) -> None:
        if response.error is not None:
            raise response.error
        if response.result is None:
            self.said.emit(_("There is nothing to ask again. Whatever you miss comes back here."))
        else:
            self.ready.emit(response.result)


def _review(
    asked: tuple[Missed, ...], summaries: Mapping[str, LessonSummary], title: str
) -> OpenLesson | None:
    lessons: dict[str, Lesson] = {}
    for name, summary in summaries.items():
        try:
            lessons[name] = open_lesson(summary)
        except LessonError:
            continue  # a lesson with mistakes says so where it is opened
    return review(asked, lessons, title)
