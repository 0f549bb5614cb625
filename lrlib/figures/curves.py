"""Figures of schedules and of what they do exactly: no seeds, no intervals."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .names import legend_above, mark, target_line
from .style import (
    GUIDE, HEIGHT, OTHER, STYLES, TARGET, describe, draw_rates, family, from_zero, log_axis, panels,
    styled, styles,
)  # fmt: skip

EDGE = {"color": GUIDE, "linestyle": (0, (1, 1.5)), "linewidth": 1.8}  # what a run stays below
THIN = {"linewidth": 0.9, "alpha": 0.45, "linestyle": "-", "zorder": 1.5}  # a single noisy run


@styled
def curves(
    named,
    T=None,
    title="",
    ylabel="learning rate",
    xlabel="step $t$",
    *,
    x=None,
    xscale="linear",
    yscale="linear",
    marks=None,
    settings=None,
    behind=None,
    travel=False,
    target=None,
):
    """Curves on one pair of axes: schedules over the steps, or any arrays over `x`.

    `named`: a dict from a label to a schedule or an array. `T`: steps to draw. `x`: the positions,
    0, 1, 2 ... unless given. `xscale`, `yscale`: "linear" or "log". `marks`: a dict from a text to
    a position on the x axis, drawn as a vertical line with the text beside it. `settings`: the
    family, a word of STYLES, whose settings the names are: they become shades of its colour.
    `behind`: a dict from a label of `named` to arrays, such as a single noisy run behind its
    expected loss, drawn thin in the same colour. `travel`: shade the area under each schedule and
    give its size, the sum of the rates, beside the name. `target`: a value to reach, a line.
    """
    figure, axes = panels(1)
    looks = styles(named, settings)
    for name, curve in named.items():
        values, look = _values(curve, T), looks[name]
        label = f"{name}: travel {values.sum():.3g}" if travel else name
        if callable(curve) or travel:
            (line,) = draw_rates(axes, values, label=label, **look)
            if travel:
                axes.fill_between(
                    *line.get_data(), step="post", color=look["color"], alpha=0.13, lw=0
                )
        else:
            steps = {"drawstyle": "steps-post"} if _is_staircase(values) else {}
            positions = np.arange(len(values)) if x is None else x
            axes.plot(positions, values, label=label, **look, **steps)
    _thin_runs(axes, behind, looks, x)
    for axis, scale in ((axes.xaxis, xscale), (axes.yaxis, yscale)):
        if scale == "log":
            log_axis(axis)
    if yscale == "linear":
        from_zero(axes)
    if target is not None:
        target_line(axes, target)
    for i, (text, position) in enumerate((marks or {}).items()):
        mark(axes, text, position, 0.98 - 0.1 * i)
    describe(axes, title, xlabel, ylabel)
    if len(named) > 1 or travel:
        legend_above(figure, axes)
    return figure


@styled
def poster(named, T, columns=4, xlabel="step $t$"):
    """Small curves side by side, one for each schedule: a dict from a name to a schedule."""
    rows = -(-len(named) // columns)
    figure, axes = panels(columns, rows, sharex=True, sharey=True, squeeze=False)
    figure.set_figheight(0.33 * HEIGHT * rows + 0.3)
    for place, (name, schedule) in zip(axes.flat, named.items()):
        colour = STYLES[family(name)][0] if family(name) else OTHER
        draw_rates(place, schedule.rates(T), color=colour)
        place.set_title(name, fontsize=11)
        place.set(yticks=[], xticks=[0, T])
    for place in axes.flat[len(named) :]:
        place.axis("off")
    axes.flat[0].set_ylim(0)
    axes[0, 0].set_ylabel("rate")
    for place in axes[-1]:
        place.set_xlabel(xlabel)
    return figure


@styled
def paths(loss, named, limits, target=None):
    """The lines of equal loss over a plane, both directions to one scale, and paths of runs on it.

    `loss`: a function of arrays (x, y). `named`: a dict from a label to points of shape (t + 1, 2).
    `limits`: (left, right, bottom, top). `target`: a loss to reach, drawn as one more such line.
    """
    figure, axes = panels(1)
    left, right, bottom, top = limits
    x, y = np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 120))
    height = loss(x, y)
    levels = np.quantile(height, np.linspace(0.02, 0.98, 12) ** 1.5)
    axes.contour(x, y, height, np.unique(levels), colors="#BBBBBB", linewidths=0.8)
    if target is not None:
        axes.contour(x, y, height, [target], colors=TARGET, linewidths=2)
        axes.set_title(f"red line: the target, loss {target:g}", color=TARGET)
    looks = styles(named)
    for name, points in named.items():
        axes.plot(*np.asarray(points).T, marker="o", markersize=4, label=name, **looks[name])
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    axes.grid(False)
    if len(named) > 1:
        legend_above(figure, axes)
    return figure


@styled
def rate_and_loss(
    named,
    target=None,
    rate_limit=None,
    loss_limits=None,
    T=None,
    loss_label="loss",
    edge_label="edge",
    *,
    settings=None,
    behind=None,
    marks=None,
):
    """Left the rates that were used, right the loss they give, on a logarithmic axis.

    `named`: a dict from a label to a pair (rates of shape (T,), losses of shape (T + 1,)), or with
    a third array, an edge that the losses should stay below, dotted on the right: `edge_label`.
    `target`: a loss to reach, drawn as a line. Limits are taken from the curves unless given.
    `settings`, `behind`: as in `curves`, the losses of single noisy runs. `marks`: as in `curves`,
    their texts on the right.
    """
    figure, (left, right) = panels(2)
    looks = styles(named, settings)
    if len(named) == 1:  # nothing to tell it from, and dashes hide what is short
        looks = {name: look | {"linestyle": "-"} for name, look in looks.items()}
    for name, (rates, losses, *edges) in named.items():
        draw_rates(left, rates, label=name, **looks[name])
        right.plot(np.arange(len(losses)), losses, label=name, **looks[name])
        for edge in edges:
            right.plot(np.arange(len(edge)), edge, label=edge_label, **EDGE)
    _thin_runs(right, behind, looks)
    describe(left, "the rate", "step $t$", r"learning rate $\eta$")
    describe(right, "what it does", "updates made", loss_label)
    log_axis(right.yaxis)
    left.set_ylim(0, rate_limit)
    if loss_limits:
        right.set_ylim(*loss_limits)
    for axes in (left, right):
        axes.set_xlim(0, T)
    if target is not None:
        target_line(right, target)
    for text, position in (marks or {}).items():
        left.axvline(position, color=GUIDE, linewidth=1.5)
        mark(right, text, position)
    if len(named) > 1 or any(len(each) > 2 for each in named.values()):
        legend_above(figure, right)
    return figure


@styled
def multiples(cases, target=None, loss_label="loss", family="cosine", *, behind=None):
    """Small multiples of `rate_and_loss`: a column a case, the rate above, the loss below.

    `cases`: a dict from a title to a pair (rates of shape (T,), losses of shape (T + 1,)), or with
    a third array, an edge that the losses should stay below, dotted. Where every rate is fixed
    there is nothing to see in it: the upper row is left out, and the titles say the rates.
    `family`: the schedule whose colour they have, a word of STYLES. `behind`: as in `curves`.
    """
    if family not in STYLES:
        raise ValueError(f"family must be one of {', '.join(STYLES)}, not {family!r}")
    fixed = all(np.ptp(rates) == 0 for rates, *_ in cases.values())
    rows = 1 if fixed else 2
    figure, axes = panels(len(cases), rows, sharey="row", sharex=True, squeeze=False)
    figure.set_figheight((0.95 if fixed else 1.4) * HEIGHT)
    look = {"color": STYLES[family][0]}
    for i, (title, (rates, losses, *edges)) in enumerate(cases.items()):
        top, bottom = axes[0, i], axes[-1, i]
        for edge in edges:
            bottom.plot(np.arange(len(edge)), edge, **EDGE)
        describe(bottom, "", "updates made", loss_label if i == 0 else "")
        if not fixed:
            draw_rates(top, rates, **look)
            describe(top, "", "", r"rate $\eta$" if i == 0 else "")
        top.set_title(title)
        bottom.plot(np.arange(len(losses)), losses, **look)
        log_axis(bottom.yaxis)
        reached = "" if target is None else ("\nreached" if losses[-1] <= target else "\nmissed")
        words = f"ends at {losses[-1]:.3g}{reached}"
        bottom.annotate(words, (1, 1), xycoords="axes fraction", ha="right", va="top")
        if target is not None and i == 0:
            target_line(bottom, target)
        elif target is not None:
            bottom.axhline(target, color=TARGET, linewidth=1.5, linestyle="--")
    _thin_runs(dict(zip(cases, axes[-1])), behind, dict.fromkeys(cases, look))
    if not fixed:
        axes[0, 0].set_ylim(0)
    low, high = axes[-1, 0].get_ylim()
    axes[-1, 0].set_ylim(low, high * (high / low) ** (0.35 if fixed else 0.25))  # for the words
    return figure


@styled
def comparison(result):
    """Two rate curves, below them the gap in per cent of the peak. `result`: of `lr.compare`."""
    figure, (top, bottom) = panels(1, 2, sharex=True, height_ratios=(2, 1))
    figure.set_figheight(1.3 * HEIGHT)
    broad, thin = styles("ab").values()
    draw_rates(top, result.a, label=result.labels[0], **broad | {"linewidth": 5})
    draw_rates(top, result.b, label=result.labels[1], **thin)
    legend_above(figure, top)
    draw_rates(bottom, 100 * result.gaps, color=OTHER)
    bottom.set_ylim(0, max(110 * result.largest_gap, 1e-10))
    bottom.yaxis.set_major_locator(MaxNLocator(5))
    from_zero(top)
    describe(top, "", "", "learning rate")
    describe(bottom, "", "step $t$", "gap, % of peak")
    return figure


def _values(curve, T):
    if callable(curve):
        return curve.rates(T)
    return np.asarray(curve)[:T]


def _is_staircase(values):
    """Whether an array moves in single jumps and holds between them, as a step schedule does."""
    moves = np.diff(values) != 0
    return moves.any() and not (moves[1:] & moves[:-1]).any()


def _thin_runs(axes, behind, looks, x=None):
    """Single runs behind the curves of the same names; `axes`: one pair, or a dict by name."""
    for name, runs in (behind or {}).items():
        if name not in looks:
            raise ValueError(f"behind must name a curve, one of {', '.join(looks)}, not {name!r}")
        runs = np.atleast_2d(runs)
        positions = np.arange(runs.shape[-1]) if x is None else x
        place = axes[name] if isinstance(axes, dict) else axes
        place.plot(positions, runs.T, color=looks[name]["color"], **THIN)
