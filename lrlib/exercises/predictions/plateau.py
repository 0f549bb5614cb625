"""Lesson 09, the plateau rule: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict
from . import log_loss


recall = (
    predict(
        "Lesson 08. One cycle goes up once and down once. Which two things of earlier lessons is it "
        "made of?",
        {
            "a range test and a warm restart": "The range test suggests its peak; nothing restarts: "
            "it goes up only once.",
            "a long warmup and annealing": "Lesson 05 in front, lesson 06 behind.",
            "a triangle and a step": "The shape looks like one triangle. There is no step in it.",
        },
        "a long warmup and annealing",
        at_once=True,
    ),
    predict(
        "Lesson 08. While the rate of one cycle rises, what does the policy do with the momentum?",
        {
            "it lowers it": "The momentum goes against the rate, and comes back as the rate falls.",
            "it raises it, too": "Rate and momentum both lengthen the steps; raising both would "
            "double the risk.",
            "nothing": "So it is with most schedules. One cycle moves the momentum as well, and so "
            "replaces the one that you set.",
        },
        "it lowers it",
        at_once=True,
    ),
    predict(
        "Lesson 08. A schedule is repeated three times, with a.repeat(3). What stays the same?",
        {
            "the area under it, its travel": "Three times as many updates at the same rates: three "
            "times the travel.",
            "its length": "That is what changes: three times as long.",
            "its mean and its peak": "The same rates again, so the same mean and the same highest.",
        },
        "its mean and its peak",
        at_once=True,
    ),
    predict(
        "Lesson 02. A rate drops by ten far too early, at a tenth of the run. Which expected loss "
        "(logarithmic axis) is its own?",
        {
            "A": "A rate that falls evenly: no kink, and low at the end.",
            "B": "It falls, then creeps: the floor is low now, but the run hardly moves towards it.",
            "C": "This one dropped halfway: a kink there, then quickly down.",
            "D": "This rate never drops: it waits on its floor.",
        },
        "B",
        pictures={
            "A": log_loss(lr.Linear(0.5, 0, 120), 120, 0.25),
            "B": log_loss(lr.MultiStep(0.5, (12,), 0.1, 120), 120, 0.25),
            "C": log_loss(lr.MultiStep(0.5, (60,), 0.1, 120), 120, 0.25),
            "D": log_loss(lr.Constant(0.5), 120, 0.25),
        },
        at_once=True,
    ),
    predict(
        "Lesson 01. A run at a fixed rate stands on its noise floor. What does the loss of one "
        "single run do there?",
        {
            "it stays still": "The expected loss does. A single run does not.",
            "it sinks slowly": "On the floor nothing sinks any more.",
            "it jitters, about a level that stays": "The noise keeps pushing it up; so the best "
            "value so far is a lucky one.",
        },
        "it jitters, about a level that stays",
        at_once=True,
    ),
)


strangers = predict(
    "The second time, each run gets the drops of its neighbour, another seed. What becomes of the "
    "final loss, in the mean?",
    {
        "at least 5 % higher": "A drop that comes when a stranger's loss was flat ought to come at "
        "the wrong time. But most of the time was chance, in both.",
        "the same within 5 %": "What a run's own log adds to the drop times is mostly noise.",
        "at least 5 % lower": "There is no reason why a stranger's drops should be better than "
        "one's own, and none why they should be worse.",
    },
    "the same within 5 %",
    sentence="Final loss against runs that follow their own log. With a neighbour's drops: two "
    "ties and one undecided. With the mean of all runs' rates, the same for all: lower, or a little lower.",
)


less_noise = predict(
    "A run stays on its noise floor, patience 10. Make the noise ten times smaller. When does the first "
    "drop come?",
    {
        "much later: there is less to be misled by": "The drops come from the order of the values, "
        "and a smaller noise keeps the order.",
        "at about the same check": "A record is a matter of rank. Ranks have no unit.",
        "sooner: the rule sees more clearly": "There is nothing to see: the expected loss is flat.",
    },
    "at about the same check",
    sentence="The chance that noise alone has dropped the rate: formula (lines), and logs read by the "
    "rule (dots: normal noise; crosses: a tenth of the size, with heavy tails). Patience decides when.",
)


four_rules = predict(
    "600 updates of Stream, a check every 20, each at its own best peak. Order these by their final "
    "loss, the lowest first.",
    {
        "PyTorch's defaults (patience 10, a tenth)": "It reads the loss and should know best. But "
        "the first drop comes on check 12 of 30 at the earliest, and is too large.",
        "patience 3, a half": "Many small drops: nearly a schedule. The best of 18 pairs, though: the "
        "others had no such choice.",
        "straight line to zero": "It knows T and reads nothing.",
        "hold, cool down in the last fifth": "It is told the end only when it is near. It ends well "
        "below a constant rate; with twice the cooldown, level with the tuned plateau.",
    },
    [
        "straight line to zero",
        "patience 3, a half",
        "hold, cool down in the last fifth",
        "PyTorch's defaults (patience 10, a tenth)",
    ],
    sentence="Against the line that knows T. The plateau with the best of 18 settings tried on these very "
    "seeds comes near it (on others it ends higher), and so does holding with the longer cooldown.",
)


grows = predict(
    "With drops by half, patience 3 was best for 600 updates. Which is best for 2,400, with a check "
    "every 20 updates as before?",
    {
        "3 again: the noise is the same": "The noise is, so the drops come as fast as before, and the "
        "rate is gone long before the end.",
        "about 12": "Drops at noise's pace must fill the run: four times the run, four times the "
        "patience.",
        "less than 3: more checks, more to learn from": "More checks are more chances to drop.",
    },
    "about 12",
    sentence="Stream: a plateau that halves the rate, against the line of the same length. The best "
    "patience grows with the run, and a wrong one costs tens of per cents.",
)
