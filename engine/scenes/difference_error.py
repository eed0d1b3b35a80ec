"""How wrong a computer's slopes are: the error of differences against h, and the staircase it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np

from engine.autodiff import Precision
from engine.difference_errors import DIFFERENCES, KINDS, SCHEMES, Scheme, parse_schemes, values
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Curve,
    Figure,
    Handle,
    Label,
    Panel,
    Points,
    Readout,
    Role,
    Rule,
    View,
    Views,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.parameters import Checked, Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._difference_code import difference_code
from engine.scenes._error_marks import (
    DRESSES,
    best_marks,
    close_curve,
    close_view,
    error_marks,
    error_view,
    ghost_marks,
    rises,
    slope_marks,
    strip_of,
)
from engine.scenes._error_readouts import (
    ALL_DIGITS,
    QUOTIENTS,
    Now,
    best_readouts,
    error_readouts,
    errors_at,
    errors_table,
    estimate_readouts,
    number_readouts,
)
from engine.text import Text, latex_number

ERRORS, CLOSE = "errors", "close"

FRAME = 2.0
"""Half the width of the second panel, in h, unless `zoom` says it."""

FULL_PLAY: Mapping[Precision, float] = {"float64": 1e-17, "float32": 1e-9}
"""The h at which playing ends: well below what moves x0."""

SCHEME_WORDS: Mapping[str, Text] = {scheme: DRESSES[scheme].words for scheme in SCHEMES}
OTHER: Mapping[Precision, Precision] = {"float64": "float32", "float32": "float64"}


class DifferenceError(Scene, tag="difference-error", frozen=True):
    """How far a slope that a computer takes is from f′(x0), for every h.

    schemes, parted by spaces: forward = (f(x0+h) − f(x0))/h, central = (f(x0+h) − f(x0−h))/(2h),
    complex_step = Im f(x0 + ih)/h, reverse: reverse mode, without h. All is computed in `precision`; an error
    is measured from the slope worked out with more digits, at the x0 that the precision holds. The first of
    the schemes leads: its parts `truncation` and `round_off` (both signed, their sum is the error), what
    `dominates` (truncation, round-off, underflow, overflow, none), its secant in the second panel.

    best_h_forward, best_h_central: where the error's upper envelope over half a decade is lowest;
    predicted_h_forward = 2√(ε|f|/|f″|), predicted_h_central = ∛(3ε|f|/|f‴|). None, with the reason, where
    no h is best. beside draws the other precision as well, slopes the predicted errors, best the best h
    (where both are on, the predicted one too).
    close: whether there is the second panel; zoom: half its width, 2h without it. guess: a predicted best h,
    which stays in the picture.
    """

    title: ClassVar[Text] = Text("Errors of differences")
    summary: ClassVar[Text] = Text("How far off a computer’s slopes are, for every h, and why.")

    f: Formula = "sin(x)"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 1.0
    schemes: Annotated[
        str,
        Checked("several", parse_schemes),
        Words(Text("slopes by"), SCHEME_WORDS),
    ] = "forward central"
    precision: Annotated[Precision, Words(Text("precision"))] = "float64"
    h: Annotated[
        float, Slider(1e-17, 1, scale="log", symbol="h"), Domain(above=0), Words(Text("distance"))
    ] = 0.1
    beside: Annotated[bool, Words(Text("the other precision beside"))] = False
    slopes: Annotated[bool, Words(Text("predicted errors"))] = True
    best: Annotated[bool, Words(Text("best h"))] = True
    close: Annotated[bool, Words(Text("f close to the point"))] = True
    zoom: Annotated[
        float | None, Slider(1e-17, 1, scale="log", symbol="r"), Domain(above=0), Words(Text("own zoom"))
    ] = None
    guess: Annotated[
        float | None,
        Slider(1e-17, 1, scale="log", symbol=r"h_{\text{best}}"),
        Domain(above=0),
        Words(Text("predicted best h")),
    ] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The errors over h, f close to x0, and the numbers at the present h, in these views."""
        f = self.function("f")
        chosen = parse_schemes(self.schemes)
        now = errors_at(f, self.x0, self.h, self.precision, chosen)
        return Figure(
            panels=(
                self._errors(f, chosen, now, views),
                *([self._close(f, chosen, now, views)] if self.close else []),
            ),
            readouts=self._readouts(f, chosen, now),
            tables=(errors_table(f, self.x0, self.h, chosen, self.precision),),
            spoken=self._spoken(chosen, now),
            worked=self._worked(f, chosen, now),
        )

    def playback(self) -> Playback:
        """h shrinks, evenly in its logarithm, until nothing is left."""
        return Playback("h", 1.0, FULL_PLAY[self.precision], seconds=10.0, scale="log")

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag h along its axis, or the second point in the panel beside it."""
        distance = x if handle == "h" else abs(x)
        return {"h": distance} if distance > 0 else {}

    def code(self) -> str:
        """NumPy for the slopes on screen."""
        return difference_code(
            self.function("f"), self.x0, self.h, parse_schemes(self.schemes), self.precision
        )

    # -- the panels

    def _errors(self, f: Function, chosen: tuple[Scheme, ...], now: Now, views: Views) -> Panel:
        wide: Precision = "float64" if self.beside else self.precision
        view = error_view(f, self.x0, wide)
        shown = views.get(ERRORS, view)
        marks: list[AnyMark] = [Rule(id="h-rule", role=Role.GUIDE, x=self.h, y=view.y_low, slope=math.inf)]
        if self.guess is not None:
            label = Text("your prediction")
            marks.append(
                Rule(id="guess", role=Role.GHOST, x=self.guess, y=view.y_low, slope=math.inf, label=label)
            )
        if self.beside:
            marks += ghost_marks(f, self.x0, chosen, OTHER[self.precision], shown)
        marks += error_marks(f, self.x0, chosen, self.precision, view, shown)
        if self.slopes:
            marks += slope_marks(f, self.x0, chosen, self.precision, shown)
        if self.best and self.slopes:
            marks += best_marks(f, self.x0, chosen, self.precision, predicted=True)
        if self.best:
            marks += best_marks(f, self.x0, chosen, self.precision, predicted=False)
        if now.missing is not None:
            x, y = (math.sqrt(shown.x_low * shown.x_high), math.sqrt(shown.y_low) * math.sqrt(shown.y_high))
            marks.append(Label(id="missing", role=Role.GUIDE, x=x, y=y, label=now.missing))
        marks += _points_at(chosen, now, self.h, view, shown)
        return Panel(
            id=ERRORS,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(latex="h", scale="log"),
            y_axis=Axis(label=Text("error of the slope"), scale="log"),
            share=1.1,
        )

    def _close(self, f: Function, chosen: tuple[Scheme, ...], now: Now, views: Views) -> Panel:
        view = close_view(f, self.x0, FRAME * self.h if self.zoom is None else self.zoom, self.precision)
        shown = views.get(CLOSE, view)
        curve = close_curve(f, self.x0, self.precision, shown.x_low, shown.x_high)
        words = Text("f as computed")
        marks: list[AnyMark] = [
            Curve(id="computed", role=Role.FUNCTION, x=curve.offsets, y=curve.rises, label=words)
        ]
        if math.isfinite(now.slope):
            label = Text("tangent")
            marks.append(Rule(id="tangent", role=Role.TANGENT, x=0.0, y=0.0, slope=now.slope, label=label))
        lead = next((scheme for scheme in chosen if scheme in DIFFERENCES), None)
        if lead is not None:
            marks += self._secant(f, lead, now)
        variable = variable_latex(f.variables[0])
        return Panel(
            id=CLOSE,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(latex=f"{variable}-{variable}_0"),
            y_axis=Axis(latex=f"f({variable})-f({variable}_0)"),
        )

    def _secant(self, f: Function, lead: Scheme, now: Now) -> list[AnyMark]:
        """The two points of the difference and the line of its slope through the left one."""
        left = -self.h if lead == "central" else 0.0
        ends = np.array([left, self.h])
        heights = rises(f, self.x0, ends, self.precision)
        role, words = DRESSES[lead]
        marks: list[AnyMark] = []
        if math.isfinite(now.estimates[lead]) and np.isfinite(heights).all():
            slope = now.estimates[lead]
            marks.append(Rule(id="secant", role=role, x=left, y=float(heights[0]), slope=slope, label=words))
            marks.append(Points(id="ends", role=role, x=ends, y=heights))
        if self.zoom is not None and math.isfinite(heights[1]):
            label = Text("the second point")
            marks.append(
                Handle(id="second", role=role, x=self.h, y=float(heights[1]), parameters=("h",), label=label)
            )
        return marks

    # -- the numbers

    def _readouts(self, f: Function, chosen: tuple[Scheme, ...], now: Now) -> tuple[Readout, ...]:
        lead = chosen[0] if chosen else SCHEMES[0]
        measured = chosen if self.best else ()
        predicted = measured if self.slopes else ()
        return (
            *estimate_readouts(chosen, now),
            *error_readouts(chosen, now),
            *best_readouts(f, self.x0, self.precision, measured, predicted),
            *number_readouts(f, self.x0, self.h, self.precision, now.why_no_estimate(lead)),
        )

    def _worked(self, f: Function, chosen: tuple[Scheme, ...], now: Now) -> tuple[str, ...]:
        lead = next((scheme for scheme in chosen if scheme in DIFFERENCES), None)
        if lead is None or not math.isfinite(now.estimates[lead]):
            return ()
        kind = KINDS[self.precision]
        x, h = kind(self.x0), kind(self.h)
        ends = (x + h, x - h if lead == "central" else x)
        right, left = (latex_number(float(values(f, end, self.precision)), ALL_DIGITS) for end in ends)
        taken = rf"\left({left}\right)" if left.startswith("-") else left
        below = latex_number(float(2 * h if lead == "central" else h), 8)
        slope = latex_number(now.estimates[lead], ALL_DIGITS)
        return (rf"{QUOTIENTS[lead]} = \frac{{{right} - {taken}}}{{{below}}} = {slope}",)

    def _spoken(self, chosen: tuple[Scheme, ...], now: Now) -> Text:
        place: dict[str, Any] = {"x0": self.x0, "h": self.h}
        if now.missing is not None:
            return Text(
                "At x₀ = {x0}, with h = {h}, no error can be measured: {missing}",
                {**place, "missing": now.missing},
            )
        place["slope"] = now.slope
        if not chosen:
            return Text("At x₀ = {x0} the slope is {slope}. No scheme is chosen to take it.", place)
        place["each"] = [now.told(scheme, cause=self.slopes) for scheme in chosen]
        return Text("At x₀ = {x0} the slope is {slope}. With h = {h}: {each}.", place)


def _points_at(chosen: tuple[Scheme, ...], now: Now, h: float, home: View, shown: View) -> list[AnyMark]:
    """Where each scheme stands at h; the first one's place is the handle, at the foot if it has none."""
    marks: list[AnyMark] = []
    heights = [now.errors[scheme] or strip_of(home)[2] for scheme in chosen]
    for scheme, height in list(zip(chosen, heights, strict=True))[1:]:
        if math.isfinite(height):
            x, y = np.array([h]), np.array([height])
            marks.append(Points(id=f"now {scheme}", role=DRESSES[scheme].role, x=x, y=y))
    height = heights[0] if heights and math.isfinite(heights[0]) else strip_of(shown)[2]
    role = DRESSES[chosen[0]].role if chosen else Role.POINT
    measured = bool(chosen) and 0 < now.errors[chosen[0]] < math.inf
    told = None if measured else Text("h = {h}", {"h": h})  # its height is then no error
    marks.append(Handle(id="h", role=role, x=h, y=height, parameters=("h",), label=Text("h"), told=told))
    return marks
