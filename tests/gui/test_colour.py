"""Colour arithmetic against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from gui import colour

# Sharma, Wu, Dalal (2005), table 1: pairs of L*a*b* and their ΔE₀₀
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "expected"), SHARMA)
def test_difference_is_that_of_the_published_pairs(one, other, expected):
    assert float(colour.lab_difference(one, other)) == pytest.approx(expected, abs=1e-4)
    assert float(colour.lab_difference(other, one)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("#FF0000", (53.2408, 80.0925, 67.2032)),
        ("#00FF00", (87.7347, -86.1827, 83.1793)),
        ("#0000FF", (32.2970, 79.1875, -107.8602)),
        ("#808080", (53.5850, 0.0, 0.0)),
    ],
)
def test_lab_of_known_colours(code, expected):
    assert colour.to_lab(colour.from_hex(code)) == pytest.approx(expected, abs=0.02)


def test_lab_there_and_back():
    colors = np.random.default_rng(3).random((200, 3))
    assert colour.from_lab(colour.to_lab(colors)) == pytest.approx(colors, abs=1e-6)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#FFFFFF", "#000000", 21.0), ("#777777", "#FFFFFF", 4.48), ("#0000FF", "#FFFFFF", 8.59)],
)
def test_contrast_is_that_of_wcag(one, other, expected):
    assert float(colour.contrast(colour.from_hex(one), colour.from_hex(other))) == pytest.approx(
        expected, abs=0.01
    )


@pytest.mark.parametrize("sight", ["protanopia", "deuteranopia"])
def test_greys_look_the_same_to_every_eye_and_red_comes_near_to_green(sight):
    greys = np.repeat(np.linspace(0, 1, 9)[:, None], 3, axis=1)
    assert colour.seen_with(greys, sight) == pytest.approx(greys, abs=0.01)
    red, green = colour.from_hex("#B05050"), colour.from_hex("#607830")
    seen = colour.difference(colour.seen_with(red, sight), colour.seen_with(green, sight))
    assert seen < 0.5 * colour.difference(red, green)


def test_hex_there_and_back():
    assert colour.to_hex(colour.from_hex("#0B5CAD")) == "#0B5CAD"
