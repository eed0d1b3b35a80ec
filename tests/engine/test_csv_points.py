from pathlib import Path

import numpy as np
import pytest

from engine import csv_points
from engine.csv_points import MAXIMUM_POINTS, points_of_file, points_of_text
from engine.errors import GradusError, StorageError

EXPECTED = [[0.5, 1.2], [1.5, -2.5], [3.0, 4.25]]


@pytest.mark.parametrize(
    "text",
    [
        "0.5,1.2\n1.5,-2.5\n3,4.25\n",
        "0.5, 1.2\n1.5, −2.5\n3, 4.25",
        "0.5;1.2\r\n1.5;-2.5\r\n3;4.25\r\n",
        "0,5;1,2\n1,5;-2,5\n3;4,25\n",
        "0.5\t1.2\n1.5\t-2.5\n3\t4.25\n",
        "0,5\t1,2\n1,5\t-2,5\n3\t4,25\n",
        "0.5|1.2\n1.5|-2.5\n3|4.25\n",
        "0.5 1.2\n1.5   -2.5\n  3 4.25\n",
        "0,5 1,2\n1,5 -2,5\n3 4,25\n",
        '"0.5","1.2"\n"1.5","-2.5"\n"3","4.25"\n',
        '"0,5","1,2"\n"1,5","-2,5"\n"3","4,25"\n',
        "\ufeff0.5,1.2\n1.5,-2.5\n3,4.25\n",
        "\n0.5,1.2\n\n1.5,-2.5\n,\n3,4.25\n\n",
        "5e-1,1.2E0\n+1.5,-2.5\n3.,4.25\n",
        "sep=;\n0,5;1,2\n1,5;-2,5\n3;4,25\n",
    ],
)
def test_however_it_is_written(text: str) -> None:
    found = points_of_text(text)
    assert found.values.tolist() == EXPECTED
    assert (found.names, found.rows, found.blank, found.others) == ((), 3, 0, ())


def test_a_header_names_the_columns() -> None:
    found = points_of_text("age;price\n0,5;1,2\n1,5;-2,5\n3;4,25\n")
    assert found.names == ("age", "price")
    assert found.values.tolist() == EXPECTED
    assert points_of_text("sep=;\na;b\n1;2\n3;4").names == ("a", "b")


def test_columns_of_words_are_left_out_and_named() -> None:
    text = "name,born,age,price\nAnn,2001-05-03,23,1.5\nBob,1993-01-01,31,2.25\n"
    found = points_of_text(text)
    assert found.names == ("age", "price")
    assert found.others == ("name", "born")
    assert found.values.tolist() == [[23, 1.5], [31, 2.25]]


def test_more_columns_of_numbers_are_kept_up_to_a_limit() -> None:
    head, row = ",".join(f"c{k}" for k in range(12)), ",".join(map(str, range(12)))
    found = points_of_text(f"{head}\n{row}\n{row}\n")
    assert found.names == tuple(f"c{k}" for k in range(csv_points.MAXIMUM_COLUMNS))
    assert found.others == ("c8", "c9", "c10", "c11")
    assert points_of_text("a,a,a\n1,2,3\n4,5,6").names == ("a", "a 2", "a 3")
    assert points_of_text("a,,c\n1,2,3\n4,5,6").names == ("a", "#2", "c")


def test_thousands_are_read() -> None:
    assert points_of_text('a,b\n"1,234.5",2\n3,"12,000"\n').values.tolist() == [[1234.5, 2], [3, 12000]]
    assert points_of_text("a;b\n1.234,5;2\n3,5;4\n").values.tolist() == [[1234.5, 2], [3.5, 4]]


def test_a_missing_value_leaves_its_row_out_and_is_counted() -> None:
    found = points_of_text("a,b\n1,2\n3,\n,4\n5\n6,7\n")
    assert found.values.tolist() == [[1, 2], [6, 7]]
    assert (found.rows, found.blank) == (2, 3)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "nothing in it"),
        (" \n\n", "nothing in it"),
        ("sep=;\n", "nothing in it"),
        ("some words\nand more\n", "words, and no numbers"),
        ("a,b\n", "words, and no numbers"),
        ("price\n1\n2\n3\n", "one column holds numbers"),
        ("a,b\nAnn,1\nBob,2\n", "one column holds numbers"),
        ("a,b\n1,2\n", "one row"),
        ("1,2\n", "one row"),
        ("a,b\n1,\n,2\n3,\n", "No row has numbers"),
        ("a,b\n1,2\n3,oops\n4,5\n", "Line 3, b: “oops”"),
        ("a,b\n1,2\n\n3,4\nx,5\n", "Line 5, a: “x”"),
        ('a,b,note\n1,2,"two\nlines"\n3,?,ok\n4,5,ok\n', "Line 4, b: “?”"),
        ("a,b\n1,2\n3,nan\n4,5\n", "Line 3, b: nan has no place"),
        ("a,b\n-inf,2\n3,4\n4,5\n", "Line 2, a: -inf has no place"),
        ("a,b\n1,2\n3,1e99\n", "Line 3, b: 1e99 is too large"),
        ("a,b\n1,2\n3,1e999\n", "Line 3, b: 1e999 is too large"),
        ("1,2\n3,oops\n4,5\n", "Line 2, #2: “oops”"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_line(text: str, what: str) -> None:
    with pytest.raises(GradusError) as refusal:
        points_of_text(text)
    assert what in str(refusal.value.what)
    assert refusal.value.remedy is not None


def test_a_quotation_mark_that_is_never_closed() -> None:
    with pytest.raises(GradusError, match="quotation mark"):
        points_of_text('a,b\n1,2\n"3,4\n' + "5,6\n" * 100_000)


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content)
    return path


def test_a_file(tmp_path: Path) -> None:
    found = points_of_file(file_of(tmp_path, "\ufeffGröße;b\r\n0,5;1,2\r\n1;2\r\n".encode()))
    assert found.names == ("Größe", "b")
    assert found.values.tolist() == [[0.5, 1.2], [1, 2]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_with_whichever_line_ends(tmp_path: Path, end: str) -> None:
    found = points_of_file(
        file_of(tmp_path, end.join(["größe,b", "0.5,1.2", '"1.5",-2.5', "3,4.25"]).encode())
    )
    assert found.names == ("größe", "b")
    assert found.values.tolist() == EXPECTED
    with pytest.raises(GradusError) as refusal:
        points_of_file(file_of(tmp_path, end.join(["a,b", "1,2", "3,x", "4,5"]).encode()))
    assert "Line 3" in str(refusal.value.what)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "nothing in it"),
        ("a,Größe\n1,2\n3,4\n".encode("cp1252"), "Line 1 is no UTF-8"),
        (b"a,b\n1,2\n3,\xff\n", "Line 3 is no UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest of a zip", "workbook"),
        (b"1,2\n" + b"3" * 200_000 + b"\n", "Line 2 is longer"),
        (b"3" * 5_000_000, "Line 1 is longer"),
        (b"\x00\x01\x02\x00\n\x00\n", "no numbers"),
    ],
)
def test_a_file_that_is_no_csv(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(GradusError) as refusal:
        points_of_file(file_of(tmp_path, content))
    assert what in str(refusal.value.what)
    assert refusal.value.remedy is not None


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(StorageError) as refusal:
            points_of_file(path)
        assert refusal.value.path == path


def test_a_long_file_is_sampled_at_even_distances(tmp_path: Path) -> None:
    rows = 100_000
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "".join(f"{k},{2 * k}\n" for k in range(rows)))
    found = points_of_file(path)
    assert found.rows == rows
    assert found.values.shape == (MAXIMUM_POINTS, 2)
    x, y = found.values.T
    assert np.array_equal(y, 2 * x)
    gaps = np.diff(x)
    assert gaps.min() > 0
    assert gaps.max() <= 2 * gaps.min()
    assert x[0] == 0
    assert x[-1] >= rows * (1 - 2 / MAXIMUM_POINTS)


def test_a_file_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_points, "MAXIMUM_ROWS", 50)
    found = points_of_text("".join(f"{k},1\n" for k in range(80)))
    assert found.cut
    assert found.rows == 50
    assert found.values[-1].tolist() == [49, 1]
