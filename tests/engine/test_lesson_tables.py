"""Tables of a lesson against numbers worked by hand: for f = x² the secant's slope is 2 x0 + h."""

from __future__ import annotations

import pytest

from engine.lessons.lesson import TableBlock
from engine.lessons.tables import table_of
from engine.scene import make_scene


def test_readouts_over_values_of_one_parameter():
    scene = make_scene("secant", {"f": "x^2", "x0": 1, "h": 0.1})
    block = TableBlock(1, "", ("secant_slope", "error"), "h", (1.0, 0.1, 0.01))
    table = table_of(block, scene)
    assert [column.name for column in table.columns] == ["h", "secant_slope", "error"]
    assert table.columns[0].latex == "h"
    rows = list(table.rows())
    assert [row[0] for row in rows] == [1.0, 0.1, 0.01]
    assert [row[1] for row in rows] == pytest.approx([3.0, 2.1, 2.01])
    assert [row[2] for row in rows] == pytest.approx([1.0, 0.1, 0.01])
    assert table.highlighted == 1


def test_the_varied_parameter_itself_costs_nothing_when_it_moves():
    block = TableBlock(1, "", ("secant_slope",), "h", (1.0, 0.5))
    tables = [table_of(block, make_scene("secant", {"h": h})) for h in (0.3, 0.7)]
    assert tables[0].columns is tables[1].columns
    assert tables[0].highlighted is None


def test_a_value_the_scene_refuses_leaves_its_cells_empty():
    scene = make_scene("secant", {"f": "x^2", "x0": 1})
    block = TableBlock(1, "", ("secant_slope",), "h", (1.0, 0.0))
    assert list(table_of(block, scene).rows()) == [(1.0, pytest.approx(3.0)), (0.0, None)]


def test_a_readout_without_a_value_is_an_empty_cell():
    scene = make_scene("secant", {"f": "ln(x)", "x0": 1})
    block = TableBlock(1, "", ("secant_slope",), "x0", (1.0, -2.0))
    first, second = table_of(block, scene).rows()
    assert first[1] == pytest.approx(0.6931471805599453)  # ln 2
    assert second[1] is None


def test_the_scenes_own_table_with_the_columns_asked_for():
    scene = make_scene("secant", {"f": "3x^2-4x", "x0": 1, "h": 0.1})
    table = table_of(TableBlock(1, "approach", ("slope", "h")), scene)
    assert [column.name for column in table.columns] == ["slope", "h"]
    slopes = {h: slope for slope, h in table.rows()}
    assert slopes[0.1] == pytest.approx(2.3)
    assert slopes[0.001] == pytest.approx(2.003)


def test_an_unknown_table_is_an_error():
    with pytest.raises(KeyError):
        table_of(TableBlock(1, "nothing"), make_scene("secant"))


def test_several_parameters_vary_together():
    scene = make_scene("secant", {"f": "x^2", "x0": 2, "h": 0.5})
    places = ({"x0": 1.0, "h": 1.0}, {"x0": 2.0, "h": 0.5})
    table = table_of(TableBlock(1, "", ("secant_slope",), places=places), scene)
    assert list(table.rows()) == [(1.0, 1.0, pytest.approx(3.0)), (2.0, 0.5, pytest.approx(4.5))]
    assert table.highlighted == 1


def test_where_the_last_digits_matter_a_column_keeps_them():
    # (3 + 1e-15)² − 9 is three steps of 2⁻⁴⁹: 5.329070518200751e-15
    scene = make_scene("difference-error", {"f": "x^2", "x0": 3})
    block = TableBlock(1, "", ("forward", "error_forward"), "h", (0.01, 1e-15))
    table = table_of(block, scene)
    assert [column.digits for column in table.columns] == [0, 16, 0]
    assert table.columns[1].values[1] == 5.329070518200751
