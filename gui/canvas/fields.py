"""Fields over the plane: heatmaps, contours, arrows."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from engine.figure import Arrows, Contours, Heatmap
from gui.canvas.item import Frame, MarkItem
from gui.canvas.lines import head_corners, head_strokes
from gui.canvas.strokes import Floats, clipped, dashed, draw, polygons, segments, thinned
from gui.theme import Theme


class HeatmapItem(MarkItem[Heatmap]):
    """A grid as colour, through a table of 256; smooth between the grid's points."""

    order = 10
    costly = True

    def __init__(self, mark: Heatmap) -> None:
        super().__init__(mark)
        self._image = QImage()
        self._shade: Floats | None = None
        self._theme: Theme | None = None

    def place(self, frame: Frame) -> None:
        """The rectangle it covers: half a cell beyond its outermost points."""
        mark, place = self.mark, frame.placement
        if self._shade is not mark.shade or self._theme is not frame.theme:
            self._image = heat_image(mark.shade, frame.theme)
            self._shade, self._theme = mark.shade, frame.theme
        rows, columns = mark.shade.shape
        half_x = (mark.x_high - mark.x_low) / max(columns - 1, 1) / 2
        half_y = (mark.y_high - mark.y_low) / max(rows - 1, 1) / 2
        left, right = place.x(np.array([mark.x_low - half_x, mark.x_high + half_x]))
        top, bottom = place.y(np.array([mark.y_high + half_y, mark.y_low - half_y]))
        self._target = QRectF(left, top, right - left, bottom - top)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One image, scaled smoothly."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._target, self._image)


def heat_image(shade: Floats, theme: Theme) -> QImage:
    """[0, 1] → an image whose first row is the highest; NaN is clear."""
    table = theme.field_colors
    missing = np.isnan(shade)
    index = np.clip(np.nan_to_num(shade) * (len(table) - 1) + 0.5, 0, len(table) - 1).astype(np.intp)
    pixels = table[index]
    form = QImage.Format.Format_RGB32
    if missing.any():
        pixels = np.where(missing, np.uint32(0), pixels)
        form = QImage.Format.Format_ARGB32_Premultiplied
    pixels = np.ascontiguousarray(pixels[::-1])
    rows, columns = pixels.shape
    # a copy, since the image must own its pixels when the array is gone
    return QImage(pixels.data, columns, rows, columns * 4, form).copy()


class ContoursItem(MarkItem[Contours]):
    """Level lines, all in one call."""

    order = 35
    costly = True

    def place(self, frame: Frame) -> None:
        """Every level's lines as one set of segments."""
        place = frame.placement
        separator = np.full((1, 2), np.nan)
        parts = [part for line in self.mark.lines for part in (line, separator) if len(part)]
        vertices = np.vstack(parts) if parts else separator
        x, y = _thinned_lines(place.x(vertices[:, 0]), place.y(vertices[:, 1]))
        lines = clipped(segments(x, y), place.width, place.height)
        self._lines = dashed(lines, frame.dash(self.look))
        self._pen = frame.pen(self.look)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One call."""
        draw(painter, self._lines, self._pen, frame.vector)


def _thinned_lines(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Lines between NaNs with a point every few pixels; each keeps its two ends."""
    return thinned(x, y, 3.0)


class ArrowsItem(MarkItem[Arrows]):
    """Arrows whose heads have the same size in pixels however far one zooms."""

    order = 40
    costly = True

    def place(self, frame: Frame) -> None:
        """Shafts as segments; heads as strokes, or as triangles."""
        place, mark = frame.placement, self.mark
        tails = np.column_stack((place.x(mark.x), place.y(mark.y)))
        tips = np.column_stack((place.x(mark.x + mark.dx), place.y(mark.y + mark.dy)))
        length = np.hypot(*(tips - tails).T)
        drawn = np.isfinite(length) & (length > 0.5)
        tails, tips = tails[drawn], tips[drawn]
        left, right, back = head_corners(tails, tips, frame)
        if self.look.open_head or len(tails) > 64:
            shafts = np.hstack((tails, tips))
            self._heads = head_strokes(tails, tips, frame)
            self._filled = polygons(np.empty((0, 3, 2)))
        else:
            shafts = np.hstack((tails, back))
            self._heads = np.empty((0, 4))
            self._filled = polygons(np.stack((tips, left, right), axis=1))
        shafts = clipped(shafts, place.width, place.height)
        dash = frame.dash(self.look)
        if dash:
            shafts = np.vstack([dashed(shaft[None], dash) for shaft in shafts]) if len(shafts) else shafts
        self._lines = np.vstack((shafts, clipped(self._heads, place.width, place.height)))
        self._tails, self._tips = tails, tips
        many = len(tails) > 64
        self._pen = frame.pen(self.look, 0.75 if many else 1.0)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One call for all strokes, one for all filled heads."""
        draw(painter, self._lines, self._pen, frame.vector)
        if not self._filled.isEmpty():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.look.color))
            painter.drawPath(self._filled)

    def samples(self) -> Floats:
        """Points along the shafts."""
        if len(self._tails) > 64:
            return np.empty((0, 2))
        share = np.linspace(0, 1, 9)[:, None, None]
        return np.reshape(self._tails * (1 - share) + self._tips * share, (-1, 2))
