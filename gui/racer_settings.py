"""The controls of a racer's settings: a number with its slider, or a switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox

from engine.errors import ParameterError
from engine.optimizer_kinds import OPTIMIZERS, Setting
from engine.parameters import Parameter, Words
from engine.racers import Racer
from engine.words import shown
from gui.control_kinds import NumberControl
from gui.mathtext import Typesetter
from gui.theme import ThemeManager

BEHIND = ("eps", "weight_decay")
"""Settings that few races turn, besides all switches: folded away until asked for."""


class NumberSetting(NumberControl):
    """One number of one setting; `place` says which of several."""

    settled = Signal(str, object, str)
    """The setting, its whole value, the gesture."""

    def __init__(self, setting: Setting, place: int, typesetter: Typesetter, themes: ThemeManager) -> None:
        meaning = setting.meaning
        parameter = Parameter(
            name=setting.name,
            kind="number",
            default=setting.default,
            slider=meaning.sliders[place],
            domain=meaning.domain,
            words=Words(meaning.words),
        )
        super().__init__(parameter, typesetter, themes)
        self.setting = setting
        self.place = place
        self.changed.connect(self._check)

    def show_racer(self, racer: Racer) -> None:
        """Show what this racer has here."""
        self._all = racer.value(self.setting.name)
        self.set_value(self._all[self.place] if isinstance(self._all, tuple) else self._all)

    def _check(self, given: Any, gesture: str) -> None:
        try:
            number = self.parameter.value(given)
        except ParameterError as error:
            self.refuse(error)
            return
        self.refuse(None)
        if isinstance(self._all, tuple):
            whole = (*self._all[: self.place], number, *self._all[self.place + 1 :])
            self.settled.emit(self.setting.name, whole, gesture)
        else:
            self.settled.emit(self.setting.name, number, gesture)


class SwitchSetting(QCheckBox):
    """A setting that is on or off."""

    settled = Signal(str, object, str)

    def __init__(self, setting: Setting) -> None:
        words = shown(setting.meaning.words)
        super().__init__(words[:1].upper() + words[1:])
        self.setting = setting
        self.clicked.connect(lambda on: self.settled.emit(setting.name, on, ""))

    def show_racer(self, racer: Racer) -> None:
        """Show what this racer has here."""
        self.setChecked(bool(racer.value(self.setting.name)))


def is_behind(control: NumberSetting | SwitchSetting) -> bool:
    """Whether it is folded away until asked for."""
    return isinstance(control, SwitchSetting) or control.setting.name in BEHIND


def suggested(optimizer: str) -> Mapping[str, Any]:
    """What a new racer of this kind begins with: a rate at which it can be seen to move."""
    setting = OPTIMIZERS[optimizer].setting("lr")
    return {"lr": setting.suggested} if setting is not None else {}
