"""The bowl with two kinds of noise: against `noisy_quadratic`, and what both say of drops."""

import numpy as np
import pytest

import lrlib as lr

CURVATURES = np.array([1.0, 0.3, 0.05])
SCHEDULES = {"fixed": lr.Constant, "line": lambda p: lr.Linear(p, 0, 60)}


@pytest.mark.parametrize("average", [None, 0.5])
def test_each_is_the_best_of_the_grid(average):
    asked = lr.dynamics.ask_two_models(
        SCHEDULES, 60, curvatures=CURVATURES, sigma=0.3, x0=2.0, peaks=(0.1, 0.4, 0.9), average=average
    )
    noises = {"white": 0.3, "like the curvature": 0.3 * np.sqrt(CURVATURES / CURVATURES.mean())}
    for noise, sigma in noises.items():
        for name, make in SCHEDULES.items():
            each = {p: lr.dynamics.noisy_quadratic(make(p).rates(60), CURVATURES, sigma, 2.0,
                                                   average=average)[-1] for p in (0.1, 0.4, 0.9)}
            assert asked.peaks[noise][name] == min(each, key=each.get)
            assert asked.losses[noise][name] == pytest.approx(min(each.values()), rel=1e-12)
    percent = asked.percent("fixed")["white"]
    assert percent["fixed"] == 0
    ratio = asked.losses["white"]["line"] / asked.losses["white"]["fixed"]
    assert percent["line"] == pytest.approx(100 * (ratio - 1))


def test_an_averaged_schedule_is_asked_for_its_averaged_weights():
    asked = lr.dynamics.ask_two_models(SCHEDULES | {"mean": lr.lab.Averaged(lr.Constant)}, 60)
    alone = lr.dynamics.ask_two_models({"mean": lr.Constant}, 60, average=0.5)
    plain = lr.dynamics.ask_two_models(SCHEDULES, 60)
    for noise, losses in asked.losses.items():
        assert losses["mean"] == alone.losses[noise]["mean"]
        assert {name: losses[name] for name in SCHEDULES} == plain.losses[noise]


def test_the_noises_disagree_about_two_drops_by_ten():
    drops = {"fixed": lr.Constant, "drops": lambda p: lr.MultiStep(p, (100, 150), 0.1)}
    percent = lr.dynamics.ask_two_models(drops, 200).percent("fixed")
    assert percent["white"]["drops"] > 15 and percent["like the curvature"]["drops"] < -10


def test_bad_questions_are_named():
    ask = lr.dynamics.ask_two_models
    with pytest.raises(ValueError, match="schedules"):
        ask({}, 10)
    with pytest.raises(TypeError, match="line must be a function"):
        ask({"line": lr.Linear(1, 0, 10)}, 10)
    with pytest.raises(ValueError, match="T must"):
        ask(SCHEDULES, 0)
    with pytest.raises(ValueError, match="reference must be one of fixed, line"):
        ask(SCHEDULES, 10).percent("cosine")


def test_the_figure_has_a_row_each_and_the_networks_bars():
    asked = lr.dynamics.ask_two_models(SCHEDULES, 60)
    result = lr.lab.experiment(lr.lab.Stream(), SCHEDULES, [0.05, 0.1], 20, seeds=4, progress=False)
    figure = lr.figures.two_models(asked, "fixed", {"Stream": result})
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["line"]
    drawn = {line.get_label(): line.get_xdata() for line in axes.lines if line.get_marker() == "o"}
    for noise, percent in asked.percent("fixed").items():
        assert drawn[f"bowl, {noise}"] == pytest.approx([percent["line"]])
    bars = [container for container in axes.containers if container.get_label()]
    assert bars[0].lines[0].get_xdata() == pytest.approx([result.compare("line", "fixed").percent])
