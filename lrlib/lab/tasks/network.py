"""What the tasks share: networks with a leading run dimension, and how their losses are taken."""

import numpy as np
import torch
from torch.nn import functional as F


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


def cross_entropy(model, parameters, batch):
    x, labels = (per_run(part, len(parameters[0])) for part in batch)
    logits = model(parameters, x)
    # as F.cross_entropy, in a form that is several times faster for a handful of classes
    correct = logits.gather(-1, labels[..., None]).squeeze(-1)
    return (logits.logsumexp(-1) - correct).mean(-1)


def blocks(T, length=64):
    """The steps of a run in blocks: drawing many steps at once is fast, drawing all needs memory."""
    return [range(T)[start : start + length] for start in range(0, T, length)]
