"""Bad arguments of recipes and of the plateau rule: refused at once, by name, with the value."""

import math
import re
from itertools import count

import pytest
import torch

import lrlib as lr

NAN, INF = math.nan, math.inf
RATES = {"eta_max": 0.1, "eta_min": 0.01}
TRIANGLE = {**RATES, "step_size": 10, "cycles": 3, "step_size_down": 5}
PHASES = {"T": 100, "pct_start": 0.3, "anneal_strategy": "cos", "three_phase": False}
RUN = {"warmup": 10, "T": 100, "start": 0.01}
VALID = {  # a recipe and arguments that are right
    lr.warmup_constant: {"eta_max": 0.1, **RUN},
    lr.warmup_linear: {**RATES, **RUN, "inclusive": True},
    lr.linear_to_zero: {"eta_max": 0.1, **RUN, "inclusive": True},
    lr.warmup_cosine: {**RATES, **RUN, "inclusive": True},
    lr.polynomial_warmup: {**RATES, **RUN, "power": 2.0, "inclusive": True},
    lr.rex: {**RATES, **RUN, "inclusive": True},
    lr.warmup_inverse_sqrt: {"eta_max": 0.1, **RUN, "timescale": 10},
    lr.noam: {"d_model": 512, "warmup": 10, "factor": 1.0, "T": 100},
    lr.wsd: {
        **RATES,
        **RUN,
        "cooldown": 20,
        "inclusive": True,
        "warmup_type": "linear",
        "decay_type": "1-sqrt",
    },
    lr.triangular: TRIANGLE,
    lr.triangular2: TRIANGLE,
    lr.exp_range: {**TRIANGLE, "gamma": 0.99},
    lr.cyclical_momentum: {
        "step_size": 10,
        "mode": "exp_range",
        "gamma": 0.99,
        "base_momentum": 0.8,
        "max_momentum": 0.9,
        "cycles": 3,
        "step_size_down": 5,
    },
    lr.sgdr: {**RATES, "T_0": 10, "T_mult": 2, "gamma": 0.5, "warmup": 3, "cycles": 4},
    lr.cosine_warmup_restarts: {
        "first_cycle_steps": 10,
        "cycle_mult": 2.0,
        "max_lr": 0.1,
        "min_lr": 0.001,
        "warmup_steps": 3,
        "gamma": 0.5,
        "cycles": 4,
    },
    lr.cosine_hard_restarts: {**RATES, **RUN, "cycles": 3},
    lr.one_cycle: {"eta_max": 0.1, **PHASES, "div_factor": 25.0, "final_div_factor": 1e4},
    lr.one_cycle_momentum: {**PHASES, "base_momentum": 0.85, "max_momentum": 0.95},
    lr.Plateau: {
        "eta": 0.1,
        "mode": "min",
        "factor": 0.1,
        "patience": 10,
        "threshold": 1e-4,
        "eps": 0.0,
        "threshold_mode": "rel",
        "cooldown": 0,
        "eta_min": 0.0,
        "nan": "bad",
    },
}
ENDLESS = {(recipe, "cycles") for recipe in (lr.triangular, lr.triangular2, lr.exp_range)} | {
    *[
        (lr.cyclical_momentum, "cycles"),
        (lr.sgdr, "cycles"),
        (lr.cosine_warmup_restarts, "cycles"),
        (lr.noam, "T"),
    ],
    *[(lr.warmup_constant, "T"), (lr.warmup_inverse_sqrt, "T")],
}
OPTIONAL = {"step_size_down", "timescale"}  # None means the default
CALLS = [(recipe, name) for recipe, arguments in VALID.items() for name in arguments]
each_argument = pytest.mark.parametrize(
    "recipe, name", CALLS, ids=lambda x: x if isinstance(x, str) else x.__name__
)


def refused(recipe, error=(TypeError, ValueError), **changed):
    with pytest.raises(error) as info:
        recipe(**VALID[recipe] | changed)
    return str(info.value)


@each_argument
def test_the_valid_arguments_are_valid(recipe, name):
    assert recipe(**VALID[recipe]) == recipe(**VALID[recipe])


@each_argument
def test_the_wrong_type(recipe, name):
    right = VALID[recipe][name]
    wrong = ["0.1", [0.1], 1j] + ([1, 0.0] if isinstance(right, (bool, str)) else [True])
    for value in wrong + ([] if name in OPTIONAL else [None]):
        message = refused(recipe, **{name: value})
        assert message.startswith(f"{name} must be ") and repr(value) in message


@each_argument
def test_nan_infinity_and_negative_numbers(recipe, name):
    if isinstance(VALID[recipe][name], (bool, str)):
        return
    for value in [NAN, -1, -0.5, -INF] + [INF] * ((recipe, name) not in ENDLESS):
        message = refused(recipe, **{name: value})
        assert message.startswith(f"{name} must be ") and repr(value) in message


LENGTHS = {"T", "cooldown", "step_size", "step_size_down", "T_0", "first_cycle_steps", "cycles"}


@each_argument
def test_lengths_and_factors_of_zero(recipe, name):
    positive = LENGTHS | {"d_model", "timescale", "power", "factor", "gamma", "pct_start"}
    if recipe is lr.Plateau:
        positive = {"factor"}
    if name in positive | {"T_mult", "cycle_mult", "div_factor", "final_div_factor"}:
        message = refused(recipe, **{name: 0})
        assert message.startswith(f"{name} must be ") and " 0" in message


OUT_OF_RANGE = [
    (lr.warmup_linear, {"eta_min": 0.2}, "eta_min must be <= eta_max, not eta_min=0.2"),
    (lr.warmup_cosine, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.polynomial_warmup, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.rex, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.wsd, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.triangular, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.triangular2, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.exp_range, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.sgdr, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.cosine_hard_restarts, {"eta_min": 0.2}, "eta_min must be <= eta_max"),
    (lr.cosine_warmup_restarts, {"min_lr": 0.2}, "min_lr must be <= max_lr, not min_lr=0.2"),
    (lr.Plateau, {"eta_min": 0.2}, "eta_min must be <= eta, not eta_min=0.2"),
    (lr.one_cycle_momentum, {"base_momentum": 0.96}, "base_momentum must be <= max_momentum"),
    (lr.one_cycle_momentum, {"max_momentum": 1.0}, "max_momentum must be >= 0 and < 1, not 1.0"),
    (lr.cyclical_momentum, {"base_momentum": 0.96}, "base_momentum must be <= max_momentum"),
    (lr.cyclical_momentum, {"max_momentum": 1.5}, "max_momentum must be >= 0 and < 1, not 1.5"),
    (lr.cyclical_momentum, {"mode": "exp"}, "mode must be one of 'triangular', 'triangular2'"),
    (lr.sgdr, {"cycles": 5000}, "cycles must be <= 1020 where they grow so fast, not 5000"),
    (lr.cosine_warmup_restarts, {"cycles": 5000}, "cycles must be <= 1021 where they grow so fast"),
    (lr.warmup_constant, {"start": 0.2}, "start must be <= eta_max=0.1, not 0.2"),
    (lr.warmup_cosine, {"start": 0.2}, "start must be <= eta_max=0.1, not 0.2"),
    (lr.wsd, {"start": 0.2}, "start must be <= eta_max=0.1, not 0.2"),
    (lr.cosine_hard_restarts, {"start": 0.2}, "start must be <= eta_max=0.1, not 0.2"),
    (lr.warmup_cosine, {"warmup": 100}, "warmup must be shorter than the run, T="),
    (lr.warmup_constant, {"warmup": 100}, "warmup must be shorter than the run, T=100, not 100"),
    (lr.rex, {"warmup": 200}, "warmup must be shorter than the run, T="),
    (lr.cosine_hard_restarts, {"warmup": 100}, "warmup must be shorter than the run, T=100"),
    (lr.sgdr, {"warmup": 10}, "warmup must be shorter than the first cycle, T_0=10, not 10"),
    (
        lr.cosine_warmup_restarts,
        {"warmup_steps": 10},
        "warmup_steps must be shorter than the first cycle, first_cycle_steps=10, not 10",
    ),
    (lr.wsd, {"warmup": 90}, "warmup + cooldown must be <= T=100, not 90 + 20"),
    (lr.wsd, {"cooldown": 1}, "cooldown must be more than 1 step with inclusive=True, not 1"),
    (lr.wsd, {"decay_type": "sqrt"}, "decay_type must be one of 'linear', 'cosine', '1-sqrt'"),
    (lr.sgdr, {"T_mult": 0.5}, "T_mult must be a finite number >= 1, not 0.5"),
    (lr.sgdr, {"gamma": 1.1}, "gamma must be > 0 and <= 1, not 1.1"),
    (lr.exp_range, {"gamma": 1.1}, "gamma must be > 0 and <= 1, not 1.1"),
    (lr.sgdr, {"cycles": 2.5}, "cycles must be a whole number >= 1, not 2.5"),
    (lr.sgdr, {"T_mult": 1.00001, "cycles": INF}, "cycles must be <= 100000 where all of them"),
    (lr.one_cycle, {"pct_start": 1}, "pct_start must be > 0 and < 1, not 1"),
    (lr.one_cycle, {"pct_start": 0.01}, "pct_start * T must be more than 1"),
    (lr.one_cycle, {"pct_start": 0.6, "three_phase": True}, "2 * pct_start * T must be less than"),
    (lr.one_cycle, {"T": 100.5}, "T must be a whole number >= 1, not 100.5"),
    (lr.one_cycle, {"div_factor": 0.5}, "div_factor must be a finite number >= 1, not 0.5"),
    (
        lr.one_cycle,
        {"final_div_factor": 0.01},
        "eta_max / div_factor / final_div_factor must be <=",
    ),
    (lr.one_cycle, {"anneal_strategy": "cosine"}, "anneal_strategy must be one of 'cos', 'linear'"),
    (lr.Plateau, {"factor": 1.0}, "factor must be > 0 and < 1, not 1.0"),
    (lr.Plateau, {"mode": "down"}, "mode must be one of 'min', 'max', not 'down'"),
]


@pytest.mark.parametrize(
    "recipe, changed, message", OUT_OF_RANGE, ids=lambda x: getattr(x, "__name__", str(x))[:60]
)
def test_what_does_not_fit_together(recipe, changed, message):
    assert re.match(re.escape(message), refused(recipe, **changed))


HUGE = 10**400  # more than any float


@each_argument
def test_whole_numbers_that_no_float_can_hold(recipe, name):
    if not isinstance(VALID[recipe][name], (bool, str)):
        message = refused(recipe, **{name: HUGE}, error=ValueError)
        assert message.startswith(f"{name} must be ") and "1.00000e+400" in message


LINE = lr.Linear(0, 0.1, 10)
RULE = lr.Plateau(0.1)
REFUSED = [
    (lambda: LINE * HUGE, ValueError, "eta must be a finite number >= 0, not 1.00000e+400"),
    (lambda: LINE + HUGE, ValueError, "eta must be a finite number"),
    (
        lambda: LINE.repeat(HUGE),
        ValueError,
        "n must be a whole number >= 1 and below 1.8e308, not 1.0",
    ),
    (lambda: LINE.first(HUGE), ValueError, "T must be a finite number > 0, not 1.00000e+400"),
    (lambda: LINE.drop(HUGE), ValueError, "k must be a finite number >= 0, not 1.00000e+400"),
    (lambda: LINE.stretch(HUGE), ValueError, "T must be a finite number > 0, not 1.00000e+400"),
    (lambda: LINE.rates(HUGE), ValueError, "T must be a finite number > 0, not 1.00000e+400"),
    (lambda: LINE(HUGE), ValueError, "t must be a number of steps below 1.8e308, and is more"),
    (lambda: LINE([1, HUGE]), ValueError, "t must be a number of steps below 1.8e308, and is more"),
    (lambda: lr.Constant(0.1, HUGE), ValueError, "T must be a number > 0, not 1.00000e+400"),
    (
        lambda: lr.MultiStep(1, [1, HUGE], 0.5),
        ValueError,
        "milestones[1] must be a finite number > 0",
    ),
    (
        lambda: lr.MultiStep(1, count(1), 0.5),
        ValueError,
        "milestones must hold at most 1000000 steps",
    ),
    (
        lambda: lr.MultiStep(0.1, {30: 0.5, 60: 0.1}, 0.9),
        TypeError,
        "milestones must be a list of steps, not {30: 0.5, 60: 0.1}",
    ),
    (lambda: lr.lint(LINE, HUGE), ValueError, "T must be a whole number >= 1 and below"),
    (
        lambda: LINE([[1, 2], [3]]),
        TypeError,
        "t must be a number or an array of numbers >= 0, not [[1",
    ),
    (
        lambda: LINE(torch.ones(2, requires_grad=True)),
        TypeError,
        "t must be a number or an array of",
    ),
    (
        lambda: LINE(object()),
        TypeError,
        "t must be a number or an array of numbers >= 0, not <object",
    ),
    (lambda: RULE.rates(None), TypeError, "log must be a list of metric values, not None"),
    (lambda: RULE.drops({1.0: 2}), TypeError, "log must be a list of metric values, not {1.0: 2}"),
    (lambda: RULE.schedule(5), TypeError, "log must be a list of metric values, not 5"),
    (lambda: RULE.schedule([1.0], 5), TypeError, "steps must be a list of steps, not 5"),
    (lambda: RULE.schedule([1.0], [HUGE]), ValueError, "steps[0] must be a finite number >= 0"),
    (lambda: RULE.update(None, 1), TypeError, "before must be a Progress, not None"),
    (lambda: lr.Tanh(0.1, 0, 10, lb=1, ub=1), ValueError, "lb must be < ub, not lb=1 >= ub=1"),
    (lambda: lr.Tanh(0.1, 0, 10, lb=NAN), ValueError, "lb must be a finite number, not nan"),
    (lambda: lr.KDecay(0.1, 0, 10, k=0), ValueError, "k must be a finite number > 0, not 0"),
]


@pytest.mark.parametrize("call, error, message", REFUSED, ids=[words for *_, words in REFUSED])
def test_what_is_not_allowed_is_said_in_words(call, error, message):
    with pytest.raises(error) as info:
        call()
    assert str(info.value).startswith(message)


def test_a_metric_that_no_float_can_hold_is_no_improvement():
    assert lr.Plateau(0.1, factor=0.5, patience=0).rates([HUGE, 1.0, -HUGE]).tolist() == [
        0.1,
        0.05,
        0.05,
        0.025,
    ]
