"""Lesson 05, warmup: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict
from . import log_loss


recall = (
    predict(
        "Lesson 04: four triangles beat a fixed rate. Which control showed what made the triangles win?",
        {
            "one fall through the same range of rates": "It has the same mean rate and no rise, and it "
            "ends lower still: the falling does the work.",
            "more seeds": "They make the interval narrow. They do not say which part of the cycle helps.",
            "a higher fixed rate": "Each schedule had its own best peak already, the fixed rate too.",
        },
        right="one fall through the same range of rates",
        at_once=True,
    ),
    predict(
        "Lesson 04: a rate goes up and down in triangles. Which loss did it make (logarithmic axis)?",
        {
            "A": "Flat on its floor: a fixed rate.",
            "B": "It rises whenever the rate is high and falls when it is low: the loss breathes.",
            "C": "It only ever falls: so does its rate, in a straight line to zero.",
            "D": "A single cliff: one drop of the rate.",
        },
        right="B",
        pictures={
            "A": log_loss(lr.Constant(0.5), 120, 0.25),
            "B": log_loss(lr.triangular(0.03, 0.6, 15), 120, 0.25),
            "C": log_loss(lr.Linear(0.5, 0, 120), 120, 0.25),
            "D": log_loss(lr.MultiStep(0.5, (60,), 0.1, 120), 120, 0.25),
        },
        at_once=True,
    ),
    predict(
        "Lesson 04: triangles between 0.02 and 0.1, whole cycles only. What is the mean rate?",
        {
            "0.05": "That is half the peak. The triangles do not go down to zero.",
            "0.06": "Halfway between the two: (0.02 + 0.1)/2.",
            "0.08": "That is the height of the triangle, 0.1 − 0.02.",
        },
        right="0.06",
        at_once=True,
    ),
    predict(
        "Lesson 01: a bowl of curvature λ. Above which fixed rate does every update lead farther out?",
        {
            "1/λ": "There a single update lands on the minimum: the best rate, not the limit.",
            "2/λ": "The distance is multiplied by 1 − ηλ, and that is below −1 from there on.",
            "it depends on the start": "Not on a bowl: the factor 1 − ηλ is the same everywhere. On "
            "steeper walls it does, and this lesson is about them.",
        },
        right="2/λ",
        at_once=True,
    ),
    predict(
        "Lesson 02: the batch becomes k times as large. What happens to the variance of the gradient "
        "noise?",
        {
            "it is divided by k": "The mean of k times as many independent gradients.",
            "it is divided by √k": "That is its standard deviation.",
            "it stays, the gradient grows": "A minibatch gradient is a mean: its size stays.",
        },
        right="it is divided by k",
        at_once=True,
    ),
)


with_rise = predict(
    "Peak 0.32: more than half of the runs are lost without a warmup. And with the rise of 30 updates?",
    {
        "about as many": "The peak is the same, the sum of the rates nearly. When the peak comes is not.",
        "about half as many": "A fair guess if the rise only postponed the trouble for some runs.",
        "fewer than one in ten": "By the time the peak comes, it no longer throws most networks out. Why? "
        "The lesson goes on to ask.",
    },
    right="fewer than one in ten",
    sentence="The warmup moves the cliff: a higher peak is safe. It does not remove it.",
)


which_survive = predict(
    "A ball starts on the wall of x⁴/4, at x = −1. All three rates reach 2.05: at once, after a warmup "
    "of one update, after one of four. Which balls are thrown out?",
    {
        "none of them": "2.05 is close to the limit of 2, but above it every jump is longer than the last.",
        "only the one at once": "A warmup of one update from 0 has the rates 0, 2.05, 2.05 …: its only "
        "gentle update does not move the ball.",
        "at once, and after one update": "The warmup from 0 wastes its first update, so one update is "
        "none. Four bring the ball down to where 2.05 is harmless.",
        "all three": "At x = −1 the rate 2.05 is too large. After a few gentle updates |x| is small, and "
        "there it is not.",
    },
    right="at once, and after one update",
    sentence="At once, each jump ends higher on the other wall. One update of warmup from 0 "
    "only waits. After four the ball is where the same rate is harmless.",
)


clip_or_rise = predict(
    "Fragile again, the line without a warmup, but each gradient longer than 1 is shortened to length 1. "
    "Each at its own best peak: how does its loss compare with that of the warmup without clipping?",
    {
        "higher": "Clipping prevents the accident, and one might think that only a rise also brings the "
        "curvature down.",
        "the same within 5 %": "Two ways to make the first updates small. But only the warmup makes them "
        "small whether they need it or not.",
        "lower": "Only the updates that are too long are shortened. All the others run at a peak eight "
        "times as high. (On 32 other seeds undecided, with 27 of them lower.)",
    },
    right="lower",
    sentence="The clipped line ends lowest, at a peak where the plain line loses every run. "
    "At the old peaks, up to about 0.1, clipping at 1 only slows the run.",
)


with_momentum = predict(
    "Fragile with momentum 0.9 and a line from 0.032: in the long run this moves as far per update as "
    "plain SGD from 0.32. No warmup, no clipping. Which share of the runs is lost?",
    {
        (0, 0.1): "The velocity starts at zero and needs about ten updates to grow: a warmup that nobody "
        "asked for.",
        (0.1, 0.4): "You expect momentum to smooth the start. It does far more than that.",
        (0.4, 0.8): "That is the share of plain SGD: the right guess if only the long run counted.",
        (0.8, 1): "You expect momentum to carry a run that is thrown out even farther. But it has to be "
        "thrown out first.",
    },
    right=1 / 64,
    sentence="Momentum 0.9 saves the runs, and so does its rise alone. Take the rise out of "
    "momentum, and they are lost again. But saved is not good: at its own best peak "
    "momentum 0.9 ends not far below the plain line, and with its rise alone the "
    "plain line's loss is halved.",
)
