import math

import pytest

from engine.errors import ParameterError
from engine.figure import Handle
from engine.scene import changed, make_scene


def values(**given: object) -> dict[str, object]:
    return make_scene("derivation", given).figure().values()


@pytest.mark.parametrize(
    ("f", "x0", "derivative", "slope"),
    [
        ("6", 1, "0", 0.0),
        ("x^4", 2, "4*x^3", 32.0),
        ("3x^4", 1, "12*x^3", 12.0),
        ("3x^4 + 4x", 1, "12*x^3 + 4", 16.0),
        ("sqrt(x)", 4, "1/(2*sqrt(x))", 0.25),
        ("1/x", 2, "-1/x^2", -0.25),
        ("(x-2)(x+3)", 1, "2*x + 1", 3.0),
        ("x^2/(x+1)", 1, "(x^2 + 2*x)/(x + 1)^2", 0.75),
        ("tan(x)", 0.5, "1/cos(x)^2", 1 / math.cos(0.5) ** 2),
        ("tan(x)", 1, "1/cos(x)^2", 1 / math.cos(1) ** 2),
        ("2^x", 0, "ln(2)*2^x", math.log(2)),
        ("tanh(x)", 1, "1 - tanh(x)^2", 1 / math.cosh(1) ** 2),
    ],
)
def test_curriculum_16_to_20(f: str, x0: float, derivative: str, slope: float) -> None:
    found = values(f=f, x0=x0)
    assert found["derivative"] == derivative
    assert found["slope"] == pytest.approx(slope, rel=1e-12, abs=1e-12)
    assert found["central"] == pytest.approx(slope, rel=1e-8, abs=1e-8)
    assert found["error"] < 1e-7


@pytest.mark.parametrize("f", ["3", "3x", "x^2"])
def test_curriculum_7(f: str) -> None:
    by_limit, by_rules = (values(f=f, method=method) for method in ("first-principles", "rules"))
    assert by_limit["derivative"] == by_rules["derivative"]


def test_the_table_holds_the_lines_as_far_as_they_are_on_show() -> None:
    (table,) = make_scene("derivation", {"f": "x^2 sin(x)"}).figure().tables
    assert [column.name for column in table.columns] == ["line", "rule", "expression"]
    assert list(table.rows()) == [
        (0, "what is asked", "(x^2*sin(x))'"),
        (1, "product rule", "(x^2)'*sin(x) + x^2*(sin(x))'"),
        (2, "power rule", "2*x*sin(x) + x^2*(sin(x))'"),
        (3, "table of derivatives", "2*x*sin(x) + x^2*cos(x)"),
    ]
    (table,) = make_scene("derivation", {"f": "x^2 sin(x)", "step": 1}).figure().tables
    assert len(table) == 2
    assert table.highlighted == 1


def test_a_step_beyond_the_last_is_the_last() -> None:
    assert values(f="x^2", step=99)["step"] == values(f="x^2", step=-1)["step"] == 1.0


def test_the_curve_of_the_slope_appears_with_the_last_line() -> None:
    def ids(step: int) -> set[str]:
        return {mark.id for mark in make_scene("derivation", {"step": step}).figure().panels[0].marks}

    assert "slope" not in ids(2)
    assert {"slope", "slope at x0"} <= ids(3)


def test_the_sentence_says_the_rule_and_what_it_did() -> None:
    spoken = [
        str(make_scene("derivation", {"f": "sin(x^2)", "step": step}).figure().spoken) for step in range(4)
    ]
    assert spoken[0] == "What is asked: the derivative of sine of x squared. It takes 3 lines."
    assert "chain rule" in spoken[1]
    assert spoken[2] == ("Line 2 of 3, power rule: the derivative of x squared is 2 times x.")
    assert spoken[3].endswith("That is the derivative.")


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"f": "sin(x)", "method": "first-principles"}, "x^3 - 2x"),
        ({"f": "+".join(["x"] * 400)}, "shorter"),
        ({"step": -2}, ""),
        ({"step": 1.5}, ""),
        ({"method": "magic"}, ""),
    ],
)
def test_what_has_no_lines_is_refused_with_a_remedy(given: dict[str, object], remedy: str) -> None:
    with pytest.raises(ParameterError) as refused:
        make_scene("derivation", given)
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    ("f", "x0", "words"), [("|x|", 0, "no slope"), ("ln(x)", -1, "not defined"), ("1/x", 0, "not defined")]
)
def test_where_there_is_no_slope_it_is_said(f: str, x0: float, words: str) -> None:
    figure = make_scene("derivation", {"f": f, "x0": x0}).figure()
    assert figure.readout("slope").value is None
    assert words in str(figure.readout("slope").reason)
    handle = next(mark for mark in figure.panels[0].marks if isinstance(mark, Handle))
    assert math.isfinite(handle.y)


def test_the_point_is_dragged_and_other_letters_work() -> None:
    scene = make_scene("derivation", {"f": "θ^2"})
    assert scene.moved("x0", 2.5, 9) == {"x0": 2.5}
    moved = changed(scene, {"x0": 2.5}).figure()
    assert moved.values()["slope"] == 5
    assert moved.panels[0].x_axis.latex == r"\theta"
    assert moved.values()["derivative"] == "2*theta"


def test_the_point_has_the_letter_of_the_formula() -> None:
    assert make_scene("derivation", {"f": "w^2 - 6w + 9"}).symbol("x0") == "w_0"
    assert make_scene("derivation", {"f": "x^2"}).symbol("x0") == "x_0"
