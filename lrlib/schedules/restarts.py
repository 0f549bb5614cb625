r"""The literature's warm restarts: cosine cycles, each from its own peak.

Again compositions: a restart is a part that begins at its peak; cycles that are all alike are one
cycle repeated, cycles that grow or shrink stand in a row. All raise `TypeError` or `ValueError`
naming the parameter, its value and what is allowed.
"""

from fractions import Fraction
from itertools import count

from .. import checks
from ..checks import INF
from .composition import Sequence
from .recipes import anneal, in_a_row, start_rate
from .shapes import Constant, Cosine

LONGEST = 10**9  # steps: growing cycles without end are laid out this far, no run is longer
MOST = 10**5  # cycles: more that all differ would take seconds to lay out


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
    return in_a_row(
        anneal(start_rate(start, eta_max), eta_max, warmup),
        Cosine(eta_max, eta_min, (T - warmup) / cycles).repeat(cycles),
    )


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
        grown = min((length - warmup) * mult, checks.HUGE)
        length = int(grown) + warmup  # the third-party class's own arithmetic


def _restarts(eta_max, eta_min, lengths, gamma, warmup, cycles):
    """Cosine cycles of the given lengths in a row, each from its own peak to `eta_min`."""
    row, end = [], 0
    for k, length in zip(count(), lengths):
        if end + length > checks.HUGE:
            raise ValueError(f"cycles must be <= {k} where they grow so fast, not {cycles!r}")
        peak = eta_max * gamma**k
        if peak < max(eta_min, 1e-17 * eta_max):  # too small to be told from nothing
            peak = eta_min
        rise, fall = anneal(eta_min, peak, warmup), Cosine(peak, eta_min, length - warmup)
        cycle = in_a_row(rise, fall)
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
    return row[0] if len(row) == 1 else Sequence(row)
