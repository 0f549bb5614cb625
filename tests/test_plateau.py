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


def test_a_bad_report_changes_nothing():
    scheduler = lr.PlateauLR(optimizer(), lr.Plateau(0.1, nan="raise"))
    for value, error in [(NAN, ValueError), ("1", TypeError), (True, TypeError)]:
        with pytest.raises(error, match="a metric must be"):
            scheduler.report(value)
    assert scheduler.log == [] and scheduler.get_last_lr() == [0.1]
    with pytest.raises(TypeError, match="plateau must be a Plateau or a list of them, not 0.1"):
        lr.PlateauLR(optimizer(), 0.1)
