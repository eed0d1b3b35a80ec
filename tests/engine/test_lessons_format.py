"""A lesson file is read whole, or refused with every mistake at its line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_samples import HEAD, SAMPLE, SCENE, lesson, line_of, problems_if_any, problems_of

from engine.errors import LessonError
from engine.figure import NO_VIEWS, Figure, View, Views
from engine.lessons.format import read_lesson, summarize
from engine.lessons.lesson import (
    Animate,
    Choice,
    ExpressionExercise,
    Goal,
    Note,
    NumberExercise,
    Prose,
    Reveal,
    SceneBlock,
    TableBlock,
    Verdict,
)
from engine.lessons.source import MAX_BLOCKS, MAX_CHARACTERS, MAX_STEPS, markdown_parser
from engine.scene import Scene, scene_class


def test_everything_in_the_sample_is_read() -> None:
    found = lesson()
    assert (found.id, found.title, found.minutes, found.summary) == ("sample", "A sample", 3, "Two points.")
    assert [step.title for step in found.steps] == ["Look", "Predict", "Play", "Do", "Answer", "Why"]
    kinds = [[type(block) for block in step.blocks] for step in found.steps]
    assert kinds == [
        [Prose, SceneBlock],
        [Choice],
        [Animate, Verdict],
        [SceneBlock, Goal],
        [SceneBlock, NumberExercise, ExpressionExercise, TableBlock, TableBlock],
        [Note, Reveal],
    ]
    choice = found.steps[1].exercise("where")
    assert choice.options == {"zero": "0", "two": "$2$"}
    assert choice.sets == {"zero": {"guess": 0.0}, "two": {"guess": 2.0}}
    assert choice.predict
    assert found.steps[4].exercise("slope").wrong[1].say == "Not there yet."
    assert found.steps[5].blocks[1] == Reveal(found.steps[5].blocks[1].line, "More", "More of it.")


def test_lines_are_those_of_the_file() -> None:
    found = lesson()
    assert found.steps[2].line == line_of(SAMPLE, "# Play")
    assert found.steps[2].blocks[0].line == line_of(SAMPLE, "```animate")
    assert found.steps[0].blocks[0].line == line_of(SAMPLE, "The slope is")


def test_each_step_starts_where_the_authored_picture_stands() -> None:
    look, predict, play, do, answer, why = (step.setting for step in lesson().steps)
    assert (look.scene.f, look.scene.x0, look.scene.h) == ("x^2", 1.0, 1.0)
    assert (look.controls, look.readouts) == (("x0", "h"), ("secant_slope",))
    assert look.views == {"plane": View(-1, 3, -1, 9)}
    assert predict.scene == look.scene
    assert (play.playback.parameter, play.playback.start, play.playback.stop) == ("h", 1.0, 0.001)
    assert (play.playback.seconds, play.playback.scale) == (3.0, "log")  # the slider of h is logarithmic
    assert play.scene.h == 1.0
    assert (do.scene.h, do.carry, do.playback) == (0.5, ("x0",), None)
    assert answer.scene.f == why.scene.f == "3x^2 - 4x"
    assert why.views == look.views


def test_a_step_after_an_animation_starts_at_its_end() -> None:
    text = SAMPLE.replace("```scene\nh = 0.5\ncarry", "```scene\ncarry")
    assert lesson(text).steps[3].setting.scene.h == 0.001


def test_naming_a_scene_begins_afresh() -> None:
    text = SAMPLE.replace('```scene\nf = "3x^2 - 4x"\nx0 = 1\nh = 0.1', '```scene secant\nf = "3x^2 - 4x"')
    setting = lesson(text).steps[4].setting
    assert (setting.scene.h, setting.scene.guess, setting.readouts, setting.views) == (1.0, None, None, {})
    assert "f" in setting.controls


def test_a_view_of_one_axis_keeps_the_other() -> None:
    text = SAMPLE.replace("view = { x = [-1, 3], y = [-1, 9] }", "view = { plane = { x = [-1, 3] } }")
    setting = lesson(text).steps[0].setting
    own = setting.scene.figure().panels[0].view
    assert setting.views == {"plane": View(-1, 3, own.y_low, own.y_high)}


def test_line_ends_and_byte_order_marks_do_not_matter() -> None:
    windows = "\ufeff" + SAMPLE.replace("\n", "\r\n")
    assert [step.title for step in lesson(windows).steps] == [step.title for step in lesson().steps]
    assert lesson(windows).steps[2].line == lesson().steps[2].line


def test_python_in_prose_is_prose() -> None:
    text = HEAD + "\n# Step\n\nRead this:\n\n```python\nprint('{secant_slope}')\n# no step\n```\n\nDone.\n"
    (step,) = lesson(text).steps
    (prose,) = step.blocks
    assert prose.markdown.startswith("Read this")
    assert prose.markdown.endswith("Done.")
    assert summarize(text, "x").steps == ("Step",)


# (what is replaced, by what, where the mistake is reported, words of the message)
BROKEN = [
    # front matter
    ("+++\nformat", "format", "format", "begins with a line +++"),
    ("format = 1\n", "", "+++", "The key format is missing"),
    ("format = 1", "format = 0", "format = 0", "write format = 1"),
    ("format = 1", "format = 2", "format = 2", "A newer Gradus"),
    ('id = "sample"', 'id = "A sample"', 'id = "A', "small letters"),
    ('id = "sample"\n', "", "+++", "The key id is missing"),
    ("minutes = 3", 'minutes = "3"', "minutes", "whole number"),
    ("minutes = 3", "minuets = 3", "minuets", "Did you mean minutes?"),
    ('title = "A sample"', 'title = "A sample', 'title = "A', "cannot be read"),
    # the shape
    ("\n# Look\n", "\n", "The slope is", "before the first step"),
    ("```goal close", "```gaol close", "```gaol", "Did you mean goal?"),
    ("```goal close", "```", "```\nask", "There is no block"),
    ("```reveal", "~~~reveal", "~~~reveal", "never closed"),
    ("# Why\n", "#\n", "#\n\n```note", "no title"),
    # keys
    ('ask = "Make', 'aks = "Make', "aks", "Did you mean ask?"),
    ('ask = "Make them agree to 0.01."\n', "", "```goal", "The key ask is missing"),
    ("seconds = 3", "seconds = 'three'", "seconds", "a number is needed"),
    ("seconds = 3", "seconds = 0", "seconds", "above 0"),
    ("seconds = 3", "seconds = nan", "seconds", "finite"),
    ("predict = true", "predict = 1", "predict", "true or false"),
    ("hint = ['Which slider?'", "hint = [1", "hint = [1", "words in quotes"),
    ("hint = ['Term by term.']", "hint = 'Term by term.'", "hint = 'Term", "square brackets"),
    ("to = 0.001", "to = 0.001\nto = 1", "to = 1", "cannot be read"),
    ("to = 0.001", "to = 0.001 0", "to = 0.001 0", "cannot be read"),
    # scenes
    ("```scene secant", "```scene secnat", "```scene secnat", "Did you mean secant?"),
    ("x0 = 1.0\n", "x_nought = 1.0\n", "x_nought", "no parameter"),
    ('f = "x^2"', 'f = "x^2 +"', 'f = "x^2 +', "stops too early"),
    ('f = "x^2"', "f = \"__import__('os')\"", 'f = "__imp', "f:"),
    ("h = 0.5", "h = 0", "h = 0\n", "any number but 0"),
    ("h = 0.5", "h = true", "h = true", "must be a number"),
    ("h = 0.5", "h = 1979-05-27", "h = 1979", "must be a number"),
    ('controls = ["x0", "h"]', 'controls = ["x0", "hh"]', "controls", "Did you mean h?"),
    ('readouts = ["secant_slope"]', 'readouts = ["slope_secant"]', "readouts", "secant_slope"),
    ('carry = ["x0"]', 'carry = ["error"]', "carry", "not known here"),
    ("view = { x = [-1, 3]", "view = { x = [3, -1]", "view", "a low and a high number"),
    ("view = { x = [-1, 3], y = [-1, 9] }", "view = { plain = { x = [0, 1] } }", "view", "mean plane?"),
    ("view = { x = [-1, 3]", "view = { x = ['a', 3]", "view", "a number is needed"),
    # animations
    ("```animate h", "```animate f", "```animate f", "not known here"),
    ("```animate h", "```animate", "```animate\n", "not known here"),
    ("```animate h\nto = 0.001", "```animate guess\nto = 1", "to = 1", "Say where it starts"),
    ("to = 0.001", "to = 0", "to = 0\n", "any number but 0"),
    ("```verdict where", "```animate x0\nto = 2\n```\n\n```verdict where", "```animate x0", "one animation"),
    # exercises
    ('answer = "two"\n', 'answer = "tow"\n', 'answer = "tow"', "Did you mean two?"),
    ('wrong = [{ answer = "zero"', 'wrong = [{ answer = "nil"', 'wrong = [{ answer = "nil', "none of the"),
    ('answer = "6x", say', 'answer = "6x", sya', 'wrong = [{ answer = "6x', "no key sya"),
    ("two = '$2$'\n", "", "[options]", "two options"),
    ("two = '$2$'", "two = 2", "two = 2", "needs words in quotes"),
    ("zero = { guess = 0 }", "zero = { guss = 0 }", "zero = { guss", "Did you mean guess?"),
    ("two = { guess = 2 }", "tow = { guess = 2 }", "[sets]", "none of the options"),
    ("```goal close", "```goal where", "```goal where", "already"),
    ("```goal close", "```goal", "```goal\n", "has no name"),
    ("```goal close", "```goal Close!", "```goal Close!", "is no name"),
    ("tangent_slope) < 0.01", "tangent_slop) < 0.01", "check", "check:"),
    ("tangent_slope) < 0.01", "tangent_slope) + 0.01", "check", "condition"),
    ('check = "abs(secant_slope - tangent_slope) < 0.01"', 'check = "1 < 2"', "check", "never changes"),
    ('answer = "tangent_slope"', 'answer = "tangent_slpe"', 'answer = "tangent_slpe', "answer:"),
    ('answer = "6x - 4"', 'answer = "6y - 4"', 'answer = "6y', "answer:"),
    ('answer = "6x - 4"\n', "", "```expression", "The key answer is missing"),
    ('wrong = [{ answer = "6x", say', 'wrong = [{ answer = "6(", say', 'wrong = [{ answer = "6("', "wrong:"),
    ("hint = ['Shrink $h$.']", "hint = ['Shrink $h$.']\ntolerance = -1", "tolerance", "above 0"),
    ("hint = ['Shrink $h$.']", "hint = ['Shrink $h$.']\nsets = 'gess'", "sets = 'gess'", "no parameter gess"),
    ("```verdict where", "```verdict were", "```verdict were", "no prediction"),
    ("predict = true\n", "", "```verdict", "no prediction"),
    # tables
    ("```table approach", "```table aproach", "```table aproach", "Did you mean approach?"),
    ('columns = ["h", "slope"]', 'columns = ["h", "slop"]', 'columns = ["h", "slop"]', "Did you mean slope?"),
    ("values = [1, 0.1]", "values = [1, 0]", "values = [1, 0]", "any number but 0"),
    ("values = [1, 0.1]\n", "", "```table march", "both keys"),
    ('parameter = "h"', 'parameter = "hh"', 'parameter = "hh"', "no parameter hh"),
    ('parameter = "h"\nvalues = [1, 0.1]', "rows = [{ h = 1, x = 2 }]", "rows", "no parameter x"),
    ('parameter = "h"\nvalues = [1, 0.1]', "rows = [{ h = 1 }, { x0 = 1 }]", "rows", "the same parameters"),
    ('parameter = "h"\n', "rows = [{ h = 1 }]\n", "rows", "either rows"),
    # words
    ("The slope is {secant_slope}", "The slope is {slope}", "The slope is {slope}", "no readout"),
    ("A *note*.", "A <b>note</b>.", "A <b>note", "HTML"),
    ("A *note*.", "A note with $x^{2$.", "A note with", "braces"),
    ("A *note*.", "A note of $5.", "A note of", "no partner"),
    ("A *note*.", "![a picture](cat.png)", "![a pic", "no image"),
    ("A *note*.", "[a link](ftp://example)", "[a link", "https"),
    ("why = 'Rise and run shrink together.'", 'why = "Rise $\\to$ 0"', 'why = "Rise', "control character"),
    ("why = 'Rise and run shrink together.'", 'why = "The $\\nabla f$"', 'why = "The', "single quotes"),
    ("why = 'They differ by {error}.'", "why = 'They differ by {erorr}.'", "why = 'They", "mean error?"),
    ("A *note*.", "A bell\x07.", "A bell", "control character"),
]


@pytest.mark.parametrize(("old", "new", "mark", "words"), BROKEN, ids=lambda value: str(value)[:24])
def test_a_mistake_is_reported_at_its_line(old: str, new: str, mark: str, words: str) -> None:
    assert old in SAMPLE
    text = SAMPLE.replace(old, new, 1)
    problems = problems_of(text)
    expected = line_of(text, mark)
    at_line = [problem for problem in problems if problem.line == expected]
    assert at_line, [str(problem) for problem in problems]
    assert any(words in str(problem.what) for problem in at_line), [str(problem) for problem in at_line]


def test_one_mistake_is_reported_once() -> None:
    """A scene that cannot be made does not make a mistake of everything that speaks of it."""
    broken = SAMPLE.replace("```scene secant", "```scene secnat")
    assert len(problems_of(broken)) == 1
    for old, new in (("seconds = 3", "seconds = 0"), ("to = 0.001", "to = 0"), ('answer = "6x - 4"\n', "")):
        assert len(problems_of(SAMPLE.replace(old, new))) == 1


def test_all_mistakes_are_reported_at_once_in_order() -> None:
    text = SAMPLE
    spoiled = (
        ("minutes = 3", "minuets = 3"),
        ("{secant_slope} at", "{slope} at"),
        ("seconds = 3", "seconds = 0"),
    )
    for old, new in spoiled:
        text = text.replace(old, new, 1)
    lines = [problem.line for problem in problems_of(text)]
    assert lines == sorted(line_of(text, mark) for mark in ("minuets", "{slope}", "seconds = 0"))


def test_a_goal_without_a_picture_is_refused() -> None:
    text = HEAD + '\n# Step\n\n```goal one\nask = "Do."\ncheck = "h < 1"\n```\n'
    (problem,) = problems_of(text)
    assert "no picture yet" in str(problem.what)


def test_a_newer_format_is_all_that_is_said() -> None:
    text = SAMPLE.replace("format = 1", "format = 3").replace("minutes = 3", "hours = 3")
    text = text.replace("```goal", "```gaol")
    (problem,) = problems_of(text)
    assert "format 3" in str(problem.what)
    with pytest.raises(LessonError, match="newer"):
        summarize(text, "x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+++",
        "+++\n+++",
        HEAD,
        HEAD + "\n# Only a title",
        "x" * (MAX_CHARACTERS + 1),
        HEAD + "\n# Step\n\nwords\n" * (MAX_STEPS + 1),
        HEAD + "\n# Step\n" + "\n```note\nwords\n```\n" * (MAX_BLOCKS + 1),
        HEAD + "\n# Step\n\n```choice one\noptions = " + "[" * 5000 + "\n```\n",
        HEAD + "\n# Step\n\n```choice one\n" + "a." * 5000 + "a = 1\n```\n",
        HEAD + "\n# Step\n\n" + "[" * 50_000,
        HEAD + "\n# Step\n\n" + "{a}" * 15_000,
        HEAD + "\n#" * 25_000,
        HEAD + "\n# Step\n\n```scene secant\n" + "".join(f"k{n} = 1\n" for n in range(2500)) + "```\n",
        HEAD + "\n# Step\n\n" + "> " * 20_000 + "x\n\n```scene secant\nf = '" + "(" * 10_000 + "'\n```\n",
        HEAD + SCENE,
        "\0" * 100,
    ],
    ids=lambda text: f"{text[:6]!r}…{len(text)}",
)
@pytest.mark.timeout(10)
def test_hostile_files_are_refused_or_read(text: str) -> None:
    for problem in problems_if_any(text):
        assert len(str(problem)) < 1000


ODD_LINES = ["```", "+++", "# ", "x = [", "wrong = 1", "[options]", "\t", "{x}", "$"]


@given(st.lists(st.sampled_from([*SAMPLE.split("\n"), *ODD_LINES]), max_size=40))
def test_shuffled_lines_never_crash(lines: list[str]) -> None:
    problems = problems_if_any(HEAD + "\n" + "\n".join(lines))
    assert all(1 <= problem.line <= 8 + len(lines) for problem in problems)


def test_the_outline_is_read_at_a_glance() -> None:
    summary = summarize(SAMPLE, "sample.en.md")
    assert summary.steps == tuple(step.title for step in lesson().steps)
    assert (summary.id, summary.title, summary.minutes) == ("sample", "A sample", 3)


def test_whoever_opens_a_lesson_does_not_wait_for_the_last_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(scene: Scene, views: Views = NO_VIEWS) -> Figure:
        raise AssertionError("the whole figure was computed")

    monkeypatch.setattr(scene_class("descent-2d"), "figure", whole)
    block = '```scene descent-2d\nf = "x^2 + 3y^2"\nbeside = "basins"\nreadouts = ["basin_count"]\n```\n'
    head = '+++\nformat = 1\nid = "a"\ntitle = "A"\n+++\n\n# One\n\n{loss_1}\n\n'
    lesson = read_lesson(head + block, "a.md")
    assert lesson.steps[0].setting.readouts == ("basin_count",)


@pytest.mark.parametrize("words", ["$x$ is 3", "At 3 it is $x$", "$x$ and $y$ make 2", "3 times $x$, then 4"])
def test_a_formula_is_read_wherever_digits_stand(words: str) -> None:
    inline = markdown_parser().parse(words)[1]
    formulas = [part.content for part in inline.children or () if part.type == "math_inline"]
    assert formulas == re.findall(r"\$(.)\$", words)


def test_what_costs_a_dollar_is_no_formula() -> None:
    inline = markdown_parser().parse("It costs 5$ or 6$ in all")[1]
    assert [part.type for part in inline.children or ()] == ["text"]
