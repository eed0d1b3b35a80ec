"""Random Hessians: how rarely all curvatures of a random symmetric matrix are positive."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np

from engine.figure import NO_VIEWS, Column, Figure, Readout, Role, Table, Views
from engine.parameters import Domain, Slider, Words
from engine.random_hessians import BATCH, eigenvalues, exact_share, large_share, positive_count
from engine.scene import Scene
from engine.scenes._pace import Pace
from engine.scenes._random_hessians_marks import LARGEST, SHARES, SPECTRUM, shares_panel, spectrum_panel
from engine.scenes._readouts import number_readout
from engine.significance import wilson_interval
from engine.text import Text


class RandomHessians(Scene, tag="random-hessians", frozen=True):
    """Symmetric matrices with normal entries: one's eigenvalues, and the share that has positive ones alone.

    dimension: n of the matrix drawn, and of the share that is read out, measured for n ≤ 8. trials: matrices
    drawn for each of these. seed: draws them all; another one is another matrix. Which ensemble they are of
    stands in `engine.random_hessians`.

    Readouts: negative_count, smallest, largest of the matrix drawn; share of the trials with positive
    eigenvalues alone, between share_low and share_high in nineteen of twenty such counts; exact for n ≤ 3;
    law = exp(−n² ln 3/4), what the share tends to for large n but for slower factors; law_power, its
    logarithm to base 10. Table shares.
    """

    title: ClassVar[Text] = Text("Random Hessians")
    summary: ClassVar[Text] = Text("How rarely a random symmetric matrix has positive eigenvalues alone.")
    heavy: ClassVar[bool] = True

    dimension: Annotated[
        int,
        Slider(1, 60, scale="log", symbol="n"),
        Domain(at_least=1, at_most=200),
        Words(Text("dimension")),
    ] = 4
    trials: Annotated[
        int,
        Slider(100, 500_000, scale="log"),
        Domain(at_least=1, at_most=2_000_000),
        Words(Text("matrices drawn")),
    ] = 20_000
    seed: Annotated[int, Slider(0, 100), Domain(at_least=0, at_most=10**9), Words(Text("draw another"))] = 0

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """One matrix and all trials, in these views."""
        *_, last = self._figures(views)
        return last

    def stages(self, views: Views = NO_VIEWS) -> Iterator[Figure]:
        """The shares, measured better and better."""
        pace = Pace()
        return (figure for figure in self._figures(views) if pace.due(figure.done))

    def glance(self, views: Views = NO_VIEWS) -> Figure:
        """The first batch of trials."""
        return next(self._figures(views))

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click beside a bar takes its dimension."""
        return {"dimension": min(max(round(x), 1), LARGEST)} if panel == SHARES else {}

    def code(self) -> str:
        """NumPy for the matrix drawn, and for the share where it is measured."""
        n, seed = self.dimension, self.seed
        share = ""
        if n <= LARGEST:
            share = f"""
count = 0
for batch in range({math.ceil(self.trials / BATCH)}):
    size = min({BATCH}, {self.trials} - batch * {BATCH})
    G = np.random.default_rng([{seed}, {n}, batch]).standard_normal((size, {n}, {n}))
    count += np.sum(np.linalg.eigvalsh(G + G.transpose(0, 2, 1))[:, 0] > 0)
print("share", count / {self.trials})
"""
        return f"""import numpy as np

G = np.random.default_rng([{seed}, {n}]).standard_normal(({n}, {n}))
eigenvalues = np.linalg.eigvalsh((G + G.T) / np.sqrt(2 * {n}))
print("negative_count", np.sum(eigenvalues < 0))
print("smallest", eigenvalues[0])
print("largest", eigenvalues[-1])
{share}"""

    def _figures(self, views: Views) -> Iterator[Figure]:
        spectrum = spectrum_panel(self.dimension, self.seed, views.get(SPECTRUM))
        counts, drawn = [0] * LARGEST, 0
        for batch in range(math.ceil(self.trials / BATCH)):
            size = min(BATCH, self.trials - drawn)
            drawn += size
            counts = [
                count + positive_count(n, self.seed, batch, size) for n, count in enumerate(counts, start=1)
            ]
            yield Figure(
                panels=(spectrum, shares_panel(self.dimension, counts, drawn)),
                readouts=self._readouts(counts, drawn),
                tables=(_shares(counts, drawn),),
                spoken=self._spoken(counts, drawn),
                done=drawn / self.trials,
            )

    def _readouts(self, counts: Sequence[int], drawn: int) -> tuple[Readout, ...]:
        n = self.dimension
        values = eigenvalues(n, self.seed)
        too_large = Text("It is measured up to n = {largest}.", {"largest": LARGEST})
        share: tuple[float | None, ...] = (None, None, None)
        if n <= LARGEST:
            share = (counts[n - 1] / drawn, *wilson_interval(counts[n - 1], drawn))
        unknown = Text("A short closed form is known up to n = 3.")
        law = large_share(n)
        return (
            Readout(
                name="negative_count",
                value=float(np.sum(values < 0)),
                label=Text("negative eigenvalues"),
                role=Role.GRADIENT,
            ),
            Readout(name="smallest", value=float(values[0]), label=Text("the smallest"), shown=False),
            Readout(name="largest", value=float(values[-1]), label=Text("the largest"), shown=False),
            *(
                number_readout(name, value, label, too_large, digits=3)
                for name, label, value in zip(
                    ("share", "share_low", "share_high"),
                    (Text("share with positive ones alone"), Text("at least"), Text("at most")),
                    share,
                    strict=True,
                )
            ),
            number_readout("exact", exact_share(n), Text("exact share"), unknown, role=Role.TANGENT),
            number_readout(
                "law",
                law if law > 0 else None,
                Text("law for large n"),
                Text("It is smaller than any float."),
                latex=r"e^{-n^2 \ln 3/4}",
                role=Role.SECANT,
                digits=3,
            ),
            Readout(name="law_power", value=-n * n * math.log10(3) / 4, shown=False),
        )

    def _spoken(self, counts: Sequence[int], drawn: int) -> Text:
        n = self.dimension
        negative = int(np.sum(eigenvalues(n, self.seed) < 0))
        values: dict[str, Any] = {"n": n, "negative": negative, "trials": drawn}
        if n > LARGEST:
            values["power"] = float(round(-n * n * math.log10(3) / 4))
            return Text(
                "{negative} of {n} eigenvalues are negative; by the law for large n the share of matrices "
                "with none is about ten to the power {power}.",
                values,
            )
        count = counts[n - 1]
        low, high = wilson_interval(count, drawn)
        values |= {"count": count, "share": _short(count / drawn), "low": _short(low), "high": _short(high)}
        if count == 0:
            return Text(
                "{negative} of {n} eigenvalues are negative; none of {trials} such matrices has only "
                "positive ones, a share below {high} (95 %).",
                values,
            )
        return Text(
            "{negative} of {n} eigenvalues are negative; {count} of {trials} such matrices have none, a "
            "share of {share} (95 %: {low} to {high}).",
            values,
        )


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _shares(counts: Sequence[int], drawn: int) -> Table:
    dimensions = range(1, len(counts) + 1)
    intervals = np.array([wilson_interval(count, drawn) for count in counts])
    exact = [exact_share(n) for n in dimensions]
    return Table(
        "shares",
        (
            Column("dimension", list(dimensions), latex="n"),
            Column("positive", list(counts), label=Text("positive alone")),
            Column("share", np.array(counts) / drawn, label=Text("share"), digits=3),
            Column("low", intervals[:, 0], label=Text("at least"), digits=3),
            Column("high", intervals[:, 1], label=Text("at most"), digits=3),
            Column(
                "exact",
                np.array([math.nan if share is None else share for share in exact]),
                label=Text("exact"),
            ),
            Column("law", np.array([large_share(n) for n in dimensions]), latex=r"e^{-n^2\ln 3/4}", digits=3),
        ),
        title=Text("Of {trials} matrices of each dimension", {"trials": drawn}),
    )
