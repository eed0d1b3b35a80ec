"""One panel on the screen: title, legend, axes and grid about the ground on which the marks lie.

The room of the axes does not change while the picture moves. With equal axes the plot takes the shape of its
view, so that a field covers all of it and a circle is round.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsWidget, QStyleOptionGraphicsItem, QWidget

from engine.figure import Axis, Panel, View
from engine.words import shown
from gui.canvas.ground import Ground
from gui.canvas.layer import MarkLayer
from gui.canvas.legend import Legend, legend_entries
from gui.canvas.placement import placed, spaced_view
from gui.canvas.ticks import Tick, linear_ticks, log_ticks
from gui.canvas.wording import SMALL, Wording, mark_words
from gui.theme import GRID

TICK_LENGTH = 5.0
TICK_SPACING = (88.0, 56.0)  # pixels at 100 % between two ticks, across and up
MARGIN = 12.0
SPARE_ROOM = 2.0  # times what the numbers on the vertical axis need, that may stand empty
NARROWEST_VIEW = 1e-12  # of its place: beyond that, numbers have no digits left
WIDEST_VIEW = 1e15
WIDEST_POWERS = 300.0  # of ten, either way, on a logarithmic axis: numbers end soon after


class PanelPlot(QGraphicsWidget):
    """Shows one panel in the rectangle it is given."""

    panel: Panel  # type: ignore[assignment]  # Qt's own `panel()`, for windows within a scene, is not used

    view_chosen = Signal(str, object)
    """Panel id, and the View that the learner zoomed or panned to; None asks to fit."""

    def __init__(self, panel: Panel, wording: Wording) -> None:
        super().__init__()
        self.panel = panel
        self.view = panel.view
        self.ground = Ground(self)
        self.ground.dragged.connect(self._drag)
        self.ground.zoomed.connect(self._zoom)
        self.layer = MarkLayer(self.ground, placed(panel, panel.view, 1.0, 1.0), wording)
        self._wording = wording
        self._legend = Legend()
        self._header = QGraphicsRectItem(self)
        self._header.setPen(QPen(Qt.PenStyle.NoPen))
        self._header.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._label_room = 0.0
        self._least_left = 0.0
        self._inner_left = 0.0
        self._numbered = True
        self._plot_rect = QRectF()
        self._image = QImage()
        self._stale = True
        self._ticks: tuple[list[Tick], list[Tick]] = ([], [])

    def show_panel(
        self, panel: Panel, view: View, wording: Wording, listed: Collection[tuple[str, str]] = ()
    ) -> None:
        """Show this panel, in this view, in this theme; names `listed` stand in another's legend."""
        old = self.panel
        same_frame = (
            view == self.view
            and wording is self._wording
            and panel.title == old.title
            and (panel.x_axis, panel.y_axis, panel.equal) == (old.x_axis, old.y_axis, old.equal)
            and panel.framed == old.framed
        )
        if wording is not self._wording:
            self._label_room = 0.0
        self.panel, self.view, self._wording = panel, view, wording
        legend_changed = self._legend.take(legend_entries(panel, wording.theme, listed), wording)
        self.layer.has_numbers = panel.framed
        self.ground.traceable = bool(panel.sketched)
        self.layer.set_marks(panel.marks)
        if not same_frame or legend_changed:
            self.lay_out()

    def lay_out(self) -> None:
        """Divide the rectangle between header, axes and plot, and lay the marks out in the plot."""
        room = self.rect()
        if room.width() < 2 or room.height() < 2:
            return
        left, bottom = self._axis_room(room)
        left = max(left, self._least_left)
        top = self._header_height(room.width() - left - MARGIN)
        inner = QRectF(left, top, room.width() - left - MARGIN, room.height() - top - bottom)
        inner.setWidth(max(inner.width(), 8.0))
        inner.setHeight(max(inner.height(), 8.0))
        self._plot_rect = self._shaped(inner)
        self._inner_left = left
        self._header.setRect(QRectF(left, 0.0, room.width() - left, top))
        self._header.setToolTip(self._legend.hidden())
        self._ticks = self._make_ticks(self._plot_rect)
        self.ground.setGeometry(self._plot_rect)
        place = placed(self.panel, self.view, self._plot_rect.width(), self._plot_rect.height())
        self.layer.set_placement(place, self._wording)
        self._stale = True
        self.update()

    def stack(self, numbered: bool) -> None:
        """Stand in a column of panels with one horizontal axis: its numbers stand under the last alone."""
        if numbered != self._numbered:
            self._numbered = numbered
            self.lay_out()

    def line_up(self, left: float) -> None:
        """Begin the plot at least so many pixels from the left, as its neighbours in a column do."""
        if left != self._least_left:
            self._least_left = left
            self.lay_out()

    @property
    def left_room(self) -> float:
        """Pixels that the vertical axis needs."""
        return self._axis_room(self.rect())[0]

    @property
    def foot(self) -> float:
        """Pixels that the numbers and the name of the horizontal axis need."""
        wording = self._wording
        bottom = TICK_LENGTH + wording.metrics(wording.small).height() + GRID / 2
        if _named(self.panel.x_axis):
            bottom += wording.extent(mark_words(self.panel.x_axis), self.panel.x_axis.latex).height()
        return bottom

    @property
    def listed(self) -> list[tuple[str, str]]:
        """The names in its legend."""
        return self._legend.names()

    @property
    def plot_rect(self) -> QRectF:
        """Where the marks lie, in this panel's pixels."""
        return self._plot_rect

    def resizeEvent(self, event: object) -> None:
        """Lay out anew."""
        self.lay_out()

    # the view --------------------------------------------------------------------------------------------

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much of each axis, about the middle."""
        self._zoom(factor, factor, self.ground.rect().center())

    def fit(self) -> None:
        """Show the panel's own view again."""
        self.set_view(self.panel.view)
        self.view_chosen.emit(self.panel.id, None)

    def set_view(self, view: View) -> None:
        """Show this view."""
        if view != self.view:
            self.view = view
            self.lay_out()

    def _spaced(self) -> tuple[float, float, float, float]:
        place = placed(self.panel, self.view, 1.0, 1.0)
        return spaced_view(self.view, place.x_log, place.y_log)

    def _drag(self, way: QPointF) -> None:
        """Show what lies so many pixels away."""
        left, right, bottom, top = self._spaced()
        across = -way.x() / self._plot_rect.width() * (right - left)
        up = way.y() / self._plot_rect.height() * (top - bottom)
        self._choose(left + across, right + across, bottom + up, top + up)

    def _zoom(self, across: float, up: float, about: QPointF) -> None:
        """Show so many times as much of each axis; what lies at `about`, in pixels, stays there."""
        if self.panel.equal:
            across = up
        left, right, bottom, top = self._spaced()
        x = left + about.x() / self._plot_rect.width() * (right - left)
        y = top - about.y() / self._plot_rect.height() * (top - bottom)
        self._choose(
            x + (left - x) * across, x + (right - x) * across, y + (bottom - y) * up, y + (top - y) * up
        )

    def _choose(self, left: float, right: float, bottom: float, top: float) -> None:
        """Show these ends, spaced as the axes are, if numbers can still be told apart between them."""
        x_log, y_log = self.panel.x_axis.scale == "log", self.panel.y_axis.scale == "log"
        if not (_sound(left, right, x_log) and _sound(bottom, top, y_log)):
            return
        view = View(
            10.0**left if x_log else left,
            10.0**right if x_log else right,
            10.0**bottom if y_log else bottom,
            10.0**top if y_log else top,
        )
        if view != self.view:
            self.set_view(view)
            self.view_chosen.emit(self.panel.id, view)

    # room ------------------------------------------------------------------------------------------------

    def _shaped(self, inner: QRectF) -> QRectF:
        """The plot's rectangle: all there is, or as much as has the shape of the view."""
        if not self.panel.equal:
            return inner
        left, right, bottom, top = self._spaced()
        shape = (right - left) / (top - bottom)
        width = min(inner.width(), inner.height() * shape)
        height = width / shape
        return QRectF(
            inner.left() + (inner.width() - width) / 2,
            inner.top() + (inner.height() - height) / 2,
            width,
            height,
        )

    def _axis_room(self, room: QRectF) -> tuple[float, float]:
        """Pixels left of the plot and below it.

        The first grows in steps, and is given back only when far less will do, so that nothing jitters.
        """
        if not self.panel.framed:
            return MARGIN, GRID
        wording = self._wording
        line = wording.metrics(wording.small).height()
        ticks = self._axis_ticks(1, max(room.height() - 4 * line, 8.0))
        metrics = wording.metrics(wording.small)
        widest = max((metrics.horizontalAdvance(tick.text) for tick in ticks), default=0.0)
        needed = math.ceil(max(widest, metrics.horizontalAdvance("−00")) / GRID) * GRID
        if not needed <= self._label_room <= SPARE_ROOM * needed:
            self._label_room = needed
        left = self._label_room + TICK_LENGTH + GRID
        if _named(self.panel.y_axis):
            left += self._symbol_width(self.panel.y_axis) + GRID / 2
        return max(left, 2 * GRID), (self.foot if self._numbered else 0.0) + GRID / 2

    def _symbol_width(self, axis: Axis) -> float:
        """Room for the vertical axis' name: its own width if it is short, else a line's, turned."""
        size = self._wording.extent(mark_words(axis), axis.latex)
        return size.height() if self._is_turned(axis) else size.width()

    def _is_turned(self, axis: Axis) -> bool:
        size = self._wording.extent(mark_words(axis), axis.latex)
        return size.width() > 3.2 * size.height()

    def _header_height(self, width: float) -> float:
        height = GRID + 2.0
        if self.panel.title is not None:
            height += self._wording.metrics(self._wording.strong).height() + GRID / 2
        legend = self._legend.height(width, self.rect().height())
        return height + (legend + GRID / 2 if legend else 0.0)

    def _legend_left(self) -> float:
        """Where the plot begins; sooner where a plot that keeps its shape leaves it no room to its right."""
        end = self.rect().width() - MARGIN - self._legend.width
        return max(min(self._plot_rect.left(), end), self._inner_left)

    # ticks -----------------------------------------------------------------------------------------------

    def _make_ticks(self, plot: QRectF) -> tuple[list[Tick], list[Tick]]:
        return self._axis_ticks(0, plot.width()), self._axis_ticks(1, plot.height())

    def _axis_ticks(self, axis: int, length: float) -> list[Tick]:
        """As many ticks as have room, so that no two texts touch."""
        left, right, bottom, top = self._spaced()
        low, high = ((left, right), (bottom, top))[axis]
        logarithmic = (self.panel.x_axis, self.panel.y_axis)[axis].scale == "log"
        make = log_ticks if logarithmic else linear_ticks
        spacing = max(TICK_SPACING) if self.panel.equal else TICK_SPACING[axis]  # one step for both
        about = max(1, int(length / (spacing * self._wording.theme.text_scale * SMALL)))
        metrics = self._wording.metrics(self._wording.small)
        while True:
            ticks = make(low, high, about)
            if axis == 1 or about == 1 or len(ticks) < 2:
                return ticks
            places = [(tick.place - low) / (high - low) * length for tick in ticks]
            widths = [metrics.horizontalAdvance(tick.text) + 14 for tick in ticks]
            gaps = zip(places, places[1:], widths, widths[1:], strict=False)
            if all(b - a >= (wa + wb) / 2 for a, b, wa, wb in gaps):
                return ticks
            about -= 1

    # painting --------------------------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Header, grid, axes: from an image while none of them changes. The marks paint themselves above."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            self._paint_furniture(painter)
            return
        ratio = painter.deviceTransform().m11()
        size = (self.rect().size() * ratio).toSize()
        if self._stale:  # while one zooms, an image would be made for each frame
            self._stale, self._image = False, QImage()
            self._paint_furniture(painter)
            return
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(QColor(self._wording.theme.background))
            onto = QPainter(self._image)
            self._paint_furniture(onto)
            onto.end()
        painter.drawImage(QPointF(0, 0), self._image)

    def _paint_furniture(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_header(painter)
        if self.panel.framed:
            self._paint_axes(painter)

    def _paint_header(self, painter: QPainter) -> None:
        wording, plot = self._wording, self._plot_rect
        width = self.rect().width() - plot.left() - MARGIN
        top = GRID / 2
        if self.panel.title is not None:
            height = wording.metrics(wording.strong).height()
            box = QRectF(plot.left(), top, width, height)
            wording.paint(painter, box, shown(self.panel.title), "", wording.theme.text, wording.strong)
            top += height + GRID / 2
        self._legend.paint(painter, QPointF(self._legend_left(), top))

    def _paint_axes(self, painter: QPainter) -> None:
        wording, theme, plot = self._wording, self._wording.theme, self._plot_rect
        place = placed(self.panel, self.view, plot.width(), plot.height())
        left, right, bottom, top = self._spaced()
        grid, axes = [], []
        line = wording.metrics(wording.small).height()
        texts: list[tuple[QRectF, str]] = []
        for tick in self._ticks[0]:
            x = round(plot.left() + (tick.place - left) / (right - left) * plot.width()) + 0.5
            grid.append(QLineF(x, plot.top(), x, plot.bottom()))
            if not self._numbered:
                continue
            axes.append(QLineF(x, plot.bottom(), x, plot.bottom() + TICK_LENGTH))
            width = wording.width(tick.text)
            start = min(max(x - width / 2, 0.0), self.rect().width() - width - 1)
            texts.append((QRectF(start, plot.bottom() + TICK_LENGTH + 1, width, line), tick.text))
        for tick in self._ticks[1]:
            y = round(plot.bottom() - (tick.place - bottom) / (top - bottom) * plot.height()) + 0.5
            grid.append(QLineF(plot.left(), y, plot.right(), y))
            axes.append(QLineF(plot.left() - TICK_LENGTH, y, plot.left(), y))
            width = wording.width(tick.text)
            texts.append(
                (QRectF(plot.left() - TICK_LENGTH - 4 - width, y - line / 2, width, line), tick.text)
            )
        painter.setPen(QPen(QColor(theme.grid), 1.0))
        painter.drawLines(grid)
        painter.setPen(QPen(QColor(theme.separator), 1.0))
        painter.drawLines(axes)
        self._paint_zero_lines(painter, place.x_log, place.y_log)
        painter.drawRect(plot)
        for box, text in texts:
            wording.paint(painter, box, text, "", theme.muted)
        self._paint_names(painter, line)

    def _paint_zero_lines(self, painter: QPainter, x_log: bool, y_log: bool) -> None:
        """Where the axes of school run, if zero is in view: a little stronger than the grid."""
        plot, theme = self._plot_rect, self._wording.theme
        left, right, bottom, top = self._spaced()
        painter.setPen(QPen(QColor(theme.separator), 1.5))
        if not x_log and left < 0 < right:
            x = round(plot.left() - left / (right - left) * plot.width()) + 0.5
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        if not y_log and bottom < 0 < top:
            y = round(plot.bottom() + bottom / (top - bottom) * plot.height()) + 0.5
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
        painter.setPen(QPen(QColor(theme.separator), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_names(self, painter: QPainter, line: float) -> None:
        wording, plot = self._wording, self._plot_rect
        across, up = self.panel.x_axis, self.panel.y_axis
        if _named(across) and self._numbered:
            size = wording.extent(mark_words(across), across.latex)
            top = plot.bottom() + TICK_LENGTH + line + 1
            box = QRectF(plot.center().x() - size.width() / 2, top, size.width(), size.height())
            wording.paint(painter, box, mark_words(across), across.latex)
        if _named(up):
            size = wording.extent(mark_words(up), up.latex)
            right = plot.left() - TICK_LENGTH - GRID / 2 - self._label_room - GRID / 2
            if not self._is_turned(up):
                box = QRectF(
                    right - size.width(), plot.center().y() - size.height() / 2, size.width(), size.height()
                )
                wording.paint(painter, box, mark_words(up), up.latex)
                return
            painter.save()
            painter.translate(right - size.height() / 2, plot.center().y())
            painter.rotate(-90)
            box = QRectF(-size.width() / 2, -size.height() / 2, size.width(), size.height())
            wording.paint(painter, box, mark_words(up), up.latex)
            painter.restore()


def _named(axis: Axis) -> bool:
    return bool(axis.latex) or axis.label is not None


def _sound(low: float, high: float, logarithmic: bool) -> bool:
    if not (math.isfinite(low) and math.isfinite(high)):
        return False
    farthest, span = max(abs(low), abs(high)), high - low
    if logarithmic and farthest > WIDEST_POWERS:
        return False
    return farthest * NARROWEST_VIEW < span < WIDEST_VIEW
