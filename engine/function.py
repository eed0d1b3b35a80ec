"""Nodes to fast Python functions: f, f′, f″, ∇f and the Hessian, compiled together.

This is the one place of the program that compiles. What is compiled is text written here, from checked
nodes; nothing that a person typed is in it: variables are `a0, a1, …`, numbers are floats.

Five targets compute the same formulas:

- "array": NumPy arrays or numbers in, arrays of the broadcast shape out.
- "float": one point at a time on Python floats, ten times faster than NumPy is on a single number.
- "complex": for the complex-step derivative alone; every function continued analytically from the real
  axis, comparisons made on real parts.
- "single" and "complex single": "array" and "complex" with every operation rounded to 24 binary digits
  (float32, complex64), to see what that costs. Constants are worked out as floats, then rounded once.

Everything is real arithmetic as IEEE 754 has it: a pole is ±∞, overflow is ±∞, and outside the domain
stands NaN; nothing raises. Each distinct node is computed once, however many formulas share it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from engine.arithmetic import namespace
from engine.compiled_text import Form, Target, Writer, lowered, nodes_of
from engine.constants import CONSTANT_VALUES, exact_value
from engine.nodes import (
    Call,
    Comparison,
    Constant,
    Node,
    Number,
    Piecewise,
    Power,
    Quotient,
    Undefined,
    Variable,
    walk,
)
from engine.vocabulary import spelled

Compiled = Callable[..., Any]


# -- text to functions ------------------------------------------------------------------------------------


def compile_nodes(
    nodes: Sequence[Node],
    variables: Sequence[str],
    target: Target = "array",
    subgradient: bool = False,
) -> Callable[..., tuple[Any, ...]]:
    """One function of `variables`, in that order, that returns the values of all nodes.

    `target` "array": arrays or numbers in, arrays of their broadcast shape out (which may be read-only
    views where a formula does not depend on everything). "float": floats in, floats out. The others: see
    above. With `subgradient`, a corner has the subgradient that its rule states (|x|′ and relu′ are 0 at 0)
    instead of NaN.

    >>> from engine.expression import parse
    >>> from engine.rules import derivative
    >>> f = parse("x^2 + 10y^2", ["x", "y"])
    >>> gradient = compile_nodes([derivative(f, "x"), derivative(f, "y")], ["x", "y"], "float")
    >>> gradient(2.0, 1.0)
    (4.0, 20.0)
    """
    names = tuple(spelled(name) for name in variables)
    return _compile(tuple(nodes), names, target, subgradient)


@lru_cache(maxsize=2048)
def _compile(form: Form, variables: tuple[str, ...], target: Target, subgradient: bool = False) -> Compiled:
    return _compiled(lowered(form, subgradient), variables, target)


def _compiled(form: Form, variables: tuple[str, ...], target: Target) -> Compiled:
    writer = Writer(target, variables, form, _constant)
    names = ", ".join(writer.arguments.values())
    if target == "float":
        body = ["try:", *_indented([*writer.lines, f"return {writer.answer(form, shape=False)}"])]
        # Python's floats raise where IEEE 754 has an answer; then NumPy computes this one point.
        body += ["except (ArithmeticError, ValueError):", f"    return careful({names})"]
        extra = {"careful": _careful(form, variables)}
    else:
        kind = "complex" if target.startswith("complex") else "float"
        body = [f"{name} = asarray({name}, {kind})" for name in writer.arguments.values()]
        answer = writer.answer(form, shape=True)
        if any(len(node.variables) < len(variables) for node in nodes_of(form)):
            body.append(f"shape = broadcast({names}).shape" if names else "shape = ()")
        body += ["with errstate(all='ignore'):", *_indented([*writer.lines, f"return {answer}"])]
        extra = {}
    source = "\n".join([f"def compiled({names}):", *_indented(body)])
    scope = namespace(target) | extra
    exec(compile(source, "<formula>", "exec"), scope)
    compiled: Compiled = scope["compiled"]
    return compiled


@lru_cache(maxsize=4096)
def _constant(node: Node) -> float:
    """The value of a lowered formula without variables."""
    if isinstance(node, Number):
        return float(node.value)
    if isinstance(node, Constant):
        return CONSTANT_VALUES[node.name]
    if isinstance(node, Undefined):
        return math.nan
    # One letter per child, whose value is known: NumPy's scalars know what 1/0 and ln(-1) are.
    letters = tuple(f"c{index}" for index in range(len(node.children)))
    opened = node.with_children(tuple(map(Variable, letters)))
    values = [_constant(child) for child in node.children]
    return float(_compiled(opened, letters, "array")(*values))


def _indented(lines: Sequence[str]) -> list[str]:
    return ["    " + line for line in lines]


def _careful(form: Form, variables: tuple[str, ...]) -> Compiled:
    """The same values as floats, by way of NumPy: slower, and defined everywhere."""
    compiled: list[Compiled] = []

    def careful(*point: float) -> Any:
        if not compiled:
            compiled.append(_compiled(form, variables, "array"))
        return _as_floats(compiled[0](*point))

    return careful


def _as_floats(values: Any) -> Any:
    return tuple(_as_floats(value) for value in values) if isinstance(values, tuple) else float(values)


# -- functions --------------------------------------------------------------------------------------------

# Their formulas may lack a value where the formula of the slope has one: ln x has none at −1, 1/x has.
_PARTIAL_CALLS = frozenset({"ln", "log", "log2", "log10", "sqrt", "asin", "acos", "acosh", "atanh"})


def _is_partial(node: Node) -> bool:
    """Whether some node may be NaN at finite arguments."""
    return any(_is_partial_at(part) for part in walk(node))


def _is_partial_at(part: Node) -> bool:
    if not part.variables:
        return math.isnan(_constant_value(part))
    if isinstance(part, Call):
        return part.name in _PARTIAL_CALLS
    if isinstance(part, Quotient):
        return bool(part.denominator.variables) or _constant_value(part.denominator) == 0.0
    if isinstance(part, Power):
        n = exact_value(part.exponent)
        if not part.base.variables:
            return _constant_value(part.base) < 0.0
        return n is None or n.denominator != 1 or n < 0
    return isinstance(part, Undefined)


def _constant_value(node: Node) -> float:
    """The value of any formula without variables, as the compiled functions have it."""
    simple = lowered(node, subgradient=False)
    assert isinstance(simple, Node)
    return _constant(simple)


@dataclass(frozen=True)
class Function:
    """A formula as a function of its variables, with its derivatives.

    On arrays: `value`, `derivative`, `gradient`, `value_gradient`, `hessian`. At one point, on floats and
    fast: the same names with `_at`. A gradient is a tuple with one entry for each variable, a Hessian a
    tuple of such rows. Where f has no value, its derivatives have none (ln′(−1) is NaN). At a corner the
    array functions give NaN; the `_at` functions too, unless `subgradient` is asked for.

    >>> f = function("x^2 + 10y^2", ["x", "y"])
    >>> f.value_gradient_at(2.0, 1.0), f.hessian_at(2.0, 1.0)
    ((14.0, (4.0, 20.0)), ((2.0, 0.0), (0.0, 20.0)))
    >>> function("x^3").derivative_at(2.0, order=2)
    12.0
    """

    node: Node
    variables: tuple[str, ...] = ("x",)
    subgradient: bool = False

    # -- formulas

    def derivative_node(self, order: int = 1) -> Node:
        """The formula of f′, f″, … for a function of one variable."""
        from engine.rules import derivative

        node = self.node
        for _ in range(order):
            node = derivative(node, self.variables[0])
        return node

    @cached_property
    def gradient_nodes(self) -> tuple[Node, ...]:
        """The formulas of the partial derivatives."""
        from engine.rules import derivative

        return tuple(derivative(self.node, name) for name in self.variables)

    @cached_property
    def hessian_nodes(self) -> tuple[tuple[Node, ...], ...]:
        """The formulas of the second partial derivatives, row by row; mixed ones are the same node."""
        from engine.rules import derivative

        first, names = self.gradient_nodes, self.variables
        return tuple(
            tuple(derivative(first[min(i, j)], names[max(i, j)]) for j in range(len(names)))
            for i in range(len(names))
        )

    # -- on arrays

    @cached_property
    def value(self) -> Compiled:
        """`value(x)` or `value(x, y)`: f on arrays."""
        return self._compiled(self.node, "array")

    def derivative(self, x: Any, order: int = 1) -> Any:
        """f′, f″, … of a function of one variable, on an array."""
        return self._compiled(self._where_defined(self.derivative_node(order)), "array")(x)

    @cached_property
    def gradient(self) -> Compiled:
        """`gradient(x, y)`: the tuple of partial derivatives, on arrays."""
        return self._compiled(self._where_defined(self.gradient_nodes), "array")

    @cached_property
    def value_gradient(self) -> Compiled:
        """`value_gradient(x, y)`: f and its gradient, on arrays."""
        return self._compiled((self.node, self._where_defined(self.gradient_nodes)), "array")

    @cached_property
    def hessian(self) -> Compiled:
        """`hessian(x, y)`: rows of second partial derivatives, on arrays."""
        return self._compiled(self._where_defined(self.hessian_nodes), "array")

    # -- at one point

    @cached_property
    def value_at(self) -> Compiled:
        """`value_at(x, y)`: f of floats, a float."""
        return self._compiled(self.node, "float")

    def derivative_at(self, x: float, order: int = 1) -> float:
        """f′, f″, … of a function of one variable, at a float."""
        result: float = self._compiled(self._where_defined(self.derivative_node(order)), "float")(x)
        return result

    @cached_property
    def gradient_at(self) -> Compiled:
        """`gradient_at(x, y)`: the gradient at floats, a tuple of floats."""
        return self._compiled(self._where_defined(self.gradient_nodes), "float")

    @cached_property
    def value_gradient_at(self) -> Compiled:
        """`value_gradient_at(x, y)`: (f, gradient) at floats."""
        return self._compiled((self.node, self._where_defined(self.gradient_nodes)), "float")

    @cached_property
    def hessian_at(self) -> Compiled:
        """`hessian_at(x, y)`: rows of second partial derivatives at floats."""
        return self._compiled(self._where_defined(self.hessian_nodes), "float")

    @cached_property
    def complex_value(self) -> Compiled:
        """`complex_value(x + 1e-20j)`: f continued from the real axis, for the complex-step derivative."""
        return self._compiled(self.node, "complex")

    # -- with fewer digits

    @cached_property
    def single_value(self) -> Compiled:
        """`single_value(x)`: f with every operation in float32, on arrays."""
        return self._compiled(self.node, "single")

    @cached_property
    def complex_single_value(self) -> Compiled:
        """`complex_single_value(x + 1e-20j)`: as `complex_value`, with every operation in complex64."""
        return self._compiled(self.node, "complex single")

    def _compiled(self, form: Form, target: Target) -> Compiled:
        return _compile(form, self.variables, target, self.subgradient)

    @cached_property
    def _partial(self) -> bool:
        return _is_partial(self.node)

    def _where_defined(self, form: Any) -> Any:
        """The form with NaN wherever f itself is NaN."""
        if not self._partial:
            return form
        if isinstance(form, tuple):
            return tuple(self._where_defined(part) for part in form)
        is_number = Comparison("==", self.node, self.node)  # NaN alone differs from itself
        return Piecewise(((form, is_number),), Undefined())


def function(source: str, variables: Sequence[str] = ("x",), subgradient: bool = False) -> Function:
    """The function that a text describes; the same text gives the same function, compiled once.

    Raises FormulaError if the text is not a formula of these variables.
    """
    return _function(source, tuple(variables), subgradient)


@lru_cache(maxsize=512)
def _function(source: str, variables: tuple[str, ...], subgradient: bool) -> Function:
    from engine.expression import parse

    return Function(parse(source, variables), tuple(map(spelled, variables)), subgradient)


def evaluate(node: Node, values: Mapping[str, float] | None = None) -> float:
    """The value of a formula at one point, from the values of its variables by name.

    >>> evaluate(Power(Variable("x"), Number(2)), {"x": 3.0})
    9.0
    """
    names = tuple(sorted(node.variables))
    point = [float((values or {})[name]) for name in names]
    result: float = _compile(node, names, "float")(*point)
    return result


def holds(node: Node, values: Mapping[str, float]) -> bool:
    """Whether a condition holds at one point; nothing compares with a NaN.

    >>> from engine.expression import parse_condition
    >>> holds(parse_condition("abs(error) < 0.01 and h > 0", ["error", "h"]), {"error": 0.005, "h": 0.1})
    True
    """
    return evaluate(node, values) == 1.0
