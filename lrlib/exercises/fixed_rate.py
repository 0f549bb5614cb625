"""Lesson 01, fixed rate: its recall and predictions; a stability limit, two rates in a row, a budget."""

import numpy as np

import lrlib as lr

from ..widgets import predict
from .exercise import Exercise, Mistake

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
)

nearer = predict(
    "One direction of curvature λ, no noise. Which rate is nearer to the minimum after 20 updates?",
    {
        "0.1/λ": "Careful and steady. But it keeps 90 % of the distance at every update.",
        "1.9/λ": "It is nearly at the limit 2/λ, and large rates are fast. But it jumps nearly as far up "
        "the other wall.",
        "neither": "|1 − 0.1| = |1 − 1.9| = 0.9: both keep 90 % of the distance at every update.",
    },
    right="neither",
)

best_at_1600 = predict(
    "Ten fixed rates from 0.01 to 1.2: after 100 updates of Stream, 0.25 ends lowest. Which one "
    "after 1,600?",
    {
        "0.25 again": "A good rate is a good rate, one would think. But in sixteen times the time a "
        "smaller one gets down, too, and shakes less.",
        "0.75, three times as large": "More updates look like a reason for courage. But the noise stays "
        "as large as the rate.",
        "0.08, about a third": "Smaller, since there is time; not sixteen times smaller, since the flat "
        "directions still have some way to go.",
        "0.02, about a sixteenth (the nearest there is)": "Sixteen times the updates at a sixteenth of the "
        "rate make the same travel. But a longer run can use more travel, too.",
    },
    right="0.08, about a third",
)

averaged = predict(
    "The bowl, 200 updates at a fixed rate. At the end we take the mean of the weights of the last 100 "
    "updates instead of the last weights, and search for the best rate anew. What do we find?",
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
)


def _largest_rate():
    import numpy as np

    hessian = np.array([[5.0, 2.0], [2.0, 8.0]])
    return 2 / np.linalg.eigvalsh(hessian).max()


largest_rate = Exercise(
    ask=(
        "**Exercise 1** (objective 1). A loss has the Hessian\n\n"
        "$$H = \\begin{pmatrix} 5 & 2 \\\\ 2 & 8 \\end{pmatrix}.$$\n\n"
        "At what fixed rate does gradient descent without noise stop converging? (Three significant "
        "digits.)"
    ),
    right=_largest_rate,
    hints=(
        "The limit is set by the steepest direction: the largest eigenvalue of H, not an entry of it.",
        "The eigenvalues are $(5 + 8)/2 \\pm \\sqrt{((8 - 5)/2)^2 + 2^2} = 6.5 \\pm 2.5$.",
    ),
    praise="The eigenvalues are 4 and 9, and the steep direction decides: 2/9.",
    mistakes={
        "diagonal entry": Mistake(
            2 / 8,
            "you took the largest entry of the diagonal for the largest curvature. The steepest "
            "direction is oblique here: its curvature is an eigenvalue, and larger than 8.",
        ),
        "flat direction": Mistake(
            2 / 4, "4 is the smallest eigenvalue. The flat direction would allow 2/4; the steep one does not."
        ),
        "best rate": Mistake(
            2 / 13,
            "2/(mu + L) is the fastest rate (and 2 over the trace, here). Asked is the limit of "
            "stability, 2/L.",
        ),
        "one over L": Mistake(
            1 / 9,
            "beyond 1/L the steep direction jumps over the minimum, and still converges up to twice that.",
        ),
        "determinant": Mistake(
            2 / 36, "36 is the determinant, the product of the curvatures; you need the largest one."
        ),
        "curvature itself": Mistake(9, "that is the largest curvature L. The limit is 2/L."),
        "upside down": Mistake(9 / 2, "that is L/2: turn it over."),
    },
    tolerance=3e-3,
)  # fmt: skip


def _two_rates(t, first=0.5, second=0.1, drop=10, lam=1.0, sigma=0.4, start=0.5):
    def after(n, eta, begin):
        noise_floor = eta * sigma**2 / (2 * (2 - eta * lam))
        return noise_floor + (1 - eta * lam) ** (2 * n) * (begin - noise_floor)

    if t <= drop:
        return after(t, first, start)
    return after(t - drop, second, after(drop, first, start))


def _with(way):
    """The faded function with another idea of its last line."""

    def answer(t, first=0.5, second=0.1, drop=10, lam=1.0, sigma=0.4, start=0.5):
        def after(n, eta, begin):
            noise_floor = eta * sigma**2 / (2 * (2 - eta * lam))
            return noise_floor + (1 - eta * lam) ** (2 * n) * (begin - noise_floor)

        return after(t, first, start) if t <= drop else way(after, t, first, second, drop, start)

    return answer


two_rates = Exercise(
    ask=(
        "**Exercise 2** (objective 2). One direction of curvature `lam`, two rates in a row: the first "
        "`drop` updates use the rate `first`, all later ones the rate `second`. One line is missing: the "
        "expected loss after `t` updates when `t` lies beyond the drop."
    ),
    right=_two_rates,
    steps=(0, 5, 10, 11, 12, 15, 30, 1000, (8, 1.0, 0.5, 3, 0.5, 0.2, 2.0), (40, 0.1, 0.4, 20, 2.0, 1.0, 0.3)),
    hints=(
        "After the drop it is a run at the second rate. With what loss does that run begin?",
        "`after(drop, first, start)` is the loss at the drop. From there, t - drop updates are left.",
    ),
    praise="A run does not remember how it came to its loss: the second part begins where the first ends.",
    mistakes={
        "clock not restarted": Mistake(
            _with(lambda after, t, first, second, drop, start: after(t, second, after(drop, first, start))),
            "at the drop your loss jumps: only t - drop updates have been made at the second rate.",
        ),
        "begins at the start": Mistake(
            _with(lambda after, t, first, second, drop, start: after(t - drop, second, start)),
            "your second part begins at `start`, as if the first had not been. It begins with the loss at "
            "the drop.",
        ),
        "second rate all along": Mistake(
            _with(lambda after, t, first, second, drop, start: after(t, second, start)),
            "that is a run at the second rate from the beginning.",
        ),
        "first rate all along": Mistake(
            _with(lambda after, t, first, second, drop, start: after(t, first, start)),
            "that is a run at the first rate to the end: after the drop the rate is `second`.",
        ),
        "straight to the new floor": Mistake(
            _with(lambda after, t, first, second, drop, start: after(10**6, second, start)),
            "you are at the new noise floor at once. The way down takes time: that is the point of the "
            "time constant.",
        ),
        "one update ahead": Mistake(
            _with(lambda after, t, first, second, drop, start: after(t - drop + 1, second, after(drop, first, start))),
            "you are one update ahead: after t updates, t - drop were made at the second rate.",
        ),
    },
    quantity="loss",
)  # fmt: skip


def _best_rate():
    import numpy as np

    rates = np.geomspace(0.005, 1.9, 300)
    runs = np.repeat(rates[:, None], 1000, axis=1)  # one row for each rate
    losses = lr.dynamics.noisy_quadratic(runs, lr.dynamics.power_law(20, 1.0), noise=0.2)
    return rates[losses[:, -1].argmin()]


best_rate = Exercise(
    ask=(
        "**Exercise 3** (objective 3). The bowl of the slider with its noise of 0.2, but now you have "
        "1,000 updates instead of 200. Which fixed rate ends lowest? Within 5 % is close enough."
    ),
    right=_best_rate,
    hints=(
        "With five times the updates there is more time to get down. Which side of the compromise "
        "can you now afford to give up?",
        "`runs = np.repeat(rates[:, None], 1000, axis=1)` holds a run for each rate in a row; "
        "`lr.dynamics.noisy_quadratic(runs, curvatures, 0.2)[:, -1]` gives their final losses.",
    ),
    praise="With more time a smaller rate still gets down, and its noise floor is lower.",
    mistakes={
        "rate of the short run": Mistake(
            0.144,
            "that is the best rate for 200 updates. In 1,000 a smaller one gets down, too, and it ends lower.",
        ),
        "a fifth": Mistake(
            0.144 / 5,
            "a fifth of the best rate for 200 updates (and about the best for 1,600) is a good guess, but "
            "too small: the flattest directions do not get down. Search the U-curve.",
        ),
        "rate of 400 updates": Mistake(
            0.083,
            "that is the best rate for 400 updates. 1,000 are two and a half times as many.",
        ),
        "square root": Mistake(
            0.144 / 5**0.5,
            "dividing by the square root of 5 is a good guess, but there is still too much noise. "
            "Search the U-curve.",
        ),
        "limit": Mistake(2.0, "2/L is the limit of stability: the noise floor there is infinite."),
        "one over L": Mistake(
            1.0, "1/L is fast and safe, but its noise floor is far too high for the end of a long run."
        ),
        "loss instead of rate": Mistake(
            0.0101, "that is the loss at the best rate. Asked is the rate."
        ),
        "end of the grid": Mistake(
            0.005, "so small a rate has the lowest noise floor, but it does not get there in 1,000 updates."
        ),
    },
    tolerance=0.05,
)  # fmt: skip
