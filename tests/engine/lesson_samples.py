"""A small lesson with one of everything, and ways to spoil it."""

from __future__ import annotations

import pytest

from engine.errors import LessonError, Problem
from engine.lessons.format import read_lesson
from engine.lessons.lesson import Lesson

HEAD = """+++
format = 1
id = "sample"
title = "A sample"
minutes = 3
summary = "Two points."
+++
"""

SCENE = """```scene secant
f = "x^2"
x0 = 1.0
h = 1.0
controls = ["x0", "h"]
readouts = ["secant_slope"]
view = { x = [-1, 3], y = [-1, 9] }
```
"""

SAMPLE = (
    HEAD
    + """
# Look

The slope is {secant_slope} at $x_0$ = {x0}.

"""
    + SCENE
    + """
# Predict

```choice where
ask = 'As $h$ shrinks, the slope goes to …'
predict = true
answer = "two"
why = 'Rise and run shrink together.'
wrong = [{ answer = "zero", say = 'The run shrinks too.' }]

[options]
zero = '0'
two = '$2$'

[sets]
zero = { guess = 0 }
two = { guess = 2 }
```

# Play

```animate h
to = 0.001
seconds = 3
```

```verdict where
```

# Do

```scene
h = 0.5
carry = ["x0"]
```

```goal close
ask = "Make them agree to 0.01."
check = "abs(secant_slope - tangent_slope) < 0.01"
hint = ['Which slider?', 'Bring $h$ below 0.01.']
why = 'They differ by {error}.'
```

# Answer

```scene
f = "3x^2 - 4x"
x0 = 1
h = 0.1
```

```number slope
ask = 'What does the slope settle on?'
answer = "tangent_slope"
hint = ['Shrink $h$.']
why = 'The rest is $3h$.'
wrong = [{ answer = "-1", say = 'That is the height.' }, { answer = "secant_slope", say = 'Not there yet.' }]
```

```expression derivative
ask = 'And the derivative?'
answer = "6x - 4"
hint = ['Term by term.']
why = 'Term by term.'
wrong = [{ answer = "6x", say = 'What of $-4x$?' }]
```

```table approach
columns = ["h", "slope"]
```

```table march
parameter = "h"
values = [1, 0.1]
columns = ["secant_slope"]
caption = 'Smaller and smaller $h$'
```

# Why

```note
A *note*.
```

```reveal "More"
More of it.
```
"""
)


def lesson(text: str = SAMPLE) -> Lesson:
    return read_lesson(text, "sample.en.md")


def problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with a lesson; fails if nothing is."""
    with pytest.raises(LessonError) as caught:
        read_lesson(text, "sample.en.md")
    assert caught.value.problems
    return caught.value.problems


def problems_if_any(text: str) -> tuple[Problem, ...]:
    """What is wrong with a lesson that may be fine."""
    try:
        read_lesson(text, "sample.en.md")
    except LessonError as error:
        return error.problems or (Problem("", 0, error.what),)
    return ()


def line_of(text: str, mark: str) -> int:
    """The line in which `mark` first stands."""
    return text[: text.index(mark)].count("\n") + 1
