"""One schedule changed into another: cut, repeated, backwards, stretched, clipped."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from .. import checks
from ..checks import INF, checked
from . import formula
from .base import Schedule, a_schedule


@dataclass(frozen=True, repr=False)
class _Changed(Schedule):
    """A schedule made of another one, `schedule`."""

    schedule: Schedule = checked(a_schedule)

    def _must_end(self, what):
        if self.schedule.T == INF:
            raise ValueError(f"a schedule without end cannot be {what}: {self.schedule!r}")

    def _repr(self, method, *arguments):
        """The call that builds this, or the constructor where that call builds something else."""
        words = ", ".join(map(repr, arguments))
        if getattr(self.schedule, method)(*arguments) == self:
            return f"({self.schedule!r}).{method}({words})"
        return f"{type(self).__name__}({self.schedule!r}{', ' if words else ''}{words})"


class _Retimed(_Changed):
    """A schedule asked at other steps: `_own(t)` is its own step at step `t` of this one.

    `_step(t, value)` is the formula of that step, with numbers or symbols from `value(name)`.
    """

    @property
    def _bounds(self):
        return self.schedule._bounds

    def _rates(self, t):
        return self.schedule._rates(self._own(t))

    def _latex(self, t, numbers, index=None):
        def value(name, of=self, mark=""):
            number = getattr(of, name)
            return formula.latex_number(number) if numbers else formula.symbol(name, index) + mark

        return self.schedule._latex(self._step(t, value), numbers, index)

    def _words(self, t):
        own = float(self._own(np.array([t], dtype=float))[0])
        place = f"{self._place(t)}, its own step {formula.plain_number(own)}: "
        return place + self.schedule._words(own)


class _AtItsEnd(_Retimed):
    """One that ends with the other one's end, whatever rounding makes of the steps between."""

    def _own(self, t):
        T = self.schedule.T
        return (
            np.where(t < self.T, np.minimum(self._inside(t), T), T) if T < INF else self._inside(t)
        )


@dataclass(frozen=True, repr=False)
class First(_Retimed):
    """The first `T` steps of a schedule: what `a.first(T)` builds of most schedules."""

    T: float = checked(checks.length)

    def __post_init__(self):
        super().__post_init__()
        if self.T > self.schedule.T:
            raise ValueError(f"T must be <= {self.schedule.T}, the length of it, not {self.T}")

    def __repr__(self):
        return self._repr("first", self.T)

    def _own(self, t):
        return t

    def _first(self, T):
        return self.schedule.first(T)

    def _step(self, t, value):
        return t

    def _words(self, t):
        return self.schedule._words(t)


@dataclass(frozen=True, repr=False)
class Drop(_AtItsEnd):
    """A schedule without its first `k` steps: what `a.drop(k)` builds of most schedules."""

    k: float = checked(checks.number)

    def __post_init__(self):
        super().__post_init__()
        checks.steps_within("k", self.k, self.schedule.T, "the schedule, T")

    def __repr__(self):
        return self._repr("drop", self.k)

    @property
    def T(self):
        return checks.whole(self.schedule.T - self.k)

    def _inside(self, t):
        return t + self.k

    def _drop(self, k):
        return self.schedule.drop(checks.whole(self.k + k))

    def _step(self, t, value):
        return f"({t} + {value('k')})"

    def _place(self, t):
        return f"after the first {formula.plain_number(self.k)} steps"


@dataclass(frozen=True, repr=False)
class Stretch(_AtItsEnd):
    """A schedule over `T` steps: what `a.stretch(T)` builds of most schedules."""

    T: float = checked(checks.length)

    def __post_init__(self):
        super().__post_init__()
        self._must_end("stretched")

    def __repr__(self):
        return self._repr("stretch", self.T)

    def _inside(self, t):
        own = t * self.schedule.T / self.T
        near = np.rint(
            own
        )  # a step that only rounding keeps from a whole one, where a border may be
        return np.where(np.abs(own - near) <= 2**-50 * own, near, own)

    def _stretch(self, T):
        return self.schedule.stretch(T)

    def _step(self, t, value):
        theirs, own = value("T", self.schedule), value("T", mark="'")
        return rf"({_inner(t)} \cdot {theirs} / {own})"

    def _place(self, t):
        return f"stretched from {formula.plain_number(self.schedule.T)} steps"


@dataclass(frozen=True, repr=False)
class Reverse(_Retimed):
    """A schedule run backwards (it must have an end): what `a.reverse()` builds."""

    def __post_init__(self):
        super().__post_init__()
        self._must_end("run backwards")

    def __repr__(self):
        return self._repr("reverse")

    @property
    def T(self):
        return self.schedule.T

    def reverse(self):
        return self.schedule

    def _own(self, t):
        return self.T - t

    def _step(self, t, value):
        return f"{value('T')} - {_inner(t)}"

    def _place(self, t):
        return "backwards"


@dataclass(frozen=True, repr=False)
class Repeat(_Retimed):
    """A schedule again and again: what `a.repeat(n)` builds.

    `schedule`: must have an end. `n`: how often, a whole number >= 1, or `math.inf`.
    """

    n: float = checked(checks.times, default=INF)

    def __post_init__(self):
        super().__post_init__()
        self._must_end("repeated")
        if self.n < INF and self.n * self.schedule.T > checks.HUGE:
            raise ValueError(f"n must be small enough for {self.n!r} * T={self.schedule.T!r} steps")

    def __repr__(self):
        return self._repr("repeat", *([] if self.n == INF else [self.n]))

    @property
    def T(self):
        return checks.whole(self.n * self.schedule.T)

    def _own(self, t):
        period = float(self.schedule.T)
        own = t - np.floor(t / period) * period
        if period % 1:  # such as 10/6: a border that only rounding puts after step t is at step t
            own[(own < 0) | (period - own <= 2**-52 * t)] = 0.0
        else:
            own[own < 0] += period  # the quotient was rounded up
        own[t >= self.T] = period
        return own

    def _first(self, T):
        n = checks.whole(T / self.schedule.T)
        return First(self, T) if n % 1 else self._times(n)

    def _drop(self, k):
        n = checks.whole(k / self.schedule.T)
        return Drop(self, k) if n % 1 or n == self.n else self._times(self.n - n)

    def _stretch(self, T):
        each = Repeat(self.schedule.stretch(T / self.n), self.n)
        return each if each.T == T else Stretch(self, T)

    def _times(self, n):
        return self.schedule if n == 1 else replace(self, n=n if n == INF else int(n))

    def _step(self, t, value):
        return rf"({_inner(t)} \bmod {value('T', self.schedule)})"

    def _place(self, t):
        return f"cycle {int(min(t // self.schedule.T, self.n - 1)) + 1}"


@dataclass(frozen=True, repr=False)
class Clip(_Changed):
    """A schedule's rates kept between `low` and `high`: what `a.clip(low, high)` builds."""

    low: float = checked(checks.rate, default=0.0)
    high: float = checked(partial(checks.number, infinite=True), default=INF)

    def __post_init__(self):
        super().__post_init__()
        checks.ordered(self.low, self.high, ("low", "high"))

    def __repr__(self):
        return self._repr("clip", self.low, *([] if self.high == INF else [self.high]))

    @property
    def T(self):
        return self.schedule.T

    @property
    def _bounds(self):
        return tuple(min(max(rate, self.low), self.high) for rate in self.schedule._bounds)

    def _rates(self, t):
        return np.clip(self.schedule._rates(t), self.low, self.high)

    def _latex(self, t, numbers, index=None):
        def value(name):
            return (
                formula.latex_number(getattr(self, name))
                if numbers
                else formula.symbol(name, index)
            )

        latex = self.schedule._latex(t, numbers, index)
        if self.low > 0:
            latex = rf"\max\left({latex},\ {value('low')}\right)"
        if self.high < INF:
            latex = rf"\min\left({latex},\ {value('high')}\right)"
        return latex

    def _words(self, t):
        own = self.schedule(t)
        if self.high < INF:
            kept = f"clipped between {self.low:.6g} and {self.high:.6g}"
        else:
            kept = f"kept at {self.low:.6g} or above"
        return f"{self.schedule._words(t)} = {own:.6g}, {kept}"


def _inner(t):
    """A step inside a formula, in parentheses where it is a difference."""
    return f"({t})" if " - " in t else t
