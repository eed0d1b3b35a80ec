"""The legend: every name in it, shortened or counted where there are more than have room."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from engine.figure import Axis, Curve, Panel, Role, View
from engine.text import verbatim
from gui.canvas.legend import BETWEEN, FEWEST_LINES, MOST_ROOM, Legend, legend_entries
from gui.canvas.plot import PanelPlot
from gui.canvas.wording import Wording
from gui.theme import theme_named


@pytest.fixture
def wording(qapp):
    return Wording(theme_named("light"))


def panel(names):
    marks = tuple(
        Curve(
            id=str(number),
            role=Role.PATH,
            look="gd",
            x=np.arange(2.0),
            y=np.arange(2.0),
            label=verbatim(name),
        )
        for number, name in enumerate(names)
    )
    return Panel(id="loss", marks=marks, view=View(0, 1, 0, 1), x_axis=Axis(), y_axis=Axis())


def legend(names, wording):
    made = Legend()
    made.take(legend_entries(panel(names), wording.theme), wording)
    return made


def boxes(made):
    return [placed.box for placed in made._placed]


def words(made):
    return [placed.words for placed in made._placed]


def test_names_that_have_room_stand_whole(wording):
    made = legend(["gd", "momentum", "adam"], wording)
    height = made.height(600, 300)
    assert words(made) == ["gd", "momentum", "adam"]
    assert len({box.top() for box in boxes(made)}) == 1
    assert height == pytest.approx(wording.metrics(wording.small).height())
    assert made.hidden() == ""


@pytest.mark.parametrize("width", [90, 160, 260, 500, 900])
@pytest.mark.parametrize("panel_height", [120, 300, 700])
@pytest.mark.parametrize("count", [2, 5, 16, 64])
def test_nobody_is_lost(wording, width, panel_height, count):
    names = [f"gd @ {12 * number} adam 0.{number + 10}" for number in range(count)]
    made = legend(names, wording)
    height = made.height(width, panel_height)
    line = wording.metrics(wording.small).height() + BETWEEN
    assert height <= max(FEWEST_LINES * line, MOST_ROOM * panel_height)
    told = [placed for placed in made._placed if placed.entry is not None]
    left = count - len(told)
    if left:
        assert words(made)[-1] == f"and {left} more"
    else:
        assert len(made._placed) == count
    if words(made) != names:
        assert made.hidden().splitlines() == names
    for box in boxes(made):
        assert box.right() <= max(width, 110)
        assert box.bottom() <= height + 1e-6
        assert not any(box.intersects(other) for other in boxes(made) if other is not box)


def test_a_shortened_name_keeps_both_its_ends(wording):
    names = [f"gd 0.05 @ {step} momentum 0.01" for step in range(10, 26)]
    made = legend(names, wording)
    made.height(500, 300)
    assert len(made._placed) == 16
    assert made.hidden().splitlines() == names
    shortened = [(short, name) for short, name in zip(words(made), names, strict=True) if short != name]
    assert shortened
    for short, name in shortened:
        start, end = short.split("…")
        assert name.startswith(start)
        assert name.endswith(end)


def test_a_name_as_wide_as_its_panel_is_shortened(wording):
    made = legend(["x" * 40, "gd"], wording)
    made.height(150, 300)
    assert "…" in words(made)[0]
    assert boxes(made)[0].right() <= 150


def test_what_is_counted_is_painted_and_told_by_the_tooltip(wording):
    names = [f"racer number {number}" for number in range(40)]
    plot = PanelPlot(panel(names), wording)
    plot.show_panel(panel(names), View(0, 1, 0, 1), wording)
    plot.setGeometry(QRectF(0, 0, 260, 200))
    assert plot._header.toolTip().splitlines() == names
    assert plot._header.rect().bottom() <= plot.plot_rect.top() + 1
    image = QImage(260, 200, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    plot._legend.paint(painter, QPointF(0, 0))
    painter.end()
    (more,) = (placed.box for placed in plot._legend._placed if placed.entry is None)
    inked = [
        image.pixel(x, y) & 0xFF < 0xC0
        for x in range(int(more.left()), int(more.right()))
        for y in range(int(more.top()), int(more.bottom()))
    ]
    assert any(inked)
    plot.show_panel(panel(names[:2]), View(0, 1, 0, 1), wording)
    assert plot._header.toolTip() == ""
