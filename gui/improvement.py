"""How far a picture that takes long has come: a bar, and a button that stops it or lets it go on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from engine.words import _
from gui.parts import tool_button

FINEST = 1000


class Improvement(QWidget):
    """Shown while a better picture than the one on show is being computed, or was stopped on its way."""

    stopped = Signal()
    resumed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._going = False
        self.bar = QProgressBar(minimum=0, maximum=FINEST, textVisible=False)
        self.bar.setAccessibleName(_("How much of the picture is computed"))
        self.button = tool_button(_("Stop"), written=True)
        self.button.clicked.connect(self._press)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.button)
        self.hide()

    def set_done(self, done: float, going: bool) -> None:
        """Show which share is done, and whether it goes on; at 1 there is nothing to show."""
        self.bar.setValue(round(FINEST * done))
        self._show_going(going)
        self.setVisible(done < 1)

    def _press(self) -> None:
        if self._going:
            self.stopped.emit()
        else:
            self._show_going(True)
            self.resumed.emit()

    def _show_going(self, going: bool) -> None:
        self._going = going
        words = _("Stop") if going else _("Go on")
        if self.button.text() != words:
            self.button.setText(words)
            self.button.setAccessibleName(words)
