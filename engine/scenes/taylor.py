"""The Taylor polynomial: what a curve does next, told from one point, and by how much that misses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np

from engine.curves import curve_marks, curve_view, window_around
from engine.errors import ParameterError
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
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._taylor_marks import decay_view, polynomial_curve, trend
from engine.taylor_misses import Told, expansion_of, misses_of, misses_table, told_by
from engine.text import Text, latex_number

PLANE, MISSES = "plane", "misses"

HEAVY = 120
"""Nodes of the formula times the order, above which a figure may take more than 4 ms."""

LABELLED_SHARE = 0.06
"""The share of the panel's height that the miss must take for its label to have room."""

WORKED_TERMS = 4


class Taylor(Scene, tag="taylor", frozen=True):
    """The Taylor polynomial of f at x0, of order 1 (the tangent) to 8, as a prediction of f(x0 + h).

    prediction = f(x0) + f′(x0) h + … + f⁽ⁿ⁾(x0) hⁿ/n!; actual = f(x0 + h); miss = actual − prediction;
    ratio = the miss at h over the miss at h/2, which comes near to expected_ratio, mostly 2ⁿ⁺¹; bound =
    |h|ⁿ⁺¹/(n + 1)! times the largest |f⁽ⁿ⁺¹⁾| found between x0 and x0 + h (Lagrange; see
    `Expansion.next_size`). Where f lacks a derivative, or a miss is no larger than what rounding alone can
    do, the readout is None with its reason.
    `guess`, where it is set, is a prediction of f(x0 + h), drawn beside it.
    """

    title: ClassVar[Text] = Text("Taylor polynomial")
    summary: ClassVar[Text] = Text("What the curve does next, told from one point, and how far that misses.")

    f: Formula = "e^x"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 0.0
    h: Annotated[
        float, Slider(1e-3, 2, scale="log", symbol="h"), Domain(not_equal=0), Words(Text("distance"))
    ] = 1.0
    order: Annotated[int, Slider(1, 8, symbol="n"), Domain(at_least=1, at_most=8), Words(Text("order"))] = 1
    polynomial: Annotated[bool, Words(Text("polynomial"))] = True
    misses: Annotated[bool, Words(Text("miss against distance"))] = True
    guess: Annotated[float | None, Slider(-10, 10), Words(Text("predicted value"))] = None

    @property
    def heavy(self) -> bool:  # type: ignore[override]
        """True for a long formula, the sooner the higher the order."""
        return self.function("f").node.size * self.order > HEAVY

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The curve with its polynomial and the miss; beside it the miss against h, both logarithmic."""
        f = self.function("f")
        told = told_by(f, self.x0, self.h, self.order)
        panels = [self._plane(f, told, views)]
        if self.misses and self.polynomial:
            panels.append(self._decay(f, told))
        return Figure(
            panels=tuple(panels),
            readouts=self._readouts(told),
            tables=(misses_table(f, self.x0, self.h, self.order),),
            spoken=self._spoken(told),
            worked=self._worked(told),
        )

    def check(self) -> None:
        """h must move the point: in float64, 1 + 1e-17 is 1."""
        if self.x0 + self.h == self.x0:
            what = Text("h = {h} is too small to move the point {x0}.", {"h": self.h, "x0": self.x0})
            raise ParameterError(what, "h", Text("Take a larger h."))

    def playback(self) -> Playback:
        """The distance shrinks, evenly in log h."""
        return Playback("h", math.copysign(1.0, self.h), math.copysign(0.01, self.h), scale="log")

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the point along the curve, or the place it tells of; in the second panel, the size of h."""
        if handle == "x0":
            return {"x0": x}
        h = math.copysign(x, self.h) if handle == "size" else x - self.x0
        return {"h": h} if self.x0 + h != self.x0 else {}

    def code(self) -> str:
        """NumPy for the prediction and its miss; from order 2 on the coefficients stand as numbers."""
        f = self.function("f")
        nodes, lines = [f.node], [numpy_function("f", f.variables, f.node)]
        if self.order == 1:
            slope = f.derivative_node()
            nodes.append(slope)
            lines.append(numpy_function("f_prime", f.variables, slope))
            prediction = "f(x0) + f_prime(x0) * h"
        else:
            c = expansion_of(f, self.x0, self.order).coefficients[: self.order + 1].tolist()
            numbers = ", ".join(repr(value) if math.isfinite(value) else "np.nan" for value in c)
            lines.append(f"# f(x0), f'(x0), f''(x0)/2!, … up to order {self.order}\nc = [{numbers}]")
            prediction = "sum(c[k] * h**k for k in range(len(c)))"
        body = "\n\n\n".join(lines)
        return f"""{numpy_preamble(nodes)}


{body}


x0 = np.float64({self.x0!r})
h = np.float64({self.h!r})
prediction = {prediction}
actual = f(x0 + h)
print("prediction", prediction)
print("actual", actual)
print("miss", actual - prediction)
"""

    # -- panels

    def _plane(self, f: Function, told: Told, views: Views) -> Panel:
        view = curve_view(f, *window_around(self.x0))
        shown = views.get(PLANE, view)
        variable = variable_latex(f.variables[0])
        return Panel(
            id=PLANE,
            marks=(
                *curve_marks(f, shown),
                *self._polynomial(f, told, shown),
                *self._miss(told, shown),
                *self._handles(told),
            ),
            view=view,
            x_axis=Axis(latex=variable),
            y_axis=Axis(latex=f"f({variable})"),
            share=1.4,
        )

    def _polynomial(self, f: Function, told: Told, view: View) -> list[AnyMark]:
        marks: list[AnyMark] = []
        if self.polynomial and math.isfinite(told.prediction):
            marks.append(
                Rule(
                    id="polynomial",
                    role=Role.TANGENT,
                    x=self.x0,
                    y=told.value,
                    slope=told.coefficients[1],
                    label=Text("tangent"),
                )
                if self.order == 1
                else polynomial_curve(f, self.x0, self.order, view)
            )
        if self.guess is not None:
            x, y = np.array([told.place]), np.array([self.guess])
            marks.append(Points(id="guess", role=Role.GHOST, x=x, y=y, label=Text("your prediction")))
        return marks

    def _miss(self, told: Told, view: View) -> list[AnyMark]:
        if not math.isfinite(told.actual):
            return []
        end = np.array([told.place])
        marks: list[AnyMark] = [Points(id="actual", role=Role.FUNCTION, x=end, y=np.array([told.actual]))]
        if self.polynomial and math.isfinite(told.miss):
            heights = np.array([told.prediction, told.actual])
            marks.insert(0, Curve(id="miss", role=Role.ERROR, x=end.repeat(2), y=heights, label=Text("miss")))
            if abs(told.miss) > LABELLED_SHARE * (view.y_high - view.y_low):
                middle = (told.prediction + told.actual) / 2
                marks.append(
                    Label(
                        id="miss-label",
                        role=Role.ERROR,
                        label=Text("miss"),
                        x=told.place,
                        y=middle,
                        side="right" if self.h > 0 else "left",
                    )
                )
        return marks

    def _handles(self, told: Told) -> list[AnyMark]:
        ends = (told.prediction, told.actual) if self.polynomial else (told.actual,)
        heights = [height for height in ends if math.isfinite(height)]
        return [
            Handle(
                id="h",
                role=Role.TANGENT,
                x=told.place,
                y=heights[0] if heights else 0.0,
                parameters=("h",),
                label=Text("the place it predicts"),
            ),
            Handle(
                id="x0",
                role=Role.POINT,
                x=self.x0,
                y=told.value if math.isfinite(told.value) else 0.0,
                parameters=("x0",),
                label=Text("the point"),
            ),
        ]

    def _decay(self, f: Function, told: Told) -> Panel:
        known = misses_of(f, self.x0, self.h, self.order)
        seen = known.telling
        size, miss = abs(self.h), abs(told.miss)
        h, sizes = np.abs(known.h[seen]), np.abs(known.miss[seen])
        marks: list[AnyMark] = []
        if h.size:
            marks += trend(h, sizes, told.leading_order)
            marks.append(Points(id="misses", role=Role.ERROR, x=h, y=sizes, label=Text("miss")))
        if math.isfinite(miss) and miss > 0:
            sizes = np.append(sizes, miss)
            marks.append(
                Handle(
                    id="size",
                    role=Role.ERROR,
                    x=size,
                    y=miss,
                    parameters=("h",),
                    label=Text("the miss on screen"),
                )
            )
        return Panel(
            id=MISSES,
            marks=tuple(marks),
            view=decay_view(size, sizes),
            x_axis=Axis(latex=r"\left|h\right|", scale="log"),
            y_axis=Axis(label=Text("miss"), scale="log"),
            title=Text("Miss against h"),
        )

    # -- numbers and words

    def _readouts(self, told: Told) -> tuple[Readout, ...]:
        missing = told.missing()
        polynomial = rf"T_{{{self.order}}}(x_0+h)" if self.order > 1 else "f(x_0)+f'(x_0)\\,h"
        lost = Text("The miss is as small as rounding: it tells nothing.")
        whole = all(map(math.isfinite, told.coefficients))
        no_coefficients = told.missing_derivative()
        shown = (
            ("prediction", told.prediction, polynomial, Text("prediction"), Role.TANGENT, missing),
            ("actual", told.actual, "f(x_0+h)", Text("what f does"), Role.FUNCTION, missing),
            ("miss", told.miss, "", Text("miss"), Role.ERROR, missing),
            ("ratio", told.ratio, "", Text("miss at h, against that at h/2"), None, missing or lost),
        )
        exact = Text("The next terms are all 0.")
        hidden = (
            ("bound", told.bound, "", Text("at most, by Lagrange’s bound"), missing or told.unbounded),
            ("value", told.value, "f(x_0)", None, no_coefficients),
            ("slope", told.coefficients[1], "f'(x_0)", None, no_coefficients),
            ("place", told.place, "x_0+h", None, None),
            ("expected_ratio", told.expected_ratio, "", None, missing or exact),
        )
        return (
            *(
                Readout(
                    name=name,
                    value=_known(value),
                    latex=latex,
                    label=label,
                    role=role,
                    reason=reason if _known(value) is None else None,
                    digits=6 if self.order == 1 else 9,
                )
                for name, value, latex, label, role, reason in shown
            ),
            *(
                Readout(
                    name=name,
                    value=_known(value),
                    latex=latex,
                    label=label,
                    reason=reason if _known(value) is None else None,
                    shown=name == "bound" and self.order > 1,
                )
                for name, value, latex, label, reason in hidden
            ),
            Readout(
                name="coefficients",
                value=list(told.coefficients) if whole else None,
                reason=None if whole else no_coefficients,
                shown=False,
            ),
        )

    def _spoken(self, told: Told) -> Text:
        missing = told.missing()
        values: dict[str, Any] = {
            "x0": self.x0, "h": self.h, "order": self.order, "prediction": told.prediction,
            "actual": told.actual, "miss": told.miss, "missing": missing,
        }  # fmt: skip
        if missing is not None:
            return Text("At x₀ = {x0}, with h = {h}, nothing can be compared: {missing}", values)
        if not self.polynomial:  # not drawn, so not told either: a lesson may be asking for it
            values |= {"value": told.value, "slope": told.coefficients[1]}
            return Text("At x₀ = {x0} f is {value} and its slope is {slope}.", values)
        if self.order == 1:
            return Text(
                "From x₀ = {x0}, with h = {h}, the tangent predicts {prediction}; f is {actual}: the miss is "
                "{miss}.",
                values,
            )
        return Text(
            "From x₀ = {x0}, with h = {h}, the polynomial of order {order} predicts {prediction}; f is "
            "{actual}: the miss is {miss}.",
            values,
        )

    def _worked(self, told: Told) -> tuple[str, ...]:
        if told.missing() is not None:
            return ()
        h = latex_number(self.h)
        factor = h if self.h > 0 else rf"\left({h}\right)"
        terms = latex_number(told.coefficients[0])
        for power, c in enumerate(told.coefficients[1:WORKED_TERMS], start=1):
            sign = "-" if c < 0 else "+"
            raised = f"^{{{power}}}" if power > 1 else ""
            terms += rf" {sign} {latex_number(abs(c))} \cdot {factor}{raised}"
        if self.order >= WORKED_TERMS:
            terms += r" + \dots"
        predicted, actual = latex_number(told.prediction, 8), latex_number(told.actual, 8)
        taken = predicted if told.prediction >= 0 else rf"\left({predicted}\right)"
        return (
            rf"{terms} = {predicted}",
            rf"{actual} - {taken} = {latex_number(told.miss)}",
        )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
