"""Formulas written down: as text that can be typed again, and as LaTeX the way a textbook sets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from engine.errors import LimitError
from engine.nodes import (
    Call,
    Comparison,
    Constant,
    Derivative,
    Difference,
    Emphasis,
    Logical,
    Negation,
    Node,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Rational,
    Sum,
    Undefined,
    Variable,
    fold,
)
from engine.text import Text
from engine.vocabulary import CORNERED, FUNCTIONS, GREEK

MAX_WRITTEN = 20_000
"""Parts of a formula that is written out; a derivative may share its parts so often that paper ends first."""

# How tightly the outermost sign of something written holds it together.
_LOOSE, _OR, _AND, _NOT, _COMPARE, _SUM, _SIGN, _PRODUCT, _POWER, _WHOLE = range(10)

Written = tuple[str, int]
"""Something written, and how tightly it holds together."""


def _write(node: Node, visit: Callable[[Node, tuple[Written, ...]], Written]) -> str:
    if node.size > MAX_WRITTEN:
        what = Text("This formula is too long to be written out.")
        raise LimitError(what, Text("Use a shorter formula, or fewer derivatives."))
    return fold(node, visit)[0]


# -- text -------------------------------------------------------------------------------------------------


def to_text(node: Node) -> str:
    """The formula as it can be typed; `parse` reads the same formula back.

    >>> from engine.nodes import Variable, Quotient, Sum
    >>> x, y = Variable("x"), Variable("y")
    >>> to_text(Quotient(x, Sum(x, y)))
    'x/(x + y)'
    """
    return _write(node, _text)


def decimal_digits(value: Rational) -> str:
    """A number that was written as a decimal, in its shortest form.

    >>> decimal_digits(Fraction(1, 10)), decimal_digits(Fraction(3, 20_000_000)), decimal_digits(2)
    ('0.1', '1.5e-7', '2.0')
    """
    shortest = repr(float(value))
    if Fraction(shortest) == value:
        return re.sub(r"e([+-])0*", lambda sign: "e" + sign.group(1).replace("+", ""), shortest)
    return _all_digits(value)


def _all_digits(value: Rational) -> str:
    """Every digit of a decimal that no float holds exactly."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > 340:  # not a decimal at all, but a third: no digits end it
            return f"{value.numerator}/{value.denominator}"
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :] or '0'}"


def _number_text(node: Number) -> Written:
    if node.decimal:
        text = decimal_digits(node.value)
    else:
        text = str(node.value)
    tightness = _SIGN if node.value < 0 else _PRODUCT if "/" in text else _WHOLE
    return text, tightness


def _held(written: Written, tightness: int) -> str:
    """In brackets, unless it holds together at least as tightly as its neighbour pulls."""
    text, own = written
    return text if own >= tightness else f"({text})"


def _text(node: Node, below: tuple[Written, ...]) -> Written:
    match node:
        case Number():
            return _number_text(node)
        case Constant(name) | Variable(name):
            return name, _WHOLE
        case Negation():
            return "-" + _held(below[0], _PRODUCT), _SIGN
        case Sum():
            return f"{_held(below[0], _SUM)} + {_held(below[1], _PRODUCT)}", _SUM
        case Difference():
            return f"{_held(below[0], _SUM)} - {_held(below[1], _PRODUCT)}", _SUM
        case Product():
            return f"{_held(below[0], _PRODUCT)}*{_held(below[1], _POWER)}", _PRODUCT
        case Quotient():
            return f"{_held(below[0], _PRODUCT)}/{_held(below[1], _POWER)}", _PRODUCT
        case Power():
            return f"{_held(below[0], _WHOLE)}^{_held(below[1], _WHOLE)}", _POWER
        case Call(name):
            return f"{CORNERED.get(name, name)}({', '.join(text for text, _ in below)})", _WHOLE
        case Comparison(operator):
            sign = "==" if operator == "~=" else operator
            return f"{_held(below[0], _SUM)} {sign} {_held(below[1], _SUM)}", _COMPARE
        case Logical("not"):
            return f"not {_held(below[0], _COMPARE)}", _NOT
        case Logical(operator):
            tightness = _AND if operator == "and" else _OR
            return f" {operator} ".join(_held(part, tightness + 1) for part in below), tightness
        case Piecewise(branches):
            return _piecewise_text(len(branches), node.otherwise, below)
        case Derivative():
            return f"({below[0][0]})'", _WHOLE
        case Emphasis():
            return below[0]
    return "undefined", _WHOLE


def _piecewise_text(count: int, otherwise: Node, below: tuple[Written, ...]) -> Written:
    parts = [f"{below[2 * i + 1][0]}, {below[2 * i][0]}" for i in range(count)]
    if not isinstance(otherwise, Undefined):
        parts.append(below[-1][0])
    return f"piecewise({', '.join(parts)})", _WHOLE


# -- LaTeX ------------------------------------------------------------------------------------------------

_COMPARISONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne", "~=": "="}
_CONNECTIVES = {"and": r"\text{ and }", "or": r"\text{ or }"}
_GREEK_NAMES = frozenset(GREEK.values())
_TALL = (r"\frac", r"\begin", r"\left", r"\sqrt", r"\int", r"\sum")


def to_latex(node: Node) -> str:
    r"""The formula as a textbook sets it.

    >>> from engine.nodes import Number, Power, Product, Variable
    >>> to_latex(Product(Number(3), Power(Variable("x"), Number(2))))
    '3 x^{2}'
    """
    return _write(node, _latex)


def variable_latex(name: str) -> str:
    r"""A variable's letter with its subscript.

    >>> variable_latex("w1"), variable_latex("theta_0"), variable_latex("secant_slope")
    ('w_{1}', '\\theta_{0}', '\\text{secant slope}')
    """
    letter, subscript = _split_subscript(name)
    if letter in _GREEK_NAMES:
        letter = {"epsilon": r"\varepsilon", "phi": r"\varphi"}.get(letter, "\\" + letter)
    elif len(letter) > 1:
        return rf"\text{{{name.replace('_', ' ')}}}"
    return f"{letter}_{{{subscript}}}" if subscript else letter


def _split_subscript(name: str) -> tuple[str, str]:
    found = re.fullmatch(r"([^\W\d_]+?)_?(\d+|(?<=_)[^\W_]\w*)", name)
    return (found.group(1), found.group(2)) if found else (name, "")


def _bracketed(text: str) -> str:
    if any(part in text for part in _TALL):
        return rf"\left({text}\right)"
    return f"({text})"


def _fenced(written: Written, tightness: int) -> str:
    text, own = written
    return text if own >= tightness else _bracketed(text)


def _latex(node: Node, below: tuple[Written, ...]) -> Written:
    match node:
        case Number():
            return _number_latex(node)
        case Constant(name):
            return {"pi": r"\pi", "tau": r"\tau"}.get(name, name), _WHOLE
        case Variable(name):
            return variable_latex(name), _WHOLE
        case Negation():
            return "-" + _fenced(below[0], _PRODUCT), _SIGN
        case Sum():
            return f"{_fenced(below[0], _SUM)} + {_fenced(below[1], _PRODUCT)}", _SUM
        case Difference():
            return f"{_fenced(below[0], _SUM)} - {_fenced(below[1], _PRODUCT)}", _SUM
        case Product():
            return _product_latex(node, below)
        case Quotient():
            return rf"\frac{{{below[0][0]}}}{{{below[1][0]}}}", _POWER
        case Power():
            return _power_latex(node, below)
        case Call(name):
            return _call_latex(name, below)
        case Comparison(operator):
            left, right = _fenced(below[0], _SUM), _fenced(below[1], _SUM)
            return f"{left} {_COMPARISONS[operator]} {right}", _COMPARE
        case Logical("not"):
            return rf"\text{{not }} {_fenced(below[0], _WHOLE)}", _NOT
        case Logical(operator):
            tightness = _AND if operator == "and" else _OR
            return _CONNECTIVES[operator].join(_fenced(part, tightness + 1) for part in below), tightness
        case Piecewise(branches):
            return _cases_latex(len(branches), below), _WHOLE
        case Derivative():
            return _bracketed(below[0][0]) + "'", _WHOLE
        case Emphasis():
            return rf"\underline{{{below[0][0]}}}", below[0][1]
    return r"\text{undefined}", _WHOLE


def _number_latex(node: Number) -> Written:
    text, tightness = _number_text(node)
    if "/" in text:
        sign = "-" if node.value < 0 else ""
        fraction = rf"\frac{{{abs(node.value.numerator)}}}{{{node.value.denominator}}}"
        return sign + fraction, min(tightness, _POWER)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text, tightness
    return rf"{mantissa} \cdot 10^{{{exponent}}}", min(tightness, _PRODUCT)


def _product_latex(node: Product, below: tuple[Written, ...]) -> Written:
    """A dot where a number would run into what stands before it, and nothing elsewhere."""
    left = _fenced(below[0], _PRODUCT)
    right = _fenced(below[1], _POWER)
    numbers_meet = right[0].isdigit() or (right.startswith(r"\frac") and isinstance(node.left, Number))
    words_meet = r"\text" in left or r"\text" in right
    # sin x · y: without a dot the y would be read as part of the argument.
    open_ended = _ends_with_bare_argument(node.left, left) and not _begins_with_name(node.right)
    # sin x · (y)′: beside a name a bracket would be read as its argument.
    bracket_follows = isinstance(_plain(node.right), Derivative)
    dot = r" \cdot " if numbers_meet or words_meet or open_ended or bracket_follows else " "
    return left + dot + right, _PRODUCT


def _plain(node: Node) -> Node:
    return node.operand if isinstance(node, Emphasis) else node


def _ends_with_bare_argument(node: Node, latex: str) -> bool:
    while isinstance(node, Product):
        node = node.right
    if isinstance(node, Power) and isinstance(node.base, Call):
        node = node.base
    return isinstance(node, Call) and node.name not in _BESPOKE and not latex.endswith(")")


def _begins_with_name(node: Node) -> bool:
    if isinstance(node, Power):
        node = node.base
    return isinstance(node, Call) and node.name not in _BESPOKE


def _power_latex(node: Power, below: tuple[Written, ...]) -> Written:
    base, exponent = below
    raised = _inline_quotient(node.exponent) or exponent[0]
    if isinstance(node.base, Call) and node.base.name not in _BESPOKE and _is_natural(node.exponent):
        # sin² x: the exponent stands on the function's name.
        name = FUNCTIONS[CORNERED.get(node.base.name, node.base.name)].latex
        if base[0].startswith(name) and not name.endswith("}"):
            return f"{name}^{{{raised}}}{base[0][len(name) :]}", _PRODUCT
    return f"{_fenced(base, _WHOLE)}^{{{raised}}}", _POWER


def _is_natural(node: Node) -> bool:
    return isinstance(node, Number) and node.value.denominator == 1 and node.value >= 2


def _inline_quotient(node: Node) -> str | None:
    """1/3 in an exponent stays on one line."""
    match node:
        case Quotient(Number() as top, Number() as bottom):
            return f"{_number_latex(top)[0]}/{_number_latex(bottom)[0]}"
    if isinstance(node, Number) and not node.decimal and node.value.denominator != 1:
        return str(node.value)
    if isinstance(node, Negation) and (inner := _inline_quotient(node.operand)):
        return "-" + inner
    return None


_BESPOKE: dict[str, str] = {
    "sqrt": r"\sqrt{%s}",
    "cbrt": r"\sqrt[3]{%s}",
    "abs": r"\left|%s\right|",
    "floor": r"\left\lfloor %s\right\rfloor",
    "ceil": r"\left\lceil %s\right\rceil",
    "exp": "e^{%s}",
}


def _call_latex(name: str, below: tuple[Written, ...]) -> Written:
    if name in _BESPOKE:
        return _BESPOKE[name] % below[0][0], _POWER if name == "exp" else _WHOLE
    if name == "log" and len(below) == 2:
        return rf"\log_{{{below[1][0]}}}{_argument(below[0])}", _POWER
    entry = FUNCTIONS[CORNERED.get(name, name)]
    if len(below) > 1:
        return f"{entry.latex}{_bracketed(', '.join(text for text, _ in below))}", _WHOLE
    named_by_word = entry.latex.startswith((r"\operatorname", r"\sigma"))
    argument = _bracketed(below[0][0]) if named_by_word else _argument(below[0])
    return entry.latex + argument, _POWER


def _argument(written: Written) -> str:
    """` x` for a lone letter or bars, `(2x)` for anything longer."""
    text, tightness = written
    if tightness == _WHOLE and re.fullmatch(r"\\?[A-Za-z]+(_\{\w+\})?|\\left\|.*\\right\|", text):
        return " " + text
    return _bracketed(text)


def _cases_latex(count: int, below: tuple[Written, ...]) -> str:
    rows = [rf"{below[2 * i][0]} & \text{{if }} {below[2 * i + 1][0]}" for i in range(count)]
    rows.append(rf"{below[-1][0]} & \text{{otherwise}}")
    return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"
