"""The laboratory: equal to torch.optim run by run, paired, reproducible, honest in its verdicts."""

import numpy as np
import pytest
import torch

import lrlib as lr
from lrlib.lab import statistics
from lrlib.lab.trainer import CAP

TASKS = [lr.lab.Stream(), lr.lab.FreshDigits(), lr.lab.CleanDigits()]
by_name = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
COSINE = lr.Cosine(0.05, 0, 40).rates()


def one_by_one(task, rates, seed, momentum):
    """The same run with torch.nn and torch.optim, without lrlib's trainer: its final measure."""
    weights = task.parameters([seed])
    layers = []
    for weight, bias in zip(weights[::2], weights[1::2]):
        layers += [torch.nn.Linear(*weight.shape[1:]), torch.nn.ReLU()]
        layers[-2].weight.data, layers[-2].bias.data = weight[0].T.clone(), bias[0, 0].clone()
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=momentum)
    for rate, (x, y) in zip(rates, task.batches([seed], len(rates))):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x[0]), y[0]).backward()
        optimizer.step()
    trained = [layers[i].weight.T[None] for i in range(0, len(layers), 2)]
    biases = [layers[i].bias[None, None] for i in range(0, len(layers), 2)]
    parameters = [tensor for pair in zip(trained, biases) for tensor in pair]
    with torch.no_grad():
        return task.measure(parameters, [seed]).item()


@by_name
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_trainer_equals_torch_optim_run_by_run(task, momentum):
    seeds = [3, 5, 8]
    rates = np.stack([COSINE, np.full(40, 0.02)])
    ours = lr.lab.train(task, rates, seeds, lr.lab.SGD(momentum))
    for k in range(2):
        for s, seed in enumerate(seeds):
            assert ours[k, s] == pytest.approx(one_by_one(task, rates[k], seed, momentum), rel=2e-5)


@by_name
def test_a_run_does_not_depend_on_its_neighbours(task):
    many = lr.lab.train(task, [COSINE, COSINE / 2, COSINE / 5], range(8))
    alone = lr.lab.train(task, [COSINE / 2], [6])
    assert alone[0, 0] == many[1, 6]


@by_name
def test_the_same_call_gives_the_same_bits(task):
    first, second = (lr.lab.train(task, [COSINE], range(3)) for _ in range(2))
    assert (first == second).all()


@by_name
def test_a_shorter_run_sees_the_same_minibatches(task):
    for short, long in zip(task.batches([0, 4], 5), task.batches([0, 4], 9)):
        assert all((a == b).all() for a, b in zip(short, long))


@by_name
def test_schedules_share_weights_and_minibatches_of_a_seed(task):
    same = lr.lab.train(task, [COSINE, COSINE], range(4))
    assert (same[0] == same[1]).all()
    assert len(set(same[0])) == 4  # and seeds differ


@by_name
def test_measure_is_zero_for_the_truth_and_positive_after_training(task):
    assert (lr.lab.train(task, [COSINE], range(4)) > 0).all()


def test_divergence_is_zero_only_for_the_target_itself():
    logits = torch.tensor([[[0.0, 1.0, 2.0]]])
    assert lr.lab.tasks.network.divergence(logits.softmax(-1), logits).item() == pytest.approx(0, abs=1e-7)
    assert lr.lab.tasks.network.divergence(logits.softmax(-1).flip(-1), logits).item() > 0.1


def test_fresh_digits_redraws_forty_per_cent_of_the_labels():
    task = lr.lab.FreshDigits()
    clean = torch.cat([y for _, y in lr.lab.CleanDigits().batches(range(4), 200)], 1)
    fresh = torch.cat([y for _, y in task.batches(range(4), 200)], 1)
    changed = (clean != fresh).double().mean().item()
    assert changed == pytest.approx(0.4 * 0.9, abs=0.02)  # one redraw in ten gives the same label


def test_with_one_teacher_all_seeds_have_the_problem_of_that_seed():
    task, own = lr.lab.Stream(teacher=3), lr.lab.Stream()
    losses = lr.lab.train(task, [COSINE], [0, 3, 7])[0]
    assert losses[1] == lr.lab.train(own, [COSINE], [3])[0, 0]
    assert losses[0] != lr.lab.train(own, [COSINE], [0])[0, 0]
    teachers = [parameter for parameter in task._teacher([0, 3, 7])]
    assert all((p == p[1]).all() for p in teachers)
    assert len({float(x[0, 0, 0]) for x, _ in [next(task.batches([s], 1)) for s in (0, 3, 7)]}) == 3
    with pytest.raises(ValueError, match="teacher must be a whole number >= 0, not -1"):
        lr.lab.Stream(teacher=-1)


def test_measures_along_the_way():
    task = lr.lab.Stream()
    along = lr.lab.train(task, [COSINE], range(3), measure_at=[0, 20, 40])
    assert along.shape == (3, 1, 3)
    assert (along[2] == lr.lab.train(task, [COSINE], range(3))).all()
    assert (along[1] == lr.lab.train(task, [COSINE[:20]], range(3))).all()
    assert along[0].mean() > along[2].mean()


def test_a_diverged_run_is_capped_and_never_nan():
    losses = lr.lab.train(lr.lab.FreshDigits(), [np.full(40, 1e6), COSINE], range(4))
    assert (losses[0] == CAP).all() and (losses[1] < CAP).all()


def test_progress_only_after_two_seconds(capsys):
    lr.lab.train(lr.lab.Stream(), [COSINE], range(2))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "kwargs, words",
    [
        ({"rates": [0.1]}, "rates must be"),
        ({"rates": [[0.1, -1]]}, "rates must be"),
        ({"rates": [[0.1, np.nan]]}, "rates must be"),
        ({"seeds": []}, "seeds must hold"),
        ({"seeds": [1, 1]}, "differ"),
        ({"seeds": [-1]}, "a seed"),
        ({"seeds": 4}, "seeds must be a list"),
        ({"measure_at": [3]}, "measure_at must be at most T=2"),
        ({"measure_at": []}, "measure_at must be a list"),
        ({"measure_at": 2}, "measure_at must be a list"),
        ({"rates": [[0.1, 0.1], [0.1]]}, "rates must be .* one length"),
        ({"task": "Stream"}, r"task must be .* such as Stream\(\), not 'Stream'"),
        ({"task": lr.lab.Stream}, "task must be"),
    ],
)
def test_bad_settings_of_the_trainer(kwargs, words):
    settings = {"task": TASKS[0], "rates": [[0.1, 0.1]], "seeds": [0], **kwargs}
    with pytest.raises((ValueError, TypeError), match=words):
        lr.lab.train(**settings)


# --- statistics


def test_paired_interval_covers_the_truth_in_95_per_cent_of_trials():
    rng = np.random.default_rng(0)
    b = 10 + rng.standard_normal((2000, 12))
    a = b + 0.5 + rng.standard_normal((2000, 12))
    half = statistics.half_width(a - b)
    covered = np.abs((a - b).mean(-1) - 0.5) <= half
    assert 0.935 < covered.mean() < 0.965


@pytest.mark.parametrize(
    "shift, spread, kind, words",
    [
        (2.0, 0.5, "higher", "new loses to old: its loss is 20 % higher [+18, +22]"),
        (-2.0, 0.5, "lower", "new beats old: its loss is 20 % lower [-22, -18]"),
        (0.5, 0.1, "higher", "new loses to old: its loss is 5.0 % higher [+4.6, +5.4]"),
        (0.4, 0.5, "a little higher", "new against old: a little higher (+4.0 % [+2.2, +5.8])"),
        (-0.1, 0.1, "a little lower", "new against old: a little lower (-1.0 % [-1.4, -0.6])"),
        (0.1, 0.5, "a tie", "new and old: a tie within 5 % (+1.0 % [-0.8, +2.8])"),
        (0.0, 0.0, "a tie", "new and old: a tie within 5 % (+0.0 % [+0.0, +0.0])"),
        (0.0, 5.0, "undecided", "new and old: undecided (+0.0 % [-18, +18])"),
        (1.0, 5.0, "undecided", "new and old: undecided (+10 % [-8.3, +28])"),
    ],
)
def test_verdicts(shift, spread, kind, words):
    noise = np.resize([1.0, -1.0], 32) * spread
    difference = lr.lab.paired_difference(10 + shift + noise, np.full(32, 10.0), ("new", "old"))
    assert difference.kind == kind
    assert str(difference) == words
    assert difference.numbers in words or kind in ("higher", "lower")
    assert difference.percent == pytest.approx(10 * shift, abs=1e-9)


@pytest.mark.parametrize(
    "percent, low, high, numbers",
    [
        (3.9, 0.04, 7.2, "+3.9 % [+0.04, +7.2]"),  # above 0, and printed above 0
        (-3.9, -7.2, -0.0004, "-3.9 % [-7.2, -0.0004]"),
        (4.97, 0.1, 9.94, "+4.97 % [+0.1, +9.9]"),  # 'a little', so not 5.0
        (1.0, -2.0, 4.999, "+1.0 % [-2.0, +4.999]"),  # a tie lies within 5
        (9.96, 5.04, 14.6, "+10 % [+5.0, +15]"),
        (1.3, -5.04, 7.66, "+1.3 % [-5.0, +7.7]"),
        (-0.0, -0.0, 0.0, "+0.0 % [+0.0, +0.0]"),
        (1e-9, -1e-9, 2e-9, "+1e-09 % [-1e-09, +2e-09]"),
    ],
)
def test_no_interval_seems_to_touch_what_it_leaves_out(percent, low, high, numbers):
    assert lr.lab.Difference("a", "b", percent, low, high, 32).numbers == numbers


def test_an_exact_difference_has_no_interval():
    assert str(lr.lab.Difference("a", "b", 23.0, 23.0, 23.0, 0)) == (
        "a loses to b: its loss is 23 % higher, exact"
    )


def test_cross_fit_reports_on_the_half_that_did_not_choose():
    losses = np.array([[1.0, 9.0, 1.0, 9.0], [5.0, 5.0, 5.0, 5.0]])  # peaks x seeds
    fitted, chosen = lr.lab.cross_fit(losses)
    assert chosen.tolist() == [1, 0]  # even seeds are reported at the odd ones' choice
    assert fitted.tolist() == [5.0, 9.0, 5.0, 9.0]


def test_cross_fit_can_choose_by_other_losses():
    losses, by = np.array([[1.0] * 4, [2.0] * 4]), np.array([[5.0] * 4, [0.0] * 4])
    assert lr.lab.cross_fit(losses)[0].tolist() == [1.0] * 4
    assert lr.lab.cross_fit(losses, by)[0].tolist() == [2.0] * 4
    both, chosen = lr.lab.cross_fit(np.stack([losses, -losses]), by)  # one choice for two moments
    assert both.tolist() == [[2.0] * 4, [-2.0] * 4] and chosen.tolist() == [[1, 1], [1, 1]]


def test_cross_fit_is_unbiased_where_choosing_on_the_same_seeds_flatters():
    losses = np.random.default_rng(0).standard_normal((500, 8, 32))
    assert losses.mean(-1).min(-1).mean() < -0.2
    assert abs(lr.lab.cross_fit(losses)[0].mean()) < 0.02


@pytest.mark.parametrize(
    "call",
    [
        lambda: statistics.half_width([1.0]),
        lambda: lr.lab.paired_difference([1, 2], [1, 2, 3]),
        lambda: lr.lab.cross_fit([[1, 2, 3]]),
    ],
)
def test_bad_input_of_the_statistics(call):
    with pytest.raises(ValueError):
        call()


# --- experiments


@pytest.fixture(scope="module")
def result():
    schedules = {"constant": lr.Constant, "cosine": lambda peak: lr.Cosine(peak, 0, 200)}
    return lr.lab.experiment(lr.lab.Stream(), schedules, [0.01, 0.02, 0.04, 0.08], T=200)


def test_annealing_beats_a_constant_rate_on_a_stream(result):
    difference = result.compare("constant", "cosine")
    assert difference.kind == "higher" and difference.low > difference.percent / 4


def test_a_result_keeps_its_settings_and_prints_them(result):
    assert result.losses.shape == (2, 4, 32)
    assert (result.T, result.seeds) == (200, tuple(range(32)))
    lines = repr(result).splitlines()
    assert lines[0].startswith("Stream: 200 updates, 32 seeds") and len(lines) == 5
    assert lines[1] == "loss: KL(teacher ‖ student), nats"
    assert set(result.best_peaks("cosine")) <= set(result.peaks)


@pytest.mark.parametrize(
    "kwargs, words",
    [
        ({"schedules": {}}, "schedules must hold"),
        ({"peaks": []}, "peaks must hold"),
        ({"peaks": [0.0]}, "a peak"),
        ({"seeds": 3}, "seeds"),
        ({"seeds": []}, "seeds must hold at least 4"),
        ({"seeds": [1, 2, 3]}, "seeds must hold at least 4"),
        ({"seeds": [1, 2, 2, 3]}, "seeds must differ"),
        ({"T": 0}, "T must"),
        ({"T": 50}, "short ends at T=10, before the run of 50"),
        ({"peaks": 0.1}, "peaks must be a list"),
        ({"measure_at": [11]}, "measure_at must be at most T=10"),
        ({"measure_at": 5}, "measure_at must be a list"),
        ({"schedules": [lr.Constant]}, "schedules must hold"),
        ({"schedules": {"flat": lr.Constant(0.1)}}, "flat must be a function peak -> Schedule"),
        ({"schedules": {"flat": lambda peak: peak}}, "flat must be a function .* not 0.1"),
        ({"task": "Streem"}, "task must be .* 'Streem'"),
        ({"optimizer": "sgd"}, "optimizer must be .* 'sgd'"),
        ({"max_norm": -1}, "max_norm"),
    ],
)
def test_bad_settings_of_an_experiment(kwargs, words):
    settings = {
        "task": lr.lab.Stream(),
        "schedules": {"short": lambda peak: lr.Cosine(peak, 0, 10)},
        "peaks": [0.1],
        "T": 10,
        **kwargs,
    }
    with pytest.raises((ValueError, TypeError), match=words):
        lr.lab.experiment(**settings)


def test_an_unknown_schedule_is_named(result):
    with pytest.raises(ValueError, match="unknown schedule 'linear'"):
        result.compare("linear", "cosine")
