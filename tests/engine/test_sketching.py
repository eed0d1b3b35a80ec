"""The picture while a curve of it is drawn: nothing in it gives that curve away."""

from __future__ import annotations

import math

import numpy as np

from engine.figure import Curve, Handle, Points
from engine.lessons.format import read_lesson
from engine.lessons.scoring import Answer
from engine.lessons.sketching import handled, with_sketches
from engine.sketches import COLUMNS

LESSON = """+++
format = 1
id = "draw"
title = "Draw"
+++

# Only

```scene activations
activation = "tanh"
x = 1.0
view = { curve = { x = [-4, 4], y = [-2, 2] }, slope = { x = [-4, 4], y = [-0.5, 1.5] } }
```

```sketch bell
ask = "Draw the slope."
curve = "slopes"
panel = "slope"
hint = ['Where is it steepest?']
why = 'It is a bell.'
```
"""


def panels(answer: Answer, lesson_text: str = LESSON):
    """The panels as the learner sees them, by id."""
    lesson = read_lesson(lesson_text, "draw.en.md")
    (step,) = lesson.steps
    assert step.setting.scene is not None
    figure = with_sketches(step.setting.scene.figure(step.setting.views), step, {"bell": answer})
    return {panel.id: panel for panel in figure.panels}


def on_the_slope(panel) -> list[str]:
    """Ids of the points and handles, other than those that draw, on y = 1 - tanh² x."""
    found = []
    for mark in panel.marks:
        if isinstance(mark, (Handle, Points)) and handled(mark.id) is None:
            x, y = np.atleast_1d(mark.x), np.atleast_1d(mark.y)
            if np.any(np.abs(1 - np.tanh(x) ** 2 - y) < 1e-3):
                found.append(mark.id)
    return found


def test_neither_the_curve_nor_a_point_on_it_is_seen_while_it_is_drawn():
    panel = panels(Answer())["slope"]
    assert "slopes" not in [mark.id for mark in panel.marks]
    assert on_the_slope(panel) == []
    columns = [mark for mark in panel.marks if isinstance(mark, Handle)]
    assert len(columns) == COLUMNS
    assert panel.sketched == "bell"


def test_a_kept_prediction_gives_nothing_away_either():
    heights = " ".join(["0.5"] * COLUMNS)
    predicted = LESSON.replace("why =", "predict = true\nwhy =")
    panel = panels(Answer(given=f"-4 4: {heights}", outcome="kept"), predicted)["slope"]
    assert on_the_slope(panel) == []
    assert panel.sketched == ""


def test_all_of_it_is_back_once_the_drawing_is_right():
    heights = " ".join(f"{1 - math.tanh(-4 + 0.5 * column) ** 2:.4f}" for column in range(COLUMNS))
    panel = panels(Answer(given=f"-4 4: {heights}", outcome="right"))["slope"]
    ids = {mark.id: mark for mark in panel.marks}
    assert isinstance(ids["slopes"], Curve)
    assert isinstance(ids["sketch"], Curve)
    assert on_the_slope(panel)


def test_the_spoken_sentence_does_not_tell_it_either():
    (step,) = read_lesson(LESSON, "draw.en.md").steps
    figure = step.setting.scene.figure()
    assert "slope is" in str(figure.spoken)
    for answer in (Answer(), Answer(outcome="kept"), Answer(outcome="wrong")):
        told = str(with_sketches(figure, step, {"bell": answer}).spoken)
        assert told == "A curve is to be drawn here, through 17 points from −4 to 4."
    assert with_sketches(figure, step, {"bell": Answer(outcome="right")}).spoken is figure.spoken


def test_the_other_panels_stay_as_they_are():
    panel = panels(Answer())["curve"]
    assert any(isinstance(mark, Handle) for mark in panel.marks)


def test_what_was_predicted_is_in_the_picture_again_at_its_verdict():
    text = LESSON.replace("why =", "predict = true\nwhy =") + "\n# Then\n\n```verdict bell\n```\n"
    lesson = read_lesson(text, "draw.en.md")
    answers = {"bell": Answer(given="-4 4: " + " ".join(["0.5"] * COLUMNS), outcome="kept")}
    step = lesson.steps[1]
    assert step.setting.scene is not None
    figure = with_sketches(step.setting.scene.figure(), step, answers, lesson)
    marks = {panel.id: {mark.id: mark for mark in panel.marks} for panel in figure.panels}
    assert isinstance(marks["slope"]["slopes"], Curve)
    assert marks["slope"]["sketch"].y.tolist() == [0.5] * COLUMNS
    assert "sketch" not in marks["curve"]
    bare = with_sketches(step.setting.scene.figure(), step, {}, lesson)
    assert all(mark.id != "sketch" for panel in bare.panels for mark in panel.marks)
