"""Lesson 11, the bug hunt: what is asked before it is shown, what is recalled, and ten logs."""

import lrlib as lr

from ...widgets import predict
from . import log_loss

recall = (
    predict(
        "Lesson 10: nobody can say when the run will be stopped. What does WSD do about it?",
        {
            "it makes the cosine longer": "A longer cosine still has an end that must be known.",
            "it holds the rate, and cools down when somebody asks": "One run at a held rate serves "
            "every end; each end costs a cooldown.",
            "it lowers the rate whenever the loss stands still": "That is the plateau rule of lesson 09.",
        },
        right="it holds the rate, and cools down when somebody asks",
        at_once=True,
    ),
    predict(
        "Lesson 10: a run is stopped at a moment that nobody knew, and a running mean of its weights is "
        "handed over. Which memory suits every such moment?",
        {
            "a fixed number of updates": "Too long for an early stop, or too short for a late one.",
            "all updates made": "It holds the start of the run, too, for ever.",
            "a share of the updates made": "Short against the run at every moment, and as long as that "
            "allows.",
        },
        right="a share of the updates made",
        at_once=True,
    ),
    predict(
        "Lesson 10: the mean of the weights has a lower floor than the last weights. What does it "
        "change in the training itself?",
        {
            "nothing: it is only measured elsewhere": "The updates are the same; the mean is taken "
            "beside them.",
            "the noise of the gradients gets smaller": "The gradients are taken at the moving weights, "
            "and these scatter as before.",
            "the rate falls": "No rate is touched. But the mean does what a falling rate does.",
        },
        right="nothing: it is only measured elsewhere",
        at_once=True,
    ),
    predict(
        "Lesson 07: one of these losses (logarithmic axis) belongs to a run whose rate went back to "
        "its peak at half time. Which?",
        {
            "A": "A rate that falls all the way: nothing ever climbs.",
            "B": "A held rate: down to its floor, and along it.",
            "C": "Down, up within a few updates when the large rate shakes the weights again, and down.",
            "D": "A drop: a kink downwards, where a restart would climb.",
        },
        right="C",
        pictures={
            "A": log_loss(lr.Cosine(0.5, 0, 120), 120, 0.25),
            "B": log_loss(lr.Constant(0.5), 120, 0.25),
            "C": log_loss(lr.sgdr(0.5, 0, 60, cycles=2), 120, 0.25),
            "D": log_loss(lr.MultiStep(0.5, (60,), 0.1, 120), 120, 0.25),
        },
        at_once=True,
    ),
    predict(
        "Lesson 00: the rate is printed after scheduler.step(). Which rate is it?",
        {
            "that of the update just made": "So one thinks; but step() has already moved on.",
            "that of the next update": "The print runs one step ahead of the training.",
            "the optimizer's first": "The scheduler overwrites it at every call.",
        },
        right="that of the next update",
        at_once=True,
    ),
)

costliest = predict(
    "Four of these bugs, each in a script whose peak is a good one for what was meant, 400 updates on "
    "Stream. Order them by their final loss, the highest first.",
    {
        "the schedule begins again at half time": "It wastes a second warmup and ends at a half of the "
        "peak, no longer at all of it.",
        "the schedule is used up after four fifths": "A fifth of the run is nearly lost: that is all.",
        "the rate never falls": "It ends on the floor of its peak; but it has travelled.",
        "the schedule is used up after a quarter of the run": "It looks careful: low rates do no harm. "
        "But they do nothing else either.",
    },
    right=[
        "the schedule is used up after a quarter of the run",
        "the rate never falls",
        "the schedule begins again at half time",
        "the schedule is used up after four fifths",
    ],
    sentence="How much higher the final loss is than with the schedule that was meant, at the peak of "
    "the scripts. Too little training, case 2, costs most; then a rate that never falls; then a "
    "schedule that begins again. Case 4 costs least.",
)

new_peak = predict(
    "Nobody finds the bug. Somebody searches for a new peak instead, with the bug in place, and we do "
    "the same for what was meant. Which cost falls most?",
    {
        "none: all of them all but vanish": "A search repairs a wrong height, and none of these bugs is "
        "one. The curve stays wrong.",
        "that of the schedule that is used up after a quarter of the run": "A higher peak was to make up "
        "for the lost updates. It hardly does.",
        "that of the rate that never falls": "A lower peak lowers its floor, and the floor was its cost.",
        "that of the schedule that begins again": "Its best peak is lower, too; but it had less to gain.",
    },
    right="that of the rate that never falls",
    sentence="Left at the peak of the scripts, right each at its own best peak. A rate that never falls "
    "gains most; a schedule that is used up early gains next to nothing; and every bug still costs.",
)

causes = {
    0: predict(
        "A worked case.",
        {"T was counted in micro-batches": "Four of them make one update.", "nothing": "It is wrong."},
        right="T was counted in micro-batches",
        at_once=True,
    ),
    1: predict(
        "Case 1. The progress bar prints scheduler.get_last_lr(), and there the rate falls as meant "
        "(dotted). The record of the optimizer says otherwise. Which cause fits?",
        {
            "scheduler.step() is never called": "Then the progress bar's rate would not fall either.",
            "T_max is far too large": "Then both would fall a little, and the same.",
            "the scheduler drives another optimizer": "It sets the rates of one that trains nothing. "
            "PyTorch's only hint is a warning about the order of two calls of step().",
            "nothing: the progress bar is right": "The record is taken inside the update that changed "
            "the weights. It is the log to believe.",
        },
        right="the scheduler drives another optimizer",
        at_once=True,
    ),
    2: predict(
        "Case 2. Four micro-batches make one update. Look at the warmup, too. Which cause fits?",
        {
            "T was given in epochs": "Then the schedule would end after 10 updates, not after 100.",
            "the warmup is too short": "It is: 10 updates instead of 40. But so is all the rest.",
            "a lowest rate is missing": "That would lift the end, not move it from update 400 to 100.",
            "step() is called once per micro-batch": "Everything happens four times too early, the "
            "warmup, too: the curve is right, its clock is four times too fast.",
        },
        right="step() is called once per micro-batch",
        at_once=True,
    ),
    3: predict(
        "Case 3. Nine triangles of 44 updates were meant. The log is written once per epoch of 40 "
        "updates and shows a single one. What can you conclude?",
        {
            "step() is called once per epoch": "Then 22 calls upwards would take 22 epochs: no fall yet.",
            "nothing yet: this log looks too seldom": "Every 40 updates a cycle of 44 is found 4 updates "
            "earlier in its phase: it seems to creep. Recorded at each update, all is as meant.",
            "the cycles are ten times too long": "They would leave the same ten dots: so this log "
            "cannot accuse them. The record of every update acquits them.",
            "the cycles were replaced by one cycle": "The same dots again; and again only a denser log "
            "can tell.",
        },
        right="nothing yet: this log looks too seldom",
        at_once=True,
    ),
    4: predict(
        "Case 4. Epochs of 40 training batches, and 10 for validation. Which cause fits?",
        {
            "T_max is too small": "It would end too early, too, but smoothly. Look at the borders of "
            "the epochs.",
            "step() runs for validation batches, too": "Ten calls without an update: a jump at each "
            "border of an epoch. After 320 updates T_max is used up, and PyTorch's cosine climbs.",
            "step() is called once per epoch": "Then the rate would stand still inside an epoch.",
            "a warm restart": "That jumps back to the peak at once; this creeps up.",
        },
        right="step() runs for validation batches, too",
        at_once=True,
    ),
    5: predict(
        "Case 5. The run was stopped at half time and resumed. The first update after that still has "
        "the old rate. Which cause fits?",
        {
            "warm restarts were switched on": "A restart begins at the peak. Here the whole schedule "
            "begins again, warmup included.",
            "the state of the optimizer was not loaded": "It was: the old rate stands in it, and was "
            "used once more.",
            "T is too large": "That would stretch the fall; it makes no second warmup.",
            "the state of the scheduler was not loaded": "Momentum and rate came back, the clock did "
            "not: it counts from 0 again.",
        },
        right="the state of the scheduler was not loaded",
        at_once=True,
    ),
    6: predict(
        "Case 6. A warmup by LambdaLR and a cosine, two schedulers on one optimizer, both stepped "
        "after each update. Which cause fits?",
        {
            "LambdaLR overwrites what the cosine has set": "It writes peak × factor at each call. Of the "
            "cosine only its last ratio is left, near 1 until close to the end.",
            "T_max is too large": "Then the cosine would be cut off: no cliff at the end.",
            "both act, as a product": "That is what was meant (dotted): PyTorch's cosine would do it, "
            "beside a warmup that multiplies as well.",
            "it is a WSD, and right": "It looks like one, with a cooldown of a few per cent. Nobody "
            "asked for it.",
        },
        right="LambdaLR overwrites what the cosine has set",
        at_once=True,
    ),
    7: predict(
        "Case 7. A warmup and a line by LambdaLR, with a peak of 0.04. The log is no flat line: seen "
        "from close by it has the right shape. Which cause fits?",
        {
            "T is far too large": "Then it would still be warming up, and have another shape.",
            "the scheduler drives another optimizer": "Then the rate would stand at 0.04.",
            "LambdaLR was given a rate where it wants a factor": "0.04 × 0.04 = 0.0016. lr.compare "
            "says: 0.04 times the other at every step.",
        },
        right="LambdaLR was given a rate where it wants a factor",
        at_once=True,
    ),
    8: predict(
        "Case 8. A cosine from 0.04 down to 10 % of it. Which cause fits?",
        {
            "eta_min is a rate, and was given as a share": "0.1 is not 10 % of the peak but 2.5 peaks. "
            "The cosine goes there, upwards, and PyTorch says nothing; lr.Cosine refuses.",
            "the warmup is longer than the run": "A warmup starts low and is a straight line.",
            "the cosine has run past T_max": "There it climbs from its lowest rate, not from its peak.",
        },
        right="eta_min is a rate, and was given as a share",
        at_once=True,
    ),
    9: predict(
        "Case 9. At update 200 the loss jumps, to over ten times what it was, and comes down again. "
        "What is wrong with the rate?",
        {
            "it restarted": "A restart makes such a loss, but the record of the rate has none.",
            "it is above the stability limit": "Then the loss would grow, not jump once; and half of "
            "the rate would not jump.",
            "nothing: the data changed": "The second shard of images is from another scanner. The "
            "control, half the rate, jumps at the same update.",
        },
        right="nothing: the data changed",
        at_once=True,
    ),
    10: predict(
        "Case 10. The pretrained body was to have a tenth of the head's rate. The record has one "
        "column for each group: they are equal. Which cause fits?",
        {
            "the groups were swapped": "Then one of the columns would be the low one.",
            "record_rates reads the first group only": "It reads all: record.array has a column for each.",
            "all the lambdas share one variable": "factor is looked up when the lambda is called. By "
            "then the loop is over, and both find its last value.",
        },
        right="all the lambdas share one variable",
        at_once=True,
    ),
}
