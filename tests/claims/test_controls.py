"""How the controls are measured, each against a second way to measure it."""

import numpy as np
import pytest
import torch

import lrlib as lr
from lrlib.lab.claims import bowl, controls
from lrlib.lab.claims.claim import HIGHER, LOWER, TIE, about

CONSTANT = "constant", lr.Constant
STREAM = lr.lab.Stream()


# --- the bowl


def test_an_exact_claim_is_the_ratio_of_the_lowest_losses():
    line = "line", lambda p: lr.Linear(p, 0, 50)
    measured = bowl.exact("white", CONSTANT, line, HIGHER, 50).measure()
    losses = [
        lr.dynamics.noisy_quadratic(bowl.PEAKS[:, None] * shape.rates(50), bowl.CURVATURES, 0.2)
        for shape in (lr.Constant(1), lr.Linear(1, 0, 50))
    ]
    best = [each[:, -1].min() for each in losses]
    assert measured.percent == pytest.approx(100 * (best[0] / best[1] - 1), rel=1e-9)
    assert measured.low == measured.high == measured.percent and measured.pairs == 0


def test_the_gradient_of_the_log_loss_is_that_of_differences():
    rates, variance = np.linspace(0.9, 0.1, 12), bowl.NOISES["like the curvature"] ** 2
    value, gradient = bowl._log_loss(np.log(rates), variance)
    exact = lr.dynamics.noisy_quadratic(rates, bowl.CURVATURES, bowl.NOISES["like the curvature"])
    assert value == pytest.approx(np.log(exact[-1]), rel=1e-12)
    for t in range(12):
        step = 1e-5 * (np.arange(12) == t)
        up, down = (bowl._log_loss(np.log(rates) + sign * step, variance)[0] for sign in (1, -1))
        assert gradient[t] == pytest.approx((up - down) / 2e-5, rel=1e-5)


def test_for_one_update_the_greedy_rate_is_the_best():
    assert abs(bowl.greedy("white", TIE, T=1).measure().percent) < 1e-6
    assert bowl.greedy("white", HIGHER, T=40).measure().percent > 1


# --- networks


def test_settings_of_one_schedule_leave_the_other_alone():
    clipped = ("clipped", lr.Constant, [0.02], {"max_norm": 0.1})
    plain = ("plain", lr.Constant, [0.02], {})
    measured = controls.apart(STREAM, clipped, plain, HIGHER, 30).measure(8)
    rates = [np.full(30, 0.02)]
    a, b = (lr.lab.train(STREAM, rates, range(8), max_norm=norm)[0] for norm in (0.1, None))
    assert measured.percent == pytest.approx(100 * (a.mean() / b.mean() - 1))
    assert abs(measured.percent) > 1
    assert controls.apart(STREAM, plain, plain, TIE, 30).measure(8).percent == 0


def test_updates_that_raise_the_loss_are_counted():
    calm, wild = controls.rising((0.01, 2.0), about(0, 0.2), 40, after=20).measure(4).parts
    task, rates = lr.lab.RandomLabels(), [np.full(40, 2.0)]
    kept = lr.lab.snapshots(task, rates, range(4), range(20, 40), optimizer=lr.lab.SGD(0.0))
    losses = torch.stack([task.measure(parameters, range(4)) for parameters in kept])
    assert calm.value == 0 and wild.value > 0.1
    assert wild.value == pytest.approx((losses[1:] > losses[:-1]).double().mean().item())


def test_a_training_loss_is_that_of_the_digits_learned_from():
    task, clean = controls.TrainingLoss(), lr.lab.CleanDigits()
    (end,) = lr.lab.snapshots(clean, [np.full(20, 0.05)], [1, 2], [20])
    x, y = (part[: clean.train_size] for part in clean._digits)
    for run, ours in enumerate(task.measure(end, [1, 2])):
        logits = clean.model([p[[run]] for p in end], x[None])[0]
        theirs = torch.nn.functional.cross_entropy(logits, y)
        assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)


def test_forgetting_is_the_loss_on_upright_digits():
    task, seeds = controls.Forgetting(), [0, 1]
    parameters = task.parameters(seeds)
    assert (task.measure(parameters, seeds).numpy() == task.old_loss(parameters, seeds)[0]).all()


def test_the_area_under_the_curve_counts_pairs():
    lost = np.array([True, True, False, False, False])
    assert controls._auc(np.array([5.0, 4, 3, 2, 1]), lost).value == 1
    assert controls._auc(np.array([5.0, 2, 3, 2, 1]), lost).value == 0.75  # 4.5 of 6 pairs
    assert np.isnan(controls._auc(np.arange(3.0), np.zeros(3, bool)).value)
    rng = np.random.default_rng(0)
    by_chance = controls._auc(rng.standard_normal(400), rng.random(400) < 0.5)
    assert by_chance.low < 0.5 < by_chance.high and by_chance.high - by_chance.low < 0.15


def test_a_run_stopped_at_one_moment_only_is_an_experiment_of_that_length():
    cosine = "cosine", lambda peak: lr.Cosine(peak, 0, 60)
    peaks = [0.01, 0.05]
    claim = controls.stopped(STREAM, CONSTANT, cosine, HIGHER, 60, [30], peaks)
    plain = lr.lab.experiment(STREAM, dict([CONSTANT, cosine]), peaks, 30, 8)
    assert claim.measure(8).percent == pytest.approx(plain.compare("constant", "cosine").percent)


def test_the_spread_over_seeds_is_their_standard_deviation_over_the_mean():
    own, one = controls.spread(lr.Constant(0.02), LOWER, 40, teachers=[5]).measure(12).parts
    losses = lr.lab.train(STREAM, [np.full(40, 0.02)], range(12))[0]
    assert own.value == pytest.approx(losses.std(ddof=1) / losses.mean())
    assert own.low < own.value < own.high
    losses = lr.lab.train(lr.lab.Stream(teacher=5), [np.full(40, 0.02)], range(12))[0]
    assert one.value == pytest.approx(losses.std(ddof=1) / losses.mean())


def test_the_longest_runs_have_half_the_seeds():
    claim = controls.apart(STREAM, (*CONSTANT, [0.01], {}), (*CONSTANT, [0.02], {}), TIE, 10)
    assert controls.halved(claim).measure(range(5, 21)) == claim.measure(range(5, 13))
    assert controls.halved(claim).measure(4).pairs == 4


def test_winners_on_one_problem_are_pooled_over_the_teachers():
    worse = "worse", lambda peak: lr.Constant(peak / 50)
    pooled = controls.one_problem(worse, CONSTANT, about(0, 0), 60, [0.02], teachers=[1, 2])
    values = pooled.measure(8)
    assert pooled.holds(values) and values.parts[0].trials == 16


def test_sharpness_is_asked_of_the_fresh_net_and_after_waiting():
    values = controls.told_by_sharpness(lr.lab.Fragile(), about(0.5, 0.5)).measure(16)
    assert values.names == ("fresh", "after waiting")
    assert all(0 <= part.value <= 1 for part in values.parts)
