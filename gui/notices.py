"""The quiet line above the panes: what happened, what the rest does meanwhile, and a way to report it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engine.errors import GradusError
from engine.words import _, shown
from gui.labels import close_button, label


class NoticeBar(QWidget):
    """One line of words until it is closed or its cause is gone; the newest stands in place of the others."""

    report = Signal()
    """The learner wants to report what is said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Midlight)
        self._topic = ""
        self._words = label(wrap=True, selectable=True)
        self._report = QPushButton(_("Report a problem…"), flat=True)
        self._report.clicked.connect(self.report)
        close = close_button(_("Close this line"))
        close.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._report)
        layout.addWidget(close)
        self.hide()

    def say(self, words: str, topic: str = "", failure: bool = False) -> None:
        """Show a line about `topic`; a failure offers to be reported."""
        self._topic = topic
        self._words.setText(words)
        self._report.setVisible(failure)
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def say_error(self, error: BaseException, topic: str = "") -> None:
        """What went wrong: in its own words where it has some, else that something failed."""
        if isinstance(error, GradusError):
            self.say(error_words(error), topic)
        else:
            self.say(failure_words(error), topic, failure=True)

    def clear(self) -> None:
        """Say nothing."""
        self._topic = ""
        self.hide()

    def settle(self, topic: str) -> None:
        """The cause of what was said about `topic` is gone."""
        if self._topic == topic:
            self.clear()

    def words(self) -> str:
        """What is said; empty while nothing is."""
        return self._words.text() if not self.isHidden() else ""


def error_words(error: GradusError) -> str:
    """What is wrong, and what to do about it."""
    return shown(error.in_full())


def failure_words(error: BaseException) -> str:
    """One line for a failure that is a mistake of the program."""
    what = str(error).strip().splitlines()
    brief = what[0][:160] if what else type(error).__name__
    return _("Something failed: {what}. The rest goes on.").format(what=brief.rstrip("."))
