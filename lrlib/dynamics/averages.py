r"""Averaged weights: with what weight each new point enters the average.

$y_{t+1} = (1 - w_t)\,y_t + w_t\,x_{t+1}$: a running mean, or an exponential one, of the points x
that a run visits. The bowl (`noisy.py`) and the laboratory's networks share these numbers.
"""

from dataclasses import dataclass

import numpy as np

from .. import checks


@dataclass(frozen=True)
class EMA:
    r"""The exponential moving average of the weights: $y_{t+1} = \beta y_t + (1 - \beta)x_{t+1}$.

    It begins with the weights after the first update, $y_1 = x_1$, as in PyTorch's `AveragedModel`
    with `get_ema_multi_avg_fn`. `beta`: in [0, 1); it remembers about 1 / (1 - beta) updates.
    Raises `ValueError` or `TypeError` naming it.
    """

    beta: float

    def __post_init__(self):
        if checks.rate("beta", self.beta) >= 1:
            raise ValueError(f"beta must be in [0, 1), not {self.beta!r}")


@dataclass(frozen=True)
class Growing:
    r"""A mean whose memory grows with the run: $w_t = \min(1, 1/(\text{share}\cdot(t + 1)))$.

    After t updates it remembers about `share` * t of them, whatever t is, so it needs no length of
    run. Point j counts like $j^{1/\text{share} - 1}$: all points alike for `share=1`, later ones
    more for less. `share`: > 0 and <= 1. Raises `ValueError` or `TypeError` naming it.
    Source: Shamir and Zhang 2013, "Stochastic Gradient Descent for Non-smooth Optimization":
    polynomial-decay averaging.
    """

    share: float

    def __post_init__(self):
        if checks.number("share", self.share, strict=True) > 1:
            raise ValueError(f"share must be > 0 and <= 1, not {self.share!r}")


def entering(average, T):
    r"""The weights $w_0 \ldots w_{T-1}$ of an average over a run of T updates: shape (T,).

    `average`: an `EMA`, a `Growing`, or a share > 0 and <= 1: the mean of the points after each of
    the last round(share * T) updates, at least one, $w_t = 1/k$ for the k-th of them, and 1 before
    them, so that until then y is x. Raises `ValueError` or `TypeError` naming what is wrong.

    >>> entering(0.5, 6).round(2).tolist()
    [1.0, 1.0, 1.0, 1.0, 0.5, 0.33]
    >>> entering(EMA(0.75), 3).tolist()
    [1.0, 0.25, 0.25]
    >>> entering(Growing(0.5), 4).round(2).tolist()
    [1.0, 1.0, 0.67, 0.5]
    """
    if isinstance(average, EMA):
        return np.where(np.arange(T) > 0, 1 - average.beta, 1.0)
    if isinstance(average, Growing):
        return 1 / np.maximum(1, average.share * np.arange(1, T + 1))
    if isinstance(average, (type, str)):
        raise TypeError(
            f"average must be a share of the run, Growing(share) or EMA(beta), not {average!r}"
        )
    share = checks.number("average", average, strict=True)
    if share > 1:
        raise ValueError(f"average must be a share of the run, > 0 and <= 1, not {average!r}")
    last = max(1, round(share * T))
    return 1 / np.maximum(1, np.arange(1, T + 1) - (T - last))
