"""How one to three panels share the room: beside or above each other, whichever shows more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from engine.figure import Panel
from gui.canvas.placement import placed, spaced_view

FURNITURE = 72.0  # pixels that axes and header take of a panel, about
BEST_SHAPES = (0.9, 2.2)  # width over height of a plot that is easy to read


def arranged(panels: Sequence[Panel], width: float, height: float) -> list[QRectF]:
    """A rectangle for each panel, in order."""
    if not panels:
        return []
    beside = _in_a_row(panels, width, height)
    above = _in_a_column(panels, width, height)
    return max((beside, above), key=lambda boxes: _worth(panels, boxes))


def stacked(panels: Sequence[Panel], width: float, height: float, foot: float) -> list[QRectF]:
    """A rectangle for each panel, one above the other; the last has `foot` pixels more, for the one axis."""
    whole = max(height - foot, 1.0)
    total = sum(panel.share for panel in panels) or 1.0
    boxes, top = [], 0.0
    for panel in panels:
        tall = whole * panel.share / total + (foot if panel is panels[-1] else 0.0)
        boxes.append(QRectF(0, top, width, tall))
        top += tall
    return boxes


def _in_a_row(panels: Sequence[Panel], width: float, height: float) -> list[QRectF]:
    limits = [
        _shape(panel) * max(height - FURNITURE, 1.0) + FURNITURE if panel.equal else None for panel in panels
    ]
    boxes, left = [], 0.0
    for size in _shared([panel.share for panel in panels], limits, width):
        boxes.append(QRectF(left, 0, size, height))
        left += size
    return boxes


def _in_a_column(panels: Sequence[Panel], width: float, height: float) -> list[QRectF]:
    limits = [
        max(width - FURNITURE, 1.0) / _shape(panel) + FURNITURE if panel.equal else None for panel in panels
    ]
    boxes, top = [], 0.0
    for size in _shared([panel.share for panel in panels], limits, height):
        boxes.append(QRectF(0, top, width, size))
        top += size
    return boxes


def _shared(shares: Sequence[float], limits: Sequence[float | None], whole: float) -> list[float]:
    """The whole by shares; what is beyond a limit goes to the panels that have none."""
    total = sum(shares) or 1.0
    sizes = [whole * share / total for share in shares]
    free = [index for index, limit in enumerate(limits) if limit is None]
    if not free:
        return sizes
    for index, limit in enumerate(limits):
        if limit is not None and sizes[index] > limit:
            spare = sizes[index] - limit
            sizes[index] = limit
            for other in free:
                sizes[other] += spare / len(free)
    return sizes


def _shape(panel: Panel) -> float:
    place = placed(panel, panel.view, 1.0, 1.0)
    left, right, bottom, top = spaced_view(panel.view, place.x_log, place.y_log)
    return (right - left) / (top - bottom)


def _worth(panels: Sequence[Panel], boxes: Sequence[QRectF]) -> float:
    """The least well served panel decides: the area of its plot, less for a shape that is hard to read."""
    worths = []
    for panel, box in zip(panels, boxes, strict=True):
        width, height = max(box.width() - FURNITURE, 1.0), max(box.height() - FURNITURE, 1.0)
        if panel.equal:
            across = min(width, height * _shape(panel))
            area = across * across / _shape(panel)
        else:
            shape = width / height
            low, high = BEST_SHAPES
            area = width * height * min(1.0, shape / low, high / shape)
        worths.append(area / panel.share)
    return min(worths)
