"""Figures made by hand, as scenes make them: for the canvas' tests and the bench."""

from __future__ import annotations

import contourpy
import numpy as np

from engine.figure import (
    AnyMark,
    Arrows,
    Axis,
    Contours,
    Curve,
    Figure,
    Handle,
    Heatmap,
    Label,
    Panel,
    Points,
    Role,
    Rule,
    View,
)
from engine.text import Text, verbatim

SECANT_X = np.linspace(-1.0, 3.0, 2000)
SECANT_CURVE = Curve(
    id="f",
    role=Role.FUNCTION,
    x=SECANT_X,
    y=3 * SECANT_X**2 - 4 * SECANT_X,
    latex="f(x)=3x^2-4x",
    label=Text("the curve"),
)


def secant_figure(x0: float = 1.0, h: float = 1.0) -> Figure:
    """3x² − 4x, its secant through x₀ and x₀ + h, and its tangent."""

    def f(x: float) -> float:
        return 3 * x * x - 4 * x

    slope, tangent = (f(x0 + h) - f(x0)) / h, 6 * x0 - 4
    marks: tuple[AnyMark, ...] = (
        SECANT_CURVE,
        Rule(id="secant", role=Role.SECANT, x=x0, y=f(x0), slope=slope, label=Text("secant")),
        Rule(id="tangent", role=Role.TANGENT, x=x0, y=f(x0), slope=tangent, label=Text("tangent")),
        Label(id="slope", role=Role.SECANT, x=x0 + h, y=f(x0 + h), label=Text("slope {m}", {"m": slope})),
        Handle(id="x0", role=Role.POINT, x=x0, y=f(x0), parameters=("x0",), latex="x_0", label=Text("x0")),
        Handle(
            id="h", role=Role.SECANT, x=x0 + h, y=f(x0 + h), parameters=("h",), latex="x_0+h", label=Text("h")
        ),
    )
    panel = Panel(
        id="main",
        marks=marks,
        view=View(-1.0, 3.0, -3.0, 8.0),
        x_axis=Axis(latex="x"),
        y_axis=Axis(latex="f(x)"),
    )
    return Figure(panels=(panel,), readouts=(), spoken=Text("The secant's slope is {m}.", {"m": slope}))


def _field(size: int = 200) -> tuple[Heatmap, Contours, Arrows]:
    axis_x, axis_y = np.linspace(-3, 3, size), np.linspace(-2, 2, size)
    x, y = np.meshgrid(axis_x, axis_y)
    z = x**2 + 10 * y**2
    shade = np.log1p(z) / np.log1p(z).max()
    heat = Heatmap(
        id="heat", role=Role.FIELD, values=z, shade=shade, x_low=-3.0, x_high=3.0, y_low=-2.0, y_high=2.0
    )
    generator = contourpy.contour_generator(x, y, z)
    levels = tuple(float(level) for level in np.geomspace(0.3, 40, 10))
    lines = tuple(
        np.vstack([np.vstack((line, [[np.nan, np.nan]])) for line in generator.lines(level)])
        for level in levels
    )
    contours = Contours(id="contours", role=Role.CONTOUR, levels=levels, lines=lines)
    gx, gy = (a.ravel() for a in np.meshgrid(np.linspace(-2.8, 2.8, 20), np.linspace(-1.8, 1.8, 20)))
    dx, dy = 2 * gx, 20 * gy
    length = np.hypot(dx, dy)
    scale = 0.16 * np.tanh(length / 10) / length
    arrows = Arrows(id="arrows", role=Role.FIELD, x=gx, y=gy, dx=-dx * scale, dy=-dy * scale)
    return heat, contours, arrows


HEAT, CONTOURS, ARROWS = _field()
RACERS = {
    "gd(lr=0.05)": ("gd", 0.05, 0.0),
    "momentum(lr=0.01, beta=0.9)": ("momentum", 0.01, 0.9),
    "nesterov(lr=0.02, beta=0.8)": ("nesterov", 0.02, 0.8),
    "adagrad": ("adagrad", 0.03, 0.5),
    "rmsprop": ("rmsprop", 0.008, 0.95),
    "adam": ("adam", 0.06, 0.6),
}


def descent(rate: float, beta: float, start: tuple[float, float], steps: int) -> np.ndarray:
    """Heavy-ball descent on x² + 10y²: the points after each step."""
    place, velocity = np.array(start), np.zeros(2)
    path = [place]
    for _ in range(steps):
        velocity = beta * velocity + np.array([2.0, 20.0]) * place
        place = place - rate * velocity
        path.append(place)
    return np.array(path)


def race_figure(step: int = 60, start: tuple[float, float] = (2.0, 1.2), arrows: bool = True) -> Figure:
    """Six runs on a ravine up to `step`, and their losses on a second panel."""
    marks: list[AnyMark] = [HEAT, CONTOURS] + ([ARROWS] if arrows else [])
    losses: list[AnyMark] = []
    for name, (look, rate, beta) in RACERS.items():
        path = descent(rate, beta, start, step)
        loss = path[:, 0] ** 2 + 10 * path[:, 1] ** 2
        words = verbatim(name)
        marks.append(
            Curve(id=f"path {name}", role=Role.PATH, look=look, label=words, x=path[:, 0], y=path[:, 1])
        )
        marks.append(Points(id=f"at {name}", role=Role.PATH, look=look, x=path[-1:, 0], y=path[-1:, 1]))
        losses.append(
            Curve(id=f"loss {name}", role=Role.PATH, look=look, x=np.arange(step + 1.0), y=loss, label=words)
        )
    path = descent(0.05, 0.0, start, 2)
    marks.append(
        Arrows(
            id="gradient",
            role=Role.GRADIENT,
            x=np.array([start[0]]),
            y=np.array([start[1]]),
            dx=np.array([-1.0]),
            dy=np.array([-0.7]),
            label=Text("gradient"),
        )
    )
    marks.append(
        Handle(
            id="start", role=Role.POINT, x=start[0], y=start[1], parameters=("x", "y"), label=Text("start")
        )
    )
    panels = (
        Panel(
            id="plane",
            marks=tuple(marks),
            view=View(-3, 3, -2, 2),
            x_axis=Axis(latex="x"),
            y_axis=Axis(latex="y"),
            equal=True,
            clickable=True,
            title=Text("The ravine"),
        ),
        Panel(
            id="loss",
            marks=tuple(losses),
            view=View(0, 100, 1e-6, 100),
            x_axis=Axis(label=Text("step")),
            y_axis=Axis(label=Text("loss"), scale="log"),
            share=0.6,
        ),
    )
    return Figure(panels=panels, readouts=(), spoken=Text("Six runs after {n} steps.", {"n": step}))
