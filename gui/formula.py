"""A typeset formula as Qt paints it: paths in em, in the colour of the text, at any size.

QtSvg loses the stretched middles of braces and bars, so the shapes of a `Drawing` become QPainterPaths. A
formula is built once and painted at every size; on a screen its fraction bars lie on whole pixels and its
hairlines are as dark as the text beside them.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QImage,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QTransform,
)

from engine.text import Text
from gui.drawing import X_HEIGHT, Drawing, Matrix

_COMMAND = re.compile(r"([MLHVQTCZ])([^MLHVQTCZ]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_LONGEST_SOURCE = 60  # characters of a formula that cannot be typeset
_LARGEST_IMAGE_EM, _WIDEST_IMAGE, _MOST_IMAGES = 120.0, 3000.0, 4
_BUILT_AT = 100.0  # pixels, for outlines taken from a font


def scale_for(font: QFont) -> float:
    """Pixels per em of a formula at which its x is as tall as the x of `font`."""
    return QFontMetricsF(font).xHeight() / X_HEIGHT


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """Shapes of one colour that are filled together; None is the colour of the text."""

    path: QPainterPath
    color: QColor | None


@dataclass(frozen=True, eq=False, slots=True)
class Formula:
    """A formula ready to paint. Sizes are in em; `height` is above the baseline and `depth` below it.

    One that cannot be typeset shows its source instead, and says why in `error`.
    """

    latex: str
    display: bool
    width: float
    height: float
    depth: float
    layers: tuple[Layer, ...]
    rules: tuple[tuple[QRectF, QColor | None], ...] = ()
    error: Text | None = None
    _images: dict[tuple[float, int], tuple[QImage, QPoint]] = field(default_factory=dict)

    def size(self, scale: float) -> QSizeF:
        """Its extent in pixels, at `scale` pixels per em."""
        return QSizeF(self.width * scale, (self.height + self.depth) * scale)

    def paint(self, painter: QPainter, x: float, baseline: float, scale: float, color: QColor) -> None:
        """Paint with the left edge at `x`, standing on `baseline`, at `scale` pixels per em.

        `scale` is usually `scale_for(font)` of the text around it. On a screen the formula stands on whole
        pixels and is drawn once for each size and colour; on paper and in files it stays a path.
        """
        transform = painter.deviceTransform()
        em = transform.m22() * scale
        if not _on_pixels(painter) or em > _LARGEST_IMAGE_EM or self.width * em > _WIDEST_IMAGE:
            painter.save()
            painter.translate(x, baseline)
            self._fill(painter, scale, color, thickened=0.0)
            painter.restore()
            return
        image, origin = self._image(em, color)
        place = transform.map(QPointF(x, baseline))
        corner = QPointF(round(place.x()) - origin.x(), round(place.y()) - origin.y())
        painter.save()
        painter.resetTransform()
        pixels = painter.deviceTransform()  # what remains is the screen's own scale and the widget's place
        image.setDevicePixelRatio(pixels.m11())
        painter.drawImage(pixels.inverted()[0].map(corner), image)
        painter.restore()

    def _image(self, em: float, color: QColor) -> tuple[QImage, QPoint]:
        """The formula at `em` pixels per em, and where its origin lies in the picture."""
        key = (em, color.rgba())
        if key in self._images:
            return self._images[key]
        margin = 2 + math.ceil(0.3 * em)  # letters lean out of their box, accents stand above it
        origin = QPoint(margin, margin + math.ceil(self.height * em))
        image = QImage(
            math.ceil(self.width * em) + 2 * margin,
            origin.y() + math.ceil(self.depth * em) + margin,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.translate(origin)
        self._fill(painter, em, color, thickened=_thickening(em))
        painter.end()
        while len(self._images) >= _MOST_IMAGES:
            del self._images[next(iter(self._images))]
        self._images[key] = image, origin
        return image, origin

    def _fill(self, painter: QPainter, scale: float, color: QColor, thickened: float) -> None:
        """Paint at the painter's origin; `thickened` pixels are added to the width of every line."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for box, own in self.rules:
            painter.setBrush(own or color)
            place = QRectF(box.x() * scale, box.y() * scale, box.width() * scale, box.height() * scale)
            painter.drawRect(_sharpened(place) if _on_pixels(painter) else place)
        painter.scale(scale, scale)
        for layer in self.layers:
            own = layer.color or color
            painter.setBrush(own)
            if thickened:
                painter.setPen(QPen(own, thickened / scale))
            painter.drawPath(layer.path)


def _on_pixels(painter: QPainter) -> bool:
    """Whether there are pixels under the painter and they lie straight and square: not in a PDF or an SVG."""
    engine = painter.paintEngine()
    if engine is None or engine.type() != QPaintEngine.Type.Raster:
        return False
    transform = painter.deviceTransform()
    straight = transform.isAffine() and not transform.m12() and not transform.m21()
    return straight and transform.m22() > 0 and math.isclose(transform.m11(), transform.m22())


def _thickening(em: float) -> float:
    """Pixels to add to a line at `em` pixels per em.

    The font is drawn for print: on a coarse screen its hairlines are paler than the sans beside it. A third
    of a pixel at 18 pixels makes them equally dark; from 45 pixels on the font is as it was drawn.
    """
    return max(0.0, min(0.35, 0.35 * (45 - em) / 27))


def _sharpened(bar: QRectF) -> QRectF:
    """The bar with its long sides on pixel edges, at least a pixel thick."""
    if bar.width() >= bar.height():
        thickness = max(1, round(bar.height()))
        return QRectF(bar.x(), round(bar.center().y() - thickness / 2), bar.width(), thickness)
    thickness = max(1, round(bar.width()))
    return QRectF(round(bar.center().x() - thickness / 2), bar.y(), thickness, bar.height())


def build_formula(latex: str, display: bool, drawing: Drawing) -> Formula:
    """The formula that a drawing describes; its source in a fixed-width font when it holds an error."""
    if drawing.error is not None:
        return source_formula(latex, display, drawing.error)
    whole: dict[str | None, QPainterPath] = {}
    clipped: list[Layer] = []
    for glyph in drawing.glyphs:
        path = _transform(glyph.matrix).map(_outline(drawing.outlines.get(glyph.outline, "")))
        if glyph.clip is None:
            # letters of one colour are one path: one call to paint them all
            _path_in(whole, glyph.color).addPath(path)
        else:
            window = QPainterPath()
            window.addRect(QRectF(*glyph.clip))
            clipped.append(Layer(path.intersected(window), _color(glyph.color)))
    for letters in drawing.letters:
        _path_in(whole, letters.color).addPath(
            _transform(letters.matrix).map(_letters(letters.words, letters.size))
        )
    layers = [Layer(path, _color(color)) for color, path in whole.items()]
    for stroke in drawing.strokes:
        stroker = QPainterPathStroker()
        stroker.setWidth(stroke.width)
        path = _transform(stroke.matrix).map(stroker.createStroke(_outline(stroke.path)))
        clipped.append(Layer(path, _color(stroke.color)))
    rules = tuple((QRectF(*rule.box), _color(rule.color)) for rule in drawing.rules)
    return Formula(latex, display, drawing.width, drawing.height, drawing.depth, (*layers, *clipped), rules)


def source_formula(latex: str, display: bool, reason: str) -> Formula:
    """What stands where a formula cannot: its source, so that nothing an author wrote is lost."""
    source = " ".join(latex.split())
    if len(source) > _LONGEST_SOURCE:
        source = source[: _LONGEST_SOURCE - 1] + "…"
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(round(_BUILT_AT))
    metrics = QFontMetricsF(font)
    shrink = 0.85 * X_HEIGHT / max(metrics.xHeight(), 1.0)
    path = QPainterPath()
    path.addText(0, 0, font, source)
    path = QTransform.fromScale(shrink, shrink).map(path)
    path.setFillRule(Qt.FillRule.WindingFill)
    return Formula(
        latex,
        display,
        metrics.horizontalAdvance(source) * shrink,
        metrics.ascent() * shrink,
        metrics.descent() * shrink,
        (Layer(path, None),),
        error=Text("This formula cannot be typeset. {reason}", {"reason": reason}),
    )


def _path_in(paths: dict[str | None, QPainterPath], color: str | None) -> QPainterPath:
    if color not in paths:
        paths[color] = QPainterPath()
        paths[color].setFillRule(Qt.FillRule.WindingFill)
    return paths[color]


def _color(name: str | None) -> QColor | None:
    """A colour that a formula asks for by name or number; None where it is not one."""
    color = QColor(name) if name else QColor()
    return color if color.isValid() else None


def _transform(matrix: Matrix) -> QTransform:
    return QTransform(*matrix)


def _letters(words: str, size: float) -> QPainterPath:
    """Words from the application's font, or whichever has the script, `size` MathJax units tall."""
    font = QFont()
    font.setPixelSize(round(_BUILT_AT))
    path = QPainterPath()
    path.addText(0, 0, font, words)
    return QTransform.fromScale(size / _BUILT_AT, size / _BUILT_AT).map(path)


@functools.lru_cache(maxsize=2000)
def _outline(data: str) -> QPainterPath:
    """The path that SVG's path language describes, with the absolute commands that MathJax uses."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    x = y = 0.0
    bend = QPointF()
    for command, written in _COMMAND.findall(data):
        numbers = [float(number) for number in _NUMBER.findall(written)]
        if command == "Z":
            path.closeSubpath()
        elif command in "HV":
            for number in numbers:
                x, y = (number, y) if command == "H" else (x, number)
                path.lineTo(x, y)
        else:
            count = {"M": 2, "L": 2, "T": 2, "Q": 4, "C": 6}[command]
            for start in range(0, len(numbers) - count + 1, count):
                *controls, x, y = numbers[start : start + count]
                bend = _extend(path, command, controls, QPointF(x, y), bend)
                command = "L" if command == "M" else command  # more pairs after M are lines
    return path


def _extend(path: QPainterPath, command: str, controls: list[float], end: QPointF, bend: QPointF) -> QPointF:
    """One segment more; returns the control point that a following T mirrors."""
    here = path.currentPosition()
    if command == "M":
        path.moveTo(end)
    elif command == "L":
        path.lineTo(end)
    elif command == "C":
        path.cubicTo(QPointF(*controls[:2]), QPointF(*controls[2:]), end)
    else:
        bend = QPointF(*controls) if command == "Q" else here * 2 - bend
        path.quadTo(bend, end)
        return bend
    return end
