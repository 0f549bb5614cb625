"""one `step()`, µs: `ScheduleLR` against each recipe's model (aim: at most half of CosineAnnealingLR)

Below, one `PlateauLR.report`, on average over a run's reports (aim: at most 5 times PyTorch's).
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


def cells(ours, theirs, count):
    """Microseconds for one of `count` calls, of both, and their ratio."""
    seconds = interleaved({"ours": ours, "theirs": theirs}, rounds=4)
    ours, theirs = (1e6 * seconds[side] / count for side in ("ours", "theirs"))
    return f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.2f}"


def step_cells(schedule, make, groups):
    ours, theirs = lr.ScheduleLR(optimizer(groups), lr=schedule), make(optimizer(groups))
    return cells(lambda: steps(ours), lambda: steps(theirs), STEPS)


def report_cells(count, groups):
    values = [1 / (1 + i % 50) for i in range(count)]  # some improve, most do not
    return cells(
        lambda: reports(lr.PlateauLR(optimizer(groups), lr.Plateau(PEAK)).report, values),
        lambda: reports(ReduceLROnPlateau(optimizer(groups)).step, values),
        count,
    )


def rows():
    for name, (schedule, model, make) in PEERS.items():
        yield name, model, *step_cells(schedule, make, 1), *step_cells(schedule, make, 100)
    for count in REPORTS:
        name = f"Plateau, {count:,} reports"
        yield name, "ReduceLROnPlateau", *report_cells(count, 1), *report_cells(count, 100)
