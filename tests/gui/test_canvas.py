"""The canvas under a learner's hands: mouse, keys, focus, views, words."""

from __future__ import annotations

import gc
import logging
import sys

import numpy as np
import pytest
from figures import race_figure, secant_figure
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.figure import Curve, Figure, Handle, Panel, Role, Rule, View
from engine.text import Text
from gui.canvas import items
from gui.canvas.canvas import Canvas
from gui.canvas.item import MarkItem
from gui.theme import theme_named

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot):
    made = Canvas(theme=theme_named("light"))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    made.show_figure(secant_figure())
    return made


def press_and_drag(widget, start: QPoint, stop: QPoint, steps: int = 5) -> None:
    QTest.mouseMove(widget, start)
    QTest.mousePress(widget, LEFT, pos=start)
    for step in range(1, steps + 1):
        at = start + (stop - start) * step / steps
        QTest.mouseMove(widget, at)
    QTest.mouseRelease(widget, LEFT, pos=stop)


def drag(canvas: Canvas, start: QPointF, stop: QPointF) -> None:
    press_and_drag(canvas.surface, start.toPoint(), stop.toPoint())
    QApplication.processEvents()


def record(signal) -> list[tuple]:
    heard: list[tuple] = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def wheel(canvas: Canvas, at: QPointF, turns: int) -> None:
    event = QWheelEvent(
        at,
        canvas.surface.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.surface, event)


def test_a_dragged_handle_reports_numbers_of_its_panel(canvas):
    heard = record(canvas.handle_moved)
    grip = canvas.grip("h")
    target = canvas.place_of("main", 2.5, 6.0)
    centre = QPoint(grip.width() // 2, grip.height() // 2)
    press_and_drag(grip, centre, centre + (target - grip.centre()).toPoint())
    assert [finished for *_, finished in heard] == [False] * 5 + [True]
    handle, x, y, _ = heard[-1]
    assert handle == "h"
    assert (x, y) == (pytest.approx(2.5, abs=0.01), pytest.approx(6.0, abs=0.03))


def test_grabbing_beside_the_centre_does_not_make_the_handle_jump(canvas):
    heard = record(canvas.handle_moved)
    grip = canvas.grip("h")
    off_centre = QPoint(grip.width() // 2 + 7, grip.height() // 2 - 5)
    press_and_drag(grip, off_centre, off_centre + QPoint(1, 0), steps=1)
    pixel = 4.0 / canvas.plot_rect("main").width()
    assert heard[-1][1] == pytest.approx(2.0 + pixel, abs=pixel)


def test_a_press_without_a_move_moves_nothing(canvas):
    heard = record(canvas.handle_moved)
    QTest.mouseClick(canvas.grip("h"), LEFT)
    QTest.mouseDClick(canvas.grip("h"), LEFT)
    assert heard == []


def test_a_handle_dragged_beyond_the_panel_stays_at_its_edge(canvas):
    heard = record(canvas.handle_moved)
    grip = canvas.grip("h")
    press_and_drag(grip, QPoint(13, 13), QPoint(4000, 13))
    assert heard[-1][1] == pytest.approx(3.0)


def test_handles_are_large_enough_and_say_so_by_the_cursor(canvas):
    grip = canvas.grip("x0")
    assert min(grip.width(), grip.height()) >= 22
    assert grip.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(grip, LEFT)
    assert grip.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseRelease(grip, LEFT)


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, (1.0, 0.0)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, (-10.0, 0.0)),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier, (0.0, 0.1)),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, (0.0, -1.0)),
    ],
)
def test_arrow_keys_nudge(canvas, key, modifier, expected):
    heard = record(canvas.handle_nudged)
    canvas.grip("x0").setFocus()
    QTest.keyClick(canvas.grip("x0"), key, modifier)
    assert heard == [("x0", *expected)]


def test_tab_reaches_every_handle_and_the_ring_shows(canvas, qtbot):
    canvas.activateWindow()
    canvas.setFocus()
    QApplication.processEvents()
    reached = set()
    without = canvas.grab().toImage()
    for _ in range(3):
        canvas.focusNextChild()
        for name in ("x0", "h"):
            if canvas.grip(name).hasFocus():
                reached.add(name)
    assert reached == {"x0", "h"}
    canvas.grip("x0").setFocus()
    accent = QColor(canvas.theme.accent).rgb()
    assert count(canvas.grab().toImage(), accent) > count(without, accent)


def test_a_handle_that_goes_leaves_no_ring_for_when_it_comes_back(canvas):
    canvas.activateWindow()
    grip, layer = canvas.grip("x0"), canvas._plots["main"].layer
    grip.setFocus()
    QTest.keyClick(grip, Qt.Key.Key_Left)
    assert (layer.focused, layer.held) == ("x0", "x0")
    whole = secant_figure()
    (panel,) = whole.panels
    marks = tuple(mark for mark in panel.marks if not isinstance(mark, Handle))
    canvas.show_figure(replace(whole, panels=(replace(panel, marks=marks),)))
    assert (layer.focused, layer.held) == (None, None)


def count(image: QImage, color: int) -> int:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    return int((pixels == color).sum())


def test_the_wheel_zooms_about_the_pointer(canvas):
    heard = record(canvas.view_changed)
    at = canvas.place_of("main", 0.5, 1.0)
    wheel(canvas, at, 2)
    view = canvas.view_of("main")
    assert view.x_high - view.x_low < 4.0
    assert heard[-1] == ("main", view)
    after = canvas.place_of("main", 0.5, 1.0)
    assert (after.x(), after.y()) == (pytest.approx(at.x(), abs=1.0), pytest.approx(at.y(), abs=1.0))


def test_dragging_empty_ground_pans(canvas):
    heard = record(canvas.view_changed)
    drag(canvas, canvas.place_of("main", -0.5, -1.0), canvas.place_of("main", 0.5, -1.0))
    panel, view = heard[-1]
    assert panel == "main"
    assert view.x_low == pytest.approx(-2.0, abs=0.03)
    assert view.x_high - view.x_low == pytest.approx(4.0)
    assert (view.y_low, view.y_high) == (pytest.approx(-3.0), pytest.approx(8.0))


def double_click(widget, at: QPoint) -> None:
    """As Qt tells of one: press, release, double click, release. QTest adds a press of its own."""
    QTest.mouseClick(widget, LEFT, pos=at)
    place = QPointF(at)
    second = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        place,
        widget.mapToGlobal(place),
        LEFT,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, second)
    QTest.mouseRelease(widget, LEFT, pos=at)


def test_a_double_click_or_home_fits(canvas):
    ground = canvas.place_of("main", -0.5, -2.0)
    for fit in (
        lambda: double_click(canvas.surface, ground.toPoint()),
        lambda: QTest.keyClick(canvas, Qt.Key.Key_Home),
    ):
        wheel(canvas, ground, 3)
        assert canvas.view_of("main") != View(-1.0, 3.0, -3.0, 8.0)
        heard = record(canvas.view_changed)
        QTest.mouseMove(canvas.surface, ground.toPoint())
        fit()
        assert heard[-1] == ("main", None)
        assert canvas.view_of("main") == View(-1.0, 3.0, -3.0, 8.0)


def test_plus_and_minus_zoom_and_undo_each_other(canvas):
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    nearer = canvas.view_of("main")
    assert nearer.x_high - nearer.x_low == pytest.approx(4.0 / 1.25)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    back = canvas.view_of("main")
    assert (back.x_low, back.x_high) == (pytest.approx(-1.0), pytest.approx(3.0))


def test_zoom_stops_where_numbers_have_no_digits_left(canvas):
    for _ in range(300):
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
    view = canvas.view_of("main")
    assert 0 < view.x_high - view.x_low < 1e-9
    for _ in range(800):
        QTest.keyClick(canvas, Qt.Key.Key_Minus)
    view = canvas.view_of("main")
    assert 1e9 < view.x_high - view.x_low < np.inf


def test_the_canvas_shows_the_views_it_is_given(canvas):
    given = View(0.0, 1.0, -2.0, 0.0)
    heard = record(canvas.view_changed)
    canvas.set_views({"main": given})
    canvas.show_figure(secant_figure())
    assert canvas.view_of("main") == given
    canvas.set_views({})
    assert canvas.view_of("main") == View(-1.0, 3.0, -3.0, 8.0)
    assert heard == []


def test_a_click_tells_of_clickable_ground_only(canvas):
    heard = record(canvas.ground_clicked)
    at = canvas.place_of("main", -0.5, -2.0).toPoint()
    QTest.mouseMove(canvas.surface, at)
    QTest.mouseClick(canvas.surface, LEFT, pos=at)
    assert heard == []
    canvas.show_figure(race_figure(5))
    at = canvas.place_of("plane", -1.5, 0.75)
    QTest.mouseMove(canvas.surface, at.toPoint())
    QTest.mouseClick(canvas.surface, LEFT, pos=at.toPoint())
    assert len(heard) == 1
    assert heard[0] == ("plane", pytest.approx(-1.5, abs=0.02), pytest.approx(0.75, abs=0.02))


def test_equal_axes_have_one_scale_at_every_size(canvas, qtbot):
    canvas.show_figure(race_figure(5))
    for size in ((960, 540), (700, 900), (1400, 700)):
        canvas.resize(*size)
        origin = canvas.place_of("plane", 0.0, 0.0)
        right, up = canvas.place_of("plane", 1.0, 0.0), canvas.place_of("plane", 0.0, 1.0)
        assert right.x() - origin.x() == pytest.approx(origin.y() - up.y(), rel=1e-9)
    wheel(canvas, canvas.place_of("plane", 1.0, 1.0), 3)
    view = canvas.view_of("plane")
    assert (view.x_high - view.x_low) / (view.y_high - view.y_low) == pytest.approx(1.5, rel=1e-6)


def test_no_item_is_made_while_a_thing_moves(canvas, monkeypatch):
    canvas.show_figure(race_figure(10))
    canvas.grab()
    monkeypatch.setattr(items, "make_item", lambda mark: pytest.fail("an item was made"))
    monkeypatch.setattr("gui.canvas.layer.make_item", lambda mark: pytest.fail("an item was made"))
    before = {name: id(item) for name, item in canvas._plots["plane"].layer.items.items()}
    for step in range(11, 20):
        canvas.show_figure(race_figure(step))
        canvas.grab()
    assert {name: id(item) for name, item in canvas._plots["plane"].layer.items.items()} == before


def test_a_mark_that_stands_still_is_not_mapped_again(canvas, monkeypatch):
    canvas.show_figure(secant_figure(1.0, 1.0))
    canvas.grab()
    layer = canvas._plots["main"].layer
    placed: list[str] = []
    for name, item in layer.items.items():
        original = item.place
        monkeypatch.setattr(
            item, "place", lambda frame, name=name, original=original: (placed.append(name), original(frame))
        )
    canvas.show_figure(secant_figure(1.0, 0.5))
    canvas.grab()
    assert placed == ["secant"]  # the curve is the same object, the tangent has the same numbers


def test_marks_that_are_gone_are_forgotten(canvas):
    canvas.show_figure(race_figure(3))
    assert set(canvas._plots) == {"plane", "loss"}
    canvas.show_figure(secant_figure())
    assert set(canvas._plots) == {"main"}
    with pytest.raises(KeyError):
        canvas.grip("start")


def test_a_mark_that_cannot_be_drawn_leaves_the_others(canvas, caplog):
    broken = Curve(id="broken", role=Role.ERROR, x=np.zeros(3), y=np.zeros(2))
    whole = secant_figure()
    panel = whole.panels[0]
    marks = (broken, *panel.marks)
    figure = Figure(
        panels=(Panel(id="main", marks=marks, view=panel.view),), readouts=(), spoken=Text("Broken.")
    )
    with caplog.at_level(logging.ERROR, "gui.canvas"):
        canvas.show_figure(figure)
        image = canvas.grab().toImage()
        canvas.grab()
    assert len([entry for entry in caplog.records if "broken" in entry.getMessage()]) == 1
    assert count(image, QColor(canvas.theme.look(panel.marks[2]).color).rgb()) > 20  # the tangent


def test_the_picture_is_spoken(canvas):
    assert canvas.accessibleDescription() == "The secant's slope is 5."
    assert canvas.grip("x0").accessibleName() == "x0"
    assert canvas.grip("x0").accessibleDescription() == "(1, −1)"
    canvas.show_figure(secant_figure(1.0, 0.1))
    assert canvas.accessibleDescription() == "The secant's slope is 2.3."


def test_what_failed_stands_in_place_of_the_picture(canvas):
    canvas.error("This picture cannot be drawn.")
    assert canvas._message.isVisible()
    assert canvas.accessibleDescription() == "This picture cannot be drawn."
    canvas.show_figure(secant_figure())
    assert not canvas._message.isVisible()


def test_the_point_under_the_pointer_is_read(canvas):
    layer = canvas._plots["main"].layer
    QTest.mouseMove(canvas.surface, canvas.place_of("main", 0.0, 0.02).toPoint())
    _, x, y = layer.reading()
    assert (x, y) == (pytest.approx(0.0, abs=0.03), pytest.approx(3 * x * x - 4 * x))
    QTest.mouseMove(canvas.surface, canvas.place_of("main", 0.0, 6.0).toPoint())
    assert layer.reading() is None


def test_axes_keep_their_room_while_the_picture_moves(canvas):
    before = canvas.plot_rect("main")
    for h in np.linspace(1.0, 0.01, 20):
        canvas.show_figure(secant_figure(1.0, float(h)))
        assert canvas.plot_rect("main") == before


def test_every_theme_and_size_can_be_shown(canvas):
    for name in ("light", "dark", "contrast"):
        for scale in (0.75, 2.0):
            canvas.set_theme(theme_named(name, scale, 1.5))
            ground = canvas.grab().toImage().pixelColor(2, 2)
            assert ground == QColor(theme_named(name).background)
            assert canvas.plot_rect("main").width() > 400


def test_painting_and_signals_leak_no_reference(canvas):
    """PySide6 6.12 drops references to None and True on Python 3.11 with each paint and signal."""
    heard = record(canvas.handle_moved)
    image = QImage(200, 150, QImage.Format.Format_RGB32)
    canvas.resize(200, 150)
    canvas.show_figure(secant_figure())

    def paint_and_emit(times: int) -> None:
        for index in range(times):
            canvas._plots["main"].layer.update()
            canvas.render(image)
            canvas.handle_moved.emit("h", 1.0, 2.0, index % 2 == 0)
            heard.clear()

    paint_and_emit(50)
    gc.collect()
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    paint_and_emit(2000)
    gc.collect()
    assert abs(sys.getrefcount(None) - none) < 20
    assert abs(sys.getrefcount(True) - true) < 20


def test_every_kind_of_mark_is_drawn_by_exactly_one_item():
    assert all(issubclass(item, MarkItem) for item in items.ITEMS.values())
    assert len(set(items.ITEMS.values())) == len(items.ITEMS)


def upright(slope: float, low: float, high: float) -> Figure:
    rule = Rule(id="rule", role=Role.SECANT, x=0.0, y=0.0, slope=slope)
    panel = Panel(id="plane", marks=(rule,), view=View(-4, 4, low, high))
    return Figure(panels=(panel,), readouts=(), spoken=Text(""))


@pytest.mark.filterwarnings("error")
def test_a_line_too_steep_for_numbers_stands_upright(canvas):
    canvas.show_figure(upright(1e308, -1.0, 1.0))
    image = canvas.grab().toImage()
    centre = canvas.place_of("plane", 0.0, 0.0).toPoint()
    ratio = image.devicePixelRatio()
    top = int(canvas.plot_rect("plane").top() * ratio)
    ground = theme_named("light").background
    column = [
        image.pixelColor(round((centre.x() + shift) * ratio), y).name()
        for shift in (-1, 0, 1)
        for y in range(top + 4, top + 60)
    ]
    blue = QColor(theme_named("light").role(Role.SECANT).color)
    assert any(QColor(name).blue() > QColor(name).red() + 60 for name in column), (blue.name(), ground)


def test_room_for_long_numbers_is_given_back(canvas):
    canvas.show_figure(upright(1.0, -1.0, 1.0))
    usual = canvas.plot_rect("plane").left()
    canvas.show_figure(upright(1.0, 1.00000000001e300, 1.00000000002e300))
    assert canvas.plot_rect("plane").left() > usual + 40
    canvas.show_figure(upright(1.0, -1.0, 1.0))
    assert canvas.plot_rect("plane").left() == usual
