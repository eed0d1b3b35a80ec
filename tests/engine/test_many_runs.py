import math

import numpy as np
import pytest

from engine.cancellation import CancelledError, cancellable
from engine.descent import run
from engine.function import function
from engine.many_runs import Noise, losses_along
from engine.optimizer_kinds import OPTIMIZERS
from engine.optimizers import gd
from engine.second_order import with_hessian

F = function("(1 - x)^2 + 100(y - x^2)^2", ("x", "y"))
STARTS = np.array([[-1.2, 0.5, 1.5], [1.0, -0.5, 2.5]])
RATES = (1e-3, 0.05, 3.0)
KEPT = (0, 1, 7, 40)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_lane_is_the_single_run(name: str) -> None:
    kind = OPTIMIZERS[name]
    rates = np.array(RATES)[:, None, None]
    starts = np.broadcast_to(STARTS[:, :, None], (2, 3, 2))
    found = losses_along(
        with_hessian(kind.factory(lr=rates), F.hessian),
        F.value_gradient,
        starts,
        KEPT,
        Noise(0.3, (5,)),
        (len(RATES),),
    )
    pushes = 0.3 * np.random.default_rng((5,)).standard_normal((40, 2, 3, 2))
    for i, rate in enumerate(RATES):
        for start in range(3):
            for seed in range(2):
                single = run(
                    with_hessian(kind.factory(lr=rate), F.hessian_at),
                    F.value_gradient_at,
                    STARTS[:, start],
                    40,
                    noise=pushes[:, :, start, seed],
                )
                lane = (i, start, seed)
                assert found.lost[lane] == (single.status == "diverged")
                for row, step in enumerate(KEPT):
                    if step <= single.steps and single.status_at(step) != "diverged":
                        expected = single.losses[step]
                        assert found.kept[row][lane] == pytest.approx(expected, rel=1e-6, abs=1e-12)
                    else:
                        assert found.kept[row][lane] == math.inf


def test_what_is_lost_and_how_low_it_came() -> None:
    # w ← w + 2·0.5·w doubles: from 1 it is 1024 after ten steps, more than 1000 away
    found = losses_along(gd(lr=0.5), lambda x: (-x * x, (-2 * x,)), np.array([[1.0, 0.1]]), [9, 10])
    assert found.lost.tolist() == [True, False]
    assert found.kept.tolist() == [[-(512.0**2), -(51.2**2)], [math.inf, pytest.approx(-(102.4**2))]]
    assert found.fell == -(1024.0**2)
    assert found.lowest == -(512.0**2)


def test_a_hole_loses_the_run_that_falls_into_it() -> None:
    f = function("ln(x) + y^2", ("x", "y"))
    found = losses_along(gd(lr=1.0), f.value_gradient, np.array([[0.5, 9.0], [0.0, 0.0]]), [0, 3])
    # from 0.5 a step of 1/0.5 leads to −1.5, where ln has no value
    assert found.kept[1].tolist()[0] == math.inf
    assert found.lost.tolist() == [True, False]


def test_is_told_to_stop() -> None:
    asked = iter(range(100))
    with cancellable(lambda: next(asked) >= 3), pytest.raises(CancelledError):
        losses_along(gd(lr=0.1), lambda x: (x * x, (2 * x,)), np.ones((1, 5)), [1000])
    assert next(asked) == 4
