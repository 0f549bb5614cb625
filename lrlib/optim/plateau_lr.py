"""The plateau rule in a PyTorch training loop."""

from ..schedules import Plateau
from ..schedules.recipes import _anneal, _in_a_row
from .schedule_lr import ScheduleLR, _number


class PlateauLR(ScheduleLR):
    """A `ScheduleLR` whose rate follows the plateau rule: `step()` counts updates, `report` values.

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> scheduler = PlateauLR(optimizer, Plateau(0.1, factor=0.5, patience=1), warmup=10)
    >>> for epoch in range(5):
    ...     for batch in range(10):
    ...         optimizer.step()
    ...         scheduler.step()
    ...     scheduler.report(1.0)  # the metric of this epoch
    >>> scheduler.get_last_lr(), scheduler.schedule(25), scheduler.schedule(49)
    ([0.025], 0.1, 0.05)

    `optimizer`: any `torch.optim.Optimizer`. `plateau`: a `Plateau`, or a list with one per
    parameter group. `warmup`: steps of a linear rise from `start` to the plateau's rate; values
    reported before its end are kept but do not count. `t`: updates already made.
    Other hyperparameters follow schedules, as in `ScheduleLR`.

    Its state is the number of updates and the log of (step, value) pairs; the rates follow from
    them, in any order of loading. `log` is that log, `schedule` (or with a list `schedules`) the
    curve so far, an ordinary schedule. `step()` may be left out where nothing depends on it.
    Raises `TypeError` for something that is no `Plateau`, else as `ScheduleLR` and `Plateau` do.
    """

    def __init__(self, optimizer, plateau, *, warmup=0, start=0.0, t=0, **hyperparameters):
        several = isinstance(plateau, (list, tuple))
        self.plateaus = list(plateau) if several else [plateau]
        for rule in self.plateaus:
            if not isinstance(rule, Plateau):
                raise TypeError(f"plateau must be a Plateau or a list of them, not {rule!r}")
        self._warmup = [_anneal(start, rule.eta, warmup) for rule in self.plateaus]
        self.warmup, self.log = warmup, []
        lr = self.schedules if several else self.schedule
        super().__init__(optimizer, t=t, lr=lr, **hyperparameters)

    @property
    def schedules(self):
        """The curve that the log gave so far, for each plateau rule."""
        counted = [(t - self.warmup, value) for t, value in self.log if t >= self.warmup]
        steps, values = [t for t, _ in counted], [value for _, value in counted]
        return [
            _in_a_row(rise, rule.schedule(values, steps))
            for rise, rule in zip(self._warmup, self.plateaus)
        ]

    @property
    def schedule(self):
        """The curve that the log gave so far, of the first plateau rule."""
        return self.schedules[0]

    def report(self, value):
        """Note a value of the metric, measured after the updates made so far."""
        value = _number(value)
        for rule in self.plateaus:
            rule.replay([value])  # raises, if it must, before the log is changed
        self.log.append([self.last_epoch, float(value)])
        self._follow()

    def _follow(self):
        schedules = self.schedules
        self._rates["lr"] = self._per_group("lr", schedules if len(schedules) > 1 else schedules[0])
        self._write()

    def state_dict(self):
        """The whole state: how many updates have been made, and the log."""
        return {"last_epoch": self.last_epoch, "log": [list(pair) for pair in self.log]}

    def load_state_dict(self, state_dict):
        """Go to the saved step and log, and write the rates."""
        self.log = [list(pair) for pair in state_dict["log"]]
        self.last_epoch = state_dict["last_epoch"]
        self._follow()
