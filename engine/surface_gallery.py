"""The gallery of surfaces: those that every course on optimizers runs on, each with what is known of it.

Minima are exact where they are named by fractions or π; Himmelblau's other three are those of the literature.
"""

from __future__ import annotations

import math

import msgspec

from engine.text import Text, verbatim


class Place(msgspec.Struct, frozen=True):
    """A minimum: where it is, and the value there."""

    x: float
    y: float
    value: float


class KnownSurface(msgspec.Struct, frozen=True):
    """A surface f(x, y) of the gallery.

    low, high: the corners of the domain that it is usually shown on. start: a place from which a run shows
    what it is for. minima: those inside the domain, the lowest first; of surfaces that have hundreds, the
    lowest alone. why: what makes it worth a run.
    """

    name: str
    title: Text
    formula: str
    low: tuple[float, float]
    high: tuple[float, float]
    start: tuple[float, float]
    minima: tuple[Place, ...]
    why: Text


_QUARTER = math.pi / 2

GALLERY: tuple[KnownSurface, ...] = (
    KnownSurface(
        "bowl",
        Text("Bowl"),
        "x^2 + y^2",
        (-4.0, -4.0),
        (4.0, 4.0),
        (-3.0, 2.0),
        (Place(0.0, 0.0, 0.0),),
        Text("It curves alike in all directions: downhill points straight at the minimum."),
    ),
    KnownSurface(
        "ravine",
        Text("Ravine"),
        "x^2 + 10y^2",
        (-4.0, -4.0),
        (4.0, 4.0),
        (2.0, 1.0),
        (Place(0.0, 0.0, 0.0),),
        Text("Ten times as steep across as along: plain descent zig-zags or creeps."),
    ),
    KnownSurface(
        "rosenbrock",
        verbatim("Rosenbrock"),
        "(1 - x)^2 + 100(y - x^2)^2",
        (-2.0, -1.0),
        (2.0, 3.0),
        (-1.2, 1.0),
        (Place(1.0, 1.0, 0.0),),
        Text("A bent, nearly flat valley: easy to enter, slow to follow."),
    ),
    KnownSurface(
        "himmelblau",
        verbatim("Himmelblau"),
        "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        (-5.0, -5.0),
        (5.0, 5.0),
        (0.0, 0.0),
        (
            Place(3.0, 2.0, 0.0),
            Place(-2.805118086952745, 3.131312518250573, 0.0),
            Place(-3.779310253377747, -3.283185991286170, 0.0),
            Place(3.584428340330492, -1.848126526964404, 0.0),
        ),
        Text("Four minima, equally low: the start and the optimizer decide which one is found."),
    ),
    KnownSurface(
        "beale",
        verbatim("Beale"),
        "(1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2",
        (-4.5, -4.5),
        (4.5, 4.5),
        (1.0, 1.0),
        (Place(3.0, 0.5, 0.0),),
        Text("Flat in the middle, with walls thousands of times as steep at the corners."),
    ),
    KnownSurface(
        "saddle",
        Text("Saddle"),
        "x^2 - y^2",
        (-4.0, -4.0),
        (4.0, 4.0),
        (-3.0, 0.001),
        (),
        Text("Down one way and up the other: started exactly on the ridge, a run stays at the saddle."),
    ),
    KnownSurface(
        "monkey-saddle",
        Text("Monkey saddle"),
        "x^3 - 3x y^2",
        (-2.0, -2.0),
        (2.0, 2.0),
        (1.5, 0.001),
        (),
        Text("Three ways down from one flat point, where the Hessian is zero and tells nothing."),
    ),
    KnownSurface(
        "plateau",
        Text("Plateau"),
        "1 - exp(-(x^2 + y^2)/2)",
        (-5.0, -5.0),
        (5.0, 5.0),
        (3.0, 2.0),
        (Place(0.0, 0.0, 0.0),),
        Text("Far out the slope all but vanishes: plain descent stalls, adaptive steps do not."),
    ),
    KnownSurface(
        "rastrigin",
        verbatim("Rastrigin"),
        "20 + x^2 + y^2 - 10cos(2pi x) - 10cos(2pi y)",
        (-5.12, -5.12),
        (5.12, 5.12),
        (2.2, -1.8),
        (Place(0.0, 0.0, 0.0),),
        Text("A minimum in every unit square, one of them the lowest: a run ends in the nearest."),
    ),
    KnownSurface(
        "ackley",
        verbatim("Ackley"),
        "20 + e - 20exp(-0.2sqrt((x^2 + y^2)/2)) - exp((cos(2pi x) + cos(2pi y))/2)",
        (-5.0, -5.0),
        (5.0, 5.0),
        (2.5, -1.7),
        (Place(0.0, 0.0, 0.0),),
        Text("A nearly flat plain full of dimples around one funnel with a kink at its bottom."),
    ),
    KnownSurface(
        "sine-valley",
        Text("Sine valley"),
        "sin(x) + y^2/2",
        (-4.0, -4.0),
        (4.0, 4.0),
        (-1.0, 2.0),
        (Place(-_QUARTER, 0.0, -1.0),),
        Text("Every 2π another valley, equally low: a fast runner may leave the one it started in."),
    ),
    KnownSurface(
        "local-minimum",
        Text("Local minimum"),
        "(3x^4 + 4x^3 - 12x^2)/12 + y^2",
        (-4.0, -4.0),
        (4.0, 4.0),
        (2.0, 1.5),
        (Place(-2.0, 0.0, -8 / 3), Place(1.0, 0.0, -5 / 12)),
        Text("A shallow minimum before a deep one: momentum may carry a run across, plain descent stops."),
    ),
    KnownSurface(
        "hills",
        Text("Hills"),
        "sin(x) sin(y)",
        (-4.0, -4.0),
        (4.0, 4.0),
        (0.5, 0.6),
        (Place(-_QUARTER, _QUARTER, -1.0), Place(_QUARTER, -_QUARTER, -1.0)),
        Text("Hills and hollows in turn with a saddle between any four: near one, small changes decide."),
    ),
)


def known_surface(name: str) -> KnownSurface:
    """The surface of the gallery that is called `name`; KeyError if none is.

    >>> known_surface("ravine").formula
    'x^2 + 10y^2'
    """
    return {surface.name: surface for surface in GALLERY}[name]
