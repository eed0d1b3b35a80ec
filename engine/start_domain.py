"""Where on a surface runs may start: its usual domain, and starts drawn evenly over a rectangle."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.function import Function, function
from engine.surface_gallery import GALLERY, KnownSurface

Array: TypeAlias = NDArray[np.float64]

HALF_WIDTH = 4.0
"""Of the square about the origin that is the domain of a surface nobody knows."""

DRAWS = 64
"""How often as many places as are wanted are drawn, before those outside the domain of f are given up."""

_TRIED, _ALIKE = 24, 1e-9
"""Places at which a surface is compared with one of the gallery, and how nearly their values must agree."""


class Rectangle(NamedTuple):
    """x from `x_low` to `x_high`, y from `y_low` to `y_high`."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def holds(self, x: float, y: float) -> bool:
        """Whether (x, y) lies in it, or on its border."""
        return self.x_low <= x <= self.x_high and self.y_low <= y <= self.y_high


@lru_cache(maxsize=64)
def gallery_surface(f: Function) -> KnownSurface | None:
    """The surface of the gallery that f(x, y) is, however it is written; None if it is none of them.

    >>> gallery_surface(function("10w2^2 + w1^2", ["w1", "w2"])).name
    'ravine'
    """
    for known in GALLERY:
        corners = zip(known.low, known.high, strict=True)
        x, y = (low + (high - low) * share for (low, high), share in zip(corners, _spread(), strict=True))
        with np.errstate(all="ignore"):
            own, its = f.value(x, y), function(known.formula, ("x", "y")).value(x, y)
            if np.allclose(own, its, rtol=_ALIKE, atol=_ALIKE * float(np.ptp(its))):
                return known
    return None


def usual_domain(f: Function) -> Rectangle:
    """The domain that the gallery shows f on; of any other surface, the square from −4 to 4."""
    known = gallery_surface(f)
    if known is None:
        return Rectangle(-HALF_WIDTH, HALF_WIDTH, -HALF_WIDTH, HALF_WIDTH)
    return Rectangle(known.low[0], known.high[0], known.low[1], known.high[1])


def drawn_starts(f: Function, domain: Rectangle, count: int, rng: np.random.Generator) -> Array:
    """(2, at most count) places drawn evenly over the part of the domain where f and its slopes are finite.

    Fewer, or none, where that part is so small that `DRAWS` times as many places do not hold enough.
    """
    low, high = np.array([domain.x_low, domain.y_low]), np.array([domain.x_high, domain.y_high])
    found: list[Array] = []
    for _ in range(DRAWS):
        places = (low + (high - low) * rng.random((count, 2))).T
        with np.errstate(all="ignore"):
            value, slopes = f.value_gradient(*places)
            known = np.all([np.isfinite(np.broadcast_to(each, count)) for each in (value, *slopes)], axis=0)
        found.append(places[:, known])
        if sum(each.shape[1] for each in found) >= count:
            break
    return np.concatenate(found, axis=1)[:, :count]


def _spread() -> tuple[Array, Array]:
    """Shares of the width and of the height: places all over a rectangle, on none of its symmetries."""
    k: Array = np.arange(1.0, _TRIED + 1)
    return k * 0.7548776662466927 % 1.0, k * 0.5698402909980532 % 1.0
