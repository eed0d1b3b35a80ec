"""Nodes to the text of a Python function, which `engine.function` compiles.

First the formula is lowered: written with the few operations that every target has. Then it is written out,
each distinct node once: what is used twice gets a line and a name of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal

from engine.algebra import ONE
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

Target = Literal["array", "float", "complex", "single", "complex single"]
Form = Node | tuple[Any, ...]
"""What is asked for: a node, or a tuple of forms. The answer has the same shape."""

MAX_SQUARINGS = 64
"""Whole exponents up to here are products; above, the library's power is as exact and shorter."""
_MAX_INLINE = 60
"""Nodes in one line of compiled text, far below the limits of Python's own parser."""


# -- nodes made ready -------------------------------------------------------------------------------------


def lowered(form: Form, subgradient: bool) -> Form:
    """The same values, from the few operations that every target has."""
    if isinstance(form, tuple):
        return tuple(lowered(part, subgradient) for part in form)
    return fold(form, lambda node, below: _lower(node, below, subgradient))


def _lower(node: Node, below: tuple[Node, ...], subgradient: bool) -> Node:
    match node:
        case Undefined() if below and subgradient:
            return below[0]
        case Undefined():
            return Undefined()
        case Power():
            return _lowered_power(*below)
        case Call("log"):
            return Quotient(Call("ln", below[:1]), Call("ln", below[1:]))
        case Call("sec"):
            return Quotient(ONE, Call("cos", below))
        case Call("csc"):
            return Quotient(ONE, Call("sin", below))
        case Call("cot"):
            return Quotient(Call("cos", below), Call("sin", below))
        case Call("abs_slope") if subgradient:
            return Call("sign", below)
        case Call("relu_slope") if subgradient:
            return Call("relu_slope_or_zero", below)
        case Call("min" | "max" as name) if len(below) > 2:
            value = below[0]
            for other in below[1:]:
                value = Call(name, (value, other))
            return value
    return node if below == node.children else node.with_children(below)


def _lowered_power(base: Node, exponent: Node) -> Node:
    if base is Constant("e"):
        return Call("exp", (exponent,))
    n = exact_value(exponent)
    if n is None:
        return Power(base, exponent)
    if n.denominator == 1 and max(n, -n) <= MAX_SQUARINGS:
        return product_power(base, int(n))
    if n.denominator == 2 and max(n, -n) * 2 <= MAX_SQUARINGS:
        root = Call("sqrt", (base,))
        return product_power(root, n.numerator)
    if n.denominator % 2 and n.denominator > 1:
        # The real root: odd if the numerator is, as x^(1/3) is, else even, as x^(2/3) is.
        if n.numerator % 2:
            return Call("odd_power", (base, Number(n)))
        return Power(Call("abs", (base,)), Number(n))
    return Power(base, Number(n))


def product_power(base: Node, exponent: int) -> Node:
    """base^exponent by repeated squaring, the squares shared with every other power of the base."""
    if exponent < 0:
        return Quotient(ONE, product_power(base, -exponent))
    if exponent <= 1:
        return base if exponent else ONE
    half = product_power(base, exponent // 2)
    square = Product(half, half)
    return Product(square, base) if exponent % 2 else square


# -- nodes to text ----------------------------------------------------------------------------------------


class Writer:
    """Writes the body of one compiled function, line by line."""

    def __init__(
        self, target: Target, variables: tuple[str, ...], form: Form, constant: Callable[[Node], float]
    ) -> None:
        self.target = target
        self.constant = constant  # what a formula without variables is worth
        self.arguments = {name: f"a{index}" for index, name in enumerate(variables)}
        self.lines: list[str] = []
        self.written: dict[Node, str] = {}
        self.inlined: dict[Node, int] = {}
        roots = list(nodes_of(form))
        self.uses = Counter(roots)
        parts = list(walk(*roots))
        for node in parts:
            self.uses.update(node.children)
        for node in parts:
            self.write(node)

    def write(self, node: Node) -> None:
        """Find the text for a node; what is used twice, or is long, gets a name and a line of its own."""
        if not node.variables:
            # Known now: worked out once, here, and no more when the function runs.
            self.written[node] = _literal(self.constant(node))
            self.inlined[node] = 0
            return
        if isinstance(node, Variable):
            self.written[node], self.inlined[node] = self.arguments[node.name], 0
            return
        text = self.text(node)
        length = 1 + sum(self.inlined[child] for child in node.children)
        if self.uses[node] > 1 or length > _MAX_INLINE:
            name = f"t{len(self.lines)}"
            self.lines.append(f"{name} = {text}")
            text, length = name, 0
        self.written[node], self.inlined[node] = text, length

    def number(self, node: Node) -> str:
        """The text of a node where a number is needed; a condition counts 1 or 0."""
        text = self.written[node]
        if not isinstance(node, (Comparison, Logical)) or not node.variables:
            return text
        return f"(1.0 if {text} else 0.0)" if self.target == "float" else f"where({text}, 1.0, 0.0)"

    def condition(self, node: Node) -> str:
        """The text of a node where a condition is needed."""
        if isinstance(node, (Comparison, Logical)) and node.variables:
            return self.written[node]
        return f"({self.real(node)} != 0.0)"

    def real(self, node: Node) -> str:
        """The text of a node where numbers are compared."""
        text = self.number(node)
        return f"real({text})" if self.target.startswith("complex") else text

    def text(self, node: Node) -> str:
        """One operation over the texts of its parts."""
        match node:
            case Negation(operand):
                return f"(-{self.number(operand)})"
            case Sum(left, right):
                return f"({self.number(left)} + {self.number(right)})"
            case Difference(left, right):
                return f"({self.number(left)} - {self.number(right)})"
            case Product(left, right):
                return f"({self.number(left)} * {self.number(right)})"
            case Quotient(numerator, denominator):
                return f"({self.number(numerator)} / {self.number(denominator)})"
            case Power(base, exponent):
                return f"power({self.number(base)}, {self.number(exponent)})"
            case Call(name, arguments):
                return f"f_{name}({', '.join(self.number(argument) for argument in arguments)})"
            case Comparison("~=", left, right):
                return f"close({self.real(left)}, {self.real(right)})"
            case Comparison(operator, left, right):
                return f"({self.real(left)} {operator} {self.real(right)})"
            case Logical():
                return self.logical(node)
            case Piecewise():
                return self.piecewise(node)
        raise TypeError(node)

    def logical(self, node: Logical) -> str:
        """Conditions joined."""
        parts = [self.condition(operand) for operand in node.operands]
        if self.target == "float":
            return f"(not {parts[0]})" if node.operator == "not" else f"({f' {node.operator} '.join(parts)})"
        if node.operator == "not":
            return f"logical_not({parts[0]})"
        text = parts[0]
        for part in parts[1:]:
            text = f"logical_{node.operator}({text}, {part})"
        return text

    def piecewise(self, node: Piecewise) -> str:
        """Cases, the last one innermost; on floats only the case that holds is computed."""
        text = self.number(node.otherwise)
        for value, condition in reversed(node.branches):
            if self.target == "float":
                text = f"({self.number(value)} if {self.condition(condition)} else {text})"
            else:
                text = f"where({self.condition(condition)}, {self.number(value)}, {text})"
        return text

    def answer(self, form: Form, shape: bool) -> str:
        """The text of what the function returns."""
        if isinstance(form, tuple):
            return f"({''.join(self.answer(part, shape) + ', ' for part in form)})"
        text = self.number(form)
        if shape and len(form.variables) < len(self.arguments):
            return f"broadcast_to({text}, shape)"
        return text


def _literal(value: float) -> str:
    text = repr(value)
    return text if text[0].isdigit() else f"({text})"


def nodes_of(form: Form) -> Sequence[Node]:
    """All nodes of a form, in order."""
    if isinstance(form, Node):
        return (form,)
    return [node for part in form for node in nodes_of(part)]
