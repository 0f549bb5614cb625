"""scikit-learn's handwritten digits: as they are, with fresh label noise, from a steep start."""

from functools import cached_property

import numpy as np
import torch
from torch.nn import functional as F

from ... import checks
from .network import MLP, blocks, cross_entropy, divergence


class CleanDigits:
    """scikit-learn's 1,797 real digits as they are: 64-32-10, batches of 16.

    The network can fit every label, so near the solution the gradient noise vanishes: there is no
    noise floor. A counter-example, for that reason. The measure is the test cross-entropy, or with
    `measured="training"` that of the 1,437 digits that it learns from.
    """

    name, unit = "Clean digits", "test cross-entropy, nats"
    batch_size, noise, measured = 16, 0.0, "test"

    def __init__(self, measured="test"):
        self.model = MLP(64, 32, 10)
        if checks.choice("measured", measured, ("test", "training")) != self.measured:
            self.measured = measured
            self.name, self.unit = f"{self.name}, training", self.unit.replace("test", measured)

    @cached_property
    def _digits(self):
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        order = np.random.default_rng(0).permutation(len(x))
        x = torch.tensor((x[order] - x.mean()) / x.std(), dtype=torch.float32)
        return x, torch.tensor(y[order])

    @property
    def train_size(self):
        return 1437

    def _part(self, size):
        """A number of training digits, for the tasks that learn from a part of them."""
        if checks.count("size", size) > self.train_size:
            raise ValueError(f"size must be at most {self.train_size}, not {size}")
        return size

    def parameters(self, seeds):
        return self.model.draw(seeds)

    def batches(self, seeds, T):
        """Yield T minibatches (inputs (S, 16, 64), labels (S, 16))."""
        x, y = self._digits
        streams = [np.random.default_rng([seed, 1]) for seed in seeds]
        for steps in blocks(T):
            n = len(steps) * self.batch_size
            draws = torch.tensor(np.stack([rng.random((n, 3)) for rng in streams]))
            index = (draws[..., 0] * self.train_size).long()
            labels = y[index]
            if self.noise:
                anew = draws[..., 2] < self.noise
                labels = torch.where(anew, (draws[..., 1] * 10).long(), labels)
            for now in zip(index.split(self.batch_size, 1), labels.split(self.batch_size, 1)):
                yield x.index_select(0, now[0].flatten()).view(*now[0].shape, -1), now[1]

    def examples(self, seeds, n):
        """For each seed n examples of its own for validation, drawn as those of training: a batch."""
        others = [seed + 3_000_000 for seed in seeds]
        drawn = zip(*self.batches(others, -(-n // self.batch_size)))
        return tuple(torch.cat(parts, 1)[:, :n] for parts in drawn)

    def loss(self, parameters, batch):
        """Cross-entropy of the minibatch, per run: shape (R,)."""
        return cross_entropy(self.model, parameters, batch)

    def measure(self, parameters, seeds):
        """The exact expected test loss less its floor, per run: shape (R,)."""
        return divergence(*self.tested(parameters, seeds))

    def tested(self, parameters, seeds):
        """On the n images: the labels' probabilities (n, 10) and the logits (R, n, 10)."""
        test = slice(self.train_size, None)
        some = test if self.measured == "test" else slice(self.train_size)
        x, y = (part[some] for part in self._digits)
        target = (1 - self.noise) * F.one_hot(y, 10) + self.noise / 10
        return target, self.model(parameters, x.expand(len(parameters[0]), *x.shape))


class Fragile(CleanDigits):
    """The clean digits and a network that starts where the loss is steep: 64-32-32-32-10, batches of 64.

    `scale`: the initial weights are so many times He's. At 2 the curvature at the start is high, and
    a large rate diverges at once; at 1 it does not. Meant for SGD without momentum.
    """

    batch_size = 64

    def __init__(self, scale=2.0):
        self.scale = checks.positive("scale", scale)
        self.name = f"Fragile ({self.scale:g} x He)"
        self.model = MLP(64, 32, 32, 32, 10, scale=self.scale)


class FreshDigits(CleanDigits):
    """The real digits with 40 % of the labels drawn anew at every step: nothing can be memorised.

    64-32-10, batches of 16. Fresh label noise makes a noise floor that never vanishes. The measure
    is the exact expected test cross-entropy less the entropy of the labels.
    """

    name, unit = "FreshDigits", "excess test cross-entropy, nats"
    noise = 0.4
