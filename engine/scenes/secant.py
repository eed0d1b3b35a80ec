"""The secant: the slope between two points of a curve, and what becomes of it as they meet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np

from engine.curves import curve_marks, curve_view
from engine.differences import approach, difference
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Column,
    Curve,
    Figure,
    Handle,
    Label,
    Panel,
    Points,
    Readout,
    Role,
    Rule,
    Table,
    View,
    Views,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.text import Text, latex_number

PANEL = "plane"

HALF_WIDTH = 4.0
"""Half of the interval in which the point moves before the panel follows it."""

MARGIN = 1.1
"""What the panel shows of it, as a multiple, so that a point at the end still stands in the picture."""

APPROACH = (1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6)
"""The distances h of the table, beside the one on screen."""

LABELLED_SHARE = 0.08
"""The share of the panel's width that h must take for its label to have room."""

Scheme = Literal["forward", "backward", "central"]

RISES: Mapping[Scheme, str] = {
    "forward": "f(x_0+h)-f(x_0)",
    "backward": "f(x_0)-f(x_0-h)",
    "central": "f(x_0+h)-f(x_0-h)",
}
RUNS: Mapping[Scheme, str] = {"forward": "h", "backward": "h", "central": "2h"}
QUOTIENTS = {scheme: rf"\frac{{{RISES[scheme]}}}{{{RUNS[scheme]}}}" for scheme in RISES}

_TOO_LARGE = Text("the numbers are too large.")


class Secant(Scene, tag="secant", frozen=True):
    """The slope between two points of a curve, and what becomes of it as they meet.

    secant_slope = (f(x0 + h) − f(x0)) / h, or its backward or central sibling; tangent_slope = f′(x0);
    error = |secant_slope − tangent_slope|. Outside the domain of f, or at a corner, they are None with a
    reason. Without `secant` the second point and the line through both are not drawn. `guess`, where it is
    set, draws a line of that slope through the point: a prediction.
    """

    title: ClassVar[Text] = Text("Secant and tangent")
    summary: ClassVar[Text] = Text("Two points of a curve make a slope. Let them meet.")

    f: Formula = "x^2"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 1.0
    h: Annotated[
        float, Slider(1e-6, 2, scale="log", symbol="h"), Domain(not_equal=0), Words(Text("distance"))
    ] = 1.0
    scheme: Annotated[
        Scheme,
        Words(
            Text("difference"),
            {"forward": Text("forward"), "backward": Text("backward"), "central": Text("central")},
        ),
    ] = "forward"
    secant: Annotated[bool, Words(Text("secant"))] = True
    tangent: Annotated[bool, Words(Text("tangent"))] = True
    guess: Annotated[float | None, Slider(-10, 10, symbol="m"), Words(Text("predicted slope"))] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The curve, the secant, the tangent and the points, in these views."""
        f = self.function("f")
        slopes = _slopes(f, self.x0, self.h, self.scheme)
        view = curve_view(f, *_window(self.x0))
        shown = views.get(PANEL, view)
        variable = variable_latex(f.variables[0])
        panel = Panel(
            id=PANEL,
            marks=(*curve_marks(f, shown), *self._lines(slopes, shown), *self._handles(slopes)),
            view=view,
            x_axis=Axis(latex=variable),
            y_axis=Axis(latex=f"f({variable})"),
        )
        return Figure(
            panels=(panel,),
            readouts=self._readouts(slopes),
            tables=(_approach(f, self.x0, self.h, self.scheme),),
            spoken=self._spoken(slopes),
            worked=self._worked(slopes),
        )

    def check(self) -> None:
        """h must move the point: in float64, 1 + 1e-17 is 1."""
        if self.x0 + self.h == self.x0:
            what = Text("h = {h} is too small to move the point {x0}.", {"h": self.h, "x0": self.x0})
            raise ParameterError(what, "h", Text("Take a larger h."))

    def playback(self) -> Playback:
        """The second point walks towards the first, evenly in log h."""
        return Playback("h", math.copysign(1.0, self.h), math.copysign(1e-3, self.h), scale="log")

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the point along the curve; drag its partner to set the distance between them."""
        if handle == "x0":
            return {"x0": x}
        distance = self.x0 - x if self.scheme == "backward" else x - self.x0
        return {"h": distance} if self.x0 + distance != self.x0 else {}

    def code(self) -> str:
        """NumPy for the slopes on screen."""
        f = self.function("f")
        slope = f.derivative_node()
        quotient = {
            "forward": "(f(x0 + h) - f(x0)) / h",
            "backward": "(f(x0) - f(x0 - h)) / h",
            "central": "(f(x0 + h) - f(x0 - h)) / (2 * h)",
        }[self.scheme]
        return f"""{numpy_preamble([f.node, slope])}


{numpy_function("f", f.variables, f.node)}


{numpy_function("f_prime", f.variables, slope)}


x0 = np.float64({self.x0!r})
h = np.float64({self.h!r})
secant_slope = {quotient}
tangent_slope = f_prime(x0)
print("secant_slope", secant_slope)
print("tangent_slope", tangent_slope)
print("error", abs(secant_slope - tangent_slope))
"""

    def _lines(self, slopes: _Slopes, view: View) -> list[AnyMark]:
        (x, y), left = slopes.point, slopes.left
        marks: list[AnyMark] = []
        if self.guess is not None and math.isfinite(y):
            label = Text("your prediction")
            marks.append(Rule(id="guess", role=Role.GHOST, x=x, y=y, slope=self.guess, label=label))
        if self.tangent and math.isfinite(slopes.tangent):
            label = Text("tangent")
            marks.append(Rule(id="tangent", role=Role.TANGENT, x=x, y=y, slope=slopes.tangent, label=label))
        if self.secant and math.isfinite(slopes.secant):
            marks += _rise_and_run(slopes, self.scheme, view)
            label = Text("secant")
            marks.append(
                Rule(id="secant", role=Role.SECANT, x=left[0], y=left[1], slope=slopes.secant, label=label)
            )
        if self.secant and self.scheme == "central" and math.isfinite(left[1]):
            marks.append(Points(id="left", role=Role.SECANT, x=np.array([left[0]]), y=np.array([left[1]])))
        return marks

    def _handles(self, slopes: _Slopes) -> list[AnyMark]:
        (x, y), partner = slopes.point, slopes.left if self.scheme == "backward" else slopes.right
        marks: list[AnyMark] = []
        if self.secant and math.isfinite(partner[1]):
            partner_label = Text("the second point")
            marks.append(
                Handle(
                    id="h",
                    role=Role.SECANT,
                    x=partner[0],
                    y=partner[1],
                    parameters=("h",),
                    label=partner_label,
                )
            )
        # On top, so that it can still be taken when the two points have met.
        height = y if math.isfinite(y) else 0.0
        marks.append(
            Handle(id="x0", role=Role.TANGENT, x=x, y=height, parameters=("x0",), label=Text("the point"))
        )
        return marks

    def _readouts(self, slopes: _Slopes) -> tuple[Readout, ...]:
        secant, tangent = _known(slopes.secant), _known(slopes.tangent)
        error = abs(slopes.secant - slopes.tangent)
        point, partner = slopes.point, slopes.left if self.scheme == "backward" else slopes.right
        missing = slopes.missing()
        return (
            Readout(
                name="secant_slope",
                value=secant,
                latex=QUOTIENTS[self.scheme],
                label=Text("slope of the secant"),
                reason=missing if secant is None else None,
                role=Role.SECANT,
                digits=8,
            ),
            Readout(
                name="tangent_slope",
                value=tangent,
                latex="f'(x_0)",
                label=Text("slope of the tangent"),
                reason=missing if tangent is None else None,
                role=Role.TANGENT,
                digits=8,
            ),
            Readout(
                name="error",
                value=_known(error),
                latex=r"\left|\text{secant}-\text{tangent}\right|",
                label=Text("how far the two are apart"),
                reason=(missing or _TOO_LARGE) if _known(error) is None else None,
                role=Role.ERROR,
            ),
            *(
                Readout(
                    name=name,
                    value=_known(value),
                    latex=latex,
                    reason=(missing or _TOO_LARGE) if _known(value) is None else None,
                    shown=False,
                )
                for name, value, latex in (
                    ("value", point[1], "f(x_0)"),
                    ("partner", partner[0], ""),
                    ("partner_value", partner[1], ""),
                    ("tangent_intercept", point[1] - slopes.tangent * point[0], ""),
                )
            ),
        )

    def _spoken(self, slopes: _Slopes) -> Text:
        values = {"x0": self.x0, "h": self.h, "secant": slopes.secant, "tangent": slopes.tangent}
        missing = slopes.missing()
        height = slopes.point[1]
        if not self.secant and not self.tangent and math.isfinite(height):
            return Text("At x₀ = {x0}, f is {value}.", {**values, "value": height})
        if not self.secant and missing is None:
            return Text("At x₀ = {x0}, the tangent’s slope is {tangent}.", values)
        if not math.isfinite(slopes.secant):
            return Text(
                "At x₀ = {x0}, with h = {h}, there is no secant: {missing}", {**values, "missing": missing}
            )
        if not self.tangent:  # not drawn, so not told either: a lesson may be asking for it
            return Text("At x₀ = {x0}, with h = {h}, the secant’s slope is {secant}.", values)
        if missing is None:
            return Text(
                "At x₀ = {x0}, with h = {h}, the secant’s slope is {secant} and the tangent’s is {tangent}: "
                "they differ by {error}.",
                {**values, "error": abs(slopes.secant - slopes.tangent)},
            )
        return Text(
            "At x₀ = {x0}, with h = {h}, the secant’s slope is {secant}. There is no tangent: {missing}",
            {**values, "missing": missing},
        )

    def _worked(self, slopes: _Slopes) -> tuple[str, ...]:
        if not math.isfinite(slopes.secant):
            return ()
        left, right = slopes.left, slopes.right
        f_right, f_left = (latex_number(end[1], 8) for end in (right, left))
        taken = rf"\left({f_left}\right)" if left[1] < 0 else f_left
        below = latex_number(2 * self.h if self.scheme == "central" else self.h, 8)
        return (
            rf"{QUOTIENTS[self.scheme]} = \frac{{{f_right} - {taken}}}{{{below}}} = "
            + latex_number(slopes.secant, 8),
        )


class _Slopes(NamedTuple):
    """The three places (x, f(x)), the secant's ends from left to right as the scheme has them, and slopes."""

    point: tuple[float, float]
    left: tuple[float, float]
    right: tuple[float, float]
    secant: float
    tangent: float

    def missing(self) -> Text | None:
        """Why a slope is missing; None if none is."""
        for x, height in (self.point, self.left, self.right):
            if math.isnan(height):
                return Text("f is not defined at {x}.", {"x": x})
            if math.isinf(height):
                return Text("f is not defined at {x}, or too large to be a number.", {"x": x})
        if not math.isfinite(self.secant):
            return _TOO_LARGE
        if not math.isfinite(self.tangent):
            return Text("f has no slope at {x}.", {"x": self.point[0]})
        return None


def _slopes(f: Function, x0: float, h: float, scheme: Scheme) -> _Slopes:
    before, after = {"forward": (0, 1), "backward": (-1, 0), "central": (-1, 1)}[scheme]
    left, right = x0 + before * h, x0 + after * h
    height = f.value_at(x0)
    return _Slopes(
        point=(x0, height),
        left=(left, f.value_at(left)),
        right=(right, f.value_at(right)),
        secant=difference(scheme, f.value_at, x0, h),
        # to the rules of calculus 1/0 is a constant, whose slope is 0
        tangent=f.derivative_at(x0) if math.isfinite(height) else math.nan,
    )


def _window(x0: float) -> tuple[float, float]:
    """The interval shown: it stands still while the point moves inside it, and follows by whole windows."""
    centre = 2 * HALF_WIDTH * round(x0 / (2 * HALF_WIDTH))
    return centre - MARGIN * HALF_WIDTH, centre + MARGIN * HALF_WIDTH


def _rise_and_run(slopes: _Slopes, scheme: Scheme, view: View) -> list[AnyMark]:
    """The triangle under the secant, its sides named where there is room for the names."""
    (x_left, y_left), (x_right, y_right) = slopes.left, slopes.right
    triangle = Curve(
        id="rise-and-run",
        role=Role.GUIDE,
        x=np.array([x_left, x_right, x_right]),
        y=np.array([y_left, y_left, y_right]),
    )
    if abs(x_right - x_left) < LABELLED_SHARE * (view.x_high - view.x_low):
        return [triangle]
    below: Literal["below", "above"] = "below" if y_right >= y_left else "above"
    beside: Literal["right", "left"] = "right" if x_right >= x_left else "left"
    middle_x, middle_y = (x_left + x_right) / 2, (y_left + y_right) / 2
    return [
        triangle,
        Label(id="run", role=Role.GUIDE, latex=RUNS[scheme], x=middle_x, y=y_left, side=below),
        Label(id="rise", role=Role.GUIDE, latex=RISES[scheme], x=x_right, y=middle_y, side=beside),
    ]


@lru_cache(maxsize=64)
def _approach(f: Function, x0: float, h: float, scheme: Scheme) -> Table:
    """h → slope and error, from far to near, with the h on screen among them."""
    sign = math.copysign(1.0, h)
    distances = sorted({*APPROACH, abs(h)}, reverse=True)
    steps = [sign * distance for distance in distances]
    reached = approach(scheme, f.value_at, x0, steps, f.derivative_at(x0))
    known = np.isfinite(reached.slopes)  # no secant leads to a pole, though ∞ / h is ∞
    return Table(
        "approach",
        (
            Column("h", reached.h, latex="h"),
            Column(
                "slope",
                np.where(known, reached.slopes, np.nan),
                latex=QUOTIENTS[scheme],
                label=Text("slope of the secant"),
            ),
            Column(
                "error", np.where(known, reached.errors, np.nan), label=Text("how far from the tangent’s")
            ),
        ),
        title=Text("The secant’s slope as h shrinks"),
        highlighted=distances.index(abs(h)),
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
