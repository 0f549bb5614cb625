"""Every committed notebook is in the committed form, and its sentences agree with its numbers."""

import re

import nbformat
import pytest

from tests import notebook_form

MEASURED = re.compile(r"[-+]?[\d.]+ % (?:higher |lower )?\[[-+][\d.]+, [-+][\d.]+\]")
PATHS = notebook_form.paths()


@pytest.fixture(scope="module", params=PATHS, ids=[path.name for path in PATHS])
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def printed(cell):
    """All text of a code cell's outputs."""
    texts = [output.get("text", "") for output in cell.get("outputs", [])]
    texts += [o.data.get("text/plain", "") for o in cell.get("outputs", []) if "data" in o]
    return "\n".join(texts)


def test_form(notebook):
    assert notebook_form.problems(notebook) == []


def test_measured_sentences_stand_in_an_output_above(notebook):
    above = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            above += printed(cell)
            continue
        for sentence in MEASURED.findall(cell.source):
            assert sentence in above, f"{sentence!r} was not printed by a cell above it"


def test_first_code_cell_imports_lrlib_and_nothing_is_pasted(notebook):
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.source.splitlines()[0] == "import lrlib as lr"
    assert len(first.source.splitlines()) <= 3


@pytest.mark.parametrize("place, path", list(enumerate(PATHS)), ids=[path.name for path in PATHS])
def test_a_lesson_links_to_its_neighbours_and_to_the_glossary(place, path):
    cells = nbformat.read(path, as_version=4).cells[:2]
    links = set(re.findall(r"\]\((\w+\.\w+)\)", "".join(cell.source for cell in cells)))
    neighbours = PATHS[max(place - 1, 0) : place] + PATHS[place + 1 : place + 2]
    assert {"glossary.md", *(neighbour.name for neighbour in neighbours)} <= links


def test_a_lecture_of_about_ten_slides(notebook):
    types = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    assert None not in types, "every cell says what it is in the lecture"
    assert 10 <= types.count("slide") <= 14


def test_settled_facts_are_compared_by_nbval(notebook):
    tagged = [c for c in notebook.cells if "nbval-check-output" in c.metadata.get("tags", [])]
    assert tagged and all(printed(cell) for cell in tagged)


def test_an_untouched_exercise_says_so(notebook):
    checks = [cell for cell in notebook.cells if ".check(" in cell.source]
    assert len(checks) == 3
    assert all("Not answered yet" in printed(cell) for cell in checks)


def broken(**changes):
    """A notebook of one cell with one thing wrong."""
    output = nbformat.v4.new_output("stream", name="stdout", text="1\n")
    cell = nbformat.v4.new_code_cell("print(1)", outputs=[output], execution_count=1)
    cell.update(changes)
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    "notebook, complaint",
    [
        (broken(execution_count=None), "not executed"),
        (broken(execution_count=2), "not executed"),
        (broken(source="x = 1\n" * 26), "26 lines"),
        (broken(source="x" * 120), "a line over"),
        (broken(outputs=[nbformat.v4.new_output("error", ename="KeyError", evalue="")]), "traceback"),
        (broken(outputs=[nbformat.v4.new_output("stream", name="stderr", text="Careful")]), "warning"),
        (broken(outputs=[nbformat.v4.new_output("stream", name="stdout", text="1\n" * 41)]), "screen"),
        (
            broken(outputs=[nbformat.v4.new_output("display_data", {notebook_form.WIDGET: {}})]),
            "without a picture",
        ),
        (
            broken(
                outputs=[
                    nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAoAAAAEAAAAB"})
                ]
            ),
            "alt text",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_in_form_is_named(notebook, complaint):
    assert any(complaint in problem for problem in notebook_form.problems(notebook))


def test_widget_state_is_named():
    notebook = broken()
    notebook.metadata["widgets"] = {}
    assert "widget state" in notebook_form.problems(notebook)[0]


def test_a_progress_bar_that_erased_itself_is_dropped():
    notebook = broken(
        outputs=[
            nbformat.v4.new_output("stream", name="stdout", text="\r 10%|#"),
            nbformat.v4.new_output("stream", name="stdout", text="\r      \r"),
            nbformat.v4.new_output("stream", name="stdout", text="done\n"),
        ]
    )
    notebook_form.clean(notebook)
    assert [output.text for output in notebook.cells[0].outputs] == ["done\n"]
