"""One option of a choice: a card with a number, words and formulas, that is pressed as a whole."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from engine.figure import Role
from gui.mathtext import Typesetter
from gui.parts import set_part
from gui.richtext import ProseView
from gui.theme import ThemeManager

_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}


class OptionCard(QAbstractButton):
    """A radio button whose text is Markdown. What is chosen is told by `set_chosen`, not by pressing.

    moved: an arrow key asks for the neighbour's focus.
    """

    moved = Signal(int)

    def __init__(self, number: int, markdown: str, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._number = number
        self._role: Role | None = None
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.prose = ProseView(typesetter)
        self.prose.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (self.prose, self.prose.viewport()):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.prose.set_markdown(markdown)
        self.sign = QLabel()
        self.sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(self._inset(), 8, 12, 8)
        layout.addWidget(self.prose, 1)
        layout.addStretch(0)
        layout.addWidget(self.sign)
        self.setAccessibleName(f"{number}. {self.prose.words()}")

    def set_chosen(self, chosen: bool, role: Role | None = None) -> None:
        """Show whether this is the learner's, and (role) what became of it."""
        self._role = role if chosen else None
        self.setChecked(chosen)
        self.sign.setText({Role.RIGHT: "✓", Role.WRONG: "✗"}.get(self._role, "") if self._role else "")
        if self._role is not None:
            set_part(self.sign, "right" if self._role is Role.RIGHT else "wrong")
        self.update()

    def nextCheckState(self) -> None:
        """A press reports; what it leads to comes back through `set_chosen`."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go to the neighbour; Enter and Space choose."""
        if event.key() in _MOVES and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.moved.emit(_MOVES[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As tall as its text."""
        hint = self._row.sizeHint()
        return QSize(hint.width(), max(hint.height(), round(2.2 * self.fontMetrics().height())))

    def minimumSizeHint(self) -> QSize:
        """Narrow, but never cut off."""
        hint = self._row.minimumSize()
        return QSize(hint.width(), max(hint.height(), round(2.2 * self.fontMetrics().height())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded ground, a ring with the number in it, and the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._themes.theme()
        accent = QColor(theme.accent)
        color = QColor(theme.role(self._role).color) if self._role else accent
        ground = QColor(theme.background)
        if self.isEnabled() and self.underMouse():
            ground = QColor(theme.pressed if self.isDown() else theme.hover)
        if self.isChecked():
            painter.setPen(QPen(color, 2))
        elif self.hasFocus():
            painter.setPen(QPen(accent, 2))
        else:
            painter.setPen(QPen(QColor(theme.separator), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        self._paint_number(painter, color)

    def _paint_number(self, painter: QPainter, color: QColor) -> None:
        radius = 0.62 * self.fontMetrics().height()
        centre = QPointF(self._inset() / 2 + 1, self.height() / 2)
        palette = self.palette()
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(color if self.isChecked() else quiet, 1.5))
        painter.setBrush(color if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius, radius)
        ink = QPalette.ColorRole.HighlightedText if self.isChecked() else QPalette.ColorRole.WindowText
        painter.setPen(palette.color(ink))
        font = painter.font()
        font.setPixelSize(round(0.82 * self.fontMetrics().height() * 0.8))
        painter.setFont(font)
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._number))

    def _inset(self) -> int:
        return round(2.3 * self.fontMetrics().height())


def focus_neighbour(cards: list[OptionCard], card: QWidget, step: int) -> None:
    """Give the focus to the card `step` further, around the ends."""
    cards[(cards.index(card) + step) % len(cards)].setFocus(Qt.FocusReason.TabFocusReason)  # type: ignore[arg-type]
