"""A duel: what an experiment finds on a grid wide enough, shown, or refused in words that help."""

from dataclasses import replace

import numpy as np
import pytest

import lrlib as lr
from lrlib import figures
from lrlib.lab.duel import NAMED, WIDER, duel

STREAM, T = lr.lab.Stream(), 60


@pytest.fixture(scope="module")
def result():
    return duel("constant", "cosine", STREAM, T=T, seeds=8, progress=False)


def test_a_duel_finds_what_an_experiment_finds(result):
    schedules = {"constant": lr.Constant, "cosine": lambda peak: lr.Cosine(peak, 0, T)}
    grid = {0.0059, 0.0089, 0.013, 0.02, 0.03, 0.045, 0.068, 0.1, 0.15, 0.23}
    peaks = sorted(grid.union(*result.peaks))
    same = lr.lab.experiment(STREAM, schedules, peaks, T, 8)
    for i, name in enumerate(result.names):
        assert result.peaks[i] == same.best_peaks(name)
        assert (result.losses[i] == same.at_best(name)).all()
    assert str(result.difference) == str(same.compare("constant", "cosine"))
    assert result.at[0] == 0 and result.at[-1] == T and result.edge == ()
    assert result.curves.shape == (2, len(result.at), 8)


def test_the_curves_are_those_of_the_best_peaks(result):
    half = len(result.at) // 2
    for i, make in enumerate((lr.Constant, lambda peak: lr.Cosine(peak, 0, T))):
        for seed in range(8):
            rates = make(result.peaks[i][seed % 2]).rates(T)
            assert np.array_equal(result.rates[i][seed % 2], rates)
            alone = lr.lab.train(STREAM, [rates], [seed], measure_at=[result.at[half]])
            assert result.curves[i, half, seed] == alone[0, 0, 0]


def test_it_prints_the_verdict_and_the_best_peaks(result):
    verdict, settings = repr(result).splitlines()
    assert verdict == str(result.difference)
    assert settings.startswith("Stream, 60 updates, 8 paired seeds; best peaks: constant: 0.")
    assert "; cosine: 0." in settings and "edge" not in settings
    both = replace(result, peaks=((0.1, 0.1), (0.2, 0.3)))
    assert repr(both).endswith("constant: 0.1; cosine: 0.2, by half of the seeds 0.3 (thin)")


def test_it_shows_itself_with_its_verdict_below(result, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **kwargs: shown.append(data))
    result._ipython_display_()
    assert shown[0]["image/png"].startswith(b"\x89PNG")
    assert str(result.difference) in shown[1]["text/markdown"]


def test_the_picture_has_both_rates_and_both_losses(result):
    left, right = figures.duel(result).axes
    for i in (0, 1):
        assert any(np.array_equal(line.get_ydata()[:-1], result.rates[i][0]) for line in left.lines)
        mean = result.curves[i].mean(-1)
        assert any(np.array_equal(line.get_ydata(), mean) for line in right.lines)
    assert right.get_ylabel().replace("\n", " ") == f"{STREAM.unit}, log scale"
    assert len(right.collections) == 2 and right.get_yscale() == "log"
    assert all(line.get_drawstyle() == "steps-post" for line in left.lines)


@pytest.mark.parametrize("length", [10, 400])
@pytest.mark.parametrize("name", NAMED)
def test_every_name_is_a_schedule_of_that_length_with_that_peak(name, length):
    schedule = NAMED[name](length, 0.3)
    assert schedule.T >= length
    assert schedule.rates(length).max() == pytest.approx(0.3, rel=0.2)
    assert f'"{name}"' in duel.__doc__


def test_the_grid_is_widened_until_the_best_peak_lies_inside():
    timid, bold = (lambda peak: lr.Constant(peak / 20)), (lambda peak: lr.Constant(20 * peak))
    result = duel(timid, bold, STREAM, T=30, seeds=4, progress=False)
    assert min(result.peaks[0]) > 0.1 and max(result.peaks[1]) < 0.006 and result.edge == ()


def test_the_grid_begins_around_the_rate_that_is_given(result):
    same = duel("constant", "cosine", STREAM, T=T, seeds=8, progress=False, around=0.1)
    assert same.peaks == result.peaks and (same.losses == result.losses).all()


def test_it_says_where_no_best_peak_was_found():
    asleep = "asleep", lambda peak: lr.Constant(peak / 3000)
    result = duel(asleep, "constant", STREAM, T=5, seeds=4, progress=False)
    assert result.edge == ("asleep",)
    assert "no best peak found for asleep, only the edge" in repr(result)
    assert result.peaks[0] == (pytest.approx(0.02 * 1.5 ** (3 + WIDER), rel=0.05),) * 2


# --- who may take part


def test_a_drawn_schedule_keeps_its_shape_and_is_scaled_to_the_peak():
    drawn = lr.Linear(3, 7, 10) >> lr.Linear(7, 0, 20)
    result = duel(("mine", drawn), "linear", STREAM, seeds=4, progress=False)
    assert result.names == ("mine", "linear") and result.T == 30
    for peak, rates in zip(result.peaks[0], result.rates[0]):
        np.testing.assert_allclose(rates, drawn.rates() / 7 * peak, rtol=1e-12)

    class Widget:
        schedule = drawn

    assert duel(Widget(), "linear", STREAM, seeds=4, progress=False).names == ("the first", "linear")
    named = duel(("mine", Widget()), "linear", STREAM, seeds=4, progress=False)
    assert named.names == ("mine", "linear") and named.T == 30


def test_averaged_weights_against_the_last_ones():
    pair = ("last", lr.Constant), ("averaged", lr.lab.Averaged(lr.Constant))
    result = duel(*pair, STREAM, T=T, seeds=4, progress=False)
    for seed in range(4):
        peak = result.peaks[1][seed % 2]
        alone = lr.lab.train(STREAM, [np.full(T, peak)], [seed], average=0.5)
        assert result.losses[1, seed] == alone[0, 0]


def test_two_of_one_name_are_told_apart():
    result = duel(lr.Cosine(1, 0, 9), lr.Cosine(1, 0.5, 9), STREAM, seeds=4, progress=False)
    assert result.names == ("first cosine", "second cosine") and result.T == 9
    assert (result.rates[0][:, -1] != result.rates[1][:, -1]).any()


def test_untuned_two_fixed_rates_are_compared_as_they_are():
    pair = ("low", lr.Constant(0.01)), ("high", lr.Constant(0.05))
    result = duel(*pair, STREAM, T=T, seeds=8, progress=False, tune=False)
    alone = lr.lab.train(STREAM, [np.full(T, 0.01), np.full(T, 0.05)], range(8))
    assert np.array_equal(result.losses, alone)
    assert "; peaks as given: low: 0.01; high: 0.05" in repr(result) and not result.tuned
    assert "best" not in figures.duel(result).axes[0].get_title(loc="left")


@pytest.mark.parametrize(
    "a, b, settings, words",
    [
        ("linaer", "cosine", {}, "unknown schedule 'linaer': the names are 'constant', 'linear', "),
        (lr.Linear(1, 0, 50), "cosine", {"T": 60}, "linear lasts 50 updates, the duel T=60: make it "),
        (
            lr.Linear(1, 0, 50), lr.Cosine(1, 0, 60), {},
            "linear lasts 50 updates and cosine 60: make both for the same number",
        ),
        (
            lambda peak: lr.Linear(peak, 0, 50), "cosine", {"T": 60},
            "the first lasts 50 updates, the duel T=60: make it for 60 updates, or give T=50",
        ),
        (
            "cosine", lambda peak: peak, {},
            "the second: the function must return a schedule, .* for the peak 0.02 it returned 0.02",
        ),
        ("cosine", "cosine", {}, "are the same schedule over 400 updates: .* such as 'linear'"),
        ("linear", lambda p: lr.Linear(p, 0, 60), {"T": 60}, "linear and the second are the same"),
        (lr.Constant(0.0), "linear", {}, "constant is 0 at all of the 400 updates"),
        (0.1, "linear", {}, "the first must be a schedule, .* not 0.1; the names are 'constant'"),
        ("linear", int, {}, "the second must be a schedule"),
        (lr.Constant(0.1), "linear", {"tune": False}, "linear must be a schedule with rates of its own"),
        (lr.Constant(0.1), lr.Constant(0.1), {"tune": False}, "are the same schedule"),
        ("linear", "cosine", {"task": lr.lab.Stream}, r"task must be .* such as Stream\(\)"),
        ("linear", "cosine", {"seeds": 2}, "seeds must be a whole number >= 4, not 2"),
        ("linear", "cosine", {"around": 0}, "around must be"),
        ("linear", "cosine", {"T": 0}, "T must be a whole number >= 1"),
        ("linear", "cosine", {"optimizer": "adam"}, "optimizer must be"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_that_help(a, b, settings, words):
    with pytest.raises((TypeError, ValueError), match=words):
        duel(a, b, **{"task": STREAM, "seeds": 4, **settings})
