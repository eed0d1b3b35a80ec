"""What each kind of block means: one builder a kind, in one table. A new kind is a builder and its row.

A builder takes the keys it knows and returns the block; what is wrong it reports, with its line, and goes on
with an empty value, since a lesson with any report is never used.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.lessons.exercise_blocks import EXERCISES
from engine.lessons.folding import checked_values
from engine.lessons.keys import (
    Keys,
    numbers,
    tables,
    text,
    texts,
)
from engine.lessons.lesson import (
    Block,
    Note,
    Reveal,
    TableBlock,
    Verdict,
)
from engine.lessons.prose import check_markdown
from engine.lessons.reading import Reading
from engine.lessons.source import RawBlock, nearest
from engine.scene import parameters
from engine.text import Text, verbatim


def _table(block: RawBlock, reading: Reading) -> TableBlock:
    keys = reading.keys(block)
    columns = keys.optional("columns", texts) or ()
    parameter = keys.optional("parameter", text) or ""
    values, rows = keys.optional("values", numbers) or (), keys.optional("rows", tables) or ()
    caption = keys.markdown("caption", required=False)
    keys.finish()
    found = TableBlock(block.line, block.argument, columns, parameter, values, rows, caption)
    figure, scene = reading.folding.figure, reading.folding.scene
    if reading.folding.broken:
        return found
    if scene is None or figure is None:
        reading.report(block.line, Text("There is no picture yet. Put a scene block before this table."))
        return found
    if parameter or values or rows:
        _check_computed(found, keys, reading)
        known = tuple(readout.name for readout in figure.readouts)
        if not columns:
            example = verbatim(f'columns = ["{known[0]}"]')
            reading.report(block.line, Text("Say what the table shows: {example}.", {"example": example}))
    else:
        tables_of_scene = {one.name: one for one in figure.tables}
        if block.argument not in tables_of_scene:
            remedy = nearest(block.argument, tuple(tables_of_scene))
            words = {"name": verbatim(block.argument[:40] or "…"), "remedy": remedy}
            reading.report(block.line, Text("The scene has no table {name}. {remedy}", words))
            return found
        known = tuple(column.name for column in tables_of_scene[block.argument].columns)
    for column in columns:
        if column not in known:
            words = {"name": verbatim(column[:40]), "remedy": nearest(column, known)}
            keys.fault("columns", Text("columns: {name} is not known here. {remedy}", words))
    return found


def _check_computed(found: TableBlock, keys: Keys, reading: Reading) -> None:
    """Check what a computed table varies: one parameter over values, or rows of several."""
    scene = reading.folding.scene
    assert scene is not None
    if found.places and (found.parameter or found.values):
        keys.fault("rows", Text("A table has either rows, or a parameter and its values."))
        return
    if not found.places and not (found.parameter and found.values):
        reading.report(found.line, Text("A table over a parameter needs both keys, parameter and values."))
        return
    if len({tuple(row) for row in found.places}) > 1:
        keys.fault("rows", Text("Every row names the same parameters, in the same order."))
        return
    at = "values" if found.parameter in parameters(type(scene)) else "parameter"
    for row in found.places or tuple({found.parameter: value} for value in found.values):
        good = checked_values(scene, row, keys, at="rows" if found.places else at)
        if len(good) < len(row):
            return  # one report is enough for a column of them


def _note(block: RawBlock, reading: Reading) -> Note:
    check_markdown(block.body, block.line + 1, reading.folding.known(), reading.report)
    if not block.body.strip():
        reading.report(block.line, Text("This note is empty."))
    return Note(block.line, block.body.rstrip())


def _reveal(block: RawBlock, reading: Reading) -> Reveal:
    title = block.argument.strip("\"'“”")
    if not title:
        reading.report(block.line, Text('Say what stands on the lid: reveal "Title".'))
    check_markdown(block.body, block.line + 1, reading.folding.known(), reading.report)
    if not block.body.strip():
        reading.report(block.line, Text("There is nothing to reveal here."))
    return Reveal(block.line, title, block.body.rstrip())


def _verdict(block: RawBlock, reading: Reading) -> Verdict:
    reading.keys(block).finish()
    found = reading.exercises.get(block.argument)
    predictions = tuple(
        name
        for name, (step, one) in reading.exercises.items()
        if getattr(one, "predict", False) and step < reading.step
    )
    if found is None or block.argument not in predictions:
        words = {"name": verbatim(block.argument or "…"), "remedy": nearest(block.argument, predictions)}
        reading.report(
            block.line, Text("{name} is no prediction (predict = true) of an earlier step. {remedy}", words)
        )
    return Verdict(block.line, block.argument)


Builder = Callable[[RawBlock, Reading], Block]

PICTURE: dict[str, Builder] = {
    "scene": lambda block, reading: reading.folding.fold_scene(block),
    "animate": lambda block, reading: reading.folding.fold_animation(block),
}
"""Blocks that make the picture of a step: read before the others, which speak of it."""

BUILDERS: dict[str, Builder] = {
    **PICTURE,
    **EXERCISES,
    "table": _table,
    "note": _note,
    "reveal": _reveal,
    "verdict": _verdict,
}
"""Every kind of block, and what reads it."""
