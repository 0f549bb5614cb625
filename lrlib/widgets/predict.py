"""Predictions: a question before the answer, kept until the answer is shown, then quoted back.

What is right, and why each option tempts, stays in Python: the page gets it when the result is
revealed, or, with `at_once`, when an option is chosen. A prediction belongs in a file of
`lrlib.exercises`, so that the notebook's own cell does not give it away either.
"""

import base64
import html
import io
import re
from contextlib import contextmanager, redirect_stdout
from itertools import groupby
from numbers import Real
from pathlib import Path

import anywidget
import traitlets
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output

from .. import checks, figures
from .draw import Curve, picture_html, show_live
from .thumbnails import thumbnails


class Buttons(anywidget.AnyWidget):
    """The question on the page. It holds what is asked and what is chosen, and nothing else."""

    _esm = Path(__file__).with_name("predict.js")
    asked = traitlets.Dict().tag(sync=True)
    answer = traitlets.List(traitlets.Int()).tag(sync=True)
    feedback = traitlets.Unicode().tag(sync=True)


def predict(question, options, right, *, sentence="", pictures=None, unit="", at_once=False):
    """Ask before it is shown: returns a `Prediction`, which displays itself as the question.

    `question`: plain text, mathematics in Unicode (η, λ). `options`, `right`:

    - a choice: a dict (or list of pairs) from an option to a sentence that says *why it tempts* or
      why it is true; `right` names the true one;
    - a ranking: the same, and `right` is a list of all names in their true order;
    - bins: the keys are pairs (low, high) that adjoin, None for no end; `right` is the number;
      `unit` is written behind the ends;
    - a curve to draw: an `lr.widgets.Curve`; `right` is the true curve, a function of x (a
      schedule) or its values at equal distances over the axis.

    `sentence`: what the picture of the result shows, for below it. It is kept here, out of the
    notebook, so that the code of the answer does not give it away. `pictures`: a dict from each
    option to a schedule or an array, drawn as a small picture beside it, all on the same axes.
    `at_once`: answer as soon as an option is chosen (for a recall).
    Raises `ValueError` or `TypeError` at once: fewer than two options, one that stands twice or has
    no sentence, a `right` or a picture that names no option, bins with a gap.

    >>> guess = predict("Which is lower after 200 updates?", {
    ...     "η = 0.1": "A small rate has a low floor, but it has not got there yet.",
    ...     "η = 0.3": "It is at its floor; the other is not yet below."}, right="η = 0.3")
    >>> guess
    Prediction('Which is lower after 200 updates?')
    >>> guess.answer is None
    True
    """
    if isinstance(options, Curve):
        if pictures is not None or unit or at_once:
            raise ValueError("pictures, unit and at_once belong to options, not to a drawn curve")
        return Prediction(question, options, right, sentence)
    pairs = list(options.items() if isinstance(options, dict) else options)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        raise TypeError(f"options must be a dict from a name to a sentence, not {options!r}")
    if len(pairs) < 2:
        raise ValueError(f"options must be at least two, not {len(pairs)}")
    if all(isinstance(key, tuple) for key, _ in pairs):
        right = _bin_of(right, [key for key, _ in pairs], unit)
        pairs = [(_bin_name(key, unit), why) for key, why in pairs]
    names = [name for name, _ in pairs]
    for name, why in pairs:
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"options must be named by texts, or all by pairs, not {name!r}")
        if not isinstance(why, str) or not why.strip():
            raise ValueError(f"option {name!r} must have a sentence: why does it tempt?")
        if [str(n).strip() for n in names].count(name.strip()) > 1:
            raise ValueError(f"options must differ: {name!r} stands twice")
    if isinstance(right, tuple | list):
        if sorted(map(str, right)) != sorted(names):
            raise ValueError(f"right must be an order of all options {names}, not {right!r}")
    elif right not in names:
        raise ValueError(f"right must be one of the options {names}, not {right!r}")
    if pictures is not None and sorted(map(str, pictures)) != sorted(names):
        raise ValueError(f"pictures must be of all options {names}, not of {list(pictures)}")
    at_once = checks.flag("at_once", at_once)
    return Prediction(question, dict(pairs), right, sentence, pictures, at_once)


class Prediction:
    """A question that keeps its answer: what `lr.predict` returns.

    As the last line of a cell it shows the question. Below the experiment, `reveal(figure)` shows
    the result with its `sentence`, or `with guess.revealed():` everything that the cell prints and
    displays. The bet is quoted first, with why it tempts; where nobody has said anything, as in a
    stored notebook, the result is folded; outside IPython, where nothing can be, it is shown.
    """

    def __init__(self, question, options, right, sentence="", pictures=None, at_once=False):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question must be a text, not {question!r}")
        if not isinstance(sentence, str):
            raise TypeError(f"sentence must be a text, not {sentence!r}")
        self.question, self.sentence, self._options = question, sentence, options
        self.at_once = at_once
        if isinstance(options, Curve):
            options._sampled(right)  # refuses what is no curve
            self._right, self.widget = right, options
            options.axes = options.axes | {"question": question}
            return
        self._right = list(right) if isinstance(right, tuple | list) else right
        shown = thumbnails(pictures) if pictures else {}
        asked = [{"name": name} | shown.get(name, {}) for name in options]
        ranking = isinstance(self._right, list)
        self.widget = Buttons(asked={"question": question, "options": asked, "ranking": ranking})
        if at_once:
            self.widget.observe(self._give_feedback, names="answer")

    def __repr__(self):
        return f"Prediction({self.question!r})"

    @property
    def pictured(self):
        """Whether the options are pictures."""
        return isinstance(self.widget, Buttons) and "picture" in self.widget.asked["options"][0]

    @property
    def answer(self):
        """What was said: an option, a list of all in order, the drawn values, or None."""
        if isinstance(self.widget, Curve):
            return list(self.widget.values) if self.widget.drawn else None
        names = [list(self._options)[i] for i in self.widget.answer]
        if isinstance(self._right, list):
            return names if len(names) == len(self._right) else None
        return names[0] if names else None

    def reveal(self, figure=None):
        """Show the result, a figure with the sentence that says what to see, after the bet."""
        with self.revealed():
            if figure is not None:
                figures.show(figure, self.sentence)
            elif self.sentence:
                _markdown(self.sentence)

    @contextmanager
    def revealed(self):
        """What is printed and displayed within is the result: seen after the bet, or folded."""
        if self.answer is not None:
            self._quote()
        if self.answer is not None or not InteractiveShell.initialized():
            yield
            self._answer()
            return
        with capture_output(stdout=False, stderr=False) as captured, redirect_stdout(_Printed()):
            yield
            self._answer()
        body = "\n\n".join(_as_markdown(captured.outputs))
        asked = html.escape(self.question)
        summary = f"The answer to “{asked}” Choose above and run this cell again, or open it."
        _markdown(f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>", summary)

    def _quote(self):
        """What was said, and why it tempts."""
        if isinstance(self.widget, Curve):
            gap = self.widget.reveal(self._right)
            show_live(self.widget, self._truth_html(), gap)
            return _markdown(gap)
        _markdown(f"**You said:** {_spoken(self.answer)}. {self._why()}")

    def _off(self):
        """The options whose sentence answers what was said."""
        if not isinstance(self._right, list):
            return [self.answer]
        wrong = [a for a, b in zip(self.answer, self._right) if a != b]
        return wrong or self._right[:1]

    def _why(self):
        """Why they tempt: a sentence each, behind its name where there are several."""
        off = self._off()
        named = "{}: {}" if len(off) > 1 else "{1}"
        return " ".join(named.format(name, self._options[name]) for name in off)

    def _answer(self):
        """What is true; with nothing said also what speaks for and against the others."""
        if isinstance(self.widget, Curve):
            if self.answer is None:
                display({"text/html": self._truth_html()}, raw=True)
            return
        said = self.answer
        if said == self._right:
            return _markdown(f"**That is right:** {_spoken(self._right)}.")
        first = self._right if isinstance(self._right, str) else self._right[0]
        why = "" if said and first in self._off() else self._options[first]
        _markdown(f"**Answer:** {_spoken(self._right)}. {why}")
        if said is None:
            others = [(name, why) for name, why in self._options.items() if name != first]
            _markdown("\n".join(f"- *{name}?* {why}" for name, why in others))

    def _truth_html(self):
        _, y = self.widget._sampled(self._right)
        words = f"The true curve, from {y[0]:.3g} to {y[-1]:.3g}."
        return picture_html(self.widget.picture(self._right), words)

    def _give_feedback(self, change):
        said = self.answer
        if said is None:
            self.widget.feedback = ""
        else:
            judged = "Right." if said == self._right else "Not this:"
            self.widget.feedback = f"{judged} {self._why()}"

    def _ipython_display_(self):
        if isinstance(self.widget, Curve):
            return display(self.widget)
        options = self.widget.asked["options"]
        rows = [
            (f'<img alt="{o["alt"]}" width="150" src="{o["picture"]}"> ' if "picture" in o else "")
            + html.escape(o["name"])
            for o in options
        ]
        items = "".join(f"<li>{row}</li>" for row in rows)
        still = f"<p><b>{html.escape(self.question)}</b></p><ul>{items}</ul>"
        text = "\n".join([self.question, *(f"- {o['name']}" for o in options)])
        show_live(self.widget, still, text)


class _Printed(io.TextIOBase):
    """Standard output as displayed text, so that it keeps its place among what is displayed."""

    def write(self, text):
        display({"text/plain": text}, raw=True)
        return len(text)


def _markdown(text, plain=None):
    display({"text/markdown": text, "text/plain": plain or text}, raw=True)


def _as_markdown(outputs):
    """What was displayed as Markdown that can stand inside <details>; printed lines together."""
    for plain, group in groupby(outputs, lambda output: list(output.data) == ["text/plain"]):
        if plain:
            text = "".join(each.data["text/plain"] for each in group)
            text = re.sub(r"[^\n]*\r", "", text)  # of a progress bar that has erased itself
            if text.strip():
                yield f"<pre>{html.escape(text)}</pre>"
        else:
            yield from (_rich_as_markdown(each.data, each.metadata) for each in group)


def _rich_as_markdown(data, metadata):
    if "image/png" in data:
        source, about = data["image/png"], metadata.get("image/png", {})
        source = base64.b64encode(source).decode() if isinstance(source, bytes) else source
        alt, width = html.escape(about.get("alt", "")), about.get("width", 845)
        look = f'width="{width}" style="max-width:100%"'
        return f'<img alt="{alt}" {look} src="data:image/png;base64,{source.strip()}">'
    kinds = ("text/html", "text/markdown", "text/latex", "text/plain")
    return next((data[kind] for kind in kinds if kind in data), "")


def _spoken(answer):
    return ", then ".join(answer) if isinstance(answer, list) else answer


def _bin_of(value, bins, unit):
    """The name of the bin that a number lies in; raises unless the bins adjoin."""
    for (_, end), (start, _) in zip(bins, bins[1:]):
        if end is None or end != start:
            raise ValueError(f"bins must adjoin: one ends at {end}, the next begins at {start}")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"right must be a number where the options are bins, not {value!r}")
    for low, high in bins:
        if (low is None or low <= value) and (high is None or value < high):
            return _bin_name((low, high), unit)
    raise ValueError(f"right must lie in one of the bins {bins}, not {value!r}")


def _bin_name(ends, unit):
    low, high = (None if end is None else f"{end:g}".replace("-", "−") for end in ends)
    unit = f" {unit}" if unit else ""
    if low is None or high is None:
        return f"below {high}{unit}" if low is None else f"{low}{unit} or more"
    return f"{low} to {high}{unit}"
