"""Tables on screen: lazy, aligned, copied with every digit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from engine.figure import Column, Table
from engine.text import Text
from gui.export import table_text
from gui.table_view import TableView, cell_words

ROLE = Qt.ItemDataRole


def race(steps: int, highlighted: int | None = None, scale: float = 1.0) -> Table:
    losses = scale / (1 + np.arange(steps))
    return Table(
        "path",
        (
            Column("racer", ["gd(lr=0.1)"] * steps, label=Text("racer")),
            Column("step", np.arange(steps)),
            Column("loss", losses, latex="L"),
        ),
        title=Text("Every step"),
        highlighted=highlighted,
    )


@pytest.fixture
def view(qtbot, typesetter):
    view = TableView(typesetter)
    qtbot.addWidget(view)
    view.resize(400, 240)
    view.show()
    qtbot.waitExposed(view)
    return view


def cell(view, row, column, role=ROLE.DisplayRole):
    return view.model().index(row, column).data(role)


def test_numbers_stand_right_and_words_left(view):
    view.set_table(race(5))
    assert cell(view, 1, 2) == "0.5"
    assert cell(view, 3, 1) == "3"
    assert cell(view, 2, 2) == "0.333333"
    assert cell(view, 0, 2, ROLE.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert cell(view, 0, 0, ROLE.TextAlignmentRole) & Qt.AlignmentFlag.AlignLeft
    assert view.model().headerData(0, Qt.Orientation.Horizontal) == "racer"
    assert view.accessibleName() == "Every step"


def test_rows_are_read_only_when_they_are_seen(view):
    class Counted(list):
        reads = 0

        def __getitem__(self, place):
            Counted.reads += 1
            return super().__getitem__(place)

    table = Table("long", (Column("word", Counted(["a"] * 50_000)),))
    view.set_table(table)
    view.grab()
    assert Counted.reads < 2_000


def test_the_highlighted_row_comes_into_view(view):
    view.set_table(race(2000, highlighted=1500))
    assert cell(view, 1500, 0, ROLE.BackgroundRole) is not None
    assert cell(view, 1499, 0, ROLE.BackgroundRole) is None
    assert view.rect().intersects(view.visualRect(view.model().index(1500, 0)))


def test_another_run_keeps_the_place_and_never_narrows_a_column(view):
    view.set_table(race(500))
    view.verticalScrollBar().setValue(200)
    width = view.columnWidth(2)
    view.set_table(race(500, scale=2.0))
    assert view.verticalScrollBar().value() == 200
    assert cell(view, 1, 2) == "1"
    assert view.columnWidth(2) >= width


def test_copy_gives_every_digit_of_the_selected_rows(view):
    view.set_table(race(10))
    view.selectRow(2)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"racer\tstep\tloss\r\ngd(lr=0.1)\t2\t{1 / 3!r}\r\n"


def test_copy_without_a_selection_gives_all():
    text = table_text(race(3))
    assert text.splitlines() == [
        "racer\tstep\tloss",
        "gd(lr=0.1)\t0\t1.0",
        "gd(lr=0.1)\t1\t0.5",
        f"gd(lr=0.1)\t2\t{1 / 3!r}",
    ]


def test_a_missing_value_is_a_dash_and_an_empty_cell_when_copied(view):
    table = Table("holes", (Column("slope", [None, 2.0]),))
    view.set_table(table)
    assert cell(view, 0, 0) == "—"
    assert table_text(table) == 'slope\r\n""\r\n2.0\r\n'


def test_a_table_within_a_text_gives_up_digits_before_columns(qtbot, typesetter):
    view = TableView(typesetter, whole=True)
    qtbot.addWidget(view)
    thirds = np.full(3, 1 / 3)
    view.set_table(Table("wide", tuple(Column(name, thirds) for name in "abcdef")))
    view.resize(800, 200)
    view.show()
    assert cell(view, 0, 5) == "0.333333"
    view.resize(420, 200)
    assert len(cell(view, 0, 5)) < len("0.333333")
    assert view.columnViewportPosition(5) + view.columnWidth(5) <= view.viewport().width()
    assert "0.3333333333333333" in view.copy_text()


def test_a_table_within_a_text_shows_all_its_rows(qtbot, typesetter):
    view = TableView(typesetter, whole=True)
    qtbot.addWidget(view)
    view.set_table(race(7))
    view.resize(400, view.sizeHint().height())
    view.show()
    last = view.visualRect(view.model().index(6, 0))
    assert last.bottom() <= view.viewport().height()


def test_a_column_whose_last_digits_matter_keeps_them():
    column = Column("slope", [6.009999999999849, 5.329070518200751], digits=16)
    assert [cell_words(column, row) for row in (0, 1)] == ["6.009999999999849", "5.329070518200751"]
    assert cell_words(Column("slope", [6.009999999999849]), 0) == "6.01"
