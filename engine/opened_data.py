"""Data that a learner opens: which picture takes it, and what becomes of that picture's parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from engine.csv_points import CsvPoints, points_of_file
from engine.data_points import points_text
from engine.errors import ParameterError
from engine.scene import Scene, changed, make_scene, parameters

SCENE = "regression"
"""The picture that opens where the one on show takes no data."""


AMENDS: tuple[Mapping[str, Any], ...] = (
    {},
    {"loss": "linear"},
    {"batch": 32, "epochs": 30},
    {"loss": "linear", "batch": 32, "epochs": 30},
)
"""What is changed besides, the least first, where the picture cannot show the points as it stands."""


class Opened(NamedTuple):
    """A file's points, ready to be shown. values: the parameters that show them.

    scaled: they are shown in standard deviations, since a run over the numbers as they are would be lost.
    """

    name: str
    found: CsvPoints
    values: dict[str, Any]
    scaled: bool


def takes_data(scene: Scene | None) -> bool:
    """Whether a picture shows points that may be replaced.

    >>> takes_data(make_scene("regression")), takes_data(make_scene("secant")), takes_data(None)
    (True, False, False)
    """
    if scene is None or not getattr(scene, "edit", True):
        return False
    return any(parameter.kind == "points" for parameter in parameters(type(scene)).values())


def opened(path: Path, scene: Scene | None) -> Opened:
    """The points of a CSV as `scene` shows them, or, where it takes none, the scene regression.

    GradusError says what is wrong with the file. A log loss gives way to y that are no labels, small batches
    to a run that would be too long.
    """
    found = points_of_file(path)
    base = scene if scene is not None and takes_data(scene) else make_scene(SCENE)
    text = points_text(found.names, found.values)
    values: dict[str, Any] = {"points": text, "columns": "", "scaled": False, "edit": True}
    for amends in AMENDS:
        with contextlib.suppress(ParameterError):
            shown = changed(base, {**values, **amends})
            values |= amends
            break
    else:
        shown = changed(base, values)
    scaled = shown.figure().readout("status").value == "lost"
    if scaled:
        values["scaled"] = True
    return Opened(path.name, found, values, scaled)
