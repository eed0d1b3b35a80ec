"""The transport: what its buttons and keys ask for, and what it shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.actions import Explore, OpenLesson, Seek
from engine.session import SessionState, reduce
from gui.transport import SPEEDS, Transport
from tests.gui.lessons import Playground, small_lesson

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def transport(qtbot, typesetter, themes):
    transport = Transport(typesetter)
    qtbot.addWidget(transport)
    transport.resize(640, 40)
    transport.show()
    qtbot.waitExposed(transport)
    return transport


def state_of(**values) -> SessionState:
    return reduce(SessionState(), Explore(Playground(**values)))


def test_buttons_ask(transport, qtbot):
    transport.set_state(reduce(state_of(), Seek(0.5)), False, 1.0, False)
    with qtbot.waitSignal(transport.play_toggled, timeout=500):
        QTest.mouseClick(transport.play, LEFT)
    with qtbot.waitSignal(transport.play_back_toggled, timeout=500):
        QTest.mouseClick(transport.play_back, LEFT)
    assert not transport.play_back.isChecked()  # it only asked
    with qtbot.waitSignal(transport.stepped, timeout=500) as caught:
        QTest.mouseClick(transport.on, LEFT)
    assert caught.args == [1]
    with qtbot.waitSignal(transport.stepped, timeout=500) as caught:
        QTest.mouseClick(transport.back, LEFT)
    assert caught.args == [-1]
    with qtbot.waitSignal(transport.loop_changed, timeout=500) as caught:
        QTest.mouseClick(transport.loop, LEFT)
    assert caught.args == [True]


def test_the_speeds_run_from_a_quarter_to_four(transport, qtbot):
    transport.set_state(state_of(), False, 1.0, False)
    assert transport.speed.currentText() == "1×"
    assert (SPEEDS[0], SPEEDS[-1]) == (0.25, 4.0)
    with qtbot.waitSignal(transport.speed_changed, timeout=500) as caught:
        transport.speed.setFocus()
        QTest.keyClick(transport.speed, Qt.Key.Key_Down)
    assert caught.args == [2.0]


def test_scrubbing_seeks(transport, qtbot):
    transport.set_state(state_of(), False, 1.0, False)
    places = []
    transport.seek.connect(places.append)
    scrub = transport.scrub
    QTest.mousePress(scrub, LEFT, pos=QPoint(round(scrub._x(0.0)), scrub.height() // 2))
    for place in (0.25, 0.5, 0.75):
        QTest.mouseMove(scrub, QPoint(round(scrub._x(place)), scrub.height() // 2))
    QTest.mouseRelease(scrub, LEFT)
    assert places == pytest.approx([0.25, 0.5, 0.75], abs=0.01)


def test_arrow_keys_on_the_slider_step(transport, qtbot):
    transport.set_state(state_of(), False, 1.0, False)
    steps, places = [], []
    transport.stepped.connect(steps.append)
    transport.seek.connect(places.append)
    QTest.keyClick(transport.scrub, Qt.Key.Key_Right)
    QTest.keyClick(transport.scrub, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(transport.scrub, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(transport.scrub, Qt.Key.Key_End)
    assert steps == [1, -10]
    assert places == [0.001, 1.0]


def test_counted_steps_are_counted(transport):
    transport.set_state(state_of(walk=True, step=12), False, 1.0, False)
    assert transport.place.text() == "step 12/40"
    assert not transport.symbol.isVisible()
    transport.set_state(state_of(walk=True, step=-1), False, 1.0, False)
    assert transport.place.text() == "step 40/40"


def test_other_motion_shows_its_parameter_at_a_width_that_stays(transport):
    widths = set()
    for place in (0.0, 0.37, 0.91, 1.0):
        state = reduce(state_of(), Seek(place))
        transport.set_state(state, True, 1.0, False)
        transport.layout().activate()
        widths.add(transport.place.width())
    assert transport.symbol.latex() == "h ="
    assert transport.place.text() == "0.001"
    assert len(widths) == 1


def test_play_becomes_pause(transport):
    transport.set_state(state_of(), False, 1.0, False)
    assert transport.play.accessibleName() == "Play"
    transport.set_state(state_of(), True, 1.0, True)
    assert transport.play.accessibleName() == "Pause"
    assert "Space" in transport.play.toolTip()
    assert transport.loop.isChecked()


def test_playing_backwards_is_seen_at_its_button_and_paused_at_the_usual_one(transport):
    transport.set_state(state_of(), True, 1.0, False, backwards=True)
    assert transport.play_back.isChecked()
    assert transport.play.accessibleName() == "Pause"
    assert "Shift+Space" in transport.play_back.toolTip()
    transport.set_state(state_of(), True, 1.0, False)
    assert not transport.play_back.isChecked()


def test_without_motion_it_is_asleep(transport):
    lesson = small_lesson(scene=None)
    transport.set_state(reduce(SessionState(), OpenLesson(lesson)), False, 1.0, False)
    assert not transport.play.isEnabled()
    assert not transport.play_back.isEnabled()
    assert not transport.scrub.isEnabled()
    assert transport.place.text() == ""
