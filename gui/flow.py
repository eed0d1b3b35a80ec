"""Small widgets one after the other, in as many lines as the width asks for."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

BETWEEN = 4


class Flow(QWidget):
    """Places its widgets as words are placed in a paragraph; its height is that of the lines they need."""

    def __init__(self) -> None:
        super().__init__()
        self._widgets: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_widgets(self, widgets: Iterable[QWidget]) -> None:
        """Show these, in this order; those before that are not among them are destroyed."""
        kept = list(widgets)
        for widget in self._widgets:
            if widget not in kept:
                widget.hide()
                widget.deleteLater()
        self._widgets = kept
        before: QWidget | None = None
        for widget in kept:
            widget.setParent(self)
            widget.show()
            if before is not None:
                QWidget.setTabOrder(before, widget)
            before = widget
        self._arrange()

    def sizeHint(self) -> QSize:
        """As high as its lines are at the width it has."""
        return QSize(self.minimumSizeHint().width(), self.height())

    def minimumSizeHint(self) -> QSize:
        """One widget a line is enough."""
        return QSize(max((widget.sizeHint().width() for widget in self._widgets), default=0), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size need other lines."""
        super().changeEvent(event)
        if event.type() in (
            QEvent.Type.FontChange,
            QEvent.Type.StyleChange,
            QEvent.Type.LayoutDirectionChange,
        ):
            self._arrange()

    def _arrange(self) -> None:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        sizes = [widget.sizeHint() for widget in self._widgets]
        line = max((size.height() for size in sizes), default=0)
        x = y = 0
        for widget, size in zip(self._widgets, sizes, strict=True):
            wide = min(size.width(), max(self.width(), 1))
            if x and x + wide > self.width():
                x, y = 0, y + line + BETWEEN
            left = self.width() - x - wide if mirrored else x
            widget.setGeometry(left, y + (line - size.height()) // 2, wide, size.height())
            x += wide + BETWEEN
        self.setFixedHeight(y + line)
