"""What is said of runs that leave a saddle: numbers, a table, the formula with its numbers, one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from engine.figure import Column, Floats, Readout, Role, Table
from engine.saddle_escape import HALF_OF_NORMAL, CriticalPoint, Escape, Kind, predicted_time
from engine.scenes._readouts import number_readout
from engine.scenes._saddle_escape_marks import Measured
from engine.significance import quantiles
from engine.text import Text, latex_number, sentences

KINDS: Mapping[Kind, Text] = {
    "saddle": Text("saddle"),
    "minimum": Text("minimum"),
    "maximum": Text("maximum"),
    "undecided": Text("undecided"),
}

_NONE = Text("No point with a zero gradient was found.")
_NO_SADDLE = Text("The point found is no saddle.")
_NEVER = Text("Without noise it never leaves.")
_LATE = Text("Fewer than half left.")


class Seen(NamedTuple):
    """What the picture shows: the critical point, how runs leave it, with which noise, after how many steps.

    search: where it was looked for. times: of the runs with that noise, ∞ for those that stay; None where the
    point is no saddle.
    """

    saddle: CriticalPoint | None
    escape: Escape
    noise: float
    step: int
    search: tuple[float, float]
    times: Floats | None = None

    @property
    def median(self) -> float:
        """Steps until half of the runs have left; ∞ where they do not, NaN where there is no saddle."""
        return math.nan if self.times is None else float(quantiles(self.times, (0.5,))[0])

    @property
    def predicted(self) -> float:
        """What the eigenvalue says to that."""
        if self.times is None or self.saddle is None:
            return math.nan
        return predicted_time(-self.saddle.low, self.noise, self.escape)

    @property
    def gone(self) -> float:
        """The share of the runs that has left at the step on show."""
        return math.nan if self.times is None else float(np.mean(self.times <= self.step))


def escape_readouts(seen: Seen) -> tuple[Readout, ...]:
    """All numbers, with reasons for those that are missing."""
    saddle = seen.saddle
    no_point = None if saddle is not None else _NONE
    no_saddle = _NO_SADDLE if saddle is not None else _NONE
    still = seen.noise == 0.0 and seen.escape.offset == 0.0
    low = high = x = y = growth = math.nan
    if saddle is not None:
        low, high, x, y = saddle.low, saddle.high, saddle.x, saddle.y
        growth = 1 - seen.escape.lr * low if seen.times is not None else math.nan
    late = no_saddle if seen.times is None else _NEVER if still else _LATE
    never = no_saddle if seen.times is None else _NEVER
    return (
        Readout(
            name="kind",
            value=None if saddle is None else KINDS[saddle.kind].message,
            label=Text("the point found"),
            reason=no_point,
        ),
        number_readout("escape_time", seen.median, Text("half have left after"), late),
        number_readout(
            "predicted_time", seen.predicted, Text("predicted from the eigenvalue"), never, role=Role.SECANT
        ),
        number_readout("gone", seen.gone, Text("share that has left"), no_saddle),
        number_readout(
            "eigenvalue_low",
            low,
            Text("curvature along the way out"),
            _NONE,
            latex=r"\lambda_1",
            role=Role.GRADIENT,
        ),
        number_readout(
            "eigenvalue_high",
            high,
            Text("curvature along the way in"),
            _NONE,
            latex=r"\lambda_2",
            role=Role.CURVATURE,
        ),
        number_readout(
            "growth", growth, Text("what a step multiplies by"), no_saddle, latex=r"1 - \eta\lambda_1"
        ),
        number_readout("saddle_x", x, Text("first input of the point found"), _NONE, shown=False),
        number_readout("saddle_y", y, Text("second input of the point found"), _NONE, shown=False),
        _direction("along", None if saddle is None else saddle.along),
        _direction("across", None if saddle is None else saddle.across),
    )


def escape_table(seen: Seen, told: Measured) -> Table:
    """Measured and predicted times for each size of noise; of a saddle."""
    gamma = -seen.saddle.low if seen.saddle is not None else math.nan
    predicted = [predicted_time(gamma, size, seen.escape) for size in told.noises]
    return Table(
        "escape",
        (
            Column("noise", np.array(told.noises), latex=r"\sigma"),
            Column("median", told.quartiles[1], label=Text("measured median")),
            Column("low", told.quartiles[0], label=Text("a quarter before")),
            Column("high", told.quartiles[2], label=Text("a quarter after")),
            Column("predicted", np.array(predicted), label=Text("predicted")),
        ),
        title=Text("Steps until half of the runs have left"),
    )


def worked(seen: Seen) -> tuple[str, ...]:
    """The growth of a step, and the predicted time from no distance at all."""
    if seen.saddle is None or seen.times is None:
        return ()
    escape, gamma = seen.escape, -seen.saddle.low
    a = 1 + escape.lr * gamma
    eta, r, sigma = (latex_number(each, 4) for each in (escape.lr, escape.radius, seen.noise))
    growth = rf"a = 1 + \eta\gamma = 1 + {eta} \cdot {latex_number(gamma, 4)} = {latex_number(a)}"
    if seen.noise == 0.0 or escape.offset > 0.0:
        return (growth,)
    half = latex_number(HALF_OF_NORMAL, 4)
    return (
        growth,
        rf"t = \frac{{\ln\left(1 + (a^2 - 1)\left(\frac{{r}}{{{half}\,\eta\sigma}}\right)^2\right)}}"
        rf"{{2\ln a}} = \frac{{\ln\left(1 + {latex_number(a * a - 1, 4)}"
        rf"\left(\frac{{{r}}}{{{half} \cdot {eta} \cdot {sigma}}}\right)^2\right)}}"
        rf"{{2\ln {latex_number(a, 4)}}} = {latex_number(seen.predicted)}",
    )


def spoken(seen: Seen) -> Text:
    """What becomes of the runs, or why there is nothing to leave."""
    saddle, noise = seen.saddle, seen.noise
    if saddle is None:
        return Text(
            "Newton's method finds no point with a zero gradient from ({x}, {y}): there is nothing to leave.",
            {"x": seen.search[0], "y": seen.search[1]},
        )
    values: dict[str, Any] = {"x": saddle.x, "y": saddle.y, "low": saddle.low, "high": saddle.high}
    if seen.times is None:
        return _no_saddle(saddle.kind, values)
    values |= {
        "noise": noise,
        "runs": seen.escape.runs,
        "median": seen.median,
        "predicted": float(f"{seen.predicted:.3g}"),
        "limit": seen.escape.steps,
        "offset": seen.escape.offset,
    }
    return sentences(_told(seen, saddle, values), *_warnings(seen, saddle))


def _told(seen: Seen, saddle: CriticalPoint, values: dict[str, Any]) -> Text:
    if seen.noise == 0.0 and seen.escape.offset == 0.0:
        if math.isinf(seen.median) and saddle.exact:
            return Text(
                "Without noise nothing moves: at the saddle ({x}, {y}) the gradient is 0, and plain descent "
                "stays for ever.",
                values,
            )
        if math.isinf(seen.median):
            return Text(
                "Without noise nothing moves: what is left of the gradient at the float nearest to the "
                "saddle, ({x}, {y}), does not leave in {limit} steps.",
                values,
            )
        return Text(
            "Without noise it leaves the saddle ({x}, {y}) all the same, after {median} steps: no float is "
            "exactly there, and the last digit is a push.",
            values,
        )
    if math.isinf(seen.median):
        return Text(
            "From the saddle ({x}, {y}), with noise {noise}, fewer than half of {runs} runs have left after "
            "{limit} steps.",
            values,
        )
    if seen.noise == 0.0:
        return Text(
            "Started {offset} beside the saddle ({x}, {y}), without noise, the run has left after {median} "
            "steps; its curvature {low} along the way out predicts {predicted}.",
            values,
        )
    return Text(
        "From the saddle ({x}, {y}), with noise {noise}, half of {runs} runs have left after {median} steps; "
        "its curvature {low} along the way out predicts {predicted}.",
        values,
    )


def _no_saddle(kind: Kind, values: dict[str, Any]) -> Text:
    if kind == "minimum":
        return Text(
            "The point found, ({x}, {y}), is a minimum: both curvatures, {low} and {high}, are positive, and "
            "nothing leads down from it.",
            values,
        )
    if kind == "maximum":
        return Text(
            "The point found, ({x}, {y}), is a maximum: both curvatures, {low} and {high}, are negative, and "
            "every way leads down.",
            values,
        )
    return Text(
        "At the point found, ({x}, {y}), the Hessian decides nothing: its eigenvalues are {low} and {high}, "
        "and one of them counts as 0.",
        values,
    )


def _warnings(seen: Seen, saddle: CriticalPoint) -> list[Text]:
    product = seen.escape.lr * saddle.high
    if product <= 2:
        return []
    return [
        Text(
            "The step is too long for the way in: η times its curvature is {product}, more than 2.",
            {"product": product},
        )
    ]


def _direction(name: str, value: tuple[float, float] | None) -> Readout:
    reason = _NONE if value is None else None
    return Readout(name=name, value=None if value is None else list(value), reason=reason, shown=False)
