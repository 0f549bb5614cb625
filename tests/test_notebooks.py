"""Every committed notebook is in the committed form, and its sentences agree with its numbers."""

import ast
import re

import nbformat
import pytest

import lrlib as lr
from tests import lesson_load, notebook_form

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


def test_the_core_asks_no_more_of_its_reader_than_it_may(notebook):
    assert list(lesson_load.problems(notebook)) == []


def test_the_first_eight_together_have_at_most_24_000_words():
    cells = [c for path in PATHS[:8] for c in nbformat.read(path, as_version=4).cells]
    assert sum(map(lesson_load.words, lesson_load.prose(cells))) <= 24_000


PARTS = ("Recall", "The question", "Your experiment", "In the wild", "Exercises", "Recap", "Deeper")


@pytest.mark.parametrize("path", PATHS, ids=[path.name for path in PATHS])
def test_a_lesson_has_its_parts_in_order(path):
    cells = nbformat.read(path, as_version=4).cells
    found = re.findall(r"^## (.*)$", "\n".join(c.source for c in cells), re.M)
    parts = PARTS if path != PATHS[0] else [p for p in PARTS if p not in ("Recall", "Deeper")]
    places = [next((i for i, h in enumerate(found) if h.startswith(p)), None) for p in parts]
    assert None not in places, f"missing: {[p for p, i in zip(parts, places) if i is None]}"
    assert places == sorted(places)


@pytest.mark.parametrize("path", PATHS, ids=[path.name for path in PATHS])
def test_deeper_parts_are_named_and_the_core_leads_to_them(path):
    core, deeper = lesson_load.core(nbformat.read(path, as_version=4))
    named = re.findall(r"^### Deeper ([A-Z]): .+", "\n".join(c.source for c in deeper), re.M)
    assert named == [chr(65 + i) for i in range(len(named))]
    text = "\n".join(cell.source for cell in core)
    assert [letter for letter in named if f"(#Deeper-{letter}:-" not in text] == []


@pytest.mark.parametrize("path", PATHS[1:], ids=[path.name for path in PATHS[1:]])
def test_recall_is_five_choices_and_one_of_them_a_picture(path):
    recall = getattr(lr.exercises, path.stem[3:]).recall
    assert len(recall) == 5 and all(question.at_once for question in recall)
    assert sum(question.pictured for question in recall) >= 1
    first = sum(next(iter(question._options)) == question._right for question in recall)
    assert first <= 2, "the right option must not always be the first"


ANSWERED = re.compile(r"((?:\w+\.)*\w+)\.reveal(?:ed)?\(")


def test_a_prediction_is_asked_on_a_slide_before_its_answer(notebook):
    types = [cell.metadata["slideshow"]["slide_type"] for cell in notebook.cells]
    slide = [sum(t in ("slide", "subslide") for t in types[: i + 1]) for i in range(len(types))]
    code = [(i, c.source) for i, c in enumerate(notebook.cells) if c.cell_type == "code"]
    for i, source in code:
        for name in ANSWERED.findall(source):
            asks = [k for k, text in code if k < i and re.search(rf"^{re.escape(name)}$", text, re.M)]
            assert asks, f"{name} is answered and never asked"
            if types[i] != "skip":
                assert types[asks[-1]] != "skip", f"{name}: the question is not on the deck"
                assert slide[asks[-1]] < slide[i], f"{name}: question and answer on one slide"


def test_the_code_that_answers_a_prediction_is_folded_and_does_not_say_what_came_out(notebook):
    """GitHub shows folded code, so the sentence below the picture is kept in the prediction."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and (answered := ANSWERED.findall(cell.source)):
            assert notebook_form.folded(cell), cell.source[:80]
            kept = {f"{name}.sentence" for name in answered}
            calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
            for call in calls:
                if getattr(call.func, "attr", "") in ("show", "film"):
                    assert ast.unparse(call.args[1]) in kept, cell.source[:80]


def test_folded_code_has_the_tag_that_the_site_reads(notebook):
    for cell in notebook.cells:
        tagged = "hide-input" in cell.metadata.get("tags", [])
        assert notebook_form.folded(cell) == tagged


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
