"""Rates that answer to what is measured: the plateau rule in the batched trainer, run by run."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from .. import checks
from ..schedules import Constant, Linear, Plateau, Progress
from .trainer import capped


@dataclass(frozen=True)
class OnPlateau:
    """A schedule of an `experiment` or a `duel` whose rate follows the plateau rule.

    Each run has a log of its own, so with one peak the seeds part. Every `every` updates a value of
    the metric joins the log, and from then on the run uses the rate that the rule makes of it, as
    under PyTorch's `ReduceLROnPlateau`.

    `make`: a function `peak -> Plateau`. `metric`: "validation", the loss on `examples` examples
    that the seed keeps for this and that are drawn as those of training (with noise in their
    labels, if these have any); "training", the mean minibatch loss since the value before; or
    "exact", what the task measures. `warmup`: updates of a linear rise from 0 to the peak; values
    until its end do not count.
    Raises `ValueError` or `TypeError` naming what is wrong.

    >>> from lrlib import Plateau
    >>> rule = OnPlateau(lambda peak: Plateau(peak, factor=0.5, patience=5), every=20)
    >>> rule(0.03)(1000)  # before anything is measured
    0.03
    """

    make: Callable
    every: int = 20
    metric: str = "validation"
    examples: int = 64
    warmup: int = 0

    def __post_init__(self):
        if not callable(self.make):
            raise TypeError(f"make must be a function peak -> Plateau, not {self.make!r}")
        checks.count("every", self.every)
        checks.choice("metric", self.metric, ("validation", "training", "exact"))
        checks.count("examples", self.examples)
        checks.count("warmup", self.warmup, low=0)

    def __call__(self, peak):
        """The schedule of a run whose log never asks for a drop."""
        eta = self.rule(peak).eta
        return Linear(0, eta, self.warmup) >> Constant(eta) if self.warmup else Constant(eta)

    def rule(self, peak):
        """The `Plateau` at a peak."""
        rule = self.make(peak)
        if not isinstance(rule, Plateau):
            raise TypeError(f"make must return a Plateau, such as Plateau({peak:g}), not {rule!r}")
        return rule

    def at(self, peak):
        """The same with its rule in place of the function, so that it can be sent to a worker."""
        return replace(self, make=_Always(self.rule(peak)))


@dataclass(frozen=True)
class _Always:
    rule: Plateau

    def __call__(self, peak):
        return self.rule


class Feedback:
    """A `callback` of `train` under which rows of rates follow the plateau rule.

    `task`, `rates`, `seeds`: those of `train`. `rows`: for each row of the rates an `OnPlateau` (of
    which the row has the rates without a drop), or None. After the run `rates`, shape (K, S, T),
    has what each update used, and `log` for each row a list of arrays of shape (S,), the values
    that it was shown.

    >>> from lrlib import Plateau
    >>> from lrlib.lab import Stream, train
    >>> plateau, seeds = OnPlateau(lambda peak: Plateau(peak, patience=0), every=10), range(4)
    >>> rates = [plateau(0.05).rates(40)]
    >>> feedback = Feedback(Stream(), rates, seeds, [plateau.at(0.05)])
    >>> losses = train(Stream(), rates, seeds, callback=feedback)
    >>> feedback.rates.shape, len(feedback.log[0])
    ((1, 4, 40), 4)
    """

    def __init__(self, task, rates, seeds, rows):
        self.task, self.seeds, self.rows = task, list(seeds), list(rows)
        rates, S = np.asarray(rates, dtype=float), len(self.seeds)
        if len(self.rows) != len(rates):
            raise ValueError(f"rows must hold one entry per row of rates, {len(rates)}: {rows!r}")
        self.rates = np.repeat(rates[:, None], S, axis=1)
        self.log = [[] for _ in self.rows]
        self._rules = [None if row is None else row.rule(None) for row in self.rows]
        self._progress = [rule and [Progress(rule.eta)] * S for rule in self._rules]
        self._examples, self._since = {}, [[] for _ in self.rows]

    def __call__(self, t, parameters, losses):
        S, T = len(self.seeds), self.rates.shape[-1]
        for k, (row, rule) in enumerate(zip(self.rows, self._rules)):
            if row is None:
                continue
            runs = slice(k * S, (k + 1) * S)
            if row.metric == "training":
                self._since[k].append(losses[runs])
            if t % row.every == 0:
                values = self._measured(row, k, [p[runs] for p in parameters])
                self.log[k].append(values)
                if t >= row.warmup:
                    self._progress[k] = list(map(rule.update, self._progress[k], values.tolist()))
                    now = [progress.eta for progress in self._progress[k]]
                    self.rates[k, :, t:] = np.array(now)[:, None]
        return self.rates[:, :, t].reshape(-1) if t < T else None

    @torch.no_grad()
    def _measured(self, row, k, parameters):
        if row.metric == "training":
            since, self._since[k] = self._since[k], []
            return capped(torch.stack(since).mean(0))
        if row.metric == "exact":
            return capped(self.task.measure(parameters, self.seeds))
        if row.examples not in self._examples:
            self._examples[row.examples] = self.task.examples(self.seeds, row.examples)
        return capped(self.task.loss(parameters, self._examples[row.examples]))


def following(make, peak):
    """The `OnPlateau` of a schedule at a peak, averaged or not; None for one without feedback."""
    make = make if isinstance(make, OnPlateau) else getattr(make, "make", None)
    return make.at(peak) if isinstance(make, OnPlateau) else None


def feedback_for(task, rates, seeds, rows):
    """A `Feedback`, or None where no row asks for one."""
    return Feedback(task, rates, seeds, rows) if any(row is not None for row in rows) else None
