"""Schedules on a PyTorch optimizer."""

import warnings
from collections.abc import Mapping
from numbers import Real

import numpy as np
from torch.optim.lr_scheduler import LRScheduler

from .. import checks
from ..schedules.base import as_schedule
from .groups import (
    check_scheduled,
    groups_of,
    number,
    one_or_each,
    set_number,
    shared,
    shown,
    unwrapped,
)

BLOCK = 1024  # rates are computed this many steps at a time: one NumPy call, then list look-ups
ORDER = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`: the first rate of the "
    "schedule is never used. In each iteration call `optimizer.step()` first; "
    "see https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)


class ScheduleLR(LRScheduler):
    """A `torch.optim.lr_scheduler.LRScheduler` that follows schedules.

    >>> import torch, lrlib as lr
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    >>> momentum = lr.Linear(0.85, 0.95, 100)
    >>> scheduler = ScheduleLR(optimizer, lr=lr.Cosine(0.1, 0, 100), momentum=momentum)
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
    order, and the scheduler's state alone is enough; so also inside PyTorch's `SequentialLR` and
    `ChainedScheduler`, where another scheduler's rates are left to it. With a `GradScaler`, call
    `step()` only after an update that was not skipped (`scaler.get_scale()` did not fall) to keep
    `t` the number of updates; called every time, it counts the attempts, as PyTorch's do.

    Warns, as PyTorch does, when the first `step()` comes before the optimizer's. Raises `TypeError`
    for something that is no optimizer or no schedule, `ValueError` for a hyperparameter that is
    unknown or no number, a momentum that reaches 1 and a list of the wrong length, `RuntimeError`
    from `step()` when parameter groups were added since: make a new `ScheduleLR(..., t=...)`. What
    raises changes nothing.
    """

    _step_count = 0  # accelerate counts here what it holds back
    _in_sequence = False
    _remedy = "make a new one for all of them with t={t}"

    def __init__(self, optimizer, *, t=0, **hyperparameters):
        # No super().__init__(): it replaces optimizer.step.
        self._groups = len(groups_of(optimizer))
        if not hyperparameters:
            raise ValueError("give at least one schedule, such as lr=Cosine(0.1, 0, 1000)")
        self.optimizer = optimizer
        t = checks.count("t", t, low=0)
        self._rates = {name: self._per_group(name, s) for name, s in hyperparameters.items()}
        own = [number(group.get("lr")) for group in optimizer.param_groups]
        self._write(t)
        self.base_lrs = [
            group.setdefault("initial_lr", lr) for group, lr in zip(optimizer.param_groups, own)
        ]
        self._first_update = _FirstUpdate(optimizer)

    def _per_group(self, name, schedules):
        """The rates of one hyperparameter: a list with one for all groups, or one for each."""
        groups = self.optimizer.param_groups
        schedules = one_or_each(name, schedules, groups, "schedules")
        check_scheduled(groups, name)
        rates = {id(schedule): rates_of(name, schedule) for schedule in schedules}
        return [rates[id(schedule)] for schedule in schedules]

    def _write(self, t, rates=None):
        """Go to step `t` and write the rates of update number `t`, or raise and change nothing."""
        rates = self._rates if rates is None else rates
        groups = self.optimizer.param_groups
        if len(groups) != self._groups:
            raise RuntimeError(
                f"the optimizer has {len(groups)} parameter groups, this {type(self).__name__} was "
                f"made for {self._groups}: {self._remedy.format(t=t)}"
            )
        plain, values = True, {}
        for name, followed in rates.items():
            for group in groups:
                if type(group.get(name)) is not float:  # most are
                    check_scheduled(groups, name)
                    plain = False
                    break
            values[name] = followed[0](t) if len(followed) == 1 else [rate(t) for rate in followed]
        for name, value in values.items():
            if plain and type(value) is float:
                for group in groups:
                    group[name] = value
            else:
                each = value if type(value) is list else [value] * len(groups)
                for group, value in zip(groups, each):
                    set_number(group, name, value)
        self._rates, self.last_epoch, self._written = rates, t, groups

    def step(self, epoch=None):
        """Count one update and write the rates of the next; with `epoch`, go to that step."""
        t = self.last_epoch + 1 if epoch is None else self._step_of(epoch)
        if self._first_update is None:
            self._write(t)
        else:
            if self._first_update.is_missing(self.optimizer):
                warnings.warn(ORDER, UserWarning, stacklevel=2)
            self._write(t)
            self._stop_watching()

    def _step_of(self, epoch):
        return checks.count("epoch", epoch, low=0)

    def _stop_watching(self):
        if self._first_update is not None:
            self._first_update.take_from(self.optimizer)
            self._first_update = None

    def get_lr(self):
        """The rates that the next update will use, one per group."""
        return [number(group["lr"]) for group in self.optimizer.param_groups]

    get_last_lr = get_lr

    def state_dict(self):
        """The whole state: how many updates have been made."""
        return {"last_epoch": self.last_epoch}

    def load_state_dict(self, state_dict):
        """Go to the saved step and write its rates."""
        self._load(self._checked_state(state_dict), self._rates)

    def _checked_state(self, state_dict):
        kind, keys = type(self).__name__, list(self.state_dict())
        held = " and ".join(keys)
        form = f"state_dict must be what {kind}.state_dict() gives, a dict with {held}"
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"{form}, not {state_dict!r}")
        if set(state_dict) != set(keys):
            held = ", ".join(map(repr, state_dict)) or "nothing"
            raise ValueError(f"{form}, not one with {held}: the state of another scheduler?")
        # SequentialLR saves -1 for a part that has not begun
        last_epoch = checks.count("last_epoch", state_dict["last_epoch"], low=-1)
        return {**state_dict, "last_epoch": last_epoch}

    def _load(self, state, rates):
        """Go to the step of a state, and write its rates if they are this one's to write."""
        t, groups = state["last_epoch"], self.optimizer.param_groups
        # Where PyTorch's schedulers have their say, too: an optimizer that was restored since this
        # one wrote has the right rates already, and a part that is over has none to give.
        silent = shared(self.optimizer) and (
            groups is not self._written or state == self.state_dict()
        )
        if t < 0 or silent:
            self._rates, self.last_epoch, self._written = rates, t, groups
        else:
            self._write(t, rates)
        self._stop_watching()

    # PyTorch's SequentialLR takes one from last_epoch, then calls the first of these on the part
    # that begins; later the second, with 0, on each part at its milestone.
    def _initial_step(self):
        self._update_lr()

    def _update_lr(self, epoch=None):
        self._write(self.last_epoch + 1 if epoch is None else epoch)
        self._in_sequence = True


class Rates:
    """`schedule(t)` for one whole step at a time, fast when the steps come in order."""

    def __init__(self, schedule):
        self.schedule, self.start, self.block = schedule, 0, []

    def __call__(self, t):
        i = t - self.start
        if not 0 <= i < len(self.block):
            self.start, i = t, 0
            self.block = self.schedule(np.arange(t, t + BLOCK)).tolist()
        return self.block[i]


def rates_of(name, given):
    """What `ScheduleLR` follows for one hyperparameter: a function of whole steps."""
    if isinstance(given, Rates):
        return given
    if isinstance(given, Real) and not isinstance(given, bool):
        checks.rate(name, given)
    schedule = as_schedule(given)
    if schedule is None:
        raise TypeError(f"{name} must be a schedule or a list of schedules, not {shown(given)}")
    if name == "momentum":
        values = schedule(np.arange(min(schedule.T, 10**6) + 1))
        if values.max() >= 1:
            t = int(np.argmax(values >= 1))
            raise ValueError(f"momentum must stay < 1, not {values[t]:g} at step {t}")
    return Rates(schedule)


class _FirstUpdate:
    """A hook on an optimizer's `step` that notes its first call. A copied optimizer has none."""

    seen = False

    def __init__(self, optimizer):
        if hasattr(unwrapped(optimizer), "_optimizer_step_pre_hooks"):
            unwrapped(optimizer).register_step_pre_hook(self)

    def __call__(self, optimizer, args, kwargs):
        self.seen = True

    def _keys(self, optimizer):
        hooks = getattr(unwrapped(optimizer), "_optimizer_step_pre_hooks", {})
        return hooks, [key for key, hook in hooks.items() if hook is self]

    def is_missing(self, optimizer):
        """Whether no update came, but for one that a `GradScaler` skipped: a gradient is inf."""
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        return bool(self._keys(optimizer)[1]) and not (
            self.seen or any(p.grad is not None and not p.grad.sum().isfinite() for p in parameters)
        )

    def take_from(self, optimizer):
        hooks, keys = self._keys(optimizer)
        for key in keys:
            del hooks[key]
