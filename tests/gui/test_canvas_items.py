"""Every kind of mark where it belongs, pixel by pixel, at one and at two device pixels to a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from figures import race_figure, secant_figure
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter

from engine.figure import (
    AnyMark,
    Area,
    Arrows,
    Bars,
    Contours,
    Curve,
    Figure,
    Heatmap,
    Panel,
    Points,
    Role,
    Rule,
    Span,
    View,
)
from engine.text import Text
from gui.canvas.canvas import Canvas
from gui.canvas.picture import paint_figure, render_figure
from gui.theme import theme_named

LIGHT = theme_named("light")
SIZE = QSize(480, 360)


TEN = View(0.0, 10.0, 0.0, 10.0)


def figure_of(*marks: AnyMark, view: View = TEN, **settings) -> Figure:
    panel = Panel(id="p", marks=marks, view=view, **settings)
    return Figure(panels=(panel,), readouts=(), spoken=Text("A test."))


class Picture:
    """A figure as pixels, asked for by the numbers of its panel."""

    def __init__(self, figure: Figure, scale: float) -> None:
        canvas = Canvas(None, LIGHT, sync=True)
        canvas.resize(SIZE)
        canvas.resizeEvent(None)
        canvas.show_figure(figure)
        self._place = lambda x, y: canvas.place_of("p", x, y) * scale
        self.canvas = canvas
        self.image = render_figure(figure, SIZE, LIGHT, scale)

    def at(self, x: float, y: float) -> QColor:
        place = self._place(x, y)
        return self.image.pixelColor(int(place.x()), int(place.y()))

    def inked(self, x: float, y: float, reach: int = 2) -> bool:
        """Whether something darker than grid and background is near."""
        place = self._place(x, y)
        around = [
            self.image.pixelColor(int(place.x()) + dx, int(place.y()) + dy)
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
        ]
        return min(color.lightnessF() for color in around) < 0.6


@pytest.fixture(params=[1.0, 2.0], ids=["1x", "2x"])
def picture(request, qapp):
    made: list[Picture] = []

    def make(*marks: AnyMark, **settings) -> Picture:
        made.append(Picture(figure_of(*marks, **settings), request.param))
        return made[-1]

    yield make
    for one in made:
        one.canvas.deleteLater()


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_a_curve_runs_through_its_points_and_not_across_its_gap(picture):
    x = np.linspace(0, 10, 1001)
    y = np.where((x > 4) & (x < 6), np.nan, 5.0)
    drawn = picture(Curve(id="c", role=Role.FUNCTION, x=x, y=y))
    assert drawn.inked(2.5, 5.0)
    assert drawn.inked(7.5, 5.0)
    assert not drawn.inked(5.0, 5.0)
    assert not drawn.inked(2.5, 6.0)


def test_a_pole_is_not_joined(picture):
    x = np.linspace(0, 10, 2001)
    with np.errstate(divide="ignore"):
        y = 5 + 1 / (x - 5)
    y[np.abs(x - 5) < 1e-9] = np.nan
    drawn = picture(Curve(id="c", role=Role.FUNCTION, x=x, y=y))
    assert not drawn.inked(5.0, 5.0)
    assert drawn.inked(9.0, 5.25)


def test_open_points_are_hollow_and_closed_ones_are_not(picture):
    drawn = picture(
        Points(id="open", role=Role.FUNCTION, x=floats(3), y=floats(5), open=True),
        Points(id="closed", role=Role.FUNCTION, x=floats(7.1), y=floats(5)),
    )
    assert drawn.at(3.0, 5.0) == QColor(LIGHT.background)
    assert drawn.inked(3.0, 5.0, reach=6)
    assert drawn.at(7.1, 5.0) == QColor(LIGHT.role(Role.FUNCTION).color)


def test_no_ring_of_a_crowd_covers_another_of_its_points(picture):
    # in no order from left to right, so that what is painted later lies among what was painted before
    x = 2 + 6 * np.random.default_rng(0).permutation(400) / 400
    drawn = picture(Points(id="closed", role=Role.FUNCTION, x=x, y=np.full(400, 5.0)))
    color = QColor(LIGHT.role(Role.FUNCTION).color)
    assert all(drawn.at(place, 5.0) == color for place in np.linspace(2.1, 7.9, 200))
    rings = picture(Points(id="open", role=Role.FUNCTION, x=x, y=np.full(400, 5.0), open=True))
    assert not any(rings.at(place, 5.0) == QColor(LIGHT.background) for place in np.linspace(2.1, 7.9, 200))


def test_a_path_that_stays_in_one_place_is_inked_there(picture):
    # the rings of a crowd of markers would leave a blot of the background's colour
    angle = np.linspace(0, 400 * np.pi, 4001)
    x, y = 5 + 0.4 * np.cos(angle), 5 + 0.4 * np.sin(1.01 * angle)
    drawn = picture(Curve(id="path", role=Role.PATH, look="adam", x=x, y=y))
    steps = np.linspace(-0.3, 0.3, 9)
    around = [drawn.at(5 + across, 5 + up) for across in steps for up in steps]
    assert QColor(LIGHT.background) not in around


def test_points_of_a_crowd_are_smaller(picture):
    def inked_rows(count):
        x = np.linspace(2, 8, count)
        drawn = picture(Points(id="p", role=Role.FUNCTION, x=x, y=np.full(count, 5.0)))
        at = drawn._place(x[0], 5.0)
        column = [drawn.image.pixelColor(int(at.x()), int(at.y()) + down) for down in range(-30, 31)]
        return sum(color == QColor(LIGHT.role(Role.FUNCTION).color) for color in column)

    assert abs(inked_rows(2) - inked_rows(300)) <= 1
    assert 0 < inked_rows(1200) < 0.75 * inked_rows(300)


@pytest.mark.parametrize(
    ("slope", "on", "off"),
    [
        (1.0, [(1.0, 1.0), (9.0, 9.0)], [(1.0, 9.0)]),
        (-2.0, [(3.5, 8.0), (6.5, 2.0)], [(8.0, 8.0)]),
        (0.0, [(0.6, 5.0), (9.4, 5.0)], [(5.0, 6.0)]),
        (np.inf, [(5.0, 0.7), (5.0, 9.3)], [(6.1, 5.0)]),
        (1e9, [(5.0, 0.7), (5.0, 9.3)], [(6.1, 5.0)]),
    ],
)
def test_a_rule_crosses_the_whole_panel(picture, slope, on, off):
    drawn = picture(Rule(id="r", role=Role.TANGENT, x=5.0, y=5.0, slope=float(slope)))
    assert all(drawn.inked(*place) for place in on)
    assert not any(drawn.inked(*place) for place in off)


def test_a_rule_bends_on_a_logarithmic_axis(picture):
    from engine.figure import Axis

    drawn = picture(
        Rule(id="r", role=Role.TANGENT, x=1.0, y=1.0, slope=1.0),
        view=View(0.0, 10.0, 0.1, 10.0),
        y_axis=Axis(scale="log"),
    )
    for x in (0.5, 2.0, 5.0, 8.0):
        assert drawn.inked(x, x)


def test_a_heatmap_has_its_first_row_at_the_bottom_and_its_first_column_at_the_left(picture):
    shade = np.array([[0.0, 0.5], [1.0, 1.0]])
    heat = Heatmap(
        id="h", role=Role.FIELD, values=shade, shade=shade, x_low=2.0, x_high=8.0, y_low=2.0, y_high=8.0
    )
    drawn = picture(heat)
    colors = [QColor.fromRgb(int(code)) for code in LIGHT.field_colors]

    def near(color: QColor, other: QColor) -> bool:
        return max(abs(a - b) for a, b in zip(color.getRgb(), other.getRgb(), strict=True)) <= 6

    assert near(drawn.at(1.0, 1.0), colors[0])
    assert near(drawn.at(9.0, 1.0), colors[128])
    assert near(drawn.at(1.0, 9.0), colors[255])


def test_a_missing_number_is_left_clear(picture):
    shade = np.full((4, 4), 0.0)
    shade[:2, :2] = np.nan
    heat = Heatmap(
        id="h", role=Role.FIELD, values=shade, shade=shade, x_low=0.0, x_high=10.0, y_low=0.0, y_high=10.0
    )
    drawn = picture(heat)
    assert drawn.at(0.7, 0.7) == QColor(LIGHT.background)
    assert drawn.at(9.0, 9.0) != QColor(LIGHT.background)


def test_contours_do_not_join_their_lines(picture):
    lines = np.array([[1.0, 2.0], [4.0, 2.0], [np.nan, np.nan], [6.0, 8.0], [9.0, 8.0]])
    drawn = picture(Contours(id="c", role=Role.CONTOUR, levels=(1.0,), lines=(lines,)))
    assert drawn.inked(2.5, 2.0)
    assert drawn.inked(7.5, 8.0)
    assert not drawn.inked(5.0, 5.0)


@pytest.mark.parametrize("role", [Role.GRADIENT, Role.STEP])
def test_an_arrow_has_its_head_at_its_end(picture, role):
    drawn = picture(Arrows(id="a", role=role, x=floats(2), y=floats(5), dx=floats(5.3), dy=floats(0)))
    assert drawn.inked(4.0, 5.0)
    head, tail = (
        sum(drawn.inked(x, 5.0 + dy, reach=1) for dy in (-0.1, 0.1)) for x in (7.3 - 0.17, 2.0 + 0.17)
    )
    assert head > tail
    assert not drawn.inked(8.2, 5.0)


def test_an_area_is_filled_between_its_curves_only(picture):
    x = np.linspace(2, 8, 50)
    drawn = picture(Area(id="a", role=Role.AREA, x=x, lower=np.full(50, 2.0), upper=np.full(50, 6.0)))
    inside, outside = drawn.at(5.3, 4.3), drawn.at(5.3, 8.3)
    assert inside.greenF() - inside.redF() > 0.05
    assert outside == QColor(LIGHT.background)
    assert drawn.inked(5.0, 6.0)


def test_a_span_crosses_the_panel(picture):
    drawn = picture(Span(id="s", role=Role.SECANT, axis="x", low=3.0, high=5.0))
    for y in (0.7, 5.3, 9.3):
        assert drawn.at(4.3, y).redF() < 0.97
        assert drawn.at(7.3, y) == QColor(LIGHT.background)


def test_bars_stand_between_bottom_and_top(picture):
    drawn = picture(
        Bars(
            id="b",
            role=Role.STEP,
            left=floats(1, 5),
            right=floats(4, 9),
            bottom=floats(0, 0),
            top=floats(3, 7),
        )
    )
    assert drawn.at(7.3, 6.3).redF() < 0.97
    assert drawn.at(2.3, 6.3) == QColor(LIGHT.background)
    assert drawn.inked(2.5, 3.0)


def test_extreme_numbers_draw_what_can_be_drawn(picture):
    x = floats(0, 2, 4, 5, 6, 8, 10)
    y = floats(5, 5, 5, 1e308, -1e308, 5, np.inf)
    drawn = picture(Curve(id="c", role=Role.FUNCTION, x=x, y=y))
    assert drawn.inked(1.0, 5.0)
    assert drawn.inked(3.0, 5.0)


def test_the_still_image_shows_what_painting_anew_shows(qapp):
    """The second frame comes from an image of what stood still; no eye may tell it from the first."""
    canvas = Canvas(None, LIGHT)
    canvas.resize(SIZE)
    canvas.resizeEvent(None)
    figure = race_figure(20)
    frames = []
    for _ in range(3):
        canvas.show_figure(figure)
        image = QImage(SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor(LIGHT.background))
        painter = QPainter(image)
        canvas.paint(painter, QRectF(0, 0, SIZE.width(), SIZE.height()))
        painter.end()
        pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(-1, 4)[:, :3]
        frames.append(pixels.astype(int))
    assert np.abs(frames[1] - frames[0]).max() <= 8  # rounding, where half-clear edges lie on each other
    assert np.abs(frames[2] - frames[0]).max() <= 8
    canvas.deleteLater()


def test_two_device_pixels_show_the_same_picture(qapp):
    small = render_figure(secant_figure(), SIZE, LIGHT, 1.0)
    large = render_figure(secant_figure(), SIZE, LIGHT, 2.0)
    assert (large.width(), large.height()) == (960, 720)
    shrunk = large.scaled(SIZE, mode=Qt.TransformationMode.SmoothTransformation)
    arrays = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), dtype=np.uint8)
        for image in (small, shrunk)
    ]
    assert np.abs(arrays[0].astype(int) - arrays[1].astype(int)).mean() < 2.0


def test_a_vector_device_gets_lines_rather_than_pixels(qapp):
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(96)
    writer.setPageSize(QPageSize(QSizeF(480, 360), QPageSize.Unit.Point))
    painter = QPainter(writer)
    paint_figure(secant_figure(), painter, QRectF(0, 0, 480, 360), LIGHT)
    painter.end()
    buffer.close()
    assert data.startsWith(b"%PDF")
    assert data.count(b"/Subtype /Image") == 0
    assert 2_000 < data.size() < 2_000_000
