"""Films play once and end on their poster; the clouds and toys in them show the exact dynamics."""

import base64
import io
import time
import warnings

import nbformat
import numpy as np
import pytest
from PIL import Image, ImageSequence
from scipy import stats

import lrlib as lr
from lrlib import dynamics, figures
from lrlib.figures.films import apng
from tests.browser import browser_page, chromium
from tests.notebook_form import FILM, problems

PEAK, T = 0.9, 72
THREE = {
    "constant": lr.Constant(PEAK),
    "cosine": lr.Cosine(PEAK, 0, T),
    "SGDR": lr.sgdr(PEAK, 0, T / 2, cycles=2),
}
PALETTE_ERROR = 3.0  # mean difference of 255 that 47 colours may cost


@pytest.fixture(scope="module")
def three():
    return figures.cloud(THREE, T)


@pytest.fixture(scope="module")
def film(three):
    start = time.process_time()
    data = apng(three)
    return data, time.process_time() - start


def decoded(data):
    image = Image.open(io.BytesIO(data))
    return image, [np.asarray(f.convert("RGB"), int) for f in ImageSequence.Iterator(image)]


def words(frames):
    """What the panels of a scene say in the present frame."""
    return [t.get_text() for axes in frames.figure.axes for t in axes.texts if t.get_text()]


def test_the_minimum_is_named_where_no_dots_are():
    def named(*schedules, **settings):
        frames = figures.cloud({f"rate {eta}": lr.Constant(eta) for eta in schedules}, **settings)
        return "minimum" in [text.get_text() for axes in frames.figure.axes for text in axes.texts]

    assert named(0.03) and not named(0.9) and named(0.02, runs=1, noise=0, T=12)


def test_the_largest_film_is_small_quick_and_short(film):
    data, seconds = film
    image, pictures = decoded(data)
    durations = []
    for frame in ImageSequence.Iterator(image):
        durations.append(frame.info["duration"])
    assert len(data) <= 250_000
    assert seconds < 4, "under 2 s on a quiet machine"
    assert 3000 < sum(durations) <= 5000
    assert image.info["loop"] == 1, "played once"
    assert pictures[0].shape[1] == figures.shown_width(figures.panels(1)[0])


def test_the_first_frame_is_the_finished_picture_and_so_is_the_last(three, film):
    _, pictures = decoded(film[0])
    assert len(pictures) == three.count + 1
    assert np.array_equal(pictures[0], pictures[-1])
    assert not np.array_equal(pictures[0], pictures[1])


def test_what_is_decoded_is_what_was_drawn(three, film):
    _, pictures = decoded(film[0])
    for drawn, seen in list(zip(three.images(), pictures[1:]))[::6]:
        assert np.abs(np.asarray(drawn, int) - seen).mean() < PALETTE_ERROR


def test_only_what_moves_is_drawn_again(three, monkeypatch):
    drawn = []
    agg = "matplotlib.backends.backend_agg.FigureCanvasAgg.draw"
    original = figures.films.FigureCanvasAgg.draw
    monkeypatch.setattr(agg, lambda self: (drawn.append(1), original(self)))
    assert len(list(three.images())) == three.count and len(drawn) <= 2, "layout, background"


def test_a_frame_that_changes_nothing_costs_nothing():
    figure, axes = figures.panels(1)
    (dot,) = axes.plot([0], [0], "o")
    still = figures.Frames(figure, [dot], lambda k: None, 40)
    data = apng(still)
    assert len(decoded(data)[1]) == 41 and len(data) < 15_000


@pytest.mark.parametrize("name", THREE)
def test_the_spread_of_the_cloud_is_the_exact_one(three, name):
    panel, rates = list(THREE).index(name), THREE[name].rates(T)
    runs = three.positions.shape[1]
    for axis, (curvature, start) in enumerate(zip((0.5, 1.0), (-2.8, 2.2))):
        mean = dynamics.quadratic(rates, [curvature], start)[:, 0]
        variance = 2 * dynamics.noisy_quadratic(rates, [curvature], 1.0, 0.0) / curvature
        for t in (3, 18, 36, 45, 72):
            x = three.positions[panel, :, t, axis]
            spread = np.sum((x - mean[t]) ** 2) / variance[t]
            assert stats.chi2.ppf(1e-4, runs) < spread < stats.chi2.ppf(1 - 1e-4, runs)


def test_all_panels_have_the_same_noise_and_the_same_start():
    frames = figures.cloud({"one": lr.Constant(0.5), "two": lr.Constant(0.5)}, 9, runs=60)
    assert np.array_equal(*frames.positions)
    assert np.ptp(frames.positions[:, :, 0], axis=1).max() == 0


def test_a_cloud_of_one_run_draws_its_path():
    frames = figures.cloud({"rate 0.2": lr.Constant(0.2)}, 9, curvatures=(1, 8), noise=0, runs=1)
    assert frames.positions.shape == (1, 1, 10, 2)
    trail, *_ = frames.figure.axes[0].lines[-3:]
    assert np.allclose(trail.get_xydata()[:10], frames.positions[0, 0])


def test_the_cloud_stays_wide_shrinks_and_swells_at_a_restart(three):
    constant, cosine, sgdr = three.positions.std(1).mean(-1)
    assert cosine[-1] < constant[-1] / 2
    assert sgdr[44] > 1.5 * sgdr[35] and sgdr[-1] < sgdr[44] / 1.5


def test_the_frames_show_the_positions_and_the_rates(three):
    for k in (0, 11, three.count - 1):
        three.move(k)
        t = min(2 * k, T)
        for i, (name, schedule) in enumerate(THREE.items()):
            top, low = three.figure.axes[i], three.figure.axes[len(THREE) + i]
            dots = next(line for line in top.lines[::-1] if len(line.get_xdata()) == 60)
            assert np.array_equal(dots.get_xydata(), three.positions[i, :, t])
            now = [line.get_xydata().tolist() for line in low.lines]
            assert [[t, schedule.rates(T)[min(t, T - 1)]]] in now


def test_without_a_warmup_the_cloud_flies_out_and_words_say_so():
    both = {"constant": lr.Linear(0.8, 0, 40), "warmup": lr.warmup_linear(0.8, 12, 40)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frames = figures.cloud(both, 40, quartic=0.5, x0=(-1.2, 2.4), noise=0.4)
        figures.png(frames.figure)
        apng(frames)
    outside = ~(np.abs(frames.positions[:, :, -1]) < 10).all(-1)
    assert outside[0].mean() > 0.5 and outside[1].sum() == 0
    assert any("flown out" in text or "are outside" in text for text in words(frames))


def test_where_most_runs_leave_the_last_cloud_in_view_stays_behind():
    both = {"constant": lr.Constant(0.8), "warmup": lr.warmup_constant(0.8, 10, 40)}
    frames = figures.cloud(both, 40, quartic=0.5, x0=(-2.1, 1.2), noise=0.2)
    frames.move(frames.count - 1)
    top = frames.figure.axes[0]
    (left, right), (bottom, high) = top.get_xlim(), top.get_ylim()
    x, y = np.moveaxis(frames.positions[0], -1, 0)
    seen = ((left < x) & (x < right) & (bottom < y) & (y < high)).sum(0)
    ghosts = [line.get_xydata() for line in top.lines if line.get_alpha() == 0.25]
    assert seen[1] > 40 > seen[2] and seen[-1] < 10
    assert np.array_equal(ghosts, [frames.positions[0, :, 1]])


def test_a_noisy_run_is_paired_over_schedules_and_has_the_exact_mean():
    rates = np.array([np.full(30, 0.3), np.linspace(0.3, 0, 30)])
    runs = dynamics.noisy_runs(rates, [1.0, 0.2], [0.3, 0.1], 1.0, range(2000))
    assert runs.shape == (2, 2000, 31, 2)
    losses = runs**2 @ [1.0, 0.2] / 2
    exact = dynamics.noisy_quadratic(rates, [1.0, 0.2], [0.3, 0.1])
    error = losses.std(1) / np.sqrt(2000)
    assert (np.abs(losses.mean(1) - exact) <= 4.5 * error + 1e-12).all()
    alone = dynamics.noisy_runs(rates[0], [1.0, 0.2], [0.3, 0.1], 1.0, 7)
    assert np.array_equal(alone, runs[0, 7])


def test_toys_show_what_dynamics_computes():
    fixed = {f"rate {eta}": lr.Constant(eta) for eta in (0.3, 1.9)}
    rates = np.array([[0.3] * 8, [1.9] * 8])
    x = figures.valley("parabola", fixed, 8, x0=1.5).positions[:, 0]
    assert np.array_equal(x[..., 0], dynamics.quadratic(rates, [1.0], 1.5)[..., 0])
    assert np.array_equal(x[..., 1], x[..., 0] ** 2 / 2)
    x = figures.valley("quartic", fixed, 8).positions[:, 0, :, 0]
    assert np.array_equal(x, dynamics.quartic(rates, -1.0))
    x = figures.valley("wells", fixed, 8, noise=0.2, seed=3).positions[:, 0, :, 0]
    assert np.array_equal(x, dynamics.double_well(rates, noise=0.2, seeds=3))
    x = figures.saddle(fixed, 8, seeds=(1, 2), noise=0.1).positions
    assert np.array_equal(x, dynamics.saddle(rates, (-1.2, 1e-3), 0.1, [1, 2]))
    x = figures.catapult({"one": lr.Constant(1.0)}, 6).positions[0, 0]
    loss, curvature = dynamics.catapult(np.ones(6))
    assert np.array_equal(x, np.stack([curvature, loss], -1))


def test_the_shaded_zone_of_the_catapult_covers_no_words():
    frames = figures.catapult({"rate 1": lr.Constant(1.0), "rate 1.4": lr.Constant(1.4)})
    *_, last = frames.images(dpi=figures.DPI)
    figures.png(frames.figure)
    (text,) = (t for axes in frames.figure.axes for t in axes.texts if "too steep" in t.get_text())
    box = text.get_window_extent()
    place = last.crop(
        (int(box.x0), int(last.height - box.y1), int(box.x1), int(last.height - box.y0))
    )
    shaded = np.asarray(place.convert("L"))
    assert shaded.min() < 120 and np.median(shaded) < 240
    linear = figures.catapult({"linear": lr.Linear(1.4, 0.2, 14)})
    assert not any(t.get_visible() and "steep" in t.get_text() for t in linear.figure.axes[0].texts)


def test_toys_say_how_it_ends():
    wells = {"rate 0.15": lr.Constant(0.15), "rate 0.23": lr.Constant(0.23)}
    assert words(figures.valley("wells", wells, 40)) == ["in the sharp well", "in the flat well"]
    warm = {"constant": lr.Constant(6.0), "warmup": lr.warmup_constant(6.0, 5)}
    ends = words(figures.valley("quartic", warm, 12))
    assert ends[0] == "thrown out by update 1" and ends[1].startswith("$x$ = ")
    saddle = figures.saddle({"rate 0.2": lr.Constant(0.2)}, 40)
    away = np.argmax(np.abs(saddle.positions[0, 0, :, 1]) > 0.5)
    assert f"left the saddle after {away} updates" in words(saddle)


def test_a_row_of_rates_stands_below_unless_all_are_fixed():
    fixed = {"rate 0.3": lr.Constant(0.3), "rate 1.9": lr.Constant(1.9)}
    assert len(figures.valley("parabola", fixed).figure.axes) == 2
    assert len(figures.valley("parabola", fixed | {"linear": lr.Linear(1, 0, 12)}).figure.axes) == 6


@pytest.mark.parametrize(
    "wrong, complaint",
    [
        (lambda: figures.cloud({}), "schedules must be 1 to 3, side by side, not 0"),
        (lambda: figures.cloud({str(i): lr.Constant(1) for i in range(4)}), "not 4"),
        (lambda: figures.cloud(THREE, runs=0), "runs must be a whole number >= 1, not 0"),
        (lambda: figures.valley("hill", THREE), "parabola, quartic or wells, not 'hill'"),
        (lambda: figures.Frames(figures.panels(1)[0], [], print, 9, seconds=6), "at most 5, not 6"),
        (lambda: figures.Frames(figures.panels(1)[0], [], print, 1), "at least 2 frames, not 1"),
    ],
)
def test_wrong_input_is_named(wrong, complaint):
    with pytest.raises(ValueError, match=complaint):
        wrong()


def test_a_figure_is_no_film():
    with pytest.raises(TypeError, match="frames must be Frames, such as cloud returns, not Figure"):
        figures.film(figures.panels(1)[0], "")


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, as the outputs of a notebook's cell."""
    outputs = []

    def display(data, metadata=None, raw=None):
        data = {
            k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()
        }
        outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata or {}))

    monkeypatch.setattr("IPython.display.display", display)
    return outputs


def notebook_of(outputs):
    cell = nbformat.v4.new_code_cell("film", outputs=outputs, execution_count=1)
    return nbformat.v4.new_notebook(cells=[cell])


def test_a_film_has_its_sentence_and_the_committed_form(three, shown):
    figures.film(three, "It shrinks.")
    picture, sentence = shown
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"] == "It shrinks."
    assert sentence.data["text/markdown"] == "*It shrinks.*"
    notebook = notebook_of(shown)
    assert problems(notebook) == []
    picture.data["image/png"] += "A" * FILM
    assert problems(notebook) == ["cell 0: a film over 250 kB"]


def test_frames_can_be_shown_as_a_still(three, shown):
    figures.show(three, "It shrank.")
    image = Image.open(io.BytesIO(base64.b64decode(shown[0].data["image/png"])))
    assert getattr(image, "n_frames", 1) == 1 and image.size[0] == int(figures.WIDTH * figures.DPI)


@pytest.mark.skipif(chromium() is None, reason="needs Chromium or Chrome")
def test_a_film_plays_once_in_the_exported_page_and_then_stands(shown, tmp_path):
    from nbconvert import HTMLExporter

    frames = figures.valley("parabola", {"rate 1.9": lr.Constant(1.9)}, 8)
    frames.seconds = 2.0
    figures.film(frames, "It jumps from wall to wall.")
    page_file = tmp_path / "film.html"
    page_file.write_text(HTMLExporter().from_notebook_node(notebook_of(shown))[0])
    with browser_page() as page:
        page.route(
            "**/*",
            lambda r: r.continue_() if r.request.url.startswith(("file:", "data:")) else r.abort(),
        )
        page.goto(page_file.as_uri(), wait_until="domcontentloaded")
        picture = page.locator("img").first
        first = picture.screenshot()
        page.wait_for_timeout(1000)
        assert picture.screenshot() != first, "it moves"
        page.wait_for_timeout(2000)
        last = picture.screenshot()
        page.wait_for_timeout(600)
        assert picture.screenshot() == last, "it has come to rest"


def test_a_film_keeps_to_its_size_with_fewer_frames_or_is_refused():
    def noise(share, count=12):
        figure, axes = figures.panels(1)
        rng = np.random.default_rng(0)
        side = int(share * 400)
        image = axes.imshow(rng.random((side, side)), extent=(0, share, 0, share))
        axes.set(xlim=(0, 1), ylim=(0, 1))
        move = lambda k: image.set_data(rng.random((side, side)))
        return figures.Frames(figure, [image], move, count, 2.0)

    data = apng(noise(0.6))
    assert len(data) <= 250_000 and 3 < len(decoded(data)[1]) < 13
    with pytest.raises(ValueError, match="a film must be at most 250 kB, and this one has"):
        apng(noise(1.0, 48))


def test_a_start_in_the_middle_has_room_around_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clouds = [figures.cloud(THREE, 9, x0=(0, 0), noise=noise) for noise in (0, 1.0, 5.0)]
        figures.valley("parabola", {"a": lr.Constant(1)}, x0=0)
        figures.valley("quartic", {"a": lr.Constant(1)}, x0=0)
    for frames in clouds:
        axes = frames.figure.axes[0]
        inside = np.abs(frames.positions) <= [axes.get_xlim()[1], axes.get_ylim()[1]]
        assert inside.mean() > 0.95
