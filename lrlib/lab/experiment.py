"""An experiment: schedules x peak rates x seeds on one task, and a verdict in words."""

import json
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass, fields

import numpy as np

from .. import checks
from ..dynamics.averages import EMA, entering
from ..dynamics.models import at_peaks
from ..schedules import Schedule
from . import statistics
from .feedback import feedback_for, following
from .optimizers import SGD
from .trainer import CAP, progress_bar, stops_within, train

CHUNK = 8  # seeds that a worker trains at a time
ARRAYS = "losses", "curves"  # what a file keeps as arrays; the settings are JSON


@dataclass(frozen=True)
class Averaged:
    """A schedule of an `experiment` whose runs are measured with averaged weights.

    `make`: a function `peak -> Schedule`. `average`: as in `train`; 0.5 is the mean of the weights
    over the last half of the run, `EMA(beta)` an exponential one. Each has its own best peak, which
    is seldom that of the last weights.
    Raises `ValueError` or `TypeError` naming what is wrong.
    Source: Polyak and Juditsky 1992; Izmailov et al. 2018, Averaging Weights Leads to Wider Optima
    and Better Generalization, section 3.

    >>> from lrlib import Constant
    >>> schedules = {"fixed": Constant, "fixed, averaged": Averaged(Constant)}
    """

    make: Callable
    average: float | EMA = 0.5

    def __post_init__(self):
        if not callable(self.make) or isinstance(self.make, Schedule):
            raise TypeError(f"make must be a function peak -> Schedule, not {self.make!r}")
        entering(self.average, 1)

    def __call__(self, peak):
        return self.make(peak)


def averaging(make):
    """The average of an `Averaged` schedule; None for any other."""
    return make.average if isinstance(make, Averaged) else None


@dataclass(frozen=True, eq=False)
class Result:
    """What `experiment` returns: the measured losses with the settings that made them.

    `losses` has shape (schedules, peaks, seeds): the measure after the last update. `curves` has
    shape (schedules, peaks, len(measure_at), seeds): the measure on the way, after so many updates.
    In a notebook it shows itself as a table and a figure.
    Raises `ValueError` if an array does not fit the settings.
    """

    task: str
    unit: str
    names: tuple
    peaks: tuple
    T: int
    seeds: tuple
    optimizer: str
    max_norm: float | None
    measure_at: tuple
    losses: np.ndarray
    curves: np.ndarray

    _fit = staticmethod(statistics.cross_fit)  # how the peak is chosen on other seeds

    def __post_init__(self):
        grid, seeds = (len(self.names), len(self.peaks)), len(self.seeds)
        self._check("losses", (*grid, seeds))
        self._check("curves", (*grid, len(self.measure_at), seeds))

    def _check(self, name, shape):
        found = np.shape(getattr(self, name))
        if found != shape:
            raise ValueError(f"{name} must have the shape {shape} of the settings, not {found}")

    def loss(self, name, peak):
        """The mean final loss at a peak of the grid and half its 95 % interval: two floats.

        What a slider over the grid shows. Raises `ValueError` for a peak that is not in it.
        """
        losses = self.losses[self._index(name), self._peak(peak)]
        return float(losses.mean()), float(statistics.half_width(losses))

    def curve(self, name, peak):
        """The mean loss after each of `measure_at` updates at a peak, and half its 95 % interval.

        Two arrays of shape (len(measure_at),). Raises `ValueError` for a peak that is not in the
        grid, or if the experiment had no `measure_at`.
        """
        losses = self._curves(name)[self._peak(peak)]
        return losses.mean(-1), statistics.half_width(losses)

    def course(self, name):
        """Each seed's loss after each of `measure_at` updates, at the peak of `at_best`.

        Shape (len(measure_at), S): the peak is the one that gives the lowest *final* loss on the
        other half of the seeds. Raises `ValueError` if the experiment had no `measure_at`.
        """
        curves = np.moveaxis(self._curves(name), 1, 0)
        return self._fit(curves, by=self.losses[self._index(name)])[0]

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

    def _peak(self, peak):
        if peak not in self.peaks:
            grid = ", ".join(f"{p:g}" for p in self.peaks)
            raise ValueError(f"unknown peak {peak!r}; this experiment has {grid}")
        return self.peaks.index(peak)

    def _curves(self, name):
        if not self.measure_at:
            raise ValueError("this experiment kept no curves: give it measure_at")
        return self.curves[self._index(name)]

    def _fitted(self, name):
        return self._fit(self.losses[self._index(name)])

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
        settings = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ARRAYS}
        np.savez_compressed(
            path, losses=self.losses, curves=self.curves, settings=json.dumps(settings)
        )

    @classmethod
    def load(cls, path):
        """The result that `save` wrote. Raises `ValueError` if the file lacks or has other keys."""
        with np.load(path, allow_pickle=False) as file:
            _same_keys(path, file.files, (*ARRAYS, "settings"))
            settings = json.loads(str(file["settings"]))
            arrays = {name: file[name] for name in ARRAYS}
        _same_keys(path, settings, [f.name for f in fields(cls) if f.name not in ARRAYS])
        lists = {name: tuple(v) for name, v in settings.items() if isinstance(v, list)}
        return cls(**settings | lists, **arrays)

    def __repr__(self):
        rows = [
            f"{self.task}: {self.T} updates, {len(self.seeds)} seeds, "
            f"{len(self.names)} schedules at {len(self.peaks)} peak rates each",
            f"loss: {self.unit}",
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


def experiment(
    task, schedules, peaks, T, seeds=32, optimizer=None, max_norm=None, measure_at=(),
    executor=None, progress=True,
):  # fmt: skip
    """Train every schedule at every peak rate with every seed, and measure the end.

    `task`: such as `Stream()`. `schedules`: a dict from a name to a function `peak -> Schedule`,
    or to such a function as `Averaged(function)`, to measure its averaged weights, or to an
    `OnPlateau`, whose rate answers to what it measures.
    `peaks`: the grid of peak rates, the same for all. `T`: updates of a run. `seeds`: how many, or
    a list of them, at least 4. `optimizer`, `max_norm`: as in `train`. `measure_at`: numbers of
    updates, from 0 to T, after which to measure too: the result's `curves`. `executor`: any
    `concurrent.futures.Executor` (of processes, or Dask's `Client.get_executor()`); the seeds are
    split over its workers, and the result is the same to the bit. `progress`: whether to show a bar
    after two seconds, in updates, or with an executor in chunks of seeds.
    Interrupted, it cancels what no worker has begun; the executor stays its owner's to shut down.
    Returns a `Result`. Raises `ValueError` or `TypeError` naming what is wrong, and `RuntimeError`
    naming the seeds that a worker had when it died.
    """
    T = checks.count("T", T)
    peaks = _peaks(peaks)
    seeds = range(checks.count("seeds", seeds, low=4)) if np.ndim(seeds) == 0 else seeds
    seeds = tuple(checks.count("a seed", seed, low=0) for seed in seeds)
    if len(seeds) < 4:
        raise ValueError(f"seeds must hold at least 4, to tune on half of them, not {len(seeds)}")
    measure_at = tuple(stops_within(measure_at, T)) if np.size(measure_at) else ()
    max_norm = None if max_norm is None else checks.positive("max_norm", max_norm)
    optimizer = SGD() if optimizer is None else optimizer
    rates = _rates(schedules, peaks, T)
    settings = {"optimizer": optimizer, "max_norm": max_norm, "measure_at": (*measure_at, T)}
    settings["average"] = [averaging(make) for make in schedules.values() for _ in peaks]
    settings["rows"] = [following(make, peak) for make in schedules.values() for peak in peaks]
    if executor is None:
        measured = _train(task, rates, seeds, progress=progress, **settings)
    else:
        measured = _spread(executor, task, rates, seeds, settings, progress)
    measured = measured.reshape(-1, len(schedules), len(peaks), len(seeds))
    return Result(
        task.name, task.unit, tuple(schedules), peaks, T, seeds, repr(optimizer), max_norm,
        measure_at, losses=measured[-1], curves=np.moveaxis(measured[:-1], 0, 2),
    )  # fmt: skip


def _peaks(peaks):
    if np.ndim(peaks) != 1:
        raise TypeError(f"peaks must be a list of rates, not {peaks!r}")
    if not len(peaks):
        raise ValueError("peaks must hold at least one rate")
    return tuple(checks.positive("a peak", peak) for peak in peaks)


def _rates(schedules, peaks, T):
    """The rates of every schedule at every peak: a list of arrays of shape (T,)."""
    rates = []
    for name, made in at_peaks(schedules, peaks).items():
        for schedule in made:
            if schedule.T < T:
                raise ValueError(f"{name} ends at T={schedule.T}, before the run of {T} updates")
            rates.append(schedule.rates(T))
    return rates


def _train(task, rates, seeds, rows, **settings):
    """`train` with the feedback of these rows; a worker can do it."""
    return train(task, rates, seeds, callback=feedback_for(task, rates, seeds, rows), **settings)


def _spread(executor, task, rates, seeds, settings, progress):
    """`train` with the seeds in chunks over the workers of an executor: shape (..., K, S)."""
    chunks = [seeds[i : i + CHUNK] for i in range(0, len(seeds), CHUNK)]
    described = f"{task.name}, {len(rates) * len(seeds)} runs"
    with progress_bar(len(chunks), described, progress, f" x {CHUNK} seeds") as bar:
        futures = {}
        try:
            for chunk in chunks:
                future = executor.submit(_train, task, rates, chunk, progress=False, **settings)
                futures[future] = chunk
            for future in as_completed(futures):
                if error := future.exception():
                    raise RuntimeError(
                        f"the worker with the seeds {futures[future]} failed: {error}"
                    ) from error
                bar.update()
        finally:  # after a failure or an interrupt nothing that waits is started
            for future in futures:
                future.cancel()
    return np.concatenate([future.result() for future in futures], axis=-1)


def _same_keys(path, found, wanted):
    if unknown := set(found) - set(wanted):
        raise ValueError(f"{path} has unknown keys: {', '.join(sorted(unknown))}")
    if missing := set(wanted) - set(found):
        raise ValueError(f"{path} lacks the keys {', '.join(sorted(missing))}: make it anew")
