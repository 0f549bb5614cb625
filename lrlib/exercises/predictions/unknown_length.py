"""Lesson 10, an unknown length: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict


recall = (
    predict(
        "Lesson 09. A plateau rule has a patience of 10, and the loss stops improving. What "
        "happens?",
        {
            "the rate drops at once": "It waits: a single value may be bad by chance.",
            "the rate drops ten values later": "Nearly: with ten bad values in a row it still waits.",
            "the rate drops at the eleventh bad value in a row": "More than patience, not as many "
            "as patience: then it drops, and starts to count again.",
        },
        "the rate drops at the eleventh bad value in a row",
        at_once=True,
    ),
    predict(
        "Lesson 09. Four rates of 200 updates. Which of them was made by a plateau rule that reads "
        "a noisy loss?",
        {
            "A": "Drops at equal distances: this one has a timetable.",
            "B": "It falls at every update, whatever the loss does.",
            "C": "Drops when the loss has stopped improving, so at no regular distance; a noisy "
            "loss also makes it drop when it should not.",
            "D": "A restart: a plateau rule never raises the rate.",
        },
        "C",
        pictures={
            "A": lr.MultiStep(1, (50, 100, 150), 0.4, 200),
            "B": lr.Exponential(1, 0.985, 200),
            "C": lr.MultiStep(1, (88, 104, 171), 0.4, 200),
            "D": lr.sgdr(1, 0, 100, cycles=2),
        },
        at_once=True,
    ),
    predict(
        "Lesson 09. A plateau rule never asks for T. What became of its best patience when the run was "
        "four times as long?",
        {
            "it stayed: the noise is the same": "The noise is; but in a longer run each rate may be "
            "held longer, so drops must come later.",
            "it was four times as long": "Who sets a patience that works has said how long the run "
            "is. Patience is a hidden T.",
            "it fell: there are more checks": "More checks are more chances of a false drop.",
        },
        "it was four times as long",
        at_once=True,
    ),
    predict(
        "Lesson 07. A run is stopped at a random moment. Which model had the lowest mean loss?",
        {
            "the last checkpoint of SGDR": "Placed well it beats a constant rate, and nothing else.",
            "the weights of an unfinished cosine": "A tie with 1/√t, and both are noisy.",
            "a running mean of the weights": "It was lowest, under every schedule that was averaged.",
        },
        "a running mean of the weights",
        at_once=True,
    ),
    predict(
        "Lesson 01. What becomes of the noise floor if you take the mean of the weights of the last "
        "n updates, in a direction that has forgotten its start?",
        {
            "σ²/(2λn): the rate is gone from it": "A smaller rate shakes less and forgets more "
            "slowly; in a long mean the two cancel.",
            "the floor of the rate, divided by n": "So it would be if the points were independent. "
            "Neighbours are nearly the same.",
            "nothing: noise plus noise is noise": "Its parts have different signs, and cancel in part.",
        },
        "σ²/(2λn): the rate is gone from it",
        at_once=True,
    ),
)


early = predict(
    "Stream, 400 updates: a held rate, then a straight line to zero over the last part of the run, "
    "each at its own best peak. How long must that part be, to end within 5 % of a line over the "
    "whole run?",
    {
        "5 % of the run": "The noise of a direction dies in 1/(ηλ) updates, and 20 updates are "
        "many for the steep ones. The flat ones need more.",
        "20 % of the run": "The usual advice, from language models. Here it ends 10 to 20 % above "
        "the line.",
        "60 % of the run": "From about here on it does: the flat directions, too, have come down.",
        "no hold is short enough": "A line over the whole run looks unbeatable; but its first part, "
        "far above what the noise allows, hardly differs from a hold.",
    },
    "60 % of the run",
    sentence="Final loss against a line over the whole run. A short cooldown costs much; one over "
    "60 % is level with the line. Along 1 − √u it may be shorter.",
)


memory = predict(
    "One run of Stream along 1/√t, handed over after 100, 200, 400 or 800 updates as a running mean of "
    "its weights. With which memory does it end above the line at none of the four stops?",
    {
        "the last 50 updates": "Up to 400 it is below. At 800 it is too short: noise is left.",
        "all updates made": "The longest memory has the least noise; but it holds the start of the "
        "run, too, for ever.",
        "a fifth of the updates made": "20 updates at first, 160 at last: always short against the "
        "run, and as long as that allows.",
        "none": "The line knows where it ends; but what the end gives it, low noise, a mean has too.",
    },
    "a fifth of the updates made",
    sentence="One run at one peak, averaged, against a line made and tuned for each stop. A memory of "
    "50 updates is too short in the end, a mean over everything holds on to the start; a memory that "
    "grows ends a little below the line, or is not told apart from it.",
)


rivals = predict(
    "Three rivals that do not know when they are stopped: 1/√t; a held rate that is told in time and "
    "cools down over the last fifth; schedule-free SGD. Which ends nearest to the line at 800?",
    {
        "1/√t": "Its rate never gets small: after 800 updates it is a sixth of the peak, and so is "
        "the noise.",
        "hold and cool down": "It does get down to zero, but 160 updates are not enough here.",
        "schedule-free SGD": "It averages, and is the best of the three, though above the line.",
    },
    "schedule-free SGD",
    sentence="Three rivals, and two means over the last fifth. All three rivals end above the line at "
    "800; schedule-free SGD comes nearest. The two means stay near the line, or below.",
)


which_bowl = predict(
    "Four bowls of 24 directions are fitted to what fixed rates do to a network, and to nothing else. "
    "Which one then comes nearest to the order in which the network puts fifteen schedules?",
    {
        "white noise": "Simple, and right about the fine differences. But all its schedules lie "
        "close together: that a constant rate loses, it all but misses.",
        "noise like the curvature": "It is the better founded of the two, and it sees that a constant "
        "rate loses. About the fine differences it is often wrong in sign.",
        "noise like the curvature that grows with the loss": "It has one number more to fit, and that "
        "helps a little.",
        "noise like the curvature, in a bowl that flattens": "It changes the bowl, not its "
        "noise: the further the weights have travelled, the weaker the pull.",
    },
    right="noise like the curvature, in a bowl that flattens",
    sentence="Fifteen schedules on two networks, in per cent above the cosine. On the black line a "
    "prediction is right, in the grey band it is at most five points off. White noise: all squeezed "
    "together. Like the curvature: large differences yes, fine ones no. In the bowl that flattens "
    "most points follow the line.",
)
