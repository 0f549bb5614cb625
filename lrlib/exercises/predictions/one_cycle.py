"""Lesson 08, one cycle: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict
from . import log_loss

recall = (
    predict(
        "Lesson 07. Doubling cycles, and the same three in reverse order. Why does the reversed run "
        "end so much higher?",
        {
            "it has more restarts": "Both have two. Only the order of the cycles differs.",
            "its last descent is the shortest": "After the last restart 69 updates are left to come "
            "down again, in place of 274.",
            "it travels less": "The same cosines, so the same sum of rates.",
        },
        "its last descent is the shortest",
        at_once=True,
    ),
    predict(
        "Lesson 07. T_0 = 10, T_mult = 2. At which updates does a new cycle begin?",
        {
            "10, 20, 40, 80": "Those are the lengths of the cycles, from the first on. Add them up.",
            "10, 20, 30, 40": "So it would be with T_mult = 1.",
            "10, 30, 70, 150": "10, then 10 + 20, then 10 + 20 + 40, and so on.",
        },
        "10, 30, 70, 150",
        at_once=True,
    ),
    predict(
        "Lesson 07. A good model is needed at the end and at half of the run. What did that better "
        "than a restart?",
        {
            "a running mean of the weights": "Lower at half of the run, and at the end nothing had "
            "to be won back.",
            "a constant rate": "It is on its noise floor at both moments.",
            "a shorter cosine": "It would be done at half of the run, and stand still from there on.",
        },
        "a running mean of the weights",
        at_once=True,
    ),
    predict(
        "Lessons 05 and 06. The rate rises for 30 % of the run, then falls in a line to zero. Which "
        "expected loss is it (the bowl, logarithmic axis)?",
        {
            "A": "Steepest at once, and never a bend: this rate was at its peak from the start.",
            "B": "A floor, then a climb back up: this rate was restarted.",
            "C": "It begins flat, because the first rates are tiny, and falls to the very end.",
            "D": "It falls fast and stays: a fixed rate on its noise floor.",
        },
        "C",
        pictures={
            "A": log_loss(lr.Linear(0.4, 0, 200), 200),
            "B": log_loss(lr.sgdr(0.4, 0, T_0=100, cycles=2), 200),
            "C": log_loss(lr.warmup_linear(0.4, 60, 200), 200),
            "D": log_loss(lr.Constant(0.4), 200),
        },
        at_once=True,
    ),
    predict(
        "Lesson 04. A range test raises the rate until the loss turns up. On Stream, which schedule "
        "did the rate at the lowest smoothed loss suit?",
        {
            "a fixed rate": "For that it was about five times too high.",
            "one that is annealed": "It was the best peak of a schedule that falls to the end.",
            "none: single tests scatter too much": "So it was with the steepest slope, not with the "
            "lowest loss.",
        },
        "one that is annealed",
        at_once=True,
    ),
)


which_share = predict(
    "In this valley, peak and final divisor tuned: which share of the run should rise?",
    {
        "none": "A line from the start is safe only below a low peak, and then the flat direction "
        "is not done in time.",
        "a few per cent": "A few gentle updates bring the runs down from the walls. Each further one "
        "is taken from the fall.",
        "about a third": "It is what the libraries do. Here it is safe, and longer than it needs to "
        "be.",
        "more than half": "The travel stays the same, but too few updates are left to come down in.",
    },
    "a few per cent",
    sentence="Each share at its own best peak and divisor. Without a rise the loss is far higher; "
    "from a fiftieth on, every longer rise costs a little more. The libraries' 30 % just misses the "
    "target.",
)


what_remains = predict(
    "Fragile, 100 updates. One cycle against its plain relative, a straight rise over 30 updates and "
    "a straight fall to zero. Each at its own best peak: one cycle ends …",
    {
        "lower by more than a tenth": "So the reports sound. But the relative has a long warmup and "
        "anneals to zero, too.",
        "about the same": "The best peak is the same, and so is the loss: what helps is what both "
        "have.",
        "higher by more than a tenth": "Its flat end may waste updates, as a cosine's does. Here "
        "this is too small to see.",
    },
    "about the same",
    sentence="Left: with a rise of either form the best peak is more than twice as high. Right: "
    "against the straight relative, what has no rise ends at about twice its loss; one cycle cannot "
    "be told from it.",
)


four_times_faster = predict(
    "Fragile. 'Two drops by ten' gets 400 updates at its own best peak. Who reaches its loss with "
    "only 100?",
    {
        "one cycle": "It comes near, and in 200 updates it is there. In 100 its loss is still higher.",
        "one cycle and its straight relative": "They do the same once more; both stay above.",
        "a clipped line, without any rise": "Clipping lets it start at a peak ten times as high.",
        "none of them": "Not with a rise alone. But nobody has said that the peak must be reached "
        "slowly.",
    },
    "a clipped line, without any rise",
    sentence="One cycle needs about half of the updates of the two drops, and so does its straight "
    "relative; the clipped line at most a quarter. So here the slow side was held back by its start: "
    "clip the two drops as well, and a quarter is far from enough.",
)


against_it = predict(
    "Stream and FreshDigits, one cycle at its own best peak. The momentum goes against the rate, "
    "0.95, 0.85, 0.95, in place of a fixed 0.9. The loss ends …",
    {
        "lower on both": "It is part of the recipe, and PyTorch does it unless told not to.",
        "not clearly different on either": "A change of momentum is a change of the effective rate, "
        "and one cycle is not choosy about its shape.",
        "higher on both": "0.95 is more than these tasks want, but it acts while the rate is small.",
    },
    "not clearly different on either",
    sentence="Against one cycle at a fixed momentum of 0.9. Cycling it is undecided on Stream, "
    "a tie on FreshDigits. The same effective rate at momentum 0.9 does as well, on FreshDigits a "
    "little better; a fixed 0.95 costs.",
)
