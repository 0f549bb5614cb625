"""What looks wrong in a schedule before a run has been spent on it, in words."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .. import checks
from ..checks import INF
from ..schedules import MultiStep, Repeat, Schedule, Sequence
from ..schedules.base import a_schedule
from ..schedules.composition import Several
from ..schedules.formula import plain_number
from ..schedules.transforms import Clip
from .comparison import not_too_long

NOTICEABLE = 0.01  # of the peak: smaller differences are not worth a warning
JUMP = 0.05  # of the peak
SAMPLES = 10**5  # what lies beyond the run is looked at in no more places than this


def lint(schedule, T, steps_per_epoch=None, accumulation=1):
    """What looks wrong with a schedule for a run of `T` updates: a list of warnings, often empty.

    `schedule`: any schedule of this library. `T`: how many updates the run makes.
    `steps_per_epoch`: updates in an epoch. `accumulation`: batches that are summed into one
    update. Both only help to tell which unit was taken for another.
    Raises `TypeError` or `ValueError` naming the parameter.

    >>> from lrlib import warmup_cosine
    >>> lint(warmup_cosine(0.1, warmup=10, T=1000, start=0.001), T=1000)
    []
    >>> for warning in lint(warmup_cosine(0.1, warmup=5, T=90), T=9000, steps_per_epoch=100):
    ...     print(warning)
    the schedule is 90 steps long, the run 9000: from step 90 on the rate stays at 0 (the run has 90 epochs: epochs taken for steps?)
    8911 of 9000 updates have the rate 0 and change nothing (the first is step 0)
    """
    a_schedule("schedule", schedule)
    T, accumulation = not_too_long(checks.count("T", T)), checks.count("accumulation", accumulation)
    if steps_per_epoch is not None:
        steps_per_epoch = checks.count("steps_per_epoch", steps_per_epoch)
    run = _Run(schedule, T, schedule.rates(T), _beyond(schedule, T))
    return [
        *_wrong_length(run, steps_per_epoch, accumulation),
        *_warmup_too_long(run),
        *_never_used(run),
        *_late_milestones(run),
        *_too_many_peaks(run, steps_per_epoch),
        *_jumps(run),
        *_rise_at_the_end(run),
        *_steps_lost(run),
    ]


@dataclass
class _Run:
    schedule: Schedule
    T: int
    rates: np.ndarray  # what the run uses
    beyond: np.ndarray  # what the schedule has after it, from step T on

    def __post_init__(self):
        self.peak = max(self.rates.max(), self.beyond.max())

    def noticeable(self, difference, part=NOTICEABLE):
        return difference > part * self.peak


def _beyond(schedule, T):
    """The rates from step `T` to the end of the schedule, or of what it has besides its tail."""
    end = schedule.T
    if end == INF and isinstance(schedule, Sequence):
        end = schedule.starts[-1]
    elif end == INF:
        end = T + schedule.schedule.T if isinstance(schedule, Repeat) else T
    end = max(math.ceil(end), T)
    steps = np.arange(T, end + 1) if end - T < SAMPLES else np.linspace(T, end, SAMPLES)
    return schedule(steps)


def _wrong_length(run, steps_per_epoch, accumulation):
    length, T = run.schedule.T, run.T
    if length == INF or T - 1 <= length <= T:  # its end may be the last update
        return
    text = f"the schedule is {plain_number(length)} steps long, the run {T}: "
    if length < T:
        rest = f"the rate stays at {run.schedule(length):.6g}"
        text += f"from step {plain_number(math.ceil(length))} on {rest}"
    else:
        text += f"it stops after {100 * T / length:.3g} % of it, at the rate {run.rates[-1]:.6g}"
    epochs = T / (steps_per_epoch or INF)
    if epochs and length in (math.floor(epochs), math.ceil(epochs)):
        text += f" (the run has {plain_number(length)} epochs: epochs taken for steps?)"
    elif epochs and length == T * steps_per_epoch:
        text += f" (it is {steps_per_epoch} times as long: is T in epochs?)"
    elif accumulation > 1 and 0 <= T * accumulation - length < accumulation:
        text += f" (the run has that many batches, but {accumulation} of them make one update)"
    elif accumulation > 1 and 0 <= length * accumulation - T < accumulation:
        text += f" (is T in batches? {accumulation} of them make one update)"
    yield text


def _still_warming_up(run):
    return run.schedule.T > run.T and run.beyond.max() > run.rates[-1] and _rises(run.rates)


def _rises(rates):
    return rates[-1] > rates[0] and (np.diff(rates) >= 0).all()


def _warmup_too_long(run):
    if _still_warming_up(run):
        yield (
            f"the warmup is longer than the run: the rate comes to {run.rates[-1]:.6g} of "
            f"{run.peak:.6g}"
        )


def _never_used(run):
    if _still_warming_up(run):
        return
    used = run.rates.max()
    if run.noticeable(run.peak - used):
        yield f"the peak of {run.peak:.6g} is never used: the run comes to {used:.6g} at most"
    used, floor = run.rates[run.rates.argmax() :].min(), run.beyond[run.beyond.argmax() :].min()
    longer = run.T < run.schedule.T < INF  # then its length has been named already
    if run.noticeable(used - floor) and not longer:
        yield f"the minimum of {floor:.6g} is never used: the run comes down to {used:.6g}"


def _late_milestones(run):
    for part, start in _inside(run.schedule):
        if isinstance(part, MultiStep):
            late = tuple(start + m for m in part.milestones if start + m >= run.T)
            if late:
                yield f"milestones after the end of the run at {run.T}: {plain_number(late)}"


def _inside(schedule, start=0):
    """What a schedule is made of, as far as it keeps the steps, each with the step it begins at."""
    if isinstance(schedule, Several):
        row = isinstance(schedule, Sequence)
        starts = schedule.starts.tolist() if row else [0] * len(schedule.parts)
        for part, begin in zip(schedule.parts, starts):
            yield from _inside(part, start + begin)
    elif isinstance(schedule, Clip):
        yield from _inside(schedule.schedule, start)
    else:
        yield schedule, start


def _too_many_peaks(run, steps_per_epoch):
    rising = np.append(run.noticeable(np.diff(run.rates)), False)
    peaks = int((rising[:-1] & ~rising[1:]).sum())
    if steps_per_epoch and peaks > max(2, run.T / steps_per_epoch):
        yield (
            f"the rate rises to a peak {peaks} times in {run.T / steps_per_epoch:.3g} epochs: epochs "
            f"taken for steps?"
        )


def _jumps(run):
    """Borders at which the rate jumps, but for restarts (up after a fall) and drops after a rest."""
    if isinstance(run.schedule, Repeat):
        parts = [(run.schedule.schedule, 0), (run.schedule.schedule, run.schedule.schedule.T)]
    else:
        parts = list(_parts(run.schedule))
    for (a, start), (b, border) in pairwise(parts):
        left, right, fell = a(a.T), b(0), a(0) > a(a.T)
        at_rest = left == a(max(a.T - 1, 0))
        if border >= run.T or not run.noticeable(abs(right - left), JUMP):
            continue
        if not (fell if right > left else at_rest):
            yield (
                f"the rate jumps from {left:.6g} to {right:.6g} at step {plain_number(border)}, and "
                f"no restart explains it"
            )


def _parts(schedule):
    """The parts of a schedule, each with the step at which it begins."""
    if isinstance(schedule, Sequence):
        return zip(schedule.parts, schedule.starts.tolist())
    return [(schedule, 0)]


def _rise_at_the_end(run):
    falls = np.flatnonzero(np.diff(run.rates) < 0)
    if falls.size and run.T > falls[-1] + 2:
        bottom = falls[-1] + 1 + int(run.rates[falls[-1] + 1 :].argmin())
        if run.noticeable(run.rates[-1] - run.rates[bottom]):
            yield (
                f"the rate rises at the end: from {run.rates[bottom]:.6g} at step {bottom} to "
                f"{run.rates[-1]:.6g} at step {run.T - 1}"
            )


def _steps_lost(run):
    lost = np.flatnonzero(run.rates == 0)
    if lost.size == 1:
        yield f"update {lost[0]} has the rate 0 and changes nothing"
    elif lost.size:
        yield (
            f"{lost.size} of {run.T} updates have the rate 0 and change nothing (the first is step "
            f"{lost[0]})"
        )
