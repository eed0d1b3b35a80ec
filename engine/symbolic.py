"""SymPy, asked for what the one tree cannot do itself. The only module that imports it.

SymPy never sees text: its objects are made from nodes (`to_sympy`) and turned into nodes (`from_sympy`).
It may take for ever over a short formula, so the program calls these functions through
`engine.symbolic_process`, whose child can be killed.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from engine.algebra import ONE, number
from engine.constants import ARITHMETIC
from engine.errors import GradusError
from engine.nodes import (
    Call,
    Comparison,
    ComparisonOperator,
    Constant,
    Difference,
    Logical,
    LogicalOperator,
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
    fold,
)
from engine.text import Text

LARGEST_POWER = 10_000
"""Binary digits up to which SymPy may work out a power of two numbers; a larger one stays a power."""


class NotRealError(GradusError):
    """A result of SymPy that no formula of ours can say: complex, infinite, or an unknown function."""


def to_sympy(node: Node) -> Any:
    """The formula as a SymPy expression over real symbols.

    SymPy's own conventions are complex; here a root of odd order of a negative number is the real one, so
    x^(1/3) becomes sign(x)·|x|^(1/3). Functions that SymPy lacks are written out.

    >>> from engine.expression import parse
    >>> to_sympy(parse("3x^2 - x/2"))
    3*x**2 - x/2
    """
    return _as_number(fold(node, _sympy_of))


def from_sympy(expression: Any) -> Node:
    """The formula that a SymPy expression says; the inverse of `to_sympy` up to the order of terms.

    Raises NotRealError for what has no formula here.
    """
    import sympy

    match expression:
        case sympy.Symbol():
            return Variable(expression.name)
        case sympy.Integer() | sympy.Rational():
            return _fraction(int(expression.p), int(expression.q))
        case sympy.Float():
            return number(float(expression))
        case sympy.Add():
            return reduce(_plus, map(from_sympy, expression.as_ordered_terms()))
        case sympy.Mul():
            return _from_product(expression)
        case sympy.Pow():
            return _from_power(expression)
        case sympy.Piecewise():
            return _from_piecewise(expression)
        case sympy.Max() | sympy.Min():
            ordered = sorted(expression.args, key=sympy.default_sort_key)
            name = "max" if isinstance(expression, sympy.Max) else "min"
            return Call(name, tuple(map(from_sympy, ordered)))
    return _from_named(expression)


def simplify(node: Node) -> Node:
    """The shortest form that SymPy finds; the formula as it is when none is shorter.

    >>> from engine.expression import parse, to_text
    >>> to_text(simplify(parse("(x^2 - 1)/(x - 1)")))
    'x + 1'
    """
    import sympy

    expression = to_sympy(node)
    shorter = [sympy.simplify(expression), sympy.factor(expression), sympy.expand(expression)]
    best = node
    for candidate in shorter:
        try:
            found = from_sympy(candidate)
        except NotRealError:
            continue
        if found.size < best.size:
            best = found
    return best


def equivalent(one: Node, other: Node) -> bool | None:
    """Whether SymPy can show that two formulas are equal or not; None if it cannot.

    >>> from engine.expression import parse
    >>> equivalent(parse("sin(x)^2 + cos(x)^2"), parse("1")), equivalent(parse("x"), parse("2x"))
    (True, False)
    """
    difference = to_sympy(one) - to_sympy(other)
    found = difference.equals(0)
    return None if found is None else bool(found)


def limit(node: Node, place: Node, direction: str) -> Node | str | None:
    """The limit of a formula in one variable as it goes to `place` from the "left" or from the "right".

    A `place` of 1/0 is infinity: +∞ from the left, −∞ from the right. The answer is a formula, one of the
    words "inf", "-inf" and "oscillation", or None where SymPy finds none.

    >>> from engine.expression import parse
    >>> limit(parse("(1 - cos(x))/x^2"), parse("0"), "left") is parse("1/2")
    True
    >>> limit(parse("1/x"), parse("0"), "left")
    '-inf'
    """
    import sympy

    (name,) = node.variables or {"x"}
    at = to_sympy(place)
    if at in (sympy.zoo, sympy.oo):
        at = sympy.oo if direction == "left" else -sympy.oo
    # SymPy's own limit looks from the right unless asked
    side = "-" if direction == "left" else "+"
    found = sympy.limit(to_sympy(node), sympy.Symbol(name, real=True), at, side)
    words = {sympy.oo: "inf", -sympy.oo: "-inf"}
    if found in words:
        return words[found]
    if isinstance(found, sympy.AccumBounds):
        return "oscillation"
    return None if found.has(sympy.Limit, sympy.nan, sympy.zoo) else from_sympy(found)


def limit_from_left(node: Node, place: Node) -> Node | str | None:
    """`limit` from the left."""
    return limit(node, place, "left")


def limit_from_right(node: Node, place: Node) -> Node | str | None:
    """`limit` from the right."""
    return limit(node, place, "right")


def warm_up() -> None:
    """Import SymPy now rather than at the first request."""
    import sympy  # noqa: F401


def _sympy_of(node: Node, below: tuple[Any, ...]) -> Any:
    import sympy

    match node:
        case Variable(name):
            return sympy.Symbol(name, real=True)
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Constant(name):
            return {"pi": sympy.pi, "e": sympy.E, "tau": 2 * sympy.pi}[name]
        case Comparison(operator):
            relations = {
                "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne,
                "~=": sympy.Eq,
            }  # fmt: skip
            return relations[operator](*map(_as_number, below))
        case Logical(operator):
            connectives = {"and": sympy.And, "or": sympy.Or, "not": sympy.Not}
            return connectives[operator](*map(_as_condition, below))
        case Piecewise():
            pairs = zip(below[:-1:2], below[1:-1:2], strict=True)
            branches = [(_as_number(value), _as_condition(condition)) for value, condition in pairs]
            return sympy.Piecewise(*branches, (_as_number(below[-1]), True))
        case Undefined():
            return sympy.nan
    return _sympy_of_operation(node, tuple(map(_as_number, below)))


def _sympy_of_operation(node: Node, operands: tuple[Any, ...]) -> Any:
    if isinstance(node, Power):
        return _power(*operands)
    if isinstance(node, Call):
        return _function(node.name)(*operands)
    return ARITHMETIC[type(node)](*operands)


def _power(base: Any, exponent: Any) -> Any:
    import sympy

    if base.is_Rational and exponent.is_Rational:
        bits = max(abs(base.p), base.q).bit_length()
        if abs(exponent) * bits > LARGEST_POWER:
            return sympy.Pow(base, exponent, evaluate=False)
    if exponent.is_Rational and exponent.q > 1 and exponent.q % 2 == 1:
        sign = sympy.sign(base) if exponent.p % 2 else 1
        return sign * sympy.Abs(base) ** exponent
    return base**exponent


def _function(name: str) -> Callable[..., Any]:
    """SymPy's name for a function of the catalogue, or what it stands for."""
    import sympy

    functions: dict[str, Callable[..., Any]] = {
        "abs": sympy.Abs,
        "ceil": sympy.ceiling,
        "ln": sympy.log,
        "max": sympy.Max,
        "min": sympy.Min,
        "log2": lambda u: sympy.log(u) / sympy.log(2),
        "log10": lambda u: sympy.log(u) / sympy.log(10),
        "cbrt": lambda u: _power(u, sympy.Rational(1, 3)),
        "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)),
        "relu": lambda u: sympy.Max(0, u),
        "gelu": lambda u: u * (1 + sympy.erf(u / sympy.sqrt(2))) / 2,
        "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
        "step": lambda u: sympy.Heaviside(u, 1),
        "abs_slope": lambda u: sympy.Piecewise((sympy.sign(u), sympy.Ne(u, 0)), (sympy.nan, True)),
        "relu_slope": lambda u: sympy.Piecewise((sympy.Heaviside(u, 1), sympy.Ne(u, 0)), (sympy.nan, True)),
    }
    return functions.get(name) or getattr(sympy, name)


def _as_number(expression: Any) -> Any:
    """A condition as the number it counts: 1 where it holds, 0 elsewhere."""
    import sympy

    if isinstance(expression, sympy.logic.boolalg.Boolean) and not isinstance(expression, sympy.Symbol):
        return sympy.Piecewise((1, expression), (0, True))
    return expression


def _as_condition(expression: Any) -> Any:
    """A number as the condition that it is not 0."""
    import sympy

    return sympy.Ne(expression, 0) if isinstance(expression, sympy.Expr) else expression


def _fraction(numerator: int, denominator: int) -> Node:
    size = number(Fraction(abs(numerator)))
    whole = size if denominator == 1 else Quotient(size, number(Fraction(denominator)))
    return Negation(whole) if numerator < 0 else whole


def _plus(left: Node, right: Node) -> Node:
    return Difference(left, right.operand) if isinstance(right, Negation) else Sum(left, right)


def _from_product(expression: Any) -> Node:
    """What stands above the line over what stands below it, with one sign in front."""
    import sympy

    above, below = expression.as_numer_denom()
    negative = above.could_extract_minus_sign() and not isinstance(above, sympy.Add)
    factors = sympy.Mul.make_args(-above if negative else above)
    nodes = [from_sympy(factor) for factor in factors if factor != 1] or [ONE]
    top = reduce(Product, nodes)
    whole = top if below == 1 else Quotient(top, from_sympy(below))
    return Negation(whole) if negative else whole


def _from_power(expression: Any) -> Node:
    import sympy

    base, exponent = expression.as_base_exp() if not expression.base.is_Rational else expression.args
    if exponent == sympy.Rational(1, 2):
        return Call("sqrt", (from_sympy(base),))
    if exponent.could_extract_minus_sign() and base != sympy.E:
        return Quotient(ONE, from_sympy(sympy.Pow(base, -exponent)))
    below = Constant("e") if base == sympy.E else from_sympy(base)
    return Power(below, from_sympy(exponent))


def _from_piecewise(expression: Any) -> Node:
    import sympy

    branches: list[tuple[Node, Node]] = []
    for value, condition in expression.args:
        if condition == sympy.true:
            return Piecewise(tuple(branches), from_sympy(value))
        branches.append((from_sympy(value), _from_condition(condition)))
    return Piecewise(tuple(branches), Undefined())


def _from_condition(condition: Any) -> Node:
    import sympy

    relations: dict[Any, ComparisonOperator] = {
        sympy.Lt: "<", sympy.Le: "<=", sympy.Gt: ">", sympy.Ge: ">=", sympy.Eq: "==", sympy.Ne: "!="
    }  # fmt: skip
    connectives: dict[Any, LogicalOperator] = {sympy.And: "and", sympy.Or: "or", sympy.Not: "not"}
    for kind, operator in relations.items():
        if isinstance(condition, kind):
            return Comparison(operator, from_sympy(condition.lhs), from_sympy(condition.rhs))
    for kind, connective in connectives.items():
        if isinstance(condition, kind):
            return Logical(connective, tuple(map(_from_condition, condition.args)))
    raise NotRealError(Text("There is no real formula for this."))


def _from_named(expression: Any) -> Node:
    import sympy

    constants = {sympy.pi: Constant("pi"), sympy.E: Constant("e"), sympy.nan: Undefined()}
    if expression in constants:
        return constants[expression]
    named = {"Abs": "abs", "ceiling": "ceil", "log": "ln", "Heaviside": "step"}
    same = ("sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "sinh", "cosh", "tanh",
            "asinh", "acosh", "atanh", "sign", "floor", "erf")  # fmt: skip
    kind = type(expression).__name__
    if isinstance(expression, sympy.exp):
        return Power(Constant("e"), from_sympy(expression.args[0]))
    if kind in named or kind in same:
        return Call(named.get(kind, kind), (from_sympy(expression.args[0]),))
    raise NotRealError(Text("There is no real formula for this."))
