"""Schedules in PyTorch: run one on an optimizer, record what an optimizer really used, compare two."""

import math
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch.optim.lr_scheduler import LRScheduler

from . import checks
from .comparison import reason
from .schedules import Schedule, _schedule

BLOCK = 1024  # rates are computed this many steps at a time: one NumPy call, then list look-ups


class _Rates:
    """`schedule(t)` for one whole step at a time, fast when the steps come in order."""

    def __init__(self, schedule):
        self.schedule, self.start, self.block = schedule, 0, []

    def __call__(self, t):
        i = t - self.start
        if not 0 <= i < len(self.block):
            self.start, i = t, 0
            self.block = self.schedule(np.arange(t, t + BLOCK)).tolist()
        return self.block[i]


class ScheduleLR(LRScheduler):
    """A `torch.optim.lr_scheduler.LRScheduler` that follows schedules.

    >>> import lrlib as lr
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    >>> scheduler = ScheduleLR(optimizer, lr=lr.Cosine(0.1, 0, 100), momentum=lr.Linear(0.85, 0.95, 100))
    >>> for t in range(50):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> round(optimizer.param_groups[0]["lr"], 12), round(optimizer.param_groups[0]["momentum"], 12)
    (0.05, 0.9)

    `optimizer`: any `torch.optim.Optimizer`. `lr`, `momentum`, `weight_decay` or any other number
    in its parameter groups: a schedule (or a number) for all groups, or a list with one per group.
    `momentum` means the first of the `betas` where a group has betas. `t`: updates already made.

    Rates are absolute: the optimizer's own `lr` is overwritten at construction with `schedule(t)`,
    the rate of the next update. `step()` counts one update and writes the next rates. Tensors are
    filled in place. The state is one integer, so optimizer and scheduler may be restored in any
    order, and the scheduler's state alone is enough. With a `GradScaler`, call `step()` only after
    an update that was not skipped (`scaler.get_scale()` did not fall) to keep `t` the number of
    updates; called every time, it counts the attempts, as PyTorch's schedulers do.

    Raises `TypeError` for something that is no optimizer or no schedule, `ValueError` for an
    unknown hyperparameter or a list of the wrong length, `RuntimeError` from `step()` when
    parameter groups were added since: make a new `ScheduleLR(..., t=scheduler.last_epoch)`.
    """

    def __init__(self, optimizer, *, t=0, **hyperparameters):
        # No super().__init__(): it replaces optimizer.step.
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise TypeError(f"optimizer must be a torch.optim.Optimizer, not {optimizer!r}")
        if not hyperparameters:
            raise ValueError("give at least one schedule, such as lr=Cosine(0.1, 0, 1000)")
        self.optimizer = optimizer
        self.last_epoch = checks.count("t", t, low=0)
        self._groups = len(optimizer.param_groups)
        self._rates = {name: self._per_group(name, s) for name, s in hyperparameters.items()}
        self.base_lrs = [
            group.setdefault("initial_lr", _number(group["lr"])) for group in optimizer.param_groups
        ]
        self._write()

    def _per_group(self, name, schedules):
        groups = self.optimizer.param_groups
        several = isinstance(schedules, (list, tuple))
        if several and len(schedules) != len(groups):
            raise ValueError(
                f"{name} has {len(schedules)} schedules for {len(groups)} parameter groups"
            )
        rates = {}
        for schedule in schedules if several else [schedules] * len(groups):
            if _schedule(schedule) is None:
                raise TypeError(f"{name} must be a schedule or a list of schedules, not {schedule!r}")
            rates.setdefault(_schedule(schedule), _Rates(_schedule(schedule)))
        for group in groups:
            if name not in group and not (name == "momentum" and "betas" in group):
                known = ", ".join(key for key in group if key != "params")
                raise ValueError(f"{name} is no hyperparameter of this optimizer; it has {known}")
        if len(rates) == 1:
            return list(rates.values())
        return [rates[_schedule(schedule)] for schedule in schedules]

    def _write(self):
        """Write the rates of update number `last_epoch` into the parameter groups."""
        groups = self.optimizer.param_groups
        if len(groups) != self._groups:
            raise RuntimeError(
                f"the optimizer has {len(groups)} parameter groups, this ScheduleLR was made for "
                f"{self._groups}: make a new one with t={self.last_epoch}"
            )
        t = self.last_epoch
        for name, rates in self._rates.items():
            value = rates[0](t)
            for i, group in enumerate(groups):
                if i and len(rates) > 1:
                    value = rates[i](t)
                old = group.get(name)
                if type(old) is float:  # first, because it is by far the most frequent
                    group[name] = value
                elif old is None:
                    group["betas"] = (value, *group["betas"][1:])
                elif isinstance(old, torch.Tensor):
                    old.fill_(value)
                else:
                    group[name] = value

    def step(self, epoch=None):
        """Count one update and write the rates of the next; with `epoch`, go to that step."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else checks.count("epoch", epoch, low=0)
        self._write()

    def get_lr(self):
        """The rates that the next update will use, one per group."""
        return [_number(group["lr"]) for group in self.optimizer.param_groups]

    get_last_lr = get_lr

    def state_dict(self):
        """The whole state: how many updates have been made."""
        return {"last_epoch": self.last_epoch}

    def load_state_dict(self, state_dict):
        """Go to the saved step and write its rates."""
        self.step(state_dict["last_epoch"])

    # PyTorch's SequentialLR calls these on the schedulers that it holds.
    def _initial_step(self):
        self.step(0)

    def _update_lr(self, epoch=None):
        self.step(epoch)


def _number(value):
    return value.item() if isinstance(value, torch.Tensor) else value


class RateRecord:
    """What every update really used: `len(record)` updates, `record.array` of shape (updates, groups)."""

    def __init__(self, name):
        self.name, self._rows = name, []

    def __len__(self):
        return len(self._rows)

    def __repr__(self):
        return f"RateRecord({self.name}, {len(self)} updates)"

    @property
    def array(self):
        """The recorded values, a float64 array of shape (updates, groups)."""
        return np.array(self._rows, dtype=float, ndmin=2 if self._rows else 1)

    def group(self, index=0):
        """The values of one parameter group, a float64 array of shape (updates,)."""
        return np.array([row[index] for row in self._rows], dtype=float)


@contextmanager
def record_rates(optimizer, name="lr"):
    """Record the rate that each update inside the `with` block really uses.

    `optimizer`: any `torch.optim.Optimizer`. `name`: the hyperparameter (`"momentum"` means the
    first of the `betas` where a group has betas). Yields a `RateRecord`. It sits on the
    optimizer's own step hook: an update that is skipped is not recorded, and nothing is patched.

    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> with record_rates(optimizer) as rates:
    ...     optimizer.step()
    >>> rates.group()
    array([0.1])
    """
    record = RateRecord(name)

    def note(optimizer, args, kwargs):
        record._rows.append(
            [
                float(g["betas"][0] if name == "momentum" and name not in g else g[name])
                for g in optimizer.param_groups
            ]
        )

    hook = optimizer.register_step_pre_hook(note)
    try:
        yield record
    finally:
        hook.remove()


def trace(make_scheduler, T, lr=0.1, name="lr", optimizer=torch.optim.SGD):
    """The rates that a scheduler would use in a run of `T` updates, from a dry run.

    `make_scheduler(optimizer)`: builds any scheduler with PyTorch's interface. `T`: updates.
    `lr`: the optimizer's own rate; a list makes one parameter group each. `name`: which
    hyperparameter to trace. `optimizer`: its class; SGD gets a momentum of 0.9.
    Returns a float64 array of shape (T,), or (T, groups) for a list.
    No object of the caller is touched. Whatever the scheduler raises is raised.

    >>> trace(lambda opt: torch.optim.lr_scheduler.ExponentialLR(opt, 0.5), 3)
    array([0.1  , 0.05 , 0.025])
    """
    rates = lr if isinstance(lr, (list, tuple)) else [lr]
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": rate} for rate in rates]
    options = {"momentum": 0.9} if optimizer is torch.optim.SGD else {}
    dummy = optimizer(groups, lr=rates[0], **options)
    scheduler = make_scheduler(dummy)
    if not callable(getattr(scheduler, "step", None)):
        raise TypeError(f"make_scheduler must return a scheduler, not {scheduler!r}")
    with record_rates(dummy, name) as record:
        for t in range(checks.count("T", T)):
            dummy.step()
            if t < T - 1:  # some schedulers raise when stepped past their end
                scheduler.step()
    return record.array if rates is lr else record.group()


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two curves side by side: what `compare` returns. Prints itself in words."""

    a: np.ndarray
    b: np.ndarray
    labels: tuple
    tolerance: float

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
        from .figures import show_comparison

        show_comparison(self)


def compare(a, b, T=None, lr=0.1, labels=None, tolerance=1e-12):
    """Where two schedules part: the first differing step and the largest gap relative to the peak.

    `a`, `b`: a schedule, a function `optimizer -> scheduler` (traced with `lr`), or an array of
    rates. `T`: updates to compare; may be left out where a schedule or an array gives it.
    `labels`: two names. `tolerance`: differences up to this fraction of the peak count as equal.
    Returns a `Comparison`, which also says why they differ where it can tell: shifted by a step,
    scaled, another end value, no stop at the end. Raises `ValueError` if T is unknown or an array
    is too short.

    >>> import lrlib as lr
    >>> compare(lr.Cosine(0.1, 0, 50), lambda opt: torch.optim.lr_scheduler.CosineAnnealingLR(opt, 50))
    Cosine and function are equal over 50 steps (within 1e-12 of the peak)
    """
    if T is None:
        known = [s.T for s in (a, b) if isinstance(s, Schedule)]
        known += [len(s) for s in (a, b) if not callable(s)]
        T = min(known, default=checks.INF)
        if T == checks.INF:
            raise ValueError("T must be given: neither side has a length")
    T = math.ceil(checks.length("T", T))
    if labels is None:
        labels = tuple(
            "function" if callable(s) and not isinstance(s, Schedule) else _name(s) for s in (a, b)
        )
    return Comparison(_curve(a, T, lr), _curve(b, T, lr), tuple(labels), tolerance)


def _name(thing):
    return "array" if not isinstance(thing, Schedule) else type(thing).__name__


def _curve(thing, T, lr):
    if isinstance(thing, Schedule):
        return thing.rates(T)
    if callable(thing):
        return trace(thing, T, lr)
    curve = np.asarray(thing, dtype=float)
    if curve.ndim != 1 or len(curve) < T:
        raise ValueError(f"an array must hold at least T={T} rates, not shape {curve.shape}")
    return curve[:T]
