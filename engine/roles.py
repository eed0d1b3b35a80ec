"""What a mark can mean: words alone, so that colours can be chosen before any mathematics is there."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a mark means. The theme gives each role its colour, dash, width and marker."""

    FUNCTION = "function"
    SECANT = "secant"
    TANGENT = "tangent"
    CURVATURE = "curvature"
    AREA = "area"
    GRADIENT = "gradient"
    STEP = "step"
    PATH = "path"
    ERROR = "error"
    RIGHT = "right"
    WRONG = "wrong"
    CONTOUR = "contour"
    FIELD = "field"
    POINT = "point"
    GUIDE = "guide"
    GHOST = "ghost"
