"""The chain rule: number lines in a row, and a nudge that each link stretches by its local slope."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np

from engine.chains import ChainRun, Link, chain_of, run_chain
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Arrows,
    Column,
    Figure,
    Handle,
    Panel,
    Readout,
    Role,
    Table,
    Views,
)
from engine.notation import to_text, variable_latex
from engine.numpy_code import numpy_expression, numpy_preamble, python_name
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._chain_marks import chain_marks
from engine.scenes._number_lines import NumberLine, line_about, lines_view
from engine.text import Text, latex_number, verbatim

PANEL = "lines"
MOST_LINKS = 8

GUESSED = 0.2
"""How far above its line the arrow of a prediction lies."""


class Chain(Scene, tag="chain", frozen=True):
    """A formula as a chain of links, u = …, y = …, and what they make of a nudge h of the variable.

    All lines have one scale: `width` is half of what is shown about the point. Each link has its local slope
    at the value it is given: slope_1, slope_2, … from the variable outward; product is all of them
    multiplied, derivative the slope of the whole formula by the rules, at x0. predicted = product · h,
    change = f(x0 + h) − f(x0), miss = |change − predicted|. `guess`, where it is set, is a prediction of
    the slope. Without `slopes` the picture shows what really happens and no slope. Outside the domain, or
    at a corner, they are None with a reason.
    """

    title: ClassVar[Text] = Text("Chain of slopes")
    summary: ClassVar[Text] = Text(
        "A nudge goes through a chain of functions, stretched by each local slope."
    )

    f: Formula = "sin(x^2)"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 1.0
    h: Annotated[
        float, Slider(1e-4, 2, scale="log", symbol="h"), Domain(not_equal=0), Words(Text("nudge"))
    ] = 0.5
    width: Annotated[
        float, Slider(1e-3, 16, scale="log"), Domain(at_least=1e-9, at_most=1e9), Words(Text("half width"))
    ] = 2.0
    slopes: Annotated[bool, Words(Text("local slopes"))] = True
    guess: Annotated[float | None, Slider(-10, 10, symbol="m"), Words(Text("predicted slope"))] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The lines, the points on them, and the nudge on each."""
        run = self._run()
        lines = self._lines(run)
        marks = [
            *chain_marks(run, lines, self._variable(), self.slopes),
            *self._guess_marks(lines[-1], run),
            *self._handles(),
        ]
        panel = Panel(id=PANEL, marks=tuple(marks), view=lines_view(len(run.stops)), framed=False)
        return Figure(
            panels=(panel,),
            readouts=self._readouts(run),
            tables=(_table(run),),
            spoken=self._spoken(run),
            worked=_worked(run, self._variable()),
        )

    def check(self) -> None:
        """A nudge that moves the point, and no more lines than can be seen."""
        if self.x0 + self.h == self.x0:
            what = Text("h = {h} is too small to move the point {x0}.", {"h": self.h, "x0": self.x0})
            raise ParameterError(what, "h", Text("Take a larger h."))
        count = len(self._links())
        if count > MOST_LINKS:
            what = Text("This formula is a chain of {count} links.", {"count": count})
            raise ParameterError(what, "f", Text("Use at most {most}.", {"most": MOST_LINKS}))

    def playback(self) -> Playback:
        """The nudge shrinks, evenly in its logarithm."""
        return Playback("h", math.copysign(1.0, self.h), math.copysign(0.01, self.h), scale="log")

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the point, or the end of the nudge. The line stands still meanwhile."""
        line = line_about(self.x0, self.width, 0)
        if handle == "x0":
            return {"x0": line.kept(x)}
        distance = line.number(x) - self.x0
        return {"h": distance} if self.x0 + distance != self.x0 else {}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """The arrow keys; ten presses there and ten back end where they began, to the last digit."""
        moved = super().nudged(handle, horizontal, vertical)
        return {name: round(value, 12) if name == "x0" else value for name, value in moved.items()}

    def code(self) -> str:
        """NumPy for the chain on screen: forward through the links, slopes multiplied on the way."""
        f, links = self.function("f"), self._links()
        slope = f.derivative_node()
        slopes = [link.function.derivative_node() for link in links]
        variable = python_name(f.variables[0])
        lines = [
            numpy_preamble([f.node, slope, *slopes, *(link.opened for link in links)]),
            f"\n\n{variable} = np.float64({self.x0!r})",
            "product = 1.0",
        ]
        for index, (link, local) in enumerate(zip(links, slopes, strict=True), start=1):
            lines.append(f"slope_{index} = {numpy_expression(local)}")
            lines.append(f"{link.name} = {numpy_expression(link.opened)}")
            lines.append(f"product = product * slope_{index}")
            lines.append(f'print("slope_{index}", slope_{index})')
        lines.append('print("product", product)')
        lines.append(f'print("derivative", {numpy_expression(slope)})')
        return "\n".join(lines) + "\n"

    # -- what it is made of

    def _variable(self) -> str:
        return self.function("f").variables[0]

    def _links(self) -> tuple[Link, ...]:
        f = self.function("f")
        return chain_of(f.node, f.variables[0])

    def _run(self) -> ChainRun:
        return run_chain(self.function("f"), self.x0, self.h)

    def _lines(self, run: ChainRun) -> list[NumberLine]:
        return [line_about(stop.value, self.width, row) for row, stop in enumerate(run.stops)]

    def _guess_marks(self, line: NumberLine, run: ChainRun) -> list[AnyMark]:
        last = run.stops[-1]
        if self.guess is None or not math.isfinite(last.value):
            return []
        return [
            Arrows(
                id="guess",
                role=Role.GHOST,
                label=Text("your prediction"),
                x=np.array([line.place(last.value)]),
                y=np.array([line.height + GUESSED]),
                dx=np.array([self.guess * self.h / line.half]),
                dy=np.zeros(1),
            )
        ]

    def _handles(self) -> list[AnyMark]:
        line = line_about(self.x0, self.width, 0)
        grips = [("x0", Role.POINT, self.x0, self.x0, Text("the point"))]
        if line.shows(self.x0 + self.h):
            grips.insert(0, ("h", Role.SECANT, self.x0 + self.h, self.h, Text("the end of the nudge")))
        return [
            Handle(
                id=name,
                role=role,
                x=line.place(place),
                y=0.0,
                parameters=(name,),
                label=label,
                told=Text("{value}", {"value": value}),
            )
            for name, role, place, value, label in grips
        ]

    # -- what it says

    def _readouts(self, run: ChainRun) -> tuple[Readout, ...]:
        missing = run.missing
        numbers = run.numbers()
        shown = {
            "product": (r"\text{product}", Text("product of the local slopes"), Role.TANGENT),
            "derivative": ("f'(x_0)", Text("slope of the whole formula, by the rules"), Role.TANGENT),
            "predicted": (r"f'(x_0)\, h", Text("nudge times slopes"), Role.TANGENT),
            "change": ("f(x_0+h)-f(x_0)", Text("what really happens"), Role.SECANT),
            "miss": ("", Text("how far the two are apart"), Role.ERROR),
        }
        readouts = [
            _readout(f"slope_{index}", stop.slope, missing, slope_latex, Text("local slope"), Role.TANGENT)
            for index, (stop, slope_latex) in enumerate(
                zip(run.stops[1:], _slope_symbols(self._links()), strict=True), start=1
            )
        ]
        readouts += [
            _readout(name, numbers[name], missing, latex, label, role)
            for name, (latex, label, role) in shown.items()
        ]
        value = run.stops[-1].value
        hidden = Readout(name="value", value=_known(value), reason=_why(value, missing), shown=False)
        links = Readout(name="links", value=float(len(run.stops) - 1), shown=False)
        return (*readouts, hidden, links)

    def symbol(self, name: str) -> str:
        """The point's symbol is the letter that the formula is typed in: w₀."""
        return f"{variable_latex(self._variable())}_0" if name == "x0" else super().symbol(name)

    def _spoken(self, run: ChainRun) -> Text:
        values: dict[str, Any] = {"name": verbatim(self._variable()), "x0": self.x0, "h": self.h}
        if run.missing is not None:
            return Text("At {name} = {x0} the chain breaks: {missing}", {**values, "missing": run.missing})
        if not self.slopes:  # not drawn, so not told either: a lesson may be asking for it
            return Text("At {name} = {x0} a nudge of {h} makes {change}.", values | run.numbers())
        slopes = [stop.slope for stop in run.stops[1:]]
        # not their product: a lesson may be asking for it
        values |= {"slopes": slopes} | run.numbers()
        return Text("At {name} = {x0} the slopes are {slopes}. A nudge of {h} makes {change}.", values)


def _slope_symbols(links: tuple[Link, ...]) -> list[str]:
    return [rf"\frac{{d{variable_latex(link.name)}}}{{d{variable_latex(link.inner)}}}" for link in links]


def _readout(name: str, value: float, missing: Text | None, latex: str, label: Text, role: Role) -> Readout:
    return Readout(
        name=name,
        value=_known(value),
        latex=latex,
        label=label,
        reason=_why(value, missing),
        role=role,
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _why(value: float, missing: Text | None) -> Text | None:
    if math.isfinite(value):
        return None
    return missing or Text("the numbers are too large.")


def _table(run: ChainRun) -> Table:
    """A row for each line: its formula, its value, the local slope that led there, the product so far."""
    slopes = np.array([stop.slope for stop in run.stops[1:]])
    links = [stop.link for stop in run.stops if stop.link is not None]
    return Table(
        "links",
        (
            Column("link", [f"{link.name} = {to_text(link.opened)}" for link in links], label=Text("link")),
            Column("value", np.array([stop.value for stop in run.stops[1:]]), label=Text("value")),
            Column("slope", slopes, label=Text("local slope")),
            Column("product", np.cumprod(slopes), label=Text("product so far")),
        ),
        title=Text("The links, from the inside out"),
    )


def _worked(run: ChainRun, variable: str) -> tuple[str, ...]:
    """The product with its numbers, the outermost link first, as dy/du · du/dx has it."""
    if run.missing is not None:
        return ()
    links = [stop.link for stop in run.stops[1:] if stop.link is not None]
    slopes = [latex_number(stop.slope) for stop in run.stops[1:]]
    factors = r" \cdot ".join(f"({slope})" if slope.startswith("-") else slope for slope in reversed(slopes))
    whole = latex_number(math.prod(stop.slope for stop in run.stops[1:]))
    left = rf"\frac{{dy}}{{d{variable_latex(variable)}}}"
    if len(slopes) == 1:
        return (f"{left} = {whole}",)
    symbols = r" \cdot ".join(reversed(_slope_symbols(tuple(links))))
    if len(slopes) == 2:
        return (f"{left} = {symbols} = {factors} = {whole}",)
    return (f"{left} = {symbols}", f"{left} = {factors} = {whole}")
