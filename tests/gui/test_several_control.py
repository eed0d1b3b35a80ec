"""Boxes to tick: what a text of words looks like under the hands of a learner."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.scene import parameters, scene_class
from gui.several_control import SeveralControl


@pytest.fixture
def control(qtbot, typesetter, themes):
    control = SeveralControl(parameters(scene_class("difference-error"))["schemes"], typesetter, themes)
    qtbot.addWidget(control)
    control.show()
    return control


def ticked(control: SeveralControl) -> list[str]:
    return [key for key, box in control.boxes.items() if box.isChecked()]


@pytest.mark.parametrize("text", ["central forward", "forward, central", "forward;central"])
def test_it_ticks_what_the_text_names(control, text):
    control.set_value(text)
    assert ticked(control) == ["forward", "central"]


def test_a_click_sends_the_words_in_their_order(control):
    sent: list[str] = []
    control.changed.connect(lambda value, _gesture: sent.append(value))
    control.set_value("central")
    control.boxes["forward"].click()
    control.boxes["central"].click()
    control.boxes["forward"].click()
    assert sent == ["forward central", "forward", ""]


def test_the_keyboard_ticks_too_and_every_box_has_a_name(control):
    sent: list[str] = []
    control.changed.connect(lambda value, _gesture: sent.append(value))
    control.set_value("")
    QTest.keyClick(control.boxes["complex_step"], Qt.Key.Key_Space)
    assert sent == ["complex_step"]
    assert control.boxes["complex_step"].accessibleName() == "slopes by: complex step"
