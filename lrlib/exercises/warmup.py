"""Lesson 05, warmup: how long it must be, how to write it, and its usual bug."""

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.warmup import clip_or_rise, recall, which_survive, with_momentum, with_rise


def _shortest():
    from math import ceil

    rate, k, x0 = 0.4, 8, 2
    return ceil(rate * k * x0**2 / 1.73)


shortest = Exercise(
    ask=(
        "**Exercise 1** (objective 1). Gradient descent on $x^4/4$ starts at $x_0 = 2$, and the fixed rate "
        "0.4 is stable. The batch becomes 8 times as large, the peak follows the rule for SGD. How "
        "many updates must a warmup from 0 have at least? (Use 1.73.)"
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
        "peak forgotten": Mistake(
            5, "is it 8/1.73? The peak is 8 · 0.4, and it is multiplied by x0² = 4 before you divide."
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
        "**Exercise 2** (objective 2). The batch is `k` times as large. The warmup is to rise "
        "from the old rate `eta` to `k * eta`. One line is missing: the rate of update `t`. Update "
        "0 uses `eta`; update `W - 1`, the last of the warmup, uses the whole peak."
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
        "equal factors": Mistake(
            _with(lambda t, eta, k, W: eta * k ** (t / (W - 1))),
            "both ends are right, but it rises by equal factors: let it rise in equal steps.",
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
        "then fall to 0 along a cosine: $0.1\\,(1 + \\cos(\\pi i/80))$ after $i$ updates of it. These "
        "rates were used:\n\n"
        f"- updates 0 to 3: {_list(_recorded()[:4])}\n"
        f"- updates 18 to 23: {_list(_recorded()[18:24])}\n"
        "\nWhat went wrong (a number)?\n\n"
        "1. The warmup was set once an epoch, after it.\n"
        "2. `LinearLR` with its default `start_factor`.\n"
        "3. Warmup, then a cosine that had counted from update 0 (timm's default).\n"
        "4. Warmup × cosine, both counting from update 0 (`ChainedScheduler`).\n"
        "5. Nothing: a cosine is flat at first."
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
        "nothing": Mistake(
            5, "a flat start would stay near 0.2; here the peak is missing: 0.190, then 0.181."
        ),
    },
)
