"""The product: a rectangle whose sides are u and v, and the three parts by which it grows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from engine.curves import curve_marks, curve_view, window_around
from engine.errors import GradusError, ParameterError
from engine.expression import parse
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Figure,
    Handle,
    Panel,
    Readout,
    Role,
    Rule,
    Views,
)
from engine.function import Function, function
from engine.growth import Grown, grown_by, parts_table, product_of
from engine.notation import variable_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene, parameters
from engine.scenes._rectangles import corner_path, growth_marks, growth_view, nearest_on_path
from engine.text import Text, latex_number

RECTANGLE, PLANE = "rectangle", "plane"


class Product(Scene, tag="product", frozen=True):
    """A rectangle with the sides u(x) and v(x), and how its area grows when x moves from x0 by h.

    u_dv + v_du + du_dv = growth = u(x0 + h) v(x0 + h) − u(x0) v(x0), areas with their signs; growth_rate =
    growth/h and corner_rate = du_dv/h. product_slope = u′v + uv′, by the rule; numeric_slope is a central
    difference of the product itself; slopes_product = u′v′, what the rule is not. A value that does not
    exist is None with its reason. `guess`, where it is set, draws a line of that slope: a prediction.
    """

    title: ClassVar[Text] = Text("Product")
    summary: ClassVar[Text] = Text("A rectangle grows by two strips and a piece in the corner.")

    u: Formula = "x + 1"
    v: Formula = "2x"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 1.0
    h: Annotated[
        float, Slider(1e-3, 1, scale="log", symbol="h"), Domain(not_equal=0), Words(Text("distance"))
    ] = 0.5
    curve: Annotated[bool, Words(Text("curve of the product"))] = True
    tangent: Annotated[bool, Words(Text("tangent"))] = True
    guess: Annotated[float | None, Slider(-10, 10, symbol="m"), Words(Text("predicted slope"))] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The rectangle and its growth; beside it the curve of the product with its tangent."""
        u, v = self._sides()
        grown = grown_by(u, v, self.x0, self.h)
        panels = [self._rectangle(u, v, grown, views)]
        if self.curve:
            panels.append(self._plane(u, v, grown, views))
        return Figure(
            panels=tuple(panels),
            readouts=self._readouts(grown),
            tables=(parts_table(u, v, self.x0, self.h),),
            spoken=self._spoken(grown),
            worked=self._worked(grown),
        )

    def check(self) -> None:
        """Both sides must be written in one letter, and h must move the point."""
        if self._variables() is None:
            what = Text("u = {u} and v = {v} are written in different letters.", {"u": self.u, "v": self.v})
            raise ParameterError(what, "v", Text("Write both in the same letter, such as x."))
        if self.x0 + self.h == self.x0:  # in float64, 1 + 1e-17 is 1
            what = Text("h = {h} is too small to move the point {x0}.", {"h": self.h, "x0": self.x0})
            raise ParameterError(what, "h", Text("Take a larger h."))

    def playback(self) -> Playback:
        """The growth shrinks, evenly in log h."""
        return Playback("h", math.copysign(1.0, self.h), math.copysign(0.01, self.h), scale="log")

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag a corner of the rectangle along its path, or a point along the curve."""
        place = x
        if handle in ("corner", "new-corner"):
            u, v = self._sides()
            start = self.x0 if handle == "corner" else self.x0 + self.h
            view = growth_view(grown_by(u, v, self.x0, self.h).growth)
            place = nearest_on_path(u.value, v.value, (x, y), start, view)
        if handle in ("corner", "x0"):
            return {"x0": place}
        if place == self.x0 + self.h:
            return {"h": self.h}
        return {"h": place - self.x0} if place != self.x0 else {}

    def code(self) -> str:
        """NumPy for the growth and the slope on screen."""
        u, v = self._sides()
        slopes = u.derivative_node(), v.derivative_node()
        named = zip(("u", "v", "u_prime", "v_prime"), (u.node, v.node, *slopes), strict=True)
        functions = "\n\n\n".join(numpy_function(name, u.variables, node) for name, node in named)
        return f"""{numpy_preamble([u.node, v.node, *slopes])}


{functions}


x0 = np.float64({self.x0!r})
h = np.float64({self.h!r})
du = u(x0 + h) - u(x0)
dv = v(x0 + h) - v(x0)
print("v_du", v(x0) * du)
print("u_dv", u(x0) * dv)
print("du_dv", du * dv)
print("growth", v(x0) * du + u(x0) * dv + du * dv)
print("product_slope", u_prime(x0) * v(x0) + u(x0) * v_prime(x0))
"""

    def _variables(self) -> tuple[str, ...] | None:
        return _common_variables(self.u, self.v, parameters(Product)["u"].variables)

    def _sides(self) -> tuple[Function, Function]:
        variables = self._variables()
        assert variables is not None  # `check` has seen to it
        return function(self.u, variables), function(self.v, variables)

    # -- panels

    def _rectangle(self, u: Function, v: Function, grown: Grown, views: Views) -> Panel:
        view = growth_view(grown.growth)
        marks: list[AnyMark] = [corner_path(u.value, v.value, self.x0)]
        for name, parameter, role, (x, y), known in (
            ("new-corner", "h", Role.SECANT, grown.growth.new_corner, grown.can_grow),
            ("corner", "x0", Role.POINT, grown.growth.corner, grown.can_stand),
        ):
            if known:
                label = Text("the corner") if name == "corner" else Text("where the corner goes")
                marks.append(Handle(id=name, role=role, x=x, y=y, parameters=(parameter,), label=label))
        if grown.can_grow:
            marks[1:1] = growth_marks(grown.growth, views.get(RECTANGLE, view))
        return Panel(
            id=RECTANGLE,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(latex=f"u({variable_latex(u.variables[0])})"),
            y_axis=Axis(latex=f"v({variable_latex(u.variables[0])})"),
            equal=self.u == self.v,  # a square should look like one
            share=1.2,
        )

    def _plane(self, u: Function, v: Function, grown: Grown, views: Views) -> Panel:
        product = product_of(u, v)
        view = curve_view(product, *window_around(self.x0))
        variable = variable_latex(u.variables[0])
        y = grown.growth.u * grown.growth.v
        marks: list[AnyMark] = [*curve_marks(product, views.get(PLANE, view))]
        if math.isfinite(y) and self.guess is not None:
            label = Text("your prediction")
            marks.append(Rule(id="guess", role=Role.GHOST, x=self.x0, y=y, slope=self.guess, label=label))
        if self.tangent and math.isfinite(grown.product_slope):
            slope, label = grown.product_slope, Text("tangent")
            marks.append(Rule(id="tangent", role=Role.TANGENT, x=self.x0, y=y, slope=slope, label=label))
        marks.append(
            Handle(
                id="x0",
                role=Role.POINT,
                x=self.x0,
                y=y if math.isfinite(y) else 0.0,
                parameters=("x0",),
                label=Text("the point"),
            )
        )
        return Panel(
            id=PLANE,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(latex=variable),
            y_axis=Axis(latex="u v"),
            title=Text("The product as a curve"),
        )

    # -- numbers and words

    def _readouts(self, grown: Grown) -> tuple[Readout, ...]:
        growth, rate = grown.growth, r"\frac{\Delta(u v)}{h}"
        no_growth, no_slope = grown.missing(), grown.missing_slope()
        of_growth = (
            ("u_dv", growth.u_dv, r"u\,\Delta v", Text("strip along u"), Role.SECANT),
            ("v_du", growth.v_du, r"v\,\Delta u", Text("strip along v"), Role.TANGENT),
            ("du_dv", growth.du_dv, r"\Delta u\,\Delta v", Text("piece in the corner"), Role.ERROR),
            ("growth", growth.total, r"\Delta(u v)", Text("growth of the area"), None),
            ("growth_rate", growth.total / self.h, rate, Text("growth for each step of h"), None),
            ("corner_rate", growth.du_dv / self.h, r"\frac{\Delta u\,\Delta v}{h}", None, Role.ERROR),
        )
        of_slopes = (
            ("product_slope", grown.product_slope, "u'v + u v'", Text("slope by the rule"), Role.TANGENT),
            ("numeric_slope", grown.numeric_slope, "", Text("numerical slope"), None),
            ("slopes_product", grown.u_slope * grown.v_slope, "u' v'", Text("product of slopes"), Role.WRONG),
        )
        hidden = (
            ("u", growth.u, "u", no_growth),
            ("v", growth.v, "v", no_growth),
            ("du", growth.du, r"\Delta u", no_growth),
            ("dv", growth.dv, r"\Delta v", no_growth),
            ("product", growth.u * growth.v, "u v", no_growth),
            ("u_slope", grown.u_slope, "u'", no_slope),
            ("v_slope", grown.v_slope, "v'", no_slope),
            ("u_slope_v", grown.u_slope * growth.v, "u'v", no_slope),
            ("u_v_slope", growth.u * grown.v_slope, "u v'", no_slope),
        )
        return (
            *(
                Readout(
                    name=name, value=_known(value), latex=latex, label=label, role=role, digits=7,
                    reason=reason if _known(value) is None else None, shown=not name.endswith("_rate"),
                )
                for group, reason in ((of_growth, no_growth), (of_slopes, no_slope or no_growth))
                for name, value, latex, label, role in group
            ),
            *(
                Readout(
                    name=name, latex=latex, value=_known(value), shown=False,
                    reason=reason if _known(value) is None else None,
                )
                for name, value, latex, reason in hidden
            ),
        )  # fmt: skip

    def _spoken(self, grown: Grown) -> Text:
        growth, missing = grown.growth, grown.missing()
        values: dict[str, Any] = {
            "x0": self.x0, "h": self.h, "u": growth.u, "v": growth.v, "u_dv": growth.u_dv,
            "v_du": growth.v_du, "du_dv": growth.du_dv, "total": growth.total, "missing": missing,
        }  # fmt: skip
        if missing is not None:
            return Text("At x₀ = {x0} the rectangle cannot be drawn: {missing}", values)
        if min(growth.u_dv, growth.v_du, growth.du_dv, growth.u, growth.v) < 0:
            return Text(
                "At x₀ = {x0}, u = {u} and v = {v}. A step of {h} adds {u_dv} along u, {v_du} along v, "
                "{du_dv} in the corner: {total}. What is negative counts as taken away.",
                values,
            )
        return Text(
            "At x₀ = {x0}, u = {u} and v = {v}. A step of {h} adds {u_dv} along u, {v_du} along v, {du_dv} "
            "in the corner: {total}.",
            values,
        )

    def _worked(self, grown: Grown) -> tuple[str, ...]:
        growth = grown.growth
        if grown.missing() is not None:
            return ()
        u, v, du, dv = map(_factor, growth)
        lines = [
            r"\Delta(uv) = u\,\Delta v + v\,\Delta u + \Delta u\,\Delta v",
            rf"= {u} \cdot {dv} + {v} \cdot {du} + {du} \cdot {dv} = {latex_number(growth.total, 8)}",
        ]
        if grown.missing_slope() is None:
            du_dx, dv_dx = _factor(grown.u_slope), _factor(grown.v_slope)
            slope = latex_number(grown.product_slope, 8)
            lines.append(rf"u'v + u v' = {du_dx} \cdot {v} + {u} \cdot {dv_dx} = {slope}")
        return tuple(lines)


@lru_cache(maxsize=256)
def _common_variables(u: str, v: str, alternatives: tuple[tuple[str, ...], ...]) -> tuple[str, ...] | None:
    for variables in alternatives:
        try:
            parse(u, variables)
            parse(v, variables)
        except GradusError:
            continue
        return variables
    return None


def _factor(value: float) -> str:
    written = latex_number(value)
    return rf"\left({written}\right)" if value < 0 else written


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
