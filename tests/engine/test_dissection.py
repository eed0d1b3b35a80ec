"""A step as contributions: they add up for every optimizer, and are what arithmetic by hand makes them."""

import math

import numpy as np
import pytest

from engine.descent import run
from engine.dissection import STAGES, dissect
from engine.optimizer_kinds import OPTIMIZERS
from engine.racer import make_racer

SETTINGS = {
    "plain": {},
    "decayed": {"weight_decay": 0.3},
    "climbing": {"maximize": True},
    "climbing, decayed": {"maximize": True, "weight_decay": 0.3},
}


def waves(x, y):
    """sin x cos 2y + xy: hills and hollows, and nowhere steep enough for any run to leave the numbers."""
    value = math.sin(x) * math.cos(2 * y) + x * y
    return value, (math.cos(x) * math.cos(2 * y) + y, -2 * math.sin(x) * math.sin(2 * y) + x)


def hessian(x, y):
    mixed = -2 * math.cos(x) * math.sin(2 * y) + 1
    return (-math.sin(x) * math.cos(2 * y), mixed), (mixed, -4 * math.sin(x) * math.cos(2 * y))


def contributions(optimizer, settings, gradients, place=(0.0,)):
    """What the last of some steps consists of, each step made by hand from its gradient."""
    racer = make_racer(optimizer, settings)
    built = racer.build()
    state, parts = built.init(place), {}
    for gradient in gradients:
        place, state, parts = built.update(gradient, state, place)
    found = dissect(racer.last, parts, gradients[-1])
    return {each.name: each.vector for each in found}


def test_every_optimizer_has_its_row() -> None:
    assert STAGES.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_contributions_add_up_to_the_step(optimizer, settings, noisy, seed) -> None:
    random = np.random.default_rng(seed)
    racer = make_racer(optimizer, {"lr": float(random.uniform(0.001, 0.1)), **settings})
    noise = 0.3 * random.standard_normal((40, 2)) if noisy else None
    path = run(racer.build(hessian), waves, random.uniform(-1.5, 1.5, 2).tolist(), 40, noise=noise)
    for k in random.choice(path.steps, min(path.steps, 12), replace=False).tolist():
        pushed = None if noise is None else noise[k].tolist()
        found = dissect(racer.part_at(k), path.parts(k), path.gradients[k].tolist(), pushed)
        step = path.positions[k + 1] - path.positions[k]
        # of the longest of what is added: a sum of long arrows cannot be surer than their own last digit
        largest = max([each.length for each in found])
        total = np.sum([each.vector for each in found], axis=0)
        assert total == pytest.approx(path.parts(k)["step"], rel=1e-12, abs=1e-12 * largest)
        assert total == pytest.approx(step, rel=1e-9, abs=1e-12 * max(largest, 1.0))
        assert found[0].name == "gradient"
        assert len({each.name for each in found}) == len(found)
        assert ("noise" in {each.name for each in found}) == noisy
        assert ("decay" in {each.name for each in found}) == (racer.value("weight_decay") > 0)


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if not OPTIMIZERS[name].decays_beside])
def test_the_gradient_of_f_stands_alone(optimizer) -> None:
    """−η∇f, then −ηξ, then −ηλw, whatever the optimizer makes of their sum."""
    racer = make_racer(optimizer, {"lr": 0.5, "weight_decay": 0.25, "maximize": True})
    place, gradient, noise = (4.0, 2.0), (3.0, -2.0), (0.5, 1.0)
    built = racer.build(hessian)
    parts = built.update((3.5, -1.0), built.init(place), place).parts
    found = dissect(racer.last, parts, gradient, noise)
    assert [each.name for each in found[:3]] == ["gradient", "noise", "decay"]
    assert [each.vector for each in found[:3]] == [(1.5, -1.0), (0.25, 0.5), (-0.5, -0.25)]
    assert [each.latex for each in found[:3]] == [r"\eta\,\nabla f", r"\eta\,\xi", r"-\eta\lambda w"]


def test_weights_that_decay_beside_the_gradient_come_last() -> None:
    for optimizer in ("adamw", "lion"):
        racer = make_racer(optimizer, {"lr": 0.5, "weight_decay": 0.25})
        built = racer.build()
        found = dissect(racer.last, built.update((3.0,), built.init((4.0,)), (4.0,)).parts, (3.0,))
        assert found[-1].name == "decay"
        assert found[-1].vector == (-0.5,)  # −½ · ¼ · 4


def test_plain_descent_is_its_gradient() -> None:
    assert contributions("gd", {"lr": 0.1}, [(3.0, -2.0)]) == {"gradient": pytest.approx((-0.3, 0.2))}


def test_momentum_carries_the_whole_velocity() -> None:
    """g = 4, then 2: v = 4, then 0.5·4 + 2, of which 2 is carried."""
    found = contributions("momentum", {"lr": 0.1, "beta": 0.5}, [(4.0,), (2.0,)])
    assert found == {"gradient": pytest.approx((-0.2,)), "carried": pytest.approx((-0.2,))}


def test_averaged_momentum_gives_part_of_the_gradient_away() -> None:
    """v = 0.25·4 = 1, then 0.75·1 + 0.25·2 = 1.25: of g = 2 three quarters are away, 0.75 is carried."""
    found = contributions("momentum", {"lr": 0.1, "beta": 0.75, "averaged": True}, [(4.0,), (2.0,)])
    assert found == {
        "gradient": pytest.approx((-0.2,)),
        "averaged_away": pytest.approx((0.15,)),
        "carried": pytest.approx((-0.075,)),
    }


def test_nesterov_looks_ahead() -> None:
    """v = 4, then 0.5·4 + 2 = 4; the step goes along g + 0.5·4 = 4: v once more, so nothing is added …"""
    found = contributions("nesterov", {"lr": 0.1, "beta": 0.5}, [(4.0,), (2.0,)])
    assert found["lookahead"] == pytest.approx((0.0,))
    # … and from rest v = g = 4, the step along 4 + 0.5·4
    found = contributions("momentum", {"lr": 0.1, "beta": 0.5, "nesterov": True}, [(4.0,)])
    assert found == {
        "gradient": pytest.approx((-0.4,)),
        "carried": pytest.approx((0.0,)),
        "lookahead": pytest.approx((-0.2,)),
    }


def test_adam_step_by_step() -> None:
    """β = (0.9, 0.99), η = 0.1, ε next to nothing; the gradients are 2, then 1.

    1: m = 0.2, m̂ = 2, v = 0.04, √v = 0.2, v̂ = 4: 2 → 0.2 → 2 → 10 → 1
    2: m = 0.28, m̂ = 0.28/0.19, v = 0.0496, v̂ = 0.0496/0.0199
    """
    settings = {"lr": 0.1, "betas": (0.9, 0.99), "eps": 1e-300}
    first = contributions("adam", settings, [(2.0,)])
    assert list(first) == ["gradient", "first_moment", "first_correction", "scaling", "second_correction"]
    assert [vector[0] for vector in first.values()] == pytest.approx([-0.2, 0.18, -0.18, -0.8, 0.9])
    second = contributions("adam", settings, [(2.0,), (1.0,)])
    corrected = 0.28 / 0.19
    directions = [1.0, 0.28, corrected, corrected / math.sqrt(0.0496), corrected / math.sqrt(0.0496 / 0.0199)]
    expected = [
        -0.1 * (after - before) for before, after in zip([0.0, *directions], directions, strict=False)
    ]
    assert [vector[0] for vector in second.values()] == pytest.approx(expected, rel=1e-12)


def test_amsgrad_divides_by_the_largest() -> None:
    """β₂ = 0.5: v = 8 after g = 4, then 4.5 after g = 1; V stays 8."""
    found = contributions("amsgrad", {"lr": 1.0, "betas": (0.0, 0.5), "eps": 1e-300}, [(4.0,), (1.0,)])
    assert found["scaling"] == pytest.approx((1 - 1 / math.sqrt(4.5),))
    assert found["largest"] == pytest.approx((1 / math.sqrt(4.5) - 1 / math.sqrt(8),))
    assert found["second_correction"] == pytest.approx((1 / math.sqrt(8) - 1 / math.sqrt(8 / 0.75),))


def test_lion_keeps_the_sign() -> None:
    """m = 0.01·5, then c = 0.9·0.05 + 0.1·(−2) = −0.155, of which the sign is −1."""
    found = contributions("lion", {"lr": 0.5}, [(5.0,), (-2.0,)])
    assert found == {
        "gradient": pytest.approx((1.0,)),
        "first_moment": pytest.approx((0.5 * 0.155 - 1.0,)),
        "sign": pytest.approx((0.5 - 0.5 * 0.155,)),
    }


def test_quasi_hyperbolic_momentum_by_hand() -> None:
    """β = ν = ½: v = 2 after g = 4, then 2 after g = 2; c = 1 + 1."""
    found = contributions("qhm", {"lr": 1.0, "beta": 0.5, "nu": 0.5}, [(4.0,), (2.0,)])
    assert found == {
        "gradient": pytest.approx((-2.0,)),
        "averaged_away": pytest.approx((0.5,)),
        "carried": pytest.approx((-0.5,)),
    }


def test_what_a_setting_rules_out_is_not_listed() -> None:
    assert "square_blend" not in contributions("qhadam", {}, [(1.0,)])
    assert "square_blend" in contributions("qhadam", {"nus": (0.7, 0.9)}, [(1.0,)])
    assert "averaged_away" not in contributions("momentum", {}, [(1.0,)])


def test_the_symbols_telescope() -> None:
    racer = make_racer("adam", {"weight_decay": 0.1})
    built = racer.build()
    found = dissect(racer.last, built.update((3.1,), built.init((1.0,)), (1.0,)).parts, (3.0,))
    assert [each.latex for each in found][2:4] == [r"-\eta\,(m_t - g)", r"-\eta\,(\hat m_t - m_t)"]
    assert found[-1].latex == (r"-\eta\,\left(s - \frac{\hat m_t}{\sqrt{v_t}+\varepsilon}\right)")
