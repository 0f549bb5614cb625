"""Sliders without a browser: every position gives a picture and words, never a traceback."""

import io
import itertools
import random
import re

import numpy as np
import pytest
from PIL import Image

import lrlib as lr
from lrlib.widgets import Explorer, rate_and_loss, slider


def view(eta_max, floor, T):
    """The slider of lesson 06."""
    schedule = lr.Cosine(eta_max, floor * eta_max, T)
    loss = lr.dynamics.noisy_quadratic(schedule.rates(), lr.dynamics.power_law(20, 1.0), 0.2)
    return schedule.rates(), loss, f"{T} updates: {loss[-1]:.4f}"


def explorer(view=view, highest=1.0):
    controls = {
        "eta_max": slider("peak rate", 0.02, highest, 0.8, log=True),
        "floor": slider("floor / peak", 0.0, 1.0, 0.0),
        "T": slider("T, updates", 50, 500, 300, step=10),
    }
    return rate_and_loss(view, controls, T=500, rate_limit=1, loss_limits=(0.01, 4), target=0.02)


def move(box, **values):
    for name, value in values.items():
        box.controls[name].value = value


def pixels(box):
    return np.asarray(Image.open(io.BytesIO(box._png)).convert("RGB"))


def test_every_extreme_and_random_position_gives_picture_and_words():
    box, random_numbers = explorer(highest=100.0), random.Random(0)  # 100 diverges to infinity
    ends = itertools.product((0.02, 100.0), (0.0, 1.0), (50, 500))
    anywhere = [
        (
            10 ** random_numbers.uniform(-1.7, 2),
            random_numbers.random(),
            random_numbers.randint(50, 500),
        )
        for _ in range(20)
    ]
    for eta_max, floor, T in [*ends, *anywhere]:
        move(box, eta_max=eta_max, floor=floor, T=T)
        assert "cannot be drawn" not in box.words.value
        assert f"{box.controls['T'].value} updates" in box.words.value
        assert pixels(box).std() > 10


def test_the_picture_depends_on_the_values_only_not_on_the_way():
    box = explorer()
    first = box.image.value
    move(box, T=400, floor=0.5)
    assert box.image.value != first
    move(box, floor=0.0, T=300)
    assert box.image.value == first


def test_words_are_the_alt_text_and_announced():
    box = explorer()
    assert re.search(r'alt="300 updates: 0\.\d+"', box.image.value)
    assert 'aria-live="polite"' in box.words.value


def test_words_are_escaped():
    box = explorer(lambda eta_max, floor, T: ([0.1], [1, 1], '<b>"x"</b>'))
    assert "<b>" not in box.words.value and "<b>" not in box.image.value


def test_an_error_is_shown_and_the_next_move_recovers():
    def fails_in_the_middle(eta_max, floor, T):
        if floor == 0.5:
            raise ValueError("no such floor")
        return view(eta_max, floor, T)

    box = explorer(fails_in_the_middle)
    move(box, floor=0.5)
    assert "This position cannot be drawn: no such floor" in box.words.value
    move(box, floor=0.25)
    assert "cannot be drawn" not in box.words.value


def test_an_error_at_the_start_is_shown_too():
    def always_fails(eta_max, floor, T):
        raise ValueError("nothing works")

    box = explorer(always_fails)
    assert "nothing works" in box.words.value
    assert "nothing works" in box._repr_mimebundle_()[0]["text/plain"]


def test_a_reader_without_a_kernel_sees_the_picture():
    data, metadata = explorer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"] and metadata["image/png"]["alt"] == data["text/plain"]


def test_only_the_lines_move():
    box = explorer()
    before = pixels(box)
    move(box, T=100)
    changed = np.argwhere((pixels(box) != before).any(-1))
    axes = [a.get_window_extent() for a in box.picture.figure.axes]
    height = before.shape[0]
    inside = [
        any(a.x0 - 4 <= x <= a.x1 + 4 and a.y0 - 4 <= height - y <= a.y1 + 4 for a in axes)
        for y, x in changed
    ]
    assert len(changed) and all(inside)


@pytest.mark.parametrize(
    "low, high, value, log, kind",
    [
        (1, 9, 5, False, "IntSlider"),
        (0.0, 1.0, 0.5, False, "FloatSlider"),
        (0.01, 1.0, 0.1, True, "FloatLogSlider"),
    ],
)
def test_kinds_of_sliders(low, high, value, log, kind):
    made = slider("x", low, high, value, log=log)
    assert type(made).__name__ == kind and made.value == pytest.approx(value)


def test_an_explorer_is_one_figure_however_often_it_moves():
    box = explorer()
    figure = box.picture.figure
    for T in range(50, 200, 10):
        move(box, T=T)
    assert box.picture.figure is figure and isinstance(box, Explorer)
    assert all(len(axes.lines) <= 2 for axes in figure.axes)


def test_an_edge_moves_with_the_controls():
    def race(height):
        return [0.5] * 10, [1.0] * 11, [height] * 10, f"edge at {height:g}"

    controls = {"height": slider("edge", 2.0, 8.0, 2.0)}
    box = rate_and_loss(
        race, controls, T=10, rate_limit=1, loss_limits=(0.1, 10), edge_label="edge"
    )
    before = pixels(box)
    move(box, height=8.0)
    assert box.picture.lines["edge"].get_ydata()[0] == 8.0
    assert "edge at 8" in box.words.value and (pixels(box) != before).any()
