"""Two pages made from the library itself: all schedules at a glance, and every public name.

The gallery evaluates each expression below: picture, formula and source text are the library's. The
reference is Sphinx's, from the docstrings, whose Markdown `markdown_docstring` turns into its form.
"""

import html
import re

import lrlib as lr
from lrlib.figures.page import in_words

T = 100
SCHEDULES = {
    "Constant": ("lr.Constant(0.1, 100)", "01_fixed_rate"),
    "Step": ("lr.Step(0.1, 30, 0.5, 100)", "02_step_decay"),
    "MultiStep": ("lr.MultiStep(0.1, [50, 75], 0.3, 100)", "02_step_decay"),
    "Exponential": ("lr.Exponential(0.1, 0.97, 100)", "03_exponential_decay"),
    "InverseSqrt": ("lr.InverseSqrt(0.1, 10, 100)", "03_exponential_decay"),
    "Polynomial": ("lr.Polynomial(0.1, 0, 100, 2)", "03_exponential_decay"),
    "triangular": ("lr.triangular(0.02, 0.1, 25, cycles=2)", "04_cyclical_rates"),
    "triangular2": ("lr.triangular2(0.02, 0.1, 25, cycles=2)", "04_cyclical_rates"),
    "exp_range": ("lr.exp_range(0.02, 0.1, 25, 0.985, cycles=2)", "04_cyclical_rates"),
    "warmup_constant": ("lr.warmup_constant(0.1, 20)", "05_warmup"),
    "warmup_linear": ("lr.warmup_linear(0.1, 20, 100)", "05_warmup"),
    "warmup_cosine": ("lr.warmup_cosine(0.1, 20, 100)", "05_warmup"),
    "noam": ("lr.noam(512, 40)", "05_warmup"),
    "Linear": ("lr.Linear(0.1, 0, 100)", "06_cosine"),
    "Cosine": ("lr.Cosine(0.1, 0, 100)", "06_cosine"),
    "Rex": ("lr.Rex(0.1, 0, 100)", "06_cosine"),
    "sgdr": ("lr.sgdr(0.1, 0, 14, 2, cycles=3)", "07_sgdr"),
    "cosine_warmup_restarts": (
        "lr.cosine_warmup_restarts(50, max_lr=0.1, min_lr=0.001, warmup_steps=10, gamma=0.5)",
        "07_sgdr",
    ),
    "one_cycle": ("lr.one_cycle(0.1, 100)", "08_one_cycle"),
    "wsd": ("lr.wsd(0.1, 10, 30, 100)", "10_unknown_length"),
}
ROOMS = ("schedules", "dynamics", "optim", "analysis", "lab", "figures", "widgets", "exercises")


def gallery(figure):
    """The page of all schedules, as Markdown. `figure(name, png, alt)` keeps a picture and returns
    its HTML."""
    parts = [
        "# All schedules\n\nEach is a function of the step. Below its name: the call, what it does, "
        "its formula, and the same schedule in PyTorch to copy.\n"
    ]
    for name, (call, lesson) in SCHEDULES.items():
        schedule = eval(call, {"lr": lr})
        picture = lr.figures.png(lr.figures.curves({name: schedule}, T))
        rates = schedule.rates(T)
        words = in_words(rates, schedule(T), schedule.T == float("inf"))
        parts.append(
            f"## {name}\n\n{figure(name, picture, words)}\n\n`{call}` · {words} "
            f"[The lesson]({lesson}.ipynb)\n\n$$\n{schedule.latex()}\n$$\n\n"
            f"<details><summary>In PyTorch</summary>\n\n```python\n{lr.to_torch(schedule)}```\n\n"
            f"</details>\n"
        )
    return "\n".join(parts)


def reference(room):
    """The page of one room, as MyST."""
    names = lr.ROOMS.get(room) or ()
    module = f"lrlib.{room}"
    found = __import__(module, fromlist=["x"])
    known = [name for name in vars(found) if not name.startswith("_")]
    ours = [name for name in known if getattr(vars(found)[name], "__module__", "").startswith("lrlib")]
    public = names or getattr(found, "__all__", ours)
    entries = "\n".join(
        f"```{{eval-rst}}\n.. {_directive(module, name)}\n```\n" for name in public
    )
    return f"# {room}\n\n```{{eval-rst}}\n.. automodule:: {module}\n```\n\n{entries}"


def _directive(module, name):
    """Sphinx's directive for a public name: a class with its members, a function, or data."""
    thing = getattr(__import__(module, fromlist=[name]), name)
    kind = "function" if callable(thing) else "data"
    if isinstance(thing, type):
        return f"autoclass:: {module}.{name}\n   :members:"
    return f"auto{kind}:: {module}.{name}"


def markdown_docstring(app, what, name, thing, options, lines):
    """A docstring of this library in Sphinx's form: formulas, code, lists."""
    text = "\n".join(lines)
    text = re.sub(r"\$\$(.+?)\$\$", lambda m: f"\n\n.. math:: {' '.join(m[1].split())}\n\n", text, flags=re.S)
    text = re.sub(r"(?<!\$)\$([^$\n]+)\$(?!\$)", r":math:`\1`", text)
    text = re.sub(r"(?<![`:])`([^`\n]+)`(?!`)", r"``\1``", text)
    text = re.sub(r":math:``([^`]+)``", r":math:`\1`", text)
    text = re.sub(r"([^\n])\n(?=- )", r"\1\n\n", text, count=1)
    lines[:] = text.split("\n")


def picture_html(name, words):
    return f'<img class="figure" loading="lazy" src="_static/{name}" alt="{html.escape(words)}" width="845">'
