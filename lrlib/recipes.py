"""The literature's schedules, each a few lines of composition.

`T` is the length of the whole run in steps, warmup included; `warmup` is the part of it that
rises. Endpoint conventions are parameters: `start` is the rate of the very first update
(0 in Hugging Face transformers; `start_factor * eta_max` in PyTorch's LinearLR), and the decay
would reach `eta_min` at step `T`, one step after the last update, as everywhere in the field.
"""

from . import checks
from .shapes import Cosine, Linear


def warmup_linear(eta_max, warmup, T, eta_min=0.0, start=0.0):
    r"""A linear warmup, then a straight line down.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\max} + (\eta_{\min} - \eta_{\max})\,(t - W)/(T - W)$.

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run.
    Equals transformers' `get_linear_schedule_with_warmup(num_warmup_steps=W, num_training_steps=T)`.
    Raises `ValueError` or `TypeError` naming the parameter.

    >>> warmup_linear(0.1, warmup=10, T=110)([0, 5, 10, 60])
    array([0.  , 0.05, 0.1 , 0.05])
    """
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    return _warmed_up(Linear(eta_max, eta_min, T), warmup, start)


def warmup_cosine(eta_max, warmup, T, eta_min=0.0, start=0.0):
    r"""A linear warmup, then cosine annealing.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 + \cos(\pi (t - W)/(T - W)))/2$.

    `eta_max`, `eta_min`, `start`: rates at the peak, the end and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run.
    Equals transformers' `get_cosine_schedule_with_warmup(num_warmup_steps=W, num_training_steps=T)`
    and PyTorch's `SequentialLR([LinearLR(start_factor, total_iters=W), CosineAnnealingLR(T - W)], [W])`.
    Raises `ValueError` or `TypeError` naming the parameter.

    >>> warmup_cosine(0.1, warmup=10, T=110)([0, 5, 10, 60])
    array([0.  , 0.05, 0.1 , 0.05])
    """
    return _warmed_up(Cosine(eta_max, eta_min, T), warmup, start)


def _warmed_up(decay, warmup, start):
    """`decay`, its first `warmup` steps of time given to a linear rise from `start` to its peak."""
    warmup, start, peak = checks.steps_within("warmup", warmup, decay.T), checks.rate("start", start), decay(0)
    if start > peak:
        raise ValueError(f"start must be <= eta_max={peak!r}, not {start!r}")
    if warmup == 0:
        return decay
    return Linear(start, peak, warmup) >> type(decay)(peak, decay(decay.T), decay.T - warmup)
