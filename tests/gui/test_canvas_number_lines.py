"""Number lines on the canvas: their numbers stand at their ticks, and nobody reads off the ground beneath."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from engine.figure import Label
from engine.scene import changed, make_scene
from gui.canvas.canvas import Canvas
from gui.canvas.labels import Request, place_labels
from gui.theme import theme_named

BOUNDS = QRectF(0, 0, 400, 300)


@pytest.fixture
def canvas(qapp):
    made = Canvas(None, theme_named("light"), sync=True)
    made.resize(640, 420)
    made.show_figure(make_scene("chain", {"f": "sin(3x)", "x0": 0.5, "h": 0.25, "width": 1}).figure())
    made.show()
    made.grab()
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize(
    ("side", "left", "top"),
    [("below", 170, 152), ("above", 170, 130), ("left", 138, 141), ("right", 202, 141)],
)
def test_a_fixed_label_stays_on_its_side_whatever_lies_there(side, left, top):
    request = Request("tick", QPointF(200, 150), 60, 18, side, 2.0, fixed=True)
    in_the_way = QRectF(100, 100, 200, 100)
    box, name = place_labels([request], BOUNDS, [in_the_way])["tick"]
    assert (box.left(), box.top(), name) == (left, top, side)


def test_the_others_make_way_for_it():
    fixed = Request("tick", QPointF(200, 150), 60, 18, "above", 2.0, fixed=True)
    free = Request("name", QPointF(200, 150), 60, 18, "above")
    places = place_labels([free, fixed], BOUNDS)
    assert not places["name"][0].intersects(places["tick"][0])


def test_every_tick_has_its_number_right_below_it(canvas):
    layer = canvas._plots["lines"].layer
    requests = {request.key: request for request, *_ in layer._label_requests()}
    places = place_labels(list(requests.values()), QRectF(0, 0, 640, 420))
    ticks = [label for label in layer.labels if label.id.startswith("tick")]
    assert len(ticks) >= 15
    for tick in ticks:
        box, side = places[tick.id]
        x, y = layer.placement.point(tick.x, tick.y)
        assert (side, box.center().x()) == ("below", pytest.approx(x))
        assert box.top() == pytest.approx(y + 2)


def test_a_handle_in_hand_says_its_number_and_not_its_place(canvas):
    grip = canvas.grip("h")
    assert grip.accessibleDescription() == "0.25"
    assert canvas.grip("x0").accessibleDescription() == "0.5"
    scene = make_scene("chain", {"f": "sin(3x)", "x0": 0.5, "h": 0.25, "width": 1})
    canvas.handle_moved.connect(
        lambda name, x, y, _: canvas.show_figure(changed(scene, scene.moved(name, x, y)).figure())
    )
    middle = QPointF(grip.width() / 2, grip.height() / 2).toPoint()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseMove(grip, middle + QPointF(30, 0).toPoint())
    held = next(words for _, words, *_ in canvas._plots["lines"].layer._label_requests())
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert float(held) > 0.3


def test_nothing_is_read_off_ground_without_axes(canvas):
    layer = canvas._plots["lines"].layer
    (names,) = [label for label in layer.labels if isinstance(label, Label) and label.id == "name 0"]
    QTest.mouseMove(canvas.surface, canvas.place_of("lines", names.x + 0.1, 0.0).toPoint())
    assert layer.pointer is not None
    assert layer.reading() is None
