"""64 runs at once against a plain PyTorch loop, runs/s (aim: 15 times; Copying: 4 times).

Each run has 100 updates and a seed of its own; the loop is timed on 8 of the runs. With batches of
64 images (Fragile, RandomLabels) it is arithmetic, not overhead, that takes the time of both.
"""

import torch
from torch import nn
from torch.nn import functional as F

import lrlib as lr
from tests.test_lab_copying import PlainTorch

from .timing import interleaved, ratio

T, RUNS, ALONE = 100, 64, 8
COLUMNS = ("task", "ours", "plain loop", "faster by")
TASKS = (
    lr.lab.Stream(),
    lr.lab.FreshDigits(),
    lr.lab.CleanDigits(),
    lr.lab.Fragile(),
    lr.lab.RandomLabels(),
    lr.lab.FineTuning(),
    lr.lab.Copying(),
)


def optimizer_of(task):
    """The task's optimizer here, and its model in `torch.optim`."""
    if isinstance(task, lr.lab.Copying):
        return lr.lab.Adam(), torch.optim.Adam
    return lr.lab.SGD(0.9), lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9)


def network(task, seed):
    """The network of a task of torch's own modules."""
    if isinstance(task, lr.lab.Copying):
        return PlainTorch(task, seed)
    layers = []
    for i, o in zip(task.model.sizes, task.model.sizes[1:]):
        layers += [nn.Linear(i, o), nn.Tanh() if task.model.activation is torch.tanh else nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def plain_loop(task, schedule, seeds):
    """The same runs one after the other, as a tutorial writes them."""
    loss = F.mse_loss if isinstance(task, lr.lab.RandomLabels) else F.cross_entropy
    _, optimizer_class = optimizer_of(task)
    for seed in seeds:
        model = network(task, seed)
        optimizer = optimizer_class(model.parameters(), lr=0.1)
        scheduler = lr.ScheduleLR(optimizer, lr=schedule)
        for x, y in task.batches([seed], T):
            optimizer.zero_grad()
            loss(model(x[0]).flatten(0, -2), y[0]).backward()
            optimizer.step()
            scheduler.step()


def rows():
    schedule = lr.Cosine(0.02, 0, T)
    for task in TASKS:
        settings = {"optimizer": optimizer_of(task)[0], "progress": False}
        task.parameters(range(RUNS))  # whatever a task prepares once is not timed
        seconds = interleaved(
            {
                "ours": lambda: lr.lab.train(task, [schedule.rates()], range(RUNS), **settings),
                "loop": lambda: plain_loop(task, schedule, range(ALONE)),
            },
            rounds=4,
        )
        one, alone = seconds["ours"] / RUNS, seconds["loop"] / ALONE
        yield task.name, f"{1 / one:.0f}", f"{1 / alone:.1f}", ratio(one, alone)
