"""key press to new picture in JupyterLab, ms (aim: at most 0.4 of `interact` with `plt.show()`)

The two are pressed in turn on one page; medians of 30. `held` is a burst of 60 key presses at the
rate of a keyboard's repeat: the callbacks that ran, and the ms from the last press to the last
picture. `blank` counts frames of the burst in which no picture stood on the page.
"""

import statistics
import tempfile
import time
from pathlib import Path

import nbformat

from tests import browser

COLUMNS = ("way", "ms", "ratio", "held: pictures", "held: ms to the last", "blank frames")
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
# Resolves to the ms from the key press until the picture's source has changed and is decoded.
WATCH = """index => {
    const output = document.querySelectorAll('.jp-OutputArea-output:has(.noUi-handle)')[index];
    const source = () => [...output.querySelectorAll('img')].map(i => i.src).join();
    const before = source(), start = performance.now();
    window.pressed = new Promise(done => {
        const look = () => {
            const image = output.querySelector('img');
            if (image && source() !== before && image.complete && image.naturalWidth)
                done(performance.now() - start);
            else if (performance.now() - start > 10000) done(-1);
            else setTimeout(look, 1);
        };
        look();
    });
}"""
FRAMES = """index => {
    const output = document.querySelectorAll('.jp-OutputArea-output:has(.noUi-handle)')[index];
    window.held = {sources: new Set(), blank: 0, last: performance.now(), on: true};
    const frame = () => {
        const image = output.querySelector('img');
        if (!image || !image.complete || !image.naturalWidth) window.held.blank += 1;
        else if (!window.held.sources.has(image.src)) {
            window.held.sources.add(image.src);
            window.held.last = performance.now();
        }
        if (window.held.on) requestAnimationFrame(frame);
    };
    frame();
}"""


def press(page, index, key):
    """Milliseconds from one key press to the new picture."""
    page.locator(".noUi-handle").nth(index).focus()
    page.evaluate(WATCH, index)
    page.keyboard.press(key)
    return page.evaluate("() => window.pressed")


def hold(page, index, presses=60):
    """A key held down: pictures shown, ms from the last press to the last picture, blank frames."""
    page.locator(".noUi-handle").nth(index).focus()
    page.evaluate(FRAMES, index)
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
        time.sleep(0.033)
    released = page.evaluate("() => performance.now()")
    page.wait_for_timeout(2500)
    held = page.evaluate(
        "() => { const h = window.held; h.on = false; return [h.sources.size, h.last, h.blank]; }"
    )
    return held[0], held[1] - released, held[2]


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
            browser.run_all(page, address("slider.ipynb"))
            page.wait_for_timeout(1000)
            times = ([], [])
            for i in range(33):
                for index in (0, 1):
                    times[index].append(press(page, index, "ArrowRight"))
                    page.wait_for_timeout(150)
            medians = [statistics.median(series[3:]) for series in times]
            for index, name in enumerate(("`lrlib.widgets`", "`interact` + `plt.show()`")):
                pictures, delay, blank = hold(page, index)
                ratio = f"{medians[index] / medians[1]:.2f}"
                yield name, f"{medians[index]:.0f}", ratio, pictures, f"{delay:.0f}", blank
