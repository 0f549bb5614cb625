"""Lesson 07, SGDR: where a cycle ends, what restarts cost, and the checkpoint to keep."""

from math import cos, pi

import numpy as np

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.sgdr import anytime, price, recall, wider


def _rate_90():
    from math import cos, pi

    start, length = 10 + 20 + 40, 80  # the first three cycles are over; the fourth is 80 long
    peak, eta_min = 0.8 * 0.5**3, 0.02
    return eta_min + (peak - eta_min) * (1 + cos(pi * (90 - start) / length)) / 2


def _fall(peak, eta_min, own, length):
    return eta_min + (peak - eta_min) * (1 + cos(pi * own / length)) / 2


rate_90 = Exercise(
    ask=(
        "**Exercise 1** (objective 1). `lr.sgdr(0.8, 0.02, T_0=10, T_mult=2, gamma=0.5)`: which "
        "rate does update number 90, the 91st, use? (Three significant digits.)"
    ),
    right=_rate_90,
    hints=(
        "The cycles have 10, 20, 40, 80 ... updates. In which one is $t = 90$, and how many "
        "updates of that cycle are already made?",
        "Cycle 3 begins at 10 + 20 + 40 = 70, so its own step is 20 of 80: a quarter. Three "
        "restarts have halved the peak three times. $\\cos(\\pi/4) = 0.7071$.",
    ),
    praise="A quarter into the fourth cycle: 85 % of the way up from the lowest rate to its peak.",
    mistakes={
        "gamma forgotten": Mistake(
            _fall(0.8, 0.02, 20, 80),
            "the place in the cycle is right, but you took the first peak: each restart multiplies "
            "it by gamma, and there were three.",
        ),
        "one restart too few": Mistake(
            _fall(0.2, 0.02, 20, 80),
            "you multiplied the peak by gamma twice. Cycles are counted from 0: cycle 3 has gamma "
            "to the power 3.",
        ),
        "one restart too many": Mistake(
            _fall(0.05, 0.02, 20, 80),
            "you multiplied the peak by gamma four times. Cycles are counted from 0: the fourth "
            "one is cycle 3.",
        ),
        "the peak": Mistake(
            0.1,
            "that is the peak of the cycle; a quarter of it is over.",
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
            "you put t = 90 into the cosine. A cycle has a clock of its own: t minus its start.",
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


def _left(t, T_0=10, T_mult=2):
    start, length = 0, T_0
    while t >= start + length:
        start, length = start + length, T_mult * length
    return start + length - (t + 1)


def _with(last_line):
    """The faded function with another last line."""

    def answer(t, T_0=10, T_mult=2):
        start, length = 0, T_0
        while t >= start + length:
            start, length = start + length, T_mult * length
        return last_line(t, start, length, T_0)

    return answer


left = Exercise(
    ask=(
        "**Exercise 2** (objective 3). Your training loop must know when to take a checkpoint. "
        "How many updates of the present cycle are left once update number `t` is made? (At 0, take "
        "it.) One line is missing."
    ),
    right=_left,
    steps=(
        *(0, 1, 8, 9, 10, 11, 28, 29, 30, 68, 69, 70, 149),
        *((0, 7, 3), (6, 7, 3), (7, 7, 3), (27, 7, 3), (4, 5, 1), (9, 5, 1), (11, 5, 1)),
    ),
    hints=(
        "After the loop, `start` and `length` are those of the cycle that update `t` belongs to. "
        "Its last update is number `start + length - 1`.",
        "Once update number `t` is made, `t + 1` updates are made. The cycle ends when `start + "
        "length` are.",
    ),
    praise="At 0 the rate has come down, and the next update would be the first after the restart.",
    mistakes={
        "one too many": Mistake(
            _with(lambda t, start, length, T_0: start + length - t),
            "that is how many are left before update t is made. With it you would wait for a 0 "
            "that never comes, because the cycle is over first.",
        ),
        "one too few": Mistake(
            _with(lambda t, start, length, T_0: start + length - t - 2),
            "you reach 0 one update early: the cycle's last update is still to come.",
        ),
        "made, not left": Mistake(
            _with(lambda t, start, length, T_0: t + 1 - start),
            "that is how many updates of the cycle are already made.",
        ),
        "made before": Mistake(
            _with(lambda t, start, length, T_0: t - start),
            "that is 0 at the first update after a restart, the worst moment for a checkpoint.",
        ),
        "global clock": Mistake(
            _with(lambda t, start, length, T_0: length - (t + 1)),
            "you forgot where the cycle begins: it ends after `start + length` updates of the run.",
        ),
        "first length": Mistake(
            _with(lambda t, start, length, T_0: start + T_0 - (t + 1)),
            "you took T_0 for the length of every cycle; this one's is `length`.",
        ),
        "remainder": Mistake(
            lambda t, T_0=10, T_mult=2: T_0 - 1 - t % T_0,
            "a remainder by T_0 is right only while all cycles are equal.",
        ),
    },
    quantity="number of updates",
)


def _price_of_two_stops():
    import numpy as np

    import lrlib as lr

    curvatures, peaks = lr.dynamics.power_law(20, 1.0), np.geomspace(0.05, 1, 40)

    def lowest_mean(make):
        rates = np.array([make(peak).rates(600) for peak in peaks])
        losses = lr.dynamics.noisy_quadratic(rates, curvatures, 0.2)
        return losses[:, [150, 600]].mean(1).min()

    one = lowest_mean(lambda peak: lr.Cosine(peak, 0, 600))
    two = lowest_mean(lambda peak: lr.sgdr(peak, 0, 150, T_mult=3, gamma=0.5, cycles=2))
    return 100 * (two / one - 1)


def _otherwise(T_mult=3, gamma=0.5, at=(150, 600), same_peak=False, by=None, upside_down=False):
    """The number of exercise 3 with one thing done otherwise."""
    peaks = np.geomspace(0.05, 1, 40)
    both = (lambda p: lr.Cosine(p, 0, 600)), (lambda p: lr.sgdr(p, 0, 150, T_mult, gamma, cycles=2))
    rates = np.array([[make(p).rates(600) for p in peaks] for make in both])
    losses = lr.dynamics.noisy_quadratic(rates, lr.dynamics.power_law(20, 1.0), 0.2)
    chosen = losses[..., list(by or at)].mean(-1).argmin(-1)
    best = (chosen[0], chosen[0]) if same_peak else chosen
    one, two = (losses[k, best[k]][list(at)].mean() for k in (0, 1))
    return 100 * ((one / two if upside_down else two / one) - 1)


def _mean_of_per_cents():
    """The number of exercise 3 with a per cent taken at each stop."""
    return (_otherwise(at=(150,), by=(150, 600)) + _otherwise(at=(600,), by=(150, 600))) / 2


two_stops = Exercise(
    ask=(
        "**Exercise 3** (objectives 2 and 3). On the bowl of the sliders (white noise) a job stops after "
        "150 or after 600 updates, equally likely. Place one restart so that a cycle ends at each stop, the second peak half as high "
        "as the first. By how many per cent does the *mean of the two losses* lie above (+) or "
        "below (−) that of one cosine over 600? Each at the peak that is best for this mean, out "
        "of `np.geomspace(0.05, 1, 40)`. The sliders' code shows how."
    ),
    right=_price_of_two_stops,
    hints=(
        "Cycles of 150 and 450: `lr.sgdr(peak, 0, 150, T_mult=3, gamma=0.5, cycles=2)`. "
        "`lr.dynamics.noisy_quadratic(rates, curvatures, sigma)` takes the rates of all peaks at "
        "once, shape (40, 600), and returns the losses after 0 to 600 updates.",
        "For each schedule take `losses[:, [150, 600]].mean(1).min()`; then 100 times (SGDR's over "
        "the cosine's, minus 1).",
    ),
    praise="You placed it, tuned both and paid for it honestly.",
    mistakes={
        "one peak for both": Mistake(
            _otherwise(same_peak=True),
            "you gave SGDR the cosine's best peak. Each at its own.",
        ),
        "equal peaks": Mistake(
            _otherwise(gamma=1.0),
            "your second peak is as high as the first; it should be half of it: gamma.",
        ),
        "end taken for length": Mistake(
            _otherwise(T_mult=4),
            "your second cycle is 600 long and would end at 750. From 150 to 600 there are 450 "
            "updates.",
        ),
        "equal cycles": Mistake(
            _otherwise(T_mult=1),
            "your second cycle ends at 300, and the run goes on at rate 0.",
        ),
        "tuned for the end": Mistake(
            _otherwise(by=(600,)),
            "you chose the peaks for the loss after 600; they are to be the best for the mean.",
        ),
        "only the end": Mistake(
            _otherwise(at=(600,)),
            "that is the price at the end alone; the mean of both stops is asked for.",
        ),
        "only the first stop": Mistake(
            _otherwise(at=(150,)),
            "that is the gain at the first stop alone; the mean of both is asked for.",
        ),
        "the sign": Mistake(
            -_otherwise(),
            "the sign: SGDR's mean is below the cosine's.",
        ),
        "the fraction": Mistake(
            _otherwise() / 100,
            "that is the fraction; per cents are asked for.",
        ),
        "mean of per cents": Mistake(
            _mean_of_per_cents(),
            "you averaged two per cents; compare the means of the losses.",
        ),
        "the other way round": Mistake(
            _otherwise(upside_down=True),
            "you divided by SGDR's loss: the reference is the one cosine.",
        ),
    },
    tolerance=1e-2,
)
