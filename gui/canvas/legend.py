"""The legend: a line above the plot, where it covers nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from engine.figure import Area, Arrows, Bars, Contours, Curve, Mosaic, Network, Panel, Points, Rule, Span
from engine.words import shown
from gui.canvas.item import marker_corners
from gui.canvas.mosaic import tile_image
from gui.canvas.strokes import dashed, draw, plain_pen, polygons
from gui.canvas.wording import Wording, mark_words
from gui.looks import Look
from gui.theme import GRID, Theme

SWATCH = 30.0
GAP = 18.0
MOST_LINES = 4


class Entry(NamedTuple):
    """One line of the legend: the kind of swatch, its look, the words or the formula.

    tile: the look of a kind of a mosaic.
    """

    kind: str
    look: Look
    words: str
    latex: str
    racer: bool = False
    tile: str = ""

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from another."""
        return self.words, self.latex


_KINDS: dict[type, str] = {
    Curve: "line", Rule: "line", Contours: "line", Points: "point", Arrows: "arrow",
    Area: "area", Bars: "area", Span: "area",
}  # fmt: skip


def legend_entries(panel: Panel, theme: Theme, listed: Collection[tuple[str, str]] = ()) -> list[Entry]:
    """What the legend lists: marks with a name, each name once; nothing where there is only one.

    `listed` are the names (words and formula) that a panel before this one lists already.
    """
    entries: dict[tuple[str, str], Entry] = {}
    for mark in panel.marks:
        if isinstance(mark, Network):
            entries |= {entry.name: entry for entry in _network_entries(mark, theme)}
        if isinstance(mark, Mosaic):
            entries |= {entry.name: entry for entry in _mosaic_entries(mark, theme)}
        kind = _KINDS.get(type(mark))
        if kind is None or not (mark.label or mark.latex):
            continue
        if isinstance(mark, Points) and mark.open:
            kind = "ring"
        words = mark_words(mark)
        entry = Entry(kind, theme.look(mark), words, mark.latex, bool(mark.look))
        entries.setdefault((words, mark.latex), entry)
    if len(entries) < 2 and not any(entry.tile for entry in entries.values()):
        return []
    return [entry for name, entry in entries.items() if name not in listed]


def _network_entries(mark: Network, theme: Theme) -> list[Entry]:
    """What runs forward and what runs back."""
    named = ((mark.label, mark.role), (mark.backward_label, mark.backward_role))
    return [Entry("arrow", theme.role(role), shown(label), "") for label, role in named if label is not None]


def _mosaic_entries(mark: Mosaic, theme: Theme) -> list[Entry]:
    """The kinds of cells; a single one too, since its colour says something."""
    look = theme.look(mark)
    return [Entry("tile", look, shown(tile.words), "", tile=tile.look) for tile in mark.tiles]


class Legend:
    """Swatches with their names, from left to right, in as many lines as they need."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._sizes: list[QSizeF] = []
        self._wording: Wording | None = None
        self._places: list[QPointF] = []

    def take(self, entries: list[Entry], wording: Wording) -> bool:
        """List these; True if that changes how much room is needed."""
        if entries == self._entries and wording is self._wording:
            return False
        self._entries, self._wording = entries, wording
        self._sizes = [wording.extent(entry.words, entry.latex) for entry in entries]
        return True

    def names(self) -> list[tuple[str, str]]:
        """The words and formulas it lists."""
        return [entry.name for entry in self._entries]

    def height(self, width: float) -> float:
        """Pixels that it needs in a room of this width; what does not fit in its lines is left out."""
        if not self._entries:
            self._places = []
            return 0.0
        line = max(size.height() for size in self._sizes)
        x = y = 0.0
        places: list[QPointF] = []
        for size in self._sizes:
            wide = SWATCH + GRID / 2 + size.width()
            if x and x + wide > width:
                x, y = 0.0, y + line + 2
            if y >= MOST_LINES * (line + 2):
                break
            places.append(QPointF(x, y))
            x += wide + GAP
        self._places = places
        return places[-1].y() + line

    def paint(self, painter: QPainter, corner: QPointF) -> None:
        """Paint from this corner."""
        if self._wording is None or not self._entries:
            return
        for entry, size, place in zip(self._entries, self._sizes, self._places, strict=False):
            at = corner + place
            self._paint_swatch(painter, entry, QRectF(at.x(), at.y(), SWATCH, size.height()))
            box = QRectF(at.x() + SWATCH + GRID / 2, at.y(), size.width(), size.height())
            self._wording.paint(painter, box, entry.words, entry.latex)

    def _paint_swatch(self, painter: QPainter, entry: Entry, box: QRectF) -> None:
        look, middle = entry.look, box.center().y()
        scale = self._wording.theme.line_scale if self._wording else 1.0
        color = QColor(look.color)
        if entry.kind == "tile" and self._wording is not None:
            patch = box.adjusted(4, 2, -4, -2)
            painter.setBrushOrigin(patch.topLeft())
            painter.fillRect(patch, QBrush(tile_image(entry.tile, self._wording.theme)))
            painter.setPen(QPen(color, 1.0))
            painter.drawRect(patch)
            return
        if entry.kind == "area":
            color.setAlphaF(0.25)
            patch = box.adjusted(4, 3, -4, -3)
            painter.fillRect(patch, color)
            painter.setPen(QPen(QColor(look.color), 1.5))
            painter.drawRect(patch)
            return
        if entry.kind == "ring":
            painter.setPen(QPen(color, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(box.center().x(), middle), 4.0, 4.0)
            return
        if entry.kind != "point":
            line = np.array([[box.left() + 1, middle, box.right() - 1, middle]])
            pen = plain_pen(look.color, look.width * scale, bool(look.dash))
            draw(painter, dashed(line, [part * 0.7 for part in look.dash]), pen)
        if entry.kind == "arrow":
            tip = box.right()
            head = np.array([[tip - 8, middle - 4, tip, middle], [tip - 8, middle + 4, tip, middle]])
            draw(painter, head, plain_pen(look.color, look.width * scale))
        if entry.kind == "point" or entry.racer:
            painter.setPen(QPen(QColor(self._wording.theme.background if self._wording else ""), 1.0))
            painter.setBrush(color)
            centre = np.array([[box.center().x(), middle]])
            painter.drawPath(polygons(marker_corners(look.marker, centre, 4.0)))
