"""Fields that hold a formula, and the letters it may be typed in."""

import pytest

from engine.errors import FormulaError
from engine.parameters import covering_variables

ALTERNATIVES = (("x",), ("w",), ("t",))


@pytest.mark.parametrize(("source", "variables"), [("x^2", ("x",)), ("2w", ("w",)), ("7", ("x",))])
def test_the_first_list_that_covers_the_formula(source, variables):
    assert covering_variables(source, ALTERNATIVES)[1] == variables


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("w^2 + (", "never closed"),  # and not: the name w is not known
        ("(x", "never closed"),
        ("2t + q", "Known here: t,"),
        ("x + t", "Known here: x,"),
        ("tan(q)", "Known here: x,"),  # the t of tan is no variable
    ],
)
def test_the_mistake_is_told_in_the_letters_that_were_typed(source, words):
    with pytest.raises(FormulaError) as caught:
        covering_variables(source, ALTERNATIVES)
    assert words in str(caught.value)
