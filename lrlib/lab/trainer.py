"""Many runs at once: one tensor program trains every schedule, peak rate and seed together."""

import sys

import numpy as np
import torch
from tqdm import tqdm

from .. import checks
from .tasks import CAP


def train(task, rates, seeds, momentum=0.9, measure_at=None):
    """Train one network per row of rates and seed with SGD, all at the same time.

    `task`: see `tasks.py`. `rates`: shape (K, T), the rate of every update, finite, >= 0.
    `seeds`: S whole numbers. `momentum`: in [0, 1), as in `torch.optim.SGD`.
    `measure_at`: numbers of updates after which to measure; only at the end unless given.
    Returns the task's measure, a float64 array of shape (K, S), or (len(measure_at), K, S).
    A run that diverges, to NaN or beyond CAP, is reported as CAP.
    Every run equals a run of its own under `torch.optim.SGD`, to float32 rounding.
    Raises `ValueError` naming what is wrong.
    """
    rates, seeds = _rates(rates), _seeds(seeds)
    if not 0 <= checks.rate("momentum", momentum) < 1:
        raise ValueError(f"momentum must be in [0, 1), not {momentum!r}")
    (K, T), S = rates.shape, len(seeds)
    stops = [T] if measure_at is None else [checks.count("measure_at", t, 0) for t in measure_at]
    if max(stops) > T:
        raise ValueError(f"measure_at must be at most T={T}, not {max(stops)}")
    eta = torch.tensor(np.repeat(rates.T, S, axis=1), dtype=torch.float32)[..., None, None]
    parameters = [p.repeat(K, 1, 1).requires_grad_() for p in task.parameters(seeds)]
    velocities = [torch.zeros_like(p) for p in parameters]
    measured = {}
    progress = tqdm(
        total=T, delay=2, leave=False, file=sys.stdout, desc=f"{task.name}, {K * S} runs"
    )  # on standard output, because a notebook shows the other one in red
    with progress:
        for t, batch in enumerate(task.batches(seeds, T)):
            if t in stops:
                measured[t] = _measure(task, parameters, seeds, K)
            gradients = torch.autograd.grad(task.loss(parameters, batch).sum(), parameters)
            with torch.no_grad():
                for p, v, g in zip(parameters, velocities, gradients):
                    v.mul_(momentum).add_(g)
                    p.addcmul_(eta[t], v, value=-1)
            progress.update()
        measured[T] = _measure(task, parameters, seeds, K)
    return measured[T] if measure_at is None else np.stack([measured[t] for t in stops])


@torch.no_grad()
def _measure(task, parameters, seeds, K):
    loss = task.measure(parameters, seeds).double().numpy()
    return np.where(loss < CAP, loss, CAP).reshape(K, len(seeds))  # NaN is not below CAP


def _rates(rates):
    rates = np.asarray(rates, dtype=float)
    if rates.ndim != 2 or not rates.size or not (rates >= 0).all() or np.isinf(rates).any():
        raise ValueError(f"rates must be finite, >= 0 and of shape (K, T), not {rates.shape}")
    return rates


def _seeds(seeds):
    seeds = [checks.count("a seed", seed, low=0) for seed in seeds]
    if not seeds:
        raise ValueError("seeds must hold at least one seed")
    if len(set(seeds)) < len(seeds):
        raise ValueError("seeds must differ from each other")
    return seeds
