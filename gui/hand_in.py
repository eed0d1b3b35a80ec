"""Handing in work: asks for the learner's name, and puts what the profile keeps of a lesson into a folder.

The folder is the administrator's, often a share, so it is written to beside the window.
"""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from engine.errors import GradusError
from engine.hand_in import LONGEST_NAME, hand_in, work_on
from engine.lessons.lesson import Lesson
from engine.words import _
from gui.controller import Controller
from gui.jobs import Response, Worker
from gui.keeper import Keeper
from gui.labels import label
from gui.notices import error_words


class HandingIn(QObject):
    """The command of the menu, and what comes of it."""

    said = Signal(str)

    def __init__(self, window: QWidget, controller: Controller, keeper: Keeper, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._keeper = keeper
        self._folder = folder
        self._worker = Worker("hand-in", self)
        self._worker.finished.connect(self._written)

    def ask(self) -> None:
        """Ask whose work it is, and hand it in."""
        lesson = self._controller.state.lesson
        if lesson is None:
            return
        dialog = HandInDialog(lesson, self._folder, self._keeper.profile.settings.name, self._window)
        if dialog.exec():
            self._keeper.change(name=dialog.name())
            self.hand_in(lesson, dialog.name())
        dialog.deleteLater()

    def hand_in(self, lesson: Lesson, name: str) -> None:
        """Write the work as it stands now."""
        work = work_on(lesson, self._keeper.profile.lesson(lesson.id), name, time.time())
        self.said.emit(_("Handing in…"))
        self._worker.ask(lambda: hand_in(work, self._folder))

    def close(self) -> None:
        """End the thread."""
        self._worker.close()

    def _written(self, response: Response) -> None:
        if isinstance(response.error, GradusError):
            self.said.emit(error_words(response.error))
        elif response.error is not None:
            raise response.error
        else:
            words = _("Handed in as {file}, in {folder}.")
            self.said.emit(words.format(file=response.result.name, folder=response.result.parent))


class HandInDialog(QDialog):
    """What is handed in, where to, and whose it is."""

    def __init__(self, lesson: Lesson, folder: Path, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Hand in"))
        what = _("The steps you have seen of “{lesson}” and every answer you gave there go to {folder}.")
        self._name = QLineEdit(name, maxLength=LONGEST_NAME)
        self._name.setMinimumWidth(280)
        form = QFormLayout()
        form.addRow(_("Your &name"), self._name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.give = buttons.addButton(_("Hand in"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._name.textChanged.connect(self._enable)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(label(what.format(lesson=lesson.title, folder=folder), wrap=True))
        layout.addLayout(form)
        layout.addWidget(buttons)
        self._enable()

    def name(self) -> str:
        """The name as typed, without blanks around it."""
        return self._name.text().strip()

    def _enable(self) -> None:
        self.give.setEnabled(bool(self.name()))
