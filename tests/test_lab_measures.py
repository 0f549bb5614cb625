"""Sharpness, snapshots, ensembles, range tests and the trainer's callback, against known answers."""

import numpy as np
import pytest
import torch

import lrlib as lr
from lrlib.lab.tasks import MLP
from lrlib.lab.trainer import CAP

STREAM = lr.lab.Stream()
RATES = np.full((2, 12), [[0.02], [0.05]])


class Quadratic:
    """L(x) = sum of curvature * x^2 / 2: one parameter of shape (R, 1, d), curvature (R, 1, d)."""

    def loss(self, parameters, curvature):
        return (curvature * parameters[0].square()).sum((1, 2)) / 2


class Tiny(lr.lab.RandomLabels):
    """Few enough parameters, 31, that the whole Hessian can be built."""

    def __init__(self):
        super().__init__(size=5)
        self.model = MLP(4, 3, 4, activation=torch.tanh)

    def full_batch(self, seeds):
        x, target = super().full_batch(seeds)
        return 3 * x[..., 20:24], target[..., :4]


# --- sharpness


def test_sharpness_of_quadratics_is_their_largest_curvature():
    curvature = torch.tensor([[3.0, 1, 0.5], [0.1, 7, 2], [-9, 1, 4], [-3, -2, -1], [0, 0, 0]])
    measured = lr.lab.sharpness(Quadratic(), [torch.ones(5, 1, 3)], curvature[:, None])
    assert measured.shape == (5,) and measured.dtype == np.float64
    assert measured == pytest.approx([3, 7, 4, -1, 0], rel=1e-3, abs=1e-5)


def test_sharpness_of_a_network_is_the_largest_eigenvalue_of_its_hessian():
    task, seeds = Tiny(), [0, 1, 2]
    parameters, batch = task.parameters(seeds), task.full_batch(seeds)
    measured = lr.lab.sharpness(task, parameters, batch, iterations=2000, tolerance=1e-7)
    for run in range(3):
        own = [part[run : run + 1] for part in batch]
        shapes = [p[:1].shape for p in parameters]

        def loss(flat):
            parts = flat.split([shape.numel() for shape in shapes])
            return task.loss([p.view(shape) for p, shape in zip(parts, shapes)], own)[0]

        flat = torch.cat([p[run].flatten() for p in parameters])
        hessian = torch.autograd.functional.hessian(loss, flat)
        assert measured[run] == pytest.approx(torch.linalg.eigvalsh(hessian)[-1].item(), rel=1e-3)


def test_sharpness_of_a_run_does_not_depend_on_its_neighbours():
    task, seeds = Tiny(), [0, 1, 2]
    settings = {"iterations": 30, "tolerance": 1e-12}  # the slowest run sets when all of them stop
    together = lr.lab.sharpness(task, task.parameters(seeds), task.full_batch(seeds), **settings)
    alone = lr.lab.sharpness(task, task.parameters([1]), task.full_batch([1]), **settings)
    assert alone[0] == pytest.approx(together[1], rel=1e-5)


def test_sharpness_of_a_lost_run_is_nan_and_the_others_stay():
    parameters = [torch.tensor([[[1.0, 1]], [[torch.nan, 1]]])]
    curvature = torch.tensor([[[2.0, 1]], [[torch.nan, 1]]])
    measured = lr.lab.sharpness(Quadratic(), parameters, curvature)
    assert measured[0] == pytest.approx(2, rel=1e-3) and np.isnan(measured[1])


@pytest.mark.parametrize("start", [0, 16])
def test_sharpness_climbs_to_two_over_the_rate(start):
    task, seeds, etas = lr.lab.RandomLabels(), range(start, start + 16), np.array([0.2, 0.4])
    rates = np.repeat(etas[:, None], 2000, axis=1)
    (end,) = lr.lab.snapshots(
        task, rates, seeds, [2000], optimizer=lr.lab.SGD(0.0), progress=False
    )  # fmt: skip
    batch = task.full_batch(seeds)
    before = lr.lab.sharpness(task, task.parameters(seeds), batch) * etas[:, None] / 2
    after = lr.lab.sharpness(task, end, batch).reshape(2, 16) * etas[:, None] / 2
    assert (np.median(before, axis=1) < 0.8).all()  # it starts out stable, whatever the rate
    assert np.median(after, axis=1) == pytest.approx(1, abs=0.2)
    # so at half the rate the minimum is sharper
    difference = lr.lab.paired_difference(after[0] / etas[0], after[1] / etas[1])
    assert difference.low > difference.percent / 2 > 0


# --- the random labels


def test_random_labels_are_a_full_batch_of_real_digits_and_labels_at_random():
    task = lr.lab.RandomLabels()
    x, target = task.full_batch([0, 1])
    assert x.shape == (2, 64, 64) and target.shape == (2, 64, 10)
    assert (target.sum(-1) == 1).all() and (target[0] != target[1]).any() and (x[0] != x[1]).any()
    assert all(
        (part == again).all() for part, again in zip(task.full_batch([1]), (x[1:], target[1:]))
    )
    batches = list(task.batches([0, 1], 3))
    assert len(batches) == 3 and all((batch[0] == x).all() for batch in batches)
    assert task.parameters([0])[0].std().item() == pytest.approx(0.5 * np.sqrt(2 / 64), rel=0.1)


def test_true_labels_change_the_labels_and_nothing_else():
    random, true = lr.lab.RandomLabels(), lr.lab.RandomLabels(labels="true")
    (x, drawn), (same, target) = random.full_batch([0, 1]), true.full_batch([0, 1])
    assert (x == same).all() and (drawn != target).any()
    assert all((a == b).all() for a, b in zip(random.parameters([0]), true.parameters([0])))
    digits, labels = true._digits  # each input stands there with this label
    for image, one_hot in zip(same[1], target[1]):
        assert labels[(digits == image).all(-1)].tolist() == [one_hot.argmax().item()]


@pytest.mark.parametrize("start", [0, 100])
def test_sharpness_with_true_labels_meets_only_a_low_limit(start):
    task, seeds = lr.lab.RandomLabels(labels="true"), range(start, start + 16)
    etas = np.array([0.2, 0.5])
    (end,) = lr.lab.snapshots(
        task, np.repeat(etas[:, None], 1000, axis=1), seeds, [1000],
        optimizer=lr.lab.SGD(0.0), progress=False,
    )  # fmt: skip
    after = lr.lab.sharpness(task, end, task.full_batch(seeds)).reshape(2, 16) * etas[:, None] / 2
    assert np.median(after[0]) < 0.7 and np.median(after[1]) == pytest.approx(1, abs=0.2)


# --- the callback of the trainer


def test_a_callback_that_returns_nothing_changes_nothing():
    seen = []

    def watch(t, parameters, losses):
        seen.append((t, losses.shape, losses.requires_grad))

    plain = lr.lab.train(STREAM, RATES, range(3))
    assert (lr.lab.train(STREAM, RATES, range(3), callback=watch) == plain).all()
    assert seen == [(t, (6,), False) for t in range(1, 13)]


def test_a_callback_can_choose_the_next_rate():
    wanted = lr.Cosine(0.05, 0.01, 12)
    fed_back = lr.lab.train(
        STREAM, [np.full(12, wanted(0))], range(3), callback=lambda t, *_: np.full(3, wanted(t))
    )  # fmt: skip
    assert (fed_back == lr.lab.train(STREAM, [wanted.rates()], range(3))).all()


@pytest.mark.parametrize("rates", [[0.1], [0.1, -1.0], [0.1, np.nan], [0.1, np.inf]])
def test_bad_rates_of_a_callback_are_named(rates):
    with pytest.raises(ValueError, match="callback must return rates"):
        lr.lab.train(STREAM, [[0.1, 0.1]], [0, 1], callback=lambda *_: rates)


# --- accuracy, snapshots and ensembles


def test_accuracy_counts_what_the_network_would_answer():
    task, seeds = lr.lab.CleanDigits(), range(3)
    (parameters,) = lr.lab.snapshots(task, RATES, seeds, [12], progress=False)
    found = lr.lab.accuracy(task, parameters, seeds)
    images, digits = (part[task.train_size :] for part in task._digits)
    for row, seed in np.ndindex(found.shape):
        W, b, V, c = (p[row * len(seeds) + seed] for p in parameters)
        answers = ((images @ W + b).relu() @ V + c).argmax(-1)
        assert found[row, seed] == pytest.approx((answers == digits).double().mean().item())


def test_the_training_loss_is_that_of_the_digits_that_are_learned_from():
    test, training = lr.lab.CleanDigits(), lr.lab.CleanDigits("training")
    assert (test.name, training.name) == ("Clean digits", "Clean digits, training")
    (parameters,) = lr.lab.snapshots(test, RATES, range(2), [12], progress=False)
    images, digits = (part[: test.train_size] for part in test._digits)
    with torch.no_grad():
        found = training.measure(parameters, range(2))
        logits = test.model(parameters, images.expand(len(found), *images.shape))
        by_hand = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), digits.expand(len(found), -1), reduction="none"
        ).mean(1)
    assert found.numpy() == pytest.approx(by_hand.numpy(), rel=1e-5)
    with pytest.raises(ValueError, match="measured must be one of 'test', 'training'"):
        lr.lab.CleanDigits("both")


def test_a_constant_answer_to_copying_is_right_once_in_eight():
    task, seeds = lr.lab.Copying(), range(16)
    dead = [torch.zeros_like(p) for p in task.parameters(seeds)]
    assert lr.lab.accuracy(task, dead, seeds).mean() == pytest.approx(1 / 8, abs=0.02)
    assert lr.lab.accuracy(lr.lab.Stream(), lr.lab.Stream().parameters(seeds), seeds).mean() < 0.6


def test_snapshots_are_the_ends_of_shorter_runs():
    early, late = lr.lab.snapshots(STREAM, RATES, range(3), [5, 12])
    assert early[0].shape == (6, 8, 16)
    for parameters, T in ((early, 5), (late, 12)):
        with torch.no_grad():
            measured = STREAM.measure(parameters, range(3)).reshape(2, 3).numpy()
        assert (measured == lr.lab.train(STREAM, RATES[:, :T], range(3))).all()


def test_an_ensemble_averages_the_softmax():
    task, seeds = lr.lab.FreshDigits(), range(3)
    members = lr.lab.snapshots(task, RATES, seeds, [4, 8, 12])
    x, y = (part[task.train_size :] for part in task._digits)
    target = 0.6 * torch.nn.functional.one_hot(y, 10) + 0.04
    with torch.no_grad():
        votes = [task.model(p, x.expand(6, *x.shape)).softmax(-1) for p in members]
        mean = sum(votes) / 3
        by_hand = (target * (target.log() - mean.log())).sum(-1).mean(-1).reshape(2, 3)
    assert lr.lab.ensemble(task, members, seeds) == pytest.approx(by_hand.numpy(), rel=1e-4)
    same = lr.lab.ensemble(task, [members[-1]] * 4, seeds)
    assert same == pytest.approx(lr.lab.train(task, RATES, seeds), rel=1e-4)


def test_an_ensemble_of_snapshots_beats_the_last_of_them():
    task, seeds = lr.lab.FreshDigits(), range(32)
    rates = lr.sgdr(0.06, 0, 100, cycles=3).rates(300)
    members = lr.lab.snapshots(task, [rates], seeds, [100, 200, 300], progress=False)
    voted, last = (lr.lab.ensemble(task, some, seeds)[0] for some in (members, members[-1:]))
    difference = lr.lab.paired_difference(voted, last)
    assert difference.high < difference.percent / 2 < 0


# --- range test


@pytest.fixture(scope="module")
def ranged():
    return lr.lab.range_test(STREAM, 1e-4, 10.0, 150)


def test_minibatches_of_random_labels_come_from_the_digits_of_their_seed():
    task, seeds = lr.lab.RandomLabels(batch=8), [3, 5]
    full, batches = task.full_batch(seeds), list(task.batches(seeds, 70))
    assert len(batches) == 70 and batches[0][0].shape == (2, 8, 64)
    for x, target in batches:
        for s in (0, 1):
            for image, label in zip(x[s], target[s]):
                (where,) = torch.nonzero((full[0][s] == image).all(1)).T
                assert (full[1][s][where] == label).all(1).any()
    shorter = list(task.batches(seeds, 5))
    assert all((a[0] == b[0]).all() for a, b in zip(shorter, batches))
    assert (batches[0][0] != batches[1][0]).any()
    alone = next(task.batches([5], 1))
    assert (alone[0][0] == batches[0][0][1]).all()


def test_a_range_test_grows_exponentially_and_averages_the_seeds(ranged):
    assert ranged.rates.shape == ranged.smoothed.shape == (150,)
    assert ranged.losses.shape == (32, 150) and ranged.losses.max() <= CAP
    assert ranged.rates[[0, -1]] == pytest.approx([1e-4, 10.0])
    assert np.ptp(np.diff(np.log(ranged.rates))) < 1e-9
    assert ranged.smoothed[75] == pytest.approx(ranged.losses[:, 70:81].mean())
    assert ranged.smoothed[0] == pytest.approx(ranged.losses[:, :6].mean())


def test_the_readings_of_a_range_test(ranged):
    readings = ranged.readings
    assert readings["minimum / 10"] == readings["smoothed minimum"] / 10
    assert readings["steepest slope"] <= readings["smoothed minimum"]
    assert 0.01 < readings["smoothed minimum"] < 0.4


def test_single_seeds_scatter_more_in_the_slope_than_the_seeds_together(ranged):
    single = [test.readings["steepest slope"] for test in ranged.by_seed()]
    assert len(single) == 32 and max(single) > 2 * min(single)


def test_the_readings_of_a_known_curve():
    rates = np.geomspace(1e-3, 1.0, 31)
    loss = np.cos(2 * np.pi * np.arange(31) / 30) + 1  # down to step 15, steepest at 7.5, then up
    readings = lr.lab.RangeTest(rates, loss[None], window=1).readings
    assert readings["smoothed minimum"] == pytest.approx(rates[15])
    assert readings["steepest slope"] in (rates[7], rates[8])


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: lr.lab.range_test(STREAM, 0, 1, 9), "low"),
        (lambda: lr.lab.range_test(STREAM, 1, 1, 9), "low must be < high"),
        (lambda: lr.lab.range_test(STREAM, 0.1, np.inf, 9), "high"),
        (lambda: lr.lab.range_test(STREAM, 0.1, 1, 2), "T must"),
        (lambda: lr.lab.range_test(STREAM, 0.1, 1, 9, seeds=0), "seeds"),
        (lambda: lr.lab.range_test(STREAM, 0.1, 1, 9, seeds=[], window=3), "seeds"),
        (lambda: lr.lab.range_test(STREAM, 0.1, 1, 9, window=4), "window must be odd"),
        (lambda: lr.lab.range_test(STREAM, 0.1, 1, 9, window=11), "window must be odd"),
        (lambda: lr.lab.snapshots(STREAM, RATES, [0], []), "at must hold"),
        (lambda: lr.lab.snapshots(STREAM, RATES, [0], [13]), "at must hold"),
        (lambda: lr.lab.snapshots(STREAM, RATES, [0], [0]), "at must be"),
        (lambda: lr.lab.ensemble(STREAM, [], [0]), "members"),
        (lambda: lr.lab.sharpness(STREAM, [], None, iterations=0), "iterations"),
        (lambda: lr.lab.sharpness(STREAM, [], None, tolerance=0), "tolerance"),
        (lambda: lr.lab.RandomLabels(scale=0), "scale"),
        (lambda: lr.lab.RandomLabels(size=0), "size"),
        (lambda: lr.lab.RandomLabels(size=2000), "size must be at most 1437"),
        (lambda: lr.lab.RandomLabels(labels="real"), "labels must be"),
        (lambda: lr.lab.RandomLabels(batch=0), "batch must be"),
        (lambda: lr.lab.RandomLabels(batch=65), "batch must be at most size=64, not 65"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()
