"""The figure of a duel: both rates, and what both did."""

from .measured import _band
from .names import legend_above
from .style import describe, draw_rates, from_zero, log_axis, panels, styled, styles


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
    describe(left, "the rate, at its best peak", "step $t$", r"learning rate $\eta$")
    describe(right, f"{result.task}, {result.seeds} seeds", "updates made", "loss, log scale")
    return figure
