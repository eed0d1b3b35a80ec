"""The transport: play, also backwards, pause, one step back or on, scrub, speed, loop.

It knows nothing of time.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from engine.notation import variable_latex
from engine.scene import Playback, parameters
from engine.session import SessionState
from engine.text import format_number
from engine.words import _, shown
from gui.icons import icon
from gui.mathtext import MathLabel, Typesetter
from gui.parts import fit_icon, tool_button
from gui.value_slider import ValueSlider

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
FINEST = 1000
"""Key presses from end to end of a motion without steps of its own, with Ctrl."""


class Transport(QWidget):
    """Buttons and a slider that say what the learner wants of the motion; whoever plays it says how it is."""

    play_toggled = Signal()
    play_back_toggled = Signal()
    seek = Signal(float)
    stepped = Signal(int)
    speed_changed = Signal(float)
    loop_changed = Signal(bool)

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing: bool | None = None
        self._backwards = False
        self.back = self._button("step-back", _("One step back"), _("Shift+Left"))
        self.play_back = self._button("play-back", _("Play backwards"), _("Shift+Space"))
        self.play_back.setCheckable(True)
        self.play = self._button("play", _("Play"), _("Space"))
        self.on = self._button("step-on", _("One step on"), _("Shift+Right"))
        self.scrub = ValueSlider()
        self.scrub.setAccessibleName(_("Position"))
        self.symbol = MathLabel(typesetter)
        self.place = QLabel()
        self.speed = self._speeds()
        self.loop = self._button("loop", _("Repeat"), "")
        self.loop.setCheckable(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        buttons = (self.back, self.play_back, self.play, self.on)
        for part in (*buttons, self.scrub, self.symbol, self.place, self.speed, self.loop):
            layout.addWidget(part)
        layout.setStretchFactor(self.scrub, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Motion"))
        self._connect()
        self._size_icons()
        self._show_playing(False)

    def set_state(
        self, state: SessionState, playing: bool, speed: float, loop: bool, backwards: bool = False
    ) -> None:
        """Show where the motion stands, or that there is none."""
        playback = state.playback
        for part in (self.back, self.play_back, self.play, self.on, self.scrub, self.speed, self.loop):
            part.setEnabled(playback is not None)
        if playback is None or state.scene is None:
            self._show_playing(False)
            self.play_back.setChecked(False)
            self.scrub.set_position(0.0)
            self.symbol.set_formula("")
            self.place.setText("")
            return
        self._show_playing(playing)
        self._backwards = backwards
        self.play_back.setChecked(backwards)
        self.loop.setChecked(loop)
        self.speed.setCurrentIndex(min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - speed)))
        position = state.position
        self.scrub.set_position(position)
        self.back.setEnabled(position > 0.0)
        self._show_place(state, playback, position)

    def _show_place(self, state: SessionState, playback: Playback, position: float) -> None:
        """`step 12/40` where steps are counted, else the parameter and its value."""
        scene = state.scene
        assert scene is not None
        parameter = parameters(type(scene))[playback.parameter]
        if playback.integer:
            words = parameter.name
            if parameter.name == "step":
                words = _("step")
            elif parameter.words.label:
                words = shown(parameter.words.label)
            last = format_number(playback.stop)
            now = format_number(playback.value(position))
            text, widest = f"{words} {now}/{last}", f"{words} {last}/{last}"
            self.symbol.set_formula("")
        else:
            latex = scene.symbol(playback.parameter) or variable_latex(parameter.name)
            self.symbol.set_formula(f"{latex} =", parameter.name)
            text = format_number(getattr(scene, playback.parameter), 4)
            widest = max("−0.0001234", text, key=self.place.fontMetrics().horizontalAdvance)
        self.symbol.setVisible(not playback.integer)
        # room for the longest, so that the slider does not breathe
        metrics = self.place.fontMetrics()
        self.place.setFixedSize(metrics.horizontalAdvance(widest) + 4, metrics.height() + 4)
        self.place.setText(text)
        self.scrub.setAccessibleDescription(text)

    def _show_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.play.setIcon(icon("pause" if playing else "play"))
            words = _("Pause") if playing else _("Play")
            self.play.setAccessibleName(words)
            self.play.setToolTip(f"{words} ({_('Space')})")

    def _connect(self) -> None:
        self.play.clicked.connect(lambda: self.play_toggled.emit())
        self.play_back.clicked.connect(self._ask_play_back)
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.on.clicked.connect(lambda: self.stepped.emit(1))
        self.loop.clicked.connect(self.loop_changed)
        self.scrub.moved.connect(self.seek)
        self.scrub.nudged.connect(self._nudge)
        self.speed.activated.connect(lambda index: self.speed_changed.emit(SPEEDS[index]))

    def _ask_play_back(self) -> None:
        """Ask, and look as before until told: where motion is reduced nothing plays."""
        self.play_back.setChecked(self._backwards)
        self.play_back_toggled.emit()

    def _nudge(self, steps: float) -> None:
        """An arrow key is one step; a finer one moves a thousandth of the way."""
        if abs(steps) < 1:
            position = self.scrub.value() / self.scrub.maximum() + (1 if steps > 0 else -1) / FINEST
            self.seek.emit(min(1.0, max(0.0, position)))
        else:
            self.stepped.emit(round(steps))

    def _button(self, name: str, words: str, shortcut: str) -> QToolButton:
        button = tool_button(words, name)
        button.setToolTip(f"{words} ({shortcut})" if shortcut else words)
        button.setAutoRepeat(name.startswith("step"))
        return button

    def _speeds(self) -> QComboBox:
        box = QComboBox()
        for speed in SPEEDS:
            box.addItem(f"{format_number(speed)}×", speed)
        box.setCurrentIndex(SPEEDS.index(1.0))
        box.setAccessibleName(_("Speed"))
        box.setToolTip(_("Speed"))
        return box

    def changeEvent(self, event: QEvent) -> None:
        """Icons as large as the text beside them."""
        if event.type() == QEvent.Type.FontChange and hasattr(self, "loop"):
            self._size_icons()
        super().changeEvent(event)

    def _size_icons(self) -> None:
        for button in (self.back, self.play_back, self.play, self.on, self.loop):
            fit_icon(button)
