"""What a learner has done and chosen, as values, and how two records of it become one.

Every fact carries the time it became true, so merging needs no history: the union of the facts, the newest
where they speak of the same thing, nothing from before a reset. That makes `merge_progress` and
`merge_settings` commutative, associative and idempotent: two windows may save in any order, any number of
times, and end with the same record.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

FORMAT = 1
LESSONS_KEPT = 2000
STEPS_KEPT = 200
EXERCISES_KEPT = 200
ATTEMPTS_KEPT = 20
MOST_VARIANTS = 1_000_000
SETTINGS_KEPT = 200
RECENT_KEPT = 12
FUNCTIONS_KEPT = 24
LONGEST_FUNCTION = 2_000
LONGEST_KEY = 200
LONGEST_ANSWER = 500
LATEST_TIME = 1e11

Key = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEY)]
Time = Annotated[float, Meta(ge=0, le=LATEST_TIME)]
Value = TypeVar("Value")

Judged = Literal["right", "wrong", "unreadable", "equal", "kept", "shown"]
"""What became of an answer: `kept` is a prediction, `shown` an answer the learner asked for."""


class Attempt(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """One answer as it was typed, how it was judged, when, and with which numbers the exercise stood."""

    time: Time
    typed: Annotated[str, Meta(max_length=LONGEST_ANSWER)]
    verdict: Judged
    variant: Annotated[int, Meta(ge=0, le=MOST_VARIANTS)] = 0


class LessonProgress(msgspec.Struct, frozen=True):
    """What happened in one lesson. Times are seconds since 1970; 0 means never."""

    last_step: Annotated[str, Meta(max_length=LONGEST_KEY)] = ""
    last_time: Time = 0.0
    steps: Annotated[dict[Key, Time], Meta(max_length=STEPS_KEPT)] = {}
    """Each step seen, and when last."""
    answers: Annotated[
        dict[Key, Annotated[tuple[Attempt, ...], Meta(max_length=ATTEMPTS_KEPT)]],
        Meta(max_length=EXERCISES_KEPT),
    ] = {}
    """Each exercise's attempts, oldest first."""
    finished: Time = 0.0
    reset: Time = 0.0

    @property
    def done(self) -> bool:
        """Whether the lesson was ever finished since its last reset."""
        return self.finished > 0

    def right(self, exercise: str) -> bool:
        """Whether the exercise was ever answered rightly."""
        return any(attempt.verdict == "right" for attempt in self.answers.get(exercise, ()))


class Progress(msgspec.Struct, frozen=True):
    """Every lesson's progress, by the lesson's id."""

    format: int = FORMAT
    lessons: Annotated[dict[Key, LessonProgress], Meta(max_length=LESSONS_KEPT)] = {}
    reset: Time = 0.0


class Setting(msgspec.Struct, frozen=True):
    """One stored setting, as JSON has it, and when it was chosen."""

    value: Any
    time: Time


class StoredSettings(msgspec.Struct, frozen=True):
    """Settings as they lie in the file. Names this version does not know are kept for one that does."""

    format: int = FORMAT
    values: Annotated[dict[Key, Setting], Meta(max_length=SETTINGS_KEPT)] = {}


Notation = Literal["lagrange", "leibniz"]
"""How a derivative is written: f′(x), or df/dx."""


class Settings(msgspec.Struct, frozen=True):
    """What the learner chose, typed; a stored value that does not fit its field counts as not chosen."""

    theme: Literal["system", "light", "dark", "contrast"] = "system"
    text_scale: Annotated[float, Meta(ge=0.5, le=4)] = 1.0
    motion: Literal["full", "reduced"] = "full"
    notation: Notation = "lagrange"
    language: Annotated[str, Meta(max_length=35)] = ""
    """A language tag; empty follows the system."""
    name: Annotated[str, Meta(max_length=100)] = ""
    """What stands on work that is handed in."""
    recent: Annotated[tuple[Annotated[str, Meta(max_length=4096)], ...], Meta(max_length=RECENT_KEPT)] = ()
    """Lesson files and packs opened, newest first."""
    functions: Annotated[
        tuple[Annotated[str, Meta(max_length=LONGEST_FUNCTION)], ...], Meta(max_length=FUNCTIONS_KEPT)
    ] = ()
    """Formulas kept for other pictures, newest first."""
    last_place: Annotated[str, Meta(max_length=4096)] = ""
    """The lesson and step to open at, in the window's own writing."""
    layout: Annotated[
        dict[Key, Annotated[str, Meta(max_length=4096)] | float | bool], Meta(max_length=100)
    ] = {}
    """Splitters and the window's place: opaque here."""


def merge_progress(one: Progress, other: Progress) -> Progress:
    """The record that knows what either knows; what is older than the newest reset is gone.

    >>> ours = visited(Progress(), "secant", "predict", 10.0)
    >>> theirs = finished(Progress(), "gradient", 20.0)
    >>> sorted(merge_progress(ours, theirs).lessons)
    ['gradient', 'secant']
    """
    reset = max(one.reset, other.reset)
    lessons = dict(one.lessons)
    for name, lesson in other.lessons.items():
        lessons[name] = _merge_lesson(lessons[name], lesson) if name in lessons else lesson
    since = {name: _since(lesson, reset) for name, lesson in lessons.items()}
    alive = {name: lesson for name, lesson in since.items() if _newest_time(lesson) > reset}
    return Progress(lessons=_newest(alive, LESSONS_KEPT, _newest_time), reset=reset)


def merge_settings(one: StoredSettings, other: StoredSettings) -> StoredSettings:
    """Each setting as it was chosen last."""
    values = dict(one.values)
    for name, setting in other.values.items():
        if name not in values or _choice_order(setting) > _choice_order(values[name]):
            values[name] = setting
    return StoredSettings(values=_newest(values, SETTINGS_KEPT, lambda setting: setting.time))


def visited(progress: Progress, lesson: str, step: str, time: float) -> Progress:
    """The progress after a step was shown."""
    step = clean_key(step)
    return _with(progress, lesson, LessonProgress(last_step=step, last_time=time, steps={step: time}))


def answered(
    progress: Progress,
    lesson: str,
    exercise: str,
    typed: str,
    verdict: Judged,
    time: float,
    variant: int = 0,
) -> Progress:
    """The progress after an answer was judged, or shown. The text is kept as typed, up to a length."""
    facts = {"time": time, "typed": clean(typed)[:LONGEST_ANSWER], "verdict": verdict, "variant": variant}
    attempt = msgspec.convert(facts, Attempt)  # checked: a Struct's own constructor checks nothing
    return _with(progress, lesson, LessonProgress(answers={clean_key(exercise): (attempt,)}))


def finished(progress: Progress, lesson: str, time: float) -> Progress:
    """The progress after a lesson's last step was completed."""
    return _with(progress, lesson, LessonProgress(finished=time))


def forgotten(progress: Progress, lesson: str | None, time: float) -> Progress:
    """The progress after a reset of one lesson, or of all with None. Nothing older comes back by a merge."""
    if lesson is None:
        return merge_progress(progress, Progress(reset=time))
    return _with(progress, lesson, LessonProgress(reset=time))


def newest_progress_time(progress: Progress) -> float:
    """The latest time that stands in the record, so that a clock set back never makes new facts old."""
    return max([progress.reset, *map(_newest_time, progress.lessons.values())])


def newest_setting_time(settings: StoredSettings) -> float:
    """The time of the latest choice, or 0."""
    return max([0.0, *(setting.time for setting in settings.values.values())])


def typed_settings(stored: StoredSettings) -> Settings:
    """The stored values that fit their fields; the defaults for the rest.

    >>> typed_settings(StoredSettings(values={"theme": Setting("mauve", 1.0)})).theme
    'system'
    """
    fitting = {}
    for field in msgspec.structs.fields(Settings):
        if field.name not in stored.values:
            continue
        try:
            fitting[field.name] = msgspec.convert(stored.values[field.name].value, field.type)
        except (msgspec.ValidationError, RecursionError):
            continue
    return Settings(**fitting)


def changed(stored: StoredSettings, time: float, choices: Mapping[str, object]) -> StoredSettings:
    """The stored settings after the learner chose; each choice must fit its field of `Settings`."""
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    values = {}
    for name, choice in choices.items():
        if name not in fields:
            raise TypeError(f"there is no setting named {name!r}")
        plain = _clean_values(msgspec.to_builtins(choice))
        msgspec.convert(plain, fields[name].type)
        values[name] = Setting(plain, time)
    return merge_settings(stored, StoredSettings(values=values))


def clean(text: str) -> str:
    """The text without what a file cannot hold or a line cannot show: lone surrogates, control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if unicodedata.category(sign) != "Cc" else " " for sign in text)


def clean_key(name: str) -> str:
    """A lesson's, step's or exercise's id as it is stored: cleaned, within the bound, never empty."""
    return clean(name)[:LONGEST_KEY] or "-"


def without_oldest_half(progress: Progress) -> Progress:
    """The newer half of the lessons, for a record that has outgrown its file; itself if there is but one."""
    kept = len(progress.lessons) // 2
    if kept == 0:
        return progress
    return msgspec.structs.replace(progress, lessons=_newest(progress.lessons, kept, _newest_time))


def without_unknown(stored: StoredSettings) -> StoredSettings:
    """The settings that this version knows, for a file that has outgrown its limit."""
    known = {name: setting for name, setting in stored.values.items() if name in Settings.__struct_fields__}
    return stored if len(known) == len(stored.values) else StoredSettings(values=known)


def _with(progress: Progress, lesson: str, fact: LessonProgress) -> Progress:
    return merge_progress(progress, Progress(lessons={clean_key(lesson): fact}))


def _merge_lesson(one: LessonProgress, other: LessonProgress) -> LessonProgress:
    last = max((one.last_time, one.last_step), (other.last_time, other.last_step))
    steps = dict(one.steps)
    for step, time in other.steps.items():
        steps[step] = max(time, steps.get(step, 0.0))
    answers = dict(one.answers)
    for exercise, attempts in other.answers.items():
        answers[exercise] = _union(answers.get(exercise, ()), attempts)
    return LessonProgress(
        last_step=last[1],
        last_time=last[0],
        steps=_newest(steps, STEPS_KEPT, lambda time: time),
        answers=_newest(answers, EXERCISES_KEPT, _last_attempt),
        finished=max(one.finished, other.finished),
        reset=max(one.reset, other.reset),
    )


def _since(lesson: LessonProgress, reset_of_all: float) -> LessonProgress:
    """The lesson without what happened up to its own reset or the reset of all."""
    reset = max(lesson.reset, reset_of_all)
    if not any(0 < time <= reset for time in _times(lesson)):
        return lesson
    recent = {
        exercise: tuple(attempt for attempt in attempts if attempt.time > reset)
        for exercise, attempts in lesson.answers.items()
    }
    still = lesson.last_time > reset
    return LessonProgress(
        last_step=lesson.last_step if still else "",
        last_time=lesson.last_time if still else 0.0,
        steps={step: time for step, time in lesson.steps.items() if time > reset},
        answers={exercise: attempts for exercise, attempts in recent.items() if attempts},
        finished=lesson.finished if lesson.finished > reset else 0.0,
        reset=lesson.reset if lesson.reset > reset_of_all else 0.0,
    )


def _times(lesson: LessonProgress) -> Iterator[float]:
    """When each thing on record happened."""
    yield from (lesson.last_time, lesson.finished, lesson.reset, *lesson.steps.values())
    for attempts in lesson.answers.values():
        for attempt in attempts:
            yield attempt.time


def _union(one: Iterable[Attempt], other: Iterable[Attempt]) -> tuple[Attempt, ...]:
    return tuple(sorted({*one, *other})[-ATTEMPTS_KEPT:])


def _newest_time(lesson: LessonProgress) -> float:
    return max(_times(lesson))


def _last_attempt(attempts: tuple[Attempt, ...]) -> float:
    return max((attempt.time for attempt in attempts), default=0.0)


def _choice_order(setting: Setting) -> tuple[float, bytes]:
    """Newest first; at the same instant any fixed order will do, as long as both windows agree on it."""
    return setting.time, msgspec.json.encode(setting.value, order="sorted")


def _newest(values: Mapping[str, Value], limit: int, time: Any) -> dict[str, Value]:
    if len(values) <= limit:
        return dict(values)
    newest = sorted(values, key=lambda name: (time(values[name]), name), reverse=True)[:limit]
    kept = set(newest)
    return {name: value for name, value in values.items() if name in kept}


def _clean_values(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (list, tuple)):
        return [_clean_values(item) for item in value]
    if isinstance(value, dict):
        return {_clean_values(key): _clean_values(item) for key, item in value.items()}
    return value
