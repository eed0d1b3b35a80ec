"""A folder that somebody else fills with packs: which are taken, in what order; what is said of others."""

import zipfile
from pathlib import Path

from engine.lessons import shelf
from engine.lessons.shelf import read_shelf
from engine.words import shown
from tests.engine.lesson_samples import SAMPLE


def lesson(name: str) -> str:
    return SAMPLE.replace('id = "sample"', f'id = "{name}"')


def pack(folder: Path, name: str) -> None:
    (folder / "01-unit").mkdir(parents=True)
    (folder / "01-unit" / "01-lesson.en.md").write_text(lesson(name), encoding="utf-8")


def ids(found: shelf.Shelf) -> list[str]:
    return [summary.id for one in found.packs for summary in one.lessons()]


def test_packs_are_found_as_files_and_as_folders_in_the_order_of_their_names(tmp_path: Path) -> None:
    pack(tmp_path / "c", "third")
    pack(tmp_path / "a", "first")
    with zipfile.ZipFile(tmp_path / "b.gradus", "w") as archive:
        archive.writestr("01-lesson.en.md", lesson("second"))
    (tmp_path / "readme.txt").touch()
    (tmp_path / ".hidden").mkdir()
    found = read_shelf(tmp_path)
    assert ids(found) == ["first", "second", "third"]
    assert found.problems == ()


def test_a_folder_that_is_a_pack_itself_is_one(tmp_path: Path) -> None:
    pack(tmp_path, "inside")
    (tmp_path / "pack.toml").write_text('title = "Ours"', encoding="utf-8")
    found = read_shelf(tmp_path)
    assert [one.title for one in found.packs] == ["Ours"]
    assert ids(found) == ["inside"]


def test_a_broken_pack_hides_no_other(tmp_path: Path) -> None:
    pack(tmp_path / "good", "good")
    (tmp_path / "broken.gradus").write_bytes(b"PK\x03\x04 this is no zip")
    found = read_shelf(tmp_path)
    assert ids(found) == ["good"]
    assert len(found.problems) == 1
    assert "broken.gradus" in shown(found.problems[0])


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    found = read_shelf(tmp_path / "gone")
    assert found.packs == ()
    assert str(tmp_path / "gone") in shown(found.problems[0])
