"""The parameter groups of an optimizer: which of their entries are numbers, read and written."""

from numbers import Real

import torch


def shown(value):
    """A value in an error message; of a long one, such as a model, its class."""
    text = repr(value)
    return text if len(text) < 60 and "\n" not in text else f"a {type(value).__name__}"


def groups_of(optimizer):
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise TypeError(f"optimizer must be a torch.optim.Optimizer, not {shown(optimizer)}")
    return optimizer.param_groups


def unwrapped(optimizer):
    """The optimizer that has the hooks: accelerate's wrapper and others keep it in `.optimizer`."""
    while not hasattr(optimizer, "_optimizer_step_pre_hooks") and hasattr(optimizer, "optimizer"):
        optimizer = optimizer.optimizer
    return optimizer


def shared(optimizer):
    """Whether one of PyTorch's own schedulers sits on the optimizer, too: each leaves this mark."""
    return hasattr(unwrapped(optimizer).step, "_wrapped_by_lr_sched")


def one_or_each(name, given, groups, what):
    """A list with one for all parameter groups, or with one for each."""
    if not isinstance(given, (list, tuple)):
        return [given]
    if len(given) != len(groups):
        raise ValueError(f"{name} has {len(given)} {what} for {len(groups)} parameter groups")
    return list(given)


def entry(group, name):
    """A hyperparameter as its group holds it; `momentum` may be the first of the betas."""
    if name == "momentum" and name not in group and "betas" in group:
        return group["betas"][0]
    return group.get(name)


def number(value):
    return value.item() if isinstance(value, torch.Tensor) else value


def is_number(value):
    if isinstance(value, torch.Tensor):
        return value.numel() == 1 and value.dtype != torch.bool
    return isinstance(value, Real) and not isinstance(value, bool)


def check_numbers(groups, name):
    """The entries of the groups under a name; raise unless each is a number."""
    for i, group in enumerate(groups):
        value = entry(group, name)
        if is_number(value):
            continue
        numbers = [key for key in group if is_number(group[key]) and key != "initial_lr"]
        numbers += ["momentum (the first of the betas)"] if "betas" in group else []
        numbers = ", ".join(numbers) or "no numbers"
        if not isinstance(name, str) or name not in group:
            raise ValueError(f"{name} is no hyperparameter of this optimizer; it has {numbers}")
        hint = ": give the optimizer a rate of its own" if name == "lr" else ""
        raise ValueError(
            f"{name} is no number in this optimizer's groups, but {shown(value)} in group {i}{hint}; "
            f"it has {numbers}"
        )
    return [entry(group, name) for group in groups]


def check_scheduled(groups, name):
    """Raise unless a schedule can be followed there: in numbers that training reads."""
    for value in check_numbers(groups, name):
        if name == "initial_lr":
            raise ValueError("initial_lr records the optimizer's own rate: schedule lr instead")
        if isinstance(value, torch.Tensor) and not value.is_floating_point():
            raise ValueError(
                f"{name} is a tensor of whole numbers in this optimizer, {value!r}, which no rate "
                f"such as 0.1 fits into: give it torch.tensor({value.item()}.0)"
            )


def set_number(group, name, value):
    """Write a hyperparameter, a tensor in place."""
    old = entry(group, name)
    if isinstance(old, torch.Tensor):
        old.fill_(value)
    elif name in group:
        group[name] = value
    else:
        group["betas"] = (value, *group["betas"][1:])


def holds(group, name, value):
    """Whether a hyperparameter is what writing this value made of it: a tensor may round."""
    old = entry(group, name)
    return bool(old == (torch.full_like(old, value) if isinstance(old, torch.Tensor) else value))
