"""How the width is shared: outline, lesson and picture side by side; the picture always has half of it.

Under 1200 pixels the outline is a drawer that opens over the others, and closes when something is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QSplitter, QVBoxLayout, QWidget

DOCKED_FROM = 1200
"""The width from which on the outline has a place of its own."""

OUTLINE_WIDTH, NARROWEST_OUTLINE, WIDEST_OUTLINE = 272, 180, 360
LESSON_WIDTH, NARROWEST_LESSON, WIDEST_LESSON = 448, 320, 760
DRAWER_WIDTH = 300


class Widths(NamedTuple):
    """What each pane gets."""

    outline: int
    lesson: int
    picture: int


def shared(width: int, outline: int, lesson: int, narrowest: int = NARROWEST_LESSON) -> Widths:
    """The widths wished for, made to fit; 0 is a pane that is folded away.

    The picture gets at least half, as far as the lesson keeps the `narrowest` width that holds its text.

    >>> shared(1440, 240, 448)
    Widths(outline=240, lesson=448, picture=752)
    >>> shared(1000, 0, 700)
    Widths(outline=0, lesson=500, picture=500)
    """
    half = width // 2
    if outline:
        outline = min(max(outline, NARROWEST_OUTLINE), WIDEST_OUTLINE)
        outline = min(outline, max(NARROWEST_OUTLINE, half - narrowest if lesson else half))
    if lesson:
        lesson = min(max(lesson, narrowest), max(WIDEST_LESSON, narrowest))
        lesson = min(lesson, max(narrowest, half - outline))
    return Widths(outline, lesson, width - outline - lesson)


class Panes(QWidget):
    """Three panes. What the learner drags them to is what is wished for from then on."""

    outline_changed = Signal()
    """The outline is open, or not, or in another way."""

    def __init__(
        self, outline: QWidget, lesson: QWidget, picture: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.outline, self.lesson, self.picture = outline, lesson, picture
        self.wished = Widths(OUTLINE_WIDTH, LESSON_WIDTH, 0)
        self._outline_wanted = True
        self._lesson_wanted = True
        self._narrow = False
        self.drawer = OutlineDrawer(self)
        self.drawer.closed.connect(self.outline_changed)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        for pane in (outline, lesson, picture):
            self.splitter.addWidget(pane)
        self.splitter.splitterMoved.connect(self._take_wish)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    @property
    def docked(self) -> bool:
        """Whether there is room for the outline beside the others."""
        return self.width() >= max(DOCKED_FROM, 2 * (NARROWEST_OUTLINE + self._narrowest_lesson()))

    @property
    def outline_open(self) -> bool:
        """Whether the outline can be seen."""
        return self._outline_wanted if self.docked else not self.drawer.isHidden()

    @property
    def lesson_open(self) -> bool:
        """Whether the lesson can be seen."""
        return self._lesson_wanted

    def written(self) -> dict[str, float | bool]:
        """What the learner made of the panes, as the profile keeps it."""
        return {
            "outline_width": float(self.wished.outline),
            "lesson_width": float(self.wished.lesson),
            "outline": self._outline_wanted,
            "lesson": self._lesson_wanted,
        }

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Make the panes what `written` says; whatever makes no sense is passed over."""
        outline, lesson = layout.get("outline_width"), layout.get("lesson_width")
        if isinstance(outline, (int, float)) and isinstance(lesson, (int, float)):
            self.wished = Widths(_sensible(outline), _sensible(lesson), 0)
        self.unfold((layout.get("outline") is not False, layout.get("lesson") is not False))

    def show_outline(self, on: bool) -> None:
        """Unfold or fold the outline; as a drawer it takes the focus."""
        if self.docked:
            self._outline_wanted = on
            self.share()
        elif on:
            self.drawer.show_with(self.outline)
        else:
            self.drawer.shut()
        self.outline_changed.emit()

    def show_lesson(self, on: bool) -> None:
        """Unfold or fold the lesson's text."""
        self._lesson_wanted = on
        self.share()

    def set_narrow(self, narrow: bool) -> None:
        """Whether what stands in the middle needs less than a lesson does."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.share()

    def fold_all(self) -> tuple[bool, bool]:
        """Leave the picture alone on show; returns what was open, for `unfold`."""
        before = (self._outline_wanted, self._lesson_wanted)
        self._outline_wanted = self._lesson_wanted = False
        self.drawer.shut()
        self.share()
        return before

    def unfold(self, before: tuple[bool, bool]) -> None:
        """Bring back what was open before."""
        self._outline_wanted, self._lesson_wanted = before
        self.share()

    def outline_choice_made(self) -> None:
        """Something was chosen in the outline: a drawer has done its work."""
        self.drawer.shut()

    def share(self) -> None:
        """Give every pane its width."""
        beside = self.docked and self._outline_wanted
        if beside and not self._outline_beside():
            self.drawer.shut()
            self.splitter.insertWidget(0, self.outline)
        self.outline.setVisible(beside or (not self.docked and not self.drawer.isHidden()))
        self.lesson.setVisible(self._lesson_wanted)
        narrowest = self._narrowest_lesson()
        lesson = narrowest if self._narrow else self.wished.lesson
        outline = self.wished.outline if beside else 0
        widths = shared(self.width(), outline, lesson if self._lesson_wanted else 0, narrowest)
        inside = list(widths) if self._outline_beside() else [widths.lesson, widths.picture]
        self.splitter.setSizes(inside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self.drawer.place()
        self.share()
        self.outline_changed.emit()

    def _narrowest_lesson(self) -> int:
        return max(NARROWEST_LESSON, self.lesson.minimumSizeHint().width())

    def _outline_beside(self) -> bool:
        return self.splitter.indexOf(self.outline) >= 0

    def _take_wish(self) -> None:
        outline = self.outline.width() if self._outline_beside() and self.outline.isVisible() else 0
        lesson = self.lesson.width() if self._lesson_wanted and not self._narrow else 0
        self.wished = Widths(outline or self.wished.outline, lesson or self.wished.lesson, 0)
        self.share()


def _sensible(width: float) -> int:
    return round(min(max(width, NARROWEST_OUTLINE), WIDEST_LESSON))


class OutlineDrawer(QFrame):
    """The outline over the other panes, where there is no room beside them."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_with(self, outline: QWidget) -> None:
        """Open, with the outline in it and the focus in the outline."""
        if outline.parent() is not self:
            self._layout.addWidget(outline)
        outline.show()
        self.place()
        self.show()
        self.raise_()
        outline.setFocus(Qt.FocusReason.PopupFocusReason)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def shut(self) -> None:
        """Close; nothing if it is closed."""
        if self.isHidden():
            return
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.hide()
        self.closed.emit()

    def place(self) -> None:
        """Stand at the left edge, as tall as the parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(0, 0, min(DRAWER_WIDTH, parent.width()), parent.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press beside it closes it, as Esc does."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            inside = self.rect().contains(self.mapFromGlobal(event.globalPosition().toPoint()))
            if not inside and isinstance(watched, QWidget) and watched.window() is self.window():
                self.shut()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            focus = QApplication.focusWidget()
            if event.key() == Qt.Key.Key_Escape and focus is not None and self.isAncestorOf(focus):
                self.shut()
                return True
        return False
