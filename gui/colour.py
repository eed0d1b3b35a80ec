"""Colour as numbers: how far apart two colours look, to whom, and how well one reads on another.

Colours are arrays of sRGB in [0, 1] whose last axis holds red, green and blue. No Qt: the theme builds its
tables with this, and a test proves by it that every role can be told apart by every eye.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])  # D65, the white of sRGB

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
_SIMULATION = {
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}

# every sixteenth colour of Matplotlib's viridis (CC0)
_VIRIDIS = [
    "440154",
    "481a6c",
    "472f7d",
    "414487",
    "39568c",
    "31688e",
    "2a788e",
    "23888e",
    "1f988b",
    "22a884",
    "35b779",
    "54c568",
    "7ad151",
    "a5db36",
    "d2e21b",
    "fde725",
]


def from_hex(code: str) -> Floats:
    """`#RRGGBB` as sRGB in [0, 1].

    >>> from_hex("#FF0033").tolist()
    [1.0, 0.0, 0.2]
    """
    digits = code.lstrip("#")
    return np.array([int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)])


def to_hex(rgb: Floats | Sequence[float]) -> str:
    """sRGB in [0, 1] as `#RRGGBB`; what lies outside is brought to the nearest edge."""
    red, green, blue = np.clip(np.round(np.asarray(rgb) * 255), 0, 255).astype(int)
    return f"#{red:02X}{green:02X}{blue:02X}"


def to_linear(rgb: Floats | Sequence[float]) -> Floats:
    """sRGB → light, with the piecewise curve of IEC 61966-2-1."""
    shown = np.asarray(rgb, dtype=float)
    return np.where(shown <= 0.04045, shown / 12.92, ((np.maximum(shown, 0.0) + 0.055) / 1.055) ** 2.4)


def from_linear(light: Floats | Sequence[float]) -> Floats:
    """Light → sRGB, the inverse of `to_linear`; clipped to [0, 1]."""
    level = np.clip(np.asarray(light, dtype=float), 0.0, 1.0)
    curved = 1.055 * level ** (1 / 2.4) - 0.055
    return np.asarray(np.where(level <= 0.0031308, level * 12.92, curved))


def to_lab(rgb: Floats | Sequence[float]) -> Floats:
    """sRGB → CIE L*a*b* under D65: lightness 0 to 100, green–red, blue–yellow.

    >>> to_lab([1.0, 1.0, 1.0]).round(2).tolist()[0]
    100.0
    """
    ratio = to_linear(rgb) @ _TO_XYZ.T / _WHITE
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab: Floats | Sequence[float]) -> Floats:
    """CIE L*a*b* → sRGB, clipped to what a screen can show."""
    lab = np.asarray(lab, dtype=float)
    y = (lab[..., 0] + 16) / 116
    root = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    ratio = np.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29))
    return from_linear(np.asarray(ratio * _WHITE @ np.linalg.inv(_TO_XYZ).T))


def luminance(rgb: Floats | Sequence[float]) -> Floats:
    """Relative luminance, as WCAG 2 defines it."""
    return np.asarray(to_linear(rgb) @ _TO_XYZ[1])


def contrast(one: Floats | Sequence[float], other: Floats | Sequence[float]) -> Floats:
    """WCAG 2 contrast ratio, 1 to 21: (lighter + 0.05) / (darker + 0.05).

    >>> round(float(contrast([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])), 3)
    21.0
    """
    first, second = luminance(one), luminance(other)
    return np.asarray((np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05))


def seen_with(rgb: Floats | Sequence[float], sight: Literal["protanopia", "deuteranopia"]) -> Floats:
    """What a person without the long (protanopia) or the medium (deuteranopia) cones sees of a colour.

    Source: Machado, Oliveira, Fernandes, "A physiologically-based model for simulation of color vision
    deficiency", IEEE TVCG 15 (2009), matrices of severity 1.
    """
    return from_linear(to_linear(rgb) @ _SIMULATION[sight].T)


def difference(one: Floats | Sequence[float], other: Floats | Sequence[float]) -> Floats:
    """CIEDE2000 colour difference ΔE₀₀ of two sRGB colours; about 1 is the least that an eye can tell."""
    return lab_difference(to_lab(one), to_lab(other))


def lab_difference(one: Floats | Sequence[float], other: Floats | Sequence[float]) -> Floats:
    """CIEDE2000 of two L*a*b* colours, with k_L = k_C = k_H = 1.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", Color Res. Appl. 30 (2005), whose
    numbered equations this follows.
    """
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    mean_chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    g = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    chroma_1, hue_1 = _polar(one, g)
    chroma_2, hue_2 = _polar(other, g)
    grey = chroma_1 * chroma_2 == 0

    turn = (hue_2 - hue_1 + 180) % 360 - 180
    turn = np.where(grey, 0.0, turn)
    d_lightness = other[..., 0] - one[..., 0]
    d_chroma = chroma_2 - chroma_1
    d_hue = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(np.radians(turn / 2))

    lightness = (one[..., 0] + other[..., 0]) / 2
    chroma = (chroma_1 + chroma_2) / 2
    hue = np.where(grey, hue_1 + hue_2, (hue_1 + turn / 2) % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    s_lightness = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    s_chroma = 1 + 0.045 * chroma
    s_hue = 1 + 0.015 * chroma * t
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    rotation *= np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    parts = d_lightness / s_lightness, d_chroma / s_chroma, d_hue / s_hue
    return np.asarray(np.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2]))


def _polar(lab: Floats, g: Floats) -> tuple[Floats, Floats]:
    stretched = (1 + g) * lab[..., 1]
    return np.hypot(stretched, lab[..., 2]), np.degrees(np.arctan2(lab[..., 2], stretched)) % 360


def field_table(lightest: float, darkest: float, chroma: float = 1 / 3, count: int = 256) -> Floats:
    """Viridis calmed for lines to stand on: `count` colours whose L* runs from `darkest` to `lightest`.

    Hue is viridis' own, its chroma times `chroma`. Equal steps of a value are equal steps of lightness.
    """
    anchors = to_lab(np.array([from_hex(code) for code in _VIRIDIS]))
    lightness = np.linspace(darkest, lightest, count)
    place = np.linspace(0, len(anchors) - 1, count)
    a, b = (np.interp(place, np.arange(len(anchors)), anchors[:, axis]) * chroma for axis in (1, 2))
    return from_lab(np.stack([lightness, a, b], axis=-1))
