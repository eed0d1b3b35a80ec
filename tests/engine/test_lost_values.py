import pytest

from engine.function import function
from engine.lost_values import lost_slope, lost_value


@pytest.mark.parametrize(
    ("source", "place", "kind", "why"),
    [
        ("y + 3ln(x)", (-0.3, 1.0), "undefined", "ln(x) would be the natural logarithm of −0.3"),
        ("ln(x) + y", (0.0, 1.0), "pole", "ln(x) would be the natural logarithm of 0"),
        ("x sqrt(y - 2)", (1.0, 0.5), "undefined", "sqrt(y - 2) would be the square root of −1.5"),
        ("1/x + y^2", (0.0, 1.0), "pole", "1/x divides 1 by 0"),
        ("y (x/x)", (0.0, 1.0), "undefined", "x/x divides 0 by 0"),
        ("x^(-2) + y", (0.0, 1.0), "pole", "x^(-2) divides by 0"),
        ("x^y", (-2.0, 0.5), "undefined", "x^y would be −2 to the power 0.5"),
        ("log(x, y)", (-2.0, 0.5), "undefined", "log(x, y) would be the logarithm to base 0.5 of −2"),
        ("exp(x) + y", (800.0, 0.0), "overflow", "exp(x) is larger than any number that a computer holds"),
        ("x^2 + y", (1e200, 0.0), "overflow", "x^2 is larger than any number that a computer holds"),
        ("asin(x) + ln(y)", (1.5, -1.0), "undefined", "asin(x) would be arc sine of 1.5"),
    ],
)
def test_the_first_part_without_a_value_is_named(source, place, kind, why) -> None:
    lost = lost_value(function(source, ["x", "y"]), place)
    assert lost is not None
    assert (lost.kind, str(lost.why)) == (kind, why)


def test_what_only_passes_the_loss_on_is_not_named() -> None:
    lost = lost_value(function("exp(sin(ln(x))) + y", ["x", "y"]), (-1.0, 1.0))
    assert str(lost.why).startswith("ln(x)")


def test_where_f_has_a_value_nothing_is_lost() -> None:
    assert lost_value(function("ln(x) + y", ["x", "y"]), (1.0, 1.0)) is None


def test_a_long_part_is_not_written_out() -> None:
    source = "sqrt(" + " + ".join(f"x^{n}" for n in range(2, 20)) + " + y)"
    assert str(lost_value(function(source, ["x", "y"]), (0.0, -1.0)).why).startswith("a part of f would be")


def test_an_upright_slope() -> None:
    assert str(lost_slope(function("sqrt(x) + y", ["x", "y"]), (0.0, 1.0))).startswith("sqrt(x) has no")
    assert "multiply" in str(lost_slope(function("(x^2)^2 y^2", ["x", "y"]), (1e76, 1e4)))
