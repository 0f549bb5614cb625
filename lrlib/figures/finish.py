"""The one picture: every schedule as a small curve, on an axis of per cent above the best."""

import numpy as np
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from .measured import shade_tie
from .style import OTHER, STYLES, family, ink, panels, styled

ROW = 0.3  # inches: the height of a row; in it, the width and height of a curve, and its places
WIDE, HIGH, ABOVE, BELOW = 0.36, 0.13, 0.035, -0.1
LEFT = -6  # per cent: where the axis begins


@styled
def finish(shapes, columns, words=None):
    """Every schedule where it ends: a row for each, a panel for each network.

    A mark is the schedule's own rate over the run, drawn small above a dot with its 95 % interval.
    The axis is a square root, so that near ties and far losers are both seen.

    `shapes`: a dict from a name to a schedule with an end, or to its rates, in the order of the rows.
    `columns`: a dict from a network's name to a dict from a schedule's name to its `Difference` from
    the best one there, or to None for that best one; what is not in it is left empty. `words`: a
    dict from a network's name to what stands below its name.
    """
    figure, axes = panels(len(columns), sharex=True, sharey=True, squeeze=False)
    figure.set_figheight(ROW * len(shapes) + 1.15)
    rows = {name: row for row, name in enumerate(shapes)}
    highest = max([20.0, *(d.high for each in columns.values() for d in each.values() if d)])
    for place, (network, each) in zip(axes[0], columns.items()):
        place.set_xscale("function", functions=(_root, _square))
        shade_tie(place)
        place.set_xlim(LEFT, 1.25 * highest)
        ticks = [t for t in (0, 2, 5, 10, 20, 40, 60, 100, 200, 400) if t < 1.2 * highest]
        place.set_xticks(ticks, [f"{t:g}" for t in ticks])
        for row in range(1, len(shapes)):
            place.axhline(row - 0.5, color="#EFEFEF", linewidth=0.7, zorder=0)
        for name, difference in each.items():
            _mark(place, shapes[name], rows[name], _colour(name), difference)
        below = (words or {}).get(network, "")
        place.set_title(f"{network}\n{below}" if below else network)
        place.grid(False)
        place.tick_params(axis="y", length=0)
    first = axes[0, 0]
    first.set_yticks(range(len(shapes)), list(shapes))
    for label, name in zip(first.get_yticklabels(), shapes):
        label.set_color(ink(_colour(name)))
    first.set_ylim(len(shapes) - 0.5, -0.5)
    figure.supxlabel("final loss, per cent above the lowest of its network", fontsize=11)
    return figure


def _root(x):
    return np.sign(x) * np.sqrt(np.abs(x))


def _square(x):
    return np.sign(x) * x**2


def _colour(name):
    return STYLES[family(name)][0] if family(name) else OTHER


def _mark(axes, shape, row, colour, difference):
    """A rate curve in miniature, below it a dot and its interval."""
    d = difference
    x, low, high = (0.0, 0.0, 0.0) if d is None else (d.percent, d.low, d.high)
    rates = np.asarray(shape.rates(int(shape.T)) if callable(shape) else shape, dtype=float)
    t = (np.arange(len(rates) + 1) / len(rates) - 0.5) * WIDE
    y = ABOVE + (np.append(rates, rates[-1:]) / rates.max() - 0.5) * HIGH
    inches = axes.figure.dpi_scale_trans
    look = {"transform": inches + ScaledTranslation(x, row, axes.transData), "clip_on": False,
            "drawstyle": "steps-post", "color": colour}  # fmt: skip
    axes.fill_between(t, y, ABOVE - HIGH / 2, step="post", alpha=0.15, linewidth=0, color=colour,
                      transform=look["transform"], clip_on=False)  # fmt: skip
    axes.plot(t, y, linewidth=1.7, **look)
    down = inches + ScaledTranslation(0, row, axes.transData)  # x in data, y in inches
    level = blended_transform_factory(axes.transData, down)
    axes.plot([max(low, LEFT), high], [BELOW, BELOW], color=colour, linewidth=1.5, transform=level)
    axes.plot([x], [BELOW], "o", color=colour, markersize=4.5, transform=level)
