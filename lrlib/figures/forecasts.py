"""Predicted against measured: one point for each schedule."""

import itertools

import numpy as np

from .names import HALO, _layout, _overlap, legend_above
from .style import GUIDE, OTHER, ink, panels, styled

LOOKS = (("s", OTHER), ("D", "#8A6D3B"), ("^", "#006B4E"))  # of the networks
BESIDE = [  # where a name may stand, in points from its mark
    (dx, dy) for far in (8, 14, 20, 28) for dx, dy in ((far, 0), (-far, 0), (0, far), (0, -far),
    (far, far), (-far, far), (far, -far), (-far, -far), (far, far // 2), (-far, far // 2))
]  # fmt: skip


@styled
def forecasts(predicted, measured, reference, named=6):
    """Predicted against measured differences in per cent, a panel for each model.

    On the black line the prediction is right; the grey band is five points to either side.
    `predicted`: a dict from a model's name to a dict from a task to a dict from a schedule to its
    per cent, as `lab.forecast` gives them. `measured`: a dict from a task to a dict from a schedule
    to its `Difference` from `reference`, drawn with its 95 % interval. `named`: how many schedules
    a panel names, those of the first task that lie farthest off, where a name finds room.
    """
    columns = min(2, len(predicted))
    rows = -(-len(predicted) // columns)
    figure, grid = panels(columns, rows, sharex=True, sharey=True, squeeze=False)
    known = [d for each in measured.values() for d in each.values()]
    x_ends = min(d.low for d in known) - 2, max(d.high for d in known) + 2
    heights = [y for tasks in predicted.values() for each in tasks.values() for y in each.values()]
    y_ends = min(*heights, x_ends[0]) - 4, max(*heights, x_ends[1]) + 4
    line = np.array([min(x_ends[0], y_ends[0]), max(x_ends[1], y_ends[1])])
    for axes in grid.flat[len(predicted) :]:
        axes.axis("off")
    for axes, (model, tasks) in zip(grid.flat, predicted.items()):
        axes.fill_between(line, line - 5, line + 5, color="#E5E5E5", linewidth=0)
        axes.plot(line, line, color="black", linewidth=1)
        for (task, each), (marker, colour) in zip(tasks.items(), itertools.cycle(LOOKS)):
            x, low, high = np.array([_ends(measured[task][name]) for name in each]).T
            bars = [x - low, high - x]
            axes.errorbar(x, list(each.values()), xerr=bars, fmt=marker, color=colour,
                          markersize=6, elinewidth=1, label=task)  # fmt: skip
        axes.set(title=model, xlim=x_ends, ylim=y_ends)
    for axes in grid[-1]:
        axes.set_xlabel(f"measured, % above {reference}")
    for axes in grid[:, 0]:
        axes.set_ylabel("predicted, %")
    legend_above(figure, grid[0, 0])
    renderer, first = _layout(figure), next(iter(measured))
    for axes, tasks in zip(grid.flat, predicted.values()):
        marks = [
            (*_ends(measured[task][name]), y) for task in tasks for name, y in tasks[task].items()
        ]
        off = {name: abs(y - measured[first][name].percent) for name, y in tasks[first].items()}
        worst = sorted(off, key=off.get, reverse=True)[:named]
        places = [(measured[first][name].percent, tasks[first][name]) for name in worst]
        _name(axes, renderer, dict(zip(worst, places)), marks, line)
    return figure


def _ends(difference):
    return difference.percent, difference.low, difference.high


def _name(axes, renderer, places, marks, line):
    """Names beside points, where there is room: on nothing drawn, and nearest to its own mark."""
    drawn = [
        np.column_stack([np.linspace(low, high, 60), np.full(60, y)]) for _, low, high, y in marks
    ]
    drawn += [np.repeat(np.linspace(*line, 800)[:, None], 2, axis=1)]
    drawn, taken = axes.transData.transform(np.vstack(drawn)), []
    marks = axes.transData.transform([(x, y) for x, _, _, y in marks])
    whole = axes.get_window_extent(renderer)
    for name, place in places.items():
        for dx, dy in BESIDE:
            text = axes.annotate(
                name, place, (dx, dy), textcoords="offset points", fontsize=9.5, path_effects=HALO,
                color=ink(LOOKS[0][1]), ha=("right", "center", "left")[np.sign(dx) + 1],
                va=("top", "center", "bottom")[np.sign(dy) + 1],
            )  # fmt: skip
            box = text.get_window_extent(renderer)
            low, high = box.padded(2).get_points()
            away = np.linalg.norm(np.maximum(0, np.maximum(low - marks, marks - high)), axis=1)
            own = np.argmin(np.linalg.norm(marks - axes.transData.transform(place), axis=1))
            inside = (whole.min < low).all() and (high < whole.max).all()
            struck = ((drawn > low) & (drawn < high)).all(1).any()
            free = not struck and not any(_overlap(box, other) for other in taken)
            if inside and free and away[own] <= away.min():
                taken.append(box)
                break
            text.remove()
