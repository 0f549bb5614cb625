"""Lesson 06, cosine annealing: recognise a wrong length, write the formula, compose a run."""

from math import cos, pi

import lrlib as lr

from .exercise import Exercise, Mistake


def _wrong_length():
    updates_between_two_peaks = 20
    return updates_between_two_peaks / 2


wrong_length = Exercise(
    ask=(
        "**Exercise 1** (objective 1). A run of 1000 updates, 10 epochs of 100, was to anneal once with "
        "`CosineAnnealingLR(optimizer, T_max=...)`, stepped after every update. These rates were "
        "really used:\n\n"
        "| update number | 0 | 2 | 5 | 10 | 15 | 18 | 20 |\n|---|---|---|---|---|---|---|---|\n"
        "| rate | 0.1000 | 0.0905 | 0.0500 | 0.0000 | 0.0500 | 0.0905 | 0.1000 |\n\n"
        "Which `T_max` was passed?"
    ),
    right=_wrong_length,
    hints=(
        "At which update is the rate at its lowest for the first time?",
        "The formula reaches its lowest rate at t = T_max. Here that is update number 10; then PyTorch's "
        "class climbs again.",
    ),
    praise="The 10 is the number of epochs, but `step()` was called after every update.",
    mistakes={
        "full period": Mistake(
            20.0, "20 is the distance from peak to peak. T_max is half a period: from peak to bottom."
        ),
        "as meant": Mistake(
            1000.0, "1000 would have been right, and then the rate at update number 20 would still be "
            "0.0999. What was passed instead?",
        ),
        "updates an epoch": Mistake(
            100.0, "with 100 the rate would be at its lowest at update number 100; look where it is."
        ),
        "halfway down": Mistake(
            5.0, "at update number 5 the rate is halfway down; T_max is where it is at the bottom."
        ),
        "last row": Mistake(18.0, "at update number 18 the rate is on its way up again."),
        "last before the end": Mistake(
            9.0, "the lowest rate belongs to t = T_max itself, one past the last update of such a run."
        ),
    },
    tolerance=1e-3,
)  # fmt: skip


def _annealed(t, eta_max=0.1, eta_min=0.001, T=400):
    if t >= T:
        return eta_min
    return eta_min + (eta_max - eta_min) * (1 + cos(pi * t / T)) / 2


def _with(factor):
    """The faded function with another idea of the factor that falls from 1 to 0."""

    def answer(t, eta_max=0.1, eta_min=0.001, T=400):
        return eta_min if t >= T else eta_min + (eta_max - eta_min) * factor(t, T)

    return answer


annealed = Exercise(
    ask=(
        "**Exercise 2** (objective 2). One line is missing: the rate of update `t` in a run of `T`. "
        "After the end it holds the lowest rate."
    ),
    right=_annealed,
    steps=(0, 1, 7, 100, 200, 300, 399, 400, 401, 800, (30, 0.5, 0.2, 90), (90, 0.5, 0.2, 90)),
    hints=(
        "The progress is `t / T`, from 0 to 1. Half a period takes the angle from 0 to pi.",
        "`(1 + cos(pi * t / T)) / 2` falls from 1 to 0. Stretch it from eta_max to eta_min.",
    ),
    praise="It is the formula of the lesson, with the clamp that PyTorch's class lacks.",
    mistakes={
        "one step ahead": Mistake(
            _with(lambda t, T: (1 + cos(pi * (t + 1) / T)) / 2),
            "your curve is one step ahead: you used t + 1. t counts the updates already made, "
            "so the first one uses t = 0 and the full peak.",
        ),
        "full period": Mistake(
            _with(lambda t, T: (1 + cos(2 * pi * t / T)) / 2),
            "your rate is back at the peak at the end: that is a full period, 2 pi. "
            "Annealing takes half a period.",
        ),
        "last step at the floor": Mistake(
            _with(lambda t, T: (1 + cos(pi * t / (T - 1))) / 2),
            "you divide by T - 1, so that the last update is at the lowest rate. Here, as in PyTorch, "
            "that is reached at t = T, one past the last update.",
        ),
        "no half": Mistake(
            _with(lambda t, T: 1 + cos(pi * t / T)), "1 + cos runs from 2 to 0: divide it by 2."
        ),
        "linear": Mistake(_with(lambda t, T: 1 - t / T), "that is the straight line."),
        "rising": Mistake(
            _with(lambda t, T: (1 - cos(pi * t / T)) / 2),
            "your rate rises from the lowest to the peak: 1 - cos should be 1 + cos.",
        ),
        "floor forgotten": Mistake(
            lambda t, eta_max=0.1, eta_min=0.001, T=400: (
                eta_min if t >= T else eta_max * (1 + cos(pi * t / T)) / 2
            ),
            "you anneal to 0 and jump to eta_min at the end: scale eta_max - eta_min, "
            "and add eta_min.",
        ),
        "peak not reduced": Mistake(
            lambda t, eta_max=0.1, eta_min=0.001, T=400: (
                eta_min if t >= T else eta_min + eta_max * (1 + cos(pi * t / T)) / 2
            ),
            "you start above the peak: what falls is eta_max - eta_min, not eta_max.",
        ),
        "factor only": Mistake(
            lambda t, eta_max=0.1, eta_min=0.001, T=400: (
                eta_min if t >= T else (1 + cos(pi * t / T)) / 2
            ),
            "that is the factor that falls from 1 to 0. Stretch it from eta_max to eta_min.",
        ),
        "numbers instead of names": Mistake(
            lambda t, eta_max=0.1, eta_min=0.001, T=400: (
                eta_min if t >= T else 0.001 + (0.1 - 0.001) * (1 + cos(pi * t / 400)) / 2
            ),
            "right for these numbers only: use the parameters eta_max, eta_min and T.",
        ),
    },
)


def _my_run(t):
    schedule = lr.Linear(0, 0.2, 50) >> lr.Constant(0.2, 550) >> lr.Cosine(0.2, 0.002, 400)
    return schedule(t)


def _until_600():
    return lr.Linear(0, 0.2, 50) >> lr.Constant(0.2, 550)


my_run = Exercise(
    ask=(
        "**Exercise 3** (objective 3). Write the schedule of a whole run of 1000 updates, as a function of `t` or "
        "composed with `>>`: a linear warmup from 0 to 0.2 that ends at step 50, a constant 0.2 "
        "until step 600, then a cosine to 0.002 at step 1000. It holds after the end."
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
