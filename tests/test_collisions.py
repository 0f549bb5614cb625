"""Words in figures can be read: on no other word, on no curve, not cut off.

Every figure of the lessons is looked at when nbval runs them: tests/conftest.py sets the variable
under which `show` and `film` raise. Here: that they do, and that the figures mend what they can.
"""

import os

import numpy as np
import pytest

import lrlib as lr
from lrlib import figures
from lrlib.figures.names import arrange, level
from lrlib.figures.page import CHECKED

FALLING = np.geomspace(1, 0.01, 51)


def texts(figure):
    return {text.get_text(): text for axes in figure.axes for text in axes.texts}


def empty():
    figure, axes = figures.panels(1)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return figure, axes


def test_a_collision_is_named():
    figure, axes = empty()
    axes.text(0.5, 0.5, "one")
    axes.text(0.51, 0.5, "two")
    assert figures.collisions(figure) == ["'one' lies on 'two'"]
    figure, axes = empty()
    axes.text(0.5, 0.5, "struck")
    axes.plot([0, 0.4, 1], [0, 0.4, 1])
    assert figures.collisions(figure) == ["'struck' is struck through by a curve"]
    figure, axes = empty()
    figure.text(0.98, 0.5, "a long word")
    assert figures.collisions(figure) == ["'a long word' is cut off at the edge"]
    figure, axes = empty()
    axes.text(0.2, 0.5, "one")
    axes.text(0.7, 0.5, "two")
    axes.plot([0, 0.4, np.nan, 0.9, 1], [1, 0.9, 0.5, 0, 0])  # its pieces pass by
    axes.plot([0.3, 0.3, 0.1, 0.4], [0, 1, 0.1, 0.1])
    assert figures.collisions(figure) == []


def test_ticks_that_run_into_each_other_are_found():
    figure, axes = empty()
    axes.set_xticks([0.5, 0.51], ["0.500", "0.510"])
    assert figures.collisions(figure) == ["'0.500' lies on '0.510'"]


def test_when_the_lessons_are_run_a_figure_that_cannot_be_read_is_an_error(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *args, **kwargs: None)
    assert os.environ.get(CHECKED), "tests/conftest.py sets it, and the kernels of nbval inherit it"
    figure, axes = empty()
    axes.text(0.5, 0.5, "one")
    axes.text(0.51, 0.5, "two")
    with pytest.raises(ValueError, match="this figure cannot be read: 'one' lies on 'two'"):
        figures.show(figure, "Two words.")
    monkeypatch.delenv(CHECKED)
    figures.show(figure, "Two words.")


@pytest.mark.parametrize("ends", ["low at the right", "low at the left"])
def test_the_words_of_a_level_keep_off_the_curve(ends):
    figure, axes = empty()
    curve = np.linspace(1, 0.05, 51) if ends == "low at the right" else np.linspace(0.05, 1, 51)
    axes.plot(np.linspace(0, 1, 51), curve)
    level(axes, "target 0.05", 0.05)
    assert figures.collisions(figure) == []
    x, _ = texts(figure)["target 0.05"].xy
    assert (x < 0.5) == (ends == "low at the right")


def test_the_target_of_a_slider_stands_left_where_losses_start_high():
    figure = figures.rate_and_loss({"cosine": (FALLING, FALLING)}, target=0.02)
    assert texts(figure)["target 0.02"].xy == (0.01, 0.02)


def test_marks_that_lie_close_together_keep_their_words_apart():
    marks = {"the first mark": 20, "the second mark": 22, "the third mark": 24}
    figure = figures.curves({"loss": FALLING}, marks=marks)
    assert figures.collisions(figure) == []


def test_names_stand_at_the_ends_of_their_lines_where_they_fit():
    named = {"high": FALLING + 1, "middle": FALLING + 0.5, "low": FALLING}
    figure = figures.curves(named)
    assert len(figure.legends) == 1, "until it is shown: under a slider the lines move"
    arrange(figure)
    assert not figure.legends and set(texts(figure)) == set(named)
    heights = [texts(figure)[name].xy[1] for name in named]
    assert heights == sorted(heights, reverse=True)
    arrange(figure)
    assert len(figure.axes[0].texts) == 3, "arranged once is enough"


@pytest.mark.parametrize(
    "named",
    [
        {"one": FALLING, "two": FALLING[::-1] * 0 + FALLING[-1]},  # they end in one place
        {"one": FALLING, "two": FALLING[:20]},  # one ends early
        {f"curve {i}": FALLING + i / 100 for i in range(5)},  # no room
        {"a name that is far too-long-to-stand-beside-a-line": FALLING, "two": FALLING + 1},
    ],
)
def test_names_that_do_not_fit_stay_in_the_legend(named):
    figure = figures.curves(named)
    arrange(figure)
    (legend,) = figure.legends
    assert {text.get_text() for text in legend.get_texts()} == set(named)
    assert figures.collisions(figure) == []


def test_a_legend_is_read_row_by_row():
    names = [f"curve {i}" for i in range(6)]
    figure = figures.curves({name: FALLING for name in names})
    figures.png(figure)
    renderer = figure.canvas.get_renderer()
    boxes = {t.get_text(): t.get_window_extent(renderer) for t in figure.legends[0].get_texts()}
    assert sorted(names, key=lambda name: (-round(boxes[name].y0, -1), boxes[name].x0)) == names
    assert len({round(box.y0, -1) for box in boxes.values()}) == 2


def test_crowded_rates_keep_their_ticks_and_some_of_their_numbers():
    rates = [0.01, 0.02, 0.03, 0.035, 0.04, 0.045, 0.05, 0.07, 0.1, 0.11, 0.12]
    figure = figures.bands({"fixed": FALLING[:11, None] * [1, 2, 3]}, rates, xscale="log")
    assert figures.collisions(figure) == []
    assert list(figure.axes[0].get_xticks()) == rates
    words = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert "0.01" in words and "" in words


@pytest.mark.parametrize(
    "low, high, words",
    [
        (0.02, 0.3, ["0.03", "0.1", "0.3"]),
        (0.05, 0.09, ["0.05", "0.06", "0.07", "0.08", "0.09"]),
        (1e-6, 10, ["$10^{-6}$", "$10^{-5}$", "0.0001", "0.001", "0.01", "0.1", "1", "10"]),
        (0.9, 20_000, ["1", "10", "100", "1,000", "10,000"]),
    ],
)
def test_a_logarithmic_axis_has_plain_numbers(low, high, words):
    figure = figures.curves({"loss": np.geomspace(low, high, 9)}, yscale="log")
    axes = figure.axes[0]
    axes.set_ylim(low, high)
    figure.draw_without_rendering()
    assert [label.get_text() for label in axes.get_yticklabels()] == words


def test_the_figures_of_all_kinds_can_be_read(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *args, **kwargs: None)
    schedules = {"constant": lr.Constant(2.1), "cosine": lr.Cosine(0.9, 0, 40)}
    for frames in (
        figures.cloud(schedules, 40),
        figures.saddle({"rate 0.1": lr.Constant(0.1), "rate 0.3": lr.Constant(0.3)}, 50),
        figures.valley("wells", schedules, 40, noise=0.1),
        figures.catapult({"rate 1": lr.Constant(1.0), "rate 1.4": lr.Constant(1.4)}, 30),
    ):
        figures.show(frames, "A sentence.")
    named = {name: (s.rates(40), np.geomspace(2, 0.1, 41)) for name, s in schedules.items()}
    figures.show(figures.rate_and_loss(named, target=0.1), "A sentence.")
    figures.show(figures.multiples(named, target=0.1), "A sentence.")
    figures.show(figures.poster(schedules | {"a": lr.rex(1, 40)}, 40), "A sentence.")
