"""The racers editor: its rows and its text are two views of one value."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.actions import SetParameters, Undo
from engine.optimizer_kinds import OPTIMIZERS
from engine.racers import MAXIMUM_RACERS
from gui.controls import ControlsPanel
from gui.looks import optimizer_look
from tests.gui.lessons import Bench

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, typesetter, themes):
    panel = ControlsPanel(typesetter, themes)
    qtbot.addWidget(panel)
    panel.resize(800, 900)
    return panel


@pytest.fixture
def bench(qtbot, panel):
    bench = Bench(panel, controls=("racers",))
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    return bench


@pytest.fixture
def editor(panel, bench):
    return panel.control("racers")


def test_each_racer_has_a_row_with_its_settings(editor):
    first, second = editor.shown_rows()
    assert first.menu.currentData() == "gd"
    assert first.setting("lr").field.text() == "0.05"
    assert second.menu.currentData() == "adam"
    assert second.setting("betas", 0).field.text() == "0.9"
    assert second.setting("betas", 1).field.text() == "0.999"


def test_the_wheel_scrolls_past_an_optimizer_and_does_not_change_it(bench, editor):
    before, menu = bench.scene.racers, editor.shown_rows()[0].menu
    middle = QPointF(menu.rect().center())
    for turn in (-120, 120, -120):
        wheel = QWheelEvent(
            middle,
            menu.mapToGlobal(middle),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(menu, wheel)
        assert menu.currentData() == "gd"
    assert bench.scene.racers == before


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_can_be_chosen_and_begins_with_its_suggested_rate(bench, editor, name):
    bench.send(SetParameters({"racers": "gd" if name != "gd" else "adam"}))
    menu = editor.shown_rows()[0].menu
    place = menu.findData(name)
    menu.setCurrentIndex(place)
    menu.activated.emit(place)
    row = editor.shown_rows()[0]
    assert row.racer().optimizer == name
    expected = {"adadelta": 1.0, "newton": 1.0, "bfgs": 0.5}.get(name, 0.1)
    assert row.racer().value("lr") == expected


def test_a_row_wears_the_look_that_the_picture_gives_its_racer(bench, editor):
    bench.send(SetParameters({"racers": "gd(lr=1); gd(lr=2)"}))
    first, second = editor.shown_rows()
    assert first.sample.look() == optimizer_look("gd", "light")
    assert second.sample.look() == optimizer_look("gd#2", "light")


def test_a_typed_setting_changes_this_racer_alone(bench, editor):
    field = editor.shown_rows()[1].setting("betas", 1).field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.99")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert bench.scene.racers == "gd(lr=0.05); adam(lr=0.1, betas=(0.9, 0.99))"


def test_dragging_a_rate_is_one_entry_and_keeps_its_slider(bench, editor):
    row = editor.shown_rows()[0]
    slider = row.setting("lr").slider
    start = slider.value() / slider.maximum()
    QTest.mousePress(slider, LEFT, pos=QPoint(round(slider._x(start)), slider.height() // 2))
    for place in (0.65, 0.7, 0.8):
        QTest.mouseMove(slider, QPoint(round(slider._x(place)), slider.height() // 2))
    QTest.mouseRelease(slider, LEFT)
    assert row.setting("lr").slider is slider
    # 1e-4 to 2 over the logarithm: 1e-4 · 20000^0.8 = 0.276
    assert float(bench.scene.racers.split("lr=")[1].split(")")[0]) == pytest.approx(0.276, rel=0.05)
    assert len(bench.state.past) == 1


def test_a_setting_that_cannot_be_is_refused_where_it_stands(bench, editor):
    control = editor.shown_rows()[1].setting("betas", 0)
    control.field.setFocus()
    control.field.selectAll()
    QTest.keyClicks(control.field, "1")
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert bench.actions == []
    assert "less than 1" in control.message.words()


def test_another_optimizer_keeps_the_rate(bench, editor):
    menu = editor.shown_rows()[0].menu
    menu.setFocus()
    QTest.keyClick(menu, Qt.Key.Key_Down)
    assert bench.scene.racers == "momentum(lr=0.05); adam(lr=0.1)"
    assert editor.shown_rows()[0].setting("beta").field.text() == "0.9"


def test_add_duplicate_remove_and_undo(bench, editor):
    editor.add.click()
    assert bench.scene.racers == "gd(lr=0.05); adam(lr=0.1); momentum(lr=0.1)"
    editor.shown_rows()[0].copy.click()
    assert bench.scene.racers == "gd(lr=0.05); gd(lr=0.05); adam(lr=0.1); momentum(lr=0.1)"
    editor.shown_rows()[2].remove.click()
    assert bench.scene.racers == "gd(lr=0.05); gd(lr=0.05); momentum(lr=0.1)"
    bench.send(Undo())
    bench.send(Undo())
    bench.send(Undo())
    assert [row.menu.currentData() for row in editor.shown_rows()] == ["gd", "adam"]


def test_there_is_room_for_as_many_as_the_engine_allows(bench, editor):
    bench.send(SetParameters({"racers": ";".join(["gd"] * MAXIMUM_RACERS)}))
    assert not editor.add.isEnabled()
    before = bench.scene.racers
    editor.shown_rows()[0].copy.click()
    assert bench.scene.racers == before


def test_more_settings_are_folded_away(editor):
    row = editor.shown_rows()[1]
    assert not row.setting("eps").isVisible()
    row.more.click()
    assert row.setting("eps").isVisible()
    assert row.setting("maximize").isVisible()


def test_the_text_is_the_value_and_can_be_typed(bench, editor):
    editor.as_text.click()
    assert editor.line.isVisible()
    assert editor.line.text() == "gd(lr=0.05); adam(lr=0.1)"
    editor.line.selectAll()
    QTest.keyClicks(editor.line, "momentum(lr=0.2); gd")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert bench.scene.racers == "momentum(lr=0.2); gd"
    assert [row.menu.currentData() for row in editor.shown_rows()] == ["momentum", "gd"]
    assert len({action.gesture for action in bench.actions}) == 1


def test_a_mistake_in_the_text_is_underlined_and_said(bench, editor):
    editor.as_text.click()
    editor.line.selectAll()
    QTest.keyClicks(editor.line, "gd(lr=0.1); adm(lr=1)")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    start, stop = editor.line.mark()
    assert editor.line.text()[start:stop] == "adm"
    assert "adam" in editor.message.words()
    assert "adm" in editor.line.text()
    assert "adm" not in bench.scene.racers


def test_a_narrow_row_folds_its_settings_under_its_optimizer(qtbot, panel, bench, editor):
    row = editor.shown_rows()[0]
    beside = row.numbers.y()
    panel.resize(panel.minimumSizeHint().width(), 900)
    qtbot.waitUntil(lambda: row.numbers.y() > beside, timeout=2000)
    for part in (row.remove, row.setting("lr").field):
        right = part.mapTo(panel, QPoint(part.width(), 0)).x()
        assert right <= panel.viewport().width()
