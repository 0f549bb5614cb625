"""Lesson 04, cyclical rates: recall, predictions; write a control, read a record, repair a call."""

import numpy as np

import lrlib as lr

from ..widgets import predict
from .exercise import Exercise, Mistake


def _log_loss(schedule, T):
    """The decimal logarithm of the expected loss on the bowl of twenty directions."""
    curvatures = lr.dynamics.power_law(20, 1.0)
    return np.log10(lr.dynamics.noisy_quadratic(schedule.rates(T), curvatures, 0.2))


recall = (
    predict(
        "Three runs on the bowl, rates that fall by a factor γ per update. Which loss is frozen: "
        "the rate was gone before the start was forgotten?",
        {
            "A": "It goes flat early and high up: the travel ran out, and what was left of the start stays.",
            "B": "It is still falling at the end: the rate fell slowly enough to carry it there.",
            "C": "It is flat, but low: this rate did not fall at all, and the noise floor holds it.",
        },
        right="A",
        pictures={
            "A": _log_loss(lr.Exponential(0.3, 0.93), 200),
            "B": _log_loss(lr.Exponential(0.3, 0.985), 200),
            "C": _log_loss(lr.Constant(0.3), 200),
        },
        at_once=True,
    ),
    predict(
        "The rate falls by γ = 0.977 per update. After about how many updates is it halved?",
        {
            "12": "Too soon: 0.977 to the power 12 is still 0.76.",
            "30": "Take logarithms: 0.693 / 0.0233 is about 30.",
            "43": "1/(1 − γ) is about 43: that is the time to fall to 1/e, not to a half.",
        },
        right="30",
        at_once=True,
    ),
    predict(
        "An exponential decay goes on forever. How far can it carry a run: what is its travel, the sum "
        "of the rates?",
        {
            "as far as you like": "It never reaches 0, but a geometric series has a finite sum.",
            "η₀/(1 − γ)": "The geometric series: beyond this sum no update can bring it.",
            "η₀": "That is the first update alone; all later ones add to it.",
        },
        right="η₀/(1 − γ)",
        at_once=True,
    ),
    predict(
        "Lesson 02: the rate drops by ten, and the loss falls off a cliff. Why?",
        {
            "the steps get more precise": "It sounds right, but without noise a smaller step is only slower.",
            "the run sat on the noise floor of the old rate": (
                "The new floor is about ten times lower, and steep directions reach it at once."
            ),
            "the run found a better valley": "No valley is needed: it happens on a bowl that has one minimum.",
        },
        right="the run sat on the noise floor of the old rate",
        at_once=True,
    ),
    predict(
        "Lesson 01: noise, a fixed rate η, curvature λ. Roughly how long until the start is forgotten?",
        {
            "1/(ηλ) updates": "The time constant: twice the rate, half the time, but twice the noise floor.",
            "2/λ updates": "2/λ is a rate, the stability limit, and not a time.",
            "it never is": "Each update multiplies what is left of the start by 1 − ηλ, so it fades.",
        },
        right="1/(ηλ) updates",
        at_once=True,
    ),
)

breath = predict(
    "On this bowl, which is the expected loss of the four triangles? (Logarithmic, over 400 updates.)",
    {
        "A": (
            "It tempts, because four cycles look like four stages. But a stage of a staircase stays down; "
            "a triangle goes up again."
        ),
        "B": "It rises and falls with the rate: each rise gives back what the fall before it had gained.",
        "C": "That would be a rate that only falls: nothing is given back.",
    },
    right="B",
    pictures={
        "A": _log_loss(lr.Step(0.15, 100, 0.4), 400),
        "B": _log_loss(lr.triangular(0.075, 0.3, 50), 400),
        "C": _log_loss(lr.Linear(0.3, 0.075, 400), 400),
    },
)

how_many = predict(
    "200 updates on the bowl, peak and lowest rate tuned. How many triangles end lowest?",
    {
        "one": "One has the longest last fall, half of the run.",
        "two": "Two are better than a fixed rate, but the last fall is only a quarter of the run.",
        "four": "Four or more are often advised. But the last fall is then an eighth of the run.",
        "ten": "More falls, but each too short to help: the best setting is then a fixed rate.",
    },
    right="one",
)

one_fall = predict(
    "'One fall' holds its peak for 350 updates; then it falls in 50, as the triangles' last 50 do. "
    "Both at their own best peak on Stream: against the triangles, one fall ends …",
    {
        "about the same": "The last falls are alike, so this tempts: but they start from different places.",
        "higher": "This is what 'the cycles explore' would mean. They did not find anything that paid.",
        "lower": "The last falls are alike; what came before decides, and holding did better than swinging.",
    },
    right="lower",
)

which_leave = predict(
    "A ball lies in a sharp well; beside it is a flat one. The sharp well throws out what stays above "
    "the rate 2/λ. Three runs: triangles up to 1.35 times that rate; a fixed rate at their mean, "
    "below it; one fall, which holds the peak and then falls. Which leave?",
    {
        "the triangles alone": "The folk claim: it takes a rise. But one fall is above 2/λ from the start.",
        "the triangles and one fall": "Both are above 2/λ for a while; whether they rise to it is all the same.",
        "all three": "The mean has the same travel, but it is below 2/λ: the sharp well holds it.",
    },
    right="the triangles and one fall",
)


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
        "**Exercise 1** *(objective 2)*. `triangular2` beats a fixed rate. It differs from one in two "
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
            "you held the mean *rate* above eta_min. A triangle has half its height as its mean.",
        ),
        "endless halving": Mistake(
            _with(lambda first, n, top: 2 * first / n),
            "you added halves forever. After n cycles the run is over.",
        ),
        "peak for height": Mistake(
            _with(lambda first, n, top: top * (2 - 2 ** (1 - n)) / n),
            "you averaged halves of the peak, eta_max. What is halved is the height above eta_min.",
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
    tolerance=1e-3,
)


def _as_meant(t):
    return lr.triangular2(0.01, 0.1, step_size=2 * 50)(t)


def _scaled(first, s):
    """Triangles from 0.01 whose heights are halved, the first of the given height."""
    return lr.triangular2(0.01, 0.01 + first, s)


as_meant = Exercise(
    ask=(
        "**Exercise 3** *(objectives 1 and 3)*. Find what went wrong. An epoch has 50 batches. 'The rate is to "
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
