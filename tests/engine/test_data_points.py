import numpy as np
import pytest

from engine.csv_points import MAXIMUM_POINTS
from engine.data_points import (
    MAXIMUM_LENGTH,
    chosen_columns,
    clean_name,
    label_fault,
    made_data,
    parse_points,
    points_text,
)
from engine.errors import FormulaError, GradusError, LimitError, ParameterError


def test_points_as_people_type_them() -> None:
    expected = [[0.5, 1.2], [1, -2.1]]
    for typed in (
        "0.5 1.2; 1 -2.1",
        "0.5, 1.2; 1, -2.1;",
        "(0.5, 1.2); (1, −2.1)",
        ".5   1.2 ;1 -21e-1",
        "1/2 1.2; 1 -2.1",
        "0.5 1.2;\n1 -2.1;",
        "0.5 1.2\n1 -2.1",
        "0.5,1.2\n1,-2.1",
    ):
        assert parse_points(typed).values.tolist() == expected, typed
    assert parse_points("").values.shape == (0, 2)
    assert parse_points("  \n ").values.shape == (0, 2)
    assert parse_points("3 4").values.tolist() == [[3, 4]]
    assert parse_points("pi/2 sqrt(4)").values[0] == pytest.approx([np.pi / 2, 2])


def test_names_and_more_columns() -> None:
    found = parse_points("age, price, m2: 23 1.5 40; 31 2.25 70")
    assert found.names == ("age", "price", "m2")
    assert found.values.tolist() == [[23, 1.5, 40], [31, 2.25, 70]]
    assert parse_points("1 2 3; 4 5 6").values.shape == (2, 3)


@pytest.mark.parametrize(
    ("typed", "words", "marked"),
    [
        ("0.5 1.2; 1", "1 numbers where 2 are needed", " 1"),
        ("0.5 1.2; 1 2 3", "3 numbers where 2 are needed", " 1 2 3"),
        ("0.5 abc", None, "abc"),
        ("0.5 1e999", "too large", "1e999"),
        ("0.5 1e60", "too large", "1e60"),
        ("1 2 3 4 5 6 7 8 9", "at most 8", None),
        ("age: 1 2", "1 numbers|2 numbers|One name", None),
        ("a, a: 1 2", "one name", "a, a"),
        ("0.5 nan", None, "nan"),
        ("0.5 inf", None, "inf"),
    ],
)
def test_a_mistake_is_pointed_at(typed: str, words: str | None, marked: str | None) -> None:
    with pytest.raises(FormulaError) as refusal:
        parse_points(typed)
    start, stop = refusal.value.span
    if words is not None:
        assert any(part in str(refusal.value.what) for part in words.split("|"))
    if marked is not None:
        assert typed[start:stop].strip() in marked.strip()
    assert refusal.value.remedy is not None


def test_there_are_limits() -> None:
    with pytest.raises(LimitError):
        parse_points("1 2;" * (MAXIMUM_POINTS + 1))
    assert len(parse_points("1 2;" * MAXIMUM_POINTS).values) == MAXIMUM_POINTS
    with pytest.raises(LimitError):
        parse_points("1" * (MAXIMUM_LENGTH + 1))


def test_text_is_read_back_to_the_last_digit() -> None:
    values = np.random.default_rng(0).normal(size=(20, 3)) * 10.0 ** np.arange(-10, 10)[:, None]
    again = parse_points(points_text(("a b", "price (€)", "c"), values))
    assert np.array_equal(again.values, values)
    assert again.names == ("a b", "price (€)", "c")
    assert np.array_equal(parse_points(points_text((), values)).values, values)
    assert points_text((), np.array([[1.0, -0.5]])) == "1 -0.5"


@pytest.mark.parametrize("name", ["a:b;c,d", "  x\n y ", "", "12", "-3", "e", "x" * 500])
def test_any_name_survives(name: str) -> None:
    text = points_text((name, "other"), np.array([[1.0, 2.0]]))
    again = parse_points(text)
    assert again.values.tolist() == [[1, 2]]
    assert again.names == (clean_name(name), "other")


def test_columns_by_name_or_number() -> None:
    points = parse_points("age, price, size: 1 2 3")
    assert chosen_columns(points, "") == (0, 1, "age", "price")
    assert chosen_columns(points, "size, age") == (2, 0, "size", "age")
    assert chosen_columns(points, "3; 2") == (2, 1, "size", "price")
    assert chosen_columns(points, "PRICE, size")[:2] == (1, 2)
    assert chosen_columns(parse_points("1 2 3"), "3, 1") == (2, 0, "", "")
    for wrong in ("agee, price", "4, 1", "0, 1", "age", "age, price, size"):
        with pytest.raises(ParameterError) as refusal:
            chosen_columns(points, wrong)
        assert refusal.value.parameter == "columns"
        assert refusal.value.remedy is not None
    with pytest.raises(ParameterError, match="no names"):
        chosen_columns(parse_points("1 2"), "5, 1")


def test_made_points_scatter_about_the_truth() -> None:
    # curriculum 32: y = 2x + 1 with noise of 0.3, N = 200
    data = made_data(2, 1, 0.3, 200, 0, "linear")
    assert len(data) == 200
    assert np.abs(data.x).max() <= 1
    noise = data.y - (2 * data.x + 1)
    # four standard errors: 0.3/√200 of the mean, 0.3/√400 of the deviation
    assert abs(noise.mean()) < 4 * 0.3 / np.sqrt(200)
    assert noise.std() == pytest.approx(0.3, abs=4 * 0.3 / np.sqrt(400))
    (w, b), *_ = np.linalg.lstsq(np.column_stack((data.x, np.ones(200))), data.y, rcond=None)
    assert (w, b) == pytest.approx((2, 1), abs=0.15)


def test_made_points_depend_on_the_seed_and_stay_as_more_come() -> None:
    some, more = made_data(2, 1, 0.3, 20, 1, "linear"), made_data(2, 1, 0.3, 50, 1, "linear")
    assert np.array_equal(some.x, more.x[:20])
    assert np.array_equal(some.y, more.y[:20])
    assert not np.array_equal(some.x, made_data(2, 1, 0.3, 20, 2, "linear").x)
    exact = made_data(2, 1, 0, 30, 0, "linear")
    assert exact.y == pytest.approx(2 * exact.x + 1)


def test_made_labels() -> None:
    data = made_data(2, 1, 0, 100, 0, "logistic")
    assert np.array_equal(data.y, (data.x > -0.5).astype(float))
    assert label_fault(data) is None
    assert label_fault(made_data(2, 1, 0.3, 5, 0, "linear")) is not None


def test_a_csv_in_place_of_typed_points() -> None:
    assert parse_points("a;b\n0,5;1,2\n1,5;2,5\n").values.tolist() == [[0.5, 1.2], [1.5, 2.5]]
    with pytest.raises(GradusError, match="Line 3"):
        parse_points("a,b\n1,2\n1,x\n3,4\n")
