"""Lesson 08, one cycle: what operators keep, the control without a rise, rates really used."""

import numpy as np

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.one_cycle import (
    against_it, four_times_faster, recall, what_remains, which_share,
)  # fmt: skip


def _travel():
    import lrlib as lr

    rise_and_hold = lr.Linear(0, 0.4, 100) >> lr.Constant(0.4, 50)
    return (0.5 * rise_and_hold.reverse().repeat(2)).rates().sum()


travel = Exercise(
    ask=(
        "**Exercise 1** (objective 1). `a = lr.Linear(0, 0.4, 100) >> lr.Constant(0.4, 50)`. What is "
        "the travel of `0.5 * a.reverse().repeat(2)`, summed over its updates, to three digits? By "
        "hand first."
    ),
    right=_travel,
    hints=(
        "The rates of the rise are 0, 0.004, 0.008 … 0.396: what is their sum? Then go through the "
        "operators one by one.",
        "The rise has 0.004 × (0 + 1 + … + 99) = 19.8, the hold 20. Reversed: add $a(150)$, take "
        "away $a(0)$. Twice, and half of it.",
    ),
    praise="Twice and half cancel; what is left is the end that the reversed run begins with.",
    mistakes={
        "reverse keeps": Mistake(
            39.8, "you let `reverse` keep the travel. Run forwards, `a` never uses its end a(150); "
            "run backwards it begins there, and leaves out a(0)."
        ),
        "the area": Mistake(
            40.0, "that is the area under the smooth curve. Whole updates use the rate at the left "
            "end of each step."
        ),
        "repeat forgotten": Mistake(20.1, "that is one of the two repetitions."),
        "factor forgotten": Mistake(80.4, "you left out the factor 0.5."),
        "the mean": Mistake(40.2 / 300, "that is the mean rate; the travel is the sum."),
        "no hold": Mistake(20.2, "the hold is missing: 50 updates at 0.4."),
        "wrong end": Mistake(39.4, "you took a(150) away; the reversed run begins with it."),
    },
    tolerance=1e-3,
)  # fmt: skip


def _no_rise(t, T=100, peak=1.0):
    import numpy as np

    import lrlib as lr

    rates = lr.one_cycle(peak, T).rates()
    return np.sort(rates)[::-1][t]


def _with(last_line):
    """The faded function with another last line."""

    def answer(t, T=100, peak=1.0):
        return last_line(lr.one_cycle(peak, T).rates(), t, T)

    return answer


no_rise = Exercise(
    ask=(
        "**Exercise 2** (objective 2). One cycle beats a fixed rate. Is it the *rise*? The control "
        "uses exactly the same rates, so has the same peak and the same travel, and never rises. "
        "One line is missing: the rate of update `t`."
    ),
    right=_no_rise,
    steps=(0, 1, 5, 30, 50, 98, 99, (7, 50, 0.3), (20, 40, 0.3)),
    hints=(
        "The same numbers in another order: which?",
        "`np.sort` puts them in order, the smallest first; `[::-1]` turns an array round.",
    ),
    praise="Same rates, same travel: if this ends lower, the rise only cost.",
    mistakes={
        "as it is": Mistake(_with(lambda r, t, T: r[t]), "that is one cycle itself: it rises."),
        "upwards": Mistake(
            _with(lambda r, t, T: np.sort(r)[t]),
            "sorted, but upwards: it only rises. Turn it round.",
        ),
        "reversed": Mistake(
            _with(lambda r, t, T: r[::-1][t]),
            "run backwards it still rises, in the other part of the run.",
        ),
        "cut off": Mistake(
            _with(lambda r, t, T: r[min(r.argmax() + t, T - 1)]),
            "you left out the rise, and with it a part of the rates: the travel is smaller.",
        ),
        "its mean": Mistake(
            _with(lambda r, t, T: r.mean()), "the same travel, but it does not fall either."
        ),
        "rolled": Mistake(
            _with(lambda r, t, T: np.roll(r, -r.argmax())[t]),
            "you put the rise behind the fall: it still rises.",
        ),
    },
)  # fmt: skip


def _really_used(t):
    import lrlib as lr

    return (lr.Linear(0.1, 1, 100) * lr.Cosine(0.4, 0, 1000))(t)


really_used = Exercise(
    ask=(
        "**Exercise 3** (objectives 1 and 3). 'Warm up for 100 updates from a tenth of 0.4 to 0.4, "
        "then a cosine to zero at 1,000.' The code:\n\n"
        "```python\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.4)\n"
        "scheduler = ChainedScheduler([\n"
        "    LinearLR(optimizer, start_factor=0.1, total_iters=100),\n"
        "    CosineAnnealingLR(optimizer, T_max=1000),\n"
        "])\n"
        "```\n\n"
        "with `scheduler.step()` after each update. Compose the schedule that these 1,000 updates "
        "**really use**."
    ),
    right=_really_used,
    steps=(0, 1, 50, 99, 100, 101, 400, 800, 999),
    hints=(
        "Two schedulers at once, each with a clock that starts at update 0. Which operator is that?",
        "`LinearLR` gives a factor, from 0.1 to 1, and then stays at 1. The cosine is over 1,000 "
        "updates, from 0.4.",
    ),
    praise="When the warmup is done, the cosine is 100 updates down: 0.4 is never used.",
    mistakes={
        "as meant": Mistake(
            lr.Linear(0.04, 0.4, 100) >> lr.Cosine(0.4, 0, 900),
            "that is what was meant, and what `SequentialLR` does with a cosine of 900.",
        ),
        "late clock": Mistake(
            lr.Linear(0.04, 0.4, 100) >> lr.Cosine(0.4, 0, 1000),
            "one after the other: but in a chain both clocks start at update 0.",
        ),
        "overwritten": Mistake(
            lr.Cosine(0.4, 0, 1000), "the factor is missing: both act, the rates multiply."
        ),
        "no cosine yet": Mistake(
            lr.Linear(0.04, 0.4, 100) >> lr.Cosine(0.4, 0, 1000).drop(100),
            "from update 100 on this is right; during the warmup the cosine acts already.",
        ),
        "added": Mistake(
            lr.Linear(0.04, 0.4, 100) + lr.Cosine(0.4, 0, 1000),
            "added, the rate would begin above 0.4. The factors multiply.",
        ),
        "rate twice": Mistake(
            lr.Linear(0.04, 0.4, 100) * lr.Cosine(0.4, 0, 1000),
            "you multiplied two rates; one of them is a factor, from 0.1 to 1.",
        ),
        "default start": Mistake(
            lr.Linear(1 / 3, 1, 100) * lr.Cosine(0.4, 0, 1000),
            "a third is the default of `start_factor`; here it is 0.1.",
        ),
    },
)
