"""Lesson 07, SGDR: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict
from . import log_loss


recall = (
    predict(
        "Lesson 06. A cosine from p to 0 is made for 1,000 updates, and stopped after 500. At "
        "which rate does it stand?",
        {
            "0": "That is where it would end, 500 updates later.",
            "half of p": "Halfway through, the cosine of a right angle is 0: what is left is half "
            "of the peak, and a noise floor nearly half as high.",
            "0.71 p": "That would be a quarter period of a cosine; the schedule takes half a "
            "period.",
        },
        "half of p",
        at_once=True,
    ),
    predict(
        "Lesson 06. A cosine to 0 and a straight line to 0, each at its own best peak, T = 400, on "
        "both networks. Which ends lower?",
        {
            "the cosine": "It is the one that everybody uses. Here it never won.",
            "the line, by a few per cent": "On both at T = 400; in longer runs the two tie.",
            "the line, by a third": "So much a falling rate gains on a constant one.",
        },
        "the line, by a few per cent",
        at_once=True,
    ),
    predict(
        "Lesson 06. You average all the points of a run at a fixed rate. Which schedule, given "
        "the same gradients, ends at that mean?",
        {
            "a line to zero": "Gradient number t is in T − t of the T points: it counts less and "
            "less, in a straight line.",
            "a cosine to zero": "That counts the middle of the run most; a plain mean counts every "
            "point alike.",
            "a drop halfway": "That is the mean of two points only: halfway and the end.",
        },
        "a line to zero",
        at_once=True,
    ),
    predict(
        "Lesson 02. Three expected losses on the bowl, log scale. Which was made by a rate that "
        "drops to a tenth halfway?",
        {
            "A": "This one falls fast, then stays at its floor: a fixed rate.",
            "B": "A floor, then a cliff, then a second floor: the drop is where the curve bends.",
            "C": "Smooth to the end, and steepest there: a rate that falls all the time.",
        },
        "B",
        pictures={
            "A": log_loss(lr.Constant(0.4), 200),
            "B": log_loss(lr.MultiStep(0.4, (100,), 0.1), 200),
            "C": log_loss(lr.Linear(0.4, 0, 200), 200),
        },
        at_once=True,
    ),
    predict(
        "Lesson 01. At a fixed rate η the expected loss stops falling at its noise floor. You "
        "halve η and wait. What becomes of the floor?",
        {
            "it stays": "It would, if it came from the data alone. It comes from the steps.",
            "about half": "For small η the floor is nearly proportional to η; it takes longer to "
            "get there.",
            "a quarter": "The step halves and is squared, but the pull back to the minimum halves, "
            "too.",
        },
        "about half",
        at_once=True,
    ),
)


def _shrinking(peak, T=480):
    long, middle, short = (lr.Cosine(peak, 0, n * T / 7) for n in (4, 2, 1))
    return long >> middle >> short


price = predict(
    "480 updates, each schedule at its own best peak. Order the four by the loss at the end, "
    "lowest first.",
    {
        "three equal": "Three chances to anneal look like a good mixture, but the last descent has "
        "only a third of the run.",
        "shrinking": "It has anneals of the same lengths as doubling, and the longest comes first, "
        "when there is most to gain. But what was won then is shaken out by the restarts, and 69 "
        "updates must win it back.",
        "one cosine": "It has no restart, so nothing has to be won back: its whole run is one "
        "descent.",
        "doubling": "Its last cycle has 274 of the 480 updates, more than the three equal ones "
        "leave for theirs.",
    },
    ["one cosine", "doubling", "three equal", "shrinking"],
    pictures={
        "one cosine": lr.Cosine(1, 0, 480),
        "doubling": lr.sgdr(1, 0, T_0=480 / 7, T_mult=2, cycles=3),
        "three equal": lr.sgdr(1, 0, T_0=160, cycles=3),
        "shrinking": _shrinking(1),
    },
    sentence="Final loss against one cosine, on the bowl with either noise and on the "
    "network. All three rank the restarts alike: doubling, three equal, shrinking. "
    "Holding, with the same last descent and no restart, costs less than doubling "
    "and less than shrinking.",
)


anytime = predict(
    "Stopped at a random moment, three equal cycles hand over their last checkpoint. Which of the "
    "three rivals (constant, 1/√t, unfinished cosine) have a higher mean loss than that?",
    {
        "all three": "This is what SGDR is praised for. Two of the rivals have done something "
        "about the noise, too, by the time they are stopped.",
        "the constant and the cosine": "The cosine is stopped with its rate still up, but that "
        "rate has been falling all the time, and no update was spent on a way back.",
        "the constant only": "A checkpoint at low noise beats a rate that never falls. Against a "
        "rate that falls steadily, the restarts and the age of the checkpoint cost more than the "
        "low noise gives.",
        "none": "That is true of doubling cycles: their checkpoint soon is old. Three equal ones "
        "are better than a constant rate.",
    },
    "the constant only",
    sentence="The mean loss at a random stop, each at the peak that is best for it. The "
    "unfinished cosine ties with 1/√t; every SGDR lies to the right of both. Three "
    "equal cycles with checkpoints beat the constant rate. Furthest to the left are "
    "the running means of the weights.",
)


wider = predict(
    "Now a network twice as wide (WRN-28-20, 145.8 million weights in place of 36.5). One cosine "
    "(T_0 = 200) against doubling cycles (T_0 = 10): who has the lower test error?",
    {
        "one cosine on both": "On CIFAR-10 it has. On CIFAR-100 the restarts stay ahead.",
        "one cosine on CIFAR-10, restarts on CIFAR-100": "The same split as with the smaller "
        "network.",
        "restarts on both": "A larger network might gain more from restarts. On CIFAR-100 it "
        "gains, on CIFAR-10 not.",
        "restarts on CIFAR-10, one cosine on CIFAR-100": "The smaller network had it the other way "
        "round, and so has the larger.",
    },
    "one cosine on CIFAR-10, restarts on CIFAR-100",
    sentence="Test error on CIFAR-10 / CIFAR-100: one cosine **3.66** / 19.69, doubling "
    "cycles 3.74 / **18.70**. On CIFAR-10 the lesson's verdict holds: one cosine is "
    "the best of the seven, with both networks. On CIFAR-100 it does not: with both "
    "networks doubling cycles are the best, by 0.4 and 1.0 points over one cosine. "
    "Medians of two or five runs do not say how sure that is; nobody may leave it "
    "out.",
)
