"""A slider over [0, 1] that is taken anywhere, moves by keys in the scene's own steps, and paints itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

RESOLUTION = 10_000
_STEPS = {
    Qt.Key.Key_Left: -1.0,
    Qt.Key.Key_Down: -1.0,
    Qt.Key.Key_Right: 1.0,
    Qt.Key.Key_Up: 1.0,
}


def key_steps(event: QKeyEvent) -> float:
    """The steps that an arrow key asks for: Shift makes them ten times larger, Ctrl ten times finer.

    0 for every other key.
    """
    step = _STEPS.get(Qt.Key(event.key()), 0.0)
    if event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return 0.0
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return 10 * step
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return step / 10
    return step


class ValueSlider(QSlider):
    """A horizontal slider. It reports what the hand does and shows what it is told.

    moved: the position in [0, 1] that the mouse, Home or End ask for. nudged: presses of arrow keys.
    """

    moved = Signal(float)
    nudged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        # numbers grow to the right in every language
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setRange(0, RESOLUTION)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ticks: tuple[float, ...] = ()
        self._outside = False
        self._grab = 0.0
        self.sliderMoved.connect(lambda value: self.moved.emit(value / RESOLUTION))
        self.actionTriggered.connect(self._assisted)

    def set_position(self, position: float, outside: bool = False) -> None:
        """Stand at `position`; a hollow thumb says that the value lies `outside` the slider's range."""
        if outside != self._outside:
            self._outside = outside
            self.update()
        if not self.isSliderDown():
            self.setValue(round(position * RESOLUTION))

    def set_ticks(self, positions: Sequence[float]) -> None:
        """Small marks under the groove: the powers of ten, or zero."""
        self._ticks = tuple(positions)
        self.update()

    def sizeHint(self) -> QSize:
        """As tall as a finger wants it, whatever the size of the text."""
        unit = self._unit()
        return QSize(round(140 * unit), max(24, round(26 * unit)))

    def minimumSizeHint(self) -> QSize:
        """A slider much shorter than this cannot be aimed with."""
        return QSize(round(72 * self._unit()), self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the thumb where it is, or bring it to the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x, thumb = event.position().x(), self._x(self.sliderPosition() / RESOLUTION)
        on_thumb = abs(x - thumb) <= self._radius() + 2
        self._grab = x - thumb if on_thumb else 0.0
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.setSliderDown(True)
        if not on_thumb:
            self._drag_to(x)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self._drag_to(event.position().x() - self._grab)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.setSliderDown(False)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys nudge, Home and End go to the ends."""
        steps = key_steps(event)
        if steps:
            self.nudged.emit(steps)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.moved.emit(0.0 if event.key() == Qt.Key.Key_Home else 1.0)
        else:
            # PageUp and PageDown are the window's: they turn the lesson's steps
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to whatever scrolls around the slider."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Repaint when the pointer comes or goes, for the thumb's glow."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, ticks, the part on the left of the value, thumb, and a ring when it has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        accent = palette.color(group, QPalette.ColorRole.Highlight)
        ink = palette.color(group, QPalette.ColorRole.WindowText)
        if not self.isEnabled():
            accent = _faded(ink, 0.35)
        unit, middle = self._unit(), self.height() / 2
        left, right = self._x(0.0), self._x(1.0)
        thumb = self._x(self.sliderPosition() / RESOLUTION)
        thickness = max(3.0, round(4 * unit))
        painter.setPen(Qt.PenStyle.NoPen)
        for start, stop, color in ((left, right, _faded(ink, 0.28)), (left, thumb, accent)):
            painter.setBrush(color)
            groove = QRectF(start, middle - thickness / 2, stop - start, thickness)
            painter.drawRoundedRect(groove, thickness / 2, thickness / 2)
        self._paint_ticks(painter, _faded(ink, 0.45), middle + thickness)
        self._paint_thumb(painter, QPointF(thumb, middle), accent, palette.color(QPalette.ColorRole.Base))

    def _paint_ticks(self, painter: QPainter, color: QColor, top: float) -> None:
        painter.setPen(QPen(color, 1))
        for tick in self._ticks:
            x = round(self._x(tick)) + 0.5
            painter.drawLine(QPointF(x, top), QPointF(x, top + 3 * self._unit()))

    def _paint_thumb(self, painter: QPainter, centre: QPointF, accent: QColor, base: QColor) -> None:
        radius = self._radius()
        if self.isEnabled() and (self.underMouse() or self.isSliderDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_faded(accent, 0.25))
            painter.drawEllipse(centre, radius * 1.45, radius * 1.45)
        if self.hasFocus():
            painter.setPen(QPen(accent, 2))
            painter.setBrush(base)
            painter.drawEllipse(centre, radius * 1.4, radius * 1.4)
        painter.setPen(QPen(accent, 2) if self._outside else QPen(base, 1.5))
        painter.setBrush(base if self._outside else accent)
        painter.drawEllipse(centre, radius, radius)

    def _assisted(self, action: int) -> None:
        """What a screen reader asks for: the value itself is moved by whoever owns it."""
        steps = {
            QSlider.SliderAction.SliderSingleStepAdd.value: 1.0,
            QSlider.SliderAction.SliderSingleStepSub.value: -1.0,
        }.get(action)
        if steps:
            self.setSliderPosition(self.value())
            self.nudged.emit(steps)

    def _drag_to(self, x: float) -> None:
        left, right = self._x(0.0), self._x(1.0)
        place = min(1.0, max(0.0, (x - left) / max(right - left, 1.0)))
        self.setSliderPosition(round(place * RESOLUTION))

    def _x(self, position: float) -> float:
        margin = self._radius() * 1.45 + 1
        return margin + position * (self.width() - 2 * margin)

    def _radius(self) -> float:
        return 7.5 * self._unit()

    def _unit(self) -> float:
        """1 at 100 % text size."""
        return max(0.75, self.fontMetrics().height() / 18)


def _faded(color: QColor, alpha: float) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(alpha)
    return faded
