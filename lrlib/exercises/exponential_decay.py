"""Lesson 03, exponential decay: a run cut short, how far it gets, a factor per what?"""

from math import log

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.exponential_decay import best_ratio, ends_lowest, left_forever, recall, smallest_ratio


def _cut_short(t, eta=0.1, ratio=0.01, T=1000, cut=400, end=600):
    if t < cut:
        return eta * ratio ** (t / T)
    done = cut / T  # the share of the fall that lies behind, in powers of the ratio
    return eta * ratio ** (done + (1 - done) * (t - cut) / (end - cut))


def _from_the_cut(rate):
    """The faded function with another idea of the rates after the cut."""

    def answer(t, eta=0.1, ratio=0.01, T=1000, cut=400, end=600):
        if t < cut:
            return eta * ratio ** (t / T)
        return rate(t, eta, ratio, T, cut, end)

    return answer


cut_short = Exercise(
    ask=(
        "**Exercise 1** (objective 1). A run of `T` updates falls exponentially from `eta` to "
        "`ratio * eta`. At step `cut` you learn that it must end at step `end` instead. From there "
        "on the rate shall fall by one factor per update, without a jump, so that it still comes to "
        "`ratio * eta` at `end`. One line is missing."
    ),
    right=_cut_short,
    steps=(0, 100, 399, 400, 401, 450, 500, 599, 600, (50, 0.5, 0.2, 100, 40, 80),
           (60, 0.5, 0.2, 100, 40, 80), (80, 0.5, 0.2, 100, 40, 80)),
    hints=(
        "Where does the rate stand at `cut`, and by which factor must it fall in `end - cut` updates?",
        "It stands at eta * ratio ** (cut / T). What is missing is ratio ** (1 - cut / T), spread over "
        "end - cut updates.",
    ),
    praise="Falls multiply, so their exponents add: 0.4 of the fall was done, 0.6 is done in a third "
    "of the time.",
    mistakes={
        "the old plan": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: eta * ratio ** (t / T)),
            "that is the old plan: at `end` it is still above ratio * eta.",
        ),
        "the new length from the start": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: eta * ratio ** (t / end)),
            "that is the plan of a run that was short from the beginning: at `cut` the rate jumps.",
        ),
        "the whole fall again": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: (
                eta * ratio ** (cut / T + (t - cut) / (end - cut)))),
            "you let the rate fall by the whole ratio once more. Part of the fall is done at `cut`.",
        ),
        "from the peak again": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: (
                eta * ratio ** ((t - cut) / (end - cut)))),
            "you start again at eta, a jump upwards at `cut`.",
        ),
        "straight line": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: (
                eta * ratio ** (cut / T)
                + eta * (ratio - ratio ** (cut / T)) * (t - cut) / (end - cut))),
            "that is a straight line between the right ends. One factor per update is asked for.",
        ),
        "factor only": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: (
                ratio ** (cut / T + (1 - cut / T) * (t - cut) / (end - cut)))),
            "that is the factor from 1 on: multiply it by eta.",
        ),
        "numbers instead of names": Mistake(
            _from_the_cut(lambda t, eta, ratio, T, cut, end: (
                0.1 * 0.01 ** (0.4 + 0.6 * (t - 400) / 200))),
            "right for these numbers only: use the parameters.",
        ),
    },
)  # fmt: skip


def _needed_peak():
    from math import log

    curvature, left, ratio, T = 0.05, 0.01, 0.01, 1000
    travel = log(1 / left) / curvature  # so that exp(-curvature * travel) = left
    gamma = ratio ** (1 / T)
    return travel * (1 - gamma) / (1 - ratio)  # the rates sum to eta_0 (1 - ratio) / (1 - gamma)


_MEAN = 0.99 / (1000 * (1 - 0.01**0.001))  # of the rates, in units of the peak


needed_peak = Exercise(
    ask=(
        "**Exercise 2** (objective 2). A run of 1000 updates falls exponentially to a final ratio of "
        "0.01. About how high must its peak be, so that at most 1 % of the distance is left in a "
        "direction of curvature 0.05? (No noise. Small rates, so use the travel.)"
    ),
    right=_needed_peak,
    hints=(
        "First the travel S that is needed: exp(-0.05 S) = 0.01.",
        "S is about 92. Of 1000 updates at the peak the decay pays for a share: its mean rate over its "
        "peak.",
    ),
    praise="The travel must be 92; a constant rate of 0.092 would pay for it, this decay needs 4.6 "
    "times as much.",
    mistakes={
        "constant rate": Mistake(
            log(100) / 0.05 / 1000,
            "that is a constant rate. The decay travels less from the same peak.",
        ),
        "mean of the ends": Mistake(
            log(100) / 0.05 / 1000 / 0.505,
            "you took the mean of first and last rate. An exponential lies far below that line.",
        ),
        "endless": Mistake(
            log(100) / 0.05 * (1 - 0.01**0.001),
            "that is the endless run; the 1000 updates are 99 % of its travel, so the peak must be a "
            "little higher.",
        ),
        "ten per cent": Mistake(
            log(10) / 0.05 / 1000 / _MEAN, "with this peak 10 % of the distance is left, not 1 %."
        ),
        "curvature forgotten": Mistake(
            log(100) / 1000 / _MEAN,
            "that is enough for a curvature of 1. A flat direction of 0.05 needs 20 times the travel.",
        ),
        "the travel": Mistake(
            log(100) / 0.05, "that is the travel that is needed. Which peak has it as its area?"
        ),
    },
    tolerance=0.008,
)


def _repaired(t):
    return 0.05 * 0.7 ** (t / 100)


repaired = Exercise(
    ask=(
        "**Exercise 3** (objective 3). A run of 10 epochs of 100 updates, recorded with "
        "`lr.record_rates`:\n\n"
        "| update | 0 | 1 | 2 | 3 | 10 | 100 |\n|---|---|---|---|---|---|---|\n"
        "| rate used | 0.05 | 0.035 | 0.0245 | 0.01715 | 0.001412 | 1.6e-17 |\n\n"
        "The paper says: *the rate starts at 0.05 and decays by a factor of 0.7 per epoch.* What "
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
            "that is the run that was recorded: 0.7 at every update. It was meant once per epoch.",
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
