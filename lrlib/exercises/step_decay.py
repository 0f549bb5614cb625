"""Lesson 02, step decay: the loss at which a drop is due, the formula, a diagnosis."""

import lrlib as lr

from .exercise import Exercise, Mistake


def _due():
    eta, lam, sigma, gamma = 0.25, 2.0, 0.3, 0.2
    higher = (1 + gamma) * eta
    return higher * sigma**2 / (2 * (2 - higher * lam))


def _floor(eta, lam=2.0, sigma=0.3):
    return eta * sigma**2 / (2 * (2 - eta * lam))


due = Exercise(
    ask=(
        "**Exercise 1** (objective 2). One direction, curvature $\\lambda = 2$, noise "
        "$\\sigma = 0.3$. The run is held at $\\eta = 0.25$, and a drop to a fifth, $\\gamma = 0.2$, is "
        "planned. At which loss is it due? (Three significant digits are enough.)"
    ),
    right=_due,
    hints=(
        "It is due when the loss has come down to the noise floor of a certain higher rate. Which?",
        "Of $(1 + \\gamma)\\eta = 0.3$. A noise floor is $\\eta\\sigma^2 / (2(2 - \\eta\\lambda))$.",
    ),
    praise=(
        "The noise floor of 0.25 itself is 0.0075: you wait until the loss is 29 % above it, and "
        "no longer."
    ),
    mistakes={
        "its own noise floor": Mistake(
            _floor(0.25),
            "that is the noise floor of 0.25 itself. The loss comes ever nearer to it and never "
            "below: you would wait for ever.",
        ),
        "start equals noise": Mistake(
            2 * _floor(0.25),
            "that is twice the noise floor, where the rest of the start is as large as the noise. "
            "For a drop to a fifth it is too early.",
        ),
        "approximation": Mistake(
            1.2 * _floor(0.25),
            "(1 + gamma) F(eta) is the approximation for a small eta lambda, and here that is 0.5. "
            "Take the noise floor of the rate (1 + gamma) eta.",
        ),
        "the new noise floor": Mistake(
            _floor(0.05),
            "that is the noise floor after the drop, of the rate gamma eta. The question is when "
            "to drop, not where the drop leads.",
        ),
        "one minus gamma": Mistake(
            _floor(0.2),
            "you used (1 - gamma) eta. That noise floor lies below the present one, and the loss "
            "never gets there before the drop: it is (1 + gamma) eta.",
        ),
        "sigma not squared": Mistake(
            0.3 * 0.3 / (2 * (2 - 0.6)), "the noise enters by its variance: square sigma."
        ),
        "no half": Mistake(
            2 * _floor(0.3), "that is twice too much: the loss has a half, L = lambda m / 2."
        ),
        "curvature forgotten": Mistake(
            0.3 * 0.09 / (2 * (2 - 0.3)),
            "the curvature is missing: below stands 2 - eta lambda, and lambda is 2.",
        ),
        "small rates": Mistake(
            0.3 * 0.09 / 4,
            "eta sigma² / 4 holds for a small eta lambda. Here it is 0.6: keep 2 - eta lambda.",
        ),
    },
    tolerance=3e-3,
)


def _rate_at(t, eta=0.1, milestones=(30, 60, 80), gamma=0.1):
    drops = sum(m <= t for m in milestones)
    return eta * gamma**drops


def _with(count):
    """The faded function with another idea of how many drops lie behind."""

    def answer(t, eta=0.1, milestones=(30, 60, 80), gamma=0.1):
        return eta * gamma ** count(t, milestones)

    return answer


rate_at = Exercise(
    ask=(
        "**Exercise 2** (objective 1). One line is missing: how many drops has update `t` behind "
        "it? The milestones count updates from 0: update number 30 is the first at the lower rate."
    ),
    right=_rate_at,
    steps=(
        *(0, 1, 28, 29, 30, 31, 59, 60, 61, 79, 80, 81, 90, 200),
        *((t, 0.5, (50, 75), 0.3) for t in (0, 30, 49, 50, 60, 74, 75, 100)),
    ),
    hints=(
        "Count the milestones that step `t` has reached. Does a milestone equal to `t` count?",
        "`sum(m <= t for m in milestones)`: in Python, True counts as 1.",
    ),
    praise="This one line is MultiStepLR; with milestones s, 2s, 3s, ... it is StepLR.",
    mistakes={
        "one update late": Mistake(
            _with(lambda t, milestones: sum(m < t for m in milestones)),
            "your drops come one update late: update number 30 itself uses the lower rate, so "
            "m = t counts.",
        ),
        "one update early": Mistake(
            _with(lambda t, milestones: sum(m <= t + 1 for m in milestones)),
            "your drops come one update early: t updates are already made, so compare with t, not "
            "with t + 1.",
        ),
        "equal stages": Mistake(
            _with(lambda t, milestones: t // milestones[0]),
            "that is Step, with a drop every milestones[0] updates. The later milestones have "
            "dates of their own.",
        ),
        "one drop only": Mistake(
            _with(lambda t, milestones: int(t >= milestones[0])),
            "only the first drop comes: count all the milestones that are reached.",
        ),
        "drops to come": Mistake(
            _with(lambda t, milestones: sum(m > t for m in milestones)),
            "you count the drops that are still to come, so your rate rises.",
        ),
        "last drop only": Mistake(
            _with(lambda t, milestones: int(t >= milestones[-1])),
            "only the last drop comes: count all the milestones that are reached.",
        ),
        "all at once": Mistake(
            _with(lambda t, milestones: len(milestones) * (t >= milestones[0])),
            "all drops come at the first milestone: each has a date of its own.",
        ),
        "numbers instead of names": Mistake(
            _with(lambda t, milestones: sum(m <= t for m in (30, 60, 80))),
            "right for these numbers only: use the parameter `milestones`.",
        ),
    },
)


def _repaired(t):
    return lr.MultiStep(0.2, milestones=(3000, 6000, 8000), gamma=0.1)(t)


repaired = Exercise(
    ask=(
        "**Exercise 3** (objective 3). Meant: 90 epochs of 100 batches, a first rate of 0.2, "
        "divided by ten at the epochs 30, 60 and 80. `scheduler.step()` is called after every "
        "batch. The recorded rates:\n\n"
        "| updates | 0 – 29 | 30 – 59 | 60 – 79 | 80 – 8,999 |\n|---|---|---|---|---|\n"
        "| rate used | 0.2 | 0.02 | 0.002 | 0.0002 |\n\n"
        "What went wrong? Write the schedule that was meant, as a function of the update number "
        "`t` or with `lr.MultiStep`."
    ),
    right=_repaired,
    steps=(
        *(0, 29, 30, 80, 1000, 2699, 2700, 2999, 3000, 3001, 5399, 5400, 5999, 6000, 6001, 7199),
        *(7200, 7999, 8000, 8001, 8999, 9000, 20_000),
    ),
    hints=(
        "The drops came after 30, 60 and 80 *batches*. What do the milestones count?",
        "They count calls of `step()`. With one after every batch, epoch 30 begins at 30 × 100.",
    ),
    praise=(
        "99 % of that run went by at a thousandth of the first rate. (Or leave the milestones, "
        "and call step() once an epoch.)"
    ),
    mistakes={
        "as recorded": Mistake(
            lr.MultiStep(0.2, (30, 60, 80), 0.1),
            "those are the recorded rates themselves: the milestones are in epochs, the calls in "
            "batches.",
        ),
        "equal stages": Mistake(
            lr.Step(0.2, 3000, 0.1),
            "your third drop comes at update 9,000, after the run; it was meant for epoch 80.",
        ),
        "times the epochs": Mistake(
            lr.MultiStep(0.2, (2700, 5400, 7200), 0.1),
            "you multiplied by 90, the number of epochs; an epoch has 100 batches.",
        ),
        "one update late": Mistake(
            lr.MultiStep(0.2, (3001, 6001, 8001), 0.1),
            "one update late: epochs 0 to 29 are the updates 0 to 2,999, and update number 3,000 "
            "is the first of the next.",
        ),
        "one update early": Mistake(
            lr.MultiStep(0.2, (2999, 5999, 7999), 0.1),
            "one update early: update number 2,999 is the last of epoch 29, still at the full "
            "rate.",
        ),
        "two drops": Mistake(
            lr.MultiStep(0.2, (3000, 6000), 0.1), "the drop at epoch 80 is missing."
        ),
        "never": Mistake(
            lr.MultiStep(0.2, (30_000, 60_000, 80_000), 0.1),
            "now the milestones lie beyond the end of the run: epoch 30 begins at update 3,000.",
        ),
        "by five": Mistake(
            lr.MultiStep(0.2, (3000, 6000, 8000), 0.2),
            "you multiply by 0.2, the first rate; divided by ten means gamma = 0.1.",
        ),
        "another first rate": Mistake(
            lr.MultiStep(0.1, (3000, 6000, 8000), 0.1),
            "the milestones are right; the first rate is 0.2.",
        ),
    },
)
