"""The capstone: a task that no lesson used, twenty runs, a prediction, and one submission.

`capstone.run` tries a schedule on one seed and counts; `capstone.submit` measures one on 32 seeds
that nobody can run, beside the reference schedules and the controls that were forgotten. What was
run is kept here, for as long as this Python lives: a new `Capstone()` has the same log, threads
count one after the other, and worker processes are refused. A new kernel forgets it all.
"""

import functools
import multiprocessing
import operator
import re
import threading
from dataclasses import dataclass

import numpy as np

from .. import checks
from ..schedules import Constant
from . import defence
from .measures import snapshots
from .tasks.photograph import Photograph

BUDGET, FEWEST, T = 20, 8, defence.T  # runs in all, before a submission; updates of a run
SEEDS = range(10)  # for trying; the test has others
WIDEST, WORDS = 30, 5  # of a prediction, in points of per cent; of a reason

_LOG = []  # every run of this process, in order
_SUBMITTED = []  # at most one: what was submitted, and its verdict
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True, eq=False)
class Run:
    """One run: its losses after `defence.STOPS` updates, and what it paints at the end."""

    number: int
    seed: int
    setting: defence.Setting
    losses: np.ndarray
    painting: np.ndarray

    @property
    def loss(self):
        """The loss at the end."""
        return float(self.losses[-1])

    def __repr__(self):
        return f"run {self.number} of {BUDGET}: seed {self.seed}, {self.setting}: loss {self.loss:.3f}"

    def _ipython_display_(self):
        from .. import figures

        same = [run for run in _LOG if run.seed == self.seed]  # another seed's loss says nothing
        best, left = min(same, key=lambda run: run.loss), BUDGET - len(_LOG)
        words = "the lowest" if best is self else f"lowest {best.loss:.3f}"
        words = f"On seed {self.seed} {words} so far. {left} run{'' if left == 1 else 's'} left."
        words = f"R{repr(self)[1:]}. {words}"
        figures.show(figures.one_painting(self, _LOG, defence.STOPS), words)


def _alone(method):
    """One call at a time, and in this process: what a thread or a worker runs is not free."""

    @functools.wraps(method)
    def locked(*args, **kwargs):
        if multiprocessing.parent_process() is not None:
            raise defence.Refused("a worker process has a count of its own: run it in the notebook")
        with _ONE_AT_A_TIME:
            return method(*args, **kwargs)

    return locked


class Capstone:
    """A task, twenty runs and one submission: `lr.lab.capstone`. It shows itself in a notebook.

    A small network (32-32-32-3, SGD with momentum 0.9) learns a photograph from 16 grainy pixels an
    update, in 300 updates. Its loss is steep at the start, and its noise never ends.
    """

    T, budget, seeds = T, BUDGET, SEEDS

    @property
    def runs(self):
        """The runs so far: a tuple of `Run`s."""
        return tuple(_LOG)

    @property
    def left(self):
        """How many runs are left."""
        return BUDGET - len(_LOG)

    @_alone
    def run(self, schedule, seed=0, *, max_norm=None, average=None):
        """One run: one schedule, at the peak that it has, on one seed. Returns a `Run`.

        `schedule`: lasts 300 updates at least. `seed`: 0 to 9. `max_norm`, `average`: as in
        `lr.lab.train`. The same run asked again is answered from the log and costs nothing.
        Raises `Refused`, a `ValueError`, for what cannot be run and when the twenty are spent.
        """
        wanted = defence.setting(schedule, max_norm, average)
        seed = _seed(seed)
        for run in _LOG:
            if (run.setting, run.seed) == (wanted, seed):
                return run
        if len(_LOG) >= BUDGET:
            raise defence.Refused(f"the {BUDGET} runs are spent; what is left is capstone.submit")
        losses, painting = defence.paint(wanted, seed)
        run = Run(len(_LOG) + 1, seed, wanted, losses, painting)
        _LOG.append(run)
        return run

    @_alone
    def submit(self, schedule=..., prediction=..., because=..., *, max_norm=None, average=None):
        """Measure a schedule, at the peak that it has, on 32 seeds that nobody can run: once.

        `prediction`: a pair (low, high), by how many per cent its loss will lie above (below: minus)
        that of the straight line at its own best peak; at most 30 apart. `because`: why, in words.
        `max_norm`, `average`: as in `run`.
        Returns a `Submission`, or a `NotYet` that says what is missing.
        """
        if any(each is ... or each is None for each in (schedule, prediction, because)):
            return NotYet("replace the dots: a schedule, a prediction, and why.")
        try:
            wanted = defence.setting(schedule, max_norm, average)
            low, high = _interval(prediction)
            reason = _reason(because)
        except defence.Refused as error:
            return NotYet(f"{error}.")
        if _SUBMITTED:
            before, said, _, result = _SUBMITTED[0]
            if (before, said) == (wanted, (low, high)):
                return result
            return NotYet("you have submitted once, and the test seeds are no longer untouched.")
        if len(_LOG) < FEWEST:
            return NotYet(
                f"{len(_LOG)} of at least {FEWEST} runs made: a choice needs evidence "
                f"({self.left} runs left)."
            )
        if wanted not in [run.setting for run in _LOG]:
            return NotYet("this very setting was never run: use capstone.run on it at least once.")
        result = defence.judge(wanted, (low, high), reason, tuple(_LOG))
        _SUBMITTED.append((wanted, (low, high), reason, result))
        return result

    def reference(self):
        """A defence to compare with, measured like any other: a `Submission`."""
        return defence.judge(*defence.REFERENCE)

    def film(self):
        """Three fixed rates paint the same photograph, as `Frames` for `lr.figures.film`."""
        from .. import figures

        task, rates = Photograph(), {"rate 0.0005": 0.0005, "rate 0.007": 0.007, "rate 0.07": 0.07}
        at = [1, 2, 3, 5, 8, 12, 18, 26, 36, 50, 70, 95, 125, 160, 200, 250, T]
        rows = [Constant(rate).rates(T) for rate in rates.values()]
        kept = snapshots(task, rows, [900], at, progress=False)
        frames = np.stack([task.paintings(each) for each in kept], axis=1)
        return figures.painted(dict(zip(rates, frames)), at)

    def __repr__(self):
        first = f"capstone: {T} updates, {BUDGET} runs, {self.left} left; seeds 0 to {SEEDS[-1]}"
        return "\n".join([first, *map(repr, _LOG)])

    def _ipython_display_(self):
        from .. import figures

        task = Photograph()
        before = task.paintings(task.parameters([0]))[0]
        words = (
            "What it should learn, from what (grain and all), and what it paints before. "
            f"{self.left} of {BUDGET} runs are left."
        )
        seen = {"the photograph": task.picture, "what one update sees": task.exposure(0),
                "before the first update": before}  # fmt: skip
        figures.show(figures.paintings(seen), words)


@dataclass(frozen=True)
class NotYet:
    """Why a submission is not taken, in words."""

    words: str

    def __repr__(self):
        return f"Not submitted yet: {self.words}"


def _seed(seed):
    try:
        number = None if isinstance(seed, bool) else operator.index(seed)
    except TypeError:
        number = None
    if number not in SEEDS:
        raise defence.Refused(
            f"seed must be a whole number from 0 to {SEEDS[-1]}, not {seed!r}; the test has others"
        )
    return number


def _interval(prediction):
    try:
        low, high = (checks.number("prediction", each, low=-np.inf) for each in prediction)
    except (TypeError, ValueError):
        raise defence.Refused(
            f"prediction must be two numbers in per cent, such as (-20, -5), not {prediction!r}"
        ) from None
    if not low < high or high - low > WIDEST:
        raise defence.Refused(
            f"prediction must be two numbers, the lower first and at most {WIDEST} apart (what is wider "
            f"can hardly be wrong), not {prediction!r}"
        )
    return low, high


def _reason(because):
    found = re.findall(r"[^\W\d_]+", because) if isinstance(because, str) else []
    if len({word.lower() for word in found}) < WORDS:
        raise defence.Refused(
            f"because must be a reason in words, {WORDS} different ones at least, not {because!r}"
        )
    return because.strip()


capstone = Capstone()
