"""Lesson 09, the plateau rule: a log read by hand, the pace of noise, a whole run with a warmup."""

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.plateau import four_rules, grows, less_noise, recall, strangers


def _second_drop():
    log = [0.90, 0.70, 0.66, 0.68, 0.55, 0.52, 0.56, 0.50]
    log += [0.53, 0.51, 0.54, 0.40, 0.45, 0.42, 0.44, 0.41]
    rule = lr.Plateau(0.1, patience=2, threshold=0.1, threshold_mode="abs", cooldown=1)
    return rule.drops(log)[1] + 1  # drops() counts from 0


second_drop = Exercise(
    ask=(
        "**Exercise 1** (objective 1). Patience 2, an *absolute* threshold of 0.1, cooldown 1. The "
        "log: 0.90, 0.70, 0.66, 0.68, 0.55, 0.52, 0.56, 0.50, 0.53, 0.51, 0.54, 0.40, 0.45, 0.42, "
        "0.44, 0.41. On which call, counted from 1, does the **second** drop come? On paper first."
    ),
    right=_second_drop,
    hints=(
        "A record must beat the best by more than 0.1. Write the best beside each value: it takes "
        "only four values.",
        "After a drop the count is 0, and the next value cannot count as bad, whatever it is. The "
        "third bad value in a row drops the rate.",
    ),
    praise="The small improvements that a threshold ignores are bad values, too.",
    mistakes={
        "the first": Mistake(8, "that is the first drop; go on."),
        "from zero": Mistake(_second_drop() - 1, "you counted the calls from 0."),
        "no cooldown": Mistake(
            11, "the value after the first drop is in the cooldown: it cannot count as bad.",
        ),
        "no threshold": Mistake(
            16, "you counted every new minimum as a record; it must be lower by more than 0.1."
        ),
    },
    tolerance=1e-9,
)  # fmt: skip


def _smallest_patience():
    def dropped_by(patience, n):
        bad, dropped = [1.0] + [0.0] * patience, 0.0
        for i in range(1, n + 1):
            dropped += (1 - 1 / i) * bad[-1]
            bad = [sum(bad) / i] + [(1 - 1 / i) * chance for chance in bad[:-1]]
        return dropped

    return next(p for p in range(100) if dropped_by(p, 100) < 0.1)


smallest_patience = Exercise(
    ask=(
        "**Exercise 2** (objective 2). You hold the rate for 100 checks and want noise alone to bring "
        "a drop in fewer than one run in ten. What is the smallest patience?"
    ),
    right=_smallest_patience,
    hints=(
        "`dropped_by(patience, n)` of this lesson has the chance; its last entry belongs to check n.",
        "`next(p for p in range(100) if dropped_by(p, 100)[-1] < 0.1)`",
    ),
    praise="A run that must not listen to noise can hardly listen at all.",
    mistakes={
        "one window": Mistake(
            9, "that makes only the earliest drop, on call p + 2, so rare. Later calls can drop, too."
        ),
        "the median": Mistake(
            next(p for p in range(100) if p * 1.75 > 100), "that puts the median drop near 100: "
            "one run in two, not one in ten."
        ),
    },
    tolerance=1e-9,
)  # fmt: skip


_ACCURACIES = (0.31, 0.45, 0.52, 0.51, 0.50, 0.52, 0.58, 0.57, 0.56, 0.57, 0.61)
_RULE = lr.Plateau(0.2, "max", factor=0.5, patience=2)


def _my_run(t):
    accuracies = (0.31, 0.45, 0.52, 0.51, 0.50, 0.52, 0.58, 0.57, 0.56, 0.57, 0.61)
    rule = lr.Plateau(0.2, mode="max", factor=0.5, patience=2)
    steps = [50 * (i + 1) for i in range(len(accuracies))]  # of the plateau's own clock
    return (lr.Linear(0, 0.2, 100) >> rule.schedule(accuracies, steps))(t)


_STEPS = [50 * (i + 1) for i in range(len(_ACCURACIES))]
_RISE = lr.Linear(0, 0.2, 100)

my_run = Exercise(
    ask=(
        "**Exercise 3** (objectives 1 and 3). Rebuild a run from its log. Linear warmup from 0 to 0.2 "
        "in 100 updates; then a plateau rule on the validation *accuracy* (patience 2, the rate "
        "halved), checked every 50 updates, the first time after update 150: "
        + ", ".join(f"{value:.2f}" for value in _ACCURACIES)
        + ". Write its rate as a function of the step."
    ),
    right=_my_run,
    steps=(0, 50, 99, 100, 149, 150, 249, 250, 349, 350, 399, 400, 449, 549, 550, 599, 600, 650, 900),
    hints=(
        "`rule.schedule(log, steps)` is a schedule, and `a >> b` gives b a clock of its own.",
        "On the plateau's clock the checks are at 50, 100, 150 …; an accuracy should rise: "
        '`mode="max"`.',
    ),
    praise="A log and a rule are the whole run: nothing else has to be saved.",
    mistakes={
        "mode": Mistake(
            _RISE >> lr.Plateau(0.2, factor=0.5, patience=2).schedule(_ACCURACIES, _STEPS),
            "your rule waits for the accuracy to fall.",
        ),
        "clock": Mistake(
            _RISE >> _RULE.schedule(_ACCURACIES, [100 + step for step in _STEPS]),
            "your drops come 100 updates late: after `>>` the plateau's clock starts at 0.",
        ),
        "tenth": Mistake(
            _RISE >> lr.Plateau(0.2, "max", patience=2).schedule(_ACCURACIES, _STEPS),
            "your rule takes a tenth (PyTorch's default factor); the rate was halved.",
        ),
        "no warmup": Mistake(_RULE.schedule(_ACCURACIES, _STEPS), "the warmup is missing."),
        "patience": Mistake(
            _RISE >> lr.Plateau(0.2, "max", factor=0.5, patience=1).schedule(_ACCURACIES, _STEPS),
            "your drop comes on the second bad value; a patience of 2 bears two, and the third drops.",
        ),
    },
)
