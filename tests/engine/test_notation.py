"""Formulas written down and read aloud."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import LimitError
from engine.expression import parse, to_latex, to_text, to_words
from engine.nodes import (
    Call,
    Comparison,
    Constant,
    Difference,
    Logical,
    Negation,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Undefined,
    Variable,
)
from engine.notation import variable_latex
from engine.tokens import MAX_LENGTH, MAX_NESTING, MAX_TOKENS
from engine.vocabulary import FUNCTIONS

NAMES = ("x", "y", "theta", "w1", "a_b")


def decimals(pair):
    digits, places = pair
    return Number(Fraction(digits, 10**places), True)


_leaves = (
    st.integers(0, 10**6).map(Number)
    | st.tuples(st.integers(1, 10**9), st.integers(1, 20)).map(decimals)
    | st.sampled_from(NAMES).map(Variable)
    | st.sampled_from(["pi", "e", "tau"]).map(Constant)
)
_calls = sorted(name for name, entry in FUNCTIONS.items() if entry.minimum == 1 and name != "log")


def _grown(parts):
    conditions = st.builds(Comparison, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), parts, parts)
    conditions |= st.builds(lambda c: Logical("not", (c,)), conditions)
    words = st.sampled_from(["and", "or"])
    conditions |= st.builds(lambda word, a, b: Logical(word, (a, b)), words, conditions, conditions)
    return (
        st.builds(Negation, parts)
        | st.builds(Sum, parts, parts)
        | st.builds(Difference, parts, parts)
        | st.builds(Product, parts, parts)
        | st.builds(Quotient, parts, parts)
        # A power of numbers may be too large to be a formula at all.
        | st.builds(Power, st.sampled_from(NAMES).map(Variable), parts)
        | st.builds(Power, parts.filter(lambda node: node.variables), parts)
        | st.builds(lambda name, u: Call(name, (u,)), st.sampled_from(_calls), parts)
        | st.builds(lambda u, v: Call("log", (u, v)), parts, parts)
        | st.builds(lambda u, v, w: Call("max", (u, v, w)), parts, parts, parts)
        | st.builds(lambda u, c, v: Piecewise(((u, c),), v), parts, conditions, parts | st.just(Undefined()))
        | conditions
    )


nodes = st.recursive(_leaves, _grown, max_leaves=15)


def _is_typable(text):
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return len(text) <= MAX_LENGTH and deepest < MAX_NESTING and len(text) < MAX_TOKENS


# Hypothesis finds the strategy's own name too long.
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(deadline=None)
@given(nodes)
def test_text_reads_back_as_the_same_node(node):
    text = to_text(node)
    if _is_typable(text):
        assert parse(text, NAMES) is node


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(deadline=None)
@given(nodes)
def test_every_formula_has_latex_and_words(node):
    latex = to_latex(node)
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert str(to_words(node))


LATEX = [
    ("3x^2 - 4x", "3 x^{2} - 4 x"),
    ("x/2", r"\frac{x}{2}"),
    ("(x+1)/(x-1)", r"\frac{x + 1}{x - 1}"),
    ("2(x+1)", "2 (x + 1)"),
    ("2*3", r"2 \cdot 3"),
    ("x*2", r"x \cdot 2"),
    ("sqrt(x+1)", r"\sqrt{x + 1}"),
    ("cbrt x", r"\sqrt[3]{x}"),
    ("x^(1/3)", "x^{1/3}"),
    ("|x|", r"\left|x\right|"),
    ("e^-x", "e^{-x}"),
    ("exp(2x)", "e^{2 x}"),
    ("sin x", r"\sin x"),
    ("sin 2x cos x", r"\sin(2 x) \cos x"),
    ("x sin x", r"x \sin x"),
    ("sin(x) y", r"\sin x \cdot y"),
    ("sin^2 x", r"\sin^{2} x"),
    ("sin^2(2x)", r"\sin^{2}(2 x)"),
    ("(sin x)^-1", r"(\sin x)^{-1}"),
    ("asin x", r"\arcsin x"),
    ("ln(x/2)", r"\ln\left(\frac{x}{2}\right)"),
    ("log_2 x", r"\log_{2} x"),
    ("log(x, 5)", r"\log_{5} x"),
    ("theta^2", r"\theta^{2}"),
    ("w1 x", "w_{1} x"),
    ("-(x+1)", "-(x + 1)"),
    ("(-x)^2", "(-x)^{2}"),
    ("-x^2", "-x^{2}"),
    ("x - (y - 1)", "x - (y - 1)"),
    ("x - y - 1", "x - y - 1"),
    ("(x/2)^2", r"\left(\frac{x}{2}\right)^{2}"),
    ("(x^2)^3", "(x^{2})^{3}"),
    ("(x+1)(x-1)", "(x + 1) (x - 1)"),
    ("floor x", r"\left\lfloor x\right\rfloor"),
    ("max(x, 0)", r"\max(x, 0)"),
    ("relu(x)", r"\operatorname{ReLU}(x)"),
    ("sigmoid(x)", r"\sigma(x)"),
    ("2πx", r"2 \pi x"),
    ("1e-7", r"1 \cdot 10^{-7}"),
    ("0.1x", "0.1 x"),
    ("-x if x < 0 else x", r"\begin{cases}-x & \text{if } x < 0 \\ x & \text{otherwise}\end{cases}"),
    ("(x >= 0) x", r"(x \ge 0) x"),
]


@pytest.mark.parametrize(("typed", "latex"), LATEX)
def test_latex_as_a_textbook_sets_it(typed, latex):
    assert to_latex(parse(typed, (*NAMES, "y"))) == latex


def test_names_are_set_with_their_subscripts():
    assert variable_latex("x_0") == "x_{0}"
    assert variable_latex("theta_1") == r"\theta_{1}"
    assert variable_latex("lambda") == r"\lambda"
    assert variable_latex("secant_slope") == r"\text{secant slope}"
    assert variable_latex("h") == "h"


WORDS = [
    ("x^2 - 4x", "x squared minus 4 times x"),
    ("x^3", "x cubed"),
    ("(x+1)/2", "open bracket x plus 1 close bracket over 2"),
    ("e^-x", "e to the power minus x"),
    ("2^(3^x)", "2 to the power open bracket 3 to the power x close bracket"),
    ("sqrt(x)", "the square root of x"),
    ("-sin x", "minus sine of x"),
    ("|x|", "the absolute value of x"),
    ("x < 1", "x is less than 1"),
    ("-x if x < 0 else x", "minus x where x is less than 0, otherwise x"),
    ("0.5x", "0.5 times x"),
]


@pytest.mark.parametrize(("typed", "words"), WORDS)
def test_words_as_one_says_them(typed, words):
    assert str(to_words(parse(typed))) == words


def test_a_formula_too_long_for_paper_is_refused():
    node = Variable("x")
    for _ in range(60):
        node = Product(node, node)  # 2^60 letters, 61 nodes
    with pytest.raises(LimitError):
        to_text(node)
    assert str(to_words(node)) == "a long formula"
