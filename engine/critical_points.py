"""Where a function of one variable turns and bends: the zeros of f′ and f″ found, classified, and drawn from.

    critical point     f′(x) = 0, or f is continuous at x and f′ does not exist there
    local maximum      f′(x) = 0 and f″(x) < 0; without f′, where f rises before x and falls after it
    local minimum      the same turned over
    undecided          f′(x) = 0 and f″(x) = 0 or missing (x⁴ and x³ at 0 look alike to this test); or a
                       corner that is no extremum. `before` and `after` tell what the signs of f′ show
    inflection         f″ changes sign at x, and f′(x) is not 0
    end                an end of the interval, or of the domain of f within it, at which f has a value

The second-derivative test is the textbook's, decided within the bounds of rounding: f″ counts as 0 where its
value, or its change over the neighbouring floats, cannot be told from 0. What happens between two of about
1200 samples is found only if f″ tells of it; where f turns faster than that, nothing is listed, and
`Shape.unresolved` says where.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.breaks import Array, Break, Values, domain_edges, judged, limit, tidy
from engine.function import Function
from engine.rounding import bounded_values
from engine.sampling import SampledCurve, grid, sample_curve
from engine.sign_changes import SignChanges, Zero, sign_changes, simplest, sure_signs

Kind: TypeAlias = Literal["local maximum", "local minimum", "inflection", "undecided", "end"]

SAMPLES = 1201
MOST_POINTS = 60
"""More of them than this are no list that anybody reads."""

_SAME = 1e-9  # of the interval: nearer to each other, two places are one
_BESIDE = 1e-4  # of the interval: where the sides of a place are looked at
_HALVING = 0.5 ** np.arange(6.0, 25.0)  # in samples: where the end of a domain is approached
_NEIGHBOURS = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])  # units in the last place
_UNRESOLVED_SHARE = 5  # intervals between samples in which f′ does not follow f″, before it is said


class SpecialPoint(NamedTuple):
    """A point of the graph with its kind. slope and curvature are NaN where f has none.

    before, after: the sign of f′ on either side; 0 where f is level, has no slope, or is not looked at.
    """

    x: float
    value: float
    kind: Kind
    slope: float
    curvature: float
    before: int = 0
    after: int = 0


class Stretch(NamedTuple):
    """An interval on which f′ or f″ keeps one sign: −1, 0 or 1."""

    low: float
    high: float
    sign: int


class Shape(NamedTuple):
    """What is known of f on an interval, in the order of x.

    slopes, bends: where f′ and f″ keep one sign; places without a value are left out.
    corners: (x, slope on the left, slope on the right), where f is continuous without a slope; ±∞ is upright.
    breaks: where f has no value, or jumps.
    unresolved: (low, high) within which f turns too fast to be followed; None where there is no such place.
    """

    points: tuple[SpecialPoint, ...]
    slopes: tuple[Stretch, ...]
    bends: tuple[Stretch, ...]
    corners: tuple[tuple[float, float, float], ...] = ()
    breaks: tuple[float, ...] = ()
    unresolved: tuple[float, float] | None = None


def covering(low: float, high: float, parts: int = 8) -> tuple[float, float]:
    """The smallest interval over this one with ends on whole multiples of 2ᵏ, about one of its `parts`.

    It stands still while an end moves a little, so that neither the picture nor what is known of f changes.

    >>> covering(-3.0, 3.0), covering(0.0, 9.42)
    ((-3.0, 3.0), (0.0, 10.0))
    """
    step = 2.0 ** math.ceil(math.log2((high - low) / parts))
    return math.floor(low / step) * step, math.ceil(high / step) * step


@lru_cache(maxsize=128)
def shape_of(f: Function, low: float, high: float) -> Shape:
    """What f does on [low, high], low < high: its special points with the ends, and where it rises and bends.

    f has one variable. Costly the first time (5 to 30 ms), quick while the interval stays within `covering`.

    >>> from engine.function import function
    >>> shape = shape_of(function("x^3 - 3x"), -3.0, 3.0)
    >>> [(point.x, point.kind) for point in shape.points[1:-1]]
    [(-1.0, 'local maximum'), (0.0, 'inflection'), (1.0, 'local minimum')]
    >>> [(stretch.low, stretch.high, stretch.sign) for stretch in shape.slopes]
    [(-3.0, -1.0, 1), (-1.0, 1.0, -1), (1.0, 3.0, 1)]
    """
    low, high = float(low), float(high)
    known = _shape(f, *covering(low, high))
    near = _SAME * (high - low)
    inner = [point for point in known.points if low + near < point.x < high - near]
    ends = [_end(f, x) for x in (low, high) if math.isfinite(f.value_at(x))]
    return known._replace(
        points=tuple(sorted([*inner, *ends])),
        slopes=_cut(known.slopes, low, high),
        bends=_cut(known.bends, low, high),
        corners=tuple(corner for corner in known.corners if low <= corner[0] <= high),
        breaks=tuple(x for x in known.breaks if low <= x <= high),
        unresolved=known.unresolved if _meets(known.unresolved, low, high) else None,
    )


@lru_cache(maxsize=64)
def _shape(f: Function, low: float, high: float) -> Shape:
    look = _Look(f, low, high)
    corners = look.corners()
    unresolved = look.unresolved([*(each.x for each in corners), *look.gaps])
    nothing = Shape((), (), (), breaks=look.gaps, unresolved=(low, high))
    if unresolved is not None and unresolved[1] - unresolved[0] > (high - low) / 2:
        return nothing
    inflections = look.changes(2)
    slopes = look.changes(1, [zero.x for zero in inflections.zeros])
    if len(slopes.zeros) + len(inflections.zeros) + len(corners) > MOST_POINTS:
        return nothing
    bends = [*(zero.x for zero in _crossed(inflections)), *look.kinks]
    points = [*look.ends(), *look.critical(slopes.zeros)]
    points += [point for each in corners if (point := look.at_corner(each, slopes)) is not None]
    points += look.inflections(bends)
    cuts = [*look.gaps, *(each.x for each in corners)]
    return Shape(
        points=tuple(_distinct(points, _SAME * (high - low), unresolved)),
        slopes=() if unresolved else look.stretches(1, slopes, cuts),
        bends=() if unresolved else look.stretches(2, inflections, [*cuts, *look.kinks]),
        corners=tuple((each.x, each.left, each.right) for each in corners if not _is_hole(each)),
        breaks=look.gaps,
        unresolved=unresolved,
    )


class _Look:
    """f, f′ and f″ on the samples of an interval, with the places at which each of them breaks."""

    def __init__(self, f: Function, low: float, high: float) -> None:
        self.f = f
        self.low, self.high = low, high
        self.x = grid(low, high, SAMPLES)
        self.spacing = (high - low) / (SAMPLES - 1)
        self.variable = f.variables[0]
        self.nodes = [f.derivative_node(order) for order in range(3)]
        self.values: list[Values] = [_spread(f, order) for order in range(3)]
        self.samples = [values(self.x) for values in self.values]
        self.defined = np.isfinite(self.samples[0])
        self.curves = [sample_curve(values, low, high) for values in self.values]
        self.gaps = tuple(_broken(self.curves[0]))
        self.crossings = np.flatnonzero(self.defined[1:] != self.defined[:-1])
        self.edges, _ = domain_edges(self.values[0], self.x, self.samples[0], self.crossings)
        near_gaps = partial(_near_any, places=self.gaps, within=self.spacing)
        self.rough = [x for x in _broken(self.curves[1]) if not near_gaps(x)]
        near_rough = partial(_near_any, places=[*self.gaps, *self.rough], within=self.spacing)
        self.kinks = [x for x in _broken(self.curves[2]) if not near_rough(x)]

    def changes(self, order: int, more: list[float] | None = None) -> SignChanges:
        """The zeros of f′ or f″ among the samples and these places more."""
        x, defined = self.x, self.defined
        if more:
            x = np.unique(np.concatenate([x, more]))
            defined = np.isfinite(self.values[0](x))
        return sign_changes(self.nodes[order], self.variable, x, defined)

    def critical(self, zeros: Sequence[Zero]) -> list[SpecialPoint]:
        """The points at zeros of f′, by the second-derivative test."""
        found = []
        for zero, vanishes in zip(zeros, self._vanish(2, zeros), strict=True):
            value, curvature = self.f.value_at(zero.x), self.f.derivative_at(zero.x, 2)
            kind: Kind = "undecided"
            if math.isfinite(curvature) and vanishes:
                curvature = 0.0
            elif math.isfinite(curvature):
                kind = "local maximum" if curvature < 0 else "local minimum"
            if math.isfinite(value):
                value = _clean(self.values[0], zero.x)
                point = SpecialPoint(zero.x, value, kind, 0.0, curvature, zero.before, zero.after)
                found.append(point)
        return found

    def inflections(self, places: Sequence[float]) -> list[SpecialPoint]:
        """The points where f″ changes its sign, but for those where f′ is 0 or missing."""
        zeros = [Zero(x, x, x, *signs) for x, signs in zip(places, self._signs(2, places), strict=True)]
        found = []
        for zero, vanishes in zip(zeros, self._vanish(1, zeros), strict=True):
            value, slope = self.f.value_at(zero.x), self.f.derivative_at(zero.x)
            known = math.isfinite(value) and math.isfinite(slope) and not vanishes
            if known and zero.before * zero.after < 0:
                sign = int(math.copysign(1, slope))
                curvature = 0.0 if math.isfinite(self.f.derivative_at(zero.x, 2)) else math.nan
                value = _clean(self.values[0], zero.x)
                found.append(SpecialPoint(zero.x, value, "inflection", slope, curvature, sign, sign))
        return found

    def at_corner(self, corner: Break, slopes: SignChanges) -> SpecialPoint | None:
        """The point where f′ is missing though f is continuous."""
        x, value = corner.x, self.f.value_at(corner.x)
        ((before, after),) = self._signs(1, [x])
        kind: Kind = "undecided"
        bent = math.prod(*self._signs(2, [x])) < 0
        if _is_hole(corner):  # by the mean value theorem the limit of f′ is the slope
            slope = (corner.left + corner.right) / 2
            if abs(slope) > 1e-9 * self._size(1):
                point = SpecialPoint(x, value, "inflection", slope, math.nan, before, after)
                return point if bent else None
            level = _near_any(x, [end for flat in slopes.flats for end in flat], 2 * self.spacing)
            return None if level else SpecialPoint(x, value, kind, 0.0, math.nan, before, after)
        if before * after < 0:
            kind = "local maximum" if before > 0 else "local minimum"
        elif math.isinf(corner.left) and corner.left == corner.right and bent:
            kind = "inflection"
        return SpecialPoint(x, value, kind, math.nan, math.nan, before, after)

    def corners(self) -> list[Break]:
        """The places at which f is continuous and f′ is not, with the limits of f′."""
        found = judged(self.values[1], self.rough, self.spacing, self._size(1)) if self.rough else []
        return [each for each in found if math.isfinite(self.f.value_at(each.x))]

    def ends(self) -> list[SpecialPoint]:
        """The ends of the domain of f within the interval, where f has a value there."""
        found = []
        for x, edge in zip(self.edges.tolist(), self.crossings.tolist(), strict=True):
            slack = max(4.0 * np.spacing(abs(x)), 2.0**-50 * self.spacing)
            x = simplest(x, x - slack, x + slack)
            near = x + (1.0 if self.defined[edge + 1] else -1.0) * self.spacing * _HALVING
            value, reached, slope = (
                self.f.value_at(x),
                limit(self.values[0](near), self._size(0)),
                limit(self.values[1](near), self._size(1)),
            )
            beside_gap = _near_any(x, self.gaps, self.spacing)
            if beside_gap or not abs(value - reached) <= 1e-3 * (self._size(0) + abs(value)):
                continue
            end = _end(self.f, x)
            if math.isinf(slope):  # only rounding has made it finite, and the value not 0
                end = end._replace(value=tidy(reached, self._size(0)), slope=math.nan, curvature=math.nan)
            found.append(end)
        return found

    def stretches(self, order: int, changes: SignChanges, cuts: list[float]) -> tuple[Stretch, ...]:
        """Where f′ or f″ keeps one sign. A zero that is only touched parts nothing."""
        places = [*cuts, *(zero.x for zero in _crossed(changes))]
        places += [end for flat in changes.flats for end in flat]
        places += [x for x in self.edges.tolist() if not _near_any(x, self.gaps, self.spacing)]
        marks = np.unique([self.low, *places, self.high])
        middles = (marks[1:] + marks[:-1]) / 2
        # off the middle: there symmetric functions are at their zeros
        middles += 0.0137 * (marks[1:] - marks[:-1])
        signs = sure_signs(self.nodes[order], self.variable, middles)
        signs = np.where(np.isfinite(self.values[0](middles)), signs, math.nan)
        parts: list[Stretch] = []
        for a, b, sign in zip(marks.tolist(), marks[1:].tolist(), signs.tolist(), strict=False):
            if not math.isfinite(sign):
                continue
            if parts and parts[-1].high == a and parts[-1].sign == sign and a not in self.gaps:
                a = parts.pop().low
            parts.append(Stretch(a, b, int(sign)))
        return tuple(parts)

    def unresolved(self, known: list[float]) -> tuple[float, float] | None:
        """Where f′ does not follow f″ from sample to sample, though nothing breaks there."""
        slope, bend = self.samples[1], self.samples[2]
        with np.errstate(all="ignore"):
            steps = np.diff(self.x)
            rise, expected = np.diff(slope), steps * (bend[1:] + bend[:-1]) / 2
            size = np.abs(rise) + np.abs(expected)
            off = (np.abs(rise - expected) > 0.5 * size) & (size > 1e-3 * self._size(1))
        places = np.flatnonzero(off)
        alone = [k for k in places.tolist() if not _near_any(self.x[k], known, 3 * self.spacing)]
        if len(alone) <= _UNRESOLVED_SHARE:
            return None
        return float(self.x[alone[0]]) - self.spacing, float(self.x[alone[-1] + 1]) + self.spacing

    def _signs(self, order: int, places: Sequence[float]) -> list[tuple[int, int]]:
        """The signs of f′ or f″ on both sides of each place."""
        reach = _BESIDE * (self.high - self.low)
        beside = (np.array(places, dtype=float)[:, None] + [-reach, reach]).ravel()
        signs = sure_signs(self.nodes[order], self.variable, beside)
        pairs = np.where(np.isfinite(signs), signs, 0.0).astype(int).reshape(-1, 2)
        return [(before, after) for before, after in pairs.tolist()]

    def _vanish(self, order: int, zeros: Sequence[Zero]) -> list[bool]:
        """Whether the value at each cannot be told from 0: by rounding, or since its x is but a float."""
        x = np.array([zero.x for zero in zeros], dtype=float)[:, None]
        ends = np.array([(zero.low, zero.high) for zero in zeros], dtype=float).reshape(-1, 2)
        places = np.concatenate([ends, x + _NEIGHBOURS * np.spacing(np.abs(x))], axis=1)
        bounded = bounded_values(self.nodes[order], {self.variable: places.ravel()})
        value = self.values[order](places)
        centre = value[:, 4:5]
        unsure = (bounded.known & (np.abs(bounded.value) <= bounded.error)).reshape(places.shape).any(axis=1)
        moving = np.abs(value[:, 2:] - centre).max(axis=1) >= np.abs(centre[:, 0])
        crossing = np.ptp(np.sign(value), axis=1) != 0.0
        return [bool(each) for each in unsure | moving | crossing]

    def _size(self, order: int) -> float:
        """How high the bulk of the samples is."""
        known = np.abs(self.samples[order][np.isfinite(self.samples[order])])
        return float(np.quantile(known, 0.9)) if known.size else 1.0


def _spread(f: Function, order: int) -> Values:
    """f, f′ or f″ on arrays, NaN where f has no value."""

    def values(x: Array) -> Array:
        at = f.derivative(x, order) if order else f.value(x)
        return np.array(np.broadcast_to(at, x.shape), dtype=float)

    return values


def _broken(curve: SampledCurve) -> list[float]:
    return sorted({*(x for x, _ in curve.holes), *(end.x for end in curve.ends), *curve.poles})


def _is_hole(found: Break) -> bool:
    """Whether both sides have one finite limit."""
    both = math.isfinite(found.left) and math.isfinite(found.right)
    return both and abs(found.left - found.right) <= 1e-6 * (1.0 + abs(found.left))


def _near_any(x: float, places: Sequence[float], within: float) -> bool:
    return any(abs(x - place) <= within for place in places)


def _crossed(changes: SignChanges) -> list[Zero]:
    return [zero for zero in changes.zeros if zero.before != zero.after]


def _end(f: Function, x: float) -> SpecialPoint:
    value, slope, curvature = (_clean(_spread(f, order), x) for order in range(3))
    return SpecialPoint(x, value, "end", slope, curvature)


def _clean(values: Values, x: float) -> float:
    """The value at x; 0 where the neighbouring floats change it by as much, NaN where it is not finite."""
    beside = values(x + _NEIGHBOURS * np.spacing(abs(x)))
    value = float(beside[_NEIGHBOURS.size // 2])
    if not math.isfinite(value):
        return math.nan
    change = np.abs(beside - value)
    return 0.0 if abs(value) <= np.max(change, where=np.isfinite(change), initial=0.0) else value


def _distinct(
    points: list[SpecialPoint], within: float, unresolved: tuple[float, float] | None
) -> list[SpecialPoint]:
    """The points in order that can be relied on; of those at one place only the first that was listed."""
    low, high = unresolved or (math.inf, -math.inf)
    kept: list[SpecialPoint] = []
    for point in points:
        if not (low <= point.x <= high or _near_any(point.x, [each.x for each in kept], within)):
            kept.append(point)
    return sorted(kept)


def _cut(stretches: tuple[Stretch, ...], low: float, high: float) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(max(each.low, low), min(each.high, high), each.sign)
        for each in stretches
        if each.low < high and each.high > low
    )


def _meets(interval: tuple[float, float] | None, low: float, high: float) -> bool:
    return interval is not None and interval[0] < high and interval[1] > low
