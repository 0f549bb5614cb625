"""A schedule is a pure function of the step; composition makes new ones from old ones.

`t` counts the updates already made, so `schedule(t)` is the rate that update number `t`
(from 0) uses, and a run of `T` updates uses `schedule(0) ... schedule(T - 1)`. After its end
a schedule holds `schedule(T)`.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from numbers import Real

import numpy as np

from . import checks, formula

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

    >>> from lrlib.shapes import Cosine, Linear
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


def _whole(steps):
    """A length that only rounding keeps from a whole number is that number."""
    whole = round(steps) if steps < INF else steps
    return whole if abs(steps - whole) <= 2**-50 * steps else steps


def _parts(schedule):
    return schedule.parts if isinstance(schedule, Sequence) else (schedule,)


def _operand(schedule):
    """The repr of a schedule inside a sum or product: `>>` binds looser than `+` and `*`."""
    return f"({schedule!r})" if isinstance(schedule, Sequence) else repr(schedule)


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


@dataclass(frozen=True, repr=False)
class Sequence(Schedule):
    """Schedules one after the other: what `a >> b >> c` builds.

    `parts`: the schedules; all but the last must have an end. At a border the next one
    speaks: `(a >> b)(a.T) == b(0)`.
    """

    parts: tuple

    def __post_init__(self):
        for i, part in enumerate(self.parts[:-1]):
            if part.T == INF:
                raise ValueError(
                    f"part {i + 1} of a sequence must have an end before another can follow: "
                    f"give {part!r} a finite T, or take its .first(T)"
                )

    def __repr__(self):
        return " >> ".join(map(repr, self.parts))

    @property
    def starts(self):
        """The step at which each part begins."""
        return np.array(self._borders[:-1], dtype=float)

    @property
    def T(self):
        return self._borders[-1]

    @cached_property
    def _borders(self):
        lengths = (part.T for part in self.parts)
        return [0, *accumulate(lengths, lambda border, T: _whole(border + T))]

    def _rates(self, t):
        starts = self.starts
        if t.size > 1 and (np.diff(t) < 0).any():  # each part takes one slice, so gather its steps
            parts = np.searchsorted(starts, t, side="right") - 1
            order = np.argsort(parts.astype(np.min_scalar_type(len(starts))), kind="stable")
            cuts = np.cumsum([0, *np.bincount(parts, minlength=len(starts))])
            rates = np.empty_like(t)
            rates[order] = self._slices(t[order], starts, cuts)
            return rates
        return self._slices(t, starts, [*np.searchsorted(t, starts), t.size])

    def _slices(self, t, starts, cuts):
        pieces = [
            part._rates(np.minimum(t[low:high] - start, float(part.T)))  # rounding may overshoot T
            for part, start, low, high in zip(self.parts, starts, cuts, cuts[1:])
            if low < high
        ]
        return np.concatenate(pieces) if pieces else np.empty_like(t)

    def _place(self, t):
        """The index of the part that speaks at step `t`, and that part's own step."""
        i = int(np.searchsorted(self.starts, t, side="right")) - 1
        return i, min((t - self.starts[i]).item(), self.parts[i].T)

    def _first(self, T):
        i, rest = self._place(T)
        kept = self.parts[:i] + ((self.parts[i].first(rest),) if rest else ())
        return kept[0] if len(kept) == 1 else Sequence(kept)

    def _latex(self, t, numbers, index=None):
        rows, edge = [], "0"
        for i, part in enumerate(self.parts):
            last = i == len(self.parts) - 1
            number = formula.latex_number(self.starts[i] + part.T)
            end = number if numbers else formula.symbolic_edge(i + 1)
            step = t if i == 0 else f"{t} - {edge}"
            row = part._latex(step, numbers, i + 1)
            span = rf"{edge} \le {t}" + ("" if last and part.T == INF else f" < {end}")
            rows.append(rf"{row} & {span}")
            edge = end
        if len(rows) > 8:
            rows[6:-1] = [r"\vdots & \vdots"]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _words(self, t):
        i, own = self._place(t)
        length = formula.plain_number(self.parts[i].T) if self.parts[i].T < INF else "no end"
        return (
            f"segment {i + 1} of {len(self.parts)}, its own step {formula.plain_number(own)} "
            f"(length {length}): {self.parts[i]._words(own)}"
        )


@dataclass(frozen=True, repr=False)
class Repeat(Schedule):
    """A schedule again and again: what `a.repeat(n)` builds.

    `schedule`: must have an end. `n`: how often, a whole number >= 1, or `math.inf`.
    """

    schedule: Schedule
    n: float = INF

    def __post_init__(self):
        if self.schedule.T == INF:
            raise ValueError(f"a schedule without end cannot be repeated: {self.schedule!r}")
        object.__setattr__(self, "n", checks.times("n", self.n))

    def __repr__(self):
        return f"({self.schedule!r}).repeat({'' if self.n == INF else self.n})"

    @property
    def T(self):
        return _whole(self.n * self.schedule.T)

    def _own(self, t):
        period = float(self.schedule.T)
        own = t - np.floor(t / period) * period
        if period % 1:  # such as 10/6: a border that only rounding puts after step t is at step t
            own[(own < 0) | (period - own <= 2**-52 * t)] = 0.0
        else:
            own[own < 0] += period  # the quotient was rounded up
        own[t >= self.T] = period
        return own

    def _rates(self, t):
        return self.schedule._rates(self._own(t))

    def _first(self, T):
        n = _whole(T / self.schedule.T)
        if n % 1:
            return First(self, T)
        return self.schedule if n == 1 else Repeat(self.schedule, int(n))

    def _latex(self, t, numbers, index=None):
        period = formula.latex_number(self.schedule.T) if numbers else formula.symbol("T", index)
        t = f"({t})" if " - " in t else t
        return self.schedule._latex(rf"({t} \bmod {period})", numbers, index)

    def _words(self, t):
        own, cycle = self._own(np.array([t]))[0], int(min(t // self.schedule.T, self.n - 1)) + 1
        return (
            f"cycle {cycle}, its own step {formula.plain_number(own)}: {self.schedule._words(own)}"
        )


@dataclass(frozen=True, repr=False)
class First(Schedule):
    """The first `T` steps of a schedule: what `a.first(T)` builds where `a` has a form of its own."""

    schedule: Schedule
    T: float

    def __repr__(self):
        return f"({self.schedule!r}).first({self.T})"

    def _rates(self, t):
        return self.schedule._rates(t)

    def _first(self, T):
        return self.schedule.first(T)

    def _latex(self, t, numbers, index=None):
        return self.schedule._latex(t, numbers, index)

    def _words(self, t):
        return self.schedule._words(t)


@dataclass(frozen=True, repr=False)
class Reverse(Schedule):
    """A schedule run backwards (it must have an end): what `a.reverse()` builds."""

    schedule: Schedule

    def __post_init__(self):
        if self.schedule.T == INF:
            raise ValueError(f"a schedule without end cannot be run backwards: {self.schedule!r}")

    def __repr__(self):
        return f"({self.schedule!r}).reverse()"

    @property
    def T(self):
        return self.schedule.T

    def reverse(self):
        return self.schedule

    def _rates(self, t):
        return self.schedule._rates(self.T - t)

    def _latex(self, t, numbers, index=None):
        T = formula.latex_number(self.T) if numbers else formula.symbol("T", index)
        return self.schedule._latex(f"{T} - {f'({t})' if ' - ' in t else t}", numbers, index)

    def _words(self, t):
        own = self.T - t
        return f"backwards, its own step {formula.plain_number(own)}: {self.schedule._words(own)}"


@dataclass(frozen=True, repr=False)
class _Pair(Schedule):
    a: Schedule
    b: Schedule

    def __repr__(self):
        return f"({_operand(self.a)} {self._sign[1]} {_operand(self.b)})"

    @property
    def T(self):
        """The longer of the two lengths; a constant without end has no say."""
        lengths = [s.T for s in (self.a, self.b) if not (isinstance(s, Constant) and s.T == INF)]
        return max(lengths, default=INF)

    def _both(self, t):
        return (s._rates(np.minimum(t, float(s.T))) for s in (self.a, self.b))

    def _latex(self, t, numbers, index=None):
        a, b = (s._latex(t, numbers, i) for s, i in ((self.a, 1), (self.b, 2)))
        return rf"\left[{a}\right] {self._sign[0]} \left[{b}\right]"

    def _words(self, t):
        a, b = (f"{s(t):.6g}" for s in (self.a, self.b))
        return f"{type(self).__name__} of two schedules, eta = {a} {self._sign[1]} {b}"


class Sum(_Pair):
    """Two schedules added step by step: what `a + b` builds. `T` is the longer one's."""

    _sign = ("+", "+")

    def _rates(self, t):
        a, b = self._both(t)
        return a + b


class Product(_Pair):
    """Two schedules multiplied step by step: what `a * b` and `a * k` build. `T` is the longer one's."""

    _sign = (r"\cdot", "*")

    def _rates(self, t):
        a, b = self._both(t)
        return a * b
