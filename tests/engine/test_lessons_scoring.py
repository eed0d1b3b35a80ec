"""What is right, wrong, unreadable or kept; and what stands under an exercise then."""

from __future__ import annotations

import math

import pytest
from lesson_samples import lesson

from engine.expression import parse_condition
from engine.lessons.lesson import Choice, ExpressionExercise, Goal, NumberExercise, WrongAnswer
from engine.lessons.scoring import (
    Answer,
    feedback,
    holds_over,
    known_values,
    review,
    score,
    shown_answer,
)
from engine.scene import make_scene

VALUES = {
    "secant_slope": 2.3,
    "tangent_slope": 2.0,
    "error": None,
    "gradient_1": 3.0,
    "done": True,
    "scheme": "x",
}

CHOICE = Choice(
    id="c",
    line=1,
    ask="?",
    options={"a": "Alpha", "b": "Beta", "c": "Gamma"},
    answer="a",
    wrong=(WrongAnswer("b", "Beta is a belief."),),
    why="Since alpha.",
    hints=("One.", "Two."),
)
NUMBER = NumberExercise(
    id="n",
    line=1,
    ask="?",
    answer="tangent_slope",
    tolerance=0.01,
    wrong=(WrongAnswer("secant_slope", "That is the secant's."), WrongAnswer("1/2", "Half.")),
    why="It settles.",
)
EXPRESSION = ExpressionExercise(
    id="e", line=1, ask="?", answer="2x - 3", wrong=(WrongAnswer("2x", "And at 1?"),), why="Slope 2."
)
TWO_VARIABLES = ExpressionExercise(id="t", line=1, ask="?", answer="x - y", variables=("x", "y"))

SCORED = [
    (CHOICE, "a", "right", "Since alpha."),
    (CHOICE, "b", "wrong", "Beta is a belief."),
    (CHOICE, "c", "wrong", ""),
    (NUMBER, "2", "right", "It settles."),
    (NUMBER, "1.995", "right", "It settles."),
    (NUMBER, "4/2", "right", "It settles."),
    (NUMBER, "2.3", "wrong", "That is the secant's."),
    (NUMBER, "0.5", "wrong", "Half."),
    (NUMBER, "7", "wrong", ""),
    (NUMBER, "two", "unreadable", ""),
    (NUMBER, "2,0", "unreadable", ""),
    (NUMBER, "", "open", ""),
    (EXPRESSION, "2(x - 1) - 1", "right", "Slope 2."),
    (EXPRESSION, "x*2", "wrong", "And at 1?"),
    (EXPRESSION, "3x", "wrong", ""),
    (EXPRESSION, "2x -", "unreadable", ""),
    (EXPRESSION, "2y - 3", "unreadable", ""),
    (EXPRESSION, "  ", "open", ""),
]


@pytest.mark.parametrize(("exercise", "given", "outcome", "say"), SCORED)
def test_scores(exercise: object, given: str, outcome: str, say: str) -> None:
    found = score(exercise, given, VALUES)
    assert (found.outcome, found.say) == (outcome, say)
    assert (found.words is not None) == (outcome == "unreadable" or (outcome == "wrong" and not say))


def test_unreadable_is_a_question_with_its_place() -> None:
    found = score(EXPRESSION, "2x + sin", {})
    assert found.outcome == "unreadable"
    assert found.span == (5, 8)
    assert "sin" in str(found.words)


def test_a_wrong_formula_is_answered_with_a_place_where_it_differs() -> None:
    # At x = 2 the answer 2x − 3 is 1, and 3x is 6.
    words = str(score(EXPRESSION, "3x", {}).words)
    assert words == "At x = 2 your formula gives 6, and 1 is asked for."
    # x − 3 and 2x − 3 agree at 0 only; √(x − 3) has no value at 2.
    assert "no value" in str(score(EXPRESSION, "sqrt(x - 3)", {}).words)
    # At x = 2, y = 1: x − y is 1, y − x is −1.
    words = str(score(TWO_VARIABLES, "y - x", {}).words)
    assert words == "At x = 2, y = 1 your formula gives −1, and 1 is asked for."


def test_a_wrong_number_is_said_back() -> None:
    assert "7" in str(score(NUMBER, "7", VALUES).words)


def test_an_empty_readout_has_no_right_number() -> None:
    assert score(NUMBER, "2", {"tangent_slope": None, "secant_slope": 1.0}).outcome == "wrong"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("secant_slope > 2", True),
        ("abs(secant_slope - tangent_slope) < 0.01", False),
        ("gradient_1 == 3 and done", True),
        ("not done", False),
        ("error < 1", False),
        ("error >= 1", False),
        ("not (error < 1)", False),  # there is no error to speak of
        ("error != 1", False),
        ("secant_slope > 2 or error < 1", False),
    ],
)
def test_conditions(condition: str, holds: bool) -> None:
    node = parse_condition(condition, ["secant_slope", "tangent_slope", "gradient_1", "done", "error"])
    assert holds_over(node, VALUES) is holds


def test_a_name_that_is_missing_or_no_number_makes_a_condition_false() -> None:
    assert not holds_over(parse_condition("missing != 1", ["missing"]), VALUES)
    assert not holds_over(parse_condition("scheme != 1", ["scheme"]), VALUES)
    assert not holds_over(parse_condition("secant_slope != 1", ["secant_slope"]), {"secant_slope": math.nan})


def test_goals_speak_of_readouts_parameters_and_entries_of_lists() -> None:
    field = make_scene("field", {"f": "x^2 + y^2", "x": 1.5, "y": 1.0})
    names = known_values(field)
    assert (names["gradient_1"], names["gradient_2"], names["x"]) == (3.0, 2.0, 1.5)
    goal = Goal(id="g", line=1, ask="?", check=parse_condition("gradient_1 == 3 and x > 1", list(names)))
    assert holds_over(goal.check, names)
    assert not holds_over(goal.check, known_values(make_scene("field", {"f": "x^2 + y^2", "x": 0})))


def test_a_prediction_is_kept_and_reviewed_later() -> None:
    exercise = lesson().steps[1].exercise("where")
    values = known_values(lesson().steps[2].setting.scene)
    assert score(exercise, "zero", values).outcome == score(exercise, "two", values).outcome == "kept"
    kept = Answer(given="zero", outcome="kept")
    assert feedback(exercise, kept, values).say == ""
    assert review(exercise, kept, values).outcome == "wrong"
    assert review(exercise, kept, values).say == "The run shrinks too."
    right = review(exercise, Answer(given="two", outcome="kept"), values)
    assert (right.outcome, right.say, right.shown) == ("right", "Rise and run shrink together.", "$2$")
    assert review(exercise, Answer(), values).outcome == "open"


def test_an_unreadable_prediction_is_not_kept() -> None:
    number = NumberExercise(id="p", line=1, ask="?", answer="2", predict=True)
    assert score(number, "abc", {}).outcome == "unreadable"
    assert score(number, "5", {}).outcome == "kept"


def test_the_ladder_of_hints_and_the_answer_after_two_tries() -> None:
    once = feedback(CHOICE, Answer("c", "wrong", hints=1, tries=1), VALUES)
    assert (once.hints, once.more_hints, once.may_show, once.shown) == (("One.",), True, False, "")
    twice = feedback(CHOICE, Answer("c", "wrong", hints=2, tries=2), VALUES)
    assert (twice.hints, twice.more_hints, twice.may_show) == (("One.", "Two."), False, True)
    seen = feedback(CHOICE, Answer("c", "wrong", tries=2, seen=True), VALUES)
    assert (seen.shown, seen.may_show, seen.say) == ("Alpha", False, "Since alpha.")
    right = feedback(CHOICE, Answer("a", "right", tries=3), VALUES)
    assert (right.may_show, right.more_hints, right.say) == (False, False, "Since alpha.")


def test_a_goal_shows_its_last_hint_once_the_ladder_is_open() -> None:
    goal = lesson().steps[3].exercise("close")
    assert not feedback(goal, Answer(hints=1), {}).may_show
    assert feedback(goal, Answer(hints=2), {}).may_show
    assert feedback(goal, Answer(hints=2, seen=True), {}).shown == "Bring $h$ below 0.01."


def test_answers_are_shown_as_markdown() -> None:
    assert shown_answer(NUMBER, VALUES) == "$2$"
    assert shown_answer(EXPRESSION, {}).replace(" ", "") == "$2x-3$"


def test_a_wrong_answer_stays_wrong_when_the_picture_moves_on() -> None:
    moved = {**VALUES, "tangent_slope": 7.0}
    found = feedback(NUMBER, Answer("7", "wrong", tries=1), moved)
    assert found.outcome == "wrong"
    assert found.words is not None
    assert not found.say
