"""Regression: data and the line through them, the loss of every line, and descent on mini-batches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from engine.csv_points import MAXIMUM_POINTS
from engine.data_points import label_fault, parse_points
from engine.descent import MAXIMUM_STEPS
from engine.errors import ParameterError
from engine.figure import NO_VIEWS, Column, Figure, Panel, Table, View, Views
from engine.mini_batches import Descent, cloud, descend, law, steps_per_epoch
from engine.parameters import Checked, Domain, Slider, Words
from engine.regression import Kind
from engine.scene import Playback, Scene
from engine.scenes._regression_beside import (
    Measured,
    cloud_panel,
    compared,
    law_panel,
    law_table,
    work_panels,
    work_table,
)
from engine.scenes._regression_code import code
from engine.scenes._regression_data import Now, Seen, Source, seen_data, with_added, with_moved, without
from engine.scenes._regression_marks import (
    DATA,
    PLANE,
    data_panel,
    data_view,
    ends,
    held_through,
    plane_panel,
)
from engine.scenes._regression_words import halts, offers, readouts, spoken, worked
from engine.text import Text

POINT = "point "
KEYS_ACROSS = 100
"""Presses of an arrow key that move a handle across its panel."""

Beside = Literal["none", "plane", "cloud", "law", "work"]
Misses = Literal["none", "lines", "squares"]

BESIDE = {
    "none": Text("nothing"),
    "plane": Text("the loss of every line"),
    "cloud": Text("the cloud of mini-batch gradients"),
    "law": Text("the law of its spread"),
    "work": Text("the work of three runs"),
}


class Regression(Scene, tag="regression", frozen=True):
    """N points, the line w x + b (or the curve σ(w x + b)) through them, and its loss.

    points: as `engine.data_points` reads them; blank makes `count` of them about slope·x + intercept, with
    normal noise of standard deviation `spread`, from `seed`. columns: which two, where there are more.
    loss: linear (mean squared error) or logistic (log loss; y must be 0 or 1). The run starts at (w, b) and
    goes `epochs` times through the points in batches of `batch` (N or more: all of them), shuffled from the
    seed `shuffle`; `step` is the one on show, −1 for the last. beside: the loss over the (w, b) plane; the
    gradients of many mini-batches at the place on show; their standard deviation against the size of the
    batch; the losses of three runs (all, 32, 1) by epochs and by steps. compare: their ways in the plane too.
    scaled: x and y in standard deviations from their means. edit: points can be added, dragged, removed.

    Readouts w, b, loss and gradient are those of the step on show, over all points.
    """

    title: ClassVar[Text] = Text("Regression")
    summary: ClassVar[Text] = Text("Data and a line, the loss of every line, and descent on mini-batches.")
    heavy: ClassVar[bool] = True

    points: Annotated[str, Checked("points", parse_points), Words(Text("points"))] = ""
    loss: Annotated[
        Kind, Words(Text("loss"), {"linear": Text("squared error"), "logistic": Text("log loss")})
    ] = "linear"
    beside: Annotated[Beside, Words(Text("beside the data"), BESIDE)] = "plane"
    lr: Annotated[
        float,
        Slider(0.001, 2, scale="log", symbol=r"\eta"),
        Domain(above=0, at_most=1e6),
        Words(Text("learning rate")),
    ] = 0.1
    batch: Annotated[
        int,
        Slider(1, 200, scale="log", symbol="B"),
        Domain(at_least=1, at_most=1_000_000),
        Words(Text("size of a batch")),
    ] = 4
    epochs: Annotated[
        int, Slider(1, 100, scale="log"), Domain(at_least=1, at_most=MAXIMUM_STEPS), Words(Text("epochs"))
    ] = 30
    step: Annotated[int, Slider(0, 120, symbol="t"), Domain(at_least=-1), Words(Text("step on show"))] = -1
    w: Annotated[
        float,
        Slider(-5, 5, symbol="w"),
        Domain(at_least=-1e50, at_most=1e50),
        Words(Text("start, slope")),
    ] = 0.0
    b: Annotated[
        float,
        Slider(-10, 10, symbol="b"),
        Domain(at_least=-1e50, at_most=1e50),
        Words(Text("start, intercept")),
    ] = 0.0
    misses: Annotated[
        Misses,
        Words(Text("misses"), {"none": Text("none"), "lines": Text("lines"), "squares": Text("squares")}),
    ] = "lines"
    compare: Annotated[bool, Words(Text("three batch sizes"))] = False
    show_best: Annotated[bool, Words(Text("the best"))] = True
    scaled: Annotated[bool, Words(Text("x and y scaled"))] = False
    edit: Annotated[bool, Words(Text("points can be changed"))] = True
    columns: Annotated[str, Words(Text("columns for x and y"))] = ""
    count: Annotated[
        int,
        Slider(2, 500, scale="log", symbol="N"),
        Domain(at_least=1, at_most=MAXIMUM_POINTS),
        Words(Text("points made")),
    ] = 16
    slope: Annotated[float, Slider(-4, 4), Domain(at_least=-1e6, at_most=1e6), Words(Text("true slope"))] = (
        2.0
    )
    intercept: Annotated[
        float, Slider(-4, 4), Domain(at_least=-1e6, at_most=1e6), Words(Text("true intercept"))
    ] = 1.0
    spread: Annotated[float, Slider(0, 2), Domain(at_least=0, at_most=1e6), Words(Text("noise"))] = 0.3
    seed: Annotated[int, Domain(at_least=0), Words(Text("seed of the points"))] = 0
    shuffle: Annotated[int, Domain(at_least=0), Words(Text("seed of the batches"))] = 0

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The data, and what stands beside them, in these views."""
        now = self._now()
        measured = self._measured(now)
        tables = [_path_table(now.run)]
        if measured.law is not None:
            tables.insert(0, law_table(measured.law))
        if measured.runs:
            tables.insert(0, work_table(measured.runs, now.best))
        return Figure(
            panels=self._panels(now, measured, views),
            readouts=readouts(now, measured),
            tables=tuple(tables),
            spoken=spoken(now, self.edit, self.show_best, self.misses),
            worked=worked(now, self.beside != "none"),
            halts=halts(now),
            offers=offers(now, self.scaled),
        )

    def check(self) -> None:
        """The columns must exist, labels be 0 or 1, and the run end one day."""
        seen = self._seen
        if self.loss == "logistic":
            fault = label_fault(seen.data)
            if fault is not None:
                what = Text("A log loss needs labels, 0 or 1, and one y is {y}.", {"y": fault})
                raise ParameterError(what, "loss", Text("Take the squared error, or other points."))
        if self._steps > MAXIMUM_STEPS:
            words = {"epochs": self.epochs, "steps": str(self._steps), "limit": str(MAXIMUM_STEPS)}
            what = Text("{epochs} epochs are {steps} steps, and a run has at most {limit}.", words)
            raise ParameterError(what, "epochs", Text("Take fewer epochs, or larger batches."))

    def playback(self) -> Playback:
        """The run, step by step."""
        seconds = min(12.0, max(4.0, self._steps / 20))
        return Playback("step", 0, self._steps, seconds=seconds, integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the start in the plane, an end of the line that the run starts from, or a point."""
        if handle.startswith(POINT):
            text = with_moved(self._seen, int(handle.removeprefix(POINT)), x, y, self.loss)
            return {"points": text} if text else {}
        if handle == "start":
            return {"w": x, "b": y}
        w, b = held_through(self.loss, self._start, self._data_view, handle, y)
        return {"w": w, "b": b}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """A hundredth of the panel for each press; an end of the line is raised by ↑ and by →."""
        if handle == "start":
            return super().nudged(handle, horizontal, vertical)
        view, data = self._data_view, self._seen.data
        up = (view.y_high - view.y_low) / KEYS_ACROSS
        if not handle.startswith(POINT):
            held = next(end for end in ends(self.loss, self._start, view) if end.id == handle)
            return self.moved(handle, held.x, held.y + (horizontal + vertical) * up)
        number = int(handle.removeprefix(POINT))
        x = float(data.x[number]) + horizontal * (view.x_high - view.x_low) / KEYS_ACROSS
        y = float(data.y[number])
        if self.loss == "logistic":
            return self.moved(handle, x, float(vertical > 0) if vertical else y)
        return self.moved(handle, x, y + vertical * up)

    def removed(self, handle: str) -> Mapping[str, Any]:
        """A point is taken away; the last one stays."""
        if not handle.startswith(POINT):
            return {}
        text = without(self._seen, int(handle.removeprefix(POINT)))
        return {"points": text} if text else {}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click in the plane starts the run there; one among the data adds a point."""
        if panel == PLANE:
            return {"w": x, "b": y}
        if panel != DATA or not self.edit or self._seen.scale is not None:
            return {}
        text = with_added(self._seen, x, y, self.loss)
        return {"points": text, "columns": ""} if text else {}

    def code(self) -> str:
        """NumPy for the run as far as it is on show."""
        return code(self._now(), self._source, self._start)

    @property
    def _source(self) -> Source:
        return Source(
            self.points, self.columns, self.slope, self.intercept, self.spread, self.count, self.seed
        )

    @property
    def _seen(self) -> Seen:
        return seen_data(self._source, self.loss, self.scaled)

    @property
    def _start(self) -> tuple[float, float]:
        return self.w, self.b

    @property
    def _batch(self) -> int:
        return min(self.batch, len(self._seen.data))

    @property
    def _steps(self) -> int:
        return self.epochs * steps_per_epoch(len(self._seen.data), self._batch)

    @property
    def _shown_step(self) -> int:
        return self._steps if self.step < 0 else min(self.step, self._steps)

    @property
    def _data_view(self) -> View:
        return data_view(self._seen.data, self.loss)

    def _now(self) -> Now:
        seen = self._seen
        run = descend(seen.data, self.loss, self.w, self.b, self.lr, self._batch, self.epochs, self.shuffle)
        return Now(
            seen=seen,
            kind=self.loss,
            run=run,
            asked=self._shown_step,
            steps=self._steps,
            epochs=self.epochs,
            lr=self.lr,
            batch=self._batch,
            shuffle=self.shuffle,
        )

    def _measured(self, now: Now) -> Measured:
        """What stands beside the data, computed as far as it is asked for; the cloud is always cheap."""
        gathered = found = None
        if now.finite:
            where = (now.data, now.kind, *now.place)
            gathered = cloud(*where, now.batch, self.shuffle)
            found = law(*where, self.shuffle) if self.beside == "law" else None
        runs: Mapping[str, Descent] = {}
        if self.compare or self.beside == "work":
            runs = compared(now.data, now.kind, self._start, self.lr, self.epochs, self.shuffle)
        return Measured(gathered, found, runs, self.beside == "cloud")

    def _panels(self, now: Now, measured: Measured, views: Views) -> tuple[Panel, ...]:
        if self.beside == "work":
            return work_panels(now, measured.runs)
        start, shows_cloud = self._start, self.beside == "cloud"
        data = data_panel(
            now, start, self.misses, self.show_best, self.edit, views.get(DATA), batch=shows_cloud
        )
        if self.beside == "plane":
            others = measured.runs if self.compare else {}
            return data, plane_panel(now, start, others, self.show_best, views.get(PLANE))
        if shows_cloud and measured.cloud is not None:
            return data, cloud_panel(now, measured.cloud)
        if measured.law is not None:
            return data, law_panel(now, measured.law)
        return (data,)


@lru_cache(maxsize=16)
def _path_table(run: Descent) -> Table:
    """Every step of the run."""
    positions, losses = run.trajectory.positions, run.trajectory.losses
    return Table(
        "path",
        (
            Column("step", np.arange(run.steps + 1.0), latex="t"),
            Column("epoch", run.epochs, label=Text("epoch")),
            Column("w", positions[:, 0], latex="w"),
            Column("b", positions[:, 1], latex="b"),
            Column("loss", losses, label=Text("loss")),
        ),
        title=Text("Every step"),
    )
