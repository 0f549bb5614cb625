"""The lessons as their readers use them: JupyterLab in Chromium, all cells, sliders by keyboard."""

import os

import nbformat
import pytest

from tests import browser
from tests.notebook_form import paths

if browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip(
        "no Chromium on this machine: the browser tests did not run", allow_module_level=True
    )

SLIDER = """import lrlib as lr
def view(peak):
    {body}
lr.sliders.rate_and_loss(view, {{"peak": lr.sliders.slider("peak", 0.0, 1.0, 0.5)}},
    T=10, rate_limit=1, loss_limits=(0.1, 10))"""
ALIVE = "return [peak] * 10, [1 + peak] * 11, f'peak {peak}'"
BROKEN = {
    "error cell": ("1 / 0", "division by zero"),
    "dead slider": (SLIDER.format(body="return [0.5] * 10, [1.0] * 11, 'still'"), "nothing moved"),
    "still picture": (
        SLIDER.format(body=ALIVE.replace("[peak]", "[0.5]").replace("1 + peak", "1")),
        "nothing moved",
    ),
    "raising callback": (SLIDER.format(body="assert peak == 0.5; " + ALIVE), "cannot be drawn"),
}

# What a reader does with the three exercises, in a cell below the lesson.
ANSWERS = """from lrlib.exercises import Exercise
for exercise in vars(exercises).values():
    if isinstance(exercise, Exercise):
        exercise.hint()
        exercise.solution()
        exercise.check(exercise.right if exercise.steps else exercise.right())
        exercise.check(next(iter(exercise.mistakes.values())).answer)"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    assert browser.chromium(), "no Chromium found, and REQUIRE_BROWSER is set"
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    for path in paths():
        lesson = nbformat.read(path, as_version=4)
        lesson.cells.append(nbformat.v4.new_code_cell(ANSWERS))
        nbformat.write(lesson, root / path.name)
    for name, (source, _) in {**BROKEN, "alive": (SLIDER.format(body=ALIVE), "")}.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        notebook.metadata["kernelspec"] = {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        }
        nbformat.write(notebook, root / f"{name}.ipynb")
    with browser.jupyter_lab(root, home) as address, browser.browser_page() as page:
        yield page, address


def complaints(page, address, patience=5):
    """Everything wrong with a notebook that a reader would meet; an empty list if nothing is."""
    cells = browser.run_all(page, address)
    found = [f"{cell['source'][:40]!r} raised {cell['errors']}" for cell in cells if cell["errors"]]
    found += [f"{cell['source'][:40]!r} did not run" for cell in cells if not cell["count"]]
    checks = "".join(cell["printed"] for cell in cells if cell["source"].startswith(ANSWERS[:40]))
    if checks and [checks.count(words) for words in ("Right. ", "Not yet: ")] != [3, 3]:
        found.append(f"the exercises' checks say {checks!r}")
    sliders = [
        slider for explorer in browser.explorers(page).all() for slider in browser.sliders(explorer)
    ]
    for slider in sliders:
        moved = [slider.press(key, patience) for key in ("ArrowRight", "ArrowLeft")]
        if not any(moved):  # one of the two may push against an end
            found.append(f"slider {slider.label!r}: nothing moved; it says {slider.words!r}")
        if not slider.focused:
            found.append(f"slider {slider.label!r} lost the focus")
    for slider in sliders:
        for end in ("Home", "End"):
            slider.press(end, seconds=1)
            if "cannot be drawn" in slider.words:
                found.append(f"slider {slider.label!r} at its {end}: {slider.words}")
    return found


@pytest.mark.parametrize("name", [path.name for path in paths()])
def test_lesson_runs_and_its_sliders_move(lab, name):
    page, address = lab
    assert complaints(page, address(name)) == []
    untouched, answered = (
        sum(cell["printed"].count(words) for cell in page.evaluate(browser.CELLS))
        for words in ("Not answered yet", "Right. ")
    )
    assert untouched == answered == 3
    for explorer in browser.explorers(page).all()[:1]:
        explorer.scroll_into_view_if_needed()
    browser.screenshot(page, name.removesuffix(".ipynb"))


def test_a_living_slider_passes(lab):
    page, address = lab
    assert complaints(page, address("alive.ipynb")) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_notebook_is_noticed(lab, name):
    page, address = lab
    found = complaints(page, address(f"{name}.ipynb"), patience=2)
    assert any(BROKEN[name][1] in complaint for complaint in found), found
