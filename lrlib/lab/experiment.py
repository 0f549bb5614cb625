"""An experiment: schedules x peak rates x seeds on one task, and a verdict in words."""

from dataclasses import dataclass

import numpy as np

from .. import checks
from . import statistics
from .trainer import train


@dataclass(frozen=True, eq=False)
class Result:
    """What `experiment` returns: the measured losses with the settings that made them.

    `losses` has shape (schedules, peaks, seeds). In a notebook it shows itself as a table and a
    figure.
    """

    task: str
    unit: str
    names: tuple
    peaks: tuple
    T: int
    seeds: tuple
    momentum: float
    losses: np.ndarray

    def at_best(self, name):
        """Each seed's loss at the peak chosen on the other half of the seeds: shape (S,)."""
        return self._fitted(name)[0]

    def best_peaks(self, name):
        """The peak rates that the two halves of the seeds chose."""
        return tuple(self.peaks[i] for i in self._fitted(name)[1])

    def _fitted(self, name):
        if name not in self.names:
            raise ValueError(
                f"unknown schedule {name!r}; this experiment has {', '.join(self.names)}"
            )
        return statistics.cross_fit(self.losses[self.names.index(name)])

    def compare(self, name, reference):
        """The paired `Difference` between two schedules, each at its own best peak rate."""
        return statistics.paired_difference(
            self.at_best(name), self.at_best(reference), (name, reference)
        )

    def __repr__(self):
        rows = [
            f"{self.task}: {self.T} updates, {len(self.seeds)} seeds, "
            f"{len(self.names)} schedules at {len(self.peaks)} peak rates each ({self.unit})",
            f"{'schedule':<14}{'best peak':>12}{'loss':>9}{'± 95 %':>9}",
        ]
        for name in self.names:
            loss = self.at_best(name)
            peaks = " | ".join(f"{p:g}" for p in sorted(set(self.best_peaks(name))))
            rows.append(
                f"{name:<14}{peaks:>12}{loss.mean():>9.4f}{statistics.half_width(loss):>9.4f}"
            )
        return "\n".join(rows)

    def _ipython_display_(self):
        from ..figures import show_result

        show_result(self)


def experiment(task, schedules, peaks, T, seeds=32, momentum=0.9):
    """Train every schedule at every peak rate with every seed, and measure the end.

    `task`: such as `Stream()`. `schedules`: a dict from a name to a function `peak -> Schedule`.
    `peaks`: the grid of peak rates, the same for all. `T`: updates of a run. `seeds`: how many, or
    a list of them. `momentum`: of SGD.
    Returns a `Result`. Raises `ValueError` or `TypeError` naming what is wrong.
    """
    T = checks.count("T", T)
    if not schedules:
        raise ValueError("schedules must hold at least one name and function")
    peaks = tuple(checks.positive("a peak", peak) for peak in peaks)
    if not peaks:
        raise ValueError("peaks must hold at least one rate")
    seeds = tuple(range(checks.count("seeds", seeds, low=4)) if np.ndim(seeds) == 0 else seeds)
    rates = []
    for name, make in schedules.items():
        for peak in peaks:
            schedule = make(peak)
            if schedule.T < T:
                raise ValueError(f"{name} ends at T={schedule.T}, before the run of {T} updates")
            rates.append(schedule.rates(T))
    losses = train(task, rates, seeds, momentum).reshape(len(schedules), len(peaks), len(seeds))
    return Result(task.name, task.unit, tuple(schedules), peaks, T, seeds, float(momentum), losses)
