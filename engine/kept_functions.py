"""Functions that a learner keeps and carries from picture to picture: where one fits, where it has gaps."""

from __future__ import annotations

import math

import msgspec

from engine.errors import GradusError
from engine.progress import FUNCTIONS_KEPT
from engine.scene import Scene, changed, parameters
from engine.text import Text


class Fit(msgspec.Struct, frozen=True):
    """Whether a scene takes a function.

    scene: with the function in it; None where it takes none such. remark: why not, or what has no value then.
    """

    scene: Scene | None
    remark: Text | None = None


def formula_parameter(scene: Scene) -> str:
    """The parameter that holds the scene's function; "" where it has none."""
    for name, parameter in parameters(type(scene)).items():
        if parameter.kind == "formula":
            return name
    return ""


def kept_with(kept: tuple[str, ...], source: str) -> tuple[str, ...]:
    """The functions with one more in front; the oldest gives way where there are many.

    >>> kept_with(("x^2", "sin x"), "sin x")
    ('sin x', 'x^2')
    """
    return tuple(dict.fromkeys((source, *kept)))[:FUNCTIONS_KEPT]


def fit(scene: Scene, source: str) -> Fit:
    """The scene with this function, its domain checked where the picture stands."""
    name = formula_parameter(scene)
    if not name:
        return Fit(None, Text("This picture shows no function."))
    try:
        carried = changed(scene, {name: source})
    except GradusError as error:
        return Fit(None, error.in_full())
    return Fit(carried, _gap(carried, name))


def _gap(scene: Scene, name: str) -> Text | None:
    """Where the picture's own point lies outside the function's domain; None if it does not."""
    f = scene.function(name)
    known = parameters(type(scene))
    places = [getattr(scene, place, None) for place in ("x0", "x", "cursor", "c") if place in known]
    point = [place for place in places if isinstance(place, float) and math.isfinite(place)]
    if len(f.variables) != 1 or not point:
        return None
    if math.isfinite(f.value_at(point[0])):
        return None
    words = {"name": f.variables[0], "place": point[0]}
    return Text("It has no value at {name} = {place}, where the picture stands. Move the point.", words)
