"""Curves, rules and points."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.figure import Curve, Points, Rule
from gui.canvas.item import Frame, MarkItem, marker_corners
from gui.canvas.strokes import (
    Floats,
    clipped,
    dashed,
    draw,
    polygons,
    segments,
    straightened,
    thinned,
)

HEAD_LENGTH = 11.0
HEAD_HALF_WIDTH = 4.5
POINT_RADIUS = 4.5
PATH_MARKER_RADIUS = 3.6
CROWD, SMALLEST_SHARE = 300, 0.35
"""More points than this in a panel are drawn smaller, as far as this share of the usual radius."""
MARKER_SPACING = 24.0  # pixels along a path between two of its markers
RING = 1.25  # pixels of the line about a filled point, half of which is seen
PATH_RING = 0.6  # pixels of it that are seen about a marker of a path
BUNDLE = 32
"""Markers that are painted by one call: 2,000 in one path take eight times as long as in bundles."""


class CurveItem(MarkItem[Curve]):
    """A line through points, broken at NaN; a racer's path carries its markers."""

    order = 50

    def place(self, frame: Frame) -> None:
        """Map, thin, cut to the panel, dash."""
        place = frame.placement
        x, y = straightened(*thinned(place.x(self.mark.x), place.y(self.mark.y)))
        self._points = np.column_stack((x, y))
        self._lines = dashed(clipped(segments(x, y), place.width, place.height), frame.dash(self.look))
        if self.mark.arrow:
            self._lines = np.vstack((self._lines, _open_head(self._points, frame)))
        self._pen = frame.pen(self.look)
        self._markers, self._rings = self._marker_paths(frame) if self.mark.look else ([], [])

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One call for the line; the markers' rings, then the markers, so that none covers another."""
        draw(painter, self._lines, self._pen, frame.vector)
        _fill(painter, self._rings, QColor(frame.theme.background))
        _fill(painter, self._markers, QColor(self.look.color))

    def samples(self) -> Floats:
        """Points of the line."""
        return _along(self._points)

    def readable(self) -> tuple[Floats, Floats]:
        """The samples of the curve."""
        return self.mark.x, self.mark.y

    def _marker_paths(self, frame: Frame) -> tuple[list[QPainterPath], list[QPainterPath]]:
        """The markers, and the rings that keep them apart from what is beneath."""
        x, y = self._points.T
        # no comparison holds for what is not finite
        near = (x > -20) & (x < frame.placement.width + 20) & (y > -20) & (y < frame.placement.height + 20)
        points = self._points[near]
        if not len(points):
            return [], []
        x, y = points.T
        along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
        bucket = np.floor(along / frame.length(MARKER_SPACING))
        keep = np.concatenate(([True], bucket[1:] != bucket[:-1]))
        keep[-1] = True
        name, radius = self.look.marker, frame.length(PATH_MARKER_RADIUS)
        rings = marker_corners(name, points[keep], radius, frame.length(PATH_RING))
        return _bundles(marker_corners(name, points[keep], radius)), _bundles(rings)


def _share_of_radius(count: int) -> float:
    """So much smaller that a crowd inks no more than `CROWD` points do."""
    return max(SMALLEST_SHARE, min(1.0, math.sqrt(CROWD / max(1, count))))


def _bundles(corners: Floats) -> list[QPainterPath]:
    return [polygons(corners[at : at + BUNDLE]) for at in range(0, len(corners), BUNDLE)]


def _fill(painter: QPainter, paths: list[QPainterPath], color: QColor) -> None:
    for path in paths:
        painter.fillPath(path, color)


class RuleItem(MarkItem[Rule]):
    """A straight line across the panel; on a logarithmic axis it bends, as it must."""

    order = 45

    def place(self, frame: Frame) -> None:
        """Two points beyond the panel's edges, or many where the axes bend the line."""
        place, mark = frame.placement, self.mark
        if not np.isfinite(mark.slope):
            x = np.repeat(place.x(mark.x), 2)
            y = np.array([0.0, place.height])
        elif mark.slope == 0.0:
            x = np.array([0.0, place.width])
            y = np.repeat(place.y(mark.y), 2)
        elif place.x_log or place.y_log:
            x = np.linspace(0.0, place.width, 257)
            numbers = np.array([place.data(float(column), 0.0)[0] for column in x])
            y = place.y(mark.y + mark.slope * (numbers - mark.x))
        else:
            x, y = _across(mark, frame)
        self._points = np.column_stack((x, y))
        self._lines = dashed(clipped(segments(x, y), place.width, place.height), frame.dash(self.look))
        self._pen = frame.pen(self.look)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One call."""
        draw(painter, self._lines, self._pen, frame.vector)

    def samples(self) -> Floats:
        """Points of the line."""
        return _along(self._points)


def _across(rule: Rule, frame: Frame) -> tuple[Floats, Floats]:
    """Two points of a slanted rule beyond the panel, found in pixels so that steep lines stay exact."""
    place = frame.placement
    left, right = place.x_ends()
    bottom, top = place.y_ends()
    down = -rule.slope * (right - left) / place.width * place.height / (top - bottom)  # pixels per pixel
    centre = np.array([float(place.x(rule.x)), float(place.y(rule.y))])
    angle = np.arctan(down)  # of a slope too steep for a number: upright
    direction = np.array([np.cos(angle), np.sin(angle)])
    reach = float(np.hypot(*(centre - np.array([place.width, place.height]) / 2)))
    reach += float(np.hypot(place.width, place.height))
    ends = np.stack((centre - reach * direction, centre + reach * direction))
    return ends[:, 0], ends[:, 1]


class PointsItem(MarkItem[Points]):
    """Filled markers, or open circles for what is excluded."""

    order = 60

    def place(self, frame: Frame) -> None:
        """All markers, as paths of a few each."""
        place = frame.placement
        centres = np.column_stack((place.x(self.mark.x), place.y(self.mark.y)))
        near = np.isfinite(centres).all(axis=1)
        near &= ((centres > -30) & (centres < np.array([place.width, place.height]) + 30)).all(axis=1)
        self._centres = centres[near]
        name = "circle" if self.mark.open else self.look.marker
        radius = frame.length(POINT_RADIUS) * _share_of_radius(len(self._centres))
        self._paths = _bundles(marker_corners(name, self._centres, radius))
        ring = 0.0 if self.mark.open else frame.length(RING) / 2
        self._rings = _bundles(marker_corners(name, self._centres, radius, ring))

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """A ring of the background keeps a filled point apart from the line beneath it.

        What lies lower comes first for all: the rings of a crowd would cover it.
        """
        color, background = QColor(self.look.color), QColor(frame.theme.background)
        if self.mark.open:
            _fill(painter, self._paths, background)
            for path in self._paths:
                painter.strokePath(path, QPen(color, frame.length(2.0)))
            return
        _fill(painter, self._rings, background)
        _fill(painter, self._paths, color)

    def samples(self) -> Floats:
        """The centres."""
        return self._centres

    def readable(self) -> tuple[Floats, Floats]:
        """The points."""
        return self.mark.x, self.mark.y


def _open_head(points: Floats, frame: Frame) -> Floats:
    """Two strokes at the end of a line, along the direction of its last few pixels."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return np.empty((0, 4))
    tip = points[-1]
    away = np.hypot(*(points - tip).T)
    before = points[np.flatnonzero(away > min(3.0, away.max() / 2))[-1:]]
    if not len(before):
        return np.empty((0, 4))
    return head_strokes(before, tip[None, :], frame)


def head_strokes(tails: Floats, tips: Floats, frame: Frame) -> Floats:
    """(2n, 4) strokes of open heads at `tips`, seen from `tails`; a short arrow has a smaller head."""
    left, right, _ = head_corners(tails, tips, frame)
    return np.vstack((np.hstack((left, tips)), np.hstack((tips, right))))


def head_corners(tails: Floats, tips: Floats, frame: Frame) -> tuple[Floats, Floats, Floats]:
    """The two back corners of a head at each tip, and the place between them."""
    along = tips - tails
    length = np.hypot(along[:, 0], along[:, 1])[:, None]
    along = along / np.maximum(length, 1e-9)
    size = np.minimum(1.0, length * 0.6 / frame.length(HEAD_LENGTH))
    back = tips - along * size * frame.length(HEAD_LENGTH)
    aside = np.column_stack((-along[:, 1], along[:, 0])) * size * frame.length(HEAD_HALF_WIDTH)
    return back + aside, back - aside, back


def _along(points: Floats, spacing: float = 10.0, most: int = 160) -> Floats:
    """Points evenly along a polyline, for labels to keep away from."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return points
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    places = np.linspace(0.0, along[-1], int(min(most, along[-1] / spacing + 2)))
    return np.column_stack((np.interp(places, along, points[:, 0]), np.interp(places, along, points[:, 1])))
