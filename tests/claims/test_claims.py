"""What the lessons say of schedules holds here too: every claim that is sure.

Each was measured on five blocks of 32 seeds and held on all; the test takes one of them. The whole
table, with the claims that do not hold, is printed by `python -m lrlib.lab claims`.
"""

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import lrlib as lr
from lrlib.lab import statistics
from lrlib.lab.__main__ import main
from lrlib.lab.claims import claim as claims
from lrlib.lab.claims.claim import HIGHER, LOWER, TIE, Claim, Values, about
from lrlib.lab.claims.table import CLAIMS, table

SURE = [claim for claim in CLAIMS if claim.sure and not claim.slow]


@pytest.mark.parametrize("claim", SURE, ids=[f"{c.task}: {c.name}, {c.T}, {c.says}" for c in SURE])
def test_the_claim_holds(claim):
    measured = claim.measure(range(1000, 1032))
    assert claim.holds(measured), str(measured)


def test_every_claim_has_a_line_of_its_own():
    names = [(claim.task, claim.name, claim.T) for claim in CLAIMS]
    assert len(set(names)) == len(names)


# --- verdicts: a false claim does not hold


def test_a_false_claim_does_not_hold():
    claim = next(claim for claim in SURE if claim.says is HIGHER)
    measured = claim.measure(range(1000, 1008))
    assert claim.holds(measured)
    assert not any(replace(claim, says=false).holds(measured) for false in (LOWER, TIE))


@pytest.mark.parametrize(
    "shift, spread, holds",
    [(2, 0.1, HIGHER), (-2, 0.1, LOWER), (0, 0.1, TIE), (0.4, 0.1, HIGHER), (0, 9, None)],
)
def test_signs_and_ties(shift, spread, holds):
    noise = np.resize([1.0, -1.0], 32) * spread
    measured = lr.lab.paired_difference(10 + shift + noise, np.full(32, 10.0))
    held = [says for says in (HIGHER, LOWER, TIE) if says.holds(measured)]
    assert held[:1] == ([holds] if holds else [])


def test_values_hold_within_a_fifth():
    parts = lr.lab.proportion([True] * 3 + [False] * 7), statistics.mean([0.9, 1.0, 1.1])
    values = Values("two", ("a", "b"), parts)
    assert str(values).startswith("two: a 0.30 [0.11, 0.60], b 1.00 [0.75, 1.25]")
    assert about(0.15, 1.15).holds(values) and str(about(0.15, 1)) == "0.15, 1"
    assert not about(0.05, 1).holds(values) and not about(0.3, 1.25).holds(values)
    assert not about(0.3).holds(values)
    lost = Values("none", ("a",), (statistics.mean([np.nan, 1.0]),))
    assert not about(1).holds(lost)


# --- measurements, against a second way to make them


def test_wrong_winners_are_counted_seed_by_seed():
    good, bad = (
        ("good", lambda peak: lr.Constant(peak)),
        ("bad", lambda peak: lr.Constant(peak / 50)),
    )
    claim = claims.wrong_winner(lr.lab.Stream(), bad, good, about(0, 0), 100, [0.02])
    values = claim.measure(8)
    assert claim.holds(values) and values.parts[0].trials == 8
    swapped = claims.wrong_winner(lr.lab.Stream(), good, bad, about(1, 1), 100, [0.02])
    assert swapped.holds(swapped.measure(8))


def test_one_trunk_that_is_the_cosine_ties_with_it_at_a_single_peak():
    claim = claims.one_trunk(lr.lab.Stream(), claims.cosine, (10, 20), 20, TIE, [0.02])
    assert claim.measure(4).percent == 0


def test_a_plateau_rule_that_never_loses_patience_is_a_constant_rate():
    task, T = lr.lab.FreshDigits(), 40
    measured = claims.plateau(task, 100, TIE, T, [0.02]).measure(4)
    schedules = {"constant": lr.Constant, "cosine": lambda peak: lr.Cosine(peak, 0, T)}
    plain = lr.lab.experiment(task, schedules, [0.02], T, 4).compare("constant", "cosine")
    assert measured.percent == pytest.approx(plain.percent)


def test_an_impatient_plateau_rule_lowers_the_rate():
    task = lr.lab.FreshDigits()
    drops = [claims.plateau(task, p, TIE, 40, [0.02], every=1).measure(4) for p in (0, 100)]
    assert drops[0].percent != drops[1].percent


def test_a_range_reading_at_the_best_peak_ties_with_the_best_peak(monkeypatch):
    class Known:
        readings = {"smoothed minimum": 0.02}

    monkeypatch.setattr(claims, "range_test", lambda *args, **kwargs: Known)
    constant = "constant", lr.Constant
    claim = claims.range_reading(
        lr.lab.Stream(), constant, "smoothed minimum", TIE, 30, [0.001, 0.02]
    )  # fmt: skip
    assert claim.measure(4).percent == 0


def test_one_snapshot_three_times_over_is_no_ensemble():
    def still(peak):
        return lr.Constant(peak, 1) >> lr.Constant(0.0)

    claim = claims.snapshot_ensemble(
        lr.lab.FreshDigits(), still, ("the last snapshot", still), TIE, 9, [0.02]
    )  # fmt: skip
    assert abs(claim.measure(4).percent) < 1e-3


# --- the table and the command


@pytest.fixture
def small(monkeypatch):
    one = Values("a number", ("it",), (statistics.mean([1.0, 1.5]),))
    false = Claim("Stream", "a number", 10, about(0.5), lambda seeds: one)
    monkeypatch.setattr("lrlib.lab.claims.table.CLAIMS", (*CLAIMS[:2], false))


def test_the_table_has_a_line_for_every_claim(small):
    header, *rows = table(seeds=8)
    assert header.split() == ["task", "T", "claimed", "held", "CPU", "s", "measured"]
    assert len(rows) == 3 and all(row.startswith("Stream") for row in rows)
    assert [row.split()[3] for row in rows] == ["yes", "yes", "NO"]
    assert "constant" in rows[0] and "[" in rows[0] and "a number: it 1.25 [" in rows[2]


def test_workers_measure_the_same(small):
    def measured(rows):
        return [row.rsplit("  ", 1)[1] for row in rows]  # all but the seconds

    with ProcessPoolExecutor(2) as workers:
        assert measured(table(8, workers)) == measured(table(8))


def test_the_command_prints_the_table(small, capsys):
    main(["claims", "--seeds", "8"])
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "the following arguments are required: command"),
        (["clams"], "invalid choice: 'clams' (choose from 'claims', 'record')"),
        (["claims", "more"], "unrecognized arguments: more"),
        (["claims", "--seeds", "2"], "--seeds must be a whole number >= 4, not 2"),
        (["claims", "--seeds", "few"], "argument --seeds: invalid int value: 'few'"),
    ],
)
def test_what_the_command_does_not_understand_is_said_in_words(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    message = capsys.readouterr().err
    assert stopped.value.code == 2 and words in message and "usage: python -m lrlib.lab" in message


def test_the_command_is_there():
    done = subprocess.run(
        [sys.executable, "-m", "lrlib.lab", "--help"], capture_output=True, text=True, check=True
    )
    assert "claims" in done.stdout
