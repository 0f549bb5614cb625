"""What people say of schedules, put to the test: `python -m lrlib.lab claims` measures it all.

`claim` has how a claim is measured and judged, `table` the claims themselves.
"""

from .claim import Claim
from .table import CLAIMS
