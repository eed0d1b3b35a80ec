"""The profile keeps its promises when the disk does not keep its own."""

import errno
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

import engine
from engine import progress as record
from engine import safe_files, storage
from engine.progress import Attempt, Setting
from engine.storage import Profile, default_folder


def profile_of(folder, **options) -> Profile:
    return Profile(folder, **{"wait": 0.2, **options})


def said(profile: Profile) -> str:
    return " ".join(str(notice) for notice in profile.take_notices())


def test_everything_comes_back(tmp_path):
    profile = profile_of(tmp_path / "new" / "folder", clock=lambda: 100.0)
    profile.visit("secant", "predict")
    profile.answer("secant", "slope", "2x", "right")
    profile.finish("secant")
    profile.change(theme="dark", recent=("a.zip",), layout={"main": "AAAA", "zoomed": True, "split": 0.5})
    assert profile.unsaved
    assert profile.save()
    assert not profile.unsaved

    again = profile_of(tmp_path / "new" / "folder")
    assert again.progress == profile.progress
    assert again.settings == profile.settings
    assert again.settings.theme == "dark"
    assert again.settings.recent == ("a.zip",)
    assert again.settings.layout == {"main": "AAAA", "zoomed": True, "split": 0.5}
    (attempt,) = again.lesson("secant").answers["slope"]
    assert (attempt.typed, attempt.verdict) == ("2x", "right")
    assert again.take_notices() == []
    assert again.problem is None


def test_a_new_profile_is_empty_and_writes_nothing(tmp_path):
    profile = profile_of(tmp_path)
    assert profile.save()
    assert not (tmp_path / "progress.json").exists()
    assert profile.lesson("never opened") == record.LessonProgress()


def test_saving_twice_writes_once(tmp_path, monkeypatch):
    profile = profile_of(tmp_path)
    profile.finish("secant")
    assert profile.save()
    monkeypatch.setattr(storage, "write_atomically", lambda *_: pytest.fail("nothing changed"))
    assert profile.save()
    profile.change(theme=profile.settings.theme)
    assert profile.save()


def test_a_clock_set_back_makes_no_new_answer_old(tmp_path):
    now = [1000.0]
    profile = profile_of(tmp_path, clock=lambda: now[0])
    profile.reset()
    profile.change(theme="dark")
    now[0] = 10.0
    profile.finish("secant")
    profile.change(theme="light")
    assert profile.lesson("secant").done
    assert profile.settings.theme == "light"


def test_the_last_good_copy_is_kept(tmp_path):
    profile = profile_of(tmp_path)
    profile.finish("first")
    profile.save()
    profile.finish("second")
    profile.save()
    previous = json.loads((tmp_path / "progress.previous.json").read_bytes())
    assert list(previous["lessons"]) == ["first"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b'{"format": 1, "lessons": {"first": ',
        b'{"format": 1, "lessons": 3}',
        b'{"format": "one"}',
        b"[1, 2]",
        b"\xff\xfe\x00",
        b'{"format": 1, "lessons": {"a": {"last_time": -1}}}',
        b'{"format": 1, "lessons": {"a": {"answers": {"b": [["x"]]}}}}',
        b"[" * 100_000,
        b'{"format": 1, "lessons": {"' + b"a" * 300 + b'": {}}}',
        b'{"format": 1, "reset": 1e300}',
    ],
)
def test_a_damaged_file_is_set_aside_and_the_last_good_copy_used(tmp_path, damage):
    profile = profile_of(tmp_path)
    profile.finish("first")
    profile.save()
    profile.finish("second")
    profile.save()
    (tmp_path / "progress.json").write_bytes(damage)

    again = profile_of(tmp_path)

    assert again.lesson("first").done
    (aside,) = tmp_path.glob("progress.unreadable-*.json")
    assert aside.read_bytes() == damage
    assert str(aside) in (words := said(again))
    assert "last good copy" in words
    again.finish("third")
    assert again.save()
    assert sorted(profile_of(tmp_path).progress.lessons) == ["first", "third"]
    assert aside.read_bytes() == damage


def test_a_damaged_file_without_a_copy_is_set_aside_too(tmp_path):
    (tmp_path / "progress.json").write_text("no")
    (tmp_path / "settings.json").write_text("{}")
    profile = profile_of(tmp_path)
    assert len(list(tmp_path.glob("*.unreadable-*.json"))) == 2
    assert "starts with an empty one" in said(profile)


def test_two_damaged_files_on_one_day_get_two_names(tmp_path):
    for _ in range(2):
        (tmp_path / "progress.json").write_text("no")
        profile_of(tmp_path)
    assert len(list(tmp_path.glob("progress.unreadable-*.json"))) == 2


def test_a_damaged_copy_is_no_obstacle(tmp_path):
    (tmp_path / "progress.json").write_text("no")
    (tmp_path / "progress.previous.json").write_text("nor this")
    assert profile_of(tmp_path).progress == record.Progress()
    assert len(list(tmp_path.glob("progress*unreadable-*.json"))) == 2


def test_damage_while_the_window_is_open_is_not_saved_over(tmp_path):
    profile = profile_of(tmp_path)
    profile.finish("first")
    profile.save()
    (tmp_path / "progress.json").write_text("no")
    profile.finish("second")
    assert profile.save()
    (aside,) = tmp_path.glob("progress.unreadable-*.json")
    assert aside.read_text() == "no"
    assert sorted(profile_of(tmp_path).progress.lessons) == ["first", "second"]


def test_a_huge_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "LARGEST_PROGRESS", 1000)
    (tmp_path / "progress.json").write_bytes(b" " * 2000)
    assert "progress.json could not be read" in said(profile_of(tmp_path))


def test_what_is_written_is_never_too_large_to_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "LARGEST_PROGRESS", 4000)
    profile = profile_of(tmp_path)
    for number in range(60):
        profile.answer(f"lesson {number:02}", "a", "x" * 100, "wrong")
    assert profile.save()
    assert not profile.unsaved
    again = profile_of(tmp_path)
    assert again.take_notices() == []
    assert "lesson 59" in again.progress.lessons
    assert "lesson 00" not in again.progress.lessons


def test_a_good_file_is_never_replaced_by_one_that_cannot_be_read(tmp_path):
    profile = profile_of(tmp_path)
    profile.finish("first")
    profile.save()
    before = (tmp_path / "progress.json").read_bytes()
    profile._progress.state = record.Progress(reset=1e300)
    assert not profile.save()
    assert (tmp_path / "progress.json").read_bytes() == before
    assert "progress" in said(profile)


@pytest.mark.parametrize("name", ["progress.json", "settings.json"])
def test_a_newer_format_is_left_alone_and_said_once(tmp_path, name):
    newer = b'{"format": 2, "lessons": ["other"], "values": "shapes"}'
    (tmp_path / name).write_bytes(newer)
    profile = profile_of(tmp_path)
    assert "newer version" in said(profile)
    profile.finish("secant")
    profile.change(theme="dark")
    assert not profile.save()
    assert not profile.close()
    assert (tmp_path / name).read_bytes() == newer
    assert profile.take_notices() == []
    other = {"progress.json": "settings.json", "settings.json": "progress.json"}[name]
    assert (tmp_path / other).exists()


def test_a_newer_window_may_take_over_while_this_one_is_open(tmp_path):
    profile = profile_of(tmp_path)
    profile.finish("secant")
    profile.save()
    (tmp_path / "progress.json").write_text('{"format": 7}')
    profile.finish("gradient")
    assert not profile.save()
    assert (tmp_path / "progress.json").read_text() == '{"format": 7}'
    assert profile.lesson("gradient").done


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_disk_that_refuses_is_said_once_and_tried_again(tmp_path, monkeypatch, code):
    profile = profile_of(tmp_path)
    profile.finish("first")
    profile.save()
    before = (tmp_path / "progress.json").read_bytes()

    def refuse(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(safe_files.os, "fsync", refuse)
    profile.finish("second")
    assert not profile.save()
    assert not profile.save()
    assert os.strerror(code) in str(profile.problem)
    assert len(profile.take_notices()) == 1
    assert (tmp_path / "progress.json").read_bytes() == before
    assert list(tmp_path.glob(".*.tmp")) == []
    assert profile.lesson("second").done

    monkeypatch.undo()
    assert profile.save()
    assert profile.problem is None
    assert profile_of(tmp_path).lesson("second").done


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "profile").write_text("I was here first")
    profile = profile_of(tmp_path / "profile")
    assert profile.temporary
    assert "cannot be used" in str(profile.problem)
    assert said(profile) == str(profile.problem)
    profile.finish("secant")
    assert profile.save()
    assert profile.problem is not None
    assert profile.take_notices() == []
    assert (tmp_path / "profile").read_text() == "I was here first"
    folder = profile.folder
    assert (folder / "progress.json").exists()
    profile.close()
    assert not folder.exists()


def test_a_folder_where_a_file_should_be(tmp_path):
    (tmp_path / "progress.json").mkdir()
    profile = profile_of(tmp_path)
    profile.finish("secant")
    assert profile.save()
    assert profile_of(tmp_path).lesson("secant").done


def test_a_read_only_folder_is_read(tmp_path, monkeypatch):
    first = profile_of(tmp_path)
    first.finish("secant")
    first.save()

    def read_only(path, flags, *_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(safe_files.os, "open", read_only)
    monkeypatch.setattr(safe_files, "_replace", read_only)
    profile = profile_of(tmp_path)
    assert profile.lesson("secant").done
    profile.finish("gradient")
    assert not profile.save()
    assert "Permission denied" in said(profile)


def test_a_damaged_file_in_a_read_only_folder_still_gives_the_copy(tmp_path, monkeypatch):
    profile = profile_of(tmp_path)
    for lesson in ("first", "second"):
        profile.finish(lesson)
        profile.save()
    (tmp_path / "progress.json").write_text("no")
    monkeypatch.setattr(safe_files.os, "rename", lambda *_: (_ for _ in ()).throw(OSError(errno.EROFS, "no")))
    again = profile_of(tmp_path)
    assert again.lesson("first").done
    again.finish("third")
    assert not again.save()
    assert (tmp_path / "progress.json").read_text() == "no"


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_killed_between_write_and_rename(tmp_path, moment):
    profile = profile_of(tmp_path)
    profile.finish("first")
    profile.save()
    script = f"""
import os, sys
from pathlib import Path
from engine.storage import Profile, default_folder
profile = Profile(Path(sys.argv[1]))
profile.finish("second")
os.{moment} = lambda *_: os._exit(9)
profile.save()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=Path(engine.__file__).parents[1], timeout=60
    )
    assert ended.returncode == 9
    assert len(list(tmp_path.glob(".*.tmp"))) == 1
    again = profile_of(tmp_path)
    assert list(again.progress.lessons) == ["first"]
    assert again.take_notices() == []
    again.finish("third")
    assert again.save()


def test_what_a_crash_left_is_removed_when_it_is_old(tmp_path):
    old, young = tmp_path / ".progress.json.1-0.tmp", tmp_path / ".progress.json.2-0.tmp"
    for left in (old, young):
        left.write_text("half a")
    os.utime(old, (time.time() - 7200,) * 2)
    profile_of(tmp_path)
    assert not old.exists()
    assert young.exists()


def test_two_windows_keep_both_records(tmp_path):
    one, two = profile_of(tmp_path), profile_of(tmp_path)
    one.answer("secant", "slope", "2x", "right")
    one.change(theme="dark")
    two.answer("secant", "slope", "x", "wrong")
    two.change(language="de")
    assert one.save()
    assert two.save()
    again = profile_of(tmp_path)
    assert {attempt.typed for attempt in again.lesson("secant").answers["slope"]} == {"x", "2x"}
    assert (again.settings.theme, again.settings.language) == ("dark", "de")
    assert two.progress == again.progress


def test_two_processes_saving_fifty_times_each(tmp_path):
    script = """
import sys
from pathlib import Path
from engine.storage import Profile, default_folder
profile = Profile(Path(sys.argv[1]), wait=20)
for number in range(50):
    profile.visit(sys.argv[2], f"step {number}")
    profile.answer("shared", f"{sys.argv[2]} {number}", str(number), "right")
    assert profile.save()
"""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), name], cwd=Path(engine.__file__).parents[1]
        )
        for name in ("one", "two")
    ]
    assert [writer.wait(timeout=90) for writer in writers] == [0, 0]
    progress = profile_of(tmp_path).progress
    assert len(progress.lessons["one"].steps) == 50
    assert len(progress.lessons["two"].steps) == 50
    assert len(progress.lessons["shared"].answers) == 100
    assert list(tmp_path.glob("*unreadable*")) == []


def test_a_window_that_holds_the_lock_is_waited_for_but_not_forever(tmp_path):
    profile = profile_of(tmp_path, wait=0.1)
    profile.finish("secant")
    with safe_files.locked(tmp_path / "profile.lock") as held:
        assert held
        started = time.monotonic()
        assert not profile.save()
        assert time.monotonic() - started < 5
        assert profile.unsaved
        assert profile.problem is None
        assert profile.close()
    assert profile_of(tmp_path).lesson("secant").done


def test_a_change_during_a_save_is_not_lost(tmp_path, monkeypatch):
    profile = profile_of(tmp_path)
    profile.finish("first")
    writing, go_on = threading.Event(), threading.Event()

    def slow(path, content):
        writing.set()
        assert go_on.wait(10)
        safe_files.write_atomically(path, content)

    monkeypatch.setattr(storage, "write_atomically", slow)
    saver = threading.Thread(target=profile.save)
    saver.start()
    assert writing.wait(10)
    profile.finish("second")
    go_on.set()
    saver.join(10)
    assert profile.unsaved
    assert profile.save()
    assert sorted(profile_of(tmp_path).progress.lessons) == ["first", "second"]


def test_a_reset_holds_against_another_window(tmp_path):
    one, two = profile_of(tmp_path), profile_of(tmp_path)
    one.finish("secant")
    one.save()
    two.finish("gradient")
    two.save()
    two.reset()
    two.save()
    one.finish("race")
    one.save()
    assert list(profile_of(tmp_path).progress.lessons) == ["race"]


def test_a_folder_deleted_meanwhile_is_made_again(tmp_path):
    folder = tmp_path / "profile"
    profile = profile_of(folder)
    (folder / "profile.lock").unlink()
    folder.rmdir()
    profile.finish("secant")
    assert profile.save()
    assert profile_of(folder).lesson("secant").done


def test_an_atomic_write_leaves_the_whole_old_file_or_the_whole_new_one(tmp_path):
    path = tmp_path / "file"
    safe_files.write_atomically(path, b"old")
    safe_files.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        safe_files.write_atomically(tmp_path / "nowhere" / "file", b"new")
    assert sorted(tmp_path.iterdir()) == [path]


def test_the_default_folder_is_the_systems(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = storage.default_folder()
    assert "gradus" in str(folder).lower()


def test_the_file_is_plain(tmp_path):
    """Another program can read it, and the next version finds what it looks for."""
    profile = profile_of(tmp_path, clock=lambda: 5.0)
    profile.answer("secant", "slope", "2x", "right")
    profile.change(theme="dark")
    profile.save()
    progress = json.loads((tmp_path / "progress.json").read_bytes())
    assert progress["format"] == 1
    assert progress["lessons"]["secant"]["answers"]["slope"] == [
        {"time": 5.0, "typed": "2x", "verdict": "right"}
    ]
    settings = json.loads((tmp_path / "settings.json").read_bytes())
    assert settings["format"] == 1
    assert settings["values"]["theme"]["value"] == "dark"
    assert msgspec.convert(settings["values"]["theme"], Setting).value == "dark"
    assert Attempt(5.0, "2x", "right") in profile.lesson("secant").answers["slope"]


def test_a_file_beside_the_program_makes_it_portable(tmp_path: Path) -> None:
    assert default_folder(tmp_path) != tmp_path / "profile"
    (tmp_path / "portable.txt").touch()
    assert default_folder(tmp_path) == tmp_path / "profile"
