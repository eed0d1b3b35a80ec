"""What a screen reader says of the picture: its sentence, politely, and not with every frame."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QWidget

PAUSE = 700  # milliseconds of stillness before the sentence is announced


class Speaker(QObject):
    """Keeps a widget's accessible description, and announces it once the picture has come to rest."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._sentence = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._announce)

    def say(self, sentence: str) -> None:
        """This is what the picture shows now."""
        if sentence == self._sentence:
            return
        self._sentence = sentence
        self._widget.setAccessibleDescription(sentence)
        if QAccessible.isActive():
            self._timer.start()

    def _announce(self) -> None:
        changed = QAccessibleEvent(self._widget, QAccessible.Event.DescriptionChanged)
        QAccessible.updateAccessibility(changed)
        announcement = QAccessibleAnnouncementEvent(self._widget, self._sentence)
        announcement.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(announcement)
