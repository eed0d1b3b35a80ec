"""What the picture of a limit says: its readouts, the reasons where one is empty, and its sentence."""

from __future__ import annotations

import math

from engine.figure import Readout, Role
from engine.limits import OneSided
from engine.notation import variable_latex
from engine.scenes._limit_frame import OVERVIEW
from engine.scenes._limit_seen import Seen
from engine.text import Text

_SIDES = {"left": Text("the left"), "right": Text("the right")}

_UNCLEAR = Text("the numbers alone cannot tell")


def readouts(seen: Seen) -> tuple[Readout, ...]:
    """Every readout of the scene, in its order."""
    return (*_limits(seen), *_duel(seen), *_continuity(seen), *_hidden(seen))


def spoken(seen: Seen) -> Text:
    """One sentence about the limit, or about the values beside c where the limit is not to be told yet."""
    first = _about_limit(seen) if seen.verdict else _about_values(seen)
    second = _about_bands(seen)
    return first if second is None else Text("{first} {second}", {"first": first, "second": second})


def _limits(seen: Seen) -> list[Readout]:
    variable = variable_latex(seen.f.variables[0])
    rows = []
    for direction, mark in (("left", "^-"), ("right", "^+")):
        one: OneSided = getattr(seen.found, direction)
        beyond = math.isinf(seen.c) and (seen.c > 0) != (direction == "left")
        rows.append(
            Readout(
                name=f"{direction}_limit",
                value=None if math.isnan(one.value) else one.value,
                latex=rf"\lim_{{{variable} \to c{mark}}} f({variable})",
                label=Text("limit from the left") if direction == "left" else Text("limit from the right"),
                reason=None if not math.isnan(one.value) else _no_side(seen, one, direction, beyond),
                role=Role.SECANT,
                digits=8,
            )
        )
    value = seen.found.value
    exists = seen.found.exists
    unknown = Text("Whether there is a limit, {unclear}.", {"unclear": _UNCLEAR})
    return [
        *rows,
        Readout(
            name="limit",
            value=None if math.isnan(value) else value,
            latex=rf"\lim_{{{variable} \to c}} f({variable})",
            label=Text("limit"),
            reason=why_no_limit(seen) if math.isnan(value) else None,
            role=Role.TANGENT,
            digits=8,
        ),
        Readout(
            name="exists",
            value=exists,
            label=Text("the limit exists"),
            reason=unknown if exists is None else None,
        ),
        Readout(
            name="limit_reason",
            value=seen.found.reason,
            label=Text("what keeps it from existing"),
            reason=unknown if exists is None else None,
            shown=exists is False,
        ),
    ]


def why_no_limit(seen: Seen) -> Text:
    """Why there is no one limit, naming the sides."""
    found = seen.found
    known = {"left": found.left.value, "right": found.right.value, "c": seen.c}
    if found.reason == "one-sided":
        return Text("From the left f goes to {left}, from the right to {right}: no one number.", known)
    if found.reason == "unbounded" and not (math.isnan(found.left.value) or math.isnan(found.right.value)):
        return Text("f leaves every bound: to {left} on the left and to {right} on the right.", known)
    asked = seen.asked()
    if len(asked) == 2 and {one.kind for one in asked.values()} == {"oscillation"}:
        return Text("On both sides of {c} f oscillates without end: it settles on no number.", known)
    if len(asked) == 2 and {one.kind for one in asked.values()} == {"undefined"}:
        return Text("Around {c} f has no values.", known)
    for direction, one in asked.items():
        if math.isnan(one.value):
            return _no_side(seen, one, direction, False)
    return Text("Whether there is a limit, {unclear}.", {"unclear": _UNCLEAR})


def _no_side(seen: Seen, one: OneSided, direction: str, beyond: bool) -> Text:
    words = {"side": _SIDES[direction], "c": seen.c, "unclear": _UNCLEAR}
    if beyond:
        return Text("Infinity is approached from one side only.")
    if math.isinf(seen.c):
        if one.kind == "oscillation":
            return Text("f oscillates without end: it settles on no number.")
        if one.kind == "undefined":
            return Text("Towards {c} f has no values.", words)
        return Text("Where f goes, {unclear}.", words)
    if one.kind == "oscillation":
        return Text("On {side} of {c} f oscillates without end: it settles on no number.", words)
    if one.kind == "undefined":
        return Text("On {side} of {c} f is not defined.", words)
    return Text("Where f goes on {side} of {c}, {unclear}.", words)


def _duel(seen: Seen) -> list[Readout]:
    delta = seen.delta
    miss = seen.miss
    return [
        Readout(
            name="largest_delta",
            value=None if math.isnan(delta) or delta == 0 else delta,
            latex=r"\delta_{\max}",
            label=Text("largest δ that answers ε"),
            reason=_no_delta(seen),
            role=Role.SECANT,
            digits=5,
        ),
        Readout(
            name="counterexample",
            value=None if miss is None else miss.x,
            label=Text("counterexample"),
            reason=_no_miss(seen) if miss is None else None,
            role=Role.WRONG,
        ),
    ]


def _no_delta(seen: Seen) -> Text | None:
    if seen.epsilon is None:
        return Text("No ε is named.")
    if math.isnan(seen.target):
        return _no_target(seen)
    if seen.delta == 0:
        return Text("No δ will do: however near to c, some x is carried out of the band.")
    if math.isnan(seen.delta):
        return Text("ε is so small that rounding hides the answer.")
    return None


def _no_target(seen: Seen) -> Text:
    if seen.found.reason is None:
        return Text("Whether there is a limit, {unclear}.", {"unclear": _UNCLEAR})
    return Text("There is no limit to stay near to.")


def _no_miss(seen: Seen) -> Text:
    if seen.epsilon is None:
        return Text("No ε is named.")
    if seen.given_delta is None:
        return Text("No δ is named.")
    if math.isnan(seen.target):
        return _no_target(seen)
    if math.isnan(seen.delta):
        return Text("ε is so small that rounding hides the answer.")
    return Text("None was found.")


def _continuity(seen: Seen) -> list[Readout]:
    known = math.isfinite(seen.value)
    kind, reason = break_kind(seen)
    undecided = seen.found.reason is None
    unknown = Text("Whether there is a limit, {unclear}.", {"unclear": _UNCLEAR})
    return [
        Readout(
            name="value_at_c",
            value=seen.value if known else None,
            latex="f(c)",
            label=Text("value at c"),
            reason=None if known else _no_value(seen),
            role=Role.FUNCTION,
            digits=8,
        ),
        Readout(
            name="continuous",
            value=None if undecided or math.isinf(seen.c) else seen.continuous(),
            label=Text("continuous at c"),
            reason=unknown if undecided else _no_value(seen) if math.isinf(seen.c) else None,
        ),
        Readout(name="break_kind", value=kind, label=Text("kind of break"), reason=reason),
    ]


def break_kind(seen: Seen) -> tuple[str | None, Text | None]:
    """How the graph breaks at c; None and why where nothing can be said of a break."""
    found = seen.found
    if math.isinf(seen.c):
        return None, Text("Infinity is no place where a graph could break.")
    if found.reason is None:
        return None, Text("Whether there is a limit, {unclear}.", {"unclear": _UNCLEAR})
    if seen.continuous():
        return "none", None
    kinds = {one.kind for one in (found.left, found.right)}
    if found.reason == "undefined" or kinds == {"undefined"}:
        return None, _no_break(seen)
    if "unbounded" in kinds:
        return "infinite", None
    if "oscillation" in kinds:
        return "oscillation", None
    both = [one.value for one in (found.left, found.right) if one.kind == "settles"]
    if len(both) == 2 and found.reason == "one-sided":
        return "jump", None
    apart = len(both) == 2 and abs(both[0] - both[1]) > 1e-9 * max(map(abs, both)) + sum(
        one.uncertainty for one in (found.left, found.right)
    )
    return ("jump" if apart else "removable"), None


def _no_break(seen: Seen) -> Text:
    words = {"c": seen.c}
    if seen.found.left.kind == seen.found.right.kind == "undefined":
        return Text("f has no values near {c}: there is no graph to break.", words)
    return Text("f ends at {c}. Ask for the limit from the side where f has values.", words)


def _no_value(seen: Seen) -> Text:
    if math.isinf(seen.c):
        return Text("Infinity is no number that could be put in.")
    if math.isinf(seen.value):
        return Text("f is not defined at {c}, or too large to be a number.", {"c": seen.c})
    return Text("f is not defined at {c}.", {"c": seen.c})


def _hidden(seen: Seen) -> list[Readout]:
    rows = []
    distance = "r" if seen.given_delta is None else r"\delta"
    for direction in ("left", "right"):
        x, value = seen.beside.get(direction, (math.nan, math.nan))
        known = math.isfinite(value)
        words = {"x": x}
        asked = Text("f is not defined at {x}.", words)
        rows.append(
            Readout(
                name=f"{direction}_value",
                value=value if known else None,
                latex=f"f(c {'-' if direction == 'left' else '+'} {distance})",
                label=Text("value on the left") if direction == "left" else Text("value on the right"),
                reason=None
                if known
                else asked
                if direction in seen.beside
                else Text("The other side is asked for."),
                role=Role.SECANT,
                shown=False,
                digits=10,
            )
        )
    miss = seen.miss
    rows.append(
        Readout(
            name="counterexample_value",
            latex="f(x)",
            label=Text("value at the counterexample"),
            value=miss.value if miss is not None and math.isfinite(miss.value) else None,
            reason=None if miss is not None and math.isfinite(miss.value) else _no_miss(seen),
            shown=False,
        )
    )
    return rows


def _about_limit(seen: Seen) -> Text:
    words = {"c": seen.c, "limit": seen.found.value, "value": seen.value}
    if seen.found.reason is None:
        return Text("Whether f has a limit at {c}, {unclear}.", {**words, "unclear": _UNCLEAR})
    if math.isnan(seen.found.value):
        return Text("As x goes to {c}, f has no limit. {why}", {**words, "why": why_no_limit(seen)})
    if math.isinf(seen.found.value):
        return Text("As x goes to {c}, f leaves every bound and goes to {limit}.", words)
    if math.isinf(seen.c):
        return Text("As x goes to {c}, f goes to {limit}.", words)
    if not math.isfinite(seen.value):
        return Text("As x goes to {c}, f goes to {limit}. At {c} itself f has no value.", words)
    if seen.continuous():
        return Text("As x goes to {c}, f goes to {limit}, which is its value there.", words)
    return Text("As x goes to {c}, f goes to {limit}. At {c} itself it is {value}.", words)


def _about_values(seen: Seen) -> Text:
    parts = {direction: value for direction, (_, value) in seen.beside.items() if math.isfinite(value)}
    words = {**parts, "distance": seen.distance, "c": seen.c}
    if seen.given_delta is None and seen.distance >= OVERVIEW and math.isfinite(seen.c):
        return (
            Text("At {c} f is {value}.", {"c": seen.c, "value": seen.value})
            if math.isfinite(seen.value)
            else _no_value(seen)
        )
    if math.isinf(seen.c) and parts:
        return Text("At 1/|x| = {distance} f is {value}.", {**words, "value": next(iter(parts.values()))})
    if len(parts) == 2:
        return Text(
            "At a distance of {distance} from {c}, f is {left} on the left and {right} on the right.", words
        )
    if "left" in parts:
        return Text("At a distance of {distance} from {c}, f is {left} on the left.", words)
    if "right" in parts:
        return Text("At a distance of {distance} from {c}, f is {right} on the right.", words)
    return Text("At a distance of {distance} from {c}, f has no value.", words)


def _about_bands(seen: Seen) -> Text | None:
    if seen.epsilon is None or seen.given_delta is None or math.isnan(seen.target):
        return None
    words = {"epsilon": seen.epsilon, "delta": seen.given_delta}
    if seen.miss is not None:
        words |= {"x": seen.miss.x, "value": seen.miss.value}
        return Text("For ε = {epsilon} the answer δ = {delta} is too large: at x = {x} f is {value}.", words)
    if math.isnan(seen.delta):
        return Text("For ε = {epsilon} rounding hides whether δ = {delta} is small enough.", words)
    return Text("For ε = {epsilon} the answer δ = {delta} holds.", words)
