"""Several schedules made into one: what holds for all, and schedules in a row."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import checks
from ..checks import INF
from . import formula
from .base import Schedule, a_schedule

ROOM = 2**10  # a part must be this much longer than the distance of the numbers where it lies
LONG = (
    200  # parts; a longer row is written as a list, because Python cannot read so long an operation
)


@dataclass(frozen=True, repr=False)
class Several(Schedule):
    """Schedules joined by one operator: the `parts`, flat where it is associative."""

    parts: tuple

    def __post_init__(self):
        parts = checks.listed("parts", self.parts, "schedules")
        if not parts:
            raise ValueError("parts must hold at least one schedule, not ()")
        parts = [self._part(f"parts[{i}]", part) for i, part in enumerate(parts)]
        object.__setattr__(self, "parts", tuple(p for part in parts for p in self._flat(part)))
        self._check(self.parts)

    @classmethod
    def joined(cls, a, b):
        """The parts of `a`, then those of `b`; they are laid out when first asked for.

        So a loop that adds one part at a time takes a time in proportion to their number.
        """
        new = object.__new__(cls)
        vars(new)["_joined"] = a, b
        new._check((a, *cls._flat(b)))
        return new

    def __getattr__(self, name):
        if name != "parts":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found, rest = [], [self]
        while rest:  # from the last to the first; a loop, because the chain may be thousands long
            schedule = rest.pop()
            own = vars(schedule) if type(schedule) is type(self) else {"parts": (schedule,)}
            if (joined := own.get("_joined")) is None:
                found += reversed(own["parts"])
            else:
                rest += joined
        parts = vars(self)["parts"] = tuple(reversed(found))
        vars(self).pop("_joined", None)
        return parts

    def __getstate__(self):
        return {"parts": self.parts}

    def __repr__(self):
        parts = [self._operand(part) for part in self.parts]
        if 1 < len(parts) <= LONG:
            return self._operation.format(f" {self._sign[1]} ".join(parts))
        return type(self).__name__ + self._call.format(", ".join(parts))

    @staticmethod
    def _part(name, part):
        return a_schedule(name, part)

    @classmethod
    def _flat(cls, part):
        return part.parts if type(part) is cls else (part,)

    @staticmethod
    def _operand(part):
        return repr(part)


class Sequence(Several):
    """Schedules one after the other: what `a >> b >> c` builds.

    `parts`: the schedules; all but the last must have an end. At a border the next one
    speaks: `(a >> b)(a.T) == b(0)`.
    """

    _sign, _operation, _call = (">>", ">>"), "{}", "(({},))"

    def _check(self, parts):
        vars(self)["T"] = _ends(parts)[-1]

    @cached_property
    def starts(self):
        """The step at which each part begins."""
        starts = np.array([0, *self._borders[:-1]], dtype=float)
        starts.flags.writeable = False
        return starts

    @cached_property
    def T(self):
        return self._borders[-1]

    @cached_property
    def _borders(self):
        return _ends(self.parts)

    @cached_property
    def _bounds(self):
        low, high = zip(*(part._bounds for part in self.parts))
        return min(low), max(high)

    def _rates(self, t):
        if t.size == 1:
            return self._of_part(np.searchsorted(self.starts, t[0], side="right") - 1, t)
        if (np.diff(t) < 0).any():  # each part takes one slice, so gather its steps
            parts = np.searchsorted(self.starts, t, side="right") - 1
            order = np.argsort(parts.astype(np.min_scalar_type(len(self.parts))), kind="stable")
            rates = np.empty_like(t)
            rates[order] = self._slices(
                t[order], np.bincount(parts, minlength=len(self.parts)).cumsum()
            )
            return rates
        return self._slices(t, np.append(np.searchsorted(t, self.starts[1:]), t.size))

    def _slices(self, t, ends):
        """The rates of steps that lie part by part; `ends`: where those of each part end."""
        ends = ends.tolist()
        cuts = enumerate(zip([0, *ends], ends))
        pieces = [self._of_part(i, t[low:high]) for i, (low, high) in cuts if low < high]
        return np.concatenate(pieces) if pieces else np.empty_like(t)

    def _of_part(self, i, t):
        part = self.parts[i]
        own = np.minimum(t - self.starts[i], float(part.T))  # rounding may overshoot T
        if i == len(self.parts) - 1 and self.T < INF and self.T - self.starts[i] < part.T:
            own[t >= self.T] = part.T  # or undershoot it
        return part._rates(own)

    def _place(self, t):
        """The index of the part that speaks at step `t`, and that part's own step."""
        i = int(np.searchsorted(self.starts, t, side="right")) - 1
        return i, min((t - self.starts[i]).item(), self.parts[i].T)

    def _first(self, T):
        i, rest = self._place(T)
        return _row(self.parts[:i] + ((self.parts[i].first(rest),) if rest else ()))

    def _drop(self, k):
        i, rest = self._place(k)
        if rest == self.parts[i].T:  # only rounding keeps k from the border
            return _row(self.parts[i + 1 :]) if self.parts[i + 1 :] else super()._drop(k)
        row = _row((self.parts[i].drop(rest), *self.parts[i + 1 :]))
        return row if not rest or row.T == checks.whole(self.T - k) else super()._drop(k)

    def _stretch(self, T):
        row = _row(tuple(part.stretch(part.T * T / self.T) for part in self.parts))
        return row if row.T == T else super()._stretch(T)

    def _latex(self, t, numbers, index=None):
        rows, borders = [], [0, *self._borders]

        def edge(i):
            return (
                formula.latex_number(borders[i]) if numbers or not i else formula.symbolic_edge(i)
            )

        for i in formula.shortened(len(self.parts)):
            if i is None:
                rows.append(r"\vdots & \vdots")
                continue
            row = self.parts[i]._latex(f"{t} - {edge(i)}" if i else t, numbers, i + 1)
            span = "" if borders[i + 1] == INF else f" < {edge(i + 1)}"
            rows.append(rf"{row} & {edge(i)} \le {t}{span}")
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _words(self, t):
        i, own = self._place(t)
        length = formula.plain_number(self.parts[i].T) if self.parts[i].T < INF else "no end"
        return (
            f"segment {i + 1} of {len(self.parts)}, its own step {formula.plain_number(own)} "
            f"(length {length}): {self.parts[i]._words(own)}"
        )


def _row(parts):
    return parts[0] if len(parts) == 1 else Sequence(parts)


def _ends(parts):
    """The steps at which the parts of a sequence end."""
    ends, end = [], 0
    for i, part in enumerate(parts):
        if end == INF:
            before = parts[i - 1].parts[-1] if isinstance(parts[i - 1], Sequence) else parts[i - 1]
            raise ValueError(
                f"part {_count(parts[:i])} of a sequence must have an end before another can "
                f"follow: give {before!r} a finite T, or take its .first(T)"
            )
        start, end = end, checks.whole(end + part.T)
        if end > 2**53 and part.T < INF:
            if end > checks.HUGE or (i and part.T < ROOM * np.spacing(float(end))):
                raise ValueError(
                    f"part {_count(parts[: i + 1])} of a sequence begins at step {start:g}, where "
                    f"T={part.T!r} more steps cannot be counted"
                )
        ends.append(end)
    return ends


def _count(parts):
    return sum(len(part.parts) if isinstance(part, Sequence) else 1 for part in parts)
