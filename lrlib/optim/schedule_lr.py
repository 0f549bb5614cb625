"""Schedules on a PyTorch optimizer."""

import numpy as np
import torch
from torch.optim.lr_scheduler import LRScheduler

from .. import checks
from ..schedules.base import _schedule

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
