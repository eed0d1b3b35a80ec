"""Cells side by side in as many equal columns as the width has room for, the same in every row."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget


class Columns(QWidget):
    """Lays its cells out in columns of at least `narrowest` characters; wide cells take a whole row."""

    def __init__(self, narrowest: int, most: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrowest = narrowest
        self._most = most
        self._cells: list[tuple[QWidget, bool]] = []
        self._count = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set_cells(self, cells: Iterable[tuple[QWidget, bool]]) -> None:
        """Show these widgets, in this order; True beside one gives it a row of its own.

        The ones before are taken out, not destroyed: whoever made them may show them elsewhere.
        """
        self._cells = list(cells)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """One column is enough."""
        widest = max((cell.minimumSizeHint().width() for cell, _ in self._cells), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take another number of columns when the width asks for it."""
        super().resizeEvent(event)
        if self._fitting() != self._count:
            self._arrange()

    def event(self, event: QEvent) -> bool:
        """Take fewer columns when a cell has grown too wide for them."""
        if event.type() == QEvent.Type.LayoutRequest and self._fitting() < self._count:
            self._arrange()
        return super().event(event)

    def _fitting(self) -> int:
        needed = max(
            [self._narrowest * self.fontMetrics().averageCharWidth()]
            + [cell.minimumSizeHint().width() for cell, whole in self._cells if not whole]
        )
        room = self.width() + self._grid.horizontalSpacing()
        return max(1, min(self._most, room // (needed + self._grid.horizontalSpacing())))

    def _arrange(self) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        for column in range(self._most):
            self._grid.setColumnStretch(column, 0)
        self._count = self._fitting()
        row = column = 0
        for cell, whole in self._cells:
            if column and (whole or column == self._count):
                row, column = row + 1, 0
            self._grid.addWidget(cell, row, column, 1, self._count if whole else 1)
            row, column = (row + 1, 0) if whole else (row, column + 1)
        for column in range(self._count):
            self._grid.setColumnStretch(column, 1)
        self.updateGeometry()
