"""Sliders that answer a question: controls, a picture, and words that say what was reached.

One figure is made once. What does not move (axes, ticks, text) is drawn once and kept; a move
draws only the curves on top of it, and sends the picture as an `<img>` with alt text inside a
`widgets.HTML`: on Binder every byte and millisecond counts.
"""

import base64
import html
import io

import ipywidgets as widgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from .. import figures


def slider(label, low, high, value, step=None, log=False):
    """A slider from `low` to `high`. With `log`, both are positive and moves are factors."""
    look = {
        "description": label,
        "style": {"description_width": "8em"},
        "layout": {"width": "30em"},
    }
    if log:
        span = np.log10([low, high])
        step = step or (span[1] - span[0]) / 40
        return widgets.FloatLogSlider(
            value, min=span[0], max=span[1], step=step, readout_format=".3g", **look
        )
    if all(isinstance(x, int) for x in (low, high, value)):
        return widgets.IntSlider(value, min=low, max=high, step=step or 1, **look)
    step = step or (high - low) / 40
    return widgets.FloatSlider(value, min=low, max=high, step=step, readout_format=".3g", **look)


class LivePicture:
    """A figure of which only some lines move.

    `figure`: of `lrlib.figures`. `lines`: a dict from a name to a matplotlib line. `png(name=(x, y))`
    sets the named lines and returns the picture as PNG bytes.
    """

    def __init__(self, figure, lines):
        self.figure, self.lines = figure, lines
        for line in lines.values():
            line.set_animated(True)
        self.canvas = FigureCanvasAgg(figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(figure.bbox)
        for line in lines.values():
            line.axes.draw_artist(line)
        # one palette for all moves: choosing it costs more than using it
        self.palette = figures.palette(self._image())
        for line in lines.values():
            line.set_data([], [])

    def _image(self):
        size = self.canvas.get_width_height(physical=True)
        return Image.frombuffer("RGBA", size, self.canvas.buffer_rgba()).convert("RGB")

    def png(self, **data):
        self.canvas.restore_region(self.background)
        for name, line in self.lines.items():
            if name in data:
                line.set_data(*data[name])
            line.axes.draw_artist(line)
        out = io.BytesIO()
        image = self._image().quantize(palette=self.palette, dither=Image.Dither.NONE)
        image.save(out, "PNG", compress_level=1)
        return out.getvalue()


class Explorer(widgets.VBox):
    """Controls above, a picture and words below; every move calls `view` and shows what it returns.

    `view(**values)` returns a pair: the data of the moving lines (a dict from a line's name to
    (x, y)) and the words. It must be a pure function of the values: moves may be skipped.
    `controls`: a dict from a parameter of `view` to a widget. `picture`: a `LivePicture`.
    An error in `view` is shown in words; the controls stay alive.
    """

    def __init__(self, view, controls, picture):
        self.view, self.controls, self.picture = view, controls, picture
        self.image = widgets.HTML()
        self.words = widgets.HTML()
        self._png = picture.png()
        super().__init__([*controls.values(), self.image, self.words])
        for control in controls.values():
            control.observe(self._move, "value")
        self._move()

    def _move(self, change=None):
        values = {name: control.value for name, control in self.controls.items()}
        try:
            data, words = self.view(**values)
            self._png, self._text = self.picture.png(**data), words
        except Exception as error:  # shown, because a traceback in a callback is seen by nobody
            self._text = f"This position cannot be drawn: {error}"
            self.words.value = f'<p role="alert"><b>{html.escape(self._text)}</b></p>'
            return
        source = base64.b64encode(self._png).decode()
        width = figures.shown_width(self.picture.figure)
        self.image.value = (
            f'<img alt="{html.escape(words)}" width="{width}" '
            f'style="max-width:100%;display:block" src="data:image/png;base64,{source}">'
        )
        self.words.value = f'<p aria-live="polite">{html.escape(words)}</p>'

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and for readers without a kernel the present picture and words."""
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        picture = base64.b64encode(self._png).decode()
        return (
            {**bundle, "image/png": picture, "text/plain": self._text},
            {"image/png": {"alt": self._text, "width": figures.shown_width(self.picture.figure)}},
        )


def rate_and_loss(
    view, controls, *, T, rate_limit, loss_limits, target=None, loss_label="loss", family="cosine",
    edge_label=None
):  # fmt: skip
    """The usual explorer: the rates on the left, the loss they give on the right.

    `view(**values)` returns (rates of shape (t,), losses of shape (t + 1,), words); with an
    `edge_label` (rates, losses, edge, words), and the edge is a second, dotted curve on the right.
    `T`, `rate_limit`, `loss_limits`: the axes, wide enough for every position of the controls;
    `target`: a loss to reach, drawn as a line. `family`: the schedule whose colour the curves have.
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
    )
    left, right = figure.axes
    lines = {"rate": left.lines[0], "loss": right.lines[0]}
    if edge_label:
        lines["edge"] = right.lines[1]
    picture = LivePicture(figure, lines)

    def move(**values):
        rates, losses, *edges, words = view(**values)
        losses = np.nan_to_num(np.minimum(losses, 1e300), nan=1e300)
        rates = np.append(rates, rates[-1])
        data = zip(lines, (rates, losses, *edges))
        return {name: (np.arange(len(y)), y) for name, y in data}, words

    return Explorer(move, controls, picture)
