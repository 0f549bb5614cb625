"""The bowl that is fitted to a network: exact, found again, refused, and its forecasts judged."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

import lrlib as lr
from lrlib import figures
from lrlib.dynamics import Bowl, noise_like_curvature, noisy_quadratic
from lrlib.dynamics.bowl import expected_losses
from lrlib.lab import BOWLS, EMA, fit_bowl, forecast, rank_correlation
from lrlib.lab.experiment import Result

CURVATURES = 1.5 * np.arange(1.0, 25.0) ** -1.6
RATES, AT, T = (0.008, 0.015, 0.03, 0.06, 0.12), (0, 25, 50, 100, 200, 300, 400), 400
SCHEDULES = {
    "cosine": lambda peak: lr.Cosine(peak, 0, T),
    "constant": lr.Constant,
    "averaged": lr.lab.Averaged(lr.Constant, 0.5),
    "two drops": lambda peak: lr.MultiStep(peak, (200, 300), 0.1),
    "1/√t": lambda peak: lr.InverseSqrt(peak, 20),
}


def known(model):
    """A bowl such as a fit of the model can find."""
    spread = 0.2 if model == "white" else noise_like_curvature(0.2, CURVATURES)
    return Bowl(
        CURVATURES, spread, x0=0.6, momentum=0.9, floor=0.02,
        growing=2.0 if model == "growing with the loss" else 0.0,
        flattening=1 / 3 if model == "flattening" else 0.0,
    )  # fmt: skip


def measured_on(bowl, rates=RATES, at=AT, names=("constant",)):
    """What an experiment with fixed rates would return if the network were this bowl."""
    losses = bowl.losses(np.repeat(np.array(rates)[:, None], T, axis=1))
    curves = np.broadcast_to(losses[:, list(at), None], (len(names), len(rates), len(at), 4))
    return Result(
        "bowl", "loss", names, tuple(rates), T, (0, 1, 2, 3), "SGD()", None, tuple(at),
        losses=curves[:, :, -1] if at else np.ones((1, len(rates), 4)), curves=curves,
    )  # fmt: skip


@pytest.mark.parametrize("average", [None, 0.5, 1.0, EMA(0.9)])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_without_its_additions_it_is_the_noisy_quadratic(momentum, average):
    rates = np.stack([lr.Cosine(0.1, 0, 60).rates(60), lr.Constant(0.05).rates(60)])
    noise, x0 = np.linspace(0.1, 0.4, 24), np.linspace(1, 2, 24)
    bowl = Bowl(CURVATURES, noise, x0, momentum, floor=0.3)
    exact = noisy_quadratic(rates, CURVATURES, noise, x0, momentum, average)
    np.testing.assert_allclose(bowl.losses(rates, average), exact + 0.3, rtol=1e-12)


def test_growing_noise_and_a_fading_pull_follow_their_formulas_step_by_step():
    bowl = Bowl([2.0, 0.5], [0.3, 0.1], x0=[1.0, 2.0], growing=1.5, flattening=0.4)
    q, travel, rates = np.array([1.0, 4.0]), 0.0, [0.3, 0.2, 0.4, 0.1]
    for rate, shown in zip([*rates, 0], bowl.losses(rates)):
        loss = (bowl.curvatures * q).sum() / 2
        assert shown == pytest.approx(loss, rel=1e-12)
        fade = (1 + 2.0 * travel) ** -0.4
        q = (1 - rate * fade * bowl.curvatures) ** 2 * q
        q += rate**2 * fade * bowl.noise**2 * (1 + 1.5 * loss)
        travel += rate


def test_with_momentum_and_all_additions_it_is_the_mean_of_many_runs():
    """Sampled with noise that follows the exact expected loss, as the recursion defines it."""
    bowl = Bowl([1.0, 0.2], [0.3, 0.2], x0=1.0, momentum=0.8, growing=2.0, flattening=0.3)
    rates, n = lr.Linear(0.2, 0, 40).rates(40), 40_000
    exact, rng = bowl.losses(rates), np.random.default_rng(0)
    x, v, travel = np.ones((n, 2)), np.zeros((n, 2)), 0.0
    for rate, loss in zip(rates, exact):
        fade = (1 + travel / 0.2) ** -0.3
        spread = bowl.noise * np.sqrt(fade * (1 + 2 * loss))
        v = 0.8 * v + fade * bowl.curvatures * x + spread * rng.standard_normal(x.shape)
        x, travel = x - rate * v, travel + rate
    losses = (bowl.curvatures * x**2).sum(-1) / 2
    assert abs(losses.mean() - exact[-1]) < 4 * losses.std() / np.sqrt(n)


def test_many_bowls_at_once_are_each_alone():
    several = [
        Bowl(CURVATURES * s, 0.1 * s, momentum=0.9, growing=s, flattening=s / 5) for s in (1, 2)
    ]
    eta = np.full((30, 1, 1), 0.03)
    stack = lambda name: np.array([getattr(bowl, name) for bowl in several])  # noqa: E731
    loss = expected_losses(
        eta, stack("curvatures"), stack("noise") ** 2, stack("x0") ** 2, 0.9,
        stack("growing")[:, None], stack("flattening")[:, None],
    )  # fmt: skip
    for each, bowl in zip(loss.T, several):
        np.testing.assert_allclose(each, bowl.losses(np.full(30, 0.03)), rtol=1e-12)


@pytest.mark.parametrize("model", BOWLS)
def test_a_fit_to_fixed_rates_finds_a_known_bowl_again(model):
    bowl = known(model)
    found = fit_bowl(measured_on(bowl), model)
    rates = np.repeat(np.array([0.005, 0.02, 0.1])[:, None], T, axis=1)
    np.testing.assert_allclose(found.losses(rates), bowl.losses(rates), rtol=0.04)
    assert found.curvatures[0] == pytest.approx(CURVATURES[0], rel=0.1)
    assert found.flattening == bowl.flattening
    truth, predicted = (forecast(each, SCHEDULES, RATES, T, "cosine") for each in (bowl, found))
    assert list(predicted) == ["constant", "averaged", "two drops", "1/√t"]
    for name in truth:
        assert predicted[name] == pytest.approx(truth[name], abs=4)
    assert max(truth.values()) - min(truth.values()) > 12  # they differ by more than the slack


def test_a_forecast_takes_each_schedule_at_its_own_best_peak():
    bowl, peaks = known("like the curvature"), (0.01, 0.03, 0.1)
    found = forecast(bowl, SCHEDULES, peaks, T, "cosine")
    best = {}
    for name, make in SCHEDULES.items():
        losses = [
            noisy_quadratic(make(p).rates(T), bowl.curvatures, bowl.noise, bowl.x0, 0.9,
                            0.5 if name == "averaged" else None)[-1] for p in peaks
        ]  # fmt: skip
        best[name] = min(losses) + bowl.floor
    for name, percent in found.items():
        assert percent == pytest.approx(100 * (best[name] / best["cosine"] - 1), abs=1e-8)


def test_what_is_no_bowl_and_no_result_is_refused():
    good = measured_on(known("white"))
    for wrong, match in (
        (dataclasses.replace(good, measure_at=(), curves=np.ones((1, 5, 0, 4))), "measure_at"),
        (measured_on(known("white"), names=("constant", "cosine")), "one schedule"),
        (measured_on(known("white"), rates=(0.1,)), "several rates"),
    ):
        with pytest.raises(ValueError, match=match):
            fit_bowl(wrong, "white")
    with pytest.raises(TypeError, match="result"):
        fit_bowl(CURVATURES, "white")
    with pytest.raises(ValueError, match="model"):
        fit_bowl(good, "pink")
    with pytest.raises(ValueError, match="momentum"):
        fit_bowl(good, "white", momentum=1.0)
    with pytest.raises(ValueError, match="directions"):
        fit_bowl(good, "white", directions=1)
    for wrong in ({"momentum": 1.0}, {"floor": -1}, {"growing": -1}, {"flattening": np.nan}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Bowl([1.0], **wrong)
    with pytest.raises(ValueError, match="curvatures"):
        Bowl([-1.0])
    with pytest.raises(TypeError, match="bowl"):
        forecast([1.0], SCHEDULES, [0.1], T, "cosine")
    with pytest.raises(ValueError, match="reference"):
        forecast(known("white"), SCHEDULES, [0.1], T, "linear")


def test_the_rank_correlation_is_spearmans_and_its_interval_an_ordinary_bootstrap():
    rng = np.random.default_rng(1)
    truth = rng.normal(size=15)
    losses = 3 + truth[:, None] + rng.normal(size=(15, 32))
    predicted = truth + rng.normal(size=15)
    found = rank_correlation(predicted, losses)
    assert found.value == pytest.approx(stats.spearmanr(predicted, losses.mean(1))[0], abs=1e-12)
    other, draws = np.random.default_rng(2), []  # drawn one by one, with scipy's correlation
    for _ in range(1500):
        rows, columns = other.integers(15, size=15), other.integers(32, size=32)
        draws.append(stats.spearmanr(predicted[rows], losses[rows][:, columns].mean(1))[0])
    low, high = np.percentile(draws, [2.5, 97.5])
    assert found.low == pytest.approx(low, abs=0.05) and found.high == pytest.approx(high, abs=0.03)
    assert found.low < found.value < found.high
    assert str(found) == f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
    assert rank_correlation(losses.mean(1), losses).value == pytest.approx(1)
    same = rank_correlation(predicted, losses).draws
    assert (same == found.draws).all()  # so that two predictions have a paired difference


def test_shapes_that_do_not_fit_have_no_rank_correlation():
    for predicted, losses in (
        ([1, 2], np.ones((2, 4))),
        ([1, 2, 3], np.ones((2, 4))),
        ([1, 2, 3], np.ones((3, 1))),
        (np.ones((3, 3)), np.ones((3, 4))),
    ):
        with pytest.raises(ValueError, match="shapes"):
            rank_correlation(predicted, losses)


def differences(numbers):
    return {
        name: lr.lab.Difference(name, "cosine", p, p - 2, p + 2, 32) for name, p in numbers.items()
    }


def test_the_picture_names_the_worst_where_they_can_be_read():
    rng = np.random.default_rng(3)
    names = [f"schedule {i}" for i in range(15)]
    measured = {task: dict(zip(names, rng.normal(10, 15, 15))) for task in ("A", "B")}
    predicted = {
        model: {
            task: {name: p + rng.normal(0, 8) for name, p in each.items()}
            for task, each in measured.items()
        }
        for model in BOWLS
    }
    found = {task: differences(each) for task, each in measured.items()}
    figure = figures.forecasts(predicted, found, "cosine", named=4)
    assert figures.collisions(figure) == []
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(BOWLS)
    for axes, tasks in zip(figure.axes, predicted.values()):
        texts = {text.get_text() for text in axes.texts}
        off = {n: abs(tasks["A"][n] - measured["A"][n]) for n in names}
        assert texts and texts <= set(sorted(off, key=off.get)[-4:])
    points = [bars[0].get_xydata() for bars in figure.axes[0].containers]
    for task, each in zip(("A", "B"), points):
        wanted = [(measured[task][n], predicted["white"][task][n]) for n in names]
        np.testing.assert_allclose(each, wanted)


def test_one_model_has_one_panel_and_three_leave_one_empty():
    each = {"A": {"x": 1.0, "y": 20.0}}
    found = {task: differences(numbers) for task, numbers in each.items()}
    assert len(figures.forecasts({"one": each}, found, "cosine").axes) == 1
    three = figures.forecasts({"one": each, "two": each, "three": each}, found, "cosine")
    assert [axes.axison for axes in three.axes] == [True, True, True, False]
    assert figures.collisions(three) == []
