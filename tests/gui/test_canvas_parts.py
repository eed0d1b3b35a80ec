"""Ticks, labels, the arrangement of panels: pure parts of the canvas."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from engine.figure import Curve, Panel, Role, View
from gui.canvas.arrange import arranged
from gui.canvas.item import same_data
from gui.canvas.labels import Request, place_labels
from gui.canvas.ticks import linear_ticks, log_ticks
from gui.canvas.wording import plain


@pytest.mark.parametrize(
    ("low", "high", "about", "expected"),
    [
        (0.0, 10.0, 5, "0 2 4 6 8 10"),
        (-1.0, 3.0, 8, "−1.0 −0.5 0 0.5 1.0 1.5 2.0 2.5 3.0"),
        (0.0, 0.001, 5, "0 0.0002 0.0004 0.0006 0.0008 0.0010"),
        (0.0, 4e6, 4, "0 1×10⁶ 2×10⁶ 3×10⁶ 4×10⁶"),
        (1.00001, 1.00003, 2, "1.00001 1.00002 1.00003"),
        (-3e-7, 3e-7, 3, "−2×10⁻⁷ 0 2×10⁻⁷"),
    ],
)
def test_linear_ticks(low, high, about, expected):
    assert " ".join(tick.text for tick in linear_ticks(low, high, about)) == expected


@pytest.mark.parametrize(
    ("low", "high", "about", "expected"),
    [
        (-6.0, 2.0, 9, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 1 10 10²"),
        (-6.0, 2.0, 4, "10⁻⁶ 10⁻⁴ 10⁻² 1 10²"),
        (0.0, 1.0, 5, "1 2 5 10"),
    ],
)
def test_log_ticks(low, high, about, expected):
    assert " ".join(tick.text for tick in log_ticks(low, high, about)) == expected


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(1, 20))
@example(422045623835.5, 6.1e-05, 1)  # as wide as one float's distance to the next
def test_ticks_lie_within_and_differ(low, span, about):
    ticks = linear_ticks(low, low + span, about)
    slack = 1e-6 * span + 1e-9 * abs(low)
    assert all(low - slack <= tick.place <= low + span + slack for tick in ticks)
    assert len({tick.text for tick in ticks}) == len(ticks)
    assert len(ticks) <= about + 1


def test_one_number_alone_is_no_scale_where_there_is_room_for_more():
    assert [tick.text for tick in linear_ticks(-1.8, 1.8, 2)] == ["−1", "0", "1"]
    assert [tick.text for tick in linear_ticks(-3.2, 3.2, 2)] == ["−2", "0", "2"]


BOUNDS = QRectF(0, 0, 400, 300)


def test_a_lonely_label_gets_the_side_it_likes():
    for side, compare in {
        "above": lambda box: box.bottom() < 150,
        "below": lambda box: box.top() > 150,
        "left": lambda box: box.right() < 200,
        "right": lambda box: box.left() > 200,
    }.items():
        box, name = place_labels([Request("a", QPointF(200, 150), 60, 20, side)], BOUNDS)["a"]
        assert name == side
        assert compare(box)


def test_labels_do_not_lie_on_each_other_or_on_handles():
    requests = [Request(str(n), QPointF(200 + 3 * n, 150), 60, 18) for n in range(8)]
    handle = QRectF(189, 139, 22, 22)
    placed = [box for box, _ in place_labels(requests, BOUNDS, [handle]).values()]
    for one, other in itertools.combinations([*placed, handle], 2):
        assert not one.intersects(other)


@given(st.floats(0, 400), st.floats(0, 300))
def test_a_label_stays_in_the_panel(x, y):
    box, _ = place_labels([Request("a", QPointF(x, y), 90, 24)], BOUNDS)["a"]
    assert BOUNDS.contains(box)


def test_a_label_avoids_a_line_and_keeps_its_place_once_it_has_one():
    line = np.column_stack((np.linspace(0, 400, 200), np.full(200, 134.0)))
    request = Request("a", QPointF(200, 150), 60, 20, "above")
    box, _ = place_labels([request], BOUNDS, (), line)["a"]
    assert not (box.top() < 134 < box.bottom())
    # a line that only grazes the place is no reason to jump
    grazing = np.array([[200.0, 139.0]])
    kept, same = place_labels(
        [Request("a", QPointF(200, 150), 60, 20, "above")], BOUNDS, (), grazing, {"a": "above"}
    )["a"]
    assert same == "above"
    assert kept.center().y() < 150


def panel(name: str, equal: bool = False, share: float = 1.0) -> Panel:
    return Panel(id=name, marks=(), view=View(-1, 1, -1, 1), equal=equal, share=share)


def test_one_panel_has_all_the_room():
    assert arranged([panel("a")], 800, 600) == [QRectF(0, 0, 800, 600)]


@pytest.mark.parametrize("size", [(1200, 500), (500, 1000), (800, 600)])
@pytest.mark.parametrize("equal", [True, False])
def test_panels_fill_the_room_without_overlap(size, equal):
    boxes = arranged([panel("a", equal), panel("b", share=0.6), panel("c")], *size)
    assert sum(box.width() * box.height() for box in boxes) == pytest.approx(size[0] * size[1])
    for one, other in itertools.combinations(boxes, 2):
        assert (one & other).width() * (one & other).height() < 1e-6


def test_wide_rooms_put_panels_beside_each_other_and_tall_ones_above():
    beside = arranged([panel("a", True), panel("b")], 1200, 500)
    assert beside[0].top() == beside[1].top()
    above = arranged([panel("a"), panel("b")], 500, 1000)
    assert above[0].left() == above[1].left()


def test_marks_are_the_same_only_if_their_arrays_are_the_same_objects():
    x, y = np.zeros(3), np.ones(3)
    one = Curve(id="a", role=Role.FUNCTION, x=x, y=y)
    assert same_data(one, Curve(id="a", role=Role.FUNCTION, x=x, y=y))
    assert not same_data(one, Curve(id="a", role=Role.FUNCTION, x=x.copy(), y=y))
    assert not same_data(one, Curve(id="a", role=Role.SECANT, x=x, y=y))


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        ("x_0", "x₀"),
        (r"\nabla f", "∇ f"),
        (r"f'(x_{0})", "f′(x₀)"),
        (r"\mathrm{loss}", "loss"),
        (r"\theta_1", "θ₁"),
    ],
)
def test_formulas_in_letters(latex, letters):
    assert plain(latex) == letters
