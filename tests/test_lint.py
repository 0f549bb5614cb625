"""Every warning of `lint` is raised by what it is about, and by nothing that is right."""

import pytest

import lrlib as lr

STEP_0 = "update 0 has the rate 0 and changes nothing"
RIGHT = {  # schedule: length of the run
    lr.Constant(0.1): 1000,
    lr.warmup_cosine(0.1, 10, 1000, start=0.001): 1000,
    lr.warmup_cosine(0.1, 10, 1000, start=0.001, eta_min=0.01, inclusive=True): 1000,
    lr.warmup_constant(0.1, 10, start=0.01): 50,
    lr.one_cycle(0.1, 1000): 1000,
    lr.one_cycle(0.1, 1000, three_phase=True): 1000,
    lr.sgdr(0.1, 0, 10, T_mult=2, cycles=5): 310,
    lr.sgdr(0.1, 0.001, 10, T_mult=2, gamma=0.5, warmup=3): 310,
    lr.triangular(0.01, 0.1, 50): 1000,
    lr.noam(512, 400): 10_000,
    lr.wsd(0.1, 10, 200, 1000, start=0.01): 1000,
    lr.Step(0.1, 30, 0.1): 90,
    lr.MultiStep(0.1, [30, 60], 0.1): 90,
    lr.Constant(0.1, 30) >> lr.Constant(0.01, 60): 90,
    lr.Exponential(1e-6, 1.01, 1000): 1000,  # a range test rises to its end
    lr.Linear(0.01, 0.1, 10) >> lr.Step(0.1, 30, 0.1): 100,
}


@pytest.mark.parametrize("schedule", RIGHT, ids=lambda s: repr(s)[:60])
def test_nothing_is_said_about_what_is_right(schedule):
    assert lr.lint(schedule, RIGHT[schedule], steps_per_epoch=50, accumulation=4) == []


WRONG = [
    (
        lr.warmup_constant(0.1, 2000, start=0.01),
        {"T": 1000},
        ["the warmup is longer than the run: the rate comes to 0.054955 of 0.1"],
    ),
    (
        lr.triangular(0.01, 0.1, 2000),
        {"T": 1000},
        ["the warmup is longer than the run: the rate comes to 0.054955 of 0.1"],
    ),
    (
        lr.warmup_cosine(0.1, 5, 90),
        {"T": 9000, "steps_per_epoch": 100},
        [
            (
                "the schedule is 90 steps long, the run 9000: from step 90 on the rate stays at 0 (the "
                "run has 90 epochs: epochs taken for steps?)"
            ),
            "8911 of 9000 updates have the rate 0 and change nothing (the first is step 0)",
        ],
    ),
    (
        lr.Cosine(0.1, 0.001, 9000),
        {"T": 90, "steps_per_epoch": 100},
        [
            (
                "the schedule is 9000 steps long, the run 90: it stops after 1 % of it, at the rate "
                "0.0999761 (it is 100 times as long: is T in epochs?)"
            )
        ],
    ),
    (
        lr.Cosine(0.1, 0.001, 8000),
        {"T": 2000, "accumulation": 4},
        [
            (
                "the schedule is 8000 steps long, the run 2000: it stops after 25 % of it, at the rate "
                "0.0855155 (the run has that many batches, but 4 of them make one update)"
            )
        ],
    ),
    (
        lr.Cosine(0.1, 0.001, 2000),
        {"T": 8000, "accumulation": 4},
        [
            (
                "the schedule is 2000 steps long, the run 8000: from step 2000 on the rate stays at "
                "0.001 (is T in batches? 4 of them make one update)"
            )
        ],
    ),
    (
        lr.Linear(0.01, 0.1, 10) >> lr.Cosine(0.05, 0, 90),
        {"T": 100},
        ["the rate jumps from 0.1 to 0.05 at step 10, and no restart explains it"],
    ),
    (
        lr.Linear(0.001, 0.01, 10) >> lr.Cosine(0.1, 0, 90),
        {"T": 100},
        ["the rate jumps from 0.01 to 0.1 at step 10, and no restart explains it"],
    ),
    (
        lr.Linear(0.01, 0.1, 20).repeat(),
        {"T": 50},
        [
            "the rate jumps from 0.1 to 0.01 at step 20, and no restart explains it",
            "the rate rises at the end: from 0.01 at step 40 to 0.0505 at step 49",
        ],
    ),
    (
        lr.Constant(0.05, 100) >> lr.Constant(0.1),
        {"T": 90},
        ["the peak of 0.1 is never used: the run comes to 0.05 at most"],
    ),
    (
        lr.Linear(0.1, 0, 10),
        {"T": 10},
        ["the minimum of 0 is never used: the run comes down to 0.01"],
    ),
    (
        lr.MultiStep(0.1, [31_250, 50_000], 0.1),
        {"T": 17_190},
        ["milestones after the end of the run at 17190: (31250, 50000)"],
    ),
    (
        lr.triangular(0.01, 0.1, 5),
        {"T": 1000, "steps_per_epoch": 100},
        ["the rate rises to a peak 100 times in 10 epochs: epochs taken for steps?"],
    ),
    (
        lr.sgdr(0.1, 0, 10, T_mult=2),
        {"T": 311},
        ["the rate rises at the end: from 9.63798e-06 at step 309 to 0.1 at step 310"],
    ),
    (
        lr.Cosine(0.1, 0.001, 50) >> lr.Cosine(0.1, 0.001, 50).reverse(),
        {"T": 100},
        ["the rate rises at the end: from 0.001 at step 50 to 0.0999023 at step 99"],
    ),
    (lr.warmup_cosine(0.1, 10, 1000), {"T": 1000}, [STEP_0]),
    (
        lr.Constant(0.0),
        {"T": 100},
        ["100 of 100 updates have the rate 0 and change nothing (the first is step 0)"],
    ),
]


@pytest.mark.parametrize("schedule, run, warnings", WRONG, ids=lambda x: repr(x)[:60])
def test_what_is_wrong_is_said_in_words(schedule, run, warnings):
    assert lr.lint(schedule, **run) == warnings


def test_a_run_of_one_update_and_a_schedule_far_longer_than_the_run():
    assert lr.lint(lr.Constant(0.1), 1) == []
    (warning,) = lr.lint(lr.Linear(0.1, 0, 10**9), 1000)
    assert "stops after 0.0001 % of it" in warning


@pytest.mark.parametrize(
    "error, arguments, message",
    [
        (TypeError, (0.1, 10), "schedule must be a schedule of lrlib, not 0.1"),
        (TypeError, (lr.Constant(0.1), 10.5), "T must be a whole number >= 1, not 10.5"),
        (ValueError, (lr.Constant(0.1), 0), "T must be a whole number >= 1, not 0"),
        (TypeError, (lr.Constant(0.1), 10, True), "steps_per_epoch must be a whole number"),
        (ValueError, (lr.Constant(0.1), 10, 5, 0), "accumulation must be a whole number >= 1"),
    ],
)
def test_bad_arguments_are_refused(error, arguments, message):
    with pytest.raises(error, match=message):
        lr.lint(*arguments)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.clip(0, 1),
        lambda m: m * lr.Constant(0.5, 200),
        lambda m: (m + 0.1).clip(0.2),
        lambda m: (lr.Linear(0, 1, 10) >> m) * lr.Constant(0.5, 200),
    ],
)
def test_late_milestones_are_found_inside_what_keeps_the_steps(change):
    late = [w for w in lr.lint(change(lr.MultiStep(1, [30, 150], 0.1)), 100) if "milestones" in w]
    assert len(late) == 1 and late[0].startswith("milestones after the end of the run at 100: ")


def test_a_run_that_no_memory_holds_is_refused_in_words():
    with pytest.raises(ValueError, match="T must be at most 10,000,000 .* give a smaller T"):
        lr.lint(lr.Cosine(0.1, 0, 100), 10**10)
