"""Shaded regions: spans, areas under and between curves, bars."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from engine.figure import Area, Bars, Span
from gui.canvas.item import Frame, MarkItem
from gui.canvas.strokes import Floats, clipped, dashed, draw, plain_pen, polygons, segments, thinned

FILL = 0.2
SPAN_FILL = 0.12
HATCH_SPACING = 9.0
HATCH_ALPHA = 0.45


class SpanItem(MarkItem[Span]):
    """An interval of one axis, lightly filled, with its ends drawn."""

    order = 20
    costly = True

    def place(self, frame: Frame) -> None:
        """A rectangle across the panel and the lines at its ends."""
        place = frame.placement
        ends = np.array([self.mark.low, self.mark.high])
        if self.mark.axis == "x":
            low, high = np.clip(place.x(ends), -10, place.width + 10)
            self._box = QRectF(low, 0, high - low, place.height)
            lines = [(low, 0, low, place.height), (high, 0, high, place.height)]
        else:
            high, low = np.clip(place.y(ends[::-1]), -10, place.height + 10)
            self._box = QRectF(0, high, place.width, low - high)
            lines = [(0, low, place.width, low), (0, high, place.width, high)]
        self._lines = dashed(np.array(lines, dtype=float), frame.dash(self.look))
        self._pen = frame.pen(self.look, 0.6)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """The fill, then the ends."""
        painter.fillRect(self._box, _tint(self.look.color, SPAN_FILL))
        draw(painter, self._lines, self._pen, frame.vector)


class AreaItem(MarkItem[Area]):
    """The region between two curves, hatched, with a solid outline."""

    order = 25

    def place(self, frame: Frame) -> None:
        """A closed region for each stretch in which both curves are finite."""
        place = frame.placement
        x, lower, upper = place.x(self.mark.x), place.y(self.mark.lower), place.y(self.mark.upper)
        limit = 4 * place.height
        lower, upper = (
            np.clip(lower, -limit, limit + place.height),
            np.clip(upper, -limit, limit + place.height),
        )
        self._path = QPainterPath()
        outline: list[Floats] = []
        for part in _finite_parts(np.isfinite(x) & np.isfinite(lower) & np.isfinite(upper)):
            low_x, low_y = thinned(x[part], lower[part])
            high_x, high_y = thinned(x[part], upper[part])
            corners = np.column_stack(
                (np.concatenate((high_x, low_x[::-1])), np.concatenate((high_y, low_y[::-1])))
            )
            self._path.addPath(polygons(corners[None]))
            closed = np.vstack((corners, corners[:1]))
            outline.append(clipped(segments(closed[:, 0], closed[:, 1]), place.width, place.height))
        self._outline = np.vstack(outline) if outline else np.empty((0, 4))
        self._pen = frame.pen(self.look, 0.75)
        self._hatching = _hatching(self._path, frame) if self.look.hatch else np.empty((0, 4))

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Fill and hatch within the region, the outline upon it."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_tint(self.look.color, FILL))
        painter.drawPath(self._path)
        _hatch(painter, self._path, self._hatching, self.look.color, frame)
        draw(painter, self._outline, self._pen, frame.vector)

    def samples(self) -> Floats:
        """The corners of the outline."""
        return self._outline[:, :2]


class BarsItem(MarkItem[Bars]):
    """Rectangles, outlined; those of an area are hatched."""

    order = 30

    def place(self, frame: Frame) -> None:
        """All rectangles as one path and one set of segments."""
        place, mark = frame.placement, self.mark
        left, right = place.x(mark.left), place.x(mark.right)
        bottom, top = place.y(mark.bottom), place.y(mark.top)
        corners = np.stack(
            [np.column_stack(pair) for pair in ((left, bottom), (left, top), (right, top), (right, bottom))],
            axis=1,
        )
        corners = corners[np.isfinite(corners).all(axis=(1, 2))]
        limit = 4 * max(place.width, place.height)
        corners = np.clip(corners, -limit, 2 * limit)
        self._path = polygons(corners)
        edges = np.concatenate((corners, np.roll(corners, -1, axis=1)), axis=2).reshape(-1, 4)
        self._edges = clipped(edges, place.width, place.height)
        narrow = len(corners) and float(np.median(np.ptp(corners[:, :, 0], axis=1))) < 4 * frame.ratio
        self._pen = frame.pen(self.look, 0.25 if narrow else 0.6)
        self._hatching = _hatching(self._path, frame) if self.look.hatch else np.empty((0, 4))

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Fill and hatch, then the edges."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_tint(self.look.color, FILL))
        painter.drawPath(self._path)
        _hatch(painter, self._path, self._hatching, self.look.color, frame)
        draw(painter, self._edges, self._pen, frame.vector)

    def samples(self) -> Floats:
        """The corners."""
        return self._edges[:, :2]


def _tint(color: str, alpha: float) -> QColor:
    tinted = QColor(color)
    tinted.setAlphaF(alpha)
    return tinted


def _finite_parts(finite: np.ndarray) -> list[slice]:
    """The stretches of at least two entries that are all True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def _hatching(path: QPainterPath, frame: Frame) -> Floats:
    """Slanted lines over the bounds of a region within the panel."""
    place = frame.placement
    bounds = path.boundingRect() & QRectF(0, 0, place.width, place.height)
    if bounds.isEmpty():
        return np.empty((0, 4))
    spacing = frame.length(HATCH_SPACING)
    # on a fixed lattice, so that the hatching stands still while the region grows
    first = np.ceil((bounds.left() + bounds.top()) / spacing) * spacing
    sums = np.arange(first, bounds.right() + bounds.bottom(), spacing)
    top, bottom = np.full_like(sums, bounds.top()), np.full_like(sums, bounds.bottom())
    return np.column_stack((sums - top, top, sums - bottom, bottom))


def _hatch(painter: QPainter, path: QPainterPath, lines: Floats, color: str, frame: Frame) -> None:
    if not len(lines):
        return
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    draw(painter, lines, plain_pen(color, frame.length(1.0), alpha=HATCH_ALPHA), frame.vector)
    painter.restore()
