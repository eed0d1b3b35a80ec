"""The way from one picture to the next when a step changes it: a quarter of a second, for the eye only.

The state has already arrived; a `Glide` says what is shown on the way. Parameters move evenly on the scale of
their slider, views from edge to edge. What cannot be between (a formula, a choice, a number with a forbidden
value in the way) is what it will be from the first frame on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.errors import ParameterError
from engine.figure import Figure, Panel, View, Views
from engine.parameters import Parameter
from engine.scene import Scene, changed, parameters

DURATION = 0.25
"""Seconds from the first frame to the last."""


class Glide(msgspec.Struct, frozen=True, eq=False):
    """What is shown between two pictures. `moving`: parameter → its two values. `views`: panel → its two."""

    end: Scene
    moving: Mapping[str, tuple[float, float]]
    views: Mapping[str, tuple[View, View]]
    panels: Mapping[str, Panel]

    def scene(self, progress: float) -> Scene:
        """The scene when `progress` of the time, in [0, 1], has passed."""
        share = eased(progress)
        if share >= 1.0 or not self.moving:
            return self.end
        known = parameters(type(self.end))
        values = {name: _between(known[name], *ends, share) for name, ends in self.moving.items()}
        try:
            return changed(self.end, values)
        except ParameterError:
            return self.end

    def shown_views(self, progress: float) -> dict[str, View]:
        """The views of the panels that move, at the same moment."""
        share = eased(progress)
        return {name: _view_between(self.panels[name], *ends, share) for name, ends in self.views.items()}


def eased(progress: float) -> float:
    """Smoothstep on [0, 1]: 3t² − 2t³, at rest at both ends.

    >>> eased(0.0), eased(0.5), eased(2.0)
    (0.0, 0.5, 1.0)
    """
    progress = min(1.0, max(0.0, progress))
    return progress * progress * (3.0 - 2.0 * progress)


def glide(
    start: Scene | None,
    end: Scene | None,
    start_figure: Figure | None,
    end_figure: Figure | None,
    start_views: Views,
    end_views: Views,
) -> Glide | None:
    """The way between two pictures of one kind of scene; None where nothing can move."""
    if start is None or end is None or type(start) is not type(end):
        return None
    moving = {
        name: (getattr(start, name), getattr(end, name))
        for name, parameter in parameters(type(end)).items()
        if _can_move(parameter, getattr(start, name), getattr(end, name))
    }
    panels = {panel.id: panel for panel in end_figure.panels} if end_figure else {}
    views: dict[str, tuple[View, View]] = {}
    for panel in start_figure.panels if start_figure else ():
        if panel.id not in panels:
            continue
        ends = (
            start_views.get(panel.id, panel.view),
            end_views.get(panel.id, panels[panel.id].view),
        )
        if ends[0] != ends[1]:
            views[panel.id] = ends
    if not moving and not views:
        return None
    return Glide(end=end, moving=moving, views=views, panels=panels)


def _can_move(parameter: Parameter, start: Any, end: Any) -> bool:
    if parameter.kind != "number" or not isinstance(start, float) or not isinstance(end, float):
        return False
    if start == end or not (math.isfinite(start) and math.isfinite(end)):
        return False
    forbidden = parameter.domain.not_equal
    return forbidden is None or not min(start, end) <= forbidden <= max(start, end)


def _between(parameter: Parameter, start: float, end: float, share: float) -> float:
    logarithmic = parameter.slider is not None and parameter.slider.scale == "log"
    return _mixed(start, end, share, logarithmic)


def _mixed(start: float, end: float, share: float, logarithmic: bool) -> float:
    if logarithmic and start * end > 0:
        return float(start * (end / start) ** share)
    return start + (end - start) * share


def _view_between(panel: Panel, start: View, end: View, share: float) -> View:
    across, up = (axis.scale == "log" for axis in (panel.x_axis, panel.y_axis))
    return View(
        _mixed(start.x_low, end.x_low, share, across),
        _mixed(start.x_high, end.x_high, share, across),
        _mixed(start.y_low, end.y_low, share, up),
        _mixed(start.y_high, end.y_high, share, up),
    )
