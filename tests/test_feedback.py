"""Rates that answer to a metric: as under PyTorch, run by run, in experiments and duels; the film."""

import itertools
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

import lrlib as lr
from lrlib import figures
from lrlib.figures.films import LARGEST, apng
from lrlib.lab.tasks.network import cross_entropy

QUICK = {"progress": False}


def halving(patience=1, **settings):
    return lr.lab.OnPlateau(lambda peak: lr.Plateau(peak, factor=0.5, patience=patience), **settings)


def followed(task, plateau, peak, T, seeds, **settings):
    """The final losses and the `Feedback` of one row."""
    rates = [plateau(peak).rates(T)]
    feedback = lr.lab.Feedback(task, rates, seeds, [plateau.at(peak)])
    return lr.lab.train(task, rates, seeds, callback=feedback, **QUICK, **settings), feedback


@pytest.mark.parametrize("task", [lr.lab.FreshDigits(), lr.lab.Stream()])
def test_one_run_is_one_of_pytorch_under_its_own_scheduler(task):
    seed, T, every = 5, 120, 10
    losses, feedback = followed(task, halving(every=every), 0.1, T, [seed])
    parameters = [p.requires_grad_() for p in task.parameters([seed])]
    optimizer = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
    scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    validation = task.examples([seed], 64)
    with lr.record_rates(optimizer) as used:
        for t, batch in enumerate(task.batches([seed], T), 1):
            optimizer.zero_grad()
            task.loss(parameters, batch).sum().backward()
            optimizer.step()
            if t % every == 0:
                with torch.no_grad():
                    scheduler.step(float(task.loss(parameters, validation)))
    assert feedback.rates[0, 0].tolist() == used.group().tolist()
    assert len(set(feedback.rates[0, 0])) > 2  # there were drops
    assert losses.item() == pytest.approx(task.measure(parameters, [seed]).item(), rel=1e-4)


def test_every_run_has_a_log_of_its_own():
    task, seeds = lr.lab.Stream(), range(6)
    losses, feedback = followed(task, halving(every=10), 0.1, 100, seeds)
    alone, own = followed(task, halving(every=10), 0.1, 100, [4])
    assert (feedback.rates[0, 4] == own.rates[0, 0]).all()
    assert losses[0, 4] == pytest.approx(alone[0, 0], rel=1e-5)
    assert np.ptp(feedback.rates[0, :, -1]) > 0  # the seeds part
    for seed in seeds:
        log = [values[seed] for values in feedback.log[0]]
        curve = lr.Plateau(0.1, factor=0.5, patience=1).schedule(log, range(10, 101, 10))
        assert (curve.rates(100) == feedback.rates[0, seed]).all()


def test_rows_without_feedback_keep_their_rates():
    task, line, plateau = lr.lab.Stream(), lr.Linear(0.1, 0, 60), halving(0, every=5)
    rates = [line.rates(), plateau(0.1).rates(60)]
    feedback = lr.lab.Feedback(task, rates, range(4), [None, plateau.at(0.1)])
    both = lr.lab.train(task, rates, range(4), callback=feedback, **QUICK)
    assert (both[:1] == lr.lab.train(task, rates[:1], range(4), **QUICK)).all()
    assert (both[1:] == followed(task, plateau, 0.1, 60, range(4))[0]).all()
    assert feedback.log[0] == [] and (feedback.rates[0] == line.rates()).all()


def test_what_is_read():
    task, seeds, kept = lr.lab.Stream(), range(3), []

    def keep(t, parameters, losses):
        kept.append((losses, [p.detach().clone() for p in parameters]))

    def log(metric):
        plateau = halving(99, every=10, metric=metric)
        return followed(task, plateau, 0.05, 20, seeds)[1].log[0][1]

    lr.lab.train(task, [np.full(20, 0.05)], seeds, callback=keep, **QUICK)
    last = kept[-1][1]
    assert log("exact") == pytest.approx(task.measure(last, seeds).detach().numpy(), rel=1e-5)
    seen = task.loss(last, task.examples(seeds, 64)).detach().numpy()
    assert log("validation") == pytest.approx(seen, rel=1e-5)
    since = np.mean([losses.numpy() for losses, _ in kept[10:]], axis=0)
    assert log("training") == pytest.approx(since, rel=1e-5)


def test_after_a_warmup_the_rule_begins():
    rises = halving(0, every=5, warmup=20)
    _, feedback = followed(lr.lab.Stream(), rises, 0.1, 60, range(4))
    assert (feedback.rates[0, :, :20] == lr.Linear(0, 0.1, 20).rates()).all()
    assert (feedback.rates[0, :, 20] == 0.1).all() and len(feedback.log[0]) == 12
    assert (feedback.rates[0, :, -1] < 0.1).any()


def test_validation_examples_are_the_seeds_own_and_are_new():
    task, seeds = lr.lab.Stream(), [0, 1]
    examples, more = task.examples(seeds, 64), task.examples(seeds, 4000)
    assert examples[0].shape == (2, 64, 8) and (examples[0][0] != examples[0][1]).all()
    (first,) = task.batches(seeds, 1)
    assert not (first[0] == examples[0][:, :8]).any()
    own, other = (
        cross_entropy(task.teacher, task._teacher(teachers), more) for teachers in (seeds, [1, 0])
    )
    assert (own < 0.9 * other).all()  # labelled by the teacher of the seed
    x, labels = lr.lab.FreshDigits().examples(seeds, 50)
    assert x.shape == (2, 50, 64) and labels.shape == (2, 50)


def test_an_experiment_and_its_executor_follow_it_too():
    schedules = {"plateau": halving(0, every=10), "constant": lr.Constant,
                 "averaged": lr.lab.Averaged(halving(0, every=10))}  # fmt: skip
    settings = {"peaks": [0.05, 0.1], "T": 60, "seeds": 10, "progress": False}
    result = lr.lab.experiment(lr.lab.Stream(), schedules, **settings)
    own, _ = followed(lr.lab.Stream(), halving(0, every=10), 0.1, 60, range(10))
    assert (result.losses[0, 1] == own[0]).all()
    for other in (1, 2):  # the averaged one follows its own log, too, and is measured otherwise
        assert not np.array_equal(result.losses[0], result.losses[other])
    with ThreadPoolExecutor(2) as executor:
        spread = lr.lab.experiment(lr.lab.Stream(), schedules, executor=executor, **settings)
    assert (spread.losses == result.losses).all()
    sent = pickle.loads(pickle.dumps(halving(3).at(0.1)))
    assert sent == halving(3).at(0.1) and sent.rule(0.7) == lr.Plateau(0.1, factor=0.5, patience=3)


def test_a_duel_shows_the_mean_of_the_rates_that_were_used():
    plateau = halving(0, every=10)
    duel = lr.lab.duel(("mine", plateau), "constant", lr.lab.Stream(), T=60, seeds=8, **QUICK)
    mine, constant = duel.rates
    assert (np.diff(mine[0]) <= 1e-12).all() and mine[0, -1] < mine[0, 0] == duel.peaks[0][0]
    assert np.ptp(constant[0]) == 0 and duel.difference.pairs == 8
    with pytest.raises(ValueError, match="are the same schedule"):
        lr.lab.duel(plateau, plateau, lr.lab.Stream(), T=60, seeds=8, **QUICK)


def test_what_is_refused():
    with pytest.raises(TypeError, match="make must be a function peak -> Plateau"):
        lr.lab.OnPlateau(lr.Plateau(0.1))
    with pytest.raises(TypeError, match="make must return a Plateau"):
        lr.lab.OnPlateau(lr.Constant)(0.1)
    with pytest.raises(ValueError, match="metric must be one of"):
        halving(metric="loss")
    with pytest.raises(ValueError, match="rows must hold one entry per row"):
        lr.lab.Feedback(lr.lab.Stream(), [[0.1]], [0], [])


# --- noise


def test_the_first_value_is_the_best_of_all_orders_one_time_in_so_many():
    """The earliest drop, on call patience + 2: all orders of i.i.d. values are equally likely."""
    for patience in (0, 1, 3):
        rule, n = lr.Plateau(0.1, patience=patience, threshold=0.0), patience + 2
        logs = list(itertools.permutations(np.linspace(1, 2, n)))
        assert sum(rule.drops(log) == [n - 1] for log in logs) * n == len(logs)


@pytest.mark.parametrize("noise", ["white", "like the curvature"])
def test_the_bowl_as_a_task_has_the_exact_mean(noise):
    bowl, rates = lr.lab.Bowl(noise), lr.Linear(0.5, 0, 60).rates()
    losses = lr.lab.train(bowl, [rates], range(600), lr.lab.SGD(0.0), **QUICK)[0]
    curvatures = lr.dynamics.power_law(20, 1.0)
    alike = lr.dynamics.noise_like_curvature(0.2, curvatures)
    exact = lr.dynamics.noisy_quadratic(rates, curvatures, 0.2 if noise == "white" else alike)[-1]
    assert abs(losses.mean() - exact) < 4 * losses.std() / len(losses) ** 0.5 < 0.1 * exact
    assert lr.lab.Bowl(noise).examples(range(3), 64).shape == (3, 1, 20)


# --- the film of a rule that reads


def test_the_film_shows_what_the_rule_did():
    rule = lr.Plateau(0.1, factor=0.5, patience=3, cooldown=2)
    log = 1 + 0.1 * np.random.default_rng(0).standard_normal(40)
    frames = figures.reading(rule, log, np.ones(40))
    assert np.flatnonzero(frames.bad == 4).tolist() == rule.drops(log) and len(rule.drops(log)) > 2
    assert (frames.best == np.minimum.accumulate(log)).all()
    assert (frames.rates == rule.rates(log)).all() and frames.count == 41
    values, record, *_, rate = frames.artists
    frames.move(10)
    assert (values.get_ydata() == log[:10]).all() and (record.get_ydata() == frames.best[:10]).all()
    assert (rate.get_ydata() == frames.rates[:11]).all()
    assert 5000 < len(apng(frames)) <= LARGEST and not figures.collisions(frames.figure)


@pytest.mark.parametrize("log", [[1.0], [1.0, np.nan], [[1.0, 2.0]], np.ones(121)])
def test_a_log_that_cannot_be_shown(log):
    with pytest.raises(ValueError, match="log must hold 2 to 120 finite values"):
        figures.reading(lr.Plateau(0.1), log)
