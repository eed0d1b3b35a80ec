"""The shape of a curve: f, f′ and f″ above each other, under one cursor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from engine.critical_points import covering, shape_of
from engine.curves import curve_view
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    Axis,
    Figure,
    Floats,
    Panel,
    View,
    Views,
    linked_views,
)
from engine.function import Function
from engine.notation import to_latex, variable_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._shape_marks import Place, panel_marks, place_of
from engine.scenes._shape_numbers import PRIMES, counts, cursor_readouts, points_table, walk_readouts
from engine.scenes._shape_words import spoken
from engine.text import Text, latex_number

PANELS = ("function", "slope", "curvature")
MARGIN = 0.04
"""Of the interval's length, shown beyond each of its ends."""

HEADROOM = 0.15
"""Of the height, kept above the curve for the names of the bands."""

HEIGHT_PARTS = 32
"""Parts of the interval by which its ends are rounded when the height of the picture is chosen."""

KEY_STEPS = 100
"""Presses of an arrow key that take the cursor from end to end."""

SHORTEST = 1e-6
"""Of the size of its ends: a shorter interval has too few numbers in it."""

Show = Literal["function", "slope", "curvature"]
Shade = Literal["none", "slope", "curvature"]


class Shape(Scene, tag="shape", frozen=True):
    """f, f′ and f″ on [a, b], above each other, with one cursor through all three.

    value, slope, curvature = f, f′, f″ at the cursor, None with a reason where there is none; direction:
    rising, falling or level, by the sign of f′; concavity: up, down or neither, by that of f″; corner:
    whether f is continuous at the cursor without a slope; turn: 1 where f′ changes from minus to plus at the
    cursor, −1 from plus to minus, else 0. Table points: the critical points, inflections and ends of
    `engine.critical_points`; critical: the x of those where f′ is 0 or missing; maxima, minima, inflections,
    undecided: how many of each.

    show says down to which derivative the panels go; shade whether f is shaded by the sign of f′ or of f″.
    The panels of f′ and f″ are shaded by their own signs, unless shade is none. Without follow
    the cursor stands on f alone, so that the others can be drawn by hand. guess, where it is set,
    draws an upright line there: a prediction. steps, where it is set, walks downhill from the cursor:
    x ← x − rate · f′(x), so many times; walk_x, walk_value and walk_slope are where that leads.
    """

    title: ClassVar[Text] = Text("Shape of a curve")
    summary: ClassVar[Text] = Text("Where a curve rises, falls and bends, read off its slope and curvature.")

    f: Formula = "x^3 - 3x"
    a: Annotated[
        float,
        Slider(-10, 10, symbol="a"),
        Domain(at_least=-1e9, at_most=1e9),
        Words(Text("left end")),
    ] = -3.0
    b: Annotated[
        float,
        Slider(-10, 10, symbol="b"),
        Domain(at_least=-1e9, at_most=1e9),
        Words(Text("right end")),
    ] = 3.0
    cursor: Annotated[float, Slider(-10, 10, symbol="x"), Words(Text("cursor"))] = -1.5
    show: Annotated[
        Show,
        Words(
            Text("panels"),
            {
                "function": Text("f"),
                "slope": Text("f and f′"),
                "curvature": Text("f, f′ and f″"),
            },
        ),
    ] = "curvature"
    shade: Annotated[
        Shade,
        Words(
            Text("shading of f"),
            {
                "none": Text("none"),
                "slope": Text("rising and falling"),
                "curvature": Text("bending up and down"),
            },
        ),
    ] = "slope"
    marked: Annotated[bool, Words(Text("special points"))] = True
    tangent: Annotated[bool, Words(Text("tangent"))] = True
    follow: Annotated[bool, Words(Text("cursor on f′ and f″"))] = True
    guess: Annotated[float | None, Slider(-10, 10, symbol="x"), Words(Text("predicted place"))] = None
    steps: Annotated[
        int | None,
        Slider(0, 40, symbol="n"),
        Domain(at_least=0, at_most=1000),
        Words(Text("steps downhill")),
    ] = None
    rate: Annotated[
        float,
        Slider(0.01, 1, scale="log", symbol=r"\eta"),
        Domain(above=0, at_most=1e6),
        Words(Text("step size")),
    ] = 0.1

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The panels that are shown, in these views."""
        f = self.function("f")
        landmarks = shape_of(f, self.a, self.b)
        place = place_of(f, self.cursor, landmarks)
        own = {name: self._view(f, order) for order, name in enumerate(self._names)}
        shown = linked_views(own, views)
        walk = self._walk(f)
        variable = variable_latex(f.variables[0])
        panels = tuple(
            Panel(
                id=name,
                marks=panel_marks(self, f, order, shown[name], landmarks, place, walk),
                view=own[name],
                x_axis=Axis(latex=variable),
                y_axis=Axis(latex=f"f{PRIMES[order]}({variable})"),
                clickable=True,
                share=1.25 if order == 0 else 1.0,
            )
            for order, name in enumerate(self._names)
        )
        return Figure(
            panels=panels,
            readouts=(
                *cursor_readouts(place, variable),
                *counts(landmarks),
                *walk_readouts(f, self.steps, walk, variable),
            ),
            tables=(points_table(landmarks, variable),),
            spoken=spoken(self, place, landmarks, walk),
            worked=self._worked(f, place, variable),
            stacked=True,
        )

    def check(self) -> None:
        """The interval must have a length."""
        if self.a >= self.b:
            what = Text("The left end {a} is not left of the right end {b}.", {"a": self.a, "b": self.b})
            raise ParameterError(what, "b", Text("Take a larger b, or a smaller a."))
        if self.b - self.a < SHORTEST * max(abs(self.a), abs(self.b)):
            what = Text("The interval from {a} to {b} is too short.", {"a": self.a, "b": self.b})
            raise ParameterError(what, "b", Text("Take ends that are farther apart."))

    def playback(self) -> Playback:
        """The cursor runs from end to end; or the walk takes its steps."""
        if self.steps:
            return Playback("steps", 0, self.steps, seconds=5.0, integer=True)
        return Playback("cursor", self.a, self.b, seconds=6.0)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the cursor along the curve, as far as its ends."""
        return {"cursor": min(max(x, self.a), self.b)}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """A press of a key is a hundredth of the interval."""
        moved = self.cursor + horizontal * (self.b - self.a) / KEY_STEPS
        return self.moved(handle, float(f"{moved:.12g}"), 0.0) if horizontal else {}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click brings the cursor there."""
        return self.moved("cursor", x, y)

    def symbol(self, name: str) -> str:
        """Places on the axis have the letter of the formula."""
        if name in ("cursor", "guess"):
            return variable_latex(self.function("f").variables[0])
        return super().symbol(name)

    def code(self) -> str:
        """NumPy for the numbers at the cursor."""
        f = self.function("f")
        nodes = [f.derivative_node(order) for order in range(3)]
        names = ("f", "f_prime", "f_second")
        functions = "\n\n\n".join(
            numpy_function(name, f.variables, node) for name, node in zip(names, nodes, strict=True)
        )
        walk = (
            f"""
walk_x = x
for step in range({self.steps}):
    walk_x = walk_x - {self.rate!r} * f_prime(walk_x)
print("walk_x", walk_x)
print("walk_slope", f_prime(walk_x))
"""
            if self.steps is not None
            else ""
        )
        return f"""{numpy_preamble(nodes)}


{functions}


x = np.float64({self.cursor!r})
print("value", f(x))
print("slope", f_prime(x))
print("curvature", f_second(x))
{walk}"""

    @property
    def _names(self) -> tuple[str, ...]:
        return PANELS[: PANELS.index(self.show) + 1]

    def _view(self, f: Function, order: int) -> View:
        """The panel's own view: whole windows wide, as high as the curve; of f′ and f″ with the zero line."""
        low, high = covering(self.a, self.b)
        view = curve_view(f, *covering(self.a, self.b, HEIGHT_PARTS), order)
        room = MARGIN * (high - low)
        bottom, top = view.y_low, view.y_high
        if order:
            bottom, top = min(bottom, -0.1 * (top - bottom)), max(top, 0.1 * (top - bottom))
        return View(low - room, high + room, bottom, top + HEADROOM * (top - bottom))

    def _walk(self, f: Function) -> Floats:
        """The x of every step downhill, the cursor first; it ends where there is no slope."""
        x, path = self.cursor, [self.cursor]
        for _ in range(self.steps or 0):
            x = x - self.rate * f.derivative_at(x)
            if not math.isfinite(x):
                break
            path.append(x)
        return np.array(path)

    def _worked(self, f: Function, place: Place, variable: str) -> tuple[str, ...]:
        """f′ and f″ as formulas, with their numbers at the cursor."""
        lines = []
        for order, number in ((1, place.slope), (2, place.curvature)):
            if order < len(self._names) and math.isfinite(number):
                name = f"f{PRIMES[order]}"
                formula = to_latex(f.derivative_node(order))
                at = latex_number(place.x, 5)
                lines.append(rf"{name}({variable}) = {formula},\quad {name}({at}) = {latex_number(number)}")
        return tuple(lines)
