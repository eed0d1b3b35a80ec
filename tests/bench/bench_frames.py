"""Frame times of the canvas beside stock pyqtgraph, in one run: `python tests/bench/bench_frames.py`.

Each frame changes the picture as a drag or a running transport does, at 1280 × 720, antialiased, with lines
two pixels wide, and repaints all of it. Times are in milliseconds; `ratio` is ours over stock. Nothing is
asserted: what a number means depends on the machine it was measured on.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]

import figures  # noqa: E402
import numpy as np  # noqa: E402
import pyqtgraph as pg  # noqa: E402
from PySide6.QtGui import QColor, QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from engine.scene import changed, make_scene  # noqa: E402
from gui.canvas.canvas import Canvas  # noqa: E402
from gui.theme import theme_named  # noqa: E402

WIDTH, HEIGHT = 1280, 720
FRAMES, WARM_UP = 200, 20
THIRTY_PARTS = (
    "sigmoid(w x+b) tanh(w tanh(w x+b)+b) + sin(w x+b)^2 + ln(1+x^2) sqrt(w^2+b^2) - x b w/(1+e^-x)"
)
TARGETS = {"secant": 8.0, "race": 14.0, "shape": 8.0, "chain": 8.0, "graph": 8.0, "graph, 30 parts": 8.0}


Sample = tuple[QWidget, Callable[[int], None]]


def measure(*samples: Sample) -> list[tuple[float, float]]:
    """Median and 99th percentile of a frame of each: the change, and the whole repaint.

    Frames of the samples alternate, so that whatever else the machine does falls on all of them alike.
    """
    for widget, _ in samples:
        widget.resize(WIDTH, HEIGHT)
        widget.show()
    QApplication.processEvents()
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    times: list[list[float]] = [[] for _ in samples]
    for frame in range(FRAMES + WARM_UP):
        for (widget, change), taken in zip(samples, times, strict=True):
            start = time.perf_counter()
            change(frame)
            QWidget.render(widget, image)  # pyqtgraph's own render is that of the scene
            taken.append((time.perf_counter() - start) * 1000)
    for widget, _ in samples:
        widget.close()
    return [(float(np.median(part[WARM_UP:])), float(np.percentile(part[WARM_UP:], 99))) for part in times]


def our_secant() -> Sample:
    canvas = Canvas(theme=theme_named("light"))
    frames = [figures.secant_figure(1.0, 2.0 - 1.9 * frame / FRAMES) for frame in range(FRAMES + WARM_UP)]
    return (canvas, lambda frame: canvas.show_figure(frames[frame]))


def our_race() -> Sample:
    canvas = Canvas(theme=theme_named("light"))
    frames = [one_panel(figures.race_figure(2 + frame // 2)) for frame in range(FRAMES + WARM_UP)]
    return (canvas, lambda frame: canvas.show_figure(frames[frame]))


def our_two_panels() -> Sample:
    canvas = Canvas(theme=theme_named("light"))
    frames = [figures.race_figure(2 + frame // 2) for frame in range(FRAMES + WARM_UP)]
    return (canvas, lambda frame: canvas.show_figure(frames[frame]))


def our_shape() -> Sample:
    """Three panels above each other, whose cursor is dragged; the figure is computed as well."""
    canvas = Canvas(theme=theme_named("light"))
    scene = make_scene("shape", {"f": "sin(x)", "a": 0, "b": "3pi"})

    def change(frame: int) -> None:
        canvas.show_figure(changed(scene, {"cursor": 9.0 * (frame % FRAMES) / FRAMES}).figure())

    return canvas, change


def our_chain() -> Sample:
    """Three number lines, whose point is dragged; the figure is computed as well."""
    canvas = Canvas(theme=theme_named("light"))
    scene = make_scene("chain")

    def change(frame: int) -> None:
        canvas.show_figure(changed(scene, {"x0": 2.0 * (frame % FRAMES) / FRAMES}).figure())

    return canvas, change


def our_graph(formula: str) -> Sample:
    """A formula's graph, played a step a frame; the figure is computed as well."""
    canvas = Canvas(theme=theme_named("light"))
    scene = make_scene("graph", {"f": formula})

    def change(frame: int) -> None:
        canvas.show_figure(changed(scene, {"step": frame % 60}).figure())

    return canvas, change


def our_zoom() -> Sample:
    canvas = Canvas(theme=theme_named("light"))
    figure = one_panel(figures.race_figure(60))
    canvas.show_figure(figure)
    view = figure.panels[0].view

    def change(frame: int) -> None:
        share = 1 - 0.4 * (frame % 50) / 50
        canvas.set_views(
            {
                "plane": type(view)(
                    *(end * share for end in (view.x_low, view.x_high, view.y_low, view.y_high))
                )
            }
        )

    return canvas, change


def one_panel(figure: figures.Figure) -> figures.Figure:
    """The field alone, over the whole canvas, as the stock picture has it."""
    return figures.Figure(panels=figure.panels[:1], readouts=(), spoken=figure.spoken)


def stock_plot() -> pg.PlotWidget:
    plot = pg.PlotWidget(background="w")
    plot.setAntialiasing(True)
    plot.getPlotItem().setMenuEnabled(False)
    plot.disableAutoRange()
    return plot


def stock_pen(color: str, width: float = 2.0) -> object:
    return pg.mkPen(QColor(color), width=width)


def stock_secant() -> Sample:
    plot = stock_plot()
    plot.setRange(xRange=(-1, 3), yRange=(-3, 8), padding=0)
    curve = figures.SECANT_CURVE
    plot.plot(curve.x, curve.y, pen=stock_pen("#1B1F24"), antialias=True)
    secant = plot.plot(pen=stock_pen("#0072B2"), antialias=True)
    plot.plot([-1.0, 3.0], [-5.0, 3.0], pen=stock_pen("#C2410C"), antialias=True)
    point = pg.ScatterPlotItem(size=14, brush="#0072B2")
    plot.addItem(point)

    def change(frame: int) -> None:
        h = 2.0 - 1.9 * frame / FRAMES
        slope = ((3 * (1 + h) ** 2 - 4 * (1 + h)) + 1) / h
        secant.setData([-1.0, 3.0], [-1 - 2 * slope, -1 + 2 * slope])
        point.setData([1.0, 1 + h], [-1.0, -1 + slope * h])

    return plot, change


def stock_race() -> Sample:
    plot = stock_plot()
    plot.setAspectLocked(True)
    plot.setRange(xRange=(-3, 3), yRange=(-2, 2), padding=0)
    heat = pg.ImageItem(figures.HEAT.shade, axisOrder="row-major", colorMap=pg.colormap.get("viridis"))
    heat.setRect(-3, -2, 6, 4)
    plot.addItem(heat)
    for lines in figures.CONTOURS.lines:
        plot.plot(lines[:, 0], lines[:, 1], connect="finite", pen=stock_pen("#56606B", 2.0), antialias=True)
    field = figures.ARROWS
    ends = (
        np.stack((field.x, field.x + field.dx), 1).ravel(),
        np.stack((field.y, field.y + field.dy), 1).ravel(),
    )
    plot.plot(*ends, connect="pairs", pen=stock_pen("#3D4651", 2.0), antialias=True)
    for x, y, dx, dy in zip(field.x, field.y, field.dx, field.dy, strict=True):
        head = pg.ArrowItem(pos=(x + dx, y + dy), angle=float(np.degrees(np.arctan2(dy, -dx))), headLen=8)
        plot.addItem(head)
    runs = [figures.descent(rate, beta, (2.0, 1.2), FRAMES) for _, rate, beta in figures.RACERS.values()]
    colors = ("#007399", "#CC264D", "#B30DD9", "#407300", "#802600", "#4000CC")
    items = [plot.plot(pen=stock_pen(color), antialias=True) for color in colors]

    def change(frame: int) -> None:
        for item, run in zip(items, runs, strict=True):
            item.setData(run[: 3 + frame // 2, 0], run[: 3 + frame // 2, 1])

    return plot, change


def main() -> None:
    application = QApplication.instance() or QApplication([])
    pg.setConfigOptions(antialias=True)
    rows = [
        ("secant", measure(our_secant(), stock_secant())),
        ("race", measure(our_race(), stock_race())),
        ("race, two panels", measure(our_two_panels())),
        ("race, zooming", measure(our_zoom())),
        ("shape", measure(our_shape())),
        ("chain", measure(our_chain())),
        ("graph", measure(our_graph("sigmoid(w x + b)"))),
        ("graph, 30 parts", measure(our_graph(THIRTY_PARTS))),
    ]
    print(f"{WIDTH} × {HEIGHT}, {FRAMES} frames, ms (median, 99 %)")
    print(f"{'picture':<18}{'canvas':>16}{'stock':>18}{'ratio':>8}{'target':>9}")
    for name, (ours, *others) in rows:
        stock = others[0] if others else None
        beside = f"{stock[0]:9.2f} {stock[1]:8.2f}" if stock else " " * 18
        ratio = f"{ours[0] / stock[0]:8.3f}" if stock else " " * 8
        target = f"{TARGETS[name]:9.1f}" if name in TARGETS else ""
        print(f"{name:<18}{ours[0]:8.2f}{ours[1]:8.2f}{beside}{ratio}{target}")
    del application


if __name__ == "__main__":
    main()
