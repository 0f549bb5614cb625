"""What a schedule does, computed exactly, without a run: NumPy alone.

`quadratic` has the bowl with and without noise, `landscapes` the convex bound and the toys: the
quartic, the catapult, the saddle, the double well. Not here: real networks (`lab`), pictures
(`figures`).
"""

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
from .quadratic import (
    best_fixed_rate,
    best_heavy_ball,
    iterations,
    noise_floor,
    noisy_quadratic,
    power_law,
    quadratic,
    spectral_factor,
    stability_limit,
)
