"""Where two schedules part, and why, in words."""

import math
from dataclasses import dataclass

import numpy as np

from .. import checks
from ..schedules import Schedule

MOST = 10**7  # steps that are compared: each of several arrays has 80 MB then


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two curves side by side: what `compare` returns. Prints itself in words."""

    a: np.ndarray
    b: np.ndarray
    labels: tuple
    tolerance: float

    def __post_init__(self):
        two = isinstance(self.labels, (list, tuple)) and len(self.labels) == 2
        if not two or not all(isinstance(label, str) for label in self.labels):
            raise ValueError(f"labels must be two names, such as 'a' and 'b', not {self.labels!r}")
        object.__setattr__(self, "labels", tuple(self.labels))
        checks.number("tolerance", self.tolerance)
        if self.a.shape != self.b.shape or self.a.ndim != 1:
            raise ValueError(
                f"a and b must be rates of the same steps, not {self.a.shape} and {self.b.shape}"
            )

    @property
    def gaps(self):
        """The differences relative to the peak, |a - b| / max(|a|, |b|): shape (T,)."""
        return np.abs(self.a - self.b) / (np.nanmax(np.abs([self.a, self.b])) or 1.0)

    @property
    def largest_gap(self):
        """The largest difference, relative to the peak."""
        return float(self.gaps.max())

    @property
    def first_difference(self):
        """The first step at which the curves differ by more than the tolerance, or None."""
        steps = np.flatnonzero(~(self.gaps <= self.tolerance))  # NaN is a difference, too
        return int(steps[0]) if steps.size else None

    @property
    def equal(self):
        """Whether no step differs by more than the tolerance."""
        return self.first_difference is None

    @property
    def reason(self):
        """Why they differ, in words, or None where the numbers cannot tell."""
        return reason(self.a, self.b, self.labels, self.tolerance)

    def __repr__(self):
        a, b = self.labels
        if self.equal:
            return (
                f"{a} and {b} are equal over {len(self.a)} steps "
                f"(within {self.tolerance:g} of the peak)"
            )
        t, worst, why = self.first_difference, int(self.gaps.argmax()), self.reason
        return (
            f"{a} and {b} differ from step {t} on ({self.a[t]:.6g} against {self.b[t]:.6g}); the "
            f"largest gap is {100 * self.largest_gap:.3g} % of the peak, at step {worst} "
            f"({self.a[worst]:.6g} against {self.b[worst]:.6g})" + (f"; {why}" if why else "")
        )

    def _ipython_display_(self):
        from ..figures import show_comparison

        show_comparison(self)


def compare(a, b, T=None, lr=0.1, labels=None, tolerance=1e-12):
    """Where two schedules part: the first differing step and the largest gap relative to the peak.

    `a`, `b`: a schedule, a function `optimizer -> scheduler` (traced with `lr`), or an array of
    rates. `T`: updates to compare; may be left out where a schedule or an array gives it.
    `labels`: two names. `tolerance`: differences up to this fraction of the peak count as equal.
    Returns a `Comparison`, which also says why they differ where it can tell: shifted by a step,
    scaled, another end value, no stop at the end. Raises `ValueError` if T is unknown or above 10**7, an array is
    too short, the tolerance negative, `TypeError` for a side that is none of the three.

    >>> import lrlib as lr, torch
    >>> compare(lr.Cosine(0.1, 0, 50), lambda opt: torch.optim.lr_scheduler.CosineAnnealingLR(opt, 50))
    Cosine and function are equal over 50 steps (within 1e-12 of the peak)
    """
    sides = {name: _side(name, side) for name, side in (("a", a), ("b", b))}
    if T is None:
        known = [s.T for s in sides.values() if isinstance(s, Schedule)]
        known += [len(s) for s in sides.values() if isinstance(s, np.ndarray)]
        T = min(known, default=checks.INF)
        if T == checks.INF:
            raise ValueError("T must be given: neither side has a length")
    T = not_too_long(math.ceil(checks.length("T", T)))
    lr = checks.rate("lr", lr)
    labels = [_label(side) for side in sides.values()] if labels is None else labels
    return Comparison(*(_curve(name, sides[name], T, lr) for name in sides), labels, tolerance)


def not_too_long(T):
    """`T`, if the rates of so many steps fit into the memory."""
    if T > MOST:
        raise ValueError(f"T must be at most {MOST:,} steps, not {T:,}: give a smaller T")
    return T


def _side(name, given):
    """A schedule or a function as it is, rates as an array."""
    if callable(given):
        return given
    if callable(getattr(given, "step", None)):
        raise TypeError(
            f"{name} must be what makes the scheduler, such as lambda optimizer: "
            f"{type(given).__name__}(optimizer, ...), not the scheduler itself: it is traced anew"
        )
    try:
        rates = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        rates = np.array(0.0)
    if not rates.ndim:
        raise TypeError(
            f"{name} must be a schedule, a function optimizer -> scheduler or an array of rates, "
            f"not {given!r}"
        )
    return rates


def _label(side):
    if isinstance(side, Schedule):
        return type(side).__name__
    return "function" if callable(side) else "array"


def _curve(name, side, T, lr):
    if isinstance(side, Schedule):
        return side.rates(T)
    if callable(side):
        from ..optim import trace  # only PyTorch's schedulers need torch

        return trace(side, T, lr)
    if side.ndim != 1 or len(side) < T:
        raise ValueError(f"{name}: an array must hold at least T={T} rates, not shape {side.shape}")
    return side[:T]


def reason(a, b, labels, tolerance):
    """Why the rates `b` are not the rates `a`: a sentence, or None where no known cause fits.

    `a`, `b`: the rates of T updates, shape (T,). `labels`: their names. `tolerance`: differences up
    to this fraction of the peak count as none.

    >>> line = np.linspace(1, 0, 11)
    >>> reason(line[:-1], line[1:], ("a", "b"), 1e-12)
    'b is one step ahead: at step t it has what a has at step t + 1 (a rate logged after step(), or step() called before the update?)'
    """
    if len(a) < 3 or not np.isfinite([a, b]).all():
        return None
    allowed = tolerance * max(np.abs([a, b]).max(), 1e-300)

    def same(x, y):
        return np.abs(x - y).max() <= allowed

    differ = np.flatnonzero(np.abs(a - b) > allowed)
    if not differ.size:
        return None
    first = differ[0]
    for x, y, name, other in ((a, b, *labels), (b, a, *reversed(labels))):
        end = x[first - 1]  # where one is at rest below its peak, and the other moves
        if 0 < first < len(a) - 1 and same(x[first:], end) and x.max() - end > allowed:
            return (
                f"{name} stays at {end:.6g} from step {first - 1} on and {other} goes on: its stop at "
                f"the end is missing"
            )
    if same(a[1:], b[:-1]) and not same(b[:-1], b[0]):
        return (
            f"{labels[1]} is one step ahead: at step t it has what {labels[0]} has at step t + 1 "
            f"(a rate logged after step(), or step() called before the update?)"
        )
    if same(a[:-1], b[1:]) and not same(a[:-1], a[0]):
        return (
            f"{labels[1]} is one step late: at step t it has what {labels[0]} has at step t - 1 "
            f"(the first step counted twice?)"
        )
    if factor := _factor(a, b, same):
        return f"{labels[1]} is {factor:.6g} times {labels[0]} at every step (another peak?)"
    k = max(first - 1, 0)
    if _factor(a[k] - a[k:], b[k] - b[k:], same):
        return (
            f"the same curve from step {k} on, but to another end: {a[-1]:.6g} in {labels[0]}, "
            f"{b[-1]:.6g} in {labels[1]} (another eta_min, or reached one step earlier?)"
        )
    return None


def _factor(x, y, same):
    """The number k for which y = k x, or None."""
    k = (x @ y) / (x @ x) if x.any() and y.any() else 0.0
    return k if k > 0 and same(k * x, y) else None
