r"""Can five numbers predict a network? A bowl fitted to fixed rates alone, and what it foretells.

Five or six numbers are fitted; they set the curvature, the noise and the start of 24 directions.
"""

import numpy as np
from scipy.optimize import least_squares

from .. import checks
from ..dynamics.bowl import Bowl, expected_losses
from ..dynamics.models import at_peaks
from ..dynamics.quadratic import _momentum
from .experiment import Result, averaging
from .trainer import CAP

BOWLS = "white", "like the curvature", "growing with the loss", "flattening"
FLATTENING = 1 / 3  # chosen on Stream, T = 400, from about 75 fits
PULL = 0.02  # towards the starting values: decides only what the curves leave open
STEP = 1e-4  # of the finite differences


def fit_bowl(result, model, momentum=0.9, directions=24):
    r"""The `Bowl` whose loss under fixed rates is nearest to a network's: least squares on logarithms.

    Fitted: $\lambda_{\max}$ and $\alpha$ of the curvatures $\lambda_{\max} i^{-\alpha}$, the loss at
    the start (all directions equally far away), the mean variance of the noise, and the floor. The
    model says how the noise is spread: "white"; "like the curvature", $\sigma_i^2 \propto \lambda_i$;
    "growing with the loss", the same with a sixth number; "flattening", like the curvature, in a
    bowl whose pull fades with the travel to the power 1/3.

    `result`: an `experiment` of one schedule, `Constant`, at several rates, with `measure_at`.
    `model`: one of `BOWLS`. `momentum`: that of the network's SGD. `directions`: how many, >= 2.
    Returns a `Bowl`. Raises `ValueError` or `TypeError` naming what is wrong.
    """
    if not isinstance(result, Result):
        raise TypeError(f"result must be the Result of an experiment, not {result!r}")
    if len(result.names) != 1 or len(result.peaks) < 2:
        raise ValueError(
            f"result must hold one schedule, constant, at several rates, not "
            f"{', '.join(result.names)} at {len(result.peaks)}"
        )
    if not result.measure_at:
        raise ValueError("result must hold curves: give the experiment measure_at")
    checks.choice("model", model, BOWLS)
    directions, beta = checks.count("directions", directions, low=2), float(_momentum(momentum))
    rates, at = np.array(result.peaks), list(result.measure_at)
    target = np.log(result.curves[0].mean(-1))  # (rates, stops)
    eta = np.broadcast_to(rates[:, None], (max(at), len(rates), 1))

    typical, start = np.exp(np.log(rates).mean()), np.exp(target.max())
    first = np.array([
        np.log(0.4 * (1 - beta) / typical), 1.5, np.log(start),
        np.log(0.4 * (1 - beta) * start / (typical * directions)), np.log(0.05 * start),
        -np.log(start),
    ][: 6 if model == "growing with the loss" else 5])  # fmt: skip

    def far(numbers):
        """How far off each set of numbers is, shape (sets, errors)."""
        bowls = [each[:, None] for each in _bowls(numbers, model, directions)]
        *moments, floor, growing, flattening = bowls
        loss = expected_losses(eta[:, None], *moments, beta, growing, flattening)[at]
        shown = np.log(np.minimum(loss + floor[..., 0], CAP))
        errors = (np.moveaxis(shown, 0, -1) - target).reshape(len(numbers), -1)
        return np.concatenate([errors, PULL * (numbers - first)], axis=1)

    def slopes(numbers):
        moved = far(np.vstack([numbers, numbers + STEP * np.eye(len(numbers))]))
        return (moved[1:] - moved[0]).T / STEP

    ends = {"max_nfev": 200, "ftol": 1e-5, "xtol": 1e-5}
    fitted = least_squares(lambda x: far(x[None])[0], first, jac=slopes, **ends).x
    each = [part[0] for part in _bowls(fitted[None], model, directions)]
    curvatures, variance, moment, floor, growing, flattening = each
    return Bowl(
        curvatures, np.sqrt(variance), np.sqrt(moment), beta, float(floor[0]), float(growing[0]),
        float(flattening[0]),
    )  # fmt: skip


def _bowls(numbers, model, directions):
    """From sets of numbers, shape (n, 5 or 6), to what `expected_losses` takes: shape (n, 1 or d)."""
    steepest, power, start, noise, floor, *growing = np.hsplit(numbers, numbers.shape[1])
    spectrum = np.arange(1, directions + 1) ** -power
    curvatures = np.exp(steepest) * spectrum
    like = 1.0 if model == "white" else spectrum / spectrum.mean(-1, keepdims=True)
    moment = 2 * np.exp(start) / curvatures.sum(-1, keepdims=True)
    growing = np.exp(growing[0]) if growing else np.zeros_like(floor)
    flattening = np.full_like(floor, FLATTENING if model == "flattening" else 0.0)
    variance = np.exp(noise) * like * np.ones_like(spectrum)
    return curvatures, variance, moment * np.ones_like(spectrum), np.exp(floor), growing, flattening


def forecast(bowl, schedules, peaks, T, reference):
    """By how many per cent each schedule's final loss lies above the reference's, on the bowl.

    Each at its own best peak. `bowl`: a `Bowl`. `schedules`: as in `experiment`, `Averaged` ones,
    too. `peaks`: the grid, the same for all. `T`: updates of a run. `reference`: a name in
    `schedules`. Returns a dict from each other name to its per cent.
    Raises `ValueError` or `TypeError` naming what is wrong.

    >>> from lrlib import Constant, Cosine
    >>> bowl = Bowl([1.0, 0.1], noise=0.2)
    >>> schedules = {"cosine": lambda peak: Cosine(peak, 0, 100), "constant": Constant}
    >>> round(forecast(bowl, schedules, [0.1, 0.2, 0.4], 100, "cosine")["constant"])
    53
    """
    if not isinstance(bowl, Bowl):
        raise TypeError(f"bowl must be a Bowl, not {bowl!r}")
    T, made = checks.count("T", T), at_peaks(schedules, peaks)
    if reference not in made:
        raise ValueError(f"reference must be one of {', '.join(made)}, not {reference!r}")
    alike, best = {}, {}  # what is averaged alike runs together
    for name in made:
        alike.setdefault(averaging(schedules[name]), []).append(name)
    for average, names in alike.items():
        rates = [[schedule.rates(T) for schedule in made[name]] for name in names]
        best |= zip(names, bowl.losses(rates, average)[..., -1].min(-1))
    level = best[reference]
    return {name: float(100 * (best[name] / level - 1)) for name in made if name != reference}
