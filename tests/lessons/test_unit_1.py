"""Every goal of unit 1 can be reached, by what the last rung of its ladder says."""

from pathlib import Path
from typing import Any

import pytest

from engine.actions import GoTo, Look, OpenLesson, SetParameters
from engine.lessons.lesson import Goal
from engine.lessons.library import load_pack, open_lesson
from engine.session import SessionState, reduce

COURSE = Path(__file__).resolve().parents[2] / "resources" / "lessons"

HINTED: dict[str, dict[str, dict[str, Any]]] = {
    "functions-and-change": {
        "three-more": {"h": 1.5},
        "far-out": {"x0": -3.5},
        "close-by": {"h": 0.001},
        "level": {"x0": -0.25},
        "steep": {"x0": 2.6},
    },
    "limits-by-zooming": {"microscope": {"radius": 0.0001}, "deep": {"radius": 0.009}},
    "when-a-limit-is-missing": {
        "choose-a-side": {"side": "right"},
        "a-thousand": {"delta": 0.0005},
        "high": {"delta": 0.0141},
        "low": {"delta": 0.0424},
        "settle-down": {"f": "sin(x)/x"},
    },
    "epsilon-and-delta": {
        "answer-it": {"delta": 0.7},
        "tight": {"delta": 0.0077},
        "defeat": {"epsilon": 0.04},
        "refute": {"epsilon": 0.5},
    },
    "continuity": {
        "on-a-step": {"c": 1},
        "the-broken-one": {"f": "step(x)"},
        "type-it": {"f": "x + 1"},
        "something-to-follow": {"f": "sigmoid(x)"},
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
