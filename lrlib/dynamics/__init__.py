"""What a schedule does, computed exactly, without a run: NumPy alone.

`quadratic` has the bowl, `noisy` the bowl with noisy gradients, `models` asks it with two kinds of
noise, `bowl` is one that knows its own numbers, to be fitted, `averages` how weights are averaged,
`landscapes` the convex bound and the toys: the quartic, the catapult, the saddle, the double well.
Not here: real networks (`lab`), pictures (`figures`).
"""

from .averages import EMA, Growing
from .bowl import Bowl
from .landscapes import (
    best_convex_bound,
    catapult,
    convex_bound,
    double_well,
    largest_stable_peak,
    noisy_runs,
    quartic,
    saddle,
)
from .models import TwoModels, ask_two_models
from .noisy import noise_floor, noise_like_curvature, noisy_quadratic
from .quadratic import (
    best_fixed_rate,
    best_heavy_ball,
    iterations,
    power_law,
    quadratic,
    spectral_factor,
    stability_limit,
)
