"""How the controls are measured: clipping, averaging, momentum, a stop that nobody knows.

What `claim.py` measures, asked under other settings; the claims themselves are in `settled.py`.
"""

from dataclasses import replace

import numpy as np
from torch.nn import functional as F

from ...schedules import Constant, Linear
from .. import statistics
from ..experiment import experiment
from ..measures import sharpness, snapshots
from ..optimizers import SGD
from ..tasks import CleanDigits, FineTuning, RandomLabels, Stream
from ..tasks.network import divergence
from ..trainer import train
from .claim import Claim, Values


class TrainingLoss(CleanDigits):
    """The clean digits, measured on those that the network learned from."""

    name = "Clean digits (training)"

    def measure(self, parameters, seeds):
        x, y = (part[: self.train_size] for part in self._digits)
        logits = self.model(parameters, x.expand(len(parameters[0]), *x.shape))
        return divergence(F.one_hot(y, 10), logits)


class Forgetting(FineTuning):
    """Fine-tuning, measured on the upright digits: what was forgotten."""

    def __init__(self):
        super().__init__()
        self.name = "FineTuning (upright)"

    def measure(self, parameters, seeds):
        return self.old.measure(parameters, seeds)


def apart(task, a, b, says, T, sure=True, slow=False):
    """The claim on `a` against `b` where they differ in more than the schedule, each at its best.

    `a`, `b`: a name, a function `peak -> Schedule`, the peaks, and a dict of settings of
    `experiment`.
    """

    def how(seeds):
        losses = [
            experiment(task, {name: make}, peaks, T, seeds, progress=False, **own).at_best(name)
            for name, make, peaks, own in (a, b)
        ]
        return statistics.paired_difference(*losses, (a[0], b[0]))

    return Claim(task.name, f"{a[0]}, {b[0]}", T, says, how, sure, slow)


def halved(claim):
    """The claim measured on half the seeds, at least four: for the longest runs."""
    return replace(claim, how=lambda seeds: claim.how(seeds[: max(4, len(seeds) // 2)]))


def spread(schedule, says, T, teachers=range(4), sure=True):
    """The claim on the spread of the loss over seeds on Stream: standard deviation over mean.

    With a teacher a seed, and with one teacher for all: the mean over four of these.
    """

    def how(seeds):
        tasks = [Stream(), *(Stream(teacher=teacher) for teacher in teachers)]
        rates = [schedule.rates(T)]
        losses = np.array([train(task, rates, seeds, progress=False)[0] for task in tasks])
        own, *one = losses.std(1, ddof=1) / losses.mean(1)
        parts = _deviation(own, len(seeds)), _deviation(np.mean(one), len(seeds) * len(one))
        return Values("standard deviation / mean", ("a teacher a seed", "one teacher"), parts)

    return Claim("Stream", "spread over seeds", T, says, how, sure)


def _deviation(value, n):
    """A coefficient of variation with its 95 % interval (chi-squared)."""
    low, high = (n - 1) / statistics.stats.chi2.ppf((0.975, 0.025), n - 1)
    return statistics.Mean(float(value), float(value * low**0.5), float(value * high**0.5), n)


def one_problem(worse, better, says, T, peaks, teachers=range(4), sure=True):
    """`wrong_winner` where all seeds have one teacher: pooled over four teachers."""

    def how(seeds):
        wrong = []
        for teacher in teachers:
            task = Stream(teacher=teacher)
            result = experiment(task, dict([worse, better]), peaks, T, seeds, progress=False)
            a, b = result.at_best(worse[0]), result.at_best(better[0])
            wrong.append((a < b, a < np.roll(b, len(b) // 2)))
        parts = tuple(map(statistics.proportion, np.concatenate(wrong, axis=1)))
        return Values(f"P({worse[0]} looks better than {better[0]})", ("paired", "unpaired"), parts)

    return Claim("Stream (one teacher)", f"one seed: {worse[0]}, {better[0]}", T, says, how, sure)


def rising(etas, says, T, after=300, sure=True, slow=False):
    """The claim on how often an update of gradient descent raises the full-batch loss."""
    task = RandomLabels()

    def how(seeds):
        losses, rates = [], np.repeat(np.array(etas)[:, None], T, axis=1)
        watch = {"callback": lambda t, parameters, loss: losses.append(loss.numpy().copy())}
        train(task, rates, seeds, SGD(0.0), progress=False, **watch)
        with np.errstate(invalid="ignore"):  # runs that diverged
            rises = np.diff(np.array(losses)[after:], axis=0) > 0
        parts = tuple(map(statistics.mean, rises.mean(0).reshape(len(etas), -1)))
        names = tuple(f"at {eta:g}" for eta in etas)
        return Values(f"share of updates after {after} that raise the loss", names, parts)

    return Claim(task.name, "updates that raise the loss", T, says, how, sure, slow)


def told_by_sharpness(task, says, sure=True, slow=False):
    """The claim on how well the sharpness tells which seeds are lost at the peak 0.32: two AUCs.

    Of the fresh network before a linear decay, and after 30 updates at a tenth of the peak before
    the jump. 0.5 is chance.
    """
    ways = Linear(0.32, 0, 100), Constant(0.032, 30) >> Linear(0.32, 0, 70)

    def how(seeds):
        rates = np.array([way.rates(100) for way in ways])
        lost = train(task, rates, seeds, SGD(0.0), progress=False) >= 2.2
        (jump,) = snapshots(task, rates[1:, :30], seeds, [30], optimizer=SGD(0.0), progress=False)
        batch = next(task.batches([seed + 4_000_000 for seed in seeds], 1))
        sharp = [sharpness(task, p, batch, iterations=15) for p in (task.parameters(seeds), jump)]
        parts = tuple(map(_auc, sharp, lost))
        return Values("AUC of sharpness", ("fresh", "after waiting"), parts)

    return Claim(task.name, "sharpness tells who is lost", 100, says, how, sure, slow)


def _auc(scores, happened):
    """How often a score is higher where it happened, with its interval (Hanley and McNeil 1982)."""
    yes, no = scores[happened], scores[~happened]
    if not yes.size or not no.size:
        return statistics.Mean(np.nan, np.nan, np.nan, len(scores))
    a = ((yes[:, None] > no).mean() + (yes[:, None] >= no).mean()) / 2
    spread = a * (1 - a) + (yes.size - 1) * (a / (2 - a) - a**2)
    spread = spread + (no.size - 1) * (2 * a**2 / (1 + a) - a**2)
    half = 1.96 * np.sqrt(max(spread, 0) / (yes.size * no.size))
    return statistics.Mean(float(a), float(a - half), float(a + half), len(scores))


def stopped(task, a, b, says, T, stops, peaks, sure=True, slow=False):
    """The claim on the mean loss over `stops`, each schedule at the peak that is best for it."""

    def how(seeds):
        settings = {"measure_at": stops, "progress": False}
        result = experiment(task, dict([a, b]), peaks, T, seeds, **settings)
        means = statistics.cross_fit(result.curves.mean(2))[0]
        return statistics.paired_difference(*means, (a[0], b[0]))

    name = f"stopped from {stops[0]} to {stops[-1]}: {a[0]}, {b[0]}"
    return Claim(task.name, name, T, says, how, sure, slow)
