"""Lesson 00, start here: two updates by hand, a straight line, a schedule of one's own."""

import lrlib as lr

from .exercise import Exercise, Mistake


def _two_updates():
    x, curvature = 3.0, 4.0
    for eta in (0.1, 0.3):
        x = x - eta * curvature * x
    return x


two_updates = Exercise(
    ask=(
        "**Exercise 1** (objective 1). The same parabola, $f(x) = \\tfrac12\\cdot 4\\,x^2$, from "
        "$x_0 = 3$. Update number 0 uses the rate 0.1, update number 1 uses 0.3. What is $x_2$?"
    ),
    right=_two_updates,
    hints=(
        "The worked example gives $x_1 = 1.8$. What is the gradient there?",
        "The gradient at 1.8 is 7.2. Take 0.3 times that away from 1.8; the result is on the other side.",
    ),
    praise="A large rate jumps over the minimum: the factor 1 - 0.3 * 4 is negative.",
    mistakes={
        "gradient not renewed": Mistake(
            1.8 - 0.3 * 12, "you used the gradient at x_0 again; each update takes it at its own x."
        ),
        "rate kept": Mistake(
            1.8 * 0.6, "you used the rate 0.1 twice; update number 1 uses 0.3."
        ),
        "second update only": Mistake(
            3 - 0.3 * 12, "that is one update with the rate 0.3 from the start."
        ),
        "sign": Mistake(0.36, "mind the sign: 1 - 0.3 * 4 = -0.2 is negative."),
        "only one update": Mistake(1.8, "that is x_1; one more update follows."),
        "uphill": Mistake(
            3 * 1.4 * 2.2, "you went uphill: the gradient is taken away, not added."
        ),
        "half forgotten": Mistake(
            3 * (1 - 0.8) * (1 - 2.4), "your gradient is 8 x; the half in front makes it 4 x."
        ),
        "value instead of gradient": Mistake(
            (3 - 0.1 * 18) - 0.3 * 2 * (3 - 0.1 * 18) ** 2,
            "you used the value of f; the gradient of 2 x^2 is 4 x.",
        ),
    },
)  # fmt: skip


def _straight_line(t, start=0.4, end=0.0, T=4):
    if t >= T:
        return end
    return start + (end - start) * t / T


def _line(factor):
    """The faded function with another idea of the progress, which goes from 0 to 1."""

    def answer(t, start=0.4, end=0.0, T=4):
        return end if t >= T else start + (end - start) * factor(t, T)

    return answer


straight_line = Exercise(
    ask=(
        "**Exercise 2** (objective 2). One line is missing: the rate that update number `t` uses, "
        "on a straight line from `start` at t = 0 to `end` at t = T."
    ),
    right=_straight_line,
    steps=(0, 1, 2, 3, 4, 5, 50, (3, 0.1, 0.5, 12), (11, 0.1, 0.5, 12), (12, 0.1, 0.5, 12)),
    hints=(
        "The progress is `t / T`: 0 at the first update, 1 at the end.",
        "`start`, and that share of the way `end - start`.",
    ),
    praise="The first update uses the full start; the end belongs to t = T, which no update of the run uses.",
    mistakes={
        "one step ahead": Mistake(
            _line(lambda t, T: (t + 1) / T),
            "your line is one step ahead: you used t + 1. t counts the updates already made, so the "
            "first one uses t = 0 and the full start.",
        ),
        "last update at the end": Mistake(
            _line(lambda t, T: t / (T - 1)),
            "you divide by T - 1, so that the last update is at the end. Here, as in PyTorch, the end "
            "is reached at t = T, one past the last update.",
        ),
        "rising": Mistake(
            _line(lambda t, T: 1 - t / T), "your line begins at the end and runs to the start."
        ),
        "end forgotten": Mistake(
            lambda t, start=0.4, end=0.0, T=4: end if t >= T else start * (1 - t / T),
            "right when end is 0; it must also work for other ends.",
        ),
        "numbers instead of names": Mistake(
            lambda t, start=0.4, end=0.0, T=4: end if t >= T else 0.4 - 0.1 * t,
            "right for these numbers only: use the parameters start, end and T.",
        ),
        "progress only": Mistake(
            lambda t, start=0.4, end=0.0, T=4: end if t >= T else 1 - t / T,
            "that falls from 1 to 0: stretch it from start to end.",
        ),
    },
)  # fmt: skip


def _my_schedule(t):
    schedule = lr.Constant(0.1, 60) >> lr.Linear(0.1, 0.02, 40)
    return schedule(t)


my_schedule = Exercise(
    ask=(
        "**Exercise 3** (objective 3). Write a schedule for a run of 100 updates, as a function of `t` "
        "or composed with `>>`: it holds 0.1 for the first 60 updates (numbers 0 to 59), then falls in "
        "a straight line that reaches 0.02 at t = 100, and holds 0.02 after the end."
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
