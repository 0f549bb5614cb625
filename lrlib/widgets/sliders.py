"""Sliders that answer a question: controls, a picture, and words that say what was reached.

One figure is made once. What does not move (axes, ticks, text) is an image that the page keeps; a
move sends the curves as numbers and the words, and those of the neighbouring positions with them.
"""

import base64
import html

import ipywidgets as widgets
import numpy as np

from .. import figures
from .ahead import Picture, clean
from .picture import LivePicture


def slider(label, low, high, value, step=None, log=False):
    """A slider from `low` to `high`. With `log`, both are positive and moves are factors.

    The start is the position next to `value`: the page would correct it otherwise. Raises
    `ValueError` for a `value` that does not lie between the ends, and with `log` for a `low` <= 0.
    """
    if log and not low > 0:
        raise ValueError(f"low must be > 0 on a logarithmic slider, not {low!r}")
    if not low <= value <= high:
        raise ValueError(f"value must lie between low={low!r} and high={high!r}, not {value!r}")
    look = {
        "description": label,
        "tooltip": label,
        "style": {"description_width": "8em"},
        "layout": {"width": "30em"},
    }
    if not log and all(isinstance(x, int) for x in (low, high, value)):
        step = step or 1
        value = min(low + round((value - low) / step) * step, high)
        return widgets.IntSlider(value, min=low, max=high, step=step, **look)
    kind, at = widgets.FloatSlider, value
    if log:
        kind, (low, high, at) = widgets.FloatLogSlider, np.log10([low, high, value])
    step = step or (high - low) / 40
    at = min(low + round((at - low) / step) * step, high)
    value = clean(float(10**at if log else at))
    return kind(value, min=low, max=high, step=step, readout_format=".3g", **look)


class Explorer(widgets.VBox):
    """Controls above, a picture and words below; every position shows what `view` returns for it.

    `view(**values)` returns the data of the moving lines (a dict from a line's name to (x, y)), the
    words, and if a try can be better or worse its score, the lower the better. It must be a pure
    function of the values: moves may be skipped, and neighbouring positions are asked for as well.
    `controls`: a dict from a parameter of `view` to a widget. `picture`: a `LivePicture`.
    `target`: a score to reach. The words then begin with *Reached* or *Missed*, unless they say it
    themselves. The best try stays as a pale ghost, with its score and its place.
    An error in `view` is shown in words; the controls stay alive.
    """

    def __init__(self, view, controls, picture, target=None):
        self.controls = controls
        self.picture = Picture(view, controls, picture, target)
        super().__init__([*controls.values(), self.picture])
        self.add_class("lrlib-explorer")

    @property
    def words(self):
        """What is said of the present position."""
        return self.picture.frame["words"]

    def _ipython_display_(self):
        """The widget; then its picture and words, for readers without a kernel.

        They are outputs of their own, since a notebook that is trusted and not run shows nothing of
        an output that has a widget. Beside the living widget the page hides them.
        """
        from IPython.display import display

        labels = "; ".join(control.description for control in self.controls.values())
        bundle = self._repr_mimebundle_()
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        display({**bundle, "text/plain": f"Sliders: {labels}."}, raw=True)
        display(
            {"image/png": base64.b64encode(self.picture.png()).decode(), "text/plain": self.words},
            metadata={
                "image/png": {"alt": self.words, "width": self.picture.picture.shown_width}
            },
            raw=True,
        )
        start, stop = self.picture.frame["bold"]
        parts = self.words[:start], self.words[start:stop], self.words[stop:]
        said = "{}<b>{}</b>{}".format(*map(html.escape, parts))
        note = "Run the cell to move it."
        display(
            {
                "text/html": f'<p class="lrlib-still">{said} <em>{note}</em></p>',
                "text/plain": f"{self.words} {note}",
            },
            raw=True,
        )


def rate_and_loss(
    view, controls, *, T, rate_limit, loss_limits, target=None, loss_label="loss", family="cosine",
    edge_label=None, score=None, marks=None
):  # fmt: skip
    """The usual explorer: the rates on the left, the loss they give on the right.

    `view(**values)` returns (rates of shape (t,), losses of shape (t + 1,), words); with an
    `edge_label` (rates, losses, edge, words), and the edge is a second, dotted curve on the right.
    `T`, `rate_limit`, `loss_limits`: the axes, wide enough for every position of the controls;
    `target`: a loss to reach, drawn as a line. `family`: the schedule whose colour the curves have.
    `score`: a function of what `view` returns but the words, held against the target (the last loss
    unless given). Without a target there is none. `marks`: a dict from a text to a number of updates,
    such as a stop, a vertical line on the right.
    """
    edges = [np.geomspace(*loss_limits, 9)] if edge_label else []
    figure = figures.rate_and_loss(
        {family: (np.linspace(0, rate_limit, 9), np.geomspace(*loss_limits, 10), *edges)},
        target,
        1.04 * rate_limit,
        loss_limits,
        T,
        loss_label,
        edge_label,
        marks=marks,
    )
    left, right = figure.axes
    lines = {"rate": left.lines[0], "loss": right.lines[0]}
    if edge_label:
        lines["edge"] = right.lines[1]

    def move(**values):
        rates, losses, *edges, words = view(**values)
        scored = [] if target is None else [score(rates, losses, *edges) if score else losses[-1]]
        losses = np.nan_to_num(np.minimum(losses, 1e300), nan=1e300)
        rates = np.append(rates, rates[-1])
        data = zip(lines, (rates, losses, *edges))
        return {name: (np.arange(len(y)), y) for name, y in data}, words, *scored

    return Explorer(move, controls, LivePicture(figure, lines), target)
