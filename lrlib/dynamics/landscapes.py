r"""What a schedule does away from quadratics: a convex bound, toys of warmup, saddle, double well.

Rates are arrays whose last axis is time: shape (..., T), as `schedule.rates()` gives them. All
leading axes (schedules, peak rates) are computed at once. A path that leaves the largest float is
infinite or NaN from then on. Quadratics, where everything is exact, are in `quadratic.py`.
"""

import numpy as np

from .. import checks
from ..schedules import warmup_constant
from .quadratic import _each, _positive, _rates, _with_momentum


def convex_bound(rates, distance=1.0, gradient=1.0):
    r"""What the last loss of SGD is at most above the minimum, on any convex function.

    $\frac{D^2 + G^2 \sum_{t=1}^T \eta_t^2}{2 \sum_{t=1}^T \eta_t} +
    \frac{G^2}{2} \sum_{k=1}^{T-1} \frac{\eta_k}{\sum_{t=k+1}^T \eta_t}\,
    \frac{\sum_{t=k}^T \eta_t^2}{\sum_{t=k}^T \eta_t}$

    bounds the expected loss at the point where the last update starts. Rates of exactly 0 at the
    end move nothing and are left out: the last update is the last with a rate above 0.

    `rates`: $\eta_1 \dots \eta_T$, shape (..., T), >= 0. `distance`: D, from the start to the
    minimum, and `gradient`: G, the largest norm of a gradient, > 0. Returns shape (...); infinity
    where all rates are 0. Raises `ValueError` for a wrong shape or value.
    Source: Schaipp et al. 2025, "The Surprising Agreement Between Convex Optimization Theory and
    Learning-Rate Scheduling for Large Model Training", theorem 1; Defazio et al. 2023, "Optimal
    Linear Decay Learning Rate Schedules and Further Refinements", theorem 10.

    >>> float(convex_bound([1.0]))
    1.0
    >>> float(convex_bound([1.0, 1.0])) == float(convex_bound([1.0, 1.0, 0.0])) == 1.25
    True
    """
    start, noise = _bound_terms(_rates(rates), distance, gradient)
    return start + noise


def best_convex_bound(rates, distance=1.0, gradient=1.0):
    r"""The bound at the best base rate, and the factor that makes `rates` have it.

    With the rates $\gamma \eta_t$ the bound is $A/\gamma + B\gamma$: it is smallest, $2\sqrt{AB}$,
    at $\gamma = \sqrt{A/B}$.

    `rates`, `distance`, `gradient`: as in `convex_bound`. Returns the bound and $\gamma$, each of
    shape (...). Raises `ValueError` for a wrong shape or value, or where all rates are 0.
    Source: follows from theorem 1 of Schaipp et al. 2025, see `convex_bound`.

    >>> bound, factor = best_convex_bound([[1.0, 1.0], [1.0, 0.5]])
    >>> bound.round(3).tolist(), factor.round(3).tolist()
    ([1.0, 1.291], [0.5, 0.516])
    """
    start, noise = _bound_terms(_rates(rates), distance, gradient)
    if not np.isfinite(start).all():
        raise ValueError("rates must have a value > 0 in every schedule, not only 0")
    return 2 * np.sqrt(start * noise), np.sqrt(start / noise)


def quartic(rates, x0=1.0):
    r"""Gradient descent on $f(x) = x^4/4$: $x_{t+1} = x_t - \eta_t x_t^3$.

    The curvature, $3x^2$, is high at the start and falls on the way: a toy in which warmup helps.
    A fixed rate is stable up to $2/x_0^2$, and every rate is once $\eta x^2 \le 2$.

    `rates`: shape (..., T), >= 0. `x0`: the start, a number. Returns the iterates, shape
    (..., T + 1). Raises `ValueError` for a wrong shape or value.

    >>> quartic([0.5, 1.0])
    array([1.   , 0.5  , 0.375])
    """
    return _descend(lambda x: x * x * x, _rates(rates), _point("x0", x0, ()))


def catapult(rates, output=1.0, curvature=2.5, width=100):
    r"""The loss and the curvature of a two-layer linear network, told by two scalars.

    The network $f = u \cdot v/\sqrt{n}$ is to give 0, with the loss $f^2/2$ and the curvature
    $\lambda = (|u|^2 + |v|^2)/n$. Gradient descent on u and v makes exactly

    $f_{t+1} = f_t\,(1 - \eta\lambda_t + \eta^2 f_t^2/n), \qquad
    \lambda_{t+1} = \lambda_t + \frac{\eta f_t^2}{n}\,(\eta\lambda_t - 4)$.

    For $\eta < 2/\lambda$ the loss falls; for $2/\lambda < \eta < 4/\lambda$ it first rises, until
    the curvature has fallen below $2/\eta$ (the catapult); from about $4/\lambda$ on it diverges.
    Small rates lower the curvature too, to $\sqrt{\lambda_0^2 - 4 f_0^2/n}$: from a large output,
    such as 12, a warmup lets larger rates follow.

    `rates`: shape (..., T), >= 0. `output`: $f_0$. `curvature`: $\lambda_0$, at least
    $2|f_0|/\sqrt{n}$ (no u and v have less). `width`: n, a whole number >= 1. Returns the loss and
    the curvature, each of shape (..., T + 1). Raises `ValueError` for a wrong shape or value.
    Source: Lewkowycz et al. 2020, "The Large Learning Rate Phase of Deep Learning: the Catapult
    Mechanism", section 2; for warmup Kalra and Barkeshli 2024, "Why Warmup the Learning Rate?".

    >>> loss, curvature = catapult(np.full(100, 1.0))
    >>> bool(loss.max() > loss[0] > loss[-1] and curvature[-1] < 2 / 1.0 < curvature[0])
    True
    """
    rates, width = _rates(rates), checks.count("width", width)
    state = np.stack([_point("output", output, ()), checks.positive("curvature", curvature)])
    if 2 * abs(state[0]) > state[1] * width**0.5 * (1 + 1e-12):
        raise ValueError(
            f"curvature must be at least 2 |output| / sqrt(width), not {curvature!r} with "
            f"output={output!r} and width={width!r}"
        )
    path = np.empty((rates.shape[-1] + 1, 2, *rates.shape[:-1]))
    f, c = np.broadcast_to(state.reshape(2, *[1] * (rates.ndim - 1)), path.shape[1:])
    path[0] = f, c
    with np.errstate(over="ignore", invalid="ignore"):
        for t, eta in enumerate(np.moveaxis(rates, -1, 0), start=1):
            push = eta * f * f / width
            path[t] = f, c = f * (1 - eta * c + eta * push), c + push * (eta * c - 4)
        output, curvature = np.moveaxis(path, 0, -1)
        return output**2 / 2, curvature


def largest_stable_peak(warmup, path=quartic, hold=500):
    r"""The largest peak that a linear warmup of W steps reaches without being thrown out.

    The rates rise from 0 to the peak in W steps and stay there; a run is stable if it ends no
    farther out than it started.

    `warmup`: W in steps, a whole number >= 0. `path`: a function from rates of shape (K, T) to
    sizes of shape (K, T + 1), such as `quartic` or `lambda rates: catapult(rates)[0]`. `hold`:
    how long the peak is held, in steps. Returns a float, right to about eight digits.
    Raises `ValueError` for a wrong value.

    >>> round(largest_stable_peak(0), 3)
    2.0
    """
    warmup, hold = checks.count("warmup", warmup, low=0), checks.count("hold", hold)
    rates = warmup_constant(1.0, warmup, warmup + hold).rates()
    low, high = 0.0, None
    peaks = 2.0 ** np.arange(-20, 40, 0.25)
    for _ in range(6):  # each time 60 peaks between the last that is stable and the next
        sizes = np.abs(path(peaks[:, None] * rates))
        stable = sizes[:, -1] <= sizes[:, 0]  # False for NaN
        first = len(peaks) if stable.all() else int(stable.argmin())
        if first == len(peaks) and high is None:
            raise ValueError(f"path must leave for a large peak, but is stable up to {peaks[-1]:g}")
        low = peaks[first - 1] if first else low
        high = peaks[first] if first < len(peaks) else high
        peaks = np.linspace(low, high, 62)[1:-1]
    return float(low)


def saddle(rates, x0=(1.0, 1e-3), noise=0.0, seeds=0):
    r"""Gradient descent on $f(x, y) = x^2 - y^2 + y^4/2$: a saddle at 0, minima at $y = \pm 1$.

    Near the saddle x shrinks by $1 - 2\eta$ and y grows by $1 + 2\eta$ each update, so that
    $|y| = 1/2$ is reached after about $\log(0.5/y_0)/\log(1 + 2\eta)$ of them.

    `rates`: shape (..., T), >= 0. `x0`: the start, two numbers. `noise`: $\sigma$, >= 0, of each
    direction's gradient. `seeds`: a whole number or a list of S: one draw of noise each, the same
    for all rates. Returns the points, shape (..., T + 1, 2), or (..., S, T + 1, 2) for a list.
    Raises `ValueError` for a wrong shape or value.

    >>> saddle([0.25, 0.25], x0=(1.0, 0.0))
    array([[1.  , 0.  ],
           [0.5 , 0.  ],
           [0.25, 0.  ]])
    """

    def slope(point):
        y = point[..., 1]
        return np.stack([2 * point[..., 0], 2 * y * (y * y - 1)], axis=-1)

    return _descend(slope, _rates(rates), _point("x0", x0, (2,)), noise, seeds)


def noisy_runs(
    rates, curvatures, noise=1.0, x0=1.0, seeds=range(32), quartic=0.0, momentum=0.0
):  # fmt: skip
    r"""Single runs of SGD on a bowl, whose expectation `noisy_quadratic` gives exactly.

    $x_{t+1} = x_t - \eta_t\,(\lambda x_t + q\,x_t^3 + \sigma \xi_t)$ in each direction,
    $\xi_t \sim N(0, 1)$: with $q > 0$ the walls get steeper outside, and a start far out needs a
    warmup. The loss of a run on the plain bowl is `x**2 @ curvatures / 2`. With momentum
    $b_{t+1} = \beta_t b_t + g_t$ and $x_{t+1} = x_t - \eta_t b_{t+1}$, from $b_0 = 0$.

    `rates`: shape (..., T), >= 0. `curvatures`: $\lambda$, shape (d,), > 0. `noise`: $\sigma$, and
    `x0`: the start, numbers or shape (d,). `seeds`: a whole number or a list of S: one draw of noise
    each, the same for all rates. `quartic`: q, >= 0. `momentum`: $\beta$, in [0, 1), a number or an
    array that broadcasts with `rates`. Returns the points, shape (..., T + 1, d), or
    (..., S, T + 1, d) for a list. Raises `ValueError` for a wrong shape or value.

    >>> noisy_runs([0.5, 0.5], [1.0, 2.0], noise=0.0, seeds=0).tolist()
    [[1.0, 1.0], [0.5, 0.0], [0.25, 0.0]]
    """
    curvatures, q = _positive("curvatures", curvatures), checks.rate("quartic", quartic)
    start, noise = _each("x0", x0, curvatures), _each("noise", noise, curvatures)
    rates, momentum = _with_momentum(_rates(rates), momentum)
    slope = lambda x: x * (curvatures + q * x * x)  # noqa: E731
    return _descend(slope, rates, start, noise, seeds, momentum)


def double_well(rates, sharp=10.0, flat=1.0, x0=-0.9, noise=0.0, seeds=0):
    r"""Gradient descent where a sharp and a flat minimum lie side by side, at -1 and at 1.

    $f(x) = \min\bigl(\tfrac12 \lambda_s (x + 1)^2,\ \tfrac12 \lambda_f (x - 1)^2\bigr)$: a rate above
    $2/\lambda_s$ cannot stay in the sharp one, a rate below can.

    `rates`: shape (..., T), >= 0. `sharp`, `flat`: $\lambda_s \ge \lambda_f > 0$. `x0`: the start, a
    number. `noise`: $\sigma$ of the gradient, >= 0. `seeds`: a whole number or a list of S: one draw
    of noise each, the same for all rates. Returns the iterates, shape (..., T + 1), or
    (..., S, T + 1) for a list. Raises `ValueError` for a wrong shape or value.

    >>> double_well([0.05, 0.05], x0=0.0, flat=2.0)
    array([0. , 0.1 , 0.19])
    """
    sharp, flat = checks.positive("sharp", sharp), checks.positive("flat", flat)
    checks.ordered(flat, sharp, names=("flat", "sharp"))

    def slope(x):
        left, right = x + 1, x - 1
        return np.where(sharp * left**2 <= flat * right**2, sharp * left, flat * right)

    return _descend(slope, _rates(rates), _point("x0", x0, ()), noise, seeds)


def _bound_terms(rates, distance, gradient):
    """A and B of the bound A + B: what the start and what the gradients' size leave.

    Suffix sums, not differences of prefix sums: these lose all digits where the rates end near 0.
    """
    distance = checks.positive("distance", distance)
    gradient = checks.positive("gradient", gradient)
    rates = np.concatenate([np.zeros((*rates.shape[:-1], 1)), rates], axis=-1)  # never empty
    rest, squares = (np.cumsum(r[..., ::-1], axis=-1)[..., ::-1] for r in (rates, rates**2))
    later = rest[..., 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (rates / rest * squares)[..., :-1] / later
        last = np.where(rest[..., 0] > 0, squares[..., 0] / rest[..., 0], 0.0)
        start = distance**2 / (2 * rest[..., 0])
    return start, gradient**2 / 2 * (last + np.where(later > 0, terms, 0.0).sum(axis=-1))


def _descend(slope, rates, start, noise=0.0, seeds=0, momentum=None):
    """Gradient descent from `start`, an array of the shape of one point, seeds beside the rates."""
    noise = noise if np.ndim(noise) else checks.rate("noise", noise)  # an array: of each direction
    T, axes = rates.shape[-1], np.shape(seeds)
    seeds = [checks.count("seeds", seed, low=0) for seed in (seeds if axes else [seeds])]
    if not seeds:
        raise ValueError("seeds must hold at least one whole number >= 0")
    kicks = [np.random.default_rng(seed).standard_normal((T, *start.shape)) for seed in seeds]
    kicks = noise * np.stack(kicks, axis=1).reshape(T, *axes, *start.shape)
    each = (T, *rates.shape[:-1], *[1] * (len(axes) + start.ndim))
    eta = np.moveaxis(rates, -1, 0).reshape(each)
    heavy = momentum is not None and momentum.any()
    beta = np.moveaxis(momentum, -1, 0).reshape(each) if heavy else None
    path = np.empty((T + 1, *rates.shape[:-1], *axes, *start.shape))
    path[0], velocity = start, 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(T):
            step = slope(path[t]) + kicks[t]
            step = velocity = beta[t] * velocity + step if heavy else step
            path[t + 1] = path[t] - eta[t] * step
    return np.moveaxis(path, 0, rates.ndim - 1 + len(axes))


def _point(name, value, shape):
    point = np.asarray(value, dtype=float)
    if point.shape != shape or not np.isfinite(point).all():
        wanted = "a finite number" if shape == () else f"{shape[0]} finite numbers"
        raise ValueError(f"{name} must be {wanted}, not {value!r}")
    return point
