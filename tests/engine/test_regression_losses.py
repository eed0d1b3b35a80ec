"""Losses, slopes and the best line by hand, by NumPy's least squares and by SciPy's minimiser."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from engine.regression import (
    Data,
    Kind,
    batch_gradients,
    best,
    example_gradients,
    gradient,
    hessian,
    largest_curvature,
    loss,
    moments,
    predicted,
    sharpest_example,
    sigmoid,
    softplus,
)

KINDS: tuple[Kind, ...] = ("linear", "logistic")


def line_data(seed: int = 3, count: int = 40) -> Data:
    random = np.random.default_rng(seed)
    x = random.normal(2, 1.5, count)
    return Data(x, 1.7 * x - 0.4 + random.normal(0, 0.8, count))


def label_data(seed: int = 5, count: int = 60) -> Data:
    random = np.random.default_rng(seed)
    x = random.normal(1, 2, count)
    return Data(x, (random.random(count) < 1 / (1 + np.exp(-(1.3 * x - 0.7)))).astype(float))


def data_of(kind: Kind) -> Data:
    return line_data() if kind == "linear" else label_data()


def plain_loss(data: Data, kind: Kind, w: float, b: float) -> float:
    """As the textbook has it, point by point."""
    total = 0.0
    for x, y in zip(data.x.tolist(), data.y.tolist(), strict=True):
        z = w * x + b
        if kind == "linear":
            total += (z - y) ** 2
        else:
            p = 1 / (1 + math.exp(-z))
            total += -(y * math.log(p) + (1 - y) * math.log(1 - p))
    return total / len(data)


def test_the_mean_of_squares_by_hand() -> None:
    # the line 2x + 1 through (0, 1), (1, 3) misses (2, 8) by 3; the level line 1 misses by 0, 2 and 7
    three = Data(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 8.0]))
    assert loss(three, "linear", 2, 1) == pytest.approx(9 / 3)
    assert loss(three, "linear", 0, 1) == pytest.approx(53 / 3)
    # 2/3 · (−3·2, −3) at (2, 1)
    assert gradient(three, "linear", 2, 1) == pytest.approx([-4, -2])
    # 2/3 · (0 + 1 + 4), 2/3 · (0 + 1 + 2), 2
    assert hessian(three, "linear", 0, 0) == pytest.approx(np.array([[10 / 3, 2], [2, 2]]))


def test_log_loss_by_hand() -> None:
    two = Data(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    # p = ½ for both at (0, 0); at (ln 3, 0): p = ½ and ¾
    assert loss(two, "logistic", 0, 0) == pytest.approx(math.log(2))
    assert loss(two, "logistic", math.log(3), 0) == pytest.approx((math.log(2) + math.log(4 / 3)) / 2)
    assert gradient(two, "logistic", math.log(3), 0) == pytest.approx([-1 / 8, (1 / 2 - 1 / 4) / 2])


@pytest.mark.parametrize("kind", KINDS)
def test_a_grid_agrees_with_the_textbook_at_every_place(kind: Kind) -> None:
    data = data_of(kind)
    w, b = np.meshgrid(np.linspace(-2, 3, 4), np.linspace(-1, 1, 3))
    expected = [[plain_loss(data, kind, w[i, j], b[i, j]) for j in range(4)] for i in range(3)]
    assert loss(data, kind, w, b) == pytest.approx(np.array(expected), rel=1e-12)
    assert gradient(data, kind, w, b).shape == (2, 3, 4)
    assert hessian(data, kind, w, b).shape == (2, 2, 3, 4)
    assert gradient(data, kind, w, b)[:, 1, 2] == pytest.approx(gradient(data, kind, w[1, 2], b[1, 2]))


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_agree_with_differences(kind: Kind) -> None:
    data, w, b, h = data_of(kind), 0.6, -0.3, 1e-5
    differences = [
        (plain_loss(data, kind, w + h, b) - plain_loss(data, kind, w - h, b)) / (2 * h),
        (plain_loss(data, kind, w, b + h) - plain_loss(data, kind, w, b - h)) / (2 * h),
    ]
    assert gradient(data, kind, w, b) == pytest.approx(differences, rel=1e-7)
    bends = np.column_stack(
        [
            (gradient(data, kind, w + h, b) - gradient(data, kind, w - h, b)) / (2 * h),
            (gradient(data, kind, w, b + h) - gradient(data, kind, w, b - h)) / (2 * h),
        ]
    )
    assert hessian(data, kind, w, b) == pytest.approx(bends, rel=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_the_mean_of_the_examples(kind: Kind) -> None:
    data = data_of(kind)
    each = example_gradients(data, kind, 0.7, 0.2)
    assert each.mean(axis=0) == pytest.approx(gradient(data, kind, 0.7, 0.2))
    one = Data(data.x[4:5], data.y[4:5])
    assert each[4] == pytest.approx(gradient(one, kind, 0.7, 0.2))
    batches = np.array([[0, 1, 2], [7, 7, 9]])
    expected = [each[[0, 1, 2]].mean(axis=0), each[[7, 7, 9]].mean(axis=0)]
    assert batch_gradients(data, kind, 0.7, 0.2, batches) == pytest.approx(np.array(expected))


def test_the_best_line_is_that_of_least_squares() -> None:
    data = line_data()
    (w, b), rest, *_ = np.linalg.lstsq(np.column_stack((data.x, np.ones(len(data)))), data.y, rcond=None)
    found = best(data, "linear")
    assert (found.w, found.b) == pytest.approx((w, b), rel=1e-12)
    assert found.loss == pytest.approx(rest[0] / len(data), rel=1e-12)
    assert found.why is None


def test_far_from_zero_no_digit_is_lost() -> None:
    # the loss of years near 2000 and prices near 10⁵: in exact fractions, (1 + 0 + 1)/3 and 1
    data = Data(np.array([1999.0, 2000.0, 2001.0]), np.array([99_999.0, 100_000.0, 100_001.0]))
    assert loss(data, "linear", 0, 100_000) == 2 / 3
    assert loss(data, "linear", 1, 98_001) == 1
    assert best(data, "linear")[:3] == (1, 98_000, 0)


@pytest.mark.parametrize(
    "points",
    [
        [(2, 1)],
        [(2, 1), (2, 5)],
        [(0.1, 1), (0.1, 2), (0.1, 6)],
        [(1e-300, 1), (2e-300, 4)],  # their variance is no float above 0
    ],
)
def test_points_with_one_x_have_no_best_line(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    found = best(Data(x, y), "linear")
    assert math.isnan(found.w)
    assert math.isnan(found.b)
    assert found.why is not None
    assert "one x" in str(found.why)
    assert found.loss == pytest.approx(y.var())
    assert np.isfinite(loss(Data(x, y), "linear", 1.0, 2.0))


@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_the_best_logistic_curve_is_scipys(shift: float) -> None:
    data = label_data()
    moved = Data(data.x + shift, data.y)

    def objective(place: np.ndarray) -> float:
        z = place[0] * data.x + place[1]
        return float(np.mean(np.logaddexp(0, z) - data.y * z))

    answer = minimize(objective, [0.0, 0.0], method="BFGS", options={"gtol": 1e-10})
    found = best(moved, "logistic")
    assert found.w == pytest.approx(answer.x[0], rel=1e-5)
    assert found.b == pytest.approx(answer.x[1] - shift * answer.x[0], rel=1e-5)
    assert found.loss == pytest.approx(answer.fun, rel=1e-12)
    assert np.abs(gradient(moved, "logistic", found.w, found.b)).max() < 1e-9


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2, 3], [1, 1, 1], "labels are the same"),
        ([1, 2, 3, 4], [0, 0, 1, 1], "threshold"),
        ([1, 2, 3, 4], [1, 1, 0, 0], "threshold"),
        ([1, 2, 2, 4], [0, 0, 1, 1], "threshold"),
    ],
)
def test_parted_labels_have_no_best_curve(x: list[float], y: list[float], words: str) -> None:
    data = Data(np.array(x, dtype=float), np.array(y, dtype=float))
    found = best(data, "logistic")
    assert math.isnan(found.w)
    assert words in str(found.why)
    # indeed the loss goes on falling along the way out
    sign = 1.0 if data.y[-1] >= data.y[0] else -1.0
    steep = [loss(data, "logistic", sign * k, -sign * 2.0 * k + 1) for k in (1, 4, 16)]
    assert words != "threshold" or steep == sorted(steep, reverse=True)


def test_labels_at_one_x_have_a_lowest_loss_and_no_single_curve() -> None:
    found = best(Data(np.array([3.0, 3, 3, 3]), np.array([1.0, 0, 1, 1])), "logistic")
    assert math.isnan(found.w)
    assert found.loss == pytest.approx(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))


@pytest.mark.parametrize("kind", KINDS)
def test_curvatures(kind: Kind) -> None:
    data = data_of(kind)
    eigenvalues = np.linalg.eigvalsh(hessian(data, kind, 0.3, 0.1))
    assert largest_curvature(data, kind, 0.3, 0.1) == pytest.approx(eigenvalues[-1])
    singles = [
        np.linalg.eigvalsh(hessian(Data(data.x[k : k + 1], data.y[k : k + 1]), kind, 0.0, 0.0))[-1]
        for k in range(len(data))
    ]
    assert sharpest_example(data, kind) == pytest.approx(max(singles))


def test_tails_are_exact_and_silent() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert sigmoid(-700.0) == pytest.approx(math.exp(-700), rel=1e-12)
        assert sigmoid(np.array([-1e9, 1e9])).tolist() == [0, 1]
        assert softplus(np.array([-800.0, 800.0])).tolist() == [0, 800]
        two = Data(np.array([1.0, 2.0]), np.array([0.0, 1.0]))
        assert loss(two, "logistic", 0.0, -50.0) == pytest.approx(25)
        assert not np.isfinite(loss(two, "linear", 1e300, 0.0))
        assert not np.isfinite(gradient(two, "linear", math.inf, 0.0)).any()
    assert predicted("logistic", np.array([0.0, 1.0]), 1.0, 0.0)[0] == 0.5


def test_moments_of_many_samples_at_once() -> None:
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 5, 7))
    found = moments(x, y)
    for k in range(5):
        covariance = np.cov(x[k], y[k], bias=True)
        assert found.x[k] == pytest.approx(x[k].mean())
        assert (found.xx[k], found.xy[k], found.yy[k]) == pytest.approx(
            (covariance[0, 0], covariance[0, 1], covariance[1, 1])
        )
    assert moments(np.full(3, 0.1), np.array([1.0, 2.0, 4.0])).xx == 0
