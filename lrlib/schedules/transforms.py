"""One schedule changed into another: its first part, backwards."""

from dataclasses import dataclass

from ..checks import INF
from . import formula
from .base import Schedule


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
