r"""The shapes: the curves from which every schedule is composed. Each is one line of mathematics.

All raise `TypeError` for an argument that is not a number (a bool is not) and `ValueError` for
one out of range: a negative rate, a length <= 0, NaN, infinity where an end is needed.
All take the step `t` as a number (and return a float) or an array (and return a float64 array
of the same shape). A length `T` is in steps; the values between whole steps are defined too.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy import cos, floor, pi, sqrt

from .. import checks
from ..checks import INF, checked
from .base import Constant, Schedule

__all__ = [
    "Constant",
    "Linear",
    "Polynomial",
    "Cosine",
    "Rex",
    "Exponential",
    "Step",
    "MultiStep",
    "InverseSqrt",
]


def passed(milestones, t):
    """How many of the milestones step `t` has reached."""
    return np.searchsorted(milestones, t, side="right")


class _Endless(Schedule):
    """A shape whose form does not depend on its length, so that `first` only sets `T`."""

    def _first(self, T):
        return replace(self, T=T)


@dataclass(frozen=True)
class _Annealing(Schedule):
    """A shape that falls from a peak to a floor in T steps."""

    eta_max: float = checked(checks.rate)
    eta_min: float = checked(checks.rate)
    T: float = checked(checks.length)

    def __post_init__(self):
        super().__post_init__()
        checks.ordered(self.eta_min, self.eta_max)


@dataclass(frozen=True)
class Linear(Schedule):
    r"""A straight line: $\eta(t) = \eta_{start} + (\eta_{end} - \eta_{start})\, t / T$.

    `start`, `end`: rates at t = 0 and t = T. `T`: length in steps.
    Equals `torch.optim.lr_scheduler.LinearLR(start_factor=start/eta, end_factor=end/eta, total_iters=T)`.

    >>> Linear(0, 0.1, 10)(5)
    0.05
    """

    start: float = checked(checks.rate)
    end: float = checked(checks.rate)
    T: float = checked(checks.length)

    def _rates(self, t):
        return self.start + (self.end - self.start) * (t / self.T)

    def reverse(self):
        return Linear(self.end, self.start, self.T)


@dataclass(frozen=True)
class Polynomial(Schedule):
    r"""A power of the time that is left:
    $\eta(t) = \eta_{end} + (\eta_{start} - \eta_{end})\,(1 - t/T)^{p}$.

    `start`, `end`: rates at t = 0 and t = T. `T`: length in steps. `power`: the exponent, > 0.
    Equals `torch.optim.lr_scheduler.PolynomialLR(total_iters=T, power=power)` for `end=0`.

    >>> Polynomial(0.1, 0, 10, power=2)(5)
    0.025
    """

    start: float = checked(checks.rate)
    end: float = checked(checks.rate)
    T: float = checked(checks.length)
    power: float = checked(checks.positive, default=1.0)

    def _rates(self, t):
        return self.end + (self.start - self.end) * (1 - t / self.T) ** self.power


@dataclass(frozen=True)
class Cosine(_Annealing):
    r"""Cosine annealing, half a period from the peak to the floor:
    $\eta(t) = \eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 + \cos(\pi t / T)) / 2$.

    `eta_max`, `eta_min`: rates at t = 0 and t = T. `T`: length in steps.
    Equals `torch.optim.lr_scheduler.CosineAnnealingLR(T_max=T, eta_min=eta_min)` up to step T;
    after it PyTorch's rate rises again, this one stays.
    Source: Loshchilov and Hutter 2017, "SGDR", section 3, equation 5.

    >>> Cosine(0.1, 0, 100)(50)
    0.05
    """

    def _rates(self, t):
        return self.eta_min + (self.eta_max - self.eta_min) * ((1 + cos(pi * t / self.T)) / 2)


@dataclass(frozen=True)
class Rex(_Annealing):
    r"""A decay that starts slowly and ends steeply, one line divided by another:
    $\eta(t) = \eta_{\min} + (\eta_{\max} - \eta_{\min})\,(T - t) / (T - t/2)$.

    `eta_max`, `eta_min`: rates at t = 0 and t = T. `T`: length in steps.
    Source: Chen, Wolfe and Kyrillidis 2021, "REX: Revisiting Budgeted Training with an Improved
    Schedule".

    >>> Rex(3, 0, 100)(50)
    2.0
    """

    def _rates(self, t):
        return self.eta_min + (self.eta_max - self.eta_min) * ((self.T - t) / (self.T - t / 2))


@dataclass(frozen=True)
class Exponential(_Endless):
    r"""Exponential decay: $\eta(t) = \eta\,\gamma^{t}$.

    `eta`: rate at t = 0. `gamma`: factor per step, > 0; above 1 (growth, as in a range test) the
    schedule needs an end. `T`: length in steps (no end unless given).
    Equals `torch.optim.lr_scheduler.ExponentialLR(gamma)`.

    >>> Exponential(0.1, 0.5)(2)
    0.025
    """

    eta: float = checked(checks.rate)
    gamma: float = checked(checks.positive)
    T: float = checked(checks.endless, default=INF)

    def __post_init__(self):
        super().__post_init__()
        checks.bounded_growth(self.eta, self.gamma, self.T)

    def _rates(self, t):
        return self.eta * self.gamma**t


@dataclass(frozen=True)
class Step(_Endless):
    r"""Step decay: $\eta(t) = \eta\,\gamma^{\lfloor t / s \rfloor}$.

    `eta`: rate at t = 0. `step_size`: steps between two drops. `gamma`: factor of a drop, > 0.
    `T`: length in steps (no end unless given).
    Equals `torch.optim.lr_scheduler.StepLR(step_size, gamma)`.

    >>> Step(1.0, step_size=10, gamma=0.5)(25)
    0.25
    """

    eta: float = checked(checks.rate)
    step_size: float = checked(checks.length)
    gamma: float = checked(checks.positive)
    T: float = checked(checks.endless, default=INF)

    def __post_init__(self):
        super().__post_init__()
        checks.bounded_growth(self.eta, self.gamma, self.T / self.step_size)

    def _rates(self, t):
        return self.eta * self.gamma ** floor(t / self.step_size)


@dataclass(frozen=True)
class MultiStep(_Endless):
    r"""Drops at chosen steps: $\eta(t) = \eta\,\gamma^{\#\{m \in M : m \le t\}}$.

    `eta`: rate at t = 0. `milestones`: M, the steps of the drops, increasing, > 0. `gamma`: factor
    of a drop, > 0. `T`: length in steps (no end unless given).
    Equals `torch.optim.lr_scheduler.MultiStepLR(milestones, gamma)`.

    >>> MultiStep(1.0, milestones=(30, 60), gamma=0.1)([0, 29, 30, 59, 60]).round(6)
    array([1.  , 1.  , 0.1 , 0.1 , 0.01])
    """

    eta: float = checked(checks.rate)
    milestones: tuple = checked(checks.increasing)
    gamma: float = checked(checks.positive)
    T: float = checked(checks.endless, default=INF)

    def __post_init__(self):
        super().__post_init__()
        checks.bounded_growth(self.eta, self.gamma, len(self.milestones))

    def _rates(self, t):
        return self.eta * self.gamma ** passed(self.milestones, t)


@dataclass(frozen=True)
class InverseSqrt(_Endless):
    r"""Decay as one over the square root: $\eta(t) = \eta / \sqrt{1 + t / \tau}$.

    `eta`: rate at t = 0. `timescale`: the steps $\tau$ after which the rate has fallen by
    $\sqrt 2$. `T`: length in steps (no end unless given).
    After a warmup of `timescale` steps this is the schedule of Vaswani et al. 2017, section 5.3.

    >>> InverseSqrt(0.1, timescale=100)(300)
    0.05
    """

    eta: float = checked(checks.rate)
    timescale: float = checked(checks.length)
    T: float = checked(checks.endless, default=INF)

    def _rates(self, t):
        return self.eta / sqrt(1 + t / self.timescale)
