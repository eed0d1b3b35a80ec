"""The misses of a Taylor polynomial: measured at a distance h and its halves, told in words, as a table."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from engine.figure import Column, Floats, Table
from engine.function import Function
from engine.taylor import Expansion
from engine.text import Text

HALVINGS = tuple(0.5**k for k in range(9))
"""The distances h of the table, beside the one on screen."""


class Told(NamedTuple):
    """What the polynomial tells of f(x0 + h), and what came of it; NaN where there is no number."""

    x0: float
    place: float
    coefficients: tuple[float, ...]  # c₀ … cₙ
    missing_order: int | None
    leading_order: int | None
    prediction: float
    actual: float
    miss: float
    ratio: float
    bound: float
    unbounded: Text

    @property
    def value(self) -> float:
        """f(x0)."""
        return self.coefficients[0]

    @property
    def expected_ratio(self) -> float:
        """What the miss is divided by when a small h is halved; NaN where the next terms are all 0."""
        return math.nan if self.leading_order is None else 2.0**self.leading_order

    def missing_derivative(self) -> Text | None:
        """Why there is no polynomial; None if there is one."""
        if self.missing_order is None:
            return None
        if self.missing_order == 0:
            return _not_defined(self.x0, self.value)
        if self.missing_order == 1:
            return Text("f has no slope at {x}.", {"x": self.x0})
        values = {"x": self.x0, "order": self.missing_order}
        return Text("f has no derivative of order {order} at {x}.", values)

    def missing(self) -> Text | None:
        """Why there is no miss; None if there is one."""
        if (no_polynomial := self.missing_derivative()) is not None:
            return no_polynomial
        if not math.isfinite(self.actual):
            return _not_defined(self.place, self.actual)
        return None if math.isfinite(self.miss) else Text("the numbers are too large.")


def _not_defined(x: float, value: float) -> Text:
    if math.isinf(value):
        return Text("f is not defined at {x}, or too large to be a number.", {"x": x})
    return Text("f is not defined at {x}.", {"x": x})


class Misses(NamedTuple):
    """A row for each h. telling: the miss is larger than rounding; ratio: NaN where either miss is not."""

    h: Floats
    prediction: Floats
    actual: Floats
    miss: Floats
    ratio: Floats
    telling: Any

    def row(self, h: float) -> int:
        """The row of h."""
        return int(np.flatnonzero(self.h == h)[0])


@lru_cache(maxsize=64)
def expansion_of(f: Function, x0: float, order: int) -> Expansion:
    """The expansion, kept."""
    return Expansion(f, x0, order)


def measured(expansion: Expansion, h: Floats) -> Misses:
    """The misses at every h, and at half of each for the ratio."""
    both = np.concatenate([h, h / 2])
    miss = expansion.misses(both)
    with np.errstate(all="ignore"):
        telling = np.isfinite(miss) & (np.abs(miss) > expansion.noise(both))
        pairs = telling[: h.size] & telling[h.size :]
        ratio = np.where(pairs, miss[: h.size] / miss[h.size :], math.nan)
        actual = expansion.f.value(expansion.x0 + h)
    prediction = expansion.prediction(h)
    return Misses(h, prediction, actual, miss[: h.size], ratio, telling[: h.size])


@lru_cache(maxsize=64)
def misses_of(f: Function, x0: float, h: float, order: int) -> Misses:
    """The misses at 1, ½, ¼, … on the side of h, from far to near, with the h on screen among them."""
    distances = np.array(sorted({*HALVINGS, abs(h)}, reverse=True))
    return measured(expansion_of(f, x0, order), np.copysign(distances, h))


@lru_cache(maxsize=64)
def told_by(f: Function, x0: float, h: float, order: int) -> Told:
    """What the polynomial says of f(x0 + h), and what came of it."""
    expansion = expansion_of(f, x0, order)
    misses = misses_of(f, x0, h, order)
    row = misses.row(h)
    pieces = Text("Between x₀ and x₀ + h the formula passes from one piece to another.")
    endless = Text("Between x₀ and x₀ + h the next derivative grows without bound.")
    miss = float(misses.miss[row])
    size = expansion.next_size(h) if math.isfinite(miss) else math.nan
    with np.errstate(all="ignore"):
        bound = float(size * np.abs(h) ** (order + 1))
    return Told(
        x0=x0,
        place=x0 + h,
        coefficients=tuple(expansion.coefficients[: order + 1].tolist()),
        missing_order=expansion.missing_order,
        leading_order=expansion.leading_order,
        prediction=float(misses.prediction[row]),
        actual=float(misses.actual[row]),
        miss=miss,
        ratio=float(misses.ratio[row]),
        bound=bound,
        unbounded=endless if math.isinf(size) else pieces,
    )


@lru_cache(maxsize=64)
def misses_table(f: Function, x0: float, h: float, order: int) -> Table:
    """h → miss, from far to near, with the h on screen among them."""
    misses = misses_of(f, x0, h, order)
    names = {
        "h": ("h", None),
        "prediction": ("", Text("prediction")),
        "actual": ("f(x_0+h)", None),
        "miss": ("", Text("miss")),
        "ratio": ("", Text("against that at h/2")),
    }
    return Table(
        "misses",
        tuple(
            Column(name, np.where(np.isfinite(values), values, math.nan), latex=latex, label=label)
            for (name, (latex, label)), values in zip(names.items(), misses[:5], strict=True)
        ),
        title=Text("The miss as h halves"),
        highlighted=misses.row(h),
    )
