"""Lesson 03, exponential decay: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict
from . import log_loss


recall = (
    predict(
        "A run has settled. Its rate is cut by ten, and the loss falls off a cliff. Why?",
        {
            "A smaller step follows the gradient more exactly.": "It does, but a run that has "
            "settled has no slope left to follow. What keeps it up is noise.",
            "The noise floor is proportional to the rate, for small rates.": "The run stood on the "
            "floor of the old rate; that of the new one is about ten times lower.",
            "The minibatches become less noisy.": "Their noise is what it was. The rate decides how "
            "much of it the weights take in.",
        },
        right="The noise floor is proportional to the rate, for small rates.",
        at_once=True,
    ),
    predict(
        "After a drop by ten, how long does a direction take to settle on its new floor, compared "
        "with the old rate?",
        {
            "As long as before.": "The curvature is the same, but the time constant is 1/(ηλ), and "
            "η is a tenth.",
            "A tenth of the time.": "Upside down: small rates are slow.",
            "Ten times as long.": "The time constant is 1/(ηλ): a tenth of the rate, ten times the "
            "time. That is the price of a deep drop.",
        },
        right="Ten times as long.",
        at_once=True,
    ),
    predict(
        "Three runs on a bowl, the loss on a log scale. Which of them had a rate that was cut by ten "
        "twice?",
        {
            "A": "This loss falls and then stays on one floor: its rate was fixed.",
            "B": "Two kinks. At each the rate is cut by ten: the first starts a new fall, after the "
            "second the rate is too small to get far.",
            "C": "This loss goes on falling to the end, without a cliff: a straight line to zero.",
        },
        right="B",
        pictures={
            "A": log_loss(lr.Constant(0.6), 200),
            "B": log_loss(lr.MultiStep(0.6, (60, 130), 0.1), 200),
            "C": log_loss(lr.Linear(0.6, 0, 200), 200),
        },
        at_once=True,
    ),
    predict(
        "A fixed rate of 0.2, a direction of curvature 0.1. After how many updates has its distance "
        "to the minimum shrunk by a factor of e?",
        {
            "About 5": "That is 1/0.2: you left out the curvature. A flat direction is slower.",
            "About 50": "1/(ηλ) = 1/(0.2 · 0.1) = 50, its time constant.",
            "About 500": "One factor of ten too many: 1/(0.2 · 0.1) is 50.",
        },
        right="About 50",
        at_once=True,
    ),
    predict(
        "The difference of two losses is +2.1 %, its 95 % interval [+0.6, +3.6]. What do these "
        "lessons call it?",
        {
            "A tie": "A tie needs an interval that holds 0. This one does not: the sign is sure.",
            "Undecided": "Undecided is a wide interval that holds 0. This one leaves it out.",
            "A little higher": "The interval leaves out 0, so the sign is sure; the mean is below "
            "5 %, so the size is small.",
        },
        right="A little higher",
        at_once=True,
    ),
)


_T, _PEAK = 200, 0.6


ends_lowest = predict(
    "200 updates from the same peak, 0.6, on a noisy bowl. Which rate ends with the lowest expected "
    "loss?",
    {
        "held": "It travels farthest, and it stays on its noise floor, the highest of the four.",
        "to a tenth": "Low enough to calm the noise, and with enough rate on the way to get there.",
        "to a hundredth": "The noise is calmer still, and part of the way is left undone.",
        "to a thousandth": "The calmest end of all, far from the minimum: most of the rate is gone "
        "after 60 updates.",
    },
    right="to a tenth",
    pictures={"held": lr.Constant(_PEAK)}
    | {
        name: _PEAK * lr.Exponential(1, ratio ** (1 / _T), _T)
        for name, ratio in (("to a tenth", 0.1), ("to a hundredth", 0.01), ("to a thousandth", 0.001))
    },
    sentence="White noise; thin: one single run. Held, the rate stays on its noise floor. To "
    "a tenth, it ends lowest. Further down the loss goes flat early, and higher. "
    "Both models say so at this peak.",
)


left_forever = predict(
    "A parabola of curvature 1, no noise. The rate starts at 0.1 and is multiplied by 0.9 at every "
    "update. One million updates. How much of the distance to the minimum is left?",
    {
        "nothing": "The rate is never zero, so one waits long enough … But the later steps are so "
        "small that all of them together lead nowhere.",
        "about 5 %": "It feels like a small rest. Add up the rates: 0.1 + 0.09 + 0.081 + …",
        "about a third": "The rates add up to 1, however long the run is, and e⁻¹ is 37 %.",
        "about two thirds": "Steps that shrink this fast seem to lead nowhere. They do add up to 1.",
    },
    right="about a third",
    sentence="After some 30 updates the exponential has spent its travel, and goes flat with "
    "36 % of the way left.",
)


smallest_ratio = predict(
    "How small can the final ratio be, if the peak may be anything, and the loss still ends at 0.026 "
    "or below?",
    {
        (0.001, 0.01): "The slider reaches down here, the loss does not: no peak pays for so deep a "
        "decay in 200 updates.",
        (0.01, 0.03): "A peak near 1 buys the travel. Any higher, and the first updates stir up more "
        "noise than the rest can calm.",
        (0.03, 0.1): "Here lies the best ratio of all. The target leaves room below it.",
        (0.1, 1): "The noise is calm enough there, but one can go on: a higher peak makes up for a "
        "deeper decay.",
    },
    right=0.0141,
    sentence="White noise. Each peak has a valley: left of it the run freezes, right of it "
    "noise is left. The higher the peak, the further left its valley; the lowest "
    "lies near a peak of 0.6.",
)


best_ratio = predict(
    "FreshDigits, 600 updates, each final ratio at its own best peak. Which ends lowest?",
    {
        "0.3": "Gentle, and too gentle: much of the noise of the peak is still there at the end.",
        "0.1": "Lowest, though 0.03 is close: the valley is flat.",
        "0.03": "Close: a little higher, here and on a second block of seeds.",
        "0.01": "The bowl whose noise is like the curvature says so. The network disagrees.",
        "0.001": "No peak pays for so deep a decay here.",
    },
    right="0.1",
    sentence="The final loss against that of ratio 0.1. On both networks 0.1 is lowest and "
    "0.03 close to it, nearer to white noise; noise like the curvature puts the "
    "valley too far to the left.",
)
