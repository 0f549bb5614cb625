"""Predictions and recalls, a file a lesson: each question beside what answers it.

Here what several of them draw: the loss of a schedule, small.
"""

import numpy as np

from ...dynamics import noisy_quadratic, power_law


def log_loss(schedule, T, noise=0.2):
    """The decimal logarithm of the expected loss on the bowl of twenty directions, white noise."""
    return np.log10(noisy_quadratic(schedule.rates(T), power_law(20, 1.0), noise))
