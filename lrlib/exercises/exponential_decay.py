"""Lesson 03, exponential decay: can the run arrive, write the decay, repair a recorded one."""

from math import exp

import lrlib as lr

from .exercise import Exercise, Mistake


def _left_over():
    from math import exp

    curvature, eta, ratio, T = 0.05, 0.2, 0.01, 1000
    gamma = ratio ** (1 / T)
    total = eta * (1 - ratio) / (1 - gamma)  # the sum of the rates of the run
    return exp(-curvature * total)


left_over = Exercise(
    ask=(
        "**Exercise 1** (objective 2). A run of 1000 updates falls exponentially from a peak of 0.2 "
        "to a final ratio of 0.01. About what share of its start is left at the end in a direction "
        "of curvature 0.05, without noise? (Use the exponential of the sum of the rates.)"
    ),
    right=_left_over,
    hints=(
        "First $\\gamma = 0.01^{1/1000} \\approx 0.9954$, then the sum of the rates: a geometric sum.",
        "The sum of the rates is about 43. Each unit of it shrinks this direction by exp(-0.05).",
    ),
    praise="The steep directions are long done; this flat one still has about 12 % of its way to go.",
    mistakes={
        "constant rate": Mistake(
            exp(-0.05 * 0.2 * 1000),
            "that is a constant rate of 0.2. The decay travels much less: sum the rates.",
        ),
        "mean of the ends": Mistake(
            exp(-0.05 * 1000 * (0.2 + 0.002) / 2),
            "you took the mean of first and last rate. That is right for a straight line; an "
            "exponential lies below it: here its mean is 0.043.",
        ),
        "share that is gone": Mistake(
            1 - exp(-0.05 * 0.2 * 0.99 / (1 - 0.01**0.001)),
            "that is the share that is gone; what is left is 1 minus that.",
        ),
        "loss": Mistake(
            exp(-2 * 0.05 * 0.2 * 0.99 / (1 - 0.01**0.001)),
            "that is the share of the loss, the square; the distance was asked for.",
        ),
        "ratio as gamma": Mistake(
            exp(-0.05 * 0.2 / (1 - 0.01)),
            "you used the final ratio as gamma. The ratio is reached after 1000 updates, so "
            "gamma = 0.01 ** (1 / 1000).",
        ),
        "curvature forgotten": Mistake(
            exp(-0.2 * 0.99 / (1 - 0.01**0.001)),
            "that is a direction of curvature 1: multiply the sum of the rates by 0.05.",
        ),
        "curvature 0.5": Mistake(
            exp(-0.5 * 0.2 * 0.99 / (1 - 0.01**0.001)),
            "you used a curvature of 0.5; it is 0.05.",
        ),
        "the sum itself": Mistake(
            0.2 * 0.99 / (1 - 0.01**0.001),
            "that is the sum of the rates. What is left is exp(-curvature * sum).",
        ),
        "the exponent": Mistake(
            0.05 * 0.2 * 0.99 / (1 - 0.01**0.001),
            "that is the exponent, curvature times sum: what is left is exp(-2.15).",
        ),
    },
    tolerance=0.06,
)


def _decayed(t, eta=0.1, ratio=0.01, T=400):
    if t >= T:
        return eta * ratio
    return eta * ratio ** (t / T)


def _with(factor):
    """The faded function with another idea of the factor that falls from 1 to the ratio."""

    def answer(t, eta=0.1, ratio=0.01, T=400):
        return eta * ratio if t >= T else eta * factor(t, ratio, T)

    return answer


decayed = Exercise(
    ask=(
        "**Exercise 2** (objective 1). One line is missing: the rate of update `t` (counted from 0) "
        "of a run whose rate falls exponentially from `eta` at step 0 to `ratio * eta` at step `T`. "
        "After the end it holds."
    ),
    right=_decayed,
    steps=(0, 1, 7, 100, 200, 300, 399, 400, 401, 800, (30, 0.5, 0.2, 90), (90, 0.5, 0.2, 90)),
    hints=(
        "Which gamma has gamma ** T == ratio?",
        "gamma = ratio ** (1 / T), and gamma ** t = ratio ** (t / T).",
    ),
    praise="At half of the run the rate is the geometric mean of its ends: a tenth of the peak.",
    mistakes={
        "ratio as gamma": Mistake(
            _with(lambda t, ratio, T: ratio**t),
            "your rate falls by the whole ratio at every update. It should take T updates: "
            "gamma = ratio ** (1 / T).",
        ),
        "one update ahead": Mistake(
            _with(lambda t, ratio, T: ratio ** ((t + 1) / T)),
            "you used t + 1. t counts the updates already made, so the first one uses eta itself.",
        ),
        "reached one step early": Mistake(
            _with(lambda t, ratio, T: ratio ** (t / (T - 1))),
            "you divide by T - 1, so that the last update already has the final rate. Here it is "
            "reached at t = T, one past the last update.",
        ),
        "straight line": Mistake(
            _with(lambda t, ratio, T: 1 - (1 - ratio) * t / T),
            "that is a straight line between the same ends: you subtract equal amounts, an "
            "exponential divides by equal factors.",
        ),
        "e-folding": Mistake(
            _with(lambda t, ratio, T: exp(-t / T)),
            "you fall by a factor of e over the run, whatever the ratio is: exp(-t/T) must become "
            "ratio ** (t / T).",
        ),
        "linear gamma": Mistake(
            _with(lambda t, ratio, T: (1 - (1 - ratio) / T) ** t),
            "you took gamma = 1 - (1 - ratio)/T, which ends near exp(-(1 - ratio)). The T-th root "
            "of the ratio is needed.",
        ),
        "rising": Mistake(
            _with(lambda t, ratio, T: ratio ** (1 - t / T)),
            "your rate rises from ratio * eta to eta: the exponent is t / T.",
        ),
        "closed form on the current rate": Mistake(
            _with(lambda t, ratio, T: ratio ** (t * (t + 1) / 2 / T)),
            "you multiplied gamma ** t into the current rate, update after update. gamma ** t "
            "belongs to the first rate, eta.",
        ),
        "factor only": Mistake(
            lambda t, eta=0.1, ratio=0.01, T=400: eta * ratio if t >= T else ratio ** (t / T),
            "that is the factor that falls from 1 to the ratio: multiply it by eta.",
        ),
        "ratio as a rate": Mistake(
            lambda t, eta=0.1, ratio=0.01, T=400: (
                eta * ratio if t >= T else eta * (ratio / eta) ** (t / T)
            ),
            "you fall to the rate `ratio`. It is a ratio: the final rate is ratio * eta.",
        ),
        "numbers instead of names": Mistake(
            lambda t, eta=0.1, ratio=0.01, T=400: (
                eta * ratio if t >= T else 0.1 * 0.01 ** (t / 400)
            ),
            "right for these numbers only: use the parameters eta, ratio and T.",
        ),
    },
)


def _repaired(t):
    return 0.05 * 0.7 ** (t / 100)


repaired = Exercise(
    ask=(
        "**Exercise 3** (objectives 1 and 3). A run of 10 epochs of 100 updates, recorded with "
        "`lr.record_rates`:\n\n"
        "| update | 0 | 1 | 2 | 3 | 10 | 100 |\n|---|---|---|---|---|---|---|\n"
        "| rate used | 0.05 | 0.035 | 0.0245 | 0.01715 | 0.001412 | 1.6e-17 |\n\n"
        "The paper says: *the rate starts at 0.05 and decays by a factor of 0.7 an epoch.* What "
        "went wrong? Write the schedule that was meant, with the decay spread evenly over all "
        "updates: at the first update of every epoch it has the paper's rate, and it falls by the "
        "same factor at every update. (A function of `t`, or a schedule of this library.)"
    ),
    right=_repaired,
    steps=(0, 1, 2, 10, 50, 99, 100, 101, 150, 500, 999),
    hints=(
        "Divide each recorded rate by the one before. How often should that factor have come?",
        "100 equal factors must make 0.7: each of them is 0.7 ** (1 / 100).",
    ),
    praise="The factor was meant per epoch and applied per update: after one epoch, nothing moved.",
    mistakes={
        "the recorded run": Mistake(
            lambda t: 0.05 * 0.7**t,
            "that is the run that was recorded: 0.7 at every update. It was meant once an epoch.",
        ),
        "staircase": Mistake(
            lr.Step(0.05, step_size=100, gamma=0.7),
            "that drops once an epoch, and is a good repair; here the decay was to be spread "
            "evenly over the updates, with no stairs.",
        ),
        "straight pieces": Mistake(
            lambda t: 0.05 * 0.7 ** (t // 100) * (1 - 0.3 * (t % 100) / 100),
            "your rates agree at the epochs, and are straight lines between: the factor from one "
            "update to the next must be the same everywhere.",
        ),
        "one minus a share": Mistake(
            lambda t: 0.05 * (1 - 0.3 / 100) ** t,
            "you spread the 30 % in equal parts: 0.997 ** 100 is 0.74, not 0.7. "
            "Take the hundredth root.",
        ),
        "over the whole run": Mistake(
            lambda t: 0.05 * 0.7 ** (t / 1000),
            "your rate takes the whole run to fall by 0.7; it should take one epoch, 100 updates.",
        ),
        "per ten updates": Mistake(
            lambda t: 0.05 * 0.7 ** (t / 10),
            "you divided by the number of epochs; divide by the updates of one epoch.",
        ),
        "one update ahead": Mistake(
            lambda t: 0.05 * 0.7 ** ((t + 1) / 100),
            "your curve is one update ahead: update 0 should use 0.05 itself.",
        ),
        "epoch counted from one": Mistake(
            lambda t: 0.05 * 0.7 ** (t / 100 + 1),
            "you start at 0.035: the first epoch is number 0 and has the full rate.",
        ),
        "divided by 99": Mistake(
            lambda t: 0.05 * 0.7 ** (t / 99),
            "you reach the next epoch's rate at update 99, the last of the epoch. It belongs to "
            "update 100.",
        ),
        "gamma divided": Mistake(
            lambda t: 0.05 * (0.7 / 100) ** t,
            "you divided gamma by 100. A factor is split into equal factors by a root.",
        ),
    },
)
