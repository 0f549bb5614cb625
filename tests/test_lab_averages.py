"""Averaged weights in the laboratory: equal to `torch.optim.swa_utils` run by run, row by row."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import lrlib as lr

T = 40
COSINE, FLAT = lr.Cosine(0.05, 0, T).rates(), np.full(T, 0.03)
EMA = lr.lab.EMA(0.9)


class Net(torch.nn.Module):
    """The parameters of one run of a task, as a module."""

    def __init__(self, task, seed):
        super().__init__()
        self.all = torch.nn.ParameterList(task.parameters([seed]))


def alone(task, rates, seed, average, momentum=0.9, max_norm=None):
    """One run under torch.optim, its weights averaged by torch: the final measure."""
    net = Net(task, seed)
    moving = average == EMA
    options = {"multi_avg_fn": get_ema_multi_avg_fn(0.9)} if moving else {}
    mean, begin = AveragedModel(net, **options), 0 if moving else T - round(average * T)
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0, momentum=momentum)
    for t, batch in enumerate(task.batches([seed], T)):
        optimizer.param_groups[0]["lr"] = rates[t]
        optimizer.zero_grad()
        task.loss(list(net.all), batch).sum().backward()
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm)
        optimizer.step()
        if t >= begin:
            mean.update_parameters(net)
    with torch.no_grad():
        return task.measure(list(mean.module.all), [seed]).item()


@pytest.mark.parametrize("task", [lr.lab.Stream(), lr.lab.FreshDigits()], ids=lambda task: task.name)
@pytest.mark.parametrize("average", [0.5, 1, EMA], ids=str)
def test_averages_equal_those_of_torch_run_by_run(task, average):
    ours = lr.lab.train(task, [COSINE, FLAT], [3, 8], average=average)
    theirs = [[alone(task, rates, seed, average) for seed in (3, 8)] for rates in (COSINE, FLAT)]
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)


def test_with_clipping_and_without_momentum():
    settings = {"momentum": 0.0, "max_norm": 0.2}
    ours = lr.lab.train(
        lr.lab.Stream(), [10 * FLAT], [5], lr.lab.SGD(0.0), max_norm=0.2, average=0.5
    )
    theirs = alone(lr.lab.Stream(), 10 * FLAT, 5, 0.5, **settings)
    assert ours[0, 0] == pytest.approx(theirs, rel=2e-5)
    assert ours[0, 0] != lr.lab.train(lr.lab.Stream(), [10 * FLAT], [5], average=0.5)[0, 0]


def test_each_row_has_its_own_average_and_none_changes_another():
    task, averages = lr.lab.Stream(), [0.5, None, EMA]
    together = lr.lab.train(task, [FLAT] * 3, range(4), average=averages)
    for row, average in zip(together, averages):
        assert (row == lr.lab.train(task, [FLAT], range(4), average=average)[0]).all()
    assert (together[1] == lr.lab.train(task, [FLAT], range(4))[0]).all()
    assert len(set(together[:, 0])) == 3


def test_the_training_stays_the_same_and_the_mean_begins_where_its_part_does():
    task, at = lr.lab.Stream(), [0, 10, 20, 21, 22, T]
    plain = lr.lab.train(task, [FLAT], range(3), measure_at=at)
    half = lr.lab.train(task, [FLAT], range(3), measure_at=at, average=0.5)
    assert (half[:4] == plain[:4]).all()  # the mean of one point is the point
    assert (half[4:] != plain[4:]).all()
    kept = {}
    for name, average in (("plain", None), ("averaged", EMA)):
        (kept[name],) = lr.lab.snapshots(task, [FLAT], [0], [T], average=average)
    assert all((a == b).all() for a, b in zip(kept["plain"], kept["averaged"]))


def test_a_run_that_diverged_stays_lost_in_its_average():
    losses = lr.lab.train(lr.lab.FreshDigits(), [np.full(T, 1e6), FLAT], range(2), average=0.5)
    assert (losses[0] == lr.lab.trainer.CAP).all() and (losses[1] < 3).all()


# --- experiments

SCHEDULES = {
    "fixed": lr.Constant,
    "fixed, averaged": lr.lab.Averaged(lr.Constant),
    "fixed, EMA": lr.lab.Averaged(lr.Constant, EMA),
}


def test_a_schedule_of_an_experiment_can_be_averaged():
    task, peaks = lr.lab.Stream(), [0.02, 0.06]
    result = lr.lab.experiment(task, SCHEDULES, peaks, T, 5, measure_at=[T])
    assert (result.curves[:, :, 0] == result.losses).all()
    rates = np.array(peaks)[:, None] * np.ones(T)
    for row, average in zip(result.losses, (None, 0.5, EMA)):
        assert (row == lr.lab.train(task, rates, range(5), average=average)).all()


def test_workers_average_to_the_same_bits():
    settings = {"task": lr.lab.Stream(), "schedules": SCHEDULES, "peaks": [0.02], "T": T, "seeds": 10}
    with ProcessPoolExecutor(2) as pool:
        spread = lr.lab.experiment(**settings, executor=pool)
    assert np.array_equal(spread.losses, lr.lab.experiment(**settings).losses)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: lr.lab.train(lr.lab.Stream(), [FLAT], [0], average=0), "average must be"),
        (lambda: lr.lab.train(lr.lab.Stream(), [FLAT], [0], average="mean"), r"or EMA\(beta\), not"),
        (
            lambda: lr.lab.train(lr.lab.Stream(), [FLAT], [0], average=[0.5, None]),
            "one for each of 1 rows of rates",
        ),
        (lambda: lr.lab.Averaged(lr.Constant(0.1)), r"make must be .* not Constant\(eta=0.1"),
        (lambda: lr.lab.Averaged(lr.Constant, 2), "average must be a share of the run"),
        (lambda: lr.lab.Averaged(0.5), "make must be"),
    ],
)
def test_wrong_averages_are_named(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()
