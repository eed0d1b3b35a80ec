"""The empty ground of one panel under the hand: what mouse and wheel ask for there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneHoverEvent,
    QGraphicsSceneMouseEvent,
    QGraphicsSceneWheelEvent,
    QGraphicsWidget,
)

NOTCH = 120  # Qt's units of one notch of a wheel
NOTCH_FACTOR = 0.75  # of what was in view is left by one notch
STRETCH = 1.02  # for each pixel of a drag with the right button
TREMBLE = 4.0  # pixels that a click may move


class Ground(QGraphicsWidget):
    """A press that no handle took is a click until it has moved; then it is a drag, and its way counts whole.

    Left and middle button drag the ground, the right one stretches it about the place of the press.
    """

    clicked = Signal(QPointF, bool)
    """Where the left button was pressed and let go, and whether it was the second time of two."""

    dragged = Signal(QPointF)
    """Pixels that the ground was moved by."""

    traced = Signal(QPointF, QPointF)
    """From where to where the left button was drawn over the ground, in place of a drag; see `traceable`."""

    zoomed = Signal(float, float, QPointF)
    """Times as much to be shown across and up, and the place that stays where it is."""

    pointed = Signal(object)
    """Where the pointer is; None when it has left."""

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.setAcceptHoverEvents(True)
        self.traceable = False
        """Whether the left button draws on the ground instead of moving it."""
        self._button = Qt.MouseButton.NoButton
        self._second = False
        self._is_drag = False

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Take hold; while one button is down, the others do nothing."""
        if self._button is Qt.MouseButton.NoButton:
            self._button, self._second, self._is_drag = event.button(), False, False

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Take hold a second time."""
        self.mousePressEvent(event)
        self._second = True

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Drag or stretch, from the place of the press on."""
        start = event.buttonDownPos(self._button)
        before = event.lastPos()
        if not self._is_drag:
            if (event.pos() - start).manhattanLength() <= TREMBLE:
                return
            self._is_drag, before = True, start
        way = event.pos() - before
        if self._button == Qt.MouseButton.RightButton:
            self.zoomed.emit(STRETCH ** -way.x(), STRETCH ** way.y(), start)
        elif self.traceable and self._button == Qt.MouseButton.LeftButton:
            self.traced.emit(before, event.pos())
        else:
            self.dragged.emit(way)
        self.pointed.emit(event.pos())

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Let go: it was a click if it never moved."""
        if event.button() != self._button:
            return
        self._button = Qt.MouseButton.NoButton
        if event.button() == Qt.MouseButton.LeftButton and not self._is_drag:
            self.clicked.emit(event.pos(), self._second)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:
        """Zoom about the pointer."""
        factor = NOTCH_FACTOR ** (event.delta() / NOTCH)
        self.zoomed.emit(factor, factor, event.pos())

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Tell where the pointer is."""
        self.pointed.emit(event.pos())

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """The pointer that leaves reads nothing more."""
        self.pointed.emit(None)
