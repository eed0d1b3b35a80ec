import numpy as np
import pytest

from engine.function import function
from engine.start_domain import Rectangle, drawn_starts, gallery_surface, usual_domain
from engine.surface_gallery import GALLERY


@pytest.mark.parametrize("known", GALLERY, ids=lambda known: known.name)
def test_a_surface_of_the_gallery_is_known_in_other_letters(known) -> None:
    f = function(known.formula, ("x", "y"))
    assert gallery_surface(f) is known
    assert usual_domain(f) == (known.low[0], known.high[0], known.low[1], known.high[1])


def test_and_however_it_is_written() -> None:
    f = function("100(w1^2 - w2)^2 + w1^2 - 2w1 + 1", ("w1", "w2"))
    known = gallery_surface(f)
    assert known is not None
    assert known.name == "rosenbrock"


@pytest.mark.parametrize("formula", ["x^2 + 9y^2", "1", "ln(x)", "x y", "x^2 + y^2 + 1e-6x"])
def test_others_are_not(formula: str) -> None:
    f = function(formula, ("x", "y"))
    assert gallery_surface(f) is None
    assert usual_domain(f) == (-4, 4, -4, 4)


def test_starts_are_spread_over_the_domain() -> None:
    f = function("x^2 + y^2", ("x", "y"))
    domain = Rectangle(-1.0, 3.0, 10.0, 11.0)
    x, y = drawn_starts(f, domain, 4000, np.random.default_rng(0))
    assert len(x) == 4000
    assert all(domain.holds(*place) for place in zip(x, y, strict=True))
    # the mean of a uniform variable is off by more than 4 of its deviations once in 16 000
    assert x.mean() == pytest.approx(1.0, abs=4 * 4 / np.sqrt(12 * 4000))
    assert y.mean() == pytest.approx(10.5, abs=4 * 1 / np.sqrt(12 * 4000))


def test_where_f_has_no_value_nobody_starts() -> None:
    domain = Rectangle(-4.0, 4.0, -4.0, 4.0)
    holed = function("ln(x - 3) + sqrt(y)", ("x", "y"))
    x, y = drawn_starts(holed, domain, 50, np.random.default_rng(0))
    assert len(x) == 50
    assert x.min() > 3
    assert y.min() > 0
    empty = function("ln(-1 - x^2 - y^2)", ("x", "y"))
    assert drawn_starts(empty, domain, 50, np.random.default_rng(0)).shape == (2, 0)
