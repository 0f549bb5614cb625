"""Two models of the gradient noise, asked the same question: the bowl is no judge alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import checks
from ..schedules import Schedule
from .noisy import noise_like_curvature, noisy_quadratic
from .quadratic import power_law

PEAKS = tuple(np.geomspace(0.02, 1.9, 60))


@dataclass(frozen=True)
class TwoModels:
    """What `ask_two_models` returns: for each model of the noise the exact final losses.

    `losses`, `peaks`: dicts from "white" and "like the curvature" to a dict from a schedule's name
    to its lowest final loss, and to the peak rate that gives it.
    """

    losses: dict
    peaks: dict

    def percent(self, reference):
        """The same dict of dicts: by how many per cent each final loss lies above `reference`'s.

        Raises `ValueError` for a name that was not asked.
        """
        names = list(self.losses["white"])
        if reference not in names:
            raise ValueError(f"reference must be one of {', '.join(names)}, not {reference!r}")
        return {
            noise: {name: 100 * (loss / each[reference] - 1) for name, loss in each.items()}
            for noise, each in self.losses.items()
        }


def at_peaks(schedules, peaks):
    """The schedules of a dict from a name to a function `peak -> Schedule`: a list each, a peak each.

    Raises `ValueError` or `TypeError` for what is no such dict, naming the entry.
    """
    if not isinstance(schedules, Mapping) or not schedules:
        raise ValueError("schedules must hold at least one name and function")
    made = {}
    for name, make in schedules.items():
        made[name] = [make(peak) if callable(make) else make for peak in peaks]
        for each in made[name]:
            if not callable(make) or not isinstance(each, Schedule):
                raise TypeError(f"{name} must be a function peak -> Schedule, not {each!r}")
    return made


def ask_two_models(schedules, T, *, curvatures=None, sigma=0.2, x0=1.0, peaks=PEAKS, average=None):
    r"""The final loss of each schedule at its own best peak, on the bowl with either noise.

    *White*: $\sigma$ in every direction. *Like the curvature*: $\sigma_i^2 \propto \lambda_i$, the
    same in sum (`noise_like_curvature`). What both say of schedules, a bowl can say; where they
    part, ask a network.

    `schedules`: a dict from a name to a function `peak -> Schedule`, or to the laboratory's
    `Averaged` of one: then it is the loss of those averaged weights. `T`: updates of a run.
    `curvatures`: shape (d,), > 0; $1/i$ in 20 directions unless given. `sigma`: $\sigma$ >= 0. `x0`,
    `average`: as in `noisy_quadratic`. `peaks`: the grid, the same for all.
    Returns `TwoModels`. Raises `ValueError` or `TypeError` naming what is wrong.
    Source: Zhang et al. 2019, "Which Algorithmic Choices Matter at Which Batch Sizes?", section 3.

    >>> from lrlib import Constant, MultiStep
    >>> drops = {"fixed": Constant, "two drops": lambda p: MultiStep(p, (100, 150), 0.1)}
    >>> asked = ask_two_models(drops, T=200)
    >>> {noise: round(each["two drops"]) for noise, each in asked.percent("fixed").items()}
    {'white': 23, 'like the curvature': -15}
    """
    T = checks.count("T", T)
    curvatures = power_law(20, 1.0) if curvatures is None else curvatures
    rates = [[each.rates(T) for each in row] for row in at_peaks(schedules, peaks).values()]
    averages = [getattr(make, "average", average) for make in schedules.values()]
    noises = {"white": sigma, "like the curvature": noise_like_curvature(sigma, curvatures)}
    losses, best = {}, {}
    for noise, each in noises.items():
        final = np.array([
            noisy_quadratic(rows, curvatures, each, x0, average=entry)[:, -1]
            for rows, entry in zip(rates, averages)
        ])  # fmt: skip
        losses[noise] = dict(zip(schedules, final.min(-1).tolist()))
        best[noise] = dict(zip(schedules, (float(peaks[i]) for i in final.argmin(-1))))
    return TwoModels(losses, best)
