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

WHOLE = """import numpy as np, lrlib as lr
def view(rate, share, T):
    if share == 0.5:
        raise ValueError("no such share")
    rates = lr.Cosine(rate, share * rate, T).rates()
    loss = lr.dynamics.noisy_quadratic(rates, lr.dynamics.power_law(20, 1.0), 0.2)
    return rates, loss, f"Rate {rate:.3g}, share {share:.3g}, {T} updates: {loss[-1]:.4f}"
box = lr.sliders.rate_and_loss(
    view,
    {
        "rate": lr.sliders.slider("peak rate", 0.02, 1.0, 0.8, log=True),
        "share": lr.sliders.slider("lowest / peak", 0.0, 1.0, 0.0),
        "T": lr.sliders.slider("T, updates", 50, 500, 300, step=10),
    },
    T=500, rate_limit=1, loss_limits=(0.01, 4), target=0.02)
box"""

# What a reader does with the three exercises, in a cell below the lesson.
ANSWERS = """from lrlib.exercises import Exercise
for exercise in list(vars(exercises).values()):
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
    others = {"alive": [SLIDER.format(body=ALIVE)], "whole": [WHOLE, "box"]}
    for name, sources in {**{name: [cell] for name, (cell, _) in BROKEN.items()}, **others}.items():
        notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, sources)])
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


@pytest.fixture(scope="module")
def whole(lab):
    """The page of a notebook that shows one explorer twice, and its two outputs."""
    page, address = lab
    browser.run_all(page, address("whole.ipynb"))
    views = browser.explorers(page).all()
    assert len(views) == 2
    for view in views:
        browser.sliders(view)
    return page, views


def in_python(page, code):
    return page.evaluate(browser.IN_PYTHON, code)


def settled(page, view):
    """Wait until the words of the present position have been announced."""
    status = view.locator("[role=status]")
    page.wait_for_function(
        "([region, said]) => region.textContent === said.innerText",
        arg=[status.element_handle(), view.locator(".lrlib-said").element_handle()],
        timeout=10_000,
    )
    return status.text_content()


def test_sliders_have_names_and_speak_their_values(whole):
    page, views = whole
    log = browser.sliders(views[0])[0]
    log.press("ArrowLeft")
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    names = [n["name"]["value"] for n in nodes if n.get("role", {}).get("value") == "slider"]
    assert names == ["peak rate", "lowest / peak", "T, updates"] * 2
    for view in views:
        spoken = view.locator(".noUi-handle").evaluate_all(
            "handles => handles.map(handle => handle.getAttribute('aria-valuetext'))"
        )
        assert spoken == view.locator(".widget-readout").all_inner_texts()
        assert float(spoken[0]) == pytest.approx(0.746, abs=1e-3)  # not its exponent
        assert "null" not in view.locator(".widget-label").evaluate_all(
            "labels => labels.map(label => label.title)"
        )


def test_the_verdict_is_announced_once_the_moves_have_settled(whole):
    page, (view, _) = whole
    slider = browser.sliders(view)[2]
    slider.press("ArrowRight")
    before = settled(page, view)
    slider.press("ArrowRight")
    assert view.locator("[role=status]").text_content() == before  # 350 ms have not passed
    assert slider.words.startswith("Missed, the target is 0.02. Rate")
    assert settled(page, view) == slider.words != before


def test_both_views_and_python_have_the_same_words_and_picture(whole):
    page, views = whole
    slider = browser.sliders(views[1])[2]
    for key in ("PageUp", "ArrowLeft", "Home", "ArrowRight"):
        slider.press(key)
    words = settled(page, views[1])
    assert in_python(page, "box.words") == repr(words)
    assert [browser.sliders(view)[0].words for view in views] == [words] * 2
    pictures = [browser.sliders(view)[0].picture for view in views]
    assert pictures[0] == pictures[1]


def test_an_error_is_an_alert_and_the_next_move_recovers(whole):
    page, (view, _) = whole
    share = browser.sliders(view)[1]
    in_python(page, "setattr(box.controls['share'], 'value', 0.475)")
    share.press("ArrowRight")
    assert view.locator("[role=alert]").inner_text() == share.words
    assert share.words == "This position cannot be drawn: no such share"
    assert share.press("ArrowRight") and "share 0.525" in share.words


def test_the_best_try_stays_and_the_button_leads_back(whole):
    page, (view, other) = whole
    slider = browser.sliders(view)[2]
    slider.press("End")
    settled(page, view)
    best = view.locator(".lrlib-best").inner_text()
    assert best.startswith("Best so far (pale): 0.0")
    view.get_by_role("button", name="Back to the start").click()
    page.wait_for_function(
        "said => said.innerText.includes('Rate 0.822, share 0, 300 updates')",
        arg=view.locator(".lrlib-said").element_handle(),
        timeout=10_000,
    )
    assert view.locator(".lrlib-best").inner_text() == best
    settled(page, view)
    assert best.split(" at ")[1] in in_python(page, "box.picture.best['at']")


def test_keys_on_a_slider_are_not_those_of_the_notebook(whole):
    page, (view, _) = whole
    slider = browser.sliders(view)[2]
    for key in ("x", "d", "d", "b", "ArrowDown", "Enter"):
        slider.handle.focus()
        page.keyboard.press(key)
    assert len(page.evaluate(browser.CELLS)) == 2 and slider.focused
    cells = "() => jupyterapp.shell.currentWidget.content.widgets.length"
    assert page.evaluate(cells) == 2
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")


def test_the_still_is_stored_and_hidden_beside_the_living_picture(whole):
    page, (view, _) = whole
    assert page.locator(".lrlib-still").count() == 2
    assert not any(still.is_visible() for still in page.locator(".lrlib-still").all())
    assert not any(image.is_visible() for image in page.locator(".jp-OutputArea img").all())
    view.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea')]").last.evaluate(
        "area => area.querySelector('.lrlib-explorer').classList.remove('lrlib-explorer')"
    )
    assert [still.is_visible() for still in page.locator(".lrlib-still").all()] == [True, False]
    view.locator(".widget-vbox").first.evaluate("box => box.classList.add('lrlib-explorer')")


def test_labels_and_words_grow_with_the_text(whole):
    page, (view, _) = whole
    sizes = """view => ['.widget-label', '.widget-readout', '.lrlib-said', '.lrlib-row button'].map(
        part => parseFloat(getComputedStyle(view.querySelector(part)).fontSize))"""
    before = view.evaluate(sizes)
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-presentation-mode')")
    after = view.evaluate(sizes)
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-presentation-mode')")
    assert before == [before[0]] * 4 and after == [after[0]] * 4 and after[0] >= 1.15 * before[0]


def test_a_reload_brings_everything_back(whole):
    page, (view, _) = whole
    browser.sliders(view)[2].press("ArrowLeft")
    words, best = settled(page, view), view.locator(".lrlib-best").inner_text()
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("canvas[data-key]").first.wait_for()
    slider = browser.sliders(browser.explorers(page).first)[2]
    assert slider.words == words
    assert slider.explorer.locator(".lrlib-best").inner_text() == best
    assert slider.press("ArrowLeft")
