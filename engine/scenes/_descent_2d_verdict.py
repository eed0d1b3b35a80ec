"""What went wrong in a race: where the play head stops, why in words, and a rate that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from engine.blow_up import BlowUp, diagnose
from engine.blow_up_words import CODES
from engine.figure import Halt, Offer, Readout, Role
from engine.function import Function
from engine.race import Race, Runner
from engine.racers import MAXIMUM_RACERS, racers_text
from engine.safe_rate import SafeRate, Start, largest_safe_rate, too_long
from engine.scenes._descent_2d_focus import focused_runner
from engine.scenes._readouts import number_readout
from engine.stability import Edge
from engine.taken_step import taken_step
from engine.text import Text, sentences, verbatim

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

MOST_SAID = 3
"""Racers whose reasons are said at once: the earliest."""


class Verdicts(NamedTuple):
    """What a figure of the race gains."""

    halts: tuple[Halt, ...] = ()
    said: tuple[Text, ...] = ()
    readouts: tuple[Readout, ...] = ()
    offers: tuple[Offer, ...] = ()


class _Case(NamedTuple):
    """A racer whose run went wrong, and what went wrong."""

    runner: Runner
    blow_up: BlowUp

    @property
    def words(self) -> Text:
        return Text("{racer}: {reason}", {"racer": self.runner.words, "reason": self.blow_up.reason})


def verdicts(scene: Descent2D, f: Function, runners: Race) -> Verdicts:
    """Of every racer, what went wrong: told from the step that did it on; only the halts are there before."""
    cases = [_Case(runner, found) for runner in runners if (found := _found(f, runner)) is not None]
    cases.sort(key=lambda case: case.blow_up.step)
    reached = [case for case in cases if case.blow_up.step <= scene.shown_step()]
    subject = _subject(scene, runners, reached)
    case = next((case for case in reached if case.runner is subject), None)
    safe = None if case is None else _safe(scene, f, case)
    said = [case.words for case in reached[:MOST_SAID]]
    if case is not None and safe is not None and scene.beside != "rates":  # the dial says its own
        said.append(_basis(scene, case, safe))
    return Verdicts(
        halts=_halts(cases),
        said=tuple(said),
        readouts=_readouts(scene, f, subject, case, safe),
        offers=() if safe is None else _offers(runners, safe),
    )


def _found(f: Function, runner: Runner) -> BlowUp | None:
    """What went wrong; not what went wrong in the steps that it shares with the run it was forked off."""
    found = diagnose(f, runner.racer, runner.run)
    return None if found is not None and found.step and found.step <= runner.shared else found


def _subject(scene: Descent2D, runners: Race, reached: Sequence[_Case]) -> Runner | None:
    """The racer in focus; without one the first that went wrong so far, else the first.

    What stands beside the surface may speak of one racer: this then is the one.
    """
    if scene.focus or scene.beside != "loss":
        return focused_runner(scene, runners)
    if reached:
        return reached[0].runner
    return runners[0] if runners else None


def _halts(cases: Sequence[_Case]) -> tuple[Halt, ...]:
    """One for each step at which something goes wrong."""
    steps = dict.fromkeys(case.blow_up.step for case in cases)
    return tuple(
        Halt(float(step), sentences(*(case.words for case in cases if case.blow_up.step == step)))
        for step in steps
    )


def _safe(scene: Descent2D, f: Function, case: _Case) -> SafeRate | None:
    """A rate that lasts, where the length of the steps is what went wrong."""
    if not too_long(case.blow_up):
        return None
    start = Start(scene.x, scene.y, scene.steps, scene.noise, scene.seed)
    return largest_safe_rate(f, case.runner.racer, case.blow_up.row, start)


def _basis(scene: Descent2D, case: _Case, safe: SafeRate) -> Text:
    values = {
        "racer": case.runner.words,
        "rate": safe.rate,
        "steps": scene.steps,
        "loss": safe.loss,
    }
    return Text(
        "From this start {racer} lasts for {steps} steps with every rate of two digits up to {rate}; with"
        " that one the loss ends at {loss}.",
        values,
    )


def _offers(runners: Race, safe: SafeRate) -> tuple[Offer, ...]:
    if len(runners) >= MAXIMUM_RACERS or any(runner.racer.parts == safe.racer.parts for runner in runners):
        return ()
    racers = racers_text((*(runner.racer for runner in runners), safe.racer))
    words = Text("Run {racer} beside", {"racer": verbatim(str(safe.racer))})
    return (Offer(words, {"racers": racers}),)


# -- readouts ---------------------------------------------------------------------------------------------


def _readouts(
    scene: Descent2D, f: Function, subject: Runner | None, case: _Case | None, safe: SafeRate | None
) -> tuple[Readout, ...]:
    """What went wrong so far, and η·λmax of the step that comes next, of the racer in question."""
    nothing = Text("Nothing has gone wrong so far.")
    in_question = scene.focus > 0 or case is not None
    step = None if case is None else float(case.blow_up.step)
    edge = None if subject is None else _edge(scene, f, subject)
    no_edge = _no_edge(subject)
    no_rate = nothing if case is None else Text("The length of the steps is not what went wrong.")
    if case is not None and safe is None and too_long(case.blow_up):
        no_rate = Text("No rate lasts from this start.")
    return (
        number_readout("blow_up_step", step, Text("step that did it"), nothing, shown=case is not None),
        Readout(
            name="blow_up_reason",
            value=None if case is None else CODES[case.blow_up.code].message,
            label=Text("what went wrong"),
            reason=nothing if case is None else None,
            shown=case is not None,
        ),
        number_readout(
            "sharpness",
            None if edge is None else edge.sharpness,
            Text("sharpness"),
            no_edge,
            latex=r"\lambda_{\max}",
            role=Role.CURVATURE,
            shown=in_question,
        ),
        number_readout(
            "edge",
            None if edge is None else edge.value,
            Text("beside its bound"),
            no_edge,
            latex=r"\eta\,\lambda_{\max}",
            role=Role.CURVATURE,
            shown=in_question,
        ),
        number_readout(
            "edge_bound", None if edge is None else edge.bound, Text("its bound"), no_edge, shown=in_question
        ),
        number_readout(
            "safe_lr",
            None if safe is None else safe.rate,
            Text("largest rate that lasts"),
            no_rate,
            shown=safe is not None,
        ),
    )


def _edge(scene: Descent2D, f: Function, runner: Runner) -> Edge | None:
    """η·λmax of the step that leads on from the one on show; at the end, of the last."""
    if not runner.run.steps:
        return None
    return taken_step(f, runner.racer, runner.run, min(scene.shown_step(), runner.run.steps - 1)).edge


def _no_edge(runner: Runner | None) -> Text:
    if runner is None:
        return Text("Nobody runs yet.")
    if not runner.run.steps:
        return Text("The run takes no step.")
    if runner.racer.optimizer == "lion":
        return Text("Lion takes the sign alone: its steps do not grow with the curvature.")
    return Text("f has no second derivatives there.")
