"""each notebook executed from top to bottom: seconds, to the first figure too, and peak memory"""

import time

import nbformat
from nbclient import NotebookClient

from tests.notebook_form import paths

COLUMNS = ("notebook", "seconds", "first figure, s", "slowest cell, s", "peak MB")
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def rows():
    for path in paths():
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
        folder = {"metadata": {"path": str(path.parent)}}
        times, figure = [], None
        client = NotebookClient(notebook, timeout=300, resources=folder)
        with client.setup_kernel():
            start = time.perf_counter()
            for index, cell in enumerate(notebook.cells):
                before = time.perf_counter()
                client.execute_cell(cell, index)
                times.append(time.perf_counter() - before)
                if figure is None and any(
                    "image/png" in o.get("data", {}) for o in cell.get("outputs", [])
                ):
                    figure = time.perf_counter() - start
            seconds = time.perf_counter() - start
        peak = int(notebook.cells[-1].outputs[0].text) / 1024
        yield path.name, f"{seconds:.0f}", f"{figure:.1f}", f"{max(times):.1f}", f"{peak:.0f}"
