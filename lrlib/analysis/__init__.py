"""What can be said of schedules without a run: NumPy alone.

`comparison` says where two of them part and why, `lint` what looks wrong in one, `export` writes
source text for other frameworks. PyTorch is loaded only to trace a scheduler of its kind.
Not here: what a schedule does to a run (`dynamics`, `lab`).
"""

from .comparison import Comparison, compare
from .export import to_optax, to_torch
from .lint import lint
