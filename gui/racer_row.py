"""One racer of the editor: its look and name, its optimizer and settings, what it ran before, its buttons."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from engine.errors import ParameterError
from engine.optimizer_kinds import OPTIMIZERS
from engine.racer import LONGEST_LABEL, RacerPart, part_words
from engine.racers import Racer
from engine.words import _, shown
from gui.columns import Columns
from gui.control_kinds import DropDown
from gui.flow import Flow
from gui.labels import label
from gui.looks import optimizer_look
from gui.mathtext import Typesetter
from gui.messages import Message
from gui.parts import tool_button
from gui.racer_settings import NumberSetting, SwitchSetting, is_behind, suggested
from gui.samples import LookSample
from gui.theme import ThemeManager

NAME_SHORTEST, NAME_WIDE = 7, 14
"""Characters that a name has room for: where it must share a line, and where there is room for all."""

BETWEEN = 8


class NameField(QLineEdit):
    """The name that somebody gives a racer, edited where it stands."""

    named = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._label = ""
        self.setProperty("quiet", True)
        self.setPlaceholderText(_("Name"))
        self.setMaxLength(LONGEST_LABEL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._commit)

    def show_racer(self, racer: Racer) -> None:
        """Show its label, unless another is being written."""
        self._label = racer.label
        written = racer.renamed("").name
        self.setAccessibleName(_("Name of {racer}").format(racer=written))
        self.setToolTip("\n".join(filter(None, (racer.label, written))))
        if not self.isModified() and self.text() != racer.label:
            self.setText(racer.label)
            self.setCursorPosition(0)

    def minimumSizeHint(self) -> QSize:
        """Room for a short name."""
        return QSize(self._wide(NAME_SHORTEST), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Room for most names."""
        return QSize(self._wide(NAME_WIDE), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the edit back."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.revert()
        else:
            super().keyPressEvent(event)

    def revert(self) -> None:
        """Forget what was typed."""
        self.setModified(False)
        self.setText(self._label)

    def _wide(self, characters: int) -> int:
        return characters * self.fontMetrics().averageCharWidth() + 20

    def _commit(self) -> None:
        if self.isModified():
            self.setModified(False)
            self.named.emit(self.text())


class RacerRow(QWidget):
    """One racer: the look it has on the picture, its name, its optimizer, its settings, and its buttons.

    The settings are those of its last part; each earlier part has a button that leaves it out.
    """

    edited = Signal(object, str)
    forked = Signal()
    duplicated = Signal()
    removed = Signal()

    def __init__(self, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self._typesetter = typesetter
        self._themes = themes
        self._racer: Racer | None = None
        self._settings: list[NumberSetting | SwitchSetting] = []
        self.sample = LookSample()
        self.name = NameField()
        self.name.named.connect(self._rename)
        self.menu = DropDown()
        for name, kind in OPTIMIZERS.items():
            self.menu.addItem(shown(kind.title), name)
        self.menu.setAccessibleName(_("Optimizer"))
        self.menu.activated.connect(self._choose)
        self.more = tool_button(_("More settings"), "more", checkable=True)
        self.more.toggled.connect(self._place)
        self.fork = tool_button(_("Fork here: a second racer turns at the step on show"), "fork")
        self.fork.clicked.connect(lambda: self.forked.emit())
        self.copy = tool_button(_("Duplicate this racer"), "copy")
        self.copy.clicked.connect(lambda: self.duplicated.emit())
        self.remove = tool_button(_("Remove this racer"), "remove")
        self.remove.clicked.connect(lambda: self.removed.emit())
        self.numbers = Columns(narrowest=27, most=2)
        self.before = Flow()
        self.before.hide()
        self.message = Message()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(BETWEEN)
        self._grid.setVerticalSpacing(2)
        self._shape = ""
        self._fold("wide")

    def set_racer(self, racer: Racer, look: str) -> None:
        """Show `racer`; its controls are made anew only when its optimizer is another."""
        before, self._racer = self._racer, racer
        if before is None or before.optimizer != racer.optimizer:
            self._build(racer)
        if before is None or before.parts[:-1] != racer.parts[:-1] or before.turns != racer.turns:
            self._show_before(racer)
        self.message.clear()
        self.sample.set_look(optimizer_look(look, self._themes.theme().name), marked=True)
        self.sample.setFixedHeight(self.menu.sizeHint().height())
        self.name.show_racer(racer)
        self.menu.setCurrentIndex(self.menu.findData(racer.optimizer))
        self.setAccessibleName(racer.name)
        for setting in self._settings:
            setting.show_racer(racer)

    def set_forkable(self, on: bool) -> None:
        """Offer to fork, or not: in a picture without steps there is nowhere to turn."""
        self.fork.setVisible(on)
        self._refold()

    def minimumSizeHint(self) -> QSize:
        """The optimizer and the settings can each stand under the name, so the widest of them is enough."""
        widths = (self._head(with_menu=False), self.menu.minimumSizeHint().width())
        widest = max(*widths, self.numbers.minimumSizeHint().width(), self.before.minimumSizeHint().width())
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put on one line what one line has room for."""
        super().resizeEvent(event)
        self._refold()

    def racer(self) -> Racer:
        """The racer on show."""
        assert self._racer is not None
        return self._racer

    def setting(self, name: str, place: int = 0) -> NumberSetting | SwitchSetting:
        """The control of one setting."""
        return next(
            control
            for control in self._settings
            if control.setting.name == name and getattr(control, "place", 0) == place
        )

    def parts_before(self) -> list[QToolButton]:
        """The buttons of the parts before the last, each of which leaves its part out."""
        return self.before.findChildren(QToolButton)

    def say(self, words: str) -> None:
        """Say under the racer why something cannot be."""
        self.message.set_words(words, "?", "wrong")

    def _refold(self) -> None:
        head = self._head(with_menu=True)
        room = 40 * self.fontMetrics().averageCharWidth()
        if self.width() >= head + room:
            self._fold("wide")
        else:
            self._fold("folded" if self.width() >= head else "narrow")

    def _buttons(self) -> tuple[QToolButton, ...]:
        return self.more, self.fork, self.copy, self.remove

    def _head(self, with_menu: bool) -> int:
        """Pixels that the first line needs."""
        parts: list[QWidget] = [self.sample, self.name, *self._buttons()]
        if with_menu:
            parts.append(self.menu)
        widths = [part.minimumSizeHint().width() + BETWEEN for part in parts if not part.isHidden()]
        return sum(widths) - BETWEEN

    def _fold(self, shape: str) -> None:
        """Lay the row out: all on one line, the settings on another, or the optimizer on one of its own."""
        if shape == self._shape:
            return
        self._shape = shape
        wide, narrow = shape == "wide", shape == "narrow"
        first = {"wide": 4, "folded": 3, "narrow": 2}[shape]  # column of the buttons; an empty one takes room
        last = first + len(self._buttons())
        for part in (self.menu, self.before, self.numbers, self.message, *self._buttons()):
            self._grid.removeWidget(part)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(self.sample, 0, 0, top)
        self._grid.addWidget(self.name, 0, 1, top)
        self._grid.addWidget(self.menu, *((1, 0, 1, last) if narrow else (0, 2, 1, 1)), top)
        self._grid.addWidget(self.before, 2, 0, 1, last)
        self._grid.addWidget(self.numbers, *((0, 3, 1, 1) if wide else (3, 0, 1, last)))
        self._grid.addWidget(self.message, 4, 0, 1, last)
        for column, button in enumerate(self._buttons(), start=first):
            self._grid.addWidget(button, 0, column, top)
        for column in range(8):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(3 if wide else 1, 1)
        self.name.setMaximumWidth(self.name.sizeHint().width() if wide else 10_000)

    def _build(self, racer: Racer) -> None:
        self.numbers.set_cells(())
        for control in self._settings:
            control.hide()
            control.deleteLater()
        self._settings = []
        for setting in racer.kind.settings:
            if isinstance(setting.default, bool):
                self._add(SwitchSetting(setting))
            else:
                for place in range(len(setting.meaning.sliders)):
                    self._add(NumberSetting(setting, place, self._typesetter, self._themes))
        self._place()

    def _add(self, control: NumberSetting | SwitchSetting) -> None:
        control.settled.connect(self._set)
        self._settings.append(control)

    def _place(self, _on: bool = False) -> None:
        """Settings in front, and behind them, where they are asked for, the rest."""
        ahead = [control for control in self._settings if self.more.isChecked() or not is_behind(control)]
        self.numbers.set_cells((control, False) for control in ahead)
        for control in self._settings:
            control.setVisible(control in ahead)

    def _show_before(self, racer: Racer) -> None:
        """What it ran up to each of its turns."""
        ends = zip(racer.parts, racer.turns, strict=False)
        buttons = [self._part_button(number, part, end) for number, (part, end) in enumerate(ends)]
        self.before.set_widgets([label(_("Before that:"), "quiet"), *buttons] if buttons else ())
        self.before.setVisible(bool(buttons))

    def _part_button(self, number: int, part: RacerPart, end: int) -> QToolButton:
        words = _("{optimizer} to step {step}").format(optimizer=part_words(part), step=end)
        button = tool_button(words, "remove", written=True)
        leave_out = _("Leave this out: what follows begins at step {step}").format(step=part.start)
        button.setToolTip(f"{part}\n{leave_out}")
        button.setAccessibleName(f"{words}. {leave_out}")
        button.clicked.connect(lambda: self._leave_out(number))
        return button

    def _leave_out(self, number: int) -> None:
        self.menu.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes with its part
        self.edited.emit(self.racer().without_part(number), "")

    def _set(self, name: str, value: Any, gesture: str) -> None:
        self.edited.emit(self.racer().changed(**{name: value}), gesture)

    def _rename(self, words: str) -> None:
        try:
            renamed = self.racer().renamed(words)
        except ParameterError as error:
            self.name.revert()
            self.message.set_error(error)
            return
        self.edited.emit(renamed, "")

    def _choose(self, index: int) -> None:
        """Another optimizer, with what both understand kept, and a rate that can be seen to move."""
        kind = OPTIMIZERS[self.menu.itemData(index)]
        if kind.name == self.racer().optimizer:
            return
        kept = {name: value for name, value in self.racer().settings if kind.setting(name) is not None}
        self.edited.emit(self.racer().replaced(kind.name, kept or suggested(kind.name)), "")
