"""A case: a log, the question what made it, and folded below it the script, its repair, its cost."""

import difflib
import html
import inspect
from dataclasses import dataclass, field

import numpy as np

from ... import analysis, figures
from ...lab import cross_fit, paired_difference, train
from ...widgets.draw import picture_html
from . import scripts

PEAKS = (0.012, 0.018, 0.027, 0.04, 0.06, 0.09)
SEEDS = range(32)


@dataclass(frozen=True, eq=False)
class Case:
    """What went wrong in one script, or did not.

    `number`: of the case. `script`: a function of `scripts`. `meant(epochs)`: the schedule that was
    meant. `question`: a choice, answered at once. `wrong`, `right`: the line that is wrong, and the
    same repaired, both None where nothing is. `log(case)`: the picture of its log, the used rates
    unless given; `seen`: what is in it; `small(meant, used)`: what of both a small one shows.
    `more(case)`: another sentence for the cause; `proof(case)`: a picture that shows it, and words.
    """

    number: int
    script: object
    meant: object
    question: object
    wrong: str = None
    right: str = None
    log: object = None
    more: object = None
    seen: str = "Dotted: as meant. Solid: the log."
    small: object = None
    proof: object = None
    _kept: dict = field(default_factory=dict, init=False, repr=False)

    @property
    def innocent(self):
        """Whether nothing is wrong with the rates."""
        return self.wrong is None

    def rates(self, repaired=False, epochs=10):
        """The rates that the script's updates really used, shape (updates,) or (updates, groups)."""
        return self.run(repaired, epochs)[0]

    def run(self, repaired=False, epochs=10):
        """Run the script, once: the rates, and what else it returns."""
        key = repaired, epochs
        if key not in self._kept:
            found = scripts.run_of(self._repaired() if repaired else self.script, epochs)
            used, *rest = found if isinstance(found, tuple) else (found,)
            array = getattr(used, "array", used)
            self._kept[key] = array[:, 0] if array.shape[1] == 1 else array, *rest
        return self._kept[key]

    def source(self, repaired=False):
        """The script as text."""
        text = inspect.getsource(self.script)
        if self.innocent or not repaired:
            return text
        if text.count(self.wrong) != 1:
            raise ValueError(f"{self.script.__name__} must hold {self.wrong!r} once")
        return text.replace(self.wrong, self.right)

    def _repaired(self):
        page = dict(vars(scripts))
        exec(self.source(repaired=True), page)
        return page[self.script.__name__]

    def diff(self):
        """The script; the line that is repaired marked by - and +."""
        before, after = (self.source(repaired).splitlines() for repaired in (False, True))
        found = before if self.innocent else difflib.ndiff(before, after)
        return "\n".join(line for line in found if not line.startswith("?"))

    def compared(self):
        """`lr.compare` of what was meant and what was used."""
        used = self.rates()
        return analysis.compare(self.meant(10).rates(len(used)), used, labels=("meant", "used"))

    def picture(self):
        """The log as its reader has it."""
        if self.log:
            return self.log(self)
        used = self.rates()
        return figures.rate_log(self.meant(10).rates(len(used)), {"the log": used})

    def in_small(self):
        """What was meant and the log, for `figures.rate_logs`."""
        used = self.rates()
        meant = self.meant(10).rates(len(used))
        return self.small(meant, used) if self.small else (meant, used)

    def cause(self):
        """What was wrong, in words."""
        right = self.question._right
        code = any(sign in right.split()[0] for sign in "._(")  # a name in PyTorch keeps its case
        words = f"{right if code else right[0].upper() + right[1:]}. {self.question._options[right]}"
        return f"{words} {self.more(self)}" if self.more else words

    def _ipython_display_(self):
        """The log, the question, and folded: the cause, the script with its one-line repair."""
        from IPython.display import display

        figures.show(self.picture(), f"Case {self.number}. {self.seen}")
        self.question._ipython_display_()
        name = "The cause, and the script" + ("" if self.innocent else " with its repair (- and +)")
        proof = picture_html(*self.proof(self)) if self.proof else ""
        page = f"<p>{html.escape(self.cause())}</p>{proof}<pre>{html.escape(self.diff())}</pre>"
        page = f"<details><summary>{name}</summary>{page}</details>"
        display({"text/html": page, "text/plain": name}, raw=True)


def costs(cases, task, epochs=10, tuned=False, peaks=PEAKS):
    """What each bug does to the final loss: number -> the paired `Difference` from what was meant.

    At the peak that the scripts have, or, `tuned`, each at its own best peak of `peaks`.
    """
    pairs = []
    for case in cases:
        used = case.rates(epochs=epochs)
        for rates in (used, case.meant(epochs).rates(len(used))):
            tried = peaks if tuned else [rates.max()]
            pairs.append([rates * (peak / rates.max()) for peak in tried])
    losses = _losses(task, np.array(pairs)).reshape(len(cases), 2, -1, len(SEEDS))
    losses = cross_fit(losses)[0] if tuned else losses[:, :, 0]
    return {
        case.number: paired_difference(*both, (f"case {case.number}", "as meant"))
        for case, both in zip(cases, losses)
    }


_KNOWN = {}  # (task, rates) -> its final losses: the same runs are asked for again and again


def _losses(task, rates):
    """The final losses under rates of shape (..., T): shape (..., seeds)."""
    rows = rates.reshape(-1, rates.shape[-1])
    keys = [(task, row.tobytes()) for row in rows]
    missing = {key: row for key, row in zip(keys, rows) if key not in _KNOWN}
    if missing:
        found = train(task, np.array([*missing.values()]), SEEDS, progress=False)
        _KNOWN.update(zip(missing, found))
    return np.array([_KNOWN[key] for key in keys])
