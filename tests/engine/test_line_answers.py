"""The next line as a learner types it: right, wrong with its slip, or equal and another step."""

import pytest

from engine.derivation import derive
from engine.errors import FormulaError
from engine.expression import parse, to_text
from engine.line_answers import LineVerdict, judge_line, read_line

LIMIT = "first-principles"


def judged(formula: str, number: int, given: str, method: str = "rules") -> LineVerdict:
    derivation = derive(parse(formula), "x", method)
    return judge_line(derivation, number, read_line(given, ("x", "h") if method == LIMIT else ("x",)))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("(x^2)' sin x", "(x^2)'*sin(x)"),
        ("(x^2)′ + x′", "(x^2)' + (x)'"),
        ("d/dx(x^2) + 1", "(x^2)' + 1"),
        ("d/dx [sin x] x", "(sin(x))'*x"),
        ("sin(x)' cos x", "(sin(x))'*cos(x)"),
        ("((x+1)(x-1))'", "((x + 1)*(x - 1))'"),
        ("(x (x^2)')'", "(x*(x^2)')'"),
        ("= 2x", "2*x"),
        ("lim h->0 (x^2 + 1)", "x^2 + 1"),
    ],
)
def test_primes_are_read(typed: str, read: str) -> None:
    assert to_text(read_line(typed, ("x",))) == read


@pytest.mark.parametrize(
    "typed", ["", "(x", "x^2'", "'", "+ ' +", "(y)'", "(x)'" * 30, "d/dx(", "d/dx x", ")'"]
)
def test_what_cannot_be_read_is_a_question(typed: str) -> None:
    with pytest.raises(FormulaError) as unread:
        read_line(typed, ("x",))
    assert str(unread.value)


@pytest.mark.parametrize(
    ("number", "given", "outcome"),
    [
        (1, "(x^2)' sin x + x^2 (sin x)'", "right"),
        (1, "x^2 (sin x)' + sin(x) (x^2)'", "right"),
        (1, "d/dx(x^2) sin x + x^2 d/dx(sin x)", "right"),
        (1, "2x sin x + x^2 (sin x)'", "equal"),
        (1, "2x sin x + x^2 cos x", "equal"),
        (1, "(x^2 sin x)'", "equal"),
        (1, "(x^2)' (sin x)'", "wrong"),
        (1, "(x^2)' sin x - x^2 (sin x)'", "wrong"),
        (2, "2x sin x + x^2 (sin x)'", "right"),
        (2, "(x^2)' sin x + x^2 (sin x)'", "equal"),
        (2, "x sin x + x^2 (sin x)'", "wrong"),
        (3, "x^2 cos x + 2x sin x", "right"),
    ],
)
def test_lines_by_rules(number: int, given: str, outcome: str) -> None:
    assert judged("x^2 sin(x)", number, given).outcome == outcome


@pytest.mark.parametrize(
    ("number", "given", "outcome"),
    [
        (1, "((x+h)^2 - x^2)/h", "right"),
        (2, "(x^2 + 2xh + h^2 - x^2)/h", "right"),
        (2, "(h^2 + 2hx + x^2 - x^2)/h", "right"),
        (2, "(2xh + h^2)/h", "equal"),
        (2, "2x", "equal"),
        (2, "(x^2 + h^2 - x^2)/h", "wrong"),
        (3, "2xh + h^2", "wrong"),
        (4, "h(2x+h)/h", "right"),
        (5, "2x+h", "right"),
        (6, "2x", "right"),
        (6, "2x + h", "wrong"),
    ],
)
def test_lines_of_the_difference_quotient(number: int, given: str, outcome: str) -> None:
    assert judged("x^2", number, given, LIMIT).outcome == outcome


@pytest.mark.parametrize(
    ("formula", "method", "number", "given", "words"),
    [
        ("x^2 sin(x)", "rules", 1, "(x^2)' (sin x)'", "term by term"),
        ("sin(x^2)", "rules", 1, "cos(x^2)", "inner derivative"),
        ("x^2 sin(x)", "rules", 1, "2x sin x + x^2 (sin x)'", "line 2"),
        ("x^2 sin(x)", "rules", 1, "(x^2 sin x)'", "line before"),
        ("x^2", LIMIT, 2, "(x^2+h^2-x^2)/h", "2xh"),
        ("x^2", LIMIT, 3, "2xh + h^2", "below is missing"),
        ("x^2", LIMIT, 6, "2x + h", "still an h"),
        ("x^2", LIMIT, 3, "2x", "already"),
        ("3x^2-4x", LIMIT, 1, "(3(x+h)^2-4(x+h)-3x^2-4x)/h", "changes its sign"),
        ("3x^2-4x", LIMIT, 1, "(3x^2-4x+h-(3x^2-4x))/h", "put in for every x"),
    ],
)
def test_what_is_said(formula: str, method: str, number: int, given: str, words: str) -> None:
    assert words in str(judged(formula, number, given, method).say)
