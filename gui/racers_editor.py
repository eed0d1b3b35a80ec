"""The racers of a race, one under the other, or all of them as one text; a run is forked here.

The text is the value. What the rows show is read from it, and what a hand does to a row writes it anew.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from engine.errors import GradusError, ParameterError
from engine.figure import Role
from engine.optimizer_kinds import OPTIMIZERS
from engine.parameters import Parameter
from engine.racers import (
    MAXIMUM_RACERS,
    Racer,
    look_names,
    make_racer,
    parse_racers,
    racers_text,
)
from engine.scene import Scene
from engine.words import _
from gui.control_kinds import Control
from gui.formula_field import MarkedLineEdit
from gui.icons import icon
from gui.mathtext import Typesetter
from gui.parts import tool_button
from gui.racer_row import RacerRow
from gui.racer_settings import suggested
from gui.theme import ThemeManager

CROWD = 4
CROWDED_LINES = 6
"""With more racers, their numbers would leave them no room: then they show so many lines at least."""


class RacersControl(Control):
    """All racers, one under the other, to add, fork, duplicate, remove; and the text, for whoever types."""

    whole_row = True

    def __init__(self, parameter: Parameter, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__(parameter, typesetter, themes)
        self._typesetter = typesetter
        self._themes = themes
        self._racers: tuple[Racer, ...] = ()
        self._used = 0
        self._now: tuple[int, int] | None = None
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

    def set_scene(self, scene: Scene) -> None:
        """Know the step on show, where a racer is forked, and the last one."""
        now = step_on_show(scene)
        if now != self._now:
            for row in self.rows if (now is None) != (self._now is None) else ():
                row.set_forkable(now is not None)
            self._now = now
            for row in self.shown_rows():
                if row.message.words():
                    row.message.clear()

    def set_value(self, value: Any) -> None:
        """Show the racers that the text describes."""
        text = str(value)
        if not self.line.isModified() and text != self.line.text():
            self.line.setText(text)
        racers = parse_racers(text)
        if racers is not self._racers:
            before, self._racers = self._racers, racers
            self._show_racers(before)

    def refuse(self, error: ParameterError | None) -> None:
        """Underline the mistake in the text and say what it is."""
        super().refuse(error)
        cause = error.cause if error is not None else None
        ink = QColor(self._themes.theme().role(Role.WRONG).color)
        self.line.set_mark(cause.span if cause is not None else None, ink)

    def shown_rows(self) -> list[RacerRow]:
        """The rows in use."""
        return self.rows[: self._used]

    def _show_racers(self, before: tuple[Racer, ...] = ()) -> None:
        """Show the racers; a row is left alone where nothing of it is another than `before`."""
        while len(self.rows) < len(self._racers):
            self._make_row()
        known = list(zip(before, look_names(before), strict=True))
        for number, told in enumerate(zip(self._racers, look_names(self._racers), strict=True)):
            if known[number : number + 1] != [told]:
                self.rows[number].set_racer(*told)
        if self._used != len(self._racers):
            self._used = len(self._racers)
            for number, row in enumerate(self.rows):
                row.setVisible(number < self._used)
            self.add.setEnabled(self._used < MAXIMUM_RACERS)
            self.least_lines = CROWDED_LINES if self._used > CROWD else Control.least_lines
            self.updateGeometry()

    def _make_row(self) -> None:
        row = RacerRow(self._typesetter, self._themes)
        number = len(self.rows)
        row.edited.connect(lambda racer, gesture: self._replace(number, (racer,), gesture))
        row.forked.connect(lambda: self._fork(number))
        row.duplicated.connect(lambda: self._duplicate(number))
        row.removed.connect(lambda: self._replace(number, (), ""))
        row.set_forkable(self._now is not None)
        self.rows.append(row)
        self._list.addWidget(row)

    def _fork(self, number: int) -> None:
        """A second racer that has run as this one up to now. It comes last: all others keep their looks."""
        row = self.rows[number]
        assert self._now is not None
        now, end = self._now
        if len(self._racers) >= MAXIMUM_RACERS:
            row.say(_("A race has room for {limit} racers. Remove one first.").format(limit=MAXIMUM_RACERS))
        elif now >= end:
            row.say(_("The run ends at the step on show. Go back to where it shall turn, and fork there."))
        else:
            self._send((*self._racers, self._racers[number].forked(now)), "")
            self._go_to_last()

    def _duplicate(self, number: int) -> None:
        racer = self._racers[number]
        self._replace(number, (racer, racer.renamed("")), "")

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
        self._go_to_last()

    def _go_to_last(self) -> None:
        """Go on at the racer that has just come."""
        if self._used:
            row = self.rows[self._used - 1]
            row.menu.setFocus(Qt.FocusReason.OtherFocusReason)
            self.revealed.emit(row)

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


def step_on_show(scene: Scene) -> tuple[int, int] | None:
    """The step on show and the last one, of a scene that plays step by step; None of any other."""
    playback = scene.playback()
    if playback is None or not playback.integer:
        return None
    now = getattr(scene, playback.parameter)
    return round(playback.value(playback.position(now))), round(playback.stop)
