"""A computed table on screen: rows are made when they are seen, headings are typeset, Ctrl+C copies."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QSizePolicy, QTableView, QWidget

from engine.figure import Column, Table
from engine.words import _, shown
from gui.mathtext import Formula, Typesetter, scale_for
from gui.readouts import number_words

MOST_DIGITS, FEWEST_DIGITS = 6, 4
AnyIndex = QModelIndex | QPersistentModelIndex
MEASURED = 60
"""Rows at either end whose width decides that of a column."""


def cell_value(column: Column, row: int) -> Any:
    """One cell as a plain Python value."""
    value = column.values[row]
    return value.item() if hasattr(value, "item") else value


def cell_words(column: Column, row: int, digits: int = MOST_DIGITS) -> str:
    """One cell as a person reads it, to `digits` where the column names none. Whole numbers keep all."""
    value = cell_value(column, row)
    if isinstance(value, int) and not isinstance(value, bool):
        return number_words(float(value), 15)
    return number_words(value, column.digits or digits)


def column_words(column: Column) -> str:
    """A heading in words."""
    return shown(column.label) if column.label else column.name.replace("_", " ")


class TableModel(QAbstractTableModel):
    """The cells of a `Table`, read one by one as the view asks for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = Table("", ())
        self._digits = MOST_DIGITS

    def digits(self) -> int:
        """Significant digits of the numbers on show."""
        return self._digits

    def set_digits(self, digits: int) -> None:
        """Write numbers with so many significant digits; a copy has all of them anyway."""
        if digits != self._digits:
            self._digits = digits
            if len(self._table):
                last = self.index(len(self._table) - 1, len(self._table.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)

    def set_table(self, table: Table) -> None:
        """Show another table; the view keeps its place where the shape is the same."""
        before, self._table = self._table, table
        same = len(before) == len(table) and _names(before) == _names(table)
        if same and len(table):
            last = self.index(len(table) - 1, len(table.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        elif not same:
            self.beginResetModel()
            self.endResetModel()

    def table(self) -> Table:
        """The table on show."""
        return self._table

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Rows of the table; a cell has none."""
        return 0 if parent.isValid() else len(self._table)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns of the table; a cell has none."""
        return 0 if parent.isValid() else len(self._table.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for the screen, aligned right where they are numbers."""
        column = self._table.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_words(column, index.row(), self._digits)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if index.row() != self._table.highlighted:
            return None
        palette = QGuiApplication.palette()
        if role == Qt.ItemDataRole.BackgroundRole:
            accent = palette.color(QPalette.ColorRole.Highlight)
            accent.setAlphaF(0.2)
            return accent
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return _("This row is on the picture")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Headings in words: the header paints the symbols itself."""
        if orientation == Qt.Orientation.Horizontal and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return column_words(self._table.columns[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self._table.columns[section])
        return None


def _side(column: Column) -> Qt.AlignmentFlag:
    """Words begin where a line begins, numbers end where it ends."""
    words = len(column.values) > 0 and isinstance(cell_value(column, 0), str)
    side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
    return Qt.AlignmentFlag.AlignVCenter | side


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


class FormulaHeader(QHeaderView):
    """Headings that are formulas where the column has one, and words where not."""

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._typesetter = typesetter
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setHighlightSections(False)
        typesetter.ready.connect(self._take)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One heading."""
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        inside = rect.adjusted(8, 0, -8, 0)
        formula = self._formula(section)
        if formula is None:
            painter.setPen(ink)
            words = self.model().headerData(section, Qt.Orientation.Horizontal)
            side = self.model().headerData(
                section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
            )
            painter.drawText(inside, side, words)
        else:
            scale = scale_for(self.font())
            size = formula.size(scale)
            baseline = rect.center().y() - size.height() / 2 + formula.height * scale
            formula.paint(painter, inside.right() - size.width(), baseline, scale, ink)
        painter.fillRect(
            QRect(rect.left(), rect.bottom(), rect.width(), 1), self.palette().color(QPalette.ColorRole.Mid)
        )

    def sectionSizeFromContents(self, section: int) -> QSize:
        """Room for the formula."""
        formula = self._formula(section)
        if formula is None:
            return super().sectionSizeFromContents(section)
        size = formula.size(scale_for(self.font()))
        return QSize(round(size.width()) + 20, max(self.fontMetrics().height(), round(size.height())) + 10)

    def _formula(self, section: int) -> Formula | None:
        model = self.model()
        if not isinstance(model, TableModel) or section >= len(model.table().columns):
            return None
        latex = model.table().columns[section].latex
        return self._typesetter.formula(latex) if latex else None

    def _take(self, formula: Formula) -> None:
        model = self.model()
        if isinstance(model, TableModel) and formula.latex in [
            column.latex for column in model.table().columns
        ]:
            self.geometriesChanged.emit()
            self.viewport().update()
            view = self.parent()
            if isinstance(view, TableView):
                view.fit_columns()


class TableView(QTableView):
    """Shows a `Table`: thousands of rows at no cost, the highlighted one in view.

    `whole` makes it as tall as its rows, for a table of a few lines within a text.
    """

    def __init__(self, typesetter: Typesetter, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self._highlighted: int | None = None
        self._fitted = 0
        self._model = TableModel(self)
        self.setModel(self._model)
        self.setHorizontalHeader(FormulaHeader(typesetter, self))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        if whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_table(self, table: Table) -> None:
        """Show another table, or the same with other numbers."""
        if table is self._model.table():
            return
        same = _names(table) == _names(self._model.table())
        self._model.set_table(table)
        self.setAccessibleName(shown(table.title) if table.title else _("Table"))
        if same:
            self._widen_columns()
        else:
            self.fit_columns()
        if table.highlighted is not None and table.highlighted != self._highlighted and not self._whole:
            self.scrollTo(self._model.index(table.highlighted, 0))
        self._highlighted = table.highlighted
        self.viewport().update()

    def table(self) -> Table:
        """The table on show."""
        return self._model.table()

    def copy_text(self) -> str:
        """The selected rows as tab-separated text; all of them when none is selected."""
        from gui.export import table_text  # what draws files is needed when something is copied

        rows = [index.row() for index in self.selectionModel().selectedRows()]
        if not rows:
            return table_text(self.table())
        return table_text(self.table(), start=min(rows), stop=max(rows) + 1)

    def fit_columns(self) -> None:
        """Make the columns as wide as what stands in them.

        A table within a text gives up digits before its last column is out of sight.
        """
        columns = range(self._model.columnCount())
        for digits in range(MOST_DIGITS, FEWEST_DIGITS - 1, -1):
            self._model.set_digits(digits)
            widths = [self._wanted_width(section) for section in columns]
            if not self._whole or sum(widths) <= self.width():
                break
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        self._fitted = self.width()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the digits to the new width."""
        super().resizeEvent(event)
        if self._whole and self.width() != self._fitted:
            self.fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy; leave the keys that turn pages to the window."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copy_text())
        elif self._whole and event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_model"):
            self.verticalHeader().setDefaultSectionSize(round(1.55 * self.fontMetrics().height()))
            self.fit_columns()

    def sizeHint(self) -> QSize:
        """The room of all columns, and of a few rows, or of all."""
        header = self.horizontalHeader().sizeHint().height()
        rows = len(self.table()) if self._whole else min(8, max(3, len(self.table())))
        width = self.horizontalHeader().length() + 2
        height = header + rows * self.verticalHeader().defaultSectionSize() + 4
        if self._whole and width > self.width() + 2:
            height += self.horizontalScrollBar().sizeHint().height()
        return QSize(width, height)

    def minimumSizeHint(self) -> QSize:
        """A heading and two rows; a table within a text is never cut."""
        hint = self.sizeHint()
        if self._whole:
            return QSize(80, hint.height())
        row = self.verticalHeader().defaultSectionSize()
        return QSize(120, self.horizontalHeader().sizeHint().height() + 2 * row)

    def _widen_columns(self) -> None:
        """A column never becomes narrower while its numbers move."""
        for section in range(self._model.columnCount()):
            self.setColumnWidth(section, max(self.columnWidth(section), self._wanted_width(section)))

    def _wanted_width(self, section: int) -> int:
        column = self.table().columns[section]
        count = len(self.table())
        rows = range(count) if count <= 2 * MEASURED else [*range(MEASURED), *range(count - MEASURED, count)]
        metrics, digits = self.fontMetrics(), self._model.digits()
        widest = max((metrics.horizontalAdvance(cell_words(column, row, digits)) for row in rows), default=0)
        return max(widest + 14, self.horizontalHeader().sectionSizeFromContents(section).width())
