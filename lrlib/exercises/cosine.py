"""Lesson 06, the line and the cosine: recall, predictions, and what a falling curve averages."""

from math import cos, pi

import numpy as np

import lrlib as lr

from ..dynamics import noisy_quadratic, power_law
from ..widgets import predict
from .exercise import Exercise, Mistake


def _log_loss(schedule, T=120):
    """The exact loss of a bowl in logarithms, to be drawn small."""
    return np.log10(noisy_quadratic(schedule.rates(T), power_law(20, 1.0), 0.25))


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
            "A": _log_loss(lr.Linear(0.5, 0, 120)),
            "B": _log_loss(lr.MultiStep(0.5, (60,), 0.1, 120)),
            "C": _log_loss(lr.Constant(0.5)),
            "D": _log_loss(lr.Exponential(0.5, 0.9, 120)),
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
)


def _middle_half():
    cosine = lr.Cosine(eta_max=1, eta_min=0, T=400)
    return cosine(100) - cosine(300)  # the weights of the points between are the drops of the rate


middle_half = Exercise(
    ask=(
        "**Exercise 1** (objective 1). A cosine to zero over $T$ updates averages the points of a "
        "fixed-rate run. What share of all the weight does the *middle half* of the run carry, from "
        "$T/4$ to $3T/4$? (The line gives it one half.) Two decimals are enough."
    ),
    right=_middle_half,
    hints=(
        "The weight of a point is by how much the rate drops there. What is the sum of all drops "
        "between two steps?",
        "The drops between two steps add up to the difference of the rates there. Put $T/4$ and "
        "$3T/4$ into the formula, with $\\eta_{\\max} = 1$ and $\\eta_{\\min} = 0$.",
    ),
    praise="cos(π/4) = 0.71: the cosine counts the middle of the run most, its two ends least.",
    mistakes={
        "the line": Mistake(0.5, "that is the line's share; the cosine falls faster in its middle."),
        "rate at the quarter": Mistake(
            0.8535533905932737, "that is the rate at T/4, the weight of everything after it. "
            "Subtract what comes after 3T/4.",
        ),
        "one quarter": Mistake(
            0.14644660940672624, "that is the share of the last quarter (and of the first)."
        ),
        "both ends": Mistake(
            0.2928932188134524, "that is the share of the two outer quarters together."
        ),
        "travel": Mistake(
            0.5 + 1 / np.pi, "that is not far off, but you took the area under the rate (its "
            "travel). The weights are the drops of the rate.",
        ),
    },
    tolerance=1e-2,
)  # fmt: skip


def _how_much_higher():
    asked = lr.dynamics.ask_two_models(
        {"constant": lr.Constant, "line": lambda peak: lr.Linear(peak, 0, 1000)}, T=1000
    )
    peaks = asked.peaks["white"]
    return peaks["line"] / peaks["constant"]


how_much_higher = Exercise(
    ask=(
        "**Exercise 2** (objective 2). Somebody compares a fixed rate with a line to zero on the "
        "bowl of this lesson (white noise, $T$ = 1,000), *both at the rate that is best for the "
        "fixed one*. That is unfair. By what factor is the line's own best peak higher? "
        "Measure it; within 8 % is right."
    ),
    right=_how_much_higher,
    hints=(
        "`lr.dynamics.ask_two_models` searches the peaks; look at its `.peaks`.",
        "`asked = lr.dynamics.ask_two_models({\"constant\": lr.Constant, \"line\": lambda peak: "
        "lr.Linear(peak, 0, 1000)}, T=1000)`; then divide two entries of `asked.peaks[\"white\"]`.",
    ),
    praise="A schedule tried at another's best peak is a schedule tried at a wrong one.",
    mistakes={
        "mean rate": Mistake(
            2.0, "2 is what keeps the *mean* rate the same. The best line travels further than that."
        ),
        "upside down": Mistake(1 / 2.525, "you divided the fixed rate by the line's peak."),
        "a short run": Mistake(1.0, "the line's peak is not the same: measure it."),
    },
    tolerance=0.08,
)  # fmt: skip


def _my_run(t):
    schedule = lr.Linear(0, 0.2, 50) >> lr.Constant(0.2, 550) >> lr.Cosine(0.2, 0.002, 400)
    return schedule(t)


def _until_600():
    return lr.Linear(0, 0.2, 50) >> lr.Constant(0.2, 550)


my_run = Exercise(
    ask=(
        "**Exercise 3** (objective 3). Compose the schedule of a whole run of 1,000 updates: a linear "
        "warmup from 0 to 0.2 that ends at step 50, a constant 0.2 until step 600, then a cosine to "
        "0.002 at step 1,000, where it stays."
    ),
    right=_my_run,
    steps=(0, 1, 25, 49, 50, 51, 300, 599, 600, 601, 700, 800, 999, 1000, 1001, 1500),
    hints=(
        "Three parts in a row: how many steps has each?",
        "Their lengths are 50, 550 and 400. Each part has a clock of its own that starts at 0: the "
        "cosine's own step is t - 600. `a >> b` does this for you.",
    ),
    praise="Warmup, plateau, decay: with a shorter decay this is known as WSD.",
    mistakes={
        "clock not reset": Mistake(
            lambda t: _until_600()(t) if t < 600 else lr.Cosine(0.2, 0.002, 1000)(t),
            "the cosine's clock started at step 0, so the rate jumps down at step 600. "
            "Its own step is t - 600, its length 400.",
        ),
        "cosine too long": Mistake(
            lambda t: (_until_600() >> lr.Cosine(0.2, 0.002, 1000))(t),
            "your run ends at step 1600: the cosine lasts from step 600 to 1000, 400 steps.",
        ),
        "warmup one step early": Mistake(
            lambda t: min((t + 1) / 50, 1) * 0.2 if t < 50 else _my_run(t),
            "your warmup begins at 1/50 of the peak. Many people prefer that, for no update is "
            "wasted at rate 0; but this run was to start at 0.",
        ),
        "no clamp": Mistake(
            lambda t: (
                _my_run(t) if t <= 1000 else 0.002 + 0.198 * (1 + cos(pi * (t - 600) / 400)) / 2
            ),
            "after step 1000 your rate rises again: clamp the cosine's progress at 1.",
        ),
        "parts overlap": Mistake(
            lr.Linear(0, 0.2, 50) >> lr.Constant(0.2, 600) >> lr.Cosine(0.2, 0.002, 400),
            "your run is 50 steps too long: the constant part lasts until step 600, "
            "so it has 550 steps, not 600.",
        ),
        "end points as lengths": Mistake(
            lr.Linear(0, 0.2, 50) >> lr.Constant(0.2, 600) >> lr.Cosine(0.2, 0.002, 1000),
            "you gave the steps where the parts end (50, 600, 1000); give their lengths.",
        ),
        "ten per cent": Mistake(
            lambda t: (_until_600() >> lr.Cosine(0.2, 0.02, 400))(t),
            "you anneal to 0.02, a tenth of the peak; the lowest rate is 0.002.",
        ),
        "floor at zero": Mistake(
            lambda t: (_until_600() >> lr.Cosine(0.2, 0, 400))(t),
            "you anneal to 0; the lowest rate is 0.002.",
        ),
        "plateau forgotten": Mistake(
            lr.Linear(0, 0.2, 50) >> lr.Cosine(0.2, 0.002, 950),
            "the cosine begins at step 600: between, the rate is a constant 0.2.",
        ),
    },
)
