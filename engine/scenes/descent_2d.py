"""The race: optimizers run down one surface from one start, step by step, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import numpy as np

from engine.descent import MAXIMUM_STEPS
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Axis,
    Figure,
    Handle,
    Panel,
    Points,
    Readout,
    Role,
    Views,
)
from engine.function import Function
from engine.nodes import Node
from engine.notation import variable_latex
from engine.numpy_code import numpy_function, numpy_preamble, stated_slopes
from engine.optimizer_code import racer_code
from engine.optimizer_notation import worked_step
from engine.parameters import Checked, Domain, Slider, Surface, Words
from engine.race import Race, Runner, final_table, losses_table, path_table, race
from engine.racers import parse_racers
from engine.scene import Playback, Scene
from engine.scenes import _descent_2d_maps as maps
from engine.scenes._descent_2d_beside import HALF_WIDTH, PLANE, Beside
from engine.scenes._descent_2d_loss import losses
from engine.scenes._descent_2d_paths import run_marks
from engine.scenes._descent_2d_step import step_apart
from engine.scenes._descent_2d_tail import tail
from engine.scenes._descent_2d_verdict import verdicts
from engine.start_domain import gallery_surface
from engine.surfaces import arrow, arrow_scale, square_view, surface_marks
from engine.text import Text, sentences

ARROW_PARTS = (
    ("gradient", Role.GRADIENT, -1.0, Text("downhill"), r"-\nabla f"),
    ("velocity", Role.CURVATURE, -1.0, Text("velocity"), "-v"),
    ("corrected_average", Role.CURVATURE, -1.0, Text("corrected average"), r"-\hat m"),
)
"""The parts of an update drawn as arrows, all on one scale: part, role, sign, words, symbol."""


class Descent2D(Scene, tag="descent-2d", frozen=True):
    """Optimizers side by side: paths over the surface, losses over steps, and one step taken apart.

    racers: calls separated by `;`, as `engine.racers` reads them. Every run takes `steps` steps from (x, y),
    fewer only if a value stops being finite. step: the step on show, −1 for the last; playing moves it and
    computes nothing anew. focus: the racer whose next step is drawn as arrows and written out, counted from
    1; 0 for none. noise: the standard deviation of what is added to each partial derivative before a racer
    sees it, as a mini-batch would; drawn from `seed`, and the same for all.

    beside: what the second panel shows, of the racer in focus where it speaks of one (with 0, of the first):
    `loss`; `step`, arrows that add up; `rates` and `plane`, what learning rates, and rates with memory, lead
    to; `basins`, where each start ends; `tail`, the law of its convergence. crosscheck: with `step`, the
    gradient worked out three ways.
    """

    title: ClassVar[Text] = Text("The race")
    summary: ClassVar[Text] = Text("Optimizers run down a surface of yours, side by side.")
    heavy: ClassVar[bool] = True

    f: Surface = "sin(x) + y^2/2"
    beside: Annotated[
        Literal["loss", "step", "rates", "plane", "basins", "tail"],
        Words(
            Text("beside the surface"),
            {
                "loss": Text("losses"),
                "step": Text("one step, taken apart"),
                "rates": Text("what each learning rate does"),
                "plane": Text("what rate and memory do"),
                "basins": Text("where each start ends"),
                "tail": Text("how the runs converge"),
            },
        ),
    ] = "loss"
    x: Annotated[float, Slider(-4, 4, symbol="x"), Words(Text("start, first input"))] = -1.5
    y: Annotated[float, Slider(-4, 4, symbol="y"), Words(Text("start, second input"))] = 2.0
    steps: Annotated[
        int,
        Slider(1, 500, scale="log", symbol="N"),
        Domain(at_least=1, at_most=MAXIMUM_STEPS),
        Words(Text("steps")),
    ] = 40
    step: Annotated[int, Slider(0, 40, symbol="t"), Domain(at_least=-1), Words(Text("step on show"))] = -1
    racers: Annotated[str, Checked("racers", parse_racers), Words(Text("racers"))] = (
        "gd(lr=0.1); momentum(lr=0.1, beta=0.9); rmsprop(lr=0.1, alpha=0.9); adam(lr=0.1)"
    )
    focus: Annotated[int, Slider(0, 6), Domain(at_least=0), Words(Text("take apart racer"))] = 0
    crosscheck: Annotated[bool, Words(Text("check the gradient three ways"))] = False
    noise: Annotated[
        float,
        Slider(0, 2, symbol=r"\sigma"),
        Domain(at_least=0),
        Words(Text("noise on the gradient")),
    ] = 0.0
    seed: Annotated[int, Domain(at_least=0), Words(Text("seed"))] = 0

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The surface with the paths, and what stands beside it, in these views."""
        *_, last = self.stages(views)
        return last

    def stages(self, views: Views = NO_VIEWS) -> Iterator[Figure]:
        """The figure, better with each stage of what stands beside the surface."""
        f = self.function("f")
        runners = race(f, self.racers, self.x, self.y, self.steps, self.noise, self.seed)
        plane = self._plane(f, runners, views)
        readouts = self._readouts(runners)
        first, second = map(variable_latex, f.variables)
        tables = (
            final_table(runners, (first, second)),
            losses_table(runners, self.steps),
            path_table(runners, (first, second)),
        )
        found = verdicts(self, f, runners)
        spoken = (self._spoken(runners), *found.said)
        worked = self._worked(runners)
        for beside in BESIDE[self.beside](self, f, runners, views):
            over = msgspec.structs.replace(plane, marks=(*plane.marks, *beside.marks))
            yield Figure(
                panels=(over, beside.panel),
                readouts=_later_ones((*readouts, *found.readouts, *beside.readouts)),
                tables=(*beside.tables, *tables),
                spoken=sentences(*spoken, *beside.said),
                worked=beside.worked or worked,
                halts=found.halts,
                offers=(*found.offers, *beside.offers),
                done=beside.done,
            )

    def playback(self) -> Playback:
        """The run, step by step."""
        return Playback("step", 0, self.steps, seconds=min(12.0, max(4.0, self.steps / 10)), integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the start, or the rate on a map."""
        return maps.moved(self, handle, x, y) if handle in maps.HANDLES else {"x": x, "y": y}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """The same by the arrow keys."""
        if handle in maps.HANDLES:
            return maps.nudged(self, handle, horizontal, vertical)
        return super().nudged(handle, horizontal, vertical)

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click on the surface, or on the map of starts, starts the race there."""
        return {"x": x, "y": y} if panel in (PLANE, maps.BASINS) else {}

    def code(self) -> str:
        """NumPy for every racer's run, and where it ends."""
        f = self.function("f")
        slopes = tuple(map(stated_slopes, f.gradient_nodes))
        racers = parse_racers(self.racers)
        runs = "\n\n".join(
            racer_code(f"racer_{number}", racer.parts, noisy=self.noise > 0)
            for number, racer in enumerate(racers, start=1)
        )
        calls = "\n".join(
            f"w = racer_{number}(start, steps)\nprint({racer.name!r}, *w, f(*w))"
            for number, racer in enumerate(racers, start=1)
        )
        curvatures: tuple[Node, ...] = ()
        if any(racer.needs_hessian for racer in racers):
            curvatures = tuple(stated_slopes(entry) for row in f.hessian_nodes for entry in row)
        hessian = f"\n\n{numpy_function('hessian', f.variables, curvatures)}\n" if curvatures else ""
        noise = f"noise, seed = {self.noise!r}, {self.seed!r}\n" if self.noise > 0 else ""
        return f"""{numpy_preamble([f.node, *slopes, *curvatures])}


{numpy_function("f", f.variables, f.node)}


{numpy_function("gradient", f.variables, slopes)}
{hessian}

{runs}

{noise}start = np.array([{self.x!r}, {self.y!r}])
steps = {self.shown_step()}
{calls}
"""

    def shown_step(self) -> int:
        """The number of the step on show."""
        return self.steps if self.step < 0 else min(self.step, self.steps)

    def _plane(self, f: Function, runners: Race, views: Views) -> Panel:
        view = square_view(self.x, self.y, HALF_WIDTH)
        shown = views.get(PLANE, view)
        marks: list[AnyMark] = [*surface_marks(f, shown), *self._known_minima(f)]
        for runner in runners:
            here = self.shown_step()
            x, y = runner.run.positions.T
            marks += run_marks("path", runner, here, x, y)
            if runner.is_by_itself(here):
                at = slice(runner.reached(here), runner.reached(here) + 1)
                head = Points(id=f"head {runner.key}", role=Role.PATH, look=runner.look, x=x[at], y=y[at])
                marks.append(head)
        marks += self._arrows(runners, arrow_scale(f, shown))
        start = Text("the start")
        marks.append(
            Handle(id="start", role=Role.POINT, x=self.x, y=self.y, parameters=("x", "y"), label=start)
        )
        x_axis, y_axis = (Axis(latex=variable_latex(name)) for name in f.variables)
        return Panel(
            id=PLANE,
            marks=tuple(marks),
            view=view,
            x_axis=x_axis,
            y_axis=y_axis,
            equal=True,
            clickable=True,
            share=1.3,
        )

    def _known_minima(self, f: Function) -> list[AnyMark]:
        """Where the lowest places are, if f is a surface of the gallery."""
        known = gallery_surface(f)
        if known is None or not known.minima:
            return []
        x, y = (np.array([getattr(place, name) for place in known.minima]) for name in ("x", "y"))
        label = None if self.focus else Text("known minimum")  # the legend's room is for the arrows then
        return [Points(id="minima", role=Role.GUIDE, x=x, y=y, open=True, label=label)]

    def _arrows(self, runners: Race, scale: float) -> list[AnyMark]:
        """The next step of the racer in focus: its parts on one scale, the step itself at its length."""
        taken = self._step_apart(runners)
        if taken is None:
            return []
        runner, place = taken
        # f's own gradient: to the optimizer it may have turned its sign, and the weights may pull in it
        parts = {**runner.run.parts(place), "gradient": runner.run.gradients[place].tolist()}
        x, y = runner.run.positions[place].tolist()
        arrows: list[AnyMark] = []
        for part, role, sign, label, latex in ARROW_PARTS:
            if part in parts:
                dx, dy = (sign * scale * float(value) for value in parts[part])
                arrows.append(arrow(f"part {part}", role, (x, y), (dx, dy), label, latex))
        dx, dy = map(float, parts["step"])
        arrows.append(arrow("part step", Role.STEP, (x, y), (dx, dy), Text("the step"), r"\Delta w"))
        return arrows

    def _step_apart(self, runners: Race) -> tuple[Runner, int] | None:
        """The racer in focus and the row its next step starts from; at the end, the row of its last step."""
        if not 1 <= self.focus <= len(runners):
            return None
        runner = runners[self.focus - 1]
        return (runner, min(self.shown_step(), runner.run.steps - 1)) if runner.run.steps else None

    def _worked(self, runners: Race) -> tuple[str, ...]:
        taken = self._step_apart(runners)
        if taken is None:
            return ()
        runner, place = taken
        parts = {name: [float(value) for value in part] for name, part in runner.run.parts(place).items()}
        return worked_step(runner.racer.part_at(place), parts, noisy=self.noise > 0)

    def _readouts(self, runners: Race) -> tuple[Readout, ...]:
        here = self.shown_step()
        losses = [runner.loss(here) for runner in runners]
        best = _best(losses)
        lost = Text("The run left the finite numbers.")
        if not runners:
            lost = Text("Nobody runs yet.")
        elif not _can_start(runners):
            lost = Text("f has no finite value at the start.")
        all_known = bool(runners) and not any(map(math.isnan, losses))
        readouts = [
            Readout(name="step", value=float(here), latex="t", label=Text("step"), shown=False),
            Readout(
                name="best_loss",
                value=None if best is None else losses[best],
                label=Text("lowest loss"),
                reason=lost if best is None else None,
                shown=False,
            ),
            Readout(
                name="worst_loss",
                value=max(losses) if all_known else None,
                label=Text("highest loss"),
                reason=None if all_known else lost,
                shown=False,
            ),
            Readout(
                name="best_racer",
                value=None if best is None else runners[best].racer.name,
                label=Text("in front"),
                reason=lost if best is None else None,
                shown=False,
            ),
            Readout(name="racer_count", value=float(len(runners)), shown=False),
        ]
        for status in ("converged", "diverged"):
            count = sum(runner.run.status == status for runner in runners)
            readouts.append(Readout(name=f"{status}_count", value=float(count), shown=False))
        for number, (runner, loss) in enumerate(zip(runners, losses, strict=True), start=1):
            readouts.append(
                Readout(
                    name=f"loss_{number}",
                    value=None if math.isnan(loss) else loss,
                    label=runner.words,
                    reason=lost if math.isnan(loss) else None,
                    role=Role.PATH,
                    look=runner.look,
                )
            )
        return tuple(readouts)

    def _spoken(self, runners: Race) -> Text:
        here = self.shown_step()
        values: dict[str, Any] = {"step": here, "steps": self.steps}
        finite = [(runner.loss(here), runner) for runner in runners if math.isfinite(runner.loss(here))]
        ranked = sorted(finite, key=lambda pair: pair[0])
        values["lost"] = [runner.words for runner in runners if not math.isfinite(runner.loss(here))]
        values["each"] = [
            Text("{racer} {loss}", {"racer": runner.words, "loss": loss}) for loss, runner in ranked
        ]
        if not runners:
            return Text("Nobody runs yet.")
        if not _can_start(runners):
            place = {"x": self.x, "y": self.y}
            return Text("f has no finite value at the start, ({x}, {y}): nobody can run from there.", place)
        if not ranked:
            return Text("After {step} of {steps} steps all have left the finite numbers.", values)
        if values["lost"]:
            return Text(
                "Losses after {step} of {steps} steps, lowest first: {each}. Off to infinity: {lost}.", values
            )
        return Text("Losses after {step} of {steps} steps, lowest first: {each}.", values)


def _best(losses: list[float]) -> int | None:
    finite = [number for number, loss in enumerate(losses) if math.isfinite(loss)]
    return min(finite, key=losses.__getitem__, default=None)


def _can_start(runners: Race) -> bool:
    """Whether f has a value where the runs begin."""
    return all(math.isfinite(runner.run.losses[0]) for runner in runners[:1])


def _later_ones(readouts: Sequence[Readout]) -> tuple[Readout, ...]:
    """Of readouts with one name, the last: a map knows the largest safe rate better than one run does."""
    return tuple({readout.name: readout for readout in readouts}.values())


BESIDE: Mapping[str, Callable[[Descent2D, Function, Race, Views], Iterator[Beside]]] = {
    "loss": losses,
    "step": step_apart,
    "rates": maps.rates,
    "plane": maps.plane,
    "basins": maps.basin_map,
    "tail": tail,
}
"""What may stand beside the surface → what draws it, in stages."""
