"""The legend: lines above the plot, where it covers nothing.

It leaves nothing out in silence. Where there are more names than it has lines for, they are shortened in
their middle; where that is not enough, it ends with "and 5 more", and `hidden` has them all for a tooltip.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from engine.figure import Area, Arrows, Bars, Contours, Curve, Mosaic, Network, Panel, Points, Rule, Span
from engine.words import _, shown
from gui.canvas.item import marker_corners
from gui.canvas.mosaic import tile_image
from gui.canvas.strokes import dashed, draw, plain_pen, polygons
from gui.canvas.wording import Wording, mark_words, plain
from gui.looks import Look
from gui.theme import GRID, Theme

SWATCH = 30.0
GAP = 18.0
BETWEEN = 2.0  # pixels between two lines
FEWEST_LINES = 4  # that it may take, however low the panel is
MOST_ROOM = 0.4  # of the panel's height, that it may take in a higher one
SHORTEST = 7  # average letters to which a name may be shortened
SHORTER = 0.8  # times as wide, until all have room


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
    return [Entry("tile", look, shown(tile.words), "", tile=tile.look) for tile in mark.tiles if tile.listed]


class _Placed(NamedTuple):
    """An entry in its place; `words` as far as they have room. Without an entry, words on how many follow."""

    entry: Entry | None
    box: QRectF
    words: str


class Legend:
    """Swatches with their names, from left to right, in as many lines as they need and may have."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._sizes: list[QSizeF] = []
        self._wording: Wording | None = None
        self._placed: list[_Placed] = []

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

    @property
    def width(self) -> float:
        """Pixels that its longest line takes."""
        return max((placed.box.right() for placed in self._placed), default=0.0)

    def hidden(self) -> str:
        """All names, a line each, where it shows one of them shortened or not at all; else nothing."""
        shown_whole = [placed.words for placed in self._placed if placed.entry is not None]
        names = [entry.words or plain(entry.latex) for entry in self._entries]
        return "" if shown_whole == [entry.words for entry in self._entries] else "\n".join(names)

    def height(self, width: float, panel_height: float) -> float:
        """Pixels that it needs in a room of this width, in a panel of this height."""
        self._placed = []
        if not self._entries or self._wording is None:
            return 0.0
        line = max(size.height() for size in self._sizes) + BETWEEN
        most = max(FEWEST_LINES, int(MOST_ROOM * panel_height / line))
        shortest = SHORTEST * self._wording.metrics(self._wording.small).averageCharWidth()
        widest = [max(width - SWATCH - GRID / 2, shortest)]
        while widest[-1] > shortest:
            widest.append(max(widest[-1] * SHORTER, shortest))
        for each in widest:
            self._placed = self._flow(self._entries, width, line, each)
            if _lines(self._placed, line) <= most:
                break
        else:
            # the fewest that must be left out, and then no name shorter than that asks for
            self._placed = max((self._cut(width, line, most, each) for each in widest), key=len)
        return _lines(self._placed, line) * line - BETWEEN

    def _cut(self, width: float, line: float, most: int, widest: float) -> list[_Placed]:
        """As many entries as have room beside words on how many more there are."""
        placed: list[_Placed] = []
        for count in range(len(self._entries) - 1, 0, -1):
            more = _("and {count} more").format(count=len(self._entries) - count)
            placed = self._flow(self._entries[:count], width, line, widest, more)
            if _lines(placed, line) <= most:
                break
        return placed

    def _flow(
        self, entries: list[Entry], width: float, line: float, widest: float, more: str = ""
    ) -> list[_Placed]:
        """Each entry in its place, names no wider than `widest`; `more` after the last."""
        assert self._wording is not None
        x = y = 0.0
        placed: list[_Placed] = []
        boxes: list[tuple[Entry | None, float, str]] = [
            (entry, min(size.width(), widest) if not entry.latex else size.width(), entry.words)
            for entry, size in zip(entries, self._sizes, strict=False)
        ]
        if more:
            boxes.append((None, self._wording.width(more), more))
        for entry, room, words in boxes:
            wide = room + (SWATCH + GRID / 2 if entry is not None else 0.0)
            if x and x + wide > width:
                x, y = 0.0, y + line
            if entry is not None and not entry.latex:
                words = self._shortened(words, room)
            placed.append(_Placed(entry, QRectF(x, y, wide, line - BETWEEN), words))
            x += wide + GAP
        return placed

    def _shortened(self, words: str, room: float) -> str:
        """Words without their middle, where they are wider than their room."""
        assert self._wording is not None
        if self._wording.width(words) <= room:
            return words
        metrics = self._wording.metrics(self._wording.small)
        return metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room)

    def paint(self, painter: QPainter, corner: QPointF) -> None:
        """Paint from this corner."""
        if self._wording is None:
            return
        for entry, box, words in self._placed:
            place = box.translated(corner)
            if entry is None:
                self._wording.paint(painter, place, words, "", self._wording.theme.muted)
                continue
            self._paint_swatch(painter, entry, QRectF(place.left(), place.top(), SWATCH, place.height()))
            place.setLeft(place.left() + SWATCH + GRID / 2)
            self._wording.paint(painter, place, words, entry.latex)

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


def _lines(placed: list[_Placed], line: float) -> int:
    return round(placed[-1].box.top() / line) + 1
