"""A function is carried from picture to picture where it fits."""

import pytest

from engine.kept_functions import fit, formula_parameter, kept_with
from engine.progress import FUNCTIONS_KEPT
from engine.scene import make_scene


def test_the_newest_comes_first_and_the_oldest_goes():
    kept: tuple[str, ...] = ()
    for number in range(FUNCTIONS_KEPT + 2):
        kept = kept_with(kept, f"x^{number}")
    assert len(kept) == FUNCTIONS_KEPT
    assert kept[0] == f"x^{FUNCTIONS_KEPT + 1}"
    assert "x^1" not in kept


def test_a_function_of_one_letter_fits_one_of_another():
    found = fit(make_scene("secant"), "sin t")
    assert found.scene.f == "sin t"
    assert found.remark is None


def test_a_surface_does_not_fit_a_curve():
    found = fit(make_scene("secant"), "x^2 + y^2")
    assert found.scene is None
    assert "y" in str(found.remark)


@pytest.mark.parametrize(("x0", "gap"), [(-1.0, True), (0.0, True), (2.0, False)])
def test_outside_its_domain_it_says_where(x0, gap):
    found = fit(make_scene("secant", {"x0": x0}), "ln x")
    assert found.scene is not None
    assert (found.remark is not None) is gap
    if gap:
        assert "no value at x" in str(found.remark)


def test_a_picture_with_several_formulas_takes_the_first():
    assert formula_parameter(make_scene("secant")) == "f"
