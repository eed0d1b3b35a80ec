"""Level places of surfaces whose minima, maxima and saddles are known by hand."""

import math

import pytest

from engine.function import function
from engine.stationary import level_place, lowest_known
from engine.surface_gallery import GALLERY, known_surface


def surface(source):
    return function(source, ["x", "y"])


@pytest.mark.parametrize(
    ("source", "start", "place", "kind", "eigenvalues"),
    [
        ("x^2 + 10y^2", (2.0, 1.0), (0.0, 0.0), "minimum", (2.0, 20.0)),
        ("x^2 - y^2", (0.5, 0.3), (0.0, 0.0), "saddle", (-2.0, 2.0)),
        ("-x^2 - 3y^2", (0.5, 0.3), (0.0, 0.0), "maximum", (-6.0, -2.0)),
        ("sin(x) sin(y)", (0.1, -0.1), (0.0, 0.0), "saddle", (-1.0, 1.0)),
        ("sin(x) sin(y)", (-1.5, 1.6), (-math.pi / 2, math.pi / 2), "minimum", (1.0, 1.0)),
    ],
)
def test_a_level_place_is_found_whatever_its_kind(source, start, place, kind, eigenvalues) -> None:
    found = level_place(surface(source), start)
    assert found is not None
    assert found.place == pytest.approx(place, abs=1e-12)
    assert found.kind == kind
    assert found.eigenvalues == pytest.approx(eigenvalues, abs=1e-9)


@pytest.mark.parametrize(
    ("source", "start", "kind"),
    [
        ("x^3 - 3x y^2 + 7", (0.05, 0.0), "saddle"),  # the monkey's: its Hessian is 0
        ("x^4 + y^4", (0.1, 0.1), "minimum"),
        ("-x^4 - y^4", (0.1, 0.1), "maximum"),
        ("x^4 + y^2", (0.1, 0.1), "minimum"),
        ("3 + 0x y", (0.1, 0.1), "flat"),
        ("x^3 + y^2", (0.01, 0.1), "saddle"),
    ],
)
def test_where_the_hessian_is_singular_the_surroundings_tell(source, start, kind) -> None:
    found = level_place(surface(source), start)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "known", [each for each in GALLERY if each.name != "ackley"], ids=lambda each: each.name
)
def test_the_minima_of_the_gallery_are_level(known) -> None:
    for minimum in known.minima:
        found = level_place(surface(known.formula), (minimum.x + 0.01, minimum.y - 0.01))
        assert found is not None
        assert found.place == pytest.approx((minimum.x, minimum.y), abs=1e-7)
        assert found.kind == "minimum"


@pytest.mark.parametrize("source", ["x + y", "exp(x) + y^2", "1 - exp(-(x^2 + y^2)/2) + 0.1x"])
def test_a_surface_without_a_level_place_near_by_has_none(source) -> None:
    assert level_place(surface(source), (30.0, 1.0)) is None


def test_weights_that_pull_move_the_minimum() -> None:
    """(x − 3)² + ½ x²: level at 2 (x − 3) + x = 0, that is x = 2."""
    found = level_place(surface("(x - 3)^2 + y^2"), (1.0, 1.0), 1.0)
    assert found.place == pytest.approx((2.0, 0.0))
    assert found.eigenvalues == pytest.approx((3.0, 3.0))
    assert found.value == pytest.approx(1.0 + 2.0)


def test_the_lowest_of_a_known_surface_is_the_gallery_s() -> None:
    found = lowest_known(surface(known_surface("local-minimum").formula), 4.0)
    assert (found.place, found.exact) == ((-2.0, 0.0), True)
    nearest = lowest_known(surface(known_surface("himmelblau").formula), 4.0, (3.5, -1.5))
    assert nearest.place[1] < -1.8


def test_the_lowest_of_another_is_read_off_a_grid() -> None:
    found = lowest_known(surface("x^2 + (y - 6)^2"), 8.0)
    assert not found.exact
    assert found.place == pytest.approx((0.0, 6.0), abs=8 / 30)
    assert lowest_known(surface("ln(-1 - x^2) + y"), 4.0) is None
