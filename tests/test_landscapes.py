"""Away from quadratics: the bound against its formula and the published table, the toys and the
landscapes against plain loops, closed forms and seeded runs."""

import numpy as np
import pytest

import lrlib as lr
from lrlib.dynamics import (
    best_convex_bound,
    catapult,
    convex_bound,
    double_well,
    largest_stable_peak,
    quartic,
    saddle,
)

RATES = lr.warmup_cosine(0.4, 5, 40).rates()


def plain_bound(rates, D=1.0, G=1.0):
    """The theorem as it is printed, with a sum for each sum."""
    T, total = len(rates), sum(rates)
    bound = (D**2 + G**2 * sum(rates**2)) / (2 * total)
    for k in range(T - 1):
        ratio = sum(rates[k:] ** 2) / sum(rates[k:])
        bound += G**2 / 2 * rates[k] / sum(rates[k + 1 :]) * ratio
    return bound


@pytest.mark.parametrize("rates", [RATES, np.ones(7), [3.0], np.geomspace(1, 1e-12, 30)])
def test_the_bound_is_the_theorem(rates):
    rates = np.asarray(rates)
    assert convex_bound(rates) == pytest.approx(plain_bound(rates), rel=1e-12)
    assert convex_bound(rates, 3.0, 0.5) == pytest.approx(plain_bound(rates, 3.0, 0.5), rel=1e-12)


def test_the_bound_of_a_fixed_rate_at_its_best_is_a_harmonic_sum():
    for T in (1, 2, 10, 1000):
        expected = np.sqrt((1 + (1 / np.arange(1, T)).sum()) / T)
        assert best_convex_bound(np.ones(T))[0] == pytest.approx(expected, rel=1e-12)


T = 10_000
TABLE = {  # of EXPERIMENTS.md: the bound times sqrt(T) / (D G)
    "linear": (lr.Linear(1, 0, T), 2.001),
    "REX": (lr.rex(1, T), 2.018),
    "cosine": (lr.Cosine(1, 0, T), 2.060),
    "WSD 20 %, 1 - sqrt": (lr.wsd(1, 0, T // 5, T, decay_type="1-sqrt"), 2.127),
    "WSD 20 %, linear": (lr.wsd(1, 0, T // 5, T), 2.161),
    "one-cycle": (lr.one_cycle(1, T), 2.180),
    "cosine to 10 %": (lr.Cosine(1, 0.1, T), 2.214),
    "1/sqrt(t)": (lr.InverseSqrt(1, 1, T), 2.871),
    "constant": (lr.Constant(1, T), 3.284),
}


@pytest.mark.parametrize("schedule, expected", TABLE.values(), ids=TABLE)
def test_the_table_of_bounds(schedule, expected):
    bound, factor = best_convex_bound(schedule.rates())
    assert bound * np.sqrt(T) == pytest.approx(expected, abs=6e-4)
    assert convex_bound(factor * schedule.rates()) == pytest.approx(bound, rel=1e-12)


def test_the_best_base_rate_is_the_best():
    bound, factor = best_convex_bound(RATES, distance=3.0, gradient=0.5)
    others = factor * np.array([0.5, 0.99, 1.01, 2.0])
    assert (convex_bound(others[:, None] * RATES, 3.0, 0.5) > bound).all()
    assert best_convex_bound(1e6 * RATES, 3.0, 0.5) == pytest.approx((bound, factor / 1e6))


def test_a_schedule_that_ends_at_exactly_zero_has_a_bound():
    ends_at_zero = lr.linear_to_zero(1.0, T=100, inclusive=True).rates()
    assert ends_at_zero[-1] == 0
    assert convex_bound(ends_at_zero) == convex_bound(ends_at_zero[:-1]) < np.inf
    paused = np.insert(RATES, [0, 20, RATES.size], 0.0)
    assert convex_bound(paused) == pytest.approx(convex_bound(RATES), rel=1e-12)
    steep = np.geomspace(1, 1e-200, 500)  # differences of prefix sums would be 0 here
    assert np.isfinite(convex_bound(steep)) and np.isfinite(best_convex_bound(steep)).all()
    assert convex_bound(np.zeros((2, 3))).tolist() == convex_bound(np.ones((2, 0))).tolist()
    assert convex_bound([]) == np.inf


def test_the_bound_holds_for_the_absolute_value():
    """f = |x|, with D = 3 and G = 1: the point from which the last update starts."""
    for rates in (np.full(40, 0.3), lr.Linear(0.5, 0, 40).rates(), lr.Cosine(2, 0, 40).rates()):
        x = 3.0
        for rate in rates[:-1]:
            x -= rate * np.sign(x)
        assert abs(x) <= convex_bound(rates, distance=3.0)


@pytest.mark.parametrize(
    "model",
    [
        convex_bound,
        lambda r: best_convex_bound(r)[1],
        quartic,
        lambda r: catapult(r)[0],
        lambda r: catapult(r)[1],
        saddle,
        lambda r: saddle(r, noise=0.1, seeds=[3, 1]),
        double_well,
        lambda r: double_well(r, noise=0.1, seeds=[3, 1]),
    ],
)
def test_leading_axes_are_computed_as_if_one_by_one(model):
    peaks = np.array([[0.1, 0.5, 1.0], [1.5, 1.9, 0.3]])
    together = model(peaks[..., None] * RATES)
    for index, peak in np.ndenumerate(peaks):
        np.testing.assert_allclose(together[index], model(peak * RATES), rtol=1e-12)


def test_quartic_is_gradient_descent():
    x, path = 1.2, [1.2]
    for rate in RATES:
        x -= rate * x**3
        path.append(x)
    np.testing.assert_allclose(quartic(RATES, 1.2), path, rtol=1e-12)


def test_the_largest_stable_peak_of_the_quartic():
    assert largest_stable_peak(0) == pytest.approx(2, rel=1e-7)
    far = largest_stable_peak(0, lambda rates: quartic(rates, x0=2.0))
    assert far == pytest.approx(2 / 2.0**2, rel=1e-7)
    for W in (10, 30, 100):
        assert largest_stable_peak(W) == pytest.approx(1.73 * W, rel=0.003)


@pytest.mark.parametrize("width", [1, 5])
def test_the_catapult_is_gradient_descent_on_a_network(width):
    rng = np.random.default_rng(0)
    u, v = rng.standard_normal((2, width))
    losses, curvatures = [], []
    for rate in [*RATES, 0.0]:
        f = u @ v / np.sqrt(width)
        losses.append(f**2 / 2)
        curvatures.append((u @ u + v @ v) / width)
        u, v = u - rate * f * v / np.sqrt(width), v - rate * f * u / np.sqrt(width)
    f0 = np.sqrt(2 * losses[0])
    loss, curvature = catapult(RATES, f0, curvatures[0], width)
    np.testing.assert_allclose(loss, losses, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(curvature, curvatures, rtol=1e-9)


def test_the_three_phases_of_the_catapult():
    peaks = np.array([1.9, 2.1, 3.9, 4.1]) / 2.5
    loss, curvature = catapult(np.full((4, 300), peaks[:, None]), curvature=2.5)
    assert (loss[0, 1:] <= loss[0, :-1]).all()
    for k in (1, 2):
        assert loss[k].max() > 1.5 * loss[k, 0] and loss[k, -1] < 1e-6
        assert curvature[k, -1] < 2 / peaks[k] < curvature[k, 0]
    assert not loss[3, -1] < 1e100

    edge = largest_stable_peak(0, lambda rates: catapult(rates, output=0.01)[0])
    assert edge == pytest.approx(4 / 2.5, rel=1e-3)


def test_small_rates_lower_the_curvature_and_warmup_uses_it():
    flat = np.sqrt(2.5**2 - 4 * 12**2 / 100)  # 0.7
    loss, curvature = catapult(np.full(20_000, 1e-3), output=12.0)
    assert curvature[-1] == pytest.approx(flat, rel=0.01) and loss[-1] < 1e-6
    peaks = [largest_stable_peak(W, lambda rates: catapult(rates, 12.0)[0]) for W in (0, 100)]
    assert peaks[0] == pytest.approx(4 / 2.5, rel=0.01)
    assert peaks[1] > 4 / flat > 3 * peaks[0]


@pytest.mark.parametrize("rate", [0.005, 0.01, 0.05, 0.1, 0.2])
def test_the_escape_from_the_saddle_takes_a_logarithm(rate):
    y = saddle(np.full(1000, rate), x0=(1.0, 1e-3))[:, 1]
    steps = np.argmax(np.abs(y) >= 0.5)
    assert steps == pytest.approx(np.log(0.5 / 1e-3) / np.log(1 + 2 * rate), rel=0.03)
    assert y[-1] == pytest.approx(1, abs=0.01)


def test_the_saddle_is_gradient_descent():
    x, y, path = 1.0, 0.1, [(1.0, 0.1)]
    for rate in RATES:
        x, y = x - rate * 2 * x, y - rate * (2 * y**3 - 2 * y)
        path.append((x, y))
    np.testing.assert_allclose(saddle(RATES, (1.0, 0.1)), path, rtol=1e-10)


def test_on_the_ridge_only_noise_escapes_the_saddle_and_to_both_sides():
    rates = np.full(300, 0.05)
    assert (saddle(rates, (1.0, 0.0))[:, 1] == 0).all()
    ends = saddle(rates, (1.0, 0.0), noise=0.01, seeds=range(200))[:, -1, 1]
    np.testing.assert_allclose(np.abs(ends), 1, atol=0.05)
    assert 70 < (ends > 0).sum() < 130


@pytest.mark.parametrize("sharp", [5.0, 10.0, 50.0])
def test_a_sharp_minimum_ejects_exactly_beyond_two_over_its_curvature(sharp):
    shares = np.array([0.5, 0.9, 0.99, 0.999, 1.001, 1.01, 1.1, 1.5, 1.9])
    rates = np.full((9, 8000), 1.0) * shares[:, None] * 2 / sharp
    ends = double_well(rates, sharp, x0=-0.95)[:, -1]
    np.testing.assert_allclose(ends, np.where(shares < 1, -1, 1), atol=1e-3)


def test_noise_does_not_move_the_edge_of_the_sharp_minimum():
    shares = np.array([0.5, 0.9, 1.1, 2.0])[:, None]
    ends = double_well(shares * np.full(3000, 0.2), x0=-1.0, noise=0.05, seeds=range(50))[..., -1]
    assert ends.shape == (4, 50)
    assert (ends[:2] < -0.5).all() and (ends[2:] > 0.5).all()


@pytest.mark.parametrize("model", [saddle, double_well])
def test_a_seed_is_one_draw_of_noise_for_every_rate_and_length(model):
    many = model(RATES, noise=0.3, seeds=[7, 0, 3])
    np.testing.assert_array_equal(many[0], model(RATES, noise=0.3, seeds=7))
    assert not np.array_equal(many[0], many[1])
    short = model(RATES[:10], noise=0.3, seeds=[7, 0, 3])
    np.testing.assert_array_equal(short[0], many[0, : len(short[0])])
    np.testing.assert_array_equal(model(RATES, seeds=1), model(RATES, seeds=2))


@pytest.mark.filterwarnings("error")
def test_divergence_and_empty_runs_pass_without_a_warning():
    too_large = np.full(400, 50.0)
    for path in (
        quartic(too_large),
        *catapult(too_large),
        saddle(too_large),
        double_well(too_large),
    ):
        assert not np.isfinite(path).all() and np.isfinite(path[0]).all()
    assert quartic([]).tolist() == [1.0] and double_well([]).tolist() == [-0.9]
    assert saddle(np.empty((3, 0)), seeds=[0, 1]).shape == (3, 2, 1, 2)
    assert catapult(np.empty((3, 0)))[1].tolist() == [[2.5]] * 3


BAD_INPUT = [
    (lambda: convex_bound(0.1), "rates must be .*not 0.1"),
    (lambda: convex_bound([0.1, -0.1]), "rates must be .*-0.1"),
    (lambda: convex_bound([0.1], distance=0), "distance must be .*not 0"),
    (lambda: best_convex_bound([0.1], gradient=np.inf), "gradient must be .*not inf"),
    (lambda: best_convex_bound([0.0, 0.0]), "rates must have a value > 0"),
    (lambda: quartic([np.nan]), "rates must be .*nan"),
    (lambda: quartic([0.1], x0=np.nan), "x0 must be a finite number, not nan"),
    (lambda: catapult([0.1], output=np.inf), "output must be .*inf"),
    (lambda: catapult([0.1], curvature=0), "curvature must be .*not 0"),
    (lambda: catapult([0.1], output=20.0), "curvature must be at least .*output=20.0"),
    (lambda: catapult([0.1], width=0), "width must be .*not 0"),
    (lambda: largest_stable_peak(-1), "warmup must be .*not -1"),
    (lambda: largest_stable_peak(1, hold=0), "hold must be .*not 0"),
    (lambda: largest_stable_peak(1, lambda rates: 0 * rates), "path must leave"),
    (lambda: saddle([0.1], x0=1.0), "x0 must be 2 finite numbers, not 1.0"),
    (lambda: saddle([0.1], noise=-1.0), "noise must be .*-1.0"),
    (lambda: saddle([0.1], seeds=-1), "seeds must be .*-1"),
    (lambda: double_well([0.1], seeds=[]), "seeds must hold at least one"),
    (lambda: double_well([0.1], sharp=1.0, flat=2.0), "flat must be <= sharp"),
    (lambda: double_well([0.1], flat=0.0), "flat must be .*not 0.0"),
]


@pytest.mark.parametrize("call, message", BAD_INPUT)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
