"""A line of a derivation in its card: typed with primes, typeset, judged, and equal is no mistake."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.actions import GiveAnswer
from engine.figure import Value
from engine.lessons.lesson import LineExercise
from engine.lessons.scoring import Answer, known_values
from engine.scene import make_scene
from gui.exercises import LineCard, exercise_card

LINE = LineExercise(
    id="product",
    line=1,
    ask="Use the product rule.",
    hints=("u, v",),
    why="Both change.",
    number=1,
    answer="",
)


def values(**given: object) -> dict[str, Value]:
    return known_values(make_scene("derivation", {"f": "x^2 sin(x)", "step": 0, **given}))


@pytest.fixture
def card(qtbot, typesetter, themes):
    card = exercise_card(LINE, typesetter, themes)
    assert isinstance(card, LineCard)
    qtbot.addWidget(card)
    card.set_state(Answer(), values(), {})
    card.show()
    qtbot.waitExposed(card)
    return card


def test_what_is_typed_is_typeset_and_handed_in(card, qtbot):
    given = []
    card.action.connect(given.append)
    qtbot.keyClicks(card.line, "(x^2)' sin x + x^2 (sin x)'")
    assert card.field.picture.latex() == r"(x^{2})' \sin x + x^{2} \cdot (\sin x)'"
    qtbot.keyClick(card.line, Qt.Key.Key_Return)
    assert given == [GiveAnswer("product", "(x^2)' sin x + x^2 (sin x)'")]


@pytest.mark.parametrize(
    ("outcome", "given", "sign", "words"),
    [
        ("right", "(x^2)' sin x + x^2 (sin x)'", "✓", "Both change."),
        ("equal", "2x sin x + x^2 cos x", "=", "line 3"),
        ("wrong", "(x^2)' (sin x)'", "✗", "term by term"),
    ],
)
def test_the_verdict_stands_under_it(card, outcome, given, sign, words):
    card.set_state(Answer(given=given, outcome=outcome, tries=1), values(), {})
    assert card.feedback.verdict.sign.text().startswith(sign)
    assert words in card.feedback.verdict.say.words()
    assert card.finished() == (outcome == "right")


def test_a_mistake_in_the_line_is_said_where_it_stands(card, qtbot):
    qtbot.keyClicks(card.line, "(x^2")
    qtbot.keyClick(card.line, Qt.Key.Key_Return)
    assert card.field.error() is not None


def test_first_principles_have_an_h(card, qtbot):
    card.set_state(Answer(), values(f="x^2", method="first-principles", step=1), {})
    assert "lim" in card.line.placeholderText()
    qtbot.keyClicks(card.line, "(2xh + h^2)/h")
    assert card.field.error() is None
