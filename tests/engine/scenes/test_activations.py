import math

import mpmath
import numpy as np
import pytest

from engine.activations import NAMES
from engine.errors import ParameterError
from engine.figure import Curve, Figure, Handle, Label, Points, Rule
from engine.scene import make_scene


def figure(**values: object) -> Figure:
    return make_scene("activations", values).figure()


def table(shown: Figure, name: str) -> list[tuple[object, ...]]:
    (found,) = (each for each in shown.tables if each.name == name)
    return list(found.rows())


def sigmoid(x: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-x))


TEXTBOOK = {
    "sigmoid": sigmoid,
    "tanh": mpmath.tanh,
    "gelu": lambda x: x * mpmath.ncdf(x),
    "silu": lambda x: x * sigmoid(x),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "leaky-relu": lambda x: x if x > 0 else x / 100,
    "step": lambda x: mpmath.mpf(1 if x >= 0 else 0),
    "power": lambda x: x**2,
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
}


# Where the second derivative is 0: φ(x)(2 − x²) for GELU, so √2; x tanh(x/2) = 2 for SiLU.
ROOT = mpmath.sqrt(2)
GELU_LARGEST = float(mpmath.ncdf(ROOT) + ROOT * mpmath.npdf(ROOT))
SILU_STEEPEST = float(mpmath.findroot(lambda x: x * mpmath.tanh(x / 2) - 2, 2.4))
SILU_LARGEST = float(mpmath.diff(TEXTBOOK["silu"], SILU_STEEPEST))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [0.75, 2.5])
def test_values_and_slopes_are_those_of_the_textbook(name: str, x: float) -> None:
    values = figure(activation=name, x=x).values()
    assert values["value"] == pytest.approx(float(TEXTBOOK[name](mpmath.mpf(x))), rel=1e-14)
    assert values["slope"] == pytest.approx(float(mpmath.diff(TEXTBOOK[name], x)), rel=1e-12, abs=1e-14)
    assert values["numeric_slope"] == pytest.approx(values["slope"], abs=1e-8)


@pytest.mark.parametrize(
    ("name", "largest", "place"),
    [
        ("sigmoid", 0.25, 0),
        ("tanh", 1, 0),
        ("relu", 1, None),
        ("leaky-relu", 1, None),
        ("softplus", 1, None),
        ("step", 0, None),
        ("sin", 1, 0),
        ("gelu", GELU_LARGEST, math.sqrt(2)),
        ("silu", SILU_LARGEST, SILU_STEEPEST),
    ],
)  # fmt: skip
def test_the_largest_slope(name: str, largest: float, place: float | None) -> None:
    values = figure(activation=name).values()
    assert values["largest_slope"] == pytest.approx(largest, abs=1e-12)
    if place is None:
        assert values["largest_at"] is None
    else:
        # a maximum is flat: its place is known to half of the digits only
        assert values["largest_at"] == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "n"), [("power", 2), ("power", 3), ("power", -1), ("power", 0.5), ("exp", 2), ("ln", 2)]
)
def test_slopes_without_a_largest(name: str, n: float) -> None:
    shown = figure(activation=name, n=n)
    assert shown.values()["largest_slope"] == math.inf
    assert "without bound" in str(shown.readout("largest_at").reason)
    assert shown.readout("best_product").value is None


def test_a_straight_line_is_as_steep_everywhere() -> None:
    assert figure(activation="power", n=1).values()["largest_slope"] == 1


def test_relu_at_its_corner() -> None:
    shown = figure(activation="relu", x=0)
    values = shown.values()
    assert values["slope"] is None
    assert "no slope at 0" in str(shown.readout("slope").reason)
    assert (values["left_slope"], values["right_slope"], values["numeric_slope"]) == (0, 1, 0.5)
    assert "just left it is 0, just right 1" in str(shown.spoken)
    assert not [mark for mark in shown.panel("slope").marks if isinstance(mark, Handle)]
    assert not [mark for mark in shown.panel("curve").marks if isinstance(mark, Rule)]


def test_dead_units() -> None:
    assert figure(activation="relu", x=-0.5).values()["dead"] is True
    assert figure(activation="relu", x=0.5).values()["dead"] is False
    assert figure(activation="leaky-relu", x=-0.5).values()["dead"] is False
    assert figure(activation="step", x=2).values()["dead"] is True
    assert figure(activation="cos", x=0).values()["dead"] is False  # level, but only at that point


def test_slopes_multiply_through_layers() -> None:
    shown = figure(activation="sigmoid", x=0, depth=3)
    # 0 → ½ → σ(½) → …: the slopes are σ(1 − σ)
    a, product = 0.0, 1.0
    rows = table(shown, "layers")
    assert [row[0] for row in rows] == [1, 2, 3]
    for _, entering, slope, so_far in rows:
        assert entering == pytest.approx(a)
        a = 1 / (1 + math.exp(-a))
        product *= a * (1 - a)
        assert slope == pytest.approx(a * (1 - a))
        assert so_far == pytest.approx(product)
    assert shown.values()["chain_slope"] == pytest.approx(product)
    assert shown.values()["best_product"] == 0.25**3


def test_a_weight_stretches_each_layer() -> None:
    values = figure(activation="relu", x=0.5, depth=10, weight=2).values()
    assert (values["chain_slope"], values["best_product"]) == (1024, 1024)


def test_a_dead_stack_says_so() -> None:
    shown = figure(activation="relu", x=-1, depth=5)
    assert shown.values()["chain_slope"] == 0
    (note,) = (mark for mark in shown.panel("depth").marks if isinstance(mark, Label))
    assert "0" in str(note.label)


def test_layers_that_leave_the_domain() -> None:
    shown = figure(activation="ln", x=2, depth=5)
    assert shown.values()["chain_slope"] is None
    assert shown.readout("chain_slope").reason is not None
    for panel in shown.panels:
        assert np.isfinite([panel.view.y_low, panel.view.y_high]).all()


def test_the_layers_take_the_place_of_the_slopes() -> None:
    assert [panel.id for panel in figure().panels] == ["curve", "slope"]
    assert [panel.id for panel in figure(depth=2).panels] == ["curve", "depth"]
    deep = figure(depth=200, activation="sigmoid")
    (bound,) = (mark for mark in deep.panel("depth").marks if mark.id == "bound")
    assert isinstance(bound, Curve)
    assert bound.y[:3] == pytest.approx([0.25, 0.0625, 0.015625])


def test_outside_the_domain_is_said() -> None:
    shown = figure(activation="ln", x=-1)
    assert str(shown.spoken) == "At x = −1, logarithm ln x is not defined."
    assert shown.values()["slope"] is None
    assert shown.values()["numeric_slope"] is None


def test_the_gallery_has_every_function_at_this_input() -> None:
    rows = table(figure(x=0.3, activation="gelu"), "gallery")
    assert [row[0] for row in rows] == list(NAMES)
    for name, value, slope, numeric, _ in rows:
        assert value == pytest.approx(float(TEXTBOOK[str(name)](mpmath.mpf(0.3))), rel=1e-12)
        assert slope == pytest.approx(numeric, abs=1e-8)
    (gallery,) = (each for each in figure(x=0.3, activation="gelu").tables if each.name == "gallery")
    assert gallery.highlighted is not None
    assert rows[gallery.highlighted][0] == "gelu"


def test_a_prediction_stands_in_the_picture() -> None:
    shown = figure(guess=3)
    (guess,) = (mark for mark in shown.panel("slope").marks if mark.id == "guess")
    assert isinstance(guess, Points)
    assert shown.panel("slope").view.y_high > 3


def test_the_worked_lines_name_the_rule() -> None:
    lines = figure(activation="power", n=3, x=2).worked
    assert lines == (r"f(x) = x^{3}", r"f'(x) = 3 x^{2}", r"f'\left(2\right) = 12")


@pytest.mark.parametrize(
    "bad",
    [{"activation": "swish"}, {"depth": 0}, {"depth": 1e9}, {"n": 100}, {"x": "nan"}, {"weight": "inf"}],
)
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        figure(**bad)
    assert refusal.value.parameter in bad


def test_what_is_not_drawn_is_not_told() -> None:
    hidden = figure(slopes=False, x=0, guess=0.5)
    assert str(hidden.spoken) == "At x = 0, sigmoid is 0.5."
    assert [panel.id for panel in hidden.panels] == ["curve"]
    assert "tangent" not in {mark.id for mark in hidden.panel("curve").marks}
    (guess,) = (mark for mark in hidden.panel("curve").marks if mark.id == "guess")
    assert isinstance(guess, Rule)
    assert (guess.x, guess.y, guess.slope) == (0, 0.5, 0.5)
