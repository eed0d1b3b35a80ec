"""Panels in a column with one horizontal axis: one place to begin, one interval, one row of numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.figure import Axis, Curve, Figure, Handle, Panel, Role, View
from engine.text import Text
from gui.canvas.canvas import Canvas
from gui.theme import theme_named

NAMES = ("function", "slope", "curvature")


def stacked_figure(low: float = 0.0) -> Figure:
    x = np.linspace(0.0, 4.0, 50)
    panels = tuple(
        Panel(
            id=name,
            marks=(
                Curve(id=name, role=Role.FUNCTION, x=x, y=scale * x),
                Handle(
                    id="cursor", role=Role.POINT, x=1.0, y=scale, parameters=("cursor",), label=Text("it")
                ),
            ),
            view=View(low, low + 4.0, 0.0, 4.0 * scale),
            x_axis=Axis(latex="x"),
            y_axis=Axis(latex="f"),
        )
        for name, scale in zip(NAMES, (1.0, 12345.0, 0.001), strict=True)
    )
    return Figure(panels=panels, readouts=(), spoken=Text("Three lines."), stacked=True)


@pytest.fixture
def canvas(qtbot):
    made = Canvas(theme=theme_named("light"))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    made.show_figure(stacked_figure())
    return made


def intervals(canvas: Canvas) -> set[tuple[float, float]]:
    return {(canvas.view_of(name).x_low, canvas.view_of(name).x_high) for name in NAMES}


def wheel(canvas: Canvas, at: QPointF) -> None:
    event = QWheelEvent(
        at,
        canvas.surface.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.surface, event)


@pytest.mark.parametrize("size", [(900, 600), (1600, 400), (320, 360), (400, 1000)])
def test_plots_stand_above_each_other_with_one_left_and_one_right_edge(canvas, size):
    canvas.resize(*size)
    QApplication.processEvents()
    rects = [canvas.plot_rect(name) for name in NAMES]
    assert len({round(rect.left(), 3) for rect in rects}) == 1
    assert len({round(rect.right(), 3) for rect in rects}) == 1
    for above, below in itertools.pairwise(rects):
        assert above.bottom() < below.top()
    assert rects[-1].bottom() < size[1] - 20  # the numbers stand below it
    heights = [rect.height() for rect in rects]
    assert max(heights) - min(heights) < 3


def test_zooming_one_panel_zooms_the_interval_of_all(canvas):
    heard: list[tuple[object, ...]] = []
    canvas.view_changed.connect(lambda *values: heard.append(values))
    heights = {name: canvas.view_of(name).y_high for name in NAMES}
    wheel(canvas, canvas.place_of("slope", 2.0, 20000.0))
    (interval,) = intervals(canvas)
    assert 0 < interval[0] < 2 < interval[1] < 4
    assert canvas.view_of("slope").y_high != heights["slope"]
    assert canvas.view_of("function").y_high == heights["function"]
    assert heard == [("slope", canvas.view_of("slope"))]


def test_the_panel_touched_last_decides(canvas):
    wheel(canvas, canvas.place_of("slope", 2.0, 20000.0))
    first = intervals(canvas)
    wheel(canvas, canvas.place_of("function", 2.0, 2.0))
    (interval,) = intervals(canvas)
    assert interval not in first
    wheel(canvas, canvas.place_of("slope", 2.0, 20000.0))
    assert len(intervals(canvas)) == 1


def test_home_fits_all_of_them(canvas):
    wheel(canvas, canvas.place_of("slope", 2.0, 20000.0))
    wheel(canvas, canvas.place_of("function", 2.0, 2.0))
    heard: list[tuple[object, ...]] = []
    canvas.view_changed.connect(lambda *values: heard.append(values))
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert intervals(canvas) == {(0.0, 4.0)}
    assert sorted(heard) == [("function", None), ("slope", None)]
    for name, panel in zip(NAMES, stacked_figure().panels, strict=True):
        assert canvas.view_of(name) == panel.view


def test_views_that_are_given_are_linked_too(canvas):
    canvas.set_views({"curvature": View(1.0, 2.0, 0.0, 1.0)})
    assert intervals(canvas) == {(1.0, 2.0)}
    canvas.show_figure(stacked_figure(low=-1.0))
    assert intervals(canvas) == {(1.0, 2.0)}
    canvas.set_views({})
    assert intervals(canvas) == {(-1.0, 3.0)}


def test_handles_stand_under_each_other(canvas):
    centres = [canvas.grip("cursor", name).centre().x() for name in NAMES]
    assert max(centres) - min(centres) < 1


def test_a_column_gives_way_to_panels_beside_each_other(canvas):
    from figures import secant_figure

    canvas.show_figure(secant_figure())
    alone = canvas.plot_rect("main")
    fresh = Canvas(theme=theme_named("light"))
    fresh.resize(900, 600)
    fresh.resizeEvent(None)
    fresh.show_figure(secant_figure())
    assert alone == fresh.plot_rect("main")
    fresh.close()


def test_larger_text_gets_its_room(canvas):
    large = theme_named("dark", text_scale=1.5)
    fresh = Canvas(theme=large)
    fresh.resize(900, 600)
    fresh.resizeEvent(None)
    fresh.show_figure(stacked_figure())
    before = canvas.plot_rect("curvature")
    canvas.set_theme(large)
    assert canvas.plot_rect("curvature") != before
    for name in NAMES:
        assert canvas.plot_rect(name) == fresh.plot_rect(name)
        assert canvas.grip("cursor", name).centre().y() == fresh.grip("cursor", name).centre().y()
    fresh.close()
