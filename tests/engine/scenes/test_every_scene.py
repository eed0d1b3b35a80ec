"""What every scene must keep: a new file in engine/scenes is tested here without a line of its own."""

import contextlib
import io
import math

import msgspec
import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Arrows, Curve, Figure, Handle, View
from engine.scene import changed, make_scene, parameters, scene_class, scene_names, scene_values

NAMES = scene_names()


def numbers_on_axes(figure: Figure) -> list[float]:
    return [
        edge
        for panel in figure.panels
        for edge in (panel.view.x_low, panel.view.x_high, panel.view.y_low, panel.view.y_high)
    ]


def printed_values(code: str, labels: list[str]) -> dict[str, list[float]]:
    """Run a code view as a learner would, and read the numbers it prints behind the labels."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "code view", "exec"), {})  # our own text, made from checked nodes
    printed = {}
    for line in out.getvalue().splitlines():
        (label,) = (label for label in labels if line.startswith(f"{label} "))
        printed[label] = [float(cell) for cell in line.removeprefix(label).split()]
    return printed


@pytest.mark.parametrize("name", NAMES)
def test_is_found_by_its_name_and_has_words(name: str) -> None:
    scene = make_scene(name)
    assert scene.name == name
    assert scene_class(name) is type(scene)
    assert str(scene.title)
    assert str(scene.summary).endswith(".")
    assert scene.figure().panels


@pytest.mark.parametrize("name", NAMES)
def test_values_of_a_scene_make_it_again(name: str) -> None:
    scene = make_scene(name)
    again = msgspec.json.decode(msgspec.json.encode(scene_values(scene)))
    assert make_scene(name, again) == scene


@pytest.mark.parametrize("name", NAMES)
def test_axes_are_finite_and_the_sentence_is_whole(name: str) -> None:
    figure = make_scene(name).figure()
    assert all(map(math.isfinite, numbers_on_axes(figure)))
    sentence = str(figure.spoken)
    assert len(sentence) > 10
    assert sentence[-1] in ".!?"
    assert "{" not in sentence


@pytest.mark.parametrize("name", NAMES)
def test_mark_ids_are_unique_within_a_panel(name: str) -> None:
    for panel in make_scene(name).figure().panels:
        ids = [mark.id for mark in panel.marks]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_a_readout_without_a_value_says_why(name: str) -> None:
    for readout in make_scene(name).figure().readouts:
        assert readout.value is not None or readout.reason is not None


@pytest.mark.parametrize("name", NAMES)
def test_handles_stand_in_view_and_every_key_moves_what_they_set(name: str) -> None:
    scene = make_scene(name)
    for panel in scene.figure().panels:
        for handle in (mark for mark in panel.marks if isinstance(mark, Handle)):
            assert panel.view.x_low <= handle.x <= panel.view.x_high
            assert panel.view.y_low <= handle.y <= panel.view.y_high
            before = changed(scene, scene.moved(handle.id, handle.x, handle.y))
            for parameter in handle.parameters:
                was = getattr(scene, parameter)
                same = was if isinstance(was, str) else pytest.approx(was, rel=1e-9, abs=1e-9)
                assert getattr(before, parameter) == same
            moved = changed(scene, scene.nudged(handle.id, 1, 0))
            assert getattr(moved, handle.parameters[0]) != getattr(scene, handle.parameters[0])


@pytest.mark.parametrize("name", NAMES)
def test_playback_runs_from_end_to_end(name: str) -> None:
    scene = make_scene(name)
    playback = scene.playback()
    if playback is None:
        return
    for position in (0.0, 0.3, 1.0):
        value = playback.value(position)
        frame = changed(scene, {playback.parameter: value})
        assert frame.figure().panels
        assert playback.position(value) == pytest.approx(position, abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_a_view_moves_what_is_sampled(name: str) -> None:
    scene = make_scene(name)
    panel = scene.figure().panels[0]
    view = panel.view
    width = view.x_high - view.x_low
    beside = View(view.x_low + width, view.x_high + width, view.y_low, view.y_high)
    marks = scene.figure({panel.id: beside}).panels[0].marks
    sampled = [mark for mark in marks if isinstance(mark, (Curve, Arrows)) and len(mark.x) > 50]
    for mark in sampled:
        assert np.nanmax(mark.x) > view.x_high


@pytest.mark.parametrize("name", NAMES)
def test_the_code_view_runs_and_prints_the_numbers_on_screen(name: str) -> None:
    scene = make_scene(name)
    figure = scene.figure()
    shown = {readout.name: readout.value for readout in figure.readouts}
    for table in figure.tables:
        if table.name == "final":
            shown |= {row[0]: list(row[2:5]) for row in table.rows()}
    printed = printed_values(scene.code(), list(shown))
    assert printed
    for label, numbers in printed.items():
        expected = shown[label]
        assert expected is not None
        assert numbers == pytest.approx(expected if isinstance(expected, list) else [expected], rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "bad", [{"no_such_thing": 1}, {"f": ""}, {"f": "2 +"}, {"f": "().__class__"}, {"f": "q"}]
)
def test_bad_values_are_refused_in_words(name: str, bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene(name, bad)
    assert str(refusal.value)
    assert refusal.value.parameter in bad


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", ["abc", "", True, [1.0], math.nan, math.inf, "1e999"])
def test_no_number_takes_what_is_none(name: str, given: object) -> None:
    numbers = [
        parameter
        for parameter in parameters(scene_class(name)).values()
        if parameter.kind in ("number", "integer") and not parameter.optional
    ]
    for parameter in numbers:
        if parameter.domain.infinite and given == math.inf:
            assert getattr(make_scene(name, {parameter.name: given}), parameter.name) == math.inf
            continue
        with pytest.raises(ParameterError):
            make_scene(name, {parameter.name: given})
