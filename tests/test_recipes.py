"""Every recipe equals its model: PyTorch and transformers live, the others by recorded numbers."""

import math

import numpy as np
import pytest
import transformers
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler as torch_schedules

import lrlib as lr
from lrlib.schedules import cycles as cycles_module
from lrlib.schedules import recipes as recipes_module
from lrlib.schedules import restarts as restarts_module

RUN = 220  # updates compared, at least; a shorter schedule is compared past its end, too
peaks = st.floats(1e-6, 10)
fractions = st.floats(0, 1)
some = settings(max_examples=40, deadline=None)
runs = st.integers(2, 300).flatmap(lambda T: st.tuples(st.integers(0, T - 1), st.just(T)))


def assert_equal(ours, theirs, peak, but=()):
    """Equal to 1e-12 of the peak at every step but those in `but`."""
    gap = np.abs(np.asarray(ours) - theirs) / peak
    gap[list(but)] = 0
    assert gap.max() <= 1e-12, f"step {gap.argmax()}"


def assert_equals_scheduler(ours, make, peak, T=RUN, name="lr"):
    assert_equal(ours.rates(T), lr.trace(make, T, lr=peak, name=name), peak)


# Warmups, against transformers ----------------------------------------------------------------


@some
@given(peaks, runs)
def test_linear_and_constant_warmup(eta, run):
    W, T = run
    assert_equals_scheduler(
        lr.warmup_linear(eta, W, T),
        lambda opt: transformers.get_linear_schedule_with_warmup(opt, W, T),
        eta,
        T=T + 20,
    )
    assert_equals_scheduler(
        lr.warmup_constant(eta, W),
        lambda opt: transformers.get_constant_schedule_with_warmup(opt, W),
        eta,
    )


@some
@given(peaks, runs, fractions)
def test_cosine_warmup(eta, run, floor):
    W, T = run
    assert_equals_scheduler(
        lr.warmup_cosine(eta, W, T),
        lambda opt: transformers.get_cosine_schedule_with_warmup(opt, W, T),
        eta,
        T=T + 1,
    )
    assert_equals_scheduler(
        lr.warmup_cosine(eta, W, T, eta_min=floor * eta),
        lambda opt: transformers.get_cosine_with_min_lr_schedule_with_warmup(
            opt, W, T, min_lr_rate=floor
        ),
        eta,
        T=T + 1,
    )


@some
@given(peaks, st.integers(1, 100), st.integers(1, 200), fractions)
def test_cosine_warmup_from_one_over_W_to_the_last_update(eta, W, fall, floor):
    T = W + fall
    assert_equals_scheduler(
        lr.warmup_cosine(eta, W - 1, T, floor * eta, start=eta / W, inclusive=True),
        lambda opt: transformers.get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
            opt, W, T, min_lr_rate=floor
        ),
        eta,
        T=T,
    )


@some
@given(peaks, st.integers(1, 100), st.integers(1, 200), fractions, st.floats(0.01, 1))
@example(6.6948223377129485, 1, 1, 0.3125, 1.0)  # a peak that eta_min + (eta_max - eta_min) misses
def test_cosine_warmup_in_the_classes_of_pytorch(eta, W, fall, floor, start):
    def linear_then_cosine(opt):
        warmup = torch_schedules.LinearLR(opt, start, total_iters=W)
        cosine = torch_schedules.CosineAnnealingLR(opt, fall, eta_min=floor * eta)
        return torch_schedules.SequentialLR(opt, [warmup, cosine], [W])

    ours = lr.warmup_cosine(eta, W, W + fall, floor * eta, start * eta)
    assert_equals_scheduler(ours, linear_then_cosine, eta, T=W + fall + 1)

    def blog(t):
        if t < W:
            return start + (1 - start) * t / W
        return floor + (1 - floor) * (1 + math.cos(math.pi * (t - W) / fall)) / 2

    assert_equals_scheduler(
        ours, lambda opt: torch_schedules.LambdaLR(opt, blog), eta, T=W + fall + 1
    )


@some
@given(peaks, runs, st.floats(0, 0.99), st.floats(0.1, 5))
def test_polynomial_warmup(eta, run, floor, power):
    W, T = run
    assert_equals_scheduler(
        lr.polynomial_warmup(eta, W, T, floor * eta, power),
        lambda opt: transformers.get_polynomial_decay_schedule_with_warmup(
            opt, W, T, lr_end=floor * eta, power=power
        ),
        eta,
        T=T + 20,
    )


@some
@given(peaks, st.integers(0, 200), st.none() | st.integers(1, 500))
def test_warmup_inverse_sqrt(eta, W, timescale):
    assert_equals_scheduler(
        lr.warmup_inverse_sqrt(eta, W, timescale),
        lambda opt: transformers.get_inverse_sqrt_schedule(opt, W, timescale),
        eta,
        T=2 * RUN,
    )


@some
@given(st.integers(1, 2048), st.integers(1, 500), st.floats(0.1, 10))
def test_noam(d_model, W, factor):
    steps = np.arange(1, 1001)
    paper = factor * d_model**-0.5 * np.minimum(steps**-0.5, steps * W**-1.5)
    assert_equal(lr.noam(d_model, W, factor).rates(1000), paper, paper.max())


FORMS = st.sampled_from(["linear", "cosine", "1-sqrt"])


@some
@given(peaks, st.tuples(*[st.integers(0, 100)] * 2, st.integers(1, 100)), fractions, FORMS, FORMS)
def test_wsd(eta, lengths, floor, warmup_type, decay_type):
    W, stable, D = lengths
    T = W + stable + D
    assert_equals_scheduler(
        lr.wsd(eta, W, D, T, floor * eta, floor * eta, warmup_type, decay_type),
        lambda opt: transformers.get_wsd_schedule(
            opt,
            W,
            D,
            T,
            warmup_type=warmup_type,
            decay_type=decay_type,
            min_lr_ratio=floor,
        ),
        eta,
        T=T + 20,
    )


@some
@given(peaks, st.integers(1, 300))
def test_linear_to_zero_and_rex(eta, T):
    t = np.arange(T + 20)
    x = np.minimum(t / T, 1)
    assert_equals_scheduler(
        lr.linear_to_zero(eta, T),
        lambda opt: torch_schedules.LinearLR(opt, 1.0, 0.0, total_iters=T),
        eta,
        T=T + 20,
    )
    assert_equal(lr.rex(eta, T)(t), eta * (1 - x) / (0.5 + 0.5 * (1 - x)), eta)


@pytest.mark.parametrize(
    "make",
    [
        lambda **k: lr.warmup_linear(0.1, 10, 100, 0.01, **k),
        lambda **k: lr.warmup_cosine(0.1, 10, 100, 0.01, **k),
        lambda **k: lr.polynomial_warmup(0.1, 10, 100, 0.01, power=2, **k),
        lambda **k: lr.rex(0.1, 100, 10, 0.01, **k),
        lambda **k: lr.wsd(0.1, 10, 30, 100, 0.01, **k),
    ],
)
def test_the_end_is_one_past_the_last_update_or_the_last_one(make):
    past, last = make(), make(inclusive=True)
    assert past.T == last.T == 100
    assert past(99) > 0.01001
    assert [past(100), last(99), last(100)] == pytest.approx([0.01] * 3, rel=1e-15)
    assert past(10) == last(10) == 0.1


# Cycles, against PyTorch ----------------------------------------------------------------------


@some
@given(peaks, fractions, st.integers(1, 40), st.none() | st.integers(1, 40), st.floats(0.9, 1))
def test_triangles(eta, floor, up, down, gamma):
    low = floor * eta
    for mode, ours in {
        "triangular": lr.triangular(low, eta, up, step_size_down=down),
        "triangular2": lr.triangular2(low, eta, up, step_size_down=down),
        "exp_range": lr.exp_range(low, eta, up, gamma, step_size_down=down),
    }.items():
        assert_equals_scheduler(
            ours,
            lambda opt, mode=mode: torch_schedules.CyclicLR(
                opt, low, eta, up, down, mode, gamma=gamma, cycle_momentum=False
            ),
            eta,
        )


@some
@given(
    st.tuples(fractions, fractions).map(sorted),
    st.integers(1, 40),
    st.none() | st.integers(1, 40),
    st.floats(0.9, 1),
    st.sampled_from(["triangular", "triangular2", "exp_range"]),
)
def test_cyclical_momentum(momenta, up, down, gamma, mode):
    low, high = 0.99 * momenta[0], 0.99 * momenta[1]
    ours = lr.cyclical_momentum(up, mode, gamma, low, high, step_size_down=down)
    assert_equals_scheduler(
        ours,
        lambda opt: torch_schedules.CyclicLR(
            opt, 0.01, 0.1, up, down, mode, gamma, base_momentum=low, max_momentum=high
        ),
        1.0,
        name="momentum",
    )


@some
@given(peaks, fractions, st.integers(1, 60), st.integers(1, 4))
def test_sgdr(eta, floor, T_0, T_mult):
    assert_equals_scheduler(
        lr.sgdr(eta, floor * eta, T_0, T_mult),
        lambda opt: torch_schedules.CosineAnnealingWarmRestarts(opt, T_0, T_mult, floor * eta),
        eta,
        T=500,
    )


@pytest.mark.parametrize("T_mult", [2, 3, 10])
@pytest.mark.parametrize("T_0", [1, 7, 10])
@pytest.mark.parametrize("warmup", [0, 0.5])
def test_sgdr_is_exact_at_every_border_up_to_a_million(T_0, T_mult, warmup):
    borders, length = [], T_0  # as PyTorch's step() counts: in whole numbers, without a logarithm
    while sum(borders[-1:]) + length <= 10**6:
        borders.append(sum(borders[-1:]) + length)
        length *= T_mult
    schedule = lr.sgdr(0.1, 0.001, T_0, T_mult, warmup=warmup)
    rates = schedule(np.arange(10**6 + 1))
    assert (rates[borders] == (0.001 if warmup else 0.1)).all()
    last = np.array(borders) - 1
    lengths = T_0 * T_mult ** np.arange(len(borders))
    inside = np.maximum(lengths - 1 - warmup, 0) / (lengths - warmup)
    expected = 0.001 + 0.099 * (1 + np.cos(np.pi * inside)) / 2
    assert_equal(rates[last[lengths > 1]], expected[lengths > 1], 0.1)
    if not warmup:
        starts = [0, *borders]
        assert set(np.flatnonzero(rates == 0.1)) == {s for s in starts if s <= 10**6}


@pytest.mark.parametrize(
    "T_0, T_mult, starts",
    [
        (100, 1.1, [0, 100, 210, 331]),  # 100 * 1.1 is 110.00000000000001 in floating point
        (10, 1.5, [0, 10, 25, 47.5, 81.25]),
        (1000, 1.3, [0, 1000, 2300, 3990, 6187]),
        (2.5, 2, [0, 2.5, 7.5, 17.5]),
    ],
)
def test_sgdr_with_a_fractional_T_mult(T_0, T_mult, starts):
    schedule = lr.sgdr(0.1, 0, T_0, T_mult)
    assert schedule(starts).tolist() == [0.1] * len(starts)
    assert schedule.starts[: len(starts)].tolist() == starts
    assert (schedule(np.nextafter(starts[1:], 0)) < 1e-12).all()


@some
@given(peaks, fractions, st.integers(1, 30), st.floats(1, 3), st.floats(0.1, 1), fractions)
def test_sgdr_with_a_warmup_and_a_falling_peak(eta, floor, T_0, T_mult, gamma, part):
    floor, warmup = floor * eta, int(part * (T_0 - 1))
    schedule = lr.sgdr(eta, floor, T_0, T_mult, gamma, warmup, cycles=5)
    start = 0
    for k in range(5):
        length = T_0 * T_mult**k
        peak = max(eta * gamma**k, floor)
        own = np.linspace(0.001, 0.999, 50) * length
        rise = floor + (peak - floor) * own / max(warmup, 1)
        fall = floor + (peak - floor) * (1 + np.cos(np.pi * (own - warmup) / (length - warmup))) / 2
        assert_equal(schedule(start + own), np.where(own < warmup, rise, fall), eta)
        start += length
    assert schedule(schedule.T) == schedule(2 * schedule.T) == floor


def test_equal_cycles_are_one_cycle_repeated_and_others_are_not_looped_over_for_ever():
    assert isinstance(lr.sgdr(0.1, 0, 1, cycles=10**9), lr.Repeat)
    assert isinstance(lr.sgdr(0.1, 0, 10, warmup=2), lr.Repeat)
    assert lr.sgdr(0.1, 0, 10, cycles=3) == lr.Cosine(0.1, 0, 10).repeat(3)
    assert lr.sgdr(0.1, 0, 10, cycles=1) == lr.Cosine(0.1, 0, 10)
    assert len(lr.sgdr(0.1, 0.01, 10, gamma=0.5).parts) == 5  # peaks .1 .05 .025 .0125, then flat
    assert lr.sgdr(0.1, 0.01, 10, gamma=0.5)(10**9) == 0.01
    assert lr.sgdr(0.1, 0, 10, T_mult=2).T == math.inf
    assert lr.sgdr(0.1, 0, 10, T_mult=10**30)([0, 10, 10**6]).round(9).tolist() == [0.1] * 3


@some
@given(peaks, st.tuples(st.integers(0, 100), st.integers(1, 200)), st.integers(1, 12))
def test_cosine_hard_restarts(eta, lengths, cycles):
    W, rest = lengths
    T = W + rest
    theirs = lr.trace(
        lambda opt: transformers.get_cosine_with_hard_restarts_schedule_with_warmup(
            opt, W, T, num_cycles=cycles
        ),
        T + 20,
        lr=eta,
    )
    ours = lr.cosine_hard_restarts(eta, W, T, cycles)
    own = np.arange(rest)
    restarts = own[own * cycles % rest == 0] + W  # in whole numbers
    assert (ours(restarts) == eta).all()  # theirs may be 0: see test_traps.py
    assert_equal(ours.rates(T + 20), theirs, eta, but=restarts)
    assert ours.T == T


ONE_CYCLES = {
    "T": st.integers(RUN, 400),
    "pct_start": st.floats(0.02, 0.98),
    "anneal_strategy": st.sampled_from(["cos", "linear"]),
    "three_phase": st.booleans(),
}


@some
@given(
    peaks,
    st.floats(1, 100),
    st.floats(1, 1e6),
    st.tuples(fractions, fractions).map(sorted),
    st.fixed_dictionaries(ONE_CYCLES),
)
def test_one_cycle(eta, div, final_div, momenta, options):
    options["pct_start"] /= 1 + options["three_phase"]
    T, low, high = options.pop("T"), 0.99 * momenta[0], 0.99 * momenta[1]

    def theirs(opt):
        return torch_schedules.OneCycleLR(
            opt,
            eta,
            T,
            div_factor=div,
            final_div_factor=final_div,
            base_momentum=low,
            max_momentum=high,
            **options,
        )

    rates = lr.one_cycle(eta, T, div_factor=div, final_div_factor=final_div, **options)
    momentum = lr.one_cycle_momentum(T, base_momentum=low, max_momentum=high, **options)
    assert rates.T == momentum.T == T
    assert_equals_scheduler(rates, theirs, eta, T)
    assert_equals_scheduler(momentum, theirs, 1.0, T, name="momentum")


@pytest.mark.parametrize("three_phase", [False, True])
def test_one_cycle_with_borders_on_whole_steps(three_phase):
    for T, pct_start in [(100, 0.3), (10, 0.2), (1000, 0.05), (9, 1 / 3), (40, 0.5)]:
        assert_equals_scheduler(
            lr.one_cycle(0.1, T, pct_start, three_phase=three_phase),
            lambda opt, T=T, pct_start=pct_start: torch_schedules.OneCycleLR(
                opt, 0.1, T, pct_start=pct_start, three_phase=three_phase
            ),
            0.1,
            T,
        )


# Recorded numbers -----------------------------------------------------------------------------

RECORDED = {
    # CosineAnnealingWarmupRestarts, katsura-jp/pytorch-cosine-annealing-with-warmup 2.0, step()
    "third party, twice as long": (
        lr.cosine_warmup_restarts(10, 2.0, 0.1, 0.001, 3, 0.5),
        [
            *[0.001, 0.034, 0.067, 0.1, 0.09509795896117, 0.081362745192007, 0.061514786230838],
            *[0.039485213769162, 0.019637254807993, 0.00590204103883, 0.001, 0.017333333333333],
            *[0.033666666666667, 0.05, 0.049385733848455, 0.047573737263609, 0.044654871320467],
            *[0.040775500145539, 0.03613015160838, 0.03095176288193, 0.0255, 0.02004823711807],
            *[0.01486984839162, 0.010224499854461, 0.006345128679533, 0.003426262736391],
            *[0.001614266151545, 0.001, 0.009, 0.017, 0.025, 0.024924546518719, 0.024699134946182],
            *[0.0243265999637, 0.023811626414829, 0.023160690390739, 0.022381977789616],
            *[0.021485281374239, 0.020481877622305, 0.019384384918184],
        ],
    ),
    "third party, 1.5 times as long, rounded down": (
        lr.cosine_warmup_restarts(7, 1.5, 0.1, 0.0, 2, 0.9),
        [
            *[0.0, 0.05, 0.1, 0.090450849718747, 0.065450849718747, 0.034549150281253],
            *[0.009549150281253, 0.0, 0.045, 0.09, 0.085543599055609, 0.073057041083643],
            *[0.055013442028034, 0.034986557971966, 0.016942958916357, 0.004456400944391, 0.0],
            *[0.0405, 0.081, 0.079017788909954, 0.073265188272185, 0.064305302717845],
            *[0.053015188272185, 0.0405, 0.027984811727815, 0.016694697282155, 0.007734811727815],
            *[0.001982211090046, 0.0, 0.03645, 0.0729, 0.072103480046747, 0.069748731931073],
        ],
    ),
    # timm 1.0.31, stepped by update, optimizer rate 0.1
    "timm CosineLRScheduler(8, lr_min=.01, warmup_t=4, warmup_lr_init=.001, warmup_prefix=True)": (
        lr.warmup_cosine(0.1, 4, 12, eta_min=0.01, start=0.001),
        [
            *[0.001, 0.02575, 0.0505, 0.07525, 0.1, 0.096574578963008, 0.086819805153395],
            *[0.072220754456429, 0.055, 0.037779245543571, 0.023180194846605, 0.013425421036992],
            *[0.01, 0.01],
        ],
    ),
    "timm CosineLRScheduler(4, lr_min=.01, cycle_mul=2, cycle_decay=.5, cycle_limit=3)": (
        lr.sgdr(0.1, 0.01, 4, T_mult=2, gamma=0.5, cycles=3),
        [
            *[0.1, 0.086819805153395, 0.055, 0.023180194846605, 0.05, 0.048477590650226],
            *[0.044142135623731, 0.037653668647302, 0.03, 0.022346331352698, 0.015857864376269],
            *[0.011522409349774, 0.025, 0.024855889603024, 0.024429096493835, 0.023736022092269],
            *[0.022803300858899, 0.021666776747647, 0.020370125742738, 0.018963177415121, 0.0175],
            *[0.016036822584879, 0.014629874257262, 0.013333223252353, 0.012196699141101],
            *[0.011263977907731, 0.010570903506165, 0.010144110396976, 0.01, 0.01],
        ],
    ),
    "timm PolyLRScheduler(8, power=2, lr_min=.01, warmup_t=4, warmup_prefix=True)": (
        lr.polynomial_warmup(0.1, 4, 12, 0.01, power=2),
        [
            *[0.0, 0.025, 0.05, 0.075, 0.1, 0.07890625, 0.060625, 0.04515625, 0.0325, 0.02265625],
            *[0.015625, 0.01140625, 0.01],
        ],
    ),
    "timm StepLRScheduler(3, decay_rate=.5)": (
        lr.Step(0.1, 3, 0.5),
        [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125],
    ),
    "timm WSDLRScheduler(8, 4, lr_min=.01, decay_fn='linear', warmup_t=3, warmup_lr_init=.01)": (
        lr.wsd(0.1, 3, 4, 11, 0.01, 0.01),
        [0.01, 0.04, 0.07, *[0.1] * 5, 0.0775, 0.055, 0.0325, 0.01, 0.01],
    ),
    "timm WSDLRScheduler(..., decay_fn='1-sqrt')": (
        lr.wsd(0.1, 3, 4, 11, 0.01, 0.01, decay_type="1-sqrt"),
        [0.01, 0.04, 0.07, *[0.1] * 5, 0.055, 0.036360389693211, 0.022057713659401, 0.01, 0.01],
    ),
    "timm WSDLRScheduler(..., decay_fn='cosine')": (
        lr.wsd(0.1, 3, 4, 11, 0.01, 0.01, decay_type="cosine"),
        [0.01, 0.04, 0.07, *[0.1] * 5, 0.086819805153395, 0.055, 0.023180194846605, 0.01, 0.01],
    ),
    "timm TanhLRScheduler(10, lr_min=.01)": (
        lr.Tanh(0.1, 0.01, 10) >> lr.Constant(0.01),
        [
            *[0.0999999251624775, 0.0999994470242858, 0.0999959141918168, 0.099969818488258],
            *[
                0.0997774639159029,
                0.0983812411034118,
                0.0892717370180094,
                0.055,
                0.0207282629819906,
            ],
            *[0.0116187588965882, 0.01, 0.01],
        ],
    ),
    "timm TanhLRScheduler(8, -2, 2, lr_min=.001, warmup_t=3, warmup_lr_init=.01, warmup_prefix=True)": (
        lr.Linear(0.01, 0.1, 3) >> lr.Tanh(0.1, 0.001, 8, lb=-2, ub=2) >> lr.Constant(0.001),
        [
            *[0.01, 0.04, 0.07, 0.0982193652137529, 0.0953048385554209, 0.0881989107198104],
            *[
                0.0733747992843705,
                0.0505,
                0.0276252007156295,
                0.0128010892801896,
                0.00569516144457911,
            ],
            *[0.001, 0.001],
        ],
    ),
    "timm CosineLRScheduler(10, lr_min=.01, k_decay=2)": (
        lr.KDecay(0.1, 0.01, 10, k=2),
        [
            *[0.1, 0.0999777952164579, 0.0996451615591515, 0.0982132158554624, 0.0944338006019739],
            *[0.0868198051533946, 0.0741600681204283, 0.0564134841585158, 0.0358399318795717],
            *[0.0177813741576447, 0.01, 0.01],
        ],
    ),
    "timm CosineLRScheduler(8, k_decay=.5)": (
        lr.KDecay(0.1, 0, 8, k=0.5),
        [
            *[0.1, 0.0722007920163107, 0.05, 0.032712947782561, 0.0197150066460593],
            *[0.0104374920684305, 0.00436379009489111, 0.00102570245602561, 0, 0],
        ],
    ),
    # optax 0.2.8 on jax 0.10.2 in float64
    "optax warmup_cosine_decay_schedule(.001, .1, 4, 12, .01)": (
        lr.warmup_cosine(0.1, 4, 12, eta_min=0.01, start=0.001),
        [
            *[0.001, 0.02575, 0.0505, 0.07525, 0.1, 0.096574578963008, 0.086819805153395],
            *[0.072220754456429, 0.055, 0.037779245543571, 0.023180194846605, 0.013425421036992],
            *[0.01, 0.01, 0.01],
        ],
    ),
    "optax sgdr_schedule of (.01, .1, 2, 4, .01), (.01, .05, 2, 8, .01)": (
        lr.sgdr(0.1, 0.01, 4, T_mult=2, gamma=0.5, warmup=2, cycles=2),
        [
            *[0.01, 0.055, 0.1, 0.055, 0.01, 0.03, 0.05, 0.047320508075689, 0.04, 0.03, 0.02],
            *[0.012679491924311, 0.01, 0.01, 0.01],
        ],
    ),
    "optax polynomial_schedule(.1, .01, 2, 8)": (
        lr.Polynomial(0.1, 0.01, 8, power=2),
        [0.1, 0.07890625, 0.060625, 0.04515625, 0.0325, 0.02265625, 0.015625, 0.01140625, 0.01],
    ),
    "optax warmup_exponential_decay_schedule(0, .1, 4, 1, .9)": (
        lr.Linear(0, 0.1, 4) >> lr.Exponential(0.1, 0.9),
        [0.0, 0.025, 0.05, 0.075, 0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049],
    ),
    "optax warmup_constant_schedule(0, .1, 4)": (
        lr.warmup_constant(0.1, 4),
        [0.0, 0.025, 0.05, 0.075, 0.1, 0.1, 0.1],
    ),
    "optax piecewise_constant_schedule(.1, {3: .5, 6: .5})": (
        lr.MultiStep(0.1, [3, 6], 0.5),
        [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025],
    ),
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_numbers(name):
    schedule, rates = RECORDED[name]
    np.testing.assert_allclose(schedule.rates(len(rates)), rates, rtol=0, atol=6e-16)


# Laws -----------------------------------------------------------------------------------------

lengths = st.integers(2, 5000) | st.floats(1.5, 5000)
parts = st.floats(0, 0.99)
rates_ = st.floats(0, 10)
two_rates = st.tuples(rates_, rates_).map(sorted)
flags = st.booleans()
counts = st.integers(1, 12)


@st.composite
def recipes(draw):
    """A recipe with valid arguments, and the lowest and highest rate that it may have."""
    low, high = draw(two_rates)
    start = low + draw(fractions) * (high - low)
    T = draw(lengths)
    W = draw(parts) * (T - 1)
    ends = {"eta_min": low, "start": start}
    options = {**ends, "inclusive": draw(flags)}
    T_0, half = draw(lengths), draw(lengths)
    gamma = draw(st.floats(1e-3, 1))
    whole = draw(st.integers(5, 5000))
    pct = 1.01 / whole + draw(fractions) * (0.5 - 1.01 / whole)
    phases = {
        "pct_start": pct,
        "anneal_strategy": draw(st.sampled_from(["cos", "linear"])),
        "three_phase": draw(flags),
    }
    div, final = draw(st.floats(1, 1e3)), draw(st.floats(1, 1e6))
    momenta = sorted(draw(st.tuples(parts, parts)))
    cycles = draw(counts)
    W_0 = draw(parts) * T_0
    forms = draw(FORMS), draw(FORMS)
    noam = lr.noam(draw(counts), draw(counts), T=T + 12)
    return draw(
        st.sampled_from(
            [
                lambda: (lr.warmup_constant(high, W, T, start), low, high),
                lambda: (lr.warmup_linear(high, W, T, **options), low, high),
                lambda: (lr.linear_to_zero(high, T, W, start, options["inclusive"]), 0, high),
                lambda: (lr.warmup_cosine(high, W, T, **options), low, high),
                lambda: (lr.polynomial_warmup(high, W, T, power=0.01 + low, **options), low, high),
                lambda: (lr.rex(high, T, W, **options), low, high),
                lambda: (lr.warmup_inverse_sqrt(high, W, T=T, start=start), 0, high),
                lambda: (noam, 0, noam.rates().max() * 2),
                lambda: (lr.wsd(high, W, 0.7 * (T - W), T, low, start, *forms), low, high),
                lambda: (lr.triangular(low, high, T_0, cycles, half), low, high),
                lambda: (lr.triangular2(low, high, T_0, cycles, half), low, high),
                lambda: (lr.exp_range(low, high, T_0, gamma, cycles, half), low, high),
                lambda: (lr.sgdr(high, low, T_0, 1 + gamma, gamma, W_0, cycles), low, high),
                lambda: (
                    lr.cosine_warmup_restarts(
                        whole, 1 + gamma, high, low, whole // 2, gamma, cycles
                    ),
                    low,
                    high,
                ),
                lambda: (lr.cosine_hard_restarts(high, W, T, cycles, **ends), low, high),
                lambda: (
                    lr.one_cycle(high, whole, div_factor=div, final_div_factor=final, **phases),
                    0,
                    high,
                ),
                lambda: (
                    lr.one_cycle_momentum(
                        whole, base_momentum=momenta[0], max_momentum=momenta[1], **phases
                    ),
                    *momenta,
                ),
            ]
        )
    )()


@settings(max_examples=300, deadline=None)
@given(recipes())
def test_every_rate_is_finite_and_between_the_lowest_and_the_highest(recipe):
    schedule, low, high = recipe
    assume(schedule.T < 1e12)
    borders = schedule.starts if isinstance(schedule, lr.Sequence) else []
    steps = [np.linspace(0, 1.2 * schedule.T, 300), [schedule.T], borders]
    rates = schedule(np.concatenate([*steps, np.floor(steps[0]), np.nextafter(borders, np.inf)]))
    assert np.isfinite(rates).all() and (rates >= 0).all()
    rounding = 4e-16 * high
    assert low - rounding <= rates.min() and rates.max() <= high + rounding
    assert schedule(2 * schedule.T) == schedule(schedule.T)


def test_every_recipe_is_exported_documented_and_has_an_example():
    for module in (recipes_module, cycles_module, restarts_module):
        own = [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__]
        for function in own:
            helpers = {"in_a_row", "anneal", "hold", "start_rate"}  # of all three files
            if not function.__name__.startswith("_") and function.__name__ not in helpers:
                assert getattr(lr, function.__name__) is function
                assert ">>> " in function.__doc__ and "`" in function.__doc__
