"""The empty ground of a panel: clicks, drags of each button, the wheel, equal and logarithmic scales."""

from __future__ import annotations

import math

import pytest
from figures import race_figure, secant_figure
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.canvas.canvas import Canvas
from gui.theme import theme_named

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
PRESS, MOVE, RELEASE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)


@pytest.fixture
def canvas(qtbot):
    made = Canvas(theme=theme_named("light"))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    made.show_figure(secant_figure())
    return made


def hand(
    canvas: Canvas, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, down: Qt.MouseButton
) -> None:
    """One event of the mouse, with the buttons that are down after it."""
    there = canvas.surface.mapToGlobal(at)
    event = QMouseEvent(kind, at, there, button, down, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas.surface, event)


def drag(canvas: Canvas, start: QPointF, way: QPointF, button: Qt.MouseButton) -> None:
    none = Qt.MouseButton.NoButton
    hand(canvas, PRESS, start, button, button)
    for share in (0.25, 0.5, 1.0):
        hand(canvas, MOVE, start + way * share, none, button)
    hand(canvas, RELEASE, start + way, button, none)


def turn_wheel(canvas: Canvas, at: QPointF) -> None:
    """One notch away from the hand."""
    there = canvas.surface.mapToGlobal(at)
    none, still = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    plain = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(at, there, QPoint(), QPoint(0, 120), none, plain, still, False)
    QApplication.sendEvent(canvas.surface, event)


def heard(signal) -> list[tuple]:
    values: list[tuple] = []
    signal.connect(lambda *given: values.append(given))
    return values


@pytest.mark.parametrize("button", [LEFT, MIDDLE])
def test_what_was_grabbed_stays_under_the_pointer(canvas, button):
    start, way = canvas.place_of("main", 0.5, -1.5), QPointF(60, -40)
    drag(canvas, start, way, button)
    place = canvas.place_of("main", 0.5, -1.5)
    assert (place.x(), place.y()) == (pytest.approx(start.x() + 60), pytest.approx(start.y() - 40))
    view = canvas.view_of("main")
    assert (view.x_high - view.x_low, view.y_high - view.y_low) == (pytest.approx(4.0), pytest.approx(11.0))


def test_the_right_button_stretches_each_axis_about_the_place_of_the_press(canvas):
    start = canvas.place_of("main", 0.5, -1.5)
    drag(canvas, start, QPointF(30, 20), RIGHT)
    view = canvas.view_of("main")
    assert view.x_high - view.x_low == pytest.approx(4.0 / 1.02**30)  # to the right: nearer
    assert view.y_high - view.y_low == pytest.approx(11.0 * 1.02**20)  # down: farther
    place = canvas.place_of("main", 0.5, -1.5)
    # the numbers on the vertical axis may need another room, and move the plot by a little
    assert (place.x(), place.y()) == (pytest.approx(start.x(), abs=12), pytest.approx(start.y(), abs=1))


def test_stretching_keeps_equal_scales_equal(canvas):
    canvas.show_figure(race_figure(5))
    before = canvas.view_of("plane")
    drag(canvas, canvas.place_of("plane", 0.5, 0.5), QPointF(40, 25), RIGHT)
    view = canvas.view_of("plane")
    shape = (before.x_high - before.x_low) / (before.y_high - before.y_low)
    assert (view.x_high - view.x_low) / (view.y_high - view.y_low) == pytest.approx(shape)
    assert view.y_high - view.y_low == pytest.approx((before.y_high - before.y_low) * 1.02**25)


def test_the_wheel_keeps_the_place_on_a_logarithmic_axis(canvas):
    figure = race_figure(60)
    canvas.show_figure(figure)
    panel = next(one for one in figure.panels if one.y_axis.scale == "log")
    before = canvas.view_of(panel.id)
    x = (before.x_low + before.x_high) / 2
    y = math.sqrt(before.y_low * before.y_high)
    turn_wheel(canvas, canvas.place_of(panel.id, x, y))
    view = canvas.view_of(panel.id)
    assert math.log10(view.y_high / view.y_low) == pytest.approx(
        0.75 * math.log10(before.y_high / before.y_low)
    )
    assert math.sqrt(view.y_low * view.y_high) == pytest.approx(y, rel=0.01)  # Qt tells whole pixels


def test_the_wheel_beside_the_plot_does_nothing(canvas):
    before = canvas.view_of("main")
    turn_wheel(canvas, QPointF(2, 2))
    assert canvas.view_of("main") == before


def test_a_click_may_tremble(canvas):
    canvas.show_figure(race_figure(5))
    clicks, views = heard(canvas.ground_clicked), heard(canvas.view_changed)
    drag(canvas, canvas.place_of("plane", -1.5, 0.75), QPointF(2, 2), LEFT)
    assert len(clicks) == 1
    assert views == []


def test_a_drag_is_no_click_even_if_it_comes_back(canvas):
    canvas.show_figure(race_figure(5))
    clicks = heard(canvas.ground_clicked)
    start = canvas.place_of("plane", -1.5, 0.75)
    hand(canvas, PRESS, start, LEFT, LEFT)
    hand(canvas, MOVE, start + QPointF(50, 0), Qt.MouseButton.NoButton, LEFT)
    hand(canvas, MOVE, start, Qt.MouseButton.NoButton, LEFT)
    hand(canvas, RELEASE, start, LEFT, Qt.MouseButton.NoButton)
    assert clicks == []


def test_a_second_button_does_not_disturb_a_drag(canvas):
    start = canvas.place_of("main", 0.5, -1.5)
    hand(canvas, PRESS, start, LEFT, LEFT)
    hand(canvas, MOVE, start + QPointF(30, 0), Qt.MouseButton.NoButton, LEFT)
    hand(canvas, PRESS, start + QPointF(30, 0), RIGHT, LEFT | RIGHT)
    hand(canvas, MOVE, start + QPointF(60, 0), Qt.MouseButton.NoButton, LEFT | RIGHT)
    hand(canvas, RELEASE, start + QPointF(60, 0), RIGHT, LEFT)
    hand(canvas, MOVE, start + QPointF(90, 0), Qt.MouseButton.NoButton, LEFT)
    hand(canvas, RELEASE, start + QPointF(90, 0), LEFT, Qt.MouseButton.NoButton)
    assert canvas.place_of("main", 0.5, -1.5).x() == pytest.approx(start.x() + 90)
    view = canvas.view_of("main")
    assert view.x_high - view.x_low == pytest.approx(4.0)
