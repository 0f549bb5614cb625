"""A lesson's core as slides, the same elements alive on them, and as a handout on A4.

A deck is one page with its own copies of reveal.js and MathJax. It runs from a folder or a USB stick
opened with a double click, where a browser loads no module and fetches no file: so the scripts are
one classic script, and each slider's table is a script beside the table.
"""

import html
import re
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tests import lesson_load, notebook_form

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{styles}
<script>
window.MathJax = {{ tex: {{ inlineMath: [['\\\\(', '\\\\)']], displayMath: [['\\\\[', '\\\\]']] }},
  svg: {{ fontCache: 'local' }}, options: {{ enableMenu: false }} }};
</script>
<script defer src="_static/mathjax/tex-svg.js"></script>
</head>
"""
DECK = """<body class="deck">
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="_static/reveal/reveal.js"></script>
<script src="_static/deck.js"></script>
</body>
</html>
"""
HANDOUT = """<body class="handout">
{slides}
<section class="answers"><h2>Answers</h2>
{answers}
</section>
</body>
</html>
"""
STYLES = {"deck": ("reveal/reveal.css", "course.css", "deck.css"), "handout": ("handout.css",)}
TO_RUN = re.compile(r"""\s*(?:<em>)?[^.<>"“”?!]*\b[Rr]un th(?:is|e) cell[^.<>"]*\.(?:</em>)?""")
ANSWER = re.compile(r'<details class="course-answer"[^>]*>.*?</details>', re.S)
FOLD = '<details class="course-answer">'
SUMMARY = re.compile(r"<summary>The answer to “(.*?)”.*?</summary>", re.S)
TEMPTING = re.compile(r"(<strong>Answer:</strong>(?:(?!<ul>).)*)(<ul>.*?</ul>)", re.S)
NEEDED = re.compile(r"_static/((?:pictures|tables)/[\w.-]+)")
MODULE = re.compile(r"^import (\w*)(?:, )?(?:\{ (.+?) \})? from '\./(.+?)';$", re.M)
EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.M)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         "--virtual-time-budget=20000")  # fmt: skip
PRINT_SECONDS = 60
LINES = 20  # of code on a slide, at most


def deck(page):
    """The HTML of a lesson's deck. `page`: a `pages.Page`."""
    slides = "\n".join(
        "<section>{}</section>".format("\n".join(f"<section>{s}</section>" for s in column))
        for column in columns(page)
    )
    slides = ANSWER.sub(lambda found: asked(found[0]), slides)
    slides = slides.replace(' loading="lazy"', "")
    slides = re.sub(r'<img (?=[^>]*src="_static/([^"]+)")', lambda m: film(m, page), slides)
    return head("deck", page) + DECK.format(slides=slides)


def asked(answer):
    """A folded answer below its question, with a control that a class of any size can see."""
    question = SUMMARY.search(answer)
    answer = SUMMARY.sub("<summary>Show the answer</summary>", answer, count=1)
    answer = TEMPTING.sub(r"\1<details><summary>Why the others tempt</summary>\2</details>", answer)
    return f"<p><b>{question[1]}</b></p>\n{answer}" if question else answer


def handout(page):
    """The same slides for paper; the answers stand behind them."""
    whole = [f"<section>{slide}</section>" for column in columns(page) for slide in column]
    text = re.sub(r"<script type=.application/json.>.*?</script>", "", "\n".join(whole), flags=re.S)
    text = re.sub(r'<a href="(?!http)[^"]*">(.*?)</a>', r"\1", text)  # paper leads nowhere
    text = text.replace(' loading="lazy"', "")
    answers = [SUMMARY.sub(r"<h3>\1</h3>", found) for found in ANSWER.findall(text)]
    answers = [re.sub(r"</?details[^>]*>", "", answer) for answer in answers]
    answers = [re.sub(r"<summary>(.*?)</summary>", r"<h3>\1</h3>", answer) for answer in answers]
    text = ANSWER.sub("", text)
    text = re.sub(r"<section>\s*</section>\n?", "", text)
    return head("handout", page) + HANDOUT.format(slides=text, answers="<hr>".join(answers))


def head(kind, page):
    styles = "\n".join(f'<link rel="stylesheet" href="_static/{name}">' for name in STYLES[kind])
    title = page.cells[0].source.splitlines()[0].removeprefix("# ")
    return HEAD.format(title=html.escape(title), styles=styles)


def film(found, page):
    """Marks the films, which play when their slide comes."""
    moves = b"acTL" in page.files.get(found[1], b"")[:80]
    return '<img data-film="" ' if moves else "<img "


def columns(page):
    """The slides as HTML: cells of the kind `slide` begin a column, `subslide` go below, and so does
    the second code of a slide. What is printed with an answer stays folded with it."""
    core, _ = lesson_load.core(page.notebook)
    found = []
    for cell in filter(notebook_form.on_a_slide, core):
        shown, below = (TO_RUN.sub("", part).replace("<details>", FOLD) for part in _shown(cell))
        kind = cell.metadata["slideshow"]["slide_type"]
        if kind == "slide" or not found:
            found.append([""])
        elif kind == "subslide" or shown.startswith("<pre>") and "<pre>" in found[-1][-1]:
            found[-1].append("")
        before, folded, after = found[-1][-1].rpartition("</details>")
        if kind == "-" and folded and "data-of=" in before and not after.strip() and FOLD not in shown:
            found[-1][-1] = before + shown + folded
        else:
            found[-1][-1] += f'<div class="fragment">{shown}</div>' if kind == "fragment" else shown
        found[-1] += [below] if below else []
    return [[slide for slide in column if slide.strip()] for column in found]


def _shown(cell):
    """A cell as HTML, and what of it comes a slide later: the cause of a case. Code is shown where it
    gives no picture."""
    if cell.cell_type == "markdown":
        return markdown(cell.source), ""
    data = [output.data for output in cell.outputs]
    gave = [each["text/html"] if "text/html" in each else markdown(each["text/markdown"]) for each in data]
    if "course-prediction" in "".join(gave):
        fold = next((k for k, part in enumerate(gave) if part.startswith("<details>")), len(gave))
        return "".join(gave[:fold]), "".join(gave[fold:])
    folded = cell.metadata.get("jupyter", {}).get("source_hidden") or "remove-input" in cell.metadata.get("tags", [])
    if not folded and "<img" not in "".join(gave) and len(cell.source.splitlines()) <= LINES:
        gave.insert(0, f"<pre>{html.escape(cell.source)}</pre>")
    return "".join(gave), ""


def markdown(text):
    """Markdown with formulas as HTML; the formulas are left to MathJax. A link to another lesson
    leads to its deck; what else a link leads to is not in this folder."""
    text = re.sub(r"\]\((\d\d_\w+)\.(?:ipynb|html)[^)]*\)", r"](\1.slides.html)", text)
    text = re.sub(r'<a href="index\.html[^"]*">(.*?)</a>', r"\1", text)
    text = re.sub(r"(?<!!)\[([^\]\[]+)\]\((?!http|\d\d_\w+\.slides)[^)]*\)", r"\1", text)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(dollarmath_plugin, renderer=_formula, allow_digits=True)
    return parser.render(text)


def _formula(content, options):
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return left + html.escape(content) + right


def script(site, widgets):
    """`course.js` and the modules that it imports as one classic script, behind `deck.js`."""
    first, course = (site / "deck.js").read_text(), (site / "course.js").read_text()
    imported = MODULE.findall(course)
    modules = [_module(name, (widgets / Path(name).name).read_text()) for _, _, name in imported]
    bound = []
    for default, names, name in imported:
        default = f"default: {default}, " if default else ""
        bound.append(f"const {{ {default}{names} }} = modules['{name}'];")
    body = "\n".join([*bound, MODULE.sub("", course)])
    return "\n".join([first, "const modules = {};", *modules, "(() => {", body, "})();\n"])


def _module(name, source):
    names = EXPORT.findall(source)
    source = re.sub(r"^export (?!default)", "", source, flags=re.M)
    source = source.replace("export default", "const theDefault =")
    default = "default: theDefault, " if "const theDefault" in source else ""
    return f"modules['{name}'] = (() => {{\n{source}\nreturn {{ {default}{', '.join(names)} }};\n}})();"


def lay(folder, static):
    """Put beside the decks of `folder` what they need from a folder with all of it."""
    for name in ("reveal/reveal.css", "reveal/reveal.js", "mathjax/tex-svg.js", "deck.js",
                 "course.css", "deck.css", "handout.css"):  # fmt: skip
        _copy(static / name, folder / "_static" / name)
    for name in {n for path in folder.glob("*.html") for n in NEEDED.findall(path.read_text())}:
        target = folder / "_static" / name
        _copy(static / name, target)
        if name.startswith("tables/"):  # a page that is opened as a file cannot fetch it
            data = b64encode(target.read_bytes()).decode()
            target.with_suffix(".js").write_text(f"table('_static/{name}', '{data}');\n")


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def to_pdf(path, target):
    """Print a page with the Chromium of this machine; whether there is one."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        return False
    subprocess.run(
        [program, *FLAGS, f"--print-to-pdf={target}", path.resolve().as_uri()],
        check=True, capture_output=True, timeout=PRINT_SECONDS,
    )  # fmt: skip
    return True
