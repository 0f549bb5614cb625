r"""What a schedule does, computed exactly: no sampling, no noise in the answer.

Rates are arrays whose last axis is time: shape (..., T), as `schedule.rates()` gives them. All
leading axes (schedules, peak rates) are computed at once.
"""

import numpy as np


def quadratic(rates, curvatures, x0=1.0):
    r"""Gradient descent on a quadratic: $x_{t+1} = (1 - \eta_t \lambda)\,x_t$ in each direction.

    `rates`: shape (..., T), >= 0. `curvatures`: $\lambda$, shape (d,), > 0. `x0`: start, a number
    or shape (d,). Returns the iterates, shape (..., T + 1, d). It is stable exactly while
    $\eta < 2/\lambda$. Raises `ValueError` for a wrong shape or value.

    >>> quadratic([0.5, 0.5], [1.0, 2.0])
    array([[1.  , 1.  ],
           [0.5 , 0.  ],
           [0.25, 0.  ]])
    """
    rates, curvatures = _rates(rates), _positive("curvatures", curvatures)
    factors = 1 - rates[..., None] * curvatures
    start = np.broadcast_to(np.asarray(x0, dtype=float), factors[..., :1, :].shape)
    return np.cumprod(np.concatenate([start, factors], axis=-2), axis=-2)


def noisy_quadratic(rates, curvatures, noise=1.0, x0=1.0):
    r"""The exact expected loss of SGD on a quadratic with noisy gradients.

    The gradient of direction i is $\lambda_i x_i + \sigma_i \xi$ with independent
    $\xi \sim N(0, 1)$, so with $m = \mathbb{E}[x^2]$

    $m_{t+1} = (1 - \eta_t \lambda)^2\, m_t + \eta_t^2 \sigma^2, \qquad
    L_t = \tfrac12 \sum_i \lambda_i m_{t,i}$.

    `rates`: shape (..., T), >= 0. `curvatures`: $\lambda$, shape (d,), > 0. `noise`: $\sigma$, and
    `x0`: the start, numbers or shape (d,). Returns the loss before each update and after the
    last, shape (..., T + 1). Where a rate is too large the loss grows, at the worst to infinity.
    Raises `ValueError` for a wrong shape or value.
    Source: Zhang et al. 2019, "Which Algorithmic Choices Matter at Which Batch Sizes?", section 3.

    >>> noisy_quadratic([0.5, 0.5], [1.0], noise=0.2)
    array([0.5   , 0.13  , 0.0375])
    """
    rates, curvatures = _rates(rates), _positive("curvatures", curvatures)
    variance = np.square(np.broadcast_to(np.asarray(noise, dtype=float), curvatures.shape))
    moment = np.square(np.broadcast_to(np.asarray(x0, dtype=float), curvatures.shape))
    T = rates.shape[-1]
    eta = np.moveaxis(rates, -1, 0)[..., None]
    moment = np.broadcast_to(moment, eta.shape[1:-1] + curvatures.shape).copy()
    loss = np.empty((T + 1, *eta.shape[1:-1]))
    half = curvatures / 2
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(T):
            loss[t] = moment @ half
            moment *= np.square(1 - eta[t] * curvatures)
            moment += np.square(eta[t]) * variance
        loss[T] = moment @ half
    return np.moveaxis(loss, 0, -1)


def noise_floor(rate, curvatures, noise=1.0):
    r"""The loss at which a fixed rate stays for ever: $\sum_i \eta\,\sigma_i^2 / (2(2 - \eta\lambda_i))$.

    `rate`: $\eta$, a number or an array of shape (...), >= 0. `curvatures`, `noise`: as in
    `noisy_quadratic`. Returns shape (...); infinity where $\eta \ge 2/\lambda_{\max}$.

    >>> float(noise_floor(1.0, [1.0]))
    0.5
    """
    rate, curvatures = np.asarray(rate, dtype=float)[..., None], _positive("curvatures", curvatures)
    gap = 2 - rate * curvatures
    with np.errstate(divide="ignore"):
        floor = rate * np.square(noise) / (2 * np.maximum(gap, 0))
    return np.where(gap > 0, floor, np.inf).sum(axis=-1)


def power_law(d, alpha):
    r"""A spectrum of `d` curvatures, $\lambda_i = i^{-\alpha}$ for i = 1 ... d: shape (d,).

    >>> power_law(3, 1.0)
    array([1.        , 0.5       , 0.33333333])
    """
    return np.arange(1, d + 1, dtype=float) ** -alpha


def _rates(rates):
    rates = np.asarray(rates, dtype=float)
    if rates.ndim < 1 or not (rates >= 0).all() or not np.isfinite(rates).all():
        raise ValueError("rates must be an array of shape (..., T) of finite numbers >= 0")
    return rates


def _positive(name, values):
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or not values.size or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"{name} must be an array of shape (d,) of finite numbers > 0, not {values}")
    return values
