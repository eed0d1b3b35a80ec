"""What a learner may type, what it means, and what is said where it means nothing."""

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.expression import names_in, parse, parse_condition, parse_number, to_text
from engine.nodes import Piecewise, Undefined

NAMES = ("x", "y", "w1", "theta", "b", "x_0")

# As typed, and the same written out in full.
COMFORTS = [
    ("2x", "2*x"),
    ("2(x+1)", "2*(x+1)"),
    ("(x+1)(x-1)", "(x+1)*(x-1)"),
    ("x(x+1)", "x*(x+1)"),
    ("xy", "x*y"),
    ("x y", "x*y"),
    ("1/2x", "(1/2)*x"),
    ("1/(2x)", "1/(2*x)"),
    ("x/y/b", "(x/y)/b"),
    ("x-y-b", "(x-y)-b"),
    ("x-y+b", "(x-y)+b"),
    ("-x^2", "-(x^2)"),
    ("-x*y", "-(x*y)"),
    ("2/-x*y", "(2/(-x))*y"),
    ("2^3^2", "2^(3^2)"),
    ("2**3", "2^3"),
    ("e^-x", "e^(-x)"),
    ("e^-x^2", "e^(-(x^2))"),
    ("e^-x y", "e^(-x)*y"),
    ("e^2x", "(e^2)*x"),
    ("x^2y", "(x^2)*y"),
    ("3 sin x", "3*sin(x)"),
    ("sinx", "sin(x)"),
    ("xsinx", "x*sin(x)"),
    ("sin 2x", "sin(2*x)"),
    ("sin 2x cos x", "sin(2*x)*cos(x)"),
    ("sin x y", "sin(x*y)"),
    ("sin x (x+1)", "sin(x)*(x+1)"),
    ("sin x/2", "sin(x)/2"),
    ("sin x + 1", "sin(x)+1"),
    ("sin x^2", "sin(x^2)"),
    ("sin(x)^2", "(sin(x))^2"),
    ("sin -2x", "sin(-(2*x))"),
    ("sin cos x", "sin(cos(x))"),
    ("sin^2 x", "sin(x)^2"),
    ("sin² x", "sin(x)^2"),
    ("sin^2(x+1)", "sin(x+1)^2"),
    ("sin^-1 x", "asin(x)"),
    ("sin⁻¹ x", "asin(x)"),
    ("sin^(-1)(x)", "asin(x)"),
    ("arcsin x", "asin(x)"),
    ("tanh^-1 x", "atanh(x)"),
    ("sin^-2 x", "sin(x)^(-2)"),
    ("|x|", "abs(x)"),
    ("2|x|", "2*abs(x)"),
    ("|x|·|y|", "abs(x)*abs(y)"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("||x|-1|", "abs(abs(x)-1)"),
    ("|x-(|y|)|", "abs(x-abs(y))"),
    ("ln|x|", "ln(abs(x))"),
    ("ln|x| y", "ln(abs(x))*y"),
    ("log x", "ln(x)"),
    ("log(x)", "ln(x)"),
    ("log_2 x", "log2(x)"),
    ("log_2(x)", "log2(x)"),
    ("log₂ x", "log2(x)"),
    ("log₃ x", "log(x, 3)"),
    ("log_10 x", "log10(x)"),
    ("log_3(x)", "log(x, 3)"),
    ("log_b x", "log(x, b)"),
    ("log_(x+1)(y)", "log(y, x+1)"),
    ("log_e x", "ln(x)"),
    ("lg x", "log10(x)"),
    ("√x", "sqrt(x)"),
    ("√2x", "sqrt(2)*x"),
    ("√(2x)", "sqrt(2*x)"),
    ("sqrt 2x", "sqrt(2*x)"),
    ("∛x", "cbrt(x)"),
    ("x²", "x^2"),
    ("x³y⁴", "x^3*y^4"),
    ("½x", "(1/2)*x"),
    ("2πx", "2*pi*x"),
    ("3 − 4×x ÷ 2", "3 - 4*x/2"),
    ("θ^2", "theta^2"),
    ("w₁", "w1"),
    ("w_1", "w1"),
    ("x0", "x_0"),
    ("x₀", "x_0"),
    ("3 ≤ x", "3 <= x"),
    ("0 < x < 1", "0 < x and x < 1"),
    ("(x > 0)x", "(x > 0)*x"),
    ("-x if x < 0 else x", "piecewise(x < 0, -x, x)"),
    ("1 if x < 0 else 2 if x < 1 else 3", "piecewise(x < 0, 1, x < 1, 2, 3)"),
    ("{x < 0: -x, x}", "piecewise(x < 0, -x, x)"),
    ("{x < 0: 1, x > 1: 2}", "piecewise(x < 0, 1, x > 1, 2)"),
    ("e^{-x}", "e^(-x)"),
    ("f(x) = x^2", "x^2"),
    ("sgn x", "sign(x)"),
    ("logistic(x)", "sigmoid(x)"),
    ("max(x, y, 1)", "max(x,y,1)"),
    ("+x", "x"),
    ("2e^x", "2*(e^x)"),
    ("2e3x", "2000.0x"),
]


@pytest.mark.parametrize(("typed", "full"), COMFORTS)
def test_comforts(typed, full):
    assert parse(typed, NAMES) is parse(full, NAMES)


def test_nothing_is_simplified():
    assert to_text(parse("x + 0*x - 1/1")) == "x + 0*x - 1/1"
    assert to_text(parse("0.10")) == "0.1"
    assert parse("1/3") is not parse("0.3333")


def test_a_variable_hides_a_constant():
    assert to_text(parse("e x", ("x", "e"))) == "e*x"
    assert parse("e", ("e",)) is not parse("e", ("x",))


def test_left_side_is_not_taken_from_an_equation_of_variables():
    assert parse("y = x", ("x",)) is parse("x")
    with pytest.raises(FormulaError, match="equals sign"):
        parse("y = x", ("x", "y"))


def test_missing_case_is_undefined():
    assert parse("piecewise(x < 0, 1)") is Piecewise(((parse("1"), parse("x < 0")),), Undefined())


# Typed, the place of the mistake, words of the message or its remedy.
MISTAKES = [
    ("", "", "no formula yet"),
    ("   ", "", "no formula yet"),
    ("x +", "+", "stops too early"),
    ("x^", "^", "stops too early"),
    ("(x+1", "(", "never closed"),
    ("2*((x+1)", "(", "never closed"),
    ("x+1)", ")", "closes nothing"),
    ("(x+1}", "}", "closes nothing"),
    ("|x", "|", "never closed"),
    ("()", ")", "missing"),
    ("*x", "*", "cannot stand here"),
    ("x^^2", "^", "cannot stand here"),
    ("sin", "sin", "needs an argument"),
    ("2 log_2", "log_2", "log_2(x)"),
    ("sin()", "sin()", "takes one argument, not 0"),
    ("1 + sin(x, x)", "sin(x, x)", "takes one argument, not 2"),
    ("max(x)", "max(x)", "at least two arguments, not 1"),
    ("log(x,2,3)", "log(x,2,3)", "one or two arguments, not 3"),
    ("sin(0,5)", "sin(0,5)", "0.5"),
    ("0,5", ",", "write a point"),
    ("sine(x)", "sine", "Did you mean sin?"),
    ("1 + sqr(x)", "sqr", "Did you mean sqrt?"),
    ("Sin(x)", "Sin", "Did you mean sin?"),
    ("sigmoyd(x)", "sigmoyd", "Did you mean sigmoid?"),
    ("z", "z", "Known here: x"),
    ("x2", "x2", "x^2"),
    ("x 2", "2", "Write * between"),
    ("10 000", "000", "without a sign"),
    ("2½", "2½", "not one number"),
    ("1.2.3", "1.2.", "not one number"),
    ("x = 2", "=", "write =="),
    ("x if x < 0", "if", "other case is missing"),
    ("x if x else 2", "x", "condition is needed"),
    ("not x", "x", "condition is needed"),
    ("piecewise(x, 1, 2)", None, "condition is needed"),
    ("piecewise(x < 1)", "piecewise(x < 1)", "at least two arguments"),
    ("sqrt^-1 x", "sqrt", "1/sqrt(x)"),
    ("9^9^9^9", "9^9^9", "larger than any number"),
    ("10^400 x", "10^400", "larger than any number"),
    ("1e999", "1e999", "beyond"),
    ("1e-999", "1e-999", "beyond"),
    ("1e999999999999", "1e999999999999", "beyond"),
    ("x!", "!", "Factorials"),
    ("5%", "%", "decimal"),
    ("\\1/2", "\\", "without LaTeX"),
    ("$x$", "$", "dollar"),
    ("x\u200b+1", "\u200b", "invisible"),
    # Never Python, whatever it looks like.
    ("().__class__.__bases__", ".", "cannot stand"),
    ("__import__('os').system('id')", "__import__", "not known"),
    ("x.__class__", ".", "cannot stand"),
    ("lambda: 1", "lambda", "not known"),
    ("'abc'", "'", "quotation marks"),
    ('"abc"', '"', "quotation marks"),
    ("x[0]", "[", "round brackets"),
    ("[x for x in y]", "[", "round brackets"),
    ("x := 1", ":", "cannot stand"),
    ("import os", "import", "not known"),
    ("exec(x)", "exec", "not known"),
    ("x // 2", "/", "cannot stand"),
    ("x @ x", "@", "cannot stand"),
    ("1_000", "_000", "not known"),
    ("1j", "j", "not known"),
    ("0x10", "x10", "x^10"),
]


@pytest.mark.parametrize(("typed", "place", "words"), MISTAKES)
def test_mistakes_have_a_place_and_words(typed, place, words):
    with pytest.raises(FormulaError) as caught:
        parse(typed)
    error = caught.value
    assert words in str(error)
    assert error.source == typed
    start, stop = error.span
    assert 0 <= start <= stop <= len(typed)
    assert place is None or typed[start:stop] == place
    assert error.remedy is not None


def test_the_place_counts_from_the_left_side_that_was_left_out():
    with pytest.raises(FormulaError) as caught:
        parse("f(x) = 2x + q")
    assert caught.value.span == (12, 13)


HOSTILE = {
    "ten megabytes": "x+" * 5_000_000,
    "brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "brackets within the length": "(" * 900 + "x" + ")" * 900,
    "calls": "sin(" * 300 + "x" + ")" * 300,
    "functions": "sin " * 490 + "x",
    "signs": "-" * 900 + "x",
    "powers": "x^" * 490 + "x",
    "roots": "√" * 900 + "x",
    "negations": "not " * 400 + "x > 0",
    "cases": "x if x < 0 else " * 120 + "x",
    "bars": "|" * 1999,
    "name": "x" * 2000,
    "split name": "sin" * 600 + "x",
    "digits": "9" * 2000,
    "exponent": "x^" + "9" * 1900,
    "braces": "{x<0:" * 200 + "x" + "}" * 200,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused(text):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert len(caught.value.source) <= 2000
    assert len(str(caught.value)) < 300


@settings(deadline=None)
@given(st.text(alphabet="xy12. +-*/^()|{}<>=,:;sincolgqrtpe_²√½π≤'\"[]\\!", max_size=30))
def test_any_text_is_a_formula_or_a_formula_error(text):
    with suppress(FormulaError):
        parse(text, ("x", "y"))


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_characters_are_a_formula_or_a_formula_error(text):
    with suppress(FormulaError):
        parse_number(text, infinite=True)
    with suppress(FormulaError):
        parse_condition(text, ["x"])


CONDITIONS = [
    ("abs(secant_slope - tangent_slope) < 0.01 and h > 0", ("secant_slope", "tangent_slope", "h")),
    ("done", ("done",)),
    ("not done or steps >= 10", ("done", "steps")),
    ("0 < h <= 1", ("h",)),
    ("x == 1 or x != 2 and x < 3", ("x",)),
]


@pytest.mark.parametrize(("typed", "names"), CONDITIONS)
def test_conditions_read_back(typed, names):
    node = parse_condition(typed, names)
    assert node.variables == set(names)
    assert parse_condition(to_text(node), names) is node


def test_a_number_is_no_condition():
    with pytest.raises(FormulaError, match="condition is needed"):
        parse_condition("h + 1", ["h"])


NUMBERS = [
    ("pi/2", math.pi / 2),
    ("1e-3", 0.001),
    ("-2", -2.0),
    ("−2", -2.0),
    ("2^10", 1024.0),
    ("sqrt(2)", math.sqrt(2)),
    ("2/3", 2 / 3),
    ("½", 0.5),
    ("1.5e3", 1500.0),
    (" .5 ", 0.5),
    ("log_2 8", 3.0),
    ("e", math.e),
    ("1e308", 1e308),
    ("1e-320", 1e-320),
]


@pytest.mark.parametrize(("typed", "value"), NUMBERS)
def test_number_fields(typed, value):
    assert parse_number(typed) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("typed", ["x", "1/0", "0/0", "ln(-1)", "1e308*10", "inf", "nan", "", "0,5", "1e309"])
def test_not_a_number(typed):
    with pytest.raises(FormulaError):
        parse_number(typed)


def test_infinite_numbers_where_asked():
    assert parse_number("inf", infinite=True) == math.inf
    assert parse_number("−∞", infinite=True) == -math.inf
    assert parse_number("3", infinite=True) == 3.0


def test_names_in_a_text():
    assert names_in("w1 x + θ sin(2t) - e^pi") == ("w1", "x", "theta", "t")
    assert names_in("y = 2x") == ("x",)
    assert names_in("exp(a) + max(b, x_0)") == ("a", "b", "x_0")
