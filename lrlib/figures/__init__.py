"""Pure functions from data to a matplotlib `Figure`; one palette, one scale of sizes.

`show(figure, sentence)` puts a figure into a notebook, with the sentence that says what to see
below it and as its alt text. The same schedule has the same colour and line everywhere.
`curves` has what is computed exactly, `measured` what has seeds and intervals, `style` the palette,
`page` how a figure comes onto a page. Not here: anything that moves under a slider (`widgets`).
"""

from .curves import comparison, curves, multiples, paths, poster, rate_and_loss
from .duel import duel
from .page import palette, png, show, show_comparison, show_result, show_schedule
from .measured import bands, intervals, proportions, sweep, trials
from .style import DPI, HEIGHT, STYLES, TARGET, WIDTH, panels, shown_width, styled, styles

__all__ = [
    "curves", "poster", "rate_and_loss", "multiples", "comparison", "paths",
    "trials", "intervals", "sweep", "bands", "proportions", "duel",
    "show", "show_schedule", "show_comparison", "show_result", "png", "palette",
    "panels", "styled", "styles", "shown_width", "STYLES", "TARGET", "DPI", "WIDTH", "HEIGHT",
]  # fmt: skip
