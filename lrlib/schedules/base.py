"""A schedule is a pure function of the step; composition makes new ones from old ones.

`t` counts the updates already made, so `schedule(t)` is the rate that update number `t`
(from 0) uses, and a run of `T` updates uses `schedule(0) ... schedule(T - 1)`. After its end
a schedule holds `schedule(T)`.
"""

import math
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np

from .. import checks
from . import formula

INF = math.inf
BLOCK = 2**15  # steps computed at a time: what fits into the processor's cache is faster


class Schedule(formula.Readable):
    """Base of all schedules: a callable from steps to rates.

    A subclass is a frozen dataclass with a length `T` in steps and a method `_rates(t)` for
    float64 arrays `t` in [0, T]. The operators build new schedules:

    - `a >> b`: b begins where a ends; at the border b speaks.
    - `a.repeat(n)`: n times in a row (for ever without n).
    - `a + b`, `a * b`, `a * k`: of the rates, step by step.
    - `a.first(T)`: the first T steps of a.
    - `a.reverse()`: a run backwards.

    >>> from lrlib import Cosine, Linear
    >>> schedule = Linear(0, 0.1, 10) >> Cosine(0.1, 0, 90)
    >>> schedule.T, schedule(0), schedule(5), schedule(10)
    (100, 0.0, 0.05, 0.1)
    """

    T = INF

    def __post_init__(self):
        checks.check_fields(self)

    def __call__(self, t):
        """The rate that update number `t` uses.

        `t`: steps, a number or an array of numbers >= 0 (whole or fractional).
        Returns a float for a number, a float64 array of the same shape for an array.
        Raises `TypeError` for anything else, `ValueError` for a negative or undefined step.
        """
        steps = np.asarray(t)
        if steps.dtype.kind not in "iuf":
            raise TypeError(f"t must be a number or an array of numbers >= 0, not {t!r}")
        if steps.size and not steps.min() >= 0:  # also catches NaN
            raise ValueError(f"t must be >= 0: it counts the updates already made, not {t!r}")
        flat = np.minimum(steps.reshape(-1), float(self.T), dtype=float)
        if self.T == INF and flat.size and flat.max() == INF:
            raise ValueError("t must be finite in a schedule without end")
        rates = np.empty(flat.shape)
        for i in range(0, flat.size, BLOCK):
            rates[i : i + BLOCK] = self._rates(flat[i : i + BLOCK])
        return rates.reshape(steps.shape) if steps.ndim else float(rates[0])

    def rates(self, T=None):
        """The rates that a run of `T` updates uses: a float64 array of `T` values.

        `T` is the schedule's own length unless given; it must be given if that is infinite.
        """
        T = self.T if T is None else T
        if T == INF:
            raise ValueError("T must be finite: give it where the schedule has no end")
        return self(np.arange(math.ceil(checks.length("T", T))))

    def __rshift__(self, other):
        if not isinstance(other, Schedule):
            return NotImplemented
        return Sequence(_parts(self) + _parts(other))

    def __add__(self, other):
        other = _schedule(other)
        return NotImplemented if other is None else Sum(self, other)

    def __mul__(self, other):
        other = _schedule(other)
        return NotImplemented if other is None else Product(self, other)

    __radd__ = __add__
    __rmul__ = __mul__

    def repeat(self, n=INF):
        """This schedule `n` times in a row; without `n`, for ever."""
        return Repeat(self, n)

    def first(self, T):
        """The first `T` steps, `0 < T <= self.T`; after them the schedule holds."""
        T = checks.length("T", T)
        if T > self.T:
            raise ValueError(f"T must be <= {self.T}, the length of the schedule, not {T}")
        return self if T == self.T else self._first(T)

    def _first(self, T):
        return First(self, T)

    def reverse(self):
        """This schedule run backwards: its end first, `a.reverse()(t) == a(a.T - t)`."""
        return Reverse(self)


def _schedule(value):
    """A number is a constant schedule; anything else that is no schedule is None."""
    if isinstance(value, Schedule):
        return value
    if isinstance(value, Real) and not isinstance(value, bool):
        return Constant(value)
    return None


@dataclass(frozen=True)
class Constant(Schedule):
    r"""A fixed rate: $\eta(t) = \eta$.

    `eta`: the rate. `T`: length in steps (no end unless given).
    Raises `ValueError` or `TypeError` for a negative or non-finite rate, or a length <= 0.

    >>> Constant(0.1)(1000)
    0.1
    """

    eta: float = checks.checked(checks.rate)
    T: float = checks.checked(checks.endless, default=INF)

    def _rates(self, t):
        return self.eta + 0 * t

    def _first(self, T):
        return replace(self, T=T)

    def _latex(self, t, numbers, index=None):
        return formula.latex_number(self.eta) if numbers else formula.symbol("eta", index)

    def _words(self, t):
        return "Constant, eta"


# A schedule composes itself into the classes that are built on it, so they are imported last.
from .composition import Product, Repeat, Sequence, Sum, _parts  # noqa: E402
from .transforms import First, Reverse  # noqa: E402
