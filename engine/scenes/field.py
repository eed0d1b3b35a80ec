"""The gradient field: level lines, colours, and at one point the arrow that points straight uphill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Figure,
    Handle,
    Label,
    Panel,
    Readout,
    Role,
    View,
    Views,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Slider, Surface, Words
from engine.scene import Scene
from engine.surfaces import (
    arrow,
    arrow_scale,
    gradient_arrows,
    level_through,
    square_view,
    surface_marks,
)
from engine.text import Text, latex_number

PANEL = "plane"
HALF_WIDTH = 4.0


class Field(Scene, tag="field", frozen=True):
    """The gradient of a function of two inputs: ∇f = (∂f/∂x, ∂f/∂y), drawn in the plane of the inputs.

    value = f(x, y); gradient = [∂f/∂x, ∂f/∂y]; magnitude = |∇f|; direction: the angle of ∇f in degrees,
    anticlockwise from the x axis, in (−180, 180], None where ∇f is 0. turn, where it is set, is an arrow the
    learner turns: turn_slope is the slope of f in that direction, ∇f · (cos turn, sin turn), and turn_miss
    the angle between it and ∇f in degrees. arrows draws the gradient all over the plane; its lengths go
    with √|∇f|, while the arrow at (x, y) is |∇f| long on the scale `arrow_scale`.
    """

    title: ClassVar[Text] = Text("Gradient field")
    summary: ClassVar[Text] = Text("Level lines of a surface, and the arrow that points straight uphill.")

    f: Surface = "x^2 + y^2"
    x: Annotated[float, Slider(-4, 4, symbol="x"), Words(Text("first input"))] = 1.5
    y: Annotated[float, Slider(-4, 4, symbol="y"), Words(Text("second input"))] = 1.0
    arrows: Annotated[bool, Words(Text("arrows everywhere"))] = True
    uphill: Annotated[bool, Words(Text("gradient"))] = True
    descent: Annotated[bool, Words(Text("downhill arrow"))] = False
    turn: Annotated[float | None, Slider(-180, 180, symbol=r"\varphi"), Words(Text("your arrow’s angle"))] = (
        None
    )

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The plane with its level lines, the point and its arrows, in these views."""
        f = self.function("f")
        view = square_view(self.x, self.y, HALF_WIDTH)
        shown = views.get(PANEL, view)
        value, gradient = f.value_gradient_at(self.x, self.y)
        known = math.isfinite(value) and all(map(math.isfinite, gradient))
        first, second = f.variables
        marks: list[AnyMark] = [*surface_marks(f, shown)]
        if self.arrows:
            marks.append(gradient_arrows(f, shown))
        if known:
            scale = arrow_scale(f, shown)
            marks += [level_through(f, shown, value), *self._arrows(gradient, scale, shown)]
        point = Text("the point")
        marks.append(
            Handle(id="point", role=Role.POINT, x=self.x, y=self.y, parameters=("x", "y"), label=point)
        )
        panel = Panel(
            id=PANEL,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(latex=variable_latex(first)),
            y_axis=Axis(latex=variable_latex(second)),
            equal=True,
            clickable=True,
        )
        return Figure(
            panels=(panel,),
            readouts=self._readouts(f, value, gradient, known),
            spoken=self._spoken(value, gradient, known),
            worked=self._worked(f, gradient, known),
        )

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the point; drag the tip of your arrow to turn it."""
        if handle == "turn":
            return {"turn": math.degrees(math.atan2(y - self.y, x - self.x))}
        return {"x": x, "y": y}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click on the plane puts the point there."""
        return {"x": x, "y": y}

    def code(self) -> str:
        """NumPy for the gradient on screen."""
        f = self.function("f")
        slopes = f.gradient_nodes
        turn = (
            ""
            if self.turn is None
            else f"""turn = np.radians({self.turn!r})
print("turn_slope", gradient @ np.array([np.cos(turn), np.sin(turn)]))
"""
        )
        return f"""{numpy_preamble([f.node, *slopes])}


{numpy_function("f", f.variables, f.node)}


{numpy_function("gradient_of_f", f.variables, slopes)}


x, y = np.float64({self.x!r}), np.float64({self.y!r})
gradient = gradient_of_f(x, y)
print("value", f(x, y))
print("gradient", *gradient)
print("magnitude", np.linalg.norm(gradient))
print("direction", np.degrees(np.arctan2(gradient[1], gradient[0])))
{turn}"""

    def _arrows(self, gradient: tuple[float, float], scale: float, view: View) -> list[AnyMark]:
        dx, dy = gradient
        marks: list[AnyMark] = []
        if self.descent:
            down = (-scale * dx, -scale * dy)
            marks.append(arrow("downhill", Role.STEP, (self.x, self.y), down, Text("downhill"), r"-\nabla f"))
        if self.uphill:
            marks += self._gradient_marks(scale, dx, dy)
        if self.turn is not None:
            marks += self._turned(view)
        return marks

    def _gradient_marks(self, scale: float, dx: float, dy: float) -> list[AnyMark]:
        place, up = (self.x, self.y), (scale * dx, scale * dy)
        marks: list[AnyMark] = [arrow("gradient", Role.GRADIENT, place, up, Text("gradient"), r"\nabla f")]
        if math.hypot(dx, dy) > 0:
            marks.append(
                Label(
                    id="gradient-label",
                    role=Role.GRADIENT,
                    latex=r"\nabla f",
                    x=self.x + scale * dx,
                    y=self.y + scale * dy,
                    side="above" if dy >= 0 else "below",
                )
            )
        return marks

    def _turned(self, view: View) -> list[AnyMark]:
        """The learner's own arrow: always as long, since only its direction is asked for."""
        assert self.turn is not None
        length = min(view.x_high - view.x_low, view.y_high - view.y_low) / 5
        angle = math.radians(self.turn)
        dx, dy = length * math.cos(angle), length * math.sin(angle)
        label = Text("your arrow")
        return [
            arrow("turned", Role.SECANT, (self.x, self.y), (dx, dy), label, ""),
            Handle(
                id="turn", role=Role.SECANT, x=self.x + dx, y=self.y + dy, parameters=("turn",), label=label
            ),
        ]

    def _readouts(
        self, f: Function, value: float, gradient: tuple[float, float], known: bool
    ) -> tuple[Readout, ...]:
        dx, dy = gradient
        magnitude = math.hypot(dx, dy)
        angle = math.degrees(math.atan2(dy, dx)) if known and magnitude > 0 else None
        missing = None if known else self._missing(value)
        flat = Text("The gradient is 0: no direction is uphill.")
        first, second = map(variable_latex, f.variables)
        readouts = [
            Readout(
                name="value",
                value=value if math.isfinite(value) else None,
                latex=f"f({first}, {second})",
                label=Text("height"),
                reason=missing,
                role=Role.FUNCTION,
            ),
            Readout(
                name="gradient",
                value=[dx, dy] if known else None,
                latex=r"\nabla f",
                label=Text("gradient"),
                reason=missing,
                role=Role.GRADIENT,
            ),
            Readout(
                name="magnitude",
                value=magnitude if known else None,
                latex=r"\left\|\nabla f\right\|",
                label=Text("length of the gradient"),
                reason=missing,
                digits=7,
            ),
            Readout(
                name="direction",
                value=angle,
                latex=r"\angle\,\nabla f",
                label=Text("direction in degrees"),
                reason=missing or (flat if angle is None else None),
                digits=8,
            ),
        ]
        for name, part, symbol in (("slope_x", dx, first), ("slope_y", dy, second)):
            latex = rf"\partial f/\partial {symbol}"
            slope = part if known else None
            readouts.append(Readout(name=name, value=slope, latex=latex, reason=missing, shown=False))
        if self.turn is not None:
            readouts += self._turn_readouts(gradient, angle, known, missing)
        return tuple(readouts)

    def _turn_readouts(
        self, gradient: tuple[float, float], angle: float | None, known: bool, missing: Text | None
    ) -> list[Readout]:
        assert self.turn is not None
        slope = self._slope_along(gradient)
        miss = None if angle is None else abs((self.turn - angle + 180) % 360 - 180)
        return [
            Readout(
                name="turn_slope",
                value=slope if known else None,
                latex=r"\nabla f\cdot u",
                label=Text("slope along your arrow"),
                reason=missing,
                role=Role.SECANT,
            ),
            Readout(
                name="turn_miss",
                value=miss,
                label=Text("angle between your arrow and the gradient"),
                reason=missing if miss is None else None,
                shown=False,
            ),
        ]

    def _missing(self, value: float) -> Text:
        place = {"x": self.x, "y": self.y}
        if math.isnan(value):
            return Text("f is not defined at ({x}, {y}).", place)
        if math.isinf(value):
            return Text("f is not defined at ({x}, {y}), or too large to be a number.", place)
        return Text("f has no gradient at ({x}, {y}).", place)

    def _spoken(self, value: float, gradient: tuple[float, float], known: bool) -> Text:
        if not known:
            return self._missing(value)
        dx, dy = gradient
        values = {"x": self.x, "y": self.y, "value": value, "dx": dx, "dy": dy, "length": math.hypot(dx, dy)}
        if not (self.uphill or self.descent or self.arrows):  # not drawn, so not told either
            return self._spoken_height(values, gradient)
        if dx == dy == 0:
            return Text(
                "At ({x}, {y}) f is {value}. Its gradient is 0: level ground in every direction.", values
            )
        values["angle"] = math.degrees(math.atan2(dy, dx))
        return Text(
            "At ({x}, {y}) f is {value}. Its gradient is ({dx}, {dy}): uphill at {angle} degrees, "
            "{length} steep.",
            values,
        )

    def _spoken_height(self, values: dict[str, float], gradient: tuple[float, float]) -> Text:
        if self.turn is None:
            return Text("At ({x}, {y}) f is {value}.", values)
        return Text(
            "At ({x}, {y}) f is {value}. Along your arrow, at {turn} degrees, its slope is {slope}.",
            {**values, "turn": self.turn, "slope": self._slope_along(gradient)},
        )

    def _slope_along(self, gradient: tuple[float, float]) -> float:
        """∇f · u for the unit vector u of the learner's arrow."""
        assert self.turn is not None
        turn = math.radians(self.turn)
        return gradient[0] * math.cos(turn) + gradient[1] * math.sin(turn)

    def _worked(self, f: Function, gradient: tuple[float, float], known: bool) -> tuple[str, ...]:
        if not known:
            return ()
        first, second = map(variable_latex, f.variables)
        dx, dy = map(latex_number, gradient)
        length = latex_number(math.hypot(*gradient))
        return (
            r"\nabla f = "
            rf"\left(\frac{{\partial f}}{{\partial {first}}}, \frac{{\partial f}}{{\partial {second}}}\right)"
            rf" = \left({dx}, {dy}\right)",
            rf"\left\|\nabla f\right\| = \sqrt{{\left({dx}\right)^2 + \left({dy}\right)^2}} = {length}",
        )
