"""Activations: the functions that models use, each beside its slope, and their slopes through layers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np

from engine.activations import (
    NAMES,
    Activation,
    Layers,
    Local,
    Steepness,
    activation_function,
    gallery_table,
    layers_table,
    local,
    steepest,
    through_layers,
)
from engine.curves import curve_marks, curve_view
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
from engine.notation import to_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._readouts import number_readout
from engine.text import Text, latex_number

CURVE, SLOPE, DEPTH = "curve", "slope", "depth"

WIDTH = 5.0
"""Half of the interval that the curves are shown over, unless x is further out."""

LARGEST = 1e6
"""How large an input or a weight may be."""

SMALLEST_PRODUCT = 1e-300
"""Below this a product is drawn as nothing: floats end near there."""


class Activations(Scene, tag="activations", frozen=True):
    """A function that models use, at x: value = f(x), slope = f′(x) by the rules, checked on the spot.

    numeric_slope is a central difference, difference the distance between the two; left_slope and
    right_slope are those just beside x; largest_slope is the largest |f′| there is (infinite if it has
    none), largest_at where. dead: a nudge at x changes nothing. Through `depth` layers a → f(weight · a) the
    slopes multiply to chain_slope; best_product = (|weight| · largest_slope)^depth is the most it could be.
    At a corner slope is None with its reason; through layers it counts as frameworks take it.
    """

    title: ClassVar[Text] = Text("Activations")
    summary: ClassVar[Text] = Text("The functions that models use, each beside its slope.")

    activation: Annotated[Activation, Words(Text("function"), NAMES)] = "sigmoid"
    x: Annotated[float, Slider(-5, 5, symbol="x"), Domain(-LARGEST, LARGEST), Words(Text("input"))] = 1.0
    n: Annotated[
        float, Slider(-3, 5, symbol="n"), Domain(at_least=-20, at_most=20), Words(Text("exponent"))
    ] = 2.0
    depth: Annotated[
        int, Slider(1, 50, symbol="k"), Domain(at_least=1, at_most=200), Words(Text("layers"))
    ] = 1
    weight: Annotated[float, Slider(-3, 3, symbol="w"), Domain(-LARGEST, LARGEST), Words(Text("weight"))] = (
        1.0
    )
    slopes: Annotated[bool, Words(Text("slope beside it"))] = True
    guess: Annotated[float | None, Slider(-5, 5), Words(Text("predicted slope"))] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The curve with its tangent; beside it its slope as a curve, or the product through layers."""
        f = activation_function(self.activation, self.n)
        here, top = local(f, self.x), steepest(f)
        layers = through_layers(f, self.x, self.weight, self.depth)
        panels = [self._curve(f, here, views)]
        if self.depth > 1:  # three would be too narrow to read
            panels.append(self._depth(layers, top))
        elif self.slopes:
            panels.append(self._slope(f, here, top, views))
        return Figure(
            panels=tuple(panels),
            readouts=(*self._readouts(here, top), *self._layer_readouts(layers, top)),
            tables=(gallery_table(self.x, self.n, self.activation), layers_table(layers)),
            spoken=self._spoken(here, top, layers),
            worked=self._worked(f, here),
        )

    def playback(self) -> Playback:
        """The input walks from left to right."""
        return Playback("x", -4.0, 4.0, seconds=6.0)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the point along the curve, or along the curve of slopes."""
        return {"x": x}

    def code(self) -> str:
        """NumPy for the value, the slope and its check."""
        f = activation_function(self.activation, self.n)
        slope = f.derivative_node()
        return f"""{numpy_preamble([f.node, slope])}


{numpy_function("f", f.variables, f.node)}


{numpy_function("f_prime", f.variables, slope)}


x = np.float64({self.x!r})
h = np.cbrt(np.finfo(float).eps) * max(1.0, abs(x))
print("value", f(x))
print("slope", f_prime(x))
print("numeric_slope", (f(x + h) - f(x - h)) / (2 * h))
"""

    # -- panels

    def _window(self) -> tuple[float, float]:
        wide = WIDTH if abs(self.x) <= WIDTH else 1.2 * abs(self.x)
        return -wide, wide

    def _curve(self, f: Function, here: Local, views: Views) -> Panel:
        view = curve_view(f, *self._window())
        marks: list[AnyMark] = [*curve_marks(f, views.get(CURVE, view))]
        if self.guess is not None and math.isfinite(here.value):
            label = Text("your prediction")
            rule = Rule(id="guess", role=Role.GHOST, x=self.x, y=here.value, slope=self.guess, label=label)
            marks.append(rule)
        if self.slopes and math.isfinite(here.slope):
            label = Text("tangent")
            rule = Rule(
                id="tangent", role=Role.TANGENT, x=self.x, y=here.value, slope=here.slope, label=label
            )
            marks.append(rule)
        marks.append(_handle("x", Role.POINT, self.x, here.value))
        return Panel(
            id=CURVE,
            marks=tuple(marks),
            view=_reaching(view, here.value),
            x_axis=Axis(latex="x"),
            y_axis=Axis(latex="f(x)"),
            title=NAMES[self.activation],
        )

    def _slope(self, f: Function, here: Local, top: Steepness, views: Views) -> Panel:
        view = curve_view(f, *self._window(), order=1)
        marks: list[AnyMark] = [*curve_marks(f, views.get(SLOPE, view), "slopes", Role.TANGENT, order=1)]
        if math.isfinite(top.size) and top.size > 0:
            label = Text("largest slope")
            marks.append(Rule(id="largest", role=Role.GUIDE, x=0.0, y=top.size, label=label))
        x = np.array([self.x])
        if math.isfinite(here.numeric_slope):
            y, label = np.array([here.numeric_slope]), Text("numerical slope")
            marks.append(Points(id="numeric", role=Role.ERROR, x=x, y=y, label=label))
        if self.guess is not None:
            y, label = np.array([self.guess]), Text("your prediction")
            marks.append(Points(id="guess", role=Role.GHOST, x=x, y=y, label=label))
        if math.isfinite(here.slope):  # at a corner there is no place for it
            marks.append(_handle("slope-x", Role.TANGENT, self.x, here.slope))
        return Panel(
            id=SLOPE,
            marks=tuple(marks),
            view=_reaching(view, here.slope, self.guess, here.numeric_slope),
            x_axis=Axis(latex="x"),
            y_axis=Axis(latex="f'(x)"),
            title=Text("Its slope"),
        )

    def _depth(self, layers: Layers, top: Steepness) -> Panel:
        number = np.arange(1.0, self.depth + 1)
        sizes = np.abs(layers.products)
        drawn = np.where((sizes > SMALLEST_PRODUCT) & np.isfinite(sizes), sizes, math.nan)
        marks: list[AnyMark] = []
        heights = [1.0, *drawn[np.isfinite(drawn)].tolist()]
        best = abs(self.weight) * top.size
        if math.isfinite(best) and best > 0:
            bound = np.clip(best**number, SMALLEST_PRODUCT, 1 / SMALLEST_PRODUCT)
            heights.append(float(bound[-1]))
            label = Text("the most it could be")
            marks.append(Curve(id="bound", role=Role.GUIDE, x=number, y=bound, label=label))
        label = Text("product of slopes")
        marks.append(Curve(id="product", role=Role.TANGENT, x=number, y=drawn, label=label))
        marks.append(Points(id="products", role=Role.TANGENT, x=number, y=drawn))
        if not np.isfinite(drawn).any():
            note = Text("every product is 0")
            marks.append(Label(id="dead", role=Role.ERROR, label=note, x=1.0, y=1.0, side="right"))
        return Panel(
            id=DEPTH,
            marks=tuple(marks),
            view=View(0.5, self.depth + 0.5, min(heights) / 3, max(heights) * 3),
            x_axis=Axis(label=Text("layer")),
            y_axis=Axis(label=Text("size of the product"), scale="log"),
            title=Text("Slopes, multiplied"),
        )

    # -- numbers and words

    def _readouts(self, here: Local, top: Steepness) -> tuple[Readout, ...]:
        outside, missing = self._missing_value(here), self._missing_slope(here)
        checked = Text("numerical slope")
        unbounded = Text("It grows without bound, so no place has the largest.")
        nowhere = Text("It is no one place: as steep over a stretch, or only come near to.")
        rows = (
            ("value", here.value, "f(x)", Text("value"), Role.FUNCTION, outside),
            ("slope", here.slope, "f'(x)", Text("slope by the rules"), Role.TANGENT, missing),
            ("numeric_slope", here.numeric_slope, "", checked, Role.ERROR, outside),
            ("difference", abs(here.slope - here.numeric_slope), "", Text("difference"), None, missing),
            ("left_slope", here.left, "", Text("slope just left"), None, outside or missing),
            ("right_slope", here.right, "", Text("slope just right"), None, outside or missing),
            ("largest_at", top.place, "", None, None, unbounded if math.isinf(top.size) else nowhere),
        )
        shown = ("value", "slope", "numeric_slope")
        return (
            *(
                number_readout(
                    name, value, label, reason, latex=latex, role=role, digits=7, shown=name in shown
                )
                for name, value, latex, label, role, reason in rows
            ),
            Readout(
                name="largest_slope", value=top.size, latex=r"\max\left|f'\right|",
                label=Text("largest slope"), digits=7,
            ),
            Readout(name="dead", value=here.dead, shown=False),
        )  # fmt: skip

    def _layer_readouts(self, layers: Layers, top: Steepness) -> tuple[Readout, ...]:
        chain = float(layers.products[-1])
        best = _power(abs(self.weight) * top.size, self.depth)
        return (
            number_readout(
                "chain_slope",
                chain,
                Text("product of slopes"),
                Text("A layer gets a number it cannot take."),
                shown=self.depth > 1,
            ),
            Readout(
                name="best_product",
                value=None if math.isnan(best) else best,
                label=Text("the most it could be"),
                reason=Text("The slopes grow without bound.") if math.isnan(best) else None,
                shown=self.depth > 1,
            ),
        )

    def _missing_value(self, here: Local) -> Text | None:
        if math.isinf(here.value):
            return Text("f is not defined at {x}, or too large to be a number.", {"x": self.x})
        return None if math.isfinite(here.value) else Text("f is not defined at {x}.", {"x": self.x})

    def _missing_slope(self, here: Local) -> Text | None:
        if (outside := self._missing_value(here)) is not None:
            return outside
        return None if math.isfinite(here.slope) else Text("f has no slope at {x}.", {"x": self.x})

    def _spoken(self, here: Local, top: Steepness, layers: Layers) -> Text:
        values: dict[str, Any] = {
            "name": NAMES[self.activation], "x": self.x, "value": here.value, "slope": here.slope,
            "numeric": here.numeric_slope, "largest": top.size, "depth": self.depth,
            "chain": float(layers.products[-1]),             "left": here.left, "right": here.right,
        }  # fmt: skip
        if self._missing_value(here) is not None:
            if math.isinf(here.value):
                return Text("At x = {x}, {name} is not defined, or too large to be a number.", values)
            return Text("At x = {x}, {name} is not defined.", values)
        if not self.slopes:  # not drawn, so not told either: a lesson may be asking for it
            return Text("At x = {x}, {name} is {value}.", values)
        if not math.isfinite(here.slope):
            return Text(
                "At x = {x}, {name} is {value}. It has no slope there: just left it is {left}, just right "
                "{right}, and a central difference gives {numeric}.",
                values,
            )
        if self.depth > 1:
            return Text(
                "At x = {x}, {name} is {value} and its slope is {slope}. Through {depth} layers the slopes "
                "multiply to {chain}.",
                values,
            )
        if math.isinf(top.size):
            return Text(
                "At x = {x}, {name} is {value}; its slope is {slope}, by a central difference {numeric}. "
                "Elsewhere it is as steep as you like.",
                values,
            )
        return Text(
            "At x = {x}, {name} is {value}; its slope is {slope}, by a central difference {numeric}. The "
            "largest it can be is {largest}.",
            values,
        )

    def _worked(self, f: Function, here: Local) -> tuple[str, ...]:
        lines = [rf"f(x) = {to_latex(f.node)}", rf"f'(x) = {to_latex(f.derivative_node())}"]
        if math.isfinite(here.slope):
            lines.append(rf"f'\left({latex_number(self.x)}\right) = {latex_number(here.slope, 8)}")
        return tuple(lines)


def _handle(name: str, role: Role, x: float, y: float) -> Handle:
    height = y if math.isfinite(y) else 0.0
    return Handle(id=name, role=role, x=x, y=height, parameters=("x",), label=Text("the input"))


def _reaching(view: View, *heights: float | None) -> View:
    """The view, made higher where a point would stand outside."""
    known = [height for height in heights if height is not None and math.isfinite(height)]
    low, high = min([view.y_low, *known]), max([view.y_high, *known])
    margin = 0.08 * (high - low)
    return View(
        view.x_low,
        view.x_high,
        view.y_low if low == view.y_low else low - margin,
        view.y_high if high == view.y_high else high + margin,
    )


def _power(size: float, depth: int) -> float:
    """size^depth; NaN where the size is not finite, infinite where the power is too large."""
    if not math.isfinite(size):
        return math.nan
    with np.errstate(all="ignore"):
        return float(np.float64(size) ** depth)
