"""The slides as a lecturer shows them: opened as files, without network; and what the site is made of."""

import inspect
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
import yaml

from tests import browser, built_site
from tests.notebook_form import LONGEST_ON_A_SLIDE, paths

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "site"))

import front  # noqa: E402
import gallery  # noqa: E402
import reference  # noqa: E402

import lrlib as lr  # noqa: E402

needs_browser = pytest.mark.skipif(
    browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"), reason="no Chromium here"
)
# What is on the present slide, in a slide's own pixels, of which there are 1280 x 720.
SLIDE = """() => {
    const slide = Reveal.getCurrentSlide(), box = slide.closest('.slides').getBoundingClientRect();
    const seen = [...slide.querySelectorAll('*')].filter(part => part.checkVisibility());
    const inner = part => getComputedStyle(part).position === 'absolute';
    const places = seen.filter(part => !inner(part) && !part.closest('svg, mjx-container'))
        .map(part => part.getBoundingClientRect());
    const words = [...slide.querySelectorAll('pre')].reduce((all, code) => all.replace(code.innerText, ''), slide.innerText);
    const clips = part => !['visible', 'clip'].includes(getComputedStyle(part).overflowX);
    return {
        title: slide.innerText.trim().slice(0, 50),
        empty: !slide.innerText.trim() && !slide.querySelector('img, canvas'),
        height: slide.scrollHeight, width: slide.scrollWidth,
        bottom: Math.max(...places.map(place => place.bottom)) / innerHeight,
        right: Math.max(...places.map(place => place.right)) / innerWidth,
        type: parseFloat(getComputedStyle(slide).fontSize),
        cut: seen.filter(part => clips(part) && !inner(part) && part.scrollWidth > part.clientWidth + 2)
            .map(part => part.className),
        said: slide.innerText, raw: /\\$[^$]+\\$|\\\\\\(/.test(words),
        unloaded: [...slide.querySelectorAll('img')].filter(i => i.checkVisibility() && !i.naturalWidth).length,
    };
}"""
STILL = "() => [...Reveal.getCurrentSlide().querySelectorAll('img')].every(image => image.complete)"
SETTLE = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def decks():
    assert browser.chromium(), "no Chromium found, and REQUIRE_BROWSER is set"
    built_site.build()
    return ROOT / "build/decks"


@pytest.fixture(scope="module")
def page():
    with browser.browser_page(1280, 720) as page:
        page.set_default_timeout(30_000)
        yield page


class Deck:
    """A deck opened as a file, and what went wrong on it."""

    def __init__(self, page, path, width=1280, height=720):
        self.page, self.wrong = page, []
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        page.on("request", lambda request: self._asked(request.url))
        page.goto("about:blank")
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")

    def _asked(self, url):
        if not url.startswith(("file:", "data:", "blob:", "about:")):
            self.wrong.append(f"asks for {url}")

    @property
    def slide(self):
        return self.page.locator("section.present section.present")

    def look(self):
        """The present slide, once its slider is drawn and its pictures are there."""
        if self.slide.locator(".course-slider").count():
            self.slide.locator(".course-slider canvas[data-key]").first.wait_for()
        self.page.wait_for_function(STILL)
        self.page.evaluate(SETTLE)
        return self.page.evaluate(SLIDE)

    def slides(self):
        """All slides, each with its answer folded and then shown."""
        while True:
            yield self.look()
            answer = self.slide.locator(".course-answer > summary")
            if answer.count():
                answer.first.click()
                yield self.look()
            if self.page.evaluate("() => Reveal.isLastSlide()"):
                return
            self.page.evaluate("() => Reveal.next()")

    def go(self, part):
        """To the first slide with such a part."""
        self.page.evaluate("""part => {
            const slide = document.querySelector(`section section ${part}`).closest('section section');
            const { h, v } = Reveal.getIndices(slide);
            Reveal.slide(h, v);
        }""", part)  # fmt: skip
        self.look()
        return self.slide.locator(part).first


def complaints(slide):
    """What a lecturer would stumble over, a sentence each."""
    if slide["empty"]:
        yield "empty"
    if slide["height"] > 720 or slide["width"] > 1280 or max(slide["bottom"], slide["right"]) > 1:
        yield f"overflows: {slide['width']} x {slide['height']}, {slide['right']}, {slide['bottom']}"
    if slide["cut"]:
        yield f"cut off: {slide['cut']}"
    if slide["raw"]:
        yield "the source of a formula"
    if slide["type"] < 17:
        yield f"type of {slide['type']} pixels"
    if slide["unloaded"]:
        yield "a picture is missing"
    if re.search(r"\brun th(e|is) cell\b", slide["said"], re.I):
        yield "speaks of cells"


@needs_browser
@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)], ids=lambda size: "x".join(map(str, size)))
def test_every_slide_fits(decks, page, path, size):
    deck = Deck(page, decks / f"{path.stem}.slides.html", *size)
    slides = list(deck.slides())
    found = [f"{slide['title']!r}: {words}" for slide in slides for words in complaints(slide)]
    assert found == [] and deck.wrong == []
    assert len(slides) >= 10


@needs_browser
@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_sliders_and_curves_are_alive_on_their_slides(decks, page, path):
    deck = Deck(page, decks / f"{path.stem}.slides.html")
    for k in range(page.locator("section section .course-slider").count()):
        page.evaluate("""k => {
            const slide = document.querySelectorAll('section section .course-slider')[k].closest('section section');
            const { h, v } = Reveal.getIndices(slide);
            Reveal.slide(h, v);
        }""", k)  # fmt: skip
        deck.look()
        here, canvas = page.evaluate("() => Reveal.getIndices()"), deck.slide.locator("canvas").first
        before = canvas.get_attribute("data-key")
        handle = deck.slide.locator("input[type=range]").first
        handle.focus()
        page.keyboard.press(handle.evaluate("h => h.value < h.max - 0 ? 'ArrowRight' : 'ArrowLeft'"))
        page.wait_for_function(
            "before => Reveal.getCurrentSlide().querySelector('canvas').dataset.key !== before", arg=before
        )
        assert page.evaluate("() => Reveal.getIndices()") == here
        assert list(complaints(deck.look())) == []
    if page.locator("section section .course-draw").count():
        deck.go(".course-draw")
        knot, here = deck.slide.locator("[role=slider]").nth(1), page.evaluate("() => Reveal.getIndices()")
        value = knot.get_attribute("aria-valuenow")
        knot.focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert knot.get_attribute("aria-valuenow") != value
        assert page.evaluate("() => Reveal.getIndices()") == here
    assert deck.wrong == []


@needs_browser
def test_an_answer_is_hidden_until_it_is_asked_for(decks, page):
    deck = Deck(page, decks / "06_cosine.slides.html")
    button = deck.go(".course-prediction").locator("button").first
    button.click()
    named = deck.slide.locator(".course-prediction").get_attribute("data-name")
    picked = [deck.slide.locator(".course-prediction button").nth(i) for i in (1, 2)]
    for option in picked:
        option.click()
    answer = deck.go(f'.course-answer[data-of="{named}"]')
    assert answer.evaluate("a => a.open") and answer.locator(".course-said").is_visible()
    deck = Deck(page, decks / "06_cosine.slides.html")  # the next class has said nothing
    answer = deck.go(f'.course-answer[data-of="{named}"]')
    assert not answer.evaluate("a => a.open") and not answer.locator("img").first.is_visible()
    control = answer.locator("> summary")
    assert control.inner_text() == "Show the answer" and control.bounding_box()["height"] > 30
    control.focus()
    page.keyboard.press("Enter")
    assert answer.locator("img").first.is_visible()


@needs_browser
def test_a_film_plays_when_its_slide_comes(decks, page):
    deck = Deck(page, decks / "06_cosine.slides.html")
    before = page.locator("img[data-film]").first.get_attribute("src")
    film = deck.go("img[data-film]")
    assert film.get_attribute("src") != before  # loaded again, it plays from its first frame
    first = film.screenshot()
    page.wait_for_timeout(1500)
    assert film.screenshot() != first
    page.wait_for_timeout(5000)  # films last at most five seconds
    last = film.screenshot()
    page.wait_for_timeout(500)
    assert film.screenshot() == last  # played once, the last frame stays


@needs_browser
def test_a_clicker_turns_the_slide_whatever_has_the_focus(decks, page):
    deck = Deck(page, decks / "06_cosine.slides.html")
    deck.go(".course-slider").locator("input").first.focus()
    before = page.evaluate("() => Reveal.getIndices()")
    page.keyboard.press("PageDown")
    assert page.evaluate("() => Reveal.getIndices()") != before


@needs_browser
def test_the_answers_of_a_handout_stand_at_its_end(decks):
    for path in paths():
        text = (decks / f"{path.stem}.handout.html").read_text()
        above, _, answers = text.partition('<section class="answers">')
        assert "course-answer" not in above and "Answer:" not in above
        shown = (decks / f"{path.stem}.slides.html").read_text().count('class="course-answer"')
        assert not re.search(r'href="(?!http|_static)', text)  # a PDF would name this machine's folder
        assert answers.count("<hr>") == max(shown - 1, 0) and "<script" not in answers


def test_printed_lines_fit_a_slide():
    assert LONGEST_ON_A_SLIDE == 72  # and notebook_form.problems holds every notebook to it


def test_the_gallery_has_every_schedule():
    public = set(lr.ROOMS["schedules"]) - {"Schedule"}  # their base
    assert set(gallery.SCHEDULES) == public
    for name, (call, _) in gallery.SCHEDULES.items():
        schedule = eval(call, {"lr": lr})
        assert name in call or type(schedule).__name__ == name, call
        assert schedule.latex() and "def make_scheduler" in lr.to_torch(schedule)


def test_the_reference_has_every_public_name():
    for room, names in lr.ROOMS.items():
        page = reference.page(room)
        for name in names or getattr(getattr(lr, room), "__all__", ()):
            place = f"lr.{name}" if names else f"lr.{room}.{name}"
            if not inspect.ismodule(getattr(import_module(f"lrlib.{room}"), name)):  # a lesson's
                assert re.search(rf"^`+\{{py:\w+\}} {re.escape(place)}\b", page, re.M), place
        assert ">>>" not in re.sub(r"```pycon.*?```", "", page, flags=re.S)


def test_every_address_comes_from_the_repository(monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/schedules")
    assert front.repository(tmp_path) == "someone/schedules"
    links = front.links("06_cosine", "someone/schedules")
    assert "https://colab.research.google.com/github/someone/schedules/blob/main/notebooks/06_cosine.ipynb" in links
    assert "https://mybinder.org/v2/gh/someone/schedules/HEAD?" in links
    assert '%pip install "lrlib[lab] @ git+https://github.com/someone/schedules"' in links
    monkeypatch.delenv("GITHUB_REPOSITORY")
    assert front.repository(tmp_path) is None and "https" not in front.links("06_cosine", None)
    for origin in ("git@github.com:someone/schedules.git", "https://x:y@github.com/someone/schedules"):
        assert front.GITHUB.match(origin)[1] == "someone/schedules"
    assert not front.GITHUB.match("https://gitlab.com/someone/schedules.git")


def test_the_workflow_publishes_main():
    flow = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())
    assert flow[True]["push"] == {"branches": ["main"]}  # YAML reads `on` as true
    assert flow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    (job,) = flow["jobs"].values()
    assert job["environment"]["name"] == "github-pages"
    steps = job["steps"]
    used = [step.get("uses", "").partition("@")[0] for step in steps]
    after = ["actions/configure-pages", "actions/upload-pages-artifact", "actions/deploy-pages"]
    assert used[0] == "actions/checkout" and used[-3:] == after
    assert {"run": "make site"} in steps
    (folder,) = [s["with"]["path"] for s in steps if "upload-pages" in s.get("uses", "")]
    assert folder == "build/site"
    assert re.search(r"^site: ", (ROOT / "Makefile").read_text(), re.M)


def test_a_first_cell_says_how_to_get_the_library():
    for path in paths():
        code = next(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
        assert code.startswith("# No lrlib?") and "import lrlib" in code, path.name
        assert '%pip install "lrlib[lab] @ git+https://github.com/' in code, path.name
