"""Goals can be reached, by what the last rungs of their ladders say."""

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
    "what-optimization-is": {
        "rising": {"w": 1.2, "b": 1},
        "fit": {"w": 1.4, "b": 1},
        "bottom": {"w": 1.43, "b": 1},
        "outlier": {"points": "1 2; 2 5; 3 4; 4 8; 5 7; 6 -2"},
    },
    "whole-batch-one-example-mini-batch": {
        "narrower": {"batch": 32},
        "no-spread": {"batch": 200},
        "quiet": {"lr": 0.005},
        "three-epochs": {"batch": 8, "lr": 0.1},
    },
    "ascent-and-descent": {
        "uphill-right": {"x0": 4},
        "turned-round": {"direction": "descent"},
        "over-the-edge": {"lr": 0.1},
    },
    "the-learning-rate": {"the-border": {"lr": 1}, "one-step": {"lr": 0.5}, "tame": {"lr": 0.1}},
    "schedules": {"settles": {"period": 5, "drop": 0.5}, "survive": {"schedule": "warm-up", "period": 10}},
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
    "two-parameters": {
        "low-place": {"x": 2, "y": 1},
        "straight": {"x": 2},
        "leaves": {"racers": "gd(lr=0.26)"},
        "best": {"racers": "gd(lr=0.2)"},
        "round": {"f": "(w1-2)^2 + (w2-1)^2"},
    },
    "ravines-and-momentum": {
        "same-run": {"racers": "momentum(lr=0.05, averaged=true); momentum(lr=0.005)"},
        "plain-leaves": {"racers": "gd(lr=0.11); momentum(lr=0.05, averaged=true)"},
        "momentum-leaves": {"racers": "gd(lr=0.05); momentum(lr=2, averaged=true)"},
        "narrower": {"f": "w1^2 + 50w2^2"},
        "less-memory": {"racers": "gd(lr=0.018); momentum(lr=0.05, beta=0.7, averaged=true)"},
    },
    "steps-per-parameter": {
        "hundredfold": {"f": "100(w1^2 + 10w2^2)"},
        "settle": {"racers": "rmsprop(lr=0.02, alpha=0.9)"},
        "inside": {"f": "x/sqrt(0.1x^2 + 0.01)"},
    },
    "adam-and-adamw": {
        "brake": {"step": 25},
        "both-too-high": {"racers": "gd(lr=0.5); adam(lr=0.5)"},
    },
    "the-race": {
        "turned-round": {
            "racers": "rmsprop(lr=0.15, alpha=0.9); gd(lr=0.05); momentum(lr=0.05, beta=0.9, averaged=true)"
        },
        "deep-valley": {"x": -1, "y": 1},
        "other-winner": {"evaluations": 25},
        "not-luck": {"starts": 40},
    },
    "saddle-points": {
        "longer": {"y": 1e-6, "step": 120},
        "off-the-saddle": {"noise": 0.1},
        "far-down": {"noise": 1e-6},
        "a-saddle": {"x": 3, "y": 0},
        "a-minimum": {"seed": 2},
    },
    "why-did-it-blow-up": {
        "near-edge": {"racers": "gd(lr=0.557)"},
        "fewest": {"racers": "gd(lr=0.087)"},
        "nearer": {"x": 3},
        "beyond-two": {"racers": "momentum(lr=0.15, beta=0.6)"},
        "off-the-plateau": {"x": 2, "y": 0.5},
        "rescued": {"racers": "gd(lr=0.25); gd(lr=0.1)"},
    },
    "practice-descent": {
        "land-at-three": {"lr": 1 / 3},
        "jumps-and-arrives": {"lr": 0.2},
        "settle": {"period": 5, "lr": 0.4},
        "both-done": {"racers": f"gd(lr={2 / 7})"},
        "momentum-below": {"racers": "gd(lr=0.03); momentum(lr=0.06, beta=0.7, averaged=true)"},
        "quieter": {"racers": "gd(lr=0.05)"},
        "tamed": {"racers": "gd(lr=0.08)"},
    },
    "practice-landscapes": {
        "refuted": {"f": "ln(1 + w^2)", "a": 1, "b": 4},
        "right-part": {"low": 1.2},
        "enough-decay": {"f": "cos(w) + 0.6w^2"},
        "best-step": {"lr": 16 / 9},
        "rescaled": {"f": "w1^2 + w2^2", "racers": "gd(lr=0.4)"},
        "off-the-ridge": {"noise": 0.05},
        "make-a-saddle": {"f": "w1^2 - w2^2"},
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
