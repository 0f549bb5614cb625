"""Build the site: `python site/build.py` makes `build/site/` from the committed notebooks."""

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
import nbformat  # noqa: E402
import pages  # noqa: E402
import reference  # noqa: E402
import sliders  # noqa: E402
import slim  # noqa: E402

GLOSSARY = ROOT / "notebooks/glossary.md"
BUILD = ROOT / "build"
SOURCE, OUT = BUILD / "site_source", BUILD / "site"
DECKS = BUILD / "decks"
STATIC = SOURCE / "_static"
OWN = ("course.css", "course.js", "deck.css")
MATHJAX = ("tex-chtml.js", "output/chtml")  # all that a page asks for


def lesson(path):
    """Write one lesson, its pictures and its tables; returns the files' names."""
    page = pages.Page(path)
    nbformat.write(page.notebook, SOURCE / path.name)
    (DECKS / f"{path.stem}.slides.html").write_text(decks.deck(page))
    for name, explorer in page.tables:
        page.files[name] = sliders.table(explorer)[0]
    for name, data in page.files.items():
        target = STATIC / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return sorted(page.files)


def main():
    start = time.time()
    shutil.rmtree(SOURCE, ignore_errors=True)
    STATIC.mkdir(parents=True)
    DECKS.mkdir(exist_ok=True)
    shutil.copy(SITE / "conf.py", SOURCE)
    for name in OWN:
        shutil.copy(SITE / name, STATIC)
    for script in (ROOT / "lrlib/widgets").glob("*.js"):
        (STATIC / "widgets").mkdir(exist_ok=True)
        shutil.copy(script, STATIC / "widgets")
    packed = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent
    for name in MATHJAX:
        found, target = packed / "static/mathjax" / name, STATIC / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if found.is_dir() else shutil.copy)(found, target)
    shutil.copy(GLOSSARY, SOURCE)
    reveal = Path(importlib.util.find_spec("sphinx_revealjs").origin).parent
    shutil.copytree(reveal / "_static/revealjs/dist", STATIC / "reveal")
    (STATIC / "terms.json").write_text(json.dumps(terms(), ensure_ascii=False))
    wanted = sys.argv[1:] or ["[0-9]"]
    lessons = sorted(p for some in wanted for p in (ROOT / "notebooks").glob(f"{some}*.ipynb"))
    (SOURCE / "gallery.md").write_text(reference.gallery(picture))
    for room in reference.ROOMS:
        (SOURCE / f"api_{room}.md").write_text(reference.reference(room))
    (SOURCE / "index.md").write_text(index(lessons))
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        files = sum(workers.map(lesson, lessons), [])
    for name in files:
        if name.endswith(".bin"):
            data = (STATIC / name).read_bytes()
            print(f"{name}: {len(data) // 1000} kB")
    print(f"sources: {time.time() - start:.0f} s")
    places = {"COURSE_SITE": str(SITE), "COURSE_ROOT": str(ROOT)}
    subprocess.run(
        env=os.environ | places,
        args=[sys.executable, "-m", "sphinx", "-q", "-E", str(SOURCE), str(OUT)], check=True
    )
    slim.icons(OUT)
    for path in DECKS.glob("*.html"):
        shutil.copy(path, OUT)
    for page in sorted(OUT.glob("[0-9]*.html")):
        print(f"{page.name}: {len(gzip.compress(page.read_bytes())) // 1000} kB compressed")
    print(f"{OUT}: {time.time() - start:.0f} s")


def picture(name, data, words):
    """Keep a picture of the gallery; the HTML that shows it."""
    target = STATIC / "pictures" / f"gallery-{name}.png"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
    return reference.picture_html(f"pictures/{target.name}", words)


def terms():
    """The glossary's terms and their definitions: what stands before a comma or a bracket."""
    rows = re.findall(r"^\| \[([^\]]+)\]\([^)]*\) \| ([^|]+) \|", GLOSSARY.read_text(), re.M)
    return {re.split(r",| \(", name)[0]: about.strip() for name, about in rows}


def index(lessons):
    """The front page: what stands in the README's table of lessons, and the contents."""
    readme = (ROOT / "README.md").read_text()
    table = readme.split("## The lessons")[1].split("\n\n")[1]
    table = table.replace("(notebooks/", "(")
    names = "\n".join([*(path.stem for path in lessons), "glossary", "gallery"])
    rooms = "\n".join(f"api_{room}" for room in reference.ROOMS)
    return (
        "# Learning-rate schedules\n\nA course in which every claim is derived or measured, and "
        "every slider has a question to answer. Nothing to install: predict, move, draw.\n\n"
        f"{table}\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n\n"
        f"```{{toctree}}\n:hidden:\n:caption: lrlib\n\n{rooms}\n```\n"
    )


if __name__ == "__main__":
    main()
