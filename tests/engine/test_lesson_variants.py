"""Exercises with other numbers: answers by hand, words as they are read, and what the format refuses."""

from __future__ import annotations

import pytest
from lesson_samples import HEAD

from engine.actions import GiveAnswer, OpenLesson, ShowAnswer, TryAnother, Undo
from engine.errors import LessonError
from engine.expression import parse, to_text
from engine.lessons.format import read_lesson
from engine.lessons.lesson import ExpressionExercise, Lesson, NumberExercise
from engine.lessons.lint import check_lesson
from engine.lessons.variants import filled, posed, variant_count, with_numbers
from engine.session import SessionState, reduce

POWER = """
```expression power
vary = { a = [3, -1, 5], n = [4, 2] }
derivative_of = "a x^n"
ask = 'Differentiate $f(x) = {formula}$.'
hint = ['The {n} comes down.']
why = 'It is ${n} \\cdot {a}$.'
wrong = [{ answer = "a x^(n-1)", say = 'The {n} is missing.' }]
```
"""
SLOPE = """
```number slope
vary = { b = ["pi/3", 0] }
derivative_of = "sin x"
at = "b"
ask = 'The slope at ${b}$?'
hint = ['cos']
why = 'The slope of the sine is the cosine.'
```
"""
PICTURE = '```scene secant\nf = "x^2"\nx0 = 1\n```\n'


def lesson(*blocks: str) -> Lesson:
    return read_lesson(HEAD + "# Only\n\n" + PICTURE + "\n".join(blocks), "vary.en.md")


def problems(*blocks: str) -> list[str]:
    with pytest.raises(LessonError) as caught:
        lesson(*blocks)
    return [str(problem.what) for problem in caught.value.problems]


def test_the_first_variant_takes_the_first_numbers():
    (power,) = lesson(POWER).steps[0].exercises()
    exercise = posed(power, 0)
    assert isinstance(exercise, ExpressionExercise)
    assert exercise.ask == "Differentiate $f(x) = {3 x^{4}}$."
    assert exercise.hints == ("The 4 comes down.",)
    assert exercise.why == r"It is ${4} \cdot {3}$."
    assert exercise.wrong[0].say == "The 4 is missing."


def test_every_variant_comes_once_and_then_again():
    (power,) = lesson(POWER).steps[0].exercises()
    assert variant_count(power) == 6
    answers = [posed(power, variant).answer for variant in range(7)]
    # n a x^(n-1), by hand, for a of 3, −1, 5 and n of 4, 2
    assert set(answers) == {"12*x^3", "6*x", "-4*x^3", "-2*x", "20*x^3", "10*x"}
    assert answers[6] == answers[0] == "12*x^3"


def test_a_variant_is_the_same_on_every_computer():
    first, second = (lesson(POWER).steps[0].exercises()[0] for _ in range(2))
    for variant in range(6):
        assert posed(first, variant).answer == posed(second, variant).answer


def test_the_next_variant_changes_every_number_while_one_is_left_that_does():
    (power,) = lesson(POWER).steps[0].exercises()
    formulas = [posed(power, variant).derivative_of for variant in range(6)]
    assert formulas[0] == "3*x^4"
    # of 3 numbers and 2 exponents all change from each row to the next: 4, 2, 4, 2 …
    assert [formula.endswith("^4") for formula in formulas] == [True, False] * 3
    assert not formulas[1].startswith("3")


def test_a_number_below_0_has_the_minus_of_all_numbers_in_words():
    (power,) = lesson(POWER).steps[0].exercises()
    hints = {posed(power, variant).hints[0] for variant in range(6)}
    assert hints == {"The 4 comes down.", "The 2 comes down."}
    block = POWER.replace("The {n} comes down.", "Keep the {a}, {formula}.")
    (power,) = lesson(block).steps[0].exercises()
    hints = {posed(power, variant).hints[0] for variant in range(6)}
    assert "Keep the −1, -x^2." in hints


def test_the_slope_at_a_place_is_computed():
    (slope,) = lesson(SLOPE).steps[0].exercises()
    assert isinstance(posed(slope, 0), NumberExercise)
    # cos(π/3) = 1/2, cos 0 = 1
    state = reduce(SessionState(), OpenLesson(lesson(SLOPE)))
    assert reduce(state, GiveAnswer("slope", "0.5")).answer("slope").outcome == "right"
    state = reduce(state, TryAnother("slope"))
    assert reduce(state, GiveAnswer("slope", "0.5")).answer("slope").outcome == "wrong"
    assert reduce(state, GiveAnswer("slope", "1")).answer("slope").outcome == "right"


@pytest.mark.parametrize(
    ("formula", "numbers", "written"),
    [
        ("a x^n + b", {"a": "1", "n": "2", "b": "-3"}, "x^2 - 3"),
        ("a x^n + b", {"a": "-1", "n": "1", "b": "0"}, "-x"),
        ("x^3 + a x", {"a": "-5"}, "x^3 - 5*x"),
        ("x^3 - a x + b/x", {"a": "-5", "b": "-2"}, "x^3 + 5*x - 2/x"),
        ("(x - a)(x + b)", {"a": "2", "b": "3"}, "(x - 2)*(x + 3)"),
        ("sin(a x)", {"a": "1"}, "sin(x)"),
        ("x + x", {}, "x + x"),
    ],
)
def test_numbers_are_written_as_on_paper(formula, numbers, written):
    names = tuple(numbers)
    nodes = {name: parse(value, ()) for name, value in numbers.items()}
    assert to_text(with_numbers(parse(formula, ("x", *names)), nodes)) == written


def test_only_known_names_are_filled_in():
    words = {"a": ("12", "12")}
    assert filled("At {a}: $x^{a}$ and $\\frac{1}{b}$, {slope}.", words) == (
        "At 12: $x^{12}$ and $\\frac{1}{b}$, {slope}."
    )


def test_another_is_tried_and_taken_back():
    state = reduce(SessionState(), OpenLesson(lesson(POWER)))
    state = reduce(state, GiveAnswer("power", "12x^3"))
    assert state.answer("power").outcome == "right"
    another = reduce(state, TryAnother("power"))
    assert another.answer("power").outcome == "open"
    assert another.finished("power")  # once done is done
    assert reduce(another, GiveAnswer("power", "12x^3")).answer("power").outcome == "wrong"
    assert reduce(another, Undo()).answer("power") == state.answer("power")


def test_an_exercise_without_numbers_has_no_other():
    plain = POWER.replace("vary = { a = [3, -1, 5], n = [4, 2] }\n", "").replace("a x^n", "x^4")
    plain = plain.replace("{n}", "4").replace('answer = "a x^(n-1)"', 'answer = "x^3"')
    state = reduce(SessionState(), OpenLesson(lesson(plain)))
    assert reduce(state, TryAnother("power")) is state
    assert reduce(state, GiveAnswer("power", "4 x^3")).answer("power").outcome == "right"


def test_what_was_shown_can_be_tried_again():
    state = reduce(SessionState(), OpenLesson(lesson(POWER)))
    state = reduce(reduce(state, ShowAnswer("power")), TryAnother("power"))
    assert not state.answer("power").seen
    assert state.finished("power")


def test_every_variant_is_linted():
    # with n = 1 the belief "the 1 is missing" is the right answer
    bad = POWER.replace("n = [4, 2]", "n = [4, 1]")
    found = [str(problem.what) for problem in check_lesson(lesson(bad)) if not problem.advice]
    assert any("is not judged wrong" in what for what in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("n = [4, 2]", "n = [4]", "2 to 24 numbers"),
        ("n = [4, 2]", 'n = [4, "two"]', "vary:"),
        ("n = [4, 2]", "n = 3", "needs a list"),
        ("n = [4, 2]", "x = [4, 2], n = [4, 2]", "x is no name here"),
        ("n = [4, 2]", "h = [4, 2], n = [4, 2]", "a name of the picture already"),
        ("n = [4, 2]", "power = [4, 2], n = [4, 2]", "power is no name here"),
        ('derivative_of = "a x^n"', 'derivative_of = "a x^m"', "derivative_of:"),
        ('derivative_of = "a x^n"', 'derivative_of = "a x^n"\nanswer = "x"', "not both"),
        ("The {n} comes", "The {q} comes", "{q}"),
    ],
)
def test_what_is_wrong_is_named(old, new, said):
    assert any(said in problem for problem in problems(POWER.replace(old, new)))
