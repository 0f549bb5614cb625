"""the rates of a whole run, ms: 10⁵ steps of each recipe against stepping its model (aim: 100 times)

Below, 10⁶ steps of warm restarts against `numpy.cos` of 10⁶ values (aim: at most 2.5 times that).
"""

import numpy as np

import lrlib as lr

from .peers import ALONE, PEERS, T, optimizer
from .timing import interleaved, ratio

COLUMNS = ("schedule", "against", "ours", "theirs", "")


def stepped(make):
    """The curve as one gets it from a scheduler: read and step."""
    opt = optimizer()
    scheduler = make(opt)
    rates = []
    for _ in range(T):
        rates.append(opt.param_groups[0]["lr"])
        scheduler.step()
    return rates


def rows():
    for name, (schedule, model, make) in PEERS.items():
        ours = interleaved({"ours": lambda: schedule.rates(T)}, rounds=15)["ours"]
        theirs = interleaved({"theirs": lambda: stepped(make)}, rounds=2)["theirs"]
        yield (
            name,
            f"{model}, stepped",
            f"{1e3 * ours:.2f}",
            f"{1e3 * theirs:.0f}",
            ratio(ours, theirs) + " faster",
        )
    for name, schedule in ALONE.items():
        ours = interleaved({"ours": lambda: schedule.rates(T)}, rounds=15)["ours"]
        yield name, "", f"{1e3 * ours:.2f}", "", ""
    million = np.arange(1e6)
    for name, schedule in {
        "sgdr, T_mult=2, 10⁶ steps": lr.sgdr(0.1, 0, 100, T_mult=2),
        "the same, a warmup in each cycle": lr.sgdr(0.1, 0, 100, T_mult=2, warmup=50),
    }.items():
        calls = {"ours": lambda: schedule.rates(10**6), "cos": lambda: np.cos(million)}
        seconds = interleaved(calls, rounds=15)
        ours, cos = seconds["ours"], seconds["cos"]
        yield (
            name,
            "`numpy.cos`",
            f"{1e3 * ours:.1f}",
            f"{1e3 * cos:.1f}",
            f"{ours / cos:.2f} of it",
        )
