"""What needs no length of run: schedule-free SGD, and a mean whose memory grows with the run."""

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel

import lrlib as lr
from lrlib.dynamics.averages import entering

T = 40
WARM = np.full(T, 0.3) * np.minimum(1, np.arange(1, T + 1) / 10)
TASKS = pytest.mark.parametrize("task", [lr.lab.Stream(), lr.lab.FreshDigits()], ids=lambda t: t.name)


def recursion(task, rates, seed, beta, weight=lambda largest: largest**2):
    """Equations 2 to 4 of Defazio et al. 2024, one run, with the paper's letters: the measure at x."""
    z = [p.double() for p in task.parameters([seed])]
    x, total, largest = [p.clone() for p in z], 0.0, 0.0
    for batch, rate in zip(task.batches([seed], len(rates)), rates):
        y = [((1 - beta) * a + beta * b).float().requires_grad_() for a, b in zip(z, x)]
        gradients = torch.autograd.grad(task.loss(y, batch).sum(), y)
        z = [a - rate * g.double() for a, g in zip(z, gradients)]
        largest = max(largest, rate)
        total += weight(largest)
        c = weight(largest) / total
        x = [(1 - c) * b + c * a for a, b in zip(z, x)]
    with torch.no_grad():
        return task.measure([b.float() for b in x], [seed]).item()


@TASKS
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_schedule_free_equals_its_recursion_run_by_run(task, beta):
    ours = lr.lab.train(task, [WARM, WARM / 2], [3, 8], lr.lab.ScheduleFree(beta))
    theirs = [[recursion(task, rates, seed, beta) for seed in (3, 8)] for rates in (WARM, WARM / 2)]
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)


def test_updates_of_a_warmup_count_less():
    ours = lr.lab.train(lr.lab.Stream(), [WARM], [3], lr.lab.ScheduleFree())[0, 0]
    alike = recursion(lr.lab.Stream(), WARM, 3, 0.9, weight=lambda _: 1.0)
    assert abs(ours / alike - 1) > 1e-3


def test_with_beta_0_it_is_the_mean_of_plain_sgd():
    task, rates = lr.lab.Stream(), [np.full(T, 0.3)]
    free = lr.lab.train(task, rates, range(3), lr.lab.ScheduleFree(0.0), measure_at=[5, T])
    mean = lr.lab.train(
        task, rates, range(3), lr.lab.SGD(0.0), measure_at=[5, T], average=lr.lab.Growing(1)
    )
    np.testing.assert_allclose(free, mean, rtol=2e-5)


def test_a_rate_of_0_at_the_start_moves_nothing():
    rates = np.append(0.0, np.full(T, 0.3))
    losses = lr.lab.train(
        lr.lab.Stream(), [rates], [0], lr.lab.ScheduleFree(), measure_at=[0, 1, 2, T + 1]
    )[:, 0, 0]
    assert losses[0] == losses[1] != losses[2] and losses[-1] < losses[0]


def test_it_is_seen_at_its_mean_everywhere():
    task, rates, free = lr.lab.Stream(), [np.full(T, 0.7)], lr.lab.ScheduleFree()
    (kept,) = lr.lab.snapshots(task, rates, range(3), [T], optimizer=free)
    measured = lr.lab.train(task, rates, range(3), free)
    assert (task.measure(kept, range(3)).double().numpy() == measured[0]).all()
    (half,) = lr.lab.snapshots(task, rates, range(3), [T // 2], optimizer=free)
    assert (task.measure(half, range(3)).double().numpy() != measured[0]).all()


def test_it_averages_by_itself():
    with pytest.raises(ValueError, match=r"average must be None with ScheduleFree\(beta=0.9\)"):
        lr.lab.train(lr.lab.Stream(), [WARM], [0], lr.lab.ScheduleFree(), average=0.5)
    with pytest.raises(ValueError, match="beta"):
        lr.lab.ScheduleFree(1.0)


# --- a memory that grows with the run


@pytest.mark.parametrize("share", [0.1, 0.2, 1])
def test_a_growing_mean_equals_that_of_torch(share):
    model, mine = torch.nn.Linear(1, 1), 0.0
    mean = AveragedModel(
        model, avg_fn=lambda mean, new, made: mean + (new - mean) * min(1, 1 / (share * (made + 1)))
    )
    points = np.random.default_rng(0).standard_normal(200)
    for point, weight in zip(points, entering(lr.lab.Growing(share), 200)):
        model.weight.data.fill_(point)
        mean.update_parameters(model)
        mine += weight * (point - mine)
    assert mean.module.weight.item() == pytest.approx(mine, abs=1e-5)


def test_it_needs_no_length_and_forgets_the_start():
    short, long = (entering(lr.lab.Growing(0.2), n) for n in (50, 400))
    assert (short == long[:50]).all()
    counted = long * np.append(np.cumprod((1 - long)[::-1])[::-1][1:], 1)  # what each point counts
    assert counted.sum() == pytest.approx(1)
    assert counted[:200].sum() == pytest.approx(0.5**5, rel=0.1)  # the weights grow like j^4
    assert entering(lr.lab.Growing(1), 4) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])


def test_its_loss_on_the_bowl_is_that_of_many_sampled_runs():
    runs = lr.dynamics.noisy_runs([[0.5] * T], [1.0, 0.2], 0.5, (1.0, 1.0), range(4000))[0]
    weights = entering(lr.lab.Growing(0.2), T)
    mean = runs[:, 0].copy()
    for point, weight in zip(np.moveaxis(runs[:, 1:], 1, 0), weights):
        mean += weight * (point - mean)
    sampled = (mean**2 @ [1.0, 0.2] / 2).mean()
    exact = lr.dynamics.noisy_quadratic(
        [0.5] * T, [1.0, 0.2], 0.5, average=lr.dynamics.Growing(0.2)
    )[-1]
    assert sampled == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("share", [0, -1, 1.5, "half"])
def test_a_share_that_is_none_is_named(share):
    with pytest.raises((ValueError, TypeError), match="share"):
        lr.lab.Growing(share)


# --- what the lesson says of it


def test_a_growing_mean_of_a_fixed_rate_beats_its_last_weights_at_every_stop():
    peaks, stops = [0.02, 0.03, 0.04], [100, 400]
    ways = {"last": lr.Constant, "mean": lr.lab.Averaged(lr.Constant, lr.lab.Growing(0.2))}
    run = lr.lab.experiment(lr.lab.Stream(), ways, peaks, 400, measure_at=stops)
    losses = np.moveaxis(run.curves, 1, 2)
    for last, mean in zip(*(lr.lab.cross_fit(each)[0] for each in losses)):
        difference = lr.lab.paired_difference(mean, last)
        assert difference.high < difference.percent / 2 < 0
