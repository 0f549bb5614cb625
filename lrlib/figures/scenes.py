"""A scene: points that move in a landscape, a column for each schedule, the rates below."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .. import checks
from .films import Frames
from .names import HALO
from .style import GUIDE, describe, draw_rates, panels, styles

WIDEST = 4  # columns of a scene
FAR = 1e6  # a point farther out is not drawn: no number of pixels holds it


def rates_of(schedules, T, most=WIDEST):
    """The rates of one to `most` schedules, shape (columns, T)."""
    T = checks.count("T", T)
    if not 1 <= len(schedules) <= most:
        raise ValueError(f"schedules must be 1 to {most}, side by side, not {len(schedules)}")
    return np.array([schedule.rates(T) for schedule in schedules.values()])


def scene(
    names,
    rates,
    positions,
    backdrop,
    words,
    *,
    settings=None,
    pale=None,
    between=1,
    frames=48,
    seconds=4.5,
    momentum=None,
):
    """`Frames` of points moving before a backdrop: each column has its own points and its own rate.

    `names`: of the columns. `rates`: shape (columns, T). `positions`: shape (columns, points,
    T + 1, 2). `backdrop(axes, i)` draws the landscape of column i, sets the limits and returns what
    else moves: a dict from an artist to a function of t that sets it. `words(axes, paths)`: what
    to say of the paths up to now, of shape (points, t + 1, 2). `pale`: for each column the update
    whose points stay behind; without it each point draws its path. `between`: frames for an
    update; `frames`: at most so many in all. `momentum`: as `rates`, in a row below them. Where
    every rate is fixed there is no row of rates.
    """
    T = rates.shape[1]
    fixed = momentum is None and np.ptp(rates, axis=1).max() == 0
    below = [] if fixed else [(rates, r"rate $\eta$", (0, 1.15 * rates.max() or 1))]
    if momentum is not None:
        low, high = momentum.min(), momentum.max()
        room = 0.25 * (high - low or 0.1)
        below.append((momentum, r"momentum $\beta$", (low - room, high + room)))
    rows = {} if fixed else {"height_ratios": (2.7, *[1 / len(below) ** 0.25] * len(below))}
    figure, axes = panels(len(rates), 1 + len(below), squeeze=False, sharey="row", **rows)
    figure.set_figheight(3.3 if fixed else 4.4)
    seen = np.where(np.abs(positions) < FAR, positions, np.nan)
    artists, parts = [], []
    for i, (name, look) in enumerate(styles(names, settings).items()):
        top, colour = axes[0, i], look["color"]
        moving = backdrop(top, i) or {}
        describe(top, name, top.get_xlabel(), top.get_ylabel() if i == 0 else "")
        (line,) = top.plot([], [], "-", color=colour, linewidth=1.2, alpha=0.7)
        (before,) = top.plot([], [], "o", color=colour, mew=0)
        before.set(
            alpha=0.25 if pale is not None else 0.7, markersize=4 if pale is not None else 3.5
        )
        size = 4.1 if seen.shape[1] > 1 else 9
        (dots,) = top.plot([], [], "o", color=colour, markersize=size, mec="white", mew=0.4)
        said = top.annotate("", (0.5, 0.02), xycoords="axes fraction", ha="center", va="bottom",
                            color=GUIDE, path_effects=HALO)  # fmt: skip
        clocks = [
            (np.append(each[i], each[i, -1]), *_curve_below(place, each[i], colour, limits))
            for place, (each, _, limits) in zip(axes[1:, i], below)
        ]
        for place, (_, label, _) in zip(axes[1:, i], below):
            last = place is axes[-1, i]
            describe(place, "", "updates made" if last else "", label if i == 0 else "")
            place.tick_params(labelbottom=last)
        parts.append((top, seen[i], moving, line, before, dots, said, clocks))
        artists += [*moving, line, before, dots, *(dot for _, *pair in clocks for dot in pair), said]
    stride = -(-T * between // frames)
    steps = np.append(np.arange(0, T * between, stride), T * between) / between

    def move(k):
        t, share = int(steps[k]), steps[k] % 1
        for i, (top, path, moving, line, before, dots, said, clocks) in enumerate(parts):
            points = path[:, t]
            if share:
                points = points + share * (path[:, t + 1] - points)
            past = np.empty((0, 2))
            if pale is None:
                trail = np.concatenate([path[:, : t + 1], points[:, None]], axis=1)
                line.set_data(*np.insert(trail, t + 2, np.nan, axis=1).reshape(-1, 2).T)
                past = path[0, : t + 1] if len(path) == 1 else past
            elif t > pale[i]:
                past = path[:, pale[i]]
            before.set_data(*past.T)
            dots.set_data(*points.T)
            said.set_text(words(top, path[:, : t + 1]))
            for put in moving.values():
                put(t)
            for values, now, then in clocks:
                now.set_data([t], [values[t]])
                then.set_data(
                    *([pale[i]], [values[pale[i]]]) if pale is not None and len(past) else ([], [])
                )

    return Frames(figure, artists, move, len(steps), seconds, positions=positions, rates=rates)


def _curve_below(axes, values, colour, limits):
    """The rate or the momentum, and the two dots on it: now, and the moment that stays behind."""
    draw_rates(axes, values, color=colour, linewidth=1.8)
    axes.set(xlim=(0, 1.03 * len(values)), ylim=limits)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    look = {"color": colour, "markersize": 9, "clip_on": False}
    return [axes.plot([], [], "o", **look)[0], axes.plot([], [], "o", alpha=0.25, mew=0, **look)[0]]
