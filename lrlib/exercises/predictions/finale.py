"""Lesson 12, the finale: what is asked before it is shown, and what is recalled of the whole course."""

import numpy as np

import lrlib as lr

from ...widgets import predict

_T = 100
_warmup = lr.Linear(0, 1, 20)

recall = (
    predict(
        "Lessons 06 and 11: somebody puts a warmup in front of a cosine and lets both clocks start at "
        "step 0. Which are the rates?",
        {
            "A": "This was meant: the cosine's own clock starts when the warmup ends.",
            "B": "This is a cosine alone.",
            "C": "When the warmup is over, the cosine has already fallen for 20 updates: the rate jumps "
            "down, and the peak is never held.",
            "D": "Here the warmup multiplies nothing: it is a jump to the peak after a wait.",
        },
        right="C",
        pictures={
            "A": (_warmup >> lr.Cosine(1, 0, 80)).rates(),
            "B": lr.Cosine(1, 0, _T).rates(),
            "C": np.where(np.arange(_T) < 20, np.arange(_T) / 20, lr.Cosine(1, 0, _T).rates()),
            "D": np.where(np.arange(_T) < 20, 0.05, lr.Cosine(1, 0, _T).rates()),
        },
        at_once=True,
    ),
    predict(
        "Lesson 10: the run may be stopped at any moment, without a word. What do you hand over?",
        {
            "the last weights under a cosine for the longest length that is possible": "Stopped early, "
            "it stands high: its model is as noisy as its rate.",
            "a running mean of the weights whose memory grows with the run": "Ready at any "
            "moment; the rate may fall like 1/√t. (Told in time, you could hold and cool down.)",
            "the best of a run with restarts": "Lesson 07 tried: a restart costs most of the new cycle.",
        },
        right="a running mean of the weights whose memory grows with the run",
        at_once=True,
    ),
    predict(
        "Lesson 05: a large peak loses half of the runs in their first updates. Which control do you try "
        "before you praise a warmup?",
        {
            "clip the gradient; and a lower peak": "Both are one line, and clipping ended lower than the "
            "warmup did.",
            "more seeds": "They tell better how many are lost; they rescue none.",
            "a longer run": "A run that has diverged does not come back.",
        },
        right="clip the gradient; and a lower peak",
        at_once=True,
    ),
    predict(
        "Lessons 01 to 03: a fixed rate stands on its noise floor. What goes below it without another "
        "update?",
        {
            "a larger batch from now on": "It lowers the floor, but it takes updates to get there.",
            "a restart": "It lifts the loss before it lowers it.",
            "the mean of the weights over the last half": "The points scatter around the minimum, and "
            "their mean is nearer to it than they are.",
        },
        right="the mean of the weights over the last half",
        at_once=True,
    ),
    predict(
        "Lesson 00: two schedules, one seed each, a difference of 4 %. What do you know?",
        {
            "the lower one is better, by about 4 %": "From seed to seed one schedule scatters by far more.",
            "nearly nothing; the same seeds for both, and more of them, would tell": "Paired, what a seed "
            "brings along cancels.",
            "that the two tie": "A tie has to be measured, too: an interval inside ±5 %.",
        },
        right="nearly nothing; the same seeds for both, and more of them, would tell",
        at_once=True,
    ),
)


lowest = predict(
    "Sixteen entries, two networks, 400 updates, each at its own best peak. Which of these four comes "
    "nearest to the lowest loss, on both networks?",
    {
        "half a cosine": "The one in every script. It is near the top, and behind the line on both.",
        "one cycle": "Its long rise costs updates that a network without a steep start has no use for.",
        "a fixed rate, its last half averaged": "It never falls at all. The mean does what a falling rate "
        "does, and leaves the rate high for the way.",
        "hold, then 20 % cooldown": "Close on the digits; on Stream 80 updates are too few to come down.",
    },
    right="a fixed rate, its last half averaged",
    sentence="Each small curve is a rate over 400 updates, the dot below it its final loss, with the 95 % "
    "interval. Grey: within 5 % of the lowest. At the top, lines and cosines, and a fixed rate that is "
    "averaged; at the bottom what never comes down. The plateau's curve: one seed's rates.",
)


transformer = predict(
    "A language model, 600 updates, AdamW, each schedule at its own best peak, all with a warmup. Which "
    "of the five has the lowest test loss?",
    {
        "constant": "On the toys it ends far behind, since its floor is high. Here noise is the smaller "
        "trouble; but it is some.",
        "cosine": "The habit of the field, for runs that are long. This one is short.",
        "straight line": "The winner of the toys. It gives up the high rate from the first update on.",
        "hold, then a cooldown (WSD)": "The run is short: what pays is time at a high rate, and 120 "
        "updates of cooldown remove the noise.",
        "SGDR": "Two restarts, and each costs updates that a short run does not have.",
    },
    right="hold, then a cooldown (WSD)",
    sentence="The mean test loss of three seeds, each at its own best peak. WSD runs with the constant "
    "rate until its cooldown begins at 480; then it falls below them all. Averaged, the constant rate "
    "ends next to it.",
)

