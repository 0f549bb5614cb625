"""What every exercise can do: `question()`, `check(answer)`, `hint(1)`, `solution()`.

An answer is a number, or a function (or schedule) from steps to rates. Mistakes are wrong answers
with a name: the check recognises them by their value and says what went wrong. `folded()` keeps
an answer that a cell prints out of sight until the reader opens it.
"""

import contextlib
import html
import inspect
import io
import math
import textwrap
from dataclasses import dataclass
from numbers import Real

from ..schedules.formula import plain_number


class NotYet(Exception):
    """Raised while an answer is used: it cannot be judged, and the message says why."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and what to tell them."""

    answer: object
    message: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    `ask`: the question (Markdown). `right`: a function that *is* the solution: its source is what
    `solution()` shows. With `steps` the answer is a function, compared with `right` at these steps
    (an entry may be a tuple of arguments that begins with the step); without, `right()` returns the
    number that is asked for. `hints`: from a nudge to nearly the answer. `mistakes`: a dict from a name to a
    `Mistake`. `praise`: said with "Right". `tolerance`: relative to the largest right value.
    `quantity`: what the function returns, such as "rate" or "loss".
    """

    ask: str
    right: object
    hints: tuple
    mistakes: dict
    praise: str
    steps: tuple = ()
    tolerance: float = 1e-6
    quantity: str = "rate"

    def question(self):
        """Show the question."""
        _show(self.ask)

    def check(self, answer=...):
        """Say whether an answer is right, or what is wrong with it. Never raises."""
        print(self.judge(answer))

    def hint(self, n=1):
        """Show hint number n, counted from 1."""
        if n in range(1, len(self.hints) + 1):
            _show(f"**Hint {n} of {len(self.hints)}.** {self.hints[int(n) - 1]}")
        else:
            _show(f"The hints are `hint(1)` to `hint({len(self.hints)})`; then comes `solution()`.")

    def solution(self):
        """Show the solution as code that can be pasted into the notebook."""
        source = textwrap.dedent(inspect.getsource(self.right)).replace("def _", "def ", 1)
        value = "" if self.steps else f"\nThe number is {self.right():.4g}."
        _show(f"```python\n{source}```{value}")

    def judge(self, answer):
        """The words that `check` prints."""
        if self.steps and not callable(answer) and answer is not None and answer is not ...:
            kind = type(answer).__name__
            return f"Your answer must be a schedule, or a function of the step t, not a {kind}."
        try:
            values = self._values(answer)
        except NotYet as error:
            return f"Not yet: {error}"
        except Exception as error:
            return f"Your answer raised {type(error).__name__}: {error}"
        if ... in values or all(value is None for value in values):
            return (
                "Not answered yet. Replace the dots (or return a number), and run this cell again."
            )
        for step, value in zip(self.steps or (None,), values):
            if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
                at = "" if step is None else f" at t = {_step(step)}"
                return f"Your answer{at} is {value!r}; a finite number is needed."
        right = self._values(self.right if self.steps else self.right())
        if self._same(values, right):
            return f"Right. {self.praise}"
        for mistake in self.mistakes.values():
            if self._same(values, self._values(mistake.answer)):
                return f"Not yet: {mistake.message}"
        return f"Not yet: {self._first_difference(values, right)}"

    def _values(self, answer):
        if not self.steps or answer is None or answer is ...:
            return [_python_number(answer)]
        arguments = (step if isinstance(step, tuple) else (step,) for step in self.steps)
        return [_python_number(answer(*these)) for these in arguments]

    def _same(self, values, others):
        scale = max(abs(v) for v in others) or 1.0
        return all(abs(a - b) <= self.tolerance * scale for a, b in zip(values, others))

    def _first_difference(self, values, right):
        if not self.steps:
            side = "large" if values[0] > right[0] else "small"
            return f"{values[0]:.6g} is too {side}. A hint may help."
        scale = max(map(abs, right))
        step, a, b = next(
            (s, a, b)
            for s, a, b in zip(self.steps, values, right)
            if abs(a - b) > self.tolerance * scale
        )
        with_others = " with other values of the parameters" if isinstance(step, tuple) else ""
        digits = next((n for n in (6, 9, 12) if f"{a:.{n}g}" != f"{b:.{n}g}"), 17)
        found, wanted = f"{a:.{digits}g}", f"{b:.{digits}g}"
        return f"at t = {_step(step)}{with_others} your {self.quantity} is {found}, it should be {wanted}."


def _step(step):
    return plain_number(step[0] if isinstance(step, tuple) else step)


def _python_number(value):
    """NumPy and torch scalars as Python numbers."""
    return value.item() if hasattr(value, "item") else value


@contextlib.contextmanager
def folded(summary):
    """Show what is printed inside the `with` as an answer that the reader opens.

    `summary`: the line that stands there until then.
    """
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        yield
    text = printed.getvalue()
    page = f"<details><summary>{html.escape(summary)}</summary><pre>{html.escape(text)}</pre></details>"
    _display({"text/html": page, "text/plain": text})


def _show(markdown):
    _display({"text/markdown": markdown, "text/plain": markdown})


def _display(bundle):
    from IPython.display import display

    display(bundle, raw=True)
