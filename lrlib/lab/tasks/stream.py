"""Online learning from a teacher: no example is seen twice."""

import numpy as np
import torch

from ... import checks
from .network import MLP, blocks, cross_entropy, divergence, per_run


class Stream:
    """Online learning: no example is seen twice, so there is a noise floor and no overfitting.

    Inputs x ~ N(0, I) in 8 dimensions, labels drawn from the softmax of a teacher network; an
    8-16-3 student; batches of 8. The measure is KL(teacher || student) on 512 inputs: exact in the
    labels, nothing is sampled from the teacher.

    `teacher`: None, and every seed has a teacher and test inputs of its own, so that another seed
    is another problem; or a seed, whole and >= 0, whose teacher and test inputs all seeds share:
    then a seed draws the initial weights and the minibatches only.
    Raises `ValueError` or `TypeError` naming it.

    >>> Stream(teacher=3).name
    'Stream (teacher 3)'
    """

    unit = "KL(teacher ‖ student), nats"
    batch_size, test_size = 8, 512

    def __init__(self, teacher=None):
        self.fixed = teacher if teacher is None else checks.count("teacher", teacher, low=0)
        self.name = "Stream" if teacher is None else f"Stream (teacher {teacher})"
        self.model = MLP(8, 16, 3)
        self.teacher = MLP(8, 16, 3)

    def _problems(self, seeds):
        """The seeds of the teachers and of the test inputs."""
        return seeds if self.fixed is None else [self.fixed] * len(seeds)

    def parameters(self, seeds):
        return self.model.draw(seeds)

    def _teacher(self, seeds):
        parameters = self.teacher.draw([seed + 1_000_000 for seed in self._problems(seeds)])
        parameters[-2] = parameters[-2] * 2  # confident enough that there is something to learn
        return parameters

    def batches(self, seeds, T):
        """Yield T minibatches (inputs (S, 8, 8), labels (S, 8))."""
        teacher, streams = self._teacher(seeds), _streams(seeds)
        for steps in blocks(T):
            x, labels = self._labelled(teacher, streams, len(steps) * self.batch_size)
            yield from zip(x.split(self.batch_size, 1), labels.split(self.batch_size, 1))

    @torch.no_grad()
    def _labelled(self, teacher, streams, n):
        """The next n inputs of each stream, and labels that the teacher draws for them."""
        x, u = _draw(streams, n, 8)
        shares = self.teacher(teacher, x).softmax(-1).cumsum(-1)
        return x, (u[..., None] > shares).sum(-1).clamp_max(2)

    def examples(self, seeds, n):
        """For each seed n examples of its own for validation, drawn as those of training: a batch."""
        streams = _streams([seed + 3_000_000 for seed in seeds])
        return self._labelled(self._teacher(seeds), streams, n)

    def loss(self, parameters, batch):
        """Cross-entropy of the minibatch, per run: shape (R,)."""
        return cross_entropy(self.model, parameters, batch)

    def measure(self, parameters, seeds):
        """The exact test loss, per run: shape (R,)."""
        return divergence(*self.tested(parameters, seeds))

    def tested(self, parameters, seeds):
        """On the test inputs: the teacher's probabilities and the logits, each (R, 512, 3)."""
        streams = _streams([seed + 2_000_000 for seed in self._problems(seeds)])
        x, _ = _draw(streams, self.test_size, 8)
        target = self.teacher(self._teacher(seeds), x).softmax(-1)
        runs = len(parameters[0])
        return per_run(target, runs), self.model(parameters, per_run(x, runs))


def _streams(seeds):
    """For each seed a stream of inputs and one of uniform numbers, each independent of the others."""
    return [[np.random.default_rng([seed, kind]) for kind in (1, 2)] for seed in seeds]


def _draw(streams, n, d):
    """The next inputs ~ N(0, I) of shape (S, n, d), and uniform numbers of shape (S, n)."""
    x = np.stack([inputs.standard_normal((n, d)) for inputs, _ in streams])
    u = np.stack([uniform.random(n) for _, uniform in streams])
    return torch.tensor(x, dtype=torch.float32), torch.tensor(u)
