"""The laboratory: real networks trained under many schedules at once, compared seed by seed."""

import torch

from .experiment import Result, experiment
from .statistics import Difference, Proportion, cross_fit, half_width, paired_difference, proportion
from .optimizers import SGD, Adam, adamw
from .tasks import CleanDigits, Fragile, FreshDigits, Stream
from .trainer import train

# Our tensors are small: threads only get in each other's way (12 times slower on two cores).
torch.set_num_threads(1)

__all__ = [
    "Stream", "FreshDigits", "CleanDigits", "Fragile",
    "SGD", "Adam", "adamw",
    "train", "experiment", "Result",
    "Difference", "Proportion", "paired_difference", "proportion", "cross_fit", "half_width",
]  # fmt: skip
