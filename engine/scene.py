"""A scene: one kind of picture with its parameters, as a frozen value; and the one door to making one.

A module of `engine.scenes` holds one subclass of `Scene`, whose tag is the module's name with `-` for `_`:
that is the whole registry. Its fields are its parameters (see `engine.parameters`), and `figure()` is pure.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeVar

import msgspec

import engine.scenes
from engine.errors import ParameterError
from engine.figure import NO_VIEWS, Figure, Halt, Handle, Views
from engine.function import Function, function
from engine.notation import variable_latex
from engine.parameters import Parameter, covering_variables, parameters_of
from engine.suggestions import did_you_mean
from engine.text import Text, verbatim

SceneT = TypeVar("SceneT", bound="Scene")


class Playback(msgspec.Struct, frozen=True):
    """What the transport plays: one parameter from `start` to `stop`, in `seconds` at speed 1×."""

    parameter: str
    start: float
    stop: float
    seconds: float = 4.0
    scale: Literal["linear", "log"] = "linear"
    integer: bool = False

    def value(self, position: float) -> float:
        """The parameter's value at `position` in [0, 1]; evenly in the logarithm where `scale` says so."""
        position = min(1.0, max(0.0, position))
        if position == 0.0:
            value = self.start
        elif position == 1.0:
            value = self.stop
        elif self.scale == "log":
            value = self.start * (self.stop / self.start) ** position
        else:
            value = self.start + (self.stop - self.start) * position
        return round(value) if self.integer else value

    def position(self, value: float) -> float:
        """Where in [0, 1] the parameter stands: the inverse of `value`.

        A whole number before `start` counts from the end, as −1 does in a list: it stands at 1.
        """
        if self.stop == self.start or (self.integer and value < min(self.start, self.stop)):
            return 1.0
        if self.scale == "log":
            same_side = value * self.start > 0
            place = math.log(value / self.start) / math.log(self.stop / self.start) if same_side else 1.0
        else:
            place = (value - self.start) / (self.stop - self.start)
        return min(1.0, max(0.0, place))

    def halt(self, here: float, ahead: float, halts: Sequence[Halt]) -> float | None:
        """The position of the first halt on the way from `here` to `ahead`, either way; None without one.

        >>> halts = [Halt(12.0, Text("too fast")), Halt(30.0, Text("too flat"))]
        >>> steps = Playback("step", 0, 40, integer=True)
        >>> steps.halt(0.2, 0.9, halts), steps.halt(0.9, 0.2, halts), steps.halt(0.3, 0.5, halts)
        (0.3, 0.75, None)
        """
        # a whole number is reached half a step before its place, and stands there as if it were at it
        low, high = sorted((here, self.position(self.value(ahead))))
        places = (self.position(halt.value) for halt in halts)
        on_the_way = (place for place in places if low <= place <= high and place != here)
        return min(on_the_way, key=lambda place: abs(place - here), default=None)


class Scene(msgspec.Struct, frozen=True):
    """One kind of picture with its parameters. Make one with `make_scene`: it alone checks values."""

    title: ClassVar[Text]
    summary: ClassVar[Text]
    heavy: ClassVar[bool] = False
    """True where a figure can take longer than 4 ms: it is then computed in a worker."""

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """What the scene looks like in these views; pure."""
        raise NotImplementedError

    def stages(self, views: Views = NO_VIEWS) -> Iterator[Figure]:
        """The figure as it can be had at once, then better ones, each with the share `done`.

        The last is `figure(views)`. Whoever shows them may stop after any.
        """
        yield self.figure(views)

    def glance(self, views: Views = NO_VIEWS) -> Figure:
        """The first of the stages: for whoever must not wait."""
        return next(self.stages(views))

    def code(self) -> str:
        """Runnable NumPy that prints the readouts, one `name value` a line, with the values on screen."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise ParameterError where values that are each fine do not go together."""

    def playback(self) -> Playback | None:
        """What the transport plays when the lesson's step animates nothing."""
        return None

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """The parameters when `handle` is dragged to (x, y). They may need `Parameter.value`'s check."""
        raise NotImplementedError

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """The parameters after so many presses of the arrow keys: along the sliders of what it sets."""
        for panel in self.glance().panels:
            for mark in panel.marks:
                if isinstance(mark, Handle) and mark.id == handle:
                    moves = dict(zip(mark.parameters, (horizontal, vertical), strict=False))
                    return {
                        name: _nudged(parameters(type(self))[name], getattr(self, name), steps)
                        for name, steps in moves.items()
                        if steps
                    }
        return {}

    def removed(self, handle: str) -> Mapping[str, Any]:
        """The parameters when what a handle stands for is taken away: dragged off the panel, or deleted."""
        return {}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """The parameters that a click on empty ground of a `clickable` panel sets."""
        return {}

    def symbol(self, name: str) -> str:
        """The symbol of a parameter in LaTeX; "" where it has none.

        A parameter named as a variable of the scene's formula takes the letter that the formula is typed in:
        with f = w² + b², x is w.
        """
        known = parameters(type(self))
        for field in known.values():
            if field.variables and name in field.variables[0]:
                letters = self.function(field.name).variables
                return variable_latex(letters[field.variables[0].index(name)])
        slider = known[name].slider
        return slider.symbol if slider is not None else ""

    def function(self, name: str) -> Function:
        """The formula field `name`, compiled in the variables it is written in."""
        source = getattr(self, name)
        _, variables = covering_variables(source, parameters(type(self))[name].variables)
        return function(source, variables)

    @property
    def name(self) -> str:
        """The scene's name in lessons and on the command line."""
        return str(type(self).__struct_config__.tag)


def _nudged(parameter: Parameter, value: float, steps: float) -> float:
    moved = parameter.slider.nudged(value, steps) if parameter.slider else value + steps
    return round(moved) if parameter.kind == "integer" else moved


@cache
def parameters(scene: type[Scene]) -> Mapping[str, Parameter]:
    """Name → Parameter for each field of a scene."""
    return parameters_of(scene)


def scene_names() -> tuple[str, ...]:
    """The names of all scenes, in alphabetical order."""
    modules = pkgutil.iter_modules(engine.scenes.__path__)
    return tuple(
        sorted(module.name.replace("_", "-") for module in modules if not module.name.startswith("_"))
    )


@cache
def scene_class(name: str) -> type[Scene]:
    """The scene called `name`; its module is imported at the first call. ParameterError if there is none."""
    if name not in scene_names():
        what = Text("There is no scene {name}.", {"name": verbatim(name[:60])})
        listed = Text("The scenes are {names}.", {"names": list(scene_names())})
        raise ParameterError(what, "scene", did_you_mean(name, scene_names()) or listed)
    module = importlib.import_module(f"engine.scenes.{name.replace('-', '_')}")
    for member in vars(module).values():
        if isinstance(member, type) and issubclass(member, Scene) and member.__module__ == module.__name__:
            return member
    raise LookupError(f"{module.__name__} holds no Scene")


def make_scene(name: str, values: Mapping[str, Any] = MappingProxyType({})) -> Scene:
    """The scene `name` with these parameters, the others at their defaults.

    Raises ParameterError for an unknown name, a value that is none, or values that do not go together.

    >>> make_scene("secant", {"x0": "pi/2"}).x0
    1.5707963267948966
    """
    return changed(scene_class(name)(), values)


def changed(scene: SceneT, values: Mapping[str, Any]) -> SceneT:
    """`scene` with other values for some parameters, each checked as `make_scene` checks."""
    known = parameters(type(scene))
    checked: dict[str, Any] = {}
    for name, given in values.items():
        if name not in known:
            raise _unknown(scene, name)
        checked[name] = known[name].value(given)
    if all(getattr(scene, name) == value for name, value in checked.items()):
        return scene
    new = msgspec.structs.replace(scene, **checked)
    new.check()
    return new


def scene_values(scene: Scene) -> dict[str, Any]:
    """Parameter name → value, as `make_scene` takes them and a file keeps them."""
    return msgspec.structs.asdict(scene)


def _unknown(scene: Scene, name: str) -> ParameterError:
    names = list(parameters(type(scene)))
    what = Text(
        "The scene {scene} has no parameter {name}.", {"scene": scene.name, "name": verbatim(name[:60])}
    )
    return ParameterError(
        what, name, did_you_mean(name, names) or Text("Its parameters are {names}.", {"names": names})
    )
