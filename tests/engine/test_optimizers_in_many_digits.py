"""The optimizers that PyTorch lacks over 500 steps, against the papers' formulas in mpmath's fifty digits."""

import mpmath
import numpy as np
import pytest
from surfaces_by_hand import beale, beale_hessian, rosenbrock, rosenbrock_hessian

from engine.descent import run
from engine.racers import parse_racers
from engine.second_order import SMALLEST_CURVATURE

MP = mpmath.MPContext()
MP.dps = 50
SURFACES = {
    "rosenbrock": (rosenbrock, rosenbrock_hessian, (-1.2, 1.0)),
    "beale": (beale, beale_hessian, (1.0, 1.0)),
}
STEPS = 500


def exact(number):
    """The very float that the program computes with, or a setting's tuple of them."""
    return tuple(map(MP.mpf, number)) if isinstance(number, tuple) else MP.mpf(number)


# Each yields the next point for the gradient it is sent; matrices and vectors are mpmath's.


def lion(w, hessian, lr, betas=(0.9, 0.99), weight_decay=0.0):
    (b1, b2), m = betas, MP.zeros(2, 1)
    while True:
        g = yield w
        signs = MP.matrix([MP.sign(c) for c in b1 * m + (1 - b1) * g])
        w = (1 - lr * weight_decay) * w - lr * signs
        m = b2 * m + (1 - b2) * g


def qhm(w, hessian, lr, beta=0.999, nu=0.7, weight_decay=0.0):
    buffer = MP.zeros(2, 1)
    while True:
        g = (yield w) + weight_decay * w
        buffer = beta * buffer + (1 - beta) * g
        w = w - lr * ((1 - nu) * g + nu * buffer)


def qhadam(w, hessian, lr, betas=(0.995, 0.999), nus=(0.7, 1.0), eps=1e-8, weight_decay=0.0):
    (b1, b2), (nu1, nu2) = betas, nus
    m, v, t = MP.zeros(2, 1), MP.zeros(2, 1), 0
    while True:
        g = (yield w) + weight_decay * w
        t += 1
        for i in range(2):
            m[i] = b1 * m[i] + (1 - b1) * g[i]
            v[i] = b2 * v[i] + (1 - b2) * g[i] ** 2
            over = (1 - nu1) * g[i] + nu1 * m[i] / (1 - b1**t)
            under = MP.sqrt((1 - nu2) * g[i] ** 2 + nu2 * v[i] / (1 - b2**t)) + eps
            w[i] = w[i] - lr * over / under


def newton(w, hessian, lr=1.0, damping=0.0, weight_decay=0.0):
    while True:
        g = (yield w) + weight_decay * w
        a = MP.matrix(hessian(*w)) + (damping + weight_decay) * MP.eye(2)
        w = w - lr * MP.lu_solve(a, g)


def bfgs(w, hessian, lr=1.0, weight_decay=0.0):
    g = (yield w) + weight_decay * w
    inverse = MP.eye(2) * min(1, 1 / (abs(g[0]) + abs(g[1])))
    learnt = False
    while True:
        before, w = w, w - lr * inverse * g
        old, g = g, (yield w) + weight_decay * w
        s, y = w - before, g - old
        sy = (s.T * y)[0]
        if sy <= SMALLEST_CURVATURE * MP.norm(s) * MP.norm(y):
            continue
        if not learnt:
            inverse, learnt = MP.eye(2) * (sy / (y.T * y)[0]), True
        left = MP.eye(2) - s * y.T / sy
        inverse = left * inverse * left.T + s * s.T / sy


# Rates at which a run does not magnify the last digit: a slow BFGS does in Rosenbrock's valley.
CASES = [
    (lion, {"lr": 0.003}),
    (lion, {"lr": 0.001, "betas": (0.95, 0.98)}),
    (lion, {"lr": 0.002, "betas": (0.5, 0.8), "weight_decay": 0.3}),
    (qhm, {"lr": 0.001}),
    (qhm, {"lr": 0.0005, "beta": 0.9}),
    (qhm, {"lr": 0.001, "beta": 0.9, "nu": 0.5, "weight_decay": 0.1}),
    (qhadam, {"lr": 0.01}),
    (qhadam, {"lr": 0.002, "betas": (0.9, 0.99), "nus": (0.5, 0.8), "eps": 0.001}),
    (qhadam, {"lr": 0.01, "betas": (0.9, 0.999), "nus": (1.0, 1.0), "weight_decay": 0.1}),
    (newton, {"lr": 0.05, "damping": 4.0}),
    (newton, {"lr": 0.3, "damping": 20.0}),
    (newton, {"lr": 0.1, "damping": 8.0, "weight_decay": 0.05}),
    (bfgs, {"lr": 0.5}),
    (bfgs, {"lr": 0.8}),
    (bfgs, {"lr": 0.3, "weight_decay": 0.1}),
]


def call_of(way, settings):
    return f"{way.__name__}({', '.join(f'{name}={value}' for name, value in settings.items())})"


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("way", "settings"), CASES, ids=[call_of(*case) for case in CASES])
def test_five_hundred_steps_agree_with_fifty_digits(way, settings, surface):
    objective, hessian, start = SURFACES[surface]
    trajectory = run(parse_racers(call_of(way, settings))[0].build(hessian), objective, start, STEPS)
    assert trajectory.steps == STEPS
    given = {name: exact(value) for name, value in settings.items()}
    reference = way(MP.matrix(exact(start)), hessian, **given)
    w = next(reference)
    for step in range(1, STEPS + 1):
        w = reference.send(MP.matrix(objective(*w)[1]))
        if step in (1, 2, 3, 10, 100, 300, STEPS):
            expected = [float(each) for each in w]
            np.testing.assert_allclose(trajectory.positions[step], expected, rtol=0, atol=1e-10)
