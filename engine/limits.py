"""The limit of a formula at a point or at infinity, from the left and from the right, told from its values.

The distance to the point shrinks along a ladder. Between every two rungs lies a shell, in which f is read at
several irregular places together with a bound for its rounding error, so that neither sin(π/x) on powers of
two nor (1 − cos x)/x² drowned in round-off is taken for what it is not. The shells decide:

* settles: what they hold comes together on one number, which the ε-algorithm finds before rounding does harm;
* unbounded: all of it leaves every bound, with one sign;
* oscillation: it keeps its range, however near the point;
* undefined: no value, or not everywhere, right beside the point;
* unclear: too slow or too noisy for numbers alone to tell.

The verdict takes milliseconds. What is unclear here, `engine.symbolic_limits` asks of SymPy, which may take
for ever.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.function import Function
from engine.rounding import bounded_values

Floats: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["settles", "unbounded", "oscillation", "undefined", "unclear"]
Direction: TypeAlias = Literal["left", "right"]
Side: TypeAlias = Literal["both", "left", "right"]
Reason: TypeAlias = Literal["none", "one-sided", "unbounded", "oscillation", "undefined"]

_IRREGULAR = np.concatenate([[0.0], np.sort(np.arange(1, 12) * 0.6180339887498949 % 1.0)])
"""Where in its shell f is read, as a share of the way to the next rung; 0 is the rung itself."""

_STEADY = np.arange(0.0, 49.0)
_NEARER = 2.0 ** np.arange(0.0, 9.6, 0.5)
_COARSEST = 10
"""Binary digits that the nearest distance has left beside the point: x = c + d is exact to 2⁻¹⁰ of d."""

_FEWEST = 6
"""Shells without which nothing is said."""

_CLEAR = 1e-5
"""A value whose rounding error is a larger share of it says nothing about growth or range."""

_CLOSE = 1e-6
"""Uncertainty, as a share of the size, with which a limit is called found."""

_EXACT = 1e-13
"""A rounding error of this share of the numbers on the way is none: 1 − 1 may be 1e-16."""

_LARGEST_SCALE = 1e3

_SURE = 1e-9
_NOTHING = 1e-250
_NEARING = 0.95
"""What the distance to the limit must have shrunk to over a third of the shells."""

_LARGEST_DENOMINATOR = 60
_SNAPPED = 3e-7


class OneSided(NamedTuple):
    """What becomes of f on one side of a point.

    value: the limit, finite where f settles, ±inf where it leaves every bound, else NaN.
    uncertainty: how far off the value may be.
    """

    kind: Kind
    value: float = math.nan
    uncertainty: float = 0.0


class Limit(NamedTuple):
    """A limit as asked for, from one side or from both.

    value: the number; ±inf where f leaves every bound on each side asked for, with one sign; else NaN.
    reason: "none" where the limit exists; None where the numbers alone cannot tell.
    """

    left: OneSided
    right: OneSided
    value: float
    reason: Reason | None

    @property
    def exists(self) -> bool | None:
        """Whether the limit is a number; None if that is not known."""
        return None if self.reason is None else self.reason == "none"


def limit_of(f: Function, c: float, side: Side = "both") -> Limit:
    """lim f(x) as x → c; c may be ±inf, which has one side only.

    Asked from both sides, a limit exists where both one-sided ones do and agree. "one-sided" says that both
    exist and differ, "undefined" that f has no values right beside c on a side asked for.

    >>> from engine.function import function
    >>> limit_of(function("sin(x)/x"), 0.0).value, limit_of(function("step(x)"), 0.0).reason
    (1.0, 'one-sided')
    """
    return combined(one_sided(f, c, "left"), one_sided(f, c, "right"), c, side)


def combined(left: OneSided, right: OneSided, c: float, side: Side) -> Limit:
    """The limit from `side`, of what is known from both."""
    if math.isinf(c):
        side = "left" if c > 0 else "right"
    asked = {"both": (left, right), "left": (left,), "right": (right,)}[side]
    kinds = {each.kind for each in asked}
    for reason in ("undefined", "oscillation"):
        if reason in kinds:
            return Limit(left, right, math.nan, reason)
    if "unclear" in kinds:
        return Limit(left, right, math.nan, None)
    if "unbounded" in kinds:
        return Limit(
            left, right, asked[0].value if asked[0].value == asked[-1].value else math.nan, "unbounded"
        )
    apart = abs(asked[0].value - asked[-1].value)
    allowed = sum(each.uncertainty for each in asked) + 1e-9 * max(abs(each.value) for each in asked)
    if apart > allowed:
        return Limit(left, right, math.nan, "one-sided")
    return Limit(left, right, min(asked, key=lambda each: each.uncertainty).value, "none")


@lru_cache(maxsize=512)
def one_sided(f: Function, c: float, direction: Direction) -> OneSided:
    """The limit of f as x → c from one side. +inf has a left side only, −inf a right one."""
    if math.isinf(c) and (c > 0) != (direction == "left"):
        return OneSided("undefined")
    with np.errstate(all="ignore"):
        verdict = _judged(_read(f, c, direction, _STEADY))
        if verdict.kind == "unclear" or verdict.uncertainty > _SURE * max(1.0, abs(verdict.value)):
            # ln ln x and 1/ln x move with the exponent of the distance: rungs that square it show them move.
            other = _judged(_read(f, c, direction, _NEARER))
            settled_both = verdict.kind == other.kind == "settles"
            if verdict.kind == "unclear" or (settled_both and other.uncertainty < verdict.uncertainty):
                verdict = other
    return verdict


def place(c: float, direction: Direction, distance: Floats) -> Floats:
    """The points at these distances from c on one side; near ±inf the distance of x is 1/|x|.

    >>> place(math.inf, "left", np.array([0.01])).tolist(), place(3.0, "left", np.array([0.5])).tolist()
    ([100.0], [2.5])
    """
    if math.isinf(c):
        return np.copysign(1.0 / distance, c)
    points: Floats = c - distance if direction == "left" else c + distance
    return points


def nearest_distance(c: float) -> float:
    """The distance below which points beside c are no longer told apart well enough.

    >>> nearest_distance(1.0) == 2.0**-42
    True
    """
    if c == 0.0 or math.isinf(c):
        return 2.0**-1000
    return math.ulp(c) * 2.0**_COARSEST


class _Shells(NamedTuple):
    """f read along a ladder, a row for each shell, its first column on the rungs.

    value: NaN where nothing is known. sign: of what is too large to be a number, else 0. scale: the largest
    number met on the way to the value, 1000 at most, since x itself goes to infinity.
    """

    value: Floats
    error: Floats
    sign: Floats
    scale: Floats
    undefined: NDArray[np.bool_]


def _read(f: Function, c: float, direction: Direction, exponents: Floats) -> _Shells:
    """The values in the shells between distances 2⁻ᵉ, as far as floats can tell them apart."""
    finest = -math.log2(nearest_distance(c))
    exponents = exponents[exponents < finest]
    rungs = np.append(exponents, 2 * exponents[-1] - exponents[-2])
    within = rungs[:-1, None] + np.diff(rungs)[:, None] * _IRREGULAR
    x = place(c, direction, 2.0**-within)
    read = bounded_values(f.node, {f.variables[0]: x})
    raw = np.broadcast_to(f.value(x), x.shape)
    known = read.known & np.isfinite(raw)
    sign = np.where(np.isinf(raw) & ~read.undefined, np.sign(raw), 0.0)
    return _Shells(
        value=np.where(known, raw, math.nan),
        error=np.where(known, read.error, math.inf),
        sign=sign,
        scale=np.where(known, np.minimum(read.scale, _LARGEST_SCALE), math.nan),
        undefined=read.undefined,
    )


def _judged(shells: _Shells) -> OneSided:
    tail = slice(-max(3, len(shells.value) // 4), None)
    if shells.undefined[tail].any(axis=1).all():
        return OneSided("undefined")
    if (shells.sign[tail] != 0).all():
        same = abs(shells.sign[tail].sum()) == shells.sign[tail].size
        infinite = math.copysign(math.inf, shells.sign[-1, 0])
        return OneSided("unbounded", infinite) if same else OneSided("oscillation")
    usable = _usable(shells)
    if usable.stop - usable.start < _FEWEST:
        return OneSided("unclear")
    # farther out f may be something else: a stair of floor, the flat half of relu
    length = usable.stop - usable.start
    for start in (usable.start + length * part // 4 for part in range(4)):
        nearer = slice(start, usable.stop)
        found = _settled(shells, nearer) if nearer.stop - nearer.start >= _FEWEST else None
        if found is not None:
            return found
    return _restless(shells.value[usable])


def _usable(shells: _Shells) -> slice:
    """The shells that say something: the longest run of them filled by f and not drowned in rounding."""
    size = np.abs(shells.value).max(axis=1)
    error = shells.error.max(axis=1)
    filled = np.isfinite(size)
    first = size[filled][0] if filled.any() else 0.0
    exact = error <= np.maximum(_EXACT * shells.scale.max(axis=1), _NOTHING)
    clear = filled & ((error <= _CLEAR * size) | (error <= 1e-9 * first) | exact)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], clear, [False]]).astype(np.int8)))
    runs = [slice(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    return max(runs, key=lambda run: run.stop - run.start, default=slice(0, 0))


def _settled(shells: _Shells, usable: slice) -> OneSided | None:
    """The number that the shells come together on, if they do."""
    value, error = shells.value[usable], shells.error[usable]
    limit, uncertainty = _extrapolated(value[:, 0], error[:, 0])
    # a logarithm's slow approach deceives the algorithm; a number that moves on with more shells is no limit
    earlier = len(value) - len(value) // 6
    uncertainty = max(uncertainty, abs(limit - _extrapolated(value[:earlier, 0], error[:earlier, 0])[0]))
    middle, spread = _narrowest(shells, usable.start)
    if spread < uncertainty:
        limit, uncertainty = middle, spread
    size = max(abs(limit), float(np.abs(value[:4]).max()))
    scale = float(shells.scale[usable].max(axis=1).min())
    if uncertainty > max(_CLOSE * size, _EXACT * scale, _NOTHING):
        return None
    away = np.abs(value - limit).max(axis=1)
    allowed = 4 * uncertainty + 4 * error.max(axis=1)
    third = len(away) // 3
    early, late = away[third : 2 * third].max(), away[-third:].max()
    if away[-1] <= allowed[-1] or (late <= _NEARING * early and away[-1] <= away[0]):
        return OneSided("settles", _rounder(limit, uncertainty), uncertainty)
    return None


def _narrowest(shells: _Shells, start: int) -> tuple[float, float]:
    """The middle of the shell from `start` on that leaves f the least room, and that room with rounding."""
    value, error = shells.value[start:], shells.error[start:]
    low, high = value - error, value + error
    room = np.where(np.isnan(value), math.inf, high - low).max(axis=1)
    room = np.maximum(room, high.max(axis=1) - low.min(axis=1))
    room = np.where(np.isfinite(room), room, math.inf)
    best = int(np.argmin(room))
    return float(low[best].min() / 2 + high[best].max() / 2), float(room[best])


def _extrapolated(sequence: Floats, error: Floats) -> tuple[float, float]:
    """The limit of a sequence by Wynn's ε-algorithm, and its uncertainty.

    ε₋₁ = 0, ε₀ = s, εⱼ₊₁(n) = εⱼ₋₁(n+1) + 1/(εⱼ(n+1) − εⱼ(n)); even columns approach the limit. Of all its
    entries the one is taken that agrees best with its neighbour, rounding counted in.
    Source: P. Wynn, "On a device for computing the e_m(S_n) transformation" (1956).
    """
    best, uncertainty = float(sequence[-1]), math.inf
    before, now = np.zeros(sequence.size + 1), sequence
    for column in range(min(13, sequence.size - 1)):
        difference = np.diff(now)
        if column % 2 == 0:
            # each pair of columns takes weighted differences once more, in which noise grows
            noise = 2.0 ** (column + 1) * np.maximum(error[:-1], error[1:])[-difference.size :]
            gap = np.where(np.isfinite(difference), np.abs(difference) + noise, math.inf)
            nearest = int(np.argmin(gap))
            if gap[nearest] < uncertainty:
                best, uncertainty = float(now[nearest + 1]), float(gap[nearest])
        if difference.size < 2:
            break
        before, now = now, before[1:-1] + 1.0 / difference
    return best, uncertainty


def _restless(value: Floats) -> OneSided:
    """Shells that do not settle: they leave every bound, keep their range, or cannot be told."""
    size = np.abs(value).min(axis=1)
    third = len(size) // 3
    one_sign = bool((value[-third:] > 0).all() or (value[-third:] < 0).all())
    growth = np.diff(size[-third:])
    if one_sign and growth.size > 1 and (growth > 0).all() and _keeps_growing(growth):
        return OneSided("unbounded", math.copysign(math.inf, value[-1, 0]))
    groups = [group for group in np.array_split(value, 4) if group.size]
    low, high = np.array([group.min() for group in groups]), np.array([group.max() for group in groups])
    span, middle = high - low, (high + low) / 2
    returns = bool((low[-1] < middle[1:-1]).all() and (middle[1:-1] < high[-1]).all())
    if span[-1] >= 0.5 * span[1] and returns:
        return OneSided("oscillation")
    return OneSided("unclear")


def _keeps_growing(growth: Floats) -> bool:
    """Whether steps outwards do not fade: those of a logarithm stay as they are, those of a pole grow."""
    half = growth.size // 2
    return bool(growth[half:].mean() >= 0.9 * growth[:half].mean())


def _rounder(value: float, uncertainty: float) -> float:
    """0 or a fraction of small whole numbers, where one is within the uncertainty; else the value.

    The last digits of an extrapolated 1/6 are noise; that such a fraction stands there by chance is as
    unlikely as the uncertainty is small.
    """
    if abs(value) <= 4 * uncertainty:
        return 0.0
    if not uncertainty < _SNAPPED * max(1.0, abs(value)) or abs(value) > 1e9:
        return value
    near = float(Fraction(value).limit_denominator(_LARGEST_DENOMINATOR))
    return near if abs(near - value) <= 4 * uncertainty else value
