"""Fine-tuning: equal to torch.optim, pretrained once, forgetful; a warmup protects what was known."""

import pickle

import pytest
import torch
from torch import nn

import lrlib as lr

TASK = lr.lab.FineTuning()
FRESH = lr.lab.FineTuning(pretrained=False)
RATES = lr.Cosine(0.05, 0, 20).rates()


def plain(parameters, batches, rates, optimizer_class=torch.optim.SGD, **options):
    """One run with torch.nn and torch.optim from given weights: its parameters at the end."""
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    for p, ours in zip(model.parameters(), parameters, strict=True):
        p.data = ours[0].t().reshape(p.shape).clone()
    optimizer = optimizer_class(model.parameters(), lr=1.0, **options)
    for rate, (x, labels) in zip(rates, batches, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[0]), labels[0]).backward()
        optimizer.step()
    return [p.detach().t().reshape(ours.shape) for p, ours in zip(model.parameters(), parameters)]


@pytest.mark.parametrize(
    "ours, theirs, options",
    [
        (lr.lab.SGD(0.9), torch.optim.SGD, {"momentum": 0.9}),
        (lr.lab.Adam(), torch.optim.Adam, {}),
    ],
    ids=["SGD", "Adam"],
)
def test_fine_tuning_equals_torch_optim_run_by_run(ours, theirs, options):
    seeds = [3, 8]
    (end,) = lr.lab.snapshots(TASK, [RATES / 2, RATES / 5], seeds, [20], optimizer=ours)
    new, old = lr.lab.train(TASK, [RATES / 2, RATES / 5], seeds, ours), TASK.old_loss(end, seeds)
    for s, seed in enumerate(seeds):
        start, batches = TASK.parameters([seed]), TASK.batches([seed], 20)
        alone = plain(start, batches, RATES / 5, theirs, **options)
        with torch.no_grad():
            measured = TASK.measure(alone, [seed]).item()
        assert new[1, s] == pytest.approx(measured, rel=1e-4)
        assert old[1, s] == pytest.approx(TASK.old_loss(alone, [seed]).item(), rel=1e-4)


def test_pretraining_equals_torch_optim():
    start, rates = FRESH.parameters([5]), TASK.pretraining.rates()
    alone = plain(start, TASK.old.batches([5], 200), rates, momentum=0.9)
    for ours, theirs in zip(TASK.parameters([5]), alone):
        assert torch.allclose(ours, theirs, atol=1e-4)


def test_a_pretrained_network_knows_the_old_digits_and_some_of_the_new_ones():
    seeds = range(8)
    known, fresh = TASK.parameters(seeds), FRESH.parameters(seeds)
    assert (TASK.old_loss(known, seeds) < 0.3).all()
    assert (TASK.measure(known, seeds) < FRESH.measure(fresh, seeds)).all()
    assert (TASK.old_loss(known, seeds)[0] < TASK.measure(known, seeds).numpy()).all()


def test_pretraining_is_done_once_and_does_not_depend_on_the_other_seeds():
    task = lr.lab.FineTuning()
    alone = task.parameters([4])
    kept = task._known[4]
    together = task.parameters([0, 4, 2])
    assert task._known[4] is kept
    assert all((a[0] == b[1]).all() for a, b in zip(alone, together))
    with torch.no_grad():  # as in a measure, and in another process
        again = pickle.loads(pickle.dumps(lr.lab.FineTuning())).parameters([2, 4])
    assert all((a[[2, 1]] == b).all() for a, b in zip(together, again))


@pytest.mark.parametrize("task", [TASK, FRESH], ids=["pretrained", "fresh"])
def test_a_run_does_not_depend_on_its_neighbours_and_training_leaves_the_start_alone(task):
    many = lr.lab.train(task, [RATES, RATES / 2], range(4))
    alone = lr.lab.train(task, [RATES / 2], [3])
    assert alone[0, 0] == many[1, 3]
    assert len(set(many.flatten())) == 8


def test_slanted_digits_have_their_upper_half_moved():
    upright, y = TASK.old._digits
    slanted, same = TASK._digits
    upright, slanted = upright.view(-1, 8, 8), slanted.view(-1, 8, 8)
    assert (slanted[:, :4, 1:] == upright[:, :4, :-1]).all()
    assert (slanted[:, 4:] == upright[:, 4:]).all() and (y == same).all()
    blank = upright.min()
    assert (upright[:, :4, 7] == blank).double().mean() > 0.9


def test_minibatches_hold_only_the_few_digits_of_the_seed():
    task = lr.lab.FineTuning(size=7)
    x = torch.cat([x for x, _ in task.batches([0, 4], 30)], 1)
    few = [rows.unique(dim=0) for rows in x]
    assert [len(rows) for rows in few] == [7, 7] and (few[0] != few[1]).any()
    held_out = task._digits[0][task.train_size :]
    assert torch.cdist(few[0], held_out).min() > 0
    for short, long in zip(task.batches([0, 4], 5), task.batches([0, 4], 9)):
        assert all((a == b).all() for a, b in zip(short, long))


def test_a_warmup_protects_what_was_known_from_a_rate_that_is_too_large():
    seeds, adam = range(32), lr.lab.Adam()
    rates = [lr.warmup_linear(0.032, 40, 200).rates(), lr.Linear(0.032, 0, 200).rates()]
    forgot = {}
    for task in (TASK, FRESH):
        (end,) = lr.lab.snapshots(task, rates, seeds, [200], optimizer=adam, progress=False)
        forgot[task] = lr.lab.paired_difference(*task.old_loss(end, seeds))
    assert forgot[TASK].high < forgot[TASK].percent / 2 < 0
    assert forgot[TASK].high < forgot[FRESH].percent  # nothing to protect where nothing was known


@pytest.mark.parametrize(
    "kwargs, words",
    [
        ({"pretrained": 1}, "pretrained must be True or False"),
        ({"size": 0}, "size must be a whole number >= 1"),
        ({"size": 2000}, "size must be at most 1437"),
        ({"size": 2.5}, "size"),
    ],
)
def test_bad_input_is_named(kwargs, words):
    with pytest.raises((ValueError, TypeError), match=words):
        lr.lab.FineTuning(**kwargs)
