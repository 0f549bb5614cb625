"""`compare` says why two curves differ where the numbers can tell, and nothing where they cannot."""

import numpy as np
import pytest

import lrlib as lr

COSINE = lr.Cosine(0.1, 0, 50)
WARM = lr.warmup_cosine(0.1, 10, 50)
REASONS = [
    (
        (COSINE.rates(), COSINE(np.arange(1, 51))),
        "b is one step ahead: at step t it has what a has at step t + 1",
    ),
    (
        (COSINE(np.arange(1, 51)), COSINE.rates()),
        "b is one step late: at step t it has what a has at step t - 1",
    ),
    (
        (COSINE.rates(60), COSINE.rates().tolist() + COSINE.reverse().rates(10).tolist()),
        "a stays at 0 from step 50 on and b goes on: its stop at the end is missing",
    ),
    (
        (COSINE.rates().tolist() + COSINE.reverse().rates(10).tolist(), COSINE.rates(60)),
        "b stays at 0 from step 50 on and a goes on: its stop at the end is missing",
    ),
    ((COSINE, COSINE * 10), "b is 10 times a at every step (another peak?)"),
    (
        (WARM, lr.warmup_cosine(0.1, 10, 50, eta_min=0.01)),
        "the same curve from step 10 on, but to another end: 0.000154133 in a, 0.0101387 in b",
    ),
    (
        (lr.warmup_linear(0.1, 10, 50), lr.warmup_linear(0.1, 10, 50, inclusive=True)),
        "the same curve from step 10 on, but to another end: 0.0025 in a, 0 in b",
    ),
]


@pytest.mark.parametrize("curves, reason", REASONS, ids=[reason[:45] for _, reason in REASONS])
def test_the_reason_is_given(curves, reason):
    comparison = lr.compare(*curves, labels=("a", "b"))
    assert comparison.reason.startswith(reason)
    assert repr(comparison).endswith(f"; {comparison.reason}")


@pytest.mark.parametrize(
    "a, b",
    [
        (COSINE, COSINE),
        (COSINE, lr.Linear(0.1, 0, 50)),
        (lr.warmup_constant(0.1, 10), WARM),
        (WARM, lr.warmup_cosine(0.1, 10, 50, inclusive=True)),
        (lr.one_cycle(0.1, 50), WARM),
        ([0.1, 0.2], [0.2, 0.1]),
        ([0.1, np.nan, 0.1], [0.1, 0.1, 0.1]),
        ([0, 0, 0], [0, 0, 1e-9]),
    ],
)
def test_no_reason_is_invented(a, b):
    assert lr.compare(a, b, 50 if isinstance(b, lr.Schedule) else None).reason is None
