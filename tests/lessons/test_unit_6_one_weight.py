"""Every goal of the lessons on descent with one weight can be reached, by what the last hint says."""

from pathlib import Path
from typing import Any

import pytest

from engine.actions import GoTo, Look, OpenLesson, SetParameters
from engine.lessons.lesson import Goal
from engine.lessons.library import load_pack, open_lesson
from engine.session import SessionState, reduce

COURSE = Path(__file__).resolve().parents[2] / "resources" / "lessons"

HINTED: dict[str, dict[str, dict[str, Any]]] = {
    "ascent-and-descent": {
        "uphill-right": {"x0": 4},
        "turned-round": {"direction": "descent"},
        "over-the-edge": {"lr": 0.1},
    },
    "the-learning-rate": {"the-border": {"lr": 1}, "one-step": {"lr": 0.5}, "tame": {"lr": 0.1}},
    "schedules": {"settles": {"period": 5, "drop": 0.5}, "survive": {"schedule": "warm-up", "period": 10}},
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
