"""Schedules put together step by step: added, multiplied, one taken from another."""

from functools import cached_property, reduce
from math import prod
from operator import add, mul

import numpy as np

from ..checks import INF
from . import formula
from .base import Constant, a_schedule, as_schedule
from .composition import Sequence, Several

LOOKED_AT = 10**6  # steps of a difference that are computed to see whether it stays >= 0
ROUNDING = 1e-15  # of what is taken away: a difference of no more than this is 0


class _StepByStep(Several):
    """Schedules whose rates are put together step by step; `T` is the longest one's."""

    def __init__(self, *parts):
        super().__init__(parts)

    _operation, _call = "({})", "({})"

    def _check(self, parts):
        vars(self)["_reach"] = max(map(_reach, parts))
        low, high = self._bounded([part._bounds for part in parts])
        if high == INF and all(part._bounds[1] < INF for part in parts):
            highest = f" {self._sign[1]} ".join(f"{part._bounds[1]:g}" for part in parts[-2:])
            raise ValueError(
                f"{self._name} must stay below 1.8e308, the largest number, and comes to {highest}"
            )
        vars(self)["_bounds"] = low, high

    @cached_property
    def _reach(self):
        return max(map(_reach, self.parts))

    @cached_property
    def _bounds(self):
        return self._bounded([part._bounds for part in self.parts])

    @property
    def T(self):
        """The longest of the lengths; a constant without end has no say."""
        return self._reach or INF

    @staticmethod
    def _part(name, part):
        schedule = as_schedule(part)
        return a_schedule(name, part) if schedule is None else schedule

    @staticmethod
    def _operand(part):
        return f"({part!r})" if isinstance(part, Sequence) else repr(part)  # it binds looser

    def _each(self, t):
        return (part._rates(np.minimum(t, float(part.T))) for part in self.parts)

    def _latex(self, t, numbers, index=None):
        shown = formula.shortened(len(self.parts))
        row = [
            r"\cdots" if i is None else rf"\left[{self.parts[i]._latex(t, numbers, i + 1)}\right]"
            for i in shown
        ]
        return f" {self._sign[0]} ".join(row)

    def _words(self, t):
        shown = formula.shortened(len(self.parts))
        row = ["..." if i is None else f"{self.parts[i](t):.12g}" for i in shown]
        count = "two" if len(self.parts) == 2 else len(self.parts)
        return f"{type(self).__name__} of {count} schedules, eta = {f' {self._sign[1]} '.join(row)}"


def _reach(schedule):
    """The length of a schedule, 0 if it is only constants without end."""
    if isinstance(schedule, _StepByStep):
        return schedule._reach
    return 0 if isinstance(schedule, Constant) and schedule.T == INF else schedule.T


class Sum(_StepByStep):
    """Schedules added step by step: what `a + b` builds. `T` is the longest one's."""

    _sign, _name = ("+", "+"), "a sum"

    @staticmethod
    def _bounded(bounds):
        low, high = zip(*bounds)
        return sum(low), sum(high)

    def _rates(self, t):
        return reduce(add, self._each(t))


class Product(_StepByStep):
    """Schedules multiplied step by step: what `a * b` builds. `T` is the longest one's."""

    _sign, _name = (r"\cdot", "*"), "a product"

    @staticmethod
    def _bounded(bounds):
        low, high = zip(*bounds)
        return prod(low), INF if INF in high else prod(high)

    def _rates(self, t):
        return reduce(mul, self._each(t))


class Difference(_StepByStep):
    """One schedule taken from another step by step: what `a - b` builds. `T` is the longer one's.

    It must stay >= 0 at every whole step: known from the highest and the lowest rate of the two, or
    seen from a million steps; where neither tells, a longer one, or one without end, is refused.
    Between whole steps it is cut off at 0. What only rounding keeps from 0 is 0.
    """

    _sign, _name = ("-", "-"), "a difference"

    def __init__(self, a, b):
        super().__init__(a, b)

    @classmethod
    def _flat(cls, part):
        return (part,)

    def _check(self, parts):
        super()._check(parts)
        a, b = parts
        if a._bounds[0] >= b._bounds[1] * (1 - ROUNDING):
            return
        t = np.arange(min(self.T, LOOKED_AT) + 1)
        low, high = b(t), a(t)
        below = np.flatnonzero(high - low < -ROUNDING * low)
        if below.size:
            i = below[0]
            raise ValueError(
                f"a - b must stay >= 0, and is {high[i]:.6g} - {low[i]:.6g} at step {i}: a={a!r}, "
                f"b={b!r}"
            )
        if self.T > LOOKED_AT:
            raise ValueError(
                f"a - b must be known to stay >= 0, and of {self.T} steps only the first "
                f"{LOOKED_AT} are looked at: take the .first(T) of both"
            )

    @staticmethod
    def _bounded(bounds):
        (low_a, high_a), (low_b, high_b) = bounds
        return float(_left(low_a, high_b)), float(_left(high_a, low_b))

    def _rates(self, t):
        a, b = self._each(t)
        return _left(a, b)


def _left(a, b):
    """a - b, and 0 where that is below 0 or no more than rounding."""
    return np.where(a - b > ROUNDING * b, a - b, 0.0)
