"""A schedule is a pure function of the step; composition makes new ones from old ones.

`t` counts the updates already made, so `schedule(t)` is the rate that update number `t`
(from 0) uses, and a run of `T` updates uses `schedule(0) ... schedule(T - 1)`. After its end
a schedule holds `schedule(T)`.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from numbers import Real

import numpy as np

from .. import checks
from ..checks import INF
from . import formula

BLOCK = 2**15  # steps computed at a time: what fits into the processor's cache is faster


class Schedule(formula.Readable):
    """Base of all schedules: a callable from steps to rates.

    A subclass is a frozen dataclass with a length `T` in steps and a method `_rates(t)` for
    float64 arrays `t` in [0, T]. If that is one expression of `t`, the fields and the functions of
    NumPy, it is also the formula and the source text for other frameworks.

    The operators build new schedules:

    - `a >> b`: b begins where a ends; at the border b speaks.
    - `a + b`, `a - b`, `a * b`, `a * k`: of the rates, step by step; a difference must stay >= 0.
    - `a.repeat(n)`: n times in a row (for ever without n).
    - `a.first(T)`, `a.drop(k)`: only the first T steps of a; all but the first k.
    - `a.stretch(T)`: the same curve over T steps.
    - `a.reverse()`: a run backwards.
    - `a.clip(low, high)`: the rates kept between two bounds.

    >>> from lrlib import Cosine, Linear
    >>> schedule = Linear(0, 0.1, 10) >> Cosine(0.1, 0, 90)
    >>> schedule.T, schedule(0), schedule(5), schedule(10)
    (100, 0.0, 0.05, 0.1)
    """

    T = INF
    _bounds = (0.0, INF)  # between which all rates are known to lie
    __array_ufunc__ = None  # an array times a schedule is no array of schedules

    def __new__(cls, *args, **kwargs):
        _must_be_frozen(cls)
        return object.__new__(cls)

    def __post_init__(self):
        checks.check_fields(self)

    def __call__(self, t):
        """The rate that update number `t` uses.

        `t`: steps, a number or an array of numbers >= 0 (whole or fractional).
        Returns a float for a number, a float64 array of the same shape for an array.
        Raises `TypeError` for anything else, `ValueError` for a negative or undefined step.
        """
        steps = _as_steps(t)
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
        return (
            composition.Sequence.joined(self, other)
            if isinstance(other, Schedule)
            else NotImplemented
        )

    def __add__(self, other):
        other = as_schedule(other)
        return NotImplemented if other is None else arithmetic.Sum.joined(self, other)

    def __sub__(self, other):
        other = as_schedule(other)
        return NotImplemented if other is None else arithmetic.Difference(self, other)

    def __rsub__(self, other):
        other = as_schedule(other)
        return NotImplemented if other is None else arithmetic.Difference(other, self)

    def __mul__(self, other):
        other = as_schedule(other)
        return NotImplemented if other is None else arithmetic.Product.joined(self, other)

    __radd__ = __add__
    __rmul__ = __mul__

    def repeat(self, n=INF):
        """This schedule `n` times in a row; without `n`, for ever."""
        return transforms.Repeat(self, n)

    def first(self, T):
        """The first `T` steps, `0 < T <= self.T`; after them the schedule holds."""
        T = checks.length("T", T)
        if T > self.T:
            raise ValueError(f"T must be <= {self.T}, the length of the schedule, not {T}")
        return self if T == self.T else self._first(T)

    def drop(self, k):
        """What comes after the first `k` steps, `0 <= k < self.T`: `a.drop(k)(t) == a(k + t)`."""
        k = checks.steps_within("k", k, self.T, "the schedule, T")
        return self._drop(k) if k else self

    def stretch(self, T):
        """The same curve over `T` steps, `a.stretch(T)(t) == a(t * a.T / T)`: it must have an end."""
        T = checks.length("T", T)
        if self.T == INF:
            raise ValueError(f"a schedule without end cannot be stretched: {self!r}")
        return self if T == self.T else self._stretch(T)

    def reverse(self):
        """This schedule run backwards: its end first, `a.reverse()(t) == a(a.T - t)`."""
        return transforms.Reverse(self)

    def clip(self, low=0.0, high=INF):
        """The rates kept between `low` and `high`: `min(max(a(t), low), high)`."""
        return transforms.Clip(self, low, high)

    def _first(self, T):
        return transforms.First(self, T)

    def _drop(self, k):
        return transforms.Drop(self, k)

    def _stretch(self, T):
        return transforms.Stretch(self, T)


@cache
def _must_be_frozen(cls):
    made = getattr(cls, "__dataclass_params__", None)
    if made is None or not (made.frozen and callable(getattr(cls, "_rates", None))):
        raise TypeError(
            f"{cls.__name__} must be a frozen dataclass with a method _rates(t): put "
            f"@dataclass(frozen=True) above it"
        )


def _as_steps(t):
    """An array of real numbers from what a schedule is called with."""
    try:
        steps = np.asarray(t)
        if steps.dtype == object and all(isinstance(x, Real) for x in steps.flat):
            steps = steps.astype(float)  # whole numbers beyond 64 bits
    except OverflowError:
        raise ValueError("t must be a number of steps below 1.8e308, and is more") from None
    except (TypeError, ValueError, RuntimeError):  # such as lists of several lengths
        steps = None
    if steps is None or steps.dtype.kind not in "iuf":
        raise TypeError(f"t must be a number or an array of numbers >= 0, not {t!r}")
    return steps


def as_schedule(value):
    """A number is a constant schedule; anything else that is no schedule is None."""
    if isinstance(value, Schedule):
        return value
    if isinstance(value, Real) and not isinstance(value, bool):
        return Constant(value)
    return None


def a_schedule(name, value):
    """A check like those in `checks`: the value must be a schedule."""
    if not isinstance(value, Schedule):
        raise TypeError(f"{name} must be a schedule of lrlib, not {value!r}")
    return value


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

    @property
    def _bounds(self):
        return self.eta, self.eta

    def _rates(self, t):
        return self.eta + 0 * t

    def _first(self, T):
        return replace(self, T=T)

    _stretch = _first

    def _drop(self, k):
        return replace(self, T=self.T - k)

    def _latex(self, t, numbers, index=None):
        return formula.latex_number(self.eta) if numbers else formula.symbol("eta", index)

    def _words(self, t):
        return "Constant, eta"


# A schedule composes itself into classes that are built on it: their modules are imported last.
from . import arithmetic, composition, transforms  # noqa: E402
