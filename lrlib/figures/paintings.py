"""Pictures that networks paint: side by side, as a film, beside a rate, beside a verdict."""

import numpy as np
from matplotlib.figure import Figure

from .films import Frames
from .measured import intervals
from .style import (
    DPI, GUIDE, HEIGHT, OTHER, TARGET, WIDTH, describe, draw_rates, from_zero, log_axis, panels, styled,
)  # fmt: skip


@styled
def paintings(named):
    """Pictures side by side: a dict from a title to an array (height, width, 3), from 0 to 1."""
    figure, axes = panels(len(named), squeeze=False)
    figure.set_figheight(0.72 * HEIGHT)
    for place, (title, picture) in zip(axes[0], named.items()):
        _hang(place, picture, title)
    return figure


@styled
def painted(named, at):
    """What networks paint on the way, as `Frames`: a dict from a title to (len(at), h, w, 3).

    `at`: the numbers of updates made; they are said below the pictures.
    """
    figure, axes = panels(len(named), squeeze=False)
    figure.set_figheight(0.8 * HEIGHT)
    shown = [_hang(place, stack[-1], title) for place, (title, stack) in zip(axes[0], named.items())]
    middle = axes[0, len(named) // 2]
    words = middle.text(0.5, -0.09, "", transform=middle.transAxes, ha="center", va="top", color=GUIDE)
    stacks = list(named.values())

    def move(k):
        for image, stack in zip(shown, stacks):
            image.set_data(stack[k])
        words.set_text(f"after {at[k]} update{'' if at[k] == 1 else 's'}")

    figure.get_layout_engine().set(rect=(0, 0.07, 1, 0.93))
    return Frames(figure, [*shown, words], move, len(at), seconds=4.5, pictures=named)


@styled
def one_painting(run, log, stops):
    """A run of the capstone: what it painted, the rate it used, its loss; earlier runs in pale."""
    figure, (left, middle, right) = panels(3, width_ratios=(1.25, 1, 1))
    figure.set_figheight(0.85 * HEIGHT)
    _hang(left, run.painting, "what it paints")
    for other in log:
        if other is not run:
            right.plot(stops, other.losses, color="#BBBBBB", linewidth=1)
    draw_rates(middle, run.setting.rates, color=OTHER)
    right.plot(stops, run.losses, color=OTHER)
    log_axis(right.yaxis)
    from_zero(middle)
    describe(middle, "its rate", "step $t$", "")
    describe(right, "its loss, and earlier runs'" if len(log) > 1 else "its loss", "updates made", "")
    return figure


@styled
def submission(result):
    """A submission: two paintings of one test seed, and each row's loss against the line's.

    The predicted interval is shaded in the colour of predictions.
    """
    figure = Figure(figsize=(WIDTH, 1.15 * HEIGHT), dpi=DPI, layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 2.1))
    for i, (title, picture) in enumerate(zip(("yours", "the line"), result.paintings)):
        _hang(figure.add_subplot(grid[i, 0]), picture, title)
    axes = figure.add_subplot(grid[:, 1])
    rows = {"yours": result.difference} | result.rivals
    low, high = result.prediction
    looks = {name: {"color": OTHER if name == "yours" else "#8A8A8A"} for name in rows}
    intervals(axes, rows, looks=looks)
    for text in list(axes.texts):  # the zone of a tie needs no words here
        text.remove()
    axes.axvspan(low, high, color=TARGET, alpha=0.16, linewidth=0)
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, low - 3), max(right, high + 3))
    axes.annotate("predicted", ((low + high) / 2, 1), (0, -4), xycoords=("data", "axes fraction"),
                  textcoords="offset points", ha="center", va="top", color=TARGET)  # fmt: skip
    describe(axes, "", "better  ←  loss against the straight line, %  →  worse", "")
    return figure


def _hang(axes, picture, title):
    image = axes.imshow(np.asarray(picture), interpolation="nearest", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[], title=title)
    axes.spines[:].set_visible(False)
    axes.grid(False)
    return image
