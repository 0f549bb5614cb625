"""What an optimizer really used: a record of its updates, and a dry run of any scheduler."""

from contextlib import contextmanager

import numpy as np
import torch

from .. import checks


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
