"""Sliders without a browser: every position gives a picture and words, never a traceback."""

import base64
import io
import itertools
import random
import threading
import time
import types
import zlib

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import lrlib as lr
from lrlib.widgets import Explorer, LivePicture, ahead, rate_and_loss, slider


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that stands still unless a test moves it: how many frames go ahead is a matter of time."""
    now = [0.0]
    monkeypatch.setattr(ahead, "time", types.SimpleNamespace(perf_counter=lambda: now[0]))
    return now


def view(eta_max, floor, T):
    """The slider of lesson 06."""
    schedule = lr.Cosine(eta_max, floor * eta_max, T)
    loss = lr.dynamics.noisy_quadratic(schedule.rates(), lr.dynamics.power_law(20, 1.0), 0.2)
    return schedule.rates(), loss, f"{T} updates: {loss[-1]:.4f}, floor {100 * floor:.0f} %"


def explorer(view=view, highest=1.0, **more):
    controls = {
        "eta_max": slider("peak rate", 0.02, highest, 0.8, log=True),
        "floor": slider("floor / peak", 0.0, 1.0, 0.0),
        "T": slider("T, updates", 50, 500, 300, step=10),
    }
    more = {"target": 0.02, **more}
    return rate_and_loss(view, controls, T=500, rate_limit=1, loss_limits=(0.01, 4), **more)


def test_a_stop_is_marked_beside_the_loss():
    rate, loss = explorer(marks={"a stop": 100}).picture.picture.figure.axes
    assert not rate.texts and "a stop" in [text.get_text() for text in loss.texts]


def plain(view, **controls):
    """An explorer of one line in one pair of axes."""
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return Explorer(view, controls, LivePicture(figure, {"line": axes.plot([])[0]}))


def move(box, **values):
    for name, value in values.items():
        box.controls[name].value = value


def pixels(box):
    """What is drawn, before it becomes a PNG with a palette of its own."""
    assert Image.open(io.BytesIO(box.picture.png())).format == "PNG"
    return np.array(box.picture.picture.canvas.buffer_rgba())[..., :3]


def listen(box):
    """The messages to the page from now on: a list of lists of (key, words, points) of a frame."""
    messages = []

    def send(content, buffers):
        raw = np.frombuffer(zlib.decompress(buffers[0]), np.uint8).reshape(2, -1)
        numbers, message = np.ascontiguousarray(raw.T).view("<i2").ravel(), []
        for frame in content["frames"]:
            points = []
            for length in itertools.chain(*frame["runs"]):
                points.append(numbers[: 2 * length].reshape(2, length).cumsum(1).T / 8)
                numbers = numbers[2 * length :]
            message.append((frame["key"], frame["words"], points))
        messages.append(message)

    box.picture.send = send
    return messages


def slowly(clock, seconds):
    """The view, so slow that (almost) nothing is sent ahead."""

    def slow(**values):
        clock[0] += seconds
        return view(**values)

    return slow


def test_every_extreme_and_random_position_gives_picture_and_words(clock):
    random_numbers = random.Random(0)
    box = explorer(slowly(clock, 0.1), highest=100.0)  # 100 diverges to infinity
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
        assert f"{box.controls['T'].value} updates" in box.words
        runs = [run for track in box.picture.frame["tracks"] for run in track]
        assert len(runs) == 2 and all((abs(run) < 2000).all() for run in runs)
        assert pixels(box).std() > 10


def test_the_picture_depends_on_the_values_only_not_on_the_way():
    box = explorer()
    first, words = pixels(box), box.words
    move(box, T=400, floor=0.5)
    assert (pixels(box) != first).any() and box.words != words
    move(box, floor=0.0, T=300)
    assert (pixels(box) == first).all() and box.words == words


def test_only_the_lines_move():
    box = explorer()
    before = pixels(box)
    move(box, T=100)
    changed = np.argwhere((pixels(box) != before).any(-1))
    axes = [a.get_window_extent() for a in box.picture.picture.figure.axes]
    height = before.shape[0]
    inside = [
        any(a.x0 - 4 <= x <= a.x1 + 4 and a.y0 - 4 <= height - y <= a.y1 + 4 for a in axes)
        for y, x in changed
    ]
    assert len(changed) and all(inside)


def test_an_edge_moves_with_the_controls():
    def race(height):
        return [0.5] * 10, [1.0] * 11, [height] * 10, f"edge at {height:g}"

    controls = {"height": slider("edge", 2.0, 8.0, 2.0)}
    box = rate_and_loss(
        race, controls, T=10, rate_limit=1, loss_limits=(0.1, 10), edge_label="edge"
    )
    before = pixels(box)
    move(box, height=8.0)
    assert box.picture.frame["data"]["edge"][1] == [8.0] * 10
    assert box.words == "edge at 8" and (pixels(box) != before).any()


# --- what travels to the page


def test_a_move_sends_its_own_frame_first_and_then_its_neighbours():
    box = explorer()
    messages = listen(box)
    move(box, T=310)
    own, neighbours = messages
    assert [words for _, words, _ in own] == [box.words]
    places = [list(map(float, key.split())) for key, *_ in neighbours]
    peak, floor, T = map(float, own[0][0].split())
    along_T = [place[2] - T for place in places if place[:2] == [peak, floor]]
    assert sorted(along_T) == [*range(-6, 0), *range(1, 17)]
    others = [place for place in places if place[2] == T]
    assert sorted(others) == [[peak - 1, 0, T], [peak, 1, T], [peak + 1, 0, T]]
    messages.clear()
    move(box, T=320)
    assert len(messages[0]) == 1 and len(messages[1]) == 4  # one more ahead, three beside
    messages.clear()
    box.picture._message(box.picture, {"kind": "rest"}, [])
    more = {key for message in messages for key, *_ in message}
    assert {f"{peak:g} {n} {T + 1:g}" for n in range(2, 7)} <= more


@pytest.mark.parametrize("name, presses", [("eta_max", 6), ("floor", 20), ("T", 12)])
def test_a_frame_sent_ahead_is_that_of_the_position_itself(name, presses):
    box = explorer()
    messages, place = listen(box), box.picture.places[name]
    for number in range(int(place.number) + 1, int(place.number) + presses):
        low, step = box.controls[name].min, box.controls[name].step
        at = low + number * step * (1 + 1e-15)  # as the page computes it, or nearly
        move(box, **{name: 10**at if name == "eta_max" else round(at) if name == "T" else at})
    last = {}
    for key, words, points in (frame for message in messages for frame in message):
        if key in last:
            assert last[key][0] == words
            assert all((a == b).all() for a, b in zip(last[key][1], points, strict=True))
        last[key] = words, points
    assert sum(len(message) for message in messages) > len(last)  # so some came twice


def test_points_travel_to_an_eighth_of_a_pixel():
    box = explorer()
    messages = listen(box)
    move(box, T=310)
    runs = [run for track in box.picture.frame["tracks"] for run in track]
    for (_, _, points), run in zip(messages[0], [runs]):
        assert all(abs(a - b).max() <= 1 / 16 for a, b in zip(points, run, strict=True))


def test_hello_sends_everything_anew():
    box = explorer()
    messages = listen(box)
    box.picture._message(box.picture, {"kind": "hello"}, [])
    first = [len(message) for message in messages]
    messages.clear()
    box.picture._message(box.picture, {"kind": "hello"}, [])
    assert first == [len(message) for message in messages] and first[0] == 1 < first[1]


@pytest.mark.parametrize(
    "seconds, frames", [(0.009, 25), (0.012, 5 + 1 + 3), (0.05, 1), (0.1, 0)]
)
def test_a_slow_view_sends_fewer_frames_ahead(clock, seconds, frames):
    box = explorer(slowly(clock, seconds))
    messages = listen(box)
    move(box, T=310)
    assert [len(message) for message in messages] == [1, frames][: 1 + bool(frames)]


def test_moves_from_two_threads_take_turns():
    inside = []

    def alone(eta_max, floor, T):
        inside.append(1)
        time.sleep(1e-4)
        assert len(inside) == 1
        inside.pop()
        return [floor] * 10, [1.0] * 11, f"{T} updates, floor {100 * floor:.0f} %"

    def turn(name, values):
        for value in values:
            box.controls[name].value = value

    box = explorer(alone)
    messages = listen(box)
    threads = [
        threading.Thread(target=turn, args=("T", range(60, 260, 10))),
        threading.Thread(target=turn, args=("floor", np.arange(1, 20) * 0.025)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [words for message in messages for _, words, _ in message]
    assert len(said) > 39 and not any("cannot be drawn" in words for words in said)
    assert box.words.endswith("250 updates, floor 48 %")


def test_choices_and_checkboxes_are_controls_too():
    def shape(kind, half):
        level = {"low": 0.2, "high": 0.8}[kind] / (2 if half else 1)
        return {"line": ([0, 1], [level, level])}, f"at {level}"

    box = plain(
        shape, kind=widgets.Dropdown(options=["low", "high"]), half=widgets.Checkbox(False)
    )
    messages = listen(box)
    move(box, kind="high", half=True)
    assert [[key for key, *_ in message] for message in messages] == [["1 0"], ["1 1"]]
    assert box.words == "at 0.4" and box.picture.start == [0, False]


@pytest.mark.parametrize(
    "control",
    [
        widgets.FloatRangeSlider(),
        widgets.IntText(3),
        widgets.FloatText(3, step=1),
        widgets.SelectMultiple(options=["low", "high"]),
        widgets.SelectMultiple(options=["low", "high"], value=["high"]),
    ],
    ids=lambda control: type(control).__name__,
)
def test_what_cannot_be_a_control_is_refused(control):
    name = type(control).__name__
    with pytest.raises(TypeError, match=f"'x' is {name}; allowed are sliders"):
        plain(lambda x: ({}, ""), x=control)


# --- words, scores, errors


def test_the_verdict_comes_first_and_the_score_is_the_last_loss():
    box = explorer()
    assert box.words.startswith("Missed, the target is 0.02. 300 updates")
    assert box.picture.frame["bold"] == (0, 6)
    assert f"{box.picture.frame['score']:.4f}" in box.words
    move(box, T=500, eta_max=0.3)
    assert box.words.startswith("Reached, the target is 0.02. 500 updates")
    assert box.picture.frame["at"] == "peak rate 0.3, floor / peak 0, T 500"


def test_a_verdict_of_the_lesson_is_not_said_twice():
    box = explorer(lambda **values: (*view(**values)[:2], "The loss is high: missed."))
    assert box.words == "The loss is high: missed."
    assert box.picture.frame["bold"] == (18, 24)


def test_without_a_target_there_is_no_score():
    frame = explorer(target=None).picture.frame
    assert frame["score"] is None and frame["bold"] == (0, 0)


def test_a_score_of_its_own():
    box = explorer(score=lambda rates, losses: rates[0] - 0.81)
    assert box.picture.frame["score"] == pytest.approx(0.0123, abs=1e-4)
    assert box.words.startswith("Reached")


def test_a_score_that_is_no_number_is_none():
    box = explorer(score=lambda rates, losses: np.nan)
    assert box.picture.frame["score"] is None and box.words.startswith("300 updates")


def test_an_error_is_said_and_the_next_move_recovers():
    def fails_in_the_middle(eta_max, floor, T):
        if floor == 0.5:
            raise ValueError("no such floor")
        return view(eta_max, floor, T)

    box = explorer(fails_in_the_middle)
    move(box, floor=0.5)
    assert box.words == "This position cannot be drawn: no such floor"
    assert box.picture.frame["error"] and box.picture.frame["score"] is None
    move(box, floor=0.25)
    assert "cannot be drawn" not in box.words and not box.picture.frame["error"]


# --- without a kernel


def outputs(box, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, metadata=None, raw=False: shown.append((data, metadata)),
    )
    box._ipython_display_()
    return shown


def test_a_reader_without_a_kernel_sees_picture_and_words(monkeypatch):
    box = explorer()
    (live, _), (still, metadata), (words, _) = outputs(box, monkeypatch)
    assert "application/vnd.jupyter.widget-view+json" in live
    assert live["text/plain"] == "Sliders: peak rate; floor / peak; T, updates."
    assert base64.b64decode(still["image/png"]) == box.picture.png()
    assert metadata["image/png"]["alt"] == box.words
    assert "<b>Missed</b>, the target is 0.02." in words["text/html"]
    assert words["text/plain"] == f"{box.words} Run the cell to move it."


def test_words_are_escaped_and_an_error_at_the_start_is_kept(monkeypatch):
    def always_fails(eta_max, floor, T):
        raise ValueError("<b>nothing</b> works")

    *_, (words, _) = outputs(explorer(always_fails), monkeypatch)
    assert "&lt;b&gt;nothing" in words["text/html"]
    assert "cannot be drawn: <b>nothing</b> works" in words["text/plain"]


# --- controls and pictures


@pytest.mark.parametrize(
    "low, high, value, step, log, kind, start",
    [
        (1, 9, 5, None, False, "IntSlider", 5),
        (50, 500, 304, 10, False, "IntSlider", 300),
        (0.0, 1.0, 0.51, None, False, "FloatSlider", 0.5),
        (0.01, 1.0, 0.1, None, True, "FloatLogSlider", 0.1),
        (0.02, 1.0, 0.8, None, True, "FloatLogSlider", 0.82234),  # lesson 06
    ],
)
def test_kinds_of_sliders_start_on_their_grid(low, high, value, step, log, kind, start):
    made = slider("x", low, high, value, step, log)
    assert type(made).__name__ == kind and made.value == pytest.approx(start, abs=1e-5)
    assert made.tooltip == "x"  # or the page shows 'null'


@pytest.mark.parametrize(
    "ends, log, message",
    [
        ((0, 100, 10), True, "low must be > 0 on a logarithmic slider, not 0"),
        ((0, 10, 50), False, "value must lie between low=0 and high=10, not 50"),
        ((0.1, 1.0, 0.05), True, "value must lie between low=0.1 and high=1.0, not 0.05"),
    ],
)
def test_a_slider_that_cannot_be_is_refused_in_words(ends, log, message):
    with pytest.raises(ValueError) as refused:
        slider("x", *ends, log=log)
    assert str(refused.value) == message


def line_of(**look):
    figure = Figure(dpi=72)
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0, 10))
    return LivePicture(figure, {"line": axes.plot([], **look)[0]}), axes


def test_a_line_is_cut_at_nan_and_kept_near_its_axes():
    picture, axes = line_of()
    y = [1, 2, np.nan, 3, 4, np.inf, 1e300, 5]
    (runs,) = picture.tracks({"line": (np.arange(8), y)})
    assert [len(run) for run in runs] == [2, 2, 2]
    assert runs[2][:, 1].min() == pytest.approx(picture.size[1] - axes.bbox.y1 - 20, abs=1)


def test_steps_are_steps():
    picture, _ = line_of(drawstyle="steps-post")
    ((run,),) = picture.tracks({"line": ([0, 5, 10], [2, 4, 4])})
    moves = np.abs(np.diff(run, axis=0)) > 1e-9
    assert len(run) == 5 and not moves.all(axis=1).any()


def test_markers_are_points_of_their_own():
    picture, _ = line_of(marker="o", markersize=4, linestyle="--")
    stroke, points = picture.looks
    assert stroke["dashes"] and points["radius"] == pytest.approx(2.5)
    _, (dots,) = picture.tracks({"line": ([1, 2, np.nan, 99], [1, 2, 3, 4])})
    assert len(dots) == 2
    picture, _ = line_of(marker=".", linestyle="")
    assert [list(look) for look in picture.looks] == [["colour", "radius", "clip"]]


def test_a_marker_that_the_page_cannot_draw_is_refused():
    with pytest.raises(ValueError, match="the line 'line' has marker='x'; .* can have 'o', '.'"):
        line_of(marker="x")
