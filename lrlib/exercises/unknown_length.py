"""Lesson 10, an unknown length: a cooldown when asked, the memory of a mean, the fair line."""

from math import sqrt

import numpy as np

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.unknown_length import early, memory, recall, rivals, which_bowl


def _branch(t, stop=400):
    from math import sqrt

    begin, length = 0.6 * stop, 0.4 * stop
    if t < begin:
        return 0.04
    return 0.04 * (1 - sqrt((t - begin) / length))


def _cooled(fall, share=0.4, peak=0.04):
    """The branch with another form of fall, a function of its progress, or another length."""

    def rate(t, stop=400):
        begin = (1 - share) * stop
        return peak if t < begin else peak * fall((t - begin) / (stop - begin))

    return rate


branch = Exercise(
    ask=(
        "**Exercise 1** (objective 1). One trunk at the rate 0.04, branches for many stops. The "
        "branch for a stop after `stop` updates leaves the trunk when 60 % of these are made, and "
        "cools down to zero as $1 - \\sqrt u$, where $u$ is the progress of the cooldown. Complete "
        "`branch(t, stop)`, for `t` up to `stop`."
    ),
    right=_branch,
    steps=(*(0, 239, 240, 241, 280, 320, 399, 400),
           *((50, 100), (60, 100), (70, 100), (99, 100), (1000, 2000), (1500, 2000))),  # fmt: skip
    hints=(
        "When does the branch leave the trunk, and how many updates has the cooldown? Its progress "
        "is 0 at the one moment and 1 after the other.",
        "`begin = 0.6 * stop`, `length = 0.4 * stop`, `u = (t - begin) / length`; then "
        "`0.04 * (1 - sqrt(u))`.",
    ),
    praise="One trunk serves them all: only the branches are trained anew.",
    mistakes={
        "straight line": Mistake(
            _cooled(lambda u: 1 - u), "that is a straight line; 1 − √u falls faster at first."
        ),
        "root of what is left": Mistake(
            _cooled(lambda u: sqrt(max(1 - u, 0))),
            "that is √(1 − u), which falls last; 1 − √u falls first.",
        ),
        "share of the hold": Mistake(
            _cooled(lambda u: 1 - sqrt(u), 0.6),
            "you hold for 40 % and cool down for 60 %; it is the other way round.",
        ),
        "clock not reset": Mistake(
            lambda t, stop=400: 0.04 if t < 0.6 * stop else 0.04 * (1 - sqrt(t / stop)),
            "your progress is that of the run, so the rate jumps where the branch begins. Count "
            "from there.",
        ),
        "one stop for all": Mistake(
            lambda t, stop=400: _branch(min(t, 400), 400),
            "you fixed the stop at 400; it is the second argument.",
        ),
        "peak forgotten": Mistake(
            _cooled(lambda u: 1 - sqrt(u), peak=1.0), "the trunk has the rate 0.04, not 1."
        ),
    },
)


def _memory():
    def floor(curvature, n, eta=0.1):
        c, a = 1 / n, 1 - eta * curvature
        mean = c / (2 - c) * (1 + (1 - c) * a) / (1 - (1 - c) * a)
        return mean * eta / (2 * (2 - eta * curvature))  # times the variance of the noise

    low, high = 1.0, 10_000.0
    before = floor(1, 1) + floor(0.05, 1)
    while high - low > 1e-6:
        middle = (low + high) / 2
        too_short = floor(1, middle) + floor(0.05, middle) > before / 4
        low, high = (middle, high) if too_short else (low, middle)
    return high


memory_of_two = Exercise(
    ask=(
        "**Exercise 2** (objective 2). A bowl of two directions, $\\lambda = 1$ and $\\lambda = "
        "0.05$, white noise, a fixed rate of 0.1. How long must the memory $n$ of a running mean be, "
        "for the *whole* floor, the sum of both, to fall to a quarter? Within 8 % is right."
    ),
    right=_memory,
    hints=(
        "With white noise both floors are nearly equal. By what does the mean divide each of them?",
        "Solve $1/(1 + 0.1\\,n) + 1/(1 + 0.005\\,n) = 2/4$. The first term soon hardly counts.",
    ),
    praise="The flat direction decides. The steep one was quiet long before.",
    mistakes={
        "steep alone": Mistake(30.0, "that quarters the floor of the steep direction only."),
        "flat alone": Mistake(
            600.0, "that quarters the floor of the flat direction; the steep one then has almost "
            "none, so the sum is below a quarter."
        ),
        "mean curvature": Mistake(
            3 / (0.1 * 0.525), "you took the mean curvature. Each direction has a floor and a "
            "divisor of its own."
        ),
        "mean of both": Mistake(315.0, "you took the mean of two memories; add the two floors."),
        "one forgotten": Mistake(
            40.0, "the divisor is 1 + ηλn, not ηλn; and the flat direction counts, too."
        ),
    },
    tolerance=0.08,
)  # fmt: skip


def _against_the_line():
    import numpy as np

    import lrlib as lr

    curvatures, rates = lr.dynamics.power_law(20, 1.0), np.geomspace(0.02, 1.9, 60)
    noise = lr.dynamics.noise_like_curvature(0.2, curvatures)
    fixed = np.repeat(rates[:, None], 1600, axis=1)
    mean = lr.dynamics.noisy_quadratic(fixed, curvatures, noise, average=lr.dynamics.Growing(0.2))
    lines = np.array([lr.Linear(rate, 0, 400).rates() for rate in rates])
    line = lr.dynamics.noisy_quadratic(lines, curvatures, noise)[:, -1].min()
    best = np.log(mean[:, [100, 400, 1600]]).mean(axis=1).argmin()
    return 100 * (mean[best, 400] / line - 1)


def _otherwise(own=False, white=False, average=True, at=400, tuned=400, share=0.2):
    """The number of exercise 3 with one thing done otherwise."""
    curvatures, rates = lr.dynamics.power_law(20, 1.0), np.geomspace(0.02, 1.9, 60)
    noise = 0.2 if white else lr.dynamics.noise_like_curvature(0.2, curvatures)
    fixed = np.repeat(rates[:, None], 1600, axis=1)
    kind = lr.dynamics.Growing(share) if average else None
    mean = lr.dynamics.noisy_quadratic(fixed, curvatures, noise, average=kind)
    lines = np.array([lr.Linear(rate, 0, tuned).rates() for rate in rates])
    line = lr.dynamics.noisy_quadratic(lines, curvatures, noise)[:, -1].min()
    by = mean[:, at] if own else np.log(mean[:, [100, 400, 1600]]).mean(axis=1)
    return 100 * (mean[by.argmin(), at] / line - 1)


against_the_line = Exercise(
    ask=(
        "**Exercise 3** (objective 3). On the bowl of the sliders, but with *noise like the curvature* "
        "(`lr.dynamics.noise_like_curvature(0.2, curvatures)`), a run at a fixed rate may be stopped after 100, 400 or "
        "1,600 updates. It hands over a mean with the memory `lr.dynamics.Growing(0.2)`. Choose its "
        "one rate by the lowest mean *logarithm* of the three losses, out of `np.geomspace(0.02, "
        "1.9, 60)`. By how many per cent does it lie above (+) or below (−) the line made and tuned "
        "for 400, when it is stopped at 400?"
    ),
    right=_against_the_line,
    hints=(
        "`lr.dynamics.noisy_quadratic(rates, curvatures, noise, average=...)` takes the rates of all "
        "runs at once, shape (60, 1600), and returns the loss after 0 to 1,600 updates.",
        "One index for all stops: `np.log(mean[:, [100, 400, 1600]]).mean(axis=1).argmin()`. The "
        "line has a peak of its own, the best at 400.",
    ),
    praise="One rate for all stops is the price; measured against the line that knew.",
    mistakes={
        "its own rate": Mistake(
            _otherwise(own=True), "you tuned the rate for the stop at 400. It has one rate for all "
            "three stops."
        ),
        "white noise": Mistake(_otherwise(white=True), "that is white noise."),
        "the last weights": Mistake(
            _otherwise(average=False), "those are the last weights: give `average=`."
        ),
        "another line": Mistake(
            _otherwise(tuned=1600), "you compared with the line made for 1,600 updates."
        ),
        "another stop": Mistake(
            _otherwise(at=1600, tuned=1600), "that is the stop at 1,600; 400 is asked for."
        ),
        "the fraction": Mistake(_otherwise() / 100, "that is the fraction; per cents are asked for."),
        "the sign": Mistake(-_otherwise(), "the sign: it lies above the line."),
    },
    tolerance=1e-2,
)  # fmt: skip
