import math

import numpy as np
import pytest
from test_every_scene import printed_values

from engine.errors import ParameterError
from engine.figure import Curve, Figure, Handle, Points, Rule, Span
from engine.scene import changed, make_scene

ALL = "forward central complex_step reverse"


def figure(**values: object) -> Figure:
    return make_scene("difference-error", values).figure()


def marks(panel: str, **values: object) -> dict[str, object]:
    return {mark.id: mark for mark in figure(**values).panel(panel).marks}


def test_curriculum_13() -> None:
    at_16, at_15 = figure(f="x^2", x0=3, h=1e-16).values(), figure(f="x^2", x0=3, h=1e-15).values()
    assert at_16["forward"] == 0.0
    assert at_15["forward"] == at_15["central"] == 5.329070518200751
    assert at_15["spacing_f"] == pytest.approx(1.776e-15, rel=1e-3)  # 2⁻⁴⁹, between 8 and 16
    assert at_15["rise"] == 3 * 2.0**-49
    assert at_15["dominates"] == "round-off"
    assert figure(h=1e-16).values()["one_plus_h"] == 1.0
    assert figure(h=1e-16).values()["epsilon"] == 2.0**-52
    assert figure(precision="float32").values()["epsilon"] == 2.0**-23


def test_curriculum_14() -> None:
    values = figure(f="sin(x)", x0=1).values()
    # f = −f″, and f/f‴ = −tan 1
    forward, central = 2 * math.sqrt(2.0**-52), math.cbrt(3 * 2.0**-52 * math.tan(1))
    assert values["predicted_h_forward"] == pytest.approx(forward, rel=1e-12)
    assert values["predicted_h_central"] == pytest.approx(central, rel=1e-12)
    assert forward / 4 < float(str(values["best_h_forward"])) < forward * 4
    assert central / 4 < float(str(values["best_h_central"])) < central * 4


def test_a_parabola_has_no_best_h_for_the_central_difference() -> None:
    shown = figure(f="x^2", x0=3)
    for name in ("best_h_central", "predicted_h_central"):
        assert shown.readout(name).value is None
        assert "no truncation" in str(shown.readout(name).reason)
    assert shown.readout("best_h_forward").value is not None


@pytest.mark.parametrize("f", ["x^2", "sin(x)"])
@pytest.mark.parametrize("x0", [0, 1, 2, 3, "pi/4", "pi/2", "pi"])
def test_curriculum_12(f: str, x0: object) -> None:
    known = {"x^2": lambda x: 2 * x, "sin(x)": math.cos}[f]
    values = figure(f=f, x0=x0, h=1e-3, schemes=ALL).values()
    at = make_scene("difference-error", {"f": f, "x0": x0}).x0  # type: ignore[attr-defined]
    assert values["forward"] == pytest.approx(known(at), abs=1.1e-3)
    assert values["central"] == pytest.approx(known(at), abs=2e-7)
    for scheme in ("complex_step", "reverse"):
        assert values[scheme] == pytest.approx(known(at), abs=2e-7 if scheme == "complex_step" else 1e-15)


def test_the_table_is_long_with_the_present_h_in_it() -> None:
    (table,) = figure(f="x^2", x0=3, h=2e-4, schemes="forward central").tables
    assert [column.name for column in table.columns] == ["h", "scheme", "estimate", "error"]
    rows = list(table.rows())
    assert table.highlighted is not None
    assert rows[table.highlighted][:2] == (2e-4, "forward")
    by_place = {row[:2]: row[2:] for row in rows}
    assert by_place[1e-15, "forward"][0] == 5.329070518200751
    assert by_place[1e-16, "central"] == (0.0, 6.0)
    assert by_place[1.0, "forward"] == (7.0, 1.0)


def test_errors_that_are_zero_stand_in_a_strip_that_says_so() -> None:
    found = marks("errors", f="x^2", x0=3, schemes="reverse")
    zero, strip = found["zero reverse"], found["strip"]
    assert isinstance(zero, Curve)
    assert isinstance(strip, Span)
    known = zero.y[np.isfinite(zero.y)]
    assert ((strip.low < known) & (known < strip.high)).all()
    drawn = found["error reverse"]
    assert isinstance(drawn, Curve)
    assert np.isnan(drawn.y).all()
    assert "strip" not in marks("errors", f="sin(x)", schemes="reverse")  # cos 1 is no float


def test_an_error_that_is_not_known_is_a_gap() -> None:
    # ln(2 − h) has no value from h = 2 on: with h up to 20, the central difference has a gap there
    found = marks("errors", f="ln(x)", x0=1, schemes="central", h=1e-3)["error central"]
    assert isinstance(found, Curve)
    assert np.isnan(found.y[found.x > 1.01]).all()
    assert np.isfinite(found.y[(found.x > 0.01) & (found.x < 0.99)]).all()


def test_truncation_and_round_off_are_drawn_with_their_slopes() -> None:
    found = marks("errors", f="sin(x)", x0=1)
    for name, slope in (("truncation forward", 1), ("truncation central", 2), ("round-off forward", -1)):
        line = found[name]
        assert isinstance(line, Curve)
        assert np.diff(np.log(line.y)) / np.diff(np.log(line.x)) == pytest.approx(slope, rel=1e-9)
    forward = found["truncation forward"]
    assert isinstance(forward, Curve)
    assert forward.y[-1] / forward.x[-1] == pytest.approx(math.sin(1) / 2)  # |f″|/2


def test_the_staircase_has_steps_of_the_spacing_of_floats() -> None:
    # near 9 floats are 2⁻⁴⁹ apart, near 3 they are 2⁻⁵¹
    stair = marks("close", f="x^2", x0=3, h=1e-15)["computed"]
    assert isinstance(stair, Curve)
    steps = np.unique(stair.y)
    assert 5 < len(steps) < 30
    assert (steps / 2.0**-49 % 1 == 0).all()
    treads = stair.x[np.flatnonzero(np.diff(stair.y))]
    assert np.diff(treads).min() > 2.0**-51 * 0.95


def test_the_tangent_and_the_secant_of_the_leading_scheme_stand_beside_it() -> None:
    found = marks("close", f="x^2", x0=3, h=1e-15, schemes="central")
    tangent, secant = found["tangent"], found["secant"]
    assert isinstance(tangent, Rule)
    assert isinstance(secant, Rule)
    assert (tangent.slope, secant.slope) == (6.0, 5.329070518200751)
    ends = found["ends"]
    assert isinstance(ends, Points)
    assert ends.x.tolist() == [-1e-15, 1e-15]


def test_zoom_holds_the_second_panel_still_and_its_point_can_be_dragged() -> None:
    scene = make_scene("difference-error", {"zoom": 0.5, "h": 0.25})
    view = scene.figure().panel("close").view
    assert (view.x_low, view.x_high) == (-0.5, 0.5)
    assert changed(scene, {"h": 0.1}).figure().panel("close").view == view
    assert isinstance(marks("close", zoom=0.5, h=0.25)["second"], Handle)
    assert "second" not in marks("close", h=0.25)  # the panel follows h: dragging in it would run away
    assert scene.moved("second", -0.2, 0) == {"h": 0.2}
    assert scene.moved("h", 1e-7, 3.0) == {"h": 1e-7}
    assert scene.moved("h", 0.0, 3.0) == {}


def test_the_second_panel_can_be_left_out() -> None:
    assert [panel.id for panel in figure(close=False).panels] == ["errors"]


def test_the_sentence_names_causes_only_where_they_are_drawn() -> None:
    assert "(truncation)" in str(figure(h=0.1).spoken)
    assert "truncation" not in str(figure(h=0.1, slopes=False).spoken)


def test_a_prediction_and_the_other_precision_stand_in_the_picture() -> None:
    found = marks("errors", guess=1e-9, beside=True)
    guess = found["guess"]
    assert isinstance(guess, Rule)
    assert guess.x == 1e-9
    ghost, own = found["ghost forward"], found["error forward"]
    assert isinstance(ghost, Curve)
    assert isinstance(own, Curve)
    assert np.nanmin(ghost.y) > 100 * np.nanmin(own.y)
    assert "guess" not in marks("errors")


def test_a_single_precision_picture_ends_where_single_precision_does() -> None:
    narrow = figure(precision="float32").panel("errors").view
    assert narrow.x_low == pytest.approx(1e-10)
    assert figure(precision="float32", beside=True).panel("errors").view.x_low < 1e-16


@pytest.mark.parametrize(
    ("values", "readout", "words"),
    [
        ({"f": "ln(x)", "x0": -1}, "forward", "not defined at −1"),
        ({"f": "ln(x)", "x0": 0.5, "h": 1}, "central", "not defined at −0.5"),
        ({"f": "abs(x)", "x0": 0}, "error_forward", "no slope at 0"),
        ({"f": "floor(x)", "x0": 1}, "reverse", "no slope at 1"),
        ({"f": "x^2", "h": 1e200}, "forward", "too large"),
        ({"f": "x^2", "h": 1e-60, "precision": "float32"}, "forward", "became 0"),
        ({"f": "1/x", "x0": 0}, "slope", "not defined at 0"),
    ],
)
def test_what_is_missing_is_said(values: dict[str, object], readout: str, words: str) -> None:
    shown = figure(**values)
    assert shown.readout(readout).value is None
    assert words in str(shown.readout(readout).reason)
    assert str(shown.spoken)


def test_at_a_corner_a_quotient_has_a_value_and_no_error() -> None:
    shown = figure(f="abs(x)", x0=0, h=0.5)
    assert shown.values()["forward"] == 1.0
    assert shown.values()["central"] == 0.0
    assert shown.values()["error_forward"] is None
    assert "no error can be measured" in str(shown.spoken)


def test_the_point_tells_its_h_alone_where_no_error_is_known() -> None:
    corner = marks("errors", f="abs(x)", x0=0, h=0.25)["h"]
    assert isinstance(corner, Handle)
    assert str(corner.told) == "h = 0.25"
    smooth = marks("errors", f="sin(x)", x0=1, h=0.25)["h"]
    assert isinstance(smooth, Handle)
    assert smooth.told is None  # its place is h and the error


@pytest.mark.parametrize("h", [0, -1, "0", 1e-400])
def test_h_is_positive(h: object) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("difference-error", {"h": h})
    assert refusal.value.parameter == "h"


@pytest.mark.parametrize("f", ["5", "x", "0/0 x", "tan(x)", "1e300 x^2", "1e-300 x^2", "sin(1/x)", "e^(e^x)"])
@pytest.mark.parametrize("x0", [0, 3, 1e8, -1e-8])
@pytest.mark.parametrize("h", [5e-324, 1e-9, 1e9])
@pytest.mark.filterwarnings("error")
def test_every_function_has_a_picture(f: str, x0: float, h: float) -> None:
    for precision in ("float64", "float32"):
        shown = figure(f=f, x0=x0, h=h, schemes=ALL, precision=precision)
        for panel in shown.panels:
            view = panel.view
            assert view.x_low < view.x_high
            assert view.y_low < view.y_high
            assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))
        for readout in shown.readouts:
            assert (readout.value is None) == (readout.reason is not None), readout.name
        assert str(shown.spoken)


def test_no_scheme_at_all_is_still_a_picture() -> None:
    shown = figure(schemes="")
    assert "No scheme" in str(shown.spoken)
    assert len(shown.tables[0]) == 0
    assert marks("errors", schemes="")["h"]


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("difference-error", {"schemes": "forward backwards"})
    assert refusal.value.parameter == "schemes"
    assert "backwards" in str(refusal.value)


@pytest.mark.parametrize("h", [0.1, 1e-8, 1e-13])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_the_code_prints_the_very_digits_on_screen(h: float, precision: str) -> None:
    scene = make_scene(
        "difference-error",
        {"f": "x^3 - sin(x)", "h": h, "precision": precision, "schemes": "complex_step forward central"},
    )
    shown = scene.figure().values()
    for name, (value,) in printed_values(scene.code(), list(shown)).items():
        if name == "complex_step":  # one complex number is multiplied otherwise than many
            assert value == pytest.approx(shown[name], rel=4 * float(np.finfo(precision).eps))
        else:
            assert value == shown[name]


def test_a_frame_that_moves_h_keeps_the_curves() -> None:
    scene = make_scene("difference-error", {"schemes": ALL})
    before = {mark.id: mark for mark in scene.figure().panel("errors").marks}
    after = {mark.id: mark for mark in changed(scene, {"h": 1e-5}).figure().panel("errors").marks}
    for name in ("error forward", "error reverse", "truncation central", "best forward"):
        assert after[name] is before[name]
