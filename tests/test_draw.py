"""Drawn curves without a browser: the schedule, the loss, the gap, and what is refused."""

import base64
import io
import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lrlib as lr
from lrlib.widgets import Curve, Draw

VALUES = [0.4, 0.4, 0.5, 0.3, 0.3, 0.2, 0.1, 0.05, 0]
CURVATURES = lr.dynamics.power_law(20, 1.0)


@pytest.mark.parametrize("T", [8, 9, 12, 100, 200, 333, 1000])
def test_the_schedule_is_made_of_eight_linear_pieces(T):
    draw = Draw(T, rate_limit=1, start=VALUES)
    schedule = draw.schedule
    assert schedule.T == T and len(schedule.parts) == 8
    assert all(isinstance(part, lr.Linear) and part.T == int(part.T) for part in schedule.parts)
    assert [schedule(t) for t in draw.x] == VALUES
    assert np.allclose(schedule.rates(), np.interp(np.arange(T), draw.x, VALUES), atol=1e-15)


def test_it_prints_explains_and_exports_itself():
    schedule = Draw(80, rate_limit=1, start=VALUES).schedule
    assert eval(repr(schedule), vars(lr) | {"Linear": lr.Linear}) == schedule
    assert "segment 3 of 8" in schedule.explain(25) and r"\begin{cases}" in schedule.latex()
    assert "Linear" in lr.to_torch(schedule) and lr.compare(schedule, schedule).largest_gap == 0


def test_its_shape_has_a_peak_of_one_and_scales():
    draw = Draw(80, rate_limit=1, start=VALUES)
    assert draw.shape.rates().max() == 1.0
    assert np.allclose((draw.shape * 0.5).rates(), draw.schedule.rates(), atol=1e-15)
    assert draw.shape == draw.schedule * 2.0
    draw.values = [0.0] * 9
    with pytest.raises(ValueError, match="0 everywhere has no shape"):
        draw.shape


def test_values_follow_the_page_and_the_loss_follows_them():
    draw = Draw(100, rate_limit=1)
    before = draw.loss
    draw.set_state({"values": VALUES})
    assert draw.drawn and draw.schedule(0) == 0.4
    expected = lr.dynamics.noisy_quadratic(draw.schedule.rates(), CURVATURES, 0.2)
    assert np.array_equal(draw.loss, expected) and not np.array_equal(draw.loss, before)


@pytest.mark.parametrize("noise", [0.2, 0.2 * np.sqrt(CURVATURES)], ids=["white", "like λ"])
def test_the_ghosts_stand_at_their_own_best_peaks(noise):
    draw = Draw(200, noise=noise)
    assert [ghost["name"] for ghost in draw.bowl["ghosts"]] == ["constant", "line", "cosine"]
    peaks = np.geomspace(0.01, 2, 2000)[:, None]
    shapes = lr.Constant(1, 200), lr.Linear(1, 0, 200), lr.Cosine(1, 0, 200)
    for ghost, shape in zip(draw.bowl["ghosts"], shapes):
        loss = lr.dynamics.noisy_quadratic(ghost["rates"], CURVATURES, noise)[-1]
        all_peaks = lr.dynamics.noisy_quadratic(peaks * shape.rates(), CURVATURES, noise)
        assert loss == pytest.approx(all_peaks[:, -1].min(), rel=1e-3)


def test_no_ghost_is_higher_than_the_axis():
    draw = Draw(200, rate_limit=0.2)
    assert max(max(ghost["rates"]) for ghost in draw.bowl["ghosts"]) <= 0.2
    assert all(0 <= v <= 0.2 for shape in draw.bowl["shapes"].values() for v in shape)


def test_the_author_sets_the_axes():
    draw = Draw(50, rate_limit=3, loss_limits=(0.05, 2), target=0.1)
    assert draw.axes["y"] == [0, 3]
    assert draw.bowl["limits"] == [0.05, 2] and draw.bowl["target"] == 0.1
    assert draw.axes["x"] == [0, 50] == [draw.x[0], draw.x[-1]]


BAD = [
    ({"T": 7}, "T must be a whole number >= 8, not 7"),
    ({"T": 100.5}, "T must be a whole number >= 8, not 100.5"),
    ({"target": -1}, "target must be a finite number > 0, not -1"),
    ({"target": math.nan}, "target must be a finite number > 0"),
    ({"noise": [0.1, 0.2]}, "noise must be a finite number or an array of shape"),
    ({"curvatures": [1.0, -1.0]}, "curvatures must be an array of shape"),
    ({"curvatures": 1.0}, "curvatures must be an array of shape"),
    ({"x0": math.inf}, "x0 must be a finite number"),
    ({"rate_limit": 0}, "rate_limit must be a finite number > 0, not 0"),
    ({"loss_limits": (1, 0.1)}, "loss_limits must be positive and increasing, not (1, 0.1)"),
    ({"loss_limits": (0, 1)}, "loss_limits must be positive and increasing, not (0, 1)"),
    ({"loss_limits": 3}, "loss_limits must be a pair of numbers, (low, high), not 3"),
    ({"start": [0.1, 0.2]}, "start must be 9 numbers, or one, not [0.1, 0.2]"),
    ({"start": 7, "rate_limit": 1}, "start must lie between 0 and 1, not 7"),
    ({"start": -0.1}, "start must lie between 0 and"),
]


@pytest.mark.parametrize("arguments, message", BAD, ids=lambda x: str(x)[:40])
def test_bad_arguments_are_refused_in_words(arguments, message):
    with pytest.raises((TypeError, ValueError)) as refused:
        Draw(**{"T": 100} | arguments)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"x": (1, 0)}, "x must be finite and increasing, not (1, 0)"),
        ({"y": (0, 1), "yscale": "log"}, "y must be positive and increasing, not (0, 1)"),
        ({"yscale": "square"}, "yscale must be one of 'linear', 'log', not 'square'"),
        ({"y": (0, math.inf)}, "y must be finite and increasing"),
    ],
    ids=str,
)
def test_bad_axes_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError) as refused:
        Curve(**{"x": (0, 1), "y": (0.1, 1)} | arguments)
    assert str(refused.value).startswith(message)


def test_bad_values_are_refused_later_too():
    curve = Curve((0, 1), (0, 1))
    refused = {(0.5,) * 8: "values must be 9 numbers", (2.0,) * 9: "values must lie between"}
    for bad, words in refused.items():
        with pytest.raises(ValueError, match=words):
            curve.values = list(bad)
    assert curve.values == [0.5] * 9


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_gap_is_said_where_it_is_largest(scale):
    curve = Curve((1, 100), (0.01, 1), xscale=scale, yscale=scale, xlabel="update, t", start=0.1)
    space = np.geomspace if scale == "log" else np.linspace
    at = space(1, 100, 201)
    truth = np.where(at == at[50], 0.8, 0.1)
    words = curve.reveal(truth)
    assert words == (
        f"Your curve is furthest off at update {at[50]:.3g}: you drew 0.1, it is 0.8."
    )
    assert np.allclose(curve.truth, np.column_stack([at, truth]))
    assert curve.reveal(np.full(201, 0.101)) == "Your curve is never far from it."


def test_between_the_knots_the_curve_is_straight_on_its_axes():
    logs = Curve((1, 100), (0.01, 1), xscale="log", yscale="log", start=np.geomspace(0.01, 1, 9))
    assert logs(10) == pytest.approx(0.1) and np.allclose(logs(np.array([1, 100])), [0.01, 1])
    lines = Curve((0, 8), (0, 8), start=range(9))
    assert lines(3.5) == 3.5


@pytest.mark.parametrize(
    "truth", [[1.0], [[1.0, 2.0]], [0.1, math.nan], [0.1, 0.0]], ids=["short", "2-d", "nan", "0"]
)
def test_a_truth_that_is_no_curve_is_refused(truth):
    with pytest.raises(ValueError, match="the true curve must be"):
        Curve((0, 1), (0.01, 1), yscale="log").reveal(truth)


def shown(thing, monkeypatch):
    """What a notebook gets to display."""
    outputs = []
    show = lambda data, raw: outputs.append(data)  # noqa: E731
    monkeypatch.setattr("lrlib.widgets.draw.display", show)
    thing._ipython_display_()
    return outputs


def test_without_a_kernel_a_still_stands_below_with_words(monkeypatch):
    widget, still = shown(Draw(200, target=0.025, question="What is <free>?"), monkeypatch)
    assert "application/vnd.jupyter.widget-view+json" in widget and not widget["text/plain"]
    html = still["text/html"]
    assert html.startswith('<div class="lr-still">') and "What is &lt;free&gt;?" in html
    words = "best constant 0.037, best linear 0.0261, best cosine 0.0287. The target is 0.025."
    assert words in html
    picture = base64.b64decode(html.split("base64,")[1].split('"')[0])
    assert np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).std() > 10
    assert len(picture) < 60_000


def test_the_still_shows_what_was_drawn():
    draw = Draw(100)
    before = draw._still()[1]
    draw.values = [0.1] * 9
    assert "drawn" not in before and f"drawn {draw.loss[-1]:.3g}" in draw._still()[1]
    assert len(draw.picture().axes[0].lines) == 4


def test_the_still_of_a_run_shows_what_is_true():
    draw = Draw(100)
    plain, (left, right) = draw.picture().axes, draw.picture(lr.Cosine(0.3, 0, 100)).axes
    assert [len(axes.lines) for axes in plain] == [len(left.lines) - 1, len(right.lines)]
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["what is true"]
    assert left.lines[-1].get_ydata()[[0, -1]] == pytest.approx([0.3, 0])


@pytest.mark.skipif(not shutil.which("node"), reason="no Node on this machine")
@pytest.mark.parametrize(
    "updates, where",
    [
        ([2], "at update 2"),
        ([2, 3, 4], "at updates 2 to 4"),
        ([0, 7], "at some of the updates 0 to 7"),
    ],
    ids=str,
)
def test_the_verdict_says_where_a_rate_is_too_high(updates, where):
    source = Path(lr.widgets.draw.__file__).with_name("draw.js").read_text()
    rates = [3 if t in updates else 1 for t in range(10)]
    call = f"verdict({rates}, [1, 0.5], {{curvatures: [1, 0.5], target: null}})"
    program = f"{source}\nconsole.log({call}.join(' '));"
    told = subprocess.run(
        ["node", "--input-type=module"], input=program, capture_output=True, text=True, check=True
    )
    assert f"η·λ > 2 {where}: there it diverges" in told.stdout


def test_the_message_to_the_page_is_small():
    assert len(json.dumps(Draw(200).get_state(["x", "values", "axes", "bowl"]))) < 12_000
