"""Pure functions from data to a matplotlib `Figure`; one palette, one scale of sizes.

`show(figure, sentence)` puts a figure into a notebook, `film(frames, sentence)` a moving one, each
with the sentence that says what to see. The same schedule has the same colour and line everywhere.
`curves` has what is computed exactly, `measured` what has seeds, `forecasts` the one against the
other, `finish` all schedules where they end, `clouds` and `toys` points in landscapes, `readings` a
rule that reads a log, `logs` what a bug hunt looks at, `paintings` what networks paint; `style` the
palette, `names` words in figures, `films` and `page` the way to the page.
Not here: anything that moves under a slider (`widgets`).
"""

from .clouds import cloud, saddle
from .curves import comparison, curves, multiples, paths, poster, rate_and_loss
from .films import Frames, palette
from .finish import finish
from .forecasts import forecasts
from .logs import costs, rate_log, rate_logs
from .measured import bands, duel, intervals, proportions, sweep, trials, two_models
from .names import collisions
from .page import film, png, show, show_comparison, show_result, show_schedule
from .paintings import one_painting, painted, paintings, submission
from .readings import reading
from .style import DPI, HEIGHT, STYLES, TARGET, WIDTH, panels, shown_width, styled, styles
from .toys import catapult, valley

__all__ = [
    "curves", "poster", "rate_and_loss", "multiples", "comparison", "paths",
    "trials", "intervals", "sweep", "bands", "proportions", "duel", "two_models",
    "forecasts", "finish", "rate_log", "rate_logs", "costs",
    "cloud", "saddle", "valley", "catapult", "reading", "Frames",
    "paintings", "painted", "one_painting", "submission",
    "show", "film", "show_schedule", "show_comparison", "show_result", "png",
    "palette", "collisions",
    "panels", "styled", "styles", "shown_width", "STYLES", "TARGET", "DPI", "WIDTH", "HEIGHT",
]  # fmt: skip
