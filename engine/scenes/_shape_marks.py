"""The marks of the panels in which a curve, its slope and its curvature stand above each other."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec
import numpy as np

from engine.critical_points import Kind, Shape, SpecialPoint, Stretch, covering
from engine.curves import curve_marks
from engine.figure import AnyMark, Curve, Floats, Handle, Label, Points, Role, Rule, Span, View
from engine.function import Function
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.shape import Shape as ShapeScene

NAMES = ("function", "slope", "curvature")
ROLES = (Role.FUNCTION, Role.TANGENT, Role.CURVATURE)

LABELLED_SHARE = 0.11
"""The share of the panel's width that a band must have for its word."""

MOST_LABELS = 7

TANGENT_SHARE = 0.11
"""Half of the tangent's length, as a share of the panel."""

_BANDS = {
    (1, 1): (Role.TANGENT, Text("rising")),
    (1, -1): (Role.SECANT, Text("falling")),
    (2, 1): (Role.CURVATURE, Text("bends up")),
    (2, -1): (Role.AREA, Text("bends down")),
}
"""Order of the derivative and its sign → what such a band is."""

_KINDS: dict[Kind, tuple[Role, Text, Literal["above", "below", "left", "right"]]] = {
    "local maximum": (Role.TANGENT, Text("maximum"), "above"),
    "local minimum": (Role.TANGENT, Text("minimum"), "below"),
    "inflection": (Role.CURVATURE, Text("inflection"), "right"),
    "undecided": (Role.ERROR, Text("undecided"), "right"),
}


class Place(NamedTuple):
    """The cursor: f, f′ and f″ there (NaN where there is none), the special point and the corner it is at."""

    x: float
    value: float
    slope: float
    curvature: float
    here: SpecialPoint | None
    corner: tuple[float, float, float] | None

    def number(self, order: int) -> float:
        """f, f′ or f″."""
        return (self.value, self.slope, self.curvature)[order]


def place_of(f: Function, x: float, shape: Shape) -> Place:
    """What is known of f at x. At a zero of f′ or f″ the number is 0, whatever rounding makes of it."""
    near = 4.0 * np.spacing(abs(x))
    here = next((point for point in shape.points if abs(point.x - x) <= near), None)
    corner = next((each for each in shape.corners if abs(each[0] - x) <= near), None)
    value = f.value_at(x)
    if here is not None:
        return Place(x, here.value, here.slope, here.curvature, here, corner)
    slope, curvature = (
        number if math.isfinite(value) and math.isfinite(number) else math.nan
        for number in (f.derivative_at(x), f.derivative_at(x, 2))
    )
    return Place(x, value, slope, curvature, here, corner)


def panel_marks(
    scene: ShapeScene,
    f: Function,
    order: int,
    view: View,
    shape: Shape,
    place: Place,
    walk: Floats,
) -> tuple[AnyMark, ...]:
    """Everything in the panel of f, f′ or f″."""
    marks: list[AnyMark] = []
    shaded = {"none": 0, "slope": 1, "curvature": 2}[scene.shade]
    if shaded:
        marks += bands(shape, order or shaded, view, named=order == 0)
    marks += graph_marks(f, order, view, scene.a, scene.b)
    marks += _lines(scene, order, view, place)
    if scene.marked:
        marks += special_points(shape, order, scene.show)
    if order == 0 and scene.steps is not None:
        marks += _walked(f, walk)
    height = place.number(order)
    if order == 0 or (scene.follow and math.isfinite(height)):
        label = (Text("the cursor on f"), Text("the cursor on f′"), Text("the cursor on f″"))[order]
        marks.append(
            Handle(
                id="cursor",
                role=Role.POINT if order == 0 else ROLES[order],
                x=place.x,
                y=height if math.isfinite(height) else 0.0,
                parameters=("cursor",),
                label=label,
            )
        )
    return tuple(marks)


@lru_cache(maxsize=128)
def graph_marks(f: Function, order: int, view: View, low: float, high: float) -> tuple[AnyMark, ...]:
    """The graph of f, f′ or f″ over [low, high], as far as it is in view, up to both ends.

    It is sampled over whole windows and then cut, so that an end can be dragged.
    """
    left, right = covering(low, high)
    left, right = max(left, view.x_low), min(right, view.x_high)
    low, high = max(low, left), min(high, right)
    if low >= high:
        return ()
    window = View(left, right, view.y_low, view.y_high)
    return tuple(
        _cut(mark, f, order, low, high) for mark in curve_marks(f, window, NAMES[order], ROLES[order], order)
    )


def _cut(mark: AnyMark, f: Function, order: int, low: float, high: float) -> AnyMark:
    assert isinstance(mark, Curve | Points)
    if isinstance(mark, Points):
        kept = (mark.x >= low) & (mark.x <= high)
        return msgspec.structs.replace(mark, x=mark.x[kept], y=mark.y[kept])
    kept = (mark.x > low) & (mark.x < high)
    ends = np.array([low, high])
    at = np.broadcast_to(f.derivative(ends, order) if order else f.value(ends), ends.shape)
    at = np.where(np.isfinite(at), at, np.nan)
    x = np.concatenate([ends[:1], mark.x[kept], ends[1:]])
    y = np.concatenate([at[:1], mark.y[kept], at[1:]])
    return msgspec.structs.replace(mark, x=x, y=y)


@lru_cache(maxsize=128)
def bands(shape: Shape, sign_of: int, view: View, named: bool) -> tuple[AnyMark, ...]:
    """Where f′ (`sign_of` 1) or f″ (2) is positive and negative; if `named`, with a word in each."""
    marks: list[AnyMark] = []
    for number, band in enumerate(_joined(shape.slopes if sign_of == 1 else shape.bends)):
        if not band.sign:
            continue
        role, words = _BANDS[sign_of, band.sign]
        marks.append(Span(id=f"band {number}", role=role, low=band.low, high=band.high))
        low, high = max(band.low, view.x_low), min(band.high, view.x_high)
        if named and high - low >= LABELLED_SHARE * (view.x_high - view.x_low):
            middle = (low + high) / 2
            marks.append(
                Label(id=f"band {number} name", role=role, label=words, x=middle, y=view.y_high, side="below")
            )
    return tuple(marks)


@lru_cache(maxsize=128)
def special_points(shape: Shape, order: int, show: str) -> tuple[AnyMark, ...]:
    """The points on f with their names, or the zeros of f′ or f″ beneath them."""
    marks: list[AnyMark] = []
    for kind, (role, words, side) in _KINDS.items():
        if kind == "inflection" and show != "curvature":
            continue
        points = [point for point in shape.points if point.kind == kind]
        at = [(point.x, _height(point, order)) for point in points]
        at = [(x, y) for x, y in at if math.isfinite(y)]
        if at:
            x, y = np.array(at).T
            marks.append(Points(id=kind, role=role, x=x, y=y, open=kind == "undecided"))
        if order == 0 and len(points) <= MOST_LABELS:
            marks += [
                Label(
                    id=f"{kind} {number}",
                    role=role,
                    label=name_of(point, show) or words,
                    x=point.x,
                    y=point.value,
                    side=side,
                )
                for number, point in enumerate(points)
            ]
    ends = [(point.x, point.value) for point in shape.points if point.kind == "end"]
    if order == 0 and ends:
        x, y = np.array(ends).T
        marks.append(Points(id="ends", role=Role.FUNCTION, x=x, y=y))
    return tuple(marks)


def name_of(point: SpecialPoint, show: str) -> Text | None:
    """What an undecided point is called: only where f″ is shown has it anything to decide."""
    if point.kind != "undecided" or (show == "curvature" and not math.isnan(point.slope)):
        return None
    return Text("corner") if math.isnan(point.slope) else Text("level")


def _height(point: SpecialPoint, order: int) -> float:
    """Where a special point stands in a panel: on f, or on the zero line of what is 0 there."""
    if order == 0:
        return point.value
    number = point.slope if order == 1 else point.curvature
    return 0.0 if number == 0.0 else math.nan


def _lines(scene: ShapeScene, order: int, view: View, place: Place) -> list[AnyMark]:
    marks: list[AnyMark] = []
    middle = (view.y_low + view.y_high) / 2
    if order:
        marks.append(Rule(id="zero", role=Role.GUIDE, x=0.0, y=0.0))
    if scene.guess is not None:
        label = Text("your prediction")
        marks.append(Rule(id="guess", role=Role.GHOST, x=scene.guess, y=middle, slope=math.inf, label=label))
    if order == 0 and scene.tangent and math.isfinite(place.slope):
        marks.append(_tangent(view, place))
    marks.append(Rule(id="cursor line", role=Role.GUIDE, x=place.x, y=middle, slope=math.inf))
    return marks


def _tangent(view: View, place: Place) -> Curve:
    """A piece of the tangent about the cursor, as long on the screen whatever its slope."""
    wide, tall = view.x_high - view.x_low, view.y_high - view.y_low
    reach = TANGENT_SHARE / math.hypot(1.0 / wide, place.slope / tall) * np.array([-1.0, 1.0])
    with np.errstate(over="ignore"):  # a view of numbers near the largest there are
        y = place.value + place.slope * reach
    x = place.x + reach
    return Curve(id="tangent", role=Role.TANGENT, x=x, y=y, label=Text("tangent"))


def _walked(f: Function, walk: Floats) -> list[AnyMark]:
    """The steps downhill, from point to point of the curve."""
    heights = f.value(walk)
    label = Text("steps downhill")
    return [
        Curve(id="walk", role=Role.STEP, x=walk, y=heights, arrow=len(walk) > 1, label=label),
        Points(id="walk points", role=Role.STEP, x=walk, y=heights),
    ]


def _joined(stretches: tuple[Stretch, ...]) -> list[Stretch]:
    """Neighbours of one sign as one: a jump parts the curve, not the band."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and joined[-1].sign == stretch.sign and joined[-1].high == stretch.low:
            joined[-1] = joined[-1]._replace(high=stretch.high)
        else:
            joined.append(stretch)
    return joined
