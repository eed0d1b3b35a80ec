"""Basins: ends gathered into places, named by what they are."""

from __future__ import annotations

import numpy as np
import pytest

from engine.basins import MOST_PLACES, basins, gathered, grid
from engine.descent import run
from engine.figure import View
from engine.function import function
from engine.optimizers import gd
from engine.racers import parse_racers
from engine.rate_maps import Setup
from engine.surface_gallery import known_surface
from engine.survey import Fate

FOUR = View(-4.0, 4.0, -4.0, 4.0)
HIMMELBLAU = known_surface("himmelblau")


def setup(call, source, steps=200):
    return Setup(function(source, ("x", "y")), parse_racers(call)[0].parts, 0.0, 0.0, steps)


def test_the_grid_is_the_middles_of_its_cells():
    x, y = grid(View(0.0, 4.0, -1.0, 1.0), 2)
    assert x.tolist() == [[1.0, 3.0], [1.0, 3.0]]
    assert y.tolist() == [[-0.5, -0.5], [0.5, 0.5]]


def test_himmelblau_has_four_basins_and_every_start_is_in_its_own():
    found = basins(setup("gd(lr=0.01)", HIMMELBLAU.formula), FOUR, 32)
    assert [(place.x, place.y, place.kind) for place in found.places] == [
        (minimum.x, minimum.y, "minimum") for minimum in HIMMELBLAU.minima
    ]
    assert (found.fates == Fate.ARRIVED).all()
    assert sum(place.share for place in found.places) == pytest.approx(1.0)
    x, y = grid(FOUR, 32)
    f = function(HIMMELBLAU.formula, ("x", "y"))
    for i, j in ((0, 0), (3, 28), (16, 17), (31, 5), (20, 20)):
        end = run(gd(lr=0.01), f.value_gradient_at, (x[i, j], y[i, j]), 200).positions[-1]
        distances = [np.hypot(*(end - (minimum.x, minimum.y))) for minimum in HIMMELBLAU.minima]
        assert found.ends[i, j] == int(np.argmin(distances))


def test_newton_ends_at_saddles_and_maxima_too():
    """The five other points without slope of Himmelblau's function: four saddles and the maximum between.
    Their places are those of the literature, (−0.270845, −0.923039) the maximum."""
    found = basins(setup("newton", HIMMELBLAU.formula, 60), FOUR, 48)
    kinds = {(round(place.x, 3), round(place.y, 3)): place.kind for place in found.places}
    assert kinds[(-0.271, -0.923)] == "maximum"
    assert sum(kind == "saddle" for kind in kinds.values()) == 3  # the fourth is the ninth place
    assert (found.ends == MOST_PLACES).any()
    assert [place.kind for place in found.places[:4]] == ["minimum"] * 4


def test_an_unknown_surface_is_named_by_newton_s_method():
    """(x² − 2)² + (y − 1)²: minima at (±√2, 1), a saddle at (0, 1) on whose ridge a start stays."""
    found = basins(setup("gd(lr=0.02)", "(x^2 - 2)^2 + (y - 1)^2", 400), View(-3.0, 3.0, -2.0, 4.0), 33)
    places = [(place.kind, place.x, place.y) for place in found.places]
    kinds, x, y = zip(*places, strict=True)
    assert kinds == ("minimum", "minimum", "saddle")
    assert x == pytest.approx((-(2**0.5), 2**0.5, 0.0), abs=1e-12)
    assert y == pytest.approx((1.0, 1.0, 1.0), abs=1e-12)
    assert (found.ends[:, 16] == 2).all()


def test_a_valley_is_a_stretch_and_a_plain_too():
    valley = basins(setup("gd(lr=0.3)", "x^2 + 0 y", 60), FOUR, 24)
    assert [(place.kind, place.share) for place in valley.places] == [("stretch", 1.0)]
    plain = basins(setup("gd(lr=0.3)", "5 + 0 x y", 60), FOUR, 24)
    assert [(place.kind, place.value, place.steps) for place in plain.places] == [("stretch", 5.0, 0.0)]


def test_more_places_than_are_named_are_elsewhere():
    found = basins(setup("gd(lr=0.003)", known_surface("rastrigin").formula, 300), FOUR, 64)
    assert len(found.places) == MOST_PLACES
    assert {place.kind for place in found.places} == {"minimum"}
    assert (found.ends == MOST_PLACES).sum() > (found.ends == 0).sum()


def test_holes_infinities_and_runs_that_are_lost():
    found = basins(setup("gd(lr=0.02)", "ln(x) + y^2"), FOUR, 16)
    assert found.known[:, :8].sum() == 0
    assert found.known[:, 8:].all()
    assert (found.fates[:, :8] == Fate.DIVERGED).all()
    assert (found.ends[:, :8] == -1).all()
    nothing = basins(setup("gd", "ln(-1 - x^2) + y"), FOUR, 8)
    assert nothing.places == ()
    assert not nothing.known.any()


@pytest.mark.parametrize("call", ["gd(lr=0)", "gd(lr=1e300)", "adam(lr=1e300)", "lion(lr=0)"])
def test_rates_of_nothing_and_too_much(call):
    found = basins(setup(call, HIMMELBLAU.formula, 40), FOUR, 8)
    assert found.places == ()
    assert set(found.fates.ravel().tolist()) <= {Fate.NO_LOWER, Fate.DIVERGED, Fate.OSCILLATES}


def test_no_ends_are_no_places_and_far_ends_are_no_trouble():
    f = function("x^2 + y^2", ("x", "y"))
    assert gathered(f, np.empty((2, 0)), np.empty(0, dtype=np.int32), FOUR, 10)[0] == ()
    points = np.array([[0.0, 1e300, -1e300], [0.0, 1e300, 5.0]])
    places, ends = gathered(f, points, np.zeros(3, dtype=np.int32), FOUR, 2)
    assert len(set(ends.tolist())) == 3
    assert [place.kind for place in places].count("minimum") == 1
