"""Figures: drawn without pyplot, with labels, readable without colour, shown with alt text."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import lrlib as lr
from lrlib import figures

RATES, LOSSES = lr.Cosine(0.1, 0, 50).rates(), np.geomspace(2, 0.1, 51)
NAMED = {"cosine": (RATES, LOSSES), "constant": (np.full(50, 0.1), LOSSES[::-1])}


@pytest.fixture(scope="module")
def result():
    schedules = {"constant": lr.Constant, "cosine": lambda peak: lr.Cosine(peak, 0, 20)}
    return lr.lab.experiment(lr.lab.Stream(), schedules, [0.01, 0.04], T=20, seeds=4)


def all_figures(result):
    return {
        "curves": figures.curves({"cosine": lr.Cosine(0.1, 0, 50), "array": RATES}, 50),
        "rate_and_loss": figures.rate_and_loss(NAMED, target=0.2),
        "multiples": figures.multiples(NAMED, target=0.2),
        "with an edge": figures.rate_and_loss({"warmup": (RATES, LOSSES, 2 * LOSSES[:-1])}),
        "multiples with an edge": figures.multiples({"warmup": (RATES, LOSSES, 2 * LOSSES[:-1])}),
        "comparison": figures.comparison(lr.compare(RATES, RATES / 2)),
        "trials": figures.trials(result, "cosine", {"constant": 20}),
        "sweep": figures.sweep({20: result.compare("constant", "cosine"),
                                40: result.compare("constant", "cosine")}, prediction=30),
        "over x": figures.curves({"a": LOSSES}, x=1 + np.arange(51), xscale="log", yscale="log",
                                 marks={"here": 5, "there": 20}),
        "poster": figures.poster({"cosine": lr.Cosine(1, 0, 9), "step": lr.Step(1, 3, 0.1)}, 9, 3),
        "paths": figures.paths(lambda x, y: x**2 + y**2, {"run": np.eye(2)}, (-1, 1, -1, 1)),
        "bands": figures.bands({"constant": LOSSES[:, None] * [1, 2, 3]}, np.arange(51),
                               marks={"restart": 20}),
        "bands over rates": figures.bands({"fixed": LOSSES[:, None] * [1, 2, 3]}, 1 + np.arange(51),
                                          xscale="log", levels={"limit": 1.0}),
        "proportions": figures.proportions({"warmup": result.divergence("cosine")}, result.peaks,
                                           prediction=0.02),
    }  # fmt: skip


def test_every_figure_draws_has_labels_and_is_not_blank(result):
    for name, figure in all_figures(result).items():
        assert isinstance(figure, Figure), name
        pixels = np.asarray(Image.open(io.BytesIO(figures.png(figure))).convert("RGB"))
        assert pixels.std() > 10, f"{name} is blank"
        assert pixels.shape[1] == int(figures.WIDTH * figures.DPI)
        assert figure.axes[0].get_ylabel() and figure.axes[-1].get_xlabel(), name


def test_an_edge_is_drawn_beside_the_loss_and_named():
    edge = 2 * LOSSES[:-1]
    figure = figures.rate_and_loss({"warmup": (RATES, LOSSES, edge)}, edge_label="the edge")
    drawn = {line.get_label(): line.get_ydata() for line in figure.axes[1].lines}
    assert np.array_equal(drawn["the edge"], edge) and np.array_equal(drawn["warmup"], LOSSES)
    assert "the edge" in [text.get_text() for text in figure.legends[0].get_texts()]
    small = figures.multiples({"warmup": (RATES, LOSSES, edge)}).axes[1]
    assert any(np.array_equal(line.get_ydata(), edge) for line in small.lines)
    assert not figures.rate_and_loss({"warmup": (RATES, LOSSES)}).legends


def test_figures_leave_the_callers_settings_alone(result):
    import matplotlib

    before = dict(matplotlib.rcParams)
    all_figures(result)
    assert dict(matplotlib.rcParams) == before


def test_no_figure_comes_from_pyplot(result):
    import matplotlib.pyplot as plt

    all_figures(result)
    assert plt.get_fignums() == []


def test_styles_differ_in_colour_and_in_line():
    looks = figures.styles(figures.STYLES)
    assert len({look["color"] for look in looks.values()}) == len(looks)
    assert len({str(look["linestyle"]) for look in looks.values()}) == len(looks)


def test_a_schedule_has_one_colour_in_both_panels_of_the_trials():
    names = {"0.5": lr.Constant, "0.1": lr.Constant, "constant": lr.Constant}
    result = lr.lab.experiment(lr.lab.Stream(), names, [0.01, 0.04], T=2, seeds=4)
    left, right = figures.trials(result, "constant").axes
    lines = {line.get_label(): line.get_color() for line in left.lines}
    dots = [line.get_color() for line in right.lines if line.get_marker() == "o"]
    assert dots == [lines["0.5"], lines["0.1"]]


def test_a_name_without_a_family_never_looks_like_a_family_beside_it():
    names = ["0.5", "0.3", "0.1", "constant", "step"]
    looks = figures.styles(names)
    assert len({looks[name]["color"] for name in names}) == len(names)


def test_the_first_word_decides_and_repeats_are_paler_and_of_another_line():
    looks = figures.styles(["constant at the cosine's peak", "constant", "cosine"])
    first, second, third = looks.values()
    assert first["color"] == second["color"] != third["color"]
    assert first["alpha"] > second["alpha"]
    same = figures.styles(["SGDR 2", "SGDR 3", "SGDR 4"]).values()
    assert len({str(look["linestyle"]) for look in same}) == 3


@pytest.mark.parametrize(
    "shown", [lr.Cosine(0.1, 0, 9), lr.Constant(0.1), lr.compare(RATES, RATES / 2)]
)
def test_schedules_and_comparisons_show_themselves(shown, monkeypatch):
    bundles = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, metadata=None, raw=None: bundles.append((data, metadata)),
    )
    shown._ipython_display_()
    data, metadata = bundles[0]
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert data["text/plain"] in bundles[1][0]["text/markdown"]
    assert all("text/plain" in data for data, _ in bundles)
