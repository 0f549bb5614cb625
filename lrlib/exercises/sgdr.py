"""Lesson 07, SGDR: find your cycle, write the rate inside it, place the restarts for two deadlines."""

from math import cos, pi

import lrlib as lr

from .exercise import Exercise, Mistake


def _rate_90():
    from math import cos, pi

    start, length = 10 + 20 + 40, 80  # the first three cycles are over; the fourth is 80 long
    peak, eta_min = 0.8 * 0.5**3, 0.02
    return eta_min + (peak - eta_min) * (1 + cos(pi * (90 - start) / length)) / 2


def _fall(peak, eta_min, own, length):
    return eta_min + (peak - eta_min) * (1 + cos(pi * own / length)) / 2


rate_90 = Exercise(
    ask=(
        "**Exercise 1** (objective 1). `lr.sgdr(0.8, 0.02, T_0=10, T_mult=2, gamma=0.5)`: which rate "
        "does update number 90, the 91st, use? (Three significant digits are enough.)"
    ),
    right=_rate_90,
    hints=(
        "The cycles have 10, 20, 40, 80 ... updates. In which one is $t = 90$, and how many updates "
        "of that cycle are already made?",
        "Cycle 3 begins at 10 + 20 + 40 = 70, so its own step is 20 of 80: a quarter. Three "
        "restarts have halved the peak three times. $\\cos(\\pi/4) = 0.7071$.",
    ),
    praise="A quarter into the fourth cycle: 85 % of the way from the lowest rate to its peak of 0.1.",
    mistakes={
        "gamma forgotten": Mistake(
            _fall(0.8, 0.02, 20, 80),
            "the place in the cycle is right, but you kept the first peak: each restart multiplies "
            "it by gamma, and there were three.",
        ),
        "one restart too few": Mistake(
            _fall(0.2, 0.02, 20, 80),
            "you multiplied the peak by gamma twice. Cycles are counted from 0: cycle 3 has gamma "
            "to the power 3.",
        ),
        "one restart too many": Mistake(
            _fall(0.05, 0.02, 20, 80),
            "you multiplied the peak by gamma four times. Cycles are counted from 0: the fourth one "
            "is cycle 3.",
        ),
        "lowest rate forgotten": Mistake(
            _fall(0.1, 0, 20, 80),
            "you annealed towards 0; the lowest rate is 0.02.",
        ),
        "lowest rate not added": Mistake(
            _fall(0.1, 0.02, 20, 80) - 0.02,
            "that is the distance to the lowest rate: add eta_min.",
        ),
        "equal cycles": Mistake(
            max(0.8 * 0.5**9, 0.02),
            "you counted cycles of 10 updates each: with T_mult = 2 each is twice as long as the "
            "one before.",
        ),
        "length taken for the start": Mistake(
            _fall(0.1, 0.02, 10, 80),
            "you let cycle 3 begin at 80. That is its length; it begins where the first three end, "
            "at 10 + 20 + 40.",
        ),
        "global clock": Mistake(
            _fall(0.1, 0.02, 90, 80),
            "you put t = 90 into the cosine. A cycle has a clock of its own: t less its start.",
        ),
        "one step early": Mistake(
            _fall(0.1, 0.02, 19, 80),
            "you used own step 19. Updates are counted from 0: number 90 has 90 updates before it, "
            "20 of them in this cycle.",
        ),
        "one step late": Mistake(
            _fall(0.1, 0.02, 21, 80),
            "you used own step 21. Update number 70 is the first of this cycle, its own step 0.",
        ),
    },
    tolerance=3e-3,
)


def _restarted(t, eta_max=0.1, eta_min=0.001, T_0=10, T_mult=2, gamma=0.5):
    start, length, peak = 0, T_0, eta_max
    while t >= start + length:
        start, length, peak = start + length, T_mult * length, max(gamma * peak, eta_min)
    return eta_min + (peak - eta_min) * (1 + cos(pi * (t - start) / length)) / 2


def _with(last_line):
    """The faded function with another last line."""

    def answer(t, eta_max=0.1, eta_min=0.001, T_0=10, T_mult=2, gamma=0.5):
        start, length, peak = 0, T_0, eta_max
        while t >= start + length:
            start, length, peak = start + length, T_mult * length, max(gamma * peak, eta_min)
        return last_line(t, start, length, peak, eta_max, eta_min, T_0)

    return answer


restarted = Exercise(
    ask=(
        "**Exercise 2** (objective 1). The loop finds the cycle in whole numbers, as the lesson "
        "did; one line is missing: the rate of update `t`."
    ),
    right=_restarted,
    steps=(
        *(0, 1, 5, 9, 10, 11, 29, 30, 50, 69, 70, 149, 150),
        *((30, 0.8, 0.0, 7, 3, 0.9), (90, 0.5, 0.02, 12, 1, 0.8)),
    ),
    hints=(
        "After the loop, `start`, `length` and `peak` are those of the cycle that `t` is in.",
        "It is the formula of lesson 06 with the cycle's own step `t - start`, its own `length` and "
        "its own `peak`.",
    ),
    praise="A restart is nothing but a clock that is set back to 0.",
    mistakes={
        "global clock": Mistake(
            _with(lambda t, start, length, peak, hi, lo, T_0: _fall(peak, lo, t, length)),
            "you used the run's clock: inside a cycle the step is t - start.",
        ),
        "first length": Mistake(
            _with(lambda t, start, length, peak, hi, lo, T_0: _fall(peak, lo, t - start, T_0)),
            "every cycle of yours anneals within T_0 and then rises again: divide by this cycle's "
            "length.",
        ),
        "first peak": Mistake(
            _with(lambda t, start, length, peak, hi, lo, T_0: _fall(hi, lo, t - start, length)),
            "you restart at eta_max each time; this cycle's peak is `peak`.",
        ),
        "lowest rate forgotten": Mistake(
            _with(lambda t, start, length, peak, hi, lo, T_0: _fall(peak, 0, t - start, length)),
            "you anneal to 0: scale peak - eta_min, and add eta_min.",
        ),
        "peak not reduced": Mistake(
            _with(
                lambda t, start, length, peak, hi, lo, T_0: _fall(peak + lo, lo, t - start, length)
            ),
            "you restart above the peak: what falls is peak - eta_min, not peak.",
        ),
        "one step ahead": Mistake(
            _with(
                lambda t, start, length, peak, hi, lo, T_0: _fall(peak, lo, t - start + 1, length)
            ),
            "your curve is one step ahead: the first update of a cycle has own step 0 and uses the "
            "full peak.",
        ),
        "full period": Mistake(
            _with(
                lambda t, start, length, peak, hi, lo, T_0: _fall(peak, lo, 2 * (t - start), length)
            ),
            "inside each cycle your rate falls and rises again: that is a full period, 2 pi. Half a "
            "period falls, and the restart brings it back.",
        ),
        "line": Mistake(
            _with(
                lambda t, start, length, peak, hi, lo, T_0: (
                    lo + (peak - lo) * (1 - (t - start) / length)
                )
            ),
            "that is a straight line in each cycle (it may be as good); the cosine was asked for.",
        ),
    },
)


def _two_deadlines(t):
    schedule = lr.sgdr(0.2, 0.002, T_0=1000, T_mult=2, gamma=0.5, warmup=50, cycles=2)
    return schedule(t)


two_deadlines = Exercise(
    ask=(
        "**Exercise 3** (objectives 2 and 3). Your job may be stopped after 1000 updates or after 3000, "
        "and not in between; experiment 3 says where a border belongs, and which way the peaks should "
        "go. Write a schedule that has come to rest at both moments, as a function of "
        "`t` or with `lr.sgdr`: two cycles with the peaks 0.2 and 0.1 and the lowest rate 0.002, "
        "each with a warmup of 50 updates from the lowest rate. After the end it stays at the lowest rate."
    ),
    right=_two_deadlines,
    steps=(*(0, 25, 50, 500, 999, 1000, 1025, 1050, 2000, 2050, 2500, 2999), 3000, 4000),
    hints=(
        "The first cycle ends at 1000, the second at 3000. How long is each, and what is their ratio?",
        "1000 and 2000: T_0 = 1000 and T_mult = 2. The peaks give gamma, and `cycles=2` ends the "
        "schedule. `lr.sgdr(eta_max, eta_min, T_0, T_mult, gamma, warmup, cycles)`.",
    ),
    praise="Both deadlines find a model at rest. A border is a date that you choose.",
    mistakes={
        "end taken for length": Mistake(
            lr.sgdr(0.2, 0.002, 1000, 3, 0.5, 50, 2),
            "your second cycle is 3000 long, so it ends at 4000, and the stop at 3000 finds it in "
            "mid-fall. From 1000 to 3000 there are 2000 updates.",
        ),
        "equal cycles": Mistake(
            lr.sgdr(0.2, 0.002, 1000, 1, 0.5, 50, 3),
            "three cycles of 1000 are at rest at both moments, but also restart at 2000, where "
            "nobody stops you. Two cycles were asked for.",
        ),
        "two equal cycles": Mistake(
            lr.sgdr(0.2, 0.002, 1000, 1, 0.5, 50, 2),
            "your second cycle ends at 2000 already; its length must be 2000.",
        ),
        "third cycle": Mistake(
            lr.sgdr(0.2, 0.002, 1000, 2, 0.5, 50),
            "at step 3000 yours restarts once more: give cycles=2. Somebody who trains one update "
            "too many would lose the model at rest.",
        ),
        "no gamma": Mistake(
            lr.sgdr(0.2, 0.002, 1000, 2, 1.0, 50, 2),
            "your second peak is 0.2 again; it should be half of the first: gamma.",
        ),
        "no warmup": Mistake(
            lr.sgdr(0.2, 0.002, 1000, 2, 0.5, 0, 2),
            "your cycles begin at their peaks; each should begin with a warmup of 50 updates.",
        ),
        "first warmup only": Mistake(
            lambda t: (
                lr.Linear(0.002, 0.2, 50) >> lr.Cosine(0.2, 0.002, 950) >> lr.Cosine(0.1, 0.002, 2000)
            )(t),
            "only your first cycle has a warmup; the restart is where the weights meet a high rate "
            "again, so the second has one too.",
        ),
        "warmup on top": Mistake(
            lr.Linear(0.002, 0.2, 50) >> lr.Cosine(0.2, 0.002, 1000)
            >> lr.Linear(0.002, 0.1, 50) >> lr.Cosine(0.1, 0.002, 2000),
            "your warmups come on top of the cycles, which then end at 1050 and 3100: they belong "
            "to the 1000 and the 2000.",
        ),
        "one cosine": Mistake(
            lr.warmup_cosine(0.2, 50, 3000, eta_min=0.002, start=0.002),
            "one cosine over 3000 updates: at 1000 its rate is still high, and that stop would find "
            "a noisy model.",
        ),
        "down to zero": Mistake(
            lr.sgdr(0.2, 0.0, 1000, 2, 0.5, 50, 2),
            "you anneal to 0; the lowest rate is 0.002.",
        ),
        "warmup from zero": Mistake(
            lr.Linear(0, 0.2, 50) >> lr.Cosine(0.2, 0.002, 950)
            >> lr.Linear(0, 0.1, 50) >> lr.Cosine(0.1, 0.002, 1950),
            "your warmups start at 0; here they start at the lowest rate, 0.002, where the cycle "
            "before has ended, so that no update is wasted.",
        ),
    },
)  # fmt: skip
