"""Predictions and drawn curves as a learner uses them: JupyterLab in Chromium, one page for all."""

import base64
import json
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lrlib as lr
from tests import browser, notebook_form, test_slides

if browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip("no Chromium on this machine: the widgets were not tried", allow_module_level=True)

QUESTIONS = """
import lrlib as lr
choice = lr.predict("Which is lower?", {"slow": "WHYSLOW", "fast": "WHYFAST"}, right="fast")
T = 100
shapes = {"A": lr.Linear(1, 0, T), "B": lr.Cosine(1, 0, T), "C": lr.Step(1, 30, 0.3, T)}
pick = lr.predict("Which made it?", dict(A="WHYA", B="WHYB", C="WHYC"), "C", pictures=shapes,
                  sentence="RESULT")
order = lr.predict("Order them.", dict(line="WHYL", cosine="WHYCOS", constant="WHYCONST"),
                   right=["line", "cosine", "constant"], sentence="RESULT")
recall = lr.predict("What is 2/λ?", {"the limit": "WHYLIMIT", "the best": "WHYBEST"}, "the limit",
                    at_once=True)
curve = lr.widgets.Curve((0, 100), (0, 1), xlabel="update", ylabel="rate")
drawn = lr.predict("Draw the line.", curve, right=lr.Linear(1, 0, 100))
"""
CELLS = {
    "choice": "import lrlib as lr\nimport questions as q\nq.choice",
    "pick": "q.pick",
    "order": "q.order",
    "recall": "q.recall",
    "drawn": "q.drawn",
    "draw": "draw = lr.widgets.Draw(200, 0.025, rate_limit=2.5, question='What is free?')\ndraw",
    "choice told": "with q.choice.revealed():\n    print('RESULT')",
    "pick told": "q.pick.reveal(lr.figures.curves(q.shapes, 100))",
    "order told": "q.order.reveal()",
    "drawn told": "q.drawn.reveal()",
    "python": "draw.values, float(draw.loss[-1]), draw.schedule.rates().tolist()",
}
RUN = """async i => {
    const lab = window.jupyterapp, notebook = lab.shell.currentWidget.content;
    notebook.activeCellIndex = i;
    await lab.commands.execute('notebook:run-cell');
    return notebook.widgets[i].model.outputs.toJSON();
}"""
NOTEBOOK = """() => {
    const { mode, widgets } = window.jupyterapp.shell.currentWidget.content;
    return [mode, widgets.map(cell => cell.model.sharedModel.source)];
}"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .map(cell => cell.model.outputs.toJSON())"""


class Page:
    """The notebook of CELLS in JupyterLab."""

    def __init__(self, page, received):
        self.page, self.received = page, received
        self.untouched = dict(zip(CELLS, page.evaluate(OUTPUTS)))
        self.devtools = page.context.new_cdp_session(page)

    def widget(self, name):
        return self.page.locator(".jp-CodeCell").nth(list(CELLS).index(name)).locator(".lr-live")

    def button(self, name, text):
        return self.widget(name).get_by_role("button", name=re.compile(f"^{text}"))

    def run(self, name):
        """The texts of a cell's outputs after it was run again."""
        outputs = self.page.evaluate(RUN, list(CELLS).index(name))
        texts = [output.get("data", {"text/plain": output.get("text")}) for output in outputs]
        return ["".join(data.get("text/markdown") or data["text/plain"]) for data in texts]

    def values(self, name):
        knots = self.widget(name).get_by_role("slider").all()
        return [float(knot.get_attribute("aria-valuenow")) for knot in knots]

    def told(self, name, words):
        """The texts of a result, once they have these words: Python hears of a press in its time."""
        return self._until(lambda: " ".join(self.run(name)), lambda texts: words in texts)

    def python(self):
        """Python's values, last loss and rates, once it has heard of what the page shows."""
        shown = self.values("draw")
        heard = lambda: eval(self.run("python")[-1], {"inf": np.inf})  # noqa: E731
        return self._until(heard, lambda told: told[0] == shown)

    def _until(self, look, ready, tries=20):
        for _ in range(tries):
            if ready(found := look()):
                return found
            self.page.wait_for_timeout(100)
        raise AssertionError(f"Python has not heard of it: {found}")

    def at(self, name, knot):
        """The centre of a knot on the screen."""
        dot = self.widget(name).locator(".lr-dot").nth(knot)
        dot.scroll_into_view_if_needed()
        box = dot.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    @property
    def focused(self):
        script = "() => document.activeElement.ariaLabel || document.activeElement.innerText"
        return self.page.evaluate(script)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    assert browser.chromium(), "no Chromium found, and REQUIRE_BROWSER is set"
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    (root / "questions.py").write_text(QUESTIONS)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, root / "ask.ipynb")
    received = []
    with browser.jupyter_lab(root, home) as address, browser.browser_page() as page:
        page.on("websocket", lambda s: s.on("framereceived", lambda frame: received.append(frame)))
        page.set_default_timeout(20_000)
        ran = browser.run_all(page, address("ask.ipynb"))
        assert [cell["errors"] for cell in ran] == [[]] * len(CELLS)
        lab = Page(page, received)
        lab.widget("draw").get_by_role("slider").first.wait_for()
        yield lab


def test_nothing_that_gives_the_answer_away_comes_before_it_is_asked_for(lab):
    outputs = lab.untouched.items()
    questions = json.dumps([each for name, each in outputs if not name.endswith("told")])
    opened = [f for f in lab.received if b"comm_open" in _bytes(f)]
    assert len(opened) >= 5 and "Which is lower?" in questions
    assert not [f for f in opened if b"WHY" in _bytes(f)]
    assert "WHY" not in questions
    assert "WHY" not in " ".join(lab.page.locator(".lr-live").all_inner_texts())


def _bytes(frame):
    return frame if isinstance(frame, bytes) else frame.encode()


def test_unanswered_the_result_is_folded_and_nobody_said_anything(lab):
    for name in ("choice told", "pick told", "order told", "drawn told"):
        (folded,) = (output["data"]["text/markdown"] for output in lab.untouched[name])
        assert "".join(folded).startswith("<details>") and "You said" not in "".join(folded)
    results = lab.page.locator("details").get_by_text("RESULT").all()
    assert len(results) >= 3 and not any(result.is_visible() for result in results)


def test_a_choice_by_keyboard_is_kept_and_quoted(lab):
    before = lab.page.evaluate(NOTEBOOK)
    lab.button("choice", "slow").focus()
    for key in ("x", "d", "d", "Enter", "Tab", " ", "ArrowDown", "Shift+Tab"):
        lab.page.keyboard.press(key)
    assert lab.button("choice", "fast").get_attribute("aria-pressed") == "true"
    assert lab.focused == "slow"
    lab.page.keyboard.press("Enter")
    assert lab.focused == "slow"
    assert lab.button("choice", "slow").get_attribute("aria-pressed") == "true"
    assert "You say: slow." in lab.widget("choice").get_by_role("status").inner_text()
    assert lab.page.evaluate(NOTEBOOK) == before
    texts = lab.told("choice told", "**You said:** slow.")
    assert "**You said:** slow. WHYSLOW" in texts and "**Answer:** fast. WHYFAST" in texts
    assert texts.index("You said") < texts.index("RESULT") < texts.index("Answer")


def test_a_picture_is_picked(lab):
    assert lab.widget("pick").locator("img").count() == 3
    lab.button("pick", "C").click()
    texts = lab.told("pick told", "**You said:** C.")
    assert "**You said:** C. WHYC" in texts and "That is right" in texts and "WHYA" not in texts


def test_a_ranking_fills_its_last_place(lab):
    for name in ("constant", "line"):
        lab.button("order", name).click()
    assert "You say: constant, then line, then cosine." in lab.widget("order").inner_text()
    lab.button("order", "line").click()  # takes it, and what comes after it, away
    assert "1 of 3 have a place" in lab.widget("order").inner_text()
    assert lab.told("order told", "<details>").startswith("<details>")
    lab.button("order", "line").click()
    texts = lab.told("order told", "**You said:** constant")
    assert "**You said:** constant, then line, then cosine." in texts
    assert all(why in texts for why in ("WHYL", "WHYCOS", "WHYCONST"))


def test_a_recall_answers_at_once(lab):
    lab.button("recall", "the best").click()
    lab.widget("recall").get_by_text("Not this: WHYBEST").wait_for()
    lab.button("recall", "the limit").click()
    lab.widget("recall").get_by_text("Right. WHYLIMIT").wait_for()
    browser.screenshot(lab.page, "predictions")


def test_the_truth_is_wiped_in_over_a_drawn_curve(lab):
    lab.widget("drawn").get_by_role("slider").nth(8).focus()
    lab.page.keyboard.press("Home")
    lab.page.evaluate("""() => {
        window.points = [];
        const look = () => {
            const line = document.querySelector('.lr-live polyline[stroke-width="4"]');
            if (line) window.points.push((line.getAttribute('points') || '').split(' ').length);
            requestAnimationFrame(look);
        };
        look();
    }""")
    texts = lab.told("drawn told", "furthest off")
    assert "furthest off at update 0: you drew 0.5, it is 1." in texts
    lab.page.wait_for_function("() => window.points.at(-1) === 201")
    seen = lab.page.evaluate("() => window.points")
    assert seen == sorted(seen) and len({n for n in seen if 1 < n < 201}) > 3
    before = lab.values("drawn")
    lab.widget("drawn").get_by_role("slider").nth(3).focus()
    lab.page.keyboard.press("End")
    assert lab.values("drawn") == before  # frozen
    lab.page.emulate_media(reduced_motion="reduce")
    lab.page.evaluate("() => { window.points = []; }")
    lab.told("drawn told", "furthest off")
    lab.page.wait_for_function("() => window.points.length > 3")
    assert set(lab.page.evaluate("() => window.points")) == {201}
    lab.page.emulate_media(reduced_motion="no-preference")
    browser.screenshot(lab.page, "drawn")


SCRIPT = Path(lr.widgets.draw.__file__).with_name("draw.js").read_bytes()
ADDRESS = "data:text/javascript;base64," + base64.b64encode(SCRIPT).decode()


def test_the_page_computes_the_loss_of_noisy_quadratic(lab):
    """On 30 random schedules, white noise and noise like the curvature, to a relative 1e-12."""
    random, worst = np.random.default_rng(0), 0.0
    for case in range(30):
        T, d = int(random.integers(8, 400)), int(random.integers(1, 30))
        curvatures, x0 = random.uniform(0.01, 2, d), random.normal(size=d)
        noise = np.sqrt(curvatures) * 0.1 if case % 2 else np.full(d, 0.2)
        values = random.uniform(0, 1.2, 9).tolist()
        draw = lr.widgets.Draw(
            T, curvatures=curvatures, noise=noise, x0=x0, rate_limit=1.2, start=values
        )
        rates, losses = lab.page.evaluate(
            f"""async ([x, values, bowl]) => {{
                const draw = await import({ADDRESS!r}), rates = draw.rates(x, values);
                return [rates, draw.losses(rates, bowl)];
            }}""",
            [draw.x, values, draw.bowl],
        )
        assert rates == draw.schedule.rates().tolist()
        worst = max(worst, np.abs(np.array(losses) / draw.loss - 1).max())
    assert worst < 1e-12


def test_a_fast_stroke_sets_every_knot_and_python_is_told(lab):
    x0, y0 = lab.at("draw", 0)
    x8, _ = lab.at("draw", 8)
    top = lab.widget("draw").locator("svg").first.bounding_box()["y"]
    lab.page.mouse.move(x0 - 2, top + 80)
    lab.page.mouse.down()
    lab.page.mouse.move(x8 + 2, y0, steps=2)  # two events for nine knots
    lab.page.mouse.up()
    values = lab.values("draw")
    falls = -np.diff(values)
    assert values[0] > 1 and np.ptp(falls) < 0.02 and falls.min() > 0.1
    told, loss, _ = lab.python()
    assert told == values
    said = lab.widget("draw").locator(".lr-words").inner_text()
    assert f"Loss {loss:.3g} after 200 updates, target 0.025" in said and said.startswith("Missed.")


def test_a_dragged_knot_moves_alone_and_a_click_beside_it_shows(lab):
    before = lab.values("draw")
    x, y = lab.at("draw", 4)
    lab.page.mouse.move(x + 6, y + 5)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 9, y + 25, steps=3)
    lab.page.mouse.up()
    after = lab.values("draw")
    assert [i for i in range(9) if before[i] != after[i]] == [4]
    assert lab.at("draw", 4)[1] == pytest.approx(y + 20, abs=1)  # gripped where it was gripped
    assert lab.focused == "knot 5 of 9, update 100"
    x, y = lab.at("draw", 2)
    lab.page.mouse.click(x + 12, y - 40)
    assert lab.at("draw", 2)[1] == pytest.approx(y - 40, abs=1)
    for expected in (after, before):
        lab.button("draw", "Undo").click()
        assert lab.focused == "Undo"
        assert lab.values("draw") == expected == lab.python()[0]


def test_arrow_keys_move_a_knot_and_nothing_else(lab):
    before = lab.page.evaluate(NOTEBOOK)
    lab.button("draw", "constant").click()
    start = lab.values("draw")[2]
    knot = lab.widget("draw").get_by_role("slider", name="knot 3 of 9, update 50")
    knot.focus()
    seen = []
    keys = "ArrowUp Shift+ArrowUp ArrowLeft PageUp PageDown End ArrowUp Home"
    for key in keys.split():
        lab.page.keyboard.press(key)
        seen.append(lab.values("draw")[2])
    step = 0.01
    moves = np.diff([start, *seen[:5]])
    assert np.allclose(moves, [step, step / 10, -step, 10 * step, -10 * step])
    assert seen[5:] == [2.5, 2.5, 0.0]
    for key in ("x", "d", "d", "Enter", "a", "m"):
        lab.page.keyboard.press(key)
    assert lab.focused == "knot 3 of 9, update 50"
    assert knot.get_attribute("aria-valuetext") == "rate 0"
    assert lab.page.evaluate(NOTEBOOK) == before
    lab.button("draw", "Undo").click()  # keys on one knot are one stroke
    assert lab.values("draw") == [start] * 9


def test_a_pen_drags_a_knot(lab):
    before = lab.values("draw")
    x, y = lab.at("draw", 5)
    for kind, dy in (("mousePressed", 0), ("mouseMoved", -30), ("mouseReleased", -30)):
        event = {"type": kind, "x": x, "y": y + dy, "button": "left", "pointerType": "pen"}
        lab.devtools.send("Input.dispatchMouseEvent", event)
    after = lab.values("draw")
    assert [i for i in range(9) if before[i] != after[i]] == [5] and after[5] > before[5]


def test_undo_goes_back_twenty_strokes_and_no_further(lab):
    press = """(bar, names) => { for (const name of names)
        [...bar.querySelectorAll('button')].find(b => b.innerText === name).click(); }"""
    strokes = ["constant", "step"] * 12
    lab.widget("draw").evaluate(press, strokes)
    kept = lab.values("draw")
    lab.widget("draw").evaluate(press, ["Undo"] * 20)
    assert lab.values("draw") == kept
    assert lab.button("draw", "Undo").get_attribute("aria-disabled") == "true"
    lab.widget("draw").evaluate(press, ["Undo"])
    assert lab.values("draw") == kept == lab.python()[0]


def test_chromium_tells_a_screen_reader_names_and_values(lab):
    nodes = lab.devtools.send("Accessibility.getFullAXTree")["nodes"]
    said = [(n["role"]["value"], n["name"]["value"]) for n in nodes if "name" in n and "role" in n]
    for name in ("knot 1 of 9, update 0", "knot 9 of 9, update 200"):
        assert ("slider", name) in said
    assert ("group", "Which is lower?") in said and ("button", "slow") in said
    assert ("button", "C a curve from 1 to 0.027, between 0.027 and 1") in said
    assert not [role for role, name in said if role == "slider" and not name.strip()]


def test_a_rate_that_is_too_large_is_said_in_words_and_announced(lab):
    lab.button("draw", "constant").click()
    for knot, words in ((2, "there it diverges, and comes back."), (8, "it diverges, as it should.")):
        lab.widget("draw").get_by_role("slider").nth(knot).focus()
        lab.page.keyboard.press("End")
        said = lab.widget("draw").locator(".lr-words").inner_text()
        _, loss, rates = lab.python()
        over = np.flatnonzero(np.array(rates) > 2)
        assert f"η·λ > 2 at updates {over[0]} to {over[-1]}: {words}" in said
        assert (loss > 3) == ("as it should" in words)
        if knot == 2:
            lab.button("draw", "Undo").click()
    spoken = lab.widget("draw").get_by_role("status")
    spoken.get_by_text("it diverges, as it should").wait_for(state="attached")


def test_clear_can_be_undone_and_the_best_comes_back(lab):
    tries = []
    for name in ("step", "cosine"):
        lab.button("draw", name).click()
        tries.append(lab.python()[1])
    lab.button("draw", "Clear").click()
    assert lab.values("draw") == [0.0] * 9
    lab.button("draw", "Undo").click()
    assert lab.values("draw") == lab.python()[0] != [0.0] * 9
    lab.button("draw", "Best so far").click()
    assert lab.python()[1] <= min(tries)


def test_a_finger_drags_a_knot_and_beside_it_scrolls_the_page(lab):
    lab.button("draw", "constant").click()
    lab.devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    x, y = lab.at("draw", 6)
    moves = [("touchMove", [{"x": x, "y": y - 8 * j}]) for j in range(1, 6)]
    for kind, points in [("touchStart", [{"x": x, "y": y}]), *moves, ("touchEnd", [])]:
        lab.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    after = lab.values("draw")
    assert after[6] > after[5] == after[7] and lab.python()[0] == after
    x, y = lab.at("draw", 3)
    moves = [("touchMove", [{"x": x + 24, "y": y - 60 + 12 * j}]) for j in range(1, 13)]
    for kind, points in [("touchStart", [{"x": x + 24, "y": y - 60}]), *moves, ("touchEnd", [])]:
        lab.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    lower = lambda: lab.at("draw", 3)[1]  # noqa: E731; the page scrolls a frame or more later
    assert lab._until(lower, lambda now: now > y + 60) and lab.values("draw") == after
    lab.devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_the_still_is_hidden_where_the_widget_lives(lab):
    stills = lab.page.locator(".lr-still")
    assert stills.count() >= 6 and not any(still.is_visible() for still in stills.all())
    lab.widget("draw").scroll_into_view_if_needed()
    browser.screenshot(lab.page, "draw")


def test_in_slides_question_and_answer_are_two_slides(lab):
    """Of the stored notebook, left alone: the question's text, then the fold; nobody 'said' it."""
    cells = []
    for name in ("choice", "pick", "draw", "pick told"):
        outputs = [nbformat.from_dict(output) for output in lab.untouched[name]]
        cells.append(nbformat.v4.new_code_cell(CELLS[name], outputs=outputs))
        cells[-1].metadata["slideshow"] = {"slide_type": "slide"}
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook_form.clean(notebook)
    page = lab.page.context.browser.new_page()
    page.add_init_script(test_slides.FONTS)
    slides = test_slides.walk(page, notebook)
    page.close()
    assert list(test_slides.complaints(slides)) == [] and len(slides) == 4
    starts = [slide["title"].strip()[:10] for slide in slides]
    assert starts == ["Which is l", "Which made", "What is fr", "The answer"]
