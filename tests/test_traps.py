"""The traps of the field that concern a scheduler: what the peer does, and what happens here.

torch 2.13.0 and transformers 5.23.0 run; timm 1.0.31 and the third-party class
(katsura-jp/pytorch-cosine-annealing-with-warmup 2.0) are recorded numbers.
"""

import copy
import math

import numpy as np
import pytest
import torch
import transformers
from pytest import approx
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
)

import lrlib as lr

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def optimizer(rate=0.1, kind=torch.optim.SGD, **options):
    return kind([torch.zeros(1, requires_grad=True)], lr=rate, **options)


def rate_of(opt):
    return float(opt.param_groups[0]["lr"])


def stepped(make, steps, rate=0.1):
    """The rates that stand in the optimizer before and after each `step()`, as a log shows them."""
    opt = optimizer(rate, momentum=0.9)
    scheduler = make(opt)
    rates = [rate_of(opt)]
    for _ in range(steps):
        scheduler.step()
        rates.append(rate_of(opt))
    return np.array(rates)


# Where a schedule ends ------------------------------------------------------------------------


def test_cosine_annealing_does_not_stop_at_eta_min():
    theirs = stepped(lambda opt: CosineAnnealingLR(opt, 10), 20)
    assert theirs[10] == approx(0, abs=1e-17) and theirs[20] == approx(0.1)
    assert lr.Cosine(0.1, 0, 10)([10, 15, 20]).tolist() == [0, 0, 0]


def test_T_max_in_epochs_while_stepping_per_batch():
    theirs = stepped(lambda opt: CosineAnnealingLR(opt, 10), 999)
    peaks = (theirs[1:-1] > theirs[:-2]) & (theirs[1:-1] > theirs[2:])
    assert peaks.sum() == 49  # inside a run of 10 epochs of 100 batches
    assert not np.diff(lr.Cosine(0.1, 0, 10).rates(1000))[10:].any()
    warnings = lr.lint(lr.Cosine(0.1, 0, 10), 1000, steps_per_epoch=100)
    assert "the run has 10 epochs: epochs taken for steps?" in warnings[0]


def test_the_last_rate_used_is_not_eta_min():
    theirs = lr.trace(lambda opt: CosineAnnealingLR(opt, 10), 10)
    assert theirs[-1] / 0.1 == approx(0.024, abs=5e-4)
    restarts = stepped(lambda opt: CosineAnnealingWarmRestarts(opt, 10, 2), 1000)
    assert restarts.min() > 1e-6  # on whole steps never at its eta_min of 0
    assert lr.warmup_cosine(0.1, 0, 10).rates()[-1] == approx(theirs[-1])
    assert lr.warmup_cosine(0.1, 0, 10, inclusive=True).rates()[-1] == 0


def test_the_cosine_of_hugging_face_rises_again():
    theirs = lr.trace(lambda opt: transformers.get_cosine_schedule_with_warmup(opt, 10, 50), 91)
    assert theirs[50] == 0 and theirs[60] > 0.0146 and theirs[90] == approx(0.1)
    ours = lr.warmup_cosine(0.1, 10, 50)
    assert ours([50, 60, 90]).tolist() == [0, 0, 0]
    assert "its stop at the end is missing" in repr(lr.compare(ours, theirs, 91))
    whole = lr.trace(
        lambda opt: transformers.get_cosine_schedule_with_warmup(opt, 10, 50, num_cycles=1), 50
    )
    assert whole[-1] > 0.099  # num_cycles=1 is a whole wave: the run ends at its peak


def test_one_cycle_with_one_call_too_many():
    def make(opt):
        return OneCycleLR(opt, 1.0, 10)

    theirs = stepped(make, 10, rate=1.0)
    assert theirs[9] == approx(4e-6) and theirs[10] == approx(0.0495, abs=5e-5)
    with pytest.raises(ValueError, match="Tried to step 11 times"):
        stepped(make, 11, rate=1.0)
    assert lr.one_cycle(1.0, 10)([9, 10, 11, 100]) == approx([4e-6] * 4)


def test_boundaries_beyond_the_end_of_the_run():
    schedule = lr.MultiStep(0.1, [31_250, 50_000], 0.1)
    theirs = stepped(lambda opt: MultiStepLR(opt, [31_250, 50_000]), 17_189)
    assert set(theirs) == set(schedule.rates(17_190)) == {0.1}  # it never decays, and says nothing
    assert lr.lint(schedule, 17_190) == [
        "milestones after the end of the run at 17190: (31250, 50000)"
    ]


# What is computed -----------------------------------------------------------------------------


def test_the_closed_form_applied_to_the_current_rate():
    rate = 0.1
    for t in range(1, 6):
        rate *= (1 + math.cos(math.pi * t / 10)) / 2
    assert rate == approx(0.0229, abs=5e-5)
    assert lr.Cosine(0.1, 0, 10)(5) == approx(0.05)


def test_the_recursion_drifts_in_float32_only():
    T = 20_000
    theirs = stepped(lambda opt: CosineAnnealingLR(opt, T, eta_min=0.001), T - 1)
    assert np.abs(theirs - lr.Cosine(0.1, 0.001, T).rates()).max() < 1e-13
    rate = torch.tensor(0.1)
    scheduler = ExponentialLR(optimizer(rate), 0.9999)
    for _ in range(T):
        scheduler.step()
    drift = rate_of(scheduler.optimizer) / (0.1 * 0.9999**T) - 1
    assert 3e-4 < abs(drift) < 4e-4  # 0.17 % after 100,000 steps
    ours = lr.ScheduleLR(optimizer(torch.tensor(0.1)), lr=lr.Exponential(0.1, 0.9999), t=T)
    assert rate_of(ours.optimizer) == approx(0.1 * 0.9999**T, rel=1e-7)


def test_the_recursion_of_a_blog():
    theirs = stepped(lambda opt: CosineAnnealingLR(opt, 10), 11)
    t_cur = T_max = 10  # at (2k + 1) T_max the recursion divides by zero and needs its own line
    right = theirs[10] + 0.1 * (1 - math.cos(math.pi / T_max)) / 2
    blog = theirs[10] + 0.1 * (1 - math.cos(t_cur * math.pi / T_max)) / 2
    assert theirs[11] == approx(right) and blog == approx(0.1)
    assert lr.Cosine(0.1, 0, 10).reverse()(1) == approx(right)


def test_the_logarithm_of_warm_restarts():
    opt = optimizer()
    CosineAnnealingWarmRestarts(opt, T_0=1, T_mult=3).step(121)
    assert rate_of(opt) == 0.0  # 121 = 1 + 3 + 9 + 27 + 81 is a restart
    theirs = stepped(lambda opt: CosineAnnealingWarmRestarts(opt, 1, 3), 121)
    assert theirs[121] == lr.sgdr(0.1, 0, 1, T_mult=3)(121) == 0.1
    timm = 0.0  # CosineLRScheduler(t_initial=1, cycle_mul=3, cycle_limit=100) at update 121
    assert timm != lr.sgdr(0.1, 0, 1, T_mult=3)(121)


def test_the_remainder_of_hard_restarts():
    def theirs(opt):
        return transformers.get_cosine_with_hard_restarts_schedule_with_warmup(opt, 0, 98, 49)

    assert lr.trace(theirs, 4)[2] == approx(0, abs=1e-12)  # (49 * (2 / 98)) % 1 is 0.99..., not 0
    assert lr.cosine_hard_restarts(0.1, 0, 98, 49)([0, 2, 4]).tolist() == [0.1] * 3


def test_cycles_of_a_length_that_is_not_whole():
    assert math.fmod(5, 10 / 6) > 1  # a float remainder misses the restart at step 5
    assert lr.cosine_hard_restarts(0.1, 0, 10, 6)(5) == 0.1
    assert 100 * 1.1 > 110  # a float cycle length does, too
    assert lr.sgdr(0.1, 0, 100, T_mult=1.1)(210) == 0.1


def test_one_cycle_is_not_warmup_and_cosine():
    theirs = lr.trace(lambda opt: OneCycleLR(opt, 1.0, 1000), 1000)
    ours = lr.warmup_cosine(1.0, 300, 1000)
    comparison = lr.compare(ours, theirs)
    assert comparison.largest_gap == approx(0.113, abs=5e-4) and comparison.gaps.argmax() == 230
    assert theirs[0] == approx(0.04) and theirs[-1] < ours(999)
    momentum = lr.trace(lambda opt: OneCycleLR(opt, 1.0, 1000), 1000, name="momentum")
    assert momentum[[0, 299, 999]] == approx([0.95, 0.85, 0.95])  # the 0.9 of the user is gone
    assert lr.compare(lr.one_cycle(1.0, 1000), theirs).equal


@pytest.mark.parametrize("T, pct_start", [(10, 0.1), (100, 0.01), (20, 0.05)])
def test_one_cycle_without_a_rise(T, pct_start):
    with pytest.raises(ZeroDivisionError):
        OneCycleLR(optimizer(momentum=0.9), 0.1, T, pct_start=pct_start)
    with pytest.raises(ValueError, match=r"pct_start \* T must be more than 1"):
        lr.one_cycle(0.1, T, pct_start)


def test_one_cycle_without_a_fall():
    with pytest.raises(ZeroDivisionError):  # at the call after the last update
        stepped(lambda opt: OneCycleLR(opt, 0.1, 10, pct_start=1.0), 10)
    with pytest.raises(ValueError, match="pct_start must be > 0 and < 1, not 1.0"):
        lr.one_cycle(0.1, 10, pct_start=1.0)


@pytest.mark.parametrize(
    "theirs, ours",
    [
        (lambda opt: CosineAnnealingLR(opt, -5), lambda: lr.Cosine(0.1, 0, -5)),
        (lambda opt: ExponentialLR(opt, -1), lambda: lr.Exponential(0.1, -1)),
        (lambda opt: OneCycleLR(opt, -1.0, 10), lambda: lr.one_cycle(-1.0, 10)),
    ],
)
def test_nonsense_is_accepted_in_silence(theirs, ours):
    assert len(stepped(theirs, 5)) == 6
    with pytest.raises(ValueError, match="must be a finite number >"):
        ours()


# Warmups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("W, lost", [(10, 0.18), (100, 0.02), (1000, 0.002)])
def test_a_warmup_from_zero_wastes_the_first_update(W, lost):
    theirs = lr.trace(lambda opt: transformers.get_constant_schedule_with_warmup(opt, W), W)
    from_one_over_W = lr.warmup_constant(0.1, W - 1, start=0.1 / W).rates(W)
    assert theirs[0] == 0 and from_one_over_W[0] == approx(0.1 / W)
    assert 1 - theirs.sum() / from_one_over_W.sum() == approx(lost, abs=0.03 * lost)
    assert lr.lint(lr.warmup_constant(0.1, W), 2 * W) == [
        "update 0 has the rate 0 and changes nothing"
    ]


def test_a_warmup_set_after_each_epoch():
    def warmup(epoch):
        return min(0.3 * epoch / 5, 0.3)

    rate, used = 0.3, []
    for epoch in range(5):
        used.append(rate)  # an epoch of training
        rate = warmup(epoch)  # set when it is over, as the chapter's loop does
    assert used == approx([0.3, 0, 0.06, 0.12, 0.18])  # the first epoch at the full rate
    opt = optimizer(0.3)
    scheduler = lr.ScheduleLR(opt, lr=lr.warmup_constant(0.3, 5))
    with lr.record_rates(opt) as record:
        for _ in range(5):
            opt.step()
            scheduler.step()
    assert record.group() == approx([0, 0.06, 0.12, 0.18, 0.24])


def test_a_cosine_clock_that_runs_under_the_warmup():
    t = np.arange(200)
    cosine = (1 + np.cos(np.pi * t / 200)) / 2
    wrong = np.where(t < 50, t / 50, cosine)
    assert wrong[50] == approx(0.854, abs=5e-4)  # instead of 1
    assert lr.warmup_cosine(1, 50, 200)(50) == 1


def test_the_default_of_timm_never_reaches_the_peak():
    # CosineLRScheduler(t_initial=100, warmup_t=20), warmup_prefix=False, rate 0.1: updates 18-21
    timm = [0.09, 0.095, 0.09045085, 0.08950775]
    assert max(timm) == 0.095
    assert lr.warmup_cosine(0.1, 20, 100).rates().max() == 0.1
    assert lr.Cosine(0.1, 0, 100)([20, 21]) == approx(timm[2:], abs=1e-8)


# Composition ----------------------------------------------------------------------------------


def test_one_cycle_inside_a_sequence():
    def make(opt):
        warmup = LinearLR(opt, 0.1, total_iters=10)
        return SequentialLR(opt, [warmup, OneCycleLR(opt, 0.1, 50)], [10])

    theirs = lr.trace(make, 11, lr=0.1)
    assert theirs[[0, 10]] == approx([0.0004, 0.004])  # instead of .01 -> .1, without a word
    ours = lr.Linear(0.01, 0.1, 10) >> lr.one_cycle(0.1, 50)
    assert ours([0, 5, 10]) == approx([0.01, 0.055, 0.004])


def test_a_sequence_inside_a_sequence():
    def parts(opt):
        return [ConstantLR(opt, 0.1, 100), ExponentialLR(opt, 0.5), ConstantLR(opt, 0.01, 100)]

    def flat(opt):
        return SequentialLR(opt, parts(opt), [3, 8])

    def nested(opt):
        a, b, c = parts(opt)
        return SequentialLR(opt, [SequentialLR(opt, [a, b], [3]), c], [8])

    assert lr.trace(flat, 5, lr=1.0).tolist() == [0.1, 0.1, 0.1, 1, 0.5]
    assert lr.trace(nested, 5, lr=1.0).tolist() == [0.1, 0.1, 1, 0.5, 0.25]  # a step is skipped
    a, b, c = lr.Constant(0.1, 3), lr.Exponential(1, 0.5, 5), lr.Constant(0.01)
    assert (a >> b) >> c == a >> (b >> c)
    assert lr.compare(a >> b >> c, flat, 20, lr=1.0).equal


def test_milestones_that_are_not_sorted():
    def make(opt):
        return SequentialLR(opt, [ConstantLR(opt, f, 100) for f in (0.1, 0.2, 0.3)], [8, 3])

    assert set(lr.trace(make, 20, lr=1.0)) == {0.1, 0.3}  # the second never speaks
    with pytest.raises(ValueError, match="milestones must increase from step to step"):
        lr.MultiStep(0.1, [8, 3], 0.5)


def test_a_chain_with_a_lambda():
    def make(opt):
        return ChainedScheduler([ExponentialLR(opt, 0.5), LambdaLR(opt, lambda t: 1 / (1 + t))])

    theirs = lr.trace(make, 4, lr=1.0)
    assert theirs == approx([1, 1 / 2, 1 / 3, 1 / 4])  # the exponential is overwritten
    product = lr.Exponential(1, 0.5) * (lr.InverseSqrt(1, 1) * lr.InverseSqrt(1, 1))
    assert product.rates(4) == approx([1, 1 / 4, 1 / 12, 1 / 32])


# In the training loop -------------------------------------------------------------------------


def test_the_rate_that_is_logged_after_step():
    def make(opt):
        return CosineAnnealingWarmRestarts(opt, 10)

    used, logged = lr.trace(make, 10)[9], stepped(make, 10)[10]
    assert used == approx(0.0024, abs=5e-5) and logged == 0.1
    schedule = lr.sgdr(0.1, 0, 10)
    assert schedule(9) == approx(used)
    off_by_one = lr.compare(schedule, stepped(make, 30)[1:], 30)
    assert "one step ahead" in off_by_one.reason and "logged after step()" in off_by_one.reason


def test_a_scheduler_that_was_stepped_for_a_plot():
    scheduler = MultiStepLR(optimizer(), [15, 30], gamma=0.5)
    for _ in range(40):  # the plot
        scheduler.step()
    used = []
    for _ in range(40):  # the training
        used.append(rate_of(scheduler.optimizer))
        scheduler.step()
    assert set(used) == {0.025}  # the final rate, from the first update on
    schedule = lr.MultiStep(0.1, [15, 30], gamma=0.5)
    assert schedule.rates(40).tolist() == schedule.rates(40).tolist()
    assert schedule(0) == 0.1


SCHEDULERS = {  # and the rate after 7 steps, right and resumed
    "LambdaLR": (lambda opt: LambdaLR(opt, lambda t: 1 / (1 + t)), 0.0125, 0.1),
    "WarmRestarts": (lambda opt: CosineAnnealingWarmRestarts(opt, 10), 0.02061, 0.1),
    "OneCycleLR": (lambda opt: OneCycleLR(opt, 0.1, 100), 0.01715, 0.004),
    "SequentialLR": (
        lambda opt: SequentialLR(
            opt, [LinearLR(opt, 0.1, total_iters=5), CosineAnnealingLR(opt, 20)], [5]
        ),
        0.09755,
        0.01,
    ),
    "transformers": (
        lambda opt: transformers.get_linear_schedule_with_warmup(opt, 5, 50),
        0.09556,
        0.0,
    ),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_resuming_in_the_wrong_order(name):
    make, right, wrong = SCHEDULERS[name]

    def resume(make):
        first = make(optimizer(momentum=0.9))
        for _ in range(7):
            first.optimizer.step()
            first.step()
        second = optimizer(momentum=0.9)
        second.load_state_dict(copy.deepcopy(first.optimizer.state_dict()))
        scheduler = make(second)  # a new scheduler writes its first rate into the optimizer
        scheduler.load_state_dict(copy.deepcopy(first.state_dict()))
        return rate_of(first.optimizer), rate_of(second)

    assert resume(make) == approx((right, wrong), abs=1e-5)
    schedule = lr.Linear(0.01, 0.1, 5) >> lr.Cosine(0.1, 0, 20)
    assert resume(lambda opt: lr.ScheduleLR(opt, lr=schedule)) == (schedule(7), schedule(7))


def test_the_floor_of_hugging_face_with_parameter_groups():
    weights = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    groups = [{"params": weights[:1], "lr": 0.001}, {"params": weights[1:]}]
    opt = torch.optim.SGD(groups, lr=0.01)
    scheduler = transformers.get_cosine_with_min_lr_schedule_with_warmup(opt, 0, 20, min_lr=0.001)
    for _ in range(20):
        scheduler.step()
    assert [g["lr"] for g in opt.param_groups] == approx([1e-4, 1e-3])  # one ends below min_lr
    schedules = [lr.Cosine(0.001, 0.001, 20), lr.Cosine(0.01, 0.001, 20)]
    lr.ScheduleLR(opt, lr=schedules, t=20)
    assert [g["lr"] for g in opt.param_groups] == [0.001, 0.001]


def test_a_cyclic_scheduler_with_adam():
    opt = optimizer(3e-4, torch.optim.Adam)
    scheduler = CyclicLR(opt, 0.001, 0.01, step_size_up=4)
    assert rate_of(opt) == 0.001  # the optimizer's own 3e-4 is gone
    for _ in range(4):
        scheduler.step()
    assert opt.param_groups[0]["betas"][0] == approx(0.8)  # it was 0.9, and nobody asked
    opt = optimizer(3e-4, torch.optim.Adam)
    lr.ScheduleLR(opt, lr=lr.triangular(0.001, 0.01, 4), t=4)
    assert opt.param_groups[0]["betas"] == (0.9, 0.999)


# The plateau rule -----------------------------------------------------------------------------


def drops_of_pytorch(log, **options):
    opt = optimizer(1.0)
    scheduler = ReduceLROnPlateau(opt, **options)
    rates = [1.0]
    for value in log:
        scheduler.step(value)
        rates.append(rate_of(opt))
    return np.flatnonzero(np.diff(rates)).tolist()


def test_a_patience_of_10_drops_on_call_12():
    log = [1.0] * 20
    assert drops_of_pytorch(log, patience=10) == lr.Plateau(1.0).drops(log) == [11]


@pytest.mark.parametrize("log", [[-1.0] * 40, [-1.0 + 1e-5 * t for t in range(40)]])
def test_a_negative_metric_that_does_not_improve(log):
    assert drops_of_pytorch(log) == []  # -1 < -1 * (1 - 1e-4): always "better"
    assert lr.Plateau(1.0).drops(log) == [11, 22, 33]


# The third-party class ------------------------------------------------------------------------


def test_step_and_step_epoch_of_the_third_party_class():
    # CosineAnnealingWarmupRestarts(opt, 10, cycle_mult=2, max_lr=.1, min_lr=.001, warmup_steps=3)
    # driven by step(epoch): its cycles have 10 and 20 steps, its restarts are at 10 and 30
    by_epoch = [
        *[0.001, 0.034, 0.067, 0.1, 0.095098, 0.081363, 0.061515, 0.039485, 0.019637, 0.005902],
        *[0.001, 0.034, 0.067, 0.1, 0.099157, 0.096657, 0.092586, 0.087081, 0.080331, 0.072564],
        *[0.064046, 0.055067, 0.045933, 0.036954, 0.028436, 0.02067, 0.013919, 0.008414],
        *[0.004343, 0.001843, 0.001, 0.034, 0.067, 0.1, 0.099822, 0.099288, 0.098403, 0.097172],
        *[0.095606, 0.093714],
    ]
    ours = lr.cosine_warmup_restarts(10, 2, 0.1, 0.001, 3)  # = step(): see test_recipes.py
    assert (np.abs(ours.rates(40) - by_epoch) > 1e-6).sum() == 26
    assert np.flatnonzero(np.isclose(ours.rates(40), 0.001)).tolist() == [0, 10, 27]
    assert np.flatnonzero(np.isclose(by_epoch, 0.001)).tolist() == [0, 10, 30]


def test_groups_and_resuming_of_the_third_party_class():
    # two groups with the rates .5 and .05: it writes min_lr .001 into both, later .1 into both
    theirs = {"step 0": [0.001, 0.001], "step 3": [0.1, 0.1]}
    rises = [lr.cosine_warmup_restarts(10, 1, peak, 0, 3) for peak in (0.5, 0.05)]
    weights = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    opt = torch.optim.SGD([{"params": [weight]} for weight in weights], lr=0.1)
    lr.ScheduleLR(opt, lr=rises, t=3)
    assert [g["lr"] for g in opt.param_groups] == [0.5, 0.05] != theirs["step 3"]
    # warmup_steps=10 after 7 steps: .0703, but a new one with its state loaded leaves .001
    resumed, right = 0.001, lr.cosine_warmup_restarts(20, 1, 0.1, 0.001, 10)(7)
    assert right == approx(0.0703) and resumed != approx(right)
    scheduler = lr.ScheduleLR(optimizer(), lr=lr.cosine_warmup_restarts(20, 1, 0.1, 0.001, 10))
    scheduler.load_state_dict({"last_epoch": 7})
    assert rate_of(scheduler.optimizer) == right


def test_the_first_update_of_the_third_party_class_without_a_warmup():
    # CosineAnnealingWarmupRestarts(opt, 10, max_lr=.1, min_lr=.001): updates 0, 1, 10
    theirs = [0.001, 0.097577, 0.1]
    ours = lr.cosine_warmup_restarts(10, max_lr=0.1, min_lr=0.001)([0, 1, 10])
    assert ours == approx([0.1, *theirs[1:]], abs=1e-6)
