"""Conditioning: how fast descent can be where one direction is steep and another flat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

import numpy as np

from engine.conditioning import Bounds, Measure, Quadratic, bounds, descend, distances, measured_rate
from engine.descent import MAXIMUM_STEPS, Trajectory
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Column,
    Curve,
    Figure,
    Floats,
    Panel,
    Readout,
    Role,
    Rule,
    Table,
    View,
    Views,
)
from engine.parameters import Domain, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._conditioning_marks import PLANE, RATES, envelope_panel, plane_panel
from engine.scenes._readouts import number_readout
from engine.text import Text, latex_number

SMALLEST = 1e-16
"""The bottom of the logarithmic axis, as a part of its top: below it float64 has no digits of the start."""

HIGHEST = 1e4
"""The top of that axis, as a multiple of the start: a run that explodes leaves the panel."""

STATUSES = {
    "converging": Text("converging"),
    "standing": Text("standing"),
    "diverging": Text("diverging"),
}

PROMISES = (
    ("sublinear", Role.GHOST, Text("1/t, if only smooth")),
    ("linear", Role.SECANT, Text("promised for 1/L")),
    ("best", Role.AREA, Text("promised for 2/(L + μ)")),
)
"""The bounds of `engine.conditioning` as they are drawn and named."""

NEAREST = 1e-9
"""A start nearer to the minimum than this is refused."""

Show = Literal["path", "envelopes"]


class Conditioning(Scene, tag="conditioning", frozen=True):
    """Plain descent on f(x, y) = (μx² + Ly²)/2 from (x, y), beside what is promised of it.

    kappa = L/μ; largest = L, so that μ = L/κ; lr: the step size η, 1/L where it is none. distance = |w| and
    loss = f(w), after `step` of the `steps` steps, −1 for all; rate_measured: what a step multiplies the
    distance by, over the last ten; rate_predicted = max(|1 − ημ|, |1 − ηL|); steps_per_digit: −1/log₁₀ of it,
    steps for a tenth of the distance; bound_sublinear, bound_linear and bound_best: the three bounds of
    `engine.conditioning` for what `measure` names; best_lr = 2/(L + μ). show: the left panel is the
    surface with the path; or f along the line downhill, between the parabolas that L and μ allow there.
    """

    title: ClassVar[Text] = Text("Conditioning")
    summary: ClassVar[Text] = Text("How fast descent is where one direction is steep and another flat.")
    heavy: ClassVar[bool] = True

    kappa: Annotated[
        float,
        Slider(1, 100, scale="log", symbol=r"\kappa"),
        Domain(at_least=1, at_most=1e6),
        Words(Text("condition number")),
    ] = 5.0
    lr: Annotated[
        float | None,
        Slider(0.05, 2.2, symbol=r"\eta"),
        Domain(above=0, at_most=1e6),
        Words(Text("step size")),
    ] = None
    largest: Annotated[
        float,
        Slider(0.1, 10, scale="log", symbol="L"),
        Domain(at_least=1e-6, at_most=1e6),
        Words(Text("largest curvature")),
    ] = 1.0
    x: Annotated[
        float,
        Slider(-8, 8, symbol="x"),
        Domain(at_least=-1e6, at_most=1e6),
        Words(Text("start, first input")),
    ] = 5.0
    y: Annotated[
        float,
        Slider(-8, 8, symbol="y"),
        Domain(at_least=-1e6, at_most=1e6),
        Words(Text("start, second input")),
    ] = 5.0
    steps: Annotated[
        int,
        Slider(1, 500, scale="log", symbol="N"),
        Domain(at_least=1, at_most=MAXIMUM_STEPS),
        Words(Text("steps")),
    ] = 50
    step: Annotated[int, Slider(0, 50, symbol="t"), Domain(at_least=-1), Words(Text("step on show"))] = -1
    measure: Annotated[
        Measure, Words(Text("measured"), {"distance": Text("distance"), "loss": Text("loss")})
    ] = "distance"
    show: Annotated[
        Show, Words(Text("beside it"), {"path": Text("path"), "envelopes": Text("envelopes")})
    ] = "path"
    promises: Annotated[bool, Words(Text("bounds"))] = True

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The path or the envelopes, and what is left beside the bounds, in these views."""
        run = descend(self._surface, self._lr, self.x, self.y, self.steps)
        here = min(self._shown_step, run.steps)
        if self.show == "path":
            beside = plane_panel(self._surface, run, here, views.get(PLANE))
        else:
            beside = envelope_panel(self._surface, self._lr, run, here)
        return Figure(
            panels=(beside, self._rates(run, here)),
            readouts=self._readouts(run, here),
            tables=(_run_table(self._surface, run, self.steps, self.measure),),
            spoken=self._spoken(run, here),
            worked=self._worked(),
        )

    def check(self) -> None:
        """From the minimum itself there is no way to go."""
        if math.hypot(self.x, self.y) < NEAREST:
            what = Text("The start ({x}, {y}) is the minimum itself.", {"x": self.x, "y": self.y})
            raise ParameterError(what, "x", Text("Start anywhere else."))

    def playback(self) -> Playback:
        """The run, step by step."""
        return Playback("step", 0, self.steps, seconds=min(12.0, max(4.0, self.steps / 10)), integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, float]:
        """Drag the start."""
        return {"x": x, "y": y} if math.hypot(x, y) >= NEAREST else {}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, float]:
        """A click on the surface starts the run there."""
        return self.moved("start", x, y) if panel == PLANE else {}

    def code(self) -> str:
        """NumPy for the run and the rate that is promised."""
        return f"""import numpy as np

curvatures = np.array([{self._surface.smallest!r}, {self._surface.largest!r}])
lr = {self._lr!r}
w = np.array([{self.x!r}, {self.y!r}])
for step in range({self._shown_step}):
    w = w - lr * curvatures * w
print("distance", np.hypot(*w))
print("loss", np.sum(curvatures * w**2) / 2)
print("rate_predicted", np.max(np.abs(1 - lr * curvatures)))
"""

    @property
    def _surface(self) -> Quadratic:
        return Quadratic(self.largest / self.kappa, self.largest)

    @property
    def _lr(self) -> float:
        return 1.0 / self.largest if self.lr is None else self.lr

    @property
    def _shown_step(self) -> int:
        return self.steps if self.step < 0 else min(self.step, self.steps)

    def _measured(self, run: Trajectory) -> Floats:
        return distances(run) if self.measure == "distance" else run.losses

    def _rates(self, run: Trajectory, here: int) -> Panel:
        """What is left after each step, on a logarithmic axis, beside the bounds."""
        left = self._measured(run)
        promised = bounds(self._surface, self.x, self.y, self.steps, self.measure)
        view = _rates_view(left, promised if self.promises else None, self.steps)
        marks: list[AnyMark] = [Rule(id="now", role=Role.GUIDE, x=here, y=0.0, slope=math.inf)]
        t = np.arange(self.steps + 1.0)
        if self.promises:
            for name, role, label in PROMISES:
                heights = _drawn(getattr(promised, name), view)
                marks.append(Curve(id=name, role=role, x=t, y=heights, label=label))
        shown = _drawn(left[: here + 1], view)
        marks.append(
            Curve(id="measured", role=Role.FUNCTION, x=t[: here + 1], y=shown, label=Text("measured"))
        )
        words = Text("distance to the minimum") if self.measure == "distance" else Text("loss")
        return Panel(
            id=RATES,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(label=Text("step")),
            y_axis=Axis(label=words, scale="log"),
        )

    def _readouts(self, run: Trajectory, here: int) -> tuple[Readout, ...]:
        surface, lr = self._surface, self._lr
        lengths = distances(run)
        rate = surface.rate(lr)
        promised = bounds(surface, self.x, self.y, self.steps, self.measure)
        lost = Text("The run left the finite numbers.")
        whole = here == self._shown_step
        distance = float(lengths[here]) if whole else math.nan
        loss = float(run.losses[here]) if whole else math.nan
        measured = measured_rate(lengths, here) if whole else math.nan
        why_no_rate = Text("There is no step to measure.") if here == 0 else Text("The run has arrived.")
        status = "converging" if rate < 1 else "standing" if rate == 1 else "diverging"
        digit = -1 / math.log10(rate) if 0 < rate < 1 else None
        why_no_digit = Text("One step arrives.") if rate == 0 else Text("It does not come nearer.")
        return (
            number_readout(
                "distance", distance, Text("distance to the minimum"), lost, latex=r"\left|w_t\right|"
            ),
            number_readout("loss", loss, Text("loss"), lost, latex="f(w_t)"),
            number_readout(
                "rate_measured", measured, Text("measured factor per step"), why_no_rate if whole else lost
            ),
            number_readout(
                "rate_predicted",
                rate,
                Text("predicted factor per step"),
                lost,
                latex=r"\max(|1-\eta\mu|,|1-\eta L|)",
            ),
            Readout(
                name="steps_per_digit",
                value=digit,
                label=Text("steps for a tenth of the distance"),
                reason=why_no_digit if digit is None else None,
            ),
            Readout(name="status", value=STATUSES[status].message, label=Text("in the long run")),
            *(
                number_readout(
                    f"bound_{name}", float(getattr(promised, name)[here]), label, why, role=role, shown=False
                )
                for (name, role, label), why in zip(
                    PROMISES, (Text("It says nothing before the first step."), lost, lost), strict=True
                )
            ),
            number_readout(
                "best_lr",
                surface.best_lr,
                Text("best fixed step size"),
                lost,
                latex=r"\frac{2}{L+\mu}",
                shown=False,
            ),
            number_readout("eta", lr, Text("step size"), lost, latex=r"\eta", shown=False),
            number_readout(
                "smallest", surface.smallest, Text("smallest curvature"), lost, latex=r"\mu", shown=False
            ),
        )

    def _spoken(self, run: Trajectory, here: int) -> Text:
        rate = self._surface.rate(self._lr)
        values = {
            "kappa": self.kappa,
            "step": self._shown_step,
            "steps": self.steps,
            "distance": float(distances(run)[here]),
            "rate": rate,
        }
        if here < self._shown_step or not math.isfinite(values["distance"]):
            return Text(
                "With κ = {kappa} the run leaves the finite numbers: each step multiplies by {rate}.", values
            )
        return Text(
            "With κ = {kappa}, the distance to the minimum is {distance} after {step} of {steps} steps; "
            "in the long run each step multiplies it by {rate}.",
            values,
        )

    def _worked(self) -> tuple[str, ...]:
        surface, lr = self._surface, self._lr
        eta, smallest, largest = (latex_number(each, 5) for each in (lr, *surface))
        return (
            rf"|1-\eta\mu| = |1 - {eta} \cdot {smallest}| = {latex_number(abs(1 - lr * surface.smallest))}",
            rf"|1-\eta L| = |1 - {eta} \cdot {largest}| = {latex_number(abs(1 - lr * surface.largest))}",
        )


@lru_cache(maxsize=32)
def _run_table(surface: Quadratic, run: Trajectory, steps: int, measure: Measure) -> Table:
    x, y = (float(value) for value in run.positions[0])
    promised = bounds(surface, x, y, steps, measure)
    rows = slice(0, run.steps + 1)
    return Table(
        "run",
        (
            Column("step", np.arange(run.steps + 1.0), latex="t"),
            Column("distance", distances(run), label=Text("distance")),
            Column("loss", run.losses, label=Text("loss")),
            *(
                Column(f"bound_{name}", getattr(promised, name)[rows], label=label)
                for name, _, label in PROMISES
            ),
        ),
        title=Text("The run beside its bounds"),
    )


def _rates_view(left: Floats, promised: Bounds | None, steps: int) -> View:
    """From the largest down to the smallest that is left, as far as float64 can tell it from the start."""
    top = HIGHEST * float(left[0])
    curves = [left] if promised is None else [left, *promised]
    values = np.concatenate(curves)
    values = values[np.isfinite(values) & (values > 0) & (values <= top)]
    low, high = (float(values.min()), float(values.max())) if values.size else (1.0, 1.0)
    return View(0.0, float(steps), max(low, SMALLEST * high) / 2, 2 * high)


def _drawn(values: Floats, view: View) -> Floats:
    """The values on a logarithmic axis: 0 is drawn at its bottom, what is no number is a gap."""
    heights: Floats = np.where(np.isfinite(values), np.maximum(values, view.y_low), math.nan)
    return heights
