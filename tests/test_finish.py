"""The one picture: each schedule stands where its difference says, drawn as its own rate."""

import numpy as np
import pytest

import lrlib as lr

T = 40
SHAPES = {
    "linear": lr.Linear(1, 0, T),
    "WSD": lr.wsd(1, 0, T // 5, T),
    "constant": lr.Constant(1, T).rates(T),
}


def difference(percent, half=2.0):
    return lr.lab.Difference("a", "b", percent, percent - half, percent + half, 32)


COLUMNS = {
    "Stream": {"linear": None, "WSD": difference(12), "constant": difference(40, 6)},
    "transformer": {"linear": difference(3), "WSD": None},
}


@pytest.fixture(scope="module")
def figure():
    return lr.figures.finish(SHAPES, COLUMNS, {"Stream": "8-16-3, T = 400"})


def dots(axes):
    """The dots' places: per cent, and the row in which each stands."""
    lines = [line for line in axes.lines if line.get_marker() == "o"]
    return [float(line.get_xdata()[0]) for line in lines]


def test_a_dot_stands_at_each_per_cent_and_the_best_at_zero(figure):
    left, right = figure.axes
    assert dots(left) == [0, 12, 40]
    assert dots(right) == [3, 0]  # what was not measured there is left empty


def test_a_dot_lies_in_the_row_of_its_schedule(figure):
    lr.figures.png(figure)
    axes = figure.axes[0]
    ticks = [axes.transData.transform((0, row))[1] for row in range(len(SHAPES))]
    found = [line for line in axes.lines if line.get_marker() == "o"]
    heights = [line.get_transform().transform(line.get_xydata())[0, 1] for line in found]
    assert np.abs(np.subtract(heights, ticks)).max() < 0.2 * figure.dpi
    x = [line.get_transform().transform(line.get_xydata())[0, 0] for line in found]
    assert x == sorted(x)


def test_near_ties_are_told_apart_and_far_losers_are_seen(figure):
    axes = figure.axes[0]
    near = np.diff([axes.transData.transform((x, 0))[0] for x in (0, 2, 40, 42)])
    assert near[0] > 3 * near[2]
    assert axes.get_xlim()[1] > 46


def test_a_mark_is_the_schedule_in_miniature(figure):
    axes = figure.axes[0]
    curves = [line for line in axes.lines if len(line.get_xdata()) == T + 1]
    line, _, constant = (curve.get_ydata() for curve in curves)
    assert (np.diff(line[:-1]) < 0).all() and np.ptp(constant) == 0


def test_nothing_collides(figure):
    assert lr.figures.collisions(figure) == []


def test_a_loss_without_a_known_floor_has_a_unit_and_an_axis_of_its_own():
    seeds = np.array([-0.01, 0.0, 0.01])
    nats = {"linear": lr.lab.mean(0.05 + seeds), "WSD": None, "constant": lr.lab.mean(0.14 + seeds)}
    figure = lr.figures.finish(
        SHAPES, COLUMNS | {"transformer": nats}, units={"transformer": "nats a byte"}
    )
    left, right = figure.axes
    assert dots(right) == pytest.approx([0.05, 0, 0.14])
    assert dots(left) == [0, 12, 40]
    assert right.get_xlabel() == "nats a byte above the lowest" and "per cent" in left.get_xlabel()
    assert left.patches and not right.patches  # 5 % of such a loss is no tie
    assert 0.14 < right.get_xlim()[1] < 1
    even = np.diff([right.transData.transform((x, 0))[0] for x in (0, 0.05, 0.1)])
    assert even[0] == pytest.approx(even[1])
    assert lr.figures.collisions(figure) == []
