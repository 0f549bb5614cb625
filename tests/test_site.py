"""The site as its readers use it: every page, slider, prediction, exercise, film, link, and no kernel."""

import gzip
import html
import io
import json
import os
import re
import sys
import urllib.parse
import zlib
from base64 import b64decode
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from PIL import Image

import lrlib as lr
from lrlib.exercises import Exercise
from lrlib.widgets.predict import Prediction
from tests import browser, built_site
from tests.notebook_form import paths

sys.path.append(str(built_site.ROOT / "site"))
import pages as pages_of_site  # noqa: E402
import sliders  # noqa: E402

if browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"):
    pytest.skip("no Chromium on this machine: the site was not walked", allow_module_level=True)

LESSONS = [path.stem for path in paths()]
HEAVIEST_TABLE, HEAVIEST_PAGE = 600_000, 2_000_000  # bytes, a page compressed with its pictures
MOVE = """async ([slider, positions, key]) => {
    slider.querySelectorAll('input').forEach((input, i) => {
        input.value = positions[i];
        input.dispatchEvent(new Event('input'));
    });
    const canvas = slider.querySelector('canvas');
    for (let n = 0; n < 300 && canvas.dataset.key !== key; n++) await new Promise(requestAnimationFrame);
    return [canvas.dataset.key, slider.querySelector('.lrlib-said').innerText.trim()];
}"""
CHECK = """([element, texts]) => texts.map(text => {
    element.querySelector('input').value = text;
    element.querySelector('form').requestSubmit();
    return element.querySelector('.course-verdict').textContent;
})"""
IDS = "() => [...document.querySelectorAll('[id]')].map(element => element.id)"
LATE = """() => [...document.images].filter(image => {
    const below = image.getBoundingClientRect().top > 3 * innerHeight;
    return below && image.src.startsWith('http') && image.loading !== 'lazy';
}).map(image => image.src)"""
THROUGH = """async () => {
    document.querySelectorAll('details').forEach(part => { part.open = true; });
    const images = [...document.querySelectorAll('article img.figure')], alts = images.map(i => i.alt);
    for (const image of images) {
        image.scrollIntoView();
        await new Promise(done => setTimeout(done, 40));
    }
    return alts;
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
FIRST = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@pytest.fixture(scope="module")
def out():
    return built_site.build()


@pytest.fixture(scope="module")
def chromium():
    with built_site.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(out):
    with built_site.served(out) as place:
        yield place


@pytest.fixture
def visitor(chromium, address):
    """A function that makes readers, each with a storage of its own; what was wrong fails the test."""
    made = []

    def new(**how):
        made.append(built_site.Visitor(chromium, address, **how))
        return made[-1]

    yield new
    wrong = [words for each in made for words in each.wrong]
    for each in made:
        each.context.close()
    assert wrong == []


@pytest.fixture(scope="module", params=LESSONS)
def visit(request, chromium, address):
    """One lesson's page and what it asked for, for all tests that need no fresh one."""
    reader = built_site.Visitor(chromium, address)
    asked_for = set()
    reader.page.on("request", lambda r: asked_for.add(urllib.parse.urlsplit(r.url).path.lstrip("/")))
    yield SimpleNamespace(
        lesson=request.param, page=reader.open(f"{request.param}.html"), asked_for=asked_for
    )
    reader.context.close()
    assert reader.wrong == []


def pages(out):
    """All pages but the slides and what is only printed."""
    decks = re.compile(r"\.|^slides$|^sheet$")
    return [p.name for p in sorted(out.glob("*.html")) if not decks.search(p.stem)]


def cells(lesson):
    path = next(path for path in paths() if path.stem == lesson)
    return nbformat.read(path, as_version=4).cells


def asked(lesson, kind):
    """The exercises or predictions of a lesson that its notebook shows: name -> it."""
    module = getattr(lr.exercises, lesson[3:])
    source = "\n".join(cell.source for cell in cells(lesson) if cell.cell_type == "code")
    found = {}
    for name in re.findall(r"exercises\.(\w+)", source):
        thing = getattr(module, name, None)
        thing = thing if isinstance(thing, kind) else getattr(thing, "question", None)
        if isinstance(thing, kind):
            found[name] = thing
    return found


def explorers(lesson):
    """The lesson's sliders: the name on the page -> the explorer that its own code makes."""
    shown = cells(lesson)
    found = {}
    for i, cell in enumerate(shown):
        if "lrlib-still" in str(cell.get("outputs", "")):
            for k, explorer in enumerate(sliders.explorers(shown, i)):
                found[f"s{i}{k or ''}"] = explorer
    return found


def read_table(data):
    """A table's header and frames (position -> words, runs), read as the page reads them."""
    length = int.from_bytes(data[:4], "little")
    header, at, frames = json.loads(data[4 : 4 + length]), 4 + length, {}
    pieces = []
    for size in header["words"] + header["points"]:
        pieces.append(zlib.decompress(data[at : at + size]))
        at += size
    half = len(pieces) // 2
    for told, points in zip(pieces[:half], pieces[half:]):
        planes = np.frombuffer(points, np.uint8).reshape(2, -1)
        numbers, at_number = (planes[0] | planes[1].astype(np.uint16) << 8).astype(np.int16), 0
        for each in json.loads(told):
            tracks = []
            for track in each["runs"]:
                tracks.append([])
                for n in track:
                    both = numbers[at_number : at_number + 2 * n].reshape(2, n)
                    tracks[-1].append(np.cumsum(both, axis=1).T / header["unit"])
                    at_number += 2 * n
            frames[each["key"]] = each["words"], tracks
    return header, frames


def positions(header, n, seed):
    """Random positions of a grid, as indices."""
    rng = np.random.default_rng(seed)
    sizes = [len(control["numbers"]) for control in header["controls"]]
    return rng.integers(0, sizes, (n, len(sizes))).tolist()


def in_python(explorer, header, position):
    """The frame that the lesson's own `view` gives there."""
    picture = explorer.picture
    places = [sliders.ahead.Place(name, c) for name, c in picture.named.items()]
    steps = [c["numbers"][k] for c, k in zip(header["controls"], position)]
    return sliders.frame(picture, places, list(picture.named), steps)


def missed(canvas, explorer, frame):
    """The number of inked pixels of Python's picture whose colour is not within one pixel of it here.

    One way only: the page shows the best try, too.
    """
    shown = canvas.evaluate("canvas => canvas.toDataURL().split(',')[1]")
    drawn = Image.open(io.BytesIO(b64decode(shown))).convert("RGB")
    ours = Image.open(io.BytesIO(explorer.picture.picture.png(**frame["data"]))).convert("RGB")
    assert drawn.size == ours.size
    ours, drawn = np.asarray(ours, int), np.pad(np.asarray(drawn, int), ((1, 1), (1, 1), (0, 0)), "edge")
    inked = ours.min(2) < 160
    y, x = np.nonzero(inked & (np.abs(ours - drawn[1:-1, 1:-1]).max(2) > 96))
    around = [drawn[y + dy, x + dx] for dy in range(3) for dx in range(3)]
    return int((np.abs(np.array(around) - ours[y, x]).max(2).min(0) > 96).sum()) if len(y) else 0


def test_sliders_say_and_draw_what_python_does(out, visit):
    made, page = explorers(visit.lesson), visit.page
    assert page.locator(".course-slider").count() == len(made)
    for name, explorer in made.items():
        slider = page.locator(f".course-slider[data-name={name}]")
        data = (out / slider.get_attribute("data-table")).read_bytes()
        header, frames = read_table(data)
        assert len(data) <= HEAVIEST_TABLE
        slider.scroll_into_view_if_needed()
        slider.locator("canvas[data-key]").wait_for()
        for position in positions(header, 6, seed=len(data)):
            expected = in_python(explorer, header, position)
            words, tracks = frames[expected["key"]]
            for track, kept in zip(expected["tracks"], tracks, strict=True):
                for run, other in zip(track, kept, strict=True):
                    assert np.abs(run - other).max(initial=0) <= 0.5 / header["unit"] + 1e-9
            shown = page.evaluate(MOVE, [slider.element_handle(), position, expected["key"]])
            assert shown == [expected["key"], words] and words == expected["words"]
            assert missed(slider.locator("canvas"), explorer, expected) < 20  # at the ends of dashes
        for control in slider.locator("input").all():
            assert control.get_attribute("aria-label")
            for key in ("Home", "End"):
                control.press(key)
                assert "cannot be drawn" not in slider.locator(".lrlib-said").inner_text()


@pytest.mark.parametrize("lesson", ["02_step_decay", "06_cosine"])
def test_a_link_shares_a_slider_and_a_reload_keeps_it(out, visitor, lesson):
    ((name, explorer),) = explorers(lesson).items()
    first = visitor()
    slider = first.open(f"{lesson}.html").locator(f".course-slider[data-name={name}]")
    header, _ = read_table((out / slider.get_attribute("data-table")).read_bytes())
    (position,) = positions(header, 1, seed=3)
    slider.scroll_into_view_if_needed()
    slider.locator("canvas[data-key]").wait_for()
    key = in_python(explorer, header, position)["key"]
    _, words = first.page.evaluate(MOVE, [slider.element_handle(), position, key])
    first.page.wait_for_function(f"() => location.search.includes('{name}=')")
    second = visitor().open(first.page.url.removeprefix(first.address))
    other = second.locator(f".course-slider[data-name={name}]")
    other.locator("canvas[data-key]").wait_for()  # without scrolling: the link leads there
    assert other.locator(".lrlib-said").inner_text().strip() == words
    best = slider.locator(".lrlib-best").inner_text()
    first.page.reload()
    slider.scroll_into_view_if_needed()
    slider.locator("canvas[data-key]").wait_for()
    assert slider.locator(".lrlib-said").inner_text().strip() == words
    assert slider.locator(".lrlib-best").inner_text() == best


TAKE_PYTHON = (
    "best_rate how_much_higher two_stops against_the_line calls_per_epoch upper_end".split()
)  # numbers that nobody finds by hand


def numbers(exercise, rng):
    right = float(exercise.right())
    return [right, *(float(m.answer) for m in exercise.mistakes.values()), 1.7 * right + 0.01,
            float(rng.normal(0, 10.0 ** rng.integers(-6, 8)))]  # fmt: skip


def test_exercises_are_judged_as_in_python(visit):
    page, shown, rng = visit.page, asked(visit.lesson, Exercise), np.random.default_rng(7)
    assert page.locator(".course-exercise").count() == len(shown)
    for name, exercise in shown.items():
        element = page.locator(f".course-exercise[data-name={name}]")
        wants_code = exercise.steps or name in TAKE_PYTHON
        assert element.get_by_text("in your own copy of the notebook").count() == bool(wants_code)
        if exercise.steps:
            continue
        tried = numbers(exercise, rng)
        words = page.evaluate(CHECK, [element.element_handle(), list(map(repr, tried))])
        assert words == [exercise.judge(number) for number in tried]
        right = tried[0]
        forms = [f" {right} ", f"{right:e}", f"{right!r}/1", f"{right}".replace(".", ",").replace("-", "−")]
        words = page.evaluate(CHECK, [element.element_handle(), forms])
        assert words == [f"Right. {exercise.praise}"] * 4
        assert page.evaluate(CHECK, [element.element_handle(), ["", "x", "1/0"]]) == (
            ["A number is needed, such as 0.05, 1e-3 or 1/3."] * 3
        )


def questions_of(lesson):
    """All questions on a lesson's page: the name there -> the prediction."""
    recall = getattr(getattr(lr.exercises, lesson[3:]), "recall", ())
    return asked(lesson, Prediction) | {f"recall-{n}": q for n, q in enumerate(recall)}


def test_predictions_and_recall_answer(visit):
    page, questions = visit.page, questions_of(visit.lesson)
    assert page.locator(".course-prediction").count() == len(questions)
    for name, question in questions.items():
        element, names = page.locator(f".course-prediction[data-name={name}]"), list(question._options)
        element.evaluate("asked => asked.closest('details')?.setAttribute('open', '')")
        element.locator("button").first.press("Enter")
        element.evaluate("asked => [...asked.querySelectorAll('button')].slice(1).forEach(b => b.click())")
        ranking = isinstance(question._right, list)
        said = names if ranking else names[-1:]
        off = [a for a, b in zip(said, question._right if ranking else [question._right]) if a != b]
        named = "{}: {}" if len(off) > 1 else "{1}"
        words = " ".join(named.format(one, question._options[one]) for one in off or said[:1])
        if question.at_once:
            expected = f"{'Not this:' if off else 'Right.'} {words}"
            assert element.locator("[role=status]").inner_text() == expected
        else:
            answer = page.locator(f".course-answer[data-of={name}]")
            assert words in answer.locator(".course-said").inner_text()
            assert answer.evaluate("answer => answer.open")
            again = [li for li in answer.locator("li:visible").all_inner_texts() if li.split("?")[0] in off]
            told = answer.locator("p:visible", has_text=re.compile("^Answer: "))
            assert told.count() == bool(off) and again == []


def test_what_was_said_is_kept_and_can_be_forgotten(visitor):
    reader, lesson = visitor(), LESSONS[1]
    page, questions = reader.open(f"{lesson}.html"), questions_of(lesson)
    page.evaluate("() => document.querySelectorAll('.course-prediction button').forEach(b => b.click())")
    pressed = page.locator(".course-prediction button[aria-pressed=true]").count()
    assert pressed >= len(questions)
    page.reload()
    page.wait_for_function("n => document.querySelectorAll('[aria-pressed=true]').length === n", arg=pressed)
    reader.open("index.html")
    done = page.locator(f"[data-lesson='{lesson}']")
    assert done.inner_text().startswith(f"{len(questions)} of ")
    page.locator(".course-forget").click()
    assert done.inner_text() == ""


def test_a_drawn_curve_is_shared_by_its_link(visitor):
    lesson = next(name for name in LESSONS if "lr.widgets.Draw" in str(cells(name)))
    first = visitor()
    page = first.open(f"{lesson}.html")
    knot = page.locator(".course-draw .lr-knot").nth(3)
    knot.press("ArrowUp")
    page.wait_for_function("() => location.search.includes('d')")
    drawn = "() => [...document.querySelectorAll('.lr-knot')].map(k => k.getAttribute('aria-valuenow'))"
    values = page.evaluate(drawn)
    other = visitor().open(page.url.removeprefix(first.address))
    other.locator(".course-draw .lr-knot").nth(3).wait_for()
    assert other.evaluate(drawn) == values
    words = [p.locator(".course-draw .lr-words").inner_text() for p in (page, other)]
    assert len({re.sub(r" Best so far [\d.]+", "", each) for each in words}) == 1


CURVES = {
    "line": (lr.widgets.Curve((0, 50), (0, 1), xlabel="update", ylabel="rate"), lr.Linear(1, 0, 50)),
    "hyperbola": (
        lr.widgets.Curve((1, 100), (0.01, 1), xscale="log", yscale="log", xlabel="update, made"),
        lambda t: 1 / np.asarray(t),
    ),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_drawn_prediction_is_judged_as_in_python(out, visitor, name):
    """No lesson asks for a curve yet: the element that would ask is put into a page."""
    curve, right = CURVES[name]
    question, reader = lr.predict("Draw it.", curve, right=right), visitor()
    no_pictures = SimpleNamespace(_images=lambda text, place: text)
    output = SimpleNamespace(data={"text/html": "the still picture"})
    asking = pages_of_site.Page._prediction(no_pictures, name, question, output)
    answer = f'<details class="course-answer" data-of="{name}"><summary>It</summary><p>so</p></details>'
    body = (out / "index.html").read_text().replace("</article>", f"{asking}{answer}</article>")
    reader.context.route("**/asked.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page = reader.open("asked.html")
    for knot, key in ((0, "End"), (4, "Home"), (6, "ArrowUp")):
        page.locator(".course-prediction [role=slider]").nth(knot).press(key)
    page.get_by_role("button", name="Show what is true").click()
    said = page.locator(".course-answer .course-said").inner_text().strip()
    curve.values = page.evaluate("name => JSON.parse(localStorage.getItem(`course:asked:${name}`))", name)
    assert curve.drawn and said == curve._gap(*curve._sampled(right)) != "Your curve is never far from it."


def test_every_page_is_sound(out, visitor):
    """On a phone and wide, light and dark: accessible, no sideways scrolling, nothing from elsewhere."""
    phone, found = visitor(width=390, has_touch=True, is_mobile=True), []
    for name in pages(out):
        page = phone.open(name)
        found += phone.axe()
        if page.evaluate(SIDEWAYS):
            found.append(f"{name} can be scrolled sideways on a phone")
        page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
        if not name.startswith("api_"):  # they have the colours of the others
            found += [f"dark: {words}" for words in phone.axe(["color-contrast"])]
        page.set_viewport_size({"width": 1280, "height": 900})
        if page.evaluate(SIDEWAYS):
            found.append(f"{name} can be scrolled sideways at 1280 pixels")
        page.set_viewport_size({"width": 390, "height": 844})
    assert not found, "\n".join(found)


def test_a_lesson_reads_well(out, visit):
    page, lesson = visit.page, visit.lesson
    late = page.evaluate(LATE)
    text = page.locator("article").text_content()
    assert min(map(len, page.evaluate(THROUGH))) > 10  # alt texts
    for film in page.locator(".course-film").all():
        film.scroll_into_view_if_needed()
        page.wait_for_function("film => film.dataset.plays > 0", arg=film.element_handle())
    assert not re.search(r"\brun (this|the|the next two) cells?\b|OWNER/NAME", text, re.I)
    assert late == []
    files = [out / name for name in visit.asked_for if (out / name).is_file()]
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in files}
    print(f"{lesson}: {sum(sizes.values()) // 1000} kB, text after {page.evaluate(FIRST):.0f} ms")
    assert sum(sizes.values()) <= HEAVIEST_PAGE, sorted(sizes.items(), key=lambda s: -s[1])[:5]


def test_terms_appendices_and_search(out, visitor):
    reader = visitor()
    page = reader.open(f"{LESSONS[1]}.html")
    word = page.locator(".course-term [role=button]").first
    tip = page.locator(f"#{word.get_attribute('aria-describedby')}")
    for open_it in (word.focus, word.hover, word.click, lambda: word.press("Enter")):
        open_it()
        assert tip.is_visible()
        word.press("Escape")
        assert not tip.is_visible()
        page.mouse.move(0, 0)
    appendix = page.locator("section:has(> details.course-deeper)").last
    assert not appendix.locator("details").first.evaluate("part => part.open")
    page.evaluate("id => { location.hash = id; }", appendix.get_attribute("id"))
    page.wait_for_function("id => document.getElementById(id).querySelector('details').open",
                           arg=appendix.get_attribute("id"))  # fmt: skip
    page = reader.open("search.html?q=warmup")
    page.locator("#search-results li a").first.wait_for()


def test_every_link_inside_the_site_leads_somewhere(out):
    texts = {name: (out / name).read_text() for name in pages(out)}
    ids = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in texts.items()}
    dead = []
    for name, text in texts.items():
        for link in map(html.unescape, re.findall(r'<a [^>]*?href="([^"]*)"', text)):
            place = urllib.parse.urlsplit(link)
            target = urllib.parse.unquote(place.path) or name
            broken = re.fullmatch(r"id\d+", place.fragment)  # of a docstring, which the build reports
            if place.scheme or broken or place.fragment == "" and target == name:
                continue
            if not (out / target).exists():
                dead.append(f"{name}: {link}")
            elif place.fragment and target in ids and urllib.parse.unquote(place.fragment) not in ids[target]:
                dead.append(f"{name}: {link}")
    assert dead == []
