"""What people say of schedules, as a table: `python -m lrlib.lab claims` measures and prints it."""

import time

from ...schedules import Constant, Cosine, MultiStep, sgdr, triangular2
from ..optimizers import Adam
from ..tasks import Copying, RandomLabels
from .claim import (
    HIGHER, LOWER, TIE, about, difference, edge_of_stability, lost, one_trunk, plateau,
    range_reading, range_scatter, snapshot_ensemble, wrong_winner,
)  # fmt: skip
from .entries import (
    CONSTANT, DIGITS, FIXED, HORIZONS, STEEP, STREAM, clean, cosine, cycle, cycles, digits, drop,
    exponential, fragile, growing, linear, plain, plain_sgd, step, stream, three_cycles, to_a_tenth,
    trunk, warmup, wave,
)  # fmt: skip
from .settled import SETTLED

DECAY = (
    difference(stream, ("a fifth", lambda p: Constant(p / 5)), CONSTANT, HIGHER, 400, [0.02]),
    difference(stream, ("5.6 times", lambda p: Constant(5.6 * p)), CONSTANT, HIGHER, 400, [0.02]),
    difference(stream, CONSTANT, cosine(400), HIGHER, 400, STREAM),
    difference(digits, CONSTANT, cosine(400), HIGHER, 400, DIGITS),
    difference(stream, step(400), cosine(400), HIGHER, 400, STREAM),
    difference(digits, step(400), cosine(400), HIGHER, 400, DIGITS),
    difference(stream, linear(400), cosine(400), LOWER, 400, STREAM),
    difference(digits, linear(400), cosine(400), LOWER, 400, DIGITS, sure=False),
    difference(clean, CONSTANT, cosine(400), LOWER, 400, STEEP[:3], sure=False),
    difference(digits, ("drop", drop), CONSTANT, LOWER, 430, [0.02]),
    difference(clean, ("drop", drop), CONSTANT, HIGHER, 430, [0.02], sure=False),
    difference(
        digits, exponential(600, 0.03), exponential(600, 0.1), HIGHER, 600,
        (0.03, 0.045, 0.07, 0.11), sure=False,
    ),
    difference(digits, exponential(600, 0.001), exponential(600, 0.1), HIGHER, 600, DIGITS[1:]),
    difference(digits, CONSTANT, exponential(600, 0.1), HIGHER, 600, DIGITS),
    difference(
        stream, ("cosine to 0", cosine(100)[1]), to_a_tenth(100, Cosine),
        HIGHER, 100, STREAM,
    ),
    difference(
        digits, ("cosine to 0", cosine(2400)[1]), to_a_tenth(2400, Cosine), LOWER, 2400,
        DIGITS[1:4],
    ),
    difference(stream, ("WSD", lambda p: trunk(p, 400)), cosine(400), TIE, 400, STREAM, sure=False),
    one_trunk(stream, trunk, HORIZONS, 200, TIE, STREAM, sure=False),
    one_trunk(stream, trunk, HORIZONS, 400, TIE, STREAM, sure=False),
    one_trunk(stream, trunk, HORIZONS, 800, TIE, STREAM, sure=False),
    plateau(digits, 3, HIGHER, 600, DIGITS[1:]),
    plateau(digits, 8, HIGHER, 600, DIGITS[1:]),
)  # fmt: skip

CYCLES = (
    difference(stream, cycles(400, 4), CONSTANT, LOWER, 400, STREAM, sure=False),
    difference(stream, ("triangular2", lambda p: triangular2(0, p, 50)), CONSTANT, LOWER, 400, STREAM),
    difference(stream, ("SGDR", lambda p: three_cycles(p, 480)), cosine(480), HIGHER, 480, STREAM),
    difference(
        stream, ("just restarted", lambda p: sgdr(p, 0, 240, cycles=2)),
        ("at rest instead", lambda p: Cosine(p, 0, 240) >> Constant(0, 20)), HIGHER, 260, [0.06],
    ),
    difference(stream, ("SGDR at T/2", growing), CONSTANT, LOWER, 240, STREAM),
    difference(
        stream, ("SGDR at T/2", growing), ("unfinished cosine", cosine(480)[1]), TIE, 240, STREAM,
        sure=False,
    ),
    snapshot_ensemble(
        digits, lambda p: three_cycles(p, 600), ("the last snapshot", lambda p: three_cycles(p, 600)),
        LOWER, 600, DIGITS[1:],
    ),
    snapshot_ensemble(digits, lambda p: three_cycles(p, 600), cosine(600), HIGHER, 600, DIGITS[1:]),
)  # fmt: skip

WARMUP = (
    difference(fragile, warmup(100), linear(100), LOWER, 100, STEEP, plain_sgd),
    difference(plain, warmup(100), linear(100), TIE, 100, STEEP, plain_sgd, sure=False),
    lost(fragile, warmup(100), linear(100), about(0.06, 0.7), 100, 0.32, 2.0, plain_sgd),
    lost(plain, warmup(100), linear(100), about(0, 0), 100, 0.32, 2.0, plain_sgd),
    difference(fragile, ("one cycle", cycle), cosine(100), LOWER, 100, STEEP, plain_sgd),
    difference(fragile, ("one cycle", cycle), warmup(100), TIE, 100, STEEP, plain_sgd, sure=False),
    lost(
        Copying(), warmup(200), linear(200), about(0, 0.5), 200, 0.045, Copying.not_learned, Adam()
    ),
    lost(
        Copying(), warmup(200), linear(200), about(0.56, 1), 200, 0.1, Copying.not_learned, Adam()
    ),
)  # fmt: skip

CURVATURE = (
    edge_of_stability(RandomLabels(), (0.2, 0.4), about(1, 1), 2000),
    edge_of_stability(RandomLabels(labels="true"), (0.2,), about(0.5), 2000),
    edge_of_stability(RandomLabels(labels="true"), (0.4,), about(0.6), 2000, sure=False),
)

PRACTICE = (
    difference(
        digits, ("cosine per epoch", lambda p: MultiStep(p, (90,), 0.5)), cosine(180), HIGHER, 180,
        [0.06],
    ),
    difference(stream, ("T_max in epochs", wave(10)), cosine(400), HIGHER, 400, [0.06]),
    difference(
        stream, ("T_max too long", lambda p: Cosine(p, 0, 40_000)), cosine(400), HIGHER, 400, [0.06]
    ),
    range_reading(stream, CONSTANT, "smoothed minimum", HIGHER, 400, FIXED, sure=False),
    range_reading(stream, CONSTANT, "minimum / 10", TIE, 400, FIXED, sure=False),
    range_reading(stream, cosine(400), "smoothed minimum", TIE, 400, STREAM, sure=False),
    range_scatter(stream, about(0.4, 0.4)),
    wrong_winner(stream, CONSTANT, cosine(400), about(0.04, 0.25), 400, STREAM),
    wrong_winner(stream, linear(400), cosine(400), about(0.5, 0.5), 400, STREAM, sure=False),
)  # fmt: skip

CLAIMS = DECAY + CYCLES + WARMUP + CURVATURE + PRACTICE + SETTLED


def table(seeds=32, executor=None):
    """Yield the rows of the table: a line of text for each claim, as soon as it is measured.

    `seeds`: how many, or a list of them, at least 4. `executor`: any `concurrent.futures.Executor`;
    its workers measure claims at the same time.
    """
    yield f"{'task':<27}{'T':>5}  {'claimed':<12}{'held':<6}{'CPU s':>5}  measured"
    spread = map if executor is None else executor.map
    yield from spread(_row, range(len(CLAIMS)), [seeds] * len(CLAIMS))  # Dask wants their number


def _row(index, seeds):
    """One row, by its number: a claim holds functions without a name and cannot be sent."""
    claim, start = CLAIMS[index], time.process_time()
    measured = claim.measure(seeds)
    seconds, held = time.process_time() - start, "yes" if claim.holds(measured) else "NO"
    return f"{claim.task:<27}{claim.T:>5}  {claim.says!s:<12}{held:<6}{seconds:>5.1f}  {measured}"
