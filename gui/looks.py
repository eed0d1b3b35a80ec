"""How each role and each optimizer looks: colour, width, dash, marker, hatch, in three columns.

A role is never told by colour alone: dash, width, marker or hatch says it too. An optimizer keeps its look
wherever it appears. No Qt here: `gui.theme` makes pens of this, and a test measures every pair.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from engine.roles import Role

if TYPE_CHECKING:
    from engine.figure import Mark

Column = Literal["light", "dark", "contrast"]
Marker = Literal[
    "circle", "square", "diamond", "triangle", "triangle-down", "plus", "cross", "star", "pentagon", "hexagon"
]

IN_A_FIELD = "field"
"""The `look` of marks of which there are many, one at each point of a grid."""

SOLID: tuple[float, ...] = ()
LONG_DASH = (14.0, 6.0)
DASH = (8.0, 5.0)
DASH_DOT = (12.0, 4.0, 2.5, 4.0)
DASH_DOT_DOT = (12.0, 4.0, 2.5, 4.0, 2.5, 4.0)
DOTTED = (2.5, 4.5)


@dataclass(frozen=True, slots=True)
class Look:
    """What a painter needs to know of a mark. Lengths are in pixels at 100 %.

    dash: lengths drawn and left out in turn; empty is solid.
    hatch: the area is hatched, so that it is told from a highlight without colour.
    open_head: an arrow ends in two strokes rather than in a filled triangle.
    """

    color: str
    width: float = 2.0
    dash: tuple[float, ...] = SOLID
    marker: Marker = "circle"
    hatch: bool = False
    open_head: bool = False


_SHAPES: Mapping[Role, Look] = {
    Role.FUNCTION: Look("", 2.5),
    Role.SECANT: Look("", 2.0, LONG_DASH),
    Role.TANGENT: Look("", 2.0),
    Role.CURVATURE: Look("", 2.0, DASH_DOT),
    Role.AREA: Look("", 2.0, hatch=True),
    Role.GRADIENT: Look("", 2.0),
    Role.STEP: Look("", 2.0, open_head=True),
    Role.PATH: Look("", 2.0),
    Role.ERROR: Look("", 2.0, DOTTED, "cross"),
    Role.RIGHT: Look("", 2.0),
    Role.WRONG: Look("", 2.0, DASH, "cross"),
    Role.CONTOUR: Look("", 1.2),
    Role.FIELD: Look("", 1.25),
    Role.POINT: Look("", 2.0),
    Role.GUIDE: Look("", 1.25, DASH),
    Role.GHOST: Look("", 1.75, DASH_DOT_DOT),
}

_COLORS: Mapping[Role, tuple[str, str, str]] = {
    Role.FUNCTION: ("#1B1F24", "#E8EAED", "#FFFFFF"),
    Role.SECANT: ("#0072B2", "#56B4E9", "#00FFFF"),
    Role.TANGENT: ("#C2410C", "#FF9D5C", "#FFFF00"),
    Role.CURVATURE: ("#4B1F78", "#9A6BFF", "#FF8CFF"),
    Role.AREA: ("#0B7A5B", "#4FD1A5", "#00FFFF"),
    Role.GRADIENT: ("#C2410C", "#FF9D5C", "#FFFF00"),
    Role.STEP: ("#0072B2", "#56B4E9", "#00FFFF"),
    Role.PATH: ("#0072B2", "#56B4E9", "#00FFFF"),
    Role.ERROR: ("#D6246E", "#F58CBC", "#FF8CFF"),
    Role.RIGHT: ("#0B7A5B", "#4FD1A5", "#00FFFF"),
    Role.WRONG: ("#D6246E", "#F58CBC", "#FF8CFF"),
    Role.CONTOUR: ("#56606B", "#B4BCC6", "#C4C4C4"),
    Role.FIELD: ("#3D4651", "#C9D0D8", "#FFFFFF"),
    Role.POINT: ("#1B1F24", "#E8EAED", "#FFFFFF"),
    Role.GUIDE: ("#59636E", "#AEB6C0", "#FFFFFF"),
    Role.GHOST: ("#59636E", "#AEB6C0", "#FFFFFF"),
}

_COLUMN = {"light": 0, "dark": 1, "contrast": 2}


@cache
def role_look(role: Role, column: Column) -> Look:
    """The look of a role in one column of the table."""
    return replace(_SHAPES[role], color=_COLORS[role][_COLUMN[column]])


@dataclass(frozen=True, slots=True)
class _OptimizerLook:
    light: str
    dark: str
    contrast: str
    dash: tuple[float, ...]
    marker: Marker


_YELLOW, _CYAN, _PINK, _WHITE = "#FFFF00", "#00FFFF", "#FF8CFF", "#FFFFFF"

# Fifteen looks in the order of their use. The colours come of a search (farthest insertion, then annealing)
# among those that keep 3 : 1 on background and field: every pair is at least 8 apart in ΔE₀₀ under normal
# sight, protanopia and deuteranopia, and within that light and dark are as near in hue as they can be.
_OPTIMIZERS: Mapping[str, _OptimizerLook] = {
    "gd": _OptimizerLook("#007399", "#99FFFF", _CYAN, SOLID, "circle"),
    "momentum": _OptimizerLook("#CC264D", "#F2994D", _YELLOW, LONG_DASH, "square"),
    "nesterov": _OptimizerLook("#B30DD9", "#FFB3FF", _PINK, DASH_DOT, "diamond"),
    "adagrad": _OptimizerLook("#407300", "#E6FF8C", _WHITE, DASH, "triangle"),
    "rmsprop": _OptimizerLook("#802600", "#FFFF00", _CYAN, DASH_DOT_DOT, "plus"),
    "adam": _OptimizerLook("#4000CC", "#E68CFF", _YELLOW, SOLID, "triangle-down"),
    "adamw": _OptimizerLook("#007359", "#26CCB3", _PINK, DOTTED, "cross"),
    "adadelta": _OptimizerLook("#8C0059", "#FFBFD9", _WHITE, LONG_DASH, "star"),
    "qhm": _OptimizerLook("#CC1A73", "#E699A6", _CYAN, DASH_DOT, "pentagon"),
    "nadam": _OptimizerLook("#591A0D", "#FFBF8C", _YELLOW, DASH, "hexagon"),
    "amsgrad": _OptimizerLook("#80008C", "#D999CC", _PINK, DASH_DOT_DOT, "circle"),
    "qhadam": _OptimizerLook("#660D33", "#FF8C8C", _WHITE, DOTTED, "square"),
    "lion": _OptimizerLook("#337340", "#D9FFBF", _CYAN, SOLID, "diamond"),
    "newton": _OptimizerLook("#D90000", "#FFBF26", _YELLOW, LONG_DASH, "plus"),
    "bfgs": _OptimizerLook("#1A5933", "#A6E6BF", _PINK, DASH, "triangle-down"),
}

_MARKERS: tuple[Marker, ...] = (
    "circle", "square", "diamond", "triangle", "plus", "triangle-down", "cross", "star", "pentagon", "hexagon"
)  # fmt: skip
_DASHES = (SOLID, LONG_DASH, DASH_DOT, DASH, DOTTED, DASH_DOT_DOT)


def optimizer_look(look: str, column: Column) -> Look:
    """The look of an optimizer: `adam`, or `adam#2` for a second racer of the same kind.

    The second keeps the hue and takes another dash and another marker; sixty of one kind differ. A name that
    has no look of its own always gets the same one of the fifteen.
    """
    name, number = _optimizer(look), look.partition("#")[2]
    repeat = int(number) - 1 if number.strip().isdecimal() else 0
    own = _OPTIMIZERS.get(name)
    if own is None:
        own = list(_OPTIMIZERS.values())[zlib.crc32(name.encode()) % len(_OPTIMIZERS)]
    # six dashes against ten markers come round after thirty: then each dash meets the other five markers
    dash = _DASHES[(_DASHES.index(own.dash) + repeat + repeat // 30) % len(_DASHES)]
    marker = _MARKERS[(_MARKERS.index(own.marker) + 3 * repeat) % len(_MARKERS)]
    return Look(getattr(own, column), 2.0, dash, marker)


def optimizers_with_looks() -> tuple[str, ...]:
    """The fifteen names that have a look of their own."""
    return tuple(_OPTIMIZERS)


def look_of(mark: Mark, column: Column) -> Look:
    """The look of a mark: its role's, or its optimizer's, or, for one of many in a field, a quiet one."""
    return _look(mark.role, mark.look, column)


@lru_cache(maxsize=512)
def _look(role: Role, name: str, column: Column) -> Look:
    look = role_look(role, column)
    if name == IN_A_FIELD:
        quiet = role_look(Role.FIELD, column)
        return replace(look, color=quiet.color, width=quiet.width, dash=quiet.dash)
    if name and (role is Role.PATH or _optimizer(name) in _OPTIMIZERS):
        own = optimizer_look(name, column)
        return replace(look, color=own.color, dash=own.dash, marker=own.marker)
    return look


def _optimizer(look: str) -> str:
    """`Adam(lr=0.1)#2` → `adam`."""
    return look.partition("#")[0].partition("(")[0].strip().lower()
