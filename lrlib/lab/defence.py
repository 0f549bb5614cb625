"""A defence of the capstone: what is submitted, measured on the test seeds, and what was forgotten."""

import re
from dataclasses import dataclass, field

import numpy as np

from .. import checks
from ..dynamics.averages import entering
from ..schedules import Constant, Cosine, Linear, Schedule, warmup_linear
from . import statistics
from .tasks.photograph import Photograph
from .trainer import train

T = 300  # updates of a run
TEST_SEEDS = range(7_000, 7_032)  # nobody can run these
STOPS = tuple(range(0, T + 1, 15))

# The references, each at the peak that was best on seeds 200 to 223 (grid: factors of 1.5).
REFERENCES = {
    "constant": Constant(0.0067, T),
    "linear": Linear(0.01, 0, T),
    "cosine": Cosine(0.01, 0, T),
    "10 % warmup + linear": warmup_linear(0.01, T // 10, T),
}
CLIPPED_LINE = Linear(0.075, 0, T)  # its best peak, on the same seeds, with gradients clipped at 1


class Refused(ValueError):
    """What a run is refused with; a notebook shows the sentence alone."""

    def _render_traceback_(self):
        return [f"Not run: {self}"]


@dataclass(frozen=True)
class Setting:
    """What a run does: its rates, how gradients are clipped, what is averaged; `shape_name` says it."""

    rates: tuple
    max_norm: float | None = None
    average: object = None
    shape_name: str = field(default="", compare=False)

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

    def __str__(self):
        words = f"{self.shape_name}, peak {self.peak:.3g}".removeprefix(", ")
        words += "" if self.max_norm is None else f", clipped at {self.max_norm:g}"
        return words + ("" if self.average is None else f", averaged ({self.average})")

    def but(self, **changes):
        return Setting(**{**vars(self), **changes})


def setting(schedule, max_norm=None, average=None):
    """A `Setting` of the task's length, or a `Refused` that says what is wrong."""
    if not isinstance(schedule, Schedule):
        raise Refused(
            f"a schedule with its peak is needed, such as lr.Linear(0.01, 0, {T}), not {schedule!r}"
        )
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
    return Setting(tuple(rates.tolist()), norm, average, _shape_name(schedule))


def _shape_name(schedule):
    """Its parts and their lengths: 'Linear 30 >> Linear 270'."""
    words = re.sub(r"\((?:[^()]*, )?T=([\d.a-z]+)\)", r" \1", repr(schedule))
    return words if len(words) <= 60 else words[:59] + "…"


@dataclass(frozen=True)
class Tried:
    """What was asked in a run: all that the forgotten controls are worked out from."""

    setting: Setting
    seed: int


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
        inside = self.difference.low <= high and low <= self.difference.high
        came = "it came true" if self.came_true else "it did not come true"
        came += ", but the interval reaches into it" if inside and not self.came_true else ""
        lines = [
            str(self.difference),
            f"You predicted {low:+g} to {high:+g} %, measured {self.difference.percent:+.1f} %: {came}.",
            f"Because: {self.because}",
        ]
        if self.forgotten:
            one = len(self.forgotten) == 1
            lines += ["The control that was forgotten:" if one else "The controls that were forgotten:"]
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
        lines = [html.escape(line) for line in body.strip().splitlines()[1:]]  # the first is said above
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


def measure(task, settings, seeds):
    """The final losses, shape (K, S): all that clip alike are trained together."""
    done = {}
    for norm in dict.fromkeys(each.max_norm for each in settings):
        some = [each for each in settings if each.max_norm == norm]
        average = [each.average for each in some]
        rates = [each.rates for each in some]
        losses = train(task, rates, seeds, max_norm=norm, average=average, progress=False)
        done |= dict(zip(some, losses))
    return np.stack([done[each] for each in settings])


def paint(wanted, seed):
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


def judge(wanted, prediction, reason, log):
    """The `Submission`: everything that is measured on the test seeds."""
    task = Photograph()
    references = {name: setting(schedule) for name, schedule in REFERENCES.items()}
    asked = {each.name: (each, other) for each, other in controls(wanted, log)}
    others = [each for _, several in asked.values() for each in several]
    settings = list(dict.fromkeys([wanted, *references.values(), *others]))
    losses = dict(zip(settings, measure(task, settings, TEST_SEEDS)))
    mine, rows = losses[wanted], {name: losses[each] for name, each in references.items()}
    line, paired = rows["linear"], statistics.paired_difference
    forgotten = []
    for name, (each, several) in asked.items():
        if several:  # each at the peak that is best on the other half of the seeds
            at_best = np.array([losses[other] for other in several])
            at_best = statistics.cross_fit(at_best)[0] if len(several) > 1 else at_best[0]
            versus = paired(at_best, mine, (name, "yours"))
            forgotten.append(Forgotten(name, each.question, versus))
        else:
            worse = int((mine > line).sum())
            found = f"On {worse} of {len(mine)} test seeds the line would have looked better."
            forgotten.append(Forgotten(name, each.question, None, found))
    forgotten.sort(key=lambda each: each.difference.percent if each.difference else 0.0)
    pair = [paint(each, TEST_SEEDS[0])[1] for each in (wanted, references["linear"])]
    return Submission(
        wanted, prediction, reason, paired(mine, line, ("yours", "linear")),
        {name: paired(rows[name], line, (name, "linear")) for name in references if name != "linear"},
        tuple(forgotten), mine, tuple(pair),
    )  # fmt: skip


def controls(mine, log):
    """What was not tried: pairs of a `Forgotten` and the `Setting`s, peak by peak, that answer it."""
    tried = [run.setting for run in log]
    alike = [each for each in tried if each.same == mine.same]
    if len({run.seed for run in log}) < 2:
        yield Forgotten("one seed", "All of your runs had the same seed."), ()
    if not any(each.max_norm for each in tried):
        question = "Clipping the gradient was never tried. At norm 1, its peak tuned, against yours:"
        yield Forgotten("clipped", question), _peaks(mine.but(max_norm=1.0), 1, 2, 4, 8)
    line = setting(CLIPPED_LINE).shape
    if mine.max_norm and not any(each.max_norm and each.shape == line for each in tried):
        question = "Is it the schedule or the clipping? A straight line, clipped too, against yours:"
        yield Forgotten("line, clipped", question), (setting(CLIPPED_LINE, mine.max_norm),)
    if not any(each.average is not None for each in tried):
        question = "Averaging the weights was never tried. The mean of your last quarter, against yours:"
        yield Forgotten("averaged", question), _peaks(mine.but(average=0.25), 1, 2)
    for name, word, factor in (("half the peak", "lower", 0.5), ("twice the peak", "higher", 2.0)):
        if not any((each.peak / mine.peak - 1) * (factor - 1) > 1e-3 for each in alike):
            question = f"You never tried this with a {word} peak. At {name}, against yours:"
            yield Forgotten(name, question), _peaks(mine, factor)
    if mine.rises and all(each.rises for each in tried):
        held = np.maximum.accumulate(mine.rates[::-1])[::-1]  # from the peak on, it is the same
        question = "The rise was never left out. Without it, against yours:"
        yield Forgotten("no rise", question), _peaks(mine.but(rates=tuple(held.tolist())), 0.5, 1)
    if not mine.rises and not any(each.rises for each in tried):
        ramp = np.minimum(np.arange(T) / (0.3 * T), 1)
        question = "A warmup was never tried. With a rise over the first 30 %, against yours:"
        rates = tuple((ramp * mine.rates).tolist())
        yield Forgotten("30 % warmup", question), _peaks(mine.but(rates=rates), 1, 2, 4)


def _peaks(mine, *factors):
    """The same at other peaks."""
    return tuple(mine.but(rates=tuple(k * rate for rate in mine.rates)) for k in factors)


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
