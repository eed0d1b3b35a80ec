"""The tails of a race on logarithmic axes: what is left after each step, the law fitted, and predicted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from engine.figure import AnyMark, Axis, Column, Curve, Floats, Panel, Readout, Role, Rule, Table, View, Views
from engine.function import Function
from engine.race import Race, Runner
from engine.safe_rate import Start
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_focus import focused_runner
from engine.scenes._descent_2d_paths import run_marks
from engine.scenes._readouts import number_readout
from engine.tails import CODES, Tail, tail_of
from engine.text import Text, sentences

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

TAIL = "tail"

SMALLEST = 1e-17
"""The bottom of the axis, as a part of its top: below it a distance is rounding."""

SHARE = 1.4
"""Of the room, beside the surface's 1.3."""

LOWER = 10.0
"""How far the axis goes on below the lowest point of the racer in focus; who is lower leaves the panel."""

HIGHEST = 1e3
"""The top of the axis, as a multiple of the start's: a run that explodes leaves the panel."""


class _Scale(NamedTuple):
    """What is drawn: distances over steps, or, where they are sublinear, losses over steps, both axes log."""

    gaps: bool
    view: View

    @property
    def x_scale(self) -> Literal["linear", "log"]:
        return "log" if self.gaps else "linear"


def tail(scene: Descent2D, f: Function, runners: Race, views: Views) -> Iterator[Beside]:
    """Every racer's tail as far as it is on show; the law, fitted and predicted, of the one in focus."""
    subject = focused_runner(scene, runners)
    if subject is None:
        why = Text("Nobody runs yet.")
        yield Beside(_panel(_Scale(False, View(0.0, 1.0, 0.1, 1.0)), ()), readouts=_readouts(None, why))
        return
    here = scene.shown_step()
    start = Start(scene.x, scene.y, scene.steps, scene.noise, scene.seed)
    tails = [tail_of(f, runner, start, here) for runner in runners]
    shown = tails[runners.index(subject)]
    scale = _scale(scene, tails, tail_of(f, subject, start, subject.run.steps))
    marks: list[AnyMark] = [Rule(id="now", role=Role.GUIDE, x=float(max(here, 1)), y=1.0, slope=math.inf)]
    for runner, each in zip(runners, tails, strict=True):
        heights = _drawn(each.gaps if scale.gaps else each.distances, scale.view)
        if heights.size:
            steps = np.arange(len(heights), dtype=float)
            steps[0] = math.nan if scale.gaps else 0.0
            marks += run_marks("tail", runner, here, steps, heights, runner.words)
    marks += _laws(shown, scale, scene.steps)
    said = _said(subject, shown)
    yield Beside(
        _panel(scale, tuple(marks)),
        readouts=_readouts(shown, said),
        tables=(_table(runners, tails),),
        said=(said,),
    )


# -- the picture ------------------------------------------------------------------------------------------


def _panel(scale: _Scale, marks: tuple[AnyMark, ...]) -> Panel:
    words = Text("loss above its lowest") if scale.gaps else Text("distance to the end")
    return Panel(
        id=TAIL,
        marks=marks,
        view=scale.view,
        x_axis=Axis(label=Text("step"), scale=scale.x_scale),
        y_axis=Axis(label=words, scale="log"),
        share=SHARE,
    )


def _scale(scene: Descent2D, tails: Sequence[Tail], whole: Tail) -> _Scale:
    """By the whole run of the racer in focus, so that the axes stand still while it plays."""
    gaps = whole.fit.code == "sublinear" and math.isfinite(whole.exponent)
    own = whole.gaps if gaps else whole.distances
    left = [own, *(each.gaps if gaps else each.distances for each in tails)]
    top = next((float(each[0]) for each in left if each.size and 0.0 < each[0] < math.inf), 1.0)
    own, known = (
        each[(each > SMALLEST * top) & (each < HIGHEST * top)]
        for each in (np.append(own, top), np.concatenate([*left, np.full(1, top)]))
    )
    if own.min() < top / LOWER**2:
        known = own
    firsts = [float(each[0]) for each in left if each.size and each[0] < HIGHEST * top]
    low, high = float(known.min()) / LOWER, 2 * max(float(known.max()), *firsts, 0.0)
    return _Scale(gaps, View(1.0 if gaps else 0.0, float(scene.steps) + (1.0 if gaps else 0.0), low, high))


def _drawn(heights: Floats, view: View) -> Floats:
    """As it can stand on a logarithmic axis, and no farther below the panel than it has to be."""
    with np.errstate(invalid="ignore"):
        return np.where(heights > 0.0, np.maximum(heights, view.y_low / 10), math.nan)


def _laws(shown: Tail, scale: _Scale, steps: int) -> list[AnyMark]:
    """The law that was fitted, over its own rows, and the one that is predicted, from there to the end."""
    fit, promised = shown.fit, shown.prediction
    marks: list[AnyMark] = []
    rows = np.arange(fit.first, fit.last + 1.0)
    x = rows + shown.begin
    fitted = _fitted(shown, rows, scale.gaps)
    if np.isfinite(fitted).any():
        y = _drawn(fitted, scale.view)
        marks.append(Curve(id="fitted", role=Role.TANGENT, x=x, y=y, label=Text("fitted")))
    if promised is None or scale.gaps or not shown.distances.size or fit.first >= len(shown.distances):
        return marks
    nothing = promised.kind == "nothing"
    rate = promised.best if nothing else promised.rate
    height = float(shown.distances[shown.begin + fit.first])
    if not (0.0 < rate < 1.0 and height > 0.0):
        return marks
    ahead = np.arange(fit.first + shown.begin, steps + 1.0)
    with np.errstate(under="ignore"):
        y = _drawn(height * rate ** (ahead - ahead[0]), scale.view)
    label = Text("plain descent at its best") if nothing else Text("predicted")
    marks.append(
        Curve(id="predicted", role=Role.GHOST if nothing else Role.SECANT, x=ahead, y=y, label=label)
    )
    return marks


def _fitted(shown: Tail, rows: Floats, gaps: bool) -> Floats:
    """The fitted law at these rows, counted from the last turn."""
    fit = shown.fit
    if gaps:
        if fit.code != "sublinear" or not math.isfinite(shown.exponent):
            return np.empty(0)
        # through the middle of the tail, with the slope that the losses themselves have
        middle = shown.begin + (fit.first + fit.last) // 2
        with np.errstate(all="ignore"):
            ratio = (rows + fit.offset) / (middle - shown.begin + fit.offset)
            law: Floats = float(shown.gaps[middle]) * ratio**-shown.exponent
            return law
    if fit.code in ("superlinear", "quadratic"):
        logs = [math.log(float(shown.distances[shown.begin + fit.first]))]
        while len(logs) < len(rows):
            logs.append(fit.scale + fit.order * logs[-1])
        curve: Floats = np.exp(np.array(logs))
        return curve
    return fit.at(rows)


# -- the numbers ------------------------------------------------------------------------------------------


def _table(runners: Race, tails: Sequence[Tail]) -> Table:
    promised = [each.prediction for each in tails]
    return Table(
        "convergence",
        (
            Column("racer", [runner.racer.name for runner in runners], label=Text("racer")),
            Column(
                "convergence", [CODES[each.fit.code].message for each in tails], label=Text("convergence")
            ),
            Column(
                "rate_measured",
                np.array([each.fit.rate for each in tails]),
                label=Text("measured factor per step"),
            ),
            Column(
                "rate_predicted",
                np.array([math.nan if each is None else each.rate for each in promised]),
                label=Text("predicted factor per step"),
            ),
            Column("exponent", np.array([each.exponent for each in tails]), latex="p"),
            Column("order", np.array([each.fit.order for each in tails]), latex="q"),
            Column(
                "kappa",
                np.array([math.nan if each is None else each.kappa for each in promised]),
                latex=r"\kappa",
            ),
        ),
        title=Text("How each run converges"),
    )


def _readouts(shown: Tail | None, why: Text) -> tuple[Readout, ...]:
    """Of the racer in focus; why: what is said of it."""
    promised = None if shown is None else shown.prediction
    code = "not-converging" if shown is None else shown.fit.code
    other = Text("Its tail follows another law.")
    no_curve = Text("There is no level place whose curvature would tell.")
    no_promise = no_curve if promised is None else Text("Its rates change as it goes: nothing is promised.")
    kappa = math.nan if promised is None else promised.kappa
    ours = why if shown is None else other
    return (
        Readout(
            name="convergence",
            value=None if shown is None else CODES[code].message,
            label=Text("convergence"),
            reason=why if shown is None else None,
        ),
        _where_known(
            "rate_measured",
            None if shown is None else shown.fit.rate,
            Text("measured factor per step"),
            ours,
            Role.TANGENT,
        ),
        _where_known(
            "rate_predicted",
            None if promised is None else promised.rate,
            Text("predicted factor per step"),
            no_promise,
            Role.SECANT,
        ),
        _where_known(
            "exponent",
            None if shown is None else shown.exponent,
            Text("power of the step"),
            ours,
            Role.TANGENT,
            "p",
        ),
        _where_known(
            "order", None if shown is None else shown.fit.order, Text("order"), ours, Role.TANGENT, "q"
        ),
        Readout(
            name="kappa",
            value=None if math.isnan(kappa) else kappa,
            latex=r"\kappa",
            label=Text("condition number at the end"),
            reason=no_curve if math.isnan(kappa) else None,
        ),
        _where_known(
            "rate_best",
            None if promised is None else promised.best,
            Text("plain descent at its best"),
            no_curve,
            Role.GHOST,
            r"\frac{\kappa-1}{\kappa+1}",
        ),
    )


def _where_known(
    name: str, value: float | None, label: Text, why: Text, role: Role, latex: str = ""
) -> Readout:
    """Shown where it has a value."""
    known = value is not None and math.isfinite(value)
    return number_readout(name, value, label, why, latex=latex, role=role, shown=known)


# -- the words --------------------------------------------------------------------------------------------


def _said(subject: Runner, shown: Tail) -> Text:
    end = shown.end
    values: dict[str, Any] = {"racer": subject.words}
    if end is None:
        return Text("{racer} goes nowhere: it has no end that a distance could be measured to.", values)
    x, y = (0.0 if abs(each) < 1e-9 else each for each in end.place)
    values |= {"x": x, "y": y, "source": end.source}
    where = Text("Its end is taken to be ({x}, {y}), {source}.", values)
    return sentences(_law(shown, values), _promise(shown), where)


def _law(shown: Tail, values: dict[str, Any]) -> Text:
    fit = shown.fit
    values = {**values, "rate": fit.rate, "order": fit.order, "exponent": shown.exponent}
    match fit.code:
        case "linear":
            return Text("The tail of {racer} is linear: each step leaves {rate} of the distance.", values)
        case "sublinear":
            return Text(
                "The tail of {racer} is sublinear: the loss falls like the step to the power −{exponent}.",
                values,
            )
        case "quadratic":
            return Text(
                "The tail of {racer} is quadratic or better: each step multiplies the digits by {order}.",
                values,
            )
        case "superlinear":
            return Text(
                "The tail of {racer} is superlinear: each step multiplies the digits by {order}.", values
            )
        case "at-once":
            return Text("{racer} is there at once: there is no tail.", values)
        case "too-few-steps":
            return Text("The steps of {racer} are too few to name its tail.", values)
    return Text("{racer} does not come nearer.", values)


def _promise(shown: Tail) -> Text:
    promised = shown.prediction
    if promised is None:
        return Text("There is no level place whose curvature would predict it.")
    values = {"rate": promised.rate, "kappa": promised.kappa, "best": promised.best}
    match promised.kind:
        case "rate":
            return Text("The curvature there, κ = {kappa}, predicts {rate}.", values)
        case "more-than-linear":
            return Text("The curvature there predicts more than a linear tail.", values)
        case "no-rate":
            if math.isinf(promised.kappa):
                return Text("There κ is infinite, which leaves no factor below 1.", values)
            return Text("The curvature there predicts a factor of {rate}, which does not shrink.", values)
    return Text(
        "For rates that change as it goes nothing is predicted; at κ = {kappa} plain descent at its best"
        " would leave {best}.",
        values,
    )
