"""Any number of a few words: a box to tick for each, side by side where there is room."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QLabel

from engine.parameters import Parameter
from engine.words import shown
from gui.columns import Columns
from gui.control_kinds import Control
from gui.mathtext import Typesetter
from gui.theme import ThemeManager


class SeveralControl(Control):
    """A text of words parted by spaces, of those that the parameter's `Words.options` name."""

    whole_row = True

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        words = self.label()
        label = QLabel(words[:1].upper() + words[1:])
        self.boxes: dict[str, QCheckBox] = {}
        for key, option in parameter.words.options.items():
            box = QCheckBox(shown(option))
            box.setAccessibleName(f"{words}: {shown(option)}")
            box.clicked.connect(self._ticked)
            self.boxes[key] = box
        cells = Columns(narrowest=8, most=4)
        cells.set_cells((box, False) for box in self.boxes.values())
        row = self._row(label, cells)
        row.setStretchFactor(cells, 1)
        self._stack(row)

    def set_value(self, value: Any) -> None:
        """Tick what the text names."""
        named = str(value).replace(",", " ").replace(";", " ").split()
        for key, box in self.boxes.items():
            box.setChecked(key in named)

    def _ticked(self) -> None:
        self.changed.emit(" ".join(key for key, box in self.boxes.items() if box.isChecked()), "")
