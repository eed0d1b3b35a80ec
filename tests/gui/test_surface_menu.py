"""The menu of surfaces: what it lists, and what a click puts into the picture."""

from __future__ import annotations

from engine.figure import View
from engine.scene import make_scene
from engine.surface_gallery import GALLERY, known_surface
from gui.surface_menu import surface_values


def test_a_surface_comes_with_its_start_where_the_picture_has_one():
    surface = known_surface("rosenbrock")
    assert surface_values(make_scene("descent-2d"), surface) == {"f": surface.formula, "x": -1.2, "y": 1.0}


def test_the_menu_lists_every_surface_and_a_click_shows_it(open_shell):
    shell = open_shell()
    controller, menu = shell.parts.controller, shell.window.commands.submenus["surfaces"]
    shell.navigator.explore("secant")
    menu.aboutToShow.emit()
    (refusal,) = menu.actions()
    assert not refusal.isEnabled()
    shell.navigator.explore("descent-2d")
    menu.aboutToShow.emit()
    assert [action.toolTip() for action in menu.actions()] == [str(surface.why) for surface in GALLERY]
    next(action for action in menu.actions() if action.text() == "Rosenbrock").trigger()
    scene = controller.state.scene
    assert (scene.f, scene.x, scene.y) == (known_surface("rosenbrock").formula, -1.2, 1.0)
    assert controller.state.views["plane"] == View(-2.0, 2.0, -1.0, 3.0)
