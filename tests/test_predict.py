"""Predictions without a browser: what is kept, what is quoted, what is folded, what is refused."""

import contextlib
import json
import subprocess
import sys
import types
from importlib import import_module

import nbformat
import numpy as np
import pytest
from anywidget import AnyWidget

import lrlib as lr
from tests.notebook_form import execute, problems

WHYS = {"slow": "WHYSLOW tempts.", "fast": "WHYFAST is true.", "equal": "WHYEQUAL tempts."}
BINS = {(None, -5): "WHYLOW", (-5, 20): "WHYMID", (20, None): "WHYHIGH"}
CURVES = {
    "slow": lr.Constant(0.1, 50),
    "fast": lr.Linear(1, 0, 50),
    "equal": np.geomspace(1, 0.1, 50),
}


def choice(**changed):
    return lr.predict(**{"question": "Which?", "options": WHYS, "right": "fast"} | changed)


def drawn(**changed):
    curve = lr.widgets.Curve((0, 50), (0, 1), xlabel="update", ylabel="rate")
    return lr.predict("Draw it.", curve, right=lr.Linear(1, 0, 50), **changed)


@pytest.fixture
def shown(monkeypatch):
    """Everything that is displayed, as texts."""
    texts = []

    def display(data, raw):
        texts.append(data.get("text/markdown") or data.get("text/html") or data.get("text/plain"))

    for room in ("predict", "draw"):
        monkeypatch.setattr(import_module(f"lrlib.widgets.{room}"), "display", display)
    return texts


@pytest.fixture
def folded(monkeypatch, shown):
    """The same where IPython captures what is displayed within `revealed`."""

    class Captured:
        outputs = []

    @contextlib.contextmanager
    def capture(stdout, stderr):
        start = len(shown)
        captured = Captured()
        yield captured
        captured.outputs = [Output({"text/markdown": text}) for text in shown[start:]]
        del shown[start:]

    room, shell = import_module("lrlib.widgets.predict"), lambda: True
    monkeypatch.setattr(room, "capture_output", capture)
    monkeypatch.setattr(room, "InteractiveShell", types.SimpleNamespace(initialized=shell))
    return shown


class Output:
    def __init__(self, data):
        self.data, self.metadata = data, {}


def click(guess, *numbers):
    guess.widget.set_state({"answer": list(numbers)})


def test_a_wrong_bet_is_quoted_with_why_it_tempts_then_the_result_then_the_truth(shown):
    guess = choice(sentence="RESULT")
    assert guess.answer is None
    click(guess, 0)
    assert guess.answer == "slow"
    guess.reveal()
    assert shown == [
        "**You said:** slow. WHYSLOW tempts.",
        "RESULT",
        "**Answer:** fast. WHYFAST is true.",
    ]


def test_a_right_bet_is_told_so_once(shown):
    guess = choice(sentence="RESULT")
    click(guess, 1)
    guess.reveal()
    assert shown == ["**You said:** fast. WHYFAST is true.", "RESULT", "**That is right:** fast."]


def test_nothing_said_nothing_quoted_and_the_result_is_folded(folded):
    choice(sentence="RESULT").reveal()
    (text,) = folded
    assert text.startswith("<details><summary>The answer to “Which?”") and "You said" not in text
    parts = ("</summary>\n\n", "RESULT", "WHYFAST", "WHYSLOW", "WHYEQUAL")
    order = [text.index(part) for part in parts]
    assert order == sorted(order) and text.endswith("\n\n</details>")


def test_outside_ipython_nothing_is_folded():
    """In a process of its own: plain Python, where `display` prints."""
    program = """import lrlib as lr
guess = lr.predict("Which?", {"slow": "WHYSLOW", "fast": "WHYFAST"}, right="fast",
                   sentence="AGAIN")
with guess.revealed():
    print("RESULT")
guess.reveal()"""
    told = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=60)
    assert told.startswith("RESULT\n") and told.count("**Answer:** fast") == 4
    assert "AGAIN" in told and "<details>" not in told


def test_an_error_among_the_results_is_not_swallowed(folded):
    guess = choice()
    for numbers in ([], [0]):
        click(guess, *numbers)
        with pytest.raises(ZeroDivisionError), guess.revealed():
            1 / 0


def test_a_ranking(shown):
    guess = choice(right=["fast", "slow", "equal"], sentence="RESULT")
    click(guess, 0)
    assert guess.answer is None
    click(guess, 1, 2, 0)
    assert guess.answer == ["fast", "equal", "slow"]
    guess.reveal()
    assert shown[0] == "**You said:** fast, then equal, then slow. equal: WHYEQUAL tempts. slow: WHYSLOW tempts."
    assert shown[2].startswith("**Answer:** fast, then slow, then equal. WHYFAST")


@pytest.mark.parametrize(
    "right, name",
    [
        (-9, "below −5 %"),
        (-5, "−5 to 20 %"),
        (19.9, "−5 to 20 %"),
        (20, "20 % or more"),
        (1e9, "20 % or more"),
    ],
)
def test_bins(right, name):
    guess = lr.predict("How much?", BINS, right=right, unit="%")
    names = [option["name"] for option in guess.widget.asked["options"]]
    assert names == ["below −5 %", "−5 to 20 %", "20 % or more"]
    click(guess, names.index(name))
    assert guess.answer == guess._right


def test_a_drawn_curve(shown):
    guess = drawn(sentence="RESULT")
    assert guess.answer is None and guess.widget.truth == []
    guess.widget.set_state({"values": [1.0] + [0.5] * 8})
    guess.reveal()
    assert len(guess.widget.truth) == 201
    assert "Your curve is furthest off at update 50: you drew 0.5, it is 0." in shown
    assert shown[-1] == "RESULT" and 'class="lr-still"' in shown[1]


def test_a_drawn_curve_that_nobody_drew(folded):
    guess = drawn()
    guess.reveal()
    assert guess.widget.truth == [] and "The true curve, from 1 to 0." in folded[0]


def test_a_drawn_run_can_be_asked_for_too(folded):
    draw = lr.widgets.Draw(80, rate_limit=1)
    guess = lr.predict("Draw it.", draw, right=lr.Cosine(0.3, 0, 80), sentence="RESULT")
    guess.reveal()
    assert "RESULT" in folded[0] and "The true curve, from 0.3 to 0." in folded[0]
    draw.set_state({"values": [0.5] * 9})
    guess.reveal()
    assert len(draw.truth) == 201 and 'class="lr-still"' in folded[2]


def test_a_recall_answers_at_once():
    guess = choice(at_once=True)
    said = []
    for numbers in ([0], [1], []):
        click(guess, *numbers)
        said.append(guess.widget.feedback)
    assert said == ["Not this: WHYSLOW tempts.", "Right. WHYFAST is true.", ""]
    plain = choice()
    click(plain, 1)
    assert plain.widget.feedback == ""


@pytest.mark.parametrize(
    "guess",
    [
        lambda: choice(),
        lambda: choice(pictures=CURVES, at_once=True),
        lambda: choice(right=["equal", "fast", "slow"]),
        lambda: lr.predict("How much?", BINS, right=17.125),
        drawn,
    ],
    ids=["choice", "pictures", "ranking", "bins", "drawn"],
)
def test_nothing_that_gives_the_answer_away_is_on_the_page(guess, shown):
    """Neither in the widget's state, nor in what is displayed; and the state names no 'right'."""
    made = guess()
    made._ipython_display_() if hasattr(made.widget, "asked") else made.widget._ipython_display_()
    state = {k: v for k, v in made.widget.get_state().items() if k not in ("_esm", "layout")}
    page = json.dumps(state, default=str) + json.dumps(shown)
    assert "WHY" not in page and "17.125" not in page and "right" not in page
    asked = {"asked", "answer", "feedback"}
    drawn = {"x", "values", "axes", "bowl", "truth", "history", "best"}
    own = set(state) - set(AnyWidget.class_trait_names()) - {"_anywidget_id"}
    assert own in (asked, drawn) and not state.get("truth") and not state.get("feedback")


def test_options_stand_in_the_order_in_which_they_are_given():
    asked = choice(right=["fast", "slow", "equal"]).widget.asked
    assert [option["name"] for option in asked["options"]] == ["slow", "fast", "equal"]


def test_pictures_are_on_the_same_axes_and_have_words():
    options = choice(pictures=CURVES).widget.asked["options"]
    assert [o["alt"] for o in options] == [
        "a curve from 0.1 to 0.1, between 0.1 and 0.1",
        "a curve from 1 to 0.02, between 0.02 and 1",
        "a curve from 1 to 0.1, between 0.1 and 1",
    ]
    assert all(o["picture"].startswith("data:image/png;base64,") for o in options)
    assert len({o["picture"] for o in options}) == 3
    assert max(len(o["picture"]) for o in options) < 10_000


def test_pictures_are_as_long_as_the_longest_that_ends(monkeypatch):
    figures = import_module("lrlib.figures")
    panels, made = figures.panels, []
    monkeypatch.setattr(figures, "panels", lambda n: made.append(panels(n)) or made[-1])
    endless, short = lr.Constant(0.1), lr.Linear(1, 0, 20)
    options = choice(pictures=CURVES | {"slow": endless, "fast": short}).widget.asked["options"]
    assert "between 0 and 1" in options[1]["alt"]  # it holds its end
    assert {axes.get_xlim() for _, axes in made} == {(-2.5, 52.5)}
    assert [len(axes.lines[0].get_xdata()) for _, axes in made] == [50] * 3
    choice(pictures=dict.fromkeys(WHYS, endless))
    assert [len(axes.lines[0].get_xdata()) for _, axes in made[3:]] == [100] * 3


BAD = [
    ({"options": {"slow": "because"}}, "options must be at least two, not 1"),
    ({"options": [("a", "x"), ("b", "y"), ("a", "z")], "right": "a"}, "options must differ: 'a'"),
    ({"options": {"a": "x", "a ": "y"}, "right": "a"}, "options must differ: 'a' stands twice"),
    ({"options": ["a", "b"]}, "options must be a dict from a name to a sentence"),
    ({"options": WHYS | {"slow": " "}}, "option 'slow' must have a sentence"),
    ({"options": WHYS | {"slow": None}}, "option 'slow' must have a sentence"),
    ({"options": WHYS | {3: "x"}}, "options must be named by texts, or all by pairs, not 3"),
    ({"right": "quick"}, "right must be one of the options ['slow', 'fast', 'equal'], not 'quick'"),
    ({"right": None}, "right must be one of the options"),
    ({"right": ["fast", "slow"]}, "right must be an order of all options"),
    ({"right": ["fast", "slow", "slow"]}, "right must be an order of all options"),
    ({"pictures": {"slow": [1, 2]}}, "pictures must be of all options"),
    ({"pictures": CURVES | {"slow": [1]}}, "the picture of 'slow' must be a schedule or an array"),
    ({"pictures": CURVES | {"slow": lambda t: t}}, "the picture of 'slow' must be a schedule or"),
    ({"question": " "}, "question must be a text, not ' '"),
    ({"sentence": 3}, "sentence must be a text, not 3"),
    ({"at_once": 1}, "at_once must be True or False, not 1"),
    ({"options": BINS, "right": "fast"}, "right must be a number where the options are bins"),
    ({"options": {(0, 5): "x", (6, 9): "y"}, "right": 3}, "bins must adjoin: one ends at 5"),
    ({"options": {(0, 5): "x", (5, 9): "y"}, "right": 9}, "right must lie in one of the bins"),
]  # fmt: skip


@pytest.mark.parametrize("arguments, message", BAD, ids=[message[:50] for _, message in BAD])
def test_bad_arguments_are_refused_at_once(arguments, message):
    with pytest.raises((TypeError, ValueError)) as refused:
        choice(**arguments)
    assert str(refused.value).startswith(message)


def test_a_missing_right_is_refused_at_once():
    with pytest.raises(TypeError, match="right"):
        lr.predict("Which?", WHYS)
    with pytest.raises(ValueError, match="the true curve must be"):
        lr.predict("Draw.", lr.widgets.Curve((0, 1), (0, 1)), right=[0.5])
    with pytest.raises(ValueError, match="belong to options, not to a drawn curve"):
        lr.predict("Draw.", lr.widgets.Curve((0, 1), (0, 1)), [0, 1], at_once=True)


CELLS = """import lrlib as lr
guess = lr.predict("Which is <lower>?", {"slow": "WHY" + "SLOW", "fast": "WHY" + "FAST"}, "fast")
guess
---
with guess.revealed():
    print("before <the> picture")
    lr.figures.show(lr.figures.curves({"line": lr.Linear(1, 0, 50)}, 50), "A line falls.")
    print("after", "it")
---
lr.widgets.Draw(100, question="What is free?")"""


def test_left_alone_a_notebook_runs_and_keeps_nothing_but_stills_and_folds(tmp_path):
    path = tmp_path / "lesson.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.split("\n---\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    execute(path)
    notebook = nbformat.read(path, as_version=4)
    assert problems(notebook) == []
    question, told, draw = (cell.outputs for cell in notebook.cells)
    assert [list(output.data) for output in question] == [["text/html", "text/plain"]]
    assert "<li>slow</li><li>fast</li>" in question[0].data["text/html"]
    assert question[0].data["text/plain"] == "Which is <lower>?\n- slow\n- fast"
    assert "WHY" not in json.dumps(question) and "right" not in json.dumps(question)
    (fold,) = told
    text = fold.data["text/markdown"]
    assert text.startswith("<details>") and 'alt="A line falls."' in text
    parts = ("before &lt;the&gt;", "<img", "after it", "**Answer:** fast. WHYFAST")
    order = [text.index(part) for part in parts]
    assert order == sorted(order) and text.count("<pre>") == 2
    assert "WHY" not in fold.data["text/plain"]
    assert [list(output.data) for output in draw] == [["text/html", "text/plain"]]
