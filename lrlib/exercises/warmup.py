"""Lesson 05, warmup: recall, predictions, how long it must be, how to write it, and its usual bug."""

import numpy as np

import lrlib as lr

from ..dynamics import noisy_quadratic, power_law
from ..widgets import predict
from .exercise import Exercise, Mistake


def _log_loss(schedule, T=120):
    """The exact loss of a bowl in logarithms, to be drawn small."""
    return np.log10(noisy_quadratic(schedule.rates(T), power_law(20, 1.0), 0.25))


recall = (
    predict(
        "Lesson 04: four triangles beat a fixed rate. Which control showed what they owe it to?",
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
            "A": _log_loss(lr.Constant(0.5)),
            "B": _log_loss(lr.triangular(0.03, 0.6, 15)),
            "C": _log_loss(lr.Linear(0.5, 0, 120)),
            "D": _log_loss(lr.MultiStep(0.5, (60,), 0.1, 120)),
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
        "about as many": "The peak and the sum of the rates are the same. But when the peak comes is not.",
        "about half as many": "A fair guess if the rise only postponed the trouble for some runs.",
        "fewer than one in ten": "By the time the peak comes, most networks have left the steep start.",
    },
    right="fewer than one in ten",
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
        "times as high.",
    },
    right="lower",
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
)


def _shortest():
    from math import ceil

    rate, k, x0 = 0.4, 8, 2
    return ceil(rate * k * x0**2 / 1.73)


shortest = Exercise(
    ask=(
        "**Exercise 1** (objective 1). Gradient descent on $x^4/4$ starts at $x_0 = 2$, and the fixed rate "
        "0.4 is stable. Now the batch becomes 8 times as large, and the peak follows the rule for SGD. How "
        "many updates must a warmup from 0 have at least? (Use the 1.73 of the lesson.)"
    ),
    right=_shortest,
    hints=(
        "Two steps: which peak does the larger batch ask for? Which warmup does that peak need from here?",
        "The peak is 8 · 0.4 = 3.2, and the largest stable peak is $1.73\\,W/x_0^2$. W is a whole number.",
    ),
    praise="Eight times the rate asks for eight times the warmup, and twice as far out for four times.",
    mistakes={
        "batch ignored": Mistake(
            1, "that is the warmup of the old rate, which needs none. The batch has grown: so must the peak."
        ),
        "start ignored": Mistake(
            2, "that is right from x0 = 1. From x0 = 2 the curvature is four times as high."
        ),
        "rule of Adam": Mistake(
            3, "you multiplied the rate by √8: that is the rule for Adam. For SGD it is 8."
        ),
        "not squared": Mistake(
            4, "you multiplied by x0. The curvature grows with its square: x0² = 4."
        ),
        "rounded down": Mistake(
            7, "with W = 7 the largest stable peak is 1.73 · 7/4 = 3.03, below 3.2: round up."
        ),
        "not rounded": Mistake(
            3.2 * 4 / 1.73, "nearly: W is a whole number of updates, the next one above."
        ),
        "not divided": Mistake(13, "that is peak · x0², rounded up. Divide by 1.73 first."),
        "multiplied": Mistake(
            23, "you multiplied by 1.73: the largest stable peak is 1.73 W, so divide."
        ),
    },
    tolerance=1e-3,
)


def _gradual(t, eta=0.1, k=8, W=50, T=500):
    if t < W:
        return eta * (1 + (k - 1) * t / (W - 1))
    return k * eta * max(0, T - t) / (T - W)


def _with(rise):
    """The faded function with another idea of the rate that rises."""

    def answer(t, eta=0.1, k=8, W=50, T=500):
        return rise(t, eta, k, W) if t < W else _gradual(t, eta, k, W, T)

    return answer


gradual = Exercise(
    ask=(
        "**Exercise 2** (objective 2). The batch has become `k` times as large. As in Goyal et al., the "
        "warmup is to rise from the old rate `eta` to the new peak `k * eta`. One line is missing: the rate "
        "of update `t`, counted from 0. Update 0 uses `eta`; update `W - 1`, the last of the warmup, uses "
        "the whole peak already."
    ),
    right=_gradual,
    steps=(0, 1, 10, 48, 49, 50, 51, 275, 499, 500, 600, (0, 0.3, 4, 5, 20), (3, 0.3, 4, 5, 20)),
    hints=(
        "How much does the rate rise in all, and in how many steps from update 0 to update W − 1?",
        "It rises by (k − 1) · eta in W − 1 equal steps. Begin at eta.",
    ),
    praise="A warmup from the factor 1/k that wastes no update at either end.",
    mistakes={
        "from 0": Mistake(
            _with(lambda t, eta, k, W: k * eta * t / W),
            "that is the warmup from 0: its first update changes nothing. Begin at eta.",
        ),
        "from 1/W": Mistake(
            _with(lambda t, eta, k, W: k * eta * (t + 1) / W),
            "that is the warmup from 1/W. It ends right, but its first rate is k · eta/W, not eta.",
        ),
        "one too late": Mistake(
            _with(lambda t, eta, k, W: eta * (1 + (k - 1) * t / W)),
            "your line reaches the peak at t = W. It should be there one update earlier, at W − 1.",
        ),
        "too steep": Mistake(
            _with(lambda t, eta, k, W: eta * (1 + k * t / (W - 1))),
            "your line begins at eta and rises by k · eta: it ends above the peak, at (k + 1) · eta.",
        ),
        "start forgotten": Mistake(
            _with(lambda t, eta, k, W: k * eta * t / (W - 1)),
            "your line ends at the peak but begins at 0. It should begin at eta.",
        ),
        "flat": Mistake(
            _with(lambda t, eta, k, W: eta),
            "your warmup is flat at eta and then jumps to k · eta: it should rise.",
        ),
        "factor only": Mistake(
            _with(lambda t, eta, k, W: 1 + (k - 1) * t / (W - 1)),
            "that is the factor that rises from 1 to k: multiply it by eta.",
        ),
        "numbers instead of names": Mistake(
            _with(lambda t, eta, k, W: 0.1 * (1 + 7 * t / 49)),
            "right for these numbers only: use the parameters eta, k and W.",
        ),
    },
)


def _recorded():
    """Rates of a run whose cosine has counted from the first update."""
    meant, clock = lr.Linear(0, 0.2, 20), lr.Cosine(0.2, 0, 100)
    return [meant(t) if t < 20 else clock(t) for t in range(100)]


def _list(numbers):
    return ", ".join(f"{number:.3f}" for number in numbers)


def _diagnosis():
    # at step 20 the rate drops from 0.190 to 0.2 * (1 + cos(pi * 20/100))/2 = 0.181
    return 3


diagnosis = Exercise(
    ask=(
        "**Exercise 3** (objective 3). A run of 100 updates was to climb from 0 to 0.2 in 20 updates and "
        "then fall to 0 along a cosine: $0.1\\,(1 + \\cos(\\pi i/80))$ after $i$ updates of it. These are the "
        "rates that its updates really used:\n\n"
        f"- updates 0 to 3: {_list(_recorded()[:4])}\n"
        f"- updates 18 to 23: {_list(_recorded()[18:24])}\n"
        f"- updates 58 to 61: {_list(_recorded()[58:62])}\n"
        f"- updates 97 to 99: {_list(_recorded()[97:])}\n\n"
        "What went wrong? Answer with the number.\n\n"
        "1. The warmup was set once an epoch, after it.\n"
        "2. `LinearLR` with its default `start_factor`.\n"
        "3. Warmup alone, then a cosine that had counted from update 0 (timm's default).\n"
        "4. Warmup and cosine, both counting from update 0, were multiplied (`ChainedScheduler`).\n"
        "5. The scheduler stepped before the first update, so that the warmup is one update early.\n"
        "6. Nothing: a cosine is flat at first."
    ),
    right=_diagnosis,
    hints=(
        "The first four rates are as intended. Look at the end of the warmup: which rate should update 20 "
        "use?",
        "The peak, 0.200. It uses 0.181 = 0.2 (1 + cos(π · 0.2))/2. What is the 0.2 in the cosine?",
    ),
    praise="20/100 of the cosine had passed when the warmup ended; the peak was never reached.",
    mistakes={
        "epoch": Mistake(
            1, "then the first updates would have the full peak, and later ones would repeat."
        ),
        "start factor": Mistake(
            2, "then update 0 would use a third of the peak; it uses 0, as intended."
        ),
        "product": Mistake(
            4,
            "a product would bend the warmup, too: at update 18 it would be 0.180 · 0.922 = 0.166.",
        ),
        "one early": Mistake(5, "then update 0 would use 0.010; it uses 0, as intended."),
        "nothing": Mistake(
            6, "a flat start would stay near 0.2; here the peak is missing: 0.190, then 0.181."
        ),
    },
)
