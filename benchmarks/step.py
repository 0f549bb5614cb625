"""one `step()`, µs: `ScheduleLR` against each recipe's model (aim: at most half of CosineAnnealingLR's)"""

import lrlib as lr

from .peers import PEERS, optimizer
from .timing import interleaved

STEPS = 2000
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


def rows():
    for name, (schedule, model, make) in PEERS.items():
        cells = []
        for groups in (1, 100):
            ours, theirs = lr.ScheduleLR(optimizer(groups), lr=schedule), make(optimizer(groups))
            calls = {"ours": lambda: steps(ours), "theirs": lambda: steps(theirs)}
            seconds = interleaved(calls, rounds=4)
            micros = [1e6 * seconds[side] / STEPS for side in ("ours", "theirs")]
            cells += [f"{micros[0]:.2f}", f"{micros[1]:.2f}", f"{micros[0] / micros[1]:.2f}"]
        yield name, model, *cells
