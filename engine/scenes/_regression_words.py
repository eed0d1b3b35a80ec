"""What a regression says: its readouts, its sentence, the formulas worked, and what to try next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce

from engine.figure import Halt, Offer, Readout, Role
from engine.mini_batches import DRAWS, Descent, batch_of_step, expected_spread, single_spread
from engine.regression import batch_gradients, largest_curvature, sharpest_example
from engine.scenes._readouts import number_readout
from engine.scenes._regression_beside import Measured, steps_until_near
from engine.scenes._regression_data import MOST_HANDLES, MOST_MISSES, Now, Seen
from engine.text import Text, latex_number

STATUSES = {
    "converged": Text("arrived"),
    "running": Text("on the way"),
    "diverged": Text("lost"),
}

RUNS = {
    "whole": Text("the whole batch"),
    "mini": Text("mini-batches"),
    "single": Text("one at a time"),
}

LOST = Text("The run left the finite numbers.")
NOT_SHOWN = Text("It is measured while it stands beside the data.")
TOO_FEW = Text("There are too few points to fit a line to.")
TOO_LONG = Text("That run would take too many steps.")
NEVER = Text("Not within these epochs.")

SPELLED_OUT = 6
"""So many terms of a sum are written out."""


def readouts(now: Now, measured: Measured) -> tuple[Readout, ...]:
    """Every number that goals and prose may name."""
    return (
        *_place(now),
        *_best(now),
        *_progress(now),
        *_spread(now, measured),
        *_compared(now, measured.runs),
    )


def _place(now: Now) -> tuple[Readout, ...]:
    (w, b), (slope_w, slope_b) = now.place, now.gradient
    known = now.finite
    gradient = Readout(
        name="gradient",
        value=[slope_w, slope_b] if known else None,
        latex=r"\nabla L",
        label=Text("gradient"),
        reason=None if known else LOST,
        role=Role.GRADIENT,
    )
    return (
        number_readout("loss", now.loss if known else None, Text("loss"), LOST, latex="L(w, b)"),
        number_readout("w", w if known else None, Text("slope"), LOST, latex="w"),
        number_readout("b", b if known else None, Text("intercept"), LOST, latex="b"),
        gradient,
        number_readout(
            "gradient_length",
            math.hypot(slope_w, slope_b) if known else None,
            Text("length of the gradient"),
            LOST,
            latex=r"\left|\nabla L\right|",
            shown=False,
        ),
    )


def _best(now: Now) -> tuple[Readout, ...]:
    lowest = now.best
    why = lowest.why or LOST
    known = lowest.why is None
    excess = now.loss - lowest.loss
    lost = LOST if math.isfinite(lowest.loss) else why
    return (
        number_readout("best_w", lowest.w if known else None, Text("slope of the best"), why, latex=r"w^{*}"),
        number_readout(
            "best_b", lowest.b if known else None, Text("intercept of the best"), why, latex=r"b^{*}"
        ),
        number_readout("best_loss", lowest.loss, Text("lowest loss"), why, latex=r"L^{*}"),
        number_readout(
            "excess",
            excess if now.finite else None,
            Text("above the lowest"),
            lost,
            latex="L-L^{*}",
            shown=False,
        ),
    )


def _progress(now: Now) -> tuple[Readout, ...]:
    run = now.run
    curvature = largest_curvature(now.data, now.kind, *now.place) if now.finite else math.nan
    status = STATUSES[run.trajectory.status_at(now.here)]
    return (
        Readout(name="step", value=float(now.here), latex="t", label=Text("step")),
        Readout(name="epoch", value=float(run.epochs[now.here]), label=Text("epoch")),
        Readout(
            name="evaluations",
            value=float(run.evaluations[now.here]),
            label=Text("gradients of points worked out"),
            shown=False,
        ),
        Readout(name="steps", value=float(now.steps), label=Text("steps in all"), shown=False),
        Readout(
            name="steps_per_epoch",
            value=float(now.steps // now.epochs),
            label=Text("steps an epoch"),
            shown=False,
        ),
        Readout(
            name="batch_size", value=float(now.batch), latex="B", label=Text("size of a batch"), shown=False
        ),
        Readout(name="rows", value=float(now.count), latex="N", label=Text("points"), shown=False),
        Readout(name="status", value=status.message, label=Text("the run"), shown=False),
        number_readout(
            "largest_rate",
            2.0 / curvature if curvature > 0 else math.nan,
            Text("largest stable rate of the whole batch"),
            LOST,
            latex=r"2/\lambda_{\max}",
            shown=False,
        ),
    )


def _spread(now: Now, measured: Measured) -> tuple[Readout, ...]:
    cloud, law = measured.cloud, measured.law
    single = single_spread(now.data, now.kind, *now.place) if now.finite else math.nan
    expected = float(expected_spread(single, now.count, now.batch))
    own: list[float] | None = None
    if now.finite:
        own = batch_gradients(now.data, now.kind, *now.place, now.batch_here).tolist()
    missing = LOST if not now.finite else NOT_SHOWN
    return (
        Readout(
            name="batch_gradient",
            value=own,
            latex=r"\nabla L_B",
            label=Text("gradient of this batch"),
            reason=None if own is not None else LOST,
            role=Role.STEP,
            shown=False,
        ),
        number_readout(
            "cloud_spread",
            cloud.spread if cloud is not None else None,
            Text("spread of the cloud"),
            missing,
            role=Role.CURVATURE,
            shown=measured.shows_cloud,
        ),
        number_readout(
            "cloud_expected",
            expected,
            Text("expected spread"),
            LOST,
            latex=r"\frac{\sigma}{\sqrt{B}}\sqrt{\frac{N-B}{N-1}}",
            role=Role.SECANT,
            shown=measured.shows_cloud or law is not None,
        ),
        Readout(name="draws", value=float(DRAWS), label=Text("mini-batches drawn"), shown=False),
        number_readout(
            "single_spread", single, Text("spread of single points"), LOST, latex=r"\sigma", shown=False
        ),
        number_readout(
            "law_slope",
            law.slope if law is not None else None,
            Text("slope of the measured line"),
            TOO_FEW if law is not None else missing,
            shown=law is not None,
        ),
    )


def _compared(now: Now, runs: Mapping[str, Descent]) -> tuple[Readout, ...]:
    """For each of the three runs beside each other: its loss at this epoch, and when it came near."""
    epoch = float(now.run.epochs[now.here])
    found: list[Readout] = []
    for name, words in RUNS.items():
        run = runs.get(name)
        missing = NOT_SHOWN if not runs else TOO_LONG
        here = run.step_at(epoch) if run is not None else 0
        loss = float(run.trajectory.losses[here]) if run is not None else math.nan
        near = None
        if run is not None and math.isfinite(now.best.loss):
            near = steps_until_near(run, now.best.loss)
        rows = (
            (f"loss_{name}", loss, Text("loss, {run}", {"run": words}), LOST),
            (
                f"steps_{name}",
                math.nan if run is None else float(here),
                Text("steps, {run}", {"run": words}),
                missing,
            ),
            (
                f"near_{name}",
                math.nan if near is None else float(near),
                Text("steps until near, {run}", {"run": words}),
                NEVER,
            ),
        )
        for key, value, label, why in rows:
            reason = why if run is not None else missing
            found.append(
                number_readout(key, value, label, reason, shown=bool(runs) and key == f"loss_{name}")
            )
    return tuple(found)


def spoken(now: Now, edit: bool, show_best: bool, misses: str) -> Text:
    """The picture in a sentence or two; what is lowest is said where it is shown, or does not exist."""
    w, b = now.place
    lowest = now.best
    values = {
        "w": w,
        "b": b,
        "loss": now.loss,
        "points": Text("{count} points", {"count": now.count}) if now.count > 1 else Text("the one point"),
        "step": now.asked,
        "steps": now.steps,
        "batch": now.batch,
    }
    if not now.finite:
        said = Text(
            "With batches of {batch} the run leaves the finite numbers before step {step} of {steps}.", values
        )
    elif now.kind == "linear":
        said = Text(
            "The line of slope {w} and intercept {b} misses {points} by a mean square of {loss}.", values
        )
    else:
        said = Text(
            "The curve of slope {w} and intercept {b} has a log loss of {loss} over {points}.", values
        )
    sentences = [said]
    if now.finite and now.asked > 0:
        sentences.append(Text("It is that of step {step} of {steps}, with batches of {batch}.", values))
    if lowest.why is not None:
        sentences.append(lowest.why)
    elif show_best:
        known = {"loss": lowest.loss, "w": lowest.w, "b": lowest.b}
        sentences.append(Text("The lowest loss is {loss}, at ({w}, {b}).", known))
    sentences += _remarks(now.seen, edit, misses)
    return reduce(
        lambda first, second: Text("{first} {second}", {"first": first, "second": second}), sentences
    )


def _remarks(seen: Seen, edit: bool, misses: str) -> list[Text]:
    """What is to be known of the points: how many were left out, and what would be too much of so many."""
    said = []
    if seen.rows > len(seen.data):
        words = {"count": len(seen.data), "rows": seen.rows}
        said.append(Text("Of {rows} points, {count} are taken, evenly.", words))
    elif edit and len(seen.data) > MOST_HANDLES:
        said.append(Text("More than {most} points cannot be dragged.", {"most": MOST_HANDLES}))
    if misses != "none" and len(seen.data) > MOST_MISSES:
        said.append(Text("Misses of more than {most} points are not drawn.", {"most": MOST_MISSES}))
    return said


def worked(now: Now, runs: bool) -> tuple[str, ...]:
    """The loss with its numbers, and, where a run is on show, the step that follows."""
    if not now.finite:
        return ()
    lines = [_loss_line(now)]
    if runs and now.here < now.run.steps:
        chosen = batch_of_step(now.count, now.batch, now.epochs, now.shuffle, now.here)
        slopes = batch_gradients(now.data, now.kind, *now.place, chosen).tolist()
        rate = latex_number(now.lr, 4)
        for letter, value, slope in zip("wb", now.place, slopes, strict=True):
            landed = latex_number(value - now.lr * slope, 5)
            lines.append(
                rf"{letter} - \eta\,\frac{{\partial L_B}}{{\partial {letter}}} = {latex_number(value, 5)} "
                rf"- {rate} \cdot {_signed(slope)} = {landed}"
            )
    return tuple(lines)


def _loss_line(now: Now) -> str:
    w, b = now.place
    if now.kind == "logistic":
        body = r"\frac1N\sum_i -y_i\ln p_i - (1-y_i)\ln(1-p_i)"
    else:
        body = r"\frac1N\sum_i (w x_i + b - y_i)^2"
        squares = ((w * now.data.x + b - now.data.y) ** 2).tolist()
        if len(squares) <= SPELLED_OUT:
            terms = " + ".join(latex_number(square, 4) for square in squares)
            body += rf" = \frac{{{terms}}}{{{len(squares)}}}"
        else:
            body += rf" = \frac{{{latex_number(sum(squares), 5)}}}{{{len(squares)}}}"
    return rf"L(w, b) = {body} = {latex_number(now.loss)}"


def _signed(value: float) -> str:
    written = latex_number(value, 5)
    return rf"\left({written}\right)" if value < 0 else written


def halts(now: Now) -> tuple[Halt, ...]:
    """Where the run left the numbers."""
    if now.run.steps == now.steps:
        return ()
    why = Text("Here the run leaves the finite numbers: its steps are too long.")
    return (Halt(float(now.run.steps), why),)


def offers(now: Now, scaled: bool) -> tuple[Offer, ...]:
    """A way out of a run that is lost: a rate that no batch makes too large, or numbers of one size."""
    if now.finite and now.run.trajectory.status_at(now.here) != "diverged":
        return ()
    rate = safe_rate(now)
    found = [Offer(Text("Take η = {rate}", {"rate": rate}), {"lr": rate})]
    if not scaled:
        found.append(Offer(Text("Scale x and y"), {"scaled": True}))
    return tuple(found)


def safe_rate(now: Now) -> float:
    """1 over the sharpest curvature that a batch can meet, to two digits: no step then goes too far."""
    return float(f"{1.0 / sharpest_example(now.data, now.kind):.2g}")
