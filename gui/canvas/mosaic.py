"""A grid of kinds, as colour and pattern: one image, in the pixels of the device."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from engine.figure import Mosaic
from engine.text import Text
from gui.canvas.item import Frame, MarkItem
from gui.looks import Column
from gui.theme import Theme
from gui.tiles import SHADES, SIDE, tile_colors

VECTOR_RATIO = 2.0
"""Pixels of the image for each of a device that has none."""


class MosaicItem(MarkItem[Mosaic]):
    """Cells with sharp edges, under a pattern that does not grow with them."""

    order = 12
    costly = True

    def place(self, frame: Frame) -> None:
        """The image of all that is in view."""
        place = frame.placement
        ratio = VECTOR_RATIO if frame.vector else 1.0
        mark = self.mark
        rows, columns = mark.kinds.shape
        left, right = place.x(np.array([mark.x_low, mark.x_high]))
        bottom, top = place.y(np.array([mark.y_low, mark.y_high]))
        self._columns = _cells(left, right, columns, place.width, ratio)
        self._rows = _cells(bottom, top, rows, place.height, ratio)
        self._ratio = ratio
        shown = frame.ratio * ratio * frame.theme.line_scale
        self._image = mosaic_image(mark, self._rows, self._columns, frame.theme, shown)
        self._image.setDevicePixelRatio(ratio)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One image."""
        painter.drawImage(QPointF(0, 0), self._image)

    def told_at(self, at: QPointF) -> tuple[QPointF, Text] | None:
        """What the cell under a place of the window is called."""
        if self._frame is None:
            return None
        scale = self._frame.ratio * self._ratio
        row, column = int(at.y() * scale), int(at.x() * scale)
        if not (0 <= row < len(self._rows) and 0 <= column < len(self._columns)):
            return None
        i, j = int(self._rows[row]), int(self._columns[column])
        kind = int(self.mark.kinds[i, j]) if i >= 0 and j >= 0 else -1
        return (at, self.mark.tiles[kind].words) if kind >= 0 else None


def mosaic_image(
    mark: Mosaic, rows: NDArray[np.intp], columns: NDArray[np.intp], theme: Theme, ratio: float
) -> QImage:
    """An image with a pixel for each of `rows` and `columns`: the cell that it shows, −1 for none.

    ratio: pixels of the image for one of a pattern.
    """
    colors = _all_colors(tuple(tile.look for tile in mark.tiles), theme.name)
    clear = len(colors) - 1
    shade = np.clip(np.nan_to_num(mark.shade) * (SHADES - 1) + 0.5, 0, SHADES - 1).astype(np.int32)
    codes = np.where(mark.kinds < 0, clear, mark.kinds.astype(np.int32) * SHADES + shade)
    codes = np.pad(codes, (0, 1), constant_values=clear) * (SIDE * SIDE)  # which −1 finds: nothing
    across = (np.arange(len(columns)) / ratio).astype(np.int32) % SIDE
    down = (np.arange(len(rows)) / ratio).astype(np.int32) % SIDE * SIDE
    pixels = codes[rows][:, columns]
    pixels += down[:, None] + across[None, :]
    picture = np.take(colors.ravel(), pixels)
    # a copy, since the image must own its pixels when the array is gone
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(picture.data, len(columns), len(rows), len(columns) * 4, form).copy()


@lru_cache(maxsize=32)
def _all_colors(looks: tuple[str, ...], column: Column) -> NDArray[np.uint32]:
    """The patterns of all kinds in all shades, one a row, and a clear one as the last."""
    clear = np.zeros((1, SIDE * SIDE), dtype=np.uint32)
    return np.vstack([*(tile_colors(look, column) for look in looks), clear])


def tile_image(look: str, theme: Theme) -> QImage:
    """One pattern of a look, fully shaded: to be repeated."""
    pixels = np.ascontiguousarray(tile_colors(look, theme.name)[-1].reshape(SIDE, SIDE))
    return QImage(pixels.data, SIDE, SIDE, SIDE * 4, QImage.Format.Format_RGB32).copy()


def _cells(start: float, stop: float, count: int, size: float, ratio: float) -> NDArray[np.intp]:
    """Which of `count` cells between two places, in pixels, lies under each pixel of a side; −1 for none."""
    middles = (np.arange(max(1, round(size * ratio))) + 0.5) / ratio
    with np.errstate(all="ignore"):
        at = np.floor((middles - start) / (stop - start) * count)
    inside = (at >= 0) & (at < count)
    return np.where(inside, at, -1).astype(np.intp)
