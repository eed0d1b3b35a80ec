"""What was missed comes back, later and later, until it is learned; and where a learner stands."""

from __future__ import annotations

import pytest
from lesson_samples import HEAD

from engine.actions import GiveAnswer
from engine.lessons.format import read_lesson, summarize
from engine.lessons.lesson import Pack, Unit
from engine.notebook import DAY, MINUTE, due_at, notebook
from engine.overview import overview
from engine.progress import Progress, answered, finished, visited
from engine.review import is_review, origin, review
from engine.session import SessionState, reduce

TEXT = """# Only

```expression power
vary = { a = [3, 5, 7] }
derivative_of = "a x^2"
ask = 'Differentiate ${formula}$.'
hint = ['The 2 comes down.']
why = 'It is 2 times {a}.'
```
"""


def record(*attempts: tuple[float, str]) -> Progress:
    progress = Progress()
    for time, verdict in attempts:
        progress = answered(progress, "sample", "power", "x", verdict, time)
    return progress


@pytest.mark.parametrize(
    ("attempts", "due"),
    [
        ([(100.0, "right")], None),
        ([(100.0, "kept")], None),
        ([(100.0, "unreadable")], None),
        ([(100.0, "wrong")], 100.0),
        ([(100.0, "shown")], 100.0),
        ([(100.0, "wrong"), (160.0, "right")], 160.0 + 10 * MINUTE),
        ([(100.0, "wrong"), (160.0, "right"), (900.0, "right")], 900.0 + DAY),
        ([(1.0, "wrong"), (2.0, "right"), (3.0, "right"), (4.0, "right")], 4.0 + 4 * DAY),
        ([(1.0, "wrong"), (2.0, "right"), (3.0, "right"), (4.0, "right"), (5.0, "right")], None),
        ([(1.0, "wrong"), (2.0, "right"), (3.0, "right"), (4.0, "wrong")], 4.0),
    ],
)
def test_a_missed_exercise_comes_back(attempts, due):
    assert [one.due for one in notebook(record(*attempts))] == ([] if due is None else [due])


def test_the_one_longest_due_comes_first():
    progress = answered(record((200.0, "wrong")), "other", "a", "x", "wrong", 100.0)
    missed = notebook(progress)
    assert [one.lesson for one in missed] == ["other", "sample"]
    assert [one.lesson for one in due_at(missed, 150.0)] == ["other"]


def test_a_review_asks_with_other_numbers_and_belongs_to_its_lesson():
    lesson = read_lesson(HEAD + TEXT, "sample.en.md")
    progress = answered(Progress(), lesson.id, "power", "x", "wrong", 100.0)
    opened = review(notebook(progress), {lesson.id: lesson}, "Once more")
    assert opened is not None
    assert is_review(opened.lesson)
    state = reduce(SessionState(), opened)
    (exercise,) = state.lesson.steps[0].exercises()
    assert origin(state.lesson, exercise.id) == (lesson.id, "power")
    assert origin(lesson, "power") == (lesson.id, "power")
    # (3 x²)′ = 6x was missed: it is 10x or 14x now
    assert reduce(state, GiveAnswer(exercise.id, "6x")).answer(exercise.id).outcome == "wrong"
    given = [reduce(state, GiveAnswer(exercise.id, typed)) for typed in ("10x", "14x")]
    assert sorted(one.answer(exercise.id).outcome for one in given) == ["right", "wrong"]


def test_a_review_of_what_is_gone_is_none():
    lesson = read_lesson(HEAD + TEXT, "sample.en.md")
    progress = answered(Progress(), "gone", "power", "x", "wrong", 100.0)
    assert review(notebook(progress), {lesson.id: lesson}, "Once more") is None
    progress = answered(Progress(), lesson.id, "gone", "x", "wrong", 100.0)
    assert review(notebook(progress), {lesson.id: lesson}, "Once more") is None


def pack(*names: str) -> Pack:
    steps = "# One\n\nA.\n\n# Two\n\nB.\n"
    texts = [f'+++\nformat = 1\nid = "{name}"\ntitle = "{name}"\n+++\n\n{steps}' for name in names]
    lessons = tuple(summarize(text, f"{name}.md") for name, text in zip(names, texts, strict=True))
    return Pack("Course", "", (Unit("First", lessons[:2]), Unit("Second", lessons[2:])))


def test_where_a_learner_stands():
    progress = finished(visited(Progress(), "a", "1", 10.0), "a", 11.0)
    progress = visited(visited(progress, "c", "0", 20.0), "c", "7", 21.0)
    progress = answered(progress, "c", "q", "x", "wrong", 22.0)
    seen = overview(pack("a", "b", "c", "d"), progress, notebook(progress))
    assert [one.standing for one in seen.lessons()] == ["done", "new", "begun", "new"]
    assert [one.seen for one in seen.lessons()] == [1, 0, 1, 0]  # step 7 is of an older file
    assert [one.missed for one in seen.lessons()] == [0, 0, 1, 0]
    assert (seen.done, [unit.done for unit in seen.units]) == (1, [1, 0])
    assert seen.following is not None
    assert seen.following.lesson.id == "c"


@pytest.mark.parametrize(
    ("done", "following"),
    [((), "a"), (("a",), "b"), (("c",), "d"), (("d",), "a"), (("a", "b", "c", "d"), None)],
)
def test_what_comes_next(done, following):
    progress = Progress()
    for time, name in enumerate(done, start=10):
        progress = finished(visited(progress, name, "1", time), name, time)
    found = overview(pack("a", "b", "c", "d"), progress, ()).following
    assert (found.lesson.id if found else None) == following
