"""The fair race: an equal budget, every rate tuned, many starts, and a verdict that says what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from engine.errors import ParameterError
from engine.fair_race import (
    FairRace,
    Protocol,
    fair_race,
    fair_racers,
    race_stages,
    work_of,
)
from engine.fair_verdict import standings, verdict
from engine.figure import NO_VIEWS, Figure, Readout, Role, Views
from engine.notation import variable_latex
from engine.parameters import Checked, Domain, Slider, Surface, Words
from engine.racers import look_names, parse_racers, short_names
from engine.scene import Scene
from engine.scenes._fair_race_code import race_code
from engine.scenes._fair_race_marks import losses_panel, rates_panel, scale_of, starts_panel
from engine.scenes._fair_race_tables import race_tables
from engine.scenes._fair_race_words import spoken, why_no_winner
from engine.scenes._pace import Pace
from engine.scenes._readouts import number_readout
from engine.start_domain import Rectangle, usual_domain
from engine.text import Text, verbatim

MOST_WORK = 1_000_000_000
"""Steps in all runs together: more than half a minute's work."""

MOST_RUNS = 20_000
"""Starts times seeds of one racer: their losses are held at once."""

NARROWEST = 1e-6
"""A domain's side, at least."""

_CORNER = Domain(at_least=-1e6, at_most=1e6)


class FairRaceScene(Scene, tag="fair-race", frozen=True):
    """Optimizers compared as a paper should: median and middle half of their losses along one budget.

    racers: as in `descent-2d`; their rates are not taken as given but tuned, all alike, by `trials` rates
    each on starts and noise of their own. Each run may ask for `evaluations` gradients; Newton's Hessian
    costs as many as there are unknowns. starts: drawn from `seed` over x_low … x_high, y_low … y_high; where
    those are none, over the gallery's domain of the surface, or −4 … 4. seeds: of the noise, for each start.
    beside: the rates tried, or the starts on the surface. focus: the racer whose middle half is drawn as a
    band, counted from 1; 0 for the leader and its closest rival. How all is done stands in `engine.fair_race`
    and `engine.fair_verdict`.

    Readouts: winner, "none" if nobody is ahead; p of the sign test that decides, corrected for the number of
    rivals; median_1, rate_1, arrived_1, wins_1 … by the places of the racers; best_median; edges: racers
    whose tuned rate is the first or the last one tried. Tables: fair, pairs, sweep, losses.
    """

    title: ClassVar[Text] = Text("The fair race")
    summary: ClassVar[Text] = Text("Optimizers with an equal budget and tuned rates, from many starts.")
    heavy: ClassVar[bool] = True

    f: Surface = "1 - exp(-(x^2 + y^2)/2)"
    racers: Annotated[str, Checked("racers", parse_racers), Words(Text("racers, their rates tuned"))] = (
        "gd(); momentum(beta=0.9); rmsprop(alpha=0.9); adam()"
    )
    evaluations: Annotated[
        int,
        Slider(10, 2000, scale="log", symbol="B"),
        Domain(at_least=3, at_most=20_000),
        Words(Text("gradient evaluations a run")),
    ] = 100
    starts: Annotated[
        int,
        Slider(5, 500, scale="log"),
        Domain(at_least=1, at_most=5000),
        Words(Text("starts")),
    ] = 60
    seeds: Annotated[
        int, Slider(1, 20), Domain(at_least=1, at_most=200), Words(Text("seeds of noise for each start"))
    ] = 5
    noise: Annotated[
        float,
        Slider(0, 5, symbol=r"\sigma"),
        Domain(at_least=0),
        Words(Text("noise on the gradient")),
    ] = 0.0
    trials: Annotated[
        int, Slider(4, 40), Domain(at_least=4, at_most=200), Words(Text("rates tried for each racer"))
    ] = 16
    seed: Annotated[int, Slider(0, 20), Domain(at_least=0, at_most=10**9), Words(Text("seed"))] = 0
    beside: Annotated[
        Literal["rates", "starts"],
        Words(Text("beside it"), {"rates": Text("rates tried"), "starts": Text("starts")}),
    ] = "rates"
    focus: Annotated[int, Slider(0, 6), Domain(at_least=0, at_most=64), Words(Text("band of racer"))] = 0
    x_low: Annotated[float | None, Slider(-5, 5), _CORNER, Words(Text("starts from, first input"))] = None
    x_high: Annotated[float | None, Slider(-5, 5), _CORNER, Words(Text("starts to, first input"))] = None
    y_low: Annotated[float | None, Slider(-5, 5), _CORNER, Words(Text("starts from, second input"))] = None
    y_high: Annotated[float | None, Slider(-5, 5), _CORNER, Words(Text("starts to, second input"))] = None

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The whole race in these views."""
        return self._figure(fair_race(self.function("f"), self._racers(), self._protocol()), views)

    def stages(self, views: Views = NO_VIEWS) -> Iterator[Figure]:
        """The race as it grows, not oftener than an eye follows; at once what has been run before."""
        pace = Pace()
        for race in race_stages(self.function("f"), self._racers(), self._protocol()):
            if pace.due(race.done):
                yield self._figure(race, views)

    def glance(self, views: Views = NO_VIEWS) -> Figure:
        """The picture before anybody has run."""
        return self._figure(next(race_stages(self.function("f"), self._racers(), self._protocol())), views)

    def check(self) -> None:
        """Racers with one rate, a domain with an inside, and work that ends."""
        if any(racer.turns for racer in parse_racers(self.racers)):
            what = Text("A racer that turns on its way has more than one rate, and only one is tuned here.")
            raise ParameterError(what, "racers", Text("Take racers that keep to one optimizer."))
        domain = self._domain()
        for low, high, name in ((domain.x_low, domain.x_high, "x"), (domain.y_low, domain.y_high, "y")):
            if high - low < NARROWEST:
                what = Text("From {low} to {high} there is no room for starts.", {"low": low, "high": high})
                raise ParameterError(what, f"{name}_high", Text("Let the second be larger than the first."))
        protocol = self._protocol()
        if protocol.starts * protocol.drawn_seeds > MOST_RUNS:
            what = Text(
                "{starts} starts with {seeds} seeds each are too many runs.",
                {"starts": str(protocol.starts), "seeds": str(protocol.drawn_seeds)},
            )
            remedy = Text("Take fewer: {most} runs at most.", {"most": str(MOST_RUNS)})
            raise ParameterError(what, "starts", remedy)
        work = work_of(protocol, len(self._racers()))
        if work > MOST_WORK:
            what = Text("Such a race takes {work} steps in all.", {"work": float(f"{work:.2g}")})
            remedy = Text(
                "Ask for fewer evaluations, starts, seeds, rates or racers: {most} steps at most.",
                {"most": float(MOST_WORK)},
            )
            raise ParameterError(what, "evaluations", remedy)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag a corner of the domain, not across the other one."""
        domain = self._domain()
        if handle == "low":
            return {"x_low": _below(x, domain.x_high), "y_low": _below(y, domain.y_high)}
        return {"x_high": -_below(-x, -domain.x_low), "y_high": -_below(-y, -domain.y_low)}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """A corner moves by hundredths of the domain."""
        domain = self._domain()
        across, up = domain.x_high - domain.x_low, domain.y_high - domain.y_low
        x, y = (domain.x_low, domain.y_low) if handle == "low" else (domain.x_high, domain.y_high)
        return self.moved(handle, x + horizontal * across / 100, y + vertical * up / 100)

    def symbol(self, name: str) -> str:
        """The corners are named after the formula's letters."""
        if name in ("x_low", "x_high", "y_low", "y_high"):
            letter = self.function("f").variables[0 if name[0] == "x" else 1]
            return (r"\min " if name.endswith("low") else r"\max ") + variable_latex(letter)
        return super().symbol(name)

    def code(self) -> str:
        """NumPy for the race itself, at the tuned rates."""
        f = self.function("f")
        return race_code(f, fair_race(f, self._racers(), self._protocol()))

    def _racers(self) -> tuple[Any, ...]:
        return tuple(fair_racers(parse_racers(self.racers)).values())

    def _domain(self) -> Rectangle:
        usual = usual_domain(self.function("f"))
        own = (self.x_low, self.x_high, self.y_low, self.y_high)
        return Rectangle(
            *(given if given is not None else known for given, known in zip(own, usual, strict=True))
        )

    def _protocol(self) -> Protocol:
        return Protocol(
            self.evaluations, self.starts, self.seeds, self.noise, self.seed, self._domain(), self.trials
        )

    def _banded(self, race: FairRace) -> tuple[int, ...]:
        if self.focus:
            return (self.focus - 1,)
        told = verdict(race)
        if told.closest is not None:
            return (told.closest.one, told.closest.other)
        return (0, 1)

    def _figure(self, race: FairRace, views: Views) -> Figure:
        parsed = parse_racers(self.racers)
        names = short_names(race.racers)
        looks = [look_names(parsed)[place] for place in fair_racers(parsed)]
        banded = self._banded(race)
        scale = scale_of(race, banded)
        if self.beside == "rates":
            beside = rates_panel(race, looks, scale)
        else:
            beside = starts_panel(self.function("f"), race, views.get("starts"))
        return Figure(
            panels=(beside, losses_panel(race, names, looks, scale, banded)),
            readouts=_readouts(race, names, looks),
            tables=race_tables(race, names),
            spoken=spoken(race, names, self.f),
            done=race.done,
        )


def _below(value: float, bound: float) -> float:
    """`value`, or a little less than `bound`."""
    return min(value, bound - max(NARROWEST, 1e-3 * abs(bound)) * 2)


def _readouts(race: FairRace, names: tuple[str, ...], looks: list[str]) -> tuple[Readout, ...]:
    told, standing = verdict(race), standings(race)
    why = why_no_winner(race)
    winner = names[told.leader] if told.outcome == "ahead" and told.leader is not None else "none"
    known = told.outcome in ("ahead", "unclear")
    best = min((each.median for each in standing), default=math.inf)
    readouts = [
        Readout(
            name="winner", value=winner if known else None, label=Text("ahead"), reason=None if known else why
        ),
        Readout(
            name="p",
            value=told.closest.p if told.closest is not None else None,
            latex="p",
            label=Text("chance of such a split"),
            reason=None if told.closest is not None else why,
            digits=3,
        ),
        number_readout("best_median", best, Text("lowest median loss"), why, shown=False),
        Readout(name="edges", value=float(sum(entry.at_edge for entry in race.entries)), shown=False),
        Readout(name="racer_count", value=float(len(race.racers)), shown=False),
        Readout(name="start_count", value=float(race.starts.shape[1]), shown=False),
    ]
    lost = Text("More than half of its runs were lost.")
    for number, name in enumerate(names):
        median, rate, arrived, wins = math.inf, math.nan, math.nan, math.nan
        if number < len(race.entries):
            each = standing[number]
            median, rate, arrived, wins = (
                each.median,
                race.entries[number].rate,
                each.arrived,
                float(each.wins),
            )
        missing = lost if number < len(race.entries) else why
        label, look = verbatim(name), looks[number]
        won = Text("{racer}, starts won", {"racer": name})
        readouts.append(
            number_readout(f"median_{number + 1}", median, label, missing, role=Role.PATH, look=look)
        )
        readouts += [
            number_readout(f"rate_{number + 1}", rate, label, why, shown=False),
            number_readout(f"arrived_{number + 1}", arrived, label, why, shown=False),
            number_readout(f"wins_{number + 1}", wins, won, why, shown=False),
        ]
    return tuple(readouts)
