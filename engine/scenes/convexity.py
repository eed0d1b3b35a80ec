"""Convexity: does the chord between any two points of a curve stay above it?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np

from engine.convexity import Chord, Convexity, Verdict, chord_at, convexity
from engine.curves import curve_marks, curve_view
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Curve,
    Figure,
    Handle,
    Panel,
    Readout,
    Role,
    View,
    Views,
    linked_views,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._readouts import number_readout
from engine.text import Text, latex_number

PLANE = "plane"
CURVATURE = "curvature"

MARGIN = 0.06
"""Of the interval, shown beyond each of its ends; of the height, below the zero line of f″."""

VERDICTS: Mapping[Verdict, Text] = {
    "convex": Text("convex"),
    "not convex": Text("not convex"),
    "convex as far as sampled": Text("convex as far as sampled"),
}

_NO_CHORD = Text("No chord below the curve is known.")


class ChordTest(Scene, tag="convexity", frozen=True):
    """The chord of f from a to b, and its point at x = (1 − t)a + tb beside the curve's.

    chord = (1 − t)f(a) + tf(b); curve = f((1 − t)a + tb); gap = chord − curve, None where f has no value.
    On [low, high]: verdict is convex (proved: f″ ≥ 0 by interval bounds), not convex (refuted by a
    chord) or convex as far as sampled (neither), as `engine.convexity` tells; proved says whether it was.
    counterexample: a, b and t of a chord below the curve, found by search. Without search neither is shown.
    bends adds a panel with f″.
    """

    title: ClassVar[Text] = Text("Convexity")
    summary: ClassVar[Text] = Text("The chord between two points of a curve: whether it stays above.")
    heavy: ClassVar[bool] = True

    f: Formula = "x^2"
    a: Annotated[float, Slider(-4, 4, symbol="a"), Words(Text("left point"))] = -2.0
    b: Annotated[float, Slider(-4, 4, symbol="b"), Words(Text("right point"))] = 3.0
    t: Annotated[
        float, Slider(0, 1, symbol="t"), Domain(at_least=0, at_most=1), Words(Text("share of the way"))
    ] = 0.5
    low: Annotated[
        float, Slider(-10, 10), Domain(at_least=-1e6, at_most=1e6), Words(Text("interval from"))
    ] = -4.0
    high: Annotated[
        float, Slider(-10, 10), Domain(at_least=-1e6, at_most=1e6), Words(Text("interval to"))
    ] = 4.0
    search: Annotated[bool, Words(Text("verdict"))] = True
    bends: Annotated[bool, Words(Text("curvature"))] = False

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The curve with its chord, and f″ below it if asked for, in these views."""
        f = self.function("f")
        chord = chord_at(f, self.a, self.b, self.t)
        known = convexity(f, self.low, self.high)
        own = {PLANE: self._view(f)}
        if self.bends:
            own[CURVATURE] = self._curvature_view(f)
        shown = linked_views(own, views)
        variable = variable_latex(f.variables[0])
        panels = [
            Panel(
                id=PLANE,
                marks=(*curve_marks(f, shown[PLANE]), *self._found(known), *_chord_marks(chord, f)),
                view=own[PLANE],
                x_axis=Axis(latex=variable),
                y_axis=Axis(latex=f"f({variable})"),
                share=1.4,
            )
        ]
        if self.bends:
            panels.append(
                Panel(
                    id=CURVATURE,
                    marks=curve_marks(f, shown[CURVATURE], CURVATURE, Role.CURVATURE, 2),
                    view=own[CURVATURE],
                    x_axis=Axis(latex=variable),
                    y_axis=Axis(latex=f"f''({variable})"),
                )
            )
        return Figure(
            panels=tuple(panels),
            readouts=(*_chord_readouts(chord), *self._verdict_readouts(known)),
            spoken=self._spoken(chord, known),
            worked=_worked(chord),
            stacked=self.bends,
        )

    def check(self) -> None:
        """The interval must have a length."""
        if self.high - self.low <= 1e-6 * max(abs(self.low), abs(self.high)):
            what = Text("From {low} to {high} is no interval.", {"low": self.low, "high": self.high})
            raise ParameterError(what, "high", Text("Take a larger upper end, or a smaller lower one."))

    def playback(self) -> Playback:
        """The point runs along the chord."""
        return Playback("t", 0.0, 1.0)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, float]:
        """Drag an end of the chord along the curve, within the interval, or the point along the chord."""
        if handle != "t":
            return {handle: min(max(x, self.low), self.high)}
        if self.a == self.b:
            return {}
        return {"t": min(max((x - self.a) / (self.b - self.a), 0.0), 1.0)}

    def symbol(self, name: str) -> str:
        """The ends of the interval are named after the formula's letter."""
        if name in ("low", "high"):
            letter = variable_latex(self.function("f").variables[0])
            return rf"{letter}_{{\{'min' if name == 'low' else 'max'}}}"
        return super().symbol(name)

    def code(self) -> str:
        """NumPy for the chord test at t."""
        f = self.function("f")
        return f"""{numpy_preamble([f.node])}


{numpy_function("f", f.variables, f.node)}


a, b, t = np.float64({self.a!r}), np.float64({self.b!r}), np.float64({self.t!r})
chord = (1 - t) * f(a) + t * f(b)
curve = f((1 - t) * a + t * b)
print("chord", chord)
print("curve", curve)
print("gap", chord - curve)
"""

    def _view(self, f: Function) -> View:
        low, high = min(self.low, self.a, self.b), max(self.high, self.a, self.b)
        view = curve_view(f, low, high)
        heights = [y for x in (self.a, self.b) if math.isfinite(y := f.value_at(x))]
        bottom, top = min([view.y_low, *heights]), max([view.y_high, *heights])
        room, air = MARGIN * (high - low), MARGIN * (top - bottom)
        return View(low - room, high + room, bottom - air, top + air)

    def _curvature_view(self, f: Function) -> View:
        whole = self._view(f)
        view = curve_view(f, self.low, self.high, 2)
        bottom, top = min(view.y_low, 0.0), max(view.y_high, 0.0)
        room = MARGIN * (top - bottom) or 1.0
        return View(whole.x_low, whole.x_high, bottom - room, top + room)

    def _found(self, known: Convexity) -> list[AnyMark]:
        """The chord that refutes, where one is shown."""
        found = known.counterexample
        if found is None or not self.search:
            return []
        f = self.function("f")
        label = Text("a chord below the curve")
        x, y = np.array([found.a, found.b]), np.array([f.value_at(found.a), f.value_at(found.b)])
        return [
            Curve(id="counterexample", role=Role.WRONG, x=x, y=y, label=label),
            Curve(
                id="counterexample gap",
                role=Role.ERROR,
                x=np.array([found.x, found.x]),
                y=np.array([found.chord, found.curve]),
            ),
        ]

    def _verdict_readouts(self, known: Convexity) -> tuple[Readout, ...]:
        found = known.counterexample
        verdict = None if known.verdict is None else VERDICTS[known.verdict].message
        return (
            Readout(
                name="verdict",
                value=verdict,
                label=Text("on the whole interval"),
                reason=_missing(known.missing) if verdict is None else None,
                shown=self.search,
            ),
            Readout(
                name="counterexample",
                value=None if found is None else [found.a, found.b, found.t],
                latex=r"(a, b, t)",
                label=Text("a chord below the curve"),
                reason=_NO_CHORD if found is None else None,
                role=Role.WRONG,
                shown=self.search and found is not None,
            ),
            Readout(name="proved", value=known.verdict == "convex", label=Text("proved"), shown=False),
        )

    def _spoken(self, chord: Chord, known: Convexity) -> Text:
        here = _chord_words(chord)
        if not self.search:
            return here
        return Text("{first} {second}", {"first": here, "second": self._verdict_words(known)})

    def _verdict_words(self, known: Convexity) -> Text:
        values: dict[str, float] = {"low": self.low, "high": self.high}
        if known.verdict is None:
            return Text(
                "The chord test needs a value everywhere from {low} to {high}. {missing}",
                {**values, "missing": _missing(known.missing)},
            )
        if known.verdict == "convex":
            return Text(
                "Convex from {low} to {high}, and proved: bounds of f″ never come below 0 there.", values
            )
        if known.counterexample is None:
            return Text(
                "Convex from {low} to {high} as far as sampled: no chord tried runs below the curve, "
                "and bounds of f″ prove nothing.",
                values,
            )
        found = known.counterexample
        return Text(
            "Not convex: the chord from {a} to {b} runs {depth} below the curve at its middle.",
            {"a": found.a, "b": found.b, "depth": -found.gap},
        )


def _chord_marks(chord: Chord, f: Function) -> list[AnyMark]:
    ends = {"a": (chord.a, f.value_at(chord.a)), "b": (chord.b, f.value_at(chord.b))}
    marks: list[AnyMark] = []
    if math.isfinite(chord.chord):
        (x_a, y_a), (x_b, y_b) = ends.values()
        x, y = np.array([x_a, x_b]), np.array([y_a, y_b])
        marks.append(Curve(id="chord", role=Role.SECANT, x=x, y=y, label=Text("chord")))
    if math.isfinite(chord.gap):
        role = Role.RIGHT if chord.gap >= 0 else Role.ERROR
        x, y = np.array([chord.x, chord.x]), np.array([chord.curve, chord.chord])
        marks.append(Curve(id="gap", role=role, x=x, y=y, label=Text("gap")))
    for name, (x_end, y_end) in ends.items():
        height = y_end if math.isfinite(y_end) else 0.0
        marks.append(Handle(id=name, role=Role.SECANT, x=x_end, y=height, parameters=(name,)))
    if math.isfinite(chord.chord):
        told = Text("t = {t}", {"t": chord.t})
        label = Text("the point on the chord")
        marks.append(
            Handle(
                id="t",
                role=Role.POINT,
                x=chord.x,
                y=chord.chord,
                parameters=("t",),
                told=told,
                label=label,
            )
        )
    return marks


def _chord_readouts(chord: Chord) -> tuple[Readout, ...]:
    rows = (
        ("chord", chord.chord, r"(1-t)\,f(a)+t\,f(b)", Text("height of the chord"), Role.SECANT),
        ("curve", chord.curve, r"f((1-t)\,a+t\,b)", Text("height of the curve"), Role.FUNCTION),
        ("gap", chord.gap, r"\text{chord}-\text{curve}", Text("the chord above the curve"), None),
    )
    missing = _chord_words(chord)
    return tuple(
        number_readout(name, value, label, missing, latex=latex, role=role)
        for name, value, latex, label, role in rows
    )


def _chord_words(chord: Chord) -> Text:
    values = {"t": chord.t, "x": chord.x, "chord": chord.chord, "curve": chord.curve}
    if not math.isfinite(chord.chord):
        return Text("There is no chord: f has no finite value at one of its ends.")
    if not math.isfinite(chord.curve):
        return Text("The chord is at {chord}; f has no finite value at {x}.", values)
    if chord.gap < 0:
        return Text("At t = {t} the chord is at {chord}, below the curve at {curve}.", values)
    if chord.gap == 0:
        return Text("At t = {t} the chord and the curve are both at {chord}.", values)
    return Text("At t = {t} the chord is at {chord}, above the curve at {curve}.", values)


def _worked(chord: Chord) -> tuple[str, ...]:
    if not math.isfinite(chord.gap):
        return ()
    sign = {1: ">", 0: "=", -1: "<"}[(chord.gap > 0) - (chord.gap < 0)]
    place, height = latex_number(chord.x, 5), latex_number(chord.curve)
    return (rf"(1-t)\,f(a) + t\,f(b) = {latex_number(chord.chord)} {sign} {height} = f({place})",)


def _missing(x: float) -> Text:
    return Text("f is not defined at {x}, or too large to be a number.", {"x": x})
