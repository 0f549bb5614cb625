"""What can be measured of a run besides its end: sharpness, snapshots and ensembles, range tests."""

from copy import copy
from dataclasses import dataclass

import numpy as np
import torch

from .. import checks
from ..schedules import Exponential
from .trainer import capped, measure_capped, train


def sharpness(task, parameters, batch, iterations=200, tolerance=1e-4):
    r"""The largest eigenvalue of the Hessian of a loss, run by run, by power iteration.

    From one fixed random vector, $v \leftarrow Hv / \lVert Hv \rVert$ and $\lambda = v^\top H v$.
    This finds the eigenvalue of the largest size; where it is negative, a second round on
    $H - \lambda I$ finds the largest. H itself is never built: $Hv$ is the gradient of
    $\nabla L \cdot v$.

    `parameters`: tensors of shape (R, ...), as a task draws them or `snapshots` keeps them.
    `batch`: what the loss is taken of, such as `task.full_batch(seeds)`. `iterations`: at most so
    many for a round, >= 1. `tolerance`: a round ends when no run's eigenvalue changes by more than
    this part of itself, > 0; the error that is left can be larger where two eigenvalues are close.
    Returns a float64 array of shape (R,), in units of loss per parameter squared; NaN for a run
    that diverged. Gradient descent at a rate eta is stable on a quadratic if and only if
    eta * sharpness / 2 < 1. Raises `ValueError` or `TypeError` naming the parameter.
    Source: Cohen et al. 2021, Gradient Descent on Neural Networks Typically Occurs at the Edge of
    Stability, section 2.

    >>> from lrlib.lab import RandomLabels
    >>> task, seeds = RandomLabels(), [0, 1, 2]
    >>> sharpness(task, task.parameters(seeds), task.full_batch(seeds)).shape
    (3,)
    """
    iterations = checks.count("iterations", iterations)
    tolerance = checks.positive("tolerance", tolerance)
    parameters = [p.detach().requires_grad_() for p in parameters]
    with torch.enable_grad():
        total = task.loss(parameters, batch).sum()
        gradients = torch.autograd.grad(total, parameters, create_graph=True)

    def hessian_times(vector):
        return torch.autograd.grad(
            gradients, parameters, vector, retain_graph=True, materialize_grads=True
        )

    largest = _power_iteration(hessian_times, parameters, 0.0, iterations, tolerance)
    shift = largest.clamp_max(0)
    if (shift < 0).any():
        largest = _power_iteration(hessian_times, parameters, shift, iterations, tolerance)
    return largest.double().numpy()


def _power_iteration(times, like, shift, iterations, tolerance):
    """The eigenvalue lambda with the largest |lambda - shift|, per run: shape (R,)."""
    # the same start for each run, so that no result depends on a run's neighbours
    generator = torch.Generator().manual_seed(0)
    v = [torch.randn(p[:1].shape, generator=generator).expand_as(p) for p in like]
    value = torch.full((len(like[0]),), torch.inf)
    for _ in range(iterations):
        norm = _dot(v, v).sqrt().clamp_min(torch.finfo(v[0].dtype).tiny)  # zero if H is zero
        v = [_each(1 / norm, part) * part for part in v]
        image, last = times(v), value
        value = _dot(v, image)
        if not ((value - last).abs() > tolerance * value.abs()).any():  # nor for a run that is NaN
            break
        v = [h - _each(shift, part) * part for h, part in zip(image, v)]
    return value


def _dot(a, b):
    """The inner product over all parameters, per run: shape (R,)."""
    return sum((x * y).flatten(1).sum(1) for x, y in zip(a, b))


def _each(factor, like):
    """A number, or one for each run, in a shape that multiplies a parameter."""
    return factor.view(-1, *[1] * (like.dim() - 1)) if torch.is_tensor(factor) else factor


def snapshots(task, rates, seeds, at, **settings):
    """The parameters of all runs as they are after given numbers of updates.

    `task`, `rates`, `seeds`: as in `train`, shape (K, T) and S seeds. `at`: numbers of updates, from
    1 to T. `settings`: `optimizer`, `max_norm` and `progress` of `train`.
    Returns a list, one entry for each of `at`, of lists of tensors (K * S, ...); run r has row
    r // S of the rates and seed number r mod S.
    Raises `ValueError` or `TypeError` naming the parameter.
    """
    T = np.shape(rates)[-1]
    at = [checks.count("at", t) for t in at]
    if not at or max(at) > T:
        raise ValueError(f"at must hold numbers of updates from 1 to T={T}, not {at!r}")
    kept = {}

    def keep(t, parameters, losses):
        if t in at:
            kept[t] = [p.detach().clone() for p in parameters]

    train(task, rates, seeds, callback=keep, **settings)
    return [kept[t] for t in at]


@torch.no_grad()
def accuracy(task, parameters, seeds):
    """How often the most probable class is the right one: the share of the task's test examples.

    `task`: one with a test set, such as `Stream()` (right is the teacher's most probable class),
    `FreshDigits()` (the digit itself) or `Copying()` (the symbol). `parameters`: tensors
    (K * S, ...), as `snapshots` returns them. `seeds`: those of the runs.
    Returns a float64 array of shape (K, S), between 0 and 1.

    >>> from lrlib.lab import FreshDigits
    >>> task = FreshDigits()
    >>> accuracy(task, task.parameters([0, 1]), [0, 1]).shape  # before the first update
    (1, 2)
    """
    target, logits = task.tested(parameters, seeds)
    right = target.argmax(-1) == logits.argmax(-1)
    return right.double().mean(-1).numpy().reshape(-1, len(seeds))


def ensemble(task, members, seeds):
    r"""The task's measure of networks that vote: $p(x) = \frac1M \sum_m \mathrm{softmax}(z_m(x))$.

    `task`: one that measures a divergence from labels, such as `FreshDigits()` or `Stream()`.
    `members`: the parameters of M networks, for each run its own, as `snapshots` returns them.
    `seeds`: those of the runs. Returns the measure, a float64 array of shape (K, S), capped as that
    of `train`. Raises `ValueError` if there are no members.
    Source: Huang et al. 2017, Snapshot Ensembles: Train 1, Get M for Free, section 3.
    """
    if not members:
        raise ValueError("members must hold the parameters of at least one network")

    def vote(_, x):
        logs = torch.stack([task.model(parameters, x).log_softmax(-1) for parameters in members])
        return logs.logsumexp(0)  # but for log M, which a softmax does not see

    together = copy(task)
    together.model = vote
    return measure_capped(together, members[0], seeds)


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What `range_test` returns: the rates (T,), the minibatch losses (S, T), and how to read them.

    `window`: the number of steps over which the mean loss is smoothed.
    """

    rates: np.ndarray
    losses: np.ndarray
    window: int

    @property
    def smoothed(self):
        """The mean loss over seeds and over a centred window, shorter at the ends: shape (T,)."""
        box = np.ones(self.window)
        mean = self.losses.mean(0)
        return np.convolve(mean, box, "same") / np.convolve(np.ones_like(mean), box, "same")

    @property
    def readings(self):
        """The three ways to read off a rate, as a dict from a name to the rate.

        'smoothed minimum': where the smoothed loss is lowest. 'minimum / 10': a tenth of that.
        'steepest slope': where it falls fastest with log(rate), before its minimum.
        """
        lowest = self.smoothed.argmin()
        slope = np.gradient(self.smoothed, np.log(self.rates))
        return {
            "smoothed minimum": float(self.rates[lowest]),
            "minimum / 10": float(self.rates[lowest]) / 10,
            "steepest slope": float(self.rates[slope[: lowest + 1].argmin()]),
        }

    def by_seed(self):
        """What each seed alone would have shown: a list of S range tests."""
        return [RangeTest(self.rates, row[None], self.window) for row in self.losses]


def range_test(task, low, high, T, seeds=32, window=11, **settings):
    r"""Train while the rate grows exponentially, and watch the loss fall and then explode.

    $\eta(t) = \text{low} \cdot (\text{high} / \text{low})^{t / (T - 1)}$ for t = 0 ... T - 1.

    `low`, `high`: the first and the last rate, 0 < low < high. `T`: updates, >= 3. `seeds`: how
    many, or a list of them. `window`: odd number of steps to smooth over, at most T. `settings`:
    `optimizer`, `max_norm` and `progress` of `train`.
    Returns a `RangeTest`. The loss at step t is that of the minibatch before the update that uses
    `rates[t]`; beyond CAP, or NaN, it is CAP.
    Raises `ValueError` or `TypeError` naming the parameter.
    Source: Smith 2017, Cyclical Learning Rates for Training Neural Networks, section 3.3, where the
    rate grows linearly.

    >>> from lrlib.lab import Stream
    >>> sorted(range_test(Stream(), 1e-3, 1.0, 50, seeds=8).readings)
    ['minimum / 10', 'smoothed minimum', 'steepest slope']
    """
    low, high = checks.positive("low", low), checks.positive("high", high)
    if low >= high:
        raise ValueError(f"low must be < high, not low={low!r} >= high={high!r}")
    T, window = checks.count("T", T, low=3), checks.count("window", window)
    seeds = range(checks.count("seeds", seeds)) if np.ndim(seeds) == 0 else seeds
    if window % 2 == 0 or window > T:
        raise ValueError(f"window must be odd and at most T={T}, not {window}")
    rates = Exponential(low, (high / low) ** (1 / (T - 1)), T).rates(T)
    losses = []
    train(
        task, [rates], seeds, callback=lambda t, parameters, loss: losses.append(loss), **settings
    )  # fmt: skip
    return RangeTest(rates, capped(torch.stack(losses, dim=1)), window)
