"""The error of one slope taken apart: what truncation, round-off, underflow and overflow do to it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from engine.autodiff import Precision
from engine.difference_errors import KINDS, Scheme, estimates, held, reverse_slope, true_slope, values
from engine.function import Function
from engine.precise import arithmetic, precise_tangent, precise_value

Dominant = Literal["truncation", "round-off", "underflow", "overflow", "none"]
"""What makes up most of an error; "none" where there is no error."""


class Parts(NamedTuple):
    """An error taken apart: estimate − f′(x0) = truncation + round_off, both signed; and which is larger.

    A part that is not known is None.
    """

    truncation: float | None
    round_off: float | None
    dominant: Dominant | None


@lru_cache(maxsize=1024)
def error_parts(f: Function, scheme: Scheme, x0: float, h: float, precision: Precision) -> Parts:
    """The error of one estimate taken apart, by working the quotient out without losing a digit.

    Truncation is what that quotient is off by, round-off the rest. "overflow": a number of the way is too
    large for the precision; "underflow": round-off it is, since f(x ± h) or h, which is not 0, became so
    small that digits are lost. A complex step subtracts nothing: its truncation is −f‴ h²/6, the first term.
    """
    estimate = float(estimates(f, scheme, x0, h, precision))
    slope = true_slope(f, x0, precision)
    x, step = held(x0, precision), held(h, precision)
    if math.isnan(slope.value):
        return Parts(None, None, None)
    if scheme == "reverse":
        truncation: float | None = 0.0
    elif scheme == "complex_step":
        bend = f.derivative_at(x, 3)
        truncation = -bend * step * step / 6 if math.isfinite(bend) else None
    else:
        truncation = _truncation(f, scheme, x, step or h)
    if truncation is None:
        return Parts(None, None, None)
    if not math.isfinite(estimate):
        return Parts(truncation, None, "underflow" if step == 0.0 else "overflow")
    round_off = ((estimate - slope.value) - slope.rest) - truncation
    return Parts(truncation, round_off, _dominant(f, scheme, x, step, precision, truncation, round_off))


def _truncation(f: Function, scheme: Scheme, x: float, h: float) -> float | None:
    """What the difference quotient is off by when every digit is kept; None where f has no value."""
    digits = sum(abs(math.log2(size)) for size in (h, abs(x) or 1.0))
    bits = 128 + 128 * math.ceil(3 * digits / 128)  # in steps: arithmetics are kept by their bits
    numbers = arithmetic(bits)
    middle, step = numbers.mpf(x), numbers.mpf(h)
    height, slope = (numbers.mpf(number) for number in precise_tangent(f, x, bits))

    def value(place: Any) -> Any:
        return precise_value(f.node, {f.variables[0]: place}, numbers)

    if scheme == "forward":
        quotient = (value(middle + step) - height) / step
    else:
        quotient = (value(middle + step) - value(middle - step)) / (2 * step)
    truncation = quotient - slope
    return None if numbers.isnan(truncation) else float(truncation)


def _dominant(
    f: Function,
    scheme: Scheme,
    x: float,
    h: float,
    precision: Precision,
    truncation: float,
    round_off: float,
) -> Dominant:
    if truncation == round_off == 0.0:
        return "none"
    if abs(truncation) >= abs(round_off):
        return "truncation"
    return "underflow" if _is_tiny(f, scheme, x, h, precision) else "round-off"


def _is_tiny(f: Function, scheme: Scheme, x: float, h: float, precision: Precision) -> bool:
    """Whether a number of the quotient lies where the precision has fewer digits left, or none."""
    smallest = float(np.finfo(KINDS[precision]).smallest_normal)
    if scheme == "reverse":
        return 0.0 < abs(x) < smallest
    if h < smallest:
        return True
    if scheme == "complex_step":
        return abs(reverse_slope(f, x, precision) * h) < smallest
    kind = KINDS[precision]
    with np.errstate(all="ignore"):
        places = [kind(x) + kind(h), kind(x) - kind(h) if scheme == "central" else kind(x)]
        heights = [abs(float(values(f, place, precision))) for place in places]
    numbers = arithmetic(512)

    def is_zero(place: Any) -> bool:
        return bool(precise_value(f.node, {f.variables[0]: numbers.mpf(float(place))}, numbers) == 0)

    return any(
        height < smallest and not is_zero(place) for height, place in zip(heights, places, strict=True)
    )
