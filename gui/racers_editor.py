"""The racers of a race: each with its optimizer, its settings and its look; or all of them as one text.

The text is the value. What the rows show is read from it, and what a hand does to a row writes it anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import GradusError, ParameterError
from engine.figure import Role
from engine.optimizer_kinds import OPTIMIZERS, Setting
from engine.parameters import Parameter, Words
from engine.racers import MAXIMUM_RACERS, Racer, make_racer, parse_racers, racers_text
from engine.words import _, shown
from gui.columns import Columns
from gui.control_kinds import Control, DropDown, NumberControl
from gui.formula_field import MarkedLineEdit
from gui.icons import icon
from gui.looks import optimizer_look
from gui.mathtext import Typesetter
from gui.parts import tool_button
from gui.samples import LookSample
from gui.theme import ThemeManager

BEHIND = ("eps", "weight_decay")
"""Settings that few races turn, besides all switches: folded away until asked for."""


class NumberSetting(NumberControl):
    """One number of one setting; `place` says which of several."""

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

    settled = Signal(str, object, str)
    """The setting, its whole value, the gesture."""

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


class RacerRow(QWidget):
    """One racer: the look it has on the picture, its optimizer, its settings, and its buttons."""

    edited = Signal(object, str)
    duplicated = Signal()
    removed = Signal()

    def __init__(self, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self._typesetter = typesetter
        self._themes = themes
        self._racer: Racer | None = None
        self._settings: list[NumberSetting | SwitchSetting] = []
        self.sample = LookSample()
        self.menu = DropDown()
        for name, kind in OPTIMIZERS.items():
            self.menu.addItem(shown(kind.title), name)
        self.menu.setAccessibleName(_("Optimizer"))
        self.menu.activated.connect(self._choose)
        self.more = tool_button(_("More settings"), "more", checkable=True)
        self.more.toggled.connect(self._place)
        self.copy = tool_button(_("Duplicate this racer"), "copy")
        self.copy.clicked.connect(lambda: self.duplicated.emit())
        self.remove = tool_button(_("Remove this racer"), "remove")
        self.remove.clicked.connect(lambda: self.removed.emit())
        self.numbers = Columns(narrowest=27, most=2)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(2, 1)
        self._narrow: bool | None = None
        self._fold(False)

    def set_racer(self, racer: Racer, look: str) -> None:
        """Show `racer`; its controls are made anew only when its optimizer is another."""
        before, self._racer = self._racer, racer
        if before is None or before.optimizer != racer.optimizer:
            self._build(racer)
        self.sample.set_look(optimizer_look(look, self._themes.theme().name), marked=True)
        self.sample.setFixedHeight(self.menu.sizeHint().height())
        self.menu.setCurrentIndex(self.menu.findData(racer.optimizer))
        self.setAccessibleName(racer.name)
        for setting in self._settings:
            setting.show_racer(racer)

    def minimumSizeHint(self) -> QSize:
        """The settings can stand under the optimizer, so the wider of the two is enough."""
        parts = (self.sample, self.menu, self.more, self.copy, self.remove)
        head = sum(part.minimumSizeHint().width() + 8 for part in parts)
        return QSize(max(head, self.numbers.minimumSizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the settings under the optimizer where one line has no room for both."""
        super().resizeEvent(event)
        parts = (self.sample, self.menu, self.more, self.copy, self.remove)
        head = sum(part.sizeHint().width() + 8 for part in parts)
        self._fold(self.width() < head + 30 * self.fontMetrics().averageCharWidth())

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

    def _fold(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(self.sample, 0, 0, top)
        self._grid.addWidget(self.menu, 0, 1, top)
        self._grid.addWidget(self.numbers, 1 if narrow else 0, 0 if narrow else 2, 1, 6 if narrow else 1)
        for column, button in enumerate((self.more, self.copy, self.remove), start=3):
            self._grid.addWidget(button, 0, column, top)

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
        ahead = [control for control in self._settings if self.more.isChecked() or not _is_behind(control)]
        self.numbers.set_cells((control, False) for control in ahead)
        for control in self._settings:
            control.setVisible(control in ahead)

    def _set(self, name: str, value: Any, gesture: str) -> None:
        self.edited.emit(self.racer().changed(**{name: value}), gesture)

    def _choose(self, index: int) -> None:
        """Another optimizer, with what both understand kept, and a rate that can be seen to move."""
        kind = OPTIMIZERS[self.menu.itemData(index)]
        if kind.name == self.racer().optimizer:
            return
        kept = {name: value for name, value in self.racer().settings if kind.setting(name) is not None}
        self.edited.emit(make_racer(kind.name, kept or suggested(kind.name)), "")


def _is_behind(control: NumberSetting | SwitchSetting) -> bool:
    return isinstance(control, SwitchSetting) or control.setting.name in BEHIND


def suggested(optimizer: str) -> Mapping[str, Any]:
    """What a new racer of this kind begins with: a rate at which it can be seen to move."""
    setting = OPTIMIZERS[optimizer].setting("lr")
    return {"lr": setting.suggested} if setting is not None else {}


def looks(racers: tuple[Racer, ...]) -> list[str]:
    """What the picture calls the look of each: the second of one kind is `gd#2`.

    >>> looks(parse_racers("gd; adam; gd(lr=1)"))
    ['gd', 'adam', 'gd#2']
    """
    seen: Counter[str] = Counter()
    names = []
    for racer in racers:
        seen[racer.optimizer] += 1
        count = seen[racer.optimizer]
        names.append(racer.optimizer if count == 1 else f"{racer.optimizer}#{count}")
    return names


class RacersControl(Control):
    """All racers, one under the other; add, duplicate, remove; and the text, for whoever rather types."""

    whole_row = True

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        self._typesetter = typesetter
        self._themes = themes
        self._racers: tuple[Racer, ...] = ()
        self._used = 0
        self.rows: list[RacerRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.add = QPushButton(icon("add"), _("Add a racer"))
        self.add.clicked.connect(self._add)
        self.as_text = tool_button(_("As text"), checkable=True)
        self.as_text.setToolTip(_("Write the racers as calls"))
        self.as_text.toggled.connect(self._show_text)
        self.line = MarkedLineEdit()
        self.line.setAccessibleName(_("Racers as text"))
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._finished)
        words = self.label()
        head = self._row(QLabel(words[:1].upper() + words[1:]))
        head.addStretch(1)
        head.addWidget(self.as_text)
        head.addWidget(self.add)
        holder = QWidget()
        holder.setLayout(self._list)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._stack(head, holder, self.line)
        self._show_text(False)
        themes.changed.connect(self._recolor)

    def set_value(self, value: Any) -> None:
        """Show the racers that the text describes."""
        text = str(value)
        if not self.line.isModified() and text != self.line.text():
            self.line.setText(text)
        racers = parse_racers(text)
        if racers is not self._racers:
            self._racers = racers
            self._show_racers()

    def refuse(self, error: ParameterError | None) -> None:
        """Underline the mistake in the text and say what it is."""
        super().refuse(error)
        cause = error.cause if error is not None else None
        ink = QColor(self._themes.theme().role(Role.WRONG).color)
        self.line.set_mark(cause.span if cause is not None else None, ink)

    def shown_rows(self) -> list[RacerRow]:
        """The rows in use."""
        return self.rows[: self._used]

    def _show_racers(self) -> None:
        while len(self.rows) < len(self._racers):
            self._make_row()
        names = looks(self._racers)
        for row, racer, look in zip(self.rows, self._racers, names, strict=False):
            row.set_racer(racer, look)
        if self._used != len(self._racers):
            self._used = len(self._racers)
            for number, row in enumerate(self.rows):
                row.setVisible(number < self._used)
            self.add.setEnabled(self._used < MAXIMUM_RACERS)
            self.updateGeometry()

    def _make_row(self) -> None:
        row = RacerRow(self._typesetter, self._themes)
        number = len(self.rows)
        row.edited.connect(lambda racer, gesture: self._replace(number, (racer,), gesture))
        row.duplicated.connect(lambda: self._replace(number, (self._racers[number],) * 2, ""))
        row.removed.connect(lambda: self._replace(number, (), ""))
        self.rows.append(row)
        self._list.addWidget(row)

    def _replace(self, number: int, racers: tuple[Racer, ...], gesture: str) -> None:
        new = (*self._racers[:number], *racers, *self._racers[number + 1 :])
        if len(new) <= MAXIMUM_RACERS:
            self._send(new, gesture)

    def _send(self, racers: tuple[Racer, ...], gesture: str) -> None:
        self.line.setModified(False)
        self.changed.emit(racers_text(racers), gesture)

    def _add(self) -> None:
        """One more racer, of a kind that does not run yet."""
        running = {racer.optimizer for racer in self._racers}
        name = next((name for name in OPTIMIZERS if name not in running), next(iter(OPTIMIZERS)))
        self._send((*self._racers, make_racer(name, suggested(name))), "")
        if self._used:
            self.rows[self._used - 1].menu.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self, text: str) -> None:
        """Run the race at every key at which it can be read; a half-written call waits."""
        self.line.set_mark(None)
        try:
            parse_racers(text)
        except GradusError:
            return
        self.changed.emit(text, self.typing.name())

    def _finished(self) -> None:
        if self.line.isModified():
            # what could be read is taken already: here only a mistake is left to be said
            self.changed.emit(self.line.text(), self.typing.name())
            self.line.setModified(bool(self.message.words()))
        self.typing.end()

    def _show_text(self, on: bool) -> None:
        self.line.setVisible(on)
        if on:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _recolor(self) -> None:
        self._show_racers()
