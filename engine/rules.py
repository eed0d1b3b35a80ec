"""The rules of differentiation, one by one, as a textbook has them.

This table is the only place that knows calculus' rules: the pictures' slopes, the worked steps of a lesson
and the backpropagation graph all come from it. u and v are formulas, d(u) is the derivative of u.

Everything is real. At a corner or a jump there is no derivative, and the rules say so with `Undefined`,
which carries the subgradient that an optimizer takes there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from engine.algebra import (
    ONE,
    TWO,
    ZERO,
    add,
    call,
    divide,
    is_zero,
    multiply,
    negate,
    power,
    subtract,
)
from engine.constants import exact_value
from engine.nodes import (
    Call,
    Comparison,
    Constant,
    Difference,
    Logical,
    Negation,
    Node,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Undefined,
    Variable,
    walk,
)
from engine.text import Text

Derivative = Callable[[Node], Node]
"""What a rule is given: the derivative of a part, already known."""


@dataclass(frozen=True)
class Rule:
    """One rule of differentiation: its textbook name, its statement, and the rule itself."""

    name: Text
    statement: str  # LaTeX
    apply: Callable[[Node, Derivative], Node]


# -- the rules of sums, products and powers ---------------------------------------------------------------


def _constant(node: Node, d: Derivative) -> Node:
    return ZERO


def _identity(node: Node, d: Derivative) -> Node:
    return ONE


def _negation(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Negation)
    return negate(d(node.operand))


def _sum(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Sum)
    return add(d(node.left), d(node.right))


def _difference(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Difference)
    return subtract(d(node.left), d(node.right))


def _constant_multiple(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Product)
    constant, u = (node.right, node.left) if is_zero(d(node.right)) else (node.left, node.right)
    return multiply(constant, d(u))


def _product(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Product)
    u, v = node.left, node.right
    return add(multiply(d(u), v), multiply(u, d(v)))


def _constant_divisor(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Quotient)
    return divide(d(node.numerator), node.denominator)


def _reciprocal(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Quotient)
    c, v = node.numerator, node.denominator
    return negate(divide(multiply(c, d(v)), power(v, TWO)))


def _quotient(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Quotient)
    u, v = node.numerator, node.denominator
    return divide(subtract(multiply(d(u), v), multiply(u, d(v))), power(v, TWO))


def _power(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Power)
    u, n = node.base, _as_number(node.exponent)
    return multiply(multiply(n, power(u, subtract(n, ONE))), d(u))


def _exponential(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Power)
    a, v = node.base, node.exponent
    logarithm = ONE if a is Constant("e") else call("ln", a)
    return multiply(multiply(node, logarithm), d(v))


def _general_power(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Power)
    u, v = node.base, node.exponent
    growth = add(multiply(d(v), call("ln", u)), divide(multiply(v, d(u)), u))
    return multiply(node, growth)


def _as_number(node: Node) -> Node:
    """An exponent typed as 1/3 or −2, as the one number it is, so that 1/3 − 1 becomes −2/3."""
    value = exact_value(node)
    return node if value is None or isinstance(node, Number) else Number(value)


CONSTANT = Rule(Text("constant rule"), r"c' = 0", _constant)
IDENTITY = Rule(Text("identity rule"), r"x' = 1", _identity)
NEGATION = Rule(Text("constant multiple rule"), r"(-u)' = -u'", _negation)
SUM = Rule(Text("sum rule"), r"(u + v)' = u' + v'", _sum)
DIFFERENCE = Rule(Text("difference rule"), r"(u - v)' = u' - v'", _difference)
CONSTANT_MULTIPLE = Rule(Text("constant multiple rule"), r"(c\,u)' = c\,u'", _constant_multiple)
PRODUCT = Rule(Text("product rule"), r"(u v)' = u' v + u v'", _product)
CONSTANT_DIVISOR = Rule(
    Text("constant multiple rule"), r"\left(\frac{u}{c}\right)' = \frac{u'}{c}", _constant_divisor
)
QUOTIENT = Rule(Text("quotient rule"), r"\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^2}", _quotient)
RECIPROCAL = Rule(Text("reciprocal rule"), r"\left(\frac{c}{v}\right)' = -\frac{c\, v'}{v^2}", _reciprocal)
POWER = Rule(Text("power rule"), r"(u^n)' = n u^{n-1} u'", _power)
EXPONENTIAL = Rule(Text("exponential rule"), r"(a^v)' = a^v \ln(a)\, v'", _exponential)
GENERAL_POWER = Rule(
    Text("logarithmic differentiation"),
    r"(u^v)' = u^v \left(v' \ln u + \frac{v u'}{u}\right)",
    _general_power,
)


# -- functions: the outer derivative, which the chain rule multiplies by the inner one ---------------------

_NUMBERS = {value: Number(value) for value in (3, 10)}


def _square(node: Node) -> Node:
    return power(node, TWO)


OUTER_DERIVATIVES: dict[str, Callable[[Node], Node]] = {
    "sin": lambda u: call("cos", u),
    "cos": lambda u: negate(call("sin", u)),
    "tan": lambda u: divide(ONE, _square(call("cos", u))),
    "sec": lambda u: multiply(call("sec", u), call("tan", u)),
    "csc": lambda u: negate(multiply(call("csc", u), call("cot", u))),
    "cot": lambda u: negate(divide(ONE, _square(call("sin", u)))),
    "asin": lambda u: divide(ONE, call("sqrt", subtract(ONE, _square(u)))),
    "acos": lambda u: negate(divide(ONE, call("sqrt", subtract(ONE, _square(u))))),
    "atan": lambda u: divide(ONE, add(ONE, _square(u))),
    "sinh": lambda u: call("cosh", u),
    "cosh": lambda u: call("sinh", u),
    "tanh": lambda u: subtract(ONE, _square(call("tanh", u))),
    "asinh": lambda u: divide(ONE, call("sqrt", add(_square(u), ONE))),
    "acosh": lambda u: divide(ONE, call("sqrt", subtract(_square(u), ONE))),
    "atanh": lambda u: divide(ONE, subtract(ONE, _square(u))),
    "exp": lambda u: call("exp", u),
    "ln": lambda u: divide(ONE, u),
    "log2": lambda u: divide(ONE, multiply(u, call("ln", TWO))),
    "log10": lambda u: divide(ONE, multiply(u, call("ln", _NUMBERS[10]))),
    "sqrt": lambda u: divide(ONE, multiply(TWO, call("sqrt", u))),
    "cbrt": lambda u: divide(ONE, multiply(_NUMBERS[3], _square(call("cbrt", u)))),
    "abs": lambda u: call("abs_slope", u),
    "relu": lambda u: call("relu_slope", u),
    "sigmoid": lambda u: multiply(call("sigmoid", u), subtract(ONE, call("sigmoid", u))),
    "softplus": lambda u: call("sigmoid", u),
    # Φ(u) + u φ(u), where Φ and φ are the standard normal distribution and its density.
    "gelu": lambda u: add(
        divide(add(ONE, call("erf", divide(u, call("sqrt", TWO)))), TWO),
        divide(multiply(u, _bell(u)), call("sqrt", multiply(TWO, Constant("pi")))),
    ),
    "erf": lambda u: multiply(divide(TWO, call("sqrt", Constant("pi"))), call("exp", negate(_square(u)))),
    # Flat between their jumps.
    "sign": lambda u: _flat_unless(Comparison("==", u, ZERO)),
    "step": lambda u: _flat_unless(Comparison("==", u, ZERO)),
    "floor": lambda u: _flat_unless(Comparison("==", u, call("floor", u))),
    "ceil": lambda u: _flat_unless(Comparison("==", u, call("ceil", u))),
    "abs_slope": lambda u: _flat_unless(Comparison("==", u, ZERO)),
    "relu_slope": lambda u: _flat_unless(Comparison("==", u, ZERO)),
}


def _bell(u: Node) -> Node:
    return call("exp", negate(divide(_square(u), TWO)))


def _flat_unless(jump: Node) -> Node:
    """0, but no derivative where the condition holds."""
    return Piecewise(((Undefined(ZERO), jump),), ZERO)


def _chain(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Call)
    (u,) = node.arguments
    return multiply(OUTER_DERIVATIVES[node.name](u), d(u))


def _logarithm(node: Node, d: Derivative) -> Node:
    """log_b u is ln u / ln b, whatever varies."""
    assert isinstance(node, Call)
    u, b = node.arguments
    outer = divide(d(u), multiply(u, call("ln", b)))
    return subtract(outer, divide(multiply(node, d(b)), multiply(b, call("ln", b))))


def _extreme(node: Node, d: Derivative) -> Node:
    """The slope of the argument that is chosen. Where two tie, a subgradient is their mean."""
    assert isinstance(node, Call)
    value, slope = node.arguments[0], d(node.arguments[0])
    for u in node.arguments[1:]:
        wins = Comparison(">" if node.name == "max" else "<", value, u)
        ties = Comparison("==", value, u)
        mean = divide(add(slope, d(u)), TWO)
        slope = slope if slope is d(u) else Piecewise(((slope, wins), (Undefined(mean), ties)), d(u))
        value = call(node.name, value, u)
    return slope


def _jump(node: Node, d: Derivative) -> Node:
    """A comparison counts 0 or 1: flat, with jumps where its two sides may trade places."""
    return _flat_unless(_any(_edges(node)))


def _edges(condition: Node) -> tuple[Node, ...]:
    """Where a condition may change its mind: where the two sides of a comparison in it meet."""
    sides = [part for part in walk(condition) if isinstance(part, Comparison) and part.variables]
    return tuple(dict.fromkeys(Comparison("==", side.left, side.right) for side in sides))


def _any(conditions: Sequence[Node]) -> Node:
    return conditions[0] if len(conditions) == 1 else Logical("or", tuple(conditions))


def _piecewise(node: Node, d: Derivative) -> Node:
    """Case by case. Where cases meet there is a slope only if they agree there, in value and in slope.

    (Hence none at a single point that has a case to itself, such as the filled hole of sin(x)/x.)
    """
    assert isinstance(node, Piecewise)
    slopes = Piecewise(tuple((d(value), condition) for value, condition in node.branches), d(node.otherwise))
    gaps = [condition for value, condition in node.branches if isinstance(value, Undefined)]
    cases = [case for case in node.branches if not isinstance(case[0], Undefined)]
    edges = tuple(dict.fromkeys(edge for _, condition in cases for edge in _edges(condition)))
    if all(edge in gaps for edge in edges):
        return slopes
    values = [value for value, _ in cases]
    if not isinstance(node.otherwise, Undefined):
        values.append(node.otherwise)
    seams = [seam for u, v in pairwise(values) for seam in (_seam(u, v), _seam(d(u), d(v)))]
    broken = _any(edges)
    if None not in seams:
        agree = tuple(dict.fromkeys(seam for seam in seams if seam and seam.left is not seam.right))
        if not agree:
            return slopes
        smooth = agree[0] if len(agree) == 1 else Logical("and", agree)
        broken = Logical("and", (broken, Logical("not", (smooth,))))
    return Piecewise(((Undefined(slopes), broken), *slopes.branches), slopes.otherwise)


def _seam(first: Node, second: Node) -> Comparison | None:
    """That two cases agree, or None where two numbers show that they never do."""
    if isinstance(first, Number) and isinstance(second, Number) and first is not second:
        return None
    return Comparison("~=", first, second)


def _undefined(node: Node, d: Derivative) -> Node:
    assert isinstance(node, Undefined)
    return node if node.subgradient is None else Undefined(d(node.subgradient))


CHAIN = Rule(Text("chain rule"), r"f(u)' = f'(u)\, u'", _chain)
LOGARITHM = Rule(Text("logarithm rule"), r"(\log_b u)' = \frac{u'}{u \ln b}", _logarithm)
MAXIMUM = Rule(Text("rule of the chosen argument"), r"\max(u, v)' = u' \text{ where } u > v", _extreme)
MINIMUM = Rule(Text("rule of the chosen argument"), r"\min(u, v)' = u' \text{ where } u < v", _extreme)
JUMP = Rule(Text("constant rule"), r"c' = 0", _jump)
PIECEWISE = Rule(Text("rule of cases"), r"\text{each case by itself}", _piecewise)
UNDEFINED = Rule(Text("no derivative"), r"\text{undefined}", _undefined)


def rule_for(node: Node, variable: str) -> Rule:
    """The rule that gives the derivative of this node.

    >>> x = Variable("x")
    >>> str(rule_for(Product(x, x), "x").name), str(rule_for(Product(TWO, x), "x").name)
    ('product rule', 'constant multiple rule')
    """
    match node:
        case Undefined():
            return UNDEFINED
        case Variable(name) if name == variable:
            return IDENTITY
        case _ if variable not in node.variables:
            return CONSTANT
        case Product(left, right):
            both = variable in left.variables and variable in right.variables
            return PRODUCT if both else CONSTANT_MULTIPLE
        case Quotient(numerator, denominator):
            if variable not in denominator.variables:
                return CONSTANT_DIVISOR
            return QUOTIENT if variable in numerator.variables else RECIPROCAL
        case Power(base, exponent):
            return _rule_for_power(variable in base.variables, variable in exponent.variables)
        case Call("log"):
            return LOGARITHM
        case Call("min" | "max" as name):
            return MAXIMUM if name == "max" else MINIMUM
        case Call():
            return CHAIN
        case Comparison() | Logical():
            return JUMP
    return {Negation: NEGATION, Sum: SUM, Difference: DIFFERENCE, Piecewise: PIECEWISE}[type(node)]


def _rule_for_power(base_varies: bool, exponent_varies: bool) -> Rule:
    if base_varies and exponent_varies:
        return GENERAL_POWER
    return POWER if base_varies else EXPONENTIAL


@lru_cache(maxsize=4096)
def derivative(node: Node, variable: str = "x") -> Node:
    """The derivative of a formula with respect to a variable, as a formula.

    >>> from engine.expression import parse, to_text
    >>> to_text(derivative(parse("3x^2 - 4x")))
    '6*x - 4'
    >>> to_text(derivative(parse("sin(x^2)")))
    '2*x*cos(x^2)'
    """
    known: dict[Node, Node] = {}
    for part in walk(node):
        known[part] = rule_for(part, variable).apply(part, known.__getitem__)
    return known[node]
