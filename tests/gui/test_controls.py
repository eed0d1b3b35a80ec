"""Controls under the hands of a learner: what they send, what they refuse, what they leave alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from engine.actions import SetParameters, Undo
from gui import formula_field
from gui.control_kinds import ChoiceControl, FormulaControl, NumberControl, SwitchControl
from gui.controls import ControlsPanel
from gui.formula_field import MarkedLineEdit
from gui.number_field import NumberField
from tests.gui.lessons import Bench

ALL = ("f", "x0", "h", "scheme", "kind", "guess", "arrows", "steps", "racers")


@pytest.fixture
def panel(qtbot, typesetter, themes):
    panel = ControlsPanel(typesetter, themes)
    qtbot.addWidget(panel)
    panel.resize(700, 900)
    return panel


@pytest.fixture
def bench(qtbot, panel):
    bench = Bench(panel, controls=ALL)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    return bench


def drag(slider, start: float, stop: float, steps: int = 6) -> None:
    """Press the slider at one place of it and pull it to another."""

    def at(place: float) -> QPoint:
        return QPoint(round(slider._x(place)), slider.height() // 2)

    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=at(start))
    for step in range(1, steps + 1):
        QTest.mouseMove(slider, at(start + (stop - start) * step / steps))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at(stop))


def test_one_drag_is_one_gesture_and_one_entry_to_undo(panel, bench):
    control = panel.control("x0")
    drag(control.slider, control.slider.sliderPosition() / 10_000, 0.75)
    assert len(bench.actions) >= 3
    assert {action.gesture for action in bench.actions} == {bench.actions[0].gesture} != {""}
    assert bench.scene.x0 == pytest.approx(2.0, abs=0.05)
    assert control.field.text() == f"{bench.scene.x0:g}"
    bench.send(Undo())
    assert bench.scene.x0 == 1.0
    assert control.field.text() == "1"


def test_a_second_drag_is_another_gesture(panel, bench):
    slider = panel.control("x0").slider
    drag(slider, 0.625, 0.75)
    drag(slider, 0.75, 0.5)
    assert len({action.gesture for action in bench.actions}) == 2
    assert len(bench.state.past) == 2


def test_a_logarithmic_slider_halves_its_way_in_powers_of_ten(panel, bench):
    drag(panel.control("h").slider, 1.0, 0.5)
    # half of the way from 1e-6 to 1 is 1e-3
    assert bench.scene.h == pytest.approx(1e-3, rel=0.1)


@pytest.mark.parametrize(
    ("modifier", "expected"),
    [
        # 8 / 100 is a press; Shift is ten of them, Ctrl a tenth
        (Qt.KeyboardModifier.NoModifier, 1.08),
        (Qt.KeyboardModifier.ShiftModifier, 1.8),
        (Qt.KeyboardModifier.ControlModifier, 1.008),
    ],
)
def test_arrow_keys_nudge_a_slider(panel, bench, modifier, expected):
    slider = panel.control("x0").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right, modifier)
    assert bench.scene.x0 == expected
    QTest.keyClick(slider, Qt.Key.Key_Left, modifier)
    assert bench.scene.x0 == 1.0


def test_home_and_end_go_to_the_ends_and_page_keys_are_the_windows(panel, bench):
    slider = panel.control("x0").slider
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert bench.scene.x0 == 4.0
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert bench.scene.x0 == -4.0
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert bench.scene.x0 == -4.0


@pytest.mark.parametrize(
    ("typed", "value"), [("pi/2", 1.5707963267948966), ("1e-3", 0.001), ("-7", -7.0), ("2^3", 8.0)]
)
def test_a_number_field_takes_what_people_write(panel, bench, typed, value):
    field = panel.control("x0").field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, typed)
    assert bench.actions == []  # nothing jumps while a number is half written
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert bench.scene.x0 == value


def test_an_untouched_number_is_not_rounded_by_passing_through(panel, bench):
    bench.send(SetParameters({"x0": 1.23456789012}))
    field = panel.control("x0").field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    panel.control("h").field.setFocus()
    assert bench.scene.x0 == 1.23456789012
    assert field.text() == "1.23457"


def test_a_value_outside_the_slider_is_taken_and_stands_at_its_end(panel, bench):
    control = panel.control("x0")
    control.field.setFocus()
    control.field.selectAll()
    QTest.keyClicks(control.field, "40")
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert bench.scene.x0 == 40.0
    assert control.slider.value() == control.slider.maximum()


def test_what_the_domain_forbids_is_said_in_place_and_can_be_mended(panel, bench):
    control = panel.control("h")
    control.field.setFocus()
    control.field.selectAll()
    QTest.keyClicks(control.field, "0")
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert bench.actions == []
    assert "any number but 0" in control.message.words()
    assert control.message.isVisible()
    assert control.field.text() == "0"
    QTest.keyClick(control.field, Qt.Key.Key_Escape)
    assert control.field.text() == "1"
    assert not control.message.isVisible()


def test_words_that_are_no_number_are_refused_until_the_value_moves(panel, bench):
    control = panel.control("x0")
    control.field.setFocus()
    control.field.selectAll()
    QTest.keyClicks(control.field, "two")
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert bench.actions == []
    assert control.message.words()
    bench.send(SetParameters({"x0": 3}))
    assert control.field.text() == "3"
    assert not control.message.words()


def test_a_number_that_moves_keeps_what_is_being_typed_elsewhere(panel, bench):
    field = panel.control("x0").field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "1.")
    bench.send(SetParameters({"x0": 3}))
    assert field.text() == "1."


def test_a_formula_is_taken_at_every_key_that_makes_sense_as_one_gesture(panel, bench):
    control = panel.control("f")
    assert isinstance(control, FormulaControl)
    line = control.field.line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "x^3 - ")
    assert bench.scene.f == "x^3"  # the last good picture is kept
    QTest.keyClicks(line, "2x")
    assert bench.scene.f == "x^3 - 2x"
    assert line.text() == "x^3 - 2x"
    assert len({action.gesture for action in bench.actions}) == 1
    assert len(bench.state.past) == 1
    assert control.field.picture.latex() == "x^{3} - 2 x"
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClicks(line, " + 1")
    assert len(bench.state.past) == 2


def test_a_mistake_in_a_formula_is_shown_at_its_place_after_a_rest(qtbot, panel, bench):
    field = panel.control("f").field
    field.line.setFocus()
    field.line.selectAll()
    QTest.keyClicks(field.line, "x^2 + foo(x)")
    assert not field.message.isVisible()  # half a formula is no mistake yet
    qtbot.waitUntil(lambda: field.message.isVisible(), timeout=2000)
    start, stop = field.line.mark()
    assert field.line.text()[start:stop] == "foo"
    assert field.message.words()
    assert bench.scene.f == "x^2"
    QTest.keyClick(field.line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field.line, "x")
    assert field.line.mark() is None
    assert bench.scene.f == "x"


def test_the_cursor_stays_while_a_formula_is_edited_in_its_middle(panel, bench):
    line = panel.control("f").field.line
    line.setFocus()
    line.setCursorPosition(1)
    QTest.keyClicks(line, "*x")
    assert line.text() == "x*x^2"
    assert line.cursorPosition() == 3
    assert bench.scene.f == "x*x^2"


def test_undo_reaches_a_formula_field_that_has_been_left(panel, bench):
    line = panel.control("f").field.line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "x^4")
    panel.control("x0").field.setFocus()
    bench.send(Undo())
    assert line.text() == "x^2"


def test_choices_stand_side_by_side_or_drop_down(panel, bench):
    few, many = panel.control("scheme"), panel.control("kind")
    assert isinstance(few, ChoiceControl)
    assert [button.text() for button in few.buttons.values()] == ["ahead", "back"]
    QTest.mouseClick(few.buttons["backward"], Qt.MouseButton.LeftButton)
    assert bench.scene.scheme == "backward"
    assert few.buttons["backward"].isChecked()
    assert not few.buttons["forward"].isChecked()
    assert many.menu.count() == 5
    many.menu.setFocus()
    QTest.keyClick(many.menu, Qt.Key.Key_Down)
    assert bench.scene.kind == "two"


def test_a_switch_switches(panel, bench):
    control = panel.control("arrows")
    assert isinstance(control, SwitchControl)
    control.box.setFocus()
    QTest.keyClick(control.box, Qt.Key.Key_Space)
    assert bench.scene.arrows is False
    bench.send(Undo())
    assert control.box.isChecked()


def test_a_number_that_may_be_missing_is_ticked_on_and_off(panel, bench):
    control = panel.control("guess")
    assert isinstance(control, NumberControl)
    assert not control.slider.isEnabled()
    control.box.click()
    assert bench.scene.guess == 0.0  # the middle of −10 … 10
    assert control.slider.isEnabled()
    control.box.click()
    assert bench.scene.guess is None


def test_whole_numbers_stay_whole(panel, bench):
    control = panel.control("steps")
    QTest.keyClick(control.slider, Qt.Key.Key_Right)
    assert bench.scene.steps == 26
    QTest.keyClick(control.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert bench.scene.steps == 36
    QTest.keyClick(control.slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert bench.scene.steps == 35
    control.field.setFocus()
    control.field.selectAll()
    QTest.keyClicks(control.field, "2.5")
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert bench.scene.steps == 35
    assert "whole number" in control.message.words()


def test_only_what_the_step_names_is_in_front(qtbot, typesetter, themes):
    panel = ControlsPanel(typesetter, themes)
    qtbot.addWidget(panel)
    Bench(panel, controls=("h", "x0"))
    panel.resize(700, 500)
    panel.show()
    assert panel.control("h").isVisible()
    assert not panel.control("f").isVisible()
    assert panel.control("h").y() <= panel.control("x0").y()
    panel._more.click()
    assert panel.control("f").isVisible()


def test_nothing_is_rebuilt_while_a_value_moves(panel, bench):
    before = {name: panel.control(name) for name in ALL}
    width = panel.control("x0").field.width()
    for value in (1.0, -1.23456, 1e-7, 12345678.0):
        bench.send(SetParameters({"x0": value}))
        assert panel.control("x0").field.width() == width
    assert all(panel.control(name) is control for name, control in before.items())


def test_every_control_can_be_reached_by_tab_and_has_a_name(panel, bench):
    seen = set()
    panel.control("f").field.line.setFocus()
    for _ in range(60):
        focused = panel.focusWidget()
        assert focused.accessibleName() or focused.text(), focused
        seen.add(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert {panel.control("x0").slider, panel.control("x0").field, panel.control("arrows").box} <= seen


@pytest.mark.parametrize("value", [0.000109024594, -0.000123456789, 1.23456789e-7, -1.23456789e-300, 1 / 3])
def test_a_number_is_never_cut_off(qtbot, value):
    field = NumberField()
    qtbot.addWidget(field)
    field.resize(field.sizeHint())
    field.set_value(value)
    room = field.width() - 12  # its frame and the margins of its text
    assert field.fontMetrics().horizontalAdvance(field.text()) <= room
    plain = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    shown = field.text().replace(" × 10", "e").translate(plain)
    assert float(shown) == pytest.approx(value, rel=0.05)


def test_an_emptied_number_field_asks_for_a_number(panel, bench):
    control = panel.control("x0")
    control.field.setFocus()
    control.field.selectAll()
    QTest.keyClick(control.field, Qt.Key.Key_Delete)
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert control.message.words().startswith("There is no number yet.")


def test_only_what_is_seen_of_a_mistake_is_underlined(qtbot, monkeypatch):
    drawn = []
    wave = formula_field._wave
    monkeypatch.setattr(formula_field, "_wave", lambda *ends: drawn.append(ends) or wave(*ends))
    line = MarkedLineEdit()
    qtbot.addWidget(line)
    line.resize(300, 32)
    line.setText("(" * 20_000)
    line.set_mark((0, 20_000), QColor("red"))
    line.grab()
    ((left, right, _middle),) = drawn
    assert 0 <= left < right <= 300
