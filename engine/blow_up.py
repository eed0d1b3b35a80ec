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
    plateau         the first with a short gradient             |∇f| · distance is less than a tenth of how
                                                                much lower the lowest known place is
    constant        the start                                   no slope and no height anywhere
    rate-zero       the start                                   η = 0
    step-too-small  the start                                   η·λmax far below its bound, all one way

A gradient step that raises f has a place on it where η·λmax > 2: by Taylor's theorem f(w + Δ) − f(w) is
g·Δ + ½ ΔᵀH(ξ)Δ for some ξ on the step, and with Δ = −ηg that is positive only if ΔᵀHΔ/|Δ|² > 2/η there.
(Where f is twice differentiable along the step.) For momentum and scaled steps see `engine.stability`.

A run that is merely on its way has none of these: None.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine import blow_up_words
from engine.blow_up_words import Code
from engine.descent import CONVERGED_SHARE, MOST_ROWS, Trajectory
from engine.function import Function
from engine.keeping import kept_within
from engine.lost_values import crossed_pole, lost_slope, lost_value
from engine.optimizers import Coordinates
from engine.racer import Racer
from engine.stationary import Lowest, Place, level_place, lowest_known, turned_over, with_stated_slopes
from engine.taken_step import Taken, taken_step
from engine.text import Text

Array: TypeAlias = NDArray[np.float64]

REVERSED = -0.5
"""The cosine between a step and the one before, below which it turns back."""

ONE_WAY = 0.9
"""The cosine above which it goes on."""

TURNS = 0.25
"""The share of steps in the second half of a run that turn back, if it goes to and fro."""

TO_AND_FRO = 0.9
"""A swing that stays larger than this part of itself does not settle."""

NOTICED = 0.01
"""Of the height at the start, above the floor: what is less is as good as the floor itself."""

SHORT = 0.01
"""Of the longest gradient of the run: a shorter one is as good as none."""

FLATTER = 0.2
"""Of the height above the lowest place: what a slope must promise, kept up all the way there."""

GENTLE = 0.1
"""Of the slope where the surface is steep: a longer gradient is not that of a plateau."""

MOSTLY = 0.8
"""The share of a run's rows, from the first on it, that lie on a plateau, if it stands there."""

FALLEN = 0.05
"""Of the height above the lowest place known: a run that has come down more is no longer on the plateau."""

BURST = 3.0
"""Times the height at the start above the lowest of the run: a run that was higher took too long a step."""

SLOW = 0.02
"""Of that height: a whole run that has not come down as much has steps that are too short."""

NEAR = 0.1
"""Of |w|, or of 1: nearer than this to a level place, the run is at it."""

ENOUGH = 6
"""Steps before anything is said of a run's way rather than of its end."""


class BlowUp(NamedTuple):
    """What went wrong.

    step: how many steps have been taken when it shows: where the play head stops. row: where the step that
    did it begins. taken: that step as it was judged; None where no step is to blame. reason: sentences.
    """

    code: Code
    step: int
    row: int
    reason: Text
    taken: Taken | None = None


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
    return _Look(f, racer, run).judge()


class _Look:
    """A run with all that is asked of it. `heights` is what is descended: −f for one who climbs."""

    def __init__(self, f: Function, racer: Racer, run: Trajectory) -> None:
        self.racer, self.run = racer, run
        self.climbs = climbs = racer.last.climbs
        self.own = with_stated_slopes(f)
        self.down = turned_over(f) if climbs else self.own
        self.sign = racer.last.sign
        self.heights: Array = self.sign * run.losses
        self.beside = racer.kind.decays_beside and racer.last.decay > 0.0
        self.pull = racer.last.pull
        with np.errstate(all="ignore"):
            self.moves: Array = np.diff(run.positions, axis=0)
            self.lengths: Array = np.hypot(*self.moves.T)
            slopes = self.sign * run.gradients + self.pull * run.positions
            self.slopes: Array = np.hypot(*slopes.T)

    def judge(self) -> BlowUp | None:
        """The verdict."""
        run = self.run
        if run.steps == 0:
            return self._no_start()
        if not np.isfinite([*run.positions[-1], run.losses[-1], *run.gradients[-1]]).all():
            return self._lost()
        if run.status == "diverged":
            return self._far_off()
        if not self.lengths.any() and not self.racer.part_at(0).rate:
            return BlowUp("rate-zero", 0, 0, blow_up_words.rate_zero())
        if not self.slopes.any() and _is_constant(self.own):
            return BlowUp("constant", 0, 0, blow_up_words.constant())
        if run.noise is not None:
            return None  # what noise does to a run is another question
        found = self._level() or self._risen() or self._plateau()
        return found if found or run.status == "converged" else self._zig_zag() or self._too_small()

    def taken(self, row: int) -> Taken:
        """The step that leads on from `row`."""
        return taken_step(self.own, self.racer, self.run, row)

    def _place(self, row: int) -> Place:
        x, y = self.run.positions[row].tolist()
        return x, y

    # -- lost

    def _no_start(self) -> BlowUp:
        place = self._place(0)
        lost = lost_value(self.own, place)
        why = lost_slope(self.own, place) if lost is None else lost.why
        return BlowUp("left-domain", 0, 0, blow_up_words.no_start(why, lost is None))

    def _lost(self) -> BlowUp:
        last = self.run.steps - 1
        place = self._place(last + 1)
        if all(map(math.isfinite, place)):
            lost = lost_value(self.own, place)
            if lost is None or lost.kind != "overflow":
                why = lost_slope(self.own, place) if lost is None else lost.why
                taken = self.taken(last)
                reason = blow_up_words.left_domain(taken, why, lost is None)
                return BlowUp("left-domain", last + 1, last, reason, taken)
        return self._exploded(last)

    def _exploded(self, last: int) -> BlowUp:
        """Numbers too large: after a rise, on a way without end, or in one step."""
        end = self.heights[last + 1]
        if end == -math.inf or (math.isnan(end) and self.heights[last] < min(self.heights[0], -1e100)):
            return BlowUp("no-floor", last + 1, last, blow_up_words.no_floor(last + 1, self.climbs))
        row = self._rise(last + 1)
        if row < last or end == math.inf:
            taken = self.taken(row)
            reason = blow_up_words.rise_reason(taken)
            return BlowUp("step-too-large", row + 1, row, blow_up_words.lost_numbers(reason, last + 1), taken)
        part = self.racer.part_at(last)
        parts = self.run.parts(last)
        first = next((name for name in part.kind.parts if not _finite(parts[name])), None)
        return BlowUp("overflow", last + 1, last, blow_up_words.too_large(last + 1, first), self.taken(last))

    def _rise(self, end: int) -> int:
        """The row from which the height rises at each step up to row `end`; one that is lost rose too."""
        with np.errstate(all="ignore"):
            falls = np.flatnonzero(np.diff(self.heights[: end + 1]) <= 0.0)
        return int(falls[-1]) + 1 if falls.size else 0

    # -- far off, or higher than before

    def _far_off(self) -> BlowUp:
        last = self.run.steps
        if not self.heights[last] > self.heights[0]:
            away = np.hypot(*(self.run.positions - self.run.positions[0]).T)
            far = int(np.argmax(away > self.run.reach))
            return BlowUp("no-floor", far, max(far - 1, 0), blow_up_words.no_floor(far, self.climbs))
        row = self._rise(last)
        return self._too_large(row if row < last else self._above_start())

    def _risen(self) -> BlowUp | None:
        """Near, but higher at the end than at the start; or far above it on the way, and not there yet."""
        first = float(self.heights[0])
        ended = bool(np.median(self.heights[-max(3, len(self.heights) // 4) :]) > first + 1e-9 * abs(first))
        if not ended and not self._burst():
            return None
        row = self._rise(self.run.steps)
        if not ended or row == self.run.steps or self.heights[row] > first:
            row = int(np.argmax(self.heights[1:] > first))
        return self._too_large(row)

    def _burst(self) -> bool:
        """Whether it was far above its start, and has not made up for it yet."""
        lowest = self._lowest()
        floor = min(float(self.heights.min()), math.inf if lowest is None else lowest.value)
        first, last = float(self.heights[0]) - floor, float(self.heights[-1]) - floor
        high = float(self.heights.max()) - floor > BURST * first
        return high and last > NOTICED * first and self.run.status == "running"

    def _above_start(self) -> int:
        """The last row that is no higher than the start."""
        return int(np.flatnonzero(self.heights[:-1] <= self.heights[0])[-1])

    def _too_large(self, row: int) -> BlowUp:
        taken = self.taken(row)
        pole = crossed_pole(self.own, self._place(row), self._place(row + 1))
        if pole is not None:
            reason = blow_up_words.across_pole(row + 1, pole)
            return BlowUp("left-domain", row + 1, row, reason, taken)
        reason = blow_up_words.rise_reason(taken)
        return BlowUp("step-too-large", row + 1, row, reason, taken)

    # -- to and fro

    def _zig_zag(self) -> BlowUp | None:
        steps = self.run.steps
        if steps < 2 * ENOUGH:
            return None
        turning = self._cosines() < REVERSED
        half, quarter = steps // 2, steps // 4
        strides = self.lengths[half:]
        if not strides.all() or np.mean(turning[half:]) < TURNS:
            return None
        factor = float((strides[-1] / strides[-ENOUGH]) ** (1.0 / (ENOUGH - 1)))
        middle = self.run.positions[-quarter + quarter % 2 :].mean(axis=0)
        floor = self.sign * float(self.own.value_at(*middle.tolist()))
        swings = (
            self.heights[-quarter:].mean() - floor,
            self.heights[-2 * quarter : -quarter].mean() - floor,
        )
        persists = swings[0] >= TO_AND_FRO * swings[1] or (
            np.mean(turning[half:]) > 0.8 and factor > TO_AND_FRO
        )
        if not persists or not swings[0] > NOTICED * (self.heights[0] - floor):
            return None
        straight = np.flatnonzero(~turning[:half])
        row = int(straight[-1]) + 2 if straight.size else 0
        taken = self.taken(steps - 1)
        reason = blow_up_words.zig_zag_reason(self.racer.part_at(steps - 1), row + 1, taken, factor)
        return BlowUp("zig-zag", row + 1, row, reason, taken)

    def _cosines(self) -> Array:
        """Between each step and the one before it."""
        with np.errstate(all="ignore"):
            products = (self.moves[1:] * self.moves[:-1]).sum(axis=1)
            cosines: Array = products / (self.lengths[1:] * self.lengths[:-1])
        return np.nan_to_num(cosines)

    # -- standing still

    def _level(self) -> BlowUp | None:
        """At a place with gradient 0 that is no minimum, and not on the way off it."""
        short = max(SHORT * float(self.slopes.max()), CONVERGED_SHARE)
        end = float(self.slopes[-1])
        if self.beside or end > short or end > max(1.05 * float(self.slopes.min()), CONVERGED_SHARE):
            return None
        place = self._place(self.run.steps)
        level = level_place(self.down, place, self.pull)
        if level is None or level.kind not in ("saddle", "maximum"):
            return None
        if level.distance(place) > NEAR * max(1.0, math.hypot(*place)):
            return None
        row = self._from(self.slopes <= short)
        return BlowUp(level.kind, row, row, blow_up_words.level_reason(row, float(self.slopes[row]), level))

    def _plateau(self) -> BlowUp | None:
        """Where the slope says next to nothing of how far down the surface goes."""
        lowest = self._lowest()
        if lowest is None or self.pull or self.beside:
            return None
        away = np.hypot(*(self.run.positions - np.array(lowest.place)).T)
        height = self.heights - lowest.value
        flat = (self.slopes * away < FLATTER * height) & (height > 1e-6 * max(1.0, abs(lowest.value)))
        flat &= self.slopes <= GENTLE * lowest.steepness
        row = int(np.argmax(flat))
        if not np.mean(flat[row:]) > MOSTLY:
            return None
        if self.heights[row] - self.heights[-1] > FALLEN * height[row]:
            return None
        if row and self.run.steps - row < ENOUGH:
            return None
        place = self._place(self.run.steps)
        level = level_place(self.down, place)
        if level is not None and level.kind != "flat" and level.distance(place) < away[-1] / 4:
            return None
        if crossed_pole(self.own, place, lowest.place) is not None:
            return None
        length = float(self.lengths[min(row, self.run.steps - 1)])
        reason = blow_up_words.plateau_reason(
            row, float(self.slopes[row]), length, float(height[row]), float(away[row])
        )
        return BlowUp("plateau", row, row, reason)

    def _too_small(self) -> BlowUp | None:
        lowest = self._lowest()
        if lowest is None or self.run.steps < ENOUGH or self.pull or self.beside:
            return None
        height = float(self.heights[0]) - lowest.value
        share = float(self.heights[0] - self.heights[-1]) / height if height > 0.0 else 1.0
        one_way = bool((self._cosines() > ONE_WAY).all()) or not self.lengths.any()
        if not 0.0 <= share < SLOW or not one_way or np.any(np.diff(self.heights) > 0.0):
            return None
        taken = self.taken(0)
        if taken.edge is not None and taken.edge.value > 0.1 * taken.edge.bound:
            return None
        reason = blow_up_words.too_small(taken.edge, taken.length, self.run.steps, share)
        return BlowUp("step-too-small", 0, 0, reason, taken)

    def _from(self, true: NDArray[np.bool_]) -> int:
        """The row from which it is true up to the end; it is true at the end."""
        false = np.flatnonzero(~true)
        return int(false[-1]) + 1 if false.size else 0

    def _lowest(self) -> Lowest | None:
        return lowest_known(self.down, max(map(abs, self._place(0))), self._place(self.run.steps))


def _finite(values: Coordinates) -> bool:
    return all(math.isfinite(float(each)) for each in values)


def _is_constant(f: Function) -> bool:
    """Whether f has one value all over a square about the origin."""
    x = np.linspace(-4.0, 4.0, 9)
    with np.errstate(all="ignore"):
        heights = f.value(*np.meshgrid(x, x + 0.1))
    return bool(np.isfinite(heights).all()) and float(np.ptp(heights)) == 0.0
