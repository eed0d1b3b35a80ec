"""What may stand beside the data: the cloud of mini-batch gradients, the 1/√B law, the work of three runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.descent import MAXIMUM_STEPS
from engine.figure import (
    AnyMark,
    Arrows,
    Axis,
    Column,
    Curve,
    Floats,
    Panel,
    Points,
    Role,
    Rule,
    Table,
    View,
)
from engine.mini_batches import Cloud, Descent, Law, descend, steps_per_epoch
from engine.regression import Best, Data, Kind, batch_gradients
from engine.scenes._regression_data import Now
from engine.scenes._regression_marks import batch_words, interval, look_of
from engine.text import Text

CLOUD = "cloud"
LAW = "law"
EPOCHS = "epochs"
STEPS = "steps"

MINI = 32
DEVIATIONS = 2.0
"""Of the ellipse: about six in seven batches of a normal cloud lie within."""

DRAWN = 100
"""Of the batches of a cloud, so many are drawn: more would hide what lies among them."""

HIGHEST, SMALLEST = 1e3, 1e-16
"""The ends of a loss axis: the first as a multiple of the loss at the start, the second of the top."""

NEAR = 1.1
"""A run has come near when its loss is this many times the lowest."""


class Measured(NamedTuple):
    """What was worked out for what stands beside the data; None, or no runs, where it was not.

    shows_cloud: whether the cloud is on show.
    """

    cloud: Cloud | None
    law: Law | None
    runs: Mapping[str, Descent]
    shows_cloud: bool


def cloud_panel(now: Now, seen: Cloud) -> Panel:
    """Each mini-batch's gradient as a point, their mean and ellipse, and the gradient of the whole batch."""
    whole = now.gradient
    own_w, own_b = batch_gradients(now.data, now.kind, *now.place, now.batch_here).tolist()
    ellipse_x, ellipse_y = seen.ellipse(DEVIATIONS)
    drawn = seen.gradients[:DRAWN]
    marks: list[AnyMark] = [
        Rule(id="level", role=Role.GUIDE, x=0.0, y=0.0),
        Rule(id="upright", role=Role.GUIDE, x=0.0, y=0.0, slope=math.inf),
        _from_zero(whole),
        _points("cloud", Role.PATH, drawn, Text("a mini-batch each"), look="mini-batch"),
        Curve(
            id="ellipse",
            role=Role.CURVATURE,
            x=ellipse_x,
            y=ellipse_y,
            label=Text("two standard deviations"),
        ),
        _points("own", Role.STEP, np.array([[own_w, own_b]]), Text("the batch of this step")),
        _points("whole", Role.GRADIENT, np.array([whole]), Text("the whole gradient"), hollow=True),
        _points("mean", Role.ERROR, seen.mean[None, :], Text("mean of the cloud")),
    ]
    across = _reach(seen.gradients[:, 0], (0.0, whole[0], own_w, *ellipse_x.tolist()))
    up = _reach(seen.gradients[:, 1], (0.0, whole[1], own_b, *ellipse_y.tolist()))
    return Panel(
        id=CLOUD,
        marks=tuple(marks),
        view=View(*across, *up),
        x_axis=Axis(latex=r"\frac{\partial L}{\partial w}"),
        y_axis=Axis(latex=r"\frac{\partial L}{\partial b}"),
    )


def _points(
    name: str, role: Role, places: Floats, label: Text, look: str = "", hollow: bool = False
) -> Points:
    x, y = places.T
    return Points(id=name, role=role, look=look, x=x, y=y, label=label, open=hollow)


def _from_zero(tip: tuple[float, float]) -> Arrows:
    x, y = (np.array([number]) for number in tip)
    return Arrows(id="arrow", role=Role.GRADIENT, x=np.zeros(1), y=np.zeros(1), dx=x, dy=y)


def _reach(values: Floats, others: tuple[float, ...]) -> tuple[float, float]:
    """What holds all of the second, and all but the farthest of the first."""
    bulk = np.quantile(values, (0.01, 0.99)).tolist()
    low, high = min(*bulk, *others), max(*bulk, *others)
    return interval(low, high) if high > low else (low - 1.0, high + 1.0)


def law_panel(now: Now, found: Law) -> Panel:
    """The standard deviation of a mini-batch's gradient against the size of the batch, both logarithmic."""
    sizes = np.geomspace(1.0, max(2.0, now.count - 1e-9), 129)
    shares = np.maximum(now.count - sizes, 0.0) / max(1, now.count - 1)
    measured = np.where(found.measured > 0, found.measured, math.nan)
    known = measured[np.isfinite(measured)]
    top = float(known.max()) if known.size else 1.0
    bottom = min(float(known.min()) if known.size else 0.1, top / math.sqrt(max(2, now.count)))
    view = View(0.8, 1.25 * max(2, now.count), bottom / 2, 2 * top)
    curve = found.single / np.sqrt(sizes) * np.sqrt(shares)
    marks: tuple[AnyMark, ...] = (
        Rule(id="now", role=Role.GUIDE, x=float(now.batch), y=0.0, slope=math.inf),
        Curve(
            id="root",
            role=Role.GHOST,
            x=sizes,
            y=found.single / np.sqrt(sizes),
            latex=r"\sigma/\sqrt{B}",
        ),
        Curve(
            id="expected",
            role=Role.SECANT,
            x=sizes,
            y=np.where(curve > view.y_low / 10, curve, math.nan),
            latex=r"\frac{\sigma}{\sqrt{B}}\sqrt{\frac{N-B}{N-1}}",
        ),
        Points(
            id="measured",
            role=Role.PATH,
            look="mini-batch",
            x=found.sizes.astype(float),
            y=measured,
            label=Text("measured"),
        ),
    )
    return Panel(
        id=LAW,
        marks=marks,
        view=view,
        x_axis=Axis(label=Text("size of the batch"), scale="log"),
        y_axis=Axis(label=Text("spread of its gradient"), scale="log"),
    )


def law_table(found: Law) -> Table:
    """The same in numbers."""
    return Table(
        "law",
        (
            Column("batch", found.sizes.astype(float), latex="B"),
            Column("measured", found.measured, label=Text("measured")),
            Column("expected", found.expected, label=Text("expected")),
        ),
        title=Text("Spread of a mini-batch's gradient"),
    )


def compared(
    data: Data, kind: Kind, start: tuple[float, float], lr: float, epochs: int, seed: int
) -> Mapping[str, Descent]:
    """The runs with the whole batch, with 32 (or a quarter of few points) and with 1, as far as they can be.

    One that would take more than MAXIMUM_STEPS steps is left out.
    """
    count = len(data)
    sizes = {"whole": count, "mini": MINI if count > MINI else max(2, count // 4), "single": 1}
    return {
        name: descend(data, kind, *start, lr, min(size, count), epochs, seed)
        for name, size in sizes.items()
        if epochs * steps_per_epoch(count, size) <= MAXIMUM_STEPS
    }


def work_panels(now: Now, runs: Mapping[str, Descent]) -> tuple[Panel, Panel]:
    """The loss of each run against its epochs, which cost the same work, and against its steps."""
    words = Text("epochs, of {count} gradients each", {"count": now.count})
    longest = max((run.steps for run in runs.values()), default=2)
    by_epoch = _loss_panel(EPOCHS, now, runs, (0.0, float(now.epochs)), Axis(label=words))
    steps = Axis(label=Text("steps"), scale="log")
    return by_epoch, _loss_panel(STEPS, now, runs, (1.0, float(max(2, longest))), steps)


def _loss_panel(
    name: str, now: Now, runs: Mapping[str, Descent], ends: tuple[float, float], axis: Axis
) -> Panel:
    """The losses of the runs, as far as the epoch on show, against epochs or against steps from 1 on."""
    low, high = _loss_range(now, runs)
    marks: list[AnyMark] = []
    if now.best.why is None and now.best.loss > 0:
        label = Text("the lowest loss")
        marks.append(Rule(id="best", role=Role.GHOST, x=1.0, y=now.best.loss, label=label))
    epoch = float(now.run.epochs[now.here])
    for key, run in reversed([*runs.items()]):  # one point at a time goes to and fro below the others
        steps = _shown_steps(run, name, epoch)
        losses = run.trajectory.losses[steps]
        marks.append(
            Curve(
                id=f"loss {key}",
                role=Role.PATH,
                look=look_of(run),
                x=run.epochs[steps] if name == EPOCHS else steps.astype(float),
                y=np.where(np.isfinite(losses), np.maximum(losses, low), math.nan),
                label=batch_words(run),
            )
        )
    return Panel(
        id=name,
        marks=tuple(marks),
        view=View(*ends, low, high),
        x_axis=axis,
        y_axis=Axis(label=Text("loss"), scale="log"),
    )


def _shown_steps(run: Descent, name: str, epoch: float) -> NDArray[np.int64]:
    """Up to the epoch on show: the ends of epochs, as training logs have them, or every step from 1 on."""
    last = run.step_at(epoch)
    if name == STEPS:
        return np.arange(1, last + 1)
    ends = np.arange(0, last + 1, steps_per_epoch(run.count, run.batch))
    return ends if ends[-1] == last else np.append(ends, last)


def _loss_range(now: Now, runs: Mapping[str, Descent]) -> tuple[float, float]:
    """The ends of the logarithmic loss axis; a run that explodes leaves it."""
    first = float(now.run.trajectory.losses[0])
    losses = np.concatenate([np.empty(0), *(run.trajectory.losses for run in runs.values())])
    losses = losses[np.isfinite(losses) & (losses > 0) & (losses <= HIGHEST * max(first, SMALLEST))]
    if not losses.size:
        return 0.1, 10.0
    low, high = float(losses.min()), float(losses.max())
    if now.best.why is None and now.best.loss > 0:
        low = min(low, now.best.loss)
    return max(low, SMALLEST * high) / 1.5, 1.5 * high


@lru_cache(maxsize=16)
def steps_until_near(run: Descent, lowest: float) -> int | None:
    """The first step after which the loss is at most NEAR times the lowest; None if no step is."""
    (near,) = np.nonzero(run.trajectory.losses <= NEAR * lowest)
    return int(near[0]) if near.size else None


def work_table(runs: Mapping[str, Descent], lowest: Best) -> Table:
    """What each run did for its work, and when it came near."""
    rows = list(runs.values())
    near = [None if math.isnan(lowest.loss) else steps_until_near(run, lowest.loss) for run in rows]
    return Table(
        "work",
        (
            Column("batch", [run.batch for run in rows], latex="B"),
            Column(
                "steps_per_epoch",
                [steps_per_epoch(run.count, run.batch) for run in rows],
                label=Text("steps an epoch"),
            ),
            Column(
                "evaluations", [float(run.evaluations[-1]) for run in rows], label=Text("gradients of points")
            ),
            Column("loss", [float(run.trajectory.losses[-1]) for run in rows], label=Text("loss at the end")),
            Column("near_steps", near, label=Text("steps until near")),
            Column(
                "near_epochs",
                [
                    None if step is None else float(run.epochs[step])
                    for step, run in zip(near, rows, strict=True)
                ],
                label=Text("epochs until near"),
            ),
        ),
        title=Text("The same work, cut into steps"),
    )
