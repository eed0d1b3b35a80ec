"""A line of a derivation as an exercise: read, judged, and what a right one does to the picture."""

from __future__ import annotations

import pytest
from lesson_samples import lesson, problems_of

from engine.actions import GiveAnswer, OpenLesson
from engine.figure import Value
from engine.lessons.lesson import ExpressionExercise, LineExercise
from engine.lessons.scoring import known_values, score, shown_answer
from engine.scene import make_scene
from engine.session import SessionState, reduce

LINE_LESSON = """
+++
format = 1
id = "lines"
title = "Lines"
+++

# One

```scene derivation
f = "x^2 sin(x)"
step = 0
```

```line product
ask = "Use the product rule."
hint = ["u and v"]
why = "Both change."
```
"""


def line_exercise() -> LineExercise:
    (exercise,) = lesson(LINE_LESSON.lstrip()).steps[0].exercises()
    assert isinstance(exercise, LineExercise)
    return exercise


def derivation_values(**values: object) -> dict[str, Value]:
    return known_values(make_scene("derivation", {"f": "x^2 sin(x)", "step": 0, **values}))


@pytest.mark.parametrize(
    ("given", "outcome", "words"),
    [
        ("(x^2)' sin x + x^2 (sin x)'", "right", ""),
        ("2x sin x + x^2 cos x", "equal", "line 3"),
        ("(x^2)' (sin x)'", "wrong", "term by term"),
        ("x^5", "wrong", "not equal to the line before"),
        ("(x^2", "unreadable", "never closed"),
    ],
)
def test_a_line_is_right_wrong_equal_or_unreadable(given: str, outcome: str, words: str) -> None:
    judged = score(line_exercise(), given, derivation_values())
    assert judged.outcome == outcome
    assert words in (str(judged.words) if judged.words else "")


def test_a_line_follows_the_formula_that_the_learner_typed() -> None:
    values = derivation_values(f="x^3 cos(x)")
    assert score(line_exercise(), "(x^3)' cos x + x^3 (cos x)'", values).outcome == "right"
    assert score(line_exercise(), "(x^2)' sin x + x^2 (sin x)'", values).outcome == "wrong"
    assert r"\left" not in shown_answer(line_exercise(), values)
    assert shown_answer(line_exercise(), values) == r"$(x^{3})' \cos x + x^{3} \cdot (\cos x)'$"


def test_what_is_equal_costs_no_try_and_what_is_right_moves_the_picture() -> None:
    state = reduce(SessionState(), OpenLesson(lesson(LINE_LESSON.lstrip())))
    state = reduce(state, GiveAnswer("product", "2x sin x + x^2 cos x"))
    assert (state.answer("product").outcome, state.answer("product").tries) == ("equal", 0)
    assert not state.finished("product")
    state = reduce(state, GiveAnswer("product", "(x^2)' sin x + x^2 (sin x)'"))
    assert state.finished("product")
    assert state.scene is not None
    assert state.scene.step == 1


def test_an_expression_names_the_slip_of_a_derivative() -> None:
    exercise = ExpressionExercise(
        id="chain", line=1, ask="", answer="2x cos(x^2)", derivative_of="sin(x^2)", variables=("x",)
    )
    assert "inner derivative is missing" in str(score(exercise, "cos(x^2)", {}).words)
    without = ExpressionExercise(id="chain", line=1, ask="", answer="2x cos(x^2)", variables=("x",))
    assert "your formula gives" in str(score(without, "cos(x^2)", {}).words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("scene derivation", "scene secant", "needs worked steps"),
        ("step = 0\n", "step = -1\n", "no next line"),
        ('why = "Both', 'line = 9\nwhy = "Both', "no next line"),
        ('why = "Both', 'answer = "x"\nwhy = "Both', "answer"),
    ],
)
def test_what_is_wrong_with_the_block_is_said(old: str, new: str, words: str) -> None:
    text = LINE_LESSON.lstrip().replace(old, new)
    if "secant" in new:
        text = text.replace("step = 0\n", "")
    (problem,) = [one for one in problems_of(text) if not one.advice]
    assert words in str(problem.what)


def test_the_line_asked_for_may_be_named() -> None:
    text = LINE_LESSON.lstrip().replace('why = "Both', 'line = 3\nwhy = "Both')
    (exercise,) = lesson(text).steps[0].exercises()
    assert isinstance(exercise, LineExercise)
    assert (exercise.number, exercise.answer) == (3, "2*x*sin(x) + x^2*cos(x)")
