r"""The shapes: the curves from which every schedule is composed. Each is one line of mathematics.

All raise `TypeError` for an argument that is not a number (a bool is not) and `ValueError` for
one out of range: a negative rate, a length <= 0, NaN, infinity where an end is needed.
All take the step `t` as a number (and return a float) or an array (and return a float64 array
of the same shape). A length `T` is in steps; the values between whole steps are defined too.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy import cos, floor, pi, sqrt, tanh

from .. import checks
from ..checks import INF, checked
from .base import Constant, Schedule
from .expression import passed

__all__ = [
    "Constant",
    "Linear",
    "Polynomial",
    "Cosine",
    "KDecay",
    "Tanh",
    "Rex",
    "Exponential",
    "Step",
    "MultiStep",
    "InverseSqrt",
]


class _Monotone(Schedule):
    """A shape that never turns, so that its rates lie between its two ends."""

    @property
    def _bounds(self):
        return tuple(sorted(self._rates(np.array([0.0, self.T])).tolist()))


class _Endless(_Monotone):
    """A shape whose form does not depend on its length, so that `first` only sets `T`."""

    def _first(self, T):
        return replace(self, T=T)


class _Scaled(_Monotone):
    """A shape of t / T, so that `stretch` only sets `T`."""

    def _stretch(self, T):
        return replace(self, T=T)


@dataclass(frozen=True)
class _Annealing(_Scaled):
    """A shape that falls from a peak to a floor in T steps."""

    eta_max: float = checked(checks.rate)
    eta_min: float = checked(checks.rate)
    T: float = checked(checks.length)

    def __post_init__(self):
        super().__post_init__()
        checks.ordered(self.eta_min, self.eta_max)


@dataclass(frozen=True)
class Linear(_Scaled):
    r"""A straight line: $\eta(t) = \eta_{start} + (\eta_{end} - \eta_{start})\, t / T$.

    `start`, `end`: rates at t = 0 and t = T. `T`: length in steps.
    Equals `torch.optim.lr_scheduler.LinearLR(start_factor=start/eta, end_factor=end/eta, total_iters=T)`.

    >>> Linear(0, 0.1, 10)(5)
    0.05
    """

    start: float = checked(checks.rate)
    end: float = checked(checks.rate)
    T: float = checked(checks.length)

    def _formula(self, t):
        return self.start + (self.end - self.start) * (t / self.T)

    def _rates(self, t):
        rates = self._formula(t)
        if self.start + (self.end - self.start) != self.end:  # a small end, lost in the rounding
            rates[t == self.T] = self.end
        return rates

    def reverse(self):
        return Linear(self.end, self.start, self.T)


@dataclass(frozen=True)
class Polynomial(_Scaled):
    r"""A power of the time that is left:
    $\eta(t) = \eta_{end} + (\eta_{start} - \eta_{end})\,((T - t)/T)^{p}$.

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
        return self.end + (self.start - self.end) * ((self.T - t) / self.T) ** self.power


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
class KDecay(_Annealing):
    r"""Cosine annealing over a power of the time, k-decay: above k = 1 it falls later and steeper.
    $\eta(t) = \eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 + \cos(\pi\,(t/T)^{k})) / 2$.

    `eta_max`, `eta_min`: rates at t = 0 and t = T. `T`: length in steps. `k`: the exponent, > 0;
    1 gives `Cosine`.
    Equals timm's `CosineLRScheduler(t_initial=T, lr_min=eta_min, k_decay=k)`.
    Source: Zhang and Li 2020, "k-decay: A New Method For Learning Rate Schedule".

    >>> KDecay(0.1, 0, 100, k=2)([0, 50, 100]).round(4)
    array([0.1   , 0.0854, 0.    ])
    """

    k: float = checked(checks.positive)

    def _rates(self, t):
        return self.eta_min + (self.eta_max - self.eta_min) * (
            (1 + cos(pi * (t / self.T) ** self.k)) / 2
        )


@dataclass(frozen=True)
class Tanh(_Annealing):
    r"""A fall along the hyperbolic tangent between two of its points, flat, steep, flat:
    $\eta(t) = \eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 - \tanh(l\,(1 - t/T) + u\,t/T)) / 2$.

    `eta_max`, `eta_min`: the rates between which it falls; it begins a little below the first and
    ends a little above the second, with the defaults by 1e-6 and 0.0025 of their distance.
    `T`: length in steps. `lb`, `ub`: l < u, the points at which it begins and ends.
    Equals timm's `TanhLRScheduler(t_initial=T, lb=l, ub=u, lr_min=eta_min)` before step T, from
    which on timm uses `eta_min`: `Tanh(...) >> Constant(eta_min)`.
    Source: Hsueh, Li and Wu 2019, "Stochastic Gradient Descent with Hyperbolic-Tangent Decay on
    Classification".

    >>> Tanh(0.1, 0, 100)([0, 70, 100]).round(4)
    array([0.1   , 0.05  , 0.0002])
    """

    lb: float = checked(partial(checks.number, low=-INF), default=-7.0)
    ub: float = checked(partial(checks.number, low=-INF), default=3.0)

    def __post_init__(self):
        super().__post_init__()
        if self.lb >= self.ub:
            raise ValueError(f"lb must be < ub, not lb={self.lb!r} >= ub={self.ub!r}")

    def _rates(self, t):
        x = t / self.T
        return self.eta_min + (self.eta_max - self.eta_min) * (
            (1 - tanh(self.lb * (1 - x) + self.ub * x)) / 2
        )


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
