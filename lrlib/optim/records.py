"""What an optimizer really used: a record of its updates, and a dry run of any scheduler."""

from contextlib import contextmanager

import numpy as np
import torch

from .. import checks
from ..schedules import Schedule
from .groups import check_numbers, groups_of, shown, unwrapped


class RateRecord:
    """What every update used: `len(record)` updates, `record.array` of shape (updates, groups)."""

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


def record_rates(optimizer, name="lr"):
    """Record the rate that each update inside the `with` block really uses.

    `optimizer`: any `torch.optim.Optimizer`, or a wrapper that keeps one in `.optimizer` as
    accelerate's do. `name`: the hyperparameter (`"momentum"` means the first of the `betas` where a
    group has betas). Yields a `RateRecord`. It sits on the optimizer's own step hook: an update
    that is skipped is not recorded, and nothing is patched.
    Raises `TypeError` for something that is no optimizer, `ValueError` for a hyperparameter that is
    unknown or no number.

    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> with record_rates(optimizer) as rates:
    ...     optimizer.step()
    >>> rates.group()
    array([0.1])
    """
    optimizer = unwrapped(optimizer)
    _row(groups_of(optimizer), name)
    return _recording(optimizer, name)


@contextmanager
def _recording(optimizer, name):
    record = RateRecord(name)
    hook = optimizer.register_step_pre_hook(
        lambda optimizer, args, kwargs: record._rows.append(_row(optimizer.param_groups, name))
    )
    try:
        yield record
    finally:
        hook.remove()


def _row(groups, name):
    return [float(value) for value in check_numbers(groups, name)]


def trace(make_scheduler, T, lr=0.1, name="lr", optimizer=torch.optim.SGD):
    """The rates that a scheduler would use in a run of `T` updates, from a dry run.

    `make_scheduler(optimizer)`: builds any scheduler with PyTorch's interface. `T`: updates.
    `lr`: the optimizer's own rate; a list makes one parameter group each. `name`: which
    hyperparameter to trace. `optimizer`: its class; SGD gets a momentum of 0.9.
    Returns a float64 array of shape (T,), or (T, groups) for a list.
    No object of the caller is touched. Raises `TypeError` or `ValueError` naming the argument, and
    whatever the scheduler raises.

    >>> trace(lambda opt: torch.optim.lr_scheduler.ExponentialLR(opt, 0.5), 3)
    array([0.1  , 0.05 , 0.025])
    """
    if not callable(make_scheduler) or isinstance(make_scheduler, Schedule):
        kind = type(make_scheduler).__name__
        if callable(make_scheduler):
            kind = "a schedule (its own rates are schedule.rates(T))"
        raise TypeError(
            f"make_scheduler must be a function optimizer -> scheduler, such as "
            f"lambda optimizer: StepLR(optimizer, 10), not {kind}"
        )
    if not callable(optimizer):
        raise TypeError(
            f"optimizer must be a class such as torch.optim.AdamW, not {shown(optimizer)}"
        )
    T = checks.count("T", T)
    several = isinstance(lr, (list, tuple))
    rates = list(lr) if several else [lr]
    if not rates:
        raise ValueError(f"lr must be a rate, or a list of at least one, not {lr!r}")
    for rate in rates:
        checks.rate("lr", rate.item() if isinstance(rate, torch.Tensor) else rate)
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": rate} for rate in rates]
    options = {"momentum": 0.9} if optimizer is torch.optim.SGD else {}
    dummy = optimizer(groups, lr=rates[0], **options)
    scheduler = make_scheduler(dummy)
    if not callable(getattr(scheduler, "step", None)):
        raise TypeError(f"make_scheduler must return a scheduler, not {shown(scheduler)}")
    with record_rates(dummy, name) as record:
        for t in range(T):
            dummy.step()
            if t < T - 1:  # some schedulers raise when stepped past their end
                scheduler.step()
    return record.array if several else record.group()
