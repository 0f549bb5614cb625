"""One run: a schedule at a peak with a seed, trained and measured on the way."""

import copy
import time
from dataclasses import dataclass

import numpy as np
import torch

from ...dynamics.averages import EMA, entering
from ...schedules import (
    Linear, linear_to_zero, sgdr, warmup_constant, warmup_cosine, wsd,
)  # fmt: skip
from ..trainer import CAP
from .text import standard_library
from .transformer import Transformer

# All begin with the same warmup of W updates, and know T; `D` is the length of WSD's cooldown.
SCHEDULES = {
    "constant": lambda peak, W, D, T: warmup_constant(peak, W, T),
    "cosine": lambda peak, W, D, T: warmup_cosine(peak, W, T),
    "linear": lambda peak, W, D, T: linear_to_zero(peak, T, W),
    "WSD": lambda peak, W, D, T: wsd(peak, W, D, T, decay_type="1-sqrt"),
    # three cycles, each twice as long as the one before: the last ends at T
    "SGDR": lambda peak, W, D, T: (
        Linear(0, peak, W) >> sgdr(peak, 0, (T - W) / 7, T_mult=2, cycles=3)
    ),
}
AVERAGES = {"ema": EMA(0.98), "quarter": 0.25}  # measured beside the last weights, in every run


@dataclass(frozen=True)
class Setup:
    """What all runs share. The defaults are those of the recorded run."""

    width: int = 128
    layers: int = 3
    heads: int = 4
    context: int = 128
    batch: int = 16
    T: int = 600
    warmup: int = 40
    cooldown: int = 120
    betas: tuple = (0.9, 0.95)
    weight_decay: float = 0.1
    max_norm: float = 1.0
    moments: int = 24
    windows: int = 20
    windows_at_the_end: int = 192

    @property
    def measure_at(self):
        """After how many updates the test loss is measured, from 0 to T."""
        return sorted({round(self.T * i / self.moments) for i in range(self.moments + 1)})

    def schedule(self, name, peak):
        return SCHEDULES[name](peak, self.warmup, self.cooldown, self.T)

    def model(self, seed):
        return Transformer(self.width, self.layers, self.heads, self.context, seed)

    def starts(self, text, seed):
        """Where the training windows begin: shape (T, batch)."""
        draws = torch.Generator().manual_seed(seed)
        last = len(text.train) - self.context
        return torch.randint(last, (self.T, self.batch), generator=draws)


def run(setup, name, peak, seed, digest):
    """Train one schedule at one peak with one seed; a dict of numbers and lists.

    A seed draws the initial weights and the training windows: the same ones for every schedule.
    `test`: the loss on the small test sample, in nats a byte, after each of `setup.measure_at`
    updates; `ema` and `quarter`: the same for the averages of the weights (until an average has
    begun, it is the weights themselves). `train`: the mean training loss of the updates since the
    moment before. `end`: the loss of each on the large test sample after the last update.
    `clipped`: how many updates were clipped; `seconds`: of the processor.
    Raises `RuntimeError` if this machine's text is not that of `digest`.
    """
    begin = time.thread_time()
    torch.set_num_threads(1)
    text = standard_library()
    if text.digest != digest:
        raise RuntimeError(
            f"this worker's standard library has the digest {text.digest}, not {digest}: "
            "all workers need the same Python"
        )
    small = text.spaced(setup.windows, setup.context + 1)
    large = text.spaced(setup.windows_at_the_end, setup.context + 1)
    model, starts = setup.model(seed), setup.starts(text, seed)
    rates = setup.schedule(name, peak).rates(setup.T)
    optimizer = torch.optim.AdamW(
        model.groups(setup.weight_decay), lr=0.0, betas=setup.betas, fused=True
    )
    averages = {average: copy.deepcopy(model) for average in AVERAGES}
    entry = {average: entering(how, setup.T) for average, how in AVERAGES.items()}
    seen = {"test": model, **averages}
    measured = {"train": [], **{what: [] for what in seen}}
    losses, clipped = [], 0
    for t in range(setup.T + 1):
        if t in setup.measure_at:
            if losses:
                measured["train"].append(_number(np.mean(losses)))
                losses = []
            for what, network in seen.items():
                begun = what == "test" or entry[what][:t].min(initial=1) < 1
                loss = _measured(network, small) if begun else measured["test"][-1]
                measured[what].append(loss)
        if t == setup.T:
            break
        for group in optimizer.param_groups:
            group["lr"] = float(rates[t])
        loss = model.loss(text.windows(starts[t], setup.context + 1))
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), setup.max_norm)
        clipped += bool(norm > setup.max_norm)
        optimizer.step()
        losses.append(loss.item())
        with torch.no_grad():
            for average, network in averages.items():
                for mean, p in zip(network.parameters(), model.parameters()):
                    mean.lerp_(p, float(entry[average][t]))
    return {
        "schedule": name, "peak": peak, "seed": seed, **measured,
        "end": {what: _measured(network, large) for what, network in seen.items()},
        "clipped": clipped, "seconds": round(time.thread_time() - begin, 1),
    }  # fmt: skip


@torch.no_grad()
def _measured(network, windows, at_once=16):
    losses = [network.loss(part).double() * len(part) for part in windows.split(at_once)]
    return _number(float(sum(losses)) / len(windows))


def _number(loss):
    """A loss with five decimals; CAP for one that is above it or NaN."""
    return round(float(loss), 5) if loss < CAP else CAP
