"""Claims on the bowl: computed exactly, so they have no seeds and no intervals.

20 curvatures 1/i from the start 1, each schedule at the best of 160 peaks. Two noises: white, 0.2
in every direction, and like the curvature with the same total variance; `calm` is the latter with
0.2 at curvature 1 only, so with less than a fifth of the total.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ...dynamics import noise_like_curvature, noisy_quadratic, power_law
from ...schedules import Exponential, Linear
from ..experiment import averaging
from ..statistics import Difference
from .claim import Claim, Values

CURVATURES = power_law(20, 1.0)
PEAKS = np.geomspace(0.005, 1.99, 160)
NOISES = {
    "white": np.full(20, 0.2),
    "like the curvature": noise_like_curvature(0.2, CURVATURES),
    "calm": noise_like_curvature(0.2 * np.sqrt(CURVATURES.mean()), CURVATURES),
}


@dataclass(frozen=True)
class Exact:
    """A number that has no interval, where others have a `Mean`."""

    value: float

    def __str__(self):
        return f"{self.value:.3g}"


def lowest(make, T, noise):
    """The final loss of a function `peak -> Schedule` (or `Averaged`) at its best peak."""
    rates = np.array([make(peak).rates(T) for peak in PEAKS])
    return noisy_quadratic(rates, CURVATURES, noise, average=averaging(make))[:, -1].min()


def exact(noise, a, b, says, T, sure=True):
    """The claim on the final losses of `a` against `b`: pairs of a name and `peak -> Schedule`."""

    def how(seeds):
        first, second = (lowest(make, T, NOISES[noise]) for _, make in (a, b))
        return _difference(a[0], b[0], first, second)

    return Claim(f"bowl, {noise}", f"{a[0]}, {b[0]}", T, says, how, sure)


def greedy(noise, says, T=200):
    """The claim on the rate that is best for the next update alone, against the best schedule.

    That update's loss is a parabola in the rate: its minimum is
    sum(lambda^2 m) / sum(lambda^3 m + lambda sigma^2). The best schedule is found by L-BFGS on the
    logarithms of all T rates.
    Source: Wu et al. 2018, Understanding Short-Horizon Bias in Stochastic Meta-Optimization.
    """

    def how(seeds):
        variance, moment, rates = np.square(NOISES[noise]), np.ones(20), []
        for _ in range(T):
            steep = CURVATURES**2 * moment
            rates.append(steep.sum() / (CURVATURES * (steep + variance)).sum())
            moment = (1 - rates[-1] * CURVATURES) ** 2 * moment + rates[-1] ** 2 * variance
        short = noisy_quadratic(rates, CURVATURES, NOISES[noise])[-1]
        start = np.log(Linear(0.4, 0.01, T).rates())
        long = minimize(_log_loss, start, variance, "L-BFGS-B", jac=True, options={"maxiter": 2000})
        return _difference("the greedy rate", "the best schedule", short, np.exp(long.fun))

    return Claim(f"bowl, {noise}", "greedy, best", T, says, how)


def _log_loss(log_rates, variance):
    """The logarithm of the final loss, and its gradient by the chain rule backwards in time."""
    rates, moments = np.exp(log_rates), [np.ones(20)]
    for rate in rates:
        moments.append((1 - rate * CURVATURES) ** 2 * moments[-1] + rate**2 * variance)
    loss, slope, gradient = moments[-1] @ CURVATURES / 2, CURVATURES / 2, np.empty_like(rates)
    for t in range(len(rates) - 1, -1, -1):
        factor = 1 - rates[t] * CURVATURES
        change = 2 * (rates[t] * variance - CURVATURES * factor * moments[t])
        gradient[t] = rates[t] * (slope @ change)
        slope = slope * factor**2
    return np.log(loss), gradient / loss


def frozen(noise, says, T=200):
    """The claim on how many of 20 directions the best exponential ends frozen in.

    Frozen: the rate is below (1 - gamma) / lambda, so that over a third of what is left of the
    start would stay for ever. Both the peak and the final ratio are the best.
    """

    def how(seeds):
        ratios = np.geomspace(0.005, 1, 81)
        shapes = np.array([Exponential(1, ratio ** (1 / T)).rates(T) for ratio in ratios])
        losses = noisy_quadratic(PEAKS[:, None, None] * shapes, CURVATURES, NOISES[noise])[..., -1]
        peak, best = np.unravel_index(losses.argmin(), losses.shape)
        gamma = ratios[best] ** (1 / T)
        count = np.sum(PEAKS[peak] * ratios[best] < (1 - gamma) / CURVATURES)
        return Values("directions of 20", ("frozen at the end",), (Exact(float(count)),))

    return Claim(f"bowl, {noise}", "best exponential, frozen", T, says, how)


def _difference(a, b, first, second):
    percent = float(100 * (first / second - 1))
    return Difference(a, b, percent, percent, percent, 0)
