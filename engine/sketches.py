"""A curve drawn by hand, and how it compares with the true one: sign, zeros, extrema, shape.

A sketch is heights over equally spaced places; between them it is straight. Lengths are shares of the panel
it was drawn in, so that what counts is what an eye would see.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from engine.errors import FormulaError
from engine.figure import Floats, View
from engine.text import Text

COLUMNS = 17
"""Places at which a sketch has a height."""

AXIS = 0.04
"""What lies closer to the axis than this share of the height has no sign worth judging."""

NEAR = 0.1
"""Zeros and extrema agree within this share of the width."""

EDGE = 0.07
"""So close to an edge, a zero or an extremum may be there or not."""

LEAST_TURN = 0.08
"""A curve turns where it comes back by this share of the height."""

MOSTLY = 0.85
"""The share of places that must agree for sign and shape to be right."""

_LONGEST = 500

Part = Literal["sign", "zeros", "extrema", "shape"]


class Sketch(msgspec.Struct, frozen=True):
    """Heights over COLUMNS places from x_low to x_high."""

    x_low: float
    x_high: float
    heights: tuple[float, ...]

    def places(self) -> Floats:
        """The places, from left to right."""
        return np.linspace(self.x_low, self.x_high, COLUMNS)

    def with_stroke(self, start: tuple[float, float], end: tuple[float, float]) -> Sketch:
        """The sketch after the pen went from one point to another: the columns it came over are set.

        A dot sets the column nearest to it.
        """
        (left, left_y), (right, right_y) = sorted((start, end))
        places, heights = self.places(), np.array(self.heights)
        if start == end:
            heights[np.argmin(np.abs(places - left))] = left_y
        slack = np.zeros(COLUMNS)
        slack[[0, -1]] = (self.x_high - self.x_low) / COLUMNS / 8  # no pen comes over an edge
        over = (places >= left - slack) & (places <= right + slack)
        heights[over] = np.interp(places[over], (left, right), (left_y, right_y))
        return Sketch(self.x_low, self.x_high, tuple(heights.tolist()))

    def with_height(self, column: int, height: float) -> Sketch:
        """The sketch with one column at another height."""
        heights = (*self.heights[:column], height, *self.heights[column + 1 :])
        return Sketch(self.x_low, self.x_high, heights)


class Compared(NamedTuple):
    """How one part of a sketch compares: whether it agrees, and what is said about it."""

    part: Part
    agrees: bool
    say: Text


def level(view: View) -> Sketch:
    """What drawing begins with: a line along the axis, or along the edge nearest to it."""
    height = min(max(0.0, view.y_low), view.y_high)
    return Sketch(view.x_low, view.x_high, (height,) * COLUMNS)


def written(sketch: Sketch) -> str:
    """The sketch as text, as a profile keeps it.

    >>> written(Sketch(0.0, 1.0, (0.5,) * 3))
    '0 1: 0.5 0.5 0.5'
    """
    ends = f"{sketch.x_low:.6g} {sketch.x_high:.6g}"
    return f"{ends}: " + " ".join(f"{height:.4g}" for height in sketch.heights)


def read(text: str) -> Sketch:
    """What `written` wrote; FormulaError if it is not that."""
    ends, _, heights = text[:_LONGEST].partition(":")
    try:
        numbers = [float(word) for word in (*ends.split(), *heights.split())]
    except ValueError:
        numbers = []
    if len(numbers) != COLUMNS + 2 or not all(map(math.isfinite, numbers)) or numbers[0] >= numbers[1]:
        raise FormulaError(Text("This is no sketch."), text[:60], (0, min(len(text), 60)))
    return Sketch(numbers[0], numbers[1], tuple(numbers[2:]))


def compare(sketch: Sketch, x: Floats, y: Floats, height: float, tolerance: float) -> tuple[Compared, ...]:
    """The sketch beside the true curve through (x, y), part by part; parts that say nothing are left out.

    x: ascending; NaN in y is a gap, where nothing is judged. height: of the panel.
    tolerance: the share of the height within which the sketch lies on the curve.
    """
    true = _Line(x, y, sketch.x_low, sketch.x_high, height)
    hand = _Line(sketch.places(), np.array(sketch.heights), sketch.x_low, sketch.x_high, height)
    parts = (
        _signs(hand, true),
        _zeros(hand, true),
        _extrema(hand, true),
        _shape(hand, true, tolerance),
    )
    return tuple(part for part in parts if part is not None)


class _Line(NamedTuple):
    """A curve through points, within the width and the height that it is judged in."""

    x: Floats
    y: Floats
    low: float
    high: float
    height: float

    def at(self, places: Floats) -> Floats:
        """The heights there; NaN within a gap and beyond the ends."""
        return np.interp(places, self.x, self.y, left=np.nan, right=np.nan)

    def inner(self, places: Sequence[float]) -> list[float]:
        """Those that are not at an edge."""
        edge = EDGE * (self.high - self.low)
        return [place for place in places if self.low + edge < place < self.high - edge]

    def zeros(self) -> list[float]:
        """Where it goes through the axis."""
        found = []
        side, last = 0.0, math.nan  # the last place that was clearly off the axis
        for x, y in zip(self.x, self.y, strict=True):
            if not abs(y) > 1e-9 * self.height:
                continue
            sign = math.copysign(1.0, y)
            if side and sign != side:
                found.append(_crossing(self.x, self.y, last, x))
            side, last = sign, x
        return [place for place in found if self.low <= place <= self.high]

    def turns(self) -> list[tuple[float, bool]]:
        """Where it turns, and whether at a top."""
        inside = (self.x >= self.low) & (self.x <= self.high) & np.isfinite(self.y)
        x, y = self.x[inside], self.y[inside]
        return [(float(x[place]), top) for place, top in _turns(y, LEAST_TURN * self.height)]


def _crossing(x: Floats, y: Floats, left: float, right: float) -> float:
    """Where the line between two places goes through 0; the middle where it stays there for a while."""
    low, high = np.interp(left, x, y), np.interp(right, x, y)
    return float(left + (right - left) * low / (low - high))


def _turns(y: Floats, least: float) -> list[tuple[int, bool]]:
    """Places of tops (True) and bottoms from which the curve comes back by `least`, in order."""
    found: list[tuple[int, bool]] = []
    low = high = 0
    for place, height in enumerate(y):
        high = place if height > y[high] else high
        low = place if height < y[low] else low
        rising = not found or not found[-1][1]
        falling = not found or found[-1][1]
        if rising and y[high] - height >= least:
            found.append((high, True))
            low = place
        elif falling and height - y[low] >= least:
            found.append((low, False))
            high = place
    return found[1:] if found and found[0][0] == 0 else found


def _signs(hand: _Line, true: _Line) -> Compared | None:
    places = hand.x
    expected, drawn = true.at(places), hand.at(places)
    clear = np.isfinite(expected) & (np.abs(expected) > AXIS * true.height)
    if not clear.any():
        return None
    same = np.sign(expected[clear]) == np.sign(drawn[clear])
    if same.mean() >= MOSTLY:
        return Compared("sign", True, Text("it is positive and negative where it should be"))
    place = float(places[clear][np.argmin(same)])
    words = {"x": _rounded(place, true)}
    if expected[clear][np.argmin(same)] > 0:
        return Compared("sign", False, Text("near x = {x} it must be above the axis", words))
    return Compared("sign", False, Text("near x = {x} it must be below the axis", words))


def _zeros(hand: _Line, true: _Line) -> Compared | None:
    expected, drawn = true.zeros(), hand.zeros()
    missing = _unmatched(true.inner(expected), drawn, true)
    extra = _unmatched(hand.inner(drawn), expected, true)
    if not true.inner(expected) and not extra:
        return None
    if missing:
        say = Text("it must go through the axis near x = {x}", {"x": _rounded(missing[0], true)})
    elif extra:
        say = Text("it must not go through the axis near x = {x}", {"x": _rounded(extra[0], true)})
    else:
        say = Text("it goes through the axis where it should")
    return Compared("zeros", not missing and not extra, say)


def _extrema(hand: _Line, true: _Line) -> Compared | None:
    say: Text | None = None
    any_expected = False
    for top in (True, False):
        expected = [place for place, is_top in true.turns() if is_top is top]
        drawn = [place for place, is_top in hand.turns() if is_top is top]
        missing = _unmatched(true.inner(expected), drawn, true)
        extra = _unmatched(hand.inner(drawn), expected, true)
        any_expected = any_expected or bool(true.inner(expected))
        if say is None and (missing or extra):
            say = _turn_words(missing, extra, top, true)
    if say is None and not any_expected:
        return None
    return Compared("extrema", say is None, say or Text("it turns where it should"))


def _turn_words(missing: list[float], extra: list[float], top: bool, true: _Line) -> Text:
    words = {"x": _rounded((missing or extra)[0], true)}
    if missing:
        said = "a top is missing near x = {x}", "a bottom is missing near x = {x}"
    else:
        said = "there is no top near x = {x}", "there is no bottom near x = {x}"
    return Text(said[0 if top else 1], words)


def _shape(hand: _Line, true: _Line, tolerance: float) -> Compared | None:
    expected, drawn = true.at(hand.x), hand.at(hand.x)
    judged = np.isfinite(expected)
    if not judged.any():
        return None
    misses = (drawn - expected)[judged]
    if (np.abs(misses) <= tolerance * true.height).mean() >= MOSTLY:
        return Compared("shape", True, Text("its height is about right everywhere"))
    worst = int(np.argmax(np.abs(misses)))
    words = {"x": _rounded(float(hand.x[judged][worst]), true)}
    if misses[worst] > 0:
        return Compared("shape", False, Text("near x = {x} it is too high", words))
    return Compared("shape", False, Text("near x = {x} it is too low", words))


def _unmatched(places: Sequence[float], others: Sequence[float], line: _Line) -> list[float]:
    """Those of `places` that none of `others` is near to; each of those serves once."""
    near = NEAR * (line.high - line.low)
    free = list(others)
    alone = []
    for place in places:
        closest = min(free, key=lambda other: abs(other - place), default=math.inf)
        if abs(closest - place) <= near:
            free.remove(closest)
        else:
            alone.append(place)
    return alone


def _rounded(place: float, line: _Line) -> float:
    """A place as one would say it: to a hundredth of the width."""
    digits = 2 - math.floor(math.log10(line.high - line.low))
    return round(place, digits - 1) + 0.0
