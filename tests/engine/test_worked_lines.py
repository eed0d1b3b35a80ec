"""Worked steps: lines by hand, every line against SymPy's derivatives, and what cannot be worked."""

import math

import pytest
import sympy

from engine import rules
from engine.derivation import LONGEST_FORMULA, derive, tidied
from engine.errors import FormulaError, LimitError
from engine.expression import parse, to_text
from engine.function import evaluate
from engine.nodes import Derivative, Emphasis, Node, Number, fold, walk
from engine.rules import Rule
from engine.text import Text

FORMULAS = [
    "6", "x", "x^4", "3x^4", "3x^4 + 4x", "3x^4 + 4x - 6", "sqrt(x)", "1/x", "x^-3", "x^(2/3)", "-x^2",
    "(x-2)(x+3)", "x^2 sin x", "x^2/(x+1)", "sin(x)/(1+x^2)", "tan x", "sin(3x)", "sin(x^2)", "(3x+1)^5",
    "e^x", "2^x", "2^(3x)", "e^(-x^2)", "ln x", "log_3(2x^2+4x)", "log(x, 2)", "x^x", "cos x", "tanh(x)",
    "sigmoid(0.5x+0.1)", "x e^x ln x", "sin(cos(e^x))", "((x+1)/(x-1))^2", "5/(x^2+1)", "x/3", "pi x^2",
    "sqrt(1-x^2)", "arctan(x)", "sec x", "x*x", "sin x sin x", "0.5x^2", "ln(ln(x+3))", "(x^2+1)^3 e^(2x)",
    "x^3/3 - x", "1/(1+e^-x)", "cosh(x)^2", "ln(sqrt(x))", "x + 1/x",
]  # fmt: skip

LIMITS = [
    "3", "3x", "x^2", "x^3 - 2x", "3x^2-4x", "x^5", "0.5x^2 + 1", "pi x^2", "(x+1)(x-2)", "-x^2", "x/2",
    "sqrt(x)", "2sqrt(3x+1)", "sqrt(x)/3", "-sqrt(x)", "x^(1/2)", "sqrt(x^2+1)", "1/x", "3/(2x+1)", "x^-2",
    "-1/x^3", "x/(x+1)", "(x^2+1)/(x-1)", "2/x^2", "0x", "x^12",
]  # fmt: skip

POINTS = (0.3, 0.7, 1.9, 2.6)


def sympy_derivative(node: Node) -> Node:
    """The derivative as SymPy has it, read back by our parser."""
    names = {"asin": sympy.asin, "ln": sympy.log, "e": sympy.E, "log": lambda u, b=sympy.E: sympy.log(u, b),
             "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)), "x": sympy.Symbol("x", real=True)}  # fmt: skip
    expression = sympy.sympify(to_text(node).replace("^", "**"), locals=names)
    written = str(sympy.diff(expression, names["x"])).replace("**", "^")
    return parse(written.replace("log", "ln").replace("exp(1)", "e"))


def worked_out(line: Node) -> Node:
    """The line with every open derivative as SymPy has it."""

    def visit(part: Node, below: tuple[Node, ...]) -> Node:
        if isinstance(part, Derivative):
            return sympy_derivative(part.operand)
        if isinstance(part, Emphasis):
            return below[0]
        return part if below == part.children else part.with_children(below)

    return fold(line, visit)


@pytest.mark.parametrize("detail", ["every", "brief"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_every_line_is_the_derivative_that_sympy_finds(formula: str, detail: str) -> None:
    found = derive(parse(formula), "x", "rules", detail)
    assert found.fault is None
    expected = sympy_derivative(parse(formula))
    compared = 0
    for line in found.lines:
        for point in POINTS:
            value = evaluate(expected, {"x": point})
            if math.isfinite(value):
                compared += 1
                assert evaluate(worked_out(line.formula), {"x": point}) == pytest.approx(value, rel=1e-9)
    assert compared
    assert not [part for part in walk(found.lines[-1].formula) if isinstance(part, Derivative)]


@pytest.mark.parametrize("detail", ["every", "brief"])
@pytest.mark.parametrize("formula", LIMITS)
def test_first_principles_end_at_the_derivative_that_sympy_finds(formula: str, detail: str) -> None:
    found = derive(parse(formula), "x", "first-principles", detail)
    assert found.fault is None
    expected = sympy_derivative(parse(formula))
    for point in POINTS:
        value = evaluate(expected, {"x": point})
        assert evaluate(found.result, {"x": point}) == pytest.approx(value, rel=1e-9)
        # every line under the limit is the same quotient: (f(x + h) − f(x)) / h at h = 1/4
        there, here = (evaluate(parse(formula), {"x": point + add}) for add in (0.25, 0.0))
        for line in found.lines:
            if line.limit:
                quotient = evaluate(line.formula, {"x": point, "h": 0.25})
                assert quotient == pytest.approx((there - here) / 0.25, rel=1e-9, abs=1e-12)


def texts(formula: str, method: str = "rules", detail: str = "every") -> list[str]:
    return [line.text() for line in derive(parse(formula), "x", method, detail).lines]


def test_curriculum_7_from_first_principles() -> None:
    assert texts("3", "first-principles") == [
        "(3)'", "lim h->0 (3 - 3)/h", "lim h->0 0/h", "lim h->0 0", "0",
    ]  # fmt: skip
    assert texts("3x", "first-principles")[1:] == [
        "lim h->0 (3*(x + h) - 3*x)/h", "lim h->0 (3*x + 3*h - 3*x)/h", "lim h->0 3*h/h", "lim h->0 3", "3",
    ]  # fmt: skip
    assert texts("x^2", "first-principles")[1:] == [
        "lim h->0 ((x + h)^2 - x^2)/h",
        "lim h->0 (x^2 + 2*x*h + h^2 - x^2)/h",
        "lim h->0 (2*x*h + h^2)/h",
        "lim h->0 h*(2*x + h)/h",
        "lim h->0 (2*x + h)",
        "2*x",
    ]
    assert texts("sqrt(x)", "first-principles", "brief")[-2:] == [
        "lim h->0 1/(sqrt(x + h) + sqrt(x))", "1/(2*sqrt(x))",
    ]  # fmt: skip
    assert texts("1/x", "first-principles")[-2:] == ["lim h->0 (-1)/((x + h)*x)", "-1/x^2"]


@pytest.mark.parametrize(
    ("formula", "result"),
    [("6", "0"), ("x^4", "4*x^3"), ("3x^4", "12*x^3"), ("3x^4+4x", "12*x^3 + 4"),
     ("sqrt(x)", "1/(2*sqrt(x))"), ("1/x", "-1/x^2"), ("(x-2)(x+3)", "2*x + 1"),
     ("x^2/(x+1)", "(x^2 + 2*x)/(x + 1)^2"),
     ("tan(x)", "1/cos(x)^2"), ("sin(3x)", "3*cos(3*x)"), ("e^x", "e^x"), ("2^x", "ln(2)*2^x")],
)  # fmt: skip
def test_results_as_one_would_leave_them(formula: str, result: str) -> None:
    assert texts(formula)[-1] == result
    assert texts(formula, detail="brief")[-1] == result


def test_the_lines_of_a_product_by_hand() -> None:
    found = derive(parse("x^2 sin x"))
    assert [line.text() for line in found.lines] == [
        "(x^2*sin(x))'",
        "(x^2)'*sin(x) + x^2*(sin(x))'",
        "2*x*sin(x) + x^2*(sin(x))'",
        "2*x*sin(x) + x^2*cos(x)",
    ]
    assert [(line.depth, str(line.rule)) for line in found.lines[1:]] == [
        (0, "product rule"), (1, "power rule"), (1, "table of derivatives"),
    ]  # fmt: skip
    assert found.lines[2].latex_before() == (
        r"\underline{\left(x^{2}\right)'} \sin x + x^{2} \cdot (\sin x)'".replace(
            r"\left(x^{2}\right)'", "(x^{2})'"
        )
    )
    assert found.lines[2].latex() == r"\underline{2 x} \sin x + x^{2} \cdot (\sin x)'"


def test_all_terms_of_a_sum_at_once() -> None:
    found = derive(parse("x^3 - 2x + 5 - sin x"))
    assert found.lines[1].text() == "(x^3)' - (2*x)' + (5)' - (sin(x))'"


def test_the_tree_is_told_by_depth() -> None:
    depths = [line.depth for line in derive(parse("3x^4 + 4x + 6")).lines]
    #         asked, sum, multiple, power, multiple, identity, constant, tidy up
    assert depths == [0, 0, 1, 2, 1, 2, 1, 0]


def test_the_rule_is_named_as_the_place_asks() -> None:
    named = [(str(line.rule), line.statement) for line in derive(parse("sin(x^2)")).lines[1:3]]
    assert named == [("chain rule", r"(\sin u)' = \cos u \cdot u'"), ("power rule", "(x^n)' = n x^{n-1}")]
    assert derive(parse("sin x")).lines[1].statement == r"(\sin x)' = \cos x"
    assert str(derive(parse("(x+1)^3")).lines[1].rule) == "power rule with the chain rule"


def test_brief_is_shorter_and_other_letters_work() -> None:
    assert len(texts("x^3 - 2x + sin(3x)", detail="brief")) < len(texts("x^3 - 2x + sin(3x)"))
    assert to_text(derive(parse("θ^2", ["θ"]), "theta").result) == "2*theta"
    assert to_text(derive(parse("h^2", ["h"]), "h", "first-principles").result) == "2*h"
    two = derive(parse("x^2 y", ["x", "y"]), "x")
    assert evaluate(two.result, {"x": 3.0, "y": 5.0}) == 30.0


@pytest.mark.parametrize(
    "formula", ["sin x", "e^x", "sqrt(sin x)", "x^x", "|x|", "1/sqrt(x)", "x^13", "1/sin x"]
)
def test_first_principles_say_where_they_do_not_lead(formula: str) -> None:
    with pytest.raises(FormulaError) as refused:
        derive(parse(formula), "x", "first-principles")
    assert "first principles" in str(refused.value).lower()


def test_a_long_formula_is_worked_briefly_or_refused() -> None:
    many = " + ".join(f"{n} x^{n}" for n in range(1, 40))  # every rule: three lines a term
    found = derive(parse(many))
    assert found.brief
    assert len(found.lines) < 10
    with pytest.raises(LimitError):
        derive(parse(" + ".join(["x"] * LONGEST_FORMULA)))
    with pytest.raises(LimitError):
        derive(parse("*".join(f"sin({n}x+1)" for n in range(1, 50))))


@pytest.mark.parametrize(
    "formula", ["|x|", "floor(x)", "max(x, x^2)", "piecewise(x < 0, -x, x)", "relu(x)", "ln(-1-x^2)", "0/0"]
)
def test_corners_jumps_and_empty_domains_have_lines(formula: str) -> None:
    found = derive(parse(formula))
    assert found.fault is None
    assert len(found.lines) > 1


def test_a_false_rule_ends_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets_to_lower(node, d):  # type: ignore[no-untyped-def]
        return rules.multiply(node.exponent, rules.multiply(node, d(node.base)))

    false = Rule(Text("power rule"), "", forgets_to_lower)
    monkeypatch.setattr(
        "engine.derivation.rule_for",
        lambda node, variable: false if to_text(node) == "x^7" else rules.rule_for(node, variable),
    )
    found = derive(parse("sin(x) + x^7 + 1/1"))
    assert found.fault is not None
    assert "Line 3" in str(found.fault)
    assert [line.number for line in found.lines] == [0, 1, 2]


def test_tidying_multiplies_out_only_where_that_is_shorter() -> None:
    assert to_text(tidied(parse("(x + 3) + (x - 2)"))) == "2*x + 1"
    assert to_text(tidied(parse("15(3x + 1)^4"))) == "15*(3*x + 1)^4"
    assert tidied(Number(0)) is Number(0)
