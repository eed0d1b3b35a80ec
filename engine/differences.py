"""Slopes from function values alone: the difference quotients, and how they approach the derivative.

A quotient takes a callable and never looks inside it. Two errors pull at it: truncation falls with h by the
scheme's order, and round-off grows like ε/h, since the two values it subtracts agree in more and more digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import ParameterError
from engine.text import Text

Scheme: TypeAlias = Literal["forward", "backward", "central", "complex"]


def forward(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """(f(x + h) − f(x)) / h. Error f″(x) h/2 + O(h²): first order.

    >>> forward(lambda x: x * x, 1.0, 0.5)
    2.5
    """
    return (f(x + h) - f(x)) / h


def backward(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """(f(x) − f(x − h)) / h. Error −f″(x) h/2 + O(h²): first order.

    >>> backward(lambda x: x * x, 1.0, 0.5)
    1.5
    """
    return (f(x) - f(x - h)) / h


def central(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """(f(x + h) − f(x − h)) / (2h). Error f‴(x) h²/6 + O(h⁴): second order; none for a parabola.

    >>> central(lambda x: x * x, 1.0, 0.5)
    2.0
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def complex_step(f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Im f(x + ih) / h. Error −f‴(x) h²/6 + O(h⁴): second order, and nothing is subtracted.

    So h may be 1e-200 and the slope is right to the last digit. f must take complex numbers and be analytic
    at x: where it has a corner, or takes a real part or an absolute value, the result means nothing.

    Source: Squire and Trapp, "Using complex variables to estimate derivatives of real functions" (1998).

    >>> complex_step(lambda z: z**3, 2.0, 1e-200)
    12.0
    """
    return np.imag(f(x + 1j * h)) / h


SCHEMES: Mapping[Scheme, Callable[[Callable[[Any], Any], Any, Any], Any]] = {
    "forward": forward,
    "backward": backward,
    "central": central,
    "complex": complex_step,
}


def difference(scheme: Scheme, f: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """The difference quotient of f at x by `scheme`, exactly as its formula reads.

    x and h are floats, or arrays that broadcast if f takes arrays; the result is of their shape. h may be
    negative, never 0: ParameterError. Where f is not finite the quotient is NaN or infinite. h is not
    adjusted to what x + h really became: what that costs is a lesson of its own.

    >>> difference("forward", lambda x: 3 * x * x - 4 * x, 1.0, 0.5)
    3.5
    >>> difference("central", np.sin, 0.0, np.array([1.0, 0.1])).round(6)
    array([0.841471, 0.998334])
    """
    if isinstance(h, float | int):
        zero = h == 0
    else:
        zero = bool(np.any(np.equal(h, 0)))
    if zero:
        raise ParameterError(
            Text("With h = 0 the two points are one, and one point has no secant."),
            "h",
            Text("Take an h that is small, but not 0."),
        )
    with np.errstate(all="ignore"):
        return SCHEMES[scheme](f, x, h)


class Approach(NamedTuple):
    """A table over h, one row for each: h, the slope, and how far it is from the derivative."""

    h: NDArray[np.float64]
    slopes: NDArray[np.float64]
    errors: NDArray[np.float64]


def approach(
    scheme: Scheme, f: Callable[[Any], Any], x: float, steps: ArrayLike, derivative: float
) -> Approach:
    """The slopes at x for every h of `steps`, beside the true `derivative`.

    >>> table = approach("forward", lambda x: x * x, 1.0, [1.0, 0.5, 0.25], 2.0)
    >>> table.slopes.tolist(), table.errors.tolist()
    ([3.0, 2.5, 2.25], [1.0, 0.5, 0.25])
    """
    h = np.asarray(steps, dtype=float)
    slopes = np.array([difference(scheme, f, x, step) for step in h.tolist()], dtype=float)
    with np.errstate(invalid="ignore"):  # at a pole: ∞ − ∞
        return Approach(h, slopes, np.abs(slopes - derivative))
