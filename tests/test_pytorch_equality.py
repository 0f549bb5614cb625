"""Every shape and both warmup recipes equal PyTorch's or Hugging Face's schedule, step by step."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler as torch_schedules
from transformers import (
    get_cosine_schedule_with_warmup,
    get_inverse_sqrt_schedule,
    get_linear_schedule_with_warmup,
)

import lrlib as lr

RUN = 250  # updates compared; a shorter schedule is compared past its end, too
peaks = st.floats(1e-6, 10)
lengths = st.integers(1, 400)
long_lengths = st.integers(200, 400)
fractions = st.floats(0, 1)
factors = st.floats(0.01, 1)
some = settings(max_examples=15, deadline=None)


def assert_equal(ours, make_theirs, eta, T=RUN):
    """`ours` uses the rates of their scheduler on an optimizer with rate `eta`, for T updates."""
    theirs = lr.trace(make_theirs, T, lr=eta)
    np.testing.assert_allclose(ours.rates(T), theirs, rtol=0, atol=1e-12 * theirs.max())


@some
@given(peaks, factors, fractions, lengths)
def test_linear(eta, start, end, T):
    assert_equal(
        lr.Linear(start * eta, end * eta, T),
        lambda opt: torch_schedules.LinearLR(opt, start, end, total_iters=T),
        eta,
    )


@some
@given(peaks, lengths, st.floats(0.1, 5))
def test_polynomial(eta, T, power):
    assert_equal(
        lr.Polynomial(eta, 0, T, power),
        lambda opt: torch_schedules.PolynomialLR(opt, total_iters=T, power=power),
        eta,
    )


@some
@given(peaks, fractions, long_lengths)
def test_cosine(eta, floor, T):
    assert_equal(
        lr.Cosine(eta, floor * eta, T),
        lambda opt: torch_schedules.CosineAnnealingLR(opt, T, eta_min=floor * eta),
        eta,
        T + 1,  # the last rate compared is the floor
    )


@some
@given(peaks, st.floats(0.9, 1))
def test_exponential(eta, gamma):
    assert_equal(
        lr.Exponential(eta, gamma),
        lambda opt: torch_schedules.ExponentialLR(opt, gamma),
        eta,
    )


@some
@given(peaks, st.floats(1, 1.05))
def test_exponential_growth(eta, gamma):
    assert_equal(
        lr.Exponential(eta, gamma, RUN),
        lambda opt: torch_schedules.ExponentialLR(opt, gamma),
        eta,
    )


@some
@given(peaks, st.integers(1, 100), factors)
def test_step(eta, step_size, gamma):
    assert_equal(
        lr.Step(eta, step_size, gamma),
        lambda opt: torch_schedules.StepLR(opt, step_size, gamma),
        eta,
    )


@some
@given(peaks, st.sets(st.integers(1, 300), min_size=1, max_size=8).map(sorted), factors)
def test_multistep(eta, milestones, gamma):
    assert_equal(
        lr.MultiStep(eta, milestones, gamma),
        lambda opt: torch_schedules.MultiStepLR(opt, milestones, gamma),
        eta,
    )


@some
@given(peaks, factors, lengths)
def test_constant(eta, factor, T):
    assert_equal(
        lr.Constant(factor * eta, T) >> lr.Constant(eta),
        lambda opt: torch_schedules.ConstantLR(opt, factor, total_iters=T),
        eta,
    )


@some
@given(peaks, st.integers(1, 1000))
def test_inverse_sqrt(eta, timescale):
    assert_equal(
        lr.InverseSqrt(eta, timescale),
        lambda opt: torch_schedules.LambdaLR(opt, lambda t: math.sqrt(timescale / (timescale + t))),
        eta,
    )


@some
@given(peaks, st.integers(1, 100), st.integers(1, 1000))
def test_inverse_sqrt_after_a_warmup_is_that_of_transformers(eta, warmup, timescale):
    assert_equal(
        lr.Linear(0, eta, warmup) >> lr.InverseSqrt(eta, timescale),
        lambda opt: get_inverse_sqrt_schedule(opt, warmup, timescale),
        eta,
    )


@some
@given(peaks, st.integers(0, 100), lengths)
def test_warmup_linear_is_that_of_transformers(eta, warmup, decay):
    T = warmup + decay
    assert_equal(
        lr.warmup_linear(eta, warmup, T),
        lambda opt: get_linear_schedule_with_warmup(opt, warmup, T),
        eta,
    )


@some
@given(peaks, st.integers(0, 100), long_lengths)
def test_warmup_cosine_is_that_of_transformers(eta, warmup, decay):
    T = warmup + decay
    assert_equal(
        lr.warmup_cosine(eta, warmup, T),
        lambda opt: get_cosine_schedule_with_warmup(opt, warmup, T),
        eta,
        T + 1,
    )


@some
@given(peaks, factors, fractions, st.integers(1, 100), long_lengths)
def test_warmup_cosine_is_a_sequence_in_pytorch(eta, start, floor, warmup, decay):
    def sequence(opt):
        rise = torch_schedules.LinearLR(opt, start_factor=start, total_iters=warmup)
        fall = torch_schedules.CosineAnnealingLR(opt, decay, eta_min=floor * eta)
        return torch_schedules.SequentialLR(opt, [rise, fall], milestones=[warmup])

    T = warmup + decay
    ours = lr.warmup_cosine(eta, warmup, T, eta_min=floor * eta, start=start * eta)
    assert_equal(ours, sequence, eta, T + 1)


def test_past_its_end_the_cosine_of_pytorch_rises_again_and_ours_holds():
    ours = lr.Cosine(0.1, 0, 100)
    theirs = lambda opt: torch_schedules.CosineAnnealingLR(opt, T_max=100)
    assert lr.compare(ours, theirs, 301).first_difference == 101
    assert lr.trace(theirs, 201)[200] > 0.0999
    assert ours(200) == ours(100) == 0


def test_past_its_end_the_cosine_of_transformers_rises_again_and_ours_holds():
    ours = lr.warmup_cosine(0.1, 50, 150)
    theirs = lambda opt: get_cosine_schedule_with_warmup(opt, 50, 150)
    assert lr.compare(ours, theirs, 301).first_difference == 151
    assert lr.trace(theirs, 251)[250] > 0.0999
    assert ours(250) == ours(150) == 0


def test_polynomial_and_linear_hold_past_their_ends_in_pytorch_as_here():
    polynomial = lr.trace(lambda opt: torch_schedules.PolynomialLR(opt, total_iters=100), 300)
    assert lr.compare(lr.Polynomial(0.1, 0, 100), polynomial, 300).equal
    linear = lr.trace(lambda opt: torch_schedules.LinearLR(opt, 1, 0.2, total_iters=100), 300)
    assert lr.compare(lr.Linear(0.1, 0.02, 100), linear, 300).equal
