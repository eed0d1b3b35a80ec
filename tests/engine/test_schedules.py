import math

import numpy as np
import pytest

from engine.descent import run
from engine.errors import LimitError
from engine.optimizers import gd
from engine.schedules import Plateau, Schedule, after_loss, rate_at, run_scheduled


def parabola(x: float) -> tuple[float, tuple[float]]:
    return (x - 3.0) ** 2, (2.0 * (x - 3.0),)


def rates(schedule: Schedule, lr: float, steps: int) -> list[float]:
    return [rate_at(schedule, lr, t, steps) for t in range(steps)]


def test_without_a_schedule_it_is_the_run_of_gd_bit_for_bit() -> None:
    for maximize in (False, True):
        plain = run(gd(0.37, maximize=maximize), parabola, (-2.0,), 60)
        scheduled = run_scheduled(Schedule(), 0.37, parabola, -2.0, 60, maximize)
        assert np.array_equal(scheduled.trajectory.positions, plain.positions)
        assert np.array_equal(scheduled.trajectory.losses, plain.losses)
        assert np.array_equal(scheduled.trajectory.gradients, plain.gradients)
        assert scheduled.trajectory.status == plain.status
        assert scheduled.rates.tolist() == [0.37] * 60


def test_steps_down() -> None:
    # 0.8 · 0.25^⌊t/3⌋
    assert rates(Schedule("step", 0.25, 3), 0.8, 7) == [0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0.05]


def test_cosine() -> None:
    # (1 + cos) / 2 at 0°, 60°, 120°: 1, 3/4, 1/4; at 180° it would be 0
    assert rates(Schedule("cosine"), 0.4, 3) == pytest.approx([0.4, 0.3, 0.1])
    assert rate_at(Schedule("cosine"), 0.4, 3, 3) == pytest.approx(0.0, abs=1e-16)


def test_warm_up() -> None:
    assert rates(Schedule("warm-up", period=4), 0.4, 6) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4])


def test_a_plateau_lowers_the_rate_after_its_patience() -> None:
    # patience 2: the third loss in a row that is no better lowers the rate, and the count begins anew
    memory, seen = Plateau(math.inf, 0, 1.0), []
    for loss in (5.0, 4.0, 4.0, 4.1, 4.2, 4.0, 3.0, 3.0, 3.0, 3.0):
        memory = after_loss(Schedule("plateau", 0.1, 2), memory, loss)
        seen.append(memory.rate)
    assert seen == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.01])


def test_better_by_a_hair_is_no_better() -> None:
    # 1 − 5e-5 is within 1e-4 of 1, 1 − 2e-4 is not; the same below 0
    schedule = Schedule("plateau", 0.5, 0)
    assert after_loss(schedule, Plateau(1.0, 0, 1.0), 1 - 5e-5).rate == 0.5
    assert after_loss(schedule, Plateau(1.0, 0, 1.0), 1 - 2e-4).rate == 1.0
    assert after_loss(schedule, Plateau(-1.0, 0, 1.0), -1 - 5e-5).rate == 0.5
    assert after_loss(schedule, Plateau(-1.0, 0, 1.0), -1 - 2e-4).rate == 1.0


def test_a_plateau_ends_a_zig_zag() -> None:
    # at rate 1 it goes from −2 to 8 and back; the first loss is the best, and with patience 1 the third loss
    # that is seen halves the rate: step 3 then lands on 3
    stuck = run_scheduled(Schedule("plateau", 0.5, 1), 1.0, parabola, -2.0, 5)
    assert stuck.trajectory.positions.ravel().tolist() == [-2, 8, -2, 8, 3, 3]
    assert stuck.rates.tolist()[:4] == [1, 1, 1, 0.5]


def test_climbing_waits_for_higher_values() -> None:
    climb = run_scheduled(
        Schedule("plateau", 0.5, 1), 0.1, lambda x: (-((x - 3.0) ** 2), (-2.0 * (x - 3.0),)), 0.0, 8, True
    )
    assert climb.rates.tolist() == [0.1] * 8  # every step is higher than the one before
    # 3 − 3 · 0.8⁸
    assert climb.trajectory.positions[-1, 0] == pytest.approx(3 - 3 * 0.8**8)


def test_a_run_ends_where_a_value_is_not_finite() -> None:
    logarithm = run_scheduled(
        Schedule(),
        1.0,
        lambda x: (math.log(x) if x > 0 else math.nan, (1 / x if x > 0 else math.nan,)),
        0.5,
        9,
    )
    # 0.5 − 1/0.5 = −1.5
    assert logarithm.trajectory.positions.ravel().tolist() == [0.5, -1.5]
    assert logarithm.rates.tolist() == [1.0]
    far = run_scheduled(Schedule(), 1e308, parabola, -2.0, 9)
    assert far.trajectory.positions.ravel().tolist() == [-2.0, math.inf]
    assert far.trajectory.status == "diverged"


def test_more_steps_than_a_run_may_have() -> None:
    with pytest.raises(LimitError):
        run_scheduled(Schedule(), 0.1, parabola, 0.0, 100_001)
