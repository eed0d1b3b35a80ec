"""A formula as a chain of links: which parts are links, and what each hands on."""

import math

import pytest

from engine.chains import chain_of, run_chain
from engine.expression import parse, to_text
from engine.function import function
from engine.nodes import Product, Variable

CHAINS = [
    ("sin(3x)", ["u = 3*x", "y = sin(u)"]),
    ("sin(x^2)", ["u = x^2", "y = sin(u)"]),
    ("sin(2x + 1)^2", ["u = 2*x + 1", "v = sin(u)", "y = v^2"]),
    ("e^(-x^2/2)", ["u = x^2", "v = -u/2", "y = e^v"]),
    ("ln(1 + e^x)", ["u = 1 + e^x", "y = ln(u)"]),
    ("(x^2 + 1)^3", ["u = x^2 + 1", "y = u^3"]),
    ("sin(x) - 2", ["y = sin(x) - 2"]),
    ("sin(x)^2 + sin x", ["u = sin(x)", "y = u^2 + u"]),  # everything goes through sin x
    ("x sin x", ["y = x*sin(x)"]),  # x acts in two places: no link between
    ("-3x + 1", ["y = -3*x + 1"]),
    ("-x if x < 0 else x", ["y = piecewise(x < 0, -x, x)"]),
    ("x", ["y = x"]),
    ("3", ["y = 3"]),
    ("tanh(tanh(tanh(tanh x)))", ["u1 = tanh(x)", "u2 = tanh(u1)", "u3 = tanh(u2)", "y = tanh(u3)"]),
]


@pytest.mark.parametrize(("formula", "links"), CHAINS)
def test_links(formula, links):
    assert [f"{link.name} = {to_text(link.opened)}" for link in chain_of(parse(formula), "x")] == links


def test_what_has_more_ways_than_can_be_walked():
    """((x·x)·(x·x))·…, sixty times: 2^60 ways lead from the result to x, through each of the squares."""
    node = Variable("x")
    for _ in range(60):
        node = Product(node, node)
    assert len(chain_of(node, "x")) == 60


def test_equal_terms_are_one_part():
    assert len(chain_of(parse("+".join(["sin x"] * 150)), "x")) == 2


def test_a_run_of_the_chain():
    """sin(x²) at 2 with h = 0.1: 4, then sin 4; slopes 4 and cos 4."""
    run = run_chain(function("sin(x^2)"), 2.0, 0.1)
    start, u, y = run.stops
    assert (start.value, start.end, start.nudge) == (2.0, 2.1, 0.1)
    assert (u.value, u.slope, u.nudge) == (4.0, 4.0, pytest.approx(0.4))
    assert u.end == pytest.approx(4.41)
    assert (y.value, y.slope) == (pytest.approx(math.sin(4)), pytest.approx(math.cos(4)))
    assert y.nudge == pytest.approx(0.4 * math.cos(4))
    assert run.derivative == pytest.approx(4 * math.cos(4))
    assert run.missing is None


@pytest.mark.parametrize(
    ("formula", "x0", "h", "words"),
    [
        ("ln(x - 3)^2", 1.0, 0.5, "v = ln(u) is not defined at u = −2."),
        ("sqrt(x)", 0.25, -1.0, "y = sqrt(x) is not defined at x = −0.75."),
        ("1/(x - 1)", 1.0, 0.5, "not defined"),
        ("relu(x - 1)^2", 1.0, 0.5, "v = relu(u) has no slope at u = 0."),
        ("e^(x^2)", 1e3, 1.0, "too large"),
    ],
)
def test_where_the_chain_breaks(formula, x0, h, words):
    assert words in str(run_chain(function(formula), x0, h).missing)
