"""Formulas as NumPy code that a person would write: what the *Code* drawer shows, to copy and run.

`numpy_expression` is one line, `numpy_function` the definition of a function; `numpy_preamble` is what must
stand above them: the imports, and a definition of each function that NumPy does not have. The code computes
what the screen shows, for NumPy numbers and arrays.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence
from fractions import Fraction

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
    fold,
    walk,
)
from engine.notation import decimal_digits

_LARGEST_WHOLE = 2**53  # above, an integer literal would not become a float exactly

# How tightly Python holds it together.
_LOOSE, _COMPARE, _SUM, _SIGN, _PRODUCT, _POWER, _WHOLE = range(7)
_Code = tuple[str, int]

_NUMPY_NAMES = {
    "ln": "log", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh", "abs": "abs", "max": "maximum", "min": "minimum",
}  # fmt: skip
_IN_NUMPY = frozenset({
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log2", "log10", "sqrt", "cbrt", "sign",
    "floor", "ceil",
})  # fmt: skip
_RECIPROCALS = {"sec": "1/np.cos({0})", "csc": "1/np.sin({0})", "cot": "1/np.tan({0})"}

_DEFINITIONS = {
    "sigmoid": "def sigmoid(x):\n    return 1/(1 + np.exp(-x))",
    "relu": "def relu(x):\n    return np.maximum(x, 0)",
    "softplus": "def softplus(x):\n    return np.logaddexp(0, x)",
    "step": "def step(x):\n    return np.heaviside(x, 1)",
    "gelu": "def gelu(x):\n    return 0.5*x*erfc(-x/np.sqrt(2))",
    "abs_slope": "def abs_slope(x):\n    return np.where(x == 0, np.nan, np.sign(x))  # no slope at a corner",
    "relu_slope": "def relu_slope(x):\n    return np.heaviside(x, np.nan)  # no slope at a corner",
    "real_power": (
        "def real_power(x, p, q):  # x^(p/q) with q odd: the real root of a negative number\n"
        "    return np.sign(x)**p * np.abs(x)**(p/q)"
    ),
}
_FROM_SCIPY = {"erf": "erf", "gelu": "erfc"}


def numpy_expression(node: Node) -> str:
    """The formula as a Python expression over NumPy values.

    >>> from engine.expression import parse
    >>> numpy_expression(parse("3x^2 - 4x"))
    '3*x**2 - 4*x'
    >>> numpy_expression(parse("e^-x sin 2x"))
    'np.exp(-x)*np.sin(2*x)'
    """
    return fold(node, _code)[0]


def stated_slopes(node: Node) -> Node:
    """The formula of a slope with a number at corners, too: the subgradient that optimizers take there.

    >>> from engine.expression import parse
    >>> from engine.rules import derivative
    >>> numpy_expression(stated_slopes(derivative(parse("abs(x) + relu(x)"), "x")))
    'np.sign(x) + np.sign(relu(x))'
    """

    def stated(part: Node, below: tuple[Node, ...]) -> Node:
        match part:
            case Undefined() if below:
                return below[0]
            case Call("abs_slope"):
                return Call("sign", below)
            case Call("relu_slope"):
                return Call("sign", (Call("relu", below),))
        return part if below == part.children else part.with_children(below)

    return fold(node, stated)


def numpy_preamble(nodes: Iterable[Node]) -> str:
    """The lines that must stand above the expressions of these nodes.

    >>> from engine.expression import parse
    >>> print(numpy_preamble([parse("relu(x)")]))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def relu(x):
        return np.maximum(x, 0)
    """
    names = set()
    for node in walk(*nodes):
        if isinstance(node, Call):
            names.add(node.name)
        elif isinstance(node, Power) and _needs_real_power(node):
            names.add("real_power")
    imports = ["import numpy as np"]
    special = sorted(_FROM_SCIPY[name] for name in names & _FROM_SCIPY.keys())
    if special:
        imports.append(f"from scipy.special import {', '.join(special)}")
    definitions = [_DEFINITIONS[name] for name in sorted(names & _DEFINITIONS.keys())]
    return "\n\n\n".join(["\n".join(imports), *definitions])


def numpy_function(name: str, variables: Sequence[str], formula: Node | Sequence[Node]) -> str:
    """A definition of `name`: one formula returns its value, several an array of theirs.

    >>> from engine.expression import parse
    >>> print(numpy_function("f", ["x", "y"], parse("x^2 y", ["x", "y"])))
    def f(x, y):
        return x**2*y
    """
    if isinstance(formula, Node):
        body = f"    return {numpy_expression(formula)}"
    else:
        entries = "\n".join(f"        {numpy_expression(entry)}," for entry in formula)
        body = f"    return np.array([\n{entries}\n    ])"
    return f"def {name}({', '.join(map(python_name, variables))}):\n{body}"


def python_name(variable: str) -> str:
    """A variable's name in code: its own, unless Python keeps that for itself.

    >>> python_name("theta"), python_name("lambda")
    ('theta', 'lambda_')
    """
    return variable + "_" if keyword.iskeyword(variable) or variable == "np" else variable


def _held(code: _Code, tightness: int) -> str:
    text, own = code
    return text if own >= tightness else f"({text})"


def _number(node: Number) -> _Code:
    value = node.value
    sign = _SIGN if value < 0 else _WHOLE
    if node.decimal:
        return decimal_digits(value), sign
    if value.denominator != 1:
        return str(value), min(sign, _PRODUCT)
    return (str(value) if max(value, -value) <= _LARGEST_WHOLE else repr(float(value))), sign


def _code(node: Node, below: tuple[_Code, ...]) -> _Code:
    match node:
        case Number():
            return _number(node)
        case Constant(name):
            return {"pi": "np.pi", "e": "np.e", "tau": "(2*np.pi)"}[name], _WHOLE
        case Variable(name):
            return python_name(name), _WHOLE
        case Negation():
            return "-" + _held(_counted(node.operand, below[0]), _PRODUCT), _SIGN
        case Sum(left, right):
            u, v = _counted(left, below[0]), _counted(right, below[1])
            return f"{_held(u, _SUM)} + {_held(v, _PRODUCT)}", _SUM
        case Difference(left, right):
            u, v = _counted(left, below[0]), _counted(right, below[1])
            return f"{_held(u, _SUM)} - {_held(v, _PRODUCT)}", _SUM
        case Product():
            return f"{_held(below[0], _PRODUCT)}*{_held(below[1], _POWER)}", _PRODUCT
        case Quotient(left, right):
            u, v = _counted(left, below[0]), _counted(right, below[1])
            return f"{_held(u, _PRODUCT)}/{_held(v, _POWER)}", _PRODUCT
        case Power():
            return _power(node, below)
        case Call(name, arguments):
            counted = [_counted(node, code) for node, code in zip(arguments, below, strict=True)]
            return _call(name, [text for text, _ in counted])
        case Comparison(operator):
            return _comparison(operator, _held(below[0], _SUM), _held(below[1], _SUM))
        case Logical(operator):
            return _logical(operator, [text for text, _ in below]), _WHOLE
        case Piecewise(branches):
            return _piecewise(len(branches), below), _WHOLE
    return "np.nan", _WHOLE


def _counted(node: Node, code: _Code) -> _Code:
    """A condition that stands for 1 or 0: NumPy's booleans add as `or` and cannot be subtracted."""
    if isinstance(node, (Comparison, Logical)):
        return f"1.0*{_held(code, _POWER)}", _PRODUCT
    return code


def _comparison(operator: str, left: str, right: str) -> _Code:
    if operator == "~=":
        return f"np.isclose({left}, {right})", _WHOLE
    return f"{left} {operator} {right}", _COMPARE


def _needs_real_power(node: Power) -> bool:
    n = exact_value(node.exponent)
    is_root = n is not None and n.denominator % 2 == 1 and n.denominator > 1
    return is_root and n != Fraction(1, 3) and bool(node.base.variables)


def _power(node: Power, below: tuple[_Code, ...]) -> _Code:
    base, exponent = _counted(node.base, below[0]), below[1]
    if node.base is Constant("e"):
        return f"np.exp({exponent[0]})", _WHOLE
    n = exact_value(node.exponent)
    if n == Fraction(1, 3) and node.base.variables:
        return f"np.cbrt({base[0]})", _WHOLE
    if n is not None and _needs_real_power(node):
        return f"real_power({base[0]}, {n.numerator}, {n.denominator})", _WHOLE
    if n is None and node.base.variables:
        # Not **, which gives a complex number for a negative float.
        return f"np.power({base[0]}, {exponent[0]})", _WHOLE
    if n is not None and n.denominator != 1 and node.base.variables:
        return f"np.power({base[0]}, {exponent[0]})", _WHOLE
    return f"{_held(base, _WHOLE)}**{_held(exponent, _WHOLE)}", _POWER


def _call(name: str, arguments: list[str]) -> _Code:
    if name in _RECIPROCALS:
        return _RECIPROCALS[name].format(arguments[0]), _PRODUCT
    if name == "log":
        return f"np.log({arguments[0]})/np.log({arguments[1]})", _PRODUCT
    if name in ("max", "min"):
        text = arguments[0]
        for argument in arguments[1:]:
            text = f"np.{_NUMPY_NAMES[name]}({text}, {argument})"
        return text, _WHOLE
    prefix = "np." if name in _IN_NUMPY or name in _NUMPY_NAMES else ""
    return f"{prefix}{_NUMPY_NAMES.get(name, name)}({arguments[0]})", _WHOLE


def _logical(operator: str, parts: list[str]) -> str:
    if operator == "not":
        return f"np.logical_not({parts[0]})"
    text = parts[0]
    for part in parts[1:]:
        text = f"np.logical_{operator}({text}, {part})"
    return text


def _piecewise(count: int, below: tuple[_Code, ...]) -> str:
    text = below[-1][0]
    for index in reversed(range(count)):
        text = f"np.where({below[2 * index + 1][0]}, {below[2 * index][0]}, {text})"
    return text
