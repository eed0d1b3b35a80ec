"""Lines as Qt draws them fastest: segments in device pixels, cut, thinned and dashed in NumPy.

Qt's raster engine has a quick path for separate segments with a plain pen, and a slow one for everything
else: a polyline, a dashed pen, a round cap, or a scaled painter costs five times as much (3.6 ms against
0.6 ms for one curve of 640 points across 1280 pixels). So a curve arrives here as points in device pixels
and leaves as an (n, 4) array of x₁ y₁ x₂ y₂. On a vector device the same segments become one path, joined.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

Floats = NDArray[np.float64]

POINT_SPACING = 2.0  # device pixels: closer points are not told apart
MOST_DASHES = 20_000

_ELEMENT = np.dtype([("joined", ">i4"), ("x", ">f8"), ("y", ">f8")])  # of a path that QDataStream reads


def thinned(x: Floats, y: Floats, spacing: float = POINT_SPACING) -> tuple[Floats, Floats]:
    """At most about one point for every `spacing` pixels, with nothing lost that can be seen.

    A curve that runs from left to right keeps, of each column `spacing` wide, its first, lowest, highest and
    last point; any other keeps a point for each `spacing` of its length. Gaps (NaN) stay gaps.
    """
    if len(x) < 64:
        return x, y
    finite = np.isfinite(x) & np.isfinite(y)
    unbroken = bool(finite.all())
    if not finite.any():
        return x[:0], y[:0]
    steps = np.diff(x)
    if np.all(steps >= 0 if unbroken else (steps >= 0) | ~np.isfinite(steps)):
        wide = x[-1] - x[0] if unbroken else np.nanmax(x) - np.nanmin(x)
        if len(x) * spacing <= 2 * wide:
            return x, y
        keep = _extremes_of_columns(x, y, finite, spacing)
    else:
        length = np.hypot(steps, np.diff(y))
        along = np.cumsum(length if unbroken else np.nan_to_num(length))
        bucket = np.floor(np.concatenate(([0.0], along)) / spacing)
        keep = np.empty(len(x), dtype=bool)
        keep[1:] = bucket[1:] != bucket[:-1]
        keep[0] = keep[-1] = True
    if not unbroken:
        # the points on either side of a gap, and one point within it
        broken = ~finite
        edge = broken.copy()
        edge[1:] |= broken[:-1]
        edge[:-1] |= broken[1:]
        edge[1:] &= ~(broken[1:] & broken[:-1])
        keep |= edge
    return x[keep], y[keep]


def straightened(x: Floats, y: Floats, tolerance: float = 0.05) -> tuple[Floats, Floats]:
    """Without the points that lie within `tolerance` pixels of the line between their neighbours.

    Every second point is tried, three times over, so that at most seven of eight are dropped and the error
    stays below three times the tolerance. A gap keeps its points: a distance from NaN is not small.
    """
    for _ in range(3):
        if len(x) < 64:
            break
        first_x, middle_x, last_x = x[:-2:2], x[1:-1:2], x[2::2]
        first_y, middle_y, last_y = y[:-2:2], y[1:-1:2], y[2::2]
        along_x, along_y = last_x - first_x, last_y - first_y
        off_x, off_y = middle_x - first_x, middle_y - first_y
        length = np.hypot(along_x, along_y)
        between = along_x * off_x + along_y * off_y
        drop = np.abs(along_x * off_y - along_y * off_x) <= tolerance * length
        drop &= (between >= 0) & (between <= length**2)  # a point that turns back is an end
        keep = np.ones(len(x), dtype=bool)
        keep[1:-1:2] = ~drop
        x, y = x[keep], y[keep]
    return x, y


def _extremes_of_columns(
    x: Floats, y: Floats, finite: NDArray[np.bool_], spacing: float
) -> NDArray[np.bool_]:
    columns = np.floor(np.where(finite, x, 0.0) / spacing)
    order = np.lexsort((y, columns, ~finite))
    order = order[: int(finite.sum())]
    starts = np.flatnonzero(np.diff(columns[order], prepend=np.nan) != 0)
    ends = np.append(starts[1:], len(order)) - 1
    keep = np.zeros(len(x), dtype=bool)
    keep[order[starts]] = keep[order[ends]] = True  # the lowest and the highest
    changes = np.flatnonzero(np.diff(columns) != 0)
    keep[changes] = keep[changes + 1] = True  # the last and the first
    keep[0] = keep[-1] = True
    return keep


def segments(x: Floats, y: Floats) -> Floats:
    """Consecutive points → (n, 4) segments; none where either end is not finite.

    >>> segments(np.array([0.0, 1.0, np.nan, 2.0, 3.0]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])).tolist()
    [[0.0, 0.0, 1.0, 1.0], [2.0, 1.0, 3.0, 0.0]]
    """
    made = np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))
    finite = np.isfinite(x) & np.isfinite(y)
    return made if finite.all() else made[finite[:-1] & finite[1:]]


def clipped(lines: Floats, width: float, height: float, margin: float = 64.0) -> Floats:
    """Each segment cut to the rectangle grown by `margin`; those outside are dropped (Liang and Barsky).

    What lies far outside would overflow Qt's rasterizer or cost it time.
    """
    low = np.array([-margin, -margin])
    high = np.array([width + margin, height + margin])
    if ((lines >= -margin) & (lines <= np.concatenate((high, high)))).all():
        return lines
    start, delta = lines[:, :2], lines[:, 2:] - lines[:, :2]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        to_low, to_high = (low - start) / delta, (high - start) / delta
    still = delta == 0
    between = (start >= low) & (start <= high)
    enter = np.where(still, np.where(between, 0.0, 2.0), np.minimum(to_low, to_high))
    leave = np.where(still, 1.0, np.maximum(to_low, to_high))
    first = np.maximum(enter.max(axis=1), 0.0)
    last = np.minimum(leave.min(axis=1), 1.0)
    seen = first <= last
    start, delta = start[seen], delta[seen]
    first, last = first[seen, None], last[seen, None]
    return np.hstack((start + delta * first, start + delta * last))


def dashed(lines: Floats, pattern: Sequence[float]) -> Floats:
    """Segments cut into dashes; where one begins at the end of the one before, the dash goes on round it.

    `pattern` holds lengths drawn and left out in turn, in the pixels of `lines`.
    """
    if not len(pattern) or not len(lines):
        return lines
    lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    period = float(sum(pattern))
    if lengths.sum() / period * len(pattern) > MOST_DASHES:
        return lines
    ends = np.cumsum(lengths)
    starts = ends - lengths
    cuts = np.cumsum([0.0, *pattern])
    count = int(np.ceil(ends[-1] / period)) + 1
    base = np.arange(count)[:, None] * period
    on = (base + cuts[None, :-1:2]).ravel()
    off = (base + cuts[None, 1::2]).ravel()
    first = np.searchsorted(ends, on, side="right")
    last = np.minimum(np.searchsorted(starts, off, side="left") - 1, len(lines) - 1)
    touched = np.maximum(last - first + 1, 0)
    total = int(touched.sum())
    dash = np.repeat(np.arange(len(on)), touched)
    within = np.arange(total) - np.repeat(np.cumsum(touched) - touched, touched)
    segment = first[dash] + within
    begin = np.maximum(on[dash], starts[segment]) - starts[segment]
    finish = np.minimum(off[dash], ends[segment]) - starts[segment]
    whole = np.maximum(lengths[segment], 1e-12)
    origin, delta = lines[segment, :2], lines[segment, 2:] - lines[segment, :2]
    return np.hstack((origin + delta * (begin / whole)[:, None], origin + delta * (finish / whole)[:, None]))


def draw(painter: QPainter, lines: Floats, pen: QPen, vector: bool = False) -> None:
    """All segments in one call."""
    if not len(lines):
        return
    painter.setPen(pen)
    if vector:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(joined_path(lines))
        return
    numbers = np.ascontiguousarray(lines, dtype=np.float64)
    # a QLineF is four doubles: Qt reads the array as it lies, where a list would be thousands of objects
    first: QLineF = shiboken6.wrapInstance(numbers.ctypes.data, QLineF)  # type: ignore[assignment]
    painter.drawLines(first, len(numbers))


def joined_path(lines: Floats) -> QPainterPath:
    """Segments as one path, joined wherever one begins at the end of the one before."""
    points = np.empty((2 * len(lines), 2))
    points[0::2], points[1::2] = lines[:, :2], lines[:, 2:]
    joined = np.zeros(len(points), dtype=bool)
    joined[1::2] = True
    keep = np.ones(len(points), dtype=bool)
    keep[2::2] = np.any(lines[1:, :2] != lines[:-1, 2:], axis=1)  # a shared point is written once
    points, joined = points[keep], joined[keep]
    elements = np.empty(len(points), dtype=_ELEMENT)
    elements["joined"], elements["x"], elements["y"] = joined, points[:, 0], points[:, 1]
    return _path(elements, int(np.flatnonzero(~joined)[-1]) if len(points) else 0)


def polygons(corners: Floats) -> QPainterPath:
    """(n, k, 2) corners → one path of n closed polygons."""
    count, sides, _ = corners.shape
    elements = np.empty((count, sides + 1), dtype=_ELEMENT)
    elements["x"][:, :-1], elements["y"][:, :-1] = corners[:, :, 0], corners[:, :, 1]
    elements["joined"] = 1
    elements["joined"][:, 0] = 0
    elements["x"][:, -1], elements["y"][:, -1] = corners[:, 0, 0], corners[:, 0, 1]
    path = _path(elements, (count - 1) * (sides + 1))
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def _path(elements: NDArray[np.void], last: int) -> QPainterPath:
    """A path through these points, each joined to the one before it or a new beginning, the last at `last`.

    Read by Qt from one block of bytes: their number, the points, where the last subpath begins, the rule of
    filling. A call for each point would take twenty times as long.
    """
    path = QPainterPath()
    if elements.size:
        block = struct.pack(">i", elements.size) + elements.tobytes() + struct.pack(">ii", last, 0)
        QDataStream(QByteArray(block)) >> path
    return path


def plain_pen(color: str, width: float, dashes: bool = False, alpha: float = 1.0) -> QPen:
    """A pen that Qt draws quickly: solid, with flat ends for dashes and square ones otherwise."""
    shade = QColor(color)
    shade.setAlphaF(alpha)
    pen = QPen(shade, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.SquareCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
