"""The kept set of what students type for a derivative: no false right, no false wrong."""

from itertools import pairwise
from pathlib import Path

import pytest

from engine.answers import judge_expression
from engine.expression import names_in

SOURCE = Path(__file__).parent.parent / "data" / "derivative_answers.txt"
OUTCOMES = {"+": "right", "-": "wrong", "?": "unreadable"}

Triple = tuple[str, str, str]


def kept_pairs() -> list[Triple]:
    """(key, typed, outcome) for each line of the file, and each right form as the key of the next one."""
    pairs: list[Triple] = []
    key, right = "", []
    for line in [*SOURCE.read_text(encoding="utf-8").splitlines(), "= x"]:
        if not line.strip() or line.startswith("#"):
            continue
        sign, typed = line[0], line[2:]
        if sign == "=":
            plain = [form for form in right if "=" not in form]
            pairs += [(one, other, "right") for one, other in pairwise(plain)]
            key, right = typed, []
            continue
        pairs.append((key, typed, OUTCOMES[sign]))
        if sign == "+":
            right.append(typed)
    return pairs


PAIRS = kept_pairs()


def letters(key: str) -> tuple[str, ...]:
    return tuple(sorted({*names_in(key), "x"}))


def test_the_set_is_large() -> None:
    assert len(PAIRS) >= 400
    assert len({key for key, *_ in PAIRS}) >= 30


@pytest.mark.parametrize(("key", "typed", "outcome"), PAIRS)
def test_judged_as_a_teacher_would(key: str, typed: str, outcome: str) -> None:
    assert judge_expression(typed, key, letters(key)).outcome == outcome


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("2x cos(x^2)", "x^" * 300 + "2"),
        ("x", "(x+1)^99*(x-1)^99/(x^2-1)^98 + 0x"),
        ("2x", "+".join(["sin(x)"] * 150)),
        ("x", "sin(" * 45 + "x" + ")" * 45),
        ("2^x", "9^9^9^x"),
        ("x", "|" * 99),
    ],
)
@pytest.mark.timeout(20)
def test_hostile_answers_end(key: str, typed: str) -> None:
    assert judge_expression(typed, key).outcome in ("right", "wrong", "unreadable")
