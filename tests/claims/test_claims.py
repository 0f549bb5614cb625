"""What the lessons say of schedules holds here too: the sign of every claim that is sure.

Each was measured on five blocks of 32 seeds and held on all; the test takes one of them. The whole
table, with the claims that do not hold, is printed by `python -m lrlib.lab claims`.
"""

import pytest

from lrlib.lab.claims import CLAIMS, table
from lrlib.lab.experiment import Result

SURE = [claim for claim in CLAIMS if claim.sure]


@pytest.mark.parametrize(
    "claim", SURE, ids=[f"{c.task.name}: {c.a[0]}, {c.b[0]}, {c.says}" for c in SURE]
)
def test_the_claim_holds(claim):
    difference = claim.measure(range(1000, 1032))
    assert claim.holds(difference), str(difference)


def test_a_false_claim_does_not_hold():
    claim = next(claim for claim in SURE if claim.says == "higher")
    difference = claim.measure(range(1000, 1008))
    opposite = type(claim)(claim.task, claim.a, claim.b, "lower", claim.T, claim.peaks)
    assert claim.holds(difference) and not opposite.holds(difference)


def test_the_table_has_a_line_for_every_claim(monkeypatch):
    whole, measured = Result.compare, []

    def compare(self, a, b):
        measured.append((a, b))
        return whole(self, a, b)

    monkeypatch.setattr(Result, "compare", compare)
    monkeypatch.setattr("lrlib.lab.claims.CLAIMS", CLAIMS[:2])
    header, *rows = table(seeds=4)
    assert header.split() == ["task", "T", "claimed", "held", "s", "measured"]
    assert len(rows) == len(measured) == 2
    assert all(row.startswith("Stream") and "constant" in row for row in rows)
