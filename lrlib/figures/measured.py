"""Figures of measurements: means with 95 % intervals."""

import itertools
import textwrap

import numpy as np

from .names import legend_above, level, mark, note
from .style import (
    GUIDE, MARKERS, OTHER, TARGET, describe, draw_rates, from_zero, log_axis, log_steps, panels,
    styled, styles,
)  # fmt: skip

SIDES = "better  ←  difference, %  →  worse"


@styled
def trials(result, reference, prediction=None):
    """A laboratory `Result`: left loss against peak rate, right each schedule against a reference.

    Bands and bars are 95 % intervals. `prediction`: a dict from a schedule's name to the
    difference in per cent that the reader expects, drawn beside the measured one.
    """
    figure, (left, right) = panels(2, width_ratios=(1.25, 1))
    looks = styles(result.names)
    for name, losses, marker in zip(result.names, result.losses, itertools.cycle(MARKERS)):
        _band(left, result.peaks, losses, marker=marker, label=name, **looks[name])
    log_axis(left.yaxis)
    log_steps(left, result.peaks)
    legend_above(figure, left)
    describe(
        left, f"{result.task}, {len(result.seeds)} seeds", "peak rate", "final loss, log scale"
    )

    others = [name for name in result.names if name != reference]
    differences = {name: result.compare(name, reference) for name in others}
    intervals(right, differences, prediction, looks)
    describe(right, f"each at best, against {reference}", SIDES, "")
    return figure


def intervals(axes, differences, prediction=None, looks=None):
    """Draw `Difference`s as dots with 95 % bars, the zone of a tie shaded, predictions as crosses.

    `looks`: those of `styles`, if the names have been given theirs in another panel.
    """
    margin = shade_tie(axes)
    axes.text(margin, -0.6, f" within ±{margin:g} %", va="center", color="#707070")
    looks, predicted = looks or styles(differences), []
    for i, (name, d) in enumerate(differences.items()):
        colour = looks[name]["color"]
        axes.errorbar(
            d.percent, i, xerr=[[d.percent - d.low], [d.high - d.percent]],
            marker="o", markersize=8, capsize=5, color=colour, linewidth=2.2,
        )  # fmt: skip
        if prediction and prediction.get(name) is not None:
            predicted += axes.plot(
                prediction[name], i, "x", color=TARGET, markersize=11, markeredgewidth=2.5
            )
    axes.set_yticks(range(len(differences)), list(differences))
    axes.set_ylim(len(differences) - (0 if predicted else 0.5), -0.9)
    if predicted:  # said once, in the room below the last row
        axes.legend(predicted[:1], ["your prediction"], loc="lower right", labelcolor=TARGET,
                    handlelength=1, borderpad=0)  # fmt: skip
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -2.2 * margin), max(high, 2.2 * margin))
    axes.grid(axis="y", visible=False)


@styled
def sweep(named, xlabel="updates in the run, $T$", prediction=None, words="your prediction"):
    """Differences against a setting: a dict from a number > 0, such as T, to a `Difference`.

    Or a dict from a label to such dicts, several series in one picture. `prediction`: a position on
    the x axis that the reader expects to matter, and `words` for it.
    """
    figure, axes = panels(1)
    several = isinstance(next(iter(named.values())), dict)
    series = named if several else {"": named}
    margin = _statistics().MARGIN
    axes.axhspan(-margin, margin, color="#E5E5E5", linewidth=0)
    axes.axhline(0, color="black", linewidth=1)
    looks = styles(series) if several else {"": {"color": OTHER, "linestyle": "-"}}
    ends, ticks = [], sorted({x for each in series.values() for x in each})
    for i, (label, each) in enumerate(series.items()):
        y, low, high = _percents(each.values())
        x = np.array(list(each)) * 1.02 ** (i - (len(series) - 1) / 2)  # bars beside each other
        axes.errorbar(x, y, [y - low, high - y], marker=MARKERS[i], capsize=5, label=label,
                      **looks[label])  # fmt: skip
        ends += [low.min(), high.max()]
    axes.set_ylim(min(-9, min(ends) - 3), max(9, max(ends) + 3))  # room for words
    log_steps(axes, ticks)
    axes.annotate(
        f"within\n±{margin:g} %", (1, 0), (6, 0), xycoords=("axes fraction", "data"), va="center",
        textcoords="offset points", color=GUIDE, annotation_clip=False,
    )  # fmt: skip
    first = next(iter(next(iter(series.values())).values()))
    better = ("worse", "better") if several else (f"{first.b} is better", f"{first.a} is better")
    for text, place, side in zip(better, (0.97, 0.03), ("top", "bottom")):
        note(axes, text, place, side)
    if several:
        legend_above(figure, axes)
    if prediction is not None:
        mark(axes, words, prediction, 0.88, TARGET)
    title = "" if several else f"{first.a} against {first.b}"
    describe(axes, title, xlabel, "difference of final loss, %")
    return figure


@styled
def two_models(models, reference, networks=None):
    """Final losses against a reference: the bowl with either noise, and networks beside it.

    `models`: what `dynamics.ask_two_models` returned. `networks`: a dict from a task's name to a
    laboratory `Result` that has the same schedules (others are left out), drawn with 95 % bars.
    """
    figure, axes = panels(1)
    percent, networks = models.percent(reference), networks or {}
    names = [name for name in percent["white"] if name != reference]
    rows = 2 + len(networks)
    place = {kind: 0.6 * (k / (rows - 1) - 0.5) for k, kind in enumerate([*percent, *networks])}
    shade_tie(axes)
    for noise, filled in (("white", "white"), ("like the curvature", GUIDE)):
        x = [percent[noise][name] for name in names]
        axes.plot(x, np.arange(len(names)) + place[noise], "o", color=GUIDE, markersize=9,
                  markeredgewidth=2, markerfacecolor=filled, label=f"bowl, {noise}")  # fmt: skip
    for (task, result), colour, marker in zip(networks.items(), (OTHER, "#8A6D3B"), "sD"):
        found = [(i, result.compare(n, reference)) for i, n in enumerate(names) if n in result.names]
        y, (x, low, high) = [i + place[task] for i, _ in found], _percents(d for _, d in found)
        axes.errorbar(x, y, xerr=[x - low, high - x], fmt=marker, capsize=4, color=colour,
                      label=f"network, {task}")  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    for i in range(1, len(names)):
        axes.axhline(i - 0.5, color="#E5E5E5", linewidth=0.8)
    axes.grid(axis="y", visible=False)
    legend_above(figure, axes)
    describe(axes, "", SIDES.replace("difference", f"final loss against {reference}"), "")
    return figure


@styled
def bands(
    named, x, ylabel="test loss", xlabel="updates made", *, yscale="log", xscale="linear",
    marks=None, levels=None, settings=None,
):  # fmt: skip
    """Means over seeds, 95 % intervals as bands: a dict from a label to shape (len(x), S).

    `xscale`: with "log" every value of `x` has its tick. `marks`, `levels`: dicts from a text to a
    position on the x axis and on the y axis, drawn as vertical and horizontal lines. `settings`:
    the family whose settings the names are, as in `curves`.
    """
    figure, axes = panels(1)
    looks = styles(named, settings)
    for name, values in named.items():
        _band(axes, x, values, label=name, **looks[name])
    if yscale == "log":
        log_axis(axes.yaxis)
    if xscale == "log":
        log_steps(axes, x)
    for text, height in (levels or {}).items():
        level(axes, text, height)
    for text, position in (marks or {}).items():
        mark(axes, text, position)
    describe(axes, "", xlabel, ylabel)
    if len(named) > 1:
        legend_above(figure, axes)
    return figure


@styled
def proportions(named, x, xlabel="peak rate", ylabel="share of runs lost", prediction=None,
                *, levels=None, apart=0.0, settings=None):  # fmt: skip
    """How often something happened, 95 % bars: a dict from a label to `Proportion`s, one each x.

    `prediction`: a position on the x axis that the reader expects to matter. `levels`,
    `settings`: as in `bands`. `apart`: the share of x by which neighbours stand side by side.
    """
    figure, axes = panels(1)
    looks = styles(named, settings)
    beside = (1 + apart) ** (np.arange(len(named)) - (len(named) - 1) / 2)
    for (name, row), marker, factor in zip(named.items(), itertools.cycle(MARKERS), beside):
        rate = np.array([p.rate for p in row])
        bars = [rate - [p.low for p in row], [p.high for p in row] - rate]
        bars = np.maximum(bars, 0)  # rounding
        axes.errorbar(
            factor * np.asarray(x), rate, yerr=bars, marker=marker, capsize=4, elinewidth=1.4,
            label=name, **looks[name]
        )  # fmt: skip
    if prediction is not None:
        mark(axes, "your prediction", prediction, 0.88, TARGET)
    for text, height in (levels or {}).items():
        level(axes, text, height, right=True)  # at the left stand the bars of the first x
    axes.set_ylim(-0.04, 1.04)
    log_steps(axes, x)
    describe(axes, "", xlabel, ylabel)
    if len(named) > 1:
        legend_above(figure, axes)
    return figure


@styled
def duel(result):
    """Left the two rates at their best peaks, right the mean losses with 95 % bands, log scale.

    `result`: a `Duel` of the laboratory. Where the two halves of the seeds chose different peaks,
    both rates are drawn, the second thin.
    """
    figure, (left, right) = panels(2)
    looks = styles(result.names)
    for name, rates, curve in zip(result.names, result.rates, result.curves):
        first, second = rates
        draw_rates(left, first, label=name, **looks[name])
        if (first != second).any():
            draw_rates(left, second, **looks[name] | {"linewidth": 1})
        _band(right, result.at, curve, **looks[name])
    log_axis(right.yaxis)
    from_zero(left)
    legend_above(figure, left)
    title = "the rate, at its best peak" if result.tuned else "the rate"
    describe(left, title, "step $t$", r"learning rate $\eta$")
    loss = textwrap.fill(result.unit, 32) + ",\nlog scale"
    describe(right, f"{result.task}, {result.seeds} seeds", "updates made", loss)
    return figure


def shade_tie(axes):
    """Shade the differences that are a tie, and mark 0; returns how far the zone reaches."""
    margin = _statistics().MARGIN
    axes.axvspan(-margin, margin, color="#E5E5E5", linewidth=0)
    axes.axvline(0, color="black", linewidth=1)
    return margin


def _percents(differences):
    """Their means, lower and upper ends, in per cent: three arrays."""
    return np.array([[d.percent, d.low, d.high] for d in differences]).reshape(-1, 3).T


def _band(axes, x, values, *, color, **look):
    """The mean of values of shape (len(x), S) over the seeds, its 95 % interval as a band."""
    mean, half = values.mean(-1), _statistics().half_width(values)
    axes.plot(x, mean, color=color, **look)
    axes.fill_between(x, mean - half, mean + half, color=color, alpha=0.15)


def _statistics():
    from ..lab import statistics  # loads torch, which figures of schedules do without

    return statistics
