"""How often a random symmetric matrix is positive definite: a model of critical points in many dimensions.

The matrices are of the Gaussian orthogonal ensemble: entries are normal and independent but for symmetry,
with variance 1/n beside the diagonal and 2/n on it, so that for large n the eigenvalues fill [−2, 2] with the
density √(4 − λ²)/(2π) (Wigner's semicircle). Whether all of them are positive does not depend on that scale.
The share of positive definite ones is

    n = 1: 1/2,   n = 2: (2 − √2)/4,   n = 3: (π − 2√2)/(4π),   and for large n  ≈ exp(−n² ln 3 / 4)

Sources: for n ≤ 3, the joint density of the eigenvalues, proportional to Π |λᵢ − λⱼ| Π exp(−n λᵢ²/4), over
positive ones (M. L. Mehta, "Random Matrices", 3rd ed. (2004)); for large n, D. S. Dean and S. N. Majumdar,
"Large deviations of extreme eigenvalues of random matrices", Phys. Rev. Lett. 97 (2006) 160201, whose law is
the leading one: factors that fall more slowly are not in it. As a model of loss surfaces: Y. N. Dauphin and
others, "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization"
(2014).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from engine.cancellation import stop_if_cancelled
from engine.descent import Array

BATCH = 10_000
"""Matrices drawn at once, each batch from a seed of its own."""


def exact_share(n: int) -> float | None:
    """The share of positive definite matrices, where a closed form is known: n ≤ 3.

    >>> exact_share(1), exact_share(4)
    (0.5, None)
    """
    forms = {
        1: 1 / 2,
        2: (2 - math.sqrt(2)) / 4,
        3: (math.pi - 2 * math.sqrt(2)) / (4 * math.pi),
    }
    return forms.get(n)


def large_share(n: float) -> float:
    """exp(−n² ln 3 / 4): the leading law for large n.

    >>> large_share(2.0)
    0.3333333333333333
    """
    return float(3.0 ** (-(n * n) / 4))


def goe_matrix(n: int, seed: int) -> Array:
    """(n, n): the matrix of the ensemble that `seed` draws."""
    drawn = np.random.default_rng([seed, n]).standard_normal((n, n))
    return np.asarray((drawn + drawn.T) / math.sqrt(2 * n))


@lru_cache(maxsize=256)
def eigenvalues(n: int, seed: int) -> Array:
    """The eigenvalues of `goe_matrix`, from the lowest up."""
    return np.asarray(np.linalg.eigvalsh(goe_matrix(n, seed)))


@lru_cache(maxsize=4096)
def positive_count(n: int, seed: int, batch: int, count: int = BATCH) -> int:
    """How many of `count` matrices of a batch are positive definite.

    By Gaussian elimination on all of them at once: a symmetric matrix is positive definite if and only if all
    its pivots are positive (Sylvester), and half of the matrices are settled by the first.
    """
    stop_if_cancelled()
    drawn = np.random.default_rng([seed, n, batch]).standard_normal((count, n, n))
    matrices = drawn + drawn.transpose(0, 2, 1)
    for k in range(n):
        pivots = matrices[:, k, k]
        matrices = matrices[pivots > 0]
        if not len(matrices):
            return 0
        row = matrices[:, k, k + 1 :] / matrices[:, k, k, None]
        matrices[:, k + 1 :, k + 1 :] -= matrices[:, k + 1 :, k, None] * row[:, None, :]
    return len(matrices)


def semicircle(values: Array) -> Array:
    """Wigner's density √(4 − λ²)/(2π) on [−2, 2], 0 elsewhere."""
    return np.asarray(np.sqrt(np.maximum(4 - values**2, 0)) / (2 * math.pi))
