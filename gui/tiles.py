"""How the kinds of a mosaic look: a hue and a pattern for each, in the three columns of the theme.

Lines are drawn over a mosaic, so all its colours keep to the lightness of a field. A kind's shade runs from
pale to strong within that; its pattern is what tells it from others without colour. ("arrived" and "place 1"
look alike: no picture has both.)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gui.colour import from_lab
from gui.looks import Column

SIDE = 8
"""Pixels along a side of a pattern, at 100 %."""

SHADES = 16
"""Shades of each kind, from pale to strong."""

_Y, _X = np.mgrid[:SIDE, :SIDE]
PATTERNS: Mapping[str, NDArray[np.bool_]] = {
    "plain": np.zeros((SIDE, SIDE), dtype=bool),
    "dots": (_X % 4 == 1) & (_Y % 4 == 1),
    "bars": _Y % 4 == 1,
    "pales": _X % 4 == 1,
    "lattice": (_X == 3) | (_Y == 3),
    "slants": (_X + _Y) % SIDE < 2,
    "backslants": (_X - _Y) % SIDE == 0,
    "waves": abs(_X - 4) == _Y % 4,
    "crosses": ((_X == 3) & (abs(_Y - 3) < 3)) | ((_Y == 3) & (abs(_X - 3) < 3)),
    "checks": (_X // 4 + _Y // 4) % 2 == 1,
    "bands": _Y < 4,
    "stripes": _X < 4,
    "diamonds": abs(_X - 3.5) + abs(_Y - 3.5) < 3,
}
"""What is inked of a square that repeats itself."""


class _Kind(NamedTuple):
    hue: float  # degrees in CIE L*a*b*
    chroma: float  # 1 is as colourful as the theme allows
    pattern: str


_KINDS: Mapping[str, _Kind] = {
    "arrived": _Kind(165.0, 1.0, "plain"),
    "on-its-way": _Kind(255.0, 0.9, "dots"),
    "oscillates": _Kind(85.0, 1.0, "waves"),
    "no-lower": _Kind(0.0, 0.0, "crosses"),
    "diverged": _Kind(15.0, 1.0, "slants"),
    "elsewhere": _Kind(0.0, 0.0, "checks"),
    "place 1": _Kind(165.0, 1.0, "plain"),
    "place 2": _Kind(300.0, 1.0, "bars"),
    "place 3": _Kind(115.0, 1.0, "pales"),
    "place 4": _Kind(235.0, 1.0, "lattice"),
    "place 5": _Kind(345.0, 1.0, "backslants"),
    "place 6": _Kind(60.0, 1.0, "bands"),
    "place 7": _Kind(200.0, 1.0, "stripes"),
    "place 8": _Kind(275.0, 1.0, "diamonds"),
}

LOOKS = tuple(_KINDS)
"""The names of all looks that a tile may have."""


class _Ground(NamedTuple):
    """L* of pale, of strong and of the ink of patterns, and the chroma of the three."""

    lightness: tuple[float, float, float]
    chroma: tuple[float, float, float]


_GROUNDS: Mapping[Column, _Ground] = {
    "light": _Ground((96.5, 89.0, 82.5), (5.0, 20.0, 26.0)),
    "dark": _Ground((14.0, 26.0, 35.0), (8.0, 24.0, 30.0)),
    "contrast": _Ground((4.0, 18.0, 36.0), (0.0, 0.0, 0.0)),
}


@lru_cache(maxsize=64)
def tile_colors(look: str, column: Column) -> NDArray[np.uint32]:
    """(SHADES, SIDE · SIDE) colours of a look as Qt's 0xffRRGGBB: row by row, from pale to strong.

    KeyError if there is no such look.
    """
    kind, ground = _KINDS[look], _GROUNDS[column]
    strength = np.linspace(0.0, 1.0, SHADES)
    direction = np.array([np.cos(np.radians(kind.hue)), np.sin(np.radians(kind.hue))]) * kind.chroma

    def packed(lightness: NDArray[np.float64], chroma: NDArray[np.float64]) -> NDArray[np.uint32]:
        rgb = from_lab(np.column_stack((lightness, chroma[:, None] * direction)))
        red, green, blue = np.round(rgb * 255).astype(np.uint32).T
        colors: NDArray[np.uint32] = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
        return colors

    (pale, strong, ink), (of_pale, of_strong, of_ink) = ground
    cells = packed(pale + (strong - pale) * strength, of_pale + (of_strong - of_pale) * strength)
    inked = packed(np.full(SHADES, ink), np.full(SHADES, of_ink))
    pattern = PATTERNS[kind.pattern].ravel()
    return np.where(pattern[None, :], inked[:, None], cells[:, None])
