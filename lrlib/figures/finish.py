"""The one picture: every schedule as a small curve, on an axis of per cent above the best."""

import numpy as np
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from .measured import shade_tie
from .style import OTHER, STYLES, family, ink, panels, styled

ROW = 0.28  # inches: the height of a row; in it, the width and height of a curve, and its places
WIDE, HIGH, ABOVE, BELOW = 0.36, 0.13, 0.035, -0.1
LEFT = -6  # per cent: where the axis begins


@styled
def finish(shapes, columns, words=None, units=None):
    """Every schedule where it ends: a row for each, a panel for each network.

    A mark is the schedule's own rate over the run, drawn small above a dot with its 95 % interval.
    The axis is a square root, so that near ties and far losers are both seen. Per cents of a loss
    that has no known floor are not those of one above its floor: such a network has a unit, and an
    even axis of its own, without the zone of a tie.

    `shapes`: a dict from a name to a schedule with an end, or to its rates, in the order of the rows.
    `columns`: a dict from a network's name to a dict from a schedule's name to its `Difference` from
    the best one there, or to None for that best one; what is not in it is left empty. `words`: a
    dict from a network's name to what stands below its name. `units`: a dict from a network's name
    to the unit of its column, which has `Mean`s in it in place of `Difference`s.
    """
    units = units or {}
    figure, axes = panels(len(columns), sharey=True, squeeze=False)
    figure.set_figheight(ROW * len(shapes) + 1.15)
    rows = {name: row for row, name in enumerate(shapes)}
    percents = [each for network, each in columns.items() if network not in units]
    highest = max([20.0, *(d.high for each in percents for d in each.values() if d)])
    for place, (network, each) in zip(axes[0], columns.items()):
        if network in units:
            _axis_in(place, units[network], each)
        else:
            _axis_of_percents(place, highest)
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
    return figure


def _axis_of_percents(axes, highest):
    """Roots, with the zone of a tie; the same for each network."""
    axes.set_xscale("function", functions=(_root, _square))
    shade_tie(axes)
    axes.set_xlim(LEFT, 1.25 * highest)
    ticks = [t for t in (0, 2, 5, 10, 20, 40, 60, 100, 200, 400) if t < 1.2 * highest]
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.set_xlabel("per cent above the lowest")


def _axis_in(axes, unit, column):
    """Even, in the unit of a loss without a known floor."""
    axes.axvline(0, color="black", linewidth=1)
    highest = max(mean.high for mean in column.values() if mean)
    lowest = min(0, *(mean.low for mean in column.values() if mean))
    axes.set_xlim(min(lowest, 0) - 0.15 * highest, 1.25 * highest)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel(f"{unit} above the lowest")


def _root(x):
    return np.sign(x) * np.sqrt(np.abs(x))


def _square(x):
    return np.sign(x) * x**2


def _colour(name):
    return STYLES[family(name)][0] if family(name) else OTHER


def _mark(axes, shape, row, colour, difference):
    """A rate curve in miniature, below it a dot and its interval."""
    x = low = high = 0.0
    if difference is not None:
        low, high = difference.low, difference.high
        x = difference.value if hasattr(difference, "value") else difference.percent
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
    axes.plot([max(low, axes.get_xlim()[0]), high], [BELOW, BELOW], color=colour, linewidth=1.5, transform=level)
    axes.plot([x], [BELOW], "o", color=colour, markersize=4.5, transform=level)
