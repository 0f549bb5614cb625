"""The sliders of a lesson as tables: what its own `view` returns, at every position of a grid.

Nothing of a lesson is executed but the statements that a slider's cell needs. A table is one file:
a header (JSON: controls, pictures, sizes) and the frames in chunks, each compressed, as
`lrlib/widgets/picture.js` reads them; a chunk has all positions with one value of the first control.
"""

import ast
import io
import json
import os
import zlib
from base64 import b64encode
from contextlib import redirect_stdout

import lrlib as lr
import numpy as np
from lrlib.widgets import ahead

# Of one slider at most; with three controls the grid is thinned. Fewer in the environment give thin
# tables for a quick look.
POSITIONS = int(os.environ.get("POSITIONS", 3400))
UNIT = 4  # parts of a pixel
NARROW = 3.6  # inches: the picture for a phone, its panels below one another


def explorers(cells, index):
    """The explorers that cell number `index` makes, in order."""
    made = []

    class Kept(lr.sliders.Explorer):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            made.append(self)

    before, lr.sliders.Explorer = lr.sliders.Explorer, Kept
    try:
        run("\n".join(needed(cells, index)))
    finally:
        lr.sliders.Explorer = before
    return made


def checked(explorer):
    """The explorer, if its controls are sliders and its lesson's `view` can be drawn."""
    picture = explorer.picture
    for name, widget in picture.named.items():
        if ahead.Place(name, widget).last < 1:
            raise TypeError(f"the control {name!r} is no slider")
    if picture.frame["error"]:
        raise ValueError(picture.frame["words"])
    return explorer


def run(code):
    """Execute statements of a lesson with nothing shown; the names that they leave behind."""
    space = {"display": lambda *things, **how: None}
    with redirect_stdout(io.StringIO()):
        exec(compile(code, "lesson", "exec"), space)
    return space


def needed(cells, index):
    """The source of cell `index`, with the statements above it that it depends on."""
    sources = [c.source for c in cells[: index + 1] if c.cell_type == "code"]
    trees = [ast.parse(source).body for source in sources]
    kept, names = list(trees[-1]), used(trees[-1])
    for statement in reversed([s for body in trees[:-1] for s in body]):
        if bound(statement) & names or changed(statement) in names:
            kept.insert(0, statement)
            names |= used([statement])
    return [ast.unparse(statement) for statement in kept]


def used(statements):
    """All names that these statements read, in functions too."""
    nodes = (node for statement in statements for node in ast.walk(statement))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def bound(statement):
    """The names that a statement defines at the top level."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    nodes = ast.walk(statement)
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def changed(statement):
    """The name whose object a bare call changes (`figure.axes[0].set(…)`), or None."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    node = statement.value.func
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) and node.id not in ("lr", "plt") else None


def grid(places, most=POSITIONS):
    """For each control the numbers of steps that are kept: all, or as many as there is room for.

    The ends are among them, and where the control starts.
    """
    sizes = [place.last + 1 for place in places]
    counts = list(sizes)
    while np.prod(counts) > most:
        counts[int(np.argmax(counts))] -= 1
    kept = []
    for place, size, count in zip(places, sizes, counts):
        numbers = np.linspace(0, size - 1, count).round().astype(int)
        start = round(place.number)
        inner = np.abs(numbers - start)
        inner[[0, -1]] = size  # the ends stay
        if start not in numbers:
            numbers[inner.argmin()] = start
        kept.append(sorted({*numbers.tolist()}))
    return kept


def table(explorer):
    """One slider as bytes, and what the page says of it: (bytes, header)."""
    picture = explorer.picture
    names = list(picture.named)
    places = [ahead.Place(name, picture.named[name]) for name in names]
    kept = grid(places)
    chunks, frames_of = [], []
    for first in kept[0]:
        positions = [(first, *rest) for rest in product(kept[1:])]
        frames = [frame(picture, places, names, position) for position in positions]
        told, data = pack(frames)
        chunks.append(zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9))
        frames_of.append(zlib.compress(data, 9))
    header = {
        "controls": [
            control(place, picture.named[name], numbers)
            for name, place, numbers in zip(names, places, kept)
        ],
        "start": [round(place.number) for place in places],
        "unit": UNIT,
        "wide": look(picture.picture),
        "narrow": look(narrow(picture.picture)),
        "words": [len(chunk) for chunk in chunks],
        "points": [len(chunk) for chunk in frames_of],
        "thinned": [len(numbers) < place.last + 1 for place, numbers in zip(places, kept)],
    }
    head = json.dumps(header, ensure_ascii=False).encode()
    parts = [len(head).to_bytes(4, "little"), head, *chunks, *frames_of]
    return b"".join(parts), header


def product(lists):
    """All positions of the other controls, the last one moving fastest."""
    if not lists:
        return [()]
    return [(first, *rest) for first in lists[0] for rest in product(lists[1:])]


def frame(picture, places, names, position):
    """What the lesson's own `view` returns there, as the kernel would send it."""
    values = {name: place.value(n) for name, place, n in zip(names, places, position)}
    return picture._frame(" ".join(map(str, position)), values)


def pack(frames):
    """The words of frames as JSON's lists, and their points as in `lrlib/widgets/ahead.py`."""
    told, points = [], [np.zeros(0)]
    for each in frames:
        runs = [[len(run) for run in track] for track in each["tracks"]]
        kept = ("key", "words", "bold", "at", "score", "error")
        told.append({name: each[name] for name in kept} | {"runs": runs})
        for run in (run for track in each["tracks"] for run in track):
            points.append(np.diff(np.round(run.T * UNIT), prepend=0).ravel())
    planes = np.concatenate(points).astype("<i2").view(np.uint8).reshape(-1, 2).T
    return told, planes.tobytes()


def control(place, widget, numbers):
    """A control for the page: its label, the numbers of steps, and each value in words."""
    values = [place.value(n) for n in numbers]
    told = [f"{v:.3g}" if isinstance(v, float) else str(v) for v in values]
    return {"label": widget.description, "numbers": numbers, "told": told}


def look(picture):
    """A picture's still background and the looks of its lines."""
    return {
        "background": "data:image/png;base64," + b64encode(picture.png()).decode(),
        "size": [*picture.size, picture.shown_width],
        "looks": picture.looks,
    }


def narrow(picture):
    """The same figure for a phone: narrower, its panels below one another."""
    figure = picture.figure
    axes = figure.axes
    figure.set_size_inches(NARROW, 2.7 * len(axes))
    figure.set_layout_engine("constrained")
    rows = figure.add_gridspec(len(axes), 1)
    for row, each in enumerate(axes):
        each.set_subplotspec(rows[row])
    for legend in list(figure.legends):
        names = [text.get_text() for text in legend.get_texts()]
        if sum(map(len, names)) > 20:  # in a row they would not fit
            figure.legend(legend.legend_handles, names, loc="outside upper left", ncols=1, frameon=False)
            legend.remove()
    return type(picture)(figure, picture.lines)
