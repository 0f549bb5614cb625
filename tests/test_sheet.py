"""The sheet: one page of A4 in greys, on which every number, curve and link is held to its source."""

import html
import io
import os
import re
from urllib.parse import unquote

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread

import lrlib as lr
import my_lessons
from tests import browser, sheet

TEXT = sheet.SHEET.read_text(encoding="utf-8")
BODY = TEXT[TEXT.index("<body>") :]
LINKS = re.findall(r'href="([^"]+)"', TEXT)
NUMBERS = re.findall(r'<span class="n" data-from="([^"]+)" data-line="([^"]+)">(.+?)</span>', BODY)
MM = 96 / 25.4  # pixels of a browser
SIZE = 7.5 * 96 / 72  # pixels: 7.5 points
GREEK = {"eta": "η", "lambda": "λ", "sigma": "σ", "gamma": "γ", "pi": "π", "beta": "β", "tau": "τ"}


def words(markup):
    """What a reader sees of a piece of the page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def cells(name):
    return nbformat.read(sheet.SHEET.with_name(name), as_version=4).cells


def lines(name):
    """All lines of a lesson, written or printed, with one kind of minus."""
    for cell in cells(f"{name}.ipynb"):
        texts = [cell.source]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts += [
                output.get("text", ""),
                data.get("text/markdown", ""),
                data.get("text/plain", ""),
            ]
            texts.append(html.unescape(re.sub(r"<[^>]+>", "", data.get("text/html", ""))))
        for text in texts:
            yield from text.replace("−", "-").splitlines()


def anchors(name):
    """The anchors of a file's headings, as JupyterLab names them."""
    if name.endswith(".md"):
        text = sheet.SHEET.with_name(name).read_text(encoding="utf-8")
    else:
        text = "\n".join(cell.source for cell in cells(name) if cell.cell_type == "markdown")
    headings = re.findall(r"^#{1,6} +(.+?) *$", text, flags=re.M)
    return {re.sub(r"[`*$]", "", heading).replace(" ", "-") for heading in headings}


@pytest.fixture(scope="module")
def page():
    if browser.chromium() is None and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("no Chromium on this machine: the sheet was not printed")
    assert browser.chromium(), "no Chromium found, and REQUIRE_BROWSER is set"
    with browser.browser_page() as page:
        yield page


@pytest.fixture
def printed(page):
    """The sheet as it lies on paper: as wide as the page between its margins."""
    page.goto(sheet.SHEET.as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round((210 - 22) * MM), "height": round(297 * MM)})
    yield page
    page.emulate_media(media="screen")


# Text that leaves the box it stands in, or the page; by half a pixel it may.
OUTSIDE = """() => {
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, range = document.createRange();
        if (!text.data.trim()) continue;
        const box = text.parentElement.closest('p, dt, dd, li, h1, h2, footer').getBoundingClientRect();
        range.selectNodeContents(text);
        for (const at of range.getClientRects())
            if (at.left < box.left - .5 || at.right > box.right + .5 || at.right > innerWidth + .5)
                found.push(text.data.trim());
    }
    return found;
}"""
SMALLEST = """() => {
    const sizes = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
        if (texts.currentNode.data.trim())
            sizes.push([parseFloat(getComputedStyle(texts.currentNode.parentElement).fontSize),
                        texts.currentNode.data.trim()]);
    return sizes.sort((a, b) => a[0] - b[0])[0];
}"""


def test_it_is_printed_on_exactly_one_page_of_a4(page):
    pdf = sheet.pdf(page)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox\s*\[([\d. ]+)\]", pdf)[1].split()
    assert np.allclose([float(x) for x in box], [0, 0, 210 * 72 / 25.4, 297 * 72 / 25.4], atol=0.5)


def test_nothing_on_paper_leaves_its_box_and_other_fonts_find_room(printed):
    assert printed.evaluate(OUTSIDE) == []
    used = printed.evaluate("document.body.getBoundingClientRect().height") / MM
    assert 250 < used < 297 - 8.5 - 7 - 4


def test_on_paper_nothing_is_smaller_than_seven_and_a_half_points(printed):
    size, text = printed.evaluate(SMALLEST)
    assert size > SIZE - 0.05, text


def test_all_colours_are_grey(printed):
    pixels = imread(io.BytesIO(printed.screenshot(full_page=True)))[..., :3]
    assert pixels.min() == 0 and pixels.max() == 1
    assert np.ptp(pixels, axis=-1).max() == 0


def test_on_a_phone_nothing_is_scrolled_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(sheet.SHEET.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALLEST)[0] >= 12


def test_it_asks_for_nothing_and_runs_nothing(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(sheet.SHEET.as_uri())
    page.wait_for_load_state("networkidle")
    assert asked == [sheet.SHEET.as_uri()]
    assert "<script" not in TEXT and "://" not in TEXT and "url(" not in TEXT


def test_the_small_curves_are_the_rates_of_the_library():
    assert sheet.drawn(TEXT) == TEXT, "python -m tests.sheet draws them"
    curves = sheet.CURVE.findall(TEXT)
    assert len(curves) >= 14
    for _, expression, drawn in curves:
        schedule = eval(html.unescape(expression), {"lr": lr})
        t, height = np.array(re.findall(r"[\d.]+", drawn), float).reshape(-1, 2).T
        assert t.tolist() == list(range(round(schedule.T)))
        used = [schedule(step) for step in range(len(t))]
        assert np.allclose((sheet.BOTTOM - height) / (sheet.BOTTOM - sheet.TOP), used, atol=3e-4)


@pytest.mark.parametrize("lesson, said, number", NUMBERS)
def test_a_number_stands_in_its_lesson(lesson, said, number):
    number = words(number).replace("−", "-")
    assert any(said in line and number in line for line in lines(lesson))


def test_no_measured_number_goes_without_its_source():
    assert len(NUMBERS) == TEXT.count('class="n"') >= 14
    rest = re.sub(r'<span class="n".+?</span>', "", BODY)
    assert "%" not in words(rest)


@pytest.mark.parametrize("link", sorted({*LINKS}))
def test_a_link_leads_to_a_heading(link):
    name, _, anchor = unquote(link).partition("#")
    assert sheet.SHEET.with_name(name).exists()
    assert anchor in anchors(name)


def test_each_answer_has_a_curve_and_evidence_and_each_trap_and_formula_its_lesson():
    leaves = re.findall(r'<div class="leaf">.+?</p></div>', BODY, flags=re.S)
    traps = re.findall(r"<li>(.+?)</li>", BODY[BODY.index('class="traps"') :], flags=re.S)
    formulas = re.findall(r"<dt>(.+?)</dt>", BODY)
    assert len(leaves) == 7 and len(traps) >= 10 and len(formulas) >= 10
    assert all("data-schedule" in leaf for leaf in leaves)
    for part in leaves + traps + formulas:
        lesson, shown = re.search(
            r'class="at" href="(\d\d)_\w+\.ipynb#[^"]+"[^>]*>(\d\d)', part
        ).groups()
        assert lesson == shown


def test_the_six_questions_are_those_of_the_last_lesson():
    table = [re.match(r"\| (\d)\. ([^|]+) \|", line) for line in lines("12_finale")]
    theirs = [re.sub(r"[$*]", "", row[2]) for row in table if row]
    ours = [words(ask) for ask in re.findall(r'<div class="ask">.*?</i><b>(.+?)</b>', BODY)]
    assert len(ours) == len(theirs) == 6
    for question, full in zip(ours, theirs):
        assert full.startswith(question.removesuffix("?")), full


def test_its_symbols_are_those_of_the_glossary():
    table = sheet.SHEET.with_name("glossary.md").read_text(encoding="utf-8").split("## Symbols")[1]
    rows = "".join(re.findall(r"^\|([^|]+\|[^|]+)\|", table, flags=re.M))
    known = re.findall(r"[A-Za-z]+", " ".join(re.findall(r"\$(.+?)\$", rows)))
    known = {GREEK.get(name, name) for name in known} | {"cos"}
    assert {*re.findall(r"<mi[^>]*>(.+?)</mi>", BODY)} <= known


def test_learners_get_it_and_its_links_work_there(tmp_path):
    my_lessons.update(copy=tmp_path)
    assert (tmp_path / sheet.SHEET.name).read_text(encoding="utf-8") == TEXT
    assert all((tmp_path / link.partition("#")[0]).exists() for link in LINKS)
