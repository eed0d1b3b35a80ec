"""The one registry: which item draws which kind of mark.

A new kind of mark is a dataclass in `engine.figure` and an item here. Labels and handles are not in it:
they are placed together, after everything else, by the layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.figure import (
    Area,
    Arrows,
    Bars,
    Contours,
    Curve,
    Heatmap,
    Mark,
    Mosaic,
    Network,
    Points,
    Rule,
    Span,
)
from gui.canvas.fields import ArrowsItem, ContoursItem, HeatmapItem
from gui.canvas.item import MarkItem
from gui.canvas.lines import CurveItem, PointsItem, RuleItem
from gui.canvas.mosaic import MosaicItem
from gui.canvas.networks import NetworkItem
from gui.canvas.regions import AreaItem, BarsItem, SpanItem

ITEMS: Mapping[type[Mark], type[MarkItem[Any]]] = {
    Heatmap: HeatmapItem,
    Mosaic: MosaicItem,
    Span: SpanItem,
    Area: AreaItem,
    Bars: BarsItem,
    Contours: ContoursItem,
    Arrows: ArrowsItem,
    Rule: RuleItem,
    Curve: CurveItem,
    Points: PointsItem,
    Network: NetworkItem,
}


def make_item(mark: Mark) -> MarkItem[Any] | None:
    """The item that draws `mark`; None if nothing draws its kind."""
    made = ITEMS.get(type(mark))
    return made(mark) if made is not None else None
