"""Figures on the page: small PNGs, still or moving, each with a sentence that says what to see."""

import io
import os

import numpy as np
from PIL import Image

from ..schedules import Sequence
from .curves import comparison, curves
from .films import Frames, apng, palette
from .measured import trials
from .names import arrange, collisions
from .style import DPI, shown_width, styled

DRAWN = 10**5  # steps: a longer schedule is drawn and described from samples
SAMPLES = 10**4
CHECKED = "LRLIB_CHECK_FIGURES"  # set by the tests: a figure that cannot be read is an error


@styled
def png(figure):
    """A figure as PNG bytes in a palette of 64 colours: a third of the size, no loss seen."""
    arrange(figure)
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI)
    raw.seek(0)
    out = io.BytesIO()
    palette(Image.open(raw).convert("RGB")).save(out, "PNG", optimize=True)
    return out.getvalue()


def show(figure, sentence):
    """Display a figure with the sentence that says what to see: below it, and as its alt text.

    `figure`: a matplotlib `Figure`, or `Frames`, of which the finished picture is shown.
    """
    figure = figure.figure if isinstance(figure, Frames) else figure
    _display(png(figure), figure, sentence)


def film(frames, sentence):
    """Display `Frames` as a film with its sentence: played once, the finished picture stays.

    `frames`: of `cloud`, `valley`, `saddle` or `catapult`, or your own `Frames`. An animated PNG,
    at most 5 seconds and 250 kB, with fewer frames if need be; where nothing can move (paper, other programs) the
    finished picture stands, because it is the first frame, too.
    """
    if not isinstance(frames, Frames):
        raise TypeError(
            f"frames must be Frames, such as cloud returns, not {type(frames).__name__}"
        )
    _display(apng(frames), frames.figure, sentence)


def _display(data, figure, sentence):
    from IPython.display import display

    if os.environ.get(CHECKED) and (found := collisions(figure)):
        raise ValueError("this figure cannot be read: " + "; ".join(found))
    display(
        {"image/png": data, "text/plain": sentence},
        metadata={"image/png": {"alt": sentence, "width": shown_width(figure)}},
        raw=True,
    )
    display({"text/markdown": f"*{sentence}*", "text/plain": sentence}, raw=True)


def show_schedule(schedule):
    """A schedule in a notebook: its picture, what it does in words, its formula with numbers."""
    from IPython.display import display

    T = int(np.ceil(schedule.T)) if schedule.T < np.inf else 100
    name = type(schedule).__name__
    if T <= DRAWN:
        picture = curves({name: schedule}, T)
        words = in_words(schedule.rates(T), schedule(T), schedule.T == np.inf)
    else:
        at = _samples(schedule, T)
        rates = schedule(at)
        picture, words = curves({name: rates}, x=at), in_words(rates[:-1], rates[-1], at=at)
    show(picture, words)
    formula = rf"$\displaystyle {schedule.latex(numbers=True)}$"
    display({"text/latex": formula, "text/plain": formula}, raw=True)


def _samples(schedule, T):
    """Whole steps from 0 to `T`, with those on both sides of each border of a sequence."""
    at = np.floor(np.linspace(0, T, SAMPLES + 1))
    if isinstance(schedule, Sequence):
        starts = np.ceil(schedule.starts)
        at = np.concatenate([at, starts, starts - 1])
    return np.unique(at.clip(0, T))


def in_words(rates, end, endless=False, at=None):
    """What a person would say of a schedule's rates: where it starts, its peak, where it ends.

    `rates`: shape (T,). `end`: the rate after them. `endless`: they are only the first T.
    `at`: the steps of samples, and T at the end; what only all steps can tell is then not said.

    >>> in_words(np.linspace(0.1, 0.01, 90, endpoint=False), 0.01)
    'The rate falls from 0.1 to 0.01 in 90 steps.'
    """
    values = np.append(rates, end)
    low, high, T = values.min(), values.max(), len(rates) if at is None else int(at[-1])
    steps = f"{T} steps" if T != 1 else "one step"
    span = f"in the first {steps}, and goes on" if endless else f"in {steps}"
    if high - low <= 1e-12 * high:
        return f"The rate stays at {high:.4g}" + (" for ever." if endless else f" for {steps}.")
    moves = np.sign(np.diff(values))
    if (moves <= 0).all() or (moves >= 0).all():
        verb = "falls" if values[-1] < values[0] else "rises"
        return f"The rate {verb} from {values[0]:.4g} to {values[-1]:.4g} {span}."
    turns = moves[moves != 0]
    rises = int(np.sum((turns[1:] > 0) & (turns[:-1] < 0)) + (turns[0] > 0))
    top = values.argmax()
    place = f"at step {top}" if at is None else f"near step {int(at[top])}"
    peak = f"its peak, {high:.4g}, {place}"
    again = f" It rises {rises} times." if rises > 1 and at is None else ""
    last = f"is at {values[-1]:.4g} after {steps}" + (", and goes on" if endless else "")
    return f"The rate starts at {values[0]:.4g}, has {peak}, and {last}.{again}"


def show_comparison(result):
    """A comparison in a notebook: its picture and its words."""
    show(comparison(result), f"{result!r}.")


def show_result(result, reference=None, prediction=None):
    """A laboratory result in a notebook: its table, its picture, its verdicts."""
    reference = reference or result.names[-1]
    print(result)
    verdicts = [str(result.compare(n, reference)) for n in result.names if n != reference]
    words = "; ".join(verdicts)
    show(trials(result, reference, prediction), f"{words[:1].upper()}{words[1:]}.")
