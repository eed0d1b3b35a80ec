"""A function of two variables as marks: its colours, its level lines, and the arrows of its gradient."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.contours import contour_levels, contour_lines
from engine.figure import AnyMark, Arrows, Contours, Floats, Heatmap, Role, View
from engine.function import Function
from engine.text import Text

GRID = 161
"""Points along each side of the grid that colours and level lines are read off."""

LEVELS = 12
"""Level lines in one picture: enough for the shape, few enough to follow one."""

WIDEST = 2.0**1022
"""Half the width of the widest view: the whole of it is still a number."""

ARROWS = 15
"""Arrows of a gradient field along each side."""


class Grid(NamedTuple):
    """f on a grid over a view: `z[i, j]` is f(x[j], y[i])."""

    x: Floats
    y: Floats
    z: Floats
    levels: tuple[float, ...]


@lru_cache(maxsize=32)
def surface_grid(f: Function, view: View) -> Grid:
    """f over the view, and the levels worth a line."""
    return grid_of(f.value, view)


def grid_of(values: Callable[[Floats, Floats], Floats], view: View, count: int = GRID) -> Grid:
    """Any function of two variables over the view, `count` points along each side."""
    x = np.linspace(view.x_low, view.x_high, count)
    y = np.linspace(view.y_low, view.y_high, count)
    z = values(*np.meshgrid(x, y))
    return Grid(x, y, z, tuple(contour_levels(z, LEVELS)))


@lru_cache(maxsize=32)
def surface_marks(f: Function, view: View) -> tuple[AnyMark, ...]:
    """The heatmap and the level lines of f over the view; its colours change evenly from line to line."""
    return grid_marks(surface_grid(f, view))


def grid_marks(grid: Grid) -> tuple[AnyMark, ...]:
    """The heatmap and the level lines of a function that is already on a grid."""
    marks: list[AnyMark] = [
        Heatmap(
            id="heat",
            role=Role.FIELD,
            values=grid.z,
            shade=_shade(grid),
            x_low=float(grid.x[0]),
            x_high=float(grid.x[-1]),
            y_low=float(grid.y[0]),
            y_high=float(grid.y[-1]),
        )
    ]
    if grid.levels:
        lines = tuple(contour_lines(grid.x, grid.y, grid.z, grid.levels))
        marks.append(Contours(id="contours", role=Role.CONTOUR, levels=grid.levels, lines=lines))
    return tuple(marks)


@lru_cache(maxsize=32)
def gradient_arrows(f: Function, view: View) -> Arrows:
    """∇f all over the view. True lengths would crowd: √|∇f| sets how long an arrow is, ∇f where it points."""
    x_step = (view.x_high - view.x_low) / ARROWS
    y_step = (view.y_high - view.y_low) / ARROWS
    x, y = np.meshgrid(
        view.x_low + x_step * (np.arange(ARROWS) + 0.5), view.y_low + y_step * (np.arange(ARROWS) + 0.5)
    )
    dx, dy = f.gradient(x, y)
    length = np.hypot(dx, dy)
    shown = np.isfinite(length) & (length > 0)
    longest = float(np.max(length[shown], initial=0.0))
    scale = np.zeros_like(length)
    # two roots rather than that of the product, which overflows before its factors do
    scale[shown] = 0.8 * min(x_step, y_step) / (np.sqrt(length[shown]) * np.sqrt(longest))
    return Arrows(
        id="gradients",
        role=Role.GRADIENT,
        look="field",
        x=x[shown],
        y=y[shown],
        dx=dx[shown] * scale[shown],
        dy=dy[shown] * scale[shown],
    )


def arrow(
    name: str,
    role: Role,
    start: tuple[float, float],
    displacement: tuple[float, float],
    label: Text,
    latex: str,
) -> Arrows:
    """One arrow: what it stands for in words, and as a formula."""
    x, y, dx, dy = (np.array([number]) for number in (*start, *displacement))
    return Arrows(id=name, role=role, x=x, y=y, dx=dx, dy=dy, label=label, latex=latex)


def level_through(f: Function, view: View, level: float) -> Contours:
    """The one level line at this height."""
    grid = surface_grid(f, view)
    lines = tuple(contour_lines(grid.x, grid.y, grid.z, (level,)))
    return Contours(id="level", role=Role.FUNCTION, levels=(level,), lines=lines)


@lru_cache(maxsize=64)
def arrow_scale(f: Function, view: View) -> float:
    """How long to draw a gradient of length 1: a factor 1, 2 or 5 × 10ⁿ with which most fit the view.

    Nine in ten of the gradients over the view are then no longer than a third of its shorter side.
    """
    grid = surface_grid(f, view)
    dx, dy = f.gradient(*np.meshgrid(grid.x[::8], grid.y[::8]))
    with np.errstate(over="ignore"):  # what is too long for a float is left out
        lengths = np.hypot(dx, dy)
    lengths = lengths[np.isfinite(lengths)]
    typical = float(np.quantile(lengths, 0.9)) if lengths.size else 0.0
    if typical == 0.0:
        return 1.0
    room = min(view.x_high - view.x_low, view.y_high - view.y_low) / 3
    wanted = min(1.0, room / typical)
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(max(factor for factor in (1.0, 2.0, 5.0) if factor * power <= wanted * (1 + 1e-9)) * power)


def square_view(x: float, y: float, half_width: float) -> View:
    """A square about the origin that holds (x, y): `half_width`, doubled until it does, or is WIDEST."""
    reach = min(1.05 * max(abs(x), abs(y)), WIDEST)
    while half_width < reach:
        half_width *= 2
    return View(-half_width, half_width, -half_width, half_width)


def _shade(grid: Grid) -> Floats:
    """z mapped to [0, 1] so that one level line to the next is one step of colour."""
    finite = grid.z[np.isfinite(grid.z)]
    if not finite.size or not grid.levels:
        return np.where(np.isfinite(grid.z), 0.5, np.nan)
    knots = [
        min(float(finite.min()), grid.levels[0]),
        *grid.levels,
        max(float(finite.max()), grid.levels[-1]),
    ]
    shade = np.interp(grid.z, knots, np.linspace(0.0, 1.0, len(knots)))
    return np.where(np.isfinite(grid.z), shade, np.nan)
