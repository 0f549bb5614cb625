"""each notebook executed from top to bottom: seconds, and peak memory of its kernel"""

import time

import nbformat
from nbclient import NotebookClient

from tests.notebook_form import paths

COLUMNS = ("notebook", "seconds", "peak MB", "slowest cell, s")
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def rows():
    for path in paths():
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
        folder = {"metadata": {"path": str(path.parent)}}
        times = []
        client = NotebookClient(notebook, timeout=300, resources=folder)
        with client.setup_kernel():
            start = time.perf_counter()
            for index, cell in enumerate(notebook.cells):
                before = time.perf_counter()
                client.execute_cell(cell, index)
                times.append(time.perf_counter() - before)
            seconds = time.perf_counter() - start
        peak = int(notebook.cells[-1].outputs[0].text) / 1024
        yield path.name, f"{seconds:.0f}", f"{peak:.0f}", f"{max(times):.1f}"
