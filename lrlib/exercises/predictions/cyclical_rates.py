"""Lesson 04, cyclical rates: what is asked before it is shown, and what is recalled."""

import lrlib as lr

from ...widgets import predict
from . import log_loss


recall = (
    predict(
        "Three runs on the bowl, rates that fall by a factor γ per update. Which loss is frozen: "
        "the rate was gone before the start was forgotten?",
        {
            "A": "It goes flat early and high up: the travel ran out, and what was left of the start stays.",
            "B": "It is still falling at the end: the rate fell slowly enough to carry it there.",
            "C": "It is flat, but low: this rate did not fall at all, and the noise floor holds it.",
        },
        right="A",
        pictures={
            "A": log_loss(lr.Exponential(0.3, 0.93), 200),
            "B": log_loss(lr.Exponential(0.3, 0.985), 200),
            "C": log_loss(lr.Constant(0.3), 200),
        },
        at_once=True,
    ),
    predict(
        "The rate falls by γ = 0.977 per update. After about how many updates is it halved?",
        {
            "12": "Too soon: 0.977 to the power 12 is still 0.76.",
            "30": "Take logarithms: 0.693 / 0.0233 is about 30.",
            "43": "1/(1 − γ) is about 43: that is the time to fall to 1/e, not to a half.",
        },
        right="30",
        at_once=True,
    ),
    predict(
        "An exponential decay goes on forever. How far can it carry a run: what is its travel, the sum "
        "of the rates?",
        {
            "as far as you like": "It never reaches 0, but a geometric series has a finite sum.",
            "η₀/(1 − γ)": "The geometric series: beyond this sum no update can bring it.",
            "η₀": "That is the first update alone; all later ones add to it.",
        },
        right="η₀/(1 − γ)",
        at_once=True,
    ),
    predict(
        "Lesson 02: the rate drops by ten, and the loss falls off a cliff. Why?",
        {
            "the steps get more precise": "It sounds right, but without noise a smaller step is only slower.",
            "the run sat on the noise floor of the old rate": (
                "The new floor is about ten times lower, and steep directions reach it at once."
            ),
            "the run found a better valley": "No valley is needed: it happens on a bowl that has one minimum.",
        },
        right="the run sat on the noise floor of the old rate",
        at_once=True,
    ),
    predict(
        "Lesson 01: noise, a fixed rate η, curvature λ. Roughly how long until the start is forgotten?",
        {
            "1/(ηλ) updates": "The time constant: twice the rate, half the time, but twice the noise floor.",
            "2/λ updates": "2/λ is a rate, the stability limit, and not a time.",
            "it never is": "Each update multiplies what is left of the start by 1 − ηλ, so it fades.",
        },
        right="1/(ηλ) updates",
        at_once=True,
    ),
)


breath = predict(
    "On this bowl, which is the expected loss of the four triangles? (White noise, logarithmic, 400 updates.)",
    {
        "A": (
            "It tempts: each cycle goes deeper. But equal cycles reach equal dips once the start is "
            "forgotten."
        ),
        "B": "It rises and falls with the rate: each rise gives back what the fall before it had gained.",
        "C": "That would be a rate that only falls: nothing is given back.",
    },
    right="B",
    pictures={
        "A": log_loss(lr.triangular(0.05, 0.6, 50) * lr.Exponential(1, 0.996), 400),
        "B": log_loss(lr.triangular(0.075, 0.3, 50), 400),
        "C": log_loss(lr.Linear(0.3, 0.075, 400), 400),
    },
    sentence="White noise, and one single run behind its mean: the loss breathes with the "
    "rate. Each rise gives back what the fall before it had gained; the same rates, "
    "sorted, end far below.",
)


how_many = predict(
    "200 updates on the bowl, peak and lowest rate tuned. How many triangles end lowest?",
    {
        "one": "One has the longest last fall, half of the run.",
        "two": "Two are better than a fixed rate, but the last fall is only a quarter of the run.",
        "four": "Four or more are often advised. But the last fall is then an eighth of the run.",
        "ten": "More falls, but each too short to help: the best setting is then almost a fixed rate.",
    },
    right="one",
    sentence="Every position of the sliders, either noise: where the run would stop near a "
    "peak, the best triangle is a fixed rate (1). After whole cycles it ends lower, "
    "the longer its last fall the more; one is lowest when the run stops a few "
    "updates past the lowest rate: the loss lags.",
)


one_fall = predict(
    "'One fall' holds its peak for 350 updates; then it falls in 50, as the triangles' last 50 do. "
    "Both at their own best peak on Stream: against the triangles, one fall ends …",
    {
        "about the same": (
            "The last falls are alike, so this tempts: but a rise comes before the triangles' fall, and it "
            "has to be undone."
        ),
        "higher": "This is what 'the cycles explore' would mean. They did not find anything that paid.",
        "lower": (
            "Three triangles do no more than their mean held fixed, and the last rise costs what the fall "
            "must first win back."
        ),
    },
    right="lower",
    sentence="Four triangles end below a fixed rate. But one fall, without the swings before "
    "it, ends below them; so does the same range sorted into a line; and so does "
    "averaging, without any schedule.",
)


which_leave = predict(
    "A ball lies in a sharp well; beside it is a flat one. The sharp well throws out whatever stays "
    "above the rate 2/λ. Three runs: triangles up to 1.35 times that rate; a fixed rate at their mean, "
    "below it; one fall, which holds the peak and then falls. Which leave?",
    {
        "the triangles alone": "The folk claim: it takes a rise. But one fall is above 2/λ from the start.",
        "the triangles and one fall": "Both are above 2/λ long enough; whether they rise to it does not matter.",
        "all three": "The mean has the same travel, but it is below 2/λ: the sharp well holds it.",
    },
    right="the triangles and one fall",
    sentence="What throws the ball out is a rate above the limit, not the swing: the "
    "triangles throw it out at a peak, one fall at once, and a fixed rate at the "
    "mean never. At 1.1 times the limit most visits are too short (Deeper E).",
)
