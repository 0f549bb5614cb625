"""What is learned: each task is a network, a stream of minibatches and an exact measure.

A task draws everything random per *seed*, never per run: two runs with the same seed start from
the same weights and see the same minibatches, whatever their schedules. Draws for more steps
begin with the draws for fewer. Tensors carry a leading run dimension R; runs come in blocks of
S seeds, one block per schedule, so run r has seed number r mod S.
"""

from .bowl import Bowl
from .copying import Copying
from .digits import CleanDigits, Fragile, FreshDigits
from .fine_tuning import FineTuning
from .network import MLP
from .random_labels import RandomLabels
from .stream import Stream
