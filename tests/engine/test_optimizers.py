"""Every optimizer against formulas written a second time, as vectors, and against PyTorch itself."""

import json
from pathlib import Path

import numpy as np
import pytest
from surfaces_by_hand import beale, beale_hessian, ravine, ravine_hessian, rosenbrock, rosenbrock_hessian

from engine import optimizers
from engine.descent import run
from engine.optimizer_kinds import OPTIMIZERS
from engine.racers import parse_racers
from engine.second_order import with_hessian

SURFACES = {"rosenbrock": (rosenbrock, (-1.2, 1.0)), "beale": (beale, (1.0, 1.0))}
DATA = Path(__file__).parents[1] / "data"
REFERENCE = json.loads((DATA / "optimizer_reference.json").read_text("utf-8"))


# The papers' formulas, over vectors: each yields the next point for the gradient it is sent.


def sgd_by_hand(w, lr, mu=0.0, nesterov=False, dampening=0.0, decay=0.0, **_):
    b = np.zeros_like(w)
    while True:
        g = (yield w) + decay * w
        b = mu * b + (1 - dampening) * g
        w = w - lr * ((1 - dampening) * g + mu * b if nesterov else b)


def adagrad_by_hand(w, lr, eps, decay=0.0):
    history = []
    while True:
        g = (yield w) + decay * w
        history.append(g**2)
        w = w - lr * g / (np.sum(history, axis=0) ** 0.5 + eps)


def rmsprop_by_hand(w, lr, rho, eps):
    mean_square = np.zeros_like(w)
    while True:
        g = yield w
        mean_square = rho * mean_square + (1 - rho) * g**2
        w = w - lr * g / (np.sqrt(mean_square) + eps)


def adam_by_hand(w, lr, b1, b2, eps, l2=0.0, decoupled=0.0):
    m, v, t = np.zeros_like(w), np.zeros_like(w), 0
    while True:
        g = (yield w) + l2 * w
        t += 1
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        adaptive = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
        w = w * (1 - lr * decoupled) - lr * adaptive


def lion_by_hand(w, lr, b1, b2, decay=0.0):
    m = np.zeros_like(w)
    while True:
        g = yield w
        w = w - lr * (np.sign(b1 * m + (1 - b1) * g) + decay * w)
        m = b2 * m + (1 - b2) * g


def qhm_by_hand(w, lr, beta, nu, decay=0.0):
    buffer = np.zeros_like(w)
    while True:
        g = (yield w) + decay * w
        buffer = beta * buffer + (1 - beta) * g
        w = w - lr * ((1 - nu) * g + nu * buffer)


def qhadam_by_hand(w, lr, b1, b2, nu1, nu2, eps):
    gradients, t = [], 0
    while True:
        gradients.append((yield w))
        t += 1
        weights1 = (1 - b1) * b1 ** np.arange(t)[::-1, None] / (1 - b1**t)
        weights2 = (1 - b2) * b2 ** np.arange(t)[::-1, None] / (1 - b2**t)
        g, m = gradients[-1], (weights1 * gradients).sum(axis=0)
        v = (weights2 * np.square(gradients)).sum(axis=0)
        w = w - lr * ((1 - nu1) * g + nu1 * m) / (np.sqrt((1 - nu2) * g**2 + nu2 * v) + eps)


BY_HAND = [
    ("lion(lr=0.003)", lambda w: lion_by_hand(w, 0.003, 0.9, 0.99)),
    (
        "lion(lr=0.01, betas=(0.5, 0.8), weight_decay=0.3)",
        lambda w: lion_by_hand(w, 0.01, 0.5, 0.8, 0.3),
    ),
    ("qhm(lr=0.001)", lambda w: qhm_by_hand(w, 0.001, 0.999, 0.7)),
    ("qhm(lr=0.001, beta=0.9, nu=0.5, weight_decay=0.1)", lambda w: qhm_by_hand(w, 0.001, 0.9, 0.5, 0.1)),
    ("qhadam(lr=0.01)", lambda w: qhadam_by_hand(w, 0.01, 0.995, 0.999, 0.7, 1.0, 1e-8)),
    (
        "qhadam(lr=0.02, betas=(0.9, 0.99), nus=(0.5, 0.8), eps=0.001)",
        lambda w: qhadam_by_hand(w, 0.02, 0.9, 0.99, 0.5, 0.8, 0.001),
    ),
    ("gd(lr=0.001)", lambda w: sgd_by_hand(w, 0.001)),
    ("momentum(lr=0.0003, beta=0.9)", lambda w: sgd_by_hand(w, 0.0003, mu=0.9)),
    ("momentum(lr=0.002, averaged=true)", lambda w: sgd_by_hand(w, 0.002, mu=0.9, dampening=0.9)),
    ("nesterov(lr=0.0003, beta=0.8)", lambda w: sgd_by_hand(w, 0.0003, mu=0.8, nesterov=True)),
    (
        "nesterov(lr=0.002, averaged=true, weight_decay=0.1)",
        lambda w: sgd_by_hand(w, 0.002, mu=0.9, nesterov=True, dampening=0.9, decay=0.1),
    ),
    ("adagrad(lr=0.5)", lambda w: adagrad_by_hand(w, 0.5, 1e-10)),
    ("adagrad(lr=0.5, eps=0.01, weight_decay=0.2)", lambda w: adagrad_by_hand(w, 0.5, 0.01, 0.2)),
    ("rmsprop(lr=0.01, alpha=0.9)", lambda w: rmsprop_by_hand(w, 0.01, 0.9, 1e-8)),
    ("adam(lr=0.05)", lambda w: adam_by_hand(w, 0.05, 0.9, 0.999, 1e-8)),
    ("adam(lr=0.05, weight_decay=0.1)", lambda w: adam_by_hand(w, 0.05, 0.9, 0.999, 1e-8, l2=0.1)),
    (
        "adamw(lr=0.05, betas=(0.8, 0.99), eps=0.001)",
        lambda w: adam_by_hand(w, 0.05, 0.8, 0.99, 0.001, decoupled=0.01),
    ),
]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("call", "by_hand"), BY_HAND, ids=[call for call, _ in BY_HAND])
def test_every_step_is_the_formula_s_step(call, by_hand, surface):
    """Along one run's gradients, so that a chaotic run does not magnify the last digit."""
    objective, start = SURFACES[surface]
    trajectory = run(parse_racers(call)[0].build(), objective, start, 400)
    reference = by_hand(np.array(start))
    next(reference)
    assert trajectory.steps == 400
    for gradient, position in zip(trajectory.gradients[:-1], trajectory.positions[1:], strict=True):
        expected = reference.send(gradient)
        np.testing.assert_allclose(position, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("row", REFERENCE["rows"], ids=lambda row: f"{row['surface']}-{row['racer']}")
def test_agrees_with_pytorch(row):
    objective, start = SURFACES[row["surface"]]
    steps = max(map(int, row["path"]))
    trajectory = run(parse_racers(row["racer"])[0].build(), objective, start, steps)
    for step, point in row["path"].items():
        # a long run magnifies the last digit, in which two orders of adding differ
        tolerance = 1e-12 if int(step) <= 300 else 1e-10
        np.testing.assert_allclose(trajectory.positions[int(step)], point, rtol=0, atol=tolerance)


def test_every_optimizer_of_pytorch_is_compared_over_500_steps_in_three_settings_on_both_surfaces():
    long = [row for row in REFERENCE["rows"] if "500" in row["path"]]
    settings = {(row["surface"], row["racer"].partition("(")[0]): set() for row in long}
    for row in long:
        settings[row["surface"], row["racer"].partition("(")[0]].add(row["racer"])
    compared = set(OPTIMIZERS) - {"lion", "qhm", "qhadam", "newton", "bfgs"}  # PyTorch has none of these
    assert set(settings) == {(surface, name) for surface in SURFACES for name in compared}
    assert min(map(len, settings.values())) >= 3


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parts_have_their_declared_names_and_the_step_is_the_displacement(name):
    kind = OPTIMIZERS[name]
    optimizer = with_hessian(kind.factory(lr=0.1), ravine_hessian)
    point = (2.0, -1.0)
    moved, _, parts = optimizer.update(ravine(*point)[1], optimizer.init(point), point)
    assert set(kind.parts) <= set(parts)
    assert parts["step"] == pytest.approx(np.subtract(moved, point), rel=1e-14)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_climbing_is_descending_the_negative(name):
    def upside_down(x, y):
        value, (slope_x, slope_y) = beale(x, y)
        return -value, (-slope_x, -slope_y)

    def bent_down(x, y):
        return tuple(tuple(-entry for entry in row) for row in beale_hessian(x, y))

    kind = OPTIMIZERS[name]
    climber = with_hessian(kind.factory(lr=1e-3, maximize=True), beale_hessian)
    climb = run(climber, beale, (1.0, 1.5), 30)
    descent = run(with_hessian(kind.factory(lr=1e-3), bent_down), upside_down, (1.0, 1.5), 30)
    assert (climb.positions == descent.positions).all()
    if name == "newton":  # it goes where the slope is 0, whichever way is up
        same = run(with_hessian(kind.factory(lr=1e-3), beale_hessian), beale, (1.0, 1.5), 30)
        np.testing.assert_allclose(climb.positions, same.positions, rtol=1e-12)
    else:
        assert climb.losses[-1] > climb.losses[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_arrays_and_floats_share_the_formulas(name):
    optimizer = with_hessian(OPTIMIZERS[name].factory(weight_decay=0.1), rosenbrock_hessian)
    starts = [(1.0, 2.0), (-3.0, 0.5), (0.0, -0.0)]
    grid = tuple(np.array(column) for column in zip(*starts, strict=True))
    state = optimizer.init(grid)
    for _ in range(5):
        grid, state, _ = optimizer.update(rosenbrock(*grid)[1], state, grid)
    for k, start in enumerate(starts):
        point, state = start, optimizer.init(start)
        for _ in range(5):
            point, state, _ = optimizer.update(rosenbrock(*point)[1], state, point)
        assert [column[k] for column in grid] == pytest.approx(point, rel=1e-14)


def test_momentum_conventions_differ_by_the_share_of_the_new():
    accumulated = run(optimizers.momentum(lr=0.01, beta=0.9), ravine, (2.0, 1.0), 50)
    averaged = run(optimizers.momentum(lr=0.1, beta=0.9, averaged=True), ravine, (2.0, 1.0), 50)
    np.testing.assert_allclose(accumulated.positions, averaged.positions, rtol=1e-12, atol=1e-12)


def test_first_adam_correction_is_tenfold_and_thousandfold():
    optimizer = optimizers.adam()
    parts = optimizer.update((3.0,), optimizer.init((0.0,)), (0.0,)).parts
    assert parts["corrected_average"][0] / parts["average"][0] == pytest.approx(10)
    assert parts["corrected_square_average"][0] / parts["square_average"][0] == pytest.approx(1000)


def test_a_zero_gradient_moves_nothing_and_divides_nothing_by_zero():
    for kind in OPTIMIZERS.values():
        optimizer = with_hessian(kind.factory(weight_decay=0.0), lambda x, y: ((0.0, 0.0), (0.0, 0.0)))
        assert optimizer.update((0.0, 0.0), optimizer.init((1.0, 2.0)), (1.0, 2.0)).parameters == (1.0, 2.0)


def test_states_carry_the_textbook_s_letters():
    point = (1.0,)
    fields = {name: kind.factory().init(point)._fields for name, kind in OPTIMIZERS.items()}
    assert fields == {
        "gd": (),
        "momentum": ("v",),
        "nesterov": ("v",),
        "adagrad": ("G",),
        "rmsprop": ("v",),
        "adam": ("t", "m", "v"),
        "adamw": ("t", "m", "v"),
        "adadelta": ("v", "u"),
        "amsgrad": ("t", "m", "v", "v_max"),
        "nadam": ("t", "mu_product", "m", "v"),
        "lion": ("m",),
        "qhm": ("v",),
        "qhadam": ("t", "m", "v"),
        "newton": (),
        "bfgs": ("w", "g", "H", "learnt"),
    }
