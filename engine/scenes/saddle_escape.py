"""Saddle escape: a zero gradient that is no minimum, and the noise that leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from engine.figure import NO_VIEWS, Figure, Floats, Panel, Views
from engine.numpy_code import numpy_function, numpy_preamble
from engine.parameters import Domain, Slider, Surface, Words
from engine.saddle_escape import CriticalPoint, Escape, critical_point, escapes, predicted_time
from engine.scene import Playback, Scene
from engine.scenes._pace import Pace
from engine.scenes._saddle_escape_marks import (
    NOISES,
    PLANE,
    Measured,
    distance_panel,
    escape_panel,
    measured,
    nothing_panel,
    plane_panel,
)
from engine.scenes._saddle_escape_words import Seen, escape_readouts, escape_table, spoken, worked
from engine.text import Text

DRAWN = 6
"""Paths in the picture: enough to see that no two are alike."""

MOST_STEPS = 5000
"""After which a run that is measured is given up."""

TOGETHER = 4
"""Sizes of noise that are measured at once; between, the picture is shown anew."""


class SaddleEscape(Scene, tag="saddle-escape", frozen=True):
    """Plain descent with noise from a saddle of f: some paths, and how long it takes against the noise.

    (x, y): where Newton's method begins to look for the saddle. noise: σ, on each partial derivative at each
    step; 0 leaves it exactly as it is. offset: how far from the saddle, along the way out, the runs start.
    lr: the step size η. radius: how far along the way out counts as gone. steps, step: as in `descent-2d`,
    for the paths; what is measured goes on until half have left, for 5000 steps at most. runs: how many are
    measured. beside: those times against the size of the noise, or the distance of the paths against their
    steps.

    Readouts: kind of the critical point found, saddle_x and saddle_y; eigenvalue_low and eigenvalue_high of
    the Hessian there with their directions along and across; growth = 1 + ηγ, γ = −eigenvalue_low;
    escape_time, the median of the runs, and predicted_time (`engine.saddle_escape`); gone, the share that has
    left after `step` steps. Table escape: noise, median, low, high, predicted.
    """

    title: ClassVar[Text] = Text("Saddle escape")
    summary: ClassVar[Text] = Text("How noise gets plain descent off a saddle, and how long that takes.")
    heavy: ClassVar[bool] = True

    f: Surface = "x^2/2 + y^4/4 - y^2/2"
    x: Annotated[
        float, Slider(-4, 4), Domain(at_least=-1e6, at_most=1e6), Words(Text("look near, first input"))
    ] = 0.0
    y: Annotated[
        float, Slider(-4, 4), Domain(at_least=-1e6, at_most=1e6), Words(Text("look near, second input"))
    ] = 0.0
    lr: Annotated[
        float,
        Slider(0.01, 1, scale="log", symbol=r"\eta"),
        Domain(above=0, at_most=1e3),
        Words(Text("learning rate")),
    ] = 0.1
    noise: Annotated[
        float,
        Slider(1e-8, 1, scale="log", symbol=r"\sigma"),
        Domain(at_least=0, at_most=1e6),
        Words(Text("noise on the gradient")),
    ] = 0.1
    offset: Annotated[
        float, Slider(0, 0.5, symbol="d"), Domain(at_least=0, at_most=1e6), Words(Text("start beside it by"))
    ] = 0.0
    steps: Annotated[
        int,
        Slider(10, 1000, scale="log", symbol="N"),
        Domain(at_least=1, at_most=MOST_STEPS),
        Words(Text("steps")),
    ] = 45
    step: Annotated[int, Slider(0, 45, symbol="t"), Domain(at_least=-1), Words(Text("step on show"))] = -1
    runs: Annotated[
        int, Slider(20, 1000, scale="log"), Domain(at_least=1, at_most=5000), Words(Text("runs measured"))
    ] = 200
    radius: Annotated[
        float,
        Slider(0.05, 2, scale="log", symbol="r"),
        Domain(at_least=1e-6, at_most=1e6),
        Words(Text("gone beyond")),
    ] = 0.5
    seed: Annotated[int, Slider(0, 20), Domain(at_least=0, at_most=10**9), Words(Text("seed"))] = 0
    beside: Annotated[
        Literal["times", "distance"],
        Words(
            Text("beside the surface"),
            {"times": Text("times to leave"), "distance": Text("distance")},
        ),
    ] = "times"

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The paths, and all sizes of noise measured, in these views."""
        *_, last = self._figures(views)
        return last

    def stages(self, views: Views = NO_VIEWS) -> Iterator[Figure]:
        """The paths at once; then more and more sizes of noise."""
        pace = Pace()
        return (figure for figure in self._figures(views) if pace.due(figure.done))

    def glance(self, views: Views = NO_VIEWS) -> Figure:
        """The paths alone."""
        return next(self._figures(views))

    def playback(self) -> Playback:
        """The runs, step by step."""
        return Playback("step", 0, self.steps, seconds=min(12.0, max(4.0, self.steps / 15)), integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Look for a saddle elsewhere."""
        return {"x": x, "y": y}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click on the surface looks for a saddle there."""
        return {"x": x, "y": y} if panel == PLANE else {}

    def code(self) -> str:
        """NumPy for the curvatures, the median time of the runs, and the one that they predict."""
        f = self.function("f")
        saddle = self._saddle()
        curvatures = tuple(entry for row in f.hessian_nodes for entry in row)
        head = f"""{numpy_preamble([f.node, *f.gradient_nodes, *curvatures])}


{numpy_function("gradient", f.variables, f.gradient_nodes)}


{numpy_function("hessian", f.variables, curvatures)}

"""
        if saddle is None:
            return f"""{head}
# Newton's method finds no point with a zero gradient from ({self.x!r}, {self.y!r})
print("saddle_x", np.nan)
"""
        head += f"""
saddle = np.array([{saddle.x!r}, {saddle.y!r}])
eigenvalues, directions = np.linalg.eigh(hessian(*saddle).reshape(2, 2))
print("eigenvalue_low", eigenvalues[0])
print("eigenvalue_high", eigenvalues[1])
"""
        if saddle.kind != "saddle":
            return head
        prediction = ""
        if self.offset == 0.0 and self.noise > 0.0:
            prediction = """
rate = -lr * eigenvalues[0]  # a - 1
pushed = np.log(0.6744897501960817) + np.log(lr) + np.log(sigma)  # of the median of |noise| after a step
squared = np.log(rate * (2 + rate)) + 2 * (np.log(radius) - pushed)
print("predicted_time", np.logaddexp(0, squared) / (2 * np.log1p(rate)))
"""
        return f"""{head}
way_out = np.array([{saddle.along[0]!r}, {saddle.along[1]!r}])
lr, sigma, radius, runs = {self.lr!r}, {self.noise!r}, {self.radius!r}, {self.runs!r}
rng = np.random.default_rng({self.seed})
w = np.repeat(saddle + {self.offset!r} * way_out, runs).reshape(2, runs)
times = np.full(runs, np.inf)
for step in range({self._limit(saddle)} + 1):
    gone = np.abs(way_out @ (w - saddle[:, None])) >= radius
    times[gone & np.isinf(times)] = step
    if np.isfinite(times).all():
        break
    w = w - lr * (np.array(gradient(*w)) + sigma * rng.standard_normal((2, runs)))
print("escape_time", np.median(times))
{prediction}"""

    def _saddle(self) -> CriticalPoint | None:
        return critical_point(self.function("f"), self.x, self.y)

    @property
    def _shown_step(self) -> int:
        return self.steps if self.step < 0 else min(self.step, self.steps)

    def _escape(self, steps: int) -> Escape:
        return Escape(self.lr, self.radius, self.offset, steps, self.runs, self.seed)

    def _limit(self, saddle: CriticalPoint) -> int:
        """Steps that are enough for half of the runs with the smallest noise, if so many are allowed."""
        longest = predicted_time(-saddle.low, NOISES[0], self._escape(self.steps))
        return max(self.steps, int(min(2 * longest + 10, MOST_STEPS)))

    def _figures(self, views: Views) -> Iterator[Figure]:
        f, saddle, search = self.function("f"), self._saddle(), (self.x, self.y)
        if saddle is None or saddle.kind != "saddle":
            seen = Seen(saddle, self._escape(self.steps), self.noise, self._shown_step, search)
            plane = plane_panel(f, saddle, seen.escape, search, np.empty((0, 0, 2)), 0, views.get(PLANE))
            yield self._shown((plane, nothing_panel()), seen, None)
            return
        escape = self._escape(self._limit(saddle))
        now = escapes(f, saddle, (self.noise,), escape, min(DRAWN, self.runs))
        seen = Seen(saddle, escape, self.noise, self._shown_step, search, now.times[0])
        plane = plane_panel(f, saddle, escape, search, now.paths, self._shown_step, views.get(PLANE))
        if self.beside == "distance":
            far = distance_panel(saddle, escape, now.paths, self.noise, self.steps, self._shown_step)
            yield self._shown((plane, far), seen, None)
            return
        times: list[Floats] = []
        for start in (-TOGETHER, *range(0, len(NOISES), TOGETHER)):
            if start >= 0:
                times += [*escapes(f, saddle, NOISES[start : start + TOGETHER], escape).times]
            told = measured(NOISES[: len(times)], times)
            panels = (plane, escape_panel(saddle, escape, told, self.noise, seen.median))
            yield self._shown(panels, seen, told, (1 + len(times)) / (1 + len(NOISES)))

    def _shown(
        self, panels: tuple[Panel, ...], seen: Seen, told: Measured | None, done: float = 1.0
    ) -> Figure:
        return Figure(
            panels=panels,
            readouts=escape_readouts(seen),
            tables=() if told is None else (escape_table(seen, told),),
            spoken=spoken(seen),
            worked=worked(seen),
            done=done,
        )
