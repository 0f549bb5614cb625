"""64 runs of one task, s (aim: the batched trainer 15 times faster than a plain PyTorch loop)"""

import torch

import lrlib as lr

from .timing import interleaved, ratio

T, RUNS = 300, 64
COLUMNS = ("task", "runs at once", "plain loop of single runs", "faster by", "µs per run and step")


def plain_loop(task, rates, seeds):
    """The same runs one after the other, as a tutorial writes them."""
    for seed in seeds:
        weights = task.parameters([seed])
        layers = []
        for weight in weights[::2]:
            layers += [torch.nn.Linear(*weight.shape[1:]), torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers[:-1])
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        scheduler = lr.ScheduleLR(optimizer, lr=rates)
        for x, y in task.batches([seed], T):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[0]), y[0]).backward()
            optimizer.step()
            scheduler.step()


def rows():
    schedule = lr.Cosine(0.02, 0, T)
    for task in (lr.lab.Stream(), lr.lab.FreshDigits(), lr.lab.CleanDigits()):
        seconds = interleaved(
            {
                "ours": lambda: lr.lab.train(task, [schedule.rates()], range(RUNS)),
                "loop": lambda: plain_loop(task, schedule, range(RUNS)),
            },
            rounds=2,
        )
        ours, loop = seconds["ours"], seconds["loop"]
        per_step = f"{1e6 * ours / RUNS / T:.1f}"
        yield task.name, f"{ours:.2f}", f"{loop:.1f}", ratio(ours, loop), per_step
