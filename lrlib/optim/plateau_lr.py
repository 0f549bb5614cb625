"""The plateau rule in a PyTorch training loop."""

from .. import checks
from ..schedules import Linear, Plateau
from ..schedules.plateau import Progress
from .groups import groups_of, holds, is_number, one_or_each, shared
from .schedule_lr import Rates, ScheduleLR, rates_of


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
    reported before its end are kept but do not count. `times`: a schedule (or a list with one per
    group) by which all that is multiplied, step by step: with `lr.Cosine(1, 0, 1000)` the rate
    falls along a cosine, and drops besides. `t`: updates already made. Other hyperparameters follow
    schedules, as in `ScheduleLR`.

    Its state is the number of updates and the log of [step, value] pairs; the rates follow from
    them, in any order of loading. `log` is that log, `schedule` (or with a list `schedules`) the
    curve so far, an ordinary schedule. `step()` may be left out where nothing depends on it.

    A trainer that calls PyTorch's `ReduceLROnPlateau` by itself does not know this one: let it call
    `step()` after each update, and `report` yourself. In Lightning, return it from
    `configure_optimizers` with `"interval": "step"` and without `reduce_on_plateau`, and call
    `self.lr_schedulers().report(self.trainer.callback_metrics["val_loss"])` in
    `on_validation_epoch_end`. With `transformers.Trainer`, give `optimizers=(optimizer, scheduler)`
    and a `TrainerCallback` whose `on_evaluate` calls `scheduler.report(metrics["eval_loss"])`.

    Raises `TypeError` or `ValueError` naming the parameter, else as `ScheduleLR` does. When
    parameter groups were added, a new one goes on after `new.load_state_dict(old.state_dict())`.
    """

    _remedy = (
        "make a new one for all of them, give it this one's log with "
        "new.load_state_dict(old.state_dict()), and repeat the call"
    )

    def __init__(
        self, optimizer, plateau, *, warmup=0, start=0.0, times=None, t=0, **hyperparameters
    ):
        if "lr" in hyperparameters:
            raise TypeError(
                f"lr follows the plateau rule, not {hyperparameters['lr']!r}: a schedule by which "
                f"to multiply it is given as times="
            )
        rules = one_or_each("plateau", plateau, groups_of(optimizer), "rules")
        for rule in rules:
            if not isinstance(rule, Plateau):
                raise TypeError(f"plateau must be a Plateau or a list of them, not {rule!r}")
        warmup, start = checks.number("warmup", warmup), checks.rate("start", start)
        for rule in rules:
            checks.ordered(start, rule.eta, ("start", "eta"))
        factors = one_or_each("times", times, groups_of(optimizer), "schedules")
        factors = [None if factor is None else rates_of("times", factor) for factor in factors]
        both = max(len(rules), len(factors))
        lr = [
            _Feedback(rule, start, warmup, factor)
            for rule, factor in zip(rules * (both // len(rules)), factors * (both // len(factors)))
        ]
        self.warmup, self.log = warmup, []
        super().__init__(optimizer, t=t, lr=lr if both > 1 else lr[0], **hyperparameters)

    @property
    def schedules(self):
        """The curves that the log gave so far: one for all parameter groups, or one for each.

        They have no end (T is inf), but for one of `times` with an end before the first drop.
        """
        return [feedback.curve(self.log) for feedback in self._rates["lr"]]

    @property
    def schedule(self):
        """The curve that the log gave so far, of the first parameter group."""
        return self.schedules[0]

    def _step_of(self, epoch):
        raise TypeError(
            f"step() counts one update and takes no epoch and no metric, not {epoch!r}: give a "
            f"metric to report() (in Lightning without reduce_on_plateau, see PlateauLR)"
        )

    def report(self, value):
        """Note a value of the metric, measured after the updates made so far."""
        value = value if type(value) is float else _metric(value)
        t, feedbacks, after, drop = self.last_epoch, self._rates["lr"], [], False
        for feedback in feedbacks:
            before, now = feedback.progress, feedback.rule.update(feedback.progress, value)
            drop = drop or now.eta != before.eta
            after.append(now)
        if t >= self.warmup:  # else the rules may refuse the value, but it does not count
            if drop and self._speaks():
                lr = [feedback.at(now) for feedback, now in zip(feedbacks, after)]
                self._write(t, {**self._rates, "lr": lr})
            else:
                for feedback, now in zip(feedbacks, after):
                    feedback.progress = now
        self.log.append([t, value])

    def _speaks(self):
        """Whether the rates are this one's to write: in a `SequentialLR` it may be over."""
        if not (self._in_sequence or shared(self.optimizer)):
            return True
        groups, lr = self.optimizer.param_groups, self._rates["lr"]
        mine = [feedback(self.last_epoch) for feedback in lr * (len(groups) // len(lr))]
        return all(holds(group, "lr", rate) for group, rate in zip(groups, mine))

    def state_dict(self):
        """The whole state: how many updates have been made, and the log."""
        return {"last_epoch": self.last_epoch, "log": [list(pair) for pair in self.log]}

    def load_state_dict(self, state_dict):
        """Go to the saved step and log, and write the rates."""
        state = self._checked_state(state_dict)
        log = state["log"] = _checked_log(state["log"], state["last_epoch"])
        self._load(state, {**self._rates, "lr": [f.after(log) for f in self._rates["lr"]]})
        self.log = log


class _Feedback(Rates):
    """The rate of one group: a rise, then what the rule made of the log, times a schedule."""

    def __init__(self, rule, start, warmup, times, progress=None):
        self.rule, self.start, self.warmup, self.times = rule, start, warmup, times
        self.rise = Rates(Linear(start, rule.eta, warmup)) if warmup else None
        self.progress = progress or Progress(rule.eta)

    def __call__(self, t):
        rate = self.rise(t) if t < self.warmup else self.progress.eta
        return rate if self.times is None else rate * self.times(t)

    def at(self, progress):
        return _Feedback(self.rule, self.start, self.warmup, self.times, progress)

    def after(self, log):
        return self.at(self.rule.replay([value for t, value in log if t >= self.warmup])[-1])

    def curve(self, log):
        counted = [(t - self.warmup, value) for t, value in log if t >= self.warmup]
        steps, values = [t for t, _ in counted], [value for _, value in counted]
        curve = self.rule.schedule(values, steps)
        curve = self.rise.schedule >> curve if self.rise else curve
        return curve * self.times.schedule if self.times else curve


def _metric(value):
    """A value of the metric as a float."""
    if not is_number(value):
        raise TypeError(f"a metric must be a number, not {value!r} ({type(value).__name__})")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"a metric must be a number that fits a float, not {value!r}") from None


def _checked_log(log, last):
    """The log of a state, copied: [step, value] pairs, the steps in order and none after `last`."""
    if not isinstance(log, (list, tuple)):
        raise TypeError(f"log must be a list of [step, value] pairs, not {log!r}")
    copied, before = [], -1
    for i, pair in enumerate(log):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"log[{i}] must be a pair [step, value], not {pair!r}")
        step = checks.count(f"the step of log[{i}]", pair[0], low=before)
        if step > last:
            raise ValueError(f"the step of log[{i}] must be <= last_epoch={last}, not {step}")
        copied.append([step, _metric(pair[1])])
        before = step
    return copied
