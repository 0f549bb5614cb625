"""The plateau rule at work: a metric read value by value, the counter, the rate."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .films import Frames
from .names import HALO
from .style import GUIDE, OTHER, STYLES, describe, from_zero, panels, styled

SEEN = {"color": OTHER, "marker": "o", "markersize": 5, "linestyle": "none", "mew": 0}


@styled
def reading(rule, log, expected=None, *, ylabel="metric", xlabel="check"):
    """A film of a plateau rule that reads a log: value by value, the best so far, counter and rate.

    Above the values as dots, the best so far as a line, and a ring round the value just read; in
    the middle how many values in a row were no improvement, up to the one that is too many; below
    the rate. `rule`: a `Plateau`. `log`: two or more finite values of its metric, at most 120.
    `expected`: what the values scatter about, shape (len(log),), drawn behind them.
    Returns `Frames` with `rates`, shape (len(log) + 1,), `best` and `bad`, each of shape
    (len(log),): after each value the best so far, and the count that the rule compared with its
    patience. Raises `ValueError` for a log that cannot be shown.

    >>> import lrlib as lr
    >>> frames = reading(lr.Plateau(0.1, patience=2), [3, 2, 2.5, 2.2, 2.1, 2.3])
    >>> frames.bad.tolist()
    [0, 0, 1, 2, 3, 1]
    """
    log = np.asarray(log, dtype=float)
    if log.ndim != 1 or not 2 <= len(log) <= 120 or not np.isfinite(log).all():
        raise ValueError(f"log must hold 2 to 120 finite values, not {log!r}")
    steps = rule.replay(log.tolist())
    rates = np.array([step.eta for step in steps])
    best = np.array([step.best for step in steps[1:]], dtype=float)
    drops = np.append(False, [_dropped(rule, a, b) for a, b in zip(steps, steps[1:])])[1:]
    bad = np.where(drops, rule.patience + 1, [step.bad for step in steps[1:]])
    n, x = len(log), np.arange(1, len(log) + 1)

    figure, (top, middle, bottom) = panels(1, 3, sharex=True, height_ratios=(2.4, 1, 1))
    figure.set_figheight(4.7)
    if expected is not None:
        top.plot(x, expected, color="#9AA3B2", linewidth=1.4, zorder=1)
    room = 0.07 * np.ptp(np.append(log, log if expected is None else expected)) or 1.0
    low, high = (f(np.append(log, [] if expected is None else expected)) for f in (np.min, np.max))
    top.set(xlim=(0, n + 0.9), ylim=(low - room, high + room))
    colour = STYLES["step"][0]
    (values,) = top.plot([], [], **SEEN)
    (record,) = top.plot([], [], color=colour, linewidth=2, drawstyle="steps-post")
    (ring,) = top.plot([], [], "o", color=GUIDE, markersize=11, fillstyle="none")
    said = top.annotate("", (0.985, 0.97), xycoords="axes fraction", ha="right", va="top",
                        color=GUIDE, path_effects=HALO)  # fmt: skip
    (count,) = middle.plot([], [], color=OTHER, linewidth=min(9.0, 330 / n), solid_capstyle="butt")
    middle.axhline(rule.patience, color=GUIDE, linewidth=1.3, linestyle="--")
    middle.annotate("patience", (1, rule.patience), (5, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", va="center", color=GUIDE,
                    annotation_clip=False)  # fmt: skip
    middle.set_ylim(0, 1.15 * (rule.patience + 1))
    middle.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    (rate,) = bottom.plot([], [], color=colour, drawstyle="steps-post")
    bottom.set_ylim(0, 1.15 * rule.eta)
    from_zero(bottom)
    describe(top, "", "", ylabel)
    describe(middle, "", "", "no record for")
    describe(bottom, "", xlabel, r"rate $\eta$")

    def move(k):
        now = slice(0, k)
        values.set_data(x[now], log[now])
        record.set_data(x[now], best[now])
        ring.set_data(x[k - 1 : k], log[k - 1 : k] if k else [])
        bars = np.stack([bad[now] * 0.0, bad[now], np.full(k, np.nan)], 1)
        count.set_data(np.repeat(x[now], 3), bars.ravel())
        rate.set_data(np.arange(k + 1), rates[: k + 1])
        made = int(drops[now].sum())
        said.set_text(f"{made} drop{'s' * (made != 1)}")

    artists = [values, record, ring, said, count, rate]
    return Frames(figure, artists, move, n + 1, 4.5, rates=rates, best=best, bad=bad)


def _dropped(rule, before, after):
    """Whether the value between was one too many; the rate may have been at its floor already."""
    return after.bad == 0 and not before.cooldown and before.bad == rule.patience and (
        after.best == before.best
    )
