"""One control for each kind of parameter: number, choice, switch, formula, text of its own grammar."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import FormulaError, ParameterError
from engine.figure import Role
from engine.nodes import Node
from engine.notation import variable_latex
from engine.parameters import Parameter, Slider, covering_variables
from engine.scene import Scene
from engine.words import _, shown
from gui.formula_field import FormulaField, MarkedLineEdit
from gui.gestures import KEY_PAUSE, Gesture
from gui.mathtext import MathLabel, Typesetter
from gui.messages import Message
from gui.number_field import NumberField
from gui.parts import tool_button
from gui.theme import ThemeManager
from gui.value_slider import ValueSlider

MOST_SEGMENTS = 4
"""Options that stand side by side; more of them drop down."""


class Control(QWidget):
    """Shows one parameter and reports what the hand does to it: `changed(value, gesture)`."""

    changed = Signal(object, str)
    revealed = Signal(QWidget)
    """A part of it that shall be in sight now."""
    whole_row = False
    least_lines = 2
    """Lines of text that it must show of itself at least, the rest being scrolled to."""

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self.parameter = parameter
        self.message = Message()
        self.typing = Gesture()
        self.keys = Gesture(KEY_PAUSE)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set_value(self, value: Any) -> None:
        """Show `value`."""
        raise NotImplementedError

    def set_scene(self, scene: Scene) -> None:
        """Know the scene, whose other parameters say what a hand means here. It may come with every frame."""

    def set_symbol(self, latex: str) -> None:
        """Name it by this symbol, which may change with the formula's own letters."""

    def refuse(self, error: ParameterError | None) -> None:
        """Say why what was asked for cannot be; None takes the words away."""
        if error is None:
            self.message.clear()
        else:
            self.message.set_error(error.cause if error.cause is not None else error)

    def label(self) -> str:
        """The parameter's name in words."""
        return shown(self.parameter.words.label) if self.parameter.words.label else self.parameter.name

    def _stack(self, *rows: QHBoxLayout | QWidget) -> None:
        """The rows one under the other, and the message under them."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(2)
        for row in (*rows, self.message):
            if isinstance(row, QWidget):
                layout.addWidget(row)
            else:
                layout.addLayout(row)

    def _row(self, *widgets: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in widgets:
            row.addWidget(widget)
        return row


class NumberControl(Control):
    """A number, whole or not: its symbol, a slider, a field. A box to tick where there may be none."""

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        self._value: float | None = None
        self._drag = Gesture()
        words = self.label()
        self.symbol = MathLabel(typesetter, words=words)
        self.symbol.setToolTip(words)
        self.words = QLabel(words)
        self.symbol.setMinimumWidth(round(1.3 * self.fontMetrics().height()))
        self.field = NumberField()
        self.field.setAccessibleName(words)
        self.field.committed.connect(self._typed)
        self.field.nudged.connect(self._nudge)
        self.field.reverted.connect(self.message.clear)
        parts: list[QWidget] = [self.symbol, self.words]
        self.box: QCheckBox | None = None
        if parameter.optional:
            self.box = QCheckBox(words[:1].upper() + words[1:])
            self.box.clicked.connect(self._ticked)
            parts.insert(0, self.box)
        self.slider: ValueSlider | None = None
        if parameter.slider is not None:
            self.slider = ValueSlider()
            self.slider.setAccessibleName(words)
            self.slider.set_ticks(ticks(parameter.slider))
            self.slider.sliderPressed.connect(self._drag.end)
            self.slider.sliderReleased.connect(self._drag.end)
            self.slider.moved.connect(self._slide)
            self.slider.nudged.connect(self._nudge)
            parts.append(self.slider)
        row = self._row(*parts, self.field)
        if self.slider is None:
            row.addStretch(1)
        self._stack(row)

    def changeEvent(self, event: QEvent) -> None:
        """Symbols of one letter and of two take one width, so that sliders begin in line."""
        if event.type() == QEvent.Type.FontChange:
            self.symbol.setMinimumWidth(round(1.3 * self.fontMetrics().height()))
        super().changeEvent(event)

    def set_symbol(self, latex: str) -> None:
        """A symbol where there is one, else words."""
        self.symbol.set_formula(latex, self.label())
        self.symbol.setVisible(bool(latex))
        self.words.setVisible(not latex and self.box is None)

    def set_value(self, value: Any) -> None:
        """Stand at `value`, the thumb at the nearer end when it lies outside the slider's range."""
        self._value = value
        self.field.set_value(value)
        if self.box is not None:
            self.box.setChecked(value is not None)
            for part in (self.symbol, self.words, self.field, self.slider):
                if part is not None:
                    part.setEnabled(value is not None)
        if self.slider is not None and value is not None:
            spec = self._slider()
            low, high = sorted((spec.low, spec.high))
            self.slider.set_position(spec.position(value), outside=not low <= value <= high)
            self.slider.setAccessibleDescription(self.field.text())

    def refuse(self, error: ParameterError | None) -> None:
        """Say why. When there is nothing to say any more, what was refused goes too."""
        if error is None and self.message.words():
            self.field.revert()
        super().refuse(error)

    def _slider(self) -> Slider:
        assert self.parameter.slider is not None
        return self.parameter.slider

    def _slide(self, position: float) -> None:
        value = rounded(self._slider(), self._slider().value(position))
        if self.parameter.kind == "integer":
            value = round(value)
        if value != self._value:
            self.changed.emit(value, self._drag.name() if self._dragging() else self.keys.name())

    def _dragging(self) -> bool:
        return self.slider is not None and self.slider.isSliderDown()

    def _nudge(self, steps: float) -> None:
        if self._value is None:
            return
        value = nudged(self.parameter, self._value, steps)
        if value != self._value:
            self.changed.emit(value, self.keys.name())

    def _typed(self, text: str) -> None:
        given = None if self.parameter.optional and not text.strip() else text
        self.changed.emit(given, self.typing.name())
        self.typing.end()
        if self.message.words():
            self.field.keep()

    def _ticked(self, on: bool) -> None:
        self.changed.emit(self._first_value() if on else None, "")

    def _first_value(self) -> float:
        """What an empty parameter begins with: the middle of its slider."""
        if self.parameter.default is not None:
            return float(self.parameter.default)
        return rounded(self._slider(), self._slider().value(0.5)) if self.parameter.slider else 0.0


class DropDown(QComboBox):
    """A menu that drops down, among controls that scroll."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to whatever scrolls around the menu: passing over it chooses nothing."""
        event.ignore()


class ChoiceControl(Control):
    """One of a few words: side by side, or dropping down where there are many."""

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        words = self.label()
        label = QLabel(words)
        self.buttons: dict[str, QToolButton] = {}
        self.menu: QComboBox | None = None
        options = {
            key: shown(parameter.words.options[key]) if key in parameter.words.options else key
            for key in parameter.choices
        }
        if len(options) <= MOST_SEGMENTS:
            chooser: QWidget = self._segments(options)
        else:
            chooser = self.menu = DropDown()
            for key, option in options.items():
                self.menu.addItem(option, key)
            self.menu.activated.connect(lambda index: self.changed.emit(parameter.choices[index], ""))
        chooser.setAccessibleName(words)
        label.setBuddy(chooser)
        row = self._row(label, chooser)
        row.addStretch(1)
        self._stack(row)

    def set_value(self, value: Any) -> None:
        """Show which option holds."""
        if self.menu is not None:
            self.menu.setCurrentIndex(self.menu.findData(value))
        elif value in self.buttons:
            self.buttons[value].setChecked(True)

    def _segments(self, options: dict[str, str]) -> QWidget:
        group = QButtonGroup(self)
        frame = QWidget()
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for key, option in options.items():
            button = tool_button(option, checkable=True)
            button.setAccessibleName(f"{self.label()}: {option}")
            button.clicked.connect(lambda _on, key=key: self.changed.emit(key, ""))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[key] = button
        return frame


class SwitchControl(Control):
    """On or off."""

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        words = self.label()
        self.box = QCheckBox(words[:1].upper() + words[1:])
        self.box.clicked.connect(lambda on: self.changed.emit(on, ""))
        self._stack(self.box)

    def set_value(self, value: Any) -> None:
        """Show whether it is on."""
        self.box.setChecked(bool(value))


class FormulaControl(Control):
    """A formula: its letter, a line that checks at every key, and what was understood."""

    whole_row = True

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        self._value = ""
        self.symbol = MathLabel(typesetter)
        self.field = FormulaField(self._read, typesetter, themes)
        self.field.line.setAccessibleName(_("Formula of {name}").format(name=self.label()))
        self.field.typed.connect(self._typed)
        self.field.left.connect(self._left)
        row = self._row(self.symbol, self.field)
        row.setAlignment(self.symbol, Qt.AlignmentFlag.AlignTop)
        row.setStretchFactor(self.field, 1)
        self._stack(row)
        self.message.hide()

    def set_value(self, value: Any) -> None:
        """Show the formula, unless the learner is writing it."""
        self._value = str(value)
        _node, variables = covering_variables(self._value, self.parameter.variables)
        arguments = ", ".join(map(variable_latex, variables))
        name = variable_latex(self.parameter.name)
        self.symbol.set_formula(f"{name}({arguments}) =", f"{self.parameter.name}({', '.join(variables)})")
        self.symbol.setMinimumHeight(self.field.line.sizeHint().height())
        self.field.set_text(self._value)

    def refuse(self, error: ParameterError | None) -> None:
        """Show a mistake where it stands; what was typed stays to be mended."""
        if error is None:
            return
        if error.cause is not None:
            self.field.show_error(error.cause)
        else:
            text = self.field.text()
            self.field.show_error(FormulaError(error.what, text, (0, len(text)), error.remedy))

    def _read(self, source: str) -> Node:
        return covering_variables(source, self.parameter.variables)[0]

    def _typed(self, text: str) -> None:
        if text.strip() != self._value:
            self.changed.emit(text.strip(), self.typing.name())

    def _left(self) -> None:
        self.typing.end()


class TextControl(Control):
    """Text of its own grammar, such as a list of points: taken at Enter, its mistakes underlined."""

    whole_row = True

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        self._themes = themes
        words = self.label()
        label = QLabel(words[:1].upper() + words[1:])
        self.line = MarkedLineEdit()
        self.line.setAccessibleName(words)
        self.line.editingFinished.connect(self._typed)
        self.line.textEdited.connect(lambda: self.line.set_mark(None))
        label.setBuddy(self.line)
        self._stack(self._row(label, self.line))

    def set_value(self, value: Any) -> None:
        """Show the text, unless the learner is writing it."""
        if not self.line.isModified() and str(value) != self.line.text():
            self.line.setText(str(value))

    def refuse(self, error: ParameterError | None) -> None:
        """Underline the mistake and say what it is."""
        super().refuse(error)
        self.line.setModified(error is not None)
        ink = QColor(self._themes.theme().role(Role.WRONG).color)
        self.line.set_mark(error.cause.span if error is not None and error.cause is not None else None, ink)

    def _typed(self) -> None:
        if self.line.isModified():
            self.changed.emit(self.line.text(), "")


def ticks(slider: Slider) -> list[float]:
    """Positions worth a mark: the powers of ten of a logarithmic slider, the zero within a linear one.

    >>> [round(place, 3) for place in ticks(Slider(0.1, 10, scale="log"))]
    [0.0, 0.5, 1.0]
    >>> ticks(Slider(-1, 3))
    [0.25]
    """
    if slider.scale == "log":
        lowest, highest = math.ceil(math.log10(slider.low)), math.floor(math.log10(slider.high))
        return [slider.position(10.0**power) for power in range(lowest, highest + 1)]
    return [slider.position(0.0)] if slider.low < 0 < slider.high else []


def rounded(slider: Slider, value: float) -> float:
    """The value nearest to `value` with no more digits than a hand on the slider can mean.

    >>> rounded(Slider(-4, 4), 1.23456), rounded(Slider(1e-6, 1, scale="log"), 0.000123456)
    (1.23, 0.000123)
    """
    if slider.scale == "log":
        return float(f"{value:.3g}")
    digits = math.ceil(math.log10(500 / abs(slider.high - slider.low)))
    return round(value, digits) + 0.0


def nudged(parameter: Parameter, value: float, steps: float) -> float:
    """`value` after so many presses of a key. A whole number moves by whole numbers."""
    if parameter.kind == "integer":
        return round(value) + (max(1, round(abs(steps))) if steps > 0 else -max(1, round(abs(steps))))
    moved = parameter.slider.nudged(value, steps) if parameter.slider else value + steps
    # 0.1 + 0.2: the last digits of a sum are noise
    return float(f"{moved:.12g}")
