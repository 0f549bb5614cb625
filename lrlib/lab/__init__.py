"""The laboratory: real networks trained under many schedules at once, compared seed by seed."""

import torch

from .experiment import Result, experiment
from .statistics import Difference, cross_fit, half_width, paired_difference
from .tasks import CleanDigits, FreshDigits, Stream
from .trainer import train

# Our tensors are small: threads only get in each other's way (12 times slower on two cores).
torch.set_num_threads(1)

__all__ = [
    "Stream", "FreshDigits", "CleanDigits",
    "train", "experiment", "Result",
    "Difference", "paired_difference", "cross_fit", "half_width",
]  # fmt: skip
