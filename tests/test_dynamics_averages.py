"""Averaged weights on the bowl, and the two noises: exact, against covariances and simulation."""

import numpy as np
import pytest

import lrlib as lr
from lrlib.dynamics import EMA, noise_floor, noise_like_curvature, noisy_quadratic, power_law
from lrlib.dynamics.averages import entering

T = 30
RATES = lr.Cosine(0.9, 0.1, T).rates()
CURVATURES = power_law(4, 1.0)
NOISE = np.array([0.1, 0.2, 0.3, 0.4])
START = np.array([1.0, -2.0, 0.5, 3.0])
AVERAGES = [0.5, 1, 0.01, EMA(0.8)]


def averaged(points, average):
    """The average after T updates by its definition, from points x_1 ... x_T on the first axis."""
    if isinstance(average, EMA):
        y = points[0]
        for x in points[1:]:
            y = average.beta * y + (1 - average.beta) * x
        return y
    return points[-max(1, round(average * len(points))) :].mean(0)


@pytest.mark.parametrize("average", AVERAGES, ids=str)
def test_the_weights_of_an_average_are_those_of_its_definition(average):
    points = np.random.default_rng(0).standard_normal((T, 3))
    y = np.zeros(3)
    for w, x in zip(entering(average, T), points, strict=True):
        y = (1 - w) * y + w * x
    np.testing.assert_allclose(y, averaged(points, average), rtol=1e-12)


@pytest.mark.parametrize("average", AVERAGES, ids=str)
def test_the_loss_of_an_average_is_the_sum_over_all_covariances(average):
    """E[x_s x_t] = (1 - eta_s c) ... (1 - eta_{t-1} c) E[x_s^2] for s <= t."""
    shares = np.array([averaged(np.eye(T)[:, [t]], average)[0] for t in range(T)])  # y = shares . x
    expected = 0.0
    for c, noise, start in zip(CURVATURES, NOISE, START):
        moments, factors = [start**2], 1 - RATES * c
        for rate, a in zip(RATES, factors):
            moments.append(a**2 * moments[-1] + rate**2 * noise**2)
        for s in range(T):
            for t in range(T):
                early, late = min(s, t), max(s, t)
                together = moments[early + 1] * np.prod(factors[early + 1 : late + 1])
                expected += c / 2 * shares[s] * shares[t] * together
    actual = noisy_quadratic(RATES, CURVATURES, NOISE, START, average=average)
    assert actual.shape == (T + 1,) and actual[-1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_the_averaged_loss_is_the_mean_of_simulated_runs(momentum):
    rng, runs = np.random.default_rng(0), 20_000
    x, v, path = np.tile(START, (runs, 1)), 0.0, []
    for rate in RATES:
        v = momentum * v + CURVATURES * x + NOISE * rng.standard_normal(x.shape)
        x = x - rate * v
        path.append(x)
    for average in AVERAGES:
        losses = averaged(np.array(path), average) ** 2 @ CURVATURES / 2
        exact = noisy_quadratic(RATES, CURVATURES, NOISE, START, momentum, average)[-1]
        assert abs(losses.mean() - exact) <= 5 * losses.std() / np.sqrt(runs)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_until_the_part_begins_the_average_is_the_point_itself(momentum):
    plain = noisy_quadratic(RATES, CURVATURES, NOISE, START, momentum)
    half = noisy_quadratic(RATES, CURVATURES, NOISE, START, momentum, average=0.5)
    np.testing.assert_allclose(half[: T // 2 + 2], plain[: T // 2 + 2], rtol=1e-12)
    assert (half[T // 2 + 2 :] != plain[T // 2 + 2 :]).all()
    last = noisy_quadratic(RATES, CURVATURES, NOISE, START, momentum, average=1e-9)
    np.testing.assert_allclose(last, plain, rtol=1e-12)


def test_averages_of_many_runs_are_computed_as_if_one_by_one():
    peaks = np.array([[0.1, 0.5], [1.5, 2.5]])
    together = noisy_quadratic(peaks[..., None] * RATES, CURVATURES, momentum=0.5, average=0.5)
    for index, peak in np.ndenumerate(peaks):
        alone = noisy_quadratic(peak * RATES, CURVATURES, momentum=0.5, average=0.5)
        np.testing.assert_allclose(together[index], alone, rtol=1e-12)


def test_on_the_bowl_the_averaged_fixed_rate_is_level_with_the_line():
    """The bowl of the lessons: 20 curvatures 1/i, noise 0.2, 200 updates, each at its best peak."""
    spectrum, peaks = power_law(20, 1.0), np.geomspace(0.02, 1.9, 100)[:, None]

    def lowest(shape, average=None):
        rates = peaks * shape.rates(200)
        return noisy_quadratic(rates, spectrum, 0.2, average=average)[:, -1].min()

    assert lowest(lr.Constant(1)) == pytest.approx(0.0370, abs=1e-4)
    assert lowest(lr.Linear(1, 0, 200)) == pytest.approx(0.0261, abs=1e-4)
    assert lowest(lr.Constant(1), average=0.5) == pytest.approx(0.0267, abs=1e-4)
    assert lowest(lr.Constant(1), average=0.9) == pytest.approx(0.0215, abs=1e-4)


def test_noise_like_the_curvature_has_the_total_of_white_noise():
    noise = noise_like_curvature(0.2, CURVATURES)
    assert np.square(noise).sum() == pytest.approx(4 * 0.2**2, rel=1e-15)
    np.testing.assert_allclose(np.square(noise) / CURVATURES, np.square(noise[0]), rtol=1e-12)
    assert noise_floor(0.01, CURVATURES, noise) == pytest.approx(
        noise_floor(0.01, CURVATURES, 0.2), rel=0.01
    )  # for a small rate the floor knows the total only
    assert noise_like_curvature(0.2, [3.0]).tolist() == [0.2]


@pytest.mark.parametrize(
    "average, error, message",
    [
        (0, ValueError, "average must be .*not 0"),
        (1.5, ValueError, "average must be a share of the run, > 0 and <= 1, not 1.5"),
        (np.nan, ValueError, "average must be .*nan"),
        ("half", TypeError, r"average must be a share of the run, Growing\(share\) or EMA"),
        (EMA, TypeError, "average must be .*EMA"),
        ([0.5], TypeError, "average must be"),
    ],
)
def test_a_wrong_average_is_named(average, error, message):
    with pytest.raises(error, match=message):
        noisy_quadratic(RATES, CURVATURES, average=average)


def test_wrong_settings_of_the_noise_and_of_the_moving_average_are_named():
    with pytest.raises(ValueError, match=r"beta must be in \[0, 1\), not 1"):
        EMA(1)
    with pytest.raises(ValueError, match="sigma must be .*-1"):
        noise_like_curvature(-1, CURVATURES)
    with pytest.raises(ValueError, match="curvatures must be"):
        noise_like_curvature(0.2, [1.0, 0.0])
