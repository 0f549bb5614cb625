"""The plateau rule: PyTorch's decisions where they are right, replay, policies, the adaptor."""

import io
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim.lr_scheduler import ReduceLROnPlateau

import lrlib as lr

NAN, INF = math.nan, math.inf
some = settings(max_examples=60, deadline=None)
rules = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["min", "max"]),
        "factor": st.floats(0.05, 0.95),
        "patience": st.integers(0, 6),
        "threshold": st.sampled_from([0.0, 1e-4, 0.05]),
        "threshold_mode": st.sampled_from(["rel", "abs"]),
        "cooldown": st.integers(0, 6),
        "eps": st.sampled_from([0.0, 1e-8, 1e-3]),
    }
)
# few different values, so that ties and thresholds are met often
positive = st.lists(st.integers(0, 40).map(lambda n: n / 20) | st.just(NAN), max_size=120)
signed = st.lists(st.integers(-40, 40).map(lambda n: n / 20), max_size=120)


def optimizer(rate=0.1, groups=1):
    parameters = [{"params": [torch.zeros(1, requires_grad=True)]} for _ in range(groups)]
    return torch.optim.SGD(parameters, lr=rate)


def pytorch(log, eta=0.1, eta_min=0.0, **options):
    opt = optimizer(eta)
    scheduler = ReduceLROnPlateau(opt, min_lr=eta_min, **options)
    rates = [eta]
    for value in log:
        scheduler.step(value)
        rates.append(opt.param_groups[0]["lr"])
    return rates


@some
@given(positive, rules, st.sampled_from([0.0, 0.01, 0.1]))
def test_the_rates_of_pytorch(log, options, floor):
    ours = lr.Plateau(0.1, eta_min=floor, **options).rates(log)
    assert ours.tolist() == pytorch(log, eta_min=floor, **options)


@some
@given(signed, rules)
def test_the_rates_of_pytorch_for_metrics_of_any_sign_with_an_absolute_threshold(log, options):
    options["threshold_mode"] = "abs"
    assert lr.Plateau(0.1, **options).rates(log).tolist() == pytorch(log, **options)


@some
@given(signed, rules)
def test_a_falling_metric_and_its_negative_rising_are_decided_alike(log, options):
    other = options | {"mode": {"min": "max", "max": "min"}[options["mode"]]}
    mirrored = lr.Plateau(0.1, **other).rates([-value for value in log])
    assert lr.Plateau(0.1, **options).rates(log).tolist() == mirrored.tolist()


@some
@given(positive, rules)
def test_it_is_a_fold(log, options):
    rule = lr.Plateau(0.1, **options)
    half = len(log) // 2
    progress = rule.replay(log[:half])[-1]
    for value in log[half:]:
        progress = rule.update(progress, value)
    assert progress == rule.replay(log)[-1]
    assert rule.rates(log)[: half + 1].tolist() == rule.rates(log[:half]).tolist()
    assert [rule.rates(log)[i + 1] < rule.rates(log)[i] for i in rule.drops(log)] == [True] * len(
        rule.drops(log)
    )


def test_patience_and_cooldown():
    flat = [1.0] * 40
    assert lr.Plateau(0.1, patience=10).drops(flat) == [11, 22, 33]  # the first on call 12
    assert lr.Plateau(0.1, patience=0).drops(flat[:4]) == [1, 2, 3]
    assert lr.Plateau(0.1, patience=2, cooldown=5).drops(flat) == [3, 11, 19, 27, 35]
    improving = lr.Plateau(0.1, patience=1, threshold=0.1, threshold_mode="abs")
    assert improving.drops([1, 0.95, 0.85, 0.85, 0.8, 0.7]) == [4]


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_value_that_is_not_finite(bad, mode):
    def rule(policy):
        return lr.Plateau(0.1, mode, factor=0.5, patience=1, nan=policy)

    assert rule("bad").drops([1.0, bad, bad, 1.0]) == [2]
    assert rule("skip").drops([1.0, bad, bad, 1.0]) == []
    assert rule("bad").replay([bad, 1.0])[-1].best == 1.0
    with pytest.raises(ValueError, match="a metric must be finite, not"):
        rule("raise").rates([1.0, bad])


def test_numbers_of_numpy_are_metrics_and_other_things_are_not():
    rule = lr.Plateau(0.1, patience=0)
    assert rule.drops(np.ones(3, dtype=np.float32)) == [1, 2]
    assert rule.drops(np.ones(3, dtype=int)) == [1, 2]
    for value in ("1", None, True, [1]):
        with pytest.raises(TypeError, match="a metric must be a number"):
            rule.rates([value])


@some
@given(positive, rules, st.data())
def test_the_log_is_a_schedule(log, options, data):
    rule = lr.Plateau(0.1, **options)
    assert rule.schedule(log).rates(len(log) + 1).tolist() == rule.rates(log).tolist()
    steps = data.draw(
        st.lists(st.integers(0, 300), min_size=len(log), max_size=len(log)).map(sorted)
    )
    schedule = rule.schedule(log, steps)
    for t in {0, *steps, *(s + 1 for s in steps), 10**6}:
        assert schedule(t) == rule.rates(log)[np.searchsorted(steps, t, side="right")]


def test_warmup_then_plateau_is_one_composition():
    rule = lr.Plateau(0.1, factor=0.5, patience=0)
    schedule = lr.Linear(0, 0.1, 10) >> rule.schedule([3, 2, 2, 2], steps=[20, 40, 60, 80])
    assert schedule([0, 5, 10, 69, 70, 89, 90]) == pytest.approx(
        [0, 0.05, 0.1, 0.1, 0.05, 0.05, 0.025]
    )
    assert "segment 3 of 4" in schedule.explain(80)


def test_steps_that_do_not_fit_the_log_are_refused():
    rule = lr.Plateau(0.1)
    with pytest.raises(ValueError, match="steps must hold one step per value, 2, not 1"):
        rule.schedule([1, 2], steps=[1])
    with pytest.raises(ValueError, match="steps must not decrease"):
        rule.schedule([1, 2], steps=[2, 1])


# The adaptor ----------------------------------------------------------------------------------


def train(scheduler, values, steps_per_epoch=10):
    """An epoch of updates for each value, which is then reported; the rates that were used."""
    with lr.record_rates(scheduler.optimizer) as record:
        for value in values:
            for _ in range(steps_per_epoch):
                scheduler.optimizer.step()
                scheduler.step()
            scheduler.report(value)
    return record


VALUES = [3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0]


def test_a_run_uses_the_rates_of_its_schedule():
    rule = lr.Plateau(0.1, factor=0.5, patience=1)
    scheduler = lr.PlateauLR(optimizer(), rule, warmup=15, start=0.01)
    record = train(scheduler, VALUES)
    assert record.group().tolist() == scheduler.schedule.rates(80).tolist()
    steps = [5 + 10 * i for i in range(len(VALUES) - 1)]  # the value at step 10 is in the warmup
    expected = lr.Linear(0.01, 0.1, 15) >> rule.schedule(VALUES[1:], steps)
    assert scheduler.schedule == expected
    assert scheduler.get_last_lr() == [0.025]


@pytest.mark.parametrize("order", ["optimizer, scheduler", "scheduler, optimizer", "scheduler"])
def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(order):
    def make():
        return lr.PlateauLR(optimizer(0.7), lr.Plateau(0.1, factor=0.5, patience=1), warmup=15)

    whole, first, second = make(), make(), make()
    rates = train(whole, VALUES).group().tolist()
    used = train(first, VALUES[:5]).group().tolist()
    states = {"scheduler": first.state_dict(), "optimizer": first.optimizer.state_dict()}
    file = io.BytesIO()
    torch.save(states, file)
    file.seek(0)
    states = torch.load(file, weights_only=True)
    for name in order.split(", "):
        target = second if name == "scheduler" else second.optimizer
        target.load_state_dict(states[name])
    used += train(second, VALUES[5:]).group().tolist()
    assert used == rates
    assert second.log == whole.log and second.schedule == whole.schedule


def test_each_group_has_its_own_rule():
    rules = [lr.Plateau(0.1, patience=0, factor=0.5), lr.Plateau(0.01, patience=1, eta_min=0.008)]
    scheduler = lr.PlateauLR(optimizer(groups=2), rules, warmup=10)
    record = train(scheduler, [1.0, 1.0, 1.0])
    assert record.array[5].tolist() == [0.05, 0.005]
    assert scheduler.get_last_lr() == [0.025, 0.008]


def test_it_may_be_used_without_counting_updates():
    scheduler = lr.PlateauLR(optimizer(), lr.Plateau(0.1, factor=0.5, patience=1))
    rates = []
    for value in VALUES:
        scheduler.report(torch.tensor(value))
        rates += scheduler.get_last_lr()
    assert rates == lr.Plateau(0.1, factor=0.5, patience=1).rates(VALUES)[1:].tolist()


def test_a_report_looks_at_its_own_value_only(monkeypatch):
    seen = []
    update = lr.Plateau.update
    monkeypatch.setattr(
        lr.Plateau, "update", lambda *given: seen.append(given[2]) or update(*given)
    )
    scheduler = lr.PlateauLR(optimizer(groups=2), [lr.Plateau(0.1), lr.Plateau(0.2)])
    for value in range(200):
        scheduler.report(value)
    assert len(seen) == 2 * 200  # a fold: no value is looked at again by a rule
    scheduler.load_state_dict(scheduler.state_dict())
    assert len(seen) == 4 * 200  # one replay


@some
@given(positive, rules, st.data())
def test_the_rates_of_a_run_are_its_curve_and_the_plateau_times_the_schedule(log, options, data):
    rule, cosine = lr.Plateau(0.1, **options), lr.Cosine(1, 0.2, 40)
    steps = data.draw(st.lists(st.integers(0, 4), min_size=len(log), max_size=len(log)))
    warmup = data.draw(st.sampled_from([0, 1, 7]))
    scheduler = lr.PlateauLR(optimizer(), rule, warmup=warmup, start=0.05, times=cosine, t=3)
    used, t = [], 3
    for value, count in zip(log, steps):
        for _ in range(count):
            used += scheduler.get_last_lr()
            scheduler.optimizer.step()
            scheduler.step()
        scheduler.report(value)
        t += count
        state = scheduler.state_dict()
        assert scheduler.get_last_lr() == [scheduler.schedule(t)]
    counted = [(t - warmup, value) for t, value in scheduler.log if t >= warmup]
    curve = rule.schedule([v for _, v in counted], [t for t, _ in counted])
    curve = lr.Linear(0.05, 0.1, warmup) >> curve if warmup else curve
    assert scheduler.schedule == curve * cosine
    assert used == (curve * cosine)(np.arange(3, t)).tolist() if log else used == []
    if log:
        twin = lr.PlateauLR(optimizer(), rule, warmup=warmup, start=0.05, times=cosine)
        twin.load_state_dict(state)
        assert twin.get_last_lr() == scheduler.get_last_lr() and twin.log == scheduler.log


def test_times_for_each_group_and_a_number():
    rule = lr.Plateau(0.1, factor=0.5, patience=0)
    scheduler = lr.PlateauLR(optimizer(groups=2), rule, times=[1, lr.Linear(1, 0, 10)])
    train(scheduler, [1.0, 1.0], steps_per_epoch=2)
    assert scheduler.get_last_lr() == [0.05, 0.05 * 0.6]
    assert [s(4) for s in scheduler.schedules] == scheduler.get_last_lr()
    both = lr.PlateauLR(optimizer(groups=2), [rule, lr.Plateau(0.2)], times=0.5)
    assert both.get_last_lr() == [0.05, 0.1]


def test_the_log_outlives_groups_that_are_added():
    rule = lr.Plateau(0.1, factor=0.5, patience=0)
    scheduler = lr.PlateauLR(optimizer(), rule)
    train(scheduler, [1.0, 1.0], steps_per_epoch=1)
    assert scheduler.get_last_lr() == [0.05]
    opt = scheduler.optimizer
    opt.add_param_group({"params": [torch.zeros(1)]})
    state, groups = scheduler.state_dict(), [dict(group) for group in opt.param_groups]
    advice = r"made for 1: .*new.load_state_dict\(old.state_dict\(\)\), and repeat the call"
    for call in (scheduler.step, lambda: scheduler.report(1.0)):
        with pytest.raises(RuntimeError, match=advice):
            call()
        assert scheduler.state_dict() == state and opt.param_groups == groups
    new = lr.PlateauLR(opt, rule)
    new.load_state_dict(scheduler.state_dict())
    assert new.get_last_lr() == [0.05, 0.05]
    new.report(1.0)  # repeated
    assert new.get_last_lr() == [0.025, 0.025]


RULE = lr.Plateau(0.1, factor=0.5, patience=0)
BAD_ARGUMENTS = [
    (TypeError, {"optimizer": "SGD"}, "optimizer must be .*not 'SGD'"),
    (TypeError, {"plateau": 0.1}, "plateau must be a Plateau or a list of them, not 0.1"),
    (TypeError, {"plateau": [None]}, "plateau must be a Plateau or a list of them, not None"),
    (ValueError, {"plateau": [RULE, RULE]}, "plateau has 2 rules for 1 parameter groups"),
    (ValueError, {"plateau": []}, "plateau has 0 rules for 1 parameter groups"),
    (ValueError, {"warmup": -5}, "warmup must be .* >= 0, not -5"),
    (TypeError, {"warmup": None}, "warmup must be .*not None"),
    (ValueError, {"warmup": NAN}, "warmup must be .*not nan"),
    (ValueError, {"warmup": INF}, "warmup must be .*not inf"),
    (ValueError, {"start": -1}, "start must be .* >= 0, not -1"),
    (ValueError, {"start": -1, "warmup": 5}, "start must be .* >= 0, not -1"),
    (TypeError, {"start": None, "warmup": 5}, "start must be .*not None"),
    (ValueError, {"start": 1.0, "warmup": 5}, "start must be <= eta, not start=1.0 > eta=0.1"),
    (TypeError, {"lr": lr.Constant(0.1)}, "lr follows the plateau rule, not Constant.*times="),
    (
        TypeError,
        {"times": "cosine"},
        "times must be a schedule or a list of schedules, not 'cosine'",
    ),
    (ValueError, {"times": [1, 1]}, "times has 2 schedules for 1 parameter groups"),
    (ValueError, {"times": -1}, "times must be .* >= 0, not -1"),
    (ValueError, {"t": -1}, "t must be .*not -1"),
    (ValueError, {"speed": 1}, "speed is no hyperparameter"),
]


@pytest.mark.parametrize("error, arguments, message", BAD_ARGUMENTS)
def test_a_bad_argument_is_named_and_nothing_is_changed(error, arguments, message):
    opt = optimizer(0.7)
    before = dict(opt.param_groups[0])
    with pytest.raises(error, match=message):
        lr.PlateauLR(**{"optimizer": opt, "plateau": RULE, **arguments})
    assert opt.param_groups[0] == before


BAD_STATES = [
    (
        TypeError,
        None,
        "state_dict must be what PlateauLR.state_dict.* last_epoch and log, not None",
    ),
    (ValueError, {}, "state_dict must be .* not one with nothing"),
    (ValueError, {"last_epoch": 2}, "not one with 'last_epoch': the state of another scheduler"),
    (TypeError, {"last_epoch": None, "log": []}, "last_epoch must be .*not None"),
    (
        TypeError,
        {"last_epoch": 2, "log": 1.0},
        r"log must be a list of \[step, value\] pairs, not 1.0",
    ),
    (
        ValueError,
        {"last_epoch": 2, "log": [1.0]},
        r"log\[0\] must be a pair \[step, value\], not 1.0",
    ),
    (ValueError, {"last_epoch": 2, "log": [[1, 1.0, 2]]}, r"log\[0\] must be a pair"),
    (TypeError, {"last_epoch": 2, "log": [[0.5, 1.0]]}, r"step of log\[0\] must be a whole number"),
    (
        ValueError,
        {"last_epoch": 2, "log": [[2, 1.0], [1, 1.0]]},
        r"log\[1\] must be .* >= 2, not 1",
    ),
    (ValueError, {"last_epoch": 2, "log": [[3, 1.0]]}, r"log\[0\] must be <= last_epoch=2, not 3"),
    (TypeError, {"last_epoch": 2, "log": [[1, "1"]]}, "a metric must be a number, not '1'"),
    (ValueError, {"last_epoch": 2, "log": [[1, NAN]]}, "a metric must be finite, not nan"),
]


def seasoned():
    """A scheduler with a log, and all that can be seen of it."""
    scheduler = lr.PlateauLR(optimizer(), lr.Plateau(0.1, factor=0.5, patience=0, nan="raise"))
    train(scheduler, [1.0, 1.0], steps_per_epoch=2)
    assert scheduler.get_last_lr() == [0.05]
    return scheduler, scheduler.state_dict(), scheduler.schedule


def unchanged(scheduler, state, schedule):
    assert scheduler.state_dict() == state and scheduler.schedule == schedule
    assert scheduler.get_last_lr() == [0.05]
    scheduler.report(1.0)
    assert scheduler.get_last_lr() == [0.025]


@pytest.mark.parametrize("error, state, message", BAD_STATES)
def test_a_state_that_is_none_changes_nothing(error, state, message):
    scheduler, *before = seasoned()
    with pytest.raises(error, match=message):
        scheduler.load_state_dict(state)
    unchanged(scheduler, *before)


@pytest.mark.parametrize("metric", [3, 0.5, torch.tensor(0.1458), "1"])
def test_a_metric_given_to_step_is_an_error_that_names_report(metric):
    scheduler, *before = seasoned()
    with pytest.raises(
        TypeError, match=r"takes no epoch and no metric.* give a metric to report\(\)"
    ):
        scheduler.step(metric)
    unchanged(scheduler, *before)


BAD_REPORTS = [NAN, "1", True, None, [1.0], torch.ones(2), torch.tensor(True), 10**400]


@pytest.mark.parametrize("value", BAD_REPORTS, ids=str)
def test_a_bad_report_changes_nothing(value):
    scheduler, *before = seasoned()
    with pytest.raises((TypeError, ValueError), match="a metric must be"):
        scheduler.report(value)
    unchanged(scheduler, *before)
    rising = lr.PlateauLR(optimizer(), lr.Plateau(0.1, nan="raise"), warmup=5)
    with pytest.raises((TypeError, ValueError), match="a metric must be"):
        rising.report(value)
    assert rising.log == []


def test_the_log_of_a_state_is_a_copy():
    scheduler, state, _ = seasoned()
    state["log"][0][1] = 7.0
    twin, _, _ = seasoned()
    twin.load_state_dict(state)
    state["log"].clear()
    assert scheduler.log == [[2, 1.0], [4, 1.0]] and twin.log == [[2, 7.0], [4, 1.0]]
