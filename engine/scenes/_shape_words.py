"""What the shape of a curve is, in words: codes at the cursor, reasons, and the spoken sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

from engine.critical_points import Kind, Shape, SpecialPoint
from engine.figure import Floats
from engine.scenes._shape_marks import Place, name_of
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.shape import Shape as ShapeScene

KINDS: Mapping[Kind, Text] = {
    "local maximum": Text("local maximum"),
    "local minimum": Text("local minimum"),
    "inflection": Text("inflection"),
    "undecided": Text("undecided"),
    "end": Text("end"),
}

DIRECTIONS = {1: Text("rising"), -1: Text("falling"), 0: Text("level")}
CONCAVITIES = {1: Text("up"), -1: Text("down"), 0: Text("neither")}

MOST_TOLD = 8
"""Special points that a sentence can name."""


def direction(place: Place) -> str | None:
    """rising, falling or level: the sign of f′ at the cursor. None where f has no slope."""
    return _code(place.slope, DIRECTIONS)


def concavity(place: Place) -> str | None:
    """up or down: the sign of f″ at the cursor. neither where it is 0, None where there is none."""
    return _code(place.curvature, CONCAVITIES)


def missing(place: Place, order: int) -> Text:
    """Why f, f′ or f″ has no value at the cursor."""
    at = {"x": place.x}
    if math.isnan(place.value):
        return Text("f is not defined at {x}.", at)
    if math.isinf(place.value):
        return Text("f is not defined at {x}, or too large to be a number.", at)
    if math.isfinite(place.slope):
        return Text("f′ has no slope at {x}, so f has no curvature there.", at)
    if place.corner is None:
        return Text("f has no slope at {x}.", at)
    _, left, right = place.corner
    if math.isfinite(left) and math.isfinite(right):
        sides = {**at, "left": left, "right": right}
        return Text("f has a corner at {x}: slope {left} on its left, {right} on its right.", sides)
    return Text("f stands upright at {x}: its slope grows without end.", at)


def spoken(scene: ShapeScene, place: Place, shape: Shape, walk: Floats) -> Text:
    """The cursor's numbers as far as they are drawn, and the walk, or the points where they are marked."""
    parts = [_at_cursor(scene, place)]
    if scene.marked and scene.show == "curvature" and _is_undecided(place.here):
        parts.append(_undecided(place.here))
    elif scene.steps is not None:
        parts.append(_walked(scene.steps, scene.rate, walk))
    elif scene.marked:
        parts.append(_list_of_points(scene, shape))
    return _joined(parts)


def _walked(steps: int, rate: float, walk: Floats) -> Text:
    if len(walk) <= steps:
        return Text("The walk downhill met a place without a slope.")
    values = {"steps": steps, "rate": rate, "x": float(walk[-1])}
    return Text("Downhill with step size {rate}, step {steps} is at {x}.", values)


def _is_undecided(point: SpecialPoint | None) -> TypeGuard[SpecialPoint]:
    return point is not None and point.kind == "undecided" and point.slope == 0.0


def _at_cursor(scene: ShapeScene, place: Place) -> Text:
    values = {"x": place.x, "value": place.value, "slope": place.slope, "curvature": place.curvature}
    if not math.isfinite(place.value):
        return missing(place, 0)
    if not scene.tangent and (scene.show == "function" or not scene.follow):  # not drawn, so not told either
        return Text("At {x}, f is {value}.", values)
    if not math.isfinite(place.slope):
        return Text("At {x}, f is {value}. {missing}", {**values, "missing": missing(place, 1)})
    rises = {
        1: Text("At {x}, f is {value} and rises, with slope {slope}.", values),
        -1: Text("At {x}, f is {value} and falls, with slope {slope}.", values),
        0: Text("At {x}, f is {value} and level: its slope is 0.", values),
    }[_sign(place.slope)]
    if scene.show != "curvature" or not scene.follow:
        return rises
    if not math.isfinite(place.curvature):
        return _joined([rises, missing(place, 2)])
    bends = {
        1: Text("It bends up: f″ is {curvature}.", values),
        -1: Text("It bends down: f″ is {curvature}.", values),
        0: Text("f″ is 0.", values),
    }[_sign(place.curvature)]
    return _joined([rises, bends])


def _undecided(point: SpecialPoint) -> Text:
    """What the signs of f′ on both sides show, where f″ decides nothing."""
    if point.before > 0 > point.after:
        return Text("f″ decides nothing; f′ turns from plus to minus, so it is a maximum.")
    if point.before < 0 < point.after:
        return Text("f″ decides nothing; f′ turns from minus to plus, so it is a minimum.")
    if point.before * point.after > 0:
        return Text("f″ decides nothing; f′ has one sign on both sides, so it is neither.")
    return Text("f″ decides nothing here.")


def _list_of_points(scene: ShapeScene, shape: Shape) -> Text:
    told = [
        Text("{kind} at {x}", {"kind": name_of(point, scene.show) or KINDS[point.kind], "x": point.x})
        for point in shape.points
        if point.kind != "end" and (scene.show == "curvature" or point.kind != "inflection")
    ]
    if shape.unresolved is not None:
        low, high = shape.unresolved
        return Text("Between {low} and {high} f turns too fast to be followed.", {"low": low, "high": high})
    if not told:
        return Text("Nothing but the ends, {a} and {b}, is marked.", {"a": scene.a, "b": scene.b})
    if len(told) > MOST_TOLD:
        return Text("{count} points are marked; the table lists them.", {"count": len(told)})
    return Text("Marked: {points}.", {"points": told})


def _joined(parts: list[Text]) -> Text:
    whole = parts[0]
    for part in parts[1:]:
        whole = Text("{first} {second}", {"first": whole, "second": part})
    return whole


def _code(number: float, words: Mapping[int, Text]) -> str | None:
    return words[_sign(number)].message if math.isfinite(number) else None


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
