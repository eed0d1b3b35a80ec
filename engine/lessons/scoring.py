"""What a learner gave, and what is said about it: pure functions of exercise, answer and picture.

An answer is right, wrong, or not yet readable; a prediction is kept until the picture has answered. One
table maps each kind of exercise to the rules that judge it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from engine.answers import Verdict, diagnose, judge_choice, judge_expression, judge_number
from engine.errors import FormulaError
from engine.expression import parse, to_latex, variables_of
from engine.figure import Figure, Value
from engine.function import evaluate, holds
from engine.lessons.lesson import (
    AnyExercise,
    Choice,
    ExpressionExercise,
    Goal,
    LineExercise,
    NumberExercise,
    SketchExercise,
    WrongAnswer,
)
from engine.nodes import Node
from engine.scene import Scene, scene_values
from engine.sketches import Compared, compare, read
from engine.text import Text, format_number, latex_number, verbatim
from engine.vocabulary import spelled

TRIES_BEFORE_ANSWER = 2
"""Wrong tries after which the learner may see the answer."""

WITNESSES = (2.0, 1.0, 3.0, -1.0, 0.5, -2.0, 0.0)
"""Where a wrong formula is compared with the right one, until they differ: numbers easy to put in."""

Outcome = Literal["open", "right", "wrong", "unreadable", "equal", "kept"]


class Answer(msgspec.Struct, frozen=True):
    """What the learner did with one exercise.

    given: as typed, or the key of the option; "" for a goal.
    outcome: "kept" is a prediction, which the picture will answer.
    hints: how many rungs of the ladder are open. tries: wrong tries so far.
    seen: the answer was shown before it was found.
    variant: which numbers it stands with (`engine.lessons.variants`). solved: done once, with others.
    """

    given: str = ""
    outcome: Outcome = "open"
    hints: int = 0
    tries: int = 0
    seen: bool = False
    variant: int = 0
    solved: bool = False

    @property
    def settled(self) -> bool:
        """Whether it is answered rightly or shown, or kept as a prediction, with the numbers it has."""
        return self.seen or self.outcome in ("right", "kept")


class Score(msgspec.Struct, frozen=True):
    """How one answer was judged.

    say: what the lesson says to it, as Markdown; "" where it has nothing to say.
    words: what is said instead: a question about what could not be read, or what was seen.
    span: the characters of the answer that `words` speaks of.
    """

    outcome: Outcome
    say: str = ""
    words: Text | None = None
    span: tuple[int, int] | None = None


class Feedback(msgspec.Struct, frozen=True):
    """What stands under an exercise: how its answer was judged, its open hints, its answer once it is shown.

    say, words, span: as in `Score`. hints: the open rungs. more_hints: whether one is left.
    may_show: whether the learner may ask for the answer. shown: the answer, as Markdown, or "".
    may_vary: whether it can be tried again with other numbers.
    """

    outcome: Outcome
    say: str = ""
    words: Text | None = None
    span: tuple[int, int] | None = None
    hints: tuple[str, ...] = ()
    more_hints: bool = False
    may_show: bool = False
    shown: str = ""
    may_vary: bool = False


def known_values(scene: Scene | None, figure: Figure | None = None) -> dict[str, Value]:
    """What goals, answers and prose may name: the scene's parameters and its readouts.

    The entries of a list have names too, from 1 on: `gradient` is also `gradient_1` and `gradient_2`.
    `figure` is the scene's, where it is at hand already.
    """
    if scene is None:
        return {}
    values: dict[str, Value] = {**scene_values(scene), **(figure or scene.figure()).values()}
    for name, value in list(values.items()):
        if isinstance(value, list):
            values |= {f"{name}_{place}": entry for place, entry in enumerate(value, start=1)}
    return values


def curve_key(exercise: SketchExercise) -> str:
    """Under which name the values hold the true curve, x then y; no readout is called so."""
    return f"{exercise.panel}/{exercise.curve}"


def numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """Those of `values` that a formula can compute with: true is 1, an empty readout NaN, words are left out.

    >>> numbers({"slope": 2, "done": True, "scheme": "central", "error": None})
    {'slope': 2.0, 'done': 1.0, 'error': nan}
    """
    return {
        spelled(name): math.nan if value is None else float(value)
        for name, value in values.items()
        if value is None or isinstance(value, (int, float))
    }


def holds_over(condition: Node, values: Mapping[str, Value]) -> bool:
    """Whether `condition` holds; not if a name in it has no number."""
    known = numbers(values)
    needed = {name: known.get(name, math.nan) for name in variables_of(condition)}
    return not any(map(math.isnan, needed.values())) and holds(condition, needed)


def score(exercise: AnyExercise, given: str, values: Mapping[str, Value]) -> Score:
    """How `given` is judged, while the picture has these readouts; a prediction is kept, whatever it is."""
    if not given.strip():
        return Score("open")
    judged = judge(exercise, given, values)
    if getattr(exercise, "predict", False) and judged.outcome != "unreadable":
        return Score("kept")
    return judged


def judge(exercise: AnyExercise, given: str, values: Mapping[str, Value]) -> Score:
    """How `given` is judged, prediction or not."""
    rules = _RULES[type(exercise)]
    verdict = rules.judge(exercise, given, values)
    if verdict.error is not None:
        return Score("unreadable", words=verdict.error.in_full(), span=verdict.error.span)
    if verdict.right:
        return Score("right", say=exercise.why)
    if verdict.outcome == "equal":
        return Score("equal", words=rules.seen(exercise, given, values))
    wrong: tuple[WrongAnswer, ...] = getattr(exercise, "wrong", ())
    say = diagnose(
        given,
        [(answer.answer, answer.say) for answer in wrong],
        lambda given, answer: rules.judge(_with_key(exercise, answer), given, values),
    )
    return Score("wrong", say=say) if say else Score("wrong", words=rules.seen(exercise, given, values))


def feedback(exercise: AnyExercise, answer: Answer, values: Mapping[str, Value]) -> Feedback:
    """What stands under the exercise now. `values` are the readouts of the picture as it stands."""
    judged = Score(answer.outcome)
    if answer.outcome == "right":
        judged = Score("right", say=exercise.why)
    elif answer.outcome in ("wrong", "unreadable", "equal"):
        judged = judge(exercise, answer.given, values)
        if judged.outcome != answer.outcome:  # the picture has changed since
            judged = Score(answer.outcome, words=_RULES[type(exercise)].seen(exercise, answer.given, values))
    found = answer.outcome in ("right", "kept")
    return Feedback(
        outcome=answer.outcome,
        say=exercise.why if answer.seen else judged.say,
        words=judged.words,
        span=judged.span,
        hints=exercise.hints[: answer.hints],
        more_hints=not found and not answer.seen and answer.hints < len(exercise.hints),
        may_show=not found and not answer.seen and _may_show(exercise, answer),
        shown=shown_answer(exercise, values) if answer.seen else "",
        may_vary=bool(exercise.vary) and answer.settled,
    )


def review(exercise: AnyExercise, answer: Answer, values: Mapping[str, Value]) -> Feedback:
    """What is said about a prediction once the picture has answered: right or wrong, and why."""
    if not answer.given:
        return Feedback("open")
    judged = judge(exercise, answer.given, values)
    return Feedback(judged.outcome, say=judged.say, words=judged.words, shown=shown_answer(exercise, values))


def shown_answer(exercise: AnyExercise, values: Mapping[str, Value]) -> str:
    """The right answer, as Markdown; for a goal the last rung of its ladder, which says how to get there."""
    return _RULES[type(exercise)].answer(exercise, values)


def expected_number(exercise: NumberExercise, values: Mapping[str, Value]) -> float:
    """The number asked for: the exercise's formula over the readouts; NaN where one of them is empty."""
    known = numbers(values)
    return evaluate(parse(exercise.answer, tuple(known)), known)


def _may_show(exercise: AnyExercise, answer: Answer) -> bool:
    if isinstance(exercise, Goal):  # nothing is handed in there, so tries cannot count
        return bool(exercise.hints) and answer.hints == len(exercise.hints)
    return answer.tries >= TRIES_BEFORE_ANSWER


def _with_key(exercise: Any, answer: str) -> Any:
    """The same exercise with another answer for its key: a listed mistake is known in any form too."""
    return msgspec.structs.replace(exercise, answer=answer)


def _choice(exercise: Choice, given: str, values: Mapping[str, Value]) -> Verdict:
    return judge_choice(given, exercise.answer)


def _choice_seen(exercise: Choice, given: str, values: Mapping[str, Value]) -> Text:
    return Text("Another of the options is right. Try yours out on the picture, then choose again.")


def _chosen(exercise: Choice, values: Mapping[str, Value]) -> str:
    return exercise.options[exercise.answer]


def _number(exercise: NumberExercise, given: str, values: Mapping[str, Value]) -> Verdict:
    return judge_number(given, expected_number(exercise, values), exercise.tolerance)


def _number_seen(exercise: NumberExercise, given: str, values: Mapping[str, Value]) -> Text:
    return Text(
        "You answered {given}. Another number is asked for: go through it once more, one part at a time.",
        {"given": verbatim(given.strip())},
    )


def _number_shown(exercise: NumberExercise, values: Mapping[str, Value]) -> str:
    return f"${latex_number(expected_number(exercise, values))}$"


def _expression(exercise: ExpressionExercise, given: str, values: Mapping[str, Value]) -> Verdict:
    return judge_expression(given, exercise.answer, exercise.variables)


def _expression_seen(exercise: ExpressionExercise, given: str, values: Mapping[str, Value]) -> Text:
    """The slip that led there; else a place where the two formulas differ, with both values."""
    slip = _slip(exercise, given)
    if slip is not None:
        return slip
    key, typed = (parse(source, exercise.variables) for source in (exercise.answer, given))
    names = [spelled(name) for name in exercise.variables]
    for shift in range(len(WITNESSES)):
        point = {name: WITNESSES[(place + shift) % len(WITNESSES)] for place, name in enumerate(names)}
        expected, found = evaluate(key, point), evaluate(typed, point)
        if not math.isfinite(expected) or math.isclose(expected, found, rel_tol=1e-6, abs_tol=1e-9):
            continue
        place_words = verbatim(", ".join(f"{name} = {format_number(value)}" for name, value in point.items()))
        if not math.isfinite(found):
            return Text("At {place} your formula has no value, and it should.", {"place": place_words})
        return Text(
            "At {place} your formula gives {found}, and {expected} is asked for.",
            {"place": place_words, "found": found, "expected": expected},
        )
    return Text("Your formula is close, and yet another function. Compare them far from 0, and below it.")


def _slip(exercise: ExpressionExercise, given: str) -> Text | None:
    """Which slip of differentiating a false derivative comes from, if it is one that is known."""
    if not exercise.derivative_of:
        return None
    from engine.slips import diagnose as diagnose_slip

    formula, typed = (parse(source, exercise.variables) for source in (exercise.derivative_of, given))
    return diagnose_slip(formula, typed, spelled(exercise.variables[0]))


def _expression_shown(exercise: ExpressionExercise, values: Mapping[str, Value]) -> str:
    return f"${to_latex(parse(exercise.answer, exercise.variables))}$"


def _line(exercise: LineExercise, given: str, values: Mapping[str, Value]) -> Verdict:
    from engine.lessons.lines import line_verdict

    try:
        return Verdict(line_verdict(exercise, given, values).outcome)
    except FormulaError as error:
        return Verdict("unreadable", error)


def _line_seen(exercise: LineExercise, given: str, values: Mapping[str, Value]) -> Text:
    from engine.lessons.lines import line_verdict

    say = line_verdict(exercise, given, values).say
    return say or Text(
        "That is not equal to the line before. Change one thing, and leave the rest as it stands."
    )


def _line_shown(exercise: LineExercise, values: Mapping[str, Value]) -> str:
    from engine.lessons.lines import asked_line

    return f"${asked_line(exercise, values)}$"


def _sketch(exercise: SketchExercise, given: str, values: Mapping[str, Value]) -> Verdict:
    try:
        parts = _compared(exercise, given, values)
    except FormulaError as error:
        return Verdict("unreadable", error)
    return Verdict("right" if all(part.agrees for part in parts) else "wrong")


def _sketch_seen(exercise: SketchExercise, given: str, values: Mapping[str, Value]) -> Text:
    """What of the drawing agrees, and what does not."""
    parts = _compared(exercise, given, values)
    good, bad = ([part.say for part in parts if part.agrees is agrees] for agrees in (True, False))
    words = {"right": len(good), "all": len(parts), "good": good, "bad": bad}
    if not good:
        return Text("Compare: {bad}.", words)
    return Text("{right} of {all}: {good}. Not yet: {bad}.", words)


def _compared(exercise: SketchExercise, given: str, values: Mapping[str, Value]) -> tuple[Compared, ...]:
    curve = values.get(curve_key(exercise))
    x, y = np.array(curve).reshape(2, -1) if isinstance(curve, list) else np.full((2, 1), math.nan)
    height = exercise.view.y_high - exercise.view.y_low
    return compare(read(given), x, y, height, exercise.tolerance)


def _sketch_shown(exercise: SketchExercise, values: Mapping[str, Value]) -> str:
    return ""  # the picture shows it


def _goal(exercise: Goal, given: str, values: Mapping[str, Value]) -> Verdict:
    return Verdict("right" if holds_over(exercise.check, values) else "wrong")


def _goal_seen(exercise: Goal, given: str, values: Mapping[str, Value]) -> Text:
    return Text("The picture is not there yet.")


def _goal_shown(exercise: Goal, values: Mapping[str, Value]) -> str:
    return exercise.hints[-1] if exercise.hints else ""


class _Rules(NamedTuple):
    """How one kind of exercise is judged, what is said to a wrong answer, and how its answer is shown."""

    judge: Callable[[Any, str, Mapping[str, Value]], Verdict]
    seen: Callable[[Any, str, Mapping[str, Value]], Text]
    answer: Callable[[Any, Mapping[str, Value]], str]


_RULES: dict[type, _Rules] = {
    Choice: _Rules(_choice, _choice_seen, _chosen),
    NumberExercise: _Rules(_number, _number_seen, _number_shown),
    ExpressionExercise: _Rules(_expression, _expression_seen, _expression_shown),
    LineExercise: _Rules(_line, _line_seen, _line_shown),
    SketchExercise: _Rules(_sketch, _sketch_seen, _sketch_shown),
    Goal: _Rules(_goal, _goal_seen, _goal_shown),
}
