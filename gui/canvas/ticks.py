"""Where an axis is marked, and what stands there. Pure arithmetic and text."""

from __future__ import annotations

import math
from typing import NamedTuple

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_TICKS = 60


class Tick(NamedTuple):
    """One mark of an axis: where it stands, in the units the axis is spaced in, and its text."""

    place: float
    text: str


def linear_ticks(low: float, high: float, about: int) -> list[Tick]:
    """Round numbers (1, 2 or 5 times a power of ten apart) between `low` and `high`, about so many.

    >>> [tick.text for tick in linear_ticks(-1.0, 1.0, 5)]
    ['−1', '−0.5', '0', '0.5', '1']
    """
    span = high - low
    if not (span > 0 and math.isfinite(span)) or about < 1:
        return []
    step = round_step(span / about)
    first, last = _multiples(low, high, step)
    if last <= first:  # one number alone is no scale: take the next finer step, if it does not crowd
        finer = round_step(step / 2.5)
        closer = _multiples(low, high, finer)
        if closer[1] - closer[0] <= about:
            step, (first, last) = finer, closer
    if last - first > MOST_TICKS or step < 4 * math.ulp(max(abs(low), abs(high))):  # one float for two ticks
        return []
    return [Tick(index * step, tick_text(index * step, step)) for index in range(first, last + 1)]


def _multiples(low: float, high: float, step: float) -> tuple[int, int]:
    """The first and the last whole multiple of `step` between `low` and `high`."""
    return math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below `least`.

    >>> round_step(0.3), round_step(12.0)
    (0.5, 20.0)
    """
    exponent = math.floor(math.log10(least))
    for factor in (1, 2, 5, 10):
        step = factor * 10.0**exponent if exponent >= 0 else factor / 10.0**-exponent
        if step >= least * (1 - 1e-9):
            return step
    return 10.0 ** (exponent + 1)


def tick_text(value: float, step: float) -> str:
    """A number with as many digits as tell it from its neighbours `step` away, with a true minus.

    >>> tick_text(-0.25, 0.05), tick_text(300000.0, 100000.0), tick_text(2e-7, 1e-7)
    ('−0.25', '3×10⁵', '2×10⁻⁷')
    """
    if abs(value) < step * 1e-6:
        return "0"
    magnitude = math.floor(math.log10(abs(value)) + 1e-9)
    if magnitude >= 5 or magnitude < -4:
        digits = max(0, magnitude - math.floor(math.log10(step) + 1e-9))
        mantissa = f"{value / 10.0**magnitude:.{digits}f}"
        return f"{mantissa}×10{str(magnitude).translate(SUPERSCRIPT)}".replace("-", "−")
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:.{decimals}f}".replace("-", "−")


def log_ticks(low: float, high: float, about: int) -> list[Tick]:
    """Marks of a logarithmic axis between 10^low and 10^high; places are exponents.

    Powers of ten where they suffice, every so many of them where there are too many; within less than two
    powers also 2 and 5; within less than one, round numbers.

    >>> [tick.text for tick in log_ticks(-2.0, 2.0, 5)]
    ['10⁻²', '10⁻¹', '1', '10', '10²']
    """
    if not (high > low and math.isfinite(high - low)) or about < 1:
        return []
    if high - low < 0.9 and max(abs(low), abs(high)) < 300:
        numbers = linear_ticks(10.0**low, 10.0**high, about)
        return [Tick(math.log10(tick.place), tick.text) for tick in numbers if tick.place > 0]
    stride = max(1, math.ceil((high - low) / about))
    first = math.ceil(low / stride - 1e-9) * stride
    ticks = [
        Tick(float(exponent), power_text(exponent))
        for exponent in range(first, math.floor(high + 1e-9) + 1, stride)
    ]
    if high - low < 2.2:
        for exponent in range(math.floor(low), math.floor(high) + 1):
            for factor in (2, 5):
                place = exponent + math.log10(factor)
                if low <= place <= high:
                    ticks.append(Tick(place, tick_text(factor * 10.0**exponent, 10.0**exponent)))
    return sorted(ticks)


def power_text(exponent: int) -> str:
    """A power of ten, as small ones are read: 1 and 10 are written out.

    >>> power_text(0), power_text(-3)
    ('1', '10⁻³')
    """
    return {0: "1", 1: "10"}.get(exponent, f"10{str(exponent).translate(SUPERSCRIPT)}")
