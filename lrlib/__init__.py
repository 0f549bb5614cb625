"""Learning-rate schedules as pure functions of the step. `import lrlib as lr`, then `lr.Name`.

>>> import lrlib as lr
>>> schedule = lr.Linear(0, 0.1, 10) >> lr.Cosine(0.1, 0, 90)
>>> schedule(5)
0.05
"""

from importlib import import_module

from .cycles import (
    cosine_hard_restarts,
    cosine_warmup_restarts,
    exp_range,
    one_cycle,
    one_cycle_momentum,
    sgdr,
    triangular,
    triangular2,
)
from .export import to_optax, to_torch
from .lint import lint
from .plateau import Plateau
from .recipes import (
    linear_to_zero,
    noam,
    polynomial_warmup,
    rex,
    warmup_constant,
    warmup_cosine,
    warmup_inverse_sqrt,
    warmup_linear,
    wsd,
)
from .schedules import Product, Repeat, Reverse, Schedule, Sequence, Sum
from .shapes import (
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    MultiStep,
    Polynomial,
    Rex,
    Step,
)

# Names that need torch, matplotlib or ipywidgets: their module is loaded when one is first used.
_LATER = {
    "ScheduleLR": "torch_lr",
    "record_rates": "torch_lr",
    "trace": "torch_lr",
    "compare": "torch_lr",
    "PlateauLR": "plateau_lr",
}
_MODULES = ("dynamics", "exercises", "figures", "lab", "landscapes", "sliders", "torch_lr")

__all__ = [
    "Schedule", "Sequence", "Repeat", "Reverse", "Sum", "Product",
    "Constant", "Linear", "Polynomial", "Cosine", "Rex", "Exponential", "Step", "MultiStep", "InverseSqrt",
    "warmup_constant", "warmup_linear", "linear_to_zero", "warmup_cosine", "polynomial_warmup", "rex",
    "warmup_inverse_sqrt", "noam", "wsd",
    "triangular", "triangular2", "exp_range", "sgdr", "cosine_warmup_restarts", "cosine_hard_restarts",
    "one_cycle", "one_cycle_momentum",
    "Plateau", "lint", "to_torch", "to_optax",
    *_LATER,
]  # fmt: skip


def __getattr__(name):
    if name in _MODULES:
        return import_module(f"lrlib.{name}")
    if name in _LATER:
        return getattr(import_module(f"lrlib.{_LATER[name]}"), name)
    raise AttributeError(f"module 'lrlib' has no attribute {name!r}")


def __dir__():
    return sorted([*__all__, *_MODULES])
