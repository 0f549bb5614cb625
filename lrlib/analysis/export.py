"""A schedule as the source text of an equivalent in another framework.

Where the framework has a class or function of its own for a part, the text uses it; for the rest
it holds the part's closed form, which is the very expression that this library computes.
"""

import re
from dataclasses import fields

from ..checks import INF
from ..schedules import (
    Constant, Cosine, Exponential, First, Linear, MultiStep, Polynomial, Product, Repeat, Reverse,
    Schedule, Sequence, Step, Sum, formula,
)  # fmt: skip


def to_torch(schedule):
    """The source text of a function `make_scheduler(optimizer)` that builds it from PyTorch's classes.

    `schedule`: any schedule of this library. The text uses `LinearLR`, `ConstantLR`,
    `CosineAnnealingLR`, `ExponentialLR`, `StepLR` and `MultiStepLR` where these can start from a
    common rate, `SequentialLR` to put them in a row, and `LambdaLR` for the rest (`LinearLR`, for
    one, cannot start at 0). It sets the optimizer's `lr`, because PyTorch's rates are multiples of
    it. Returns a string. Raises `TypeError` for something that is no schedule.

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
    forms = _ClosedForms("{a} if {if_} else {b}", "min(t, {T})", "")
    if not any(native) or any(border % 1 for border in borders if border < INF):
        base, borders = 1.0, []
        items = [f"LambdaLR(optimizer, {forms.part(schedule, 'rate')})"]
    else:
        items = [
            text or f"LambdaLR(optimizer, lambda t: {forms.part(part)}(t) / {base!r})"
            for part, text in zip(parts, native)
        ]
        if borders[-1] < INF and native[-1] and not isinstance(parts[-1], Linear):  # it goes on
            items.append(f"LambdaLR(optimizer, lambda t: {schedule(schedule.T) / base!r})")
    result = items[0]
    if len(items) > 1:
        rows = "".join(f"            {item},\n" for item in items)
        milestones = ", ".join(map(_exact, borders[: len(items) - 1]))
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
    passed = "from bisect import bisect_right as passed\n" if "passed(" in forms.text else ""
    torch = f"from torch.optim.lr_scheduler import {classes}\n"
    imports = passed + forms.imports("math")
    return (
        f"{imports}\n{torch}\n\n{forms.text}{body}" if imports else f"{torch}\n\n{forms.text}{body}"
    )


def to_optax(schedule):
    """The source text of an optax schedule, a function `schedule(count)`.

    `schedule`: any schedule of this library. The text uses `constant_schedule`, `linear_schedule`,
    `polynomial_schedule`, `cosine_decay_schedule`, `exponential_decay` (for `Step`, too) and
    `piecewise_constant_schedule`, `join_schedules` to put them in a row, and `jax.numpy` for the
    rest. JAX computes in float32 unless told otherwise. Returns a string. Raises `TypeError` for
    something that is no schedule.

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
    forms = _ClosedForms("jnp.where({if_}, {a}, {b})", "jnp.clip(t, 0, {T})", "jnp.maximum(t, 0)")
    native = [_optax_function(part) for part in parts]
    if any(native):
        items = [f"optax.{text}" if text else forms.part(part) for part, text in zip(parts, native)]
        if borders[-1] < INF and isinstance(parts[-1], (Exponential, Step, MultiStep)):  # goes on
            items.append(f"optax.constant_schedule({schedule(schedule.T)!r})")
    else:
        items = [forms.part(schedule, "schedule")]
    result = "" if items == ["schedule"] else f"schedule = {items[0]}\n"
    if len(items) > 1:
        rows = "".join(f"        {item},\n" for item in items)
        ends = ", ".join(map(_exact, borders[: len(items) - 1]))
        result = (
            f"schedule = optax.join_schedules(\n    [\n{rows}    ],\n    boundaries=[{ends}],\n)\n"
        )
    definitions = (_PASSED if "passed(" in forms.text else "") + forms.text
    imports = "import jax.numpy as jnp\n" if "jnp." in definitions else ""
    imports += "import optax\n" if result else ""
    imports += forms.imports("jax.numpy")
    gap = "\n\n" if definitions else "\n"
    return f"{imports}{gap}{definitions}{result}".rstrip("\n") + "\n"


_PASSED = """\
def passed(milestones, t):
    return jnp.searchsorted(jnp.array(milestones), t, side="right")


"""


def _row(schedule):
    """The parts of a schedule that stand in a row, and the step at which each ends."""
    if not isinstance(schedule, Schedule):
        raise TypeError(f"schedule must be a schedule of lrlib, not {schedule!r}")
    parts, borders = [schedule], [schedule.T]
    if isinstance(schedule, Sequence):
        parts, borders = [*schedule.parts], [*schedule.starts[1:].tolist(), schedule.T]
    if isinstance(parts[-1], Constant):  # it holds after its end, so it may as well have none
        parts[-1], borders[-1] = Constant(parts[-1].eta), INF
    return parts, borders


def _first_rate(part):
    """The rate that an optimizer must have at first for PyTorch's own class; 0 where there is none."""
    if isinstance(part, Linear):
        return max(part.start, part.end)
    if isinstance(part, Cosine):
        return part.eta_max
    return part.eta if isinstance(part, (Constant, Exponential, Step, MultiStep)) else 0


def _torch_class(part, base):
    """The call of PyTorch's own class for a part, where there is one that can do it from `base`."""
    if isinstance(part, Linear) and part.start > 0:
        factors = f"start_factor={part.start / base!r}, end_factor={part.end / base!r}"
        return f"LinearLR(optimizer, {factors}, total_iters={_exact(part.T)})"
    if isinstance(part, Constant) and part.T < INF and base:
        return f"ConstantLR(optimizer, factor={part.eta / base!r}, total_iters={_exact(part.T)})"
    if _first_rate(part) != base or not base:
        return None
    if isinstance(part, Constant):
        return "ConstantLR(optimizer, factor=1.0)"
    if isinstance(part, Cosine):
        return f"CosineAnnealingLR(optimizer, T_max={_exact(part.T)}, eta_min={part.eta_min!r})"
    if isinstance(part, Exponential):
        return f"ExponentialLR(optimizer, gamma={part.gamma!r})"
    if isinstance(part, Step) and not part.step_size % 1:
        return f"StepLR(optimizer, step_size={_exact(part.step_size)}, gamma={part.gamma!r})"
    if isinstance(part, MultiStep) and not any(m % 1 for m in part.milestones):
        milestones = ", ".join(map(_exact, part.milestones))
        return f"MultiStepLR(optimizer, milestones=[{milestones}], gamma={part.gamma!r})"
    return None


def _optax_function(part):
    """The call of optax's own function for a part, or None."""
    if isinstance(part, Constant):
        return f"constant_schedule({part.eta!r})"
    if isinstance(part, (Linear, Polynomial)):
        ends = f"init_value={part.start!r}, end_value={part.end!r}"
        if isinstance(part, Linear):
            return f"linear_schedule({ends}, transition_steps={_exact(part.T)})"
        return (
            f"polynomial_schedule({ends}, power={part.power!r}, transition_steps={_exact(part.T)})"
        )
    if isinstance(part, Cosine):
        alpha = part.eta_min / (part.eta_max or 1.0)
        steps = f"decay_steps={_exact(part.T)}, alpha={alpha!r}"
        return f"cosine_decay_schedule(init_value={part.eta_max!r}, {steps})"
    if isinstance(part, Exponential):
        return f"exponential_decay({part.eta!r}, transition_steps=1, decay_rate={part.gamma!r})"
    if isinstance(part, Step):
        steps = f"transition_steps={_exact(part.step_size)}"
        return (
            f"exponential_decay({part.eta!r}, {steps}, decay_rate={part.gamma!r}, staircase=True)"
        )
    if isinstance(part, MultiStep):
        scales = ", ".join(f"{_exact(m)}: {part.gamma!r}" for m in part.milestones)
        return f"piecewise_constant_schedule({part.eta!r}, {{{scales}}})"
    return None


class _ClosedForms:
    """Function definitions, one for each part of a schedule that needs one.

    `choice`: how the language chooses between two values. `finite`, `endless`: how a step t is
    kept within a part, because some languages compute the value that is not chosen, too.
    """

    def __init__(self, choice, finite, endless):
        self.choice, self.finite, self.endless = choice, finite, endless
        self.names, self.text = {}, ""

    def imports(self, module):
        used = [
            name for name in ("cos", "floor", "pi", "sqrt") if re.search(rf"\b{name}\b", self.text)
        ]
        return f"from {module} import {', '.join(used)}\n" if used else ""

    def part(self, schedule, name=None):
        """Define a schedule as a function of its own step, which holds after its end: the name."""
        if schedule not in self.names:
            value = self._value(schedule, "t")
            name = name or f"part_{len(self.names) + 1}"
            within = self.finite.format(T=_exact(schedule.T)) if schedule.T < INF else self.endless
            if within and not isinstance(schedule, Constant):
                self.text += f"def {name}(t):\n    t = {within}\n    return {value}\n\n\n"
            else:
                self.text += f"def {name}(t):\n    return {value}\n\n\n"
            self.names[schedule] = name
        return self.names[schedule]

    def _value(self, schedule, t):
        if isinstance(schedule, Constant):
            return repr(schedule.eta)
        if isinstance(schedule, First):
            return self._value(schedule.schedule, t)
        if isinstance(schedule, Reverse):
            return f"{self.part(schedule.schedule)}({_exact(schedule.T)} - {t})"
        if isinstance(schedule, Repeat):
            return f"{self.part(schedule.schedule)}({self._own_step(schedule, t)})"
        if isinstance(schedule, (Sum, Product)):
            a, b = (f"{self.part(s)}({t})" for s in (schedule.a, schedule.b))
            return f"{a} + {b}" if isinstance(schedule, Sum) else f"{a} * {b}"
        if isinstance(schedule, Sequence):
            return self._row(schedule, t)
        texts = {f.name: _exact(getattr(schedule, f.name)) for f in fields(schedule)}
        return formula.code(type(schedule), texts)

    def _row(self, schedule, t):
        starts = schedule.starts.tolist()
        value = f"{self.part(schedule.parts[-1])}({t} - {_exact(starts[-1])})"
        for part, start, end in reversed([*zip(schedule.parts, starts, starts[1:])]):
            a = f"{self.part(part)}({t}{f' - {_exact(start)}' if start else ''})"
            value = self.choice.format(if_=f"{t} < {_exact(end)}", a=a, b=value)
        return value

    def _own_step(self, repeat, t):
        period = _exact(repeat.schedule.T)
        if repeat.schedule.T % 1:  # no border may be missed by rounding: see Repeat
            own = f"abs({t} - floor({t} / {period} * (1 + 2**-52)) * {period})"
        else:
            own = f"{t} % {period}"
        if repeat.T == INF:
            return own
        return self.choice.format(if_=f"{t} < {_exact(repeat.T)}", a=own, b=period)


def _exact(value):
    """A number as code that gives the same number: 10, 0.1, (30, 60)."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_exact, value))},)"
    return repr(int(value)) if value % 1 == 0 and abs(value) < 1e15 else repr(value)
