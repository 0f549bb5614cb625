"""What is learned: each task is a network, a stream of minibatches and an exact measure.

A task draws everything random per *seed*, never per run: two runs with the same seed start from
the same weights and see the same minibatches, whatever their schedules. Draws for more steps
begin with the draws for fewer. Tensors carry a leading run dimension R; runs come in blocks of
S seeds, one block per schedule, so run r has seed number r mod S.
"""

from functools import cached_property

import numpy as np
import torch
from torch.nn import functional as F

from .. import checks

CAP = 10.0  # a loss above this, or none at all, counts as diverged and is reported as CAP


class MLP:
    """A multi-layer perceptron, many at once: weights of shape (R, inputs, outputs)."""

    def __init__(self, *sizes, scale=1.0, activation=torch.relu):
        self.sizes, self.scale, self.activation = sizes, scale, activation

    def draw(self, seeds):
        """Weights of He's size times `scale`, zero biases, per seed: [W (S, i, o), b (S, 1, o), ...]."""
        parameters = []
        streams = [np.random.default_rng([seed, 0]) for seed in seeds]
        for i, o in zip(self.sizes, self.sizes[1:]):
            weights = np.stack([rng.standard_normal((i, o)) for rng in streams])
            parameters.append(
                torch.tensor(self.scale * weights * np.sqrt(2 / i), dtype=torch.float32)
            )
            parameters.append(torch.zeros(len(seeds), 1, o))
        return parameters

    def __call__(self, parameters, x):
        """Logits of shape (R, n, classes) for inputs of shape (R, n, inputs)."""
        layers = list(zip(parameters[::2], parameters[1::2]))
        for weight, bias in layers[:-1]:
            x = self.activation(torch.baddbmm(bias, x, weight))
        return torch.baddbmm(layers[-1][1], x, layers[-1][0])


def per_run(x, runs):
    """Repeat a tensor of shape (S, ...) for every block of S runs: shape (runs, ...)."""
    return x.repeat(runs // len(x), *[1] * (x.dim() - 1))


def divergence(target, logits):
    """KL(target || softmax(logits)), the mean over examples: shape (R,)."""
    entropy = torch.xlogy(target, target).sum(-1)
    return (entropy - (target * F.log_softmax(logits, -1)).sum(-1)).mean(-1)


class Stream:
    """Online learning: no example is seen twice, so there is a noise floor and no overfitting.

    Inputs x ~ N(0, I) in 8 dimensions, labels drawn from the softmax of a teacher network (one per
    seed); an 8-16-3 student; batches of 8. The measure is KL(teacher || student) on 512 inputs:
    exact in the labels, nothing is sampled from the teacher.
    """

    name, unit = "Stream", "KL(teacher ‖ student), nats"
    batch_size, test_size = 8, 512

    def __init__(self):
        self.model = MLP(8, 16, 3)
        self.teacher = MLP(8, 16, 3)

    def parameters(self, seeds):
        return self.model.draw(seeds)

    def _teacher(self, seeds):
        parameters = self.teacher.draw([seed + 1_000_000 for seed in seeds])
        parameters[-2] = parameters[-2] * 2  # confident enough that there is something to learn
        return parameters

    def batches(self, seeds, T):
        """Yield T minibatches (inputs (S, 8, 8), labels (S, 8))."""
        teacher, streams = self._teacher(seeds), _streams(seeds)
        for steps in blocks(T):
            x, u = _draw(streams, len(steps) * self.batch_size, 8)
            with torch.no_grad():
                shares = self.teacher(teacher, x).softmax(-1).cumsum(-1)
            labels = (u[..., None] > shares).sum(-1).clamp_max(2)
            yield from zip(x.split(self.batch_size, 1), labels.split(self.batch_size, 1))

    def loss(self, parameters, batch):
        """Cross-entropy of the minibatch, per run: shape (R,)."""
        return cross_entropy(self.model, parameters, batch)

    def measure(self, parameters, seeds):
        """The exact test loss, per run: shape (R,)."""
        x, _ = _draw(_streams([seed + 2_000_000 for seed in seeds]), self.test_size, 8)
        target = self.teacher(self._teacher(seeds), x).softmax(-1)
        runs = len(parameters[0])
        logits = self.model(parameters, per_run(x, runs))
        return divergence(per_run(target, runs), logits)


class CleanDigits:
    """scikit-learn's 1,797 real digits as they are: 64-32-10, batches of 16.

    The network can fit every label, so near the solution the gradient noise vanishes: there is no
    noise floor. A counter-example, for that reason. The measure is the test cross-entropy.
    """

    name, unit = "Clean digits", "test cross-entropy, nats"
    batch_size, noise = 16, 0.0

    def __init__(self):
        self.model = MLP(64, 32, 10)

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

    def loss(self, parameters, batch):
        """Cross-entropy of the minibatch, per run: shape (R,)."""
        return cross_entropy(self.model, parameters, batch)

    def measure(self, parameters, seeds):
        """The exact expected test loss less its floor, per run: shape (R,)."""
        x, y = (part[self.train_size :] for part in self._digits)
        target = (1 - self.noise) * F.one_hot(y, 10) + self.noise / 10
        runs = len(parameters[0])
        return divergence(target, self.model(parameters, x.expand(runs, *x.shape)))


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


def blocks(T, length=64):
    """The steps of a run in blocks: drawing many steps at once is fast, drawing all needs memory."""
    return [range(T)[start : start + length] for start in range(0, T, length)]


def _streams(seeds):
    """For each seed a stream of inputs and one of uniform numbers, each independent of the others."""
    return [[np.random.default_rng([seed, kind]) for kind in (1, 2)] for seed in seeds]


def _draw(streams, n, d):
    """The next inputs ~ N(0, I) of shape (S, n, d), and uniform numbers of shape (S, n)."""
    x = np.stack([inputs.standard_normal((n, d)) for inputs, _ in streams])
    u = np.stack([uniform.random(n) for _, uniform in streams])
    return torch.tensor(x, dtype=torch.float32), torch.tensor(u)


def cross_entropy(model, parameters, batch):
    x, labels = (per_run(part, len(parameters[0])) for part in batch)
    logits = model(parameters, x)
    # as F.cross_entropy, in a form that is several times faster for a handful of classes
    correct = logits.gather(-1, labels[..., None]).squeeze(-1)
    return (logits.logsumexp(-1) - correct).mean(-1)
