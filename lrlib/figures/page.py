"""Figures on the page: as small PNGs, each with the sentence that says what to see."""

import io

import numpy as np
from PIL import Image

from .curves import comparison, curves
from .measured import trials
from .style import DPI, shown_width


def palette(image):
    """64 colours of an RGB image; what is nearly white becomes white, or paper looks grey."""
    colours = image.quantize(64, dither=Image.Dither.NONE)
    values = np.array(colours.getpalette()).reshape(-1, 3)
    values[values.min(1) > 240] = 255
    colours.putpalette(values.flatten().tolist())
    return colours


def png(figure):
    """A figure as PNG bytes, reduced to a palette of 64 colours: a third of the size, no loss seen."""
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI)
    raw.seek(0)
    out = io.BytesIO()
    palette(Image.open(raw).convert("RGB")).save(out, "PNG", optimize=True)
    return out.getvalue()


def show(figure, sentence):
    """Display a figure with the sentence that says what to see: below it, and as its alt text."""
    from IPython.display import display

    display(
        {"image/png": png(figure), "text/plain": sentence},
        metadata={"image/png": {"alt": sentence, "width": shown_width(figure)}},
        raw=True,
    )
    display({"text/markdown": f"*{sentence}*", "text/plain": sentence}, raw=True)


def show_schedule(schedule):
    """A schedule in a notebook: its picture, its formula with its numbers, its text."""
    from IPython.display import display

    T = schedule.T if schedule.T < np.inf else 100
    top = f", at most {schedule.rates(T).max():.4g},"
    ends = f"from {schedule(0):.4g} to {schedule(T):.4g}{top} over {T:g} steps"
    show(curves({type(schedule).__name__: schedule}, T + 1), f"A schedule {ends}: {schedule!r}.")
    formula = rf"$\displaystyle {schedule.latex(numbers=True)}$"
    display({"text/latex": formula, "text/plain": formula}, raw=True)


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
