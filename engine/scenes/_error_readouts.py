"""The numbers of slopes and their errors at one h: estimates, the parts of an error, best steps, a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.autodiff import Precision
from engine.difference_errors import (
    DIFFERENCES,
    KINDS,
    SCHEMES,
    Best,
    Scheme,
    best_step,
    epsilon,
    estimates,
    held,
    predicted_step,
    true_slope,
    values,
)
from engine.error_parts import Parts, error_parts
from engine.figure import Column, Readout, Table, Value
from engine.function import Function
from engine.scenes._error_marks import DRESSES
from engine.text import Text

ALL_DIGITS = 16
"""Where the last digits of a number are what it is about."""

TABLE_STEPS = tuple(10.0**-place for place in range(18))
"""The steps h of the table, beside the one on screen."""

QUOTIENTS: Mapping[Scheme, str] = {
    "forward": r"\frac{f(x_0+h)-f(x_0)}{h}",
    "central": r"\frac{f(x_0+h)-f(x_0-h)}{2h}",
    "complex_step": r"\frac{\operatorname{Im} f(x_0+ih)}{h}",
}
CAUSES: Mapping[str, Text] = {
    "truncation": Text("truncation"),
    "round-off": Text("round-off"),
    "underflow": Text("underflow"),
    "overflow": Text("overflow"),
    "none": Text("none"),
}
"""The words of `dominates`."""

NUMBERS: Mapping[str, Text] = {
    "epsilon": Text("machine epsilon ε"),
    "one_plus_h": Text("1 + h, as computed"),
    "one_plus_h_minus_one": Text("(1 + h) − 1, as computed"),
    "moved": Text("(x₀ + h) − x₀, as computed"),
    "spacing_x": Text("gap between numbers at x₀"),
    "spacing_f": Text("gap between numbers at f(x₀)"),
    "value": Text("f(x₀), as computed"),
    "second_value": Text("f(x₀ + h), as computed"),
    "rise": Text("their difference"),
}

_TOO_LARGE = Text("The numbers are too large for this precision.")


# -- at one h ---------------------------------------------------------------------------------------------


class Now(NamedTuple):
    """Everything at one h: the slope itself, and for each scheme its estimate, its error and their parts.

    parts: of the schemes asked for. missing: why there is no slope to compare with. outside: why a scheme has
    no value.
    """

    slope: float
    estimates: Mapping[Scheme, float]
    errors: Mapping[Scheme, float]
    parts: Mapping[Scheme, Parts]
    missing: Text | None
    outside: Mapping[Scheme, Text | None]

    def why_no_estimate(self, scheme: Scheme) -> Text:
        """Why a scheme has no slope here."""
        return self.outside[scheme] or self.missing or _TOO_LARGE

    def why_no_error(self, scheme: Scheme) -> Text:
        """Why the error of a scheme is not known here."""
        return self.missing or self.why_no_estimate(scheme)

    def told(self, scheme: Scheme, cause: bool) -> Text:
        """One scheme in a sentence, with what makes up most of its error where `cause` asks for it."""
        words = {"scheme": DRESSES[scheme].words}
        if not math.isfinite(self.errors[scheme]):
            return Text("{scheme} without a value", words)
        told = {**words, "estimate": self.estimates[scheme], "error": self.errors[scheme]}
        dominant = self.parts[scheme].dominant
        if not cause or dominant in (None, "none") or scheme == "reverse":
            return Text("{scheme} {estimate}, off by {error}", told)
        return Text("{scheme} {estimate}, off by {error} ({cause})", {**told, "cause": CAUSES[dominant]})


@lru_cache(maxsize=256)
def errors_at(f: Function, x0: float, h: float, precision: Precision, chosen: tuple[Scheme, ...]) -> Now:
    """All schemes at one h, the errors of the chosen ones (of forward, if none is) taken apart."""
    slope = true_slope(f, x0, precision)
    found = {scheme: float(estimates(f, scheme, x0, h, precision)) for scheme in SCHEMES}
    x = held(x0, precision)
    missing = None
    if not math.isfinite(slope.value):
        undefined = not math.isfinite(f.value_at(x))
        missing = Text("f is not defined at {x}." if undefined else "f has no slope at {x}.", {"x": x})
    return Now(
        slope=slope.value,
        estimates=found,
        errors={scheme: float(slope.distance(estimate)) for scheme, estimate in found.items()},
        parts={scheme: error_parts(f, scheme, x0, h, precision) for scheme in chosen or SCHEMES[:1]},
        missing=missing,
        outside={scheme: _outside(f, scheme, x, held(h, precision)) for scheme in SCHEMES},
    )


def _outside(f: Function, scheme: Scheme, x: float, h: float) -> Text | None:
    """Where the scheme asks for a value that f has not, or an h that is none; None where it does not."""
    if h == 0.0 and scheme != "reverse":
        return Text("h is too small for this precision: it became 0.")
    for place in {"forward": (x, x + h), "central": (x - h, x + h)}.get(scheme, (x,)):
        if math.isnan(f.value_at(place)):
            return Text("f is not defined at {x}.", {"x": place})
    return None


# -- readouts ---------------------------------------------------------------------------------------------


def estimate_readouts(chosen: tuple[Scheme, ...], now: Now) -> list[Readout]:
    """Each scheme's slope, with all its digits, and the slope itself."""
    readouts = [
        Readout(
            name=scheme,
            value=_known(now.estimates[scheme]),
            latex=QUOTIENTS.get(scheme, ""),
            label=DRESSES[scheme].words,
            reason=_unless(_known(now.estimates[scheme]), now.why_no_estimate(scheme)),
            role=DRESSES[scheme].role,
            digits=ALL_DIGITS,
            shown=scheme in chosen,
        )
        for scheme in SCHEMES
    ]
    slope = _known(now.slope)
    label, reason = Text("the slope itself"), _unless(slope, now.missing or _TOO_LARGE)
    exact = Readout(name="slope", value=slope, latex="f'(x_0)", label=label, reason=reason, digits=ALL_DIGITS)
    return [*readouts, exact]


def error_readouts(chosen: tuple[Scheme, ...], now: Now) -> list[Readout]:
    """Each scheme's error; of the first one also its parts, and which is the larger."""
    readouts = [
        Readout(
            name=f"error_{scheme}",
            value=_known(now.errors[scheme]),
            label=Text("error, {scheme}", {"scheme": DRESSES[scheme].words}),
            reason=_unless(_known(now.errors[scheme]), now.why_no_error(scheme)),
            role=DRESSES[scheme].role,
            digits=3,
            shown=scheme in chosen,
        )
        for scheme in SCHEMES
    ]
    lead = chosen[0] if chosen else SCHEMES[0]
    parts, why = now.parts[lead], now.why_no_error(lead)
    named: tuple[tuple[str, Value, Text, bool], ...] = (
        ("dominates", parts.dominant, Text("most of the error is"), True),
        ("truncation", parts.truncation, Text("truncation"), False),
        ("round_off", parts.round_off, Text("round-off"), False),
    )
    return readouts + [
        Readout(name=name, value=value, label=label, reason=_unless(value, why), digits=3, shown=shown)
        for name, value, label, shown in named
    ]


def best_readouts(
    f: Function, x0: float, precision: Precision, measured: tuple[Scheme, ...], predicted: tuple[Scheme, ...]
) -> list[Readout]:
    """The best h of each difference, measured and predicted, and the errors there.

    measured, predicted: the schemes whose best h is on show.
    """
    readouts: list[Readout] = []
    for scheme in DIFFERENCES:
        words = {"scheme": DRESSES[scheme].words}
        readouts += _best(
            scheme,
            ("best_h", "best_error"),
            best_step(f, scheme, x0, precision),
            (Text("best h, {scheme}", words), Text("best error, {scheme}", words)),
            scheme in measured,
        )
        readouts += _best(
            scheme,
            ("predicted_h", "predicted_error"),
            predicted_step(f, scheme, x0, precision),
            (Text("predicted best h, {scheme}", words), Text("predicted best error, {scheme}", words)),
            scheme in predicted,
        )
    return readouts


def _best(
    scheme: Scheme, names: tuple[str, str], found: Best, labels: tuple[Text, Text], shown: bool
) -> list[Readout]:
    """An h, on show where `shown` says so, and the error at it, which prose and tables may ask for."""
    return [
        Readout(
            name=f"{name}_{scheme}",
            value=value,
            label=label,
            reason=found.reason,
            role=DRESSES[scheme].role,
            digits=3,
            shown=on_show,
        )
        for name, label, value, on_show in zip(
            names, labels, (found.h, found.error), (shown, False), strict=True
        )
    ]


def number_readouts(f: Function, x0: float, h: float, precision: Precision, why: Text) -> list[Readout]:
    """How the precision's numbers lie at 1, at x0 and at f(x0): for prose, tables and goals.

    epsilon: from 1 to the next number. one_plus_h: 1 + h as computed; one_plus_h_minus_one: what is left of
    h in it. moved: how far x0 + h is from x0 as computed. spacing_x, spacing_f: the gap above x0 and above
    f(x0). value, second_value: f(x0) and f(x0 + h). rise: their difference, as computed.
    """
    kind = KINDS[precision]
    with np.errstate(all="ignore"):
        one, x, step = kind(1), kind(x0), kind(h)
        height, second = kind(values(f, x, precision)), kind(values(f, x + step, precision))
        numbers = {
            "epsilon": epsilon(precision),
            "one_plus_h": one + step,
            "one_plus_h_minus_one": (one + step) - one,
            "moved": (x + step) - x,
            "spacing_x": np.spacing(abs(x)),
            "spacing_f": np.spacing(abs(height)),
            "value": height,
            "second_value": second,
            "rise": second - height,
        }
    readouts = []
    for name, number in numbers.items():
        value, label = _known(float(number)), NUMBERS[name]
        digits = ALL_DIGITS if name in ("one_plus_h", "value", "second_value") else 6
        reason = _unless(value, why)
        readouts.append(
            Readout(name=name, value=value, label=label, reason=reason, digits=digits, shown=False)
        )
    return readouts


# -- the table --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def errors_table(f: Function, x0: float, h: float, chosen: tuple[Scheme, ...], precision: Precision) -> Table:
    """h → estimate and error of each scheme, from far to near, with the h on screen among them."""
    steps = sorted({*TABLE_STEPS, h}, reverse=True)
    found = [estimates(f, scheme, x0, steps, precision) for scheme in chosen]
    numbers = np.column_stack(found).ravel() if found else np.empty(0)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    columns = (
        Column("h", np.repeat(steps, len(chosen)), latex="h"),
        Column("scheme", [scheme for _ in steps for scheme in chosen], label=Text("slope by")),
        Column("estimate", numbers, label=Text("estimate"), digits=ALL_DIGITS),
        Column("error", true_slope(f, x0, precision).distance(numbers), label=Text("error")),
    )
    highlighted = steps.index(h) * len(chosen) if chosen else None
    title = Text("Slopes and their errors as h shrinks")
    return Table("errors", columns, title=title, highlighted=highlighted)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _unless(value: Value, reason: Text) -> Text | None:
    return reason if value is None else None
