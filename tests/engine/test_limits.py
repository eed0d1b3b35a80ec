"""Limits from values: worked out by hand, and against SymPy in a process of its own."""

import math

import numpy as np
import pytest

from engine.function import evaluate, function
from engine.limits import Limit, limit_of, one_sided
from engine.symbolic_limits import exact_place, limit_with_symbols
from engine.symbolic_process import SymbolicProcess

INF = math.inf


def found(f: str, c: float = 0.0, side: str = "both") -> Limit:
    return limit_of(function(f), c, side)


@pytest.mark.parametrize(
    ("f", "c", "value"),
    [
        ("2x", 3, 6),
        ("sin(x)/x", 0, 1),
        ("(x^2-9)/(x-3)", 3, 6),  # x + 3
        ("(x^10-1)/(x-1)", 1, 10),  # 1 + x + … + x⁹
        ("(1-cos(x))/x^2", 0, 1 / 2),  # x²/2 − x⁴/24 + …
        ("(x-sin(x))/x^3", 0, 1 / 6),
        ("(tan(x)-sin(x))/x^3", 0, 1 / 2),  # tan x (1 − cos x) / x³
        ("(1+x)^(1/x)", 0, math.e),
        ("(2^x-1)/x", 0, math.log(2)),
        ("x*sin(1/x)", 0, 0),  # between −|x| and |x|
        ("x^2*cos(1/x)", 0, 0),
        ("abs(x-1)^0.01", 1, 0),
        ("1000000+sin(x)/x", 0, 1000001),
        ("sin(1000000x)/x", 0, 1e6),
        ("e^(-1/x^2)", 0, 0),
        ("5", 7, 5),
        ("sin(x)/(x-pi)", math.pi, -1),
        ("relu(x)", 0, 0),
        ("sigmoid(x)", 0, 1 / 2),
        ("sin(x)/x", INF, 0),
        ("sqrt(x^2+x)-x", INF, 1 / 2),
        ("(3x^2-4x)/(5x^2+1)", INF, 3 / 5),
        ("(1+1/x)^x", INF, math.e),  # where 1 + 1/x is 1 in floats, it is not taken for 1
        ("floor(x)/x", INF, 1),
        ("sin(x^2)/x", INF, 0),
        ("1/ln(x)", INF, 0),
        ("1/ln(abs(x-1))", 1, 0),
        ("e^x", -INF, 0),
        ("atan(x)", -INF, -math.pi / 2),
    ],
)
def test_a_limit_from_both_sides(f: str, c: float, value: float) -> None:
    limit = found(f, c)
    assert limit.exists is True
    assert limit.value == pytest.approx(value, rel=2e-8, abs=1e-12)


@pytest.mark.parametrize(
    ("f", "c", "left", "right", "reason"),
    [
        ("1/x", 0, -INF, INF, "unbounded"),
        ("tan(x)", math.pi / 2, INF, -INF, "unbounded"),
        ("e^(1/x)", 0, 0, INF, "unbounded"),
        ("step(x)", 0, 0, 1, "one-sided"),
        ("abs(x)/x", 0, -1, 1, "one-sided"),
        ("floor(x)", 2, 1, 2, "one-sided"),
        ("atan(1/x)", 0, -math.pi / 2, math.pi / 2, "one-sided"),
        ("1/(1+e^(1/x))", 0, 1, 0, "one-sided"),
        ("x^2 if x < 1 else 3", 1, 1, 3, "one-sided"),
        ("1e-12*step(x)", 0, 0, 1e-12, "one-sided"),
        ("sqrt(x)", 0, None, 0, "undefined"),
        ("ln(x)", 0, None, -INF, "undefined"),
        ("ln(x-3)", 2, None, None, "undefined"),
        ("0/0*x", 0, None, None, "undefined"),
        ("sin(1/x)", 0, None, None, "oscillation"),
        ("sin(pi/x)", 0, None, None, "oscillation"),  # 0 at every power of two
        ("sin(1/x)/x", 0, None, None, "oscillation"),
        ("step(sin(1/x))", 0, None, None, "oscillation"),
    ],
)
def test_what_keeps_a_limit_from_existing(
    f: str, c: float, left: float | None, right: float | None, reason: str
) -> None:
    limit = found(f, c)
    assert (limit.exists, limit.reason) == (False, reason)
    assert math.isnan(limit.value)
    for side, expected in ((limit.left, left), (limit.right, right)):
        assert side.value == pytest.approx(math.nan if expected is None else expected, nan_ok=True)


@pytest.mark.parametrize("f", ["1/x^2", "1/x^2*(2+sin(1/x))", "-ln(abs(x))", "ln(abs(ln(abs(x))))"])
def test_one_infinity_from_both_sides_is_said_and_is_no_number(f: str) -> None:
    limit = found(f)
    assert (limit.value, limit.exists, limit.reason) == (INF, False, "unbounded")


@pytest.mark.parametrize(
    "f",
    ["sin(3x)*x", "ln(x^2+1)", "tanh(5x)", "abs(x-1)+abs(x+2)", "relu(x)-relu(x-1)", "cos(20x)",
     "x^2 if x < 0 else sin(x)", "sigmoid(20x)", "atan(100x)", "(x-1)^3+1e6", "min(x,1)", "cbrt(x)",
     "sin(x)^2+cos(x)^2"],
)  # fmt: skip
def test_where_f_is_continuous_the_limit_is_the_value(f: str) -> None:
    places = np.random.default_rng(1).uniform(-6, 6, 25).tolist()
    for c in [*places, 0, 1, -2, 0.5, 0.1, 0.25, -0.25]:
        limit = found(f, c)
        assert limit.reason == "none", c
        assert limit.value == pytest.approx(function(f).value_at(c), rel=1e-8, abs=1e-8), c


@pytest.mark.parametrize("f", ["floor(x)", "step(x)", "floor(x)+1 if x < 1 else x", "1/x", "sin(x)/x"])
def test_what_happens_farther_out_does_not_matter(f: str) -> None:
    for c in np.linspace(-4.95, 4.95, 68).tolist():
        limit = found(f, c)
        assert limit.reason == "none", c
        assert limit.value == pytest.approx(function(f).value_at(c), abs=1e-8), c


def test_a_logarithm_s_slow_way_is_not_taken_for_an_end() -> None:
    # at the nearest float beside 1 this is still 0.0008, and its differences shrink all the way
    limit = found("1/(1+ln(abs(x-1))^2)", 1)
    assert limit.reason is None or limit.value == pytest.approx(0, abs=1e-9)


def test_infinity_has_one_side() -> None:
    assert found("sin(x)", INF).reason == "oscillation"
    assert found("x+sin(x)", INF).value == INF
    assert found("x*sin(x)", INF).reason == "oscillation"
    assert found("tanh(x)", INF, "right").value == 1  # whatever side is asked for
    assert one_sided(function("tanh(x)"), INF, "right").kind == "undefined"


def test_a_side_that_is_asked_for_is_enough() -> None:
    assert found("sqrt(x)", 0, "right").value == 0
    assert found("step(x)", 0, "left").value == 0
    assert found("step(x)", 0, "right").value == 1
    assert found("1/x", 0, "left").value == -INF


AGAINST_SYMPY = [
    ("(sqrt(1+x)-1)/x", "0"), ("ln(1+x)/x", "0"), ("(cos(x)-1)/x", "0"), ("1/x-1/sin(x)", "0"), ("x^x", "0"),
    ("x*ln(x)", "0"), ("(x^3-8)/(x-2)", "2"), ("1/(x-2)", "2"), ("tan(x)", "pi/2"), ("1/sin(x)", "pi"),
    ("abs(x-1)/(x-1)", "1"), ("sinh(x)/e^x", "1/0"), ("x^3/e^x", "1/0"), ("e^x/x^3", "1/0"),
    ("x-sqrt(x^2-3x)", "1/0"), ("(1+2/x)^(3x)", "1/0"), ("ln(x)/sqrt(x)", "1/0"), ("x*(atan(x)-pi/2)", "1/0"),
    ("erf(x)/x", "0"), ("asin(x)/x", "0"), ("(1-cos(x))/sin(x)^2", "0"), ("x^(1/x)", "1/0"),
]  # fmt: skip


def test_sympy_finds_the_same() -> None:
    from engine.expression import parse

    with SymbolicProcess(timeout=60) as process:
        for f, at in AGAINST_SYMPY:
            node = parse(at)
            c = INF if at == "1/0" else evaluate(node)
            for direction in ("left",) if at == "1/0" else ("left", "right"):
                ours = one_sided(function(f), c, direction)
                if ours.kind == "undefined":
                    continue
                theirs = process.limit(parse(f), node, direction).value
                assert theirs is not None, f
                expected = float(theirs) if isinstance(theirs, str) else evaluate(theirs)
                assert ours.value == pytest.approx(expected, rel=1e-7, abs=1e-9), (f, at, direction)


def test_sympy_says_when_a_limit_is_none() -> None:
    from engine.expression import parse

    with SymbolicProcess(timeout=60) as process:
        assert process.limit(parse("sin(1/x)"), parse("0"), "left").value == "oscillation"
        assert process.limit(parse("1/x"), parse("0"), "left").value == "-inf"
        assert process.limit(parse("1/x"), parse("0"), "right").value == "inf"


def test_what_numbers_cannot_tell_is_asked_of_sympy() -> None:
    # 100 digits would be needed: x¹⁰⁰ is ahead of 2ˣ until x = 996, where floats have long overflowed
    f = function("x^100/2^x")
    assert limit_of(f, INF).reason is None
    assert limit_with_symbols(f, INF).value == 0
    assert limit_with_symbols(function("(e^x-1-x-x^2/2)/x^3"), 0.0).value == pytest.approx(1 / 6)
    # e^x − 1 − x − x²/2 − x³/6 = x⁴/24 + …, drowned in rounding before it settles
    assert limit_with_symbols(function("(e^x-1-x-x^2/2-x^3/6)/x^4"), 0.0).value == pytest.approx(1 / 24)


@pytest.mark.timeout(60)
def test_a_limit_that_sympy_never_returns_from_is_answered_all_the_same() -> None:
    # Arnold's limit: both parts of the quotient begin with x⁷/30
    f = function("(sin(tan(x)) - tan(sin(x)))/(asin(atan(x)) - atan(asin(x)))")
    limit = limit_with_symbols(f, 0.0)
    assert limit.reason is None or limit.value == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("c", "text"), [(0.5, "1/2"), (math.pi, "pi"), (-math.pi / 3, "-1/3*pi"), (0.1, "1/10"), (0.0, "0")]
)
def test_a_place_is_the_number_that_was_typed(c: float, text: str) -> None:
    from engine.expression import parse

    assert evaluate(exact_place(c)) == pytest.approx(evaluate(parse(text)), rel=1e-15)
    assert exact_place(c).size <= parse(text).size + 2
