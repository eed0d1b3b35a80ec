"""Nodes and edges: a formula's graph, with a number or two in each node and one along each edge.

Laid out in the window's pixels, since most of it is words. The text is as large as the nodes' distance
allows; where that is too small to read, nodes say less. What looks alike is painted in one call.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from engine.figure import Network, NetworkEdge, NetworkNode
from engine.text import Text
from engine.words import shown
from gui.canvas.item import Frame, MarkItem
from gui.canvas.strokes import Floats, dashed, draw, plain_pen, polygons, segments
from gui.canvas.wording import Wording, draw_words
from gui.fonts import text_font

SHARE_STEP = 0.05
"""The steps in which the text shrinks beside running text."""

ROOM_ACROSS, ROOM_UP = 0.74, 0.78
"""What a node may take of the distance to the next."""

PADDING = 4.0
LEAST_WIDTH = 34.0
CORNER = 6.0
HEAD = 7.0
ROW = 1.18  # of a line's height
REACH = 0.42  # of the way between two points of an edge, that its curve keeps its direction
LEVEL = 0.5  # pixels by which an edge may climb and still be drawn as a straight line
THIN, HEAVY, RING = 1.25, 2.5, 2.0
WAITING = (3.0, 4.0)  # dashes of what is still to come
STATES = ("waiting", "reached", "active")  # in the order in which they are painted


class Detail(NamedTuple):
    """How much each node says. Where there is one line, what is active or picked still has three."""

    lines: int  # what it does, its value, its slope
    digits: int
    smallest: float  # text, before less is said


DETAILS = (Detail(3, 4, 0.75), Detail(3, 3, 0.65), Detail(1, 3, 0.6))


class Outline(NamedTuple):
    """How a box or an edge is drawn; those with the same outline are drawn in one call."""

    state: str
    backward: bool


class NetworkItem(MarkItem[Network]):
    """Boxes that say what a node does and its numbers; curves with their local slopes between them."""

    order = 55
    costly = True

    def place(self, frame: Frame) -> None:
        """The size of the text, the boxes, the curves and the words, in the window's pixels."""
        self._boxes: list[QRectF] = []
        self._curves: list[Floats] = []
        wording = frame.wording
        if wording is None:
            return
        place = frame.placement
        left, right = place.x_ends()
        bottom, top = place.y_ends()
        across, up = place.width / frame.ratio / (right - left), place.height / frame.ratio / (top - bottom)
        for self._detail in DETAILS:
            if self._try_detail(wording, ROOM_ACROSS * across, ROOM_UP * up):
                break

        def pixel(x: float, y: float) -> QPointF:
            return QPointF((x - left) * across, (top - y) * up)

        for at, node in enumerate(self.mark.nodes):
            box = QRectF(0, 0, self._width(at, wording), self._height(self.lines(at), wording))
            box.moveCenter(pixel(node.x, node.y))
            self._boxes.append(box)
        self._curves = [self._curve(edge, [pixel(*point) for point in edge.via]) for edge in self.mark.edges]

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Edges; nodes, those that say more above the others; the numbers along the edges."""
        if frame.wording is None:
            return
        brush = _Brush(painter, self.mark, frame, self._font, frame.wording)
        self._draw_edges(brush)
        told = [self._is_told(at) for at in range(len(self._boxes))]
        for above in (False, True):
            self._draw_nodes(brush, [at for at, one in enumerate(told) if one is above])
        with brush.words_scaled():
            for edge, curve in zip(self.mark.edges, self._curves, strict=True):
                if edge.label is not None:
                    words = shown(edge.label, self._detail.digits)
                    brush.plate(words, _middle(curve), edge.state == "waiting")

    def samples(self) -> Floats:
        """The corners and middles of the boxes."""
        points = [
            (point.x(), point.y())
            for box in self._boxes
            for point in (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight(), box.center())
        ]
        ratio = self._frame.ratio if self._frame is not None else 1.0
        return np.array(points).reshape(-1, 2) * ratio

    def told_at(self, at: QPointF) -> tuple[QPointF, Text] | None:
        """What the node under a place of the window says, and where the node ends."""
        for node, box in zip(self.mark.nodes, self._boxes, strict=False):
            if node.told is not None and box.contains(at):
                return QPointF(box.center().x(), box.top()), node.told
        return None

    def lines(self, at: int) -> int:
        """How many lines a node has."""
        return DETAILS[0].lines if self._is_told(at) else self._detail.lines

    # sizes -----------------------------------------------------------------------------------------------

    def _is_told(self, at: int) -> bool:
        return self.mark.nodes[at].state == "active" or at == self.mark.picked

    def _try_detail(self, wording: Wording, across: float, up: float) -> bool:
        """Whether nodes that say as much as `_detail` fit, in the largest text in which they do."""
        detail = self._detail
        self._font = _font(wording.theme.text_scale)
        self._numbers = [_numbers(node, detail.digits) for node in self.mark.nodes]
        width = max(self._width(at, wording, detail.lines) for at in range(len(self._numbers)))
        share = min(1.0, across / width, up / self._height(detail.lines, wording))
        share = SHARE_STEP * math.floor(share / SHARE_STEP)
        self._font = _font(round(wording.theme.text_scale * max(share, detail.smallest), 2))
        return share >= detail.smallest

    def _height(self, lines: int, wording: Wording) -> float:
        return lines * ROW * wording.metrics(self._font).height() + PADDING

    def _width(self, at: int, wording: Wording, lines: int | None = None) -> float:
        lines = lines or self.lines(at)
        widest = wording.extent("", self.mark.nodes[at].latex, self._font).width()
        if lines == 1:
            return widest + 2 * PADDING
        numbers = [wording.width(words, self._font) for words in self._numbers[at] if words]
        return max(LEAST_WIDTH, max([widest, *numbers]) + 2 * PADDING)

    def _curve(self, edge: NetworkEdge, via: list[QPointF]) -> Floats:
        """(n, 2) points from the right side of one box to the left side of another, level at both ends."""
        start, stop = self._boxes[edge.start], self._boxes[edge.stop]
        ends = [QPointF(start.right(), start.center().y()), *via, QPointF(stop.left(), stop.center().y())]
        return _smooth(tuple((point.x(), point.y()) for point in ends))

    # painting --------------------------------------------------------------------------------------------

    def _draw_edges(self, brush: _Brush) -> None:
        curves: defaultdict[Outline, list[Floats]] = defaultdict(list)
        for edge, curve in zip(self.mark.edges, self._curves, strict=True):
            curves[Outline(edge.state, edge.backward)].append(curve)
        for outline in sorted(curves, key=_rank):
            brush.edges(outline, curves[outline])

    def _draw_nodes(self, brush: _Brush, chosen: list[int]) -> None:
        boxes: defaultdict[Outline, list[QRectF]] = defaultdict(list)
        for at in chosen:
            node = self.mark.nodes[at]
            boxes[Outline(node.state, node.slope is not None)].append(self._boxes[at])
        if self.mark.picked in chosen:
            brush.ring(self._boxes[self.mark.picked])
        for outline in sorted(boxes, key=_rank):
            brush.boxes(outline, boxes[outline])
        with brush.words_scaled():
            for at in chosen:
                brush.words(self.mark.nodes[at], self._boxes[at], self._numbers[at], self.lines(at))


class _Brush:
    """Paints the parts of one network: lines in pixels of the device, words in those of the window."""

    def __init__(self, painter: QPainter, mark: Network, frame: Frame, font: QFont, wording: Wording) -> None:
        self._painter, self._frame, self._font, self._wording = painter, frame, font, wording
        theme = frame.theme
        self._forward = QColor(theme.role(mark.role).color)
        self._backward = QColor(theme.role(mark.backward_role).color)
        self._muted = QColor(theme.muted)
        self._ground = QColor(theme.background)
        metrics = wording.metrics(font)
        self._drop = (metrics.ascent() - metrics.descent()) / 2  # from a middle to the baseline

    @contextmanager
    def words_scaled(self) -> Iterator[None]:
        """Within, the painter's unit is a pixel of the window."""
        self._painter.save()
        self._painter.scale(self._frame.ratio, self._frame.ratio)
        yield
        self._painter.restore()

    def edges(self, outline: Outline, curves: Sequence[Floats]) -> None:
        """Curves of one kind, each with the head of an arrow where it leads."""
        ratio, colour = self._frame.ratio, self._colour(outline)
        lines = np.vstack([segments(*(curve * ratio).T) for curve in curves])
        self._lines(lines, outline)
        ends = np.array([curve[0 if outline.backward else -1] for curve in curves])
        back = HEAD * self._frame.theme.line_scale * (1 if outline.backward else -1)
        head = np.array([(0.0, 0.0), (back, back * 0.45), (back, -back * 0.45)])
        self._painter.fillPath(polygons((ends[:, None, :] + head) * ratio), colour)

    def boxes(self, outline: Outline, boxes: Sequence[QRectF]) -> None:
        """Boxes of one kind; the outline is heavy where something happens."""
        edges = self._filled(boxes, CORNER)
        self._lines(edges, outline)

    def ring(self, box: QRectF) -> None:
        """A second outline about the box that was picked."""
        theme = self._frame.theme
        edges = self._filled([box.adjusted(-4, -4, 4, 4)], CORNER + 3)
        draw(self._painter, edges, plain_pen(theme.accent, self._frame.length(RING)), self._frame.vector)

    def _filled(self, boxes: Sequence[QRectF], radius: float) -> Floats:
        """Fill boxes with the ground; (n, 4) segments of their outlines."""
        corners = np.stack([_rounded(box, radius) for box in boxes]) * self._frame.ratio
        self._painter.fillPath(polygons(corners), self._ground)
        return np.concatenate((corners, np.roll(corners, -1, axis=1)), axis=2).reshape(-1, 4)

    def _lines(self, lines: Floats, outline: Outline) -> None:
        """Whole, or dashed where something is still to come."""
        if outline.state == "waiting":
            lines = dashed(lines, [self._frame.length(part) for part in WAITING])
        draw(self._painter, lines, self._pen(outline), self._frame.vector)

    def words(self, node: NetworkNode, box: QRectF, numbers: tuple[str, str], lines: int) -> None:
        """What a node does, and beneath it its numbers, each in the middle of its line."""
        row, theme = box.height() / lines, self._frame.theme
        width = self._wording.extent("", node.latex, self._font).width()
        top = QRectF(box.center().x() - width / 2, box.top() + 1, width, row)
        colour = theme.muted if node.state == "waiting" else theme.text
        self._wording.paint(self._painter, top, "", node.latex, colour, self._font)
        for line, (words, ink) in enumerate(zip(numbers, (self._forward, self._backward), strict=True), 1):
            if words and line < lines:
                self._number(words, box.center().x(), box.top() + (line + 0.5) * row, ink)

    def plate(self, words: str, middle: QPointF, waiting: bool) -> None:
        """The number along an edge, on a plate of the ground."""
        size = self._wording.extent(words, "", self._font)
        plate = QRectF(0, 0, size.width() + 6, size.height())
        plate.moveCenter(middle)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._ground)
        self._painter.drawRoundedRect(plate, 3, 3)
        self._number(words, middle.x(), middle.y(), self._muted if waiting else self._backward)

    def _number(self, words: str, x: float, y: float, ink: QColor) -> None:
        self._painter.setPen(ink)
        start = x - self._wording.width(words, self._font) / 2
        draw_words(self._painter, QPointF(start, y + self._drop), self._font, words)

    def _pen(self, outline: Outline) -> QPen:
        width = HEAVY if outline.state == "active" else THIN
        return plain_pen(self._colour(outline).name(), self._frame.length(width))

    def _colour(self, outline: Outline) -> QColor:
        happening = self._backward if outline.backward else self._forward
        return happening if outline.state == "active" else self._muted


@cache
def _font(scale: float) -> QFont:
    """The same object for the same size: what it measures is remembered by object."""
    return text_font(scale)


def _numbers(node: NetworkNode, digits: int) -> tuple[str, str]:
    value, slope = (
        shown(number, digits) if number is not None else "" for number in (node.value, node.slope)
    )
    return value, slope


_ALONG = np.linspace(0.0, 1.0, 19)[:, None]
_QUARTER = np.linspace(0.0, np.pi / 2, 5)


@lru_cache(maxsize=512)
def _smooth(places: tuple[tuple[float, float], ...]) -> Floats:
    """(n, 2) points of cubic curves through these, level at both ends; most stay from frame to frame."""
    points = np.array(places)
    if np.ptp(points[:, 1]) < LEVEL:  # one stroke, without the seams of many
        return points[[0, -1]]
    slopes = np.zeros(len(points))
    slopes[1:-1] = (points[2:, 1] - points[:-2, 1]) / np.maximum(points[2:, 0] - points[:-2, 0], 1.0)
    reach = REACH * np.diff(points[:, 0])
    start, stop = points[:-1], points[1:]
    leaving = start + np.column_stack((reach, slopes[:-1] * reach))
    arriving = stop - np.column_stack((reach, slopes[1:] * reach))
    t, u = _ALONG, 1 - _ALONG
    pieces = [
        u**3 * a + 3 * u**2 * t * b + 3 * u * t**2 * c + t**3 * d
        for a, b, c, d in zip(start, leaving, arriving, stop, strict=True)
    ]
    return np.vstack(pieces)


def _middle(curve: Floats) -> QPointF:
    """Half way along a line."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))))
    half = along[-1] / 2
    return QPointF(*(float(np.interp(half, along, curve[:, axis])) for axis in (0, 1)))


def _rounded(box: QRectF, radius: float) -> Floats:
    """(20, 2) points around a box whose corners are round."""
    x, y = _round_corners(box.width() / 2 - radius, box.height() / 2 - radius, radius)
    return np.column_stack((box.center().x() + x, box.center().y() + y))


@lru_cache(maxsize=256)
def _round_corners(half_width: float, half_height: float, radius: float) -> tuple[Floats, Floats]:
    turns = np.concatenate([_QUARTER + quarter * np.pi / 2 for quarter in range(4)])
    x = np.repeat([half_width, -half_width, -half_width, half_width], len(_QUARTER))
    y = np.repeat([half_height, half_height, -half_height, -half_height], len(_QUARTER))
    return x + radius * np.cos(turns), y + radius * np.sin(turns)


def _rank(outline: Outline) -> int:
    return STATES.index(outline.state)
