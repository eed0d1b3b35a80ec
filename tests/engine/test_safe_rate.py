"""The largest rate that lasts, where it is known by hand, and that it is verified by its own run."""

import math

import numpy as np
import pytest

from engine.blow_up import diagnose
from engine.function import function
from engine.race import race
from engine.racer import make_racer
from engine.racers import parse_racers
from engine.safe_rate import Start, largest_safe_rate, too_long, two_digit_rates

RAVINE = function("x^2 + 10y^2", ["x", "y"])
ROSENBROCK = function("(1 - x)^2 + 100(y - x^2)^2", ["x", "y"])


@pytest.mark.parametrize(
    ("racer", "steps", "bound"),
    [
        ("gd(lr=0.11)", 60, 2 / 20),
        ("gd(lr=3)", 60, 2 / 20),
        ("gd(lr=1e300)", 60, 2 / 20),
        ("momentum(lr=0.2, beta=0.9)", 400, 3.8 / 20),
        ("momentum(lr=5, beta=0.9, averaged=true)", 400, 38 / 20),
        ("nesterov(lr=0.5, beta=0.9)", 400, 3.8 / 2.8 / 20),
        ("newton(lr=7)", 60, 2.0),
    ],
)
def test_on_a_parabola_it_is_the_bound_rounded_down(racer: str, steps: int, bound: float) -> None:
    """Where |1 − ηλ| = 1 exactly, the run goes to and fro for ever: below that it comes nearer."""
    found = largest_safe_rate(RAVINE, parse_racers(racer)[0], 0, Start(2.0, 1.0, steps))
    assert found is not None
    digit = 10.0 ** (math.floor(math.log10(bound)) - 1)
    assert found.rate < bound * (1 - 1e-9)
    assert found.rate > bound - 1.5 * digit


def test_what_is_offered_lasts_and_the_next_does_not() -> None:
    for f, racer, start in (
        (RAVINE, "gd(lr=0.11)", Start(2.0, 1.0, 25)),
        (ROSENBROCK, "gd(lr=0.01)", Start(-1.2, 1.0, 100)),
        (function("(x - 0.1)^2 - ln(x) + y^2", ["x", "y"]), "gd(lr=1.2)", Start(0.5, 1.0, 50)),
        (function("x^2 + y^2", ["x", "y"]), "adam(lr=10)", Start(-3.0, 2.0, 40)),
    ):
        found = largest_safe_rate(f, parse_racers(racer)[0], 0, start)
        assert found is not None
        (kept,) = race(f, str(found.racer), start.x, start.y, start.steps)
        assert kept.run.status != "diverged"
        assert kept.run.losses[-1] <= kept.run.losses[0]
        assert found.loss == kept.run.losses[-1]
        decade = 10.0 ** math.floor(math.log10(found.rate) + 1e-9)
        above = np.concatenate([two_digit_rates(low, math.inf) for low in (decade, 10 * decade)])
        following = float(above[above > found.rate * (1 + 1e-9)][0])
        (next_one,) = race(f, str(found.racer.changed(lr=following)), start.x, start.y, start.steps)
        verdict = diagnose(f, next_one.racer, next_one.run)
        on_bound = f is RAVINE and following == 0.1
        assert on_bound or (verdict is not None and too_long(verdict))


def test_it_is_the_part_that_did_it_that_is_changed() -> None:
    racer = parse_racers("gd(lr=0.04) @ 5 gd(lr=0.2)")[0]
    found = largest_safe_rate(RAVINE, racer, 7, Start(2.0, 1.0, 60))
    assert found is not None
    assert str(found.racer).startswith("gd(lr=0.04) @ 5 gd(lr=")
    assert 0.09 < found.rate < 0.2


def test_where_nothing_lasts_nothing_is_offered() -> None:
    assert largest_safe_rate(RAVINE, make_racer("gd", {"lr": 0.0}), 0, Start(2.0, 1.0, 25)) is None
    gone = function("ln(x) + y^2", ["x", "y"])
    assert largest_safe_rate(gone, make_racer("gd", {"lr": 0.1}), 0, Start(-1.0, 1.0, 25)) is None


def test_one_who_climbs_may_not_end_lower() -> None:
    f = function("-x^2 - y^2", ["x", "y"])
    found = largest_safe_rate(f, make_racer("gd", {"lr": 1.1, "maximize": True}), 0, Start(1.0, 1.0, 40))
    assert found.rate == 0.99  # the curvature is −2, and 1.0 is the bound itself
    assert found.loss >= -2.0


def test_rates_of_two_digits_are_written_as_they_are_typed() -> None:
    rates = two_digit_rates(0.001, 1.0)
    assert len(rates) == 90
    assert rates[:3].tolist() == [0.001, 0.0011, 0.0012]
    assert np.all(np.diff(rates) > 0)
