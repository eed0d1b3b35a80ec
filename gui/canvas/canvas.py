"""The canvas: shows a Figure, and tells what the learner's hand does to it. It never edits its own data.

    figure ──show_figure──▶ panels ──▶ marks, labels, handles
    handle_moved, handle_nudged, handle_removed, ground_clicked, view_changed ◀── hand

Whoever listens computes the next figure and shows it; until then a dragged handle stays where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QLabel, QWidget

from engine.figure import Figure, Handle, View, linked_views
from engine.words import _, shown
from gui.canvas.arrange import arranged, stacked
from gui.canvas.handles import HandleGrip
from gui.canvas.layer import handle_words
from gui.canvas.plot import PanelPlot
from gui.canvas.spoken import Speaker
from gui.canvas.wording import Wording, mark_words, plain
from gui.theme import Theme, theme_named

if TYPE_CHECKING:
    from gui.mathtext import Typesetter

ZOOM_STEP = 1.25

OFF = 24.0
"""Pixels beyond its panel at which a handle that is let go is off it."""

_log = logging.getLogger(__name__)


class Canvas(QWidget):
    """One to three linked panels of marks, zoomed, panned, and moved by their handles."""

    handle_moved = Signal(str, float, float, bool)
    """Handle id, the place it was dragged to in the panel's numbers, and whether it was let go."""

    handle_nudged = Signal(str, float, float)
    """Handle id, and presses of the arrow keys to the right and up; Shift counts ten, Ctrl a tenth."""

    handle_removed = Signal(str)
    """Handle id: it was let go off its panel, which ends its drag, or Delete was pressed on it."""

    ground_clicked = Signal(str, float, float)
    """Panel id and the place of a click on empty ground, of a panel that is clickable."""

    sketched = Signal(str, object, object)
    """Exercise, and the two ends (x, y) of a stroke that was drawn on the ground for it."""

    view_changed = Signal(str, object)
    """Panel id and the View that the learner zoomed or panned to; None to show the panel's own again."""

    def __init__(
        self,
        parent: QWidget | None = None,
        theme: Theme | None = None,
        typesetter: Typesetter | None = None,
        sync: bool = False,
    ) -> None:
        """`sync` waits for every formula, as a picture that is saved at once must."""
        super().__init__(parent)
        self._typesetter = typesetter
        self._sync = sync
        self._wording = Wording(theme or theme_named("light"), typesetter, sync)
        self._figure: Figure | None = None
        self._views: dict[str, View] = {}
        self._plots: dict[str, PanelPlot] = {}
        self._grips: dict[tuple[str, str], HandleGrip] = {}
        self._current = ""
        self._speaker = Speaker(self)
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # they are few
        self.surface = QWidget()
        """The widget on which the ground takes mouse and wheel."""
        self._graphics = _still_view(self._scene, self.surface, self)
        self._message = QLabel(self)
        self._message.setObjectName("picture-error")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Picture"))
        if typesetter is not None:
            typesetter.ready.connect(self._formula_ready)
        self._paint_ground()

    # what it is given ------------------------------------------------------------------------------------

    def show_figure(self, figure: Figure) -> None:
        """Show this figure: panels and marks are updated by their ids."""
        self._message.hide()
        old, self._figure = self._figure, figure
        names = [panel.id for panel in figure.panels]
        for gone in self._plots.keys() - set(names):
            self._drop_panel(gone)
        for panel in figure.panels:
            if panel.id not in self._plots:
                self._add_panel(panel.id, PanelPlot(panel, self._wording))
        if old is None or _shape_of(old) != _shape_of(figure):
            self._arrange()
        listed: list[tuple[str, str]] = []
        views = self._shown_views()
        for panel in figure.panels:
            self._plots[panel.id].show_panel(panel, views[panel.id], self._wording, listed)
            listed += self._plots[panel.id].listed
        self._line_up()
        self._place_grips()
        self._speaker.say(shown(figure.spoken))

    def paint_now(self) -> None:
        """Paint what was shown, and the window about it, at once.

        Left to Qt, the window is painted before the scene says what changed, and the canvas then once more.
        """
        QCoreApplication.sendPostedEvents(self._scene, QEvent.Type.MetaCall.value)

    def set_views(self, views: Mapping[str, View]) -> None:
        """Show these views; a panel that is missing shows its own."""
        self._views = dict(views)
        self._show_views()

    def set_theme(self, theme: Theme) -> None:
        """Show everything in this theme, at once."""
        self._wording = Wording(theme, self._typesetter, self._sync)
        self._paint_ground()
        for grip in self._grips.values():
            grip.set_size(theme.line_scale)
        if self._figure is not None:
            self.show_figure(self._figure)
            self._arrange()  # the foot of a column is measured in the new type
            self._place_grips()

    def error(self, text: str) -> None:
        """Say what failed, in place of the picture; the next figure takes its place."""
        self._message.setText(text)
        self._message.setGeometry(self.rect().adjusted(32, 32, -32, -32))
        self._message.show()
        self._message.raise_()
        self._speaker.say(text)

    # what it can be asked --------------------------------------------------------------------------------

    @property
    def figure(self) -> Figure | None:
        """The figure on show."""
        return self._figure

    @property
    def theme(self) -> Theme:
        """The theme it is shown in."""
        return self._wording.theme

    def grip(self, handle_id: str, panel_id: str | None = None) -> HandleGrip:
        """The widget that takes hold of a handle; KeyError if there is no such handle."""
        for (panel, handle), grip in self._grips.items():
            if handle == handle_id and panel_id in (None, panel):
                return grip
        raise KeyError(handle_id)

    def plot_rect(self, panel_id: str) -> QRectF:
        """Where a panel's marks lie, in the canvas's pixels."""
        plot = self._plots[panel_id]
        return plot.plot_rect.translated(plot.pos())

    def place_of(self, panel_id: str, x: float, y: float) -> QPointF:
        """The canvas's pixel at which a panel shows these numbers."""
        placement = self._plots[panel_id].layer.placement
        return self.plot_rect(panel_id).topLeft() + QPointF(*placement.point(x, y))

    def view_of(self, panel_id: str) -> View:
        """The view that a panel shows."""
        return self._plots[panel_id].view

    def paint(self, painter: QPainter, target: QRectF) -> None:
        """Paint the picture, without focus or pointer, into a rectangle of any device."""
        self._scene.render(painter, target, QRectF(self.rect()), Qt.AspectRatioMode.IgnoreAspectRatio)

    # panels ----------------------------------------------------------------------------------------------

    def _add_panel(self, name: str, plot: PanelPlot) -> None:
        self._plots[name] = plot
        self._scene.addItem(plot)
        plot.view_chosen.connect(self._view_chosen)
        plot.ground.clicked.connect(partial(self._ground_clicked, name))
        plot.ground.traced.connect(partial(self._traced, name))
        plot.ground.pointed.connect(partial(self._pointer_moved, name))

    def _drop_panel(self, name: str) -> None:
        plot = self._plots.pop(name)
        self._scene.removeItem(plot)
        plot.deleteLater()

    def _arrange(self) -> None:
        if self._figure is None:
            return
        panels, size = self._figure.panels, (self.width(), self.height())
        if self._figure.stacked:
            boxes = stacked(panels, *size, self._plots[panels[-1].id].foot)
        else:
            boxes = arranged(panels, *size)
        for panel, box in zip(panels, boxes, strict=True):
            self._plots[panel.id].stack(panel is panels[-1] or not self._figure.stacked)
            self._plots[panel.id].setGeometry(box)
        self._line_up()

    def _line_up(self) -> None:
        """Let the plots of a column begin at one place, that of the widest numbers."""
        plots = list(self._plots.values())
        together = self._figure is not None and self._figure.stacked
        left = max((plot.left_room for plot in plots), default=0.0) if together else 0.0
        for plot in plots:
            plot.line_up(left)

    def _shown_views(self) -> dict[str, View]:
        """Panel id → what it shows; in a column, all of them over one interval."""
        own = {panel.id: panel.view for panel in self._figure.panels} if self._figure else {}
        if self._figure is not None and self._figure.stacked:
            return linked_views(own, self._views)
        return {name: self._views.get(name, view) for name, view in own.items()}

    def _show_views(self) -> None:
        for name, view in self._shown_views().items():
            self._plots[name].set_view(view)
        self._line_up()
        self._place_grips()

    def _view_chosen(self, name: str, view: View | None) -> None:
        together = self._figure is not None and self._figure.stacked
        self._views.pop(name, None)
        if view is not None:
            self._views[name] = view  # the last of them, which a column follows
        others = [other for other in self._views if together and view is None]
        for other in others:
            del self._views[other]
        self._show_views()
        for each in (name, *others):
            self.view_changed.emit(each, view)

    def _paint_ground(self) -> None:
        self._graphics.setBackgroundBrush(QColor(self.theme.background))
        size = self.theme.text_size
        self._message.setStyleSheet(
            f"background: {self.theme.background}; color: {self.theme.text}; font-size: {size}px;"
        )

    def _formula_ready(self, formula: object) -> None:
        """A formula that was painted in plain letters can be typeset: measure and paint anew."""
        if self._figure is not None and self._wording.awaits(getattr(formula, "latex", "")):
            self.set_theme(self.theme)

    # handles ---------------------------------------------------------------------------------------------

    def _place_grips(self) -> None:
        """A grip over every handle: made for new ones, dropped for those that are gone."""
        present = {}
        for name, plot in self._plots.items():
            for handle in plot.layer.handles.values():
                present[name, handle.id] = handle
        for gone in self._grips.keys() - present.keys():
            self._drop_grip(gone)
        for key, handle in present.items():
            grip = self._grips.get(key) or self._new_grip(key)
            plot = self._plots[key[0]]
            corner = plot.pos() + plot.plot_rect.topLeft()
            grip.set_centre(corner + plot.layer.handle_at(handle))
            grip.pen = not handle.parameters
            self._name_grip(grip, handle)

    def _new_grip(self, key: tuple[str, str]) -> HandleGrip:
        grip = HandleGrip(self)
        grip.set_size(self.theme.line_scale)
        grip.dragged.connect(partial(self._dragged, key))
        grip.nudged.connect(partial(self._nudged, key))
        grip.removed.connect(partial(self.handle_removed.emit, key[1]))
        grip.state_changed.connect(partial(self._grip_changed, key))
        QWidget.setTabOrder(list(self._grips.values())[-1] if self._grips else self, grip)
        self._grips[key] = grip
        grip.show()
        return grip

    def _drop_grip(self, key: tuple[str, str]) -> None:
        """Take a grip away; a handle of its name that comes back later is not in hand and has no focus."""
        grip = self._grips.pop(key)
        grip.hide()
        grip.deleteLater()
        panel, handle = key
        if panel in self._plots:
            layer = self._plots[panel].layer
            for attribute in ("hovered", "focused", "held"):
                if getattr(layer, attribute) == handle:
                    setattr(layer, attribute, None)

    @staticmethod
    def _name_grip(grip: HandleGrip, handle: Handle) -> None:
        name = mark_words(handle) or plain(handle.latex) or handle.id
        if grip.accessibleName() != name:
            grip.setAccessibleName(name)
        grip.setAccessibleDescription(handle_words(handle))

    def _dragged(self, key: tuple[str, str], centre: QPointF, finished: bool) -> None:
        panel, handle = key
        rect, placement = self.plot_rect(panel), self._plots[panel].layer.placement
        x = min(max(centre.x(), rect.left()), rect.right()) - rect.left()
        y = min(max(centre.y(), rect.top()), rect.bottom()) - rect.top()
        off = finished and not rect.adjusted(-OFF, -OFF, OFF, OFF).contains(centre)
        self.handle_moved.emit(handle, *placement.data(x, y), finished and not off)
        if off:
            self.handle_removed.emit(handle)

    def _nudged(self, key: tuple[str, str], horizontal: float, vertical: float) -> None:
        self.handle_nudged.emit(key[1], horizontal, vertical)

    def _grip_changed(self, key: tuple[str, str]) -> None:
        panel, handle = key
        if panel not in self._plots or key not in self._grips:
            return
        layer, grip = self._plots[panel].layer, self._grips[key]
        if not shiboken6.isValid(layer):  # the window is being taken down, and the focus goes last
            return
        self._current = panel
        for attribute, on in (
            ("hovered", grip.hovered),
            ("focused", grip.hasFocus()),
            ("held", grip.held or grip.keyed),
        ):
            if on:
                setattr(layer, attribute, handle)
            elif getattr(layer, attribute) == handle:
                setattr(layer, attribute, None)
        layer.update()

    # mouse and keys --------------------------------------------------------------------------------------

    def _ground_clicked(self, name: str, at: QPointF, second: bool) -> None:
        """A click that no handle took: fit at the second of two, otherwise tell of it."""
        self._current = name
        plot = self._plots[name]
        if second:
            plot.fit()
        elif plot.panel.sketched:
            self._traced(name, at, at)
        elif plot.panel.clickable:
            self.ground_clicked.emit(name, *plot.layer.placement.data(at.x(), at.y()))

    def _traced(self, name: str, start: QPointF, end: QPointF) -> None:
        """A stroke on the ground of a panel that is drawn on; beyond the edge the pen stays at it."""
        plot = self._plots[name]
        rect, placement = plot.ground.rect(), plot.layer.placement
        ends = [
            placement.data(
                min(max(at.x(), rect.left()), rect.right()), min(max(at.y(), rect.top()), rect.bottom())
            )
            for at in (start, end)
        ]
        self.sketched.emit(plot.panel.sketched, *ends)

    def _pointer_moved(self, name: str, at: QPointF | None) -> None:
        layer = self._plots[name].layer
        before = layer.reading(), layer.told()
        layer.pointer = at
        if (layer.reading(), layer.told()) != before:
            layer.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ and − zoom the panel in use, Home fits it."""
        plot = self._plots.get(self._current) or next(iter(self._plots.values()), None)
        plain_key = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if plot is not None and plain_key:
            if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
                plot.zoom(1 / ZOOM_STEP)
                return
            if event.key() in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
                plot.zoom(ZOOM_STEP)
                return
            if event.key() == Qt.Key.Key_Home:
                plot.fit()
                return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        self._graphics.setGeometry(self.rect())
        self._graphics.setSceneRect(QRectF(self.rect()))
        self._message.setGeometry(self.rect().adjusted(32, 32, -32, -32))
        self._arrange()
        self._place_grips()


def _still_view(scene: QGraphicsScene, surface: QWidget, parent: QWidget) -> QGraphicsView:
    """A view that shows the scene pixel for pixel and takes neither the focus nor what is dropped."""
    view = QGraphicsView(scene, parent)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAcceptDrops(False)
    # the panels cover all of it, each with its own ground
    surface.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    surface.setAutoFillBackground(False)
    view.setViewport(surface)
    return view


def _shape_of(figure: Figure) -> list[tuple[object, ...]]:
    """What decides how the panels share the room."""
    return [
        (figure.stacked, panel.id, panel.share, panel.equal, panel.view if panel.equal else None)
        for panel in figure.panels
    ]
