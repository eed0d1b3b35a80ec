"""Why did a run go wrong? The step that did it, and the reason, judged from the run itself.

A run may be lost (a value that is no number), leave (far off, or higher than it began), go to and fro without
coming lower, or stand still. Each has its causes, told apart by what is there at the step that did it: the
Hessian, the gradient, the step, and the part of f that has no value.

    code            the step that did it                        what tells
    left-domain     the one that lands where f has no value     the part of f without one
    overflow        the one whose numbers are too large         the part of the update that is
    step-too-large  the first of the last unbroken rise         η·λmax above its bound, there or along the
                                                                step, or one that overshoots its own parabola
    no-floor        the first that is far off                   the loss falls, with no end to it
    zig-zag         the first of the last unbroken to and fro   η·λmax at its bound, a kink, a fixed length
    saddle          the first with a short gradient             a level place with an eigenvalue below 0
    maximum         the first with a short gradient             a level place with none above 0
    plateau         the first with a short gradient             |∇f| · distance is less than a fifth of how
                                                                much lower the lowest known place is
    constant        the start                                   no slope and no height anywhere
    rate-zero       the start                                   η = 0
    step-too-small  the start                                   η·λmax far below its bound, all one way

A gradient step that raises f has a place on it where η·λmax > 2: by Taylor's theorem f(w + Δ) − f(w) is
g·Δ + ½ ΔᵀH(ξ)Δ for some ξ on the step, and with Δ = −ηg that is positive only if ΔᵀHΔ/|Δ|² > 2/η there.
(Where f is twice differentiable along the step.) For momentum and scaled steps see `engine.stability`.

A run that is merely on its way has none of these: None. Here are those that are lost, far off or higher than
they began; `engine.standstill` has those that get nowhere.
"""

from __future__ import annotations

import math

import numpy as np

from engine import blow_up_words
from engine.descent import MOST_ROWS, Trajectory
from engine.examined_run import BlowUp, ExaminedRun
from engine.function import Function
from engine.keeping import kept_within
from engine.lost_values import crossed_pole, lost_slope, lost_value
from engine.optimizers import Coordinates
from engine.racer import Racer
from engine.standstill import NOTICED, at_level_place, on_plateau, too_small, zig_zag

__all__ = ["BlowUp", "diagnose"]

BURST = 3.0
"""Times the height at the start above the lowest of the run: a run that was higher took too long a step."""


@kept_within(MOST_ROWS, lambda found, f, racer, run: run.weight)
def diagnose(f: Function, racer: Racer, run: Trajectory) -> BlowUp | None:
    """What went wrong with this run of `racer` on f; None if nothing has.

    >>> from engine.function import function
    >>> from engine.race import race
    >>> f = function("x^2 + 10y^2", ["x", "y"])
    >>> (runner,) = race(f, "gd(lr=0.11)", 2.0, 1.0, 25)
    >>> found = diagnose(f, runner.racer, runner.run)
    >>> found.code, found.step, round(found.taken.edge.value, 12)
    ('step-too-large', 1, 2.2)
    """
    return _judged(ExaminedRun(f, racer, run))


def _judged(seen: ExaminedRun) -> BlowUp | None:
    """The verdict."""
    run = seen.run
    if run.steps == 0:
        return _no_start(seen)
    if not np.isfinite([*run.positions[-1], run.losses[-1], *run.gradients[-1]]).all():
        return _lost(seen)
    if run.status == "diverged":
        return _far_off(seen)
    if not seen.lengths.any() and not seen.racer.part_at(0).rate:
        return BlowUp("rate-zero", 0, 0, blow_up_words.rate_zero())
    if not seen.slopes.any() and _is_constant(seen.own):
        return BlowUp("constant", 0, 0, blow_up_words.constant())
    if run.noise is not None:
        return None  # what noise does to a run is another question
    found = at_level_place(seen) or _risen(seen) or on_plateau(seen)
    return found if found or run.status == "converged" else zig_zag(seen) or too_small(seen)


# -- lost -------------------------------------------------------------------------------------------------


def _no_start(seen: ExaminedRun) -> BlowUp:
    place = seen.place(0)
    lost = lost_value(seen.own, place)
    why = lost_slope(seen.own, place) if lost is None else lost.why
    return BlowUp("left-domain", 0, 0, blow_up_words.no_start(why, lost is None))


def _lost(seen: ExaminedRun) -> BlowUp:
    last = seen.run.steps - 1
    place = seen.place(last + 1)
    if all(map(math.isfinite, place)):
        lost = lost_value(seen.own, place)
        if lost is None or lost.kind != "overflow":
            why = lost_slope(seen.own, place) if lost is None else lost.why
            taken = seen.taken(last)
            reason = blow_up_words.left_domain(taken, why, lost is None)
            return BlowUp("left-domain", last + 1, last, reason, taken)
    return _exploded(seen, last)


def _exploded(seen: ExaminedRun, last: int) -> BlowUp:
    """Numbers too large: after a rise, on a way without end, or in one step."""
    end = seen.heights[last + 1]
    if end == -math.inf or (math.isnan(end) and seen.heights[last] < min(seen.heights[0], -1e100)):
        return BlowUp("no-floor", last + 1, last, blow_up_words.no_floor(last + 1, seen.climbs))
    row = _rise(seen, last + 1)
    if row < last or end == math.inf:
        taken = seen.taken(row)
        reason = blow_up_words.rise_reason(taken)
        return BlowUp("step-too-large", row + 1, row, blow_up_words.lost_numbers(reason, last + 1), taken)
    part = seen.racer.part_at(last)
    parts = seen.run.parts(last)
    first = next((name for name in part.kind.parts if not _finite(parts[name])), None)
    return BlowUp("overflow", last + 1, last, blow_up_words.too_large(last + 1, first), seen.taken(last))


def _rise(seen: ExaminedRun, end: int) -> int:
    """The row from which the height rises at each step up to row `end`; one that is lost rose too."""
    with np.errstate(all="ignore"):
        falls = np.flatnonzero(np.diff(seen.heights[: end + 1]) <= 0.0)
    return int(falls[-1]) + 1 if falls.size else 0


# -- far off, or higher than before -----------------------------------------------------------------------


def _far_off(seen: ExaminedRun) -> BlowUp:
    last = seen.run.steps
    if not seen.heights[last] > seen.heights[0]:
        away = np.hypot(*(seen.run.positions - seen.run.positions[0]).T)
        far = int(np.argmax(away > seen.run.reach))
        return BlowUp("no-floor", far, max(far - 1, 0), blow_up_words.no_floor(far, seen.climbs))
    row = _rise(seen, last)
    return _too_large(seen, row if row < last else _above_start(seen))


def _risen(seen: ExaminedRun) -> BlowUp | None:
    """Near, but higher at the end than at the start; or far above it on the way, and not there yet."""
    first = float(seen.heights[0])
    ended = bool(np.median(seen.heights[-max(3, len(seen.heights) // 4) :]) > first + 1e-9 * abs(first))
    if not ended and not _burst(seen):
        return None
    row = _rise(seen, seen.run.steps)
    if not ended or row == seen.run.steps or seen.heights[row] > first:
        row = int(np.argmax(seen.heights[1:] > first))
    return _too_large(seen, row)


def _burst(seen: ExaminedRun) -> bool:
    """Whether it was far above its start, and has not made up for it yet."""
    lowest = seen.lowest()
    floor = min(float(seen.heights.min()), math.inf if lowest is None else lowest.value)
    first, last = float(seen.heights[0]) - floor, float(seen.heights[-1]) - floor
    high = float(seen.heights.max()) - floor > BURST * first
    return high and last > NOTICED * first and seen.run.status == "running"


def _above_start(seen: ExaminedRun) -> int:
    """The last row that is no higher than the start."""
    return int(np.flatnonzero(seen.heights[:-1] <= seen.heights[0])[-1])


def _too_large(seen: ExaminedRun, row: int) -> BlowUp:
    taken = seen.taken(row)
    pole = crossed_pole(seen.own, seen.place(row), seen.place(row + 1))
    if pole is not None:
        reason = blow_up_words.across_pole(row + 1, pole)
        return BlowUp("left-domain", row + 1, row, reason, taken)
    reason = blow_up_words.rise_reason(taken)
    return BlowUp("step-too-large", row + 1, row, reason, taken)


def _finite(values: Coordinates) -> bool:
    return all(math.isfinite(float(each)) for each in values)


def _is_constant(f: Function) -> bool:
    """Whether f has one value all over a square about the origin."""
    x = np.linspace(-4.0, 4.0, 9)
    with np.errstate(all="ignore"):
        heights = f.value(*np.meshgrid(x, x + 0.1))
    return bool(np.isfinite(heights).all()) and float(np.ptp(heights)) == 0.0
