"""The laboratory: real networks trained under many schedules at once, compared seed by seed."""

import torch

from .copying import Copying
from .experiment import Result, experiment
from .finetuning import FineTuning
from .measures import RangeTest, ensemble, range_test, sharpness, snapshots
from .optimizers import SGD, Adam, adamw
from .stability import RandomLabels
from .statistics import Difference, Proportion, cross_fit, half_width, paired_difference, proportion
from .tasks import CleanDigits, Fragile, FreshDigits, Stream
from .trainer import train

# Our tensors are small: threads only get in each other's way (12 times slower on two cores).
torch.set_num_threads(1)

__all__ = [
    "Stream", "FreshDigits", "CleanDigits", "Fragile", "RandomLabels", "Copying", "FineTuning",
    "SGD", "Adam", "adamw",
    "train", "experiment", "Result",
    "sharpness", "snapshots", "ensemble", "RangeTest", "range_test",
    "Difference", "Proportion", "paired_difference", "proportion", "cross_fit", "half_width",
]  # fmt: skip
