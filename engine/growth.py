"""How a product grows: the three parts of its growth, and its slope by the rule beside one by differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.differences import difference
from engine.figure import Column, Table
from engine.function import Function
from engine.nodes import Product
from engine.text import Text

DISTANCES = (1.0, 0.1, 0.01, 0.001, 1e-4)
"""The distances h of the table, beside the one on screen."""

CHECK_STEP = float(np.cbrt(np.finfo(float).eps))
"""The step of the numerical check: about the best that a central difference can have."""


class Growth(NamedTuple):
    """The sides before and their changes; NaN where there is no number."""

    u: float
    v: float
    du: float
    dv: float

    @property
    def v_du(self) -> float:
        """The strip beside."""
        return self.v * self.du

    @property
    def u_dv(self) -> float:
        """The strip on top."""
        return self.u * self.dv

    @property
    def du_dv(self) -> float:
        """The small piece in the corner."""
        return self.du * self.dv

    @property
    def total(self) -> float:
        """(u + Δu)(v + Δv) − uv, as the sum of its parts: nothing is lost to subtraction."""
        return self.v_du + self.u_dv + self.du_dv

    @property
    def corner(self) -> tuple[float, float]:
        """Where the rectangle's free corner is."""
        return self.u, self.v

    @property
    def new_corner(self) -> tuple[float, float]:
        """Where it goes."""
        return self.u + self.du, self.v + self.dv


class Grown(NamedTuple):
    """The rectangle's growth and the slopes at x0; NaN where there is no number."""

    x0: float
    place: float
    growth: Growth
    u_slope: float
    v_slope: float
    numeric_slope: float

    @property
    def product_slope(self) -> float:
        """u′v + uv′."""
        return self.u_slope * self.growth.v + self.growth.u * self.v_slope

    @property
    def can_stand(self) -> bool:
        """Whether there is a rectangle at x0."""
        return math.isfinite(self.growth.u) and math.isfinite(self.growth.v)

    @property
    def can_grow(self) -> bool:
        """Whether there is one at x0 + h as well."""
        return self.can_stand and math.isfinite(self.growth.total)

    def missing(self) -> Text | None:
        """Why there is no growth; None if there is."""
        for name, here, change in (
            ("u", self.growth.u, self.growth.du),
            ("v", self.growth.v, self.growth.dv),
        ):
            if not math.isfinite(here):
                return _not_defined(name, self.x0, here)
            if not math.isfinite(change):
                return _not_defined(name, self.place, change)
        return None if self.can_grow else Text("the numbers are too large.")

    def missing_slope(self) -> Text | None:
        """Why there is no slope by the rule; None if there is."""
        for name, here, slope in (("u", self.growth.u, self.u_slope), ("v", self.growth.v, self.v_slope)):
            if not math.isfinite(here):
                return _not_defined(name, self.x0, here)
            if not math.isfinite(slope):
                return Text("{name} has no slope at {x}.", {"name": name, "x": self.x0})
        return None if math.isfinite(self.product_slope) else Text("the numbers are too large.")


def _not_defined(name: str, x: float, value: float) -> Text:
    if math.isinf(value):
        return Text("{name} is not defined at {x}, or too large to be a number.", {"name": name, "x": x})
    return Text("{name} is not defined at {x}.", {"name": name, "x": x})


@lru_cache(maxsize=64)
def grown_by(u: Function, v: Function, x0: float, h: float) -> Grown:
    """What becomes of the rectangle u(x0) by v(x0) when x moves by h."""
    sides = u.value_at(x0), v.value_at(x0)
    changes = (side.value_at(x0 + h) - before for side, before in zip((u, v), sides, strict=True))
    step = CHECK_STEP * max(1.0, abs(x0))
    return Grown(
        x0=x0,
        place=x0 + h,
        growth=Growth(*sides, *changes),
        u_slope=u.derivative_at(x0),
        v_slope=v.derivative_at(x0),
        numeric_slope=difference("central", product_of(u, v).value_at, x0, step),
    )


@lru_cache(maxsize=64)
def product_of(u: Function, v: Function) -> Function:
    """The function u·v."""
    return Function(Product(u.node, v.node), u.variables)


@lru_cache(maxsize=64)
def parts_table(u: Function, v: Function, x0: float, h: float) -> Table:
    """h → the three parts, each for a step of h: two settle, the corner's goes to 0."""
    distances = sorted({*DISTANCES, abs(h)}, reverse=True)
    steps = [math.copysign(distance, h) for distance in distances]
    parts = [(grown_by(u, v, x0, step).growth, step) for step in steps]
    columns: Mapping[str, tuple[list[float], str]] = {
        "h": (steps, "h"),
        "u_dv": ([each.u_dv / step for each, step in parts], r"\frac{u\,\Delta v}{h}"),
        "v_du": ([each.v_du / step for each, step in parts], r"\frac{v\,\Delta u}{h}"),
        "du_dv": ([each.du_dv / step for each, step in parts], r"\frac{\Delta u\,\Delta v}{h}"),
        "growth": ([each.total / step for each, step in parts], r"\frac{\Delta(u v)}{h}"),
    }
    return Table(
        "parts",
        tuple(
            Column(name, np.array([value if math.isfinite(value) else math.nan for value in values]), latex)
            for name, (values, latex) in columns.items()
        ),
        title=Text("The parts, for each step of h"),
        highlighted=distances.index(abs(h)),
    )
