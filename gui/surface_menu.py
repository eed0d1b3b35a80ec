"""The menu of surfaces of the gallery: one click shows one on its domain, with a start that suits it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from engine.actions import SetParameters, SetView
from engine.figure import View
from engine.kept_functions import fit, formula_parameter
from engine.scene import Scene, parameters
from engine.surface_gallery import GALLERY, KnownSurface
from engine.words import _, shown
from gui.controller import Controller


class SurfaceMenu(QObject):
    """Fills the menu for the picture on show, and puts a surface into it."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller

    def fill(self, menu: QMenu) -> None:
        """List the surfaces, each with why it is worth a run; a picture that takes none says so."""
        menu.clear()
        menu.setToolTipsVisible(True)
        scene = self._controller.state.scene
        if scene is None or fit(scene, GALLERY[0].formula).scene is None:
            menu.addAction(_("This picture takes no surface")).setEnabled(False)
            return
        for surface in GALLERY:
            action = menu.addAction(shown(surface.title))
            action.setToolTip(shown(surface.why))
            action.triggered.connect(lambda _on=False, surface=surface: self._show(surface))

    def _show(self, surface: KnownSurface) -> None:
        scene = self._controller.state.scene
        if scene is None:
            return
        self._controller.send(SetParameters(surface_values(scene, surface)))
        (x_low, y_low), (x_high, y_high) = surface.low, surface.high
        plane = next((panel.id for panel in scene.glance().panels if panel.equal), None)
        if plane is not None:
            self._controller.send(SetView(plane, View(x_low, x_high, y_low, y_high)))


def surface_values(scene: Scene, surface: KnownSurface) -> dict[str, str | float]:
    """The formula, and the start where the scene has one."""
    values: dict[str, str | float] = {formula_parameter(scene): surface.formula}
    if {"x", "y"} <= set(parameters(type(scene))):
        values |= {"x": surface.start[0], "y": surface.start[1]}
    return values
