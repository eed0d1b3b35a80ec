"""Packs are read from folders, files and zips; a hostile one is refused in words, and nothing is unpacked."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from lesson_samples import SAMPLE

from engine.errors import LessonError
from engine.lessons import library
from engine.lessons.library import load_pack, open_lesson


def named(lesson_id: str, title: str = "") -> str:
    return SAMPLE.replace('id = "sample"', f'id = "{lesson_id}"').replace("A sample", title or lesson_id)


def make_pack(folder: Path) -> Path:
    """Two units, three lessons, one of them in Arabic too; numbers out of alphabetical order."""
    files = {
        "pack.toml": 'title = "My course"',
        "README.md": "# Not a lesson",
        "02-second-unit/1-late.en.md": named("late"),
        "10-tenth-unit/10-b.en.md": named("b"),
        "10-tenth-unit/9-a.en.md": named("a", "English"),
        "10-tenth-unit/9-a.ar.md": named("a", "عربي"),
        "10-tenth-unit/unit.toml": 'title = { en = "Ten", ar = "عشرة" }',
        "10-tenth-unit/notes.txt": "nothing",
        "10-tenth-unit/.hidden.md": "nothing",
    }
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def zipped(folder: Path, target: Path, below: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, below + path.relative_to(folder).as_posix())
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "course")


@pytest.mark.parametrize("kind", ["folder", "zip", "gradus", "zip of the folder"])
def test_a_pack_is_read_in_order(folder: Path, tmp_path: Path, kind: str) -> None:
    paths = {
        "folder": lambda: folder,
        "zip": lambda: zipped(folder, tmp_path / "pack.zip"),
        "gradus": lambda: zipped(folder, tmp_path / "pack.gradus"),
        "zip of the folder": lambda: zipped(folder, tmp_path / "outer.zip", "course/"),
    }
    pack = load_pack(paths[kind]())
    assert pack.problems == ()
    assert pack.title == "My course"
    assert [(unit.title, [lesson.id for lesson in unit.lessons]) for unit in pack.units] == [
        ("Second unit", ["late"]),
        ("Ten", ["a", "b"]),
    ]
    assert pack.lesson("b").steps[0] == "Look"
    with pytest.raises(KeyError):
        pack.lesson("c")


def test_the_language_asked_for_is_taken_where_there_is_one(folder: Path) -> None:
    pack = load_pack(folder, "ar")
    assert [lesson.title for lesson in pack.units[1].lessons] == ["عربي", "b"]
    assert pack.units[1].title == "عشرة"
    assert [lesson.language for lesson in pack.lessons()] == ["en", "ar", "en"]
    assert load_pack(folder, "ar_EG").lesson("a").title == "عربي"
    assert load_pack(folder, "fr").lesson("a").title == "English"


def test_a_lesson_is_opened_whole(folder: Path) -> None:
    summary = load_pack(folder).lesson("late")
    lesson = open_lesson(summary)
    assert (lesson.id, len(lesson.steps), lesson.path) == ("late", 6, summary.path)
    assert open_lesson(summary) is lesson


def test_one_file_is_a_pack(folder: Path) -> None:
    path = folder / "02-second-unit" / "1-late.en.md"
    pack = load_pack(path)
    assert [lesson.path for lesson in pack.lessons()] == [str(path)]
    assert pack.title == "Late"


def test_a_broken_lesson_hides_no_other(folder: Path) -> None:
    (folder / "02-second-unit" / "2-broken.en.md").write_text("no front matter", encoding="utf-8")
    (folder / "02-second-unit" / "3-latin.en.md").write_bytes(b"+++\ncaf\xe9\n+++\n")
    (folder / "02-second-unit" / "4-long.en.md").write_bytes(b"x" * (library.MAX_FILE_BYTES + 1))
    (folder / "02-second-unit" / "5-twin.en.md").write_text(named("late"), encoding="utf-8")
    (folder / "02-second-unit" / "unit.toml").write_text("title =", encoding="utf-8")
    pack = load_pack(folder)
    assert [lesson.id for lesson in pack.lessons()] == ["late", "a", "b"]
    found = {Path(problem.path).name: (problem.line, str(problem.what)) for problem in pack.problems}
    assert "begins with a line +++" in found["2-broken.en.md"][1]
    assert found["3-latin.en.md"] == (2, "This file is not in UTF-8. Save it again in that encoding.")
    assert "larger than" in found["4-long.en.md"][1]
    assert "The id late is taken" in found["5-twin.en.md"][1]
    assert "no TOML" in found["unit.toml"][1]


def test_a_lesson_whose_blocks_are_broken_is_listed_and_says_so_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    path.write_text(SAMPLE.replace("```goal", "```gaol"), encoding="utf-8")
    (summary,) = load_pack(path).lessons()
    with pytest.raises(LessonError) as caught:
        open_lesson(summary)
    assert caught.value.problems[0].path == str(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    path.write_text(SAMPLE, encoding="utf-8-sig")
    assert load_pack(path).lesson("sample")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "one.md"
    path.write_text(SAMPLE.replace("→", "->").replace("…", "é"), encoding=encoding, errors="ignore")
    with pytest.raises(LessonError, match="UTF-8"):
        load_pack(path)


@pytest.mark.parametrize("make", ["nothing", "empty folder", "empty file", "no lessons", "a pipe"])
def test_no_lesson_is_said(tmp_path: Path, make: str) -> None:
    path = tmp_path / "pack"
    match make:
        case "empty folder":
            path.mkdir()
        case "empty file":
            path = tmp_path / "pack.zip"
            path.write_bytes(b"")
        case "no lessons":
            path.mkdir()
            (path / "README.md").write_text("# words")
        case "a pipe":
            os.mkfifo(path)
    with pytest.raises(LessonError) as caught:
        load_pack(path)
    assert "pack" in str(caught.value)


# -- hostile zips ----------------------------------------------------------------------------------------


def write_zip(path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return path


def link_entry() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("01-a.en.md")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


LESSON = SAMPLE.encode()
HOSTILE = {
    "a way out": ([("../../evil.md", LESSON)], "outside"),
    "a way out below": ([("unit/../../evil.md", LESSON)], "outside"),
    "an absolute place": ([("/etc/evil.md", LESSON)], "outside"),
    "a drive": ([("C:/evil.md", LESSON)], "outside"),
    "backslashes": ([("..\\evil.md", LESSON)], "outside"),
    "a link": ([(link_entry(), b"/etc/passwd")], "is a link"),
    "many files": ([(f"{number}.txt", b"") for number in range(library.MAX_FILES + 1)], "more than"),
    "much text": (
        [(f"{number}.md", b" " * 200_000) for number in range(library.MAX_PACK_BYTES // 200_000 + 1)],
        "larger than",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused(tmp_path: Path, name: str) -> None:
    entries, words = HOSTILE[name]
    with pytest.raises(LessonError, match=words):
        load_pack(write_zip(tmp_path / "pack.zip", entries))
    assert [path.name for path in tmp_path.rglob("*")] == ["pack.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_twins_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="twice"):
        load_pack(write_zip(tmp_path / "pack.zip", [("1.md", LESSON), ("1.md", b"other")]))


@pytest.mark.timeout(20)
def test_a_hundred_thousand_files_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}", b"")
    with pytest.raises(LessonError, match=r"more than|larger than"):
        load_pack(path)


def test_a_lying_count_does_not_help(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "pack.zip", [(f"{n:060}.txt", b"") for n in range(library.MAX_FILES + 1)])
    content = bytearray(path.read_bytes())
    end = content.rfind(b"PK\5\6")
    struct.pack_into("<2H", content, end + 8, 1, 1)
    path.write_bytes(content)
    with pytest.raises(LessonError, match="more than"):
        load_pack(path)


def test_a_bomb_is_not_unfolded(tmp_path: Path) -> None:
    """A file of 10 MB that lies folded in 10 kB is cut off at the size of a lesson and refused."""
    path = write_zip(tmp_path / "pack.zip", [("1.md", LESSON), ("2.md", b"\n" * 10_000_000)])
    pack = load_pack(path)
    assert [lesson.id for lesson in pack.lessons()] == ["sample"]
    assert "larger than" in str(pack.problems[0].what)


def test_what_is_no_lesson_is_never_unfolded(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "pack.zip", [("1.md", LESSON), ("film.bin", b"\0" * 50_000_000)])
    assert load_pack(path).lesson("sample")


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "pack.zip", [("1.md", LESSON)])
    content = bytearray(path.read_bytes())
    central = content.find(b"PK\1\2")
    content[6] |= 1
    content[central + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(LessonError, match="encrypted"):
        load_pack(path)


@pytest.mark.parametrize("spoil", ["cut", "swap", "noise", "method"])
def test_a_spoiled_zip_is_refused(tmp_path: Path, spoil: str) -> None:
    path = write_zip(tmp_path / "pack.zip", [("1.md", LESSON)])
    content = bytearray(path.read_bytes())
    if spoil == "cut":
        content = content[: len(content) // 2]
    elif spoil == "swap":
        content[60:70] = bytes(10)
    elif spoil == "noise":
        content = bytearray(b"PK\3\4" + bytes(range(256)) * 20)
    else:
        content[content.find(b"PK\1\2") + 10] = 77
    path.write_bytes(content)
    with pytest.raises(LessonError, match="no zip that can be read"):
        load_pack(path)


def test_a_folder_of_very_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MAX_FILES", 20)
    for number in range(21):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(LessonError, match="more than 20 files"):
        load_pack(tmp_path)
