"""A run forked in the real window, with the mouse and with keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.actions import GoTo, SetParameters, Undo
from gui.controls import ControlsPanel

PARENT = "gd(lr=0.02); momentum(lr=0.02, beta=0.9)"


@pytest.fixture
def race(open_shell):
    """*Your own race* with two racers and step 12 of 60 on show: the shell, the racers editor."""
    shell = open_shell("the-race")
    controller = shell.parts.controller
    titles = [step.title for step in controller.state.lesson.steps]
    controller.send(GoTo(titles.index("Your own race")))
    controller.pause()
    controller.send(SetParameters({"racers": PARENT, "step": 12}))
    controller.flush()
    return shell, shell.window.findChild(ControlsPanel).control("racers")


def racers(shell):
    return shell.parts.controller.state.scene.racers


def drawn(shell):
    """The marks on show over the surface."""
    shell.parts.controller.flush()
    return {mark.id: mark for mark in shell.parts.controller.figure.panel("plane").marks}


def test_with_the_mouse(qtbot, race):
    shell, editor = race
    controls, controller = shell.window.findChild(ControlsPanel), shell.parts.controller

    def click(widget):
        controls.ensureWidgetVisible(widget, 0, 8)
        place = widget.mapTo(shell.window, QPoint(widget.width() // 2, widget.height() // 2))
        assert shell.window.childAt(place) is widget
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    click(editor.shown_rows()[0].fork)
    assert racers(shell) == f"{PARENT}; gd(lr=0.02) @ 12 gd(lr=0.02)"
    row = editor.shown_rows()[2]
    place = row.menu.findData("adam")
    row.menu.setCurrentIndex(place)
    row.menu.activated.emit(place)
    qtbot.waitUntil(lambda: not row.visibleRegion().isEmpty(), timeout=2000)
    click(row.name)
    QTest.keyClicks(row.name, "brave one")
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert racers(shell) == f'{PARENT}; "brave one": gd(lr=0.02) @ 12 adam(lr=0.02)'
    controller.seek(1.0)
    qtbot.waitUntil(lambda: len(drawn(shell)["path 1"].x) == 61, timeout=5000)
    marks = drawn(shell)
    assert len(marks["path 3"].x) == 49  # rows 12 to 60
    assert (marks["path 3"].x[0], marks["path 3"].y[0]) == (marks["path 1"].x[12], marks["path 1"].y[12])
    assert "head 3" in marks
    controller.seek(0.1)  # before the turn there is one run of the two
    qtbot.waitUntil(lambda: "head 3" not in drawn(shell), timeout=5000)
    click(row.remove)
    assert racers(shell) == PARENT
    controller.send(Undo())
    assert "brave one" in racers(shell)


def test_with_keys_alone(race):
    shell, editor = race
    editor.shown_rows()[0].fork.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert racers(shell) == f"{PARENT}; gd(lr=0.02) @ 12 momentum(lr=0.02)"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    QTest.keyClicks(QApplication.focusWidget(), "braver")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert racers(shell) == f"{PARENT}; braver: gd(lr=0.02) @ 12 momentum(lr=0.02)"
    (before,) = editor.shown_rows()[2].parts_before()
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Space)
    assert racers(shell) == f"{PARENT}; braver: momentum(lr=0.02)"
    editor.shown_rows()[2].remove.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert racers(shell) == PARENT
