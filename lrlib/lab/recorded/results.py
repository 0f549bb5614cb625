"""The recorded run's file as a `Result`, for the statistics and figures of any experiment."""

import json
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from ... import checks
from .. import statistics
from ..experiment import Result
from .run import SCHEDULES, Setup

SHIPPED = Path(__file__).with_name("curves.json")
SHOWN = "constant", "SGDR", "WSD", "linear", "cosine"  # the last is the reference of a display
WORDS = {"ema": "EMA", "quarter": "mean"}  # of averaged weights, in the name of a schedule
UNITS = {"nats": 1.0, "bits": float(np.log2(np.e))}


@dataclass(frozen=True, eq=False, repr=False)
class Recorded(Result):
    """What `recorded` returns: a `Result` of three seeds.

    With so few, the peak of each seed is chosen on the two others. `about`: the file without its
    runs: how, when and on what it was made (`made`), the text (`text`), the network and the
    training (`setup`).
    """

    about: dict = field(default_factory=dict)

    _fit = staticmethod(statistics.leave_one_out)

    def schedules(self, peak):
        """The schedules that were run, at a peak: a dict of `Schedule`s over T updates."""
        setup = Setup(**self.about["setup"])
        return {name: setup.schedule(name, peak) for name in self.names if name in SCHEDULES}


def recorded(path=None, curves="test", unit="nats", averaged=("constant",)):
    """The recorded run: a small language model trained under five schedules, as a `Result`.

    `losses` are the test losses a byte after the last update, on the large sample. The names are
    those of `SHOWN`, and after "constant" "constant + EMA" and "constant + mean": the same runs
    seen through averaged weights, an exponential mean with .98 and the mean over the last quarter.
    `path`: the file of a recording of your own; by default the one that lrlib ships.
    `curves`: "test", the loss on the small test sample at 25 moments, or "train", the mean training
    loss since the moment before. `unit`: "nats" or "bits". `averaged`: the schedules that are shown
    with averaged weights, too.
    Raises `ValueError` for a choice that there is not or a file with runs missing.
    """
    checks.choice("curves", curves, ("test", "train"))
    factor = UNITS[checks.choice("unit", unit, tuple(UNITS))]
    for name in averaged:
        checks.choice("averaged", name, tuple(SCHEDULES))
    path = SHIPPED if path is None else Path(path)
    about = json.loads(path.read_text(encoding="utf-8"))
    runs = {(run["schedule"], run["peak"], run["seed"]): run for run in about.pop("runs")}
    found, peaks, seeds = (list(dict.fromkeys(column)) for column in zip(*runs))
    if missing := set(product(found, peaks, seeds)) - set(runs):
        raise ValueError(f"{path} lacks the runs {sorted(missing)}: record them")
    rows = {}  # the name that is shown: the schedule, and which of its weights
    for name in [name for name in SHOWN if name in found]:
        rows[name] = name, "test"
        if name in averaged:
            rows |= {f"{name} + {word}": (name, average) for average, word in WORDS.items()}

    def stacked(values):
        each = [[[values(runs[name, p, s], what) for s in seeds] for p in peaks]
                for name, what in rows.values()]  # fmt: skip
        return factor * np.array(each)

    training = curves == "train"
    return Recorded(
        "recorded run", f"test loss, {unit} a byte", tuple(rows), tuple(peaks),
        about["setup"]["T"], tuple(seeds), about["made"]["optimizer"], about["setup"]["max_norm"],
        tuple(about["measure_at"][training:]),
        losses=stacked(lambda run, what: run["end"][what]),
        curves=stacked(lambda run, what: run["train" if training else what]).swapaxes(2, 3),
        about=about,
    )  # fmt: skip
