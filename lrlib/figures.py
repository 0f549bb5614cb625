"""Pure functions from data to a matplotlib `Figure`; one palette, one scale of sizes.

`show(figure, sentence)` puts a figure into a notebook, with the sentence that says what to see
below it and as its alt text. The same schedule has the same colour and line everywhere.
"""

import functools
import io
import itertools

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

DPI, WIDTH, HEIGHT = 144, 8.8, 3.3  # pixels per inch; inches

# Okabe and Ito's colours, told apart with any colour vision; the line styles without colour.
STYLES = {
    "cosine": ("#0072B2", "-"),
    "constant": ("#000000", ":"),
    "step": ("#E69F00", "--"),
    "linear": ("#009E73", "-."),
    "exponential": ("#D55E00", (0, (5, 1, 1, 1, 1, 1))),
    "cyclical": ("#CC79A7", (0, (3, 1))),
    "warmup": ("#56B4E9", (0, (7, 2))),
}
TARGET = "#D55E00"
MARKERS = "os^DvPX"

SETTINGS = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.2,
    "lines.markersize": 6,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "legend.handlelength": 3.6,
    "figure.facecolor": "white",
}


def styled(function):
    """Run a figure function under this file's settings."""

    @functools.wraps(function)
    def inside(*args, **kwargs):
        with rc_context(SETTINGS):
            return function(*args, **kwargs)

    return inside


def styles(names):
    """A look for each name: by the first word of the palette in it, else by its place; repeats are paler."""
    looks, seen = {}, []
    for i, name in enumerate(names):
        words = [word for word in STYLES if word in name.lower()]
        word = min(words, key=name.lower().find, default=None)
        colour, line = STYLES[word or list(STYLES)[i % len(STYLES)]]
        looks[name] = {"color": colour, "linestyle": line, "alpha": 0.45 if word in seen else 1.0}
        seen += [word] if word else []
    return looks


def panels(columns=2, rows=1, **kwargs):
    """A figure of the usual width and its axes."""
    figure = Figure(figsize=(WIDTH, HEIGHT * rows), dpi=DPI, layout="constrained")
    return figure, figure.subplots(rows, columns, **kwargs)


@styled
def curves(named, T=None, title="", ylabel="learning rate", xlabel="step $t$"):
    """Curves over the steps on one pair of axes.

    `named`: a dict from a label to a schedule or an array of rates. `T`: steps to draw.
    """
    figure, axes = panels(1)
    looks = styles(named)
    for name, curve in named.items():
        values = _values(curve, T)
        axes.plot(np.arange(len(values)), values, label=name, **looks[name])
    _describe(axes, title, xlabel, ylabel)
    _from_zero(axes)
    if len(named) > 1:
        _legend(figure, axes)
    return figure


@styled
def rate_and_loss(named, target=None, rate_limit=None, loss_limits=None, T=None, loss_label="loss"):
    """Left the rates that were used, right the loss they give, on a logarithmic axis.

    `named`: a dict from a label to a pair (rates of shape (T,), losses of shape (T + 1,)).
    `target`: a loss to reach, drawn as a line. Limits are taken from the curves unless given.
    """
    figure, (left, right) = panels(2)
    looks = styles(named)
    for name, (rates, losses) in named.items():
        left.plot(np.arange(len(rates)), rates, label=name, **looks[name])
        right.plot(np.arange(len(losses)), losses, label=name, **looks[name])
    _describe(left, "the rate", "step $t$", r"learning rate $\eta$")
    _describe(right, "what it does", "updates made", loss_label)
    right.set_yscale("log")
    left.set_ylim(0, rate_limit)
    if loss_limits:
        right.set_ylim(*loss_limits)
    for axes in (left, right):
        axes.set_xlim(0, T)
    if target is not None:
        right.axhline(target, color=TARGET, linewidth=1.5)
        end = right.get_xlim()[1]
        right.text(end, target, f"target {target:g}", color=TARGET, ha="right", va="bottom")
    if len(named) > 1:
        _legend(figure, right)
    return figure


@styled
def multiples(cases, target=None, loss_label="loss", columns=3):
    """Small multiples of `rate_and_loss`: a column a case, the rate above, the loss below.

    `cases`: a dict from a title to a pair (rates of shape (T,), losses of shape (T + 1,)).
    """
    figure, axes = panels(len(cases), 2, sharey="row", sharex=True, squeeze=False)
    figure.set_figheight(1.4 * HEIGHT)
    for i, (title, (rates, losses)) in enumerate(cases.items()):
        top, bottom = axes[:, i]
        top.plot(np.arange(len(rates)), rates, color=STYLES["cosine"][0])
        bottom.plot(np.arange(len(losses)), losses, color=STYLES["cosine"][0])
        bottom.set_yscale("log")
        reached = "" if target is None else ("\nreached" if losses[-1] <= target else "\nmissed")
        bottom.annotate(
            f"ends at {losses[-1]:.3g}{reached}",
            (1, 1),
            xycoords="axes fraction",
            ha="right",
            va="top",
        )
        if target is not None:
            bottom.axhline(target, color=TARGET, linewidth=1.5)
            if i == 0:
                bottom.annotate(
                    f"target {target:g}", (0.03, target), xycoords=("axes fraction", "data"),
                    color=TARGET, va="bottom",
                )  # fmt: skip
        _describe(top, title, "", r"rate $\eta$" if i == 0 else "")
        _describe(bottom, "", "updates made", loss_label if i == 0 else "")
    axes[0, 0].set_ylim(0)
    return figure


@styled
def comparison(result):
    """Two rate curves, and below them the gap in per cent of the peak. `result`: of `lr.compare`."""
    figure, (top, bottom) = panels(1, 2, sharex=True, height_ratios=(2, 1))
    figure.set_figheight(1.3 * HEIGHT)
    steps = np.arange(len(result.a))
    a, b = result.labels
    top.plot(steps, result.a, label=a, color=STYLES["warmup"][0], linewidth=5)
    top.plot(steps, result.b, label=b, color=STYLES["cosine"][0], linewidth=1.8)
    _legend(figure, top)
    bottom.plot(steps, 100 * result.gaps, color=TARGET)
    bottom.set_ylim(0, max(110 * result.largest_gap, 1e-10))
    bottom.yaxis.set_major_locator(MaxNLocator(5))
    _from_zero(top)
    _describe(top, "", "", "learning rate")
    _describe(bottom, "", "step $t$", "gap, % of peak")
    return figure


@styled
def trials(result, reference, prediction=None):
    """A laboratory `Result`: left loss against peak rate, right each schedule against a reference.

    Bands and bars are 95 % intervals. `prediction`: a dict from a schedule's name to the
    difference in per cent that the reader expects, drawn beside the measured one.
    """
    figure, (left, right) = panels(2, width_ratios=(1.25, 1))
    looks = styles(result.names)
    for name, losses, marker in zip(result.names, result.losses, itertools.cycle(MARKERS)):
        mean, half, look = losses.mean(-1), _half_width(losses), looks[name]
        left.plot(result.peaks, mean, marker=marker, label=name, **look)
        left.fill_between(result.peaks, mean - half, mean + half, color=look["color"], alpha=0.15)
    left.set(xscale="log", yscale="log")
    left.set_xticks(result.peaks, [f"{p:g}" for p in result.peaks])
    left.minorticks_off()
    low, high = left.get_ylim()
    ticks = [k * 10.0**e for e in range(-4, 3) for k in (1, 1.5, 2, 3, 5, 7)]
    ticks = [tick for tick in ticks if low <= tick <= high]
    left.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    left.legend()
    _describe(left, f"{result.task}, {len(result.seeds)} seeds", "peak rate", "final loss")

    others = [name for name in result.names if name != reference]
    differences = {name: result.compare(name, reference) for name in others}
    intervals(right, differences, prediction)
    _describe(
        right, f"against {reference}, each at its best peak", "difference of final loss, %", ""
    )
    return figure


def intervals(axes, differences, prediction=None):
    """Draw `Difference`s as dots with 95 % bars, the zone of a tie shaded, predictions as crosses."""
    axes.axvspan(-5, 5, color="#E5E5E5", linewidth=0)
    axes.text(0, -0.65, "within ±5 %", ha="center", va="top")
    looks = styles(differences)
    for i, (name, d) in enumerate(differences.items()):
        colour = looks[name]["color"]
        axes.errorbar(
            d.percent, i, xerr=[[d.percent - d.low], [d.high - d.percent]],
            marker="o", markersize=8, capsize=5, color=colour, linewidth=2.2,
        )  # fmt: skip
        if prediction and prediction.get(name) is not None:
            axes.plot(prediction[name], i, "x", color=TARGET, markersize=11, markeredgewidth=2.5)
            axes.annotate(
                "your prediction", (prediction[name], i), (0, 12), textcoords="offset points",
                ha="center", color=TARGET,
            )  # fmt: skip
    axes.set_yticks(range(len(differences)), list(differences))
    axes.set_ylim(len(differences) - 0.5, -0.7)
    axes.grid(axis="y", visible=False)


@styled
def budgets(named, xlabel="updates in the run, $T$", prediction=None):
    """Differences against a growing budget: a dict from T to a `Difference`."""
    figure, axes = panels(1)
    T, d = list(named), list(named.values())
    axes.axhspan(-5, 5, color="#E5E5E5", linewidth=0, label="within ±5 %")
    axes.axhline(0, color="black", linewidth=1)
    y = np.array([x.percent for x in d])
    bars = [y - [x.low for x in d], [x.high for x in d] - y]
    axes.errorbar(T, y, yerr=bars, marker="o", capsize=5, color=STYLES["cosine"][0])
    if prediction is not None:
        axes.axvline(
            prediction, color=TARGET, linewidth=1.5, label="your prediction of the crossing"
        )
    axes.set_xscale("log")
    axes.set_ylim(min(-9, min(y - bars[0]) - 3), max(9, max(y + bars[1]) + 3))  # room for words
    axes.set_xticks(T, [f"{t}" for t in T])
    axes.minorticks_off()
    axes.legend(loc="upper right")
    for name, y, side in ((d[0].b, 0.97, "top"), (d[0].a, 0.03, "bottom")):
        axes.text(0.35, y, f"{name} is better", transform=axes.transAxes, va=side, style="italic")
    _describe(axes, f"{d[0].a} against {d[0].b}", xlabel, "difference of final loss, %")
    return figure


def palette(image):
    """64 colours of an RGB image; what is nearly white becomes white, or paper looks grey."""
    colours = image.quantize(64, dither=Image.Dither.NONE)
    values = np.array(colours.getpalette()).reshape(-1, 3)
    values[values.min(1) > 240] = 255
    colours.putpalette(values.flatten().tolist())
    return colours


def png(figure):
    """A figure as PNG bytes, reduced to a palette of 64 colours: a third of the size, no loss seen."""
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI)
    raw.seek(0)
    out = io.BytesIO()
    palette(Image.open(raw).convert("RGB")).save(out, "PNG", optimize=True)
    return out.getvalue()


def show(figure, sentence):
    """Display a figure with the sentence that says what to see: below it, and as its alt text."""
    from IPython.display import display

    width = int(figure.get_figwidth() * DPI / 1.5)
    display(
        {"image/png": png(figure), "text/plain": sentence},
        metadata={"image/png": {"alt": sentence, "width": width}},
        raw=True,
    )
    display({"text/markdown": f"*{sentence}*", "text/plain": sentence}, raw=True)


def show_schedule(schedule):
    """A schedule in a notebook: its picture, its formula with its numbers, its text."""
    from IPython.display import display

    T = schedule.T if schedule.T < np.inf else 100
    ends = f"from {schedule(0):.4g} to {schedule(T):.4g} over {T:g} steps"
    show(curves({type(schedule).__name__: schedule}, T + 1), f"A schedule {ends}: {schedule!r}.")
    formula = rf"$\displaystyle {schedule.latex(numbers=True)}$"
    display({"text/latex": formula, "text/plain": formula}, raw=True)


def show_comparison(result):
    """A comparison in a notebook: its picture and its words."""
    show(comparison(result), f"{result!r}.")


def show_result(result, reference=None, prediction=None):
    """A laboratory result in a notebook: its table, its picture, its verdicts."""
    reference = reference or result.names[-1]
    print(result)
    verdicts = [str(result.compare(n, reference)) for n in result.names if n != reference]
    show(trials(result, reference, prediction), "; ".join(verdicts) + ".")


def _values(curve, T):
    if callable(curve):
        return curve.rates(T)
    return np.asarray(curve)[:T]


def _half_width(values):
    from .lab.statistics import half_width

    return half_width(values)


def _from_zero(axes):
    """A rate axis begins at zero, or a floor looks like nothing."""
    axes.set_ylim(bottom=-0.02 * axes.get_ylim()[1])


def _legend(figure, axes):
    """One line above the axes, where it covers no curve."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)


def _describe(axes, title, xlabel, ylabel):
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
