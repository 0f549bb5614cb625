"""Every solution passes its check, every named mistake gets its own message, nothing raises."""

import math

import pytest

import lrlib as lr
from lrlib import exercises
from lrlib.exercises import Exercise, exercise as exercise_module

LESSONS = [getattr(exercises, name) for name in exercises.LESSONS]
EXERCISES = {
    f"{lesson.__name__.rsplit('.', 1)[-1]}.{name}": exercise
    for lesson in LESSONS
    for name, exercise in vars(lesson).items()
    if isinstance(exercise, Exercise)
}
MISTAKES = [(name, mistake) for name, e in EXERCISES.items() for mistake in e.mistakes]
each = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def answer_of(exercise):
    return exercise.right if exercise.steps else exercise.right()


def test_three_exercises_a_lesson():
    assert len(EXERCISES) == 3 * len(LESSONS)


@each
def test_the_solution_is_right(exercise):
    assert exercise.judge(answer_of(exercise)) == f"Right. {exercise.praise}"


@pytest.mark.parametrize("name, mistake", MISTAKES)
def test_each_mistake_gets_its_own_message(name, mistake):
    exercise = EXERCISES[name]
    assert exercise.judge(exercise.mistakes[mistake].answer) == (
        f"Not yet: {exercise.mistakes[mistake].message}"
    )


@each
def test_at_least_two_mistakes_are_known(exercise):
    assert len(exercise.mistakes) >= 2


@each
@pytest.mark.parametrize("untouched", [..., None, lambda *_: ..., lambda *_: None])
def test_an_untouched_exercise_says_so(exercise, untouched):
    if exercise.steps or not callable(untouched):
        assert exercise.judge(untouched).startswith("Not answered yet")
    else:  # a function where a number is asked for
        assert exercise.judge(untouched).startswith("Your answer")


@each
@pytest.mark.parametrize(
    "nonsense", ["0.1", float("nan"), True, [1, 2], lambda *_: 1 / 0, lambda *_: "x", lambda: 1]
)
def test_nonsense_is_answered_in_words(exercise, nonsense):
    words = exercise.judge(nonsense)
    assert words.startswith(("Your answer", "Not yet"))


@each
def test_another_wrong_answer_is_located(exercise):
    wrong = (
        (lambda *args: exercise.right(*args) + 0.05)
        if exercise.steps
        else 3 * abs(exercise.right()) + 1
    )
    words = exercise.judge(wrong)
    located = f"at t = 0 your {exercise.quantity} is"
    assert (located if exercise.steps else "is too large") in words


@each
def test_everything_can_be_shown(exercise, capsys):
    exercise.question()
    exercise.solution()
    exercise.check()
    assert "Not answered yet" in capsys.readouterr().out


@each
def test_a_hint_left_in_a_cell_stays_the_same(exercise, monkeypatch):
    shown = []
    monkeypatch.setattr(exercise_module, "_show", shown.append)
    for n, hint in enumerate(exercise.hints, 1):
        exercise.hint(n)
        exercise.hint(n)
        assert shown[-2:] == [f"**Hint {n} of {len(exercise.hints)}.** {hint}"] * 2


@pytest.mark.parametrize("n", [0, 99, -1, 1.5, "first", None])
def test_a_hint_that_is_not_there_is_answered_in_words(n, capsys):
    exercises.cosine.middle_half.hint(n)
    assert "The hints are `hint(1)` to `hint(2)`" in capsys.readouterr().out


def test_a_folded_answer_is_printed_nowhere_but_inside(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(exercise_module, "_display", shown.append)
    with exercises.folded("Try <first>"):
        print("260 < 300")
    assert capsys.readouterr().out == ""
    assert shown[0]["text/plain"] == "260 < 300\n"
    assert shown[0]["text/html"] == (
        "<details><summary>Try &lt;first&gt;</summary><pre>260 &lt; 300\n</pre></details>"
    )


@each
def test_the_solution_can_be_pasted(exercise, monkeypatch):
    shown = []
    monkeypatch.setattr(exercise_module, "_show", shown.append)
    exercise.solution()
    code = shown[0].split("```python\n")[1].split("```")[0]
    page = {"lr": lr, "cos": math.cos, "pi": math.pi}
    exec(code, page)
    pasted = page[exercise.right.__name__.lstrip("_")]
    assert exercise.judge(pasted if exercise.steps else pasted()).startswith("Right")


def test_numpy_and_torch_numbers_are_numbers():
    import numpy as np
    import torch

    exercise = exercises.cosine.middle_half
    for kind in (np.float64, np.float32, torch.tensor):
        assert exercise.judge(kind(exercise.right())).startswith("Right")


def test_a_schedule_in_place_of_a_scheduler_is_answered_in_words():
    step_decay = lr.exercises.step_decay
    answer = step_decay.used(lambda optimizer: lr.Step(0.4, 150, 0.25))
    assert step_decay.in_pytorch.judge(answer).startswith("Not yet: that is a schedule")
