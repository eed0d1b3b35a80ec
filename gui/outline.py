"""The course as a tree: units, lessons, the steps of the open one; where the learner is and what is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.words import _
from gui.labels import label

DONE, HERE = "✓", "●"
ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class StepLine:
    """A step as the outline shows it."""

    title: str
    done: bool = False


@dataclass(frozen=True)
class LessonLine:
    """A lesson as the outline shows it. `steps` of a lesson that is not open serve the search."""

    key: str
    title: str
    done: bool = False
    steps: tuple[StepLine, ...] = ()
    broken: str = ""


@dataclass(frozen=True)
class UnitLine:
    """A unit, or the pictures to explore."""

    title: str
    lessons: tuple[LessonLine, ...]
    explore: bool = False


class Outline(QWidget):
    """A tree that is told what there is and where the learner is, and says what was chosen."""

    lesson_chosen = Signal(str, int)
    """A lesson's key, and the step, or −1 for where the learner left it."""

    scene_chosen = Signal(str)
    """A picture to explore."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self._units: tuple[UnitLine, ...] = ()
        self._here: tuple[str, int] = ("", 0)
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText(_("Find a lesson or a step"))
        self.search.setAccessibleName(_("Find a lesson or a step"))
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(12)
        self.tree.setAccessibleName(_("Course"))
        self.tree.setRootIsDecorated(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setUniformRowHeights(True)
        self.tree.setStyleSheet("QTreeView::item { border-radius: 0; }")  # one band across both columns
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(16)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.itemClicked.connect(self._choose)
        self.tree.installEventFilter(self)
        self._nothing = label(_("Nothing here is called that."), "quiet", wrap=True)
        self._nothing.hide()
        title = label(_("Course"), "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for widget in (title, self.search, self._nothing):
            layout.addWidget(widget)
        layout.addWidget(self.tree, 1)
        self.setMinimumWidth(180)

    def set_units(self, units: Iterable[UnitLine]) -> None:
        """Show another course, or another progress in it; nothing moves if neither is."""
        units = tuple(units)
        if units == self._units:
            return
        shape = [(unit.title, [(one.key, one.title) for one in unit.lessons]) for unit in units]
        before = [(unit.title, [(one.key, one.title) for one in unit.lessons]) for unit in self._units]
        self._units = units
        if shape != before:
            self._build()
        self._mark()

    def set_here(self, key: str, step: int) -> None:
        """Show where the learner is: a step of a lesson, or (a scene's key) exploring it."""
        if (key, step) != self._here:
            self._here = (key, step)
            self._mark()

    def start_search(self) -> None:
        """Put the text cursor into the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter opens what is selected; ↓ leads from the search into the tree, Esc empties it."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if watched is self.tree and (enter or event.key() == Qt.Key.Key_Space):
            item = self.tree.currentItem()
            if item is not None:
                self._choose(item)
            return True
        if watched is self.search and event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if watched is self.search and (enter or event.key() == Qt.Key.Key_Down):
            first = self._first_match()
            if first is not None:
                self.tree.setCurrentItem(first)
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                if enter:
                    self._choose(first)
            return True
        return False

    def _build(self) -> None:
        self.tree.clear()
        for unit in self._units:
            root = QTreeWidgetItem(self.tree, [unit.title, ""])
            root.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            for lesson in unit.lessons:
                item = QTreeWidgetItem(root, [lesson.title, ""])
                item.setData(0, ENTRY, (lesson.key, -1, unit.explore))
                item.setToolTip(0, lesson.broken or lesson.title)
                for number, step in enumerate(lesson.steps):
                    child = QTreeWidgetItem(item, [step.title, ""])
                    child.setData(0, ENTRY, (lesson.key, number, False))
                    child.setToolTip(0, step.title)
            root.setExpanded(not unit.explore)
        self._filter(self.search.text())

    def _mark(self) -> None:
        """Write the ticks, unfold the open lesson and fold the others."""
        for unit, root in zip(self._units, _children(self.tree.invisibleRootItem()), strict=True):
            for lesson, item in zip(unit.lessons, _children(root), strict=True):
                open_here = lesson.key == self._here[0]
                _write_sign(item, done=lesson.done, here=open_here, broken=bool(lesson.broken))
                for number, (step, child) in enumerate(zip(lesson.steps, _children(item), strict=False)):
                    _write_sign(child, done=step.done, here=open_here and number == self._here[1])
                if not self.search.text():
                    item.setExpanded(open_here)
                if open_here:
                    root.setExpanded(True)
                    self._reach(item, self._here[1])

    def _reach(self, lesson: QTreeWidgetItem, step: int) -> None:
        item = lesson.child(step) or lesson
        if not self.tree.hasFocus():
            self.tree.setCurrentItem(item)
        self.tree.scrollToItem(item)

    def _filter(self, typed: str) -> None:
        """Show what is called so, and what it stands under."""
        wanted = typed.strip().casefold()
        any_shown = False
        for root in _children(self.tree.invisibleRootItem()):
            root_matches = wanted in root.text(0).casefold()
            root_shown = False
            for item in _children(root):
                matches = root_matches or wanted in item.text(0).casefold()
                steps = [child for child in _children(item) if wanted in child.text(0).casefold()]
                for child in _children(item):
                    child.setHidden(bool(wanted) and not matches and child not in steps)
                item.setHidden(not matches and not steps)
                if wanted:
                    item.setExpanded(bool(steps))
                root_shown = root_shown or not item.isHidden()
            root.setHidden(not root_shown)
            if wanted:
                root.setExpanded(True)
            any_shown = any_shown or root_shown
        self._nothing.setVisible(bool(wanted) and not any_shown)
        if not wanted:
            self._mark()

    def _first_match(self) -> QTreeWidgetItem | None:
        wanted = self.search.text().strip().casefold()
        for root in _children(self.tree.invisibleRootItem()):
            for item in _children(root):
                for one in (item, *_children(item)):
                    if wanted in one.text(0).casefold() and not one.isHidden():
                        return one
        return None

    def _choose(self, item: QTreeWidgetItem, column: int = 0) -> None:
        entry = item.data(0, ENTRY)
        if entry is None:
            item.setExpanded(not item.isExpanded())
            return
        key, step, explore = entry
        if explore:
            self.scene_chosen.emit(key)
        else:
            self.lesson_chosen.emit(key, step)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = (item.child(number) for number in range(item.childCount()))
    return [child for child in children if child is not None]


def _write_sign(item: QTreeWidgetItem, done: bool, here: bool, broken: bool = False) -> None:
    sign = "!" if broken else HERE if here else DONE if done else ""
    states = [
        words
        for words, holds in (
            (_("has mistakes"), broken),
            (_("you are here"), here),
            (_("done"), done),
        )
        if holds
    ]
    if item.text(1) != sign:
        item.setText(1, sign)
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, ", ".join([item.text(0), *states]))
    font = item.font(0)
    if font.bold() != here:
        font.setBold(here)
        item.setFont(0, font)
