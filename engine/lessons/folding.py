"""The picture that each step starts from: scene blocks folded in order, animations at their ends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from engine.errors import GradusError, ParameterError
from engine.figure import Figure, Value, View, Views
from engine.lessons.keys import Keys, Mistake, numbers, positive, switch, table, texts
from engine.lessons.lesson import Animate, SceneBlock, Setting
from engine.lessons.scoring import known_values
from engine.lessons.source import RawBlock, Report, nearest
from engine.parameters import Parameter
from engine.scene import Playback, Scene, changed, parameters, scene_class
from engine.text import Text, verbatim


@lru_cache(maxsize=128)
def figure_of(scene: Scene) -> Figure:
    """The scene's figure; the steps of a lesson often share one."""
    return scene.figure()


@lru_cache(maxsize=128)
def glance_of(scene: Scene) -> Figure:
    """Its first stage: it has the names that a lesson may use, and whoever opens the lesson need not wait."""
    in_stages = type(scene).stages is not Scene.stages
    return scene.glance() if in_stages else figure_of(scene)


class Folding:
    """The setting as folded up to here, while a lesson is read from its first step to its last."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.setting = Setting()
        self.ending: Scene | None = None
        self.broken = False
        """True once a scene could not be made: what depends on it is not judged any more."""

    def begin_step(self) -> None:
        """A step starts where the animation of the one before it ended."""
        self.setting = msgspec.structs.replace(self.setting, scene=self.ending, playback=None)

    @property
    def scene(self) -> Scene | None:
        """The picture that the step starts from."""
        return self.setting.scene

    @property
    def figure(self) -> Figure | None:
        """What that picture looks like at first."""
        return glance_of(self.scene) if self.scene is not None else None

    def known(self) -> Mapping[str, Value] | None:
        """What prose, goals and answers may name here; None if a broken scene keeps that from being known."""
        return None if self.broken else known_values(self.scene, self.figure)

    def fold_scene(self, block: RawBlock) -> SceneBlock:
        """Read a `scene` block, and fold it."""
        keys = Keys(block.body, block.line + 1, self.report)
        controls, carry, readouts = (keys.optional(key, texts) for key in ("controls", "carry", "readouts"))
        worked = keys.optional("worked", switch)
        view = keys.optional("view", table) or {}
        values = self._fold_parameters(block, keys)
        if self.scene is None or self.broken:
            return SceneBlock(block.line, block.argument, values, controls, carry, readouts, worked)
        fresh = bool(block.argument)
        views = self._views(keys, view)
        self._check_names(keys, controls, carry, readouts)
        front = controls if controls is not None else tuple(parameters(type(self.scene)))
        self.setting = msgspec.structs.replace(
            self.setting,
            controls=front if fresh or controls is not None else self.setting.controls,
            carry=(carry or ()) if fresh or carry is not None else self.setting.carry,
            readouts=readouts if fresh or readouts is not None else self.setting.readouts,
            worked=bool(worked) if fresh or worked is not None else self.setting.worked,
            views=views if fresh else {**self.setting.views, **views},
        )
        return SceneBlock(block.line, block.argument, values, controls, carry, readouts, worked, views)

    def _fold_parameters(self, block: RawBlock, keys: Keys) -> dict[str, Any]:
        given = keys.rest()
        try:
            scene = scene_class(block.argument)() if block.argument else self.scene
        except GradusError as error:
            self.report(block.line, error.in_full())
            self.broken = True
            return given
        if scene is None:
            if not self.broken:
                self.report(block.line, Text("There is no picture yet. Name its scene: scene secant."))
                self.broken = True
            return given
        if block.argument:
            self.broken = False
        good = checked_values(scene, given, keys)
        try:
            scene = changed(scene, good)
        except ParameterError as error:
            keys.fault(error.parameter, error.in_full())
        self.setting = msgspec.structs.replace(self.setting, scene=scene)
        self.ending = scene
        return good

    def _check_names(
        self,
        keys: Keys,
        controls: tuple[str, ...] | None,
        carry: tuple[str, ...] | None,
        readouts: tuple[str, ...] | None,
    ) -> None:
        assert self.scene is not None
        figure = glance_of(self.scene)
        names = tuple(parameters(type(self.scene)))
        shown = tuple(readout.name for readout in figure.readouts)
        for key, given, known in (
            ("controls", controls, names),
            ("carry", carry, names),
            ("readouts", readouts, shown),
        ):
            for name in given or ():
                if name not in known:
                    keys.fault(key, _unknown(key, name, known))

    def _views(self, keys: Keys, given: Mapping[str, Any]) -> Views:
        """`view = { x = [low, high] }` for the only panel, or a table of such for each panel."""
        assert self.scene is not None
        panels = {panel.id: panel.view for panel in glance_of(self.scene).panels}
        if given and set(given) <= {"x", "y"}:
            if len(panels) > 1:
                remedy = nearest("", tuple(panels))
                keys.fault("view", Text("view: say for which panel. {remedy}", {"remedy": remedy}))
                return {}
            given = {next(iter(panels)): given}
        views: dict[str, View] = {}
        for panel, ranges in given.items():
            if panel not in panels:
                keys.fault("view", _unknown("view", panel, tuple(panels)))
                continue
            try:
                views[panel] = _view(ranges, panels[panel])
            except Mistake as mistake:
                keys.fault("view", Text("view: {fault}", {"fault": mistake.what}))
        return views

    def fold_animation(self, block: RawBlock) -> Animate:
        """Read an `animate` block, and fold it: the step starts at its start, the next one at its end."""
        keys = Keys(block.body, block.line + 1, self.report)
        name = block.argument
        to = keys.take("to", _as_given, None)
        start = keys.optional("start", _as_given)
        seconds = keys.optional("seconds", positive) or 4.0
        keys.finish()
        animate = Animate(block.line, name, 0.0, None, seconds)
        if self.broken or "to" not in keys:
            return animate
        if self.scene is None:
            self.report(block.line, Text("There is no picture yet that could move. Put a scene before this."))
            return animate
        known = parameters(type(self.scene))
        moving = {key: one for key, one in known.items() if one.kind in ("number", "integer")}
        if name not in moving:
            self.report(block.line, _unknown("animate", name, tuple(moving)))
            return animate
        if self.setting.playback is not None:
            self.report(block.line, Text("A step has one animation. Begin another step for the second."))
            return animate
        ends = self._ends(name, start, to, keys)
        if ends is None:
            return animate
        first, self.ending = ends
        playback = _playback(moving[name], *ends, seconds)
        self.setting = msgspec.structs.replace(self.setting, scene=first, playback=playback)
        return Animate(block.line, name, playback.stop, None if start is None else playback.start, seconds)

    def _ends(self, name: str, start: Any, to: Any, keys: Keys) -> tuple[Scene, Scene] | None:
        """The picture at the animation's first and last frame."""
        assert self.scene is not None
        key = "start"
        try:
            first = self.scene if start is None else changed(self.scene, {name: start})
            if getattr(first, name) is None:
                what = Text("{name} has no value yet. Say where it starts.", {"name": verbatim(name)})
                keys.fault("to", what)
                return None
            key = "to"
            last = changed(self.scene, {name: to})
            if getattr(last, name) is None:
                keys.fault("to", Text("A number is needed, where the animation ends."))
                return None
        except ParameterError as error:
            keys.fault(key, error.in_full())
            return None
        return first, last


def _playback(parameter: Parameter, first: Scene, last: Scene, seconds: float) -> Playback:
    """From one picture to the other, evenly in the logarithm where the parameter's slider is logarithmic."""
    start, stop = (float(getattr(scene, parameter.name)) for scene in (first, last))
    logarithmic = parameter.slider is not None and parameter.slider.scale == "log" and start * stop > 0
    return Playback(
        parameter=parameter.name,
        start=start,
        stop=stop,
        seconds=seconds,
        scale="log" if logarithmic else "linear",
        integer=parameter.kind == "integer",
    )


def checked_values(
    scene: Scene, given: Mapping[str, Any], keys: Keys, nth: int = 0, at: str = ""
) -> dict[str, Any]:
    """Those of the given parameters that the scene can take; the others are reported.

    The line is that of the key `at`, or of the parameter's own name, where that stands the `nth` time.
    """
    known = parameters(type(scene))
    good: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            words = {"scene": scene.name, "name": verbatim(name[:40]), "remedy": nearest(name, tuple(known))}
            keys.fault(at or name, Text("The scene {scene} has no parameter {name}. {remedy}", words), nth)
            continue
        try:
            good[name] = known[name].value(value)
        except ParameterError as error:
            keys.fault(at or name, error.in_full(), nth)
    return good


def _unknown(key: str, name: str, known: tuple[str, ...]) -> Text:
    words = {"key": verbatim(key), "name": verbatim(name[:40] or "…"), "remedy": nearest(name, known)}
    return Text("{key}: {name} is not known here. {remedy}", words)


def _as_given(value: Any) -> Any:
    """A parameter's value: whether the scene can take it, the scene says."""
    return value


def _view(ranges: Any, own: View) -> View:
    found = {axis: numbers(ends) for axis, ends in table(ranges).items()}
    x, y = found.pop("x", (own.x_low, own.x_high)), found.pop("y", (own.y_low, own.y_high))
    if found or any(len(ends) != 2 or not ends[0] < ends[1] for ends in (x, y)):
        example = verbatim("{ x = [-1, 3], y = [0, 5] }")
        raise Mistake(Text("a range is a low and a high number, such as {example}", {"example": example}))
    return View(*x, *y)
