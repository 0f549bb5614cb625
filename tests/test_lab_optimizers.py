"""Optimizers and clipping of the laboratory against torch.optim, run by run."""

import pytest
import torch

import lrlib as lr

RATES = lr.warmup_cosine(0.02, 10, 40).rates()
CASES = {
    "SGD": (lr.lab.SGD(0.0), torch.optim.SGD, {}),
    "momentum": (lr.lab.SGD(0.9), torch.optim.SGD, {"momentum": 0.9}),
    "weight decay": (
        lr.lab.SGD(0.9, weight_decay=0.01), torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.01}
    ),
    "Nesterov": (
        lr.lab.SGD(0.9, nesterov=True), torch.optim.SGD, {"momentum": 0.9, "nesterov": True}
    ),
    "Adam": (lr.lab.Adam(), torch.optim.Adam, {}),
    "Adam, L2": (lr.lab.Adam(weight_decay=0.1), torch.optim.Adam, {"weight_decay": 0.1}),
    "AdamW": (lr.lab.adamw(0.1), torch.optim.AdamW, {"weight_decay": 0.1}),
}  # fmt: skip
DEEP = lr.lab.Fragile()


def one_by_one(task, seed, optimizer_class, options, momentum=None, max_norm=None, rates=RATES):
    """The final measure of one run under torch.optim, on the parameters of the task itself."""
    parameters = [p.requires_grad_() for p in task.parameters([seed])]
    optimizer = optimizer_class(parameters, lr=0.1, **options)
    for t, batch in enumerate(task.batches([seed], len(rates))):
        optimizer.param_groups[0]["lr"] = rates[t]
        if momentum is not None:
            optimizer.param_groups[0]["momentum"] = momentum(t)
        optimizer.zero_grad()
        task.loss(parameters, batch).sum().backward()
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        optimizer.step()
    with torch.no_grad():
        return task.measure(parameters, [seed]).item()


@pytest.mark.parametrize("task", [lr.lab.Stream(), DEEP], ids=lambda task: task.name)
@pytest.mark.parametrize("name", CASES)
def test_every_optimizer_equals_that_of_torch(name, task):
    ours, theirs, options = CASES[name]
    losses = lr.lab.train(task, [RATES, RATES / 2], [2, 7], ours)[0]
    alone = [one_by_one(task, seed, theirs, options) for seed in (2, 7)]
    assert losses == pytest.approx(alone, rel=2e-4)


def test_momentum_can_follow_a_schedule():
    momentum = lr.Linear(0.95, 0.85, 40)
    ours = lr.lab.train(lr.lab.Stream(), [RATES], [5], lr.lab.SGD(momentum))[0, 0]
    alone = one_by_one(lr.lab.Stream(), 5, torch.optim.SGD, {"momentum": 0.9}, momentum)
    assert ours == pytest.approx(alone, rel=2e-5)
    assert ours != lr.lab.train(lr.lab.Stream(), [RATES], [5], lr.lab.SGD(0.9))[0, 0]


def test_gradients_are_clipped_run_by_run():
    task, sgd = lr.lab.Stream(), lr.lab.SGD(0.0)
    losses = lr.lab.train(task, [10 * RATES], [1, 3], sgd, max_norm=0.2)[0]
    alone = [
        one_by_one(task, seed, torch.optim.SGD, {}, max_norm=0.2, rates=10 * RATES)
        for seed in (1, 3)
    ]
    assert losses == pytest.approx(alone, rel=2e-5)
    assert (losses != lr.lab.train(task, [10 * RATES], [1, 3], sgd)[0]).all()


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: lr.lab.SGD(1.0), "momentum"),
        (lambda: lr.lab.SGD(0.9, nesterov=1), "nesterov"),
        (lambda: lr.lab.SGD(weight_decay=-1), "weight_decay"),
        (lambda: lr.lab.Adam(betas=(0.9, 1.0)), r"betas\[1\]"),
        (lambda: lr.lab.Adam(eps=0), "eps"),
        (lambda: lr.lab.train(DEEP, [RATES], [0], torch.optim.SGD), "optimizer must be"),
        (lambda: lr.lab.train(DEEP, [RATES], [0], lr.lab.SGD), r"optimizer .* such as SGD\(\)"),
        (lambda: lr.lab.train(DEEP, [RATES], [0], "adam"), "optimizer .* not 'adam'"),
        (lambda: lr.lab.train(DEEP, [RATES], [0], max_norm=0), "max_norm"),
        (lambda: lr.lab.Fragile(scale=0), "scale"),
    ],
)
def test_bad_settings_are_named(make, words):
    with pytest.raises((ValueError, TypeError), match=words):
        make()


# --- Fragile: a warmup helps where the curvature at the start is high


def test_warmup_helps_the_fragile_network():
    schedules = {
        "cosine": lambda peak: lr.Cosine(peak, 0, 60),
        "warmup": lambda peak: lr.warmup_cosine(peak, 18, 60),
    }
    result = lr.lab.experiment(DEEP, schedules, [0.04, 0.08, 0.16], 60, optimizer=lr.lab.SGD(0.0))
    difference = result.compare("warmup", "cosine")
    assert difference.kind == "lower" and difference.high < difference.percent / 2


# --- proportions


def test_a_proportion_has_an_interval_that_never_is_a_point():
    never, half = lr.lab.proportion([False] * 32), lr.lab.proportion([True, False] * 16)
    assert (never.rate, never.low) == (0, 0) and 0.05 < never.high < 0.15
    assert half.low < half.rate == 0.5 < half.high and half.trials == 32
    assert str(half) == "0.50 [0.34, 0.66]"
    with pytest.raises(ValueError, match="at least one"):
        lr.lab.proportion([])
