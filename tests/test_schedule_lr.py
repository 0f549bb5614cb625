"""Schedules in PyTorch: real training loops, interruptions, scalers, hyperparameters, records."""

import copy
import io
import pickle
import random
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import transformers
from torch.optim import lr_scheduler as torch_schedules

import lrlib as lr
from lrlib.optim.schedule_lr import BLOCK

# loops that look at rates alone never call the optimizer; test_clients.py looks at the warning
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
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
    (ValueError, {"lr": -0.1}, "lr must be a finite number >= 0, not -0.1"),
    (ValueError, {"lr": COSINE, "t": -1}, "t must be .*not -1"),
    (TypeError, {"lr": COSINE, "t": 1.5}, "t must be .*not 1.5"),
    (ValueError, {"momentum": 1.0}, "momentum must stay < 1, not 1 at step 0"),
    (
        ValueError,
        {"momentum": lr.Linear(0.5, 1.5, 5000)},
        "momentum must stay < 1, not 1 at step 2500",
    ),
]


@pytest.mark.parametrize("error, arguments, message", BAD_ARGUMENTS)
def test_a_bad_argument_is_named_and_nothing_is_changed(error, arguments, message):
    optimizer = make_optimizer()
    before = dict(optimizer.param_groups[0])
    with pytest.raises(error, match=message):
        lr.ScheduleLR(**{"optimizer": optimizer, **arguments})
    assert optimizer.param_groups[0] == before and not optimizer._optimizer_step_pre_hooks


@pytest.mark.parametrize(
    "optimizer, names",
    [
        (
            SGD,
            ["params", "foreach", "fused", "nesterov", "maximize", "differentiable", "initial_lr"],
        ),
        (AdamW, ["params", "betas", "foreach", "fused", "amsgrad", "maximize", "capturable"]),
        (torch.optim.Rprop, ["etas", "step_sizes", "foreach"]),
        (torch.optim.LBFGS, ["line_search_fn"]),
    ],
)
def test_only_numbers_follow_schedules(optimizer, names):
    optimizer = make_optimizer(optimizer)
    optimizer.param_groups[0]["initial_lr"] = 123.0
    before = dict(optimizer.param_groups[0])
    for name in names:
        with pytest.raises(ValueError, match=f"^{name} (is|records) .*(it has|schedule) lr"):
            lr.ScheduleLR(optimizer, **{name: lr.Constant(0.5)})
    assert optimizer.param_groups[0] == before


def test_an_optimizer_without_a_rate_of_its_own():
    adafactor = transformers.Adafactor([torch.ones(2, requires_grad=True)])  # its default: lr=None
    with pytest.raises(
        ValueError, match="lr is no number .* None in group 0: give the optimizer a rate"
    ):
        lr.ScheduleLR(adafactor, lr=COSINE)
    assert lr.ScheduleLR(adafactor, weight_decay=RISE).get_last_lr() == [None]
    parameters = [torch.ones(2, requires_grad=True)]
    adafactor = transformers.Adafactor(parameters, lr=1.0, relative_step=False)
    assert lr.ScheduleLR(adafactor, lr=COSINE).get_last_lr() == [0.1]


@pytest.mark.parametrize(
    "break_it", [{"lr": None}, {"lr": "0.1"}, {"lr": torch.ones(2)}, "removed"]
)
def test_a_hyperparameter_that_is_no_number_any_more(break_it):
    optimizer = AdamW([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)]}], lr=123.0)
    scheduler = lr.ScheduleLR(optimizer, momentum=RISE, lr=COSINE)
    group = optimizer.param_groups[1]
    group.pop("lr") if break_it == "removed" else group.update(break_it)
    before = [dict(group) for group in optimizer.param_groups]
    for call in (scheduler.step, lambda: scheduler.load_state_dict({"last_epoch": 3})):
        with pytest.raises(ValueError, match="lr is no "):
            call()
        assert scheduler.state_dict() == {"last_epoch": 0}
        assert all(a.keys() == b.keys() for a, b in zip(optimizer.param_groups, before))
        assert [g["betas"] for g in optimizer.param_groups] == [(0.85, 0.999)] * 2
        assert optimizer.param_groups[0]["lr"] == 0.1


def test_a_tensor_of_whole_numbers_is_no_rate():
    optimizer = make_optimizer(lr=torch.tensor(1))
    with pytest.raises(
        ValueError, match=r"lr is a tensor of whole numbers.* give it torch.tensor\(1.0"
    ):
        lr.ScheduleLR(optimizer, lr=COSINE)
    assert optimizer.param_groups[0]["lr"] == 1
    assert lr.ScheduleLR(make_optimizer(lr=1), lr=COSINE).get_last_lr() == [0.1]


def test_a_beta_that_is_a_tensor_is_filled_in_place():
    betas = torch.tensor(0.5, dtype=torch.float64), torch.tensor(0.999)
    optimizer = make_optimizer(AdamW, lr=torch.tensor(1.0), betas=betas, capturable=True)
    scheduler = lr.ScheduleLR(optimizer, momentum=RISE)
    scheduler.step()
    assert optimizer.param_groups[0]["betas"][0] is betas[0] and betas[0].item() == RISE(1)


def test_a_schedule_need_not_be_hashable():
    @dataclass(frozen=True)
    class Mine(lr.Schedule):
        table: list

        def _rates(self, t):
            return self.table[0] + 0 * t

    optimizer = SGD([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)]}], lr=123.0)
    assert lr.ScheduleLR(optimizer, lr=[Mine([0.1]), 0.2]).get_last_lr() == [0.1, 0.2]


BAD_STATES = [
    (TypeError, None, "state_dict must be .* a dict with last_epoch, not None"),
    (TypeError, [], r"state_dict must be .*, not \[\]"),
    (ValueError, {}, "state_dict must be .* not one with nothing"),
    (ValueError, {"last_epoch": 3, "log": []}, "not one with 'last_epoch', 'log'"),
    (ValueError, {"last_epoch": 3, "gamma": 0.1}, "the state of another scheduler"),
    (TypeError, {"last_epoch": None}, "last_epoch must be a whole number >= -1, not None"),
    (TypeError, {"last_epoch": 3.0}, "last_epoch must be a whole number >= -1, not 3.0"),
    (ValueError, {"last_epoch": -5}, "last_epoch must be a whole number >= -1, not -5"),
]


@pytest.mark.parametrize("error, state, message", BAD_STATES)
def test_a_state_that_is_none_changes_nothing(error, state, message):
    scheduler = lr.ScheduleLR(make_optimizer(), lr=COSINE, t=2)
    with pytest.raises(error, match=message):
        scheduler.load_state_dict(state)
    assert scheduler.state_dict() == {"last_epoch": 2} and scheduler.get_last_lr() == [COSINE(2)]


@pytest.mark.parametrize("epoch", [-1, 1.5, "3", torch.tensor(0.5)])
def test_a_step_to_no_step_changes_nothing(epoch):
    scheduler = lr.ScheduleLR(make_optimizer(), lr=COSINE, t=2)
    with pytest.raises((TypeError, ValueError), match="epoch must be a whole number >= 0"):
        scheduler.step(epoch)
    assert scheduler.state_dict() == {"last_epoch": 2} and scheduler.get_last_lr() == [COSINE(2)]


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


SCHEDULER = halving(make_optimizer())
BAD_CALLS = [
    (ValueError, lambda: lr.trace(halving, 0), "T must be .*not 0"),
    (TypeError, lambda: lr.trace(lambda opt: None, 3), "must return a scheduler, not None"),
    (
        TypeError,
        lambda: lr.trace(COSINE, 3),
        r"not a schedule \(its own rates are schedule.rates\(T\)\)",
    ),
    (
        TypeError,
        lambda: lr.trace(SCHEDULER, 3),
        "make_scheduler must be a function .*not ExponentialLR",
    ),
    (TypeError, lambda: lr.trace(None, 3), "make_scheduler must be a function .*not NoneType"),
    (
        ValueError,
        lambda: lr.trace(halving, 3, name="speed"),
        "speed is no hyperparameter .*it has lr",
    ),
    (ValueError, lambda: lr.trace(halving, 3, name="foreach"), "foreach is no number"),
    (ValueError, lambda: lr.trace(halving, 3, name=None), "None is no hyperparameter"),
    (ValueError, lambda: lr.trace(halving, 3, lr=[]), r"lr must be a rate, or a list .*not \[\]"),
    (TypeError, lambda: lr.trace(halving, 3, lr="0.1"), "lr must be .*not '0.1'"),
    (ValueError, lambda: lr.trace(halving, 3, lr=[0.1, -1]), "lr must be .*not -1"),
    (
        TypeError,
        lambda: lr.trace(halving, 3, optimizer="SGD"),
        "optimizer must be a class .*not 'SGD'",
    ),
    (
        TypeError,
        lambda: lr.record_rates(None),
        "optimizer must be a torch.optim.Optimizer, not None",
    ),
    (TypeError, lambda: lr.record_rates(make_model()), "optimizer must be .*not a Sequential"),
    (ValueError, lambda: lr.record_rates(make_optimizer(), "speed"), "speed is no hyperparameter"),
    (ValueError, lambda: lr.record_rates(make_optimizer(), "params"), "params is no number"),
]


@pytest.mark.parametrize("error, call, message", BAD_CALLS)
def test_a_bad_call_is_refused_in_words(error, call, message):
    with pytest.raises(error, match=message) as info:
        call()
    assert len(str(info.value)) < 250 and "\n" not in str(info.value)
