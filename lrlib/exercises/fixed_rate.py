"""Lesson 01, fixed rate: a stability limit, the expected loss on the way, the best rate for a budget."""

from math import exp

import lrlib as lr

from .exercise import Exercise, Mistake


def _largest_rate():
    import numpy as np

    hessian = np.array([[5.0, 2.0], [2.0, 8.0]])
    return 2 / np.linalg.eigvalsh(hessian).max()


largest_rate = Exercise(
    ask=(
        "**Exercise 1** (objective 1). A loss has the Hessian\n\n"
        "$$H = \\begin{pmatrix} 5 & 2 \\\\ 2 & 8 \\end{pmatrix}.$$\n\n"
        "From which fixed rate on does gradient descent without noise no longer arrive? "
        "(Three significant digits.)"
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
        "other diagonal entry": Mistake(
            2 / 5, "5 is the curvature along the first axis; look for the steepest direction."
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
            "1/L is where the descent lemma promises most. A run stays stable up to twice that.",
        ),
        "row sum": Mistake(
            2 / 10,
            "10 is the largest row sum: it bounds the largest eigenvalue from above, so 0.2 is safe, "
            "but not the limit.",
        ),
        "determinant": Mistake(
            2 / 36, "36 is the determinant, the product of the curvatures; you need the largest one."
        ),
        "curvature itself": Mistake(9, "that is the largest curvature L. The limit is 2/L."),
        "upside down": Mistake(9 / 2, "that is L/2: turn it over."),
    },
    tolerance=3e-3,
)  # fmt: skip


def _expected_loss(t, eta=0.2, lam=2.0, sigma=0.5, start=4.0):
    noise_floor = eta * sigma**2 / (2 * (2 - eta * lam))
    return noise_floor + (1 - eta * lam) ** (2 * t) * (start - noise_floor)


def _with(way):
    """The faded function with another idea of its last line."""

    def answer(t, eta=0.2, lam=2.0, sigma=0.5, start=4.0):
        return way(t, eta, lam, start, eta * sigma**2 / (2 * (2 - eta * lam)))

    return answer


expected_loss = Exercise(
    ask=(
        "**Exercise 2** (objective 2). One line is missing: the expected loss after `t` updates at a "
        "fixed rate, in one direction of curvature `lam`. `start` is the loss at t = 0."
    ),
    right=_expected_loss,
    steps=(0, 1, 2, 5, 20, 1000, (3, 0.5, 1.0, 0.2, 1.0), (10, 0.1, 8.0, 1.0, 0.3)),
    hints=(
        "Only the part of the loss above the noise floor shrinks.",
        "The distance shrinks by 1 - eta * lam an update. The loss goes with its square.",
    ),
    praise="What is above the noise floor shrinks, update by update; the noise floor stays.",
    mistakes={
        "not squared": Mistake(
            _with(lambda t, eta, lam, start, low: low + (1 - eta * lam) ** t * (start - low)),
            "1 - eta * lam is the factor of the distance. The loss goes with the square of the "
            "distance, so its exponent is 2 * t.",
        ),
        "noise floor only added": Mistake(
            _with(lambda t, eta, lam, start, low: low + (1 - eta * lam) ** (2 * t) * start),
            "at t = 0 your loss is above `start`: what shrinks is start - noise_floor.",
        ),
        "noise forgotten": Mistake(
            _with(lambda t, eta, lam, start, low: (1 - eta * lam) ** (2 * t) * start),
            "you let the loss shrink to 0, as if there were no noise: it shrinks to the noise floor.",
        ),
        "noise floor not added": Mistake(
            _with(lambda t, eta, lam, start, low: (1 - eta * lam) ** (2 * t) * (start - low)),
            "that is the part above the noise floor; add the noise floor itself.",
        ),
        "one update ahead": Mistake(
            _with(lambda t, eta, lam, start, low: low + (1 - eta * lam) ** (2 * t + 2) * (start - low)),
            "you are one update ahead: after 0 updates the loss is still `start`.",
        ),
        "exponential": Mistake(
            _with(lambda t, eta, lam, start, low: low + exp(-2 * eta * lam * t) * (start - low)),
            "exp(-2 * eta * lam * t) is the approximation for a small eta * lam; asked is the exact loss.",
        ),
        "curvature forgotten": Mistake(
            _with(lambda t, eta, lam, start, low: low + (1 - eta) ** (2 * t) * (start - low)),
            "you forgot the curvature: the factor of the distance is 1 - eta * lam.",
        ),
        "only the noise floor": Mistake(
            _with(lambda t, eta, lam, start, low: low),
            "that is where the loss ends; at t = 0 it is `start`.",
        ),
        "numbers instead of names": Mistake(
            lambda t, eta=0.2, lam=2.0, sigma=0.5, start=4.0: _expected_loss(t),
            "right for these numbers only: use the parameters.",
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
        "1,000 updates instead of 200. Which fixed rate would you choose? Draw the U-curve, or search "
        "it: within 5 % is close enough."
    ),
    right=_best_rate,
    hints=(
        "With five times the updates there is more time to arrive. Which side of the compromise "
        "can you now afford to give up?",
        "`runs = np.repeat(rates[:, None], 1000, axis=1)` holds a run for each rate in a row; "
        "`lr.dynamics.noisy_quadratic(runs, curvatures, 0.2)[:, -1]` gives their final losses.",
    ),
    praise="With more time a smaller rate still arrives, and its noise floor is lower.",
    mistakes={
        "rate of the short run": Mistake(
            0.144,
            "that is the best rate for 200 updates. In 1,000 a smaller one arrives, too, and it ends lower.",
        ),
        "a fifth": Mistake(
            0.144 / 5,
            "a fifth of the best rate for 200 updates (and about the best for 1,600) is a good guess, but "
            "too small: the flattest directions do not arrive. Search the U-curve.",
        ),
        "rate of 400 updates": Mistake(
            0.083,
            "that is the best rate for 400 updates, from the table. 1,000 are two and a half times as many.",
        ),
        "square root": Mistake(
            0.144 / 5**0.5,
            "dividing by the square root of 5 is a good guess, but there is still too much noise. "
            "Search the U-curve.",
        ),
        "fastest without noise": Mistake(
            2 / 1.05,
            "2/(mu + L) is the fastest rate where there is no noise; here it ends on a high noise floor.",
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
