"""Schedules in PyTorch: real training loops, interruptions, scalers, hyperparameters, records."""

import copy
import io
import pickle
import random

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as torch_schedules

import lrlib as lr
from lrlib.optim.schedule_lr import BLOCK

SGD, AdamW = torch.optim.SGD, torch.optim.AdamW
COSINE = lr.Cosine(0.1, 0, 20)
RISE = lr.Linear(0.85, 0.95, 20)
X = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(8, 3)


def make_model():
    layers = torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)
    model = torch.nn.Sequential(*layers).double()
    for i, p in enumerate(model.parameters()):
        torch.nn.init.constant_(p, 0.1 * (i + 1))
    return model


def make_optimizer(optimizer=SGD, **options):
    return optimizer([torch.ones(2, requires_grad=True)], **{"lr": 123.0, **options})


def halving(optimizer):
    return torch_schedules.ExponentialLR(optimizer, 0.5)


def weights(model):
    return torch.nn.utils.parameters_to_vector(model.parameters()).detach()


def train(model, optimizer, scheduler, updates):
    """Full-batch training; returns the rates that the updates used."""
    with lr.record_rates(optimizer) as record:
        for _ in range(updates):
            optimizer.zero_grad()
            (model(X) - X.prod(1, keepdim=True)).square().mean().backward()
            optimizer.step()
            scheduler.step()
    return record.group()


def test_training_equals_that_with_the_scheduler_of_pytorch():
    def run(make_scheduler):
        model = make_model()
        optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        return train(model, optimizer, make_scheduler(optimizer), 20), weights(model)

    our_rates, ours = run(lambda opt: lr.ScheduleLR(opt, lr=COSINE))
    their_rates, theirs = run(lambda opt: torch_schedules.CosineAnnealingLR(opt, T_max=20))
    np.testing.assert_allclose(our_rates, their_rates, rtol=0, atol=1e-13)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("order", ["optimizer scheduler", "scheduler optimizer", "scheduler"])
@pytest.mark.parametrize("optimizer_class", [SGD, AdamW])
def test_an_interrupted_run_equals_the_uninterrupted_one(optimizer_class, order):
    def start():
        model = make_model()
        optimizer = optimizer_class(model.parameters(), lr=123.0)
        scheduler = lr.ScheduleLR(optimizer, lr=COSINE)
        return {"model": model, "optimizer": optimizer, "scheduler": scheduler}

    whole, first, second = start(), start(), start()
    rates = train(**whole, updates=20)
    train(**first, updates=8)
    file = io.BytesIO()
    torch.save({name: part.state_dict() for name, part in first.items()}, file)
    state = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
    for name in ["model", *order.split()]:
        second[name].load_state_dict(state[name])

    assert np.array_equal(train(**second, updates=12), rates[8:])
    if "optimizer" in order or optimizer_class is SGD:  # AdamW needs its own moments, too
        assert torch.equal(weights(second["model"]), weights(whole["model"]))


def test_each_parameter_group_follows_its_own_schedule():
    optimizer = SGD([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)]}], lr=123.0)
    schedules = [COSINE, lr.Constant(0.2)]
    scheduler = lr.ScheduleLR(optimizer, lr=schedules, weight_decay=RISE)
    for t in range(25):
        assert scheduler.get_last_lr() == pytest.approx([s(t) for s in schedules], rel=1e-14)
        assert [g["weight_decay"] for g in optimizer.param_groups] == pytest.approx([RISE(t)] * 2)
        scheduler.step()


def test_the_momentum_of_sgd_and_the_first_beta_of_adam():
    sgd = make_optimizer(SGD, momentum=0.5)
    lr.ScheduleLR(sgd, momentum=RISE, lr=0.3, t=10)
    assert (sgd.param_groups[0]["momentum"], sgd.param_groups[0]["lr"]) == (RISE(10), 0.3)

    adam = make_optimizer(AdamW, betas=(0.5, 0.999))
    lr.ScheduleLR(adam, momentum=RISE, t=10)
    assert adam.param_groups[0]["betas"] == (RISE(10), 0.999)
    assert adam.param_groups[0]["lr"] == 123.0 and "momentum" not in adam.param_groups[0]


def test_a_tensor_is_filled_in_place():
    rate = torch.tensor(123.0, dtype=torch.float64)
    optimizer = make_optimizer(AdamW, lr=rate)
    scheduler = lr.ScheduleLR(optimizer, lr=COSINE)
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == COSINE(1) and scheduler.get_last_lr() == [COSINE(1)]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", ["updates", "attempts"])
def test_updates_that_a_grad_scaler_skips(count):
    optimizer = make_optimizer()
    scheduler, scaler = lr.ScheduleLR(optimizer, lr=COSINE), torch.amp.GradScaler("cpu")
    parameter = optimizer.param_groups[0]["params"][0]
    bad = {0, 3, 4}  # attempts with an overflow
    with lr.record_rates(optimizer) as record:
        for attempt in range(9):
            scaler.scale(parameter.sum() * (torch.inf if attempt in bad else 1)).backward()
            scaler.step(optimizer)
            scale = scaler.get_scale()
            scaler.update()
            if count == "attempts" or scaler.get_scale() >= scale:
                scheduler.step()
            optimizer.zero_grad()
    good = [attempt for attempt in range(9) if attempt not in bad]
    used = range(len(good)) if count == "updates" else good
    assert record.group().tolist() == pytest.approx([COSINE(t) for t in used], rel=1e-14)


def test_parameter_groups_added_later_are_a_clear_error():
    optimizer = make_optimizer()
    scheduler = lr.ScheduleLR(optimizer, lr=COSINE)
    scheduler.step()
    optimizer.add_param_group({"params": [torch.ones(1)]})
    for _ in range(2):  # what raises changes nothing
        with pytest.raises(RuntimeError, match="has 2 parameter groups.* made for 1: .* with t=2"):
            scheduler.step()
    assert lr.ScheduleLR(optimizer, lr=COSINE, t=2).get_last_lr() == [COSINE(2)] * 2


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_copied_scheduler_goes_on_with_its_own_optimizer(copied):
    scheduler = lr.ScheduleLR(make_optimizer(), lr=COSINE, t=5)
    twin = copied(scheduler)
    twin.step()
    assert twin.get_last_lr() == [COSINE(6)] and scheduler.get_last_lr() == [COSINE(5)]
    assert twin.optimizer is not scheduler.optimizer


@pytest.mark.skipif(not torch._dynamo.is_dynamo_supported(), reason="this Python has no dynamo")
@pytest.mark.filterwarnings("error:Detected call")
def test_a_compiled_update_sees_every_new_rate_and_is_compiled_once():
    from torch._dynamo.testing import CompileCounter

    counter = CompileCounter()
    optimizer = make_optimizer(SGD, lr=torch.tensor(123.0))
    scheduler = lr.ScheduleLR(optimizer, lr=COSINE)
    parameter = optimizer.param_groups[0]["params"][0]
    parameter.grad = torch.ones(2)
    update = torch.compile(optimizer.step, backend=counter)
    for _ in range(5):
        update()
        scheduler.step()
    assert counter.frame_count == 1
    assert parameter[0].item() == pytest.approx(1 - COSINE.rates(5).sum(), rel=1e-6)


def test_it_is_a_scheduler_and_patches_nothing():
    optimizer = make_optimizer()
    assert isinstance(lr.ScheduleLR(optimizer, lr=COSINE), torch_schedules.LRScheduler)
    assert "step" not in vars(optimizer)


def test_it_works_inside_the_sequence_of_pytorch():
    def sequence(opt):
        parts = [lr.ScheduleLR(opt, lr=COSINE), halving(opt), lr.ScheduleLR(opt, lr=RISE)]
        return torch_schedules.SequentialLR(opt, parts, milestones=[5, 9])

    ours = COSINE.first(5) >> lr.Exponential(0.4, 0.5, 4) >> RISE
    assert lr.compare(ours, sequence, 30, lr=0.4).equal


BAD_ARGUMENTS = [
    (TypeError, {"optimizer": "SGD", "lr": COSINE}, "optimizer must be .*not 'SGD'"),
    (ValueError, {}, "give at least one schedule"),
    (ValueError, {"lr": [COSINE, COSINE]}, "lr has 2 schedules for 1 parameter groups"),
    (ValueError, {"lr": []}, "lr has 0 schedules for 1 parameter groups"),
    (ValueError, {"speed": COSINE}, "speed is no hyperparameter of this optimizer; it has lr, mom"),
    (TypeError, {"lr": "cosine"}, "lr must be a schedule .*not 'cosine'"),
    (TypeError, {"lr": [None]}, "lr must be a schedule .*not None"),
    (ValueError, {"lr": COSINE, "t": -1}, "t must be .*not -1"),
    (TypeError, {"lr": COSINE, "t": 1.5}, "t must be .*not 1.5"),
]


@pytest.mark.parametrize("error, arguments, message", BAD_ARGUMENTS)
def test_a_bad_argument_is_named_and_nothing_is_changed(error, arguments, message):
    optimizer = make_optimizer()
    before = dict(optimizer.param_groups[0])
    with pytest.raises(error, match=message):
        lr.ScheduleLR(**{"optimizer": optimizer, **arguments})
    assert optimizer.param_groups[0] == before


def test_rates_across_the_borders_of_blocks_forwards_and_backwards():
    schedule = lr.Linear(0, 1, BLOCK) >> lr.Cosine(1, 0, 2 * BLOCK)
    scheduler = lr.ScheduleLR(make_optimizer(), lr=schedule)
    for t in range(1, 2 * BLOCK + 3):
        scheduler.step()
        assert scheduler.last_epoch == t
        assert scheduler.get_last_lr() == pytest.approx([schedule(t)], rel=1e-13), t
    for t in (BLOCK, BLOCK - 1, 3, 2 * BLOCK, 0):
        scheduler.step(t)
        assert scheduler.get_last_lr() == pytest.approx([schedule(t)], rel=1e-13), t


def test_a_record_has_one_column_for_each_group():
    optimizer = SGD([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)], "lr": 0.2}], lr=0.1)
    with lr.record_rates(optimizer) as record:
        optimizer.step()
        optimizer.step()
    assert record.array.tolist() == [[0.1, 0.2], [0.1, 0.2]]
    assert record.group(1).tolist() == [0.2, 0.2]
    assert repr(record) == "RateRecord(lr, 2 updates)"


@pytest.mark.parametrize("kind, option", [(SGD, {"momentum": 0.7}), (AdamW, {"betas": (0.7, 0.9)})])
def test_a_record_of_the_momentum(kind, option):
    optimizer = make_optimizer(kind, **option)
    with lr.record_rates(optimizer, "momentum") as record:
        optimizer.step()
    assert record.group().tolist() == [0.7]


def test_a_record_ends_with_its_block_even_after_an_exception():
    optimizer = make_optimizer()
    with pytest.raises(ZeroDivisionError), lr.record_rates(optimizer) as record:
        optimizer.step()
        raise ZeroDivisionError
    optimizer.step()
    assert len(record) == 1


def test_trace_gives_the_rates_of_a_scheduler():
    assert lr.trace(halving, 3, lr=0.4).tolist() == [0.4, 0.2, 0.1]
    assert lr.trace(halving, 2, lr=[0.4, 0.8]).tolist() == [[0.4, 0.8], [0.2, 0.4]]
    assert lr.trace(halving, 2, lr=[0.4]).tolist() == [[0.4], [0.2]]
    rising = lambda opt: lr.ScheduleLR(opt, momentum=RISE)
    for optimizer in (SGD, AdamW):
        momentum = lr.trace(rising, 20, name="momentum", optimizer=optimizer)
        assert momentum.tolist() == RISE.rates().tolist()


def test_trace_leaves_the_random_numbers_alone():
    before = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()
    lr.trace(halving, 3)
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (np.random.get_state()[1].tolist(), random.getstate())


def test_trace_steps_a_scheduler_only_between_updates_and_raises_what_it_raises():
    class Counter:
        def step(self):
            self.steps = getattr(self, "steps", 0) + 1
            assert self.steps < 5, "no more"

    counter = Counter()
    lr.trace(lambda opt: counter, 5)
    assert counter.steps == 4
    with pytest.raises(AssertionError, match="no more"):
        lr.trace(lambda opt: counter, 2)


def test_compare_finds_the_first_difference_and_the_largest_gap():
    result = lr.compare([0.1, 0.2, 0.4], [0.1, 0.3, 0.1], labels=("mine", "yours"))
    assert not result.equal and result.first_difference == 1
    assert result.gaps == pytest.approx([0, 0.25, 0.75])
    assert result.largest_gap == pytest.approx(0.75)
    assert repr(result).startswith(
        "mine and yours differ from step 1 on (0.2 against 0.3); "
        "the largest gap is 75 % of the peak, at step 2 (0.4 against 0.1)"
    )


def test_compare_takes_schedules_factories_and_arrays():
    factory = lambda opt: torch_schedules.CosineAnnealingLR(opt, T_max=20)
    result = lr.compare(COSINE, factory)
    assert repr(result) == "Cosine and function are equal over 20 steps (within 1e-12 of the peak)"
    assert lr.compare(COSINE, COSINE.rates()).equal
    assert lr.compare(lr.trace(factory, 9), factory).equal
    assert lr.compare(lr.Linear(0, 1, 3.0), [0, 1 / 3, 2 / 3]).equal
    assert len(lr.compare(COSINE, RISE, T=7).gaps) == 7


@pytest.mark.parametrize("a, b", [([np.nan, 1], [1, 1]), ([-1, -1], [-2, -2]), ([0, 0], [0, 1e-9])])
def test_compare_calls_nothing_equal_that_differs(a, b):
    assert not lr.compare(a, b).equal


def test_compare_allows_differences_up_to_the_tolerance():
    assert lr.compare([1, 1], [1, 0.9], tolerance=0.11).equal
    assert not lr.compare([1, 1], [1, 0.9], tolerance=0.09).equal
    assert lr.compare([0, 0], [0, 0]).largest_gap == 0


BAD_CALLS = [
    (ValueError, lambda: lr.compare(lr.Constant(0.1), lr.Constant(0.1)), "T must be given"),
    (ValueError, lambda: lr.compare(COSINE, COSINE, T=0), "T must be .*not 0"),
    (ValueError, lambda: lr.compare([0.1], [0.1], T=2), r"at least T=2 rates, not shape \(1,\)"),
    (ValueError, lambda: lr.compare([[0.1]], [0.1]), r"not shape \(1, 1\)"),
    (ValueError, lambda: lr.trace(halving, 0), "T must be .*not 0"),
    (TypeError, lambda: lr.trace(lambda opt: None, 3), "must return a scheduler, not None"),
]


@pytest.mark.parametrize("error, call, message", BAD_CALLS)
def test_a_bad_call_is_refused_in_words(error, call, message):
    with pytest.raises(error, match=message):
        call()
