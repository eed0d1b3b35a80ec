"""The tables of a lesson: computed from the picture as it stands, never typed by an author."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from engine.errors import ParameterError
from engine.figure import Column, Figure, Table
from engine.lessons.lesson import TableBlock
from engine.parameters import Parameter
from engine.scene import Scene, changed, parameters

MANY_DIGITS = 10
"""A readout with more digits than this keeps them in a table: the last ones are what it is about."""


def table_of(block: TableBlock, scene: Scene, figure: Figure | None = None) -> Table:
    """The table that `block` asks for: one of the scene's own, or readouts over values of parameters.

    figure: that of `scene`, where the caller has it already; a scene's own table is then taken from it.
    KeyError if the scene has no such table, column, parameter or readout: the linter has seen to that.
    """
    rows = block.places or tuple({block.parameter: value} for value in block.values)
    if not rows:
        return _own(block, scene.figure() if figure is None else figure)
    names = tuple(rows[0])
    places = tuple(tuple(row[name] for name in names) for row in rows)
    varied = _varied(_without(scene, names), names, places, block.columns)
    now = tuple(getattr(scene, name) for name in names)
    here = next((row for row, place in enumerate(places) if place == now), None)
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


def _without(scene: Scene, names: tuple[str, ...]) -> Scene:
    """`scene` with these parameters at their defaults: a table over them does not depend on them."""
    known = parameters(type(scene))
    try:
        return changed(scene, {name: known[name].default for name in names})
    except ParameterError:
        return scene


@lru_cache(maxsize=32)
def _varied(
    scene: Scene, names: tuple[str, ...], places: tuple[tuple[float, ...], ...], readouts: tuple[str, ...]
) -> Table:
    """One row for each place: its parameters, then the readouts there; None where there is no picture."""
    figures = [_figure(scene, dict(zip(names, place, strict=True))) for place in places]
    columns = []
    for name, values in zip(names, zip(*places, strict=True), strict=True):
        spec = parameters(type(scene))[name]
        columns.append(Column(name, list(values), latex=_symbol(spec), label=spec.words.label))
    sample = next((figure for figure in figures if figure is not None), None)
    for name in readouts:
        cells: list[Any] = [None if figure is None else figure.readout(name).value for figure in figures]
        known = sample.readout(name) if sample is not None else None
        latex, label = (known.latex, known.label) if known is not None else ("", None)
        digits = known.digits if known is not None and known.digits > MANY_DIGITS else 0
        columns.append(Column(name, cells, latex=latex, label=label, digits=digits))
    return Table("", tuple(columns))


def _figure(scene: Scene, values: Mapping[str, float]) -> Figure | None:
    try:
        return changed(scene, values).figure()
    except ParameterError:
        return None


def _symbol(parameter: Parameter) -> str:
    return parameter.slider.symbol if parameter.slider is not None else ""
