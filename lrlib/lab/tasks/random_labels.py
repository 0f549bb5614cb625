"""The edge of stability: gradient descent on a network steepens the loss until it is barely stable."""

import numpy as np
import torch

from ... import checks
from .digits import CleanDigits
from .network import MLP, blocks, per_run


class RandomLabels(CleanDigits):
    """64 of the real digits, learned by heart, with labels drawn at random: all in every batch.

    A tanh network 64-32-32-10 and the mean squared error. There is no minibatch noise, so with
    `SGD(0.0)` this is gradient descent: on a quadratic stable if and only if eta * sharpness / 2
    is below 1. Random labels are hard to fit, and the sharpness climbs until it meets 2 / eta.
    `scale`: the initial weights are so many times He's, > 0. `size`: how many digits, from 1 to
    1437. `labels`: "random", or "true" for the control: the same digits and weights with the labels
    that belong to them, easier to fit. Each seed has digits, labels and weights of its own.
    `batch`: None, or the size of minibatches drawn from the digits, at most `size`: then there is
    noise, and the sharpness stays below its limit.
    The measure is the training loss: there is nothing here that could generalise.
    Raises `ValueError` or `TypeError` naming the parameter.
    Source: Cohen et al. 2021, Gradient Descent on Neural Networks Typically Occurs at the Edge of
    Stability, section 3.

    >>> x, target = RandomLabels().full_batch([0, 1, 2])
    >>> x.shape, target.shape
    (torch.Size([3, 64, 64]), torch.Size([3, 64, 10]))
    """

    unit = "mean squared training error"

    def __init__(self, scale=0.5, size=64, labels="random", batch=None):
        self.scale, self.batch_size = checks.positive("scale", scale), self._part(size)
        self.labels = checks.choice("labels", labels, ("random", "true"))
        self.batch = batch if batch is None else checks.count("batch", batch)
        if batch is not None and batch > size:
            raise ValueError(f"batch must be at most size={size}, not {batch}")
        special = ["true labels"] if labels == "true" else []
        special += [] if batch is None else [f"batches of {batch}"]
        self.name = "RandomLabels" + f" ({', '.join(special)})" * bool(special)
        self.model = MLP(64, 32, 32, 10, scale=self.scale, activation=torch.tanh)

    def full_batch(self, seeds):
        """All there is to learn: inputs (S, size, 64) and one-hot targets (S, size, 10)."""
        x, y = self._digits
        streams = [np.random.default_rng([seed, 1]) for seed in seeds]
        chosen = torch.tensor(
            np.stack([rng.permutation(self.train_size)[: self.batch_size] for rng in streams])
        )
        labels = y[chosen]
        if self.labels == "random":
            drawn = np.stack([rng.integers(10, size=self.batch_size) for rng in streams])
            labels = torch.tensor(drawn)
        return x[chosen], torch.eye(10)[labels]

    def batches(self, seeds, T):
        """Yield the full batch T times, or T minibatches (S, batch, ...) drawn from it."""
        full = self.full_batch(seeds)
        if self.batch is None:
            yield from [full] * T
            return
        streams = [np.random.default_rng([seed, 2]) for seed in seeds]
        rows = torch.arange(len(seeds))[:, None]
        for steps in blocks(T):
            shape = len(steps), self.batch
            draws = np.stack([rng.integers(self.batch_size, size=shape) for rng in streams])
            for now in torch.tensor(draws).unbind(1):
                yield full[0][rows, now], full[1][rows, now]

    def loss(self, parameters, batch):
        """The mean squared error, over digits and outputs, per run: shape (R,)."""
        x, target = (per_run(part, len(parameters[0])) for part in batch)
        return (self.model(parameters, x) - target).square().mean((-2, -1))

    def measure(self, parameters, seeds):
        """The training loss, per run: shape (R,)."""
        return self.loss(parameters, self.full_batch(seeds))
