"""The gallery: its minima are minima, none in its domain is lower, and every start can be run from."""

import itertools
import math

import numpy as np
import pytest
import scipy.optimize

from engine.function import function
from engine.scene import make_scene
from engine.surface_gallery import GALLERY, known_surface

WITH_MINIMA = [surface for surface in GALLERY if surface.minima]
NAMED = {"ids": lambda surface: surface.name}


def value_of(surface):
    f = function(surface.formula, ["x", "y"])
    return lambda point: f.value_at(*map(float, point))


@pytest.mark.parametrize("surface", WITH_MINIMA, **NAMED)
def test_around_every_minimum_the_surface_rises(surface):
    value = value_of(surface)
    for minimum in surface.minima:
        assert value((minimum.x, minimum.y)) == pytest.approx(minimum.value, abs=1e-12)
        for angle in np.linspace(0, 2 * math.pi, 16, endpoint=False):
            near = (minimum.x + 1e-3 * math.cos(angle), minimum.y + 1e-3 * math.sin(angle))
            assert value(near) > minimum.value


@pytest.mark.parametrize("surface", WITH_MINIMA, **NAMED)
def test_scipy_finds_nothing_lower_in_the_domain(surface):
    bounds = list(zip(surface.low, surface.high, strict=True))
    found = scipy.optimize.differential_evolution(value_of(surface), bounds, rng=1, tol=1e-10, maxiter=300)
    assert found.fun >= surface.minima[0].value - 1e-9
    assert found.fun == pytest.approx(surface.minima[0].value, abs=1e-6)
    lowest = [place for place in surface.minima if place.value == surface.minima[0].value]
    assert min(math.dist(found.x, (place.x, place.y)) for place in lowest) < 1e-3


@pytest.mark.parametrize("name", ["himmelblau", "local-minimum", "hills", "beale", "rosenbrock"])
def test_no_minimum_inside_the_domain_is_missing(name):
    surface = known_surface(name)
    grids = (np.linspace(low, high, 7) for low, high in zip(surface.low, surface.high, strict=True))
    for start in itertools.product(*grids):
        end = scipy.optimize.minimize(
            value_of(surface), start, method="Nelder-Mead", options={"xatol": 1e-8}
        ).x
        inside = all(low < w < high for low, w, high in zip(surface.low, end, surface.high, strict=True))
        flat = np.abs(function(surface.formula, ["x", "y"]).gradient_at(*map(float, end))).max() < 1e-5
        if inside and flat and np.abs(end).max() < 4.4:  # Beale's edges fall off towards minima outside
            near = min(math.dist(end, (place.x, place.y)) for place in surface.minima)
            assert near < 1e-3, (start, end)


@pytest.mark.parametrize("name", ["saddle", "monkey-saddle"])
def test_a_saddle_is_flat_at_0_and_has_no_bottom(name):
    surface = known_surface(name)
    f = function(surface.formula, ["x", "y"])
    assert surface.minima == ()
    assert f.gradient_at(0.0, 0.0) == (0.0, 0.0)
    assert min(f.value_at(x, y) for x in (-9.0, 9.0, 0.0) for y in (-9.0, 9.0, 0.0)) < -50


@pytest.mark.parametrize("surface", GALLERY, **NAMED)
def test_every_surface_can_be_run_on_from_its_start(surface):
    assert all(low < w < high for low, w, high in zip(surface.low, surface.start, surface.high, strict=True))
    x, y = surface.start
    racers = "adam(lr=0.05); rmsprop(lr=0.01); bfgs(lr=0.3); newton(damping=1, lr=0.2)"
    scene = make_scene("descent-2d", {"f": surface.formula, "x": x, "y": y, "steps": 100, "racers": racers})
    shown = scene.figure()
    first = function(surface.formula, ["x", "y"]).value_at(x, y)
    assert shown.values()["best_loss"] < first
    assert str(surface.why).endswith(".")


def test_names_are_unique():
    assert len({surface.name for surface in GALLERY}) == len(GALLERY) == 13
