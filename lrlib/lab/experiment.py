"""An experiment: schedules x peak rates x seeds on one task, and a verdict in words."""

import json
from dataclasses import dataclass, fields

import numpy as np

from .. import checks
from . import statistics
from .optimizers import SGD
from .tasks import CAP
from .trainer import train

CHUNK = 8  # seeds that a worker trains at a time


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
    optimizer: str
    losses: np.ndarray

    def at_best(self, name):
        """Each seed's loss at the peak chosen on the other half of the seeds: shape (S,)."""
        return self._fitted(name)[0]

    def best_peaks(self, name):
        """The peak rates that the two halves of the seeds chose."""
        return tuple(self.peaks[i] for i in self._fitted(name)[1])

    def _index(self, name):
        if name not in self.names:
            raise ValueError(
                f"unknown schedule {name!r}; this experiment has {', '.join(self.names)}"
            )
        return self.names.index(name)

    def _fitted(self, name):
        return statistics.cross_fit(self.losses[self._index(name)])

    def compare(self, name, reference):
        """The paired `Difference` between two schedules, each at its own best peak rate."""
        return statistics.paired_difference(
            self.at_best(name), self.at_best(reference), (name, reference)
        )

    def divergence(self, name, above=CAP):
        """How often a schedule was lost at each peak: `Proportion`s, one for each of the peaks.

        `above`: the loss from which a run counts as lost; by default those that diverged. A network
        whose units all died is left with a constant answer: log 10 = 2.3 for ten equal classes.
        """
        diverged = self.losses[self._index(name)] >= above
        return [statistics.proportion(row) for row in diverged]

    def save(self, path):
        """Write the result to a `.npz` file: arrays and JSON, nothing that could run code."""
        settings = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "losses"}
        np.savez_compressed(path, losses=self.losses, settings=json.dumps(settings))

    @classmethod
    def load(cls, path):
        """The result that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            settings, losses = json.loads(str(file["settings"])), file["losses"]
        lists = {name: tuple(v) for name, v in settings.items() if isinstance(v, list)}
        return cls(**settings | lists, losses=losses)

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


def experiment(task, schedules, peaks, T, seeds=32, optimizer=None, max_norm=None, executor=None):
    """Train every schedule at every peak rate with every seed, and measure the end.

    `task`: such as `Stream()`. `schedules`: a dict from a name to a function `peak -> Schedule`.
    `peaks`: the grid of peak rates, the same for all. `T`: updates of a run. `seeds`: how many, or
    a list of them. `optimizer`, `max_norm`: as in `train`. `executor`: any
    `concurrent.futures.Executor` (of processes, or Dask's); the seeds are split over its workers,
    and the result is the same to the bit.
    Returns a `Result`. Raises `ValueError` or `TypeError` naming what is wrong, and `RuntimeError`
    naming the seeds that a worker had when it died.
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
    optimizer = SGD() if optimizer is None else optimizer
    settings = {"optimizer": optimizer, "max_norm": max_norm}
    if executor is None:
        losses = train(task, rates, seeds, **settings)
    else:
        losses = _spread(executor, task, rates, seeds, settings)
    losses = losses.reshape(len(schedules), len(peaks), len(seeds))
    return Result(task.name, task.unit, tuple(schedules), peaks, T, seeds, repr(optimizer), losses)


def _spread(executor, task, rates, seeds, settings):
    """`train` with the seeds in chunks over the workers of an executor: shape (K, S)."""
    chunks = [seeds[i : i + CHUNK] for i in range(0, len(seeds), CHUNK)]
    futures = [
        executor.submit(train, task, rates, chunk, progress=False, **settings) for chunk in chunks
    ]
    parts = []
    try:
        for chunk, future in zip(chunks, futures):
            try:
                parts.append(future.result())
            except Exception as error:
                raise RuntimeError(f"the worker with the seeds {chunk} failed: {error}") from error
    finally:  # after a failure or an interrupt nothing that waits is started
        for future in futures:
            future.cancel()
    return np.concatenate(parts, axis=1)
