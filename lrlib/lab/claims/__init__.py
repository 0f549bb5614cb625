"""What people say of schedules, put to the test: `python -m lrlib.lab claims` measures it all.

`claim` has how a claim is measured and judged, `controls` the same under other settings, `bowl` what
is computed exactly, `entries` the schedules and grids, `table` and `settled` the claims themselves.
"""

from .claim import Claim
from .table import CLAIMS
