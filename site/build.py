"""Build the site: `python site/build.py` makes `build/site/` from the committed notebooks.

`--decks`: only the slides and handouts, in `build/decks/`. `06 07`: only these lessons.
"""

import argparse
import gzip
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
sys.path[:0] = [str(ROOT), str(SITE)]

import decks  # noqa: E402
import front  # noqa: E402
import gallery  # noqa: E402
import nbformat  # noqa: E402
import pages  # noqa: E402
import reference  # noqa: E402
import sliders  # noqa: E402
import slim  # noqa: E402

NOTEBOOKS, WIDGETS = ROOT / "notebooks", ROOT / "lrlib/widgets"
GLOSSARY, SHEET = NOTEBOOKS / "glossary.md", NOTEBOOKS / "sheet.html"
BUILD = ROOT / "build"
SOURCE, OUT, DECKS = BUILD / "site_source", BUILD / "site", BUILD / "decks"
STATIC = SOURCE / "_static"
OWN = ("course.css", "course.js", "deck.css", "handout.css")
PLAIN = ("check", "control", "drop", "record", "step")
MATHJAX = ("tex-chtml.js", "output/chtml", "tex-svg.js")  # all that pages and slides ask for


def lesson(path):
    """Write one lesson, its pictures and tables, its deck and handout; what the front page asks."""
    page = pages.Page(path)
    (DECKS / f"{path.stem}.slides.html").write_text(decks.deck(page))
    (DECKS / f"{path.stem}.handout.html").write_text(decks.handout(page))
    page.cells[0].source += front.links(path.stem, front.repository(ROOT))
    nbformat.write(page.notebook, SOURCE / path.name)
    for name, explorer in page.tables:
        page.files[name] = sliders.table(explorer)[0]
    for name, data in page.files.items():
        write(name, data)
    sizes = {name: len(data) for name, data in page.files.items() if name.endswith(".bin")}
    return front.told(page), sizes


def write(name, data):
    target = STATIC / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def package(name):
    """The folder of an installed package."""
    return Path(importlib.util.find_spec(name).origin).parent


def lay():
    """The scripts, styles and packages that pages and slides use."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.rmtree(DECKS, ignore_errors=True)
    STATIC.mkdir(parents=True)
    DECKS.mkdir()
    shutil.copy(SITE / "conf.py", SOURCE)
    for name in OWN:
        shutil.copy(SITE / name, STATIC)
    (STATIC / "deck.js").write_text(decks.script(SITE, WIDGETS))
    (STATIC / "widgets").mkdir()
    for path in WIDGETS.glob("*.js"):
        shutil.copy(path, STATIC / "widgets")
    for name in MATHJAX:
        found, target = package("sphinx-mathjax-offline") / "static/mathjax" / name, STATIC / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if found.is_dir() else shutil.copy)(found, target)
    for name in ("reveal.js", "reveal.css"):
        dist = package("sphinx_revealjs") / "_static/revealjs/dist"
        write(f"reveal/{name}", (dist / name).read_bytes())


def make_decks(lessons, printing):
    """The folder with all decks: it needs nothing beside itself. `printing`: the handouts, too."""
    decks.lay(DECKS, STATIC)
    papers = [DECKS / f"{path.stem}.handout.html" for path in lessons if printing]
    if SHEET.exists():
        papers.append(DECKS / SHEET.name)
        papers[-1].write_text(front.unlinked(SHEET.read_text()))
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        printed = list(workers.map(decks.to_pdf, papers, [p.with_suffix(".pdf") for p in papers]))
    if not all(printed):
        print("no Chromium here: print handouts and sheet from a browser")
    (DECKS / "index.html").write_text(front.deck_list(lessons, DECKS))


def library():
    """The pages about `lrlib`: the gallery and the reference."""
    (SOURCE / "gallery.md").write_text(gallery.page(write))
    for room in reference.ROOMS:
        (SOURCE / f"api_{room}.md").write_text(reference.page(room))


def make_site(lessons, told):
    """Sphinx's part, and the decks beside the pages."""
    shutil.copy(GLOSSARY, SOURCE)
    (STATIC / "terms.json").write_text(json.dumps(terms(), ensure_ascii=False))
    sheet = next((end for end in ("pdf", "html") if (DECKS / f"sheet.{end}").exists()), None)
    about = front.index(lessons, told, front.repository(ROOT), sheet, ROOT)
    (SOURCE / "index.md").write_text(about)
    whole = len(lessons) == len([*NOTEBOOKS.glob("*.ipynb")])  # a part has links to what is not built
    strict = ("-W", "--keep-going") if whole else ()
    command = [sys.executable, "-m", "sphinx", "-q", "-E", *strict, "-d", BUILD / "doctrees", SOURCE, OUT]
    subprocess.run(list(map(str, command)), check=True)
    slim.icons(OUT)
    shutil.copy(DECKS / "index.html", OUT / "slides.html")
    for path in [*DECKS.glob("*.slides.html"), *DECKS.glob("*.handout.*"), *DECKS.glob("sheet.*")]:
        shutil.copy(path, OUT)
    if SHEET.exists():
        (OUT / SHEET.name).write_text(front.sheet(SHEET.read_text()))
    for path in sorted(OUT.glob("[0-9]*.html")):
        print(f"{path.name}: {len(gzip.compress(path.read_bytes())) // 1000} kB compressed")


def terms():
    """The glossary's terms and their definitions, for the text: those that are also plain words, or
    the names of two things, would be marked where they mean something else."""
    rows = re.findall(r"^\| \[([^\]]+)\]\([^)]*\) \| ([^|]+) \|", GLOSSARY.read_text(), re.M)
    names = {re.sub(r" \([^)]*\)", "", name): about.strip() for name, about in rows}
    return {name: about for name, about in names.items() if "," not in name and name not in PLAIN}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decks", action="store_true")
    parser.add_argument("lessons", nargs="*", default=[""])
    wanted, start = parser.parse_args(), time.time()
    def since():
        return f"{time.time() - start:.0f} s"

    lessons = sorted({p for some in wanted.lessons for p in NOTEBOOKS.glob(f"{some}*.ipynb")})
    lay()
    with ProcessPoolExecutor(os.cpu_count()) as workers:  # from the end, where the longest are
        begun = workers.map(lesson, reversed(lessons))
        if not wanted.decks:
            workers.submit(library).result()
        told, sizes = zip(*reversed([*begun]))
    for name, size in (pair for each in sizes for pair in each.items()):
        print(f"{name}: {size // 1000} kB")
    print(f"lessons: {since()}")
    make_decks(lessons, wanted.decks)
    print(f"{DECKS}: {since()}")
    if not wanted.decks:
        make_site(lessons, told)
        print(f"{OUT}: {since()}")


if __name__ == "__main__":
    main()
