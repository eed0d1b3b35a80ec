import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from engine.conditioning import Quadratic, bounds, descend, distances, measured_rate


@pytest.mark.parametrize(("smallest", "largest"), [(1.0, 1.0), (1.0, 2.0), (0.02, 1.0), (3.0, 300.0)])
def test_the_best_step_is_the_best(smallest: float, largest: float) -> None:
    f = Quadratic(smallest, largest)
    found = minimize_scalar(f.rate, bounds=(0, 2 / largest), method="bounded", options={"xatol": 1e-12})
    assert f.best_lr == pytest.approx(found.x, rel=1e-5)
    kappa = largest / smallest
    assert f.rate(f.best_lr) == pytest.approx((kappa - 1) / (kappa + 1), abs=1e-12)
    assert f.rate(1 / largest) == pytest.approx(1 - 1 / kappa)
    assert f.rate(2 / largest) == pytest.approx(1)


def test_a_run_by_hand() -> None:
    # μ = 1, L = 4, η = ½: x halves, y turns its sign
    path = descend(Quadratic(1.0, 4.0), 0.5, 8.0, 1.0, 3)
    assert path.positions.tolist() == [[8, 1], [4, -1], [2, 1], [1, -1]]
    assert path.losses.tolist() == [34, 10, 4, 2.5]
    assert distances(path) == pytest.approx([math.sqrt(65), math.sqrt(17), math.sqrt(5), math.sqrt(2)])


@pytest.mark.parametrize("measure", ["distance", "loss"])
def test_no_run_breaks_its_promise(measure: str) -> None:
    random = np.random.default_rng(5)
    for _ in range(40):
        f = Quadratic(1.0, float(10 ** random.uniform(0, 3)))
        x, y = random.normal(size=2).tolist()
        promised = bounds(f, x, y, 60, measure)
        for lr, names in ((1 / f.largest, ("sublinear", "linear")), (f.best_lr, ("best",))):
            path = descend(f, lr, x, y, 60)
            left = distances(path) if measure == "distance" else path.losses
            for name in names:
                assert (left[1:] <= getattr(promised, name)[1:] * (1 + 1e-9) + 1e-14).all()


def test_promises_that_are_reached() -> None:
    f = Quadratic(1.0, 9.0)
    along_flat = descend(f, 1 / 9, 5.0, 0.0, 20)
    assert distances(along_flat) == pytest.approx(bounds(f, 5.0, 0.0, 20, "distance").linear)
    best = descend(f, f.best_lr, 5.0, 5.0, 20)
    assert distances(best) == pytest.approx(bounds(f, 5.0, 5.0, 20, "distance").best)
    # L d₀²/(2t) with L = 9, d₀² = 50, t = 3; √(2·75/1) as a distance
    assert bounds(f, 5.0, 5.0, 3, "loss").sublinear[3] == pytest.approx(75)
    assert bounds(f, 5.0, 5.0, 3, "distance").sublinear[3] == pytest.approx(math.sqrt(150))


def test_a_measured_rate() -> None:
    lengths = 7 * 0.8 ** np.arange(30.0)
    assert measured_rate(lengths, 29) == pytest.approx(0.8)
    assert measured_rate(lengths, 1) == pytest.approx(0.8)
    assert measured_rate(np.array([5.0, 0.0]), 1) == 0
    assert math.isnan(measured_rate(lengths, 0))
    assert math.isnan(measured_rate(np.zeros(30), 29))
    assert math.isnan(measured_rate(np.array([1.0, np.inf]), 1))
