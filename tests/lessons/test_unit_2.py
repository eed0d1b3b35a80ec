"""Every goal of unit 2 can be reached, by what the last rung of its ladder says."""

from pathlib import Path
from typing import Any

import pytest

from engine.actions import GoTo, Look, OpenLesson, SetParameters
from engine.lessons.lesson import Goal
from engine.lessons.library import load_pack, open_lesson
from engine.session import SessionState, reduce

COURSE = Path(__file__).resolve().parents[2] / "resources" / "lessons"

HINTED: dict[str, dict[str, dict[str, Any]]] = {
    "secant-to-tangent": {"close-enough": {"h": 0.001}, "other-side": {"h": -0.5}},
    "first-principles": {"five": {"f": "5x"}},
    "the-tangent-predicts": {"reach": {"h": 0.28}, "near-corner": {"h": 0.2}},
    "rising-and-falling": {
        "second-top": {"cursor": 7.85},
        "corner": {"f": "abs(x)", "cursor": 0},
        "two-valleys": {"f": "x^4 - 3x^2"},
        "down": {"cursor": 2.0},
    },
    "curvature": {
        "lowest-slope": {"cursor": 0},
        "level-and-bent-down": {"cursor": -1},
        "make-it-a-top": {"f": "-x^4"},
        "too-far": {"rate": 0.27},
    },
    "critical-points": {"in-five": {"steps": 5, "rate": 0.4}, "deeper": {"cursor": -1.0}},
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
