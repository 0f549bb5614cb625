"""Words in a figure: names at the lines, marks and levels with their texts, and what collides."""

import re
import textwrap

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patheffects import withStroke

from .style import GUIDE, TARGET, ink

HALO = [withStroke(linewidth=3, foreground="white")]
FARTHEST = 0.8  # a name stands at most so many of its heights above or below its line's end


def legend_above(figure, axes):
    """Names above the axes, row by row; `arrange` puts them at the lines if it can."""
    handles, labels = axes.get_legend_handles_labels()
    columns = min(4, len(labels))
    while columns > 1 and (0.075 * max(map(len, labels)) + 0.75) * columns > figure.get_figwidth():
        columns -= 1
    order = [i for column in range(columns) for i in range(column, len(labels), columns)]
    handles, labels = [handles[i] for i in order], [labels[i] for i in order]
    figure.legend(handles, labels, loc="outside upper left", ncols=columns)


def mark(axes, text, position, height=0.98, color=GUIDE):
    """A vertical line with a text beside it; `height`: of the text, as a share of the axes."""
    axes.axvline(position, color=color, linewidth=1.5)
    label = axes.annotate(
        text, (position, height), (4, 0), xycoords=("data", "axes fraction"),
        textcoords="offset points", va="top", color=color, path_effects=HALO,
    )  # fmt: skip
    heights = (height, 0.98, 0.88, 0.78, 0.68, 0.16, 0.28)
    label.places = [{"xy": (position, y), "xyann": (side, 0), "ha": ha}
                    for y in heights for side, ha in ((4, "left"), (-4, "right"))]  # fmt: skip


def level(axes, text, height, color=GUIDE, right=False, **line):
    """A horizontal line with a text on it, at the left, or right, unless a curve is there."""
    places = [(0.01, "left"), (0.99, "right"), (0.5, "center")]
    places = places[1:] + places[:1] if right else places
    axes.axhline(height, color=color, **{"linewidth": 1.5, "linestyle": "--"} | line)
    label = axes.annotate(
        text, (places[0][0], height), (0, 2), xycoords=("axes fraction", "data"),
        annotation_clip=False, textcoords="offset points", ha=places[0][1], va="bottom",
        color=color, path_effects=HALO,
    )  # fmt: skip
    label.places = [{"xy": (x, height), "xyann": (0, side), "ha": ha, "va": va}
                    for side, va in ((2, "bottom"), (-3, "top"))
                    for x, ha in places]  # fmt: skip


def note(axes, text, height, va, places=(0.35, 0.5, 0.2, 0.65, 0.02), ha="left"):
    """Words inside the axes at a height, moved sideways to where no curve is; both are shares."""
    label = axes.annotate(
        text, (places[0], height), (0, 0), xycoords="axes fraction", textcoords="offset points",
        va=va, ha=ha, style="italic", color=GUIDE, path_effects=HALO,
    )  # fmt: skip
    label.places = [{"xy": (x, height), "xyann": (0, 0), "ha": ha, "va": va} for x in places]
    return label


def target_line(axes, target):
    """A loss to reach."""
    level(axes, f"target {target:g}", target, TARGET)


def arrange(figure):
    """The last touch before a figure is seen: names at the lines, texts beside the curves.

    Names leave the legend for the ends of their lines where all of them fit; a text of `mark` or
    `level` moves to the first of its places where it lies on no curve and on no other text.
    """
    changed = _name_lines(figure)
    for axes in figure.axes:
        texts = [text for text in axes.texts if hasattr(text, "places")]
        if not texts:
            continue
        renderer = _layout(figure)
        others = [box for text, box in _boxes(figure, renderer) if text not in texts]
        for text in texts:
            scores = []
            for place in text.places:
                box = _put(text, place, renderer)
                words = sum(_overlap(box, other) for other in others)
                curves, lines = (_hits(axes, box, guides) for guides in (False, True))
                scores.append(lines + 9 * (curves + words + _outside(axes, box)))
                if not scores[-1]:
                    break
            others.append(_put(text, text.places[int(np.argmin(scores))], renderer))
            del text.places
            changed = True
    if changed:
        _layout(figure)  # ticks may change with the room; the next layout knows them


def _put(text, place, renderer):
    """Move a text to a place; the box that it then fills."""
    text.xy, text.xyann = place["xy"], place["xyann"]
    text.set(ha=place["ha"], va=place.get("va", "top"))
    return text.get_window_extent(renderer)


def _name_lines(figure):
    """Each name at the right end of its line, if there is room for all; whether that is so."""
    if len(figure.legends) != 1 or len(figure.axes) > 2:
        return False
    legend = figure.legends[0]
    labels = {text.get_text() for text in legend.get_texts()}
    axes = figure.axes[-1]
    handles, names = axes.get_legend_handles_labels()
    widest = 18 if len(figure.axes) == 1 else 13  # characters
    kept = [
        re.sub(r" ?([=×]) | (?=[\d%])", lambda sign: sign[0].replace(" ", "\u00a0"), str(n))
        for n in names
    ]
    wrapper = textwrap.TextWrapper(widest, break_long_words=False, break_on_hyphens=False)
    texts = [wrapper.fill(name) for name in kept]
    if {*names} != labels or max(len(line) for t in texts for line in t.split("\n")) > widest + 2:
        return False
    renderer = _layout(figure)
    lines = [handle[0] if isinstance(handle, tuple) else handle for handle in handles]
    ends = [_end(axes, line) for line in lines]
    if None in ends:
        return False
    box = axes.get_window_extent(renderer)
    high = 1.35 * 11 / 72 * figure.dpi / box.height  # one line of text, as a share of the axes
    heights = np.array([high * (text.count("\n") + 1) for text in texts])
    places = _spread(np.array(ends), heights)
    if (
        np.abs(places - ends).max() > FARTHEST * high
        or np.diff(np.sort(ends), append=9).min() < high / 4
    ):
        return False  # too far away, or two lines end in the same place
    legend.remove()
    names = [
        axes.annotate(
            text, (1, place), (6, 0), xycoords="axes fraction", textcoords="offset points",
            va="center", color=ink(line.get_color()), annotation_clip=False, linespacing=1.1,
        )
        for text, place, line in zip(texts, places, lines)
    ]  # fmt: skip
    if _overlaps(_boxes(figure, _layout(figure))):
        for name in names:
            name.remove()
        legend_above(figure, axes)
    return True


def _end(axes, line):
    """Where a line meets the right end of the axes, as a share of their height; None if nowhere."""
    if not hasattr(line, "get_xydata"):
        return None
    points = np.asarray(line.get_xydata(), dtype=float)
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        return None
    x, y = (axes.transScale + axes.transLimits).transform(points[-1])
    return float(y) if 0.9 < x < 1.01 and -0.01 <= y <= 1.01 else None


def _spread(places, heights):
    """Places in the same order, as near as can be, each with room for its height."""
    order = np.argsort(places, kind="stable")
    blocks = []  # each: [lowest end, height, members]
    for i in order:
        blocks.append([places[i] - heights[i] / 2, heights[i], [i]])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] > blocks[-1][0]:
            low, last = blocks[-2], blocks.pop()
            members, height = low[2] + last[2], low[1] + last[1]
            inside = np.cumsum([0, *heights[members]])[:-1] + heights[members] / 2
            low[:] = [float(np.mean(places[members] - inside)), height, members]
    spread = np.empty(len(places))
    for low, _, members in blocks:
        spread[members] = low + np.cumsum([0, *heights[members]])[:-1] + heights[members] / 2
    return spread


def collisions(figure):
    """What cannot be read in a figure, a sentence each: texts on texts, on curves, or cut off."""
    arrange(figure)
    renderer = _layout(figure)
    boxes = _boxes(figure, renderer)
    found = [f"{a!r} lies on {b!r}" for a, b in _overlaps(boxes)]
    for axes in figure.axes:
        for text in axes.texts:
            if text.get_visible() and text.get_text().strip():
                box = text.get_window_extent(renderer)
                if _hits(axes, box, guides=False):
                    found.append(f"{text.get_text()!r} is struck through by a curve")
    whole = figure.bbox.padded(2)
    for text, box in boxes:
        if not (
            whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1
        ):
            found.append(f"{text.get_text()!r} is cut off at the edge")
    return found


def _layout(figure):
    """Lay a figure out, and return the renderer that measures its texts."""
    canvas = (
        figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    )
    figure.draw_without_rendering()
    return canvas.get_renderer()


def _boxes(figure, renderer):
    """All texts that are seen, each with its box in pixels."""
    texts = list(figure.texts)
    for legend in figure.legends:
        texts += legend.get_texts()
    for axes in figure.axes:
        if not axes.axison:
            continue
        texts += [*axes.texts, axes.title, axes._left_title, axes._right_title]
        for axis in (axes.xaxis, axes.yaxis):
            texts.append(axis.label)
            low, high = sorted(axis.get_view_interval())
            room = 1e-9 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if low - room <= tick.get_loc() <= high + room and tick.label1.get_visible():
                    texts.append(tick.label1)
    seen = [text for text in texts if text.get_visible() and text.get_text().strip()]
    return [(text, text.get_window_extent(renderer)) for text in seen]


def _overlaps(boxes):
    pairs = [(one, two) for i, one in enumerate(boxes) for two in boxes[i + 1 :]]
    return [(a.get_text(), b.get_text()) for (a, one), (b, two) in pairs if _overlap(one, two)]


def _overlap(a, b, slack=1.5):
    return min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack


def _outside(axes, box):
    whole = axes.get_window_extent().padded(2)
    return not (
        whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1
    )


def _hits(axes, box, guides):
    """How many curves of the axes run through a text's box; with `guides` marks and levels, too."""
    lines = [line for line in axes.lines if line.get_visible() and line.get_linestyle() != "None"]
    lines = [line for line in lines if guides or line.get_transform() == axes.transData]
    paths = [line.get_transform().transform(line.get_xydata()) for line in lines]
    return sum(_crosses(path, *box.padded(-2).get_points()) for path in paths)


def _crosses(points, low, high):
    """Whether a line through points, of shape (n, 2), enters a box; NaN breaks the line."""
    start, way = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of each piece inside, per axis
        ends = np.sort([(low - start) / way, (high - start) / way], axis=0)
    outside = (way == 0) & ((start < low) | (start > high))
    enter = np.where(way == 0, 0.0, ends[0]).max(1, initial=0.0)
    leave = np.where(way == 0, 1.0, ends[1]).min(1, initial=1.0)
    return bool(((enter <= leave) & ~outside.any(1)).any())  # False for NaN
