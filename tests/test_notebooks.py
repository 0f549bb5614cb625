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
    comment, *imports = first.source.splitlines()
    assert comment.startswith("# ") and "make lab" in comment, "what to do where lrlib is missing"
    assert imports[0] == "import lrlib as lr" and len(imports) <= 2


@pytest.mark.parametrize("place, path", list(enumerate(PATHS)), ids=[path.name for path in PATHS])
def test_a_lesson_links_to_its_neighbours_and_to_the_glossary(place, path):
    cells = nbformat.read(path, as_version=4).cells[:2]
    links = set(re.findall(r"\]\((\w+\.\w+)[)#]", "".join(cell.source for cell in cells)))
    neighbours = PATHS[max(place - 1, 0) : place] + PATHS[place + 1 : place + 2]
    assert {"glossary.md", *(neighbour.name for neighbour in neighbours)} <= links


def test_a_lecture_of_ten_to_twelve_columns_and_at_most_twenty_slides(notebook):
    types = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    assert None not in types, "every cell says what it is in the lecture"
    assert 10 <= types.count("slide") <= 12
    assert types.count("slide") + types.count("subslide") <= 20


PREDICTION = re.compile(r"^(my_\w+)(?:, (my_\w+))?(?:, because)? = (?!\.\.\.)", re.M)


def predictions(notebook):
    """For each prediction: its names, the cell that asks, the cells that answer (by index)."""
    cells = notebook.cells
    for i, cell in enumerate(cells):
        found = PREDICTION.match(cell.source) if cell.cell_type == "code" else None
        if not found:
            continue
        names = [name for name in found.groups() if name]
        asks = max(k for k in range(i) if "redict" in cells[k].source)
        named = re.compile(rf"\b({'|'.join(names)})\b")
        again = [k for k in range(i + 1, len(cells)) if PREDICTION.match(cells[k].source)
                 and set(names) & set(PREDICTION.match(cells[k].source).groups())]
        until = min(again, default=len(cells))
        code = [k for k in range(i + 1, until) if cells[k].cell_type == "code"]
        next_words = next(k for k in range(i + 1, len(cells)) if cells[k].cell_type == "markdown")
        yield names, asks, [k for k in code if k < next_words or named.search(cells[k].source)]


def test_the_lecture_asks_before_it_answers_on_another_slide(notebook):
    types = [cell.metadata["slideshow"]["slide_type"] for cell in notebook.cells]
    slide = [sum(t in ("slide", "subslide") for t in types[: i + 1]) for i in range(len(types))]
    for names, asks, answers in predictions(notebook):
        shown = [k for k in answers if types[k] != "skip"]
        if shown:
            assert types[asks] != "skip", f"{names}: the question is not on the deck"
            assert slide[asks] < slide[shown[0]], f"{names}: question and answer on one slide"


def test_an_answer_does_not_stand_in_the_code_of_its_cell(notebook):
    for names, _, answers in predictions(notebook):
        for cell in (notebook.cells[k] for k in answers):
            told = [o.data["text/plain"][:30] for o in cell.outputs if "data" in o]
            if any(sentence in cell.source for sentence in told):  # what came out, below the picture
                assert cell.metadata.get("jupyter", {}).get("source_hidden"), f"{names}: to be folded"
            letters = re.findall(r"\b(?:It is|[Yy]ou said|:) [A-Da-d]\b[.:]", cell.source)
            assert not letters, f"{names}: the code gives the answer away: {letters}"


def test_what_was_not_said_is_not_quoted(notebook):
    for cell in notebook.cells:
        assert "None" not in printed(cell) and "said: nothing" not in printed(cell)


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
        (broken(outputs=[nbformat.v4.new_output("stream", name="stdout", text="1" * 106)]), "over 105"),
        (
            broken(
                outputs=[nbformat.v4.new_output("stream", name="stdout", text="1" * 73)],
                metadata={"slideshow": {"slide_type": "-"}},
            ),
            "over 72",
        ),
        (
            broken(outputs=[nbformat.v4.new_output("display_data", {notebook_form.WIDGET: {}, "image/png": "iVBORw0KGgoAAAANSUhEUgAAAoAAAAEAAAAB"})]),
            "unfolded code",
        ),
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
