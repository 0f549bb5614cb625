"""Momentum that follows a schedule: single noisy runs, and the cloud with a row for it."""

import numpy as np
import pytest

import lrlib as lr
from lrlib import dynamics, figures

T = 40
RATES = np.array([lr.one_cycle(0.2, T).rates(T), lr.Linear(0.2, 0, T).rates(T)])
WAVE = lr.one_cycle_momentum(T).rates(T)
CURVATURES = [1.0, 0.3]


def test_without_noise_a_run_is_the_heavy_ball():
    runs = dynamics.noisy_runs(RATES, CURVATURES, 0.0, 1.0, 0, momentum=WAVE)
    ball = dynamics.quadratic(RATES, CURVATURES, 1.0, momentum=WAVE)
    assert runs == pytest.approx(ball, abs=1e-12)
    assert np.abs(runs - dynamics.noisy_runs(RATES, CURVATURES, 0.0, 1.0, 0)).max() > 0.1


def test_the_mean_of_the_runs_is_the_exact_one():
    runs = dynamics.noisy_runs(RATES, CURVATURES, 0.3, 1.0, range(2000), momentum=WAVE)
    losses = runs**2 @ CURVATURES / 2
    exact = dynamics.noisy_quadratic(RATES, CURVATURES, 0.3, momentum=WAVE)
    error = losses.std(1) / np.sqrt(2000)
    assert (np.abs(losses.mean(1) - exact) <= 4.5 * error + 1e-12).all()


def test_momentum_zero_changes_no_bit():
    plain = dynamics.noisy_runs(RATES, CURVATURES, 0.3, 1.0, [1, 2], 0.5)
    assert np.array_equal(plain, dynamics.noisy_runs(RATES, CURVATURES, 0.3, 1.0, [1, 2], 0.5, 0.0))


@pytest.mark.parametrize("momentum", [1.0, -0.1, [0.5, 0.5, 0.5]])
def test_a_wrong_momentum_is_named(momentum):
    with pytest.raises(ValueError, match="momentum must"):
        dynamics.noisy_runs(RATES, CURVATURES, momentum=momentum)


def test_the_cloud_has_a_row_for_the_momentum_and_its_dots_go_against_each_other():
    both = {"fixed": lr.one_cycle(0.15, T), "against": lr.one_cycle(0.15, T)}
    momenta = [lr.Constant(0.9), lr.one_cycle_momentum(T)]
    frames = figures.cloud(both, T, momentum=momenta, runs=20)
    beta = np.array([each.rates(T) for each in momenta])
    runs = dynamics.noisy_runs(frames.rates, (0.5, 1.0), 1.0, (-2.8, 2.2), range(20), 0.0, beta)
    assert np.array_equal(frames.positions, runs)
    _, rate, momentum = np.array(frames.figure.axes).reshape(3, 2)[:, 1]
    heights = []
    for k in (0, frames.count // 4):
        frames.move(k)
        heights.append([each.lines[1].get_ydata()[0] for each in (rate, momentum)])
    (low, high), (up, down) = heights
    assert up > low and down < high
    assert momentum.get_xlabel() and not rate.get_xlabel()
    assert figures.collisions(frames.figure) == []


def test_one_momentum_for_each_schedule_is_needed():
    with pytest.raises(ValueError):
        figures.cloud({"one": lr.Constant(0.5), "two": lr.Constant(0.5)}, 9, momentum=[lr.Constant(0.9)])
