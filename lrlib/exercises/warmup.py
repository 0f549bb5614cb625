"""Lesson 05, warmup: how long it must be, how to write it, how to find its bug in recorded rates."""

import lrlib as lr

from .exercise import Exercise, Mistake


def _shortest():
    from math import ceil

    peak, x0 = 3, 2
    return ceil(peak * x0**2 / 1.73)


shortest = Exercise(
    ask=(
        "**Exercise 1** (objective 1). Gradient descent on $x^4/4$ starts at $x_0 = 2$, with a peak of "
        "3 and a warmup from 0. What is the shortest warmup, in updates, that is stable? (Use the "
        "1.73 of the lesson.)"
    ),
    right=_shortest,
    hints=(
        "Far out the curvature is higher: the largest stable peak is $1.73\\,W/x_0^2$.",
        "It must be at least 3: $W \\ge 3 \\cdot 2^2/1.73$. W is a whole number.",
    ),
    praise="Twice as far out the curvature is four times as high, and so is the warmup.",
    mistakes={
        "start ignored": Mistake(
            2, "that is right from x0 = 1. From x0 = 2 the curvature is four times as high."
        ),
        "not squared": Mistake(
            4, "you multiplied by x0. The curvature grows with its square: x0² = 4."
        ),
        "rounded down": Mistake(
            6, "with W = 6 the largest stable peak is 1.73 · 6/4 = 2.6, below 3: round up."
        ),
        "not rounded": Mistake(
            3 * 4 / 1.73, "nearly: W is a whole number of updates, the next one above."
        ),
        "divided by the square": Mistake(
            1, "you divided by x0²: a start farther out needs a longer warmup, not a shorter one."
        ),
        "not divided": Mistake(12, "that is peak · x0². Divide by 1.73, and round up."),
        "curvature itself": Mistake(
            21,
            "you used the curvature 3x² = 12 in place of x² = 4. On x⁴/4 the gradient over the "
            "distance counts, x².",
        ),
        "multiplied": Mistake(
            3 * 4 * 1.73, "you multiplied by 1.73: the largest stable peak is 1.73 W, so divide."
        ),
    },
    tolerance=1e-3,
)


def _from_one(t, peak=0.1, W=50, T=500):
    if t < W:
        return peak * (t + 1) / W
    return peak * max(0, T - t) / (T - W)


def _with(rise):
    """The faded function with another idea of the factor that rises."""

    def answer(t, peak=0.1, W=50, T=500):
        return peak * rise(t, W) if t < W else peak * max(0, T - t) / (T - W)

    return answer


from_one = Exercise(
    ask=(
        "**Exercise 2** (objective 2). One line is missing: the rate of update `t` (counted from 0) "
        "in a warmup **from 1/W**, so that no update is wasted: update 0 uses a W-th part of the peak, "
        "and update W - 1, the last of the warmup, the whole peak."
    ),
    right=_from_one,
    steps=(0, 1, 10, 48, 49, 50, 51, 275, 499, 500, 600, (0, 0.3, 5, 20), (4, 0.3, 5, 20)),
    hints=(
        "A straight line through 1/W at t = 0 and 1 at t = W - 1: how much does it rise in one update?",
        "It rises by 1/W with each update, and begins at 1/W: (t + 1)/W of the peak.",
    ),
    praise="It is the warmup from 0, one update earlier: nothing is wasted.",
    mistakes={
        "from 0": Mistake(
            _with(lambda t, W: t / W),
            "that is the warmup from 0: its first update has rate 0 and changes nothing.",
        ),
        "stretched": Mistake(
            _with(lambda t, W: t / (W - 1)),
            "you stretched the line from 0 to the peak: it ends right, but the first update is at 0.",
        ),
        "one too few": Mistake(
            _with(lambda t, W: (t + 1) / (W + 1)),
            "you divide by W + 1: then neither the first rate is 1/W of the peak, nor the last the peak.",
        ),
        "factor plus line": Mistake(
            _with(lambda t, W: 1 / W + (1 - 1 / W) * t / W),
            "that line reaches the peak at t = W. It should be there one update earlier, at W - 1.",
        ),
        "flat": Mistake(
            _with(lambda t, W: 1 / W),
            "your warmup is flat at 1/W of the peak and then jumps: it should rise.",
        ),
        "falling": Mistake(
            _with(lambda t, W: 1 - t / W), "your rate falls from the peak: a warmup rises to it."
        ),
        "factor only": Mistake(
            lambda t, peak=0.1, W=50, T=500: (t + 1) / W if t < W else _from_one(t, peak, W, T),
            "that is the factor that rises to 1: multiply it by the peak.",
        ),
        "share of the run": Mistake(
            lambda t, peak=0.1, W=50, T=500: (
                peak * (t + 1) / T if t < W else _from_one(t, peak, W, T)
            ),
            "you divide by T, the length of the run: the warmup has W updates.",
        ),
        "numbers instead of names": Mistake(
            lambda t, peak=0.1, W=50, T=500: (
                0.1 * (t + 1) / 50 if t < W else _from_one(t, peak, W, T)
            ),
            "right for these numbers only: use the parameters peak and W.",
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
        "then fall to 0 along a cosine: $0.1\\,(1 + \\cos(\\pi s/80))$ after $s$ updates of it. These are the "
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
        "The first four rates are what was meant. Look at the border: which rate should update 20 use?",
        "The peak, 0.200. It uses 0.181 = 0.2 (1 + cos(π · 0.2))/2. What is the 0.2 in the cosine?",
    ),
    praise="20/100 of the cosine had passed when the warmup ended; the peak was never reached.",
    mistakes={
        "epoch": Mistake(
            1, "then the first updates would have the full peak, and later ones would repeat."
        ),
        "start factor": Mistake(
            2, "then update 0 would use a third of the peak; it uses 0, as was meant."
        ),
        "product": Mistake(
            4,
            "a product would bend the warmup, too: at update 18 it would be 0.180 · 0.922 = 0.166.",
        ),
        "one early": Mistake(5, "then update 0 would use 0.010; it uses 0, as was meant."),
        "nothing": Mistake(
            6, "a flat start would stay near 0.2; here the peak is missing: 0.190, then 0.181."
        ),
    },
)
