"""The exported source text runs, and equals the schedule."""

import importlib.util
import re
import sys
import time
import types

import numpy as np
import pytest
import torch

import lrlib as lr

SCHEDULES = [
    lr.Constant(0.1),
    lr.Constant(0.1, 5),
    lr.Constant(0),
    lr.Linear(0.01, 0.1, 10),
    lr.Linear(0.1, 0.01, 10),
    lr.Linear(0, 0.1, 10),
    lr.Linear(0.01, 0.1, 2.5) >> lr.Step(0.1, 3, 0.5),
    lr.Polynomial(0.1, 0.01, 20, 2),
    lr.Cosine(0.1, 0.01, 30),
    lr.Cosine(0.1, 0, 30).first(11.5),
    lr.Rex(0.1, 0, 30),
    lr.Exponential(0.1, 0.9),
    lr.Exponential(0.01, 1.1, 20),
    lr.Step(0.1, 7, 0.5),
    lr.Step(0.1, 7.5, 0.5),
    lr.Step(0.1, 7, 0.5, 30),
    lr.MultiStep(0.1, (5, 9), 0.5),
    lr.MultiStep(0.1, (5.5, 9.5), 0.5),
    lr.MultiStep(0.1, (5,), 0.5) * lr.Linear(1, 0.5, 20),
    lr.InverseSqrt(0.1, 7),
    lr.warmup_constant(0.1, 10),
    lr.warmup_linear(0.1, 10, 100, start=0.01),
    lr.warmup_cosine(0.1, 10, 100),
    lr.warmup_cosine(0.1, 10, 100, 0.01, 0.01, inclusive=True),
    lr.polynomial_warmup(0.1, 10, 50, 0.01, 2),
    lr.rex(0.1, 50, 5),
    lr.noam(512, 10),
    lr.wsd(0.1, 10, 20, 60, 0.01, 0.02, "cosine", "1-sqrt", True),
    lr.triangular(0.01, 0.1, 5),
    lr.triangular2(0.01, 0.1, 5, 3),
    lr.exp_range(0.01, 0.1, 5, 0.99),
    lr.sgdr(0.1, 0, 10),
    lr.sgdr(0.1, 0.01, 10, 2, 0.5, 2, 3),
    lr.sgdr(0.1, 0, 10, 1.1, cycles=4),
    lr.sgdr(0.1, 0, 10, 2),
    lr.cosine_warmup_restarts(10, 2, 0.1, 0.01, 2, 0.5, 3),
    lr.cosine_hard_restarts(0.1, 5, 15, 6),
    lr.one_cycle(0.1, 100),
    lr.one_cycle(0.1, 97, 0.23, three_phase=True),
    lr.one_cycle_momentum(100),
    lr.Plateau(0.1, patience=2).schedule([1.0] * 12),
    (lr.Cosine(0.1, 0, 9) >> lr.Linear(0, 0.1, 3)).repeat(2) >> lr.MultiStep(0.3, (3, 4), 0.5),
    lr.KDecay(0.1, 0.01, 30, 2),
    lr.Tanh(0.1, 0.01, 30) >> lr.Constant(0.01),
    lr.cyclical_momentum(7, "triangular2"),
    lr.Cosine(0.1, 0.01, 30).drop(7),
    lr.sgdr(0.1, 0, 10, 2, cycles=3).stretch(105),
    lr.cosine_hard_restarts(0.1, 0, 20, 3).stretch(100),
    lr.Cosine(0.1, 0, 30).clip(0.02, 0.09),
    lr.Cosine(0.1, 0, 30) - lr.Cosine(0.05, 0, 30),
    lr.cosine_hard_restarts(0.1, 0, 100, 6).drop(25).reverse(),
    lr.Linear(0, 0.1, 7.3) >> lr.Cosine(0.1, 0, 12.4).repeat(3),
    lr.Constant(1e-320, 1) >> lr.Cosine(0.7, 0.1, 48).repeat(7),
    lr.Polynomial(1e-30, 0.506, 10**6, power=3.3),
]
RUN = 150
each_schedule = pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: repr(s)[:60])


def assert_close(rates, schedule):
    expected = schedule.rates(RUN)
    np.testing.assert_allclose(rates, expected, rtol=0, atol=1e-12 * (expected.max() or 1))


def run_torch(schedule, T):
    names = {}
    exec(lr.to_torch(schedule), names)  # noqa: S102
    return lr.trace(names["make_scheduler"], T, lr=0.7)


@each_schedule
@pytest.mark.filterwarnings("error")
def test_to_torch(schedule):
    assert_close(run_torch(schedule, RUN), schedule)


@pytest.mark.parametrize(
    "schedule, classes",
    [
        (lr.Constant(0.1), ["ConstantLR"]),
        (lr.Linear(0.1, 0, 10), ["LinearLR"]),
        (lr.Exponential(0.1, 0.9), ["ExponentialLR"]),
        (lr.Step(0.1, 10, 0.5), ["StepLR"]),
        (lr.MultiStep(0.1, [10], 0.5), ["MultiStepLR"]),
        (lr.Cosine(0.1, 0, 10) >> lr.Constant(0.05), ["CosineAnnealingLR", "LambdaLR"]),
        (
            lr.Constant(0.01, 5) >> lr.Linear(0.01, 0.1, 5) >> lr.Step(0.1, 30, 0.1),
            ["ConstantLR", "LinearLR", "StepLR"],
        ),
        (lr.Rex(0.1, 0, 10), ["LambdaLR"]),
    ],
    ids=lambda x: str(x)[:60],
)
def test_to_torch_uses_the_classes_of_pytorch(schedule, classes):
    text = lr.to_torch(schedule)
    known = {name for name in dir(torch.optim.lr_scheduler) if name.endswith("LR")}
    used = {name for name in known if re.search(rf"\b{name}\(", text)}
    assert used - {"SequentialLR"} == set(classes)
    assert ("SequentialLR" in used) == (">>" in repr(schedule))


def stand_in():
    """optax's documented functions in NumPy, under optax's and jax's names."""

    def constant_schedule(value):
        return lambda count: value

    def polynomial_schedule(init_value, end_value, power, transition_steps):
        def schedule(count):
            left = 1 - np.clip(count, 0, transition_steps) / transition_steps
            return (init_value - end_value) * left**power + end_value

        return schedule

    def linear_schedule(init_value, end_value, transition_steps):
        return polynomial_schedule(init_value, end_value, 1, transition_steps)

    def cosine_decay_schedule(init_value, decay_steps, alpha=0.0):
        def schedule(count):
            cosine = 0.5 * (1 + np.cos(np.pi * np.minimum(count, decay_steps) / decay_steps))
            return init_value * ((1 - alpha) * cosine + alpha)

        return schedule

    def exponential_decay(init_value, transition_steps, decay_rate, staircase=False):
        def schedule(count):
            p = count / transition_steps
            p = np.floor(p) if staircase else p
            return np.where(count <= 0, init_value, init_value * np.power(decay_rate, p))

        return schedule

    def piecewise_constant_schedule(init_value, boundaries_and_scales):
        def schedule(count):
            passed = [f for step, f in boundaries_and_scales.items() if count >= step]
            return init_value * np.prod(passed)

        return schedule

    def join_schedules(schedules, boundaries):
        def schedule(step):
            output = schedules[0](step)
            for boundary, after in zip(boundaries, schedules[1:]):
                output = np.where(step < boundary, output, after(step - boundary))
            return output

        return schedule

    optax = types.ModuleType("optax")
    vars(optax).update({k: v for k, v in locals().items() if callable(v)})
    jax = types.ModuleType("jax")
    jax.numpy = np
    return {"optax": optax, "jax": jax, "jax.numpy": np}


@pytest.fixture
def optax(monkeypatch):
    if importlib.util.find_spec("optax") and importlib.util.find_spec("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        return
    for name, module in stand_in().items():
        monkeypatch.setitem(sys.modules, name, module)


@each_schedule
def test_to_optax(schedule, optax):
    names = {}
    exec(lr.to_optax(schedule), names)  # noqa: S102
    with np.errstate(all="raise", under="ignore"):
        rates = [float(names["schedule"](t)) for t in range(RUN)]
    assert_close(rates, schedule)


# JAX computes in 32 bits. NumPy's int32 and the class below stand in for it; the same schedules were
# run on jax 0.10.2 and optax 0.2.8 (arrays, with and without jit): the same steps are late or on time.


class Float32(np.float32):
    """float32 as XLA has it: an array is divided by a number by multiplying with its reciprocal."""

    def __truediv__(self, other):
        return Float32(np.float32(self) * (np.float32(1) / np.float32(other)))


def in_float32(function):
    return lambda *args: Float32(function(*map(plain, args)))


def plain(value):
    return np.float32(value) if isinstance(value, Float32) else value


for sign in ("add", "radd", "sub", "rsub", "mul", "rmul", "mod", "floordiv", "pow", "abs"):
    setattr(Float32, f"__{sign}__", in_float32(getattr(np.float32, f"__{sign}__")))


def test_the_stand_in_is_late_where_jax_is():
    step, period = Float32(1000), 333.3333333333333
    assert float(abs(step - np.floor(plain(step / period * (1 + 2**-52))) * period)) > 333


RESTARTS = [
    (lr.cosine_hard_restarts(0.1, 0, 10_000, 30), [0, 334, 667, *range(1000, 10_000, 1000)]),
    (lr.cosine_hard_restarts(0.1, 0, 1000, 6), [0, 167, 334, 500, 667, 834]),
    (lr.cosine_hard_restarts(0.1, 0, 98, 49), range(0, 98, 2)),
    (lr.cosine_hard_restarts(0.1, 100, 100_000, 7), range(100, 10_000)),
    (lr.cosine_hard_restarts(0.1, 0, 1000, 6).drop(250), [0, 84, 250, 417, 584]),
    (lr.cosine_hard_restarts(0.1, 0, 100, 3).stretch(1000), [0, 334, 667]),
    (lr.Cosine(0.1, 0, 2.5).repeat(), range(0, 100, 5)),
    (lr.sgdr(0.1, 0, 10, 2, cycles=3).stretch(105), [0, 15, 45]),
]


@pytest.mark.parametrize("kind", [Float32, np.int32])
@pytest.mark.parametrize("schedule, restarts", RESTARTS, ids=lambda x: repr(x)[:60])
def test_restarts_are_on_time_in_float32(schedule, restarts, kind, monkeypatch):
    modules = stand_in()
    if kind is Float32:
        names = ("clip", "where", "maximum", "minimum", "cos", "floor")
        functions = {name: in_float32(getattr(np, name)) for name in names}
        modules["jax.numpy"] = modules["jax"].numpy = types.SimpleNamespace(**functions, pi=np.pi)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    names = {}
    exec(lr.to_optax(schedule), names)  # noqa: S102
    steps = sorted({*range(120), *restarts, *(t - 1 for t in restarts if t)})
    with np.errstate(all="raise", under="ignore"):
        rates = [float(names["schedule"](kind(t))) for t in steps]
    np.testing.assert_allclose(rates, schedule(steps), rtol=0, atol=1e-6)


LONG = [
    lr.InverseSqrt(0.1, 10**10),
    lr.Linear(0.1, 0, 10**10),
    lr.Cosine(0.1, 0, 3 * 10**9) >> lr.Rex(0.1, 0, 10),
    lr.MultiStep(0.1, (5, 3 * 10**9), 0.5),
    lr.MultiStep(0.1, (5, 3 * 10**9), 0.5) * 2,
    lr.Step(0.1, 3 * 10**9, 0.5),
    lr.sgdr(0.1, 0, 10, 2),
    lr.triangular(0, 0.1, 10, cycles=10**9),
    lr.Rex(0.1, 0, 10**10) * 0.5,
]


@pytest.mark.parametrize("schedule", LONG, ids=lambda s: repr(s)[:60])
def test_lengths_beyond_32_bits(schedule, optax):
    names = {}
    exec(lr.to_optax(schedule), names)  # noqa: S102
    for t in (0, 7, 10**6, 2**24 + 1, 2**31 - 1):
        assert float(names["schedule"](np.int32(t))) == pytest.approx(
            schedule(t), rel=1e-6
        )  # no overflow


def test_thousands_of_parts(optax):
    row = lr.Sequence([lr.Linear(i, i + 1, 2) for i in range(3000)])
    total = row
    for i in range(300):
        total = total + lr.Constant(i, i + 1)
    for schedule in (row, row * 2, total):
        start = time.process_time()
        texts = lr.to_torch(schedule), lr.to_optax(schedule)
        assert time.process_time() - start < 2  # 0.1 s; to_torch of 92,111 parts took more than 12
        for text in texts:
            compile(text, "text", "exec")
    for text, name in ((lr.to_torch(total), "rate"), (lr.to_optax(total), "schedule")):
        names = {}
        exec(text, names)  # noqa: S102
        assert [float(names[name](t)) for t in (0, 5, 5999, 7000)] == pytest.approx(
            total([0, 5, 5999, 7000])
        )


def test_to_optax_uses_the_functions_of_optax():
    text = lr.to_optax(lr.warmup_cosine(0.1, 10, 100) >> lr.Step(0.1, 10, 0.5))
    for name in ("join_schedules", "linear_schedule", "cosine_decay_schedule", "exponential_decay"):
        assert f"optax.{name}(" in text
    assert "jnp" not in text and "def " not in text


@pytest.mark.parametrize("export", [lr.to_torch, lr.to_optax])
def test_something_else_is_refused(export):
    with pytest.raises(TypeError, match="schedule must be a schedule of lrlib, not 0.1"):
        export(0.1)
