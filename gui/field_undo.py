"""Ctrl+Z in a field: it takes back typing while there is typing to take back, then what the session did."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget


class FieldUndo(QObject):
    """Watches the field that has the focus: it would keep the keys for itself with nothing to undo, too."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._watch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the keys to the menu's shortcuts when the field has no use for them."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(watched, QLineEdit):
            return False
        assert isinstance(event, QKeyEvent)
        of_no_use = (event.matches(QKeySequence.StandardKey.Undo) and not watched.isUndoAvailable()) or (
            event.matches(QKeySequence.StandardKey.Redo) and not watched.isRedoAvailable()
        )
        if of_no_use:
            event.ignore()
        return of_no_use

    def _watch(self, old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(old, QLineEdit):
            old.removeEventFilter(self)
        if isinstance(new, QLineEdit) and new.window() is self.parent():
            new.installEventFilter(self)
