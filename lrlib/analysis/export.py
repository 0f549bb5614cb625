"""A schedule as the source text of an equivalent in another framework.

Where the framework has a class or function of its own for a part, the text uses it; for the rest
it holds the part's closed form, which is the very expression that this library computes
(`closed_forms.py`).
"""

import re

from ..checks import INF
from ..schedules import Constant, Cosine, Exponential, Linear, MultiStep, Polynomial, Sequence, Step
from ..schedules.base import a_schedule
from .closed_forms import JAX, PASSED, PYTHON, ClosedForms, exact, short


def to_torch(schedule):
    """The source text of a function `make_scheduler(optimizer)` that builds it from PyTorch's classes.

    `schedule`: any schedule of this library. The text uses `LinearLR`, `ConstantLR`,
    `CosineAnnealingLR`, `ExponentialLR`, `StepLR` and `MultiStepLR` where these can start from a
    common rate, `SequentialLR` to put them in a row, and `LambdaLR` for the rest (`LinearLR`, for
    one, cannot start at 0). It sets the optimizer's `lr`, because PyTorch's rates are multiples of
    it. Returns a string. Raises `TypeError` for something that is no schedule, `ValueError` for a
    shape of your own whose code is no single expression (see `Schedule`).

    >>> from lrlib import MultiStep
    >>> print(to_torch(MultiStep(0.1, [30, 60], gamma=0.5)), end="")
    from torch.optim.lr_scheduler import MultiStepLR
    <BLANKLINE>
    <BLANKLINE>
    def make_scheduler(optimizer):
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] = 0.1  # what the rest multiplies
        return MultiStepLR(optimizer, milestones=[30, 60], gamma=0.5)
    """
    parts, borders = _row(schedule)
    base = max(map(_first_rate, parts))
    native = [_torch_class(part, base) for part in parts]
    forms = ClosedForms(PYTHON)
    if not any(native) or base < 1e-290 or any(border % 1 for border in borders if border < INF):
        base, borders = 1.0, []
        items = [f"LambdaLR(optimizer, {forms.part(schedule, 'rate')})"]
    else:
        items = [
            text or f"LambdaLR(optimizer, lambda t: {forms.part(part)}(t) / {base!r})"
            for part, text in zip(parts, native)
        ]
        if borders[-1] < INF and native[-1] and type(parts[-1]) is not Linear:  # it goes on
            items.append(f"LambdaLR(optimizer, lambda t: {schedule(schedule.T) / base!r})")
    result = items[0]
    if len(items) > 1:
        rows = "".join(f"            {item},\n" for item in items)
        milestones = ", ".join(map(exact, borders[: len(items) - 1]))
        result = (
            f"SequentialLR(\n        optimizer,\n        [\n{rows}        ],\n"
            f"        milestones=[{milestones}],\n    )"
        )
    classes = ", ".join(sorted(set(re.findall(r"\w+LR\b", result))))
    body = (
        f"def make_scheduler(optimizer):\n"
        f"    for group in optimizer.param_groups:\n"
        f'        group["lr"] = group["initial_lr"] = {base!r}  # what the rest multiplies\n'
        f"    return {result}\n"
    )
    torch = f"from torch.optim.lr_scheduler import {classes}\n"
    imports = forms.imports()
    return imports + ("\n" if imports else "") + f"{torch}\n\n{forms.text()}{body}"


def to_optax(schedule):
    """The source text of an optax schedule, a function `schedule(count)`.

    `schedule`: any schedule of this library. The text uses `constant_schedule`, `linear_schedule`,
    `polynomial_schedule`, `cosine_decay_schedule`, `exponential_decay` (for `Step`, too) and
    `piecewise_constant_schedule`, `join_schedules` to put them in a row, and `jax.numpy` for the
    rest. JAX computes in float32 unless told otherwise; steps stay whole numbers as long as they
    can, so that no restart comes late. Returns a string. Raises as `to_torch` does.

    >>> from lrlib import Cosine, Linear
    >>> print(to_optax(Linear(0, 0.1, 10) >> Cosine(0.1, 0, 90)), end="")
    import optax
    <BLANKLINE>
    schedule = optax.join_schedules(
        [
            optax.linear_schedule(init_value=0.0, end_value=0.1, transition_steps=10),
            optax.cosine_decay_schedule(init_value=0.1, decay_steps=90, alpha=0.0),
        ],
        boundaries=[10],
    )
    """
    parts, borders = _row(schedule)
    forms = ClosedForms(JAX)
    native = [_optax_function(part) for part in parts]
    if any(native):
        items = [f"optax.{text}" if text else forms.part(part) for part, text in zip(parts, native)]
        if borders[-1] < INF and type(parts[-1]) in (Exponential, Step, MultiStep):  # goes on
            items.append(f"optax.constant_schedule({schedule(schedule.T)!r})")
    else:
        items = [forms.part(schedule, "schedule")]
    result = "" if items == ["schedule"] else f"schedule = {items[0]}\n"
    if len(items) > 1:
        rows = "".join(f"        {item},\n" for item in items)
        ends = ", ".join(map(short, borders[: len(items) - 1]))
        result = (
            f"schedule = optax.join_schedules(\n    [\n{rows}    ],\n    boundaries=[{ends}],\n)\n"
        )
    definitions = (PASSED if "passed" in forms.used else "") + forms.text()
    imports = "import jax.numpy as jnp\n" if "jnp." in definitions else ""
    imports += "import optax\n" if result else ""
    imports += forms.imports()
    gap = "\n\n" if definitions else "\n"
    return f"{imports}{gap}{definitions}{result}".rstrip("\n") + "\n"


def _row(schedule):
    """The parts of a schedule that stand in a row, and the step at which each ends."""
    a_schedule("schedule", schedule)
    parts, borders = [schedule], [schedule.T]
    if isinstance(schedule, Sequence):
        parts, borders = [*schedule.parts], [*schedule.starts[1:].tolist(), schedule.T]
    if type(parts[-1]) is Constant:  # it holds after its end, so it may as well have none
        parts[-1], borders[-1] = Constant(parts[-1].eta), INF
    return parts, borders


def _first_rate(part):
    """The rate that an optimizer must have at first for PyTorch's own class; 0 where there is none."""
    if type(part) is Linear:
        return max(part.start, part.end)
    if type(part) is Cosine:
        return part.eta_max
    return part.eta if type(part) in (Constant, Exponential, Step, MultiStep) else 0


def _torch_class(part, base):
    """The call of PyTorch's own class for a part, where there is one that can do it from `base`."""
    if type(part) is Linear and part.start > 0:
        factors = f"start_factor={part.start / base!r}, end_factor={part.end / base!r}"
        return f"LinearLR(optimizer, {factors}, total_iters={exact(part.T)})"
    if type(part) is Constant and part.T < INF and base:
        return f"ConstantLR(optimizer, factor={part.eta / base!r}, total_iters={exact(part.T)})"
    if _first_rate(part) != base or not base:
        return None
    if type(part) is Constant:
        return "ConstantLR(optimizer, factor=1.0)"
    if type(part) is Cosine:
        return f"CosineAnnealingLR(optimizer, T_max={exact(part.T)}, eta_min={part.eta_min!r})"
    if type(part) is Exponential:
        return f"ExponentialLR(optimizer, gamma={part.gamma!r})"
    if type(part) is Step and not part.step_size % 1:
        return f"StepLR(optimizer, step_size={exact(part.step_size)}, gamma={part.gamma!r})"
    if type(part) is MultiStep and not any(m % 1 for m in part.milestones):
        milestones = ", ".join(map(exact, part.milestones))
        return f"MultiStepLR(optimizer, milestones=[{milestones}], gamma={part.gamma!r})"
    return None


def _optax_function(part):
    """The call of optax's own function for a part, or None."""
    if type(part) is Constant:
        return f"constant_schedule({part.eta!r})"
    if type(part) in (Linear, Polynomial):
        ends = f"init_value={part.start!r}, end_value={part.end!r}"
        if type(part) is Linear:
            return f"linear_schedule({ends}, transition_steps={short(part.T)})"
        return (
            f"polynomial_schedule({ends}, power={part.power!r}, transition_steps={short(part.T)})"
        )
    if type(part) is Cosine:
        alpha = part.eta_min / (part.eta_max or 1.0)
        steps = f"decay_steps={short(part.T)}, alpha={alpha!r}"
        return f"cosine_decay_schedule(init_value={part.eta_max!r}, {steps})"
    if type(part) is Exponential:
        return f"exponential_decay({part.eta!r}, transition_steps=1, decay_rate={part.gamma!r})"
    if type(part) is Step:
        steps = f"transition_steps={short(part.step_size)}"
        return (
            f"exponential_decay({part.eta!r}, {steps}, decay_rate={part.gamma!r}, staircase=True)"
        )
    if type(part) is MultiStep:
        scales = ", ".join(f"{short(m)}: {part.gamma!r}" for m in part.milestones)
        return f"piecewise_constant_schedule({part.eta!r}, {{{scales}}})"
    return None
