"""NumPy for the slopes of `engine.difference_errors`: operation by operation what the picture computes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.autodiff import Precision
from engine.compiled_text import MAX_SQUARINGS, product_power
from engine.constants import exact_value
from engine.difference_errors import Scheme
from engine.function import Function
from engine.nodes import Node, Power, fold, functions_of
from engine.numpy_code import numpy_function, numpy_preamble

COMPLEX_IN_NUMPY = frozenset(
    {"sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "exp", "ln", "sqrt", "sigmoid"}
)
"""Functions whose NumPy code takes complex numbers."""


def difference_code(f: Function, x0: float, h: float, schemes: Sequence[Scheme], precision: Precision) -> str:
    """A program that prints each scheme's slope, one `name value` a line."""
    node, slope = as_computed(f.node), f.derivative_node()
    definitions = [numpy_function("f", f.variables, node)]
    lines = [f"x0 = np.{precision}({x0!r})", f"h = np.{precision}({h!r})"]
    slopes = {
        "forward": "(f(x0 + h) - f(x0)) / h",
        "central": "(f(x0 + h) - f(x0 - h)) / (2 * h)",
        "complex_step": "f(x0 + 1j * h).imag / h",
        "reverse": "f_prime(x0)",
    }
    for scheme in schemes:
        if scheme == "complex_step" and not functions_of(node) <= COMPLEX_IN_NUMPY:
            lines.append("# complex step: NumPy has some function of f for real numbers alone")
            continue
        if scheme == "reverse":
            definitions.append(numpy_function("f_prime", f.variables, slope))
            lines.append("# reverse mode multiplies these local slopes one at a time, from the result back")
        # NumPy prints a float32 with fewer digits than it has
        printed = slopes[scheme] if precision == "float64" else f"float({slopes[scheme]})"
        lines.append(f'print("{scheme}", {printed})')
    parts = [numpy_preamble([node, slope]), *definitions, "\n".join(lines)]
    return "\n\n\n".join(parts) + "\n"


def as_computed(node: Node) -> Node:
    """The formula with its whole powers as products, as they are computed: x**3 may round otherwise.

    >>> from engine.expression import parse
    >>> as_computed(parse("x^3")) is parse("x x x")
    True
    """

    def visit(part: Node, below: tuple[Node, ...]) -> Node:
        part = part if below == part.children else part.with_children(below)
        if not isinstance(part, Power):
            return part
        n = exact_value(part.exponent)
        if n is None or n.denominator != 1 or max(n, -n) > MAX_SQUARINGS:
            return part
        return product_power(part.base, int(n))

    return fold(node, visit)
