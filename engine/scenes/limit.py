"""The limit: what f(x) comes near to as x comes near to c, from both sides, at any zoom; and ε against δ."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar

import numpy as np

from engine.epsilon_delta import directions
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Column,
    Curve,
    Figure,
    Handle,
    Panel,
    Points,
    Role,
    Rule,
    Span,
    Table,
    View,
    Views,
)
from engine.function import Function
from engine.limits import Side, place
from engine.notation import to_latex, variable_latex
from engine.numpy_code import numpy_function, numpy_preamble, python_name
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes import _limit_words as words
from engine.scenes._limit_frame import (
    OVERVIEW,
    OVERVIEW_HALF,
    Frame,
    curve_of,
    frame_of,
    overview_middle,
    sampled,
    without_rounding_beside,
)
from engine.scenes._limit_seen import Seen, seen_at, value_beside
from engine.text import Text, latex_number

PANEL = "plane"

APPROACH = (0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6)
"""The distances of the table; near infinity x is 1 over them."""

BAND_ROOM = 1.25
"""Half of the panel's height, in the largest ε of its decade: a band is never pressed flat."""

FREE_ROOM = 0.3
"""Without a band: half of the height that the panel has at least, in radii up to `WIDEST_ROOM`."""

WIDEST_ROOM = 2.0

FARTHEST_C = OVERVIEW_HALF - 0.1
"""How far from the overview's middle c can be dragged: beyond it the panel would move on under the hand."""

DECADE = 0.3
"""ε between 0.03 and 0.3 is one decade: while it is dragged, the panel keeps its height."""


class Limit(Scene, tag="limit", frozen=True):
    """What f(x) comes near to as x comes near to c, from the left and from the right: is that a limit?

    left_limit, right_limit: one-sided limits, ±∞ where f leaves every bound, None where there is none.
    limit: the limit from `side`. exists: whether it is a number; limit_reason: none, one-sided (both sides
    have limits, and they differ), unbounded, oscillation, undefined. value_at_c = f(c). continuous: whether
    the limit from `side` is f(c); break_kind: none, removable, jump, infinite, oscillation.
    largest_delta: the largest δ with 0 < |x − c| < δ ⇒ |f(x) − L| < ε, where L is the limit, or the guess if
    there is none; counterexample: an x within delta that breaks it. c may be ±∞: |x − c| < δ then means
    |x| > 1/δ. left_value, right_value: f at the distance delta, or radius, from c. `guess`: a prediction.
    All of it is told from values of f (see engine.limits), and says so where they cannot tell.
    """

    title: ClassVar[Text] = Text("Limit")
    heavy: ClassVar[bool] = True
    summary: ClassVar[Text] = Text(
        "Zoom in on a point from both sides, and see what the curve comes near to."
    )

    f: Formula = "sin(x)/x"
    c: Annotated[float, Slider(-5, 5, symbol="c"), Domain(infinite=True), Words(Text("point"))] = 0.0
    epsilon: Annotated[
        float | None,
        Slider(1e-6, 1, scale="log", symbol=r"\varepsilon"),
        Domain(above=0, at_most=1e9),
        Words(Text("allowed miss")),
    ] = 0.1
    delta: Annotated[
        float | None,
        Slider(1e-6, 5, scale="log", symbol=r"\delta"),
        Domain(above=0, at_most=1e9),
        Words(Text("distance")),
    ] = 1.0
    radius: Annotated[
        float,
        Slider(1e-12, 10, scale="log", symbol="r"),
        Domain(at_least=1e-12, at_most=1e6),
        Words(Text("radius of the window")),
    ] = 5.0
    side: Annotated[
        Side,
        Words(Text("side"), {"both": Text("both"), "left": Text("left"), "right": Text("right")}),
    ] = "both"
    guess: Annotated[float | None, Slider(-5, 5, symbol="L"), Words(Text("predicted limit"))] = None
    verdict: Annotated[bool, Words(Text("show the limit"))] = True

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The curve about c, the bands, the limits and the points on the way, in these views."""
        seen = self._seen()
        frame = self._frame(seen)
        shown = views.get(PANEL, frame.view)
        variable = variable_latex(seen.f.variables[0])
        panel = Panel(
            id=PANEL,
            marks=(
                *self._bands(seen, frame, shown),
                *self._graph(seen, frame, shown),
                *self._points(seen, frame),
                *self._handles(seen, frame, shown),
            ),
            view=frame.view,
            x_axis=Axis(latex=f"{variable}-c" if frame.x_origin else variable),
            y_axis=Axis(latex=f"f({variable})-L" if frame.y_origin else f"f({variable})"),
        )
        return Figure(
            panels=(panel,),
            readouts=words.readouts(seen),
            tables=(_approach(seen.f, self.c, self.side),),
            spoken=words.spoken(seen),
            worked=self._worked(seen),
        )

    def check(self) -> None:
        """The window and δ must hold other numbers than c itself."""
        if math.isinf(self.c):
            return
        for name, distance in (("radius", self.radius), ("delta", self.delta)):
            if distance is not None and (self.c + distance == self.c or self.c - distance == self.c):
                what = Text(
                    "{name} = {distance} is too small to tell x from c = {c}.",
                    {"name": name, "distance": distance, "c": self.c},
                )
                raise ParameterError(what, name, Text("Take a larger one."))

    def playback(self) -> Playback:
        """The window closes in on c, evenly in log radius."""
        return Playback("radius", 1.0, 1e-6, scale="log")

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the edge of the band of ε or of δ, or c itself along the axis."""
        seen = self._seen()
        frame = self._frame(seen)
        x, y = x + frame.x_origin, y + frame.y_origin
        if handle == "c":
            middle = overview_middle(self.c)
            # from so far away the hand means tenths: a break at 1 can be met, not only passed
            return {"c": round(min(max(x, middle - FARTHEST_C), middle + FARTHEST_C), 1) + 0.0}
        if handle == "epsilon":
            assert self.epsilon is not None
            top = _decade(self.epsilon)
            return {"epsilon": min(max(abs(y - seen.target), 0.101 * top), top)}
        distance = 1.0 / abs(x) if math.isinf(self.c) and x else abs(x - self.c)
        return {"delta": distance} if distance and math.isfinite(distance) else {}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """Both pairs of keys move a handle that has one way to go."""
        moved = super().nudged(handle, horizontal + vertical, 0.0)
        # ten presses of 0.1 arrive at 1, not at the float beside it
        return {name: float(f"{value:.12g}") for name, value in moved.items()}

    def code(self) -> str:
        """NumPy for the values on both sides of c."""
        f = self.function("f")
        at = {math.inf: "np.inf", -math.inf: "-np.inf"}.get(self.c, repr(self.c))
        lines = [f"c, distance = np.float64({at}), np.float64({self._distance()!r})"]
        for direction in directions(self.c, self.side):
            far = f"{'' if self.c > 0 else '-'}1/distance"
            sign = "-" if direction == "left" else "+"
            where = far if math.isinf(self.c) else f"c {sign} distance"
            if math.isfinite(self._value_beside(f, direction)):
                lines.append(f'print("{direction}_value", f({where}))')
        if math.isfinite(self.c) and math.isfinite(f.value_at(self.c)):
            lines.append('print("value_at_c", f(c))')
        if len(lines) == 1:
            lines.append(f"{python_name(f.variables[0])} = c  # f has no value in sight")
        body = "\n".join(lines)
        return f"{numpy_preamble([f.node])}\n\n\n{numpy_function('f', f.variables, f.node)}\n\n\n{body}\n"

    def _seen(self) -> Seen:
        """Everything that is known about f at c with these bands."""
        return seen_at(
            self.function("f"), self.c, self.side, self.epsilon, self.delta, self.guess, self._distance(),
            self.verdict,
        )  # fmt: skip

    def _is_overview(self) -> bool:
        return math.isfinite(self.c) and self.radius >= OVERVIEW

    def _distance(self) -> float:
        return self.radius if self.delta is None else self.delta

    def _value_beside(self, f: Function, direction: Any) -> float:
        return value_beside(f, self.c, direction, self._distance())

    def _frame(self, seen: Seen) -> Frame:
        free = FREE_ROOM * min(self.radius, WIDEST_ROOM)
        room = free if self.epsilon is None else BAND_ROOM * _decade(self.epsilon)
        return frame_of(seen.f, self.c, self.radius, seen.target, room)

    def _bands(self, seen: Seen, frame: Frame, shown: View) -> list[AnyMark]:
        marks: list[AnyMark] = []
        if self._is_overview():
            marks.append(Rule(id="c line", role=Role.GUIDE, x=self.c, y=0.0, slope=math.inf))
        if self.delta is not None:
            low, high = _band(self.c, self.delta, self.side, shown)
            label = Text("δ-band")
            marks.append(
                Span(id="delta-band", role=Role.SECANT, low=frame.x(low), high=frame.x(high), label=label)
            )
        if self.epsilon is not None and math.isfinite(seen.target):
            middle, label = frame.y(seen.target), Text("ε-band")
            low, high = middle - self.epsilon, middle + self.epsilon
            marks.append(Span(id="epsilon-band", role=Role.AREA, axis="y", low=low, high=high, label=label))
        if self.guess is not None:
            label = Text("your prediction")
            marks.append(Rule(id="guess", role=Role.GHOST, x=0.0, y=frame.y(self.guess), label=label))
        if self.verdict and math.isfinite(seen.found.value):
            label = Text("limit")
            marks.append(Rule(id="limit", role=Role.TANGENT, x=0.0, y=frame.y(seen.found.value), label=label))
        return marks

    def _graph(self, seen: Seen, frame: Frame, shown: View) -> list[AnyMark]:
        curve = sampled(seen.f, frame, shown)
        at = frame.x(self.c)
        if math.isfinite(self.c):
            width = shown.x_high - shown.x_low
            curve = without_rounding_beside(curve, at, width, seen.found.left.value, seen.found.right.value)
        if seen.miss is None or self.epsilon is None or self.delta is None:
            return curve_of(curve, at, shown.x_high - shown.x_low)
        low, high = _band(self.c, self.delta, self.side, shown)
        within = (curve.x > frame.x(low)) & (curve.x < frame.x(high)) & (curve.x != at)
        out = within & (np.abs(curve.y - frame.y(seen.target)) >= self.epsilon)
        y = np.where(out, curve.y, math.nan)
        kept = curve._replace(y=np.where(out, math.nan, curve.y))
        return [
            *curve_of(kept, at, shown.x_high - shown.x_low),
            Curve(id="outside", role=Role.WRONG, x=curve.x, y=y),
        ]

    def _points(self, seen: Seen, frame: Frame) -> list[AnyMark]:
        marks: list[AnyMark] = []
        at = frame.x(self.c)
        if math.isfinite(self.c):
            opened, closed = seen.ends()
            for name, heights in (("c open", opened), ("c closed", closed)):
                if heights:
                    x, y = np.full(len(heights), at), np.array([frame.y(height) for height in heights])
                    marks.append(Points(id=name, role=Role.FUNCTION, x=x, y=y, open=name == "c open"))
        if self.delta is not None and self.epsilon is None:
            beside = [(place_, value) for place_, value in seen.beside.values() if math.isfinite(value)]
            if beside:
                x, y = np.array([(frame.x(place_), frame.y(value)) for place_, value in beside]).T
                marks.append(Points(id="beside", role=Role.SECANT, x=x, y=y, label=Text("at distance δ")))
        if self.epsilon is not None and self.delta is not None:
            # there even without points, so that the legend keeps its height while the bands are dragged
            at_miss = [] if seen.miss is None or not math.isfinite(seen.miss.value) else [seen.miss]
            x = np.array([frame.x(miss.x) for miss in at_miss])
            y = np.array([frame.y(miss.value) for miss in at_miss])
            label = Text("counterexample")
            marks.append(Points(id="miss", role=Role.WRONG, x=x, y=y, label=label))
        return marks

    def _handles(self, seen: Seen, frame: Frame, view: View) -> list[AnyMark]:
        """Those that stand in the panel: what lies beyond it is set by its slider."""
        at = frame.x(self.c)
        middle = (view.x_low + view.x_high) / 2
        level = frame.y(seen.target) if math.isfinite(seen.target) else (view.y_low + view.y_high) / 2
        handles: list[Handle] = []
        if self.delta is not None:
            direction = directions(self.c, self.side)[-1]
            edge, height = (frame.x(seen.beside[direction][0]), frame.y(seen.beside[direction][1]))
            # without a band the point itself is taken; the level of the limit would tell what it is
            level_of_edge = height if self.epsilon is None and math.isfinite(height) else level
            label = Text("the edge of the δ-band")
            handles.append(
                Handle(
                    id="delta", role=Role.SECANT, x=edge, y=level_of_edge, parameters=("delta",), label=label
                )
            )
        if self.epsilon is not None and math.isfinite(seen.target):
            x, y = at if math.isfinite(at) else middle, level + self.epsilon
            label = Text("the edge of the ε-band")
            handles.append(
                Handle(id="epsilon", role=Role.AREA, x=x, y=y, parameters=("epsilon",), label=label)
            )
        if self._is_overview():
            foot = view.y_low + 0.05 * (view.y_high - view.y_low)
            handles.append(
                Handle(id="c", role=Role.POINT, x=at, y=foot, parameters=("c",), label=Text("the point c"))
            )
        return [
            handle
            for handle in handles
            if view.x_low <= handle.x <= view.x_high and view.y_low <= handle.y <= view.y_high
        ]

    def _worked(self, seen: Seen) -> tuple[str, ...]:
        if not self.verdict or math.isnan(seen.found.value):
            return ()
        variable, at = variable_latex(seen.f.variables[0]), latex_number(self.c)
        mark = {"both": "", "left": "^-", "right": "^+"}[self.side] if math.isfinite(self.c) else ""
        below = rf"{variable} \to {at}{mark}"
        line = rf"\lim_{{{below}}} {to_latex(seen.f.node)} = {latex_number(seen.found.value)}"
        if self.epsilon is None or not 0 < seen.delta < math.inf or math.isinf(self.c):
            return (line,)
        bands = (
            rf"0 < \left|{variable} - c\right| < {latex_number(seen.delta)} \;\Rightarrow\; "
            rf"\left|f({variable}) - L\right| < {latex_number(self.epsilon)}"
        )
        return line, bands


def _decade(epsilon: float) -> float:
    """The largest ε that shares its decade with this one."""
    return float(DECADE * 10.0 ** math.ceil(math.log10(epsilon / DECADE) - 1e-9))


def _band(c: float, delta: float, side: Side, shown: View) -> tuple[float, float]:
    """The x within δ of c, as far as the panel shows them."""
    if math.isinf(c):
        far = 10 * max(abs(shown.x_low), abs(shown.x_high), 1 / delta)
        return (1 / delta, far) if c > 0 else (-far, -1 / delta)
    return c - delta * (side != "right"), c + delta * (side != "left")


@lru_cache(maxsize=64)
def _approach(f: Function, c: float, side: Side) -> Table:
    """x and f(x) from far to near, first from the left, then from the right."""
    rows: list[tuple[float, float, str]] = []
    for direction in directions(c, side):
        for x in place(c, direction, np.array(APPROACH)).tolist():
            x = float(f"{x:.15g}")  # 3 − 0.1 is 2.9, not the float beside it
            rows.append((x, f.value_at(x), direction))
    x_values, values, sides = zip(*rows, strict=True)
    variable = variable_latex(f.variables[0])
    return Table(
        "approach",
        (
            Column("x", np.array(x_values), latex=variable),
            Column("value", np.array(values), latex=f"f({variable})"),
            Column("side", list(sides), label=Text("side")),
        ),
        title=Text("On the way to c"),
    )
