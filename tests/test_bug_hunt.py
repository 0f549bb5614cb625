"""The cases of lesson 11 are what they say: the script is wrong, one line repairs it, it cost something."""

import numpy as np
import pytest
from pytest import approx

import lrlib as lr
from lrlib import figures
from lrlib.exercises import bug_hunt
from lrlib.exercises.bug_hunt import CASES, costs
from lrlib.exercises.cases import fine_tuned
from lrlib.exercises.cases.case import Case
from lrlib.exercises.cases.scripts import factory

GUILTY = [case for case in CASES.values() if not case.innocent]
INNOCENT = [case for case in CASES.values() if case.innocent]
number = lambda case: f"case {case.number}"  # noqa: E731
guilty = pytest.mark.parametrize("case", GUILTY, ids=number)
everyone = pytest.mark.parametrize("case", CASES.values(), ids=number)


def agree(case, repaired, epochs=10):
    used = case.rates(repaired, epochs)
    meant = case.meant(epochs).rates(len(used))
    return all(lr.compare(meant * share, column).equal for column, share in _columns(used))


def _columns(used):
    """The record of each group, and which share of the rate that was meant it should have."""
    return [(used, 1)] if used.ndim == 1 else zip(used.T, (0.1, 1))


def test_ten_cases_and_a_worked_one_of_which_two_are_innocent():
    assert list(CASES) == [*range(11)]
    assert [case.number for case in INNOCENT] == [3, 9]


@guilty
def test_the_repaired_script_uses_what_was_meant_and_the_script_does_not(case):
    assert not agree(case, repaired=False)
    assert agree(case, repaired=True)


@pytest.mark.parametrize("case", INNOCENT, ids=number)
def test_an_innocent_script_uses_what_was_meant(case):
    assert agree(case, repaired=False)


@guilty
def test_the_repair_is_one_line(case):
    lines = case.diff().splitlines()
    assert sum(line.startswith("+ ") for line in lines) == 1
    assert sum(line.startswith("- ") for line in lines) <= 1


def test_a_repair_of_a_line_that_is_not_there_is_refused():
    case = Case(1, factory, CASES[1].meant, CASES[1].question, "no such line", "another")
    with pytest.raises(ValueError, match="factory must hold 'no such line' once"):
        case.rates(repaired=True)


def test_four_times_as_long_the_repaired_script_is_still_right():
    assert agree(CASES[2], repaired=True, epochs=40) and len(CASES[2].rates(epochs=40)) == 1600


@everyone
def test_its_picture_can_be_read(case):
    assert figures.collisions(case.picture()) == []


def test_a_small_log_that_has_few_points_shows_them_as_dots():
    figure = figures.rate_logs({number(case): case.in_small() for case in CASES.values()})
    dots = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in dots] == [10]
    assert max(dots[0].get_xdata()) == 360


def test_a_bug_costs_and_a_wrong_height_is_healed_by_any_search():
    stream = lr.lab.Stream()
    used_up = costs([CASES[2]], stream)[2]
    assert used_up.kind == "higher" and used_up.low > used_up.percent / 2
    (height,) = costs([CASES[7]], stream, tuned=True).values()
    assert height.percent == approx(0, abs=1e-3)


def test_the_costs_are_drawn_with_their_bars():
    known = {"a": lr.lab.Difference("a", "b", 20.0, 10.0, 30.0, 32)}
    figure = figures.costs({"here": known, "there": known})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["here", "there"]
    assert figures.collisions(figure) == []


def test_one_position_of_the_controls_alone_makes_the_hidden_log():
    log = bug_hunt.hidden_log()
    near = [
        setting
        for setting in np.ndindex(4, 21, 10)
        if np.abs(bug_hunt.clocked(setting[0] + 1, *setting[1:]) - log).max() < 0.01 * log.max()
    ]
    assert near == [(1, 10, 6)]


def test_a_clock_that_is_right_gives_what_was_meant():
    assert lr.compare(CASES[2].meant(10), bug_hunt.clocked()).equal
    assert lr.compare(CASES[2].rates()[:40], bug_hunt.clocked(4)[:40]).first_difference == 0


def test_a_script_with_another_number_of_updates_is_told_so():
    words = bug_hunt.repaired.judge(bug_hunt.recorded(lambda model, optimizer, loader: None))
    assert words == "Not yet: the script makes 0 updates; five epochs of 8 are 40."


def test_an_order_to_be_found_does_not_stand_on_the_page():
    assert list(bug_hunt.costliest._options) != bug_hunt.costliest._right


def test_the_proof_of_case_3_has_its_ten_dots_on_the_record_of_every_update():
    figure, _ = CASES[3].proof(CASES[3])
    assert figures.collisions(figure) == []
    (dots,) = (line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert dots.get_xdata() == approx(np.arange(0, 400, 40))
    assert dots.get_ydata() == approx(CASES[3].rates()[::40])


def test_a_cause_keeps_the_case_of_a_name_in_pytorch():
    assert CASES[2].cause().startswith("step() is called once per micro-batch. Everything")
    assert CASES[1].cause().startswith("The scheduler drives another optimizer. It sets")


def test_other_peaks_than_the_usual_ones_can_be_searched():
    (one,) = costs([CASES[1]], lr.lab.Stream(), tuned=True, peaks=(0.04,)).values()
    (written,) = costs([CASES[1]], lr.lab.Stream()).values()
    assert one.percent == approx(written.percent)


@pytest.mark.parametrize("peaks, kind", [((0.04,), "undecided"), ((0.01, 0.02, 0.04), "lower")])
def test_case_10_looks_harmless_or_better_on_the_new_digits(peaks, kind):
    assert fine_tuned(peaks)[0].kind == kind
