"""Room: nothing is cut off at any size, the picture keeps its half, and a lost monitor loses no window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QSize
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.app import Shell
from gui.panes import NARROWEST_LESSON, shared
from gui.placing import SMALLEST, USUAL, placed
from gui.window import Window

Open = Callable[..., Shell]
SIZES = [QSize(960, 540), QSize(1024, 640), QSize(1200, 700), QSize(1440, 900)]
TARGETS = ["secant-to-tangent", "the-gradient", "the-race"]
BEFORE = [QRect(0, 0, 1920, 1080), QRect(1920, 0, 1280, 1024)]


def visible_widgets(widget: QWidget) -> Iterator[QWidget]:
    """What is on show, but for what scrolls: there, being larger than its room is what it is for."""
    yield widget
    if isinstance(widget, QAbstractScrollArea):
        return
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield from visible_widgets(child)


def cut_off(window: Window) -> list[str]:
    """Every widget that sticks out of its parent, or has less room than it says it needs."""
    complaints = []
    for widget in visible_widgets(window):
        parent = widget.parentWidget()
        name = f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
        if widget is window or parent is None or widget is window.room.halo:
            continue
        if not parent.rect().contains(widget.geometry()) and not isinstance(parent, QStackedWidget):
            if type(widget).__name__ == "HandleGrip":
                continue  # a handle may be half outside of what is shown
            complaints.append(f"{name}: {widget.geometry()} is not inside {parent.rect()}")
        needed = widget.minimumSizeHint()
        explicit = widget.minimumSize()
        width = explicit.width() or needed.width()
        height = explicit.height() or needed.height()
        if isinstance(widget, QScrollArea):
            continue
        if widget.width() < width or widget.height() < height:
            complaints.append(f"{name}: {widget.size()} is less than {QSize(width, height)}")
    return complaints


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until the last figure is there and laid out; fail with what is cut off if that stays."""
    qtbot.wait(50)

    def nothing_cut_off() -> None:
        assert cut_off(window) == []

    qtbot.waitUntil(nothing_cut_off, timeout=3000)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width()}x{size.height()}")
def test_nothing_is_cut_off(open_shell: Open, qtbot: QtBot, size: QSize, target: str) -> None:
    shell = open_shell(target)
    window = shell.window
    assert window is not None
    window.resize(size)
    settle(qtbot, window)
    assert window.size() == size
    assert window.stage.width() >= size.width() // 2 - 1
    assert window.stage.canvas.height() >= 0.38 * size.height()
    window.stage.open_drawer("table")
    settle(qtbot, window)


def test_large_text_in_the_smallest_window_can_still_be_reached(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell("secant-to-tangent", text_scale=1.5)
    window = shell.window
    assert window is not None
    window.resize(SMALLEST)
    settle(qtbot, window)
    assert window.width() < 1200


def test_under_1200_the_outline_is_a_drawer(open_shell: Open, qtbot: QtBot) -> None:
    window = open_shell().window
    assert window is not None
    window.resize(1440, 900)
    assert window.outline.isVisible()
    assert not window.course_button.isVisible()
    window.resize(1000, 700)
    qtbot.wait(20)
    assert not window.outline.isVisible()
    assert window.course_button.isVisible()
    window.course_button.click()
    assert window.outline.isVisible()
    window.outline.lesson_chosen.emit("#the-gradient", -1)
    assert not window.outline.isVisible()
    window.resize(1440, 900)
    qtbot.wait(20)
    assert window.outline.isVisible()


def test_panes_fold_away_and_come_back(open_shell: Open) -> None:
    window = open_shell().window
    assert window is not None
    window.resize(1440, 900)
    panes = {"outline": window.outline, "lesson": window.lesson, "controls": window.stage.controls}
    for name, pane in panes.items():
        window.commands[name].trigger()
        assert not pane.isVisible()
        window.commands[name].trigger()
        assert pane.isVisible()


def test_table_and_code_are_drawers(open_shell: Open) -> None:
    window = open_shell().window
    assert window is not None
    window.commands["table"].trigger()
    assert window.stage.drawer.table.isVisible()
    window.commands["code"].trigger()
    assert window.stage.drawer.code.isVisible()
    assert not window.commands["table"].isChecked()
    window.commands["code"].trigger()
    assert not window.stage.drawer.isVisible()


@pytest.mark.parametrize("width", range(960, 2600, 117))
@pytest.mark.parametrize("lesson", [100, 448, 2000])
def test_the_picture_has_half(width: int, lesson: int) -> None:
    widths = shared(width, 272 if width >= 1200 else 0, lesson)
    assert sum(widths) == width
    assert widths.picture >= width // 2
    assert widths.lesson >= NARROWEST_LESSON


def test_a_window_stands_where_it_stood() -> None:
    kept = {"window_x": 2000.0, "window_y": 100.0, "window_width": 1100.0, "window_height": 800.0}
    assert placed(kept, BEFORE) == QRect(2000, 100, 1100, 800)


def test_a_window_on_a_monitor_that_is_gone_is_brought_back() -> None:
    kept = {"window_x": 2000.0, "window_y": 100.0, "window_width": 1100.0, "window_height": 800.0}
    found = placed(kept, BEFORE[:1])
    assert BEFORE[0].contains(found)
    assert found.size() == USUAL


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"window_x": "left", "window_y": 0.0, "window_width": 1.0, "window_height": 1.0},
        {"window_x": 1e300, "window_y": 0.0, "window_width": 1000.0, "window_height": 800.0},
        {"window_x": 100.0, "window_y": -900.0, "window_width": 1000.0, "window_height": 800.0},
    ],
)
def test_a_place_that_makes_no_sense_is_forgotten(kept: dict[str, object]) -> None:
    assert BEFORE[0].contains(placed(kept, BEFORE[:1]))


@pytest.mark.parametrize("target", TARGETS)
def test_a_window_at_rest_rests(open_shell: Open, qtbot: QtBot, target: str) -> None:
    """A layout that asks for another layout for ever takes a core, and shows nothing of it."""
    window = open_shell(target).window
    settle(qtbot, window)
    watch = LayoutWatch()
    window.stage.installEventFilter(watch)
    window.stage._left.installEventFilter(watch)
    qtbot.wait(1000)  # what is typeset late comes in
    watch.count = 0
    qtbot.wait(300)
    assert watch.count < 10


class LayoutWatch(QObject):
    """Counts the layouts that are asked for."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False
