"""The text of a race, `gd(lr=0.05); braver: gd(lr=0.05) @ 12 adam(lr=0.1)`, and what it says.

    race   = [ racer { ";" racer } [ ";" ] ]
    racer  = [ label ":" ] call { "@" step call }
    label  = word | '"' characters, '""' for each '"' '"'
    call   = word [ "(" [ word "=" value { "," word "=" value } ] ")" ]
    value  = number | "true" | "false" | "(" number { "," number } ")"

`@ 12 adam` turns to Adam after 12 steps. Steps are whole, from 1 on, and rise from turn to turn. The text is
hostile until read: it has a tokenizer of its own, and nothing in it is ever run.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec

from engine.errors import LimitError
from engine.racer import LONGEST_LABEL, Racer, RacerPart, make_racer, part_words
from engine.racer_reader import read_racers
from engine.text import Text

__all__ = [
    "MAXIMUM_LENGTH",
    "MAXIMUM_RACERS",
    "Racer",
    "RacerPart",
    "look_names",
    "make_racer",
    "parse_racers",
    "racers_text",
    "shared_steps",
    "short_names",
]

MAXIMUM_RACERS = 64
MAXIMUM_LENGTH = 100_000
"""Characters in the text of a race: room for a chain of 64 forks, each with a turn more than the last."""


@lru_cache(maxsize=256)
def parse_racers(source: str) -> tuple[Racer, ...]:
    """The racers that a text describes; none if it is blank.

    A racer is named by its label, else by its calls as written, spaces evened; a repeat gets " #2".
    FormulaError points at the mistake; LimitError beyond MAXIMUM_LENGTH characters or MAXIMUM_RACERS racers.

    >>> [racer.name for racer in parse_racers("gd( lr = .1 ); adam; gd(lr=.1);")]
    ['gd(lr=.1)', 'adam', 'gd(lr=.1) #2']
    """
    if len(source) > MAXIMUM_LENGTH:
        raise LimitError(
            Text("The text of the race is too long."),
            Text("Keep it under {limit} characters.", {"limit": str(MAXIMUM_LENGTH)}),
        )
    racers: list[Racer] = []
    seen: set[str] = set()
    for racer in read_racers(source):
        if len(racers) == MAXIMUM_RACERS:
            raise LimitError(
                Text("There are too many racers."),
                Text("A race has room for {limit}.", {"limit": MAXIMUM_RACERS}),
            )
        name = _numbered(racer.name, seen)
        seen.add(name)
        racers.append(racer if name == racer.name else msgspec.structs.replace(racer, name=name))
    return tuple(racers)


def racers_text(racers: tuple[Racer, ...]) -> str:
    """The text of a race, which `parse_racers` reads back.

    >>> racers_text(parse_racers("adam(betas=(.9,.99));gd"))
    'adam(betas=(0.9, 0.99)); gd()'
    """
    return "; ".join(map(str, racers))


def short_names(racers: Sequence[Racer]) -> tuple[str, ...]:
    """A name for each racer that is as short as telling them apart allows: for legends and sentences.

    A label stays as it is. Of many turns only the last is told, if that is enough.

    >>> short_names(parse_racers("gd(lr=0.1); adam(lr=0.1); adam(lr=0.2)"))
    ('gd', 'adam 0.1', 'adam 0.2')
    >>> short_names(parse_racers("momentum(beta=0.5); momentum(beta=0.9)"))
    ('momentum(beta=0.5)', 'momentum(beta=0.9)')
    >>> short_names(parse_racers("gd(lr=0.1); gd(lr=0.1) @ 12 adam(lr=0.1); gd(lr=0.1) @ 12 gd(lr=0.2)"))
    ('gd', 'gd @ 12 adam', 'gd @ 12 gd 0.2')
    >>> short_names(parse_racers("gd(lr=0.1) @ 12 adam @ 20 lion; gd(lr=0.1) @ 12 adam"))
    ('gd … @ 20 lion', 'gd @ 12 adam')
    """
    levels = [
        [_short_name(racer, rates, whole) for racer in racers]
        for rates, whole in ((False, False), (False, True), (True, False), (True, True))
    ]
    chosen: list[str] = []
    for number, racer in enumerate(racers):
        name = next((names[number] for names in levels if names.count(names[number]) == 1), racer.name)
        if racer.turns and len(name) > LONGEST_LABEL:
            name = _numbered(levels[0][number], {*chosen, *(other.name for other in racers)})
        chosen.append(name)
    return tuple(chosen)


def look_names(racers: Sequence[Racer]) -> tuple[str, ...]:
    """What the picture calls the look of each: its last optimizer's, and `gd#2` for the second of that kind.

    >>> look_names(parse_racers("gd; adam; gd(lr=1); gd @ 12 adam"))
    ('gd', 'adam', 'gd#2', 'adam#2')
    """
    seen: Counter[str] = Counter()
    names = []
    for racer in racers:
        seen[racer.optimizer] += 1
        count = seen[racer.optimizer]
        names.append(racer.optimizer if count == 1 else f"{racer.optimizer}#{count}")
    return tuple(names)


def shared_steps(racers: Sequence[Racer]) -> tuple[int, ...]:
    """How many of its first steps each racer, as a fork, has in common with another; 0 for whoever is none.

    The fork is the one that turns where the other goes on. Where all turn at the same step, the way up to
    there belongs to one of them: to the one that goes on longest after it, or else to the first.

    >>> shared_steps(parse_racers("gd; gd @ 12 adam; gd @ 12 adam @ 30 gd; gd @ 12 lion; lion @ 5 gd"))
    (0, 12, 30, 12, 0)
    """
    # Beginnings are a tree; whoever of those that go through a node turns latest comes first and owns it.
    ranked = sorted(enumerate(racers), key=lambda pair: ((*pair[1].turns, math.inf), -pair[0]), reverse=True)
    nodes: dict[object, int] = {}
    shared = [0] * len(racers)
    for number, racer in ranked:
        shared[number] = racer.last.start
        node = -1
        for part in racer.parts:
            key = (node, part.start, part.optimizer, *part.values.items())
            if key not in nodes:
                shared[number] = min(shared[number], part.start)
            node = nodes.setdefault(key, len(nodes))
    return tuple(shared)


def _short_name(racer: Racer, with_rates: bool, whole: bool) -> str:
    """Its label; else its optimizers, with rates if wanted, and where one takes over from one of its kind.

    whole: with all turns rather than the last.
    """
    if racer.label:
        return racer.name
    words = part_words(racer.parts[0], with_rates)
    for before, part in pairwise(racer.parts):
        if whole or part is racer.last:
            words += f" @ {part.start} " + part_words(part, with_rates or part.optimizer == before.optimizer)
        elif part is racer.parts[1]:
            words += " …"
    return words


def _numbered(name: str, taken: Collection[str]) -> str:
    """The name, or the first of `name #2`, `name #3` … that nobody has."""
    numbered = (name if count == 1 else f"{name} #{count}" for count in itertools.count(1))
    return next(each for each in numbered if each not in taken)
