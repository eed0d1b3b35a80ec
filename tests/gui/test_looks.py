"""Every look can be seen and told from its neighbours, by every eye: measured, not believed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from engine.figure import Points, Role
from gui import colour
from gui.looks import look_of, optimizer_look, optimizers_with_looks, role_look
from gui.theme import theme_named

COLUMNS = ["light", "dark", "contrast"]
# the second derivative is a line of plots in one variable: look.md keeps it off fields
ON_FIELDS = [role for role in Role if role is not Role.CURVATURE]


def field_of(theme) -> np.ndarray:
    packed = theme.field_colors
    return np.stack([(packed >> shift) & 0xFF for shift in (16, 8, 0)], axis=-1) / 255.0


@pytest.mark.parametrize("name", COLUMNS)
def test_text_keeps_four_and_a_half_to_one(name):
    theme = theme_named(name)
    pairs = [
        (text, ground) for text in (theme.text, theme.muted) for ground in (theme.background, theme.pane)
    ]
    pairs += [(theme.accent, theme.background), (theme.on_accent, theme.accent)]
    pairs += [(theme.text, theme.hover), (theme.text, theme.pressed)]
    pairs += [(theme.role(role).color, theme.background) for role in (Role.RIGHT, Role.WRONG, Role.TANGENT)]
    for text, ground in pairs:
        assert colour.contrast(colour.from_hex(text), colour.from_hex(ground)) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("role", list(Role))
def test_lines_keep_three_to_one_on_the_background(name, role):
    line = colour.from_hex(role_look(role, name).color)
    assert colour.contrast(line, colour.from_hex(theme_named(name).background)) >= 3.0


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("role", ON_FIELDS)
def test_lines_keep_three_to_one_on_fields(name, role):
    line = colour.from_hex(role_look(role, name).color)
    assert colour.contrast(line, field_of(theme_named(name))).min() >= 3.0


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("optimizer", optimizers_with_looks())
def test_paths_keep_three_to_one_on_background_and_field(name, optimizer):
    line = colour.from_hex(optimizer_look(optimizer, name).color)
    assert colour.contrast(line, colour.from_hex(theme_named(name).background)) >= 3.0
    assert colour.contrast(line, field_of(theme_named(name))).min() >= 3.0


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("sight", ["normal", "protanopia", "deuteranopia"])
def test_optimizers_stay_apart_for_every_eye(name, sight):
    shown = np.array([colour.from_hex(optimizer_look(one, name).color) for one in optimizers_with_looks()])
    seen = shown if sight == "normal" else colour.seen_with(shown, sight)
    apart = {(a, b): float(colour.difference(seen[a], seen[b])) for a, b in combinations(range(15), 2)}
    assert min(apart.values()) >= 8.0


@pytest.mark.parametrize("name", COLUMNS)
def test_no_two_optimizers_share_colour_dash_and_marker(name):
    looks = {optimizer_look(one, name) for one in optimizers_with_looks()}
    assert len(looks) == 15


@pytest.mark.parametrize("optimizer", optimizers_with_looks())
def test_a_second_racer_keeps_the_colour_and_changes_the_rest(optimizer):
    first, second = (optimizer_look(name, "light") for name in (optimizer, f"{optimizer}#2"))
    assert first.color == second.color
    assert first.dash != second.dash
    assert first.marker != second.marker


def test_a_call_as_written_has_the_look_of_its_optimizer():
    assert optimizer_look("adam(lr=0.1)", "dark") == optimizer_look("adam", "dark")
    assert optimizer_look("Adam", "dark") == optimizer_look("adam", "dark")


def test_one_of_a_field_is_quieter_than_its_role():
    here = Points(id="a", role=Role.GRADIENT, x=np.zeros(1), y=np.zeros(1))
    one_of_many = Points(id="b", role=Role.GRADIENT, look="field", x=np.zeros(1), y=np.zeros(1))
    assert look_of(one_of_many, "light").width < look_of(here, "light").width
    assert look_of(one_of_many, "light").color != look_of(here, "light").color


@pytest.mark.parametrize("name", ["light", "dark"])
def test_roles_of_one_picture_differ_in_more_than_colour(name):
    """Roles that may stand in one plot: apart for every eye, or told by dash, width, head or hatch."""
    roles = [Role.FUNCTION, Role.SECANT, Role.TANGENT, Role.CURVATURE, Role.AREA, Role.ERROR, Role.STEP]
    for one, other in combinations(roles, 2):
        a, b = role_look(one, name), role_look(other, name)
        shape = [(look.width, look.dash, look.hatch, look.open_head, look.marker) for look in (a, b)]
        assert shape[0] != shape[1], (one, other)


@pytest.mark.parametrize(("name", "low", "high"), [("light", 80.0, 100.0), ("dark", 0.0, 38.0)])
def test_fields_keep_to_their_lightness(name, low, high):
    lightness = colour.to_lab(field_of(theme_named(name)))[:, 0]
    assert lightness.min() >= low - 0.5
    assert lightness.max() <= high + 0.5
    assert np.all(np.diff(lightness) > -0.4)  # rising, to the rounding of a byte


@pytest.mark.parametrize("name", optimizers_with_looks())
def test_sixty_racers_of_one_kind_are_told_apart(name):
    looks = [optimizer_look(name if number == 1 else f"{name}#{number}", "dark") for number in range(1, 61)]
    assert len({(look.dash, look.marker) for look in looks}) == 60
    assert len({look.color for look in looks}) == 1
