"""The numbers that belong to the picture, in the formula's own symbols, standing still while they change."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.figure import Figure, Readout, Value
from engine.session import SessionState
from engine.text import format_number
from engine.words import _, shown
from gui.columns import Columns
from gui.formula_field import FormulaPicture
from gui.looks import Look, optimizer_look
from gui.mathtext import MathLabel, Typesetter
from gui.samples import LookSample
from gui.theme import ThemeManager

REST = 120
"""Milliseconds without a change after which the worked lines are typeset with the new numbers."""

REFRESH = 0.4
"""Seconds after which they are typeset anew although the numbers still move: they stay pale then."""


def number_words(value: Value, digits: int = 6) -> str:
    """A readout's value as it is written: lists as vectors, truths in words.

    >>> number_words(-2.5), number_words([3.0, 2.0]), number_words(None)
    ('−2.5', '(3, 2)', '—')
    """
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _(value)
    if isinstance(value, list):
        return "(" + ", ".join(format_number(part, digits) for part in value) + ")"
    return format_number(value, digits)


def readout_words(figure: Figure) -> dict[str, str]:
    """Readout name → its value in words, as prose and speech have it."""
    return {readout.name: number_words(readout.value, readout.digits) for readout in figure.readouts}


class NumberLabel(QWidget):
    """A number that is painted with its point always at the same place.

    The room before and after the point only grows, so nothing beside it moves when digits come and go.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self._before = 0.0
        self._after = 0.0
        self._whole = 0.0
        self._color: QColor | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str) -> None:
        """Show another number."""
        if words != self._words:
            self._words = words
            self._reserve()
            self.update()

    def words(self) -> str:
        """What is shown."""
        return self._words

    def set_color(self, color: QColor | None) -> None:
        """Write in this colour; None is that of the text."""
        if color != self._color:
            self._color = color
            self.update()

    def forget_room(self) -> None:
        """Give the reserved room back: another number comes to stand here."""
        self._before = self._after = self._whole = 0.0
        self._reserve()

    def room_before(self) -> float:
        """Pixels kept before the point."""
        return self._before

    def set_room_before(self, pixels: float) -> None:
        """Keep at least so many pixels before the point, to line up with a neighbour."""
        if pixels > self._before:
            self._before = pixels
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The widest that the number has been."""
        return QSize(round(max(self._before + self._after, self._whole)) + 2, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        """A number that is cut off is another number."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The digits before the point end where it stands."""
        painter = QPainter(self)
        painter.setPen(self._color or self.palette().color(self.foregroundRole()))
        metrics = QFontMetricsF(self.font())
        before = metrics.horizontalAdvance(_halves(self._words)[0])
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        left = self._before - before if before else 0.0
        painter.drawText(QPointF(left, round(baseline)), self._words)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the size of the text changes."""
        if event.type() == QEvent.Type.FontChange:
            self._before = self._after = self._whole = 0.0
            self._reserve()
        super().changeEvent(event)

    def _reserve(self) -> None:
        metrics = QFontMetricsF(self.font())
        before, after = (metrics.horizontalAdvance(half) for half in _halves(self._words))
        if before:
            # from the first number on there is room for a sign and six digits after the point
            before = max(before, metrics.horizontalAdvance("−0"))
            after = max(after, metrics.horizontalAdvance(".000000"))
        else:
            after = 0.0
        whole = metrics.horizontalAdvance(self._words)
        if before > self._before or after > self._after or whole > self._whole:
            self._before = max(before, self._before)
            self._after = max(after, self._after)
            self._whole = max(whole, self._whole)
            self.updateGeometry()


def _halves(words: str) -> tuple[str, str]:
    """A number cut before its point, or after its last whole digit; anything else is all after.

    >>> _halves("−12.5"), _halves("3 × 10⁻⁷"), _halves("(3, 2)")
    (('−12', '.5'), ('3', ' × 10⁻⁷'), ('', '(3, 2)'))
    """
    end = 0
    for end, letter in enumerate(words):  # noqa: B007
        if letter not in "−0123456789":
            break
    else:
        end = len(words)
    return words[:end], words[end:]


class ReadoutRow(QWidget):
    """One readout: a sample of its mark, its symbol, its number, or why there is none."""

    def __init__(self, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._readout: Readout | None = None
        self.sample = LookSample()
        self.symbol = MathLabel(typesetter)
        self.name = QLabel()
        self.equals = QLabel("=")
        self.number = NumberLabel()
        self.reason = QLabel(wordWrap=True)
        policy = self.reason.sizePolicy()  # a wrapped label's own, which knows that lines depend on width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.reason.setSizePolicy(policy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in (self.sample, self.symbol, self.name, self.equals, self.number):
            layout.addWidget(part)
        layout.addWidget(self.reason, 1)

    def set_readout(self, readout: Readout) -> None:
        """Show the number as it is now."""
        before, self._readout = self._readout, readout
        label = shown(readout.label) if readout.label else readout.name.replace("_", " ")
        if before is None or _title(before) != _title(readout):
            self._name(readout, label)
        missing = readout.value is None
        self.number.set_words("" if missing else number_words(readout.value, readout.digits))
        self.number.setVisible(not missing)
        self.equals.setVisible(not missing)
        reason = shown(readout.reason) if missing and readout.reason else "—" if missing else ""
        self.reason.setText(reason)
        self.setAccessibleName(f"{label} = {self.number.words() or reason}")
        self.recolor()

    def _name(self, readout: Readout, label: str) -> None:
        """Another number comes to stand here."""
        self.number.forget_room()
        self.symbol.setVisible(bool(readout.latex))
        self.name.setVisible(not readout.latex)
        self.symbol.set_formula(readout.latex, label)
        self.name.setText(label)
        self.setToolTip(label[:1].upper() + label[1:])

    def recolor(self) -> None:
        """Take the colour of the mark that is measured."""
        look = self._look()
        self.sample.set_look(look, marked=bool(self._readout and self._readout.look))
        self.number.set_color(QColor(look.color) if look else None)

    def _look(self) -> Look | None:
        """That of the racer where it is one's, else that of its role."""
        theme = self._themes.theme()
        if self._readout is None or self._readout.role is None:
            return None
        if self._readout.look:
            return optimizer_look(self._readout.look, theme.name)
        return theme.role(self._readout.role)


class ReadoutsPanel(QWidget):
    """The readouts that the step shows, in its order, and under them the step with its numbers in it."""

    def __init__(self, typesetter: Typesetter, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._themes = themes
        self._rows: list[ReadoutRow] = []
        self._names: tuple[str, ...] = ()
        self._columns = Columns(narrowest=22)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._columns)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(_("Numbers"))
        themes.changed.connect(self._recolor)

    def set_state(self, state: SessionState, figure: Figure | None) -> None:
        """Show the numbers of `figure` that the step lists, or without a list all that are for the screen."""
        readouts = shown_readouts(figure, state.setting.readouts) if figure is not None else []
        names = tuple(readout.name for readout in readouts)
        while len(self._rows) < len(readouts):
            self._rows.append(ReadoutRow(self._typesetter, self._themes))
        for row, readout in zip(self._rows, readouts, strict=False):
            row.set_readout(readout)
        if names != self._names:
            self._names = names
            for row in self._rows[len(readouts) :]:
                row.hide()
            self._columns.set_cells((row, False) for row in self._rows[: len(readouts)])
            for row in self._rows[: len(readouts)]:
                row.show()
        self._line_up()

    def hasHeightForWidth(self) -> bool:
        """No: it asks for the height that its present width needs.

        A scroll area stretches what answers yes to its full height, and would scroll although the controls
        beside the numbers can give way.
        """
        return False

    def sizeHint(self) -> QSize:
        """As tall as the rows are at this width."""
        size = super().sizeHint()
        return QSize(size.width(), self._height() or size.height())

    def minimumSizeHint(self) -> QSize:
        """A number that is cut off is another number."""
        return QSize(super().minimumSizeHint().width(), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may ask for another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _height(self) -> int:
        layout = self.layout()
        assert layout is not None
        if layout.hasHeightForWidth():
            return layout.totalHeightForWidth(self.width())
        return layout.totalSizeHint().height()

    def rows(self) -> Sequence[ReadoutRow]:
        """The rows on show."""
        return self._rows[: len(self._names)]

    def _line_up(self) -> None:
        """Give every number the same room before its point."""
        rows = self.rows()
        widest = max((row.number.room_before() for row in rows), default=0.0)
        for row in rows:
            row.number.set_room_before(widest)

    def _recolor(self) -> None:
        for row in self._rows:
            row.recolor()


class WorkedLines(FormulaPicture):
    """The formula with the numbers on screen standing in it, where the lesson wants it written out.

    Typesetting takes longer than a frame: while numbers move, the last lines stand, pale, and are renewed
    now and then; once the numbers rest, they are written out.
    """

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, display=True, parent=parent)
        self._lines: tuple[str, ...] = ()
        self._written = 0.0
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._write_out)

    def set_state(self, state: SessionState, figure: Figure | None) -> None:
        """Show the working of `figure`; nothing, and no room, where the step does not ask for it."""
        lines = figure.worked if figure is not None and state.setting.worked else ()
        before, self._lines = self._lines, lines
        self.setVisible(bool(lines))
        if lines == before:
            return
        if len(lines) != len(before):
            self._write_out()
            return
        if time.monotonic() - self._written > REFRESH:
            self._write_out()
        self.set_pale(True)
        self._rest.start()

    def _write_out(self) -> None:
        self.set_latex(aligned(self._lines))
        self.set_pale(False)
        self._written = time.monotonic()


def _title(readout: Readout) -> tuple[object, ...]:
    """What stands before the number: with another title, another number stands here."""
    return readout.name, readout.latex, readout.label


def aligned(lines: Sequence[str]) -> str:
    r"""Lines of working as one formula, their first equals signs under each other.

    >>> print(aligned(["a = b", "cc = d = e"]))
    \begin{aligned} a &= b \\ cc &= d = e \end{aligned}
    """
    if len(lines) < 2:
        return "".join(lines)
    rows = r" \\ ".join(line.replace(" = ", " &= ", 1) for line in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def shown_readouts(figure: Figure, names: tuple[str, ...] | None) -> list[Readout]:
    """The readouts that a step puts on show."""
    if names is None:
        return [readout for readout in figure.readouts if readout.shown]
    by_name = {readout.name: readout for readout in figure.readouts}
    return [by_name[name] for name in names if name in by_name]
