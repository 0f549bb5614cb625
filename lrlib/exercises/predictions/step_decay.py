"""Lesson 02, step decay: what is asked before it is shown, and what is recalled."""

import numpy as np

import lrlib as lr

from ...widgets import predict


def _distances():
    t = np.arange(13)
    return {
        "A": 0.9**t,
        "B": (-0.9) ** t,
        "C": (-1.15) ** t / 1.15**12,
        "D": np.where(t == 0, 1.0, 0.0),
    }


recall = (
    predict(
        "A parabola of curvature λ, no noise. One update multiplies the distance to the minimum by …",
        {
            "(1 − ηλ)²": "That is what happens to the loss: it goes with the square of the distance.",
            "1 − ηλ": "The gradient is λ times the distance, and η of it is taken away.",
            "1/(ηλ)": "That is the time constant: after that many updates the distance is down to 37 %.",
        },
        "1 − ηλ",
        at_once=True,
    ),
    predict(
        "Noisy gradients, a fixed rate with a small ηλ, a long run. You halve the rate and wait. "
        "The noise floor is then …",
        {
            "a quarter as high": "The noise of one update has the variance η²σ². But the smaller rate "
            "also forgets old noise half as fast.",
            "about half as high": "ησ²/(2(2 − ηλ)) is nearly proportional to η.",
            "as high as before, reached later": "The new rate is slower, and it has a floor of its own.",
        },
        "about half as high",
        at_once=True,
    ),
    predict(
        "Why does a longer run have a different best fixed rate?",
        {
            "the curvature grows during a run": "It can, but the bowl's curvature is fixed, and the "
            "best rate moves there, too.",
            "a longer run can afford to be slower": "So it takes the lower noise floor: the best rate "
            "falls with the length.",
            "a longer run sees more noise": "Every update sees the same noise. What adds up is the "
            "time in which a slow direction can travel.",
        },
        "a longer run can afford to be slower",
        at_once=True,
    ),
    predict(
        "Gradient descent, curvature 1, rate 1.9, no noise. Which picture is x, from update to update?",
        {
            "A": "This is rate 0.1: the same sizes, but x never changes its sign.",
            "B": "The factor is 1 − 1.9 = −0.9: from wall to wall, and smaller each time.",
            "C": "This grows: it needs a rate above 2.",
            "D": "There in one update: that is rate 1.",
        },
        "B",
        pictures=_distances(),
        at_once=True,
    ),
    predict(
        "A run of 100 updates. The last of them uses the rate …",
        {
            "η(99)": "Update number t, counted from 0, uses η(t); the last of 100 is number 99.",
            "η(100)": "That rate is left behind after the run, and no update uses it.",
            "η(T)": "T is 100 here: the rate that is left behind, and no update uses it.",
        },
        "η(99)",
        at_once=True,
    ),
)


def _magnified():
    """The expected loss of the lesson's bowl, 20 updates before a drop by ten and 20 after."""
    curvatures, eta = lr.dynamics.power_law(20, 1.0), 0.3
    at_floor = np.sqrt(eta * 0.2**2 / (curvatures * (2 - eta * curvatures)))
    rates = np.repeat([eta, eta / 10], 20)
    slope = lr.dynamics.noisy_quadratic(rates, curvatures, 0.2, at_floor)
    t, old, new = np.arange(41), slope[0], slope[0] / 10
    return {
        "A": np.where(t <= 20, old, new),
        "B": np.where(t <= 30, old, new + (old - new) * 0.7 ** np.maximum(t - 30, 0)),
        "C": slope,
        "D": np.where(t <= 20, old, new + (old - new) * 0.75 ** np.maximum(t - 20, 0)),
    }


cliff = predict(
    "Magnify the first cliff: 20 updates before the drop, 20 after it. Which is the expected loss?",
    {
        "A": "On the scale of 90 epochs it looks like this. But no single update is that strong.",
        "B": "Nothing waits: the very first update at the new rate lowers the loss.",
        "C": "A gentle slope: after 20 updates less than a fifth of the fall is done.",
        "D": "A fall, yes, but not this fast: the small rate has to do the work.",
    },
    "C",
    pictures=_magnified(),
    sentence="Seen closely, the cliff is a slope. Only the expected loss is smooth.",
)


depth = predict(
    "A run has reached its noise floor (ηλ = 0.1). Its rate is multiplied by 0.5, 0.3, 0.1 or 0.03. "
    "Which has the lowest loss after 1 update, after 30, after 1,000?",
    {
        "always × 0.03": "Its noise floor is the lowest. But with such a rate it needs a thousand "
        "updates to get there.",
        "× 0.5, then × 0.3, then × 0.03": "The gentle drop moves first; each deeper one overtakes "
        "later and ends lower.",
        "always × 0.5": "It is first off the mark, and the first to stop: its noise floor is half of "
        "the old one.",
        "× 0.03, then × 0.1, then × 0.5": "This is the order reversed: the deepest drop is the "
        "slowest to begin.",
    },
    "× 0.5, then × 0.3, then × 0.03",
    sentence="After the gentle drop the loss falls first; each deeper one overtakes later "
    "and ends lower.",
)


due_later = predict(
    "FreshDigits, held at the rate 0.04, one drop by ten. In a run of 400 updates it is best after "
    "200 to 300. And in a run of 1,600?",
    {
        "after 200 to 300 again": "So says the rule for one direction. On FreshDigits it is not so.",
        "after some 500 to 800": "Flat directions that still travel would do this: a bowl of 200 "
        "directions at rate 0.1 moves as far, ours of 20 only a little. On the network we did not test "
        "why.",
        "after about 1,500": "Then the small rate has hardly any updates left in which to work.",
    },
    "after some 500 to 800",
    sentence="Rings: the best of the times tried, at this rate (FreshDigits: at half the "
    "rate both come later). With the length of the run it moves, on Stream a "
    "little, on FreshDigits far: the rule holds for one direction.",
)


turned = predict(
    "The bowl says that two drops by ten lose to a constant rate; the network says that they win. "
    "One change to the bowl, alone, reverses its answer. Which?",
    {
        "a run four times as long": "It gives the small rates time, and the gap shrinks; at "
        "four times the sign stays. (At 32 times it turns.)",
        "momentum 0.9, as the network has it": "With momentum the same happens at a tenth of the "
        "rate. The sign stays.",
        "200 directions instead of 20": "More flat directions, the same answer.",
        "noise that is small where the bowl is flat": "What two deep drops freeze in is the noise of "
        "the flat directions. Where those are quiet, there is little to freeze.",
    },
    "noise that is small where the bowl is flat",
    sentence="Every row: one schedule against the constant rate. With noise like the "
    "curvature (filled) the bowl has the networks' signs, Stream's order and, by "
    "ten, its numbers; white noise (open) is nearer for gentle drops and for the "
    "mean.",
)
