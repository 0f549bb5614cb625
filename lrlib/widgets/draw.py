"""Curves that are drawn by hand: nine knots, straight lines between them.

`Curve` is any such curve (a prediction is one), `Draw` the rates of a run, with the exact loss that
they give beside them. The page computes and draws by itself (`draw.js`); the values arrive here at
the end of each stroke. Python never waits for the page: before any stroke the start is the curve.
"""

import base64
import html
from functools import reduce
from operator import rshift
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from IPython.display import display

from .. import checks, figures
from ..dynamics import noisy_quadratic, power_law
from ..schedules import Constant, Cosine, Linear, MultiStep

KNOTS = 9
DASHES = {"constant": "1 5", "linear": "9 4 2 4", "cosine": ""}  # as SVG writes them


class Curve(anywidget.AnyWidget):
    """A curve to draw on axes that the author gives: `values` at the nine knots `x`.

    `x`, `y`: the ends of the axes, (low, high); with `xscale` or `yscale` "log" both are positive.
    `xlabel`, `ylabel`: with units behind a comma. `start`: nine values, or one for all; the middle
    of the axis unless given. `question`: shown above. Mouse, finger, pen and arrow keys move the
    knots; `drawn` says whether one has been moved. Raises `ValueError` or `TypeError` for limits
    that do not increase, and for a start that leaves the axis.

    >>> curve = Curve((0, 200), (0, 1), xlabel="update", ylabel="rate", start=0.25)
    >>> curve(50), curve.drawn
    (0.25, False)
    """

    _esm = Path(__file__).with_name("draw.js")
    x = traitlets.List().tag(sync=True)
    values = traitlets.List().tag(sync=True)
    axes = traitlets.Dict().tag(sync=True)
    bowl = traitlets.Dict().tag(sync=True)
    truth = traitlets.List().tag(sync=True)  # empty until it is asked for
    history = traitlets.List().tag(sync=True)
    best = traitlets.List().tag(sync=True)

    def __init__(
        self, x, y, *, xlabel="", ylabel="", xscale="linear", yscale="linear", start=None,
        question=""
    ):  # fmt: skip
        x, y = limits("x", x, xscale), limits("y", y, yscale)
        space = np.geomspace if yscale == "log" else np.linspace
        middle = float(f"{space(*y, 3)[1]:.3g}")
        start = heights("start", middle if start is None else start, y)
        space = np.geomspace if xscale == "log" else np.linspace
        step = round(np.log10((y[1] - y[0]) / 100))  # of an arrow key: about a hundredth, and round
        axes = {
            "x": x, "y": y, "xscale": xscale, "yscale": yscale, "xlabel": xlabel, "ylabel": ylabel,
            "xname": xlabel.partition(",")[0] or "x", "yname": ylabel.partition(",")[0] or "y",
            "question": question, "step": 10.0**step, "digits": max(1 - step, 0),
            "colour": figures.TARGET,
        }  # fmt: skip
        super().__init__(x=space(*x, KNOTS).tolist(), values=start, axes=axes)
        self._start = start

    @traitlets.validate("values")
    def _within_the_axes(self, proposal):
        return heights("values", proposal["value"], self.axes["y"])

    @property
    def drawn(self):
        """Whether it differs from the start."""
        return self.values != self._start

    def __call__(self, x):
        """The height of the curve at `x`, a number or an array, straight between the knots."""
        fx, fy = (np.log if self.axes[s] == "log" else np.array for s in ("xscale", "yscale"))
        y = np.interp(fx(x), fx(self.x), fy(self.values))  # straight in the picture, that is
        y = np.exp(y) if self.axes["yscale"] == "log" else y
        return y if np.ndim(x) else float(y)

    def reveal(self, truth):
        """Wipe the true curve in over the drawn one, which freezes; returns the gap in a sentence.

        `truth`: a function of x (a schedule), or its values at equal distances over the x axis.
        """
        x, y = self._sampled(truth)
        self.truth = np.column_stack([x, y]).tolist()
        return self._gap(x, y)

    def _sampled(self, truth):
        space = np.geomspace if self.axes["xscale"] == "log" else np.linspace
        y = truth(space(*self.axes["x"], 201)) if callable(truth) else truth
        y = np.asarray(y, dtype=float)
        if y.ndim != 1 or len(y) < 2 or not np.isfinite(y).all():
            raise ValueError(f"the true curve must be two or more finite numbers, not {truth!r}")
        if self.axes["yscale"] == "log" and not (y > 0).all():
            raise ValueError(f"the true curve must be > 0 on a logarithmic axis, not {y.min()!r}")
        return space(*self.axes["x"], len(y)), y

    def _gap(self, x, y):
        (low, high), yours = self.axes["y"], self(x)
        height = np.log if self.axes["yscale"] == "log" else np.array
        gap = np.abs(height(yours) - height(np.clip(y, low, high)))
        worst = int(gap.argmax())
        if gap[worst] < 0.05 * (height(high) - height(low)):
            return "Your curve is never far from it."
        return (
            f"Your curve is furthest off at {self.axes['xname']} {x[worst]:.3g}: "
            f"you drew {yours[worst]:.3g}, it is {y[worst]:.3g}."
        )

    def picture(self, truth=None):
        """The curve as a still figure, with the true one over it if that is given."""
        figure, axes = figures.styled(figures.panels)(1)
        if truth is not None:
            x, y = self._sampled(truth)
            axes.plot(x, y, color=figures.TARGET, linewidth=4, label="what is true")
        if truth is None or self.drawn:
            axes.plot(self.x, self.values, color="#222222", marker="o", mfc="white", label="drawn")
        keys = ("xlabel", "ylabel", "xscale", "yscale")
        axes.set(xlim=self.axes["x"], ylim=self.axes["y"], **{k: self.axes[k] for k in keys})
        if truth is not None:
            axes.legend()
        return figure

    def _still(self):
        (a, b), (low, high) = self.axes["x"], self.axes["y"]
        where = f"{self.axes['ylabel'] or 'y'} from {low:g} to {high:g}"
        return self.picture(), (
            f"To draw here, run the cell: {where}, over {self.axes['xname']} {a:g} to {b:g}."
        )

    def _ipython_display_(self):
        show_live(self, picture_html(*self._still(), self.axes["question"]))


class Draw(Curve):
    r"""Draw the rates of a run; the exact loss of the noisy quadratic answers with every move.

    `T`: updates of the run, at least 8. `target`: a loss to reach. `question`: what to find out.
    `curvatures` ($\lambda$, 1/i for i = 1 … 20 unless given), `noise` ($\sigma$, a number or one
    for each direction), `x0`: as in `lr.dynamics.noisy_quadratic`. `rate_limit`: the top of the
    rate's axis, three times the highest peak below unless given (above $2/\lambda_{\max}$ the run
    can be thrown out, and the words say so); `loss_limits`: the ends of the loss's axis. `start`:
    nine rates; the best constant unless given.
    Pale behind it stand constant, line and cosine, each at its own best peak within the axis.
    Raises `ValueError` or `TypeError` for a bad argument.

    >>> draw = Draw(T=80, rate_limit=1, start=[0.4, 0.4, 0.4, 0.4, 0.4, 0.3, 0.2, 0.1, 0])
    >>> draw.schedule(55), draw.shape(0)
    (0.25, 1.0)
    >>> round(float(draw.loss[-1]), 4)
    0.0619
    """

    def __init__(
        self, T, target=None, *, question="", curvatures=None, noise=0.2, x0=1.0, rate_limit=None,
        loss_limits=None, start=None
    ):  # fmt: skip
        T = checks.count("T", T, KNOTS - 1)
        target = None if target is None else checks.positive("target", target)
        lam = power_law(20, 1.0) if curvatures is None else np.asarray(curvatures, dtype=float)
        self._bowl = {"curvatures": lam, "noise": noise, "x0": x0}
        first = noisy_quadratic([0.0], **self._bowl)[0]  # refuses what is wrong with the bowl
        top = 2 / lam.max() if rate_limit is None else checks.positive("rate_limit", rate_limit)
        x = [round(i * T / (KNOTS - 1)) for i in range(KNOTS)]
        unit = {"constant": Constant(1, T), "linear": Linear(1, 0, T), "cosine": Cosine(1, 0, T)}
        peaks = {name: self._best_peak(shape, top) for name, shape in unit.items()}
        top = float(f"{3 * max(peaks.values()):.1g}") if rate_limit is None else top
        best = {name: unit[name] * peak for name, peak in peaks.items()}
        ends = [noisy_quadratic(each.rates(T), **self._bowl)[-1] for each in best.values()]
        if loss_limits is None:
            loss_limits = float(f"{min([*ends, target or np.inf]) / 2:.1g}"), 2 * first
        steps = MultiStep(1, (x[4], x[6]), 0.3, T)
        shapes = {"constant": best["constant"], "step": steps * self._best_peak(steps, top)}
        digits = max(1 - round(np.log10(top / 100)), 0)
        shapes = {
            name: [min(round(v, digits), top) for v in shape(np.array(x)).tolist()]
            for name, shape in (shapes | {"cosine": best["cosine"]}).items()
        }
        super().__init__(
            (0, T), (0, top), xlabel="update", ylabel="rate", question=question,
            start=shapes["constant"] if start is None else start,
        )  # fmt: skip
        self._best, self.x = best, x
        self.bowl = {
            "curvatures": lam.tolist(),
            "variance": np.square(np.broadcast_to(noise, lam.shape)).tolist(),
            "moment": np.square(np.broadcast_to(x0, lam.shape)).tolist(),
            "limits": limits("loss_limits", loss_limits, "log"),
            "target": target, "colour": figures.TARGET, "shapes": shapes,
            "ghosts": [
                {"name": "line" if name == "linear" else name, "dash": DASHES[name],
                 "color": figures.STYLES[name][0], "rates": np.round(each.rates(T), 6).tolist()}
                for name, each in best.items()
            ],
        }  # fmt: skip

    def _best_peak(self, shape, top):
        """The peak up to `top` at which a shape of peak 1 ends lowest, to three digits."""
        rates, peaks = shape.rates(), top * np.geomspace(1e-3, 1, 61)
        for _ in range(2):  # a wide grid, then a narrow one
            loss = noisy_quadratic(peaks[:, None] * rates, **self._bowl)[:, -1]
            i = int(loss.argmin())
            best = peaks[i]
            peaks = np.linspace(peaks[max(i - 1, 0)], peaks[min(i + 1, len(peaks) - 1)], 41)
        return float(f"{best:.3g}")

    @property
    def schedule(self):
        """The drawn rates as a schedule: eight `Linear` pieces in a row, `T` steps long."""
        pieces = zip(self.x, self.x[1:], self.values, self.values[1:])
        return reduce(rshift, (Linear(v, w, b - a) for a, b, v, w in pieces))

    @property
    def shape(self):
        """The drawn schedule with a peak of 1, for `lambda peak: draw.shape * peak`."""
        peak = max(self.values)
        if not peak:
            raise ValueError("a schedule that is 0 everywhere has no shape: draw one that is not")
        return self.schedule * (1 / peak)

    @property
    def loss(self):
        """The exact expected loss of the drawn schedule, shape (T + 1,)."""
        return noisy_quadratic(self.schedule.rates(), **self._bowl)

    def picture(self, truth=None):
        """What is drawn, and its loss, as a still figure; the true rates with it if given."""
        T, target = self.x[-1], self.bowl["target"]
        named = {
            f"best {name}": (each.rates(T), noisy_quadratic(each.rates(T), **self._bowl))
            for name, each in self._best.items()
        }
        figure = figures.rate_and_loss(
            named, target, self.axes["y"][1], self.bowl["limits"], T, "expected loss"
        )
        if truth is not None:
            look = {"color": figures.TARGET, "linewidth": 4, "label": "what is true"}
            figure.axes[0].legend(handles=figure.axes[0].plot(*self._sampled(truth), **look))
        if self.drawn:
            look = {"color": "#222222", "linewidth": 3, "mfc": "white"}
            figure.axes[0].plot(self.x, self.values, marker="o", **look)
            figure.axes[1].plot(self.loss, **look)
        return figure

    def _still(self):
        losses = {
            f"best {name}": noisy_quadratic(each.rates(self.x[-1]), **self._bowl)[-1]
            for name, each in self._best.items()
        } | ({"drawn": self.loss[-1]} if self.drawn else {})
        ends = ", ".join(f"{name} {loss:.3g}" for name, loss in losses.items())
        goal = f" The target is {self.bowl['target']:g}." if self.bowl["target"] else ""
        words = f"Loss after {self.x[-1]} updates: {ends}.{goal}"
        return self.picture(), f"{words} To draw a schedule of your own, run the cell."


def limits(name, ends, scale):
    """The two ends of an axis as a list: finite, increasing, positive where it is logarithmic."""
    checks.choice(f"{name}scale", scale, ("linear", "log"))
    try:
        low, high = map(float, ends)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a pair of numbers, (low, high), not {ends!r}") from None
    if not np.isfinite([low, high]).all() or not low < high or (scale == "log" and low <= 0):
        allowed = "positive and increasing" if scale == "log" else "finite and increasing"
        raise ValueError(f"{name} must be {allowed}, not {ends!r}")
    return [low, high]


def heights(name, values, ends):
    """The heights of the knots as a list: nine numbers, or one for all, within the axis."""
    try:
        given = np.broadcast_to(np.asarray(values, dtype=float), KNOTS).tolist()
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be {KNOTS} numbers, or one, not {values!r}") from None
    if not all(ends[0] <= v <= ends[1] for v in given):
        raise ValueError(f"{name} must lie between {ends[0]:g} and {ends[1]:g}, not {values!r}")
    return given


def picture_html(figure, words, question=""):
    """A still figure with its words, as HTML; the words are its alt text, too."""
    data = base64.b64encode(figures.png(figure)).decode()
    words, width = html.escape(words), figures.shown_width(figure)
    return (
        (f"<p><b>{html.escape(question)}</b></p>" if question else "")
        + f'<img alt="{words}" width="{width}" style="max-width:100%" '
        f'src="data:image/png;base64,{data}"><p><i>{words}</i></p>'
    )


def show_live(widget, still, text=""):
    """Display a widget, and below it, for readers without a kernel, what stands still.

    In an output of its own, since a stored widget hides what is in the same one; where the widget
    is alive, its style hides the still.
    """
    bundle = widget._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    display(bundle | {"text/plain": ""}, raw=True)
    still = f'<div class="lr-still">{still}</div>'
    display({"text/html": still, "text/plain": text}, raw=True)
