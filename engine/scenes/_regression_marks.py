"""A regression drawn: the data with a line through them, and the plane in which each line is a point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from engine.data_points import clean_name
from engine.figure import AnyMark, Axis, Bars, Curve, Floats, Handle, Panel, Points, Role, Rule, View
from engine.mini_batches import Descent
from engine.regression import SAME_X, Best, Data, Kind, best, loss, predicted, sigmoid
from engine.scenes._regression_data import MOST_HANDLES, MOST_MISSES, Now, Seen
from engine.surfaces import GRID, grid_marks, grid_of
from engine.text import Text, verbatim

DATA = "data"
PLANE = "plane"

LEFT, RIGHT = 0.1, 0.9
"""Where along the panel the ends of the line are held."""

STEEPEST_LOGIT = 6.0
"""Nearer to 0 or 1 the end of a logistic curve is not held: a hair's breadth would be any slope."""

LOGISTIC_GRID = 81
"""Points along each side of the plane where every one of them meets all the data."""

AIR = 0.05
LOOKS = {"whole": "batch", "mini": "mini-batch", "single": ""}
"""Each a look of its own; one step a point is too many steps for markers."""


def interval(low: float, high: float) -> tuple[float, float]:
    """An interval that holds both, with air, its ends on a coarse ruler: it stands still until it must not.

    The rulers are powers of two, so that each lies on every finer one.

    >>> interval(0.3, 9.2), interval(0.6, 8.9), interval(3.0, 3.0)
    ((-2.0, 10.0), (0.0, 10.0), (-1.0, 7.0))
    """
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        size = max(abs(low), abs(high)) or 1.0
        low, high = low - size, high + size
    span = high - low
    step = 2.0 ** math.ceil(math.log2(span / 8))
    air = AIR * span
    return step * math.floor((low - air) / step), step * math.ceil((high + air) / step)


@lru_cache(maxsize=32)
def data_view(data: Data, kind: Kind) -> View:
    """What holds all points."""
    across = interval(float(data.x.min()), float(data.x.max()))
    up = interval(float(data.y.min()), float(data.y.max())) if kind == "linear" else (-0.15, 1.15)
    return View(*across, *up)


def plane_view(data: Data, kind: Kind, w: float, b: float) -> View:
    """What holds the start, and the lowest place with as much about it as it is away from 0."""
    (low_w, high_w), (low_b, high_b) = _about_best(data, kind)
    return View(*interval(min(w, low_w), max(w, high_w)), *interval(min(b, low_b), max(b, high_b)))


@lru_cache(maxsize=32)
def _about_best(data: Data, kind: Kind) -> tuple[tuple[float, float], tuple[float, float]]:
    spread_x, spread_y = math.sqrt(data.moments.xx) or 1.0, math.sqrt(data.moments.yy) or 1.0
    least = (spread_y / spread_x, spread_y) if kind == "linear" else (3.0 / spread_x, 3.0)
    lowest = best(data, kind)
    places = (
        (lowest.w, lowest.b) if lowest.why is None else (0.0, data.moments.y if kind == "linear" else 0.0)
    )
    w, b = (
        (place - max(abs(place), size), place + max(abs(place), size))
        for place, size in zip(places, least, strict=True)
    )
    return w, b


def data_panel(
    now: Now,
    start: tuple[float, float],
    misses: str,
    show_best: bool,
    edit: bool,
    shown: View | None,
    batch: bool,
) -> Panel:
    """The points, the line of the step on show with its misses, the line that the run starts from."""
    view = data_view(now.data, now.kind)
    wide = shown or view
    marks: list[AnyMark] = []
    if now.finite and misses != "none" and len(now.data) <= MOST_MISSES:
        marks += [_squares(now)] if misses == "squares" else [_misses(now)]
    if show_best and now.best.why is None:
        marks.append(_line("best", Role.GHOST, now.kind, (now.best.w, now.best.b), wide, Text("the best")))
    if start != now.place:
        marks.append(_line("start", Role.SECANT, now.kind, start, wide, Text("the start")))
    if now.finite:
        marks.append(_line("line", Role.FUNCTION, now.kind, now.place, wide, Text("the model")))
    marks.append(Points(id="points", role=Role.POINT, x=now.data.x, y=now.data.y))
    if batch and now.batch < now.count:
        chosen = now.batch_here
        label = Text("the batch of this step")
        marks.append(
            Points(id="batch", role=Role.STEP, x=now.data.x[chosen], y=now.data.y[chosen], label=label)
        )
    marks += ends(now.kind, start, view, wide)
    if edit and can_be_dragged(now.seen):
        marks += [
            Handle(
                id=f"point {number}",
                role=Role.POINT,
                x=x,
                y=y,
                parameters=("points",),
                label=Text("point {number}", {"number": number + 1}),
                quiet=True,
            )
            for number, (x, y) in enumerate(zip(now.data.x.tolist(), now.data.y.tolist(), strict=True))
        ]
    x_axis, y_axis = axes(now.seen)
    return Panel(
        id=DATA,
        marks=tuple(marks),
        view=view,
        x_axis=x_axis,
        y_axis=y_axis,
        equal=misses == "squares",
        clickable=edit and now.seen.scale is None,
    )


def can_be_dragged(seen: Seen) -> bool:
    """Whether each point is a handle. Scaled points are not: with one of them all would move."""
    return len(seen.data) <= MOST_HANDLES and seen.scale is None


def axes(seen: Seen) -> tuple[Axis, Axis]:
    """x and y, or what the data call them."""
    pair = [
        Axis(latex=letter) if not name else Axis(label=verbatim(clean_name(name)))
        for letter, name in zip("xy", seen.names, strict=True)
    ]
    return pair[0], pair[1]


def ends(kind: Kind, place: tuple[float, float], view: View, shown: View | None = None) -> list[Handle]:
    """The two ends by which the line is held: at the sides of the points, within the height that is shown."""
    height = shown or view
    held = []
    for name, share, label in (("left", LEFT, Text("the left end")), ("right", RIGHT, Text("the right end"))):
        x = end_at(view, share)
        y = float(predicted(kind, x, *place))
        if kind == "logistic":
            y = min(max(y, float(sigmoid(-STEEPEST_LOGIT))), float(sigmoid(STEEPEST_LOGIT)))
        air = 0.02 * (height.y_high - height.y_low)
        y = min(max(y, height.y_low + air), height.y_high - air) if math.isfinite(y) else height.y_low + air
        held.append(Handle(id=name, role=Role.SECANT, x=x, y=y, parameters=("w", "b"), label=label))
    return held


def end_at(view: View, share: float) -> float:
    """Where on the x axis an end is held."""
    return view.x_low + share * (view.x_high - view.x_low)


def held_through(
    kind: Kind, place: tuple[float, float], view: View, end: str, y: float
) -> tuple[float, float]:
    """(w, b) of the line whose end is dragged to the height y while the other end stands where it is."""
    share, other_share = (LEFT, RIGHT) if end == "left" else (RIGHT, LEFT)
    x, other = end_at(view, share), end_at(view, other_share)
    stands = place[0] * other + place[1]
    if kind == "logistic":
        y = _logit(y)
        stands = min(max(stands, -STEEPEST_LOGIT), STEEPEST_LOGIT)
    w = (y - stands) / (x - other)
    return w, stands - w * other


def _logit(p: float) -> float:
    edge = float(sigmoid(-STEEPEST_LOGIT))
    p = min(max(p, edge), 1.0 - edge)
    return math.log(p / (1.0 - p))


def _line(name: str, role: Role, kind: Kind, place: tuple[float, float], view: View, label: Text) -> Curve:
    x = np.linspace(view.x_low, view.x_high, 2 if kind == "linear" else 241)
    return Curve(id=name, role=role, x=x, y=predicted(kind, x, *place), label=label)


def _misses(now: Now) -> Curve:
    """From each point straight to the line."""
    x, y = now.data.x, now.data.y
    gap = np.full(len(x), np.nan)
    hit = predicted(now.kind, x, *now.place)
    return Curve(
        id="misses",
        role=Role.ERROR,
        x=np.column_stack((x, x, gap)).ravel(),
        y=np.column_stack((y, hit, gap)).ravel(),
        label=Text("the misses"),
    )


def _squares(now: Now) -> Bars:
    """A square on each miss: the loss is their mean area."""
    x, y = now.data.x, now.data.y
    hit = predicted(now.kind, x, *now.place)
    miss = hit - y
    # on the side where the line is not: they cover less of it
    lean = np.where(miss * now.place[0] > 0, -1.0, 1.0) * np.abs(miss)
    return Bars(
        id="misses",
        role=Role.ERROR,
        left=np.minimum(x, x + lean),
        right=np.maximum(x, x + lean),
        bottom=np.minimum(y, hit),
        top=np.maximum(y, hit),
        label=Text("the squared misses"),
    )


def plane_panel(
    now: Now, start: tuple[float, float], others: Mapping[str, Descent], show_best: bool, shown: View | None
) -> Panel:
    """The loss over all (w, b), and the way of each run as far as it is on show."""
    view = plane_view(now.data, now.kind, *start)
    marks: list[AnyMark] = [*_surface(now.data, now.kind, shown or view)]
    if show_best:
        marks += _lowest(now.data, now.kind, now.best)
    for name, run in others.items():
        here = run.step_at(float(now.run.epochs[now.here]))
        marks += path_marks(name, run, here)
    marks += path_marks("own", now.run, now.here)
    label = Text("the start")
    marks.append(
        Handle(id="start", role=Role.POINT, x=start[0], y=start[1], parameters=("w", "b"), label=label)
    )
    return Panel(
        id=PLANE,
        marks=tuple(marks),
        view=view,
        x_axis=Axis(latex="w"),
        y_axis=Axis(latex="b"),
        clickable=True,
    )


def path_marks(name: str, run: Descent, here: int) -> list[AnyMark]:
    """The way so far, and where it has come to."""
    x, y = run.trajectory.positions[: here + 1].T
    look = look_of(run)
    path = Curve(id=f"path {name}", role=Role.PATH, look=look, x=x, y=y, label=batch_words(run))
    return [path, Points(id=f"head {name}", role=Role.PATH, look=look, x=x[-1:], y=y[-1:])]


def look_of(run: Descent) -> str:
    """How a run is drawn: by the size of its batches."""
    kind = "whole" if run.batch == run.count else "single" if run.batch == 1 else "mini"
    return LOOKS[kind]


def batch_words(run: Descent) -> Text:
    """What a run's batches are called."""
    if run.batch == run.count:
        return Text("the whole batch, {count}", {"count": run.count})
    return Text("batches of {batch}", {"batch": run.batch})


def _lowest(data: Data, kind: Kind, lowest: Best) -> list[AnyMark]:
    """The lowest place; where all x are one, the line of them."""
    label = Text("the best")
    if lowest.why is None:
        return [
            Points(id="best", role=Role.GHOST, x=np.array([lowest.w]), y=np.array([lowest.b]), label=label)
        ]
    if lowest.why is not SAME_X:
        return []
    x, height = data.moments.x, data.moments.y
    if kind == "logistic":
        height = math.log(height / (1.0 - height))
    if abs(x) < 1e-12:
        return [Rule(id="best", role=Role.GHOST, x=0.0, y=height, label=label)]
    return [Rule(id="best", role=Role.GHOST, x=0.0, y=height, slope=-x, label=label)]


@lru_cache(maxsize=16)
def _surface(data: Data, kind: Kind, view: View) -> tuple[AnyMark, ...]:
    def values(w: Floats, b: Floats) -> Floats:
        return loss(data, kind, w, b)

    return grid_marks(grid_of(values, view, GRID if kind == "linear" else LOGISTIC_GRID))
