"""Slips by hand: what a learner types who makes one, and what is said."""

import pytest

from engine.expression import parse
from engine.false_rules import SLIPS
from engine.rules import derivative
from engine.slips import diagnose, slipped_derivatives

# The answers are those of a learner who makes the slip on paper; none is taken from the program.
NAMED = [
    ("sin(x^2)", "cos(x^2)", "inner derivative is missing"),
    ("(3x+1)^5", "5(3x+1)^4", "inner derivative is missing"),
    ("e^(-x^2)", "e^(-x^2)", "inner derivative is missing"),
    ("ln(x^2+1)", "1/(x^2+1)", "inner derivative is missing"),
    ("sin(3x) cos(2x)", "cos(3x)cos(2x) - 2sin(3x)sin(2x)", "inner derivative is missing"),
    ("1/(x^2+1)", "-1/(x^2+1)^2", "inner derivative is missing"),
    ("sin(x^2)", "cos(2x)", "at the inner derivative"),
    ("(x^2+1)^3", "3(2x)^2", "at the inner derivative"),
    ("x^4", "4x^4", "not lowered"),
    ("3x^4 + 4x", "12x^4 + 4", "not lowered"),
    ("x^3", "x^2", "did not come down"),
    ("x^3", "2x^2", "before it is lowered"),
    ("x^3", "3x^4", "raised"),
    ("x^3", "x^4/4", "antiderivative"),
    ("1/x", "ln|x|", "antiderivative"),
    ("2^x", "x*2^(x-1)", "stands in the exponent"),
    ("e^x", "x e^(x-1)", "stands in the exponent"),
    ("2^x", "2^x", "ln of the base"),
    ("log_3(2x^2+4x)", "(4x+4)/(2x^2+4x)", "base of the logarithm"),
    ("cos x", "sin x", "sign"),
    ("sin x", "-cos x", "sign"),
    ("tan x", "1/cos(x)", "squared"),
    ("x^2 sin x", "2x cos x", "term by term"),
    ("(x-2)(x+3)", "1", "term by term"),
    ("x^2 sin x", "2x sin x", "One half"),
    ("x^2 sin x", "x^2 cos x", "One half"),
    ("x^2 sin x", "2x sin x - x^2 cos x", "added"),
    ("x^2/(x+1)", "(x^2 - 2x(x+1))/(x+1)^2", "other way round"),
    ("x^2/(x+1)", "(2x(x+1) - x^2)/x^4", "upside down"),
    ("x^2/(x+1)", "2x", "term by term"),
    ("x^2/(x+1)", "(2x(x+1) - x^2)/(x+1)", "not squared"),
    ("x^2/(x+1)", "2x(x+1) - x^2", "divide by the denominator"),
    ("x^2/(x+1)", "(2x(x+1) + x^2)/(x+1)^2", "taken away"),
    ("1/x", "1/x^2", "minus sign"),
    ("1/(x^2+1)", "1/(2x)", "reciprocal"),
    ("sqrt(x)", "1/sqrt(x)", "2 below"),
    ("3x^4 + 4x + 6", "12x^3 + 4 + 6", "constant that is added"),
    ("3x^4", "4x^3", "constant factor was lost"),
    ("6", "6", "itself"),
    ("x ln x", "x ln x", "itself"),
]


@pytest.mark.parametrize(("formula", "given", "words"), NAMED)
def test_the_slip_is_named(formula: str, given: str, words: str) -> None:
    said = diagnose(parse(formula), parse(given), "x")
    assert said is not None
    assert words in str(said)


@pytest.mark.parametrize(
    ("formula", "given"),
    [("x^2", "7x - 3"), ("sin x", "tan x"), ("x^2 sin x", "x"), ("ln(-1-x^2)", "x"), ("x^3", "3x^2 + 1e-3")],
)
def test_a_strange_answer_is_no_known_slip(formula: str, given: str) -> None:
    assert diagnose(parse(formula), parse(given), "x") is None


@pytest.mark.parametrize(
    "formula",
    ["x^4", "sin(x^2)", "x^2/(x+1)", "e^x sin x", "2^(3x)", "sqrt(1-x^2)", "log(x, 3)", "a x^2 + b"],
)
def test_a_right_answer_is_never_a_slip(formula: str) -> None:
    node = parse(formula, ("x", "a", "b"))
    assert diagnose(node, derivative(node, "x"), "x") is None


def test_other_letters_are_constants() -> None:
    node = parse("(w x + b)^2", ("w", "x", "b"))
    said = diagnose(node, parse("2(w x + b)", ("w", "x", "b")), "w")
    assert "inner derivative is missing" in str(said)


def test_every_slip_is_made_by_some_formula() -> None:
    formulas = [formula for formula, *_ in NAMED] + [
        "x/3",
        "2x",
        "log(x^2, 3)",
        "ln(2x+1)",
        "tan(2x)",
        "x - 1",
    ]
    said = {str(say) for formula in formulas for say, _ in slipped_derivatives(parse(formula), "x")}
    assert {str(slip.say) for slip in SLIPS} <= said


def test_a_large_formula_is_not_searched() -> None:
    many = "+".join(f"sin({n}x)" for n in range(1, 60))
    assert diagnose(parse(many), parse("x"), "x") is None
