"""Why two curves differ, in words, where the numbers can tell."""

import numpy as np


def reason(a, b, labels, tolerance):
    """Why the rates `b` are not the rates `a`: a sentence, or None where no known cause fits.

    `a`, `b`: the rates of T updates, shape (T,). `labels`: their names. `tolerance`: differences up
    to this fraction of the peak count as none.

    >>> line = np.linspace(1, 0, 11)
    >>> reason(line[:-1], line[1:], ("a", "b"), 1e-12)
    'b is one step ahead: at step t it has what a has at step t + 1 (a rate logged after step(), or step() called before the update?)'
    """
    if len(a) < 3 or not np.isfinite([a, b]).all():
        return None
    allowed = tolerance * max(np.abs([a, b]).max(), 1e-300)

    def same(x, y):
        return np.abs(x - y).max() <= allowed

    differ = np.flatnonzero(np.abs(a - b) > allowed)
    if not differ.size:
        return None
    first = differ[0]
    for x, y, name, other in ((a, b, *labels), (b, a, *reversed(labels))):
        end = x[first - 1]  # where one is at rest below its peak, and the other moves
        if 0 < first < len(a) - 1 and same(x[first:], end) and x.max() - end > allowed:
            return (
                f"{name} stays at {end:.6g} from step {first - 1} on and {other} goes on: its stop at "
                f"the end is missing"
            )
    if same(a[1:], b[:-1]) and not same(b[:-1], b[0]):
        return (
            f"{labels[1]} is one step ahead: at step t it has what {labels[0]} has at step t + 1 "
            f"(a rate logged after step(), or step() called before the update?)"
        )
    if same(a[:-1], b[1:]) and not same(a[:-1], a[0]):
        return (
            f"{labels[1]} is one step late: at step t it has what {labels[0]} has at step t - 1 "
            f"(the first step counted twice?)"
        )
    if factor := _factor(a, b, same):
        return f"{labels[1]} is {factor:.6g} times {labels[0]} at every step (another peak?)"
    k = max(first - 1, 0)
    if _factor(a[k] - a[k:], b[k] - b[k:], same):
        return (
            f"the same curve from step {k} on, but to another end: {a[-1]:.6g} in {labels[0]}, "
            f"{b[-1]:.6g} in {labels[1]} (another eta_min, or reached one step earlier?)"
        )
    return None


def _factor(x, y, same):
    """The number k for which y = k x, or None."""
    k = (x @ y) / (x @ x) if x.any() and y.any() else 0.0
    return k if k > 0 and same(k * x, y) else None
