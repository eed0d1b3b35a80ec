"""Descent on a curve: a ball that steps against the slope, what the rate makes of it, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

from engine.figure import NO_VIEWS, Column, Figure, Readout, Role, Table, Views
from engine.function import Function
from engine.notation import variable_latex
from engine.parameters import Domain, Formula, Slider, Words
from engine.scene import Playback, Scene
from engine.scenes._descent_1d_code import descent_code
from engine.scenes._descent_1d_marks import PLANE, loss_panel, plane_panel, plane_view, rate_panel
from engine.scenes._descent_1d_verdict import CODES, Judged, factor, judge
from engine.scenes._readouts import number_readout
from engine.schedules import Kind, Schedule, ScheduledRun, run_scheduled
from engine.text import Text, latex_number

MAXIMUM_STEPS = 10_000
"""Of a run on show: its picture is made while a slider moves."""

PLAIN = (1e-4, 1e6)
"""Numbers outside are written with a power of ten; a step with two of them has room for fewer digits."""

Direction = Literal["descent", "ascent"]

_TOO_LARGE = Text("the numbers are too large.")


class Descent1D(Scene, tag="descent-1d", frozen=True):
    """Plain descent on a curve, x ← x − η f′(x), or ascent, x ← x + η f′(x), from x0.

    x, loss, slope: x_t, f(x_t) and f′(x_t) at the step on show; status: converged, diverged or running
    there, as `engine.descent` has it; rate: η of the step that follows; minimum: the lowest place of the
    valley it walks in (climbing: the highest), distance: how far x is from it, factor = |1 − η f″(minimum)|
    with that η (climbing: |1 + η f″|). Of the whole run: verdict, one of converging, slow, zig-zag,
    diverging and standing; share: what one step left of the distance to the minimum, in the mean;
    arrival: the first step at which it counts as converged; overshoots: steps from one side of the minimum to
    the other; last_x and last_loss. Table path: every step.

    step: the step on show, −1 for the last; playing moves it and computes nothing anew. schedule: what
    becomes of the rate, with `drop` and `period` as factor and period of `engine.schedules`. ahead: the step
    that follows is drawn. guess, where it is set, draws an upright line there: a prediction. A kink has the
    slope that training libraries take there.
    """

    title: ClassVar[Text] = Text("Descent on a curve")
    summary: ClassVar[Text] = Text(
        "A ball steps against the slope. The learning rate decides what becomes of it."
    )
    heavy: ClassVar[bool] = True

    f: Formula = "(x - 3)^2"
    x0: Annotated[float, Slider(-5, 5, symbol="x_0"), Words(Text("start"))] = -2.0
    lr: Annotated[
        float,
        Slider(1e-3, 2, scale="log", symbol=r"\eta"),
        Domain(at_least=0),
        Words(Text("learning rate")),
    ] = 0.1
    steps: Annotated[
        int,
        Slider(1, 500, scale="log", symbol="N"),
        Domain(at_least=1, at_most=MAXIMUM_STEPS),
        Words(Text("steps")),
    ] = 40
    step: Annotated[int, Slider(0, 40, symbol="t"), Domain(at_least=-1), Words(Text("step on show"))] = -1
    direction: Annotated[
        Direction,
        Words(Text("direction"), {"descent": Text("downhill"), "ascent": Text("uphill")}),
    ] = "descent"
    schedule: Annotated[
        Kind,
        Words(
            Text("schedule"),
            {
                "constant": Text("constant"),
                "step": Text("steps down"),
                "cosine": Text("cosine"),
                "warm-up": Text("warm-up"),
                "plateau": Text("reduce on plateau"),
            },
        ),
    ] = "constant"
    drop: Annotated[
        float,
        Slider(0.1, 0.9, symbol=r"\gamma"),
        Domain(above=0, at_most=1),
        Words(Text("what a drop leaves of the rate")),
    ] = 0.5
    period: Annotated[
        int,
        Slider(1, 50, scale="log", symbol="P"),
        Domain(at_least=1, at_most=MAXIMUM_STEPS),
        Words(Text("steps between drops, of warm-up, or of patience")),
    ] = 10
    ahead: Annotated[bool, Words(Text("next step"))] = True
    guess: Annotated[float | None, Slider(-10, 10), Words(Text("prediction"))] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The curve with the run on it, the losses and, under a schedule, the rates."""
        f = self.function("f")
        run, judged = self._run(f)
        view = plane_view(f, self.x0, self.direction == "ascent")
        panels = [plane_panel(self, f, run, view, views.get(PLANE, view)), loss_panel(self, run)]
        if self.schedule != "constant":
            panels.append(rate_panel(self, run))
        return Figure(
            panels=tuple(panels),
            readouts=self._readouts(f, run, judged),
            tables=(_path_table(f, run, self.shown_step(run)),),
            spoken=self._spoken(run, judged),
            worked=self._worked(f, run),
        )

    def playback(self) -> Playback:
        """The run, step by step."""
        return Playback("step", 0, self.steps, seconds=min(12.0, max(4.0, self.steps / 10)), integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the start along the curve."""
        return {"x0": x}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click puts the ball there."""
        return {"x0": x} if panel == PLANE else {}

    def symbol(self, name: str) -> str:
        """The start has the letter of the formula."""
        letter = variable_latex(self.function("f").variables[0])
        if name == "x0":
            return f"{letter}_0"
        return letter if name == "guess" else super().symbol(name)

    def code(self) -> str:
        """NumPy for the run as far as it is on show."""
        f = self.function("f")
        return descent_code(self, f, self.shown_step(self._run(f)[0]))

    def shown_step(self, run: ScheduledRun) -> int:
        """The row of the run on show: the last one, where it broke off before."""
        wanted = self.steps if self.step < 0 else self.step
        return min(wanted, run.trajectory.steps)

    def _run(self, f: Function) -> tuple[ScheduledRun, Judged]:
        plan = Schedule(self.schedule, self.drop, self.period)
        return _judged_run(f, plan, self.lr, self.x0, self.steps, self.direction)

    def _rate(self, run: ScheduledRun) -> float:
        """The rate of the step that follows the one on show; at the end, of the last."""
        return float(run.rates[min(self.shown_step(run), len(run.rates) - 1)]) if len(run.rates) else self.lr

    def _readouts(self, f: Function, run: ScheduledRun, judged: Judged) -> tuple[Readout, ...]:
        here, letter = self.shown_step(run), variable_latex(f.variables[0])
        x, loss, slope = _row(run, here)
        uphill, floor = self.direction == "ascent", judged.floor
        size = abs(factor(floor, self._rate(run), uphill))
        none = (
            Text("f has no lowest place downhill.") if not uphill else Text("f has no highest place uphill.")
        )
        uncurved = none if floor is None else Text("f has no curvature at {x}.", {"x": floor.x})
        turned = r"\left|1 + \eta f''\right|" if uphill else r"\left|1 - \eta f''\right|"
        undefined = Text("f has no value or no slope at {x}.", {"x": x})
        minimum = Text("highest place") if uphill else Text("lowest place")
        hidden = (
            ("step", float(here), None),
            ("minimum", floor.x if floor else math.nan, none),
            ("distance", abs(x - floor.x) if floor else math.nan, none if floor is None else _TOO_LARGE),
            ("share", judged.share, none if floor is None else Text("The run does not change its distance.")),
            (
                "arrival",
                math.nan if judged.arrival is None else float(judged.arrival),
                _not_there(self.steps),
            ),
            ("overshoots", float(judged.overshoots), None),
            ("last_x", _row(run, -1)[0], _TOO_LARGE),
            ("last_loss", _row(run, -1)[1], _TOO_LARGE),
        )
        labels = {
            "minimum": minimum,
            "arrival": Text("steps needed"),
            "share": Text("left by one step"),
            "overshoots": Text("jumps across"),
            "last_x": Text("at the end"),
            "last_loss": Text("loss at the end"),
        }
        return (
            number_readout(
                "x", x, Text("where it stands"), _TOO_LARGE, latex=f"{letter}_t", role=Role.POINT, digits=8
            ),
            number_readout(
                "loss", loss, Text("height"), undefined, latex=f"f({letter}_t)", role=Role.FUNCTION
            ),
            number_readout(
                "slope", slope, Text("slope"), undefined, latex=f"f'({letter}_t)", role=Role.TANGENT
            ),
            number_readout(
                "rate", self._rate(run), Text("learning rate now"), None, latex=r"\eta_t", role=Role.STEP
            ),
            number_readout("factor", size, Text("what a step leaves at the end"), uncurved, latex=turned),
            Readout(name="status", value=run.trajectory.status_at(here), label=Text("run")),
            Readout(
                name="verdict",
                value=None if judged.code is None else CODES[judged.code].message,
                label=Text("verdict"),
                reason=judged.reason,
            ),
            *(
                number_readout(name, value, labels.get(name), reason, shown=False)
                for name, value, reason in hidden
            ),
            *(
                Readout(name=code, value=run.trajectory.status == code, shown=False)
                for code in ("converged", "diverged")
            ),
        )

    def _spoken(self, run: ScheduledRun, judged: Judged) -> Text:
        here = self.shown_step(run)
        x, loss, slope = _row(run, here)
        values = {
            "step": here,
            "steps": self.steps,
            "x": x,
            "loss": loss,
            "slope": slope,
            "why": judged.reason,
        }
        if judged.code is None:
            return Text("At the start, {x}, nothing can begin. {why}", values)
        if not (math.isfinite(loss) and math.isfinite(slope)):
            return Text("After {step} of {steps} steps the run is over. {why}", values)
        if here < run.trajectory.steps:  # what becomes of it is not told before it is seen
            return Text(
                "After {step} of {steps} steps it stands at {x}, height {loss}, slope {slope}.", values
            )
        words = {**values, "verdict": CODES[judged.code]}
        return Text("After {step} steps it stands at {x}: {verdict}. {why}", words)

    def _worked(self, f: Function, run: ScheduledRun) -> tuple[str, ...]:
        """The step that follows, or at the end the last one, with its numbers."""
        if not run.trajectory.steps:
            return ()
        row = min(self.shown_step(run), run.trajectory.steps - 1)
        (x, _, slope), (landing, *_) = _row(run, row), _row(run, row + 1)
        letter, sign = variable_latex(f.variables[0]), "+" if self.direction == "ascent" else "-"
        rate = float(run.rates[row])
        powers = [each for each in (x, slope, landing, rate) if each and not PLAIN[0] <= abs(each) < PLAIN[1]]
        long = len(powers) > 1
        start, eta, number = (latex_number(each, 3 if long else 6) for each in (x, rate, slope))
        taken = rf"\left({number}\right)" if slope < 0 else number
        return (
            rf"{letter}_{{{row + 1}}} = {letter}_{{{row}}} {sign} \eta f'({letter}_{{{row}}}) = "
            rf"{start} {sign} {eta} \cdot {taken} = {latex_number(landing, 3 if long else 8)}",
        )


@lru_cache(maxsize=128)
def _judged_run(
    f: Function, plan: Schedule, lr: float, x0: float, steps: int, direction: Direction
) -> tuple[ScheduledRun, Judged]:
    uphill = direction == "ascent"
    objective = replace(f, subgradient=True).value_gradient_at
    run = run_scheduled(plan, lr, objective, x0, steps, maximize=uphill)
    return run, judge(f, run, uphill)


def _path_table(f: Function, run: ScheduledRun, shown: int) -> Table:
    trajectory = run.trajectory
    return Table(
        "path",
        (
            Column("step", range(trajectory.steps + 1), label=Text("step")),
            Column("x", trajectory.positions[:, 0], latex=variable_latex(f.variables[0]), digits=8),
            Column("loss", trajectory.losses, label=Text("loss")),
            Column("slope", trajectory.gradients[:, 0], label=Text("slope")),
        ),
        title=Text("Every step"),
        highlighted=shown,
    )


def _row(run: ScheduledRun, row: int) -> tuple[float, float, float]:
    """x, f(x) and f′(x) after `row` steps."""
    trajectory = run.trajectory
    return (
        float(trajectory.positions[row, 0]),
        float(trajectory.losses[row]),
        float(trajectory.gradients[row, 0]),
    )


def _not_there(steps: int) -> Text:
    return Text("It does not come to rest within {steps} steps.", {"steps": steps})
