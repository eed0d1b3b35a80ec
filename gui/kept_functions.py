"""The menu of functions that the learner keeps, to carry them from picture to picture."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from engine.actions import SetParameters
from engine.kept_functions import fit, formula_parameter, kept_with
from engine.words import _, shown
from gui.controller import Controller
from gui.keeper import Keeper


class KeptFunctions(QObject):
    """Keeps the function of the picture on show, and puts a kept one into it."""

    said = Signal(str)
    """What came of it."""

    def __init__(self, controller: Controller, keeper: Keeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._keeper = keeper

    def keep(self) -> None:
        """Keep the function of the picture."""
        source = self._present()
        if source:
            self._keeper.change(functions=kept_with(self._keeper.profile.settings.functions, source))
            words = _("Kept: {function}. It waits under Edit in every picture.")
            self.said.emit(words.format(function=source))
        else:
            self.said.emit(_("This picture shows no function that could be kept."))

    def fill(self, menu: QMenu) -> None:
        """List the kept functions; one that this picture cannot take says why."""
        menu.clear()
        menu.setToolTipsVisible(True)
        scene = self._controller.state.scene
        kept = self._keeper.profile.settings.functions
        for source in kept:
            action = menu.addAction(source.replace("&", "&&"))
            found = fit(scene, source) if scene is not None else None
            action.setEnabled(found is not None and found.scene is not None)
            if found is not None and found.remark is not None:
                action.setToolTip(shown(found.remark))
            action.triggered.connect(lambda _on=False, source=source: self._carry(source))
        if not kept:
            menu.addAction(_("Nothing yet")).setEnabled(False)
            return
        menu.addSeparator()
        forget = menu.addMenu(_("&Forget"))
        for source in kept:
            action = forget.addAction(source.replace("&", "&&"))
            action.triggered.connect(lambda _on=False, source=source: self._forget(source))

    def _present(self) -> str:
        scene = self._controller.state.scene
        name = formula_parameter(scene) if scene is not None else ""
        return str(getattr(scene, name)) if name else ""

    def _carry(self, source: str) -> None:
        scene = self._controller.state.scene
        if scene is None:
            return
        found = fit(scene, source)
        if found.scene is not None:
            self._controller.send(SetParameters({formula_parameter(scene): source}))
        if found.remark is not None:
            self.said.emit(shown(found.remark))

    def _forget(self, source: str) -> None:
        kept = self._keeper.profile.settings.functions
        self._keeper.change(functions=tuple(one for one in kept if one != source))
