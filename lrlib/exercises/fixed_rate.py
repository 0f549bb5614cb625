"""Lesson 01, fixed rate: a stability limit, two rates in a row, a budget."""

import numpy as np

import lrlib as lr

from .exercise import Exercise, Mistake
from .predictions.fixed_rate import averaged, best_at_1600, lowest_first, nearer, recall


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
        "`drop` updates use the rate `first`, all later ones `second`. One line is missing: the "
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
        "**Exercise 3** (objective 3). The bowl of the slider, noise 0.2, but 1,000 updates instead "
        "of 200. Which fixed rate ends lowest? Within 8 % is close enough."
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
            "that is about the best rate for 200 updates. In 1,000 a smaller one gets down, too, and it ends lower.",
        ),
        "a fifth": Mistake(
            0.144 / 5,
            "that is about a fifth of the best rate for 200 updates (and near the best for 1,600): too "
            "small, the flattest directions do not get down. Search the U-curve.",
        ),
        "rate of 400 updates": Mistake(
            0.083,
            "that is about the best rate for 400 updates. 1,000 are two and a half times as many.",
        ),
        "square root": Mistake(
            0.144 / 5**0.5,
            "that is about the best rate for 200 updates, divided by the square root of 5: still too "
            "much noise. Search the U-curve.",
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
    tolerance=0.08,
)  # fmt: skip
