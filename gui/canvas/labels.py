"""Where labels go, so that none lies on another, on a handle, or, where it can be helped, on a line.

Greedy: each label in turn takes the best free place about its anchor. Pure arithmetic on rectangles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gui.canvas.strokes import Floats

Side = Literal["above", "below", "left", "right"]

# directions tried, by the side preferred: that side, its diagonals, the neighbours, the other side
_AROUND: dict[str, tuple[float, float]] = {
    "right": (1, 0), "above": (0, -1), "left": (-1, 0), "below": (0, 1),
    "above right": (1, -1), "above left": (-1, -1), "below left": (-1, 1), "below right": (1, 1),
}  # fmt: skip
_ORDER: dict[Side, tuple[str, ...]] = {
    "above": ("above", "above right", "above left", "right", "left", "below", "below right", "below left"),
    "below": ("below", "below right", "below left", "right", "left", "above", "above right", "above left"),
    "left": ("left", "above left", "below left", "above", "below", "right", "above right", "below right"),
    "right": ("right", "above right", "below right", "above", "below", "left", "above left", "below left"),
}
_DIRECTIONS = {
    side: np.array([_AROUND[name] for name in names], dtype=float) for side, names in _ORDER.items()
}
_NEARER = {
    side: np.where((places != 0).all(axis=1), 0.75, 1.0)[:, None] for side, places in _DIRECTIONS.items()
}
_RINGS = (1.0, 2.5, 4.0, 6.5, 9.0)  # distances tried, in gaps
_ON_LABEL, _ON_HANDLE, _OUTSIDE, _ON_LINE, _FARTHER = 1000.0, 400.0, 2000.0, 12.0, 8.0
_PREFERENCES = 3.0 * np.arange(8)
_LOYALTY = 14.0  # what another place must be better by before a label that was here moves


@dataclass(frozen=True, slots=True)
class Request:
    """A label that wants a place: the point it belongs to, its size, the side it would like or must have."""

    key: str
    anchor: QPointF
    width: float
    height: float
    side: Side = "above"
    gap: float = 8.0
    fixed: bool = False


def place_labels(
    requests: Sequence[Request],
    bounds: QRectF,
    handles: Sequence[QRectF] = (),
    samples: Floats | None = None,
    before: Mapping[str, str] | None = None,
) -> dict[str, tuple[QRectF, str]]:
    """Key → its rectangle and the name of its place about the anchor.

    `samples` are points that lines pass through; `before` the names of the last places, which a label keeps
    unless another is clearly better, so that it does not jump about while the picture moves.
    """
    placed = {
        request.key: (_fixed_box(request), _ORDER[request.side][0]) for request in requests if request.fixed
    }
    occupied = [*handles, *(box for box, _ in placed.values())]
    taken = np.array([_edges(box) for box in occupied]).reshape(-1, 4)
    weights = np.full(len(taken), _ON_LABEL)
    weights[: len(handles)] = _ON_HANDLE
    samples = np.empty((0, 2)) if samples is None else samples
    for request in requests:
        if request.fixed:
            continue
        best: tuple[float, Floats, str] | None = None
        for ring, share in enumerate(_RINGS):
            if best is not None and best[0] <= _FARTHER * ring:
                break  # no place this far off can be better
            boxes = _candidates(request, share)
            cost = _FARTHER * ring + _PREFERENCES + _ON_LINE * _points_inside(boxes, samples)
            cost = cost + (_overlaps(boxes, taken) * weights).sum(axis=1)
            cost += _OUTSIDE * _sticks_out(boxes, bounds)
            names = _ORDER[request.side]
            last = (before or {}).get(request.key)
            if last is not None and ring == 0:
                cost[names.index(last)] -= _LOYALTY
            index = int(np.argmin(cost))
            if best is None or cost[index] < best[0]:
                best = float(cost[index]), boxes[index], names[index]
        if best is None:
            continue
        left, top, right, bottom = best[1].tolist()
        box = _within(QRectF(left, top, right - left, bottom - top), bounds)
        placed[request.key] = (box, best[2])
        taken = np.vstack((taken, [_edges(box)]))
        weights = np.append(weights, _ON_LABEL)
    return placed


def _fixed_box(request: Request) -> QRectF:
    """Beside the anchor on the side that was asked for."""
    across, down = _AROUND[request.side]
    box = QRectF(0.0, 0.0, request.width, request.height)
    reach = QPointF(across * (request.gap + request.width / 2), down * (request.gap + request.height / 2))
    box.moveCenter(request.anchor + reach)
    return box


def _candidates(request: Request, share: float) -> Floats:
    """(8, 4) left, top, right, bottom: the places about the anchor, `share` gaps away."""
    directions = _DIRECTIONS[request.side]
    reach = request.gap * share * _NEARER[request.side]
    half = np.array([request.width, request.height]) / 2
    anchor = np.array([request.anchor.x(), request.anchor.y()])
    centres = anchor + directions * (reach + half)
    return np.hstack((centres - half, centres + half))


def _points_inside(boxes: Floats, samples: Floats) -> Floats:
    """How many of the points each box covers; six are as bad as any more."""
    if not len(samples):
        return np.zeros(len(boxes))
    x, y = samples[:, 0], samples[:, 1]
    inside = (x > boxes[:, 0:1]) & (y > boxes[:, 1:2]) & (x < boxes[:, 2:3]) & (y < boxes[:, 3:4])
    return np.asarray(np.minimum(inside.sum(axis=1), 6), dtype=np.float64)


def _overlaps(boxes: Floats, others: Floats) -> Floats:
    """(n, m): 1 where a box lies on one of the others."""
    meets = (boxes[:, None, :2] < others[None, :, 2:]) & (boxes[:, None, 2:] > others[None, :, :2])
    return np.asarray(meets.all(axis=2), dtype=np.float64)


def _sticks_out(boxes: Floats, bounds: QRectF) -> Floats:
    left, top, right, bottom = _edges(bounds)
    out = (boxes[:, :2] < (left, top)).any(axis=1) | (boxes[:, 2:] > (right, bottom)).any(axis=1)
    return np.asarray(out, dtype=np.float64)


def _edges(box: QRectF) -> tuple[float, float, float, float]:
    return box.left(), box.top(), box.right(), box.bottom()


def _within(box: QRectF, bounds: QRectF) -> QRectF:
    """The box moved into the bounds, as far as it fits."""
    left = min(max(box.left(), bounds.left()), max(bounds.left(), bounds.right() - box.width()))
    top = min(max(box.top(), bounds.top()), max(bounds.top(), bounds.bottom() - box.height()))
    return QRectF(left, top, box.width(), box.height())
