"""Schedules as pure functions of the step: shapes, their composition, and the literature's recipes.

`base` has what every schedule can do, `shapes` the curves, `composition` and `transforms` what is
made of them, `recipes` (rise, hold, fall) and `cycles` (what comes back) the named schedules,
`plateau` the rule with feedback, `formula` what a schedule says of itself. NumPy is all they need.
Not here: what a schedule does to a run (`dynamics`, `lab`), and PyTorch (`optim`).
"""

from .base import Constant, Schedule
from .composition import Product, Repeat, Sequence, Sum
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
from .plateau import Plateau, Progress
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
from .shapes import Cosine, Exponential, InverseSqrt, Linear, MultiStep, Polynomial, Rex, Step
from .transforms import First, Reverse
