"""one call, µs: `ScheduleLR.step` against each recipe's model, `PlateauLR.report` against PyTorch's plateau

The aims: a step at most half of CosineAnnealingLR's; a report, on average over a run's reports, at
most 5 times ReduceLROnPlateau's.
"""

from torch.optim.lr_scheduler import ReduceLROnPlateau

import lrlib as lr

from .peers import PEAK, PEERS, optimizer
from .timing import interleaved

STEPS = 2000
REPORTS = (1000, 4000)
COLUMNS = (
    "schedule",
    "its model",
    "1 group: ours",
    "model",
    "ratio",
    "100 groups: ours",
    "model",
    "ratio",
)


def steps(scheduler):
    step = scheduler.step
    for _ in range(STEPS):
        step()


def reports(report, values):
    for value in values:
        report(value)


def row(calls_for, count):
    """The columns for 1 and for 100 parameter groups; `calls_for(optimizer, optimizer)`: two calls."""
    for groups in (1, 100):
        seconds = interleaved(calls_for(optimizer(groups), optimizer(groups)), rounds=4)
        ours, theirs = (1e6 * seconds[side] / count for side in ("ours", "theirs"))
        yield from (f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.2f}")


def rows():
    for name, (schedule, model, make) in PEERS.items():

        def stepping(a, b):
            ours, theirs = lr.ScheduleLR(a, lr=schedule), make(b)
            return {"ours": lambda: steps(ours), "theirs": lambda: steps(theirs)}

        yield name, model, *row(stepping, STEPS)
    for count in REPORTS:
        values = [1 / (1 + i % 50) for i in range(count)]  # some improve, most do not

        def reporting(a, b):
            return {
                "ours": lambda: reports(lr.PlateauLR(a, lr.Plateau(PEAK)).report, values),
                "theirs": lambda: reports(ReduceLROnPlateau(b).step, values),
            }

        yield f"Plateau, {count:,} reports", "ReduceLROnPlateau", *row(reporting, count)
