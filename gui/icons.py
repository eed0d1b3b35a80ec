"""Icons as outlines in the colour of the text, drawn at whatever size the text has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication

_LINE = 0.09
"""The width of a stroke, in a box of size 1."""


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _bar(left: float, top: float, width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(left, top, width, height), 0.03, 0.03)
    return path


def _lines(*strokes: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for first, *others in strokes:
        path.moveTo(*first)
        for point in others:
            path.lineTo(*point)
    return path


def _play() -> tuple[QPainterPath, QPainterPath]:
    return _polygon((0.27, 0.16), (0.83, 0.5), (0.27, 0.84)), QPainterPath()


def _play_back() -> tuple[QPainterPath, QPainterPath]:
    return _polygon((0.73, 0.16), (0.17, 0.5), (0.73, 0.84)), QPainterPath()


def _pause() -> tuple[QPainterPath, QPainterPath]:
    return _bar(0.24, 0.18, 0.18, 0.64).united(_bar(0.58, 0.18, 0.18, 0.64)), QPainterPath()


def _step_on() -> tuple[QPainterPath, QPainterPath]:
    return _bar(0.2, 0.2, 0.13, 0.6).united(_polygon((0.44, 0.2), (0.86, 0.5), (0.44, 0.8))), QPainterPath()


def _step_back() -> tuple[QPainterPath, QPainterPath]:
    return _bar(0.67, 0.2, 0.13, 0.6).united(_polygon((0.56, 0.2), (0.14, 0.5), (0.56, 0.8))), QPainterPath()


def _loop() -> tuple[QPainterPath, QPainterPath]:
    ring = QPainterPath()
    circle = QRectF(0.2, 0.2, 0.6, 0.6)
    ring.arcMoveTo(circle, 40)
    ring.arcTo(circle, 40, 280)
    head = _polygon((0.62, 0.36), (0.9, 0.36), (0.76, 0.12))
    return head, ring


def _copy() -> tuple[QPainterPath, QPainterPath]:
    sheets = QPainterPath()
    sheets.addRoundedRect(QRectF(0.34, 0.34, 0.48, 0.5), 0.06, 0.06)
    sheets.moveTo(0.24, 0.64)
    sheets.lineTo(0.18, 0.64)
    sheets.lineTo(0.18, 0.16)
    sheets.lineTo(0.64, 0.16)
    sheets.lineTo(0.64, 0.24)
    return QPainterPath(), sheets


def _remove() -> tuple[QPainterPath, QPainterPath]:
    return QPainterPath(), _lines(((0.26, 0.26), (0.74, 0.74)), ((0.74, 0.26), (0.26, 0.74)))


def _add() -> tuple[QPainterPath, QPainterPath]:
    return QPainterPath(), _lines(((0.5, 0.2), (0.5, 0.8)), ((0.2, 0.5), (0.8, 0.5)))


def _fork() -> tuple[QPainterPath, QPainterPath]:
    """A way that goes on, and one that leaves it."""
    ends = QPainterPath()
    for x, y in ((0.2, 0.64), (0.82, 0.64), (0.82, 0.28)):
        ends.addEllipse(QPointF(x, y), 0.085, 0.085)
    ways = _lines(((0.2, 0.64), (0.82, 0.64)))
    ways.moveTo(0.36, 0.64)
    ways.cubicTo(0.56, 0.64, 0.5, 0.28, 0.82, 0.28)
    return ends, ways


def _closed() -> tuple[QPainterPath, QPainterPath]:
    return QPainterPath(), _lines(((0.38, 0.24), (0.64, 0.5), (0.38, 0.76)))


def _opened() -> tuple[QPainterPath, QPainterPath]:
    return QPainterPath(), _lines(((0.24, 0.38), (0.5, 0.64), (0.76, 0.38)))


def _more() -> tuple[QPainterPath, QPainterPath]:
    dots = QPainterPath()
    for x in (0.22, 0.5, 0.78):
        dots.addEllipse(QPointF(x, 0.5), 0.075, 0.075)
    return dots, QPainterPath()


SHAPES: Mapping[str, Callable[[], tuple[QPainterPath, QPainterPath]]] = {
    "play": _play,
    "play-back": _play_back,
    "pause": _pause,
    "step-on": _step_on,
    "step-back": _step_back,
    "loop": _loop,
    "copy": _copy,
    "fork": _fork,
    "remove": _remove,
    "add": _add,
    "closed": _closed,
    "opened": _opened,
    "more": _more,
}
"""Name → what is filled and what is stroked, in a box of size 1."""


class _ShapeEngine(QIconEngine):
    """Paints one shape in the palette's colours as they are when it is painted."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._filled, self._stroked = SHAPES[name]()

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        box = QRectF(rect)  # type: ignore[call-overload]
        side = min(box.width(), box.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
        painter.scale(side, side)
        color = _color(mode, state)
        painter.fillPath(self._filled, color)
        pen = QPen(color, _LINE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(self._stroked, pen)
        painter.restore()

    def pixmap(self, size: object, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture: QPixmap = QPixmap(size)  # type: ignore[call-overload]
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, picture.rect(), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _ShapeEngine(self._name)


def _color(mode: QIcon.Mode, state: QIcon.State) -> QColor:
    palette = QApplication.palette()
    if mode == QIcon.Mode.Disabled:
        faded = palette.color(QPalette.ColorRole.ButtonText)
        faded.setAlphaF(0.35)
        return faded
    if state == QIcon.State.On:
        return palette.color(QPalette.ColorRole.Highlight)
    return palette.color(QPalette.ColorRole.ButtonText)


def icon(name: str) -> QIcon:
    """The icon called `name`; it follows the theme by itself."""
    return QIcon(_ShapeEngine(name))
