"""Your progress: what is done, what was missed, what comes next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.overview import LessonStanding, Overview
from engine.words import _, ngettext
from gui.labels import label

KEY = Qt.ItemDataRole.UserRole
SIGNS = {"done": "✓", "begun": "◐", "new": "○"}
SIDE = 24


class ProgressDialog(QDialog):
    """The course with what the learner did in it; Enter or a double click opens a lesson."""

    lesson_chosen = Signal(str)
    """A lesson's id."""

    practise = Signal()

    def __init__(self, course: Overview, missed: int, due: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Your progress"))
        lessons = course.lessons()
        words = ngettext("{done} of {count} lesson done", "{done} of {count} lessons done", len(lessons))
        head = label(words.format(done=course.done, count=len(lessons)), "title")
        self.go_on = QPushButton(_("Go on"))
        self.again = QPushButton(_("Ask me again"))
        self.tree = self._tree(course)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIDE, SIDE, SIDE, 16)
        layout.setSpacing(12)
        layout.addWidget(head)
        layout.addLayout(self._line(_next_words(course.following), self.go_on))
        layout.addLayout(self._line(_missed_words(missed, due), self.again))
        layout.addWidget(self.tree, 1)
        layout.addWidget(buttons)
        self.again.setEnabled(missed > 0)
        self.again.clicked.connect(self._practise)
        following = course.following
        self.go_on.setEnabled(following is not None)
        self.go_on.setDefault(True)
        if following is not None:
            self.go_on.clicked.connect(lambda: self._open(following.lesson.id))
        unit = self.fontMetrics().averageCharWidth()
        self.resize(72 * unit, 80 * unit)

    def _line(self, words: str, button: QPushButton) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(label(words, wrap=True), 1)
        line.addWidget(button)
        button.setAccessibleDescription(words)
        return line

    def _tree(self, course: Overview) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName(_("Lessons"))
        tree.setHeaderLabels([_("Lesson"), _("Steps seen"), _("To ask again")])
        for column in (1, 2):
            tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for unit in course.units:
            words = ngettext("{done} of {count} lesson", "{done} of {count} lessons", len(unit.lessons))
            done = words.format(done=unit.done, count=len(unit.lessons))
            root = QTreeWidgetItem(tree, [unit.title, done, ""])
            font = root.font(0)
            font.setBold(True)
            root.setFont(0, font)
            root.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for one in unit.lessons:
                self._add(root, one)
            root.setExpanded(True)
        tree.itemActivated.connect(lambda item: self._open(item.data(0, KEY)))
        return tree

    def _add(self, root: QTreeWidgetItem, one: LessonStanding) -> None:
        steps = _("{seen} of {count}").format(seen=one.seen, count=len(one.lesson.steps)) if one.seen else ""
        cells = [f"{SIGNS[one.standing]}  {one.lesson.title}", steps, str(one.missed or "")]
        item = QTreeWidgetItem(root, cells)
        item.setData(0, KEY, one.lesson.id)
        item.setToolTip(0, one.lesson.summary or one.lesson.title)
        standing = {"done": _("done"), "begun": _("begun"), "new": _("not begun")}[one.standing]
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{one.lesson.title}, {standing}")
        for column in (1, 2):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _open(self, lesson: str | None) -> None:
        if lesson:
            self.accept()
            self.lesson_chosen.emit(lesson)

    def _practise(self) -> None:
        self.accept()
        self.practise.emit()


def _next_words(following: LessonStanding | None) -> str:
    if following is None:
        return _("Every lesson is done.")
    if following.standing == "new":
        return _("Next: {lesson}").format(lesson=following.lesson.title)
    return _("In the middle of: {lesson}").format(lesson=following.lesson.title)


def _missed_words(missed: int, due: int) -> str:
    if not missed:
        return _("Nothing to ask again. Whatever you miss comes back here with other numbers.")
    words = ngettext(
        "{count} question to ask again, {due} of them now.",
        "{count} questions to ask again, {due} of them now.",
        missed,
    )
    return words.format(count=missed, due=due)
