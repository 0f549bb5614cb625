"""The laboratory: real networks trained under many schedules at once, compared seed by seed.

`tasks/` has what is learned, `optimizers` and `trainer` how, `feedback` rates that answer to a
metric; `experiment`, `duel` and `statistics` what is measured and concluded, `measures` what is seen
on the way, `fitted_bowl` a bowl fitted to a network, to predict it; `claims/` what people say, put to
the test, `recorded/` a language model that was trained once, `capstone` the last task, with its
twenty runs. Not here: what can be computed without a run (`dynamics`).
"""

import torch

from ..dynamics import EMA, Growing
from .capstone import capstone
from .duel import Duel, duel
from .experiment import Averaged, Result, experiment
from .feedback import Feedback, OnPlateau
from .fitted_bowl import BOWLS, fit_bowl, forecast
from .measures import RangeTest, accuracy, ensemble, range_test, sharpness, snapshots
from .optimizers import SGD, Adam, ScheduleFree, adamw
from .recorded.results import Recorded, recorded
from .statistics import (
    Difference, Proportion, RankCorrelation, cross_fit, half_width, mean, paired_difference,
    proportion, rank_correlation,
)  # fmt: skip
from .tasks import (
    Bowl, CleanDigits, Copying, Fragile, FineTuning, FreshDigits, RandomLabels, Stream,
)  # fmt: skip
from .trainer import train

# Our tensors are small: threads only get in each other's way (12 times slower on two cores).
torch.set_num_threads(1)

__all__ = [
    "Stream", "FreshDigits", "CleanDigits", "Fragile", "RandomLabels", "Copying", "FineTuning",
    "Bowl",
    "SGD", "Adam", "adamw", "ScheduleFree",
    "train", "experiment", "Result", "Averaged", "EMA", "Growing", "OnPlateau", "Feedback",
    "duel", "Duel", "recorded", "Recorded", "capstone",
    "BOWLS", "fit_bowl", "forecast", "rank_correlation", "RankCorrelation",
    "accuracy", "sharpness", "snapshots", "ensemble", "RangeTest", "range_test",
    "Difference", "Proportion", "paired_difference", "proportion", "cross_fit", "half_width",
    "mean",
]  # fmt: skip
