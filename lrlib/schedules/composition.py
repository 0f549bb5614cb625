"""Schedules made of schedules: in a row, again and again, added and multiplied."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from .. import checks
from ..checks import INF
from . import formula
from .base import Constant, Schedule
from .transforms import First


def _whole(steps):
    """A length that only rounding keeps from a whole number is that number."""
    whole = round(steps) if steps < INF else steps
    return whole if abs(steps - whole) <= 2**-50 * steps else steps


def _parts(schedule):
    return schedule.parts if isinstance(schedule, Sequence) else (schedule,)


def _operand(schedule):
    """The repr of a schedule inside a sum or product: `>>` binds looser than `+` and `*`."""
    return f"({schedule!r})" if isinstance(schedule, Sequence) else repr(schedule)


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
