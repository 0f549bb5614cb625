"""Figures of schedules and of what they do exactly: no seeds, no intervals."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .style import (
    HEIGHT,
    OTHER,
    STYLES,
    TARGET,
    describe,
    family,
    from_zero,
    legend_above,
    mark,
    panels,
    styled,
    styles,
)

EDGE = {
    "color": OTHER,
    "linestyle": (0, (1, 1.5)),
    "linewidth": 1.8,
}  # what a run should stay below


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
):
    """Curves on one pair of axes: schedules over the steps, or any arrays over `x`.

    `named`: a dict from a label to a schedule or an array. `T`: steps to draw. `x`: the positions,
    0, 1, 2 ... unless given. `xscale`, `yscale`: "linear" or "log". `marks`: a dict from a text to
    a position on the x axis, drawn as a vertical line with the text beside it.
    """
    figure, axes = panels(1)
    looks = styles(named)
    for name, curve in named.items():
        values = _values(curve, T)
        axes.plot(np.arange(len(values)) if x is None else x, values, label=name, **looks[name])
    axes.set(xscale=xscale, yscale=yscale)
    if yscale == "linear":
        from_zero(axes)
    for i, (text, position) in enumerate((marks or {}).items()):
        mark(axes, text, position, 0.98 - 0.1 * i)
    describe(axes, title, xlabel, ylabel)
    if len(named) > 1:
        legend_above(figure, axes)
    return figure


@styled
def poster(named, T, columns=4):
    """Small curves side by side, one for each schedule: a dict from a name to a schedule."""
    rows = -(-len(named) // columns)
    figure, axes = panels(columns, rows, sharex=True, sharey=True, squeeze=False)
    figure.set_figheight(0.33 * HEIGHT * rows + 0.3)
    for place, (name, schedule) in zip(axes.flat, named.items()):
        colour = STYLES[family(name)][0] if family(name) else OTHER
        place.plot(np.arange(T), schedule.rates(T), color=colour)
        place.set_title(name, fontsize=11)
        place.set(yticks=[], xticks=[0, T])
    for place in axes.flat[len(named) :]:
        place.axis("off")
    axes.flat[0].set_ylim(0)
    axes[0, 0].set_ylabel("rate")
    for place in axes[-1]:
        place.set_xlabel("step $t$")
    return figure


@styled
def paths(loss, named, limits):
    """The lines of equal loss over a plane, and the paths of runs across it.

    `loss`: a function of arrays (x, y). `named`: a dict from a label to points of shape (t + 1, 2).
    `limits`: (left, right, bottom, top).
    """
    figure, axes = panels(1)
    left, right, bottom, top = limits
    x, y = np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 120))
    height = loss(x, y)
    levels = np.quantile(height, np.linspace(0.02, 0.98, 12) ** 1.5)
    axes.contour(x, y, height, np.unique(levels), colors="#BBBBBB", linewidths=0.8)
    looks = styles(named)
    for name, points in named.items():
        axes.plot(*np.asarray(points).T, marker="o", markersize=4, label=name, **looks[name])
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.grid(False)
    describe(axes, "", "$x_1$", "$x_2$")
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
):
    """Left the rates that were used, right the loss they give, on a logarithmic axis.

    `named`: a dict from a label to a pair (rates of shape (T,), losses of shape (T + 1,)), or with a
    third array, an edge that the losses should stay below, dotted on the right: `edge_label`.
    `target`: a loss to reach, drawn as a line. Limits are taken from the curves unless given.
    """
    figure, (left, right) = panels(2)
    looks = styles(named)
    if len(named) == 1:  # nothing to tell it from, and dashes hide what is short
        looks = {name: look | {"linestyle": "-"} for name, look in looks.items()}
    for name, (rates, losses, *edges) in named.items():
        left.plot(np.arange(len(rates)), rates, label=name, **looks[name])
        right.plot(np.arange(len(losses)), losses, label=name, **looks[name])
        for edge in edges:
            right.plot(np.arange(len(edge)), edge, label=edge_label, **EDGE)
    describe(left, "the rate", "step $t$", r"learning rate $\eta$")
    describe(right, "what it does", "updates made", loss_label)
    right.set_yscale("log")
    left.set_ylim(0, rate_limit)
    if loss_limits:
        right.set_ylim(*loss_limits)
    for axes in (left, right):
        axes.set_xlim(0, T)
    if target is not None:
        right.axhline(target, color=TARGET, linewidth=1.5, linestyle="--")
        end = right.get_xlim()[1]
        right.text(end, target, f"target {target:g}", color=TARGET, ha="right", va="bottom")
    if len(named) > 1 or any(len(each) > 2 for each in named.values()):
        legend_above(figure, right)
    return figure


@styled
def multiples(cases, target=None, loss_label="loss", family="cosine"):
    """Small multiples of `rate_and_loss`: a column a case, the rate above, the loss below.

    `cases`: a dict from a title to a pair (rates of shape (T,), losses of shape (T + 1,)), or with
    a third array, an edge that the losses should stay below, dotted.
    `family`: the schedule whose colour they have, a word of STYLES.
    """
    figure, axes = panels(len(cases), 2, sharey="row", sharex=True, squeeze=False)
    figure.set_figheight(1.4 * HEIGHT)
    for i, (title, (rates, losses, *edges)) in enumerate(cases.items()):
        top, bottom = axes[:, i]
        for edge in edges:
            bottom.plot(np.arange(len(edge)), edge, **EDGE)
        top.plot(np.arange(len(rates)), rates, color=STYLES[family][0])
        bottom.plot(np.arange(len(losses)), losses, color=STYLES[family][0])
        bottom.set_yscale("log")
        reached = "" if target is None else ("\nreached" if losses[-1] <= target else "\nmissed")
        bottom.annotate(
            f"ends at {losses[-1]:.3g}{reached}",
            (1, 1),
            xycoords="axes fraction",
            ha="right",
            va="top",
        )
        if target is not None:
            bottom.axhline(target, color=TARGET, linewidth=1.5, linestyle="--")
            if i == 0:
                bottom.annotate(
                    f"target {target:g}", (0.03, target), xycoords=("axes fraction", "data"),
                    color=TARGET, va="bottom",
                )  # fmt: skip
        describe(top, title, "", r"rate $\eta$" if i == 0 else "")
        describe(bottom, "", "updates made", loss_label if i == 0 else "")
    axes[0, 0].set_ylim(0)
    low, high = axes[1, 0].get_ylim()
    axes[1, 0].set_ylim(low, high * (high / low) ** 0.25)  # room for the words
    return figure


@styled
def comparison(result):
    """Two rate curves, and below them the gap in per cent of the peak. `result`: of `lr.compare`."""
    figure, (top, bottom) = panels(1, 2, sharex=True, height_ratios=(2, 1))
    figure.set_figheight(1.3 * HEIGHT)
    steps = np.arange(len(result.a))
    a, b = result.labels
    top.plot(steps, result.a, label=a, color=STYLES["warmup"][0], linewidth=5)
    top.plot(steps, result.b, label=b, color=STYLES["cosine"][0], linewidth=1.8)
    legend_above(figure, top)
    bottom.plot(steps, 100 * result.gaps, color=TARGET)
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
