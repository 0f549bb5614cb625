"""Schedules: the laws of composition, what a call returns, how they read, and what is refused."""

import copy
import math
import operator
import pickle
import re
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

import lrlib as lr
from lrlib.schedules.shapes import cos, floor, passed, pi, sqrt

INF, NAN = math.inf, math.nan
TABLE = [
    (lr.Constant(0.1), [0, 5, 1000], [0.1, 0.1, 0.1]),
    (lr.Linear(0, 0.1, 10), [0, 5, 10, 20], [0, 0.05, 0.1, 0.1]),
    (lr.Polynomial(0.1, 0.02, 10, power=2), [0, 5, 10, 20], [0.1, 0.04, 0.02, 0.02]),
    (lr.Cosine(0.1, 0.02, 12), [0, 4, 6, 8, 12, 18], [0.1, 0.08, 0.06, 0.04, 0.02, 0.02]),
    (lr.Rex(0.3, 0, 12), [0, 6, 8, 12, 18], [0.3, 0.2, 0.15, 0, 0]),
    (
        lr.KDecay(0.1, 0.02, 12, k=2),
        [0, 6, 12, 18],
        [0.1, 0.06 + 0.04 * math.sqrt(0.5), 0.02, 0.02],
    ),
    (
        lr.Tanh(3, 1, 12, lb=-2, ub=2),
        [0, 6, 12, 18],
        [2 - math.tanh(-2), 2, *[2 - math.tanh(2)] * 2],
    ),
    (lr.Exponential(0.8, 0.5), [0, 1, 3], [0.8, 0.4, 0.1]),
    (lr.Exponential(0.1, 2, T=3), [0, 1, 3, 9], [0.1, 0.2, 0.8, 0.8]),
    (lr.Step(0.8, step_size=10, gamma=0.5), [0, 9, 10, 25, 30], [0.8, 0.8, 0.4, 0.2, 0.1]),
    (lr.MultiStep(1, milestones=[30], gamma=0.1), [0, 29, 30, 99], [1, 1, 0.1, 0.1]),
    (lr.MultiStep(1, milestones=[3, 6], gamma=0.1), [0, 2, 3, 5, 6], [1, 1, 0.1, 0.1, 0.01]),
    (lr.InverseSqrt(0.1, timescale=100), [0, 300, 800], [0.1, 0.05, 0.1 / 3]),
]
SHAPES = [schedule for schedule, steps, rates in TABLE]
LINE, TRIANGLE = lr.Linear(0, 0.1, 10), lr.Linear(0, 0.1, 4) >> lr.Linear(0.1, 0, 6)
COMPOSED = [
    TRIANGLE,
    TRIANGLE.repeat(),
    LINE >> TRIANGLE.repeat(2) >> lr.Constant(0.01),
    TRIANGLE * 2 + lr.Cosine(0.1, 0, 20),
    lr.Cosine(0.1, 0, 20).first(8),
]
each_shape = pytest.mark.parametrize("schedule", SHAPES, ids=repr)
each_schedule = pytest.mark.parametrize("schedule", SHAPES + COMPOSED, ids=repr)


def shapes(lengths):
    """Every shape, with an end."""
    rates, factors = st.floats(0, 10), st.floats(0.001, 1.1)
    milestones = st.sets(st.integers(1, 60), min_size=1).map(sorted)
    return st.one_of(
        st.builds(lr.Constant, rates, lengths),
        st.builds(lr.Linear, rates, rates, lengths),
        st.builds(lr.Polynomial, rates, rates, lengths, st.floats(0.01, 20)),
        st.builds(lambda a, b, T: lr.Cosine(max(a, b), min(a, b), T), rates, rates, lengths),
        st.builds(lambda a, b, T: lr.Rex(max(a, b), min(a, b), T), rates, rates, lengths),
        st.builds(
            lambda a, b, T, k: lr.KDecay(max(a, b), min(a, b), T, k),
            rates,
            rates,
            lengths,
            st.floats(0.1, 9),
        ),
        st.builds(
            lambda a, b, T, w: lr.Tanh(max(a, b), min(a, b), T, w - 5, w),
            rates,
            rates,
            lengths,
            st.floats(-5, 9),
        ),
        st.builds(lr.Exponential, rates, factors, lengths),
        st.builds(lr.Step, rates, lengths, factors, lengths),
        st.builds(lr.MultiStep, rates, milestones, factors, lengths),
        st.builds(lr.InverseSqrt, rates, lengths, lengths),
    )


def schedules(lengths):
    """Shapes, and what the operators make of them."""

    def compose(inner):
        return st.one_of(
            *(st.builds(op, inner, inner) for op in (operator.rshift, operator.add, operator.mul)),
            st.builds(lambda s, n: s.repeat(n), inner, st.integers(1, 3)),
            st.builds(lambda s, T: s.first(min(T, s.T)), inner, lengths),
            st.builds(lambda s: s.reverse(), inner),
            st.builds(lambda s, k: s.drop(min(k, s.T - 1)) if s.T > 1 else s, inner, lengths),
            st.builds(lambda s, f: s.stretch(f * s.T), inner, st.integers(2, 3)),
            st.builds(
                lambda s, low, high: s.clip(low, low + high),
                inner,
                st.floats(0, 1),
                st.floats(0, 9),
            ),
        )

    return st.recursive(shapes(lengths), compose, max_leaves=5)


TENTHS = st.integers(1, 99).map(lambda n: n / 10)  # their sums are whole but for the rounding
LENGTHS = st.integers(1, 60) | st.floats(0.1, 60) | TENTHS
ANY = schedules(LENGTHS)
WHOLE = schedules(st.integers(1, 60))  # of whole lengths: moving them by whole steps is exact
some = settings(max_examples=100, deadline=None)


def grid(schedule):
    """Steps before, after and at the end."""
    return np.append(np.linspace(0, 1.5 * schedule.T, 40), schedule.T)


def assert_same(rates, expected):
    least = np.finfo(float).tiny  # below it the rounding has no bound
    np.testing.assert_allclose(rates, expected, rtol=1e-14, atol=1e-14 * np.max(expected) + least)


@pytest.mark.parametrize("schedule, steps, rates", TABLE, ids=repr)
def test_values(schedule, steps, rates):
    np.testing.assert_allclose(schedule(steps), rates, rtol=1e-14)


@some
@given(ANY, ANY)
@example(lr.Constant(0, 9 - 7e-15) + lr.Constant(1, 1), lr.Constant(0, 1))
def test_at_a_border_the_next_schedule_speaks(a, b):
    assert (a >> b)(a.T) == b(0)


@some
@given(WHOLE, WHOLE)
def test_a_sequence_is_its_parts_in_turn(a, b):
    before, after = np.arange(a.T), np.arange(2 * b.T)
    assert (a >> b).T == a.T + b.T
    assert_same((a >> b)(before), a(before))
    assert_same((a >> b)(a.T + after), b(after))


@some
@given(ANY, ANY, ANY)
def test_sequences_are_associative(a, b, c):
    left, right = (a >> b) >> c, a >> (b >> c)
    assert left == right
    assert np.array_equal(left(grid(left)), right(grid(left)))


@some
@given(ANY, ANY, LENGTHS)
def test_first_keeps_the_first_steps(a, b, T):
    T = min(T, a.T)
    assert (a >> b).first(a.T) == a
    assert_same(a.first(T).rates(), a.rates(T))


@some
@given(WHOLE, st.integers(1, 5))
def test_repeat_has_a_period_and_an_end(s, n):
    t = np.arange(s.T)
    assert s.repeat(n).T == n * s.T
    assert_same(s.repeat(n)(t + (n - 1) * s.T), s(t))
    assert_same(s.repeat()(t + n * s.T), s(t))
    assert s.repeat(n)(n * s.T) == s(s.T)


@some
@given(WHOLE)
def test_repeat_twice_is_a_schedule_after_itself(s):
    assert_same(s.repeat(2)(grid(s >> s)), (s >> s)(grid(s >> s)))


@some
@given(WHOLE)
def test_reverse_runs_backwards(s):
    t = np.arange(s.T + 1)
    assert_same(s.reverse()(t), s(s.T - t))
    assert_same(s.reverse().reverse()(t), s(t))


@some
@given(ANY, ANY, st.floats(0, 100))
def test_sums_products_and_multiples_are_those_of_the_rates(a, b, k):
    t = grid(a >> b)
    assert_same((a + b)(t), a(t) + b(t))
    assert_same((a * b)(t), a(t) * b(t))
    assert_same((a * k)(t), a(t) * k)
    assert_same((k * a)(t), k * a(t))
    assert (a + b).T == (a * b).T == max(a.T, b.T) and (a * k).T == a.T


@some
@given(ANY, st.floats(0, 1e9))
def test_a_schedule_holds_after_its_end(s, extra):
    assert s(s.T + extra) == s(INF) == s(s.T)


@some
@given(shapes(LENGTHS))
def test_a_shape_stays_between_its_two_ends(s):
    low, high = sorted([s(0), s(s.T)])
    assert (s(grid(s)) >= low - 1e-15 * high).all() and (s(grid(s)) <= high * (1 + 1e-15)).all()


@pytest.mark.filterwarnings("error")
@some
@given(ANY)
def test_no_rate_is_negative_undefined_or_infinite(s):
    assert np.isfinite(s(grid(s))).all() and (s(grid(s)) >= 0).all()


@pytest.mark.parametrize("t", [3, 3.5, np.int64(3), np.float32(3.5), np.array(3)], ids=repr)
@each_schedule
def test_one_step_gives_a_float(schedule, t):
    assert type(schedule(t)) is float


@pytest.mark.parametrize("dtype", ["int8", "uint64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(0,), (7,), (2, 0), (3, 4)], ids=str)
@each_schedule
def test_an_array_gives_float64_of_the_same_shape(schedule, shape, dtype):
    rates = schedule(np.full(shape, 3, dtype))
    assert rates.shape == shape and rates.dtype == np.float64


@some
@given(ANY, st.randoms())
def test_one_step_agrees_with_an_array_in_any_order(s, random):
    steps = random.sample(list(grid(s)), 40)
    assert_same([s(t) for t in steps], s(np.reshape(steps, (4, 10))).ravel())


@some
@given(ANY)
def test_copies_are_equal(s):
    written = eval(repr(s), {**vars(lr), "inf": INF})
    for twin in (copy.copy(s), copy.deepcopy(s), pickle.loads(pickle.dumps(s)), written):
        assert twin == s and hash(twin) == hash(s) and repr(twin) == repr(s)


def test_different_schedules_are_unequal():
    a, b = LINE, lr.Cosine(1, 0, 10)
    different = [a, b, lr.Linear(0, 1, 11), a >> b, b >> a, a + b, a * b, a.repeat(2), a.first(9)]
    assert len(set(different)) == len(different)


def test_rates_are_those_that_a_run_uses():
    assert lr.Linear(0, 1, 4).rates().tolist() == [0, 0.25, 0.5, 0.75]
    assert lr.Linear(0, 1, 4).rates(6).tolist() == [0, 0.25, 0.5, 0.75, 1, 1]
    assert lr.Linear(0, 1, 2.5).rates().tolist() == [0, 0.4, 0.8]


def test_a_rounding_error_of_the_lengths_adds_no_step():
    assert 3.9 + 5.4 + 1.4 + 1.3 > 12
    a, b, c, d = (lr.Constant(0.1, T) for T in (3.9, 5.4, 1.4, 1.3))
    assert len((a >> b >> c >> d).rates()) == 12
    assert 3 * 1.1 / 0.3 > 11
    assert len(lr.Constant(0.1, 3 * 1.1 / 0.3).rates()) == 11


@pytest.mark.parametrize("t", [0, 2, 3.25, 30])
@each_shape
def test_the_formula_that_explain_shows_gives_the_value(schedule, t):
    t = min(t, schedule.T)
    formula, *value = schedule.explain(t).removesuffix(".").split("eta = ")[1].split(" = ")
    names = {"tanh": np.tanh, "cos": cos, "pi": pi, "floor": floor, "sqrt": sqrt, "passed": passed}
    assert eval(formula, names) == pytest.approx(schedule(t), rel=1e-11)
    assert value in ([], [f"{schedule(t):.6g}"])


EXPLAINED = [
    (
        LINE >> lr.Constant(1),
        15,
        "segment 2 of 2, its own step 5 (length no end): Constant, eta = 1.",
    ),
    (LINE.repeat(3), 15, "cycle 2, its own step 5: Linear, eta = 0 + (0.1 - 0) * (5 / 10) = 0.05."),
    (LINE + 0.1, 5, "Sum of two schedules, eta = 0.05 + 0.1 = 0.15."),
    (LINE, 11, "the schedule ended at T = 10; it holds its last value, 0.1."),
]


@pytest.mark.parametrize("schedule, t, sentence", EXPLAINED)
def test_explain_in_words(schedule, t, sentence):
    assert schedule.explain(t) == f"t = {t}: {sentence}"


@pytest.mark.parametrize("numbers", [False, True])
@each_schedule
def test_latex_has_balanced_braces(schedule, numbers):
    latex = re.sub(r"\\[{}]", "", schedule.latex(numbers))
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


@pytest.mark.parametrize("numbers", [False, True])
@each_shape
def test_matplotlib_draws_the_formula_of_a_shape(schedule, numbers):
    assert MathTextParser("path").parse(f"${schedule.latex(numbers)}$").width > 0


def test_latex_shows_symbols_or_numbers():
    assert lr.Exponential(0.1, 0.5).latex() == r"\eta(t) = \eta\,\gamma^{t}"
    assert lr.Exponential(0.1, 0.5).latex(numbers=True) == r"\eta(t) = 0.1 \cdot 0.5^{t}"


OTHERS = ("milestones", "lb", "ub")  # these have their own tests
PARAMETERS = [(s, f.name) for s in SHAPES for f in fields(s) if f.name not in OTHERS]
POSITIVE = ("T", "step_size", "timescale", "gamma", "power", "k")
BAD = [(s, name, bad) for s, name in PARAMETERS for bad in (-1, NAN, -INF, True, "0.1", None)]
BAD += [(s, name, 0) for s, name in PARAMETERS if name in POSITIVE]
BAD += [(s, name, INF) for s, name in PARAMETERS if name != "T"]
BAD += [(s, "T", INF) for s in SHAPES if type(s) in (lr.Linear, lr.Polynomial, lr.Cosine, lr.Rex)]


@pytest.mark.parametrize("schedule, name, bad", BAD, ids=repr)
def test_a_bad_parameter_is_named_with_its_value(schedule, name, bad):
    error = ValueError if type(bad) in (int, float) else TypeError
    with pytest.raises(error, match=f"^{name} must be .*not {bad!r}"):
        replace(schedule, **{name: bad})


BAD_VALUES = [
    (lambda: lr.Cosine(0.1, 0.2, 10), "eta_min must be <= eta_max, not eta_min=0.2 > eta_max=0.1"),
    (lambda: lr.warmup_cosine(0.1, 5, 10, eta_min=0.2), "eta_min=0.2 > eta_max=0.1"),
    (lambda: lr.warmup_linear(0.1, 10, 10), "warmup must be .*T=10, not 10"),
    (lambda: lr.MultiStep(1, [60, 30], 0.1), r"milestones must increase .*not \(60, 30\)"),
    (lambda: lr.MultiStep(1, [30, 30], 0.1), r"milestones must increase .*not \(30, 30\)"),
    (lambda: lr.MultiStep(1, [0, 30], 0.1), r"milestones\[0\] must be .*not 0"),
    (lambda: lr.MultiStep(1, [], 0.1), r"milestones must hold at least one step, not \(\)"),
    (lambda: lr.Exponential(0.1, 1.1), r"gamma must be <= 1 in a schedule without end.*gamma=1\.1"),
    (lambda: lr.Step(0.1, 10, 1.1), r"gamma must be <= 1 in a schedule without end.*gamma=1\.1"),
    (lambda: lr.Exponential(0, 2, 1500), "gamma must be .*gamma=2.0 over 1500 factors"),
    (lambda: lr.Constant(0.1) >> LINE, r"part 1 .*must have an end.*Constant\(eta=0\.1"),
    (lambda: lr.Constant(0.1).repeat(), r"cannot be repeated: Constant\(eta=0\.1"),
    (lambda: lr.Constant(0.1).rates(), "T must be finite"),
    (lambda: lr.Constant(0.1)(INF), "t must be finite"),
    (lambda: LINE.repeat(0), "n must be a whole number >= 1, not 0"),
    (lambda: LINE.first(11), "T must be <= 10, the length of the schedule, not 11"),
    (lambda: LINE.first(0), "T must be .*not 0"),
    (lambda: LINE.rates(0), "T must be .*not 0"),
    (lambda: LINE * -1, "eta must be .*not -1"),
    (lambda: LINE(-1), "t must be >= 0.*not -1"),
    (lambda: LINE([1, NAN]), r"t must be >= 0.*not \[1, nan\]"),
]
BAD_TYPES = [
    (lambda: lr.MultiStep(1, 30, 0.1), "milestones must be a list of steps, not 30"),
    (lambda: lr.MultiStep(1, ["30"], 0.1), r"milestones\[0\] must be .*not '30'"),
    (lambda: LINE.repeat(1.5), "n must be a whole number >= 1, not 1.5"),
    (lambda: LINE.first("5"), "T must be .*not '5'"),
    (lambda: LINE(True), "t must be .*not True"),
    (lambda: LINE("1"), "t must be .*not '1'"),
    (lambda: LINE(None), "t must be .*not None"),
    (lambda: LINE.explain([1, 2]), r"one step at a time, not \[1, 2\]"),
    (lambda: LINE >> 0.1, "unsupported operand"),
    (lambda: LINE + True, "unsupported operand"),
]


@pytest.mark.parametrize("make, message", BAD_VALUES)
def test_a_value_out_of_range_is_refused_in_words(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make, message", BAD_TYPES)
def test_a_wrong_type_is_refused_in_words(make, message):
    with pytest.raises(TypeError, match=message):
        make()
