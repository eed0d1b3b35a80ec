"""Runs over mini-batches against plain NumPy, and their gradients against the statistics of sampling."""

import math

import numpy as np
import pytest

from engine.errors import LimitError
from engine.mini_batches import (
    DRAWS,
    batches,
    cloud,
    descend,
    expected_spread,
    law,
    single_spread,
    steps_per_epoch,
)
from engine.regression import Data, Kind


def noisy_line(count: int = 200) -> Data:
    random = np.random.default_rng(11)
    x = random.uniform(-1, 1, count)
    return Data(x, 2 * x + 1 + 0.3 * random.normal(size=count))


def labels(count: int = 80) -> Data:
    random = np.random.default_rng(12)
    x = random.uniform(-2, 2, count)
    return Data(x, (x + 0.7 * random.normal(size=count) > 0.2).astype(float))


def data_of(kind: Kind) -> Data:
    return noisy_line() if kind == "linear" else labels()


def plain_run(
    data: Data, kind: Kind, lr: float, batch: int, epochs: int, seed: int
) -> list[tuple[float, float]]:
    """As a notebook has it."""
    random = np.random.default_rng(seed)
    w = b = 0.0
    places = [(w, b)]
    for _ in range(epochs):
        order = random.permutation(len(data))
        for begin in range(0, len(data), batch):
            part = order[begin : begin + batch]
            z = w * data.x[part] + b
            miss = 2 * (z - data.y[part]) if kind == "linear" else 1 / (1 + np.exp(-z)) - data.y[part]
            w, b = w - lr * np.mean(miss * data.x[part]), b - lr * np.mean(miss)
            places.append((w, b))
    return places


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@pytest.mark.parametrize("batch", [1, 7, 32, 10_000])
def test_a_run_is_that_of_a_notebook(kind: Kind, batch: int) -> None:
    data = data_of(kind)
    found = descend(data, kind, 0.0, 0.0, 0.1, batch, 3, 4)
    expected = plain_run(data, kind, 0.1, batch, 3, 4)
    assert found.trajectory.positions == pytest.approx(np.array(expected), rel=1e-9, abs=1e-12)
    assert found.steps == 3 * steps_per_epoch(len(data), batch)


def test_losses_and_gradients_of_a_run_are_those_of_all_points() -> None:
    data = noisy_line()
    found = descend(data, "linear", 0.5, 0.0, 0.1, 32, 2, 0)
    w, b = found.trajectory.positions[9]
    miss = w * data.x + b - data.y
    assert found.trajectory.losses[9] == pytest.approx(np.mean(miss**2))
    whole = [2 * np.mean(miss * data.x), 2 * np.mean(miss)]
    assert found.trajectory.gradients[9] == pytest.approx(whole)
    # what the optimizer met is the gradient of its own batch, and the step is −η times that
    step = found.trajectory.positions[10] - found.trajectory.positions[9]
    assert found.trajectory.noise is not None
    assert -0.1 * (whole + found.trajectory.noise[9]) == pytest.approx(step)
    assert found.trajectory.parts(9)["step"] == pytest.approx(step)


def test_every_epoch_meets_each_point_once() -> None:
    seen = list(batches(10, 4, 3, seed=0))
    assert [len(batch) for batch in seen] == [4, 4, 2] * 3
    epochs = [sorted(np.concatenate(seen[k : k + 3]).tolist()) for k in (0, 3, 6)]
    assert epochs == [list(range(10))] * 3
    assert not np.array_equal(seen[0], seen[3])
    assert [batch.tolist() for batch in batches(4, 9, 2, seed=0)] == [[0, 1, 2, 3]] * 2


def test_every_epoch_costs_the_same_work() -> None:
    data = noisy_line()
    for batch in (1, 32, 200):
        found = descend(data, "linear", 0.0, 0.0, 0.01, batch, 3, 0)
        assert found.evaluations[-1] == 600
        assert found.epochs[-1] == 3
        assert found.epochs[found.step_at(2)] == 2
        assert found.step_at(0) == 0
    by_32 = descend(data, "linear", 0.0, 0.0, 0.01, 32, 3, 0)
    # six batches of 32, one of 8
    assert by_32.evaluations[:9].tolist() == [0, 32, 64, 96, 128, 160, 192, 200, 232]


def test_a_rate_too_large_leaves_the_numbers_and_stops_there() -> None:
    found = descend(noisy_line(), "linear", 0.0, 0.0, 1e5, 32, 30, 0)
    assert found.trajectory.status == "diverged"
    assert found.steps < 210
    assert not np.isfinite(found.trajectory.losses[-1])
    wild = descend(labels(), "logistic", 0.0, 0.0, 1e300, 1, 30, 0)
    assert wild.steps <= 30 * 80


def test_a_run_has_a_longest_length() -> None:
    with pytest.raises(LimitError):
        descend(noisy_line(), "linear", 0.0, 0.0, 0.1, 1, 501, 0)


def test_one_point() -> None:
    one = Data(np.array([2.0]), np.array([1.0]))
    assert descend(one, "linear", 0.0, 0.0, 0.1, 5, 1, 0).trajectory.positions.tolist()[-1] == [0.4, 0.2]
    assert cloud(one, "linear", 0.0, 0.0, 1, 0).spread == 0
    assert law(one, "linear", 0.0, 0.0, 0).measured.tolist() == [0]
    assert math.isnan(law(one, "linear", 0.0, 0.0, 0).slope)


@pytest.mark.parametrize("batch", [1, 3, 4])
def test_the_expected_spread_is_that_over_all_batches(batch: int) -> None:
    """Every batch there is, listed: the theory with its factor for a finite population is exact."""
    from itertools import combinations

    random = np.random.default_rng(7)
    data = Data(random.normal(size=6), random.normal(size=6))
    each = np.column_stack((2 * (0.5 * data.x + 0.1 - data.y) * data.x, 2 * (0.5 * data.x + 0.1 - data.y)))
    means = np.array([each[list(chosen)].mean(axis=0) for chosen in combinations(range(6), batch)])
    spread = math.sqrt(((means - each.mean(axis=0)) ** 2).sum(axis=1).mean())
    single = single_spread(data, "linear", 0.5, 0.1)
    assert single == pytest.approx(math.sqrt(np.trace(np.cov(each.T, bias=True))))
    assert expected_spread(single, 6, batch) == pytest.approx(spread)


def test_the_whole_batch_has_no_spread() -> None:
    assert expected_spread(5.0, 200, 200) == 0
    assert expected_spread(5.0, 1, 1) == 0
    seen = cloud(noisy_line(), "linear", 0.3, 0.1, 200, 0)
    assert (seen.spread, seen.expected) == (0, 0)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@pytest.mark.parametrize("batch", [1, 8, 32])
def test_a_cloud_agrees_with_the_theory_of_sampling(kind: Kind, batch: int) -> None:
    data = data_of(kind)
    seen = cloud(data, kind, 0.2, -0.1, batch, 3)
    # the error of a standard deviation from 500 draws is about 1/√1000, more where tails are heavy
    assert seen.spread == pytest.approx(seen.expected, rel=0.15)
    assert seen.spread == pytest.approx(math.sqrt(np.trace(np.cov(seen.gradients.T, bias=True))))
    assert seen.covariance == pytest.approx(np.cov(seen.gradients.T, bias=True))
    from engine.regression import gradient

    # the mean is that of the whole gradient, to four standard errors
    assert math.dist(seen.mean, gradient(data, kind, 0.2, -0.1)) < 4 * seen.expected / math.sqrt(DRAWS)


def test_the_ellipse_is_so_many_deviations_away() -> None:
    seen = cloud(noisy_line(), "linear", 0.0, 0.0, 32, 0)
    away = np.array(seen.ellipse(2.0)) - seen.mean[:, None]
    distances = np.sqrt(np.einsum("ik,ij,jk->k", away, np.linalg.inv(seen.covariance), away))
    assert distances == pytest.approx(2)


def test_the_law_of_the_root() -> None:
    found = law(noisy_line(2000), "linear", 0.0, 0.0, 0)
    assert found.sizes.tolist() == [2**k for k in range(11)]
    assert found.slope == pytest.approx(-0.5, abs=0.03)
    # four times the batch, half the spread
    assert found.expected[2] == pytest.approx(found.single / 2, rel=2e-3)
    assert found.measured == pytest.approx(found.expected, rel=0.15)
    few = law(noisy_line(12), "linear", 0.0, 0.0, 0)
    assert few.sizes.tolist() == [1, 2, 4, 8]
    assert math.isnan(few.slope)
