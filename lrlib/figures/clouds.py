"""Many runs at once, seen from above: dots on the contours of a landscape, the rate below."""

import numpy as np

from .. import checks, dynamics
from .scenes import FAR, rates_of, scene
from .style import GUIDE, styled

DOTS = 6500  # in all frames of a film together: about 35 bytes each
CONTOURS = {"colors": "#C9D0DC", "linewidths": 0.9, "linestyles": "solid", "zorder": 1}


@styled
def cloud(
    schedules, T=72, *, curvatures=(0.5, 1.0), noise=1.0, x0=(-2.8, 2.2), runs=None, quartic=0.0,
    momentum=None, settings=None
):  # fmt: skip
    """Many runs of noisy SGD on a bowl: a cloud, wide while the rate is high, small when it falls.

    One panel for each schedule, up to three; below it the rate, with a dot that moves along it. All
    panels have the same bowl, the same start and the same noise. Dots that leave the picture are
    counted in words. From the moment in the second half when a cloud is widest, pale dots stay
    behind, so that the finished picture shows what changed since. Where most runs leave the
    picture, it is the last moment when most are in view.

    `schedules`: a dict from a name to a schedule. `T`: updates, the same for all. `curvatures`: of
    the two directions; `noise`: of their gradients, a number or two; `x0`: the start, two numbers.
    `runs`: how many, 100, 80 or 60 for one, two or three panels unless given; a single one draws
    its path. `quartic`: walls that get steeper outside, so that a start far out needs a warmup; see
    `lrlib.dynamics.noisy_runs`. `momentum`: a schedule of the momentum for each of `schedules`, in
    a list; it has a row of its own, below the rate.
    `settings`: as in `curves`. Returns `Frames` with `positions`, shape (panels, runs, T + 1, 2),
    and `rates`, shape (panels, T). Raises `ValueError` for more than three schedules or a wrong
    value.

    >>> import lrlib as lr
    >>> frames = cloud({"constant": lr.Constant(0.9), "cosine": lr.Cosine(0.9, 0, 72)})
    >>> end = frames.positions[:, :, -1]
    >>> bool(end[0].std() > 2 * end[1].std())
    True
    """
    rates = rates_of(schedules, T, most=3)
    T = rates.shape[1]
    runs = checks.count("runs", (100, 80, 60)[len(rates) - 1] if runs is None else runs)
    heavy = None if momentum is None else rates_of(dict(zip(schedules, momentum, strict=True)), T)
    beta = 0.0 if heavy is None else heavy
    positions = dynamics.noisy_runs(rates, curvatures, noise, x0, range(runs), quartic, beta)
    drawn = np.clip(np.nan_to_num(positions, nan=FAR), -FAR, FAR)
    spread = drawn.std(1).sum(-1)[:, T // 2 : max(T * 9 // 10, T // 2 + 1)]
    farthest = np.abs(drawn).max((1, 2, 3))
    wide = max(np.abs(x0).max(), 2 * np.max(noise)) or 1.0
    calm = drawn[farthest < 4 * wide]
    reach = np.maximum(1.25 * np.abs(x0), np.abs(calm).max((0, 1, 2)) if len(calm) else 0)
    reach = reach if reach.any() else np.full(2, wide)

    def height(x, y):
        points = np.stack([x, y], -1)
        return (points**2 * curvatures / 2 + quartic * points**4 / 4).sum(-1)

    in_view = (np.abs(drawn) <= reach).all(-1).mean(1) > 0.5  # (panels, T + 1)
    last = T - in_view[:, ::-1].argmax(1)
    pale = np.where(in_view[:, -1], T // 2 + spread.argmax(1), last)
    levels = height(*reach) * np.linspace(0.08, 1.4, 14) ** 2
    x, y = np.moveaxis(drawn[0, :, T // 2 :] / reach, -1, 0)
    below = (np.abs(x) < 0.3) & (y < -0.12) & (y > -0.6)  # where the minimum's name would stand
    named = runs == 1 or below.mean() < 0.02
    from_above = _contours(height, levels, reach, x0, len(rates), (0, 0), named)
    return scene(schedules, rates, positions, from_above, _who_left, settings=settings,
                 pale=pale if runs > 1 else None, momentum=heavy,
                 frames=int(np.clip(DOTS / (len(rates) * runs), 12, 48)))  # fmt: skip


@styled
def saddle(schedules, T=40, *, x0=(-1.2, 1e-3), noise=0.0, seeds=(0,), settings=None):
    r"""Paths over the saddle $x^2 - y^2 + y^4/2$, seen from above: quick to it, slow to leave it.

    One panel for each schedule, up to three, below it the rate. `schedules`: a dict from a name to
    a schedule. `T`: updates. `x0`, `noise`, `seeds`: as in `lrlib.dynamics.saddle`, one path for
    each seed. `settings`: as in `curves`. Returns `Frames` with `positions`, shape
    (panels, seeds, T + 1, 2), and `rates`, shape (panels, T).
    """
    rates = rates_of(schedules, T, most=3)
    positions = dynamics.saddle(rates, x0, noise, list(seeds))
    levels = np.concatenate([np.linspace(-0.45, 0, 6), np.linspace(0.2, 3, 9)])
    reach = np.array([max(1.35, 1.1 * abs(x0[0])), 1.35])
    from_above = _contours(lambda x, y: x**2 - y**2 + y**4 / 2, levels, reach, x0, len(rates))

    def left(axes, paths):
        away = np.abs(paths[..., 1]) > 0.5
        if len(paths) == 1:
            return f"left the saddle after {away.argmax()} updates" if away.any() else ""
        return f"{away[:, -1].sum()} of {len(paths)} runs have left the saddle"

    return scene(schedules, rates, positions, from_above, left, settings=settings)


def _contours(height, levels, reach, start, columns, minimum=None, named=True):
    """A backdrop: lines of equal loss, both directions to one scale, the start and the minimum.

    `named`: whether the minimum's name has room below it, where no dots are.
    """
    wide = 8.4 / columns / 2.8  # of a panel, as a multiple of its height
    reach = np.maximum(reach, reach[::-1] * [wide, 1 / wide])
    x, y = np.meshgrid(*(np.linspace(-r, r, 200) for r in reach))
    surface = height(x, y)

    def backdrop(axes, i):
        axes.contour(x, y, surface, levels, **CONTOURS)
        axes.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]), xticks=[], yticks=[])
        axes.set_aspect("equal")
        axes.spines[:].set_visible(False)
        marks = {"start": (start, "x", 6)} | ({"minimum": (minimum, "+", -40)} if minimum else {})
        for text, (place, marker, above) in marks.items():
            axes.plot(*place, marker, color=GUIDE, markersize=7, zorder=2)
            if i == 0 and (named or above > 0):
                axes.annotate(
                    text, place, (0, above), textcoords="offset points", ha="center", color=GUIDE,
                    arrowprops={"arrowstyle": "-", "color": GUIDE, "lw": 0.8} if above < 0 else None,
                )  # fmt: skip

    return backdrop


def _who_left(axes, paths):
    """Words on the runs outside the axes; none if all are inside."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x, y = paths[:, -1].T
    inside = (left <= x) & (x <= right) & (bottom <= y) & (y <= top)  # False for NaN
    out, runs = len(paths) - inside.sum(), len(paths)
    if not out or runs == 1:  # a single path shows it
        return ""
    return f"all {runs} runs have flown out" if out == runs else f"{out} of {runs} runs are outside"
