"""The code drawer: written when seen, coloured, copied whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from engine.actions import Explore, SetParameters
from engine.session import SessionState, reduce
from gui.code_view import CodeView
from tests.gui.lessons import Playground


@pytest.fixture
def view(qtbot, themes):
    view = CodeView(themes)
    qtbot.addWidget(view)
    return view


def exploring(**values) -> SessionState:
    return reduce(SessionState(), Explore(Playground(**values)))


def test_it_shows_the_scenes_code_and_follows_it(view, qtbot):
    view.show()
    state = exploring(x0=2.0)
    view.set_state(state)
    assert "x0 = 2.0  # the point" in view.text.toPlainText()
    view.set_state(reduce(state, SetParameters({"x0": 3})))
    assert "x0 = 3.0" in view.text.toPlainText()


def test_it_writes_nothing_while_nobody_looks(view, monkeypatch):
    written = []
    monkeypatch.setattr(Playground, "code", lambda self: written.append(self) or "code\n")
    view.set_state(exploring())
    assert written == []
    view.show()
    assert len(written) == 1


def test_copy_takes_everything(view, qtbot):
    view.show()
    state = exploring()
    view.set_state(state)
    with qtbot.waitSignal(view.copied, timeout=500):
        QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == state.scene.code()


def test_colours(view, themes):
    view.show()
    view.set_state(exploring())
    document = view.text.document()
    view._colors.rehighlight()

    def color(line: int, column: int) -> str:
        for span in document.findBlockByNumber(line).layout().formats():
            if span.start <= column < span.start + span.length:
                return span.format.foreground().color().name().upper()
        return ""

    assert color(0, 0) == themes.theme().accent  # import
    assert color(0, 7) == ""  # numpy
    assert color(1, 12) == themes.theme().muted  # the comment
    assert color(2, 7) != ""  # the string
    themes.set_choice("dark")
    assert color(0, 0) == themes.theme().accent


def test_a_scene_that_cannot_write_its_code_says_so_and_harms_nothing(view, monkeypatch, caplog):
    monkeypatch.setattr(Playground, "code", lambda self: 1 / 0)
    view.show()
    view.set_state(exploring())
    assert view.text.toPlainText().startswith("# ")
    assert "ZeroDivisionError" in caplog.text
