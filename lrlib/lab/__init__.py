"""The laboratory: real networks trained under many schedules at once, compared seed by seed.

`tasks/` has what is learned, `optimizers` and `trainer` how, `experiment`, `duel` and `statistics`
what is measured and concluded, `feedback` rates that answer to a metric, `measures` what is seen on
the way, `claims/` what people say, put to the test, `recorded/` a language model that was trained
once, its curves kept. Not here: what can be computed without a run (`dynamics`).
"""

import torch

from ..dynamics import EMA
from .duel import Duel, duel
from .experiment import Averaged, Result, experiment
from .feedback import Feedback, OnPlateau
from .measures import RangeTest, accuracy, ensemble, range_test, sharpness, snapshots
from .optimizers import SGD, Adam, adamw
from .recorded.results import Recorded, recorded
from .statistics import Difference, Proportion, cross_fit, half_width, paired_difference, proportion
from .tasks import (
    Bowl, CleanDigits, Copying, Fragile, FineTuning, FreshDigits, RandomLabels, Stream,
)  # fmt: skip
from .trainer import train

# Our tensors are small: threads only get in each other's way (12 times slower on two cores).
torch.set_num_threads(1)

__all__ = [
    "Stream", "FreshDigits", "CleanDigits", "Fragile", "RandomLabels", "Copying", "FineTuning",
    "Bowl",
    "SGD", "Adam", "adamw",
    "train", "experiment", "Result", "Averaged", "EMA", "OnPlateau", "Feedback",
    "duel", "Duel", "recorded", "Recorded",
    "accuracy", "sharpness", "snapshots", "ensemble", "RangeTest", "range_test",
    "Difference", "Proportion", "paired_difference", "proportion", "cross_fit", "half_width",
]  # fmt: skip
