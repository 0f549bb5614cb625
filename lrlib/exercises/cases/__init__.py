"""The cases of the bug hunt: scripts that went wrong, run as they are, and what each of them cost.

`scripts` has them as they stand on the page, `case` what can be done with one. Not here: what is
asked about them (`predictions`).
"""

import numpy as np

import lrlib as lr

from ... import figures, lab
from ..predictions.bug_hunt import causes
from . import scripts
from .case import Case, costs
from .scripts import BATCHES, PEAK

__all__ = ["Case", "costs", "CASES"]


def _line(epochs):
    T = BATCHES * epochs
    return lr.Linear(0, PEAK, T // 10) >> lr.Linear(PEAK, 0, T - T // 10)


def _cosine(epochs, lowest=0.0):
    return lr.Cosine(PEAK, lowest, BATCHES * epochs)


def _warmup_times_cosine(epochs):
    W = BATCHES * epochs // 10
    return lr.Linear(1 / W, 1, W) * _cosine(epochs)


def _triangles(epochs):
    return lr.triangular(PEAK / 5, PEAK, 22, cycles=10)


def _once_an_epoch(case):
    return figures.rate_log({}, {"the log": case.rates()[::BATCHES]}, every=BATCHES)


def _every_update(case):
    return f"The record of all 400 updates: {case.compared()}."


def _dots_on_triangles(case):
    figure = figures.rate_log({}, {"every update": case.rates()}, dots=BATCHES)
    return figure, "The record of every update, and on it the ten dots of the log."


def _with_its_loss(case):
    used, losses = case.run()
    return figures.rate_log(case.meant(10).rates(), {"the log": used}, loss=losses)


def _half_the_rate(case):
    _, losses = case.run()
    _, control = scripts.run_of(case.script, 10, PEAK / 2)
    return (
        f"The control: from update 199 to 200 the loss jumps from {losses[199]:.2f} to "
        f"{losses[200]:.2f}, and with half of the rate from {control[199]:.2f} to {control[200]:.2f}."
    )


def _both_groups(case):
    meant = case.meant(10).rates()
    body, head = case.rates().T
    return figures.rate_log({"as meant": meant, "": meant / 10}, {"head": head, "body": body})


class _Grouped(lab.SGD):
    """SGD whose first layer, the body, has `share` of the rate."""

    share = 0.1

    def update(self, t, eta, parameters, gradients, velocities):
        for part, rate in ((slice(2), eta * self.share), (slice(2, None), eta)):
            super().update(t, rate, parameters[part], gradients[part], velocities[part])


class _Alike(_Grouped):
    share = 1.0


def fine_tuned(peaks=(PEAK,), seeds=range(32)):
    """Two `Difference`s, the slanted and the upright digits: both layers at the head's rate, and not.

    Each at its own best of `peaks`, chosen by the loss of the slanted ones alone, as one would.
    """
    task, rates = lab.FineTuning(), [_line(5).rates() * (peak / PEAK) for peak in peaks]
    ends = [
        lab.snapshots(task, rates, seeds, [200], optimizer=optimizer, progress=False)[0]
        for optimizer in (_Alike(), _Grouped())
    ]
    new = np.stack([lab.trainer.measure_capped(task, end, seeds) for end in ends])
    old = np.stack([task.old_loss(end, seeds) for end in ends])
    return [
        lab.paired_difference(*lab.cross_fit(each, by=new)[0], ("case 10", "as meant"))
        for each in (new, old)
    ]


def _two_losses(case):
    (new, old), (best_new, best_old) = fine_tuned(), fine_tuned((0.005, 0.01, 0.02, 0.04, 0.08))
    return (
        f"On FineTuning, 200 updates, at the script's peak. On the new, slanted digits: {new}. On the old "
        f"ones, whose loss nobody prints: {old}. Each at the peak that is best on the new digits: on "
        f"these, {best_new}; on the old ones, {best_old}."
    )


_PARTS = {  # number: script, what was meant, the wrong line, the same repaired, and what else it has
    0: (scripts.micro_batches, _line, "T = epochs * len(loader)", "T = epochs * len(loader) // 4"),
    1: (scripts.factory, _cosine, "LR(new_optimizer(), ", "LR(optimizer, "),
    2: (scripts.accumulated, _line, "\n                scheduler.step()",
        "\n                    scheduler.step()"),
    3: (scripts.once_an_epoch, _triangles, None, None, _once_an_epoch, _every_update,
        "The log has ten points.", lambda meant, used: (None, used[::BATCHES]),
        _dots_on_triangles),
    4: (scripts.one_loop_for_both, _cosine, "\n                    scheduler.step()",
        "\n                        scheduler.step()"),
    5: (scripts.resumed, _line, 'load_state_dict(saved["optimizer"])',
        'load_state_dict(saved["optimizer"])\n'
        '            scheduler.load_state_dict(saved["scheduler"])'),
    6: (scripts.two_schedulers, _warmup_times_cosine, "LambdaLR(optimizer, lambda t: min(1, t / W))",
        "LinearLR(optimizer, 1 / W, total_iters=W)"),
    7: (scripts.a_rate_for_a_factor, _line, "lambda t: 0.04 * factor(t)", "factor"),
    8: (scripts.down_to_ten_per_cent, lambda epochs: _cosine(epochs, 0.1 * PEAK), "eta_min=0.1",
        "eta_min=0.1 * 0.04"),
    9: (scripts.two_shards, _cosine, None, None, _with_its_loss, _half_the_rate,
        "Left the rate, just as meant; right the loss."),
    10: (scripts.two_groups, _line, "lambda t: factor", "lambda t, factor=factor: factor",
         _both_groups, _two_losses, "Dotted: as meant, the body below. The log of both: equal.",
         lambda meant, used: (np.stack([meant, meant / 10], -1), used)),
}  # fmt: skip
CASES = {
    number: Case(number, script, meant, causes[number], *rest)
    for number, (script, meant, *rest) in _PARTS.items()
}
