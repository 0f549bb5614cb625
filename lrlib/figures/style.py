"""One look for all figures: a palette, a scale of sizes, and the pieces every figure uses."""

import functools

import numpy as np
from matplotlib import colors, rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, Locator, NullLocator

DPI, WIDTH, HEIGHT = 144, 8.8, 3.3  # pixels per inch; inches

# Okabe and Ito's hues, at a contrast of at least 3 on white and far enough from one another with
# any colour vision (tests/test_figures.py); the line styles tell them apart without colour.
STYLES = {
    "cosine": ("#0072B2", "-"),
    "constant": ("#000000", ":"),
    "step": ("#C58700", "--"),
    "linear": ("#006B4E", "-."),
    "exponential": ("#AA4B00", (0, (5, 1, 1, 1, 1, 1))),
    "cyclical": ("#BF5690", (0, (3, 1))),
    "warmup": ("#1E9BE2", (0, (7, 2))),
    "sgdr": ("#5E1A3C", (0, (8, 1, 2, 1))),
}
ALIASES = {
    "fixed": "constant",
    "triangular": "cyclical",
    "exp_range": "cyclical",
    "restart": "sgdr",
    "one-cycle": "cyclical",
}
TARGET = "#8B0000"  # what is to be reached, and what the reader predicts; no family has it
GUIDE = "#505050"  # marks and limits
OTHER = "#56607A"  # of a curve that is no family's
REPEATS = ((0, (1, 0.6)), (0, (2, 2)))  # line styles of a family's second and third schedule
DASHES = ("-", (0, (6, 1.5)), (0, (3, 1.2)), (0, (1.2, 1.2)))  # of many settings
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
    "figure.facecolor": "white",  # a card of its own on a dark page, too
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
    words = [word for word in known if word in str(name).lower()]
    return known.get(min(words, key=str(name).lower().find, default=None))


def styles(names, settings=None):
    """A look for each name: that of its family; names of no family are shades of one hue.

    The shades run from light and broad to dark and thin in the order of the names, so that they
    read as settings of one thing, never as another family. `settings`: the family whose settings
    they are, a word of STYLES; without it their hue is no family's. A family's second and third
    schedule have another line and another lightness.
    """
    if settings is not None and settings not in STYLES:
        raise ValueError(f"settings must be one of {', '.join(STYLES)}, not {settings!r}")
    free = [name for name in names if family(name) is None]
    hues = iter(shades(STYLES[settings][0] if settings else OTHER, len(free)))
    widths = iter(np.linspace(3.2, 1.8, len(free)) if len(free) > 1 else [2.2])
    looks, seen, dash = {}, [], 0
    for name in names:
        word = family(name)
        if word is None:
            line = DASHES[dash % len(DASHES)] if len(free) > 3 else "-"
            looks[name] = {"color": next(hues), "linestyle": line, "linewidth": next(widths)}
            dash += 1
            continue
        again, (colour, line) = seen.count(word), STYLES[word]
        if again:
            line = REPEATS[(again - 1) % len(REPEATS)]
            end = 3 if contrast(colour) > 4 else 10  # lighter, where the paper leaves room for it
            colour = shade(
                colour, contrast(colour) * (end / contrast(colour)) ** (0.75 if again == 1 else 1)
            )
        looks[name] = {"color": colour, "linestyle": line, "linewidth": 2.2}
        seen.append(word)
    return looks


def shades(colour, n):
    """`n` shades of one hue from light to dark, each with a contrast of at least 3 on white."""
    if n == 1:
        return [colour]
    dark = max(11, contrast(colour))
    return [shade(colour, c) for c in np.geomspace(3.05, dark, n)]


def contrast(colour):
    """The contrast of a colour on white, from 1 to 21 (WCAG 2.2)."""
    rgb = np.array(colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05))


def shade(colour, wanted):
    """The same hue, mixed with white or with black until its contrast on white is `wanted`."""
    rgb = np.array(colors.to_rgb(colour))
    lighter = contrast(colour) > wanted
    low, high = 0.0, 1.0
    for _ in range(20):  # bisection: the contrast is monotone in the share
        share = (low + high) / 2
        mixed = rgb + share * (float(lighter) - rgb)
        if (contrast(mixed) > wanted) == lighter:
            low = share
        else:
            high = share
    return colors.to_hex(rgb + low * (float(lighter) - rgb))


def ink(colour):
    """The same hue, dark enough for text: a contrast of at least 4.5."""
    return colour if contrast(colour) >= 4.5 else shade(colour, 4.6)


def panels(columns=2, rows=1, **kwargs):
    """A figure of the usual width and its axes."""
    figure = Figure(figsize=(WIDTH, HEIGHT * rows), dpi=DPI, layout="constrained")
    return figure, figure.subplots(rows, columns, **kwargs)


def describe(axes, title, xlabel, ylabel):
    """Title and labels of a pair of axes."""
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)


def draw_rates(axes, rates, **look):
    """Rates over the steps, as they are used: each is held until the next, the last to the end."""
    return axes.plot(np.arange(len(rates) + 1), np.append(rates, rates[-1:]),
                     drawstyle="steps-post", **look)  # fmt: skip


def from_zero(axes):
    """A rate axis begins at zero, or a floor looks like nothing; not where values are negative."""
    if axes.dataLim.y0 >= 0:
        axes.set_ylim(bottom=-0.02 * axes.get_ylim()[1])


class LogTicks(Locator):
    """Ticks of a logarithmic axis at round numbers, three to seven of them."""

    def __call__(self):
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin, vmax):
        low, high = sorted((max(vmin, 1e-300), max(vmax, 1e-300)))
        decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        decades = decades[:: max(1, len(decades) // 6)]
        for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7), range(1, 10)):
            ticks = np.outer(10.0**decades, steps).ravel()
            ticks = ticks[(ticks >= low * (1 - 1e-9)) & (ticks <= high * (1 + 1e-9))]
            if len(ticks) >= 3:
                break
        return ticks


def log_axis(axis):
    """Readable numbers on a logarithmic axis: 0.03, not 3 times ten to the minus two."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(LogTicks())
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: log_number(value)))


def log_number(value):
    """A tick's number: plain from 0.0001 to 100,000, a power of ten beyond."""
    if 0.99e-4 <= value < 1.01e5:
        return f"{value:,.10g}"
    factor, power = f"{value:.0e}".split("e")
    return f"${'' if factor == '1' else factor + chr(92) + 'cdot '}10^{{{int(power)}}}$"


def log_steps(axes, x):
    """A logarithmic x axis with a tick at each of its values, numbers where they have room."""
    axes.set_xscale("log")
    texts = [f"{each:g}" for each in x]
    inches = axes.get_position().width * axes.figure.get_figwidth() * 0.85
    places = np.log(np.asarray(x, dtype=float))
    places = (places - places.min()) / max(np.ptp(places), 1e-9) * inches / 1.1
    end = -np.inf
    for i in np.argsort(places):
        half = (len(texts[i]) + 1) * 0.045  # of a number in inches, at this size
        if places[i] - half < end:
            texts[i] = ""
        else:
            end = places[i] + half
    axes.set_xticks(x, texts)
    axes.minorticks_off()


def shown_width(figure):
    """The width of a figure on the page, in CSS pixels: 1.5 pixels of the picture to each."""
    return int(figure.get_figwidth() * DPI / 1.5)
