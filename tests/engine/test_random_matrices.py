import math
from itertools import pairwise

import numpy as np
import pytest

from engine.cancellation import CancelledError, cancellable
from engine.random_hessians import (
    BATCH,
    eigenvalues,
    exact_share,
    goe_matrix,
    large_share,
    positive_count,
    semicircle,
)


def share_by_integral(n: int, nodes: int) -> float:
    """∫ Π |λᵢ − λⱼ| Π exp(−λᵢ²/2) over positive eigenvalues, divided by Mehta's integral over all.

    Over ordered eigenvalues, by Gauss and Legendre in the lowest one and the distances between neighbours.
    """
    x, weight = np.polynomial.legendre.leggauss(nodes)
    x, weight = 5 * (x + 1), 5 * weight
    values = np.cumsum(np.meshgrid(*[x] * n, indexing="ij"), axis=0)
    density = np.exp(-(values**2).sum(axis=0) / 2)
    for i in range(n):
        for j in range(i):
            density = density * (values[i] - values[j])
    for _ in range(n):
        density = density @ weight
    whole = (2 * math.pi) ** (n / 2) * math.prod(
        math.gamma(1 + j / 2) / math.gamma(1.5) for j in range(1, n + 1)
    )
    return math.factorial(n) * float(density) / whole


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_closed_forms_are_the_integrals(n: int) -> None:
    assert exact_share(n) == pytest.approx(share_by_integral(n, 60), rel=1e-9)


@pytest.mark.parametrize(("n", "nodes"), [(1, 60), (2, 60), (3, 60), (4, 40)])
def test_what_is_counted_is_within_chance_of_the_integral(n: int, nodes: int) -> None:
    trials = 10 * BATCH
    count = sum(positive_count(n, 0, batch) for batch in range(10))
    share = share_by_integral(n, nodes)
    assert count / trials == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / trials))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_elimination_counts_what_eigenvalues_say(n: int) -> None:
    drawn = np.random.default_rng([3, n, 1]).standard_normal((5000, n, n))
    lowest = np.linalg.eigvalsh(drawn + drawn.transpose(0, 2, 1))[:, 0]
    assert positive_count(n, 3, 1, 5000) == np.sum(lowest > 0)


def test_a_matrix_is_symmetric_with_the_variances_of_its_ensemble() -> None:
    n = 60
    matrix = goe_matrix(n, 0)
    assert (matrix == matrix.T).all()
    beside = matrix[np.triu_indices(n, 1)]
    diagonal = np.concatenate([np.diag(goe_matrix(n, seed)) for seed in range(20)])
    # the variance of m normal numbers is off by √(2/m) of itself
    assert beside.var() == pytest.approx(1 / n, rel=4 * math.sqrt(2 / beside.size))
    assert diagonal.var() == pytest.approx(2 / n, rel=4 * math.sqrt(2 / diagonal.size))


def test_eigenvalues_fill_the_semicircle() -> None:
    values = np.concatenate([eigenvalues(200, seed) for seed in range(3)])
    # the share below −1 of √(4 − x²)/(2π): 1/3 − √3/(4π)
    assert np.mean(values < -1) == pytest.approx(1 / 3 - math.sqrt(3) / (4 * math.pi), abs=0.01)
    assert np.abs(values).max() < 2.2
    x = np.linspace(-3, 3, 6001)
    assert np.trapezoid(semicircle(x), x) == pytest.approx(1, abs=1e-4)


def test_the_law_for_large_n() -> None:
    assert -math.log(large_share(10)) / 100 == pytest.approx(math.log(3) / 4)
    assert large_share(200) == 0.0
    # the shares known fall faster and faster, as the law does
    falls = [large / small for small, large in pairwise([0.5, 0.14644660940, 0.02492092096])]
    assert falls[1] < falls[0]


def test_is_told_to_stop() -> None:
    with cancellable(lambda: True), pytest.raises(CancelledError):
        positive_count(4, 987, 0)
