"""The linter finds lessons that are read well and teach badly."""

from __future__ import annotations

from pathlib import Path

import pytest
from lesson_samples import HEAD, SAMPLE, lesson, line_of

from engine.lessons.lint import check, check_lesson
from engine.lessons.lint_rules import RULES


def found_in(text: str) -> list[tuple[int, str, bool]]:
    return [(problem.line, str(problem.what), problem.advice) for problem in check_lesson(lesson(text))]


def test_the_sample_teaches_what_it_says() -> None:
    assert found_in(SAMPLE) == []


GOAL = 'check = "abs(secant_slope - tangent_slope) < 0.01"'


def goal(check: str) -> str:
    return f"```goal new\nask = 'x'\nwhy = 'x'\nhint = ['x']\n{check}\n```"


# (what is replaced, by what, where the problem is reported, its words)
BAD = [
    (GOAL, 'check = "h < 1"', "```goal", "met before the learner"),
    (GOAL, 'check = "x0 == 1"', "```goal", "met before the learner"),
    # At the animation's last frame h is 0.001; in the middle of it about 0.03.
    ("```verdict where\n```", goal(GOAL), "```goal new", "met"),
    ("```verdict where\n```", goal("check = '0.02 < h and h < 0.04'"), "```goal new", "met"),
    # A prediction that is still in the picture counts too.
    ("guess = 2 }\n```", "guess = 2 }\n```\n\n" + goal("check = 'guess == 2'"), "```goal new", "met"),
    # f = 3x² − 4x has the slope 2 at 1.
    ('answer = "-1", say', 'answer = "2", say', "```number", "not judged wrong"),
    ('answer = "-1", say', 'answer = "secant_slope", say', "```number", "equals another"),
    ("hint = ['Shrink $h$.']", "hint = ['Shrink $h$.']\ntolerance = 0.5", "```number", "not judged wrong"),
    ('answer = "tangent_slope"', 'answer = "guess/0"', "```number", "has no value"),
    ('answer = "6x", say', 'answer = "2(3x - 2)", say', "```expression", "not judged wrong"),
    ('wrong = [{ answer = "zero"', 'wrong = [{ answer = "two"', "```choice", "not judged wrong"),
    ("hint = ['Shrink $h$.']\n", "", "```number", "no hint"),
    ('f = "3x^2 - 4x"\nx0 = 1\n', 'f = "sqrt(x)"\nx0 = -3\n', "```table march", "no number in it"),
    ("```verdict where\n```\n", "", "```choice", "never answered"),
    ("```animate h\nto = 0.001", "```animate h\nstart = -1\nto = 1", "```animate", "On the way"),
]


@pytest.mark.parametrize(("old", "new", "mark", "words"), BAD, ids=lambda value: str(value)[:30])
def test_a_bad_lesson_is_found_out(old: str, new: str, mark: str, words: str) -> None:
    assert old in SAMPLE
    text = SAMPLE.replace(old, new, 1)
    problems = [(line, what) for line, what, advice in found_in(text) if not advice]
    assert any(line == line_of(text, mark) and words in what for line, what in problems), problems


ADVISED = [
    ("why = 'Term by term.'\n", "", "```expression", "Say why"),
    ("A *note*.", "This is simply a note.", "```note", "“simply”"),
    ("A *note*.", "Words.\n\nIt is Just so.", "```note", "“Just”"),
    ("# Look\n", "# Look!\n", "# Look!", "exclamation"),
    ("The slope is", "word " * 60 + "The slope is", "# Look", "words stand before something moves"),
    ("zero = '0'\n", "zero = '0'\none = '1'\n", "```choice", "chooses one"),
]


@pytest.mark.parametrize(("old", "new", "mark", "words"), ADVISED, ids=lambda value: str(value)[:30])
def test_advice_is_given_and_fails_nothing(old: str, new: str, mark: str, words: str) -> None:
    assert old in SAMPLE
    text = SAMPLE.replace(old, new, 1)
    found = found_in(text)
    assert all(advice for _, _, advice in found)
    lines = [line for line, what, _ in found if words in what]
    assert lines
    assert all(0 <= line - line_of(text, mark) <= 3 for line in lines)


@pytest.mark.parametrize("words", ["Five factorial, $5!$.", "Adjust it, justly.", "`x!`"])
def test_mathematics_and_other_words_are_left_alone(words: str) -> None:
    assert found_in(SAMPLE.replace("A *note*.", words)) == []


def test_short_lessons_are_advised_to_grow() -> None:
    (found,) = found_in(HEAD + "\n# One\n\nWords.\n")
    assert found[2]
    assert "There are 1 steps" in found[1]


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / (name.replace("__", ".") + ".md")).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_is_checked_whole(tmp_path: Path) -> None:
    other = SAMPLE.replace('id = "sample"', 'id = "other"')
    write(tmp_path, a__en=SAMPLE, b__en=other.replace("```goal", "```gaol"), c__en="nothing")
    report = check([tmp_path])
    assert report.lessons == 3
    assert {Path(problem.path).name for problem in report.problems} == {"b.en.md", "c.en.md"}
    assert report.advice == ()


def test_a_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe\x00")
    (problem,) = check([tmp_path]).problems
    assert "UTF-8" in str(problem)
    (problem,) = check([tmp_path / "missing.md"]).problems
    assert "missing.md" in str(problem)


def test_ids_are_unique_in_a_pack(tmp_path: Path) -> None:
    (problem,) = check([write(tmp_path, a__en=SAMPLE, b__en=SAMPLE)]).problems
    assert "The id sample is taken" in str(problem)


ARABIC = SAMPLE.replace("# Look", "# انظر").replace("Make them agree to 0.01.", "قرّبهما.")


def test_a_translation_says_the_same(tmp_path: Path) -> None:
    assert check([write(tmp_path, a__en=SAMPLE, a__ar=ARABIC)]).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("h = 0.5", "h = 0.4", "This block differs"),
        ("to = 0.001", "to = 0.002", "This block differs"),
        ('< 0.01"', '< 0.02"', "This block differs"),
        ('answer = "two"', 'answer = "zero"', "This block differs"),
        ("hint = ['Which slider?', ", "hint = [", "This block differs"),
        ("```note\nA *note*.\n```\n", "", "This step has 1 blocks"),
        ("# Why\n", "", "There are 5 steps"),
        ('id = "sample"', 'id = "another"', "The id must be"),
    ],
)
def test_a_translation_that_differs_is_found(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in ARABIC
    report = check([write(tmp_path, a__en=SAMPLE, a__ar=ARABIC.replace(old, new, 1))])
    assert any(words in str(problem.what) for problem in report.problems), report.problems
    assert {Path(problem.path).name for problem in report.problems} == {"a.ar.md"}


def test_every_rule_says_what_it_asks() -> None:
    assert all(rule.__doc__ for rule in RULES)
