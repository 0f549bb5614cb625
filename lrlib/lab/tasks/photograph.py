"""A network learns a photograph, a few grainy pixels at a time: the task of the capstone."""

from functools import cached_property

import numpy as np
import torch

from .network import MLP, blocks, per_run


class Photograph:
    r"""From a place in a picture to its colour: a small network learns scikit-learn's flower.

    The photograph is reduced to 32 x 48 pixels. A place enters as the sines and cosines of 16
    random waves, the same for all seeds; the network, 32-32-32-3, starts at one and a half times
    He's scale, where the loss is steep. An update sees 16 pixels, drawn at random, each with fresh
    grain as strong as the contrast of the whole picture: a noise floor that never vanishes. A seed
    draws the initial weights, the pixels and their grain. The measure is the mean squared error of
    all pixels without grain, in units of the contrast: 1 is one flat colour.
    """

    name, unit = "Photograph", "mean squared error of the colours (1: one flat colour)"
    shape = height, width = 32, 48
    batch_size, grain, waves = 16, 1.0, 16

    def __init__(self):
        self.model = MLP(2 * self.waves, 32, 32, 3, scale=1.5)

    @cached_property
    def picture(self):
        """The photograph itself: shape (32, 48, 3), from 0 to 1."""
        from PIL import Image
        from sklearn.datasets import load_sample_image

        small = Image.fromarray(load_sample_image("flower.jpg")).resize(
            self.shape[::-1], Image.Resampling.BOX
        )
        return np.asarray(small) / 255

    @cached_property
    def _colours(self):
        """The colours as the network sees them, (1536, 3), and what brings them back."""
        flat = self.picture.reshape(-1, 3)
        mean, spread = flat.mean(0), flat.std()
        return torch.tensor((flat - mean) / spread, dtype=torch.float32), mean, spread

    @cached_property
    def _places(self):
        """Every place as sines and cosines: shape (1536, 32)."""
        y, x = np.meshgrid(np.linspace(-1, 1, 32), np.linspace(-1.5, 1.5, 48), indexing="ij")
        waves = 1.5 * np.random.default_rng(7).standard_normal((2, self.waves))
        angles = np.stack([x.ravel(), y.ravel()], axis=-1) @ waves
        both = np.sqrt(2) * np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)
        return torch.tensor(both, dtype=torch.float32)

    def parameters(self, seeds):
        return self.model.draw(seeds)

    def _draw(self, streams, n):
        """Which pixels come next, shape (S, n), and their grainy colours, shape (S, n, 3)."""
        colours = self._colours[0]
        index = torch.tensor(np.stack([rng.integers(len(colours), size=n) for rng in streams]))
        grain = np.stack([rng.standard_normal((n, 3)) for rng in streams])
        return index, colours[index] + self.grain * torch.tensor(grain, dtype=torch.float32)

    def batches(self, seeds, T):
        """Yield T minibatches: places (S, 16, 32) and their grainy colours (S, 16, 3)."""
        streams = [np.random.default_rng([seed, 1]) for seed in seeds]
        for steps in blocks(T):
            index, seen = self._draw(streams, len(steps) * self.batch_size)
            places = self._places[index]
            yield from zip(places.split(self.batch_size, 1), seen.split(self.batch_size, 1))

    def loss(self, parameters, batch):
        """The mean squared error of the minibatch, per run: shape (R,)."""
        x, colours = (per_run(part, len(parameters[0])) for part in batch)
        return (self.model(parameters, x) - colours).square().mean((1, 2))

    def measure(self, parameters, seeds):
        """The mean squared error of all pixels, without grain, per run: shape (R,)."""
        return (self._paint(parameters) - self._colours[0]).square().mean((1, 2))

    def _paint(self, parameters):
        return self.model(parameters, self._places.expand(len(parameters[0]), -1, -1))

    @torch.no_grad()
    def paintings(self, parameters):
        """What each run would paint: shape (R, 32, 48, 3), from 0 to 1."""
        return self._in_colour(self._paint(parameters)).reshape(-1, *self.shape, 3)

    def exposure(self, seed):
        """The pixels of an update, grain and all, on white: shape (32, 48, 3), from 0 to 1."""
        index, seen = self._draw([np.random.default_rng([seed, 1])], self.batch_size)
        page = np.ones((self.height * self.width, 3))
        page[index[0]] = self._in_colour(seen[0])
        return page.reshape(*self.shape, 3)

    def _in_colour(self, values):
        _, mean, spread = self._colours
        return (values.double().nan_to_num(0, 0, 0).numpy() * spread + mean).clip(0, 1)
