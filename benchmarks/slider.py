"""key press to painted picture in JupyterLab, ms (aim: at most 0.1 of `interact` with `plt.show()`)

The two are pressed in turn on one page; medians of 30. `+150`: a proxy adds 75 ms each way, as to
Binder. `held` is a burst of 60 key presses at the rate of a keyboard's repeat: the pictures shown,
and the ms from the last press to the last picture. `blank` counts frames of the burst in which no
picture stood on the page, `jump` the pixels by which the page below moved.
"""

import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import nbformat

from benchmarks.proxy import delayed
from tests import browser

COLUMNS = (
    "connection", "way", "ms", "ratio", "held: pictures", "held: ms to the last", "blank", "jump",
)  # fmt: skip
OURS = """import lrlib as lr
curvatures = lr.dynamics.power_law(20, 1.0)
def view(T):
    schedule = lr.Cosine(0.3, 0, T)
    loss = lr.dynamics.noisy_quadratic(schedule.rates(), curvatures, 0.2)
    return schedule.rates(), loss, f"T = {T}"
lr.sliders.rate_and_loss(view, {"T": lr.sliders.slider("T", 50, 500, 250)},
    T=500, rate_limit=0.4, loss_limits=(0.01, 4), target=0.02)"""
INTERACT = """import matplotlib.pyplot as plt, numpy as np
from ipywidgets import interact, IntSlider
def draw(T):
    schedule = lr.Cosine(0.3, 0, T)
    loss = lr.dynamics.noisy_quadratic(schedule.rates(), curvatures, 0.2)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3.3))
    left.plot(schedule.rates()); left.set(xlim=(0, 500), ylim=(0, 0.4), xlabel="step", ylabel="rate")
    right.semilogy(loss); right.set(xlim=(0, 500), ylim=(0.01, 4), xlabel="updates", ylabel="loss")
    right.axhline(0.02); plt.show()
interact(draw, T=IntSlider(250, 50, 500));"""
# What stands in an output: the position that the canvas shows, or the sources of its images.
SHOWN = """() => {
    window.shown = output => output.querySelector('canvas')
        ? output.querySelector('canvas').dataset.key
        : [...output.querySelectorAll('img')].map(image => image.src).join();
}"""
# Resolves to the ms from the key press until a new picture has been decoded and painted.
WATCH = """output => {
    const before = shown(output);
    let start = 0;
    window.addEventListener('keydown', event => { start = event.timeStamp; },
        {capture: true, once: true});
    window.pressed = new Promise(done => {
        const watch = new MutationObserver(async () => {
            if (!shown(output) || shown(output) === before) return;
            watch.disconnect();
            await Promise.all([...output.querySelectorAll('img')].map(image => image.decode()));
            const painted = new MessageChannel();
            painted.port1.onmessage = () => done(performance.now() - start);
            requestAnimationFrame(() => painted.port2.postMessage(0));
        });
        watch.observe(output, {subtree: true, childList: true, attributes: true});
        setTimeout(done, 5000, NaN);
    });
}"""
FRAMES = """output => {
    const held = {pictures: new Set(), heights: [], blank: 0, last: performance.now(), on: true};
    const frame = () => {
        const image = output.querySelector('img');
        held.heights.push(output.offsetHeight);
        if (!shown(output) || (image && !(image.complete && image.naturalWidth))) held.blank += 1;
        else if (!held.pictures.has(shown(output))) {
            held.pictures.add(shown(output));
            held.last = performance.now();
        }
        if (held.on) requestAnimationFrame(frame);
    };
    window.held = held;
    frame();
}"""
RELEASE = """() => {
    held.on = false;
    const jump = Math.max(...held.heights) - Math.min(...held.heights);
    return [held.pictures.size, held.last, held.blank, jump];
}"""


def press(page, output, handle, key):
    """Milliseconds from one key press to the new picture; NaN where none comes."""
    handle.focus()
    output.evaluate(WATCH)
    page.keyboard.press(key)
    return page.evaluate("() => window.pressed")


def hold(page, output, handle, presses=60):
    """A key held down: pictures shown, ms from the last press to the last one, blanks, jump."""
    handle.focus()
    output.evaluate(FRAMES)
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
        time.sleep(0.033)
    released = page.evaluate("() => performance.now()")
    page.wait_for_timeout(2500)
    pictures, last, blank, jump = page.evaluate(RELEASE)
    return pictures, f"{last - released:.0f}", blank, jump


def measure(page, address):
    """Two rows: ours, and `interact`."""
    browser.run_all(page, address)
    page.evaluate(SHOWN)
    page.locator("canvas[data-key]").wait_for()
    page.wait_for_timeout(1000)
    outputs = page.locator(".jp-OutputArea-output:has(.noUi-handle)")
    ways = [(outputs.nth(i), page.locator(".noUi-handle").nth(i)) for i in (0, 1)]
    times = ([], [])
    for i in range(33):
        for index in (0, 1):
            times[index].append(press(page, *ways[index], "ArrowRight"))
            page.wait_for_timeout(150)
    medians = [statistics.median(series[3:]) for series in times]
    for index, name in enumerate(("`lrlib.widgets`", "`interact` + `plt.show()`")):
        ratio = f"{medians[index] / medians[1]:.2f}"
        yield name, f"{medians[index]:.0f}", ratio, *hold(page, *ways[index])


def rows():
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "root"), Path(folder, "home")
        root.mkdir(), home.mkdir()
        cells = [nbformat.v4.new_code_cell(source) for source in (OURS, INTERACT)]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, root / "slider.ipynb")
        with browser.jupyter_lab(root, home) as address, browser.browser_page() as page:
            here = address("slider.ipynb")
            for row in measure(page, here):
                yield "local", *row
            port = urlsplit(here).port
            with delayed(port, 0.075) as far:
                for row in measure(page, here.replace(f":{port}/", f":{far}/")):
                    yield "+150", *row
