"""Why a run went wrong, in words, each reason with its own numbers."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

from engine.optimizer_kinds import PARTS
from engine.racer import RacerPart
from engine.stability import Edge
from engine.stationary import Level
from engine.taken_step import Taken
from engine.text import Text, sentences

Code: TypeAlias = Literal[
    "left-domain", "overflow", "step-too-large", "no-floor", "zig-zag", "saddle", "maximum", "plateau",
    "constant", "rate-zero", "step-too-small",
]  # fmt: skip

CODES: dict[Code, Text] = {
    "left-domain": Text("left-domain"),
    "overflow": Text("overflow"),
    "step-too-large": Text("step-too-large"),
    "no-floor": Text("no-floor"),
    "zig-zag": Text("zig-zag"),
    "saddle": Text("saddle"),
    "maximum": Text("maximum"),
    "plateau": Text("plateau"),
    "constant": Text("constant"),
    "rate-zero": Text("rate-zero"),
    "step-too-small": Text("step-too-small"),
}
"""The codes, which are the words of the readout."""


# -- steps that are too long ------------------------------------------------------------------------------


def rise_reason(taken: Taken) -> Text:
    """Why a step ended higher than it began."""
    edge = taken.edge
    values: dict[str, Any] = {
        "number": taken.number,
        "length": taken.length,
        "times": taken.overshoot,
        "rise": taken.rise,
    }
    if edge is not None:
        values |= {
            "rate": edge.rate,
            "sharpness": edge.sharpness,
            "edge": edge.value,
            "bound": edge.bound,
            "along": taken.along,
        }
        if edge.memory.decay >= 2.0:
            decay = {"number": taken.number, "decay": edge.memory.decay}
            return Text(
                "Step {number} is too long: it takes ηλ = {decay} times the weights themselves away, more"
                " than 2.",
                decay,
            )
        if edge.value > edge.bound:
            return _beyond(edge, values)
        if taken.along > edge.bound:
            return Text(
                "Where step {number} begins, η·λmax is {edge}; along it the curvature grows until it is"
                " {along}, above {bound}.",
                values,
            )
    if taken.overshoot > 2.0:
        reason = Text(
            "Step {number}, {length} long, goes {times} times as far as the lowest point of the parabola"
            " along it: beyond 2 a step ends higher than it began.",
            values,
        )
        scaled = edge is None or edge.preconditioned
        return sentences(reason, _only_the_rate()) if scaled else reason
    if math.isnan(taken.overshoot):
        if edge is not None and edge.memory.beta:
            return Text("Step {number} goes uphill: what it carries along outweighs the gradient.", values)
        return Text("Step {number} goes uphill: it does not follow the slope that it stands on.", values)
    return Text("Step {number} ends {rise} higher: f bends away from the parabola it was aimed by.", values)


def _beyond(edge: Edge, values: dict[str, Any]) -> Text:
    if edge.preconditioned:
        return Text(
            "From step {number} on the loss rises: with the rate in each direction, η·λmax is {edge},"
            " above {bound}.",
            values,
        )
    if edge.memory.beta:
        return Text(
            "From step {number} on the loss rises: η·λmax = {rate} · {sharpness} = {edge}, above {bound}, the"
            " bound with this momentum.",
            values,
        )
    return Text(
        "From step {number} on the loss rises: η·λmax = {rate} · {sharpness} = {edge}, and above {bound} a"
        " step overshoots by more than it gains.",
        values,
    )


def _only_the_rate() -> Text:
    return Text("The gradient's length is divided out of it: η alone decides how long it is.")


def lost_numbers(reason: Text, step: int) -> Text:
    """The reason of a rise that went on until there were no numbers left."""
    return sentences(reason, Text("After step {step} the numbers are too large.", {"step": step}))


def no_floor(step: int, climbs: bool) -> Text:
    """Nothing was wrong with the steps."""
    if climbs:
        return Text(
            "Nothing holds it: it climbs, and on its way f rises without end; by step {step} it is far off.",
            {"step": step},
        )
    return Text(
        "Nothing holds it: on its way the loss falls without end, and by step {step} it is far off.",
        {"step": step},
    )


# -- values that are lost ---------------------------------------------------------------------------------


def no_start(why: Text, has_value: bool) -> Text:
    """Why nobody can run from the start."""
    if has_value:
        return Text("The run cannot start: f has a value there and no slope, since {why}.", {"why": why})
    return Text("The run cannot start: {why}.", {"why": why})


def left_domain(taken: Taken, why: Text, has_value: bool) -> Text:
    """Where f has no value or no slope, and, where its length is what led there, that it is too long."""
    values = {"number": taken.number, "why": why}
    if has_value:
        reason = Text("Step {number} lands where f has a value and no slope: {why}.", values)
    else:
        reason = Text("Step {number} leaves the domain: {why}.", values)
    if taken.edge is None or not taken.edge.value > taken.edge.bound:
        return reason
    held = {"edge": taken.edge.value, "bound": taken.edge.bound}
    return sentences(reason, Text("It is too long: η·λmax is {edge}, above {bound}.", held))


def across_pole(number: int, why: Text) -> Text:
    """A step over a place where f has no value."""
    return Text("Step {number} jumps across a gap of the domain: {why}.", {"number": number, "why": why})


def too_large(number: int, part: str | None) -> Text:
    """A step whose own numbers overflow, or are none."""
    if part is None:
        return Text("Step {number} lands where the numbers are too large.", {"number": number})
    values = {"number": number, "part": PARTS[part].words}
    return Text("In step {number} the numbers are lost: the first without a value is the {part}.", values)


# -- to and fro -------------------------------------------------------------------------------------------


AT_THE_BOUND = 0.9
"""Of the bound: where η·λmax is less, it is not what sends a run to and fro."""


def zig_zag_reason(part: RacerPart, number: int, taken: Taken, factor: float) -> Text:
    """Why a run goes to and fro. taken: its last step; factor: of one stride to the next."""
    values: dict[str, Any] = {"number": number, "rate": part.rate, "factor": factor}
    if taken.edge is None:
        return Text(
            "From step {number} on it goes to and fro: each step is η = {rate} long in each coordinate,"
            " whatever the slope.",
            values,
        )
    largest = taken.largest
    values |= {"edge": largest, "bound": taken.edge.bound}
    if not largest > AT_THE_BOUND * taken.edge.bound:
        return Text(
            "From step {number} on it goes to and fro across a kink, where the slope does not shrink and so"
            " neither do the steps.",
            values,
        )
    if largest > taken.edge.bound * (1.0 + 1e-9):
        return Text(
            "From step {number} on it goes to and fro: η·λmax is {edge}, above {bound}, so it cannot settle;"
            " farther out the surface is less curved, so it does not leave.",
            values,
        )
    return Text(
        "From step {number} on it goes to and fro: η·λmax is {edge} beside a bound of {bound}, and each"
        " stride is {factor} times the one before.",
        values,
    )


# -- standing still ---------------------------------------------------------------------------------------


def level_reason(number: int, gradient: float, level: Level) -> Text:
    """A saddle or a maximum: the gradient is gone, and yet the surface falls away."""
    short = Text("is no longer than {gradient}", {"gradient": gradient}) if gradient else Text("is 0")
    values = {
        "number": number,
        "short": short,
        "x": _clean(level.place[0]),
        "y": _clean(level.place[1]),
        "low": level.eigenvalues[0],
    }
    if level.kind == "maximum":
        return Text(
            "From step {number} on the gradient {short}: this is the top, ({x}, {y}),"
            " and nothing pushes the run off it.",
            values,
        )
    if level.eigenvalues[0] < -1e-9:
        return Text(
            "From step {number} on the gradient {short}, and yet this is no minimum: at"
            " the saddle ({x}, {y}) one eigenvalue of the Hessian is {low}. Nothing pushes the run off the"
            " ridge.",
            values,
        )
    return Text(
        "From step {number} on the gradient {short}, and yet this is no minimum: around"
        " the saddle ({x}, {y}) the surface also falls. Nothing pushes the run that way.",
        values,
    )


def _clean(coordinate: float) -> float:
    """0 for what is 0 but for rounding."""
    return 0.0 if abs(coordinate) < 1e-9 else coordinate


def plateau_reason(number: int, gradient: float, length: float, gap: float, distance: float) -> Text:
    """A slope that says nothing of how far down there is to go."""
    values = {
        "number": number,
        "gradient": gradient,
        "length": length,
        "gap": gap,
        "distance": distance,
    }
    return Text(
        "From step {number} on it stands on a plateau: the gradient is {gradient}, so a step is {length}"
        " long. The lowest place known is {gap} lower and {distance} away.",
        values,
    )


def constant() -> Text:
    """A surface without any height."""
    return Text("The surface is constant: there is no slope to follow.")


def rate_zero() -> Text:
    """A rate of 0."""
    return Text("The learning rate is 0, so no step has any length.")


def too_small(edge: Edge | None, length: float, steps: int, share: float) -> Text:
    """Steps that all go one way, and not far. share: of the way down, in all of the run."""
    values: dict[str, Any] = {"length": length, "steps": steps, "percent": 100 * share}
    down = Text("{steps} steps have come {percent} % of the way down.", values)
    if edge is None or edge.preconditioned:
        return sentences(Text("The steps are too short: the first is {length} long.", values), down)
    values |= {"edge": edge.value}
    return sentences(
        Text(
            "The steps are too short: η·λmax is {edge}, far below 1, which would clear the steep way.", values
        ),
        down,
    )
