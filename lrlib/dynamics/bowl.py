r"""A bowl with all its numbers: made to be fitted to a network, then asked about any schedule.

`noisy.py` has the bowl itself; this one adds what a network's bowl needs: a loss that stays, noise
that grows with the loss, and a pull that fades as the weights travel.
"""

from dataclasses import dataclass

import numpy as np

from .. import checks
from .averages import entering
from .quadratic import _each, _momentum, _positive, _rates, _time_first


@dataclass(frozen=True, eq=False)
class Bowl:
    r"""A noisy quadratic that knows its own numbers, and the exact expected loss of any schedule on it.

    In direction i the gradient is $\varphi_t \lambda_i x_i$ with noise of the variance
    $\varphi_t \sigma_i^2 (1 + a\,\ell_t)$, and the loss is
    $\ell_t = \tfrac12 \sum_i \lambda_i\, \mathbb{E}[x_i^2]$. Shown is $\ell_t + F$.
    The pull fades with the travel $S_t = \eta_0 + \dots + \eta_{t-1}$:
    $\varphi_t = (1 + \lambda_{\max} S_t / (1 - \beta))^{-c}$.

    `curvatures`: $\lambda$, shape (d,), > 0. `noise`: $\sigma$, and `x0`: the start, numbers or
    shape (d,). `momentum`: $\beta$, a number in [0, 1). `floor`: F, a loss that no schedule
    takes away, >= 0. `growing`: a >= 0. `flattening`: c >= 0; with c = 0 the pull stays, and with
    a = 0, too, this is `noisy_quadratic`.
    Raises `ValueError` or `TypeError` naming what is wrong.
    Source: Zhang et al. 2019, "Which Algorithmic Choices Matter at Which Batch Sizes?", section 3;
    growing noise and fading pull are additions of these lessons.

    >>> Bowl([1.0], noise=0.2, floor=0.1).losses([0.5, 0.5])
    array([0.6   , 0.23  , 0.1375])
    >>> Bowl([1.0], noise=0.2, flattening=1.0).losses([0.5, 0.5]).round(4)
    array([0.5   , 0.13  , 0.0611])
    """

    curvatures: np.ndarray
    noise: np.ndarray = 1.0
    x0: np.ndarray = 1.0
    momentum: float = 0.0
    floor: float = 0.0
    growing: float = 0.0
    flattening: float = 0.0

    def __post_init__(self):
        curvatures = _positive("curvatures", self.curvatures)
        object.__setattr__(self, "curvatures", curvatures)
        for name in ("noise", "x0"):
            each = np.broadcast_to(_each(name, getattr(self, name), curvatures), curvatures.shape)
            object.__setattr__(self, name, each)
        for name in ("momentum", "floor", "growing", "flattening"):
            checks.rate(name, getattr(self, name))
        _momentum(self.momentum)

    def losses(self, rates, average=None):
        """The loss before each update and after the last: shape (..., T + 1).

        `rates`: shape (..., T), >= 0. `average`: as in `noisy_quadratic`.
        Raises `ValueError` or `TypeError` for a wrong shape or value.
        """
        rates = _rates(rates)
        loss = expected_losses(
            _time_first(rates), self.curvatures, np.square(self.noise), np.square(self.x0),
            self.momentum, self.growing, self.flattening, average,
        )  # fmt: skip
        return np.moveaxis(loss, 0, -1) + self.floor


def expected_losses(
    eta, curvatures, variance, moment, beta=0.0, growing=0.0, flattening=0.0, average=None
):
    r"""The recursion of `Bowl`, for many bowls at once: the loss over time, shape (T + 1, ...).

    `eta`: shape (T, ..., 1). `curvatures`, `variance` ($\sigma^2$) and `moment` ($x_0^2$): any shape
    that broadcasts with (..., d), the largest curvature of a bowl first. `growing`, `flattening`:
    a number, or a shape that broadcasts with (..., 1). `beta`, `average`: as in `Bowl`.
    """
    shape = np.broadcast_shapes(eta.shape[1:], *map(np.shape, (curvatures, variance, moment)))
    xx = np.broadcast_to(moment, shape).astype(float)
    xv, vv = np.zeros((2, *shape))
    loss, half = np.empty((len(eta) + 1, *shape[:-1])), np.broadcast_to(curvatures, shape) / 2
    grows, flattens = np.any(growing), np.any(flattening)
    steepest = curvatures[..., :1] / (1 - beta)
    pull, noise, travel = curvatures, variance, 0.0
    weights = np.ones(len(eta)) if average is None else entering(average, len(eta))
    yx, yy, yv, averaged = xx, xx, xv, average is not None
    with np.errstate(over="ignore", invalid="ignore"):
        for t, (rate, w) in enumerate(zip(eta, weights)):
            now = np.einsum("...i,...i", half, xx)
            loss[t] = np.einsum("...i,...i", half, yy) if averaged else now
            noise = variance * (1 + growing * now[..., None]) if grows else variance
            if flattens:
                fade = (1 + steepest * travel) ** -flattening
                pull, noise, travel = fade * curvatures, fade * noise, travel + rate
            if averaged:
                yv = beta * yv + pull * yx
                yx = yx - rate * yv
            ahead = pull * xx
            vv = beta * beta * vv + pull * (2 * beta * xv + ahead) + noise
            ahead += beta * xv  # E[x v] before x moves
            xv = ahead - rate * vv
            xx = xx - rate * (ahead + xv)
            if averaged:
                yy = (1 - w) ** 2 * yy + 2 * w * (1 - w) * yx + w * w * xx
                yx, yv = (1 - w) * yx + w * xx, (1 - w) * yv + w * xv
    loss[-1] = np.einsum("...i,...i", half, yy if averaged else xx)
    loss[~(loss >= 0)] = np.inf  # once infinite, it stays infinite: 0 * inf, inf - inf
    return loss
