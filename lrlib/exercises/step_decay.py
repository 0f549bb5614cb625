"""Lesson 02, step decay: how long a cliff takes, drops in PyTorch, drops at the wrong time."""

import lrlib as lr

from .exercise import Exercise, Mistake, NotYet
from .predictions.step_decay import cliff, depth, due_later, recall, turned


def _both():
    def to_fall(t, eta=0.5, gamma=0.1, sigma=0.2):
        total = 0
        for lam in (1, 0.02):
            old, new = (rate * sigma**2 / (2 * (2 - rate * lam)) for rate in (eta, gamma * eta))
            total += (old - new) * (1 - gamma * eta * lam) ** (2 * t)
        return total

    t = 0
    while to_fall(t) > to_fall(0) / 10:
        t += 1
    return t


both = Exercise(
    ask=(
        "**Exercise 1** (objective 2). *Two* directions, $\\lambda = 1$ and $\\lambda = 0.02$, both with "
        "the noise $\\sigma = 0.2$. A run stands at the noise floor of $\\eta = 0.5$; "
        "its rate is multiplied by $\\gamma = 0.1$. After how many updates is nine tenths of the "
        "fall of the *whole* loss done?"
    ),
    right=_both,
    hints=(
        "What is still to fall is a sum of two terms. Each begins at F(η) − F(γη) of its own "
        "direction, and shrinks by a factor of its own.",
        "After 30 updates the steep direction has nearly finished. So ask when the flat one alone "
        "has a tenth of the *whole* fall left.",
    ),
    praise=(
        "The steep direction alone would have needed 23 updates. Almost all the time goes into the "
        "flat one: its noise is frozen in, and thaws slowly."
    ),
    mistakes={
        "the steep direction": Mistake(
            23, "that is the steep direction alone. The other has only just begun to fall."
        ),
        "the flat direction": Mistake(
            1151,
            "that is the flat direction alone. But more than half of the fall is the steep one's, and "
            "that comes early: a tenth of the whole is left sooner.",
        ),
        "at the old rate": Mistake(
            72, "you used the factor of the old rate. After the drop the rate is gamma eta."
        ),
        "not squared": Mistake(
            1443, "the loss shrinks with the square of 1 - gamma eta lambda: you need half of that."
        ),
        "equal floors": Mistake(
            804,
            "nearly: you took both noise floors as equal. The steep direction has the higher one, "
            "because of 2 - eta lambda in the denominator.",
        ),
    },
    tolerance=2e-3,
)


def _recorded(make, every, T, rate):
    """The rate that update t of T really uses, if `step()` is called after each `every` updates."""
    known = []

    def used_at(t):
        import torch

        if not known:
            dummy = torch.optim.SGD([torch.zeros(1)], lr=rate)
            if (scheduler := make(dummy)) in (None, ...):
                return scheduler
            if isinstance(scheduler, lr.Schedule):
                raise NotYet("that is a schedule; the task wants PyTorch's scheduler.")
            known.extend(lr.trace(make, T // every, lr=rate))
        return known[t // every]

    return used_at


def used(scheduler):
    """Exercise 2: the rate that each update uses, `step()` called after every update."""
    return _recorded(scheduler, 1, 600, 0.4)


def in_that_script(scheduler):
    """Exercise 3: the rate that each update uses, `step()` called where that script calls it."""
    return _recorded(scheduler, 125, 15_000, 0.2)


def _pytorch(name, *settings):
    """A function from an optimizer to a scheduler of PyTorch."""

    def make(optimizer):
        from torch.optim import lr_scheduler

        return getattr(lr_scheduler, name)(optimizer, *settings)

    return make


def _in_pytorch(t):
    from torch.optim.lr_scheduler import StepLR

    def scheduler(optimizer):
        return StepLR(optimizer, step_size=150, gamma=0.25)

    return lr.exercises.step_decay.used(scheduler)(t)


in_pytorch = Exercise(
    ask=(
        "**Exercise 2** (objective 1). A run of 12 epochs of 50 batches. The first rate, 0.4, "
        "is set in the optimizer, and divided by four after every third epoch: "
        "$\\eta(t) = 0.4\\,\\gamma^{\\lfloor t/s \\rfloor}$, with which $\\gamma$ and $s$? The loop calls "
        "`scheduler.step()` after every *batch*. Write the scheduler, in PyTorch."
    ),
    right=_in_pytorch,
    steps=(0, 2, 3, 6, 49, 50, 149, 150, 151, 299, 300, 301, 449, 450, 599),
    hints=(
        "How many calls of `step()` go by in three epochs?",
        "`StepLR(optimizer, step_size, gamma)` multiplies the rate by gamma after every step_size "
        "calls. Divided by four: gamma = 1/4.",
    ),
    praise="With `step()` once an epoch it would be `StepLR(optimizer, 3, 0.25)`: count the calls.",
    mistakes={
        "in epochs": Mistake(
            used(_pytorch("StepLR", 3, 0.25)),
            "that counts epochs, and `step()` counts batches: your rate is 0.1 from update number 3.",
        ),
        "three drops in epochs": Mistake(
            used(_pytorch("MultiStepLR", [3, 6, 9], 0.25)),
            "your milestones are epochs, and `step()` counts batches: after nine updates all three "
            "drops are gone.",
        ),
        "every epoch": Mistake(
            used(_pytorch("StepLR", 50, 0.25)), "you drop after every epoch, not after every third."
        ),
        "multiplied": Mistake(
            used(_pytorch("StepLR", 150, 4.0)), "gamma multiplies: with 4 your rate rises."
        ),
        "one drop": Mistake(
            used(_pytorch("MultiStepLR", [150], 0.25)), "only the first drop comes; there are three."
        ),
        "thirds": Mistake(
            used(_pytorch("StepLR", 200, 0.25)),
            "that drops after every fourth epoch: three stages instead of four.",
        ),
    },
)


def _repaired(t):
    from torch.optim.lr_scheduler import MultiStepLR

    def scheduler(optimizer):
        return MultiStepLR(optimizer, milestones=[60, 90], gamma=0.3)

    return lr.exercises.step_decay.in_that_script(scheduler)(t)


repaired = Exercise(
    ask=(
        "**Exercise 3** (objective 3). The plan: 60 epochs of 250 batches, the rate 0.2, times 0.3 "
        "at the epochs 30 and 45. The script has `MultiStepLR(optimizer, [30, 45], 0.3)`; you "
        "cannot see where `step()` is called. The recorded rates:\n\n"
        "| updates | 0 – 3,749 | 3,750 – 5,624 | 5,625 – 14,999 |\n|---|---|---|---|\n"
        "| rate used | 0.2 | 0.06 | 0.018 |\n\n"
        "Repair the scheduler; leave the calls where they are."
    ),
    right=_repaired,
    steps=(
        *(0, 3749, 3750, 5624, 5625, 7374, 7375, 7499, 7500, 7624, 7625),
        *(11_124, 11_125, 11_249, 11_250, 11_374, 11_375, 14_999),
    ),
    hints=(
        "The 30th call of `step()` came after 3,750 updates. How many updates lie between two calls?",
        "125 updates, half an epoch: `step()` is called twice an epoch. Which call is epoch 30?",
    ),
    praise=(
        "`step()` is called twice an epoch, perhaps once after training and once after validation. "
        "As it was, more than 60 % of the run went by at the last rate."
    ),
    mistakes={
        "as recorded": Mistake(
            in_that_script(_pytorch("MultiStepLR", [30, 45], 0.3)),
            "these are the milestones that stood there: the rates would be the recorded ones.",
        ),
        "in updates": Mistake(
            in_that_script(_pytorch("MultiStepLR", [7500, 11_250], 0.3)),
            "no drop would come: this run has only 120 calls. (7,500 and 11,250 would be right for one "
            "call after every update.)",
        ),
        "halved": Mistake(
            in_that_script(_pytorch("MultiStepLR", [15, 22], 0.3)),
            "the wrong way round: the drops came too early, so the milestones must grow.",
        ),
        "one drop": Mistake(
            in_that_script(_pytorch("MultiStepLR", [60], 0.3)), "the second drop is missing."
        ),
        "one call late": Mistake(
            in_that_script(_pytorch("MultiStepLR", [61, 91], 0.3)),
            "one call late: after 60 calls, 30 epochs are over.",
        ),
        "by another factor": Mistake(
            in_that_script(_pytorch("MultiStepLR", [60, 90], 0.1)),
            "the milestones are right; the factor is 0.3.",
        ),
    },
)
