"""Worked steps on an exported picture: they are there, they fit, and the picture keeps its half."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from engine.figure import NO_VIEWS
from engine.scene import make_scene
from gui.sheet import Sheet
from gui.sheet_lines import MOST_OF_HEIGHT, SheetLines
from gui.theme import theme_named

SIZE = QSize(640, 480)


def lines(f: str, typesetter=None, size: QSize = SIZE, **values: object) -> SheetLines:
    steps = make_scene("derivation", {"f": f, **values}).figure().derivation
    return SheetLines(steps, theme_named("light"), size, typesetter)


def test_a_picture_without_lines_gives_them_no_room(qapp):
    assert SheetLines(None, theme_named("light"), SIZE, None).height == 0


def test_a_line_more_is_a_row_more(qapp):
    assert 0 < lines("x^2 sin x", step=1).height < lines("x^2 sin x", step=3).height


def test_of_too_many_lines_the_last_are_shown(qapp):
    many = "+".join(f"x^{n}" for n in range(1, 14))
    found = lines(many)
    assert found.height <= MOST_OF_HEIGHT * SIZE.height() + 20
    assert found._rows[-1].step.row == make_scene("derivation", {"f": many}).figure().derivation.steps[-1].row


@pytest.mark.parametrize("typeset", [False, True])
def test_they_are_painted_below_the_picture(qapp, typesetter, typeset):
    def ink(step: int) -> int:
        figure = make_scene("derivation", {"f": "x^2 sin(x)", "step": step}).figure()
        with Sheet(theme_named("light"), SIZE, typesetter if typeset else None) as sheet:
            sheet.reserve([make_scene("derivation", {"f": "x^2 sin(x)"}).figure()], NO_VIEWS)
            sheet.show(figure, NO_VIEWS)
            image = sheet.image()
            top = sheet._canvas.height()
            bottom = top + round(sheet._lines_height)
        return sum(
            image.pixelColor(x, y).lightness() < 128
            for x in range(0, image.width(), 2)
            for y in range(top, bottom)
        )

    assert ink(3) > 1.3 * ink(0) > 0
