"""Mosaics: every cell where it belongs, told from the others with and without colour."""

from __future__ import annotations

from itertools import combinations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPicture

from engine.figure import Axis, Curve, Figure, Mosaic, Panel, Role, Tile, View
from engine.text import Text, verbatim
from gui import colour
from gui.canvas.canvas import Canvas
from gui.canvas.legend import legend_entries
from gui.canvas.picture import render_figure
from gui.looks import optimizer_look, optimizers_with_looks, role_look
from gui.motion import _exact_colors
from gui.theme import theme_named
from gui.tiles import LOOKS, SHADES, SIDE, tile_colors

LIGHT = theme_named("light")
SIZE = QSize(480, 360)
COLUMNS = ["light", "dark", "contrast"]
TEN = View(0.0, 10.0, 0.0, 10.0)


def mosaic(kinds, looks=("arrived", "diverged"), shade=1.0, box=(0.0, 10.0, 0.0, 10.0)):
    kinds = np.array(kinds, dtype=np.int8)
    return Mosaic(
        id="m",
        role=Role.FIELD,
        kinds=kinds,
        shade=np.full(kinds.shape, shade),
        tiles=tuple(Tile(look, verbatim(look)) for look in looks),
        x_low=box[0],
        x_high=box[1],
        y_low=box[2],
        y_high=box[3],
    )


def panel_of(*marks, view=TEN, **settings):
    return Panel(id="p", marks=marks, view=view, **settings)


def figure_of(*marks, view=TEN, **settings):
    return Figure(panels=(panel_of(*marks, view=view, **settings),), readouts=(), spoken=Text("A test."))


@pytest.fixture(params=[1.0, 2.0], ids=["1x", "2x"])
def colors_at(request, qapp):
    """What stands in a square of twelve pixels about a place, as a set of 0xAARRGGBB."""
    canvases = []

    def look(figure, theme=LIGHT):
        scale = request.param
        canvas = Canvas(None, theme, sync=True)
        canvas.resize(SIZE)
        canvas.resizeEvent(None)
        canvas.show_figure(figure)
        canvases.append(canvas)
        image = render_figure(figure, SIZE, theme, scale)

        def at(x, y):
            place = canvas.place_of("p", x, y) * scale
            reach = range(-round(6 * scale), round(6 * scale))
            return {
                image.pixelColor(int(place.x()) + dx, int(place.y()) + dy).rgba()
                for dx in reach
                for dy in reach
            }

        return at

    yield look
    for canvas in canvases:
        canvas.deleteLater()


def of_look(look, shade=SHADES - 1, theme=LIGHT):
    return set(tile_colors(look, theme.name)[shade].tolist())


def test_the_first_row_is_the_lowest_and_cells_have_sharp_edges(colors_at):
    at = colors_at(figure_of(mosaic([[0, 1], [1, -1]])))
    assert at(2.5, 2.5) == of_look("arrived")
    assert at(7.5, 2.5) == of_look("diverged")
    assert at(2.5, 7.5) == of_look("diverged")
    assert at(7.5, 7.5) == {QColor(LIGHT.background).rgba()}  # −1 is clear
    assert at(4.5, 2.5) == of_look("arrived")
    assert at(5.5, 2.5) == of_look("diverged")


def test_beyond_its_edges_there_is_nothing(colors_at):
    at = colors_at(figure_of(mosaic([[0]], box=(2.0, 8.0, 3.0, 7.0))))
    assert at(5.0, 5.0) == of_look("arrived")
    for x, y in ((1.4, 5.0), (8.6, 5.0), (5.0, 2.4), (5.0, 7.6)):
        assert at(x, y) == {QColor(LIGHT.background).rgba()}, (x, y)


def test_cells_are_even_as_the_axes_are_spaced(colors_at):
    """From 1 to 100 on a logarithmic axis, two cells meet at 10."""
    view = View(1.0, 100.0, 0.0, 1.0)
    marks = mosaic([[0, 1]], box=(1.0, 100.0, 0.0, 1.0))
    at = colors_at(figure_of(marks, view=view, x_axis=Axis(scale="log")))
    assert at(8.0, 0.5) == of_look("arrived")
    assert at(12.5, 0.5) == of_look("diverged")


def test_the_view_may_show_a_part(colors_at):
    at = colors_at(figure_of(mosaic([[0, 1], [0, 1]]), view=View(4.0, 6.0, 0.0, 2.0)))
    assert at(4.5, 1.0) == of_look("arrived")
    assert at(5.5, 1.0) == of_look("diverged")


@pytest.mark.parametrize("shade", [0, 7, SHADES - 1])
def test_the_shade_runs_from_pale_to_strong(colors_at, shade):
    at = colors_at(figure_of(mosaic([[0]], ("place 2",), shade / (SHADES - 1))))
    assert at(5.0, 5.0) == of_look("place 2", shade)


def test_no_number_is_pale(colors_at):
    at = colors_at(figure_of(mosaic([[0]], ("arrived",), np.nan)))
    assert at(5.0, 5.0) == of_look("arrived", 0)


def test_a_pattern_keeps_its_size_however_large_a_cell_is(colors_at):
    for side in (1, 40):
        at = colors_at(figure_of(mosaic(np.zeros((side, side)), ("place 2",))))
        assert at(5.0, 5.0) == of_look("place 2")
        assert len(at(5.0, 5.0)) == 2


def test_it_is_drawn_on_a_vector_device(qapp):
    canvas = Canvas(None, LIGHT, sync=True)
    canvas.resize(SIZE)
    canvas.resizeEvent(None)
    canvas.show_figure(figure_of(mosaic([[0, 1]])))
    plot = canvas.place_of("p", 2.5, 5.0)
    kept = QPicture()
    painter = QPainter(kept)
    canvas.paint(painter, QRectF(0, 0, SIZE.width(), SIZE.height()))
    painter.end()
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    kept.play(painter)
    painter.end()
    assert image.pixelColor(plot.toPoint()).rgba() in of_look("arrived")
    canvas.deleteLater()


def test_pointing_at_a_cell_says_what_it_is(qapp):
    canvas = Canvas(None, LIGHT, sync=True)
    canvas.resize(SIZE)
    canvas.resizeEvent(None)
    canvas.show_figure(figure_of(mosaic([[0, 1], [-1, 1]])))
    render = QImage(SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(render)
    canvas.paint(painter, QRectF(0, 0, SIZE.width(), SIZE.height()))
    painter.end()
    (plot,) = canvas._plots.values()
    (item,) = plot.layer.items.values()
    width, height = plot.plot_rect.width(), plot.plot_rect.height()
    told = {(x, y): item.told_at(QPointF(x * width, y * height)) for x in (0.25, 0.75) for y in (0.25, 0.75)}
    assert {place: words and str(words[1]) for place, words in told.items()} == {
        (0.25, 0.25): None,
        (0.25, 0.75): str(verbatim("arrived")),
        (0.75, 0.25): str(verbatim("diverged")),
        (0.75, 0.75): str(verbatim("diverged")),
    }
    assert item.told_at(QPointF(-3.0, 5.0)) is None
    assert item.told_at(QPointF(5.0, 1e5)) is None
    canvas.deleteLater()


def test_the_legend_lists_every_kind_even_a_single_one():
    entries = legend_entries(panel_of(mosaic([[0]], ("arrived",))), LIGHT)
    assert [(entry.kind, entry.words, entry.tile) for entry in entries] == [("tile", "arrived", "arrived")]
    line = Curve(id="c", role=Role.FUNCTION, x=np.zeros(2), y=np.zeros(2), label=verbatim("steps"))
    entries = legend_entries(panel_of(mosaic([[0, 1]]), line), LIGHT)
    assert [entry.words for entry in entries] == ["arrived", "diverged", "steps"]


def test_a_kind_that_the_picture_names_itself_is_not_listed():
    ground = mosaic([[0, 1]])
    named = msgspec.structs.replace(ground.tiles[0], listed=False)
    ground = msgspec.structs.replace(ground, tiles=(named, *ground.tiles[1:]))
    entries = legend_entries(panel_of(ground), LIGHT)
    assert [entry.tile for entry in entries] == ["diverged"]


def test_a_moving_picture_keeps_its_colours():
    colors = set(_exact_colors([figure_of(mosaic([[0, 1]]))], LIGHT))
    strong = int(tile_colors("arrived", "light")[-1, 0]) & 0xFFFFFF
    assert f"#{strong:06X}" in colors


# -- looks ------------------------------------------------------------------------------------------------


def as_rgb(packed):
    return np.stack([(packed >> shift) & 0xFF for shift in (16, 8, 0)], axis=-1) / 255.0


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("look", LOOKS)
def test_lines_keep_three_to_one_on_every_tile(name, look):
    ground = as_rgb(np.unique(tile_colors(look, name)))
    lines = [role_look(role, name).color for role in Role if role is not Role.CURVATURE]  # kept off fields
    lines += [optimizer_look(one, name).color for one in optimizers_with_looks()]
    for line in lines:
        assert colour.contrast(colour.from_hex(line), ground).min() >= 3.0, line


@pytest.mark.parametrize("name", COLUMNS)
def test_tiles_that_may_meet_differ_in_their_pattern(name):
    """Without any colour: where the lightness is dark and where it is light."""
    patterns = {}
    for look in LOOKS:
        lightness = colour.to_lab(as_rgb(tile_colors(look, name)[SHADES // 2]))[:, 0]
        middle = (lightness.min() + lightness.max()) / 2
        steps = lightness.max() - lightness.min() > 5.0
        patterns[look] = tuple((lightness > middle) & steps)
    for one, other in combinations(LOOKS, 2):
        if {one, other} != {"arrived", "place 1"}:
            assert patterns[one] != patterns[other], (one, other)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_strong_cell_is_more_colourful_than_a_pale_one_and_lies_farther_from_the_ground(name):
    ground = colour.to_lab(colour.from_hex(theme_named(name).background))[0]
    for look in LOOKS:
        pattern = tile_colors(look, name)
        changing = np.flatnonzero(pattern[0] != pattern[-1])[0]  # the ink has one colour for all shades
        lab = colour.to_lab(as_rgb(pattern[:, changing]))
        away = np.abs(lab[:, 0] - ground)
        assert (np.diff(away) > -0.3).all(), look
        assert away[-1] > away[0] + 5
        assert look in ("no-lower", "elsewhere") or np.hypot(*lab[-1, 1:]) > np.hypot(*lab[0, 1:]) + 5


def test_a_tile_is_a_square_that_repeats_itself():
    assert all(tile_colors(look, "dark").shape == (SHADES, SIDE * SIDE) for look in LOOKS)
    with pytest.raises(KeyError):
        tile_colors("nothing", "dark")
