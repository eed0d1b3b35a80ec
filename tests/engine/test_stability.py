"""Bounds and factors of steps, against matrices that NumPy multiplies out and against runs themselves."""

import numpy as np
import pytest

from engine.descent import run
from engine.optimizer_kinds import OPTIMIZERS
from engine.racer import make_racer, racer_part
from engine.stability import KINDS, Memory, edge, eigenvalues, scaled_eigenvalues

BOWL = ((1.0, 0.0), (0.0, 1.0))


def bowl(x, y):
    return (x * x + y * y) / 2, (x, y)


def test_every_optimizer_has_its_row() -> None:
    assert KINDS.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize(
    ("optimizer", "settings", "bound"),
    [
        ("gd", {}, 2.0),
        ("momentum", {"beta": 0.9}, 2 * 1.9),
        ("momentum", {"beta": 0.9, "averaged": True}, 2 * 1.9 / 0.1),
        ("nesterov", {"beta": 0.5}, 2 * 1.5 / 2),  # 2 (1 + β) / (1 + 2β)
        ("momentum", {"beta": 0.5, "nesterov": True}, 2 * 1.5 / 2),
        ("nesterov", {"beta": 0.5, "averaged": True}, 2 * 1.5 / 2 / 0.5),
        ("qhm", {"beta": 0.5, "nu": 0.0}, 2.0 * 1.5 / 1.5),  # plain descent
        ("qhm", {"beta": 0.5, "nu": 1.0}, 2 * 1.5 / 0.5),  # averaged momentum
        ("adam", {"betas": (0.9, 0.999)}, 38.0),  # Cohen et al.: 38/η at β₁ = 0.9
        ("rmsprop", {}, 2.0),
    ],
)
def test_bounds_by_hand(optimizer, settings, bound) -> None:
    part = racer_part(optimizer, {"lr": 1.0, **settings})
    kind = KINDS[optimizer]
    assert kind is not None
    assert kind.memory(part, 0).bound == pytest.approx(bound)


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ("gd", {}),
        ("momentum", {"beta": 0.9}),
        ("momentum", {"beta": 0.7, "averaged": True}),
        ("nesterov", {"beta": 0.9}),
        ("nesterov", {"beta": 0.6, "averaged": True}),
        ("qhm", {"beta": 0.9, "nu": 0.7}),
    ],
)
def test_a_run_just_below_the_bound_comes_nearer_and_one_just_above_goes_off(optimizer, settings) -> None:
    bound = KINDS[optimizer].memory(racer_part(optimizer, settings), 0).bound
    for share, ends_nearer in ((0.98, True), (1.02, False)):
        racer = make_racer(optimizer, {"lr": share * bound, **settings})
        path = run(racer.build(), bowl, (1.0, 0.5), 2000)
        assert (path.losses[-1] < 1e-3 * path.losses[0]) == ends_nearer
        assert (path.losses[-1] > 1e3 * path.losses[0]) != ends_nearer


@pytest.mark.parametrize("a", [0.01, 0.3, 1.0, 2.5, 3.7, 4.5])
@pytest.mark.parametrize(("beta", "nu", "gain", "decay"), [
    (0.0, 0.0, 1.0, 0.0), (0.9, 1.0, 10.0, 0.0), (0.9, 1.0, 1.0, 0.0), (0.8, 0.8, 5.0, 0.0),
    (0.9, 0.7, 1.0, 0.1),
])  # fmt: skip
def test_the_factor_is_the_spectral_radius_of_the_map(a, beta, nu, gain, decay) -> None:
    """The map of (w, v) for λ = 1 written out, and its eigenvalues by NumPy."""
    moved = a * gain
    matrix = np.array(
        [[1 - decay - moved * (1 - nu) - moved * nu * (1 - beta), -moved * nu * beta], [1 - beta, beta]]
    )
    expected = np.abs(np.linalg.eigvals(matrix)).max()
    memory = Memory(beta, nu, gain, decay)
    assert memory.factor(a) == pytest.approx(
        expected, rel=1e-9, abs=1e-7
    )  # a double root has half the digits
    assert (memory.factor(a) < 1) == (a < memory.bound)


def test_eigenvalues_against_numpy() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        half, root = random.standard_normal((2, 2, 2))
        rows, scale = half + half.T, root @ root.T
        assert eigenvalues(rows.tolist()) == pytest.approx(np.linalg.eigvalsh(rows))
        found = np.sort(np.linalg.eigvals(scale @ rows).real)
        assert scaled_eigenvalues(scale.tolist(), rows.tolist()) == pytest.approx(found)


def test_adam_is_held_to_its_own_rates() -> None:
    """First step at g = (4, 20): rates 1/4 and 1/20 on curvatures 2 and 20, that is 0.5 and 1."""
    racer = make_racer("adam", {"lr": 0.1, "eps": 1e-300})
    built = racer.build()
    parts = built.update((4.0, 20.0), built.init((2.0, 1.0)), (2.0, 1.0)).parts
    found = edge(racer.last, parts, ((2.0, 0.0), (0.0, 20.0)), 0)
    assert found.sharpness == 20.0
    assert found.scaled == pytest.approx(1.0)
    assert found.value == pytest.approx(0.1)


def test_adadelta_rates_are_those_of_its_step() -> None:
    racer = make_racer("adadelta", {"rho": 0.5, "eps": 0.25})
    built = racer.build()
    state, place = built.init((1.0, 1.0)), (1.0, 1.0)
    for gradient in ((2.0, 1.0), (1.0, 0.0)):
        before = state
        place, state, parts = built.update(gradient, state, place)
    expected = [((u + 0.25) / (v + 0.25)) ** 0.5 for u, v in zip(before.u, state.v, strict=True)]
    assert edge(racer.last, parts, BOWL, 1).scaled == pytest.approx(max(expected))


def test_newton_takes_all_curvature_out() -> None:
    racer = make_racer("newton", {"lr": 0.5})
    steep = ((2.0, 1.0), (1.0, 20.0))
    built = racer.build(lambda x, y: steep)
    parts = built.update((4.0, 20.0), built.init((2.0, 1.0)), (2.0, 1.0)).parts
    assert edge(racer.last, parts, steep, 0).scaled == pytest.approx(1.0)


def test_one_who_climbs_descends_the_other_side() -> None:
    part = racer_part("gd", {"lr": 1.0, "maximize": True, "weight_decay": 0.5})
    assert edge(part, {}, ((-3.0, 0.0), (0.0, 1.0)), 0).sharpness == 3.5


def test_a_sign_is_no_linear_map() -> None:
    assert edge(racer_part("lion", {}), {}, BOWL, 0) is None
