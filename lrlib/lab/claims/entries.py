"""What the claims are about: pairs of a name and a function `peak -> Schedule`, grids, tasks."""

from functools import partial

from ...schedules import (
    Constant, Cosine, Exponential, InverseSqrt, Linear, MultiStep, one_cycle, sgdr, triangular,
    warmup_linear, wsd,
)  # fmt: skip
from ..optimizers import SGD
from ..tasks import CleanDigits, Fragile, FreshDigits, Stream


def cosine(T):
    return "cosine", lambda peak: Cosine(peak, 0, T)


def linear(T):
    return "linear", lambda peak: Linear(peak, 0, T)


def warmup(T):
    return "warmup + linear", lambda peak: warmup_linear(peak, round(0.3 * T), T)


def step(T, gamma=0.1):
    name = "step" if gamma == 0.1 else f"step, x {gamma:g}"
    return name, lambda peak: MultiStep(peak, (T // 2, 3 * T // 4), gamma)


def to_a_tenth(T, shape):
    return f"{shape.__name__.lower()} to 10 %", lambda peak: shape(peak, peak / 10, T)


def dropped(after):
    return f"drop after {after}", lambda peak: MultiStep(peak, (after,), 0.1)


def cycles(T, n, low=10):
    name = f"{n} triangle{'s' * (n > 1)} from p/{low}"
    return name, lambda peak: triangular(peak / low, peak, T / n / 2)


def clipped(pair):
    """The same schedule under a name for runs that are clipped, at `max_norm=1.0`."""
    return f"{pair[0]}, clipped", pair[1]


def inverse_sqrt(timescale=20):
    return "1/sqrt(t)", lambda peak: InverseSqrt(peak, timescale)


def exponential(T, ratio):
    return f"exponential to {ratio:g}", lambda peak: Exponential(peak, ratio ** (1 / T))


def wave(half_period):
    """What PyTorch's class does after its end: down, up, down ..."""
    fall = partial(Cosine, eta_min=0, T=half_period)
    return lambda peak: (fall(peak) >> fall(peak).reverse()).repeat()


def drop(peak):
    return MultiStep(peak, (400,), 0.1)


def cycle(peak):
    return one_cycle(peak, 100)


def three_cycles(peak, T):
    return sgdr(peak, 0, T // 3, cycles=3)


def growing(peak):
    """Cycles of 80, 160, 320 ... steps: at step 240 the second one has ended."""
    return sgdr(peak, 0, 80, T_mult=2)


def trunk(peak, T):
    return wsd(peak, 0, round(0.4 * T), T)


STREAM, DIGITS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.09), (0.005, 0.01, 0.02, 0.03, 0.045, 0.07)
STEEP, FIXED = (0.02, 0.04, 0.08, 0.16, 0.32), (0.003, 0.005, 0.01, 0.02, 0.04)
HORIZONS = 200, 400, 800
CONSTANT = "constant", Constant
stream, digits, clean = Stream(), FreshDigits(), CleanDigits()
fragile, plain = Fragile(2.0), Fragile(1.0)
plain_sgd = SGD(0.0)
