"""What a lesson becomes on the site: the same notebook, its outputs made ready for a page alone.

Pictures become files with their sentence as alt text; sliders, drawn curves, predictions, recall and
exercises become elements that `course.js` brings to life from data beside them. What a lesson says
and computes stays as it is.
"""

import base64
import html
import io
import json
import re
from types import SimpleNamespace

import lrlib as lr
import nbformat
import sliders
from lrlib.widgets.draw import Curve
from lrlib.widgets.predict import Prediction
from PIL import Image

from tests import lesson_load, notebook_form

WIDGET = notebook_form.WIDGET
STILL = "Here this stands still; it moves in the notebook."
ASKED = re.compile(r"exercises\.(\w+)")
ANSWERED = re.compile(r"exercises\.(\w+)\.reveal(?:ed)?\(")
RUNS = re.compile(r"\blr\.(compare|dynamics|lab)\b")  # words of a question that code answers
CHECKED = re.compile(r"exercises\.(\w+)\.check\(")
INLINE = re.compile(r'<img ([^>]*?)src="data:image/png;base64,([^"]+)"([^>]*)>')
CAPTION = re.compile(r'(<img [^>]*alt="[^"]+"[^>]*>(?:</picture>)?)\n\n(\*[^\n]+\*)(?=\n|$)')
MAP = re.compile(r"\[(Map of the lessons)\]\([^)]*\)")  # the front page's says what was done
README = re.compile(r"\[([^\]]*)\]\(\.\./README\.md(?:#([^)]*))?\)")
SHEET = re.compile(r"\[([^\]]*)\]\((?:\./)?sheet\.html\)")  # it is no page of Sphinx's
RUN = "index.html#run-it-yourself"
# What a notebook says of its cells, and a page without any cannot.
IN_CODE = re.compile(r"\A# (?:Run this cell|No lrlib\?)[^\n]*\n")
IN_TEXT = (
    (re.compile(r"Run the next two cells(?:: | for )(\w)"), lambda found: found[1].upper()),
    (re.compile(r"Replace the dots and run the cell\. `check` knows the usual mistakes by name; remove a `#` "
                r"for a hint or the solution\."),
     "The usual mistakes are known by name; hints and a solution are folded below each question."),
)  # fmt: skip
TO_RUN = re.compile(r" *(?:<em>)?(?:Choose above and run this cell again, or open it|Run the cell to move it|"
                    r"To draw (?:here|a schedule of your own), run the cell)([.:])(?:</em>)?")  # fmt: skip
TO_TRY = (
    f'<p class="course-note">What stands below was run as it is written. To change it and run it, '
    f'<a href="{RUN}">open the notebook</a>.</p>'
)
BELOW = {"slideshow": {"slide_type": "-"}}


class Page:
    """One lesson: its transformed notebook, and the files that belong beside it."""

    def __init__(self, path):
        self.lesson = path.stem[3:]
        self.exercises = getattr(lr.exercises, self.lesson)
        self.notebook = nbformat.read(path, as_version=4)
        self.stem, self.files, self.tables = path.stem, {}, []
        self.cells = self.notebook.cells
        for i, cell in enumerate(self.cells):
            if cell.cell_type == "code":
                cell.outputs = [raw(text) for text in self._outputs(i, cell)]
                if self._speaks_for_itself(cell.source):
                    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
                cell.source = IN_CODE.sub("", cell.source)
        self._link()
        self.notebook.cells = self.cells = [*self._with_notes()]

    def _with_notes(self):
        """The cells, and where an experiment of the reader's own begins, where it can be run."""
        for cell in self.cells:
            yield cell
            if cell.cell_type == "markdown" and re.search("^## Your experiment", cell.source, re.M):
                yield nbformat.v4.new_markdown_cell(TO_TRY, metadata=BELOW)

    def _speaks_for_itself(self, source):
        """Whether a cell only asks or checks: its code is of use in a notebook alone."""
        line = source.strip().splitlines()[-1] if source.strip() else ""
        only = re.fullmatch(r"(display\(\*)?exercises\.\w+(\.question\(\))?\)?", line)
        only = only and len(source.strip().splitlines()) <= 2
        name = CHECKED.search(source)
        return bool(only or name and not getattr(self.exercises, name[1]).steps)

    def _link(self):
        """Text as the site has it: no cells to run, its names of headings, its front page for the
        README."""
        for cell in self.cells:
            if cell.cell_type == "markdown":
                text = re.sub(r"\]\(((?:\d\d_\w+\.ipynb)?)#(?!cell-id)([^)]+)\)",
                              lambda m: f"]({m[1]}#{anchor(m[2])})", cell.source)  # fmt: skip
                text = MAP.sub(r'<a href="index.html#the-lessons">\1</a>', text)
                text = README.sub(lambda m: f'<a href="{RUN if m[2] == "start" else "index.html"}">{m[1]}</a>', text)
                text = SHEET.sub(r'<a href="sheet.html">\1</a>', text)
                for words, instead in IN_TEXT:
                    text = words.sub(instead, text)
                cell.source = text

    def _outputs(self, i, cell):
        source = cell.source.strip()
        if source.endswith("display(*exercises.recall)"):
            pairs = zip(self.exercises.recall, cell.outputs)
            return [
                self._prediction(f"recall-{n}", question, output)
                for n, (question, output) in enumerate(pairs)
            ]
        asked = ASKED.fullmatch(source.splitlines()[-1]) if source else None
        question = asked and self._question(asked[1])
        at = [k for k, output in enumerate(cell.outputs) if "lr-still" in str(output)]
        if question and at:  # with what stands around it, such as the log and the cause of a case
            above, below = cell.outputs[: at[0]], cell.outputs[at[0] + 1 :]
            asking = self._prediction(asked[1], question, cell.outputs[at[0]])
            return [*self._plain(i, above), asking, *self._plain(f"{i}b", below)]
        if any("lrlib-still" in str(output) for output in cell.outputs):
            return self._alive(i, cell, self._sliders)
        if at:
            return self._alive(i, cell, self._drawn)
        if name := CHECKED.search(source):
            return [self._exercise(name[1])]
        if (name := ANSWERED.search(source)) and "<details>" in str(cell.outputs):
            return [self._answer(i, name[1], output) for output in cell.outputs]
        return self._plain(i, cell.outputs)

    def _question(self, name):
        """The prediction of that name, or the one that a case asks; else None."""
        found = getattr(self.exercises, name)
        found = found if isinstance(found, Prediction) else getattr(found, "question", None)
        return found if isinstance(found, Prediction) else None

    def _alive(self, i, cell, make):
        """What `make` makes of the cell, or, where its statements alone do not run, its picture."""
        kept = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
        try:
            return list(make(i, cell))
        except Exception as problem:
            print(f"{self.stem}, cell {i}: stands still, {type(problem).__name__}: {problem}")
            return [*self._plain(i, kept), f'<p class="course-note">{STILL}</p>']

    def _plain(self, i, outputs):
        """Outputs as they are: pictures as files, printed text, Markdown, formulas."""
        said = None
        for k, output in enumerate(outputs):
            data = output.get("data", {})
            if output.output_type == "stream":
                yield printed(output.text)
            elif "image/png" in data:
                about = output.metadata.get("image/png", {})
                yield self._figure(f"{i}-{k}", data["image/png"], about)
            elif "text/html" in data:
                yield TO_RUN.sub("", self._images(data["text/html"], f"{i}-{k}"))
            elif "text/markdown" in data:
                text = self._images(data["text/markdown"], f"{i}-{k}")
                yield SimpleNamespace(markdown=silent(text) if data.get("text/plain") == said else text)
            elif "text/latex" in data:
                yield SimpleNamespace(markdown=data["text/latex"])
            elif "text/plain" in data:
                yield printed(data["text/plain"])
            said = data.get("text/plain") if "image/png" in data else None

    def _figure(self, place, data, about):
        """A picture as a file beside the page; of a film the finished picture, too, for those who
        want nothing to move."""
        name = f"pictures/{self.stem}-{place}.png"
        self.files[name] = base64.b64decode(data)
        width, height = notebook_form.png_size(data)
        shown = about.get("width", width)
        alt = html.escape(about.get("alt", ""))
        image = (
            f'<img class="figure" loading="lazy" src="_static/{name}" alt="{alt}" width="{shown}" '
            f'height="{round(height * shown / width)}">'
        )
        if b"acTL" not in self.files[name][:80]:
            return image
        still = name.replace(".png", "-still.png")
        self.files[still] = first_frame(self.files[name])
        return (
            f'<picture class="course-film"><source media="(prefers-reduced-motion: reduce)" '
            f'srcset="_static/{still}">{image}</picture>'
        )

    def _images(self, text, place):
        """Pictures inside HTML or Markdown as files."""
        count = iter(range(99))

        def file(found):
            alt = re.search(r'alt="([^"]*)"', found[1] + found[3])
            width = re.search(r'width="(\d+)"', found[1] + found[3])
            about = {"alt": html.unescape(alt[1]) if alt else ""}
            about |= {"width": int(width[1])} if width else {}
            return self._figure(f"{place}-{next(count)}", found[2], about)

        return INLINE.sub(file, text)

    def _prediction(self, name, question, output):
        """A question with its data; without the script it is the list that the notebook shows."""
        still = self._images(output.data["text/html"], name)
        asked = {"atOnce": question.at_once}
        if isinstance(question.widget, Curve):
            x, y = question.widget._sampled(question._right)
            asked |= {"traits": traits(question.widget), "truth": list(zip(x.tolist(), y.tolist()))}
        else:
            asked |= {"asked": question.widget.asked, "why": dict(question._options)}
            asked["right"] = question._right
        return element("prediction", {"name": name}, asked, still)

    def _answer(self, i, name, output):
        """The folded answer, open to `course.js` by the name of its question."""
        if "text/markdown" not in output.get("data", {}):
            return next(self._plain(i, [output]), "")
        text = CAPTION.sub(lambda m: f"{m[1]}\n\n{silent(m[2])}",
                           self._images(output.data["text/markdown"], str(i)))  # fmt: skip
        marked = f'<details class="course-answer" data-of="{name}">'
        text = TO_RUN.sub(" Choose above, or open it.", text.replace("<details>", marked, 1))
        return SimpleNamespace(markdown=text)

    def _sliders(self, i, cell):
        """Each slider with the address of its table; until it is loaded, its still picture."""
        made = [sliders.checked(explorer) for explorer in sliders.explorers(self.cells, i)]
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        words = [o for o in cell.outputs if "lrlib-still" in o.get("data", {}).get("text/html", "")]
        rest = [o for o in cell.outputs if o not in pictures + words and WIDGET not in o.get("data", {})]
        for k, (explorer, picture, said) in enumerate(zip(made, pictures, words)):
            name = f"{self.stem}-{i}-{k}"
            self.tables.append((f"tables/{name}.bin", explorer))
            still = next(self._plain(f"{i}s{k}", [picture]))
            said = TO_RUN.sub("", said.data["text/html"])
            yield element("slider", {"name": f"s{i}{k or ''}", "table": f"_static/tables/{name}.bin"},
                          None, still + said)  # fmt: skip
        yield from self._plain(i, rest)

    def _drawn(self, i, cell):
        """A curve to draw: its own script needs no kernel."""
        code = "\n".join(sliders.needed(self.cells, i))
        space = sliders.run(code)
        last = cell.source.strip().splitlines()[-1]
        widget = eval(last, space)
        (output,) = [o for o in cell.outputs if "lr-still" in o.get("data", {}).get("text/html", "")]
        still = TO_RUN.sub("", self._images(output.data["text/html"], f"{i}"))
        yield element("draw", {"name": f"d{i}"}, {"traits": traits(widget)}, still)

    def _exercise(self, name):
        """Where a number is asked for: what a check needs. Where it wants code: where to run it."""
        exercise = getattr(self.exercises, name)
        if exercise.steps:
            data = {"code": "This one wants code: write it, and have it checked"}
        else:
            data = {
                "right": float(exercise.right()), "tolerance": exercise.tolerance,
                "praise": exercise.praise,
                "mistakes": [[float(m.answer), m.message] for m in exercise.mistakes.values()],
            }  # fmt: skip
            if RUNS.search(exercise.ask + " ".join(exercise.hints)):
                data["code"] = "This number takes a few lines of Python to find"
        folded = [
            f"<details><summary>Hint {n}</summary>\n\n{hint}\n\n</details>"
            for n, hint in enumerate(exercise.hints, 1)
        ]
        folded.append(f"<details><summary>Solution</summary>\n\n{solution(exercise)}\n\n</details>")
        check = element("exercise", {"name": name}, data, "")
        return SimpleNamespace(markdown=check + "\n\n" + "\n\n".join(folded))


def solution(exercise):
    """The solution as Markdown, as the notebook shows it."""
    shown = []
    module = type(exercise).solution.__globals__
    kept, module["_show"] = module["_show"], shown.append
    try:
        exercise.solution()
    finally:
        module["_show"] = kept
    return shown[0]


def traits(widget):
    """What `draw.js` asks of its model."""
    names = ("x", "values", "axes", "bowl", "truth", "history", "best")
    return {name: getattr(widget, name) for name in names}


def element(kind, attributes, data, still):
    """An element that `course.js` finds, its data, and what stands there without a script."""
    told = "".join(f' data-{k}="{html.escape(v)}"' for k, v in attributes.items())
    inside = ""
    if data is not None:
        text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
        inside = f'<script type="application/json">{text}</script>'
    return f'<div class="course-{kind}"{told}>{inside}<div class="course-still">{still}</div></div>'


def printed(text):
    """What a program printed; it can be scrolled by the keyboard, too."""
    return f'<pre class="printed" tabindex="0">{html.escape(text)}</pre>'


def silent(caption):
    """The sentence below a picture for the eyes alone: for the ears it is the picture's alt text.

    The other way round (alt="" and the caption heard) it would be lost to who goes from picture to
    picture, as screen readers let one do.
    """
    return f'<div aria-hidden="true" class="course-caption">\n\n{caption}\n\n</div>'


def first_frame(film):
    """The finished picture, which a film has as its first frame, as a PNG that does not move."""
    out = io.BytesIO()
    Image.open(io.BytesIO(film)).save(out, "PNG", optimize=True)
    return out.getvalue()


def raw(text):
    """An output that the page shows as it is."""
    if isinstance(text, SimpleNamespace):
        return nbformat.v4.new_output("display_data", {"text/markdown": text.markdown})
    return nbformat.v4.new_output("display_data", {"text/html": text})


def anchor(heading):
    """Docutils' name of a heading, from JupyterLab's."""
    return re.sub(r"[^a-z0-9]+", "-", heading.replace("-", " ").lower()).strip("-")


def minutes(notebook):
    """What the first cell states."""
    return lesson_load.STATED.search(notebook.cells[0].source).groups()
