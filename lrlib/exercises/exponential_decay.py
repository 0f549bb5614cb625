"""Lesson 03, exponential decay: a run cut short, how far it gets, a factor for what?"""

from math import exp, log

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

    curvature, left, half_life, T = 0.05, 0.01, 150, 1000
    travel = log(1 / left) / curvature  # so that exp(-curvature * travel) = left
    gamma = 0.5 ** (1 / half_life)
    return travel * (1 - gamma) / (1 - gamma**T)  # the rates sum to eta_0 (1 - gamma^T) / (1 - gamma)


_GAMMA = 0.5 ** (1 / 150)
_MEAN = (1 - _GAMMA**1000) / (1 - _GAMMA) / 1000  # of the rates, in units of the peak


needed_peak = Exercise(
    ask=(
        "**Exercise 2** (objectives 1 and 2). In a run of 1000 updates the rate falls exponentially, "
        "with a half-life of 150 updates. How high (to 1 %) must its peak be, so that just 1 % of the "
        "distance is left in a direction of curvature 0.05? (No noise; small rates: use the travel.)"
    ),
    right=_needed_peak,
    hints=(
        "First the travel S that is needed: exp(-0.05 S) = 0.01. Then γ: 150 factors make a half.",
        "S is about 92, and γ = 0.5 ** (1 / 150). The rates are a geometric sum of 1000 terms that "
        "begins with the peak.",
    ),
    praise="The travel must be 92; a constant rate of 0.092 would pay for it, this decay needs 4.7 "
    "times as much.",
    mistakes={
        "constant rate": Mistake(
            log(100) / 0.05 / 1000,
            "that is a constant rate. The decay travels less from the same peak.",
        ),
        "mean of the ends": Mistake(
            log(100) / 0.05 / 1000 / (0.5 + 0.5 * _GAMMA**1000),
            "you took the mean of first and last rate. An exponential lies far below that line.",
        ),
        "endless": Mistake(
            log(100) / 0.05 * (1 - _GAMMA),
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
        "time constant": Mistake(
            log(100) / 0.05 * (1 - exp(-1 / 150)) / (1 - exp(-1000 / 150)),
            "you let the rate fall by a factor of e in 150 updates. In a half-life it falls by 2.",
        ),
        "the travel": Mistake(
            log(100) / 0.05, "that is the travel that is needed. Which peak has it as its area?"
        ),
    },
    tolerance=0.008,
)


def _repaired(t):
    return 0.05 * 0.997**t


repaired = Exercise(
    ask=(
        "**Exercise 3** (objective 3). A run of 10 epochs of 100 updates, recorded with "
        "`lr.record_rates`:\n\n"
        "| update | 0 | 1 | 99 | 100 | 200 | 900 |\n|---|---|---|---|---|---|---|\n"
        "| rate used | 0.05 | 0.05 | 0.05 | 0.04985 | 0.0497 | 0.0487 |\n\n"
        "The code is lost; its author is sure that the γ was right. What went wrong? Write the "
        "schedule that was meant. (A function of `t`, or a schedule.)"
    ),
    right=_repaired,
    steps=(0, 1, 2, 10, 50, 99, 100, 101, 150, 500, 999),
    hints=(
        "Where does the recorded rate fall, and by which factor? How often should that factor come?",
        "γ = 0.04985 / 0.05, once for each epoch. A γ so near to 1 was made for every update.",
    ),
    praise="A γ per update, stepped per epoch: 10 factors of 0.997 instead of 1000, and the rate "
    "hardly moves. Friday's run had it the other way round.",
    mistakes={
        "the recorded run": Mistake(
            lambda t: 0.05 * 0.997 ** (t // 100),
            "that is the run that was recorded: 0.997 once an epoch, 3 % in all.",
        ),
        "the recorded run, smooth": Mistake(
            lambda t: 0.05 * 0.997 ** (t / 100),
            "that takes the stairs out of the recorded run, and falls as little. The factor of an "
            "epoch was meant for an update.",
        ),
        "the fall of the whole run": Mistake(
            lambda t: 0.05 * (0.0487 / 0.05) ** t,
            "that is the factor from update 0 to update 900, nine times γ. Take one jump alone.",
        ),
        "staircase of whole epochs": Mistake(
            lambda t: 0.05 * 0.997 ** (100 * (t // 100)),
            "your rates agree at the first update of each epoch, and stand still between.",
        ),
        "straight line": Mistake(
            lambda t: 0.05 * (1 - 0.003 * t),
            "you subtract 0.3 % of the peak each time: that is a line, and below zero after 334 "
            "updates. Multiply.",
        ),
        "one update ahead": Mistake(
            lambda t: 0.05 * 0.997 ** (t + 1),
            "your curve is one update ahead: update 0 should use 0.05 itself.",
        ),
        "the factor only": Mistake(
            lambda t: 0.997**t, "that is the factor from 1 on: multiply it by the peak."
        ),
        "a tenth of the way": Mistake(
            lambda t: 0.05 * 0.997 ** (t / 10),
            "you spread γ over 10 updates. It was meant for one.",
        ),
        "multiplied into the current rate": Mistake(
            lambda t: 0.05 * 0.997 ** (t * (t + 1) / 2),
            "you multiply γ ** t into the rate of the update before. It belongs to the first rate.",
        ),
    },
)
