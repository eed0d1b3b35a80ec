"""The tables of a lesson: computed from the picture as it stands, never typed by an author."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from engine.errors import ParameterError
from engine.figure import Column, Figure, Table
from engine.lessons.lesson import TableBlock
from engine.parameters import Parameter
from engine.scene import Scene, changed, parameters


def table_of(block: TableBlock, scene: Scene, figure: Figure | None = None) -> Table:
    """The table that `block` asks for: one of the scene's own, or readouts over values of one parameter.

    figure: that of `scene`, where the caller has it already; a scene's own table is then taken from it.
    KeyError if the scene has no such table, column, parameter or readout: the linter has seen to that.
    """
    if not block.parameter:
        return _own(block, scene.figure() if figure is None else figure)
    varied = _varied(_without(scene, block.parameter), block.parameter, block.values, block.columns)
    now = getattr(scene, block.parameter)
    here = next((row for row, value in enumerate(block.values) if value == now), None)
    return msgspec.structs.replace(varied, name=block.name, highlighted=here)


def _own(block: TableBlock, figure: Figure) -> Table:
    """The scene's table, with the columns asked for, in the order asked for."""
    table = next((table for table in figure.tables if table.name == block.name), None)
    if table is None:
        raise KeyError(block.name)
    if not block.columns:
        return table
    by_name = {column.name: column for column in table.columns}
    return msgspec.structs.replace(table, columns=tuple(by_name[name] for name in block.columns))


def _without(scene: Scene, parameter: str) -> Scene:
    """`scene` with the parameter at its default: a table over it does not depend on where it stands."""
    try:
        return changed(scene, {parameter: parameters(type(scene))[parameter].default})
    except ParameterError:
        return scene


@lru_cache(maxsize=32)
def _varied(scene: Scene, parameter: str, values: tuple[float, ...], readouts: tuple[str, ...]) -> Table:
    """One row for each value: the value, then the readouts there; None where there is no such picture."""
    figures = [_figure(scene, parameter, value) for value in values]
    spec = parameters(type(scene))[parameter]
    columns = [Column(parameter, list(values), latex=_symbol(spec), label=spec.words.label)]
    sample = next((figure for figure in figures if figure is not None), None)
    for name in readouts:
        cells: list[Any] = [None if figure is None else figure.readout(name).value for figure in figures]
        known = sample.readout(name) if sample is not None else None
        latex, label = (known.latex, known.label) if known is not None else ("", None)
        columns.append(Column(name, cells, latex=latex, label=label))
    return Table("", tuple(columns))


def _figure(scene: Scene, parameter: str, value: float) -> Figure | None:
    try:
        return changed(scene, {parameter: value}).figure()
    except ParameterError:
        return None


def _symbol(parameter: Parameter) -> str:
    return parameter.symbol if parameter.slider is not None and parameter.slider.symbol else ""
