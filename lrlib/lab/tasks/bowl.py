"""The noisy bowl of `dynamics` as a task: for what answers to a run, which no expectation can."""

import numpy as np
import torch

from ... import checks
from ...dynamics import noise_like_curvature, power_law
from .network import blocks, per_run


class Bowl:
    r"""The bowl $\tfrac12 \sum_i \lambda_i x_i^2$ in 20 directions, $\lambda_i = 1/i$, from $x = 1$.

    The gradient of direction i is $\lambda_i x_i + \sigma_i \xi$. `noise`: "white", $\sigma_i$ =
    `sigma`, or "like the curvature", $\sigma_i^2 \propto \lambda_i$, the same in sum. With
    `SGD(0.0)` the mean over many seeds of the measure is what `dynamics.noisy_quadratic` computes;
    this one is for rates that answer to what a run measures. A seed draws the noise. The measure
    is the loss itself.
    Raises `ValueError` or `TypeError` naming the parameter.

    >>> Bowl("white").name
    'Bowl (white)'
    """

    unit = "loss"

    def __init__(self, noise="white", sigma=0.2):
        checks.choice("noise", noise, ("white", "like the curvature"))
        self.name, sigma = f"Bowl ({noise})", checks.rate("sigma", sigma)
        curvatures = power_law(20, 1.0)
        each = noise_like_curvature(sigma, curvatures) if noise != "white" else sigma
        self.curvatures = torch.tensor(curvatures, dtype=torch.float32)
        self.sigma = torch.tensor(np.broadcast_to(each, 20).copy(), dtype=torch.float32)

    def parameters(self, seeds):
        return [torch.ones(len(seeds), 1, 20)]

    def batches(self, seeds, T, kind=0):
        """Yield T draws of noise, each (S, 1, 20)."""
        streams = [np.random.default_rng([seed, kind]) for seed in seeds]
        for steps in blocks(T):
            draws = np.stack([rng.standard_normal((len(steps), 20)) for rng in streams])
            yield from (torch.tensor(draws, dtype=torch.float32) * self.sigma).split(1, 1)

    def examples(self, seeds, n):
        """For each seed the noise of n examples of its own, for validation: a batch."""
        (noise,) = self.batches(seeds, 1, kind=1)
        return noise / n**0.5

    def loss(self, parameters, batch):
        """The loss and what the batch's noise makes of it, per run: shape (R,)."""
        (x,) = parameters
        return self.measure(parameters) + (per_run(batch, len(x)) * x).sum((-2, -1))

    def measure(self, parameters, seeds=None):
        """The loss itself, per run: shape (R,)."""
        (x,) = parameters
        return (x.square() * self.curvatures).sum((-2, -1)) / 2
