"""What a lesson asks of its reader, counted: `python -m tests.lesson_load` prints it for all.

The *core* is everything before the heading `## Deeper`. Words: prose, the captions of pictures and
the questions of exercises; not formulas, code, what is folded, or the list of sources. The pictures
and numbers of a folded answer to a prediction count, since everybody opens it. Cells: not those
that only ask, one line that shows a prediction or an exercise's question. Minutes: the rates below,
those of a careful reader of the lessons; the title cell states both sums, to the next 5.
"""

import base64
import re
import sys
from pathlib import Path

import nbformat

from tests import notebook_form

WORDS = 150  # a minute
DISPLAY, INLINE = 0.75, 3.5 / 60  # minutes for a formula on a line of its own, in a line
PICTURE, NUMBER, CODE = 0.75, 2 / 60, 1 / 20  # minutes for a picture, a number, a line of code
RECALL, PREDICTION, SLIDER, EXPERIMENT, EXERCISE = 0.5, 1, 4, 4, 4  # minutes to do one
LIMITS = {"words": 1500, "cells": 36, "numbers": 60, "numbers in a cell": 12, "predictions": 4,
          "pictures": 12, "minutes to read": 30}  # fmt: skip
SCENES = r"figures\.(?:cloud|valley|saddle|catapult|paths)\("  # weights that move in a landscape
STATED = re.compile(r"(\d+) minutes to read, (\d+) with everything done")

ASKS = re.compile(r"[\w.]+(?:\.question\(\))?")
ANSWER = re.compile(r"<details><summary>The answer to .*?</details>", re.S)
FOLDED = re.compile(r"<details.*?</details>", re.S)
FORMULA = re.compile(r"\$\$.*?\$\$", re.S)
IN_LINE = re.compile(r"\$[^$\n]+\$")
A_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*")
A_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def core(notebook):
    """The cells before `## Deeper`, and those from there on."""
    ends = [i for i, c in enumerate(notebook.cells) if c.source.startswith("## Deeper")]
    end = ends[0] if ends else len(notebook.cells)
    return notebook.cells[:end], notebook.cells[end:]


def load(cells):
    """Everything that is counted in these cells, by name."""
    pieces, outputs = prose(cells), _outputs(cells)
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    numbers = [sum(map(_numbers, cell.get("outputs", []))) for cell in cells]
    images = [image for output in outputs for image in _images(output)]
    found = {
        "words": sum(map(words, pieces)),
        "cells": sum(not ASKS.fullmatch(cell.source.strip()) for cell in cells),
        "numbers": sum(numbers),
        "numbers in a cell": max(numbers, default=0),
        "predictions": len(re.findall(r"\.reveal(?:ed)?\(", source)),
        "pictures": len(images),
        "films": sum(b"acTL" in base64.b64decode(image[:80]) for image in images),
        "scenes": len(re.findall(SCENES, source)),
    }
    text = "\n\n".join(pieces)
    formulas = FORMULA.findall(text)
    lines = [cell for cell in cells if cell.cell_type == "code" and not notebook_form.folded(cell)]
    reading = (
        found["words"] / WORDS + DISPLAY * len(formulas)
        + INLINE * len(IN_LINE.findall(FORMULA.sub("", text)))
        + PICTURE * len(images) + NUMBER * sum(numbers)
        + CODE * sum(len(cell.source.splitlines()) for cell in lines)
    )  # fmt: skip
    sliders = sum(_is_slider(cell) for cell in cells)
    doing = (
        RECALL * 5 * source.count(".recall") + PREDICTION * found["predictions"] + SLIDER * sliders
        + EXPERIMENT * source.count("lab.duel(") + EXERCISE * source.count(".check(")
    )  # fmt: skip
    found |= {"minutes to read": to_five(reading), "minutes in all": to_five(reading + doing)}
    return found


def prose(cells):
    """The Markdown of these cells and of their outputs, piece by piece, without what is folded."""
    found = [cell.source for cell in cells if cell.cell_type == "markdown"]
    found += [o.data["text/markdown"] for o in _outputs(cells) if "text/markdown" in _data(o)]
    return [_open(text) for text in found]


def words(text):
    """The number of words in Markdown, without formulas, code, addresses, and sources."""
    text = re.sub(r"\*\*Sources\*\*.*?(?=\n\n\*\*|\n## |\Z)", "", text, flags=re.S)
    text = IN_LINE.sub(" ", FORMULA.sub(" ", text))
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|<[^>]+>", " ", text, flags=re.S)
    return len(A_WORD.findall(text))


def to_five(minutes):
    """Rounded to 5 minutes, at least 5."""
    return max(5, 5 * round(minutes / 5))


def problems(notebook):
    """What the core of a lesson has too much of, or lacks, a sentence each."""
    cells, _ = core(notebook)
    found = load(cells)
    for name, limit in LIMITS.items():
        if found[name] > limit:
            yield f"{found[name]} {name} in the core, at most {limit} are allowed"
    for name in ("films", "scenes"):
        if not found[name]:
            yield f"the core has no {name[:-1]}"
    stated = STATED.search(cells[0].source)
    computed = found["minutes to read"], found["minutes in all"]
    if not stated or tuple(map(int, stated.groups())) != computed:
        yield "the first cell must say: {} minutes to read, {} with everything done".format(*computed)


def _outputs(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


def _data(output):
    return output.get("data", {})


def _open(text):
    """Markdown without what is folded in it."""
    return FOLDED.sub("", text)


def _images(output):
    """The pictures of an output, as base64."""
    data = _data(output)
    answers = " ".join(ANSWER.findall(data.get("text/markdown", "")))
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', answers)
    return found + ([data["image/png"]] if "image/png" in data else [])


def _numbers(output):
    """The numbers that an output prints in the open."""
    if output.output_type == "stream":
        return len(A_NUMBER.findall(output.text))
    data = _data(output)
    if "text/markdown" in data:  # the answer to a prediction, with what its cell printed
        answers = " ".join(ANSWER.findall(data["text/markdown"]))
        return len(A_NUMBER.findall(" ".join(re.findall(r"<pre>(.*?)</pre>", answers, re.S))))
    if set(data) & {"image/png", "text/latex"}:
        return 0
    if "text/html" in data:
        still = "-still" in data["text/html"]  # of a widget: a picture and its words
        return 0 if still else len(A_NUMBER.findall(re.sub("<[^>]+>", " ", _open(data["text/html"]))))
    return len(A_NUMBER.findall(data.get("text/plain", "")))


def _is_slider(cell):
    return "widgets.Draw(" in cell.source or "lr.sliders." in cell.source


if __name__ == "__main__":
    for path in [Path(arg) for arg in sys.argv[1:]] or notebook_form.paths():
        notebook = nbformat.read(path, as_version=4)
        for name, cells in zip(("core", "deeper"), core(notebook)):
            print(f"{path.stem:20} {name:6}", *(f"{v} {k} ·" for k, v in load(cells).items()))
        print(*(f"    {problem}" for problem in problems(notebook)), sep="\n")
