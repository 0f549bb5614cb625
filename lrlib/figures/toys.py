"""The toys, seen from the side: a ball that jumps between walls, and the catapult."""

import numpy as np

from .. import dynamics
from .names import note
from .scenes import rates_of, scene
from .style import GUIDE, log_axis, styled

GROUND = {"color": "#9AA3B2", "linewidth": 2.2, "zorder": 1}


@styled
def valley(
    landscape, schedules, T=12, *, x0=None, curvature=1.0, sharp=10.0, flat=1.0, noise=0.0, seed=0,
    settings=None
):  # fmt: skip
    r"""A ball that jumps between the walls of a valley, seen from the side, a panel a schedule.

    `landscape`: "parabola", $\lambda x^2/2$ with $\lambda$ the `curvature`; "quartic", $x^4/4$,
    steep outside and flat inside, so that a warmup helps; or "wells", a `sharp` minimum at -1
    beside a `flat` one at 1. `schedules`: a dict from a name to a schedule, one to four. `T`:
    updates. `x0`: the start, -2, -1 or -0.9 unless given. `noise`, `seed`: of the wells' gradient,
    as in `lrlib.dynamics.double_well`. `settings`: as in `curves`. Returns `Frames` with
    `positions`, shape (panels, 1, T + 1, 2), and `rates`, shape (panels, T); the rates are drawn
    unless all are fixed. Raises `ValueError` for an unknown landscape, too many schedules or a
    wrong value.

    >>> import lrlib as lr
    >>> frames = valley("parabola", {"rate 1.9": lr.Constant(1.9), "rate 2.1": lr.Constant(2.1)})
    >>> frames.positions[:, 0, -1, 0].round(2).tolist()
    [-0.56, -6.28]
    """
    rates = rates_of(schedules, T)
    if landscape == "parabola":
        x0 = -2.0 if x0 is None else x0
        x = dynamics.quadratic(rates, [curvature], x0)[..., 0]
        ground, reach = (lambda x: curvature * x**2 / 2), 1.45 * (abs(x0) or 1) * np.array([-1, 1])
    elif landscape == "quartic":
        x0 = -1.0 if x0 is None else x0
        x = dynamics.quartic(rates, x0)
        ground, reach = (lambda x: x**4 / 4), 1.6 * (abs(x0) or 1) * np.array([-1, 1])
    elif landscape == "wells":
        x0 = -0.9 if x0 is None else x0
        x = dynamics.double_well(rates, sharp, flat, x0, noise, seed)
        ground = lambda x: np.minimum(sharp * (x + 1) ** 2, flat * (x - 1) ** 2) / 2
        reach = np.array([-1.75, 2.6])
    else:
        raise ValueError(f"landscape must be parabola, quartic or wells, not {landscape!r}")
    wide = np.linspace(*reach, 400)
    top = ground(wide).max()

    def backdrop(axes, i):
        axes.plot(wide, ground(wide), **GROUND)
        axes.set(xlim=reach, ylim=(-0.24 * top, top), yticks=[], xlabel="$x$", ylabel="loss")
        axes.spines["left"].set_visible(False)
        axes.grid(False)

    def words(axes, paths):
        here = paths[0, -1, 0]
        inside = (reach[0] <= paths[0, :, 0]) & (paths[0, :, 0] <= reach[1])  # False for NaN
        if not inside.all():
            return f"thrown out by update {inside.argmin()}"
        if landscape == "wells":
            return (
                "in the sharp well"
                if here < -1 + 2 / (1 + np.sqrt(sharp / flat))
                else "in the flat well"
            )
        return f"$x$ = ${round(here, 2) + 0:.2f}$"  # + 0: never minus zero

    with np.errstate(over="ignore", invalid="ignore"):
        positions = np.stack([x, ground(x)], -1)[:, None]
    between = max(1, 40 // rates.shape[1])
    seconds = min(4.5, 0.4 * rates.shape[1] + 1)
    return scene(schedules, rates, positions, backdrop, words, settings=settings, between=between,
                 seconds=seconds)  # fmt: skip


@styled
def catapult(schedules, T=14, *, output=1.0, curvature=2.5, width=100, settings=None):
    r"""The catapult: a rate above $2/\lambda$ throws the loss up, and it lands where it is flatter.

    A panel for each schedule, up to three: the loss against the curvature, from the start at the
    right; in the shaded zone, where the curvature is above $2/\eta$, the loss rises. `schedules`: a
    dict from a name to a schedule. `T`: updates. `output`, `curvature`, `width`: as in
    `lrlib.dynamics.catapult`. `settings`: as in `curves`. Returns `Frames` with `positions`, shape
    (panels, 1, T + 1, 2) of curvature and loss, and `rates`, shape (panels, T).
    """
    rates = rates_of(schedules, T, most=3)
    loss, curve = dynamics.catapult(rates, output, curvature, width)
    with np.errstate(invalid="ignore"):
        seen = np.where((loss < 1e4 * loss[:, :1]) & (curve > 0), loss, np.nan)
    low = max(np.nanmin(seen), 1e-4 * loss[0, 0])
    right, steepest = 1.12 * curvature, rates.max(1).argmax()

    def backdrop(axes, i):
        def limit(t):
            eta = rates[i, min(t, rates.shape[1] - 1)]
            return min(2 / eta if eta else right, right)

        zone = axes.axvspan(limit(0), right, color="#F0E3E3", lw=0, zorder=0.5)
        edge = axes.axvline(limit(0), color=GUIDE, linewidth=1.2, linestyle="--")
        log_axis(axes.yaxis)
        axes.set(xlim=(0, right), ylim=(low / 3, 4 * np.nanmax(seen)))
        text = "too steep\nfor the rate" if i == steepest else ""
        label = note(axes, text, 0.04, "bottom", (0.98, 0.85, 0.7), ha="right")
        axes.set(xlabel=r"curvature $\lambda$", ylabel="loss, log scale")

        def put(t):
            edge.set_xdata([limit(t)] * 2)
            zone.set_x(limit(t))
            zone.set_width(right - limit(t))
            label.set_visible(right - limit(t) > 0.25 * right)

        # the zone is drawn anew over the background, so what lies on it is, too
        return {zone: put, edge: lambda t: None, label: lambda t: None}

    def words(axes, paths):
        return "" if np.isfinite(paths).all() else "thrown out"

    # what is below the picture rests on its floor
    curve = np.where(np.isnan(seen), np.nan, curve)
    positions = np.stack([curve, np.maximum(seen, low)], -1)[:, None]
    seconds = min(4.5, 0.28 * rates.shape[1] + 0.6)
    return scene(schedules, rates, positions, backdrop, words, settings=settings, seconds=seconds)
