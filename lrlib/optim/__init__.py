"""PyTorch: schedules on its optimizers, and the record of the rates that were really used.

`ScheduleLR` and `PlateauLR` are schedulers of PyTorch's own kind; `record_rates` and `trace` look
at any scheduler; `groups` reads and writes an optimizer's parameter groups. Not here: training
(`lab`), text that builds a schedule from PyTorch's classes (`analysis`).
"""

from .plateau_lr import PlateauLR
from .records import RateRecord, record_rates, trace
from .schedule_lr import ScheduleLR
