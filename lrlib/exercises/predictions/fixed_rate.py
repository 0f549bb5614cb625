"""Lesson 01, fixed rate: what is asked before it is shown, and what is recalled."""

import numpy as np

from ...widgets import predict


recall = (
    predict(
        "A bowl has curvature 1 along one axis and 8 along the other. Which of them limits the rate?",
        {
            "curvature 1": "The flat direction is the slow one, and that is felt most. But a large rate "
            "does no harm there: it is the steep wall that throws the run up.",
            "curvature 8": "Above 2/8 every update throws the run further up the steep wall, however "
            "flat the other direction is.",
            "their mean, 4.5": "One rate serves both directions, so a mean sounds fair. But at 2/4.5 the "
            "steep direction is already far beyond its own limit.",
        },
        right="curvature 8",
        at_once=True,
    ),
    predict(
        "A run makes 200 updates. What is the number of the last one?",
        {
            "199": "Updates are counted from 0: update number t has t updates before it and uses η(t).",
            "200": "200 updates have been made after it. The number of an update says how many were made "
            "before it.",
            "201": "There are 201 losses to draw, one before each update and one at the end, but only 200 "
            "updates.",
        },
        right="199",
        at_once=True,
    ),
    predict(
        "Three runs at a fixed rate in one direction: the weight after each update. Which rate is "
        "above the largest stable one?",
        {
            "the first": "It glides to the minimum without a jump: its rate is small.",
            "the second": "It jumps to the other side at every update, which looks dangerous. But each "
            "jump is shorter than the one before: it converges.",
            "the third": "Each jump is longer than the one before: the rate is above the limit.",
        },
        right="the third",
        pictures={
            "the first": 0.75 ** np.arange(16),
            "the second": (-0.8) ** np.arange(16),
            "the third": 0.25 * (-1.09) ** np.arange(16),
        },
        at_once=True,
    ),
    predict(
        "What do we gain when two schedules are compared seed by seed?",
        {
            "Fewer updates are needed": "Each run is as long as before. What gets smaller is the doubt "
            "about the difference.",
            "The gradients have less noise": "Each gradient is as noisy as before; both schedules meet "
            "the same noise.",
            "What makes a seed hard for both schedules cancels": "On Stream a seed is also another "
            "teacher, another problem. Hard problems are hard for both, and the difference drops it.",
        },
        right="What makes a seed hard for both schedules cancels",
        at_once=True,
    ),
    predict(
        "The loss of A is 3 % lower than that of B, with an interval from 5 % to 1 % lower. The verdict?",
        {
            "a tie": "3 % is not much. But a tie is a difference that may be nothing, and this interval "
            "leaves out 0.",
            "a little lower": "The interval leaves out 0, so the sign is sure; below 5 % we say 'a little'.",
            "undecided": "So it would be if the interval held 0 and reached beyond 5 %.",
        },
        right="a little lower",
        at_once=True,
    ),
)


lowest_first = predict(
    "200 updates on a bowl with noisy gradients, all at one rate. Rank the three rates by their loss at "
    "the end, the lowest first.",
    {
        "0.02": "The smallest rate shakes least, and that tempts. But after 200 updates it is still on its "
        "way down.",
        "0.15": "The middle one: it has had time to get down, and it does not shake too much.",
        "1": "The largest rate gets down first, and that tempts. But it goes on shaking: it stays where it "
        "was after a few updates.",
    },
    right=["0.15", "1", "0.02"],
    sentence="Thick: the expected loss; thin: one noisy run of each. Rate 1 falls fastest "
    "and then shakes about one height; rate 0.02 is still falling after 200 "
    "updates; rate 0.15 ends lowest.",
)


nearer = predict(
    "One direction of curvature λ, no noise. Which run is nearer to the minimum after 20 updates?",
    {
        "rate 0.1/λ": "Careful and steady. But it keeps 90 % of the distance at every update.",
        "rate 1.9/λ": "It is nearly at the limit 2/λ, and large rates are fast. But it jumps nearly as far up "
        "the other wall.",
        "neither": "|1 − 0.1| = |1 − 1.9| = 0.9: both keep 90 % of the distance at every update.",
    },
    right="neither",
    sentence="One run glides, the other jumps from wall to wall; after every even number of "
    "updates they are in the same place. What counts is how far ηλ is from 1, on "
    "either side.",
)


best_at_1600 = predict(
    "Ten fixed rates from 0.01 to 1.2: after 100 updates of Stream, 0.25 ends lowest. Which one "
    "after 1,600?",
    {
        "0.25 again": "A good rate is a good rate, one would think. But in sixteen times the time a "
        "smaller one gets down, too, and shakes less.",
        "0.75, three times as large": "More updates look like a reason for courage. But the noise floor "
        "grows with the rate, and no number of updates lowers it.",
        "0.08, about a third": "Smaller, since there is time; not sixteen times smaller, since the flat "
        "directions still have some way to go.",
        "0.02, near a sixteenth (0.016)": "Sixteen times the updates at a sixteenth of the "
        "rate make the same travel. But a longer run can use more travel, too.",
    },
    right="0.08, about a third",
    sentence="Mean loss over 32 seeds with 95 % bands. Each curve is a U: left too slow, "
    "right too noisy. From 100 to 400 updates the bottom hardly moves, by 1,600 it "
    "has: there the rate that was best after 100 is too large.",
)


averaged = predict(
    "The bowl, 200 updates at a fixed rate. At the end we take the mean of the weights of the last 100 "
    "updates instead of the last weights, and search again for the best rate. What do we find?",
    {
        "a higher loss: the mean holds old weights": "They are older, and worse one by one. But they err "
        "to all sides, and the mean of the errors is smaller than any of them.",
        "the same loss: noise plus noise is noise": "Noise in a mean of n points does not stay as large: "
        "independent errors of both signs cancel.",
        "a lower loss, at a smaller rate": "Lower, yes. But the shaking is what the mean removes, so it "
        "is no longer a reason for a small rate.",
        "a lower loss, at a larger rate": "The mean removes much of the shaking, so the rate may be large "
        "and get down sooner.",
    },
    right="a lower loss, at a larger rate",
    sentence="The U of the bowl after 200 updates. With the mean of the weights its bottom "
    "is lower and further right, and the right arm rises only towards the dotted "
    "line. Left of the crossing the mean is higher: at the best rate of the last "
    "weights, averaging alone does not help here; it needs the larger rate.",
)
