"""Learning-rate schedules as pure functions of the step. `import lrlib as lr`, then `lr.Name`.

>>> import lrlib as lr
>>> schedule = lr.Linear(0, 0.1, 10) >> lr.Cosine(0.1, 0, 90)
>>> schedule(5)
0.05
"""

from importlib import import_module

from .recipes import warmup_cosine, warmup_linear
from .schedules import Product, Repeat, Schedule, Sequence, Sum
from .shapes import (
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    MultiStep,
    Polynomial,
    Step,
)

# Names that need torch, matplotlib or ipywidgets: their module is loaded when one is first used.
_LATER = {
    "ScheduleLR": "torch_lr",
    "record_rates": "torch_lr",
    "trace": "torch_lr",
    "compare": "torch_lr",
}
_MODULES = ("dynamics", "exercises", "figures", "lab", "sliders", "torch_lr")

__all__ = [
    "Schedule", "Sequence", "Repeat", "Sum", "Product",
    "Constant", "Linear", "Polynomial", "Cosine", "Exponential", "Step", "MultiStep", "InverseSqrt",
    "warmup_linear", "warmup_cosine",
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
