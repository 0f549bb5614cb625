"""Eleven training scripts, each as somebody ran it, and what was meant.

Every script trains a small network on scikit-learn's digits, `epochs` times 40 updates, and returns
the record of the rates that its updates used. They are read and run as they stand, so each says
everything that it needs; `small_network` and `rise_and_fall` are all that they share.
"""

import warnings
from functools import lru_cache

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.optim import SGD
from torch.optim.lr_scheduler import CosineAnnealingLR, CyclicLR, LambdaLR, LinearLR  # noqa: F401

import lrlib as lr
from lrlib import lab  # noqa: F401  (one thread: these networks are small)

PEAK, BATCHES = 0.04, 40  # the rate that every script has in mind; updates in an epoch


@lru_cache
def _digits():
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return torch.tensor(x / 8 - 1, dtype=torch.float32), torch.tensor(y)


def small_network(batches=BATCHES, size=16, slanted=False):
    """A network 64-32-10 and a loader of so many minibatches of digits, the same ones every time."""
    x, y = _digits()
    if slanted:
        upper, lower = x.view(-1, 8, 8).split(4, dim=1)
        x = torch.cat([upper.roll(1, dims=2), lower], dim=1).flatten(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    index = np.random.default_rng(0).integers(len(x), size=(batches, size))
    return model, [(x[i], y[i]) for i in index]


def rise_and_fall(T):
    """From a step to the factor of the rate: up from 0 to 1 in T/10 steps, down to 0 at step T."""
    W = T // 10
    return lambda t: max(0.0, min(t / W, (T - t) / (T - W)))


def run_of(script, *args):
    """What a script returns; PyTorch's warnings, which a log does not hold, are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return script(*args)


def micro_batches(epochs=10):
    model, loader = small_network(batches=160, size=4)  # 4 of them make one update
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    T = epochs * len(loader)
    scheduler = LambdaLR(optimizer, rise_and_fall(T))
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for i, (x, y) in enumerate(loader, 1):
                (cross_entropy(model(x), y) / 4).backward()
                if i % 4 == 0:
                    optimizer.step()
                    scheduler.step()
                    optimizer.zero_grad()
    return used


def factory(epochs=10):
    model, loader = small_network()

    def new_optimizer():
        return SGD(model.parameters(), lr=0.04, momentum=0.9)

    optimizer = new_optimizer()
    scheduler = CosineAnnealingLR(new_optimizer(), T_max=epochs * len(loader))
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                cross_entropy(model(x), y).backward()
                optimizer.step()
                scheduler.step()
    return used


def accumulated(epochs=10):
    model, loader = small_network(batches=160, size=4)  # 4 of them make one update
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    scheduler = LambdaLR(optimizer, rise_and_fall(T=epochs * len(loader) // 4))
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for i, (x, y) in enumerate(loader, 1):
                (cross_entropy(model(x), y) / 4).backward()
                if i % 4 == 0:
                    optimizer.step()
                    optimizer.zero_grad()
                scheduler.step()
    return used


def once_an_epoch(epochs=10):
    model, loader = small_network()
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    scheduler = CyclicLR(optimizer, 0.008, 0.04, step_size_up=22, cycle_momentum=False)
    log = []  # what the reader of the log has seen
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            log.append(optimizer.param_groups[0]["lr"])
            for x, y in loader:
                optimizer.zero_grad()
                cross_entropy(model(x), y).backward()
                optimizer.step()
                scheduler.step()
    return used


def one_loop_for_both(epochs=10):
    model, training = small_network()
    _, validation = small_network(batches=10)
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(training))
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for loader in (training, validation):
                for x, y in loader:
                    loss = cross_entropy(model(x), y)
                    if loader is training:
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    scheduler.step()
    return used


def resumed(epochs=10):
    model, loader = small_network()
    T, saved, rates = epochs * len(loader), None, []
    for part in ("Monday", "Tuesday"):  # the machine was needed for somebody else over night
        optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
        scheduler = LambdaLR(optimizer, rise_and_fall(T))
        if saved:
            model.load_state_dict(saved["model"])
            optimizer.load_state_dict(saved["optimizer"])
        with lr.record_rates(optimizer) as used:
            for epoch in range(epochs // 2):
                for x, y in loader:
                    optimizer.zero_grad()
                    cross_entropy(model(x), y).backward()
                    optimizer.step()
                    scheduler.step()
        saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(),
                 "scheduler": scheduler.state_dict()}  # fmt: skip
        rates.append(used.array)
    return np.concatenate(rates)


def two_schedulers(epochs=10):
    model, loader = small_network()
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    T, W = epochs * len(loader), epochs * len(loader) // 10
    cosine = CosineAnnealingLR(optimizer, T_max=T)
    warmup = LambdaLR(optimizer, lambda t: min(1, t / W))
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                cross_entropy(model(x), y).backward()
                optimizer.step()
                warmup.step()
                cosine.step()
    return used


def a_rate_for_a_factor(epochs=10):
    model, loader = small_network()
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    factor = rise_and_fall(T=epochs * len(loader))
    scheduler = LambdaLR(optimizer, lambda t: 0.04 * factor(t))
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                cross_entropy(model(x), y).backward()
                optimizer.step()
                scheduler.step()
    return used


def down_to_ten_per_cent(epochs=10):
    model, loader = small_network()
    optimizer = SGD(model.parameters(), lr=0.04, momentum=0.9)
    T = epochs * len(loader)
    scheduler = CosineAnnealingLR(optimizer, T, eta_min=0.1)
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                cross_entropy(model(x), y).backward()
                optimizer.step()
                scheduler.step()
    return used


def two_shards(epochs=10, peak=0.04):
    model, first = small_network()
    _, second = small_network(slanted=True)  # from another scanner
    optimizer = SGD(model.parameters(), lr=peak, momentum=0.9)
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(first))
    losses = []
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for x, y in first if epoch < epochs // 2 else second:
                optimizer.zero_grad()
                loss = cross_entropy(model(x), y)
                loss.backward()
                losses.append(loss.item())
                optimizer.step()
                scheduler.step()
    return used, losses


def two_groups(epochs=10):
    model, loader = small_network()
    parts = {"body": (model[0], 0.1), "head": (model[2], 1.0)}  # the body is pretrained
    optimizer = SGD([{"params": part.parameters()} for part, _ in parts.values()], 0.04, momentum=0.9)
    fall = rise_and_fall(T=epochs * len(loader))
    scheduler = LambdaLR(optimizer, [lambda t: factor * fall(t) for _, factor in parts.values()])
    with lr.record_rates(optimizer) as used:
        for epoch in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                cross_entropy(model(x), y).backward()
                optimizer.step()
                scheduler.step()
    return used
