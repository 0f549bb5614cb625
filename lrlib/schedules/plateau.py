"""The plateau rule: the only schedule with feedback, as a pure fold over a log of metric values.

A `Plateau` is the rule, and the log is all the state there is: the same log gives the same rates,
so a run can be replayed, resumed and drawn from it. `Plateau.schedule(log)` is a schedule like any
other: `Linear(0, 0.1, 100) >> plateau.schedule(log)` is a warmup, then the plateau rule.
"""

import math
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from numbers import Real
from typing import NamedTuple

import numpy as np

from .. import checks
from ..checks import INF, checked
from .base import Constant
from .composition import Sequence


class Progress(NamedTuple):
    """What the rule knows between two values."""

    eta: float  # the rate in use
    best: float | None = None  # the best value so far
    bad: int = 0  # values in a row without improvement
    cooldown: int = 0  # values still to come that cannot count as bad


@dataclass(frozen=True)
class Plateau:
    r"""Multiply the rate by `factor` when a metric has stopped improving.

    A value m improves on the best one b if $m < b - \theta |b|$ (`mode="min"`, `"rel"`),
    $m < b - \theta$ (`"abs"`), or with `mode="max"` $m > b + \theta |b|$, $m > b + \theta$. After
    more than `patience` values in a row that do not, $\eta \leftarrow \max(\eta f, \eta_{\min})$,
    and the next `cooldown` values do not count.

    `eta`: the rate at the start. `mode`: whether the metric should fall ("min") or rise ("max").
    `factor`: f, > 0 and < 1. `patience`: values without improvement that are borne. `threshold`:
    $\theta$ >= 0, with its `threshold_mode` "rel" or "abs". `cooldown`: values ignored after a
    drop. `eta_min`: the floor. `eps`: a drop of no more than this is not made. `nan`: what a value
    that is NaN or infinite means: "bad" (no improvement), "skip" (as if it had not come) or
    "raise" (a `ValueError`).
    Decides as PyTorch's `ReduceLROnPlateau` does, but for negative metrics with a relative
    threshold, where PyTorch takes a step in the wrong direction for an improvement, and for an
    infinite value, which PyTorch can take for the best.
    Raises `TypeError` or `ValueError` naming the parameter.

    >>> rule = Plateau(0.1, factor=0.5, patience=1)
    >>> rule.rates([1.0, 0.9, 0.9, 0.9, 0.8])
    array([0.1 , 0.1 , 0.1 , 0.1 , 0.05, 0.05])
    """

    eta: float = checked(checks.rate)
    mode: str = "min"
    factor: float = checked(checks.share, default=0.1)
    patience: int = checked(partial(checks.count, low=0), default=10)
    threshold: float = checked(checks.number, default=1e-4)
    threshold_mode: str = "rel"
    cooldown: int = checked(partial(checks.count, low=0), default=0)
    eta_min: float = checked(checks.rate, default=0.0)
    eps: float = checked(checks.number, default=1e-8)
    nan: str = "bad"

    def __post_init__(self):
        checks.check_fields(self)
        checks.choice("mode", self.mode, ("min", "max"))
        checks.choice("threshold_mode", self.threshold_mode, ("rel", "abs"))
        checks.choice("nan", self.nan, ("bad", "skip", "raise"))
        checks.ordered(self.eta_min, self.eta, ("eta_min", "eta"))

    def update(self, before, value):
        """The `Progress` after one more value. Pure: the one before it stays as it is."""
        if not isinstance(before, Progress):
            raise TypeError(f"before must be a Progress, not {before!r}")
        if type(value) is not float and (isinstance(value, bool) or not isinstance(value, Real)):
            raise TypeError(f"a metric must be a number, not {value!r} ({type(value).__name__})")
        try:
            finite = math.isfinite(value)
        except OverflowError:  # a whole number that no float can hold
            finite = False
        if not finite and self.nan == "raise":
            raise ValueError(f"a metric must be finite, not {value!r}: see Plateau(nan=...)")
        if not finite and self.nan == "skip":
            return before
        better = finite and self._improves(value, before.best)
        best = float(value) if better else before.best
        bad = 0 if better or before.cooldown else before.bad + 1
        if bad <= self.patience:
            return Progress(before.eta, best, bad, max(before.cooldown - 1, 0))
        lower = max(before.eta * self.factor, self.eta_min)
        eta = lower if before.eta - lower > self.eps else before.eta
        return Progress(eta, best, 0, self.cooldown)

    def _improves(self, value, best):
        if best is None:
            return True
        toward = -1 if self.mode == "min" else 1
        if self.threshold_mode == "abs":
            bound = best + toward * self.threshold
        else:
            bound = best * (1 + toward * math.copysign(self.threshold, best))
        return value < bound if self.mode == "min" else value > bound

    def replay(self, log):
        """The `Progress` before the first value of the log, and after each: len(log) + 1 of them."""
        log = _listed("log", log, "metric values")
        return list(accumulate(log, self.update, initial=Progress(self.eta)))

    def rates(self, log):
        """The rate in use before the first value of the log, and after each: shape (len(log) + 1,)."""
        return np.array([progress.eta for progress in self.replay(log)])

    def drops(self, log):
        """The positions in the log (from 0) of the values that brought the rate down.

        >>> Plateau(0.1, patience=10).drops([1.0] * 30)
        [11, 22]
        """
        return [int(i) for i in np.flatnonzero(np.diff(self.rates(log)))]

    def schedule(self, log, steps=None):
        """The rates that the log gave, as a schedule without end.

        `log`: metric values. `steps`: how many updates had been made when each was known, not
        decreasing (1, 2, 3 ... unless given). Returns constants in a row.

        >>> rule = Plateau(0.1, factor=0.5, patience=0)
        >>> rule.schedule([1.0, 1.0, 0.9], steps=[100, 200, 300])([0, 199, 200, 1000])
        array([0.1 , 0.1 , 0.05, 0.05])
        """
        log = _listed("log", log, "metric values")
        steps = range(1, len(log) + 1) if steps is None else _listed("steps", steps, "steps")
        if len(steps) != len(log):
            raise ValueError(f"steps must hold one step per value, {len(log)}, not {len(steps)}")
        rates, parts, start = self.rates(log), [], 0
        for i, step in enumerate(steps):
            if checks.number(f"steps[{i}]", step) < (steps[i - 1] if i else 0):
                raise ValueError(f"steps must not decrease, not {steps!r}")
            if rates[i + 1] != rates[i]:
                if step > start:
                    parts.append(Constant(float(rates[i]), step - start))
                start = step
        last = Constant(float(rates[-1]), INF)
        return Sequence((*parts, last)) if parts else last


def _listed(name, values, what):
    """A list, as long as it may be: `checks.listed` has a limit, a log has none."""
    return values if isinstance(values, (list, tuple)) else checks.listed(name, values, what)
