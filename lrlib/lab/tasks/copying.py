"""A small transformer that learns to copy: the network for which warmups became a habit."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from ... import checks
from .network import cross_entropy, divergence, per_run


class Transformer:
    r"""A transformer encoder with one head of attention, many at once.

    Each layer is $x \leftarrow N(x + f(x))$ with `norm="post"`, or $x \leftarrow x + f(N(x))$ with
    `norm="pre"` (and one more N after the last layer), first with f = attention, then with
    f = a ReLU network with one layer of `hidden` units. N normalises each vector to mean 0 and
    variance 1, without a gain and a shift of its own. Equal to `torch.nn.TransformerEncoder` with
    those left at 1 and 0, and without dropout.
    """

    def __init__(self, norm, symbols, places, width=16, hidden=32, layers=2):
        self.norm = checks.choice("norm", norm, ("post", "pre"))
        self.symbols, self.places = symbols, places
        self.width, self.hidden, self.layers = width, hidden, layers

    def draw(self, seeds):
        """Embeddings ~ N(0, 1) of symbols and places, then per map W ~ N(0, 1 / i), zero b.

        Per seed, as a list of tensors: (S, symbols, width), (S, places, width), and for every map
        W (S, i, o), b (S, 1, o): in each layer those to queries, keys and values (side by side),
        out of the attention, to the hidden units and back; at the end the one to the logits.
        """
        streams = [np.random.default_rng([seed, 0]) for seed in seeds]

        def normal(i, o, spread=1.0):
            numbers = np.stack([rng.standard_normal((i, o)) for rng in streams])
            return torch.tensor(spread * numbers, dtype=torch.float32)

        d, h = self.width, self.hidden
        parameters = [normal(self.symbols, d), normal(self.places, d)]
        layer = [(d, 3 * d), (d, d), (d, h), (h, d)]
        for i, o in layer * self.layers + [(d, self.symbols)]:
            parameters += [normal(i, o, i**-0.5), torch.zeros(len(seeds), 1, o)]
        return parameters

    def __call__(self, parameters, x):
        """Logits of shape (R, n, places, symbols) for one-hot symbols of the same shape.

        A place whose row is all zero is blank: it shows its position only.
        """
        shape, (symbol, place, *maps, weight, bias) = x.shape, parameters
        x = torch.bmm(x.flatten(1, 2), symbol) + place.repeat(1, shape[1], 1)
        for first in range(0, len(maps), 8):
            attention, network = maps[first : first + 4], maps[first + 4 : first + 8]
            x = self._add(x, self._attend, attention)
            x = self._add(x, self._feed, network)
        if self.norm == "pre":
            x = _normalise(x)
        return torch.baddbmm(bias, x, weight).view(shape)

    def _add(self, x, branch, parameters):
        if self.norm == "post":
            return _normalise(x + branch(x, *parameters))
        return x + branch(_normalise(x), *parameters)

    def _attend(self, x, to_qkv, qkv_bias, out, out_bias):
        qkv = torch.baddbmm(qkv_bias, x, to_qkv).view(-1, self.places, 3 * self.width)
        queries, keys, values = qkv.chunk(3, -1)
        scores = torch.bmm(queries, keys.transpose(1, 2)) / math.sqrt(self.width)
        mixed = torch.bmm(scores.softmax(-1), values).view_as(x)
        return torch.baddbmm(out_bias, mixed, out)

    def _feed(self, x, up, up_bias, down, down_bias):
        return torch.baddbmm(down_bias, torch.relu(torch.baddbmm(up_bias, x, up)), down)


def _normalise(x):
    return F.layer_norm(x, x.shape[-1:])


class Copying:
    """A transformer learns to copy four symbols: it reads abcd____ and writes abcd on the blanks.

    8 symbols, drawn anew for every batch of 16 sequences; two layers of width 16 with the norm
    after ("post", as in the first transformers) or before ("pre") each of their parts. Meant for
    `Adam()`: at T = 200 a linear decay from a peak of .045 loses about half of the post-norm runs, and
    with a warmup of 50 steps in front nearly none. The measure is the test cross-entropy of a copied
    symbol; a guess costs log 8 = 2.08.

    `norm`: "post" or "pre". Raises `ValueError` naming it.
    `not_learned`: half of log 8, the loss above which a run counts as one that has not learned:
    `result.divergence(name, above=Copying.not_learned)`.
    Source: Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, sections 3 and 4
    (there on translation).

    >>> inputs, labels = next(Copying().batches([0, 1, 2], T=1))
    >>> inputs.shape, labels.shape
    (torch.Size([3, 16, 8, 8]), torch.Size([3, 64]))
    """

    unit = "test cross-entropy, nats per copied symbol"
    symbols, length, batch_size, test_size = 8, 4, 16, 64
    not_learned = math.log(symbols) / 2

    def __init__(self, norm="post"):
        self.transformer = Transformer(norm, self.symbols, 2 * self.length)
        self.name = f"Copying ({norm}-norm)"

    def parameters(self, seeds):
        return self.transformer.draw(seeds)

    def batches(self, seeds, T):
        """Yield T minibatches: one-hot inputs (S, 16, 8, 8), the symbols to write (S, 64)."""
        streams = [np.random.default_rng([seed, 1]) for seed in seeds]
        for _ in range(T):
            yield self._draw(streams, self.batch_size)

    def _draw(self, streams, n):
        labels = [rng.integers(self.symbols, size=(n, self.length)) for rng in streams]
        labels = torch.tensor(np.stack(labels))
        symbols = F.one_hot(labels, self.symbols).float()
        return F.pad(symbols, (0, 0, 0, self.length)), labels.flatten(1)  # blanks behind

    def model(self, parameters, x):
        """The logits on the blanks: shape (R, 4 n, 8) for inputs of shape (R, n, 8, 8)."""
        return self.transformer(parameters, x)[:, :, self.length :].flatten(1, 2)

    def loss(self, parameters, batch):
        """Cross-entropy of the minibatch, per run: shape (R,)."""
        return cross_entropy(self.model, parameters, batch)

    def measure(self, parameters, seeds):
        """The cross-entropy on 64 other sequences of each seed, per run: shape (R,)."""
        return divergence(*self.tested(parameters, seeds))

    def tested(self, parameters, seeds):
        """Of 64 other sequences: the symbols, one-hot, and the logits, each (R, 256, 8)."""
        streams = [np.random.default_rng([seed, 2]) for seed in seeds]
        x, labels = self._draw(streams, self.test_size)
        runs = len(parameters[0])
        target = per_run(F.one_hot(labels, self.symbols).float(), runs)
        return target, self.model(parameters, per_run(x, runs))
