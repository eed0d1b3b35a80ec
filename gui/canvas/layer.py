"""All marks of one panel, painted in one go: fields from an image while they stand still, the rest anew.

The marks are drawn in device pixels, whatever the painter's scale (see `strokes`), labels and handles over
them in the window's pixels. One mark that fails is logged and left out; the others are drawn.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.figure import AnyMark, Handle, Label
from engine.text import Text, format_number
from engine.words import shown
from gui.canvas.item import Frame, MarkItem
from gui.canvas.items import make_item
from gui.canvas.labels import Request, place_labels
from gui.canvas.placement import Placement
from gui.canvas.strokes import Floats
from gui.canvas.wording import Wording, mark_words
from gui.theme import HANDLE_SIZE, Theme

HANDLE_RADIUS = 7.0
GLOW_RADIUS = 14.0
READING_DISTANCE = 12.0  # pixels within which the pointer reads a point
HANDLE_DIGITS = 4
LABEL_GAP, FIXED_GAP = 8.0, 2.0  # pixels between a label and its point

Paint = Callable[[QPainter, MarkItem[Any], Frame], None]

_log = logging.getLogger(__name__)


class MarkLayer(QGraphicsItem):
    """Paints the marks of one panel over a rectangle whose origin is its own."""

    def __init__(self, parent: QGraphicsItem, placement: Placement, wording: Wording) -> None:
        super().__init__(parent)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsToShape)
        self.items: dict[str, MarkItem[Any]] = {}
        self.labels: list[Label] = []
        self.handles: dict[str, Handle] = {}
        self.hovered: str | None = None
        self.focused: str | None = None
        self.held: str | None = None
        self.pointer: QPointF | None = None
        self.has_numbers = True
        self._size = QRectF()
        self._placement = placement
        self._wording = wording
        self._frame: Frame | None = None
        self._sides: dict[str, str] = {}
        self._failed: set[str] = set()
        self._order: list[MarkItem[Any]] = []
        self._painted: Frame | None = None
        self._still = _StillImage()

    def boundingRect(self) -> QRectF:
        """The whole panel."""
        return self._size

    def set_placement(self, placement: Placement, wording: Wording) -> None:
        """Lay the marks out on a panel of this size, with this view and theme."""
        size = QRectF(0, 0, placement.width, placement.height)
        if size != self._size:
            self.prepareGeometryChange()
            self._size = size
        if placement != self._placement or wording is not self._wording:
            self._placement, self._wording = placement, wording
            self._frame = None
            self.update()

    def set_marks(self, marks: Sequence[AnyMark]) -> None:
        """Show these marks: items are updated by id, made for new ones, dropped for those that are gone."""
        labels, handles, seen, order = [], {}, set(), []
        changed = False
        for mark in marks:
            if isinstance(mark, Label):
                labels.append(mark)
            elif isinstance(mark, Handle):
                handles[mark.id] = mark
            else:
                item = self.items.get(mark.id)
                if item is None or type(item.mark) is not type(mark):
                    item = make_item(mark)
                    if item is None:
                        self._note_failure(mark.id, f"nothing draws a {type(mark).__name__}")
                        continue
                    self.items[mark.id] = item
                    changed = True
                else:
                    changed |= item.take(mark)
                seen.add(mark.id)
                order.append(item)
        for gone in self.items.keys() - seen:
            del self.items[gone]
            changed = True
        order.sort(key=lambda item: item.order)
        changed |= order != self._order or labels != self.labels or handles != self.handles
        self._order, self.labels, self.handles = order, labels, handles
        if changed:
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Marks, then labels, handles and what the pointer reads."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        frame = self._enter_device_pixels(painter)
        self._paint_marks(painter, frame)
        painter.restore()
        for part in (self._paint_handles, self._paint_labels, self._paint_reading):
            try:
                part(painter, frame)
            except Exception:  # noqa: BLE001 - one part that fails must not take the picture with it
                self._note_failure(part.__name__, "cannot be painted", error=True)

    def handle_at(self, mark: Handle) -> QPointF:
        """Where a handle stands, in the window's pixels; one outside the panel waits at its edge."""
        place = self._placement
        x, y = place.point(mark.x, mark.y)
        x = min(max(x, 0.0), place.width) if math.isfinite(x) else 0.0
        y = min(max(y, 0.0), place.height) if math.isfinite(y) else place.height
        return QPointF(x, y)

    @property
    def placement(self) -> Placement:
        """Where numbers lie, in the window's pixels."""
        return self._placement

    # marks -----------------------------------------------------------------------------------------------

    def _enter_device_pixels(self, painter: QPainter) -> Frame:
        """Scale the painter so that one unit is one pixel of the device; the frame that goes with it."""
        device = painter.deviceTransform()
        ratio = device.m11() or 1.0
        raster = painter.paintEngine().type() == QPaintEngine.Type.Raster
        if not raster:
            ratio = 1.0  # a vector device has no pixels, and its pens are scaled without loss
        else:
            # the world transform that leaves nothing but a shift by whole pixels
            beyond, _ = device.inverted()
            corner = QTransform.fromTranslate(round(device.dx()), round(device.dy()))
            painter.setWorldTransform(corner * (beyond * painter.worldTransform()))
        frame = self._frame
        theme = self._wording.theme
        if frame is None or frame.ratio != ratio or frame.vector == raster or frame.theme is not theme:
            place = self._placement
            scaled = Placement(
                place.view, place.width * ratio, place.height * ratio, place.x_log, place.y_log
            )
            frame = self._frame = Frame(scaled, theme, ratio, not raster, self._wording)
        painter.setClipRect(QRectF(0, 0, frame.placement.width, frame.placement.height))
        return frame

    def _paint_marks(self, painter: QPainter, frame: Frame) -> None:
        rest = self._order
        # not in the first frame of a view: while one zooms, an image would be made for each frame
        if not frame.vector and frame is self._painted:
            costly = self._still_and_costly()
            if costly:
                painter.drawImage(0, 0, self._still.of(costly, frame, self._paint_one))
                rest = self._order[len(costly) :]
        self._painted = frame
        for item in rest:
            self._paint_one(painter, item, frame)
        for item in self._order:
            item.fresh = False

    def _still_and_costly(self) -> list[MarkItem[Any]]:
        """The lowest marks, up to the last costly one, of which none changed since the last frame."""
        count = 0
        for index, item in enumerate(self._order):
            if item.fresh:
                break
            if item.costly:
                count = index + 1
        return self._order[:count]

    def _paint_one(self, painter: QPainter, item: MarkItem[Any], frame: Frame) -> None:
        painter.save()
        try:
            item.paint(painter, frame)
        except Exception:  # noqa: BLE001 - the other marks are drawn
            self._note_failure(item.mark.id, "cannot be drawn", error=True)
        painter.restore()

    def _note_failure(self, name: str, what: str, error: bool = False) -> None:
        if name not in self._failed:  # once, not with every frame
            self._failed.add(name)
            _log.error("mark %s: %s", name, what, exc_info=error)

    # labels and handles ----------------------------------------------------------------------------------

    def _paint_handles(self, painter: QPainter, frame: Frame) -> None:
        theme = self._wording.theme
        for handle in self.handles.values():
            centre = self.handle_at(handle)
            look = theme.look(handle)
            scale = theme.line_scale
            color = QColor(look.color)
            if handle.id in (self.hovered, self.held, self.focused):
                glow = QColor(color)
                glow.setAlphaF(0.28)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(glow)
                painter.drawEllipse(centre, GLOW_RADIUS * scale, GLOW_RADIUS * scale)
            if handle.id == self.focused:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.accent), 2.0))
                painter.drawEllipse(centre, (GLOW_RADIUS - 2) * scale, (GLOW_RADIUS - 2) * scale)
            if handle.quiet:
                continue
            painter.setPen(QPen(QColor(theme.background), 2.0 * scale))
            painter.setBrush(color)
            painter.drawEllipse(centre, HANDLE_RADIUS * scale, HANDLE_RADIUS * scale)
            painter.setPen(QPen(color, 1.25 * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            outer = (HANDLE_RADIUS + 1.5) * scale
            painter.drawEllipse(centre, outer, outer)

    def _paint_labels(self, painter: QPainter, frame: Frame) -> None:
        wording, theme = self._wording, self._wording.theme
        wanted = self._label_requests()
        if not wanted:
            return
        half = HANDLE_SIZE / 2 * theme.line_scale
        handles = [
            QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
            for at in (self.handle_at(handle) for handle in self.handles.values())
        ]
        places = place_labels(
            [request for request, *_ in wanted],
            self._size.adjusted(2, 2, -2, -2),
            handles,
            self._samples(frame),
            self._sides,
        )
        self._sides = {key: side for key, (_, side) in places.items()}
        for request, words, latex, color in wanted:
            box, _ = places[request.key]
            _plate(painter, box, theme)
            wording.paint(painter, box.adjusted(3, 0, -3, 0), words, latex, color)

    def _label_requests(self) -> list[tuple[Request, str, str, str]]:
        """What wants a place: a held handle's value first, then handles' names, then labels."""
        wanted: list[tuple[Request, str, str, str]] = []
        wording, theme = self._wording, self._wording.theme
        ordered = sorted(self.handles.values(), key=lambda handle: handle.id != self.held)
        for handle in ordered:
            words, latex = "", handle.latex
            if handle.id == self.held:
                words, latex = handle_words(handle), ""
            elif not latex:
                continue
            size = wording.extent(words, latex)
            request = Request(
                f"handle {handle.id}",
                self.handle_at(handle),
                size.width() + 6,
                size.height(),
                "above",
                HANDLE_SIZE / 2 * theme.line_scale + 4,
            )
            wanted.append((request, words, latex, theme.text))
        for label in self.labels:
            x, y = self._placement.point(label.x, label.y)
            if not (math.isfinite(x) and math.isfinite(y)):
                continue
            if not self._size.adjusted(-40, -40, 40, 40).contains(x, y):
                continue
            words = mark_words(label)
            size = wording.extent(words, label.latex)
            anchor = QPointF(x, y)
            gap = FIXED_GAP if label.fixed else LABEL_GAP
            request = Request(label.id, anchor, size.width() + 6, size.height(), label.side, gap, label.fixed)
            wanted.append((request, words, label.latex, theme.look(label).color))
        return wanted

    def _samples(self, frame: Frame) -> Floats:
        """Points that lines pass through, in the window's pixels."""
        parts = [
            item.covered() for item in self._order if item.order >= 40 and item.mark.id not in self._failed
        ]
        return np.vstack(parts) / frame.ratio if parts else np.empty((0, 2))

    # reading ---------------------------------------------------------------------------------------------

    def reading(self) -> tuple[QPointF, float, float] | None:
        """The point nearest to the pointer, and its numbers; None if none is within reach."""
        place = self._placement
        if self.pointer is None or self.held or self.hovered or not self.has_numbers:
            return None
        best: tuple[float, QPointF, float, float] | None = None
        for item in self._order:
            numbers = item.readable()
            if numbers is None or not len(numbers[0]):
                continue
            x, y = place.x(numbers[0]), place.y(numbers[1])
            away = np.hypot(x - self.pointer.x(), y - self.pointer.y())
            away[~np.isfinite(away)] = np.inf
            nearest = int(np.argmin(away))
            distance = float(away[nearest])
            if distance <= READING_DISTANCE and (best is None or distance < best[0]):
                at = QPointF(float(x[nearest]), float(y[nearest]))
                best = (distance, at, float(numbers[0][nearest]), float(numbers[1][nearest]))
        return best[1:] if best else None

    def told(self) -> tuple[QPointF, Text] | None:
        """What the mark under the pointer says, and where to say it; None if none has anything to say."""
        if self.pointer is None or self.held or self.hovered:
            return None
        found = (item.told_at(self.pointer) for item in reversed(self._order))
        return next((told for told in found if told is not None), None)

    def _paint_reading(self, painter: QPainter, frame: Frame) -> None:
        told = self.told()
        if told is not None:
            self._paint_words_at(painter, told[0], shown(told[1]))
            return
        found = self.reading()
        if found is None:
            return
        at, x, y = found
        theme = self._wording.theme
        painter.setBrush(QColor(theme.background))
        painter.setPen(QPen(QColor(theme.accent), 2.0))
        painter.drawEllipse(at, 4.0, 4.0)
        self._paint_words_at(painter, at, point_text(x, y, HANDLE_DIGITS))

    def _paint_words_at(self, painter: QPainter, at: QPointF, words: str) -> None:
        theme, wording = self._wording.theme, self._wording
        size = wording.extent(words)
        request = Request("reading", at, size.width() + 12, size.height() + 4, "above", 12.0)
        box, _ = place_labels([request], self._size.adjusted(2, 2, -2, -2))["reading"]
        painter.setPen(QPen(QColor(theme.separator), 1.0))
        painter.setBrush(QColor(theme.background))
        painter.drawRoundedRect(box, 4, 4)
        wording.paint(painter, box.adjusted(6, 2, -6, -2), words)


class _StillImage:
    """The lowest marks of a panel as an image, made anew when one of them or the frame has changed."""

    def __init__(self) -> None:
        self._image = QImage()
        self._frame: Frame | None = None
        self._versions: list[tuple[MarkItem[Any], int]] = []

    def of(self, items: list[MarkItem[Any]], frame: Frame, paint: Paint) -> QImage:
        """The image of these marks in this frame."""
        versions = [(item, item.version) for item in items]
        if frame is self._frame and versions == self._versions:
            return self._image
        self._frame, self._versions = frame, versions
        size = QSize(math.ceil(frame.placement.width), math.ceil(frame.placement.height))
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(0)
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in items:
            paint(painter, item, frame)
        painter.end()
        return self._image


def _plate(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """A quiet ground that keeps a label readable where a line passes beneath it."""
    ground = QColor(theme.background)
    ground.setAlphaF(0.7)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)


def handle_words(handle: Handle) -> str:
    """What a handle says while it moves: its own words, or where it stands."""
    if handle.told is not None:
        return shown(handle.told, HANDLE_DIGITS)
    return point_text(handle.x, handle.y, HANDLE_DIGITS)


def point_text(x: float, y: float, digits: int) -> str:
    """A point as it is written: (x, y), with so many significant digits."""
    return f"({format_number(x, digits)}, {format_number(y, digits)})"
