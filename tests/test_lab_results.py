"""What a result is asked afterwards: a slider's grid, curves on the way, and whether a file fits."""

import json

import numpy as np
import pytest

import lrlib as lr
from lrlib.lab import statistics
from lrlib.lab.trainer import CAP


@pytest.fixture(scope="module")
def with_curves():
    schedules = {"constant": lr.Constant, "cosine": lambda peak: lr.Cosine(peak, 0, 60)}
    return lr.lab.experiment(
        lr.lab.Stream(), schedules, [0.02, 0.06], 60, np.arange(5), max_norm=2, measure_at=[0, 20, 60]
    )  # fmt: skip


def test_the_loss_at_a_peak_is_the_mean_over_seeds_with_its_interval(with_curves):
    mean, half = with_curves.loss("cosine", 0.06)
    at_peak = with_curves.losses[1, 1]
    assert mean == at_peak.mean() and half == statistics.half_width(at_peak) > 0


def test_curves_are_the_losses_on_the_way(with_curves):
    assert with_curves.curves.shape == (2, 2, 3, 5) and with_curves.losses.shape == (2, 2, 5)
    assert (with_curves.curves[:, :, 2] == with_curves.losses).all()
    assert (with_curves.curves[0, :, 0] == with_curves.curves[1, :, 0]).all()  # before any update
    alone = lr.lab.train(lr.lab.Stream(), [np.full(20, 0.06)], range(5), max_norm=2)
    assert (with_curves.curves[0, 1, 1] == alone[0]).all()
    mean, half = with_curves.curve("cosine", 0.06)
    assert mean.shape == half.shape == (3,)
    assert (mean[-1], half[-1]) == with_curves.loss("cosine", 0.06)
    assert mean[-1] < mean[0]


def test_a_course_is_the_curve_at_the_peak_that_the_end_chose(with_curves):
    course = with_curves.course("cosine")
    assert course.shape == (3, 5) and (course[2] == with_curves.at_best("cosine")).all()
    i = with_curves.names.index("cosine")
    chosen = [with_curves.peaks.index(p) for p in with_curves.best_peaks("cosine")]
    for seed in range(5):
        own = with_curves.curves[i, chosen[seed % 2], :, seed]
        assert (course[:, seed] == own).all()


def test_questions_that_a_result_cannot_answer(with_curves):
    with pytest.raises(ValueError, match="unknown peak 0.03; this experiment has 0.02, 0.06"):
        with_curves.loss("cosine", 0.03)
    with pytest.raises(ValueError, match="unknown schedule 'linear'"):
        with_curves.curve("linear", 0.02)
    short = lr.lab.experiment(lr.lab.Stream(), {"constant": lr.Constant}, [0.02], 1, 4)
    assert short.curves.shape == (1, 1, 0, 4)
    with pytest.raises(ValueError, match="give it measure_at"):
        short.curve("constant", 0.02)
    with pytest.raises(ValueError, match="give it measure_at"):
        short.course("constant")


# --- results in files


def test_a_saved_result_is_the_same_with_all_its_settings(with_curves, tmp_path):
    with_curves.save(tmp_path / "result.npz")
    loaded = lr.lab.Result.load(tmp_path / "result.npz")
    for name, value in vars(with_curves).items():
        assert np.array_equal(getattr(loaded, name), value), name
        assert type(getattr(loaded, name)) is type(value), name
    assert loaded.optimizer == "SGD(momentum=0.9, nesterov=False, weight_decay=0.0)"
    assert (loaded.max_norm, loaded.measure_at) == (2, (0, 20, 60))
    assert repr(loaded) == repr(with_curves)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda settings, arrays: settings.update(warp=9), "unknown keys: warp"),
        (lambda settings, arrays: settings.pop("max_norm"), "lacks the keys max_norm"),
        (lambda settings, arrays: arrays.update(extra=np.ones(2)), "unknown keys: extra"),
        (lambda settings, arrays: arrays.pop("curves"), "lacks the keys curves"),
        (
            lambda settings, arrays: settings.update(seeds=[1, 2]),
            r"losses must have .* \(2, 2, 2\)",
        ),
        (lambda settings, arrays: settings.update(measure_at=[1]), "curves must have the shape"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(with_curves, tmp_path, change, words):
    with_curves.save(tmp_path / "result.npz")
    with np.load(tmp_path / "result.npz") as file:
        arrays = dict(file)
    settings = json.loads(str(arrays.pop("settings")))
    change(settings, arrays)
    np.savez(tmp_path / "changed.npz", settings=json.dumps(settings), **arrays)
    with pytest.raises(ValueError, match=words):
        lr.lab.Result.load(tmp_path / "changed.npz")


def test_divergence_is_reported_as_a_rate_and_never_as_nan():
    schedules = {"constant": lr.Constant, "wild": lambda peak: lr.Constant(1e6 * peak)}
    result = lr.lab.experiment(lr.lab.Stream(), schedules, [0.01, 0.02], 20, seeds=4)
    assert [p.rate for p in result.divergence("constant")] == [0.0, 0.0]
    assert [p.rate for p in result.divergence("wild")] == [1.0, 1.0]
    assert result.losses.max() == CAP
    assert result.divergence("constant", above=0.0)[0].rate == 1.0
