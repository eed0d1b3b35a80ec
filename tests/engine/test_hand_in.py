"""Work that is handed in: what the file says, that it overwrites nothing, and is whole or not there."""

import errno
import json
from pathlib import Path

import pytest

from engine import hand_in as module
from engine.errors import StorageError
from engine.hand_in import HandIn, hand_in, work_on
from engine.lessons.format import read_lesson
from engine.progress import Progress, answered, visited
from engine.words import shown
from tests.engine.lesson_samples import SAMPLE

NOW = 1_700_000_000.0


def work(name: str = "Änna O'Neil / 7b") -> HandIn:
    progress = visited(Progress(), "sample", "1", 10.0)
    progress = answered(progress, "sample", "where", "2x + \u2212", "wrong", 11.0)
    progress = answered(progress, "sample", "where", "two", "right", 12.0)
    return work_on(read_lesson(SAMPLE, "sample.md"), progress.lessons["sample"], name, NOW)


def test_the_file_is_plain_and_holds_every_answer_as_it_was_typed(tmp_path: Path) -> None:
    path = hand_in(work("  Änna O'Neil / 7b\n"), tmp_path)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["format"] == 1
    assert (written["name"], written["lesson"], written["title"]) == (
        "Änna O'Neil / 7b",
        "sample",
        "A sample",
    )
    assert written["time"] == NOW
    answers = written["progress"]["answers"]["where"]
    assert [(one["typed"], one["verdict"]) for one in answers] == [("2x + −", "wrong"), ("two", "right")]
    assert written["exercises"][0] == "where"
    assert written["steps"] == SAMPLE.count("\n# ")
    assert list(tmp_path.iterdir()) == [path]


def test_the_name_is_one_that_every_file_system_takes(tmp_path: Path) -> None:
    for name in ("../../etc/passwd", 'a\\b:c*?"<>|', "x" * 300, "...", "CON", ""):
        path = hand_in(work(name), tmp_path)
        assert path.parent == tmp_path
        assert not set(path.name) & set('\\/:*?"<>|')
        assert len(path.name.encode()) < 255
        assert "sample" in path.name


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    paths = {hand_in(work(), tmp_path) for _again in range(3)}
    assert len(paths) == 3
    assert all(path.exists() for path in paths)


def test_a_folder_that_is_gone_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        hand_in(work(), tmp_path / "gone")
    words = shown(caught.value.in_full())
    assert str(tmp_path / "gone") in words
    assert "kept in your profile" in words


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "write_atomically", full)
    with pytest.raises(StorageError, match="No space left"):
        hand_in(work(), tmp_path)
    assert list(tmp_path.iterdir()) == []
