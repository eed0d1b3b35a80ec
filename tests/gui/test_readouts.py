"""Readouts: what stands there, that it stands still, and why a number is missing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.actions import SetParameters
from engine.figure import Figure, Readout, Role
from engine.session import SessionState
from engine.text import Text
from gui.looks import optimizer_look
from gui.readouts import NumberLabel, ReadoutsPanel, WorkedLines, aligned, number_words, readout_words
from tests.gui.lessons import Bench


@pytest.fixture
def panel(qtbot, typesetter, themes):
    panel = ReadoutsPanel(typesetter, themes)
    qtbot.addWidget(panel)
    panel.resize(640, 300)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


class Watcher:
    """Readouts send no actions; the bench wants a signal to connect to."""

    def __init__(self, panel):
        self.panel = panel
        self.action = self

    def connect(self, _slot):
        pass

    def set_state(self, state, figure):
        self.panel.set_state(state, figure)


def test_what_the_figure_has_is_shown_unless_it_is_off_the_screen(panel):
    Bench(Watcher(panel))
    assert [row.accessibleName() for row in panel.rows()] == [
        "slope = 3",
        "height = 1",
        "place = (1, 1)",
        "missing = There is none.",
    ]


def test_the_step_chooses_and_orders(panel):
    Bench(Watcher(panel), readouts=("hidden", "slope"))
    assert [row.accessibleName() for row in panel.rows()] == ["hidden = 7", "slope = 3"]


def test_a_missing_number_says_why_in_place_of_the_number(panel):
    Bench(Watcher(panel), readouts=("missing",))
    (row,) = panel.rows()
    assert row.reason.text() == "There is none."
    assert not row.number.isVisible()
    assert not row.equals.isVisible()


def test_a_number_wears_the_look_of_the_mark_it_measures(panel, themes):
    Bench(Watcher(panel), readouts=("slope", "height"))
    slope, height = panel.rows()
    assert slope.sample.look() == themes.theme().role(Role.SECANT)
    assert height.sample.look() is None
    themes.set_choice("dark")
    assert slope.sample.look() == themes.theme().role(Role.SECANT)


def test_a_racers_number_wears_the_look_of_that_racer(panel):
    Bench(Watcher(panel), readouts=("loss",))
    (row,) = panel.rows()
    assert row.sample.look() == optimizer_look("adam#2", "light")


def test_nothing_moves_sideways_while_digits_come_and_go(panel):
    bench = Bench(Watcher(panel), readouts=("slope", "height"))
    bench.send(SetParameters({"x0": -1.234567, "h": 0.123456}))
    QApplication.processEvents()
    label = panel.rows()[0].number
    width, place = label.sizeHint().width(), label.room_before()
    for x0 in (1.0, 2.5, -1.25, 0.123):
        bench.send(SetParameters({"x0": x0}))
        assert label.sizeHint().width() == width
        assert label.room_before() == place


def test_points_of_a_column_stand_in_line(panel):
    bench = Bench(Watcher(panel), readouts=("slope", "height"))
    bench.send(SetParameters({"x0": 1234.5}))
    slope, height = panel.rows()
    assert slope.number.room_before() == height.number.room_before()


def test_room_is_given_back_when_another_number_comes(qtbot):
    label = NumberLabel()
    qtbot.addWidget(label)
    label.set_words("123456.123456")
    wide = label.sizeHint().width()
    label.set_words("1")
    assert label.sizeHint().width() == wide
    label.forget_room()
    assert label.sizeHint().width() < wide


@pytest.fixture
def line(qtbot, typesetter):
    worked = WorkedLines(typesetter)
    qtbot.addWidget(worked)
    return worked


def test_the_written_out_step_waits_for_rest_and_pales_meanwhile(line, qtbot, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("gui.readouts.time.monotonic", lambda: clock[0])
    bench = Bench(Watcher(line), worked=True)
    assert line.latex().endswith("= 3")
    bench.send(SetParameters({"h": 0.5}))
    assert line.latex().endswith("= 3")
    assert line._pale
    clock[0] += 1.0  # a long motion is not left behind for good
    bench.send(SetParameters({"h": 0.375}))
    assert line.latex().endswith("= 2.375")
    assert line._pale
    bench.send(SetParameters({"h": 0.25}))
    qtbot.waitUntil(lambda: line.latex().endswith("= 2.25"), timeout=2000)
    assert not line._pale


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-2.5, "−2.5"),
        (1 / 3, "0.333333"),
        (1e-9, "1 × 10⁻⁹"),
        (float("inf"), "∞"),
        ([3.0, -2.0], "(3, −2)"),
        (True, "yes"),
        (None, "—"),
        ("gd(lr=0.1)", "gd(lr=0.1)"),
    ],
)
def test_values_in_words(value, words):
    assert number_words(value) == words


def test_prose_takes_every_readout_with_its_digits(panel):
    bench = Bench(Watcher(panel))
    assert readout_words(bench.scene.figure())["hidden"] == "7"


def test_the_step_is_written_out_only_where_the_lesson_says_so(line):
    Bench(Watcher(line))
    assert line.isHidden()


def test_several_lines_are_one_formula_so_that_they_are_of_one_size():
    assert aligned(["g = 2", r"\Delta w = -\eta g = 1"]) == (
        r"\begin{aligned} g &= 2 \\ \Delta w &= -\eta g = 1 \end{aligned}"
    )


def test_another_racer_under_the_same_number_takes_the_row_over(panel):
    def shows(label):
        readout = Readout(name="loss_1", value=0.5, label=Text(label), role=Role.PATH)
        panel.set_state(SessionState(), Figure(panels=(), readouts=(readout,), spoken=Text("")))
        return panel.rows()[0].name.text()

    assert shows("gd") == "gd"
    assert shows("adam 0.01") == "adam 0.01"


def test_a_reason_of_two_lines_is_seen_whole(panel):
    reason = Text("f is not defined at −1.07937, and there is a good deal more to say about that here.")
    readout = Readout(name="slope", value=None, label=Text("slope"), reason=reason)
    panel.setFixedWidth(260)
    panel.set_state(SessionState(), Figure(panels=(), readouts=(readout,), spoken=Text("")))
    QApplication.processEvents()
    panel.resize(panel.sizeHint())
    QApplication.processEvents()
    label = panel.rows()[0].reason
    assert label.heightForWidth(label.width()) > 1.5 * label.fontMetrics().lineSpacing()
    assert label.height() >= label.heightForWidth(label.width())
