"""Typed values of variables: what can be written, and where a mistake is shown."""

import pytest

from engine.assignments import assignments_text, parse_assignments
from engine.errors import FormulaError, LimitError


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ()),
        (" ; ", ()),
        ("x=2", (("x", 2.0),)),
        ("x = 2; w = −0.5;", (("x", 2.0), ("w", -0.5))),
        ("x: 1e-3, w₁ = 2^3\nθ = 1/4", (("x", 0.001), ("w1", 8.0), ("theta", 0.25))),
    ],
)
def test_what_is_read(source, expected):
    assert parse_assignments(source) == expected


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x = 2; w", " w"),
        ("x = 0,5", "5"),  # a comma parts values
        ("2 = x", "2 = x"),
        ("x = 1; x = 2", " x = 2"),
        ("x = 1; sin = 2", " sin = 2"),
        ("x = 1; e = 2", " e = 2"),
        ("x = 1; y = q", "q"),
        ("x = 9^9^9^9", "9^9^9"),
        ("x = ().__class__", "."),
    ],
)
def test_a_mistake_is_shown_where_it_is(source, place):
    with pytest.raises(FormulaError) as refusal:
        parse_assignments(source)
    start, stop = refusal.value.span
    assert source[start:stop] == place
    assert str(refusal.value.remedy)


def test_limits():
    with pytest.raises(LimitError):
        parse_assignments("x = 1;" * 100)
    with pytest.raises(LimitError):
        parse_assignments(";".join(f"x{k} = 1" for k in range(17)))


@pytest.mark.parametrize("values", [(), (("x", 2.0),), (("x", -0.1), ("w1", 1e300), ("b", 1e-9))])
def test_written_values_are_read_back(values):
    assert parse_assignments(assignments_text(values)) == values
