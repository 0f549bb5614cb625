"""Lesson 02, step decay: its recall, its predictions, and three exercises.

How long a fall takes in two directions, a scheduler in PyTorch, a script to repair.
"""

import numpy as np

import lrlib as lr

from ..widgets import predict
from .exercise import Exercise, Mistake

# What was learned before


def _distances():
    t = np.arange(13)
    return {
        "A": 0.9**t,
        "B": (-0.9) ** t,
        "C": (-1.15) ** t / 1.15**12,
        "D": np.where(t == 0, 1.0, 0.0),
    }


recall = (
    predict(
        "A parabola of curvature λ, no noise. One update multiplies the distance to the minimum by …",
        {
            "(1 − ηλ)²": "That is what happens to the loss: it goes with the square of the distance.",
            "1 − ηλ": "The gradient is λ times the distance, and η of it is taken away.",
            "1/(ηλ)": "That is the time constant: after so many updates the distance is down to 37 %.",
        },
        "1 − ηλ",
        at_once=True,
    ),
    predict(
        "Noisy gradients, a fixed rate with a small ηλ, a long run. You halve the rate and wait. "
        "The noise floor is then …",
        {
            "a quarter as high": "The noise of one update has the variance η²σ². But the smaller rate "
            "also forgets old noise half as fast.",
            "about half as high": "ησ²/(2(2 − ηλ)) is nearly proportional to η.",
            "as high as before, reached later": "The new rate is slower, and it has a floor of its own.",
        },
        "about half as high",
        at_once=True,
    ),
    predict(
        "Why is the best fixed rate another one for a longer run?",
        {
            "the curvature grows during a run": "It can, but the bowl's curvature is fixed, and the "
            "best rate moves there, too.",
            "a longer run can afford to be slower": "So it takes the lower noise floor: the best rate "
            "falls with the length.",
            "a longer run sees more noise": "Every update sees the same noise. What adds up is the "
            "time in which a slow direction can travel.",
        },
        "a longer run can afford to be slower",
        at_once=True,
    ),
    predict(
        "Gradient descent, curvature 1, rate 1.9, no noise. Which picture is x, from update to update?",
        {
            "A": "This is rate 0.1: the same sizes, but x never changes its sign.",
            "B": "The factor is 1 − 1.9 = −0.9: from wall to wall, and smaller each time.",
            "C": "This grows: it needs a rate above 2.",
            "D": "There in one update: that is rate 1.",
        },
        "B",
        pictures=_distances(),
        at_once=True,
    ),
    predict(
        "A run of 100 updates. The last of them uses the rate …",
        {
            "η(99)": "Update number t, counted from 0, uses η(t); the last of 100 is number 99.",
            "η(100)": "That rate is left behind after the run, and no update uses it.",
            "η(T)": "T is 100 here: the rate that is left behind, and no update uses it.",
        },
        "η(99)",
        at_once=True,
    ),
)

# Predictions


def _magnified():
    """The expected loss of the lesson's bowl, 20 updates before a drop by ten and 20 after."""
    curvatures, eta = lr.dynamics.power_law(20, 1.0), 0.3
    at_floor = np.sqrt(eta * 0.2**2 / (curvatures * (2 - eta * curvatures)))
    rates = np.repeat([eta, eta / 10], 20)
    slope = lr.dynamics.noisy_quadratic(rates, curvatures, 0.2, at_floor)
    t, old, new = np.arange(41), slope[0], slope[0] / 10
    return {
        "A": np.where(t <= 20, old, new),
        "B": np.where(t <= 30, old, new + (old - new) * 0.7 ** np.maximum(t - 30, 0)),
        "C": slope,
        "D": np.where(t <= 20, old, new + (old - new) * 0.75 ** np.maximum(t - 20, 0)),
    }


cliff = predict(
    "Magnify the first cliff: 20 updates before the drop, 20 after it. Which is the expected loss?",
    {
        "A": "On the scale of 90 epochs it looks like this. But no single update is that strong.",
        "B": "Nothing waits: the very first update at the new rate lowers the loss.",
        "C": "A gentle slope: after 20 updates less than a fifth of the fall is done.",
        "D": "A fall, yes, but not this fast: the small rate has to do the work.",
    },
    "C",
    pictures=_magnified(),
)

depth = predict(
    "A run has reached its noise floor (ηλ = 0.1). Its rate is multiplied by 0.5, 0.3, 0.1 or 0.03. "
    "Which has the lowest loss after 1 update, after 30, after 1,000?",
    {
        "always × 0.03": "Its noise floor is the lowest. But with such a rate it needs a thousand "
        "updates to get there.",
        "× 0.5, then × 0.3, then × 0.03": "The gentle drop moves first; each deeper one overtakes "
        "later and ends lower.",
        "always × 0.5": "It is first off the mark, and the first to stop: its noise floor is half of "
        "the old one.",
        "× 0.03, then × 0.1, then × 0.5": "This is the order turned round: the deepest drop is the "
        "slowest to begin.",
    },
    "× 0.5, then × 0.3, then × 0.03",
)

due_later = predict(
    "FreshDigits, held at the rate 0.04, one drop by ten. In a run of 400 updates it is best after "
    "about 200. And in a run of 1,600?",
    {
        "after about 200 again": "So says the rule, and in one direction it is exact. But a network "
        "has many directions, and the flat ones are still travelling.",
        "after some 500 to 800": "The flat directions use the time: with four times the run the best "
        "moment is later, too.",
        "after about 1,500": "Then the small rate has hardly any updates left in which to work.",
    },
    "after some 500 to 800",
)

turned = predict(
    "The bowl says that two drops by ten lose to a constant rate; the network says that they win. "
    "One change to the bowl, alone, reverses its answer. Which?",
    {
        "a run four times as long": "It gives the small rates time, and the gap shrinks. The sign "
        "stays.",
        "momentum 0.9, as the network has it": "With momentum the same happens at a tenth of the "
        "rate. The sign stays.",
        "200 directions instead of 20": "More flat directions, the same answer.",
        "noise that is small where the bowl is flat": "What two deep drops freeze in is the noise of "
        "the flat directions. Where those are quiet, there is little to freeze.",
    },
    "noise that is small where the bowl is flat",
)

# Exercises


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
        "the noise $\\sigma = 0.2$. A run has stood at the noise floor of $\\eta = 0.5$ for a long time; "
        "now its rate is multiplied by $\\gamma = 0.1$. After how many updates are nine tenths of the "
        "fall of the *whole* loss behind it?"
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
            "that comes early: a tenth of the *whole* is left sooner.",
        ),
        "at the old rate": Mistake(
            72, "you used the factor of the old rate. After the drop the rate is gamma eta."
        ),
        "not squared": Mistake(
            1443, "the loss shrinks with the *square* of 1 - gamma eta lambda: you need half of that."
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
        "**Exercise 2** (objective 1). A run of 12 epochs with 50 batches each. The first rate, 0.4, "
        "stands in the optimizer; it is to be divided by four after every third epoch: "
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
            "that drops after every *fourth* epoch: three stages instead of four.",
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
        "**Exercise 3** (objective 3). Meant: 60 epochs of 250 batches, the first rate 0.2, multiplied "
        "by 0.3 at the epochs 30 and 45. In the script stands `MultiStepLR(optimizer, [30, 45], 0.3)`; "
        "where `step()` is called you cannot see. The recorded rates:\n\n"
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
            "that is right for one call after every update. There are only 120 calls in this run, and "
            "no drop would come.",
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
