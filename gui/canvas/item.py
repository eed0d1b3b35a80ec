"""What draws one mark: keeps its pixels while nothing changes, and maps them anew when something does."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPathStroker, QPen

from engine.figure import Mark
from engine.text import Text
from gui.canvas.placement import Placement
from gui.canvas.strokes import Floats, plain_pen, polygons
from gui.canvas.wording import Wording
from gui.looks import Look
from gui.theme import Theme

MarkT = TypeVar("MarkT", bound=Mark)


class Frame:
    """Everything that the marks of one panel share: where numbers lie, the theme, the kind of device.

    Positions are in device pixels from the panel's upper left corner; `ratio` of them are one pixel of the
    window. A frame is compared by identity: as long as it is the same object, no item maps anything anew.
    """

    __slots__ = ("placement", "ratio", "theme", "vector", "wording")

    def __init__(
        self,
        placement: Placement,
        theme: Theme,
        ratio: float = 1.0,
        vector: bool = False,
        wording: Wording | None = None,
    ) -> None:
        self.placement = placement
        self.theme = theme
        self.ratio = ratio
        self.vector = vector
        self.wording = wording

    def length(self, pixels: float) -> float:
        """A length of the look table in device pixels, thicker in a room."""
        return pixels * self.ratio * self.theme.line_scale

    def pen(self, look: Look, share: float = 1.0) -> QPen:
        """The pen of a look; its dashes are cut beforehand, so it is always solid."""
        return plain_pen(look.color, self.length(look.width * share), bool(look.dash))

    def dash(self, look: Look) -> tuple[float, ...]:
        """The dash pattern of a look in device pixels."""
        return tuple(self.length(part) for part in look.dash)


class MarkItem(Generic[MarkT]):
    """Draws one kind of mark. A subclass places its pixels in `place` and paints them in `draw`.

    order: what is painted later lies above; fields lie under lines, lines under points.
    costly: worth keeping as an image while it stands still.
    """

    order: ClassVar[int] = 50
    costly: ClassVar[bool] = False

    def __init__(self, mark: MarkT) -> None:
        self.mark = mark
        self.look = Look("")
        self.fresh = True
        self.version = 0
        self._frame: Frame | None = None
        self._covered: Floats | None = None

    def take(self, mark: MarkT) -> bool:
        """Draw `mark` from now on; True if it looks different from the last."""
        if mark is self.mark:
            return False
        changed = not same_data(mark, self.mark)
        self.mark = mark
        if changed:
            self._frame = None
            self.fresh = True
            self.version += 1
        return changed

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint in device pixels."""
        self.prepare(frame)
        self.draw(painter, frame)

    def prepare(self, frame: Frame) -> None:
        """Map the mark to pixels, unless that was done for this very frame."""
        if frame is not self._frame:
            self.look = frame.theme.look(self.mark)
            self.place(frame)
            self._frame, self._covered = frame, None

    def place(self, frame: Frame) -> None:
        """Map the mark's numbers to device pixels."""
        raise NotImplementedError

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint what `place` prepared."""
        raise NotImplementedError

    def covered(self) -> Floats:
        """(n, 2) device pixels that the mark covers, for labels to keep away from. After `prepare`."""
        if self._covered is None:
            self._covered = self.samples()
        return self._covered

    def samples(self) -> Floats:
        """What `covered` answers, found anew."""
        return np.empty((0, 2))

    def told_at(self, at: QPointF) -> tuple[QPointF, Text] | None:
        """What a place of the window says to whoever points there, and where to say it; None if nothing."""
        return None

    def readable(self) -> tuple[Floats, Floats] | None:
        """The numbers a learner may read off under the pointer, x and y; None if there are none."""
        return None


def same_data(one: Mark, other: Mark) -> bool:
    """Whether two marks look the same: arrays are compared by identity, everything else by value."""
    if type(one) is not type(other):
        return False
    return all(_same(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


_ANGLES = np.linspace(0, 2 * np.pi, 24, endpoint=False)


def _star(points: int, inner: float) -> Floats:
    angles = np.pi * np.arange(2 * points) / points - np.pi / 2
    radii = np.where(np.arange(2 * points) % 2, inner, 1.2)
    return np.column_stack((radii * np.cos(angles), radii * np.sin(angles)))


def _regular(sides: int, turn: float = -np.pi / 2, radius: float = 1.1) -> Floats:
    angles = 2 * np.pi * np.arange(sides) / sides + turn
    return radius * np.column_stack((np.cos(angles), np.sin(angles)))


def _plus(turn: float) -> Floats:
    arm, half = 1.15, 0.38
    outline = np.array(
        [
            (half, half), (half, arm), (-half, arm), (-half, half), (-arm, half), (-arm, -half),
            (-half, -half), (-half, -arm), (half, -arm), (half, -half), (arm, -half), (arm, half),
        ]
    )  # fmt: skip
    turning = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(outline @ turning.T)


MARKERS: dict[str, Floats] = {
    "circle": np.column_stack((np.cos(_ANGLES), np.sin(_ANGLES))),
    "square": _regular(4, np.pi / 4, 1.25),
    "diamond": _regular(4, 0.0, 1.3),
    "triangle": _regular(3, -np.pi / 2, 1.35),
    "triangle-down": _regular(3, np.pi / 2, 1.35),
    "pentagon": _regular(5),
    "hexagon": _regular(6),
    "star": _star(5, 0.5),
    "plus": _plus(0.0),
    "cross": _plus(np.pi / 4),
}
"""Outlines about the origin, of about the same area, to be scaled by a radius in pixels."""


def marker_corners(name: str, centres: Floats, radius: float, ring: float = 0.0) -> NDArray[np.float64]:
    """(n, k, 2) corners of a marker at each of `centres`, grown by `ring` pixels on all sides."""
    return centres[:, None, :] + _outline(name, radius, ring)[None, :, :]


@lru_cache(maxsize=128)
def _outline(name: str, radius: float, ring: float) -> Floats:
    """The corners of a marker about the origin.

    What is grown is stroked by Qt once, not for every marker of every frame: filling takes a sixth of that.
    """
    outline = radius * MARKERS.get(name, MARKERS["circle"])
    if not ring:
        return outline
    path = polygons(outline[None])
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * ring)
    stroker.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    grown = stroker.createStroke(path).united(path).simplified().toFillPolygon()
    return np.array([(corner.x(), corner.y()) for corner in grown.toList()])
