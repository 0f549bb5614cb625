"""What a schedule does: the exact formulas against plain loops, simulation and known limits."""

import numpy as np
import pytest

import lrlib as lr
from lrlib.dynamics import (
    best_fixed_rate,
    best_heavy_ball,
    iterations,
    noise_floor,
    noisy_quadratic,
    power_law,
    quadratic,
    spectral_factor,
    stability_limit,
)

RATES = lr.Cosine(0.9, 0.1, 30).rates()
CURVATURES = power_law(4, 1.0)
NOISE = np.array([0.1, 0.2, 0.3, 0.4])
START = np.array([1.0, -2.0, 0.5, 3.0])
MOMENTA = [0.0, 0.9, lr.Linear(0.95, 0.5, 30).rates()]
ENDS = [1.0, 100.0]  # a spectrum with kappa = 100


def test_quadratic_is_gradient_descent():
    x, path = START, [START]
    for rate in RATES:
        x = x - rate * CURVATURES * x
        path.append(x)
    np.testing.assert_allclose(quadratic(RATES, CURVATURES, START), path, rtol=1e-12)


def test_noisy_quadratic_is_the_recursion_of_the_second_moment():
    expected = []
    moments = [x * x for x in START]
    for rate in [*RATES, 0.0]:
        expected.append(sum(c * m / 2 for c, m in zip(CURVATURES, moments)))
        for i, (c, s) in enumerate(zip(CURVATURES, NOISE)):
            moments[i] = (1 - rate * c) ** 2 * moments[i] + rate**2 * s**2
    np.testing.assert_allclose(
        noisy_quadratic(RATES, CURVATURES, NOISE, START), expected, rtol=1e-12
    )


def test_noisy_quadratic_is_the_mean_of_simulated_runs():
    rng, runs = np.random.default_rng(0), 20_000
    x = np.tile(START, (runs, 1))
    losses = [x**2 @ CURVATURES / 2]
    for rate in RATES:
        x = x - rate * (CURVATURES * x + NOISE * rng.standard_normal(x.shape))
        losses.append(x**2 @ CURVATURES / 2)
    mean, error = np.mean(losses, axis=1), np.std(losses, axis=1) / np.sqrt(runs)
    exact = noisy_quadratic(RATES, CURVATURES, NOISE, START)
    assert (np.abs(mean - exact) <= 5 * error + 1e-12).all()


@pytest.mark.parametrize("momentum", MOMENTA)
def test_the_heavy_ball_is_two_lines(momentum):
    x, v, path = START, 0.0, [START]
    for rate, beta in zip(RATES, np.broadcast_to(momentum, RATES.shape)):
        v = beta * v + CURVATURES * x
        x = x - rate * v
        path.append(x)
    actual = quadratic(RATES, CURVATURES, START, momentum)
    np.testing.assert_allclose(actual, path, rtol=1e-12, atol=1e-13)


def test_the_heavy_ball_is_that_of_torch():
    torch = pytest.importorskip("torch")
    x = torch.tensor(START, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=1.0, momentum=0.9)
    path = [START]
    for rate in RATES:
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        (torch.tensor(CURVATURES) @ x**2 / 2).backward()
        optimizer.step()
        path.append(x.detach().numpy().copy())
    np.testing.assert_allclose(
        quadratic(RATES, CURVATURES, START, momentum=0.9), path, rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("momentum", MOMENTA[1:])
def test_the_covariance_with_momentum_is_a_product_of_matrices(momentum):
    expected = np.zeros(RATES.size + 1)
    for curvature, noise, start in zip(CURVATURES, NOISE, START):
        mean, covariance = np.array([start, 0.0]), np.zeros((2, 2))
        for t, rate in enumerate([*RATES, 0.0]):
            expected[t] += curvature / 2 * (mean[0] ** 2 + covariance[0, 0])
            beta = np.broadcast_to(momentum, RATES.shape)[min(t, RATES.size - 1)]
            A = np.array([[1 - rate * curvature, -rate * beta], [curvature, beta]])
            b = np.array([-rate, 1.0])
            mean, covariance = A @ mean, A @ covariance @ A.T + noise**2 * np.outer(b, b)
    actual = noisy_quadratic(RATES, CURVATURES, NOISE, START, momentum)
    np.testing.assert_allclose(actual, expected, rtol=1e-10)


def test_the_loss_with_momentum_is_the_mean_of_simulated_runs():
    rng, runs = np.random.default_rng(0), 20_000
    x, v = np.tile(START, (runs, 1)), 0.0
    losses = [x**2 @ CURVATURES / 2]
    for rate in RATES:
        v = 0.8 * v + CURVATURES * x + NOISE * rng.standard_normal(x.shape)
        x = x - rate * v
        losses.append(x**2 @ CURVATURES / 2)
    mean, error = np.mean(losses, axis=1), np.std(losses, axis=1) / np.sqrt(runs)
    exact = noisy_quadratic(RATES, CURVATURES, NOISE, START, momentum=0.8)
    assert (np.abs(mean - exact) <= 5 * error + 1e-12).all()


def test_a_small_momentum_tends_to_none():
    for model in (quadratic, noisy_quadratic):
        np.testing.assert_allclose(
            model(RATES, CURVATURES, x0=START, momentum=1e-13),
            model(RATES, CURVATURES, x0=START),
            rtol=1e-9,
        )


@pytest.mark.parametrize("momentum", MOMENTA)
def test_without_noise_both_tell_the_same(momentum):
    path = quadratic(RATES, CURVATURES, START, momentum)
    loss = noisy_quadratic(RATES, CURVATURES, noise=0, x0=START, momentum=momentum)
    np.testing.assert_allclose(loss, path**2 @ CURVATURES / 2, rtol=1e-12)


@pytest.mark.parametrize("momentum", MOMENTA)
@pytest.mark.parametrize("model", [quadratic, noisy_quadratic])
def test_leading_axes_are_computed_as_if_one_by_one(model, momentum):
    peaks = np.array([[0.1, 0.5, 1.0], [1.5, 1.9, 2.5]])
    together = model(peaks[..., None] * RATES, CURVATURES, x0=START, momentum=momentum)
    for index, peak in np.ndenumerate(peaks):
        alone = model(peak * RATES, CURVATURES, x0=START, momentum=momentum)
        np.testing.assert_allclose(together[index], alone, rtol=1e-12)


@pytest.mark.parametrize("model", [quadratic, noisy_quadratic])
def test_momentum_broadcasts_with_the_rates(model):
    momenta = np.array([0.0, 0.5, 0.9])
    together = model(RATES, CURVATURES, momentum=momenta[:, None])
    for beta, row in zip(momenta, together, strict=True):
        np.testing.assert_allclose(row, model(RATES, CURVATURES, momentum=beta), rtol=1e-12)
    zeros = model(RATES, CURVATURES, momentum=np.zeros((3, 1)))
    assert len(zeros) == 3
    np.testing.assert_allclose(zeros[2], model(RATES, CURVATURES), rtol=1e-12)


@pytest.mark.parametrize("curvature", [0.1, 1.0, 7.0])
def test_a_fixed_rate_is_stable_below_two_over_the_curvature(curvature):
    edge = 2 / curvature
    sizes = [
        abs(quadratic(np.full(2000, edge * share), [curvature])[-1, 0]) for share in (0.99, 1.01)
    ]
    assert sizes[0] < 1e-8 and sizes[1] > 1e8
    assert np.isinf(noise_floor([edge, 2 * edge], [curvature])).all()
    assert noise_floor(0.999 * edge, [curvature]) < np.inf


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("curvature", [0.1, 1.0, 7.0])
def test_the_heavy_ball_is_stable_below_its_limit(curvature, momentum):
    edge = stability_limit(curvature, momentum)
    assert edge == pytest.approx(2 * (1 + momentum) / curvature, rel=1e-15)
    below, above = (
        abs(quadratic(np.full(20_000, edge * share), [curvature], momentum=momentum)[-1, 0])
        for share in (0.995, 1.005)
    )
    assert below < 1e-3 and (above > 1e3 or np.isnan(above))
    assert spectral_factor(0.999 * edge, [curvature], momentum) < 1
    assert spectral_factor(1.001 * edge, [curvature], momentum) > 1


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("rate", [0.01, 0.3, 1.2])
def test_the_spectral_factor_is_the_largest_eigenvalue(rate, momentum):
    largest = max(
        abs(np.linalg.eigvals([[1 - rate * c, -rate * momentum], [c, momentum]])).max()
        for c in CURVATURES
    )
    assert spectral_factor(rate, CURVATURES, momentum) == pytest.approx(largest, rel=1e-7)


def test_the_best_fixed_rate_has_the_smallest_factor():
    rate, factor = best_fixed_rate(ENDS)
    assert rate == pytest.approx(2 / 101) and factor == pytest.approx(99 / 101)
    assert spectral_factor(rate, ENDS) == pytest.approx(factor, rel=1e-12)
    assert (spectral_factor(rate * np.array([0.9, 0.99, 1.01, 1.1]), ENDS) > factor).all()


def test_the_best_heavy_ball_has_the_smallest_factor():
    rate, momentum, factor = best_heavy_ball(ENDS)
    assert factor == pytest.approx(9 / 11) and momentum == pytest.approx(factor**2)
    rates, momenta = np.meshgrid(np.linspace(0.5, 1.5, 41) * rate, np.linspace(0, 0.99, 100))
    assert spectral_factor(rates, ENDS, momenta).min() >= factor - 1e-7
    assert spectral_factor(rate, ENDS, momentum) == pytest.approx(factor, rel=1e-6)
    t, path = np.arange(151), quadratic(np.full(150, rate), ENDS, momentum=momentum)
    size = (1 + t * (1 + factor)) * factor**t  # the docstring's, in direction L
    np.testing.assert_allclose(np.abs(path[:, 1]), size, rtol=1e-6)


def test_iterations_to_a_millionth():
    def needed(rate, momentum=0.0):
        return iterations(quadratic(np.full(2000, rate), ENDS, momentum=momentum))

    assert needed(best_fixed_rate(ENDS)[0]) == 691
    assert needed(1 / 100) == 1375
    assert needed(*best_heavy_ball(ENDS)[:2]) == 95
    paths = quadratic(np.full((3, 10), [[0.0], [0.5], [1.0]]), [1.0])
    assert iterations(paths, epsilon=0.25).tolist() == [np.inf, 2, 1]


def test_an_exponential_that_is_too_fast_never_arrives():
    left = quadratic(lr.Exponential(0.1, 0.9, 2000).rates(), [1.0])[-1, 0]
    assert left == pytest.approx(0.36, abs=0.005)
    assert left == pytest.approx(np.exp(-0.1 / (1 - 0.9)), rel=0.03)


def test_one_over_t_is_optimal_in_one_dimension_only():
    """Greedily best in one direction: 1/m grows by a constant each update, so the rate is 1/t."""
    curvature, noise, T = 0.5, 0.3, 400
    offset = 1 + (noise / curvature) ** 2
    best = 1 / (curvature * (np.arange(T) + offset))
    floor = noisy_quadratic(best, [curvature], noise)[-1]
    assert floor == pytest.approx(curvature / 2 / (1 + T * (curvature / noise) ** 2), rel=1e-12)
    rng = np.random.default_rng(0)
    others = best * np.exp(0.2 * rng.standard_normal((200, T)))
    assert (noisy_quadratic(others, [curvature], noise)[:, -1] > floor).all()

    peaks, spectrum = np.geomspace(0.2, 3, 60)[:, None], power_law(20, 2.0)
    one_over_t = 1 / (1 + np.arange(T) / np.geomspace(0.1, 1000, 60)[:, None, None])
    linear = lr.Linear(1, 0, T).rates()
    best = [
        noisy_quadratic(peaks * rates, spectrum, noise=0.05)[..., -1].min()
        for rates in (linear, one_over_t)
    ]
    assert best[0] < 0.99 * best[1]  # although 1/t has two settings to choose, linear only one


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("rate", [0.05, 0.5, 1.9])
def test_the_noise_floor_is_the_limit_of_the_loss(rate, momentum):
    loss = noisy_quadratic(np.full(3000, rate), CURVATURES, NOISE, START, momentum)
    assert noise_floor(rate, CURVATURES, NOISE, momentum) == pytest.approx(loss[-1], rel=1e-10)


def test_the_second_moment_under_noise_in_one_direction():
    rate, curvature, noise, beta = 0.3, 2.0, 0.4, 0.9
    moment = rate * noise**2 / (curvature * (2 - rate * curvature))
    assert noise_floor(rate, [curvature], noise) == pytest.approx(curvature * moment / 2)
    gap = 2 * (1 + beta) - rate * curvature
    moment = rate * noise**2 * (1 + beta) / (curvature * (1 - beta) * gap)
    floor = noise_floor(rate, [curvature], noise, beta)
    assert floor == pytest.approx(curvature * moment / 2)


def test_the_noise_floor_of_many_rates():
    rates = np.array([[0.0, 0.1], [1.0, 2.0]])
    floors = noise_floor(rates, CURVATURES, NOISE)
    assert floors.shape == (2, 2) and floors[0, 0] == 0 and floors[1, 1] == np.inf
    assert floors[0, 1] == noise_floor(0.1, CURVATURES, NOISE) < floors[1, 0]
    with_momentum = noise_floor(rates, CURVATURES, NOISE, momentum=[0.0, 0.5])
    assert (with_momentum[:, 0] == floors[:, 0]).all() and with_momentum[1, 1] < np.inf


@pytest.mark.filterwarnings("error")
def test_divergence_ends_at_infinity_without_a_warning():
    rates = np.append(np.full(1200, 4.0), 1.0)  # the last update multiplies infinity by 0
    assert np.isinf(quadratic(rates[:-1], [1.0])[-1]).all()
    assert noisy_quadratic(rates, [1.0])[-2:].tolist() == [np.inf, np.inf]
    assert noise_floor(2.0, [1.0], noise=0) == np.inf
    with_momentum = noisy_quadratic(np.full(3000, 9.0), [1.0], momentum=0.5)
    assert with_momentum[-1] == np.inf and (with_momentum >= 0).all()
    assert not np.isfinite(quadratic(np.full(3000, 9.0), [1.0], momentum=0.5)[-1]).any()


def test_an_empty_run_is_its_start():
    assert quadratic([], CURVATURES, START).tolist() == [START.tolist()]
    assert noisy_quadratic([], [2.0], x0=3.0).tolist() == [9.0]
    assert quadratic(np.empty((5, 0)), CURVATURES).shape == (5, 1, 4)
    assert noisy_quadratic(np.empty((5, 0)), CURVATURES).shape == (5, 1)
    assert quadratic(np.empty((5, 0)), CURVATURES, momentum=0.9).shape == (5, 1, 4)
    assert noisy_quadratic(np.empty((5, 0)), CURVATURES, momentum=0.9).shape == (5, 1)


def test_power_law():
    assert power_law(4, 2.0) == pytest.approx([1, 1 / 4, 1 / 9, 1 / 16], rel=1e-15)


BAD_INPUT = [
    (lambda: quadratic(0.1, [1.0]), "rates must be .*not 0.1"),
    (lambda: quadratic([0.1, -0.1], [1.0]), "rates must be .*-0.1"),
    (lambda: noisy_quadratic([np.nan], [1.0]), "rates must be .*nan"),
    (lambda: noisy_quadratic([np.inf], [1.0]), "rates must be .*inf"),
    (lambda: quadratic([0.1], 1.0), "curvatures must be .*not 1.0"),
    (lambda: quadratic([0.1], []), "curvatures must be"),
    (lambda: noisy_quadratic([0.1], [1.0, 0.0]), r"curvatures must be .*\[1. 0.\]"),
    (lambda: noise_floor(0.1, [np.nan]), "curvatures must be .*nan"),
    (lambda: noise_floor(-0.1, [1.0]), "rate must be .*-0.1"),
    (lambda: noisy_quadratic([0.1], [1.0], noise=np.nan), "noise must be .*nan"),
    (lambda: noise_floor(0.1, [1.0], noise=[1.0, 2.0]), "noise must be"),
    (lambda: noisy_quadratic([0.1], [1.0], x0=np.inf), "x0 must be .*inf"),
    (lambda: quadratic([0.1], [1.0], x0=[1.0, 2.0]), "x0 must be"),
    (lambda: quadratic([0.1], [1.0], momentum=1.0), r"momentum must be in \[0, 1\), not 1.0"),
    (lambda: noisy_quadratic([0.1], [1.0], momentum=-0.1), "momentum must be .*-0.1"),
    (lambda: noise_floor(0.1, [1.0], momentum=np.nan), "momentum must be .*nan"),
    (lambda: quadratic([0.1, 0.2, 0.3], [1.0], momentum=[0.1, 0.2]), "T=3 rates.*shape \\(2,"),
    (lambda: quadratic([0.1], [1.0], momentum=[0.1, 0.2]), "T=1 rates.*shape \\(2,"),
    (lambda: quadratic(np.ones((2, 3)), [1.0], momentum=np.zeros((5, 1))), "must broadcast"),
    (lambda: stability_limit([1.0, 0.0]), "curvature must be .*0"),
    (lambda: spectral_factor(-1.0, [1.0]), "rate must be .*-1"),
    (lambda: best_fixed_rate([]), "curvatures must be"),
    (lambda: best_heavy_ball(2.0), "curvatures must be .*not 2.0"),
    (lambda: iterations([1.0, 0.5]), r"path must be .*\(2,\)"),
    (lambda: iterations([[1.0]], epsilon=0), "epsilon must be .*not 0"),
]


@pytest.mark.parametrize("call, message", BAD_INPUT)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
