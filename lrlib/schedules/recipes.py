r"""The literature's schedules, each a few lines of composition; `cycles.py` and
`restarts.py` have those that come back.

They are one idea: a rise, a hold, a fall, one after the other. `T` is the length of the whole run
in steps, warmup included; `warmup` is the part of it that rises. What the frameworks decide each
in their own way is a parameter here, with the field's usual choice as its default:

| question | here | PyTorch | transformers | timm |
|---|---|---|---|---|
| rate of the first update | `start=0`: it is lost | `start_factor` x peak, 1/3 unless given, never 0 | 0; 1/W in `cosine_warmup_with_min_lr` | `warmup_lr_init=0` |
| first update at the peak | step W | step W (`total_iters=W`) | step W; W - 1 in `cosine_warmup_with_min_lr` | step W with `warmup_prefix=True`; else never |
| the warmup is | part of `T` | part of the run, not of `T_max` | part of `num_training_steps` | before `t_initial` with `warmup_prefix=True`; else under it |
| `eta_min` is reached at | T, one past the last update; with `inclusive=True` at the last, T - 1 | T; T - 1 in `OneCycleLR`; never in `CosineAnnealingWarmRestarts` | T; T - 1 in `cosine_warmup_with_min_lr` | `t_initial`, one past |
| after the end | holds | holds; `CosineAnnealingLR` rises again, `OneCycleLR` jumps, then raises | holds; cosine rises again | holds |
| `eta_min` is | a rate | a rate; in `OneCycleLR` peak / `div_factor` / `final_div_factor` | a rate over `optimizer.defaults["lr"]`, or a ratio | a rate |

A rise from 1/W of the peak at the first update to the peak at update W (t = W - 1) is
`warmup=W - 1, start=eta_max / W`; all recipes with a `warmup` take a `start`.
All raise `TypeError` or `ValueError` naming the parameter, its value and what is allowed.
"""

from dataclasses import replace
from functools import reduce
from operator import rshift

from .. import checks
from ..checks import INF
from .shapes import Constant, Cosine, InverseSqrt, Linear, Polynomial, Rex


def warmup_constant(eta_max, warmup, T=INF, start=0.0):
    r"""A linear warmup, then a fixed rate.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then $\eta_{\max}$.

    `eta_max`, `start`: rates at the peak and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run (no end unless
    given).
    Equals transformers' `get_constant_schedule_with_warmup(num_warmup_steps=W)` and PyTorch's
    `LinearLR(start_factor=start/eta_max, total_iters=W)`.

    >>> warmup_constant(0.1, warmup=10)([0, 5, 10, 60])
    array([0.  , 0.05, 0.1 , 0.1 ])
    """
    return _warmed_up(eta_max, Constant(checks.rate("eta_max", eta_max), T), warmup, start)


def warmup_linear(eta_max, warmup, T, eta_min=0.0, start=0.0, inclusive=False):
    r"""A linear warmup, then a straight line down.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\max} + (\eta_{\min} - \eta_{\max})\,(t - W)/(T - W)$.

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run. `inclusive`:
    whether the last update, T - 1, already uses `eta_min`.
    Equals transformers' `get_linear_schedule_with_warmup(num_warmup_steps=W, num_training_steps=T)`.

    >>> warmup_linear(0.1, warmup=10, T=110)([0, 5, 10, 60])
    array([0.  , 0.05, 0.1 , 0.05])
    """
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    return _warmed_up(eta_max, Linear(eta_max, eta_min, T), warmup, start, inclusive)


def linear_to_zero(eta_max, T, warmup=0, start=0.0, inclusive=False):
    r"""A straight line down to zero: $\eta(t) = \eta_{\max}\,(1 - t/T)$, after a warmup if one is given.

    `eta_max`, `start`: rates at the peak and the first step of a warmup. `T`: steps of the run.
    `warmup`: its steps, from 0 to less than T. `inclusive`: whether the last update already uses 0.
    Equals PyTorch's `LinearLR(start_factor=1, end_factor=0, total_iters=T)` for `warmup=0`.
    Source: Bergsma et al. 2025, "Straight to Zero".

    >>> linear_to_zero(0.1, T=100)([0, 50, 100])
    array([0.1 , 0.05, 0.  ])
    """
    return warmup_linear(eta_max, warmup, T, 0.0, start, inclusive)


def warmup_cosine(eta_max, warmup, T, eta_min=0.0, start=0.0, inclusive=False):
    r"""A linear warmup, then cosine annealing.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 + \cos(\pi (t - W)/(T - W)))/2$.

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run. `inclusive`:
    whether the last update, T - 1, already uses `eta_min`.
    Equals transformers' `get_cosine_schedule_with_warmup(num_warmup_steps=W, num_training_steps=T)`,
    PyTorch's `SequentialLR([LinearLR(start_factor, total_iters=W), CosineAnnealingLR(T - W)], [W])`
    and timm's `CosineLRScheduler(t_initial=T - W, warmup_t=W, warmup_prefix=True)`.

    >>> warmup_cosine(0.1, warmup=10, T=110)([0, 5, 10, 60])
    array([0.  , 0.05, 0.1 , 0.05])
    """
    return _warmed_up(eta_max, Cosine(eta_max, eta_min, T), warmup, start, inclusive)


def polynomial_warmup(eta_max, warmup, T, eta_min=0.0, power=1.0, start=0.0, inclusive=False):
    r"""A linear warmup, then a power of the time that is left.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 - (t - W)/(T - W))^{p}$.

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run. `power`: p > 0.
    `inclusive`: whether the last update, T - 1, already uses `eta_min`.
    Equals transformers' `get_polynomial_decay_schedule_with_warmup(W, T, lr_end=eta_min, power=p)`,
    whose own `lr_end` is 1e-7 unless given.

    >>> polynomial_warmup(0.1, warmup=10, T=110, power=2)([0, 5, 10, 60])
    array([0.   , 0.05 , 0.1  , 0.025])
    """
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    return _warmed_up(eta_max, Polynomial(eta_max, eta_min, T, power), warmup, start, inclusive)


def rex(eta_max, T, warmup=0, eta_min=0.0, start=0.0, inclusive=False):
    r"""Slow at first, steep at the end, after a warmup if one is given.

    $\eta(t) = \eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 - x)/(1 - x/2)$
    with $x = (t - W)/(T - W)$.

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step of a warmup.
    `T`: steps of the run. `warmup`: W, its part that rises, from 0 to less than T. `inclusive`:
    whether the last update, T - 1, already uses `eta_min`.
    Source: Chen, Wolfe and Kyrillidis 2021, "REX: Revisiting Budgeted Training with an Improved
    Schedule".

    >>> rex(3, T=100)([0, 50, 100])
    array([3., 2., 0.])
    """
    return _warmed_up(eta_max, Rex(eta_max, eta_min, T), warmup, start, inclusive)


def warmup_inverse_sqrt(eta_max, warmup, timescale=None, T=INF, start=0.0):
    r"""A linear warmup, then a decay as one over the square root.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\max} / \sqrt{1 + (t - W)/\tau}$.

    `eta_max`, `start`: rates at the peak and the first step. `warmup`: W, its steps, from 0 to
    less than T. `timescale`: $\tau$, in steps (W unless given, 10,000 if W is 0). `T`: steps of the
    run (no end unless given).
    Equals transformers' `get_inverse_sqrt_schedule(num_warmup_steps=W, timescale=timescale)`.
    Source: Zhai et al. 2022, "Scaling Vision Transformers", section 3.5.

    >>> warmup_inverse_sqrt(0.1, warmup=10)([0, 5, 10, 40])
    array([0.  , 0.05, 0.1 , 0.05])
    """
    if timescale is None:
        timescale = checks.number("warmup", warmup) or 10_000
    decay = InverseSqrt(checks.rate("eta_max", eta_max), timescale, T)
    return _warmed_up(eta_max, decay, warmup, start)


def noam(d_model, warmup, factor=1.0, T=INF):
    r"""The Transformer's schedule: $\eta(t) = f\, d^{-1/2} \min(s^{-1/2},\, s\,W^{-3/2})$ with $s = t + 1$.

    `d_model`: d, the width of the model. `warmup`: W, the update (from 1) that uses the peak,
    $f / \sqrt{d W}$. `factor`: f, a multiplier > 0. `T`: steps of the run (no end unless given).
    Equals `warmup_inverse_sqrt` with its peak one step earlier and a start at 1/W of it.
    Source: Vaswani et al. 2017, "Attention Is All You Need", section 5.3.

    >>> noam(d_model=100, warmup=4)([0, 1, 3, 15])
    array([0.0125, 0.025 , 0.05  , 0.025 ])
    """
    warmup, factor = checks.count("warmup", warmup), checks.positive("factor", factor)
    peak = factor / (float(checks.count("d_model", d_model)) ** 0.5 * float(warmup) ** 0.5)
    return warmup_inverse_sqrt(peak, warmup - 1, timescale=warmup, T=T, start=peak / warmup)


def wsd(
    eta_max,
    warmup,
    cooldown,
    T,
    eta_min=0.0,
    start=0.0,
    warmup_type="linear",
    decay_type="linear",
    inclusive=False,
):
    r"""Warmup, stable, decay: a rise, a fixed rate, and a fall in the last `cooldown` steps.

    With $x = t/W$ in the rise, $\eta_{start} + (\eta_{\max} - \eta_{start})\,(1 - f(1 - x))$; then
    $\eta_{\max}$; with $x = (t - T + D)/D$ in the fall,
    $\eta_{\min} + (\eta_{\max} - \eta_{\min})\,f(x)$. The form f of each is
    $1 - x$ (`"linear"`), $(1 + \cos \pi x)/2$ (`"cosine"`) or $1 - \sqrt{x}$ (`"1-sqrt"`).

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step, `start <= eta_max`.
    `warmup`: W, from 0 on, and `cooldown`: D, more than 0, in steps, together at most `T`, the
    steps of the run. `inclusive`: whether the last update, T - 1, already uses `eta_min`.
    Equals transformers' `get_wsd_schedule(W, D, T, min_lr_ratio=eta_min/eta_max, ...)` for
    `start=eta_min`; its own `decay_type` is "cosine" unless given.
    Source: Hu et al. 2024, "MiniCPM", section 4; Hägele et al. 2024, "Scaling Laws and
    Compute-Optimal Training Beyond Fixed Training Durations", section 3.

    >>> wsd(0.1, warmup=10, cooldown=20, T=100)([0, 5, 10, 79, 90, 100])
    array([0.  , 0.05, 0.1 , 0.1 , 0.05, 0.  ])
    """
    eta_min, eta_max = checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max)
    checks.ordered(eta_min, eta_max)
    T, warmup = checks.length("T", T), checks.number("warmup", warmup)
    cooldown, inclusive = checks.length("cooldown", cooldown), checks.flag("inclusive", inclusive)
    if warmup + cooldown > T:
        raise ValueError(f"warmup + cooldown must be <= T={T!r}, not {warmup!r} + {cooldown!r}")
    if inclusive and cooldown <= 1:
        raise ValueError(f"cooldown must be more than 1 step with inclusive=True, not {cooldown!r}")
    return in_a_row(
        anneal(start_rate(start, eta_max), eta_max, warmup, warmup_type, "warmup_type"),
        hold(eta_max, max(T - warmup - cooldown, 0)),
        anneal(eta_max, eta_min, cooldown - inclusive, decay_type, "decay_type"),
        hold(eta_min, 1) if inclusive else None,
    )


def _warmed_up(eta_max, decay, warmup, start, inclusive=False):
    """A `decay` from `eta_max`, its first `warmup` steps of time given to a rise from `start`."""
    inclusive = checks.flag("inclusive", inclusive)
    warmup = checks.steps_within("warmup", warmup, decay.T - inclusive)
    return in_a_row(
        anneal(start_rate(start, eta_max), eta_max, warmup),
        replace(decay, T=decay.T - warmup - inclusive),
        hold(decay(decay.T), 1) if inclusive else None,
    )


def start_rate(start, eta_max):
    """The rate at which a rise to `eta_max` begins."""
    start = checks.rate("start", start)
    if start > eta_max:
        raise ValueError(f"start must be <= eta_max={eta_max!r}, not {start!r}")
    return start


def in_a_row(*parts):
    """The parts one after the other; those of no length are None."""
    return reduce(rshift, (part for part in parts if part is not None))


def hold(eta, T):
    """A fixed rate for `T` steps, or None for none."""
    return Constant(eta, T) if T else None


def anneal(start, end, T, form="linear", name="form"):
    """From `start` to `end`, up or down, in `T` steps, or None for none. A rise is a fall reversed."""
    checks.choice(name, form, ("linear", "cosine", "1-sqrt"))
    if not T:
        return None
    if start < end:
        return anneal(end, start, T, form).reverse()
    if form == "linear":
        return Linear(start, end, T)
    if form == "cosine":
        return Cosine(start, end, T)
    return Polynomial(end, start, T, power=0.5).reverse()
