r"""The bowl with noisy gradients, computed exactly: no sampling, no noise in the answer.

Rates, curvatures and momentum are those of `quadratic.py`.
"""

import numpy as np

from .. import checks
from .averages import entering
from .quadratic import _each, _momentum, _positive, _rates, _time_first, _with_momentum


def noisy_quadratic(rates, curvatures, noise=1.0, x0=1.0, momentum=0.0, average=None):
    r"""The exact expected loss of SGD on a quadratic with noisy gradients.

    The gradient of direction i is $\lambda_i x_i + \sigma_i \xi$ with independent
    $\xi \sim N(0, 1)$, so with $m = \mathbb{E}[x^2]$

    $m_{t+1} = (1 - \eta_t \lambda)^2\, m_t + \eta_t^2 \sigma^2, \qquad
    L_t = \tfrac12 \sum_i \lambda_i m_{t,i}$.

    With momentum the means of x and v follow the heavy ball of `quadratic`, and their covariance

    $C_{t+1} = A_t C_t A_t^\top + \sigma^2 b_t b_t^\top, \qquad
    A = \begin{pmatrix} 1 - \eta\lambda & -\eta\beta \\ \lambda & \beta \end{pmatrix},\quad
    b = \begin{pmatrix} -\eta \\ 1 \end{pmatrix}$.

    With `average` it is the loss of the averaged weights
    $y_{t+1} = (1 - w_t)\,y_t + w_t\,x_{t+1}$, $w_t$ as in `averages.entering`, from the second
    moments of x and y. Without momentum, with $a = 1 - \eta_t\lambda$,
    $c = \mathbb{E}[xy]$ and $q = \mathbb{E}[y^2]$,

    $q_{t+1} = (1 - w)^2 q_t + 2w(1 - w)\,a\,c_t + w^2 m_{t+1}, \qquad
    c_{t+1} = (1 - w)\,a\,c_t + w\,m_{t+1}$.

    `rates`: shape (..., T), >= 0. `curvatures`: $\lambda$, shape (d,), > 0. `noise`: $\sigma$, and
    `x0`: the start, numbers or shape (d,); see also `noise_like_curvature`. `momentum`: $\beta$, in
    [0, 1), a number or an array that broadcasts with `rates`. `average`: 0.5 for the mean of the
    weights over the last half of the run (any share > 0, at most 1), or `EMA(beta)`.
    Returns the loss before each update and after the last, shape (..., T + 1). Where a rate is too
    large the loss grows, at the worst to infinity.
    Raises `ValueError` or `TypeError` for a wrong shape or value.
    Source: Zhang et al. 2019, "Which Algorithmic Choices Matter at Which Batch Sizes?", section 3
    (with EMA there, too); averaging: Polyak and Juditsky 1992, "Acceleration of Stochastic
    Approximation by Averaging".

    >>> noisy_quadratic([0.5, 0.5], [1.0], noise=0.2)
    array([0.5   , 0.13  , 0.0375])
    >>> noisy_quadratic([0.5, 0.5], [1.0], noise=0.2, momentum=0.5)
    array([0.5 , 0.13, 0.01])
    >>> noisy_quadratic([0.5, 0.5], [1.0], noise=0.2, average=1)
    array([0.5     , 0.13    , 0.074375])
    """
    rates, curvatures = _rates(rates), _positive("curvatures", curvatures)
    rates, momentum = _with_momentum(rates, momentum)
    variance = np.square(_each("noise", noise, curvatures))
    moment = np.square(_each("x0", x0, curvatures))
    eta = _time_first(rates)
    moment = np.broadcast_to(moment, eta.shape[1:-1] + curvatures.shape).copy()
    heavy, beta = momentum.any(), _time_first(momentum)
    weights = None if average is None else entering(average, len(eta))
    with np.errstate(over="ignore", invalid="ignore"):
        if weights is not None and heavy:
            loss = _averaged_heavy_ball(eta, beta, curvatures, variance, moment, weights)
        elif weights is not None:
            loss = _averaged_descent(eta, curvatures, variance, moment, weights)
        elif heavy:
            x0 = np.broadcast_to(_each("x0", x0, curvatures), moment.shape)
            loss = _noisy_heavy_ball(eta, beta, curvatures, variance, x0)
        else:
            loss = _noisy_descent(eta, curvatures, variance, moment)
    loss[~(loss >= 0)] = np.inf  # once infinite, it stays infinite: 0 * inf, inf - inf
    return np.moveaxis(loss, 0, -1)


def noise_floor(rate, curvatures, noise=1.0, momentum=0.0):
    r"""The loss at which a fixed rate stays for ever: $\sum_i \eta\,\sigma_i^2 / (2(2 - \eta\lambda_i))$.

    With momentum $\sum_i \eta\,\sigma_i^2 (1 + \beta)
    / \bigl(2(1 - \beta)(2(1 + \beta) - \eta\lambda_i)\bigr)$.

    `rate`: $\eta$, a number or an array of shape (...), >= 0. `curvatures`, `noise`: as in
    `noisy_quadratic`. `momentum`: $\beta$, in [0, 1), a number or an array that broadcasts with
    `rate`. Returns shape (...); infinity where $\eta \ge 2(1 + \beta)/\lambda_{\max}$.
    Raises `ValueError` for a wrong shape or value.
    Source: the fixed point of the recursions in `noisy_quadratic`.

    >>> float(noise_floor(1.0, [1.0]))
    0.5
    >>> float(noise_floor(1.0, [1.0], momentum=0.5))
    0.75
    """
    rate = _rates(np.asarray(rate)[..., None], "rate")
    curvatures, beta = _positive("curvatures", curvatures), _momentum(momentum)[..., None]
    gap = 2 * (1 + beta) - rate * curvatures
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = rate * np.square(_each("noise", noise, curvatures)) * (1 + beta)
        floor = floor / (2 * (1 - beta) * np.maximum(gap, 0))
    return np.where(gap > 0, floor, np.inf).sum(axis=-1)


def noise_like_curvature(sigma, curvatures):
    r"""Gradient noise whose variance grows with the curvature, $\sigma_i^2 \propto \lambda_i$.

    $\sigma_i = \sigma \sqrt{\lambda_i / \bar\lambda}$ with the mean curvature $\bar\lambda$:
    the variances of all directions add up to what they are with white noise, the same $\sigma$
    everywhere. So it is near a minimum that cross-entropy fits, where the covariance of the
    gradients is the Hessian. White noise gets fine comparisons of schedules right and large ones
    wrong, this noise the other way round: ask both.

    `sigma`: $\sigma$, a number >= 0. `curvatures`: $\lambda$, shape (d,), > 0. Returns shape (d,),
    for `noise=` of `noisy_quadratic` and of `noise_floor`.
    Raises `ValueError` or `TypeError` for a wrong shape or value.
    Source: Zhang et al. 2019, "Which Algorithmic Choices Matter at Which Batch Sizes?", section 3.

    >>> noise_like_curvature(0.2, [1.0, 0.5, 0.25]).round(3).tolist()
    [0.262, 0.185, 0.131]
    """
    curvatures = _positive("curvatures", curvatures)
    return checks.rate("sigma", sigma) * np.sqrt(curvatures / curvatures.mean())


def _noisy_descent(eta, curvatures, variance, moment):
    """The loss over time (first axis); `moment`, the second moment of x, is changed in place."""
    loss, half = np.empty((len(eta) + 1, *eta.shape[1:-1])), curvatures / 2
    for t in range(len(eta)):
        loss[t] = moment @ half
        moment *= np.square(1 - eta[t] * curvatures)
        moment += np.square(eta[t]) * variance
    loss[-1] = moment @ half
    return loss


def _noisy_heavy_ball(eta, beta, curvatures, variance, x):
    """The same with momentum, from the means x, v and the covariances xx, xv, vv."""
    loss, half = np.empty((len(eta) + 1, *eta.shape[1:-1])), curvatures / 2
    v, xx, xv, vv = np.zeros((4, *x.shape))
    for t in range(len(eta)):
        loss[t] = (np.square(x) + xx) @ half
        v = beta[t] * v + curvatures * x
        x = x - eta[t] * v
        a, b = 1 - eta[t] * curvatures, -eta[t] * beta[t]  # the first row of the matrix A
        c, d = curvatures, beta[t]  # the second
        xx, xv, vv = (
            a * a * xx + 2 * a * b * xv + b * b * vv + np.square(eta[t]) * variance,
            a * c * xx + (a * d + b * c) * xv + b * d * vv - eta[t] * variance,
            c * c * xx + 2 * c * d * xv + d * d * vv + variance,
        )
    loss[-1] = (np.square(x) + xx) @ half
    return loss


def _averaged_descent(eta, curvatures, variance, xx, weights):
    """The loss of the averaged weights y over time, from the second moments of x and y."""
    loss, half = np.empty((len(eta) + 1, *eta.shape[1:-1])), curvatures / 2
    yx = yy = xx
    for t, w in enumerate(weights):
        loss[t] = yy @ half
        a = 1 - eta[t] * curvatures
        xx, yx = a * a * xx + np.square(eta[t]) * variance, a * yx
        yy = (1 - w) ** 2 * yy + 2 * w * (1 - w) * yx + w * w * xx
        yx = (1 - w) * yx + w * xx
    loss[-1] = yy @ half
    return loss


def _averaged_heavy_ball(eta, beta, curvatures, variance, xx, weights):
    """The same with momentum, from the second moments of v, too."""
    loss, half = np.empty((len(eta) + 1, *eta.shape[1:-1])), curvatures / 2
    xv, vv, yv = np.zeros((3, *xx.shape))
    yx = yy = xx
    for t, w in enumerate(weights):
        loss[t] = yy @ half
        a, b = 1 - eta[t] * curvatures, -eta[t] * beta[t]
        c, d = curvatures, beta[t]
        xx, xv, vv = (
            a * a * xx + 2 * a * b * xv + b * b * vv + np.square(eta[t]) * variance,
            a * c * xx + (a * d + b * c) * xv + b * d * vv - eta[t] * variance,
            c * c * xx + 2 * c * d * xv + d * d * vv + variance,
        )
        yx, yv = a * yx + b * yv, c * yx + d * yv  # of the old y with the new x, v
        yy = (1 - w) ** 2 * yy + 2 * w * (1 - w) * yx + w * w * xx
        yx, yv = (1 - w) * yx + w * xx, (1 - w) * yv + w * xv
    loss[-1] = yy @ half
    return loss
