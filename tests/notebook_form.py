"""The committed form of a notebook: executed from top to bottom, clean, small.

`python tests/notebook_form.py` executes all notebooks in place and leaves them in that form
(this is `make notebooks`); `problems(path)` lists what is not in it.
"""

import base64
import re
import struct
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LONGEST_CELL, LONGEST_LINE = 25, 105  # lines of code; characters, of code and of what is printed
LONGEST_ON_A_SLIDE = 72  # printed characters; longer lines break, also inside words
LINKED = ("map",)  # cells that links lead to: "lesson.ipynb#cell-id=map" works in JupyterLab
SCREEN = 40  # lines of text in one output
PICTURE, FILM = 150_000, 340_000  # characters of base64: 110 kB and 250 kB
WIDGET = "application/vnd.jupyter.widget-view+json"


def paths():
    """All lessons, in order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def execute(path):
    """Execute a notebook in place and leave it in the committed form."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
    )
    client.execute()
    clean(notebook)
    nbformat.write(notebook, path)


def clean(notebook):
    """Keep what a reader sees; drop what differs from run to run or machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for i, cell in enumerate(notebook.cells):
        if cell.id not in LINKED:
            cell.id = f"cell-{i:02}"
        cell.metadata = {
            k: v for k, v in cell.metadata.items() if k in ("slideshow", "tags", "jupyter")
        }
        if folded(cell):  # the site reads the tag
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), "hide-input"})
        if cell.cell_type == "code":
            cell.outputs = _without_dead_widgets(_without_progress(cell.outputs))


def _without_dead_widgets(outputs):
    """A stored widget is dead, and an error in a trusted notebook: where its still stands below it,
    in an output of its own, that alone is kept."""
    still = any("lr-still" in o.get("data", {}).get("text/html", "") for o in outputs)
    return [o for o in outputs if not (still and WIDGET in o.get("data", {}))]


def _without_progress(outputs):
    """Join the pieces of a stream; drop a progress bar that has erased itself."""
    kept = []
    for output in outputs:
        previous = kept[-1] if kept else None
        if (
            output.output_type == "stream"
            and previous is not None
            and previous.output_type == "stream"
            and previous.name == output.name
        ):
            previous.text += output.text
        else:
            kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            output.text = re.sub(r"[^\n]*\r", "", output.text)
    return [o for o in kept if o.output_type != "stream" or o.text.strip()]


def problems(notebook):
    """What keeps a notebook from the committed form, a sentence each."""
    found = []
    if "widgets" in notebook.metadata:
        found.append("widget state in the metadata: GitHub refuses such a file")
    executed = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    if [c.execution_count for c in executed] != list(range(1, len(executed) + 1)):
        found.append("not executed from top to bottom in one go")
    for i, cell in enumerate(notebook.cells):
        found += [f"cell {i}: {problem}" for problem in _cell_problems(cell)]
    return found


def _cell_problems(cell):
    if cell.cell_type != "code":
        return
    lines = len(cell.source.splitlines())
    if lines > LONGEST_CELL:
        yield f"{lines} lines of code, at most {LONGEST_CELL} are allowed"
    if max(map(len, cell.source.splitlines()), default=0) > LONGEST_LINE:
        yield f"a line over {LONGEST_LINE} characters"
    pictured = any("image/png" in output.get("data", {}) for output in cell.outputs)
    printable = LONGEST_ON_A_SLIDE if on_a_slide(cell) else LONGEST_LINE
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"a traceback: {output.ename}"
        elif output.output_type == "stream":
            if output.name == "stderr":
                yield f"a warning: {output.text[:80]!r}"
            if len(output.text.splitlines()) > SCREEN:
                yield "an output over a screen"
            for line in output.text.splitlines():
                if len(line) > printable:
                    yield f"a printed line over {printable} characters: {line!r}"
        elif "image/png" in output.data:
            if not output.metadata.get("image/png", {}).get("alt"):
                yield "a picture without alt text"
            width, height = png_size(output.data["image/png"])
            if height > 1100 or width < 600:
                yield f"a picture of {width} x {height} pixels does not fit a screen"
            moves = b"acTL" in base64.b64decode(output.data["image/png"][:80])
            if len(output.data["image/png"]) > (FILM if moves else PICTURE):
                yield "a film over 250 kB" if moves else "a picture over 150 kB"
        elif WIDGET in output.data and not pictured:
            yield "a widget without a picture for readers who have no kernel"
        if WIDGET in output.get("data", {}) and not folded(cell):
            yield "a slider below its unfolded code: run, it lies above the screen"


def on_a_slide(cell):
    """Whether a cell is shown in the lecture."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "skip") not in ("skip", "notes")


def folded(cell):
    """Whether a cell's code is hidden until the reader opens it."""
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def png_size(data):
    """Width and height of a base64-encoded PNG, in pixels."""
    return struct.unpack(">II", base64.b64decode(data)[16:24])


if __name__ == "__main__":
    for notebook_path in [Path(arg) for arg in sys.argv[1:]] or paths():
        execute(notebook_path)
        print(f"{notebook_path.name}: executed")
