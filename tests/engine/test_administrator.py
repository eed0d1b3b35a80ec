"""An administrator's file: what it settles, and that a mistake costs its own line and no other."""

from pathlib import Path

import pytest

from engine import administrator, program
from engine.administrator import AdministratorSettings, load, read, summary
from engine.words import shown

HERE = {"HOME": "/home/anna", "USER": "anna", "CLASS": "7b", "USERPROFILE": "/home/anna"}

WHOLE = b"""\
format = 1
language = "de"
packs = ["/srv/packs", "~/packs", "/srv/$CLASS/${USER}", "/srv/%CLASS%"]
hand_in = '/srv/hand in/$USER'
hide_answers = true
"""


def settled(content: bytes) -> AdministratorSettings:
    return read(content, "a.toml", HERE).settings


def mistakes(content: bytes) -> list[tuple[int, str]]:
    return [(problem.line, shown(problem.what)) for problem in read(content, "a.toml", HERE).problems]


def test_every_key_is_read_and_variables_are_filled_in() -> None:
    assert mistakes(WHOLE) == []
    assert settled(WHOLE) == AdministratorSettings(
        language="de",
        packs=tuple(map(Path, ("/srv/packs", "/home/anna/packs", "/srv/7b/anna", "/srv/7b"))),
        hand_in=Path("/srv/hand in/anna"),
        hide_answers=True,
    )


def test_every_line_may_be_left_out() -> None:
    assert read(b"", "a.toml", HERE) == administrator.Administration()
    assert mistakes(b"# nothing yet\n\n") == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"hide_anwers = true", "Did you mean hide_answers?"),
        (b"colour = 1", "The settings are format, language"),
        (b'hide_answers = "yes"', "true or false"),
        (b"hide_answers = 1", "true or false"),
        (b"language = 3", "tag of a language"),
        (b'language = "../../tmp"', "tag of a language"),
        (b'packs = "/srv/packs"', "packs is a list"),
        (b"packs = [1]", "path in quotes"),
        (b'packs = ["packs"]', "packs is no absolute path"),
        (b'hand_in = "$NOBODY/in"', "There is no variable NOBODY here."),
        (b'hand_in = "\\u0000"', "path in quotes"),
        (b"hand_in = ", "cannot be read"),
        (b'hand_in = "C:\\Users\\in"', "Write a path in single quotes"),
        (b"just words", "cannot be read"),
        (b'packs = ["/srv/packs"', "Unclosed array"),
        (b'hand_in = "/srv/Sch\xfcler"', "not in UTF-8"),
        (b"format = 2", "this Gradus knows 1"),
        (b'format = "1"', "format is a number"),
        (b"a" * 3000 + b" = 1", "longer than"),
        (b"[school]", "There is no setting school."),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_others_hold(line: bytes, says: str) -> None:
    content = b'# Our school\nlanguage = "de"\n' + line + b'\nhide_answers = true\nhand_in = "/srv/in"\n'
    if b"=" in line and line.split(b"=")[0].strip() in (b"language", b"hide_answers", b"hand_in"):
        key = line.split(b"=")[0].strip()
        content = b"\n".join(one for one in content.split(b"\n") if one == line or not one.startswith(key))
    number = content.split(b"\n").index(line) + 1
    found = mistakes(content)
    assert [place for place, _what in found] == [number], found
    assert says in found[0][1]
    held = settled(content)
    if b"language" not in line:
        assert held.language == "de"
    if b"hide_answers" not in line:
        assert held.hide_answers
    if b"hand_in" not in line:
        assert held.hand_in == Path("/srv/in")


def test_what_is_set_twice_holds_as_it_stood_first() -> None:
    twice = b'language = "de"\nlanguage = "fr"\n'
    assert mistakes(twice) == [(2, "language is set twice.")]
    assert settled(twice).language == "de"


def test_a_file_from_windows_is_read() -> None:
    content = b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n")
    assert mistakes(content) == []
    assert settled(content) == settled(WHOLE)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "content",
    [
        b"a = " + b"[" * 15_000,
        b"\n".join([b"a = " + b"[" * 1900] * 8),
        b".".join([b"a"] * 7_000) + b" = 1",
        b"\n".join([b".".join([b"a"] * 990) + b" = 1"] * 8),
        b"\n".join(b"x%d = 1" % number for number in range(2_000)),
        b"\xff\n" * 8_000,
        bytes(range(256)) * 60,
        'language = "de"\n'.encode("utf-16"),
    ],
    ids=["nested", "nested lines", "dotted", "dotted lines", "many keys", "no text", "bytes", "UTF-16"],
)
def test_a_hostile_file_settles_nothing_and_is_bounded(content: bytes) -> None:
    found = read(content, "a.toml", HERE)
    assert found.settings == AdministratorSettings()
    assert 1 <= len(found.problems) <= administrator.MOST_MISTAKES


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "administrator.toml"
    path.write_bytes(b"hide_answers = true\n" + b"#" * 10_000_000)
    found = load(path)
    assert not found.settings.hide_answers
    assert shown(found.problems[0].what) == "It is larger than 16 kB, so it is not read."


def test_a_folder_in_its_place_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "administrator.toml").mkdir()
    assert "is not a file" in str(load(tmp_path / "administrator.toml").problems[0])


def test_no_file_settles_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "administrator.toml") == administrator.Administration()


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "administrator.toml"
    path.write_bytes(WHOLE)

    def refused(path: Path, limit: int) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(administrator, "read_bounded", refused)
    found = load(path)
    assert found.settings == AdministratorSettings()
    assert shown(found.problems[0].what) == "It cannot be read: Permission denied."


def test_one_line_sums_the_mistakes_up() -> None:
    found = read(b"a = 1\nlanguage = 3\nb = 2\n", "a.toml", HERE).problems
    assert "line 1: There is no setting a." in shown(summary(found))
    assert "And 2 more, see the log." in shown(summary(found))
    assert "more" not in shown(summary(found[1:2]))


# where it lies --------------------------------------------------------------------------------------------


def test_in_portable_mode_it_lies_beside_the_program(tmp_path: Path) -> None:
    assert program.administrator_file(tmp_path) != tmp_path / "administrator.toml"
    (tmp_path / "portable.txt").touch()
    assert program.administrator_file(tmp_path) == tmp_path / "administrator.toml"


def test_the_first_of_the_systems_folders_that_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ubuntu puts the desktop's own folder before /etc/xdg, and nobody would look for the file there."""
    desktop, system = tmp_path / "xdg-ubuntu", tmp_path / "xdg"
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{desktop}:{system}")
    (system / "Gradus").mkdir(parents=True)
    assert program.administrator_file(tmp_path) == Path("/etc/xdg/Gradus/administrator.toml")
    (system / "Gradus" / "administrator.toml").touch()
    assert program.administrator_file(tmp_path) == system / "Gradus" / "administrator.toml"
