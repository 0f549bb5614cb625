"""A page of all schedules, from the library itself: picture, words, formula, source text to copy.

Each expression below is evaluated; a test holds the list to the library's public names.
"""

import html
import re
from pathlib import Path

import lrlib as lr
from lrlib.figures.page import in_words

T = 100
SCHEDULES = {  # the schedule: the call, the number of its lesson
    "Constant": ("lr.Constant(0.1, 100)", "01"),
    "Step": ("lr.Step(0.1, 30, 0.5, 100)", "02"),
    "MultiStep": ("lr.MultiStep(0.1, [50, 75], 0.3, 100)", "02"),
    "Exponential": ("lr.Exponential(0.1, 0.97, 100)", "03"),
    "InverseSqrt": ("lr.InverseSqrt(0.1, 10, 100)", "03"),
    "Polynomial": ("lr.Polynomial(0.1, 0, 100, 2)", "03"),
    "triangular": ("lr.triangular(0.02, 0.1, 25, cycles=2)", "04"),
    "triangular2": ("lr.triangular2(0.02, 0.1, 25, cycles=2)", "04"),
    "exp_range": ("lr.exp_range(0.02, 0.1, 25, 0.985, cycles=2)", "04"),
    "cyclical_momentum": ("lr.cyclical_momentum(25, cycles=2)", "04"),
    "warmup_constant": ("lr.warmup_constant(0.1, 20, 100)", "05"),
    "warmup_linear": ("lr.warmup_linear(0.1, 20, 100)", "05"),
    "warmup_cosine": ("lr.warmup_cosine(0.1, 20, 100)", "05"),
    "warmup_inverse_sqrt": ("lr.warmup_inverse_sqrt(0.1, 20, T=100)", "05"),
    "polynomial_warmup": ("lr.polynomial_warmup(0.1, 20, 100, power=2)", "05"),
    "noam": ("lr.noam(512, 40, T=100)", "05"),
    "Linear": ("lr.Linear(0.1, 0, 100)", "06"),
    "linear_to_zero": ("lr.linear_to_zero(0.1, 100, warmup=10)", "06"),
    "Cosine": ("lr.Cosine(0.1, 0, 100)", "06"),
    "KDecay": ("lr.KDecay(0.1, 0, 100, 2)", "06"),
    "Tanh": ("lr.Tanh(0.1, 0, 100)", "06"),
    "Rex": ("lr.Rex(0.1, 0, 100)", "06"),
    "rex": ("lr.rex(0.1, 100, warmup=10)", "06"),
    "sgdr": ("lr.sgdr(0.1, 0, 14, 2, cycles=3)", "07"),
    "cosine_warmup_restarts": (
        "lr.cosine_warmup_restarts(50, max_lr=0.1, warmup_steps=10, gamma=0.5, cycles=2)", "07",
    ),
    "cosine_hard_restarts": ("lr.cosine_hard_restarts(0.1, 10, 100, cycles=3)", "07"),
    "one_cycle": ("lr.one_cycle(0.1, 100)", "08"),
    "one_cycle_momentum": ("lr.one_cycle_momentum(100)", "08"),
    "wsd": ("lr.wsd(0.1, 10, 30, 100)", "10"),
    "Plateau": (
        "lr.Plateau(0.1, factor=0.5, patience=9).schedule([1 / min(t, 40) for t in range(1, 101)])",
        "09",
    ),
    "Sequence": ("lr.Linear(0, 0.1, 20) >> lr.Cosine(0.1, 0, 80)", "08"),
    "Repeat": ("lr.Cosine(0.1, 0, 25).repeat(4)", "08"),
    "First": ("lr.Cosine(0.1, 0, 150).first(100)", "08"),
    "Drop": ("lr.Cosine(0.1, 0, 150).drop(50)", "08"),
    "Stretch": ("lr.Step(0.1, 10, 0.6, 50).stretch(100)", "08"),
    "Reverse": ("lr.Exponential(0.1, 0.97, 100).reverse()", "08"),
    "Clip": ("lr.Cosine(0.1, 0, 100).clip(0.02, 0.08)", "08"),
    "Sum": ("lr.Linear(0.1, 0, 100) + lr.triangular(0, 0.02, 10, cycles=5)", "08"),
    "Difference": ("lr.Linear(0.1, 0.05, 100) - lr.triangular(0, 0.04, 10, cycles=5)", "08"),
    "Product": ("lr.Cosine(1, 0, 100) * lr.Step(0.1, 25, 0.5, 100)", "08"),
}  # fmt: skip
COPY = """<script>
for (const block of document.querySelectorAll('details div.highlight')) {
  const button = document.createElement('button'), text = block.querySelector('pre').textContent;
  Object.assign(button, { type: 'button', className: 'course-button', textContent: 'Copy' });
  button.onclick = () => {
    const done = () => { button.textContent = 'Copied'; };
    const marked = () => { getSelection().selectAllChildren(block); button.textContent = 'Now Ctrl+C'; };
    navigator.clipboard ? navigator.clipboard.writeText(text).then(done, marked) : marked();
  };
  block.before(button);
}
</script>"""


def page(write):
    """The page as Markdown. `write(name, data)` keeps a picture."""
    parts = [
        "# All schedules\n\nEach is a function of the step. Below its name: the picture, the call, its "
        "formula, and the same schedule in PyTorch to copy.\n"
    ]
    for name, (call, number) in SCHEDULES.items():
        schedule = eval(call, {"lr": lr})
        words = said(name, schedule)
        file = f"pictures/gallery-{name}-{number}.png"  # `rex` and `Rex` are one on some disks
        what = {"ylabel": "momentum"} if "momentum" in name else {}
        write(file, lr.figures.png(lr.figures.curves({name: schedule}, T, **what)))
        parts.append(
            f'## {name}\n\n<img class="figure" loading="lazy" src="_static/{file}" '
            f'alt="{html.escape(words)}" width="845">\n\n`{call}`\n\n{words}{lesson(number)}\n\n'
            f"$$\n{formula(schedule)}\n$$\n\n<details><summary>In PyTorch</summary>\n\n"
            f"```python\n{lr.to_torch(schedule)}```\n\n</details>\n"
        )
    return "\n".join([*parts, COPY, ""])


def said(name, schedule):
    """What a person would say of it."""
    words = in_words(schedule.rates(T), schedule(T), schedule.T == float("inf"))
    return words.replace("The rate", "The momentum") if "momentum" in name else words


def formula(schedule):
    """Its formula; no empty line, at which Markdown's would end."""
    return re.sub(r"\n\s*\n", "\n", schedule.latex())


def lesson(number):
    """A link to the lesson, if it is there."""
    found = sorted((Path(__file__).parents[1] / "notebooks").glob(f"{number}_*.ipynb"))
    return f" [Lesson {number}]({found[0].name})" if found else ""
