"""The controls of a scene, built from what its parameters declare, and the panel that holds them.

A control shows the value it is told and reports what the hand does; it decides nothing. The panel asks the
scene whether a value can be, says in place why not, and sends `SetParameters` when it can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from engine.actions import SetParameters
from engine.errors import ParameterError
from engine.figure import Figure
from engine.parameters import Parameter
from engine.scene import Scene, changed, parameters
from engine.session import SessionState
from engine.words import _
from gui.columns import Columns
from gui.control_kinds import (
    ChoiceControl,
    Control,
    FormulaControl,
    NumberControl,
    SwitchControl,
    TextControl,
)
from gui.icons import icon
from gui.mathtext import Typesetter
from gui.parts import tool_button
from gui.racers_editor import RacersControl
from gui.several_control import SeveralControl
from gui.theme import ThemeManager

KINDS: Mapping[str, Callable[[Parameter, Typesetter, ThemeManager], Control]] = {
    "number": NumberControl,
    "integer": NumberControl,
    "choice": ChoiceControl,
    "switch": SwitchControl,
    "formula": FormulaControl,
    "racers": RacersControl,
    "several": SeveralControl,
}
"""Kind of parameter → its control. A kind that is not listed is text of its own grammar, and gets a line."""


TALLEST = 12
"""Lines of text that the panel asks for at most; what is below is reached by scrolling."""


class ControlsPanel(QScrollArea):
    """The controls that the step puts in front; the scene's others are folded under *More*."""

    action = Signal(object)
    """A `SetParameters` that the scene accepts."""

    def __init__(self, typesetter: Typesetter, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._themes = themes
        self._scene: Scene | None = None
        self._shown: tuple[str, ...] = ()
        self._controls: dict[str, Control] = {}
        self._front = Columns(narrowest=32)
        self._rest = Columns(narrowest=32)
        self._more = tool_button(_("More"), "closed", checkable=True, written=True)
        self._more.setToolTip(_("Show the other controls of this picture"))
        self._more.toggled.connect(self._unfold)
        self._inside = QWidget()
        self._unfold(False)
        self._lay_out()

    def set_state(self, state: SessionState, figure: Figure | None = None) -> None:
        """Show the controls of the scene and step that the learner is at, with their values."""
        scene = state.scene
        if scene is None:
            self._build({}, ())
            self._scene = None
            return
        known = parameters(type(scene))
        if type(scene) is not type(self._scene):
            self._build(known, state.setting.controls)
        elif state.setting.controls != self._shown:
            self._place(known, state.setting.controls)
        before, self._scene = self._scene, scene
        for name, control in self._controls.items():
            value = getattr(scene, name)
            if before is None or type(before) is not type(scene) or value != getattr(before, name):
                control.refuse(None)
            control.set_symbol(scene.symbol(name))
            control.set_scene(scene)
            control.set_value(value)

    def control(self, name: str) -> Control:
        """The control of one parameter; KeyError if the scene has no such parameter."""
        return self._controls[name]

    def is_unfolded(self) -> bool:
        """Whether the controls under *More* are shown."""
        return self._more.isChecked()

    def sizeHint(self) -> QSize:
        """As tall as what is in front, within reason: the picture is what the room is for."""
        inside = self._inside.sizeHint()
        return QSize(inside.width(), min(inside.height() + 2, TALLEST * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        """One control at a time is the least: the rest is reached by scrolling."""
        line = self.fontMetrics().height()
        bar = self.verticalScrollBar().sizeHint().width()
        front = [self._controls[name].least_lines for name in self._shown if name in self._controls]
        return QSize(self._inside.minimumSizeHint().width() + bar, max((2, *front)) * line + 16)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self._inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._front)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._rest)
        layout.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(_("Controls"))

    def _build(self, known: Mapping[str, Parameter], front: tuple[str, ...]) -> None:
        """Make the controls of another kind of scene."""
        self._front.set_cells(())
        self._rest.set_cells(())
        for control in self._controls.values():
            control.hide()
            control.deleteLater()
        self._controls = {}
        for name, parameter in known.items():
            control = KINDS.get(parameter.kind, TextControl)(parameter, self._typesetter, self._themes)
            control.changed.connect(lambda value, gesture, name=name: self._change(name, value, gesture))
            control.revealed.connect(self._reveal)
            self._controls[name] = control
        self._place(known, front)

    def _place(self, known: Mapping[str, Parameter], front: tuple[str, ...]) -> None:
        """Put `front` in front, in its order, and the others under *More*."""
        self._shown = front
        ahead = [name for name in front if name in known]
        behind = [name for name in known if name not in ahead]
        self._front.set_cells((self._controls[name], self._controls[name].whole_row) for name in ahead)
        self._rest.set_cells((self._controls[name], self._controls[name].whole_row) for name in behind)
        self._more.setVisible(bool(behind))
        self._unfold(self._more.isChecked())

    def _reveal(self, part: QWidget) -> None:
        """Scroll to this part of a control once it has its place."""
        QTimer.singleShot(0, part, lambda: self.ensureWidgetVisible(part, 0, 8))

    def _unfold(self, on: bool) -> None:
        self._more.setIcon(icon("opened" if on else "closed"))
        self._rest.setVisible(on)
        self.updateGeometry()

    def _change(self, name: str, value: Any, gesture: str) -> None:
        """Send what the hand did, or say why it cannot be."""
        if self._scene is None:
            return
        control = self._controls[name]
        try:
            changed(self._scene, {name: value})
        except ParameterError as error:
            control.refuse(error)
            return
        control.refuse(None)
        self.action.emit(SetParameters({name: value}, gesture))
        # a value that was typed in another way but is the same changes no state, and is shown again
        control.set_value(getattr(self._scene, name))
