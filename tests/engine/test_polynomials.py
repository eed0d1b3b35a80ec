import pytest
import sympy

from engine.expression import parse, to_text
from engine.polynomials import from_polynomial, polynomial, without

X, H = sympy.symbols("x h")


@pytest.mark.parametrize(
    "formula",
    ["0", "3", "x", "-x", "x^2", "(x+h)^3", "(x - 2)(x + 3)", "2(x+h)^2 - 4(x+h) + 1", "x/3 - h/2", "(x^2)^3",
     "(x+h)^0", "x*h*x", "1/2*x - x/2", "0.25(x+h)^2"],
)  # fmt: skip
def test_multiplied_out_as_sympy_does(formula: str) -> None:
    node = parse(formula, ("x", "h"))
    found = polynomial(node)
    assert found is not None
    ours = sympy.sympify(to_text(from_polynomial(found)).replace("^", "**"), rational=True)
    theirs = sympy.expand(sympy.sympify(to_text(node).replace("^", "**"), rational=True))
    assert sympy.simplify(ours - theirs) == 0
    assert len(found) == (0 if theirs == 0 else len(sympy.Add.make_args(theirs)))


@pytest.mark.parametrize("formula", ["sin(x)", "1/x", "x^h", "x^-1", "x^0.5", "x^13", "(x+1)^2/(x+1)"])
def test_what_is_no_polynomial(formula: str) -> None:
    assert polynomial(parse(formula, ("x", "h"))) is None


@pytest.mark.timeout(10)
@pytest.mark.parametrize("formula", ["(x+h+1)^12*(x-h-1)^12", "((x+1)^12)^12", "(x+h)^9^9"])
def test_what_grows_too_large_is_given_up(formula: str) -> None:
    assert polynomial(parse(formula, ("x", "h"))) is None


def test_letters_may_be_constants_or_loosely_anything() -> None:
    assert to_text(from_polynomial(polynomial(parse("pi (x+1) + pi")) or {})) == "pi*x + 2*pi"
    loose = polynomial(parse("(e^x + 3) e^x - (e^x)^2"), loose=True)
    assert to_text(from_polynomial(loose or {})) == "3*e^x"


def test_terms_in_h_rise() -> None:
    terms = polynomial(parse("(x + h)^3", ("x", "h"))) or {}
    assert to_text(from_polynomial(terms, ("h",))) == "x^3 + 3*x^2*h + 3*x*h^2 + h^3"
    assert without(terms, "h") is None
