"""Two schedules against each other: each at its own best peak, on paired seeds, with a picture."""

from dataclasses import dataclass
from math import inf

import numpy as np

from .. import checks
from ..schedules import (
    Constant, Cosine, Exponential, InverseSqrt, Linear, MultiStep, Schedule, one_cycle, sgdr,
    triangular, warmup_cosine, warmup_linear, wsd,
)  # fmt: skip
from . import statistics
from .experiment import averaging
from .feedback import feedback_for, following
from .optimizers import SGD
from .trainer import one_of_ours, train

FACTOR, WIDER = 1.5, 8  # between two peaks of the grid; so many may be added at either end
STOPS = 24  # points of the measured curves

NAMED = {  # a name, and its schedule as a function of the length and the peak
    "constant": lambda T, p: Constant(p),
    "linear": lambda T, p: Linear(p, 0, T),
    "cosine": lambda T, p: Cosine(p, 0, T),
    "exponential": lambda T, p: Exponential(p, 0.1 ** (1 / T), T),
    "step": lambda T, p: MultiStep(p, (T / 2, 3 * T / 4), 0.1),
    "1/√t": lambda T, p: InverseSqrt(p, 20),
    "warmup + linear": lambda T, p: warmup_linear(p, T / 10, T),
    "warmup + cosine": lambda T, p: warmup_cosine(p, T / 10, T),
    "WSD": lambda T, p: wsd(p, 0, T / 5, T),
    "triangular": lambda T, p: triangular(p / 4, p, T / 8),
    "SGDR": lambda T, p: sgdr(p, 0, T / 3, cycles=3),
    "one-cycle": lambda T, p: one_cycle(p, T),
}


@dataclass(frozen=True, eq=False)
class Duel:
    """What `duel` returns. In a notebook it shows the picture and the verdict.

    `names`: of the two. `peaks`: for each the best peaks that the two halves of the seeds chose.
    `rates`: for each the rates at these peaks, shape (2, T); where they differ from seed to seed,
    under an `OnPlateau`, their mean. `at`: numbers of updates, the last is
    T. `curves`: the losses after these, at the best peaks, shape (2, len(at), seeds). `edge`: the
    names whose best peak lies at the edge of the widest grid. `tuned`: False if the peaks are those
    that the schedules were given with.
    """

    task: str
    unit: str
    T: int
    seeds: int
    optimizer: str
    names: tuple
    peaks: tuple
    rates: tuple
    at: tuple
    curves: np.ndarray
    edge: tuple
    tuned: bool = True

    @property
    def losses(self):
        """Each seed's loss at the end: shape (2, seeds)."""
        return self.curves[:, -1]

    @property
    def difference(self):
        """The paired `Difference` of the first from the second, with its verdict."""
        return statistics.paired_difference(*self.losses, self.names)

    def __repr__(self):
        best = (
            f"{name}: {p:g}" + (f", by half of the seeds {q:g} (thin)" if q != p else "")
            for name, (p, q) in zip(self.names, self.peaks)
        )
        edge = "".join(
            f"; no best peak found for {name}, only the edge of the grid" for name in self.edge
        )
        return (
            f"{self.difference}\n{self.task}, {self.T} updates, {self.seeds} paired seeds; "
            f"{'best peaks' if self.tuned else 'peaks as given'}: {'; '.join(best)}{edge}"
        )

    def _ipython_display_(self):
        from .. import figures

        verdict, settings = repr(self).splitlines()
        figures.show(figures.duel(self), f"{verdict}. {settings}.")


def duel(
    a, b, task, T=None, seeds=32, optimizer=None, max_norm=None, progress=True, around=0.02,
    tune=True
):  # fmt: skip
    """Two schedules on one task, each at its own best peak rate, compared seed by seed.

    `a`, `b`: a schedule, such as one that you drew: its shape is kept, its highest rate becomes
    the peak; or a function `peak -> Schedule`, plain or `Averaged`, or an `OnPlateau`; or a name: "constant", "linear"
    (to 0), "cosine" (to 0), "exponential" (to 10 %), "step" (a tenth at 1/2 and 3/4), "1/√t"
    (timescale 20), "warmup + linear", "warmup + cosine" (10 % of warmup), "WSD" (20 % of cooldown),
    "triangular" (four, from p/4), "SGDR" (three equal), "one-cycle"; or a pair of a name of your
    own and one of these.
    `task`: such as `Stream()`. `T`: updates; the length of the schedules unless given, or 400.
    `seeds`: how many, at least 4. `optimizer`, `max_norm`: as in `train`. `progress`: whether to
    show bars. `tune`: with False both schedules are taken at the rates that they have, so that two
    fixed rates can be compared, such as `Constant(0.02)` and `Constant(0.05)`.
    The peaks are a grid of seven around `around`, each 1.5 times the one before: from 0.006 to 0.07
    unless given; while the best one lies at its edge, it is widened. Which is best for one half of
    the seeds is decided on the other.
    Returns a `Duel`. Raises `ValueError` or `TypeError` that says what to do instead.

    >>> from lrlib.lab import Stream
    >>> duel("constant", "linear", Stream(), T=50, seeds=8).difference.pairs
    8
    """
    one_of_ours("task", task, "batches", "Stream()")
    seeds = range(checks.count("seeds", seeds, low=4))
    optimizer = SGD() if optimizer is None else optimizer
    a, b = _named(a, "first"), _named(b, "second")
    T = _length([a, b], T)
    both = dict([_entrant(*a, T), _entrant(*b, T)])
    if len(both) < 2:
        sides = ("first", a), ("second", b)
        both = {f"{side} {name}": _entrant(name, given, T)[1] for side, (name, given) in sides}
    own = None if tune else [_own_peak(*it, T) for it in (a, b)]
    _differ(both, own or [_peak(0)] * 2, T)
    settings = {"optimizer": optimizer, "max_norm": max_norm, "progress": progress}
    if own:
        chosen = {name: (peak,) * 2 for name, peak in zip(both, own)}
        return _measure(task, both, chosen, (), T, seeds, settings, tuned=False)
    middle = round(np.log(checks.positive("around", around) / 0.02) / np.log(FACTOR))
    grids = _search(task, both, T, seeds, settings, middle)
    chosen, edge = {}, []
    for name, grid in grids.items():
        peaks = sorted(grid)
        best = statistics.cross_fit([grid[peak] for peak in peaks])[1]
        chosen[name] = tuple(peaks[i] for i in best)
        edge += [name] if {0, len(peaks) - 1} & set(best) else []
    return _measure(task, both, chosen, tuple(edge), T, seeds, settings)


def _search(task, both, T, seeds, settings, middle=0):
    """The final losses of both on a grid around their best peaks: name -> peak -> shape (S,)."""
    grids = {name: {} for name in both}
    wanted = {name: list(range(middle - 3, middle + 4)) for name in both}
    while any(wanted.values()):
        keys = [(name, _peak(k)) for name, steps in wanted.items() for k in steps]
        for (name, peak), row in zip(keys, _train(task, both, keys, T, seeds, settings)[0]):
            grids[name][peak] = row
        for name, grid in grids.items():
            below = round(np.log(min(grid) / 0.02) / np.log(FACTOR))
            above = below + len(grid) - 1
            best = set(statistics.cross_fit([grid[peak] for peak in sorted(grid)])[1])
            wanted[name] = [below - 1] if 0 in best and below > middle - 3 - WIDER else []
            wanted[name] += [above + 1] if len(grid) - 1 in best and above < middle + 3 + WIDER else []
    return grids


def _measure(task, both, chosen, edge, T, seeds, settings, tuned=True):
    """The curves at the chosen peaks: the same runs again, for they depend on nothing else."""
    keys = [(name, peak) for name, peaks in chosen.items() for peak in peaks]
    at = np.unique(np.linspace(0, T, STOPS).round().astype(int))
    rows, used = _train(task, both, keys, T, seeds, settings, at)  # (len(at), 4, S), (4, T)
    curves = np.empty((2, len(at), len(seeds)))
    for half in (0, 1):
        curves[..., half::2] = np.moveaxis(rows[:, half::2, half::2], 0, 1)
    rates = used[:2], used[2:]
    return Duel(
        task.name, task.unit, T, len(seeds), repr(settings["optimizer"]), tuple(chosen),
        tuple(chosen.values()), rates, tuple(at.tolist()), curves, edge, tuned,
    )  # fmt: skip


def _train(task, both, keys, T, seeds, settings, at=None):
    """What `train` returns, and the rates that were used, the mean over seeds: shape (keys, T)."""
    rates = np.array([both[name](peak).rates(T) for name, peak in keys])
    settings = settings | {"average": [averaging(both[name]) for name, _ in keys]}
    rows = [following(both[name], peak) for name, peak in keys]
    feedback = feedback_for(task, rates, seeds, rows)
    measured = train(task, rates, seeds, measure_at=at, callback=feedback, **settings)
    return measured, rates if feedback is None else feedback.rates.mean(1)


def _peak(k):
    """A peak of the grid, with two digits: 0.02 times a power of 1.5."""
    return float(f"{0.02 * FACTOR**k:.2g}")


# --- who takes part, in words


def _named(given, side):
    """A name, and what was given under it."""
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str):
        return given[0], _drawn(given[1])
    if isinstance(given, str):
        return given, given
    given = _drawn(given)
    own = type(given).__name__.lower()
    return own if isinstance(given, Schedule) and own in NAMED else f"the {side}", given


def _drawn(given):
    """The schedule of a widget on which one was drawn; anything else as it is."""
    own = getattr(given, "schedule", None)
    return own if isinstance(own, Schedule) and not isinstance(given, Schedule) else given


def _length(pair, T):
    """The number of updates: as given, or that of the schedules."""
    own = [(name, it.T) for name, it in pair if isinstance(it, Schedule) and it.T < inf]
    if T is None and len({length for _, length in own}) > 1:
        (first, long), (second, other) = own
        raise ValueError(
            f"{first} lasts {long:g} updates and {second} {other:g}: make both for the same number"
        )
    T = checks.count("T", T if T is not None else own[0][1] if own else 400)
    for name, length in own:
        if length != T:
            raise ValueError(
                f"{name} lasts {length:g} updates, the duel T={T}: make it for {T} updates, or give "
                f"T={length:g}"
            )
    return T


def _entrant(name, given, T):
    """A name and a function `peak -> Schedule` that lasts T updates at least."""
    if isinstance(given, str):
        if given not in NAMED:
            raise ValueError(
                f"unknown schedule {given!r}: the names are {', '.join(map(repr, NAMED))}; or give "
                f"a schedule, or a function of the peak such as lambda peak: Linear(peak, 0, {T})"
            )
        return name, lambda peak: NAMED[given](T, peak)
    if isinstance(given, Schedule):
        top = _own_peak(name, given, T)
        return name, lambda peak: given * (peak / top)
    if not callable(given) or isinstance(given, type) and not issubclass(given, Schedule):
        raise TypeError(
            f"{name} must be a schedule, a function of the peak or a name, not {given!r}; "
            f"the names are {', '.join(map(repr, NAMED))}"
        )
    made = given(_peak(0))
    if not isinstance(made, Schedule):
        raise TypeError(
            f"{name}: the function must return a schedule, such as lambda peak: "
            f"Linear(peak, 0, {T}); for the peak {_peak(0):g} it returned {made!r}"
        )
    if made.T < T:
        raise ValueError(
            f"{name} lasts {made.T:g} updates, the duel T={T}: make it for {T} updates, or give "
            f"T={made.T:g}"
        )
    return name, given


def _own_peak(name, given, T):
    """The highest rate that a schedule has of its own."""
    if not isinstance(given, Schedule):
        raise TypeError(
            f"{name} must be a schedule with rates of its own where tune=False, such as "
            f"Constant(0.02), not {given!r}"
        )
    top = float(given.rates(T).max())
    if top == 0:
        raise ValueError(f"{name} is 0 at all of the {T} updates: nothing would be learned")
    return top


def _differ(both, peaks, T):
    """Raise if the two are the same runs."""
    (first, a), (second, b) = both.items()
    rates = [make(peak).rates(T) for make, peak in zip((a, b), peaks)]
    same = np.array_equal(*rates)
    twins = [following(make, peak) for make, peak in zip((a, b), peaks)]
    if same and averaging(a) == averaging(b) and twins[0] == twins[1]:
        raise ValueError(
            f"{first} and {second} are the same schedule over {T} updates: there is nothing to "
            f"compare; choose another, such as {'linear' if 'cosine' in first else 'cosine'!r}"
        )
