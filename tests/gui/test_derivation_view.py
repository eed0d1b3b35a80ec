"""Worked steps in the window: the tree, the line on show, folding, themes, and the stage around them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.figure import WorkedSteps
from engine.scene import make_scene
from gui.derivation_view import DerivationView


def worked(**values: object) -> WorkedSteps:
    steps = make_scene("derivation", {"f": "x^2 sin(x)", **values}).figure().derivation
    assert steps is not None
    return steps


@pytest.fixture
def view(qtbot, typesetter, themes):
    view = DerivationView(typesetter, themes)
    qtbot.addWidget(view)
    view.resize(520, 420)
    view.set_steps(worked())
    view.show()
    qtbot.waitExposed(view)
    return view


def test_every_line_is_a_row_in_words(view):
    assert view.rows() == [
        "Line 0, what is asked: the derivative of open bracket x squared times sine of x close bracket",
        "Line 1, product rule: the derivative of x squared times sine of x plus x squared times the "
        "derivative of sine of x",
        "Line 2, power rule: 2 times x times sine of x plus x squared times the derivative of sine of x",
        "Line 3, table of derivatives: 2 times x times sine of x plus x squared times cosine of x",
    ]


def test_the_rules_within_a_rule_stand_under_it_and_fold(view, qtbot):
    view.set_steps(worked(f="sin(x^2) + cos(x^2)", step=4))
    asked, sums = (view.tree.topLevelItem(number) for number in range(2))
    first, second = (sums.child(number) for number in range(2))
    assert (asked.childCount(), sums.childCount(), first.childCount(), second.childCount()) == (0, 2, 1, 0)
    view.tree.setFocus()
    view.tree.setCurrentItem(first)
    qtbot.keyClick(view.tree, Qt.Key.Key_Left)
    assert not first.isExpanded()
    # a line more unfolds its own rule, and leaves what was folded folded
    view.set_steps(worked(f="sin(x^2) + cos(x^2)", step=5))
    assert view.tree.topLevelItem(1).child(1).isExpanded()
    assert not view.tree.topLevelItem(1).child(0).isExpanded()


def test_the_line_on_show_names_its_rule_and_points_at_the_part(view):
    assert view.rule.text() == "3 of 3 · Table of derivatives"
    assert view.statement.latex() == r"(\sin x)' = \cos x"
    assert r"\underline{\color{#" in view.before.latex()
    assert view.line.latex().startswith("= ")
    assert view.before.accessibleName() == view.line.accessibleName() != ""


def test_a_row_that_is_chosen_is_looked_at_closely(view, qtbot):
    view.tree.setFocus()
    qtbot.keyClick(view.tree, Qt.Key.Key_Up)
    assert view.rule.text() == "2 of 3 · Power rule"
    qtbot.keyClick(view.tree, Qt.Key.Key_Home)
    assert view.rule.text() == "What is asked"
    assert view.before.latex() == ""


def test_stepping_back_takes_rows_away_and_another_formula_replaces_them(view):
    view.set_steps(worked(step=1))
    assert len(view.rows()) == 2
    view.set_steps(worked(f="x^3", step=1))
    assert [row.split(":")[0] for row in view.rows()] == ["Line 0, what is asked", "Line 1, power rule"]
    view.set_steps(None)
    assert view.isHidden()


def test_the_underline_takes_the_accent_of_the_theme(view, themes):
    themes.set_choice("light")
    light = view.line.latex()
    themes.set_choice("dark")
    assert view.line.latex() != light
    assert themes.theme().accent in view.line.latex()
    themes.set_choice("light")


def test_rows_are_painted_once_they_are_typeset(view, qtbot):
    latex = r"\left(x^{2}\right)' = 2 x".replace(r"\left(x^{2}\right)", "(x^{2})")
    qtbot.waitUntil(lambda: view.formula(latex) is not None, timeout=20_000)
    image = view.tree.viewport().grab().toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())
    }
    assert len(colors) > 3


def test_before_the_first_line_the_picture_gets_the_room(view):
    view.set_above(True)
    view.set_steps(worked(step=0))
    assert view.maximumHeight() < 200
    view.set_steps(worked(step=1))
    assert view.maximumHeight() > 10_000


def test_with_little_room_the_line_before_gives_way(view):
    assert view.before.isVisible()
    view.resize(520, 150)
    assert not view.before.isVisible()
    assert view.line.isVisible()


def test_why_the_lines_end_is_said(view):
    from msgspec.structs import replace

    from engine.text import Text

    view.set_steps(replace(worked(step=1), fault=Text("Line 2 does not hold.")))
    assert view.fault.isVisible()
    assert view.fault.text() == "Line 2 does not hold."
