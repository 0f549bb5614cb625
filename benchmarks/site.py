"""key press to painted picture on the site, ms (aim: at most 25), and what a lesson's page weighs

The median and the worst of 30 presses, the first of which reads its part of the table; `kernel`: the
same slider of lesson 06 in JupyterLab, in the same run. `text`: ms to the first text,
from this machine (aim: 1000); `page`: all that is asked for, scrolled through and compressed
(aim: 2000 kB). `build`: seconds for `make site` without what it installs (aim: 120).
"""

import gzip
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from benchmarks.slider import SHOWN, press
from tests import browser, built_site
from tests.notebook_form import paths

COLUMNS = ("lesson", "ms", "worst", "kernel", "ratio", "table, kB", "text, ms", "page, kB")
BOTH = "06_cosine"
THROUGH = """async () => {
    for (const image of document.querySelectorAll('article img, .course-slider')) {
        image.scrollIntoView();
        await new Promise(done => setTimeout(done, 60));
    }
}"""
FIRST = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def presses(page, root, handle, n=30):
    """Milliseconds of each key press; the key turns at the slider's ends."""
    times, key = [], "ArrowRight"
    page.evaluate(SHOWN)
    while len(times) < n:
        took = press(page, root, handle, key)
        if took != took:  # it pushed against an end
            key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
            continue
        times.append(took)
        page.wait_for_timeout(60)
    return times


def kernel():
    """The same slider with a kernel: the median."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "root"), Path(folder, "home")
        root.mkdir(), home.mkdir()
        path = next(path for path in paths() if path.stem == BOTH)
        (root / path.name).write_bytes(path.read_bytes())
        with browser.jupyter_lab(root, home) as address, browser.browser_page() as page:
            browser.run_all(page, address(path.name))
            slider = browser.explorers(page).first
            browser.sliders(slider)
            return statistics.median(presses(page, slider, slider.locator(".noUi-handle").first))


def lesson(chromium, address, path, beside):
    """One lesson's row."""
    reader = built_site.Visitor(chromium, address)
    asked = set()
    reader.page.on("request", lambda r: asked.add(urllib.parse.urlsplit(r.url).path.lstrip("/")))
    page = reader.open(f"{path.stem}.html")
    text = page.evaluate(FIRST)
    page.evaluate(THROUGH)
    files = [built_site.OUT / name for name in asked if (built_site.OUT / name).is_file()]
    weight = sum(len(gzip.compress(file.read_bytes())) for file in files) // 1000
    slider, ms, table = page.locator(".course-slider").first, ["", "", "", ""], ""
    if slider.count():
        slider.locator("canvas[data-key]").wait_for()
        times = presses(page, slider, slider.locator("input").first)
        middle = statistics.median(times)
        ms = [f"{middle:.0f}", f"{max(times):.0f}", "", ""]
        if path.stem == BOTH:
            ms[2:] = f"{beside:.0f}", f"{middle / beside:.2f}"
        table = (built_site.OUT / slider.get_attribute("data-table")).stat().st_size // 1000
    reader.context.close()
    return path.stem, *ms, table, f"{text:.0f}", weight


def rows():
    start = time.time()
    subprocess.run([sys.executable, str(built_site.ROOT / "site/build.py")], check=True, capture_output=True)
    yield "build", f"{time.time() - start:.0f} s", *[""] * 6
    beside = kernel()
    with built_site.served(built_site.OUT) as address, built_site.chromium() as chromium:
        for path in paths():
            yield lesson(chromium, address, path, beside)
