"""Worked steps: a formula differentiated line by line, beside its curve and that of its slope."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np

from engine.curves import curve_marks, curve_view
from engine.derivation import Detail, Method, derive
from engine.differences import central
from engine.errors import FormulaError, LimitError, ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Column,
    Figure,
    Handle,
    Panel,
    Points,
    Readout,
    Role,
    Table,
    View,
    Views,
    WorkedStep,
    WorkedSteps,
)
from engine.function import Function
from engine.notation import to_latex, to_text, variable_latex
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Formula, Slider, Words
from engine.read_aloud import to_words
from engine.scene import Playback, Scene
from engine.scenes._readouts import number_readout
from engine.text import Text
from engine.worked_lines import Derivation, Line

PANEL = "plane"
HALF_WIDTH = 4.0

NUDGE = 1e-5
"""The h of the central difference, as a share of the size of x0: near its best for most functions."""

SECONDS_A_LINE = 1.5
TALLEST = 3.0
"""How many times as high as the curve the picture may become for the curve of the slope to stand in it."""


class WorkedDerivation(Scene, tag="derivation", frozen=True):
    """A formula differentiated line by line; `engine.derivation` has the lines.

    step: the line on show, −1 for the last. value = f(x0). derivative: the result as text. slope = f′(x0)
    from that formula, central = (f(x0 + h) − f(x0 − h)) / 2h with h = 1e-5 · max(1, |x0|),
    error = |slope − central|: the formula against mere values of f. Outside the domain of f, or at a
    corner, they are None with a reason.
    """

    title: ClassVar[Text] = Text("Worked steps")
    summary: ClassVar[Text] = Text("A derivative line by line, with the rule of each line.")

    f: Formula = "x^2 sin(x)"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 1.0
    method: Annotated[
        Method,
        Words(Text("method"), {"rules": Text("rules"), "first-principles": Text("first principles")}),
    ] = "rules"
    detail: Annotated[
        Detail, Words(Text("detail"), {"every": Text("every rule"), "brief": Text("brief")})
    ] = "every"
    step: Annotated[int, Slider(0, 12), Domain(at_least=-1), Words(Text("line on show"))] = -1

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The lines so far, the curve, and, once the last line is there, the curve of the slope."""
        f = self.function("f")
        worked = self.derivation()
        here = self.shown_step()
        slopes = _slopes(f, self.x0)
        return Figure(
            panels=(self._panel(f, worked, slopes, views),),
            readouts=self._readouts(f, worked, slopes),
            tables=(_lines_table(worked, here),),
            spoken=_spoken(worked, here),
            derivation=_worked_steps(worked, self.method, here),
        )

    def check(self) -> None:
        """The formula must have lines by this method."""
        try:
            self.derivation()
        except (FormulaError, LimitError) as error:
            raise ParameterError(error.what, "f", error.remedy) from None

    def playback(self) -> Playback:
        """Line by line."""
        last = len(self.derivation().lines) - 1
        return Playback("step", 0, last, seconds=max(4.0, SECONDS_A_LINE * last), integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the point along the curve."""
        return {"x0": x}

    def symbol(self, name: str) -> str:
        """The point has the letter of the formula."""
        return (
            f"{variable_latex(self.function('f').variables[0])}_0" if name == "x0" else super().symbol(name)
        )

    def code(self) -> str:
        """NumPy for the slope by the formula and by a central difference."""
        f = self.function("f")
        slope = f.derivative_node()
        return f"""{numpy_preamble([f.node, slope])}


{numpy_function("f", f.variables, f.node)}


{numpy_function("f_prime", f.variables, slope)}


x0 = np.float64({self.x0!r})
h = np.float64({_nudge(self.x0)!r})
slope = f_prime(x0)
central = (f(x0 + h) - f(x0 - h)) / (2 * h)
print("slope", slope)
print("central", central)
"""

    def derivation(self) -> Derivation:
        """The lines, all of them."""
        f = self.function("f")
        return derive(f.node, f.variables[0], self.method, self.detail)

    def shown_step(self) -> int:
        """The line on show."""
        last = len(self.derivation().lines) - 1
        return last if self.step < 0 else min(self.step, last)

    def _panel(self, f: Function, worked: Derivation, slopes: _Slopes, views: Views) -> Panel:
        finished = self.shown_step() == len(worked.lines) - 1
        slope = _slope_function(f)
        view = _view(f, slope, self.x0)
        shown = views.get(PANEL, view)
        letter = variable_latex(f.variables[0])
        marks: list[AnyMark] = [*curve_marks(f, shown)]
        if finished:
            marks += [*curve_marks(slope, shown, "slope", Role.TANGENT)]
            if math.isfinite(slopes.slope):
                x, y = np.array([self.x0]), np.array([slopes.slope])
                marks.append(Points(id="slope at x0", role=Role.TANGENT, x=x, y=y, latex="f'(x_0)"))
        height = slopes.value if math.isfinite(slopes.value) else 0.0
        point = Text("the point")
        marks.append(
            Handle(id="x0", role=Role.FUNCTION, x=self.x0, y=height, parameters=("x0",), label=point)
        )
        label = rf"f({letter}),\ f'({letter})" if finished else f"f({letter})"
        return Panel(
            id=PANEL, marks=tuple(marks), view=view, x_axis=Axis(latex=letter), y_axis=Axis(latex=label)
        )

    def _readouts(self, f: Function, worked: Derivation, slopes: _Slopes) -> tuple[Readout, ...]:
        letter = variable_latex(f.variables[0])
        error = abs(slopes.slope - slopes.central)
        missing = slopes.missing(self.x0)
        numbers = (
            ("slope", slopes.slope, "f'(x_0)", Text("slope by the formula"), Role.TANGENT),
            (
                "central",
                slopes.central,
                r"\frac{f(x_0+h)-f(x_0-h)}{2h}",
                Text("slope by a central difference"),
                Role.SECANT,
            ),
            ("error", error, "", Text("how far the two are apart"), Role.ERROR),
        )
        found = to_text(worked.result) if worked.fault is None else None
        return (
            Readout(
                name="derivative",
                value=found,
                latex=f"f'({letter})",
                label=Text("the derivative"),
                reason=worked.fault,
                shown=False,
            ),
            *(
                number_readout(
                    name,
                    value,
                    label,
                    missing,
                    latex=latex,
                    role=role,
                    digits=8 if role is not Role.ERROR else 6,
                )
                for name, value, latex, label, role in numbers
            ),
            number_readout(
                "value",
                slopes.value,
                Text("height"),
                missing,
                latex="f(x_0)",
                role=Role.FUNCTION,
                shown=False,
            ),
            Readout(name="step", value=float(self.shown_step()), label=Text("line"), shown=False),
            Readout(name="steps", value=float(len(worked.lines) - 1), label=Text("lines"), shown=False),
        )


class _Slopes(NamedTuple):
    """f(x0), and its slope there by the rules and by a central difference; NaN where there is none."""

    value: float
    slope: float
    central: float

    def missing(self, x0: float) -> Text:
        """Why a number is missing."""
        if not math.isfinite(self.value):
            return Text("f is not defined at {x}.", {"x": x0})
        return Text("f has no slope at {x}.", {"x": x0})


def _nudge(x0: float) -> float:
    return NUDGE * max(1.0, abs(x0))


def _slopes(f: Function, x0: float) -> _Slopes:
    value = f.value_at(x0)
    if not math.isfinite(value):
        return _Slopes(math.nan, math.nan, math.nan)
    return _Slopes(value, f.derivative_at(x0), central(f.value_at, x0, _nudge(x0)))


@lru_cache(maxsize=128)
def _slope_function(f: Function) -> Function:
    return Function(f.derivative_node(), f.variables)


@lru_cache(maxsize=128)
def _view_around(f: Function, slope: Function, centre: float) -> View:
    own = curve_view(f, centre - 1.1 * HALF_WIDTH, centre + 1.1 * HALF_WIDTH)
    other = curve_view(slope, centre - 1.1 * HALF_WIDTH, centre + 1.1 * HALF_WIDTH)
    low, high = min(own.y_low, other.y_low), max(own.y_high, other.y_high)
    if high - low > TALLEST * (own.y_high - own.y_low):
        return own
    return View(own.x_low, own.x_high, low, high)


def _view(f: Function, slope: Function, x0: float) -> View:
    """It stands still while the point moves inside it, and follows by whole windows."""
    return _view_around(f, slope, 2 * HALF_WIDTH * round(x0 / (2 * HALF_WIDTH)))


@lru_cache(maxsize=64)
def _lines_table(worked: Derivation, here: int) -> Table:
    lines = worked.lines[: here + 1]
    return Table(
        "lines",
        (
            Column("line", [line.number for line in lines], label=Text("line")),
            Column("rule", [str(line.rule) for line in lines], label=Text("rule")),
            Column("expression", [_text(line) for line in lines], label=Text("expression")),
        ),
        title=Text("The lines"),
        highlighted=here,
    )


@lru_cache(maxsize=1024)
def _text(line: Line) -> str:
    return line.text()


def _spoken(worked: Derivation, here: int) -> Text:
    line, last = worked.lines[here], len(worked.lines) - 1
    values: dict[str, Any] = {"number": here, "last": last, "rule": line.rule, "line": _in_words(line)}
    if line.statement and not line.limit and not line.limit_before:  # a rule at its place: the rest stands
        did = {"part": to_words(line.part), "result": to_words(line.result)}
        values["line"] = Text("{part} is {result}", did)
    if worked.fault is not None and here == last:
        return Text("Line {number}, {rule}: {line}. {fault}", {**values, "fault": worked.fault})
    if here == 0 and last == 1:
        return Text("What is asked: {line}. It takes one line.", values)
    if here == 0:
        return Text("What is asked: {line}. It takes {last} lines.", values)
    if here == last:
        return Text("Line {number} of {last}, {rule}: {line}. That is the derivative.", values)
    return Text("Line {number} of {last}, {rule}: {line}.", values)


def _in_words(line: Line) -> Text:
    words = to_words(line.formula)
    if not line.limit:
        return words
    return Text("the limit, as {h} goes to 0, of {inner}", {"h": line.limit, "inner": words})


@lru_cache(maxsize=64)
def _worked_steps(worked: Derivation, method: Method, here: int) -> WorkedSteps:
    steps = tuple(_step(line, method) for line in worked.lines[: here + 1])
    last = len(worked.lines) - 1
    return WorkedSteps(steps=steps, total=last, fault=worked.fault if here == last else None)


@lru_cache(maxsize=1024)
def _step(line: Line, method: Method) -> WorkedStep:
    row = line.latex(pointed=False)
    if method == "rules" and line.number and line.statement:
        row = f"{to_latex(line.part)} = {to_latex(line.result)}"
    return WorkedStep(
        depth=line.depth,
        rule=line.rule,
        statement=line.statement,
        before=line.latex_before(),
        line=line.latex(),
        row=row,
        spoken=_in_words(line),
    )
