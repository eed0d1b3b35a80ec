"""What a fair race says: its verdict in one sentence, with what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.fair_race import FairRace
from engine.fair_verdict import SIGNIFICANT, Pair, Verdict, standings, verdict
from engine.text import Text, sentences, verbatim

_NO_RACE = {
    "nobody": Text("Nobody runs yet."),
    "nowhere": Text(
        "f has a finite value and slope nowhere in this domain, or nearly: there is nowhere to start."
    ),
    "level": Text(
        "No race: f is as low at the starts as anywhere the runs came, and there is nowhere to go."
    ),
    "bottomless": Text(
        "No race to judge: runs that left met lower losses than any that stayed, so f falls without end, or "
        "far outside this domain."
    ),
    "all lost": Text(
        "No race to judge: at its tuned rate, each racer lost more than half of its runs to values that are "
        "not finite or far away."
    ),
}


def why_no_winner(race: FairRace) -> Text:
    """Why no racer is ahead, as short as may be."""
    told = verdict(race)
    if told.outcome == "running":
        return Text("Not yet.")
    if told.outcome == "alone":
        return Text("A race takes two.")
    return _NO_RACE.get(told.outcome, Text("The difference is no larger than chance."))


def spoken(race: FairRace, names: Sequence[str], formula: str) -> Text:
    """The verdict, and what else must be known to believe it."""
    told = verdict(race)
    if told.outcome == "running":
        values = {"done": len(race.entries), "all": len(race.racers)}
        return Text("The race is being run: {done} of {all} racers are done.", values)
    if told.outcome in _NO_RACE:
        return _NO_RACE[told.outcome]
    asides = []
    edges = [names[number] for number, entry in enumerate(race.entries) if entry.at_edge]
    if edges:
        asides.append(
            Text(
                "At the end of the rates tried, where a better one may lie beyond: {racers}.",
                {"racers": edges},
            )
        )
    return sentences(_verdict(race, told, names, formula), *asides)


def _verdict(race: FairRace, told: Verdict, names: Sequence[str], formula: str) -> Text:
    leader = told.leader or 0
    values: dict[str, Any] = {
        "conditions": _conditions(race, formula),
        "leader": verbatim(names[leader]),
        "starts": race.starts.shape[1],
    }
    if told.closest is None:
        values["median"] = _short(standings(race)[leader].median)
        return Text(
            "A race takes two: from {starts} starts {leader} ends at a median loss of {median}; "
            "{conditions}.",
            values,
        )
    pair = told.closest
    values |= {
        "rival": verbatim(names[pair.other]),
        "lower": pair.lower,
        "higher": pair.higher,
        "test": _test(pair, len(race.racers) - 1),
    }
    if told.outcome == "ahead":
        return Text(
            "{leader} is ahead by more than chance: lower than {rival} from {lower} of {starts} starts, "
            "higher from {higher} ({test}); {conditions}.",
            values,
        )
    if pair.lower + pair.higher == 0:
        return Text(
            "No clear winner: {leader} and {rival} end equally low from all of {starts} starts; "
            "{conditions}.",
            values,
        )
    if pair.higher > pair.lower and pair.p < SIGNIFICANT:
        return Text(
            "No clear winner: {leader} has the lowest median, and yet ends lower than {rival} from only "
            "{lower} of {starts} starts, higher from {higher} ({test}); {conditions}.",
            values,
        )
    return Text(
        "No clear winner: {leader} leads, lower than {rival} from {lower} of {starts} starts and higher from "
        "{higher}, no more than chance ({test}); {conditions}.",
        values,
    )


def _conditions(race: FairRace, formula: str) -> Text:
    """What a verdict rests on beside the starts."""
    protocol = race.protocol
    values: dict[str, Any] = {"formula": verbatim(formula), "evaluations": protocol.evaluations}
    if protocol.noise > 0:
        values |= {"seeds": protocol.seeds, "noise": protocol.noise}
        return Text("{evaluations} gradients, {seeds} seeds of noise {noise}, {formula}", values)
    return Text("{evaluations} gradients, {formula}", values)


def _test(pair: Pair, rivals: int) -> Text:
    values = {"p": _short(pair.p, 2), "rivals": rivals}
    if rivals > 1:
        return Text("sign test, {rivals} rivals: p = {p}", values)
    return Text("sign test: p = {p}", values)


def _short(value: float, digits: int = 3) -> float:
    """As many digits as a sentence bears."""
    return float(f"{value:.{digits}g}")
