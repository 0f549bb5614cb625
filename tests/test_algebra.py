"""The operators that cut, stretch, clip and subtract, and rows of thousands of parts."""

import math
import operator
import pickle
import re
import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lrlib as lr
from test_schedules import ANY, LENGTHS, WHOLE, assert_same, grid

INF = math.inf
LINE = lr.Linear(0, 0.1, 10)
some = settings(max_examples=60, deadline=None)
NAMES = {**{name: getattr(lr, name) for name in lr.ROOMS["schedules"]}, "inf": INF}


@some
@given(WHOLE, st.data())
def test_drop_is_what_comes_after_the_first_steps(a, data):
    assume(a.T > 1)
    k, t = data.draw(st.integers(1, a.T - 1)), np.arange(a.T + 5)
    assert a.drop(k).T == a.T - k and a.drop(0) is a
    assert_same(a.drop(k)(t), a(t + k))
    assert_same((a.first(k) >> a.drop(k))(t), a(t))
    assert a.drop(k)(INF) == a(INF)


@some
@given(ANY, ANY)
def test_without_its_first_part_a_sequence_is_the_rest(a, b):
    assert (a >> b).drop(a.T) == b
    assert (a >> b).first(a.T) >> (a >> b).drop(a.T) == a >> b


def test_drop_of_a_repetition_takes_cycles_away():
    assert LINE.repeat(5).drop(20) == LINE.repeat(3) and LINE.repeat(5).drop(40) == LINE
    assert LINE.repeat().drop(30) == LINE.repeat()
    assert LINE.drop(2).drop(3) == LINE.drop(5)
    assert lr.Constant(0.1).drop(7) == lr.Constant(0.1)
    assert lr.Exponential(0.1, 0.5).drop(2)([0, 1]).tolist() == [0.025, 0.0125]


@some
@given(WHOLE, st.integers(2, 5))
def test_stretch_is_the_same_curve_over_another_length(a, factor):
    longer, t = a.stretch(factor * a.T), np.arange(a.T + 5)
    assert longer.T == factor * a.T and a.stretch(a.T) is a
    np.testing.assert_allclose(longer(factor * t), a(t), rtol=1e-11, atol=1e-12 * a(t).max())
    np.testing.assert_allclose(longer.stretch(a.T)(t), a(t), rtol=1e-11, atol=1e-12 * a(t).max())


@some
@given(ANY, LENGTHS)
def test_a_stretched_schedule_ends_where_it_should(a, T):
    stretched = a.stretch(T)
    assert stretched.T == pytest.approx(T, rel=1e-15)  # whole, where only rounding is between
    assert stretched(T) == pytest.approx(a(a.T), rel=1e-12)
    assert stretched(0) == a(0)


def test_stretch_puts_borders_on_their_steps():
    restarts = lr.sgdr(0.1, 0, 10, T_mult=2, cycles=3).stretch(105)
    assert restarts.starts.tolist() == [0, 15, 45]
    assert (
        lr.cosine_hard_restarts(0.1, 0, 100, 3).stretch(1000)([334, 667]).round(5).tolist()
        == [0.1] * 2
    )
    assert lr.Step(0.1, 7, 0.5, T=9.858696264018784).stretch(19.717392528037568)(
        [13, 14]
    ).tolist() == [0.1, 0.05]
    assert lr.Cosine(0.1, 0, 10).stretch(20) == lr.Cosine(0.1, 0, 20)


@some
@given(ANY, st.floats(0, 10), st.floats(0, 10))
def test_clip_is_numpys(a, low, high):
    low, high = sorted([low, high])
    t = grid(a)
    assert a.clip(low, high).T == a.T
    assert (a.clip(low, high)(t) == np.clip(a(t), low, high)).all()
    assert (a.clip(low)(t) == np.maximum(a(t), low)).all()


@some
@given(ANY, ANY)
def test_a_difference_undoes_a_sum(a, b):
    t = grid(a >> b)
    np.testing.assert_allclose(((a + b) - b)(t), a(t), rtol=0, atol=1e-14 * (a + b)(t).max())
    assert ((a + b) - b).T == max(a.T, b.T)


def test_a_difference_that_touches_zero_and_one_without_end():
    half = lr.Cosine(0.1, 0, 100) - lr.Cosine(0.05, 0, 100)
    np.testing.assert_allclose(half.rates(), lr.Cosine(0.05, 0, 100).rates(), rtol=0, atol=1e-16)
    endless = 0.9 - lr.triangular(0, 0.1, 10)
    assert endless.T == INF and endless([0, 5, 10]).round(12).tolist() == [0.9, 0.85, 0.8]
    assert (0.5 - LINE)(10) == 0.4


def test_a_difference_that_only_rounding_keeps_from_zero_is_zero():
    nothing = lr.Constant(0.3) - lr.Constant(0.1) - lr.Constant(0.2)  # 0.3 - 0.1 < 0.2 in floats
    assert nothing(5) == 0 and nothing.T == INF
    assert (lr.Constant(0.1) + lr.Constant(0.2) - lr.Constant(0.3))([0, 7]).tolist() == [0, 0]
    assert (lr.Constant(0.3) - lr.Constant(0.3 - 1e-12))(0) == pytest.approx(1e-12, rel=1e-3)


def test_a_clip_without_a_highest_rate_can_be_written_and_read():
    clipped = lr.Cosine(1, 0, 10).clip(0.1)
    assert repr(clipped).endswith(".clip(0.1)") and "inf" not in clipped.explain(3)
    assert eval(repr(clipped), vars(lr)) == clipped


WORDS = [
    (
        LINE.clip(0.05),
        2,
        "Linear, eta = 0 + (0.1 - 0) * (2 / 10) = 0.02, kept at 0.05 or above = 0.05.",
    ),
    (lr.Rex(3, 0, 100).drop(40), 10, "after the first 40 steps, its own step 50: Rex"),
    (
        lr.Exponential(1, 0.5, 10).stretch(20),
        4,
        "stretched from 10 steps, its own step 2: Exponential",
    ),
    (lr.Constant(0.3) - LINE, 5, "Difference of two schedules, eta = 0.3 - 0.05 = 0.25."),
]
FORMULAS = [
    (LINE.clip(0.05, 0.08), r"\min\left(\max\left(", r",\ 0.05\right),\ 0.08\right)"),
    (lr.Rex(3, 0, 100).drop(40), r"\frac{100 - (t + 40)}{100 - \frac{(t + 40)}{2}}", ""),
    (lr.Exponential(1, 0.5, 10).stretch(20), r"0.5^{(t \cdot 10 / 20)}", ""),
    (lr.Constant(0.3) - LINE, r"\left[0.3\right] - \left[0", ""),
]


@pytest.mark.parametrize("schedule, t, words", WORDS)
def test_they_explain_themselves(schedule, t, words):
    assert words in schedule.explain(t)


@pytest.mark.parametrize("schedule, begins, ends", FORMULAS)
def test_they_show_their_formula(schedule, begins, ends):
    assert begins in schedule.latex(numbers=True) and schedule.latex(numbers=True).endswith(ends)
    assert schedule.latex().startswith(r"\eta(t) = ")


REFUSED = [
    (lambda: LINE.drop(10), "k must be shorter than the schedule, T=10, not 10"),
    (lambda: LINE.drop(-1), "k must be a finite number >= 0, not -1"),
    (lambda: lr.Constant(0.1).stretch(10), "a schedule without end cannot be stretched"),
    (lambda: LINE.stretch(0), "T must be a finite number > 0, not 0"),
    (lambda: LINE.clip(0.2, 0.1), "low must be <= high, not low=0.2 > high=0.1"),
    (lambda: LINE.clip(-1), "low must be a finite number >= 0, not -1"),
    (lambda: 0.05 - LINE, "a - b must stay >= 0, and is 0.05 - 0.06 at step 6"),
    (
        lambda: lr.Exponential(0.1, 0.9) - lr.Exponential(0.05, 0.9),
        "a - b must be known to stay >= 0, and of inf steps only the first 1000000 are looked at",
    ),
    (lambda: lr.First(LINE, 20), "T must be <= 10"),
    (
        lambda: lr.Linear(0, 1, 1e20) >> lr.Linear(1, 0.5, 10),
        "part 2 .* begins at step 1e+20, where T=10",
    ),
    (
        lambda: lr.Constant(0.1, 1e308) >> lr.Constant(0.1, 1e308),
        "part 2 .* where T=1e+308 more steps",
    ),
    (lambda: lr.Constant(0.1, 1e200).repeat(10**200), "n must be small enough for"),
    (
        lambda: lr.Constant(1e200) * lr.Constant(1e200),
        "a product must stay below .* 1e+200 * 1e+200",
    ),
    (
        lambda: lr.Constant(1e308) + lr.Linear(0, 1e308, 5),
        "a sum must stay below .* 1e+308 + 1e+308",
    ),
    (lambda: lr.Sequence(()), "parts must hold at least one schedule, not ()"),
]


@pytest.mark.parametrize("make, message", REFUSED)
def test_a_value_out_of_range_is_refused_in_words(make, message):
    pattern = ".*".join(map(re.escape, message.split(".*")))
    with pytest.raises(ValueError, match=pattern):
        make()


NO_SCHEDULES = [
    (lambda: lr.Sequence(LINE), "parts must be a list of schedules, not Linear"),
    (lambda: lr.Sequence((LINE, 0.1)), r"parts\[1\] must be a schedule of lrlib, not 0.1"),
    (lambda: lr.Repeat(0.1, 2), "schedule must be a schedule of lrlib, not 0.1"),
    (lambda: lr.Reverse(0.1), "schedule must be a schedule of lrlib, not 0.1"),
    (lambda: lr.First("x", 2), "schedule must be a schedule of lrlib, not 'x'"),
    (lambda: lr.Product(LINE, "x"), r"parts\[1\] must be a schedule of lrlib, not 'x'"),
    (lambda: LINE - "x", "unsupported operand"),
    (lambda: np.array([1.0, 2.0]) * LINE, "unsupported operand"),
    (lambda: LINE + np.array([1.0, 2.0]), "operand 'Linear' does not support"),
]


@pytest.mark.parametrize("make, message", NO_SCHEDULES)
def test_what_is_no_schedule_is_refused_in_words(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_numbers_are_schedules_in_sums_and_a_list_of_parts_becomes_a_tuple():
    assert lr.Sum(LINE, 3) == LINE + 3 and np.float64(2) * LINE == LINE * 2
    row = lr.Sequence([LINE, lr.Constant(0.1)])
    assert row == LINE >> lr.Constant(0.1) and hash(row) == hash(LINE >> lr.Constant(0.1))


def test_compositions_built_by_hand_survive_being_written_and_read():
    inner = lr.Linear(0, 1, 3) >> lr.Linear(1, 0, 2)
    for schedule in (
        lr.Reverse(LINE),
        lr.First(lr.Constant(0.1), 5),
        lr.Stretch(lr.Cosine(0.1, 0, 10), 20),
        lr.Drop(lr.Constant(0.1, 9), 2),
        lr.Sequence((LINE, inner)),
        lr.Sequence((LINE,)),
        lr.Sum(LINE),
        lr.Sum(LINE, lr.Product(inner, 2), 3),
        lr.Sequence([lr.Linear(0, 1, i) for i in range(1, 1000)]),
    ):
        assert eval(repr(schedule), NAMES) == schedule


def test_sums_and_products_are_flat_and_associative():
    a, b, c = LINE, lr.Cosine(0.1, 0, 5), lr.Constant(0.2)
    assert (a + b) + c == a + (b + c) == lr.Sum(a, b, c)
    assert (a * b) * c == a * (b * c) == lr.Product(a, b, c)
    assert (a - b.first(1) * 0) - c * 0 != a - (b.first(1) * 0 + c * 0)
    assert (lr.Constant(0.1) + lr.Constant(0.2) + LINE).T == 10  # constants have no say


def test_a_thousand_schedules_added():
    total = lr.Constant(0.001, 5)
    for i in range(1, 1000):
        total = total + lr.Constant(0.001, 5 + i)
    assert len(total.parts) == 1000 and total.T == 1004
    assert total(3) == pytest.approx(1.0) and pickle.loads(pickle.dumps(total)) == total
    assert "... + 0.001 = 1." in total.explain(3) and len(total.latex()) < 500
    assert eval(repr(total), NAMES) == total


@pytest.mark.parametrize("operator_", [operator.rshift, operator.add])
def test_a_loop_over_an_operator_takes_a_time_in_proportion(operator_):
    start, row, part = time.process_time(), LINE, lr.Constant(0.1, 2)
    for _ in range(20_000):
        row = operator_(row, part)
    assert time.process_time() - start < 3  # 0.1 s; it was more than 12
    assert len(row.parts) == 20_001 and row.T == (40_010 if operator_ is operator.rshift else 10)
    assert hash(row) == hash(pickle.loads(pickle.dumps(row))) and row(0) >= 0


def test_a_long_row_says_what_it_shows():
    row = lr.sgdr(0.1, 0, 10, T_mult=1.01, cycles=1000)
    assert len(row.parts) == 1000
    for numbers in (False, True):
        latex = row.latex(numbers)
        assert latex.count(r"\cos") == 7 and r"\vdots" in latex and len(latex) < 2000
    assert r"(T_{1} + \cdots + T_{999}) \le t" in row.latex()
    start = time.process_time()
    for _ in range(20):
        row.latex()
    assert time.process_time() - start < 1  # it was 2.5 s for one of 4000 parts


def test_a_rounding_error_of_the_lengths_adds_no_step_to_what_is_left():
    a, b, c = (
        lr.Constant(0.1, T) for T in (0.28651685393258425, 27.792134831460675, 22.921348314606742)
    )
    assert (a >> b >> c).T == 51 and len((a >> b >> c).drop(50).rates()) == 1


def test_a_repetition_beyond_64_bits_holds_at_its_own_end():
    s = lr.Linear(0, 1, 10**18).repeat(1000)
    assert s.T == 10**21 and s(s.T) == s(INF) == 1 and s([10**21, 10**30]).tolist() == [1, 1]


def test_the_last_part_ends_at_its_end_whatever_the_rounding():
    s = lr.Constant(0.1, 1e9) >> lr.Linear(0.1, 1e-12, 0.1)
    assert s(INF) == s(s.T) == 1e-12


@pytest.mark.parametrize("end", [1e-12, 1e-15, 3e-300, 0.0, 0.1, 0.7])
def test_a_line_ends_exactly_where_it_should(end):
    assert lr.Linear(0.3, end, 10)(10) == lr.Linear(end, 0.3, 10).reverse()(10) == end
    assert lr.warmup_linear(0.3, 5, 10, eta_min=min(end, 0.3)).rates(12)[-1] == min(end, 0.3)
    assert (lr.Linear(0.3, end, 10) >> lr.Constant(1)).drop(9).rates(1)[0] == lr.Linear(
        0.3, end, 10
    )(9)


def test_the_foot_of_a_polynomial_has_all_its_digits():
    T = 10**6
    for t in (T - 1, T - 3, T - 1000):
        exact = 0.506 * ((T - t) / T) ** 3.3
        assert lr.Polynomial(0.506, 0, T, power=3.3)(t) == pytest.approx(exact, rel=1e-14)


def test_a_plateau_log_times_a_schedule():
    rule, log = lr.Plateau(1.0, factor=0.5, patience=0), [3.0, 3.0, 2.0, 2.0]
    both = rule.schedule(log, steps=[10, 20, 30, 40]) * lr.Cosine(0.1, 0, 100)
    cosine = lr.Cosine(0.1, 0, 100)([5, 25, 45])
    assert both([5, 25, 45]).tolist() == [cosine[0], cosine[1] * 0.5, cosine[2] * 0.25]
    assert both.T == INF and eval(repr(both), NAMES) == both
