"""Schedules as pure functions of the step: shapes, their composition, and the literature's recipes.

`base` has what every schedule can do, `shapes` the curves, `composition` (in a row), `arithmetic`
and `transforms` (one changed) what is made of them, `recipes`, `cycles` and `restarts` the named
ones, `plateau` the rule with feedback, `formula` what a schedule says of itself (`expression` reads
it from the code). NumPy is all they need.
Not here: what a schedule does to a run (`dynamics`, `lab`), and PyTorch (`optim`).
"""

from .arithmetic import Difference, Product, Sum
from .base import Constant, Schedule
from .composition import Sequence
from .cycles import (
    cyclical_momentum,
    exp_range,
    one_cycle,
    one_cycle_momentum,
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
from .restarts import cosine_hard_restarts, cosine_warmup_restarts, sgdr
from .shapes import (
    Cosine,
    Exponential,
    InverseSqrt,
    KDecay,
    Linear,
    MultiStep,
    Polynomial,
    Rex,
    Step,
    Tanh,
)
from .transforms import Clip, Drop, First, Repeat, Reverse, Stretch
