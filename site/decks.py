"""A lesson's core as slides: the cells that its notebook marks, the same elements alive on them.

A deck is one page that uses the site's own files (reveal.js, MathJax, `course.js`), so that it runs
in a lecture hall without network. Cells of the kind `slide` stand in a row, `subslide` below.
"""

import html

import pages
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tests import lesson_load

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="_static/reveal/reveal.css">
<link rel="stylesheet" href="_static/reveal/theme/white.css">
<link rel="stylesheet" href="_static/course.css">
<link rel="stylesheet" href="_static/deck.css">
<script>
window.MathJax = {{ tex: {{ inlineMath: [['\\\\(', '\\\\)']], displayMath: [['\\\\[', '\\\\]']] }} }};
</script>
<script defer src="_static/mathjax/tex-chtml.js"></script>
</head>
<body class="deck">
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="_static/reveal/reveal.js"></script>
<script type="module" src="_static/course.js"></script>
<script>
Reveal.initialize({{ width: 1280, height: 720, margin: 0.02, center: false, hash: true,
  slideNumber: 'c/t', transition: 'none', pdfSeparateFragments: false }});
</script>
</body>
</html>
"""


def deck(page):
    """The HTML of a lesson's deck. `page`: a `pages.Page`."""
    core, _ = lesson_load.core(page.notebook)
    columns = []
    for cell in core:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "skip")
        if kind in ("skip", "notes"):
            continue
        shown = "".join(_shown(cell))
        if kind == "slide":
            columns.append([[]])
        elif kind == "subslide":
            columns[-1].append([])
        columns[-1][-1].append(
            f'<div class="fragment">{shown}</div>' if kind == "fragment" else shown
        )
    slides = "\n".join(
        "<section>{}</section>".format(
            "\n".join(f"<section>{''.join(cells)}</section>" for cells in column)
        )
        for column in columns
    )
    title = page.cells[0].source.splitlines()[0].removeprefix("# ")
    return PAGE.format(title=html.escape(title), slides=slides)


def _shown(cell):
    """A cell as HTML: prose, or what the code gave; code itself is for the lesson's page."""
    if cell.cell_type == "markdown":
        yield markdown(cell.source)
        return
    for output in cell.outputs:
        data = output.data
        yield data["text/html"] if "text/html" in data else markdown(data["text/markdown"])


def markdown(text):
    """Markdown with formulas as HTML; the formulas are left to MathJax."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(dollarmath_plugin, renderer=_formula, allow_digits=True)
    return parser.render(text)


def _formula(content, options):
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return left + html.escape(content) + right


if __name__ == "__main__":  # a look at one deck: python site/decks.py notebooks/06_cosine.ipynb
    import sys
    from pathlib import Path

    print(deck(pages.Page(Path(sys.argv[1]))))

