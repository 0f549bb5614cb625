r"""The literature's schedules that come back: triangles, warm restarts, one cycle.

Again compositions: a triangle is a line up and a line down; a restart is a part that begins at
its peak; cycles that are all alike are one cycle repeated, cycles that grow or shrink stand in a
row. All raise `TypeError` or `ValueError` naming the parameter, its value and what is allowed.
"""

from fractions import Fraction
from itertools import count

from .. import checks
from ..checks import INF
from .composition import Sequence, _parts
from .recipes import _anneal, _hold, _in_a_row, _start
from .shapes import Constant, Cosine, Exponential, Linear, Step

LONGEST = 10**9  # steps: growing cycles without end are laid out this far, no run is longer
MOST = 10**5  # cycles: more that all differ would take seconds to lay out


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
    triangles, height = _triangles(eta_min, eta_max, step_size, cycles, step_size_down)
    return eta_min + triangles * Step(height, triangles.schedule.T, 0.5, triangles.T)


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
    triangles, height = _triangles(eta_min, eta_max, step_size, cycles, step_size_down)
    return eta_min + triangles * Exponential(height, checks.decay("gamma", gamma), triangles.T)


def sgdr(eta_max, eta_min, T_0, T_mult=1, gamma=1.0, warmup=0, cycles=INF):
    r"""Cosine annealing with warm restarts.

    Cycle i has $T_i = T_0\,T_{mult}^{\,i}$ steps and the peak
    $\eta_i = \max(\eta_{\max}\,\gamma^{i}, \eta_{\min})$. At its own step t', with W the warmup,
    $\eta_{\min} + (\eta_i - \eta_{\min})\, t'/W$ for $t' < W$, then
    $\eta_{\min} + (\eta_i - \eta_{\min})\,(1 + \cos(\pi (t' - W)/(T_i - W)))/2$.

    `eta_max`, `eta_min`: the first peak and the floor. `T_0`: steps of the first cycle. `T_mult`:
    how many times longer each cycle is than the one before, >= 1, whole or not. `gamma`: factor
    from peak to peak, > 0 and <= 1. `warmup`: W, steps of a rise at the start of each cycle, from
    0 to less than `T_0`. `cycles`: how many; after the last the schedule holds `eta_min`. Unless
    given they go on for ever (cycles that grow are laid out for 10**9 steps).
    Equals PyTorch's `CosineAnnealingWarmRestarts(T_0, T_mult, eta_min)` stepped without an argument,
    for a whole `T_mult`, `gamma=1` and `warmup=0`.
    Raises `ValueError` also where more than 100,000 cycles would differ: give `cycles` then.
    Source: Loshchilov and Hutter 2017, "SGDR", section 3.

    >>> sgdr(0.1, 0, T_0=10, T_mult=2, gamma=0.5)([0, 5, 10, 20, 30])
    array([0.1  , 0.05 , 0.05 , 0.025, 0.025])
    """
    eta_min, eta_max = checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max)
    checks.ordered(eta_min, eta_max)
    T_0, T_mult = checks.length("T_0", T_0), checks.number("T_mult", T_mult, low=1)
    gamma, warmup = (
        checks.decay("gamma", gamma),
        checks.steps_within("warmup", warmup, T_0, "the first cycle, T_0"),
    )
    lengths = _growing(T_0, T_mult)
    return _restarts(eta_max, eta_min, lengths, gamma, warmup, checks.times("cycles", cycles))


def cosine_warmup_restarts(
    first_cycle_steps,
    cycle_mult=1.0,
    max_lr=0.1,
    min_lr=0.001,
    warmup_steps=0,
    gamma=1.0,
    cycles=INF,
):
    r"""`sgdr` with the parameters and whole-number cycles of the popular third-party class.

    As `sgdr`, but a cycle of C steps is followed by one of
    $\lfloor (C - W)\, m \rfloor + W$ steps: without its warmup, m times as long, rounded down.

    `first_cycle_steps`: steps of the first cycle. `cycle_mult`: m, >= 1. `max_lr`, `min_lr`: the
    first peak and the floor. `warmup_steps`: W, steps of the rise in each cycle, fewer than
    `first_cycle_steps`. `gamma`: factor from peak to peak, > 0 and <= 1. `cycles`: as in `sgdr`.
    Equals `CosineAnnealingWarmupRestarts` of katsura-jp/pytorch-cosine-annealing-with-warmup 2.0,
    stepped without an argument, but for two things: without a warmup that class uses `min_lr`
    instead of the peak in its very first update, and where `gamma` brings a peak below `min_lr` its
    cycles turn upside down; here they are flat.

    >>> cosine_warmup_restarts(10, cycle_mult=2, max_lr=0.1, min_lr=0, warmup_steps=2)([0, 2, 6, 10, 12])
    array([0.  , 0.1 , 0.05, 0.  , 0.1 ])
    """
    min_lr, max_lr = checks.rate("min_lr", min_lr), checks.rate("max_lr", max_lr)
    checks.ordered(min_lr, max_lr, ("min_lr", "max_lr"))
    first = checks.count("first_cycle_steps", first_cycle_steps)
    mult, gamma = checks.number("cycle_mult", cycle_mult, low=1), checks.decay("gamma", gamma)
    warmup = checks.count("warmup_steps", warmup_steps, low=0)
    checks.steps_within("warmup_steps", warmup, first, "the first cycle, first_cycle_steps")
    lengths = _growing_rounded(first, mult, warmup)
    return _restarts(max_lr, min_lr, lengths, gamma, warmup, checks.times("cycles", cycles))


def cosine_hard_restarts(eta_max, warmup, T, cycles=1, eta_min=0.0, start=0.0):
    r"""One linear warmup, then equal cosine cycles that fill the run.

    $\eta(t) = \eta_{start} + (\eta_{\max} - \eta_{start})\, t/W$ for $t < W$, then
    $\eta_{\min} + (\eta_{\max} - \eta_{\min})\,(1 + \cos(\pi t'/P))/2$ with
    $P = (T - W)/n$ and $t' = (t - W) \bmod P$.

    `eta_max`, `eta_min`, `start`: rates at the peaks, the end and the first step, `start <= eta_max`.
    `warmup`: W, steps of the warmup, from 0 to less than T. `T`: steps of the run. `cycles`: n.
    Equals transformers' `get_cosine_with_hard_restarts_schedule_with_warmup(W, T, num_cycles=n)`,
    whose rounded remainder turns some peaks into 0 (W=0, T=98, n=49: at step 2).

    >>> cosine_hard_restarts(0.1, warmup=10, T=110, cycles=2)([0, 10, 35, 60, 85])
    array([0.  , 0.1 , 0.05, 0.1 , 0.05])
    """
    eta_max, cycles = checks.rate("eta_max", eta_max), checks.count("cycles", cycles)
    T = checks.length("T", T)
    warmup = checks.steps_within("warmup", warmup, T)
    return _in_a_row(
        _anneal(_start(start, eta_max), eta_max, warmup),
        Cosine(eta_max, eta_min, (T - warmup) / cycles).repeat(cycles),
    )


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
    return _in_a_row(
        _anneal(first, eta_max, rise, form),
        _anneal(eta_max, first if three_phase else last, fall, form),
        _anneal(first, last, rest, form),
        _hold(last, 1),  # the last update, T - 1
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
    high, low = (
        checks.number("max_momentum", max_momentum),
        checks.number("base_momentum", base_momentum),
    )
    checks.ordered(low, high, ("base_momentum", "max_momentum"))
    if high >= 1:
        raise ValueError(f"max_momentum must be >= 0 and < 1, not {high!r}")
    form = _form(anneal_strategy)
    rise, fall, rest = _phases(T, pct_start, three_phase)
    return _in_a_row(
        _anneal(high, low, rise, form), _anneal(low, high, fall, form), _hold(high, rest + 1)
    )


def _triangles(eta_min, eta_max, step_size, cycles, step_size_down):
    """Triangles from 0 to 1, and the height that they are to have."""
    checks.ordered(checks.rate("eta_min", eta_min), checks.rate("eta_max", eta_max))
    return triangular(0, 1, step_size, cycles, step_size_down), eta_max - eta_min


def _growing(T_0, T_mult):
    """T_0, T_0 T_mult, T_0 T_mult**2 ...: while they are whole numbers, exactly so (1.1 is 11/10)."""
    length, factor = Fraction(str(T_0)), Fraction(str(T_mult))
    while length.denominator == 1:
        yield int(length)
        length *= factor
    length = float(length)
    while True:
        yield length
        length *= T_mult


def _growing_rounded(length, mult, warmup):
    while True:
        yield length
        length = int((length - warmup) * mult) + warmup  # the third-party class's own arithmetic


def _restarts(eta_max, eta_min, lengths, gamma, warmup, cycles):
    """Cosine cycles of the given lengths in a row, each from its own peak to `eta_min`."""
    row, end = [], 0
    for k, length in zip(count(), lengths):
        peak = eta_max * gamma**k
        if peak < max(eta_min, 1e-17 * eta_max):  # too small to be told from nothing
            peak = eta_min
        rise, fall = _anneal(eta_min, peak, warmup), Cosine(peak, eta_min, length - warmup)
        cycle = _in_a_row(rise, fall)
        if row and cycle == row[-1]:  # then so are all that follow
            row[-1] = cycle.repeat(cycles - k + 1)
            break
        row.append(cycle)
        end += length
        if len(row) == cycles:
            break
        if cycles == INF and k and end > LONGEST:
            row.append(Constant(eta_min))
            break
        if len(row) == MOST:
            raise ValueError(f"cycles must be <= {MOST} where all of them differ, not {cycles!r}")
    return row[0] if len(row) == 1 else Sequence(tuple(p for c in row for p in _parts(c)))


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
