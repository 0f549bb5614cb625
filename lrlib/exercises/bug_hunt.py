"""Lesson 11, the bug hunt: ten cases, a clock to find, and three logs that the lesson has not shown."""

import warnings

import numpy as np

import lrlib as lr

from .cases import CASES, costs  # noqa: F401  (for the notebook)
from .cases.scripts import rise_and_fall, small_network  # noqa: F401
from .exercise import Exercise, Mistake, NotYet
from .predictions.bug_hunt import costliest, new_peak, recall  # noqa: F401

# The notebook shows a case by a line with its name alone.
worked = CASES[0]
case_1, case_2, case_3, case_4, case_5, case_6, case_7, case_8, case_9, case_10 = (
    CASES[number] for number in range(1, 11)
)


def clocked(per_update=1, per_epoch=0, resumed=0, T=400, epoch=40):
    """The rates of a warmup and a line to zero, by a clock that may be wrong: shape (T,).

    `per_update`: calls of step() for an update. `per_epoch`: further ones at the end of each epoch.
    `resumed`: the epoch before which the clock was set back to 0, or 0 for never.
    """
    t, start = np.arange(T), resumed * epoch
    since = np.where((t >= start) & (start > 0), t - start, t)
    calls = per_update * since + per_epoch * (since // epoch)
    return (lr.Linear(0, 0.04, T // 10) >> lr.Linear(0.04, 0, T - T // 10))(calls)


def named(differences):
    """The costs of `costs` with words for a picture: a dict from a name to a `Difference`."""
    words = {1: "never falls", 2: "four times too fast", 4: "ends too early", 5: "begins again",
             6: "overwritten"}  # fmt: skip
    return {f"{number}: {words[number]}": each for number, each in differences.items()}


def say(differences, numbers, sentence):
    """What some cases cost, a line each, and a sentence; the picture of all comes later."""
    from IPython.display import display

    for number in numbers:
        print(f"case {number}: {differences[number].percent:+.0f} %")
    display({"text/markdown": sentence, "text/plain": sentence}, raw=True)


def hidden_log():
    """The log that the slider is to find again."""
    return clocked(2, 10, 6)


def _which_line():
    # the rate stays at 0 for 40 updates, then stands at the peak: t // 40 is 0, then 1
    return 2


which_line = Exercise(
    ask=(
        "**Exercise 1** (objective 1). A warmup over 40 updates, from 0 to 0.1, was meant: "
        "`LambdaLR(optimizer, lambda t: min(1, …))`, epochs of 40 updates. The record:\n\n"
        "- updates 0 to 3: 0.0000, 0.0000, 0.0000, 0.0000\n"
        "- updates 38 to 42: 0.0000, 0.0000, 0.1000, 0.1000, 0.1000\n"
        "- update 200: 0.1000\n"
        "\nWhat went wrong (a number)?\n\n"
        "1. `step()` is called once per epoch.\n"
        "2. The factor is `t // 40`.\n"
        "3. The factor is `t / 80`.\n"
        "4. The scheduler drives another optimizer.\n"
        "5. The factor is a rate: `0.1 * t / 40`."
    ),
    right=_which_line,
    hints=(
        "Clock, curve or address? What would each of the five leave in the record at update 40?",
        "At update 40 the rate jumps from nothing to the whole peak. Which of the factors knows no "
        "values between 0 and 1?",
    ),
    praise="// rounds down: the warmup has two stairs, 0 and 1. Forty updates change nothing.",
    mistakes={
        "per epoch": Mistake(1, "then update 40, after one call, would use 0.1/40 = 0.0025."),
        "half as steep": Mistake(3, "then update 20 would have 0.025, and update 40 one half of 0.1."),
        "address": Mistake(4, "then the rate would never move; here it does, once."),
        "factor": Mistake(5, "then the rate would rise to 0.1 × 0.1 = 0.01, in a line."),
    },
)


def strange_log():
    """What was meant and what was used in 12 epochs of 50 updates: two arrays of shape (600,)."""
    meant, t = lr.Cosine(0.1, 0, 600), np.arange(600)
    return meant.rates(), meant(47 * (t // 50) + np.minimum(t % 50, 47))


def _calls_per_epoch():
    meant, used = lr.exercises.bug_hunt.strange_log()
    # after one epoch, at update 50: which step of the schedule has the rate that was used?
    return min(range(600), key=lambda step: abs(meant[step] - used[50]))


calls_per_epoch = Exercise(
    ask=(
        "**Exercise 2** (objective 2). 12 epochs of 50 updates, a cosine over 600 steps. "
        "`meant, used = exercises.strange_log()` are two arrays; by eye they hardly differ, but the "
        "run does not end at zero. Let `lr.compare(meant, used)` tell you where they part, then read "
        "the clock: how many times is `step()` called in an epoch?"
    ),
    right=_calls_per_epoch,
    hints=(
        "Up to which update are they equal? And what does the rate do from there to the end of the "
        "epoch?",
        "Look for the step of `meant` whose rate update 50 uses: so many calls had been made then.",
    ),
    praise="The last three batches of each epoch train, and move no clock: an `if` too far inside.",
    mistakes={
        "as meant": Mistake(50, "that is what was meant: one call for each update."),
        "the missing ones": Mistake(3, "that is how many are missing; how many are made?"),
        "too many": Mistake(53, "the clock is slow, not fast: the run ends above zero."),
        "all epochs": Mistake(564, "that is the number of calls in all 12 epochs."),
        "where they part": Mistake(48, "there they part: update 48 still uses what update 47 had. "
                                       "What does update 50 use?"),
    },
)  # fmt: skip


def recorded(script):
    """Exercise 3: the rate that each update of a script really uses, as a function of the step."""
    known = []

    def used_at(t):
        import torch

        if script in (None, ...):
            return script
        if not known:
            with torch.random.fork_rng():
                torch.manual_seed(0)
                model = torch.nn.Linear(2, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
            with lr.record_rates(optimizer) as used, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                script(model, optimizer, [torch.ones(2)] * 24)
            if len(used) != 40:
                raise NotYet(f"the script makes {len(used)} updates; five epochs of 8 are 40.")
            known.extend(used.group().tolist())
        return known[t]

    return used_at


def _script(T_max, eta_min, inside):
    """A run of the script with these settings, for the mistakes."""

    def script(model, optimizer, loader):
        from torch.optim.lr_scheduler import CosineAnnealingLR

        scheduler = CosineAnnealingLR(optimizer, T_max, eta_min)
        for i in range(5 * len(loader)):
            if i % 3 == 2:
                optimizer.step()
            if i % 3 == 2 or not inside:
                scheduler.step()

    return recorded(script)


def _repaired(t):
    from torch.optim.lr_scheduler import CosineAnnealingLR

    def script(model, optimizer, loader):
        scheduler = CosineAnnealingLR(optimizer, T_max=5 * len(loader) // 3, eta_min=0.1 * 0.2)
        for epoch in range(5):
            for i, x in enumerate(loader):
                (model(x).square().mean() / 3).backward()
                if i % 3 == 2:
                    optimizer.step()
                    optimizer.zero_grad()
                    scheduler.step()

    return lr.exercises.bug_hunt.recorded(script)(t)


repaired = Exercise(
    ask=(
        "**Exercise 3** (objective 3). Five epochs of 24 micro-batches, three of which make one update: "
        "40 updates. The rate was to fall along a cosine from 0.2, the optimizer's, to 10 % of it at "
        "step 40. Three lines are wrong. Copy it, repair it, and let the record judge.\n\n"
        "```python\n"
        "def my_script(model, optimizer, loader):\n"
        "    scheduler = CosineAnnealingLR(optimizer, T_max=5 * len(loader),\n"
        "                                  eta_min=0.1)\n"
        "    for epoch in range(5):\n"
        "        for i, x in enumerate(loader):\n"
        "            (model(x).square().mean() / 3).backward()\n"
        "            if i % 3 == 2:\n"
        "                optimizer.step()\n"
        "                optimizer.zero_grad()\n"
        "            scheduler.step()\n"
        "```"
    ),
    right=_repaired,
    steps=(0, 1, 2, 3, 5, 10, 13, 14, 20, 26, 30, 38, 39),
    hints=(
        "One bug is in the clock (where is `step()` called?), one in the length, one in a unit.",
        "`scheduler.step()` belongs under the `if`, `T_max` is counted in updates, `eta_min` is a "
        "rate.",
    ),
    praise="Three bugs, and no line of the output of a training run would have told you.",
    mistakes={
        "as it stands": Mistake(
            _script(120, 0.1, False), "that is the script as it stands."
        ),
        "clock": Mistake(
            _script(40, 0.02, False),
            "the clock runs three times too fast: step() is called for every micro-batch.",
        ),
        "clock and length": Mistake(
            _script(120, 0.02, False),
            "two errors that nearly cancel: T_max and step() both count micro-batches. The first "
            "update comes after two calls, so it does not use 0.2.",
        ),
        "length": Mistake(
            _script(120, 0.02, True),
            "T_max is counted in micro-batches: the run ends after a third of the cosine.",
        ),
        "unit": Mistake(
            _script(40, 0.1, True), "eta_min is a rate: 0.1 is one half of 0.2, not 10 % of it."
        ),
        "length and unit": Mistake(
            _script(120, 0.1, True),
            "step() is right now; T_max is not (micro-batches), and eta_min is a rate, no share.",
        ),
        "clock and unit": Mistake(
            _script(40, 0.1, False),
            "T_max is right now; step() is still called for every micro-batch, and eta_min is a rate, "
            "no share.",
        ),
    },
)  # fmt: skip
