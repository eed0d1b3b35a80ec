"""A picture with its sentence under it, for a file or the clipboard: painted off the screen, on any device.

One canvas serves all frames of a motion, so that axes and caption keep their places while the picture moves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QApplication

from engine.errors import LimitError
from engine.figure import Figure, View
from engine.text import Text
from engine.words import shown
from gui.canvas.canvas import Canvas
from gui.canvas.wording import draw_words
from gui.sheet_lines import SheetLines
from gui.theme import GRID, Theme

if TYPE_CHECKING:
    from gui.mathtext import Typesetter

USUAL_SIZE = QSize(960, 640)
SMALLEST_SIDE, LARGEST_SIDE = 120, 8000
MOST_PIXELS = 100_000_000
MARGIN = 2.0 * GRID
MOST_OF_HEIGHT = 1 / 3
"""What the caption takes of the sheet at most; what is longer ends in an ellipsis."""


class Sheet:
    """A figure above, its worked steps and its spoken sentence below, in `size` pixels of a window.

    `close` it after use.

    With a typesetter every formula is waited for; without one formulas are written in plain letters.
    """

    def __init__(self, theme: Theme, size: QSize = USUAL_SIZE, typesetter: Typesetter | None = None) -> None:
        check_size(size)
        self.size = size
        self._theme = theme
        self._font = theme.font()
        self._caption = Caption("", self._font, size)
        self._caption_height = 0.0
        self._typesetter = typesetter
        self._lines = SheetLines(None, theme, size, typesetter)
        self._lines_height = 0.0
        self._canvas = Canvas(None, theme, typesetter, sync=True)

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the canvas go."""
        self._canvas.close()
        self._canvas.deleteLater()

    def reserve(self, figures: Iterable[Figure], views: Mapping[str, View]) -> None:
        """Make room once for all these figures: the longest sentence, the widest numbers on an axis."""
        for figure in figures:
            self.show(figure, views)

    def show(self, figure: Figure, views: Mapping[str, View]) -> None:
        """Put this figure on the sheet."""
        self._caption = Caption(shown(figure.spoken), self._font, self.size)
        self._caption_height = max(self._caption_height, self._caption.height)
        self._lines = SheetLines(figure.derivation, self._theme, self.size, self._typesetter)
        self._lines_height = max(self._lines_height, self._lines.height)
        below = round(self._caption_height + self._lines_height)
        room = QSize(self.size.width(), self.size.height() - below)
        if self._canvas.size() != room:
            before = self._canvas.size()
            self._canvas.resize(room)
            # a widget that is not on the screen is not told its size by itself
            QApplication.sendEvent(self._canvas, QResizeEvent(room, before))
        self._canvas.set_views(views)
        self._canvas.show_figure(figure)

    def paint(self, painter: QPainter) -> None:
        """Paint the sheet, its upper left corner at the painter's origin."""
        painter.fillRect(QRectF(QPointF(0, 0), self.size.toSizeF()), QColor(self._theme.background))
        self._canvas.paint(painter, QRectF(self._canvas.rect()))
        self._lines.paint(painter, self._canvas.height())
        painter.setPen(QColor(self._theme.text))
        self._caption.paint(painter, self._canvas.height() + self._lines_height)

    def image(self, scale: float = 1.0) -> QImage:
        """The sheet as an image, `scale` of its pixels for each one of a window."""
        size = QSize(round(self.size.width() * scale), round(self.size.height() * scale))
        if size.width() * size.height() > MOST_PIXELS:
            raise too_large(size)
        image = QImage(size, QImage.Format.Format_RGB32)
        if image.isNull():
            raise too_large(size)
        with QPainter(image) as painter:
            painter.scale(scale, scale)
            self.paint(painter)
        dots = round(scale * 96 / 0.0254)
        image.setDotsPerMeterX(dots)
        image.setDotsPerMeterY(dots)
        return image


class Caption:
    """A sentence broken into lines that fit the width of the sheet."""

    def __init__(self, words: str, font: QFont, size: QSize) -> None:
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._width = size.width() - 2 * MARGIN
        most = int((MOST_OF_HEIGHT * size.height() - MARGIN) / self._metrics.lineSpacing())
        self._lines = self._broken(words, max(1, most))

    @property
    def height(self) -> float:
        """The room it needs, with a margin below."""
        return len(self._lines) * self._metrics.lineSpacing() + MARGIN if self._lines else 0.0

    def paint(self, painter: QPainter, top: float) -> None:
        """Paint the lines from `top` down."""
        baseline = top + self._metrics.ascent()
        for line in self._lines:
            left = MARGIN
            if _reads_leftwards(line):
                left += self._width - self._metrics.horizontalAdvance(line)
            draw_words(painter, QPointF(left, baseline), self._font, line)
            baseline += self._metrics.lineSpacing()

    def _broken(self, words: str, most: int) -> list[str]:
        layout = QTextLayout(words, self._font)
        layout.beginLayout()
        starts: list[int] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self._width)
            starts.append(line.textStart())
        layout.endLayout()
        lines = [words[a:b].rstrip() for a, b in pairwise([*starts, len(words)])]
        if len(lines) > most:
            rest = words[starts[most - 1] :]
            lines[most - 1 :] = [self._metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self._width)]
        return lines


def _reads_leftwards(words: str) -> bool:
    """Whether the first letter with a direction of its own belongs to a script written from the right."""
    directions = (unicodedata.bidirectional(letter) for letter in words)
    return next((one for one in directions if one in ("L", "R", "AL")), "L") != "L"


def check_size(size: QSize) -> None:
    """Raise LimitError for a sheet too small to read, or too large to hold."""
    if min(size.width(), size.height()) < SMALLEST_SIDE:
        what = Text("A picture needs at least {side} pixels each way.", {"side": SMALLEST_SIDE})
        raise LimitError(what, Text("Choose a larger size."))
    if max(size.width(), size.height()) > LARGEST_SIDE:
        raise too_large(size)


def too_large(size: QSize) -> LimitError:
    """The error that says that an image of `size` pixels is not made."""
    what = Text(
        "A picture of {width} × {height} pixels is too large.",
        {"width": size.width(), "height": size.height()},
    )
    return LimitError(what, Text("Choose a smaller size or scale."))
