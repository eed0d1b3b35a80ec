"""The racers editor: its rows and its text are two views of one value."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
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
    panel.resize(1000, 900)
    qtbot.waitUntil(lambda: row.numbers.y() < row.menu.geometry().bottom(), timeout=2000)
    beside = row.numbers.y()
    panel.resize(panel.minimumSizeHint().width(), 900)
    qtbot.waitUntil(lambda: row.numbers.y() > beside, timeout=2000)
    for part in (row.remove, row.setting("lr").field):
        right = part.mapTo(panel, QPoint(part.width(), 0)).x()
        assert right <= panel.viewport().width()


# forks -----------------------------------------------------------------------------------------------


@pytest.fixture
def walking(bench):
    """A scene that plays its `step` from 0 to 40, with step 12 on show."""
    bench.send(SetParameters({"walk": True, "step": 12}))
    bench.actions.clear()
    return bench


def choose(row, name):
    place = row.menu.findData(name)
    row.menu.setCurrentIndex(place)
    row.menu.activated.emit(place)


def test_a_fork_turns_at_the_step_on_show_and_comes_last(walking, editor):
    editor.shown_rows()[0].fork.click()
    assert walking.scene.racers == "gd(lr=0.05); adam(lr=0.1); gd(lr=0.05) @ 12 gd(lr=0.05)"
    fork = editor.shown_rows()[2]
    assert fork.menu.hasFocus()
    choose(fork, "rmsprop")
    assert walking.scene.racers == "gd(lr=0.05); adam(lr=0.1); gd(lr=0.05) @ 12 rmsprop(lr=0.05)"
    assert fork.sample.look() == optimizer_look("rmsprop", "light")
    walking.send(Undo())
    walking.send(Undo())
    assert walking.scene.racers == "gd(lr=0.05); adam(lr=0.1)"
    assert len(editor.shown_rows()) == 2


def test_in_a_picture_without_steps_nothing_is_forked(bench, editor):
    assert not editor.shown_rows()[0].fork.isVisible()
    bench.send(SetParameters({"walk": True}))
    assert all(row.fork.isVisible() for row in editor.shown_rows())
    editor.add.click()
    assert editor.shown_rows()[-1].fork.isVisible()
    bench.send(SetParameters({"walk": False}))
    assert not any(row.fork.isVisible() for row in editor.shown_rows())


def test_the_settings_of_a_fork_are_those_after_its_turn(walking, editor):
    walking.send(SetParameters({"racers": "gd(lr=0.05) @ 12 momentum(lr=0.02)"}))
    row = editor.shown_rows()[0]
    assert row.setting("lr").field.text() == "0.02"
    field = row.setting("beta").field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert walking.scene.racers == "gd(lr=0.05) @ 12 momentum(lr=0.02, beta=0.5)"


def test_a_fork_of_a_fork(walking, editor):
    editor.shown_rows()[0].fork.click()
    walking.send(SetParameters({"step": 30}))
    editor.shown_rows()[2].fork.click()
    assert editor.shown_rows()[3].racer().turns == (12, 30)
    walking.send(SetParameters({"step": 5}))
    editor.shown_rows()[3].fork.click()
    assert editor.shown_rows()[4].racer().turns == (5,)


def test_what_a_fork_ran_before_is_told_and_can_be_left_out(walking, editor):
    walking.send(SetParameters({"racers": "gd(lr=0.05) @ 12 adam(lr=0.1) @ 30 lion(lr=0.02)"}))
    row = editor.shown_rows()[0]
    assert [button.text() for button in row.parts_before()] == ["gd 0.05 to step 12", "adam 0.1 to step 30"]
    assert all(button.isVisible() for button in row.parts_before())
    row.parts_before()[1].click()
    assert walking.scene.racers == "gd(lr=0.05) @ 12 lion(lr=0.02)"
    assert row.menu.hasFocus()
    assert [button.text() for button in row.parts_before() if not button.isHidden()] == ["gd 0.05 to step 12"]
    row.parts_before()[-1].click()
    assert walking.scene.racers == "lion(lr=0.02)"
    assert not row.before.isVisible()


def test_at_the_end_there_is_nothing_to_fork(walking, editor):
    for end in (-1, 40, 99):
        walking.send(SetParameters({"step": end}))
        row = editor.shown_rows()[0]
        row.fork.click()
        assert walking.scene.racers == "gd(lr=0.05); adam(lr=0.1)"
        assert "Go back" in row.message.words()
        walking.send(SetParameters({"step": 3}))
        assert not row.message.words()
    editor.shown_rows()[0].fork.click()
    assert editor.shown_rows()[2].racer().turns == (3,)


def test_there_is_no_room_for_one_fork_too_many(walking, editor):
    walking.send(SetParameters({"racers": ";".join(["gd"] * MAXIMUM_RACERS)}))
    row = editor.shown_rows()[3]
    row.fork.click()
    assert len(editor.shown_rows()) == MAXIMUM_RACERS
    assert str(MAXIMUM_RACERS) in row.message.words()


def test_a_racer_is_named_where_it_stands(bench, editor):
    row = editor.shown_rows()[1]
    row.name.setFocus()
    QTest.keyClicks(row.name, 'the "brave" one')
    assert bench.actions == []
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert bench.scene.racers == 'gd(lr=0.05); "the ""brave"" one": adam(lr=0.1)'
    assert len(bench.actions) == 1
    row.name.selectAll()
    QTest.keyClick(row.name, Qt.Key.Key_Delete)
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert bench.scene.racers == "gd(lr=0.05); adam(lr=0.1)"


def test_escape_takes_a_name_back(bench, editor):
    bench.send(SetParameters({"racers": "old: gd"}))
    name = editor.shown_rows()[0].name
    name.setFocus()
    QTest.keyClicks(name, "er")
    QTest.keyClick(name, Qt.Key.Key_Escape)
    assert name.text() == "old"
    editor.as_text.setFocus()
    assert bench.scene.racers == "old: gd"


def test_a_name_that_cannot_be_is_refused_where_it_stands(bench, editor):
    row = editor.shown_rows()[0]
    row.name.setFocus()
    row.name.setText("a\x07b")
    row.name.setModified(True)
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert bench.actions == []
    assert "cannot be shown" in row.message.words()
    assert row.name.text() == ""


def test_a_name_stays_while_its_racer_changes(bench, editor):
    bench.send(SetParameters({"racers": "braver: gd(lr=0.05)"}))
    row = editor.shown_rows()[0]
    choose(row, "adam")
    assert bench.scene.racers == "braver: adam(lr=0.05)"
    row.copy.click()
    assert bench.scene.racers == "braver: adam(lr=0.05); adam(lr=0.05)"


def test_rows_that_say_the_same_are_left_alone(bench, editor, monkeypatch):
    bench.send(SetParameters({"racers": "gd(lr=0.1); adam; gd(lr=0.2)"}))
    shown = []
    for number, row in enumerate(editor.shown_rows()):
        monkeypatch.setattr(row, "set_racer", lambda *_args, number=number: shown.append(number))
    bench.send(SetParameters({"step": 3}))
    bench.send(SetParameters({"racers": "gd(lr=0.1); adam(lr=0.2); gd(lr=0.2)"}))
    assert shown == [1]
    bench.send(SetParameters({"racers": "lion; adam(lr=0.2); gd(lr=0.2)"}))
    assert shown == [1, 0, 2]  # the last is now the first of its kind


def test_a_fork_that_comes_out_of_sight_is_scrolled_to(qtbot, panel, walking, editor):
    panel.resize(800, 160)
    walking.send(SetParameters({"racers": ";".join(["gd(lr=0.1)"] * 12)}))
    editor.shown_rows()[0].fork.click()
    menu = editor.shown_rows()[12].menu

    def in_sight():
        top = menu.mapTo(panel.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + menu.height() <= panel.viewport().height()

    qtbot.waitUntil(in_sight, timeout=2000)


@pytest.mark.parametrize("width", [360, 540, 700, 1100])
def test_nothing_of_a_row_is_cut_off_at_any_width(qtbot, panel, walking, editor, width):
    walking.send(SetParameters({"racers": "braver: gd(lr=0.05) @ 12 momentum(lr=0.02) @ 30 nesterov; adam"}))
    panel.resize(max(width, panel.minimumSizeHint().width()), 900)
    qtbot.wait(50)
    for row in editor.shown_rows():
        parts = [row.sample, row.name, row.menu, row.more, row.fork, row.copy, row.remove]
        parts += [button for button in row.parts_before() if not button.isHidden()]
        boxes = [QRect(part.mapTo(panel.viewport(), QPoint(0, 0)), part.size()) for part in parts]
        for part, box in zip(parts, boxes, strict=True):
            assert box.right() < panel.viewport().width()
            assert box.width() >= part.minimumSizeHint().width()
            assert not any(box.intersects(other) for other in boxes if other is not box)


def test_every_part_of_a_row_says_what_it_is_and_is_reached_by_tab(walking, editor):
    walking.send(SetParameters({"racers": "braver: gd(lr=0.05) @ 12 momentum(lr=0.02)"}))
    row = editor.shown_rows()[0]
    (before,) = row.parts_before()
    wanted = [row.name, row.menu, row.more, row.fork, row.copy, row.remove, before]
    for part in wanted:
        assert part.accessibleName()
    for part in (row.name, row.more, row.fork, row.copy, row.remove, before):
        assert part.toolTip()
    row.name.setFocus()
    reached = set()
    for _ in range(20):
        reached.add(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert set(wanted) <= reached


def test_a_fork_by_keyboard_alone(walking, editor):
    row = editor.shown_rows()[0]
    row.fork.setFocus()
    QTest.keyClick(row.fork, Qt.Key.Key_Space)
    menu = QApplication.focusWidget()
    assert menu is editor.shown_rows()[2].menu
    QTest.keyClick(menu, Qt.Key.Key_Down)
    assert walking.scene.racers.endswith("; gd(lr=0.05) @ 12 momentum(lr=0.05)")
    QTest.keyClick(menu, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    name = QApplication.focusWidget()
    assert name is editor.shown_rows()[2].name
    QTest.keyClicks(name, "braver")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert walking.scene.racers.endswith("; braver: gd(lr=0.05) @ 12 momentum(lr=0.05)")
