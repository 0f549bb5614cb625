"""Lesson 06, the line and the cosine: a falling rate as an average, its own peak, a whole run."""

from math import cos, pi

import numpy as np

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.cosine import four_ways, how_low, peak_or_bend, recall, wrong_length


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
            2.0, "2 is what keeps the mean rate the same. The best line travels further than that."
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
