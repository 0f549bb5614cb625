"""Every lesson is also a lecture: its slides, in Chromium at 1280 x 720, are neither empty nor too long."""

import os
from pathlib import Path

import jupyter_server_mathjax
import nbformat
import pytest
import sphinx_revealjs
from nbconvert import SlidesExporter

from tests import browser
from tests.notebook_form import paths

if browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip("no Chromium on this machine: the slides were not tried", allow_module_level=True)

# What a browser with internet loads from elsewhere, from packages on this machine.
REVEAL = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
MATHJAX = Path(jupyter_server_mathjax.__file__).parent / "static"
PAGE = "http://slides.test/"
REQUIRE = """window.require = async (settings, addresses, ready) => {
    for (const src of addresses) await new Promise(done =>
        document.head.append(Object.assign(document.createElement('script'), {src, onload: done})));
    ready(Reveal, RevealNotes);
}"""
# The package brings one font; MathJax would wait five seconds for each of the others.
FONTS = """window.MathJax = {'HTML-CSS': {
    availableFonts: [], preferredFont: null, webFont: 'STIX-Web', imageFont: null}}"""
READY = "() => window.Reveal?.isReady?.() && window.MathJax?.Hub?.queue.running === 0"
# A slide's formulas are drawn again when it comes: until then they are missing or have no width.
TYPESET = """async () => {
    const slide = Reveal.getCurrentSlide(), wanted = MathJax.Hub.getAllJax(slide).length;
    for (let tries = 0; tries < 100; tries++) {
        await new Promise(done => MathJax.Hub.Queue(done));
        const drawn = [...slide.querySelectorAll('.MathJax')];
        if ((drawn.length || !wanted) && drawn.every(formula => formula.offsetWidth)) return;
        await new Promise(done => setTimeout(done, 20));
    }
}"""
SLIDE = """() => {
    const slide = Reveal.getCurrentSlide();
    return {
        title: (slide.querySelector('h1, h2, h3')?.innerText ?? slide.innerText).slice(0, 40),
        empty: !slide.innerText.trim() && !slide.querySelector('img'),
        height: slide.scrollHeight,
        width: slide.scrollWidth,
        raw: /\\$[^$]+\\$/.test(slide.innerText),
        cut: [...slide.querySelectorAll('*:not(.MJX_Assistive_MathML)')].some(part =>
            getComputedStyle(part).overflowX !== 'visible' && part.scrollWidth > part.clientWidth + 2),
    };
}"""
# In a slide's own pixels. A slide begins at 14.4 of the screen's 720 and is shown at 0.987 of its
# size, so 714 fit; on a screen of 1024 x 768, 725.
HEIGHT, WIDTH = 714, 960


def serve(route, html):
    """Answer a request with the slides or a file of a package; everything else is empty."""
    path = route.request.url.split("?")[0]
    if path == PAGE:
        return route.fulfill(body=html, content_type="text/html")
    for mark, folder in (("/reveal/", REVEAL), ("/mathjax/", MATHJAX)):
        file = folder / path.partition(mark)[2]
        if mark in path and file.is_file():
            return route.fulfill(path=file)
    return route.fulfill(body=REQUIRE if "require" in path else "")


def walk(page, notebook):
    """What is on each slide of a notebook, in order."""
    exporter = SlidesExporter(  # as `nbconvert --to slides --no-input` makes them
        exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True,
        reveal_url_prefix="/reveal",
        mathjax_url="/mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full",
    )  # fmt: skip
    html, _ = exporter.from_notebook_node(notebook)
    page.unroute_all()
    page.route("**/*", lambda route: serve(route, html))
    page.goto(PAGE)
    page.wait_for_function(READY)
    slides = []
    while True:
        page.evaluate(TYPESET)
        slides.append(page.evaluate(SLIDE))
        if page.evaluate("() => Reveal.isLastSlide()"):
            return slides
        page.evaluate("() => Reveal.next()")


def complaints(slides):
    """What a lecturer would stumble over, a sentence each."""
    for slide in slides:
        if slide["empty"]:
            yield f"an empty slide after {slides[max(slides.index(slide) - 1, 0)]['title']!r}"
        if slide["height"] > HEIGHT or slide["width"] > WIDTH:
            yield f"{slide['title']!r} overflows: {slide['width']} x {slide['height']}"
        if slide["cut"]:
            yield f"{slide['title']!r} has a part that is cut off at its side"
        if slide["raw"]:
            yield f"{slide['title']!r} shows the source of a formula"


@pytest.fixture(scope="module")
def page():
    with browser.browser_page(1280, 720) as page:
        page.add_init_script(FONTS)
        yield page


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.name)
def test_slides_fit(page, path):
    slides = walk(page, nbformat.read(path, as_version=4))
    assert len(slides) >= 10
    assert list(complaints(slides)) == []


def deck(*sources):
    """A notebook with a slide for each Markdown source."""
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    for cell in cells:
        cell.metadata["slideshow"] = {"slide_type": "slide"}
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    "source, complaint",
    [
        ("<br>", "an empty slide after 'First'"),
        ("# Long\n" + "\n".join(f"- point {i}" for i in range(40)), "'Long' overflows"),
        ("# Formula\n`$x^2$`", "'Formula' shows the source"),
        (f"# Sum\n$${' + '.join(f'x_{{{i}}}' for i in range(60))}$$", "'Sum' has a part"),
    ],
    ids=["empty", "long", "raw formula", "wide formula"],
)
def test_a_bad_slide_is_noticed(page, source, complaint):
    slides = walk(page, deck("# First\n$x^2$ is shown as a formula", source, "# Last"))
    found = list(complaints(slides))
    assert len(found) == 1 and complaint in found[0], found
