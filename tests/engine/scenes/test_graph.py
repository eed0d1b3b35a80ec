import math

import pytest

from engine.errors import ParameterError
from engine.figure import Handle, Network
from engine.scene import changed, make_scene


def figure_of(**values: object):
    return make_scene("graph", values).figure()


def network(figure) -> Network:
    (found,) = (mark for mark in figure.panels[0].marks if isinstance(mark, Network))
    return found


def test_curriculum_19_a_neuron() -> None:
    values = figure_of(f="sigmoid(w x + b)", values="w=0.5; x=2; b=0.1").values()
    s = 1 / (1 + math.exp(-1.1))
    assert values["value"] == pytest.approx(s)
    assert round(values["slope_w"], 6) == 0.374740
    assert values["gradient"] == pytest.approx([2 * s * (1 - s), 0.5 * s * (1 - s), s * (1 - s)])


def test_values_run_forward_then_one_slope_at_a_time_back() -> None:
    """x² y at (3, 2): 9, 18; then 1; then y's 9, x²'s 2, and x's 2 · 6."""
    shown = {"f": "x^2 y", "values": "x=3; y=2"}
    scene = make_scene("graph", shown)
    playback = scene.playback()
    assert (playback.parameter, playback.start, playback.stop) == ("step", 0, 6)

    def row(step: int) -> list[tuple[str, str]]:
        nodes = network(changed(scene, {"step": step}).figure()).nodes
        return [(str(node.value or ""), str(node.slope or "")) for node in nodes]

    # x, x², y, x² y
    assert row(0) == [("3", ""), ("", ""), ("2", ""), ("", "")]
    assert row(1) == [("3", ""), ("9", ""), ("2", ""), ("", "")]
    assert row(2) == [("3", ""), ("9", ""), ("2", ""), ("18", "")]
    assert row(3)[3] == ("18", "∂ 1")
    assert row(4) == [("3", ""), ("9", "∂ 2"), ("2", ""), ("18", "∂ 1")]
    assert row(5)[2] == ("2", "∂ 9")
    assert row(6) == row(-1) == [("3", "∂ 12"), ("9", "∂ 2"), ("2", "∂ 9"), ("18", "∂ 1")]


def test_the_present_step_is_marked_and_told() -> None:
    figure = figure_of(f="x^2 y", values="x=3; y=2", step=6)
    graph = network(figure)
    assert [edge.state for edge in graph.edges] == ["active", "reached", "reached"]
    assert [str(edge.label) for edge in graph.edges] == ["6", "2", "9"]
    assert all(edge.backward for edge in graph.edges)
    assert figure.readout("local_slope").value == 6
    assert figure.readout("passed").value == figure.readout("gathered").value == 12
    # 2 · 6 = 12, with the numbers that stand on the screen
    assert figure.worked[0].endswith(r"2 \cdot 6 = 12")
    before = figure_of(f="x^2 y", values="x=3; y=2", step=5)
    assert "x^2*y has the slope 9 along y, which gets 9" in str(before.spoken)


def test_the_ledger() -> None:
    """x·x + 3x at 2: x is used in two places of x·x and once more, 2 + 2 + 3 = 7."""
    (table,) = figure_of(f="x x + 3x", values="x=2").tables
    assert [column.name for column in table.columns] == ["node", "value", "into", "local_slope", "adjoint"]
    assert list(table.rows()) == [
        ("x", 2.0, "x*x", 2.0, 7.0),
        ("x", 2.0, "x*x", 2.0, 7.0),
        ("x", 2.0, "3*x", 3.0, 7.0),
        ("x*x", 4.0, "x*x + 3*x", 1.0, 1.0),
        ("3*x", 6.0, "x*x + 3*x", 1.0, 1.0),
        ("x*x + 3*x", 10.0, "", 1.0, 1.0),
    ]


def test_two_edges_between_the_same_two_nodes_bend_apart() -> None:
    first, second = network(figure_of(f="x x", values="x=2")).edges
    assert (first.start, first.stop) == (second.start, second.stop)
    assert first.via != second.via


def test_a_part_is_asked_about_by_click_drag_and_key() -> None:
    scene = make_scene("graph", {"f": "sin(x) + y", "values": "x=0; y=5"})
    nodes = network(scene.figure()).nodes
    for place, node in enumerate(nodes, start=1):
        assert scene.clicked("graph", node.x + 0.1, node.y - 0.1) == {"node": place}
        assert scene.moved("node", node.x, node.y) == {"node": place}
    assert scene.nudged("node", 1, 0) == {"node": 2}
    assert scene.nudged("node", 0.1, 0) == {}
    assert scene.nudged("node", -1, 0) == {"node": len(nodes)}  # round and round
    asked = changed(scene, {"node": 2}).figure()
    assert asked.readout("node_value").value == 0.0
    assert str(asked.readout("node_value").label) == "value of sin(x)"
    (handle,) = (mark for mark in asked.panels[0].marks if isinstance(mark, Handle))
    assert "sin(x) is 0; the slope of f along it is 1" in str(handle.told)
    assert (network(asked).picked, asked.tables[0].highlighted) == (1, 1)


def test_a_variable_without_a_value_is_1_and_one_too_many_is_left_out() -> None:
    values = figure_of(f="x + 10y", values="x=2; q=7").values()
    assert values["value"] == 12
    assert (values["slope_x"], values["slope_y"]) == (1, 10)
    assert "slope_q" not in values


@pytest.mark.parametrize(
    ("f", "values", "has_value", "words"),
    [
        ("ln(x) + y", "x=-1; y=2", False, "ln(x) is not defined at these values."),
        ("y/x", "x=0; y=2", False, "not defined at these values, or too large"),
        ("3 relu(x)", "x=0", True, "relu(x) has no slope at these values."),
        ("step(x) + x", "x=0", True, "step(x) has no slope at these values."),
    ],
)
def test_what_is_missing_is_said_at_its_part(f: str, values: str, has_value: bool, words: str) -> None:
    figure = figure_of(f=f, values=values)
    assert (figure.readout("value").value is not None) == has_value
    assert figure.readout("slope_x").value is None
    assert words in str(figure.readout("slope_x").reason)
    assert str(figure.spoken)


def test_nothing_is_worked_out_behind_a_gap() -> None:
    scene = make_scene("graph", {"f": "sin(ln(x)) + 1", "values": "x=-1"})
    assert scene.playback().stop == 1
    nodes = network(scene.figure()).nodes
    assert [str(node.value) if node.value else "" for node in nodes] == ["−1", "—", "", ""]
    assert "ln(x) has no value here" in str(scene.figure().spoken)


def test_a_formula_without_variables() -> None:
    figure = figure_of(f="2 + 3", values="")
    assert figure.readout("value").value == 5
    assert figure.readout("gradient").value == []


@pytest.mark.parametrize(
    ("bad", "parameter"),
    [
        ({"values": "x"}, "values"),
        ({"values": "x = 1; x = 2"}, "values"),
        ({"values": "x = nothing"}, "values"),
        ({"values": "sin = 2"}, "values"),
        ({"values": "x = 1;" * 200}, "values"),
        ({"f": "x + y + z + w + b"}, "f"),
        ({"f": " + ".join(f"sin({k}x)" for k in range(1, 30))}, "f"),
        ({"step": -2}, "step"),
        ({"step": 1.5}, "step"),
        ({"node": 0}, "node"),
    ],
)
def test_refusals(bad: dict[str, object], parameter: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("graph", bad)
    assert refusal.value.parameter == parameter


def test_a_step_or_a_part_beyond_the_last_is_the_last() -> None:
    assert str(figure_of(step=99).spoken) == str(figure_of(step=-1).spoken)
    assert network(figure_of(node=99)).picked == 5


def test_a_formula_of_too_many_parts_is_refused() -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("graph", {"f": "sin(" * 45 + "x" + ")" * 45})
    assert "46 parts" in str(refusal.value)


def test_up_and_down_change_the_variable_asked_about() -> None:
    scene = make_scene("graph", {"f": "x y", "values": "x = 0.2", "node": 1})
    assert scene.nudged("node", 0, 1) == {"values": "x = 0.3"}
    assert scene.nudged("node", 0, -10) == {"values": "x = -0.8"}
    ungiven = changed(scene, {"node": 2})
    assert ungiven.nudged("node", 0, 1) == {"values": "x = 0.2; y = 1.1"}
    assert changed(scene, {"node": 3}).nudged("node", 0, 1) == {}  # x·y has no value of its own to change
