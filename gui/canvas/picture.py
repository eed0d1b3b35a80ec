"""A figure on any device, without a window: an image, or a vector painter for SVG and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.figure import Figure, View
from gui.canvas.canvas import Canvas
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.mathtext import Typesetter


def paint_figure(
    figure: Figure,
    painter: QPainter,
    rect: QRectF,
    theme: Theme,
    views: Mapping[str, View] | None = None,
    typesetter: Typesetter | None = None,
    size: QSizeF | None = None,
) -> None:
    """Paint the figure into `rect` of whatever `painter` paints on, as the canvas shows it.

    `size` is how large the canvas would be, in pixels of the window (text and lines are sized for that);
    unless given it is the size of `rect`. With a typesetter, every formula is waited for.
    """
    canvas = Canvas(None, theme, typesetter, sync=True)
    try:
        shape = size or rect.size()
        canvas.resize(max(1, round(shape.width())), max(1, round(shape.height())))
        canvas.resizeEvent(None)  # type: ignore[arg-type]  # a widget that is not shown is not told its size
        canvas.set_views(views or {})
        canvas.show_figure(figure)
        painter.fillRect(rect, QColor(theme.background))
        canvas.paint(painter, rect)
    finally:
        canvas.close()
        canvas.deleteLater()


def render_figure(
    figure: Figure,
    size: QSize,
    theme: Theme,
    scale: float = 1.0,
    views: Mapping[str, View] | None = None,
    typesetter: Typesetter | None = None,
) -> QImage:
    """The figure as an image: `size` in pixels of a window, `scale` device pixels for each of them."""
    image = QImage(
        max(1, round(size.width() * scale)), max(1, round(size.height() * scale)), QImage.Format.Format_RGB32
    )
    image.fill(QColor(theme.background))
    painter = QPainter(image)
    painter.scale(scale, scale)
    paint_figure(figure, painter, QRectF(0, 0, size.width(), size.height()), theme, views, typesetter)
    painter.end()
    return image
