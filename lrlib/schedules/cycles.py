r"""The literature's cycles, with their momentum: triangles and one cycle.

Again compositions: a triangle is a line up and a line down, again and again; its height may be a
schedule, too. All raise `TypeError` or `ValueError` naming the parameter, its value and what is
allowed.
"""

from .. import checks
from ..checks import INF
from .recipes import anneal, hold, in_a_row
from .shapes import Exponential, Linear, Step


def triangular(eta_min, eta_max, step_size, cycles=INF, step_size_down=None):
    r"""A line up and a line down, again and again.

    $\eta(t) = \eta_{\min} + (\eta_{\max} - \eta_{\min})\, t'/s$ for $t' < s$, then
    $\eta_{\max} - (\eta_{\max} - \eta_{\min})\,(t' - s)/s'$, with $t' = t \bmod (s + s')$.

    `eta_min`, `eta_max`: the lowest and the highest rate. `step_size`: s, the steps of a rise.
    `cycles`: how many (for ever unless given). `step_size_down`: s', the steps of a fall (s unless
    given).
    Equals PyTorch's `CyclicLR(eta_min, eta_max, s, s', mode="triangular")`, which also cycles the
    momentum unless told not to.
    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.1.

    >>> triangular(0, 0.1, step_size=10)([0, 5, 10, 15, 20])
    array([0.  , 0.05, 0.1 , 0.05, 0.  ])
    """
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    up = checks.length("step_size", step_size)
    down = up if step_size_down is None else checks.length("step_size_down", step_size_down)
    cycles = checks.times("cycles", cycles)
    return (Linear(eta_min, eta_max, up) >> Linear(eta_max, eta_min, down)).repeat(cycles)


def triangular2(eta_min, eta_max, step_size, cycles=INF, step_size_down=None):
    r"""Triangles, each half as high as the one before.

    $\eta(t) = \eta_{\min} + \Delta(t)\,(\eta_{\max} - \eta_{\min})\,2^{-\lfloor t/(s + s') \rfloor}$,
    with $\Delta$ the triangle from 0 to 1.

    Parameters as in `triangular`.
    Equals PyTorch's `CyclicLR(eta_min, eta_max, s, s', mode="triangular2")`.
    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.1.

    >>> triangular2(0, 0.1, step_size=10)([10, 20, 30, 50])
    array([0.1  , 0.   , 0.05 , 0.025])
    """
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    return eta_min + _halving(eta_max - eta_min, step_size, cycles, step_size_down)


def exp_range(eta_min, eta_max, step_size, gamma, cycles=INF, step_size_down=None):
    r"""Triangles whose height decays with every step.

    $\eta(t) = \eta_{\min} + \Delta(t)\,(\eta_{\max} - \eta_{\min})\,\gamma^{t}$, with $\Delta$ the
    triangle from 0 to 1.

    `gamma`: factor per step, > 0 and <= 1. The other parameters as in `triangular`.
    Equals PyTorch's `CyclicLR(eta_min, eta_max, s, s', mode="exp_range", gamma=gamma)`.
    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.1.

    >>> exp_range(0, 0.1, step_size=1, gamma=0.5)([1, 2, 3])
    array([0.05  , 0.    , 0.0125])
    """
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    return eta_min + _decaying(eta_max - eta_min, step_size, gamma, cycles, step_size_down)


def cyclical_momentum(
    step_size,
    mode="triangular",
    gamma=1.0,
    base_momentum=0.8,
    max_momentum=0.9,
    cycles=INF,
    step_size_down=None,
):
    r"""The momentum of `triangular`, `triangular2` or `exp_range`: it falls while the rate rises.

    $\mu(t) = \mu_{\max} - \Delta(t)\,(\mu_{\max} - \mu_{base})\,h(t)$, with $\Delta$ the triangle
    from 0 to 1 and h = 1 (`"triangular"`), $2^{-\lfloor t/(s + s') \rfloor}$ (`"triangular2"`) or
    $\gamma^{t}$ (`"exp_range"`).

    `mode`: one of the three. `gamma`: factor per step of `"exp_range"`, > 0 and <= 1.
    `base_momentum`, `max_momentum`: the lowest and the highest momentum, `base_momentum <=
    max_momentum < 1`. The other parameters as in `triangular`.
    Equals the momentum (or the first beta) that PyTorch's `CyclicLR` writes.

    >>> cyclical_momentum(step_size=10)([0, 5, 10, 15, 20])
    array([0.9 , 0.85, 0.8 , 0.85, 0.9 ])
    """
    checks.choice("mode", mode, ("triangular", "triangular2", "exp_range"))
    low, high = _momenta(base_momentum, max_momentum)
    gamma = checks.decay("gamma", gamma)
    if mode == "triangular":
        return high - triangular(0, high - low, step_size, cycles, step_size_down)
    if mode == "triangular2":
        return high - _halving(high - low, step_size, cycles, step_size_down)
    return high - _decaying(high - low, step_size, gamma, cycles, step_size_down)


def one_cycle(
    eta_max,
    T,
    pct_start=0.3,
    anneal_strategy="cos",
    div_factor=25.0,
    final_div_factor=1e4,
    three_phase=False,
):
    r"""One cycle: a rise to the peak, then a fall far below the start, in two phases or three.

    With $\eta_0 = \eta_{\max}/d$ and $\eta_1 = \eta_0/f$: from $\eta_0$ to $\eta_{\max}$ at step
    $pT - 1$, then to $\eta_1$ at step $T - 1$; in three phases from the peak to $\eta_0$ at step
    $2(pT - 1)$, then to $\eta_1$ at step $T - 1$. Each phase is half a cosine or a line.

    `eta_max`: the peak. `T`: steps of the run, a whole number. `pct_start`: p, the part of the run
    that rises, > 0 and < 1; p T must be more than 1, and in three phases 2 p T less than T + 1.
    `anneal_strategy`: "cos" or "linear". `div_factor`: d >= 1. `final_div_factor`: f, with d f >= 1.
    `three_phase`: whether the fall mirrors the rise and a third phase ends the run.
    Equals PyTorch's `OneCycleLR(max_lr=eta_max, total_steps=T, ...)`; its momentum is
    `one_cycle_momentum`.
    Source: Smith and Topin 2018, "Super-Convergence".

    >>> one_cycle(0.1, T=101, pct_start=0.5, anneal_strategy="linear", final_div_factor=1)([0, 100])
    array([0.004, 0.004])
    """
    eta_max, form = checks.rate("eta_max", eta_max), _form(anneal_strategy)
    first = eta_max / checks.number("div_factor", div_factor, low=1)
    last = first / checks.positive("final_div_factor", final_div_factor)
    checks.ordered(last, eta_max, ("eta_max / div_factor / final_div_factor", "eta_max"))
    rise, fall, rest = _phases(T, pct_start, three_phase)
    return in_a_row(
        anneal(first, eta_max, rise, form),
        anneal(eta_max, first if three_phase else last, fall, form),
        anneal(first, last, rest, form),
        hold(last, 1),  # the last update, T - 1
    )


def one_cycle_momentum(
    T,
    pct_start=0.3,
    anneal_strategy="cos",
    base_momentum=0.85,
    max_momentum=0.95,
    three_phase=False,
):
    r"""The momentum of `one_cycle`: it falls while the rate rises and rises while the rate falls.

    From $\mu_{\max}$ to $\mu_{base}$ at step $pT - 1$, then back to $\mu_{\max}$: at step $T - 1$, or
    in three phases at step $2(pT - 1)$, after which it stays.

    `base_momentum`, `max_momentum`: the lowest and the highest momentum, `base_momentum <=
    max_momentum < 1`. The other parameters as in `one_cycle`.
    Equals the momentum (or the first beta) that PyTorch's `OneCycleLR` writes.

    >>> one_cycle_momentum(T=100, anneal_strategy="linear")([0, 29, 99])
    array([0.95, 0.85, 0.95])
    """
    low, high = _momenta(base_momentum, max_momentum)
    form = _form(anneal_strategy)
    rise, fall, rest = _phases(T, pct_start, three_phase)
    return in_a_row(
        anneal(high, low, rise, form), anneal(low, high, fall, form), hold(high, rest + 1)
    )


def _halving(height, *triangles):
    triangles = triangular(0, 1, *triangles)
    return triangles * Step(height, triangles.schedule.T, 0.5, triangles.T)


def _decaying(height, step_size, gamma, *others):
    triangles = triangular(0, 1, step_size, *others)
    return triangles * Exponential(height, checks.decay("gamma", gamma), triangles.T)


def _momenta(base_momentum, max_momentum):
    """The two, checked."""
    high = checks.number("max_momentum", max_momentum)
    low = checks.number("base_momentum", base_momentum)
    checks.ordered(low, high, ("base_momentum", "max_momentum"))
    if high >= 1:
        raise ValueError(f"max_momentum must be >= 0 and < 1, not {high!r}")
    return low, high


def _phases(T, pct_start, three_phase):
    """The steps of the rise, the fall and, in three phases, the rest of a one-cycle schedule."""
    T, pct_start = checks.count("T", T), checks.share("pct_start", pct_start)
    rise = pct_start * T - 1
    if rise <= 0:
        raise ValueError(
            f"pct_start * T must be more than 1, because the peak is at step pct_start * T - 1, "
            f"not {pct_start!r} * {T!r}"
        )
    if not checks.flag("three_phase", three_phase):
        return rise, T - 1 - rise, 0
    if 2 * rise >= T - 1:
        raise ValueError(
            f"2 * pct_start * T must be less than T + 1 in three phases, not {2 * pct_start * T!r} "
            f"with T={T!r}"
        )
    return rise, rise, T - 1 - 2 * rise


def _form(anneal_strategy):
    checks.choice("anneal_strategy", anneal_strategy, ("cos", "linear"))
    return "cosine" if anneal_strategy == "cos" else "linear"
