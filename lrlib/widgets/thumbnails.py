"""The small pictures beside the options of a prediction, all on the same axes."""

import base64

import numpy as np

from .. import figures
from ..schedules import Schedule


def thumbnails(pictures):
    """For each option its picture as a data address, all on the same axes, and words for it.

    The axes are as long as the longest curve that ends, or 100 updates if none does.
    """
    given = {name: _checked(name, each) for name, each in pictures.items()}
    lengths = [each.T if isinstance(each, Schedule) else len(each) for each in given.values()]
    T = max((length for length in lengths if length < np.inf), default=100)
    curves = {
        name: each.rates(T) if isinstance(each, Schedule) else each for name, each in given.items()
    }
    low, high = (f(map(f, curves.values())) for f in (min, max))
    room = 0.06 * (high - low or 1)
    made = {}
    for name, y in curves.items():
        figure, axes = figures.styled(figures.panels)(1)
        figure.set_size_inches(2.1, 1.4)
        stairs = "steps-post" if isinstance(given[name], Schedule) else "default"
        axes.plot(y, color="#222222", drawstyle=stairs)
        axes.set(xlim=(-0.05 * T, 1.05 * T), ylim=(low - room, high + room), xticks=[], yticks=[])
        alt = f"a curve from {y[0]:.2g} to {y[-1]:.2g}, between {y.min():.2g} and {y.max():.2g}"
        source = base64.b64encode(figures.png(figure)).decode()
        made[name] = {"picture": f"data:image/png;base64,{source}", "alt": alt}
    return made


def _checked(name, picture):
    """A schedule as it is, anything else as an array of two or more finite numbers."""
    if isinstance(picture, Schedule):
        return picture
    refusal = f"the picture of {name!r} must be a schedule or an array of numbers, not {picture!r}"
    try:
        values = np.asarray(picture, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(refusal) from None
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(refusal)
    return values
