"""The small parts: icons that follow the theme, samples told apart without colour, columns that fit."""

from __future__ import annotations

import typing

import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.parameters import Domain, Parameter, Slider
from gui.columns import Columns
from gui.control_kinds import nudged, rounded, ticks
from gui.gestures import Gesture
from gui.icons import SHAPES, icon
from gui.looks import Marker
from gui.parts import set_part, tool_button
from gui.samples import paint_marker

MARKERS = typing.get_args(Marker)


def ink(image: QImage) -> set[str]:
    """The colours of the opaque pixels."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_an_icon_is_drawn_in_the_colour_of_the_text(qapp, themes, name):
    for choice in ("light", "dark"):
        themes.set_choice(choice)
        drawn = ink(icon(name).pixmap(QSize(48, 48)).toImage())
        assert themes.theme().text.lower() in drawn


def test_every_marker_has_a_shape_of_its_own(qapp):
    seen = set()
    for marker in MARKERS:
        image = QImage(40, 40, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        paint_marker(painter, marker, QPointF(20, 20), 10, QColor("black"))
        painter.end()
        seen.add(bytes(image.constBits()))
    assert len(seen) == len(MARKERS)


def cells(count: int, width: int = 100) -> list[tuple[QWidget, bool]]:
    made = []
    for _ in range(count):
        cell = QLabel("x")
        cell.setMinimumWidth(width)
        made.append((cell, False))
    return made


def test_columns_are_as_many_as_fit(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    columns = Columns(narrowest=1)
    around = QHBoxLayout(window)
    around.setContentsMargins(0, 0, 0, 0)
    around.addWidget(columns)
    made = cells(4)
    columns.set_cells(made)
    window.resize(400, 200)
    window.show()
    places = [(cell.x(), cell.y()) for cell, _ in made]
    assert len({x for x, _ in places}) == 3
    window.resize(120, 200)
    qtbot.waitUntil(lambda: len({cell.x() for cell, _ in made}) == 1, timeout=2000)
    assert columns.minimumSizeHint().width() == 100


def test_a_wide_cell_has_a_row_of_its_own(qtbot):
    columns = Columns(narrowest=1)
    qtbot.addWidget(columns)
    (first, _), (wide, _), (last, _) = made = cells(3)
    made[1] = (wide, True)
    columns.set_cells(made)
    columns.resize(600, 200)
    columns.show()
    columns.layout().activate()
    assert first.y() < wide.y() < last.y()
    assert wide.width() > 2 * first.width()


def test_a_gesture_ends_by_word_or_by_rest(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("gui.gestures.time.monotonic", lambda: clock[0])
    typing_ = Gesture()
    name = typing_.name()
    clock[0] = 1000.0
    assert typing_.name() == name
    typing_.end()
    assert typing_.name() != name
    keys = Gesture(pause=1.0)
    name = keys.name()
    clock[0] += 0.9
    assert keys.name() == name
    clock[0] += 1.1
    assert keys.name() != name


def test_a_part_changes_the_colour_at_once(qtbot, themes):
    label = QLabel("words")
    qtbot.addWidget(label)
    label.show()
    set_part(label, "wrong")
    assert label.palette().windowText().color() == QColor(themes.theme().role("wrong").color)
    set_part(label, "right")
    assert label.palette().windowText().color() == QColor(themes.theme().role("right").color)


def test_a_button_without_words_has_them_for_whoever_cannot_see_it(qtbot):
    button = tool_button("Remove", "remove")
    qtbot.addWidget(button)
    assert button.text() == ""
    assert button.toolTip() == button.accessibleName() == "Remove"


def test_sliders_round_to_what_a_hand_can_mean():
    # a slider of 8 in 500 steps is two decimals; one of 360 in 500 is one
    assert rounded(Slider(-4, 4), 1.23456) == 1.23
    assert rounded(Slider(-180, 180), 33.69006) == 33.7
    assert rounded(Slider(1e-6, 1, scale="log"), 1.23456e-5) == 1.23e-5
    assert str(rounded(Slider(-4, 4), -0.001)) == "0.0"


def test_ticks_are_powers_of_ten_or_zero():
    assert ticks(Slider(1e-3, 10, scale="log")) == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert ticks(Slider(-1, 3)) == [0.25]
    assert ticks(Slider(1, 3)) == []


def test_nudges_add_no_noise():
    parameter = Parameter("x", "number", 0.0, slider=Slider(-5, 5), domain=Domain())
    value = 0.0
    for _ in range(3):
        value = nudged(parameter, value, 1)
    assert value == 0.3
