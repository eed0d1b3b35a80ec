"""A step written out, against arithmetic by hand."""

import pytest

from engine.optimizer_notation import worked_step
from engine.racers import make_racer


def worked(optimizer, settings, gradient, parameters):
    racer = make_racer(optimizer, settings)
    built = racer.build()
    return worked_step(racer.last, built.update(gradient, built.init(parameters), parameters).parts)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, r"g = \nabla f(w) = (3,\, -2)"),
        ({"weight_decay": 0.5}, r"g = \nabla f(w) + \lambda w = (5,\, -1)"),  # + ½ (4, 2)
        ({"maximize": True}, r"g = -\nabla f(w) = (-3,\, 2)"),
        ({"maximize": True, "weight_decay": 0.5}, r"g = -\nabla f(w) + \lambda w = (-1,\, 3)"),
    ],
)
def test_the_first_line_says_what_the_gradient_became(settings, line):
    assert worked("gd", {"lr": 0.1, **settings}, (3.0, -2.0), (4.0, 2.0))[0] == line


def test_adamw_decays_the_weights_beside_the_gradient():
    lines = worked("adamw", {"lr": 0.5, "weight_decay": 0.25, "eps": 1e-300}, (3.0,), (4.0,))
    assert lines[0] == r"g = \nabla f(w) = (3)"
    # −½ · ¼ · 4 = −½ and, since Adam's first step has length η, −½ again: in the order of the formula
    assert lines[-1] == r"\Delta w = -\eta\lambda w - \eta s = (-0.5) + (-0.5) = (-1)"


def test_the_two_summands_stand_in_the_order_of_the_formula():
    lines = worked("adamw", {"lr": 0.5, "weight_decay": 0.5, "eps": 1e-300}, (3.0,), (4.0,))
    assert lines[-1].endswith("= (-1) + (-0.5) = (-1.5)")
