"""Drawings by hand beside true curves: what an eye would say of them, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.errors import FormulaError
from engine.figure import View
from engine.sketches import COLUMNS, Sketch, compare, level, read, written

X = np.linspace(0.0, 2 * math.pi, 400)
COSINE = np.cos(X)
PLACES = np.linspace(0.0, 2 * math.pi, COLUMNS)


def drawn(heights) -> Sketch:
    return Sketch(0.0, 2 * math.pi, tuple(np.asarray(heights, dtype=float).tolist()))


def parts(sketch: Sketch, y=COSINE, tolerance: float = 0.15) -> dict[str, bool]:
    """Part → whether it agrees, in a panel from −1.2 to 1.2."""
    return {part.part: part.agrees for part in compare(sketch, X, y, 2.4, tolerance)}


def said(sketch: Sketch, part: str, y=COSINE) -> str:
    return next(str(one.say) for one in compare(sketch, X, y, 2.4, 0.15) if one.part == part)


def test_the_curve_itself_agrees_in_every_part():
    assert parts(drawn(np.cos(PLACES))) == {"sign": True, "zeros": True, "extrema": True, "shape": True}


def test_a_trembling_hand_is_right():
    trembling = np.cos(PLACES) + 0.06 * (-1.0) ** np.arange(COLUMNS)
    assert all(parts(drawn(trembling)).values())


def test_half_as_high_has_everything_but_the_height():
    assert parts(drawn(0.3 * np.cos(PLACES))) == {
        "sign": True,
        "zeros": True,
        "extrema": True,
        "shape": False,
    }


def test_the_function_instead_of_its_slope_goes_through_the_axis_elsewhere():
    found = parts(drawn(np.sin(PLACES)))
    assert not any(found[part] for part in ("sign", "zeros", "extrema", "shape"))


def test_the_negative_turns_at_the_wrong_side():
    found = parts(drawn(-np.cos(PLACES)))
    assert found["zeros"]
    assert not found["sign"]
    assert not found["extrema"]


def test_a_flat_line_is_not_right():
    assert not all(parts(level(View(0.0, 2 * math.pi, -1.2, 1.2))).values())


@pytest.mark.parametrize(
    ("heights", "part", "words"),
    [
        (np.abs(np.cos(PLACES)), "zeros", "it must go through the axis near x = 1.6"),
        (np.cos(PLACES) + 0.6, "shape", "it is too high"),
        (np.cos(PLACES) - 0.6, "shape", "it is too low"),
        (np.full(COLUMNS, 0.8), "sign", "near x = 2 it must be below the axis"),
        (np.full(COLUMNS, 0.8), "extrema", "a bottom is missing near x = 3.1"),
    ],
)
def test_what_is_missing_is_named_with_its_place(heights, part, words):
    assert words in said(drawn(heights), part)


def test_a_straight_line_has_no_extrema_to_find():
    line = 0.3 * (X - math.pi)
    found = parts(drawn(0.3 * (PLACES - math.pi)), line)
    assert found == {"sign": True, "zeros": True, "shape": True}


def test_a_turn_that_is_not_there_is_named():
    line = np.full_like(X, 0.8)
    sketch = drawn(np.where(np.arange(COLUMNS) == 8, -0.2, 0.8))
    assert not parts(sketch, line)["extrema"]
    assert "there is no bottom near x = 3.1" in said(sketch, "extrema", line)


def test_a_gap_is_not_judged():
    gapped = np.where((X > 2.0) & (X < 4.0), np.nan, COSINE)
    wild = np.where((PLACES > 2.0) & (PLACES < 4.0), 1.0, np.cos(PLACES))
    assert parts(drawn(wild), gapped)["shape"]
    assert parts(drawn(wild), gapped)["sign"]


def test_beyond_the_ends_of_the_curve_nothing_is_judged():
    inside = (X > 1.0) & (X < 5.0)
    wild = np.where((PLACES > 1.0) & (PLACES < 5.0), np.cos(PLACES), -1.0)
    found = {one.part: one.agrees for one in compare(drawn(wild), X[inside], COSINE[inside], 2.4, 0.15)}
    assert found["sign"]
    assert found["shape"]


def test_a_stroke_sets_the_columns_on_its_way():
    flat = Sketch(0.0, 16.0, (0.0,) * COLUMNS)
    stroke = flat.with_stroke((6.0, 3.0), (2.0, 1.0))
    assert stroke.heights[:8] == (0.0, 0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 0.0)
    assert flat.with_stroke((4.2, 7.0), (4.2, 7.0)).heights[3:6] == (0.0, 7.0, 0.0)


def test_what_is_written_is_read():
    sketch = drawn(np.round(np.sin(PLACES), 3))
    again = read(written(sketch))
    assert again.heights == pytest.approx(sketch.heights)
    assert (again.x_low, again.x_high) == pytest.approx((0.0, 2 * math.pi), rel=1e-5)


@pytest.mark.parametrize(
    "text", ["", "2x", "0 1: 1 2", "1 0: " + "0 " * 17, "0 1: " + "nan " * 17, "0 1: " + "1e999 " * 17]
)
def test_what_is_no_sketch_is_refused(text):
    with pytest.raises(FormulaError):
        read(text)
