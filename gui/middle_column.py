"""The column between course and picture: one of several panes, under a button for the course."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.words import _


class MiddleColumn(QWidget):
    """`button` opens the course; `stack` holds the panes, of which one is shown."""

    def __init__(self, *panes: QWidget) -> None:
        super().__init__()
        self.button = QPushButton(_("☰ Course"), flat=True)
        self.button.setAccessibleName(_("Show the course"))
        self.stack = QStackedWidget()
        for pane in panes:
            self.stack.addWidget(pane)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.stack, 1)
