"""The administrator's pack folders, listed beside the course.

Each is read in a thread of its own, since a share may not answer for minutes, and nothing can hurry it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QObject, QTimer, Signal

from engine.lessons.shelf import Shelf, read_shelf
from engine.text import Text, verbatim
from engine.words import shown
from gui.course import Course

PATIENCE = 10_000
"""Milliseconds after which a folder that has not answered is left out."""

EVERY = 50
"""Milliseconds between two looks at what has arrived."""

Answer: TypeAlias = tuple[int, Shelf]
"""Which round of questions it answers, and what was found."""

_log = logging.getLogger(__name__)


class Shelves(QObject):
    """Reads the folders and hands their packs to the course."""

    said = Signal(str)
    """What was left out, in one line."""

    settled = Signal()
    """Every folder has answered, or was given up."""

    def __init__(
        self,
        folders: Sequence[Path],
        course: Course,
        read: Callable[[Path, str], Shelf] = read_shelf,
        patience: int = PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folders = tuple(folders)
        self._course = course
        course.shelves = self._folders
        self._read = read
        self._round = 0
        self._waiting: set[Path] = set()
        self._left_out: list[Text] = []
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self._look = QTimer(self, interval=EVERY)
        self._look.timeout.connect(self._take_all)
        self._patience = QTimer(self, singleShot=True, interval=patience)
        self._patience.timeout.connect(self._give_up)

    @property
    def begun(self) -> bool:
        """Whether the folders were asked for."""
        return self._round > 0

    def wait(self, patience: int) -> None:
        """Wait so many milliseconds for the folders, before the learner's hand is heard."""
        end = QDeadlineTimer(patience)
        while self._waiting and not end.hasExpired():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 10)

    def load(self, language: str) -> None:
        """Read every folder in this language; what is read replaces what was read before."""
        self._round += 1
        self._waiting = set(self._folders)
        self._left_out = []
        if not self._folders:
            return
        self._look.start()
        self._patience.start()
        for folder in self._folders:
            arguments = (self._answers, self._round, self._read, folder, language)
            threading.Thread(target=_answer, args=arguments, name="packs", daemon=True).start()

    def close(self) -> None:
        """Take nothing any more. A thread whose folder does not answer ends with the program."""
        self._look.stop()
        self._patience.stop()
        self._waiting = set()

    def _take_all(self) -> None:
        while not self._answers.empty():
            number, shelf = self._answers.get()
            if number == self._round and shelf.folder in self._waiting:
                self._take(shelf)

    def _take(self, shelf: Shelf) -> None:
        self._waiting.discard(shelf.folder)
        self._left_out += shelf.problems
        for problem in (problem for pack in shelf.packs for problem in pack.problems):
            _log.warning("left out: %s", problem)
        self._course.put_beside(shelf.packs)
        if not self._waiting:
            self._settle()

    def _give_up(self) -> None:
        for folder in sorted(self._waiting):
            words = {"folder": verbatim(str(folder))}
            self._left_out.append(Text("{folder} does not answer.", words))
        self._waiting = set()
        self._settle()

    def _settle(self) -> None:
        self._look.stop()
        self._patience.stop()
        for problem in self._left_out:
            _log.warning("left out: %s", problem)
        if self._left_out:
            self.said.emit(shown(_left_out_words(self._left_out)))
        self.settled.emit()


def _answer(
    answers: SimpleQueue[Answer], number: int, read: Callable[[Path, str], Shelf], folder: Path, language: str
) -> None:
    """In a thread of its own, which holds nothing of Qt's: it may outlive the window."""
    answers.put((number, read(folder, language)))


def _left_out_words(problems: Sequence[Text]) -> Text:
    if len(problems) == 1:
        return Text("A folder or pack of lessons was left out. {what}", {"what": problems[0]})
    words = {"count": len(problems), "what": problems[0]}
    return Text("{count} folders or packs of lessons were left out. {what} The log names the others.", words)
