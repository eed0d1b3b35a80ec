"""Drawing in the picture: by mouse, by keys, judged, shown beside the truth, and undone."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.actions import Draw, GiveAnswer, GoTo, ShowAnswer, Undo
from engine.figure import Curve, Handle
from engine.lessons.sketching import handle_of
from engine.sketches import COLUMNS, Sketch, read, written
from gui.blocks import ExerciseBlock, VerdictBlock

LESSON = """+++
format = 1
id = "draw"
title = "Draw"
+++

# Only

```scene secant
f = "x^2 - 1"
x0 = 0
controls = ["x0"]
view = { x = [-2, 2], y = [-2, 4] }
```

```sketch parabola
curve = "curve"
ask = 'Draw $x^2 - 1$.'
hint = ['Where is it 0?']
why = 'It is lowest at 0.'
```
"""


@pytest.fixture
def shell(open_shell, tmp_path):
    path = tmp_path / "draw.en.md"
    path.write_text(LESSON, encoding="utf-8")
    shell = open_shell(str(path))
    shell.window.resize(1200, 800)
    QApplication.processEvents()
    return shell


def marks(shell) -> dict[str, object]:
    return {mark.id: mark for mark in shell.parts.controller.figure.panels[0].marks}


def answer(shell):
    return shell.parts.controller.state.answer("parabola")


def card(shell):
    (view,) = [view for view in shell.window.lesson.views() if isinstance(view, ExerciseBlock)]
    return view.card


def draw(shell, points) -> None:
    """Press at the first point, move over the others, let go."""
    canvas = shell.window.stage.canvas
    surface = canvas.surface
    places = [canvas.place_of("plane", x, y).toPoint() for x, y in points]
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        _move(surface, place)
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=places[-1])
    shell.parts.controller.flush()


def _move(surface, place: QPoint) -> None:
    at = QPointF(place)
    everywhere = QPointF(surface.mapToGlobal(place))
    buttons = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, everywhere, *buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(surface, event)


def parabola(x: float) -> float:
    return x * x - 1


def test_what_is_to_be_drawn_is_hidden(shell):
    shell.parts.controller.flush()
    assert "curve" not in marks(shell)
    assert len([mark for mark in marks(shell).values() if isinstance(mark, Handle)]) >= COLUMNS
    assert not card(shell).check.isEnabled()


def test_a_drawing_by_mouse_is_judged_and_the_truth_shown(shell):
    # above what grips lie on the axis: it begins beside them
    xs = [-1.99 + 0.02 * number for number in range(200)]
    draw(shell, [(x, parabola(x) + 0.1) for x in xs])
    heights = read(answer(shell).given).heights
    for x, height in zip([-2 + 0.25 * column for column in range(COLUMNS)], heights, strict=True):
        assert height == pytest.approx(parabola(x), abs=0.35)
    card(shell).check.click()
    assert answer(shell).outcome == "right"
    shell.parts.controller.flush()
    assert isinstance(marks(shell)["curve"], Curve)
    assert isinstance(marks(shell)["sketch"], Curve)
    before = shell.parts.controller.state.views
    draw(shell, [(0.5, 2.0), (1.0, 2.0)])  # done: a drag moves the view again
    assert answer(shell).outcome == "right"
    assert shell.parts.controller.state.views != before


def test_a_stroke_that_begins_on_a_grip_goes_where_the_pen_goes(shell):
    shell.parts.controller.flush()
    canvas = shell.window.stage.canvas
    grip = canvas.grip(handle_of("parabola", 0))
    corner = grip.rect().center() - QPoint(0, 7)  # it was grabbed well above its middle
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=corner)
    for x in (-1.0, 1.0, 2.0):  # a quick hand: few places, far apart
        place = canvas.place_of("plane", x, 2.0).toPoint()
        _move(grip, grip.mapFrom(canvas, place))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=grip.mapFrom(canvas, place))
    heights = read(answer(shell).given).heights
    assert heights[4:13] == pytest.approx([2.0] * 9, abs=0.05)


def test_a_drawing_by_keys(shell):
    shell.parts.controller.flush()
    canvas = shell.window.stage.canvas
    canvas.grip(handle_of("parabola", 0)).setFocus()
    for column in range(COLUMNS):
        grip = QApplication.focusWidget()
        assert grip is canvas.grip(handle_of("parabola", column))
        presses = round(parabola(-2 + 0.25 * column) / (6 / 40))
        for _ in range(abs(presses)):
            QTest.keyClick(grip, Qt.Key.Key_Up if presses > 0 else Qt.Key.Key_Down)
        shell.parts.controller.flush()
        QTest.keyClick(grip, Qt.Key.Key_Right)
    card(shell).check.click()
    assert answer(shell).outcome == "right"


def test_a_wrong_drawing_says_what_agrees_and_can_be_mended(shell):
    flat = Sketch(-2.0, 2.0, tuple(abs(-2 + 0.25 * column) + 0.5 for column in range(COLUMNS)))
    card(shell).give(written(flat))
    assert answer(shell).outcome == "wrong"
    words = card(shell).feedback.verdict.say.words()
    assert "it turns where it should" in words
    assert "must be below the axis" in words
    draw(shell, [(-1.5, 3.0), (-1.0, 3.0)])
    assert answer(shell).outcome == "open"


def test_a_stroke_is_undone_whole(shell):
    draw(shell, [(-1.9 + 0.1 * number, 2.0) for number in range(30)])
    assert answer(shell).given
    shell.parts.controller.send(Undo())
    assert answer(shell).given == ""


def test_begin_anew(shell):
    draw(shell, [(-1.5, 3.0), (-1.0, 3.0), (-0.5, 3.0)])
    card(shell).clear.click()
    assert answer(shell).given == ""
    assert not card(shell).check.isEnabled()


def test_the_answer_is_shown_in_the_picture(shell):
    shell.parts.controller.send(ShowAnswer("parabola"))
    shell.parts.controller.flush()
    curve = marks(shell)["curve"]
    assert math.isclose(float(curve.y.min()), -1.0, abs_tol=1e-3)


def test_a_predicted_drawing_meets_its_verdict_in_words_and_in_the_picture(open_shell, tmp_path):
    text = LESSON.replace("why =", "predict = true\nwhy =") + "\n# Then\n\n```verdict parabola\n```\n"
    path = tmp_path / "predicted.en.md"
    path.write_text(text, encoding="utf-8")
    shell = open_shell(str(path))
    upside_down = Sketch(-2.0, 2.0, tuple(-parabola(-2 + 0.25 * column) for column in range(COLUMNS)))
    shell.parts.controller.send(Draw("parabola", written(upside_down)))
    shell.parts.controller.send(GiveAnswer("parabola", written(upside_down)))
    shell.parts.controller.send(GoTo(1))
    shell.parts.controller.flush()
    (view,) = [view for view in shell.window.lesson.views() if isinstance(view, VerdictBlock)]
    assert view.predicted.words() == "What you drew is in the picture."
    assert "The picture says otherwise" in view.verdict.sign.text()
    assert "it must be above the axis" in view.verdict.say.words()
    assert "It says" not in view.verdict.say.words()
    assert {"curve", "sketch"} <= marks(shell).keys()
