"""Honest comparisons: paired seeds, 95 % intervals, rates chosen on other seeds than are reported."""

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

MARGIN = 5.0  # per cent: what is sure but smaller is only a little higher or lower


def half_width(values, axis=-1):
    """Half the 95 % t-interval of the mean along `axis`, which needs at least two values."""
    values = np.asarray(values, dtype=float)
    n = values.shape[axis]
    if n < 2:
        raise ValueError(f"an interval needs at least two values, not {n}")
    return stats.t.ppf(0.975, n - 1) * values.std(axis=axis, ddof=1) / np.sqrt(n)


@dataclass(frozen=True)
class Difference:
    """A paired difference `a - b` of losses, in per cent of the mean of b, with its 95 % interval.

    `low` and `high` are the ends of the interval, `pairs` the number of seeds; 0 where the losses
    were computed exactly and there is no interval.

    >>> print(paired_difference([1.2, 1.4, 1.2], [1.0, 1.1, 1.0]).numbers)
    +23 % [+8.7, +36]
    """

    a: str
    b: str
    percent: float
    low: float
    high: float
    pairs: int

    @property
    def kind(self):
        """What can be said of a against b: one of six verdicts.

        'higher', 'lower': the interval leaves out 0 and the mean is at least 5 %. 'a little
        higher', 'a little lower': the interval leaves out 0 and the mean is below 5 %; the sign is
        sure, the size is small. 'a tie': the interval holds 0 and lies within 5 %. 'undecided': all
        else.
        """
        if self.low > 0 or self.high < 0:
            little = "" if abs(self.percent) >= MARGIN else "a little "
            return little + ("higher" if self.low > 0 else "lower")
        return "a tie" if -MARGIN < self.low and self.high < MARGIN else "undecided"

    @property
    def numbers(self):
        """The mean and its interval in words: '-3.5 % [-4.9, -2.1]'."""
        return f"{_percent(self.percent)} %{self._interval}"

    @property
    def _interval(self):
        return f" [{_percent(self.low)}, {_percent(self.high)}]" if self.pairs else ", exact"

    def __str__(self):
        kind = self.kind
        if kind == "a tie":
            return f"{self.a} and {self.b}: a tie within {MARGIN:g} % ({self.numbers})"
        if kind == "undecided":
            return f"{self.a} and {self.b}: undecided ({self.numbers})"
        if kind.startswith("a little"):
            return f"{self.a} against {self.b}: {kind} ({self.numbers})"
        verb, size = "loses to" if kind == "higher" else "beats", _percent(abs(self.percent))[1:]
        return f"{self.a} {verb} {self.b}: its loss is {size} % {kind}{self._interval}"


def _percent(value):
    """A per cent with its sign: whole from 10 on, below with one decimal, '+31' or '-3.5'.

    With more decimals where rounding would bring it to 0, or out to the margin.
    """
    if abs(value) >= 9.95:
        return f"{value:+.0f}"
    for decimals in range(1, 6):
        text = f"{value + 0.0:+.{decimals}f}"
        shown = abs(float(text))
        if shown == abs(value) or shown and not abs(value) < MARGIN <= shown:
            return text
    return f"{value:+.1g}"


def paired_difference(a, b, names=("a", "b")):
    """The `Difference` of two arrays of losses, seed by seed: shapes (S,), S >= 2, the same seeds."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"paired losses must have one shape (S,), not {a.shape} and {b.shape}")
    mean, half = np.mean(a - b), half_width(a - b)
    percent = 100 / np.mean(b)
    return Difference(
        *names,
        float(mean * percent),
        *((mean + np.array([-half, half])) * percent).tolist(),
        len(a),
    )


@dataclass(frozen=True)
class Mean:
    """A mean over seeds with its 95 % t-interval."""

    value: float
    low: float
    high: float
    trials: int

    def __str__(self):
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def mean(values):
    """The `Mean` of at least two values: shape (S,). NaN, and it stays NaN, where one of them is."""
    values = np.asarray(values, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"a mean needs a list of values, not shape {values.shape}")
    value, half = float(values.mean()), float(half_width(values))
    return Mean(value, value - half, value + half, len(values))


@dataclass(frozen=True)
class Proportion:
    """How often something happened, with its 95 % interval (Wilson's)."""

    rate: float
    low: float
    high: float
    trials: int

    @property
    def value(self):
        """The rate, by the name that it has in a `Mean`."""
        return self.rate

    def __str__(self):
        return f"{self.rate:.2f} [{self.low:.2f}, {self.high:.2f}]"


def proportion(happened):
    """The `Proportion` of the trues in a list of at least one: shape (S,)."""
    happened = np.asarray(happened, dtype=bool)
    if happened.ndim != 1 or not happened.size:
        raise ValueError(f"a proportion needs a list of at least one, not shape {happened.shape}")
    count, trials = int(happened.sum()), happened.size
    interval = stats.binomtest(count, trials).proportion_ci(method="wilson")
    return Proportion(count / trials, float(interval.low), float(interval.high), trials)


def cross_fit(losses, by=None):
    """Each seed's loss at the rate that was best on the *other* half of the seeds.

    `losses`: shape (..., P, S) for P peak rates and S >= 4 seeds; the halves are the even and the
    odd ones. Choosing and reporting on the same seeds would flatter every schedule. `by`: losses
    that choose the rate instead of those reported, such as the final ones for a whole curve, of a
    shape that broadcasts to that of `losses`.
    Returns the losses, shape (..., S), and the chosen indices of the two halves, shape (..., 2).
    """
    losses = np.asarray(losses, dtype=float)
    if losses.ndim < 2 or losses.shape[-1] < 4:
        raise ValueError(f"losses must be of shape (..., P, S >= 4), not {losses.shape}")
    fitted = np.empty(losses.shape[:-2] + losses.shape[-1:])
    by = losses if by is None else np.broadcast_to(by, losses.shape)
    chosen = np.stack([by[..., 1 - half :: 2].mean(-1).argmin(-1) for half in (0, 1)], axis=-1)
    for half in (0, 1):
        index = chosen[..., half, None, None]
        own = losses[..., half::2]
        fitted[..., half::2] = np.take_along_axis(own, index, axis=-2)[..., 0, :]
    return fitted, chosen


def leave_one_out(losses, by=None):
    """Each seed's loss at the rate that was best on all *other* seeds: `cross_fit` for two or three.

    `losses`, `by`: as there, for S >= 2 seeds. Returns the losses, shape (..., S), and the index
    chosen for each of the seeds, shape (..., S).
    """
    losses = np.asarray(losses, dtype=float)
    if losses.ndim < 2 or losses.shape[-1] < 2:
        raise ValueError(f"losses must be of shape (..., P, S >= 2), not {losses.shape}")
    by = losses if by is None else np.broadcast_to(by, losses.shape)
    chosen = (by.sum(-1, keepdims=True) - by).argmin(-2)
    return np.take_along_axis(losses, chosen[..., None, :], axis=-2)[..., 0, :], chosen


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rank correlation of a prediction with what was measured, and its 95 % interval.

    `draws`: its value in each resample, in an order that is the same for all predictions of one
    experiment: the difference of two predictions' draws has an interval, too.
    """

    value: float
    low: float
    high: float
    draws: np.ndarray = field(repr=False, compare=False)

    def __str__(self):
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def rank_correlation(predicted, losses, resamples=2000):
    """How well a prediction orders schedules: the `RankCorrelation` with their mean losses.

    `predicted`: shape (n,), n >= 3 schedules. `losses`: shape (n, S), each seed's measured loss.
    In each resample seeds *and* schedules are drawn anew with replacement: another class would have
    other seeds, and would have asked about other schedules. Schedules that resemble one another
    are no independent questions, so that the interval is rather too narrow than too wide.
    Raises `ValueError` for wrong shapes.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13 (percentiles).
    """
    predicted, losses = np.asarray(predicted, dtype=float), np.asarray(losses, dtype=float)
    n = len(predicted) if predicted.ndim == 1 else 0
    if n < 3 or losses.ndim != 2 or len(losses) != n or losses.shape[1] < 2:
        raise ValueError(
            f"predicted and losses must be of shapes (n >= 3,) and (n, S >= 2), "
            f"not {predicted.shape} and {losses.shape}"
        )
    rng, S = np.random.default_rng(0), losses.shape[1]
    seeds = rng.multinomial(S, np.full(S, 1 / S), resamples) / S
    rows = rng.integers(n, size=(resamples, n))
    measured = np.take_along_axis(seeds @ losses.T, rows, axis=1)
    draws = _spearman(predicted[rows], measured)
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return RankCorrelation(
        float(_spearman(predicted, losses.mean(-1))), float(low), float(high), draws
    )


def _spearman(a, b):
    """The correlation of the ranks along the last axis; NaN where all of one are equal."""
    a, b = (stats.rankdata(x, axis=-1) for x in (a, b))
    a, b = (x - x.mean(-1, keepdims=True) for x in (a, b))
    with np.errstate(invalid="ignore"):
        return (a * b).sum(-1) / np.sqrt(np.square(a).sum(-1) * np.square(b).sum(-1))
