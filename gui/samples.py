"""Small samples of a look: the stretch of line, dash and marker that ties a number to its mark."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.looks import Look

_CORNERS = {"square": (4, 45.0), "diamond": (4, 0.0), "triangle": (3, -90.0), "triangle-down": (3, 90.0),
            "pentagon": (5, -90.0), "hexagon": (6, 0.0), "star": (10, -90.0)}  # fmt: skip


class LookSample(QWidget):
    """A stretch of line as the picture draws it, with its marker where `marked`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._marked = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, look: Look | None, marked: bool = False) -> None:
        """Show another look; None keeps the room and shows nothing."""
        if (look, marked) != (self._look, self._marked):
            self._look, self._marked = look, marked
            self.update()

    def look(self) -> Look | None:
        """The look on show."""
        return self._look

    def sizeHint(self) -> QSize:
        """Long enough for the longest dash to be seen twice."""
        line = self.fontMetrics().height()
        return QSize(round(1.9 * line), line)

    def minimumSizeHint(self) -> QSize:
        """The same: a shorter sample tells no dash from another."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line, and in its middle the marker."""
        if self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(self._look.color)
        pen = QPen(color, self._look.width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._look.dash:
            # the sample is short: dashes are halved so that more than one of them shows
            pen.setDashPattern([length / self._look.width / 2 for length in self._look.dash])
        painter.setPen(pen)
        middle = self.height() / 2
        painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
        if self._marked:
            size = 0.27 * self.fontMetrics().height()
            paint_marker(painter, self._look.marker, QPointF(self.width() / 2, middle), size, color)


def paint_marker(painter: QPainter, marker: str, centre: QPointF, radius: float, color: QColor) -> None:
    """One marker of a look: filled, or for plus and cross two strokes."""
    if marker in ("plus", "cross"):
        painter.setPen(QPen(color, max(2.0, radius / 2)))
        turn = math.pi / 4 if marker == "cross" else 0.0
        for angle in (turn, turn + math.pi / 2):
            arm = QPointF(radius * math.cos(angle), radius * math.sin(angle))
            painter.drawLine(centre - arm, centre + arm)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if marker == "circle":
        painter.drawEllipse(centre, radius, radius)
    else:
        painter.drawPath(_outline(marker, centre, 1.2 * radius))


def _outline(marker: str, centre: QPointF, radius: float) -> QPainterPath:
    """The closed path of a marker with corners."""
    count, first = _CORNERS[marker]
    radii = [radius, 0.45 * radius] if marker == "star" else [radius]
    path = QPainterPath()
    for corner in range(count):
        angle = math.radians(first + 360 * corner / count)
        reach = radii[corner % len(radii)]
        point = centre + QPointF(reach * math.cos(angle), reach * math.sin(angle))
        if corner:
            path.lineTo(point)
        else:
            path.moveTo(point)
    path.closeSubpath()
    return path
