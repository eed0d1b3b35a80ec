"""The hand's grip on a handle: a widget without pixels of its own over the handle that the layer paints.

A widget of its own gives each handle what a learner expects of anything that moves: Tab reaches it, the
arrow keys move it, the cursor changes over it, and a screen reader finds it by name and value.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from gui.theme import HANDLE_SIZE

COARSE, FINE = 10.0, 0.1

_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


class HandleGrip(QWidget):
    """Takes mouse, keys and focus for one handle.

    hovered, held: the pointer is over it; the hand has hold of it.
    keyed: the arrow keys moved it, and it still has the focus.
    pen: it draws, so it goes to the tip of the pointer rather than keep the place where it was grabbed.
    """

    dragged = Signal(QPointF, bool)
    """Where the handle's centre was dragged to, in the pixels of the parent; whether it was let go."""

    nudged = Signal(float, float)
    """Presses of the arrow keys, to the right and up: ten with Shift, a tenth with Ctrl."""

    removed = Signal()
    """Delete was pressed: what the handle stands for is not wanted any more."""

    state_changed = Signal()
    """Hovered, focused or held has changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hovered = False
        self.held = False
        self.keyed = False
        self.pen = False
        self._offset = QPointF()
        self._moved = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.set_size(1.0)

    def set_size(self, scale: float) -> None:
        """At least 22 pixels across, more in a room."""
        size = round((HANDLE_SIZE + 4) * scale)
        self.resize(size, size)

    def set_centre(self, centre: QPointF) -> None:
        """Stand about this point of the parent."""
        self.move(round(centre.x() - self.width() / 2), round(centre.y() - self.height() / 2))
        self._centre = centre

    def centre(self) -> QPointF:
        """Where the handle stands, in the pixels of the parent."""
        return self._centre

    def enterEvent(self, event: QEnterEvent) -> None:
        """Glow."""
        self.hovered = True
        self.state_changed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Glow no more."""
        self.hovered = False
        self.state_changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        self.state_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        self.keyed = False
        self.state_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold; the place where it was grabbed stays under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.held, self._moved, self.keyed = True, False, False
        self._offset = QPointF() if self.pen else self._centre - self.mapToParent(event.position())
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.state_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self.held:
            self._moved = True
            self.dragged.emit(self.mapToParent(event.position()) + self._offset, False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() != Qt.MouseButton.LeftButton or not self.held:
            event.ignore()
            return
        self.held = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self._moved:
            self.dragged.emit(self.mapToParent(event.position()) + self._offset, True)
        self.state_changed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second press is a press: it must not reach the ground and fit the view."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move, Delete removes; other keys are the canvas's."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        direction = _ARROWS.get(Qt.Key(event.key()))
        if direction is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
            return
        factor = 1.0
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            factor = COARSE
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = FINE
        self.keyed = True
        self.state_changed.emit()
        self.nudged.emit(direction[0] * factor, direction[1] * factor)
