r"""What a schedule does to a quadratic, computed exactly.

Rates are arrays whose last axis is time: shape (..., T), as `schedule.rates()` gives them. All
leading axes (schedules, peak rates) are computed at once. Momentum is a number or such an array,
in [0, 1), and works as in `torch.optim.SGD`: $v \leftarrow \beta v + g,\ x \leftarrow x - \eta v$
from v = 0. The same with noisy gradients is in `noisy.py`, other landscapes in `landscapes.py`.
"""

import numpy as np

from .. import checks


def quadratic(rates, curvatures, x0=1.0, momentum=0.0):
    r"""Gradient descent on a quadratic: $x_{t+1} = (1 - \eta_t \lambda)\,x_t$ in each direction.

    With momentum it is the heavy ball, $v_{t+1} = \beta_t v_t + \lambda x_t$ and
    $x_{t+1} = x_t - \eta_t v_{t+1}$ from $v_0 = 0$.

    `rates`: shape (..., T), >= 0. `curvatures`: $\lambda$, shape (d,), > 0. `x0`: start, a number
    or shape (d,). `momentum`: $\beta$, in [0, 1), a number or an array that broadcasts with
    `rates`. Returns the iterates, shape (..., T + 1, d). A fixed rate is stable exactly while
    $\eta < 2(1 + \beta)/\lambda$; beyond the largest float the iterates are infinite or NaN.
    Raises `ValueError` for a wrong shape or value.
    Source: Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods",
    section 2; Goh 2017, "Why Momentum Really Works", distill.pub.

    >>> quadratic([0.5, 0.5], [1.0, 2.0])
    array([[1.  , 1.  ],
           [0.5 , 0.  ],
           [0.25, 0.  ]])
    >>> quadratic([0.5, 0.5], [1.0], momentum=0.5)
    array([[1. ],
           [0.5],
           [0. ]])
    """
    rates, curvatures = _rates(rates), _positive("curvatures", curvatures)
    rates, momentum = _with_momentum(rates, momentum)
    start = np.broadcast_to(_each("x0", x0, curvatures), (*rates.shape[:-1], 1, curvatures.size))
    with np.errstate(over="ignore", invalid="ignore"):
        if momentum.any():
            return _heavy_ball(rates, momentum, curvatures, start)
        factors = 1 - rates[..., None] * curvatures
        return np.cumprod(np.concatenate([start, factors], axis=-2), axis=-2)


def stability_limit(curvature, momentum=0.0):
    r"""The rate from which a fixed rate is too large: $2(1 + \beta)/\lambda$.

    `curvature`: $\lambda$, > 0, and `momentum`: $\beta$, in [0, 1): numbers or arrays that
    broadcast. Returns their shape. Raises `ValueError` for a wrong value.
    Source: Goh 2017, "Why Momentum Really Works", section "The Dynamics of Momentum".

    >>> stability_limit([1.0, 10.0], momentum=0.5).tolist()
    [3.0, 0.3]
    """
    curvature = np.asarray(curvature, dtype=float)
    _positive("curvature", curvature.ravel())
    return 2 * (1 + _momentum(momentum)) / curvature


def spectral_factor(rate, curvatures, momentum=0.0):
    r"""By what factor each update shrinks the slowest direction in the end, $\max_i |z_i|$.

    $z_i$ is the larger root of $z^2 - (1 + \beta - \eta\lambda_i)\,z + \beta = 0$; without momentum
    $|z_i| = |1 - \eta\lambda_i|$. Stable where it is below 1.

    `rate`: $\eta$, >= 0, and `momentum`: $\beta$, in [0, 1): numbers or arrays of shape (...) that
    broadcast. `curvatures`: $\lambda$, shape (d,), > 0. Returns shape (...).
    Raises `ValueError` for a wrong shape or value.
    Source: Goh 2017, "Why Momentum Really Works", section "The Dynamics of Momentum".

    >>> spectral_factor([0.5, 1.0], [1.0, 1.5]).tolist()
    [0.5, 0.5]
    """
    rate = _rates(np.asarray(rate)[..., None], "rate")
    curvatures, beta = _positive("curvatures", curvatures), _momentum(momentum)[..., None]
    half = (1 + beta - rate * curvatures) / 2
    gap = np.square(half) - beta  # below 0 the roots are complex, of modulus sqrt(beta)
    root = np.where(gap < 0, np.sqrt(beta), np.abs(half) + np.sqrt(np.maximum(gap, 0)))
    return root.max(axis=-1)


def best_fixed_rate(curvatures):
    r"""The fixed rate that is fastest on the whole spectrum, and its factor an update.

    $\eta = 2/(\mu + L)$ and $(\kappa - 1)/(\kappa + 1)$ with $\mu$ and $L$ the smallest and the
    largest curvature, $\kappa = L/\mu$.

    `curvatures`: $\lambda$, shape (d,), > 0. Returns the rate and the factor, two floats.
    Raises `ValueError` for a wrong shape or value.
    Source: Goh 2017, "Why Momentum Really Works", section "First Steps: Gradient Descent".

    >>> best_fixed_rate([1.0, 3.0])
    (0.5, 0.5)
    """
    mu, L = _ends(curvatures)
    return 2 / (mu + L), (L - mu) / (L + mu)


def best_heavy_ball(curvatures):
    r"""The fixed rate and momentum that are fastest together, and their factor an update.

    $\eta = \bigl(2/(\sqrt\mu + \sqrt L)\bigr)^2$, $\sqrt\beta = (\sqrt\kappa - 1)/(\sqrt\kappa + 1)$,
    and the factor is $\sqrt\beta$ in the long run: $|x_t| = (1 + t\,(1 + \sqrt\beta))\,\beta^{t/2}$
    in direction L.

    `curvatures`: $\lambda$, shape (d,), > 0. Returns the rate, the momentum and the factor, three
    floats. Raises `ValueError` for a wrong shape or value.
    Source: Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods",
    section 2; Goh 2017, "Why Momentum Really Works", section "Optimal parameters".

    >>> best_heavy_ball([1.0, 9.0])
    (0.25, 0.25, 0.5)
    """
    mu, L = np.sqrt(_ends(curvatures)).tolist()
    factor = (L - mu) / (L + mu)
    return (2 / (mu + L)) ** 2, factor**2, factor


def iterations(path, epsilon=1e-6):
    r"""How many updates until $\max_i |x_i|$ is at most `epsilon` times its start.

    `path`: the iterates of `quadratic`, shape (..., T + 1, d). `epsilon`: > 0 and < 1.
    Returns shape (...): whole numbers as floats, infinity where the run ends before.
    Raises `ValueError` for a wrong shape or value.

    >>> rate, factor = best_fixed_rate([1.0, 100.0])
    >>> float(iterations(quadratic(np.full(1000, rate), [1.0, 100.0])))
    691.0
    """
    path = np.asarray(path, dtype=float)
    if path.ndim < 2 or 0 in path.shape[-2:]:
        raise ValueError(f"path must be an array of shape (..., T + 1, d), not {path.shape}")
    size = np.abs(path).max(axis=-1)
    near = size <= checks.share("epsilon", epsilon) * size[..., :1]
    return np.where(near.any(axis=-1), near.argmax(axis=-1), np.inf)


def power_law(d, alpha):
    r"""A spectrum of `d` curvatures, $\lambda_i = i^{-\alpha}$ for i = 1 ... d: shape (d,).

    >>> power_law(3, 1.0)
    array([1.        , 0.5       , 0.33333333])
    """
    return np.arange(1, d + 1, dtype=float) ** -alpha


def _heavy_ball(rates, momentum, curvatures, start):
    eta, beta = _time_first(rates), _time_first(momentum)
    path = np.empty((len(eta) + 1, *eta.shape[1:-1], curvatures.size))
    path[0], v = start[..., 0, :], 0.0
    for t in range(len(eta)):
        v = beta[t] * v + curvatures * path[t]
        path[t + 1] = path[t] - eta[t] * v
    return np.moveaxis(path, 0, -2)


def _time_first(rates):
    """From shape (..., T) to (T, ..., 1): one update after the other, each over all directions."""
    return np.moveaxis(rates, -1, 0)[..., None]


def _momentum(momentum):
    momentum = np.asarray(momentum, dtype=float)
    if not ((momentum >= 0) & (momentum < 1)).all():
        raise ValueError(f"momentum must be in [0, 1), not {momentum}")
    return momentum


def _with_momentum(rates, momentum):
    """Both with the same shape (..., T)."""
    momentum = _momentum(momentum)
    if momentum.ndim and momentum.shape[-1] not in (1, rates.shape[-1]):
        raise ValueError(
            f"momentum must have one value for each of the T={rates.shape[-1]} rates, or one for "
            f"all, not shape {momentum.shape}"
        )
    try:
        return np.broadcast_arrays(rates, momentum)
    except ValueError:
        raise ValueError(
            f"momentum must broadcast with rates of shape {rates.shape}, not shape {momentum.shape}"
        ) from None


def _ends(curvatures):
    """The smallest and the largest curvature."""
    curvatures = _positive("curvatures", curvatures)
    return float(curvatures.min()), float(curvatures.max())


def _rates(rates, name="rates"):
    rates = np.asarray(rates, dtype=float)
    if rates.ndim < 1 or not (rates >= 0).all() or not np.isfinite(rates).all():
        shape = " of shape (..., T)" if name == "rates" else ""
        raise ValueError(f"{name} must be an array{shape} of finite numbers >= 0, not {rates}")
    return rates


def _each(name, value, curvatures):
    """One value for each curvature, from a number or an array of shape (d,)."""
    value = np.asarray(value, dtype=float)
    if value.shape not in ((), curvatures.shape) or not np.isfinite(value).all():
        raise ValueError(f"{name} must be a finite number or an array of shape (d,), not {value}")
    return np.broadcast_to(value, curvatures.shape)


def _positive(name, values):
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or not values.size or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(
            f"{name} must be an array of shape (d,) of finite numbers > 0, not {values}"
        )
    return values
