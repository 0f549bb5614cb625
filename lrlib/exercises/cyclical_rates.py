"""Lesson 04, cyclical rates: write the control, read a range test, repair a real call."""

import lrlib as lr

from .exercise import Exercise, Mistake


def _control(t, eta_min=0.01, eta_max=0.09, step_size=100):
    finished = t // (2 * step_size)
    return eta_min + (eta_max - eta_min) / 2 * 0.5**finished


def _with(rate):
    """The faded function with another idea of its last line."""

    def answer(t, eta_min=0.01, eta_max=0.09, step_size=100):
        return rate(t // (2 * step_size), t, eta_min, eta_max, step_size)

    return answer


control = Exercise(
    ask=(
        "**Exercise 1** *(objective 2)*. You suspect that `triangular2` owes its success to its decay. "
        "Write the control: in each cycle it *holds* the mean rate of that cycle, so that the decay "
        "stays and the cycles are gone. One line is missing."
    ),
    right=_control,
    steps=(0, 1, 99, 100, 199, 200, 201, 399, 400, 799, 800, (70, 0.1, 0.5, 30), (20, 0, 0.2, 5)),
    hints=(
        (
            "The mean of one triangle from 0 to h is h/2. What is added to it, and what is h in a cycle "
            "that comes after `finished` others?"
        ),
        (
            "The height of the first cycle is `eta_max - eta_min`, and it is halved `finished` times. "
            "The mean is eta_min and half the height."
        ),
    ),
    praise="The same mean in every cycle and no cycles: what is left of the difference is the cycling.",
    mistakes={
        "peak instead of mean": Mistake(
            _with(lambda n, t, low, high, s: low + (high - low) * 0.5**n),
            "you hold the peak of each cycle. Its mean is halfway between eta_min and that peak.",
        ),
        "halved once too often": Mistake(
            _with(lambda n, t, low, high, s: low + (high - low) / 2 * 0.5 ** (n + 1)),
            "your first cycle is too low by half its height: before it no cycle is finished, "
            "so nothing is halved yet but for the mean.",
        ),
        "no decay": Mistake(
            _with(lambda n, t, low, high, s: (low + high) / 2),
            "that is the mean of `triangular`: with it both the cycles and the decay are gone, and the "
            "two causes stay mixed up. Keep the decay.",
        ),
        "lowest rate halved too": Mistake(
            _with(lambda n, t, low, high, s: (low + high) / 2 * 0.5**n),
            "your rate decays to 0. The height above eta_min is halved, eta_min stays.",
        ),
        "peak halved": Mistake(
            _with(lambda n, t, low, high, s: (low + high * 0.5**n) / 2),
            "you halved the peak, eta_max. What is halved is the height above the lowest rate.",
        ),
        "lowest rate not added": Mistake(
            _with(lambda n, t, low, high, s: (high - low) / 2 * 0.5**n),
            "that is half the height; the cycle stands on eta_min: add it.",
        ),
        "halved per half cycle": Mistake(
            _with(lambda n, t, low, high, s: low + (high - low) / 2 * 0.5 ** (t // s)),
            "your rate drops every step_size updates. A cycle is a rise and a fall, twice that: "
            "use `finished`.",
        ),
        "smooth decay": Mistake(
            _with(lambda n, t, low, high, s: low + (high - low) / 2 * 0.5 ** (t / (2 * s))),
            "your rate decays with every update, as in exp_range. Hold it within a cycle: "
            "use `finished`, a whole number.",
        ),
        "still cycling": Mistake(
            lambda t, eta_min=0.01, eta_max=0.09, step_size=100: lr.triangular2(
                eta_min, eta_max, step_size
            )(t),
            "that is triangular2 itself. The control has its mean in each cycle, and does not cycle.",
        ),
        "numbers instead of names": Mistake(
            lambda t, eta_min=0.01, eta_max=0.09, step_size=100: _control(t),
            "right for these numbers only: use the parameters.",
        ),
    },
)


def _reading():
    low, high, T, lowest = 0.0001, 1.0, 101, 60
    return low * (high / low) ** (lowest / (T - 1))


reading = Exercise(
    ask=(
        "**Exercise 2** *(objective 3)*. A range test of 101 updates grew the rate from 0.0001 to 1 by a "
        "constant factor per update. The smoothed loss:\n\n"
        "| update number | 0 | 20 | 40 | 50 | 60 | 70 | 80 | 100 |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        "| loss | 2.30 | 2.21 | 1.60 | 1.12 | 0.92 | 0.98 | 1.90 | 8.4 |\n\n"
        "You will train with a straight line to 0 and can afford three runs: one rate, its half and its "
        "double, as the peak. Which rate goes in the middle, by what you saw in this lesson?"
    ),
    right=_reading,
    hints=(
        "Which of the three readings lay within a factor of 2 of the best peak of a line to 0?",
        (
            "The smoothed minimum, at update number 60. The rate there is "
            "$\\text{low}\\cdot(\\text{high}/\\text{low})^{t/(T-1)}$ with $T - 1 = 100$."
        ),
    ),
    praise=(
        "The smoothed minimum, for a schedule that ends low. For a fixed rate it was 2 to 4 times too "
        "high; and one test is one seed, so repeat it."
    ),
    mistakes={
        "a tenth of the minimum": Mistake(
            1e-4 * 1e4**0.6 / 10,
            "that is a tenth of the minimum: here 9 to 18 times too low for the peak of a line to 0.",
        ),
        "steepest slope": Mistake(
            1e-4 * 1e4**0.45,
            "that is the steepest slope, between 40 and 50: 19 to 50 times too low in this lesson, and "
            "the reading that changed most from seed to seed.",
        ),
        "start of the steepest slope": Mistake(
            1e-4 * 1e4**0.4,
            "that is where the steepest part begins. The slope was far too low for a peak; which "
            "reading was close?",
        ),
        "end of the steepest slope": Mistake(
            1e-4 * 1e4**0.5,
            "that is where the steepest part ends; the loss still falls after it. Which reading was "
            "close to the best peak?",
        ),
        "past the minimum": Mistake(
            1e-4 * 1e4**0.7, "at update number 70 the loss is rising again: look for the lowest."
        ),
        "where it explodes": Mistake(
            1e-4 * 1e4**0.8,
            "at update number 80 the loss explodes already: look for the lowest.",
        ),
        "the largest rate": Mistake(1.0, "that is where the test ends, far past its minimum."),
        "linear growth": Mistake(
            1e-4 + 0.6 * (1 - 1e-4),
            "0.6 is t/(T - 1), the exponent, or the rate if it grew by a constant *amount*. It grows by a "
            "constant factor.",
        ),
        "T instead of T - 1": Mistake(
            1e-4 * 1e4 ** (60 / 101),
            "you divided by 101. Update number 100 is the last and uses 1, so divide by 100.",
        ),
        "low forgotten": Mistake(1e4**0.6, "you forgot the factor `low`, the rate at the start."),
        "the loss": Mistake(
            0.92, "that is the lowest loss; the rate at which it occurs is asked for."
        ),
        "the update": Mistake(60, "that is the update number; the rate it used is asked for."),
    },
    tolerance=0.02,
)


def _as_meant(t):
    return lr.triangular2(0.01, 0.1, step_size=2 * 50)(t)


def _scaled(first, s):
    """Triangles from 0.01 whose heights are halved, the first of the given height."""
    return lr.triangular2(0.01, 0.01 + first, s)


as_meant = Exercise(
    ask=(
        "**Exercise 3** *(objectives 1 and 4)*. Find what went wrong. An epoch has 50 batches. 'The rate is to "
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
