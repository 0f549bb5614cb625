"""`compare`: where two curves part, and why where the numbers can tell."""

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, StepLR

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


def test_compare_finds_the_first_difference_and_the_largest_gap():
    result = lr.compare([0.1, 0.2, 0.4], [0.1, 0.3, 0.1], labels=("mine", "yours"))
    assert not result.equal and result.first_difference == 1
    assert result.gaps == pytest.approx([0, 0.25, 0.75])
    assert result.largest_gap == pytest.approx(0.75)
    assert repr(result).startswith(
        "mine and yours differ from step 1 on (0.2 against 0.3); "
        "the largest gap is 75 % of the peak, at step 2 (0.4 against 0.1)"
    )


def test_compare_takes_schedules_factories_and_arrays():
    factory = lambda opt: CosineAnnealingLR(opt, T_max=50)
    result = lr.compare(COSINE, factory)
    assert repr(result) == "Cosine and function are equal over 50 steps (within 1e-12 of the peak)"
    assert lr.compare(COSINE, COSINE.rates()).equal
    assert lr.compare(lr.trace(factory, 9), factory).equal
    assert lr.compare(lr.Linear(0, 1, 3.0), [0, 1 / 3, 2 / 3]).equal
    assert len(lr.compare(COSINE, WARM, T=7).gaps) == 7


@pytest.mark.parametrize("a, b", [([np.nan, 1], [1, 1]), ([-1, -1], [-2, -2]), ([0, 0], [0, 1e-9])])
def test_compare_calls_nothing_equal_that_differs(a, b):
    assert not lr.compare(a, b).equal


def test_compare_allows_differences_up_to_the_tolerance():
    assert lr.compare([1, 1], [1, 0.9], tolerance=0.11).equal
    assert not lr.compare([1, 1], [1, 0.9], tolerance=0.09).equal
    assert lr.compare([0, 0], [0, 0]).largest_gap == 0


class Unprintable:
    def __repr__(self):
        return "a thing"


STEPS = StepLR(torch.optim.SGD([torch.zeros(1)], lr=0.1), 10)
BAD_CALLS = [
    (ValueError, lambda: lr.compare(lr.Constant(0.1), lr.Constant(0.1)), "T must be given"),
    (ValueError, lambda: lr.compare(COSINE, COSINE, T=0), "T must be .*not 0"),
    (
        ValueError,
        lambda: lr.compare(lr.Cosine(1, 0, 10**11), lr.Cosine(2, 0, 10**11)),
        "T must be at most 10,000,000 steps, not 100,000,000,000: give a smaller T",
    ),
    (
        ValueError,
        lambda: lr.compare([0.1], [0.1], T=2),
        r"a: .*at least T=2 rates, not shape \(1,\)",
    ),
    (
        ValueError,
        lambda: lr.compare(COSINE, [0.1], T=2),
        r"b: .*at least T=2 rates, not shape \(1,\)",
    ),
    (ValueError, lambda: lr.compare([[0.1]], [0.1]), r"not shape \(1, 1\)"),
    (
        TypeError,
        lambda: lr.compare(COSINE, STEPS),
        r"b must be .*lambda optimizer: StepLR\(optimizer, ",
    ),
    (TypeError, lambda: lr.compare(None, COSINE), "a must be a schedule, a function .*not None"),
    (TypeError, lambda: lr.compare(COSINE, 0.1), "b must be a schedule, a function .*not 0.1"),
    (
        TypeError,
        lambda: lr.compare(COSINE, "cosine"),
        "b must be a schedule, a function .*not 'cosine'",
    ),
    (
        TypeError,
        lambda: lr.compare(COSINE, [[0.1], [0.1, 0.2]]),
        "b must be a schedule, a function",
    ),
    (TypeError, lambda: lr.compare(COSINE, Unprintable()), "b must be .*not a thing"),
    (
        TypeError,
        lambda: lr.compare(COSINE, StepLR, lr=[0.1, 0.2]),
        r"lr must be .*not \[0.1, 0.2\]",
    ),
    (ValueError, lambda: lr.compare(COSINE, COSINE, labels=("mine",)), r"labels must be two names"),
    (
        ValueError,
        lambda: lr.compare(COSINE, COSINE, labels="ab"),
        "labels must be two names.*not 'ab'",
    ),
    (ValueError, lambda: lr.compare(COSINE, COSINE, labels=(1, 2)), "labels must be two names"),
    (
        ValueError,
        lambda: lr.compare(COSINE, COSINE, labels=list("abc")),
        "labels must be two names",
    ),
    (ValueError, lambda: lr.compare(COSINE, COSINE, tolerance=-1), "tolerance must be .*not -1"),
    (
        ValueError,
        lambda: lr.compare(COSINE, COSINE, tolerance=np.nan),
        "tolerance must be .*not nan",
    ),
    (TypeError, lambda: lr.compare(COSINE, COSINE, tolerance=None), "tolerance must be .*not None"),
]


@pytest.mark.parametrize("error, call, message", BAD_CALLS)
def test_a_bad_call_is_refused_in_words(error, call, message):
    with pytest.raises(error, match=message):
        call()


def test_a_comparison_holds_its_own():
    from lrlib.analysis import Comparison

    assert Comparison(COSINE.rates(), COSINE.rates(), ["a", "b"], 0.0).labels == ("a", "b")
    with pytest.raises(ValueError, match="labels must be two names"):
        Comparison(COSINE.rates(), COSINE.rates(), ("a",), 0.0)
    with pytest.raises(ValueError, match=r"a and b must be .* not \(50,\) and \(49,\)"):
        Comparison(COSINE.rates(), COSINE.rates(49), ("a", "b"), 0.0)
