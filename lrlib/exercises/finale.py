"""Lesson 12, the finale: what three seeds can say, how many are needed, a run that is told its end."""

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.finale import lowest, recall, transformer


def _upper_end():
    differences = [-1.0, -4.0, -2.5]  # per cent, one for each seed
    mean = sum(differences) / 3
    return mean + float(lr.lab.half_width(differences))


upper_end = Exercise(
    ask=(
        "**Exercise 1** (objective 1). On three paired seeds a schedule ended 1.0, 4.0 and 2.5 % below "
        "the line. All three below: is it surely better? Give the *upper* end of the 95 % t-interval of "
        "the mean difference, in per cent, with its sign; two decimals are enough."
    ),
    right=_upper_end,
    hints=(
        "The mean is -2.5. To it comes half the width of the interval: a multiple of the standard "
        "error. With three seeds the multiple is not 2.",
        "`lr.lab.half_width([-1.0, -4.0, -2.5])` is half the width.",
    ),
    praise="Above 0: three seeds on one side are not yet a verdict. With three, half a width is 4.3 "
    "standard errors.",
    mistakes={
        "normal": Mistake(
            -2.5 + 1.959964 * 0.8660254037844386,
            "you took 1.96 standard errors, which holds for many seeds. With three it is 4.3.",
        ),
        "one standard error": Mistake(
            -2.5 + 0.8660254037844386, "that is the mean plus one standard error."
        ),
        "half width": Mistake(
            4.302652729911275 * 0.8660254037844386,
            "that is half the width of the interval; add it to the mean.",
        ),
        "lower end": Mistake(
            -2.5 - 4.302652729911275 * 0.8660254037844386, "that is the lower end."
        ),
    },
    tolerance=5e-3,
)  # fmt: skip


def _told(t, told=900, end=1200):
    hold = lr.Linear(0, 0.02, 60) >> lr.Constant(0.02, told - 60)
    return (hold >> lr.Linear(0.02, 0, end - told))(t)


told = Exercise(
    ask=(
        "**Exercise 2** (objective 2). The rate rises in a straight line "
        "from 0 to 0.02 in 60 updates and holds. At step `told` (later than 60) somebody says that the "
        "run ends at step `end`: from there it falls in a straight line to zero, which it reaches at "
        "`end` and keeps. Write `rate(t, told=900, end=1200)`."
    ),
    right=_told,
    steps=(0, 1, 30, 60, 899, 900, 901, 1050, 1199, 1200, 1300,
           (100, 200, 300), (250, 200, 300), (299, 200, 300), (1000, 500, 2000), (2000, 500, 2000)),
    hints=(
        "Three parts in a row: how long is each, in terms of `told` and `end`?",
        "Their lengths are 60, `told - 60` and `end - told`: `lr.Linear(0, 0.02, 60) >> ...`, called "
        "at `t`.",
    ),
    praise="A schedule that is finished while it runs: until it is told, it has no need of T.",
    mistakes={
        "line from the start": Mistake(
            lambda t, told=900, end=1200: (lr.Linear(0, 0.02, 60) >> lr.Linear(0.02, 0, end - 60))(t),
            "the rate holds at 0.02 until somebody speaks, at step `told`.",
        ),
        "holds too long": Mistake(
            lambda t, told=900, end=1200: (
                lr.Linear(0, 0.02, 60) >> lr.Constant(0.02, told) >> lr.Linear(0.02, 0, end - told)
            )(t),
            "your fall begins 60 updates late: the hold lasts `told - 60`, for it begins at step 60.",
        ),
        "too long a fall": Mistake(
            lambda t, told=900, end=1200: (
                lr.Linear(0, 0.02, 60) >> lr.Constant(0.02, told - 60) >> lr.Linear(0.02, 0, end)
            )(t),
            "your fall lasts `end` updates; it has only those from `told` to `end`.",
        ),
        "numbers": Mistake(
            lambda t, told=900, end=1200: (
                lr.Linear(0, 0.02, 60) >> lr.Constant(0.02, 840) >> lr.Linear(0.02, 0, 300)
            )(t),
            "it is right for 900 and 1,200 alone: use the names `told` and `end`.",
        ),
        "no end": Mistake(
            lambda t, told=900, end=1200: (
                _told(t, told, end) if t <= told else 0.02 * (end - t) / (end - told)
            ),
            "after `end` your rate is negative: it stays at zero.",
        ),
    },
)  # fmt: skip


def _enough_seeds():
    from scipy import stats

    spread, wanted, n = 8.0, 3.0, 2  # per cent: of the differences; half the interval
    while stats.t.ppf(0.975, n - 1) * spread / n**0.5 > wanted:
        n += 1
    return n


enough_seeds = Exercise(
    ask=(
        "**Exercise 3** (objective 3). You expect that your schedule ends 3 % below the line. From seed "
        "to seed the *paired* difference scatters with a standard deviation of 8 %. How many paired seeds "
        "does it take until half the 95 % interval is 3 %, so that 0 just falls out? (Within two.)"
    ),
    right=_enough_seeds,
    hints=(
        "Half the interval is about two standard errors, and a standard error is 8 % over the root "
        "of the number of seeds.",
        "$2 \\cdot 8/\\sqrt n = 3$ gives nearly the answer.",
    ),
    praise="So twenty runs cannot decide about 3 %: look for what is worth more. (With 23 % of scatter, "
    "unpaired, it would take over 400.)",
    mistakes={
        "one standard error": Mistake(
            7, "with seven seeds one standard error is 3 %; half the interval is two."
        ),
        "no root": Mistake(5.3, "the error shrinks with the root of the number of seeds."),
        "runs": Mistake(60, "that is how many runs it takes, two a pair; the question is for seeds."),
        "unpaired": Mistake(
            454, "that is with the scatter of unpaired runs, 23 % each. These are paired."
        ),
    },
    tolerance=0.07,
)  # fmt: skip
