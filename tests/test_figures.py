"""Figures: drawn without pyplot, with labels, readable without colour, shown with alt text."""

import io
import itertools

import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb
from matplotlib.figure import Figure
from PIL import Image

import lrlib as lr
from lrlib import figures
from lrlib.figures.style import GUIDE, contrast, ink

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
        "sweeps": figures.sweep({name: {20: result.compare("constant", "cosine")}
                                 for name in ("cosine", "linear")}),
        "over x": figures.curves({"a": LOSSES}, x=1 + np.arange(51), xscale="log", yscale="log",
                                 marks={"here": 5, "there": 20}),
        "poster": figures.poster({"cosine": lr.Cosine(1, 0, 9), "step": lr.Step(1, 3, 0.1)}, 9, 3),
        "paths": figures.paths(lambda x, y: x**2 + y**2, {"run": np.eye(2)}, (-1, 1, -1, 1), 0.1),
        "bands": figures.bands({"constant": LOSSES[:, None] * [1, 2, 3]}, np.arange(51),
                               marks={"restart": 20}),
        "bands over rates": figures.bands({"fixed": LOSSES[:, None] * [1, 2, 3]}, 1 + np.arange(51),
                                          xscale="log", levels={"limit": 1.0}),
        "a cloud": figures.cloud({"cosine": lr.Cosine(0.9, 0, 20)}, 20, runs=60).figure,
        "a valley": figures.valley("parabola", {"a": lr.Linear(1, 0, 9)}, 9).figure,
        "a saddle": figures.saddle({"a": lr.Linear(0.2, 0, 9)}, 9).figure,
        "a catapult": figures.catapult({"rate 1": lr.Linear(1, 0, 9)}, 9).figure,
        "travel": figures.curves({"cosine": lr.Cosine(0.1, 0, 50)}, travel=True),
        "proportions": figures.proportions({"warmup": result.divergence("cosine")}, result.peaks,
                                           prediction=0.02),
    }  # fmt: skip


def test_every_figure_draws_has_labels_and_is_not_blank(result):
    for name, figure in all_figures(result).items():
        assert isinstance(figure, Figure), name
        pixels = np.asarray(Image.open(io.BytesIO(figures.png(figure))).convert("RGB"))
        assert pixels.std() > 10, f"{name} is blank"
        assert pixels.shape[1] == int(figures.WIDTH * figures.DPI)
        assert any(axes.get_ylabel() for axes in figure.axes), name
        assert figure.axes[-1].get_xlabel(), name


def test_negative_values_are_not_cut_off():
    figure = figures.curves({"cost": np.array([3.0, -11.0])}, x=[100, 6400])
    assert figure.axes[0].get_ylim()[0] < -11
    assert -0.1 < figures.curves({"cosine": lr.Cosine(1, 0.5, 9)}, 9).axes[0].get_ylim()[0] < 0


def test_proportions_stand_side_by_side_with_a_level(result):
    row = result.divergence("cosine")
    names = {"linear": row, "warmup": row}
    figure = figures.proportions(names, result.peaks, levels={"none": 0.5}, apart=0.1)
    left, right = (bars.lines[0].get_xdata() for bars in figure.axes[0].containers)
    assert np.allclose(right / left, 1.1) and np.allclose(np.sqrt(left * right), result.peaks)
    assert [0.5, 0.5] in [list(line.get_ydata()) for line in figure.axes[0].lines]
    assert "none" in [text.get_text() for text in figure.axes[0].texts]


def test_an_edge_is_drawn_beside_the_loss_and_named():
    edge = 2 * LOSSES[:-1]
    figure = figures.rate_and_loss({"warmup": (RATES, LOSSES, edge)}, edge_label="the edge")
    drawn = {line.get_label(): line.get_ydata() for line in figure.axes[1].lines}
    assert np.array_equal(drawn["the edge"], edge) and np.array_equal(drawn["warmup"], LOSSES)
    assert "the edge" in [text.get_text() for text in figure.legends[0].get_texts()]
    with pytest.raises(ValueError, match="behind must name a curve, one of warmup, not 'other'"):
        figures.rate_and_loss({"warmup": (RATES, LOSSES)}, behind={"other": LOSSES})
    small = figures.multiples({"warmup": (RATES, LOSSES, edge)}).axes[1]
    assert any(np.array_equal(line.get_ydata(), edge) for line in small.lines)
    assert not figures.rate_and_loss({"warmup": (RATES, LOSSES)}).legends
    marked = figures.rate_and_loss({"warmup": (RATES, LOSSES)}, marks={"a stop": 4}).axes
    assert [len(axes.texts) for axes in marked] == [0, 1]
    assert all(list(axes.lines[-1].get_xdata()) == [4, 4] for axes in marked)
    assert marked[1].texts[0].get_text() == "a stop"
    poster = figures.poster({"cosine": lr.Cosine(1, 0, 9)}, 9, xlabel="epoch")
    assert poster.axes[0].get_xlabel() == "epoch"


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
    assert first["color"] == figures.STYLES["constant"][0] != third["color"]
    assert contrast(first["color"]) > 2 * contrast(second["color"])
    same = figures.styles(["SGDR 2", "SGDR 3", "SGDR 4"]).values()
    assert len({str(look["linestyle"]) for look in same}) == len({look["color"] for look in same}) == 3


# Machado, Oliveira and Fernandes 2009, severity 1: what each kind of colour vision sees.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear sRGB."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.maximum(to_xyz @ rgb, 1e-9) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
def test_families_and_target_differ_with_any_colour_vision(vision):
    colours = [colour for colour, _ in figures.STYLES.values()] + [figures.TARGET]
    seen = [lab(np.clip(VISIONS[vision] @ linear(colour), 0, 1)) for colour in colours]
    for a, b in itertools.combinations(seen, 2):
        assert np.linalg.norm(a - b) > 12  # the least of Okabe and Ito's eight is 16


def test_lines_and_words_can_be_seen_on_white():
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
    for colour, _ in figures.STYLES.values():
        assert contrast(colour) >= 3 and contrast(ink(colour)) >= 4.5
    assert contrast(figures.TARGET) >= 4.5 and contrast(GUIDE) >= 4.5


def test_settings_are_shades_of_one_hue_from_light_to_dark():
    names = ["0.02", "0.15", "1"]
    for settings in (None, "cosine", "step", "constant"):
        looks = [look["color"] for look in figures.styles(names, settings).values()]
        darkness = [contrast(colour) for colour in looks]
        assert darkness == sorted(darkness) and darkness[0] >= 3 and darkness[2] > 2 * darkness[0]
        hues = [rgb_to_hsv(to_rgb(colour)) for colour in looks]
        if settings not in (None, "constant"):
            assert np.ptp([hue[0] for hue in hues]) < 0.02
    assert not {*looks} & {colour for colour, _ in figures.STYLES.values()} - {"#000000"}
    mixed = figures.styles([*names, "constant"], "step")
    assert mixed["constant"]["color"] == figures.STYLES["constant"][0]
    with pytest.raises(ValueError, match="settings must be one of cosine, .* not 'sine'"):
        figures.styles(names, "sine")


def test_steps_are_drawn_as_steps_and_curves_are_not():
    def drawn(figure):
        return [line.get_drawstyle() for axes in figure.axes for line in axes.lines]

    steps = lr.Step(1, 5, 0.1)
    assert drawn(figures.curves({"step": steps}, 20)) == ["steps-post"]
    assert drawn(figures.curves({"step": steps.rates(20)})) == ["steps-post"]
    still = np.maximum(LOSSES, 0.5)  # a loss that has come to rest
    assert drawn(figures.curves({"loss": LOSSES, "still": still})) == ["default"] * 2
    assert drawn(figures.rate_and_loss({"step": (steps.rates(9), LOSSES)})) == ["steps-post", "default"]
    line = figures.curves({"step": steps}, 20).axes[0].lines[0]
    assert line.get_xdata()[-1] == 20, "the last rate is held to the end"


def test_no_panel_is_spent_on_fixed_rates():
    fixed = {f"rate {eta}": (np.full(50, eta), LOSSES) for eta in (0.1, 0.2)}
    assert len(figures.multiples(fixed).axes) == 2
    assert len(figures.multiples(fixed | {"cosine": (RATES, LOSSES)}).axes) == 6


def test_a_noisy_run_stands_behind_its_curve_in_its_colour():
    run = LOSSES * np.linspace(0.9, 1.1, 51)
    for figure in (
        figures.curves({"a": LOSSES, "b": 2 * LOSSES}, behind={"b": run}),
        figures.rate_and_loss({"a": (RATES, LOSSES), "b": (RATES, 2 * LOSSES)}, behind={"b": run}),
        figures.multiples({"a": (RATES, LOSSES), "b": (RATES, 2 * LOSSES)}, behind={"b": run}),
    ):
        thick, thin = (
            next(l for axes in figure.axes for l in axes.lines if np.array_equal(l.get_ydata(), y))
            for y in (2 * LOSSES, run)
        )
        assert thin.get_color() == thick.get_color() and thin.get_linewidth() < 1
        assert thin.get_zorder() < thick.get_zorder()


def test_a_target_is_a_line_at_its_height():
    axes = figures.curves({"a": LOSSES, "b": 2 * LOSSES}, yscale="log", target=0.5).axes[0]
    assert any(np.array_equal(line.get_ydata(), [0.5, 0.5]) for line in axes.lines)
    assert "target 0.5" in [text.get_text() for text in axes.texts]


def test_a_cloud_names_its_start_and_its_minimum():
    first, second = figures.cloud({"a": lr.Constant(0.1), "b": lr.Constant(0.9)}, 9).figure.axes[:2]
    named = {text.get_text(): text.xy for text in first.texts}
    assert named["start"] == (-2.8, 2.2) and named["minimum"] == (0, 0)
    assert not {"start", "minimum"} & {text.get_text() for text in second.texts}


def test_travel_is_the_area_below_the_rate():
    figure = figures.curves({"linear": lr.Linear(0.1, 0, 100)}, 100, travel=True)
    (area,) = figure.axes[0].collections
    corners = area.get_paths()[0].vertices
    x, y = corners.T
    size = abs(np.sum(x * np.roll(y, 1) - y * np.roll(x, 1))) / 2
    assert size == pytest.approx(lr.Linear(0.1, 0, 100).rates().sum())
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["linear: travel 5.05"]


@pytest.mark.parametrize(
    "schedule, words",
    [
        (lr.Cosine(0.1, 0, 50), "The rate falls from 0.1 to 0 in 50 steps."),
        (lr.Constant(0.1), "The rate stays at 0.1 for ever."),
        (lr.Constant(0.1, 30), "The rate stays at 0.1 for 30 steps."),
        (lr.Exponential(0.1, 0.9), "The rate falls from 0.1 to 2.656e-06 in the first 100 steps, and goes on."),
        (
            lr.warmup_cosine(0.1, 10, 50),
            "The rate starts at 0, has its peak, 0.1, at step 10, and is at 0 after 50 steps.",
        ),
        (
            lr.sgdr(0.1, 0, 10, warmup=2, cycles=3),
            "The rate starts at 0, has its peak, 0.1, at step 2, and is at 0 after 30 steps. It rises 3 times.",
        ),
    ],
)  # fmt: skip
def test_the_caption_of_a_schedule_is_human(schedule, words, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **kwargs: shown.append(data))
    schedule._ipython_display_()
    assert shown[0]["text/plain"] == words and shown[1]["text/markdown"] == f"*{words}*"


def test_a_long_schedule_is_shown_from_samples_without_missing_its_peak(monkeypatch):
    T, shown = 10**12, []  # 8 TB of rates
    monkeypatch.setattr("IPython.display.display", lambda data, **kwargs: shown.append(data))
    (lr.Linear(0, 0.1, 12345) >> lr.Cosine(0.1, 0, T))._ipython_display_()
    assert shown[0]["image/png"].startswith(b"\x89PNG")
    assert shown[0]["text/plain"] == (
        f"The rate starts at 0, has its peak, 0.1, near step 12345, and is at 0 after {T + 12345} "
        f"steps."
    )


def test_multiples_name_the_families_they_know():
    with pytest.raises(ValueError, match="family must be one of cosine, .* not 'sine'"):
        figures.multiples(NAMED, family="sine")


def test_the_predictions_are_named_once(result):
    both = {name: result.compare("constant", "cosine") for name in ("one", "two")}
    figure, axes = figures.panels(1)
    figures.intervals(axes, both, {"one": 1.0, "two": 4.0})
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["your prediction"]
    assert not any("prediction" in text.get_text() for text in axes.texts)
    assert figures.collisions(figure) == []
    figures.intervals(figures.panels(1)[1], both)


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
