"""The blocks that ask something: one builder a kind of exercise, for the table of `engine.lessons.blocks`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import FormulaError
from engine.expression import parse, parse_condition, parse_number, variables_of
from engine.figure import Curve, Panel, View
from engine.lessons.folding import checked_values
from engine.lessons.keys import (
    Keys,
    Mistake,
    formula,
    positive,
    switch,
    table,
    text,
    texts,
    whole,
)
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
from engine.lessons.reading import Reading, is_identifier
from engine.lessons.source import RawBlock, nearest
from engine.lessons.variants import FORMULA
from engine.nodes import Node, Variable
from engine.scene import parameters
from engine.text import Text, verbatim

VARIED = ("choice", "number", "expression")
"""The exercises that can be asked again with other numbers."""
MOST_NAMES, MOST_VALUES = 6, 24
SKETCH_TOLERANCE = 0.15


def _begun(block: RawBlock, reading: Reading) -> tuple[Keys, dict[str, Any]]:
    """The keys of an exercise, and what every exercise has."""
    name, keys = reading.exercise_id(block), reading.keys(block)
    vary = _vary(keys) if block.kind in VARIED else {}
    if keys.known is not None:
        own = {*vary, FORMULA} if "derivative_of" in keys else {*vary}
        for taken in own.intersection(keys.known):
            keys.fault(
                "vary", Text("vary: {name} is a name of the picture already.", {"name": verbatim(taken)})
            )
        keys.known = {*keys.known, *own}
    return keys, {
        "id": name,
        "line": block.line,
        "ask": keys.markdown("ask"),
        "hints": keys.markdowns("hint"),
        "why": keys.markdown("why", required=False),
        "vary": vary,
    }


def _vary(keys: Keys) -> dict[str, tuple[str, ...]]:
    """Name → the numbers it takes in turn, as typed."""
    found: dict[str, tuple[str, ...]] = {}
    for name, values in (keys.optional("vary", table) or {}).items():
        if not re.fullmatch(r"[a-zA-Z]_?[0-9]?", name) or name in ("x", "e"):
            what = Text(
                "vary: {name} is no name here. Take a letter such as a.", {"name": verbatim(name[:40])}
            )
            keys.fault(name, what)
        elif not isinstance(values, list) or not 2 <= len(values) <= MOST_VALUES:
            words = {"name": verbatim(name), "limit": MOST_VALUES}
            keys.fault(name, Text("vary: {name} needs a list of 2 to {limit} numbers.", words))
        else:
            found[name] = tuple(_typed_number(name, value, keys) for value in values)
    if len(found) > MOST_NAMES:
        keys.fault("vary", Text("vary: at most {limit} names.", {"limit": MOST_NAMES}))
        return {}
    return found


def _typed_number(name: str, value: Any, keys: Keys) -> str:
    try:
        typed = formula(value)
        parse_number(typed)
    except (Mistake, FormulaError) as fault:
        why = fault.what if isinstance(fault, Mistake) else fault.in_full()
        keys.fault(name, Text("vary: {fault}", {"fault": why}))
        return "1"
    return typed


def _subject(reading: Reading, keys: Keys, names: tuple[str, ...]) -> str:
    """The formula whose derivative is asked for, in place of an answer; "" where there is none."""
    source = keys.optional("derivative_of", formula) or ""
    if source and "answer" in keys:
        keys.fault("answer", Text("An exercise has an answer, or derivative_of: not both."))
    reading.formula(keys, "derivative_of", source, names)
    return source


def _choice(block: RawBlock, reading: Reading) -> Choice:
    keys, shared = _begun(block, reading)
    options = _options(keys)
    answer = keys.take("answer", text, "")
    if options and answer and answer not in options:
        keys.fault("answer", _no_option("answer", answer, options))
    wrong = keys.wrong_answers()
    for place, entry in enumerate(wrong):
        if options and entry.answer not in options:
            keys.fault("say", _no_option("wrong", entry.answer, options), place)
    choice = Choice(
        **shared,
        options=options,
        answer=answer,
        wrong=wrong,
        sets=_settings(reading, keys, options),
        predict=keys.optional("predict", switch) or False,
    )
    keys.finish()
    return choice


def _options(keys: Keys) -> dict[str, str]:
    found: dict[str, Any] = keys.take("options", table, {})
    options = {key: words for key, words in found.items() if isinstance(words, str) and words.strip()}
    for key in found:
        if key not in options:
            keys.fault(key, Text("options: {key} needs words in quotes.", {"key": verbatim(key[:40])}))
        elif not is_identifier(key):
            what = Text("options: {key} is no name: small letters, digits and hyphens only.", {"key": key})
            keys.fault(key, what)
        else:
            keys.check_words(key, options[key])
    if found and len(found) < 2:
        keys.fault("options", Text("A choice needs two options or more."))
    return options


def _no_option(key: str, answer: str, options: Mapping[str, str]) -> Text:
    words = {"key": verbatim(key), "answer": verbatim(answer[:40]), "remedy": nearest(answer, tuple(options))}
    return Text("{key}: {answer} is none of the options. {remedy}", words)


def _settings(reading: Reading, keys: Keys, options: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """What each option sets in the picture."""
    settings: dict[str, Mapping[str, Any]] = {}
    scene = reading.folding.scene
    for place, (option, values) in enumerate((keys.optional("sets", table) or {}).items()):
        if option not in options:
            keys.fault("sets", _no_option("sets", option, options))
        elif not isinstance(values, dict):
            example = verbatim("{ guess = 2 }")
            keys.fault(option, Text("sets: write it as {example}.", {"example": example}))
        elif scene is not None and not reading.folding.broken:
            settings[option] = checked_values(scene, values, keys, place)
    return settings


def _number(block: RawBlock, reading: Reading) -> NumberExercise:
    keys, shared = _begun(block, reading)
    varied = tuple(shared["vary"])
    known = reading.names()
    names = None if known is None else (*known, *varied)
    subject = _subject(reading, keys, ("x", *varied))
    at = keys.take("at", formula, "0") if subject else ""
    reading.formula(keys, "at", at, varied)
    answer = "0" if subject else keys.take("answer", formula, "")
    wrong = keys.wrong_answers()
    _check_answers(reading, keys, answer, wrong, names)
    sets = keys.optional("sets", text) or ""
    scene = reading.folding.scene
    if sets and scene is not None and sets not in parameters(type(scene)):
        words = {"scene": scene.name, "name": verbatim(sets[:40])}
        keys.fault("sets", Text("The scene {scene} has no parameter {name}.", words))
    number = NumberExercise(
        **shared,
        answer=answer,
        derivative_of=subject,
        at=at,
        tolerance=keys.optional("tolerance", positive),
        wrong=wrong,
        sets=sets,
        predict=keys.optional("predict", switch) or False,
    )
    keys.finish()
    return number


def _expression(block: RawBlock, reading: Reading) -> ExpressionExercise:
    keys, shared = _begun(block, reading)
    variables = keys.optional("variables", texts) or ("x",)
    for variable in variables:
        if not variable.replace("_", "").isalnum() or variable[0].isdigit():
            keys.fault("variables", Text("variables: {name} is no name.", {"name": verbatim(variable[:40])}))
            return ExpressionExercise(**shared, answer="x")
    names = (*variables, *shared["vary"])
    subject = _subject(reading, keys, names)
    answer = variables[0] if subject else keys.take("answer", formula, "")
    wrong = keys.wrong_answers()
    _check_answers(reading, keys, answer, wrong, names)
    keys.finish()
    return ExpressionExercise(
        **shared, answer=answer, derivative_of=subject, variables=variables, wrong=wrong
    )


def _line(block: RawBlock, reading: Reading) -> LineExercise:
    from engine.scenes.derivation import WorkedDerivation

    keys, shared = _begun(block, reading)
    scene = reading.folding.scene
    number, answer = keys.optional("line", whole), ""
    if not reading.folding.broken:
        if not isinstance(scene, WorkedDerivation):
            what = Text("A line needs worked steps: put {example} before it.", {"example": _DERIVATION})
            reading.report(block.line, what)
        else:
            lines = scene.derivation().lines
            number = scene.shown_step() + 1 if number is None else number
            if 1 <= number < len(lines):
                answer = lines[number].text()
            else:
                words = {"last": len(lines) - 1, "example": verbatim("step = 0")}
                what = Text("There is no next line: the last is {last}. Begin earlier: {example}.", words)
                reading.report(block.line, what)
    keys.finish()
    return LineExercise(**shared, number=number or 1, answer=answer)


_DERIVATION = verbatim("scene derivation")


def _sketch(block: RawBlock, reading: Reading) -> SketchExercise:
    keys, shared = _begun(block, reading)
    curve, panel = keys.take("curve", text, ""), keys.optional("panel", text) or ""
    tolerance = keys.optional("tolerance", positive) or SKETCH_TOLERANCE
    if tolerance > 1:
        keys.fault("tolerance", Text("tolerance: a share of the panel's height is needed, such as 0.15."))
    predict = keys.optional("predict", switch) or False
    keys.finish()
    figure, setting = reading.folding.figure, reading.folding.setting
    view = View(0.0, 1.0, 0.0, 1.0)
    if figure is None and not reading.folding.broken:
        reading.report(block.line, Text("There is no picture yet. Put a scene block before this."))
    elif figure is not None and curve:
        found = [one for one in figure.panels if panel in ("", one.id) and has_curve(one, curve)]
        if found:
            panel, view = found[0].id, setting.views.get(found[0].id, found[0].view)
        else:
            curves = tuple(mark.id for one in figure.panels for mark in one.marks if has_curve(one, mark.id))
            words = {"name": verbatim(curve[:40]), "remedy": nearest(curve, curves)}
            keys.fault("curve", Text("curve: there is no curve {name} in this picture. {remedy}", words))
    return SketchExercise(**shared, panel=panel, curve=curve, view=view, tolerance=tolerance, predict=predict)


def has_curve(panel: Panel, name: str) -> bool:
    """Whether the panel has a curve of this id."""
    return any(isinstance(mark, Curve) and mark.id == name for mark in panel.marks)


def _check_answers(
    reading: Reading, keys: Keys, answer: str, wrong: tuple[WrongAnswer, ...], names: tuple[str, ...] | None
) -> None:
    reading.formula(keys, "answer", answer, names)
    for place, entry in enumerate(wrong):
        try:
            parse(entry.answer, names or ())
        except FormulaError as error:
            if names is not None:
                keys.fault("say", Text("wrong: {fault}", {"fault": error.in_full()}), place)


def _goal(block: RawBlock, reading: Reading) -> Goal:
    keys, shared = _begun(block, reading)
    source, names = keys.take("check", text, ""), reading.names()
    check: Node = Variable("")
    if names == ():
        reading.report(block.line, Text("There is no picture yet. Put a scene block before this goal."))
    elif source and names is not None:
        try:
            check = parse_condition(source, names)
            if not variables_of(check):
                keys.fault("check", Text("check: this never changes. Name a readout or a parameter."))
        except FormulaError as error:
            keys.fault("check", Text("check: {fault}", {"fault": error.in_full()}))
    keys.finish()
    return Goal(**shared, check=check)


Builder = Callable[[RawBlock, Reading], AnyExercise]

EXERCISES: dict[str, Builder] = {
    "choice": _choice,
    "number": _number,
    "expression": _expression,
    "line": _line,
    "sketch": _sketch,
    "goal": _goal,
}
"""Every kind of exercise, and what reads it."""
