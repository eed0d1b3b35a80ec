"""Merging what two windows know: the order, and how often, must not matter."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import progress as record
from engine.progress import Attempt, LessonProgress, Progress, Setting, StoredSettings

TIMES = st.integers(1, 12).map(float)
NAMES = st.sampled_from(["a", "b", "c"])
ACTIONS = st.one_of(
    st.tuples(st.just("visit"), NAMES, NAMES, TIMES),
    st.tuples(st.just("answer"), NAMES, NAMES, st.sampled_from(["right", "wrong", "unreadable"]), TIMES),
    st.tuples(st.just("finish"), NAMES, TIMES),
    st.tuples(st.just("reset"), st.one_of(st.none(), NAMES), TIMES),
)


def played(actions: list[tuple]) -> Progress:
    progress = Progress()
    for kind, *facts in actions:
        if kind == "visit":
            progress = record.visited(progress, *facts)
        elif kind == "answer":
            lesson, exercise, verdict, time = facts
            progress = record.answered(progress, lesson, exercise, f"typed {time}", verdict, time)
        elif kind == "finish":
            progress = record.finished(progress, *facts)
        else:
            progress = record.forgotten(progress, *facts)
    return progress


RECORDS = st.lists(ACTIONS, max_size=12).map(played)
SETTINGS = st.dictionaries(
    st.sampled_from(["theme", "motion", "unknown"]),
    st.builds(Setting, st.sampled_from(["dark", "light", 1, [1, 2]]), TIMES),
).map(lambda values: StoredSettings(values=values))


@given(RECORDS, RECORDS, RECORDS)
def test_merging_progress_knows_no_order(one, two, three):
    merge = record.merge_progress
    assert merge(one, two) == merge(two, one)
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(RECORDS, RECORDS)
def test_merging_progress_twice_changes_nothing(one, two):
    merged = record.merge_progress(one, two)
    assert record.merge_progress(merged, two) == merged
    assert record.merge_progress(one, one) == one


@given(st.lists(ACTIONS, max_size=8), st.lists(ACTIONS, max_size=8))
def test_two_windows_merged_are_one_window_that_did_it_all(ours, theirs):
    assert record.merge_progress(played(ours), played(theirs)) == played(ours + theirs)


@given(SETTINGS, SETTINGS, SETTINGS)
def test_merging_settings(one, two, three):
    merge = record.merge_settings
    assert merge(one, two) == merge(two, one)
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert merge(one, one) == one


@given(RECORDS)
def test_every_record_survives_its_file(progress):
    assert msgspec.json.decode(msgspec.json.encode(progress), type=Progress) == progress


def test_two_windows_in_one_lesson():
    ours = record.visited(Progress(), "secant", "predict", 10.0)
    ours = record.answered(ours, "secant", "slope", "2x", "right", 11.0)
    theirs = record.visited(Progress(), "secant", "now-you", 12.0)
    theirs = record.answered(theirs, "secant", "slope", "x", "wrong", 9.0)
    theirs = record.finished(theirs, "secant", 13.0)

    lesson = record.merge_progress(ours, theirs).lessons["secant"]

    assert lesson.last_step == "now-you"
    assert lesson.steps == {"predict": 10.0, "now-you": 12.0}
    assert lesson.answers == {"slope": (Attempt(9.0, "x", "wrong"), Attempt(11.0, "2x", "right"))}
    assert lesson.right("slope")
    assert not lesson.right("other")
    assert lesson.done


def test_a_reset_is_not_undone_by_a_window_that_remembers():
    remembering = record.finished(Progress(), "secant", 10.0)
    reset = record.forgotten(remembering, None, 20.0)
    after = record.visited(record.merge_progress(reset, remembering), "gradient", "first", 30.0)
    assert list(after.lessons) == ["gradient"]


def test_resetting_one_lesson_leaves_the_others():
    progress = record.finished(record.finished(Progress(), "secant", 10.0), "gradient", 11.0)
    progress = record.forgotten(progress, "secant", 12.0)
    assert not progress.lessons["secant"].done
    assert progress.lessons["gradient"].done
    assert record.finished(progress, "secant", 13.0).lessons["secant"].done


def test_the_newest_attempts_and_lessons_are_kept():
    progress = Progress()
    for number in range(record.ATTEMPTS_KEPT + 5):
        progress = record.answered(progress, "a", "b", str(number), "wrong", 1.0 + number)
    typed = [attempt.typed for attempt in progress.lessons["a"].answers["b"]]
    assert typed == [str(number) for number in range(5, record.ATTEMPTS_KEPT + 5)]

    lessons = {str(number): LessonProgress(finished=1.0 + number) for number in range(record.LESSONS_KEPT)}
    full = record.finished(Progress(lessons=lessons), "one more", 1e6)
    assert len(full.lessons) == record.LESSONS_KEPT
    assert "0" not in full.lessons
    assert "one more" in full.lessons


@pytest.mark.parametrize("typed", ["a\ud800b", "\x00\x1b[31m", "9" * 100_000, "", "naïve ∂ 🙂"])
def test_whatever_is_typed_can_be_stored(typed):
    progress = record.answered(Progress(), typed, typed, typed, "unreadable", 1.0)
    again = msgspec.json.decode(msgspec.json.encode(progress), type=Progress)
    assert again == progress
    (lesson,) = again.lessons.values()
    ((attempt,),) = lesson.answers.values()
    assert len(attempt.typed) <= record.LONGEST_ANSWER


def test_a_stored_setting_that_does_not_fit_is_not_chosen():
    stored = StoredSettings(
        values={
            "theme": Setting("mauve", 1.0),
            "text_scale": Setting(1e9, 1.0),
            "language": Setting("de", 1.0),
            "layout": Setting({"window": [1]}, 1.0),
            "of a later version": Setting({"deep": [1]}, 1.0),
        }
    )
    settings = record.typed_settings(stored)
    assert (settings.theme, settings.text_scale, settings.language) == ("system", 1.0, "de")
    assert settings.layout == {}
    kept = record.changed(stored, 2.0, {"theme": "dark"})
    assert kept.values["of a later version"].value == {"deep": [1]}
    assert record.typed_settings(kept).theme == "dark"


def test_a_choice_must_fit():
    with pytest.raises(msgspec.ValidationError):
        record.changed(StoredSettings(), 1.0, {"theme": "mauve"})
    with pytest.raises(TypeError, match="tehme"):
        record.changed(StoredSettings(), 1.0, {"tehme": "dark"})
    with pytest.raises(msgspec.ValidationError):
        record.changed(StoredSettings(), 1.0, {"text_scale": float("nan")})


def test_a_verdict_that_no_file_could_hold_is_refused_at_once():
    for verdict in ("right", "wrong", "unreadable", "kept", "shown"):
        noted = record.answered(Progress(), "a", "b", "c", verdict, 1.0).lessons["a"].answers["b"]
        assert noted == (Attempt(1.0, "c", verdict),)
    with pytest.raises(msgspec.ValidationError):
        record.answered(Progress(), "a", "b", "c", "open", 1.0)
