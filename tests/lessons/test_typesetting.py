"""Every formula of the course typesets, within a sane size: those in words, beside numbers, on axes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.figure import Figure
from engine.lessons.library import load_pack, open_lesson
from engine.lessons.lint_rules import texts_of

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gui.mathtext import Typesetter
from gui.prose_document import formulas_of

COURSE = Path(__file__).parents[2] / "resources" / "lessons"
LESSONS = {lesson.id: lesson for lesson in load_pack(COURSE).lessons()}

WIDEST, HIGHEST = 34, 9
"""In em: 34 is the width of 68 characters, and 9 holds a table of five rows."""


@pytest.fixture(scope="module")
def typesetter(qapp: object) -> Iterator[Typesetter]:
    typesetter = Typesetter()
    yield typesetter
    typesetter.close()


def formulas_in(name: str) -> set[tuple[str, bool]]:
    lesson = open_lesson(LESSONS[name])
    found = {formula for _, words in texts_of(lesson) for formula in formulas_of(words)}
    for scene in {step.setting.scene for step in lesson.steps} - {None}:
        found |= {(latex, False) for latex in labels_of(scene.figure())}
    return found


def labels_of(figure: Figure) -> Iterator[str]:
    """Every formula that a figure carries."""
    parts = [mark for panel in figure.panels for mark in (*panel.marks, panel.x_axis, panel.y_axis)]
    columns = [column for table in figure.tables for column in table.columns]
    yield from (part.latex for part in (*parts, *columns, *figure.readouts) if part.latex)
    yield from figure.worked


@pytest.mark.parametrize("name", LESSONS)
def test_every_formula_typesets_within_a_sane_size(name: str, typesetter: Typesetter) -> None:
    formulas = formulas_in(name)
    assert formulas
    for latex, display in sorted(formulas):
        formula = typesetter.typeset_now(latex, display)
        assert formula.error is None, f"{latex}: {formula.error}"
        assert 0 < formula.width < WIDEST, latex
        assert 0 < formula.height + formula.depth < HIGHEST, latex
