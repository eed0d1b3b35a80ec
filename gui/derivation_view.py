"""Worked steps beside the picture: the line on show with its rule, and the tree of the lines so far."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.figure import WorkedStep, WorkedSteps
from engine.words import _, shown
from gui.formula_field import FormulaPicture
from gui.labels import label
from gui.mathtext import Formula, Typesetter, scale_for
from gui.theme import ThemeManager

STEP = Qt.ItemDataRole.UserRole
SMALLEST = QSize(260, 150)
RULE_SHARE = 0.4
"""The share of a row's width that the rule's name may take."""

ROWS_KEPT = 4
"""Rows of the tree that the line before leaves room for, or else is not shown."""

_GAP = 10
_ANY_HEIGHT = 16_777_215  # Qt's own word for no limit


class DerivationView(QWidget):
    """Shows the lines of a derivation; which line is looked at closely is its own affair."""

    def __init__(self, typesetter: Typesetter, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._steps: WorkedSteps | None = None
        self._above = False
        self._typesetter = typesetter
        self._formulas: dict[str, Formula] = {}
        self.rule = label("", "heading")
        self.statement = FormulaPicture(typesetter)
        self.before = FormulaPicture(typesetter, display=True)
        self.line = FormulaPicture(typesetter, display=True)
        self.tree = QTreeWidget()
        self.fault = label("", "quiet", wrap=True)
        self._lay_out()
        self.setAccessibleName(_("Worked steps"))
        self.setVisible(False)
        typesetter.ready.connect(self._take)
        themes.changed.connect(self._recolor)
        self.tree.currentItemChanged.connect(self._look_at)

    def set_steps(self, steps: WorkedSteps | None) -> None:
        """Show other lines; nothing, and no room, where there are none."""
        if steps is self._steps:
            return
        self._steps = steps
        self.setVisible(steps is not None)
        if steps is None:
            return
        self._fill(steps.steps)
        self.fault.setText(shown(steps.fault) if steps.fault else "")
        self.fault.setVisible(steps.fault is not None)
        items = self._items()
        self.tree.setCurrentItem(items[-1])
        self.tree.scrollToItem(items[-1])
        self._show_closely(steps.steps[-1], len(steps.steps) - 1)

    def set_above(self, above: bool) -> None:
        """Whether it stands above the picture: before its first line it then takes no more than it needs."""
        if above != self._above:
            self._above = above
            self._share_height()

    def rows(self) -> list[str]:
        """What stands in the tree, in words."""
        return [item.text(0) for item in self._items()]

    def formula(self, latex: str) -> Formula | None:
        """A row's formula if it is typeset; otherwise None, and the row is painted again when it is."""
        if latex not in self._formulas:
            found = self._typesetter.formula(latex, keep=False)
            if found is None:
                return None
            self._formulas[latex] = found
        return self._formulas[latex]

    def minimumSizeHint(self) -> QSize:
        """Room for the line on show and a few rows."""
        return QSize(SMALLEST.width(), min(SMALLEST.height(), self.maximumHeight()))

    def sizeHint(self) -> QSize:
        """It takes the share of the room that it is given."""
        return SMALLEST

    def _lay_out(self) -> None:
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(16)
        self.tree.setAccessibleName(_("Lines"))
        self.tree.setItemDelegate(_RowDelegate(self))
        self.tree.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.installEventFilter(self)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.setStyleSheet("QTreeView::item { border-radius: 0; }")
        # mathematics is written from left to right in every language
        for part in (self.tree, self.before, self.line, self.statement):
            part.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.statement.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        head = QHBoxLayout()
        head.setSpacing(_GAP)
        head.addWidget(self.rule)
        head.addWidget(self.statement, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.before)
        layout.addWidget(self.line)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.fault)

    def _fill(self, steps: Sequence[WorkedStep]) -> None:
        """Keep the rows that are the same, so that what was folded stays folded."""
        items = self._items()
        same = 0
        while same < min(len(items), len(steps)) and _same(items[same].data(0, STEP), steps[same]):
            same += 1
        self.tree.blockSignals(True)
        for item in reversed(items[same:]):
            _remove(self.tree, item)
        above: list[QTreeWidgetItem] = items[:same]
        for number in range(same, len(steps)):
            step = steps[number]
            item = QTreeWidgetItem()
            item.setData(0, STEP, step)
            words = _("Line {number}, {rule}: {line}").format(
                number=number, rule=shown(step.rule), line=shown(step.spoken)
            )
            item.setText(0, words)
            item.setToolTip(0, shown(step.rule))
            parent = next((one for one in reversed(above) if _depth(one) < step.depth), None)
            if parent is None:
                self.tree.addTopLevelItem(item)
            else:
                parent.addChild(item)
                parent.setExpanded(True)
            above.append(item)
        self.tree.setRootIsDecorated(any(step.depth for step in steps))
        self.tree.blockSignals(False)

    def _items(self) -> list[QTreeWidgetItem]:
        """The rows from top to bottom, folded ones too."""
        found: list[QTreeWidgetItem] = []
        waiting = [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())][::-1]
        while waiting:
            item = waiting.pop()
            if item is not None:
                found.append(item)
                waiting += [item.child(number) for number in range(item.childCount())][::-1]
        return found

    def _look_at(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self._show_closely(item.data(0, STEP), self._items().index(item))

    def _show_closely(self, step: WorkedStep, number: int) -> None:
        """The line with its rule, what it acts on and what that becomes."""
        total = self._steps.total if self._steps is not None else number
        rule = shown(step.rule)
        words = _("{number} of {total} · {rule}") if number else "{rule}"
        self.rule.setText(words.format(number=number, total=total, rule=rule[:1].upper() + rule[1:]))
        self.statement.set_latex(step.statement, rule)
        self.before.set_latex(self._colored(step.before) if number else "", shown(step.spoken))
        line = self._colored(step.line)
        self.line.set_latex(f"= {line}" if number else line, shown(step.spoken))
        self._share_height()

    def _share_height(self) -> None:
        """Where there is little room, the line before gives way to the rows."""
        head = max(self.rule.sizeHint().height(), self.statement.sizeHint().height())
        rows = ROWS_KEPT * (self.fontMetrics().height() + 8)
        needed = head + self.before.sizeHint().height() + self.line.sizeHint().height() + rows
        self.before.setVisible(bool(self.before.latex()) and self.height() >= needed)
        if self._above and self.tree.topLevelItemCount() == 1 and not self.before.latex():
            row = self.tree.sizeHintForRow(0) + 2 * self.tree.frameWidth()
            self.setMaximumHeight(max(SMALLEST.height() // 2, head + self.line.sizeHint().height() + row + 8))
        else:
            self.setMaximumHeight(_ANY_HEIGHT)

    def _colored(self, latex: str) -> str:
        """What is underlined stands in the accent too."""
        color = self._themes.theme().accent
        return latex.replace(r"\underline{", rf"\underline{{\color{{{color}}}")

    def _recolor(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._look_at(item)

    def _take(self, formula: Formula) -> None:
        waiting = [item.data(0, STEP).row for item in self._items()]
        if formula.display:
            self._share_height()
        elif formula.latex in waiting:
            self._formulas[formula.latex] = formula
            self._formulas = {latex: self._formulas[latex] for latex in waiting if latex in self._formulas}
            self.tree.scheduleDelayedItemsLayout()
            QTimer.singleShot(0, self, self._keep_in_view)

    def _keep_in_view(self) -> None:
        """A row that has grown has not pushed the current one out."""
        item = self.tree.currentItem()
        if item is not None and not self.tree.hasFocus():
            self.tree.scrollToItem(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The tree has another height: its current row stays in it."""
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._keep_in_view)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height may have room for another line."""
        super().resizeEvent(event)
        self._share_height()

    def changeEvent(self, event: QEvent) -> None:
        """Rows are as tall as their formulas."""
        if event.type() == QEvent.Type.FontChange:
            self.tree.scheduleDelayedItemsLayout()
        super().changeEvent(event)


class _RowDelegate(QStyledItemDelegate):
    """Paints a row: what the rule did as a formula, and the rule's name at the end."""

    def __init__(self, view: DerivationView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As tall as its formula."""
        formula = self._view.formula(index.data(STEP).row)
        line = self._view.fontMetrics().height()
        height = 0.0 if formula is None else formula.size(scale_for(self._view.font())).height()
        return QSize(80, max(line, math.ceil(height)) + 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The ground of the row, the formula, the name."""
        from PySide6.QtWidgets import QStyle  # its lists of names take 10 ms, which the first picture has not

        step: WorkedStep = index.data(STEP)
        self.initStyleOption(option, index)
        option.text = ""
        style = self._view.tree.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._view.tree)
        palette = self._view.palette()
        inside = option.rect.adjusted(4, 0, -8, 0)
        name = shown(step.rule)
        metrics = self._view.fontMetrics()
        wide = min(metrics.horizontalAdvance(name) + 2, round(RULE_SHARE * inside.width()))
        place = QRect(inside.right() - wide, inside.top(), wide, inside.height())
        painter.setFont(self._view.font())
        painter.setPen(QColor(self._view._themes.theme().muted))
        written = metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, written)
        formula = self._view.formula(step.row)
        if formula is not None:
            room = inside.width() - wide - _GAP
            scale = min(scale_for(self._view.font()), room / max(formula.width, 0.1))
            top = inside.top() + (inside.height() - formula.size(scale).height()) / 2
            ink = palette.color(QPalette.ColorRole.WindowText)
            formula.paint(painter, inside.left(), top + formula.height * scale, scale, ink)


def _depth(item: QTreeWidgetItem) -> int:
    depth: int = item.data(0, STEP).depth
    return depth


def _same(one: WorkedStep, other: WorkedStep) -> bool:
    return (one.row, one.rule, one.depth, one.line) == (other.row, other.rule, other.depth, other.line)


def _remove(tree: QTreeWidget, item: QTreeWidgetItem) -> None:
    parent = item.parent()
    if parent is not None:
        parent.removeChild(item)
    else:
        tree.takeTopLevelItem(tree.indexOfTopLevelItem(item))
