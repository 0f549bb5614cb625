"""Figures of a bug hunt: logs beside what was meant, and what the bugs cost."""

import numpy as np

from .measured import intervals
from .names import legend_above
from .style import GUIDE, HEIGHT, OTHER, STYLES, describe, draw_rates, from_zero, panels, styled

MEANT = {"color": GUIDE, "linestyle": (0, (1, 1.5)), "linewidth": 1.8}
LOGGED = ({"color": "black", "linewidth": 2.4}, {"color": STYLES["sgdr"][0], "linewidth": 1.6,
          "linestyle": (0, (5, 2))})  # fmt: skip


@styled
def rate_log(meant, logged, every=1, loss=None, dots=None):
    """A log of rates as its reader has it, beside the rates that were meant, dotted.

    `meant`: rates of shape (T,), or a dict from a label to such. `logged`: a dict from a label to
    what the log holds. `every`: the log holds only every so-manieth update, drawn as dots. `loss`:
    the minibatch losses in the same log, drawn on the right. `dots`: of every so-manieth update in
    `logged` a dot, too: what a log of these alone would hold.
    """
    figure, axes = panels(1 if loss is None else 2, squeeze=False)
    figure.set_figheight(0.8 * HEIGHT)
    left = axes[0, 0]
    for label, rates in (meant if isinstance(meant, dict) else {"as meant": meant}).items():
        draw_rates(left, rates, label=label, **MEANT)
    for (label, rates), look in zip(logged.items(), LOGGED):
        if every > 1:
            left.plot(np.arange(len(rates)) * every, rates, "o-", label=label, **look)
        else:
            draw_rates(left, rates, label=label, **(look | {"linewidth": 1.2} if dots else look))
        if dots:
            left.plot(np.arange(0, len(rates), dots), rates[::dots], "o", color=look["color"], markersize=8)
    from_zero(left)
    describe(left, "", "update $t$", r"learning rate $\eta$")
    if loss is not None:
        right = axes[0, 1]
        right.plot(loss, color="black", linewidth=0.9)
        right.set_ylim(0)
        describe(right, "", "update $t$", "loss of the minibatch")
    legend_above(figure, left)
    return figure


@styled
def rate_logs(cases, columns=5):
    """Many logs, small: a dict from a title to (meant, logged).

    `meant`: rates of shape (T,) or (T, groups), drawn dotted, or None. `logged`: the same; one that
    is shorter than the longest log holds only every so-manieth update, drawn as dots.
    """
    rows = -(-len(cases) // columns)
    figure, axes = panels(columns, rows, squeeze=False, sharex=True)
    figure.set_figheight(0.55 * HEIGHT * rows)
    T = max(len(logged) for _, logged in cases.values())
    for place, (title, (meant, logged)) in zip(axes.flat, cases.items()):
        for rates in [] if meant is None else np.atleast_2d(np.transpose(meant)):
            draw_rates(place, rates, **MEANT)
        every = T // len(logged)
        look = {"marker": "o", "markersize": 3.5} if every > 1 else {}
        place.plot(np.arange(len(logged)) * every, logged, color="black", linewidth=1.8, **look)
        place.set_title(title, fontsize=11)
        place.set(yticks=[], xticks=[0, T // 2, T])
        place.set_ylim(bottom=-0.05 * place.get_ylim()[1])
    for place in axes[-1]:
        place.set_xlabel("update $t$")
    for place in axes.flat[len(cases) :]:
        place.axis("off")
    axes[0, 0].set_ylabel("rate")
    return figure


@styled
def costs(named, against="what was meant"):
    """What each bug costs, with 95 % bars: a dict from a panel's title to a dict of `Difference`s."""
    figure, axes = panels(len(named), squeeze=False, sharey=True, sharex=True)
    figure.set_figheight(0.6 + 0.42 * max(map(len, named.values())) + 0.5)
    for place, (title, differences) in zip(axes[0], named.items()):
        looks = {name: {"color": OTHER} for name in differences}
        intervals(place, differences, looks=looks)
        describe(place, title, f"cost against {against}, %", "")
    return figure
