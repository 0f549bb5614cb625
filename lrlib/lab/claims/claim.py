"""How a claim about schedules is put to the test; the claims themselves are in `table.py`.

A `Claim` says something of what it measures. What it measures is a `Difference` of losses or
`Values`: means and rates with their intervals. What it says is a `Verdict`: a sign, a tie, or how
large the values are. The functions below make the measurements; each takes a tuple of seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from ...schedules import Constant, Cosine, Plateau
from .. import statistics
from ..experiment import experiment
from ..feedback import OnPlateau
from ..measures import ensemble, range_test, sharpness, snapshots
from ..optimizers import SGD
from ..trainer import train

SLACK = 0.2  # by so much may a rate differ from the claimed one


@dataclass(frozen=True)
class Verdict:
    """What is claimed: in words, and as a test of what was measured."""

    words: str
    holds: Callable

    def __str__(self):
        return self.words


HIGHER = Verdict("higher", lambda difference: difference.low > 0)  # or a little higher: the sign
LOWER = Verdict("lower", lambda difference: difference.high < 0)
TIE = Verdict("a tie", lambda difference: difference.kind == "a tie")
NO_HARM = Verdict("no harm", lambda difference: difference.high < statistics.MARGIN)


def about(*claimed):
    """The verdict that `Values` are these ones, each within 0.2."""

    def holds(values):
        measured = [part.value for part in values.parts]
        return len(measured) == len(claimed) and all(
            abs(m - c) <= SLACK for m, c in zip(measured, claimed)
        )

    return Verdict(", ".join(f"{c:.2g}" for c in claimed), holds)


@dataclass(frozen=True)
class Values:
    """A few named numbers with intervals: `parts` are `Mean`s or `Proportion`s, one for each name."""

    title: str
    names: tuple
    parts: tuple

    def __str__(self):
        return f"{self.title}: " + ", ".join(f"{n} {p}" for n, p in zip(self.names, self.parts))


@dataclass(frozen=True)
class Claim:
    """`says` of what `how(seeds)` measures on a task, after `T` updates.

    `name`: what is measured, in a few words. `sure`: whether it held on five different blocks of 32
    seeds here; then it is a test, unless it is `slow`: it takes more than some five seconds.
    """

    task: str
    name: str
    T: int
    says: Verdict
    how: Callable
    sure: bool = True
    slow: bool = False

    def measure(self, seeds=32):
        """The measured `Difference` or `Values`. `seeds`: how many, or a list of at least 4."""
        return self.how(tuple(range(seeds) if np.ndim(seeds) == 0 else seeds))

    def holds(self, measured):
        """Whether a measurement is as claimed."""
        return bool(self.says.holds(measured))


def cosine(peak, T):
    """The reference of most claims: from the peak to 0 along half a cosine."""
    return Cosine(peak, 0, T)


def difference(
    task, a, b, says, T, peaks, optimizer=None, sure=True, slow=False, max_norm=None
):  # fmt: skip
    """The claim on the final losses of `a` against the reference `b`, paired.

    `a`, `b`: a pair of a name and a function `peak -> Schedule`. `peaks`: where there are several,
    each schedule is at its own best one (cross-fitted); where there is one, both run at it, as a
    careless user would.
    """

    def how(seeds):
        settings = {"optimizer": optimizer, "max_norm": max_norm, "progress": False}
        result = experiment(task, dict([a, b]), peaks, T, seeds, **settings)
        return result.compare(a[0], b[0])

    return Claim(task.name, f"{a[0]}, {b[0]}", T, says, how, sure, slow)


def lost(task, a, b, says, T, peak, above, optimizer=None, sure=True, slow=False, max_norm=None):
    """The claim on how often `a` and `b` end with a loss of at least `above`, at one peak rate."""

    def how(seeds):
        settings = {"optimizer": optimizer, "max_norm": max_norm, "progress": False}
        result = experiment(task, dict([a, b]), [peak], T, seeds, **settings)
        parts = tuple(result.divergence(name, above)[0] for name in (a[0], b[0]))
        return Values(f"P(lost) at {peak:g}", (a[0], b[0]), parts)

    return Claim(task.name, f"lost at {peak:g}: {a[0]}, {b[0]}", T, says, how, sure, slow)


def wrong_winner(task, worse, better, says, T, peaks, sure=True):
    """The claim on how often one run of each finds the wrong one of two schedules to be better.

    Paired: both runs have the same seed. Unpaired: the other run has the seed half the list away.
    """

    def how(seeds):
        result = experiment(task, dict([worse, better]), peaks, T, seeds, progress=False)
        a, b = result.at_best(worse[0]), result.at_best(better[0])
        wrong = a < b, a < np.roll(b, len(b) // 2)
        parts = tuple(map(statistics.proportion, wrong))
        return Values(f"P({worse[0]} looks better than {better[0]})", ("paired", "unpaired"), parts)

    return Claim(task.name, f"one seed: {worse[0]}, {better[0]}", T, says, how, sure)


def range_reading(task, schedule, reading, says, T, peaks, sure=True):
    """The claim on a schedule at the rate that a range test recommends, against its own best one.

    `schedule`: a pair of a name and a function `peak -> Schedule`. `reading`: see `RangeTest`. The
    test takes 150 updates, from 0.001 to 1, and is read off all seeds together.
    """
    name, make = schedule

    def how(seeds):
        rate = range_test(task, 1e-3, 1.0, 150, seeds, progress=False).readings[reading]
        read = train(task, [make(rate).rates(T)], seeds, progress=False)[0]
        best = experiment(task, {name: make}, peaks, T, seeds, progress=False).at_best(name)
        names = f"{name} at the {reading} ({rate:.2g})", f"{name} at its best"
        return statistics.paired_difference(read, best, names)

    return Claim(task.name, f"{name} at the {reading}", T, says, how, sure)


def range_scatter(task, says, T=150, sure=True):
    """The claim on how often one seed's range test is off by more than a factor of 2.

    Off the reading from all seeds together: the smoothed minimum and the steepest slope.
    """
    names = "smoothed minimum", "steepest slope"

    def how(seeds):
        test = range_test(task, 1e-3, 1.0, T, seeds, progress=False)
        alone = [one.readings for one in test.by_seed()]
        parts = tuple(
            statistics.proportion([abs(np.log2(one[n] / test.readings[n])) > 1 for one in alone])
            for n in names
        )
        return Values("P(one seed's reading off by over 2 times)", names, parts)

    return Claim(task.name, "range tests of single seeds", T, says, how, sure)


def edge_of_stability(task, etas, says, T, sure=True, slow=False):
    """The claim on rate times sharpness / 2 after T steps of gradient descent at each of the rates."""

    def how(seeds):
        rates = np.repeat(np.array(etas)[:, None], T, axis=1)
        (end,) = snapshots(task, rates, seeds, [T], optimizer=SGD(0.0), progress=False)
        sharp = sharpness(task, end, task.full_batch(seeds)).reshape(len(etas), -1)
        parts = tuple(statistics.mean(eta * row / 2) for eta, row in zip(etas, sharp))
        names = tuple(f"at {eta:g}" for eta in etas)
        return Values("rate x sharpness / 2", names, parts)

    rates = ", ".join(f"{eta:g}" for eta in etas)
    return Claim(task.name, f"edge of stability at {rates}", T, says, how, sure, slow)


def snapshot_ensemble(task, cycles, alone, says, T, peaks, sure=True, slow=False):
    """The claim on a vote of three snapshots against one net, each at its own best peak.

    `cycles`: a function `peak -> Schedule` of three equal cycles; at the end of each a snapshot is
    taken. `alone`: the name of the one net and the function `peak -> Schedule` that trains it.
    """

    def how(seeds):
        def voted(make, at):
            rates = [make(peak).rates(T) for peak in peaks]
            members = snapshots(task, rates, seeds, at, progress=False)
            return statistics.cross_fit(ensemble(task, members, seeds))[0]

        pair = voted(cycles, [T // 3, 2 * T // 3, T]), voted(alone[1], [T])
        return statistics.paired_difference(*pair, ("ensemble of 3", alone[0]))

    return Claim(task.name, f"ensemble of 3, {alone[0]}", T, says, how, sure, slow)


def one_trunk(task, make, horizons, T, says, peaks, sure=True):
    """The claim on runs that share one peak at all horizons, against a cosine retuned for each.

    `make`: a function `peak, T -> Schedule`. All horizons are trained, `T` is reported. The
    shared peak is the one with the best geometric mean of the losses over the horizons.
    """

    def how(seeds):
        results = {}
        for horizon in horizons:
            schedules = {"trunk": partial(make, T=horizon), "cosine": partial(cosine, T=horizon)}
            results[horizon] = experiment(task, schedules, peaks, horizon, seeds, progress=False)
        together = sum(np.log(result.losses[0]) for result in results.values())
        trunk = statistics.cross_fit(results[T].losses[0], by=together)[0]
        names = f"one trunk, ended at {T}", "retuned cosine"
        return statistics.paired_difference(trunk, results[T].at_best("cosine"), names)

    return Claim(task.name, "one trunk, retuned cosine", T, says, how, sure)


def plateau(task, patience, says, T, peaks, every=20, sure=True):
    """The claim on the plateau rule against a cosine, each at its own best peak.

    The rule sees the loss of 64 validation images of its seed, noisy as those of training, after
    every so many updates.
    """

    def how(seeds):
        rule = OnPlateau(lambda peak: Plateau(peak, patience=patience), every)
        schedules = {f"plateau, patience {patience}": rule, "cosine": partial(cosine, T=T)}
        result = experiment(task, schedules, peaks, T, seeds, progress=False)
        return result.compare(*schedules)

    return Claim(task.name, f"plateau {patience}, cosine", T, says, how, sure)
