"""The front page, the list of decks, and the links to where this repository is.

Nothing is written twice: the lessons' questions come from the README, the routes from lesson 00, the
address from the repository in which the site is built.
"""

import html
import os
import re
import subprocess

import nbformat
import pages
import reference

TITLE = "Learning-rate schedules"
ABOUT = (
    "A course on how to choose and schedule a learning rate: every claim is derived, measured, or "
    "marked as taken from the literature. Nothing to install: predict, move the sliders, draw, and "
    "see at once what a schedule does."
)
GITHUB = re.compile(r"(?:https://(?:[^@/]*@)?|(?:ssh://)?git@)github\.com[:/]([^/]+/[^/]+?)(?:\.git)?/?$")
ROW = re.compile(r"^\| (\d\d) \| \[(.+?)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \|$", re.M)


def repository(root):
    """OWNER/NAME of this clone on GitHub, or None: nobody writes an address by hand."""
    if os.environ.get("GITHUB_REPOSITORY"):
        return os.environ["GITHUB_REPOSITORY"]
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    found = GITHUB.match(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    return found and found[1]


def places(source, stem):
    """A lesson at other places, as HTML links: to run it, and its source."""
    if not source:
        return []
    notebook = f"notebooks/{stem}.ipynb"
    return [
        link(f"https://mybinder.org/v2/gh/{source}/HEAD?urlpath=lab/tree/my_lessons/{stem}.ipynb", "run it on Binder"),
        link(f"https://colab.research.google.com/github/{source}/blob/main/{notebook}", "in Colab"),
        link(f"https://github.com/{source}/blob/main/{notebook}", "its source"),
    ]


def link(address, words):
    return f'<a href="{address}">{words}</a>'


def links(stem, source):
    """Below the head of a lesson's page: its slides, and where else it can be opened."""
    here = [link(f"{stem}.slides.html", "slides"), link(f"{stem}.handout.html", "handout")]
    colab = f'<br>On Colab run <code>%pip install "lrlib[lab] @ git+https://github.com/{source}"</code> first.'
    shown = " · ".join([*here, *places(source, stem)]) + (colab if source else "")
    return f'\n\n<p class="course-places">{shown}</p>'


def told(page):
    """What the front page says of a lesson: its minutes, and how much there is to do in it."""
    shown = "".join(str(output.data) for cell in page.cells for output in cell.get("outputs", []))
    done = len(re.findall(r'class="course-(?:prediction|slider|draw)"', shown))
    done += len(re.findall(r'class="course-exercise"[^>]*>(?:(?!</script>).)*?"right":', shown))
    drawn = [output.data["text/html"] for cell in page.cells for output in cell.get("outputs", [])
             if 'class="course-draw"' in output.data.get("text/html", "")]  # fmt: skip
    return {"minutes": pages.minutes(page.notebook), "things": done, "drawn": (drawn or [""])[0]}


def index(lessons, facts, source, sheet, root):
    """The front page as MyST."""
    known = {stem: (title, question) for _, title, stem, question in ROW.findall((root / "README.md").read_text())}
    rows = []
    for path, fact in zip(lessons, facts):
        heading = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
        number, _, name = heading.removeprefix("# ").partition(" · ")
        title, question = known.get(path.stem, (name, ""))
        kept = f'<br><span data-lesson="{path.stem}" data-things="{fact["things"]}"></span>'
        rows.append(f"| [{number} {title}]({path.name}){kept} | {question} | {fact['minutes'][0]} |")
    more = [
        "[glossary](glossary.md)", "[all schedules](gallery.md)", "[reference](api_schedules.md)",
        link("slides.html", "slides and handouts"),
    ]  # fmt: skip
    more += [link("sheet.pdf", "the sheet (PDF)")] if (sheet == "pdf") else []
    more += [link("sheet.html", "the sheet")] if (sheet == "html") else []
    more += [link(f"https://github.com/{source}", "the source")] if source else []
    names = "\n".join([*(path.stem for path in lessons), "glossary", "gallery"])
    rooms = "\n".join(f"api_{room}" for room in reference.ROOMS)
    return "\n\n".join([
        f"# {TITLE}", ABOUT, facts[0]["drawn"], "## The lessons",
        "| lesson | the question | min |\n|---|---|---|\n" + "\n".join(rows),
        'What you predict, move and solve is kept on this device alone. '
        '<button type="button" class="course-button course-forget">Forget what I did here</button>',
        "## Routes", routes(lessons[0]), "## More", " · ".join(more),
        "## Run it yourself", _runs(source, lessons[0].stem),
        f"```{{toctree}}\n:hidden:\n\n{names}\n```",
        f"```{{toctree}}\n:hidden:\n:caption: lrlib\n\n{rooms}\n```\n",
    ])  # fmt: skip


def _runs(source, stem):
    """Where experiments and exercises in code can be run."""
    copy = f"a copy of {link(f'https://github.com/{source}', 'the repository')}" if source else "a copy of the repository"
    there = " Without one: " + ", ".join(places(source, stem)[:2]) + "." if source else ""
    return (
        "Experiments of your own and exercises that want code run in the notebooks of these pages. On a "
        f"computer with Python, in {copy}, `make lab` installs what is missing and opens the first "
        f"lesson; its README says what else there is.{there}"
    )


def sheet(text):
    """The sheet with links to the site's pages and their headings."""
    link = re.compile(r'href="(\d\d_\w+)\.ipynb(?:#([^"]*))?"')
    return link.sub(lambda m: f'href="{m[1]}.html{"#" + pages.anchor(m[2]) if m[2] else ""}"', text)


def unlinked(text):
    """HTML without links to files: a printed one would name a folder of this machine."""
    return re.sub(r'(<a [^>]*?)\s*href="(?!https?:|#)[^"]*"', r"\1", text)


def routes(first):
    """The table of routes in the map of lesson 00."""
    cells = nbformat.read(first, as_version=4).cells
    tables = [re.search(r"^\| you have \|.*?(?=\n\n|\Z)", cell.source, re.M | re.S) for cell in cells]
    table = next((found[0] for found in tables if found), "")
    return pages.SHEET.sub(r'<a href="sheet.html">\1</a>', table)


def deck_list(lessons, here):
    """A page with links to all decks and handouts, for the site and for the folder of decks."""
    items = []
    for path in lessons:
        name = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].removeprefix("# ")
        kinds = {"slides.html": "slides", "handout.pdf": "handout (PDF)", "handout.html": "handout"}
        found = [link(f"{path.stem}.{end}", words) for end, words in kinds.items()
                 if (here / f"{path.stem}.{end}").exists()]  # fmt: skip
        items.append(f"<li>{html.escape(name)}: {' · '.join(found[:2])}</li>")
    sheet = next((link(n, "The sheet") for n in ("sheet.pdf", "sheet.html") if (here / n).exists()), "")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{TITLE}: slides</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="_static/handout.css"></head>\n<body class="handout">'
        f"<h1>{TITLE}: slides</h1>\n<ul>\n" + "\n".join(items) + f"\n</ul>\n<p>{sheet}</p>\n"
        "<p>Arrow keys or a clicker turn the slides, Esc shows them all, F fills the screen. On a "
        "slider the arrow keys move it; Esc gives them back to the slides. What a slide calls “Deeper” is "
        "an appendix of the lesson's page.</p></body></html>\n"
    )
