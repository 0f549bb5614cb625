"""One look for all figures: a palette, a scale of sizes, and the pieces every figure uses."""

import functools

from matplotlib import rc_context
from matplotlib.figure import Figure

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
    "sgdr": ("#882255", (0, (8, 1, 2, 1))),
}
ALIASES = {
    "fixed": "constant",
    "triangular": "cyclical",
    "exp_range": "cyclical",
    "restart": "sgdr",
}
TARGET = "#D55E00"
REPEATS = ((0, (1, 0.6)), (0, (2, 2)))  # line styles of a family's second and third schedule
OTHER = "#606060"  # of a schedule outside the palette
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


def family(name):
    """The palette's word that a name begins with, or holds first; None if it holds none."""
    known = {word: word for word in STYLES} | ALIASES
    words = [word for word in known if word in name.lower()]
    return known.get(min(words, key=name.lower().find, default=None))


def styles(names):
    """A look for each name: that of its family, else by its place; repeats are paler and dotted."""
    looks, seen = {}, []
    free = [word for word in STYLES if word not in map(family, names)] or list(STYLES)
    for i, name in enumerate(names):
        word = family(name)
        colour, line = STYLES[word or free[i % len(free)]]
        again = seen.count(word)
        line = REPEATS[(again - 1) % len(REPEATS)] if again else line
        looks[name] = {"color": colour, "linestyle": line, "alpha": 0.6 if again else 1.0}
        seen += [word] if word else []
    return looks


def panels(columns=2, rows=1, **kwargs):
    """A figure of the usual width and its axes."""
    figure = Figure(figsize=(WIDTH, HEIGHT * rows), dpi=DPI, layout="constrained")
    return figure, figure.subplots(rows, columns, **kwargs)


def describe(axes, title, xlabel, ylabel):
    """Title and labels of a pair of axes."""
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)


def legend_above(figure, axes):
    """One line above the axes, where it covers no curve."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)


def from_zero(axes):
    """A rate axis begins at zero, or a floor looks like nothing."""
    axes.set_ylim(bottom=-0.02 * axes.get_ylim()[1])


def log_steps(axes, x):
    """A logarithmic x axis with a tick at each of its values, and none between."""
    axes.set_xscale("log")
    axes.set_xticks(x, [f"{each:g}" for each in x])
    axes.minorticks_off()


def mark(axes, text, position, height=0.98):
    """A vertical line with a text beside it; `height`: of the text, as a share of the axes."""
    axes.axvline(position, color=TARGET, linewidth=1.5)
    axes.annotate(
        text, (position, height), (4, 0), xycoords=("data", "axes fraction"),
        textcoords="offset points", va="top", color=TARGET,
    )  # fmt: skip


def shown_width(figure):
    """The width of a figure on the page, in CSS pixels: 1.5 pixels of the picture to each."""
    return int(figure.get_figwidth() * DPI / 1.5)
