"""`picture.js` alone on a page of Chromium: it draws what matplotlib draws, and says what is seen."""

import base64
import io
import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import lrlib as lr
from lrlib.widgets import Explorer, LivePicture, rate_and_loss, slider
from tests import browser

if browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip("no Chromium on this machine", allow_module_level=True)

SCRIPT = Path(lr.widgets.__file__).with_name("picture.js")
LOAD = """async source => {
    const file = new Blob([source], {type: 'text/javascript'});
    window.picture = await import(URL.createObjectURL(file));
    window.frames_of = ([told, buffer, unit]) => picture.unpack(
        told, Uint8Array.from(atob(buffer), c => c.charCodeAt(0)), unit);
}"""
DRAW = """async ([background, [width, height], looks, message, ghost]) => {
    const still = new Image();
    still.src = background;
    await still.decode();
    const canvas = Object.assign(document.createElement('canvas'), {width, height});
    const [frame, other] = await frames_of(message);
    picture.draw(canvas.getContext('2d'), still, looks, frame, ghost ? other : null);
    return canvas.toDataURL();
}"""
PANEL = """async ([still, message]) => {
    document.body.innerHTML = '<div id="here"></div><p id="below">';
    window.shown = await frames_of(message);
    window.resets = 0;
    const here = document.querySelector('#here');
    window.panel = await picture.panel(here, still, null, () => resets++);
}"""


@pytest.fixture(scope="module")
def page():
    with browser.browser_page() as page:
        page.set_content("<!doctype html><title>picture</title>")
        page.evaluate(LOAD, SCRIPT.read_text())
        yield page


def message(box, *moves):
    """The frames of the present position and of others, as they travel."""
    sent = []
    box.picture.send = lambda content, buffers: sent.append((content["frames"], buffers[0]))
    frames = [box.picture.frame]
    for values in moves:
        for name, value in values.items():
            box.controls[name].value = value
        frames.append(box.picture.frame)
    box.picture._deliver(frames)
    told, buffer = sent[-1]
    return [told, base64.b64encode(buffer).decode(), box.picture.unit]


def drawn(page, box, *moves, ghost=False):
    picture = box.picture
    travelling = message(box, *moves)
    data = page.evaluate(
        DRAW, [picture.background, picture.size[:2], picture.looks, travelling, ghost]
    )
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))).convert("RGB"))


def matplotlib(box):
    return np.asarray(Image.open(io.BytesIO(box.picture.png())).convert("RGB"))


def of_lines(x, y, **look):
    """An explorer with one slider that shifts a line of any look, over a log and a linear axis."""
    figure = Figure(figsize=(6, 3), dpi=144)
    axes = figure.subplots(1, 2)
    for ax, scale in zip(axes, ("linear", "log")):
        ax.set(xlim=(0, 10), ylim=(0.1, 10), yscale=scale)
    lines = {ax.get_yscale(): ax.plot([], **look)[0] for ax in axes}
    lines["second"] = axes[0].plot([], color="#D55E00", linewidth=1)[0]

    def view(shift):
        data = np.asarray(x), np.asarray(y) + shift
        return {**dict.fromkeys(("linear", "log"), data), "second": (x, 3 + 0 * data[1])}, "moved"

    return Explorer(view, {"shift": slider("shift", 0.0, 1.0, 0.0)}, LivePicture(figure, lines))


T = np.linspace(0, 10, 200)
LINES = {
    "solid": (T, 4 + 3 * np.sin(T), {}),
    "dashed": (T, 4 + 3 * np.sin(T), {"linestyle": "--", "linewidth": 2.2}),
    "dash and dot": (T, 4 + 3 * np.sin(T), {"linestyle": (2, (5, 1, 1, 1)), "linewidth": 2}),
    "dotted": (T, 4 + np.sin(T), {"linestyle": ":", "color": "#606060", "linewidth": 1.5}),
    "steps": (np.arange(11), [8, 8, 8, 4, 4, 4, 2, 2, 2, 1, 1], {"drawstyle": "steps-post"}),
    "markers": (np.arange(11), np.linspace(1, 9, 11), {"marker": "o", "markersize": 4}),
    "points": (np.arange(11), np.linspace(1, 9, 11), {"marker": ".", "linestyle": ""}),
    "gaps": (T, np.where(T % 2 < 1.5, 5, np.nan), {"linewidth": 2.2}),
    "away": (T, np.where(T > 5, 1e300, T), {"linewidth": 2.2}),
    "below zero": (T, 2 - T, {}),
    "pale": (T, 4 + 3 * np.sin(T), {"alpha": 0.4, "linewidth": 5}),
}


@pytest.mark.parametrize("name", LINES)
def test_the_page_draws_what_matplotlib_draws(page, name):
    x, y, look = LINES[name]
    box = of_lines(x, y, **look)
    ours, theirs = drawn(page, box), matplotlib(box)
    background = np.asarray(Image.open(io.BytesIO(box.picture.picture.png())).convert("RGB"))
    ink = (abs(theirs.astype(int) - background).max(-1) > 64).sum()
    gap = abs(ours.astype(int) - theirs).max(-1)
    assert ink > 500 and (gap > 96).sum() < 0.005 * ink, ((gap > 96).sum(), ink)


def test_dashes_that_are_a_little_off_are_noticed(page):
    box = of_lines(*LINES["dashed"][:2], linestyle="--")
    theirs = matplotlib(box)
    box.picture.looks = [{**look, "offset": 3} for look in box.picture.looks]
    assert (abs(drawn(page, box).astype(int) - theirs).max(-1) > 96).sum() > 200


def bowl(**more):
    def view(rate, T):
        loss = lr.dynamics.noisy_quadratic(np.full(T, rate), lr.dynamics.power_law(20, 1.0), 0.2)
        if rate == 0.5:
            raise ValueError("no such <rate>")
        return np.full(T, rate), loss, f"Rate {rate:.2f}. The loss ends at {loss[-1]:.4f}."

    controls = {
        "rate": slider("rate η", 0.0, 1.0, 0.05),
        "T": slider("T, updates", 50, 500, 300, step=10),
    }
    return rate_and_loss(
        view, controls, T=500, rate_limit=1, loss_limits=(0.01, 4), target=0.05, **more
    )


def test_a_lessons_picture_is_that_of_matplotlib_and_its_ghost_is_pale(page):
    box = bowl()
    alone, theirs = drawn(page, box), matplotlib(box)
    assert (abs(alone.astype(int) - theirs).max(-1) > 96).sum() < 200  # of 600,000
    haunted = drawn(page, bowl(), {"rate": 0.4}, ghost=True)
    changed = (haunted != alone).any(-1)
    assert 500 < changed.sum() < 20_000
    assert haunted[changed].mean() > alone[~changed & (alone.max(-1) < 250)].mean()


def opened(page, *moves):
    box = bowl()
    names = ("background", "size", "looks")
    picture = {name: getattr(box.picture, name) for name in names}
    page.evaluate(PANEL, [picture, message(box, *moves)])


def said(page):
    return page.locator(".lrlib-said").inner_text()


def tree(page, role):
    """The names of the nodes of a role in Chromium's accessibility tree."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    nodes = [node for node in nodes if node.get("role", {}).get("value") == role]
    return [node.get("name", {}).get("value") for node in nodes]


def test_the_words_are_those_of_the_picture_and_the_verdict_is_bold(page):
    opened(page, {"rate": 0.2})
    for index, verdict in ((0, "Missed"), (1, "Reached")):
        page.evaluate("index => panel.show(shown[index])", index)
        words = page.evaluate("index => shown[index].words", index)
        assert said(page) == words and words.startswith(f"{verdict}, the target is 0.05. Rate")
        assert page.locator(".lrlib-said b").inner_text() == verdict
        assert tree(page, "image") == [words]


def test_the_best_try_is_remembered_with_its_place(page):
    opened(page, {"rate": 0.2}, {"rate": 0.3})
    best = []
    for index in (0, 1, 2, 0):
        page.evaluate("index => panel.show(shown[index])", index)
        best.append(page.locator(".lrlib-best").inner_text())
    low = page.evaluate("() => shown[1].score")
    assert best[0].endswith(" at rate η 0.05, T 300")
    assert best[1:] == [f"Best so far (pale): {low:.3g} at rate η 0.2, T 300"] * 3


def test_the_verdict_is_announced_at_rest_in_a_region_that_stays(page):
    opened(page, {"rate": 0.2})
    page.evaluate("() => { window.region = document.querySelector('[role=status]'); }")
    page.evaluate("() => panel.show(shown[0])")
    assert page.evaluate("() => region.textContent") == ""
    page.evaluate("() => panel.rest()")
    assert page.evaluate("() => region.textContent").startswith("Missed")
    page.evaluate("() => { panel.show(shown[1]); panel.rest(); }")
    assert page.evaluate("() => region.isConnected && region.textContent").startswith("Reached")
    assert len(tree(page, "status")) == 1


def test_an_error_is_an_alert_and_passes(page):
    opened(page, {"rate": 0.5}, {"rate": 0.3})
    page.evaluate("() => panel.show(shown[1])")
    assert said(page) == "This position cannot be drawn: no such <rate>"
    assert page.locator("[role=alert]").inner_text() == said(page)
    page.evaluate("() => panel.show(shown[2])")
    assert "Rate 0.30" in said(page) and page.locator("[role=alert]").text_content() == ""


def test_nothing_below_jumps(page):
    opened(page, {"rate": 0.5}, {"rate": 0.3})
    below = "() => document.querySelector('#below').getBoundingClientRect().top"
    tops = {page.evaluate(below)}
    page.evaluate("() => { shown[2].words += ' It takes more words than one line has room for.'; }")
    for action in ("show(shown[0])", "rest()", "show(shown[1])", "show(shown[2])", "wait()"):
        page.evaluate(f"() => panel.{action}")
        tops.add(page.evaluate(below))
    assert len(tops) == 1


def test_a_late_frame_is_said_and_the_button_resets(page):
    opened(page)
    page.evaluate("() => panel.show(shown[0])")
    page.evaluate("() => panel.wait()")
    assert said(page) == "Waiting for Python …"
    assert page.locator("canvas[aria-busy]").count() == 1
    page.evaluate("() => panel.show(shown[0])")
    assert page.locator("canvas[aria-busy]").count() == 0 and "Missed" in said(page)
    page.get_by_role("button", name="Back to the start").press("Enter")
    assert page.evaluate("() => resets") == 1
