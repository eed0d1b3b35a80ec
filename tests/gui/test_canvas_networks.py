"""Graphs on the canvas: nodes that can be read, told apart, picked by hand and by key, at every size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from engine.figure import Network, Panel
from engine.scene import Scene, changed, make_scene
from engine.words import shown
from gui.canvas.canvas import Canvas
from gui.canvas.networks import DETAILS, NetworkItem
from gui.theme import theme_named

LONG = "sigmoid(w x+b) tanh(w tanh(w x+b)+b) + sin(w x+b)^2 + ln(1+x^2) sqrt(w^2+b^2) - x b w/(1+e^-x)"


class Shown:
    """A scene of the canvas that takes what the hand does, as the controller would."""

    def __init__(self, scene: Scene, width: int = 640, height: int = 420, theme: str = "light") -> None:
        self.scene = scene
        self.canvas = Canvas(None, theme_named(theme), sync=True)
        self.canvas.handle_moved.connect(lambda name, x, y, _: self.take(self.scene.moved(name, x, y)))
        self.canvas.handle_nudged.connect(lambda *nudge: self.take(self.scene.nudged(*nudge)))
        self.canvas.ground_clicked.connect(lambda *click: self.take(self.scene.clicked(*click)))
        self.canvas.resize(width, height)
        self.canvas.show()
        self.show()

    def take(self, values: dict[str, object]) -> None:
        self.scene = changed(self.scene, values)
        self.show()

    def show(self) -> None:
        self.canvas.show_figure(self.scene.figure())
        self.canvas.grab()

    @property
    def item(self) -> NetworkItem:
        return self.canvas._plots["graph"].layer.items["graph"]

    def middle(self, node: int) -> QPointF:
        """A node's middle in the pixels of the canvas."""
        made = self.item.mark.nodes[node]
        return self.canvas.place_of("graph", made.x, made.y)


@pytest.fixture
def show(qapp):
    made: list[Shown] = []

    def make(width: int = 640, height: int = 420, theme: str = "light", **values: object) -> Shown:
        made.append(Shown(make_scene("graph", values), width, height, theme))
        return made[-1]

    yield make
    for one in made:
        one.canvas.close()
        one.canvas.deleteLater()


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_nodes_of_a_neuron_say_everything_and_do_not_touch(show, theme):
    item = show(theme=theme).item
    assert item._detail is DETAILS[0]
    assert all(not a.intersects(b) for i, a in enumerate(item._boxes) for b in item._boxes[:i])
    inside = QRectF(0, 0, 640, 420)
    assert all(inside.contains(box) for box in item._boxes)


def test_of_many_nodes_in_a_small_window_only_those_in_question_say_everything(show):
    item = show(width=560, height=360, f=LONG, step=20, node=3).item
    assert len(item.mark.nodes) >= 30
    assert item._detail is DETAILS[-1]
    told = [place for place in range(len(item.mark.nodes)) if item.lines(place) == 3]
    active = [place for place, node in enumerate(item.mark.nodes) if node.state == "active"]
    assert told == sorted({2, *active})
    quiet = [box for place, box in enumerate(item._boxes) if item.lines(place) == 1]
    assert all(not a.intersects(b) for i, a in enumerate(quiet) for b in quiet[:i])


def test_a_click_picks_a_node(show):
    window = show()
    QTest.mouseMove(window.canvas.surface, window.middle(4).toPoint())
    QTest.mouseClick(
        window.canvas.surface,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        window.middle(4).toPoint(),
    )
    assert window.scene.node == 5
    assert window.item.mark.picked == 4


def test_the_arrow_keys_go_from_node_to_node(show):
    window = show(node=1)
    grip = window.canvas.grip("node")
    QTest.keyClick(grip, Qt.Key.Key_Right)
    QTest.keyClick(grip, Qt.Key.Key_Right)
    assert window.scene.node == 3
    assert "w*x is 1; the slope of f along it is 0.1874" in grip.accessibleDescription()


def test_the_node_under_the_pointer_is_told(show):
    window = show(node=1)
    layer = window.canvas._plots["graph"].layer
    QTest.mouseMove(window.canvas.surface, (window.middle(5) + QPointF(10, 8)).toPoint())
    assert shown(layer.told()[1]) == "sigmoid(w*x + b) is 0.75026; the slope of f along it is 1"
    assert layer.reading() is None
    QTest.mouseMove(window.canvas.surface, QPointF(320, 410).toPoint())
    assert layer.told() is None


def test_the_legend_names_both_directions(show):
    names = show().canvas._plots["graph"].listed
    assert [words for words, _ in names] == ["values, forward", "∂: slope of f along a part, backward"]


def test_what_happens_is_painted_in_its_colour(show):
    theme = theme_named("light")
    forward, backward = (theme.role(role).color.lower() for role in ("function", "gradient"))

    def colours(step: int) -> set[str]:
        image = show(step=step).canvas.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(0, 640, 1) for y in range(60, 400, 1)}

    assert forward in colours(1)
    assert backward not in colours(1)
    assert backward in colours(7)


def test_a_panel_without_a_frame_gives_its_room_to_the_marks(qapp):
    figure = make_scene("graph").figure()
    (bare,) = figure.panels
    framed = Panel(id=bare.id, marks=bare.marks, view=bare.view)
    widths = []
    for panel in (bare, framed):
        canvas = Canvas(None, theme_named("light"), sync=True)
        canvas.resize(640, 420)
        canvas.resizeEvent(None)
        canvas.show_figure(type(figure)(panels=(panel,), readouts=(), spoken=figure.spoken))
        widths.append(canvas.plot_rect(bare.id).width())
        canvas.deleteLater()
    assert widths[0] > widths[1]
    assert isinstance(bare.marks[0], Network)
