"""What others do with our schedulers: PyTorch's SequentialLR and ChainedScheduler, loops that call
the two steps in the wrong order, accelerate's wrapper."""

import copy
import pickle
import warnings

import pytest
import torch
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    LambdaLR,
    LinearLR,
    SequentialLR,
)

import lrlib as lr

COSINE = lr.Cosine(0.1, 0, 20)
RULE = lr.Plateau(0.2, factor=0.5, patience=1)
MILESTONE, STEPS = 5, 16


def optimizer(rate=0.1, kind=torch.optim.SGD, **options):
    return kind([torch.zeros(1, requires_grad=True)], lr=rate, **options)


# Inside PyTorch's SequentialLR and ChainedScheduler: any place, any step, any order -------------

OURS = {
    "ScheduleLR": lambda opt: lr.ScheduleLR(opt, lr=COSINE),
    "PlateauLR": lambda opt: lr.PlateauLR(opt, RULE, warmup=2, start=0.01),
}
THEIRS = {
    "LinearLR": lambda opt: LinearLR(opt, 0.1, total_iters=8),
    "ConstantLR": lambda opt: ConstantLR(opt, 0.5, total_iters=7),
    "LambdaLR": lambda opt: LambdaLR(opt, lambda t: 1 / (2 + t)),
}


def sequence(*parts):
    milestones = [MILESTONE, 11][: len(parts) - 1]
    return lambda opt: SequentialLR(opt, [part(opt) for part in parts], milestones)


def chain(*parts):
    return lambda opt: ChainedScheduler([part(opt) for part in parts])


def advance(scheduler, start, end):
    """Updates `start` to `end`, a metric reported after each; the rates that they used."""
    plateaus = [part for part in scheduler._schedulers if isinstance(part, lr.PlateauLR)]
    with lr.record_rates(scheduler.optimizer) as record:
        for t in range(start, end):
            scheduler.optimizer.step()
            scheduler.step()
            for plateau in plateaus:
                plateau.report(1.0 - (t == 6))
    return record.group().tolist()


def resumed(make, saved, order, tensor=False):
    """The rates after `saved` steps of a run that was stopped there and put together again."""
    rate = lambda: torch.tensor(0.1, dtype=torch.float64) if tensor else 0.1
    first = make(optimizer(rate()))
    advance(first, 0, saved)
    states = {"scheduler": first.state_dict(), "optimizer": first.optimizer.state_dict()}
    states, opt = copy.deepcopy(states), optimizer(rate())
    if order.startswith("optimizer, new"):
        opt.load_state_dict(states["optimizer"])
        order = "scheduler"
    second = make(opt)
    for name in order.split(", "):
        (second if name == "scheduler" else opt).load_state_dict(states[name])
    return advance(second, saved, STEPS)


BOTH = ["optimizer, scheduler", "scheduler, optimizer", "optimizer, scheduler, scheduler"]
ALONE = ["scheduler", "optimizer, new scheduler"]  # possible where our part speaks
SAVED = [0, 3, 4, 5, 6, 8, 13]


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS)
@pytest.mark.parametrize("ours", OURS.values(), ids=OURS)
def test_a_sequence_is_resumed_at_every_step_in_every_order(ours, theirs):
    tensor = theirs is THEIRS["LinearLR"]
    arrangements = [
        sequence(ours, theirs),
        sequence(theirs, ours),
        sequence(ours, theirs, ours),
        sequence(theirs, ours, theirs),
        sequence(ours, ours),
        chain(ours, theirs),
        chain(theirs, ours),
    ]
    for number, make in enumerate(arrangements):
        whole = advance(make(optimizer()), 0, STEPS)
        for saved in SAVED:
            for order in BOTH:
                assert resumed(make, saved, order, tensor) == whole[saved:], (number, saved, order)


@pytest.mark.parametrize("ours", OURS.values(), ids=OURS)
@pytest.mark.parametrize("order", ALONE)
@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS)
def test_the_state_of_the_sequence_alone_where_our_part_speaks(ours, order, theirs):
    for make, saves in [
        (sequence(ours, theirs), [t for t in SAVED if t < MILESTONE]),
        (sequence(theirs, ours), [t for t in SAVED if t >= MILESTONE]),
        (sequence(ours, theirs, ours), [3, 4, 13]),
        (sequence(ours, ours), SAVED),
        (chain(theirs, ours), SAVED),
    ]:
        whole = advance(make(optimizer()), 0, STEPS)
        for saved in saves:
            assert resumed(make, saved, order) == whole[saved:], saved


def test_loading_the_state_of_a_part_that_does_not_speak_leaves_the_rate_alone():
    opt = optimizer()
    scheduler = sequence(THEIRS["LinearLR"], OURS["ScheduleLR"])(opt)
    before = scheduler._schedulers[1].state_dict()
    assert before == {"last_epoch": -1}
    scheduler._schedulers[1].load_state_dict(before)
    assert opt.param_groups[0]["lr"] == pytest.approx(0.01)

    scheduler = sequence(OURS["ScheduleLR"], THEIRS["LinearLR"])(opt)
    advance(scheduler, 0, 8)
    over = scheduler._schedulers[0].state_dict()
    assert over == {"last_epoch": MILESTONE - 1}
    rate = opt.param_groups[0]["lr"]
    scheduler.load_state_dict(copy.deepcopy(scheduler.state_dict()))
    assert opt.param_groups[0]["lr"] == rate


def test_a_live_sequence_goes_back_to_an_earlier_state():
    for make in (sequence(OURS["ScheduleLR"], THEIRS["LinearLR"]), chain(*OURS.values())):
        scheduler = make(optimizer())
        whole = advance(scheduler, 0, 3)
        state = copy.deepcopy(scheduler.state_dict())
        whole += advance(scheduler, 3, STEPS)
        scheduler.load_state_dict(state)
        assert advance(scheduler, 3, STEPS) == whole[3:]


def test_a_report_to_a_part_that_does_not_speak_leaves_the_rate_alone():
    opt = optimizer()
    scheduler = sequence(OURS["PlateauLR"], THEIRS["ConstantLR"])(opt)
    plateau = scheduler._schedulers[0]
    for _ in range(MILESTONE + 1):
        opt.step()
        scheduler.step()
    for _ in range(5):
        plateau.report(1.0)
        assert opt.param_groups[0]["lr"] == 0.05
    waiting = sequence(THEIRS["ConstantLR"], OURS["PlateauLR"])(opt)._schedulers[1]
    for _ in range(5):
        waiting.report(1.0)
        assert opt.param_groups[0]["lr"] == 0.05
    assert waiting.schedule(100) == RULE.eta  # these values do not count


# The order of the two steps ---------------------------------------------------------------------

PART_OF_THE_MESSAGE = "how-to-adjust-learning-rate"  # as in PyTorch's own
MAKERS = {
    "ScheduleLR": lambda opt: lr.ScheduleLR(opt, lr=COSINE),
    "resumed by t": lambda opt: lr.ScheduleLR(opt, lr=COSINE, t=7),
    "PlateauLR": lambda opt: lr.PlateauLR(opt, RULE),
    "SequentialLR": sequence(OURS["ScheduleLR"], THEIRS["LinearLR"]),
}
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@each
def test_the_scheduler_before_the_optimizer_is_warned_of_once(make):
    opt = optimizer()
    scheduler = make(opt)
    with pytest.warns(UserWarning, match=PART_OF_THE_MESSAGE) as caught:
        scheduler.step()
        for _ in range(3):
            opt.step()
            scheduler.step()
    ours = [warning for warning in caught if "the first rate" in str(warning.message)]
    assert len(ours) == 1
    assert not opt._optimizer_step_pre_hooks or isinstance(scheduler, SequentialLR)
    if not isinstance(scheduler, SequentialLR):
        assert ours[0].filename == __file__


@pytest.mark.filterwarnings("error")
@each
def test_the_right_order_is_not_warned_of_and_leaves_nothing_behind(make):
    opt = optimizer()
    scheduler = make(opt)
    for _ in range(8):
        opt.step()
        scheduler.step()
    assert not opt._optimizer_step_pre_hooks
    assert "step" not in vars(opt) or isinstance(scheduler, SequentialLR)


@pytest.mark.filterwarnings("error")
@each
def test_no_warning_after_a_state_was_loaded(make):
    opt = optimizer()
    first, second = make(opt), make(optimizer())
    opt.step()
    first.step()
    second.load_state_dict(first.state_dict())
    second.step()


@pytest.mark.filterwarnings("error")
def test_no_warning_in_a_trace_or_for_a_copy():
    lr.trace(lambda opt: lr.ScheduleLR(opt, lr=COSINE), 5)
    scheduler = lr.ScheduleLR(optimizer(), lr=COSINE)
    for twin in (copy.deepcopy(scheduler), pickle.loads(pickle.dumps(scheduler))):
        twin.step()  # whether its optimizer has stepped is not known
        assert twin.last_epoch == 1


@pytest.mark.parametrize("clear", [False, True])
def test_a_first_update_that_a_grad_scaler_skipped(clear):
    opt, scaler = optimizer(), torch.amp.GradScaler("cpu")
    scheduler = lr.ScheduleLR(opt, lr=COSINE)
    scaler.scale(opt.param_groups[0]["params"][0].sum() * torch.inf).backward()
    scaler.step(opt)
    scaler.update()
    if clear:  # then nothing tells that there was an attempt: as PyTorch's
        opt.zero_grad()
        with pytest.warns(UserWarning, match=PART_OF_THE_MESSAGE):
            scheduler.step()
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            scheduler.step()


def test_a_warning_that_is_an_error_changes_nothing():
    scheduler = lr.ScheduleLR(optimizer(), lr=COSINE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            with pytest.raises(UserWarning, match=PART_OF_THE_MESSAGE):
                scheduler.step()
    assert scheduler.last_epoch == 0 and scheduler.get_last_lr() == [0.1]


# Wrappers ---------------------------------------------------------------------------------------


class Prepared(torch.optim.Optimizer):
    """An optimizer as accelerate's `prepare` gives it: a wrapper without hooks of its own."""

    def __init__(self, optimizer):
        self.optimizer, self.accumulate, self.calls = optimizer, 2, 0

    param_groups = property(lambda self: self.optimizer.param_groups)
    state = property(lambda self: self.optimizer.state)

    def step(self, closure=None):
        self.calls += 1
        if self.calls % self.accumulate == 0:
            self.optimizer.step(closure)


def test_the_rates_of_a_prepared_optimizer():
    prepared = Prepared(optimizer(0.3))
    with lr.record_rates(prepared) as record:
        for _ in range(6):
            prepared.step()
    assert record.group().tolist() == [0.3] * 3  # those that were used
    assert not prepared.optimizer._optimizer_step_pre_hooks


@pytest.mark.filterwarnings("error")
def test_a_scheduler_on_a_prepared_optimizer():
    prepared = Prepared(optimizer())
    scheduler = lr.ScheduleLR(prepared, lr=COSINE)
    with lr.record_rates(prepared) as record:
        for _ in range(3):
            prepared.step()
            scheduler._step_count += 1  # so does accelerate while it accumulates
            prepared.step()
            scheduler.step()
    assert record.group().tolist() == pytest.approx(COSINE.rates(3).tolist())
