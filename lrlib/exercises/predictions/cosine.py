"""Lesson 06, the line and the cosine: what is asked before it is shown, and what is recalled."""

import numpy as np

import lrlib as lr

from ...widgets import predict
from . import log_loss


recall = (
    predict(
        "Lesson 05: the network Fragile diverges at a large peak if it starts there at once. What is "
        "different at the start?",
        {
            "the gradient noise is at its largest": "It is large, but noise alone does not throw a "
            "run out: a rate above 2/λ does.",
            "the curvature is high, and falls in the first updates": "So 2/λ is small at first, and "
            "a rate that is safe later is too large now.",
            "the weights are far from the minimum": "On a bowl distance does not matter: the factor "
            "1 − ηλ is the same everywhere.",
        },
        right="the curvature is high, and falls in the first updates",
        at_once=True,
    ),
    predict(
        "Lesson 05: besides a warmup, what lets Fragile survive a large peak?",
        {
            "averaging the weights": "That lowers a noise floor; a run that has diverged has no mean "
            "worth having.",
            "annealing to zero at the end": "By then the run is lost: the damage is done in the first "
            "updates.",
            "clipping the gradient": "Measured there: with clipping and no warmup it ends lower still.",
        },
        right="clipping the gradient",
        at_once=True,
    ),
    predict(
        "Lesson 05: why can SGD with momentum 0.9 do without a short warmup?",
        {
            "momentum lowers the curvature": "It changes the limit, to 2(1 + β)/λ; λ is a matter of "
            "the network.",
            "its velocity starts at zero and needs about ten updates to grow": "1/(1 − β) = 10: "
            "momentum is a warmup that nobody asked for.",
            "momentum averages the noise away": "It does not: the floor is that of ten times the rate.",
        },
        right="its velocity starts at zero and needs about ten updates to grow",
        at_once=True,
    ),
    predict(
        "Lesson 02: a run drops its rate by ten, halfway. Which of these losses belongs to it (logarithmic axis)?",
        {
            "A": "A falling rate bends like this: no cliff, and lower all the time.",
            "B": "On its floor, then a kink, and down again towards the lower floor of the new rate.",
            "C": "A fixed rate: once on its floor it stays there.",
            "D": "The rate has become so small that the start error is left: it froze.",
        },
        right="B",
        pictures={
            "A": log_loss(lr.Linear(0.5, 0, 120), 120, 0.25),
            "B": log_loss(lr.MultiStep(0.5, (60,), 0.1, 120), 120, 0.25),
            "C": log_loss(lr.Constant(0.5), 120, 0.25),
            "D": log_loss(lr.Exponential(0.5, 0.9, 120), 120, 0.25),
        },
        at_once=True,
    ),
    predict(
        "Lesson 01: the floor of a fixed rate is too high. What lowers the loss without touching the "
        "rate?",
        {
            "take the mean of the last weights": "The points scatter around the minimum, so their "
            "mean lies nearer to it.",
            "train for longer": "On its floor a fixed rate gains nothing more.",
            "start nearer to the minimum": "The start is forgotten; the noise is not.",
        },
        right="take the mean of the last weights",
        at_once=True,
    ),
)


_T = 400


four_ways = predict(
    "Four ways to spend 400 updates on Stream, each at its own best peak. Order them by their final "
    "loss, the lowest first.",
    {
        "constant": "It cannot be fast and quiet at once: it has to be small enough for its floor "
        "from the first update on.",
        "two drops by ten": "It is quiet at the end, but it drops too deep too early: what is left "
        "of the run hardly moves.",
        "straight line": "It looks careless beside the cosine, and it ends a little lower.",
        "half a cosine": "Its flat end looks like a soft landing. Its last updates hardly move.",
    },
    right=["straight line", "half a cosine", "two drops by ten", "constant"],
    pictures={
        "constant": lr.Constant(1),
        "two drops by ten": lr.MultiStep(1, (200, 300), 0.1),
        "straight line": lr.Linear(1, 0, _T),
        "half a cosine": lr.Cosine(1, 0, _T),
    },
    sentence="Left: every schedule has a U, and those that fall have theirs further right: "
    "on this grid the cosine's best peak is three times the best fixed rate. Right: "
    "what another curve costs.",
)


peak_or_bend = predict(
    "On this bowl, what costs more: half of the best peak, or the cosine instead of the line?",
    {
        "the cosine instead of the line": "It looks like the larger change: the whole curve is "
        "another. But both travel equally far.",
        "half of the best peak": "It halves the travel, and the flat directions do not get there: "
        "the loss rises by more than half. The bend is worth a tenth.",
        "about the same": "The two sliders feel alike only where the U is flat, at its bottom.",
    },
    right="half of the best peak",
    sentence="Every bend has nearly the same U. Half of the best peak costs far more than "
    "the wrong bend.",
)


how_low = predict(
    "A cosine to 0 against a cosine to 10 % of its peak, on Stream, in runs of 100, 400 and 1,600 "
    "updates. Which ends lower?",
    {
        "10 % at every length": "The flat tail near zero wastes updates at every length; but the "
        "longer the run, the fewer it can spare for noise.",
        "zero at every length": "Zero has no noise floor at all. A short run has not come down to "
        "its floor, and still needs to move.",
        "10 % in short runs; the longer the run, the more zero gains": "A short run lacks travel, a "
        "long one is limited by its noise.",
        "zero in short runs; the longer the run, the more 10 % gains": "A short run has no time to "
        "waste, one thinks; but the time is wasted near zero.",
    },
    right="10 % in short runs; the longer the run, the more zero gains",
    sentence="Stream. In short runs a cosine should stop at 10 %; in longer runs that "
    "advantage disappears. The line has no flat tail to waste: zero costs it little "
    "at first and pays at 1,600.",
)


_updates = np.arange(100)


wrong_length = predict(
    "10 epochs of 100 batches. Somebody writes CosineAnnealingLR(optimizer, T_max=10) and calls "
    "scheduler.step() after every batch. Which are the rates of the first 100 updates?",
    {
        "A": "This was meant: T_max = 1,000, the number of calls of step().",
        "B": "Ten calls after the start the rate is zero; then PyTorch's cosine climbs back.",
        "C": "This would be a schedule that holds after its end. PyTorch's does not.",
        "D": "This would be a warm restart, of another class.",
    },
    right="B",
    pictures={
        "A": lr.Cosine(1, 0, 1000).rates()[:100],
        "B": (1 + np.cos(np.pi * _updates / 10)) / 2,
        "C": lr.Cosine(1, 0, 10).rates(100),
        "D": (1 + np.cos(np.pi * (_updates % 10) / 10)) / 2,
    },
    sentence="The rate falls to zero in ten batches and climbs back in the next ten: T_max "
    "counts calls.",
)
