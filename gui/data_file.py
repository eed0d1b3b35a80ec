"""Opening a CSV: read beside the window, then put into the picture, with a word on what was taken."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.actions import SetParameters
from engine.errors import GradusError
from engine.words import _, shown
from gui.controller import NOTICEABLE, Controller
from gui.jobs import Response, Worker
from gui.navigator import Navigator
from gui.notices import failure_words

if TYPE_CHECKING:  # read when the first file is
    from engine.opened_data import Opened

ENDINGS = (".csv", ".tsv")
"""What is taken for data when it is dropped on the window."""

_log = logging.getLogger(__name__)


class DataFile(QObject):
    """Reads a file of points and shows them; one at a time, the newest wins."""

    said = Signal(str)
    """What was taken, or why nothing could be."""

    def __init__(self, controller: Controller, navigator: Navigator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._navigator = navigator
        self._name = ""
        self._worker = Worker("data", self)
        self._worker.finished.connect(self._take)
        self._slow = QTimer(self, singleShot=True, interval=NOTICEABLE)
        self._slow.timeout.connect(lambda: self.said.emit(_("Reading {file}…").format(file=self._name)))

    def open(self, path: Path) -> None:
        """Show the points of a file: in the picture on show if it takes any, else in one that does."""
        from engine.opened_data import opened

        scene = self._controller.state.scene
        self._name = path.name
        self._worker.ask(lambda: opened(path, scene))
        self._slow.start()

    def close(self) -> None:
        """Stop reading."""
        self._slow.stop()
        self._worker.close()

    def _take(self, response: Response) -> None:
        if self._worker.busy:
            return
        self._slow.stop()
        if response.error is None:
            self._show(response.result)
        elif isinstance(response.error, GradusError):
            words = _("{file} is not shown. {why}")
            self.said.emit(words.format(file=self._name, why=shown(response.error.in_full())))
        else:
            _log.error("reading data failed", exc_info=response.error)
            self.said.emit(failure_words(response.error))

    def _show(self, result: Opened) -> None:
        from engine.opened_data import SCENE, takes_data

        if not takes_data(self._controller.state.scene):
            self._navigator.explore(SCENE)
        self._controller.send(SetParameters(result.values))
        self.said.emit(taken_words(result))


def taken_words(result: Opened) -> str:
    """How much was taken, what it is, and what was not."""
    from engine.data_points import clean_name

    found = result.found
    names = [clean_name(name) for name in found.names]
    values = {"file": result.name, "taken": len(found.values), "rows": found.rows}
    if found.rows > len(found.values):
        said = [_("{file}: {taken} of {rows} rows are shown, at even distances.").format(**values)]
    else:
        said = [_("{file}: {taken} rows are shown.").format(**values)]
    if found.cut:
        said.append(_("The file is longer still."))
    if names:
        said.append(_("Across: {x}, up: {y}.").format(x=names[0], y=names[1]))
    if len(names) > 2:
        others = ", ".join(names[2:])
        said.append(_("“Columns for x and y” takes others too: {names}.").format(names=others))
    if found.blank:
        said.append(_("Rows left out for want of a value: {count}.").format(count=found.blank))
    if result.scaled:
        said.append(_("They are scaled: with the numbers as they are, the run would be lost."))
    return " ".join(said)
