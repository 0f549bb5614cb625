"""Many runs at once: one tensor program trains every schedule, peak rate and seed together."""

import sys

import numpy as np
import torch
from tqdm import tqdm

from .. import checks
from ..dynamics.averages import entering
from .optimizers import SGD, clip

CAP = 10.0  # a loss above this, or none at all, counts as diverged and is reported as CAP
DELAY = 2  # seconds before a progress bar shows itself


def train(
    task, rates, seeds, optimizer=None, measure_at=None, max_norm=None, progress=True,
    callback=None, average=None,
):  # fmt: skip
    """Train one network per row of rates and seed, all at the same time.

    `task`: see `tasks/`. `rates`: shape (K, T), the rate of every update, finite, >= 0.
    `seeds`: S whole numbers. `optimizer`: see `optimizers.py`, `SGD(momentum=0.9)` unless given.
    `measure_at`: numbers of updates after which to measure; only at the end unless given.
    `max_norm`: gradients are clipped to this norm, run by run. `progress`: whether to show a bar
    after two seconds. `callback`: called after every update as `callback(t, parameters, losses)`
    with the number t of updates made, the parameters (tensors (R, ...), changed in place by the
    next update; copy what is to stay; of `ScheduleFree` its mean x, which is what is measured) and the minibatch losses before the update, shape (R,). Run r
    has row r // S of the rates and seed number r mod S. If it returns rates, finite, >= 0 and of
    shape (R,), the next update uses them instead of its own; with None nothing changes.
    `average`: what is measured is not the last weights but their mean over the last part of the
    run, 0.5 for the last half (any share > 0, at most 1), their `EMA(beta)` or `Growing(share)`;
    None for the weights themselves; or a list with one of these for each row of rates. The training is the same.
    Before the part begins, `measure_at` sees the weights themselves.
    Returns the task's measure, a float64 array of shape (K, S), or (len(measure_at), K, S).
    A run that diverges, to NaN or beyond CAP, is reported as CAP.
    Every run equals a run of its own under `torch.optim`, to float32 rounding.
    Raises `ValueError` or `TypeError` naming what is wrong.
    """
    one_of_ours("task", task, "batches", "Stream()")
    rates, seeds = _rates(rates), _seeds(seeds)
    optimizer = SGD() if optimizer is None else optimizer
    one_of_ours("optimizer", optimizer, "update", "SGD()")
    if max_norm is not None:
        max_norm = checks.positive("max_norm", max_norm)
    (K, T), S = rates.shape, len(seeds)
    stops = [T] if measure_at is None else stops_within(measure_at, T)
    eta = torch.tensor(np.repeat(rates.T, S, axis=1), dtype=torch.float32)[..., None, None]
    parameters = [p.repeat(K, 1, 1).requires_grad_() for p in task.parameters(seeds)]
    state = optimizer.start(parameters)
    entry, begin = _entry(average, K, T, S)
    own = getattr(optimizer, "shown", lambda parameters, state: parameters)(parameters, state)
    if own is not parameters and begin < T:
        raise ValueError(f"average must be None with {optimizer!r}, which averages by itself")
    seen, measured = own, {}
    with progress_bar(T, f"{task.name}, {K * S} runs", progress) as bar:
        for t, batch in enumerate(task.batches(seeds, T)):
            if t in stops:
                measured[t] = measure_capped(task, seen, seeds)
            if t == begin:
                seen = [p.detach().clone() for p in parameters]
            losses = task.loss(parameters, batch)
            gradients = torch.autograd.grad(losses.sum(), parameters)
            with torch.no_grad():
                if max_norm is not None:
                    clip(gradients, max_norm)
                optimizer.update(t, eta[t], parameters, gradients, state)
                if t >= begin:
                    for mean, p in zip(seen, parameters):
                        mean.lerp_(p, entry[t])
            if callback is not None:
                chosen = callback(t + 1, own, losses.detach())
                if chosen is not None and t + 1 < T:
                    eta[t + 1, :, 0, 0] = _chosen(chosen, K * S)
            bar.update()
        measured[T] = measure_capped(task, seen, seeds)
    return measured[T] if measure_at is None else np.stack([measured[t] for t in stops])


def progress_bar(total, description, show=True, unit="it"):
    """A bar with the time left, shown from the second second on and gone at the end."""
    return tqdm(
        total=total, desc=description, disable=not show, unit=unit, delay=DELAY, leave=False,
        file=sys.stdout,  # a notebook shows the other one in red
    )  # fmt: skip


def stops_within(measure_at, T):
    """Numbers of updates from 0 to T after which to measure, at least one: a list."""
    if np.ndim(measure_at) != 1 or not len(measure_at):
        raise ValueError(f"measure_at must be a list of numbers of updates, not {measure_at!r}")
    stops = [checks.count("measure_at", t, low=0) for t in measure_at]
    if max(stops) > T:
        raise ValueError(f"measure_at must be at most T={T}, not {max(stops)}")
    return stops


@torch.no_grad()
def measure_capped(task, parameters, seeds):
    """The task's measure, a float64 array of shape (K, S); CAP for a run that diverged."""
    return capped(task.measure(parameters, seeds)).reshape(-1, len(seeds))


def capped(losses):
    """A tensor of losses as a float64 array, CAP where one is above it or NaN."""
    losses = losses.double().numpy()
    return np.where(losses < CAP, losses, CAP)  # NaN is not below CAP


def one_of_ours(name, value, method, example):
    if isinstance(value, type) or not hasattr(value, method):
        raise TypeError(f"{name} must be one of lrlib.lab, such as {example}, not {value!r}")


def _rates(rates):
    try:
        rates = np.asarray(rates, dtype=float)
    except ValueError:
        raise ValueError("rates must be of shape (K, T): all rows of one length") from None
    if rates.ndim != 2 or not rates.size or not (rates >= 0).all() or np.isinf(rates).any():
        raise ValueError(f"rates must be finite, >= 0 and of shape (K, T), not {rates.shape}")
    return rates


def _entry(average, K, T, S):
    """With what weight each update's parameters enter the averages, and the first that averages.

    Shape (T, K * S, 1, 1); before that update, T if nothing is averaged, the parameters are seen.
    """
    each = average if isinstance(average, (list, tuple)) else [average] * K
    if len(each) != K:
        raise ValueError(f"average must be one, or one for each of {K} rows of rates: {average}")
    weights = np.array([np.ones(T) if one is None else entering(one, T) for one in each])
    averaging = (weights < 1).any(0)
    if not averaging.any():
        return None, T
    weights = torch.tensor(weights.T.repeat(S, axis=1), dtype=torch.float32)
    return weights[..., None, None], int(averaging.argmax())


def _chosen(rates, runs):
    rates = torch.as_tensor(rates, dtype=torch.float32)
    if rates.shape != (runs,) or not (rates >= 0).all() or rates.isinf().any():
        raise ValueError(
            f"callback must return rates that are finite, >= 0 and of shape ({runs},), or None"
        )
    return rates


def _seeds(seeds):
    if np.ndim(seeds) != 1:
        raise TypeError(f"seeds must be a list of whole numbers, not {seeds!r}")
    seeds = [checks.count("a seed", seed, low=0) for seed in seeds]
    if not seeds:
        raise ValueError("seeds must hold at least one seed")
    if len(set(seeds)) < len(seeds):
        raise ValueError("seeds must differ from each other")
    return seeds
