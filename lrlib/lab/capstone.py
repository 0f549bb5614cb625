"""The capstone: a task that no lesson used, twenty runs, a prediction, and one submission.

`capstone.run` tries a schedule on one seed and counts; `capstone.submit` measures one on 32 seeds
that nobody can run, beside the reference schedules and the controls that were forgotten. What was
run is kept here, for as long as this Python lives: a new `Capstone()` has the same log.
"""

import re
from dataclasses import dataclass

import numpy as np

from .. import checks
from ..dynamics.averages import entering
from ..schedules import Constant, Cosine, Linear, Schedule, warmup_linear
from . import statistics
from .measures import snapshots
from .tasks.photograph import Photograph
from .trainer import train

BUDGET, FEWEST, T = 20, 8, 300  # runs in all, before a submission; updates of a run
SEEDS = range(10)  # for trying; the test has others
TEST_SEEDS = range(7_000, 7_032)
STOPS = tuple(range(0, T + 1, 15))
WIDEST, WORDS = 30, 5  # of a prediction, in points of per cent; of a reason

# The references, each at the peak that was best on seeds 200 to 223 (grid: factors of 1.5).
REFERENCES = {
    "constant": Constant(0.0067, T),
    "linear": Linear(0.01, 0, T),
    "cosine": Cosine(0.01, 0, T),
    "10 % warmup + linear": warmup_linear(0.01, T // 10, T),
}
CLIPPED_LINE = Linear(0.075, 0, T)  # its best peak, on the same seeds, with gradients clipped at 1

_LOG = []  # every run of this process, in order
_SUBMITTED = []  # at most one: what was submitted, and its verdict


class Refused(ValueError):
    """What a run is refused with; a notebook shows the sentence alone."""

    def _render_traceback_(self):
        return [f"Not run: {self}"]


@dataclass(frozen=True)
class Setting:
    """What a run does: its rates, how gradients are clipped, what is averaged."""

    rates: tuple
    max_norm: float | None = None
    average: object = None

    @property
    def peak(self):
        return max(self.rates)

    @property
    def shape(self):
        """The rates over their peak, rounded: what two runs share that differ by the peak alone."""
        return tuple((np.array(self.rates) / self.peak).round(6))

    @property
    def rises(self):
        """Whether it starts at less than half of its peak."""
        return self.rates[0] < 0.5 * self.peak

    @property
    def same(self):
        """All but the peak."""
        return self.shape, self.max_norm, self.average

    def but(self, **changes):
        return Setting(**{**vars(self), **changes})


def setting(schedule, max_norm=None, average=None):
    """A `Setting` of the task's length, or a `Refused` that says what is wrong."""
    if not isinstance(schedule, Schedule):
        raise Refused(f"a schedule with its peak is needed, such as lr.Linear(0.01, 0, {T}), not {schedule!r}")
    if schedule.T < T:
        raise Refused(f"the schedule ends after {schedule.T:g} updates, and a run has {T}")
    rates = schedule.rates(T)
    if not rates.max() > 0:
        raise Refused("the rate is 0 at every update: nothing would be learned")
    try:
        norm = None if max_norm is None else checks.positive("max_norm", max_norm)
        if average is not None:
            entering(average, T)
    except (TypeError, ValueError) as error:
        raise Refused(str(error)) from None
    return Setting(tuple(rates.tolist()), norm, average)


@dataclass(frozen=True, eq=False)
class Run:
    """One run: number, seed, setting; the losses after `STOPS` updates, and what it paints at the end."""

    number: int
    seed: int
    setting: Setting
    losses: np.ndarray
    painting: np.ndarray

    @property
    def loss(self):
        """The loss at the end."""
        return float(self.losses[-1])

    def __repr__(self):
        more = "" if self.setting.max_norm is None else f", clipped at {self.setting.max_norm:g}"
        more += "" if self.setting.average is None else f", averaged ({self.setting.average})"
        return f"run {self.number} of {BUDGET}: seed {self.seed}, peak {self.setting.peak:.3g}{more}: loss {self.loss:.3f}"

    def _ipython_display_(self):
        from .. import figures

        best = min(_LOG, key=lambda run: run.loss)
        so_far = "The lowest so far" if best is self else f"Lowest so far: {best.loss:.3f}, run {best.number}"
        words = f"{repr(self)[0].upper()}{repr(self)[1:]}. {so_far}. {BUDGET - len(_LOG)} runs left."
        figures.show(figures.one_painting(self, _LOG, STOPS), words)


@dataclass(frozen=True)
class Tried:
    """What was asked in a run: all that the forgotten controls are worked out from."""

    setting: Setting
    seed: int


class Capstone:
    """A task, twenty runs and one submission: `lr.lab.capstone`. It shows itself in a notebook.

    A small network (32-32-32-3, SGD with momentum 0.9) learns a photograph from 16 grainy pixels an
    update, in 300 updates. Its loss is steep at the start, and its noise never ends.
    """

    T, budget, seeds = T, BUDGET, SEEDS

    @property
    def runs(self):
        """The runs so far: a tuple of `Run`s."""
        return tuple(_LOG)

    @property
    def left(self):
        """How many runs are left."""
        return BUDGET - len(_LOG)

    def run(self, schedule, seed=0, *, max_norm=None, average=None):
        """One run: one schedule, at the peak that it has, on one seed. Returns a `Run`.

        `schedule`: lasts 300 updates at least. `seed`: 0 to 9. `max_norm`, `average`: as in
        `lr.lab.train`. The same run asked again is answered from the log and costs nothing.
        Raises `Refused`, a `ValueError`, for what cannot be run and when the twenty are spent.
        """
        wanted = setting(schedule, max_norm, average)
        if isinstance(seed, bool) or seed not in SEEDS:
            raise Refused(f"seed must be a whole number from 0 to {SEEDS[-1]}, not {seed!r}; the test has others")
        for run in _LOG:
            if (run.setting, run.seed) == (wanted, seed):
                return run
        if len(_LOG) >= BUDGET:
            raise Refused(f"the {BUDGET} runs are spent; what is left is capstone.submit")
        losses, painting = _paint(wanted, int(seed))
        run = Run(len(_LOG) + 1, int(seed), wanted, losses, painting)
        _LOG.append(run)
        return run

    def submit(self, schedule=..., prediction=..., because=..., *, max_norm=None, average=None):
        """Measure a schedule, at the peak that it has, on 32 seeds that nobody can run: once.

        `prediction`: a pair (low, high), by how many per cent its loss will lie above (below: minus)
        that of the straight line at its own best peak; at most 30 apart. `because`: why, in words.
        `max_norm`, `average`: as in `run`.
        Returns a `Submission`, or a `NotYet` that says what is missing; never raises.
        """
        if ... in (schedule, prediction, because) or None in (schedule, prediction, because):
            return NotYet("replace the dots: a schedule, a prediction, and why.")
        try:
            wanted = setting(schedule, max_norm, average)
            low, high = _interval(prediction)
            reason = _reason(because)
        except Refused as error:
            return NotYet(f"{error}.")
        if _SUBMITTED:
            before, said, _, result = _SUBMITTED[0]
            if (before, said) == (wanted, (low, high)):
                return result
            return NotYet("you have submitted once, and the test seeds are no longer untouched.")
        if len(_LOG) < FEWEST:
            return NotYet(
                f"{len(_LOG)} of at least {FEWEST} runs made: a choice needs evidence "
                f"({self.left} runs left)."
            )
        if wanted not in [run.setting for run in _LOG]:
            return NotYet("this very setting was never run: use capstone.run on it at least once.")
        result = _judge(wanted, (low, high), reason, tuple(run for run in _LOG))
        _SUBMITTED.append((wanted, (low, high), reason, result))
        return result

    def reference(self):
        """A defence to compare with, measured like any other: a `Submission`."""
        return _judge(*REFERENCE)

    def film(self):
        """Three fixed rates paint the same photograph, as `Frames` for `lr.figures.film`."""
        from .. import figures

        task, rates = Photograph(), {"rate 0.0005": 0.0005, "rate 0.007": 0.007, "rate 0.07": 0.07}
        at = [1, 2, 3, 5, 8, 12, 18, 26, 36, 50, 70, 95, 125, 160, 200, 250, T]
        rows = [Constant(rate).rates(T) for rate in rates.values()]
        kept = snapshots(task, rows, [900], at, progress=False)
        frames = np.stack([task.paintings(each) for each in kept], axis=1)
        return figures.painted(dict(zip(rates, frames)), at)

    def __repr__(self):
        rows = [
            f"capstone: {T} updates, {BUDGET} runs, {self.left} left; seeds 0 to {SEEDS[-1]}",
            *map(repr, _LOG),
        ]
        return "\n".join(rows)

    def _ipython_display_(self):
        from .. import figures

        task = Photograph()
        before = task.paintings(task.parameters([0]))[0]
        words = (
            "What the network should learn; the 16 grainy pixels that one update sees; what it paints "
            f"before the first. {self.left} of {BUDGET} runs are left."
        )
        seen = {"the photograph": task.picture, "what one update sees": task.exposure(0),
                "before the first update": before}  # fmt: skip
        figures.show(figures.paintings(seen), words)


@dataclass(frozen=True)
class NotYet:
    """Why a submission is not taken, in words."""

    words: str

    def __repr__(self):
        return f"Not submitted yet: {self.words}"


@dataclass(frozen=True, eq=False)
class Forgotten:
    """A control that was not tried: its name, what was not asked, and what it would have shown."""

    name: str
    question: str
    difference: statistics.Difference | None = None
    found: str = ""

    def __str__(self):
        said = self.found or f"On the test seeds: {self.difference.numbers} ({self.difference.kind})."
        return f"{self.question} {said}"


@dataclass(frozen=True, eq=False)
class Submission:
    """What `submit` returns: the measurement, the prediction beside it, and what was forgotten.

    `difference`: the paired `Difference` from the line at its own best peak. `rivals`: those of the
    reference schedules from the line. `forgotten`: `Forgotten` controls, the largest gain first.
    """

    setting: Setting
    prediction: tuple
    because: str
    difference: statistics.Difference
    rivals: dict
    forgotten: tuple
    losses: np.ndarray
    paintings: tuple

    @property
    def came_true(self):
        """Whether the measured per cent lies in the predicted interval."""
        return self.prediction[0] <= self.difference.percent <= self.prediction[1]

    @property
    def checklist(self):
        """Six questions, a line each."""
        return CHECKLIST

    def __repr__(self):
        low, high = self.prediction
        came = "it came true" if self.came_true else "it did not come true"
        lines = [
            str(self.difference),
            f"You predicted {low:+g} to {high:+g} %: {came}.",
            f"Because: {self.because}",
        ]
        if self.forgotten:
            lines += ["The control that was forgotten:"]
            lines += [f"- {each}" for each in self.forgotten]
        else:
            lines += ["No control that we know of was forgotten."]
        return "\n".join([*lines, "The checklist, a line each, in your own words:",
                          *(f"[ ] {line}" for line in CHECKLIST)])  # fmt: skip

    def _ipython_display_(self):
        import html

        from IPython.display import display

        from .. import figures

        figures.show(figures.submission(self), f"{self.difference}.")
        body, _, _ = repr(self).partition("The checklist")
        lines = [html.escape(line) for line in body.strip().splitlines()]
        boxes = "".join(f'<li><label><input type="checkbox"> {line}</label></li>' for line in CHECKLIST)
        page = (
            f"<p>{'<br>'.join(lines)}</p><p><b>Your defence, a line each, in your own words:</b></p>"
            f'<ol style="list-style:none;padding-left:0">{boxes}</ol>'
        )
        display({"text/html": page, "text/plain": repr(self)}, raw=True)


CHECKLIST = (
    "The length: what did I know of it, and does the rate end where the run ends?",
    "The start: is it steep, and what else than a rise of the rate would have helped?",
    "The noise: is there a floor at the end, and would averaging have gone below it?",
    "The peak: on which grid, on which seeds, and does the best one lie inside?",
    "The evidence: how many paired seeds, which interval, against which control?",
    "The rates: did I look at the first and the last ones that were really used?",
)


# --- measuring


def _train(task, settings, seeds):
    """The final losses, shape (K, S): all that clip alike are trained together."""
    done = {}
    for norm in dict.fromkeys(each.max_norm for each in settings):
        some = [each for each in settings if each.max_norm == norm]
        average = [each.average for each in some]
        rates = [each.rates for each in some]
        losses = train(task, rates, seeds, max_norm=norm, average=average, progress=False)
        done |= dict(zip(some, losses))
    return np.stack([done[each] for each in settings])


def _paint(wanted, seed):
    """The losses of one run after `STOPS` updates, and what its last (or averaged) weights paint."""
    task, mean = Photograph(), []
    entry = np.ones(T) if wanted.average is None else entering(wanted.average, T)

    def keep(t, parameters, losses):
        if t == 1:
            mean.extend(p.detach().clone() for p in parameters)
        for old, new in zip(mean, parameters):
            old.lerp_(new.detach(), float(entry[t - 1]))

    losses = train(task, [wanted.rates], [seed], max_norm=wanted.max_norm, measure_at=STOPS,
                   average=wanted.average, callback=keep, progress=False)  # fmt: skip
    return losses[:, 0, 0], task.paintings(mean)[0]


def _judge(wanted, prediction, reason, log):
    """The `Submission`: everything that is measured on the test seeds."""
    task = Photograph()
    references = {name: setting(schedule) for name, schedule in REFERENCES.items()}
    asked = {each.name: (each, other) for each, other in _controls(wanted, log)}
    others = {name: other for name, (_, other) in asked.items() if other is not None}
    losses = _train(task, [wanted, *references.values(), *others.values()], TEST_SEEDS)
    mine, rows = losses[0], dict(zip([*references, *others], losses[1:]))
    line, paired = rows["linear"], statistics.paired_difference
    forgotten = []
    for name, (each, other) in asked.items():
        if other is None:
            worse = int((mine > line).sum())
            found = f"On {worse} of the {len(mine)} test seeds the line alone would have looked better."
            forgotten.append(Forgotten(name, each.question, None, found))
        else:
            versus = paired(rows[name], mine, (name, "yours"))
            forgotten.append(Forgotten(name, each.question, versus))
    forgotten.sort(key=lambda each: each.difference.percent if each.difference else 0.0)
    pair = [_paint(each, TEST_SEEDS[0])[1] for each in (wanted, references["linear"])]
    return Submission(
        wanted, prediction, reason, paired(mine, line, ("yours", "linear")),
        {name: paired(rows[name], line, (name, "linear")) for name in references if name != "linear"},
        tuple(forgotten), mine, tuple(pair),
    )  # fmt: skip


def _controls(mine, log):
    """What was not tried: pairs of a `Forgotten` and the `Setting` that answers it, or None."""
    tried = [run.setting for run in log]
    alike = [each for each in tried if each.same == mine.same]
    if len({run.seed for run in log}) < 2:
        yield Forgotten("one seed", "All of your runs had the same seed."), None
    if not any(each.max_norm for each in tried):
        question = "Clipping the gradient was never tried. Your schedule, clipped at norm 1, against yours:"
        yield Forgotten("clipped", question), mine.but(max_norm=1.0)
    if mine.max_norm and not any(e.max_norm and e.shape == setting(CLIPPED_LINE).shape for e in tried):
        question = "Is it the schedule or the clipping? A straight line, clipped too, against yours:"
        yield Forgotten("line, clipped", question), setting(CLIPPED_LINE, mine.max_norm)
    if not any(each.average is not None for each in tried):
        question = "Averaging the weights was never tried. The mean of your last quarter, against yours:"
        yield Forgotten("averaged", question), mine.but(average=0.25)
    for name, word, factor in (("half the peak", "lower", 0.5), ("twice the peak", "higher", 2.0)):
        if not any((each.peak / mine.peak - 1) * (factor - 1) > 1e-3 for each in alike):
            question = f"You never tried this with a {word} peak. At {name}, against yours:"
            yield Forgotten(name, question), mine.but(rates=tuple(factor * r for r in mine.rates))
    if mine.rises and all(each.rises for each in tried):
        held = np.maximum.accumulate(mine.rates[::-1])[::-1]  # from the peak on, it is the same
        question = "The rise was never left out. Without it, against yours:"
        yield Forgotten("no rise", question), mine.but(rates=tuple(held.tolist()))
    if not mine.rises and not any(each.rises for each in tried):
        ramp = np.minimum(np.arange(T) / (0.3 * T), 1)
        question = "A warmup was never tried. With a rise over the first 30 %, against yours:"
        yield Forgotten("30 % warmup", question), mine.but(rates=tuple((ramp * mine.rates).tolist()))


def _interval(prediction):
    try:
        low, high = (checks.number("prediction", each, low=-np.inf) for each in prediction)
    except (TypeError, ValueError):
        raise Refused(f"prediction must be two numbers in per cent, such as (-20, -5), not {prediction!r}") from None
    if not low < high or high - low > WIDEST:
        raise Refused(
            f"prediction must be two numbers, the lower first and at most {WIDEST} apart (what is wider "
            f"can hardly be wrong), not {prediction!r}"
        )
    return low, high


def _reason(because):
    found = re.findall(r"[^\W\d_]{2,}", because) if isinstance(because, str) else []
    if len({word.lower() for word in found}) < WORDS:
        raise Refused(f"because must be a reason in words, {WORDS} of them at least, not {because!r}")
    return because.strip()


# --- a defence to compare with: its twenty runs, all on the seeds 0 and 1


def _long_rise(peak):
    return warmup_linear(peak, 0.3 * T, T)


def _clipped(peak, average=None):
    return setting(Linear(peak, 0, T), 1.0, average)


_FIRST = (
    *(setting(Linear(peak, 0, T)) for peak in (0.003, 0.01, 0.03)),
    *(setting(_long_rise(peak)) for peak in (0.01, 0.02, 0.04)),
    *(_clipped(peak) for peak in (0.025, 0.075, 0.2)),
    _clipped(0.075, average=0.25),
)
_LAST = (setting(_long_rise(0.02)), _clipped(0.075))  # on one seed they tied
REFERENCE_RUNS = tuple(
    [Tried(each, 0) for each in _FIRST]
    + [Tried(each, seed) for seed in range(1, 6) for each in _LAST]
)
REFERENCE = (
    _clipped(0.075), (-30, -12),
    "The length is known, so the rate ends at zero with it. The start is steep: the line alone must "
    "keep to a low peak. A rise over 30 % allows twice that peak, clipping more than seven times, and "
    "with clipping nothing is left for a rise to do. On one seed the two tied; on five more clipping "
    "won four times. Averaging a rate that ends at zero changed little.",
    REFERENCE_RUNS,
)  # fmt: skip

capstone = Capstone()
