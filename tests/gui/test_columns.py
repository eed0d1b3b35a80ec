"""Cells in columns: as many as fit, also when what stands in them grows."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from gui.columns import Columns


def rows(cells: list[QLabel]) -> int:
    return len({cell.geometry().top() for cell in cells})


def test_a_cell_that_grows_takes_the_room_of_a_column(qtbot):
    columns = Columns(narrowest=4)
    qtbot.addWidget(columns)
    cells = [QLabel("7"), QLabel("1")]
    columns.set_cells((cell, False) for cell in cells)
    columns.resize(300, 100)
    columns.show()
    qtbot.waitUntil(lambda: rows(cells) == 1)
    cells[0].setText("6.000009999951316 " * 2)
    qtbot.waitUntil(lambda: rows(cells) == 2)
    assert cells[0].width() >= cells[0].minimumSizeHint().width()
