"""The capstone: the budget holds, the test seeds stay untouched, and a guess is no defence."""

import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import lrlib as lr
from lrlib.lab import capstone, defence
from lrlib.lab.tasks.photograph import Photograph

module = sys.modules[type(capstone).__module__]
LINE = lr.Linear(0.01, 0, 300)
BECAUSE = "the start is steep and the noise never ends"


@pytest.fixture(autouse=True)
def a_process_of_its_own(monkeypatch):
    monkeypatch.setattr(module, "_LOG", [])
    monkeypatch.setattr(module, "_SUBMITTED", [])


@pytest.fixture
def untrained(monkeypatch):
    """Runs that cost nothing: the loss is the peak, the painting is white."""
    monkeypatch.setattr(
        defence, "paint",
        lambda wanted, seed: (np.full(len(defence.STOPS), wanted.peak), np.ones((32, 48, 3))),
    )  # fmt: skip


def spend(n):
    for k in range(n):
        capstone.run(LINE * (1 + k), seed=k % 3)


def test_twenty_runs_and_no_more(untrained):
    spend(20)
    assert capstone.left == 0
    with pytest.raises(ValueError, match="20 runs are spent"):
        capstone.run(LINE * 0.5)


def test_a_new_object_has_the_same_log(untrained):
    spend(20)
    fresh = type(capstone)()
    assert fresh.left == 0 and fresh.runs == capstone.runs
    with pytest.raises(ValueError, match="spent"):
        fresh.run(LINE * 0.5)


def test_the_same_run_again_costs_nothing(untrained):
    first = capstone.run(LINE, seed=3)
    assert capstone.run(lr.Linear(0.01, 0, 300), seed=3) is first
    assert capstone.run(LINE, seed=3, max_norm=1.0) is not first
    assert capstone.left == 18


def test_an_answer_from_the_log_is_given_when_all_are_spent(untrained):
    spend(20)
    assert capstone.run(LINE).number == 1


def test_threads_buy_no_runs(untrained, monkeypatch):
    started, paint = threading.Barrier(30), defence.paint
    monkeypatch.setattr(defence, "paint", lambda *given: (time.sleep(0.002), paint(*given))[1])

    def one(k):
        started.wait()
        return capstone.run(LINE * (1 + k))

    with ThreadPoolExecutor(30) as pool:
        done = [pool.submit(one, k) for k in range(30)]
    assert sum(each.exception() is None for each in done) == 20 == len(capstone.runs)
    assert [run.number for run in capstone.runs] == list(range(1, 21))


def test_worker_processes_are_refused():
    with ProcessPoolExecutor(1) as pool:
        for call in (pool.submit(capstone.run, LINE), pool.submit(capstone.submit, LINE)):
            with pytest.raises(ValueError, match="run it in the notebook"):
                call.result()


class Chameleon:
    """Equal to every seed that may be run, and a seed of the test when it comes to it."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __int__(self):
        return defence.TEST_SEEDS[0]


def test_no_seed_of_the_test_can_be_run(untrained):
    assert not set(defence.TEST_SEEDS) & set(capstone.seeds)
    for seed in (*defence.TEST_SEEDS, -1, 10, True, 0.5, "0", None, np.array([3, 4]), Chameleon()):
        with pytest.raises(ValueError, match="seed must be"):
            capstone.run(LINE, seed=seed)
    assert capstone.left == 20


def test_the_task_is_not_for_sale_elsewhere():
    assert "Photograph" not in lr.lab.__all__ and not hasattr(lr.lab, "Photograph")


@pytest.mark.parametrize(
    "schedule, settings, words",
    [
        (0.01, {}, "a schedule with its peak is needed"),
        (lr.Linear(0.01, 0, 200), {}, "ends after 200 updates, and a run has 300"),
        (lr.Constant(0.0), {}, "the rate is 0 at every update"),
        (LINE, {"max_norm": 0}, "max_norm must be"),
        (LINE, {"average": 2}, "average must be"),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(schedule, settings, words, untrained):
    with pytest.raises(ValueError, match=words) as error:
        capstone.run(schedule, **settings)
    assert capstone.left == 20
    (line,) = error.value._render_traceback_()
    assert line.startswith("Not run: ") and words in line
    spend(8)
    assert words in repr(capstone.submit(schedule, (-9, -5), BECAUSE, **settings))


@pytest.mark.parametrize(
    "prediction, because, words",
    [
        (..., BECAUSE, "replace the dots"),
        ((-10, -5), ..., "replace the dots"),
        ((-10, -5), "", "a reason in words"),
        ((-10, -5), "x x x x x x", "5 different ones"),
        ((-10, -5), "1 2 3 4 5 6 7", "a reason in words"),
        ((-10, -5), ["a", "list"], "a reason in words"),
        ((-5, -10), BECAUSE, "the lower first"),
        ((-100, 100), BECAUSE, "hardly be wrong"),
        ("better", BECAUSE, "two numbers in per cent"),
        ((-5, float("nan")), BECAUSE, "two numbers in per cent"),
        (-5, BECAUSE, "two numbers in per cent"),
        (np.array([-5.0, -10.0]), BECAUSE, "the lower first"),
    ],
)
def test_a_guess_is_not_submitted(prediction, because, words, untrained):
    spend(8)
    said = repr(capstone.submit(LINE, prediction, because))
    assert said.startswith("Not submitted yet: ") and words in said
    assert not module._SUBMITTED


def test_evidence_comes_first(untrained):
    spend(7)
    assert "7 of at least 8 runs made" in repr(capstone.submit(LINE, (-9, -5), BECAUSE))
    spend(8)
    other = lr.Cosine(0.02, 0, 300)
    assert "never run" in repr(capstone.submit(other, (-9, -5), BECAUSE))


def test_one_submission_and_its_answer_again():
    capstone.run(LINE)
    module._LOG.extend(module._LOG * 7)
    first = capstone.submit(LINE, (-9, 9), BECAUSE)
    assert capstone.submit(LINE, (-9, 9), BECAUSE) is first
    assert "submitted once" in repr(capstone.submit(LINE, (-3, 3), BECAUSE))
    assert first.came_true and abs(first.difference.percent) < 1e-9  # the line against itself
    assert first.difference.pairs == len(defence.TEST_SEEDS) == 32
    words = repr(first)
    assert "it came true" in words and BECAUSE in words and "[ ] The peak:" in words
    names = {each.name for each in first.forgotten}
    assert names == {"one seed", "clipped", "averaged", "half the peak", "twice the peak", "30 % warmup"}


@pytest.fixture(scope="module")
def reference():
    return capstone.reference()


def test_the_reference_defence_came_true_and_forgot_nothing(reference):
    assert reference.forgotten == () and reference.came_true
    assert reference.difference.high < 0 and len(defence.REFERENCE_RUNS) == module.BUDGET
    assert not {run.seed for run in defence.REFERENCE_RUNS} - set(capstone.seeds)


def test_trying_seeds_buys_nothing(reference):
    """The lowest of ten seeds is luck: on the test seeds it is what it was."""
    line = defence.setting(LINE)
    tried = defence.measure(Photograph(), [line], capstone.seeds)[0]
    tested = defence.measure(Photograph(), [line], defence.TEST_SEEDS)[0]
    assert tried.min() < 0.9 * tested.mean() < tried.mean() * 1.1


def tried(schedule, seeds=(0, 1), **settings):
    return [defence.Tried(defence.setting(schedule, **settings), seed) for seed in seeds]


RISE = lr.warmup_linear(0.02, 90, 300)


@pytest.mark.parametrize(
    "log, forgotten",
    [
        (tried(RISE, (0,)), "one seed"),
        (tried(RISE) + tried(LINE, average=0.5), "clipped"),
        (tried(RISE) + tried(LINE, max_norm=1.0), "averaged"),
        (tried(RISE) + tried(RISE * 2), "half the peak"),
        (tried(RISE) + tried(RISE * 0.5), "twice the peak"),
        (tried(RISE) + tried(RISE * 2), "no rise"),
    ],
)
def test_what_was_forgotten_is_worked_out_from_what_was_tried(log, forgotten):
    mine = defence.setting(RISE)
    assert forgotten in [each.name for each, _ in defence.controls(mine, log)]
    remedy = [
        *tried(RISE * 0.5), *tried(RISE * 2), *tried(LINE, max_norm=1.0), *tried(LINE, average=0.5)
    ]  # fmt: skip
    assert list(defence.controls(mine, log + remedy)) == []


def test_who_clips_is_asked_for_the_line():
    mine = defence.setting(RISE, max_norm=1.0)
    names = {each.name: other for each, other in defence.controls(mine, tried(RISE, max_norm=1.0))}
    assert names["line, clipped"][0].shape == defence.setting(LINE).shape
    assert names["line, clipped"][0].max_norm == 1.0
    assert [each.rates[0] for each in names["no rise"]] == pytest.approx([0.01, 0.02])


def test_a_painting_belongs_to_its_loss():
    losses, painting = defence.paint(defence.setting(LINE, average=0.5), 0)
    colours = Photograph()
    _, mean, spread = colours._colours
    error = np.square((painting - colours.picture) / spread).mean()
    assert error == pytest.approx(losses[-1], rel=0.05)  # but for colours cut off at black and white


def test_a_run_and_a_submission_show_themselves(reference, capsys):
    run = capstone.run(LINE)
    assert repr(run) == f"run 1 of 20: seed 0, Linear 300, peak 0.01: loss {run.loss:.3f}"
    for shown in (capstone, run, reference):
        shown._ipython_display_()
    figures = [
        lr.figures.one_painting(run, capstone.runs, defence.STOPS), lr.figures.submission(reference),
        capstone.film().figure,
    ]  # fmt: skip
    assert [lr.figures.collisions(figure) for figure in figures] == [[], [], []]


def test_a_run_is_the_lowest_of_its_own_seed_only(untrained, monkeypatch):
    said = []
    monkeypatch.setattr(lr.figures, "show", lambda figure, sentence: said.append(sentence))
    for schedule, seed in ((LINE * 2, 0), (LINE, 0), (LINE * 0.5, 3)):  # the loss is the peak
        capstone.run(schedule, seed=seed)
    for run in capstone.runs:
        run._ipython_display_()
    first, second, other = said
    assert first.endswith("On seed 0 lowest 0.010 so far. 17 runs left.")
    assert second.endswith("On seed 0 the lowest so far. 17 runs left.")
    assert other.endswith("On seed 3 the lowest so far. 17 runs left.")


def test_the_list_of_runs_tells_shapes_apart(untrained):
    for schedule in (lr.warmup_linear(0.02, 30, 300), lr.warmup_linear(0.02, 60, 300), LINE * 2):
        capstone.run(schedule, max_norm=1.0)
    first, second, third = repr(capstone).splitlines()[1:]
    assert "seed 0, Linear 30 >> Linear 270, peak 0.02, clipped at 1:" in first
    assert "Linear 60 >> Linear 240" in second and "Linear 300" in third
    same = capstone.run(lr.Linear(0.02, 0, 300), max_norm=1.0)  # the rates count, not the words
    assert same is capstone.runs[2]


def test_five_words_are_a_reason():
    assert module._reason("clip allows a higher peak")


def test_the_references_stand_at_peaks_that_are_not_far_off():
    """Four times lower or higher is worse for each, on seeds that chose nothing."""
    for name, schedule in defence.REFERENCES.items():
        three = [defence.setting(schedule * factor) for factor in (0.25, 1, 4)]
        low, best, high = defence.measure(Photograph(), three, range(400, 416))
        for other in (low, high):
            assert lr.lab.paired_difference(best, other).high < 0, name


def test_a_forgotten_control_stands_at_a_peak_of_its_own():
    """Clipped, a long rise wants a higher peak: at the one that was submitted it would look bad."""
    rise = defence.setting(lr.warmup_linear(0.005, 90, 300))
    log = tried(rise_at(0.0025)) + tried(rise_at(0.005)) + tried(rise_at(0.01)) + tried(LINE, average=0.5)
    (clipped,) = defence.judge(rise, (-9, 9), BECAUSE, log + tried(LINE)).forgotten
    assert clipped.name == "clipped" and clipped.difference.high < 0


def rise_at(peak):
    return lr.warmup_linear(peak, 90, 300)
