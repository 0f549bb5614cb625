"""Lesson 00, start here: two rates in turn, a rate for each epoch, a schedule of one's own."""

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.start_here import largest_rate, wrong_winners


def _two_rates_in_turn():
    first = 1 - 0.1 * 4  # what one update at the rate 0.1 does to x
    # both updates together multiply x by first * (1 - 4 * eta), which may come down to -1
    return (1 + 1 / first) / 4


two_rates_in_turn = Exercise(
    ask=(
        "**Exercise 1** (objective 1). The same parabola, $f(x) = \\tfrac12\\cdot 4\\,x^2$. Two rates "
        "take turns: updates number 0, 2, 4, … use 0.1, updates number 1, 3, 5, … use $\\eta$. At what "
        "$\\eta$ does the run stop converging?"
    ),
    right=_two_rates_in_turn,
    hints=(
        "What do two updates in a row do to $x$? Write both by hand.",
        "Together they multiply $x$ by $0.6\\,(1 - 4\\eta)$. When is that $-1$?",
    ),
    praise="Two thirds is above 2/4: a small rate pays for a large one. A limit holds for the whole "
    "round, not for each update.",
    tolerance=2e-3,
    mistakes={
        "each update alone": Mistake(
            0.5, "there a single update at eta stops shrinking x, but the one before it still shrinks it."
        ),
        "mean of the rates": Mistake(
            0.9, "you took the mean of the two rates; it is the two factors that are multiplied."
        ),
        "lands on the minimum": Mistake(
            0.25, "there the second update lands on the minimum at once; it can be larger."
        ),
        "half ignored": Mistake(
            (1 + 1 / 0.2) / 8, "your gradient is 8 x; the half in front makes it 4 x."
        ),
        "square forgotten": Mistake(
            (1 + 1 / 0.8) / 2, "your gradient is 2 x; the derivative of half of 4 x squared is 4 x."
        ),
        "sum of the factors": Mistake(
            (1 + 1.6) / 4, "you added the two factors; one update follows the other, so they multiply."
        ),
    },
)  # fmt: skip


def _rate_of_update(t):
    epoch = t // 30  # whole epochs before update t, and calls of scheduler.step()
    return 0.4 * (1 - epoch / 10)


def _epochs(progress):
    """A line from 0.4 to 0 with another idea of the progress, which goes from 0 to 1."""
    return lambda t: 0.4 * (1 - min(progress(t), 1))


rate_of_update = Exercise(
    ask=(
        "**Exercise 2** (objective 2). A run has 10 epochs of 30 minibatches. Its optimizer has `lr=0.4`, "
        "its scheduler is `LinearLR(optimizer, 1.0, end_factor=0.0, total_iters=10)`, and "
        "`scheduler.step()` is called at the end of each epoch. Which rate does update number `t` use, "
        "for t from 0 to 299? You may record it in PyTorch, with `lr.record_rates`."
    ),
    right=_rate_of_update,
    steps=(0, 1, 9, 10, 29, 30, 31, 59, 60, 149, 150, 269, 270, 299),
    hints=(
        "How often has `scheduler.step()` been called before update 29, and before update 30?",
        "`t // 30` times. Each call takes a tenth of 0.4 away.",
    ),
    praise="Ten plateaus of 30 updates, and the last of them still uses 0.04: the rate 0 comes after "
    "the run.",
    mistakes={
        "a line per update": Mistake(
            _epochs(lambda t: t / 300),
            "your rate falls with every update; step() is called once in 30 of them, and between two "
            "calls the rate stays.",
        ),
        "an epoch ahead": Mistake(
            _epochs(lambda t: (t // 30 + 1) / 10),
            "you are one epoch ahead: the first 30 updates come before the first call of step().",
        ),
        "updates for calls": Mistake(
            _epochs(lambda t: t / 10),
            "total_iters counts calls of step(), here epochs; your rate is 0 after 10 updates.",
        ),
        "last epoch at zero": Mistake(
            _epochs(lambda t: t // 30 / 9),
            "your last epoch uses 0. The tenth call of step(), which sets 0, comes after it.",
        ),
        "rounds up": Mistake(
            _epochs(lambda t: -(-t // 30) / 10),
            "you round up: update 1 still belongs to the first epoch, whose rate is 0.4.",
        ),
    },
)  # fmt: skip


def _my_schedule(t):
    schedule = lr.Constant(0.1, 60) >> lr.Linear(0.1, 0.02, 40)
    return schedule(t)


my_schedule = Exercise(
    ask=(
        "**Exercise 3** (objective 3). Write a schedule for 100 updates, as a function of `t` or with "
        "`>>`: it holds 0.1 for the first 60 updates (numbers 0 to 59), then falls in a straight line "
        "that reaches 0.02 at t = 100, and holds 0.02 from then on."
    ),
    right=_my_schedule,
    steps=(0, 1, 30, 58, 59, 60, 61, 70, 80, 90, 99, 100, 101, 500),
    hints=(
        "Two parts in a row. How many updates has each?",
        "60 and 40. `lr.Constant(0.1, 60) >> ...` gives the second part its own clock, from 0.",
    ),
    praise="Hold, then fall: you will meet this shape again.",
    mistakes={
        "end point as length": Mistake(
            lr.Constant(0.1, 60) >> lr.Linear(0.1, 0.02, 100),
            "your run ends at t = 160: the second part lasts from t = 60 to 100, 40 updates.",
        ),
        "clock not reset": Mistake(
            lambda t: 0.1 if t < 60 else max(0.02, 0.1 - 0.08 * t / 100),
            "the line's clock started at t = 0, so the rate jumps down at t = 60. Its own step is t - 60.",
        ),
        "falls to zero": Mistake(
            lr.Constant(0.1, 60) >> lr.Linear(0.1, 0, 40), "you fall to 0; the end is 0.02."
        ),
        "no end": Mistake(
            lambda t: 0.1 if t < 60 else 0.1 - 0.08 * (t - 60) / 40,
            "after t = 100 your rate falls on, below zero in the end: hold 0.02.",
        ),
        "a jump": Mistake(
            lr.Constant(0.1, 60) >> lr.Constant(0.02),
            "you drop at once at t = 60; the rate falls in a straight line until t = 100.",
        ),
        "one update short": Mistake(
            lr.Constant(0.1, 59) >> lr.Linear(0.1, 0.02, 41),
            "you hold for 59 updates. Numbers 0 to 59 are 60 updates.",
        ),
        "one update long": Mistake(
            lr.Constant(0.1, 61) >> lr.Linear(0.1, 0.02, 39),
            "you hold for 61 updates. Numbers 0 to 59 are 60 updates.",
        ),
    },
)  # fmt: skip
