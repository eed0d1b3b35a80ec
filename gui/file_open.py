"""A double click on a pack while Gradus runs: macOS tells the running program instead of starting another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent


class FileOpening(QObject):
    """Hands what the system asks to be opened to `open_path`, from `begin` on; what was asked before waits.

    The first request comes while the window is being made: it is the double click that started the program.
    """

    def __init__(self, application: QObject, open_path: Callable[[Path], object]) -> None:
        super().__init__(application)
        self._open_path = open_path
        self._begun = False
        self._waiting: list[Path] = []
        application.installEventFilter(self)

    def begin(self) -> None:
        """The window can open files now."""
        self._begun = True
        waiting, self._waiting = self._waiting, []
        for path in waiting:
            self._open_path(path)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the requests to open a file; what is no file of this computer is left to Qt."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return super().eventFilter(watched, event)
        path = Path(event.file())
        if self._begun:
            self._open_path(path)
        else:
            self._waiting.append(path)
        return True
