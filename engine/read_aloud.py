"""Formulas read aloud: "3 times x squared minus 4 times x", for screen readers and spoken sentences."""

from __future__ import annotations

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
    Sum,
    Undefined,
    Variable,
    fold,
)
from engine.notation import decimal_digits
from engine.text import Text, verbatim
from engine.vocabulary import CORNERED, FUNCTIONS

MAX_READ = 200
"""Parts of a formula that is read aloud; nobody follows a longer one by ear."""

# How tightly what is said holds together, as in engine.notation.
_LOOSE, _SUM, _SIGN, _PRODUCT, _POWER, _WHOLE = range(6)

_Spoken = tuple[Text, int]

_COMPARISONS = {
    "<": Text("{left} is less than {right}"),
    "<=": Text("{left} is at most {right}"),
    ">": Text("{left} is greater than {right}"),
    ">=": Text("{left} is at least {right}"),
    "==": Text("{left} equals {right}"),
    "~=": Text("{left} equals {right}"),
    "!=": Text("{left} is not equal to {right}"),
}
_FUNCTIONS = {
    "sqrt": Text("the square root of {inner}"),
    "cbrt": Text("the cube root of {inner}"),
    "abs": Text("the absolute value of {inner}"),
    "exp": Text("e to the power {inner}"),
}


def to_words(node: Node) -> Text:
    """The formula as one says it.

    >>> from engine.nodes import Number, Power, Product, Variable
    >>> x = Variable("x")
    >>> str(to_words(Difference(Power(x, Number(2)), Product(Number(4), x))))
    'x squared minus 4 times x'
    """
    if node.size > MAX_READ:
        return Text("a long formula")
    return fold(node, lambda part, below: _say(part, below))[0]


def _held(spoken: _Spoken, tightness: int) -> Text:
    words, own = spoken
    return words if own >= tightness else Text("open bracket {inner} close bracket", {"inner": words})


def _say(node: Node, below: tuple[_Spoken, ...]) -> _Spoken:
    match node:
        case Number():
            return _number(node)
        case Constant(name):
            return verbatim(name), _WHOLE
        case Variable(name):
            return verbatim(name.replace("_", " ")), _WHOLE
        case Negation():
            return Text("minus {inner}", {"inner": _held(below[0], _PRODUCT)}), _SIGN
        case Sum():
            return _pair(Text("{left} plus {right}"), below, _SUM, _PRODUCT), _SUM
        case Difference():
            return _pair(Text("{left} minus {right}"), below, _SUM, _PRODUCT), _SUM
        case Product():
            return _pair(Text("{left} times {right}"), below, _PRODUCT, _POWER), _PRODUCT
        case Quotient():
            return _pair(Text("{left} over {right}"), below, _PRODUCT, _POWER), _PRODUCT
        case Power():
            return _power(node, below), _POWER
        case Call(name):
            return _call(name, below), _POWER
        case Comparison(operator):
            return _pair(_COMPARISONS[operator], below, _LOOSE, _LOOSE), _LOOSE
        case Logical(operator):
            return _logical(operator, below), _LOOSE
        case Piecewise():
            return _piecewise(node, below), _LOOSE
        case Derivative():
            return Text("the derivative of {inner}", {"inner": _held(below[0], _POWER)}), _POWER
        case Emphasis():
            return below[0]
    return Text("undefined"), _WHOLE


def _number(node: Number) -> _Spoken:
    value = node.value
    if node.decimal:
        words = verbatim(decimal_digits(max(value, -value)))
    elif value.denominator == 1:
        words = verbatim(str(abs(value)))
    else:
        over = {"left": str(abs(value.numerator)), "right": str(value.denominator)}
        words = Text("{left} over {right}", over)
    if value < 0:
        return Text("minus {inner}", {"inner": words}), _SIGN
    return words, _WHOLE if node.decimal or value.denominator == 1 else _PRODUCT


def _pair(words: Text, below: tuple[_Spoken, ...], left: int, right: int) -> Text:
    return Text(words.message, {"left": _held(below[0], left), "right": _held(below[1], right)})


def _power(node: Power, below: tuple[_Spoken, ...]) -> Text:
    exponent = node.exponent.value if isinstance(node.exponent, Number) else None
    base = _held(below[0], _WHOLE)
    if exponent == 2:
        return Text("{inner} squared", {"inner": base})
    if exponent == 3:
        return Text("{inner} cubed", {"inner": base})
    # "e to the power minus x" needs no brackets; anything longer does.
    is_short = isinstance(node.exponent, Negation) and not node.exponent.operand.children
    right = below[1][0] if is_short else _held(below[1], _WHOLE)
    return Text("{left} to the power {right}", {"left": base, "right": right})


def _call(name: str, below: tuple[_Spoken, ...]) -> Text:
    if name in _FUNCTIONS:
        return Text(_FUNCTIONS[name].message, {"inner": _held(below[0], _POWER)})
    if name == "log" and len(below) == 2:
        return Text(
            "the logarithm to base {base} of {inner}",
            {"base": _held(below[1], _POWER), "inner": _held(below[0], _POWER)},
        )
    function = FUNCTIONS[CORNERED.get(name, name)].spoken
    if len(below) > 1:
        return Text("{function} of {list}", {"function": function, "list": [words for words, _ in below]})
    return Text("{function} of {inner}", {"function": function, "inner": _held(below[0], _POWER)})


def _logical(operator: str, below: tuple[_Spoken, ...]) -> Text:
    if operator == "not":
        return Text("it is not so that {inner}", {"inner": below[0][0]})
    joined = Text("{left} and {right}") if operator == "and" else Text("{left} or {right}")
    words = below[0][0]
    for part, _ in below[1:]:
        words = Text(joined.message, {"left": words, "right": part})
    return words


def _piecewise(node: Piecewise, below: tuple[_Spoken, ...]) -> Text:
    words = below[-1][0] if not isinstance(node.otherwise, Undefined) else Text("undefined")
    for i in reversed(range(len(node.branches))):
        words = Text(
            "{value} where {condition}, otherwise {rest}",
            {"value": below[2 * i][0], "condition": below[2 * i + 1][0], "rest": words},
        )
    return words
