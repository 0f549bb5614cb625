"""Fine-tuning: a network that reads upright digits has to read slanted ones, from a few examples."""

from functools import cached_property

import numpy as np
import torch

from ... import checks
from ...schedules import Cosine
from ..measures import snapshots
from ..trainer import measure_capped
from .digits import CleanDigits
from .network import blocks


class FineTuning(CleanDigits):
    """A network trained on the upright digits goes on with slanted ones: 64-32-10, batches of 16.

    Slanted: the upper half of each image is moved to the right by one pixel (what leaves on the
    right comes in on the left; it is nearly always blank). Only `size` slanted digits may be
    learned from, for each seed its own ones out of the 1437 that pretraining saw upright. What a
    schedule does shows in two losses, both on the 360 digits that no training saw: the measure, on
    the slanted ones, and `old_loss`, on the upright ones, which tells how much was forgotten. With
    `Adam()` and a linear decay at T = 200, a peak of .004 is about the best; at .032 the old loss is
    over ten times what it was before, and with a warmup of 40 steps in front about a third less.

    `pretrained`: True, or False to start from the very weights that pretraining started from.
    `size`: how many slanted digits there are to learn from, from 1 to 1437. Pretraining, 200 updates
    with `SGD(0.9)` and a cosine from .05 to 0, is done once for each seed and kept in the task.
    `not_learned`: half of log 10, the loss above which a run counts as lost; before the first update
    that of a pretrained network is a little lower.
    Raises `ValueError` or `TypeError` naming the parameter.

    >>> task, seeds = FineTuning(), [0, 1, 2]
    >>> task.old_loss(task.parameters(seeds), seeds).shape
    (1, 3)
    """

    unit = "test cross-entropy on slanted digits, nats"
    not_learned = np.log(10) / 2
    pretraining = Cosine(0.05, 0, 200)

    def __init__(self, pretrained=True, size=50):
        self.pretrained = checks.flag("pretrained", pretrained)
        self.size = self._part(size)
        self.name = f"FineTuning ({'pretrained' if pretrained else 'fresh'})"
        self.old = CleanDigits()
        self.model = self.old.model
        self._known = {}  # from a seed to its pretrained parameters, without the run dimension

    @cached_property
    def _digits(self):
        x, y = self.old._digits
        upper, lower = x.view(-1, 8, 8).split(4, dim=1)
        return torch.cat([upper.roll(1, dims=2), lower], dim=1).flatten(1), y

    def parameters(self, seeds):
        return self._pretrain(seeds) if self.pretrained else self.old.parameters(seeds)

    @torch.enable_grad()
    def _pretrain(self, seeds):
        missing = [seed for seed in seeds if seed not in self._known]
        if missing:
            rates = self.pretraining.rates()
            (end,) = snapshots(self.old, [rates], missing, [len(rates)], progress=False)
            self._known |= {seed: [p[s] for p in end] for s, seed in enumerate(missing)}
        return [torch.stack(same) for same in zip(*(self._known[seed] for seed in seeds))]

    def batches(self, seeds, T):
        """Yield T minibatches (inputs (S, 16, 64), labels (S, 16)) of the few slanted digits."""
        x, y = self._digits
        streams = [np.random.default_rng([seed, 2]) for seed in seeds]
        few = np.stack([rng.permutation(self.train_size)[: self.size] for rng in streams])
        for steps in blocks(T):
            n = len(steps) * self.batch_size
            draws = np.stack([rng.integers(self.size, size=n) for rng in streams])
            index = torch.tensor(np.take_along_axis(few, draws, axis=1))
            for now in index.split(self.batch_size, 1):
                yield x.index_select(0, now.flatten()).view(*now.shape, -1), y[now]

    def old_loss(self, parameters, seeds):
        """The test loss on the upright digits, capped: a float64 array of shape (K, S), as `train`'s.

        `parameters`: tensors (K * S, ...), as `snapshots` returns them. `seeds`: those of the runs.
        """
        return measure_capped(self.old, parameters, seeds)
