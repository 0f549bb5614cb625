"""Lesson 04, cyclical rates: write a control, read a record, repair a call."""

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.cyclical_rates import breath, how_many, one_fall, recall, which_leave


def _control(t, eta_min=0.01, eta_max=0.09, h=100, n=4):
    height = (eta_max - eta_min) * (2 - 2 ** (1 - n)) / n
    return lr.triangular(eta_min, eta_min + height, h)(t)


def _with(height):
    """The faded function with another idea of its missing line."""

    def answer(t, eta_min=0.01, eta_max=0.09, h=100, n=4):
        return lr.triangular(eta_min, eta_min + height(eta_max - eta_min, n, eta_max), h)(t)

    return answer


control = Exercise(
    ask=(
        "**Exercise 1** *(objective 2)*. `triangular2` beats a fixed rate, and differs from one in two "
        "ways, so it needs two controls. Your experiment took the *cycles* away. Now take the *decay* "
        "away: n triangles of one height that have, over the whole run, the travel of `triangular2`. One "
        "line is missing."
    ),
    right=_control,
    steps=(0, 1, 99, 100, 201, 399, (70, 0.1, 0.5, 30, 2), (20, 0, 0.2, 5, 3), (5, 0, 1, 8, 1)),
    hints=(
        "Travel is the mean rate times the length. What is the mean of a triangle of a given height, and "
        "what are the n heights of `triangular2`?",
        "The mean of a triangle grows in proportion to its height. So the one height must be the mean of "
        "the n heights: the first is `eta_max - eta_min`, each next one half of it.",
    ),
    praise=(
        "The same travel, the same cycles, and no decay. Let it meet `triangular2` in a duel: what it "
        "loses is what the decay was worth."
    ),
    mistakes={
        "no change": Mistake(
            _with(lambda first, n, top: first),
            "that is `triangular` with the first height. Its travel is larger than that of triangular2.",
        ),
        "the last height": Mistake(
            _with(lambda first, n, top: first * 0.5 ** (n - 1)),
            "that is the height of the last cycle alone: the travel comes out too small.",
        ),
        "first and last": Mistake(
            _with(lambda first, n, top: first * (1 + 0.5 ** (n - 1)) / 2),
            "you took the mean of the first and the last height. Halving is not a straight line: add up "
            "all n.",
        ),
        "the sum": Mistake(
            _with(lambda first, n, top: first * (2 - 2 ** (1 - n))),
            "that is the sum of the n heights. Each of your n triangles is to have their mean.",
        ),
        "the mean rate": Mistake(
            _with(lambda first, n, top: first * (1 - 0.5**n) / n),
            "you held the mean rate above eta_min. A triangle has half its height as its mean.",
        ),
        "endless halving": Mistake(
            _with(lambda first, n, top: 2 * first / n),
            "you added halves forever. After n cycles the run is over.",
        ),
        "peak for height": Mistake(
            _with(lambda first, n, top: top * (2 - 2 ** (1 - n)) / n),
            "you averaged halves of the peak, eta_max. What is halved is the height above eta_min.",
        ),
        "height for peak": Mistake(
            _with(lambda first, n, top: first * (2 - 2 ** (1 - n)) / n - (top - first)),
            "you passed the height as the peak; add eta_min.",
        ),
        "cycles gone": Mistake(
            lambda t, eta_min=0.01, eta_max=0.09, h=100, n=4: (
                eta_min + (eta_max - eta_min) * (1 - 0.5**n) / n
            ),
            "the travel is right, but you took the cycles away, too: that is a fixed rate.",
        ),
        "triangular2": Mistake(
            lambda t, eta_min=0.01, eta_max=0.09, h=100, n=4: lr.triangular2(eta_min, eta_max, h)(
                t
            ),
            "that is triangular2 itself; its decay is to go.",
        ),
    },
)


def _record():
    eta_min, height, h = 0.02, 0.08 - 0.02, 2
    cycle, u = divmod(21 / (2 * h), 1)
    return eta_min + height * (1 - abs(2 * u - 1)) / 2**cycle


record = Exercise(
    ask=(
        "**Exercise 2** *(objective 1)*. The rates recorded for the first nine updates of a run: 0.02, "
        "0.05, 0.08, 0.05, 0.02, 0.035, 0.05, 0.035, 0.02. It is a `triangular2`. Which rate will update "
        "number 21 use?"
    ),
    right=_record,
    hints=(
        "Read the lowest rate, the first height above it, and the number of updates of a rise. Update "
        "number 0 is the first of the record.",
        "A rise takes 2 updates, a cycle 4. So 21 updates are 5 whole cycles and a quarter of the next: "
        "$i = 5$, $u = 1/4$.",
    ),
    praise="Lowest rate 0.02, height 0.06/2⁵, halfway up the rise.",
    mistakes={
        "no decay": Mistake(
            0.05, "that is a triangle that keeps its height; each is half as high."
        ),
        "one cycle too many": Mistake(
            0.02 + 0.06 / 64 / 2, "you halved six times. Before update 21 five cycles are finished."
        ),
        "the peak": Mistake(
            0.02 + 0.06 / 32,
            "that is the peak of cycle number 5, used by update 22, and update 21 is halfway up to it; or "
            "you halved four times, but the first cycle is number 0.",
        ),
        "the lowest": Mistake(0.02, "that is where the cycle begins, at update 20."),
        "peak halved": Mistake(
            0.02 + (0.08 / 32 - 0.02) / 2,
            "you halved the peak, 0.08. What is halved is the height above the lowest rate.",
        ),
        "height is the peak": Mistake(
            0.02 + 0.08 / 32 / 2, "0.08 is the peak. The height above the lowest rate is 0.06."
        ),
    },
    tolerance=3e-3,
)


def _as_meant(t):
    return lr.triangular2(0.01, 0.1, step_size=2 * 50)(t)


def _scaled(first, s):
    """Triangles from 0.01 whose heights are halved, the first of the given height."""
    return lr.triangular2(0.01, 0.01 + first, s)


as_meant = Exercise(
    ask=(
        "**Exercise 3** *(objectives 1 and 3)*. An epoch has 50 batches. 'The rate is to "
        "rise from 0.01 to 0.1 in two epochs, to fall back in two, and each cycle is to be half as "
        "high as the one before.' The code:\n\n"
        "```python\n"
        'scheduler = CyclicLR(optimizer, 0.01, 0.1, step_size_up=2, mode="triangular2",\n'
        "                     scale_fn=lambda cycle: 0.5**cycle, cycle_momentum=False)\n"
        "for epoch in range(16):\n"
        "    for batch in batches:\n"
        "        train(batch)  # with optimizer.step()\n"
        "        scheduler.step()\n"
        "```\n\n"
        "The rates recorded for the first nine updates: 0.01, 0.0325, 0.055, 0.0325, 0.01, 0.02125, "
        "0.0325, 0.02125, 0.01.\n\n"
        "(`scale_fn` replaces the mode: the height is multiplied by its value, with `cycle` counted "
        "from 1.) Two things are wrong. Write the schedule that was **meant**, as a function of `t` or "
        "composed."
    ),
    right=_as_meant,
    steps=(0, 1, 50, 99, 100, 101, 150, 200, 250, 300, 400, 500, 600, 799),
    hints=(
        (
            "How many updates lie between two lowest rates in the record, and how many were meant? "
            "And how high is the first peak?"
        ),
        (
            "`step_size_up` counts calls of `step()`: two epochs are 100 of them. With `scale_fn` the mode "
            "is ignored, and cycles are counted from 1, so `0.5**cycle` halves the first one too."
        ),
    ),
    praise=(
        "A step size in the wrong unit, and a `scale_fn` that replaced the mode and halved the first "
        "cycle: `mode='triangular2'` alone, with `step_size_up=100`, does it."
    ),
    mistakes={
        "as recorded": Mistake(
            _scaled(0.045, 2),
            "that is what the code does, with both mistakes; write what was meant.",
        ),
        "unit repaired only": Mistake(
            _scaled(0.045, 100),
            "the lengths are right now, but your first peak is 0.055. CyclicLR counts cycles from 1, so "
            "the scale was to be 0.5 ** (cycle - 1).",
        ),
        "peak repaired only": Mistake(
            _scaled(0.09, 2),
            "your first peak is right, but your rise takes 2 updates: step() is called after every "
            "batch, and two epochs have 100.",
        ),
        "one epoch": Mistake(
            _scaled(0.09, 50), "your rise takes 50 updates, one epoch; it was to take two."
        ),
        "whole cycle": Mistake(
            _scaled(0.09, 200),
            "your rise takes 200 updates. That is the whole cycle: two epochs up and two down.",
        ),
        "not halved": Mistake(
            lr.triangular(0.01, 0.1, 100),
            "your cycles keep their height; each is to be half as high.",
        ),
        "peak halved": Mistake(
            lambda t: 0.01 + lr.triangular(0, 1, 100)(t) * (0.1 * 0.5 ** (t // 200) - 0.01),
            "you halved the peak, 0.1. What is to be halved is the height above 0.01.",
        ),
        "lowest rate halved": Mistake(
            lambda t: lr.triangular(0.01, 0.1, 100)(t) * 0.5 ** (t // 200),
            "your lowest rate is halved as well; each cycle is to return to 0.01.",
        ),
        "smooth decay": Mistake(
            lr.exp_range(0.01, 0.1, 100, gamma=0.5 ** (1 / 200)),
            "your height shrinks with every update, as in exp_range; it is to be halved from cycle "
            "to cycle.",
        ),
        "upside down": Mistake(
            lambda t: 0.01 + (1 - lr.triangular(0, 1, 100)(t)) * 0.09 * 0.5 ** (t // 200),
            "your cycles begin at the peak; they are to begin at 0.01 and rise.",
        ),
    },
)
