"""Every goal of the lessons on convexity and on conditioning can be reached, by what their hints say."""

from pathlib import Path
from typing import Any

import pytest

from engine.actions import GoTo, Look, OpenLesson, SetParameters
from engine.lessons.lesson import Goal
from engine.lessons.library import load_pack, open_lesson
from engine.session import SessionState, reduce

COURSE = Path(__file__).resolve().parents[2] / "resources" / "lessons"

HINTED: dict[str, dict[str, dict[str, Any]]] = {
    "convexity": {
        "small-gap": {"a": 1.0, "b": 1.3},
        "dent": {"a": -1.2, "b": 1.2},
        "stuck": {"cursor": -2.5},
        "interval": {"low": 0},
    },
    "how-fast": {
        "best-step": {"lr": 2 / 1.1},
        "leaves": {"lr": 2.2},
        "lucky": {"x": 0},
    },
}


@pytest.mark.parametrize("name", HINTED)
def test_the_last_hint_leads_to_the_goal(name: str) -> None:
    (summary,) = (lesson for lesson in load_pack(COURSE).lessons() if lesson.id == name)
    lesson = open_lesson(summary)
    met = set()
    for number, step in enumerate(lesson.steps):
        for goal in (exercise for exercise in step.exercises() if isinstance(exercise, Goal)):
            state = reduce(reduce(SessionState(), OpenLesson(lesson)), GoTo(number))
            state = reduce(state, SetParameters(HINTED[name][goal.id]))
            assert state.scene is not None
            state = reduce(state, Look(state.scene, state.scene.figure()))
            assert state.answer(goal.id).outcome == "right", goal.id
            met.add(goal.id)
    assert met == set(HINTED[name])
